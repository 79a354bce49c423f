"""Measures: what follows a violation, computed by the agreement's ladder, signed by a quorum, complied with and verified.

Rules
1. No measure without a determination in force (domain.md b.6, invariant 1), one set of measures for an issue, once.
2. Same entries, same agreement version: same measure and same explanation, byte for byte (invariant 3). The entry cites
   the SHA-256 of both.
3. Only determinations in force before it count as precedents; a report never does (invariant 2).
4. The executor reports, somebody else verifies.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from tiga.agreement.clauses import Party
from tiga.agreement.ladder import Imposed, Past, Situation
from tiga.mechanism import cases, explanation, mandates
from tiga.mechanism.acts import Actor, Decision, Outcome, Refusal, drafted
from tiga.mechanism.determinations import Determination, Ruled
from tiga.record import canonical
from tiga.values.moments import Instant, Span

if TYPE_CHECKING:
    from tiga.mechanism.standing import Standing


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that a measure asks: its type in the agreement, who executes it, until when, how long it stays."""

    id: str
    executor: str
    due: Instant
    clause: str
    beneficiary: str = ""
    expiry: str = ""
    amount: str = ""
    currency: str = ""


@dataclass(frozen=True, slots=True)
class MeasureImposed:
    ACT: ClassVar[str] = "measure.impose"
    RELEASE: ClassVar[str] = "R1"

    case: str
    determination: str
    issue: str
    party: str
    step: int
    items: tuple[Item, ...]
    explanation: str
    agreement: str

    def threads(self, sid: str) -> tuple[str, ...]:
        return (f"case:{self.case}", f"party:{self.party}")


@dataclass(frozen=True, slots=True)
class ComplianceReported:
    ACT: ClassVar[str] = "compliance.report"
    RELEASE: ClassVar[str] = "R1"

    case: str
    measure: str
    item: str
    party: str
    text: str

    def threads(self, sid: str) -> tuple[str, ...]:
        return (f"case:{self.case}", f"party:{self.party}")


@dataclass(frozen=True, slots=True)
class ComplianceVerified:
    ACT: ClassVar[str] = "compliance.verify"
    RELEASE: ClassVar[str] = "R1"

    case: str
    measure: str
    item: str
    party: str
    met: bool
    text: str

    def threads(self, sid: str) -> tuple[str, ...]:
        return (f"case:{self.case}", f"party:{self.party}")


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure and what has become of it: who signed, since when in force, items reported and verified (and when)."""

    sid: str
    index: int
    at: Instant
    imposed: MeasureImposed
    signers: tuple[str, ...]
    in_force: Instant | None = None
    reported: dict[str, Instant] = field(default_factory=dict)
    verified: dict[str, Instant] = field(default_factory=dict)
    refused: dict[str, Instant] = field(default_factory=dict)

    @property
    def complied(self) -> bool:
        return self.in_force is not None and all(item.id in self.verified for item in self.imposed.items)

    def unmet(self, now: Instant) -> bool:
        """In force, and an item's due instant has passed without its being verified."""
        late = any(item.due <= now and item.id not in self.verified for item in self.imposed.items)
        return self.in_force is not None and late


@dataclass(frozen=True, slots=True)
class Computed:
    """What the ladder gives for one issue: the step, the items and the explanation's canonical bytes."""

    step: int
    items: tuple[Item, ...]
    explanation: bytes

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.explanation).hexdigest()


def situation(standing: Standing, determination: Determination, ruled: Ruled, at: Instant) -> Situation:
    """What stands against the party at `at`: violations in force and measures, without the issue in hand."""
    past = []
    for sid, other in sorted(standing.determinations.items()):
        if other.in_force is None or other.in_force > at:
            continue
        for row in other.issued.ruled:
            if (
                row.party == ruled.party
                and row.disposition == "violation"
                and (sid, row.issue) != (determination.sid, ruled.issue)
            ):
                past.append(Past(f"{sid}#{row.issue}", row.occurred, row.severity))
    imposed = [
        Imposed(sid, measure.in_force, measure.imposed.step, measure.unmet(at))
        for sid, measure in sorted(standing.measures.items())
        if measure.imposed.party == ruled.party and measure.in_force is not None and measure.in_force <= at
    ]
    return Situation(ruled.occurred, ruled.severity, tuple(past), tuple(imposed))


