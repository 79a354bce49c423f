"""One claim at a time: in whatever order, with whatever taken back, the groups are those of one run over all."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.fusion.accounts import claim
from tests.core.fusion.test_groups import CLAIM, named
from tiga.drafts import Decision
from tiga.fusion import density, engine
from tiga.fusion.arriving import Arriving
from tiga.fusion.clusters import places, usable, without_contradictions
from tiga.fusion.columns import Reader, kinds_by_letter

DECISIONS = st.lists(st.tuples(st.integers(0, 13), st.integers(0, 13), st.booleans()), max_size=6)


def standing(claims, raw):
    """The decisions of `raw` that can all hold among these claims."""
    known = {one.claim_id: at for at, one in enumerate(claims)}
    return without_contradictions(usable([Decision(f"c{a:03d}", f"c{b:03d}", same) for a, b, same in raw], known)[0])[0]


def batch(claims, tree, background, decisions):
    """The groups of one run over all, as sets of ids."""
    if not claims:
        return set()
    known = {one.claim_id: at for at, one in enumerate(claims)}
    together, apart = (places([d for d in decisions if d.same is same], known) for same in (True, False))
    fused = engine.fuse(Reader(tree).read(claims), tree, None, background, together, apart)
    homes = {}
    for at, home in enumerate(fused.labels().tolist()):
        homes.setdefault(home, set()).add(claims[at].claim_id)
    return {frozenset(one) for one in homes.values()}


def told(here):
    """The groups of claims that arrived, as sets of ids."""
    return {frozenset(here.ids[at] for at in group) for group in here.groups().values()}


def begun(claims):
    tree = kinds_by_letter(claims)
    read = Reader(tree).read(claims)
    return tree, density.snapshot(read, len(tree.table))


@settings(max_examples=80, deadline=None)
@given(st.lists(CLAIM, min_size=1, max_size=14), DECISIONS, DECISIONS, st.randoms(use_true_random=False), st.data())
def test_any_order_and_what_is_taken_back_give_what_one_run_gives(rows, first, then, dice, data):
    claims = [
        claim(f"c{n:03d}", **row, fingerprint=data.draw(st.sampled_from(["", "", "x", "y"])))
        for n, row in enumerate(rows)
    ]
    tree, background = begun(claims)
    order = list(claims)
    dice.shuffle(order)
    cut = data.draw(st.integers(0, len(order)))
    if data.draw(st.booleans()):
        here = Arriving.of(order[:cut], tree, background)
    else:
        here = Arriving(tree, background)
        here.add(order[:cut])
    here.decide(standing(order[:cut], first))
    assert told(here) == batch(order[:cut], tree, background, standing(order[:cut], first))
    for one in order[cut:]:
        here.add([one])
    assert told(here) == batch(order, tree, background, standing(order[:cut], first))
    gone = data.draw(st.sets(st.sampled_from([one.claim_id for one in order])))
    here.remove(sorted(gone))
    left = [one for one in order if one.claim_id not in gone]
    here.decide(standing(left, then))
    assert told(here) == batch(left, tree, background, standing(left, then))
    here.add([one for one in order if one.claim_id in gone])
    here.decide(standing(order, ()))
    assert told(here) == batch(order, tree, background, ())


def test_only_what_a_claim_touches_is_grouped_anew():
    claims = named([{"start_min": 9_000 * at, "end_min": 9_000 * at + 30} for at in range(20)])
    here = Arriving(*begun(claims))
    here.add(claims)
    touched = here.add([claim("z", start_min=9_000, end_min=9_030)])
    assert {here.ids[at] for at in touched} == {"c001", "z"}


def test_a_copy_that_comes_late_with_the_lowest_key_takes_the_others_over():
    rows = [
        {"lat_e7": 310_000_000 + 20_000_000 * at, "start_min": 9_000 * at, "end_min": 9_000 * at + 9} for at in range(6)
    ]
    claims = [claim(f"c{at}", fingerprint="same", **row) for at, row in enumerate(rows)]
    tree, background = begun(claims)
    for first in range(6):
        here = Arriving(tree, background)
        for one in claims[first:] + claims[:first]:
            here.add([one])
        assert told(here) == batch(claims, tree, background, ())
