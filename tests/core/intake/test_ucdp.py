"""UCDP's event files become events, reports and named faults, in every column set; what is said here is invented."""

from __future__ import annotations

import csv
import gzip
import io
import os
import re
import tomllib
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tiga.drafts import Harm
from tiga.drafts.datasets import Row
from tiga.drafts.events import Toll
from tiga.intake import sheets, ucdp
from tiga.intake.ucdp import archive
from tiga.intake.ucdp.columns import KNOWN
from tiga.values.moments import Moment
from tiga.values.places import Place, Point
from tiga.values.words import catalogue, slots

ROOT = Path(__file__).parents[3]
CATALOGUE = ROOT / "src" / "tiga" / "values" / "catalogue"
ZONES = {"": "PKT"}

CURRENT = next(csv.reader([
    "id,relid,year,active_year,code_status,type_of_violence,conflict_dset_id,conflict_new_id,conflict_name,dyad_dset_id,"
    "dyad_new_id,dyad_name,side_a_dset_id,side_a_new_id,side_a,side_b_dset_id,side_b_new_id,side_b,number_of_sources,"
    "source_article,source_office,source_date,source_headline,source_original,where_prec,where_coordinates,"
    "where_description,adm_1,adm_2,latitude,longitude,geom_wkt,priogrid_gid,country,country_id,region,event_clarity,"
    "date_prec,date_start,date_end,deaths_a,deaths_b,deaths_civilians,deaths_unknown,best,high,low,gwnoa,gwnob"
]))  # fmt: skip
HDX = [*CURRENT[:34], "iso3", *CURRENT[34:]]
GED_45 = [
    name
    for name in KNOWN
    if name not in ("relid", "code_status", "where_description") and not name.endswith("_dset_id")
]
GED_41 = [name for name in GED_45 if name not in ("start_year", "end_year", "gwnoa", "iso3")]
REDUCED = ["id", "conflict_new_id", "conflict_name", "country", "best", "type_of_violence", "date_start"]
SETS = {"current": CURRENT, "hdx": HDX, "ged-45": GED_45, "ged-41": GED_41, "reduced": REDUCED}

ROW = {
    "id": "101", "relid": "EXE-2026-1-1-0", "year": "2026", "active_year": "true", "code_status": "Clear",
    "type_of_violence": "1", "conflict_new_id": "1", "conflict_name": "Party-1: Exercise", "dyad_new_id": "2",
    "dyad_name": "Government of Party-1 - Party-2 Guard", "side_a": "Government of Party-1", "gwnoa": "999",
    "side_b": "Party-2 Guard", "number_of_sources": "1", "source_article": '"Exercise Agency,2026-01-05,Shells at a post"',
    "source_office": "Exercise Agency", "source_date": "2026-01-05", "source_headline": "Shells at a post",
    "source_original": "Party-1 spokesman", "where_prec": "2", "where_coordinates": "Exercise Post",
    "where_description": "near Exercise Post", "adm_1": "Exercise Province", "adm_2": "Exercise District",
    "latitude": "0.125", "longitude": "-0.5", "country": "Party-1", "iso3": "EXE", "country_id": "999",
    "event_clarity": "1", "date_prec": "1", "date_start": "2026-01-05", "date_end": "2026-01-05", "deaths_a": "0",
    "deaths_b": "3", "deaths_civilians": "1", "deaths_unknown": "0", "low": "4", "best": "4", "high": "4",
}  # fmt: skip


def file(*rows: dict[str, str], columns: list[str] = HDX, tags: bool = False) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, columns, restval="", extrasaction="ignore")
    writer.writeheader()
    if tags:
        writer.writerow({"year": "#date+year", "latitude": "#geo+lat", "best": "#affected+killed"})
    writer.writerows(rows)
    return out.getvalue().encode()


