"""Scenario 3: a strike that is denied, and an attack the day before that is said to have set it off.

Model: Gurbuz in Khost, 25 November 2025, and Peshawar the day before. The press record holds the claims; what is found is found
about invented happenings between Party 1 and Party 2.
"""

from __future__ import annotations

import html
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from tests.store import kept
from tests.stories import telling
from tests.stories.telling import OUTSIDE, SIDES, Tale, account, dead, held
from tiga.mechanism.acts import Refusal
from tiga.mechanism.asks import Given
from tiga.mechanism.deciders import grouping, relations
from tiga.mechanism.recompute import recompute
from tiga.store import opening
from tiga.store.desk import Desk, Done
from tiga.values.words import say
from tiga.web.models import Membership
from tiga.web.readers import DEMO_PEOPLE

pytestmark = pytest.mark.django_db(databases=kept.DATABASES)

CLEAR = "clear_and_convincing"


@dataclass(frozen=True)
class Story:
    tale: Tale
    strike: str
    trigger: str
    others: tuple[str, str]
    refusals: dict[str, str]
    steps: dict[str, int]
    later: str


def _trigger(tale: Tale) -> str:
    """The attack of the day before: a case of its own, which ends with nothing established."""
    case = tale.complain(
        "liaison-1", account("attack", "2026-01-03T08:00", ("I2",), "party-1", harm=dead(3, status="security")), "P-04"
    )
    tale.admit(case)
    tale.reply("liaison-1", case, "EXERCISE. It came from the other side.")
    tale.reply("liaison-2", case, "EXERCISE. We know nothing of it.")
    tale.hold(case, held("i1"))
    tale.close(case, "not_established")
    return case


def _strike(tale: Tale) -> str:
    drawn = account("house", "2026-01-04T19:30", ("A1", "C1"), "party-2", harm=dead(10), trigger="the attack (alleged)")
    case = tale.complain("liaison-2", drawn, "P-05", "P-02", questions=("occurred",))
    heard = tale.file("monitor", account("fragments", "2026-01-04T19:30", ("A1", "C1")))
    register = tale.file("secretariat", account("hospital", "2026-01-04T19:30", ("C1",), harm=dead(10)))
    denial = tale.file("liaison-1", account("denial", "2026-01-04T19:30", ("A1",), "party-1", stance="denies"))
    tale.link(case, heard, register, denial)
    tale.admit(case)
    tale.do(
        "monitor", "verification.plan", case, seeks="EXERCISE. Fragments, tracks, thermal detections, the register."
    )
    tale.reply("liaison-1", case, "EXERCISE. We struck nothing. We were attacked the day before.")
    tale.reply("liaison-2", case, "EXERCISE. Ten people died.")
    return case


def _find(tale: Tale, case: str) -> dict[str, str]:
    """What is refused on the way, then the finding and the determination."""
    incident = tale.desk.standing(tale.threads(case)).incidents[tale.case(case).case.opened.incident]
    own = kept.reports(tale.desk)
    known = {view.report.report_id: view.sid for view in own if view.sid in incident.reports}
    rests = tuple(sorted((known["fragments"], known["hospital"])))
    facts = held("i3", "established", CLEAR, supports=rests)
    organ = {"attribution": "organ", "supports": rests}
    breaches = [held(one, "established", CLEAR, **organ) for one in ("i1", "i2")]
    provoked = held("i1", "established", CLEAR, factors=("provocation",), **organ)
    refusals = {
        "no occurrence": tale.not_held(case, *breaches, held("i3")),
        "provocation": tale.not_held(case, provoked, breaches[1], facts),
    }
    tale.hold(case, *breaches, facts)
    tale.rule(case, i1="violation", i2="violation")
    return refusals


@pytest.fixture(scope="module")
def story(django_db_setup: None, django_db_blocker: object) -> Iterator[Story]:
    with telling.told(django_db_blocker) as tale:
        trigger, strike = _trigger(tale), _strike(tale)
        others = tuple(
            tale.complain("liaison-2", account(name, "2026-01-04T19:30", ("A1",), "party-2"), "P-05")
            for name in ("valley", "hill")
        )
        own, first = (tale.case(case).case.opened.incident for case in (strike, trigger))
        tale.do("secretariat", "incident.relate", incident=own, other_incident=first, relation="alleged_trigger",
                alleged_by="party-1", how="together", reason="EXERCISE. It says so in its reply.")  # fmt: skip
        refusals = _find(tale, strike)
        steps = {}
        for issue in ("i1", "i2"):
            sid = tale.impose(strike, issue)
            steps[issue] = tale.desk.standing(tale.threads(strike)).measures[sid].imposed.step
        tale.wait("P60D")
        later = tale.file("monitor", account("periodic report", "2026-01-03T08:00", ("I2",), channel="dataset"))
        refusals["closed"] = tale.refused(
            "mediator-1", "case.reopen", trigger, ground="new_evidence", report=tale.case(trigger).case.opened.report,
            reason="EXERCISE. Again.",
        )  # fmt: skip
        tale.do("mediator-1", "case.reopen", trigger, ground="new_evidence", report=later,
                reason="EXERCISE. A later report speaks of it.")  # fmt: skip
        assert len(others) == 2
        yield Story(tale, strike, trigger, (others[0], others[1]), refusals, steps, later)


