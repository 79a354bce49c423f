"""Scenario 7: a claim is taken back, and what is left is one side's word and a confession in custody.

Model: Islamabad, 11 November 2025, and Wana the day before. The press record holds the claims; what is found is found about
invented attacks between Party 1 and Party 2.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.store import kept
from tests.stories import telling
from tests.stories.telling import FAR, OUTSIDE, SIDES, Tale, account, dead, held
from tiga.mechanism.acts import Refusal
from tiga.mechanism.deciders import complaints
from tiga.store.desk import Desk
from tiga.values.moments import Span
from tiga.values.places import bank

pytestmark = pytest.mark.django_db(databases=kept.DATABASES)

CLEAR = "clear_and_convincing"
TAKEN_BACK = "EXERCISE. A commander of the invented group says that it was not theirs."


@dataclass(frozen=True)
class Story:
    tale: Tale
    case: str
    other: str
    claim: str
    confession: str
    draft: str
    before: tuple[str, ...]
    refusals: dict[str, str]


def _crossing(tale: Tale) -> str:
    """The same attack complained of as a crossing: its acts are none of that provision's."""
    drawn = account("again", "2026-01-04T07:30", ("I3",), "party-1")
    filed = complaints.Complaint(drawn, "P-04", "party-2", tale.stage.salts())
    return tale.fails("liaison-1", (), lambda s, by, now: complaints.complain(s, filed, by, now))


def _attempts(tale: Tale, story: dict[str, str], case: str) -> dict[str, str]:
    """Answers that are refused: on the confession alone, on it with one side's word, on what was taken back."""
    complaint = tale.case(case).case.opened.report

    def tried(attribution: str, *supports: str, **more: object) -> str:
        row = held("i1", "established", CLEAR, attribution=attribution, supports=tuple(sorted(supports)), **more)
        return tale.not_held(case, row)

    alone = {"limitations": ("single_source",)}
    return {
        "confession": tried("supported", story["confession"], **alone),
        "with one side": tried("supported", story["confession"], complaint),
        "taken back": tried("supported", story["claim"], complaint, **alone),
        "prevention": tried("failed_to_prevent", complaint, elements=("EXERCISE. A link.", "", "", ""), **alone),
    }


@pytest.fixture(scope="module")
def story(django_db_setup: None, django_db_blocker: object) -> Iterator[Story]:
    with telling.told(django_db_blocker) as tale:
        first = account("court", "2026-01-04T07:39", ("I3", "I4"), "party-1", harm=dead(12))
        case = tale.complain("liaison-1", first, "P-10")
        other = tale.complain("liaison-1", account("college", "2026-01-03T06:00", ("I3",), "party-1"), "P-10")
        told = {"crossing": _crossing(tale)}
        filed = {
            "claim": tale.file("monitor", account("claim", "2026-01-04T07:39", ("I3",), channel="media", release="R1",
                                                  source="Wire (invented)", origin="an invented group")),
            "confession": tale.file("liaison-1", account("confession", "2026-01-04T07:39", ("I3",), "party-1",
                                                         custodial=True, origin="a detained person")),
        }  # fmt: skip
        tale.link(case, *filed.values())
        before = tale.happening(filed["claim"]).standing.origins
        own, second = (tale.case(sid).case.opened.incident for sid in (case, other))
        tale.do("monitor", "incident.relate", incident=own, other_incident=second, relation="shared_network",
                alleged_by="party-1", how="together", reason="EXERCISE. It says so.")  # fmt: skip
        tale.admit(case)
        tale.reply("liaison-1", case, "EXERCISE. It was ordered from there.")
        tale.reply("liaison-2", case, "EXERCISE. We know nothing of it.")
        told["by the other side"] = tale.refused(
            "liaison-2", "report.withdraw", report=filed["claim"], reason="EXERCISE."
        )
        tale.do("secretariat", "report.withdraw", report=filed["claim"], reason=TAKEN_BACK)
        told |= _attempts(tale, filed, case)
        draft = tale.do("mediator-1", "finding.draft", case, holding="not_established", standard="reasonable_suspicion",
                        gist="EXERCISE. No link to the other side is established.")  # fmt: skip
        yield Story(tale, case, other, filed["claim"], filed["confession"], draft, before, told)


@pytest.fixture
def tale(story: Story) -> Tale:
    kept.desk("exercise")
    return story.tale


@pytest.mark.parametrize("who", SIDES)
def test_the_claim_is_marked_as_withdrawn_and_kept(story: Story, tale: Tale, who: str) -> None:
    view = tale.door(who).report(story.claim)
    assert (view.withdrawn, view.discredited, view.report.report_id) == (TAKEN_BACK, "", "claim")
    assert story.claim in {row.sid for row in tale.happening(story.claim, who).reports}


