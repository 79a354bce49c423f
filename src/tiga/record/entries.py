"""Entries (F2): one act, as a signed note over one line of tiga-JSON.

Rules
1. `entry = text || newline || signature lines`; `text` is one line of tiga-JSON and its newline, at most 49,152 bytes;
   the whole entry at most 65,535 (the bound of C2SP tlog-tiles).
2. Members: `v` = 1, `log` (the origin), `act`, `at` always; `body`, `case`, `re`, `sd`, `seq`, `prev` only when not
   empty. Any other member refuses the entry. So a statement has exactly one text.
3. `sid = base64url(SHA-256(text))` excludes the signatures: one statement has one sid. `leaf = SHA-256(0x00 || entry)`.
4. The text begins with `{`, which no origin may: a key can never be tricked from an entry into a checkpoint.
5. `sd` is sorted, without repetition, a multiple of four long (see `disclosures`).
6. Every signature line is by a key the caller names, sorted, none twice. The author's `at` is a claim.
7. Admission also lints texts (NFC, no forbidden code points) and compares the origin; verification of what is already
   in the log does not lint.

Not done here: whether the signer may act, what the act means, when it counts.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from tiga.record import canonical, notes
from tiga.record.canonical import NotCanonical
from tiga.record.ed25519 import SignatureCheck
from tiga.record.notes import NoteKey, is_key_name
from tiga.record.refusals import Refused as Refused
from tiga.record.tree import leaf_hash
from tiga.values.moments import BadMoment, Instant
from tiga.values.names import base64url

TEXT_LIMIT = 49_152
"""Bytes of an entry's text."""
ENTRY_LIMIT = 65_535
"""Bytes of an entry with its signatures."""
REFERENCES_LIMIT = 512
"""Sids in `re`."""
DIGESTS_LIMIT = 256
"""Digests in `sd`."""

_ACT = re.compile(r"[a-z][a-z0-9_-]{0,39}(?:\.[a-z][a-z0-9_-]{0,39})?(?:/[1-9][0-9]{0,2})?\Z")
_CASE = re.compile(r"[A-Za-z0-9_-]{1,64}\Z")
_SID = re.compile(r"[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]\Z")
_MEMBERS = frozenset({"v", "log", "act", "at", "body", "case", "re", "sd", "seq", "prev"})


def is_sid(text: str) -> bool:
    """Whether a text has the form of a sid or digest: base64url of 32 bytes."""
    return bool(_SID.match(text))


@dataclass(frozen=True, slots=True)
class Envelope:
    """What is signed. `body` is tiga-JSON; `case` a case's id; `re` and `prev` are sids, `sd` digests, `seq` a device's
    running number. Raises Refused when a member has the wrong form."""

    log: str
    act: str
    at: Instant
    body: dict[str, Any] = field(default_factory=dict)
    case: str = ""
    re: tuple[str, ...] = ()
    sd: tuple[str, ...] = ()
    seq: int | None = None
    prev: str = ""

    def __post_init__(self) -> None:
        ascending = all(one < two for one, two in pairwise(self.sd))
        held = {
            "log": is_key_name(self.log),
            "act": bool(_ACT.match(self.act)),
            "body": isinstance(self.body, dict),
            "case": not self.case or bool(_CASE.match(self.case)),
            "re": len(self.re) <= REFERENCES_LIMIT and all(map(is_sid, self.re)),
            "sd": len(self.sd) <= DIGESTS_LIMIT and not len(self.sd) % 4 and ascending and all(map(is_sid, self.sd)),
            "seq": self.seq is None or (type(self.seq) is int and self.seq >= 0),
            "prev": not self.prev or is_sid(self.prev),
        }
        for name, holds in held.items():
            if not holds:
                raise Refused("record.refused.member_form", {"name": name})

    def text(self) -> str:
        """The one line that is signed, newline included; raises Refused for a body outside the profile."""
        members: dict[str, Any] = {"v": 1, "log": self.log, "act": self.act, "at": self.at.text()}
        optional = {"body": self.body, "case": self.case, "re": list(self.re), "sd": list(self.sd), "prev": self.prev}
        members.update((name, value) for name, value in optional.items() if value)
        if self.seq is not None:
            members["seq"] = self.seq
        try:
            return canonical.encode(members, TEXT_LIMIT - 1).decode("utf-8") + "\n"
        except NotCanonical as error:
            raise error.refusal from error

    @property
    def sid(self) -> str:
        """The statement's id, 43 characters."""
        return sid_of(self.text())


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry at its place in the log: `note` is the leaf's bytes, `signers` the key names in their lines' order."""

    index: int
    note: bytes
    envelope: Envelope
    sid: str
    signers: tuple[str, ...]


def sid_of(text: str) -> str:
    """The sid of an entry's text, newline included."""
    return base64url(hashlib.sha256(text.encode("utf-8")).digest())


