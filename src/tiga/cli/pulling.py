"""Pulling: what is new at a source, verified entry by entry, into a mirror.

Rules
1. First the head: signed by the log's key, as the policy asks, with one's own witness. Then the leaf hashes: they must lead
   to that head, and the mirror's own head must be a beginning of it. Then each bundle against the leaf hashes.
2. Two heads that do not fit together are written down as a fork proof (`Forked`), and nothing is taken.
3. An older head of the same history changes nothing.
4. Entries that were withheld are asked for again; what the mirror once held in full it keeps.
5. An entry counts as suppressed only where an act on the record that the charter's rule allows names it.
6. Bundles, hashes, documents, then the checkpoint: an interrupted pull loses nothing that it fetched.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from tiga.cli import auditing, writing
from tiga.cli.folders import BUNDLE_LIMIT
from tiga.cli.mirrors import DOCUMENT_LIMIT, KEY_LIMIT, STATE_LIMIT, Held, Mirror, compare, grown, split
from tiga.cli.sources import UNCHANGED, Source, WebSource
from tiga.record import cosignatures, forks
from tiga.record import policy as policies
from tiga.record.checkpoints import Checkpoint, open_checkpoint, parse
from tiga.record.ed25519 import SignatureCheck
from tiga.record.headcodes import head_code
from tiga.record.notes import NOTE_LIMIT, NoteKey, taken_apart, text_of
from tiga.record.policy import POLICY_LIMIT, Policy
from tiga.record.refusals import Refused
from tiga.record.tiles import ENTRIES, REDACTED, Level, Row, TileName, read_bundle, redacted, row
from tiga.record.tree import HASH, WIDTH, Load, Tree

Progress = Callable[[int, int], None]
"""Told how many bundles of how many are done."""
POLICIES = ("policy/witnessed", "policy/mutual")
_SHUT = (403, 404, 410)


@dataclass(frozen=True, slots=True)
class Given:
    """What the reader brings along."""

    log_key: NoteKey | None = None
    policy: Policy | None = None
    own: NoteKey | None = None


@dataclass(frozen=True, slots=True)
class Pulled:
    """What a pull did: sizes before and after, the source's size, bundles fetched, entries that became readable, and the
    log's key where it was taken from the source."""

    old: int
    size: int
    theirs: int
    bundles: int = 0
    opened: int = 0
    first_key: str = ""


class Forked(Exception):
    """The log has signed two histories; `file` is the proof."""

    def __init__(self, file: str, origin: str, size: int) -> None:
        super().__init__(file)
        self.file, self.origin, self.size = file, origin, size


def pull(mirror: Mirror, source: Source, given: Given, check: SignatureCheck, progress: Progress) -> Pulled:
    """Fetch and verify what is new; raises Refused, Forked, Different, OSError."""
    checkpoint, key, first, state = _head(mirror, source, given, check)
    head, held = open_checkpoint(checkpoint, key, check), mirror.held(check)
    old = held.head.size if held else 0
    if held and head.size <= old and held.tree.root(head.size) != head.root:
        raise _forked(mirror, held, checkpoint, held.tree, key, check)
    if held and head.size < old:
        return Pulled(old, old, head.size)
    leaves, tree, load = _leaves(source, held, mirror, head, checkpoint)
    if held and tree.root(old) != held.head.root:
        raise _forked(mirror, held, checkpoint, tree, key, check)
    bundles, opened = _bundles(mirror, source, leaves, progress)
    auditing.justify(mirror.entries(leaves), check)
    mirror.replace("log-key", f"{key.vkey}\n".encode())
    mirror.keep_hashes(tree, load, 0)
    _papers(mirror, source, leaves, checkpoint, state)
    if not held or held.head.size < head.size or _lines(held.checkpoint) <= _lines(checkpoint):
        mirror.replace("checkpoint", checkpoint)
    return Pulled(old, head.size, head.size, bundles, opened, key.vkey if first else "")


def _head(mirror: Mirror, source: Source, given: Given, check: SignatureCheck) -> tuple[bytes, NoteKey, bool, bytes]:
    """The source's head, the log's key and whether the source gave it, and what the host says of cases and measures.

    The word is asked for before the head: it is never ahead of it.
    """
    checkpoint, state = _needed(source, "checkpoint", NOTE_LIMIT), b""
    if isinstance(source, WebSource):
        source.origin = parse(text_of(checkpoint)).origin
        answer = source.get("state", STATE_LIMIT)
        state = answer.data if answer.status == 200 else b""
        checkpoint = _needed(source, "checkpoint", NOTE_LIMIT)
    kept, key, first = mirror.key(), given.log_key, False
    if key is not None and kept is not None and key != kept:
        raise Refused("cli.mirror.other_key", {"kept": kept.vkey, "given": key.vkey})
    key = key or kept
    if given.policy is not None:
        met = policies.check(checkpoint, given.policy, check, given.own)
        if key is not None and key != met.log:
            raise Refused("cli.mirror.other_key", {"kept": key.vkey, "given": met.log.vkey})
        key = met.log
    elif given.own is not None and given.own not in cosignatures.attested(checkpoint, [given.own], check):
        raise Refused("record.refused.own_witness", {"name": given.own.name})
    if key is None:
        first = True
        key = NoteKey.parse(_needed(source, "log-key", KEY_LIMIT).decode("utf-8", "replace").strip())
    return checkpoint, key, first, state


def _needed(source: Source, path: str, limit: int) -> bytes:
    answer = source.get(path, limit)
    if answer.status != 200:
        raise Refused("cli.mirror.absent", {"path": path})
    return answer.data