def read(*changes: dict[str, str], columns: list[str] = HDX) -> ucdp.Dataset:
    return ucdp.read("f.csv", file(*(ROW | change for change in changes), columns=columns), ZONES)


def codes(found: ucdp.Dataset) -> list[tuple[int, str, str]]:
    return [(fault.row, fault.column, fault.code.removeprefix("fault.")) for fault in found.faults]


def test_the_column_sets_have_the_widths_of_the_files_found() -> None:
    assert {name: len(columns) for name, columns in SETS.items()} == {
        "current": 49, "hdx": 50, "ged-45": 45, "ged-41": 41, "reduced": 7,
    }  # fmt: skip


@pytest.mark.parametrize("name", SETS)
def test_every_column_set_is_recognised_and_read(name: str) -> None:
    data = file(ROW, columns=SETS[name])
    found = ucdp.read("f.csv", data, ZONES)
    assert (ucdp.recognises(data), found.faults, found.header) == (True, (), tuple(SETS[name]))
    [(row, event)] = found.events
    assert (row, event.event_id, event.when.local, event.violence) == (2, "ucdp-101", "2026-01-05", "state")
    full = name != "reduced"
    assert event.toll == (Toll(4, 4, 4, 0, 3, 1, 0) if full else Toll(4, 4, 4, split=False))
    assert event.where.point == (Point(1_250_000, -5_000_000) if full else None)


def test_a_row_becomes_a_report_that_says_who_said_it_and_accuses_nobody() -> None:
    [(_, report)] = read({}).reports
    assert (report.report_id, report.channel, report.source, report.language) == ("ucdp-101", "dataset", "UCDP", "en")
    assert report.when == Moment("2026-01-05", "PKT", "day")
    assert report.where == Place("Exercise Post", "Latn", Point(1_250_000, -5_000_000), 25_000, "UCDP where_prec 2")
    assert (report.origin, report.reference) == ("Party-1 spokesman", ROW["source_article"])
    assert report.actor_words == "side_a: Government of Party-1; side_b: Party-2 Guard"
    assert (report.actor, report.party, report.acts, report.first_fire, report.reference_verified) == (
        "", "", (), "", False,
    )  # fmt: skip
    assert report.harm == (Harm("killed", "armed_group", 3, 3), Harm("killed", "civilian", 1, 1))
    assert (report.limitations, report.release) == ("where_prec 2", "R1")


def test_no_cell_is_lost_and_a_column_not_known_is_kept() -> None:
    [(_, report)] = read({"zz_new": "told\nbest: 9"}, columns=["zz_new", *HDX]).reports
    lines = report.account.split("\n")
    assert lines[-2:] == ["zz_new: told", "  best: 9"]
    filled = {"active_year": "1"} | {name: text for name, text in ROW.items() if name != "active_year"}
    assert {line.split(": ")[0]: line.split(": ", 1)[1] for line in lines[:-2]} == filled


def test_a_row_of_tags_an_empty_row_and_a_mark_are_passed_over() -> None:
    data = b"\xef\xbb\xbf" + file(ROW, {}, ROW | {"id": "102"}, tags=True)
    found = ucdp.read("f.csv", data, ZONES)
    assert ([row for row, _ in found.reports], found.faults) == ([3, 5], ())
    assert codes(read({"id": "#1"})) == [(2, "id", "number_bad")]


SAME = {
    "id": "101.0", "type_of_violence": "1.0", "date_start": "2026-01-05 00:00:00.000", "date_end": "2026-01-05T00:00:00",
    "latitude": "0.125000", "longitude": "-0.500", "active_year": "1", "where_prec": "2.0", "best": "4.0",
}  # fmt: skip


def test_the_same_row_spelled_otherwise_is_no_new_version() -> None:
    assert read(SAME, columns=HDX[::-1]).reports == read({}).reports


