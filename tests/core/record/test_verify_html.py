"""The page's verifier against the Python one: two implementations of one document, the same verdicts and codes.

The script is that of `verify.html`; Node runs it. Without Node these tests are skipped, and say so.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.core.record import known
from tests.core.record.forgeries import (
    BLOB,
    BOTH_COSIGN,
    EXERCISE_LOG,
    FORGERIES,
    FRESH,
    LOG,
    MEDIATOR,
    MONITOR,
    NOTES,
    ORIGIN,
    OWN,
    REPORT,
    ROOT,
    ROTATE,
    TIMES,
    WITNESSES,
    Made,
    Members,
    act,
    cosignature,
    cosigned_by,
    exercise,
    founded,
    log_of,
    row,
    vkey,
)
from tiga.publish import tools
from tiga.record import canonical, cosignatures, dossier, ed25519, policy, proofs
from tiga.record.book import MemoryBook, Submission
from tiga.record.checkpoints import Checkpoint
from tiga.record.container import pack
from tiga.record.entries import Entry, open_entry, sid_of
from tiga.record.notes import COSIGNATURE, NoteKey
from tiga.record.refusals import Refused
from tiga.record.verify import verify_dossier
from tiga.values import words

NODE = shutil.which("node")
needs_node = pytest.mark.skipif(NODE is None, reason="Node is not on this machine; it runs the page's script")
VECTORS = Path(__file__).resolve().parents[2] / "vectors" / "record"
NODE_SECONDS_MAX = 300


@dataclass(frozen=True)
class Asked:
    """A dossier's bytes and what its reader brings."""

    data: bytes
    log_key: NoteKey | None = LOG.key
    exercise: bool = False
    policy: bytes = b""
    own: NoteKey | None = None

    def job(self) -> dict[str, Any]:
        return {
            "data": base64.b64encode(self.data).decode(),
            "logKey": self.log_key.vkey if self.log_key else "",
            "exercise": self.exercise,
            "policy": base64.b64encode(self.policy).decode(),
            "own": self.own.vkey if self.own else "",
        }

    def code(self) -> str:
        """What Python says: empty where it accepts."""
        try:
            read = policy.parse(self.policy) if self.policy else None
            verify_dossier(self.data, check, self.log_key, self.exercise, read, self.own)
        except Refused as error:
            return error.code
        return ""


@cache
def check(public: bytes, signature: bytes, message: bytes) -> bool:
    return known.CHECK(public, signature, message)


# --- Node

HARNESS = """
const { readFileSync, writeSync } = require("fs");
const t = require(process.argv[1]);
const bytes = (text) => new Uint8Array(Buffer.from(text, "base64"));
const say = (value) => writeSync(1, JSON.stringify(value) + "\\n");
const seen = new Map();
const check = (key, signature, message) => {
  const name = [key, signature, message].map((part) => Buffer.from(part).toString("latin1")).join("|");
  if (!seen.has(name)) seen.set(name, t.verifySignature(key, signature, message));
  return seen.get(name);
};
const verdict = (job, data) => {
  try {
    return t.verifyDossier(data, {
      logKey: job.logKey ? t.parseKey(job.logKey) : null,
      policy: job.policy ? t.parsePolicy(bytes(job.policy)) : null,
      own: job.own ? t.parseKey(job.own) : null,
      exercise: job.exercise,
      check,
    });
  } catch (error) {
    return { accepted: false, code: error.code || String(error) };
  }
};
const short = ({ accepted, code, values }) => (accepted ? "" : code || `no verdict: ${values.why}`);
"""


def node(program: str, given: object, tmp_path: Path) -> list[Any]:
    """Run a program after the harness with `job` as its input; what it says, a JSON value a line."""
    assert NODE is not None
    script = tmp_path / "script.js"
    script.write_text(tools.verify_script(), encoding="utf-8")
    source = f"{HARNESS}\nconst job = JSON.parse(readFileSync(0, 'utf8'));\n{program}"
    answer = subprocess.run(
        [NODE, "-e", source, str(script)],
        input=json.dumps(given),
        capture_output=True,
        text=True,
        timeout=NODE_SECONDS_MAX,
    )
    assert answer.returncode == 0, answer.stderr[-3000:]
    return [json.loads(line) for line in answer.stdout.splitlines()]


def codes(asked: Sequence[Asked], tmp_path: Path) -> list[str]:
    """The page's codes, empty where it accepts."""
    jobs = [one.job() for one in asked]
    return [str(code) for code in node("for (const j of job) say(short(verdict(j, bytes(j.data))));", jobs, tmp_path)]


