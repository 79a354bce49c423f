"""Maps that take no side: land, a hatched band, points with their radii.

Rules
1. The reference line is shown only as the band of its uncertainty, hatched and without a line or an outline in it.
2. A radius is drawn true to scale at the point's own latitude; a place without a point is not on a map.
3. The kind of a point is told by its shape as well as its colour; points and band are in the legend.
4. What does not fit is counted, never silently left out: points outside the picture, labels without room.
5. What is drawn as land and lines is handed in; the base map leaves out what is disputed (`tiga.web.geography`).

Projection: equirectangular, true along the middle latitude. Positions are (longitude, latitude) in degrees, WGS 84.
Not done here: pictures across the 180th meridian.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from tiga.publish import drawing as draw
from tiga.publish.drawing import BadDrawing, Markup
from tiga.values.places import EARTH_M, ReferenceLine
from tiga.values.words import digits, say

Position = tuple[float, float]
Ring = tuple[Position, ...]

KINDS = ("incident", "indeterminate", "report", "crossing")
POINTS_MAX = 2_000
POSITIONS_MAX = 200_000
PIECES_MAX = 5_000
"""Pieces into which a reference line is cut for its band."""
WIDTH = 760.0
_FRAME, _HEAD, _LETTER = 34.0, 30.0, 6.4
_METRES_PER_DEGREE = math.radians(1) * EARTH_M
_PIECE_M = 20_000.0
_CORNERS = 16


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a picture covers, in degrees."""

    west: float
    south: float
    east: float
    north: float

    def __post_init__(self) -> None:
        if not (-180 <= self.west < self.east <= 180 and -85 <= self.south < self.north <= 85):
            raise BadDrawing("bounds: give west < east within 180 degrees and south < north within 85 degrees")


@dataclass(frozen=True, slots=True)
class MapPoint:
    """A place in degrees with its radius in metres; `kind` is one of KINDS, `label` a name as asserted or a number."""

    lat: float
    lon: float
    radius_m: int
    label: str
    kind: str = "incident"


@dataclass(frozen=True, slots=True)
class MapPicture:
    """All that is on a map. `land` and `band` are rings, `lines` polylines; `line_label` names the band in the
    legend.
    """

    title: str
    bounds: Bounds
    land: tuple[Ring, ...]
    lines: tuple[Ring, ...]
    band: tuple[Ring, ...]
    line_label: str
    points: tuple[MapPoint, ...]
    note: str
    exercise: bool
    language: str
    key: str = "map"


@dataclass(frozen=True, slots=True)
class _View:
    bounds: Bounds
    per_degree: float
    squeeze: float
    height: float

    def at(self, position: Position) -> tuple[float, float]:
        lon, lat = position
        x = _FRAME + (lon - self.bounds.west) * self.squeeze * self.per_degree
        return x, _HEAD + (self.bounds.north - lat) * self.per_degree

    def holds(self, lon: float, lat: float) -> bool:
        return self.bounds.west <= lon <= self.bounds.east and self.bounds.south <= lat <= self.bounds.north


def svg(picture: MapPicture) -> str:
    """The map as SVG, 760 units wide; raises BadDrawing for an unknown kind or too many points or positions."""
    _check(picture)
    view = _view(picture.bounds)
    bottom = _HEAD + view.height
    shown = [point for point in picture.points if view.holds(point.lon, point.lat)]
    labels, unlabelled = _labels(shown, view, picture.language)
    notes = _notes(picture, len(picture.points) - len(shown), unlabelled)
    rows = _legend_rows(picture, shown)
    height = bottom + 52 + 24 * math.ceil(len(rows) / 2) + 18 * len(notes) + 8
    inside = [
        draw.element("rect", x=_FRAME, y=_HEAD, width=WIDTH - 2 * _FRAME, height=view.height, fill="#f7f9fb"),
        draw.element("path", d=_rings(picture.land, view), fill=draw.LAND, fill_rule="evenodd"),
        *[
            draw.element("path", d=draw.path(view.at(p) for p in line), fill="none", stroke="#9aa1aa", stroke_width=1)
            for line in picture.lines
            if len(line) > 1
        ],
        draw.element("path", d=_rings(picture.band, view), fill=draw.filled(picture.key, "band"), fill_rule="nonzero"),
    ]
    edge, anchor = draw.near_edge(picture.language, _FRAME, WIDTH - _FRAME)
    body = [
        draw.headline(picture.title, WIDTH, picture.language),
        draw.group(inside, clip_path=draw.filled(picture.key, "frame")),
        *_graticule(view, picture.language),
        draw.group(
            [*(_point(p, view, picture.key) for p in shown), *labels], clip_path=draw.filled(picture.key, "frame")
        ),
        _scale_bar(view, bottom + 36, picture.language),
        *_legend(rows, bottom + 62, picture),
        *[
            draw.words(edge, height - 12 - 18 * place, note, picture.language, anchor=anchor, size=11, fill=draw.QUIET)
            for place, note in enumerate(reversed(notes))
        ],
    ]
    if picture.exercise:
        body.append(draw.watermark(say("publish.exercise", picture.language), WIDTH, height, picture.language))
    return draw.picture(
        picture.key,
        WIDTH,
        height,
        _heading(picture),
        _described(picture, shown),
        picture.language,
        body,
        _definitions(picture.key, view),
    )


