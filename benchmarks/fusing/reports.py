"""A set's columns as fusion takes them: as claims one by one, and as the engine's columns of whole numbers.

Rules
1. What a claim may be known by is taken over; what is true of it is not in a set.
2. Both ways say the same of a report. The columns are made without claims, for a million claims would weigh more than all
   that fusion needs; making them is part of what is timed.
3. A report without a point has none, and no radius.

Not done here: fusing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from benchmarks.fusing.sets import Table
from tiga.drafts import Claim
from tiga.fusion.claims import fingerprint

if TYPE_CHECKING:
    from tiga.fusion.columns import Columns, Kinds

CODES = {
    "small_arms": "H1", "sniper": "H5", "ground_assault": "H3", "raid": "H3", "mortar": "H2", "artillery": "H2",
    "rocket": "H2", "airstrike": "A1", "drone_strike": "A2", "ied": "H4", "suicide": "H4", "mine": "H4",
    "drone_overflight": "A3", "infiltration": "I1", "troop_crossing": "I1", "outpost": "P3", "fence": "P3",
    "abduction": "C3", "border_closure": "P5", "harassment": "C1",
}  # fmt: skip
"""The act codes that stand for the noise model's leaves."""
CHANNELS = ("monitor", "liaison", "liaison", "media", "media", "dataset", "sensor")
ACTORS = ("party-1", "party-2", "group-1", "group-2", "group-3", "group-4", "")
UNKNOWN_ACTOR = len(ACTORS) - 1
PARTIES = {1: "party-1", 2: "party-2"}
ZONES_MIN = {2: 270}
ZONE_MIN = 300
MINUTE_PRECISION = 1
"""The class `tp` of times that are given to the minute."""


def claims(table: Table) -> list[Claim]:
    """One claim a report, in the order of the set and of their ids."""
    acts = _acts(table)
    names = [str(name) for name in table["names"]]
    texts = table.get("texts")
    columns = ("src", "cls", "tp", "typ", "perp", "lat", "lon", "acc", "t0", "t1", "dead", "name")
    rows = zip(*(table[name].tolist() for name in columns), strict=True)
    found = []
    for number, (src, cls, tp, typ, perp, lat, lon, acc, t0, t1, dead, name) in enumerate(rows):
        start, end, placed = round(t0 * 60), round(t1 * 60), lat == lat
        content = f"{lat:.6f}{lon:.6f}{t0:.3f}{t1:.3f}{typ}{perp}{names[name]}"
        deaths = int(dead) if dead == dead else None
        found.append(Claim(
            claim_id=f"r{number:07d}", source=f"s{src}", origin="", channel=CHANNELS[cls], party=PARTIES.get(cls, ""),
            start_min=start, end_min=end, lat_e7=round(lat * 1e7) if placed else None,
            lon_e7=round(lon * 1e7) if placed else None, radius_m=int(acc * 1000) if placed else 0, toponym=names[name],
            acts=acts[typ], actor=ACTORS[perp], stance="asserts", deaths_low=deaths, deaths_high=deaths,
            fingerprint=content if texts is None else fingerprint(str(texts[number])),
            start_asserted_min=(start + end) // 2 if tp == MINUTE_PRECISION else start,
            zone_min=ZONES_MIN.get(cls, ZONE_MIN),
        ))  # fmt: skip
    return found


def _acts(table: Table) -> dict[int, tuple[str, ...]]:
    """The act codes of each kind; a middle kind has those of its leaves, a root says nothing."""
    codes = [CODES[str(leaf)] for leaf in table["leaves"]]
    mids = table["leaf_mid"].tolist()
    found: dict[int, tuple[str, ...]] = {number: (code,) for number, code in enumerate(codes)}
    for mid in range(len(table["mid_root"])):
        found[len(codes) + mid] = tuple(sorted({code for code, own in zip(codes, mids, strict=True) if own == mid}))
    roots = int(table["mid_root"].max()) + 1
    return found | {len(codes) + len(table["mid_root"]) + root: () for root in range(roots)} | {-1: ()}


