"""Weights from pairs of which it is known whether they are one happening: an additive scorecard.

Rules
1. The odds of a match are a base and one weight for each kind of evidence: logistic regression on the steps and relations
   of `comparing`, drawn (`pull`) towards the weights of an earlier table. So what a kind adds is what it adds beside the others.
2. Missing values weigh nothing and are not fitted. In space and time weights never fall with nearness: they are pooled where
   they would, and all others fitted again beside them.
3. A pair may count more than once (`share`): where pairs were picked for review, by how rarely such pairs are picked.
4. A table that is fitted is a proposal: it becomes the policy when it is adopted.

Not done here: making pairs with known answers, and judging a table.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from tiga.fusion.comparing import (
    DISTANCE_STEPS,
    KINDS_OF_EVIDENCE,
    LAG_STEPS,
    NAME_BANDS,
    PRECISIONS,
    RADIUS_CLASSES,
    SIZES,
    SPACE_STEPS,
    SPANS,
    TIME_STEPS,
)

Floats = NDArray[np.float64]
ROUNDS_MAX = 40
SETTLED = 1e-4
NATS_TO_MB = 1000.0 / 0.6931471805599453
LINES = (
    (0, PRECISIONS, SPACE_STEPS), (2, SPANS, TIME_STEPS), (8, RADIUS_CLASSES, DISTANCE_STEPS), (9, SPANS, LAG_STEPS),
)  # fmt: skip
"""Kinds whose weights may not fall from step to step: which kind, how many classes, steps in each."""
UNSAID = {3: (0,), 4: (0,), 5: (0,), 6: tuple(range(0, SIZES[6], NAME_BANDS))}


@dataclass(frozen=True, slots=True)
class Scorecard:
    """A base and a table for each kind of evidence, in nats."""

    base: float
    tables: tuple[Floats, ...]

    def millibits(self) -> tuple[int, dict[str, list[int]]]:
        """The base and tables in whole millibits."""
        tables = {
            kind: [round(float(one) * NATS_TO_MB) for one in table]
            for kind, table in zip(KINDS_OF_EVIDENCE, self.tables, strict=True)
        }
        return round(self.base * NATS_TO_MB), tables

    def score(self, compared: NDArray[np.int32]) -> Floats:
        """Log odds of pairs, in nats."""
        total = np.full(len(compared), self.base)
        for kind, table in enumerate(self.tables):
            at = compared[:, kind]
            total += np.where(at >= 0, table[np.maximum(at, 0)], 0.0)
        return total


def empty() -> Scorecard:
    return Scorecard(0.0, tuple(np.zeros(size) for size in SIZES))


def fit(
    compared: NDArray[np.int32], same: NDArray[np.bool_], earlier: Scorecard | None = None, pull: float = 2.0,
    share: Floats | None = None, known: Floats | None = None,
) -> Scorecard:  # fmt: skip
    """A scorecard for pairs (n by kinds of evidence) that are the same happening or not.

    `known` are nats that the odds of each pair have beside the scorecard, such as `density.shift_mb` of the set it is from.
    """
    before = earlier or empty()
    offsets = np.cumsum([0, *SIZES])
    columns = np.where(compared >= 0, compared + offsets[:-1], offsets[-1]).astype(np.int64)
    beside = np.zeros(len(columns), dtype=np.float64) if known is None else known
    values, which = np.unique(beside, return_inverse=True)
    unique, back = np.unique(np.column_stack([columns, which]), axis=0, return_inverse=True)
    extra, unique = values[unique[:, -1]], unique[:, :-1]
    counts: Floats = np.ones(len(columns), dtype=np.float64) if share is None else share
    total = counted(back, counts, len(unique))
    yes = counted(back, counts * same, len(unique))
    start = np.concatenate([*before.tables, [0.0], [before.base]])
    free = np.ones(len(start), dtype=bool)
    free[offsets[-1]] = False
    for kind, places in UNSAID.items():
        free[[offsets[kind] + at for at in places]] = False
    weights = _newton(unique, total, yes, extra, start.copy(), start, free, pull)
    held = free.copy()
    for kind, classes, steps in LINES:
        seen = counted(unique[:, kind], total, len(start))
        for one in range(classes):
            line = slice(offsets[kind] + one * steps, offsets[kind] + (one + 1) * steps)
            weights[line] = pooled(weights[line], seen[line] + 1e-3)
            held[line] = False
    weights = _newton(unique, total, yes, extra, weights, start, held, pull)
    return Scorecard(float(weights[-1]), tuple(weights[a:b] for a, b in pairwise(offsets.tolist())))


def counted(places: NDArray[np.int64], weights: Floats, size: int) -> Floats:
    """The sum of weights at each place."""
    return np.bincount(places, weights=weights, minlength=size).astype(np.float64)


def pooled(values: Floats, counts: Floats) -> Floats:
    """The nearest values that never fall, by pooling neighbours that do (Ayer et al. 1955)."""
    means: list[float] = []
    sizes: list[float] = []
    lengths: list[int] = []
    for value, count in zip(values.tolist(), counts.tolist(), strict=True):
        means.append(value)
        sizes.append(count)
        lengths.append(1)
        while len(means) > 1 and means[-2] > means[-1]:
            size = sizes[-2] + sizes[-1]
            means[-2] = (means[-2] * sizes[-2] + means[-1] * sizes[-1]) / size
            sizes[-2], lengths[-2] = size, lengths[-2] + lengths[-1]
            del means[-1], sizes[-1], lengths[-1]
    return np.repeat(means, lengths)


def _newton(
    columns: NDArray[np.int64], total: Floats, yes: Floats, extra: Floats, weights: Floats, towards: Floats,
    free: NDArray[np.bool_], pull: float,
) -> Floats:  # fmt: skip
    """Newton's method on the penalised likelihood; columns that are not free keep their weight."""
    wide = np.hstack([columns, np.full((len(columns), 1), len(weights) - 1)])
    size, picked = len(weights), np.flatnonzero(free)
    penalty = np.full(size, pull)
    penalty[-1] = 0.0
    for _ in range(ROUNDS_MAX):
        chance = 1.0 / (1.0 + np.exp(-weights[wide].sum(axis=1) - extra))
        error, spread = total * chance - yes, total * chance * (1.0 - chance)
        slope = penalty * (weights - towards)
        curve = np.zeros((size, size))
        for one in range(wide.shape[1]):
            slope += counted(wide[:, one], error, size)
            for other in range(wide.shape[1]):
                flat = wide[:, one] * size + wide[:, other]
                curve += counted(flat, spread, size * size).reshape(size, size)
        curve[np.arange(size), np.arange(size)] += penalty + 1e-9
        move = np.linalg.solve(curve[np.ix_(picked, picked)], slope[picked])
        weights[picked] -= np.clip(move, -2.0, 2.0)
        if np.abs(move).max() < SETTLED:
            break
    return weights
