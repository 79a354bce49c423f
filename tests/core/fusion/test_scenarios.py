"""Scenarios 1, 2 and 3 of the domain paper: what is one incident, what is not, and what each says for itself."""

from __future__ import annotations

from tests.core.fusion.accounts import GAZETTEER, SCENARIO_1, SCENARIO_2, SCENARIO_3, claims, reasons_of
from tiga.drafts import Decision
from tiga.fusion.clusters import group
from tiga.fusion.corroboration import standing
from tiga.fusion.explain import why
from tiga.values.moments import Instant


def groups(reports, decisions=()):
    return sorted(tuple(sorted(g.claims)) for g in group(claims(reports), decisions).groups)


def min_start(ids):
    """The claim of scenario 1 that starts first, of these."""
    return min((row.start_min, row.claim_id) for row in claims(SCENARIO_1) if row.claim_id in ids)[1]


def test_scenario_1_keeps_the_morning_apart_and_the_rest_together():
    rest = tuple(sorted(set(SCENARIO_1) - {"tolo-morning"}))
    assert groups(SCENARIO_1) == sorted([rest, ("tolo-morning",)])


def test_scenario_1_counts_three_outlets_of_one_agency_as_one_origin():
    quoting = [claim for claim in claims(SCENARIO_1) if claim.origin == "AFP"]
    found = standing(quoting)
    assert (found.reports, found.publishers, found.origins) == (3, ("Al Jazeera", "Asianet", "India TV"), ("AFP",))


def test_scenario_1_first_fire_is_each_claims_own_word():
    everything = claims(SCENARIO_1)
    found = standing(everything, {"pk-official": "kabul", "af-official": "islamabad", "residents": ""})
    assert dict(found.first_fire) == {"af-official": "islamabad", "pk-official": "kabul"}
    assert (found.first_fire_contradictory, found.denied_by) == (True, ("Afghan ministry",))


def test_scenario_1_says_why_the_morning_is_not_with_the_afternoon():
    found = reasons_of(claims(SCENARIO_1), {"tolo-morning"})
    assert found.rival is not None
    assert (found.rival.group_id, found.rival.bar) == (min_start(set(SCENARIO_1) - {"tolo-morning"}), "veto")
    codes = {m.left: [w.code for w in m.weights] for m in found.matches if m.right == "tolo-morning"}
    assert codes["tolo-afternoon"][-1] == "match.source.two_times"


def test_scenario_2_two_clocks_sixty_minutes_apart_are_one_incident():
    found = {claim.claim_id: claim for claim in claims(SCENARIO_2)}
    assert found["af-residents"].start_asserted_min - found["quetta"].start_asserted_min == 60
    assert Instant(found["af-residents"].start_asserted_min * 60_000).text() == "2025-12-05T18:00:00.000Z"
    assert Instant(found["quetta"].start_asserted_min * 60_000).text() == "2025-12-05T17:00:00.000Z"
    assert groups(SCENARIO_2) == sorted([tuple(sorted(set(SCENARIO_2) - {"badani"})), ("badani",)])


def test_scenario_2_interval_and_deaths_are_kept_per_source():
    found = standing(
        claim for claim in claims(SCENARIO_2) if claim.claim_id in ("af-residents", "quetta", "governor", "fitrat")
    )
    assert Instant(found.start_min * 60_000).text() == "2025-12-05T16:30:00.000Z"
    assert Instant(found.end_min * 60_000).text() == "2025-12-05T20:00:00.000Z"
    assert [(row.source, row.low, row.high) for row in found.deaths] == [
        ("Afghan deputy spokesman", 5, 5),
        ("Kandahar governor", 4, 4),
    ]


def test_scenario_2_an_unknown_name_stays_unresolved_until_a_person_links_it():
    assert GAZETTEER.resolve("Badani") == ()
    assert [claim.lat_e7 for claim in claims(SCENARIO_2) if claim.claim_id == "badani"] == [None]
    assert groups(SCENARIO_2, [Decision("quetta", "badani", True)]) == [tuple(sorted(SCENARIO_2))]


def test_scenario_3_is_three_strikes_and_the_attack_before_them():
    assert groups(SCENARIO_3) == sorted([("gerbzwo", "gorbuz", "gurbuz"), ("kunar",), ("paktika",), ("peshawar",)])


def test_scenario_3_midnight_of_last_night_is_the_evening_before_in_utc():
    (first, *_) = claims(SCENARIO_3)
    assert Instant(first.start_asserted_min * 60_000).text() == "2025-11-24T19:30:00.000Z"


def test_every_match_of_the_scenarios_speaks():
    for reports in (SCENARIO_1, SCENARIO_2, SCENARIO_3):
        for match in group(claims(reports)).considered:
            rows = why(match)
            assert len(rows) == len(match.weights) + 1
            assert [row for language in ("en", "ur", "ps") for row in why(match, language) if "{" in row] == []
            assert sum(weight.millibits for weight in match.weights) == match.millibits
