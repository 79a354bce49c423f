"""Pairs of spellings drawn from a gazetteer that nobody here wrote, and the recall of a likeness on them.

Rules
1. A place counts if it has two spellings or more in Latin or Arabic letters, each of three characters or more and in one
   script. Three times a place, two Latin spellings are drawn and a Latin with an Arabic-script one; three times as many
   pairs come from two random places. The draw is fixed (seed 5).
2. Recall is the share of true pairs above the 99 % quantile of the false ones: at most one false pair in a hundred passes.
3. Tuning was done on one half of the places only, `halves(...)[0]`; the other half is for judging.
"""

from __future__ import annotations

import csv
import os
import random
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

SHARED = Path(os.environ.get("TIGA_SHARED", Path(__file__).resolve().parents[3] / "shared"))
FILE = SHARED / "data" / "gazetteer" / "geonames_cities500_PK_AF.csv"
DRAWS, FALSE_FOR_A_TRUE, SEED, HALVING_SEED = 3, 3, 5, 77
FALSE_PERMILLE = 10
LATIN, ACROSS, FALSE = "latin-latin", "latin-arabic", "false"


@dataclass(frozen=True, slots=True)
class Pair:
    """Two spellings; `kind` is LATIN or ACROSS for one place, FALSE for two places."""

    left: str
    right: str
    kind: str


def places() -> list[list[str]]:
    """The spellings of each place that counts, sorted; raises FileNotFoundError where the gazetteer is absent."""
    with FILE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    found = []
    for row in rows:
        names = {row["name"], *row["alternates_latin"].split("|"), *row["alternates_arabic_script"].split("|")}
        fit = sorted(name for name in names if len(name) > 2 and _scripts(name) in ({"LATIN"}, {"ARABIC"}))
        if len(fit) > 1:
            found.append(fit)
    return found


def halves(spellings: Sequence[list[str]]) -> tuple[list[list[str]], list[list[str]]]:
    """The places parted at random: for tuning, for judging."""
    mixed = list(spellings)
    random.Random(HALVING_SEED).shuffle(mixed)
    return mixed[: len(mixed) // 2], mixed[len(mixed) // 2 :]


def drawn(spellings: Sequence[list[str]]) -> list[Pair]:
    """True pairs of both kinds, then false ones."""
    dice = random.Random(SEED)
    true: list[Pair] = []
    for names in spellings:
        latin = [name for name in names if _scripts(name) == {"LATIN"}]
        arabic = [name for name in names if _scripts(name) == {"ARABIC"}]
        for _ in range(DRAWS):
            if len(latin) > 1:
                true.append(Pair(*dice.sample(latin, 2), LATIN))
            if latin and arabic:
                true.append(Pair(dice.choice(latin), dice.choice(arabic), ACROSS))
    false = []
    for _ in range(len(true) * FALSE_FOR_A_TRUE):
        one, two = dice.sample(list(spellings), 2)
        false.append(Pair(dice.choice(one), dice.choice(two), FALSE))
    return true + false


def recall(pairs: Sequence[Pair], score: Callable[[str, str], float]) -> dict[str, float]:
    """For LATIN and ACROSS the share of true pairs that score above all but FALSE_PERMILLE of the false ones."""
    return recall_of(pairs, [score(pair.left, pair.right) for pair in pairs])


def recall_of(pairs: Sequence[Pair], scores: Sequence[float]) -> dict[str, float]:
    """The same for scores already known, one a pair."""
    by_kind: dict[str, list[float]] = {LATIN: [], ACROSS: [], FALSE: []}
    for pair, score in zip(pairs, scores, strict=True):
        by_kind[pair.kind].append(score)
    false = sorted(by_kind[FALSE])
    bar = false[-(-len(false) * (1000 - FALSE_PERMILLE) // 1000) - 1]
    return {kind: sum(score > bar for score in by_kind[kind]) / len(by_kind[kind]) for kind in (LATIN, ACROSS)}


def _scripts(name: str) -> set[str]:
    return {unicodedata.name(letter, "?").split()[0] for letter in name if letter.isalpha()}
