"""Pictures of a backtest: the steps over time of each party, and cases a week against what can be served.

Rules
1. Every picture says in its first line, and in its description, that nothing in it is a finding.
2. All lines stand on one axis of time, left to right, with the steps as heights and their numbers at the side. A line that
   is compared with another has the same heights.
3. Cases opened are bars; those beyond the capacity are hatched above it. What is left over is a line with its own number at
   the highest point.

Units: Instants and whole numbers in, picture units out. Not done here: choosing what to show.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tiga.publish import drawing as draw
from tiga.publish.drawing import BadDrawing, Markup
from tiga.values.moments import Instant
from tiga.values.words import digits, say

LINES_MAX = 12
CHANGES_MAX = 20_000
WEEKS_MAX = 3_000
STEPS_MAX = 12
WIDTH = 760.0

_LEFT, _RIGHT, _TOP = 150.0, WIDTH - 16, 64.0
_PANEL, _GAP = 74.0, 26.0


@dataclass(frozen=True, slots=True)
class StepLine:
    """Where a party is over time: the instants from which it is at a step (0: none), in order."""

    label: str
    changes: tuple[tuple[Instant, int], ...]


@dataclass(frozen=True, slots=True)
class WeekBar:
    """A week by its label, the cases opened in it and those left over at its end."""

    label: str
    opened: int
    left: int


def steps_over_time(
    heading: str, note: str, lines: tuple[StepLine, ...], most: int, ends: tuple[Instant, Instant], zone: str,
    language: str, key: str = "steps",
) -> str:  # fmt: skip
    """One panel a line, with steps up to `most` between two instants; SVG.

    Raises BadDrawing for no lines, more than LINES_MAX, too many steps or changes, or ends that run backwards.
    """
    if not 0 < len(lines) <= LINES_MAX or not 0 < most <= STEPS_MAX or not ends[0] < ends[1]:
        raise BadDrawing(f"steps: hand in 1 to {LINES_MAX} lines, 1 to {STEPS_MAX} steps and a start before its end")
    body = [draw.headline(heading, WIDTH, language), _note(note, language)]
    for number, line in enumerate(lines):
        if len(line.changes) > CHANGES_MAX:
            raise BadDrawing(f"steps of {line.label!r}: {len(line.changes)} changes, the limit is {CHANGES_MAX}")
        top = _TOP + number * (_PANEL + _GAP)
        body.append(draw.group(_panel(line, top, most, ends, zone, language)))
    bottom = _TOP + len(lines) * (_PANEL + _GAP)
    body += _dates(ends, zone, bottom, language)
    described = f"{note} {say('publish.backtest.steps_description', language, n=len(lines), most=most, zone=zone)}"
    return draw.picture(key, WIDTH, bottom + 26, heading, described, language, body)


def _note(note: str, language: str) -> Markup:
    x, anchor = draw.near_edge(language, 10, WIDTH - 10)
    return draw.words(x, 40, note, language, anchor=anchor, size=11.5, fill=draw.AMBER)


def _x(at: Instant, ends: tuple[Instant, Instant]) -> float:
    first, last = ends
    inside = min(max(at.ms, first.ms), last.ms)
    return _LEFT + (inside - first.ms) / (last.ms - first.ms) * (_RIGHT - _LEFT)


def _panel(
    line: StepLine, top: float, most: int, ends: tuple[Instant, Instant], zone: str, language: str
) -> Iterator[Markup]:
    bottom = top + _PANEL
    yield draw.title(line.label)
    for step in range(most + 1):
        y = bottom - step / most * _PANEL
        yield draw.element("path", d=draw.path([(_LEFT, y), (_RIGHT, y)]), stroke=draw.RULE, stroke_width=0.6)
        yield draw.words(_LEFT - 6, y + 3.5, digits(step, language), "en", anchor="end", size=9.5, fill=draw.QUIET)
    yield draw.words(_LEFT - 24, top + _PANEL / 2, draw.cut(line.label, 20), language, anchor="end", size=12)
    points: list[tuple[float, float]] = []
    for at, step in line.changes:
        y = bottom - step / most * _PANEL
        points += [(_x(at, ends), points[-1][1] if points else y), (_x(at, ends), y)]
    if points:
        points.append((_RIGHT, points[-1][1]))
        yield draw.element("path", d=draw.path(points), stroke=draw.BLUE, stroke_width=1.8, fill="none")


def _dates(ends: tuple[Instant, Instant], zone: str, y: float, language: str) -> list[Markup]:
    """The first and the last day, and the zone in which they are told."""
    first, last = (digits(at.local(zone)[:10], language) for at in ends)
    middle = (_LEFT + _RIGHT) / 2
    return [
        draw.words(_LEFT, y, first, "en", size=11),
        draw.words(middle, y, zone, language, anchor="middle", size=11, weight="700", own_direction=True),
        draw.words(_RIGHT, y, last, "en", anchor="end", size=11),
    ]


def cases_a_week(
    heading: str, note: str, weeks: tuple[WeekBar, ...], capacity: int, language: str, key: str = "weeks"
) -> str:
    """Cases opened in each week against the capacity, with what is left over; SVG.

    Raises BadDrawing for no weeks, more than WEEKS_MAX, or a capacity below 1.
    """
    if not 0 < len(weeks) <= WEEKS_MAX or capacity < 1:
        raise BadDrawing(f"cases a week: hand in 1 to {WEEKS_MAX} weeks and a capacity of at least 1")
    tall, top = 200.0, _TOP + 14
    bottom, left = top + tall, 60.0
    most = max(capacity, *(week.opened for week in weeks))
    wide = (_RIGHT - left) / len(weeks)
    body = [draw.headline(heading, WIDTH, language), _note(note, language)]
    for name, fill, edge, low, high in (
        ("served", draw.BLUE, "", 0, capacity), ("beyond", draw.filled(key, "beyond"), draw.AMBER, capacity, most),
    ):  # fmt: skip
        shape = "".join(
            draw.path(_box(left + n * wide, wide, bottom, tall / most, low, min(week.opened, high)), closed=True)
            for n, week in enumerate(weeks)
            if week.opened > low
        )
        label = say(f"publish.backtest.{name}", language)
        body.append(
            draw.group(
                [draw.title(label), draw.element("path", d=shape, fill=fill, stroke=edge, stroke_width=0.4)]
                if shape
                else []
            )
        )
    body += _capacity(bottom - capacity / most * tall, left, capacity, language)
    body += _left_over(weeks, left, wide, bottom, tall, language)
    body += _week_labels(weeks, left, bottom, most, top, language)
    body += _legend(bottom + 44, key, language)
    total = sum(week.opened for week in weeks)
    described = say(
        "publish.backtest.weeks_description",
        language,
        n=len(weeks),
        total=total,
        capacity=capacity,
        left=weeks[-1].left,
    )
    hatched = draw.hatch(key, "beyond", draw.AMBER, draw.PAPER, step=5)
    return draw.picture(key, WIDTH, bottom + 60, heading, f"{note} {described}", language, body, [hatched])


def _box(x: float, wide: float, bottom: float, unit: float, low: int, high: int) -> list[tuple[float, float]]:
    end, foot, head = x + wide * 0.85, bottom - low * unit, bottom - high * unit
    return [(x, foot), (x, head), (end, head), (end, foot)]


def _capacity(y: float, left: float, capacity: int, language: str) -> list[Markup]:
    line = draw.path([(left, y), (_RIGHT, y)])
    text = say("publish.backtest.capacity", language, n=capacity)
    return [
        draw.element("path", d=line, stroke=draw.INK, stroke_width=1.2, stroke_dasharray="6 4"),
        draw.words(_RIGHT, y - 4, text, language, anchor="end", size=11, weight="700", halo=True),
    ]


def _left_over(
    weeks: tuple[WeekBar, ...], left: float, wide: float, bottom: float, tall: float, language: str
) -> list[Markup]:
    """The backlog as a line of its own scale, with the number at its highest point."""
    top = max(week.left for week in weeks)
    if not top:
        return []
    points = [(left + (n + 0.5) * wide, bottom - week.left / top * tall) for n, week in enumerate(weeks)]
    peak = next(n for n, week in enumerate(weeks) if week.left == top)
    x, y = points[peak]
    text = say("publish.backtest.left_at_most", language, n=top)
    anchor = "end" if x > WIDTH / 2 else "start"
    return [
        draw.element("path", d=draw.path(points), stroke=draw.AMBER, stroke_width=1.6, fill="none"),
        draw.words(x, y - 5, text, language, anchor=anchor, size=11, fill=draw.AMBER, halo=True),
    ]


def _week_labels(
    weeks: tuple[WeekBar, ...], left: float, bottom: float, most: int, top: float, language: str
) -> list[Markup]:
    return [
        draw.element("path", d=draw.path([(left, bottom), (_RIGHT, bottom)]), stroke=draw.INK, stroke_width=1),
        draw.words(left - 6, bottom + 4, digits(0, language), "en", anchor="end", size=10),
        draw.words(left - 6, top + 4, digits(most, language), "en", anchor="end", size=10),
        draw.words(left, bottom + 16, digits(weeks[0].label, language), "en", size=11),
        draw.words(_RIGHT, bottom + 16, digits(weeks[-1].label, language), "en", anchor="end", size=11),
    ]


def _legend(y: float, key: str, language: str) -> list[Markup]:
    marks: list[Markup] = []
    for place, (name, fill) in enumerate(
        (("served", draw.BLUE), ("beyond", draw.filled(key, "beyond")), ("left", draw.AMBER))
    ):
        x = 60.0 + 230 * place
        high = 3 if name == "left" else 10
        marks.append(draw.element("rect", x=x, y=y - 4 - high / 2, width=20, height=high, fill=fill))
        marks.append(draw.words(x + 27, y, say(f"publish.backtest.{name}", language), language, size=11))
    return marks
