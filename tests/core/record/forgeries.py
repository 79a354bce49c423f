"""Dossiers to forge from, and forgeries of every kind: what a careful forger packs and lists is consistent.

`Made` writes a dossier as the house would, without asking any of its checks, so that it also writes what the house never
would. `FORGERIES` maps a name to the code that refuses it (after `record.refused.`, or `record.` where it is another) and
its maker; each has one fault.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from tests.core.record import known
from tiga.record import cosignatures, disclosures, dossier, ed25519, proofs
from tiga.record.checkpoints import Checkpoint
from tiga.record.disclosures import Disclosure
from tiga.record.entries import Envelope, leaf_of
from tiga.record.notes import COSIGNATURE, NoteKey, Signer, encode64, sign_note
from tiga.record.proofs import Proof
from tiga.record.tree import Tree
from tiga.values.names import base64url

Members = dict[str, bytes]
ORIGIN = known.ORIGIN
LOG = known.signer(ORIGIN, 1)
MONITOR = known.signer(f"{ORIGIN}/monitor/1", 2)
MEDIATOR = known.signer(f"{ORIGIN}/mediator/1", 3)
ROOT = known.signer(f"{ORIGIN}/founder/1", 4)
FRESH = known.signer(f"{ORIGIN}/monitor/2", 5)
STRANGER = known.signer(f"{ORIGIN}/monitor/9", 9)
WITNESSES = (
    known.signer("witness.example/north", 6, COSIGNATURE),
    known.signer("witness.example/south", 7, COSIGNATURE),
)
OWN = known.signer("own.example/witness", 8, COSIGNATURE)
ROLES = {MONITOR: ("monitor", "a"), FRESH: ("monitor", "a"), MEDIATOR: ("mediator", "b"), ROOT: ("root", "")}
TIMES = (1_762_155_000, 1_762_155_060)
TEAM = ["group both all mediator:b root:", "quorum both"]
RELEASED = Disclosure(bytes(range(16)), "witness_name", "گل خان")
WITHHELD = Disclosure(bytes(range(16, 32)), "place", {"lat_e7": 338912000, "lon_e7": 701031000})
BLOB = Disclosure(bytes(range(32, 48)), "blob", {"len": 3, "sha256": dossier.sha256_hex(known.EVIDENCE)})
SEALED = Disclosure(bytes(range(48, 64)), "sealed", 2)


def row(one: Signer) -> dict[str, Any]:
    role, component = ROLES[one]
    return {"component": component, "custody": "own", "role": role, "vkey": one.key.vkey}


def charter_body(**more: Any) -> dict[str, Any]:
    rules = [{"act": act, "need": TEAM} for act in ("key.enrol", "key.revoke", "rule.set", "witness.set")]
    witnesses = [{"component": name, "vkey": one.key.vkey} for name, one in zip("ab", WITNESSES, strict=True)]
    keys = [row(one) for one in (MONITOR, MEDIATOR, ROOT)]
    return {"keys": keys, "rules": rules, "scope": "press", "title": "x", "witnesses": witnesses, **more}


def act(name: str, body: Mapping[str, Any] | None = None, *signers: Signer, **more: Any) -> bytes:
    return sign_note(Envelope(more.pop("log", ORIGIN), name, known.AT, dict(body or {}), **more).text(), signers)


def sd(*values: Disclosure) -> tuple[str, ...]:
    return disclosures.digests(values, [bytes([decoy]) * 16 for decoy in range(1, 4)])


CHARTER = act("charter.adopt", charter_body(), MONITOR, MEDIATOR, ROOT)
ENROL = act("key.enrol", {"key": row(FRESH)}, MEDIATOR, ROOT, FRESH)
REPORT = act("report.file", {"kind": "mortar"}, MONITOR, case="c-417", sd=sd(RELEASED, WITHHELD))
PAPER = act("evidence.deposit", {}, FRESH, MEDIATOR, case="c-417", sd=sd(BLOB))
ADOPTED = act("agreement.adopt", {"sha256": dossier.sha256_hex(known.AGREEMENT)}, MONITOR, MEDIATOR)
MANIFEST = act("case.manifest", {"entries": [3, 4]}, MEDIATOR, case="c-417", sd=sd(SEALED))
NOTES = (CHARTER, ADOPTED, ENROL, REPORT, PAPER, MANIFEST)


@dataclass(frozen=True)
class Made:
    """A dossier to be: `notes` in log order, of which those of `taken` go in (all, when not given)."""

    notes: Sequence[bytes] = NOTES
    taken: Sequence[int] | None = None
    case: str = "c-417"
    released: Mapping[int, Sequence[Disclosure]] = field(
        default_factory=lambda: {3: [RELEASED], 4: [BLOB], 5: [SEALED]}
    )
    enrolled: Sequence[Signer] = (MONITOR, MEDIATOR, ROOT, FRESH)
    cosigners: Sequence[Signer] = WITNESSES
    origin: str = ORIGIN
    log: Signer = LOG

    def checkpoint(self, tree: Tree) -> bytes:
        text = Checkpoint(self.origin, tree.size, tree.root()).text()
        lines = [cosignatures.line(text, one, TIMES[i % 2]) for i, one in enumerate(self.cosigners)]
        return sign_note(text, [self.log]) + "".join(lines).encode()

    def members(self) -> Members:
        """The members as the house would write them, none of its checks asked: also what it would never write."""
        tree = Tree(lambda level, n: b"")
        tree.extend([leaf_of(note) for note in self.notes])
        checkpoint = self.checkpoint(tree)
        vkeys = dict.fromkeys(one.key.vkey for one in (self.log, *self.enrolled))
        made = {"checkpoint": checkpoint, "keys": "".join(f"{vkey}\n" for vkey in vkeys).encode()}
        for index in range(len(self.notes)) if self.taken is None else self.taken:
            made[f"entries/{index:08d}.note"] = self.notes[index]
            made[f"entries/{index:08d}.tlog-proof"] = Proof(index, tuple(tree.inclusion(index)), checkpoint).encode()
        for index, values in self.released.items():
            made[f"disclosures/{index:08d}.jsonl"] = "".join(f"{value.encoded}\n" for value in values).encode()
        made[f"agreement/{dossier.sha256_hex(known.AGREEMENT)}.json"] = known.AGREEMENT
        made[f"evidence/{dossier.sha256_hex(known.EVIDENCE)}"] = known.EVIDENCE
        made["VERIFY.en.txt"] = b"This explains; it proves nothing.\n"
        index = dossier.Index(self.origin, len(self.notes), self.case, self.origin.endswith("/exercise"), {})
        return known.relisted({dossier.INDEX: index.encode(), **made})


N1, N3, P3, P4 = (
    "entries/00000001.note",
    "entries/00000003.note",
    "entries/00000003.tlog-proof",
    "entries/00000004.tlog-proof",
)
R3 = "disclosures/00000003.jsonl"
Forge = Callable[[Members], Mapping[str, bytes | None]]


def forged(change: Forge) -> Members:
    """The members with some replaced or, where None, taken out, listed anew."""
    members = Made().members()
    changed = {**members, **change(members)}
    return known.relisted({name: data for name, data in changed.items() if data is not None})


def log_of(*notes: bytes, **more: Any) -> Members:
    """A dossier of a charter and these entries, no case, no values."""
    given = {"case": "", "released": {}, "enrolled": (MONITOR, MEDIATOR, ROOT), **more}
    return Made(notes=(given.pop("charter", CHARTER), *notes), **given).members()


def founded(body: Mapping[str, Any], *signers: Signer, enrolled: Sequence[Signer] = ()) -> Members:
    """A dossier of a charter alone."""
    signed = signers or (MONITOR, MEDIATOR, ROOT)
    return log_of(charter=act("charter.adopt", body, *signed), enrolled=enrolled or (MONITOR, MEDIATOR, ROOT))


def vkey(public: bytes, name: str = "tiga.example/weak", algorithm: int = 1) -> str:
    return NoteKey.of(name, algorithm, public).vkey


def keyed(**more: Any) -> dict[str, Any]:
    """A charter body whose first key has some members changed or, where None, left out."""
    first = {name: value for name, value in {**row(MONITOR), **more}.items() if value is not None}
    return charter_body(keys=[first, row(MEDIATOR), row(ROOT)])


def ruled(*need: str) -> dict[str, Any]:
    return charter_body(rules=[{"act": "key.enrol", "need": list(need)}])


def note(text: str, *signers: Signer) -> bytes:
    return sign_note(text, signers or (MONITOR,))


def text_of(**more: Any) -> str:
    """An entry's text with members changed or, where None, left out; spelled by RFC 8785 but not checked."""
    members = {"v": 1, "log": ORIGIN, "act": "report.file", "at": known.AT.text(), **more}
    kept = {name: value for name, value in members.items() if value is not None}
    return json.dumps(kept, sort_keys=True, separators=(",", ":"), ensure_ascii=False) + "\n"


