"""Cosignatures (C2SP tlog-cosignature, type 0x04): a witness's dated word that a head continues all that it saw before.

Rules
1. Signed is `cosignature/v1\\ntime <seconds>\\n` and the checkpoint's text; the line bears, after the key's id, the
   seconds as 8 bytes, big-endian, and the 64 bytes of Ed25519.
2. Seconds are POSIX time, from 1 to 2^63-1. No time would be no word on the largest head seen: it is refused.
3. What is cosigned is a checkpoint's text in its three lines, nothing else.
4. Lines of unknown keys are ignored (they may be witnesses of somebody else). A line of a known witness that does not
   hold refuses the checkpoint, and so does a second line of one witness.
5. `merged` writes a checkpoint in one way: the log's line, then cosignatures ascending by name and id, one of each
   witness, the newest. Every line is verified; others fall away. For equal seconds the greater signature stays.
6. Keys of type 0x06 (ML-DSA-44) are unknown keys here: they never count.

Not done here: who is a witness and how many are enough (`policy`), what a witness checks first (`witness`), whether a
time is plausible (there is no clock here).
Trust: a witness's key is trusted to cosign one history alone, and its time as far as its holder's clock. The message
does not bear the witness's name: a key may serve one witness only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tiga.record import checkpoints
from tiga.record.ed25519 import SignatureCheck
from tiga.record.notes import (
    COSIGNATURE,
    NOTE_LIMIT,
    SIGNATURES_LIMIT,
    NoteKey,
    SignatureLine,
    Signer,
    parse_line,
    taken_apart,
)
from tiga.record.refusals import Refused

SECONDS_LIMIT = 2**63 - 1
"""The latest time of a cosignature."""

_TIME_BYTES = 8
_SIGNATURE_BYTES = 64


@dataclass(frozen=True, slots=True)
class Cosigned:
    """A cosignature that holds: the witness's key name and its time in seconds since 1970."""

    name: str
    seconds: int


def message(text: str, seconds: int) -> bytes:
    """The bytes that a witness signs for a checkpoint's text at a time."""
    return f"cosignature/v1\ntime {seconds}\n{text}".encode()


def line(text: str, signer: Signer, seconds: int) -> str:
    """One signature line over a checkpoint's text, newline included; raises Refused for another key, time or text."""
    key = signer.key
    if key.algorithm != COSIGNATURE:
        raise Refused("record.refused.cosignature_key", {"name": key.name, "type": key.algorithm})
    if not 0 < seconds <= SECONDS_LIMIT:
        raise Refused("record.refused.cosignature_time", {"name": key.name})
    checkpoints.parse(text)
    signature = signer.sign(message(text, seconds))
    return SignatureLine(key.name, key.key_id, seconds.to_bytes(_TIME_BYTES, "big") + signature).text()


def attested(checkpoint: bytes, witnesses: Iterable[NoteKey], check: SignatureCheck) -> dict[NoteKey, int]:
    """Seconds by witness key, ascending by name and id, as rule 4 says; raises Refused. The log's line is not looked
    at."""
    text, lines = taken_apart(checkpoint)
    checkpoints.parse(text)
    found: dict[NoteKey, int] = {}
    for key, seconds, _ in _held(text, lines, witnesses, check):
        if key in found:
            raise Refused("record.refused.cosignature_twice", {"name": key.name})
        found[key] = seconds
    return {key: found[key] for key in sorted(found, key=_place)}


def cosigned(checkpoint: bytes, witnesses: Iterable[NoteKey], check: SignatureCheck) -> tuple[Cosigned, ...]:
    """The cosignatures of these witnesses that a checkpoint bears, ascending by name and id; raises Refused."""
    return tuple(Cosigned(key.name, seconds) for key, seconds in attested(checkpoint, witnesses, check).items())


def merged(
    checkpoint: bytes, lines: Iterable[str], origin_key: NoteKey, witnesses: Iterable[NoteKey], check: SignatureCheck
) -> bytes:
    """The checkpoint with these lines added to its own, as rule 5 says; raises Refused. Lines end with a newline.

    The result depends neither on the order of the lines nor on how often or in how many steps they are merged.
    """
    checkpoints.open_checkpoint(checkpoint, origin_key, check)
    text, there = taken_apart(checkpoint)
    given = [parse_line(_one_line(one)) for one in lines]
    own = next(one for one in there if (one.name, one.key_id) == (origin_key.name, origin_key.key_id))
    newest: dict[NoteKey, SignatureLine] = {}
    for key, _, held in _held(text, [*there, *given], witnesses, check):
        newest[key] = max(newest.get(key, held), held, key=lambda one: one.signature)  # which begins with the time
    if 1 + len(newest) > SIGNATURES_LIMIT:
        raise Refused("record.refused.lines", {"count": 1 + len(newest), "limit": SIGNATURES_LIMIT})
    ordered = [own, *(newest[key] for key in sorted(newest, key=_place))]
    return (text + "\n" + "".join(one.text() for one in ordered)).encode()


def parse_response(body: bytes) -> tuple[str, ...]:
    """The signature lines of a witness's answer 200, newlines included, not verified; raises Refused for other bytes."""
    if not body or len(body) > NOTE_LIMIT or not body.endswith(b"\n"):
        raise Refused("record.refused.cosignature_lines")
    try:
        rows = body[:-1].decode("utf-8").split("\n")
    except UnicodeDecodeError as error:
        raise Refused("record.refused.cosignature_lines") from error
    if len(rows) > SIGNATURES_LIMIT:
        raise Refused("record.refused.lines", {"count": len(rows), "limit": SIGNATURES_LIMIT})
    return tuple(parse_line(row).text() for row in rows)


def _held(
    text: str, lines: Iterable[SignatureLine], witnesses: Iterable[NoteKey], check: SignatureCheck
) -> Iterator[tuple[NoteKey, int, SignatureLine]]:
    """Key, seconds and line of each line of a known witness; raises Refused where one does not hold."""
    known = {(key.name, key.key_id): key for key in witnesses if key.algorithm == COSIGNATURE}
    for one in lines:
        key = known.get((one.name, one.key_id))
        if key is not None:
            yield key, _seconds(text, one, key, check), one


def _seconds(text: str, one: SignatureLine, key: NoteKey, check: SignatureCheck) -> int:
    if len(one.signature) != _TIME_BYTES + _SIGNATURE_BYTES:
        raise Refused("record.refused.signature", {"name": key.name})
    seconds = int.from_bytes(one.signature[:_TIME_BYTES], "big")
    if not 0 < seconds <= SECONDS_LIMIT:
        raise Refused("record.refused.cosignature_time", {"name": key.name})
    if not check(key.public, one.signature[_TIME_BYTES:], message(text, seconds)):
        raise Refused("record.refused.signature", {"name": key.name})
    return seconds


def _place(key: NoteKey) -> tuple[str, bytes]:
    return key.name, key.key_id


def _one_line(text: str) -> str:
    if not text.endswith("\n"):
        raise Refused("record.refused.line", {"line": text[:60]})
    return text[:-1]
