"""Exposure: how much of what was to be looked at was looked at, per area and local day. Pure functions over patrol logs.

Rules
1. Exposure follows from what patrol logs tell (`Hours`), and from nothing else: a complaint, a sensor or a newspaper is no
   looking. What no log has told yet is not counted, so the figure of a day may change until its patrols have been told.
2. Everything is whole minutes and thousandths. A stretch is cut at its ends to the whole minute and split at the midnights
   of the zone that the log names; planned minutes are dealt out over the days of a window in proportion to its minutes.
3. exposure = done / planned x (1 - refused / planned), rounded down to thousandths, within 0 and 1000. Done is taken as at
   most planned, refused as at most planned, and a day of an area as at most its 1440 minutes, however many patrols
   overlapped there. Where nothing was planned, nothing says how much there was to see: exposure is 0.
4. A day below the share that the agreement names (term `exposure_least`, a decimal from 0 to 1) was not observed; it is
   never a quiet one. Where the agreement names no such share, a day says its numbers and no more.
5. "Nothing seen" is an observation where somebody looked; where nobody looked, silence is none.

Not done here: how minutes come about (`patrols`), counts of incidents, alarms, drawing.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from tiga.agreement.clauses import Agreement
from tiga.values.moments import Instant, offset

MINUTE_MS = 60_000
DAY_MIN = 1_440
DAYS_LIMIT = 400
"""Days in one table."""
TERM = "exposure_least"
_EPOCH = date(1970, 1, 1).toordinal()


@dataclass(frozen=True, slots=True)
class Hours:
    """What a log tells of one area on one local day (`YYYY-MM-DD` in `zone`), in minutes; `stops` of the team there on that
    day, and how many of them said that nothing was seen."""

    area: str
    day: str
    zone: str
    planned_min: int = 0
    done_min: int = 0
    refused_min: int = 0
    stops: int = 0
    nothing: int = 0


@dataclass(frozen=True, slots=True)
class Day:
    """One area on one local day: minutes, access and exposure in thousandths (access None where nothing was planned).

    `observed` is None where the agreement names no least share. `word` is what may be said of the day: `not_observed`,
    `nobody_looked`, `nothing_seen` or `looked` (something was reported, or is kept back).
    """

    area: str
    day: str
    zones: tuple[str, ...]
    planned_min: int
    done_min: int
    refused_min: int
    access: int | None
    exposure: int
    observed: bool | None
    word: str


def spread(start: Instant, end: Instant, zone: str) -> tuple[tuple[str, int], ...]:
    """(local day, minutes) of a stretch in a named zone, in order; empty where it ends before it begins."""
    east = offset(zone)
    at, stop = start.ms // MINUTE_MS + east, end.ms // MINUTE_MS + east
    rows = []
    while at < stop:
        day = at // DAY_MIN
        midnight = min(stop, (day + 1) * DAY_MIN)
        rows.append((date.fromordinal(_EPOCH + day).isoformat(), midnight - at))
        at = midnight
    return tuple(rows)


def dealt(minutes: int, rows: Iterable[tuple[str, int]]) -> tuple[tuple[str, int], ...]:
    """Minutes dealt out over (day, minutes) in proportion, whole, with the same sum; none where there is no minute."""
    listed = tuple(rows)
    whole, passed, given, shares = sum(part for _, part in listed), 0, 0, []
    for day, part in listed:
        passed += part
        upto = minutes * passed // whole if whole else 0
        shares.append((day, upto - given))
        given = upto
    return tuple(shares)


def merged(stretches: Iterable[tuple[Instant, Instant]]) -> tuple[tuple[Instant, Instant], ...]:
    """Stretches as those that do not overlap: a team that was somewhere was there once."""
    rows: list[tuple[Instant, Instant]] = []
    for start, end in sorted(stretches):
        if rows and start <= rows[-1][1]:
            rows[-1] = (rows[-1][0], max(rows[-1][1], end))
        else:
            rows.append((start, end))
    return tuple(rows)


def least(agreement: Agreement | None) -> int | None:
    """The least share in thousandths below which a day was not observed; None where none is named that can be read."""
    term = agreement.terms.get(TERM) if agreement else None
    try:
        share = Decimal(term.value) if term else None
    except InvalidOperation:
        return None
    return int(share * 1000) if share is not None and share.is_finite() and 0 <= share <= 1 else None


def exposure(told: Iterable[Hours], agreement: Agreement | None, area: str, days: Iterable[str]) -> tuple[Day, ...]:
    """The area on each of these local days (`YYYY-MM-DD`, the first `DAYS_LIMIT`), in whatever order logs told of them."""
    by: dict[str, list[Hours]] = defaultdict(list)
    for row in told:
        if row.area == area:
            by[row.day].append(row)
    share = least(agreement)
    return tuple(_day(area, day, by.get(day, []), share) for day in tuple(days)[:DAYS_LIMIT])


def _day(area: str, day: str, rows: list[Hours], share: int | None) -> Day:
    sums: Counter[str] = Counter()
    for row in rows:
        sums.update(
            planned=row.planned_min, done=row.done_min, refused=row.refused_min, stops=row.stops, nothing=row.nothing
        )
    planned, done = min(sums["planned"], DAY_MIN), min(sums["done"], DAY_MIN)
    refused = min(sums["refused"], planned)
    figure = 1000 * min(done, planned) * (planned - refused) // (planned * planned) if planned else 0
    access = 1000 * (planned - refused) // planned if planned else None
    observed = None if share is None else done > 0 and figure >= share
    zones = tuple(sorted({row.zone for row in rows}))
    word = _word(done > 0, observed, 0 < sums["stops"] == sums["nothing"])
    return Day(area, day, zones, planned, done, refused, access, figure, observed, word)


def _word(looked: bool, observed: bool | None, nothing: bool) -> str:
    if observed is False:
        return "not_observed"
    if not looked:
        return "nobody_looked"
    return "nothing_seen" if nothing else "looked"


def calendar(last: Instant, number: int, zone: str) -> tuple[str, ...]:
    """The local days that end with the day of an instant, oldest first, at most `DAYS_LIMIT`."""
    day = (last.ms // MINUTE_MS + offset(zone)) // DAY_MIN
    number = max(0, min(number, DAYS_LIMIT))
    return tuple(date.fromordinal(_EPOCH + day - n).isoformat() for n in range(number - 1, -1, -1))


def by_day(
    told: Iterable[Hours], agreement: Agreement | None, areas: Iterable[str], days: Iterable[str]
) -> tuple[tuple[str, tuple[Day, ...]], ...]:
    """Rows to draw, one a day in the order given: (day, one cell per area in the order given)."""
    rows, listed = tuple(told), tuple(days)[:DAYS_LIMIT]
    columns = [exposure(rows, agreement, area, listed) for area in areas]
    return tuple((day, tuple(column[n] for column in columns)) for n, day in enumerate(listed))
