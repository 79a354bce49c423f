"""The short word on a record: what is decided, in a form that a host states and a mirror computes for itself.

Rules
1. Only papers in force count: a draft is the panel's own, and whoever may not see it gets the same summary as whoever may.
2. A summary is plain data, in the order of sids: two of them are compared as they are.
3. `level` is who may know of an entry, from the entries alone.

Not done here: who hands in the entries.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tiga.mechanism import cases, course
from tiga.mechanism.standing import REGISTRY, Standing
from tiga.record.entries import Entry

Summary = dict[str, list[dict[str, Any]]]

SIGNED = frozenset(
    ("finding.adopt", "finding.dissent", "determination.issue", "measure.impose", "signature.add", *course.PAPERS)
)
"""Acts on a paper: known to the panel alone until the paper is in force."""


def summary(standing: Standing) -> Summary:
    """Cases with state and closing, and measures in force with their step, each in the order of its sid."""
    decided = _in_force(standing)
    return {
        "cases": [
            {"sid": sid, "state": cases.state(decided, case), "closed": case.closed}
            for sid, case in sorted(decided.cases.items())
        ],
        "measures": [
            {
                "sid": sid, "case": row.imposed.case, "step": row.imposed.step,
                "in_force": row.in_force.text() if row.in_force else "",
            }
            for sid, row in sorted(decided.measures.items())
        ],
    }  # fmt: skip


def only(whole: Summary, case: str) -> Summary:
    """The part of a summary that speaks of one case."""
    return {
        "cases": [row for row in whole["cases"] if row["sid"] == case],
        "measures": [row for row in whole["measures"] if row["case"] == case],
    }


def level(standing: Standing, entry: Entry) -> str:
    """The release level of an entry, as the standing has it: a paper's once it is in force, else the kind's own."""
    envelope = entry.envelope
    if envelope.act in SIGNED:
        found = standing.signable(paper(entry))
        return "R1" if found is not None and found[3] is not None else "R3"
    if envelope.act == "report.file":
        return str(envelope.body.get("release", "R5"))
    kind: Any = REGISTRY.kinds.get(envelope.act)
    return str(kind.RELEASE) if kind else "R3"


def paper(entry: Entry) -> str:
    """The sid of the paper that an entry of SIGNED belongs to."""
    member = {"signature.add": "of", "finding.dissent": "finding"}.get(entry.envelope.act, "")
    return str(entry.envelope.body.get(member, "")) if member else entry.sid


def _in_force(standing: Standing) -> Standing:
    """The standing without papers that are not in force; what is there keeps its place."""
    findings = {sid: row for sid, row in standing.findings.items() if row.in_force}
    determinations = {sid: row for sid, row in standing.determinations.items() if row.in_force}
    measures = {sid: row for sid, row in standing.measures.items() if row.in_force}
    found: dict[str, str] = {row.adopted.case: sid for sid, row in findings.items()}
    ruled: dict[str, str] = {row.issued.case: sid for sid, row in determinations.items()}
    stated = {
        sid: replace(
            case, finding=found.get(sid, ""), determination=ruled.get(sid, ""),
            measures=tuple(own for own in case.measures if own in measures),
        )
        for sid, case in standing.cases.items()
    }  # fmt: skip
    return replace(standing, findings=findings, determinations=determinations, measures=measures, cases=stated)
