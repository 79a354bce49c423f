"""The entries of a patrol, its minutes, and what of it may be told to both parties.

Rules
1. Where a team is or will be is R3: plan, departure, stops, refusals and return are R3 entries, for good. What both parties
   read is the log, an R1 entry that the registrar signs once the patrol has ended; later stops add logs to it.
2. A log names no area that was neither reached nor refused before the window has ended, and no day that has not begun. What
   was planned and not reached is told by a later log. So no R1 entry says where anybody will be.
3. A log holds no sid of a report: it would tell whose report a sealed entry is. A stop that is marked (`kept`) stands in it
   with its minutes only.
4. Minutes count on the local days of the zone in which the window was given. A team that told two overlapping stops in one
   area was there once.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import Any, ClassVar

from tiga.mechanism.exposure import Hours, dealt, merged, spread
from tiga.values.moments import Instant, Moment
from tiga.values.places import Place

NUMBERS = ("planned_min", "done_min", "refused_min", "stops", "nothing")
LOG_LIMITS = (40, 30, 4)
"""Hours, stops and refusals in one log entry. What is more goes into the next: each stays below what an entry may hold."""


@dataclass(frozen=True, slots=True)
class Planned:
    """An area of a plan: the agreement's id of it, or a name of its own with its place; the minutes to be spent there."""

    area: str
    minutes: int
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class PatrolPlanned:
    """`opens` and `closes` are the instants of `window`, which is what was asserted."""

    ACT: ClassVar[str] = "patrol.plan"
    RELEASE: ClassVar[str] = "RT"

    areas: tuple[Planned, ...]
    window: Moment
    opens: Instant
    closes: Instant
    due: Instant
    clause: str = ""
    team: tuple[str, ...] = ()
    people: int = 0
    joint: bool = False
    note: str = ""

    def threads(self, sid: str) -> tuple[str, ...]:
        return (f"patrol:{sid}",)


@dataclass(frozen=True, slots=True)
class PatrolLeft:
    """`joint`: both sides' liaison officers ride along."""

    ACT: ClassVar[str] = "patrol.leave"
    RELEASE: ClassVar[str] = "RT"

    patrol: str
    left: Instant
    joint: bool = False

    def threads(self, sid: str) -> tuple[str, ...]:
        return (f"patrol:{self.patrol}",)


@dataclass(frozen=True, slots=True)
class Stop:
    """Where a team was from when to when, with which senses open, and whether it says that nothing was seen."""

    area: str
    arrived: Instant
    left: Instant
    senses: tuple[str, ...]
    nothing: bool = False


@dataclass(frozen=True, slots=True)
class PatrolReached:
    ACT: ClassVar[str] = "patrol.reach"
    RELEASE: ClassVar[str] = "RT"

    patrol: str
    stop: Stop
    reports: tuple[str, ...] = ()
    kept: bool = False

    def threads(self, sid: str) -> tuple[str, ...]:
        return (f"patrol:{self.patrol}",)


@dataclass(frozen=True, slots=True)
class Halt:
    """A refusal: time, place, who, the reason stated; the area concerned and the planned minutes that it cost there."""

    area: str
    when: Instant
    place: str
    who: str
    reason: str
    lost_min: int = 0
    access: str = ""


@dataclass(frozen=True, slots=True)
class PatrolRefused:
    ACT: ClassVar[str] = "patrol.refuse"
    RELEASE: ClassVar[str] = "RT"

    patrol: str
    halt: Halt

    def threads(self, sid: str) -> tuple[str, ...]:
        return (f"patrol:{self.patrol}",)


@dataclass(frozen=True, slots=True)
class PatrolReturned:
    ACT: ClassVar[str] = "patrol.return"
    RELEASE: ClassVar[str] = "RT"

    patrol: str
    when: Instant
    safe: bool = False
    note: str = ""

    def threads(self, sid: str) -> tuple[str, ...]:
        return (f"patrol:{self.patrol}",)


@dataclass(frozen=True, slots=True)
class PatrolCancelled:
    ACT: ClassVar[str] = "patrol.cancel"
    RELEASE: ClassVar[str] = "RT"

    patrol: str
    reason: str
    note: str = ""

    def threads(self, sid: str) -> tuple[str, ...]:
        return (f"patrol:{self.patrol}",)


@dataclass(frozen=True, slots=True)
class PatrolLogged:
    """What both parties read of a patrol that has ended (`returned`, `unsafe`, `cancelled`); several logs add up."""

    ACT: ClassVar[str] = "patrol.log"
    RELEASE: ClassVar[str] = "R1"

    patrol: str
    ended: str
    reason: str = ""
    left: Instant | None = None
    back: Instant | None = None
    joint: bool = False
    hours: tuple[Hours, ...] = ()
    stops: tuple[Stop, ...] = ()
    refusals: tuple[Halt, ...] = ()

    def threads(self, sid: str) -> tuple[str, ...]:
        return (f"patrol:{self.patrol}",)


