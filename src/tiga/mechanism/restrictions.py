"""Access asked for and restricted, per month and party: a table that shows what monitors could look at, never a ranking.

Rules
1. A request counts in the month (UTC) in which it was made, a restriction in the month of its own instant, a visit in the
   month of the arrival. Each restriction counts once, under its code.
2. Every month from the first to the last has a row, and every party has a place in it, in the order that is handed in.
3. Numbers stand beside the requests they came of: a party that is asked more often has more of everything. Nothing is summed
   across parties or months, and nothing is put in order of size.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tiga.mechanism import access
from tiga.values.moments import Instant

if TYPE_CHECKING:
    from tiga.mechanism.standing import Standing

MONTHS_LIMIT = 120
"""Months in one table: the latest."""


@dataclass(frozen=True, slots=True)
class Place:
    """What one party was asked in one month and what came of it: requests, visits made, restrictions per code."""

    party: str
    asked: int
    made: int
    codes: tuple[tuple[str, int], ...]


def table(standing: Standing, parties: tuple[str, ...]) -> tuple[tuple[str, tuple[Place, ...]], ...]:
    """(month `YYYY-MM`, one place per party in the order handed in), oldest first; empty where nothing was asked."""
    counts: Counter[tuple[str, str, str]] = Counter()
    codes: set[str] = set()
    for row in access.state(standing).requests.values():
        party = row.asked.party
        counts[_month(row.at), party, "asked"] += 1
        if row.visit is not None:
            counts[_month(row.visit.arrived), party, "made"] += 1
        for _, _, fact in row.restrictions:
            codes.add(fact.code)
            counts[_month(fact.when), party, fact.code] += 1
    listed = sorted(codes)
    return tuple(
        (month, tuple(_place(counts, month, party, listed) for party in parties))
        for month in _months({month for month, _, _ in counts})
    )


def _place(counts: Counter[tuple[str, str, str]], month: str, party: str, codes: list[str]) -> Place:
    told = tuple((code, counts[month, party, code]) for code in codes)
    return Place(party, counts[month, party, "asked"], counts[month, party, "made"], told)


def _month(at: Instant) -> str:
    return at.text()[:7]


def _months(found: set[str]) -> list[str]:
    """Every month from the first to the last."""
    if not found:
        return []
    first, last = ((int(month[:4]) * 12 + int(month[5:7]) - 1) for month in (min(found), max(found)))
    return [f"{n // 12:04d}-{n % 12 + 1:02d}" for n in range(max(first, last - MONTHS_LIMIT + 1), last + 1)]
