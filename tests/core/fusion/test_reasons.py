"""Why together, and why not there: the pairs shown, the best other group, and what keeps it apart."""

from __future__ import annotations

import random

import pytest

from tests.core.fusion.accounts import claim, reasons_of
from tiga.drafts import Decision
from tiga.fusion.clusters import group
from tiga.fusion.explain import why_not
from tiga.fusion.policy import shipped

FAR = {"lat_e7": 316_000_000, "start_min": 1_500, "end_min": 1_560}
SAME = {"start_min": 0, "end_min": 60}


def rival(claims, wanted, words=()):
    return reasons_of(claims, wanted, words).rival


def test_nothing_near_has_no_rival():
    assert rival([claim("a"), claim("b")], {"a", "b"}) is None
    assert rival([claim("a")], {"a"}) is None


def test_a_persons_word_keeps_apart_whatever_the_two_weigh():
    words = [Decision("a", "b", False)]
    found = rival([claim("a"), claim("b")], {"a"}, words)
    assert (found.group_id, found.bar, found.line, found.weighed, found.unscored) == ("b", "person", 0, 1, 0)
    assert found.agreement == found.strongest.millibits > 0


def test_one_source_with_two_times_is_a_veto():
    claims = [claim("a", source="one"), claim("b", source="one", start_min=400, end_min=420, start_asserted_min=400)]
    found = rival(claims, {"b"})
    assert (found.group_id, found.bar, found.line) == ("a", "veto", shipped().veto)


def test_a_pair_below_the_floor_is_no_chain():
    claims = [claim("a"), claim("b"), claim("c", acts=("A1",), actor="kabul", start_min=600, end_min=660)]
    assert [g.claims for g in group(claims).groups] == [("a", "b"), ("c",)]
    found = rival(claims, {"c"})
    assert (found.group_id, found.bar, found.line, found.weighed) == ("a", "chain", shipped().floor, 2)
    assert found.agreement < 0


def test_of_two_other_groups_the_one_that_agrees_better_is_told():
    near, far = (
        {"start_min": 700, "end_min": 720, "acts": ("A1",), "actor": "kabul"},
        {"start_min": 1_700, "end_min": 1_720, "acts": ("C1",), "lat_e7": 310_200_000},
    )
    claims = [claim("a"), claim("n", **near), claim("f", **far)]
    assert [g.claims for g in group(claims).groups] == [("a",), ("f",), ("n",)]
    assert rival(claims, {"a"}).group_id == "n"


def test_the_agreement_told_is_what_groups_are_joined_by():
    """Wherever no word, no veto and no missing chain stands between, a rival above the stop would have been joined."""
    dice = random.Random(4)
    claims = [
        claim(
            f"c{n:03d}", lat_e7=310_000_000 + dice.randrange(9_000_000), start_min=(t := dice.randrange(9_000)), end_min=t + 60,
            radius_m=dice.choice([1_000, 5_000, 20_000]), acts=(dice.choice(["H1", "H2", "A1"]),),
        )
        for n in range(150)
    ]  # fmt: skip
    groups = group(claims).groups
    bars = [found.bar for g in groups if (found := rival(claims, set(g.claims))) is not None]
    assert len(groups) > 30
    assert "order" not in bars
    assert {"chain", "stop"} <= set(bars)


def test_a_pair_that_was_asked_for_is_told_whatever_it_weighs():
    claims = [claim("a"), claim("z", **FAR)]
    assert reasons_of(claims, {"a"}).matches == ()
    (match,) = reasons_of(claims, {"a"}, asked=[("z", "a")]).matches
    assert (match.left, match.right) == ("a", "z")
    assert match.millibits < shipped().shown


@pytest.mark.parametrize(
    ("words", "last"),
    [
        ([Decision("a", "b", False)], "A person's word keeps the two apart."),
        ([], "No pair between them weighs more than"),
    ],
)
def test_why_not_is_said_in_words_and_bits(words, last):
    claims = [claim("a"), claim("b", acts=("A1",), actor="kabul", start_min=600, end_min=660)] if not words else [
        claim("a"), claim("b"),
    ]  # fmt: skip
    said = why_not(rival(claims, {"a"}, words))
    assert said[0].startswith("The nearest other incident agrees with this one by ")
    assert said[-1].startswith(last)
