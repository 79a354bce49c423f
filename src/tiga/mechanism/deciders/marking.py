"""Deciding on marks: a report is discredited; a person says whether two reports speak of one happening."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiga.mechanism.acts import Actor, Decision, Drafted, Outcome, Refusal, drafted
from tiga.mechanism.course import FindingCorrected
from tiga.mechanism.reports import MatchDecided, MatchWithdrawn, ReportDiscredited, resting
from tiga.values.moments import Instant

if TYPE_CHECKING:
    from tiga.mechanism.standing import Standing


DECIDERS = ("monitor", "mediator", "secretariat")
"""Who says whether two reports speak of one happening."""


def discredit(standing: Standing, report: str, ground: str, by: Actor, now: Instant) -> Outcome:
    """Mark a report as discredited; every case that rests on it is on the same entry's threads (invariant 4)."""
    if by.role not in ("mediator", "secretariat"):
        return Refusal("role", values={"role": by.role, "needed": "mediator"})
    if report not in standing.reports:
        return Refusal("report_unknown", values={"report": report})
    if not ground.strip():
        return Refusal("reason_missing")
    touched, ruled, parties = resting(standing, report)
    kind = ReportDiscredited(report, ground, touched, ruled, parties)
    return Decision(
        (drafted(kind, standing.log, now), *corrections(standing, touched, "discredited", now)), standing.reads
    )


def corrections(standing: Standing, touched: tuple[str, ...], why: str, now: Instant) -> tuple[Drafted, ...]:
    """What the public is told of the published findings of these cases, which rest on something that is in doubt now."""
    told = [standing.cases[sid] for sid in touched if standing.cases[sid].course.published is not None]
    return tuple(
        drafted(FindingCorrected(case.sid, case.finding, why), standing.log, now, by_registrar=True) for case in told
    )


def decide_match(
    standing: Standing, left: str, right: str, same: bool, reason: str, by: Actor, now: Instant
) -> Outcome:
    """A person's word that two reports speak of the same happening or do not."""
    if by.role not in DECIDERS:
        return Refusal("role", values={"role": by.role, "needed": "secretariat"})
    if left == right:
        return Refusal("same_report", values={"report": left})
    if not reason.strip():
        return Refusal("reason_missing")
    left, right = sorted((left, right))
    return Decision((drafted(MatchDecided(left, right, same, reason), standing.log, now),), standing.reads)


def withdraw_match(standing: Standing, decision: str, by: Actor, now: Instant) -> Outcome:
    if by.role not in DECIDERS:
        return Refusal("role", values={"role": by.role, "needed": "secretariat"})
    if decision not in standing.matches:
        return Refusal("decision_unknown")
    return Decision((drafted(MatchWithdrawn(decision), standing.log, now),), standing.reads)