def _leaves(
    source: Source, held: Held | None, mirror: Mirror, head: Checkpoint, checkpoint: bytes
) -> tuple[list[bytes], Tree, Load]:
    """All leaf hashes of the source's head, its tree: ours and what is new, or else all of the source's."""
    kept = held.head.size - held.head.size % WIDTH if held else 0
    own = mirror.leaves(kept)
    for begin in [own, []] if own else [[]]:
        leaves = [*begin, *_hashes(source, head.size, len(begin))]
        tree, load = grown(leaves)
        if tree.size == head.size and tree.root() == head.root:
            return leaves, tree, load
    odd = f"odd-{head.size}-{head.root.hex()[:16]}.checkpoint"
    mirror.replace(odd, checkpoint)
    raise Refused("cli.mirror.no_tiles", {"size": head.size})


def _hashes(source: Source, size: int, start: int) -> list[bytes]:
    found: list[bytes] = []
    for name in row(0, size, start):
        data = b""
        for width in dict.fromkeys((name.width, WIDTH)):  # a partial tile may have been taken away once it was full
            answer = source.get(TileName(0, name.n, width).path, WIDTH * HASH)
            if answer.status == 200:
                data = answer.data[: name.width * HASH]
                break
        if len(data) != name.width * HASH:
            raise Refused("cli.mirror.absent", {"path": name.path})
        found += split(data)
    return found


def _forked(
    mirror: Mirror, held: Held, checkpoint: bytes, tree: Tree, key: NoteKey, check: SignatureCheck
) -> Forked:  # fmt: skip
    """Write the proof that the mirror's head and another do not fit together; what to raise."""
    proof = forks.prove_from_tree(held.checkpoint, checkpoint, tree, key, check)
    assert proof is not None  # the roots differ: whoever calls has compared them
    return written_fork(mirror, proof, key, check)


def written_fork(mirror: Mirror, proof: bytes, key: NoteKey, check: SignatureCheck) -> Forked:
    """Keep a fork proof in the mirror; what to raise."""
    fork = forks.check(proof, key, check)
    file = mirror.path / f"fork-{fork.m}-{fork.n}-{fork.signed_root.hex()[:16]}.tlog-fork"
    writing.whole(file, proof)
    return Forked(str(file), fork.origin, fork.m)


def _bundles(mirror: Mirror, source: Source, leaves: Sequence[bytes], progress: Progress) -> tuple[int, int]:
    """Fetch every bundle of which something is lacking; how many came, and how many entries became readable."""
    names, fetched, opened = list(row(ENTRIES, len(leaves))), 0, 0
    for done, name in enumerate(names):
        progress(done, len(names))
        had = _had(mirror, name, leaves)
        if len(had) == name.width and all(one.note is not None for one in had):
            continue
        rows = _fetched(source, name, had)
        if rows is None:
            continue
        compare(rows, leaves, name.n * WIDTH)
        opened += sum(old.note is None and new.note is not None for old, new in zip(had, rows, strict=False))
        old_and_new = zip_longest(had, rows)
        mirror.put(name.n, [new if old is None or old.note is None else old for old, new in old_and_new])
        fetched += 1
    progress(len(names), len(names))
    return fetched, opened


def _had(mirror: Mirror, name: TileName, leaves: Sequence[bytes]) -> tuple[Row, ...]:
    """The rows of a bundle as far as they are here; none where they are not those of the log."""
    try:
        had = mirror.known(name.n)[: name.width]
        compare(had, leaves, name.n * WIDTH)
    except Refused:
        return ()
    return had


def _fetched(source: Source, name: TileName, had: Sequence[Row]) -> tuple[Row, ...] | None:
    """The rows of a bundle as the source gives them to this reader; None where they are what is here already."""
    held = redacted(had) if len(had) == name.width else None
    kinds: tuple[Level, Level] = (REDACTED, ENTRIES) if held else (ENTRIES, REDACTED)
    for width in dict.fromkeys((name.width, WIDTH)):
        for kind in kinds:
            asked = TileName(kind, name.n, width)
            answer = source.get(asked.path, BUNDLE_LIMIT, held if kind == REDACTED and width == name.width else None)
            if answer.status == UNCHANGED:
                return None
            if answer.status == 200:
                return read_bundle(asked, answer.data)[: name.width]
            if answer.status not in _SHUT:
                raise Refused("cli.mirror.absent", {"path": asked.path})
    raise Refused("cli.mirror.absent", {"path": name.path})


def _papers(mirror: Mirror, source: Source, leaves: Sequence[bytes], checkpoint: bytes, state: bytes) -> None:
    """Agreements that entries name, policies, the host's word, the head's code."""
    for sha256 in auditing.documents(one.note for _, one in mirror.entries(leaves)):
        if mirror.document(sha256) is None:
            answer = source.get(f"documents/{sha256}.json", DOCUMENT_LIMIT)
            if answer.status == 200:
                if hashlib.sha256(answer.data).hexdigest() != sha256:
                    raise Refused("cli.mirror.no_document", {"sha256": sha256})
                mirror.keep(f"documents/{sha256}.json", answer.data)
    for path in POLICIES:
        answer = source.get(path, POLICY_LIMIT)
        if answer.status == 200:
            policies.parse(answer.data)
            mirror.replace(path, answer.data)
    if state:
        mirror.replace("state.json", state)
    else:  # an older word would be compared with what has changed since
        (mirror.path / "state.json").unlink(missing_ok=True)
    mirror.replace("head-code", f"{head_code(text_of(checkpoint))}\n".encode())


def _lines(checkpoint: bytes) -> int:
    return len(taken_apart(checkpoint)[1])
