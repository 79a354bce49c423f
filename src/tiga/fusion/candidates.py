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
    compare_known,
    metres2,
    name,
    rate_mb,
    space_mb,
    time_mb,
    variance,
)
from tiga.fusion.compiled import compiled, each, leaf
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
_NO_PAIRS = np.empty(0, dtype=np.int32)


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


@leaf
def weight_of(found: NDArray[np.int32], weights: Rows, offsets: Rows, base: int) -> int:
    """What a pair with these steps and relations weighs, in millibits."""
    total = base
    for at in range(_COMPARED):
        if found[at] >= 0:
            total += weights[offsets[at] + found[at]]
    return int(total)


@leaf
def nearness(a: Rows, i: int, b: Rows, j: int, reach: int) -> tuple[bool, float, int, int, int]:
    """Whether two claims with points are worth weighing (rule 1); and, if so, square metres apart, space, rate and time."""
    if max(a[i, START], b[j, START]) - min(a[i, END], b[j, END]) > GAP_MIN:
        return False, 0.0, 0, 0, 0
    square = metres2(a, i, b, j)
    if square > float(reach) * float(reach):
        return False, 0.0, 0, 0, 0
    spread = variance(a, i, b, j)
    rate = rate_mb(a, i, b, j, spread)
    space = space_mb(square, spread, rate)
    if space + min(a[i, WIDEST], b[j, WIDEST]) < FLOOR_MB:
        return False, 0.0, 0, 0, 0
    time = time_mb(a, i, b, j)
    return space + time >= FLOOR_MB, square, space, rate, time


@leaf
def near(a: Rows, i: int, b: Rows, j: int, reach: int) -> bool:
    """Whether two claims with points are worth weighing (rule 1)."""
    return nearness(a, i, b, j, reach)[0]


@leaf
def first_at(times: NDArray[np.int32], low: int, high: int, value: int) -> int:
    """The first place from `low` to `high` whose time is not before a value."""
    while low < high:
        middle = (low + high) >> 1
        if times[middle] < value:
            low = middle + 1
        else:
            high = middle
    return low


@leaf
def first_from(times: NDArray[np.int32], low: int, high: int, hint: int, value: int) -> int:
    """The same, looked for outward from a hint: searches that follow each other in time end near each other."""
    step = 1
    if hint < high and times[hint] < value:
        low = hint + 1
        while low + step < high and times[low + step] < value:
            low += step
            step *= 2
        return first_at(times, low, min(low + step, high), value)
    high = hint
    while high - step > low and times[high - step] >= value:
        high -= step
        step *= 2
    return first_at(times, max(high - step, low), high, value)


@compiled
def sweep(
    first: int, last: int, asked: NDArray[np.int64], rows: Rows, signs: NDArray[np.uint64], held: NDArray[np.int64],
    held_rows: Rows, norths: NDArray[np.int32], easts: NDArray[np.int32], times: NDArray[np.int32],
    starts: NDArray[np.int64], cell: int, south: int, west: int, tall: int, wide: int, reach: int, slack: int,
    itself: bool, tree: Rows, bands: Rows, weights: Rows, offsets: Rows, base: int,
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]:  # fmt: skip
    """Weighed pairs of the claims `asked[first:last]` with a group that lies in cells; `itself`: they are that group."""
    room, filled = max(1_024, (last - first) * 8), 0
    found, out = np.empty((3, room), dtype=np.int32), np.empty(_COMPARED, dtype=np.int32)
    hints = starts[:-1].copy()
    for ask in range(first, last):
        more = -1
        while more < 0:
            more = beside(
                ask, asked, rows, signs, held, held_rows, norths, easts, times, starts, hints, cell, south, west, tall,
                wide, reach, slack, itself, tree, bands, weights, offsets, base, out, found, filled,
            )  # fmt: skip
            if more < 0:
                wider = np.empty((3, 2 * found.shape[1]), dtype=np.int32)
                wider[:, :filled] = found[:, :filled]
                found = wider
        filled = more
    return found[0, :filled].copy(), found[1, :filled].copy(), found[2, :filled].copy()


