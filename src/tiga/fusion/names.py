"""Place names across spellings and scripts: a consonant skeleton and a likeness.

Rules
1. A name is compared by its skeleton: Latin letters, generic words dropped (village, woluswali, kalay, صوبہ), vowels
   dropped but for a leading one, letters that romanisations mix up merged (kh/q/k, gh/g, w/v/u). Method: fusion.md 4.2.
2. A name may hold parts ("Mazal Gali, Chaman"): a part that agrees counts a little less than the whole.
3. The asserted spelling is never changed; a skeleton serves comparison only and is shown to nobody.

Not done here: deciding that two places are one, and names in scripts other than Latin and Arabic (they are romanised
by anyascii and compared as well as that allows).
"""

from __future__ import annotations

import re
from functools import lru_cache

from anyascii import anyascii
from rapidfuzz.distance import JaroWinkler

NAME_LIMIT = 200
"""Characters of a toponym that are looked at."""
PART_PERMILLE = 950
"""What agreement of one part of a name counts against agreement of the whole."""
_MEMORY = 65_536

_LETTERS = str.maketrans(
    {
        "ګ": "g", "گ": "g", "ۍ": "y", "ې": "e", "ی": "y", "ي": "y", "ے": "e", "ئ": "y", "ټ": "t", "ٹ": "t", "ډ": "d",
        "ڈ": "d", "ړ": "r", "ڑ": "r", "ڼ": "n", "ں": "n", "ښ": "sh", "ږ": "zh", "څ": "ts", "ځ": "dz", "ع": "a",
        "ح": "h", "ہ": "h", "ھ": "h", "ة": "h", "ۀ": "h", "ط": "t", "ظ": "z", "ض": "z", "ذ": "z", "ص": "s", "ث": "s",
        "ؤ": "w", "ا": "a", "أ": "a", "إ": "a", "آ": "a",
    }
)  # fmt: skip
"""Letters of Pashto, Urdu, Dari and Arabic that anyascii renders unlike the romanisations in use, or ambiguously."""

_GENERIC = frozenset(
    (
        "agency", "area", "border", "city", "crossing", "district", "districts", "division", "gaon", "gate",
        "gawn", "in", "kala", "kalay", "kaley", "kali", "kelay", "kili", "killi", "klay", "kly", "nahiye",
        "near", "of", "olusvali", "point", "post", "province", "qarya", "qaryeh", "qryh", "region", "sector",
        "shahr", "shhr", "soba", "suba", "swbh", "tehsil", "the", "town", "valayat", "velayat", "village",
        "villages", "vulusvali", "wilayat", "wlayat", "wlayt", "wlswaly", "wolaswali", "woleswali", "woluswali",
        "wuleswali", "zila", "zla", "zlaa",
    )
)  # fmt: skip
"""Words that say what kind of place is meant, as they stand after romanisation."""

_MERGED = (("sh", "$"), ("ch", "c"), ("kh", "k"), ("gh", "g"), ("zh", "j"), ("ph", "f"), ("th", "t"), ("dh", "z"))
_NOT_LETTER = re.compile(r"[^a-z ]+")
_SOFT = re.compile(r"[aeiouwvyh]")
_TWICE = re.compile(r"(.)\1+")
_PARTS = re.compile(r"[,;/()|،؛]")
_MARKS = re.compile("[\u064b-\u065f\u0670\u0640\u200c-\u200f\u2066-\u2069]")


@lru_cache(maxsize=_MEMORY)
def skeleton(name: str) -> str:
    """The consonant skeleton of a place name in lower-case ASCII (`$` for sh, `c` for ch); empty for a name without
    letters."""
    latin = anyascii(_MARKS.sub("", name[:NAME_LIMIT].lower()).translate(_LETTERS)).lower().replace("-", " ")
    words = _NOT_LETTER.sub("", latin).split()
    return "".join(_bones(word) for word in ([word for word in words if word not in _GENERIC] or words))


def _bones(word: str) -> str:
    for letters, one in _MERGED:
        word = word.replace(letters, one)
    word = word.replace("x", "k").replace("q", "k")
    head = "a" if word[0] in "aeiou" else "v" if word[0] == "w" else word[0]
    return _TWICE.sub(r"\1", head + _SOFT.sub("", word[1:]))


@lru_cache(maxsize=_MEMORY)
def parts(name: str) -> tuple[str, ...]:
    """Skeletons of a name's parts (between commas, slashes, brackets), in order, without empty ones."""
    return tuple(bones for bones in (skeleton(part) for part in _PARTS.split(name[:NAME_LIMIT])) if bones)


def likeness(a: str, b: str) -> int:
    """How alike two place names are, 0 to 1000, by Jaro-Winkler on skeletons; 0 where either has no letters."""
    return _likeness(a, b) if a <= b else _likeness(b, a)


@lru_cache(maxsize=_MEMORY)
def _likeness(a: str, b: str) -> int:
    whole = alike(skeleton(a), skeleton(b))
    left, right = parts(a), parts(b)
    if whole == 1000 or len(left) * len(right) <= 1:
        return whole
    return max(whole, max(alike(x, y) for x in left for y in right) * PART_PERMILLE // 1000)


def alike(a: str, b: str) -> int:
    """Jaro-Winkler of two skeletons, 0 to 1000; 0 where either is empty."""
    if not a or not b:
        return 0
    return 1000 if a == b else min(999, int(JaroWinkler.similarity(a, b) * 1000 + 0.5))
