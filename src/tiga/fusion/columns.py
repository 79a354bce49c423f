"""Claims as columns of whole numbers, which is what the loops of this room read.

Rules
1. One row of 32-bit whole numbers a claim: metres, minutes, millibits, and ids. An id stands for equality alone; which
   number a text gets plays no part in any result.
2. A place is metres north of the equator, and metres east as they would be on the equator; the cosine of the latitude is
   taken where two places are compared.
3. Order among claims, where a tie needs one, is that of `key`: a hash of the claim's id, or a number that is handed in.
4. What a claim does not say is `NONE`.

Not done here: reading reports (claims), and weighing anything.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tiga.agreement.clauses import Agreement
from tiga.drafts import Claim
from tiga.fusion.names import signature, skeleton

Rows = NDArray[np.int32]
NONE = -1
(
    NORTH, EAST, START, END, SIGMA, RATE_NEAR, RATE_MIDDLE, RATE_FAR, WIDEST, LEVEL, DENIES, ASSERTED,
    LOW, HIGH, ACT, ACTOR, CLASS, PARTY_ID, SOURCE, ORIGIN, COPY, NAME, ACT_2, ACT_3, AREA, WITHIN,
) = range(26)  # fmt: skip
"""Columns: metres; metres; minutes; minutes; standard deviation in metres, NONE without a point; rates of reports around it at
three scales in millibits (`density`); the most that time can say for a pair with it, in millibits; class of radius; 1 for a
denial; the asserted start in minutes; dead; dead; node of the act tree; actor; class of source; party that speaks; source;
origin; text (equal for copies, of a report with several claims part by part); skeleton of the place name; further acts; the area
that is named as the place; the area in which the place is known to lie."""
WIDTH = 26
PLACED = 12
"""The first columns, which decide whether a pair is worth weighing."""
ACTS = (ACT, ACT_2, ACT_3)

MONITOR, PARTY, MEDIA, DATASET, SENSOR, PUBLIC = range(6)
"""Classes of source. All parties are one class: no weight may depend on which party speaks."""
CLASSES: Mapping[str, int] = {
    "monitor": MONITOR, "liaison": PARTY, "media": MEDIA, "dataset": DATASET, "sensor": SENSOR, "public": PUBLIC,
}  # fmt: skip
RADII_M = (2_000, 6_000, 25_000, 70_000)
"""Upper edges of the classes of radius: a point, a place, its surroundings, a district; the last class is anything wider."""
SIGMA_OF_RADIUS_PERMILLE = 1_500
"""A stated radius counts as one and a half standard deviations."""
METRES_OF_E7 = 0.0111195
"""Metres of a great circle in 1e-7 degrees."""
DEAD_MAX = 1_000_000


@dataclass(frozen=True, slots=True)
class Kinds:
    """The act tree: a number for each code, and for each number its family, its group of families, how high it stands (0 a
    leaf, 1 a family, 2 a group), and whether it is fire or harm that fire does."""

    number: Mapping[str, int]
    table: NDArray[np.int32]


FAMILY, GROUP, HEIGHT, ROLE = range(4)
FIRE, HARM = 1, 2


def kinds(parents: Mapping[str, str], fire: Collection[str] = "HAI", harm: Collection[str] = "C") -> Kinds:
    """The tree from codes to their parents (empty for the uppermost). A family or a group is a node itself, so that a claim
    may say "some fire" and no more. `fire` and `harm` are uppermost codes."""
    names = sorted({*parents, *(one for one in parents.values() if one)})
    number = {name: at for at, name in enumerate(names)}
    height = dict.fromkeys(names, 0)
    top = {}
    for name in names:
        above, steps = name, 0
        while parents.get(above, "") and steps < len(names):
            above, steps = parents[above], steps + 1
            height[above] = max(height[above], steps)
        top[name] = above
    table = np.zeros((len(names), 4), dtype=np.int32)
    for name in names:
        family = parents.get(name, "") or name if height[name] == 0 else name
        role = FIRE if top[name] in fire else HARM if top[name] in harm else 0
        table[number[name]] = (number[family], number[top[name]], min(height[name], 2), role)
    return Kinds(number, table)


def kinds_of(agreement: Agreement | None) -> Kinds:
    """The act tree of an agreement."""
    return kinds({act.code: act.parent for act in agreement.acts} if agreement else {})


def kinds_by_letter(claims: Iterable[Claim]) -> Kinds:
    """The tree that the codes of claims spell themselves: `H1` and `H2` are of family `H`."""
    return kinds({code: code[:1] if len(code) > 1 else "" for claim in claims for code in claim.acts})


@dataclass(slots=True)
class Numbers:
    """Numbers for texts, given out as the texts come."""

    given: dict[str, int] = field(default_factory=dict)

    def of(self, text: str) -> int:
        """The number of a text; NONE for an empty one."""
        return self.given.setdefault(text, len(self.given)) if text else NONE


@dataclass(frozen=True, slots=True)
class Columns:
    """Claims as `rows` (int32, n by WIDTH), `signs` (the name's signature, uint64) and `keys` (int64, their order)."""

    rows: Rows
    signs: NDArray[np.uint64]
    keys: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.keys)

    def take(self, order: NDArray[Any]) -> Columns:
        """The claims at these places, in this order."""
        return Columns(self.rows[order], self.signs[order], self.keys[order])


