"""Deciding on files: deposited on a case, open to both parties."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiga.drafts import EvidenceItem
from tiga.mechanism.acts import Actor, Decision, Outcome, Refusal, Released, drafted, sealed
from tiga.mechanism.evidence import LENGTH_LIMIT, NOTE_LIMIT, EvidenceDeposited
from tiga.mechanism.reports import Salts
from tiga.record.disclosures import Disclosure
from tiga.values.moments import Instant

if TYPE_CHECKING:
    from tiga.mechanism.standing import Standing


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
