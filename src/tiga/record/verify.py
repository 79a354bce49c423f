"""Verifying a dossier, with nothing but its bytes and a signature check.

Steps (docs/record.md gives them the same numbers)
1. Container: packing the members again gives the same bytes.
2. Index: every member is of a known kind, listed with its SHA-256, and nothing else is listed.
3. Origin: an exercise is refused unless asked for, and asking for an exercise refuses a live record.
4. Checkpoint: signed by the log's key, which is the one handed in or else the first of `keys`.
5. Charter: entry 0 is there and is `charter.adopt`; its keys are sound; `keys` lists them.
6. Entry: each note's signatures are all by charter keys, strictly; its origin is this log's.
7. Inclusion: each note's proof names its index and leads to exactly this checkpoint.
8. Disclosures: each released value is one to which its entry's `sd` commits.
9. Agreements and evidence: each file's name is its SHA-256.

A refusal stops at the first fault, in this order, and names the member and, where known, the act and the sid.

Not done here: whether an act was allowed, what a measure should have been (`mechanism` recomputes it from what is
returned), whether entries were left out. An agreement or a file of evidence counts only where an entry or a disclosed
value names its SHA-256: look it up by that name.
Trust: this module is trusted. Whoever can change it can make anything pass; a copy that comes with a dossier proves
nothing. Without a log key handed in, the keys come from the dossier itself: that shows that it is whole, not whose it
is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from tiga.record import checkpoints, disclosures, proofs
from tiga.record.checkpoints import Checkpoint
from tiga.record.container import act_in, unpack
from tiga.record.disclosures import Disclosure
from tiga.record.dossier import (
    INDEX,
    Index,
    charter_keys,
    is_exercise,
    is_known_member,
    key_lines,
    parse_index,
    sha256_hex,
)
from tiga.record.ed25519 import SignatureCheck, guarded, sound_key
from tiga.record.entries import Entry, open_entry, parse
from tiga.record.notes import ED25519, NoteKey, text_of
from tiga.record.refusals import Refused


@dataclass(frozen=True, slots=True)
class Verified:
    """What a dossier has shown: entries by ascending index, released values by index, files by SHA-256 in hex."""

    origin: str
    size: int
    case: str
    entries: tuple[Entry, ...]
    disclosed: dict[int, tuple[Disclosure, ...]]
    agreements: dict[str, bytes]
    evidence: dict[str, bytes]
    keys_from_dossier: bool


def verify_dossier(
    data: bytes, check: SignatureCheck, log_key: NoteKey | None = None, exercise: bool = False
) -> Verified:
    """Check a dossier's bytes by the steps above; raises Refused at the first fault."""
    check = guarded(check)
    members = unpack(data)  # 1
    index = _index(members)  # 2
    _origin(index, exercise)  # 3
    key, head = _checkpoint(members, index, log_key, check)  # 4
    keys = _charter(members, key)  # 5
    entries = tuple(_entry(members, place, head, keys, key, check) for place in _places(members))  # 6, 7
    if index.case and not any(index.case in (entry.envelope.case, entry.sid) for entry in entries):
        raise Refused("record.refused.case", {"case": index.case[:80], "member": INDEX})
    disclosed = {entry.index: released for entry in entries if (released := _disclosed(members, entry))}  # 8
    agreements, evidence = _named(members, "agreement/", ".json"), _named(members, "evidence/", "")  # 9
    return Verified(head.origin, head.size, index.case, entries, disclosed, agreements, evidence, log_key is None)


def _index(members: Mapping[str, bytes]) -> Index:
    if INDEX not in members:
        raise Refused("record.refused.missing", {"name": INDEX})
    index = parse_index(members[INDEX])
    for name in members:
        if not is_known_member(name):
            raise Refused("record.refused.unknown_member", {"member": name})
        if name != INDEX and name not in index.files:
            raise Refused("record.refused.unlisted", {"member": name, "act": act_in(members[name])})
    for name, digest in index.files.items():
        if name not in members or name == INDEX:
            raise Refused("record.refused.missing", {"name": name[:200]})
        if sha256_hex(members[name]) != digest:
            raise Refused("record.refused.hash", {"member": name, "act": act_in(members[name])})
    for name in ("checkpoint", "keys"):
        if name not in members:
            raise Refused("record.refused.missing", {"name": name})
    return index


def _origin(index: Index, exercise: bool) -> None:
    if index.exercise != is_exercise(index.origin):
        raise Refused("record.refused.exercise_flag", {"member": INDEX, "origin": index.origin})
    if index.exercise and not exercise:
        raise Refused("record.refused.exercise", {"origin": index.origin})
    if exercise and not index.exercise:
        raise Refused("record.refused.not_exercise", {"origin": index.origin})


