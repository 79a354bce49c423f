"""Logarithm, exponential and distance that give the same bits on every machine.

Rules
1. Only addition, subtraction, multiplication, division, square root and scaling by powers of two are used: IEEE 754
   rounds these in one way, while the logarithms of C libraries differ in the last bit. Weights derive from here, and
   two machines must agree on them (house.md ruling 6).
2. Results are floats for the length of one computation; what is stored is an integer that the caller rounds.

3. Compiled loops look up what these functions give (`LOG2_MB`, `COSINES`, `TAIL`), in whole millibits or at fixed steps.

Not done here: distances over more than some hundred kilometres (a plane is enough to compare two reports).
"""

from __future__ import annotations

import math
from functools import cache

import numpy as np

from tiga.fusion.compiled import leaf

LN2 = 0.6931471805599453
PI = 3.141592653589793
METRES_A_DEGREE = 111_195.0
"""One degree of a great circle on a sphere of 6 371 008 m."""

_SQRT_HALF = 0.7071067811865476
_CELL_E7 = 100_000


def log2(value: float) -> float:
    """Base-2 logarithm of a positive number, by the series of artanh; exact to about 1e-15."""
    fraction, power = math.frexp(value)
    if fraction < _SQRT_HALF:
        fraction, power = fraction * 2.0, power - 1
    z = (fraction - 1.0) / (fraction + 1.0)
    z2 = z * z
    total = 0.0
    for odd in (19.0, 17.0, 15.0, 13.0, 11.0, 9.0, 7.0, 5.0, 3.0):
        total = (total + 1.0 / odd) * z2
    return power + 2.0 * z * (1.0 + total) / LN2


def exp(value: float) -> float:
    """e to the power of a number that is not above zero, by Taylor's series; 0.0 under -700."""
    if value < -700.0:
        return 0.0
    power = math.floor(value / LN2 + 0.5)
    rest = value - power * LN2
    total = 1.0
    for step in (14.0, 13.0, 12.0, 11.0, 10.0, 9.0, 8.0, 7.0, 6.0, 5.0, 4.0, 3.0, 2.0, 1.0):
        total = 1.0 + total * rest / step
    return math.ldexp(total, power)


@cache
def _cosine(hundredths: int) -> float:
    angle = hundredths / 100.0 * PI / 180.0
    square = angle * angle
    total = 1.0
    for step in range(24, 0, -2):
        total = 1.0 - total * square / (step * (step - 1))
    return total


def cosine_of_latitude(lat_e7: int) -> float:
    """Cosine of a latitude in 1e-7 degrees, to a hundredth of a degree."""
    return _cosine(lat_e7 // _CELL_E7)


def metres(lat1_e7: int, lon1_e7: int, lat2_e7: int, lon2_e7: int) -> float:
    """Distance in metres on the plane that touches at the middle latitude; within 0.2 % up to 300 km below 60
    degrees."""
    turn = abs(lon1_e7 - lon2_e7)
    turn = min(turn, 3_600_000_000 - turn)
    x = turn * cosine_of_latitude((lat1_e7 + lat2_e7) // 2)
    y = float(lat1_e7 - lat2_e7)
    return math.sqrt(x * x + y * y) * METRES_A_DEGREE / 1e7


def millibits(bits: float) -> int:
    """Bits to integer millibits, halves upward."""
    return math.floor(bits * 1000.0 + 0.5)


# ---- the same, for compiled loops

LOG2_BITS = 11
COSINE_BITS = 12
COSINE_STEP_M = 1 << COSINE_BITS
"""Metres of latitude between two cosines: under half a thousandth in between."""
TAIL_STEP = 64
"""Steps in one unit of the tail's argument."""
TAIL_UNITS = 24

LOG2_MB = np.array(
    [millibits(log2(1.0 + (step + 0.5) / (1 << LOG2_BITS))) for step in range(1 << LOG2_BITS)], dtype=np.int32
)
"""Base-2 logarithm of 1 + (step + 1/2)/2048, in millibits."""
COSINES = np.array(
    [cosine_of_latitude(min(900_000_000, int(step * COSINE_STEP_M / METRES_A_DEGREE * 1e7))) for step in range(2_444)],
    dtype=np.float64,
)
"""Cosine of the latitude at each step of metres from the equator."""
TAIL = np.array([exp(-step / TAIL_STEP) for step in range(TAIL_STEP * TAIL_UNITS)] + [0.0], dtype=np.float64)
"""e to the power of minus step/64."""


@leaf
def log2_mb(value: float) -> int:
    """Base-2 logarithm of a positive normal number in millibits, to about a millibit."""
    raw = np.float64(value).view(np.int64)
    return int(((raw >> 52) - 1023) * 1000 + LOG2_MB[(raw >> (52 - LOG2_BITS)) & ((1 << LOG2_BITS) - 1)])


@leaf
def tail(value: float) -> float:
    """e to the power of minus a number that is not below zero, at steps of 1/64."""
    return float(TAIL[min(int(value * TAIL_STEP), TAIL_STEP * TAIL_UNITS)])


@leaf
def cosine_at(north_m: int) -> float:
    """Cosine of the latitude that lies so many metres from the equator."""
    return float(COSINES[min(abs(north_m) >> COSINE_BITS, COSINES.size - 1)])
