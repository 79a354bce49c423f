"""Which pairs of claims are worth weighing, and what they weigh.

Rules
1. A pair with two points is weighed when its spans lie at most GAP_MIN apart, its points within the reach of both classes
   of radius, and space and time together say at least FLOOR_MB. The rule is about the pair alone: how claims are put into
   cells changes the time it takes and nothing else.
2. Claims are put into groups by class of radius and span, and each group into cells of a size that suits how many there
   are; inside a cell they lie in order of time.
3. A claim without a point is weighed, by name and time, with claims whose place name has the same bones or is alike. Copies
   of one text are weighed, whatever else they say, with the copy of the lowest key.
4. A claim whose span is wider than SPAN_MAX_MIN says too little to be weighed by place and time.
5. Pairs come as positions (left < right) with whole millibits; their order follows from the claims alone.

Not done here: a theatre across the antimeridian or at a pole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from tiga.fusion.columns import (
    COPY,
    EAST,
    END,
    LEVEL,
    NAME,
    NONE,
    NORTH,
    PLACED,
    RADII_M,
    SIGMA,
    SIGMA_OF_RADIUS_PERMILLE,
    START,
    WIDEST,
    Columns,
    Rows,
)
from tiga.fusion.comparing import (
    KINDS_OF_EVIDENCE,
    PLACE_FLOOR_M2,
    compare,
    metres2,
    name,
    rate_mb,
    space_mb,
    time_mb,
    variance,
)
from tiga.fusion.compiled import compiled
from tiga.fusion.density import each
from tiga.fusion.policy import Policy
from tiga.fusion.reckoning import cosine_at

GAP_MIN = 1_800
FLOOR_MB = -6_328
SPAN_MAX_MIN = 14 * 1_440
NARROW_MIN = 1_800
"""Spans up to this are one group, wider ones another."""
REACH_MIN_M, REACH_MAX_M, WIDEST_SIGMA_M = 20_000, 260_000, 130_000
CELL_TARGET = 2.0
"""Claims that a cell should hold within the time that a search spans."""
CELLS_MAX = 1 << 22
NAMED_ALIKE = 3
"""The band of likeness up to which names are worth weighing where place does not choose."""
BATCH = 40_000
_COMPARED = len(KINDS_OF_EVIDENCE)


@dataclass(frozen=True, slots=True)
class Pairs:
    """Weighed pairs: positions `left` < `right` and millibits."""

    left: NDArray[np.int32]
    right: NDArray[np.int32]
    weight: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.left)


def reaches() -> NDArray[np.int64]:
    """How far apart in metres two points of each two classes of radius may lie: three standard deviations."""
    sigmas = [edge * 1_000 / SIGMA_OF_RADIUS_PERMILLE for edge in RADII_M] + [WIDEST_SIGMA_M]
    out = np.empty((len(sigmas), len(sigmas)), dtype=np.int64)
    for i, one in enumerate(sigmas):
        for j, other in enumerate(sigmas):
            spread = one * one + other * other + PLACE_FLOOR_M2
            out[i, j] = max(min(int(3.0 * np.sqrt(spread)) + 2_000, REACH_MAX_M), REACH_MIN_M)
    return out


REACHES = reaches()


@compiled
def weigh_pair(
    rows: Rows, i: int, j: int, sign_a: int, sign_b: int, tree: Rows, bands: Rows, weights: Rows, offsets: Rows,
    base: int, out: NDArray[np.int32],
) -> int:  # fmt: skip
    """What a pair weighs in millibits; `out` gets the steps and relations it was found to have."""
    compare(rows, i, rows, j, sign_a, sign_b, tree, bands, out)
    total = base
    for at in range(_COMPARED):
        if out[at] >= 0:
            total += weights[offsets[at] + out[at]]
    return int(total)


@compiled
def near(a: Rows, i: int, b: Rows, j: int, reach: int) -> bool:
    """Whether two claims with points are worth weighing (rule 1)."""
    if max(a[i, START], b[j, START]) - min(a[i, END], b[j, END]) > GAP_MIN:
        return False
    square = metres2(a, i, b, j)
    if square > float(reach) * float(reach):
        return False
    spread = variance(a, i, b, j)
    space = space_mb(square, spread, rate_mb(a, i, b, j, spread))
    if space + min(a[i, WIDEST], b[j, WIDEST]) < FLOOR_MB:
        return False
    return bool(space + time_mb(a, i, b, j) >= FLOOR_MB)


@compiled
def first_at(times: NDArray[np.int32], low: int, high: int, value: int) -> int:
    """The first place from `low` to `high` whose time is not before a value."""
    while low < high:
        middle = (low + high) >> 1
        if times[middle] < value:
            low = middle + 1
        else:
            high = middle
    return low


@compiled
def sweep(
    first: int, last: int, asked: NDArray[np.int64], rows: Rows, signs: NDArray[np.uint64], held: NDArray[np.int64],
    held_rows: Rows, times: NDArray[np.int32], starts: NDArray[np.int64], cell: int, south: int, west: int, tall: int,
    wide: int, reach: int, slack: int, itself: bool, tree: Rows, bands: Rows, weights: Rows, offsets: Rows, base: int,
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]:  # fmt: skip
    """Weighed pairs of the claims `asked[first:last]` with a group that lies in cells; `itself`: they are that group."""
    room = max(1_024, (last - first) * 8)
    lefts, rights = np.empty(room, dtype=np.int32), np.empty(room, dtype=np.int32)
    values, filled = np.empty(room, dtype=np.int32), 0
    out = np.empty(_COMPARED, dtype=np.int32)
    for ask in range(first, last):
        at = asked[ask]
        span, middle = slack + (rows[at, END] - rows[at, START]) // 2, (rows[at, START] + rows[at, END]) // 2
        shrink = min(cosine_at(abs(rows[at, NORTH]) + reach), cosine_at(rows[at, NORTH]))
        aside = int(reach / max(shrink, 0.01)) + 1
        low_row = max((rows[at, NORTH] - reach - south) // cell, 0)
        high_row = min((rows[at, NORTH] + reach - south) // cell, tall - 1)
        low_column = max((rows[at, EAST] - aside - west) // cell, 0)
        high_column = min((rows[at, EAST] + aside - west) // cell, wide - 1)
        for row in range(low_row, high_row + 1):
            for column in range(low_column, high_column + 1):
                box = row * wide + column
                begin, end = starts[box], starts[box + 1]
                if begin == end:
                    continue
                place = first_at(times, begin, end, middle - span)
                if itself and place <= ask:
                    place = ask + 1
                while place < end and times[place] <= middle + span:
                    if near(rows, at, held_rows, place, reach):
                        if filled == room:
                            room *= 2
                            lefts, rights, values = grown(lefts, room), grown(rights, room), grown(values, room)
                        other = held[place]
                        lefts[filled], rights[filled] = min(at, other), max(at, other)
                        values[filled] = weigh_pair(
                            rows, at, other, signs[at], signs[other], tree, bands, weights, offsets, base, out
                        )
                        filled += 1
                    place += 1
    return lefts[:filled], rights[:filled], values[:filled]


@compiled
def grown(old: NDArray[np.int32], room: int) -> NDArray[np.int32]:
    """The same numbers with more room behind them."""
    out = np.empty(room, dtype=np.int32)
    out[: len(old)] = old
    return out


@dataclass(frozen=True, slots=True)
class _Grid:
    """One group of claims in cells: their positions, their rows and middles of time in that order, and where cells begin."""

    held: NDArray[np.int64]
    rows: Rows
    times: NDArray[np.int32]
    starts: NDArray[np.int64]
    south: int
    west: int
    tall: int
    wide: int


def weighed(claims: Columns, tree: Rows, bands: Rows, policy: Policy, threads: int = 1, shift: int = 0) -> Pairs:
    """All pairs of rated claims worth weighing, with their weights, by place, name and copy; `shift` millibits on each."""
    jobs = list(_jobs(claims, tree, bands, policy))
    found = each(lambda at: jobs[at](), range(len(jobs)), threads)
    found.append(_otherwise(claims, tree, bands, policy))
    left, right, weight = (np.concatenate([one[at] for one in found]) for at in range(3))
    return Pairs(left, right, weight + np.int32(shift))


def groups(rows: Rows) -> NDArray[np.int64]:
    """The group of each claim by class of radius and span; -1 for claims that place and time say too little of."""
    spans = rows[:, END].astype(np.int64) - rows[:, START]
    out = rows[:, LEVEL].astype(np.int64) * 2 + (spans > NARROW_MIN)
    out[(rows[:, SIGMA] < 0) | (spans > SPAN_MAX_MIN)] = -1
    return out


def _jobs(
    claims: Columns, tree: Rows, bands: Rows, policy: Policy
) -> Iterator[Callable[[], tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]]]:
    """One job for each batch of claims and each group that they are compared with."""
    rows, group = claims.rows, groups(claims.rows)
    spans = rows[:, END].astype(np.int64) - rows[:, START]
    members = {one: np.flatnonzero(group == one) for one in range(2 * len(REACHES))}
    table = (tree, bands, policy.weights, policy.offsets, policy.base)
    for one, held in members.items():
        if not len(held):
            continue
        slack = GAP_MIN + int(spans[held].max()) // 2 + 1
        grids: dict[int, _Grid] = {}
        for other in range(one, 2 * len(REACHES)):
            asked = members[other]
            if not len(asked):
                continue
            reach = int(REACHES[one // 2, other // 2])
            cell = _cell_size(rows, held, reach, slack)
            grid = grids[cell] if cell in grids else grids.setdefault(cell, _grid(rows, held, cell))
            if one == other:
                asked = grid.held
            for first in range(0, len(asked), BATCH):
                last = min(first + BATCH, len(asked))
                yield partial(
                    sweep, first, last, asked, rows, claims.signs, grid.held, grid.rows, grid.times, grid.starts, cell,
                    grid.south, grid.west, grid.tall, grid.wide, reach, slack, one == other, *table,
                )  # fmt: skip


def _cell_size(rows: Rows, held: NDArray[np.int64], reach: int, slack: int) -> int:
    """A power of two of metres: a cell then holds about CELL_TARGET claims of the time that a search spans."""
    north, east, start = (rows[held, column].astype(np.int64) for column in (NORTH, EAST, START))
    tall, wide = (int(one.max() - one.min()) + 1_000 for one in (north, east))
    long = max(int(start.max() - start.min()), 1_440)
    crowd = len(held) / (tall * wide) * min(1.0, 2.0 * slack / long)
    size = 1 << int(np.round(np.log2(max(min((CELL_TARGET / crowd) ** 0.5, max(tall, wide)), reach / 2, 1_000.0))))
    while (tall // size + 1) * (wide // size + 1) > CELLS_MAX:
        size *= 2
    return size


def _grid(rows: Rows, held: NDArray[np.int64], cell: int) -> _Grid:
    north, east = rows[held, NORTH].astype(np.int64), rows[held, EAST].astype(np.int64)
    middle = (rows[held, START].astype(np.int64) + rows[held, END]) // 2
    south, west = int(north.min()), int(east.min())
    tall, wide = int(north.max() - south) // cell + 1, int(east.max() - west) // cell + 1
    box = (north - south) // cell * wide + (east - west) // cell
    order = np.lexsort((held, middle, box))
    starts = np.zeros(tall * wide + 1, dtype=np.int64)
    starts[1:] = np.cumsum(np.bincount(box, minlength=tall * wide))
    places = held[order]
    held_rows, times = np.ascontiguousarray(rows[places, :PLACED]), middle[order].astype(np.int32)
    return _Grid(places, held_rows, times, starts, south, west, tall, wide)


def _otherwise(
    claims: Columns, tree: Rows, bands: Rows, policy: Policy
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]:
    """Pairs that place does not find: a claim without a point with those named alike, and copies of one text."""
    order = np.lexsort((claims.keys, claims.rows[:, START])).astype(np.int64)
    lefts, rights = named(claims.rows, claims.signs, order)
    copies = np.array(list(_copies(claims)), dtype=np.int32).reshape(-1, 2)
    found = np.concatenate([np.stack([lefts, rights], axis=1), copies])
    values = weights_of(claims.rows, claims.signs, found, tree, bands, policy.weights, policy.offsets, policy.base)
    return found[:, 0], found[:, 1], values


@compiled
def name_pairs(rows: Rows, signs: NDArray[np.uint64], i: int, j: int) -> bool:
    """Whether two claims, of which at least one has no point, are worth weighing for their names and times."""
    if rows[i, SIGMA] >= 0 and rows[j, SIGMA] >= 0:
        return False
    if max(rows[i, START], rows[j, START]) - min(rows[i, END], rows[j, END]) > GAP_MIN:
        return False
    return bool(0 < name(rows, i, rows, j, signs[i], signs[j]) <= NAMED_ALIKE)


@compiled
def named(
    rows: Rows, signs: NDArray[np.uint64], order: NDArray[np.int64]
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Positions of pairs that `name_pairs` finds; `order` leads through the claims by their start."""
    room, filled = 1_024, 0
    lefts, rights = np.empty(room, dtype=np.int32), np.empty(room, dtype=np.int32)
    lost = np.flatnonzero((rows[order, SIGMA] < 0) & (rows[order, NAME] >= 0))
    next_lost = 0
    for one in range(len(order)):
        at = order[one]
        while next_lost < len(lost) and lost[next_lost] <= one:
            next_lost += 1
        placed = rows[at, SIGMA] >= 0
        count = len(lost) - next_lost if placed else len(order) - one - 1
        for step in range(count if rows[at, NAME] >= 0 else 0):
            beside = order[lost[next_lost + step]] if placed else order[one + 1 + step]
            if rows[beside, START] - rows[at, END] > GAP_MIN:
                break
            if not name_pairs(rows, signs, at, beside):
                continue
            if filled == room:
                room *= 2
                lefts, rights = grown(lefts, room), grown(rights, room)
            lefts[filled], rights[filled] = min(at, beside), max(at, beside)
            filled += 1
    return lefts[:filled], rights[:filled]


