"""What a verified dossier shows, as plain data: `tiga verify --json` prints it, and the text for people is made from it.

Rules
1. Every statement comes from what `record.verify` has passed and `mechanism.recompute` has computed. What could not be
   computed is named with the reason and never counts as confirmed.
2. `verdict` is `verified`, `not_confirmed` (the bytes are whole, but not everything follows from them) or `refused`.
3. Withheld digests are counted, decoys among them: nobody can tell which are which.
4. A row of another case than the dossier's that lacks entries is a precedent: that case's own dossier holds what it
   rests on. It is named (`elsewhere`) and no part of the verdict.

The members, of which none is ever left out (`null` where there is nothing); new ones may be added under the same `v`:

    v, verdict, origin, exercise, size, case, head_code
    log_key         {name, from}: from `dossier`, `given` or `policy`
    policy          {sha256} or null: a quorum that is not met refuses the dossier
    head            {code, outcome} or null: `same`, `fork` (the same size, another head) or `other_size`
    witnesses       [{name, component, at, from}]: from `charter`, `policy` or `own`; at: seconds since 1970
    manifest        the index of the case's last manifest, all of whose entries are here; null: nothing is claimed
    entries         [{index, sid, act, at, case, signers, released, digests}]
                    signers [{name, role, component, custody, suspect}], released [names of values]
    erased          [{index, of, digests}], suppressed [{index, entries}]: what acts here say was deleted
    files           [{sha256, name, index}]: index null where no released value names the file
    determinations  [{number, sid, index, outcome, detail, elsewhere}]: outcome `same`, `differs`, `missing`
    measures        the same, and {findings, precedents, reports: {named, released}}
    not_an_act      why an entry could not be understood, or an empty text

A refused dossier has `v`, `verdict`, `code`, `values` and `text` alone.
Not done here: words (`wording`).
Trust: this module is trusted. Whoever can change it can name what was not shown.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from tiga.agreement import reading
from tiga.agreement.clauses import Agreement
from tiga.mechanism import custody
from tiga.mechanism.recompute import Recomputed, recompute, rederive
from tiga.mechanism.standing import REGISTRY, Standing
from tiga.record import canonical, headcodes
from tiga.record.canonical import NotCanonical
from tiga.record.cosignatures import cosigned
from tiga.record.dossier import is_exercise
from tiga.record.ed25519 import SignatureCheck
from tiga.record.entries import Entry
from tiga.record.headcodes import HeadCode
from tiga.record.notes import NoteKey, text_of
from tiga.record.policy import Policy
from tiga.record.refusals import Refused
from tiga.record.verify import Verified
from tiga.values.names import printed_number
from tiga.values.shapes import BadShape

VERSION = 1
Plain = dict[str, Any]

_NO_ACT = (ValueError, LookupError, TypeError, AttributeError, OverflowError, RecursionError)
"""What an entry of a known act may do to those who read it: it is signed and logged, and yet no act of the mechanism."""


@dataclass(frozen=True, slots=True)
class Given:
    """What the reader brings along: nothing of it comes from the dossier."""

    log_key: NoteKey | None = None
    exercise: bool = False
    policy: Policy | None = None
    own: NoteKey | None = None
    head: HeadCode | None = None


@dataclass(frozen=True, slots=True)
class Judged:
    """The plain data of the verdict; the explanation's bytes of each measure, by sid; the agreements that can be read."""

    shown: Plain
    explanations: dict[str, bytes]
    agreements: dict[str, Agreement]


def refused(refusal: Refused, text: str) -> Plain:
    """The verdict on what is no dossier or does not hold."""
    values = {name: str(value) for name, value in refusal.values.items()}
    return {"v": VERSION, "verdict": "refused", "code": refusal.code, "values": values, "text": text}


def judge(verified: Verified, checkpoint: bytes, given: Given, check: SignatureCheck) -> Judged:
    """What a verified dossier shows; `checkpoint` is its member of that name."""
    agreements = agreements_of(verified)
    computed = _computed(verified, agreements)
    shown = {**_record(verified, checkpoint, given, check), **_contents(verified), **computed.shown}
    rows = [*shown["determinations"], *shown["measures"]]
    wrong = (
        shown["not_an_act"]
        or any(file["index"] is None for file in shown["files"])
        or any(row["outcome"] != "same" and not row["elsewhere"] for row in rows)
        or (bool(rows) and all(row["elsewhere"] for row in rows))  # of the case itself nothing was computed
        or (shown["head"] is not None and shown["head"]["outcome"] != "same")
    )
    shown["verdict"] = "not_confirmed" if wrong else "verified"
    return Judged(shown, computed.explanations, agreements)


def agreements_of(verified: Verified) -> dict[str, Agreement]:
    """The agreements that can be read; one that cannot is left out, and what rests on it is told as missing."""
    read: dict[str, Agreement] = {}
    for sha256, raw in verified.agreements.items():
        with suppress(NotCanonical, BadShape, ValueError, RecursionError):
            read[sha256] = reading.agreement(canonical.decode(raw))
    return read


def _record(verified: Verified, checkpoint: bytes, given: Given, check: SignatureCheck) -> Plain:
    """The log, its head, and whose word stands behind it."""
    code = headcodes.head_code(text_of(checkpoint))
    origin = "dossier" if verified.keys_from_dossier else "given" if given.log_key else "policy"
    return {
        "v": VERSION,
        "origin": verified.origin,
        "exercise": is_exercise(verified.origin),
        "size": verified.size,
        "case": verified.case,
        "head_code": code,
        "log_key": {"name": verified.origin, "from": origin},
        "policy": {"sha256": verified.policy_sha256} if verified.policy_sha256 else None,
        "head": {"code": given.head.text, "outcome": _compared(code, given.head)} if given.head else None,
        "witnesses": _witnesses(verified, checkpoint, given, check),
        "manifest": verified.manifest,
    }