@dataclass(frozen=True, slots=True)
class Patrol:
    """A patrol and what has become of it; `ended` is the record's time at which its return or cancelling was entered."""

    sid: str
    index: int
    at: Instant
    plan: PatrolPlanned
    left: PatrolLeft | None = None
    reached: tuple[PatrolReached, ...] = ()
    refused: tuple[Halt, ...] = ()
    returned: PatrolReturned | None = None
    cancelled: PatrolCancelled | None = None
    ended: Instant | None = None
    logs: tuple[PatrolLogged, ...] = ()

    @property
    def state(self) -> str:
        """`planned`, `out`, `returned`, `unsafe` (returned, not safely) or `cancelled`."""
        if self.cancelled is not None:
            return "cancelled"
        if self.returned is not None:
            return "returned" if self.returned.safe else "unsafe"
        return "out" if self.left is not None else "planned"

    @property
    def zone(self) -> str:
        return self.plan.window.zone

    def planned_min(self, area: str) -> int:
        return sum(item.minutes for item in self.plan.areas if item.area == area)

    def lost_min(self, area: str) -> int:
        return sum(halt.lost_min for halt in self.refused if halt.area == area)


def hours(row: Patrol) -> tuple[Hours, ...]:
    """All minutes of a patrol per area and local day of its zone, in that order: planned, spent there, refused."""
    sums: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    days, stops = spread(row.plan.opens, row.plan.closes, row.zone), [item.stop for item in row.reached]
    for item in row.plan.areas:
        for day, part in dealt(item.minutes, days):
            sums[item.area, day]["planned_min"] += part
    for area in {stop.area for stop in stops}:
        for start, end in merged((stop.arrived, stop.left) for stop in stops if stop.area == area):
            for day, part in spread(start, end, row.zone):
                sums[area, day]["done_min"] += part
    for reached in row.reached:
        stop = reached.stop
        for day, _ in spread(stop.arrived, stop.left, row.zone):
            sums[stop.area, day].update(stops=1, nothing=int(stop.nothing and not reached.kept))
    for halt in row.refused:
        for day, part in spread(halt.when, Instant(halt.when.ms + halt.lost_min * 60_000), row.zone):
            sums[halt.area, day]["refused_min"] += part
    return tuple(_row(area, day, row.zone, found) for (area, day), found in sorted(sums.items()))


def _row(area: str, day: str, zone: str, found: Counter[str]) -> Hours:
    return Hours(area, day, zone, *(found[name] for name in NUMBERS))


def numbers(row: Hours) -> dict[str, Any]:
    return {name: getattr(row, name) for name in NUMBERS}


def added(rows: Iterable[Hours]) -> tuple[Hours, ...]:
    """One row for each area, local day and zone, in that order, with the numbers added up."""
    sums: dict[tuple[str, str, str], Counter[str]] = defaultdict(Counter)
    for row in rows:
        sums[row.area, row.day, row.zone].update(numbers(row))
    return tuple(_row(*key, found) for key, found in sorted(sums.items()))


def untold(row: Patrol, now: Instant | None = None) -> tuple[Hours, ...]:
    """What no log has told yet; with `now`, only what may be told by then (rule 2)."""
    told = {(item.area, item.day): numbers(item) for item in added(one for log in row.logs for one in log.hours)}
    today, rows = now.local(row.zone)[:10] if now else "", []
    for item in hours(row):
        met = item.day <= today and bool(item.done_min or item.refused_min)
        if now is None or now >= row.plan.closes or met:
            before = told.get((item.area, item.day), {})
            rest = {name: value - before.get(name, 0) for name, value in numbers(item).items()}
            if any(rest.values()):
                rows.append(replace(item, **rest))
    return tuple(rows)


def logs(row: Patrol, now: Instant) -> tuple[PatrolLogged, ...]:
    """The logs that tell what may be told now of a patrol that has ended: one at least where it has none yet."""
    open_stops = [item.stop for item in row.reached if not item.kept]
    stops = open_stops[sum(len(log.stops) for log in row.logs) :]
    refusals = row.refused[sum(len(log.refusals) for log in row.logs) :]
    parts = zip_longest(*map(_parts, (untold(row, now), stops, refusals), LOG_LIMITS), fillvalue=())
    first = PatrolLogged(row.sid, row.state, row.cancelled.reason if row.cancelled else "")
    if row.left is not None and row.returned is not None:
        first = replace(first, left=row.left.left, back=row.returned.when, joint=row.left.joint)
    told = tuple(replace(first, hours=some, stops=seen, refusals=halts) for some, seen, halts in parts)
    return told or (() if row.logs else (first,))


def _parts(rows: Sequence[Any], size: int) -> list[tuple[Any, ...]]:
    return [tuple(rows[n : n + size]) for n in range(0, len(rows), size)]
