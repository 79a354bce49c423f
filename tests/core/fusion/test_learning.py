"""A table learnt from findings: refused where they are few, and never about one party."""

from __future__ import annotations

from tests.core.fusion.accounts import claim
from tiga.fusion.learning import ADJUDICATED_MIN, Adjudicated, TooFew, learn
from tiga.fusion.odds import TABLE_1
from tiga.fusion.posteriors import UNKNOWN, posteriors
from tiga.fusion.voices import Setting, Voice

PARTIES = ("islamabad", "kabul")


def voice(source_class, actor, party=""):
    return Voice(f"{source_class} {party}", source_class, (claim("c", actor=actor, party=party),))


def history(right, wrong, speaker=lambda truth, said: voice("press", said)):
    """Incidents with truth and claim: `right` of them agree, `wrong` do not; both parties and two groups take turns."""
    actors = ("islamabad", "kabul", "group-1", "group-2")
    rows = []
    for n in range(right + wrong):
        truth = actors[n % 4]
        said = truth if n < right else actors[(n + 1 + n // 4 % 3) % 4]
        rows.append(Adjudicated((speaker(truth, said),), truth))
    return rows


def test_too_few_findings_teach_nothing():
    assert learn(history(100, 49), PARTIES, "x") == TooFew(149, 150)
    assert ADJUDICATED_MIN == 150


def test_a_class_is_worth_what_it_got_right_against_what_it_got_wrong():
    good, poor = learn(history(180, 20), PARTIES, "good"), learn(history(120, 80), PARTIES, "poor")
    assert (good.version, good.happened, good.words) == ("good", TABLE_1.happened, TABLE_1.words)
    # log2 of 181 right to 21 wrong, which are spread over three other actors; and of 121 to 81.
    assert good.attribution["press.names"] == {"same": 4_692}
    assert poor.attribution["press.names"] == {"same": 2_164}
    assert good.attribution["monitor.names"] == {"same": 1_585}


def test_a_party_that_always_accuses_teaches_that_accusing_means_nothing():
    rows = history(200, 0, lambda truth, said: voice("party", "kabul", "islamabad"))
    table = learn(rows, PARTIES, "x")
    row = table.attribution["party.rival"]
    assert abs(row["same"] - row["own"]) < 100
    found = posteriors([claim("a", party="islamabad", actor="kabul")], Setting(PARTIES, ("group-1", "group-2")), table)
    shares = {share.name: share.ppm for share in found.attributed}
    assert abs(shares["kabul"] - shares["islamabad"]) < 30_000


def test_a_party_that_owns_up_only_when_it_was_its_own_act_is_believed():
    def owns_up(truth, said):
        return voice("party", "kabul" if truth == "kabul" else "islamabad", "kabul")

    table = learn(history(200, 0, owns_up), PARTIES, "x")
    assert table.attribution["party.own"]["same"] > 4_000


def test_what_is_learnt_of_one_party_holds_for_the_other():
    turned = {"kabul": "islamabad", "islamabad": "kabul"}

    def speaks(truth, said):
        return voice("party", said, "kabul")

    def mirrored(truth, said):
        return voice("party", turned.get(said, said), "islamabad")

    here = learn(history(150, 50, speaks), PARTIES, "x")
    rows = [Adjudicated(one.voices, turned.get(one.actor, one.actor)) for one in history(150, 50, mirrored)]
    assert learn(rows, PARTIES, "x") == here


def test_an_origin_that_names_two_teaches_nothing():
    two = Voice("o", "press", (claim("a", actor="kabul"), claim("b", actor="group-1")))
    rows = [Adjudicated((two,), "kabul")] * 150
    assert learn(rows, PARTIES, "x").attribution["press.names"] == {"same": 1_000}


def test_unknown_stays_possible():
    assert learn(history(200, 0), PARTIES, "x").prior_actor[UNKNOWN] < -5_000
    rows = [*history(150, 0), *[Adjudicated((voice("press", "kabul"),), UNKNOWN)] * 150]
    assert learn(rows, PARTIES, "x").prior_actor[UNKNOWN] > 0
