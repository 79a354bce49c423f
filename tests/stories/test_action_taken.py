"""Scenario 6: one side says that it acted on what was shared with it. That is a claim until somebody has looked.

Model: Chitral, 6 September 2023, and the arrests reported after it. The press record holds the figures as claims; the duty is
told about invented places between Party 1 and Party 2.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.store import kept
from tests.stories import telling
from tests.stories.telling import OUTSIDE, SIDES, Tale
from tiga.store.desk import Desk

pytestmark = pytest.mark.django_db(databases=kept.DATABASES)

SAYS = ("officials of Party 1, through an invented agency; Party 2 does not confirm", "Party 2")


@dataclass(frozen=True)
class Story:
    tale: Tale
    duty: str
    states: list[str]
    refusals: dict[str, str]
    overdue: int


def _state(tale: Tale, duty: str) -> str:
    return tale.door("secretariat").affair("duty", duty).it.state


@pytest.fixture(scope="module")
def story(django_db_setup: None, django_db_blocker: object) -> Iterator[Story]:
    with telling.told(django_db_blocker) as tale:
        duty = tale.do("secretariat", "duty.start", duty="act-on-evidence", party="party-2",
                       duty_ground="EXERCISE. A sheet on an invented camp was shared.")  # fmt: skip
        states, refusals = [_state(tale, duty)], {}

        def then(who: str, name: str, **given: str) -> None:
            tale.do(who, name, duty, **given)
            states.append(_state(tale, duty))

        def referred() -> str:
            return tale.refused("secretariat", "duty.refer", duty, act="O2", reason="EXERCISE. Too early.")

        then("liaison-2", "duty.answer", duty_stage="duty_acknowledge", said="EXERCISE. Received.")
        refusals["runs"] = referred()
        then("liaison-2", "duty.answer", duty_stage="duty_action_report", said="EXERCISE. People were arrested.",
             duty_counted="persons arrested", duty_low="70", duty_high="70", duty_teller=SAYS[0])  # fmt: skip
        tale.wait("P2D")
        then("liaison-2", "duty.answer", duty_stage="duty_action_report", said="EXERCISE. More; others were moved elsewhere.",
             duty_counted="persons arrested", duty_low="200", duty_high="209", duty_teller=SAYS[1])  # fmt: skip
        refusals["own side"] = tale.refused(
            "liaison-2", "duty.verify", duty, duty_part="a1", outcome="duty_met", method="duty_records", reason="x"
        )
        visit = tale.do("monitor", "access.request", party="party-2", place="EXERCISE. The camp", purpose="To look",
                        opens=tale.at(5), closes=tale.at(300))  # fmt: skip
        refusals["no visit"] = tale.refused(
            "monitor", "duty.verify", duty, duty_part="a1", outcome="duty_met", method="duty_team_access",
            reason="EXERCISE. Nobody was there yet.", duty_visit=visit,
        )  # fmt: skip
        tale.wait("PT3H")
        tale.do("monitor", "access.visit", visit, arrived=tale.at(-60), left=tale.at(-5), reached="All of it")
        then("monitor", "duty.verify", duty_part="a1", outcome="duty_met", method="duty_team_access",
             reason="EXERCISE. The camp is closed.", duty_visit=visit)  # fmt: skip
        then("mediator-1", "duty.verify", duty_part="a2", outcome="duty_not_met", method="duty_records",
             reason="EXERCISE. Some were moved elsewhere along the line.")  # fmt: skip
        refusals["still runs"] = referred()
        overdue = tale.clocks().overdue
        then("mediator-1", "duty.verify", duty_part="a2", outcome="duty_met", method="duty_records",
             reason="EXERCISE. The register shows that they left the line.")  # fmt: skip
        yield Story(tale, duty, states, refusals, overdue)


@pytest.fixture
def tale(story: Story) -> Tale:
    kept.desk("exercise")
    return story.tale


def test_it_goes_from_received_to_claimed_and_is_verified_by_looking_alone(story: Story) -> None:
    assert story.states == [
        "duty_started", "duty_acknowledged", "duty_claimed_fulfilled", "duty_claimed_fulfilled", "duty_checked",
        "duty_checked", "duty_verified",
    ]  # fmt: skip


def test_nobody_checks_their_own_side_and_no_team_that_was_not_there(story: Story) -> None:
    assert (story.refusals["own side"], story.refusals["no visit"]) == ("role", "duty_visit_unmade")


def test_there_is_no_breach_while_the_clock_runs(story: Story, tale: Tale) -> None:
    assert (story.refusals["runs"], story.refusals["still runs"], story.overdue) == ("duty_runs", "duty_runs", 0)
    assert (tale.violations(), tale.door("secretariat").cases()) == ({"party-1": 0, "party-2": 0}, [])


@pytest.mark.parametrize("who", SIDES)
def test_each_figure_stands_beside_the_earlier_one_with_who_says_so(story: Story, tale: Tale, who: str) -> None:
    facts = tale.facts(who, "duty", story.duty)
    assert facts is not None
    assert [value for code, value in facts if code == "duty_figure"] == ["70", "200–209"]
    assert [value for code, value in facts if code == "duty_teller"] == list(SAYS)


@pytest.mark.parametrize("who", SIDES)
def test_moving_people_elsewhere_is_decided_by_the_text_of_the_acceptance(story: Story, tale: Tale, who: str) -> None:
    facts = tale.facts(who, "duty", story.duty)
    assert facts is not None
    assert [value for code, value in facts if code == "duty_part"] == [
        "a1 · The facility named is closed, and stays so when looked at again.",
        "a2 · Nobody who was there has only been moved elsewhere along the line.",
    ]
    checks = [value for code, value in facts if code in ("duty_checked", "outcome", "method")]
    assert checks == [
        "a1", "duty_met", "duty_team_access", "a2", "duty_not_met", "duty_records", "a2", "duty_met", "duty_records",
    ]  # fmt: skip


def test_who_is_outside_learns_nothing_of_it(story: Story, tale: Tale) -> None:
    assert [(tale.facts(who, "duty", story.duty), tale.door(who).affairs("duty")) for who in OUTSIDE] == [
        (None, [])
    ] * 2


def test_rows_made_anew_are_the_rows_that_are_there(story: Story, tale: Tale) -> None:
    assert kept.rebuilt_equals_live(tale.desk)


# ---- what the press reported, as claims


@pytest.mark.parametrize("who", sorted(telling.PRESS))
def test_the_press_figures_keep_their_origin_and_are_not_one_number(imported: Desk, who: str) -> None:
    rows = {view.report.report_id: view.report for view in kept.door(kept.desk("press"), *telling.PRESS[who]).reports()}
    told = [(rows[name].source, rows[name].origin, [(harm.effect, harm.low, harm.high) for harm in rows[name].harm])
            for name in ("press-065", "press-066", "press-067")]  # fmt: skip
    assert [(source, origin) for source, origin, _ in told] == [
        ("VOA", "Pakistani officials"), ("VOA", "Pakistani officials"), ("press account", "Afghan officials in Kabul"),
    ]  # fmt: skip
    assert [harm for _, _, harm in told] == [[("detained", 70, 70)], [("detained", 200, 209)], []]
