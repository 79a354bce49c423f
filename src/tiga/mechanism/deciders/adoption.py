"""Deciding on findings: what must stand before one is put, and on dissents.

Rules
1. What hangs on the side of the line is held established only when a joint survey agreed; other issues go on meanwhile.
2. A refused access supports nothing but an issue about access, unless the agreement permits an adverse inference; and then
   never alone (domain.md g.10).
3. What supports a holding stands in the case's incident, itself or by an earlier version (`binding`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiga.agreement.clauses import Agreement
from tiga.mechanism import access, binding, cases, guards, mandates, surveys
from tiga.mechanism.acts import Actor, Decision, Outcome, Refusal, drafted
from tiga.mechanism.cases import (
    clock_clause,
)
from tiga.mechanism.findings import (
    ELEMENTS,
    HOLDINGS,
    INDEPENDENT_MIN,
    LIMITATIONS,
    FindingAdopted,
    FindingDissented,
    Held,
)
from tiga.values.moments import Instant

if TYPE_CHECKING:
    from tiga.mechanism.standing import Standing


def may_adopt(standing: Standing, case_sid: str, by: Actor, now: Instant) -> Refusal | None:
    """What a finding asks before anybody looks at what is held."""
    case = standing.cases.get(case_sid)
    refusal = cases.working(standing, case, by)
    if refusal or case is None or standing.agreement is None:
        return refusal or Refusal("no_agreement")
    return _ready(standing, case, now) or mandates.may_sign(standing, "finding.adopt", by)


def adopt(standing: Standing, case_sid: str, held: tuple[Held, ...], by: Actor, now: Instant) -> Outcome:
    """Put a finding before the panel with the first signature."""
    if refusal := may_adopt(standing, case_sid, by, now):
        return refusal
    case, agreement = standing.cases[case_sid], guards.agreement(standing)
    if {row.issue for row in held} != {issue.id for issue in case.opened.issues} or len(held) != len(
        case.opened.issues
    ):
        return Refusal("issues_unmatched", values={"issues": ", ".join(issue.id for issue in case.opened.issues)})
    facts = {issue.id: issue.question for issue in case.opened.issues if issue.question}
    for row in held:
        refusal = _held(standing, case, row, facts.get(row.issue, "")) or _inferred(standing, agreement, case, row)
        if refusal:
            return refusal
    open_ = [row.issue for row in held if facts.get(row.issue) == "occurred" and row.holding != "established"]
    if open_ and any(row.holding == "established" for row in held if row.issue not in facts):
        return Refusal("occurrence_open", values={"issue": open_[0]})
    ruled = case.determination in standing.determinations or case.sid in standing.deadlocks
    parties = sorted({row.party for row in case.opened.issues if row.party}) if ruled else []
    incident = case.opened.incident
    claims = binding.claims(standing, incident, named=True)
    kind = FindingAdopted(case_sid, held, case.determination, tuple(parties), incident if claims else "", claims)
    return Decision((drafted(kind, standing.log, now),), standing.reads)


def _ready(standing: Standing, case: cases.Case, now: Instant) -> Refusal | None:
    clause = clock_clause(standing, "reply")
    if case.notice is None:
        return Refusal("no_notice", clause)
    if case.admitted is None:
        return Refusal("not_admitted", clock_clause(standing, "triage"))
    if case.finding and not case.renewed(standing.findings[case.finding].at) and not _spoilt(standing, case):
        return Refusal("finding_exists")
    draft, due, opened = case.course.draft, case.reply_due, cases.answered(standing, case)
    drafts = standing.agreement is not None and standing.agreement.reply_to == "draft"
    if drafts and (draft is None or case.renewed(draft.at)):
        return Refusal("draft_missing", clause)
    if opened is None and due is not None and now < due:
        return Refusal("reply_clock", clause, {"due": due.text()})
    if opened is None:
        return Refusal("replies_sealed", clause)
    return None


def _spoilt(standing: Standing, case: cases.Case) -> bool:
    """Whether the finding that is put can take force no more: it lost a support before it was signed."""
    put = standing.findings[case.finding]
    return put.in_force is None and not set(put.supports).isdisjoint(case.flags)


def _held(standing: Standing, case: cases.Case, row: Held, question: str) -> Refusal | None:
    agreement = guards.agreement(standing)
    values = {"issue": row.issue}
    if row.holding not in HOLDINGS or row.standard not in agreement.standard_order:
        return Refusal("holding_unknown", values=values | {"holding": row.holding, "standard": row.standard})
    if not row.gist.strip() or len(row.gist) > cases.TEXT_LIMIT:
        return Refusal("gist_missing", values=values)
    if unknown := [name for name in row.limitations if name not in LIMITATIONS]:
        return Refusal("limitation_unknown", values=values | {"limitation": unknown[0]})
    shifts = (*agreement.severity_shifts, *agreement.ladder_shifts)
    if unknown := [name for name in row.factors if name not in {shift.factor for shift in shifts}]:
        return Refusal("factor_unknown", values=values | {"factor": unknown[0]})
    if row.holding != "established":
        return None
    if question and row.attribution:
        return Refusal("fact_attributed", values=values)
    if not question and row.attribution not in agreement.attributions:
        return Refusal("attribution_unknown", values=values | {"attribution": row.attribution})
    if not row.supports:
        return Refusal("support_missing", values=values)
    if absent := [sid for sid in row.supports if not binding.stands_in(standing, case.opened.incident, sid)]:
        return Refusal("report_unknown", values=values | {"report": absent[0]})
    if lost := [sid for sid in row.supports if standing.reports[sid].lost]:
        return Refusal("support_discredited", values=values | {"report": lost[0]})
    if all(standing.reports[sid].filed.custodial for sid in row.supports):
        return Refusal("custodial_alone", values=values)
    if len(origins(standing, row.supports)) < INDEPENDENT_MIN and "single_source" not in row.limitations:
        return Refusal("single_origin", values=values)
    if row.attribution == "failed_to_prevent" and (
        len(row.elements) != ELEMENTS or not all(map(str.strip, row.elements))
    ):
        return Refusal("elements_missing", values=values | {"number": str(ELEMENTS)})
    needed = agreement.standard(row.attribution)
    if needed and not agreement.meets(row.standard, needed.level):
        return Refusal("standard_low", needed.clause, values | {"given": row.standard, "needed": needed.level})
    return None


def _inferred(standing: Standing, agreement: Agreement, case: cases.Case, row: Held) -> Refusal | None:
    """Whether an issue that is held established waits for a survey, or rests on refusals of access as it may not."""
    if row.holding != "established":
        return None
    values = {"issue": row.issue}
    question = case.issue(row.issue)
    survey = surveys.of_issue(standing, case.sid, row.issue)
    if survey is not None and survey.state != "survey_agreed":
        return Refusal("survey_open", values=values)
    codes = set(access.ANSWERS.values()) - {""}
    refusals = [sid for sid in row.supports if (acts := set(standing.reports[sid].filed.acts)) and acts <= codes]
    if not refusals or (question is not None and question.code in codes):
        return None
    term = agreement.terms.get("adverse_inference")
    if term is None or term.value != "permitted":
        return Refusal("inference_barred", term.clause if term else "", values | {"report": refusals[0]})
    return Refusal("inference_alone", term.clause, values) if len(refusals) == len(row.supports) else None


def origins(standing: Standing, supports: tuple[str, ...]) -> set[str]:
    """Who stands behind reports: a party speaks once, however many it files; anybody else as who signed. What was said in
    custody is nobody's independent word."""
    filed = [row for sid in supports if (row := standing.reports.get(sid)) and not row.filed.custodial]
    return {report.filed.party or standing.heir(report.by) for report in filed}


def dissent(standing: Standing, finding_sid: str, text: str, by: Actor, now: Instant) -> Outcome:
    """A member of the panel or a party's component puts a dissent on the record."""
    finding = standing.findings.get(finding_sid)
    if finding is None:
        return Refusal("finding_unknown")
    if by.key not in standing.seats:
        return Refusal("not_seated", values={"member": by.key})
    if by.key in standing.recused:
        return Refusal("recused", values={"member": by.key})
    if not text.strip():
        return Refusal("reason_missing")
    kind = FindingDissented(finding.adopted.case, finding_sid, text)
    return Decision((drafted(kind, standing.log, now),), standing.reads)
