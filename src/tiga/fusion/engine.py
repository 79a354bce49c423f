"""The whole way from claims to groups, for as many claims as there are.

Rules
1. Background, pairs, groups: three steps, each a function of what it is handed. The same claims, background, decisions and
   table give the same groups on every machine, with any number of threads, in any order of the claims.
2. A background may be handed in (a published one); without one, that of the claims themselves is taken.

Not done here: words (`explain`), decisions that contradict each other (`clusters`), one claim at a time (`arriving`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tiga.fusion import density
from tiga.fusion.candidates import Pairs, weighed
from tiga.fusion.columns import Columns, Kinds
from tiga.fusion.density import Snapshot, shift_mb
from tiga.fusion.partition import partition
from tiga.fusion.policy import Policy, shipped


@dataclass(frozen=True, slots=True)
class Fused:
    """Claims in the order of their keys, their pairs, and for each claim the position of its group's lowest member. `order`
    leads back: the claim at place n was handed in at `order[n]`."""

    claims: Columns
    background: Snapshot
    pairs: Pairs
    label: NDArray[np.int64]
    order: NDArray[np.int64]

    def labels(self) -> NDArray[np.int64]:
        """A group number for each claim as it was handed in."""
        out = np.empty(len(self.label), dtype=np.int64)
        out[self.order] = self.label
        return out


def fuse(
    claims: Columns, tree: Kinds, policy: Policy | None = None, background: Snapshot | None = None,
    together: NDArray[np.int32] | None = None, apart: NDArray[np.int32] | None = None, threads: int = 1,
    certain: bool = False,
) -> Fused:  # fmt: skip
    """Groups of claims. `together` and `apart` are pairs of places as the claims are handed in; `certain`: only joins that count
    as certain."""
    table = policy or shipped()
    order = np.argsort(claims.keys, kind="stable")
    behind = np.empty(len(order), dtype=np.int32)
    behind[order] = np.arange(len(order), dtype=np.int32)
    there = background or density.snapshot(claims, len(tree.table), threads)
    rated = density.rated(claims.take(order), there, threads)
    pairs = weighed(rated, tree.table, there.bands, table, threads, shift_mb(there))
    if background is None:
        there = replace(there, companions=density.companions(pairs.weight, len(claims)))
        pairs = Pairs(pairs.left, pairs.right, pairs.weight + np.int32(shift_mb(there)))
    ties, bars = (None if one is None else np.sort(behind[one], axis=1) for one in (together, apart))
    return Fused(rated, there, pairs, partition(rated, pairs, table, ties, bars, threads, certain), order)
