"""In which language a text is written, as a suggestion with its certainty: en, ur, ps, prs, tr, ar, or nothing.

Rules
1. Evidence is counted in whole bits, and each piece is one of: a letter that one of the languages alone writes, a letter
   that one never writes, a function word. Another doubling of the odds is another bit; a kind of evidence is capped.
2. "None of these" is a candidate of its own and starts ahead. A short text without evidence therefore gets a low
   certainty or no answer, and nobody's name decides a language.
3. A text in two scripts is two texts: each script gets its share of the certainty by its share of the letters.
4. A second witness, py3langid with all its languages, is heard on long texts. What it says is worth a few bits; a language
   that is not among ours speaks for "none of these".
5. Pashto and Dari are told apart by letters where there are any (ټ ډ ړ ښ ږ ځ څ ڼ ې ۍ), else by function words.
6. The direction of a text is its language's; where no language is clear, that of the script most of it is in.
7. A report that states its language keeps it. One that states none gets the language that its account is clearly in, with
   the private-use ending DETECTED (BCP 47, section 2.2.7), so that nobody takes it for stated; else UNTOLD.
8. Where an account is clearly in another language, and the stated one is not among those that it may be in, that is
   remarked, and nothing is changed. A dataset's rows are in the language of its codebook: nothing is remarked of them.

Not done here: Urdu, Pashto or Dari in Latin letters (they count as none of these), and dialects. What is recognised is
marked as such wherever it goes; whoever knows better brings a new version.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from tiga.drafts import Fault, FieldReport
from tiga.values.words import LANGUAGES, direction

TEXT_LIMIT = 4_000
"""Characters of a text that are looked at."""
UNKNOWN_BITS = 4
"""What "none of these" has before any evidence."""
CAP_LETTERS, CAP_WORDS, CAP_FOREIGN = 12, 12, 4
"""Most bits that letters, function words, and missing foreign letters may give one language."""
WITNESS_LETTERS_MIN = {"latin": 25, "arabic": 60}
"""Letters from which the second witness is heard, a script."""
WITNESS_SURE, WITNESS_SURE_BITS, WITNESS_BITS = 0.9, 5, 2
"""Its word weighs more where it is surer than this."""
SHOWN_PERMILLE = 100
"""A language less likely than this is not named."""
CLEAR_PERMILLE = 800
"""From this certainty on one language is the suggestion."""
DETECTED = "-x-detected"
"""The ending of a language tag that was recognised and not stated."""
UNTOLD = "und"
"""The tag of a language that cannot be told (ISO 639-2)."""
ARABIC_SCRIPT = ("ps", "prs", "ur", "ar")
LATIN_SCRIPT = ("en", "tr")

_ALONE: Mapping[str, str] = {"ps": "ټډړږښځڅڼۍېګ", "ur": "ٹڈڑےہھںۓۂ", "ar": "ةىإ", "tr": "ğşıİŞĞ"}
"""Letters that one of the languages alone writes as a rule."""
_LEANING: Mapping[str, str] = {"ar": "أيك", "prs": "یکگ", "ur": "یکگ", "ps": "يک", "tr": "çöüÇÖÜ"}
"""Letters that speak a little for a language, once each."""
_NEVER: Mapping[str, str] = {
    "ar": "پچگژکیټډړږښځڅڼۍېګٹڈڑےہھں",
    "prs": "ټډړږښځڅڼۍېګٹڈڑےںةىإ",
    "ps": "ٹڈےہںةإ",
    "ur": "ټډړږښځڅڼۍېګةإي",
    "tr": "qwxQWX",
    "en": "ğşıİŞĞ",
}
"""Letters that a language never writes, names of foreigners aside."""
_WORDS: Mapping[str, str] = {
    "ps": "د په کې کی چې چی دي دی ده له ته سره شو شوي شوی شول کړ کړي کړه کړل يې یې دا دغه وو وه خو نه او هم پر باندې تر پورې "
    "څخه وروسته لري شي شته مو یو يوه یوه هلته ډېر نو لپاره نن پرون سبا سهار ماسپښین شپه چېرې څوک څه",
    "prs": "است از در به را که این آن با برای شد شده شدند کرد کرده کردند بود بودند می نمی نیست های ها و تا هم ولی اما یک خود "
    "پس هیچ بعد پیش چند باید شود دارد دارند هستند همه میشود ما شما روز امروز دیروز فردا صبح دو نزدیک",
    "ur": "ہے ہیں کے کی کا میں سے نے کو پر اور یہ وہ تھا تھی تھے گیا گئی گئے کہ ہو ہوا ہوئی ہوئے رہا رہی رہے کر کیا نہیں ایک بھی "
    "اس ان جو ہم آپ لیے ساتھ بعد آج کل صبح دو قریب دی",
    "ar": "في من على إلى الى أن ان التي الذي هذا هذه كان كانت قد لا ما عن مع بعد قبل لم ولم هو هي ثم بين كل أو او عند حتى يوم",
    "en": "the of and to in was were at on is are by from that with for it this not no has have had be been they we our their "
    "there about after before between all a an as or two will would who which near seen heard",
    "tr": "ve bir bu da de için ile olarak oldu olan en çok daha sonra önce gibi kadar değil yok var ama ne o biz siz onlar "
    "tarafından dün bugün saat köy köyde hiç her iki şu mi mı ise üzerine göre",
}
"""Function words, as written."""
_OF_WORD = {tag: frozenset(words.split()) for tag, words in _WORDS.items()}
_SHARED_WORDS = frozenset(
    word for word in frozenset().union(*_OF_WORD.values()) if sum(word in words for words in _OF_WORD.values()) > 1
)
_WITNESSED = {"fa": "prs", "ps": "ps", "ur": "ur", "ar": "ar", "en": "en", "tr": "tr"}
_WORD = re.compile(r"[^\W\d_]+")
_ARABIC = re.compile("[\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufeff]")
_MARKS = re.compile("[\u064b-\u065f\u0670\u0640\u200d-\u200f\u2066-\u2069]")
_JOINER = "\u200c"


def detect(text: str) -> tuple[tuple[str, int], ...]:
    """The languages that a text may be in, each with its certainty in permille, best first; what is missing from 1000 is
    "none of these". Empty for a text without letters, and where nothing is likely enough."""
    words = _WORD.findall(_MARKS.sub("", text[:TEXT_LIMIT]).replace(_JOINER, " "))
    arabic = [word for word in words if _ARABIC.match(word)]
    latin = [word for word in words if word[0].isalpha() and _is_latin(word)]
    letters = sum(map(len, words))
    found: list[tuple[str, int]] = []
    for script, own, tags in (("arabic", arabic, ARABIC_SCRIPT), ("latin", latin, LATIN_SCRIPT)):
        share = sum(map(len, own))
        if share:
            found += [(tag, sure * share // letters) for tag, sure in _weighed(own, tags, script)]
    return tuple(sorted(((t, sure) for t, sure in found if sure >= SHOWN_PERMILLE), key=lambda row: (-row[1], row[0])))


def suggested(text: str) -> str:
    """The tag of the language that a text is clearly in, or nothing."""
    found = detect(text)
    return found[0][0] if found and found[0][1] >= CLEAR_PERMILLE else ""


def direction_of(text: str) -> str:
    """`rtl` or `ltr` for a text in any of the languages, by rule 6."""
    tag = suggested(text)
    if tag:
        return direction(tag)
    looked = text[:TEXT_LIMIT]
    arabic = len(_ARABIC.findall(looked))
    return "rtl" if arabic > sum(letter.isalpha() for letter in looked) - arabic else "ltr"


@dataclass(frozen=True, slots=True)
class Told:
    """The language of a report's account: its tag, whether it was recognised and not stated, and the language that the
    account clearly reads like instead (empty where there is none)."""

    tag: str
    recognised: bool
    other: str


def settled(report: FieldReport) -> FieldReport:
    """The report with a language, by rule 7."""
    if report.language:
        return report
    tag = suggested(report.account)
    return replace(report, language=f"{tag}{DETECTED}" if tag else UNTOLD)


def told(report: FieldReport) -> Told:
    """What is known of the language of a report's account."""
    recognised = report.language.endswith(DETECTED)
    tag = report.language.removesuffix(DETECTED)
    return Told(tag, recognised, "" if recognised or report.channel == "dataset" else _other(report))