# --- (a) accepted by both


def composed() -> Members:
    """The dossier as the house composes it: a book in memory, its proofs, a checkpoint with two cosignatures."""
    keys = {one.key.name: one.key for one in (MONITOR, MEDIATOR, ROOT, FRESH)}
    book = MemoryBook(ORIGIN, LOG, keys, check)
    for note in NOTES:
        book.enter([Submission(note, ("case:c-417",))], {})
    head = book.head()
    text = Checkpoint(ORIGIN, head.size, head.root).text()
    lines = [cosignatures.line(text, one, seconds) for one, seconds in zip(WITNESSES, TIMES, strict=True)]
    checkpoint = cosignatures.merged(head.checkpoint, lines, LOG.key, [one.key for one in WITNESSES], check)
    entries = [_entry(index, note, keys) for index, note in enumerate(NOTES)]
    return dossier.compose(
        checkpoint=checkpoint,
        log_key=LOG.key,
        entries=entries,
        proofs={i: replace(proofs.parse(book.proof(i)), checkpoint=checkpoint).encode() for i in range(len(NOTES))},
        case="c-417",
        disclosed=Made().released,
        agreements=[known.AGREEMENT],
        evidence=[known.EVIDENCE],
    )


def _entry(index: int, note: bytes, keys: Mapping[str, NoteKey]) -> Entry:
    envelope, sid, signers = open_entry(note, keys.values(), check)
    return Entry(index, note, envelope, sid, signers)


@needs_node
def test_both_accept_what_the_house_composes_and_say_the_same_of_it(tmp_path: Path) -> None:
    asked = Asked(pack(composed()))
    verified = verify_dossier(asked.data, check, LOG.key)
    (said,) = node("say(verdict(job, bytes(job.data)));", asked.job(), tmp_path)
    assert (said["accepted"], said["code"], said["keysFromDossier"]) == (True, "", False)
    assert (said["origin"], said["size"], said["case"]) == (verified.origin, verified.size, verified.case)
    assert [(row["index"], row["act"], row["sid"], row["at"]) for row in said["entries"]] == [
        (entry.index, entry.envelope.act, entry.sid, entry.envelope.at.text()) for entry in verified.entries
    ]
    assert [tuple(signer["name"] for signer in row["signers"]) for row in said["entries"]] == [
        entry.signers for entry in verified.entries
    ]
    assert said["entries"][4]["signers"] == [
        {"name": MEDIATOR.key.name, "role": "mediator", "component": "b", "custody": "own", "suspect": False},
        {"name": FRESH.key.name, "role": "monitor", "component": "a", "custody": "own", "suspect": False},
    ]
    assert [(row["committed"], row["released"]) for row in said["entries"][3:]] == [
        (4, [{"name": "witness_name", "value": "گل خان"}]),
        (4, [{"name": "blob", "value": canonical.encode(BLOB.value).decode()}]),
        (4, [{"name": "sealed", "value": "2"}]),
    ]
    assert [(row["name"], row["seconds"]) for row in said["cosigned"]] == [
        (one.name, one.seconds) for one in verified.cosigned
    ]
    assert [row["component"] for row in said["cosigned"]] == ["a", "b"]
    assert said["manifest"] == {"index": verified.manifest, "listed": 3}
    assert [(row["sha256"], row["named"]) for row in said["agreements"] + said["evidence"]] == [
        (dossier.sha256_hex(known.AGREEMENT), [1]),
        (dossier.sha256_hex(known.EVIDENCE), [4]),
    ]


@needs_node
def test_what_these_tests_forge_from_is_what_the_house_composes(tmp_path: Path) -> None:
    made, own = Made().members(), composed()
    del made["VERIFY.en.txt"], own["VERIFY.en.txt"]
    assert known.relisted(made) == known.relisted(own)


# --- (b) every byte


def mask(place: int) -> int:
    """The bits to turn at a place: the same for both languages."""
    return (place * 2654435761 % 2**32 >> 13) % 255 + 1


FLIPS = """
const mask = (place) => ((Math.imul(place, 2654435761) >>> 0) >>> 13) % 255 + 1;
const data = bytes(job.data);
for (let place = 0; place < data.length; place++) {
  data[place] ^= mask(place);
  say(short(verdict(job, data)));
  data[place] ^= mask(place);
}
"""


