"""ACLED's event files and lists of deletions, in every column set; what is said here is invented, no row is the producer's."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tiga.drafts import Harm
from tiga.drafts.datasets import Deletions, Row
from tiga.drafts.events import Toll, happened
from tiga.intake import acled, sheets
from tiga.intake.acled.columns import KNOWN, REQUIRED
from tiga.values.moments import Moment
from tiga.values.places import Place, Point
from tiga.values.words import catalogue, slots

ROOT = Path(__file__).parents[3]
ZONES = {"": "PKT"}

CURRENT = next(csv.reader([
    "event_id_cnty,event_date,year,time_precision,disorder_type,event_type,sub_event_type,actor1,assoc_actor_1,"
    "inter1,actor2,assoc_actor_2,inter2,interaction,civilian_targeting,iso,region,country,admin1,admin2,admin3,"
    "location,latitude,longitude,geo_precision,source,source_scale,notes,fatalities,tags,timestamp"
]))  # fmt: skip
BEFORE = next(csv.reader([
    "data_id,iso,event_id_cnty,event_id_no_cnty,event_date,year,time_precision,event_type,sub_event_type,actor1,"
    "assoc_actor_1,inter1,actor2,assoc_actor_2,inter2,interaction,region,country,admin1,admin2,admin3,location,"
    "latitude,longitude,geo_precision,source,source_scale,notes,fatalities,timestamp,iso3"
]))  # fmt: skip
CAPITALS = next(csv.reader([
    "GWNO,EVENT_ID_CNTY,EVENT_ID_NO_CNTY,EVENT_DATE,YEAR,TIME_PRECISION,EVENT_TYPE,ACTOR1,ALLY_ACTOR_1,INTER1,ACTOR2,"
    "ALLY_ACTOR_2,INTER2,INTERACTION,COUNTRY,ADMIN1,ADMIN2,ADMIN3,LOCATION,LATITUDE,LONGITUDE,GEO_PRECISION,SOURCE,"
    "NOTES,FATALITIES"
]))  # fmt: skip
SETS = {"current": CURRENT, "before": BEFORE, "capitals": CAPITALS, "reduced": list(REQUIRED)}

ROW = {
    "event_id_cnty": "EXE101", "event_date": "2026-01-05", "year": "2026", "time_precision": "1",
    "disorder_type": "Political violence", "event_type": "Battles", "sub_event_type": "Armed clash",
    "actor1": "Military Forces of Party-1 (2020-)", "inter1": "State forces", "actor2": "Party-2 Guard",
    "inter2": "Rebel group", "interaction": "State forces-Rebel group", "iso": "999", "region": "Exercise",
    "country": "Party-1", "admin1": "Exercise Province", "admin2": "Exercise District", "location": "Exercise Post",
    "latitude": "0.1250", "longitude": "-0.5000", "geo_precision": "2", "source": "Exercise Agency; Exercise Radio",
    "source_scale": "National", "notes": "On 5 January, both sides fired at the post.", "fatalities": "3",
    "timestamp": "1767700000",
}  # fmt: skip
LEGACY = {"inter1": "1", "inter2": "2", "interaction": "12"}


def file(*rows: dict[str, str], columns: list[str] = CURRENT) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(columns)
    names = {"ALLY_ACTOR_1": "assoc_actor_1", "ALLY_ACTOR_2": "assoc_actor_2"}
    writer.writerows([row.get(names.get(column, column.casefold()), "") for column in columns] for row in rows)
    return out.getvalue().encode()


def read(*changes: dict[str, str], columns: list[str] = CURRENT) -> acled.Dataset:
    return acled.read("f.csv", file(*(ROW | change for change in changes), columns=columns), ZONES)


def codes(found: acled.Dataset | Deletions) -> list[tuple[int, str, str]]:
    return [(fault.row, fault.column, fault.code.removeprefix("fault.")) for fault in found.faults]


def test_the_column_sets_have_the_widths_of_the_published_ones() -> None:
    assert {name: len(columns) for name, columns in SETS.items()} == {
        "current": 31, "before": 31, "capitals": 25, "reduced": 5,
    }  # fmt: skip


@pytest.mark.parametrize("name", SETS)
def test_every_column_set_is_recognised_and_read(name: str) -> None:
    data = b"\xef\xbb\xbf" + file(ROW | LEGACY, columns=SETS[name])
    found = acled.read("f.csv", data, ZONES)
    assert (acled.recognises(data), found.faults, found.header) == (True, (), tuple(SETS[name]))
    [(row, event)] = found.events
    assert (row, event.event_id, event.when, event.toll) == (
        2, "acled-EXE101", Moment("2026-01-05", "PKT", "day"), Toll(3, 3, 3, split=False),
    )  # fmt: skip
    full = name != "reduced"
    assert (event.violence, event.state_a, event.state_b) == ("state" if full else "non_state", full, False)
    assert event.where.point == (Point(1_250_000, -5_000_000) if full else None)


def test_a_row_becomes_a_report_that_says_who_said_it_and_accuses_nobody() -> None:
    [(_, report)] = read({}).reports
    assert (report.report_id, report.channel, report.source, report.language) == (
        "acled-EXE101", "dataset", "ACLED", "en",
    )  # fmt: skip
    assert report.where == Place("Exercise Post", "Latn", Point(1_250_000, -5_000_000), 50_000, "ACLED geo_precision 2")
    assert (report.origin, report.reference) == ("Exercise Agency", "Exercise Agency; Exercise Radio")
    assert report.actor_words == "actor1: Military Forces of Party-1 (2020-); actor2: Party-2 Guard"
    assert (report.actor, report.party, report.acts, report.first_fire, report.reference_verified) == (
        "", "", (), "", False,
    )  # fmt: skip
    assert (report.harm, report.limitations, report.release) == (
        (Harm("killed", "unknown", 3, 3),), "geo_precision 2", "R1",
    )  # fmt: skip


def test_no_cell_is_lost_but_what_says_something_of_the_row_alone() -> None:
    [(_, report)] = read({"zz_new": "told"}, columns=["zz_new", *CURRENT]).reports
    told = dict(line.split(": ", 1) for line in report.account.split("\n"))
    filled = {name: text for name, text in ROW.items() if name != "timestamp"}
    assert told == filled | {"latitude": "0.125", "longitude": "-0.5", "zz_new": "told"}
    assert set(told) - {"zz_new"} <= set(KNOWN)


@pytest.mark.parametrize(
    "change",
    [
        LEGACY,
        {"timestamp": "1767799999"},
        {"event_date": "05 January 2026"},
        {"event_date": "5-Jan-2026"},
        {"inter2": "Rebel Groups", "time_precision": "1.0", "fatalities": "3.0"},
        {"latitude": "0.125", "longitude": "-0.50"},
    ],
)
def test_another_spelling_or_coding_is_no_new_version(change: dict[str, str]) -> None:
    assert read(change).reports == read({}).reports


def test_numbers_of_interactions_become_the_producers_words() -> None:
    def told(**change: str) -> str:
        [(_, report)] = read(change).reports
        lines = dict(line.split(": ", 1) for line in report.account.split("\n"))
        return lines["interaction"]

    assert [told(interaction=code) for code in ("13", "60", "78", "88")] == [
        "State forces-Political militia", "Protesters only", "External/Other forces-Civilians",
        "External/Other forces-External/Other forces",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("precision", "start", "until"),
    [
        ("1", "2026-01-05", ""),
        ("2", "2026-01-02", "2026-01-08"),
        ("3", "2025-12-21", "2026-01-20"),
        ("", "2026-01-05", ""),
    ],
)
def test_a_precision_of_time_widens_the_day_to_a_window(precision: str, start: str, until: str) -> None:
    [(_, report)] = read({"time_precision": precision}).reports
    assert report.when == Moment(start, "PKT", "day", until)


@pytest.mark.parametrize(("precision", "radius"), [("1", 5_000), ("2", 50_000), ("3", 250_000), ("", 0)])
def test_a_precision_of_place_is_a_radius_and_without_one_there_is_no_point(precision: str, radius: int) -> None:
    [(_, report)] = read({"geo_precision": precision}).reports
    assert (report.where.radius_m, report.where.point is None) == (radius, not radius)


KINDS = [
    ({}, "state", "Military Forces of Party-1 (2020-)"),
    ({"inter1": "Political militia", "actor1": "Some Militia"}, "non_state", "Some Militia"),
    ({"inter1": "8"}, "state", "Military Forces of Party-1 (2020-)"),
    ({"event_type": "Violence against civilians", "inter2": "7"}, "one_sided", "Military Forces of Party-1 (2020-)"),
    ({"event_type": "Explosions/Remote violence", "inter1": "7"}, "one_sided", "Party-2 Guard"),
    ({"event_type": "Battle-No change of territory"}, "state", "Military Forces of Party-1 (2020-)"),
    ({"event_type": "Protests"}, None, ""),
    ({"event_type": "Riots/Protests"}, None, ""),
    ({"event_type": "Strategic developments"}, None, ""),
]


@pytest.mark.parametrize(("change", "violence", "first"), KINDS)
def test_only_fighting_and_violence_against_civilians_are_events_and_all_are_reports(
    change: dict[str, str], violence: str | None, first: str
) -> None:
    found = read(change)
    assert (len(found.reports), found.faults) == (1, ())
    assert [(event.violence, event.side_a) for _, event in found.events] == ([(violence, first)] if violence else [])


def test_an_event_is_tried_on_the_past_by_what_its_words_say_of_the_means() -> None:
    def code(**change: str) -> str:
        events = (event for _, event in read(change).events)
        return happened(events, (["party-1"], ["party-2"])).happened[0].code

    strike = "Air/drone strike"
    assert [code(), code(sub_event_type=strike), code(sub_event_type=strike, notes="A drone struck.")] == [
        "H1",
        "A1",
        "A2",
    ]


FAULTY = [
    ({"event_id_cnty": ""}, "event_id_cnty", "field_missing"),
    ({"event_id_cnty": "EXE 1"}, "event_id_cnty", "report_id_bad"),
    ({"event_date": ""}, "event_date", "field_missing"),
    ({"event_date": "05/01/2026"}, "event_date", "dataset_date"),
    ({"event_date": "5 Janvier 2026"}, "event_date", "dataset_date"),
    ({"event_date": "31 June 2026"}, "event_date", "dataset_date"),
    ({"event_date": "1776-07-04"}, "event_date", "date_range"),
    ({"event_type": ""}, "event_type", "field_missing"),
    ({"country": ""}, "country", "field_missing"),
    ({"fatalities": ""}, "fatalities", "field_missing"),
    ({"fatalities": "3-4"}, "fatalities", "number_bad"),
    ({"fatalities": "-1"}, "fatalities", "number_bad"),
    ({"time_precision": "4"}, "time_precision", "choice_unknown"),
    ({"geo_precision": "0"}, "geo_precision", "choice_unknown"),
    ({"inter1": "9"}, "inter1", "choice_unknown"),
    ({"inter2": "Dragons"}, "inter2", "choice_unknown"),
    ({"latitude": "91"}, "latitude", "latitude_out"),
    ({"longitude": "-181"}, "longitude", "longitude_out"),
    ({"latitude": "north"}, "latitude", "coordinate_bad"),
    ({"longitude": ""}, "longitude", "point_half"),
    ({"timestamp": "yesterday"}, "timestamp", "number_bad"),
    ({"notes": "x" * 8_001}, "", "text_too_long"),
]


@pytest.mark.parametrize(
    ("change", "column", "code"), FAULTY, ids=[f"{row[1]}-{row[2]}-{n}" for n, row in enumerate(FAULTY)]
)
def test_a_faulty_row_is_named_and_the_others_go_in(change: dict[str, str], column: str, code: str) -> None:
    found = read(change, {"event_id_cnty": "EXE102"})
    assert (codes(found), [report.report_id for _, report in found.reports]) == ([(2, column, code)], ["acled-EXE102"])
    texts = catalogue("en").texts
    for fault in found.faults:
        assert slots(texts[fault.code]) | slots(texts[f"{fault.code}_remedy"]) <= set(fault.values)


def test_a_country_without_a_zone_is_a_fault_and_none_is_guessed() -> None:
    found = acled.read("f.csv", file(ROW, ROW | {"event_id_cnty": "EXE2", "country": "Party-2"}), {"party-1": "PKT"})
    assert (codes(found), len(found.reports)) == ([(3, "country", "country_zone_missing")], 1)
    assert codes(acled.read("f.csv", file(ROW), {})) == [(0, "", "dataset_zone_missing")]


def test_of_rows_of_one_event_the_latest_change_holds_whatever_their_order() -> None:
    rows = ({}, {"fatalities": "5", "timestamp": "1767800000"}, {"timestamp": "1767600000", "notes": "Other."})
    for order in (rows, rows[::-1]):
        found = read(*order)
        assert ([report.harm[0].low for _, report in found.reports], found.faults) == ([5], ())
        assert sorted(order[row - 2].get("timestamp", ROW["timestamp"]) for row in found.earlier) == [
            "1767600000", "1767700000",
        ]  # fmt: skip


@pytest.mark.parametrize("stamp", ["", ROW["timestamp"]])
def test_where_no_change_is_the_latest_all_rows_of_the_event_are_set_aside(stamp: str) -> None:
    found = read({"timestamp": stamp}, {"timestamp": stamp, "fatalities": "5"}, {"event_id_cnty": "EXE9"})
    assert codes(found) == [(2, "event_id_cnty", "event_twice"), (3, "event_id_cnty", "event_twice")]
    assert [fault.values for fault in found.faults] == [
        {"value": "EXE101", "row": "3"},
        {"value": "EXE101", "row": "2"},
    ]
    assert [report.report_id for _, report in found.reports] == ["acled-EXE9"]


def test_a_faulty_row_keeps_its_id_so_that_it_has_not_vanished() -> None:
    data = file(ROW | {"fatalities": "x"}, ROW | {"event_id_cnty": ""})
    rows = [item for item in acled.stream("f.csv", [data[:70], data[70:]], ZONES) if isinstance(item, Row)]
    assert [(row.number, row.ident, row.report is None) for row in rows] == [(2, "acled-EXE101", True), (3, "", True)]


def test_a_mended_list_of_faults_is_read_as_it_is() -> None:
    found = read({"fatalities": "many"})
    listed = sheets.write_faults(found.faults, "en", found.header)
    mended = acled.read("g.csv", listed.replace(b",many,", b",3,"), ZONES)
    assert (acled.recognises(listed), mended.faults, mended.reports) == (True, (), read({}).reports)


# ---- what was taken back

LIST = b"event_id_cnty,deleted_timestamp\nEXE101,1767700000\n,1\nexe102,1767700000\nEXE 3,1\nEXE101,1767700001\n"


def _json(rows: object) -> bytes:
    return json.dumps({"status": 200, "success": True, "count": 2, "data": rows}).encode()


ANSWER = [
    {"event_id_cnty": "EXE101", "deleted_timestamp": 1767700000}, {"event_id_cnty": "EXE102", "deleted_timestamp": 1},
]  # fmt: skip


def test_a_list_of_deletions_names_what_is_gone_and_each_faulty_row() -> None:
    found = acled.deletions("d.csv", LIST)
    assert (found.gone, codes(found)) == (
        ((2, "acled-EXE101"), (4, "acled-EXE102")),
        [(3, "event_id_cnty", "field_missing"), (5, "event_id_cnty", "report_id_bad")],
    )
    assert found.header == ("event_id_cnty", "deleted_timestamp")
    assert acled.deletions("d.gz", gzip.compress(LIST)) == Deletions(
        found.gone, tuple(type(f)("d.gz", f.row, f.column, f.code, f.values, f.raw) for f in found.faults), found.header
    )


@pytest.mark.parametrize("data", [_json(ANSWER), json.dumps(ANSWER).encode()])
def test_the_services_own_answer_is_read_as_the_list_it_is(data: bytes) -> None:
    found = acled.deletions("d.json", data)
    assert (acled.lists_deletions(data), acled.recognises(data)) == (True, False)
    assert (found.gone, found.faults) == (((2, "acled-EXE101"), (3, "acled-EXE102")), ())


@pytest.mark.parametrize(
    ("data", "row", "code"),
    [
        (b"{", 0, "json_unreadable"),
        (b'{"data": 7}', 0, "json_unreadable"),
        (b"[" * 90_000, 0, "json_unreadable"),
        (b"[7]", 2, "field_missing"),
        (b"deleted_timestamp\n1\n", 1, "column_missing"),
        (b"", 0, "file_empty"),
    ],
)
def test_a_faulty_list_is_named_and_takes_nothing_back(data: bytes, row: int, code: str) -> None:
    found = acled.deletions("d", data)
    assert (found.gone, [(fault.row, fault.code) for fault in found.faults]) == ((), [(row, f"fault.{code}")])
    assert all(all(sheets.told(fault)) for fault in found.faults)


def test_an_event_file_and_a_list_of_deletions_are_told_apart() -> None:
    assert [(acled.recognises(data), acled.lists_deletions(data)) for data in (file(ROW), LIST, b"", b"a,b\n1,2\n")] == [
        (True, False), (False, True), (False, False), (False, False),
    ]  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300), st.sampled_from([b"", b"PK\x03\x04", b"\x1f\x8b", file(), LIST, b'{"data": [']))
def test_any_bytes_give_named_faults_and_no_exception(data: bytes, before: bytes) -> None:
    for found in (acled.read("f", before + data, ZONES), acled.deletions("f", before + data)):
        assert all(all(sheets.told(fault)) for fault in found.faults)
    assert (acled.recognises(before + data), acled.lists_deletions(before + data)) != (True, True)


@settings(max_examples=200, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(CURRENT), st.one_of(st.text(max_size=12), st.sampled_from(["", "1", "7.0", "-1", "²"]))
    )
)
def test_any_cells_give_a_report_or_faults(change: dict[str, str]) -> None:
    found = read({name: text.encode("utf-8", "replace").decode() for name, text in change.items()})
    assert all(all(sheets.told(fault)) for fault in found.faults)
    assert len(found.reports) == (0 if found.faults else 1)


def test_every_word_of_this_room_is_used() -> None:
    words = tomllib.loads((ROOT / "src/tiga/values/catalogue/en/intake_acled.toml").read_text("utf-8"))
    code = "".join(path.read_text("utf-8") for path in (ROOT / "src/tiga/intake/acled").glob("*.py"))
    named = {word for word in words["fault"] if not word.endswith("_remedy")}
    assert {word for word in named if not re.search(rf'[".]{word}"', code)} == set()