def raw(text: str) -> bytes:
    """A note of a text that `sign_note` might refuse."""
    line = f"\u2014 {MONITOR.key.name} {encode64(MONITOR.key.key_id + MONITOR.sign(text.encode()))}\n"
    return f"{text}\n{line}".encode()


def lines_of(data: bytes) -> list[bytes]:
    return data.splitlines(keepends=True)


def loosened(data: bytes) -> bytes:
    """The last base64 text before padding with a bit set that decoding ignores."""
    letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    place = data.rindex(b"=") - 1
    while data[place] == ord("="):
        place -= 1
    return data[:place] + bytes([letters[letters.index(data[place]) ^ 1]]) + data[place + 1 :]


def cosigned_by(*lines: str) -> Members:
    """The dossier with exactly these lines after the log's on its checkpoint, and in every proof."""
    members = Made().members()
    text, _, rest = members["checkpoint"].partition(b"\n\n")
    checkpoint = text + b"\n\n" + lines_of(rest)[0] + "".join(lines).encode()
    again = {
        name: replace(proofs.parse(data), checkpoint=checkpoint).encode()
        for name, data in members.items()
        if name.endswith(".tlog-proof")
    }
    return known.relisted({**members, **again, "checkpoint": checkpoint})


def head_text() -> str:
    return Made().members()["checkpoint"].partition(b"\n\n")[0].decode() + "\n"


