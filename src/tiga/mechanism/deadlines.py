"""Clocks: what is due, for whom, until when, under which clause.

Rules
1. A clock starts and ends with entries; its due instant is start plus the agreement's span, told in the named zone.
2. A clock that has passed is `overdue` without anybody's help; met later, it is `late`. At three quarters it is `soon`.
   One whose time for acting has gone by (a reply after replies were opened, anything on a closed case) has `lapsed`: it
   is shown, but nothing waits for it any more. Silence is not admission.
3. An extension counts for the clock that was running when it was given. What a stay took from an executor is added.
4. Nothing here enters anything: `overdue` as an entry is the clock run's (`deciders.clockwork`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tiga.mechanism.cases import Case, undecided
from tiga.values.moments import Instant, Span

if TYPE_CHECKING:
    from tiga.mechanism.standing import Standing


@dataclass(frozen=True, slots=True)
class Clock:
    """One clock of a case: its name, whose turn it is, when it started, is due and was met, in which zone. A `right` that
    is not used lapses; it is never overdue."""

    name: str
    whose: str
    started: Instant
    due: Instant
    zone: str
    clause: str
    met: Instant | None = None
    lapsed: bool = False
    right: bool = False

    def state(self, now: Instant) -> str:
        if self.met is not None:
            return "met" if self.met <= self.due else "late"
        if self.lapsed:
            return "lapsed"
        if now >= self.due:
            return "lapsed" if self.right else "overdue"
        return "soon" if (now.ms - self.started.ms) * 4 >= (self.due.ms - self.started.ms) * 3 else "running"


def clocks(standing: Standing, case: Case) -> tuple[Clock, ...]:
    """All clocks of a case, in the order in which they fall due."""
    found = _Clocks(standing, case)
    finding = standing.findings.get(case.finding)
    ruling = standing.determinations.get(case.determination)
    forced = ruling.in_force if ruling else None
    held = finding.in_force if finding and not case.renewed(finding.at) else None
    ruled = bool(case.course.opinion) or (
        standing.agreement is not None and standing.agreement.authority.value == "none"
    )
    found.add("acknowledge", "secretariat", case.at, case.notice.at if case.notice else case.closed_at)
    found.add("triage", "mediators", case.at, case.admitted or case.closed_at)
    _replies(found)
    settled = case.closed_at if case.closed == "settled_locally" else None
    if (case.opened.complainant and case.course.proposals) or settled:
        found.add("hotline_reply", _other(case), case.at, settled, over=case.admitted is not None)
    drawn = case.course.draft.at if case.course.draft else (finding.at if finding else None)
    found.add("verification", "team", case.admitted, drawn)
    found.add("publish", "secretariat", finding.in_force if finding else None, case.course.published)
    found.add("determine", "mediators", held, forced, over=ruled)
    found.add("deadlock", "mediators", standing.deadlocks.get(case.sid), forced)
    if ruling and any(row.disposition == "violation" for row in ruling.ruled):
        asked = [standing.measures[sid] for sid in case.measures if standing.measures[sid].ended is None]
        forces = [row.in_force for row in asked]
        done = max((force for force in forces if force), default=None) if forces and all(forces) else None
        found.add("impose", "mediators", forced, done, least=_deferred(standing, case))
    _appeals(found, forced)
    rows = [*found.rows, *_measures(standing, case)]
    return tuple(sorted(rows, key=lambda row: (row.due, row.name, row.whose)))


class _Clocks:
    """Gathers the clocks of one case that the agreement has a span for."""

    def __init__(self, standing: Standing, case: Case) -> None:
        self.standing, self.case = standing, case
        self.rows: list[Clock] = []

    def add(
        self, name: str, whose: str, started: Instant | None, met: Instant | None, *, over: bool = False,
        right: bool = False, least: Instant | None = None,
    ) -> None:  # fmt: skip
        """A clock, if it has started: due after the agreement's span, or when it was extended to, no sooner than `least`."""
        deadline = self.standing.agreement.deadline(name) if self.standing.agreement else None
        if deadline is None or started is None:
            return
        later = self.case.extended(name, whose, started, met)
        due = max((started.plus(Span.parse(deadline.within)), *later, *((least,) if least else ())))
        lapsed = met is None and (over or bool(self.case.closed))
        self.rows.append(Clock(name, whose, started, due, deadline.zone, deadline.clause, met, lapsed, right))


def _replies(found: _Clocks) -> None:
    """The clocks of the parties' replies: to the complaint, and to the draft finding."""
    case = found.case
    if case.notice is None or (case.closed and case.admitted is None):
        return
    draft = case.course.draft
    rounds = [("", case.notice.at, case.replies_opened is not None or draft is not None)]
    if draft is not None:
        rounds.append((draft.sid, draft.at, draft.replies_opened is not None))
    for turn, started, opened in rounds:
        for party in case.notice.to:
            replied = next((row.at for row in case.replies if (row.party, row.draft) == (party, turn)), None)
            found.add("reply", party, started, replied, over=opened)


def _other(case: Case) -> str:
    """Whose word is awaited on a proposal to settle: the other party's."""
    last = case.course.proposals[-1][1] if case.course.proposals else ""
    return next((party for party in case.parties if party != last), last)


def _deferred(standing: Standing, case: Case) -> Instant | None:
    """Until when measures on what is ruled now are deferred by signed acts, if they are."""
    kinds = [standing.papers[sid].kind for sid in case.course.deferrals]
    return max((kind.until for kind in kinds if kind.determination == case.determination), default=None)


def _appeals(found: _Clocks, forced: Instant | None) -> None:
    """The right to appeal, of each party, and the decision on an appeal."""
    case, standing = found.case, found.standing
    if standing.agreement is None or standing.agreement.appeals is None:
        return
    for party in case.parties:
        filed = next((row.at for row in case.course.appeals if row.filed.party == party), None)
        found.add("appeal_file", party, forced, filed, right=True)
    for row in case.course.appeals:
        paper = standing.papers.get(row.decision)
        over = not undecided(standing, row)
        found.add("appeal_decide", "mediators", row.at, paper.in_force if paper else None, over=over)


def _measures(standing: Standing, case: Case) -> list[Clock]:
    deadline = standing.agreement.deadline("impose") if standing.agreement else None
    zone = deadline.zone if deadline else "UTC"
    rows = []
    for sid in case.measures:
        measure = standing.measures[sid]
        for item in measure.imposed.items if measure.in_force else ():
            met = measure.verified.get(item.id)
            over = met is None and (measure.ended is not None or bool(measure.stays))
            name, due = f"measure.{item.id}", measure.due(item)
            rows.append(Clock(name, item.executor, measure.in_force or due, due, zone, item.clause, met, over))
    return rows