@needs_node
def test_every_flipped_byte_is_refused_by_both_with_one_code(tmp_path: Path) -> None:
    asked = Asked(pack(composed()))
    theirs = node(FLIPS, asked.job(), tmp_path)
    ours = []
    for place in range(len(asked.data)):
        changed = bytearray(asked.data)
        changed[place] ^= mask(place)
        ours.append(replace(asked, data=bytes(changed)).code())
    assert len(theirs) == len(asked.data)
    assert [place for place, code in enumerate(theirs) if not code] == []
    assert [
        (place, mine, other) for place, (mine, other) in enumerate(zip(ours, theirs, strict=True)) if mine != other
    ] == []


PATCHES = """
const { createHash } = require("crypto");
const digest = (part) => createHash("sha256").update(part).digest("hex");
const crc = (part) => {
  let value = -1;
  for (const byte of part) {
    value ^= byte;
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  }
  return ~value >>> 0;
};
const original = bytes(job.data);
for (const [name, place] of job.flips) {
  const data = original.slice();
  const view = new DataView(data.buffer);
  const { begin, end, crcs, listed } = job.members[name];
  data[begin + place] ^= 1;
  data.set(Buffer.from(digest(data.subarray(begin, end))), listed);
  for (const crcPlace of crcs) view.setUint32(crcPlace, crc(data.subarray(begin, end)), true);
  const index = job.members["DOSSIER.json"];
  for (const crcPlace of index.crcs) view.setUint32(crcPlace, crc(data.subarray(index.begin, index.end)), true);
  say([short(verdict(job, data)), digest(data)]);
}
"""


def layout(members: Members) -> dict[str, dict[str, Any]]:
    """Where in the packed dossier each member begins and ends, where its CRC stands, and where the index lists it."""
    data, places, at = pack(members), {}, 0
    directory = sum(30 + len(name) + len(part) for name, part in members.items())
    for name in sorted(members):
        begin = at + 30 + len(name)
        places[name] = {"begin": begin, "end": begin + len(members[name]), "crcs": [at + 14, directory + 16]}
        at, directory = begin + len(members[name]), directory + 46 + len(name)
    for name in places:
        places[name]["listed"] = data.find(f'"{name}":"'.encode()) + len(name) + 4
    return places


@needs_node
def test_every_third_byte_flipped_listed_and_packed_anew_is_refused_by_both_with_one_code(tmp_path: Path) -> None:
    """What a careful forger does; the `VERIFY` text alone is free, and the index has a test of its own."""
    members = composed()
    named = [name for name in members if name != dossier.INDEX and not name.startswith("VERIFY")]
    flips = [(name, place) for name in named for place in range(0, len(members[name]), 3)]
    job = {**Asked(pack(members)).job(), "members": layout(members), "flips": flips}
    theirs = node(PATCHES, job, tmp_path)
    ours = []
    for name, place in flips:
        changed = bytearray(members[name])
        changed[place] ^= 1
        data = pack(known.relisted({**members, name: bytes(changed)}))
        ours.append([Asked(data).code(), dossier.sha256_hex(data)])
    assert len(theirs) == len(flips)
    assert [flip for flip, (code, _) in zip(flips, theirs, strict=True) if not code] == []
    assert [(flip, a, b) for flip, a, b in zip(flips, ours, theirs, strict=True) if a != b] == []


@needs_node
def test_every_flipped_byte_of_the_index_is_refused_by_both_with_one_code(tmp_path: Path) -> None:
    members = composed()
    data = members[dossier.INDEX]
    asked = []
    for place in range(0, len(data), 2):
        changed = data[:place] + bytes([data[place] ^ 0x01]) + data[place + 1 :]
        asked.append(Asked(pack({**members, dossier.INDEX: changed})))
    ours = [one.code() for one in asked]
    assert "" not in ours
    assert codes(asked, tmp_path) == ours


# --- (c) forgeries by somebody careful


@needs_node
def test_every_forgery_is_refused_by_both_with_its_code(tmp_path: Path) -> None:
    asked = [Asked(pack(make())) for _, make in FORGERIES.values()]
    wanted = [f"record.{'' if '.' in code else 'refused.'}{code}" for code, _ in FORGERIES.values()]
    ours = [one.code() for one in asked]
    assert [row for row in zip(FORGERIES, ours, wanted, strict=True) if row[1] != row[2]] == []
    theirs = codes(asked, tmp_path)
    assert [row for row in zip(FORGERIES, theirs, ours, strict=True) if row[1] != row[2]] == []