def _copies(claims: Columns) -> Iterable[tuple[int, int]]:
    """Each copy of a text with the one of the lowest key, where place or name does not pair them anyway."""
    first: dict[int, int] = {}
    kind = groups(claims.rows)
    for at in np.flatnonzero(claims.rows[:, COPY] != NONE).tolist():
        lowest = first.setdefault(int(claims.rows[at, COPY]), at)
        if lowest != at and not paired(claims.rows, claims.signs, kind, lowest, at):
            yield lowest, at


def paired(rows: Rows, signs: NDArray[np.uint64], kind: NDArray[np.int64], i: int, j: int) -> bool:
    """Whether place or name makes two claims worth weighing; `kind` as `groups` gives it."""
    reach = int(REACHES[rows[i, LEVEL], rows[j, LEVEL]])
    placed = bool(kind[i] >= 0 and kind[j] >= 0) and near(rows, i, rows, j, reach)
    return placed or name_pairs(rows, signs, i, j)


@compiled
def weights_of(
    rows: Rows, signs: NDArray[np.uint64], pairs: NDArray[np.int32], tree: Rows, bands: Rows, weights: Rows,
    offsets: Rows, base: int,
) -> NDArray[np.int32]:  # fmt: skip
    """What each of these pairs weighs."""
    out, values = np.empty(_COMPARED, dtype=np.int32), np.empty(len(pairs), dtype=np.int32)
    for at in range(len(pairs)):
        i, j = pairs[at, 0], pairs[at, 1]
        values[at] = weigh_pair(rows, i, j, signs[i], signs[j], tree, bands, weights, offsets, base, out)
    return values


@compiled
def compared(
    rows: Rows, signs: NDArray[np.uint64], left: NDArray[np.int32], right: NDArray[np.int32], tree: Rows, bands: Rows
) -> NDArray[np.int32]:
    """The steps and relations of each of these pairs, n by kinds of evidence."""
    out = np.empty((len(left), _COMPARED), dtype=np.int32)
    for at in range(len(left)):
        i, j = left[at], right[at]
        compare(rows, i, rows, j, signs[i], signs[j], tree, bands, out[at])
    return out
