"""The ledger: `record.book.Book` on a database.

Rules (record.md section 7)
1. A commit: admit; lock (`BEGIN IMMEDIATE`, and the guard); compare the guard, and the threads that were read; insert
   entries, threads and completed tiles; read the entries back and hash them again; sign the checkpoint; move the head by
   compare-and-swap on size and epoch; commit; move the guard. Nothing is acknowledged and no signature leaves before the
   guard has moved: whoever reads a head that the guard has not yet (its process died there) moves it first.
2. The database's write lock is the sequencer. Every commit begins by comparing the head with the tree in memory, so
   that a second process is followed, never forked.
3. Opening rebuilds the tree's edge from stored entries and tiles, its root must equal the signed head, and the guard must
   be a beginning of it. Who may sign at an index is `enrolled`'s answer alone.
4. An error of reading or writing ends the process (`durable`): what the disk did is not known, so nothing is tried again
   before the log has been opened and compared. A full disk refuses the act and keeps nothing of it.
5. SQL is plain and portable; threads are an index that can be rebuilt from the entries.

Trust: the ledger is not trusted with integrity. Whoever can change its tables can break the log, which `open` then
refuses; they cannot make another history that earlier receipts and witnesses agree with.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress

from django.db import connections, transaction

from tiga.record.book import BATCH_LIMIT, Head, Receipt, Stale, Submission
from tiga.record.charter import KeyState, last_of_batch
from tiga.record.checkpoints import Checkpoint, open_checkpoint
from tiga.record.checkpoints import parse as parse_checkpoint
from tiga.record.entries import Entry, Envelope, leaf_of, open_entry
from tiga.record.notes import NoteKey, Signer, encode64, sign_note, text_of
from tiga.record.proofs import Proof
from tiga.record.refusals import Refused
from tiga.record.tree import EMPTY, Tree, edge_from
from tiga.store import disk
from tiga.store.disk import Broken as Broken
from tiga.store.disk import durable
from tiga.store.enrolled import Admitted, Enrolled, touched
from tiga.store.guard import Guard, Kept, Stopped
from tiga.store.keys import CHECK
from tiga.store.statements import Execute, Statements

WIDTH = 256
OPENED_LIMIT = 20_000
"""Entries remembered as opened."""
Between = Callable[[tuple[Entry, ...]], None]
"""What is done in the same transaction, between the entries and the head: projections."""
Row = tuple[bytes, str, bytes]
"""A note that has been admitted, its sid and its leaf hash."""
_EMPTY_HEAD = Head(0, EMPTY, b"")


class Ledger:
    """The log of one record in the database `alias`. `keys` serve until there is a charter, for measuring and tests."""

    def __init__(
        self,
        alias: str,
        origin: str,
        log_signer: Signer,
        keys: Mapping[str, NoteKey] | None = None,
        guard: Guard | None = None,
    ) -> None:
        self.alias = alias
        self.guard = guard
        self._origin = origin
        self._signer = log_signer
        self._sql = Statements(alias)
        self._epoch = 0
        self._head = _EMPTY_HEAD
        self._opened: dict[bytes, tuple[Envelope, str, tuple[str, ...]]] = {}
        self._guarded = 0
        self._tree = self._reopened()
        self._enrolled = Enrolled(self._sql, origin, keys or {})

    @property
    def origin(self) -> str:
        return self._origin

    @property
    def log_key(self) -> NoteKey:
        return self._signer.key

    # ---- keys

    @property
    def state(self) -> KeyState | None:
        """The key state after the last key act, whoever entered it; None before the charter."""
        self._enrolled.follow()
        return self._enrolled.state

    @property
    def keys(self) -> Mapping[str, NoteKey]:
        """Every key ever enrolled, by name: for reading."""
        self._enrolled.follow()
        return self._enrolled.known

    # ---- reading

    def head(self) -> Head:
        row = self._sql.row("SELECT size, checkpoint FROM head WHERE one = 1")
        if row is None:
            return _EMPTY_HEAD
        size, checkpoint = row[0], bytes(row[1])
        head = self._head
        if (head.size, head.checkpoint) != (size, checkpoint):
            head = Head(size, open_checkpoint(checkpoint, self._signer.key, CHECK()).root, checkpoint)
            self._head = head  # whose signature need not be looked at again
        # A head that was committed, and not within the present transaction, leaves only when the guard has it.
        if size > self._guarded and not connections[self.alias].in_atomic_block:
            with suppress(Stopped):  # what the guard contradicts may still be read
                self.compare_guard()
                self._move_guard(size, head.root, checkpoint)
        return head

    def size(self) -> int:
        row = self._sql.row("SELECT size FROM head WHERE one = 1")
        return row[0] if row else 0

    def thread(self, name: str) -> tuple[Entry, ...]:
        return self.threads((name,))[0]

    def threads(self, names: Iterable[str]) -> tuple[tuple[Entry, ...], dict[str, int]]:
        """The entries of several threads in log order, each once, and the last index of each thread (-1 when empty)."""
        wanted = tuple(dict.fromkeys(names))
        marks = ", ".join(["%s"] * len(wanted))
        rows = self._sql.rows(
            f"SELECT t.name, e.idx, e.note FROM thread t JOIN entry e ON e.idx = t.idx WHERE t.name IN ({marks}) "
            "ORDER BY e.idx", wanted,
        )  # fmt: skip
        last = dict.fromkeys(wanted, -1)
        entries: dict[int, Entry] = {}
        for name, index, note in rows:
            last[name] = index
            if index not in entries and note is not None:
                entries[index] = self._entry(index, bytes(note))
        return tuple(entries.values()), last

    def entry(self, index: int) -> Entry:
        """The entry at an index; raises IndexError where there is none, or only its hash is left."""
        row = self._sql.row("SELECT note FROM entry WHERE idx = %s", (index,))
        if row is None or row[0] is None:
            raise IndexError(index)
        return self._entry(index, bytes(row[0]))

    def is_suppressed(self, index: int) -> bool:
        """Whether an entry's bytes were deleted and its hash is left."""
        row = self._sql.row("SELECT note IS NULL FROM entry WHERE idx = %s", (index,))
        return bool(row and row[0])

    def leaves(self, start: int, stop: int) -> list[tuple[bytes, bytes | None]]:
        """Leaf hash and note (None where suppressed) of the entries from `start` to before `stop`."""
        rows = self._sql.rows("SELECT leaf, note FROM entry WHERE idx >= %s AND idx < %s ORDER BY idx", (start, stop))
        return [(bytes(leaf), None if note is None else bytes(note)) for leaf, note in rows]

    def tile(self, level: int, n: int) -> bytes:
        """A full tile's 8,192 bytes; raises Broken where it is missing."""
        row = self._sql.row("SELECT data FROM tile WHERE level = %s AND n = %s", (level, n))
        if row is None:
            raise Broken(f"tile {level}/{n} is missing: refill from a mirror")
        return bytes(row[0])

    def tree(self, size: int | None = None) -> Tree:
        """The tree of the present head; raises Refused for a size that it has not."""
        head = self.head()
        if size is not None and size > head.size:
            raise Refused("record.refused.index", {"index": size, "size": head.size})
        return self._of_head(head.size, head.checkpoint)

    def checkpoint_at(self, size: int) -> bytes:
        """The log's own signed checkpoint of an earlier size: signatures of Ed25519 are always the same bytes."""
        root = self.tree(size).root(size)
        return sign_note(Checkpoint(self._origin, size, root).text(), [self._signer])

    def entries(self, start: int = 0, stop: int | None = None) -> Iterable[Entry]:
        """Entries in log order, a page of 500 at a time."""
        at, end = start, self.size() if stop is None else stop
        while at < end:
            rows = self._sql.rows(
                "SELECT idx, note FROM entry WHERE idx >= %s AND idx < %s ORDER BY idx", (at, min(at + 500, end))
            )
            if not rows:
                return
            for index, note in rows:
                if note is not None:
                    yield self._entry(index, bytes(note))
            at = rows[-1][0] + 1

    def index_of(self, sid: str) -> int | None:
        row = self._sql.row("SELECT idx FROM entry WHERE sid = %s", (sid,))
        return row[0] if row else None

    def proof(self, index: int, checkpoint: bytes = b"") -> bytes:
        """A `.tlog-proof` of an entry in a checkpoint of this log, by default in the present head; raises IndexError."""
        head = self.head()
        size = parse_checkpoint(text_of(checkpoint)).size if checkpoint else head.size
        if not 0 <= index < size <= head.size:
            raise IndexError(index)
        path = self._of_head(head.size, head.checkpoint).inclusion(index, size)
        return Proof(index, tuple(path), checkpoint or head.checkpoint).encode()

    # ---- writing

    def enter(
        self, submissions: Sequence[Submission], after: Mapping[str, int], between: Between | None = None
    ) -> tuple[Receipt, ...]:
        """Take in all submissions or none; raises Refused, Stale, Stopped. `between` runs in the same transaction.

        An act on keys is the last of its batch: what comes after it is judged by what it changed.
        """
        if len(submissions) > BATCH_LIMIT:
            raise Refused("record.refused.batch", {"count": len(submissions), "limit": BATCH_LIMIT})
        self._enrolled.follow()
        last, size = self._enrolled.marker, self.size()
        admitted = [self._enrolled.admit(one, size + offset) for offset, one in enumerate(submissions)]
        with durable(self.alias):
            size, before = self._begin(self._sql.execute)
            self._enrolled.follow()
            if self._enrolled.marker != last:  # somebody else's key act came in between: who may sign is decided anew
                admitted = [self._enrolled.admit(one, size + offset) for offset, one in enumerate(submissions)]
            known = self._known([row[1] for row in admitted])
            self._same_hands(known, admitted)
            fresh = [row for row in {row[1]: row for row in admitted}.values() if row[1] not in known]
            if fresh:
                self._compare(after)
                entries = tuple(
                    Entry(size + offset, one.note, envelope, sid, signers)
                    for offset, (envelope, sid, signers, one) in enumerate(fresh)
                )
                last_of_batch(entry.envelope.act for entry in entries)
                self._insert(entries, [row[3].threads for row in fresh])
                if between is not None:
                    between(entries)
                self._grow(size, before, [leaf_of(entry.note) for entry in entries], self._sql.execute)
        if fresh:
            known |= {entry.sid: entry.index for entry in entries}
            if touched(entries):
                self._enrolled.follow()
        return tuple(Receipt(known[sid], sid, self.proof(known[sid])) for _, sid, _, _ in admitted)

    def append(self, rows: Sequence[Row]) -> int:
        """Durably append notes that have been admitted already, in one commit; returns the first one's index.

        All of rule 1 holds but admission, threads and projections. For refilling and for measuring. The statements go
        to the driver itself, inside Django's transaction: its wrappers would cost more than they do.
        """
        if not rows:
            return self.size()
        with durable(self.alias), connections[self.alias].wrap_database_errors:
            execute, many = self._sql.straight()
            size, before = self._begin(execute)
            many(
                "INSERT INTO entry (idx, sid, leaf, note) VALUES (%s, %s, %s, %s)",
                [(size + offset, sid, leaf, note) for offset, (note, sid, leaf) in enumerate(rows)],
            )
            stored = execute("SELECT leaf, note FROM entry WHERE idx >= %s ORDER BY idx", (size,)).fetchall()
            for offset, ((leaf, note), row) in enumerate(zip(stored, rows, strict=True)):
                if bytes(leaf) != row[2] or leaf_of(bytes(note)) != row[2]:
                    raise Broken(f"entry {size + offset} was not stored as it was written, or its leaf is not its own")
            self._grow(size, before, [row[2] for row in rows], execute)
        return size

    def suppress(self, indices: Iterable[int]) -> None:
        """Delete the bytes of entries whose suppression is on the record; their leaf hashes stay, and so do all proofs."""
        for index in indices:
            self._sql.execute("UPDATE entry SET note = NULL WHERE idx = %s", (index,))
        self._opened.clear()

    def _begin(self, execute: Execute) -> tuple[int, Tree]:
        """Inside the write lock: the present size and the tree of exactly that head, which the guard allows."""
        if self.guard is not None:
            disk.until_end(self.alias, str(self.guard.path), self.guard.held)
        row = execute("SELECT size, epoch, checkpoint FROM head WHERE one = 1").fetchone()
        size, self._epoch, checkpoint = row if row else (0, 0, b"")
        tree = self._of_head(size, bytes(checkpoint))
        if tree.size != size:
            raise Broken(f"the log holds {tree.size} entries, its head says {size}")
        if self.guard is not None:
            kept = self.guard.read()
            self._allowed(kept, tree)
            if kept is None:
                self._move_guard(0, EMPTY, b"")
        return int(size), tree

    def _grow(self, size: int, before: Tree, leaves: Sequence[bytes], execute: Execute) -> None:
        """Extend the tree, move the head; once that is durable the guard moves and the tree in memory is the new one."""
        tree = before.fork()
        checkpoint = self._commit_head(size, tree, tree.extend(leaves), execute)

        def committed() -> None:
            self._move_guard(tree.size, tree.root(), checkpoint)
            self._tree = tree

        self._tree = tree  # `_of_head` compares roots: a transaction that is taken back leaves nothing to build upon
        transaction.on_commit(committed, using=self.alias)

    def _move_guard(self, size: int, root: bytes, checkpoint: bytes) -> None:
        if self.guard is None:
            return
        try:
            self.guard.move(size, root, checkpoint)
        except OSError as error:
            disk.on_broken_disk(f"guard: {error}")
        self._guarded = max(self._guarded, size)

    def _of_head(self, size: int, checkpoint: bytes) -> Tree:
        """The tree in memory if it has the head's very root, else the stored one.

        Other threads and processes commit, and an outer transaction may have been rolled back: only the root tells
        whether what is in memory is what is stored. Threads share the object and never change it: each grows a fork.
        """
        tree = self._tree
        if tree.size == size and (size == 0 or encode64(tree.root()).encode("ascii") in checkpoint):
            return tree
        self._tree = tree = self._reopened()
        return tree

    def _compare(self, after: Mapping[str, int]) -> None:
        if not after:
            return
        marks = ", ".join(["%s"] * len(after))
        rows = dict(
            self._sql.rows(f"SELECT name, MAX(idx) FROM thread WHERE name IN ({marks}) GROUP BY name", tuple(after))
        )
        for name, last in after.items():
            if rows.get(name, -1) != last:
                raise Stale(name)

    def _known(self, sids: Sequence[str]) -> dict[str, int]:
        marks = ", ".join(["%s"] * len(sids))
        return dict(self._sql.rows(f"SELECT sid, idx FROM entry WHERE sid IN ({marks})", tuple(sids))) if sids else {}

    def _same_hands(self, known: Mapping[str, int], admitted: Sequence[Admitted]) -> None:
        """A statement that is there already must bear the same signatures: another's would be acknowledged and lost."""
        for _, sid, signers, _ in admitted:
            if sid in known and not set(signers) <= self._signers(known[sid]):
                raise Stale(f"statement {sid} was made by somebody else, or suppressed")

    def _signers(self, index: int) -> set[str]:
        """Who signed an entry; nobody where only its hash is left."""
        try:
            return set(self.entry(index).signers)
        except IndexError:
            return set()

    def _insert(self, entries: tuple[Entry, ...], threads: Sequence[tuple[str, ...]]) -> None:
        self._sql.many(
            "INSERT INTO entry (idx, sid, leaf, note) VALUES (%s, %s, %s, %s)",
            [(entry.index, entry.sid, leaf_of(entry.note), entry.note) for entry in entries],
        )
        self._sql.many(
            "INSERT INTO thread (name, idx) VALUES (%s, %s)",
            [
                (name, entry.index)
                for entry, names in zip(entries, threads, strict=True)
                for name in dict.fromkeys(names)
            ],
        )
        # Read back and hash again before anything is signed: a flipped bit here would end the log (record.md section 1).
        for index, leaf, note in self._sql.rows(
            "SELECT idx, leaf, note FROM entry WHERE idx >= %s ORDER BY idx", (entries[0].index,)
        ):
            if leaf_of(bytes(note)) != bytes(leaf) or bytes(note) != entries[index - entries[0].index].note:
                raise Broken(f"entry {index} was not stored as it was written")

    def _commit_head(self, size: int, tree: Tree, tiles: Sequence[tuple[int, int, bytes]], execute: Execute) -> bytes:
        for tile in tiles:
            execute("INSERT INTO tile (level, n, data) VALUES (%s, %s, %s)", tile)
        checkpoint = sign_note(Checkpoint(self._origin, tree.size, tree.root()).text(), [self._signer])
        if size == 0:
            first = (tree.size, 0, checkpoint)
            execute("INSERT INTO head (one, size, epoch, checkpoint) VALUES (1, %s, %s, %s)", first)
            return checkpoint
        moved = execute(
            "UPDATE head SET size = %s, checkpoint = %s WHERE one = 1 AND size = %s AND epoch = %s",
            (tree.size, checkpoint, size, self._epoch),
        )
        if moved.rowcount != 1:
            raise Broken("the head moved under the write lock")
        return checkpoint

    # ---- opening

    def _reopened(self) -> Tree:
        """The tree from stored leaves and tiles; its root must be the signed head's."""
        row = self._sql.row("SELECT size, checkpoint FROM head WHERE one = 1")
        if row is None:
            return Tree(self.tile)
        size = row[0]
        leaves = [bytes(leaf) for (leaf,) in self._sql.rows(
            "SELECT leaf FROM entry WHERE idx >= %s AND idx < %s ORDER BY idx", (size - size % WIDTH, size)
        )]  # fmt: skip
        if len(leaves) != size % WIDTH:
            raise Broken(
                f"the head says {size} entries, the last {size % WIDTH} are not all there: refill from a mirror"
            )
        tree = Tree(self.tile, size, edge_from(size, leaves, self.tile))
        stored = open_checkpoint(bytes(row[1]), self._signer.key, CHECK())
        if (stored.origin, stored.size, stored.root) != (self._origin, size, tree.root()):
            raise Broken("the stored entries do not have the root that the head was signed for: refill from a mirror")
        return tree

    def compare_guard(self) -> None:
        """Raise Stopped unless the guard is a beginning of the log: at opening, and for whoever asks how things stand."""
        if self.guard is None:
            return
        kept = self.guard.read()  # before the head: another process moves its head first
        row = self._sql.row("SELECT size, checkpoint FROM head WHERE one = 1") or (0, b"")
        self._allowed(kept, self._of_head(row[0], bytes(row[1])))

    def _allowed(self, kept: Kept | None, tree: Tree) -> None:
        assert self.guard is not None
        self.guard.compare(kept, tree.size, tree.root())
        if kept is not None and kept.size < tree.size and tree.root(kept.size) != kept.root:
            raise Stopped("forked", size=kept.size)

    def audit(self) -> int:
        """Hash every stored entry again and rebuild the root; returns the size, raises Broken."""
        tree, size = Tree(lambda level, n: tiles[level, n]), self.size()
        tiles: dict[tuple[int, int], bytes] = {}
        for index, leaf, note in self._sql.rows("SELECT idx, leaf, note FROM entry ORDER BY idx"):
            if note is not None and leaf_of(bytes(note)) != bytes(leaf):
                raise Broken(f"entry {index} is not what its leaf was made of")
            for level, n, data in tree.extend([bytes(leaf)]):
                tiles[level, n] = data
        if size and (tree.size != size or tree.root() != self.head().root):
            raise Broken("the stored entries do not have the root of the head")
        return size

    def _entry(self, index: int, note: bytes) -> Entry:
        """An entry opened with its signatures checked; what was opened once is remembered by its bytes."""
        opened = self._opened.get(note)
        if opened is None:
            if len(self._opened) >= OPENED_LIMIT:
                self._opened.clear()
            try:
                opened = open_entry(note, self._enrolled.known.values(), CHECK())
            except Refused:  # by a key that another process has taken in meanwhile
                opened = open_entry(note, self.keys.values(), CHECK())
            self._opened[note] = opened
        return Entry(index, note, *opened)
