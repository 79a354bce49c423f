"""Inclusion proofs, beside pymerkle's on SQLite, in logs of 10,000, 100,000 and 1,000,000 entries.

Rules
1. Ours is `Ledger.proof`: the head and the tiles that it needs are read from the database, the whole `.tlog-proof` is
   written. pymerkle's is `prove_inclusion` of `SqliteTree`, filled by `append_entries` with the same entries; roots and
   one path are compared, so that both prove the same.
2. Both logs grow from size to size in the same run; files are in the operating system's memory for both. Filling is not
   measured (ours in batches of 512, without flushes).
3. pymerkle keeps the roots of subtrees in memory, up to 1 GiB. `stored` is a proof without that memory: it reads all
   leaves, so it grows with the log. `first` is the first proof of a log just opened, both sides as shipped.
   `kept` are proofs of entries far apart by a log that stays open, as shipped; `again` the same entries once more, when
   all that pymerkle needs is in memory. The last two have no bar: they depend on how much has been asked before.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from statistics import mean, median
from typing import TYPE_CHECKING

from benchmarks import Row
from benchmarks.recording import places
from benchmarks.recording.places import Peer

if TYPE_CHECKING:
    from tiga.store.ledger import Ledger

SIZES = (10_000, 100_000, 1_000_000)
BARS = {100_000: Decimal(30), 1_000_000: Decimal(200)}
FLAT = Decimal(2)
FILL = 512
ASKED = 200
"""Entries asked of ours, and of pymerkle where it remembers; where it does not, or is opened anew, fewer."""
FEW = 5


def rows(folder: Path, peer: Peer, progress: Callable[[str], None]) -> list[Row]:
    found: list[Row] = []
    file, flat = str(folder / "merkle.sqlite3"), {}
    for size in SIZES:
        progress(f"filling logs: {size}")
        root, ours = peer.ask("merkle_fill", path=file, size=size), _filled(size)
        progress(f"inclusion proofs: {size}")
        _same(ours, peer, file, root)
        flat[size], compared = _compared(size, peer, file)
        found += compared
    _, middle, large = SIZES
    return [
        *found,
        Row(f"proof, log of {large}; of {SIZES[0]}", flat[large], "us", flat[SIZES[0]], FLAT, at_least=False),
        Row(f"proof, log of {middle}", flat[middle], "us"),
    ]


def _compared(size: int, peer: Peer, file: str) -> tuple[Decimal, list[Row]]:
    """Median microseconds of ours, and the rows of this size."""
    many, few = places.spread(ASKED, size), places.spread(FEW, size)
    ledger = places.ledger("proofs")
    ledger.proof(0)
    kept, again = _asked(ledger, many), _asked(ledger, many)
    first = [seconds for index in few for seconds in _asked(places.ledger("proofs"), [index])]
    their_first, (their_kept, their_again) = (
        peer.ask("merkle_fresh", path=file, indices=few),
        peer.ask("merkle_kept", path=file, indices=many),
    )
    stored, bar, log = peer.ask("merkle_stored", path=file, indices=few), BARS.get(size), f"log of {size}"
    return _micros(median(again)), [
        Row(f"proofs, {log}; pymerkle, stored", _rate(median(again)), "1/s", _rate(median(stored)), bar),
        Row(f"proofs, {log}, first; pymerkle, first", _rate(median(first)), "1/s", _rate(median(their_first)), bar),
        Row(f"proofs, {log}, mean of {ASKED}; pymerkle, kept", _rate(mean(kept)), "1/s", _rate(mean(their_kept))),
        Row(f"proofs, {log}, again; pymerkle, again", _rate(median(again)), "1/s", _rate(median(their_again))),
    ]


def _rate(seconds: float) -> Decimal:
    return Decimal(f"{1 / seconds:.1f}")


def _micros(seconds: float) -> Decimal:
    return Decimal(f"{seconds * 1e6:.1f}")


def _asked(ledger: Ledger, indices: Sequence[int]) -> list[float]:
    found = []
    for index in indices:
        start = time.perf_counter()
        ledger.proof(index)
        found.append(time.perf_counter() - start)
    return found


def _filled(size: int) -> Ledger:
    """Our log, grown to a size; nothing is flushed meanwhile, for filling is not measured."""
    from django.db import connections

    ledger = places.ledger("proofs")
    with connections["proofs"].cursor() as cursor:
        cursor.execute("PRAGMA synchronous=OFF")
        for batch in _batches(ledger.size(), size):
            ledger.append(batch)
        cursor.execute("PRAGMA synchronous=FULL")
    return ledger


def _batches(start: int, stop: int) -> Iterator[list[tuple[bytes, str, bytes]]]:
    from tiga.record.entries import leaf_of
    from tiga.values.names import base64url

    for first in range(start, stop, FILL):
        made = [b"%08d" % number + b"x" * 56 for number in range(first, min(first + FILL, stop))]
        yield [(data, base64url(hashlib.sha256(data).digest()), leaf_of(data)) for data in made]


def _same(ledger: Ledger, peer: Peer, file: str, root: str) -> None:
    from tiga.record import proofs

    index, size = ledger.size() // 3, ledger.size()
    proof = proofs.parse(ledger.proof(index))
    if ledger.head().root.hex() != root or peer.ask("merkle_path", path=file, index=index) != [
        step.hex() for step in proof.path
    ]:
        raise RuntimeError(f"the two sides prove different trees of {size} entries")
