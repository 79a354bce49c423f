"""The table of weights by which reports are matched: one versioned value, which an agreement's annex can hold.

Rules
1. Every number that decides a match stands here or is a named constant of `comparing`: weights in whole millibits (1000 is one
   bit: odds doubled). Who holds the claims, the background (`density`) and this table can make all groups again.
2. A table is never changed: another one gets another version. A record of a grouping names the version that it used.
3. A missing value weighs nothing: the table has a zero there, and a table that has not is refused.
4. No weight depends on which party speaks or is accused; the table has no room for it.
5. With more nearness in space or time, the weight does not fall (monotone).

Not done here: fitting (`fitting`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import pairwise
from typing import cast

import numpy as np

from tiga.agreement.clauses import Agreement
from tiga.fusion.columns import Rows
from tiga.fusion.comparing import KINDS_OF_EVIDENCE, NAME_BANDS, PRECISIONS, SIZES, SPACE_STEPS, SPANS, TIME_STEPS
from tiga.record import canonical
from tiga.record.canonical import JSON
from tiga.values.shapes import to_plain

FORMAT = "tiga-matching/1"
SHIPPED = "fusion-3"
WEIGHT_MAX = 32_000
"""Millibits either way that one kind of evidence may weigh."""
MASSES = 5
NOTHING_SAID = {"act": (0,), "actor": (0,), "harm": (0,)}
"""What stands for a missing value, in the tables of these kinds; of a name it is the first of each class."""


class BadPolicy(ValueError):
    """A table that cannot be used; the message names the part and the remedy."""


@dataclass(frozen=True, slots=True)
class Policy:
    """A version, the weight of any pair before evidence (`base`), a table for each kind of evidence, and how groups grow.

    `masses` are permille that claims of each class of radius count when groups are joined, so that vague reports do not tie
    what precise ones keep apart. Groups are joined down to a mean of `stop`; `unscored` is what a pair weighs that was never
    weighed; `floor` the weight from which two claims are looked at together; `veto` the weight of one pair that keeps two
    groups apart; `certain` the mean from which a join counts as certain, where no pair across weighs `doubt` or less.
    Millibits all.
    """

    version: str
    base: int
    tables: Mapping[str, tuple[int, ...]]
    masses: tuple[int, ...]
    floor: int
    stop: int
    unscored: int
    veto: int
    certain: int
    doubt: int
    shown: int
    weights: Rows
    offsets: Rows

    def as_json(self) -> dict[str, object]:
        """Plain data for the record."""
        return {
            "format": FORMAT, "version": self.version, "base": self.base,
            "tables": {kind: list(self.tables[kind]) for kind in KINDS_OF_EVIDENCE},
            "groups": {
                "certain": self.certain, "doubt": self.doubt, "floor": self.floor, "masses": list(self.masses),
                "shown": self.shown, "stop": self.stop, "unscored": self.unscored, "veto": self.veto,
            },
        }  # fmt: skip

    def digest(self) -> str:
        """SHA-256 (hexadecimal) of the canonical bytes: what an entry names."""
        return hashlib.sha256(canonical.encode(cast(JSON, self.as_json()))).hexdigest()

    def weight(self, kind: str, value: int) -> int:
        """The millibits of one step or relation; 0 where it does not apply."""
        return self.tables[kind][value] if value >= 0 else 0


def policy(tree: object) -> Policy:
    """A table from plain data; raises BadPolicy."""
    if not isinstance(tree, dict) or tree.get("format") != FORMAT:
        raise BadPolicy(f"a table of weights says format {FORMAT}")
    groups, tables = tree.get("groups"), tree.get("tables")
    if not isinstance(groups, dict) or not isinstance(tables, dict):
        raise BadPolicy("a table of weights has objects `groups` and `tables`")
    read = {kind: _table(kind, tables.get(kind), size) for kind, size in zip(KINDS_OF_EVIDENCE, SIZES, strict=True)}
    _rules(read)
    masses = tuple(_whole("masses", one, 1, 1_000) for one in _rows("masses", groups.get("masses"), MASSES))
    numbers = {
        name: _whole(name, groups.get(name), -WEIGHT_MAX, WEIGHT_MAX)
        for name in ("certain", "doubt", "floor", "shown", "stop", "unscored", "veto")
    }
    version = tree.get("version")
    if not isinstance(version, str) or not version:
        raise BadPolicy("a table of weights names its version")
    weights = np.concatenate([np.array(read[kind], dtype=np.int32) for kind in KINDS_OF_EVIDENCE])
    offsets = np.cumsum([0, *SIZES[:-1]]).astype(np.int32)
    base = _whole("base", tree.get("base"), -WEIGHT_MAX, WEIGHT_MAX)
    return Policy(version, base, read, masses, **numbers, weights=weights, offsets=offsets)


def _rows(part: str, value: object, size: int) -> list[object]:
    if not isinstance(value, list) or len(value) != size:
        raise BadPolicy(f"`{part}` is a list of {size} whole numbers")
    return value


def _whole(part: str, value: object, low: int, high: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise BadPolicy(f"`{part}`: {value!r} is not a whole number from {low} to {high}")
    return value


def _table(kind: str, value: object, size: int) -> tuple[int, ...]:
    return tuple(_whole(kind, one, -WEIGHT_MAX, WEIGHT_MAX) for one in _rows(kind, value, size))


def _rules(tables: Mapping[str, tuple[int, ...]]) -> None:
    """What is missing weighs nothing; nearer never weighs less; the order of two classes of source plays no part."""
    for kind, places in NOTHING_SAID.items():
        if any(tables[kind][at] for at in places):
            raise BadPolicy(f"`{kind}`: what is missing must weigh 0")
    if any(tables["name"][::NAME_BANDS]):
        raise BadPolicy("`name`: what is missing must weigh 0")
    for kind, classes, steps in (("space", PRECISIONS, SPACE_STEPS), ("time", SPANS, TIME_STEPS)):
        for one in range(classes):
            rows = tables[kind][one * steps : (one + 1) * steps]
            if any(later < earlier for earlier, later in pairwise(rows)):
                raise BadPolicy(f"`{kind}`: weights of class {one} fall where the two claims come nearer")


@cache
def shipped(version: str = SHIPPED) -> Policy:
    """A table that comes with tiga, by its version; raises BadPolicy."""
    path = resources.files("tiga.fusion") / "tables" / f"{version}.json"
    try:
        return policy(json.loads(path.read_text(encoding="utf-8")))
    except OSError:
        raise BadPolicy(f"no table of version {version} comes with tiga") from None


def annexed(agreement: Agreement | None) -> Policy:
    """The table of an agreement's annex, else the one that comes with tiga; raises BadPolicy."""
    if agreement is None or agreement.matching is None:
        return shipped()
    annex = to_plain(agreement.matching)
    annex.pop("ground", None)
    return policy({"format": FORMAT, **annex})


def in_use(agreement: Agreement | None) -> Policy:
    """The table by which an agreement's reports are grouped: its annex, or where that cannot be used the shipped one."""
    try:
        return annexed(agreement)
    except BadPolicy:
        return shipped()


def blank() -> Policy:
    """A table in which nothing weighs anything: for finding the pairs that another is fitted on."""
    tables = {kind: [0] * size for kind, size in zip(KINDS_OF_EVIDENCE, SIZES, strict=True)}
    groups = {
        "certain": 0,
        "doubt": -WEIGHT_MAX,
        "floor": 0,
        "masses": [1_000] * MASSES,
        "shown": 0,
        "stop": 0,
        "unscored": 0,
        "veto": -WEIGHT_MAX,
    }
    return policy({"format": FORMAT, "version": "blank", "base": 0, "tables": tables, "groups": groups})
