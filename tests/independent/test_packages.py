"""Two verifiers from the package index accept what tiga writes: `metamorphic-log` (Rust) and `tlog-scales` (Python).

What neither does: metamorphic-log takes no 0x04 key; tlog-scales reads no note but a checkpoint. Both are for tests only.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import metamorphic_log
import pytest
from cryptography.exceptions import InvalidSignature
from metamorphic_log import VerifyError
from tlog_scales import tiles as scales_tiles
from tlog_scales import tlog
from tlog_scales.backend import LocalBackend
from tlog_scales.reader import TilesReader
from tlog_scales.signing import Ed25519CosignatureVerifier, Vkey, VkeySet

from tests.core.record import known
from tests.independent import logs
from tiga.record import proofs, tiles
from tiga.record.book import MemoryBook
from tiga.record.tree import leaf_hash

ROWS = (1, 2, 3, 255, 256, 257, 1025)
LOG = known.LOG.key.vkey
PEOPLE = [one.key.vkey for one in (known.MONITOR, known.MEDIATOR)]


def flipped(data: bytes, at: int = 0, bit: int = 1) -> bytes:
    return data[:at] + bytes([data[at] ^ bit]) + data[at + 1 :]


def refused(run: Callable[[], object], error: type[Exception]) -> bool:
    try:
        run()
    except error:
        return True
    return False


def empty_head() -> str:
    """The signed head of a log without entries, of which Go's packages say nothing."""
    return MemoryBook(known.ORIGIN, known.LOG, known.KEYS, known.CHECK).head().checkpoint.decode("utf-8")


def test_the_head_of_an_empty_log(tmp_path: Path) -> None:
    head = metamorphic_log.checkpoint_verify(empty_head(), [LOG])
    assert (head.origin, head.size) == (known.ORIGIN, 0)
    reader = TilesReader(LocalBackend(logs.write(tmp_path, {"checkpoint": empty_head().encode("utf-8")})))
    reader.get_checkpoint().verify(Vkey.from_string(LOG))
    assert reader.calculate_root_hash() == head.root


# metamorphic-log


@pytest.mark.parametrize("size", ROWS)
def test_rust_accepts_people_s_notes_and_their_inclusion(size: int) -> None:
    log = logs.of_notes(size)
    signed = [metamorphic_log.verify_signed_note(note.decode("utf-8"), PEOPLE) for note in log.entries]
    assert signed == [logs.signatures([note]) for note in log.entries]
    checkpoint = log.cosigned().decode("utf-8")
    head = metamorphic_log.checkpoint_verify(checkpoint, [LOG])
    assert (head.origin, head.size, head.root, head.extensions) == (known.ORIGIN, size, log.tree.root(), [])
    for data, note in zip(log.proofs, log.entries, strict=True):
        proof = proofs.parse(data)
        within = (proof.index, leaf_hash(note), list(proof.path))
        metamorphic_log.checkpoint_verify_inclusion(proof.checkpoint.decode("utf-8"), [LOG], *within)
        metamorphic_log.checkpoint_verify_inclusion(checkpoint, [LOG], *within)


@pytest.mark.parametrize("size", (3, 255, 257, 1025))
def test_rust_accepts_consistency_between_any_two_heads(size: int) -> None:
    log = logs.of_notes(size)
    sizes = list(log.heads)[-40:]
    for m in sizes:
        for n in (one for one in sizes if one > m):
            older, newer = (log.heads[one].decode("utf-8") for one in (m, n))
            metamorphic_log.checkpoint_verify_consistency(older, newer, [LOG], log.tree.consistency(m, n))


def test_rust_accepts_proofs_of_three_levels_of_tiles() -> None:
    log = logs.of_bytes(logs.LARGE)
    for data in log.proofs[::64]:
        proof = proofs.parse(data)
        leaf = leaf_hash(log.entries[proof.index])
        metamorphic_log.verify_inclusion(proof.index, log.size, leaf, list(proof.path), log.tree.root())
    for m in log.heads:
        path = log.tree.consistency(m)
        metamorphic_log.verify_consistency(m, log.size, path, log.tree.root(m), log.tree.root())


def test_rust_refuses_every_flipped_byte_of_a_note() -> None:
    note = logs.of_notes(3).entries[1]
    assert logs.signatures([note]) == 1  # of two lines one would do, when the other names an unknown key
    passed = []
    for at in range(len(note)):
        try:
            text = flipped(note, at, 1 << at % 7).decode("utf-8")
        except UnicodeDecodeError:
            continue  # its interface takes text alone
        if not refused(partial(metamorphic_log.verify_signed_note, text, PEOPLE), VerifyError):
            passed.append(at)
    assert passed == []


