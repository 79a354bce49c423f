"""Checks of what is counted: windows, spans, zones, the ladder, standards per severity, and the line with its band.

Rules: see `problems`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from tiga.agreement.clauses import Agreement, Line
from tiga.agreement.drafting.found import Found, walk
from tiga.agreement.drafting.ladders import clashes, uncovered, unreachable
from tiga.agreement.ladder import Condition, Group
from tiga.agreement.reading import edges
from tiga.values.moments import BadMoment, Span, offset
from tiga.values.places import BadPlace, Point
from tiga.values.shapes import Path

BAND_LEAST_M = 5_000
"""Metres each way: the least uncertainty a reference line may claim."""
SPAN_MOST = Span.parse("P3650D")
"""The longest span that an agreement may name."""
_AMOUNT = re.compile(r"(0|[1-9][0-9]{0,14})(\.[0-9]{1,4})?\Z")


def windows(agreement: Agreement) -> Iterator[Found]:
    """Each window can be read, names its zone, and does not end before it starts."""
    for number, instrument in enumerate(agreement.instruments):
        for place, window in enumerate(instrument.windows):
            here: Path = ("instruments", number, "windows", place)
            if window.zone:
                yield from bad_zone((*here, "zone"), window.zone)
            bare = [name for name in ("start", "until") if _bare(getattr(window, name), window.zone)]
            for name in bare:
                yield Found((*here, name), "window_without_zone", {"value": getattr(window, name)})
            if bare:
                continue
            try:
                opens, _, _, closed = edges(window)
            except BadMoment as error:
                if not any(bad_zone((*here, "zone"), window.zone or "UTC")):
                    yield Found(here, "bad_window", {"reason": error})
                continue
            if closed is not None and closed <= opens:
                yield Found((*here, "until"), "window_backwards", {"start": window.start, "until": window.until})


def _bare(text: str, zone: str) -> bool:
    """Whether a date has no zone, or a time no offset."""
    if "T" in text:
        return not re.search(r"(Z|[+-]\d\d:\d\d)\Z", text)
    return bool(text) and not zone


def spans(agreement: Agreement) -> Iterator[Found]:
    """Deadlines, obligations, measures, decay and conditions name a good span, and a zone where a clock is told."""
    for number, deadline in enumerate(agreement.deadlines):
        yield from bad_span(("deadlines", number, "within"), deadline.within)
        yield from bad_zone(("deadlines", number, "zone"), deadline.zone)
    for number, clause in enumerate(agreement.clauses):
        if clause.within:
            yield from bad_span(("clauses", number, "within"), clause.within)
        if clause.within or clause.clock_zone:
            yield from bad_zone(("clauses", number, "clock_zone"), clause.clock_zone)
    for number, measure in enumerate(agreement.measures):
        yield from bad_span(("measures", number, "within"), measure.within)
        if measure.expiry:
            yield from bad_span(("measures", number, "expiry"), measure.expiry)
        if measure.amount and (not _AMOUNT.match(measure.amount) or not measure.currency):
            yield Found(("measures", number, "amount"), "bad_amount", {"value": measure.amount})
    for name in ("parties", "mediators"):
        for number, side in enumerate(getattr(agreement, name)):
            yield from bad_zone((name, number, "zone"), side.zone)
    if any(bad_span(("decay",), agreement.decay.value)):
        yield Found(("decay", "value"), "bad_decay", {"value": agreement.decay.value or "''"})
    for number, stand in enumerate(agreement.exercise.stands if agreement.exercise else ()):
        yield from bad_zone(("exercise", "stands", number, "zone"), stand.zone)


def bad_span(path: Path, text: str) -> Iterator[Found]:
    """A problem where a text is no span of more than nothing and at most SPAN_MOST."""
    try:
        good = 0 < Span.parse(text).ms <= SPAN_MOST.ms
    except BadMoment:
        good = False
    if not good:
        yield Found(path, "bad_span", {"value": text or "''"})


def bad_zone(path: Path, zone: str) -> Iterator[Found]:
    """A problem where a clock has no zone, or one that nobody knows."""
    if not zone:
        yield Found(path, "zone_missing", {})
        return
    try:
        offset(zone)
    except BadMoment:
        yield Found(path, "zone_unknown", {"zone": zone})


def conditions(agreement: Agreement) -> Iterator[Found]:
    """Each condition of the ladder uses one form, with its number, window and zone; each group has a condition."""
    numbers = {step.step for step in agreement.ladder}
    for number, step in enumerate(agreement.ladder):
        for path, item in walk(step.when, ("ladder", number, "when")):
            if isinstance(item, Group) and not item.all:
                yield Found(path, "condition_form", {})
            if isinstance(item, Condition):
                yield from _condition(path, item, numbers)
        if step.step < 1 or not step.when or not step.measures:
            yield Found(("ladder", number), "step_empty", {"step": step.step})


def _condition(path: Path, condition: Condition, steps: set[int]) -> Iterator[Found]:
    form = condition.form()
    if not form:
        yield Found(path, "condition_form", {})
    if form in ("count", "imposed"):
        if condition.at_least < 1:
            yield Found(path, "condition_number", {})
        yield from bad_span((*path, "within"), condition.within)
        yield from bad_zone((*path, "zone"), condition.zone)
        if not any(bad_span((), condition.within)) and Span.parse(condition.within).ms % 86_400_000:
            yield Found((*path, "within"), "condition_days", {"value": condition.within})
    if form in ("unmet", "imposed") and getattr(condition, form) not in steps:
        yield Found((*path, form), "unknown_step", {"step": getattr(condition, form)})


def ladder(agreement: Agreement) -> Iterator[Found]:
    """Each step can be reached, no two of one rank hold together, no severity stays without a step."""
    if any(conditions(agreement)):
        return
    places = {step.step: number for number, step in enumerate(agreement.ladder)}
    try:
        for step in unreachable(agreement.ladder, agreement.severities):
            yield Found(("ladder", places[step.step]), "step_unreachable", {"step": step.step})
        for one, other in clashes(agreement.ladder, agreement.severities):
            values: dict[str, object] = {"step": other.step, "other": one.step, "rank": one.order}
            yield Found(("ladder", places[other.step]), "step_clash", values)
        for severity in uncovered(agreement.ladder, agreement.severities):
            yield Found(("ladder",), "severity_without_step", {"severity": severity})
    except ValueError:
        yield Found(("ladder",), "ladder_too_large", {})


def standards(agreement: Agreement) -> Iterator[Found]:
    """Opening a case, sharing evidence and each severity have a standard of proof."""
    for purpose in ("open_case", "share_evidence", *(f"violation_{name}" for name in agreement.severities)):
        if agreement.standard(purpose) is None:
            yield Found(("standards",), "standard_missing", {"purpose": purpose})


def lines(agreement: Agreement) -> Iterator[Found]:
    """The line can be drawn, its band is wide enough, the banks differ, and no distance is finer than the band."""
    if agreement.line is not None:
        yield from _line(agreement.line, ("line",))
        banks = [party.bank for party in agreement.parties]
        if len(set(banks)) < len(banks):
            yield Found(("parties",), "banks_alike", {})
        band = agreement.line.uncertainty_m
        rows: list[tuple[Path, int]] = [
            (("clauses", number, "distance_m"), clause.distance_m) for number, clause in enumerate(agreement.clauses)
        ]
        rows += [(("areas", number, "within_m"), area.within_m) for number, area in enumerate(agreement.areas)]
        for path, metres in rows:
            if metres < 0 or 0 < metres < band:
                yield Found(path, "finer_than_band", {"metres": metres, "band": band})
    elif any(clause.distance_m for clause in agreement.clauses) or any(area.within_m for area in agreement.areas):
        yield Found((), "distance_without_line", {})
    if agreement.exercise is not None:
        yield from _line(agreement.exercise.line, ("exercise", "line"))


def _line(line: Line, path: Path) -> Iterator[Found]:
    if line.uncertainty_m < BAND_LEAST_M:
        values: dict[str, object] = {"metres": line.uncertainty_m, "least": BAND_LEAST_M}
        yield Found((*path, "uncertainty_m"), "band_too_narrow", values)
    if len(line.points) < 2:
        yield Found((*path, "points"), "bad_line", {})
    for number, pair in enumerate(line.points):
        try:
            Point(*pair)
        except (BadPlace, TypeError):
            yield Found((*path, "points", number), "bad_point", {})


CHECKS: tuple[Callable[[Agreement], Iterator[Found]], ...] = (windows, spans, conditions, ladder, standards, lines)
