"""Verifying a dossier, with nothing but its bytes and a signature check.

Steps (docs/record.md gives them the same numbers)
1. Container: packing the members again gives the same bytes.
2. Index: every member is of a known kind, listed with its SHA-256, and nothing else is listed.
3. Origin: an exercise is refused unless asked for, and asking for an exercise refuses a live record.
4. Checkpoint: signed by the log's key, which is the one handed in or else the first of `keys`; where a policy is handed
   in, its quorum has cosigned, and the reader's own witness with it.
5. Charter: entry 0 is there and is `charter.adopt`; its keys are sound.
6. Entry: each note's signatures are all by keys that may sign at its index, strictly; its origin is this log's; an act on
   keys, an erasure or a suppression has the hands that its rule asks for. `keys` lists every key enrolled.
7. Inclusion: each note's proof names its index and leads to exactly this checkpoint.
8. Disclosures: each released value is one to which its entry's `sd` commits.
9. Agreements and evidence: each file's name is its SHA-256.
10. Witnesses: cosignatures of the charter's witnesses on the checkpoint hold; others are ignored.
11. Manifest: what the case's last manifest lists is all here. Without one, nothing is said of completeness.

A refusal stops at the first fault, in this order, and names the member and, where known, the act and the sid.

Not done here: whether an act was allowed, what a measure should have been (`mechanism` recomputes it from what is
returned), whether the manifest itself is whole (a mirror can refute it). An agreement or a file of evidence counts
only where an entry or a disclosed value names its SHA-256: look it up by that name.
Trust: this module is trusted. Whoever can change it can make anything pass; a copy that comes with a dossier proves
nothing. Without a log key handed in, the keys come from the dossier itself: that shows that it is whole, not whose it
is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from tiga.record import checkpoints, disclosures, proofs
from tiga.record import policy as policies
from tiga.record.charter import ADOPT, KEY_ACTS, RULED, KeyState, folded, keys_for
from tiga.record.checkpoints import Checkpoint
from tiga.record.container import act_in, unpack
from tiga.record.cosignatures import Cosigned, cosigned
from tiga.record.disclosures import Disclosure
from tiga.record.dossier import (
    INDEX,
    MANIFEST,
    SEALED,
    Index,
    is_exercise,
    is_known_member,
    key_lines,
    parse_index,
    sha256_hex,
)
from tiga.record.ed25519 import SignatureCheck, guarded, sound_key
from tiga.record.entries import Entry, open_entry, parse
from tiga.record.notes import ED25519, NoteKey, text_of
from tiga.record.policy import Policy
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
    keys: KeyState
    cosigned: tuple[Cosigned, ...]
    policy_sha256: str
    manifest: int | None

    def component(self, witness: str) -> str:
        """The component whose witness bears a key name, or empty."""
        return next((name for name, key in self.keys.witnesses.items() if key.name == witness), "")


def verify_dossier(
    data: bytes,
    check: SignatureCheck,
    log_key: NoteKey | None = None,
    exercise: bool = False,
    policy: Policy | None = None,
    own: NoteKey | None = None,
) -> Verified:
    """Check a dossier's bytes by the steps above; raises Refused at the first fault.

    `policy` brings the log's key and the quorum of witnesses; `own` is the reader's own witness, required whatever the
    policy says.
    """
    check = guarded(check)
    members = unpack(data)  # 1
    index = _index(members)  # 2
    _origin(index, exercise)  # 3
    key, head = _checkpoint(members, index, _expected(log_key, policy, index), check)  # 4
    with _at("checkpoint"):
        if policy is not None:
            policies.check(members["checkpoint"], policy, check, own)
        elif own is not None and not cosigned(members["checkpoint"], [own], check):
            raise Refused("record.refused.own_witness", {"name": own.name})
    entries, state = _entries(members, head, key, check)  # 5, 6, 7
    if index.case and not any(index.case in (entry.envelope.case, entry.sid) for entry in entries):
        raise Refused("record.refused.case", {"case": index.case[:80], "member": INDEX})
    disclosed = {entry.index: released for entry in entries if (released := _disclosed(members, entry))}  # 8
    agreements, evidence = _named(members, "agreement/", ".json"), _named(members, "evidence/", "")  # 9
    with _at("checkpoint"):
        witnessed = cosigned(members["checkpoint"], state.witnesses.values(), check)  # 10
    manifest = _manifest(index.case, entries, disclosed)  # 11
    return Verified(
        head.origin, head.size, index.case, entries, disclosed, agreements, evidence, log_key is None and policy is None,
        state, witnessed, policy.sha256 if policy else "", manifest,
    )  # fmt: skip


def _expected(log_key: NoteKey | None, policy: Policy | None, index: Index) -> NoteKey | None:
    """The log's key that the reader expects: the one handed in, else the policy's for this origin."""
    if log_key is not None or policy is None or not policy.logs:
        return log_key
    found = next((log.key for log in policy.logs if log.key.name == index.origin), None)
    if found is None:
        raise Refused("record.refused.log_key", {"name": index.origin, "member": "keys"})
    return found


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


def _entries(
    members: Mapping[str, bytes], head: Checkpoint, log_key: NoteKey, check: SignatureCheck
) -> tuple[tuple[Entry, ...], KeyState]:
    """All entries in log order, each under the key state of its index, and the state after them (steps 5 to 7)."""
    if "entries/00000000.note" not in members:
        raise Refused("record.refused.charter")
    state: KeyState | None = None
    entries = []
    for place in _places(members):
        member, note = f"entries/{place:08d}.note", members[f"entries/{place:08d}.note"]
        with _at(member, act_in(note)):
            stated = parse(text_of(note))
            if place == 0 and stated.act != ADOPT:
                raise Refused("record.refused.charter_act", {"act": stated.act, "expected": ADOPT})
            keys = keys_for(state, place, stated)
            if keys.get(log_key.name, log_key) != log_key:
                raise Refused("record.refused.log_key", {"name": log_key.name})
        entry = _entry(members, place, head, keys, log_key, check)
        with _at(member, stated.act, entry.sid):
            if stated.act in KEY_ACTS:
                state = folded(state, place, stated, entry.signers)
            elif stated.act in RULED and state is not None:
                state.needs(stated.act, place, entry.signers)
        entries.append(entry)
    assert state is not None  # entry 0 is there and is a charter
    if members["keys"] != key_lines(log_key, state):
        raise Refused("record.refused.key_lines", {"member": "keys"})
    return tuple(entries), state


def _manifest(case: str, entries: tuple[Entry, ...], disclosed: Mapping[int, tuple[Disclosure, ...]]) -> int | None:
    """The index of the case's last manifest, all of whose entries are here; None where there is none."""
    rows = [row for row in entries if row.envelope.act == MANIFEST and row.envelope.case == case] if case else []
    if not rows:
        return None
    last = rows[-1]
    listed = last.envelope.body.get("entries")
    if not isinstance(listed, list) or not all(type(index) is int for index in listed):
        raise Refused("record.refused.member_form", {"name": "entries"}).located(
            member=f"entries/{last.index:08d}.note", act=MANIFEST, sid=last.sid
        )
    sealed = [row.value for row in disclosed.get(last.index, ()) if row.name == SEALED and type(row.value) is int]
    absent = sorted({*listed, *sealed} - {row.index for row in entries})
    if absent:
        raise Refused("record.refused.omitted", {"index": absent[0], "count": len(absent), "manifest": last.index})
    return last.index


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
