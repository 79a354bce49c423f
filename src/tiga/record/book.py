"""The book: the protocol by which acts are entered, and one book in memory.

Rules
1. `enter` is all or nothing: every submission is admitted before the first is taken in.
2. Whoever decided an act read some threads; `after` names each of them with the last index seen (-1 when empty). A
   thread that has moved since raises `Stale`: read again, decide again.
3. A statement is entered once. A sid that is already there gives its first receipt; when all submissions are there, the
   threads are not looked at, so that repeating an interrupted call is harmless.
4. A receipt is given only with a signed checkpoint that includes the entry: there is no promise to include.
5. Threads are an index: names under which an entry is read back. They are not signed.

Not done here: durability (`store` keeps the same protocol on a database), deciding who may act.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from tiga.record.checkpoints import Checkpoint
from tiga.record.ed25519 import SignatureCheck
from tiga.record.entries import Entry, admit, leaf_of
from tiga.record.notes import NoteKey, Signer, sign_note
from tiga.record.proofs import Proof
from tiga.record.refusals import Refused
from tiga.record.tree import Tree

BATCH_LIMIT = 512
"""Submissions of one call."""


@dataclass(frozen=True, slots=True)
class Head:
    """The log's head: size in entries, root of 32 bytes, the signed checkpoint."""

    size: int
    root: bytes
    checkpoint: bytes


@dataclass(frozen=True, slots=True)
class Submission:
    """A signed entry and the threads under which it will be read back."""

    note: bytes
    threads: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Receipt:
    """Where an entry stands, and the `.tlog-proof` that it does."""

    index: int
    sid: str
    proof: bytes


class Stale(Exception):
    """A thread has moved since it was read."""

    def __init__(self, thread: str) -> None:
        super().__init__(thread)
        self.thread = thread


class Book(Protocol):
    """What the mechanism needs of a log; `MemoryBook` and the ledger of `store` both are one."""

    @property
    def origin(self) -> str: ...

    def head(self) -> Head: ...

    def thread(self, name: str) -> tuple[Entry, ...]:
        """The entries of a thread in log order; empty for an unknown name."""
        ...

    def enter(self, submissions: Sequence[Submission], after: Mapping[str, int]) -> tuple[Receipt, ...]:
        """Take in all submissions or none; raises Refused, Stale."""
        ...

    def proof(self, index: int) -> bytes:
        """A `.tlog-proof` of an entry in the present head; raises IndexError."""
        ...

    def entry(self, index: int) -> Entry:
        """The entry at an index; raises IndexError."""
        ...


class MemoryBook:
    """A book that lives as long as its process. `keys` (enrolled keys by name) may be replaced at any time."""

    def __init__(self, origin: str, log_signer: Signer, keys: Mapping[str, NoteKey], check: SignatureCheck) -> None:
        if log_signer.key.name != origin:
            raise ValueError(f"the log's key bears the origin as its name: {log_signer.key.name!r} is not {origin!r}")
        self._origin = origin
        self._signer = log_signer
        self._check = check
        self._tiles: dict[tuple[int, int], bytes] = {}
        self._tree = Tree(lambda level, n: self._tiles[level, n])
        self._entries: list[Entry] = []
        self._threads: dict[str, list[int]] = {}
        self._receipts: dict[str, Receipt] = {}
        self._head = self._signed()
        self.keys: Mapping[str, NoteKey] = dict(keys)

    @property
    def origin(self) -> str:
        return self._origin

    def head(self) -> Head:
        """The present head."""
        return self._head

    def thread(self, name: str) -> tuple[Entry, ...]:
        """The entries of a thread in log order; empty for an unknown name."""
        return tuple(self._entries[index] for index in self._threads.get(name, ()))

    def enter(self, submissions: Sequence[Submission], after: Mapping[str, int]) -> tuple[Receipt, ...]:
        """Take in all submissions or none; raises Refused, Stale (rules 1 to 4)."""
        if len(submissions) > BATCH_LIMIT:
            raise Refused("record.refused.batch", {"count": len(submissions), "limit": BATCH_LIMIT})
        admitted = [(admit(one.note, self._origin, self.keys, self._check), one) for one in submissions]
        fresh: dict[str, tuple[Entry, Submission]] = {}
        for (envelope, sid, signers), one in admitted:
            if sid not in self._receipts and sid not in fresh:
                fresh[sid] = (Entry(len(self._entries) + len(fresh), one.note, envelope, sid, signers), one)
        if fresh:
            for name, last in after.items():
                if self._threads.get(name, [-1])[-1] != last:
                    raise Stale(name)
            self._take(list(fresh.values()))
        return tuple(self._receipts[sid] for (_, sid, _), _ in admitted)

    def proof(self, index: int) -> bytes:
        """A `.tlog-proof` of an entry in the present head; raises IndexError."""
        if not 0 <= index < len(self._entries):
            raise IndexError(index)
        return Proof(index, tuple(self._tree.inclusion(index)), self._head.checkpoint).encode()

    def entry(self, index: int) -> Entry:
        """The entry at an index; raises IndexError."""
        if not 0 <= index < len(self._entries):
            raise IndexError(index)
        return self._entries[index]

    def _take(self, fresh: Sequence[tuple[Entry, Submission]]) -> None:
        for level, n, data in self._tree.extend([leaf_of(entry.note) for entry, _ in fresh]):
            self._tiles[level, n] = data
        self._head = self._signed()
        for entry, one in fresh:
            self._entries.append(entry)
            for name in dict.fromkeys(one.threads):
                self._threads.setdefault(name, []).append(entry.index)
        for entry, _ in fresh:
            self._receipts[entry.sid] = Receipt(entry.index, entry.sid, self.proof(entry.index))

    def _signed(self) -> Head:
        root = self._tree.root()
        text = Checkpoint(self._origin, self._tree.size, root).text()
        return Head(self._tree.size, root, sign_note(text, [self._signer]))
