"""Evidence deposited on a case: the bytes go to the vault, the entry holds digests.

Rules
1. A file is never referred to by its bare hash: a disclosure `blob` carries hash, length, media type and the name as given
   (record.md F4). The bytes are kept as they came and are only ever handed out as a download.
2. Depositing says nothing about what a file proves. Verdicts on files come with a later version.
3. A party deposits on cases it is a party to; monitors, mediators and the secretariat on any.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from tiga.drafts import EvidenceItem
from tiga.mechanism.acts import Actor, Decision, Outcome, Refusal, Released, drafted, sealed
from tiga.mechanism.reports import Salts
from tiga.record.disclosures import Disclosure
from tiga.values.moments import Instant

if TYPE_CHECKING:
    from tiga.mechanism.standing import Standing

LENGTH_LIMIT = 10 * 1024 * 1024
"""Bytes of one file."""
NOTE_LIMIT = 400


@dataclass(frozen=True, slots=True)
class EvidenceDeposited:
    ACT: ClassVar[str] = "evidence.deposit"
    RELEASE: ClassVar[str] = "R1"

    case: str
    by: str
    sd: tuple[str, ...]

    def threads(self, sid: str) -> tuple[str, ...]:
        return (f"case:{self.case}",)


@dataclass(frozen=True, slots=True)
class Evidence:
    """A deposit: its sid, when, and by which component or role."""

    sid: str
    at: Instant
    by: str


def deposit(standing: Standing, case_sid: str, item: EvidenceItem, by: Actor, now: Instant, salts: Salts) -> Outcome:
    """Deposit a file on a case; open to both parties, as what a finding may rest on must be."""
    case = standing.cases.get(case_sid)
    if standing.scope == "press":
        return Refusal("press_record")
    if case is None:
        return Refusal("case_unknown", values={"case": case_sid})
    if case.closed:
        return Refusal("case_closed", values={"reason": case.closed})
    if by.role not in ("monitor", "liaison", "mediator", "secretariat"):
        return Refusal("role", values={"role": by.role, "needed": "monitor"})
    if by.role == "liaison" and by.component not in case.parties:
        return Refusal("not_party", values={"party": by.component})
    if not 0 < len(item.data) <= LENGTH_LIMIT:
        return Refusal("evidence_length", values={"limit": str(LENGTH_LIMIT)})
    blob = {"sha256": item.sha256, "len": len(item.data), "mt": item.media_type, "name": item.name}
    if item.note:
        blob["note"] = item.note[:NOTE_LIMIT]
    values = (Released(Disclosure(salts[0], "blob", blob), "R1"),)
    kind = EvidenceDeposited(case_sid, by.component or by.role, sealed(values, salts[2:]))
    return Decision((drafted(kind, standing.log, now, values),), standing.reads)
