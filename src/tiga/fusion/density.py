"""How many reports there usually are around a place and day: the background against which nearness counts.

Rules
1. A snapshot counts claims by cell and day at three scales, and acts by how often they are named. It is taken from a set of
   claims and then fixed: were every arrival to change it, every arrival would change every weight.
2. It follows from the claims alone, in any order. The hash of its canonical bytes (`as_json`) is what goes on the record:
   whoever holds the claims can take it again and compare.
3. A rate is the claims in nine cells and five days around, less those that one incident brings by itself.
4. What has no point counts at no place.

Not done here: when a snapshot is taken, and by whom (`mechanism`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from tiga.fusion.columns import ACTS, EAST, END, NORTH, RATE_NEAR, SIGMA, START, WIDEST, Columns, Kinds, Rows
from tiga.fusion.comparing import BANDS, most_of_time_mb
from tiga.fusion.compiled import compiled, each
from tiga.fusion.reckoning import cosine_at, log2_mb, tail
from tiga.record import canonical
from tiga.record.canonical import JSON, NotCanonical

FORMAT = "tiga-background/1"
BYTES_LIMIT = 64 * 1024 * 1024
SCALES_M = (6_000, 20_000, 60_000)
DAYS_AROUND = 2
DAY_MIN = 1_440
OWN_REPORTS = 4
"""Reports that one incident brings by itself."""
LEAST = 0.7
"""Reports that are expected where none were counted."""
COMPANIONS = 5_760
"""Other reports of its incident that a claim has where the shipped weights were fitted, in thousandths."""
LOOKS = 3
FEW_CLAIMS = 200
"""So many claims' worth of that figure enters an estimate: a handful of claims tells little."""
BAND_PERMILLE = (20, 60)
"""Share of claims up to which an act counts as rare, and as less common."""
_COLUMNS = 1 << 20
_HALF = 1 << 19
DAYS_MAX = 1 << 17
"""Days between the first and the last claim, about 350 years; claims beyond would count in another cell."""


_SCALE_COLUMNS = {"cells": np.int64, "starts": np.int64, "days": np.int32, "sums": np.int32}


class BadBackground(ValueError):
    """A background that cannot be used; the message says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Scale:
    """Counts at one scale: `cells` sorted, `starts` where each one's days begin, `days` and running `sums` of claims."""

    cells: NDArray[np.int64]
    starts: NDArray[np.int64]
    days: NDArray[np.int32]
    sums: NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The background of one set of claims; `bands` holds for each node of the act tree how rare it is (0 the rarest),
    `companions` how many other reports of its incident a claim may expect, in thousandths."""

    scales: tuple[Scale, ...]
    bands: NDArray[np.int32]
    claims: int
    companions: int = COMPANIONS

    def encoded(self, tree: Kinds) -> bytes:
        """The canonical bytes of the plain data: one set of claims and one tree give one file."""
        return canonical.encode(cast(JSON, self.as_json(tree)), BYTES_LIMIT)

    def as_json(self, tree: Kinds) -> dict[str, object]:
        """Plain data for the record; `bands` by the names of the tree's nodes, so that a tree that grew can read it."""
        return {
            "format": FORMAT, "claims": self.claims, "companions": self.companions,
            "bands": [[name, int(self.bands[at])] for name, at in sorted(tree.number.items())],
            "scales": [
                {name: getattr(scale, name).tolist() for name in ("cells", "starts", "days", "sums")}
                for scale in self.scales
            ],
        }  # fmt: skip


def read(data: bytes, tree: Kinds) -> Snapshot:
    """A background from its canonical bytes; raises BadBackground."""
    try:
        return from_json(canonical.decode(data, BYTES_LIMIT), tree)
    except NotCanonical as error:
        raise BadBackground(str(error)) from error


