"""Small pictures of time, ladders, activity and weights.

Rules
1. Time runs left to right in every language, with the clock of each axis named at its end. Ticks stand on round local
   times of their own clock, so two clocks half an hour apart show it.
2. A report's bar spans what was asserted; thin whiskers span what its precision allows.
3. A day on which nobody looked is grey, hatched and says so; it is never blank, zero or green.
4. A reason against is hatched and points the other way; its sign is written out.
5. Numbers are printed as they are; nothing is turned into a share of anything.

Units: Instants in, picture units out. Not done here: choosing what to show.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tiga.publish import drawing as draw
from tiga.publish.drawing import BadDrawing, Markup
from tiga.values.moments import Instant, Span
from tiga.values.words import digits, say

ROWS_MAX = 60
DAYS_MAX = 92
AREAS_MAX = 60
WIDTH = 760.0
STANCES = ("asserts", "denies")
MARKS = ("act", "due", "met", "overdue")
STEP_STATES = ("", "reached", "above", "below")

_LABELS = 220.0
_ROW = 26.0
_STEPS_MIN = (5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 2880, 10080, 43200, 129600)
_MINUTE = 60_000


@dataclass(frozen=True, slots=True)
class ReportBar:
    """One report on the axis: what it asserts (`start` to `end`), what its precision allows, whether it denies."""

    label: str
    earliest: Instant
    start: Instant
    end: Instant
    latest: Instant
    stance: str = "asserts"


@dataclass(frozen=True, slots=True)
class TimelineMark:
    """One point of a case: an act, or a deadline that is due, met or overdue (MARKS)."""

    at: Instant
    label: str
    kind: str = "act"


@dataclass(frozen=True, slots=True)
class LadderStep:
    """A step with its measures in words; `state` is one of STEP_STATES, `reason` says what reached it or what would."""

    number: int
    label: str
    reason: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True)
class AreaDays:
    """An area's reports day by day; None stands for a day on which nobody looked."""

    label: str
    days: tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class WeightBar:
    """A reason for (positive) or against a match, in words and integer millibits."""

    label: str
    millibits: int


