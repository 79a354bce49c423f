"""Tiles and bundles as files: against their definition, the specification's examples, a Tessera log, and damage."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Callable

import pytest

from tests.core.record import known
from tests.core.record.test_notes import TESSERA
from tests.vectors import make_tiles
from tests.vectors.make_tiles import PATHS, PATHS_REFUSED, log
from tiga.record import checkpoints, ed25519, tiles, tree
from tiga.record.notes import NoteKey
from tiga.record.refusals import Refused
from tiga.record.tiles import ENTRIES, REDACTED, Row, TileName
from tiga.record.tree import Tree


def _refusal(call: Callable[[], object]) -> Refused:
    with pytest.raises(Refused) as caught:
        call()
    str(caught.value)  # every refusal can be said
    return caught.value


def _code(call: Callable[[], object]) -> str:
    return _refusal(call).code


@pytest.mark.parametrize("name", sorted(make_tiles.MAKERS))
def test_the_vectors_are_what_we_make(name: str) -> None:
    made = make_tiles.spelled(make_tiles.MAKERS[name]())
    assert (make_tiles.FOLDER / name).read_text(encoding="utf-8") == made


@pytest.mark.parametrize("path", PATHS)
def test_a_path_is_read_as_it_is_written(path: str) -> None:
    assert tiles.parse_path(path).path == path


def test_paths_of_each_kind() -> None:
    assert tiles.parse_path("tile/0/x001/x234/067") == TileName(0, 1_234_067)
    assert tiles.parse_path("tile/1/005.p/17") == TileName(1, 5, 17)
    assert tiles.parse_path("tile/entries/x001/234.p/1") == TileName(ENTRIES, 1234, 1)
    assert tiles.parse_path("tile/entries-redacted/000") == TileName(REDACTED, 0, 256)
    assert (tiles.entries_path(1234), tiles.entries_path(0, 12)) == ("tile/entries/x001/234", "tile/entries/000.p/12")
    assert tiles.redacted_path(7, 255) == "tile/entries-redacted/007.p/255"
    assert [TileName(level, n, width).path for level, n, width in ((0, 0, 256), (2, 1000, 9))] == [
        tree.tile_path(0, 0),
        tree.tile_path(2, 1000, 9),
    ]


@pytest.mark.parametrize("path", PATHS_REFUSED)
def test_any_other_spelling_of_a_path_is_refused(path: str) -> None:
    assert _code(lambda: tiles.parse_path(path)) == "record.tiles.path"


def test_the_tiles_of_the_specifications_examples() -> None:
    found = list(tiles.names(70_000))
    leaves = [name for name in found if name.level == 0]
    assert leaves == [*(TileName(0, n) for n in range(273)), TileName(0, 273, 112)]
    assert [name for name in found if name.level == ENTRIES] == [TileName(ENTRIES, one.n, one.width) for one in leaves]
    assert found[548:] == [TileName(1, 0), TileName(1, 1, 17), TileName(2, 0, 1)]
    assert [name.path for name in tiles.names(256)] == ["tile/entries/000", "tile/0/000", "tile/1/000.p/1"]
    assert list(tiles.names(0)) == []


def test_a_reader_lacks_exactly_the_tiles_that_he_did_not_have() -> None:
    sizes = [0, 1, 2, 255, 256, 257, 511, 512, 513, 600, 65_535, 65_536, 65_537, 65_792, 70_000]
    for size in sizes:
        everything = list(tiles.names(size))
        for start in (one for one in sizes if one <= size):
            had = set(tiles.names(start))
            assert list(tiles.names(size, start)) == [name for name in everything if name not in had]
            assert list(tiles.row(0, size, start)) == [n for n in everything if n.level == 0 and n not in had]


@pytest.mark.parametrize(("size", "start"), [(1, 2), (0, 1), (5, -1)])
def test_a_reader_cannot_be_further_than_the_log(size: int, start: int) -> None:
    with pytest.raises(ValueError):
        tiles.names(size, start)


@pytest.mark.parametrize("size", [1, 2, 255, 256, 257, 600, 65_535, 65_537])
def test_tiles_are_those_of_the_definition(size: int) -> None:
    made = log(size)
    for name in tiles.names(size):
        if name.is_bundle or (name.level == 0 and name.n not in (0, size >> 8)):
            continue
        below = 256 ** int(name.level)
        hashes = [made.hashes[place * below : (place + 1) * below] for place in tiles.span(name, size)]
        assert made.data(name) == b"".join(tree.root_of(row) for row in hashes)


def test_what_a_smaller_log_had_stays_answerable() -> None:
    made = log(600)
    for size in (1, 7, 255, 256, 257, 512, 513, 599):
        before = log(size)
        for name in tiles.names(size):
            assert made.data(name) == before.data(name)
    large = log(65_537)
    assert large.data(TileName(1, 0, 255)) == log(65_535).data(TileName(1, 0, 255))


@pytest.mark.parametrize(
    "name",
    [
        TileName(0, 2),
        TileName(0, 2, 89),
        TileName(0, 3, 1),
        TileName(1, 0),
        TileName(1, 0, 3),
        TileName(2, 0, 1),
        TileName(63, 0, 1),
    ],
)
def test_a_tile_that_a_log_does_not_have_is_refused(name: TileName) -> None:
    refusal = _refusal(lambda: log(600).data(name))
    assert (refusal.code, refusal.values["size"]) == ("record.tiles.absent", 600)


@pytest.mark.parametrize(
    ("level", "n", "width"), [(64, 0, 1), (-1, 0, 1), (0, -1, 256), (0, 0, 0), (0, 0, 257), (ENTRIES, -1, 1)]
)
def test_what_no_tile_is_has_no_name(level: tiles.Level, n: int, width: int) -> None:
    with pytest.raises(ValueError):
        TileName(level, n, width)


def test_a_bundle_that_a_log_does_not_have_is_refused() -> None:
    assert tiles.span(TileName(ENTRIES, 2, 88), 600) == range(512, 600)
    assert tiles.span(TileName(REDACTED, 1), 600) == range(256, 512)
    for name in (TileName(ENTRIES, 2), TileName(ENTRIES, 2, 89), TileName(REDACTED, 3, 1)):
        assert _code(lambda name=name: tiles.span(name, 600)) == "record.tiles.absent"  # type: ignore[misc]


def test_damaged_storage_is_an_error() -> None:
    made = log(600)
    for call in (
        lambda: tiles.data(TileName(0, 0), 600, lambda level, n: b"short", made.leaves),
        lambda: tiles.data(TileName(0, 2, 88), 600, made.load, lambda start, stop: made.hashes[start : stop - 1]),
        lambda: tiles.data(TileName(ENTRIES, 0), 600, made.load, made.leaves),
        lambda: tiles.read_bundle(TileName(0, 0), bytes(8192)),
    ):
        with pytest.raises(ValueError):
            call()


@pytest.mark.parametrize(
    "entries",
    [[b"a"], [b""], [b"", b"b", b""], [bytes(65_535)], [b"x" * n for n in range(256)]],
)
def test_a_bundle_is_read_as_it_is_written(entries: list[bytes]) -> None:
    data = tiles.bundle(entries)
    assert tiles.unbundle(data, len(entries)) == tuple(entries)
    assert len(data) == sum(2 + len(entry) for entry in entries)
    name = TileName(ENTRIES, 0, len(entries))
    assert tiles.read_bundle(name, data) == tuple(Row(tree.leaf_hash(entry), entry) for entry in entries)


def test_a_bundle_beyond_the_limits_is_refused() -> None:
    for count in (0, 257):
        assert _code(lambda count=count: tiles.bundle([b"a"] * count)) == "record.tiles.bundle_count"  # type: ignore[misc]
        assert _code(lambda count=count: tiles.redacted([Row.of(b"a")] * count)) == "record.tiles.bundle_count"  # type: ignore[misc]
        for read in (tiles.unbundle, tiles.unredacted):
            assert _code(lambda read=read, count=count: read(b"\0\0\0" * count, count)) == "record.tiles.bundle_count"  # type: ignore[misc]
    for call in (
        lambda: tiles.bundle([b"", bytes(65_536)]),
        lambda: tiles.redacted([Row.of(b""), Row.of(bytes(65_536))]),
    ):
        refusal = _refusal(call)
        assert (refusal.code, refusal.values["place"]) == ("record.tiles.entry_long", 1)


def test_every_truncation_and_any_further_byte_of_a_bundle_is_refused() -> None:
    few = log(3)
    rows = [few.row(0), few.row(1), Row(few.hashes[2], None, True)]
    for data, read in ((tiles.bundle(few.entries), tiles.unbundle), (tiles.redacted(rows), tiles.unredacted)):
        for changed in [*(data[:length] for length in range(len(data))), data + b"\0", data + data]:
            assert _code(lambda read=read, changed=changed: read(changed, 3)) == "record.tiles.bundle"  # type: ignore[misc]
        for count in (2, 4):
            assert _code(lambda read=read, data=data, count=count: read(data, count)) == "record.tiles.bundle"  # type: ignore[misc]


def test_a_redacted_bundle_is_read_as_it_is_written() -> None:
    made = log(256)
    rows = [made.row(place) for place in range(256)]
    data = tiles.redacted(rows)
    assert tiles.unredacted(data, 256) == tuple(rows)
    assert tiles.read_bundle(TileName(REDACTED, 0), data) == tuple(rows)
    assert data[:11] == b"\0\0\x08entry 0\n"
    assert data[11:44] == b"\1" + tree.leaf_hash(b"entry 1\n")
    assert tiles.redacted(rows[5:6]) == b"\2" + tree.leaf_hash(b"entry 5\n")


def test_a_row_that_contradicts_itself_is_not_written() -> None:
    leaf = tree.leaf_hash(b"a")
    for bad in (Row(leaf, b"a", True), Row(leaf, b"b")):
        refusal = _refusal(lambda bad=bad: tiles.redacted([Row.of(b""), bad]))  # type: ignore[misc]
        assert (refusal.code, refusal.values["place"]) == ("record.tiles.row", 1)
    assert _code(lambda: tiles.redacted([Row(leaf[1:], None)])) == "record.refused.hash_length"


def test_every_flipped_bit_of_bundles_is_refused() -> None:
    """Withheld and suppressed differ by two bits: nothing but a logged act tells them apart."""
    made, passed = log(12), []
    for level in (ENTRIES, REDACTED):
        name = TileName(level, 0, 12)
        data = made.data(name)
        for bit in range(len(data) * 8):
            changed = bytearray(data)
            changed[bit // 8] ^= 1 << bit % 8
            try:
                tiles.check_bundles(tiles.read_bundle(name, bytes(changed)), 12, made.tree.root())
                passed.append((level, bit))
            except Refused:
                continue
    assert passed == []


@pytest.mark.parametrize("size", [0, 1, 255, 256, 257, 600, 65_537])
def test_a_log_is_rebuilt_from_its_bundles(size: int) -> None:
    made = log(size)
    tiles.rebuilt(size, made.tree.root(), lambda n, width: made.data(TileName(ENTRIES, n, width)))
    rows = (row for name in tiles.row(REDACTED, size) for row in tiles.read_bundle(name, made.data(name)))
    tiles.check_bundles(rows, size, made.tree.root())


def test_a_log_is_followed_from_what_is_known() -> None:
    made, before = log(600), log(300)
    rows = [made.row(place) for place in range(300, 600)]
    tiles.check_bundles(rows, 600, made.tree.root(), before.tree)
    assert (before.tree.size, before.tree.root()) == (300, made.tree.root(300))
    assert _code(lambda: tiles.check_bundles(rows, 600, made.tree.root(), log(299).tree)) == "record.tiles.count"
    other = log(300, 200, "b").tree
    assert _code(lambda: tiles.check_bundles(rows, 600, made.tree.root(), other)) == "record.tiles.root"


def test_what_does_not_lead_to_the_root_is_refused() -> None:
    made = log(300)
    root = made.tree.root()
    rows = [Row.of(entry) for entry in made.entries]
    short = Row(rows[7].leaf[1:], None)
    assert _code(lambda: tiles.check_bundles(rows[:-1], 300, root)) == "record.tiles.count"
    assert _code(lambda: tiles.check_bundles([*rows, rows[0]], 300, root)) == "record.tiles.count"
    assert _code(lambda: tiles.check_bundles(rows, 300, bytes(32))) == "record.tiles.root"
    assert _code(lambda: tiles.check_bundles([rows[1], rows[0], *rows[2:]], 300, root)) == "record.tiles.root"
    assert _code(lambda: tiles.check_bundles([*rows[:7], short, *rows[8:]], 300, root)) == "record.refused.hash_length"
    for index in (0, 255, 256, 299):
        other = Row.of(b"another entry")
        in_its_place = [*rows[:index], other, *rows[index + 1 :]]
        assert _code(lambda rows=in_its_place: tiles.check_bundles(rows, 300, root)) == "record.tiles.root"  # type: ignore[misc]
        with_its_leaf = [*rows[:index], Row(rows[index].leaf, other.note), *rows[index + 1 :]]
        refusal = _refusal(lambda rows=with_its_leaf: tiles.check_bundles(rows, 300, root))  # type: ignore[misc]
        assert (refusal.code, refusal.values["index"]) == ("record.tiles.leaf", index)


def test_rows_without_end_are_read_no_further_than_the_log() -> None:
    rows = itertools.count()
    endless = (Row.of(b"%d" % number) for number in rows)
    assert _code(lambda: tiles.check_bundles(endless, 300, bytes(32))) == "record.tiles.count"
    assert next(rows) == 301


def test_a_tessera_log_is_served_as_its_own_files() -> None:
    folder = known.shared("tessera", "testdata", "log")
    key = NoteKey.parse(TESSERA)
    heads = [
        checkpoints.open_checkpoint((folder / f"checkpoint.{n}").read_bytes(), key, ed25519.verify) for n in range(16)
    ]
    entries = tiles.unbundle((folder / tiles.entries_path(0, 15)).read_bytes(), 15)
    hashes = [tree.leaf_hash(entry) for entry in entries]
    stored: dict[tuple[int, int], bytes] = {}
    for head in heads[1:]:
        held = {name.path: (folder / name.path).read_bytes() for name in tiles.names(head.size)}
        made = {
            f"tile/entries/000.p/{head.size}": tiles.bundle(entries[: head.size]),
            f"tile/0/000.p/{head.size}": tiles.data(
                TileName(0, 0, head.size), 15, lambda level, n: stored[level, n], lambda start, stop: hashes[start:stop]
            ),
        }
        assert made == held
        tiles.rebuilt(head.size, head.root, lambda n, width: (folder / tiles.entries_path(n, width)).read_bytes())


def test_a_whole_copy_is_enough_to_open_the_tree_again() -> None:
    made = log(600)
    files = {name.path: made.data(name) for name in tiles.names(600)}
    last = files["tile/0/002.p/88"]
    leaves = [last[at : at + 32] for at in range(0, len(last), 32)]

    def load(level: int, n: int) -> bytes:
        return files[tree.tile_path(level, n)]

    again = Tree(load, 600, tree.edge_from(600, leaves, load))
    assert (again.root(), again.inclusion(17)) == (made.tree.root(), made.tree.inclusion(17))
    assert hashlib.sha256(files["tile/1/000.p/2"]).hexdigest() == hashlib.sha256(again.edge[1]).hexdigest()
