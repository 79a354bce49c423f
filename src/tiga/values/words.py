"""One catalogue of text for people, keyed by code, and the languages it may speak.

Rules
1. Every text a person reads has a code; the English text is the source, and a code that English lacks is an error.
2. A text is rendered by a pure function of (code, language, values); values are wrapped in first-strong isolates so that
   a Latin number or name cannot turn a right-to-left sentence around (ASCII in a left-to-right sentence needs none).
3. A translation is marked reviewed or not by its language file (`[catalogue] reviewed`); pages say so when it is not.
4. A missing translation falls back to English and is listed by `missing`; tests fail on it.
5. Digits follow the language (CLDR default numbering systems): `arabext` for ps and prs, Latin elsewhere.

The language files are package data (`catalogue/<language>/*.toml`), read once; they are code in all but syntax.
Not done here: markup, plural forms (texts are worded to need none), or choosing a reader's language.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any


@dataclass(frozen=True, slots=True)
class Language:
    """A language by its tag, its own name, its direction and its digits."""

    tag: str
    own_name: str
    direction: str
    digits: str = "0123456789"


_ARABEXT = "۰۱۲۳۴۵۶۷۸۹"
_TO_PLAIN = {ord(letter): str(value) for row in (_ARABEXT, "٠١٢٣٤٥٦٧٨٩") for value, letter in enumerate(row)}

LANGUAGES: dict[str, Language] = {
    "en": Language("en", "English", "ltr"),
    "ur": Language("ur", "اردو", "rtl"),
    "ps": Language("ps", "پښتو", "rtl", _ARABEXT),
    "prs": Language("prs", "دری", "rtl", _ARABEXT),
    "tr": Language("tr", "Türkçe", "ltr"),
    "ar": Language("ar", "العربية", "rtl"),
}
"""Every language the house knows how to write; direction and digits come from here and nowhere else."""

SPOKEN = ("en", "ur", "ps")
"""The languages in which the pages are offered now."""

_SLOT = re.compile(r"\{([a-z_]+)\}")
_FSI, _PDI = "\u2068", "\u2069"


class UnknownWord(KeyError):
    """A code that the English catalogue does not hold: a mistake of ours, never of the reader's."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All texts of one language, flattened to `section.name`, and whether a speaker has reviewed them."""

    language: str
    texts: dict[str, str]
    reviewed: bool


def read(language: str, files: list[bytes]) -> Catalogue:
    """Merge a language's TOML files; a code given twice or a value that is no text raises ValueError."""
    texts: dict[str, str] = {}
    reviewed = language == "en"
    for data in files:
        tree = tomllib.loads(data.decode("utf-8"))
        reviewed = reviewed or bool(tree.pop("catalogue", {}).get("reviewed", False))
        for code, text in _flat(tree, ""):
            if code in texts:
                raise ValueError(f"{language}: the word {code} is given twice")
            texts[code] = text
    return Catalogue(language, texts, reviewed)


def _flat(tree: dict[str, Any], prefix: str) -> list[tuple[str, str]]:
    rows: list[tuple[str, str]] = []
    for name, value in tree.items():
        if isinstance(value, dict):
            rows += _flat(value, f"{prefix}{name}.")
        elif isinstance(value, str):
            rows.append((prefix + name, value))
        else:
            raise ValueError(f"the word {prefix}{name} is not a text")
    return rows


@cache
def catalogue(language: str) -> Catalogue:
    """The catalogue of a language as shipped; a language without files is empty and unreviewed."""
    folder = resources.files("tiga.values").joinpath("catalogue", language)
    if not folder.is_dir():
        return Catalogue(language, {}, False)
    files = sorted((item for item in folder.iterdir() if item.name.endswith(".toml")), key=lambda item: item.name)
    return read(language, [item.read_bytes() for item in files])


def knows(code: str) -> bool:
    return code in catalogue("en").texts


def say(code: str, language: str = "en", /, **values: object) -> str:
    """The text of a code in a language with its slots filled; raises UnknownWord for a code English lacks."""
    source = catalogue("en").texts
    if code not in source:
        raise UnknownWord(code)
    text = catalogue(language).texts.get(code, source[code])
    plain = direction(language) == "ltr"

    def fill(match: re.Match[str]) -> str:
        value = values[match[1]]
        shown = digits(value, language) if isinstance(value, int) else str(value)
        return shown if plain and shown.isascii() else f"{_FSI}{shown}{_PDI}"

    return _SLOT.sub(fill, text)


def digits(number: int | str, language: str) -> str:
    """A number with the digits of a language; everything else in the text stays as it is."""
    own = LANGUAGES[language].digits
    return "".join(own[ord(letter) - 48] if "0" <= letter <= "9" else letter for letter in str(number))


def plain_digits(text: str) -> str:
    """The text with 0 to 9 in place of Arabic-Indic and Persian digits."""
    return text.translate(_TO_PLAIN)


def left_to_right(text: str, language: str) -> str:
    """A time with its offset, or another run that reads from left to right, kept in its order within right-to-left text."""
    return text if direction(language) == "ltr" else f"\u2066{text}{_PDI}"


def direction(language: str) -> str:
    """`rtl` or `ltr`, for any tag: an unknown language is taken by its primary subtag, else `ltr`."""
    known = LANGUAGES.get(language) or LANGUAGES.get(language.split("-")[0])
    return known.direction if known else "ltr"


def pick(texts: dict[str, str], language: str) -> tuple[str, str]:
    """From a text per language the one to show and its tag: the reader's, else English, else any, else empty."""
    for tag in (language, "en", *sorted(texts)):
        if texts.get(tag):
            return texts[tag], tag
    return "", language


def missing(language: str) -> list[str]:
    """Codes of the English catalogue without a text in `language`, and codes it has that English lacks, sorted."""
    return sorted(set(catalogue("en").texts) ^ set(catalogue(language).texts))


def slots(text: str) -> frozenset[str]:
    """The names of a text's slots; a translation must use exactly those of its source."""
    return frozenset(_SLOT.findall(text))
