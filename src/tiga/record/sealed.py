"""Sealed filings: a file that the recipients it names can open, and nobody else, the record's host included.

    file   = tiga/sealed@v1 \\n || number of recipients (1 byte) || commitment (32) || slot... || body
    slot   = SHA-256(seal key)[:8] || HPKE ciphertext of the content key (80)           ascending by the first 8 bytes
    body   = AES-256-GCM(content key, nonce of zeros, plain, with everything before it as associated data)
    plain  = length of the statement (4, big-endian) || statement || content || zeros
    statement = a signed note by the sender, over tiga/filing@v1 \\n and one line of tiga-JSON

Rules
1. The content key has 32 random bytes and is drawn anew for each file, so that a fixed nonce is used once with it. It is
   wrapped for each recipient by HPKE in base mode (RFC 9180: X25519, HKDF-SHA256, AES-256-GCM), whose `info` is all that
   stands before the slots, and the recipients' ids: a slot cannot be moved into another file.
2. The commitment is SHA-256(tiga/sealed@v1 key \\n || content key). GCM alone allows a body that opens in two ways under
   two keys; so all recipients read the same bytes.
3. The plain text is padded with zeros to a power of two, from 4 KiB to 16 MiB: of a length little is learned.
4. The sender signs what he files (name, media type, length, SHA-256, case, note) and for whom: the whole list of seal
   keys. A recipient who seals it on to somebody else cannot pass it off as sealed to him. Signed texts of this kind begin
   with `tiga/filing@v1`, which neither an entry nor a checkpoint does.
5. What is read is what would be written: order, lengths, padding and spelling are compared.

Not done here: arithmetic. Ciphers and the signature check are handed in, and so is the content key. Who a key belongs to
is for the reader: the sender named is the key that signed.
Trust: whoever holds a recipient's seal key opens everything ever sealed to it; there is no forward secrecy. A recipient
can hand the content on, and show with the sender's signature that it is his. The file shows when it was sent, how long it
is within a factor of two, and, to anybody who has their public keys, for whom it is.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from tiga.record import canonical, notes
from tiga.record.canonical import NotCanonical
from tiga.record.ed25519 import SignatureCheck, sound_key
from tiga.record.notes import ED25519, NoteKey, Signer, decode64, encode64
from tiga.record.refusals import Refused

RECIPIENTS_LIMIT = 32
CONTENT_LIMIT = 10_000_000
"""Bytes of what is sealed."""
STATEMENT_LIMIT = 1 << 15
"""Bytes of the sender's signed note."""
NOTE_LIMIT = 4_000
"""Characters of what the sender adds in words."""
PADDED_MIN, PADDED_MAX = 1 << 12, 1 << 24
SEALED_LIMIT = PADDED_MAX + 4_096
"""Bytes that a sealed file cannot exceed."""

_MAGIC = b"tiga/sealed@v1\n"
_FILING = "tiga/filing@v1\n"
_ID, _KEY, _WRAPPED, _TAG = 8, 32, 80, 16
_NAME = re.compile("[^\x00-\x1f\x7f-\x9f/\\\\:\u2028\u2029\ufeff\u202a-\u202e\u2066-\u2069]+\\Z")
_MEDIA = re.compile(r"[a-z0-9][a-z0-9.+-]{0,60}/[a-z0-9][a-z0-9.+-]{0,80}\Z")
_CASE = re.compile(r"[A-Za-z0-9_-]{0,64}\Z")
_MEMBERS = {"case", "from", "len", "mt", "name", "note", "sha256", "to"}


@dataclass(frozen=True, slots=True)
class Ciphers:
    """What does the arithmetic. `wrap`(seal key, info, content key), `unwrap`(info, slot), `encrypt`(content key, head,
    plain), `decrypt`(content key, head, body); the second and the last give None for what does not open."""

    wrap: Callable[[bytes, bytes, bytes], bytes]
    unwrap: Callable[[bytes, bytes], bytes | None]
    encrypt: Callable[[bytes, bytes, bytes], bytes]
    decrypt: Callable[[bytes, bytes, bytes], bytes | None]