def test_a_later_release_that_tells_an_event_otherwise_keeps_its_id() -> None:
    [(_, before)], [(_, after)] = read({}).reports, read({"best": "5", "deaths_b": "4", "high": "6"}).reports
    assert (before.report_id == after.report_id, before == after) == (True, False)


def test_the_zone_is_the_one_stated_for_the_country() -> None:
    data = file(ROW, ROW | {"id": "102", "country": "Party-2"}, ROW | {"id": "103", "country": "Elsewhere"})
    found = ucdp.read("f.csv", data, {"party-1": "UTC", "Party-2": "+00:30"})
    assert [report.when.zone for _, report in found.reports] == ["UTC", "+00:30"]
    assert codes(found) == [(4, "country", "country_zone_missing")]
    assert codes(ucdp.read("f.csv", data, {})) == [(0, "", "dataset_zone_missing")]
    assert codes(ucdp.read("f.csv", data, {"": "XYZ"})) == [(0, "", "zone_unknown")]


def test_an_open_date_is_a_window_of_whole_days() -> None:
    [(_, report)] = read({"date_prec": "4", "date_start": "2026-01-01", "date_end": "2026-01-31"}).reports
    assert report.when == Moment("2026-01-01", "PKT", "day", "2026-01-31")
    assert (report.when.earliest.text(), report.when.latest.text()) == (
        "2025-12-31T19:00:00.000Z", "2026-01-31T19:00:00.000Z",
    )  # fmt: skip
    assert report.limitations == "date_prec 4; where_prec 2"


@pytest.mark.parametrize(
    ("precision", "radius_m"),
    [("1", 5_000), ("2", 25_000), ("3", 50_000), ("4", 250_000), ("5", 0), ("6", 0), ("7", 0)],
)
def test_a_point_has_the_radius_of_its_precision_or_is_no_point(precision: str, radius_m: int) -> None:
    [(_, report)] = read({"where_prec": precision}).reports
    assert (report.where.radius_m, report.where.point is not None) == (radius_m, radius_m > 0)
    assert re.findall("(?m)^(?:lat|long)itude: .*", report.account) == ["latitude: 0.125", "longitude: -0.5"]


@pytest.mark.parametrize(
    ("change", "harm"),
    [
        ({"high": "9"}, [("armed_group", 3, 3), ("civilian", 1, 1), ("unknown", 0, 5)]),
        ({"low": "2"}, [("armed_group", 1, 3), ("civilian", 0, 1)]),
        ({"gwnob": "998", "deaths_a": "2", "best": "6", "low": "6", "high": "6"},
         [("security", 2, 2), ("security", 3, 3), ("civilian", 1, 1)]),
        ({"type_of_violence": "2", "side_a": "Guard of Party-1", "gwnoa": "", "deaths_a": "1", "best": "5", "high": "5"},
         [("armed_group", 0, 1), ("armed_group", 2, 3), ("civilian", 0, 1)]),
        ({"deaths_b": "0", "deaths_civilians": "0", "low": "0", "best": "0", "high": "0"}, [("unknown", 0, 0)]),
        ({"low": "5", "high": "3"}, [("armed_group", 2, 3), ("civilian", 0, 1), ("unknown", 0, 1)]),
    ],
)  # fmt: skip
def test_the_dead_keep_their_parts_and_the_totals_range(
    change: dict[str, str], harm: list[tuple[str, int, int]]
) -> None:
    [(_, report)] = read(change).reports
    assert [(row.status, row.low, row.high) for row in report.harm] == harm


def test_numbers_that_are_not_in_order_are_kept_and_named() -> None:
    found = read({"low": "5", "high": "3"})
    assert found.events[0][1].toll == Toll(3, 4, 5, 0, 3, 1, 0, reordered=True)
    assert found.reports[0][1].limitations == "where_prec 2; low 5 best 4 high 3"


