"""The background: what it counts, that order plays no part, and where it expects fewer companions."""

from __future__ import annotations

import random

import numpy as np

from tests.core.fusion.accounts import claim
from tiga.fusion import density
from tiga.fusion.columns import RATE_FAR, RATE_MIDDLE, RATE_NEAR, Reader, kinds_by_letter
from tiga.fusion.density import COMPANIONS, LEAST, OWN_REPORTS, SCALES_M
from tiga.fusion.reckoning import log2_mb

DAY = 1_440


def rated(claims):
    tree = kinds_by_letter(claims)
    read = Reader(tree).read(claims)
    background = density.snapshot(read, len(tree.table))
    return background, density.rated(read, background)


def test_rates_count_nine_cells_and_five_days_less_an_incidents_own_reports():
    crowd = [claim(f"c{n:02d}", start_min=3 * DAY + 30 * n, end_min=3 * DAY + 30 * n) for n in range(12)]
    far_off = claim("x", lat_e7=340_000_000, start_min=3 * DAY, end_min=3 * DAY)
    late = claim("y", start_min=30 * DAY, end_min=30 * DAY)
    _, found = rated([*crowd, far_off, late])
    for at, column in enumerate((RATE_NEAR, RATE_MIDDLE, RATE_FAR)):
        area = log2_mb(9 * (SCALES_M[at] / 1000) ** 2)
        full, alone = log2_mb(12 - OWN_REPORTS + LEAST) - area, log2_mb(LEAST) - area
        assert found.rows[:, column].tolist() == [full] * 12 + [alone, alone]


def test_order_plays_no_part():
    dice = random.Random(8)
    claims = [
        claim(
            f"c{n}", lat_e7=310_000_000 + dice.randrange(9_000_000), start_min=(t := dice.randrange(40_000)), end_min=t
        )
        for n in range(300)
    ]
    mixed = claims[:]
    dice.shuffle(mixed)
    one, two = rated(claims), rated(mixed)
    assert one[0].digest() == two[0].digest()
    back = [mixed.index(c) for c in claims]
    assert one[1].rows[:, RATE_NEAR].tolist() == two[1].rows[back, RATE_NEAR].tolist()


def test_another_claim_is_another_digest():
    assert rated([claim("a")])[0].digest() != rated([claim("a"), claim("b")])[0].digest()


def test_fewer_companions_lower_every_pair_and_more_raise_none():
    background = rated([claim("a")])[0]
    shifts = [
        density.shift_mb(density.Snapshot(background.scales, background.bands, 1, companions))
        for companions in (COMPANIONS // 4, COMPANIONS // 2, COMPANIONS, COMPANIONS * 3)
    ]
    assert [round(one, -1) for one in shifts] == [-2_000, -1_000, 0, 0]


def test_companions_are_the_sum_of_chances_around_a_claim():
    sure = np.full(6_000, 20_000, dtype=np.int32)
    assert abs(density.companions(sure, 4_000) - 3_000) < 200
    assert density.companions(np.empty(0, dtype=np.int32), 0) == COMPANIONS


def test_an_act_is_rare_by_its_share_of_the_claims():
    claims = [claim(f"c{n:03d}", acts=("H1",) if n >= 40 else ("H2",) if n >= 10 else ("A1",)) for n in range(1_000)]
    tree = kinds_by_letter(claims)
    background = density.snapshot(Reader(tree).read(claims), len(tree.table))
    assert [int(background.bands[tree.number[code]]) for code in ("A1", "H2", "H1")] == [0, 1, 2]
