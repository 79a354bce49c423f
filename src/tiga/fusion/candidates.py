"""Which pairs of claims are worth comparing.

Rules
1. A pair is a candidate when its stated intervals lie at most `time_gap_max_min` apart and its points lie within
   three standard deviations of what both radii allow (at least `reach_min_m`, at most `reach_max_m`).
2. Claims are put into cells by class of radius, each class with its own cell size, so that the work grows with the
   number of near pairs and not with the square of the number of claims.
3. A claim without a point is compared, by name and time, with claims whose name shares its skeleton's beginning or is
   alike; a claim with neither point nor name only with copies of itself.
4. The answer is sorted pairs of positions in the claims as handed in, each once, lower first.

Not done here: a theatre across the antimeridian or at a pole.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence

from tiga.drafts import Claim
from tiga.fusion import reckoning
from tiga.fusion.names import likeness, parts, skeleton
from tiga.fusion.policy import POLICY_1, Policy
from tiga.fusion.scores import SIGMA_OF_RADIUS, distance_m, gap_min, spread_m2

RADII_M = (2_000, 6_000, 25_000, 70_000, 500_000)
"""Upper edge of each class of radius."""
CELLS_M = (12_000, 12_000, 25_000, 60_000, 100_000)
"""Cell size of each class."""
CLAIMS_LIMIT = 200_000
"""Claims in one run of this first version."""

_Cell = tuple[int, int]
_Rows = list[tuple[int, int]]


class TooManyClaims(ValueError):
    """More claims than one run takes; the message says how many are taken."""


def candidates(claims: Sequence[Claim], policy: Policy = POLICY_1) -> tuple[tuple[int, int], ...]:
    """Sorted pairs (i, j), i < j, of positions in `claims` worth weighing; raises TooManyClaims."""
    if len(claims) > CLAIMS_LIMIT:
        raise TooManyClaims(f"{len(claims)} claims; one run takes {CLAIMS_LIMIT}: split them by month or region")
    pairs = _near(claims, policy) | _named(claims, policy) | _copied(claims, policy)
    return tuple(sorted(pairs))


def _level(claim: Claim) -> int:
    return next((level for level, edge in enumerate(RADII_M) if claim.radius_m <= edge), len(RADII_M) - 1)


def _reach_m(a: int, b: int, policy: Policy) -> int:
    """How far apart a claim of radius `a` and one of class edge `b` may lie, in metres."""
    sigma_m = math.sqrt(a * a + b * b) / SIGMA_OF_RADIUS + policy.place_floor_m
    return max(policy.reach_min_m, min(policy.reach_max_m, int(sigma_m * policy.reach_sigma_permille / 1000)))


def _cell(lat_e7: int, lon_e7: int, level: int) -> _Cell:
    side = CELLS_M[level] * 90
    return lat_e7 // side, lon_e7 // side


def _near(claims: Sequence[Claim], policy: Policy) -> set[tuple[int, int]]:
    grids: list[dict[_Cell, _Rows]] = [defaultdict(list) for _ in RADII_M]
    for position, claim in enumerate(claims):
        if claim.lat_e7 is not None and claim.lon_e7 is not None:
            level = _level(claim)
            grids[level][_cell(claim.lat_e7, claim.lon_e7, level)].append((claim.start_min, position))
    widths = [_sorted_widths(grid, claims) for grid in grids]
    pairs: set[tuple[int, int]] = set()
    for position, claim in enumerate(claims):
        if claim.lat_e7 is None or claim.lon_e7 is None:
            continue
        for level in range(_level(claim) + 1):
            if grids[level]:
                _query(claims, position, grids[level], widths[level], level, policy, pairs)
    return pairs


def _sorted_widths(grid: dict[_Cell, _Rows], claims: Sequence[Claim]) -> dict[_Cell, int]:
    """Sort each cell's rows by start and give its longest interval in minutes."""
    for rows in grid.values():
        rows.sort()
    return {cell: max(claims[at].end_min - claims[at].start_min for _, at in rows) for cell, rows in grid.items()}


