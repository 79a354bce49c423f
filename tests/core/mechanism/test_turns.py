"""Whose turn it is: in which order, of whom together, and in words of each language."""

from __future__ import annotations

import pytest

from tests.core.mechanism import desk as desks
from tiga.mechanism import turns
from tiga.mechanism.deadlines import Clock
from tiga.mechanism.turns import Turn
from tiga.values.moments import Instant
from tiga.values.words import SPOKEN, say

DAY = 86_400_000
START = Instant.parse("2026-01-05T08:00:00.000Z")


def day(number: int) -> Instant:
    return Instant(START.ms + number * DAY)


def clock(name: str, whose: str, due: int, **more: bool) -> Clock:
    return Clock(name, whose, START, day(due), "UTC", "M-02", **more)


def test_both_sides_are_named_in_one_turn() -> None:
    rows = turns.turns((clock("reply", "party-1", 4), clock("reply", "party-2", 4)), day(1))
    assert rows == (Turn("reply", ("party-1", "party-2"), day(4), "M-02", "running"),)


def test_what_is_owed_comes_before_a_right_and_the_earlier_first() -> None:
    own = (
        clock("appeal_file", "party-1", 1, right=True),
        clock("triage", "mediators", 8),
        clock("reply", "party-1", 4),
    )
    assert [(row.name, row.state) for row in turns.turns(own, Instant(day(1).ms - 1))] == [
        ("reply", "running"), ("triage", "running"), ("appeal_file", "soon"),
    ]  # fmt: skip


def test_what_was_met_or_has_lapsed_is_awaited_from_nobody() -> None:
    met = Clock("triage", "mediators", START, day(2), "UTC", "M-02", day(1))
    own = (met, clock("reply", "party-1", 4, lapsed=True), clock("appeal_file", "party-1", 1, right=True))
    assert turns.turns(own, day(3)) == ()


@pytest.mark.parametrize("now", [1, 5])
@pytest.mark.parametrize("language", SPOKEN)
def test_the_sentence_names_state_what_who_and_why(language: str, now: int) -> None:
    agreement = desks.exercise_agreement()
    rows = turns.turns((clock("reply", "party-1", 4), clock("reply", "party-2", 4)), day(now))
    told = turns.sentence("notified", rows, agreement, language)
    codes = ("case_state.notified", "clock.reply", "stage_why.notified")
    assert [code for code in codes if say(code, language) not in told] == []
    assert [name for row in rows for name in ("party-1", "party-2") if name in told] == []


@pytest.mark.parametrize("language", SPOKEN)
def test_a_case_without_a_clock_says_so(language: str) -> None:
    agreement = desks.exercise_agreement()
    why = say("stage_why.suspended", language)
    shown = say("case_state.verification", language)
    assert turns.sentence("verification", (), agreement, language, held="suspended") == say(
        "turn.nobody", language, state=shown, why=why
    )
    how = say("closing.complied", language)
    assert turns.sentence("closed", (), agreement, language, over="complied") == say(
        "turn.closed",
        language,
        state=say("case_state.closed", language),
        how=how,
        why=say("stage_why.closed", language),
    )
