"""Determinations: breach or no breach of a provision, by those who have the authority; and the signatures acts need.

Rules
1. No determination without a finding in force (domain.md b.6, invariant 1); each issue gets exactly one disposition.
2. A violation needs a finding that is established, attributed, and at the standard which the agreement asks for the
   severity that its own table computes; the severity is computed here, never asserted.
3. Where the authority is advisory or none there is no determination, whatever people sign.
4. `signature.add` is one more signature on a finding, determination or measure; the completing one brings it into force.
   What rests on a report that was discredited meanwhile gets no further signature.
5. A determination carries what later ladders read: party, provision, severity and the instant of the occurrence.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from tiga.agreement import reading
from tiga.mechanism import cases, mandates
from tiga.mechanism.acts import Actor, Decision, Outcome, Refusal, drafted
from tiga.mechanism.findings import Held
from tiga.values.moments import Instant

if TYPE_CHECKING:
    from tiga.mechanism.standing import Standing

UNATTRIBUTED = ("not_attributed", "not_established")
"""Attributions that say that no link to a party is held: no violation can rest on them."""
DISPOSITIONS = ("violation", "no_violation", "not_established", "not_attributed", "outside_mandate")


@dataclass(frozen=True, slots=True)
class Ruled:
    """The disposition of one issue, with all that later counts depend on. `severity` is set for a violation only."""

    issue: str
    party: str
    provision: str
    code: str
    disposition: str
    occurred: Instant
    severity: str = ""
    factors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DeterminationIssued:
    ACT: ClassVar[str] = "determination.issue"
    RELEASE: ClassVar[str] = "R1"

    case: str
    finding: str
    ruled: tuple[Ruled, ...]
    reasons: str
    agreement: str

    def threads(self, sid: str) -> tuple[str, ...]:
        return (f"case:{self.case}", *(f"party:{party}" for party in sorted({row.party for row in self.ruled})))


@dataclass(frozen=True, slots=True)
class SignatureAdded:
    ACT: ClassVar[str] = "signature.add"
    RELEASE: ClassVar[str] = "R1"

    case: str
    of: str
    parties: tuple[str, ...] = ()

    def threads(self, sid: str) -> tuple[str, ...]:
        return (f"case:{self.case}", *(f"party:{party}" for party in self.parties))


@dataclass(frozen=True, slots=True)
class Determination:
    """A determination and the key names that have signed it."""

    sid: str
    index: int
    at: Instant
    issued: DeterminationIssued
    signers: tuple[str, ...]
    in_force: Instant | None = None


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
    refusal = mandates.may_sign(standing, "determination.issue", by)
    if refusal:
        return refusal
    finding = standing.findings.get(case.finding)
    if finding is None or finding.in_force is None:
        return Refusal("no_finding", _clause(standing))
    if case.determination:
        return Refusal("determination_exists")
    if set(dispositions) != {row.id for row in case.opened.issues}:
        return Refusal("issues_unmatched", values={"issues": ", ".join(row.id for row in case.opened.issues)})
    if not reasons.strip():
        return Refusal("reason_missing")
    ruled = []
    for held in finding.adopted.held:
        row = rule_on(standing, case, held, dispositions[held.issue])
        if isinstance(row, Refusal):
            return row
        ruled.append(row)
    kind = DeterminationIssued(case_sid, case.finding, tuple(ruled), reasons, standing.agreement_sha256)
    return Decision((drafted(kind, standing.log, now),), standing.reads)


def _clause(standing: Standing) -> str:
    quorum = standing.agreement.quorum("determination.issue") if standing.agreement else None
    return quorum.clause if quorum else ""


def rule_on(standing: Standing, case: cases.Case, held: Held, disposition: str) -> Ruled | Refusal:
    """What a disposition says of one issue, derived from the case and the finding; or why it cannot stand (rule 2)."""
    question = case.issue(held.issue)
    assert question is not None and standing.agreement is not None  # the finding was checked against the case
    agreement = standing.agreement
    if disposition not in DISPOSITIONS:
        return Refusal("disposition_unknown", values={"disposition": disposition})
    severity = ""
    if disposition == "violation":
        if held.holding != "established" or held.attribution in UNATTRIBUTED:
            holding = held.attribution if held.holding == "established" else held.holding
            return Refusal("not_held", question.provision, {"issue": held.issue, "holding": holding})
        # A support that has left the incident is known by the case's flag alone.
        if lost := [sid for sid in held.supports if sid in case.flags or _discredited(standing, sid)]:
            return Refusal("support_discredited", values={"issue": held.issue, "report": lost[0]})
        severity, _ = reading.severity(agreement, question.code, frozenset(held.factors))
        needed = agreement.standard(f"violation_{severity}")
        if needed is None or not agreement.meets(held.standard, needed.level):
            level, clause = (needed.level, needed.clause) if needed else ("?", "")
            return Refusal("standard_low", clause, {"issue": held.issue, "given": held.standard, "needed": level})
    elif disposition == "no_violation" and held.holding == "established":
        pass  # established facts may still be no breach: exempted, or responsive
    elif disposition != held.holding and disposition != "no_violation":
        return Refusal("not_held", question.provision, {"issue": held.issue, "holding": held.holding})
    return Ruled(
        held.issue, question.party, question.provision, question.code, disposition, case.opened.occurred, severity,
        held.factors if severity else (),
    )  # fmt: skip


def _discredited(standing: Standing, report: str) -> bool:
    return report in standing.reports and bool(standing.reports[report].discredited)


def sign(standing: Standing, sid: str, by: Actor, now: Instant) -> Outcome:
    """Add a signature to a finding, determination or measure that waits for its quorum."""
    found = standing.signable(sid)
    if found is None:
        return Refusal("nothing_to_sign")
    act, case_sid, signers, in_force, parties = found
    case = standing.cases.get(case_sid)
    refusal = cases.working(standing, case, by) or mandates.may_sign(standing, act, by)
    if refusal or case is None:
        return refusal or Refusal("nothing_to_sign")
    if in_force is not None:
        return Refusal("in_force_already", values={"at": in_force.text()})
    if by.key in map(standing.heir, signers):
        return Refusal("signed_already", values={"member": by.key})
    if case.flags:
        return Refusal("support_discredited", values={"report": case.flags[0]})
    return Decision((drafted(SignatureAdded(case_sid, sid, parties), standing.log, now),), standing.reads)
