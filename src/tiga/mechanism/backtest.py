"""A draft agreement tried on the past: what its ladder would have led to, under assumptions that are all said.

Rules
1. Nothing here is a finding. A row is an assumption of an event (`drafts.events`); which findings stand, that attribution
   and standard are met, who complies and how long each stage takes are assumptions too (`assumptions`).
2. Whether an instrument is in force, how severe an act is and which step is reached, the agreement's own functions say
   (`reading`; `docket`).
3. Stages follow after the spans assumed, by default after the agreement's own clocks have run to their ends.
4. Parties are `party-1` and `party-2` in the order of the agreement; no id of a party leaves this module.
5. An occurrence is the start of an event's window; it is complained of at the end.
6. A party is at the highest step of which something is in force: until its term has run, or without a term until it is
   due; what was not carried out stays. Time after the period's end is not counted.
7. What becomes no case, or a case without a measure, is counted apart with the reason (`APART`).
8. The order in which rows are given changes nothing. Whole numbers only.

Not done here: hearing cases (`docket`), cases against capacity, clocks (`workload`); words (`cli`), pictures (`publish`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from tiga.agreement import reading
from tiga.agreement.clauses import Agreement
from tiga.agreement.ladder import Condition
from tiga.drafts.events import Happened
from tiga.mechanism.assumptions import FINDINGS, Assumptions, Stages, stages
from tiga.mechanism.docket import PARTIES, BadBacktest, Docket, Filed, Told, conditions
from tiga.values.moments import Instant, Span

APART = (
    "nobody_accused", "outside_mandate", "act_unknown", "exempt", "no_provision", "not_standing", "no_standard",
    "not_binding", "no_step", "ambiguous",
)  # fmt: skip
"""Why an event leads to no measure. The first five open no case; of the rest a case is opened and closed."""
_TICK = 64
"""Cases between two words on progress."""

Tick = Callable[[int, int], None]
"""Told how many rows are done, of how many."""


@dataclass(frozen=True, slots=True)
class Period:
    """What is looked at: events that begin from `start` to before `end`, and steps until `end`."""

    start: Instant
    end: Instant


@dataclass(frozen=True, slots=True)
class AtStep:
    """One step and a party: measures imposed at it, how many of them were reached by stepping up, milliseconds spent."""

    step: int
    measures: int
    stepped_up: int
    ms: int


@dataclass(frozen=True, slots=True)
class Window:
    """How often one condition of a step held, over all violations of a party that were read against the ladder."""

    step: int
    condition: Condition
    held: int


@dataclass(frozen=True, slots=True)
class Side:
    """What a draft leads to for one party. `course` are the instants from which it is at a step (0: none); `unmet` are
    measures not carried out in time; `after` are measures imposed after the period's end, which no time counts for."""

    name: str
    cases: int
    violations: int
    severities: tuple[tuple[str, int], ...]
    steps: tuple[AtStep, ...]
    free_ms: int
    highest: int
    unmet: int
    after: int
    windows: tuple[Window, ...]
    apart: tuple[tuple[str, int], ...]
    course: tuple[tuple[Instant, int], ...]


@dataclass(frozen=True, slots=True)
class Run:
    """One draft on one past: both sides, all cases, the spans used, what was counted apart, and for how many cases it is
    disputed whether an instrument was in force."""

    sides: tuple[Side, Side]
    filed: tuple[Filed, ...]
    stages: Stages
    events: int
    disputed: int
    apart: tuple[tuple[str, int], ...]


def period(rows: Sequence[Happened], agreements: Iterable[Agreement], zone: str) -> Period:
    """The period of a whole past: from the local day of its first event until the longest decay after its last.

    Raises BadBacktest without rows.
    """
    if not rows:
        raise BadBacktest("no_events")
    longest = max(Span.parse(agreement.decay.value) for agreement in agreements)
    return Period(min(row.earliest for row in rows).local_midnight(zone), max(row.latest for row in rows).plus(longest))