@leaf
def beside(
    ask: int, asked: NDArray[np.int64], rows: Rows, signs: NDArray[np.uint64], held: NDArray[np.int64], held_rows: Rows,
    norths: NDArray[np.int32], easts: NDArray[np.int32], times: NDArray[np.int32], starts: NDArray[np.int64],
    hints: NDArray[np.int64], cell: int, south: int, west: int, tall: int, wide: int, reach: int, slack: int,
    itself: bool, tree: Rows, bands: Rows, weights: Rows, offsets: Rows, base: int, out: NDArray[np.int32],
    found: NDArray[np.int32], filled: int,
) -> int:  # fmt: skip
    """Write the weighed pairs of one claim into `found` from `filled` on; returns how many there are then, or -1 where the room
    does not suffice. `hints` are where the last search in each cell ended."""
    at = asked[ask]
    north, east = rows[at, NORTH], rows[at, EAST]
    span, middle = slack + ((rows[at, END] - rows[at, START]) >> 1), (rows[at, START] + rows[at, END]) >> 1
    latest = middle + span
    shrink = min(cosine_at(abs(north) + reach), cosine_at(north))
    aside = int(reach / max(shrink, 0.01)) + 1
    low_row, high_row = max((north - reach - south) // cell, 0), min((north + reach - south) // cell, tall - 1)
    low_column, high_column = max((east - aside - west) // cell, 0), min((east + aside - west) // cell, wide - 1)
    for row in range(low_row, high_row + 1):
        for column in range(low_column, high_column + 1):
            box = row * wide + column
            begin, end = starts[box], starts[box + 1]
            if begin == end or (itself and end <= ask + 1):
                continue
            place = first_from(times, begin, end, hints[box], middle - span)
            hints[box] = place
            if itself and place <= ask:
                place = ask + 1
            while place < end and times[place] <= latest:
                if abs(norths[place] - north) > reach or abs(easts[place] - east) > aside:
                    place += 1
                    continue
                worth, square, space, rate, time = nearness(rows, at, held_rows, place, reach)
                if worth:
                    if filled == found.shape[1]:
                        return -1
                    other = held[place]
                    compare_known(
                        rows, at, rows, other, signs[at], signs[other], tree, bands, square, space, rate, time, out
                    )
                    found[0, filled], found[1, filled] = min(at, other), max(at, other)
                    found[2, filled] = weight_of(out, weights, offsets, base)
                    filled += 1
                place += 1
    return int(filled)


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
    norths: NDArray[np.int32]
    easts: NDArray[np.int32]
    times: NDArray[np.int32]
    starts: NDArray[np.int64]
    south: int
    west: int
    tall: int
    wide: int


def weighed(claims: Columns, tree: Rows, bands: Rows, policy: Policy, threads: int = 1, shift: int = 0) -> Pairs:
    """All pairs of rated claims worth weighing, with their weights, by place, name and copy; `shift` millibits on each."""
    order = np.argsort(claims.rows[:, START], kind="stable").astype(np.int32)  # neighbours in time lie near in memory
    there = claims.take(order)
    jobs = list(_jobs(there, tree, bands, policy))
    found = each(lambda at: jobs[at](), range(len(jobs)), threads)
    found.append(_otherwise(there, tree, bands, policy))
    sizes = np.cumsum([0, *(len(one[0]) for one in found)])
    left, right, weight = (np.empty(sizes[-1], dtype=np.int32) for _ in range(3))
    for at in range(len(found)):
        lefts, rights, values = found[at]
        found[at] = (_NO_PAIRS, _NO_PAIRS, _NO_PAIRS)  # let go as we go: there are millions
        part = slice(sizes[at], sizes[at + 1])
        one, other = order[lefts], order[rights]
        left[part], right[part] = np.minimum(one, other), np.maximum(one, other)
        weight[part] = values + np.int32(shift)
    return Pairs(left, right, weight)


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
    middles = (rows[:, START] + rows[:, END]) >> 1
    order = np.argsort(middles, kind="stable")
    members = {one: order[group[order] == one] for one in range(2 * len(REACHES))}
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
                    sweep, first, last, asked, rows, claims.signs, grid.held, grid.rows, grid.norths, grid.easts,
                    grid.times, grid.starts, cell, grid.south, grid.west, grid.tall, grid.wide, reach, slack,
                    one == other, *table,
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
    """A group of claims, in order of the middles of their spans, put into cells."""
    north, east = rows[held, NORTH].astype(np.int64), rows[held, EAST].astype(np.int64)
    south, west = int(north.min()), int(east.min())
    tall, wide = int(north.max() - south) // cell + 1, int(east.max() - west) // cell + 1
    box = (north - south) // cell * wide + (east - west) // cell
    small = box.astype(np.uint16) if tall * wide <= 1 << 16 else box  # sixteen bits are sorted in one pass
    order = np.argsort(small, kind="stable")
    starts = np.zeros(tall * wide + 1, dtype=np.int64)
    starts[1:] = np.cumsum(np.bincount(box, minlength=tall * wide))
    places = held[order]
    held_rows = np.ascontiguousarray(rows[places, :PLACED])
    times = (held_rows[:, START] + held_rows[:, END]) >> 1
    norths, easts = (np.ascontiguousarray(held_rows[:, column]) for column in (NORTH, EAST))
    return _Grid(places, held_rows, norths, easts, times, starts, south, west, tall, wide)


def _otherwise(
    claims: Columns, tree: Rows, bands: Rows, policy: Policy
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]:
    """Pairs that place does not find: a claim without a point with those named alike, and copies of one text."""
    lefts, rights = named(claims.rows, claims.signs)
    copies = np.array(list(_copies(claims)), dtype=np.int32).reshape(-1, 2)
    found = np.concatenate([np.stack([lefts, rights], axis=1), copies])
    values = weights_of(claims.rows, claims.signs, found, tree, bands, policy.weights, policy.offsets, policy.base)
    return found[:, 0], found[:, 1], values


@leaf
def name_pairs(rows: Rows, signs: NDArray[np.uint64], i: int, j: int) -> bool:
    """Whether two claims, of which at least one has no point, are worth weighing for their names and times."""
    if rows[i, SIGMA] >= 0 and rows[j, SIGMA] >= 0:
        return False
    if max(rows[i, START], rows[j, START]) - min(rows[i, END], rows[j, END]) > GAP_MIN:
        return False
    return bool(0 < name(rows, i, rows, j, signs[i], signs[j]) <= NAMED_ALIKE)


@compiled
def named(rows: Rows, signs: NDArray[np.uint64]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Positions of pairs that `name_pairs` finds; claims in the order of their starts."""
    room, filled = 1_024, 0
    lefts, rights = np.empty(room, dtype=np.int32), np.empty(room, dtype=np.int32)
    lost = np.flatnonzero((rows[:, SIGMA] < 0) & (rows[:, NAME] >= 0))
    next_lost = 0
    for at in range(rows.shape[0] if len(lost) else 0):
        while next_lost < len(lost) and lost[next_lost] <= at:
            next_lost += 1
        placed = rows[at, SIGMA] >= 0
        count = len(lost) - next_lost if placed else rows.shape[0] - at - 1
        for step in range(count if rows[at, NAME] >= 0 else 0):
            other = lost[next_lost + step] if placed else at + 1 + step
            if rows[other, START] - rows[at, END] > GAP_MIN:
                break
            if not name_pairs(rows, signs, at, other):
                continue
            if filled == room:
                room *= 2
                lefts, rights = grown(lefts, room), grown(rights, room)
            lefts[filled], rights[filled] = at, other
            filled += 1
    return lefts[:filled], rights[:filled]


def _copies(claims: Columns) -> Iterable[tuple[int, int]]:
    """Each copy of a text with the one of the lowest key, where place or name does not pair them anyway."""
    first: dict[int, int] = {}
    kind = groups(claims.rows)
    marks = claims.rows[:, COPY]
    often = np.flatnonzero(np.bincount(marks[marks >= 0]) > 1)
    same = np.flatnonzero(np.isin(marks, often)) if len(often) else often
    for at in same[np.argsort(claims.keys[same], kind="stable")].tolist():
        lowest = first.setdefault(int(marks[at]), at)
        if lowest != at and not paired(claims.rows, claims.signs, kind, lowest, at):
            yield min(lowest, at), max(lowest, at)


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
        compare(rows, i, rows, j, signs[i], signs[j], tree, bands, out)
        values[at] = weight_of(out, weights, offsets, base)
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
