"""Fitting: weights come back from pairs that were drawn by them, missing values stay at nothing, nearer never weighs less."""

from __future__ import annotations

import numpy as np

from tiga.fusion import fitting
from tiga.fusion.comparing import ACTOR_OTHER, ACTOR_SAME, KINDS_OF_EVIDENCE, SIZES, SPACE_STEPS

PAIRS = 40_000
ACTOR, SPACE = KINDS_OF_EVIDENCE.index("actor"), KINDS_OF_EVIDENCE.index("space")


def drawn(seed, rise):
    """Pairs whose odds rise with the step in space by `rise` nats, and with the same actor by 1.5, from -2."""
    dice = np.random.default_rng(seed)
    compared = np.full((PAIRS, len(SIZES)), 0, dtype=np.int32)
    compared[:, SPACE] = dice.integers(0, SPACE_STEPS, PAIRS)
    compared[:, ACTOR] = dice.choice([0, ACTOR_SAME, ACTOR_OTHER], PAIRS)
    odds = (
        -2.0
        + rise * compared[:, SPACE]
        + 1.5 * (compared[:, ACTOR] == ACTOR_SAME)
        - 1.0 * (compared[:, ACTOR] == ACTOR_OTHER)
    )
    return compared, dice.random(PAIRS) < 1 / (1 + np.exp(-odds))


def test_weights_come_back():
    compared, same = drawn(1, 0.2)
    card = fitting.fit(compared, same, pull=0.1)
    actor = card.tables[ACTOR]
    assert abs(actor[ACTOR_SAME] - 1.5) < 0.1
    assert abs(actor[ACTOR_OTHER] + 1.0) < 0.1
    assert abs((card.tables[SPACE][12] - card.tables[SPACE][2]) - 2.0) < 0.3
    chance = 1 / (1 + np.exp(-card.score(compared)))
    assert abs(chance.mean() - same.mean()) < 0.001


def test_what_is_missing_weighs_nothing_and_nearer_never_weighs_less():
    compared, same = drawn(2, -0.2)
    card = fitting.fit(compared, same)
    line = card.tables[SPACE][:SPACE_STEPS]
    assert card.tables[ACTOR][0] == 0.0
    assert bool((np.diff(line) >= 0).all())


def test_pairs_that_were_picked_for_review_are_weighed_by_how_rarely_they_are_picked():
    compared, same = drawn(3, 0.2)
    picked = same | (np.arange(PAIRS) % 4 == 0)
    share = np.where(same, 1.0, 4.0)[picked]
    plain, mended = (
        fitting.fit(compared[picked], same[picked]),
        fitting.fit(compared[picked], same[picked], share=share),
    )
    whole = fitting.fit(compared, same)
    at = compared[:200]
    assert np.abs(mended.score(at) - whole.score(at)).max() < 0.3 < np.abs(plain.score(at) - whole.score(at)).min()


def test_pooling_gives_the_nearest_values_that_never_fall():
    values, counts = np.array([1.0, 3.0, 2.0, 2.0, 5.0, 4.0]), np.array([1.0, 1.0, 1.0, 2.0, 1.0, 3.0])
    assert fitting.pooled(values, counts).tolist() == [1.0, 2.25, 2.25, 2.25, 4.25, 4.25]