@dataclass(frozen=True, slots=True)
class Filing:
    """What is sealed: bytes with a file name, a media type, the case if there is one, and a note in words.

    Raises Refused for a name that could leave its folder or steer a terminal, and beyond the limits.
    """

    content: bytes
    name: str
    media_type: str = "application/octet-stream"
    case: str = ""
    note: str = ""

    def __post_init__(self) -> None:
        if len(self.content) > CONTENT_LIMIT:
            raise Refused("record.sealed.long", {"bytes": len(self.content), "limit": CONTENT_LIMIT})
        held = {
            "name": bool(_NAME.match(self.name))
            and self.name[0] != "."
            and len(self.name.encode("utf-8", "replace")) <= 200,
            "media type": bool(_MEDIA.match(self.media_type)),
            "case": bool(_CASE.match(self.case)),
            "note": len(self.note) <= NOTE_LIMIT,
        }
        for member, holds in held.items():
            if not holds:
                raise Refused("record.sealed.member", {"name": member})


@dataclass(frozen=True, slots=True)
class Unsealed:
    """A filing that was opened; `recipients` are seal keys in the order of their ids, `statement` is the signed note."""

    filing: Filing
    sender: NoteKey
    recipients: tuple[bytes, ...]
    statement: bytes


@dataclass(frozen=True, slots=True)
class Frame:
    """A sealed file in its parts; `slots` holds (id, wrapped content key)."""

    commitment: bytes
    slots: tuple[tuple[bytes, bytes], ...]
    body: bytes

    @property
    def info(self) -> bytes:
        """What every slot is bound to."""
        return _info(self.commitment, [key_id for key_id, _ in self.slots])

    @property
    def head(self) -> bytes:
        """What the body is bound to: all bytes before it."""
        rows = b"".join(key_id + wrapped for key_id, wrapped in self.slots)
        return _MAGIC + bytes([len(self.slots)]) + self.commitment + rows


def key_id(seal_key: bytes) -> bytes:
    """By what a recipient finds his slot."""
    return hashlib.sha256(seal_key).digest()[:_ID]


def padded_length(length: int) -> int:
    """Bytes of the plain text once padded."""
    return max(PADDED_MIN, 1 << (length - 1).bit_length())


def seal(filing: Filing, sender: Signer, recipients: Sequence[bytes], content_key: bytes, ciphers: Ciphers) -> bytes:
    """The sealed file for these seal keys; `content_key` is 32 random bytes, never used before. Raises Refused."""
    if len(content_key) != _KEY:
        raise ValueError("a content key has 32 bytes")
    keys = sorted(recipients, key=key_id)
    ids = [key_id(key) for key in keys]
    if not 1 <= len(keys) <= RECIPIENTS_LIMIT or len(set(ids)) != len(ids) or any(len(key) != _KEY for key in keys):
        raise Refused("record.sealed.recipients", {"count": len(keys), "limit": RECIPIENTS_LIMIT})
    statement = notes.sign_note(_statement(filing, sender.key, keys), [sender])
    plain = len(statement).to_bytes(4, "big") + statement + filing.content
    info = _info(_commitment(content_key), ids)
    slots = tuple((one, ciphers.wrap(key, info, content_key)) for one, key in zip(ids, keys, strict=True))
    head = Frame(_commitment(content_key), slots, b"").head
    return head + ciphers.encrypt(content_key, head, plain.ljust(padded_length(len(plain)), b"\0"))


def parse(data: bytes) -> Frame:
    """The parts of a sealed file, nothing opened; raises Refused unless it has exactly the form of one."""
    start = len(_MAGIC) + 1 + _KEY
    count = data[len(_MAGIC)] if len(data) > start and data.startswith(_MAGIC) else 0
    end = start + count * (_ID + _WRAPPED)
    length = len(data) - end - _TAG
    if not 1 <= count <= RECIPIENTS_LIMIT or not PADDED_MIN <= length <= PADDED_MAX or length & (length - 1):
        raise Refused("record.sealed.form")
    rows = [data[at : at + _ID + _WRAPPED] for at in range(start, end, _ID + _WRAPPED)]
    slots = tuple((row[:_ID], row[_ID:]) for row in rows)
    if any(one[0] >= two[0] for one, two in pairwise(slots)):
        raise Refused("record.sealed.form")
    return Frame(data[len(_MAGIC) + 1 : start], slots, data[end:])