REVOKE = act("key.revoke", {"key": MONITOR.key.name, "suspect_from": 1}, MEDIATOR, ROOT)
ACCEPTED: dict[str, Callable[[], Members]] = {
    "a part of the log": lambda: Made(taken=(0, 1, 2, 3, 5), case="", released={}).members(),
    "a part without its manifest": lambda: Made(taken=(0, 2, 4), released={}).members(),
    "no cosignature": lambda: Made(cosigners=()).members(),
    "a cosignature by a stranger": lambda: cosigned_by(cosignature(OWN, 0)),
    "a charter alone": lambda: log_of(),
    "a charter without rules and witnesses": lambda: founded({"keys": [row(MONITOR)]}, MONITOR, enrolled=(MONITOR,)),
    "a key that is suspect": lambda: log_of(act("report.file", {}, MONITOR), REVOKE),
    "a key that rotated": lambda: log_of(
        ROTATE, act("report.file", {}, FRESH), enrolled=(MONITOR, MEDIATOR, ROOT, FRESH)
    ),
    "a rule set and used": lambda: log_of(
        act(
            "rule.set",
            {"act": "key.enrol", "need": ["# the monitors", "", "quorum\tmonitor:a "]},
            MONITOR,
            MEDIATOR,
            ROOT,
        ),
        act("key.enrol", {"key": row(FRESH)}, MONITOR, FRESH),
        enrolled=(MONITOR, MEDIATOR, ROOT, FRESH),
    ),
    "a rule that asks for nobody": lambda: log_of(
        act("rule.set", {"act": "witness.set", "need": ["quorum none"]}, MEDIATOR, ROOT),
        act("witness.set", {"component": "c", "vkey": OWN.key.vkey}, MONITOR),
        cosigners=(OWN,),
    ),
    "the case is a statement": lambda: Made(case=sid_of(text_part(REPORT)), released={}).members(),
    "a name of many scripts": lambda: log_of(act("report.file", {"a": 'گل \u200c😀\u2028"\\/\x7f'}, MONITOR)),
    "an exercise": exercise,
}


def text_part(note: bytes) -> str:
    return note.partition(b"\n\n")[0].decode() + "\n"


@needs_node
def test_both_accept_what_holds(tmp_path: Path) -> None:
    asked = [Asked(pack(make()), None, name == "an exercise") for name, make in ACCEPTED.items()]
    assert [(name, one.code()) for name, one in zip(ACCEPTED, asked, strict=True) if one.code()] == []
    theirs = codes(asked, tmp_path)
    assert [(name, code) for name, code in zip(ACCEPTED, theirs, strict=True) if code] == []


@needs_node
def test_a_suspect_key_is_named_by_both(tmp_path: Path) -> None:
    asked = Asked(pack(ACCEPTED["a key that is suspect"]()), None)
    verified = verify_dossier(asked.data, check)
    (said,) = node("say(verdict(job, bytes(job.data)));", asked.job(), tmp_path)
    assert said["keysFromDossier"] is True
    assert said["suspects"] == [{"name": MONITOR.key.name, "from": 1, "until": 2}]
    marks = [[signer["name"] for signer in row["signers"] if signer["suspect"]] for row in said["entries"]]
    assert marks == [list(verified.keys.suspect(entry.index, entry.signers)) for entry in verified.entries]
    assert marks == [[], [MONITOR.key.name], []]


# --- What the reader brings

