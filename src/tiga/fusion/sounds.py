"""What a place name sounds like, whatever its script and spelling: words of sounds, for comparison only.

Rules
1. Arabic-script letters of Pashto, Urdu, Dari and Arabic become sound classes letter by letter: letters that one
   language keeps apart and another does not (ت ط ټ ٹ, ذ ز ض ظ) are one class. Marks and joiners are dropped.
2. Latin letters become the same classes after their digraphs (kh, gh, sh, ch, dzh, tsch …) have been read, and every
   other script through anyascii.
3. A word has bones and a voice. The bones are its consonants behind the first letter. The voice keeps و (w: o, u, v) and
   ی (y: i, e) as well, because long vowels are written in both scripts; a and h are heard within a word by nobody.
4. Words for north or south, upper or lower, new or old are kept apart as well: two places of one name differ by these.
5. Words that say what kind of place is meant, words that bind (izafa -e, -ye; و, da, ki) and the article of a later word
   are left out, unless nothing would be left. Words that many names share (bazar, qala, deh) stay, and are not key.

Not done here: likeness (names), and reading a name aloud: what comes out is no transliteration and is shown to nobody.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from anyascii import anyascii

NAME_LIMIT = 200
"""Characters of a toponym that are looked at."""
WORDS_LIMIT = 12
"""Words of a toponym that are looked at."""
MEMORY = 65_536

_ARABIC_SOUNDS = {
    "بٻ": "b", "پ": "p", "تطټٹٿٺ": "t", "ةحهہھۀەۂۃ": "h", "ثسصڛ": "s", "جڄځڃ": "j", "چڇڅ": "c", "خ": "x",
    "دډڈڌڊڏ": "d", "ذزضظ": "z", "رړڑڙ": "r", "ژږ": "j", "شښ": "$", "ع": "'", "غگګڳڱ": "g", "فڦ": "f", "قکكڪ": "k",
    "ل": "l", "م": "m", "نںڼڻ": "n", "وؤۇۆۈۋ": "w", "یيىېۍےئۓٸ": "y", "اأإآٱٲ": "a", "ءـ\u200d": "", "\u200c": " ",
}  # fmt: skip
_LATIN_SOUNDS = {
    "šşșś": "sh", "čçĉ": "ch", "žż": "zh", "ğ": "gh", "'`‘’ʻʼʾʿ\u0304\u0327\u0331": "", "-・·.": " ", "x": "kh",
    "əêēéè": "e", "ı": "i",
}  # fmt: skip
_MARKS = (*range(0x610, 0x61B), *range(0x64B, 0x660), 0x670, *range(0x6D6, 0x6EE))
_LETTERS = {
    **dict.fromkeys(_MARKS, ""),
    **{ord(letter): sound for row in (_LATIN_SOUNDS, _ARABIC_SOUNDS) for own, sound in row.items() for letter in own},
}

_DIGRAPHS = {
    "dzh": "j", "tsch": "c", "tch": "c", "tsh": "c", "cz": "c", "sch": "$", "sh": "$", "ch": "c", "kh": "k", "gh": "g",
    "zh": "j", "ph": "f", "th": "t", "dh": "d", "ts": "c", "dz": "j", "ck": "k", "bh": "b", "q": "k",
}  # fmt: skip
_DIGRAPH = re.compile("|".join(sorted(_DIGRAPHS, key=lambda letters: (-len(letters), letters))))
_ARABIC = re.compile("[\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufeff]")
_NOT_SOUND = re.compile(r"[^a-z$' ]+")
_PARTED = re.compile(r"[,;/()|،؛]")
_TWICE = re.compile(r"(.)\1+")
_TO_BONES = dict.fromkeys(map(ord, "aeiouwvyh'"), "")
_TO_VOICE = {**dict.fromkeys(map(ord, "ouwv"), "w"), **dict.fromkeys(map(ord, "eiy"), "y"), ord("'"): ""}
_UNHEARD = dict.fromkeys(map(ord, "ah"), "")
_LOOSE = str.maketrans("$pflgjcd", "sbbrkzst", "vh")

_KIND = (
    "agency area border city crossing district districts division gaon gate gawn hukumat hukumati in kalay kaley kali "
    "kelay kili killi klay kly markaz nahiye near of point post province qarya qaryah qaryeh qryh region sector shahr shhr soba "
    "suba swbh tahsil tehsil the town valayat velayat village villages wilayat wlayat wlayt zila zla zlaa z'lh zl' $hr"
)
"""Words that say what kind of place is meant, as spelled in Latin letters, or as the sounds of Arabic ones."""
_KIND_BONES = frozenset(
    ("alkdr", "alkkdr", "alsl", "arkfdr", "hkmt", "kkmt", "lsl", "mrkz", "tsl", "vlsl", "vlt", "vlyt")
)
"""Bones of ولسوالۍ, علاقه داری, حکومتی, مرکز, تحصیل, ولایت, قریه in their many spellings."""
_SUBDISTRICT = ("'lakh dary", "'lakhdary")
"""علاقه داری in two words, which in one is known by its bones."""
_BINDING = frozenset(
    (
        "e",
        "i",
        "ye",
        "yi",
        "je",
        "y",
        "yh",
        "ya",
        "yan",
        "o",
        "u",
        "w",
        "wa",
        "va",
        "d",
        "da",
        "la",
        "k",
        "ka",
        "ke",
        "ki",
        "ky",
    )
)
"""Izafa, "and", "of" as sounds of either script."""
_SHARED_BONES = frozenset(("bzr", "br", "c$m", "d", "d$t", "dst", "$r", "kj", "kl", "kn", "kt", "m", "mnd", "nr"))
"""Bones of bazar, bar, chashma, deh, dasht, shahr, khwaja, qala, khan, kot, mandi, nahr: in many names, key to none."""

_POLES = {
    "way north": "north shimali shomali shamali $maly", "way south": "south janubi jonubi jnwby",
    "way east": "east sharqi sharki $rky ktyj", "way west": "west gharbi grby lwydyj",
    "height upper": "upper bala bar olya ulya 'lya", "height lower": "lower payin payan pain kuz sofla sufla payyn kwz sfly",
    "age new": "new now naw nau nw nwy", "age old": "old kohna kuhna kwhnh khnh zwr",
}  # fmt: skip
"""Words that part two places of one name, by what they part them by; Latin spellings, and sounds of Arabic ones."""


@dataclass(frozen=True, slots=True)
class Sounds:
    """A name as it is compared: its bones and its voice run together; the voice with sounds merged that scripts and
    hearers mix up; the voices of its key words; whether it is written in parts (commas, slashes, brackets); what it says of
    north or south, upper or lower, new or old."""

    bones: str
    voice: str
    loose: str
    key: tuple[str, ...]
    parted: bool
    poles: tuple[tuple[str, str], ...]


@lru_cache(maxsize=MEMORY)
def heard(name: str) -> Sounds:
    """The sounds of a name; all empty for a name without letters."""
    lower = name[:NAME_LIMIT].lower()
    words = [word for word in map(heard_word, _spoken(lower)) if word[0]]
    own = [word for word in words if not word[2]] or words
    voice = "".join([word[1] for word in own])
    key = tuple([word[1] for word in own if word[0] not in _SHARED_BONES]) or tuple([word[1] for word in own])
    bones = "".join([word[0] for word in own])
    poles = tuple([word[3] for word in own if word[3] is not None])
    return Sounds(bones, voice, loosened(voice), key, _PARTED.search(lower) is not None, poles)


def loosened(sounds: str) -> str:
    """Sounds with those merged that foreign spellings mix up (p b f, g k, r l, d t, s sh ch, z j), h and v unheard."""
    return _TWICE.sub(r"\1", sounds.translate(_LOOSE))


def _spoken(lower: str) -> list[str]:
    """The words of a lower-case name, in sounds."""
    if _ARABIC.search(lower) is not None:
        # Presentation forms of old fonts are letters too.
        latin = unicodedata.normalize("NFKC", lower).translate(_LETTERS).replace(*_SUBDISTRICT)
        words = _NOT_SOUND.sub(" ", latin if latin.isascii() else anyascii(latin).lower()).split()[:WORDS_LIMIT]
        return [_without_article(words, at).replace("x", "k") for at in range(len(words))]
    latin = lower.translate(_LETTERS)
    plain = _NOT_SOUND.sub(" ", latin if latin.isascii() else anyascii(latin).lower())
    return _read_digraphs(plain).split()[:WORDS_LIMIT]


def _without_article(words: list[str], at: int) -> str:
    """A word of Arabic letters, without the article if a name goes before it; tsh within a word is ch."""
    word = words[at]
    if len(word) > 4 and word.startswith("al") and any(not heard_word(other)[2] for other in words[:at]):
        word = word[2:]
    return word[0] + word[1:].replace("t$", "c")


def _read_digraphs(latin: str) -> str:
    return _DIGRAPH.sub(lambda found: _DIGRAPHS[found[0]], latin)


@lru_cache(maxsize=MEMORY)
def heard_word(word: str) -> tuple[str, str, bool, tuple[str, str] | None]:
    """Bones, voice, whether the word binds or names a kind, its pole if it is one. Any first vowel of bones is `a`, a first w
    is `v`."""
    bare = ("a" + word[1:] if word[0] == "'" else word).replace("'", "")
    if not bare:
        return "", "", True, None
    head = "a" if bare[0] in "aeiou" else "v" if bare[0] == "w" else bare[0]
    bones = _TWICE.sub(r"\1", head + bare[1:].translate(_TO_BONES))
    voice = word.translate(_TO_VOICE)
    voice = _TWICE.sub(r"\1", voice[:1] + voice[1:].translate(_UNHEARD))
    return bones, voice, word in _BINDING or word in _KINDS or bones in _KIND_BONES, _POLE_OF.get(word)


_KINDS = frozenset(_read_digraphs(_KIND).split())
_POLE_OF = {
    word: (axis, pole)
    for (axis, pole), words in ((tuple(name.split()), words) for name, words in _POLES.items())
    for word in _read_digraphs(words).split()
}