def _checkpoint(
    members: Mapping[str, bytes], index: Index, log_key: NoteKey | None, check: SignatureCheck
) -> tuple[NoteKey, Checkpoint]:
    with _at("keys"):
        first = members["keys"].partition(b"\n")[0]
        key = NoteKey.parse(first.decode("utf-8", "replace"))
        if log_key is not None and log_key != key:
            raise Refused("record.refused.log_key", {"name": log_key.name})
        if key.algorithm != ED25519 or not sound_key(key.public):
            raise Refused("record.refused.weak_key", {"name": key.name})
    with _at("checkpoint"):
        head = checkpoints.open_checkpoint(members["checkpoint"], key, check)
    if (head.origin, head.size) != (index.origin, index.size):
        raise Refused("record.refused.index_head", {"member": INDEX})
    return key, head


def _charter(members: Mapping[str, bytes], log_key: NoteKey) -> dict[str, NoteKey]:
    member = "entries/00000000.note"
    if member not in members:
        raise Refused("record.refused.charter")
    with _at(member):
        charter = parse(text_of(members[member]))
        keys = {one.key.name: one.key for one in charter_keys(charter)}
        for key in keys.values():
            if key.algorithm == ED25519 and not sound_key(key.public):
                raise Refused("record.refused.weak_key", {"name": key.name})
        if keys.get(log_key.name, log_key) != log_key:
            raise Refused("record.refused.log_key", {"name": log_key.name})
    if members["keys"] != key_lines(log_key, charter):
        raise Refused("record.refused.key_lines", {"member": "keys"})
    return keys


def _places(members: Mapping[str, bytes]) -> list[int]:
    """The indices of all entries; a note without its proof, or the other way round, is refused."""
    found: dict[str, set[int]] = {".note": set(), ".tlog-proof": set(), ".jsonl": set()}
    for name in members:
        folder, _, file = name.partition("/")
        stem, point, kind = file.partition(".")
        if folder not in ("entries", "disclosures"):
            continue
        if stem != f"{int(stem):08d}":
            raise Refused("record.refused.unknown_member", {"member": name})
        found[point + kind].add(int(stem))
    unpaired = (found[".note"] ^ found[".tlog-proof"]) | (found[".jsonl"] - found[".note"])
    if unpaired:
        raise Refused("record.refused.pair", {"index": min(unpaired)})
    return sorted(found[".note"])


def _entry(
    members: Mapping[str, bytes],
    place: int,
    head: Checkpoint,
    keys: Mapping[str, NoteKey],
    log_key: NoteKey,
    check: SignatureCheck,
) -> Entry:
    member, note = f"entries/{place:08d}.note", members[f"entries/{place:08d}.note"]
    with _at(member, act_in(note)):
        envelope, sid, signers = open_entry(note, keys.values(), check)
    with _at(member, envelope.act, sid):
        if envelope.log != head.origin:
            raise Refused("record.refused.origin", {"origin": envelope.log, "expected": head.origin})
    with _at(f"entries/{place:08d}.tlog-proof", envelope.act, sid):
        proof = members[f"entries/{place:08d}.tlog-proof"]
        if proofs.parse(proof).checkpoint != members["checkpoint"]:
            raise Refused("record.refused.other_checkpoint")
        index, _ = proofs.verify(proof, note, log_key, check)
        if index != place:
            raise Refused("record.refused.place", {"index": index})
    return Entry(place, note, envelope, sid, signers)


def _disclosed(members: Mapping[str, bytes], entry: Entry) -> tuple[Disclosure, ...]:
    member = f"disclosures/{entry.index:08d}.jsonl"
    if member not in members:
        return ()
    with _at(member, entry.envelope.act, entry.sid):
        lines = members[member].decode("ascii", "replace").split("\n")
        if lines.pop() != "" or not lines or len(set(lines)) != len(lines):
            raise Refused("record.refused.disclosure")
        released = tuple(disclosures.parse(line) for line in lines)
        if disclosures.match(released, entry.envelope.sd) != released:
            raise Refused("record.refused.uncommitted")
    return released


def _named(members: Mapping[str, bytes], folder: str, ending: str) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    for name, data in members.items():
        if not name.startswith(folder):
            continue
        digest = name.removeprefix(folder).removesuffix(ending)
        if sha256_hex(data) != digest:
            raise Refused("record.refused.file_name", {"member": name})
        files[digest] = data
    return files


@contextmanager
def _at(member: str, act: str = "", sid: str = "") -> Iterator[None]:
    """Add the place to a refusal raised inside."""
    try:
        yield
    except Refused as error:
        raise error.located(member=member, act=act, sid=sid) from error
