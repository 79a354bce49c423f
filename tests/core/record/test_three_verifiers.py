"""Three verifiers, one verdict: the installed modules, `verify.py` alone in an empty folder, and the page's script in Node.

A copy of a dossier with one bit turned is accepted by none of them and refused by all with one code: every byte of a small
dossier, every bit of an entry, a proof and a checkpoint that is then listed and packed anew, and a sample, drawn from a
fixed seed, of a dossier of two hundred entries. The installed modules check signatures with OpenSSL, `verify.py` with its
own arithmetic, the script with another; each remembers the verdict on a signature that it has met before.

Not done here: the page's script against the installed modules in all else (`test_verify_html`), `verify.py`'s command
line (`tests/core/publish/test_verifier.py`).
"""

from __future__ import annotations

import base64
import json
import random
import subprocess
import sys
from collections.abc import Hashable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from tests.core.record import known
from tests.core.record.forgeries import (
    BLOB,
    BOTH_COSIGN,
    MEDIATOR,
    MONITOR,
    NOTES,
    RELEASED,
    ROOT,
    WITHHELD,
    WITNESSES,
    Made,
    Members,
    act,
    charter_body,
    log_of,
    row,
    sd,
)
from tests.core.record.test_verify_html import Asked, needs_node, node
from tiga.publish import verifier
from tiga.record.container import pack
from tiga.record.notes import COSIGNATURE, Signer

pytestmark = needs_node
DRIVER = Path(__file__).with_name("alone_flips.py")
ALONE_SECONDS_MAX = 300
STRIDE = 64
THREE = ("installed", "verify.py", "verify.js")
Copy = list[tuple[int, bytes]]
"""How a changed container of the same length differs: places, and the bytes that stand there instead."""
Flip = tuple[str, int, int]
"""A member, a place in it, the bits to turn there."""


# --- One question to all three


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Nothing but `verify.py`."""
    path = tmp_path_factory.mktemp("alone")
    (path / "verify.py").write_bytes(verifier.verify_py())
    return path


def alone(given: object, folder: Path) -> list[str]:
    """The codes of `verify.py`, all of whose modules come from the file."""
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(DRIVER)],
        input=json.dumps(given), cwd=folder, capture_output=True, text=True, timeout=ALONE_SECONDS_MAX,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    elsewhere, *codes = (json.loads(line) for line in done.stdout.splitlines())
    assert elsewhere == []
    return codes


COPIES = """
for (const copy of job.copies) {
  const data = bytes(job.data);
  for (const [place, part] of copy) data.set(bytes(part), place);
  say(short(verdict(job, data)));
}
"""


def applied(data: bytes, copy: Copy) -> bytes:
    changed = bytearray(data)
    for place, part in copy:
        changed[place : place + len(part)] = part
    return bytes(changed)


def three(asked: Asked, copies: Iterable[Copy], folder: Path, tmp_path: Path) -> list[tuple[str, str, str]]:
    """What each of the three says of every copy, after the dossier itself, which all must accept."""
    every = [[], *copies]
    spelled = [[(place, base64.b64encode(part).decode()) for place, part in copy] for copy in every]
    job = {**asked.job(), "copies": spelled}
    with ThreadPoolExecutor() as pool:
        theirs = pool.submit(alone, job, folder), pool.submit(node, COPIES, job, tmp_path)
        ours = [replace(asked, data=applied(asked.data, copy)).code() for copy in every]
        first, *rest = zip(ours, *(one.result() for one in theirs), strict=True)
    assert dict(zip(THREE, first, strict=True)) == dict.fromkeys(THREE, "")
    return rest


def refused(what: Sequence[Hashable], said: Sequence[tuple[str, str, str]]) -> set[str]:
    """The codes, all three alike for each change; fails where one accepts or they differ."""
    rows = list(zip(what, said, strict=True))
    assert [row for row in rows if "" in row[1]] == []
    assert [row for row in rows if len(set(row[1])) != 1] == []
    return {codes[0].removeprefix("record.").removeprefix("refused.") for codes in said}


def difference(data: bytes, changed: bytes) -> Copy:
    assert len(data) == len(changed)
    places = range(0, len(data), STRIDE)
    return [(at, part) for at in places if (part := changed[at : at + STRIDE]) != data[at : at + STRIDE]]


def turned(data: bytes, place: int, bits: int) -> bytes:
    return data[:place] + bytes([data[place] ^ bits]) + data[place + 1 :]


def every_bit(name: str, members: Members) -> list[Flip]:
    return [(name, place, 1 << bit) for place in range(len(members[name])) for bit in range(8)]


def packed_anew(members: Members, flips: Iterable[Flip], asked: Asked) -> list[Copy]:
    """What a careful forger makes of each flip: the index lists it and the container agrees."""
    made = ({**members, name: turned(members[name], place, bits)} for name, place, bits in flips)
    return [difference(asked.data, pack(known.relisted(changed))) for changed in made]


# --- A small dossier


def test_every_byte_of_a_small_dossier_has_one_refusal(folder: Path, tmp_path: Path) -> None:
    """Five entries, released values, an agreement, evidence; the container's own bytes too."""
    asked = Asked(pack(Made(notes=NOTES[:5], released={3: [RELEASED], 4: [BLOB]}).members()))
    flips = [(place, 1 << place % 8) for place in range(len(asked.data))]
    copies = [[(place, bytes([asked.data[place] ^ bits]))] for place, bits in flips]
    assert refused(flips, three(asked, copies, folder, tmp_path)) >= {"container", "member_bytes"}


