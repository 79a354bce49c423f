"""Signed notes (C2SP signed-note): a text, an empty line, and one line per signature.

Rules
1. A key is known by its name and its id, `SHA-256(name || 0x0A || type || public key)[:4]`; `vkey` is its text (F1).
2. Base64 is strict: what is read must be what would be written. Python alone ignores trailing bits.
3. `open_note` is for checkpoints: lines of unknown keys are ignored (they may be witnesses of somebody else), a bad
   signature of a known key refuses the note, and one known key at least must have signed.
4. `open_strict` is for entries: every line is by a known key, the lines ascend by name and id, none occurs twice.
   Otherwise a host could add or reorder lines and mint another leaf for the same statement.
5. Only type 0x01 (Ed25519) is verified here; keys of other types are unknown keys. 0x04 is verified by `cosignatures`;
   0x06 (ML-DSA-44) is not verified in this version, its keys are read and never count.

Not done here: deciding who may sign what.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from tiga.record.ed25519 import SignatureCheck
from tiga.record.refusals import Refused

ED25519 = 0x01
COSIGNATURE = 0x04
"""A witness's dated Ed25519 signature (`cosignatures`)."""
MLDSA = 0x06
"""A dated ML-DSA-44 signature: recognised, not verified here."""
NOTE_LIMIT = 1 << 18
"""Bytes of a note: room for sixteen post-quantum cosignatures. Entries have a stricter limit."""
SIGNATURES_LIMIT = 32
"""Signature lines of one note; C2SP asks for at least 16."""
NAME_LIMIT = 200
"""Characters of a key's name."""

_KEY_LENGTHS = {ED25519: 32, COSIGNATURE: 32, MLDSA: 1312}
_SPACES = frozenset("\t\n\v\f\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000") | {chr(c) for c in range(0x2000, 0x200B)}
"""Unicode's White_Space, written out: a verdict may not depend on the machine's Unicode tables."""


def encode64(data: bytes) -> str:
    """RFC 4648 section 4, with padding."""
    return base64.b64encode(data).decode("ascii")


def decode64(text: str) -> bytes:
    """Strict base64: raises Refused unless re-encoding gives the same text."""
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except (ValueError, binascii.Error) as error:
        raise Refused("record.refused.base64") from error
    if encode64(data) != text:
        raise Refused("record.refused.base64")
    return data


def is_key_name(name: str) -> bool:
    """Whether a key, and so an origin, may bear this name."""
    return (
        0 < len(name) <= NAME_LIMIT
        and name[0] != "{"
        and not any(c in _SPACES or c == "+" or c < " " or c == "\x7f" for c in name)
    )


