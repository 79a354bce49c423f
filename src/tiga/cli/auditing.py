"""Checking a mirror: every entry held under its key state, what follows from them anew, and the host's own word.

Rules
1. The key state is folded over all entries that are held; each signature and each rule of the charter is looked at.
2. The standing, every measure and every manifest follow from the entries that held; what is withheld counts as missing,
   never as confirmed.
3. Suppressed entries are left out of what follows, also where the mirror still has their bytes: the host has them no more,
   and both would else say different things.
4. The host's word is compared at the size for which it was given. Cases whose entries are withheld are counted, not
   compared.

Not done here: fetching (`pulling`), the tree (`mirrors`).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from tiga.agreement import reading
from tiga.agreement.clauses import Agreement
from tiga.cli.mirrors import STATE_LIMIT, Held, Mirror
from tiga.mechanism import custody, manifests
from tiga.mechanism.manifests import LeftOut
from tiga.mechanism.recompute import Recomputed, recompute
from tiga.mechanism.standing import Standing
from tiga.mechanism.summary import Summary, only, summary
from tiga.record import canonical
from tiga.record.canonical import NotCanonical
from tiga.record.charter import KEY_ACTS, RULED, KeyState, folded, keys_for
from tiga.record.dossier import is_exercise
from tiga.record.ed25519 import SignatureCheck
from tiga.record.entries import Entry, open_entry, parse
from tiga.record.notes import text_of
from tiga.record.refusals import Refused
from tiga.record.tiles import Row
from tiga.values.shapes import BadShape

Progress = Callable[[int, int], None]
JUDGED = KEY_ACTS | RULED
"""Acts that the charter's own rules allow."""
ADOPT = "agreement.adopt"
_PAGE = 512


@dataclass(frozen=True, slots=True)
class Difference:
    """Where the host's word is not what follows: of which case or measure, what it says, what follows."""

    sid: str
    said: str
    ours: str


@dataclass(slots=True)
class Checked:
    """What a check found."""

    origin: str
    size: int
    held: int = 0
    withheld: int = 0
    suppressed: int = 0
    sealed: int = 0
    charter: bool = False
    acts: dict[str, int] = field(default_factory=dict)
    faults: list[tuple[int, Refused]] = field(default_factory=list)
    suspects: list[tuple[int, str]] = field(default_factory=list)
    measures: tuple[Recomputed, ...] = ()
    manifests: int = 0
    left_out: tuple[LeftOut, ...] = ()
    host_size: int | None = None
    host_cases: int = 0
    host_measures: int = 0
    host_hidden: int = 0
    differences: list[Difference] = field(default_factory=list)

    @property
    def good(self) -> bool:
        wrong = any(row.outcome == "differs" for row in self.measures)
        return self.charter and not (self.faults or wrong or self.left_out or self.differences)

    def plain(self) -> dict[str, Any]:
        """The same as plain data, for machines."""
        counts = ("origin", "size", "held", "withheld", "suppressed", "sealed", "charter", "acts", "manifests")
        return {
            **{name: getattr(self, name) for name in counts},
            "exercise": is_exercise(self.origin),
            "good": self.good,
            "faults": [{"index": index, "code": fault.code} for index, fault in self.faults],
            "suspects": [{"index": index, "key": name} for index, name in self.suspects],
            "measures": [
                {"sid": row.sid, "index": row.index, "outcome": row.outcome, "detail": row.detail}
                for row in self.measures
            ],
            "left_out": [{"manifest": row.manifest, "case": row.case, "index": row.index} for row in self.left_out],
            "host": None
            if self.host_size is None
            else {
                "size": self.host_size, "cases": self.host_cases, "measures": self.host_measures,
                "hidden": self.host_hidden,
                "differences": [{"sid": row.sid, "said": row.said, "ours": row.ours} for row in self.differences],
            },
        }  # fmt: skip


@dataclass(slots=True)
class Read:
    """The entries of a mirror that hold, the key state after them, and the indices that were suppressed by rule."""

    entries: list[Entry] = field(default_factory=list)
    state: KeyState | None = None
    gone: set[int] = field(default_factory=set)

    def standing(self) -> list[Entry]:
        """Entries from which things follow (rule 3)."""
        return [entry for entry in self.entries if entry.index not in self.gone]


def documents(notes: Iterable[bytes | None]) -> list[str]:
    """SHA-256 of the agreement versions that entries adopt."""
    found = []
    for note in notes:
        if note is not None and note.startswith(b'{"act":"agreement.'):
            with suppress(Refused):
                stated = parse(text_of(note))
                sha256 = stated.body.get("sha256")
                if stated.act == ADOPT and isinstance(sha256, str) and len(sha256) == 64 and sha256.isalnum():
                    found.append(sha256)
    return list(dict.fromkeys(found))


def justify(rows: Iterable[tuple[int, Row]], check: SignatureCheck) -> None:
    """Raise Refused where a row is said to be suppressed and no act that the charter allows names it."""
    gone: set[int] = set()
    read = Read()
    for index, row in rows:
        if row.suppressed:
            gone.add(index)
        elif row.note is not None and row.note.startswith(_JUDGED_NOTE):
            with suppress(Refused):  # a fault of its own, which the check will name; it justifies nothing
                _take(read, index, row.note, check)
    if gone - read.gone:
        raise Refused("cli.mirror.unlogged", {"index": min(gone - read.gone)})


_JUDGED_NOTE = tuple(sorted({f'{{"act":"{act.partition(".")[0]}.'.encode() for act in JUDGED}))
"""How the bytes of an entry begin that may be of JUDGED."""


