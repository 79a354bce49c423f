"""Words on one thing at one time: a difference is told only where there is one whatever the play of the times."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiga.mechanism import statuses
from tiga.mechanism.statuses import Told
from tiga.values.moments import PRECISIONS, Moment


def _word(status: str, local: str, until: str = "", precision: str = "minute", zone: str = "UTC") -> Told:
    day = precision == "day"
    whole = [f"2026-01-05T{text}" if text and not day else (text and f"2026-01-{text}") for text in (local, until)]
    return Told(status, Moment(whole[0], zone, precision, whole[1]))


def _seen(status: str, local: str, minutes: int = 30, precision: str = "minute", zone: str = "UTC") -> Told:
    return Told(status, Moment(f"2026-01-05T{local}", zone, precision), minutes)


CLOSED = _word("closed", "18:00")


@pytest.mark.parametrize(
    ("words", "seen", "differs"),
    [
        ((), _seen("open", "19:00"), False),
        ((CLOSED,), _seen("open", "19:00"), True),
        ((CLOSED,), _seen("closed", "19:00"), False),
        ((CLOSED,), _seen("limited", "19:00"), True),
        ((CLOSED,), _seen("not_observable", "19:00"), False),
        ((CLOSED,), _seen("open", "17:00"), False),
        ((_word("closed", "18:00", precision="hour"),), _seen("open", "18:30"), False),
        ((_word("closed", "18:00", precision="hour"),), _seen("open", "19:00"), True),
        ((_word("closed", "18:00", "20:00"),), _seen("open", "19:45"), False),
        ((_word("closed", "18:00", "20:00"),), _seen("open", "21:00"), False),
        ((CLOSED, _word("open", "19:00")), _seen("open", "19:30"), False),
        ((CLOSED, _word("open", "22:00")), _seen("open", "19:30"), True),
        ((_word("closed", "05", precision="day"),), _seen("open", "19:00"), False),
        ((_word("closed", "04", precision="day"),), _seen("open", "19:00"), True),
        ((_word("closed", "18:00", zone="+05:00"),), _seen("open", "18:00", zone="+04:30"), True),
        ((_word("closed", "18:00", zone="+04:30"),), _seen("open", "18:00", zone="+05:00"), False),
    ],
)
def test_a_word_differs_from_what_was_seen_only_where_it_must_have_held(
    words: tuple[Told, ...], seen: Told, differs: bool
) -> None:
    assert statuses.otherwise(words, seen) == differs


@pytest.mark.parametrize(
    ("one", "other", "differs"),
    [
        (CLOSED, _word("open", "08:00"), True),
        (CLOSED, _word("closed", "08:00"), False),
        (CLOSED, _word("open", "08:00", "12:00"), False),
        (CLOSED, _word("open", "08:00", "18:00", "about"), False),
        (_word("closed", "18:00", "20:00"), _word("open", "19:00"), True),
    ],
)
def test_sides_differ_where_both_words_must_hold_at_one_time(one: Told, other: Told, differs: bool) -> None:
    assert (statuses.apart(one, other), statuses.apart(other, one)) == (differs, differs)


HOURS = st.integers(0, 23)
WORDS = st.builds(
    lambda status, hour, precision: _word(status, f"{hour:02}:00", precision=precision),
    st.sampled_from(("open", "closed", "limited")), HOURS, st.sampled_from(sorted(set(PRECISIONS) - {"day"})),
)  # fmt: skip


@given(st.lists(WORDS, max_size=4), HOURS, st.sampled_from(("open", "closed")), st.integers(1, 120))
def test_less_exact_observations_never_make_a_difference(
    words: list[Told], hour: int, status: str, minutes: int
) -> None:
    exact, loose = (_seen(status, f"{hour:02}:30", minutes, precision) for precision in ("minute", "part_of_day"))
    same = statuses.word_at(words, exact) == statuses.word_at(words, loose)
    assert not (same and statuses.otherwise(words, loose) and not statuses.otherwise(words, exact))