def compute(standing: Standing, determination: Determination, ruled: Ruled, at: Instant) -> Computed | Refusal:
    """The measure that the agreement gives for a violation, with its explanation; pure in (agreement, entries, at)."""
    agreement = standing.agreement
    if agreement is None:
        return Refusal("no_agreement")
    facts = situation(standing, determination, ruled, at)
    reasoned = explanation.reason(agreement, standing.agreement_sha256, determination, ruled, facts, at)
    if isinstance(reasoned, Refusal):
        return reasoned
    items = []
    for measure_id in reasoned.measures:
        kind = agreement.measure(measure_id)
        if kind is None:
            return Refusal("measure_unknown", values={"measure": measure_id})
        executor = ruled.party if kind.executor == "accused_party" else kind.executor
        due = at.plus(Span.parse(kind.within))
        items.append(
            Item(kind.id, executor, due, kind.clause, kind.beneficiary, kind.expiry, kind.amount, kind.currency)
        )
    document = explanation.document(reasoned, agreement, tuple(items))
    return Computed(reasoned.step, tuple(items), canonical.encode(document))


def impose(standing: Standing, case_sid: str, issue_id: str, by: Actor, now: Instant) -> Outcome:
    """Put the computed measure for one issue before the signatories with the first signature."""
    case = standing.cases.get(case_sid)
    refusal = cases.working(standing, case, by) or mandates.may_sign(standing, "measure.impose", by)
    if refusal or case is None:
        return refusal or Refusal("case_unknown", values={"case": case_sid})
    determination = standing.determinations.get(case.determination)
    if determination is None or determination.in_force is None:
        return Refusal("no_determination", _clause(standing))
    ruled = next((row for row in determination.issued.ruled if row.issue == issue_id), None)
    if ruled is None or ruled.disposition != "violation":
        return Refusal("no_violation", _clause(standing), {"issue": issue_id})
    if any(standing.measures[sid].imposed.issue == issue_id for sid in case.measures):
        return Refusal("measure_exists", values={"issue": issue_id})
    if case.flags:
        return Refusal("support_discredited", values={"issue": issue_id, "report": case.flags[0]})
    computed = compute(standing, determination, ruled, now)
    if isinstance(computed, Refusal):
        return computed
    kind = MeasureImposed(
        case_sid, determination.sid, issue_id, ruled.party, computed.step, computed.items, computed.sha256,
        standing.agreement_sha256,
    )  # fmt: skip
    return Decision((drafted(kind, standing.log, now),), standing.reads)


def _clause(standing: Standing) -> str:
    quorum = standing.agreement.quorum("measure.impose") if standing.agreement else None
    return quorum.clause if quorum else ""


def report_compliance(standing: Standing, sid: str, item_id: str, text: str, by: Actor, now: Instant) -> Outcome:
    """The executor says what was done: a claim of fulfilment, not yet a fact."""
    measure = standing.measures.get(sid)
    if measure is None or measure.in_force is None:
        return Refusal("measure_not_in_force")
    item = next((row for row in measure.imposed.items if row.id == item_id), None)
    if item is None:
        return Refusal("item_unknown", values={"item": item_id})
    if not _executes(standing, measure, item, by):
        return Refusal("not_executor", item.clause, {"executor": item.executor})
    if item_id in measure.verified:
        return Refusal("verified_already", values={"item": item_id})
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


def verify_compliance(
    standing: Standing, sid: str, item_id: str, met: bool, text: str, by: Actor, now: Instant
) -> Outcome:
    """A seated mediator says whether the acceptance test is met; only what was reported can be verified."""
    measure = standing.measures.get(sid)
    if measure is None or measure.in_force is None:
        return Refusal("measure_not_in_force")
    refusal = cases.working(standing, standing.cases.get(measure.imposed.case), by)
    if refusal:
        return refusal
    if item_id not in measure.reported:
        return Refusal("not_reported", values={"item": item_id})
    if item_id in measure.verified:
        return Refusal("verified_already", values={"item": item_id})
    if not text.strip():
        return Refusal("reason_missing")
    kind = ComplianceVerified(measure.imposed.case, sid, item_id, measure.imposed.party, met, text)
    return Decision((drafted(kind, standing.log, now),), standing.reads)