def test_what_can_change_what_a_reader_sees_stands_as_its_code() -> None:
    [(_, report)] = read({"source_headline": "a\u202eb e\u0301\tc"}).reports
    assert report.account.count("source_headline: aU+202Eb é\tc") == 1
    assert report.limitations == "where_prec 2; U+202E; NFC"


def test_a_source_is_the_teller_else_the_outlet_else_the_article() -> None:
    origins = [
        read(change).reports[0][1].origin
        for change in ({}, {"source_original": ""}, {"source_original": "", "source_office": ""})
    ]
    assert origins == ["Party-1 spokesman", "Exercise Agency", ROW["source_article"]]
    long = read({"source_original": "x" * 301, "source_article": "y" * 1_001}).reports[0][1]
    assert (long.origin, long.reference) == ("x" * 299 + "…", "y" * 999 + "…")
    assert long.account.count("y" * 1_001) == 1


FAULTY = [
    ({"id": ""}, "id", "field_missing"),
    ({"id": "seven"}, "id", "number_bad"),
    ({"country": ""}, "country", "field_missing"),
    ({"best": ""}, "best", "field_missing"),
    ({"type_of_violence": "4"}, "type_of_violence", "choice_unknown"),
    ({"date_prec": "9"}, "date_prec", "choice_unknown"),
    ({"event_clarity": "x"}, "event_clarity", "choice_unknown"),
    ({"where_prec": "8"}, "where_prec", "choice_unknown"),
    ({"where_prec": ""}, "where_prec", "field_missing"),
    ({"date_start": "5/1/2026"}, "date_start", "dataset_date"),
    ({"date_start": "2026-01-05 13:00"}, "date_start", "dataset_date"),
    ({"date_end": "2026-02-30"}, "date_end", "dataset_date"),
    ({"date_start": "0026-01-05"}, "date_start", "date_range"),
    ({"date_end": "2026-01-04"}, "date_end", "end_before_start"),
    ({"latitude": "north"}, "latitude", "coordinate_bad"),
    ({"latitude": "91"}, "latitude", "latitude_out"),
    ({"longitude": "-181"}, "longitude", "longitude_out"),
    ({"longitude": ""}, "longitude", "point_half"),
    ({"deaths_b": "-3"}, "deaths_b", "number_bad"),
    ({"low": "4-5"}, "low", "number_bad"),
    ({"high": "1000001"}, "high", "number_bad"),
    ({"deaths_unknown": "2"}, "best", "deaths_disagree"),
    ({"source_article": "y" * 8_000}, "", "text_too_long"),
]


@pytest.mark.parametrize(("change", "column", "code"), FAULTY, ids=[f"{c}-{n}" for n, (_, _, c) in enumerate(FAULTY)])
def test_a_faulty_row_is_named_and_kept_and_the_others_go_in(change: dict[str, str], column: str, code: str) -> None:
    found = read({"id": "100"}, change, {"id": "102"})
    assert codes(found) == [(3, column, code)]
    assert ([row for row, _ in found.reports], found.faults[0].raw[0]) == ([2, 4], (ROW | change)["id"])
    assert (found.faults[0].file, len(sheets.told(found.faults[0], "ps"))) == ("f.csv", 3)