def test_rust_refuses_proofs_with_one_byte_changed() -> None:
    log = logs.of_notes(257)
    proof = proofs.parse(log.proofs[100])
    leaf, root, path = leaf_hash(log.entries[100]), log.tree.root(), list(proof.path)
    metamorphic_log.verify_inclusion(100, 257, leaf, path, root)
    wrong = [
        (101, 257, leaf, path, root), (100, 256, leaf, path, root), (100, 257, flipped(leaf), path, root),
        (100, 257, leaf, path[:-1], root), (100, 257, leaf, [*path, root], root), (100, 257, leaf, path, flipped(root)),
        *((100, 257, leaf, [*path[:at], flipped(path[at]), *path[at + 1 :]], root) for at in range(len(path))),
    ]  # fmt: skip
    assert [one for one in wrong if not refused(partial(metamorphic_log.verify_inclusion, *one), VerifyError)] == []
    steps, old = log.tree.consistency(100), log.tree.root(100)
    metamorphic_log.verify_consistency(100, 257, steps, old, root)
    wrong_steps = [
        (99, 257, steps, old, root), (100, 256, steps, old, root), (100, 257, steps[1:], old, root),
        (100, 257, steps, flipped(old), root), (100, 257, steps, old, flipped(root)),
        *((100, 257, [*steps[:at], flipped(steps[at]), *steps[at + 1 :]], old, root) for at in range(len(steps))),
    ]  # fmt: skip
    verified = metamorphic_log.verify_consistency
    assert [one for one in wrong_steps if not refused(partial(verified, *one), VerifyError)] == []


# tlog-scales


@pytest.fixture(scope="module", params=[*ROWS, logs.LARGE])
def read(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[logs.Log, TilesReader]:
    """A log and a reader of its files."""
    log = logs.of_notes(request.param) if request.param < logs.LARGE else logs.of_bytes(request.param)
    served = {name: data for name, data in logs.files(log).items() if name.startswith(("tile/", "checkpoint"))}
    return log, TilesReader(LocalBackend(logs.write(tmp_path_factory.mktemp("log"), served)))


def test_scales_accepts_the_log_s_line_and_each_cosignature(read: tuple[logs.Log, TilesReader]) -> None:
    log, reader = read
    head = reader.get_checkpoint()
    vkeys = [Vkey.from_string(one.key.vkey) for one in (known.LOG, *logs.WITNESSES)]
    for vkey in vkeys:
        head.verify(vkey)
    lines = head.signatures
    assert VkeySet(*vkeys).verify(lines, head) == set(zip(vkeys, lines, strict=True))
    times = [Ed25519CosignatureVerifier.get_timestamp(line.payload) for line in lines[1:]]
    assert times == [logs.SECONDS, logs.SECONDS + 1]
    assert head.serialize().encode("utf-8") == log.cosigned()


def test_scales_makes_the_same_proofs_from_our_tiles(read: tuple[logs.Log, TilesReader]) -> None:
    log, reader = read
    head = reader.get_checkpoint()
    assert reader.calculate_root_hash() == head.root_hash
    step = 1 + log.size // 300
    for index in {*range(0, log.size, step), log.size - 1}:
        assert reader.get_entry(index) == log.entries[index]
        ours = proofs.parse(log.proofs[index])
        tlog.InclusionProof(index, log.size, list(ours.path)).check(leaf_hash(log.entries[index]), head.root_hash)
        assert reader.get_inclusion_proof(index, log.size).node_hashes == list(ours.path)
    for m in list(log.heads)[:: 1 + len(log.heads) // 40]:
        ours_steps = log.tree.consistency(m)
        tlog.ConsistencyProof(m, log.size, ours_steps).check(log.tree.root(m), head.root_hash)
        assert reader.get_consistency_proof(m, log.size).node_hashes == ours_steps


def test_scales_names_tiles_as_we_do() -> None:
    numbers = [*range(0, 2000, 7), 999, 1000, 1_000_000, 1_234_067, 999_999_999, 2**53 >> 8]
    for n in numbers:
        for level in range(4):
            assert "/".join(scales_tiles.tile_path(level, n)) == tiles.TileName(level, n).path
            assert "/".join(scales_tiles.tile_path(level, n, 17)) == tiles.TileName(level, n, 17).path
        assert "/".join(scales_tiles.tile_path(-1, n)) == tiles.entries_path(n)
        assert "/".join(scales_tiles.tile_path(-1, n, 255)) == tiles.entries_path(n, 255)


def test_scales_refuses_a_checkpoint_with_a_line_of_another_head() -> None:
    log = logs.of_notes(3)
    body = log.heads[2].decode("utf-8").split("\n\n")[0]
    lines = log.cosigned().decode("utf-8").split("\n\n")[1]
    mixed = tlog.Checkpoint.from_text(f"{body}\n\n{lines}")
    for one in (known.LOG, *logs.WITNESSES):
        assert refused(partial(mixed.verify, Vkey.from_string(one.key.vkey)), InvalidSignature)


@pytest.mark.parametrize("at", range(4, 76))
def test_scales_refuses_a_cosignature_with_one_byte_changed(at: int) -> None:
    head = tlog.Checkpoint.from_text(logs.of_notes(3).cosigned().decode("utf-8"))
    vkey = Vkey.from_string(logs.WITNESSES[0].key.vkey)
    payload = head.signatures[1].payload
    vkey.get_verifier().verify(payload, head)
    assert refused(partial(vkey.get_verifier().verify, flipped(payload, at - 4), head), InvalidSignature)


def test_scales_reads_another_root_from_damaged_tiles(tmp_path: Path) -> None:
    log = logs.of_notes(257)
    served = logs.files(log)
    for name in ("tile/1/000.p/1", "tile/0/001.p/1"):
        reader = TilesReader(LocalBackend(logs.write(tmp_path, {**served, name: flipped(served[name])})))
        assert reader.get_checkpoint().root_hash == log.tree.root() != reader.calculate_root_hash()
