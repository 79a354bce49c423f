"""Joint surveys: what they are told, and who may tell it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.core.mechanism import desk as desks
from tests.core.mechanism.affairs.deeds import Guard, do, facts, refused, sight, written
from tests.core.mechanism.desk import Desk, founded

MAPS, NONE = "EXERCISE. Map A of one side, map B of the other.", "x" * 43
LEFT_OPEN = {"holding": "not_established", "attribution": "", "supports": (), "limitations": ("place_in_band",)}
"""How an issue is held while the side is open."""


def referred(desk: Desk, case: str) -> str:
    return do(desk, "mediator1", "survey.refer", "", case=case, issue="i1", maps=MAPS, reason="Two maps, two sides.")


def surveyed(desk: Desk, survey: str, outcome: str) -> str:
    return do(desk, "mediator1", "survey.report", survey, outcome=outcome, maps=MAPS, reason="Both teams looked.")


def test_a_survey_keeps_the_maps_and_every_word_on_it() -> None:
    desk = founded()
    case = desks.complain(desk)
    sid = referred(desk, case)
    assert (sight(desk, "survey", sid).state, sight(desk, "survey", sid).open) == ("survey_awaited", True)
    surveyed(desk, sid, "survey_not_agreed")
    surveyed(desk, sid, "survey_agreed")
    assert (sight(desk, "survey", sid).state, sight(desk, "survey", sid).level) == ("survey_agreed", "R1")
    told = facts(desk, "survey", sid)
    assert told[:4] == [("case", f"case:{case}"), ("issue", "i1"), ("maps", MAPS), ("reason", "Two maps, two sides.")]
    assert [value for code, value in told if code == "survey_outcome"] == ["survey_not_agreed", "survey_agreed"]


def _asked(desk: Desk, slug: str = "mediator1", **more: str) -> str:
    case = desks.complain(desk)
    given = {"case": case, "issue": "i1", "maps": MAPS, "reason": "R."} | more
    return refused(desk, slug, "survey.refer", "", **given)


def _twice(desk: Desk) -> str:
    case = desks.complain(desk)
    referred(desk, case)
    return refused(desk, "mediator1", "survey.refer", "", case=case, issue="i1", maps=MAPS, reason="R.")


def _reported(named: str = "") -> Callable[[Desk], str]:
    def run(desk: Desk) -> str:
        sid = named or referred(desk, desks.complain(desk))
        return refused(desk, "secretariat", "survey.report", sid, outcome="survey_agreed", maps=MAPS, reason="R.")

    return run


GUARDS = (
    Guard("refer", "issues_unmatched", lambda d: _asked(d, issue="i9"), _asked),
    Guard("refer", "survey_already", _twice, _asked),
    Guard("report", "survey_unknown", _reported(NONE), _reported()),
)


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: f"{guard.place}-{guard.code}")
def test_a_guard_refuses_and_gives_way_to_its_remedy(guard: Guard) -> None:
    assert guard.wrong(founded()) == guard.code
    assert guard.mended(founded()) == ""


def test_only_a_seated_mediator_sends_an_issue_to_a_survey() -> None:
    assert _asked(founded(), "liaison1") == "role"
    assert _asked(founded(), "mediator1b") == "not_seated"
    assert _asked(founded(), case=NONE) == "case_unknown"


def test_every_guard_of_the_module_stands_in_the_table() -> None:
    # What the panel's shared guards have refused before; it stands for the type checker.
    assert written("surveys") - {("refer", "no_agreement")} == {(guard.place, guard.code) for guard in GUARDS}