def band_ring(line: ReferenceLine) -> tuple[Ring, ...]:
    """Rings that together cover all points within the line's uncertainty, and nothing beyond about 1.05 of it.

    Each piece of at most 20 km becomes a capsule whose round ends are 16-cornered halves; rings run counter-clockwise
    and overlap, so fill them by the non-zero rule. Raises BadDrawing for a line of too many pieces.
    """
    pieces = list(_pieces(line))
    if len(pieces) > PIECES_MAX:
        raise BadDrawing(f"reference line: {len(pieces)} pieces, the limit is {PIECES_MAX}; simplify it first")
    return tuple(_capsule(a, b, float(line.uncertainty_m)) for a, b in pieces)


def _pieces(line: ReferenceLine) -> Iterator[tuple[Position, Position]]:
    for a, b in zip(line.points, line.points[1:], strict=False):
        squeeze = math.cos(math.radians((a.lat + b.lat) / 2))
        metres = math.hypot((b.lon - a.lon) * squeeze, b.lat - a.lat) * _METRES_PER_DEGREE
        parts = max(1, math.ceil(metres / _PIECE_M))
        for part in range(parts):
            first, last = part / parts, (part + 1) / parts
            yield (
                (a.lon + (b.lon - a.lon) * first, a.lat + (b.lat - a.lat) * first),
                (a.lon + (b.lon - a.lon) * last, a.lat + (b.lat - a.lat) * last),
            )


def _capsule(a: Position, b: Position, metres: float) -> Ring:
    squeeze = math.cos(math.radians((a[1] + b[1]) / 2))
    # Circumscribed, plus one part in a hundred for the curvature that the flat piece ignores: never too narrow.
    reach = metres * 1.01 / math.cos(math.pi / 2 / _CORNERS) / _METRES_PER_DEGREE
    heading = math.atan2(b[1] - a[1], (b[0] - a[0]) * squeeze)
    ring = []
    for centre, start in ((b, heading - math.pi / 2), (a, heading + math.pi / 2)):
        for corner in range(_CORNERS + 1):
            angle = start + math.pi * corner / _CORNERS
            ring.append((centre[0] + reach * math.cos(angle) / squeeze, centre[1] + reach * math.sin(angle)))
    return tuple(ring)


def _check(picture: MapPicture) -> None:
    if len(picture.points) > POINTS_MAX:
        raise BadDrawing(f"map: {len(picture.points)} points, the limit is {POINTS_MAX}; show a smaller area or period")
    positions = sum(len(ring) for rings in (picture.land, picture.lines, picture.band) for ring in rings)
    if positions > POSITIONS_MAX:
        raise BadDrawing(f"map: {positions} positions, the limit is {POSITIONS_MAX}; clip the base map to the bounds")
    for place, point in enumerate(picture.points):
        if point.kind not in KINDS:
            raise BadDrawing(f"map point {place + 1}: {point.kind!r} is not a kind; use one of {', '.join(KINDS)}")