def remark(file: str, row: int, report: FieldReport) -> Fault | None:
    """That an account reads like another language than the stated one, with a fault's shape; it sets nothing aside."""
    found = told(report)
    if not found.other:
        return None
    values = {"stated": _own_name(found.tag), "read": _own_name(found.other)}
    return Fault(file, row, "language", "remark.language_other", values)


def _other(report: FieldReport) -> str:
    """The language that an account is clearly in though another one of ours was stated (rule 8); else empty."""
    primary = report.language.partition("-")[0]
    stated = _WITNESSED.get(primary, primary)
    if stated not in LANGUAGES:
        return ""
    found = detect(report.account)
    clear = bool(found) and found[0][1] >= CLEAR_PERMILLE and stated not in dict(found)
    return found[0][0] if clear else ""


def _own_name(tag: str) -> str:
    return LANGUAGES[tag].own_name if tag in LANGUAGES else tag


def _weighed(words: list[str], tags: tuple[str, ...], script: str) -> list[tuple[str, int]]:
    """Certainty in permille for each language of a script, from its evidence against that of the others and of none."""
    bits = {tag: _bits(tag, words, tags) for tag in tags}
    unknown = UNKNOWN_BITS
    if sum(map(len, words)) >= WITNESS_LETTERS_MIN[script]:
        tag, worth = _witness(" ".join(words))
        if tag in bits:
            bits[tag] += worth
        else:
            unknown += worth
    least = min(0, *bits.values())
    odds = {tag: 1 << have - least for tag, have in bits.items()}
    total = sum(odds.values()) + (1 << unknown - least)
    return [(tag, 1000 * odd // total) for tag, odd in odds.items()]


def _bits(tag: str, words: list[str], rivals: tuple[str, ...]) -> int:
    """The evidence for one language: letters of its own, function words, less what it never writes."""
    text = "".join(words)
    alone = min(CAP_LETTERS, 3 * _count(text, _ALONE.get(tag, "")))
    leaning = len(set(text) & set(_LEANING.get(tag, "")))
    foreign = min(CAP_FOREIGN, 2 * _count(text, _NEVER[tag]))
    said = [word for word in (w if tag == "tr" else w.lower() for w in words) if word in _OF_WORD[tag]]
    own = sum(
        1 if word in _SHARED_WORDS and any(word in _OF_WORD[r] for r in rivals if r != tag) else 3 for word in said
    )
    return alone + leaning + min(CAP_WORDS, own) - foreign + _article(tag, words)


def _article(tag: str, words: Iterable[str]) -> int:
    """Arabic alone begins many words with its article."""
    return min(CAP_WORDS // 2, sum(len(word) > 3 and word.startswith("ال") for word in words)) if tag == "ar" else 0


def _count(text: str, letters: str) -> int:
    return sum(text.count(letter) for letter in letters)


def _is_latin(word: str) -> bool:
    return all(letter < "\u0250" or "\u1e00" <= letter <= "\u1eff" for letter in word)


def _witness(text: str) -> tuple[str, int]:
    """The language that py3langid takes a text for (empty for one that is not ours), and what that is worth in bits."""
    tag, sure = _model().classify(text)
    return _WITNESSED.get(tag, ""), WITNESS_SURE_BITS if sure >= WITNESS_SURE else WITNESS_BITS


@cache
def _model() -> Any:
    """The model that ships with py3langid: package data, read once."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
