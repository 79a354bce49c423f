"""The witness (C2SP tlog-witness): it cosigns a log's head only after seeing that it continues the last one.

Rules
1. A witness keeps, for each log, the last head it cosigned (`Seen`). The shell stores it by compare-and-swap and only
   then lets the answer out; where another request was first, it answers `conflict` with the size that won.
2. `add_checkpoint` answers in this order: 400 malformed, 404 a log it does not know, 403 no signature of the log or one
   that does not hold, 400 an old size above the new, 409 with the size it has where the old size is another, 422 where
   the proof does not hold (also: another root at the same size, an empty tree with another root), 200 with its line.
3. The same head again is cosigned again, with the new time; nothing is stored then.
4. Heads that travel as files may be shown by leaf hashes instead of a proof (`add_by_leaves`): the witness keeps its own
   right edge (`Edge`) and extends it. Whether the edge is as far as `Seen` does not matter: on the way the leaves must
   give the root of what it cosigned last. An edge may so be older than `Seen`, never newer.
5. Requests are read in one spelling: what is read is what `request` writes. At most 63 hashes.
6. Checkpoints have three lines. A log that adds lines of its own is answered 400.

Not done here: storing, the network, the clock, mirrors (which look at the entries too).
Trust: key and state are one. Whoever restores the state from an old copy and leaves the key in use can be led to cosign
two histories: a witness that lost its state needs a new key. A witness says nothing on what the entries mean.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from tiga.record import checkpoints, cosignatures, notes, proofs
from tiga.record.checkpoints import SIZE_LIMIT, Checkpoint, number
from tiga.record.ed25519 import SignatureCheck, guarded
from tiga.record.notes import NOTE_LIMIT, NoteKey, Signer, decode64, encode64
from tiga.record.proofs import PATH_LIMIT
from tiga.record.refusals import Refused
from tiga.record.tree import EMPTY, HASH, node_hash

REQUEST_LIMIT = NOTE_LIMIT + 4096
"""Bytes of a request."""
SIZE_TYPE = "text/x.tlog.size"
"""The content type of an answer 409."""
TEXT_TYPE = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Seen:
    """The last head of a log that this witness cosigned; `checkpoint` is the log's note with the log's line alone."""

    origin: str
    size: int
    root: bytes
    checkpoint: bytes


@dataclass(frozen=True, slots=True)
class Request:
    """A submission: the size that the log believes the witness has, the proof from there, and the log's note."""

    old: int
    path: tuple[bytes, ...]
    checkpoint: bytes


@dataclass(frozen=True, slots=True)
class Edge:
    """A tree's right edge: the roots of the full subtrees of which `size` consists, largest first."""

    size: int = 0
    hashes: tuple[bytes, ...] = ()

    def __post_init__(self) -> None:
        held = 0 <= self.size <= SIZE_LIMIT and len(self.hashes) == self.size.bit_count()
        if not held or any(len(one) != HASH for one in self.hashes):
            raise Refused("record.refused.witness_hashes", {"size": self.size, "count": len(self.hashes)})

    def extended(self, leaves: Sequence[bytes]) -> Edge:
        """The edge after these leaf hashes; raises Refused for one that has not 32 bytes."""
        if any(len(leaf) != HASH for leaf in leaves):
            raise Refused("record.refused.hash_length")
        size, hashes = self.size, list(self.hashes)
        for leaf in leaves:
            joined, pairs = leaf, size
            while pairs & 1:
                joined, pairs = node_hash(hashes.pop(), joined), pairs >> 1
            hashes.append(joined)
            size += 1
        return Edge(size, tuple(hashes))

    def root(self) -> bytes:
        """The root of the tree of this size."""
        if not self.hashes:
            return EMPTY
        total = self.hashes[-1]
        for one in reversed(self.hashes[:-1]):
            total = node_hash(one, total)
        return total


@dataclass(frozen=True, slots=True)
class Answer:
    """What the witness answers; `seen` and `edge` are to be stored before it is given, None leaves what is stored."""

    status: int
    body: bytes
    seen: Seen | None = None
    edge: Edge | None = None

    @property
    def content_type(self) -> str:
        return SIZE_TYPE if self.status == 409 else TEXT_TYPE


def request(old: int, path: Sequence[bytes], checkpoint: bytes) -> bytes:
    """The body of `add-checkpoint`; raises Refused for what could not be read again."""
    if not 0 <= old <= SIZE_LIMIT or len(path) > PATH_LIMIT or not checkpoint or checkpoint.startswith(b"\n"):
        raise Refused("record.refused.witness_request")
    if any(len(one) != HASH for one in path):
        raise Refused("record.refused.hash_length")
    lines = [f"old {old}", *(encode64(one) for one in path), "", ""]
    body = "\n".join(lines).encode("ascii") + checkpoint
    if len(body) > REQUEST_LIMIT:
        raise Refused("record.refused.witness_request")
    return body


def parse_request(body: bytes) -> Request:
    """Read the body of `add-checkpoint`; raises Refused unless `request` spells it so. The note is not looked at."""
    head, gap, checkpoint = body.partition(b"\n\n")
    if len(body) > REQUEST_LIMIT or not gap or not head.startswith(b"old "):
        raise Refused("record.refused.witness_request")
    try:
        old, *hashes = head.removeprefix(b"old ").decode("ascii").split("\n")
    except UnicodeDecodeError as error:
        raise Refused("record.refused.witness_request") from error
    asked = Request(number(old), tuple(decode64(one) for one in hashes), checkpoint)
    if request(asked.old, asked.path, asked.checkpoint) != body:
        raise Refused("record.refused.witness_request")
    return asked


