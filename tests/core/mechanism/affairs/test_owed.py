"""Reports owed: which are due when, in local days over long runs, and late ones taken (domain.md b.2)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.mechanism import desk as desks
from tests.core.mechanism.affairs.deeds import Guard, Told, at, do, facts, refused, sight, written
from tests.core.mechanism.desk import Desk
from tiga.agreement.clauses import Agreement
from tiga.agreement.grounds import Ground
from tiga.agreement.undertakings import Periodic, Undertakings
from tiga.mechanism import owed
from tiga.mechanism.owed import Expected
from tiga.values.moments import ZONES, Instant, Span

NONE = "x" * 43
FORTNIGHT = Periodic(
    "own_forces", {"en": "On own forces"}, ("party-1", "party-2"), "P14D", "2025-12-01", "AFT", "O-07", Ground("placeholder"),
)  # fmt: skip
CHAIR = Periodic(
    "chair", {"en": "Of the chair"}, ("mediators",), "P7D", "2026-01-04", "UTC", "O-07", Ground("placeholder")
)
BEFORE = Periodic(
    "before", {"en": "Before a session"}, ("team",), "P14D", "2025-12-01", "PKT", "O-07", Ground("placeholder"), "P7D"
)
NOBODY = replace(CHAIR, id="nobody", owed_by=())


def agreement(*rows: Periodic) -> Agreement:
    return replace(desks.exercise_agreement(), undertakings=Undertakings(periodic=rows))


def founded() -> Desk:
    return desks.founded(agreement=agreement(FORTNIGHT, CHAIR, BEFORE, NOBODY))


def asked(desk: Desk, item: str = "own_forces", number: int = 2) -> str:
    return do(desk, "secretariat", "owed.expect", periodic=item, owed_number=str(number))


def test_a_period_ends_with_its_local_day() -> None:
    assert owed.period(FORTNIGHT, 1) == Expected(
        "own_forces", 1, Instant.read("2025-12-01T00:00+04:30"), Instant.read("2025-12-16T00:00+04:30")
    )
    timed = replace(FORTNIGHT, start="2025-12-01T23:00+05:00", zone="PKT", every="PT36H")
    assert owed.period(timed, 2) == Expected(
        "own_forces", 2, Instant.read("2025-12-03T11:00+05:00"), Instant.read("2025-12-05T00:00+05:00")
    )


def test_what_is_owed_now_is_every_period_that_has_begun() -> None:
    terms = agreement(FORTNIGHT, CHAIR, BEFORE)
    assert owed.expected(terms, Instant.read("2025-11-30T23:59:59+04:30")) == ()
    first = owed.expected(terms, Instant.read("2025-12-01T00:00+04:30"))
    assert [(row.item, row.number) for row in first] == [("own_forces", 1)]
    rows = owed.expected(terms, Instant.read("2026-01-12T00:00Z"))
    assert [(row.item, row.number, row.due.local("AFT")) for row in rows] == [
        ("own_forces", 1, "2025-12-16 00:00"), ("own_forces", 2, "2025-12-30 00:00"),
        ("chair", 1, "2026-01-12 04:30"), ("own_forces", 3, "2026-01-13 00:00"),
        ("chair", 2, "2026-01-19 04:30"), ("own_forces", 4, "2026-01-27 00:00"),
    ]  # fmt: skip
    assert owed.expected(terms, Instant.read("2026-01-12T00:00Z"), 2) == rows[-2:]
    assert owed.expected(agreement(replace(CHAIR, every="PT0H")), Instant.read("2026-01-12T00:00Z")) == ()


def test_a_long_run_keeps_to_its_limit_and_its_local_midnight() -> None:
    daily = replace(FORTNIGHT, every="P1D", start="2000-01-01")
    rows = owed.expected(agreement(daily, CHAIR), Instant.read("2040-01-01T12:00+04:30"))
    assert (len(rows), rows[-1][:2]) == (owed.PERIODS_LIMIT, ("chair", 731))
    days = [row for row in rows if row.item == "own_forces"]
    assert {row.due.local("AFT")[11:] for row in days} == {"00:00"}
    assert (days[-1].number, days[-1].due.local("AFT")) == (14_611, "2040-01-03 00:00")


@settings(max_examples=60, deadline=None)
@given(
    zone=st.sampled_from((*ZONES, "+05:45", "-03:30")), hours=st.integers(1, 24 * 400), number=st.integers(1, 20_000),
    start=st.dates(min_value=date(1990, 1, 1), max_value=date(2040, 1, 1)),
)  # fmt: skip
def test_periods_join_and_fall_due_within_a_day_of_their_end(zone: str, hours: int, number: int, start: date) -> None:
    item = replace(FORTNIGHT, zone=zone, every=f"PT{hours}H", start=str(start))
    if number * hours > 24 * 365 * 100:
        number = 1
    row, following = owed.period(item, number), owed.period(item, number + 1)
    assert row.due.local(zone)[11:] == "00:00"
    assert 0 < row.due.ms - following.opens.ms <= Span.parse("P1D").ms
    assert (owed.begun(item, row.opens), owed.begun(item, Instant(row.opens.ms - 1))) == (number, number - 1)
    assert owed.expected(agreement(item), row.opens, 1) == (row,)


@pytest.mark.parametrize(("first", "second"), (("party-1", "party-2"), ("party-2", "party-1")))
def test_both_are_told_at_one_instant_and_a_late_report_is_taken(first: str, second: str) -> None:
    desk = founded()
    slug = {"party-1": "liaison1", "party-2": "liaison2"}
    sid = asked(desk, number=3)
    row = owed.period(FORTNIGHT, 3)
    seen = sight(desk, "owed", sid)
    assert (seen.state, seen.level, seen.title) == ("owed_expected", "R1", "own_forces 3")
    assert [(clock.whose, clock.started, clock.due, clock.zone) for clock in seen.clocks] == [
        ("party-1", row.opens, row.due, "AFT"), ("party-2", row.opens, row.due, "AFT"),
    ]  # fmt: skip
    do(desk, slug[first], "owed.hand_in", sid, said="Nobody was heard")
    assert (sight(desk, "owed", sid).state, sight(desk, "owed", sid).open) == ("owed_partly", True)
    desk.wait("P10D")
    clocks = {clock.whose: clock.state(desk.now()) for clock in sight(desk, "owed", sid).clocks}
    assert clocks == {first: "met", second: "overdue"}
    do(desk, slug[second], "owed.hand_in", sid, said="Two were heard")
    do(desk, slug[first], "owed.hand_in", sid, said="One was heard since")
    told = [(code, value) for code, value in facts(desk, "owed", sid) if code in ("owed_from", "owed_mark", "said")]
    assert told == [
        ("owed_from", first), ("said", "Nobody was heard"),
        ("owed_from", second), ("owed_mark", "owed_late"), ("said", "Two were heard"),
        ("owed_from", first), ("said", "One was heard since"),
    ]  # fmt: skip
    clocks = {clock.whose: clock.state(desk.now()) for clock in sight(desk, "owed", sid).clocks}
    assert clocks == {first: "met", second: "late"}
    assert (sight(desk, "owed", sid).state, sight(desk, "owed", sid).open) == ("owed_handed_in", False)
    assert (desk.whole.cases, desk.whole.determinations) == ({}, {})


def test_a_report_before_a_session_is_owed_a_span_before_it() -> None:
    desk = founded()
    sid = do(desk, "registrar", "owed.expect", periodic="before", owed_session="2026-02-01T10:00+05:00")
    (clock,) = sight(desk, "owed", sid).clocks
    assert (clock.whose, clock.due) == ("team", Instant.read("2026-01-26T00:00+05:00"))
    assert [value for code, value in facts(desk, "owed", sid) if code == "owed_session"] == ["2026-02-01T05:00:00.000Z"]
    do(desk, "monitor", "owed.hand_in", sid, said="Quiet where the team was")
    assert sight(desk, "owed", sid).state == "owed_handed_in"


def test_a_mediator_hands_in_what_the_mediators_owe() -> None:
    desk = founded()
    sid = asked(desk, "chair", 1)
    assert refused(desk, "secretariat", "owed.hand_in", sid, said="Told") == "owed_by_other"
    do(desk, "mediator2", "owed.hand_in", sid, said="One session was held")
    assert sight(desk, "owed", sid).open is False


def _expect(desk: Desk, item: str = "own_forces", **more: Told) -> str:
    given = {"periodic": item, "owed_number": "1"} | more
    return refused(desk, "secretariat", "owed.expect", **given)


def _twice(desk: Desk, number: int) -> str:
    asked(desk, number=2)
    return _expect(desk, owed_number=str(number))


def _hand_in(desk: Desk, slug: str = "liaison1", item: str = "own_forces") -> str:
    return refused(desk, slug, "owed.hand_in", asked(desk, item, 1), said="Told")


GUARDS = (
    Guard("expect", "owed_undefined", lambda d: _expect(d, "none"), _expect),
    Guard("expect", "owed_undefined", lambda d: _expect(d, "nobody"), _expect),
    Guard("expect", "owed_session_missing", lambda d: _expect(d, "before"),
          lambda d: _expect(d, "before", owed_session=at(d, 9 * 24 * 60))),
    Guard("expect", "owed_session_near", lambda d: _expect(d, "before", owed_session=at(d, 6 * 24 * 60)),
          lambda d: _expect(d, "before", owed_session=at(d, 9 * 24 * 60))),
    Guard("expect", "owed_number_missing", lambda d: _expect(d, owed_number=""), _expect),
    Guard("expect", "owed_period", lambda d: _expect(d, owed_number="4"), lambda d: _expect(d, owed_number="3")),
    Guard("expect", "owed_period", lambda d: _expect(d, owed_number="0"), _expect),
    Guard("expect", "owed_already", lambda d: _twice(d, 2), lambda d: _twice(d, 3)),
    Guard("hand_in", "owed_unknown", lambda d: refused(d, "liaison1", "owed.hand_in", NONE, said="Told"), _hand_in),
    Guard("hand_in", "owed_by_other", lambda d: _hand_in(d, "liaison1", "chair"),
          lambda d: _hand_in(d, "mediator1", "chair")),
)  # fmt: skip


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: f"{guard.place}-{guard.code}")
def test_a_guard_refuses_and_gives_way_to_its_remedy(guard: Guard) -> None:
    assert guard.wrong(founded()) == guard.code
    assert guard.mended(founded()) == ""


def test_every_guard_of_the_module_stands_in_the_table() -> None:
    assert written("owed") == {(guard.place, guard.code) for guard in GUARDS}