def from_json(plain: Any, tree: Kinds) -> Snapshot:
    """A background from plain data; acts that it does not know count as rare; raises BadBackground."""
    if not isinstance(plain, dict) or plain.get("format") != FORMAT:
        raise BadBackground(f"a background says format {FORMAT}")
    try:
        scales = tuple(
            Scale(*(np.array(scale[name], dtype=kind) for name, kind in _SCALE_COLUMNS.items()))
            for scale in plain["scales"]
        )
        bands, claims, companions = dict(plain["bands"]), int(plain["claims"]), int(plain["companions"])
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise BadBackground("a background has claims, companions, bands and scales of whole numbers") from error
    if len(scales) != len(SCALES_M) or not all(_sound(scale) for scale in scales) or companions < 1:
        raise BadBackground("the counts of a background do not fit each other; take it again from the reports")
    known = [int(bands.get(name, 0)) for name, _ in sorted(tree.number.items(), key=lambda one: one[1])]
    if any(not 0 <= band < BANDS for band in known):
        raise BadBackground(f"a band is a whole number from 0 to {BANDS - 1}")
    return Snapshot(scales, np.array(known, dtype=np.int32), claims, companions)


def _sound(scale: Scale) -> bool:
    """Whether the columns of one scale fit each other, so that no search leaves them."""
    size = len(scale.days)
    return bool(
        scale.cells.ndim == scale.starts.ndim == scale.days.ndim == scale.sums.ndim == 1
        and len(scale.starts) == len(scale.cells) + 1
        and len(scale.sums) == size
        and scale.starts[0] == 0
        and scale.starts[-1] == size
        and np.all(np.diff(scale.starts) > 0)
        and np.all(np.diff(scale.cells) > 0)
        and np.all(np.diff(scale.sums) > 0)
    )


def snapshot(claims: Columns, nodes: int, threads: int = 1) -> Snapshot:
    """The background of these claims, with an act tree of so many nodes."""
    placed = claims.rows[claims.rows[:, SIGMA] >= 0]
    return Snapshot(
        tuple(each(lambda size: _scale(placed, size), SCALES_M, threads)), _bands(claims.rows, nodes), len(claims)
    )


def rated(claims: Columns, background: Snapshot, threads: int = 1) -> Columns:
    """The claims with their rates filled in."""
    rows = claims.rows.copy()
    placed = np.flatnonzero(rows[:, SIGMA] >= 0)
    where = rows[placed]

    def rate(at: int) -> None:
        scale, size = background.scales[at], SCALES_M[at]
        cells, days, order = _sorted_cells(where, size)
        counted = _counts(cells, days, size, scale.cells, scale.starts, scale.days, scale.sums)
        rates = np.empty(len(placed), dtype=np.int32)
        rates[order] = _rates(counted, size)
        rows[placed, RATE_NEAR + at] = rates

    each(rate, range(len(SCALES_M)), threads)
    rows[:, WIDEST] = _most(rows)
    return Columns(rows, claims.signs, claims.keys)


def shift_mb(background: Snapshot) -> int:
    """What to add to every pair where incidents are told of by fewer reports than where the weights were fitted: at most 0.

    Prior odds of a pair go with the number of reports an incident has. More of them than usual moves nothing, for a burst
    looks like that too.
    """
    return min(0, log2_mb(background.companions / COMPANIONS))


