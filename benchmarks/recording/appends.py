"""Durable appends with a signed checkpoint, beside bare SQLite inserts, beside tlog-scales, and in groups.

Rules
1. Ours is `Ledger.append`: leaf into the tree, entries read back and hashed again, a checkpoint signed (0x01), the head
   moved by compare-and-swap, durable before it returns; no threads, no projections. `guarded` moves the guard as well,
   on the same disk: a second flush for each commit.
2. Bare SQLite is one `INSERT` a row into a table made by the very statements (columns, unique indexes) that made ours,
   on the same file system, WAL and full sync as well, and nothing else.
3. tlog-scales writes tiles and a signed checkpoint as files, each flushed.
4. All sides take the same notes in interleaved rounds, each the notes that it has not yet taken; the medians count.
5. `group`: notes come singly from many submitters at once, each waits for its acknowledgement. tlog-scales takes one
   writer, so beside it stands its rate of single appends; the bar at batch 1 is judged by one submitter's rate alone.
6. A side that does not hold all that it was given at the end makes the run fail: its rates would say nothing.
"""

from __future__ import annotations

import base64
import json
import sqlite3
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from statistics import median

from benchmarks import Row
from benchmarks.recording import notes, places
from benchmarks.recording.notes import Admitted
from benchmarks.recording.places import Peer

SINGLES, SINGLE_ROUNDS = 100, 9
"""Appends of each side in one round, one a commit."""
BATCH, BATCHES, BATCH_ROUNDS = 256, 4, 9
SUBMITTERS, EACH, GROUP_ROUNDS = 32, 25, 7
ADMITTED = 2_000
DURABLE = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA wal_autocheckpoint=4000;"
"""What the record's own connection is told (settings), told to the bare one's."""
ONE_OF_BARE, SCALES_ONE, SCALES_BATCH = Decimal("0.4"), Decimal(20), Decimal("1.5")
BATCH_OF_BARE, GROUP = Decimal("0.333"), Decimal(4)

Side = Callable[[int, int, int], float]
"""(first note, how many, batch) -> seconds for taking them."""


def rows(folder: Path, peer: Peer, progress: Callable[[str], None]) -> list[Row]:
    count = SINGLES * SINGLE_ROUNDS + BATCH * BATCHES * BATCH_ROUNDS
    progress(f"signing notes: {count}")
    made = notes.signed(0, count)
    admission = notes.admission(made[:ADMITTED])
    sides = _sides(folder, peer, made)
    progress(f"single appends, rounds: {SINGLE_ROUNDS}, of each of {len(sides)} sides in a round: {SINGLES}")
    one = _rates(sides, 0, SINGLES, SINGLE_ROUNDS, 1)
    progress(f"batches of {BATCH}, rounds: {BATCH_ROUNDS}, of each side in a round: {BATCHES}")
    many = _rates(sides, SINGLES * SINGLE_ROUNDS, BATCH * BATCHES, BATCH_ROUNDS, BATCH)
    _same(folder, peer, count)
    progress(f"group commit, rounds: {GROUP_ROUNDS}, submitters: {SUBMITTERS}, of each in a round: {EACH}")
    single, group = _grouped(folder)
    return [
        Row("append, no guard; bare SQLite inserts", one["alone"], "1/s", one["bare"], ONE_OF_BARE),
        Row("append, guard; bare SQLite inserts", one["guarded"], "1/s", one["bare"], ONE_OF_BARE),
        Row("append, guard; tlog-scales", one["guarded"], "1/s", one["scales"], SCALES_ONE),
        Row("append, no guard; tlog-scales", one["alone"], "1/s", one["scales"]),
        Row(f"append {BATCH} at once, guard; tlog-scales", many["guarded"], "1/s", many["scales"], SCALES_BATCH),
        Row(f"append {BATCH} at once, no guard; tlog-scales", many["alone"], "1/s", many["scales"]),
        Row(f"append {BATCH} at once, guard; bare batches", many["guarded"], "1/s", many["bare"], BATCH_OF_BARE),
        Row(f"append {BATCH} at once, no guard; bare batches", many["alone"], "1/s", many["bare"]),
        Row(f"group commit, {SUBMITTERS} submitters, guard; one submitter", group, "1/s", single, GROUP),
        Row(f"notes that come singly from {SUBMITTERS} submitters, guard; tlog-scales", group, "1/s", one["scales"]),
        Row("admission on one core, two signatures (the ceiling)", admission, "1/s"),
    ]


