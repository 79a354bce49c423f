"""Simulated reports with known incidents as fusion's columns: the generator beside the repository, as it is.

Rules
1. The generator (`prototypes/fusion/gen.py` of the folder that TIGA_SHARED names) is loaded and never copied.
2. Claims are in order of arrival; what a claim may be known by is in the columns, what is true of it is not.
"""

from __future__ import annotations

import importlib
import os
import sys
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tiga.fusion import columns as fields
from tiga.fusion import names
from tiga.fusion.columns import Columns

SHARED = Path(os.environ.get("TIGA_SHARED", Path(__file__).resolve().parents[3] / "shared"))
Table = dict[str, NDArray[Any]]
NEEDED = (
    "inc", "cls", "src", "lat", "lon", "acc", "t0", "t1", "tp", "typ", "perp", "dead", "name", "derived", "g_perp", "g_typ",
)  # fmt: skip


def model() -> Any:
    """The generator's module; raises FileNotFoundError where it is not beside the repository."""
    folder = SHARED / "prototypes" / "fusion"
    if not (folder / "gen.py").exists():
        raise FileNotFoundError(f"no noise model at {folder}; set TIGA_SHARED to the folder with prototypes and data")
    sys.path.insert(0, str(folder))
    try:
        return importlib.import_module("gen")
    finally:
        sys.path.remove(str(folder))


def make(kind: str, reports: int, seed: int, **settings: Any) -> Table:
    """One set of reports, column by column."""
    made = model().make(kind, reports, seed=seed, **settings)
    return {name: made[name].to_numpy() for name in NEEDED}


def _tree() -> tuple[fields.Kinds, NDArray[np.int32]]:
    gen = model()
    parents: dict[str, str] = {}
    for leaf, middle, root in gen.TAX:
        parents |= {f"leaf {leaf}": f"middle {middle}", f"middle {middle}": f"root {root}", f"root {root}": ""}
    tree = fields.kinds(parents, fire=(), harm=())
    order = [*(f"leaf {row[0]}" for row in gen.TAX), *(f"middle {one}" for one in gen.mids), *(f"root {one}" for one in gen.roots)]
    return tree, np.array([tree.number[one] for one in order], dtype=np.int32)


TREE, NODES = _tree()
CLASSES = np.array([fields.MONITOR, fields.PARTY, fields.PARTY, fields.MEDIA, fields.MEDIA, fields.DATASET, fields.SENSOR])
UNKNOWN_ACTOR = 6


def columns(table: Table) -> Columns:
    """The reports as claims."""
    count = len(table["inc"])
    rows = np.full((count, fields.WIDTH), fields.NONE, dtype=np.int32)
    rows[:, fields.NORTH] = np.round(table["lat"] * 1e7) * fields.METRES_OF_E7
    rows[:, fields.EAST] = np.round(table["lon"] * 1e7) * fields.METRES_OF_E7
    start, end = np.round(table["t0"] * 60).astype(np.int32), np.round(table["t1"] * 60).astype(np.int32)
    rows[:, fields.START], rows[:, fields.END] = start, end
    rows[:, fields.ASSERTED] = np.where(table["tp"] == 1, (start + end) // 2, start)
    radius = np.round(table["acc"] * 1000).astype(np.int64)
    rows[:, fields.SIGMA] = radius * 1000 // fields.SIGMA_OF_RADIUS_PERMILLE
    rows[:, fields.LEVEL] = np.searchsorted(fields.RADII_M, radius, side="left")
    dead = table["dead"]
    rows[:, fields.LOW] = rows[:, fields.HIGH] = np.where(np.isnan(dead), fields.NONE, np.nan_to_num(dead))
    rows[:, fields.ACT] = np.where(table["typ"] < 0, fields.NONE, NODES[table["typ"]])
    rows[:, fields.ACTOR] = np.where(table["perp"] == UNKNOWN_ACTOR, fields.NONE, table["perp"])
    rows[:, fields.CLASS] = CLASSES[table["cls"]]
    rows[:, fields.PARTY_ID] = np.where(np.isin(table["cls"], (1, 2)), table["cls"], fields.NONE)
    rows[:, fields.SOURCE], rows[:, fields.DENIES] = table["src"], 0
    signs = _named(rows, table["name"].tolist())
    return Columns(rows, signs, np.arange(count, dtype=np.int64))


def _named(rows: fields.Rows, said: list[str]) -> NDArray[np.uint64]:
    """Write the names' numbers into the rows; returns their signatures."""
    texts = fields.Numbers()
    known = {one: (texts.of(names.skeleton(one)), names.signature(one)) for one in set(said)}
    rows[:, fields.NAME] = [known[one][0] for one in said]
    return np.array([known[one][1] for one in said], dtype=np.uint64)
