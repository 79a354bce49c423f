"""All cases against one party, heard stage by stage, with what each measure rests on: the engine of a backtest.

Rules
1. The agreement's own functions decide: `ladder.read`, `ladder.reached`, `reading.shifted`, `measures.asked`,
   `Measure.unmet`. No rule is written a second time.
2. The ladder is fed those earlier violations and measures that can decide a condition: of each severity and each step the
   newest up to the occurrence in hand, as many as any condition asks for, and of what is unmet the longest overdue. Others
   cannot change whether a condition holds.
3. As on a record, what counts is what is in force when a measure is computed: determinations and measures up to that
   instant. At one instant determinations come first, then measures, then steps up.
4. A measure that was not carried out is computed again, where that is assumed, as long after it fell due as the first was
   after its determination; it is replaced only by a higher step.

Not done here: which events become cases, what it comes to (`backtest`).
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from heapq import heapify, heappop, heappush

from tiga.agreement import ladder, reading
from tiga.agreement.clauses import Agreement
from tiga.agreement.ladder import Condition, Imposed, Past, Situation, Step
from tiga.mechanism.acts import Refusal
from tiga.mechanism.assumptions import COMPLIANCE, Assumptions, Stages
from tiga.mechanism.measures import Measure, MeasureImposed, asked
from tiga.values.moments import Instant, Span

PARTIES = ("party-1", "party-2")
_DETERMINED, _IMPOSED, _DUE = 0, 1, 2
"""What happens at one instant, in this order."""
_LAST = "\uffff"

Rows = list[tuple[int, str]]
"""Milliseconds and an id, in order."""


class BadBacktest(ValueError):
    """A past or an agreement that cannot be tried so; `code` is a word of the catalogue (`backtest.bad.…`)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Filed:
    """A case as it would have been opened: against whom (0 or 1), when it occurred and was opened, whether a finding
    stands and a violation is determined on it, and the severity with its factors."""

    id: str
    side: int
    occurred: Instant
    opened: Instant
    stands: bool
    severity: str = ""
    factors: frozenset[str] = frozenset()
    violation: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """A measure of the replay; `open_ids` are its items not carried out in time, `up` says that it was stepped up to."""

    measure: Measure
    open_ids: frozenset[str]
    up: bool

    @property
    def step(self) -> int:
        return self.measure.imposed.step

    def until(self, end: Instant) -> Instant:
        """Until when something of it is in force; `end` for what was not carried out."""
        measure = self.measure
        ends = [measure.at]
        for item in measure.imposed.items:
            if item.id in self.open_ids:
                ends.append(end)
            else:
                ends.append(max(item.due, measure.at.plus(Span.parse(item.expiry))) if item.expiry else item.due)
        return max(ends) if measure.ended is None else min(max(ends), measure.ended)


