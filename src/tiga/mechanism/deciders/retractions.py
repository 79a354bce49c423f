"""Deciding on the withdrawal of a report.

Rules
1. Who filed a report withdraws it; a liaison officer's may be withdrawn by another officer of the same party. The mediators'
   side enters that a source took back what it had said, whoever had passed it on.
2. What came sealed is withdrawn by the mediators' side alone: a sender's own signature would tell who had sent it.
3. The report stays. Whatever rests on it is doubted by the same entry (domain.md b.6, invariant 4).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiga.mechanism import guards, reports
from tiga.mechanism.acts import Actor, Decision, Outcome, Refusal, drafted
from tiga.mechanism.asks import Given
from tiga.values.moments import Instant

if TYPE_CHECKING:
    from tiga.mechanism.standing import Standing

WHO = ("liaison", *guards.TEAM)


def withdraw(standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: tuple[bytes, ...]) -> Outcome:
    """Withdraw a report, or enter that its source took it back."""
    if by.role not in WHO:
        return Refusal("role", values={"role": by.role, "needed": WHO[0]})
    report = given.text("report")
    row = standing.reports.get(report)
    if row is None:
        return Refusal("report_unknown", values={"report": report})
    if row.withdrawn:
        return Refusal("withdrawn_already")
    if by.role not in guards.SIDE:
        if reports.confidential(row.filed):
            return Refusal("withdraw_sealed")
        if not reports.own(standing, row, by):
            return Refusal("not_own_report", values={"report": report})
    kind = reports.ReportWithdrawn(report, given.line("reason"), *reports.resting(standing, report))
    return Decision((drafted(kind, standing.log, now),), standing.reads)
