"""Places: a point with a radius, and a reference line with its uncertainty.

Rules
1. Coordinates are integers in 1e-7 degrees (WGS 84); no float is ever stored or signed.
2. A place keeps the toponym as it was asserted, in its script. A point is optional, a radius goes with every point.
3. A reference line serves monitoring only and "in no way prejudices the current or future legal status of the
   border" (Sudan-South Sudan JBVMM terms). Inside its band, widened by the place's own radius, the side is
   `indeterminate` (domain.md b.6, invariant 7).
4. Which bank of a line is which party's side is the agreement's to say; here there are only `left` and `right` of the
   line's direction.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

EARTH_M = 6_371_008
"""Mean Earth radius in metres (IUGG)."""

Bank = Literal["left", "right", "indeterminate"]


class BadPlace(ValueError):
    """A coordinate or radius outside its range; the message names it."""


@dataclass(frozen=True, slots=True, order=True)
class Point:
    """A position in 1e-7 degrees north and east."""

    lat_e7: int
    lon_e7: int

    def __post_init__(self) -> None:
        if not -900_000_000 <= self.lat_e7 <= 900_000_000:
            raise BadPlace(f"latitude {self.lat_e7 / 1e7} is outside -90 to 90")
        if not -1_800_000_000 <= self.lon_e7 <= 1_800_000_000:
            raise BadPlace(f"longitude {self.lon_e7 / 1e7} is outside -180 to 180")

    @property
    def lat(self) -> float:
        return self.lat_e7 / 1e7

    @property
    def lon(self) -> float:
        return self.lon_e7 / 1e7


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is said to have been: the name as asserted, its script, and perhaps a point with a radius in metres."""

    toponym: str
    script: str = "Latn"
    point: Point | None = None
    radius_m: int = 0
    source: str = ""

    def __post_init__(self) -> None:
        if self.point is not None and not 0 < self.radius_m <= 500_000:
            raise BadPlace(f"a point needs a radius between 1 and 500000 metres, not {self.radius_m}")


@dataclass(frozen=True, slots=True)
class ReferenceLine:
    """A polyline used for monitoring only, with `uncertainty_m` metres each way; `left`/`right` follow its direction."""

    points: tuple[Point, ...]
    uncertainty_m: int

    def __post_init__(self) -> None:
        if len(self.points) < 2:
            raise BadPlace("a reference line needs at least two points")
        if self.uncertainty_m <= 0:
            raise BadPlace("a reference line needs an uncertainty in metres")


def distance_m(a: Point, b: Point) -> int:
    """Great-circle distance in metres (haversine)."""
    lat1, lat2 = math.radians(a.lat), math.radians(b.lat)
    half = math.sin((lat2 - lat1) / 2) ** 2
    half += math.cos(lat1) * math.cos(lat2) * math.sin(math.radians(b.lon - a.lon) / 2) ** 2
    return round(2 * EARTH_M * math.asin(min(1.0, math.sqrt(half))))


def to_line(point: Point, line: ReferenceLine) -> tuple[int, Bank]:
    """Distance in metres to the nearest segment and the bank of it on which the point lies (`right` when on it)."""
    best, bank = math.inf, "right"
    scale = math.cos(math.radians(point.lat))
    for a, b in zip(line.points, line.points[1:], strict=False):
        ax, ay = (a.lon - point.lon) * scale, a.lat - point.lat
        bx, by = (b.lon - point.lon) * scale, b.lat - point.lat
        dx, dy = bx - ax, by - ay
        length = dx * dx + dy * dy
        along = 0.0 if length == 0 else max(0.0, min(1.0, -(ax * dx + ay * dy) / length))
        near = math.hypot(ax + along * dx, ay + along * dy)
        if near < best:
            best, bank = near, "left" if dx * -ay - dy * -ax > 0 else "right"
    return round(math.radians(best) * EARTH_M), bank  # type: ignore[return-value]


def bank(place: Place, line: ReferenceLine) -> Bank:
    """The bank on which a place lies, `indeterminate` without a point or inside the band widened by its radius."""
    if place.point is None:
        return "indeterminate"
    metres, side = to_line(place.point, line)
    return "indeterminate" if metres <= line.uncertainty_m + place.radius_m else side


def coarsened(point: Point, cell_e7: int = 500_000) -> Point:
    """The centre of the cell (0.05 degrees, about 5 km) in which a point lies: what may be made public (domain.md d)."""
    return Point(point.lat_e7 // cell_e7 * cell_e7 + cell_e7 // 2, point.lon_e7 // cell_e7 * cell_e7 + cell_e7 // 2)
