"""Place names across spellings and scripts: a skeleton, a likeness, and a signature for comparing very many.

Rules
1. A name is compared by its sounds (`sounds`). The skeleton is its bones run together: what two spellings share at least.
2. Likeness, whole thousandths from 0 to 1000, is the better of two views. The whole: edit distance of the voices, of the
   loosened voices, and Jaro-Winkler of the bones, weighted. The key words: each key word of the shorter name against its
   best in the longer, in any order, or all run together; words that one name has and the other lacks cost a fixed share.
3. The scale is fixed so that of unrelated places fewer than one pair in a hundred reaches 780, one in a thousand 900.
4. A name may hold parts ("Mazal Gali, Chaman"): a part that agrees counts a little less than the whole.
5. A signature has a bit for each pair of neighbouring sounds; the Dice share of two signatures stands in for likeness
   where millions of pairs are looked at. It is coarser, on a scale of its own: there one unrelated pair in a hundred
   reaches 550.
6. The asserted spelling is never changed; what is compared is shown to nobody.

Not done here: deciding that two places are one.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise

from rapidfuzz.distance import Indel, JaroWinkler

from tiga.fusion.sounds import MEMORY, NAME_LIMIT, Sounds, heard, loosened

PART_PERMILLE = 950
"""What agreement of one part of a name counts against agreement of the whole."""
VOICE, BONES, LOOSE = 400, 150, 450
"""Weights of the three comparisons of whole names, in permille."""
KEY_PERMILLE = 800
"""What agreement of all key words counts where the whole names differ."""
SHORT, SHORT_MAX = 3, 870
"""Bones of so few letters that differ never make names alike beyond this: Khost is not Kohat."""
VOWEL, VOWEL_OF_SHORT, BONES_LONG_MIN, BONES_SAME_MIN = 5, 30, 3, 900
"""What a vowel that one voice lacks takes from 1000 where the bones agree, by whether these are long; and the least left."""
OPPOSED_MAX = 700
"""Names that one word sets against each other (north, south) are never more alike than this."""
VOICE_MIN, KEY_VOICE_MIN = 350, 450
"""Agreement of the voices, in permille, from which the other comparisons are made, and key words are looked for: below,
they would change nothing that counts, and cost time."""
SIGNATURE_BITS = 64
_MIX, _WORD = (3_964_193_037, 739_982_445), 0xFFFF_FFFF
"""Odd multipliers; the first was picked among 25 by recall on one half of the places."""

_PARTS = re.compile(r"[,;/()|،؛]")


def skeleton(name: str) -> str:
    """The consonant skeleton of a place name in lower-case ASCII (`$` for sh, `c` for ch); empty for a name without
    letters."""
    return heard(name).bones


@lru_cache(maxsize=MEMORY)
def parts(name: str) -> tuple[str, ...]:
    """Skeletons of a name's parts (between commas, slashes, brackets), in order, without empty ones."""
    return tuple(heard(part).bones for part in _spelled_parts(name))


def likeness(a: str, b: str) -> int:
    """How alike two place names sound, 0 to 1000; 1000 where every sound is the same, 0 where either has no letters."""
    return likeness_ordered(a, b) if a <= b else likeness_ordered(b, a)


