"""Candidates and groups: complete, independent of order, obedient to people's decisions."""

from __future__ import annotations

import random
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.fusion.accounts import claim
from tiga.drafts import Decision
from tiga.fusion import comparing, density, engine
from tiga.fusion.candidates import FLOOR_MB, GAP_MIN, REACHES, SPAN_MAX_MIN, weighed
from tiga.fusion.clusters import ClaimTwice, Conflict, group
from tiga.fusion.columns import COPY, LEVEL, Reader, kinds_by_letter
from tiga.fusion.policy import shipped
from tiga.fusion.scores import Weighing

CLAIM = st.builds(
    lambda start, width, lat, lon, radius, act, actor, deaths, source, name: {
        "start_min": start,
        "end_min": start + width,
        "start_asserted_min": start,
        "lat_e7": None if name == "Torkham" else 310_000_000 + lat * 100_000,
        "lon_e7": None if name == "Torkham" else 664_000_000 + lon * 100_000,
        "radius_m": radius,
        "acts": (act,) if act else (),
        "actor": actor,
        "deaths_low": deaths,
        "deaths_high": deaths,
        "source": source,
        "toponym": name,
    },
    st.integers(0, 4_000),
    st.sampled_from([0, 30, 360, 1_440, 10_080]),
    st.integers(-150, 150),
    st.integers(-150, 150),
    st.sampled_from([500, 4_000, 12_000, 50_000, 120_000, 400_000]),
    st.sampled_from(["", "H1", "H2", "A1", "C1"]),
    st.sampled_from(["", "islamabad", "kabul"]),
    st.sampled_from([None, 0, 4, 5, 30]),
    st.sampled_from(["p", "q", "r"]),
    st.sampled_from(["", "Chaman", "چمن", "Spin Boldak", "Torkham"]),
)


def named(rows):
    return [claim(f"c{number:03d}", **row) for number, row in enumerate(rows)]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(CLAIM, max_size=14),
    st.lists(st.tuples(st.integers(0, 13), st.integers(0, 13), st.booleans()), max_size=6),
    st.randoms(use_true_random=False),
)
def test_the_same_claims_in_any_order_give_the_same_result(rows, raw, shuffle):
    claims = named(rows)
    decisions = [Decision(f"c{a:03d}", f"c{b:03d}", same) for a, b, same in raw]
    turned, mixed = list(claims), [Decision(d.right, d.left, d.same) for d in decisions]
    shuffle.shuffle(turned)
    shuffle.shuffle(mixed)
    assert group(turned, mixed) == group(claims, decisions)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(CLAIM, max_size=14), st.lists(st.tuples(st.integers(0, 13), st.integers(0, 13), st.booleans()), max_size=8)
)
def test_every_claim_is_in_one_group_and_every_decision_is_kept_or_shown(rows, raw):
    claims = named(rows)
    result = group(claims, [Decision(f"c{a:03d}", f"c{b:03d}", same) for a, b, same in raw])
    assert sorted(c for g in result.groups for c in g.claims) == [c.claim_id for c in claims]
    home = {c: g.group_id for g in result.groups for c in g.claims}
    refused = {c.apart for c in result.conflicts} | {d for c in result.conflicts for d in c.chain} | set(result.unheard)
    broken = []
    for a, b, same in raw:
        decision = Decision(*sorted((f"c{a:03d}", f"c{b:03d}")), same)
        if decision not in refused and (home[decision.left] == home[decision.right]) != same:
            broken.append(decision)
    assert broken == []


def found(claims):
    """The pairs that are weighed, as positions in the claims in the order of their keys; and the rated columns."""
    tree = kinds_by_letter(claims)
    read = Reader(tree).read(claims)
    order = np.argsort(read.keys, kind="stable")
    background = density.snapshot(read, len(tree.table))
    rated = density.rated(read.take(order), background)
    pairs = weighed(rated, tree.table, background.bands, shipped())
    return sorted(zip(pairs.left.tolist(), pairs.right.tolist(), strict=True)), rated, order


@settings(max_examples=60, deadline=None)
@given(st.lists(CLAIM, max_size=20))
def test_pairs_are_all_that_place_and_time_make_worth_it_and_only_these(rows):
    claims = [c for c in named(rows) if c.lat_e7 is not None]
    pairs, rated, order = found(claims)
    within = []
    for i, j in combinations(range(len(claims)), 2):
        a, b, r = claims[order[i]], claims[order[j]], rated.rows
        gap = max(a.start_min, b.start_min) - min(a.end_min, b.end_min)
        square = comparing.metres2(r, i, r, j)
        spread = comparing.variance(r, i, r, j)
        space = comparing.space_mb(square, spread, comparing.rate_mb(r, i, r, j, spread))
        near = gap <= GAP_MIN and square <= float(REACHES[r[i, LEVEL], r[j, LEVEL]]) ** 2
        brief = max(a.end_min - a.start_min, b.end_min - b.start_min) <= SPAN_MAX_MIN
        if brief and near and space + comparing.time_mb(r, i, r, j) >= FLOOR_MB:
            within.append((i, j))
    assert pairs == within


