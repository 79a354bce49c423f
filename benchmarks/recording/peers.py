"""The peers, in an interpreter of their own: one JSON line asks, one JSON line answers. Nothing of ours is imported here.

Rules
1. Only a peer's own work is timed: neither reading the question nor opening a database, unless the question says so.
2. pymerkle keeps the roots of subtrees in memory (up to 1 GiB, as shipped). `fresh` opens the tree anew for each proof,
   `kept` asks one tree for all of them and then for all of them again, `stored` switches that memory off.
"""

from __future__ import annotations

import base64
import json
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pymerkle import SqliteTree
from tlog_scales.signing import PlainEd25519Signer
from tlog_scales.writer import TilesWriter

WRITERS: dict[str, tuple[TilesWriter, PlainEd25519Signer]] = {}
NOTES: list[bytes] = []


def data_of(number: int) -> bytes:
    """The entry that both sides keep at an index of the logs for proofs."""
    return b"%08d" % number + b"x" * 56


def timed(act: Callable[[], object]) -> float:
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


def notes(path: str) -> int:
    """Read the notes that will be appended."""
    NOTES[:] = [base64.b64decode(row) for row in json.loads(Path(path).read_text())]
    return len(NOTES)


def scales_open(folder: str, origin: str) -> None:
    """A new log of tlog-scales, which signs its checkpoints as ours does."""
    signer = PlainEd25519Signer(origin, Ed25519PrivateKey.from_private_bytes(bytes(32)))
    WRITERS[folder] = TilesWriter.create(Path(folder), origin), signer


def scales_append(folder: str, first: int, count: int, batch: int) -> float:
    """Seconds for entering notes, `batch` of them a commit."""
    writer, signer = WRITERS[folder]

    def append() -> None:
        for start in range(first, first + count, batch):
            for note in NOTES[start : min(start + batch, first + count)]:
                writer.add_leaf(note)
            writer.commit([signer])

    return timed(append)


def scales_size(folder: str) -> int:
    return WRITERS[folder][0].size


def merkle_fill(path: str, size: int) -> str:
    """Fill a tree on SQLite up to a size; returns its root in hex."""
    tree = SqliteTree(path)
    tree.append_entries(data_of(number) for number in range(tree.get_size(), size))
    root = tree.get_root().hex()
    tree.close()
    return str(root)


def merkle_fresh(path: str, indices: Sequence[int]) -> list[float]:
    """Seconds of the first proof after opening, for each entry."""
    found = []
    for index in indices:
        tree = SqliteTree(path)
        found.append(timed(lambda tree=tree, index=index: tree.prove_inclusion(index + 1)))
        tree.close()
    return found


def merkle_kept(path: str, indices: Sequence[int]) -> list[list[float]]:
    """Seconds of each proof, by a tree as shipped that stays open: first time round, second time round."""
    tree = SqliteTree(path)
    tree.prove_inclusion(1)
    found = [[timed(lambda index=index: tree.prove_inclusion(index + 1)) for index in indices] for _ in range(2)]
    tree.close()
    return found


def merkle_stored(path: str, indices: Sequence[int]) -> list[float]:
    """Seconds of each proof that is read from the database, with nothing kept in memory."""
    tree = SqliteTree(path, disable_cache=True)
    tree.prove_inclusion(1)
    found = [timed(lambda index=index: tree.prove_inclusion(index + 1)) for index in indices]
    tree.close()
    return found


def merkle_path(path: str, index: int) -> list[str]:
    """A proof's hashes in hex, from the leaf's sibling upwards."""
    tree = SqliteTree(path)
    found = [step.hex() for step in tree.prove_inclusion(index + 1).path[1:]]
    tree.close()
    return found


QUESTIONS: dict[str, Callable[..., Any]] = {
    act.__name__: act
    for act in (
        notes, scales_open, scales_append, scales_size,
        merkle_fill, merkle_fresh, merkle_kept, merkle_stored, merkle_path,
    )
}  # fmt: skip


def main() -> None:
    for line in sys.stdin:
        question = json.loads(line)
        print(json.dumps(QUESTIONS[question.pop("do")](**question)), flush=True)


if __name__ == "__main__":
    main()