def cosignature(one: Signer, seconds: int, text: str | None = None) -> str:
    """A line as `cosignatures.line` writes it, for any time and text."""
    signature = one.sign(cosignatures.message(head_text() if text is None else text, seconds))
    return f"\u2014 {one.key.name} {encode64(one.key.key_id + seconds.to_bytes(8, 'big') + signature)}\n"


def with_path(change: Callable[[tuple[bytes, ...]], tuple[bytes, ...]]) -> Forge:
    def forge(members: Members) -> Members:
        proof = proofs.parse(members[P3])
        return {P3: replace(proof, path=change(proof.path)).encode()}

    return forge


def value_line(parts: object) -> bytes:
    """A line of released values that `Disclosure` might not write."""
    return base64url(json.dumps(parts, separators=(",", ":")).encode()).encode() + b"\n"


def with_torsion(public: bytes) -> bytes:
    """The key with a point of order 8 added: on the curve, canonical, of large order, and not free of torsion."""
    one, two = ed25519._decoded(public), ed25519._decoded(TORSION)
    assert one is not None and two is not None
    return ed25519._encoded(ed25519._added(one, two))


TORSION = bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a")
TWIN = known.signer(f"{ORIGIN}/monitor/3", 2)
ROTATE = act("key.rotate", {"old": MONITOR.key.name, "key": row(FRESH)}, MONITOR, FRESH)
LEVELS: Any = []
for _ in range(9):
    LEVELS = [LEVELS]

