"""Deciding whether a case is admitted, and how it may be closed: with no verdict that was not reached, burying none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiga.mechanism.acts import Actor, Decision, Outcome, Refusal, drafted
from tiga.mechanism.cases import (
    CLOSINGS,
    Case,
    CaseAdmitted,
    CaseClosed,
    undecided,
    working,
)
from tiga.values.moments import Instant

if TYPE_CHECKING:
    from tiga.mechanism.standing import Standing


def admit(standing: Standing, case_sid: str, standard: str, reasons: str, by: Actor, now: Instant) -> Outcome:
    """Triage: a seated mediator asserts the standard that opens an inquiry."""
    case = standing.cases.get(case_sid)
    refusal = working(standing, case, by)
    if refusal or case is None or standing.agreement is None:
        return refusal or Refusal("no_agreement")
    if case.admitted is not None:
        return Refusal("already_admitted")
    required = standing.agreement.standard("open_case")
    if required and not standing.agreement.meets(standard, required.level):
        return Refusal("standard_low", required.clause, {"given": standard, "needed": required.level})
    if not reasons.strip():
        return Refusal("reason_missing")
    return Decision((drafted(CaseAdmitted(case_sid, standard, reasons), standing.log, now),), standing.reads)


def close(standing: Standing, case_sid: str, reason: str, note: str, by: Actor, now: Instant) -> Outcome:
    """Close a case without a finding, or after measures are complied with; the reason is mandatory."""
    case = standing.cases.get(case_sid)
    refusal = working(standing, case, by)
    if refusal or case is None:
        return refusal or Refusal("case_unknown", values={"case": case_sid})
    if reason not in CLOSINGS:
        return Refusal("closing_unknown", values={"reason": reason})
    refusal = _may_close(standing, case, reason)
    if refusal:
        return refusal
    return Decision((drafted(CaseClosed(case_sid, reason, note), standing.log, now),), standing.reads)


EARLY = ("outside_mandate", "inadmissible", "withdrawn", "settled")
"""Closings before anything has been found."""


def _may_close(standing: Standing, case: Case, reason: str) -> Refusal | None:
    """Whether the state allows this reason: nobody closes with a verdict that was not reached, or buries one that was."""
    determination = standing.determinations.get(case.determination)
    finding = standing.findings.get(case.finding)
    if any(undecided(standing, row) for row in case.course.appeals):
        return Refusal("appeal_waits")
    if case.flags:
        return Refusal("support_discredited", values={"report": case.flags[0]})
    ruled = determination.ruled if determination is not None and determination.in_force else ()
    asked = [standing.measures[sid] for sid in case.measures if standing.measures[sid].ended is None]
    if asked or any(row.disposition == "violation" for row in ruled):
        if reason != "complied":
            return Refusal("measures_pending")
        return None if asked and all(row.complied and not row.stays for row in asked) else Refusal("not_complied")
    if determination is not None and determination.ended is not None and not determination.varied:
        return None if reason == "annulled" else Refusal("closing_stage", values={"reason": reason})
    if reason == "complied":
        return Refusal("not_complied")
    allowed = set() if finding is not None else set(EARLY)
    allowed |= {row.disposition for row in ruled}
    if finding is not None and finding.in_force and determination is None:
        holdings = {held.holding for held in finding.adopted.held}
        allowed |= {"not_established"} if holdings == {"not_established"} else set()
        binding = standing.agreement is not None and standing.agreement.authority.value == "binding"
        allowed |= set() if binding else {"settled"}
    return None if reason in allowed else Refusal("closing_stage", values={"reason": reason})
