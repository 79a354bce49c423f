"""The clock run: enters, without anybody's help, that clocks have run out, and publishes what may no longer be held.

Rules
1. Each clock that ran out becomes one entry with its exact due instant, in the order in which they fell due, however late
   the run comes; run again, it enters nothing (domain.md b.6, invariant 10).
2. A finding whose publication clock has ended is published.
3. What is due is looked up in the projection; whether it is, the mechanism decides.
4. Closed cases whose finding rests on other reports since are opened again (`reopening`).
"""

from __future__ import annotations

from dataclasses import dataclass

from tiga.mechanism import affairs, deadlines
from tiga.mechanism.acts import Actor, Outcome, Refusal
from tiga.mechanism.asks import Given
from tiga.mechanism.deadlines import Clock
from tiga.mechanism.deciders import clockwork, proceedings
from tiga.mechanism.standing import Standing
from tiga.store import queries, reopening
from tiga.store.desk import Desk
from tiga.store.models import ClockRow
from tiga.values.moments import Instant

REGISTRAR = Actor("", "registrar")
RUN_LIMIT = 20_000
"""Clocks that one run looks at; the next takes the rest."""


@dataclass(frozen=True, slots=True)
class Run:
    """What a run entered: clocks that ran out, findings published, cases opened again."""

    overdue: int = 0
    published: int = 0
    reopened: int = 0


def run(desk: Desk, now: Instant) -> Run:
    """Enter what the clocks ask for at `now`."""
    if not desk.ledger.size():
        return Run()
    waiting = ClockRow.objects.using(desk.alias).filter(met_ms=None, lapsed=False, right=False, noted=False)
    rows = list(waiting.filter(due_ms__lte=now.ms).order_by("due_ms", "key")[:RUN_LIMIT])
    overdue = published = 0
    for row in rows:
        overdue += _entered(desk, row, now)
        if row.name == "publish" and row.concept == "case":
            published += _published(desk, row.case, now)
    return Run(overdue, published, reopening.run(desk, now))


def _threads(desk: Desk, row: ClockRow) -> tuple[str, ...]:
    return queries.case_threads(desk, row.case) if row.concept == "case" else (f"{row.concept}:{row.case}",)


def _clock(standing: Standing, row: ClockRow) -> Clock | None:
    """The clock as the entries have it now."""
    if row.concept == "case":
        case = standing.cases.get(row.case)
        found = deadlines.clocks(standing, case) if case else ()
    else:
        seen = affairs.BY_NAME[row.concept].sight(standing, row.case)
        found = seen.clocks if seen else ()
    wanted = (row.name, row.whose, row.due_ms)
    return next((clock for clock in found if (clock.name, clock.whose, clock.due.ms) == wanted), None)


def _entered(desk: Desk, row: ClockRow, now: Instant) -> int:
    def decide(standing: Standing) -> Outcome:
        clock = _clock(standing, row)
        if clock is None:
            return Refusal("clock_unknown", values={"clock": row.name})
        return clockwork.overdue(standing, row.concept, row.case, clock, max(now, standing.now))

    return int(not isinstance(desk.act(_threads(desk, row), decide, REGISTRAR), Refusal))


def _published(desk: Desk, case: str, now: Instant) -> int:
    def decide(standing: Standing) -> Outcome:
        return proceedings.publish(standing, case, Given({}), REGISTRAR, max(now, standing.now), ())

    return int(not isinstance(desk.act(queries.case_threads(desk, case), decide, REGISTRAR), Refusal))