@lru_cache(maxsize=MEMORY)
def likeness_ordered(a: str, b: str) -> int:
    """The same for two names in their order, which is how answers are remembered."""
    one, two = heard(a), heard(b)
    whole = _sounding(one, two)
    if whole == 1000 or not (one.parted or two.parted):
        return whole
    left, right = _spelled_parts(a), _spelled_parts(b)
    if len(left) * len(right) <= 1:
        return whole
    return max(whole, max(_sounding(heard(x), heard(y)) for x in left for y in right) * PART_PERMILLE // 1000)


def _sounding(one: Sounds, two: Sounds) -> int:
    """Likeness of two names that are not looked at in parts."""
    if not one.bones or not two.bones:
        return 0
    if one.poles and two.poles and _opposed(one, two):
        return min(OPPOSED_MAX, _alike_in_sound(one, two))
    return _alike_in_sound(one, two)


def _opposed(one: Sounds, two: Sounds) -> bool:
    """Whether one is north where the other is south, upper where the other is lower, new where the other is old."""
    return any(axis == other and pole != turned for axis, pole in one.poles for other, turned in two.poles)


def _alike_in_sound(one: Sounds, two: Sounds) -> int:
    if one.bones == two.bones:
        apart = int(Indel.distance(one.voice, two.voice))
        return max(BONES_SAME_MIN, 1000 - apart * (VOWEL if len(one.bones) >= BONES_LONG_MIN else VOWEL_OF_SHORT))
    voice = _kept(one.voice, two.voice)
    if voice < VOICE_MIN:
        return voice * 6 // 5
    whole = VOICE * voice + LOOSE * _kept(one.loose, two.loose) + BONES * alike(one.bones, two.bones)
    if voice >= KEY_VOICE_MIN and whole < KEY_PERMILLE * 1000:
        whole = max(whole, KEY_PERMILLE * _key_words(one.key, two.key))
    permille = min(999, whole // 1000)
    # Rule 3: steeper below, flatter above, growing everywhere.
    if permille <= 650:
        return permille * 6 // 5
    found = 780 + (permille - 650) * 4 // 5 if permille <= 800 else 900 + (permille - 800) // 2
    return min(found, SHORT_MAX) if min(len(one.bones), len(two.bones)) <= SHORT else found


def _key_words(one: tuple[str, ...], two: tuple[str, ...]) -> int:
    """How far the words of the shorter name are found in the longer, each weighing its length, in permille."""
    if len(one) == len(two) == 1:
        return _kept(one[0], two[0])
    together = _kept("".join(one), "".join(two)) if len(one) != len(two) else 0
    letters, others = sum(map(len, one)), sum(map(len, two))
    short, long = (one, two) if (letters, one) <= (others, two) else (two, one)
    found = sum([len(word) * (1000 if word in long else max([_kept(word, other) for other in long])) for word in short])
    return max(together, found // min(letters, others))


def _kept(a: str, b: str) -> int:
    """The share of letters that two texts have in common in order, in permille: insertions and deletions only."""
    return int(Indel.normalized_similarity(a, b) * 1000 + 0.5)


def alike(a: str, b: str) -> int:
    """Jaro-Winkler of two skeletons, 0 to 1000; 0 where either is empty."""
    if not a or not b:
        return 0
    return 1000 if a == b else min(999, int(JaroWinkler.similarity(a, b) * 1000 + 0.5))


@lru_cache(maxsize=MEMORY)
def signature(name: str) -> int:
    """A name in 64 bits: pairs of neighbouring sounds of its voice and of its loosened bones; 0 without letters."""
    sounds = heard(name)
    if not sounds.bones:
        return 0
    return _bits(f"^{sounds.voice}$", 1) | _bits(f"^{loosened(sounds.bones)}$", 2)


def signed_alike(one: int, two: int) -> int:
    """The Dice share of two signatures in permille; 0 where either is empty."""
    both = one.bit_count() + two.bit_count()
    return 2000 * (one & two).bit_count() // both if one and two else 0


def _bits(sounds: str, kind: int) -> int:
    bits = 0
    for first, second in pairwise(sounds):
        bits |= _bit(first, second, kind)
    return bits


@lru_cache(maxsize=MEMORY)
def _bit(first: str, second: str, kind: int) -> int:
    """The bit of a pair of sounds: a multiplicative hash, so that no two machines differ."""
    mixed = ((ord(first) * 31 + ord(second)) * 31 + kind) * _MIX[0] & _WORD
    mixed = (mixed ^ mixed >> 15) * _MIX[1] & _WORD
    return 1 << (mixed ^ mixed >> 12) % SIGNATURE_BITS


def _spelled_parts(name: str) -> tuple[str, ...]:
    return tuple(part for part in _PARTS.split(name[:NAME_LIMIT]) if heard(part).bones)
