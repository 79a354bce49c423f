"""One claim at a time: the same groups as the batch, for the price of its neighbourhood.

Rules
1. At any moment the groups are those that `engine.fuse` gives for the claims that are here, with the same background, table
   and decisions; in whatever order they came, and whatever was taken back in between.
2. A claim is weighed with the claims around its days; the components that it touches are grouped anew, no others.
3. The background is the one handed in. Another background is another start (`Arriving` is made anew).
4. Decisions are handed in whole; what they touch, now or before, is grouped anew.

Not done here: keeping anything on disk (the store rebuilds it from reports), and reasons (`reasons`).
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from tiga.drafts import Claim, Decision
from tiga.fusion import density
from tiga.fusion.candidates import (
    GAP_MIN,
    NARROW_MIN,
    REACHES,
    SPAN_MAX_MIN,
    Pairs,
    groups,
    name_pairs,
    near,
    paired,
    weighed,
    weights_of,
)
from tiga.fusion.columns import COPY, END, LEVEL, NAME, NONE, SIGMA, START, WIDTH, Columns, Kinds, Reader
from tiga.fusion.compiled import compiled
from tiga.fusion.density import Snapshot, shift_mb
from tiga.fusion.partition import partition
from tiga.fusion.policy import Policy, shipped

DAY_MIN = 1_440
FIRST_ROOM = 1_024
NARROW, WIDE, OPEN = 0, 1, 2
"""Claims by span, as `candidates.groups` has them: up to NARROW_MIN, up to SPAN_MAX_MIN, and those that place and time say too
little of."""
LONGEST_MIN = (NARROW_MIN, SPAN_MAX_MIN)


@compiled
def around(
    rows: NDArray[np.int32], signs: NDArray[np.uint64], at: int, others: NDArray[np.int64], reaches: NDArray[np.int64],
    placed: bool,
) -> NDArray[np.int32]:  # fmt: skip
    """Those of the other claims that are worth weighing with one; `placed`: by place, else by name."""
    out, filled = np.empty((len(others), 2), dtype=np.int32), 0
    for other in others:
        if placed:
            fits = rows[other, SIGMA] >= 0 and near(rows, at, rows, other, reaches[rows[at, LEVEL], rows[other, LEVEL]])
        else:
            fits = name_pairs(rows, signs, at, other)
        if fits and other != at:
            out[filled, 0], out[filled, 1] = min(at, other), max(at, other)
            filled += 1
    return out[:filled]


@dataclass(slots=True)
class Arriving:
    """Claims as they come, and the groups that they make."""

    tree: Kinds
    background: Snapshot
    policy: Policy = field(default_factory=shipped)
    reader: Reader = field(init=False)
    ids: list[str] = field(default_factory=list)
    place: dict[str, int] = field(default_factory=dict)
    home: dict[int, int] = field(default_factory=dict)
    """For each claim that is here, the number of its component."""
    members: dict[int, list[int]] = field(default_factory=dict)
    group: dict[int, int] = field(default_factory=dict)
    """For each claim that is here, its group's claim with the lowest key."""
    _rows: NDArray[np.int32] = field(init=False)
    _signs: NDArray[np.uint64] = field(init=False)
    _keys: NDArray[np.int64] = field(init=False)
    _days: tuple[dict[int, array[int]], ...] = field(init=False)
    _copies: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    _links: dict[int, dict[int, int]] = field(default_factory=dict)
    _ties: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    _bars: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    _loose: set[int] = field(default_factory=set)
    _next: int = 0

    def __post_init__(self) -> None:
        self.reader = Reader(self.tree)
        self._rows = np.empty((FIRST_ROOM, WIDTH), dtype=np.int32)
        self._signs = np.empty(FIRST_ROOM, dtype=np.uint64)
        self._keys = np.empty(FIRST_ROOM, dtype=np.int64)
        self._days = (defaultdict(_places), defaultdict(_places), defaultdict(_places))

    @classmethod
    def of(cls, claims: Sequence[Claim], tree: Kinds, background: Snapshot, policy: Policy | None = None) -> Arriving:
        """All claims at once: what `add` gives for the same claims, in about the time of one run over them."""
        here = cls(tree, background, policy or shipped())
        read = here.reader.read(claims)
        order = np.argsort(read.keys, kind="stable")
        rated = density.rated(read.take(order), background)
        here._begin(rated, [claims[at].claim_id for at in order.tolist()])
        return here

    # ---- claims come and go

    def add(self, claims: Sequence[Claim]) -> set[int]:
        """Take in claims that are not here yet; returns the places of all claims whose component was grouped anew."""
        return self.enter(self.reader.read(claims), [claim.claim_id for claim in claims])

    def enter(self, read: Columns, ids: Sequence[str]) -> set[int]:
        """The same for claims that this arrival's reader has read."""
        rated = density.rated(read, self.background)
        touched: set[int] = set()
        for at, claim_id in enumerate(ids):
            touched.add(self._enter(rated, at, claim_id))
        apart = self._hung_anew()
        done = self._split(apart)
        return done | self._regroup(component for component in touched - apart if component in self.members)

    def remove(self, claim_ids: Iterable[str]) -> set[int]:
        """Let claims go; returns the places of all claims that are still here and whose component was grouped anew."""
        touched = set()
        for claim_id in claim_ids:
            at = self.place.pop(claim_id)
            component = self.home.pop(at)
            self.members[component].remove(at)
            self.group.pop(at)
            self._forget(at)
            touched.add(component)
        return self._split(touched | self._hung_anew())

    def decide(self, standing: Sequence[Decision]) -> set[int]:
        """Hold to these decisions, which do not contradict each other, and to no others; returns places as `add` does."""
        ties: dict[int, set[int]] = defaultdict(set)
        bars: dict[int, set[int]] = defaultdict(set)
        for decision in standing:
            i, j = self.place.get(decision.left), self.place.get(decision.right)
            if i is not None and j is not None:
                kept = ties if decision.same else bars
                kept[i].add(j)
                kept[j].add(i)
        changed = {
            at
            for at in {*ties, *bars, *self._ties, *self._bars} & set(self.home)
            if ties.get(at) != self._ties.get(at) or bars.get(at) != self._bars.get(at)
        }
        self._ties, self._bars = ties, bars
        return self._split({self.home[at] for at in changed})

    def groups(self) -> dict[int, list[int]]:
        """The places of each group's claims, by the place of its lowest-keyed one."""
        found: dict[int, list[int]] = defaultdict(list)
        for at, lowest in self.group.items():
            found[lowest].append(at)
        return found

    # ---- inside

    def _begin(self, rated: Columns, ids: list[str]) -> None:
        """Take in the first claims, in the order of their keys."""
        table, count = self.policy, len(ids)
        pairs = weighed(rated, self.tree.table, self.background.bands, table, 1, shift_mb(self.background))
        spare = max(FIRST_ROOM - count, 0)
        self._rows, self._signs, self._keys = (
            np.concatenate([column, np.empty((spare, *column.shape[1:]), dtype=column.dtype)])
            for column in (rated.rows, rated.signs, rated.keys)
        )
        self.ids, self.place = ids, {claim_id: at for at, claim_id in enumerate(ids)}
        self._links = {at: {} for at in range(count)}
        for i, j, weight in zip(pairs.left.tolist(), pairs.right.tolist(), pairs.weight.tolist(), strict=True):
            self._links[i][j] = self._links[j][i] = weight
        for at, group in enumerate(groups(rated.rows).tolist()):
            self._day(at, _kind_of(group)).append(at)
        for at in np.flatnonzero(rated.rows[:, COPY] >= 0).tolist():
            self._copies[int(rated.rows[at, COPY])].append(at)
        self.home = dict.fromkeys(range(count), NONE)
        self._parted(range(count))
        label = partition(rated, pairs, table, None, None)
        self.group = dict(enumerate(label.tolist()))

    def _enter(self, rated: Columns, row: int, claim_id: str) -> int:
        at = len(self.ids)
        if at == len(self._keys):
            self._rows, self._signs, self._keys = (
                np.concatenate([one, np.empty_like(one)]) for one in (self._rows, self._signs, self._keys)
            )
        self._rows[at], self._signs[at], self._keys[at] = rated.rows[row], rated.signs[row], rated.keys[row]
        self.ids.append(claim_id)
        self.place[claim_id] = at
        self._links[at] = {}
        self._link(at, self._beside(at))
        self._day(at, self._kind(at)).append(at)
        if self._rows[at, COPY] >= 0:
            self._copied(at)
        component, self._next = self._next, self._next + 1
        joined = [at]
        floor = self.policy.floor
        beside = {self.home[one] for one, weight in self._links[at].items() if weight > floor}
        for other in beside | {self.home[one] for one in self._ties.get(at, ()) if one in self.home}:
            joined += self.members.pop(other)
        self.members[component] = joined
        for one in joined:
            self.home[one] = component
        return component

    def _kind(self, at: int) -> int:
        return _kind_of(int(groups(self._rows[at : at + 1])[0]))

    def _day(self, at: int, kind: int) -> array[int]:
        """The claims of one claim's kind and day: that of its start where its span has no limit, else of its middle."""
        start, end = int(self._rows[at, START]), int(self._rows[at, END])
        return self._days[kind][(start if kind == OPEN else (start + end) // 2) // DAY_MIN]

    def _forget(self, at: int) -> None:
        self._day(at, self._kind(at)).remove(at)
        for other in self._links.pop(at):
            self._links[other].pop(at, None)
        mark = int(self._rows[at, COPY])
        if mark >= 0:
            copies = self._copies[mark]
            lowest = min(copies, key=self._key)
            copies.remove(at)
            if copies and lowest == at:  # the others hang on the next
                self._hang(min(copies, key=self._key), copies)

    def _hung_anew(self) -> set[int]:
        """The components of copies that hang on another copy since this was asked last."""
        loose, self._loose = self._loose, set()
        return {self.home[at] for at in loose if at in self.home}

    def _key(self, at: int) -> int:
        return int(self._keys[at])

    def _copied(self, at: int) -> None:
        """Hang a copy on the one of the lowest key; or the others on this one, if that is it."""
        copies = self._copies[int(self._rows[at, COPY])]
        copies.append(at)
        lowest = min(copies, key=self._key)
        if lowest != at:
            self._hang(lowest, [at])
            return
        others = [one for one in copies if one != at]
        if others:
            before = min(others, key=self._key)
            for one in others:
                if one != before and not self._paired(before, one):
                    del self._links[before][one], self._links[one][before]
            self._hang(at, others)
            self._loose.update(others)

    def _hang(self, lowest: int, copies: Iterable[int]) -> None:
        """Link copies with the one of the lowest key."""
        new = [one for one in copies if one != lowest and one not in self._links[lowest]]
        for one in new:
            self._link(one, np.array([[min(one, lowest), max(one, lowest)]], dtype=np.int32))
        self._loose.update(new)

    def _paired(self, i: int, j: int) -> bool:
        both = np.array([i, j])
        return paired(self._rows[both], self._signs[both], groups(self._rows[both]), 0, 1)

    def _nearby(self, kind: int, at: int) -> NDArray[np.int64]:
        """Claims of one kind whose span may lie near that of one claim."""
        start, end = int(self._rows[at, START]), int(self._rows[at, END])
        if kind == OPEN:  # by start alone, for their spans have no limit
            found = [self._days[kind][day] for day in sorted(self._days[kind]) if day * DAY_MIN <= end + GAP_MIN]
        else:
            reach = GAP_MIN + LONGEST_MIN[kind] // 2 + 1
            days = range((start - reach) // DAY_MIN, (end + reach) // DAY_MIN + 1)
            found = [self._days[kind][day] for day in days if day in self._days[kind]]
        if not found:
            return np.empty(0, dtype=np.int64)
        return np.concatenate(
            [np.frombuffer(one, dtype=np.int64) for one in found if len(one)] or [np.empty(0, dtype=np.int64)]
        )

    def _beside(self, at: int) -> NDArray[np.int32]:
        """The pairs of a claim with those that are here and that place or name makes worth weighing."""
        parts = [np.empty((0, 2), dtype=np.int32)]
        if self._kind(at) != OPEN:
            others = np.concatenate([self._nearby(NARROW, at), self._nearby(WIDE, at)])
            parts.append(around(self._rows, self._signs, at, others, REACHES, True))
        if self._rows[at, NAME] >= 0:
            kinds = (NARROW, WIDE, OPEN) if self._rows[at, SIGMA] < 0 else (OPEN,)
            others = np.concatenate([self._nearby(kind, at) for kind in kinds])
            parts.append(around(self._rows, self._signs, at, others, REACHES, False))
        return np.concatenate(parts)

    def _link(self, at: int, pairs: NDArray[np.int32]) -> None:
        """Weigh pairs of a claim and keep them."""
        weights = weights_of(
            self._rows, self._signs, pairs, self.tree.table, self.background.bands, self.policy.weights,
            self.policy.offsets, self.policy.base + shift_mb(self.background),
        )  # fmt: skip
        for (i, j), weight in zip(pairs.tolist(), weights.tolist(), strict=True):
            other = j if i == at else i
            self._links[at][other] = self._links[other][at] = weight

    def _split(self, components: Iterable[int]) -> set[int]:
        """Take components apart, find what still hangs together, and group it anew."""
        loose = [at for component in components if component in self.members for at in self.members.pop(component)]
        # a tie may lead into a component that nothing touched so far
        waiting, seen = list(loose), set(loose)
        while waiting:
            at = waiting.pop()
            for other in self._ties.get(at, ()):
                if other not in seen and other in self.home:
                    for one in self.members.pop(self.home[other], []):
                        if one not in seen:
                            seen.add(one)
                            waiting.append(one)
        return self._regroup(self._parted(sorted(seen)))

    def _parted(self, places: Iterable[int]) -> list[int]:
        """Give claims that are in no component to new ones, each of what hangs together."""
        fresh = []
        for first in places:
            if self.home.get(first, NONE) in self.members:
                continue
            component, self._next = self._next, self._next + 1
            chain, own = [first], {first}
            while chain:
                at = chain.pop()
                strong = [one for one, weight in self._links[at].items() if weight > self.policy.floor]
                for other in (*strong, *(one for one in self._ties.get(at, ()) if one in self.home)):
                    if other not in own:
                        own.add(other)
                        chain.append(other)
            self.members[component] = list(own)
            for at in own:
                self.home[at] = component
            fresh.append(component)
        return fresh

    def _regroup(self, components: Iterable[int]) -> set[int]:
        """Group components anew; returns the places of their claims."""
        touched: set[int] = set()
        for component in components:
            own = sorted(self.members[component], key=lambda at: int(self._keys[at]))
            touched.update(own)
            if len(own) == 1:
                self.group[own[0]] = own[0]
                continue
            order = {at: number for number, at in enumerate(own)}
            label = partition(
                Columns(self._rows[own], self._signs[own], self._keys[own]), self._inside(own, order), self.policy,
                _pairs(self._ties, order), _pairs(self._bars, order),
            )  # fmt: skip
            for at, lowest in zip(own, label.tolist(), strict=True):
                self.group[at] = own[lowest]
        return touched

    def _inside(self, own: list[int], order: dict[int, int]) -> Pairs:
        rows = [
            (order[at], order[other], weight)
            for at in own
            for other, weight in self._links[at].items()
            if order[at] < order.get(other, -1)
        ]
        found = np.array(rows, dtype=np.int32).reshape(-1, 3)
        return Pairs(*(np.ascontiguousarray(found[:, at]) for at in range(3)))


def _kind_of(group: int) -> int:
    return OPEN if group < 0 else group % 2


def _places() -> array[int]:
    return array("q")


def _pairs(linked: dict[int, set[int]], order: dict[int, int]) -> NDArray[np.int32]:
    rows = [
        (order[at], order[other]) for at in order for other in linked.get(at, ()) if order[at] < order.get(other, -1)
    ]
    return np.array(rows, dtype=np.int32).reshape(-1, 2)
