"""How two claims differ: one number for each kind of evidence, by whole-number rules.

Rules
1. Space and time are compared as densities: how likely this distance (this gap) is for one happening, given what both say
   of their own accuracy, against how often unrelated reports lie so close (fusion.md 4.4). The answer is a step of a scale.
2. The other kinds are relations: same act, same family, parties that blame each other, same text, and so on.
3. A relation is the same whichever claim comes first, and whichever party is which.
4. What is missing is a relation of its own, and weighs nothing.
5. These functions are the only comparison there is: enumerating, scoring one claim, fitting and explaining all call them.

Not done here: what a step or relation weighs (`policy`).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tiga.fusion.columns import (
    ACT,
    ACT_2,
    ACT_3,
    ACTOR,
    AREA,
    ASSERTED,
    CLASS,
    COPY,
    DENIES,
    EAST,
    END,
    FAMILY,
    GROUP,
    HEIGHT,
    HIGH,
    LEVEL,
    LOW,
    NAME,
    NORTH,
    ORIGIN,
    PARTY_ID,
    RATE_FAR,
    RATE_MIDDLE,
    RATE_NEAR,
    ROLE,
    SIGMA,
    SOURCE,
    START,
    WITHIN,
    Rows,
)
from tiga.fusion.compiled import leaf
from tiga.fusion.reckoning import cosine_at, log2_mb, tail

KINDS_OF_EVIDENCE = ("space", "rate", "time", "act", "actor", "harm", "name", "source", "distance", "lag", "both")
SPACE_STEPS, TIME_STEPS, RATE_STEPS = 16, 16, 12
RADIUS_CLASSES, DISTANCE_STEPS, LAG_STEPS, BOTH_STEPS = 25, 15, 15, 7
PRECISIONS, ALONE = 6, 6
"""Classes of two precisions: both points; a point and a place; the same place; two places; surroundings; wider. `ALONE` is
a pair of which one has no point."""
SPANS = 25
"""Classes of two spans of time: five for the wider by five for the narrower."""
ACT_RELATIONS, BANDS = 8, 3
ACT_NONE, ACT_SAME, ACT_SIBLING, ACT_FAMILY, ACT_VAGUE, ACT_CONSEQUENCE, ACT_GROUP, ACT_OTHER = range(8)
"""From the nearest to the farthest."""
ACTOR_NONE, ACTOR_SAME, ACTOR_OPPOSED, ACTOR_PARTY, ACTOR_OTHER, ACTOR_DENIAL = range(6)
ACTOR_RELATIONS = 6
HARM_SIZES, HARM_RATIOS = 11, 9
NAME_BANDS, NAME_ELSEWHERE = 7, 6
SOURCE_OTHER, SOURCE_SAME, SOURCE_TWO_TIMES, SOURCE_COPIED, SOURCE_ORIGIN = range(5)
SOURCE_RELATIONS, SOURCE_CLASSES = 5, 6
SIZES = (
    SPACE_STEPS * PRECISIONS, RATE_STEPS, TIME_STEPS * SPANS, ACT_RELATIONS * BANDS, ACTOR_RELATIONS,
    1 + HARM_SIZES * HARM_RATIOS, NAME_BANDS * (PRECISIONS + 1), SOURCE_CLASSES * SOURCE_CLASSES * SOURCE_RELATIONS,
    RADIUS_CLASSES * DISTANCE_STEPS, SPANS * LAG_STEPS, BOTH_STEPS * BOTH_STEPS,
)  # fmt: skip
"""How many weights each kind of evidence has, in the order of KINDS_OF_EVIDENCE."""

PLACE_FLOOR_M2 = 1_000_000.0
"""Extent of an incident: a square kilometre of variance."""
INSIDE_MB, ASTRAY_MB, KM2_MB = -2_703, -20_932, 19_932
"""log2(.965 / 2 pi), log2(.035 / 70,000 km2): one place in thirty is wholly wrong; log2 of the square metres in one km2."""
NEAR_M2, MIDDLE_M2 = 36_000_000.0, 625_000_000.0
"""Variances up to which the rate is taken at the near and the middle scale."""
SPACE_FLOOR_MB, SPACE_STEP_MB = -8_700, 1_000
RATE_FLOOR_MB, RATE_STEP_MB = -17_300, 1_150
TIME_FLOOR_MB, TIME_STEP_MB = -5_800, 800
BOTH_SPACE_MB, BOTH_TIME_MB = (-5_800, 2_200), (-4_300, 1_700)
"""Floor and step of space and of time where both are looked at together."""
WINDOW_MIN = 7_200.0
"""Five days, over which rates are counted."""
PLAY_MIN = 60.0
"""Extent of an incident in time."""
EDGE_A_MIN, WRONG_DATES, WRONG_A_MIN = 1.0 / 90.0, 0.00093 / 60.0, 1.0 / 1_980.0
"""How fast the density falls behind the edges of two spans; and of dates that are wrong: how many, and how fast they fall."""
CLOCKS_MIN, CLOCKS_SPAN_MIN, WRONG_CLOCKS, CLOCKS_A_MIN = 285.0, 120, 0.025 / 60.0, 1.0 / 27.0
"""A local time of PKT or AFT that was taken for UTC is 4.5 to 5 hours off; told apart in narrow spans only."""
SPAN_EDGES_MIN = (60, 300, 1_500, 4_800)
TWO_TIMES_MIN, DAY_MIN = 150, 1_440
"""One source that gives two separate times so far apart, neither of them a whole day, tells of two happenings."""
DISTANCE_EDGES_M = np.array(
    [10, 500, 1_000, 1_500, 2_500, 4_000, 6_000, 9_000, 13_000, 20_000, 30_000, 45_000, 70_000, 110_000], dtype=np.int64
)
DISTANCE2_EDGES = DISTANCE_EDGES_M.astype(np.float64) ** 2
LAG_EDGES_MIN = np.array(
    [15, 45, 90, 150, 240, 330, 480, 720, 1_080, 1_440, 1_800, 2_160, 2_880, 4_320], dtype=np.int64
)
SIZE_EDGES = np.array([1, 2, 3, 4, 6, 9, 13, 20, 33, 60], dtype=np.int64)
RATIO_PERCENT = np.array([135, 170, 230, 350, 600], dtype=np.int64)
DICE_PERMILLE = (800, 670, 550)


@leaf
def metres2(a: Rows, i: int, b: Rows, j: int) -> float:
    """Square of the distance of two claims in square metres, on the plane that touches at their middle latitude."""
    north = float(a[i, NORTH] - b[j, NORTH])
    east = float(a[i, EAST] - b[j, EAST]) * cosine_at((a[i, NORTH] + b[j, NORTH]) >> 1)
    return north * north + east * east


@leaf
def variance(a: Rows, i: int, b: Rows, j: int) -> float:
    """Variance in square metres of the distance at which two claims of one happening would lie."""
    return float(a[i, SIGMA]) * float(a[i, SIGMA]) + float(b[j, SIGMA]) * float(b[j, SIGMA]) + PLACE_FLOOR_M2


@leaf
def rate_mb(a: Rows, i: int, b: Rows, j: int, spread: float) -> int:
    """Unrelated reports for each square kilometre and window around both claims, as log2 in millibits."""
    if spread < NEAR_M2:
        return int((a[i, RATE_NEAR] + b[j, RATE_NEAR]) >> 1)
    if spread < MIDDLE_M2:
        return int((a[i, RATE_MIDDLE] + b[j, RATE_MIDDLE]) >> 1)
    return int((a[i, RATE_FAR] + b[j, RATE_FAR]) >> 1)


@leaf
def space_mb(square: float, spread: float, rate: int) -> int:
    """How much rather one happening than another gives such a distance, in millibits."""
    inside = INSIDE_MB + KM2_MB - log2_mb(spread) - int(721.3475204444817 * square / spread)
    return int(max(inside, ASTRAY_MB)) - rate


@leaf
def most_of_time_mb(span: int) -> int:
    """The most that time can say for a pair of which one claim has this span of minutes."""
    return log2_mb((0.93 / (float(span) + 2.0 * PLAY_MIN) + WRONG_CLOCKS + WRONG_DATES) * WINDOW_MIN)


@leaf
def time_mb(a: Rows, i: int, b: Rows, j: int) -> int:
    """How much rather one happening than another gives such two spans of time, in millibits.

    A plateau where the narrower lies inside the wider, a slope to the edges, a tail behind them, a thin floor for wrong
    dates, and a bump where the gap is that between a local clock and UTC.
    """
    wide_a, wide_b = float(a[i, END] - a[i, START]), float(b[j, END] - b[j, START])
    apart = abs(float(a[i, START] + a[i, END] - b[j, START] - b[j, END])) * 0.5
    half, flat, top = (wide_a + wide_b) * 0.5, abs(wide_a - wide_b) * 0.5, 0.93 / (max(wide_a, wide_b) + 2.0 * PLAY_MIN)
    if apart <= flat:
        density = top
    elif apart <= half + PLAY_MIN:
        density = top * (1.0 - 0.6 * (apart - flat) / (half + PLAY_MIN - flat))
    else:
        density = 0.4 * top * tail((apart - half - PLAY_MIN) * EDGE_A_MIN)
    density += WRONG_DATES * tail(max(apart - half, 0.0) * WRONG_A_MIN)
    if wide_a < CLOCKS_SPAN_MIN and wide_b < CLOCKS_SPAN_MIN:
        off = (apart - CLOCKS_MIN) * CLOCKS_A_MIN
        density += WRONG_CLOCKS * tail(off * off)
    return log2_mb(density * WINDOW_MIN)


@leaf
def step(value: int, floor: int, size: int, steps: int) -> int:
    """The step of a scale on which a value lies; the ends hold all that is beyond."""
    return int(min(max((value - floor) // size, 0), steps - 1))


@leaf
def precision(a: Rows, i: int, b: Rows, j: int, square: float) -> int:
    """Class of two precisions."""
    wider, narrower = max(a[i, LEVEL], b[j, LEVEL]), min(a[i, LEVEL], b[j, LEVEL])
    if wider == 0:
        return 0
    if wider == 1:
        return 1 if narrower == 0 else (2 if square < 1.0 else 3)
    return 4 if wider == 2 else 5


@leaf
def distance(a: Rows, i: int, b: Rows, j: int, square: float) -> int:
    """Class of two radii, and how near the points are: more is nearer."""
    far = 0
    while far < DISTANCE2_EDGES.size and square > DISTANCE2_EDGES[far]:
        far += 1
    one, other = max(a[i, LEVEL], b[j, LEVEL]), min(a[i, LEVEL], b[j, LEVEL])
    return int((one * 5 + other) * DISTANCE_STEPS + DISTANCE_STEPS - 1 - far)


@leaf
def lag(a: Rows, i: int, b: Rows, j: int, both: int) -> int:
    """Class of two spans, and how near their middles are: more is nearer."""
    apart = abs(a[i, START] + a[i, END] - b[j, START] - b[j, END]) >> 1
    far = 0
    while far < LAG_EDGES_MIN.size and apart > LAG_EDGES_MIN[far]:
        far += 1
    return int(both * LAG_STEPS + LAG_STEPS - 1 - far)


@leaf
def span_class(minutes: int) -> int:
    """Class of one span of time."""
    for at in range(len(SPAN_EDGES_MIN)):
        if minutes <= SPAN_EDGES_MIN[at]:
            return at
    return len(SPAN_EDGES_MIN)


@leaf
def spans(a: Rows, i: int, b: Rows, j: int) -> int:
    """Class of two spans of time."""
    one, other = span_class(a[i, END] - a[i, START]), span_class(b[j, END] - b[j, START])
    return max(one, other) * 5 + min(one, other)


@leaf
def act_of(left: int, right: int, tree: Rows) -> int:
    """Relation of two nodes of the act tree."""
    if left == right and tree[left, HEIGHT] == 0:
        return ACT_SAME
    if tree[left, HEIGHT] < 2 and tree[right, HEIGHT] < 2 and tree[left, FAMILY] == tree[right, FAMILY]:
        return ACT_SIBLING if tree[left, HEIGHT] == 0 and tree[right, HEIGHT] == 0 else ACT_FAMILY
    if tree[left, GROUP] == tree[right, GROUP]:
        return ACT_VAGUE if tree[left, HEIGHT] == 2 or tree[right, HEIGHT] == 2 else ACT_GROUP
    return ACT_CONSEQUENCE if tree[left, ROLE] + tree[right, ROLE] == 3 else ACT_OTHER


@leaf
def act(a: Rows, i: int, b: Rows, j: int, tree: Rows, bands: Rows) -> int:
    """The nearest relation of any act of one claim to any of the other, and how rare the rarer act is (0 the rarest)."""
    left, right = a[i, ACT], b[j, ACT]
    if left < 0 or right < 0:
        return ACT_NONE
    best = act_of(left, right, tree) * BANDS + min(bands[left], bands[right])
    if a[i, ACT_2] >= 0 or b[j, ACT_2] >= 0:
        for one in (left, a[i, ACT_2], a[i, ACT_3]):
            for other in (right, b[j, ACT_2], b[j, ACT_3]):
                if one >= 0 and other >= 0:
                    best = min(best, act_of(one, other, tree) * BANDS + min(bands[one], bands[other]))
    if best >= ACT_GROUP * BANDS and a[i, DENIES] != b[j, DENIES]:
        return ACT_NONE  # a denial speaks of the act that it denies, whatever else it names
    return int(best)


@leaf
def actor(a: Rows, i: int, b: Rows, j: int) -> int:
    """Relation of who is said to have acted. Parties that blame each other, or deny, are what one happening looks like."""
    if a[i, DENIES] != b[j, DENIES]:
        return ACTOR_DENIAL
    if a[i, ACTOR] < 0 or b[j, ACTOR] < 0:
        return ACTOR_NONE
    if a[i, ACTOR] == b[j, ACTOR]:
        return ACTOR_SAME
    parties = (1 if a[i, PARTY_ID] >= 0 else 0) + (1 if b[j, PARTY_ID] >= 0 else 0)
    if parties == 2 and a[i, PARTY_ID] != b[j, PARTY_ID]:
        return ACTOR_OPPOSED
    return ACTOR_PARTY if parties else ACTOR_OTHER


@leaf
def harm(a: Rows, i: int, b: Rows, j: int) -> int:
    """Relation of two numbers of dead: how large, and how far apart."""
    if a[i, LOW] < 0 or b[j, LOW] < 0 or a[i, DENIES] != 0 or b[j, DENIES] != 0:
        return 0
    more, fewer = int(max(a[i, LOW], b[j, LOW])), int(min(a[i, HIGH], b[j, HIGH]))
    size = 0
    while size < SIZE_EDGES.size and SIZE_EDGES[size] <= max(more, fewer):
        size += 1
    if more <= fewer:
        exact = a[i, LOW] == a[i, HIGH] and b[j, LOW] == b[j, HIGH]
        return 1 + size * HARM_RATIOS + (0 if exact else 1)
    if fewer == 0:
        ratio = 8
    elif more - fewer <= 1:
        ratio = 1
    else:
        ratio = 2
        while ratio - 2 < RATIO_PERCENT.size and (more + 1) * 100 > RATIO_PERCENT[ratio - 2] * (fewer + 1):
            ratio += 1
    return 1 + size * HARM_RATIOS + ratio


@leaf
def bits_set(value: np.uint64) -> int:
    """How many of 64 bits are set."""
    one = value - ((value >> np.uint64(1)) & np.uint64(0x5555555555555555))
    one = (one & np.uint64(0x3333333333333333)) + ((one >> np.uint64(2)) & np.uint64(0x3333333333333333))
    one = (one + (one >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return int((one * np.uint64(0x0101010101010101)) >> np.uint64(56))


@leaf
def name(a: Rows, i: int, b: Rows, j: int, sign_a: int, sign_b: int) -> int:
    """How alike two place names are: 0 where one is missing, 1 the same bones or an area and a place in it, 2 alike, 3 and 4
    less, 5 not; 6 an area and a place that is known to lie elsewhere."""
    if a[i, NAME] < 0 or b[j, NAME] < 0:
        return 0
    area_a, area_b, in_a, in_b = a[i, AREA], b[j, AREA], a[i, WITHIN], b[j, WITHIN]
    if (area_a >= 0 and area_a in (area_b, in_b)) or (area_b >= 0 and area_b == in_a):
        return 1
    apart = (area_a >= 0 and (in_b >= 0 or area_b >= 0)) or (area_b >= 0 and in_a >= 0)
    if apart and (in_a < 0 or in_a != in_b):
        return NAME_ELSEWHERE
    if a[i, NAME] == b[j, NAME]:
        return 1
    both = bits_set(np.uint64(sign_a) & np.uint64(sign_b)) * 2_000
    all_of = bits_set(np.uint64(sign_a)) + bits_set(np.uint64(sign_b))
    for at in range(3):
        if both >= DICE_PERMILLE[at] * all_of:
            return 2 + at
    return 5


@leaf
def source(a: Rows, i: int, b: Rows, j: int) -> int:
    """Classes of both sources and how the sources relate."""
    first, second = min(a[i, CLASS], b[j, CLASS]), max(a[i, CLASS], b[j, CLASS])
    relation = SOURCE_OTHER
    if a[i, COPY] >= 0 and a[i, COPY] == b[j, COPY]:
        relation = SOURCE_COPIED
    elif a[i, SOURCE] == b[j, SOURCE] and a[i, SOURCE] >= 0:
        narrow = max(a[i, END] - a[i, START], b[j, END] - b[j, START]) < DAY_MIN
        separate = max(a[i, START], b[j, START]) >= min(a[i, END], b[j, END])
        two = narrow and separate and abs(a[i, ASSERTED] - b[j, ASSERTED]) >= TWO_TIMES_MIN
        relation = SOURCE_TWO_TIMES if two else SOURCE_SAME
    elif a[i, ORIGIN] >= 0 and a[i, ORIGIN] == b[j, ORIGIN]:
        relation = SOURCE_ORIGIN
    return int((first * SOURCE_CLASSES + second) * SOURCE_RELATIONS + relation)


@leaf
def compare(
    a: Rows, i: int, b: Rows, j: int, sign_a: int, sign_b: int, tree: Rows, bands: Rows, out: NDArray[np.int32]
) -> None:
    """All kinds of evidence of a pair into `out`, in the order of KINDS_OF_EVIDENCE; -1 for what does not apply."""
    square, space, rate = -1.0, 0, 0
    if a[i, SIGMA] >= 0 and b[j, SIGMA] >= 0:
        square, spread = metres2(a, i, b, j), variance(a, i, b, j)
        rate = rate_mb(a, i, b, j, spread)
        space = space_mb(square, spread, rate)
    compare_known(a, i, b, j, sign_a, sign_b, tree, bands, square, space, rate, time_mb(a, i, b, j), out)


@leaf
def compare_known(
    a: Rows, i: int, b: Rows, j: int, sign_a: int, sign_b: int, tree: Rows, bands: Rows, square: float, space: int,
    rate: int, time: int, out: NDArray[np.int32],
) -> None:  # fmt: skip
    """The same where distance (below 0 without one), space, rate and time are known already."""
    place = ALONE
    out[0], out[1], out[8], out[10] = -1, -1, -1, -1
    if square >= 0.0:
        place = precision(a, i, b, j, square)
        out[0] = place * SPACE_STEPS + step(space, SPACE_FLOOR_MB, SPACE_STEP_MB, SPACE_STEPS)
        out[1] = step(rate, RATE_FLOOR_MB, RATE_STEP_MB, RATE_STEPS)
        out[8] = distance(a, i, b, j, square)
        near, soon = step(space, *BOTH_SPACE_MB, BOTH_STEPS), step(time, *BOTH_TIME_MB, BOTH_STEPS)
        out[10] = near * BOTH_STEPS + soon
    both = spans(a, i, b, j)
    out[2] = both * TIME_STEPS + step(time, TIME_FLOOR_MB, TIME_STEP_MB, TIME_STEPS)
    out[3], out[4], out[5] = act(a, i, b, j, tree, bands), actor(a, i, b, j), harm(a, i, b, j)
    out[6] = place * NAME_BANDS + name(a, i, b, j, sign_a, sign_b)
    out[7] = source(a, i, b, j)
    out[9] = lag(a, i, b, j, both)