def _view(bounds: Bounds) -> _View:
    squeeze = math.cos(math.radians((bounds.south + bounds.north) / 2))
    per_degree = (WIDTH - 2 * _FRAME) / ((bounds.east - bounds.west) * squeeze)
    return _View(bounds, per_degree, squeeze, (bounds.north - bounds.south) * per_degree)


def _heading(picture: MapPicture) -> str:
    marking = f"{say('publish.exercise', picture.language)}: " if picture.exercise else ""
    return marking + picture.title


def _described(picture: MapPicture, shown: list[MapPoint]) -> str:
    names = "; ".join(draw.cut(point.label, 60) for point in shown[:40])
    return say("publish.map.description", picture.language, n=len(shown), names=names)


def _definitions(key: str, view: _View) -> list[Markup]:
    frame = draw.element("rect", x=_FRAME, y=_HEAD, width=WIDTH - 2 * _FRAME, height=view.height)
    return [
        draw.hatch(key, "band", "#6b7078", step=7),
        draw.hatch(key, "unsure", draw.AMBER, step=4, rising=False),
        draw.element("clipPath", frame, id=f"{key}-frame"),
    ]


def _rings(rings: tuple[Ring, ...], view: _View) -> str:
    """All rings as one path, each turned the same way round, so that overlaps stay filled under the non-zero rule."""
    parts = []
    for ring in rings:
        if len(ring) < 3:
            continue
        area = sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, (*ring[1:], ring[0]), strict=True))
        parts.append(draw.path((view.at(p) for p in (ring if area >= 0 else tuple(reversed(ring)))), closed=True))
    return "".join(parts) or "M0 0"


def _point(point: MapPoint, view: _View, key: str) -> Markup:
    x, y = view.at((point.lon, point.lat))
    reach = point.radius_m / _METRES_PER_DEGREE * view.per_degree
    stretch = view.squeeze / math.cos(math.radians(point.lat))
    colour = draw.AMBER if point.kind == "indeterminate" else draw.BLUE
    unsure = point.kind == "indeterminate"
    circle = draw.element(
        "ellipse",
        cx=x,
        cy=y,
        rx=reach * stretch,
        ry=reach,
        stroke=colour,
        stroke_width=1,
        fill=draw.filled(key, "unsure") if unsure else colour,
        fill_opacity="0.5" if unsure else "0.14",
        stroke_dasharray="4 3" if unsure else "",
    )
    return draw.group([draw.title(point.label), circle, _mark(x, y, point.kind)])


def _mark(x: float, y: float, kind: str) -> Markup:
    if kind == "incident":
        return draw.element("circle", cx=x, cy=y, r=4, fill=draw.BLUE, stroke=draw.PAPER, stroke_width=1)
    if kind == "indeterminate":
        corners = [(x, y - 6), (x + 6, y), (x, y + 6), (x - 6, y)]
        return draw.element(
            "path", d=draw.path(corners, closed=True), fill=draw.PAPER, stroke=draw.AMBER, stroke_width=2
        )
    if kind == "report":
        return draw.element("circle", cx=x, cy=y, r=3.5, fill=draw.PAPER, stroke=draw.BLUE, stroke_width=1.5)
    return draw.element("rect", x=x - 4, y=y - 4, width=8, height=8, fill=draw.PAPER, stroke=draw.INK, stroke_width=1.5)


def _labels(shown: list[MapPoint], view: _View, language: str) -> tuple[list[Markup], int]:
    """Labels beside their points where there is room, and how many found none."""
    taken: list[tuple[float, float, float, float]] = [
        (x - 6, y - 6, x + 6, y + 6) for x, y in (view.at((p.lon, p.lat)) for p in shown)
    ]
    placed, left_out = [], 0
    for point in shown:
        x, y = view.at((point.lon, point.lat))
        label = draw.cut(point.label, 40)
        width = len(label) * _LETTER
        for dx, dy, anchor in ((9, 4, "start"), (-9, 4, "end"), (0, -10, "middle"), (0, 19, "middle")):
            left = x + dx - (width if anchor == "end" else width / 2 if anchor == "middle" else 0)
            box = (left, y + dy - 11, left + width, y + dy + 4)
            if box[0] < _FRAME or box[2] > WIDTH - _FRAME or any(_meet(box, other) for other in taken):
                continue
            taken.append(box)
            placed.append(
                draw.words(x + dx, y + dy, label, language, anchor=anchor, size=12, own_direction=True, halo=True)
            )
            break
        else:
            left_out += 1
    return placed, left_out


