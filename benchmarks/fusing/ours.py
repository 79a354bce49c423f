"""Ours on one set, in a process of its own: `python -m benchmarks.fusing.ours TASK SET OUT RUNS [DECISIONS]`.

This file and `reports` alone know what fusion offers; the judge sees labels, pairs and seconds.

Rules
1. Timed is `fused`, after a run on WARM_REPORTS reports: from the set's columns to labels, names and all, as for the peers.
   Reading the set and imports are not. Peak memory is the process's.
2. Nothing here sees a set's truth. Decisions are pairs that the judge hands in, as people would.
3. One claim after another is timed claim by claim, against the background of the whole set.

Not done here: judging.
"""

from __future__ import annotations

import hashlib
import json
import sys
import time
from collections.abc import Callable
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.fusing import reports, sets
from benchmarks.fusing.sets import Table
from tiga.fusion import arriving, engine, policy, windowed

WARM_REPORTS = 500
WINDOW = windowed.Window(0, 20_000)
"""For the windowed mode: the best on the tuning set (afpk, seed 11) of 0 or 1 days and 10 to 30 km; F1 .587 there."""
THREADS = 2


def policy_bytes() -> bytes:
    """The shipped weights, from which all seeds derive."""
    return (resources.files("tiga.fusion") / "tables" / f"{policy.SHIPPED}.json").read_bytes()


# ---- the questions


def fused(table: Table) -> np.ndarray:
    return _fuse(table).labels()


def pairs(table: Table) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    found = _fuse(table)
    left, right = (found.order[side] for side in (found.pairs.left, found.pairs.right))
    return left, right, 1.0 / (1.0 + np.exp2(-found.pairs.weight / 1000.0))


def automatic(table: Table) -> np.ndarray:
    return _fuse(table, certain=True).labels()


def decided(table: Table, together: np.ndarray, apart: np.ndarray) -> np.ndarray:
    return _fuse(table, together=together.astype(np.int32), apart=apart.astype(np.int32)).labels()


def updated(table: Table) -> tuple[np.ndarray, np.ndarray]:
    """One claim at a time in order of receipt, against the background of all."""
    tree, nodes = reports.tree(table)
    claims = reports.columns(table, nodes)
    here = arriving.Arriving(tree, _fuse(table).background)
    order, milliseconds = np.argsort(table["rec"], kind="stable"), []
    for at in order:
        one = claims.take(at[None])
        start = time.perf_counter()
        here.enter(one, [str(at)])
        milliseconds.append((time.perf_counter() - start) * 1000)
    labels = np.empty(len(claims), dtype=np.int64)
    for group in here.groups().values():
        labels[order[group]] = order[min(group)]
    return labels, np.array(milliseconds)


def _fuse(table: Table, **more: Any) -> Any:
    tree, nodes = reports.tree(table)
    return engine.fuse(reports.columns(table, nodes), tree, threads=THREADS, **more)


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
    table = sets.load(Path(path))
    told: dict[str, Any] = {}
    found: dict[str, np.ndarray] = {}
    if task == "windowed":
        found["labels"], told = _timed(by_window, table, int(runs))
    else:
        fused(sets.first(table, WARM_REPORTS))
        if task == "fuse":
            found["labels"], told = _timed(fused, table, int(runs))
        elif task == "pairs":
            found["left"], found["right"], found["probability"] = pairs(table)
            found["automatic"] = automatic(table)
        elif task == "decide":
            given = sets.load(Path(decisions))
            found["labels"] = decided(table, given["together"], given["apart"])
        elif task == "update":
            found["labels"], found["milliseconds"] = updated(table)
        else:
            raise SystemExit(f"there is no task {task}")
    np.savez(out, **found)
    print(json.dumps({**told, "peak_mb": peak_mb(), "policy": hashlib.sha256(policy_bytes()).hexdigest()}))


if __name__ == "__main__":
    main(*sys.argv[1:])
