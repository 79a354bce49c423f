"""Disclosures (RFC 9901 section 4.2 bytes, F3): what an entry commits to without saying it.

Rules
1. `d = base64url(tiga-JSON([salt, name, value]))`; its digest is `base64url(SHA-256(ASCII(d)))`. The salt has 16 bytes
   and comes from the caller's random source: a digest without its salt tells nothing and stays when the value is
   erased.
2. An entry's `sd` is sorted and padded with decoys to a multiple of four, so that a count of digests tells little.
3. A file is never named in an entry by its bare hash; a disclosure named `blob` carries `{"sha256","len","mt"}` (F4).
4. `parse` accepts one spelling only.

Not done here: drawing salts, keeping values, deciding who may see them.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from tiga.record import canonical
from tiga.record.canonical import NotCanonical
from tiga.record.refusals import Refused
from tiga.values.names import base64url

SALT_BYTES = 16
DISCLOSURE_LIMIT = 65_535
"""Bytes of a disclosure's JSON."""
GROUP = 4
"""`sd` holds a multiple of this many digests."""


def digest_of(encoded: str) -> str:
    """The digest of an encoded disclosure, 43 characters (RFC 9901 section 4.2.3)."""
    return base64url(hashlib.sha256(encoded.encode("ascii")).digest())


@dataclass(frozen=True, slots=True)
class Disclosure:
    """One released value: 16 bytes of salt, a member's name and a tiga-JSON value; raises Refused when malformed."""

    salt: bytes
    name: str
    value: Any

    def __post_init__(self) -> None:
        if len(self.salt) != SALT_BYTES or not canonical.is_name(self.name):
            raise Refused("record.refused.disclosure")

    @property
    def encoded(self) -> str:
        """The disclosure as it is handed over: base64url without padding."""
        try:
            return base64url(canonical.encode([base64url(self.salt), self.name, self.value], DISCLOSURE_LIMIT))
        except NotCanonical as error:
            raise error.refusal from error

    @property
    def digest(self) -> str:
        """What the entry's `sd` holds."""
        return digest_of(self.encoded)


def parse(encoded: str) -> Disclosure:
    """Read one disclosure; raises Refused unless it is spelled exactly as `Disclosure.encoded` spells it."""
    if len(encoded) > DISCLOSURE_LIMIT * 4 // 3 + 4:
        raise Refused("record.refused.disclosure")
    try:
        parts = canonical.decode(_from_base64url(encoded), DISCLOSURE_LIMIT)
    except NotCanonical as error:
        raise Refused("record.refused.disclosure") from error
    if not isinstance(parts, list) or len(parts) != 3 or not isinstance(parts[0], str) or not isinstance(parts[1], str):
        raise Refused("record.refused.disclosure")
    disclosure = Disclosure(_from_base64url(parts[0]), parts[1], parts[2])
    if disclosure.encoded != encoded:
        raise Refused("record.refused.disclosure")
    return disclosure


def digests(disclosures: Iterable[Disclosure], decoys: Sequence[bytes], number: int = 0) -> tuple[str, ...]:
    """The `sd` of an entry: sorted digests with as many decoys (16 to 32 random bytes each) as the padding needs.

    They are padded to a multiple of GROUP, or, for entries that are to look alike, to `number` of them.
    """
    real = [disclosure.digest for disclosure in disclosures]
    wanted = number - len(real) if number else -len(real) % GROUP
    if wanted < 0 or number % GROUP:
        raise ValueError(f"{len(real)} disclosures cannot be padded to {number}")
    if len(decoys) < wanted:
        raise ValueError(f"{len(real)} disclosures need {wanted} decoys, not {len(decoys)}")
    if any(not 16 <= len(decoy) <= 32 for decoy in decoys):
        raise ValueError("a decoy has 16 to 32 random bytes")
    padded = sorted(real + [base64url(hashlib.sha256(decoy).digest()) for decoy in decoys[:wanted]])
    if len(set(padded)) != len(padded):
        raise ValueError("two disclosures or decoys of one entry are equal; draw a new salt for each")
    return tuple(padded)


def match(disclosures: Iterable[Disclosure], sd: Iterable[str]) -> tuple[Disclosure, ...]:
    """Those disclosures to which an entry's `sd` commits, in the order given."""
    committed = frozenset(sd)
    return tuple(disclosure for disclosure in disclosures if disclosure.digest in committed)


def _from_base64url(text: str) -> bytes:
    try:
        data = base64.b64decode(text.encode("ascii") + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (ValueError, binascii.Error) as error:
        raise Refused("record.refused.disclosure") from error
    if base64url(data) != text:
        raise Refused("record.refused.disclosure")
    return data
