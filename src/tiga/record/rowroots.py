"""Rows of a table under one root: thousands of rows are entered by one entry, and each of them can be proven.

Rules
1. A row is the tiga-JSON of one object (`canonical`). Its leaf is the RFC 6962 leaf hash of those bytes, the root that of the
   tree over the rows in their order. The root of no rows is that of the empty tree.
2. A table's file is its rows, each followed by a line feed. tiga-JSON holds no line feed, so it has one spelling.
3. A row is proven by its path to a root that an entry holds, and the entry by its own proof of inclusion: `check_row` is the
   first half, `proofs.verify` the second.
4. `root` holds no more than the tree's edge, whatever the number of rows; a path needs the leaves.

Not done here: what rows mean, in which order they stand, who may see them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from tiga.record import canonical
from tiga.record.canonical import JSON, NotCanonical
from tiga.record.proofs import inclusion_root
from tiga.record.refusals import Refused
from tiga.record.tree import Tree, leaf_hash

ROW_BYTES_LIMIT = 65_536
ROWS_LIMIT = 4_000_000
BATCH = 1_024
"""Leaves added to the tree at once."""


def row_bytes(value: JSON) -> bytes:
    """A row's canonical bytes; raises NotCanonical."""
    return canonical.encode(value, ROW_BYTES_LIMIT)


def root(rows: Iterable[bytes]) -> tuple[bytes, int]:
    """The root over canonical rows in their order, and how many they are; raises ValueError above ROWS_LIMIT."""
    tree, held = Tree(_no_tiles), list[bytes]()
    for row in rows:
        held.append(leaf_hash(row))
        if len(held) == BATCH:
            tree.extend(held)
            held.clear()
        if tree.size > ROWS_LIMIT:
            raise ValueError(f"a table has at most {ROWS_LIMIT} rows")
    tree.extend(held)
    return tree.root(), tree.size


def row_proof(rows: Iterable[bytes], index: int) -> tuple[bytes, ...]:
    """The path from row `index` to the root, sibling first (RFC 9162 section 2.1.3.1); raises ValueError for no such row."""
    tiles: dict[tuple[int, int], bytes] = {}
    tree = Tree(lambda level, n: tiles[level, n])
    for row in rows:
        for level, n, tile in tree.extend([leaf_hash(row)]):
            tiles[level, n] = tile
    return tuple(tree.inclusion(index))


def check_row(row: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Whether these bytes are canonical, and the row at `index` of the `size` rows under a root."""
    try:
        canonical.decode(row, ROW_BYTES_LIMIT)
        return inclusion_root(index, size, leaf_hash(row), path) == root
    except (NotCanonical, Refused):
        return False


def table(rows: Iterable[bytes]) -> Iterator[bytes]:
    """A table's file, row by row."""
    for row in rows:
        yield row + b"\n"


def read_table(data: bytes) -> tuple[bytes, ...]:
    """The rows of a table's file; raises NotCanonical for one that is not spelled as `row_bytes` spells it."""
    rows = data.split(b"\n")
    if rows.pop():
        raise NotCanonical("record.canonical.spelling", "")
    for row in rows:
        canonical.decode(row, ROW_BYTES_LIMIT)
    return tuple(rows)


def _no_tiles(level: int, n: int) -> bytes:
    raise LookupError((level, n))
