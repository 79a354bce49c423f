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

from django.db import connections, transaction

from tiga.record.book import BATCH_LIMIT, Head, Receipt, Stale, Submission
from tiga.record.checkpoints import Checkpoint, open_checkpoint
from tiga.record.entries import Entry, Envelope, admit, leaf_of, open_entry
from tiga.record.notes import NoteKey, Signer, sign_note
from tiga.record.proofs import Proof
from tiga.record.refusals import Refused
from tiga.record.tree import EMPTY, Tree, edge_from
from tiga.store.keys import CHECK

WIDTH = 256
OPENED_LIMIT = 20_000
"""Entries remembered as opened."""
Between = Callable[[tuple[Entry, ...]], None]
"""What is done in the same transaction, between the entries and the head: projections."""


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
            rows = self._rows("SELECT idx, note FROM entry WHERE idx >= %s AND idx < %s ORDER BY idx", (at, min(at + 500, end)))
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
        self._follow(head.size)
        return Proof(index, tuple(self._tree.inclusion(index, head.size)), head.checkpoint).encode()

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
            size = self._begin()
            fresh = [row for row in dict((row[1], row) for row in admitted).values() if row[1] not in known]
            if fresh:
                self._compare(after)
                entries = tuple(
                    Entry(size + offset, one.note, envelope, sid, signers)
                    for offset, (envelope, sid, signers, one) in enumerate(fresh)
                )
                self._insert(entries, [row[3].threads for row in fresh])
                if between is not None:
                    between(entries)
                tree = self._tree.fork()
                tiles = tree.extend([leaf_of(entry.note) for entry in entries])
                self._commit_head(size, tree, tiles)
        if fresh:
            self._tree = tree
            known |= {entry.sid: entry.index for entry in entries}
        return tuple(Receipt(known[sid], sid, self.proof(known[sid])) for _, sid, _, _ in admitted)

    def append(self, note: bytes, sid: str, leaf: bytes) -> int:
        """Durably append one note that has been admitted already; returns its index. For loading and for measuring."""
        with transaction.atomic(using=self.alias):
            size = self._begin()
            cursor = connections[self.alias].cursor()
            cursor.execute("INSERT INTO entry (idx, sid, leaf, note) VALUES (%s, %s, %s, %s)", (size, sid, leaf, note))
            tree = self._tree.fork()
            self._commit_head(size, tree, tree.extend([leaf]))
        self._tree = tree
        return size

    def _begin(self) -> int:
        """Inside the write lock: the present size, with the tree in memory brought up to it."""
        row = self._row("SELECT size, epoch FROM head WHERE one = 1")
        size, self._epoch = row if row else (0, 0)
        self._follow(size)
        return int(size)

    def _follow(self, size: int) -> None:
        if self._tree.size != size:
            self._tree = self._reopened()
        if self._tree.size != size:
            raise Broken(f"the log holds {self._tree.size} entries, its head says {size}")

    def _compare(self, after: Mapping[str, int]) -> None:
        if not after:
            return
        marks = ", ".join(["%s"] * len(after))
        rows = dict(self._rows(f"SELECT name, MAX(idx) FROM thread WHERE name IN ({marks}) GROUP BY name", tuple(after)))
        for name, last in after.items():
            if rows.get(name, -1) != last:
                raise Stale(name)

    def _known(self, sids: Sequence[str]) -> dict[str, int]:
        marks = ", ".join(["%s"] * len(sids))
        return dict(self._rows(f"SELECT sid, idx FROM entry WHERE sid IN ({marks})", tuple(sids))) if sids else {}

    def _insert(self, entries: tuple[Entry, ...], threads: Sequence[tuple[str, ...]]) -> None:
        cursor = connections[self.alias].cursor()
        cursor.executemany(
            "INSERT INTO entry (idx, sid, leaf, note) VALUES (%s, %s, %s, %s)",
            [(entry.index, entry.sid, leaf_of(entry.note), entry.note) for entry in entries],
        )
        cursor.executemany(
            "INSERT INTO thread (name, idx) VALUES (%s, %s)",
            [(name, entry.index) for entry, names in zip(entries, threads, strict=True) for name in dict.fromkeys(names)],
        )
        # Read back and hash again before anything is signed: a flipped bit here would end the log (record.md section 1).
        for index, leaf, note in self._rows(
            "SELECT idx, leaf, note FROM entry WHERE idx >= %s ORDER BY idx", (entries[0].index,)
        ):
            if leaf_of(bytes(note)) != bytes(leaf) or bytes(note) != entries[index - entries[0].index].note:
                raise Broken(f"entry {index} was not stored as it was written")

    def _commit_head(self, size: int, tree: Tree, tiles: Sequence[tuple[int, int, bytes]]) -> None:
        cursor = connections[self.alias].cursor()
        if tiles:
            cursor.executemany("INSERT INTO tile (level, n, data) VALUES (%s, %s, %s)", [tuple(tile) for tile in tiles])
        checkpoint = sign_note(Checkpoint(self._origin, tree.size, tree.root()).text(), [self._signer])
        if size == 0:
            cursor.execute("INSERT INTO head (one, size, epoch, checkpoint) VALUES (1, %s, %s, %s)", (tree.size, 0, checkpoint))
            return
        cursor.execute(
            "UPDATE head SET size = %s, checkpoint = %s WHERE one = 1 AND size = %s AND epoch = %s",
            (tree.size, checkpoint, size, self._epoch),
        )
        if cursor.rowcount != 1:
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
            raise Broken(f"the head says {size} entries, the last {size % WIDTH} are not all there: refill from a mirror")
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

    def _row(self, sql: str, values: Sequence[object] = ()) -> tuple | None:  # type: ignore[type-arg]
        cursor = connections[self.alias].cursor()
        cursor.execute(sql, values)
        return cursor.fetchone()  # type: ignore[no-any-return]

    def _rows(self, sql: str, values: Sequence[object] = ()) -> list[tuple]:  # type: ignore[type-arg]
        cursor = connections[self.alias].cursor()
        cursor.execute(sql, values)
        return cursor.fetchall()  # type: ignore[no-any-return]

