"""A mirror: a folder in the layout of C2SP tlog-tiles with a verified copy of a log, for one reader.

Rules
1. The folder's files are all there is. `checkpoint` is written last: what lies beyond it is not part of the mirror yet.
2. Every opening compares: the leaf hashes kept lead to the root of the checkpoint kept, and each row to its leaf hash.
3. The mirror keeps to the log's key of its first pull.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tiga.cli.folders import Folder
from tiga.record.checkpoints import Checkpoint, open_checkpoint
from tiga.record.ed25519 import SignatureCheck
from tiga.record.notes import NOTE_LIMIT, NoteKey
from tiga.record.refusals import Refused
from tiga.record.tiles import ENTRIES, Row, row
from tiga.record.tree import HASH, WIDTH, Load, Tree

KEY_LIMIT = 4_096
DOCUMENT_LIMIT = 1 << 24
STATE_LIMIT = 1 << 26


@dataclass(frozen=True, slots=True)
class Held:
    """The mirror's head: the checkpoint's bytes, what they say, the tree."""

    checkpoint: bytes
    head: Checkpoint
    tree: Tree


class Mirror(Folder):
    """The mirror in a folder."""

    def key(self) -> NoteKey | None:
        """The log's key that this mirror keeps to."""
        data = self.read("log-key", KEY_LIMIT)
        return NoteKey.parse(data.decode("utf-8", "replace").strip()) if data else None

    def held(self, check: SignatureCheck) -> Held | None:
        """The verified head; None before the first pull; raises Refused for a damaged mirror."""
        key, checkpoint = self.key(), self.read("checkpoint", NOTE_LIMIT)
        if key is None or checkpoint is None:
            return None
        head = open_checkpoint(checkpoint, key, check)
        leaves = self.leaves(head.size)
        tree, _ = grown(leaves)
        if len(leaves) != head.size or tree.root() != head.root:
            raise Refused("cli.mirror.broken", {"folder": self.path})
        return Held(checkpoint, head, tree)

    def needed(self, check: SignatureCheck) -> Held:
        """The verified head; raises Refused where there is no mirror."""
        held = self.held(check)
        if held is None:
            raise Refused("cli.mirror.no_mirror", {"folder": self.path})
        return held

    def leaves(self, size: int) -> list[bytes]:
        """The leaf hashes of the first `size` entries, as far as they are here without a gap."""
        found: list[bytes] = []
        for name in row(0, size):
            data = self.hashes(0, name.n, name.width)
            if data is None:
                break
            found += split(data)
        return found

    def entries(self, leaves: Sequence[bytes]) -> Iterator[tuple[int, Row]]:
        """Index and row of every entry, each compared with its leaf hash; raises Refused."""
        for name in row(ENTRIES, len(leaves)):
            try:
                rows = self.rows(name.n, name.width)
            except LookupError as error:
                raise Refused("cli.mirror.broken", {"folder": self.path}) from error
            first = name.n * WIDTH
            compare(rows, leaves, first)
            yield from enumerate(rows, first)

    def keep_hashes(self, tree: Tree, load: Load, start: int) -> None:
        """Write the tiles of hashes of a tree that a mirror of its first `start` entries lacks."""
        edge = tree.edge
        for level in range((tree.size.bit_length() + 7) // 8):
            for name in row(level, tree.size, start):
                self.keep(name.path, edge[level] if name.width < WIDTH else load(level, name.n))

    def document(self, sha256: str) -> bytes | None:
        return self.read(f"documents/{sha256}.json", DOCUMENT_LIMIT)

    def forks(self) -> list[str]:
        """Names of the fork proofs kept here."""
        return sorted(path.name for path in self.path.glob("*.tlog-fork")) if self.path.is_dir() else []


def grown(leaves: Sequence[bytes]) -> tuple[Tree, Load]:
    """The tree of leaf hashes, and what gives its full tiles."""
    tiles: dict[tuple[int, int], bytes] = {}

    def load(level: int, n: int) -> bytes:
        return tiles[level, n]

    tree = Tree(load)
    for start in range(0, len(leaves), WIDTH):
        for level, n, data in tree.extend(leaves[start : start + WIDTH]):
            tiles[level, n] = data
    return tree, load


def split(data: bytes) -> list[bytes]:
    """The hashes of a tile."""
    return [data[at : at + HASH] for at in range(0, len(data), HASH)]


def compare(rows: Sequence[Row], leaves: Sequence[bytes], first: int) -> None:
    """Raise Refused unless these rows have the leaf hashes from index `first` on."""
    for index, one in enumerate(rows, first):
        if index >= len(leaves) or one.leaf != leaves[index]:
            raise Refused("cli.mirror.row", {"index": index})
