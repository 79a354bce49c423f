"""The tree and its proofs against their definition, RFC 9162's algorithms and published vectors."""

from __future__ import annotations

import base64
import json
import struct
from pathlib import Path

import pytest

from tests.core.record import known
from tests.core.record.test_notes import TESSERA
from tiga.record import checkpoints, ed25519, proofs, tree
from tiga.record.notes import NoteKey
from tiga.record.proofs import Proof
from tiga.record.refusals import Refused
from tiga.record.tree import Tree


def leaves(count: int) -> list[bytes]:
    return [tree.leaf_hash(struct.pack(">I", number)) for number in range(count)]


def grown(count: int, batch: int = 1_000_000) -> tuple[Tree, dict[tuple[int, int], bytes]]:
    tiles: dict[tuple[int, int], bytes] = {}
    made = Tree(lambda level, n: tiles[level, n])
    rows = leaves(count)
    for start in range(0, count, batch):
        tiles.update(((level, n), data) for level, n, data in made.extend(rows[start : start + batch]))
    return made, tiles


def test_the_definition() -> None:
    assert tree.EMPTY.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    a, b, c = leaves(3)
    assert tree.root_of([]) == tree.EMPTY
    assert tree.root_of([a]) == a
    assert tree.root_of([a, b, c]) == tree.node_hash(tree.node_hash(a, b), c)


@pytest.mark.parametrize("count", [0, 1, 2, 3, 7, 8, 255, 256, 257, 511, 512, 1025, 65_535, 65_536, 65_537])
def test_the_root_is_that_of_the_definition(count: int) -> None:
    made, tiles = grown(count)
    assert made.root() == tree.root_of(leaves(count))
    full = sorted((level, n) for level in range(3) for n in range(count >> (8 * level + 8)))
    assert sorted(tiles) == full
    assert [len(data) for data in tiles.values()] == [8192] * len(full)


def test_batches_make_no_difference() -> None:
    for batch in (1, 7, 256, 300):
        made, tiles = grown(1025, batch)
        assert (made.root(), made.edge, tiles) == (grown(1025)[0].root(), grown(1025)[0].edge, grown(1025)[1])


@pytest.mark.parametrize("size", [*range(1, 40), 255, 256, 257, 300])
def test_every_inclusion_and_consistency_proof_of_a_size_holds(size: int) -> None:
    made, _ = grown(300)
    rows = leaves(300)
    root = made.root(size)
    assert root == tree.root_of(rows[:size])
    found = [proofs.inclusion_root(index, size, rows[index], made.inclusion(index, size)) for index in range(size)]
    assert found == [root] * size
    for m in range(size + 1):
        proofs.check_consistency(m, size, tree.root_of(rows[:m]), root, made.consistency(m, size))


@pytest.mark.parametrize("size", [65_535, 65_537, 70_000])
def test_proofs_across_levels(size: int) -> None:
    made, _ = grown(70_000)
    rows = leaves(70_000)
    root = tree.root_of(rows[:size])
    for index in (0, 255, 256, 65_279, size - 1):
        assert proofs.inclusion_root(index, size, rows[index], made.inclusion(index, size)) == root
    for m in (1, 256, 1000, 65_535, size):
        proofs.check_consistency(m, size, tree.root_of(rows[:m]), root, made.consistency(m, size))


@pytest.mark.parametrize("size", [0, 1, 255, 256, 300, 65_536, 66_000])
def test_a_tree_is_reopened_from_tiles_and_last_leaves(size: int) -> None:
    made, tiles = grown(size)

    def load(level: int, n: int) -> bytes:
        return tiles[level, n]

    rows = leaves(size + 300)
    again = Tree(load, size, tree.edge_from(size, rows[size - size % 256 : size], load))
    assert (again.root(), again.edge) == (made.root(), made.edge)
    tiles.update(((level, n), data) for level, n, data in again.extend(rows[size:]))
    assert again.root() == tree.root_of(rows)


def test_a_fork_leaves_its_origin_as_it_was() -> None:
    made, _ = grown(255)
    before = made.root()
    copy = made.fork()
    assert [(level, n) for level, n, _ in copy.extend(leaves(257)[255:])] == [(0, 0)]
    assert (made.size, made.root(), copy.size, copy.root()) == (255, before, 257, tree.root_of(leaves(257)))


def test_misuse_is_an_error() -> None:
    made, _ = grown(3)
    for call in (
        lambda: made.inclusion(3),
        lambda: made.inclusion(-1),
        lambda: made.inclusion(0, 4),
        lambda: made.consistency(2, 1),
        lambda: made.root(4),
        lambda: made.extend([b"short"]),
        lambda: Tree(lambda level, n: b"", 3, {0: b""}),
        lambda: tree.edge_from(3, [], lambda level, n: b""),
        lambda: Tree(lambda level, n: b"x", 256, {1: bytes(32)}).inclusion(0),
    ):
        with pytest.raises(ValueError):
            call()


