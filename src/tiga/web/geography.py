"""The base map: one land fill and a few country lines, drawn so that the map takes no side.

Rules
1. Land is one fill. No country is filled, named or told apart.
2. A country line is drawn only where it lies more than `CLEAR_KM` from every disputed line. A disputed line itself, and
   every piece of another line near it, is left out for all readers alike.
3. Disputed lines are the shared borders of `DISPUTED` (pairs of ISO 3166-1 numeric codes) and every border of a feature
   without such a code that touches one of those countries (in the data: the Siachen feature).
4. What is drawn is clipped to `WINDOW`, in degrees with `DECIMALS` decimals; nothing else of the atlas is shipped.
5. Line ends are where the data was cut, not places of any meaning; the attribution says that no position is implied.

Source: Natural Earth 1:10m (public domain) as TopoJSON (world-atlas 2.0.2), decoded after the TopoJSON specification.
Not done here: reading or writing files (`tiga.web.assets`), the reference line and its band (the agreement's), styling.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any

Position = tuple[float, float]
"""Longitude and latitude in degrees, in GeoJSON's order."""

WINDOW = (55.0, 20.0, 85.0, 45.0)
"""West, south, east, north in degrees: what the base map covers."""
DISPUTED = frozenset(frozenset(pair) for pair in (("004", "586"), ("586", "356"), ("356", "156"), ("586", "156")))
"""Pairs of ISO 3166-1 numeric codes whose shared border, as the atlas has it, is disputed in whole or in part."""
CLEAR_KM = 50.0
"""No country line comes nearer than this to a disputed line."""
DECIMALS = 3
ATTRIBUTION = "Natural Earth (public domain)"

_STEP_KM = 5.0  # candidate lines are looked at every 5 km,
_SAMPLE_KM = 2.5  # disputed lines stand as points every 2.5 km,
_CUT_KM = CLEAR_KM + (_STEP_KM + _SAMPLE_KM) / 2 + 1.0  # so what lies between two looks, and rounding, stays clear too
_KM_PER_DEGREE = 111.195
_CELL_DEGREES = 1.0
_ARCS_MAX = 100_000
_REACH = 2.0  # degrees outside the window in which a disputed line still matters


class BadAtlas(ValueError):
    """The TopoJSON is not what this module can read; the message names the part and the remedy."""


def arcs(topology: dict[str, Any]) -> list[list[Position]]:
    """All arcs of a quantised topology as positions in degrees (TopoJSON 2.1.1 and 2.1.3)."""
    transform = topology.get("transform")
    if topology.get("type") != "Topology" or not transform:
        raise BadAtlas("atlas: not a quantised TopoJSON topology; use the files of world-atlas 2.0.2")
    if len(topology["arcs"]) > _ARCS_MAX:
        raise BadAtlas(f"atlas: {len(topology['arcs'])} arcs, the limit is {_ARCS_MAX}")
    (scale_x, scale_y), (from_x, from_y) = transform["scale"], transform["translate"]
    decoded = []
    for arc in topology["arcs"]:
        x = y = 0
        line = []
        for step_x, step_y in arc:
            x, y = x + step_x, y + step_y
            line.append((x * scale_x + from_x, y * scale_y + from_y))
        decoded.append(line)
    return decoded


def rings(geometry: dict[str, Any]) -> Iterator[list[int]]:
    """The rings of a polygon or multipolygon as lists of arc numbers (a negative number ~n is arc n backwards)."""
    if geometry["type"] == "Polygon":
        yield from geometry["arcs"]
    elif geometry["type"] == "MultiPolygon":
        for polygon in geometry["arcs"]:
            yield from polygon
    elif geometry["type"] == "GeometryCollection":
        for part in geometry["geometries"]:
            yield from rings(part)


def borders(countries: dict[str, Any]) -> tuple[list[int], list[int]]:
    """Arc numbers of (disputed, other) land borders: arcs that two countries share; a coast belongs to neither."""
    owners: dict[int, set[str]] = {}
    for number, country in enumerate(countries["objects"]["countries"]["geometries"]):
        key = country.get("id") or f"none-{number}"
        for ring in rings(country):
            for arc in ring:
                owners.setdefault(arc if arc >= 0 else ~arc, set()).add(key)
    named = {code for pair in DISPUTED for code in pair}
    unnamed = {key for pair in owners.values() if pair & named for key in pair if key.startswith("none-")}
    disputed = [arc for arc, pair in owners.items() if frozenset(pair) in DISPUTED or pair & unnamed]
    apart = set(disputed)
    return disputed, [arc for arc, pair in owners.items() if len(pair) > 1 and arc not in apart]


def distance_km(a: Position, b: Position) -> float:
    """Distance in kilometres between two positions less than a few degrees apart (equirectangular)."""
    east = (b[0] - a[0]) * math.cos(math.radians((a[1] + b[1]) / 2))
    return math.hypot(east, b[1] - a[1]) * _KM_PER_DEGREE


def densified(line: list[Position], step_km: float) -> list[Position]:
    """The line with positions put in so that neighbours are at most `step_km` apart."""
    if not line:
        return []
    dense = [line[0]]
    for a, b in pairwise(line):
        pieces = max(1, math.ceil(distance_km(a, b) / step_km))
        dense += [(a[0] + (b[0] - a[0]) * n / pieces, a[1] + (b[1] - a[1]) * n / pieces) for n in range(1, pieces + 1)]
    return dense


