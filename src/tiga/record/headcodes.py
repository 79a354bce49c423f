"""Head codes (F9): a checkpoint short enough to be read out over radio or telephone.

    417 7Z3K-01QX-...        size in decimal, a space, eight groups of four characters

Rules
1. The characters are the first 160 bits of SHA-256 of the checkpoint's text in Crockford's base 32 (digits and letters
   without I, L, O, U). The text holds origin, size and root; signatures have no part in it.
2. 160 bits and not fewer: whoever holds the log's key builds both of two histories, and needs only a collision.
3. Reading forgives what the ear and the keyboard do: case, O for 0, I and L for 1, other or no spaces and dashes in the
   code, marks of direction, Arabic and Persian digits. The size ends at the first space or dash, and all 32 characters
   must follow: one that is missing is a slip to be asked about, not another head.
4. Two sides whose codes are the same have seen the same head. Same size and another code: two histories.

Not done here: signatures. A code shows nothing of who signed; compare it with that of a checkpoint verified before.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from tiga.record import checkpoints
from tiga.record.refusals import Refused

LENGTH = 32
"""Characters of a code, without size and dashes."""
SPOKEN_LIMIT = 200
"""Characters that are looked at when a code is read."""

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LETTERS = re.compile(r"[0-9A-HJKMNP-TV-Z]{32}\Z")
_GAPS = " \t\r\n-\xa0\u2009\u202f\u2010\u2011\u2012\u2013\u2014\u2212"
_MARKS = "\u200e\u200f\u061c\u2066\u2067\u2068\u2069"
_HEARD = (
    dict.fromkeys(map(ord, _GAPS), " ")
    | dict.fromkeys(map(ord, _MARKS))
    | {ord(letter): letter.upper() for letter in "abcdefghijklmnopqrstuvwxyz"}
    | dict.fromkeys(map(ord, "Oo"), "0")
    | dict.fromkeys(map(ord, "IiLl"), "1")
    | {ord(digit): str(value) for row in ("٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹") for value, digit in enumerate(row)}
)


@dataclass(frozen=True, slots=True)
class HeadCode:
    """What a head code says: the size in entries and the first 20 bytes of the text's SHA-256."""

    size: int
    digest: bytes

    @property
    def text(self) -> str:
        """The one way in which a code is written."""
        bits = int.from_bytes(self.digest, "big")
        letters = "".join(_CROCKFORD[bits >> shift & 31] for shift in range(5 * (LENGTH - 1), -1, -5))
        return f"{self.size} {'-'.join(letters[at : at + 4] for at in range(0, LENGTH, 4))}"


def head_code(checkpoint_text: str) -> str:
    """The code of a checkpoint's three lines; raises Refused for any other text."""
    head = checkpoints.parse(checkpoint_text)
    return HeadCode(head.size, hashlib.sha256(checkpoint_text.encode("utf-8")).digest()[:20]).text


def parse(code: str) -> HeadCode:
    """Read a code as rule 3 forgives; raises Refused."""
    heard = code.translate(_HEARD).strip(" ") if len(code) <= SPOKEN_LIMIT else ""
    size, _, rest = heard.partition(" ")
    letters = rest.replace(" ", "")
    if not _LETTERS.match(letters):
        raise Refused("record.headcode.form", {"code": code[:80]})
    bits = 0
    for letter in letters:
        bits = bits << 5 | _CROCKFORD.index(letter)
    return HeadCode(checkpoints.number(size), bits.to_bytes(20, "big"))


def same(code_a: str, code_b: str) -> bool:
    """Whether two codes say the same; raises Refused where one cannot be read, for that is a slip and not a fork."""
    return parse(code_a) == parse(code_b)
