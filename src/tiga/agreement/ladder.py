"""The ladder: which step of consequence a violation reaches, and what would have led to another.

Rules
1. A step holds when any of its `when` groups holds; a group holds when all its conditions hold.
2. The step that holds with the highest rank applies; two steps of one rank that can hold together are an error of the
   agreement (`drafting` finds it), never resolved here: `reached` raises `Ambiguous`.
3. A count includes the violation in hand. It counts violations of exactly the named severity that occurred within the
   window, and never one older than the agreement's decay, nor one that counts with another of its case (`again`).
4. A window of N days in a zone opens at 00:00 in that zone, N days before the local date of the occurrence.
5. Shifts (mitigation, aggravation) move the step afterwards, to no less than the first and no more than the last.

Whole numbers only; no clock: the instants are handed in.
"""

from __future__ import annotations

from dataclasses import dataclass

from tiga.values.moments import Instant, Span


class Ambiguous(ValueError):
    """Two steps of equal rank hold together."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition; exactly one of its forms is used.

    `severity`                              the violation in hand has this severity
    `count` + `at_least`,`within`,`zone`    violations of severity `count` by the party in the window, this one included
    `unmet`                                 a measure of this step or higher is overdue or lapsed unmet
    `imposed` + `at_least`,`within`,`zone`  earlier measures of this step or higher in the window
    """

    severity: str = ""
    count: str = ""
    at_least: int = 0
    within: str = ""
    zone: str = ""
    unmet: int = 0
    imposed: int = 0

    def form(self) -> str:
        """`severity`, `count`, `unmet`, `imposed`, or empty where none or several forms are mixed."""
        forms = [name for name in ("severity", "count", "unmet", "imposed") if getattr(self, name)]
        return forms[0] if len(forms) == 1 else ""


@dataclass(frozen=True, slots=True)
class Group:
    """Conditions that must hold together."""

    all: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """A step with its rank (the step's number where none is given), its alternatives and the measures it brings."""

    step: int
    when: tuple[Group, ...]
    measures: tuple[str, ...]
    clause: str
    rank: int = 0
    suspensive: bool = False

    @property
    def order(self) -> int:
        return self.rank or self.step


@dataclass(frozen=True, slots=True)
class Past:
    """An earlier violation of the same party: id of its determination, when it occurred, its severity; whether it counts
    with another of its case, and so not by itself."""

    id: str
    occurred: Instant
    severity: str
    again: bool = False


@dataclass(frozen=True, slots=True)
class Imposed:
    """An earlier measure of the same party: id, when it took effect, its step, whether it stands unmet."""

    id: str
    at: Instant
    step: int
    unmet: bool


@dataclass(frozen=True, slots=True)
class Situation:
    """What the ladder is read against: the violation in hand and what stands against the same party before it."""

    occurred: Instant
    severity: str
    past: tuple[Past, ...] = ()
    imposed: tuple[Imposed, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """How one condition came out: the window it looked at, what it counted, what it left out and why, if it holds."""

    condition: Condition
    holds: bool
    found: int
    needed: int
    opened: Instant | None = None
    counted: tuple[str, ...] = ()
    left_out: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class StepReading:
    """How one step came out, with the readings of each group in order."""

    step: Step
    holds: bool
    groups: tuple[tuple[Reading, ...], ...]


def read(ladder: tuple[Step, ...], situation: Situation, decay: Span) -> tuple[StepReading, ...]:
    """Every step's reading in the agreement's order."""
    rows = []
    for step in ladder:
        groups = tuple(tuple(_condition(item, situation, decay) for item in group.all) for group in step.when)
        holds = any(bool(group) and all(reading.holds for reading in group) for group in groups)
        rows.append(StepReading(step, holds, groups))
    return tuple(rows)


def reached(readings: tuple[StepReading, ...]) -> Step | None:
    """The step of highest rank that holds, or None; raises Ambiguous where two of one rank hold."""
    held = sorted((row.step for row in readings if row.holds), key=lambda step: step.order)
    if len(held) > 1 and held[-1].order == held[-2].order:
        raise Ambiguous(f"steps {held[-2].step} and {held[-1].step} have one rank and both hold")
    return held[-1] if held else None


def _condition(condition: Condition, situation: Situation, decay: Span) -> Reading:
    form = condition.form()
    if form == "severity":
        holds = situation.severity == condition.severity
        return Reading(condition, holds, int(holds), 1)
    if form == "unmet":
        met = tuple(item.id for item in situation.imposed if item.unmet and item.step >= condition.unmet)
        return Reading(condition, bool(met), len(met), 1, counted=met)
    if form not in ("count", "imposed"):
        raise ValueError("a condition of the ladder must use exactly one form")
    opened = window_opens(situation.occurred, condition.within, condition.zone)
    if form == "count":
        own = int(situation.severity == condition.count)
        rows = [
            (
                item.id,
                item.occurred,
                "same_case" if item.again else "other_severity" * (item.severity != condition.count),
            )
            for item in situation.past
        ]
    else:
        own = 0
        rows = [(item.id, item.at, "other_step" * (item.step < condition.imposed)) for item in situation.imposed]
    counted, left_out = _within(rows, opened, situation.occurred, decay)
    found = own + len(counted)
    return Reading(condition, found >= condition.at_least, found, condition.at_least, opened, counted, left_out)


def _within(
    rows: list[tuple[str, Instant, str]], opened: Instant, until: Instant, decay: Span
) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
    """Which rows count, and why others do not: what is told of them, else `later`, `decayed`, `before_window`."""
    counted, left_out = [], []
    for row_id, at, why in sorted(rows, key=lambda row: (row[1], row[0])):
        if why:
            left_out.append((row_id, why))
        elif at > until:
            left_out.append((row_id, "later"))
        elif at < until.minus(decay):
            left_out.append((row_id, "decayed"))
        elif at < opened:
            left_out.append((row_id, "before_window"))
        else:
            counted.append(row_id)
    return tuple(counted), tuple(left_out)


def window_opens(occurred: Instant, within: str, zone: str) -> Instant:
    """00:00 in `zone`, as many days before the local date of `occurred` as the span has."""
    return occurred.local_midnight(zone, Span.parse(within).days)


def clamp(step: int, ladder: tuple[Step, ...]) -> int:
    numbers = [row.step for row in ladder]
    return max(min(numbers), min(max(numbers), step))
