"""From weighed pairs to groups: constrained average-link agglomeration, component by component, in whole numbers.

Rules
1. Claims are looked at together where a chain of pairs above `floor` joins them; a component over COMPONENT_MAX claims raises
   the floor by FLOOR_STEP until it falls apart.
2. Inside a component the two groups that agree best are joined, by S/(M·N)^0.75, down to `stop`: S is the sum of what all
   pairs across weigh, each pair counting by the masses of its claims, a pair never weighed counting `unscored`; M and N are
   the masses of the groups. Ties go to the lowest keys (fusion.md 4.6).
3. What a person holds together is one group from the start; what a person keeps apart, or one pair at `veto`, is never
   joined. A person's word outranks a veto. Of two claims that one source tells apart (CONTESTED_MB), of which one was taken
   into a group and the other left alone, the one that agrees better with the rest of that group belongs to it.
4. The result is a function of the set of claims, pairs and constraints. Sums are whole numbers; the fourth root that scales
   them uses operations that IEEE 754 rounds in one way, so that two machines agree.

Not done here: which decisions contradict each other (`clusters`).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tiga.fusion.candidates import Pairs
from tiga.fusion.columns import LEVEL, Columns
from tiga.fusion.compiled import compiled, each, leaf
from tiga.fusion.policy import Policy

COMPONENT_MAX = 1_500
FLOOR_STEP = 700
CONTESTED_MB = -12_000
"""Weight of a pair that says outright that there are two happenings, as one source's two times do."""
APART = -(1 << 60)
"""The sum that stands for two groups that are never joined."""
UNIT = 31.622776601683793
"""What a millibit of a pair of full masses (1000 permille) counts in a mean."""
_NEVER = -1.0e300
Indices = NDArray[np.int64]


@compiled
def roots(
    above: Indices, left: NDArray[np.int32], right: NDArray[np.int32], weight: NDArray[np.int32], floor: int
) -> Indices:
    """For each position the lowest position that pairs above the floor chain it to; `above` holds chains known before and is
    used up."""
    for at in range(len(left)):
        if weight[at] > floor:
            one, other = int(left[at]), int(right[at])
            while above[one] != one:
                above[one] = above[above[one]]
                one = above[one]
            while above[other] != other:
                above[other] = above[above[other]]
                other = above[other]
            above[max(one, other)] = min(one, other)
    for at in range(len(above)):
        top = at
        while above[top] != top:
            top = above[top]
        above[at] = top
    return above


@compiled
def agglomerate(
    sums: NDArray[np.int64], masses: NDArray[np.int64], start: Indices, stop: float, plain: bool
) -> Indices:
    """The group of each member of one component, by its lowest member.

    `sums` (n by n) is what each pair counts, APART for pairs that are never joined; `masses` what each member counts;
    `start` the group that each member is in from the beginning, by its lowest member. All three are used up.
    """
    size = len(masses)
    alive = np.ones(size, dtype=np.bool_)
    label = start.copy()
    for one in range(size):  # what is held together from the start
        top = label[one]
        if top != one:
            alive[one] = False
            masses[top] += masses[one]
            for other in range(size):
                if other != top:
                    _add(sums, top, one, other)
    best, whom = np.full(size, _NEVER), np.full(size, -1)
    for one in range(size):
        if alive[one]:
            _find(sums, masses, alive, one, best, whom, plain)
    while True:
        chosen, most = -1, stop
        for one in range(size):
            if alive[one] and best[one] > most:
                chosen, most = one, best[one]
        if chosen < 0:
            return label
        kept, gone = min(chosen, whom[chosen]), max(chosen, whom[chosen])
        alive[gone] = False
        masses[kept] += masses[gone]
        for one in range(size):
            if label[one] == gone:
                label[one] = kept
            if one != kept and alive[one]:
                _add(sums, kept, gone, one)
        _find(sums, masses, alive, kept, best, whom, plain)
        for one in range(size):
            if not alive[one] or one == kept:
                continue
            if whom[one] == kept or whom[one] == gone:
                _find(sums, masses, alive, one, best, whom, plain)
            else:
                value = _mean(sums[one, kept], masses[one], masses[kept], plain)
                if value > best[one] or (value == best[one] and kept < whom[one]):
                    best[one], whom[one] = value, kept


@leaf
def _add(sums: NDArray[np.int64], kept: int, gone: int, other: int) -> None:
    """Let the group that is kept count what the one that goes counted with another."""
    total = sums[kept, other] + sums[gone, other]
    if sums[kept, other] == APART or sums[gone, other] == APART:
        total = APART
    sums[kept, other] = total
    sums[other, kept] = total


@leaf
def _mean(total: int, one: int, other: int, plain: bool) -> float:
    """S/(M·N)^0.75, or plainly S/(M·N), with masses in permille."""
    if total == APART:
        return _NEVER
    if plain:
        return float(np.float64(total) / (np.float64(one) * np.float64(other)))
    root = np.sqrt(np.float64(one) * np.float64(other))
    return float(np.float64(total) / (root * np.sqrt(root)))