def exchanged(rows: Iterable[Happened]) -> tuple[Happened, ...]:
    """The same past with the accused parties exchanged."""
    return tuple(replace(row, accused=3 - row.accused) if row.accused else row for row in rows)


def replay(
    agreement: Agreement, rows: Iterable[Happened], assumed: Assumptions, within: Period, tick: Tick | None = None
) -> Run:
    """What an agreement leads to on a past; raises BadBacktest for an agreement without two parties and a ladder.

    Rows that begin outside the period are no part of it. `tick` is told of progress.
    """
    if len(agreement.parties) != 2:
        raise BadBacktest("not_two_parties")
    if not agreement.ladder:
        raise BadBacktest("no_ladder")
    past = [row for row in sorted(rows, key=_order) if within.start <= row.earliest < within.end]
    spans = stages(agreement, assumed)
    apart: tuple[Counter[str], Counter[str], Counter[str]] = (Counter(), Counter(), Counter())
    filed: list[Filed] = []
    disputed = 0
    for number, row in enumerate(past):
        status, reason = _mandate(agreement, row, assumed)
        if reason := reason or _uncased(agreement, row):
            apart[row.accused][reason] += 1
        else:
            disputed += status == "disputed"
            filed.append(_filed(agreement, row, assumed, spans, f"{number:08}"))
    for case in filed:
        apart[case.side + 1].update([] if case.violation else [_ending(agreement, case, assumed)])
    dockets = [Docket(agreement, side, assumed, spans) for side in (0, 1)]
    done = len(past) - sum(case.violation for case in filed)
    for docket in dockets:
        mine = [case for case in filed if case.violation and case.side == docket.side]
        for heard in docket.hear(mine):
            if tick is not None and not heard % _TICK:
                tick(done + heard, len(past))
        done += len(mine)
        apart[docket.side + 1].update(docket.apart)
    if tick is not None:
        tick(done, len(past))
    one, other = (_side(docket, filed, apart[docket.side + 1], within) for docket in dockets)
    return Run((one, other), tuple(filed), spans, len(past), disputed, _counted(sum(apart, Counter())))


def _order(row: Happened) -> tuple[int, int, str, str, int, int, int]:
    return (
        row.earliest.ms, row.latest.ms, row.event_id, row.code, row.accused, row.dead_low, row.civilians_low,
    )  # fmt: skip


def _counted(apart: Counter[str]) -> tuple[tuple[str, int], ...]:
    return tuple((code, apart[code]) for code in APART if apart[code])


# ---- from an event to a case


def _mandate(agreement: Agreement, row: Happened, assumed: Assumptions) -> tuple[str, str]:
    """Whether an instrument was in force over an event's window, and why the event is outside the mandate, if it is."""
    if assumed.instruments == "throughout":
        return "in_force", ""
    status, _ = reading.instrument_at(agreement, row.earliest, row.latest)
    out = status == "not_in_force" or (status == "disputed" and assumed.disputed == "left_out")
    return status, "outside_mandate" if out else ""


def _uncased(agreement: Agreement, row: Happened) -> str:
    """Why nobody could have complained of an event under this agreement, or an empty text."""
    if not row.accused:
        return "nobody_accused"
    act = agreement.act(row.code)
    if act is None:
        return "act_unknown"
    if not act.severity:
        return "exempt"
    accused = agreement.parties[row.accused - 1].id
    return "" if any(accused in clause.binds for clause in agreement.provision_for(row.code)) else "no_provision"


