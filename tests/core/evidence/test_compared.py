"""Times, places and devices that a file names, against a claim: no zone is chosen, and no two sources become one."""

from __future__ import annotations

from datetime import datetime

import pytest

from tests.core.evidence import made
from tiga.drafts.examinations import ClaimOfFile, Verdict
from tiga.evidence import compared, examine
from tiga.evidence.compared import Said, against_claim
from tiga.values.moments import Instant, Moment
from tiga.values.places import Place, Point

LOCAL = datetime.fromisoformat("2026-01-05T22:40")
WHEN = Moment("2026-01-05T22:40", "PKT", "quarter")


def first(said: Said, when: Moment | None = WHEN, **more: str) -> Verdict:
    return against_claim(said, ClaimOfFile(when, **more))[0]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("local", "code", "outcome", "zones"),
    [
        (LOCAL, "time_agrees_if_zone", "supports", "+04:45 … +05:15 (PKT)"),
        (LOCAL.replace(hour=22, minute=10), "time_agrees_elsewhere", "silent", "+04:15 … +04:45 (AFT)"),
        (LOCAL.replace(hour=17), "time_agrees_elsewhere", "silent", "-00:15 … +00:15 (UTC)"),
        (LOCAL.replace(day=7), "time_differs_everywhere", "against", ""),
    ],
)
def test_a_local_time_names_every_zone_in_which_it_would_agree(
    local: datetime, code: str, outcome: str, zones: str
) -> None:
    verdict = first(Said(locals=(("camera", local),)))
    assert (verdict.code, verdict.outcome, verdict.values["zones"]) == (f"evidence.{code}", outcome, zones)
    assert (verdict.values["zone"], verdict.values["claimed"]) == ("PKT", "2026-01-05 17:25 … 2026-01-05 17:55 UTC")


@pytest.mark.parametrize(
    ("minute", "code", "outcome", "minutes"),
    [
        (40, "time_agrees", "supports", None),
        (23, "time_agrees", "supports", None),
        (20, "time_before", "against", "5"),
        (58, "time_after", "against", "3"),
    ],
)
def test_an_instant_agrees_within_the_claims_play_and_the_clocks(
    minute: int, code: str, outcome: str, minutes: str | None
) -> None:
    verdict = first(Said(instants=(("GPS", Instant.read(f"2026-01-05T17:{minute}Z")),)))
    assert (verdict.code, verdict.outcome, verdict.values.get("minutes")) == (f"evidence.{code}", outcome, minutes)


def test_two_sources_of_time_have_two_verdicts_and_their_quarrel_a_third() -> None:
    at = Instant.read("2026-01-06T17:40Z")
    said = against_claim(Said((("camera", LOCAL),), (("GPS", at),)), ClaimOfFile(WHEN))
    assert made.told(said, "time") == [
        ("time_agrees_if_zone", "supports"), ("time_after", "against"), ("times_disagree", "against"),
    ]  # fmt: skip
    assert said[2].values == {"one": "camera 2026-01-05 22:40:00", "other": "GPS 2026-01-06 17:40 UTC"}


def test_a_zone_of_whole_quarters_reconciles_two_sources() -> None:
    for stamp, told in (("2026-01-05T18:10Z", 0), ("2026-01-05T18:17Z", 1)):
        said = against_claim(Said((("camera", LOCAL),), (("GPS", Instant.read(stamp)),)), None)
        assert len(made.told(said, "times_disagree")) == told


@pytest.mark.parametrize(
    ("lat_e7", "radius_m", "code", "outcome"),
    [
        (335_000_000, 0, "place_agrees", "supports"),
        (335_050_000, 0, "place_agrees", "supports"),
        (335_070_000, 0, "place_differs", "against"),
        (335_070_000, 300, "place_agrees", "supports"),
    ],
)
def test_places_are_compared_as_circles(lat_e7: int, radius_m: int, code: str, outcome: str) -> None:
    claim = ClaimOfFile(where=Place("a post", point=Point(335_000_000, 702_600_000), radius_m=500))
    said = against_claim(Said(point=Point(lat_e7, 702_600_000), radius_m=radius_m), claim)
    assert made.told(said, "place") == [(code, outcome)]
    assert said[1].values["radius_m"] == str(radius_m or compared.POINT_RADIUS_M_ASSUMED)


def test_the_point_of_a_device_without_a_position_says_nothing() -> None:
    assert made.told(against_claim(Said(point=Point(0, 0)), None), "place") == [("place_null", "silent")]


@pytest.mark.parametrize(
    ("device", "claimed", "code"),
    [
        ("Maker Model 1", "model 1", "device_agrees"),
        ("Maker Model 1", "Other", "device_differs"),
        ("Maker Model 1", "", "device_said"),
        ("", "Other", "device_absent"),
    ],
)
def test_a_device_is_compared_by_its_words(device: str, claimed: str, code: str) -> None:
    said = against_claim(Said(device=device), ClaimOfFile(device=claimed))
    assert [row[0] for row in made.told(said, "device")] == [code]


def test_a_picture_is_compared_with_its_claim() -> None:
    claim = ClaimOfFile(
        WHEN, Place("a post", point=Point(335_000_000, 702_600_000), radius_m=500), "marker-make Model 1"
    )
    answer = examine(made.with_words(made.drawn()), "a.jpg", claim)
    assert made.told(answer.verdicts)[1:8] == [
        ("bytes_behind", "silent"), ("time_agrees_if_zone", "supports"), ("place_agrees", "supports"),
        ("device_agrees", "supports"), ("serial", "silent"), ("software", "silent"), ("saved_again", "silent"),
    ]  # fmt: skip


def test_a_thumbnail_of_another_picture_is_named() -> None:
    same = examine(made.with_words(made.drawn()), "a.jpg")
    other = examine(made.with_words(made.drawn(), made.drawn(160, 120, seed=9)), "a.jpg")
    assert made.told(same.verdicts, "thumb") == [("thumbnail_same", "silent")]
    assert made.told(other.verdicts, "thumb") == [("thumbnail_differs", "against")]


def test_a_movie_names_times_place_device_and_voice() -> None:
    answer = examine(made.movie(), "a.mp4", ClaimOfFile(WHEN))
    assert made.told(answer.verdicts)[1:] == [
        ("time_before", "against"), ("time_agrees", "supports"), ("times_disagree", "against"), ("place_said", "silent"),
        ("device_said", "silent"), ("voice", "silent"), ("credentials_absent", "silent"), ("likeness_unmeasured", "silent"),
    ]  # fmt: skip
    assert answer.verdicts[4].values == {"point": "33.50000, 70.26000", "radius_m": "100"}
    assert made.told(examine(made.movie(0, voice=False), "a.mp4").verdicts, "no_voice") == [("no_voice", "silent")]
