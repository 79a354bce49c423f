"""Rows on real reports: headlines that coders grouped, after a gazetteer has given them places. No bar is set.

Rules
1. A pair belongs together where coders cite both headlines for one event; a headline may be of several events.
2. Places come from GeoNames and, for Pakistan, from OCHA's districts, never from what the coders wrote (`making`). The
   share of headlines with a place stands beside the numbers: without one, ours has the day and the outlet alone.
3. Coders list some of the reports that existed, and a digest belongs to many events: a false pair here may be right.
4. Nothing here is an attribution, and no finding follows from it: these are groups of headlines.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from benchmarks import Row
from benchmarks.fusing import contest, metrics, sets
from benchmarks.fusing.bars import share
from benchmarks.fusing.contest import TITLES

METHODS = ("one_a_day", "dbscan", "tfidf")


def rows(corpus: str, progress: Callable[[str], None]) -> list[Row]:
    """One set of headlines: the share with a place, and F1 beside each peer, over all and over those with a place."""
    one = sets.real(corpus, progress)
    with np.load(one.truth) as stored:
        pairs = stored["pairs"].astype(np.int64)
    placed = np.isfinite(sets.load(one.path)["lat"])
    runs = {contest.OURS: contest.ours("fuse", one), **contest.all_peers(one, METHODS, progress)}
    name = corpus.removeprefix("ucdp_")
    told = [Row(f"headlines with a place, {name} ({one.reports})", share(one.located / one.reports), "share")]
    for which, kept in (("all", np.ones(len(placed), bool)), ("with a place", placed)):
        own = within(pairs, kept)
        found = {method: metrics.pair_quality(own, run.labels[kept]) for method, run in runs.items()}
        precision, recall, f1 = found.pop(contest.OURS)
        told.append(Row(f"precision, {name}, {which}; pairs: {len(own)}", share(precision), "share"))
        told.append(Row(f"recall, {name}, {which}", share(recall), "share"))
        for method, (_, _, theirs) in found.items():
            told.append(Row(f"F1, {name}, {which}; {TITLES[method]}", share(f1), "F1", share(theirs)))
    return told


def within(pairs: np.ndarray, kept: np.ndarray) -> np.ndarray:
    """The pairs of which both are kept, as positions among the kept."""
    both = pairs[kept[pairs].all(axis=1)]
    return np.cumsum(kept)[both] - 1
