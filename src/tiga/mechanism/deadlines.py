"""Clocks: what is due, for whom, until when, under which clause.

Rules
1. A clock starts and ends with entries; its due instant is start plus the agreement's span, told in the named zone.
2. A clock that has passed is `overdue` without anybody's help; met later, it is `late`. At three quarters it is `soon`.
   One whose time for acting has gone by (a reply after replies were opened, anything on a closed case) has `lapsed`: it
   is shown, but nothing waits for it any more. Silence is not admission.
3. Nothing here enters anything: `overdue` as an entry comes with the clock run of a later version.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tiga.mechanism.cases import Case
from tiga.values.moments import Instant, Span

if TYPE_CHECKING:
    from tiga.mechanism.standing import Standing


@dataclass(frozen=True, slots=True)
class Clock:
    """One clock of a case: its name, whose turn it is, when it started, is due and was met, in which zone."""

    name: str
    whose: str
    started: Instant
    due: Instant
    zone: str
    clause: str
    met: Instant | None = None
    lapsed: bool = False

    def state(self, now: Instant) -> str:
        if self.met is not None:
            return "met" if self.met <= self.due else "late"
        if self.lapsed:
            return "lapsed"
        if now >= self.due:
            return "overdue"
        return "soon" if (now.ms - self.started.ms) * 4 >= (self.due.ms - self.started.ms) * 3 else "running"


def clocks(standing: Standing, case: Case) -> tuple[Clock, ...]:
    """All clocks of a case, in the order in which they fall due."""
    rows: list[Clock] = []

    def add(name: str, whose: str, started: Instant | None, met: Instant | None, *, over: bool = False) -> None:
        deadline = standing.agreement.deadline(name) if standing.agreement else None
        if deadline and started is not None:
            due = started.plus(Span.parse(deadline.within))
            lapsed = met is None and (over or bool(case.closed))
            rows.append(Clock(name, whose, started, due, deadline.zone, deadline.clause, met, lapsed))

    finding = standing.findings.get(case.finding)
    determination = standing.determinations.get(case.determination)
    add("acknowledge", "secretariat", case.at, case.notice.at if case.notice else case.closed_at)
    add("triage", "mediators", case.at, case.admitted or case.closed_at)
    for party in case.notice.to if case.notice and not (case.closed and case.admitted is None) else ():
        replied = next((reply.at for reply in case.replies if reply.party == party), None)
        add("reply", party, case.notice.at if case.notice else None, replied, over=case.replies_opened is not None)
    add(
        "determine",
        "mediators",
        finding.in_force if finding else None,
        determination.in_force if determination else None,
    )
    if determination and any(row.disposition == "violation" for row in determination.issued.ruled):
        forces = [standing.measures[sid].in_force for sid in case.measures]
        done = max((force for force in forces if force), default=None) if forces and all(forces) else None
        add("impose", "mediators", determination.in_force, done)
    rows += _measures(standing, case)
    return tuple(sorted(rows, key=lambda row: (row.due, row.name, row.whose)))


def _measures(standing: Standing, case: Case) -> list[Clock]:
    deadline = standing.agreement.deadline("impose") if standing.agreement else None
    zone = deadline.zone if deadline else "UTC"
    rows = []
    for sid in case.measures:
        measure = standing.measures[sid]
        for item in measure.imposed.items:
            if measure.in_force:
                met = measure.verified.get(item.id)
                rows.append(
                    Clock(f"measure.{item.id}", item.executor, measure.in_force, item.due, zone, item.clause, met)
                )
    return rows