def _compared(code: str, heard: HeadCode) -> str:
    here = headcodes.parse(code)
    if here.size != heard.size:
        return "other_size"
    return "same" if here == heard else "fork"


def _witnesses(verified: Verified, checkpoint: bytes, given: Given, check: SignatureCheck) -> list[Plain]:
    """All cosignatures that hold, by whom a reader may know them: the charter's, then his policy's, then his own."""
    rows = [(one, verified.component(one.name), "charter") for one in verified.cosigned]
    if given.policy is not None:
        known = {witness.key: witness.name for witness in given.policy.witnesses}
        names = {key.name: name for key, name in known.items()}
        rows += [(one, names[one.name], "policy") for one in cosigned(checkpoint, known, check)]
    if given.own is not None:
        rows += [(one, "", "own") for one in cosigned(checkpoint, [given.own], check)]
    return [{"name": one.name, "component": name, "at": one.seconds, "from": source} for one, name, source in rows]


def _contents(verified: Verified) -> Plain:
    """Entries and files, and what acts among them say was deleted."""
    erased, suppressed = [], []
    for entry in verified.entries:
        with suppress(BadShape):
            kind = REGISTRY.decode(entry.envelope)
            if isinstance(kind, custody.ValueErased):
                erased.append({"index": entry.index, "of": kind.of, "digests": len(kind.digests)})
            elif isinstance(kind, custody.EntrySuppressed):
                suppressed.append({"index": entry.index, "entries": sorted(kind.indices)})
    return {
        "entries": [_entry(verified, entry) for entry in verified.entries],
        "erased": erased,
        "suppressed": suppressed,
        "files": _files(verified),
    }


def _entry(verified: Verified, entry: Entry) -> Plain:
    suspect = verified.keys.suspect(entry.index, entry.signers)
    return {
        "index": entry.index,
        "sid": entry.sid,
        "act": entry.envelope.act,
        "at": entry.envelope.at.text(),
        "case": entry.envelope.case,
        "signers": [_signer(verified, name, name in suspect) for name in entry.signers],
        "released": [row.name for row in verified.disclosed.get(entry.index, ())],
        "digests": len(entry.envelope.sd),
    }


def _signer(verified: Verified, name: str, suspect: bool) -> Plain:
    holder = verified.keys.holders[name]
    return {
        "name": name, "role": holder.role, "component": holder.component, "custody": holder.custody, "suspect": suspect
    }  # fmt: skip


def _files(verified: Verified) -> list[Plain]:
    """Each file with the released value that names it, if there is one."""
    named = {
        str(item.value["sha256"]): (index, str(item.value.get("name", item.name)))
        for index, items in verified.disclosed.items()
        for item in items
        if isinstance(item.value, dict) and "sha256" in item.value
    }
    rows = ((sha256, *named.get(sha256, (None, ""))) for sha256 in sorted(verified.evidence))
    return [{"sha256": sha256, "name": name, "index": index} for sha256, index, name in rows]


def _computed(verified: Verified, agreements: dict[str, Agreement]) -> Judged:
    """Determinations and measures computed anew, and on what."""
    nothing: Plain = {"determinations": [], "measures": [], "not_an_act": ""}
    try:
        given = verified.origin, verified.entries, agreements
        ruled, imposed = rederive(*given), recompute(*given)
        standing = Standing.of(*given, {})
    except _NO_ACT as error:  # a host's mistake, or its malice; never a confirmation
        return Judged({**nothing, "not_an_act": f"{type(error).__name__}: {error}"}, {}, {})
    basis = {row.sid: _basis(verified, standing, row) for row in imposed}
    shown = {
        "determinations": [_row(verified, row, "D") for row in ruled],
        "measures": [{**_row(verified, row, "M"), **basis[row.sid]} for row in imposed],
        "not_an_act": "",
    }
    return Judged(shown, {row.sid: row.explanation for row in imposed}, {})


def _row(verified: Verified, row: Recomputed, letter: str) -> Plain:
    case = next(entry.envelope.case for entry in verified.entries if entry.sid == row.sid)
    return {
        "number": printed_number(letter, row.sid),
        "sid": row.sid,
        "index": row.index,
        "outcome": row.outcome,
        "detail": row.detail,
        "elsewhere": row.outcome == "missing" and _opens(verified) and case != verified.case,
    }


def _opens(verified: Verified) -> bool:
    """Whether the dossier's case is one that an entry here opens: what the index says of it is signed by nobody."""
    return any(row.sid == verified.case and row.envelope.act == "case.open" for row in verified.entries)


def _basis(verified: Verified, standing: Standing, row: Recomputed) -> Plain:
    """On how many findings a measure rests, and of the reports of its own case how many can be read here."""
    measure = standing.measures.get(row.sid)
    case = standing.cases.get(measure.imposed.case) if measure else None
    incident = standing.incidents.get(case.opened.incident) if case else None
    named = {*(_supports(standing, case.finding) if case else ()), *(incident.reports if incident else ())}
    readable = {entry.sid for entry in verified.entries if _tells(verified, entry)}
    return {
        "findings": len(row.findings),
        "precedents": row.precedents,
        "reports": {"named": len(named), "released": len(named & readable)},
    }


def _supports(standing: Standing, finding: str) -> Iterable[str]:
    return standing.findings[finding].supports if finding in standing.findings else ()


def _tells(verified: Verified, entry: Entry) -> bool:
    return any(row.name == "report" for row in verified.disclosed.get(entry.index, ()))
