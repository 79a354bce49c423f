"""Logs of ours written as files, for verifiers that are not ours to read.

The layout is that of rule 3 in `verify.go`: tlog-tiles, with keys, earlier heads and proofs beside it. Every byte comes
from `tiga.record`; nothing here computes a hash or a signature by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from pathlib import Path

from tests.core.record import known
from tiga.record import cosignatures, tiles
from tiga.record.book import MemoryBook, Submission
from tiga.record.checkpoints import Checkpoint
from tiga.record.notes import COSIGNATURE, encode64, sign_note, text_of
from tiga.record.proofs import Proof
from tiga.record.tree import Tree, leaf_hash

SIZES = (1, 2, 3, 255, 256, 257, 1025)
"""Logs of signed notes in a book."""
LARGE = 65_537
"""A log of three levels of tiles, of plain bytes."""
ALL_HEADS_MAX = 257
"""Logs up to this size keep every head they ever had; larger ones keep those at and beside powers of two."""
SECONDS = 1_762_155_682
WITNESSES = tuple(known.signer(f"witness.example/{name}", seed, COSIGNATURE) for name, seed in (("a", 21), ("b", 22)))


@dataclass(frozen=True, slots=True)
class Log:
    """A log: its entries, its tree with the full tiles, the signed head at each of some sizes, proofs in order."""

    entries: tuple[bytes, ...]
    people: bool
    tree: Tree
    full: dict[tuple[int, int], bytes]
    heads: dict[int, bytes]
    proofs: tuple[bytes, ...]

    @property
    def size(self) -> int:
        return len(self.entries)

    def leaves(self, low: int, high: int) -> list[bytes]:
        return [leaf_hash(entry) for entry in self.entries[low:high]]

    def cosigned(self) -> bytes:
        """The newest head with a line of each witness."""
        head = self.heads[self.size]
        lines = [cosignatures.line(text_of(head), one, SECONDS + place) for place, one in enumerate(WITNESSES)]
        return cosignatures.merged(head, lines, known.LOG.key, [one.key for one in WITNESSES], known.CHECK)


def head_sizes(size: int) -> list[int]:
    """The sizes at which a log keeps its head."""
    if size <= ALL_HEADS_MAX:
        return list(range(1, size + 1))
    beside = {(1 << power) + step for power in range(size.bit_length()) for step in (-1, 0, 1)}
    return sorted({one for one in beside if 0 < one < size} | {size // 2, size - 1, size})


@cache
def of_notes(size: int, heads_at: tuple[int, ...] = ()) -> Log:
    """A book's log: the charter, and reports that one or two people have signed; `heads_at` instead of all its heads."""
    book = MemoryBook(known.ORIGIN, known.LOG, known.KEYS, known.CHECK)
    notes = [known.charter()]
    for number in range(1, size):
        signers = (known.MONITOR, known.MEDIATOR)[: 2 if number % 3 == 0 else 1]
        notes.append(known.entry(known.report(number=number), *signers))
    heads, done = {}, 0
    for wanted in heads_at or head_sizes(size):
        while done < wanted:
            batch = notes[done : min(wanted, done + 500)]
            book.enter([Submission(note, ()) for note in batch], {})
            done += len(batch)
        heads[wanted] = book.head().checkpoint
    tree, full = grown(notes)
    return Log(tuple(notes), True, tree, full, heads, tuple(map(book.proof, range(size))))


@cache
def of_bytes(size: int) -> Log:
    """A log of plain bytes, straight from the tree."""
    entries = [b"entry %d" % number for number in range(size)]
    tree, full = grown(entries)
    heads = {}
    for one in head_sizes(size):
        heads[one] = sign_note(Checkpoint(known.ORIGIN, one, tree.root(one)).text(), [known.LOG])
    proofs = tuple(Proof(at, tuple(tree.inclusion(at)), heads[size]).encode() for at in range(size))
    return Log(tuple(entries), False, tree, full, heads, proofs)


def grown(entries: Iterable[bytes]) -> tuple[Tree, dict[tuple[int, int], bytes]]:
    """The tree of some entries and its full tiles."""
    full: dict[tuple[int, int], bytes] = {}
    tree = Tree(lambda level, n: full[level, n])
    for entry in entries:
        full.update(((level, n), data) for level, n, data in tree.extend([leaf_hash(entry)]))
    return tree, full


def files(log: Log) -> dict[str, bytes]:
    """A log as files by name."""
    roles = [("log", [known.LOG]), ("witness", WITNESSES)]
    roles += [("person", [known.MONITOR, known.MEDIATOR])] if log.people else []
    keys = "".join(f"{role} {one.key.vkey}\n" for role, signers in roles for one in signers)
    made = {"keys": keys.encode("utf-8"), "checkpoint": log.cosigned()}
    for size, head in log.heads.items():
        made[f"heads/{size}"] = head
        for name in tiles.names(size):
            if not name.is_bundle:
                made[name.path] = tiles.data(name, log.size, lambda level, n: log.full[level, n], log.leaves)
    for start in range(0, log.size, 256):
        entries = log.entries[start : start + 256]
        made[tiles.entries_path(start // 256, len(entries))] = tiles.bundle(entries)
    made["consistency"] = "".join(consistency_lines(log)).encode("ascii")
    made["proofs"] = b"".join(len(proof).to_bytes(4, "big") + proof for proof in log.proofs)
    return made


def consistency_lines(log: Log) -> list[str]:
    """A line for each two heads, the newer head first in order."""
    pairs = sorted(combinations(log.heads, 2), key=lambda pair: (pair[1], pair[0]))
    return [" ".join([str(m), str(n), *map(encode64, log.tree.consistency(m, n))]) + "\n" for m, n in pairs]


def write(folder: Path, members: dict[str, bytes]) -> Path:
    """Write files into a folder."""
    for name, data in members.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder


def signatures(entries: Sequence[bytes]) -> int:
    """Signature lines of notes."""
    return sum(note.count("\n\u2014 ".encode()) for note in entries)
