"""Copies are one voice: verbatim, in nearly the same words, or with the same particulars; and never more than that."""

from __future__ import annotations

from dataclasses import replace

from tests.core.fusion.accounts import claim
from tiga.fusion.copies import Copy, copies_of, joined
from tiga.fusion.corroboration import origins_of, standing

TEXT = "Residents said that firing was heard on both sides of the crossing for about two hours before midnight"
CHANGED = TEXT.replace("about", "some") + " on Friday"
OTHER = "A spokesman told reporters that the road to the market had been closed for repairs until further notice today"


def test_the_three_ways_of_knowing_a_copy():
    told = [
        claim("a", fingerprint="f", acts=()),
        claim("b", fingerprint="f", acts=()),
        claim("c", acts=()),
        claim("d", acts=()),
        claim("e", toponym="Chaman", actor="kabul"),
        claim("g", toponym="Chaman", actor="kabul"),
    ]
    assert copies_of(told, {"c": TEXT, "d": TEXT.upper() + "!"}) == (
        Copy("a", "b", "text"),
        Copy("c", "d", "words"),
        Copy("e", "g", "particulars"),
    )


def test_nearly_all_words_make_a_copy_and_many_words_do_not():
    told = [claim("a", acts=()), claim("b", acts=())]
    near = TEXT + " local time"
    assert [c.by for c in copies_of(told, {"a": TEXT, "b": near})] == ["words"]
    assert copies_of(told, {"a": TEXT, "b": CHANGED}) == ()
    assert copies_of(told, {"a": TEXT, "b": OTHER}) == ()
    assert copies_of(told, {"a": "Firing was heard.", "b": "Firing was heard."}) == ()


def test_particulars_differ_by_a_minute_a_metre_a_number_or_an_actor():
    one = claim("a", toponym="Chaman", actor="kabul", deaths_low=4, deaths_high=4)
    for change in (
        {"start_min": 1},
        {"radius_m": 2_999},
        {"lat_e7": 310_000_001},
        {"actor": "islamabad"},
        {"deaths_high": 5},
        {"stance": "denies"},
        {"acts": ("H2",)},
    ):
        assert copies_of([one, replace(one, claim_id="b", source="p", **change)]) == ()


def test_what_says_too_little_is_no_copy():
    assert copies_of([claim("a"), claim("b")]) == ()


def test_monitors_parties_and_datasets_speak_for_themselves():
    for channel in ("monitor", "liaison", "dataset", "sensor"):
        told = [claim(n, channel=channel, toponym="Chaman", actor="kabul", fingerprint="f") for n in "ab"]
        assert copies_of(told, {"a": TEXT, "b": TEXT}) == ()


def test_named_origins_are_never_joined_and_particulars_say_nothing_of_them():
    told = [
        claim("a", origin="AFP", fingerprint="f"),
        claim("b", origin="Reuters", fingerprint="f"),
        claim("c", fingerprint="f"),
    ]
    assert joined(told, copies_of(told)) == {"a": "a", "b": "b", "c": "a"}
    assert origins_of(told) == {"a": "AFP", "b": "Reuters", "c": "AFP"}
    same = [claim(n, origin="AFP" if n == "a" else "", toponym="Chaman", actor="kabul") for n in "ab"]
    assert copies_of(same) == ()


def test_copies_of_copies_are_one_origin():
    told = [claim(n, acts=()) for n in "abcd"]
    chain = [Copy("a", "b", "words"), Copy("b", "c", "words")]
    assert origins_of(told, chain) == {"a": "outlet a", "b": "outlet a", "c": "outlet a", "d": "outlet d"}
    found = standing(told, copies=chain)
    assert (found.reports, len(found.publishers), found.origins) == (4, 4, ("outlet a", "outlet d"))
