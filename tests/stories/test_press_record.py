"""The press record: scenarios 1, 2, 3, 4 and 9 of the domain paper, imported, grouped, read back by each reader.

Everything here is a claim that the press reported. Nothing in these tests says what happened.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.store import kept
from tiga.agreement import reading
from tiga.mechanism import questions as raised
from tiga.mechanism.acts import Refusal
from tiga.mechanism.deciders import adoption, complaints, grouping, imposing, ruling, triage
from tiga.mechanism.findings import Held
from tiga.store.desk import Desk
from tiga.values.moments import Instant
from tiga.values.places import bank
from tiga.web.access import Door
from tiga.web.sights import Happening

pytestmark = pytest.mark.django_db(databases=kept.DATABASES)

PEOPLE = {
    "public": ("public", "", ""), "analyst": ("analyst", "", ""), "monitor": ("monitor", "", "monitor/1"),
    "mediator": ("mediator", "ankara", "mediator/1"), "secretariat": ("secretariat", "", "secretariat/1"),
}  # fmt: skip
BOTH = ("islamabad", "kabul")


@pytest.fixture(scope="module")
def imported(django_db_setup: None, django_db_blocker: object) -> Iterator[None]:
    with kept.filled(django_db_blocker, "press"):
        intake = kept.receive(kept.lay("press"), "press-reports.csv", kept.sample("press-reports.csv"))
        assert (intake.accepted, intake.faults) == (93, ())
        yield


@pytest.fixture
def desk(imported: None) -> Desk:
    return kept.desk("press")


def holding(door: Door, number: str) -> Happening:
    """The grouping that holds the press report of this number."""
    (found,) = [row for row in door.happenings() if f"press-{number}" in names(row)]
    return found


def names(happening: Happening) -> set[str]:
    return {view.report.report_id for view in happening.reports}


def numbered(*ranges: range) -> set[str]:
    return {f"press-{number:03}" for numbers in ranges for number in numbers}


TOGETHER = {
    "1: one evening near Chaman": ("001", numbered(range(1, 8), range(9, 15))),
    "1: the morning that one source tells apart": ("008", {"press-008"}),
    "2: the night of 5 December": ("015", numbered(range(15, 19), range(20, 31)) - {"press-019"}),
    "2: a name that no gazetteer resolves": ("019", {"press-019"}),
    "3: Gurbuz": ("031", numbered(range(31, 38))),
    "3: Kunar": ("038", {"press-038", "press-040"}),
    "3: Paktika": ("039", {"press-039", "press-041"}),
    "3: Peshawar, the day before": ("042", {"press-042", "press-043"}),
    "9: Killi Luqman and Jahangir": ("083", numbered(range(83, 88))),
}


@pytest.mark.parametrize("story", sorted(TOGETHER))
@pytest.mark.parametrize("who", sorted(PEOPLE))
def test_every_reader_finds_the_same_reports_together(desk: Desk, story: str, who: str) -> None:
    number, together = TOGETHER[story]
    assert names(holding(kept.door(desk, *PEOPLE[who]), number)) == together


@pytest.mark.parametrize("number", ["001", "015", "031", "083"])
def test_the_questions_are_the_same_for_both_parties(desk: Desk, number: str) -> None:
    door = kept.door(desk)
    asked: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
    for question in raised.questions(door.agreement, holding(door, number).acts):
        asked.setdefault(question.party, []).append((question.provision, question.codes))
    assert tuple(sorted(asked)) == BOTH
    assert asked["islamabad"] == asked["kabul"]


def test_scenario_1_says_that_who_fired_first_is_contradictory(desk: Desk) -> None:
    standing = holding(kept.door(desk), "001").standing
    assert standing.first_fire_contradictory is True
    assert sorted(set(standing.first_fire.values())) == list(BOTH)
    assert (standing.reports, "AFP" in standing.origins, len(standing.origins)) == (13, True, 5)
    assert standing.deaths == ()


def test_scenario_1_three_outlets_of_one_agency_are_one_origin(desk: Desk) -> None:
    views = [view for view in kept.door(desk).reports() if view.report.origin == "AFP"]
    assert len({view.report.source for view in views}) == 4
    assert holding(kept.door(desk), "005").standing.origins.count("AFP") == 1


def test_scenario_2_two_clocks_are_sixty_minutes_apart_in_one_grouping(desk: Desk) -> None:
    found = holding(kept.door(desk), "015")
    by_name = {view.report.report_id: view.report for view in found.reports}
    residents, official = by_name["press-015"].when, by_name["press-016"].when
    assert (residents.local, residents.zone, residents.start.text()) == (
        "2025-12-05T22:30",
        "AFT",
        "2025-12-05T18:00:00.000Z",
    )
    assert (official.local, official.zone, official.start.text()) == (
        "2025-12-05T22:00",
        "PKT",
        "2025-12-05T17:00:00.000Z",
    )
    assert (residents.start.ms - official.start.ms) // 60_000 == 60


def test_scenario_2_the_dead_are_a_range_for_each_source(desk: Desk) -> None:
    deaths = {(row.origin, row.low, row.high) for row in holding(kept.door(desk), "015").standing.deaths}
    assert deaths >= {
        ("the governor", 4, 4),
        ("an Afghan government spokesman", 5, 5),
        ("a hospital in the area", 4, 5),
    }
    assert len(deaths) == len({origin for origin, _, _ in deaths})


def test_scenario_3_midnight_of_last_night_is_the_evening_before_in_utc(desk: Desk) -> None:
    found = holding(kept.door(desk), "031")
    (first,) = [view.report for view in found.reports if view.report.report_id == "press-031"]
    assert first.when.start.text() == "2025-11-24T19:30:00.000Z"
    assert found.standing.denied_by == ("press account", "press account, in Urdu")
    assert found.standing.reports == 7


def test_scenario_4_whether_the_pause_applied_is_disputed(desk: Desk) -> None:
    rows = reading.in_force(kept.door(desk).agreement, Instant.parse("2026-03-18T19:15:00.000Z"))
    assert {row.instrument.id: row.status for row in rows}["eid-pause-2026"] == "disputed"
    at = Instant.parse("2026-03-18T19:15:00.000Z")
    assert reading.instrument_at(kept.door(desk).agreement, at, at)[0] == "disputed"


@pytest.mark.parametrize("name", ["Killi Luqman", "Killi Jahangir"])
def test_scenario_9_the_side_is_indeterminate_inside_the_band(desk: Desk, name: str) -> None:
    door = kept.door(desk)
    line = door.agreement.reference_line()
    assert line is not None
    places = [view.report.where for view in door.reports() if view.report.where.toponym == name]
    assert {bank(place, line) for place in places} == {"indeterminate"}


def test_scenario_9_the_question_of_fire_is_asked_though_the_side_is_open(desk: Desk) -> None:
    door = kept.door(desk)
    asked = raised.questions(door.agreement, holding(door, "083").acts)
    assert [(row.provision, row.party) for row in asked] == [("P-01", "islamabad"), ("P-01", "kabul")]


@pytest.mark.parametrize("act", ["admit", "finding", "determination", "measure", "close"])
def test_nothing_may_be_found_determined_or_imposed_on_the_press_record(desk: Desk, act: str) -> None:
    door = kept.door(desk, *PEOPLE["mediator"])
    by, sid, now, head = door.actor, holding(door, "001").reports[0].sid, door.now, desk.ledger.head()
    assert by is not None
    row = Held("i1", "established", "clear_and_convincing", "x", "organ", (sid,))
    acts = {
        "admit": lambda s: triage.admit(s, sid, "reasonable_suspicion", "x", by, now),
        "finding": lambda s: adoption.adopt(s, sid, (row,), by, now),
        "determination": lambda s: ruling.issue(s, sid, {"i1": "violation"}, "x", by, now),
        "measure": lambda s: imposing.impose(s, sid, "i1", by, now),
        "close": lambda s: triage.close(s, sid, "settled", "", by, now),
    }
    assert door.act((f"report:{sid}", f"case:{sid}"), acts[act]) == Refusal("press_record")
    assert desk.ledger.head() == head


def test_no_complaint_is_taken_on_the_press_record(desk: Desk) -> None:
    door = kept.door(desk, *PEOPLE["mediator"])
    view = holding(door, "001").reports[0]
    complaint = complaints.Complaint(view.report, "P-01", "kabul", (b"\x00" * 16,) * 6)
    assert door.act((), lambda s: complaints.complain(s, complaint, door.actor, door.now)) == Refusal("press_record")  # type: ignore[arg-type]


def test_the_press_record_has_no_case_for_anybody(desk: Desk) -> None:
    found = {
        who: (len(kept.door(desk, *place).cases()), len(kept.door(desk, *place).due())) for who, place in PEOPLE.items()
    }
    assert found == dict.fromkeys(PEOPLE, (0, 0))


def test_an_adopted_grouping_is_one_incident_for_every_reader_and_rows_are_rebuilt(desk: Desk) -> None:
    door = kept.door(desk, *PEOPLE["secretariat"])
    found = holding(door, "015")
    sids = tuple(view.sid for view in found.reports)
    done = door.act(tuple(f"report:{sid}" for sid in sids), lambda s: grouping.open_incident(
        s, sids, found.earliest, found.latest, found.acts, door.actor, door.now))  # type: ignore[arg-type]  # fmt: skip
    assert not isinstance(done, Refusal)
    for place in PEOPLE.values():
        seen = holding(kept.door(desk, *place), "015")
        assert (seen.adopted, seen.id, names(seen)) == (True, done.receipt.sid, names(found))
    assert kept.rebuilt_equals_live(desk)


def test_rebuilt_equals_live_after_the_import(desk: Desk) -> None:
    assert kept.rebuilt_equals_live(desk)