def _filed(agreement: Agreement, row: Happened, assumed: Assumptions, spans: Stages, id: str) -> Filed:
    bar = FINDINGS[assumed.findings]
    stands = (
        row.dead_low >= bar.dead_least
        and row.civilians_low >= bar.civilians_least
        and not set(bar.without) & set(row.assumed)
    )
    civilians = {"at_least": row.civilians_low, "at_most": row.civilians_high, "never": 0}[assumed.harm]
    factors = frozenset({assumed.factor} if civilians else ())
    severity, _ = reading.severity(agreement, row.code, factors)
    opened = row.latest.plus(spans.complaint)
    case = Filed(id, row.accused - 1, row.earliest, opened, stands, severity, factors)
    return replace(case, violation=not _ending(agreement, case, assumed))


def _ending(agreement: Agreement, case: Filed, assumed: Assumptions) -> str:
    """Why a case ends without a violation, or an empty text."""
    if not case.stands:
        return "not_standing"
    if agreement.standard(f"violation_{case.severity}") is None:
        return "no_standard"
    return "not_binding" if agreement.authority.value != "binding" and assumed.authority == "as_written" else ""


# ---- what it comes to


def _side(docket: Docket, filed: Sequence[Filed], apart: Counter[str], within: Period) -> Side:
    course = _course(docket.told.values(), within)
    spent: Counter[int] = Counter()
    for (start, step), (end, _) in zip(course, [*course[1:], (within.end, 0)], strict=True):
        spent[step] += end.ms - start.ms
    at = Counter(told.step for told in docket.told.values())
    up = Counter(told.step for told in docket.told.values() if told.up)
    return Side(
        name=PARTIES[docket.side],
        cases=sum(case.side == docket.side for case in filed),
        violations=docket.severities.total(),
        severities=tuple((severity, docket.severities[severity]) for severity in docket.agreement.severities),
        steps=tuple(AtStep(row.step, at[row.step], up[row.step], spent[row.step]) for row in docket.agreement.ladder),
        free_ms=spent[0],
        highest=max(at, default=0),
        unmet=sum(bool(told.open_ids) for told in docket.told.values()),
        after=sum(told.measure.at >= within.end for told in docket.told.values()),
        windows=tuple(Window(step, one, docket.held[step, one]) for step, one in conditions(docket.agreement)),
        apart=_counted(apart),
        course=course,
    )


def _course(everything: Iterable[Told], within: Period) -> tuple[tuple[Instant, int], ...]:
    """From which instant a party is at which step, over the period; it begins with the period (rule 6)."""
    changes: list[tuple[int, int, int]] = []
    for told in everything:
        start, end = max(told.measure.at, within.start), min(told.until(within.end), within.end)
        if start < end:
            changes += [(start.ms, 1, told.step), (end.ms, -1, told.step)]
    at: Counter[int] = Counter()
    course: list[tuple[Instant, int]] = [(within.start, 0)]
    changes.sort()
    for number, (ms, by, step) in enumerate(changes):
        at[step] += by
        if number + 1 < len(changes) and changes[number + 1][0] == ms:
            continue
        highest = max((step for step, count in at.items() if count), default=0)
        if ms >= within.end.ms or highest == course[-1][1]:
            continue
        if course[-1][0].ms == ms:
            course.pop()
        course.append((Instant(ms), highest))
    return tuple(course)


# ---- whether a draft treats both alike


def one_sided(agreement: Agreement) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Acts that only one party is forbidden, each with the clauses that speak of it."""
    parties = {party.id for party in agreement.parties}
    found = []
    for act in agreement.acts:
        clauses = agreement.provision_for(act.code)
        bound = {party for clause in clauses for party in clause.binds} & parties
        if bound and bound != parties:
            found.append((act.code, tuple(clause.id for clause in clauses)))
    return tuple(found)


def unmirrored(run: Run, other: Run) -> tuple[str, ...]:
    """In what a run and the run on the exchanged past differ although the parties were exchanged; empty: they mirror."""
    found: dict[str, None] = {}
    for one, exchanged_one in zip(run.sides, reversed(other.sides), strict=True):
        for name in Side.__dataclass_fields__:
            if name != "name" and getattr(one, name) != getattr(exchanged_one, name):
                found[name] = None
    return tuple(found)