def companions(weight: NDArray[np.int32], claims: int) -> int:
    """Other reports of its incident that a claim may expect, in thousandths, by what all pairs weigh without a shift.

    The expectation shifts the weights, and these the expectation: LOOKS times over (as in Saerens et al. 2002).
    """
    found, shift = COMPANIONS, 0
    for _ in range(LOOKS):
        expected = 2 * int(_chances(weight, shift))
        found = max((expected + COMPANIONS * FEW_CLAIMS) // (claims + FEW_CLAIMS), 1)
        shift = min(0, log2_mb(found / COMPANIONS))
    return found


@compiled
def _chances(weight: NDArray[np.int32], shift: int) -> int:
    """The sum of chances, in thousandths, that weights in millibits stand for once they are shifted."""
    total = 0
    for at in range(len(weight)):
        shifted = weight[at] + shift
        odds = tail(abs(shifted) * 0.0006931471805599453)
        total += int(1_000.0 / (1.0 + odds)) if shifted > 0 else int(1_000.0 * odds / (1.0 + odds))
    return total


def _bands(rows: Rows, nodes: int) -> NDArray[np.int32]:
    said = rows[:, list(ACTS)].ravel()
    counts = np.bincount(said[said >= 0], minlength=nodes)
    shares = counts * 1_000 // max(len(rows), 1)
    return np.minimum(np.searchsorted(BAND_PERMILLE, shares, side="left"), BANDS - 1).astype(np.int32)


@compiled
def _cells(rows: Rows, size: int) -> NDArray[np.int64]:
    """The cell of each claim: a row of latitude and, with that row's cosine, a column."""
    out = np.empty(rows.shape[0], dtype=np.int64)
    for at in range(rows.shape[0]):
        row = rows[at, NORTH] // size
        column = int(np.floor(rows[at, EAST] * cosine_at(row * size + size // 2) / size))
        out[at] = row * _COLUMNS + column + _HALF
    return out


def _sorted_cells(rows: Rows, size: int) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """(cells, days, order): the claims by cell and day."""
    days = (rows[:, START].astype(np.int64) + rows[:, END]) // 2 // DAY_MIN
    first = int(days.min()) if len(days) else 0
    both = _cells(rows, size) * DAYS_MAX + (days - first)
    order = np.argsort(both, kind="stable")
    both = both[order]
    return both // DAYS_MAX, both % DAYS_MAX + first, order


def _scale(rows: Rows, size: int) -> Scale:
    cells, days, _ = _sorted_cells(rows, size)
    new = np.ones(len(cells), dtype=bool)
    new[1:] = (cells[1:] != cells[:-1]) | (days[1:] != days[:-1])
    first = np.flatnonzero(new)
    last = np.append(first[1:], len(cells))
    held, starts = np.unique(cells[first], return_index=True)
    return Scale(
        held, np.append(starts, len(first)).astype(np.int64), days[first].astype(np.int32), last.astype(np.int32)
    )


@compiled
def _counts(
    cells: NDArray[np.int64], days: NDArray[np.int64], size: int, held: NDArray[np.int64],
    starts: NDArray[np.int64], on: NDArray[np.int32], sums: NDArray[np.int32],
) -> NDArray[np.int32]:  # fmt: skip
    """Claims in nine cells and five days around each claim; claims sorted by cell and day, so that each list is walked once
    for each cell beside it."""
    out = np.zeros(len(cells), dtype=np.int32)
    low, high, end = np.zeros(9, dtype=np.int64), np.zeros(9, dtype=np.int64), np.zeros(9, dtype=np.int64)
    for at in range(len(cells)):
        if at == 0 or cells[at] != cells[at - 1]:
            row, column = cells[at] // _COLUMNS, cells[at] % _COLUMNS - _HALF
            here = cosine_at(row * size + size // 2)
            for beside in range(9):
                other = row + beside // 3 - 1
                middle = int(np.floor((column + 0.5) * cosine_at(other * size + size // 2) / here))
                found = other * _COLUMNS + middle + beside % 3 - 1 + _HALF
                place = np.searchsorted(held, found)
                if place < len(held) and held[place] == found:
                    low[beside] = high[beside] = starts[place]
                    end[beside] = starts[place + 1]
                else:
                    low[beside] = high[beside] = end[beside] = 0
        for beside in range(9):
            while low[beside] < end[beside] and on[low[beside]] < days[at] - DAYS_AROUND:
                low[beside] += 1
            high[beside] = max(high[beside], low[beside])
            while high[beside] < end[beside] and on[high[beside]] <= days[at] + DAYS_AROUND:
                high[beside] += 1
            if high[beside] > low[beside]:
                before = sums[low[beside] - 1] if low[beside] > 0 else 0
                out[at] += sums[high[beside] - 1] - before
    return out


@compiled
def _rates(counted: NDArray[np.int32], size: int) -> NDArray[np.int32]:
    """Counts as unrelated reports for each square kilometre and window, log2 in millibits."""
    out = np.empty(len(counted), dtype=np.int32)
    area = log2_mb(9.0 * (size / 1_000.0) * (size / 1_000.0))
    for at in range(len(counted)):
        out[at] = log2_mb(max(counted[at] - OWN_REPORTS, 0) + LEAST) - area
    return out


@compiled
def _most(rows: Rows) -> NDArray[np.int32]:
    out = np.empty(rows.shape[0], dtype=np.int32)
    for at in range(rows.shape[0]):
        out[at] = most_of_time_mb(rows[at, END] - rows[at, START])
    return out
