"""Signed requests: how a party's own machine reads what its role may read, without a browser's session.

    Authorization: Tiga <key name> <seconds> <base64 signature>

    signed  = tiga/read@v1 \n
              <origin> \n
              <path with query> \n
              <seconds> \n              decimal, since 1970

Rules
1. The key is one that may sign on the record now; who asks is what the key state says of it, and nothing else.
2. The seconds are within WINDOW of the server's clock; the path is the one asked for, byte for byte.
3. One spelling: a header is refused unless it is written as `header` writes it (the scheme's letters may be of any case).

Not done here: what the role may see. A request is for reading alone: it can be heard and sent again within WINDOW, and
brings the same bytes again. Transport is to hide it from others (TLS).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tiga.record.checkpoints import number
from tiga.record.ed25519 import SignatureCheck, guarded
from tiga.record.notes import ED25519, NoteKey, Signer, decode64, encode64, is_key_name
from tiga.record.refusals import Refused

SCHEME = "Tiga"
WINDOW = 300
"""Seconds by which the asking clock and the server's may differ."""
PATH_LIMIT = 2_048
"""Characters of a path with its query."""

_SIGNATURE = 64


@dataclass(frozen=True, slots=True)
class SignedRequest:
    """What a header says, not verified."""

    name: str
    seconds: int
    signature: bytes


def signed(origin: str, path: str, seconds: int) -> bytes:
    """The bytes that are signed for a path (with its query) of a record; raises Refused for a path that cannot be."""
    if not path.startswith("/") or len(path) > PATH_LIMIT or any(not "!" <= c <= "~" for c in path):
        raise Refused("record.request.path")
    return f"tiga/read@v1\n{origin}\n{path}\n{seconds}\n".encode()


def header(signer: Signer, origin: str, path: str, seconds: int) -> str:
    """The value of the header for a path; raises Refused."""
    signature = signer.sign(signed(origin, path, seconds))
    return f"{SCHEME} {signer.key.name} {seconds} {encode64(signature)}"


def parse(text: str) -> SignedRequest:
    """Read a header's value; raises Refused unless it is spelled as `header` spells it."""
    parts = text.split(" ")
    if len(parts) != 4 or parts[0].lower() != SCHEME.lower() or not is_key_name(parts[1]):
        raise Refused("record.request.form")
    try:
        asked = SignedRequest(parts[1], number(parts[2]), decode64(parts[3]))
    except (Refused, UnicodeEncodeError) as error:
        raise Refused("record.request.form") from error
    if len(asked.signature) != _SIGNATURE:
        raise Refused("record.request.form")
    return asked


def opened(
    text: str, origin: str, path: str, now: int, keys: Mapping[str, NoteKey], check: SignatureCheck
) -> str:  # fmt: skip
    """The name of the key that signed a request at `now` (seconds), one of `keys`; raises Refused."""
    asked = parse(text)
    if abs(asked.seconds - now) > WINDOW:
        raise Refused("record.request.time", {"limit": WINDOW})
    key, message = keys.get(asked.name), signed(origin, path, asked.seconds)
    if key is None or key.algorithm != ED25519:
        raise Refused("record.request.key", {"name": asked.name[:80]})
    if not guarded(check)(key.public, asked.signature, message):
        raise Refused("record.request.signature", {"name": asked.name[:80]})
    return asked.name