def test_work_grows_with_neighbours_not_with_the_square():
    dice = random.Random(4)
    spread = []
    for n in range(20_000):
        start = dice.randrange(2_000_000)
        lat, lon = dice.randrange(290_000_000, 370_000_000), dice.randrange(610_000_000, 740_000_000)
        spread.append(claim(f"c{n:05d}", start_min=start, end_min=start + 60, lat_e7=lat, lon_e7=lon))
    assert len(found(spread)[0]) < 20_000


@settings(max_examples=60, deadline=None)
@given(st.lists(CLAIM, min_size=2, max_size=12))
def test_the_reasons_of_a_pair_add_up_to_what_the_engine_weighs(rows):
    claims = named(rows)
    tree = kinds_by_letter(claims)
    fused = engine.fuse(Reader(tree).read(claims), tree)
    weighing = Weighing([claims[at] for at in fused.order], fused.claims, tree, fused.background, shipped())
    for left, right, weight in zip(fused.pairs.left, fused.pairs.right, fused.pairs.weight, strict=True):
        match = weighing.match(int(left), int(right))
        assert match.millibits == weight == sum(one.millibits for one in match.weights)


def test_threads_change_nothing():
    dice = random.Random(5)
    claims = [
        claim(f"c{n:04d}", start_min=t, end_min=t + 60, lat_e7=310_000_000 + dice.randrange(9_000_000), radius_m=4_000)
        for n, t in enumerate(dice.randrange(20_000) for _ in range(1_500))
    ]
    tree = kinds_by_letter(claims)
    read = Reader(tree).read(claims)
    one, two = (engine.fuse(read, tree, threads=threads) for threads in (1, 2))
    assert one.label.tolist() == two.label.tolist()
    assert one.background.as_json(tree) == two.background.as_json(tree)


def test_a_claim_without_a_point_is_found_by_its_name():
    claims = [
        claim("a", toponym="Spin Boldak"),
        claim("b", lat_e7=None, lon_e7=None, radius_m=0, toponym="سپین بولدک"),
        claim("c", lat_e7=None, lon_e7=None, radius_m=0, toponym="Wana"),
    ]
    pairs, _, order = found(claims)
    assert [{claims[order[i]].claim_id, claims[order[j]].claim_id} for i, j in pairs] == [{"a", "b"}]
    assert [g.claims for g in group(claims).groups] == [("a", "b"), ("c",)]


def test_a_copy_is_weighed_with_the_copy_of_the_lowest_key_wherever_it_lies():
    claims = [
        claim(
            name, fingerprint="same", lat_e7=310_000_000 + 20_000_000 * at, start_min=9_000 * at, end_min=9_000 * at + 9
        )
        for at, name in enumerate("abc")
    ]
    pairs, rated, _ = found(claims)
    assert pairs == [(0, 1), (0, 2)]
    assert len(set(rated.rows[:, COPY].tolist())) == 1


TWO_APART = [claim("a"), claim("b", lat_e7=330_000_000)]


def test_the_group_is_named_by_its_earliest_claim():
    claims = [claim("a", start_min=10), claim("b", start_min=0)]
    assert [(g.group_id, g.claims) for g in group(claims).groups] == [("b", ("a", "b"))]


def test_same_joins_what_no_weight_would_and_not_the_same_parts_what_every_weight_joins():
    assert [g.claims for g in group(TWO_APART, [Decision("b", "a", True)]).groups] == [("a", "b")]
    assert [g.claims for g in group([claim("a"), claim("b")], [Decision("a", "b", False)]).groups] == [("a",), ("b",)]


def test_undoing_a_decision_restores_the_groups():
    claims = [claim("a"), claim("b"), claim("c")]
    before = group(claims)
    assert group(claims, [Decision("a", "b", False)]).groups != before.groups
    assert group(claims, []) == before


def test_contradictory_decisions_are_refused_and_shown_whatever_their_order():
    claims = [claim(n, lat_e7=310_000_000 + 20_000_000 * at) for at, n in enumerate("abcd")]
    chain = (Decision("a", "b", True), Decision("b", "c", True))
    decisions = [*chain, Decision("a", "c", False), Decision("c", "d", True)]
    for order in (decisions, decisions[::-1]):
        result = group(claims, order)
        assert result.conflicts == (Conflict(Decision("a", "c", False), chain),)
        assert [g.claims for g in result.groups] == [("a",), ("b",), ("c", "d")]


def test_a_decision_about_an_absent_claim_is_said_to_be_unheard():
    result = group([claim("a")], [Decision("a", "gone", True), Decision("a", "a", False)])
    assert result.unheard == (Decision("a", "a", False), Decision("a", "gone", True))


def test_a_claim_given_twice_is_refused_by_name():
    with pytest.raises(ClaimTwice) as error:
        group([claim("a"), claim("a", start_min=5)])
    assert str(error.value) == "claim a is given twice; hand in each claim once"


def test_one_source_that_tells_of_two_times_is_kept_apart_even_by_friends_of_both():
    whole_day = [claim(f"d{n}", start_min=0, end_min=1_440) for n in range(6)]
    morning = claim("a", source="t", start_min=360, end_min=540, start_asserted_min=450)
    evening = claim("b", source="t", start_min=900, end_min=1_080, start_asserted_min=990)
    witness = claim("e", start_min=900, end_min=1_080, start_asserted_min=990)
    rest = ("b", *(f"d{n}" for n in range(6)), "e")
    assert sorted(g.claims for g in group([*whole_day, morning, evening, witness]).groups) == [("a",), rest]