@pytest.fixture
def tale(story: Story) -> Tale:
    kept.desk("exercise")
    return story.tale


def test_three_places_are_three_incidents_and_three_cases(story: Story, tale: Tale) -> None:
    cases = (story.strike, *story.others)
    assert len({tale.case(case).case.opened.incident for case in cases}) == 3


def test_whether_it_happened_and_who_did_it_are_separate_issues(story: Story, tale: Tale) -> None:
    issues = tale.case(story.strike).case.opened.issues
    assert [(row.provision, row.party, row.code, row.question) for row in issues] == [
        ("P-05", "party-1", "A1", ""), ("P-02", "party-1", "C1", ""), ("P-05", "", "A1", "occurred"),
    ]  # fmt: skip
    assert story.refusals["no occurrence"] == "occurrence_open"


@pytest.mark.parametrize("who", SIDES)
def test_a_denial_stands_beside_and_lowers_nothing(story: Story, tale: Tale, who: str) -> None:
    seen = tale.case(story.strike, who)
    assert seen.finding is not None
    assert [(row.issue, row.holding, row.standard) for row in seen.finding.adopted.held] == [
        ("i1", "established", CLEAR), ("i2", "established", CLEAR), ("i3", "established", CLEAR),
    ]  # fmt: skip
    denials = [view for view in tale.door(who).reports() if view.report.report_id == "denial"]
    assert [view.report.stance for view in denials] == ["denies"]


@pytest.mark.parametrize("who", (*SIDES, *OUTSIDE))
def test_what_is_ruled_is_grave_on_both_provisions_for_every_reader(story: Story, tale: Tale, who: str) -> None:
    ruling = tale.case(story.strike, who).determination
    assert ruling is not None
    assert [(row.code, row.disposition, row.severity) for row in ruling.issued.ruled] == [
        ("A1", "violation", "grave"), ("C1", "violation", "grave"),
    ]  # fmt: skip


@pytest.mark.parametrize("who", SIDES)
def test_the_trigger_is_an_allegation_in_both_incidents_with_a_case_of_its_own(
    story: Story, tale: Tale, who: str
) -> None:
    door = tale.door(who)
    own, first = (tale.case(case).case.opened.incident for case in (story.strike, story.trigger))
    assert [
        [(row.incident, row.other, row.relation, row.alleged_by) for row in door.related(sid)] for sid in (own, first)
    ] == [[(own, first, "alleged_trigger", "party-1")]] * 2
    assert story.trigger != story.strike


def test_who_is_outside_gets_no_connection(story: Story, tale: Tale) -> None:
    own = tale.case(story.strike).case.opened.incident
    assert [tale.door(who).related(own) for who in OUTSIDE] == [(), ()]
    acts = [[row.act for row in tale.door(who).acts(number=200)].count("incident.relate") for who in OUTSIDE]
    assert acts == [0, 0]


def test_the_trigger_nets_nothing_out(story: Story, tale: Tale) -> None:
    """No factor of the agreement knows a provocation, the count is of the strike alone, and the measure follows from it."""
    assert story.refusals["provocation"] == "factor_unknown"
    assert tale.violations() == {"party-1": 2, "party-2": 0}
    assert story.steps == {"i1": 3, "i2": 3}  # one strike on two provisions counts once, as the agreement says
    rows = recompute(tale.desk.origin, tale.desk.ledger.entries(), tale.desk.agreements())
    assert [row.outcome for row in rows] == ["same", "same"]


@pytest.mark.parametrize("who", SIDES)
def test_a_later_report_opens_the_closed_case_again(story: Story, tale: Tale, who: str) -> None:
    seen = tale.case(story.trigger, who)
    assert (seen.case.closed, [why for _, why in seen.case.course.reopened]) == ("", ["new_evidence"])
    assert [why for _, why in seen.case.course.closings] == ["not_established"]
    assert story.refusals["closed"] == "evidence_not_new"


