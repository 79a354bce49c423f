"""Notes as the desk signs them, made before any measuring, and admission measured."""

from __future__ import annotations

import time
from collections.abc import Sequence
from decimal import Decimal

from benchmarks.recording import places

Admitted = tuple[bytes, str, bytes]
"""A note, its sid and its leaf hash."""


def signed(first: int, count: int) -> list[Admitted]:
    """Acts of a monitor, each signed by the registrar and by the person."""
    from tiga.record.entries import Envelope, leaf_of
    from tiga.record.notes import sign_note
    from tiga.values.moments import Instant

    start, ring = Instant.parse("2026-01-05T08:00:00.000Z"), places.ring()
    signers = [ring.signer(f"{places.ORIGIN}/{slug}") for slug in ("monitor/1", "registrar")]
    body = {"channel": "monitor", "text": "An invented report, as long as a short account of one happening. " * 6}
    rows = []
    for number in range(first, first + count):
        act = Envelope(places.ORIGIN, "bench.note", Instant(start.ms + number), {**body, "number": number})
        note = sign_note(act.text(), signers)
        rows.append((note, act.sid, leaf_of(note)))
    return rows


def admission(rows: Sequence[Admitted]) -> Decimal:
    """Admissions a second on one core: form, spelling, two signatures, lint, sid and leaf hash; none is remembered."""
    from tiga.record.entries import admit, leaf_of
    from tiga.store.keys import CHECK

    ring, check = places.ring(), CHECK()
    keys = {name: ring.signer(name).key for name in ring.names()}
    start = time.perf_counter()
    for note, sid, leaf in rows:
        if (admit(note, places.ORIGIN, keys, check)[1], leaf_of(note)) != (sid, leaf):
            raise RuntimeError("a note was admitted as another one")
    return Decimal(round(len(rows) / (time.perf_counter() - start)))
