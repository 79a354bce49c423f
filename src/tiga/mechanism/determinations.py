"""Determinations: breach or no breach of a provision, by those who have the authority; and the signatures acts need.

Rules
1. No determination without a finding in force (domain.md b.6, invariant 1); each issue that asks for a breach gets exactly
   one disposition, a question of fact gets none.
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
from tiga.mechanism import cases
from tiga.mechanism.acts import Refusal
from tiga.mechanism.findings import Held
from tiga.mechanism.rulings import Ruled as Ruled
from tiga.values.moments import Instant

if TYPE_CHECKING:
    from tiga.mechanism.standing import Standing

UNATTRIBUTED = ("not_attributed", "not_established")
"""Attributions that say that no link to a party is held: no violation can rest on them."""
DISPOSITIONS = ("violation", "no_violation", "not_established", "not_attributed", "outside_mandate")


@dataclass(frozen=True, slots=True)
class DeterminationIssued:
    ACT: ClassVar[str] = "determination.issue"
    RELEASE: ClassVar[str] = "R1"

    case: str
    finding: str
    ruled: tuple[Ruled, ...]
    reasons: str
    agreement: str
    rule: str = ""

    def threads(self, sid: str) -> tuple[str, ...]:
        return (f"case:{self.case}", *(f"party:{party}" for party in sorted({row.party for row in self.ruled})))


@dataclass(frozen=True, slots=True)
class SignatureAdded:
    """One more signature on what waits for them; without a case on a ruling that belongs to none."""

    ACT: ClassVar[str] = "signature.add"
    RELEASE: ClassVar[str] = "R1"

    case: str = ""
    of: str = ""
    parties: tuple[str, ...] = ()

    def threads(self, sid: str) -> tuple[str, ...]:
        """Its case's; the roster's for what belongs to no case, a ruling on a challenge."""
        return (f"case:{self.case}" if self.case else "roster", *(f"party:{party}" for party in self.parties))


@dataclass(frozen=True, slots=True)
class Determination:
    """A determination and the key names that have signed it. `ended` is when an appeal annulled or varied it (then `varied`
    holds what is ruled instead), or a new finding superseded it."""

    sid: str
    index: int
    at: Instant
    issued: DeterminationIssued
    signers: tuple[str, ...]
    in_force: Instant | None = None
    ended: Instant | None = None
    varied: tuple[Ruled, ...] = ()

    @property
    def ruled(self) -> tuple[Ruled, ...]:
        """What it rules now: as issued, or as varied on appeal; nothing once it is annulled or superseded."""
        return self.issued.ruled if self.ended is None else self.varied

    def ruled_at(self, at: Instant) -> tuple[Ruled, ...]:
        """What it ruled at an instant; nothing before it took force."""
        if self.in_force is None or self.in_force > at:
            return ()
        return self.issued.ruled if self.ended is None or self.ended > at else self.varied


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
        if lost := _lost(standing, case, held):
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


def _lost(standing: Standing, case: cases.Case, held: Held) -> list[str]:
    """The supports that a holding has lost and was not confirmed without; all that are gone where none is left."""
    # A support that has left the incident is known by the case's flag alone.
    reports, known = standing.reports, held.supports
    gone = [sid for sid in known if sid in case.flags or (sid in reports and reports[sid].lost)]
    every = len(gone) == len(known)
    return [sid for sid in gone if every or sid in case.flags or sid not in case.course.confirmed]