@pytest.mark.parametrize("language", ["en", "ur", "ps"])
@pytest.mark.parametrize("person", sorted(DEMO_PEOPLE))
def test_the_pages_tell_it_in_each_language_to_those_who_may_know(
    story: Story, tale: Tale, person: str, language: str
) -> None:
    """The case shows its question of fact and both incidents what is alleged; the forms of the new deeds open."""
    opening.forget()
    role, component, slug = DEMO_PEOPLE[person]["exercise"]
    user = get_user_model().objects.create(username=person)
    key = f"tiga.example/exercise/{slug}" if slug else ""
    Membership.objects.create(user=user, record="exercise", role=role, component=component, key=key)
    client = Client()
    assert client.post("/sign-in/demo/", {"person": person}).status_code == 302
    client.cookies["tiga_language"] = language
    own = tale.case(story.strike).case.opened.incident

    def shows(address: str, *codes: str) -> list[bool]:
        answer = client.get(f"/exercise/{address}")
        text = html.unescape(answer.content.decode())
        return [answer.status_code == 200 and say(code, language) in text for code in codes]

    knows = role in ("liaison", "monitor", "mediator", "secretariat")
    assert shows(f"cases/{story.strike}/", "choice.occurred", "incident.set_off_by") == [True, knows]
    assert shows(f"incidents/{own}/", "incident.set_off_by", "deed.incident.relate") == [
        knows, knows and role != "liaison",
    ]  # fmt: skip
    assert shows("do/incident.relate/", "ask.other_incident") == [knows and role != "liaison"]
    assert shows("do/report.withdraw/", "deed.report.withdraw") == [knows]


def test_rows_made_anew_are_the_rows_that_are_there(story: Story, tale: Tale) -> None:
    assert kept.rebuilt_equals_live(tale.desk)


# ---- what the press reported, as claims


@pytest.mark.parametrize("who", sorted(telling.PRESS))
def test_the_press_record_keeps_three_happenings_and_one_of_the_day_before(imported: Desk, who: str) -> None:
    desk = kept.desk("press")
    found = {name: telling.claimed(desk, who, number) for name, number in
             (("Gurbuz", 31), ("Kunar", 38), ("Paktika", 39), ("Peshawar", 42))}  # fmt: skip
    assert {name: telling.numbers(row) for name, row in found.items()} == {
        "Gurbuz": [*range(31, 38)], "Kunar": [38, 40], "Paktika": [39, 41], "Peshawar": [42, 43],
    }  # fmt: skip
    first = next(view.report for view in found["Gurbuz"].reports if view.report.report_id == "press-031")
    assert (first.when.local, first.when.zone, first.when.start.text()) == (
        "2025-11-25T00:00", "AFT", "2025-11-24T19:30:00.000Z",
    )  # fmt: skip


def test_the_allegation_of_a_trigger_may_stand_on_the_press_record_and_changes_nothing(imported: Desk) -> None:
    desk = kept.desk("press")
    door = kept.door(desk, *telling.PRESS["secretariat"])
    adopted = {}
    for name, number in (("strike", 31), ("before", 42)):
        found = telling.claimed(desk, "secretariat", number)
        sids = tuple(view.sid for view in found.reports)
        done = door.act(tuple(f"report:{sid}" for sid in sids), lambda s, found=found, sids=sids: grouping.open_incident(
            s, sids, found.earliest, found.latest, found.acts, door.actor, door.now))  # fmt: skip
        assert isinstance(done, Done)
        adopted[name] = done.receipt.sid
        door.now = desk.now(kept.LATER)
    given = Given({
        "incident": adopted["strike"], "other_incident": adopted["before"], "relation": "alleged_trigger",
        "alleged_by": "press accounts", "how": "together", "reason": "They set the two beside each other.",
    })  # fmt: skip
    related = door.act(
        tuple(f"incident:{sid}" for sid in adopted.values()),
        lambda s: relations.relate(s, "", given, door.actor, door.now, ()),  # type: ignore[arg-type]
    )
    assert not isinstance(related, Refusal)
    seen = {who: kept.door(desk, *place).related(adopted["strike"]) for who, place in telling.PRESS.items()}
    assert {who: [row.alleged_by for row in rows] for who, rows in seen.items()} == {
        who: [] if who in OUTSIDE else ["press accounts"] for who in telling.PRESS
    }
    assert kept.rebuilt_equals_live(desk)
