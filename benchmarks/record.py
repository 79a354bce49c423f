"""The record: durable appends with a signed checkpoint, beside bare durable inserts of the same columns.

What is compared
1. Ours is `Ledger.append`: one admitted note a transaction, its leaf into the tree, a checkpoint signed (0x01) and the
   head moved by compare-and-swap, durable before it returns. No threads, no projections.
2. The peer is SQLite alone, by the interpreter's own module: one `INSERT` a transaction into a table made by the very
   statements (columns and unique indexes) that made ours, on the same file system, WAL and full sync as well.
3. Both take the same notes, in interleaved rounds, each with the notes that it has not yet taken; the medians count.
4. Further rows compare nothing: admission (parsing, canonical bytes, two signatures) on one core, and the inclusion
   proof of any entry in a log of 10,000.
"""

from __future__ import annotations

import os
import sqlite3
import tempfile
import time
from collections.abc import Callable, Sequence
from decimal import Decimal
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from benchmarks import Row

if TYPE_CHECKING:
    from tiga.store.ledger import Ledger

PEERS: list[str] = []
RECORD, ORIGIN = "press", "tiga.example/press"
ROUNDS = 9
ROUND = 200
"""Appends of one side in one round."""
PROOF_SIZE = 10_000
PROOFS = 2_000
BAR = Decimal("0.4")
DURABLE = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
"""What the record's own connection is told (settings), told to the peer's."""

Admitted = tuple[bytes, str, bytes]
"""A note, its sid and its leaf hash."""


def rows(progress: Callable[[str], None]) -> list[Row]:
    out = Path(__file__).resolve().parent.parent / "build" / "bench"
    with tempfile.TemporaryDirectory(dir=out, prefix="record-") as folder:
        ledger, ring = _opened(Path(folder))
        progress(f"signing notes: {ROUNDS * ROUND}")
        notes = _notes(ring, ROUNDS * ROUND)
        admission, admitted = _admission(ledger, notes)
        peer = _peer(Path(folder))
        progress(f"appends, rounds: {ROUNDS}, of each side in a round: {ROUND}")
        ours, theirs = _rounds(ledger, peer, admitted)
        _same(ledger, peer, len(admitted))
        progress(f"inclusion proofs in a log of {PROOF_SIZE}")
        micros = _proofs()
    return [
        Row("record: durable appends with a signed checkpoint, bare SQLite inserts", ours, "1/s", theirs, BAR),
        Row("record: admission on one core, two signatures", admission, "1/s"),
        Row(f"record: inclusion proof in a log of {PROOF_SIZE}", micros, "microseconds"),
    ]


def _opened(folder: Path) -> tuple[Ledger, object]:
    """A new record in `folder`, with the settings that any record has."""
    settings = folder / "tiga.toml"
    settings.write_text(f'[site]\ndemo = true\n[[record]]\nname = "{RECORD}"\nfolder = "record"\norigin = "{ORIGIN}"\n')
    os.environ["TIGA_SETTINGS"], os.environ["DJANGO_SETTINGS_MODULE"] = str(settings), "tiga.web.settings"
    import django

    django.setup()
    from tiga.store import opening
    from tiga.store.ledger import Ledger

    opening.prepare(RECORD)
    ring = opening.keyring(RECORD)
    keys = {name: ring.signer(name).key for name in ring.names()}
    return Ledger(RECORD, ORIGIN, ring.signer(ORIGIN), keys), ring


def _notes(ring: object, count: int) -> list[bytes]:
    """Notes of a monitor's acts as the desk signs them: by the registrar and by the person."""
    from tiga.record.entries import Envelope
    from tiga.record.notes import sign_note
    from tiga.values.moments import Instant

    start = Instant.parse("2026-01-05T08:00:00.000Z")
    signers = [ring.signer(f"{ORIGIN}/{slug}") for slug in ("monitor/1", "registrar")]  # type: ignore[attr-defined]
    body = {"channel": "monitor", "text": "An invented report, as long as a short account of one happening. " * 6}
    acts = (
        Envelope(ORIGIN, "bench.note", Instant(start.ms + number), {**body, "number": number})
        for number in range(count)
    )
    return [sign_note(act.text(), signers) for act in acts]


def _admission(ledger: Ledger, notes: Sequence[bytes]) -> tuple[Decimal, list[Admitted]]:
    """Admissions a second, and the notes admitted; never the same note twice."""
    from tiga.record.entries import admit, leaf_of
    from tiga.store.keys import CHECK

    check, admitted = CHECK(), []
    start = time.perf_counter()
    for note in notes:
        _, sid, _ = admit(note, ORIGIN, ledger.keys, check)
        admitted.append((note, sid, leaf_of(note)))
    return Decimal(round(len(notes) / (time.perf_counter() - start))), admitted


def _peer(folder: Path) -> sqlite3.Connection:
    """A bare database with the table and indexes of the record's entries, made by the same statements."""
    with sqlite3.connect(folder / "record" / "record.sqlite3") as source:
        made = source.execute("SELECT sql FROM sqlite_master WHERE tbl_name = 'entry' AND sql IS NOT NULL").fetchall()
    source.close()
    peer = sqlite3.connect(folder / "record" / "peer.sqlite3", isolation_level=None)
    peer.executescript(DURABLE)
    for (statement,) in made:
        peer.execute(statement)
    return peer


def _rounds(ledger: Ledger, peer: sqlite3.Connection, admitted: Sequence[Admitted]) -> tuple[Decimal, Decimal]:
    """Medians over the rounds: appends a second of ours and of the peer."""
    ours, theirs = [], []
    for first in range(0, len(admitted), ROUND):
        block = admitted[first : first + ROUND]
        start = time.perf_counter()
        for note, sid, leaf in block:
            ledger.append(note, sid, leaf)
        middle = time.perf_counter()
        for index, (note, sid, leaf) in enumerate(block, first):
            peer.execute("BEGIN IMMEDIATE")
            peer.execute("INSERT INTO entry (idx, sid, leaf, note) VALUES (?, ?, ?, ?)", (index, sid, leaf, note))
            peer.execute("COMMIT")
        ours.append(len(block) / (middle - start))
        theirs.append(len(block) / (time.perf_counter() - middle))
    return Decimal(round(median(ours))), Decimal(round(median(theirs)))


def _same(ledger: Ledger, peer: sqlite3.Connection, count: int) -> None:
    """Both hold what they were given, and ours has the root of its signed head; a rate without that says nothing."""
    (held,) = peer.execute("SELECT COUNT(*) FROM entry").fetchone()
    (mode,) = peer.execute("PRAGMA journal_mode").fetchone()
    (sync,) = peer.execute("PRAGMA synchronous").fetchone()
    if (ledger.audit(), held, mode, sync) != (count, count, "wal", 2):
        raise RuntimeError("the two sides do not hold the same entries in the same way: nothing was measured")


def _proofs() -> Decimal:
    """Microseconds for the path of one entry, over entries spread through the log."""
    from tiga.record.tree import Tree, leaf_hash

    tiles: dict[tuple[int, int], bytes] = {}
    tree = Tree(lambda level, n: tiles[level, n])
    for number in range(PROOF_SIZE):
        for level, n, data in tree.extend([leaf_hash(number.to_bytes(4, "big"))]):
            tiles[level, n] = data
    start = time.perf_counter()
    for number in range(PROOFS):
        tree.inclusion(number * 4_999 % PROOF_SIZE)
    return Decimal(f"{(time.perf_counter() - start) / PROOFS * 1_000_000:.1f}")
