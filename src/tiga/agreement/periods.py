"""The periods of an assurance: number, beginning and end, as they follow from the agreement alone.

Rules
1. Periods are counted from 1, follow each other without a gap, and are of one length; the last is cut at the term's end.
2. A period holds its opening instant and not its closing one.
3. A date begins with its local day and, where it ends the term, ends with it; zones are fixed offsets and a day has 24
   hours, so that every machine cuts at the same instant.
"""

from __future__ import annotations

from dataclasses import dataclass

from tiga.agreement.undertakings import Assurance
from tiga.values.moments import BadMoment, Instant, Moment, Span

PERIODS_MAX = 120
"""Periods in one list."""


@dataclass(frozen=True, slots=True)
class Period:
    """One period: it opens at `opens` and ends before `closes`."""

    number: int
    opens: Instant
    closes: Instant


def starts(terms: Assurance) -> Instant:
    """When the first period opens; raises BadMoment."""
    return _edge(terms.start, terms.zone, ends=False)


def ends(terms: Assurance) -> Instant | None:
    """When the term ends, None where the agreement names no end; raises BadMoment."""
    return _edge(terms.until, terms.zone, ends=True) if terms.until else None


def period(terms: Assurance, number: int) -> Period | None:
    """A period by its number; None where the term has none of that number; raises BadMoment."""
    span, end = Span.parse(terms.period).ms, ends(terms)
    opens = Instant(starts(terms).ms + (number - 1) * span)
    closes = Instant(opens.ms + span)
    if number < 1 or span < 1 or (end is not None and opens >= end):
        return None
    return Period(number, opens, min(closes, end) if end is not None else closes)


def number_at(terms: Assurance, at: Instant) -> int:
    """The number of the last period that has begun at an instant; 0 before the first; raises BadMoment."""
    span, start, end = Span.parse(terms.period).ms, starts(terms), ends(terms)
    upto = min(at.ms, end.ms - 1) if end is not None else at.ms
    return (upto - start.ms) // span + 1 if span > 0 and upto >= start.ms else 0


def periods(terms: Assurance, at: Instant) -> tuple[Period, ...]:
    """The periods begun at an instant, oldest first: the last PERIODS_MAX of them; raises BadMoment."""
    last = number_at(terms, at)
    rows = (period(terms, number) for number in range(max(1, last - PERIODS_MAX + 1), last + 1))
    return tuple(row for row in rows if row is not None)


def _edge(text: str, zone: str, *, ends: bool) -> Instant:
    """An instant with its offset, or a local time or date in the zone."""
    day = len(text) == 10
    try:
        moment = Moment(text, zone, "day" if day else "minute")
    except BadMoment:
        return Instant.read(text)
    return moment.latest if ends and day else moment.start
