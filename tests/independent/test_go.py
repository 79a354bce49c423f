"""Go's sumdb/note and sumdb/tlog accept what tiga writes, at every size that matters, and refuse it when it is damaged."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.core.record import known
from tests.independent import logs
from tests.independent.go import Verify
from tests.independent.logs import Log
from tiga.record import tiles

DAMAGED, HEADS = 257, (17, 100, 255, 256, 257)
FLIPPED = 2


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A folder that is gone after the test: a large log is 80 MB."""
    yield tmp_path / "log"
    shutil.rmtree(tmp_path)


def accepted(verify: Verify, *arguments: str | Path) -> list[str]:
    answer = verify(*arguments)
    assert (answer.returncode, answer.stderr) == (0, "")
    return answer.stdout.splitlines()


def expected(log: Log) -> list[str]:
    """What Go has to say of a log: how much of each kind it has verified."""
    count, step = len(log.heads), 1 + log.size // 512
    hash_tiles = {name for size in log.heads for name in tiles.names(size) if not name.is_bundle}
    return [
        f"size {log.size}",
        *(f"cosigned {one.key.name} {logs.SECONDS + place}" for place, one in enumerate(logs.WITNESSES)),
        f"bundles {(log.size + 255) // 256}",
        f"signatures {logs.signatures(log.entries)}",
        f"heads {count}",
        f"tiles {len(hash_tiles)}",
        f"consistency {count * (count - 1) // 2}",
        f"proofs {log.size}",
        f"compared {len({*range(0, log.size, step), log.size - 1})}",
    ]


@pytest.mark.parametrize("size", logs.SIZES)
def test_go_accepts_a_log_of_signed_notes(size: int, verify: Verify, folder: Path) -> None:
    log = logs.of_notes(size)
    assert accepted(verify, "log", logs.write(folder, logs.files(log))) == expected(log)


def test_go_accepts_a_log_of_three_levels_of_tiles(verify: Verify, folder: Path) -> None:
    log = logs.of_bytes(logs.LARGE)
    assert accepted(verify, "log", logs.write(folder, logs.files(log))) == expected(log)


def test_go_accepts_the_notes_and_proofs_of_a_dossier(verify: Verify, folder: Path) -> None:
    members = known.members(others=5)
    notes = [data for name, data in members.items() if name.endswith(".note")]
    counts = accepted(verify, "dossier", logs.write(folder, members))
    assert counts == ["size 6", "entries 6", f"signatures {logs.signatures(notes)}"]


def test_go_refuses_every_flipped_bit_of_a_log(verify: Verify, folder: Path) -> None:
    members = logs.files(logs.of_notes(FLIPPED))
    total = 8 * sum(map(len, members.values()))
    assert accepted(verify, "flips", "log", logs.write(folder, members)) == [f"flips {total}"]


def test_go_refuses_every_flipped_bit_of_a_dossier(verify: Verify, folder: Path) -> None:
    members = known.members(others=0)
    read = ("keys", "checkpoint", "entries/00000000.note", "entries/00000000.tlog-proof")
    total = 8 * sum(len(members[name]) for name in read)
    assert accepted(verify, "flips", "dossier", logs.write(folder, members)) == [f"flips {total}"]


def flipped(at: int) -> Callable[[bytes], bytes]:
    """Flip the lowest bit of one byte, counted from the end when negative."""

    def change(data: bytes) -> bytes:
        place = at % len(data)
        return data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]

    return change


DAMAGE = {
    "a checkpoint's origin": ("checkpoint", flipped(0), "invalid signature"),
    "a cosignature": ("checkpoint", flipped(-20), "invalid signature for key witness.example/b"),
    "a checkpoint without its last cosignature": (
        "checkpoint", lambda data: data[: data.rindex("\u2014".encode())], "2 signatures of 3",
    ),
    "an earlier head": ("heads/17", flipped(-20), "heads/17: invalid signature"),
    "a key": ("keys", flipped(-2), "the id of"),
    "an entry's text": ("tile/entries/000", flipped(20_000), "invalid signature"),
    "an entry's length": ("tile/entries/000", flipped(1), "does not hold 256 entries"),
    "the last entry's signature": ("tile/entries/001.p/1", flipped(-20), "entry 256: invalid signature"),
    "a full tile": ("tile/0/000", flipped(4_000), "tile/0/000 differs from Go's"),
    "a partial tile": ("tile/0/000.p/100", flipped(3_199), "tile/0/000.p/100 differs from Go's"),
    "a tile's end": ("tile/0/001.p/1", lambda data: data[:-1], "tile/0/001.p/1 differs from Go's"),
    "a tile of the next level": ("tile/1/000.p/1", flipped(31), "tile/1/000.p/1 differs from Go's"),
    "a consistency proof": ("consistency", flipped(-6), "invalid transparency proof"),
    "a consistency proof's size": ("consistency", flipped(0), "no number: "),
    "an inclusion proof": ("proofs", lambda data: data.replace(b"index 128\n", b"index 129\n"), "of entry 129"),
    "a proof's hash": ("proofs", flipped(40), "proof 0: "),
    "a proof's checkpoint": ("proofs", flipped(-20), "proof 256: invalid signature"),
}  # fmt: skip


@pytest.fixture(scope="module")
def members() -> dict[str, bytes]:
    return logs.files(logs.of_notes(DAMAGED, HEADS))


@pytest.mark.parametrize("what", DAMAGE)
def test_go_refuses_a_damaged_log(what: str, members: dict[str, bytes], verify: Verify, folder: Path) -> None:
    name, change, told = DAMAGE[what]
    damaged = {**members, name: change(members[name])}
    assert damaged != members
    answer = verify("log", logs.write(folder, damaged))
    assert (answer.returncode, answer.stdout, told in answer.stderr) == (1, "", True), answer.stderr


@pytest.mark.parametrize("name", ["tile/0/000.p/255", "tile/1/000.p/1", "tile/entries/001.p/1", "checkpoint", "proofs"])
def test_go_misses_a_file_that_is_not_there(name: str, members: dict[str, bytes], verify: Verify, folder: Path) -> None:
    answer = verify("log", logs.write(folder, {other: data for other, data in members.items() if other != name}))
    assert (answer.returncode, answer.stderr) == (1, f"{name} is missing\n")


@pytest.mark.parametrize("name", ["tile/0/001", "tile/2/000.p/1", "tile/entries/000.p/256", "heads/0"])
def test_go_refuses_a_file_that_belongs_to_no_such_log(
    name: str, members: dict[str, bytes], verify: Verify, folder: Path
) -> None:
    answer = verify("log", logs.write(folder, {**members, name: members["tile/0/001.p/1"]}))
    assert (answer.returncode, answer.stdout) == (1, "")
    assert name in answer.stderr


def test_go_refuses_a_log_with_one_entry_changed_and_signed_again(verify: Verify, folder: Path) -> None:
    """A forged entry of the right hand: only the root speaks against it."""
    log = logs.of_notes(3)
    entries = [*log.entries[:2], known.entry(known.report(number=99), known.MONITOR)]
    answer = verify("log", logs.write(folder, {**logs.files(log), "tile/entries/000.p/3": tiles.bundle(entries)}))
    assert (answer.returncode, answer.stderr) == (1, "the entries do not lead to the root\n")
