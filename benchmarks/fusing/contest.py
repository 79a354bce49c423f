"""Runs ours and the peers on the sets, each in a process of its own, one after another on one machine.

Rules
1. Every method gets the same file of columns. Of several timed runs the median counts; a set of SINGLE_FROM reports is
   run once.
2. A method that does not end within SECONDS_MAX is stopped and stands as stopped. One that fails ends the benchmark.
3. What is not run here but quoted says so wherever it appears.

Not done here: bars.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from benchmarks import PEER_PYTHON
from benchmarks.fusing import metrics, sets
from benchmarks.fusing.metrics import Labels, Quality
from benchmarks.fusing.sets import Set

RUNS, SINGLE_FROM = 3, 500_000
SECONDS_MAX = 900
OURS = "ours"
TITLES: Mapping[str, str] = {
    "one_a_day": "one-a-day", "windowed": "windowed mode (as MELTT does)", "dbscan": "DBSCAN", "hdbscan": "HDBSCAN",
    "splink": "Splink, EM", "splink_told": "Splink, m from true labels", "recordlinkage": "recordlinkage, ECM",
    "tfidf": "TF-IDF and date",
}  # fmt: skip
EVERYWHERE = ("one_a_day", "dbscan", "splink_told")
METHODS: Mapping[str, tuple[str, ...]] = {
    sets.SMALL.name: (*EVERYWHERE, "windowed", "hdbscan", "splink", "recordlinkage"),
    sets.SPARSE.name: (*EVERYWHERE, "windowed", "hdbscan", "splink"),
    sets.NOISY.name: (*EVERYWHERE, "windowed", "hdbscan", "splink"),
    sets.SYRIA.name: (*EVERYWHERE, "windowed", "hdbscan", "splink"),
    sets.MIDDLE.name: (*EVERYWHERE, "windowed", "hdbscan", "splink"),
    sets.LARGE.name: EVERYWHERE,
}
"""Which peers run on which set: recordlinkage holds all pairs in memory, HDBSCAN did not end on a million."""


@dataclass(frozen=True, slots=True)
class Run:
    """What one method did with one set: labels, median seconds and CPU seconds, peak memory of its process."""

    labels: Labels
    seconds: float
    cpu_seconds: float
    peak_mb: float


def asked(task: str, path: Path, runs: int, more: Path | None = None) -> tuple[dict[str, Any], dict[str, Any]]:
    """One task of ours in a process of its own: the arrays that it wrote, and what it told."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(sets.ROOT / "src"), str(sets.ROOT)))}
    command = [sys.executable, "-m", "benchmarks.fusing.ours", task, str(path)]
    return _ran(task, command, runs, more, environment, None)


def ours(task: str, one: Set) -> Run:
    """Ours (task `fuse`) or the windowed mode (task `windowed`) on a set."""
    arrays, told = asked(task, one.path, _runs(one))
    return _run(arrays, told)


def peer(method: str, one: Set) -> Run | None:
    """A peer on a set; None where it was stopped."""
    if method == "windowed":
        return ours(method, one)
    script = Path(__file__).with_name("peers.py")
    command = [str(PEER_PYTHON), "-I", str(script), method, str(one.path)]
    more = one.truth if method == "splink_told" else None
    try:
        return _run(*_ran(method, command, _runs(one), more, dict(os.environ), SECONDS_MAX))
    except subprocess.TimeoutExpired:
        return None


def quality(one: Set, run: Run) -> Quality:
    """A run's labels beside the truth of a simulated set."""
    return metrics.quality(incidents(one), run.labels)


def incidents(one: Set) -> Labels:
    with np.load(one.truth) as stored:
        return stored["incident"].astype(np.int64)


def all_peers(one: Set, methods: Sequence[str], progress: Callable[[str], None]) -> dict[str, Run]:
    """The peers that ended, by method."""
    found = {}
    for method in methods:
        run = peer(method, one)
        if run is None:
            progress(f"{one.name}: {TITLES[method]} stopped after {SECONDS_MAX} s")
        else:
            found[method] = run
            progress(f"{one.name}: {TITLES[method]} {run.seconds:.2f} s, {run.peak_mb:.0f} MB")
    return found


def _runs(one: Set) -> int:
    return 1 if one.reports >= SINGLE_FROM else RUNS


def _run(arrays: dict[str, Any], told: dict[str, Any]) -> Run:
    return Run(arrays["labels"].astype(np.int64), median(told["seconds"]), median(told["cpu_seconds"]), told["peak_mb"])


def _ran(
    name: str, command: list[str], runs: int, more: Path | None, environment: dict[str, str], seconds_max: int | None
) -> tuple[dict[str, Any], dict[str, Any]]:
    with tempfile.TemporaryDirectory(dir=sets.OUT) as folder:
        out = Path(folder) / "out.npz"
        words = [*command, str(out), str(runs), *([str(more)] if more else [])]
        done = subprocess.run(
            words, capture_output=True, text=True, cwd=sets.ROOT, env=environment, timeout=seconds_max
        )
        if done.returncode:
            raise RuntimeError(f"{name} ended with an error:\n{done.stderr[-4000:]}")
        return sets.load(out), json.loads(done.stdout.splitlines()[-1])
