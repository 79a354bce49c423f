"""Three answers and never one score: that it happened, what it was, whose act it was."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.fusion.accounts import claim
from tiga.fusion.odds import CLASSES, TABLE_1
from tiga.fusion.posteriors import MILLION, UNKNOWN, posteriors, shares
from tiga.fusion.sensitivity import in_words as without_in_words
from tiga.fusion.sensitivity import without
from tiga.fusion.voices import Judgement, Setting, voices
from tiga.fusion.wording import actor_standard, answers, happened_standard, in_words, settled_act, standard_of
from tiga.values import words

PARTIES = ("islamabad", "kabul")
BARE = Setting(PARTIES, ("group-1",))


def monitor(claim_id, **said):
    return claim(claim_id, channel="monitor", source=f"team {claim_id}", **said)


def party(name, **said):
    return claim(f"p-{name}", channel="liaison", party=name, source=f"office of {name}", **said)


def press(claim_id, **said):
    return claim(claim_id, start_min=hash_free(claim_id), **said)


def hash_free(claim_id):
    """Another start for each claim, so that none is taken for a copy."""
    return -sum(map(ord, claim_id))


def attributed(claims, setting=BARE):
    return {share.name: share.ppm for share in posteriors(claims, setting).attributed}


def test_shares_add_up_and_a_bit_doubles_the_odds():
    assert shares({"a": 0, "b": 1_000}) == {"a": 333_333, "b": 666_667}
    assert shares({"a": -90_000_000, "b": 0}) == {"a": 0, "b": MILLION}


def test_one_monitor_is_worth_what_the_table_says():
    (found,) = [posteriors([monitor("a", radius_m=9_000)], BARE)]
    assert (found.happened.millibits, found.happened.ppm) == (5_500, shares({"": 0, "h": 5_500})["h"])
    assert posteriors([monitor("a")], BARE).happened.millibits == 5_800


def test_the_second_of_a_class_counts_less_and_a_class_is_bounded():
    worth = [
        posteriors([press(f"c{n}", radius_m=9_000) for n in range(k)], BARE).happened.millibits for k in (1, 2, 3, 40)
    ]
    assert worth == [1_000, 1_500 * 1_700 // 1_000 - 500, 1_500 * 2_190 // 1_000 - 500, 4_461]
    many = [monitor(f"m{n:02d}", actor="kabul") for n in range(40)]
    assert posteriors(many, BARE).happened.millibits == TABLE_1.class_max + TABLE_1.prior_happened


def test_ten_copies_are_one_voice():
    original = press("a", toponym="Chaman", actor="kabul", deaths_low=3, deaths_high=3)
    copies = [replace(original, claim_id=f"b{n}", source=f"paper {n}") for n in range(10)]
    one, ten = posteriors([original], BARE), posteriors([original, *copies], BARE)
    assert len(ten.voices) == 1
    assert (ten.happened, ten.acts, ten.attributed) == (one.happened, one.acts, one.attributed)


def test_an_origin_that_says_two_things_is_worth_their_mean():
    two = [press("a", source="s", actor="kabul"), press("bb", source="s", actor="islamabad")]
    found = {share.name: share.millibits for share in posteriors(two, BARE).attributed}
    assert found["kabul"] == found["islamabad"] == found["group-1"] + TABLE_1.prior_actor["party"] + 5_200 // 2


def test_accusing_the_other_party_moves_little_and_owning_up_much():
    accused = attributed([party("kabul", actor="islamabad")])
    owned = attributed([party("kabul", actor="kabul")])
    assert accused["islamabad"] - accused["kabul"] < 100_000
    assert owned["kabul"] > 890_000 > accused["islamabad"]


def test_parties_are_treated_alike():
    turned = {"islamabad": "kabul", "kabul": "islamabad"}
    told = [party("kabul", actor="islamabad"), press("a", actor="islamabad"), monitor("m", actor="kabul")]
    mirrored = [replace(c, actor=turned[c.actor], party=turned.get(c.party, ""), source=c.source + "'") for c in told]
    here, there = attributed(told), attributed(mirrored)
    assert {turned.get(name, name): ppm for name, ppm in here.items()} == there


def test_only_the_parties_contradictory_is_a_state_in_which_nobody_is_sure():
    told = [party("kabul", actor="islamabad"), party("islamabad", actor="kabul")]
    found = posteriors(told, BARE)
    assert (found.only_parties_contradictory, found.attributed[0].ppm < 500_000) == (True, True)
    assert actor_standard(found) == "insufficient"


def test_not_even_a_table_gone_wrong_makes_contradicting_parties_sure():
    """The bound holds by itself: a table by which an admission outweighs everything, and both admit."""
    table = replace(TABLE_1, attribution={"party.own": {"same": 8_000}, "party.rival": {"same": 8_000}})
    told = [party("kabul", actor="kabul"), party("islamabad", actor="kabul", stance="asserts", acts=("H2",))]
    both = posteriors([*told, replace(told[1], claim_id="z", actor="islamabad", party="islamabad")], BARE, table)
    assert both.only_parties_contradictory
    assert max(share.ppm for share in both.attributed if share.name != UNKNOWN) <= TABLE_1.contradictory_max_ppm
    assert sum(share.ppm for share in both.attributed) == MILLION


def test_a_denial_clears_nobody_and_attributes_nothing():
    alone = attributed([press("a", actor="kabul")])
    denied = attributed([press("a", actor="kabul"), party("kabul", actor="kabul", stance="denies")])
    assert denied == alone
    accused = party("islamabad", actor="kabul")
    assert posteriors([accused, party("kabul", stance="denies")], BARE).happened == posteriors([accused], BARE).happened
    with_denial = posteriors([press("a"), party("kabul", stance="denies")], BARE)
    assert with_denial.happened == posteriors([press("a")], BARE).happened


def test_a_word_more_never_makes_weaker_what_it_supports():
    told = [party("kabul", actor="kabul"), party("islamabad", actor="kabul"), press("a", actor="kabul")]
    told += [press(f"b{n}", actor="kabul", radius_m=99_000, acts=()) for n in range(3)]
    found = [posteriors(told[:n], BARE) for n in range(1, len(told) + 1)]
    happened = [one.happened.millibits for one in found]
    named = [{share.name: share.millibits for share in one.attributed} for one in found]
    leads = [one["kabul"] - one["group-1"] for one in named]
    assert (happened, leads) == (sorted(happened), sorted(leads))


def test_all_who_speak_for_a_party_are_one_voice():
    offices = [
        replace(party("kabul", actor="islamabad"), claim_id=f"k{n}", source=f"office {n}", start_min=n)
        for n in range(5)
    ]
    found = posteriors(offices, BARE)
    assert [(voice.origin, voice.source_class, len(voice.claims)) for voice in found.voices] == [("kabul", "party", 5)]
    assert found.attributed == posteriors(offices[:1], BARE).attributed


def test_a_paper_that_prints_a_partys_word_is_not_its_witness():
    quoted = claim("a", source="Paper", party="kabul", actor="islamabad")
    assert posteriors([quoted], BARE).attributed == posteriors([party("kabul", actor="islamabad")], BARE).attributed


def test_a_team_that_found_nothing_counts_against():
    assert posteriors([monitor("a", stance="denies")], BARE).happened.millibits == -3_500


def test_unknown_is_an_answer():
    assert sum(attributed([press("a")]).values()) == MILLION
    assert UNKNOWN in attributed([press("a")])
    nobody = posteriors([press("a")], Setting(()))
    assert [(share.name, share.ppm) for share in nobody.attributed] == [(UNKNOWN, MILLION)]


def test_an_act_settles_where_sources_agree_and_on_the_family_where_they_do_not():
    agree = posteriors([press("a", acts=("H1",)), press("b", acts=("H1",)), monitor("m", acts=("H1",))], BARE)
    differ = posteriors([press("a", acts=("H1",)), press("b", acts=("H2",))], BARE)
    apart = posteriors([press("a", acts=("H1",)), press("b", acts=("A1",))], BARE)
    assert [settled_act(found) for found in (agree, differ, apart)] == ["H1", "H", ""]
    for found in (agree, differ, apart):
        assert sum(act.ppm for act in found.acts) == MILLION
        assert {act.code: act.below_ppm for act in found.acts}[""] == MILLION


def test_some_share_stays_on_the_family_when_only_the_family_is_named():
    found = posteriors([monitor("m", acts=("H",))], BARE)
    assert {act.code: act.ppm > 900_000 for act in found.acts} == {"": False, "H": True}


def test_the_tree_of_the_agreement_outranks_the_first_letter():
    tree = {"H1": "fire", "A1": "fire", "fire": ""}
    found = posteriors([press("a", acts=("H1",)), press("b", acts=("A1",))], Setting(PARTIES, parents=tree))
    assert settled_act(found) == "fire"


def test_a_tree_that_runs_in_a_circle_ends():
    tree = {"H1": "x", "x": "y", "y": "x"}
    assert sum(act.ppm for act in posteriors([press("a")], Setting(PARTIES, parents=tree)).acts) == MILLION


def grade(claim_id, letter, digit, by="analyst", at_ms=1):
    return Judgement(claim_id, letter, digit, by, at_ms)


def test_letters_scale_an_origin_and_the_latest_judgement_counts():
    told = [press("a", actor="kabul", radius_m=9_000)]
    worth = {
        letters: posteriors(
            told, replace(BARE, judgements=tuple(grade("a", c, "", at_ms=n) for n, c in enumerate(letters)))
        ).happened.millibits
        for letters in ("B", "D", "E", "BD", "DB")
    }
    assert worth == {"B": 1_000, "D": 250, "E": -275, "BD": 250, "DB": 1_000}


def test_what_cannot_be_judged_takes_nothing_from_what_was_judged():
    """Two claims of one origin: "A, 2" on one, and on the other nothing, or that it cannot be judged."""
    told = [press("a", radius_m=9_000), press("b", radius_m=9_000, source="outlet a")]
    rest = (("", ""), ("F", "6"), ("F", ""), ("", "6"))
    worth = {
        posteriors(told, replace(BARE, judgements=(grade("a", "A", "2"), grade("b", *pair)))).happened.millibits
        for pair in rest
    }
    alone = posteriors(told, replace(BARE, judgements=(grade("a", "A", "2"),))).happened.millibits
    assert worth == {alone}
    assert (
        posteriors(told, replace(BARE, judgements=(grade("a", "A", "2"), grade("b", "E", "5")))).happened.millibits
        < alone
    )


def test_confirmed_takes_two_independent_origins():
    one, two = [press("a", radius_m=9_000)], [press("a", radius_m=9_000), press("b", radius_m=9_000)]
    graded = replace(BARE, judgements=(grade("a", "", "1"),))
    alone, both = posteriors(one, graded), posteriors(two, graded)
    assert (alone.unsupported, alone.happened.millibits) == (("a",), 1_000 + TABLE_1.credibility["2"])
    assert (both.unsupported, both.happened.millibits) == ((), 3_000 + 1_500 * 700 // 1_000 - 500)
    copy = replace(one[0], claim_id="c", source="paper", origin="outlet a")
    assert posteriors([*one, copy], graded).unsupported == ("a",)


def test_classes_come_from_names_parties_and_channels():
    told = [
        claim("a", source="Wire"),
        claim("b", origin="Wire", source="Paper", start_min=3),
        claim("c", channel="dataset", start_min=5),
        claim("d", party="kabul", source="Wire"),
        claim("e", channel="nonsense", start_min=7),
    ]
    found = {
        v.origin: v.source_class for v in voices(told, Setting(PARTIES, classes={"Wire": "agency", "outlet c": "what"}))
    }
    assert found == {"Wire": "agency", "outlet c": "public", "kabul": "party", "outlet e": "public"}
    assert all(source_class in CLASSES for source_class in found.values())


def test_words_follow_the_share_and_one_voice_does_not_go_far():
    assert [standard_of(ppm, 2) for ppm in (0, 199_999, 200_000, 400_000, 500_000, 500_001, 850_000, MILLION)] == [
        "insufficient",
        "insufficient",
        "reasonable_suspicion",
        "reasonable_grounds_to_believe",
        "reasonable_grounds_to_believe",
        "balance_of_probabilities",
        "clear_and_convincing",
        "clear_and_convincing",
    ]
    assert [standard_of(MILLION, origins) for origins in (0, 1, 2)] == [
        "insufficient",
        "reasonable_suspicion",
        "clear_and_convincing",
    ]
    assert happened_standard(posteriors([monitor("a")], BARE)) == "reasonable_suspicion"


def plain(rows):
    return [row.replace("\u2068", "").replace("\u2069", "") for row in rows]


def test_in_words_the_number_comes_only_when_asked_for():
    found = posteriors([monitor("a", actor="kabul"), press("b", actor="kabul")], BARE)
    names = {"kabul": "the other side", "H1": "small-arms fire"}
    said = plain(in_words(found, named=lambda one: names[one]))
    assert said == [
        "By the reports, that it happened reads as: clear and convincing",
        "By the reports, if it happened, that it was small-arms fire reads as: clear and convincing",
        "By the reports, if it happened, that it was the act of the other side reads as: clear and convincing",
        "This reads reports. It is no finding, and it does not set a standard of proof: people do.",
    ]
    numbered = plain(in_words(found, named=lambda one: names[one], numbers=True))
    assert numbered[1] == "In numbers: 99 of 100, by the table corroboration-1"
    assert [row for row in numbered if not row.startswith("In numbers")] == said


def test_an_accusation_by_the_other_party_does_not_make_a_second_origin():
    wire = press("a", actor="kabul")
    accused = posteriors([wire, party("islamabad", actor="kabul")], BARE)
    owned = posteriors([wire, party("kabul", actor="kabul")], BARE)
    assert [found.attributed[0].name for found in (accused, owned)] == ["kabul", "kabul"]
    assert [actor_standard(found) for found in (accused, owned)] == ["reasonable_suspicion", "clear_and_convincing"]


def test_contradicting_parties_are_said_to_be_so():
    found = posteriors([party("kabul", actor="islamabad"), party("islamabad", actor="kabul")], BARE)
    assert plain(in_words(found, numbers=True))[4:] == [
        "Only the parties speak, and they contradict each other. Nothing is attributed on their word alone.",
        "This reads reports. It is no finding, and it does not set a standard of proof: people do.",
    ]


def test_claims_of_who_fired_first_contradict_each_other_too():
    told = [party("kabul"), party("islamabad")]
    fire = {claim.claim_id: name for claim, name in zip(told, PARTIES, strict=True)}
    found = [posteriors(told, setting).only_parties_contradictory for setting in (BARE, replace(BARE, first_fire=fire))]
    assert found == [False, True]


def who(claims):
    return [(row.subject, row.standard) for row in answers(posteriors(claims, BARE)) if row.question == "who"]


def test_nobody_is_named_for_being_likely_beforehand_or_accused_by_the_other_party():
    for claims in (
        [monitor("a")],
        [party("kabul", actor="islamabad")],
        [monitor("a"), party("kabul", actor="islamabad")],
    ):
        assert who(claims) == [("", "insufficient")]


def test_two_who_are_named_alike_stand_side_by_side():
    told = [press("a", actor="kabul"), press("b", actor="islamabad")]
    assert who(told) == [("islamabad", "reasonable_suspicion"), ("kabul", "reasonable_suspicion")]
    turned = [row.subject for row in answers(posteriors(told, BARE), order=("kabul", "islamabad"))]
    assert turned[-2:] == ["kabul", "islamabad"]


@pytest.mark.parametrize("language", words.SPOKEN)
def test_every_word_is_there_in_every_language(language):
    told = [monitor("a", actor="kabul"), party("kabul", actor="islamabad"), party("islamabad", actor="kabul")]
    setting = replace(BARE, judgements=(grade("a", "", "1"),))
    for claims in (told, told[:1], told[1:], [press("a", acts=())]):
        found = posteriors(claims, setting)
        assert all(in_words(found, language, numbers=True))
    own, english = words.catalogue(language).texts, words.catalogue("en").texts
    assert sorted(code for code in own if code.startswith("posterior.")) == sorted(
        code for code in english if code.startswith("posterior.")
    )


def test_without_an_origin_everything_that_goes_back_to_it_is_gone():
    told = [
        monitor("m", actor="kabul"),
        press("a", actor="islamabad"),
        claim("b", origin="outlet a", source="paper", actor="islamabad", start_min=9),
    ]
    heard = voices(told, BARE)
    rows = without(heard, BARE)
    assert [(row.origin, row.source_class) for row in rows] == [("outlet a", "press"), ("team m", "monitor")]
    assert [row.left for row in rows] == [posteriors(told[:1], BARE), posteriors(told[1:], BARE)]
    assert [row.decisive for row in rows] == [True, True]
    many = [monitor(f"m{n}", actor="kabul") for n in range(4)]
    assert [row.decisive for row in without(voices(many, BARE), BARE)] == [False] * 4
    assert without_in_words(without(voices(many, BARE), BARE), "kabul") == []
    assert plain(without_in_words(rows, "kabul", numbers=True))[0] == (
        "Without outlet a the conclusion would be another. It hangs on this one origin."
    )


def test_without_the_only_origin_what_is_left_is_what_was_likely_beforehand():
    (row,) = without(voices([monitor("m")], BARE), BARE)
    assert (row.left.happened.millibits, row.left.voices) == (TABLE_1.prior_happened, ())


CLAIM = st.builds(
    lambda channel, speaker, actor, act, stance, start, source: {
        "channel": "liaison" if speaker else channel,
        "party": speaker,
        "actor": actor,
        "acts": act,
        "stance": stance,
        "start_min": start,
        "source": speaker or source,
    },
    st.sampled_from(["monitor", "media", "public", "dataset", "sensor"]),
    st.sampled_from(["", "", "kabul", "islamabad"]),
    st.sampled_from(["", "kabul", "islamabad", "group-1", "group-9"]),
    st.sampled_from([(), ("H1",), ("H2",), ("H1", "C1"), ("A",)]),
    st.sampled_from(["asserts", "asserts", "denies"]),
    st.integers(0, 3),
    st.sampled_from("pqrst"),
)


@settings(max_examples=80, deadline=None)
@given(st.lists(CLAIM, min_size=1, max_size=10), st.randoms(use_true_random=False))
def test_order_does_not_matter_shares_add_up_and_names_of_outlets_do_not_count(rows, shuffle):
    told = [claim(f"c{n}", **row) for n, row in enumerate(rows)]
    mixed = list(told)
    shuffle.shuffle(mixed)
    found = posteriors(told, BARE)
    assert posteriors(mixed, BARE) == found
    assert (sum(s.ppm for s in found.attributed), sum(a.ppm for a in found.acts)) == (MILLION, MILLION)
    renamed = [replace(c, source=f"x{c.source}") for c in told]
    other = posteriors(renamed, BARE)
    assert (other.happened, other.acts, other.attributed) == (found.happened, found.acts, found.attributed)


def test_the_table_is_plain_data_with_a_version():
    told = TABLE_1.as_json()
    assert json.loads(json.dumps(told)) == told
    assert (told["version"], told["attribution"]["party.rival"]) == ("corroboration-1", {"own": 1_700, "same": 2_000})
    assert posteriors([press("a")], BARE).table == "corroboration-1"
