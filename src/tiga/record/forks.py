"""Fork proofs (F8): one small text file that shows that a log has signed two histories.

    tiga/tlog-fork@v1
    prefix <base64 R'>           the root of the first m entries of the larger tree
    <base64 hash> ...            consistency proof from m to n (RFC 9162 section 2.1.4.1)
    <empty line>
    <checkpoint of size m, verbatim>
    <empty line>
    <checkpoint of size n, verbatim>

Rules
1. It holds if the same log key signed both checkpoints, m <= n, the consistency proof leads from R' to the larger root,
   and R' is not the root of the smaller checkpoint. With a SHA-256 without collisions R' is then what the larger tree
   begins with, so the smaller head belongs to another history.
2. For m = n there is no proof and R' is the second checkpoint's root. For m = 0, R' is the root of the empty tree.
3. Cosignatures in either checkpoint are kept as they are and not looked at: who cosigned a fork is read from them.
4. One spelling: reading and writing again gives the same bytes.

Not done here: finding the two checkpoints, verifying cosignatures. Two heads of which the larger is no tree at all, so
that nobody can give the proof, are a fault of the log that this file cannot show.
Trust: nobody needs to trust whoever hands in a fork proof. It cannot be made against a log that signed one history.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tiga.record import checkpoints
from tiga.record.checkpoints import Checkpoint, open_checkpoint
from tiga.record.ed25519 import SignatureCheck, guarded
from tiga.record.notes import NOTE_LIMIT, NoteKey, decode64, encode64, text_of
from tiga.record.proofs import PATH_LIMIT, check_consistency
from tiga.record.refusals import Refused
from tiga.record.tree import Tree

HEADER = "tiga/tlog-fork@v1"
FORK_LIMIT = 2 * NOTE_LIMIT + 4096
"""Bytes of a fork proof."""

_PREFIX = "prefix "


@dataclass(frozen=True, slots=True)
class ForkProof:
    """A fork proof as it is written: R', the hashes, both checkpoints verbatim."""

    prefix_root: bytes
    path: tuple[bytes, ...]
    m_checkpoint: bytes
    n_checkpoint: bytes

    def encode(self) -> bytes:
        """The bytes of a `.tlog-fork` file."""
        lines = [HEADER, _PREFIX + encode64(self.prefix_root), *(encode64(step) for step in self.path), "", ""]
        return "\n".join(lines).encode("ascii") + self.m_checkpoint + b"\n" + self.n_checkpoint


@dataclass(frozen=True, slots=True)
class Fork:
    """What has been shown: for the first `m` entries the log signed `signed_root`, but its tree of `n` begins with
    `prefix_root`."""

    origin: str
    m: int
    n: int
    prefix_root: bytes
    signed_root: bytes


def parse(data: bytes) -> ForkProof:
    """Read a fork proof's form; raises Refused unless it is spelled exactly as `ForkProof.encode` spells it."""
    parts = data.split(b"\n\n", 5) if len(data) <= FORK_LIMIT else []
    if len(parts) != 5:
        raise Refused("record.fork.form")
    head, m_text, m_lines, n_text, n_lines = parts
    try:
        lines = head.decode("ascii").split("\n")
    except UnicodeDecodeError as error:
        raise Refused("record.fork.form") from error
    if lines[0] != HEADER or not 0 < len(lines) - 1 <= PATH_LIMIT + 1 or not lines[1].startswith(_PREFIX):
        raise Refused("record.fork.form")
    path = tuple(decode64(line) for line in lines[2:])
    m_checkpoint, n_checkpoint = b"%b\n\n%b\n" % (m_text, m_lines), b"%b\n\n%b" % (n_text, n_lines)
    proof = ForkProof(decode64(lines[1].removeprefix(_PREFIX)), path, m_checkpoint, n_checkpoint)
    if proof.encode() != data:
        raise Refused("record.fork.form")
    return proof


def check(data: bytes, log_key: NoteKey, check: SignatureCheck) -> Fork:
    """The fork that a file proves against the holder of a log's key; raises Refused where it proves nothing."""
    proof = parse(data)
    check = guarded(check)
    m_head = open_checkpoint(proof.m_checkpoint, log_key, check)
    return _shown(proof, m_head, open_checkpoint(proof.n_checkpoint, log_key, check))


def prove(
    m_checkpoint: bytes, n_checkpoint: bytes, log_key: NoteKey, prefix_root: bytes, path: Sequence[bytes]
) -> bytes:
    """Write a fork proof of two checkpoints; raises Refused where it would prove nothing. Their signatures are looked
    at by `check` only."""
    proof = ForkProof(prefix_root, tuple(path), m_checkpoint, n_checkpoint)
    heads = [checkpoints.parse(text_of(note)) for note in (m_checkpoint, n_checkpoint)]
    for head in heads:
        if head.origin != log_key.name:
            raise Refused("record.refused.origin", {"origin": head.origin, "expected": log_key.name})
    _shown(proof, *heads)
    return proof.encode()


def prove_from_tree(
    m_checkpoint: bytes, n_checkpoint: bytes, tree: Tree, log_key: NoteKey, check: SignatureCheck
) -> bytes | None:
    """The fork proof of two checkpoints, in either order, or None where they are consistent. `tree` is that of the
    larger one, and may have grown since; raises Refused where it is not, or a signature does not hold."""
    check = guarded(check)
    pairs = [(open_checkpoint(note, log_key, check), note) for note in (m_checkpoint, n_checkpoint)]
    if pairs[0][0].size > pairs[1][0].size:
        pairs.reverse()
    (m_head, m_note), (n_head, n_note) = pairs
    prefix, path = n_head.root, list[bytes]()
    if m_head.size < n_head.size:
        if tree.size < n_head.size or tree.root(n_head.size) != n_head.root:
            raise Refused("record.fork.tree", {"size": n_head.size})
        prefix, path = tree.root(m_head.size), tree.consistency(m_head.size, n_head.size)
    return None if prefix == m_head.root else prove(m_note, n_note, log_key, prefix, path)


def _shown(proof: ForkProof, m_head: Checkpoint, n_head: Checkpoint) -> Fork:
    m, n = m_head.size, n_head.size
    if m > n:
        raise Refused("record.fork.order", {"m": m, "n": n})
    check_consistency(m, n, proof.prefix_root, n_head.root, proof.path)
    if proof.prefix_root == m_head.root:
        raise Refused("record.fork.consistent", {"m": m, "n": n})
    return Fork(m_head.origin, m, n, proof.prefix_root, m_head.root)
