"""Ours on one set, in a process of its own: `python -m benchmarks.fusing.ours TASK SET OUT RUNS [DECISIONS]`.

This file alone knows what fusion offers; the judge sees labels, pairs and seconds.

Rules
1. Timed is `fused`, from what `prepared` made of the columns to labels, after a run on WARM_REPORTS reports; reading the
   set, making claims and imports are not. Peak memory is the whole process's.
2. Nothing here sees a set's truth. Decisions are pairs that the judge hands in, as people would.
3. What fusion does not offer yet is said as absent, and its rows are missed bars.

Not done here: judging.
"""

from __future__ import annotations

import hashlib
import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.fusing import sets
from benchmarks.fusing.sets import Table
from tiga.drafts import Claim, Decision
from tiga.fusion import clusters, windowed
from tiga.fusion.claims import fingerprint
from tiga.fusion.policy import POLICY_1

WARM_REPORTS = 500
REPORTS_MAX = 40_000
"""Reports of a set that the grouping of this release is asked to take; larger sets wait for the engine."""
WINDOW = windowed.Window(0, 20_000)
"""For the windowed mode: the best on the tuning set (afpk, seed 11) of 0 or 1 days and 10 to 30 km; F1 .587 there."""
CODES = {
    "small_arms": "H1", "sniper": "H5", "ground_assault": "H3", "raid": "H3", "mortar": "H2", "artillery": "H2",
    "rocket": "H2", "airstrike": "A1", "drone_strike": "A2", "ied": "H4", "suicide": "H4", "mine": "H4",
    "drone_overflight": "A3", "infiltration": "I1", "troop_crossing": "I1", "outpost": "P3", "fence": "P3",
    "abduction": "C3", "border_closure": "P5", "harassment": "C1",
}  # fmt: skip
CHANNELS = ("monitor", "liaison", "liaison", "media", "media", "dataset", "sensor")
ACTORS = ("party-1", "party-2", "group-1", "group-2", "group-3", "group-4", "")
PARTIES = {1: "party-1", 2: "party-2"}
ZONES_MIN = {2: 270}
ZONE_MIN = 300


class Absent(Exception):
    """Fusion does not offer this yet; the message says what."""


# ---- the adapter: what changes when fusion changes


def policy_bytes() -> bytes:
    """The shipped weights as bytes; the seeds of all sets derive from them."""
    return json.dumps(POLICY_1.as_json(), sort_keys=True, separators=(",", ":")).encode()


def takes(reports: int) -> bool:
    """Whether a set of this size can be fused."""
    return reports <= REPORTS_MAX


def prepared(table: Table) -> Any:
    """What fusion takes, made of a set's columns; not timed."""
    return claims(table)


def fused(told: Any) -> np.ndarray:
    """A label for each report; timed."""
    return _labels(clusters.group(told))