def within(position: Position, margin: float = 0.0) -> bool:
    """Whether a position lies in the window, widened by `margin` degrees."""
    west, south, east, north = WINDOW
    return west - margin <= position[0] <= east + margin and south - margin <= position[1] <= north + margin


class Nearness:
    """Answers whether a position lies within some kilometres of given lines, by a grid of one-degree cells."""

    __slots__ = ("_cells",)

    def __init__(self, lines: Iterable[list[Position]]) -> None:
        self._cells: dict[tuple[int, int], list[Position]] = {}
        for line in lines:
            for position in densified(line, _SAMPLE_KM):
                if within(position, _REACH):
                    self._cells.setdefault(_cell(position), []).append(position)

    def near(self, position: Position, km: float) -> bool:
        """Whether any line passes within `km` (at most 75, so that the eight cells around suffice up to 45 north)."""
        column, row = _cell(position)
        for x in (column, column - 1, column + 1):
            for y in (row, row - 1, row + 1):
                for other in self._cells.get((x, y), ()):
                    if distance_km(position, other) <= km:
                        return True
        return False


def _cell(position: Position) -> tuple[int, int]:
    return math.floor(position[0] / _CELL_DEGREES), math.floor(position[1] / _CELL_DEGREES)


def disputed_lines(countries: dict[str, Any]) -> list[list[Position]]:
    """The disputed lines of the atlas in degrees: used to keep away from them, never drawn."""
    lines = arcs(countries)
    return [lines[number] for number in borders(countries)[0]]


def country_lines(countries: dict[str, Any]) -> list[list[Position]]:
    """Country lines inside the window and clear of every disputed line, cut where they come near one."""
    lines = arcs(countries)
    disputed, others = borders(countries)
    nearness = Nearness(lines[number] for number in disputed)
    drawn: list[list[Position]] = []
    for number in others:
        piece: list[Position] = []
        for position in densified(lines[number], _STEP_KM):
            if within(position) and not nearness.near(position, _CUT_KM):
                piece.append(position)
                continue
            drawn.append(piece)
            piece = []
        drawn.append(piece)
    return [rounded for piece in drawn if len(rounded := _rounded(piece)) > 1]


def land(topology: dict[str, Any]) -> list[list[list[Position]]]:
    """Land inside the window as polygons (outer ring, then holes), clipped at the window's edges."""
    lines = arcs(topology)
    polygons = []
    for geometry in topology["objects"]["land"]["geometries"]:
        parts = geometry["arcs"] if geometry["type"] == "MultiPolygon" else [geometry["arcs"]]
        for part in parts:
            clipped = [_rounded(_clipped(_joined(ring, lines))) for ring in part]
            closed = [[*ring, ring[0]] for ring in clipped if len(ring) > 2]
            if closed and len(clipped[0]) > 2:
                polygons.append(closed)
    return polygons


def _joined(ring: list[int], lines: list[list[Position]]) -> list[Position]:
    """A ring's positions in order, without the last, which repeats the first."""
    positions: list[Position] = []
    for number in ring:
        arc = lines[number] if number >= 0 else lines[~number][::-1]
        positions += arc[:-1]
    return positions


def _clipped(ring: list[Position]) -> list[Position]:
    """A ring cut to the window (Sutherland and Hodgman, 1974); edges along the window are harmless in a fill."""
    west, south, east, north = WINDOW
    for axis, bound, sign in ((0, west, 1), (0, east, -1), (1, south, 1), (1, north, -1)):
        kept: list[Position] = []
        for a, b in zip([*ring[-1:], *ring[:-1]], ring, strict=True):
            a_in, b_in = (a[axis] - bound) * sign >= 0, (b[axis] - bound) * sign >= 0
            if a_in != b_in:
                part = (bound - a[axis]) / (b[axis] - a[axis])
                kept.append((a[0] + (b[0] - a[0]) * part, a[1] + (b[1] - a[1]) * part))
            if b_in:
                kept.append(b)
        ring = kept
    return ring


def _rounded(line: list[Position]) -> list[Position]:
    """The line at `DECIMALS` decimals without repeated neighbours."""
    out: list[Position] = []
    for x, y in line:
        position = (round(x, DECIMALS), round(y, DECIMALS))
        if not out or out[-1] != position:
            out.append(position)
    return out


def basemap(land_atlas: dict[str, Any], countries_atlas: dict[str, Any]) -> dict[str, Any]:
    """The base map as GeoJSON (RFC 7946): one `land` multipolygon and one `line` multilinestring, with its window."""
    shapes = (
        ("land", "MultiPolygon", land(land_atlas)),
        ("line", "MultiLineString", country_lines(countries_atlas)),
    )
    return {
        "type": "FeatureCollection",
        "bbox": list(WINDOW),
        "attribution": ATTRIBUTION,
        "features": [
            {"type": "Feature", "properties": {"kind": kind}, "geometry": {"type": shape, "coordinates": coordinates}}
            for kind, shape, coordinates in shapes
        ],
    }