def conflict(size: int) -> Answer:
    """The answer 409: the size of the last head that this witness cosigned, 0 for none."""
    return Answer(409, f"{size}\n".encode("ascii"))


def parse_conflict(body: bytes) -> int:
    """The size in an answer 409; raises Refused for other bytes."""
    text = body[:40].decode("ascii", "replace")
    if len(body) > 40 or not text.endswith("\n"):
        raise Refused("record.refused.number", {"text": text})
    return number(text[:-1])


def add_checkpoint(
    body: bytes,
    logs: Mapping[str, NoteKey],
    seen: Callable[[str], Seen | None],
    signer: Signer,
    seconds: int,
    check: SignatureCheck,
) -> Answer:
    """Answer a request as rule 2 says; `logs` are the known logs' keys by origin, `seconds` is the time now.

    `seen` is asked once at most. Raises Refused only for a signer or a time that no witness can have.
    """
    try:
        asked = parse_request(body)
    except Refused as error:
        return _no(400, error)
    opened = _opened(asked.checkpoint, logs, guarded(check))
    if isinstance(opened, Answer):
        return opened
    if asked.old > opened.size:
        return _no(400, Refused("record.refused.witness_old", {"old": asked.old, "size": opened.size}))
    last = seen(opened.origin)
    if asked.old != (last.size if last else 0):
        return conflict(last.size if last else 0)
    try:
        proofs.check_consistency(asked.old, opened.size, last.root if last else EMPTY, opened.root, asked.path)
    except Refused as error:
        return _no(422, error)
    return _yes(opened, asked.checkpoint, logs[opened.origin], last, signer, seconds, guarded(check))


def add_by_leaves(
    checkpoint: bytes,
    log: NoteKey,
    seen: Seen | None,
    edge: Edge | None,
    leaves: Sequence[bytes],
    signer: Signer,
    seconds: int,
    check: SignatureCheck,
) -> Answer:
    """Answer a head that came with the leaf hashes from the edge's size on (rule 4); the answer carries the new edge.

    Raises Refused where the witness has no edge to extend, or one that is newer than what it cosigned.
    """
    opened = _opened(checkpoint, {log.name: log}, guarded(check))
    if isinstance(opened, Answer):
        return opened
    size = seen.size if seen else 0
    if opened.size < size:
        return conflict(size)
    if edge is None and size:
        raise Refused("record.refused.witness_edge", {"size": size})
    start = edge or Edge()
    if start.size > size:
        raise Refused("record.refused.witness_state", {"edge": start.size, "size": size})
    if start.size + len(leaves) != opened.size:
        values = {"start": start.size, "size": opened.size, "count": len(leaves)}
        return _no(422, Refused("record.refused.witness_leaves", values))
    try:
        midway = start.extended(leaves[: size - start.size])
        end = midway.extended(leaves[size - start.size :])
    except Refused as error:
        return _no(422, error)
    if midway.root() != (seen.root if seen else EMPTY):
        return _no(422, Refused("record.refused.witness_fork", {"size": size}))
    if end.root() != opened.root:
        return _no(422, Refused("record.refused.witness_root", {"size": opened.size}))
    answer = _yes(opened, checkpoint, log, seen, signer, seconds, guarded(check))
    return Answer(answer.status, answer.body, answer.seen, end)


def served(seen: Seen, body: bytes) -> bytes:
    """The checkpoint that a witness shows to monitors: the log's line and its own lines, the last answer's body."""
    return seen.checkpoint + body


def origin_hash(origin: str) -> str:
    """The log's name in the address at which a witness shows its last head, `/<hash>/checkpoint`."""
    return hashlib.sha256(origin.encode("utf-8")).hexdigest()


def _opened(checkpoint: bytes, logs: Mapping[str, NoteKey], check: SignatureCheck) -> Checkpoint | Answer:
    """The head that a known log signed, or the answer that says no."""
    key = logs.get(checkpoint.partition(b"\n")[0].decode("utf-8", "replace"))
    unknown = _no(404, Refused("record.refused.witness_origin"))
    try:
        text = notes.text_of(checkpoint)
    except Refused as error:
        if error.code != "record.refused.unsigned":
            return _no(400, error)
        return _no(403, error) if key else unknown
    if key is None:
        return unknown
    try:
        checkpoints.parse(text)
    except Refused as error:
        return _no(400, error)
    try:
        return checkpoints.open_checkpoint(checkpoint, key, check)
    except Refused as error:
        return _no(403, error)


def _yes(
    head: Checkpoint,
    checkpoint: bytes,
    log: NoteKey,
    last: Seen | None,
    signer: Signer,
    seconds: int,
    check: SignatureCheck,
) -> Answer:
    body = cosignatures.line(head.text(), signer, seconds).encode()
    if last is not None and last.size == head.size:
        return Answer(200, body)
    return Answer(
        200, body, Seen(head.origin, head.size, head.root, cosignatures.merged(checkpoint, (), log, (), check))
    )


def _no(status: int, refusal: Refused) -> Answer:
    return Answer(status, f"{refusal}\n".encode())
