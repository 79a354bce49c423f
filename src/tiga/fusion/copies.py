"""Which claims are copies of one another, so that a wire item under ten mastheads is one voice and not ten.

Rules
1. Two claims are copies where their accounts are the same letter for letter (fingerprint), where their accounts have nearly
   all words in common, or where two outlets without a named origin give the same particulars to the minute and the metre.
2. Copies of copies are copies: what hangs together is one voice.
3. Only the press and the public copy in this sense. A monitor, a party, a sensor and a dataset speak for themselves, though
   their texts may be alike. Claims that name different origins are never joined.
4. Taking too many for copies makes a conclusion weaker, never stronger: that is the side to err on.

Not done here: a copy in other words, or in translation. Ask for the original source at intake.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from types import MappingProxyType

from tiga.drafts import Claim

COPYING_CHANNELS = ("media", "public")
NEAR_PERMILLE = 900
"""Share of words in common, of all words of both, from which two accounts are one text."""
WORDS_MIN = 8
"""Accounts with fewer different words are too alike by chance."""
ACCOUNTS_LIMIT = 400
"""Accounts of a group that are compared in pairs; of a larger group the first by claim id."""
NOTHING: Mapping[str, str] = MappingProxyType({})

_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Copy:
    """Two claims taken for copies (`left` < `right`), and by what: `text`, `words` or `particulars`."""

    left: str
    right: str
    by: str


def copies_of(claims: Iterable[Claim], accounts: Mapping[str, str] = NOTHING) -> tuple[Copy, ...]:
    """Copies among claims of one group, each with the first of its like; `accounts` (claim id to text) where at hand."""
    ordered = sorted((c for c in claims if c.channel in COPYING_CHANNELS), key=lambda claim: claim.claim_id)
    found = list(verbatim(ordered))
    found += _alike([c for c in ordered if not c.origin], "particulars", particulars)
    found += _near(ordered, accounts)
    first: dict[tuple[str, str], str] = {}
    for copy in found:
        first.setdefault((copy.left, copy.right), copy.by)
    return tuple(Copy(left, right, by) for (left, right), by in sorted(first.items()))


def verbatim(claims: Sequence[Claim]) -> tuple[Copy, ...]:
    """Claims whose accounts have one fingerprint, each with the first of its like, whatever their channel."""
    return tuple(_alike(claims, "text", lambda claim: claim.fingerprint))


def joined(claims: Sequence[Claim], copies: Iterable[Copy]) -> dict[str, str]:
    """For each claim id the first claim id of the voice it belongs to; claims of different named origins stay apart."""
    home = {claim.claim_id: claim.claim_id for claim in claims}
    named = {claim.claim_id: claim.origin for claim in claims}
    for copy in copies:
        left, right = _root(home, copy.left), _root(home, copy.right)
        if left == right or (named[left] and named[right] and named[left] != named[right]):
            continue
        low, high = sorted((left, right))
        home[high] = low
        named[low] = named[low] or named[high]
    return {claim_id: _root(home, claim_id) for claim_id in home}


def particulars(claim: Claim) -> tuple[object, ...]:
    """What a claim says, field by field; empty where it says too little to know a copy by it."""
    place = claim.lat_e7, claim.lon_e7, claim.radius_m, claim.toponym
    if not claim.acts or not (claim.actor or claim.deaths_low is not None) or not (claim.toponym or claim.lat_e7):
        return ()
    when = claim.start_min, claim.end_min, claim.start_asserted_min
    return (*place, *when, claim.acts, claim.actor, claim.stance, claim.deaths_low, claim.deaths_high)


def _alike(claims: Sequence[Claim], by: str, key: Callable[[Claim], object]) -> list[Copy]:
    first: dict[object, str] = {}
    found = []
    for claim in claims:
        mark = key(claim)
        if mark and first.setdefault(mark, claim.claim_id) != claim.claim_id:
            found.append(Copy(first[mark], claim.claim_id, by))
    return found


def _near(claims: Sequence[Claim], accounts: Mapping[str, str]) -> list[Copy]:
    """Pairs of accounts with nearly all words in common; claims of one report share one account and are no copies."""
    words: dict[str, frozenset[str]] = {}
    of_report: dict[str, list[str]] = defaultdict(list)
    for claim in claims[:ACCOUNTS_LIMIT]:
        text = unicodedata.normalize("NFKC", accounts.get(claim.claim_id, "")).casefold()
        told = frozenset(_WORD.findall(text))
        if len(told) >= WORDS_MIN:
            words[claim.claim_id] = told
            of_report[claim.claim_id.partition("#")[0]].append(claim.claim_id)
    return [
        Copy(left, right, "words")
        for left, right in combinations(sorted(ids[0] for ids in of_report.values()), 2)
        if 1000 * len(words[left] & words[right]) >= NEAR_PERMILLE * len(words[left] | words[right])
    ]


def _root(home: Mapping[str, str], claim_id: str) -> str:
    while home[claim_id] != claim_id:
        claim_id = home[claim_id]
    return claim_id