@dataclass(frozen=True, slots=True)
class Reader:
    """Turns claims into columns; one reader gives one text one number, so what it read at different times can be compared."""

    tree: Kinds
    texts: Numbers = field(default_factory=Numbers)

    def read(self, claims: Sequence[Claim]) -> Columns:
        """The claims as columns, without rates (`density.rated` fills those in)."""
        rows = np.full((len(claims), WIDTH), NONE, dtype=np.int32)
        signs = np.zeros(len(claims), dtype=np.uint64)
        keys = np.zeros(len(claims), dtype=np.int64)
        for at, claim in enumerate(claims):
            rows[at] = self._row(claim)
            signs[at] = signature(claim.toponym)
            keys[at] = key_of(claim.claim_id)
        return Columns(rows, signs, keys)

    def _row(self, claim: Claim) -> list[int]:
        number, row = self.texts.of, [NONE] * WIDTH
        if claim.lat_e7 is not None and claim.lon_e7 is not None:
            row[NORTH], row[EAST] = int(claim.lat_e7 * METRES_OF_E7), int(claim.lon_e7 * METRES_OF_E7)
            row[SIGMA] = claim.radius_m * 1_000 // SIGMA_OF_RADIUS_PERMILLE
        row[START], row[END], row[ASSERTED] = claim.start_min, claim.end_min, claim.start_asserted_min
        if claim.deaths_low is not None and claim.deaths_high is not None:
            row[LOW], row[HIGH] = min(claim.deaths_low, DEAD_MAX), min(claim.deaths_high, DEAD_MAX)
        known = [self.tree.number[code] for code in claim.acts if code in self.tree.number]
        for column, act in zip(ACTS, known, strict=False):
            row[column] = act
        row[ACTOR], row[PARTY_ID] = number(claim.actor), number(claim.party)
        row[CLASS] = CLASSES[claim.channel]
        row[SOURCE], row[ORIGIN] = number(claim.source), number(claim.origin and f"origin:{claim.origin}")
        part = claim.claim_id.partition("#")[2]  # claims of one report share its account: no copies of each other
        row[COPY] = number(claim.fingerprint and f"copy:{claim.fingerprint}#{part}")
        bones = skeleton(claim.toponym)
        row[NAME] = number(bones and f"name:{bones}")
        row[AREA], row[WITHIN] = (
            number(claim.area and f"area:{claim.area}"),
            number(claim.within and f"area:{claim.within}"),
        )
        row[LEVEL] = next((level for level, edge in enumerate(RADII_M) if claim.radius_m <= edge), len(RADII_M))
        row[DENIES] = int(claim.stance == "denies")
        return row


def key_of(claim_id: str) -> int:
    """63 bits of a hash of the id: the order in which ties are decided."""
    return int.from_bytes(hashlib.sha256(claim_id.encode("utf-8")).digest()[:8], "big") >> 1