@pytest.mark.parametrize("who", SIDES)
def test_what_stands_behind_the_incident_is_counted_anew(story: Story, tale: Tale, who: str) -> None:
    assert story.before == ("a detained person", "an invented group", "liaison office of party-1")
    assert tale.happening(story.claim, who).standing.origins == ("a detained person", "liaison office of party-1")


@pytest.mark.parametrize("who", SIDES)
def test_the_confession_carries_its_mark_for_every_reader(story: Story, tale: Tale, who: str) -> None:
    assert tale.door(who).report(story.confession).report.custodial is True
    assert tale.desk.whole().reports[story.confession].filed.custodial is True


def test_support_and_prevention_stay_open_without_corroboration(story: Story, tale: Tale) -> None:
    assert story.refusals == {
        "crossing": "act_not_in_provision", "by the other side": "not_own_report", "confession": "custodial_alone",
        "with one side": "single_origin", "taken back": "support_discredited", "prevention": "elements_missing",
    }  # fmt: skip
    assert (tale.case(story.case).finding, tale.violations()) == (None, {"party-1": 0, "party-2": 0})


def test_it_is_far_from_the_line_and_so_a_matter_of_planning_or_sanctuary(story: Story, tale: Tale) -> None:
    door = tale.door("secretariat")
    line = door.agreement.reference_line()
    assert line is not None
    where = door.report(tale.case(story.case).case.opened.report).report.where
    assert (where.point, bank(where, line)) == (FAR, "right")
    assert [(row.provision, row.code) for row in tale.case(story.case).case.opened.issues] == [("P-10", "I3")]


@pytest.mark.parametrize("who", ["liaison-1", "liaison-2"])
def test_each_side_has_the_gist_and_seven_days(story: Story, tale: Tale, who: str) -> None:
    draft = tale.case(story.case, who).case.course.draft
    assert draft is not None
    assert [(row.issue, row.holding, row.gist) for row in draft.served.gists] == [
        ("i1", "not_established", "EXERCISE. No link to the other side is established.")
    ]
    assert (draft.served.to, draft.served.reply_due) == (("party-1", "party-2"), draft.at.plus(Span.parse("P7D")))


@pytest.mark.parametrize("who", SIDES)
def test_two_attacks_are_two_incidents_with_one_network_alleged(story: Story, tale: Tale, who: str) -> None:
    own, other = (tale.case(case).case.opened.incident for case in (story.case, story.other))
    assert [(row.incident, row.other, row.relation, row.alleged_by) for row in tale.door(who).related(other)] == [
        (own, other, "shared_network", "party-1")
    ]


def test_who_is_outside_learns_of_no_withdrawal(story: Story, tale: Tale) -> None:
    for who in OUTSIDE:
        acts = {row.act for row in tale.door(who).acts(number=200)}
        assert acts & {"report.withdraw", "incident.relate", "case.open", "report.file"} == set()
    assert tale.readers(story.case) == SIDES


def test_what_was_withdrawn_is_not_withdrawn_again(story: Story, tale: Tale) -> None:
    again = tale.refused("secretariat", "report.withdraw", report=story.claim, reason="EXERCISE.")
    assert again == Refusal("withdrawn_already").code


def test_rows_made_anew_are_the_rows_that_are_there(story: Story, tale: Tale) -> None:
    assert kept.rebuilt_equals_live(tale.desk)


# ---- what the press reported, as claims


@pytest.mark.parametrize("who", sorted(telling.PRESS))
def test_the_press_record_keeps_claim_contradiction_denial_and_confession_apart(imported: Desk, who: str) -> None:
    desk = kept.desk("press")
    rows = {int(view.report.report_id.removeprefix("press-")): view.report
            for view in kept.door(desk, *telling.PRESS[who]).reports()}  # fmt: skip
    assert rows[69].when.start.text() == "2025-11-11T07:39:00.000Z"
    assert [(rows[n].origin, rows[n].stance, rows[n].custodial) for n in (71, 72, 73, 75)] == [
        ("Jamaat-ul-Ahrar", "asserts", False), ("a commander of Jamaat-ul-Ahrar", "denies", False),
        ("Tehrik-i-Taliban Pakistan", "denies", False), ("Pakistani officials", "asserts", True),
    ]  # fmt: skip
    injured = [[(row.low, row.high) for row in rows[n].harm if row.effect == "injured"] for n in (69, 70)]
    assert injured == [[(27, 27)], [(36, 36)]]
    assert telling.claimed(desk, who, 69).id != telling.claimed(desk, who, 78).id
