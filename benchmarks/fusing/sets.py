"""The sets: simulated reports whose incidents are known, and real headlines grouped by coders. Kept under build/bench.

Rules
1. Nothing of them is committed. They are made from the design papers' noise model and data, whose folder TIGA_SHARED
   names; without it the benchmark stops and says so.
2. The seed of a set is the SHA-256 of the shipped policy's bytes and the set's name: it could not be known before the
   weights were frozen, so nobody can have tuned on it. Every run prints it.
3. A set is an .npz of columns (COLUMNS below), its truth another one, which only the judge and the peer that is given
   true labels read.

Columns, one value a report: `cls` (monitors, liaison 1, liaison 2, wire, local, dataset, satellite), `src`, `lat lon`
degrees, `acc` stated kilometres, `lp` and `tp` classes of precision, `t0 t1` hours since 2025-10-19T00:00Z, `typ` (leaf,
then middle, then root of the tree; -1 unknown), `perp` (6 unknown), `dead` or NaN, `rec` hours of receipt, `name` as an
index into `names`, `text` equal for reports that say the same to the last digit. The tree: `leaves leaf_mid leaf_root
mid_root`. Real headlines also have `texts`.

Not done here: measuring.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import PEER_PYTHON

ROOT = Path(__file__).resolve().parent.parent.parent
OUT = ROOT / "build" / "bench" / "fusing"
TUNING_SEED = 11
TUNING_SEEDS = range(11, 21)
"""Seeds that the peers' parameters (the first) and our weights (all) were set on."""
CORPORA = (
    "ucdp_PAK_to2016", "ucdp_SYR_2016", "ucdp_UKR_2014-2017", "ucdp_candidate_Feb2026_world",
)  # fmt: skip

Table = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Kind:
    """A set to be made: the noise model's geometry, how many reports are asked of it, and what it is told besides."""

    name: str
    geometry: str
    reports: int
    more: Mapping[str, float] = field(default_factory=dict)


SMALL = Kind("afpk 1e4", "afpk", 10_000)
MIDDLE = Kind("afpk 1e5", "afpk", 100_000)
LARGE = Kind("afpk 1e6", "afpk", 1_000_000)
SYRIA = Kind("syria", "syria", 60_000)
"""Places, dates and dead of incidents recorded elsewhere; all there are give about 31,900 reports."""
SPARSE = Kind("sparse", "afpk", 20_000, {"mean_rep": 0.3})
"""2.3 reports an incident, 37 % of incidents with one alone: about 8,900 reports."""
NOISY = Kind("noise x 1.6", "afpk", 10_000, {"nz": 1.6})
KINDS = (SMALL, SPARSE, NOISY, SYRIA, MIDDLE, LARGE)


@dataclass(frozen=True, slots=True)
class Set:
    """A set on the disk: its columns, its truth, its seed (0 for real reports), and how many reports it has."""

    name: str
    path: Path
    truth: Path
    seed: int
    reports: int
    located: int


def shared() -> Path:
    """The folder of the design papers and data; stops the run where it is absent."""
    folder = Path(os.environ.get("TIGA_SHARED", ROOT.parent / "shared"))
    if not (folder / "prototypes" / "fusion" / "gen.py").exists():
        raise SystemExit(
            f"no noise model at {folder / 'prototypes' / 'fusion'}: this benchmark measures on its reports. Set "
            "TIGA_SHARED to the folder that holds prototypes and data."
        )
    return folder


def seed(policy: bytes, name: str) -> int:
    """A set's seed: the first four bytes of the SHA-256 of the policy's bytes, a line feed and the set's name."""
    return int.from_bytes(hashlib.sha256(policy + b"\n" + name.encode()).digest()[:4], "big")


def simulated(kind: Kind, policy: bytes, progress: Callable[[str], None]) -> Set:
    """A set of simulated reports, made unless it is there already."""
    number = seed(policy, kind.name)
    assert number not in TUNING_SEEDS, "a tuning seed came out of the policy's bytes; change the name of the set"
    return seeded(kind, number, progress)


def seeded(kind: Kind, number: int, progress: Callable[[str], None]) -> Set:
    """A set of simulated reports of one seed, made unless it is there already."""
    folder = shared() / "prototypes" / "fusion"
    asked = {"do": "simulate", "folder": str(folder), "kind": kind.geometry, "reports": kind.reports, "seed": number}
    told = _made(f"{kind.name}-{number}", folder, {**asked, "more": dict(kind.more)})
    progress(f"{kind.name}: seed {number}, reports {told['reports']}, incidents {told['incidents']}")
    return Set(kind.name, told["path"], told["truth"], number, told["reports"], told["reports"])


def real(corpus: str, progress: Callable[[str], None]) -> Set:
    """A set of real headlines with the places that a gazetteer gives them."""
    folder = shared()
    paths = {
        what: folder / "data" / "event-matching" / f"coref_{corpus}_{what}.csv" for what in ("reports", "links_truth")
    }
    asked = {"do": "headlines", "folder": str(folder / "prototypes" / "fusion")}
    asked |= {"reports": str(paths["reports"]), "links": str(paths["links_truth"])}
    asked["areas"] = str(folder / "data" / "boundaries" / "PAK_ADM2_OCHA_COD_valid20220909_simplified5p.geojson")
    told = _made(corpus, folder / "prototypes" / "fusion", asked)
    progress(f"{corpus}: headlines {told['reports']}, with a place {told['located']}")
    return Set(corpus, told["path"], told["truth"], 0, told["reports"], told["located"])


def _made(name: str, model: Path, asked: dict[str, Any]) -> dict[str, Any]:
    """Make a set in the peers' interpreter unless one by the same code and the same question is there."""
    script = Path(__file__).with_name("making.py")
    said = json.dumps(asked, sort_keys=True).encode()
    mark = hashlib.sha256(b"".join((said, script.read_bytes(), (model / "gen.py").read_bytes()))).hexdigest()[:12]
    stem = OUT / f"{name.replace(' ', '-')}-{mark}"
    path, truth, note = (stem.with_name(stem.name + end) for end in (".npz", "-truth.npz", ".json"))
    if not note.exists():
        OUT.mkdir(parents=True, exist_ok=True)
        if not PEER_PYTHON.exists():
            raise SystemExit("the peers are not installed: run ./dev bench fusion")
        question = json.dumps({**asked, "out": str(path), "truth": str(truth)})
        done = subprocess.run([str(PEER_PYTHON), "-I", str(script), question], capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(f"the set {name} could not be made:\n{done.stderr}")
        note.write_text(done.stdout.splitlines()[-1] + "\n")
    return {**json.loads(note.read_text()), "path": path, "truth": truth}


def load(path: Path) -> Table:
    """All columns of a set."""
    with np.load(path) as stored:
        return {name: stored[name] for name in stored.files}


def first(table: Table, count: int) -> Table:
    """A set's first `count` reports."""
    size = len(table["lat"])
    return {name: column[:count] if len(column) == size else column for name, column in table.items()}