@pytest.mark.parametrize(
    ("level", "n", "width", "path"),
    [
        (0, 0, 256, "tile/0/000"),
        (1, 5, 17, "tile/1/005.p/17"),
        (0, 1_234_067, 256, "tile/0/x001/x234/067"),
        (2, 1000, 256, "tile/2/x001/000"),
    ],
)
def test_tile_paths(level: int, n: int, width: int, path: str) -> None:
    assert tree.tile_path(level, n, width) == path


def _vectors(kind: str) -> list[Path]:
    return sorted(known.shared("transparency-dev-merkle", "testdata", kind).rglob("*.json"))


def _refused(path: Path) -> bool:
    row = json.loads(path.read_bytes())
    steps = [base64.b64decode(step) for step in row["proof"] or ()]
    try:
        if "leafIdx" in row:
            leaf, root = base64.b64decode(row["leafHash"]), base64.b64decode(row["root"])
            return proofs.inclusion_root(row["leafIdx"], row["treeSize"], leaf, steps) != root
        one, two = base64.b64decode(row["root1"] or ""), base64.b64decode(row["root2"] or "")
        proofs.check_consistency(row["size1"], row["size2"], one, two, steps)
    except Refused:
        return True
    return False


OURS_STRICTER = {
    "inclusion": [],
    "consistency": ["consistency/additional/sizes-are-equal-one-and-proof-is-empty.json"],  # its roots have 12 bytes
}


@pytest.mark.parametrize("kind", ["inclusion", "consistency"])
def test_transparency_dev_vectors(kind: str) -> None:
    files = _vectors(kind)
    assert len(files) >= 90
    differing = [
        str(path.relative_to(path.parents[2]))
        for path in files
        if _refused(path) != json.loads(path.read_bytes())["wantErr"]
    ]
    assert differing == OURS_STRICTER[kind]


def test_a_tessera_log_is_rebuilt_and_its_heads_are_consistent() -> None:
    folder = known.shared("tessera", "testdata", "log")
    data, entries = (folder / "tile" / "entries" / "000.p" / "15").read_bytes(), []
    while data:
        length = int.from_bytes(data[:2], "big")
        entries.append(data[2 : 2 + length])
        data = data[2 + length :]
    made = Tree(lambda level, n: b"")
    made.extend([tree.leaf_hash(entry) for entry in entries])
    assert made.edge[0] == (folder / "tile" / "0" / "000.p" / "15").read_bytes()
    key = NoteKey.parse(TESSERA)
    signed = [(folder / f"checkpoint.{n}").read_bytes() for n in range(16)]
    heads = [checkpoints.open_checkpoint(note, key, ed25519.verify) for note in signed]
    assert [head.root for head in heads] == [made.root(size) for size in range(16)]
    for one in heads:
        for two in heads[one.size :]:
            proofs.check_consistency(one.size, two.size, one.root, two.root, made.consistency(one.size, two.size))
    for index, entry in enumerate(entries):
        proof = Proof(index, tuple(made.inclusion(index)), signed[15])
        assert proofs.verify(proof.encode(), entry, key, ed25519.verify) == (index, heads[15])


def test_a_proof_is_read_as_it_is_written() -> None:
    book = known.book(others=6)
    for index in range(7):
        data = book.proof(index)
        assert proofs.parse(data).encode() == data
        place, head = proofs.verify(data, book.entry(index).note, known.LOG.key, known.CHECK)
        assert (place, head.size, head.root) == (index, 7, book.head().root)


def test_every_flipped_bit_of_a_proof_is_refused() -> None:
    book = known.book(others=6)
    data, note, passed = book.proof(3), book.entry(3).note, []
    for bit in range(len(data) * 8):
        changed = bytearray(data)
        changed[bit // 8] ^= 1 << bit % 8
        try:
            proofs.verify(bytes(changed), note, known.LOG.key, known.CHECK)
            passed.append(bit)
        except Refused:
            continue
    assert passed == []


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("@v1\n", "@v1\nextra AAAA\n", "record.refused.proof"),
        ("index 3", "index 03", "record.refused.number"),
        ("index 3", "index -3", "record.refused.number"),
        ("index 3", "index 4", "record.refused.inclusion"),
        ("index 3", "index 7", "record.refused.index"),
        ("@v1", "@v2", "record.refused.proof"),
        ("index 3\n", "index 3\n" + "A" * 43 + "=\n", "record.refused.path"),
        ("index 3\n", "index 3\nAAAA\n", "record.refused.hash_length"),
        ("index 3\n", "index 3\n" + ("A" * 43 + "=\n") * 62, "record.refused.proof"),
        ("\n\n", "\n", "record.refused.base64"),
    ],
)
def test_a_malformed_proof_is_refused(old: str, new: str, code: str) -> None:
    book = known.book(others=6)
    data = book.proof(3).replace(old.encode(), new.encode(), 1)
    with pytest.raises(Refused) as caught:
        proofs.verify(data, book.entry(3).note, known.LOG.key, known.CHECK)
    assert caught.value.code == code