def _sides(folder: Path, peer: Peer, made: Sequence[Admitted]) -> Mapping[str, Side]:
    alone, guarded = places.ledger("alone"), places.ledger("guarded", places.guard(folder))
    bare, files = _bare(folder), str(folder / "scales")
    given = folder / "notes.json"
    given.write_text(json.dumps([base64.b64encode(note).decode() for note, _, _ in made]))
    if peer.ask("notes", path=str(given)) != len(made):
        raise RuntimeError("the peer was not given all notes")
    peer.ask("scales_open", folder=files, origin=places.ORIGIN)

    def ours(append: Callable[[Sequence[Admitted]], object]) -> Side:
        return _timed(lambda start, stop: append(made[start:stop]))

    def insert(start: int, stop: int) -> None:
        values = [(index, sid, leaf, note) for index, (note, sid, leaf) in enumerate(made[start:stop], start)]
        bare.execute("BEGIN IMMEDIATE")
        bare.executemany("INSERT INTO entry (idx, sid, leaf, note) VALUES (?, ?, ?, ?)", values)
        bare.execute("COMMIT")

    def scales(first: int, count: int, batch: int) -> float:
        return float(peer.ask("scales_append", folder=files, first=first, count=count, batch=batch))

    return {"alone": ours(alone.append), "guarded": ours(guarded.append), "bare": _timed(insert), "scales": scales}


def _timed(take: Callable[[int, int], object]) -> Side:
    def side(first: int, count: int, batch: int) -> float:
        begun = time.perf_counter()
        for start in range(first, first + count, batch):
            take(start, min(start + batch, first + count))
        return time.perf_counter() - begun

    return side


def _bare(folder: Path) -> sqlite3.Connection:
    """A bare database with the table and indexes of the record's entries, made by the same statements."""
    with sqlite3.connect(folder / "alone" / "record.sqlite3") as source:
        made = source.execute("SELECT sql FROM sqlite_master WHERE tbl_name = 'entry' AND sql IS NOT NULL").fetchall()
    source.close()
    bare = sqlite3.connect(folder / "bare.sqlite3", isolation_level=None)
    bare.executescript(DURABLE)
    for (statement,) in made:
        bare.execute(statement)
    return bare


def _rates(sides: Mapping[str, Side], first: int, count: int, rounds: int, batch: int) -> dict[str, Decimal]:
    """Median appends a second of each side, over interleaved rounds."""
    found: dict[str, list[float]] = {name: [] for name in sides}
    for number in range(rounds):
        for name, side in sides.items():
            found[name].append(count / side(first + number * count, count, batch))
    return {name: Decimal(round(median(values))) for name, values in found.items()}


def _same(folder: Path, peer: Peer, count: int) -> None:
    """All sides hold what they were given, ours with the root of its signed head."""
    bare = sqlite3.connect(folder / "bare.sqlite3")
    (held,) = bare.execute("SELECT COUNT(*) FROM entry").fetchone()
    (mode,) = bare.execute("PRAGMA journal_mode").fetchone()
    bare.close()
    sizes = [places.ledger("alone").audit(), places.ledger("guarded", places.guard(folder)).audit(), held]
    sizes.append(peer.ask("scales_size", folder=str(folder / "scales")))
    if sizes != [count] * 4 or mode != "wal":
        raise RuntimeError(f"the sides do not hold the same entries in the same way: {sizes}, {mode}")


def _grouped(folder: Path) -> tuple[Decimal, Decimal]:
    """Medians over interleaved rounds: acknowledged appends a second of one submitter, and of many at once."""
    from tiga.store.group import Group
    from tiga.store.guard import Guard

    per_round = SINGLES + SUBMITTERS * EACH
    made = notes.signed(1_000_000, per_round * GROUP_ROUNDS)
    ledger = places.ledger("grouped", Guard(folder / "guards" / "grouped"))
    group, one, many = Group(ledger), [], []
    for first in range(0, len(made), per_round):
        alone, rest = made[first : first + SINGLES], made[first + SINGLES : first + per_round]
        begun = time.perf_counter()
        for row in alone:
            group.append(row)
        one.append(len(alone) / (time.perf_counter() - begun))
        many.append(len(rest) / _at_once(group.append, rest))
    if ledger.audit() != len(made):
        raise RuntimeError("the group's log does not hold all that was acknowledged")
    return Decimal(round(median(one))), Decimal(round(median(many)))


def _at_once(append: Callable[[Admitted], int], made: Sequence[Admitted]) -> float:
    """Seconds until all submitters have all their acknowledgements, each waiting for one before it sends the next."""
    from django.db import connections

    ready, told = threading.Barrier(SUBMITTERS + 1), []

    def submitter(own: Sequence[Admitted]) -> None:
        connections["grouped"].ensure_connection()
        ready.wait()
        told.extend(append(row) for row in own)
        connections.close_all()

    threads = [threading.Thread(target=submitter, args=(made[n::SUBMITTERS],)) for n in range(SUBMITTERS)]
    for thread in threads:
        thread.start()
    ready.wait()
    begun = time.perf_counter()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - begun
    if len(set(told)) != len(made):
        raise RuntimeError("not every append was acknowledged with an index of its own")
    return seconds