@dataclass(frozen=True, slots=True)
class _Axis:
    first: Instant
    last: Instant
    left: float
    right: float

    def x(self, at: Instant) -> float:
        return self.left + (at.ms - self.first.ms) / max(1, self.last.ms - self.first.ms) * (self.right - self.left)

    def ticks(self, zone: str, most: int = 7) -> list[Instant]:
        """Round local times of a zone inside the axis, at most about `most`; each counted from a local midnight."""
        minutes = max(1, (self.last.ms - self.first.ms) // _MINUTE)
        step = next((s for s in _STEPS_MIN if minutes / s <= most), _STEPS_MIN[-1]) * _MINUTE
        at = self.first.local_midnight(zone)
        at = Instant(at.ms + max(0, self.first.ms - at.ms + step - 1) // step * step)
        found: list[Instant] = []
        while at.ms <= self.last.ms and len(found) <= 2 * most:
            found.append(at)
            at = at.plus(Span(step))
        return found


def two_clocks(
    title: str, bars: tuple[ReportBar, ...], clocks: tuple[str, str], language: str, key: str = "clocks"
) -> str:
    """Reports of an incident on one axis, `clocks[0]` above and `clocks[1]` below; SVG.

    Raises BadDrawing for no bars, more than ROWS_MAX, an unknown stance or an interval that runs backwards.
    """
    _rows("two clocks", len(bars))
    for bar in bars:
        if bar.stance not in STANCES or not bar.earliest <= bar.start <= bar.end <= bar.latest:
            raise BadDrawing(
                f"report {bar.label!r}: needs a stance of {STANCES} and earliest <= start <= end <= latest"
            )
    axis = _axis([bar.earliest for bar in bars] + [bar.latest for bar in bars], _LABELS, WIDTH - 60)
    top, bottom = 78.0, 78.0 + _ROW * len(bars)
    body = [
        draw.headline(title, WIDTH, language),
        *_clock(axis, clocks[0], top, bottom, language, above=True),
        *_clock(axis, clocks[1], bottom, top, language, above=False),
        *[mark for row, bar in enumerate(bars) for mark in _bar(bar, axis, top + _ROW * (row + 0.5), language, key)],
        *_bar_legend(bottom + 58, language, key),
    ]
    described = say("publish.plots.clocks_description", language, n=len(bars), first=clocks[0], second=clocks[1])
    denied = draw.hatch(key, "denied", draw.AMBER, draw.PAPER, step=5)
    return draw.picture(key, WIDTH, bottom + 74, title, described, language, body, [denied])


def _axis(instants: list[Instant], left: float, right: float) -> _Axis:
    first, last = min(instants), max(instants)
    margin = max((last.ms - first.ms) // 20, 10 * _MINUTE)
    return _Axis(Instant(first.ms - margin), Instant(last.ms + margin), left, right)


def _rows(what: str, count: int) -> None:
    if not 0 < count <= ROWS_MAX:
        raise BadDrawing(f"{what}: {count} rows; hand in between 1 and {ROWS_MAX}")


def _clock(axis: _Axis, zone: str, y: float, far: float, language: str, *, above: bool) -> Iterator[Markup]:
    """An axis with its clock's name, faint lines towards `far`, hours at ticks, the date at the first and each new
    day.
    """
    near, outer = (-6.0, -20.0) if above else (16.0, 30.0)
    yield draw.element("path", d=draw.path([(axis.left, y), (axis.right, y)]), stroke=draw.INK, stroke_width=1)
    yield draw.words(axis.right + 8, y + 4, zone, language, size=12, weight="700", own_direction=True)
    day = ""
    for at in axis.ticks(zone):
        x, (date, hour) = axis.x(at), at.local(zone).split(" ")
        dash = "" if above else "2 4"
        yield draw.element(
            "path", d=draw.path([(x, y), (x, far)]), stroke=draw.RULE, stroke_width=0.7, stroke_dasharray=dash
        )
        yield draw.words(x, y + near, digits(hour, language), "en", anchor="middle", size=11)
        if date != day:
            yield draw.words(x, y + outer, digits(date, language), "en", anchor="middle", size=11, fill=draw.QUIET)
            day = date


def _bar(bar: ReportBar, axis: _Axis, y: float, language: str, key: str) -> Iterator[Markup]:
    a, b, c, d = (axis.x(at) for at in (bar.earliest, bar.start, bar.end, bar.latest))
    denies = bar.stance == "denies"
    colour = draw.AMBER if denies else draw.BLUE
    yield draw.words(_LABELS - 12, y + 4, draw.cut(bar.label, 34), language, anchor="end", size=12, own_direction=True)
    whiskers = draw.path([(a, y), (d, y)]) + draw.path([(a, y - 4), (a, y + 4)]) + draw.path([(d, y - 4), (d, y + 4)])
    yield draw.group(
        [
            draw.title(bar.label),
            draw.element("path", d=whiskers, stroke=colour, stroke_width=1.2, fill="none"),
            draw.element(
                "rect",
                x=b - 1.5,
                y=y - 6,
                width=max(3.0, c - b + 3),
                height=12,
                stroke=colour,
                stroke_width=1.2,
                fill=draw.filled(key, "denied") if denies else colour,
            ),
        ]
    )


def _bar_legend(y: float, language: str, key: str) -> Iterator[Markup]:
    swatches = (("asserts", draw.BLUE), ("denies", draw.filled(key, "denied")))
    for place, (stance, fill) in enumerate(swatches):
        x = 60.0 + 210 * place
        yield draw.element("rect", x=x, y=y - 9, width=20, height=10, fill=fill, stroke=draw.INK, stroke_width=0.7)
        yield draw.words(x + 27, y, say(f"publish.plots.{stance}", language), language, size=11)
    x = 480.0
    ends = draw.path([(x, y - 4), (x + 20, y - 4)]) + draw.path([(x, y - 8), (x, y)])
    yield draw.element("path", d=ends + draw.path([(x + 20, y - 8), (x + 20, y)]), stroke=draw.INK, stroke_width=1.2)
    yield draw.words(x + 27, y, say("publish.plots.precision", language), language, size=11)


def timeline(title: str, marks: tuple[TimelineMark, ...], zone: str, language: str, key: str = "timeline") -> str:
    """A case's acts and deadlines in order of time, one row each, in one named clock; SVG.

    Raises BadDrawing for no marks, more than ROWS_MAX or an unknown kind.
    """
    _rows("timeline", len(marks))
    for mark in marks:
        if mark.kind not in MARKS:
            raise BadDrawing(f"timeline {mark.label!r}: {mark.kind!r} is not a kind; use one of {', '.join(MARKS)}")
    ordered = sorted(marks, key=lambda mark: (mark.at, mark.label))
    axis = _axis([mark.at for mark in ordered], 40, WIDTH - 60)
    top, bottom = 66.0, 66.0 + _ROW * len(ordered)
    body = [
        draw.headline(title, WIDTH, language),
        *_clock(axis, zone, top, bottom, language, above=True),
        *[
            draw.group(_milestone(mark, axis, top + _ROW * (row + 0.5), zone, language))
            for row, mark in enumerate(ordered)
        ],
    ]
    return draw.picture(
        key,
        WIDTH,
        bottom + 14,
        title,
        say("publish.plots.timeline_description", language, n=len(marks), zone=zone),
        language,
        body,
    )


def _milestone(mark: TimelineMark, axis: _Axis, y: float, zone: str, language: str) -> Iterator[Markup]:
    x = axis.x(mark.at)
    if mark.kind == "act":
        yield draw.element("circle", cx=x, cy=y, r=5, fill=draw.BLUE)
    else:
        ring = draw.path([(x, y - 7), (x + 7, y), (x, y + 7), (x - 7, y)], closed=True)
        yield draw.element(
            "path",
            d=ring,
            fill=draw.AMBER if mark.kind == "overdue" else draw.PAPER,
            stroke=draw.AMBER,
            stroke_width=2,
            stroke_dasharray="3 2" if mark.kind == "due" else "",
        )
    when = digits(mark.at.local(zone), language)
    state = "" if mark.kind == "act" else f" ({say(f'publish.plots.{mark.kind}', language)})"
    before = x > WIDTH / 2
    label = f"\u2068{when}\u2069  {draw.cut(mark.label, 48)}{state}"
    yield draw.words(x + (-13 if before else 13), y + 4, label, language, anchor="end" if before else "start", size=12)


def ladder_figure(title: str, steps: tuple[LadderStep, ...], language: str, key: str = "ladder") -> str:
    """The ladder as stairs, the highest step on top, with the reached one and the nearest above and below told; SVG.

    Raises BadDrawing for no steps, more than ROWS_MAX or an unknown state.
    """
    _rows("ladder", len(steps))
    ordered = sorted(steps, key=lambda step: -step.number)
    height, body = 58.0, [draw.headline(title, WIDTH, language)]
    for row, step in enumerate(ordered):
        if step.state not in STEP_STATES:
            raise BadDrawing(f"ladder step {step.number}: {step.state!r} is not a state; use one of {STEP_STATES[1:]}")
        indent = min(40.0, 200 / len(ordered)) * (len(ordered) - 1 - row)
        body.append(draw.group(_stair(step, 10 + indent, 34 + height * row, language, key)))
    described = say("publish.plots.ladder_description", language, n=len(steps))
    reached = draw.hatch(key, "reached", "#c9d6e4", "#e6edf4", step=8)
    return draw.picture(key, WIDTH, 44 + height * len(ordered), title, described, language, body, [reached])


def _stair(step: LadderStep, x: float, y: float, language: str, key: str) -> Iterator[Markup]:
    reached = step.state == "reached"
    width = WIDTH - 220 - 10
    yield draw.element(
        "rect",
        x=x,
        y=y,
        width=width,
        height=50,
        rx=3,
        fill=draw.filled(key, "reached") if reached else draw.PAPER,
        stroke=draw.INK if reached else draw.RULE,
        stroke_width=2.5 if reached else 1,
    )
    edge, anchor = draw.near_edge(language, x + 12, x + width - 12)
    head = say("publish.plots.step", language, n=step.number, label=draw.cut(step.label, 70))
    yield draw.words(edge, y + 20, head, language, anchor=anchor, size=13, weight="700" if reached else "")
    told = (
        say(f"publish.plots.step_{step.state}", language, reason=draw.cut(step.reason, 76))
        if step.state
        else step.reason
    )
    if told:
        yield draw.words(
            edge, y + 40, told, language, anchor=anchor, size=11.5, fill=draw.INK if reached else draw.QUIET
        )


def activity(
    title: str, days: tuple[str, ...], areas: tuple[AreaDays, ...], language: str, key: str = "activity"
) -> str:
    """Reports per area and day as a grid of numbers; a None is drawn grey and hatched: nobody looked; SVG.

    Raises BadDrawing for too many days or areas, or an area with another number of days.
    """
    if not 0 < len(days) <= DAYS_MAX or not 0 < len(areas) <= AREAS_MAX:
        raise BadDrawing(f"activity: hand in 1 to {DAYS_MAX} days and 1 to {AREAS_MAX} areas")
    for area in areas:
        if len(area.days) != len(days):
            raise BadDrawing(f"activity of {area.label!r}: {len(area.days)} days, the grid has {len(days)}")
    left, top = 180.0, 66.0
    cell = (WIDTH - left - 12) / len(days)
    body = [draw.headline(title, WIDTH, language)]
    every = max(1, round(58 / cell))
    for column in range(0, len(days), every):
        day = digits(days[column][-5:], language)
        body.append(draw.words(left + cell * (column + 0.5), top - 8, day, "en", anchor="middle", size=10))
    for row, area in enumerate(areas):
        y = top + 24 * row
        body.append(draw.words(left - 10, y + 16, draw.cut(area.label, 27), language, anchor="end", own_direction=True))
        body += [_day(left + cell * n, y, cell, count, key, language) for n, count in enumerate(area.days)]
    bottom = top + 24 * len(areas) + 20
    body += [
        draw.element("rect", x=left, y=bottom - 10, width=20, height=13, fill=draw.filled(key, "unseen")),
        draw.words(left + 28, bottom, say("publish.plots.nobody_looked", language), language, size=11),
        draw.element("rect", x=400, y=bottom - 10, width=20, height=13, fill=draw.PAPER, stroke=draw.RULE),
        draw.words(428, bottom, say("publish.plots.none_reported", language), language, size=11),
    ]
    unseen = sum(count is None for area in areas for count in area.days)
    described = say("publish.plots.activity_description", language, days=len(days), areas=len(areas), unseen=unseen)
    pattern = draw.hatch(key, "unseen", "#a3a8ae", draw.GREY, step=5)
    return draw.picture(key, WIDTH, bottom + 14, title, described, language, body, [pattern])


def _day(x: float, y: float, cell: float, count: int | None, key: str, language: str) -> Markup:
    if count is None:
        hatched = draw.element("rect", x=x, y=y, width=cell, height=22, fill=draw.filled(key, "unseen"))
        return draw.group([draw.title(say("publish.plots.nobody_looked", language)), hatched])
    shade = draw.PAPER if count == 0 else "#dbe5ef" if count < 3 else "#b7cbe0"
    box = draw.element("rect", x=x, y=y, width=cell, height=22, fill=shade, stroke=draw.RULE, stroke_width=0.7)
    if cell < 12:  # too narrow for a digit: a bar, whose height tells what the shade alone must not
        tall = min(20, 4 * count)
        bar = draw.element("rect", x=x + cell / 4, y=y + 21 - tall, width=cell / 2, height=tall, fill=draw.BLUE)
        return draw.group([draw.title(digits(count, language)), box, bar])
    text = draw.words(x + cell / 2, y + 15, digits(count, language), "en", anchor="middle", size=min(11, cell * 0.7))
    return draw.group([box, text])


def weights(title: str, rows: tuple[WeightBar, ...], language: str, key: str = "weights") -> str:
    """Reasons for (to the right, solid) and against (to the left, hatched) a match, with their sum; millibits in; SVG.

    Raises BadDrawing for no rows or more than ROWS_MAX.
    """
    _rows("weights", len(rows))
    total = sum(row.millibits for row in rows)
    middle, reach = 560.0, 140.0
    most = max(abs(value) for value in (*(row.millibits for row in rows), total, 1000))
    body = [draw.headline(title, WIDTH, language)]
    for place, row in enumerate((*rows, WeightBar(say("publish.plots.sum", language), total))):
        y = 48 + _ROW * place
        length = abs(row.millibits) / most * reach
        against = row.millibits < 0
        x = middle - length if against else middle
        edge = x - 6 if against else x + length + 6
        body += [
            draw.words(
                370, y + 4, draw.cut(row.label, 60), language, anchor="end", weight="700" if place == len(rows) else ""
            ),
            draw.element(
                "rect",
                x=x,
                y=y - 7,
                width=length,
                height=14,
                stroke=draw.AMBER if against else draw.BLUE,
                fill=draw.filled(key, "against") if against else draw.BLUE,
            ),
            draw.words(edge, y + 4, bits(row.millibits, language), "en", anchor="end" if against else "start", size=11),
        ]
    bottom = 48 + _ROW * (len(rows) + 1)
    line = [(middle, 34), (middle, bottom - 8)]
    body.append(draw.element("path", d=draw.path(line), stroke=draw.INK, stroke_width=1))
    body.append(
        draw.words(
            middle, bottom + 6, say("publish.plots.bits", language), language, anchor="middle", size=11, fill=draw.QUIET
        )
    )
    described = say("publish.plots.weights_description", language, n=len(rows), sum=bits(total, language))
    return draw.picture(
        key,
        WIDTH,
        bottom + 18,
        title,
        described,
        language,
        body,
        [draw.hatch(key, "against", draw.AMBER, draw.PAPER, step=5)],
    )


def bits(millibits: int, language: str) -> str:
    """Millibits as signed bits with one decimal, rounded half away from zero: `+3.2`."""
    tenths = (abs(millibits) + 50) // 100
    sign = "" if tenths == 0 else "-" if millibits < 0 else "+"
    return digits(f"{sign}{tenths // 10}.{tenths % 10}".replace("-", "\u2212"), language)
