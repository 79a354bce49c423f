"""What a draft asks of those who run it: cases a week against capacity, clocks that cannot be met, clocks that contradict.

Rules
1. Weeks are ISO weeks in a named zone. A week's backlog is what was left, plus what was opened, less the capacity.
2. A clock is looked at alone, with all earlier ones met: cases are served oldest first, so many a week, and a case is
   missed where the week in which its turn comes begins after its clock has run out. So the numbers are the least.
3. Only clocks are looked at that the secretariat, the team or the mediators have to meet; a party's own are not.
4. Clocks contradict where one must run out before another, whatever anybody does.

Not done here: which cases there are (`backtest`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from tiga.agreement.clauses import Agreement
from tiga.mechanism.assumptions import within
from tiga.mechanism.backtest import Run
from tiga.mechanism.docket import Filed, conditions
from tiga.values.moments import Instant, Span, offset

DAY_MS, WEEK_MS = 86_400_000, 7 * 86_400_000
_MONDAY_DAYS = 3
"""1 January 1970 was a Thursday, three days after a Monday."""


@dataclass(frozen=True, slots=True)
class Week:
    """One ISO week: its year and number, its first day, cases opened and served in it, and what is left at its end."""

    year: int
    number: int
    monday: str
    opened: int
    served: int
    backlog: int

    @property
    def label(self) -> str:
        return f"{self.year}-W{self.number:02}"


@dataclass(frozen=True, slots=True)
class Load:
    """One clock: its span and clause, how often it starts, how many fall due unserved at the least, and the week that
    starts most of those (empty where none)."""

    clock: str
    clause: str
    span: str
    started: int
    unserved: int
    worst: str


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two terms of an agreement of which one cannot hold: a code (`backtest.contradiction.…`), what it is about, and the
    two spans as the agreement writes them."""

    code: str
    item: str
    span: str
    other: str


def weeks(opened: Iterable[Instant], zone: str, capacity: int) -> tuple[Week, ...]:
    """Every week from the first case to the last; empty without cases."""
    counted = Counter(_week(at, zone) for at in opened)
    rows: list[Week] = []
    left = 0
    for number in range(min(counted, default=0), max(counted, default=-1) + 1):
        served = min(capacity, left + counted[number])
        left += counted[number] - served
        monday = _begins(number, zone)
        year, week, _ = monday.datetime(zone).isocalendar()
        rows.append(Week(year, week, monday.local(zone)[:10], counted[number], served, left))
    return tuple(rows)


def _week(at: Instant, zone: str) -> int:
    """The number of a week in a zone, counted from the one in which 1970 began."""
    return ((at.ms + offset(zone) * 60_000) // DAY_MS + _MONDAY_DAYS) // 7


def _begins(week: int, zone: str) -> Instant:
    return Instant((week * 7 - _MONDAY_DAYS) * DAY_MS - offset(zone) * 60_000)


def loads(agreement: Agreement, run: Run, zone: str, capacity: int) -> tuple[Load, ...]:
    """Each clock of the agreement that others than the parties have to meet, with how many cases would miss it."""
    rows = []
    for clock, starts in _starts(agreement, run):
        deadline = agreement.deadline(clock)
        if deadline is not None:
            missed = _missed(sorted(starts), Span.parse(deadline.within), zone, capacity)
            # of equal weeks the first
            worst = min(missed.items(), key=lambda pair: (-pair[1], pair[0]), default=None)
            label = _label(worst[0], zone) if worst else ""
            rows.append(Load(clock, deadline.clause, deadline.within, len(starts), missed.total(), label))
    return tuple(rows)


def _starts(agreement: Agreement, run: Run) -> Iterator[tuple[str, list[Instant]]]:
    """When each clock starts for each case that comes so far (docs/mechanism.md, Clocks)."""
    triage = within(agreement, "triage")
    found = [case for case in run.filed if case.stands]
    ruled = [case for case in found if case.violation]
    yield "acknowledge", [case.opened for case in run.filed]
    yield "triage", [case.opened for case in run.filed]
    yield "verification", [case.opened.plus(triage) for case in run.filed]
    yield "publish", [_found(case, run) for case in found]
    yield "determine", [_found(case, run) for case in found]
    yield "impose", [_found(case, run).plus(run.stages.determination) for case in ruled]


def _found(case: Filed, run: Run) -> Instant:
    return case.opened.plus(run.stages.finding)


def _missed(starts: Sequence[Instant], span: Span, zone: str, capacity: int) -> Counter[int]:
    """By the week in which a clock started, how many are not served before it runs out (rule 2)."""
    missed: Counter[int] = Counter()
    turn, taken = 0, capacity
    for start in starts:
        week = _week(start, zone)
        if week > turn:
            turn, taken = week, 0
        if taken >= capacity:
            turn, taken = turn + 1, 0
        taken += 1
        if start.plus(span) <= _begins(turn, zone):
            missed[week] += 1
    return missed


def _label(week: int, zone: str) -> str:
    year, number, _ = _begins(week, zone).datetime(zone).isocalendar()
    return f"{year}-W{number:02}"


def contradictions(agreement: Agreement) -> tuple[Contradiction, ...]:
    """Terms of an agreement that cannot all hold (rule 4), in its own order."""
    return (*_appeals(agreement), *_terms(agreement), *_windows(agreement), *_access(agreement))


def _appeals(agreement: Agreement) -> Iterator[Contradiction]:
    """A measure that an appeal does not stay falls due before an appeal can be filed, or decided."""
    file, decide = agreement.deadline("appeal_file"), agreement.deadline("appeal_decide")
    if file is None:
        return
    whole = within(agreement, "appeal_file").ms + within(agreement, "appeal_decide").ms
    seen: set[str] = set()
    for step in agreement.ladder:
        for name in step.measures if not step.suspensive else ():
            kind = agreement.measure(name)
            if kind is None or name in seen:
                continue
            seen.add(name)
            due = Span.parse(kind.within).ms
            if due < within(agreement, "appeal_file").ms:
                yield Contradiction("appeal_file", name, kind.within, file.within)
            elif decide is not None and due < whole:
                yield Contradiction("appeal_decide", name, kind.within, f"{file.within} + {decide.within}")


def _terms(agreement: Agreement) -> Iterator[Contradiction]:
    """A measure's effect ends before it is due."""
    for kind in agreement.measures:
        if kind.expiry and Span.parse(kind.expiry) < Span.parse(kind.within):
            yield Contradiction("expiry_before_due", kind.id, kind.within, kind.expiry)


def _windows(agreement: Agreement) -> Iterator[Contradiction]:
    """A window of the ladder is longer than anything counts."""
    decay = agreement.decay.value
    for step, one in conditions(agreement):
        if one.within and Span.parse(one.within) > Span.parse(decay):
            yield Contradiction("window_over_decay", str(step), one.within, decay)


def _access(agreement: Agreement) -> Iterator[Contradiction]:
    """Access may be given after the verification is due."""
    access, verification = agreement.deadline("access"), agreement.deadline("verification")
    if access and verification and Span.parse(access.within) > Span.parse(verification.within):
        yield Contradiction("access_over_verification", "access", access.within, verification.within)
