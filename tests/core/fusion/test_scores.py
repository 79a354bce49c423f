"""The weight of each reason, and the sum that is nothing but these."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.fusion.accounts import claim
from tiga.fusion import comparing, reckoning
from tiga.fusion.policy import policy, shipped
from tiga.fusion.scores import weigh
from tiga.values.places import Point, distance_m


def found(a, b, family):
    """Code and millibits of the weights of one family."""
    return [(w.code, w.millibits) for w in weigh(a, b).weights if w.code.startswith(f"match.{family}.")]


def codes(a, b, family):
    return [code for code, _ in found(a, b, family)]


def test_order_of_the_arguments_does_not_matter():
    a, b = (
        claim("a", actor="kabul", deaths_low=1, deaths_high=4),
        claim("b", actor="islamabad", start_min=30, end_min=90),
    )
    assert weigh(a, b) == weigh(b, a)
    assert (weigh(b, a).left, weigh(b, a).millibits) == ("a", sum(w.millibits for w in weigh(a, b).weights))


@pytest.mark.parametrize(
    ("acts_a", "acts_b", "code"),
    [
        ("H1", "H1", ["match.act.same"]),
        ("H1 C1", "C1", ["match.act.same"]),
        ("H1", "H2", ["match.act.family"]),
        ("H1", "C1", ["match.act.consequence"]),
        ("C2", "A1", ["match.act.consequence"]),
        ("H1", "A1", ["match.act.different"]),
        ("C1", "P1", ["match.act.different"]),
        ("", "H1", []),
    ],
)
def test_acts(acts_a, acts_b, code):
    assert codes(claim("a", acts=tuple(acts_a.split())), claim("b", acts=tuple(acts_b.split())), "act") == code


@pytest.mark.parametrize(
    ("a", "b", "code"),
    [
        ({"actor": "kabul"}, {"actor": "kabul"}, ["match.actor.same"]),
        ({"actor": "kabul", "party": "islamabad"}, {"actor": "islamabad", "party": "kabul"}, ["match.actor.opposed"]),
        ({"actor": "kabul", "party": "islamabad"}, {"actor": "islamabad"}, ["match.actor.party"]),
        ({"actor": "kabul"}, {"actor": "islamabad"}, ["match.actor.different"]),
        ({"actor": ""}, {"actor": "islamabad"}, []),
        ({"actor": "kabul", "stance": "denies"}, {"actor": "kabul"}, ["match.actor.denial"]),
    ],
)
def test_actors(a, b, code):
    assert codes(claim("a", **a), claim("b", **b), "actor") == code


def test_parties_that_accuse_each_other_lose_less_than_others_that_differ():
    table = shipped().tables["actor"]
    assert table[comparing.ACTOR_OTHER] < table[comparing.ACTOR_PARTY] < table[comparing.ACTOR_OPPOSED] < 0


@pytest.mark.parametrize(
    ("a", "b", "code"),
    [
        ((4, 4), (4, 4), ["match.harm.same_many"]),
        ((0, 0), (0, 0), ["match.harm.same_few"]),
        ((4, 4), (5, 5), ["match.harm.near"]),
        ((4, 5), (5, 9), ["match.harm.near"]),
        ((8, 8), (17, 17), ["match.harm.apart"]),
        ((2, 2), (20, 20), ["match.harm.far"]),
        (None, (2, 2), []),
    ],
)
def test_deaths_are_ranges(a, b, code):
    low, high = a or (None, None)
    assert (
        codes(claim("a", deaths_low=low, deaths_high=high), claim("b", deaths_low=b[0], deaths_high=b[1]), "harm")
        == code
    )


@pytest.mark.parametrize(
    ("a", "b", "code"),
    [
        ({"fingerprint": "f"}, {"fingerprint": "f"}, ["match.source.copied"]),
        ({"fingerprint": "f", "source": "x"}, {"fingerprint": "f", "source": "x"}, ["match.source.resent"]),
        ({"origin": "AFP"}, {"origin": "AFP"}, ["match.source.same_origin"]),
        ({"source": "x"}, {"source": "x"}, ["match.source.same_outlet"]),
        (
            {"source": "x", "start_asserted_min": 0},
            {"source": "x", "start_min": 300, "end_min": 360, "start_asserted_min": 300},
            ["match.source.two_times"],
        ),
        ({"source": "x", "channel": "dataset"}, {"source": "x", "channel": "dataset"}, ["match.source.same_dataset"]),
        ({}, {}, ["match.source.separate"]),
        ({"channel": "dataset"}, {"channel": "dataset"}, ["match.source.two_datasets"]),
    ],
)
def test_sources(a, b, code):
    assert codes(claim("a", **a), claim("b", **b), "source") == code


def test_place_falls_with_distance_and_a_vague_place_says_less_either_way():
    near, far = claim("b"), claim("b", lat_e7=311_500_000)
    sharp, vague = claim("a"), claim("a", radius_m=60_000)
    (here,), (there,) = found(sharp, near, "place"), found(sharp, far, "place")
    (vague_here,), (vague_there,) = found(vague, near, "place"), found(vague, far, "place")
    assert (here[0], there[0]) == ("match.place.within", "match.place.far")
    assert sorted([here[1], there[1], vague_here[1], vague_there[1]]) == [
        there[1],
        vague_there[1],
        vague_here[1],
        here[1],
    ]


def test_what_is_missing_weighs_nothing():
    bare = {"lat_e7": None, "lon_e7": None, "radius_m": 0, "acts": ()}
    a, b = claim("a", **bare), claim("b", **bare)
    known = ("match.base", "match.time.overlap", "match.source.separate")
    assert [(w.code, w.millibits) for w in weigh(a, b).weights if w.code not in known] == [("match.place.unknown", 0)]


@pytest.mark.parametrize(
    ("minutes", "code"),
    [
        (0, "match.time.overlap"),
        (30, "match.time.zone_half_hour"),
        (60, "match.time.apart"),
        (270, "match.time.zone_utc"),
    ],
)
def test_clock_confusion_is_named(minutes, code):
    a = claim("a", end_min=1)
    b = claim("b", start_min=minutes, end_min=minutes + 1, start_asserted_min=minutes)
    assert codes(a, b, "time") == [code]


def test_a_gap_of_270_minutes_outweighs_one_of_200():
    a = claim("a", end_min=1)
    at = {m: found(a, claim("b", start_min=m, end_min=m + 1, start_asserted_min=m), "time")[0][1] for m in (200, 270)}
    assert sorted(at, key=lambda m: at[m]) == [200, 270]


def test_another_weight_gives_another_sum():
    a, b = claim("a"), claim("b")
    tree = shipped().as_json()
    tree["tables"]["act"] = [0] * len(tree["tables"]["act"])
    same = dict(found(a, b, "act"))["match.act.same"]
    assert weigh(a, b).millibits - weigh(a, b, policy(tree)).millibits == same > 0


def test_no_weight_depends_on_which_party_is_which():
    names = {"islamabad": "kabul", "kabul": "islamabad"}
    rows = [{"party": "islamabad", "actor": "kabul"}, {"party": "kabul", "actor": "islamabad"}, {"actor": "kabul"}]
    for left in rows:
        for right in rows:
            sums = []
            for turn in (False, True):
                a, b = ({k: names[v] if turn else v for k, v in row.items()} for row in (left, right))
                channels = ({"channel": "liaison" if row.get("party") else "media"} for row in (a, b))
                one, two = (claim(n, **row, **c) for n, row, c in zip("ab", (a, b), channels, strict=True))
                sums.append(weigh(one, two).millibits)
            assert sums[0] == sums[1]


def test_an_area_and_a_place_that_lies_in_another_are_told_apart():
    area = {"toponym": "Paktika", "area": "paktika", "radius_m": 80_000}
    inside = {"toponym": "Barmal", "within": "paktika"}
    outside = {"toponym": "Gurbuz", "within": "khost"}
    assert codes(claim("a", **area), claim("b", **inside), "name") == ["match.name.same"]
    assert codes(claim("a", **area), claim("b", **outside), "name") == ["match.name.elsewhere"]
    other = {"toponym": "Kunar", "area": "kunar", "radius_m": 50_000}
    assert codes(claim("a", **area), claim("b", **other), "name") == ["match.name.elsewhere"]


@given(st.floats(1e-6, 1e12))
def test_the_compiled_logarithm_agrees_to_two_millibits(value):
    assert abs(reckoning.log2_mb(value) - 1000 * math.log2(value)) < 2


@given(st.floats(0, 30))
def test_the_compiled_tail_agrees_to_a_step(value):
    assert math.exp(-value - 1 / 64) - 1e-10 <= reckoning.tail(value) <= math.exp(-value + 1 / 64) + 1e-10


@given(st.integers(-9_900_000, 9_900_000))
def test_the_compiled_cosine_agrees_to_a_step(north):
    degrees = north / reckoning.METRES_A_DEGREE
    assert abs(reckoning.cosine_at(north) - math.cos(math.radians(degrees))) < 0.001


@given(st.floats(1e-12, 1e12))
def test_logarithm_agrees_with_the_library(value):
    assert math.isclose(reckoning.log2(value), math.log2(value), rel_tol=1e-12, abs_tol=1e-12)


@given(st.floats(-600, 0))
def test_exponential_agrees_with_the_library(value):
    assert math.isclose(reckoning.exp(value), math.exp(value), rel_tol=1e-12)


@given(
    st.integers(280_000_000, 380_000_000),
    st.integers(600_000_000, 750_000_000),
    st.integers(-15_000_000, 15_000_000),
    st.integers(-15_000_000, 15_000_000),
)
def test_distance_agrees_with_the_great_circle(lat, lon, north, east):
    plane = reckoning.metres(lat, lon, lat + north, lon + east)
    assert math.isclose(plane, distance_m(Point(lat, lon), Point(lat + north, lon + east)), rel_tol=0.003, abs_tol=5)
