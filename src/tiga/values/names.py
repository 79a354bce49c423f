"""Names: identifiers, printed numbers, and what an audience is shown.

Rules
1. An identifier is lower-case ASCII, at most 40 characters: it is a key of signed JSON.
2. An object's id is the sid of its first entry (43 characters of base64url); its printed number derives from it and is
   never sequential, because counts leak.
"""

from __future__ import annotations

import base64
import hashlib
import re

IDENTIFIER = re.compile(r"[a-z][a-z0-9_-]{0,39}\Z")
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def is_identifier(text: str) -> bool:
    return bool(IDENTIFIER.match(text))


def printed_number(prefix: str, sid: str) -> str:
    """A number fit for print, such as `C-7K3M-2QXA`: 40 bits of SHA-256 of the sid in Crockford base 32."""
    bits = int.from_bytes(hashlib.sha256(sid.encode("ascii")).digest()[:5], "big")
    letters = "".join(_CROCKFORD[bits >> shift & 31] for shift in range(35, -1, -5))
    return f"{prefix}-{letters[:4]}-{letters[4:]}"


def base64url(data: bytes) -> str:
    """RFC 4648 section 5, without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")
