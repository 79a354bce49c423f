"""A communiqué as a paper to print: the texts that were issued, each in its own language, and the hash of each one's bytes.

Rules
1. Nothing is added to a text, and nothing left out. Which language settles is said where the agreement names one.
2. Each text is followed by the SHA-256 of its bytes (UTF-8, one paragraph a line), so that a copy can be compared.
"""

from __future__ import annotations

from dataclasses import dataclass

from tiga.publish import paper
from tiga.publish.paper import Facts, Line, Paper, Section
from tiga.values.words import LANGUAGES, digits, say


@dataclass(frozen=True, slots=True)
class IssuedText:
    """One language of a communiqué: its paragraphs, the title first, and the SHA-256 of its bytes in hex."""

    language: str
    lines: tuple[str, ...]
    sha256: str


@dataclass(frozen=True, slots=True)
class IssuedCommunique:
    """What was issued: `kind` is `exercise` or `press`, `number` the printed number, `by` the names of those whose it is,
    `issued` an instant as text with its zone, `settles` the language that settles (or empty)."""

    kind: str
    number: str
    title: str
    of: str
    by: tuple[str, ...]
    issued: str
    texts: tuple[IssuedText, ...]
    settles: str = ""


def html(issued: IssuedCommunique, language: str) -> str:
    """The communiqué as one self-contained HTML file."""
    return paper.html(composed(issued, language))


def composed(issued: IssuedCommunique, language: str) -> Paper:
    """The communiqué as a paper in one language; its texts stay in their own."""
    facts = [
        (say("fact.communique_issued", language), digits(issued.issued, language)),
        (say("fact.communique_of", language), " · ".join(f"\u2068{name}\u2069" for name in issued.by)),
    ]
    if issued.settles:
        facts.append((say("fact.communique_settles", language), LANGUAGES[issued.settles].own_name))
    sections = tuple(
        Section(
            f"text-{text.language}", LANGUAGES[text.language].own_name,
            (*(Line(f"\u2068{line}\u2069", "" if place else "strong") for place, line in enumerate(text.lines)),
             Line(f"SHA-256 {text.sha256}", "quiet")),
        )
        for text in issued.texts
    )  # fmt: skip
    title = f"{say(f'choice.communique_{issued.of}', language)} {issued.number}"
    return Paper(
        title, issued.kind, language, f"\u2068{issued.title}\u2069", Facts(tuple(facts)), sections, issued.number
    )