def short(*cosigners: Signer) -> Members:
    """A charter of one key and an entry, out of a log of four."""
    charter = act("charter.adopt", {"keys": [row(MONITOR)]}, MONITOR)
    reports = [act("report.file", {"number": number}, MONITOR, sd=sd(RELEASED, WITHHELD)) for number in range(3)]
    given = {"charter": charter, "enrolled": (MONITOR,), "released": {1: [RELEASED]}}
    return log_of(*reports, taken=(0, 1), cosigners=cosigners, **given)


NOTE, PROOF, HEAD = "entries/00000001.note", "entries/00000001.tlog-proof", "checkpoint"
BITS = {
    NOTE: {"signature", "unknown_key", "line", "base64", "note", "member_form", "canonical.json", "canonical.name"},
    PROOF: {"proof", "number", "index", "inclusion", "base64", "hash_length", "other_checkpoint"},
    HEAD: {"signature", "unsigned", "line", "base64", "note", "other_checkpoint"},
}
"""Members every bit of which is turned, and codes that this must meet among others."""


@pytest.mark.parametrize("name", BITS)
def test_every_bit_of_a_member_listed_and_packed_anew_has_one_refusal(name: str, folder: Path, tmp_path: Path) -> None:
    members = short(*WITNESSES) if name == HEAD else short()
    asked, flips = Asked(pack(members)), every_bit(name, members)
    said = three(asked, packed_anew(members, flips, asked), folder, tmp_path)
    assert refused(flips, said) >= BITS[name]


def test_every_bit_of_a_checkpoint_carried_into_every_proof_has_one_refusal(folder: Path, tmp_path: Path) -> None:
    """The reader asks for both witnesses: without that, a cosignature under another name would be a stranger's."""
    members = short(*WITNESSES)
    asked, flips = Asked(pack(members), None, policy=BOTH_COSIGN.encode()), every_bit(HEAD, members)
    made = [carried(members, turned(members[HEAD], place, bits)) for _, place, bits in flips]
    copies = [difference(asked.data, pack(known.relisted(one))) for one in made]
    assert refused(flips, three(asked, copies, folder, tmp_path)) >= {"signature", "unsigned", "quorum"}


def carried(members: Members, checkpoint: bytes) -> Members:
    """The members with another checkpoint, alone and at the end of every proof."""
    old = members[HEAD]
    assert all(data.endswith(old) for name, data in members.items() if name.endswith(".tlog-proof"))
    return {
        name: data.removesuffix(old) + checkpoint if name == HEAD or name.endswith(".tlog-proof") else data
        for name, data in members.items()
    }


# --- A large dossier

SEED = 200
FOUR = tuple(known.signer(f"witness.example/{name}", 20 + i, COSIGNATURE) for i, name in enumerate("nesw"))


def large() -> Members:
    """Two hundred entries, each with two signatures at least, in one case; four cosignatures."""
    witnesses = [{"component": one.key.name[-1], "vkey": one.key.vkey} for one in FOUR]
    charter = act("charter.adopt", charter_body(witnesses=witnesses), MONITOR, MEDIATOR, ROOT)
    notes = [
        act("report.file", {"number": number}, MONITOR, MEDIATOR, case="c-417", sd=sd(RELEASED, WITHHELD))
        for number in range(1, 200)
    ]
    released = {index: [RELEASED] for index in range(1, 200, 10)}
    return log_of(*notes, charter=charter, cosigners=FOUR, case="c-417", released=released)


def test_the_large_dossier_is_what_it_is_said_to_be() -> None:
    members = large()
    notes = [data for name, data in members.items() if name.endswith(".note")]
    lines = [data.partition(b"\n\n")[2].count(b"\n") for data in [*notes, members[HEAD]]]
    assert lines == [3, *[2] * 199, 1 + 4]


def test_a_sample_of_the_bytes_of_a_large_dossier_has_one_refusal(folder: Path, tmp_path: Path) -> None:
    asked, drawn = Asked(pack(large())), random.Random(SEED)
    directory = asked.data.index(b"PK\1\2")
    places = drawn.sample(range(directory), 320) + drawn.sample(range(directory, len(asked.data)), 80)
    flips = [(place, 1 << drawn.randrange(8)) for place in places]
    copies = [[(place, bytes([asked.data[place] ^ bits]))] for place, bits in flips]
    assert refused(flips, three(asked, copies, folder, tmp_path)) == {"container", "member_bytes"}


KINDS = {".note": 18, ".tlog-proof": 18, ".jsonl": 8, HEAD: 8, "keys": 8}
"""How many flips are drawn of the members whose names end like this."""


def test_a_sample_of_a_large_dossier_listed_and_packed_anew_has_one_refusal(folder: Path, tmp_path: Path) -> None:
    members, drawn = large(), random.Random(SEED)
    asked, flips = Asked(pack(members)), list[Flip]()
    for kind, count in KINDS.items():
        names = sorted(name for name in members if name.endswith(kind))
        for _ in range(count):
            name = drawn.choice(names)
            flips.append((name, drawn.randrange(len(members[name])), 1 << drawn.randrange(8)))
    said = three(asked, packed_anew(members, flips, asked), folder, tmp_path)
    assert refused(flips, said) >= {"signature", "inclusion", "other_checkpoint", "key_lines", "uncommitted"}
