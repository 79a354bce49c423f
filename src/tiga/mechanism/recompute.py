"""Recompute every measure from verified entries, and say where the result differs.

Rules
1. The input is what `record.verify` has passed; nothing here checks a signature.
2. Each measure is derived anew from the entries before it, with the agreement version that its determination cites.
3. A measure that cannot be recomputed is named with what is missing; it never counts as confirmed.
4. The order of invariant 1 is checked on the way: finding with reply offered, determination, measure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tiga.agreement.clauses import Agreement
from tiga.mechanism import measures
from tiga.mechanism.acts import Refusal
from tiga.mechanism.standing import Standing
from tiga.record.entries import Entry


@dataclass(frozen=True, slots=True)
class Recomputed:
    """One measure: its sid and index, the outcome (`same`, `differs`, `missing`), what differs or is missing, the
    explanation's bytes where they could be made, and how many violations stood against the party before it."""

    sid: str
    index: int
    outcome: str
    detail: str = ""
    explanation: bytes = b""
    precedents: int = 0


def recompute(log: str, entries: Iterable[Entry], agreements: Mapping[str, Agreement]) -> tuple[Recomputed, ...]:
    """Recompute all measures found in `entries` (ascending by index)."""
    standing = Standing(log, agreements)
    rows = []
    for entry in entries:
        if entry.envelope.act == measures.MeasureImposed.ACT:
            rows.append(_one(standing, entry))
        standing.apply(entry)
    return tuple(rows)


def _one(standing: Standing, entry: Entry) -> Recomputed:
    from tiga.mechanism.standing import REGISTRY

    kind = REGISTRY.decode(entry.envelope)
    assert isinstance(kind, measures.MeasureImposed)  # the caller has looked at the act
    missing = _missing(standing, kind)
    if missing:
        return Recomputed(entry.sid, entry.index, "missing", missing)
    determination = standing.determinations[kind.determination]
    ruled = next((row for row in determination.issued.ruled if row.issue == kind.issue), None)
    if ruled is None or ruled.disposition != "violation":
        return Recomputed(entry.sid, entry.index, "differs", "disposition")
    computed = measures.compute(standing, determination, ruled, entry.envelope.at)
    if isinstance(computed, Refusal):
        return Recomputed(entry.sid, entry.index, "differs", computed.code)
    facts = measures.situation(standing, determination, ruled, entry.envelope.at)
    for name, ours, theirs in (
        ("party", ruled.party, kind.party),
        ("step", computed.step, kind.step),
        ("items", computed.items, kind.items),
        ("explanation", computed.sha256, kind.explanation),
    ):
        if ours != theirs:
            return Recomputed(entry.sid, entry.index, "differs", name, computed.explanation, len(facts.past))
    return Recomputed(entry.sid, entry.index, "same", "", computed.explanation, len(facts.past))


def _missing(standing: Standing, kind: measures.MeasureImposed) -> str:
    """What stands between these entries and a recomputation, or nothing."""
    if kind.agreement not in standing.agreements or standing.agreement_sha256 != kind.agreement:
        return "agreement"
    case = standing.cases.get(kind.case)
    if case is None:
        return "case"
    finding = standing.findings.get(case.finding)
    if finding is None or finding.in_force is None:
        return "finding"
    if case.replies_opened is None or case.replies_opened > finding.at:
        return "reply"
    determination = standing.determinations.get(kind.determination)
    if determination is None or determination.in_force is None:
        return "determination"
    return ""
