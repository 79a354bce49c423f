"""Why two reports stand together, why a report doesn't stand elsewhere: in words, with the weight of each reason.

Rules
1. Every row is a catalogue text and the bits it counts; the rows add up to the sum, which is the last row.
2. Bits are shown with one decimal and their sign; nothing is rounded before it is shown.
3. No probability and no word of truth: the sum says how alike two reports are, not whether either is right.

Not done here: markup, and which reports a reader may see (release).
"""

from __future__ import annotations

from tiga.drafts import Match
from tiga.fusion.reasons import Rival
from tiga.values.words import digits, say


def why(match: Match, language: str = "en") -> list[str]:
    """A row of words and bits for each reason of a match, then their sum."""
    rows = [
        say(
            "match.row",
            language,
            words=in_words(weight.code, weight.values, language),
            bits=bits(weight.millibits, language),
        )
        for weight in match.weights
    ]
    return [*rows, say("match.total", language, bits=bits(match.millibits, language))]


def why_not(rival: Rival, language: str = "en") -> list[str]:
    """How the best other group agrees, and what keeps the two apart."""
    values = {"bits": bits(rival.agreement, language), "n": digits(str(rival.weighed), language)}
    rows = [say("match.rival.agrees", language, **values)]
    if rival.unscored:
        rows.append(say("match.rival.unscored", language, n=digits(str(rival.unscored), language)))
    return [*rows, say(f"match.rival.{rival.bar}", language, bits=bits(rival.line, language))]


def in_words(code: str, values: dict[str, str], language: str = "en") -> str:
    """One reason in words; numbers among its values take the digits of the language."""
    shown = {name: digits(value, language) if _is_number(value) else value for name, value in values.items()}
    return say(code, language, **shown)


def bits(millibits: int, language: str = "en") -> str:
    """Millibits as bits with sign and one decimal, halves away from zero: `+1.9`, `-0.3`, `0.0`."""
    tenths = (abs(millibits) + 50) // 100
    sign = "" if tenths == 0 else "+" if millibits > 0 else "\u2212"
    return sign + digits(f"{tenths // 10}.{tenths % 10}", language)


def _is_number(value: str) -> bool:
    return all("0" <= letter <= "9" or letter in ".-" for letter in value) and value != ""
