"""Why two reports stand together, why a report doesn't stand elsewhere: in words, with the weight of each reason.

Rules
1. Every row is a catalogue text and the bits it counts; the rows add up to the sum, which is the last row.
2. Bits are shown with one decimal and their sign; nothing is rounded before it is shown.
3. No probability and no word of truth: the sum says how alike two reports are, not whether either is right.

Not done here: markup, and which reports a reader may see (release).
"""

from __future__ import annotations

from dataclasses import dataclass

from tiga.drafts import Match
from tiga.fusion.clusters import Result
from tiga.values.words import digits, say


@dataclass(frozen=True, slots=True)
class Alternative:
    """The group that a claim comes nearest to without being in it, the matches with its members, and their mean
    weight."""

    group_id: str
    matches: tuple[Match, ...]
    mean_millibits: int


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


def in_words(code: str, values: dict[str, str], language: str = "en") -> str:
    """One reason in words; numbers among its values take the digits of the language."""
    shown = {name: digits(value, language) if _is_number(value) else value for name, value in values.items()}
    return say(code, language, **shown)


def bits(millibits: int, language: str = "en") -> str:
    """Millibits as bits with sign and one decimal, halves away from zero: `+1.9`, `-0.3`, `0.0`."""
    tenths = (abs(millibits) + 50) // 100
    sign = "" if tenths == 0 else "+" if millibits > 0 else "\u2212"
    return sign + digits(f"{tenths // 10}.{tenths % 10}", language)


def alternative(claim_id: str, result: Result) -> Alternative | None:
    """The best other group for a claim by the mean weight of the matches considered, ties by lowest id; None
    without any."""
    home = {claim: grouping.group_id for grouping in result.groups for claim in grouping.claims}
    found: dict[str, list[Match]] = {}
    for match in result.considered:
        if claim_id in (match.left, match.right):
            other = home[match.right if match.left == claim_id else match.left]
            if other != home[claim_id]:
                found.setdefault(other, []).append(match)
    if not found:
        return None
    means = {group_id: sum(m.millibits for m in matches) // len(matches) for group_id, matches in found.items()}
    best = min(means, key=lambda group_id: (-means[group_id], group_id))
    return Alternative(best, tuple(found[best]), means[best])


def _is_number(value: str) -> bool:
    return all("0" <= letter <= "9" or letter in ".-" for letter in value) and value != ""
