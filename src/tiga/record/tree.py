"""The Merkle tree of RFC 6962 (SHA-256), kept as tiles 256 wide (C2SP tlog-tiles).

Rules
1. Leaf: SHA-256(0x00 || entry). Node: SHA-256(0x01 || left || right). Empty tree: SHA-256 of nothing.
2. Full tiles never change and are stored elsewhere; `load(level, n)` gives back their 8,192 bytes. Only the unfinished
   tile of each level, the edge, lives in memory, with the hashes between its levels: an append and the proof of what
   was just appended compute no hash twice.
3. `extend` returns the tiles it completed. The caller makes them loadable before it asks for a proof or a further root.
4. A writer extends a `fork` and keeps it only once its transaction is durable; the original stays as it was.
5. To reopen from storage: `Tree(load, size, edge_from(size, leaves, load))`, then compare `root()` with the head.

Not done here: storing, signing. Sizes and indices are in entries.
Trust: tiles are not trusted. Whoever can change them gets proofs that no verifier accepts.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

Load: TypeAlias = Callable[[int, int], bytes]
"""(level, number of a full tile) -> its 8,192 bytes."""
Tile: TypeAlias = tuple[int, int, bytes]
"""A completed tile: level, number, 8,192 bytes."""

WIDTH = 256
HASH = 32
FULL = WIDTH * HASH
CACHED_TILES = 256
"""Full tiles kept with their inner hashes (about 16 kB each)."""

_sha256 = hashlib.sha256
EMPTY = _sha256(b"").digest()


def leaf_hash(entry: bytes) -> bytes:
    """RFC 6962 section 2.1."""
    return _sha256(b"\0" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """RFC 6962 section 2.1."""
    return _sha256(b"\1" + left + right).digest()


def root_of(leaves: Sequence[bytes]) -> bytes:
    """The root over leaf hashes, straight from the definition: for small trees and as the measure of `Tree`."""
    if not leaves:
        return EMPTY
    if len(leaves) == 1:
        return leaves[0]
    half = _half(len(leaves))
    return node_hash(root_of(leaves[:half]), root_of(leaves[half:]))


def tile_path(level: int, n: int, width: int = WIDTH) -> str:
    """The path of a tile, `tile/<L>/<N>[.p/<W>]` with N in groups of three digits (C2SP tlog-tiles)."""
    if n < 0 or not 0 < width <= WIDTH:
        raise ValueError(f"there is no tile {n} of width {width}")
    groups = [f"{n % 1000:03d}"]
    n //= 1000
    while n:
        groups.insert(0, f"x{n % 1000:03d}")
        n //= 1000
    return f"tile/{level}/{'/'.join(groups)}" + (f".p/{width}" if width < WIDTH else "")


def tile_root(tile: bytes) -> bytes:
    """The hash over a full tile, which is one hash of the level above."""
    return bytes(_rows(tile)[-1])


def edge_from(size: int, leaves: Sequence[bytes], load: Load) -> dict[int, bytes]:
    """The unfinished tiles of a tree of `size`, from the last leaf hashes and the full tiles below."""
    if len(leaves) != size % WIDTH:
        raise ValueError(f"a tree of {size} needs its last {size % WIDTH} leaf hashes, not {len(leaves)}")
    edge = {0: b"".join(leaves)}
    level = 1
    while size >> (8 * level):
        count = size >> (8 * level)
        edge[level] = b"".join(tile_root(load(level - 1, n)) for n in range(count - count % WIDTH, count))
        level += 1
    return edge


class Tree:
    """A growing tree of `size` leaves; see the rules of this module."""

    __slots__ = ("_cache", "_edge", "_load", "_root", "_size")

    def __init__(self, load: Load, size: int = 0, edge: Mapping[int, bytes] | None = None) -> None:
        self._load = load
        self._size = size
        self._root = b""  # of all leaves, once somebody has asked
        self._cache: dict[tuple[int, int], list[bytearray]] = {}
        self._edge: list[list[bytearray]] = []
        level = 0
        while size >> (8 * level):
            row = (edge or {}).get(level, b"")
            if len(row) != HASH * (size >> (8 * level) & 255):
                raise ValueError(f"the edge of a tree of {size} has a wrong length at level {level}: {len(row)} bytes")
            self._edge.append(_rows(row, edge=True))
            level += 1

    @property
    def size(self) -> int:
        return self._size

    @property
    def edge(self) -> dict[int, bytes]:
        """The unfinished tile of each level, as the constructor takes it."""
        return {level: bytes(rows[0]) for level, rows in enumerate(self._edge)}

    def fork(self) -> Tree:
        """A copy that grows on its own; about 5 microseconds."""
        copy = Tree(self._load)
        copy._size = self._size
        copy._root = self._root
        copy._cache = dict(self._cache)  # its own: a tile of an abandoned fork may never be seen again
        copy._edge = [[bytearray(row) for row in rows] for rows in self._edge]
        return copy

    def extend(self, leaves: Sequence[bytes]) -> list[Tile]:
        """Append leaf hashes; returns the tiles completed by it, lower levels first for each leaf."""
        for leaf in leaves:
            if len(leaf) != HASH:
                raise ValueError(f"a leaf hash has 32 bytes, not {len(leaf)}")
        done: list[Tile] = []
        at = 0
        while at < len(leaves):
            part = leaves[at : at + WIDTH - self._size % WIDTH]
            at += len(part)
            self._size += len(part)
            self._root = b""
            self._fill(0, b"".join(part), done)
        return done

    def root(self, size: int | None = None) -> bytes:
        """The root of the first `size` leaves, of all when not given."""
        if size is not None and size != self._size:
            self._within(0, size)
            return self._range(0, size) if size else EMPTY
        if not self._root:
            self._root = self._peaks()
        return self._root

    def inclusion(self, index: int, size: int | None = None) -> list[bytes]:
        """The path from leaf `index` to the root at `size`, sibling of the leaf first (RFC 9162 section 2.1.3.1)."""
        size = self._size if size is None else size
        if not 0 <= index < size <= self._size:
            raise ValueError(f"{index} and {size} are not within a tree of {self._size}")
        path: list[bytes] = []
        low, high = 0, size
        while high - low > 1:
            half = low + _half(high - low)
            if index < half:
                path.append(self._range(half, high))
                high = half
            else:
                path.append(self._range(low, half))
                low = half
        return path[::-1]

    def consistency(self, m: int, n: int | None = None) -> list[bytes]:
        """The proof that the tree of `m` is the beginning of the tree of `n` (RFC 9162 section 2.1.4.1)."""
        n = self._size if n is None else n
        self._within(m, n)
        if m in (0, n):
            return []
        path: list[bytes] = []
        low, high, whole = 0, n, True
        while low + m != high:
            half = _half(high - low)
            if m <= half:
                path.append(self._range(low + half, high))
                high = low + half
            else:
                path.append(self._range(low, low + half))
                low, m, whole = low + half, m - half, False
        return ([] if whole else [self._range(low, high)]) + path[::-1]

    def _peaks(self) -> bytes:
        """The root of all leaves, from the roots of its perfect subtrees."""
        total = b""
        for height in range(self._size.bit_length()):
            if self._size >> height & 1:
                peak = self._edge[height >> 3][height & 7][-HASH:]
                total = _sha256(b"\1" + peak + total).digest() if total else bytes(peak)
        return total or EMPTY

    def _within(self, low: int, high: int) -> None:
        if not 0 <= low <= high <= self._size:
            raise ValueError(f"{low} and {high} are not within a tree of {self._size}")

    def _fill(self, level: int, hashes: bytes, done: list[Tile]) -> None:
        """Append hashes that have room in a level's unfinished tile; `_size` is what it will be."""
        if level == len(self._edge):
            self._edge.append([bytearray() for _ in range(8)])
        rows = self._edge[level]
        for row in rows:
            start = len(row) - len(row) % (2 * HASH)  # of an odd count, the last hash still waits for its right sibling
            row += hashes
            pairs = range(start, len(row) - HASH, 2 * HASH)
            hashes = b"".join([_sha256(b"\1" + row[at : at + 2 * HASH]).digest() for at in pairs])
            if not hashes:
                return
        done.append((level, (self._size >> (8 * level + 8)) - 1, bytes(rows[0])))
        self._edge[level] = [bytearray() for _ in range(8)]
        self._fill(level + 1, hashes, done)

    def _range(self, low: int, high: int) -> bytes:
        """The root over leaves low to high; `low` is aligned as RFC 6962's splitting aligns it."""
        count = high - low
        if count & (count - 1) == 0:
            height = count.bit_length() - 1
            return self._node(height, low >> height)
        half = low + _half(count)
        return node_hash(self._range(low, half), self._range(half, high))

    def _node(self, height: int, index: int) -> bytes:
        level, row = divmod(height, 8)
        n, place = divmod(index << row, WIDTH)
        rows = self._edge[level] if n == self._size >> (8 * level + 8) else self._tile(level, n)
        start = (place >> row) * HASH
        return bytes(rows[row][start : start + HASH])

    def _tile(self, level: int, n: int) -> list[bytearray]:
        rows = self._cache.get((level, n))
        if rows is None:
            data = self._load(level, n)
            if len(data) != FULL:
                raise ValueError(f"{tile_path(level, n)} has {len(data)} bytes, not {FULL}")
            if len(self._cache) >= CACHED_TILES:
                self._cache.clear()
            rows = self._cache[level, n] = _rows(data)
        return rows


def _half(count: int) -> int:
    """The largest power of two below `count` (count > 1)."""
    return 1 << ((count - 1).bit_length() - 1)


def _rows(row: bytes, edge: bool = False) -> list[bytearray]:
    """The hashes of a tile at each height from 0; an edge has 8 rows and no top, a full tile 9."""
    rows = [bytearray(row)]
    for _ in range(7 if edge else 8):
        below = rows[-1]
        pairs = range(0, len(below) - HASH, 2 * HASH)
        rows.append(bytearray(b"".join(_sha256(b"\1" + below[at : at + 2 * HASH]).digest() for at in pairs)))
    return rows