def unseal(data: bytes, seal_key: bytes, ciphers: Ciphers, check: SignatureCheck) -> Unsealed:
    """Open a sealed file as the holder of a seal key (its public half); raises Refused."""
    frame = parse(data)
    wrapped = dict(frame.slots).get(key_id(seal_key))
    if wrapped is None:
        raise Refused("record.sealed.not_named")
    content_key = ciphers.unwrap(frame.info, wrapped)
    if content_key is None or len(content_key) != _KEY or _commitment(content_key) != frame.commitment:
        raise Refused("record.sealed.broken")
    plain = ciphers.decrypt(content_key, frame.head, frame.body)
    if plain is None:
        raise Refused("record.sealed.broken")
    opened = _opened(plain, check)
    named = [key_id(key) for key in opened.recipients]
    if named != [one for one, _ in frame.slots] or seal_key not in opened.recipients:
        raise Refused("record.sealed.forwarded", {"name": opened.sender.name})
    return opened


def _opened(plain: bytes, check: SignatureCheck) -> Unsealed:
    """The filing in a plain text, its signature verified; who is named is for the caller to compare."""
    cut = 4 + int.from_bytes(plain[:4], "big")
    if cut > 4 + STATEMENT_LIMIT:
        raise Refused("record.sealed.form")
    statement = plain[4:cut]
    text = notes.text_of(statement)
    if not text.startswith(_FILING):
        raise Refused("record.sealed.form")
    members = _members(text)
    sender, recipients = NoteKey.parse(members["from"]), [decode64(key) for key in members["to"]]
    if sender.algorithm != ED25519 or not sound_key(sender.public):
        raise Refused("record.refused.weak_key", {"name": sender.name})
    notes.open_strict(statement, [sender], check)
    content = plain[cut : cut + members["len"]]
    filing = Filing(content, members["name"], members["mt"], members.get("case", ""), members.get("note", ""))
    length = cut + len(content)
    padded = len(plain) == padded_length(length) and plain.count(0, length) == len(plain) - length
    if _statement(filing, sender, recipients) != text or not padded:  # which holds length and SHA-256
        raise Refused("record.sealed.form")
    return Unsealed(filing, sender, tuple(recipients), statement)


def _members(text: str) -> dict[str, Any]:
    try:
        members = canonical.decode(text[len(_FILING) : -1].encode("utf-8"), STATEMENT_LIMIT)
    except NotCanonical as error:
        raise error.refusal from error
    texts = ("case", "from", "mt", "name", "note", "sha256")
    held = (
        isinstance(members, dict)
        and not set(members) - _MEMBERS
        and all(isinstance(members.get(name, ""), str) for name in texts)
        and all(name in members for name in ("from", "len", "mt", "name", "sha256", "to"))
        and type(members["len"]) is int
        and isinstance(members["to"], list)
        and all(isinstance(key, str) for key in members["to"])
    )
    if not held:
        raise Refused("record.sealed.form")
    return dict(members)


def _statement(filing: Filing, sender: NoteKey, recipients: Sequence[bytes]) -> str:
    """What the sender signs, line ends included."""
    members: dict[str, canonical.JSON] = {
        "from": sender.vkey,
        "len": len(filing.content),
        "mt": filing.media_type,
        "name": filing.name,
        "sha256": hashlib.sha256(filing.content).hexdigest(),
        "to": [encode64(key) for key in recipients],
    }
    members.update((name, value) for name, value in (("case", filing.case), ("note", filing.note)) if value)
    try:
        return _FILING + canonical.encode(members, STATEMENT_LIMIT - 2_048).decode("utf-8") + "\n"
    except NotCanonical as error:
        raise error.refusal from error


def _commitment(content_key: bytes) -> bytes:
    return hashlib.sha256(b"tiga/sealed@v1 key\n" + content_key).digest()


def _info(commitment: bytes, ids: Sequence[bytes]) -> bytes:
    return _MAGIC + bytes([len(ids)]) + commitment + b"".join(ids)
