"""Rows on what the numbers are worth: are probabilities honest, may a tier be automatic, do people's decisions hold, and
is one claim after another the same as all at once.

Rules
1. A pair's probability is judged on every pair that fusion compared, on a set that no weight has seen.
2. The automatic tier is judged as labels of its own: what it leaves apart counts against its recall.
3. Decisions are drawn as people would make them on what is shown: 400 pairs put together that do not belong together, 400
   kept apart that do, by a generator with a fixed start. All of them must hold.
4. One claim after another must give the very partition that one run over all gives.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import numpy as np

from benchmarks import Row
from benchmarks.fusing import contest, metrics, sets
from benchmarks.fusing.bars import Outcome, share
from benchmarks.fusing.sets import Set

WRONG, MISSED = 400, 400
DRAWN_FROM = 0
ECE_BAR, TIER_PRECISION, TIER_RECALL = Decimal(".03"), Decimal(".97"), Decimal(".50")
DECIDED_F1, UPDATE_P99_MS = Decimal(".90"), Decimal(30)


def rows(small: Outcome, progress: Callable[[str], None]) -> list[Row]:
    """Calibration, automatic tier and decisions on the small set, on which ours has run."""
    progress(f"{small.set.name}: what was compared, and the automatic tier")
    truth = contest.incidents(small.set)
    arrays, _ = contest.asked("pairs", small.set.path, 1)
    left, right = arrays["left"], arrays["right"]
    together = truth[left] == truth[right]
    error = metrics.ece(arrays["probability"], together)
    tier = metrics.quality(truth, arrays["automatic"])
    name = small.set.name
    return [
        Row(f"ECE of pair probabilities, {name}; pairs: {len(left)}", share(error), "ECE", bar=ECE_BAR, at_least=False),
        Row(f"automatic tier, precision, {name}", share(tier.precision), "share", bar=TIER_PRECISION),
        Row(f"automatic tier, recall, {name}", share(tier.recall), "share", bar=TIER_RECALL),
        *_decisions(small, left, right, together, progress),
    ]


def drawn(put: np.ndarray, together: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Which pairs people decide on: positions among the pairs of WRONG put together though they do not belong together,
    and of MISSED kept apart though they do; fewer where there are not so many."""
    chance = np.random.default_rng(DRAWN_FROM)
    wrong, missed = np.flatnonzero(put & ~together), np.flatnonzero(~put & together)
    apart = chance.choice(wrong, min(WRONG, len(wrong)), replace=False)
    same = chance.choice(missed, min(MISSED, len(missed)), replace=False)
    return apart, same


def _decisions(
    small: Outcome, left: np.ndarray, right: np.ndarray, together: np.ndarray, progress: Callable[[str], None]
) -> list[Row]:
    labels = small.ours[0].labels
    apart, same = drawn(labels[left] == labels[right], together)
    pairs = np.column_stack([left, right])
    progress(f"{small.set.name}: decisions, {len(apart)} wrong joins and {len(same)} missed")
    with tempfile.TemporaryDirectory(dir=sets.OUT) as folder:
        given = Path(folder) / "decisions.npz"
        np.savez(given, apart=pairs[apart], together=pairs[same])
        arrays, _ = contest.asked("decide", small.set.path, 1, given)
    after = arrays["labels"]
    held = after[left] == after[right]
    kept = int((~held[apart]).sum() + held[same].sum())
    f1 = metrics.quality(contest.incidents(small.set), after).f1
    name, made = small.set.name, len(apart) + len(same)
    return [
        Row(f"decisions kept of {made}, {name}", share(kept / max(made, 1)), "share", bar=Decimal(1)),
        Row(f"pairwise F1 after {made} decisions, {name}", share(f1), "F1", bar=DECIDED_F1),
    ]


def updates(one: Set, found: Outcome, progress: Callable[[str], None]) -> list[Row]:
    """One claim after another on a set, beside the run over all."""
    progress(f"{one.name}: one claim after another")
    arrays, _ = contest.asked("update", one.path, 1)
    equal = Decimal(int(metrics.same(arrays["labels"].astype(np.int64), found.ours[0].labels)))
    middle, p99, most = (Decimal(f"{value:.3f}") for value in np.percentile(arrays["milliseconds"], (50, 99, 100)))
    return [
        Row(f"one claim after another is what one run gives, {one.name}", equal, "yes=1", bar=Decimal(1)),
        Row(f"taking one claim, median, {one.name}", middle, "ms"),
        Row(f"taking one claim, p99, {one.name}", p99, "ms", bar=UPDATE_P99_MS, at_least=False),
        Row(f"taking one claim, longest, {one.name}", most, "ms"),
    ]
