"""Tiles and entry bundles as files (C2SP tlog-tiles), and bundles of which entries are withheld.

Rules
1. A path has one spelling: `tile/<level>/<N>[.p/<W>]` for hashes, `tile/entries/<N>[.p/<W>]` for entries. N stands in
   groups of three digits, all but the last led by `x`; W is 1 to 255 and stands only where the tile is partial.
2. A tile that a tree of some size had stays answerable at every larger size, also a partial one that is full by now.
3. A bundle is, for each entry, its length as a big-endian uint16 and its bytes; 1 to 256 entries, as many as the path
   says, and not one byte more.
4. Where a reader may not have every entry the bundle is at `tile/entries-redacted/<N>[.p/<W>]` instead, and each entry is
   led by a flag: 0x00 then length and bytes; 0x01 then the leaf hash, of an entry withheld from this reader; 0x02 then
   the leaf hash, of an entry suppressed by a logged act of the quorum.
5. `check_bundles` grows the tree from the entries, or leaf hashes where they are withheld, and compares the root.

Not done here: storing, HTTP, who may read which entry, whether a logged act names each suppressed entry.
Trust: bundles are not trusted. Whoever can change them is refused by the root; whoever serves them can still withhold.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NoReturn, TypeAlias

from tiga.record.entries import ENTRY_LIMIT
from tiga.record.refusals import Refused
from tiga.record.tree import FULL, HASH, WIDTH, Load, Tree, leaf_hash, tile_path, tile_root

Level: TypeAlias = int | Literal["entries", "entries-redacted"]
"""A level of hashes, 0 being the leaves, or one of the two kinds of bundles."""
ENTRIES: Literal["entries"] = "entries"
REDACTED: Literal["entries-redacted"] = "entries-redacted"
LEVEL_LIMIT = 63
"""The highest level that a path may name."""

_PATH = re.compile(
    r"tile/(entries|entries-redacted|0|[1-9][0-9]?)/((?:x[0-9]{3}/){0,4}[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?\Z"
)
_OPEN, _WITHHELD, _SUPPRESSED = 0, 1, 2


@dataclass(frozen=True, slots=True)
class TileName:
    """A tile or bundle: number `n` of its level, `width` hashes or entries of 256."""

    level: Level
    n: int
    width: int = WIDTH

    def __post_init__(self) -> None:
        level = self.level if isinstance(self.level, int) else 0
        if not 0 <= level <= LEVEL_LIMIT or self.n < 0 or not 1 <= self.width <= WIDTH:
            raise ValueError(f"no tile is {self.level}, {self.n}, {self.width}")

    @property
    def is_bundle(self) -> bool:
        return not isinstance(self.level, int)

    @property
    def path(self) -> str:
        number = tile_path(0, self.n, self.width).removeprefix("tile/0/")
        return f"tile/{self.level}/{number}"


@dataclass(frozen=True, slots=True)
class Row:
    """An entry as a reader may have it: its leaf hash, and its `note` unless it is withheld or suppressed."""

    leaf: bytes
    note: bytes | None
    suppressed: bool = False

    @classmethod
    def of(cls, note: bytes) -> Row:
        """The row of an entry that is there."""
        return cls(leaf_hash(note), note)


def entries_path(n: int, width: int = WIDTH) -> str:
    """The path of an entry bundle."""
    return TileName(ENTRIES, n, width).path


def redacted_path(n: int, width: int = WIDTH) -> str:
    """The path of an entry bundle of which entries are withheld."""
    return TileName(REDACTED, n, width).path


def parse_path(path: str) -> TileName:
    """Read a path; raises Refused unless it is spelled exactly as `TileName.path` spells it."""
    match = _PATH.match(path)
    if not match:
        raise Refused("record.tiles.path", {"path": path[:80]})
    kind, number, partial = match.groups()
    level: Level = ENTRIES if kind == ENTRIES else REDACTED if kind == REDACTED else int(kind)
    try:
        name = TileName(level, int(number.replace("/", "").replace("x", "")), int(partial or WIDTH))
    except ValueError as error:
        raise Refused("record.tiles.path", {"path": path[:80]}) from error
    if name.path != path:
        raise Refused("record.tiles.path", {"path": path[:80]})
    return name


def row(level: Level, size: int, start: int = 0) -> Iterator[TileName]:
    """The tiles of one level, or the bundles, of a log of `size` that a reader of its first `start` entries lacks."""
    if not 0 <= start <= size:
        raise ValueError(f"{start} is not within a log of {size}")
    return _row(level, _count(level, size), _count(level, start))


def names(size: int, start: int = 0) -> Iterator[TileName]:
    """Every bundle and tile of a log of `size` that a reader of its first `start` entries lacks; bundles first, then
    levels from the leaves upwards, each with its partial right edge."""
    levels = range((size.bit_length() + 7) // 8)
    rows = [row(level, size, start) for level in (ENTRIES, *levels)]
    return (name for one in rows for name in one)


def span(name: TileName, size: int) -> range:
    """The hashes of its level (the entries, for a bundle) that a tile holds; raises Refused if a log of `size` has no
    such tile."""
    first = name.n * WIDTH
    if first + name.width > _count(name.level, size):
        raise Refused("record.tiles.absent", {"path": name.path[:80], "size": size})
    return range(first, first + name.width)


def data(name: TileName, size: int, load: Load, leaves: Callable[[int, int], Sequence[bytes]]) -> bytes:
    """The bytes of a tile of a log of `size`; raises Refused if there is none of this name.

    `load` gives full tiles, `leaves` the leaf hashes from one index up to another. For bundles see `span` and `bundle`.
    """
    if not isinstance(name.level, int):
        raise ValueError(f"{name.path} is a bundle, not a tile of hashes")
    places = span(name, size)
    if places.start + WIDTH <= _count(name.level, size):
        whole = load(name.level, name.n)
        if len(whole) != FULL:
            raise ValueError(f"{tile_path(name.level, name.n)} has {len(whole)} bytes, not {FULL}")
        return whole[: name.width * HASH]
    if name.level == 0:
        hashes = b"".join(leaves(places.start, places.stop))
    else:
        hashes = b"".join(tile_root(load(name.level - 1, n)) for n in places)
    if len(hashes) != name.width * HASH:
        raise ValueError(f"{name.path} has {len(hashes)} bytes, not {name.width * HASH}")
    return hashes


def bundle(entries: Sequence[bytes]) -> bytes:
    """The bytes of an entry bundle; raises Refused beyond the limits."""
    _counted(len(entries))
    return b"".join(_measured(entry, place) for place, entry in enumerate(entries))


def unbundle(data: bytes, count: int) -> tuple[bytes, ...]:
    """The entries of a bundle; raises Refused unless it holds exactly `count`."""
    _counted(count)
    entries: list[bytes] = []
    at = 0
    while len(entries) < count:
        entry, at = _entry(data, at, count)
        entries.append(entry)
    if at != len(data):
        _malformed(count)
    return tuple(entries)


def redacted(rows: Sequence[Row]) -> bytes:
    """The bytes of a redacted bundle; raises Refused beyond the limits or for a row that contradicts itself."""
    _counted(len(rows))
    parts: list[bytes] = []
    for place, one in enumerate(rows):
        if len(one.leaf) != HASH:
            raise Refused("record.refused.hash_length")
        if one.note is None:
            parts.append(bytes([_SUPPRESSED if one.suppressed else _WITHHELD]) + one.leaf)
        elif one.suppressed or leaf_hash(one.note) != one.leaf:
            raise Refused("record.tiles.row", {"place": place})
        else:
            parts.append(bytes([_OPEN]) + _measured(one.note, place))
    return b"".join(parts)


def unredacted(data: bytes, count: int) -> tuple[Row, ...]:
    """The rows of a redacted bundle; raises Refused unless it holds exactly `count`."""
    _counted(count)
    rows: list[Row] = []
    at = 0
    while len(rows) < count:
        flag = data[at] if at < len(data) else None
        if flag == _OPEN:
            note, at = _entry(data, at + 1, count)
            rows.append(Row.of(note))
            continue
        leaf, at = data[at + 1 : at + 1 + HASH], at + 1 + HASH
        if flag not in (_WITHHELD, _SUPPRESSED):
            _malformed(count)
        rows.append(Row(leaf, None, flag == _SUPPRESSED))
    if at != len(data):
        _malformed(count)
    return tuple(rows)


def read_bundle(name: TileName, data: bytes) -> tuple[Row, ...]:
    """The rows of a bundle of either kind, as its name says; raises Refused."""
    if name.level == ENTRIES:
        return tuple(map(Row.of, unbundle(data, name.width)))
    if name.level == REDACTED:
        return unredacted(data, name.width)
    raise ValueError(f"{name.path} is a tile of hashes, not a bundle")


def check_bundles(rows: Iterable[Row], size: int, root: bytes, known: Tree | None = None) -> None:
    """Raise Refused unless these rows, after what `known` has, are the entries of a log of `size` with this root."""
    tree = known.fork() if known else Tree(_no_tile)
    for one in rows:
        if tree.size >= size:
            raise Refused("record.tiles.count", {"count": tree.size + 1, "size": size})
        if len(one.leaf) != HASH:
            raise Refused("record.refused.hash_length")
        if one.note is not None and leaf_hash(one.note) != one.leaf:
            raise Refused("record.tiles.leaf", {"index": tree.size})
        tree.extend([one.leaf])
    if tree.size != size:
        raise Refused("record.tiles.count", {"count": tree.size, "size": size})
    if tree.root() != root:
        raise Refused("record.tiles.root", {"size": size})


def rebuilt(size: int, root: bytes, bundle_of: Callable[[int, int], bytes]) -> None:
    """Raise Refused unless the plain bundles of a log, by number and width, lead to its root.

    Where bundles are redacted, hand the rows of `read_bundle` to `check_bundles`."""
    named = row(ENTRIES, size)
    check_bundles((one for name in named for one in read_bundle(name, bundle_of(name.n, name.width))), size, root)


def _count(level: Level, size: int) -> int:
    return size >> (8 * level if isinstance(level, int) else 0)


def _row(level: Level, count: int, had: int) -> Iterator[TileName]:
    if had == count:
        return
    for n in range(had // WIDTH, -(-count // WIDTH)):
        yield TileName(level, n, min(WIDTH, count - n * WIDTH))


def _counted(count: int) -> None:
    if not 1 <= count <= WIDTH:
        raise Refused("record.tiles.bundle_count", {"count": count, "limit": WIDTH})


def _measured(entry: bytes, place: int) -> bytes:
    if len(entry) > ENTRY_LIMIT:
        raise Refused("record.tiles.entry_long", {"place": place, "bytes": len(entry), "limit": ENTRY_LIMIT})
    return len(entry).to_bytes(2, "big") + entry


def _entry(data: bytes, at: int, count: int) -> tuple[bytes, int]:
    begin = at + 2
    end = begin + int.from_bytes(data[at:begin], "big")
    if end > len(data):
        _malformed(count)
    return data[begin:end], end


def _malformed(count: int) -> NoReturn:
    raise Refused("record.tiles.bundle", {"count": count})


def _no_tile(level: int, n: int) -> bytes:
    raise LookupError(tile_path(level, n))
