"""Deciding on measures: put as the ladder computes them, reported by their executors, verified by others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiga.agreement.clauses import Party
from tiga.mechanism import cases, explanation, mandates
from tiga.mechanism.acts import Actor, Decision, Outcome, Refusal, drafted
from tiga.mechanism.measures import (
    ComplianceReported,
    ComplianceVerified,
    Item,
    Measure,
    MeasureImposed,
    compute,
    doubted,
)
from tiga.values.moments import Instant

if TYPE_CHECKING:
    from tiga.mechanism.standing import Standing


def impose(standing: Standing, case_sid: str, issue_id: str, by: Actor, now: Instant) -> Outcome:
    """Put the computed measure for one issue before the signatories with the first signature."""
    case = standing.cases.get(case_sid)
    refusal = cases.working(standing, case, by) or mandates.may_sign(standing, "measure.impose", by)
    if refusal or case is None:
        return refusal or Refusal("case_unknown", values={"case": case_sid})
    determination = standing.determinations.get(case.determination)
    if determination is None or determination.in_force is None:
        return Refusal("no_determination", _clause(standing))
    ruled = next((row for row in determination.ruled if row.issue == issue_id), None)
    if ruled is None or ruled.disposition != "violation":
        return Refusal("no_violation", _clause(standing), {"issue": issue_id})
    if case.finding != determination.issued.finding:
        return Refusal("no_determination", _clause(standing))  # what is found anew must be ruled on anew
    own = [standing.measures[sid] for sid in case.measures if standing.measures[sid].imposed.issue == issue_id]
    earlier = [row for row in own if row.ended is None]
    if not all(row.unmet(now) or doubted(row) for row in earlier):
        return Refusal("measure_exists", values={"issue": issue_id})
    if until := _deferred(standing, case, issue_id, now):
        return Refusal("measure_deferred", values={"until": until.text()})
    if case.flags:
        return Refusal("support_discredited", values={"issue": issue_id, "report": case.flags[0]})
    computed = compute(standing, determination, ruled, now)
    if isinstance(computed, Refusal):
        return computed
    if computed.step in {row.imposed.step for row in earlier}:
        return Refusal("step_same", values={"step": str(computed.step)})
    if _suspended(standing, case, computed.step):
        return Refusal("appeal_waits")
    kind = MeasureImposed(
        case_sid, determination.sid, issue_id, ruled.party, computed.step, computed.items, computed.sha256,
        standing.agreement_sha256, explanation.FORMS[-1],
    )  # fmt: skip
    return Decision((drafted(kind, standing.log, now),), standing.reads)


def _clause(standing: Standing) -> str:
    quorum = standing.agreement.quorum("measure.impose") if standing.agreement else None
    return quorum.clause if quorum else ""


def _deferred(standing: Standing, case: cases.Case, issue: str, now: Instant) -> Instant | None:
    """Until when the measure on an issue, as it is ruled now, is deferred; None where it is not."""
    kinds = [standing.papers[sid].kind for sid in case.course.deferrals]
    days = [row.until for row in kinds if (row.determination, row.issue) == (case.determination, issue)]
    return max((day for day in days if day > now), default=None)


def _suspended(standing: Standing, case: cases.Case, step: int) -> bool:
    """Whether an appeal against the determination waits that would suspend a measure of this step."""
    steps = {row.step for row in (standing.agreement.ladder if standing.agreement else ()) if row.suspensive}
    waiting = (row for row in case.course.appeals if cases.undecided(standing, row))
    return step in steps and any(row.filed.of == case.determination for row in waiting)


def may_report(standing: Standing, sid: str, item_id: str, by: Actor) -> Refusal | None:
    """What a report of compliance asks: a measure that stands, and who acts for the item's executor."""
    measure = standing.measures.get(sid)
    if measure is None or measure.in_force is None or measure.ended is not None:
        return Refusal("measure_not_in_force")
    if measure.stays:
        return Refusal("measure_stayed", values={"why": measure.stays[0].partition(":")[0]})
    item = next((row for row in measure.imposed.items if row.id == item_id), None)
    if item is None:
        return Refusal("item_unknown", values={"item": item_id})
    if not _executes(standing, measure, item, by):
        return Refusal("not_executor", item.clause, {"executor": item.executor})
    if item_id in measure.verified:
        return Refusal("verified_already", values={"item": item_id})
    return None


def report_compliance(standing: Standing, sid: str, item_id: str, text: str, by: Actor, now: Instant) -> Outcome:
    """The executor says what was done: a claim of fulfilment, not yet a fact."""
    if refusal := may_report(standing, sid, item_id, by):
        return refusal
    measure = standing.measures[sid]
    if not text.strip() or len(text) > cases.TEXT_LIMIT:
        return Refusal("text_length", values={"limit": str(cases.TEXT_LIMIT)})
    kind = ComplianceReported(measure.imposed.case, sid, item_id, measure.imposed.party, text)
    return Decision((drafted(kind, standing.log, now),), standing.reads)


def _executes(standing: Standing, measure: Measure, item: Item, by: Actor) -> bool:
    """Whether somebody acts for an item's executor; what is nobody's own is reported by the mediators' side."""
    if by.role == "liaison":
        both = item.executor == "both_parties" and by.component in {party.id for party in _parties(standing)}
        return item.executor == by.component or both
    return item.executor != measure.imposed.party and by.role in ("mediator", "secretariat")


def _parties(standing: Standing) -> tuple[Party, ...]:
    return standing.agreement.parties if standing.agreement else ()


def may_verify(standing: Standing, sid: str, item_id: str, by: Actor) -> Refusal | None:
    """What a verification asks: a seated mediator, and an item that was reported and is not verified."""
    measure = standing.measures.get(sid)
    if measure is None or measure.in_force is None or measure.ended is not None:
        return Refusal("measure_not_in_force")
    if measure.stays:
        return Refusal("measure_stayed", values={"why": measure.stays[0].partition(":")[0]})
    refusal = cases.working(standing, standing.cases.get(measure.imposed.case), by)
    if refusal:
        return refusal
    if item_id not in measure.reported:
        return Refusal("not_reported", values={"item": item_id})
    if item_id in measure.verified:
        return Refusal("verified_already", values={"item": item_id})
    return None


def verify_compliance(
    standing: Standing, sid: str, item_id: str, met: bool, text: str, by: Actor, now: Instant
) -> Outcome:
    """A seated mediator says whether the acceptance test is met; only what was reported can be verified."""
    if refusal := may_verify(standing, sid, item_id, by):
        return refusal
    measure = standing.measures[sid]
    if not text.strip():
        return Refusal("reason_missing")
    kind = ComplianceVerified(measure.imposed.case, sid, item_id, measure.imposed.party, met, text)
    return Decision((drafted(kind, standing.log, now),), standing.reads)
