"""Recompute every measure from verified entries, and say where the result differs.

Rules
1. The input is what `record.verify` has passed; nothing here checks a signature.
2. Each measure is derived anew from the entries before it, with the agreement version that its determination cites.
3. A measure that cannot be recomputed is named with what is missing; it never counts as confirmed.
4. The order of invariant 1 is checked on the way: finding with reply offered, determination, measure. What a
   determination says of the issue (party, provision, severity, factors, standard) is derived again from the case and the
   finding: a signed untruth does not pass.
5. On a press record no act of a case, finding, determination or measure counts; each is named.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tiga.agreement.clauses import Agreement
from tiga.mechanism import determinations, explanation, measures
from tiga.mechanism.acts import Refusal
from tiga.mechanism.determinations import Determination, Ruled
from tiga.mechanism.standing import BARRED, Standing
from tiga.record.entries import Entry
from tiga.values.shapes import BadShape


@dataclass(frozen=True, slots=True)
class Recomputed:
    """One measure: its sid and index, the outcome (`same`, `differs`, `missing`), what differs or is missing, the
    explanation's bytes where they could be made, how many violations stood against the party before it, and the findings
    on which all of these rest, its own first. A determination has no more than outcome and detail."""

    sid: str
    index: int
    outcome: str
    detail: str = ""
    explanation: bytes = b""
    precedents: int = 0
    findings: tuple[str, ...] = ()


def recompute(log: str, entries: Iterable[Entry], agreements: Mapping[str, Agreement]) -> tuple[Recomputed, ...]:
    """Recompute all measures found in `entries` (ascending by index)."""
    standing = Standing(log, agreements)
    rows = []
    for entry in entries:
        if standing.scope == "press" and entry.envelope.act in BARRED:
            rows.append(Recomputed(entry.sid, entry.index, "differs", "press_record"))
        elif entry.envelope.act == measures.MeasureImposed.ACT:
            rows.append(_one(standing, entry))
        standing.apply(entry)
    return tuple(rows)


def _one(standing: Standing, entry: Entry) -> Recomputed:
    from tiga.mechanism.standing import REGISTRY

    try:
        kind = REGISTRY.decode(entry.envelope)
    except BadShape:  # signed, yet in no shape of ours: it is named, and the rest is still computed
        return Recomputed(entry.sid, entry.index, "differs", "shape")
    assert isinstance(kind, measures.MeasureImposed)  # the caller has looked at the act
    missing = _missing(standing, kind)
    if missing:
        return Recomputed(entry.sid, entry.index, "missing", missing)
    determination = standing.determinations[kind.determination]
    if determination.issued.case != kind.case:
        return Recomputed(entry.sid, entry.index, "differs", "case")
    ruled = next((row for row in determination.ruled if row.issue == kind.issue), None)
    if ruled is None or ruled.disposition != "violation":
        return Recomputed(entry.sid, entry.index, "differs", "disposition")
    if wrong := _not_of_the_finding(standing, determination, ruled):
        return Recomputed(entry.sid, entry.index, "differs", wrong)
    form = kind.form or explanation.FORMS[0]
    computed = measures.compute(standing, determination, ruled, entry.envelope.at, form=form)
    if isinstance(computed, Refusal):
        return Recomputed(entry.sid, entry.index, "differs", computed.code)
    past = measures.situation(standing, determination, ruled, entry.envelope.at).past
    before = (standing.determinations[row.id.split("#")[0]].issued.finding for row in past)
    rests = tuple(dict.fromkeys((determination.issued.finding, *before)))
    for name, ours, theirs in (
        ("party", ruled.party, kind.party),
        ("step", computed.step, kind.step),
        ("items", computed.items, kind.items),
        ("explanation", computed.sha256, kind.explanation),
    ):
        if ours != theirs:
            return Recomputed(entry.sid, entry.index, "differs", name, computed.explanation, len(past), rests)
    return Recomputed(entry.sid, entry.index, "same", "", computed.explanation, len(past), rests)


def rederive(log: str, entries: Iterable[Entry], agreements: Mapping[str, Agreement]) -> tuple[Recomputed, ...]:
    """Derive what each determination found in `entries` (ascending by index) says of its issues anew (rule 4)."""
    standing = Standing(log, agreements)
    rows = []
    for entry in entries:
        if standing.scope != "press" and entry.envelope.act == determinations.DeterminationIssued.ACT:
            outcome, detail = _rederived(standing, entry)
            rows.append(Recomputed(entry.sid, entry.index, outcome, detail))
        standing.apply(entry)
    return tuple(rows)


def _rederived(standing: Standing, entry: Entry) -> tuple[str, str]:
    from tiga.mechanism.standing import REGISTRY

    try:
        kind = REGISTRY.decode(entry.envelope)
    except BadShape:
        return "differs", "shape"
    assert isinstance(kind, determinations.DeterminationIssued)  # the caller has looked at the act
    if missing := _missing_before(standing, kind.agreement, kind.case):
        return "missing", missing
    row = Determination(entry.sid, entry.index, entry.envelope.at, kind, entry.signers)
    finding = standing.findings[standing.cases[kind.case].finding]
    if sorted(ruled.issue for ruled in kind.ruled) != sorted(held.issue for held in finding.adopted.held):
        return "differs", "finding"
    wrong = next((found for ruled in kind.ruled if (found := _not_of_the_finding(standing, row, ruled))), "")
    return ("differs", wrong) if wrong else ("same", "")


def _not_of_the_finding(standing: Standing, determination: Determination, ruled: Ruled) -> str:
    """In what a determination departs from its case and finding, by name; empty when it follows from them."""
    case = standing.cases[determination.issued.case]
    held = next((row for row in standing.findings[case.finding].adopted.held if row.issue == ruled.issue), None)
    question = case.issue(ruled.issue)
    if held is None or question is None or determination.issued.finding != case.finding:
        return "finding"
    again = determinations.rule_on(standing, case, held, ruled.disposition)
    if isinstance(again, Refusal):
        return again.code
    names = ("party", "provision", "code", "occurred", "severity", "factors")
    return next((name for name in names if getattr(again, name) != getattr(ruled, name)), "")


def _missing(standing: Standing, kind: measures.MeasureImposed) -> str:
    """What stands between these entries and a recomputation, or nothing."""
    missing = _missing_before(standing, kind.agreement, kind.case)
    determination = standing.determinations.get(kind.determination)
    return missing or ("determination" if determination is None or determination.in_force is None else "")


def _missing_before(standing: Standing, agreement: str, case_sid: str) -> str:
    """What a determination rests on and is not here, or nothing."""
    if agreement not in standing.agreements or standing.agreement_sha256 != agreement:
        return "agreement"
    case = standing.cases.get(case_sid)
    if case is None:
        return "case"
    finding = standing.findings.get(case.finding)
    if finding is None or finding.in_force is None:
        return "finding"
    if finding.answered is None:
        return "reply"
    return ""
