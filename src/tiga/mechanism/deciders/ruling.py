"""Deciding on determinations, and on further signatures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiga.mechanism import binding, cases, mandates
from tiga.mechanism.acts import Actor, Decision, Outcome, Refusal, drafted
from tiga.mechanism.course import AppealDecided, ChallengeRuled, FindingConfirmed, MeasureDeferred
from tiga.mechanism.deciders import contests
from tiga.mechanism.determinations import Determination, DeterminationIssued, SignatureAdded, rule_on
from tiga.values.moments import Instant

if TYPE_CHECKING:
    from tiga.mechanism.standing import Standing


def issue(
    standing: Standing, case_sid: str, dispositions: dict[str, str], reasons: str, by: Actor, now: Instant
) -> Outcome:
    """Put a determination before the signatories with the first signature; `dispositions` per issue id."""
    case = standing.cases.get(case_sid)
    refusal = cases.working(standing, case, by)
    if refusal or case is None or standing.agreement is None:
        return refusal or Refusal("no_agreement")
    agreement = standing.agreement
    if agreement.authority.value != "binding":
        return Refusal("advisory_only", agreement.authority.clause, {"authority": agreement.authority.value})
    refusal = mandates.may_sign(standing, "determination.issue", by, mandates.rule_of(standing, case))
    if refusal:
        return refusal
    finding = standing.findings.get(case.finding)
    if finding is None or finding.in_force is None:
        return Refusal("no_finding", _clause(standing))
    put = standing.determinations.get(case.determination)
    if put is not None and (put.in_force is not None or not _lost(standing, case, put)):
        return Refusal("determination_exists")
    if case.renewed(finding.at):
        return Refusal("no_finding", _clause(standing))
    asked = [row.id for row in case.breaches]
    if set(dispositions) != set(asked):
        return Refusal("issues_unmatched", values={"issues": ", ".join(asked)})
    if not reasons.strip():
        return Refusal("reason_missing")
    ruled = []
    for held in (row for row in finding.adopted.held if row.issue in dispositions):
        row = rule_on(standing, case, held, dispositions[held.issue])
        if isinstance(row, Refusal):
            return row
        ruled.append(row)
    rule = mandates.rule_of(standing, case)
    kind = DeterminationIssued(case_sid, case.finding, tuple(ruled), reasons, standing.agreement_sha256, rule)
    return Decision((drafted(kind, standing.log, now),), standing.reads)


def _lost(standing: Standing, case: cases.Case, put: Determination) -> bool:
    """Whether what was put is overtaken: the case was declared deadlocked after it, or went a level up."""
    return any(at is not None and at > put.at for at in (standing.deadlocks.get(case.sid), case.course.levelled))


def _clause(standing: Standing) -> str:
    quorum = standing.agreement.quorum("determination.issue") if standing.agreement else None
    return quorum.clause if quorum else ""


def sign(standing: Standing, sid: str, by: Actor, now: Instant) -> Outcome:
    """Add a signature to what waits for its quorum: finding, determination, measure, or another paper."""
    found = standing.signable(sid)
    if found is None:
        return Refusal("nothing_to_sign")
    act, case_sid, signers, in_force, parties = found
    case = standing.cases.get(case_sid)
    refusal = (cases.working(standing, case, by) if case_sid else None) or mandates.may_sign(
        standing, act, by, standing.rule(sid)
    )
    if refusal is None:
        refusal = _own_matter(standing, sid, by)
    if refusal:
        return refusal
    if in_force is not None:
        return Refusal("in_force_already", values={"at": in_force.text()})
    if by.key in map(standing.heir, signers):
        return Refusal("signed_already", values={"member": by.key})
    resting = standing.findings[sid].supports if sid in standing.findings else case.flags if case else ()
    lost = [report for report in (case.flags if case else ()) if report in resting]
    if lost and act != "finding.confirm":
        return Refusal("support_discredited", values={"report": lost[0]})
    if case is not None and sid not in (case.finding, case.determination, *case.measures, *standing.papers):
        return Refusal("nothing_to_sign")
    if refusal := _overtaken(standing, sid):
        return refusal
    return Decision((drafted(SignatureAdded(case_sid, sid, parties), standing.log, now),), standing.reads)


def _overtaken(standing: Standing, sid: str) -> Refusal | None:
    """A measure that has ended waits for nobody; nor is one deferred that is in force meanwhile; nor is a finding confirmed on
    reports that changed since."""
    if sid in standing.measures and standing.measures[sid].ended is not None:
        return Refusal("nothing_to_sign")
    kind = standing.papers[sid].kind if sid in standing.papers else None
    if isinstance(kind, FindingConfirmed):
        bound = binding.of(standing, kind.finding)
        if bound is not None and binding.moved_since(bound, standing.papers[sid].index):
            return Refusal("basis_moved")
    if isinstance(kind, MeasureDeferred):
        asked = [standing.measures[one] for one in standing.cases[kind.case].measures]
        if any(row.in_force and row.ended is None and row.imposed.issue == kind.issue for row in asked):
            return Refusal("measure_exists", values={"issue": kind.issue})
    return None


def _own_matter(standing: Standing, sid: str, by: Actor) -> Refusal | None:
    """Nobody signs a ruling on a challenge against oneself, nor decides an appeal that another panel must decide."""
    kind = standing.papers[sid].kind if sid in standing.papers else None
    if isinstance(kind, ChallengeRuled) and kind.challenge in standing.challenges:
        member = standing.heir(standing.challenges[kind.challenge].made.member)
        return Refusal("own_challenge", values={"member": member}) if member == by.key else None
    if isinstance(kind, AppealDecided) and kind.case in standing.cases:
        waiting = next((row for row in standing.cases[kind.case].course.appeals if row.sid == kind.appeal), None)
        if waiting is None or not (standing.papers[sid].in_force or cases.undecided(standing, waiting)):
            return Refusal("nothing_to_sign")
        return contests.same_panel(standing, waiting, by)
    return None
