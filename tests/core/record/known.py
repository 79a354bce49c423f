"""What the tests of the record are made of: keys from published seeds, a small book and a small dossier.

Nothing here is drawn by chance, so that every byte is the same on every machine.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from tiga.record import disclosures, dossier
from tiga.record.book import MemoryBook, Submission
from tiga.record.disclosures import Disclosure
from tiga.record.ed25519 import guarded
from tiga.record.entries import Envelope
from tiga.record.notes import ED25519, NoteKey, Signer, sign_note
from tiga.record.refusals import Refused
from tiga.values.moments import Instant

ORIGIN = "tiga.example/doha-2025"
AT = Instant.parse("2025-11-03T07:41:22.318Z")
AGREEMENT = b'{"title":"An invented agreement"}'
EVIDENCE = b"an invented file\n"


def plain_check(public: bytes, signature: bytes, message: bytes) -> bool:
    """OpenSSL's verdict, without our rules."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


CHECK = guarded(plain_check)


def refusal(call: Callable[[], object]) -> Refused:
    """What a call is refused with; every refusal can be said."""
    with pytest.raises(Refused) as caught:
        call()
    str(caught.value)
    return caught.value


def signer(name: str, seed: int, algorithm: int = ED25519) -> Signer:
    """A signer whose seed is one byte, 32 times."""
    private = Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)
    return Signer(NoteKey.of(name, algorithm, private.public_key().public_bytes_raw()), private.sign)


LOG = signer(ORIGIN, 1)
MONITOR = signer(f"{ORIGIN}/mon/7", 2)
MEDIATOR = signer(f"{ORIGIN}/med/1", 3)
STRANGER = signer(f"{ORIGIN}/mon/9", 9)
KEYS = {one.key.name: one.key for one in (MONITOR, MEDIATOR)}
RELEASED = Disclosure(bytes(range(16)), "witness_name", "گل خان")
WITHHELD = Disclosure(bytes(range(16, 32)), "place", {"lat_e7": 338912000, "lon_e7": 701031000})
SD = disclosures.digests([RELEASED, WITHHELD], [bytes([decoy]) * 16 for decoy in (1, 2)])


def entry(envelope: Envelope, *signers: Signer) -> bytes:
    return sign_note(envelope.text(), signers)


def charter(origin: str = ORIGIN, keys: tuple[Signer, ...] = (MONITOR, MEDIATOR)) -> bytes:
    """Entry 0: it enrols the keys and both sign it."""
    rows = [{"vkey": one.key.vkey, "role": "monitor", "component": "a", "custody": "own"} for one in keys]
    return entry(Envelope(origin, "charter.adopt", AT, {"keys": rows, "title": "An invented charter"}), *keys)


def report(origin: str = ORIGIN, number: int = 0) -> Envelope:
    return Envelope(origin, "report.file", AT, {"kind": "mortar", "number": number}, case="c-417", sd=SD)


def book(origin: str = ORIGIN, others: int = 2, seed: int = 1) -> MemoryBook:
    """A book of a charter and `others` reports; `seed` makes the log's key."""
    made = MemoryBook(origin, signer(origin, seed), KEYS, CHECK)
    made.enter([Submission(charter(origin), ("agreement",))], {"agreement": -1})
    for number in range(others):
        made.enter([Submission(entry(report(origin, number), MONITOR), ("case:c-417", f"report:{number}"))], {})
    return made


def members(origin: str = ORIGIN, others: int = 2, seed: int = 1) -> dict[str, bytes]:
    """The members of a dossier on that book, with one value released and one withheld."""
    made = book(origin, others, seed)
    entries = [made.entry(index) for index in range(made.head().size)]
    return dossier.compose(
        checkpoint=made.head().checkpoint,
        log_key=signer(origin, seed).key,
        entries=entries,
        proofs={one.index: made.proof(one.index) for one in entries},
        case="c-417" if others else "",
        disclosed={1: [RELEASED]} if others else {},
        agreements=[AGREEMENT],
        evidence=[EVIDENCE],
    )


def relisted(changed: dict[str, bytes]) -> dict[str, bytes]:
    """The members with `DOSSIER.json` made to list them as they are: what a careful forger would do."""
    index = dossier.parse_index(changed[dossier.INDEX])
    files = {name: dossier.sha256_hex(data) for name, data in changed.items() if name != dossier.INDEX}
    again = dossier.Index(index.origin, index.size, index.case, index.exercise, files)
    return {**changed, dossier.INDEX: again.encode()}


def shared(*parts: str) -> Path:
    """A file of the shared data that is not part of the repository; skips the test when it is absent."""
    root = Path(os.environ.get("TIGA_SHARED", Path(__file__).resolve().parents[4] / "shared"))
    path = root.joinpath("data", "crypto-vectors", *parts)
    if not path.exists():
        pytest.skip(f"the published vectors {'/'.join(parts)} are not on this machine")
    return path