@leaf
def _find(
    sums: NDArray[np.int64], masses: NDArray[np.int64], alive: NDArray[np.bool_], one: int, best: NDArray[np.float64],
    whom: Indices, plain: bool,
) -> None:  # fmt: skip
    """The group that agrees best with one group; of equals, the lowest."""
    most, found = _NEVER, -1
    for other in range(len(masses)):
        if alive[other] and other != one:
            value = _mean(sums[one, other], masses[one], masses[other], plain)
            if value > most:
                most, found = value, other
    best[one], whom[one] = most, found


@leaf
def _exchanged(
    sums: NDArray[np.int64], masses: NDArray[np.int64], start: Indices, found: Indices, inside: int, alone: int,
    plain: bool,
) -> bool:  # fmt: skip
    """Put a claim that stands alone in the place of one inside a group, where it agrees better with the rest of the group."""
    home, rest, mine, theirs = found[inside], 0, 0, 0
    lowest = len(found)
    for one in range(len(found)):
        if (found[one] == found[alone] and one != alone) or (start[one] == start[inside] and one != inside):
            return False  # not alone; or held in its group by a person
        if found[one] == home and one != inside:
            if sums[alone, one] == APART:
                return False
            rest += masses[one]
            mine += sums[alone, one]
            theirs += sums[inside, one]
            lowest = min(lowest, one)
    if rest == 0 or _mean(mine, masses[alone], rest, plain) <= _mean(theirs, masses[inside], rest, plain):
        return False
    lowest = min(lowest, alone)
    for one in range(len(found)):
        if found[one] == home and one != inside:
            found[one] = lowest
    found[alone], found[inside] = lowest, inside
    return True


@compiled
def solve(
    first: int, last: int, begins: Indices, members: Indices, edges_at: Indices, edges: Indices, left: NDArray[np.int32],
    right: NDArray[np.int32], weight: NDArray[np.int32], place: Indices, mass: NDArray[np.int64], held: Indices,
    apart_at: Indices, apart: Indices, unscored: int, stop: float, plain: bool, veto: int, label: Indices,
) -> None:  # fmt: skip
    """Group the components `first` to `last`, writing each claim's group (its lowest-keyed member) into `label`."""
    for component in range(first, last):
        own = members[begins[component] : begins[component + 1]]
        size = len(own)
        if size == 1:
            continue
        masses = mass[own]
        sums = np.empty((size, size), dtype=np.int64)
        start = np.empty(size, dtype=np.int64)
        for one in range(size):
            start[one] = place[held[own[one]]]
            for other in range(size):
                sums[one, other] = unscored * masses[one] * masses[other]
        for at in range(edges_at[component], edges_at[component + 1]):
            edge = edges[at]
            one, other = place[left[edge]], place[right[edge]]
            value = weight[edge] * masses[one] * masses[other]
            if weight[edge] <= veto and start[one] != start[other]:
                value = APART
            sums[one, other] = value
            sums[other, one] = value
        for at in range(apart_at[component], apart_at[component + 1]):
            one, other = place[apart[2 * at]], place[apart[2 * at + 1]]
            sums[one, other] = APART
            sums[other, one] = APART
        contested = 0
        for at in range(edges_at[component], edges_at[component + 1]):
            contested += 1 if weight[edges[at]] <= CONTESTED_MB else 0
        if contested == 0 or size < 3:
            found = agglomerate(sums, masses, start, stop, plain)
        else:
            first_sums, first_masses = sums.copy(), masses.copy()
            found = agglomerate(sums, masses, start, stop, plain)
            told_apart = np.zeros(
                (size, size), dtype=np.bool_
            )  # in the order of keys, whatever order the pairs come in
            for at in range(edges_at[component], edges_at[component + 1]):
                if weight[edges[at]] <= CONTESTED_MB:
                    one, other = place[left[edges[at]]], place[right[edges[at]]]
                    told_apart[min(one, other), max(one, other)] = True
            for one in range(size):
                for other in range(one + 1, size):
                    if not told_apart[one, other]:
                        continue
                    if not _exchanged(first_sums, first_masses, start, found, one, other, plain):
                        _exchanged(first_sums, first_masses, start, found, other, one, plain)
        for one in range(size):
            label[own[one]] = own[found[one]]