def leaf_of(note: bytes) -> bytes:
    """The leaf hash of an entry."""
    return leaf_hash(note)


def parse(text: str) -> Envelope:
    """Read an entry's text; raises Refused unless it is exactly the text that its envelope writes."""
    try:
        members = canonical.read(text.encode("utf-8"), TEXT_LIMIT)
    except (NotCanonical, UnicodeEncodeError) as error:
        raise error.refusal if isinstance(error, NotCanonical) else Refused("record.refused.note") from error
    envelope = _envelope(members)
    if envelope.text() != text:
        raise Refused("record.refused.spelling")
    return envelope


def open_entry(note: bytes, keys: Iterable[NoteKey], check: SignatureCheck) -> tuple[Envelope, str, tuple[str, ...]]:
    """Envelope, sid and signers of an entry whose signatures all hold; raises Refused, with act and sid where known."""
    if len(note) > ENTRY_LIMIT:
        raise Refused("record.refused.note_long", {"bytes": len(note), "limit": ENTRY_LIMIT})
    text = notes.text_of(note)
    envelope, sid = parse(text), sid_of(text)
    try:
        return envelope, sid, notes.open_strict(note, keys, check).signed_by
    except Refused as error:
        raise error.located(act=envelope.act, sid=sid) from error


def admit(
    note: bytes, origin: str, keys: Mapping[str, NoteKey], check: SignatureCheck
) -> tuple[Envelope, str, tuple[str, ...]]:
    """Envelope, sid and signers of an entry that this log may take in (rules 1 to 7); raises Refused.

    `keys` holds the enrolled keys by name.
    """
    envelope, sid, signers = open_entry(note, keys.values(), check)
    if envelope.log != origin:
        raise Refused("record.refused.origin", {"origin": envelope.log, "expected": origin})
    try:
        canonical.lint(envelope.body)
    except NotCanonical as error:
        raise error.refusal.located(act=envelope.act, sid=sid) from error
    return envelope, sid, signers


def _envelope(members: object) -> Envelope:
    if not isinstance(members, dict) or members.get("v") != 1 or type(members.get("v")) is not int:
        raise Refused("record.refused.version")
    unknown = sorted(set(members) - _MEMBERS)
    if unknown:
        raise Refused("record.refused.member_unknown", {"name": unknown[0][:40]})
    for name in ("log", "act", "at", "case", "prev"):
        if not isinstance(members.get(name, ""), str):
            raise Refused("record.refused.member_form", {"name": name})
    for name in ("re", "sd"):
        rows = members.get(name, [])
        if not isinstance(rows, list) or not all(isinstance(row, str) for row in rows):
            raise Refused("record.refused.member_form", {"name": name})
    try:
        at = Instant.parse(members.get("at", ""))
    except BadMoment as error:
        raise Refused("record.refused.member_form", {"name": "at"}) from error
    return Envelope(
        members.get("log", ""),
        members.get("act", ""),
        at,
        members.get("body", {}),
        members.get("case", ""),
        tuple(members.get("re", ())),
        tuple(members.get("sd", ())),
        members.get("seq"),
        members.get("prev", ""),
    )
