"""Exposure follows from patrol logs alone: it lies in its bounds, falls with refusals, never with looking."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.mechanism import desk as desks
from tiga.agreement.clauses import Agreement, Term
from tiga.agreement.grounds import Ground
from tiga.mechanism.exposure import DAY_MIN, DAYS_LIMIT, Day, Hours, by_day, calendar, exposure, least
from tiga.mechanism.patrol_log import Halt, Patrol, PatrolPlanned, PatrolReached, Planned, Stop, hours
from tiga.values.moments import Instant, Moment

DAYS = ("2026-01-05", "2026-01-06")
MINUTES = st.integers(0, 2_000)
ROWS = st.lists(
    st.builds(
        Hours, st.just("belt"), st.sampled_from(DAYS), st.sampled_from(("UTC", "AFT")), MINUTES, MINUTES, MINUTES,
        st.integers(0, 3), st.integers(0, 3),
    ),
    max_size=6,
)  # fmt: skip
MIDNIGHT = Instant.parse("2026-01-06T00:00:00.000Z")


def agreed(value: str) -> Agreement:
    terms = {"exposure_least": Term(value, Ground("placeholder"))}
    return replace(desks.exercise_agreement(), terms=terms)


def of(rows: list[Hours], day: str = DAYS[0], agreement: Agreement | None = None) -> Day:
    (found,) = exposure(rows, agreement, "belt", (day,))
    return found


def row(planned: int, done: int, refused: int = 0, stops: int = 1, nothing: int = 1) -> Hours:
    return Hours("belt", DAYS[0], "UTC", planned, done, refused, stops, nothing)


@given(ROWS)
def test_exposure_lies_between_nothing_and_all(rows: list[Hours]) -> None:
    for day in exposure(rows, None, "belt", DAYS):
        assert 0 <= day.exposure <= 1000 and 0 <= (day.access or 0) <= 1000
        assert 0 <= day.refused_min <= day.planned_min <= DAY_MIN and 0 <= day.done_min <= DAY_MIN


@given(ROWS, st.sampled_from(DAYS), MINUTES)
def test_more_hours_never_lower_it_and_a_refusal_never_raises_it(rows: list[Hours], day: str, more: int) -> None:
    before = of(rows, day).exposure
    assert of([*rows, Hours("belt", day, "UTC", done_min=more)], day).exposure >= before
    assert of([*rows, Hours("belt", day, "UTC", refused_min=more)], day).exposure <= before


@given(ROWS.flatmap(lambda rows: st.tuples(st.just(rows), st.permutations(rows))))
def test_the_order_of_logs_changes_nothing(both: tuple[list[Hours], list[Hours]]) -> None:
    rows, other = both
    assert exposure(rows, None, "belt", DAYS) == exposure(other, None, "belt", DAYS)


def patrol(opens: int, closes: int, minutes: int, stops: list[tuple[int, int]], halts: list[int]) -> Patrol:
    """A patrol told in minutes from a midnight: its window, the minutes planned, stops, refusals of five minutes each."""

    def at(minute: int) -> Instant:
        return Instant(MIDNIGHT.ms + minute * 60_000)

    window = Moment(
        at(opens).local("UTC").replace(" ", "T"), "UTC", "minute", at(closes).local("UTC").replace(" ", "T")
    )
    plan = PatrolPlanned((Planned("belt", minutes),), window, at(opens), at(closes), at(closes))
    reached = tuple(PatrolReached("x", Stop("belt", at(start), at(end), ("by_sight",), True)) for start, end in stops)
    refused = tuple(Halt("belt", at(minute), "Exercise Post", "Two soldiers", "None given", 5) for minute in halts)
    return Patrol("x", 0, at(opens), plan, reached=reached, refused=refused)


@given(
    st.integers(-600, -1), st.integers(1, 600), st.integers(1, 900), st.integers(1, 900),
    st.lists(st.tuples(st.integers(-600, 599), st.integers(1, 300)), max_size=5), st.lists(st.integers(-600, 600), max_size=3),
)  # fmt: skip
def test_a_patrol_split_in_two_gives_the_same_sums(
    opens: int, closes: int, first: int, second: int, spans: list[tuple[int, int]], halts: list[int]
) -> None:
    """Split at midnight, with the minutes that fall on each side; stops are cut there, refusals stay with their half."""
    stops = [(start, start + length) for start, length in spans]
    joined = patrol(opens, closes, first + second, stops, halts)
    dealt = {item.day: item.planned_min for item in hours(joined)}
    halves = (
        patrol(opens, 0, dealt[DAYS[0]], [(a, min(b, 0)) for a, b in stops if a < 0], [n for n in halts if n < 0]),
        patrol(0, closes, dealt[DAYS[1]], [(max(a, 0), b) for a, b in stops if b > 0], [n for n in halts if n >= 0]),
    )
    whole, parts = list(hours(joined)), [item for half in halves for item in hours(half)]
    for day in DAYS:
        assert of(parts, day) == of(whole, day)


@pytest.mark.parametrize(
    ("rows", "figure", "access", "word"),
    (
        ([], 0, None, "nobody_looked"),
        ([row(100, 50)], 500, 1000, "nothing_seen"),
        ([row(100, 50, 50)], 250, 500, "nothing_seen"),
        ([row(100, 0, 100, 0, 0)], 0, 0, "nobody_looked"),
        ([row(0, 50)], 0, None, "nothing_seen"),
        ([row(300, 300), row(100, 0, 0, 0, 0)], 750, 1000, "nothing_seen"),
        ([row(100, 50), row(100, 100, 0, 1, 0)], 750, 1000, "looked"),
        ([row(1_000, 1_000), row(1_000, 1_000)], 1000, 1000, "nothing_seen"),
        ([row(3, 1)], 333, 1000, "nothing_seen"),
    ),
)
def test_figures_worked_by_hand(rows: list[Hours], figure: int, access: int | None, word: str) -> None:
    day = of(rows)
    assert (day.exposure, day.access, day.observed, day.word) == (figure, access, None, word)


def test_a_day_below_the_agreed_share_was_not_observed_and_is_never_quiet() -> None:
    agreement = agreed("0.2")
    assert [of([row(1_000, done)], agreement=agreement).word for done in (199, 200)] == ["not_observed", "nothing_seen"]
    assert [of([row(1_000, done)], agreement=agreement).observed for done in (199, 200)] == [False, True]
    assert (of([], agreement=agreement).observed, of([], agreement=agreed("0")).observed) == (False, False)


@pytest.mark.parametrize(
    ("value", "thousandths"),
    (
        ("0.2", 200),
        ("1", 1000),
        ("0.1239", 123),
        ("1.01", None),
        ("-0.1", None),
        ("much", None),
        ("NaN", None),
        ("", None),
    ),
)
def test_the_share_is_read_from_the_agreement(value: str, thousandths: int | None) -> None:
    assert least(agreed(value)) == thousandths


def test_without_a_share_a_day_says_only_its_numbers() -> None:
    agreement = desks.exercise_agreement()
    silent = replace(
        agreement, terms={name: term for name, term in agreement.terms.items() if name != "exposure_least"}
    )
    assert (least(None), least(silent), least(agreement)) == (None, None, 200)


def test_the_table_has_a_row_a_day_and_a_cell_an_area() -> None:
    rows = [row(100, 50), replace(row(60, 60), area="crossings", day=DAYS[1], zone="AFT")]
    table = by_day(iter(rows), None, ("belt", "crossings"), DAYS)
    assert [(day, [(cell.area, cell.day, cell.exposure, cell.zones) for cell in cells]) for day, cells in table] == [
        (DAYS[0], [("belt", DAYS[0], 500, ("UTC",)), ("crossings", DAYS[0], 0, ())]),
        (DAYS[1], [("belt", DAYS[1], 0, ()), ("crossings", DAYS[1], 1000, ("AFT",))]),
    ]


def test_days_end_with_the_local_day_of_an_instant() -> None:
    late = Instant.parse("2026-01-05T20:00:00.000Z")
    assert calendar(late, 2, "UTC") == ("2026-01-04", "2026-01-05")
    assert calendar(late, 2, "AFT") == DAYS
    assert (calendar(late, -1, "UTC"), len(calendar(late, 10_000, "UTC"))) == ((), DAYS_LIMIT)