LINE = {"log": f"log {LOG.key.vkey}\n", "own": f"witness own {OWN.key.vkey}\n"} | {
    name: f"witness {name} {one.key.vkey}\n" for name, one in zip("ns", WITNESSES, strict=True)
}
BOTH = LINE["log"] + LINE["n"] + LINE["s"]
MANY = [known.signer(f"w.example/{number}", number, COSIGNATURE).key.vkey for number in range(10, 75)]
POLICIES: dict[str, tuple[str, str]] = {
    "both": ("", BOTH_COSIGN),
    "two of three": ("", BOTH + LINE["own"] + "group w 2 n s own\nquorum w\n"),
    "one of two": ("", BOTH + "group w any n s\nquorum w\n"),
    "a witness by itself": ("", "# by hand\n\n \t" + LINE["log"] + LINE["n"].replace(" ", "\t") + "quorum n\n"),
    "nobody": ("", LINE["log"] + "quorum none\n"),
    "groups of groups": ("", BOTH + "group a any n\ngroup b any s\ngroup c all a b\nquorum c\n"),
    "with addresses": (
        "",
        f"log {LOG.key.vkey} https://log.example/\n{LINE['n'].strip()} https://w.example/é\nquorum n\n",
    ),
    "names that are octets": ("", LINE["log"] + LINE["n"].replace(" n ", " ن ") + "quorum ن\n"),
    "a third is lacking": ("quorum", BOTH + LINE["own"] + "group w all n s own\nquorum w\n"),
    "another is lacking": ("quorum", LINE["log"] + LINE["own"] + "quorum own\n"),
    "no log": ("policy_log", LINE["n"] + "quorum n\n"),
    "another log": ("log_key", f"log {known.signer('x.example', 8).key.vkey}\nquorum none\n"),
    "the same origin, another key": ("log_key", f"log {known.signer(ORIGIN, 8).key.vkey}\nquorum none\n"),
    "no newline": ("policy_newline", LINE["log"] + "quorum none"),
    "a carriage return": ("policy_character", LINE["log"] + "quorum none\r\n"),
    "a deletion": ("policy_character", "# \x7f\nquorum none\n"),
    "no keyword": ("policy_keyword", "logs x\nquorum none\n"),
    "a log of four words": ("policy_form", f"log {LOG.key.vkey} a b\nquorum none\n"),
    "a group of nobody": ("policy_form", "group g any\nquorum g\n"),
    "a key that is none": ("policy_key", "log x\nquorum none\n"),
    "a key that is no UTF-8": ("policy_key", "log \udcffx+00000000+AQ==\nquorum none\n"),
    "a witness as a log": ("policy_type", f"log {OWN.key.vkey}\nquorum none\n"),
    "a log as a witness": ("policy_type", f"witness w {LOG.key.vkey}\nquorum none\n"),
    "a weak witness": ("policy_weak", f"witness w {vkey(bytes(32), algorithm=4)}\nquorum none\n"),
    "a key twice": ("policy_twice", LINE["n"] + LINE["n"].replace(" n ", " m ") + "quorum none\n"),
    "a log twice": ("policy_twice", LINE["log"] * 2 + "quorum none\n"),
    "a name twice": ("policy_name", LINE["n"] + LINE["s"].replace(" s ", " n ") + "quorum none\n"),
    "a name that is kept": ("policy_name", LINE["n"].replace(" n ", " none ") + "quorum none\n"),
    "a name not yet there": ("policy_unknown", "group g any n\n" + LINE["n"] + "quorum g\n"),
    "a member twice": ("policy_placed", LINE["n"] + "group a any n\ngroup b any n\nquorum a\n"),
    "too many of them": ("policy_threshold", LINE["n"] + "group a 2 n\nquorum a\n"),
    "two quorums": ("policy_quorum_twice", "quorum none\nquorum none\n"),
    "no quorum": ("policy_quorum", LINE["log"]),
    "an unknown quorum": ("policy_unknown", LINE["log"] + "quorum x\n"),
    "65 witnesses": ("policy_many", "".join(f"witness w{i} {one}\n" for i, one in enumerate(MANY)) + "quorum none\n"),
    "too long": ("policy_long", "#" * 65_536 + "\n"),
    "a witness of a later type": ("quorum", LINE["log"] + f"witness m {vkey(bytes(1312), algorithm=6)}\nquorum m\n"),
}


@needs_node
def test_a_policy_has_one_verdict(tmp_path: Path) -> None:
    data = pack(composed())
    asked = [
        Asked(data, None, policy=text.encode("utf-8", "surrogateescape") or b"\n") for _, text in POLICIES.values()
    ]
    ours = [one.code() for one in asked]
    wanted = [f"record.refused.{code}" if code else "" for code, _ in POLICIES.values()]
    assert [row for row in zip(POLICIES, ours, wanted, strict=True) if row[1] != row[2]] == []
    assert [row for row in zip(POLICIES, codes(asked, tmp_path), wanted, strict=True) if row[1] != row[2]] == []