@dataclass(frozen=True, slots=True)
class NoteKey:
    """A public key with its name: `key_id` is 4 bytes, `algorithm` the type byte, `public` the key's bytes."""

    name: str
    key_id: bytes
    algorithm: int
    public: bytes

    @classmethod
    def of(cls, name: str, algorithm: int, public: bytes) -> NoteKey:
        """The key with the id that follows from its parts; raises Refused for a name or length that cannot be."""
        if not is_key_name(name):
            raise Refused("record.refused.key_name", {"name": name[:80]})
        if not 0 <= algorithm <= 255 or not public or len(public) != _KEY_LENGTHS.get(algorithm, len(public)):
            raise Refused("record.refused.vkey", {"vkey": name[:80]})
        digest = hashlib.sha256(name.encode("utf-8") + b"\n" + bytes([algorithm]) + public).digest()
        return cls(name, digest[:4], algorithm, public)

    @classmethod
    def parse(cls, vkey: str) -> NoteKey:
        """Read `name+id+base64`; raises Refused unless it is spelled exactly so and the id belongs to the key."""
        parts = vkey.split("+", 2)
        if len(parts) != 3 or len(vkey) > NOTE_LIMIT:
            raise Refused("record.refused.vkey", {"vkey": vkey[:80]})
        try:
            material = decode64(parts[2])
            key = cls.of(parts[0], material[0] if material else 256, material[1:])
        except (Refused, UnicodeEncodeError) as error:
            raise Refused("record.refused.vkey", {"vkey": vkey[:80]}) from error
        if key.key_id.hex() != parts[1]:
            raise Refused("record.refused.vkey", {"vkey": vkey[:80]})
        return key

    @property
    def vkey(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{encode64(bytes([self.algorithm]) + self.public)}"


@dataclass(frozen=True, slots=True)
class Signer:
    """A key together with whatever signs for it: `sign` takes the text's bytes and returns the signature's."""

    key: NoteKey
    sign: Callable[[bytes], bytes]


@dataclass(frozen=True, slots=True)
class Opened:
    """A note's text and the names of the known keys whose signatures hold, in the order of their lines."""

    text: str
    signed_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SignatureLine:
    """One signature line as it stands in a note, not verified: `key_id` has 4 bytes, `signature` at least one."""

    name: str
    key_id: bytes
    signature: bytes

    def text(self) -> str:
        """The line in its one spelling, newline included."""
        return f"\u2014 {self.name} {encode64(self.key_id + self.signature)}\n"


def signature_line(text: str, signer: Signer) -> str:
    """One signature line over a note's text, newline included."""
    return SignatureLine(signer.key.name, signer.key.key_id, signer.sign(text.encode("utf-8"))).text()


def sign_note(text: str, signers: Iterable[Signer]) -> bytes:
    """The note of a text, signature lines ascending by name and id; raises Refused for a text that cannot be one."""
    if not text.endswith("\n") or _has_control(text):
        raise Refused("record.refused.note")
    ordered = sorted(signers, key=lambda signer: (signer.key.name, signer.key.key_id))
    if not ordered:
        raise Refused("record.refused.unsigned")
    return (text + "\n" + "".join(signature_line(text, signer) for signer in ordered)).encode("utf-8")


def add_lines(note: bytes, signers: Iterable[Signer]) -> bytes:
    """A note with further signatures, lines ascending by name and id; a signer who has signed already adds nothing."""
    text, lines = taken_apart(note)
    rows = {(line.name, line.key_id): line for line in lines}
    for signer in signers:
        key = signer.key
        rows.setdefault((key.name, key.key_id), SignatureLine(key.name, key.key_id, signer.sign(text.encode("utf-8"))))
    return written(text, (rows[row] for row in sorted(rows)))


def merge_notes(notes: Sequence[bytes]) -> bytes:
    """One note of several over the same text, with all their lines once; raises Refused for different texts."""
    texts = {text_of(note) for note in notes}
    if len(texts) != 1:
        raise Refused("record.refused.other_text")
    rows = {(line.name, line.key_id): line for note in notes for line in taken_apart(note)[1]}
    return written(texts.pop(), (rows[row] for row in sorted(rows)))


def written(text: str, lines: Iterable[SignatureLine]) -> bytes:
    """The bytes of a note: text, empty line, and the lines as they come; `taken_apart` reads them back."""
    return (text + "\n" + "".join(line.text() for line in lines)).encode("utf-8")


def open_note(note: bytes, keys: Iterable[NoteKey], check: SignatureCheck) -> Opened:
    """Verify a note as rule 3 says; raises Refused."""
    text, lines = taken_apart(note)
    known = {(key.name, key.key_id): key for key in keys if key.algorithm == ED25519}
    signed: dict[str, None] = {}
    for line in lines:
        key = known.get((line.name, line.key_id))
        if key is not None:
            _hold(text, line, key, check)
            signed[key.name] = None
    if not signed:
        raise Refused("record.refused.unsigned")
    return Opened(text, tuple(signed))


def open_strict(note: bytes, keys: Iterable[NoteKey], check: SignatureCheck) -> Opened:
    """Verify a note as rule 4 says; raises Refused."""
    text, lines = taken_apart(note)
    order = [(line.name, line.key_id) for line in lines]
    if any(one >= two for one, two in pairwise(order)):
        raise Refused("record.refused.line_order")
    known = {(key.name, key.key_id): key for key in keys if key.algorithm == ED25519}
    for line in lines:
        key = known.get((line.name, line.key_id))
        if key is None:
            raise Refused("record.refused.unknown_key", {"name": line.name, "id": line.key_id.hex()})
        _hold(text, line, key, check)
    return Opened(text, tuple(line.name for line in lines))


def text_of(note: bytes) -> str:
    """A note's text without looking at any signature: for reading what is already known to be in the log."""
    return taken_apart(note)[0]


def taken_apart(note: bytes) -> tuple[str, Sequence[SignatureLine]]:
    """A note's text and its signature lines in their order, none verified; raises Refused for what is no note."""
    if len(note) > NOTE_LIMIT:
        raise Refused("record.refused.note_long", {"bytes": len(note), "limit": NOTE_LIMIT})
    try:
        whole = note.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refused("record.refused.note") from error
    cut = whole.rfind("\n\n")
    if cut < 0 or not whole.endswith("\n") or _has_control(whole):
        raise Refused("record.refused.note")
    rows = whole[cut + 2 : -1].split("\n") if len(whole) > cut + 2 else []
    if not rows:
        raise Refused("record.refused.unsigned")
    if len(rows) > SIGNATURES_LIMIT:
        raise Refused("record.refused.lines", {"count": len(rows), "limit": SIGNATURES_LIMIT})
    return whole[: cut + 1], [parse_line(row) for row in rows]


def parse_line(row: str) -> SignatureLine:
    """Read one signature line, given without its newline; raises Refused unless `SignatureLine.text` spells it so."""
    name, space, coded = row[2:].partition(" ")
    if not row.startswith("\u2014 ") or not space or not is_key_name(name):
        raise Refused("record.refused.line", {"line": row[:60]})
    data = decode64(coded)
    if len(data) < 5:
        raise Refused("record.refused.line", {"line": row[:60]})
    return SignatureLine(name, data[:4], data[4:])


def _hold(text: str, line: SignatureLine, key: NoteKey, check: SignatureCheck) -> None:
    if len(line.signature) != 64 or not check(key.public, line.signature, text.encode("utf-8")):
        raise Refused("record.refused.signature", {"name": line.name})


def _has_control(text: str) -> bool:
    return any(c < " " and c != "\n" for c in text)
