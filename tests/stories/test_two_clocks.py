"""Scenario 2: one night, two clocks half an hour apart, places spelt in many ways, and numbers of dead that differ.

Model: Chaman and Spin Boldak, 5 to 6 December 2025. Everything here is a claim that the press reported; nothing says what
happened, and nothing is found on a press record.
"""

from __future__ import annotations

import pytest

from tests.store import kept
from tests.stories import telling
from tiga.fusion.claims import claims_of
from tiga.store import opening
from tiga.store.desk import Desk
from tiga.store.queries import ReportView
from tiga.values.moments import Instant
from tiga.values.places import bank

pytestmark = pytest.mark.django_db(databases=kept.DATABASES)

READERS = sorted(telling.PRESS)
RESIDENTS, OFFICIAL, BADANI, AGREED = 15, 16, 19, 25


@pytest.fixture
def desk(imported: Desk) -> Desk:
    return kept.desk("press")


def views(desk: Desk, who: str = "public") -> dict[int, ReportView]:
    """The claims of that night by number, as a reader sees them."""
    rows = kept.door(desk, *telling.PRESS[who]).reports()
    numbered = {int(view.report.report_id.removeprefix("press-")): view for view in rows}
    return {number: numbered[number] for number in range(15, 31)}


@pytest.mark.parametrize("who", READERS)
def test_two_clocks_are_sixty_minutes_apart_and_not_thirty(desk: Desk, who: str) -> None:
    residents, official = (views(desk, who)[number].report.when for number in (RESIDENTS, OFFICIAL))
    assert (residents.local, residents.zone, residents.start.text()) == (
        "2025-12-05T22:30", "AFT", "2025-12-05T18:00:00.000Z",
    )  # fmt: skip
    assert (official.local, official.zone, official.start.text()) == (
        "2025-12-05T22:00", "PKT", "2025-12-05T17:00:00.000Z",
    )  # fmt: skip
    assert (residents.start.ms - official.start.ms) // 60_000 == 60


@pytest.mark.parametrize("who", READERS)
def test_they_are_one_happening_whose_span_covers_both(desk: Desk, who: str) -> None:
    found = telling.claimed(desk, who, RESIDENTS)
    assert telling.numbers(found) == [15, 16, 17, 18, *range(20, 31)]
    timed = [view.report.when for view in found.reports if view.report.when.precision != "day"]
    assert (min(when.start for when in timed).text(), max(when.end for when in timed).text()) == (
        "2025-12-05T17:00:00.000Z", "2025-12-05T20:00:00.000Z",
    )  # fmt: skip


@pytest.mark.parametrize("who", READERS)
def test_why_they_are_together_is_shown_weight_by_weight(desk: Desk, who: str) -> None:
    known = views(desk, who)
    sides = {known[RESIDENTS].sid, known[OFFICIAL].sid}
    door = kept.door(desk, *telling.PRESS[who])
    found, _ = door.why(telling.claimed(desk, who, RESIDENTS))
    (pair,) = [row for row in found if {row.match.left, row.match.right} == sides]
    total = sum(one.millibits for one in pair.match.weights)
    assert (pair.inside, pair.match.millibits == total, pair.match.millibits > 0) == (True,) * 3


def test_it_ran_past_midnight_and_its_day_is_the_day_it_began_in_both_zones(desk: Desk) -> None:
    timed = [view.report.when for view in views(desk).values() if view.report.when.precision != "day"]
    start, end = min(when.start for when in timed), max(when.end for when in timed)
    days = {
        zone: (start.local_midnight(zone).ms, end.local_midnight(zone).ms, Instant.parse(f"{midnight}:00.000Z").ms)
        for zone, midnight in (("PKT", "2025-12-04T19:00"), ("AFT", "2025-12-04T19:30"))
    }
    assert {zone: (first == fifth, last == fifth + 86_400_000) for zone, (first, last, fifth) in days.items()} == {
        "PKT": (True, True), "AFT": (True, True),
    }  # fmt: skip


@pytest.mark.parametrize("who", READERS)
def test_the_dead_and_the_injured_stand_for_each_source_and_are_never_summed(desk: Desk, who: str) -> None:
    found = telling.claimed(desk, who, RESIDENTS)
    assert sorted({(row.origin, row.low, row.high) for row in found.standing.deaths}) == [
        ("a hospital in the area", 4, 5), ("an Afghan government spokesman", 5, 5), ("the governor", 4, 4),
    ]  # fmt: skip
    injured = {
        (view.report.origin, harm.low, harm.high)
        for view in found.reports for harm in view.report.harm if harm.effect == "injured"
    }  # fmt: skip
    assert injured == {("Dawn", 5, 5), ("Pakistani officials", 3, 3)}


def test_names_resolve_to_candidates_and_one_resolves_to_none(desk: Desk) -> None:
    places = opening.places()
    known = {
        number: [one.place.id for one in places.resolve(view.report.where.toponym)]
        for number, view in views(desk).items()
    }
    located = {number: view.report.where.point is not None for number, view in views(desk).items()}
    assert {number for number, ids in known.items() if not ids and not located[number]} == {BADANI}
    assert known[RESIDENTS] == known[28]  # one place in two scripts
    assert known[OFFICIAL] == known[26]


@pytest.mark.parametrize("who", READERS)
def test_the_unresolved_name_stays_by_itself_and_is_told_as_unlocated(desk: Desk, who: str) -> None:
    found = telling.claimed(desk, who, BADANI)
    (view,) = found.reports
    line = kept.door(desk).agreement.reference_line()
    assert line is not None
    assert (view.report.where.toponym, view.report.where.point, bank(view.report.where, line)) == (
        "Badani", None, "indeterminate",
    )  # fmt: skip
    assert [claim.lat_e7 for claim in claims_of(view.sid, view.report, opening.places())] == [None]


@pytest.mark.parametrize("who", READERS)
def test_that_both_agreed_to_stop_is_kept_as_a_claim_of_deescalation(desk: Desk, who: str) -> None:
    known = views(desk, who)
    assert {number: view.report.deescalation for number, view in known.items() if view.report.deescalation} == {
        AGREED: "both said to have agreed to stop", 30: "both said to have agreed to stop",
    }  # fmt: skip
    assert (known[AGREED].report.acts, known[AGREED].report.origin) == ((), "both sides, as the press has it")