@needs_node
def test_own_witness_log_key_and_exercise_have_one_verdict(tmp_path: Path) -> None:
    data, exercise = pack(composed()), pack(ACCEPTED["an exercise"]())
    other, mine = known.signer(ORIGIN, 8).key, WITNESSES[0].key
    table = [
        ("", Asked(data, own=mine)),
        ("own_witness", Asked(data, own=OWN.key)),
        ("own_witness", Asked(data, own=LOG.key)),
        ("own_witness", Asked(data, None, policy=BOTH_COSIGN.encode(), own=OWN.key)),
        ("", Asked(data, None, policy=BOTH_COSIGN.encode(), own=mine)),
        ("log_key", Asked(data, other)),
        ("log_key", Asked(data, other, policy=BOTH_COSIGN.encode())),
        ("not_exercise", Asked(data, exercise=True)),
        ("exercise", Asked(exercise, None)),
        ("", Asked(exercise, EXERCISE_LOG.key, exercise=True)),
        ("container", Asked(data + b"\0")),
        ("container", Asked(data[:-1])),
        ("container", Asked(b"")),
        ("container", Asked(data[:40])),
        ("container", Asked(data[: data.index(b"PK\3\4", 4)] + data)),
        ("missing", Asked(pack({}))),
        ("member_name", Asked(long_name())),
        ("unlisted", Asked(pack({**composed(), "VERIFY.ur.txt": b""}))),
        ("index_head", Asked(stated(size=7))),
        ("index_head", Asked(stated(origin="x"))),
        ("exercise_flag", Asked(stated(exercise=True))),
        ("index_file", Asked(respelled('"v":1', '"v":2'))),
        ("index_file", Asked(respelled('"v":1', '"v": 1'))),
        ("index_file", Asked(respelled('"size":6', '"size":"6"'))),
        ("index_file", Asked(respelled('"case":"c-417"', '"case":"\\ud800"'))),
        ("note_long", Asked(pack(known.relisted({**composed(), "checkpoint": b"x" * 2**18 + b"\n"})))),
    ]
    assert set(READERS) <= {code for code, _ in table}
    ours = [one.code() for _, one in table]
    wanted = [f"record.refused.{code}" if code else "" for code, _ in table]
    assert [row for row in zip(range(len(table)), ours, wanted, strict=True) if row[1] != row[2]] == []
    assert codes([one for _, one in table], tmp_path) == wanted


READERS = (
    "own_witness", "not_exercise", "exercise", "container", "missing", "member_name", "unlisted", "index_head",
    "exercise_flag", "index_file", "note_long",
)  # fmt: skip
"""What the test above refuses."""


def stated(**changes: Any) -> bytes:
    """The dossier with its index stating something else, spelled well."""
    members = composed()
    index = dossier.parse_index(members[dossier.INDEX])
    return pack({**members, dossier.INDEX: replace(index, **changes).encode()})


def respelled(old: str, new: str) -> bytes:
    """The dossier with its index spelled otherwise."""
    members = composed()
    text = members[dossier.INDEX].decode()
    assert text.count(old) == 1
    return pack({**members, dossier.INDEX: text.replace(old, new).encode()})


def long_name() -> bytes:
    """A container with a name of 201 letters, which `pack` would not write."""
    data, short, long = pack({"x" * 200: b"1"}), b"x" * 200, b"x" * 201
    return data.replace(short, long).replace(b"\xc8\0", b"\xc9\0")


# --- (d) arithmetic and vectors


@needs_node
def test_hashes_are_those_of_hashlib(tmp_path: Path) -> None:
    data = [bytes(place * 7 % 251 for place in range(size)) for size in [*range(300), 1000, 4096, 100_003]]
    program = "for (const d of job) say([t.hex(t.sha256(bytes(d))), t.hex(t.sha512(bytes(d)))]);"
    theirs = node(program, [base64.b64encode(one).decode() for one in data], tmp_path)
    assert theirs == [[hashlib.sha256(one).hexdigest(), hashlib.sha512(one).hexdigest()] for one in data]


SIGNATURES = "for (const v of job) { const [k, s, m] = v.map(bytes); say([t.verifySignature(k, s, m), t.isSound(k)]); }"


def _judged(rows: Sequence[tuple[bytes, bytes, bytes]], tmp_path: Path) -> list[tuple[bool, bool]]:
    given = [[base64.b64encode(part).decode() for part in row] for row in rows]
    return [(verdict, sound) for verdict, sound in node(SIGNATURES, given, tmp_path)]


def _ours(rows: Sequence[tuple[bytes, bytes, bytes]]) -> list[tuple[bool, bool]]:
    return [(ed25519.verify(*row), ed25519.sound_key(row[0])) for row in rows]


@needs_node
def test_cctv_has_the_same_verdict_on_all(tmp_path: Path) -> None:
    read = json.loads(known.shared("C2SP-CCTV", "ed25519", "ed25519vectors.json").read_bytes())
    rows = [(bytes.fromhex(one["key"]), bytes.fromhex(one["sig"]), one["msg"].encode()) for one in read]
    theirs = _judged(rows, tmp_path)
    assert len(theirs) == 914
    assert theirs == _ours(rows)


@needs_node
def test_wycheproof_has_the_same_verdict_on_all(tmp_path: Path) -> None:
    groups = json.loads(known.shared("wycheproof", "testvectors_v1", "ed25519_test.json").read_bytes())["testGroups"]
    tests = [(group["publicKey"]["pk"], one) for group in groups for one in group["tests"]]
    rows = [(bytes.fromhex(key), bytes.fromhex(one["sig"]), bytes.fromhex(one["msg"])) for key, one in tests]
    theirs = _judged(rows, tmp_path)
    assert [verdict for verdict, _ in theirs] == [one["result"] == "valid" for _, one in tests]
    assert theirs == _ours(rows)


