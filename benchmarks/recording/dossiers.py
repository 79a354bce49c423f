"""Seconds to verify a dossier of 200 entries whose checkpoint bears four cosignatures.

Rules
1. All steps of `verify_dossier` are taken, from the container's bytes on: the charter, two signatures an entry, a proof
   an entry, the witnesses' lines.
2. Once with the signature check of the server (a wheel), once with the one of the standard library alone, which is what
   a reader has who installs nothing. Each in rounds; the medians count. Composing is not measured.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from decimal import Decimal
from statistics import median
from typing import TYPE_CHECKING, Any

from benchmarks import Row

if TYPE_CHECKING:
    from tiga.record.notes import Signer

ORIGIN = "tiga.example/bench"
ENTRIES, COSIGNERS = 200, 4
ROUNDS_WHEEL, ROUNDS_LIBRARY = 7, 3
WHEEL, LIBRARY = Decimal(1), Decimal(5)


def rows(progress: Callable[[str], None]) -> list[Row]:
    from tiga.record import ed25519
    from tiga.store.keys import CHECK

    progress(f"verifying a dossier of {ENTRIES} entries, cosignatures: {COSIGNERS}")
    data = _dossier()
    wheel = _seconds(data, CHECK(), ROUNDS_WHEEL)
    library = _seconds(data, ed25519.verify, ROUNDS_LIBRARY)
    of = f"dossier of {ENTRIES} entries, {COSIGNERS} cosignatures"
    return [
        Row(f"verifying a {of}, with the wheel", wheel, "s", bar=WHEEL, at_least=False),
        Row(f"verifying a {of}, standard library only", library, "s", bar=LIBRARY, at_least=False),
    ]


def _seconds(data: bytes, check: Any, rounds: int) -> Decimal:
    from tiga.record.verify import verify_dossier

    found = []
    for _ in range(rounds):
        start = time.perf_counter()
        verified = verify_dossier(data, check)
        found.append(time.perf_counter() - start)
        if (len(verified.entries), len(verified.cosigned)) != (ENTRIES, COSIGNERS):
            raise RuntimeError("not all was verified: the seconds say nothing")
    return Decimal(f"{median(found):.3f}")


def _dossier() -> bytes:
    from tiga.record import cosignatures, dossier
    from tiga.record.checkpoints import Checkpoint
    from tiga.record.entries import Entry, admit, leaf_of
    from tiga.record.notes import COSIGNATURE, sign_note
    from tiga.record.proofs import Proof
    from tiga.record.tree import Tree
    from tiga.store.keys import CHECK, demo_keyring

    people = [f"{ORIGIN}/{slug}" for slug in ("monitor/1", "registrar")]
    witnesses = [f"witness.example/{number}" for number in range(COSIGNERS)]
    ring = demo_keyring((ORIGIN, *people, *witnesses))
    signers, observers = [ring.signer(name) for name in people], [ring.signer(name, COSIGNATURE) for name in witnesses]
    notes, tree = _notes(signers, observers), Tree(lambda level, n: b"")
    tree.extend([leaf_of(note) for note in notes])
    text = Checkpoint(ORIGIN, tree.size, tree.root()).text()
    lines = "".join(cosignatures.line(text, observer, 1_770_000_000) for observer in observers)
    checkpoint = sign_note(text, [ring.signer(ORIGIN)]) + lines.encode()
    keys = {signer.key.name: signer.key for signer in signers}
    opened = [(note, *admit(note, ORIGIN, keys, CHECK())) for note in notes]
    members = dossier.compose(
        checkpoint=checkpoint,
        log_key=ring.signer(ORIGIN).key,
        entries=[Entry(index, *row) for index, row in enumerate(opened)],
        proofs={index: Proof(index, tuple(tree.inclusion(index)), checkpoint).encode() for index in range(ENTRIES)},
    )
    return dossier.pack(members)


def _notes(signers: list[Signer], observers: list[Signer]) -> list[bytes]:
    """A charter that names the witnesses, and acts signed by two persons each."""
    from tiga.record.entries import Envelope
    from tiga.record.notes import sign_note
    from tiga.values.moments import Instant

    start = Instant.parse("2026-01-05T08:00:00.000Z")
    keys = [
        {"vkey": signer.key.vkey, "role": "monitor", "component": f"c{number}", "custody": "own"}
        for number, signer in enumerate(signers)
    ]
    rows = [{"component": f"w{number}", "vkey": one.key.vkey} for number, one in enumerate(observers)]
    charter = {"keys": keys, "scope": "live", "title": "An invented charter", "witnesses": rows}
    body = {"channel": "monitor", "text": "An invented report, as long as a short account of one happening. " * 6}
    acts = [Envelope(ORIGIN, "charter.adopt", start, charter)]
    acts += [Envelope(ORIGIN, "bench.note", start, {**body, "number": number}) for number in range(1, ENTRIES)]
    return [sign_note(act.text(), signers) for act in acts]