def _query(
    claims: Sequence[Claim],
    position: int,
    grid: dict[_Cell, _Rows],
    widths: dict[_Cell, int],
    level: int,
    policy: Policy,
    pairs: set[tuple[int, int]],
) -> None:
    """Add the pairs of one claim with the claims of one class of radius."""
    claim = claims[position]
    assert claim.lat_e7 is not None and claim.lon_e7 is not None
    reach = _reach_m(claim.radius_m, RADII_M[level], policy) * 90
    far_lat = min(899_000_000, abs(claim.lat_e7) + reach)
    wide = int(reach / max(0.01, reckoning.cosine_of_latitude(far_lat)))
    south, west = _cell(claim.lat_e7 - reach, claim.lon_e7 - wide, level)
    north, east = _cell(claim.lat_e7 + reach, claim.lon_e7 + wide, level)
    if (north - south + 1) * (east - west + 1) < len(grid):
        cells = [(x, y) for x in range(south, north + 1) for y in range(west, east + 1) if (x, y) in grid]
    else:
        cells = [(x, y) for x, y in grid if south <= x <= north and west <= y <= east]
    same_level = _level(claim) == level
    for cell in cells:
        rows = grid[cell]
        first = bisect_left(rows, (claim.start_min - policy.time_gap_max_min - widths[cell], -1))
        for start, other in rows[first:]:
            if start > claim.end_min + policy.time_gap_max_min:
                break
            if (other < position or not same_level) and other != position and _fits(claim, claims[other], policy):
                pairs.add((min(other, position), max(other, position)))


def _fits(a: Claim, b: Claim, policy: Policy) -> bool:
    if gap_min(a, b) > policy.time_gap_max_min:
        return False
    apart = distance_m(a, b)
    assert apart is not None
    if apart <= policy.reach_min_m:
        return True
    sigmas = policy.reach_sigma_permille / 1000.0
    return apart <= policy.reach_max_m and apart * apart <= sigmas * sigmas * spread_m2(a, b, policy)


def _named(claims: Sequence[Claim], policy: Policy) -> set[tuple[int, int]]:
    """Pairs of which at least one has no point, by likeness of names."""
    lost = [at for at, claim in enumerate(claims) if claim.lat_e7 is None and claim.toponym]
    if not lost:
        return set()
    heads: dict[str, _Rows] = defaultdict(list)
    for at, claim in enumerate(claims):
        for head in sorted({bones[:1] for bones in (skeleton(claim.toponym), *parts(claim.toponym)) if bones}):
            heads[head].append((claim.start_min, at))
    longest = {head: max(claims[at].end_min - claims[at].start_min for _, at in rows) for head, rows in heads.items()}
    for rows in heads.values():
        rows.sort()
    pairs: set[tuple[int, int]] = set()
    for at in lost:
        claim = claims[at]
        for head in sorted({bones[:1] for bones in (skeleton(claim.toponym), *parts(claim.toponym)) if bones}):
            rows = heads[head]
            for start, other in rows[
                bisect_left(rows, (claim.start_min - policy.time_gap_max_min - longest[head], -1)) :
            ]:
                if start > claim.end_min + policy.time_gap_max_min:
                    break
                if other != at and _named_alike(claim, claims[other], policy):
                    pairs.add((min(at, other), max(at, other)))
    return pairs


def _named_alike(a: Claim, b: Claim, policy: Policy) -> bool:
    return gap_min(a, b) <= policy.time_gap_max_min and likeness(a.toponym, b.toponym) >= policy.name_likeness_min


def _copied(claims: Sequence[Claim], policy: Policy) -> set[tuple[int, int]]:
    """Pairs with the same fingerprint; a copy is compared with the earliest of its kind only."""
    first: dict[str, int] = {}
    pairs: set[tuple[int, int]] = set()
    for at in sorted(range(len(claims)), key=lambda at: (claims[at].start_min, claims[at].claim_id)):
        mark = claims[at].fingerprint
        if (
            mark
            and first.setdefault(mark, at) != at
            and gap_min(claims[at], claims[first[mark]]) <= policy.time_gap_max_min
        ):
            pairs.add((min(at, first[mark]), max(at, first[mark])))
    return pairs
