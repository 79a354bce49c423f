"""Deciding on marks: a report is discredited; a person says whether two reports speak of one happening."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiga.mechanism.acts import Actor, Decision, Outcome, Refusal, drafted
from tiga.mechanism.reports import MatchDecided, MatchWithdrawn, ReportDiscredited, resting
from tiga.values.moments import Instant

if TYPE_CHECKING:
    from tiga.mechanism.standing import Standing


def discredit(standing: Standing, report: str, ground: str, by: Actor, now: Instant) -> Outcome:
    """Mark a report as discredited; every case that rests on it is on the same entry's threads (invariant 4)."""
    if by.role not in ("mediator", "secretariat"):
        return Refusal("role", values={"role": by.role, "needed": "mediator"})
    if report not in standing.reports:
        return Refusal("report_unknown", values={"report": report})
    if not ground.strip():
        return Refusal("reason_missing")
    kind = ReportDiscredited(report, ground, *resting(standing, report))
    return Decision((drafted(kind, standing.log, now),), standing.reads)


def decide_match(
    standing: Standing, left: str, right: str, same: bool, reason: str, by: Actor, now: Instant
) -> Outcome:
    """A person's word that two reports speak of the same happening or do not."""
    if by.role not in ("monitor", "mediator", "secretariat"):
        return Refusal("role", values={"role": by.role, "needed": "secretariat"})
    if left == right:
        return Refusal("same_report", values={"report": left})
    if not reason.strip():
        return Refusal("reason_missing")
    left, right = sorted((left, right))
    return Decision((drafted(MatchDecided(left, right, same, reason), standing.log, now),), standing.reads)


def withdraw_match(standing: Standing, decision: str, by: Actor, now: Instant) -> Outcome:
    if by.role not in ("monitor", "mediator", "secretariat"):
        return Refusal("role", values={"role": by.role, "needed": "secretariat"})
    if decision not in standing.matches:
        return Refusal("decision_unknown")
    return Decision((drafted(MatchWithdrawn(decision), standing.log, now),), standing.reads)
