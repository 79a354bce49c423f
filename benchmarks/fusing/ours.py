"""Ours on one set, in a process of its own: `python -m benchmarks.fusing.ours TASK SET OUT RUNS [DECISIONS]`.

This file and `reports` alone know what fusion offers; the judge sees labels, pairs and seconds.

Rules
1. Timed is `fused`, after a run on WARM_REPORTS reports: with the engine from the set's columns to labels, names and all,
   as for the peers; without it from claims to labels. Reading the set and imports are not. Peak memory is the process's.
2. Nothing here sees a set's truth. Decisions are pairs that the judge hands in, as people would.
3. What fusion does not offer yet is said as absent, and its rows are missed bars.

Not done here: judging.
"""

from __future__ import annotations

import hashlib
import importlib
import json
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.fusing import reports, sets
from benchmarks.fusing.sets import Table
from tiga.drafts import Decision
from tiga.fusion import windowed

WARM_REPORTS = 500
REPORTS_MAX = 40_000
"""Reports of a set that the grouping of this release is asked to take; larger sets wait for the engine."""
WINDOW = windowed.Window(0, 20_000)
"""For the windowed mode: the best on the tuning set (afpk, seed 11) of 0 or 1 days and 10 to 30 km; F1 .587 there."""
THREADS = 2


class Absent(Exception):
    """Fusion does not offer this yet; the message says what."""


# ---- the engine: claims as columns of whole numbers


class Engine:
    """Fusion by `tiga.fusion.engine`."""

    def __init__(self, engine: Any) -> None:
        self.engine = engine

    def policy_bytes(self) -> bytes:
        from importlib import resources

        from tiga.fusion import policy

        return (resources.files("tiga.fusion") / "tables" / f"{policy.SHIPPED}.json").read_bytes()

    def takes(self, reports: int) -> bool:
        return True

    def prepared(self, table: Table) -> Any:
        return table

    def fused(self, told: Any) -> np.ndarray:
        return self._fuse(told).labels()

    def weighed(self, told: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        found = self._fuse(told)
        left, right = (found.order[side] for side in (found.pairs.left, found.pairs.right))
        return left, right, 1.0 / (1.0 + np.exp2(-found.pairs.weight / 1000.0))

    def automatic(self, told: Any) -> np.ndarray:
        return self._fuse(told, certain=True).labels()

    def decided(self, told: Any, together: np.ndarray, apart: np.ndarray) -> np.ndarray:
        return self._fuse(told, together=together.astype(np.int32), apart=apart.astype(np.int32)).labels()

    def updated(self, told: Any) -> tuple[np.ndarray, np.ndarray]:
        raise Absent("taking one claim after another")

    def _fuse(self, table: Table, **more: Any) -> Any:
        tree, nodes = reports.tree(table)
        return self.engine.fuse(reports.columns(table, nodes), tree, threads=THREADS, **more)


# ---- the grouping of claims one by one, where there is no engine


class Grouping:
    """Fusion by `tiga.fusion.clusters`, which looks at claims one by one."""

    def policy_bytes(self) -> bytes:
        from tiga.fusion.policy import POLICY_1

        return json.dumps(POLICY_1.as_json(), sort_keys=True, separators=(",", ":")).encode()

    def takes(self, reports: int) -> bool:
        return reports <= REPORTS_MAX

    def prepared(self, table: Table) -> Any:
        return reports.claims(table)

    def fused(self, told: Any) -> np.ndarray:
        return self._labels(self._group(told))

    def weighed(self, told: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        considered = self._group(told).considered
        at = {claim.claim_id: number for number, claim in enumerate(told)}
        bits = np.array([match.millibits for match in considered]) / 1000.0
        left, right = ([at[getattr(match, side)] for match in considered] for side in ("left", "right"))
        return np.array(left), np.array(right), 1.0 / (1.0 + np.exp2(-bits))

    def automatic(self, told: Any) -> np.ndarray:
        return np.arange(len(told))

    def decided(self, told: Any, together: np.ndarray, apart: np.ndarray) -> np.ndarray:
        rows = [(pair, True) for pair in together] + [(pair, False) for pair in apart]
        decisions = [Decision(told[a].claim_id, told[b].claim_id, same) for (a, b), same in rows]
        return self._labels(self._group(told, decisions))

    def updated(self, told: Any) -> tuple[np.ndarray, np.ndarray]:
        raise Absent("taking one claim after another")

    def _group(self, told: Any, decisions: Sequence[Decision] = ()) -> Any:
        from tiga.fusion import clusters

        return clusters.group(told, decisions)

    def _labels(self, result: Any) -> np.ndarray:
        home = {claim: number for number, group in enumerate(result.groups) for claim in group.claims}
        return np.array([home[name] for name in sorted(home)], dtype=np.int64)


def fusion() -> Engine | Grouping:
    """What fusion offers here. Both answer the same questions:

    `policy_bytes` the shipped weights, from which all seeds derive; `takes` whether a set of so many reports can be fused;
    `prepared` what is made of a set before the clock runs; `fused` a label for each report; `weighed` the pairs that were
    compared and the probability of each; `automatic` labels of the tier that is joined without a person; `decided` labels
    after people's decisions, given as pairs of places; `updated` labels after one claim at a time in order of receipt, and
    the milliseconds that each took, or Absent.
    """
    try:
        return Engine(importlib.import_module("tiga.fusion.engine"))
    except ModuleNotFoundError:
        return Grouping()


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


def peak_mb() -> float:
    """The most memory that this process has held, by the kernel's mark: what its parent held before does not count."""
    with open("/proc/self/status") as told:
        return int(next(line for line in told if line.startswith("VmHWM:")).split()[1]) / 1024


def main(task: str, path: str, out: str, runs: str, decisions: str = "") -> None:
    table, ours = sets.load(Path(path)), fusion()
    told: dict[str, Any] = {}
    found: dict[str, np.ndarray] = {}
    if task == "windowed":
        found["labels"], told = _timed(by_window, table, int(runs))
    else:
        ready = ours.prepared(table)
        ours.fused(ours.prepared(sets.first(table, WARM_REPORTS)))
        if task == "fuse":
            found["labels"], told = _timed(ours.fused, ready, int(runs))
        elif task == "pairs":
            found["left"], found["right"], found["probability"] = ours.weighed(ready)
            found["automatic"] = ours.automatic(ready)
        elif task == "decide":
            given = sets.load(Path(decisions))
            found["labels"] = ours.decided(ready, given["together"], given["apart"])
        elif task == "update":
            try:
                found["labels"], found["milliseconds"] = ours.updated(ready)
            except Absent as absent:
                told = {"absent": str(absent)}
        else:
            raise SystemExit(f"there is no task {task}")
    np.savez(out, **found)
    print(json.dumps({**told, "peak_mb": peak_mb(), "policy": hashlib.sha256(ours.policy_bytes()).hexdigest()}))


if __name__ == "__main__":
    main(*sys.argv[1:])