def packed(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive_file:
        for name in names:
            archive_file.writestr(name, file(ROW))
    return out.getvalue()


@pytest.mark.parametrize(
    "data",
    [packed("events.csv"), packed("readme.txt", "events.CSV", "__MACOSX/._events.csv"), gzip.compress(file(ROW)),
     file(ROW).replace(b"\r\n", b"\n"), file(ROW, columns=list(ROW)).upper().replace(b"GOVERNMENT OF", b"Government of")],
    ids=["zip", "zip-with-more", "gzip", "line-feeds", "capitals"],
)  # fmt: skip
def test_an_archive_of_one_file_is_read_as_that_file(data: bytes) -> None:
    found = ucdp.read("f", data, ZONES)
    assert (ucdp.recognises(data), found.faults, [event.toll for _, event in found.events]) == (
        True, (), [Toll(4, 4, 4, 0, 3, 1, 0)],
    )  # fmt: skip


WIDE = ",".join(f"c{n}" for n in range(archive.COLUMNS_LIMIT + 1)).encode()


FAULTY_FILES = [
    (b"", 0, "file_empty"),
    (b"\xff\xfei\x00d\x00", 0, "encoding"),
    (file(ROW) + b"\xe9", 0, "encoding"),
    (packed("a.csv", "b.csv"), 0, "archive_members"),
    (packed("readme.txt"), 0, "archive_members"),
    (packed("a.csv")[:40], 0, "archive_unreadable"),
    (gzip.compress(file(ROW))[:60], 0, "archive_unreadable"),
    (gzip.compress(bytes(archive.UNPACKED_BYTES_LIMIT + 1)), 0, "file_too_large"),
    (bytes(archive.FILE_BYTES_LIMIT + 1), 0, "file_too_large"),
    (file(ROW, columns=HDX[1:]), 1, "column_missing"),
    (file(ROW, columns=[*HDX, "best"]), 1, "column_twice"),
    (file(ROW).rstrip() + b",extra\r\n", 2, "cells_extra"),
    (file(ROW) + b'"never closed', 3, "row_unreadable"),
    (file(ROW) + WIDE, 3, "columns_limit"),
    (file() + b"\n" * archive.ROWS_LIMIT, archive.ROWS_LIMIT + 1, "rows_limit"),
]


@pytest.mark.parametrize(
    ("data", "row", "code"), FAULTY_FILES, ids=[f"{code}-{n}" for n, (_, _, code) in enumerate(FAULTY_FILES)]
)
def test_a_faulty_file_is_named(data: bytes, row: int, code: str) -> None:
    found = ucdp.read("f.csv", data, ZONES)
    assert codes(found)[-1][::2] == (row, code)
    assert all(len(sheets.told(fault)) == 3 for fault in found.faults)


def test_what_is_no_event_file_is_left_to_others() -> None:
    sample = (ROOT / "samples" / "press-reports.csv").read_bytes()
    others = [
        sample,
        b"",
        b"\x1f\x8b",
        b"PK\x03\x04",
        packed("a.csv", "b.csv"),
        b"id,country,best,type_of_violence,date_start",
    ]
    assert [ucdp.recognises(data) for data in others] == [False] * len(others)


def test_the_same_row_twice_is_one_event_and_two_contents_are_faults_of_both() -> None:
    found = read({}, {"id": "102"}, {}, {"id": "102", "best": "5", "deaths_b": "4"})
    assert ([row for row, _ in found.events], codes(found)) == (
        [2],
        [(3, "id", "event_twice"), (5, "id", "event_twice")],
    )
    assert [fault.values for fault in found.faults] == [{"value": "102", "row": "5"}, {"value": "102", "row": "3"}]


def test_a_mended_list_of_faults_is_read_as_it_is() -> None:
    found = read({"best": "9", "source_headline": "-Shells at a post"})
    listed = sheets.write_faults(found.faults, "en", found.header)
    mended = ucdp.read("g.csv", listed.replace(b",9,4,4,", b",4,4,4,"), ZONES)
    assert (ucdp.recognises(listed), mended.faults) == (True, ())
    assert mended.reports == read({"source_headline": "-Shells at a post"}).reports


MANY = [
    {"id": str(n), "best": str(n % 3 + 1), "deaths_b": str(n % 3), "date_start": f"2026-01-0{n % 5 + 1}"}
    for n in range(1, 9)
] + [{"id": "3"}, {"id": "9", "latitude": "x"}]  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.permutations(MANY))
def test_the_order_of_rows_changes_nothing(order: list[dict[str, str]]) -> None:
    def told(found: ucdp.Dataset) -> tuple[object, object]:
        faults = sorted((fault.column, fault.code, fault.raw) for fault in found.faults)
        return {report.report_id: report for _, report in found.reports}, faults

    assert told(read(*order)) == told(read(*MANY))


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300), st.sampled_from([b"", b"PK\x03\x04", b"\x1f\x8b", file(columns=HDX)]))
def test_any_bytes_give_named_faults_and_no_exception(data: bytes, before: bytes) -> None:
    found = ucdp.read("f", before + data, ZONES)
    assert all(all(sheets.told(fault)) for fault in found.faults)
    assert ucdp.recognises(before + data) in (True, False)