# ---- for the engine


def tree(table: Table) -> tuple[Kinds, np.ndarray]:
    """The noise model's tree of acts, and the node of each kind (leaves, then middles, then roots)."""
    from tiga.fusion import columns as fields

    mids, roots = table["mid_root"].tolist(), int(table["mid_root"].max()) + 1
    leaves = [f"leaf {leaf}" for leaf in table["leaves"]]
    parents = {leaf: f"middle {mid}" for leaf, mid in zip(leaves, table["leaf_mid"].tolist(), strict=True)}
    parents |= {f"middle {mid}": f"root {root}" for mid, root in enumerate(mids)}
    parents |= {f"root {root}": "" for root in range(roots)}
    kinds = fields.kinds(parents, fire=(), harm=())
    order = [*leaves, *(f"middle {mid}" for mid in range(len(mids))), *(f"root {root}" for root in range(roots))]
    return kinds, np.array([kinds.number[name] for name in order], dtype=np.int32)


def columns(table: Table, nodes: np.ndarray) -> Columns:
    """The engine's columns; a report's key is its place in the set."""
    from tiga.fusion import columns as fields

    count, placed = len(table["lat"]), np.isfinite(table["lat"])
    rows = np.full((count, fields.WIDTH), fields.NONE, dtype=np.int32)
    for column, name in ((fields.NORTH, "lat"), (fields.EAST, "lon")):
        degrees = np.round(table[name][placed] * 1e7) * fields.METRES_OF_E7
        rows[placed, column] = degrees
    radius = np.where(placed, np.round(table["acc"] * 1000), 0).astype(np.int64)
    rows[placed, fields.SIGMA] = radius[placed] * 1000 // fields.SIGMA_OF_RADIUS_PERMILLE
    rows[:, fields.LEVEL] = np.searchsorted(fields.RADII_M, radius, side="left")
    start, end = (np.round(table[name] * 60).astype(np.int32) for name in ("t0", "t1"))
    rows[:, fields.START], rows[:, fields.END] = start, end
    rows[:, fields.ASSERTED] = np.where(table["tp"] == MINUTE_PRECISION, (start + end) // 2, start)
    dead = np.where(np.isnan(table["dead"]), fields.NONE, np.nan_to_num(table["dead"]))
    rows[:, fields.LOW] = rows[:, fields.HIGH] = dead
    rows[:, fields.ACT] = np.where(table["typ"] < 0, fields.NONE, nodes[table["typ"]])
    rows[:, fields.ACTOR] = np.where(table["perp"] == UNKNOWN_ACTOR, fields.NONE, table["perp"])
    rows[:, fields.CLASS] = np.array([fields.CLASSES[channel] for channel in CHANNELS])[table["cls"]]
    rows[:, fields.PARTY_ID] = np.where(np.isin(table["cls"], list(PARTIES)), table["cls"], fields.NONE)
    rows[:, fields.SOURCE], rows[:, fields.DENIES] = table["src"], 0
    if "texts" in table:
        rows[:, fields.COPY] = _numbered([fingerprint(str(text)) for text in table["texts"]])
    elif "text" in table:
        rows[:, fields.COPY] = table["text"]
    signs = _named(rows, table)
    return fields.Columns(rows, signs, np.arange(count, dtype=np.int64))


def _named(rows: np.ndarray, table: Table) -> np.ndarray:
    """Write the names' numbers into the rows; returns their signatures."""
    from tiga.fusion import columns as fields
    from tiga.fusion import names

    said = [str(name) for name in table["names"]]
    rows[:, fields.NAME] = np.array(_numbered([names.skeleton(name) for name in said]))[table["name"]]
    return np.array([names.signature(name) for name in said], dtype=np.uint64)[table["name"]]


def _numbered(texts: list[str]) -> list[int]:
    """A number for each text, one for each that is the same; -1 for an empty one."""
    given: dict[str, int] = {}
    return [given.setdefault(text, len(given)) if text else -1 for text in texts]
