"""Proofs of inclusion and consistency, and the file in which a proof travels (C2SP tlog-proof, F6).

Rules
1. The algorithms are those of RFC 9162 sections 2.1.3.2 and 2.1.4.2; nothing home-made.
2. A hash that is not 32 bytes long is refused wherever it stands.
3. The file has no `extra` line, at most 63 hashes, and one spelling: reading and writing again gives the same bytes.
4. `verify` joins the three questions: the log signed the checkpoint, the path leads to its root, the leaf is this note.

Not done here: making proofs (`tree`), the entry's own signatures (`entries`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tiga.record.checkpoints import Checkpoint, number, open_checkpoint
from tiga.record.ed25519 import SignatureCheck
from tiga.record.notes import NOTE_LIMIT, NoteKey, decode64, encode64
from tiga.record.refusals import Refused
from tiga.record.tree import EMPTY, HASH, leaf_hash, node_hash

HEADER = "c2sp.org/tlog-proof@v1"
PATH_LIMIT = 63
"""Hashes of one path."""


def inclusion_root(index: int, size: int, leaf: bytes, path: Sequence[bytes]) -> bytes:
    """The root to which a path leads from a leaf hash; raises Refused for a wrong length (RFC 9162 2.1.3.2)."""
    _hashes((leaf, *path))
    if not 0 <= index < size:
        raise Refused("record.refused.index", {"index": index, "size": size})
    at, last, root = index, size - 1, leaf
    for step in path:
        if last == 0:
            raise Refused("record.refused.path")
        if at & 1 or at == last:
            root = node_hash(step, root)
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            root = node_hash(root, step)
        at, last = at >> 1, last >> 1
    if last:
        raise Refused("record.refused.path")
    return root


def check_consistency(m: int, n: int, root_m: bytes, root_n: bytes, path: Sequence[bytes]) -> None:
    """Raise Refused unless the path shows that the tree of `m` is the beginning of that of `n` (RFC 9162 2.1.4.2)."""
    _hashes((root_m, root_n, *path))
    values = {"m": m, "n": n}
    if not 0 <= m <= n:
        raise Refused("record.refused.consistency", values)
    if m in (0, n):
        if path or root_m != (root_n if m == n else EMPTY):
            raise Refused("record.refused.consistency", values)
        return
    steps = [root_m, *path] if m & (m - 1) == 0 else list(path)
    if not path:
        raise Refused("record.refused.consistency", values)
    at, last = m - 1, n - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    old = new = steps[0]
    for step in steps[1:]:
        if last == 0:
            raise Refused("record.refused.consistency", values)
        if at & 1 or at == last:
            old, new = node_hash(step, old), node_hash(step, new)
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            new = node_hash(new, step)
        at, last = at >> 1, last >> 1
    if last or old != root_m or new != root_n:
        raise Refused("record.refused.consistency", values)


@dataclass(frozen=True, slots=True)
class Proof:
    """An inclusion proof: the entry's index, hashes from the leaf's sibling upwards, and the checkpoint verbatim."""

    index: int
    path: tuple[bytes, ...]
    checkpoint: bytes

    def encode(self) -> bytes:
        """The bytes of a `.tlog-proof` file."""
        lines = [HEADER, f"index {self.index}", *(encode64(step) for step in self.path), "", ""]
        return "\n".join(lines).encode("ascii") + self.checkpoint


def parse(data: bytes) -> Proof:
    """Read a `.tlog-proof`; raises Refused unless it is spelled exactly as `Proof.encode` spells it."""
    if len(data) > NOTE_LIMIT + 4096:
        raise Refused("record.refused.proof")
    head, gap, checkpoint = data.partition(b"\n\n")
    try:
        lines = head.decode("ascii").split("\n")
    except UnicodeDecodeError as error:
        raise Refused("record.refused.proof") from error
    if not gap or not checkpoint or lines[0] != HEADER or len(lines) < 2 or not lines[1].startswith("index "):
        raise Refused("record.refused.proof")
    if len(lines) - 2 > PATH_LIMIT:
        raise Refused("record.refused.proof")
    path = tuple(decode64(line) for line in lines[2:])
    _hashes(path)
    proof = Proof(number(lines[1].removeprefix("index ")), path, checkpoint)
    if proof.encode() != data:
        raise Refused("record.refused.proof")
    return proof


def verify(data: bytes, note: bytes, log_key: NoteKey, check: SignatureCheck) -> tuple[int, Checkpoint]:
    """The index of a note and the signed checkpoint that includes it; raises Refused (C2SP tlog-proof 1, 2, 4)."""
    proof = parse(data)
    head = open_checkpoint(proof.checkpoint, log_key, check)
    if inclusion_root(proof.index, head.size, leaf_hash(note), proof.path) != head.root:
        raise Refused("record.refused.inclusion", {"index": proof.index, "size": head.size})
    return proof.index, head


def _hashes(hashes: Sequence[bytes]) -> None:
    if any(len(one) != HASH for one in hashes):
        raise Refused("record.refused.hash_length")
