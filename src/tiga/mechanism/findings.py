"""Findings: facts held established, issue by issue, at a named standard, by a quorum.

Rules
1. No finding without a reply offered: the clock has ended or both parties have replied, and replies are open
   (domain.md b.6, invariant 1).
2. The standard is asserted by people; the software checks what must stand before it: support that is not discredited, a
   gist that the other side could answer, and for an attribution the standard that the agreement asks of it.
3. A finding takes force with the signature that completes the quorum; until then it is a draft that the panel sees.
4. Dissents and limitations are entries of their own kind, never free text beside the act.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from tiga.agreement.clauses import Agreement
from tiga.mechanism import cases, mandates
from tiga.mechanism.acts import Actor, Decision, Outcome, Refusal, drafted
from tiga.values.moments import Instant

if TYPE_CHECKING:
    from tiga.mechanism.standing import Standing

INDEPENDENT_MIN = 2
"""Independent origins (domain.md b.4); fewer must be said as the limitation `single_source`."""
ELEMENTS = 4
HOLDINGS = ("established", "not_established", "not_attributed", "outside_mandate")
LIMITATIONS = ("no_site_access", "late_access", "single_source", "no_reply", "records_withheld", "place_in_band")


@dataclass(frozen=True, slots=True)
class Held:
    """What is held on one issue: at which standard, attributed how, resting on which reports, with which factors.

    `elements` are the four that `failed_to_prevent` needs (domain.md b.4), each in words: territorial nexus, knowledge or
    notice, reasonable steps available, not taken in the agreed time.
    """

    issue: str
    holding: str
    standard: str
    gist: str
    attribution: str = ""
    supports: tuple[str, ...] = ()
    factors: tuple[str, ...] = ()
    limitations: tuple[str, ...] = ()
    elements: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FindingAdopted:
    ACT: ClassVar[str] = "finding.adopt"
    RELEASE: ClassVar[str] = "R3"

    case: str
    held: tuple[Held, ...]

    def threads(self, sid: str) -> tuple[str, ...]:
        resting = sorted({report for row in self.held for report in row.supports})
        return (f"case:{self.case}", *(f"report:{report}" for report in resting))


@dataclass(frozen=True, slots=True)
class FindingDissented:
    ACT: ClassVar[str] = "finding.dissent"
    RELEASE: ClassVar[str] = "R1"

    case: str
    finding: str
    text: str

    def threads(self, sid: str) -> tuple[str, ...]:
        return (f"case:{self.case}",)


@dataclass(frozen=True, slots=True)
class Finding:
    """A finding and the key names that have signed it; `in_force` is the instant of the completing signature."""

    sid: str
    index: int
    at: Instant
    adopted: FindingAdopted
    signers: tuple[str, ...]
    in_force: Instant | None = None

    @property
    def supports(self) -> tuple[str, ...]:
        return tuple(sorted({report for held in self.adopted.held for report in held.supports}))


def adopt(standing: Standing, case_sid: str, held: tuple[Held, ...], by: Actor, now: Instant) -> Outcome:
    """Put a finding before the panel with the first signature."""
    case = standing.cases.get(case_sid)
    refusal = cases.working(standing, case, by)
    if refusal or case is None or standing.agreement is None:
        return refusal or Refusal("no_agreement")
    refusal = _ready(standing, case, now) or mandates.may_sign(standing, "finding.adopt", by)
    if refusal:
        return refusal
    if {row.issue for row in held} != {issue.id for issue in case.opened.issues} or len(held) != len(
        case.opened.issues
    ):
        return Refusal("issues_unmatched", values={"issues": ", ".join(issue.id for issue in case.opened.issues)})
    for row in held:
        refusal = _held(standing, standing.agreement, row)
        if refusal:
            return refusal
    return Decision((drafted(FindingAdopted(case_sid, held), standing.log, now),), standing.reads)


def _ready(standing: Standing, case: cases.Case, now: Instant) -> Refusal | None:
    clause = cases._clock_clause(standing, "reply")
    if case.notice is None:
        return Refusal("no_notice", clause)
    if case.admitted is None:
        return Refusal("not_admitted", cases._clock_clause(standing, "triage"))
    if case.replies_opened is None and now < case.notice.reply_due:
        return Refusal("reply_clock", clause, {"due": case.notice.reply_due.text()})
    if case.replies_opened is None:
        return Refusal("replies_sealed", clause)
    if case.finding:
        return Refusal("finding_exists")
    return None


def _held(standing: Standing, agreement: Agreement, row: Held) -> Refusal | None:
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
    if row.attribution not in agreement.attributions:
        return Refusal("attribution_unknown", values=values | {"attribution": row.attribution})
    if not row.supports:
        return Refusal("support_missing", values=values)
    if absent := [sid for sid in row.supports if sid not in standing.reports]:
        return Refusal("report_unknown", values=values | {"report": absent[0]})
    if lost := [sid for sid in row.supports if standing.reports[sid].discredited]:
        return Refusal("support_discredited", values=values | {"report": lost[0]})
    if len(_origins(standing, row)) < INDEPENDENT_MIN and "single_source" not in row.limitations:
        return Refusal("single_origin", values=values)
    if row.attribution == "failed_to_prevent" and (
        len(row.elements) != ELEMENTS or not all(map(str.strip, row.elements))
    ):
        return Refusal("elements_missing", values=values | {"number": str(ELEMENTS)})
    needed = agreement.standard(row.attribution)
    if needed and not agreement.meets(row.standard, needed.level):
        return Refusal("standard_low", needed.clause, values | {"given": row.standard, "needed": needed.level})
    return None


def _origins(standing: Standing, row: Held) -> set[str]:
    """Who stands behind the support: a party speaks once, however many reports it files; anybody else as who signed."""
    filed = [standing.reports[sid] for sid in row.supports]
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
