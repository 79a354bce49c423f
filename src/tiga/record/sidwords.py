"""A statement's id as words that two people can read to each other over a telephone.

    jopa5TEMFXCMTj8eQQw4VFC9atIjsNqMZyAmfrhzcNU  ->  mupap-joroj  gahas-dijub  mudav-gusiv  hahas-godih

Rules
1. The first 128 bits of the id, 16 bits a word, the highest first: consonant, vowel, consonant, vowel, consonant, as
   proquints do it (D. S. Wilkerson, A Proposal for Proquints, arXiv:0901.4016). Every word has five letters, needs no
   language of its own, and can be spelled aloud letter by letter.
2. Reading: both have the text before them, opened by their own tool. One reads the first word, the other the second, and
   so on in turn; whoever only listens and says yes has compared nothing. A word that differs: neither signs.
3. 128 bits are enough here. Somebody who wants another text to pass for one that is fixed needs about 2^128 attempts.
   Whoever drafts both texts could make two with the same words in about 2^64; it gains him two signatures over two
   texts, which do not merge into one note, for the signature covers all 256 bits. Nothing is decided by words alone.

Not done here: signing, and comparing heads, whose codes are longer (`headcodes`).
"""

from __future__ import annotations

import base64

from tiga.record.entries import is_sid
from tiga.record.refusals import Refused

COUNT = 8
"""Words of an id."""

_CONSONANTS = "bdfghjklmnprstvz"
_VOWELS = "aiou"


def words(sid: str) -> tuple[str, ...]:
    """The words of a statement's id; raises Refused for what is no id."""
    if not is_sid(sid):
        raise Refused("record.words.sid", {"sid": sid[:60]})
    return spelled(base64.urlsafe_b64decode(sid + "="))


def spelled(digest: bytes) -> tuple[str, ...]:
    """The words of a digest's first 16 bytes; raises Refused for one that is shorter."""
    if len(digest) < 2 * COUNT:
        raise Refused("record.refused.hash_length")
    return tuple(_word(int.from_bytes(digest[at : at + 2], "big")) for at in range(0, 2 * COUNT, 2))


def line(spoken: tuple[str, ...]) -> str:
    """Words as they are shown: two and two, so that a place is found again."""
    return "  ".join("-".join(spoken[at : at + 2]) for at in range(0, len(spoken), 2))


def _word(bits: int) -> str:
    letters = (_CONSONANTS[bits >> 12], _VOWELS[bits >> 10 & 3], _CONSONANTS[bits >> 6 & 15])
    return "".join((*letters, _VOWELS[bits >> 4 & 3], _CONSONANTS[bits & 15]))