FORGERIES: dict[str, tuple[str, Callable[[], Members]]] = {
    # the members themselves
    "charter left out": ("charter", lambda: forged(lambda m: {"entries/00000000.note": None})),
    "checkpoint left out": ("missing", lambda: forged(lambda m: {"checkpoint": None})),
    "keys left out": ("missing", lambda: forged(lambda m: {"keys": None})),
    "note without proof": ("pair", lambda: forged(lambda m: {P3: None})),
    "proof without note": ("pair", lambda: forged(lambda m: {N3: None})),
    "values without entry": ("pair", lambda: forged(lambda m: {"disclosures/00000007.jsonl": m[R3]})),
    "unknown member": ("unknown_member", lambda: forged(lambda m: {"verify.sh": b""})),
    "odd number": (
        "unknown_member",
        lambda: forged(lambda m: {"entries/000000003.note": m[N3], "entries/000000003.tlog-proof": m[P3]}),
    ),
    "number beyond 2^53": (
        "place",
        lambda: forged(
            lambda m: {f"entries/{2**53 + 1}.{end}": m[f"entries/00000005.{end}"] for end in ("note", "tlog-proof")}
        ),
    ),
    "file under another name": ("file_name", lambda: forged(lambda m: {f"evidence/{'0' * 64}": b"x"})),
    "agreement under another name": ("file_name", lambda: forged(lambda m: {f"agreement/{'0' * 64}.json": b"{}"})),
    # keys
    "one key more": ("key_lines", lambda: forged(lambda m: {"keys": m["keys"] + f"{STRANGER.key.vkey}\n".encode()})),
    "keys in another order": (
        "key_lines",
        lambda: forged(
            lambda m: {"keys": lines_of(m["keys"])[0] + b"".join(sorted(lines_of(m["keys"])[1:], reverse=True))}
        ),
    ),
    "another log's key": (
        "log_key",
        lambda: forged(lambda m: {"keys": known.signer(ORIGIN, 8).key.vkey.encode() + b"\n"}),
    ),
    "a malformed log key": ("vkey", lambda: forged(lambda m: {"keys": b"x" + m["keys"]})),
    "a log key that is no text": ("vkey", lambda: forged(lambda m: {"keys": b"\xff" + m["keys"]})),
    # entries: order, proofs, signatures
    "entries exchanged": ("place", lambda: forged(lambda m: {N3: m["entries/00000004.note"], P3: m[P4]})),
    "notes exchanged": ("inclusion", lambda: forged(lambda m: {N1: m[N3], N3: m[N1]})),
    "unlogged entry": ("inclusion", lambda: forged(lambda m: {N3: act("report.file", {"kind": "other"}, MONITOR)})),
    "proof of another checkpoint": (
        "other_checkpoint",
        lambda: forged(lambda m: {P3: Made(cosigners=()).members()[P3]}),
    ),
    "proof of another entry": ("inclusion", lambda: forged(lambda m: {P3: m[P4]})),
    "path too short": ("path", lambda: forged(with_path(lambda path: path[:-1]))),
    "path too long": ("path", lambda: forged(with_path(lambda path: (*path, bytes(32))))),
    "path of 64 hashes": ("proof", lambda: forged(with_path(lambda path: (bytes(32),) * 64))),
    "hash of 31 bytes": ("hash_length", lambda: forged(with_path(lambda path: (bytes(31), *path)))),
    "index beyond the log": ("index", lambda: forged(lambda m: {P3: m[P3].replace(b"index 3", b"index 6")})),
    "index of another entry": ("inclusion", lambda: forged(lambda m: {P3: m[P3].replace(b"index 3", b"index 2")})),
    "index with a zero before": ("number", lambda: forged(lambda m: {P3: m[P3].replace(b"index 3", b"index 03")})),
    "index beyond 2^53": (
        "number",
        lambda: forged(lambda m: {P3: m[P3].replace(b"index 3", b"index 9007199254740992")}),
    ),
    "an extra line": ("proof", lambda: forged(lambda m: {P3: m[P3].replace(b"\nindex", b"\nextra eA==\nindex")})),
    "a later proof version": ("proof", lambda: forged(lambda m: {P3: m[P3].replace(b"@v1", b"@v2")})),
    "a proof that is no ASCII": ("proof", lambda: forged(lambda m: {P3: m[P3].replace(b"@v1", "@v1é".encode())})),
    "loose base64 in a path": (
        "base64",
        lambda: forged(lambda m: {P3: loosened(m[P3].partition(b"\n\n")[0]) + b"\n\n" + m["checkpoint"]}),
    ),
    "wrong signature": ("signature", lambda: forged(lambda m: {N3: m[N3].replace(b"mortar", b"Mortar")})),
    "short signature": (
        "signature",
        lambda: forged(lambda m: {N3: note(text_of(), replace(MONITOR, sign=lambda text: bytes(63)))}),
    ),
    "signature without bytes": (
        "line",
        lambda: forged(lambda m: {N3: note(text_of(), replace(MONITOR, sign=lambda text: b""))}),
    ),
    "loose base64 in a line": ("base64", lambda: forged(lambda m: {N3: loosened(m[N3])})),
    "foreign key": ("unknown_key", lambda: forged(lambda m: {N3: act("report.file", {"kind": "mortar"}, STRANGER)})),
    "key of another id": (
        "unknown_key",
        lambda: forged(lambda m: {N3: note(text_of(), replace(MONITOR, key=replace(MONITOR.key, key_id=b"\0\0\0\0")))}),
    ),
    "line twice": ("line_order", lambda: forged(lambda m: {N3: m[N3] + lines_of(m[N3])[-1]})),
    "lines in another order": (
        "line_order",
        lambda: forged(
            lambda m: {"entries/00000004.note": b"".join([*lines_of(PAPER)[:-2], *reversed(lines_of(PAPER)[-2:])])}
        ),
    ),
    "no line": ("unsigned", lambda: forged(lambda m: {N3: m[N3].partition(b"\n\n")[0] + b"\n\n"})),
    "33 lines": ("lines", lambda: forged(lambda m: {N3: m[N3] + lines_of(m[N3])[-1] * 32})),
    "a line without a dash": ("line", lambda: forged(lambda m: {N3: m[N3].replace("\u2014".encode(), b"-")})),
    "a line without a name": (
        "line",
        lambda: forged(lambda m: {N3: m[N3].replace(f" {MONITOR.key.name} ".encode(), b"  ")}),
    ),
    "a name with a wide space": (
        "line",
        lambda: forged(lambda m: {N3: m[N3].replace(b"monitor/1 ", "monitor/1\u3000 ".encode())}),
    ),
    "no empty line": ("note", lambda: forged(lambda m: {N3: m[N3].replace(b"\n\n", b"\n")})),
    "no newline at the end": ("note", lambda: forged(lambda m: {N3: m[N3][:-1]})),
    "a carriage return": ("note", lambda: forged(lambda m: {N3: m[N3].replace(b"\n\n", b"\r\n\n")})),
    "a byte that is no UTF-8": ("note", lambda: forged(lambda m: {N3: m[N3].replace(b"mortar", b"m\xffrtar")})),
    "a mark of byte order": ("canonical.json", lambda: forged(lambda m: {N3: "\ufeff".encode() + m[N3]})),
    "another origin": (
        "origin",
        lambda: forged(lambda m: {N3: act("report.file", {}, MONITOR, log="tiga.example/other")}),
    ),
    "an entry too long": ("canonical.long", lambda: log_of(raw(text_of(body={"a": "x" * 49_200})))),
    # an entry's text
    "version 2": ("version", lambda: log_of(note(text_of(v=2)))),
    "version true": ("version", lambda: log_of(note(text_of(v=True)))),
    "no object": ("version", lambda: log_of(note("[1]\n"))),
    "no JSON": ("canonical.json", lambda: log_of(note("report\n"))),
    "unfinished JSON": ("canonical.json", lambda: log_of(note('{"a":\n'))),
    "absurd nesting": ("canonical.json", lambda: log_of(note("[" * 20_000 + "\n"))),
    "a float": ("canonical.float", lambda: log_of(note(text_of(body={"a": 1.5})))),
    "not a number": ("canonical.float", lambda: log_of(note(text_of(body={"a": float("nan")})))),
    "a large integer": ("canonical.integer", lambda: log_of(note(text_of(body={"a": 2**53})))),
    "null": ("canonical.kind", lambda: log_of(note(text_of(body={"a": [None]})))),
    "nine levels": ("canonical.depth", lambda: log_of(note(text_of(body={"a": LEVELS})))),
    "a member's name in capitals": ("canonical.name", lambda: log_of(note(text_of(body={"A": 1})))),
    "half a surrogate pair": (
        "canonical.surrogate",
        lambda: log_of(note(text_of(body={"a": "X"}).replace("X", "\\ud800"))),
    ),
    "an escape too many": ("spelling", lambda: log_of(note(text_of(body={"a": "X"}).replace("X", "\\u0041")))),
    "a space": ("spelling", lambda: log_of(note(text_of(body={"a": 1}).replace(":1}", ": 1}")))),
    "another order": ("spelling", lambda: log_of(note('{"v":1,' + text_of(v=None)[1:]))),
    "a member twice": ("spelling", lambda: log_of(note(text_of(body={"a": 1}).replace('"a":1', '"a":2,"a":1')))),
    "minus zero": ("spelling", lambda: log_of(note(text_of(body={"a": 7}).replace('"a":7', '"a":-0')))),
    "two lines": ("spelling", lambda: log_of(note(text_of().replace(",", ",\n", 1)))),
    "an empty body": ("spelling", lambda: log_of(note(text_of(body={})))),
    "an empty case": ("spelling", lambda: log_of(note(text_of(case="")))),
    "an empty re": ("spelling", lambda: log_of(note(text_of(re=[])))),
    "no seq, said": ("spelling", lambda: log_of(note(text_of(seq="X").replace('"X"', "null")))),
    "an unknown member": ("member_unknown", lambda: log_of(note(text_of(why="x")))),
    "no origin": ("member_form", lambda: log_of(note(text_of(log=None)))),
    "no time": ("member_form", lambda: log_of(note(text_of(at=None)))),
    "a day that is none": ("member_form", lambda: log_of(note(text_of(at="2025-02-29T00:00:00.000Z")))),
    "a leap second": ("member_form", lambda: log_of(note(text_of(at="2016-12-31T23:59:60.000Z")))),
    "a time without milliseconds": ("member_form", lambda: log_of(note(text_of(at="2025-02-28T00:00:00Z")))),
    "an act in capitals": ("member_form", lambda: log_of(note(text_of(act="Report.file")))),
    "a body that is a list": ("member_form", lambda: log_of(note(text_of(body=[1])))),
    "a case with a space": ("member_form", lambda: log_of(note(text_of(case="a b")))),
    "a negative seq": ("member_form", lambda: log_of(note(text_of(seq=-1)))),
    "a seq that is true": ("member_form", lambda: log_of(note(text_of(seq=True)))),
    "a prev that is no sid": ("member_form", lambda: log_of(note(text_of(prev="x" * 43)))),
    "three digests": ("member_form", lambda: log_of(note(text_of(sd=list(sd(RELEASED))[:3])))),
    "digests in another order": ("member_form", lambda: log_of(note(text_of(sd=list(sd(RELEASED))[::-1])))),
    "513 references": ("member_form", lambda: log_of(note(text_of(re=["A" * 43] * 513)))),
    # the charter
    "another act at 0": ("charter_act", lambda: log_of(charter=act("report.file", charter_body(), MONITOR))),
    "a second charter": (
        "charter_act",
        lambda: log_of(act("charter.adopt", charter_body(title="y"), MONITOR, MEDIATOR, ROOT)),
    ),
    "no keys": ("charter_keys", lambda: founded({"title": "x"})),
    "an empty list of keys": ("charter_keys", lambda: founded(charter_body(keys=[]))),
    "keys that are no objects": ("charter_keys", lambda: founded(charter_body(keys=["x"]))),
    "a key without custody": ("charter_keys", lambda: founded(keyed(custody=None))),
    "a key twice": ("charter_keys", lambda: founded(charter_body(keys=[row(MONITOR), row(MONITOR)]))),
    "a public key under two names": (
        "charter_keys",
        lambda: founded(charter_body(keys=[row(MONITOR), {**row(MONITOR), "vkey": vkey(MONITOR.key.public)}])),
    ),
    "a malformed key": ("vkey", lambda: founded(keyed(vkey="x"))),
    "a key with another's id": ("vkey", lambda: founded(keyed(vkey=MONITOR.key.vkey.replace("+", "+0", 1)))),
    "a witness's key for a person": ("weak_key", lambda: founded(keyed(vkey=WITNESSES[0].key.vkey))),
    "a key of small order 1": ("weak_key", lambda: founded(keyed(vkey=vkey(b"\1" + bytes(31))))),
    "a key of small order 2": ("weak_key", lambda: founded(keyed(vkey=vkey(bytes.fromhex("ec" + "ff" * 30 + "7f"))))),
    "a key of small order 4": ("weak_key", lambda: founded(keyed(vkey=vkey(bytes(32))))),
    "a key of small order 8": ("weak_key", lambda: founded(keyed(vkey=vkey(TORSION)))),
    "a key with a negative zero": ("weak_key", lambda: founded(keyed(vkey=vkey(b"\1" + bytes(30) + b"\x80")))),
    "a key that is not on the curve": ("weak_key", lambda: founded(keyed(vkey=vkey(b"\2" + bytes(31))))),
    "a key with torsion": ("weak_key", lambda: founded(keyed(vkey=vkey(with_torsion(MONITOR.key.public))))),
    "a key beyond p": ("weak_key", lambda: founded(keyed(vkey=vkey(bytes.fromhex("f0" + "ff" * 30 + "7f"))))),
    "a seal that is no key": ("charter_keys", lambda: founded(keyed(seal=encode64(bytes(31))))),
    "a loose seal": ("base64", lambda: founded(keyed(seal=encode64(bytes(32))[:-2] + "B="))),
    "another key for the log": ("log_key", lambda: founded(keyed(vkey=known.signer(ORIGIN, 8).key.vkey))),
    "a root that did not sign": ("charter_unsigned", lambda: founded(charter_body(), MONITOR, MEDIATOR)),
    "hours that are true": ("charter_keys", lambda: founded(charter_body(absent_hours=True))),
    "hours below zero": ("charter_keys", lambda: founded(charter_body(absent_hours=-1))),
    "a rule without lines": ("charter_keys", lambda: founded(charter_body(rules=[{"act": "key.enrol"}]))),
    "a rule without an act": ("charter_keys", lambda: founded(charter_body(rules=[{"need": TEAM}]))),
    "a witness of type 1": (
        "weak_key",
        lambda: founded(charter_body(witnesses=[{"component": "a", "vkey": MONITOR.key.vkey}])),
    ),
    "a witness without component": (
        "charter_keys",
        lambda: founded(charter_body(witnesses=[{"vkey": WITNESSES[0].key.vkey}])),
    ),
    "a rule with a witness line": ("policy_keyword", lambda: founded(ruled("witness a b", "quorum a"))),
    "a rule without a quorum": ("policy_quorum", lambda: founded(ruled("group g any root:"))),
    "a rule with two": ("policy_quorum_twice", lambda: founded(ruled("quorum root:", "quorum root:"))),
    "a rule with an unknown name": ("policy_unknown", lambda: founded(ruled("group g any x", "quorum g"))),
    "a rule that asks for nobody of a group": (
        "policy_unknown",
        lambda: founded(ruled("group g any none", "quorum g")),
    ),
    "a rule in another script": ("policy_unknown", lambda: founded(ruled("quorum مانیتور:الف"))),
    "a rule with a member in capitals": ("policy_unknown", lambda: founded(ruled("quorum Monitor:a"))),
    "a rule with a member twice": ("policy_placed", lambda: founded(ruled("group g any a:b a:b", "quorum g"))),
    "a rule with too many": ("policy_threshold", lambda: founded(ruled("group g 2 a:b", "quorum g"))),
    "a rule with 0": ("policy_threshold", lambda: founded(ruled("group g 0 a:b", "quorum g"))),
    "a rule with 01": ("policy_threshold", lambda: founded(ruled("group g 01 a:b", "quorum g"))),
    "a rule of two words": ("policy_form", lambda: founded(ruled("quorum"))),
    "a rule's group named as a member": ("policy_name", lambda: founded(ruled("group a:b any a:b", "quorum a:b"))),
    "a rule with a line break": ("policy_character", lambda: founded(ruled("group g any a:b\nquorum g"))),
    # the key state
    "enrolled without hands": ("hands", lambda: log_of(act("key.enrol", {"key": row(FRESH)}, MEDIATOR, FRESH))),
    "enrolled by a component twice": (
        "hands",
        lambda: log_of(act("key.enrol", {"key": row(FRESH)}, MONITOR, MEDIATOR, FRESH)),
    ),
    "enrolled without its own hand": ("not_own", lambda: log_of(act("key.enrol", {"key": row(FRESH)}, MEDIATOR, ROOT))),
    "enrolled again": ("enrolled", lambda: log_of(act("key.enrol", {"key": row(MONITOR)}, MEDIATOR, ROOT, MONITOR))),
    "enrolled under a second name": (
        "enrolled",
        lambda: log_of(act("key.enrol", {"key": {**row(MONITOR), "vkey": TWIN.key.vkey}}, MEDIATOR, ROOT, TWIN)),
    ),
    "enrolled: the log's name": (
        "log_key",
        lambda: log_of(
            act("key.enrol", {"key": {**row(FRESH), "vkey": known.signer(ORIGIN, 8).key.vkey}}, MEDIATOR, ROOT)
        ),
    ),
    "enrolled: no key": ("charter_keys", lambda: log_of(act("key.enrol", {}, MEDIATOR, ROOT))),
    "an act without a rule": (
        "no_rule",
        lambda: log_of(
            act("key.enrol", {"key": row(FRESH)}, MEDIATOR, ROOT, FRESH),
            charter=act("charter.adopt", charter_body(rules=[]), MONITOR, MEDIATOR, ROOT),
        ),
    ),
    "signed before it was enrolled": (
        "unknown_key",
        lambda: log_of(act("report.file", {}, FRESH), ENROL, enrolled=(MONITOR, MEDIATOR, ROOT, FRESH)),
    ),
    "signed after it was revoked": (
        "unknown_key",
        lambda: log_of(
            act("key.revoke", {"key": MONITOR.key.name, "ground": "lost"}, MEDIATOR, ROOT),
            act("report.file", {}, MONITOR),
        ),
    ),
    "revoked without hands": ("hands", lambda: log_of(act("key.revoke", {"key": MONITOR.key.name}, MEDIATOR))),
    "suppressed without a rule": (
        "no_rule",
        lambda: log_of(act("entry.suppress", {"ground": "x", "indices": [1]}, MEDIATOR, ROOT)),
    ),
    "erased without hands": (
        "hands",
        lambda: log_of(
            act("rule.set", {"act": "value.erase", "need": TEAM}, MEDIATOR, ROOT),
            act("value.erase", {"digests": [], "ground": "x", "of": "y"}, MEDIATOR),
        ),
    ),
    "the log's own key enrolled as a person's": (
        "enrolled",
        lambda: log_of(
            act(
                "key.enrol",
                {"key": {"vkey": LOG.key.vkey, "role": "monitor", "component": "", "custody": "device"}},
                MEDIATOR,
                ROOT,
                LOG,
            )
        ),
    ),
    "revoked twice": (
        "not_enrolled",
        lambda: log_of(*(act("key.revoke", {"key": MONITOR.key.name, "ground": why}, MEDIATOR, ROOT) for why in "ab")),
    ),
    "revoked: nobody": ("not_enrolled", lambda: log_of(act("key.revoke", {"key": "nobody"}, MEDIATOR, ROOT))),
    "suspect from the future": (
        "member_form",
        lambda: log_of(act("key.revoke", {"key": MONITOR.key.name, "suspect_from": 2}, MEDIATOR, ROOT)),
    ),
    "rotated without the old key": (
        "not_own",
        lambda: log_of(act("key.rotate", {"old": MONITOR.key.name, "key": row(FRESH)}, FRESH)),
    ),
    "rotated without the new key": (
        "not_own",
        lambda: log_of(act("key.rotate", {"old": MONITOR.key.name, "key": row(FRESH)}, MONITOR)),
    ),
    "rotated into another role": (
        "rotated_role",
        lambda: log_of(act("key.rotate", {"old": MEDIATOR.key.name, "key": row(FRESH)}, MEDIATOR, FRESH)),
    ),
    "rotated: nobody": (
        "not_enrolled",
        lambda: log_of(act("key.rotate", {"old": "x", "key": row(FRESH)}, MEDIATOR, FRESH)),
    ),
    "signed after it was rotated": (
        "unknown_key",
        lambda: log_of(ROTATE, act("report.file", {}, MONITOR), enrolled=(MONITOR, MEDIATOR, ROOT, FRESH)),
    ),
    "a rule set without the old one": (
        "hands",
        lambda: log_of(act("rule.set", {"act": "key.enrol", "need": ["quorum mediator:b"]}, MEDIATOR)),
    ),
    "a rule set without the new one": (
        "hands",
        lambda: log_of(act("rule.set", {"act": "x", "need": ["quorum monitor:a"]}, MEDIATOR, ROOT)),
    ),
    "a rule set for nothing": (
        "member_form",
        lambda: log_of(act("rule.set", {"need": ["quorum none"]}, MEDIATOR, ROOT)),
    ),
    "a witness set that is weak": (
        "weak_key",
        lambda: log_of(act("witness.set", {"component": "a", "vkey": vkey(TORSION, algorithm=4)}, MEDIATOR, ROOT)),
    ),
    # disclosures, case, manifest
    "an invented value": (
        "uncommitted",
        lambda: forged(lambda m: {R3: Disclosure(bytes(16), "witness_name", "x").encoded.encode() + b"\n"}),
    ),
    "a value of another entry": ("uncommitted", lambda: forged(lambda m: {R3: m["disclosures/00000004.jsonl"]})),
    "a value twice": ("disclosure", lambda: forged(lambda m: {R3: m[R3] * 2})),
    "no value": ("disclosure", lambda: forged(lambda m: {R3: b""})),
    "values without a newline": ("disclosure", lambda: forged(lambda m: {R3: m[R3][:-1]})),
    "a value that is no ASCII": ("disclosure", lambda: forged(lambda m: {R3: "é\n".encode()})),
    "a value with a short salt": (
        "disclosure",
        lambda: forged(lambda m: {R3: value_line([base64url(bytes(15)), "a", 1])}),
    ),
    "a value of four parts": (
        "disclosure",
        lambda: forged(lambda m: {R3: value_line([base64url(bytes(16)), "a", 1, 1])}),
    ),
    "a value with a name in capitals": (
        "disclosure",
        lambda: forged(lambda m: {R3: value_line([base64url(bytes(16)), "A", 1])}),
    ),
    "a value with a float": (
        "disclosure",
        lambda: forged(lambda m: {R3: value_line([base64url(bytes(16)), "a", 1.5])}),
    ),
    "a value with spaces": (
        "disclosure",
        lambda: forged(
            lambda m: {R3: base64url(b'[ "' + base64url(bytes(16)).encode() + b'","a",1]').encode() + b"\n"}
        ),
    ),
    "another case": ("case", lambda: Made(case="c-418").members()),
    "a manifest that lists more": (
        "omitted",
        lambda: Made(taken=(0, 1, 2, 4, 5), released={4: [BLOB], 5: [SEALED]}).members(),
    ),
    "a sealed entry left out": (
        "omitted",
        lambda: log_of(
            *NOTES[1:2],
            REPORT,
            act("case.manifest", {"entries": [2]}, MEDIATOR, case="c-417", sd=sd(Disclosure(bytes(16), "sealed", 1))),
            case="c-417",
            taken=(0, 2, 3),
            released={3: [Disclosure(bytes(16), "sealed", 1)]},
        ),
    ),
    "a manifest without a list": (
        "member_form",
        lambda: log_of(act("case.manifest", {"entries": ["x"]}, MEDIATOR, case="c-417"), case="c-417"),
    ),
    "the last manifest counts": (
        "omitted",
        lambda: log_of(
            *(act("case.manifest", {"entries": [last]}, MEDIATOR, case="c-417") for last in (1, 9)), case="c-417"
        ),
    ),
    # cosignatures
    "a bad cosignature": ("signature", lambda: cosigned_by(cosignature(WITNESSES[0], 5, "x\n"))),
    "a cosignature without a time": ("cosignature_time", lambda: cosigned_by(cosignature(WITNESSES[0], 0))),
    "a cosignature at the end of time": ("cosignature_time", lambda: cosigned_by(cosignature(WITNESSES[0], 2**63))),
    "a witness twice": (
        "cosignature_twice",
        lambda: cosigned_by(*(cosignature(WITNESSES[0], seconds) for seconds in (5, 6))),
    ),
    "a short cosignature": (
        "signature",
        lambda: cosigned_by(f"\u2014 {WITNESSES[0].key.name} {encode64(WITNESSES[0].key.key_id + bytes(71))}\n"),
    ),
    "a cosignature of a key set later": (
        "signature",
        lambda: log_of(
            act("witness.set", {"component": "a", "vkey": OWN.key.vkey}, MEDIATOR, ROOT),
            cosigners=(replace(OWN, sign=lambda text: bytes(64)),),
        ),
    ),
    "a checkpoint of four lines": (
        "checkpoint",
        lambda: forged(lambda m: {"checkpoint": sign_note(head_text() + "x\n", [LOG])}),
    ),
    "a checkpoint signed by nobody": (
        "unsigned",
        lambda: forged(lambda m: {"checkpoint": sign_note(head_text(), [MONITOR])}),
    ),
    "a checkpoint with a bad line of the log": (
        "signature",
        lambda: forged(lambda m: {"checkpoint": m["checkpoint"] + sign_note("x\n", [LOG]).partition(b"\n\n")[2]}),
    ),
    "a checkpoint of another size": (
        "index_head",
        lambda: forged(lambda m: {"checkpoint": sign_note(head_text().replace("\n6\n", "\n7\n"), [LOG])}),
    ),
    "a size with a zero before": (
        "number",
        lambda: forged(lambda m: {"checkpoint": sign_note(head_text().replace("\n6\n", "\n06\n"), [LOG])}),
    ),
    "a checkpoint of another origin": (
        "origin",
        lambda: forged(lambda m: {"checkpoint": sign_note(head_text().replace(ORIGIN, "x"), [LOG])}),
    ),
}


EXERCISE = f"{ORIGIN}/exercise"
EXERCISE_LOG = known.signer(EXERCISE, 1)
BOTH_COSIGN = (
    f"log {LOG.key.vkey}\n"
    + "".join(f"witness {name} {one.key.vkey}\n" for name, one in zip("ns", WITNESSES, strict=True))
    + "group both all n s\nquorum both\n"
)
"""A policy that these dossiers meet."""


def exercise() -> Members:
    """The dossier of an exercise: a charter alone."""
    adopted = act("charter.adopt", {"keys": [row(MONITOR)]}, MONITOR, log=EXERCISE)
    return log_of(charter=adopted, origin=EXERCISE, log=EXERCISE_LOG, enrolled=(MONITOR,))
