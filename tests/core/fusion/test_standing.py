"""Claims from reports, what stands behind a group, and words for it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.core.fusion.accounts import GAZETTEER, claim, report
from tiga.drafts import Harm, Match, Weight
from tiga.fusion.claims import CLAIMS_A_REPORT, claims_of, fingerprint
from tiga.fusion.clusters import group
from tiga.fusion.corroboration import Deaths, standing
from tiga.fusion.explain import bits, why
from tiga.values.places import Place, Point

PLAIN = report("Dawn", ("2025-12-05T22:00", "PKT", "about"), "Chaman", "H1")
LONG = "The officials said that the firing went on for about two hours on both sides."


def test_a_claim_keeps_interval_zone_and_the_gazetteers_point():
    (one,) = claims_of("r", PLAIN, GAZETTEER)
    assert one.end_min - one.start_min == 60
    assert (one.start_asserted_min - one.start_min, one.zone_min) == (30, 300)
    assert (one.lat_e7, one.lon_e7, one.radius_m, one.toponym) == (309_200_000, 664_500_000, 8_000, "Chaman")


def test_a_reports_own_point_outranks_the_gazetteer():
    (one,) = claims_of("r", replace(PLAIN, where=Place("Chaman", point=Point(1, 2), radius_m=5)), GAZETTEER)
    assert (one.lat_e7, one.lon_e7, one.radius_m) == (1, 2, 5)


def test_several_places_are_several_claims_and_share_no_dead():
    killed = (Harm("killed", "civilian", 4, 5), Harm("killed", "security", 1, 1), Harm("injured", "civilian", 9, 9))
    (one,) = claims_of("r", replace(PLAIN, harm=killed), GAZETTEER)
    many = claims_of("r", replace(PLAIN, harm=killed, where=Place("Kunar; Paktika")), GAZETTEER)
    assert (one.claim_id, one.deaths_low, one.deaths_high) == ("r", 5, 6)
    assert [(c.claim_id, c.toponym, c.deaths_low) for c in many] == [("r#1", "Kunar", None), ("r#2", "Paktika", None)]


@pytest.mark.parametrize(
    ("toponym", "names"),
    [
        ("کونړ؛ پکتیکا", ["کونړ", "پکتیکا"]),
        ("Kunar\nPaktika;  ;Chaman；", ["Kunar", "Paktika", "Chaman"]),
        ("چمن، سپین بولدک", ["چمن", "سپین بولدک"]),  # two towns, whose circles meet
        ("خوست، کونړ، پکتیکا", ["خوست", "کونړ", "پکتیکا"]),
        ("ګربز، خوست", ["ګربز، خوست"]),  # a place and its area
        ("خوست، ګربز", ["خوست، ګربز"]),
        ("مازل ګلۍ، چمن", ["مازل ګلۍ، چمن"]),  # a part of a town, and the town
        ("چمن، مازل ګلۍ", ["چمن، مازل ګلۍ"]),
        ("ګربز، خوست، کونړ", ["ګربز، خوست", "کونړ"]),
        ("بهرامچه، سنګین، هلمند", ["بهرامچه، هلمند", "سنګین، هلمند"]),
        ("چمن، نامعلوم کلی", ["چمن، نامعلوم کلی"]),  # one that nobody knows
        ("چمن، نامعلوم کلی؛ کونړ", ["چمن، نامعلوم کلی", "کونړ"]),
        ("Chaman, Spin Boldak", ["Chaman, Spin Boldak"]),
        ("،، چمن ،", ["،، چمن ،"]),
    ],
)
def test_places_are_parted_in_every_script_and_a_place_stays_with_its_area(toponym: str, names: list[str]):
    many = claims_of("r", replace(PLAIN, where=Place(toponym)), GAZETTEER)
    assert [claim.toponym for claim in many] == names
    assert [claim.claim_id for claim in many] == (
        [f"r#{n}" for n in range(1, len(names) + 1)] if len(names) > 1 else ["r"]
    )


def test_the_places_of_one_report_are_no_copies_of_each_other_but_those_of_a_copied_report_are():
    told = replace(PLAIN, account=LONG, where=Place("کونړ؛ پکتیکا"))
    ours, copied = claims_of("r", told, GAZETTEER), claims_of("s", replace(told, source="Another outlet"), GAZETTEER)
    assert [found.claims for found in group(ours).groups] == [("r#1",), ("r#2",)]
    assert sorted(found.claims for found in group([*ours, *copied]).groups) == [("r#1", "s#1"), ("r#2", "s#2")]
    assert standing([ours[0], copied[0]]).origins == ("Another outlet",)


def test_a_list_longer_than_the_limit_and_one_with_a_point_stay_one_claim():
    listed = "، ".join(["چمن", "سپین بولدک"] * CLAIMS_A_REPORT)
    assert [len(claims_of("r", replace(PLAIN, where=where), GAZETTEER)) for where in (
        Place(listed), Place("Chaman\nKunar", point=Point(1, 2), radius_m=5), Place(";".join("abc" * CLAIMS_A_REPORT)),
    )] == [1, 1, 1]  # fmt: skip


def test_a_fingerprint_ignores_case_and_marks_and_short_texts():
    assert (fingerprint(LONG) == fingerprint(LONG.upper() + " !"), fingerprint("Firing heard.")) == (True, "")
    assert fingerprint(LONG) != fingerprint(LONG.replace("two", "six"))


def test_copies_collapse_to_one_origin():
    copies = [
        claim("a", fingerprint="f"),
        claim("b", fingerprint="f"),
        claim("c", fingerprint="f", origin="AFP"),
        claim("d"),
    ]
    found = standing(copies)
    assert (found.reports, len(found.publishers), found.origins) == (4, 4, ("AFP", "outlet d"))


def test_claims_of_one_report_are_one_report():
    assert standing([claim("r#1", source="x"), claim("r#2", source="x")]).reports == 1


def test_deaths_stand_side_by_side():
    found = standing([claim("b", deaths_low=4, deaths_high=5), claim("a", deaths_low=10, deaths_high=10), claim("c")])
    assert found.deaths == (Deaths("a", "outlet a", "outlet a", 10, 10), Deaths("b", "outlet b", "outlet b", 4, 5))


def test_only_the_parties_and_contradictory_is_a_state_of_its_own():
    ours, theirs = claim("a", party="kabul", actor="islamabad"), claim("b", party="islamabad", actor="kabul")
    states = [
        standing(c).only_parties_contradictory
        for c in ([ours, theirs], [ours], [ours, theirs, claim("c")], [ours, replace(theirs, actor="islamabad")])
    ]
    assert states == [True, False, False, False]


def test_a_denial_is_listed_and_does_not_widen_the_time():
    found = standing([claim("a"), claim("b", stance="denies", start_min=-500)])
    assert (found.denied_by, found.start_min, found.end_min) == (("outlet b",), 0, 60)


def test_why_gives_a_row_for_each_reason_and_the_sum():
    match = Match("a", "b", (Weight("match.base", -900, {}), Weight("match.actor.same", 1_000, {"left": "kabul"})), 100)
    plain = [row.replace("\u2068", "").replace("\u2069", "") for row in why(match)]
    assert plain == [
        "Starting point: most pairs that lie this near are not about one incident: \u22120.9 bits",
        "Both name the same actor (kabul): +1.0 bits",
        "Sum: +0.1 bits",
    ]


def test_bits_have_sign_one_decimal_and_the_digits_of_the_language():
    assert [bits(n) for n in (1_949, -250, 49, 0, -50)] == ["+1.9", "\u22120.3", "0.0", "0.0", "\u22120.1"]
    assert bits(1_949, "ps") == "+۱.۹"