@needs_node
def test_every_flipped_bit_of_a_signature_or_key_fails(tmp_path: Path) -> None:
    whole = LOG.key.public + LOG.sign(b"text\n")
    flipped = [
        bytes(byte ^ (1 << bit % 8 if bit // 8 == i else 0) for i, byte in enumerate(whole)) for bit in range(768)
    ]
    rows = [(one[:32], one[32:], b"text\n") for one in [whole, *flipped]]
    theirs = _judged(rows, tmp_path)
    assert [place for place, (verdict, _) in enumerate(theirs) if verdict] == [0]
    assert theirs == _ours(rows)


READING = """
const code = (action) => { try { return action() ? "" : "record.canonical.spelling"; } catch (error) { return error.code; } };
const { readJson, canonical, parseEntry, parseDisclosure, parseProof, parseNote, inclusionRoot } = t.parts;
const unhex = (text) => new Uint8Array(Buffer.from(text, "hex"));
const whole = (text) => canonical(readJson(text), 2 ** 20) === text;
"""


@needs_node
def test_our_own_vectors(tmp_path: Path) -> None:
    names = ("canonical", "sid", "leaf", "proof")
    vectors = {name: json.loads((VECTORS / f"{name}.json").read_bytes()) for name in names}
    program = """
    for (const v of job.canonical.accepted) say(whole(Buffer.from(v.utf8_hex, "hex").toString()));
    for (const v of job.canonical.refused) say(code(() => whole(v.json)) === v.code);
    for (const v of job.sid.texts) say(parseEntry(v.text).sid === v.sid);
    for (const v of job.sid.disclosures) say(parseDisclosure(v.encoded).digest === v.digest);
    for (const v of job.leaf.entries) {
      say(t.hex(t.sha256(Uint8Array.of(0), new TextEncoder().encode(v.note))) === v.leaf_hex);
      say(parseEntry(parseNote(new TextEncoder().encode(v.note)).text).sid === v.sid);
    }
    for (const v of job.leaf.keys) say(t.parseKey(v.vkey).vkey === v.vkey);
    for (const v of job.proof.inclusion) {
      const { index, path, checkpoint } = parseProof(new TextEncoder().encode(v.proof));
      const [, size, root] = parseNote(checkpoint).text.split("\\n");
      const led = inclusionRoot(index, Number(size), unhex(v.leaf_hex), path);
      say(index === v.index && Buffer.from(led).toString("base64") === root);
    }
    """
    said = node(READING + program, vectors, tmp_path)
    counts = [len(rows) for vector in vectors.values() for rows in vector.values() if isinstance(rows, list)]
    assert len(said) == sum(counts) + len(vectors["leaf"]["entries"]) - len(vectors["proof"]["consistency"])
    assert said == [True] * len(said)


# Texts that mean to be JSON: every piece of the grammar and of what is near it, put together by a fixed rule.
PIECES = (
    "{", "}", "[", "]", ",", ":", " ", "\t", "\n", '"a"', '"b"', '"A"', '"é"', '"\\u0041"', '"\\ud800"', '"\\ud83d\\ude00"',
    '"\\/"', '"\\x"', '"\x01"', '"', "0", "-0", "-", "1", "01", "1.0", "1.", "1e5", "9007199254740991", "9007199254740992",
    "-9007199254740992", "123456789012345678901234567890", "true", "false", '{"A":1}', "null", "NaN", "-Infinity", "tru",
    "\u2028", "\x7f",
    "\ufeff", '{"a":1}', '{"b":1,"a":2}', '{"a":1,"a":1}', "[[[[[[[[1]]]]]]]]", "[[[[[[[[[1]]]]]]]]]", '"\\u0000"', '"\\u001F"',
)  # fmt: skip


def texts(count: int) -> list[str]:
    """Texts of one to six pieces, half of them inside an array or object that is well begun and ended."""
    made, state = [], 1
    for number in range(count):
        parts = []
        for _ in range(1 + number % 6):
            state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
            parts.append(PIECES[(state >> 33) % len(PIECES)])
        inside = "".join(parts)
        made.append((inside, f"[{','.join(parts)}]", f'{{"a":{inside}}}', inside)[number % 4])
    return made


@needs_node
def test_what_means_to_be_json_has_one_verdict(tmp_path: Path) -> None:
    def code(text: str) -> str:
        try:
            canonical.decode(text.encode())
        except canonical.NotCanonical as error:
            return error.code
        return ""

    given = texts(20_000)
    ours = [code(text) for text in given]
    theirs = node(READING + "for (const text of job) say(code(() => whole(text)));", given, tmp_path)
    assert [row for row in zip(given, ours, theirs, strict=True) if row[1] != row[2]] == []
    assert set(ours) >= {"", *(f"record.canonical.{name}" for name in ("json", "spelling", "float", "integer", "kind"))}
    assert set(ours) >= {f"record.canonical.{name}" for name in ("depth", "name", "surrogate")}


LARGE = """
const started = process.hrtime.bigint();
const run = t.verifying(bytes(job.data), { logKey: t.parseKey(job.logKey) });
const steps = [];
let last = started;
for (let step = run.next(); ; step = run.next()) {
  const now = process.hrtime.bigint();
  steps.push(Number(now - last) / 1e6);
  last = now;
  if (step.done) {
    say([step.value.code, step.value.entries.length, steps.length, Math.max(...steps), Number(last - started) / 1e6]);
    break;
  }
}
"""


@needs_node
def test_two_hundred_entries_with_two_signatures_are_checked_in_short_steps(tmp_path: Path) -> None:
    notes = [act("report.file", {"number": number}, MONITOR, MEDIATOR) for number in range(200)]
    asked = Asked(pack(log_of(*notes)))
    ((code, entries, steps, longest_ms, all_ms),) = node(LARGE, asked.job(), tmp_path)
    assert (code, entries) == ("", 201)
    assert steps > 400
    assert longest_ms < 500
    assert all_ms < 20_000


# --- The file


def test_the_page_is_one_file_that_fetches_nothing_and_lets_only_its_own_script_run() -> None:
    page = tools.verify_html().decode()
    (policy_text,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)
    rules = dict(rule.strip().split(" ", 1) for rule in policy_text.split(";"))
    for tag, rule in (("script", "script-src"), ("style", "style-src")):
        (inside,) = re.findall(f"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
        assert rules[rule] == f"'sha256-{base64.b64encode(hashlib.sha256(inside.encode()).digest()).decode()}'"
    assert rules["default-src"] == "'none'"
    assert rules["require-trusted-types-for"] == "'script'"
    assert re.findall(r"\bsrc=|\bhref=|\burl\(|@import|https?://", page) == []
    assert (
        re.findall(r"innerHTML|outerHTML|insertAdjacent|document\.write|\beval\b|new Function|fetch\(|XMLHttp", page)
        == []
    )
    assert "{{" not in re.sub(r"\$\{[^}]*\}", "", page)
    assert tools.verify_script() in page


def test_the_page_is_the_same_file_each_time_it_is_made() -> None:
    first = tools.verify_html()
    tools.verify_html.cache_clear()
    tools.verify_script.cache_clear()
    assert tools.verify_html() == first


def test_whatever_the_page_may_say_has_its_words() -> None:
    english = words.catalogue("en").texts
    own = {code for code in english if code.startswith(tools.OWN)}
    assert [code for code in tools.spoken_codes() if code not in english] == []
    for language in words.SPOKEN:
        assert [code for code in tools.spoken_codes() if code not in words.catalogue(language).texts] == []
    for language in words.LANGUAGES:
        texts = {code: text for code, text in words.catalogue(language).texts.items() if code.startswith(tools.OWN)}
        assert set(texts) == own
        assert [code for code in own if words.slots(texts[code]) != words.slots(english[code])] == []


def test_every_word_of_the_page_is_asked_for() -> None:
    source = tools.verify_html().decode().partition("const TEXTS = ")
    asked = source[0] + source[2].partition("\n};")[2]
    own = [code for code in words.catalogue("en").texts if code.startswith(tools.OWN)]
    assert [code for code in own if not re.search(rf"[\"'`.]{code.rpartition('.')[2]}[\"'`]", asked)] == []


def test_every_refusal_of_the_script_is_met_by_these_tests() -> None:
    """So that no code of it can be wrong unseen; the one that only half a gigabyte meets is named."""
    large = {"record.refused.container_long"}
    met = {f"record.{'' if '.' in code else 'refused.'}{code}" for code, _ in FORGERIES.values()}
    met |= {f"record.refused.{code}" for code, _ in POLICIES.values()}
    met |= {f"record.refused.{code}" for code in READERS} | {"record.refused.hash", "record.refused.member_bytes"}
    said = set(re.findall(r'"(record\.(?:refused|canonical)\.[a-z0-9_]+)"', tools.verify_script()))
    assert sorted(said - met - large) == []
