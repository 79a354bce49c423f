"""The windowed mode: several datasets merged as published practice does it, for comparison with work done that way.

The method is that of Donnay, Dunford, McGrath, Backer and Cunningham, "Integrating Conflict Event Data", Journal of
Conflict Resolution 63(5), 2019, written anew from its description. It stands beside the weighed fusion of this room and
is never mixed with it.

Rules
1. Datasets are merged one after another, in the order given: the first with the second, what came of it with the third,
   and so on. Another order may give another answer.
2. Two occurrences may be one when they start, and end, at most `days` apart and lie at most `distance_m` apart, and when
   both are of one day or both are episodes of several.
3. Each taxonomy gives a category its levels, fine to coarse. They must agree in every taxonomy; the first level that
   agrees counts its number from 1, and the score is the mean over the taxonomies: the lower, the better.
4. Of all that may be one, the best score is joined first, and who is joined is taken: one to one in each step. Ties go
   to the smaller gap in days, then the smaller distance, then the order of the datasets.
5. No dataset holds one occurrence twice: two of one dataset are never joined.
6. What is joined keeps the days, place and categories of the earliest dataset that has it.
7. A category that a taxonomy does not know is a fault; its occurrence is kept, alone.

What is wrong with the input comes back as faults, each with its dataset, row and column. The mean is compared as a sum
of whole levels, so two machines agree.

Not done here: reading files (windowed_files), hours of the day, how exact a place is, dates of more than one calendar.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tiga.drafts import Fault
from tiga.fusion import reckoning

DATASETS_LIMIT = 100
OCCURRENCES_LIMIT = 200_000
"""Occurrences of all datasets in one run."""
TAXONOMIES_LIMIT = 10
PAIRS_LIMIT = 5_000_000
"""Pairs inside the window in one step; more means that the window is too wide for such data."""
DAYS_LIMIT = 366
DISTANCE_LIMIT_M = 1_000_000
_METRES_TO_E7 = 90
"""A metre of latitude is a little under 90 units of 1e-7 degrees."""


@dataclass(frozen=True, slots=True)
class Occurrence:
    """What one row of a dataset tells: first and last day (days of any one count), a point, a category a taxonomy.

    `row` is where it stood, for faults; 0 where it comes from no file.
    """

    event_id: str
    start_day: int
    end_day: int
    lat_e7: int
    lon_e7: int
    categories: tuple[str, ...]
    row: int = 0


@dataclass(frozen=True, slots=True)
class Dataset:
    """A dataset by its name, with its occurrences in the order of its rows."""

    name: str
    occurrences: tuple[Occurrence, ...]


@dataclass(frozen=True, slots=True)
class Taxonomy:
    """Levels, fine to coarse, of each (dataset, category); all rows have as many levels."""

    name: str
    levels: Mapping[tuple[str, str], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Window:
    """How far apart two tellings of one occurrence may be: days and metres, both included."""

    days: int
    distance_m: int


@dataclass(frozen=True, slots=True, order=True)
class Member:
    """An occurrence by its dataset and its id there."""

    dataset: str
    event_id: str


@dataclass(frozen=True, slots=True)
class Joined:
    """A pair that was joined: what stood there already, what came to it, and the level of agreement a taxonomy."""

    kept: Member
    removed: Member
    levels: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Merged:
    """What came of merging: groups in the order in which they arose, each in the order of the datasets.

    Every occurrence is in exactly one group. `joined` lists each pair in the order of its joining; `faults` what the
    taxonomies did not know.
    """

    groups: tuple[tuple[Member, ...], ...]
    joined: tuple[Joined, ...]
    faults: tuple[Fault, ...]

    @property
    def unique(self) -> int:
        """Occurrences after merging."""
        return len(self.groups)

    @property
    def matched(self) -> int:
        """Groups with more than one member."""
        return sum(len(group) > 1 for group in self.groups)

    @property
    def duplicates(self) -> int:
        """Occurrences that were taken into another."""
        return len(self.joined)


@dataclass(frozen=True, slots=True)
class _Placed:
    """An occurrence with its levels a taxonomy; None where a taxonomy does not know its category."""

    member: Member
    told: Occurrence
    levels: tuple[tuple[str, ...], ...] | None

    @property
    def is_episode(self) -> bool:
        return self.told.start_day != self.told.end_day


_Candidate = tuple[int, int, int, int, int, tuple[int, ...]]
"""Sum of levels, gap in days, millimetres, position in the pool, position in the dataset, levels."""


def merge(datasets: Sequence[Dataset], taxonomies: Sequence[Taxonomy], window: Window) -> Merged:
    """Merge datasets in their order; where the input cannot be taken, no groups and the faults."""
    refused = _refused(datasets, taxonomies, window)
    if refused:
        return Merged((), (), refused)
    faults: list[Fault] = []
    pool: list[_Placed] = []
    groups: list[list[Member]] = []
    joined: list[Joined] = []
    for dataset in datasets:
        coming = [_placed(dataset.name, told, taxonomies, faults) for told in dataset.occurrences]
        candidates = list(_candidates(pool, coming, window))
        if len(candidates) > PAIRS_LIMIT:
            return Merged((), (), (_fault(dataset.name, 0, "", "window_wide", limit=str(PAIRS_LIMIT)),))
        taken: dict[int, int] = {}
        for _, _, _, at, to, levels in _chosen(candidates):
            taken[to] = at
            groups[at].append(coming[to].member)
            joined.append(Joined(pool[at].member, coming[to].member, levels))
        left = [one for position, one in enumerate(coming) if position not in taken]
        pool += left
        groups += [[one.member] for one in left]
    return Merged(tuple(tuple(group) for group in groups), tuple(joined), tuple(faults))


def _chosen(candidates: list[_Candidate]) -> Iterator[_Candidate]:
    """Best first, each side at most once. With one order of preference for both sides this is the stable choice."""
    kept: set[int] = set()
    removed: set[int] = set()
    for candidate in sorted(candidates):
        at, to = candidate[3], candidate[4]
        if at not in kept and to not in removed:
            kept.add(at)
            removed.add(to)
            yield candidate


def _candidates(pool: Sequence[_Placed], coming: Sequence[_Placed], window: Window) -> Iterator[_Candidate]:
    """Pairs that may be one by rules 2 and 3, at most PAIRS_LIMIT + 1 of them."""
    height = max(1, window.distance_m) * _METRES_TO_E7
    cells: dict[tuple[int, int, bool], list[int]] = {}
    for at, one in enumerate(pool):
        cells.setdefault((one.told.start_day, one.told.lat_e7 // height, one.is_episode), []).append(at)
    found = 0
    for to, other in enumerate(coming):
        row = other.told.lat_e7 // height
        for day in range(other.told.start_day - window.days, other.told.start_day + window.days + 1):
            for near in (row - 1, row, row + 1):
                for at in cells.get((day, near, other.is_episode), ()):
                    candidate = _candidate(pool[at], other, at, to, window)
                    if candidate:
                        found += 1
                        yield candidate
                        if found > PAIRS_LIMIT:
                            return


def _candidate(kept: _Placed, other: _Placed, at: int, to: int, window: Window) -> _Candidate | None:
    gap = abs(kept.told.start_day - other.told.start_day)
    end_gap = abs(kept.told.end_day - other.told.end_day)
    if gap > window.days or end_gap > window.days:
        return None
    metres = reckoning.metres(kept.told.lat_e7, kept.told.lon_e7, other.told.lat_e7, other.told.lon_e7)
    if metres > window.distance_m:
        return None
    levels = _agreement(kept.levels, other.levels)
    if levels is None:
        return None
    return sum(levels), gap + end_gap, int(metres * 1000.0), at, to, levels


def _agreement(
    mine: tuple[tuple[str, ...], ...] | None, theirs: tuple[tuple[str, ...], ...] | None
) -> tuple[int, ...] | None:
    """The first level that agrees in each taxonomy, from 1; None where one does not agree at all."""
    if mine is None or theirs is None:
        return None
    found = []
    for own, other in zip(mine, theirs, strict=True):
        level = next((n for n, (a, b) in enumerate(zip(own, other, strict=True), 1) if a == b), 0)
        if not level:
            return None
        found.append(level)
    return tuple(found)


def _placed(dataset: str, told: Occurrence, taxonomies: Sequence[Taxonomy], faults: list[Fault]) -> _Placed:
    levels: list[tuple[str, ...]] = []
    for taxonomy, category in zip(taxonomies, told.categories, strict=True):
        known = taxonomy.levels.get((dataset, category))
        if known is None:
            faults.append(_fault(dataset, told.row, taxonomy.name, "category_unknown", value=category))
        else:
            levels.append(known)
    whole = tuple(levels) if len(levels) == len(taxonomies) else None
    return _Placed(Member(dataset, told.event_id), told, whole)


# ---- what cannot be taken


def _refused(datasets: Sequence[Dataset], taxonomies: Sequence[Taxonomy], window: Window) -> tuple[Fault, ...]:
    """Faults for which nothing is merged at all."""
    faults = []
    if not 0 <= window.days <= DAYS_LIMIT or not 0 <= window.distance_m <= DISTANCE_LIMIT_M:
        values = {"days": str(DAYS_LIMIT), "metres": str(DISTANCE_LIMIT_M)}
        faults.append(_fault("", 0, "", "window_bad", **values))
    if not 1 <= len(datasets) <= DATASETS_LIMIT or len(taxonomies) > TAXONOMIES_LIMIT:
        values = {"datasets": str(DATASETS_LIMIT), "taxonomies": str(TAXONOMIES_LIMIT)}
        faults.append(_fault("", 0, "", "datasets_count", **values))
    if sum(len(dataset.occurrences) for dataset in datasets) > OCCURRENCES_LIMIT:
        faults.append(_fault("", 0, "", "occurrences_limit", limit=str(OCCURRENCES_LIMIT)))
    names = [dataset.name for dataset in datasets]
    faults += [_fault(name, 0, "", "dataset_twice", value=name) for name in sorted(set(names)) if names.count(name) > 1]
    for taxonomy in taxonomies:
        if len({len(levels) for levels in taxonomy.levels.values()}) > 1:
            faults.append(_fault(taxonomy.name, 0, "", "levels_uneven", value=taxonomy.name))
    for dataset in datasets:
        faults += _faulty_rows(dataset, len(taxonomies))
    return tuple(faults)


def _faulty_rows(dataset: Dataset, taxonomies: int) -> Iterator[Fault]:
    seen: dict[str, int] = {}
    for told in dataset.occurrences:
        if told.event_id in seen:
            first = str(seen[told.event_id])
            yield _fault(dataset.name, told.row, "event", "occurrence_twice", value=told.event_id, first=first)
        seen.setdefault(told.event_id, told.row)
        if told.end_day < told.start_day:
            days = {"value": str(told.end_day), "start": str(told.start_day)}
            yield _fault(dataset.name, told.row, "enddate", "end_before_start", **days)
        if len(told.categories) != taxonomies:
            count = str(len(told.categories))
            yield _fault(dataset.name, told.row, "", "categories_count", count=count, taxonomies=str(taxonomies))


def _fault(file: str, place: int, column: str, code: str, /, **values: str) -> Fault:
    return Fault(file, place, column, f"fault.{code}", values)
