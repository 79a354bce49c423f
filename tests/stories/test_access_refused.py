"""Scenario 10: a team is refused, once by answer and once on the spot. Each refusal is told with four facts and is no verdict.

Model: CTSAMM at Lasu in 2017, and the OSCE's table of restrictions. Everything here is invented.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest

from tests.core.mechanism import desk as desks
from tests.store import kept
from tests.stories import scene as scenes
from tests.stories.scene import SIDES, Scene
from tiga.mechanism import restrictions
from tiga.mechanism.deciders import adoption, grouping
from tiga.mechanism.restrictions import Place
from tiga.values.moments import Instant
from tiga.web.access import Absent

pytestmark = pytest.mark.django_db(databases=kept.DATABASES)


@dataclass(frozen=True)
class Story:
    scene: Scene
    case: str
    denied: str
    stopped: str
    incident: str
    asked_at: Instant
    met: str


@pytest.fixture(scope="module")
def story(django_db_setup: None, django_db_blocker: object) -> Iterator[Story]:
    with scenes.told(django_db_blocker) as scene:
        case = scene.complain("liaison/1")
        scene.admit(case)
        asked_at = scene.now()
        requests = [
            scene.deed("monitor/1", "access.request", party="party-2", place=place, purpose="EXERCISE. See the site.",
                       opens="2026-01-07T08:00Z", closes="2026-01-08T08:00Z", case=case)
            for place in ("Exercise Camp (invented)", "Exercise Post (invented)")
        ]  # fmt: skip
        denied, stopped = requests
        scene.deed("liaison/2", "access.answer", denied, answer="denied", reason="Orders from superiors")
        scene.deed("liaison/2", "access.answer", stopped, answer="granted")
        scene.until(Instant.parse("2026-01-07T10:00:00.000Z"))
        scene.deed("monitor/1", "access.restrict", stopped, code="F1", when="2026-01-07T09:30Z",
                   place="The gate of Exercise Post", who="A sentry of Party 2", reason="Orders from superiors")  # fmt: skip
        refusal = scene.report(codes=("F1",), local="2026-01-07T09:30", account="EXERCISE. The team was stopped.")
        incident = scene.incident(refusal)
        scene.link(case, scene.report(local="2026-01-04T22:45"))
        scene.deed("monitor/1", "verification.plan", case, seeks="EXERCISE. Pictures from above, witnesses by phone.",
                   limits="No access to the site.")  # fmt: skip
        scene.both_answer(case)
        met = scene.clock(case, "reply", "party-2")
        yield Story(scene, case, denied, stopped, incident, asked_at, met)


@pytest.mark.parametrize("slug", SIDES)
@pytest.mark.parametrize(
    ("which", "where", "who", "when"),
    [
        ("denied", "Exercise Camp (invented)", "tiga.example/exercise/liaison/2", ""),
        ("stopped", "The gate of Exercise Post", "A sentry of Party 2", "2026-01-07T09:30:00.000Z"),
    ],
)
def test_a_refusal_is_told_with_four_facts(
    story: Story, slug: str, which: str, where: str, who: str, when: str
) -> None:
    facts = [
        (fact.code, fact.value) for fact in story.scene.door(slug).affair("access", getattr(story, which)).it.facts
    ]
    at = facts.index(("restriction", "F1"))
    assert [code for code, _ in facts[at : at + 5]] == ["restriction", "when", "place", "who", "reason"]
    told = dict(facts[at : at + 5])
    assert (told["place"], told["who"], told["reason"]) == (where, who, "Orders from superiors")
    assert not when or told["when"] == when


def test_the_clock_of_an_answer_runs_forty_eight_hours(story: Story) -> None:
    (clock,) = story.scene.door("liaison/2").affair("access", story.denied).it.clocks
    assert (clock.started, clock.due.ms - clock.started.ms) == (story.asked_at, 48 * 3_600_000)
    assert (clock.name, clock.whose, clock.state(story.scene.now())) == ("access", "party-2", "met")


def test_a_refusal_is_an_incident_and_no_case_or_verdict(story: Story) -> None:
    for slug in SIDES:
        door = story.scene.door(slug)
        assert [row.acts for row in door.happenings() if row.id == story.incident] == [("F1",)]
        assert [row.sid for row in door.cases()] == [story.case]
        assert door.measures() == ()
        assert [(row.party, row.violation) for row in door.rulings()] == [("party-1", 0), ("party-2", 0)]


def test_the_public_knows_of_no_request_refusal_or_table(story: Story) -> None:
    door = story.scene.door("public")
    assert (door.affairs("access"), door.happenings(), door.cases(), door.reports()) == ([], [], [], [])
    with pytest.raises(Absent):
        door.affair("access", story.denied)


@pytest.mark.parametrize("slug", ["public", *SIDES])
def test_the_table_has_every_party_each_month_and_ranks_nobody(story: Story, slug: str) -> None:
    door = story.scene.door(slug)
    seen = story.scene.desk.standing(f"access:{row.sid}" for row in door.affairs("access"))
    parties = tuple(party.id for party in door.agreement.parties)
    places = (Place("party-1", 0, 0, (("F1", 0),)), Place("party-2", 2, 0, (("F1", 2),)))
    assert restrictions.table(seen, parties) == (() if slug == "public" else (("2026-01", places),))


def test_verification_goes_on_from_afar_and_the_finding_says_what_was_not_seen(story: Story) -> None:
    scene, case = story.scene, story.case
    refusal = next(row.sid for row in scene.door("monitor/1").reports() if row.report.acts == ("F1",))
    complaint = scene.case(case).opened.report
    alone = scene.adopting(case, supports=(complaint, refusal), limitations=("no_site_access", "single_source"))
    assert story.met == "met"
    assert scene.body("verification.plan")["limits"] == "No access to the site."
    assert scene.code("mediator/1", case, alone) == "report_unknown"
    finding = scene.find(case, limitations=("no_site_access", "single_source"))
    for slug in SIDES:
        view = scene.door(slug).case(case)
        assert view.finding is not None
        assert (view.finding.sid, view.finding.adopted.held[0].limitations) == (
            finding, ("no_site_access", "single_source"),
        )  # fmt: skip
    assert (scene.sees("public", case), scene.known("public")) == (
        False, ["charter.adopt", "agreement.adopt", "clock.advance"],
    )  # fmt: skip


@pytest.mark.parametrize(("term", "alone", "beside"), [
    ("none", "inference_barred", "inference_barred"), ("permitted", "inference_alone", ""),
])  # fmt: skip
def test_a_refusal_weighs_only_as_agreed_and_never_alone(
    django_db_blocker: object, term: str, alone: str, beside: str
) -> None:
    terms = scenes.agreement().terms
    changed = scenes.agreement(terms=terms | {"adverse_inference": replace(terms["adverse_inference"], value=term)})
    desk, case = desks.at_stage("admitted", desks.founded(agreement=changed))
    refusal = desks.file(desk, desks.report("f", "", codes=("F1",), channel="sensor"))
    incident = desk.whole.cases[case].opened.incident
    desk.do("secretariat", (f"incident:{incident}", f"report:{refusal}"),
            lambda s, by, now: grouping.link(s, incident, refusal, "EXERCISE.", by, now))  # fmt: skip
    for slug in ("liaison1", "liaison2"):
        desks.reply(desk, case, slug)
    complaint = desk.whole.cases[case].opened.report
    for supports, code in (((refusal,), alone), ((complaint, refusal), beside)):
        rows = (desks.held(desk, case, supports=supports),)
        assert desk.refused("mediator1", desk.threads_of(case),
                            lambda s, by, now, rows=rows: adoption.adopt(s, case, rows, by, now)) == code  # fmt: skip
