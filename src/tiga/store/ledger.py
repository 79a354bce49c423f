"""The ledger: `record.book.Book` on a database.

Rules (record.md section 7)
1. A commit: admit; lock (`BEGIN IMMEDIATE`); compare the threads that were read; insert entries, threads and completed
   tiles; read the entries back and hash them again; sign the checkpoint; move the head by compare-and-swap on size and
   epoch; commit. Nothing is acknowledged and no signature leaves before the commit.
2. The database's write lock is the sequencer. Every commit begins by comparing the head with the tree in memory, so
   that a second process is followed, never forked.
3. Opening rebuilds the tree's edge from stored entries and tiles, and its root must equal the signed head.
4. SQL is plain and portable; threads are an index that can be rebuilt from the entries.

Not done here, their doors: the guard on another path, witnesses, refill from mirrors.

Trust: the ledger is not trusted with integrity. Whoever can change its tables can break the log, which `open` then
refuses; they cannot make another history that earlier receipts agree with.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from django.db import connections, transaction

from tiga.record.book import BATCH_LIMIT, Head, Receipt, Stale, Submission
from tiga.record.checkpoints import Checkpoint, open_checkpoint
from tiga.record.entries import Entry, Envelope, admit, leaf_of, open_entry
from tiga.record.notes import NoteKey, Signer, encode64, sign_note
from tiga.record.proofs import Proof
from tiga.record.refusals import Refused
from tiga.record.tree import EMPTY, Tree, edge_from
from tiga.store.keys import CHECK

Admitted = tuple[Envelope, str, tuple[str, ...], Submission]
"""Envelope, sid and signers of a submission that may be taken in, and the submission."""
WIDTH = 256
OPENED_LIMIT = 20_000
"""Entries remembered as opened."""
Between = Callable[[tuple[Entry, ...]], None]
"""What is done in the same transaction, between the entries and the head: projections."""


Execute = Callable[..., Any]
"""Runs a statement (`%s` marks each value) with its values; returns the cursor."""


class Broken(Exception):
    """The stored log does not agree with its own signed head; nothing may be signed until it is refilled."""


class Ledger:
    """The log of one record in the database `alias`."""

    def __init__(self, alias: str, origin: str, log_signer: Signer, keys: Mapping[str, NoteKey]) -> None:
        self.alias = alias
        self._origin = origin
        self._signer = log_signer
        self.keys: Mapping[str, NoteKey] = dict(keys)
        self._epoch = 0
        self._opened: dict[bytes, tuple[Envelope, str, tuple[str, ...]]] = {}
        self._tree = self._reopened()

    @property
    def origin(self) -> str:
        return self._origin

    # ---- reading

    def head(self) -> Head:
        row = self._row("SELECT size, checkpoint FROM head WHERE one = 1")
        if row is None:
            return Head(0, EMPTY, b"")
        checkpoint = bytes(row[1])
        return Head(row[0], open_checkpoint(checkpoint, self._signer.key, CHECK()).root, checkpoint)

    def size(self) -> int:
        row = self._row("SELECT size FROM head WHERE one = 1")
        return row[0] if row else 0

    def thread(self, name: str) -> tuple[Entry, ...]:
        return self.threads((name,))[0]

    def threads(self, names: Iterable[str]) -> tuple[tuple[Entry, ...], dict[str, int]]:
        """The entries of several threads in log order, each once, and the last index of each thread (-1 when empty)."""
        wanted = tuple(dict.fromkeys(names))
        marks = ", ".join(["%s"] * len(wanted))
        rows = self._rows(
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
        row = self._row("SELECT note FROM entry WHERE idx = %s", (index,))
        if row is None:
            raise IndexError(index)
        return self._entry(index, bytes(row[0]))

    def entries(self, start: int = 0, stop: int | None = None) -> Iterable[Entry]:
        """Entries in log order, a page of 500 at a time."""
        at, end = start, self.size() if stop is None else stop
        while at < end:
            rows = self._rows(
                "SELECT idx, note FROM entry WHERE idx >= %s AND idx < %s ORDER BY idx", (at, min(at + 500, end))
            )
            if not rows:
                return
            for index, note in rows:
                yield self._entry(index, bytes(note))
            at = rows[-1][0] + 1

    def index_of(self, sid: str) -> int | None:
        row = self._row("SELECT idx FROM entry WHERE sid = %s", (sid,))
        return row[0] if row else None

    def proof(self, index: int) -> bytes:
        """A `.tlog-proof` of an entry in the present head; raises IndexError."""
        head = self.head()
        if not 0 <= index < head.size:
            raise IndexError(index)
        return Proof(
            index, tuple(self._of_head(head.size, head.checkpoint).inclusion(index, head.size)), head.checkpoint
        ).encode()

    # ---- writing

    def enter(
        self, submissions: Sequence[Submission], after: Mapping[str, int], between: Between | None = None
    ) -> tuple[Receipt, ...]:
        """Take in all submissions or none; raises Refused, Stale. `between` runs in the same transaction."""
        if len(submissions) > BATCH_LIMIT:
            raise Refused("record.refused.batch", {"count": len(submissions), "limit": BATCH_LIMIT})
        admitted = []
        for one in submissions:
            envelope, sid, signers = admit(one.note, self._origin, self.keys, CHECK())
            admitted.append((envelope, sid, signers, one))
        with transaction.atomic(using=self.alias):
            known = self._known([row[1] for row in admitted])
            size, before = self._begin(self._execute)
            self._same_hands(known, admitted)
            fresh = [row for row in {row[1]: row for row in admitted}.values() if row[1] not in known]
            if fresh:
                self._compare(after)
                entries = tuple(
                    Entry(size + offset, one.note, envelope, sid, signers)
                    for offset, (envelope, sid, signers, one) in enumerate(fresh)
                )
                self._insert(entries, [row[3].threads for row in fresh])
                if between is not None:
                    between(entries)
                tree = before.fork()
                tiles = tree.extend([leaf_of(entry.note) for entry in entries])
                self._commit_head(size, tree, tiles, self._execute)
        if fresh:
            self._tree = tree
            known |= {entry.sid: entry.index for entry in entries}
        return tuple(Receipt(known[sid], sid, self.proof(known[sid])) for _, sid, _, _ in admitted)

    def append(self, note: bytes, sid: str, leaf: bytes) -> int:
        """Durably append one note that has been admitted already; returns its index. For loading and for measuring.

        All of rule 1 holds but admission, threads and projections. The statements go to the driver itself, inside
        Django's transaction: its wrappers would cost more than they do.
        """
        with transaction.atomic(using=self.alias), connections[self.alias].wrap_database_errors:
            execute = self._straight()
            size, before = self._begin(execute)
            execute("INSERT INTO entry (idx, sid, leaf, note) VALUES (%s, %s, %s, %s)", (size, sid, leaf, note))
            stored = execute("SELECT leaf, note FROM entry WHERE idx = %s", (size,)).fetchone()
            if bytes(stored[0]) != leaf or leaf_of(bytes(stored[1])) != leaf:
                raise Broken(f"entry {size} was not stored as it was written, or its leaf is not its own")
            tree = before.fork()
            self._commit_head(size, tree, tree.extend([leaf]), execute)
        self._tree = tree
        return size

    def _straight(self) -> Execute:
        """What runs a statement on the driver's own cursor, within the present transaction."""
        connection = connections[self.alias]
        cursor = connection.connection.cursor()
        if connection.vendor != "sqlite":
            return lambda sql, values=(): (cursor.execute(sql, values), cursor)[1]
        return lambda sql, values=(): cursor.execute(_marked(sql), values)

    def _begin(self, execute: Execute) -> tuple[int, Tree]:
        """Inside the write lock: the present size and the tree of exactly that head."""
        row = execute("SELECT size, epoch, checkpoint FROM head WHERE one = 1").fetchone()
        size, self._epoch, checkpoint = row if row else (0, 0, b"")
        tree = self._of_head(size, bytes(checkpoint))
        if tree.size != size:
            raise Broken(f"the log holds {tree.size} entries, its head says {size}")
        return int(size), tree

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
            self._rows(f"SELECT name, MAX(idx) FROM thread WHERE name IN ({marks}) GROUP BY name", tuple(after))
        )
        for name, last in after.items():
            if rows.get(name, -1) != last:
                raise Stale(name)

    def _known(self, sids: Sequence[str]) -> dict[str, int]:
        marks = ", ".join(["%s"] * len(sids))
        return dict(self._rows(f"SELECT sid, idx FROM entry WHERE sid IN ({marks})", tuple(sids))) if sids else {}

    def _same_hands(self, known: Mapping[str, int], admitted: Sequence[Admitted]) -> None:
        """A statement that is there already must bear the same signatures: another's would be acknowledged and lost."""
        for _, sid, signers, _ in admitted:
            if sid in known and not set(signers) <= set(self.entry(known[sid]).signers):
                raise Stale(f"statement {sid} was made by somebody else")

    def _insert(self, entries: tuple[Entry, ...], threads: Sequence[tuple[str, ...]]) -> None:
        cursor = connections[self.alias].cursor()
        cursor.executemany(
            "INSERT INTO entry (idx, sid, leaf, note) VALUES (%s, %s, %s, %s)",
            [(entry.index, entry.sid, leaf_of(entry.note), entry.note) for entry in entries],
        )
        cursor.executemany(
            "INSERT INTO thread (name, idx) VALUES (%s, %s)",
            [
                (name, entry.index)
                for entry, names in zip(entries, threads, strict=True)
                for name in dict.fromkeys(names)
            ],
        )
        # Read back and hash again before anything is signed: a flipped bit here would end the log (record.md section 1).
        for index, leaf, note in self._rows(
            "SELECT idx, leaf, note FROM entry WHERE idx >= %s ORDER BY idx", (entries[0].index,)
        ):
            if leaf_of(bytes(note)) != bytes(leaf) or bytes(note) != entries[index - entries[0].index].note:
                raise Broken(f"entry {index} was not stored as it was written")

    def _commit_head(self, size: int, tree: Tree, tiles: Sequence[tuple[int, int, bytes]], execute: Execute) -> None:
        for tile in tiles:
            execute("INSERT INTO tile (level, n, data) VALUES (%s, %s, %s)", tile)
        checkpoint = sign_note(Checkpoint(self._origin, tree.size, tree.root()).text(), [self._signer])
        if size == 0:
            first = (tree.size, 0, checkpoint)
            execute("INSERT INTO head (one, size, epoch, checkpoint) VALUES (1, %s, %s, %s)", first)
            return
        moved = execute(
            "UPDATE head SET size = %s, checkpoint = %s WHERE one = 1 AND size = %s AND epoch = %s",
            (tree.size, checkpoint, size, self._epoch),
        )
        if moved.rowcount != 1:
            raise Broken("the head moved under the write lock")

    # ---- opening

    def _reopened(self) -> Tree:
        """The tree from stored leaves and tiles; its root must be the signed head's."""
        row = self._row("SELECT size, checkpoint FROM head WHERE one = 1")
        if row is None:
            return Tree(self._tile)
        size = row[0]
        leaves = [bytes(leaf) for (leaf,) in self._rows(
            "SELECT leaf FROM entry WHERE idx >= %s AND idx < %s ORDER BY idx", (size - size % WIDTH, size)
        )]  # fmt: skip
        if len(leaves) != size % WIDTH:
            raise Broken(
                f"the head says {size} entries, the last {size % WIDTH} are not all there: refill from a mirror"
            )
        tree = Tree(self._tile, size, edge_from(size, leaves, self._tile))
        stored = open_checkpoint(bytes(row[1]), self._signer.key, CHECK())
        if (stored.origin, stored.size, stored.root) != (self._origin, size, tree.root()):
            raise Broken("the stored entries do not have the root that the head was signed for: refill from a mirror")
        return tree

    def audit(self) -> int:
        """Hash every stored entry again and rebuild the root; returns the size, raises Broken."""
        tree, size = Tree(lambda level, n: tiles[level, n]), self.size()
        tiles: dict[tuple[int, int], bytes] = {}
        for index, leaf, note in self._rows("SELECT idx, leaf, note FROM entry ORDER BY idx"):
            if note is not None and leaf_of(bytes(note)) != bytes(leaf):
                raise Broken(f"entry {index} is not what its leaf was made of")
            for level, n, data in tree.extend([bytes(leaf)]):
                tiles[level, n] = data
        if size and (tree.size != size or tree.root() != self.head().root):
            raise Broken("the stored entries do not have the root of the head")
        return size

    def _tile(self, level: int, n: int) -> bytes:
        row = self._row("SELECT data FROM tile WHERE level = %s AND n = %s", (level, n))
        if row is None:
            raise Broken(f"tile {level}/{n} is missing: refill from a mirror")
        return bytes(row[0])

    def _entry(self, index: int, note: bytes) -> Entry:
        """An entry opened with its signatures checked; what was opened once is remembered by its bytes."""
        opened = self._opened.get(note)
        if opened is None:
            if len(self._opened) >= OPENED_LIMIT:
                self._opened.clear()
            opened = self._opened[note] = open_entry(note, self.keys.values(), CHECK())
        return Entry(index, note, *opened)

    def _execute(self, sql: str, values: Any = ()) -> Any:
        """Run a statement on Django's cursor; returns the cursor."""
        cursor = connections[self.alias].cursor()
        cursor.execute(sql, values)
        return cursor

    def _row(self, sql: str, values: Sequence[object] = ()) -> tuple | None:  # type: ignore[type-arg]
        return self._execute(sql, values).fetchone()  # type: ignore[no-any-return]

    def _rows(self, sql: str, values: Sequence[object] = ()) -> list[tuple]:  # type: ignore[type-arg]
        return self._execute(sql, values).fetchall()  # type: ignore[no-any-return]


@cache
def _marked(sql: str) -> str:
    """A statement with the marks that SQLite's driver takes; only those of this module come here."""
    return sql.replace("%s", "?")
