"""What a patrol's plan is given as: a window in a named zone, areas with the minutes for each, a team.

Rules
1. A window is two local times and their zone, as they were asserted; the instants follow from it.
2. An area is one of the agreement's, or a name of its own with a point and a radius. Coordinates become whole 1e-7 degrees
   without passing through a float.
3. A team is named by keys on the roster or by a number of people, never by names of persons.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

from tiga.drafts.coordinates import script
from tiga.mechanism import guards
from tiga.mechanism.acts import Refusal
from tiga.mechanism.asks import Given
from tiga.mechanism.patrol_log import Planned
from tiga.values.moments import ZONES, BadMoment, Instant, Moment
from tiga.values.places import BadPlace, Place, Point

if TYPE_CHECKING:
    from tiga.mechanism.standing import Standing

AREAS_LIMIT, WINDOW_DAYS_LIMIT, PEOPLE_LIMIT = 12, 7, 200
"""Areas, days and people of one patrol: what is more is two patrols. With these a log stays below what entries may hold."""
_WINDOW = ("patrol_from", "patrol_until")
_NUMBER = r"-?\d{1,3}(?:\.\d{1,7})?"
_AREA = re.compile(
    rf"([^|]{{1,80}}?)\s*\|\s*(\d{{1,5}})(?:\s*\|\s*({_NUMBER})\s*\|\s*({_NUMBER})\s*\|\s*(\d{{1,6}}))?", re.ASCII
)


def named(standing: Standing) -> tuple[str, ...]:
    """The ids of the agreement's areas."""
    return tuple(area.id for area in guards.agreement(standing).areas)


def window(given: Given, now: Instant) -> Moment | Refusal:
    """The window as it was asserted: two local times and their zone."""
    try:
        start, end = (Moment(given.line(name), given.line("patrol_zone"), "minute") for name in _WINDOW)
    except BadMoment:
        return Refusal("patrol_time", values={"zones": ", ".join(ZONES)})
    if not start.start < end.start:
        return Refusal("patrol_backwards", values={"opens": start.local, "closes": end.local})
    told = Moment(start.local, start.zone, "minute", end.local)
    if told.end <= now:
        return Refusal("patrol_past", values={"closes": told.end.text(), "now": now.text()})
    if told.end.ms - told.start.ms > WINDOW_DAYS_LIMIT * 86_400_000:
        return Refusal("patrol_window", values={"limit": str(WINDOW_DAYS_LIMIT)})
    return told


def areas(standing: Standing, text: str) -> tuple[Planned, ...] | Refusal:
    """Lines `area | minutes` for areas of the agreement, `name | minutes | latitude | longitude | metres` for others."""
    lines = [line.strip() for line in re.split(r"[\n;]", text) if line.strip()]
    if len(lines) > AREAS_LIMIT:
        return Refusal("ask_long", values={"ask": "patrol_areas", "limit": str(AREAS_LIMIT)})
    rows: dict[str, Planned] = {}
    for line in lines or [text]:
        item = _area(" ".join(line.split()))
        if item is None:
            return Refusal("patrol_area_line", values={"line": line[:80]})
        if item.place is None and item.area not in named(standing):
            return Refusal("patrol_area_unknown", values={"area": item.area, "known": ", ".join(named(standing))})
        if item.area in rows:
            return Refusal("patrol_area_twice", values={"area": item.area})
        rows[item.area] = item
    return tuple(rows.values())


def _area(line: str) -> Planned | None:
    found = _AREA.fullmatch(line)
    if found is None:
        return None
    name, minutes, lat, lon, radius = found.groups()
    if lat is None:
        return Planned(name, int(minutes))
    try:
        point = Point(*(int(Decimal(degrees) * 10_000_000) for degrees in (lat, lon)))
        return Planned(name, int(minutes), Place(name, script(name), point, int(radius), "plan"))
    except BadPlace:
        return None


def team(standing: Standing, given: Given) -> tuple[str, ...] | Refusal:
    """Keys on the roster, by their whole names or without the record's origin; none where a number of people is given."""
    told = re.findall(r"[^\s,]+", given.line("patrol_team"))
    keys = tuple(dict.fromkeys(name if name in standing.keys else f"{standing.log}/{name}" for name in told))
    for name in keys:
        if name not in standing.keys or name in standing.revoked:
            return Refusal("patrol_key", values={"key": name})
    return keys if keys or given.whole("patrol_people") else Refusal("patrol_team")