def weighed(told: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The pairs that were compared: two positions each, and the probability that they are of one incident."""
    considered = clusters.group(told).considered
    at = {claim.claim_id: number for number, claim in enumerate(told)}
    bits = np.array([match.millibits for match in considered]) / 1000.0
    left, right = ([at[getattr(match, side)] for match in considered] for side in ("left", "right"))
    return np.array(left), np.array(right), 1.0 / (1.0 + np.exp2(-bits))


def automatic(told: Any) -> np.ndarray:
    """Labels of the tier that is joined without a person: none yet, so every report is alone."""
    return np.arange(len(told))


def decided(told: Any, together: np.ndarray, apart: np.ndarray) -> np.ndarray:
    """Labels after people's decisions, given as pairs of positions."""
    rows = [(pair, True) for pair in together] + [(pair, False) for pair in apart]
    decisions = [Decision(told[a].claim_id, told[b].claim_id, same) for (a, b), same in rows]
    return _labels(clusters.group(told, decisions))


def updated(told: Any) -> tuple[np.ndarray, np.ndarray]:
    """Labels after handing in the claims one by one in order of receipt, and the milliseconds that each took."""
    raise Absent("taking one claim after another")


def _labels(result: clusters.Result) -> np.ndarray:
    home = {claim: number for number, group in enumerate(result.groups) for claim in group.claims}
    return np.array([home[name] for name in sorted(home)], dtype=np.int64)


# ---- a set as claims


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
            start_asserted_min=(start + end) // 2 if tp == 1 else start, zone_min=ZONES_MIN.get(cls, ZONE_MIN),
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


# ---- the windowed mode, which stands among the peers


def by_window(table: Table) -> np.ndarray:
    """Labels of the windowed mode, every source a dataset. It cannot take a missing kind, so that one counts as an armed
    attack of no kind; a report without a point is left alone."""
    sources = sorted(set(table["src"].tolist()))
    attack = len(table["leaf_mid"]) + len(table["mid_root"]) + int(table["leaf_root"][0])
    levels = _levels(table)
    rows: dict[int, list[windowed.Occurrence]] = {source: [] for source in sources}
    days = np.floor((table["t0"] + table["t1"]) / 48 + 4.75 / 24).astype(int).tolist()
    columns = ("src", "typ", "lat", "lon")
    for number, (src, typ, lat, lon) in enumerate(zip(*(table[name].tolist() for name in columns), strict=True)):
        if lat == lat:
            day, kind = days[number], str(attack if typ < 0 else typ)
            rows[src].append(windowed.Occurrence(str(number), day, day, round(lat * 1e7), round(lon * 1e7), (kind,)))
    known = {(str(source), str(typ)): own for source in sources for typ, own in levels.items()}
    datasets = [windowed.Dataset(str(source), tuple(rows[source])) for source in sources]
    found = windowed.merge(datasets, [windowed.Taxonomy("kind", known)], WINDOW)
    labels = np.arange(len(days))
    for group in found.groups:
        labels[[int(one.event_id) for one in group]] = int(group[0].event_id)
    return labels


def _levels(table: Table) -> dict[int, tuple[str, ...]]:
    leaves, mids = table["leaf_mid"].tolist(), table["mid_root"].tolist()
    found = {n: (f"leaf {n}", f"mid {mid}", f"root {mids[mid]}") for n, mid in enumerate(leaves)}
    found |= {len(leaves) + n: (f"mid {n}", f"mid {n}", f"root {root}") for n, root in enumerate(mids)}
    return found | {len(leaves) + len(mids) + n: (f"root {n}",) * 3 for n in range(max(mids) + 1)}


# ---- the tasks


def _timed(act: Callable[[Any], np.ndarray], told: Any, runs: int) -> tuple[np.ndarray, dict[str, list[float]]]:
    seconds, cpu = [], []
    for _ in range(runs):
        wall, used = time.perf_counter(), time.process_time()
        labels = act(told)
        seconds.append(time.perf_counter() - wall)
        cpu.append(time.process_time() - used)
    return labels, {"seconds": seconds, "cpu_seconds": cpu}


def main(task: str, path: str, out: str, runs: str, decisions: str = "") -> None:
    table = sets.load(Path(path))
    told: dict[str, Any] = {}
    found: dict[str, np.ndarray] = {}
    if task == "windowed":
        found["labels"], told = _timed(by_window, table, int(runs))
    else:
        ready = prepared(table)
        fused(prepared(sets.first(table, WARM_REPORTS)))
        if task == "fuse":
            found["labels"], told = _timed(fused, ready, int(runs))
        elif task == "pairs":
            found["left"], found["right"], found["probability"] = weighed(ready)
            found["automatic"] = automatic(ready)
        elif task == "decide":
            given = sets.load(Path(decisions))
            found["labels"] = decided(ready, given["together"], given["apart"])
        elif task == "update":
            try:
                found["labels"], found["milliseconds"] = updated(ready)
            except Absent as absent:
                told = {"absent": str(absent)}
        else:
            raise SystemExit(f"there is no task {task}")
    np.savez(out, **found)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({**told, "peak_mb": peak, "policy": hashlib.sha256(policy_bytes()).hexdigest()}))


if __name__ == "__main__":
    main(*sys.argv[1:])
