"""How good a grouping is, and how honest a probability: own code, whole numbers as long as possible.

Rules
1. A grouping is an array of labels, one a report; which numbers stand for the groups plays no part.
2. Pairwise: of all pairs put together, how many belong together (precision); of all that belong together, how many were
   put together (recall). F1 is their harmonic mean.
3. B-cubed: the same for each report, over the group it is in and the incident it is of, itself included; then the mean.
4. ECE: probabilities fall into ten bins of equal width; the mean distance between a bin's mean probability and the share
   of its pairs that belong together, weighted by its pairs.
5. Nothing to find counts as found: a precision of no pairs is 1.

Not done here: reading labels, or deciding what is good enough.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Labels = NDArray[np.int64]
BINS = 10


@dataclass(frozen=True, slots=True)
class Quality:
    """A grouping beside the truth: shares from 0 to 1, and how many incidents there are and were suggested."""

    precision: float
    recall: float
    f1: float
    cubed_precision: float
    cubed_recall: float
    cubed: float
    incidents: int
    suggested: int


def quality(truth: Labels, found: Labels) -> Quality:
    """A grouping's quality; both arrays have one label for each report, and at least one report there is."""
    true, found = _numbered(truth), _numbered(found)
    of_true, of_found = np.bincount(true), np.bincount(found)
    # one cell for each (incident, group) that share a report; the product stays far under 2**63
    cells, shared = np.unique(true * len(of_found) + found, return_counts=True)
    in_true, in_found = of_true[cells // len(of_found)], of_found[cells % len(of_found)]
    together = _pairs(shared)
    precision, recall = _share(together, _pairs(of_found)), _share(together, _pairs(of_true))
    cubed_precision = float((shared * shared / in_found).sum() / len(true))
    cubed_recall = float((shared * shared / in_true).sum() / len(true))
    return Quality(
        precision, recall, _mean(precision, recall),
        cubed_precision, cubed_recall, _mean(cubed_precision, cubed_recall),
        len(of_true), len(of_found),
    )  # fmt: skip


def ece(probabilities: NDArray[np.float64], together: NDArray[np.bool_]) -> float:
    """The expected calibration error of pairs' probabilities (0 to 1); 0 for no pairs."""
    if not len(probabilities):
        return 0.0
    bins = np.minimum((np.asarray(probabilities) * BINS).astype(np.int64), BINS - 1)
    claimed = np.bincount(bins, weights=probabilities, minlength=BINS)
    observed = np.bincount(bins, weights=np.asarray(together, dtype=float), minlength=BINS)
    return float(np.abs(claimed - observed).sum() / len(bins))


def pair_quality(pairs: NDArray[np.int64], found: Labels) -> tuple[float, float, float]:
    """Precision, recall and F1 beside pairs (n rows of two) that belong together, each once: for truths in which a
    report may be of several incidents."""
    met = int((found[pairs[:, 0]] == found[pairs[:, 1]]).sum())
    precision, recall = _share(met, _pairs(np.bincount(_numbered(found)))), _share(met, len(pairs))
    return precision, recall, _mean(precision, recall)


def same(one: Labels, other: Labels) -> bool:
    """Whether two groupings are the same partition, whatever their numbers."""
    a, b = _numbered(one), _numbered(other)
    return bool(a.max() == b.max() and len(np.unique(a * (b.max() + 1) + b)) == a.max() + 1)


def _numbered(labels: Labels) -> Labels:
    return np.unique(labels, return_inverse=True)[1].astype(np.int64)


def _pairs(counts: Labels) -> int:
    return int((counts.astype(np.int64) * (counts - 1) // 2).sum())


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 1.0


def _mean(a: float, b: float) -> float:
    return 2 * a * b / (a + b) if a + b else 0.0
