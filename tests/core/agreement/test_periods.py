"""Periods of an assurance: without gaps, cut at the term's end, the same on every machine."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tiga.agreement import periods
from tiga.agreement.grounds import Ground
from tiga.agreement.undertakings import Assurance
from tiga.values.moments import BadMoment, Instant

TERMS = Assurance(
    "as-1", "O-04", ("party-1", "party-2"), {}, {}, {}, {}, "P7D", "2026-01-05", "+05:00", Ground("placeholder")
)


def _at(text: str) -> Instant:
    return Instant.read(text)


def _told(terms: Assurance, at: str) -> list[tuple[int, str, str]]:
    rows = periods.periods(terms, _at(at))
    return [(row.number, row.opens.local(terms.zone), row.closes.local(terms.zone)) for row in rows]


def test_periods_begin_with_local_days_and_follow_each_other() -> None:
    assert _told(TERMS, "2026-01-04T23:59:59+05:00") == []
    assert _told(TERMS, "2026-01-05T00:00+05:00") == [(1, "2026-01-05 00:00", "2026-01-12 00:00")]
    assert _told(TERMS, "2026-01-12T00:00+05:00") == [
        (1, "2026-01-05 00:00", "2026-01-12 00:00"),
        (2, "2026-01-12 00:00", "2026-01-19 00:00"),
    ]


def test_the_last_period_is_cut_where_the_term_ends_with_its_day() -> None:
    terms = replace(TERMS, until="2026-01-15")
    last = (2, "2026-01-12 00:00", "2026-01-16 00:00")
    assert _told(terms, "2026-01-15T23:59+05:00")[-1:] == [last]
    assert _told(terms, "2027-01-01T00:00+05:00")[-1:] == [last]
    assert periods.period(terms, 3) is None


@pytest.mark.parametrize(
    ("start", "zone", "opens"),
    [
        ("2026-01-05", "UTC", "2026-01-05T00:00:00.000Z"),
        ("2026-01-05", "+04:30", "2026-01-04T19:30:00.000Z"),
        ("2026-01-05T18:00", "PKT", "2026-01-05T13:00:00.000Z"),
        ("2026-01-05T18:00+05:00", "UTC", "2026-01-05T13:00:00.000Z"),
    ],
)
def test_a_beginning_is_a_date_a_local_time_or_an_instant(start: str, zone: str, opens: str) -> None:
    assert periods.starts(replace(TERMS, start=start, zone=zone)).text() == opens


def test_what_cannot_be_read_says_so_and_no_period_comes_of_an_empty_span() -> None:
    with pytest.raises(BadMoment):
        periods.starts(replace(TERMS, start="soon"))
    assert periods.periods(replace(TERMS, period="P0D"), _at("2026-02-01T00:00Z")) == ()
    assert [periods.period(TERMS, 0), periods.period(replace(TERMS, period="P0D"), 1)] == [None, None]


def test_a_list_has_a_limit_and_holds_the_latest() -> None:
    rows = periods.periods(replace(TERMS, period="P1D"), _at("2026-12-31T12:00+05:00"))
    assert (len(rows), rows[-1].number) == (periods.PERIODS_MAX, 361)


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, 400 * 1440), st.sampled_from(("PT6H", "P1D", "P7D", "P30D")),
    st.sampled_from(("UTC", "+05:00", "+04:30", "-03:15")), st.sampled_from(("", "2026-06-30", "2026-01-05")),
)  # fmt: skip
def test_every_instant_of_the_term_lies_in_one_period(minutes: int, span: str, zone: str, until: str) -> None:
    terms = replace(TERMS, period=span, zone=zone, until=until)
    at = Instant(periods.starts(terms).ms + minutes * 60_000)
    rows, end = periods.periods(terms, at), periods.ends(terms)
    assert [row.opens for row in rows[1:]] == [row.closes for row in rows[:-1]]
    inside = end is None or at < end
    assert [row.number for row in rows if row.opens <= at < row.closes] == (
        [periods.number_at(terms, at)] if inside else []
    )