@dataclass(slots=True)
class Docket:
    """The cases against one party under one agreement, and what came of them so far.

    `severities` counts violations, `held` how often each condition of a step held when a measure was first computed,
    `apart` why a violation got none; `told` are all measures by id.
    """

    agreement: Agreement
    side: int
    assumed: Assumptions
    spans: Stages
    severities: Counter[str] = field(default_factory=Counter)
    held: Counter[tuple[int, Condition]] = field(default_factory=Counter)
    apart: Counter[str] = field(default_factory=Counter)
    told: dict[str, Told] = field(default_factory=dict)
    _standing: dict[str, str] = field(default_factory=dict)
    _past: dict[str, Rows] = field(default_factory=dict)
    _in_force: dict[int, Rows] = field(default_factory=dict)
    _pending: dict[int, Rows] = field(default_factory=dict)
    _decay: Span = field(init=False)
    _counts: dict[str, int] = field(init=False)
    _imposed: int = field(init=False)

    def __post_init__(self) -> None:
        self._decay = Span.parse(self.agreement.decay.value)
        self._counts, self._imposed = {}, 0
        for _, condition in conditions(self.agreement):
            if condition.form() == "count":
                self._counts[condition.count] = max(self._counts.get(condition.count, 0), condition.at_least)
            elif condition.form() == "imposed":
                self._imposed = max(self._imposed, condition.at_least)

    def hear(self, cases: Sequence[Filed]) -> Iterator[int]:
        """Hear violations stage by stage; yields how many have come to their measure. Raises BadBacktest."""
        queue: list[tuple[int, int, str, Filed]] = []
        for case in cases:
            ruled = case.opened.plus(self.spans.finding).plus(self.spans.determination)
            queue.append((ruled.ms, _DETERMINED, case.id, case))
            queue.append((ruled.plus(self.spans.measure).ms, _IMPOSED, case.id, case))
        heapify(queue)
        heard = 0
        while queue:
            ms, what, _, case = heappop(queue)
            if what == _DETERMINED:
                self.severities[case.severity] += 1
                insort(self._past.setdefault(case.severity, []), (case.occurred.ms, case.id))
                continue
            due = self._step_up(case, Instant(ms)) if what == _DUE else self._impose(case, Instant(ms))
            if due is not None and self.assumed.step_up == "when_unmet":
                heappush(queue, (due.plus(self.spans.measure).ms, _DUE, case.id, case))
            if what == _IMPOSED:
                heard += 1
                yield heard

    def _impose(self, case: Filed, at: Instant) -> Instant | None:
        """Impose what the ladder gives; returns when the first item falls due unmet, if one does."""
        readings = ladder.read(self.agreement.ladder, self.situation(case, at), self._decay)
        for row in readings:
            self.held.update((row.step.step, one.condition) for group in row.groups for one in group if one.holds)
        step = self._reached(readings)
        if isinstance(step, str):
            self.apart[step] += 1
            return None
        return self._enter(case, reading.shifted(self.agreement, case.factors, step.step)[0], at, up=False)

    def _step_up(self, case: Filed, at: Instant) -> Instant | None:
        """Replace an unmet measure by a higher step, where the ladder gives one; returns as `_impose` does."""
        step = self._reached(ladder.read(self.agreement.ladder, self.situation(case, at), self._decay))
        id = self._standing[case.id]
        before = self.told[id]
        if isinstance(step, str):
            return None
        final, _ = reading.shifted(self.agreement, case.factors, step.step)
        if final <= before.step:
            return None
        self.told[id] = replace(before, measure=replace(before.measure, ended=at, ending="stepped_up"))
        self._pending[before.step] = [row for row in self._pending[before.step] if row[1] != id]
        return self._enter(case, final, at, up=True)

    def _reached(self, readings: tuple[ladder.StepReading, ...]) -> Step | str:
        """The step that holds, or why there is none."""
        try:
            return ladder.reached(readings) or "no_step"
        except ladder.Ambiguous:
            return "ambiguous"

    def _enter(self, case: Filed, step: int, at: Instant, *, up: bool) -> Instant | None:
        """Keep a measure; returns when the first item falls due unmet, if one does."""
        name, every = PARTIES[self.side], COMPLIANCE[self.assumed.compliance]
        ids = next(row.measures for row in self.agreement.ladder if row.step == step)
        items = asked(self.agreement, ids, name, at)
        if isinstance(items, Refusal):
            raise BadBacktest("measure_unknown")
        id = f"{len(self.told) + 1:08}"
        kept = every > 0 and (len(self.told) + 1) % every == 0
        open_ids = frozenset(item.id for item in items if not kept and item.executor in (name, "both_parties"))
        verified = {item.id: item.due for item in items if item.id not in open_ids}
        imposed = MeasureImposed(case.id, case.id, case.id, name, step, items, "", "")
        self.told[id] = Told(Measure(id, 0, at, imposed, (), at, verified=verified), open_ids, up)
        self._standing[case.id] = id
        insort(self._in_force.setdefault(step, []), (at.ms, id))
        due = min((item.due for item in items if item.id in open_ids), default=None)
        if due is not None:
            insort(self._pending.setdefault(step, []), (due.ms, id))
        return due

    def situation(self, case: Filed, at: Instant) -> Situation:
        """What stands against the party at `at`, as far as a condition of the ladder can tell (rule 2)."""
        past: list[Past] = []
        for severity, most in self._counts.items():
            rows = _newest(self._past.get(severity, []), case.occurred, most + 1)
            past += [Past(id, Instant(ms), severity) for ms, id in rows if id != case.id]
        ids: dict[str, None] = {}
        for step, rows in self._in_force.items():
            overdue = self._pending.get(step, [])[:1]
            ids |= dict.fromkeys(id for _, id in (*_newest(rows, case.occurred, self._imposed), *overdue))
        imposed = [
            Imposed(id, told.measure.at, told.step, told.measure.unmet(at))
            for id, told in ((id, self.told[id]) for id in ids)
        ]
        return Situation(case.occurred, case.severity, tuple(past), tuple(imposed))


def _newest(rows: Rows, until: Instant, most: int) -> Rows:
    """The last `most` rows that lie not after an instant."""
    end = bisect_right(rows, (until.ms, _LAST))
    return rows[max(0, end - most) : end]


def conditions(agreement: Agreement) -> tuple[tuple[int, Condition], ...]:
    """Every condition of the ladder once a step, in the agreement's order, with its step."""
    return tuple(
        dict.fromkeys((step.step, one) for step in agreement.ladder for group in step.when for one in group.all)
    )