def _take(read: Read, index: int, note: bytes, check: SignatureCheck) -> Entry:
    """Judge one entry by the key state before it, and fold it in; raises Refused."""
    stated = parse(text_of(note))
    envelope, sid, signers = open_entry(note, keys_for(read.state, index, stated).values(), check)
    if envelope.act in KEY_ACTS:
        read.state = folded(read.state, index, envelope, signers)
    elif envelope.act in RULED and read.state is not None:
        read.state.needs(envelope.act, index, signers)
        if envelope.act == custody.EntrySuppressed.ACT:
            indices = envelope.body.get("indices")
            read.gone |= {one for one in indices if type(one) is int} if isinstance(indices, list) else set()
    entry = Entry(index, note, envelope, sid, signers)
    read.entries.append(entry)
    return entry


def agreements(mirror: Mirror, entries: Iterable[Entry]) -> dict[str, Agreement]:
    """The agreement versions held here that entries adopt; one that cannot be read counts as missing."""
    found: dict[str, Agreement] = {}
    for sha256 in documents(entry.note for entry in entries):
        data = mirror.document(sha256)
        with suppress(NotCanonical, BadShape, ValueError, RecursionError):
            if data is not None:
                found[sha256] = reading.agreement(canonical.decode(data))
    return found


def read(mirror: Mirror, held: Held, check: SignatureCheck, found: Checked, progress: Progress) -> Read:
    """All entries of a mirror, judged; counts and faults go into `found`."""
    taken, acts = Read(), Counter[str]()
    for index, row in mirror.entries(mirror.leaves(held.head.size)):
        if index % _PAGE == 0:
            progress(index, held.head.size)
        if row.note is None:
            found.suppressed += row.suppressed
            found.withheld += not row.suppressed
            if index == 0:
                return taken
            continue
        found.held += 1
        try:
            entry = _take(taken, index, row.note, check)
            if entry.envelope.log != held.head.origin:
                raise Refused("record.refused.origin", {"origin": entry.envelope.log, "expected": held.head.origin})
        except Refused as fault:
            found.faults.append((index, fault))
            continue
        acts[entry.envelope.act] += 1
    progress(held.head.size, held.head.size)
    found.charter, found.acts = taken.state is not None, dict(sorted(acts.items()))
    return taken


def audit(mirror: Mirror, held: Held, check: SignatureCheck, progress: Progress) -> Checked:
    """Check a mirror; raises Refused only where its files do not hold together."""
    origin = held.head.origin
    found = Checked(origin, held.head.size)
    taken = read(mirror, held, check, found, progress)
    if taken.state is None:
        return found
    for entry in taken.entries:
        found.suspects += [(entry.index, name) for name in taken.state.suspect(entry.index, entry.signers)]
    entries, known = taken.standing(), agreements(mirror, taken.entries)
    found.sealed = sum(entry.envelope.act == custody.ReportSealed.ACT for entry in taken.entries)
    found.measures = recompute(origin, entries, known)
    found.manifests, found.left_out = manifests.left_out(origin, entries, known)
    _compare_host(mirror, found, entries, known)
    return found


def _compare_host(mirror: Mirror, found: Checked, entries: list[Entry], known: dict[str, Agreement]) -> None:
    said = _said(mirror, found.origin)
    if said is None:
        return
    size, word = said
    found.host_size, found.host_cases, found.host_measures = size, len(word["cases"]), len(word["measures"])
    ours = summary(Standing.of(found.origin, (entry for entry in entries if entry.index < size), known, {}))
    theirs, own = ({row["sid"] for row in one["cases"]} for one in (word, ours))
    for sid in sorted(theirs | own):
        if sid not in own and (found.withheld or found.suppressed):
            found.host_hidden += 1
        else:
            found.differences += _differing(only(word, sid), only(ours, sid))
    stray = [row for row in word["measures"] if row["case"] not in theirs | own]
    found.differences += [Difference(row["sid"], _short(row), "") for row in stray]


def _differing(word: Summary, ours: Summary) -> Iterator[Difference]:
    for part in ("cases", "measures"):
        left, right = ({row["sid"]: row for row in one[part]} for one in (word, ours))
        for sid in sorted({*left, *right}):
            if left.get(sid) != right.get(sid):
                yield Difference(sid, _short(left.get(sid)), _short(right.get(sid)))


def _short(row: dict[str, Any] | None) -> str:
    """A row of a summary on one line, without its sids; empty where there is none."""
    kept = {name: value for name, value in (row or {}).items() if name not in ("sid", "case") and value != ""}
    return ", ".join(f"{name}={value}" for name, value in sorted(kept.items()))


def _said(mirror: Mirror, origin: str) -> tuple[int, Summary] | None:
    """The size for which the host gave its word, and the word; None where there is none that can be read."""
    data = mirror.read("state.json", STATE_LIMIT)
    try:
        word = json.loads(data) if data else None
    except (ValueError, RecursionError):
        return None
    if not isinstance(word, dict) or word.get("origin") != origin or type(word.get("size")) is not int:
        return None
    shape: dict[str, dict[str, type]] = {"cases": {"sid": str, "state": str, "closed": str},
             "measures": {"sid": str, "case": str, "step": int, "in_force": str}}  # fmt: skip
    for part, members in shape.items():
        rows = word.get(part)
        if not isinstance(rows, list) or not all(
            isinstance(row, dict)
            and set(row) == set(members)
            and all(type(row[name]) is kind for name, kind in members.items())
            for row in rows
        ):
            return None
    return word["size"], {part: word[part] for part in shape}