@compiled
def capped(
    above: Indices, left: NDArray[np.int32], right: NDArray[np.int32], weight: NDArray[np.int32], tied: NDArray[np.int32],
    floor: int, most: int, by: int,
) -> Indices:  # fmt: skip
    """Roots after components of more than `most` claims have been looked at again with ever higher floors.

    `tied` are positions, two by two, that stay together at any floor.
    """
    count = len(above)
    while True:
        size = np.zeros(count, dtype=np.int64)
        for at in range(count):
            size[above[at]] += 1
        large = False
        for at in range(count):
            if size[at] > most:
                large = True
        if not large:
            return above
        floor += by
        again = np.arange(count)
        for at in range(count):
            if size[above[at]] <= most:
                again[at] = above[at]
        joined = 0
        for at in range(len(left) + len(tied) // 2):
            if at < len(left):
                one, other, strong = int(left[at]), int(right[at]), weight[at] > floor
            else:
                tie = 2 * (at - len(left))
                one, other, strong = int(tied[tie]), int(tied[tie + 1]), True
            if strong and size[above[one]] > most and above[one] == above[other]:
                joined += 1 if at < len(left) else 0
                while again[one] != one:
                    again[one] = again[again[one]]
                    one = again[one]
                while again[other] != other:
                    again[other] = again[again[other]]
                    other = again[other]
                again[max(one, other)] = min(one, other)
        for at in range(count):
            top = at
            while again[top] != top:
                top = again[top]
            again[at] = top
        above = again
        if joined == 0:  # only what people tied together is left
            return above


@compiled
def ordered(above: Indices) -> tuple[Indices, Indices, Indices]:
    """(begins, members, component of each claim): claims by component and, inside it, by position."""
    count = len(above)
    number = np.full(count, -1)
    total = 0
    for at in range(count):
        if above[at] == at:
            number[at] = total
            total += 1
    begins = np.zeros(total + 1, dtype=np.int64)
    own = np.empty(count, dtype=np.int64)
    for at in range(count):
        own[at] = number[above[at]]
        begins[own[at] + 1] += 1
    for at in range(total):
        begins[at + 1] += begins[at]
    free, members = begins[:-1].copy(), np.empty(count, dtype=np.int64)
    for at in range(count):
        members[free[own[at]]] = at
        free[own[at]] += 1
    return begins, members, own


@compiled
def inside(own: Indices, count: int, left: NDArray[np.int32], right: NDArray[np.int32]) -> tuple[Indices, Indices]:
    """(begins, places) of the pairs that lie inside each component."""
    begins = np.zeros(count + 1, dtype=np.int64)
    for at in range(len(left)):
        if own[left[at]] == own[right[at]]:
            begins[own[left[at]] + 1] += 1
    for at in range(count):
        begins[at + 1] += begins[at]
    free, places = begins[:-1].copy(), np.empty(begins[-1], dtype=np.int64)
    for at in range(len(left)):
        if own[left[at]] == own[right[at]]:
            places[free[own[left[at]]]] = at
            free[own[left[at]]] += 1
    return begins, places


def partition(
    claims: Columns, pairs: Pairs, policy: Policy, together: NDArray[np.int32] | None = None,
    apart: NDArray[np.int32] | None = None, threads: int = 1, certain: bool = False,
) -> Indices:  # fmt: skip
    """The group of each claim, by the position of its lowest member; claims are in the order of their keys.

    `together` and `apart` are positions, two by two (left < right), that people hold together and keep apart; they do not
    contradict each other. `certain`: only joins whose plain mean is at least the policy's `certain`.
    """
    none = np.empty((0, 2), dtype=np.int32)
    ties, bars = (none if one is None else one.astype(np.int32) for one in (together, apart))
    above = np.arange(len(claims))
    held = roots(above.copy(), ties[:, 0], ties[:, 1], np.ones(len(ties), dtype=np.int32), 0)
    above = roots(held.copy(), pairs.left, pairs.right, pairs.weight, policy.floor)
    above = capped(above, pairs.left, pairs.right, pairs.weight, ties.ravel(), policy.floor, COMPONENT_MAX, FLOOR_STEP)
    begins, members, own = ordered(above)
    total = len(begins) - 1
    edges_at, edges = inside(own, total, pairs.left, pairs.right)
    apart_at, chosen = inside(own, total, bars[:, 0], bars[:, 1])
    place = np.empty(len(claims), dtype=np.int64)
    place[members] = np.arange(len(claims)) - begins[own[members]]
    mass = np.array(policy.masses, dtype=np.int64)[claims.rows[:, LEVEL].astype(np.int64)]
    label = np.arange(len(claims))
    stop, veto = (float(policy.certain), policy.doubt) if certain else (policy.stop * UNIT, policy.veto)
    cuts = np.searchsorted(edges_at, np.linspace(0, edges_at[-1], 4 * threads + 1)).clip(0, total)
    cuts[0], cuts[-1] = 0, total

    chosen_bars = np.ascontiguousarray(bars[chosen]).ravel().astype(np.int64)

    def work(at: int) -> None:
        solve(
            int(cuts[at]), int(cuts[at + 1]), begins, members, edges_at, edges, pairs.left, pairs.right, pairs.weight,
            place, mass, held, apart_at, chosen_bars, policy.unscored, stop, certain, veto, label,
        )  # fmt: skip

    each(work, range(len(cuts) - 1), threads)
    return label