@settings(max_examples=200, deadline=None)
@given(
    st.dictionaries(st.sampled_from(HDX), st.one_of(st.text(max_size=12), st.sampled_from(["", "1", "7.0", "-1", "²"])))
)
def test_any_cells_give_a_report_or_faults(change: dict[str, str]) -> None:
    change = {name: text.encode("utf-8", "replace").decode() for name, text in change.items()}
    found = read(change)
    assert all(all(sheets.told(fault)) for fault in found.faults)
    assert len(found.reports) == (0 if found.faults else len(found.events))


def test_every_word_of_this_room_is_used_and_its_slots_are_filled() -> None:
    folders = {"intake_ucdp": ("intake/ucdp",), "intake_datasets": ("intake/ucdp", "drafts")}
    for name, rooms in folders.items():
        words = tomllib.loads((CATALOGUE / "en" / f"{name}.toml").read_text("utf-8"))
        code = "".join(path.read_text("utf-8") for room in rooms for path in (ROOT / "src/tiga" / room).glob("*.py"))
        named = {word for word in words["fault"] if not word.endswith("_remedy")}
        assert {word for word in named if not re.search(rf'[".]{word}"', code)} == set()
    texts = catalogue("en").texts
    for change, _, _ in FAULTY:
        for fault in read(change).faults:
            assert slots(texts[fault.code]) | slots(texts[f"{fault.code}_remedy"]) <= set(fault.values)


# ---- the real files, which no test needs

REAL = [
    ("ucdp_candidate_2025_reduced_12countries.csv", 7, 16_825, 0, 0),
    ("ucdp_candidate_v26_0_2_world_except_PAK_AFG_IND.csv", 49, 1_178, 1_067, 7),
    ("ucdp_ged_COL_1989-2012_legacy45cols.csv", 45, 4_445, 4_208, 54),
    ("ucdp_ged_PAK_1989-2016_hxl.csv", 50, 5_730, 5_546, 199),
    ("ucdp_ged_SYR_to2016.csv.gz", 41, 6_170, 5_869, 15),
    ("ucdp_ged_UKR_2014-2017.csv", 50, 2_325, 2_228, 7),
]


@pytest.mark.parametrize(("name", "columns", "rows", "points", "reordered"), REAL, ids=[row[0] for row in REAL])
def test_a_real_file_is_read_whole_and_without_a_fault(
    name: str, columns: int, rows: int, points: int, reordered: int
) -> None:
    path = Path(os.environ.get("TIGA_SHARED", ROOT.parent / "shared")) / "data" / "ucdp-ged" / name
    if not path.exists():
        pytest.skip(f"no {name} on this machine; set TIGA_SHARED to the folder that holds data/ucdp-ged")
    data = path.read_bytes()
    found = ucdp.read(name, data, ZONES)
    pieces = (data[at : at + 5_003] for at in range(0, len(data), 5_003))
    streamed = [item for item in ucdp.stream(name, pieces, ZONES) if isinstance(item, Row) and item.report is not None]
    assert [row.report for row in streamed] == [report for _, report in found.reports]
    assert (ucdp.recognises(data), len(found.header), len(found.reports), found.faults) == (True, columns, rows, ())
    assert len([event for _, event in found.events if event.where.point]) == points
    assert len([event for _, event in found.events if event.toll.reordered]) == reordered
