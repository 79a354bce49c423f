"""The background: what it counts, that order plays no part, and where it expects fewer companions."""

from __future__ import annotations

import json
import random

import numpy as np
import pytest

from tests.core.fusion.accounts import claim
from tiga.fusion import density
from tiga.fusion.columns import RATE_FAR, RATE_MIDDLE, RATE_NEAR, Reader, kinds, kinds_by_letter
from tiga.fusion.density import COMPANIONS, LEAST, OWN_REPORTS, SCALES_M, BadBackground
from tiga.fusion.reckoning import log2_mb

DAY = 1_440


def told(claims):
    """The plain data of the background of claims."""
    return rated(claims)[0].as_json(kinds_by_letter(claims))


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
    assert told(claims) == told(mixed)
    back = [mixed.index(c) for c in claims]
    assert one[1].rows[:, RATE_NEAR].tolist() == two[1].rows[back, RATE_NEAR].tolist()


def test_another_claim_is_another_background():
    assert told([claim("a")]) != told([claim("a"), claim("b")])


def test_plain_data_read_again_rates_claims_as_before():
    dice = random.Random(9)
    claims = [
        claim(f"c{n}", lat_e7=310_000_000 + dice.randrange(900_000), start_min=(t := dice.randrange(9_000)), end_min=t)
        for n in range(60)
    ]
    background, before = rated(claims)
    tree = kinds_by_letter(claims)
    again = density.from_json(json.loads(json.dumps(background.as_json(tree))), tree)
    after = density.rated(Reader(tree).read(claims), again)
    assert after.rows.tolist() == before.rows.tolist()
    assert (again.claims, again.companions, again.bands.tolist()) == (
        background.claims, background.companions, background.bands.tolist(),
    )  # fmt: skip


def test_a_tree_that_grew_reads_an_old_background_and_holds_new_acts_for_rare():
    claims = [claim(f"c{n}", acts=("H1",)) for n in range(20)]
    background, tree = rated(claims)[0], kinds_by_letter(claims)
    grown = kinds({"H1": "H", "H2": "H", "H": ""})
    read = density.from_json(background.as_json(tree), grown)
    assert {name: int(read.bands[at]) for name, at in grown.number.items()} == {"H": 0, "H1": 2, "H2": 0}


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("format", "tiga-background/2"), ("claims", "many"), ("companions", 0), ("scales", []), ("bands", [["H1", 9]]),
        ("bands", 3), ("claims", None),
    ],
)  # fmt: skip
def test_a_background_with_a_wrong_part_is_refused(part, value):
    claims = [claim("a"), claim("b")]
    tree = kinds_by_letter(claims)
    with pytest.raises(BadBackground):
        density.from_json({**rated(claims)[0].as_json(tree), part: value}, tree)


@pytest.mark.parametrize("column", ["cells", "starts", "days", "sums"])
def test_counts_that_do_not_fit_each_other_are_refused(column):
    claims = [claim("a"), claim("b", lat_e7=320_000_000)]
    tree = kinds_by_letter(claims)
    plain = rated(claims)[0].as_json(tree)
    plain["scales"][0][column] = [*plain["scales"][0][column], 0]
    with pytest.raises(BadBackground):
        density.from_json(plain, tree)


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