def _meet(a: tuple[float, float, float, float], b: tuple[float, float, float, float]) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def _notes(picture: MapPicture, outside: int, unlabelled: int) -> list[str]:
    notes = [picture.note] if picture.note else []
    if picture.band:
        notes.append(say("publish.map.no_position", picture.language))
    if outside:
        notes.append(say("publish.map.outside", picture.language, n=outside))
    if unlabelled:
        notes.append(say("publish.map.unlabelled", picture.language, n=unlabelled))
    return notes


def _graticule(view: _View, language: str) -> Iterator[Markup]:
    bounds, bottom = view.bounds, _HEAD + view.height
    step = next((s for s in (0.1, 0.25, 0.5, 1, 2, 5, 10) if (bounds.east - bounds.west) / s <= 7), 30)
    for count in range(math.ceil(bounds.west / step), math.floor(bounds.east / step) + 1):
        x, _ = view.at((count * step, bounds.north))
        yield draw.element("path", d=draw.path([(x, _HEAD), (x, bottom)]), stroke=draw.RULE, stroke_width=0.5)
        label = say(
            "publish.map.east" if count >= 0 else "publish.map.west", language, degrees=_degrees(count * step, language)
        )
        yield draw.words(x, bottom + 14, label, language, anchor="middle", size=10, fill=draw.QUIET)
    for count in range(math.ceil(bounds.south / step), math.floor(bounds.north / step) + 1):
        _, y = view.at((bounds.west, count * step))
        yield draw.element("path", d=draw.path([(_FRAME, y), (WIDTH - _FRAME, y)]), stroke=draw.RULE, stroke_width=0.5)
        label = say(
            "publish.map.north" if count >= 0 else "publish.map.south",
            language,
            degrees=_degrees(count * step, language),
        )
        yield draw.words(_FRAME - 3, y + 3, label, language, anchor="end", size=9, fill=draw.QUIET)


def _degrees(value: float, language: str) -> str:
    return digits(draw.number(abs(value)), language)


def _scale_bar(view: _View, y: float, language: str) -> Markup:
    """A bar of a round number of kilometres, true along the middle latitude, at most a quarter of the picture."""
    per_km = 1000 / _METRES_PER_DEGREE * view.per_degree
    sizes = [n * 10**power for power in range(4) for n in (1, 2, 5)]
    kilometres = max((size for size in sizes if size * per_km <= WIDTH / 4), default=1)
    length = kilometres * per_km
    ends = [(_FRAME, y - 4), (_FRAME, y + 2), (_FRAME + length, y + 2), (_FRAME + length, y - 4)]
    return draw.group(
        [
            draw.element("path", d=draw.path(ends), fill="none", stroke=draw.INK, stroke_width=1.5),
            draw.words(
                _FRAME + length + 8, y + 3, say("publish.map.kilometres", language, n=kilometres), language, size=11
            ),
        ]
    )


def _legend_rows(picture: MapPicture, shown: list[MapPoint]) -> list[tuple[str, str]]:
    rows = [("band", picture.line_label)] if picture.band else []
    present = {point.kind for point in shown}
    rows += [(kind, say(f"publish.map.kind.{kind}", picture.language)) for kind in KINDS if kind in present]
    if shown:
        rows.append(("radius", say("publish.map.radius", picture.language)))
    return rows


def _legend(rows: list[tuple[str, str]], top: float, picture: MapPicture) -> Iterator[Markup]:
    for place, (kind, label) in enumerate(rows):
        x, y = _FRAME + (place % 2) * (WIDTH - 2 * _FRAME) / 2, top + 24 * (place // 2)
        if kind == "band":
            yield draw.element("rect", x=x, y=y - 6, width=24, height=13, fill=draw.filled(picture.key, "band"))
        elif kind == "radius":
            yield draw.element(
                "circle", cx=x + 12, cy=y, r=8, fill=draw.BLUE, fill_opacity="0.14", stroke=draw.BLUE, stroke_width=1
            )
        else:
            yield _mark(x + 12, y, kind)
        yield draw.words(x + 32, y + 4, label, picture.language, size=12)
