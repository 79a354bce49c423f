"""Sheets become reports and named faults; the good rows go in."""

from __future__ import annotations

import csv
import io
import json
import re
import tomllib
import zipfile
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tiga.drafts import Harm
from tiga.intake import sheets
from tiga.intake.sheets import columns as columns_module
from tiga.intake.sheets import grid
from tiga.values.moments import Moment
from tiga.values.places import Place, Point
from tiga.values.words import slots

ROOT = Path(__file__).parents[3]
ACTS = frozenset({"H1", "H2", "C1", "A1"})
MAP = sheets.field_report(ACTS)
GOOD = {
    "report_id": "r-1",
    "channel": "monitor",
    "source": "Team North",
    "language": "en",
    "asserted_start": "2026-01-12T22:30",
    "zone": "AFT",
    "toponym": "Stonebridge",
    "account": "Shots were heard.",
}


def sheet(*rows: dict[str, str]) -> bytes:
    """A CSV of rows over the columns that any of them names."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, names, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def codes(found: sheets.Sheet) -> list[tuple[int, str, str]]:
    return [(fault.row, fault.column, fault.code.removeprefix("fault.")) for fault in found.faults]


def read(*rows: dict[str, str]) -> sheets.Sheet:
    return sheets.read("f.csv", sheet(*rows), MAP)


def workbook(*rows: list[object]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_full_row_becomes_a_report() -> None:
    row = GOOD | {
        "asserted_end": "2026-01-13 00:30",
        "precision": "about",
        "toponym": "سنگ پل",
        "script": "Arab",
        "lat": "-0.2",
        "lon": "۰.۱۵",
        "radius_m": "400",
        "acts": "H1, C1 H1",
        "killed_civilian": "4-5",
        "injured_unknown": "۳",
        "first_hand": "yes",
        "derived_from": "r-0 r-00",
        "count": "12",
        "account": "=1+1",
        "origin": "AFP",
        "release": "R0",
    }
    ((number, report),) = read(row).reports
    assert number == 2
    assert report.when == Moment("2026-01-12T22:30", "AFT", "about", "2026-01-13T00:30")
    assert report.where == Place("سنگ پل", "Arab", Point(-2_000_000, 1_500_000), 400)
    assert report.acts == ("H1", "C1")
    assert report.harm == (Harm("killed", "civilian", 4, 5), Harm("injured", "unknown", 3, 3))
    assert (report.first_hand, report.derived_from, report.count) == (True, ("r-0", "r-00"), 12)
    assert (report.account, report.origin, report.release, report.stance) == ("=1+1", "AFP", "R0", "asserts")


def test_a_date_alone_means_the_day() -> None:
    ((_, report),) = read(GOOD | {"asserted_start": "2026-01-12"}).reports
    assert report.when == Moment("2026-01-12", "AFT", "day")


FAULTY = [
    ({"zone": ""}, "zone", "zone_missing"),
    ({"zone": "Kabul"}, "zone", "zone_unknown"),
    ({"zone": "+25:00"}, "zone", "zone_unknown"),
    ({"asserted_start": ""}, "asserted_start", "field_missing"),
    ({"asserted_start": "12/01/2026"}, "asserted_start", "date_unreadable"),
    ({"asserted_start": "2026-02-30"}, "asserted_start", "date_unreadable"),
    ({"asserted_start": "2026-01-12T22:30Z"}, "asserted_start", "date_unreadable"),
    ({"asserted_start": "0001-01-01"}, "asserted_start", "date_range"),
    ({"asserted_end": "2026-01-11"}, "asserted_end", "end_before_start"),
    ({"asserted_start": "2026-01-12", "precision": "minute"}, "asserted_start", "time_of_day_missing"),
    ({"precision": "roughly"}, "precision", "choice_unknown"),
    ({"channel": "rumour"}, "channel", "choice_unknown"),
    ({"acts": "H1 H9"}, "acts", "act_unknown"),
    ({"lat": "90.5", "lon": "1", "radius_m": "9"}, "lat", "latitude_out"),
    ({"lat": "1", "lon": "-180.1", "radius_m": "9"}, "lon", "longitude_out"),
    ({"lat": "31,5", "lon": "1", "radius_m": "9"}, "lat", "coordinate_bad"),
    ({"lat": "1", "lon": "1"}, "radius_m", "radius_missing"),
    ({"lat": "1", "lon": "1", "radius_m": "0"}, "radius_m", "radius_bad"),
    ({"lat": "1", "radius_m": "9"}, "lon", "point_half"),
    ({"radius_m": "9"}, "radius_m", "radius_without_point"),
    ({"killed_civilian": "5-4"}, "killed_civilian", "range_bad"),
    ({"killed_civilian": "many"}, "killed_civilian", "range_bad"),
    ({"count": "-1"}, "count", "number_bad"),
    ({"first_hand": "perhaps"}, "first_hand", "yes_no"),
    ({"report_id": "two words"}, "report_id", "report_id_bad"),
    ({"party": "Party 1"}, "party", "identifier_bad"),
    ({"language": "English"}, "language", "language_bad"),
    ({"language": "ps-x-detected"}, "language", "language_bad"),
    ({"script": "latn"}, "script", "script_bad"),
    ({"account": "x" * 8001}, "account", "text_too_long"),
    ({"account": "e\u0301tat"}, "account", "text_not_nfc"),
    ({"derived_from": " ".join("abcdefghijklmnopqrstu")}, "derived_from", "list_too_long"),
]


@pytest.mark.parametrize(("change", "column", "code"), FAULTY, ids=[f"{n}-{row[2]}" for n, row in enumerate(FAULTY)])
def test_a_faulty_row_is_set_aside_with_its_place(change: dict[str, str], column: str, code: str) -> None:
    found = read(GOOD, GOOD | {"report_id": "r-2"} | change, GOOD | {"report_id": "r-3"})
    assert codes(found) == [(3, column, code)]
    assert [(row, report.report_id) for row, report in found.reports] == [(2, "r-1"), (4, "r-3")]
    assert found.faults[0].raw == tuple((GOOD | {"report_id": "r-2"} | change).get(n, "") for n in found.header)


@pytest.mark.parametrize("character", ["\u202e", "\u2066", "\u0000", "\ufeff", "\ufffd", "\U000e0041", "\uffff"])
def test_a_character_that_misleads_is_named_with_its_position(character: str) -> None:
    (fault,) = read(GOOD | {"account": f"ab{character}cd"}).faults
    assert (fault.code, fault.column, fault.values["position"]) == ("fault.character_forbidden", "account", "3")
    assert fault.values["character"].split()[0] == f"U+{ord(character):04X}"
    assert character not in sheets.told(fault)[1]


def test_joiners_and_direction_marks_are_kept() -> None:
    ((_, report),) = read(GOOD | {"account": "شده\u200cاند\u200f."}).reports
    assert report.account == "شده\u200cاند\u200f."


def test_every_fault_of_a_row_is_named() -> None:
    assert codes(read(GOOD | {"zone": "", "acts": "H9", "count": "x"})) == [
        (2, "zone", "zone_missing"),
        (2, "acts", "act_unknown"),
        (2, "count", "number_bad"),
    ]


def test_an_unknown_column_is_named_and_the_rows_go_in() -> None:
    found = read(GOOD | {"lattitude": "1"})
    assert codes(found) == [(1, "lattitude", "column_unknown")]
    assert len(found.reports) == 1


def test_a_missing_or_doubled_column_stops_the_sheet() -> None:
    without = {name: text for name, text in GOOD.items() if name != "zone"}
    assert codes(read(without)) == [(2, "zone", "zone_missing")]
    without = {name: text for name, text in GOOD.items() if name != "toponym"}
    assert codes(read(without)) == [(1, "toponym", "column_missing")]
    data = sheet(GOOD).replace(b"report_id", b"report_id,Zone").replace(b"r-1", b"r-1,PKT")
    found = sheets.read("f.csv", data, MAP)
    assert (codes(found), found.reports) == ([(1, "zone", "column_twice")], ())


def test_a_report_id_twice() -> None:
    found = read(GOOD, GOOD, GOOD | {"account": "Nothing was heard."})
    assert codes(found) == [(4, "report_id", "report_id_twice")]
    assert (found.faults[0].values["row"], [row for row, _ in found.reports]) == ("2", [2])


def test_cells_beyond_the_heading_are_a_fault() -> None:
    data = sheet(GOOD).rstrip() + b",surplus\r\n"
    assert codes(sheets.read("f.csv", data, MAP)) == [(2, "", "cells_extra")]


def test_rows_are_numbered_as_a_spreadsheet_shows_them() -> None:
    data = sheet(GOOD | {"account": "two\nlines"}, GOOD | {"report_id": "r-2", "zone": ""})
    head, rest = data.split(b"\r\n", 1)
    assert codes(sheets.read("f.csv", head + b"\r\n\r\n" + rest, MAP)) == [(4, "zone", "zone_missing")]


FILES = [
    (b"", "file_empty"),
    (b" \n ", "file_empty"),
    (b"\xff\xfer\x00", "encoding"),
    (sheet(GOOD).replace(b"Shots", "é".encode("latin-1")), "encoding"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest", "workbook_old"),
    (b"PK\x03\x04 not a zip", "workbook_unreadable"),
    (b"a" * (grid.FILE_BYTES_LIMIT + 1), "file_too_large"),
]


@pytest.mark.parametrize(("data", "code"), FILES, ids=[f"{n}-{row[1]}" for n, row in enumerate(FILES)])
def test_a_file_that_cannot_be_read_is_one_fault(data: bytes, code: str) -> None:
    found = sheets.read("f.csv", data, MAP)
    assert (codes(found), found.reports) == ([(0, "", code)], ())


def test_byte_order_mark_and_separators() -> None:
    plain = sheet(GOOD)
    expected = sheets.read("f.csv", plain, MAP).reports
    assert len(expected) == 1
    for data in (b"\xef\xbb\xbf" + plain, plain.replace(b",", b";"), plain.replace(b",", b"\t")):
        assert sheets.read("f.csv", data, MAP).reports == expected


def test_an_open_quotation_mark_stops_reading_but_keeps_what_came_before() -> None:
    found = sheets.read("f.csv", sheet(GOOD) + b'r-2,"monitor\r\nr-3,media\r\n', MAP)
    assert (codes(found), len(found.reports)) == ([(3, "", "row_unreadable")], 1)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_more_rows_than_the_limit(kind: str) -> None:
    rows = [["a"]] * (grid.ROWS_LIMIT + 2)
    found = grid.cells("f", workbook(*rows) if kind == "xlsx" else b"a\n" * len(rows))
    assert len(found.rows) == grid.ROWS_LIMIT
    assert [(fault.row, fault.code) for fault in found.faults] == [(grid.ROWS_LIMIT + 1, "fault.rows_limit")]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_more_columns_than_the_limit(kind: str) -> None:
    rows = [["a"], ["a"] * (columns_module.COLUMNS_LIMIT + 1)]
    found = grid.cells("f", workbook(*rows) if kind == "xlsx" else "\n".join(map(",".join, rows)).encode())
    assert (found.rows, [(f.row, f.code) for f in found.faults]) == ((("a",),), [(2, "fault.columns_limit")])


def test_a_workbook_reads_like_the_csv() -> None:
    names = [*GOOD, "lat", "lon", "radius_m", "count", "first_hand", "actor_words"]
    values = [*GOOD.values(), -0.5, 1, 400.0, 12, True, "=SUM(A1:A2)"]
    values[names.index("asserted_start")] = datetime.fromisoformat("2026-01-12T22:30")
    found = sheets.read("f.xlsx", workbook(names, values), MAP)
    assert codes(found) == []
    ((row, report),) = found.reports
    assert (row, report.when) == (2, Moment("2026-01-12T22:30", "AFT", "minute"))
    assert report.where == Place("Stonebridge", "Latn", Point(-5_000_000, 10_000_000), 400)
    assert (report.count, report.first_hand, report.actor_words) == (12, True, "=SUM(A1:A2)")


def test_a_workbook_cell_with_a_date_alone_is_a_day() -> None:
    book = openpyxl.Workbook()
    book.active.append(list(GOOD))
    book.active.append([datetime.fromisoformat("2026-01-12") if n == "asserted_start" else v for n, v in GOOD.items()])
    book.active.cell(2, list(GOOD).index("asserted_start") + 1).number_format = "yyyy-mm-dd"
    out = io.BytesIO()
    book.save(out)
    ((_, report),) = sheets.read("f.xlsx", out.getvalue(), MAP).reports
    assert report.when == Moment("2026-01-12", "AFT", "day")


def rezipped(data: bytes, members: dict[str, bytes]) -> bytes:
    """A workbook with members added or replaced."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in members:
                new.writestr(name, old.read(name))
        for name, text in members.items():
            new.writestr(name, text)
    return out.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
ENTITY = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>'
    b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1">'
    b'<c r="A1" t="inlineStr"><is><t>&b;</t></is></c></row></sheetData></worksheet>'
)
BOMBS = [
    ({"xl/vbaProject.bin": b"macro"}, "workbook_macros"),
    ({"xl/media/zero.bin": b"\0" * (grid.UNPACKED_BYTES_LIMIT + 1)}, "workbook_too_large"),
    ({f"xl/media/{n}.bin": b"" for n in range(grid.MEMBERS_LIMIT)}, "workbook_too_large"),
    ({SHEET: ENTITY}, "workbook_unreadable"),
    ({SHEET: b"<worksheet"}, "workbook_unreadable"),
]


@pytest.mark.parametrize(("members", "code"), BOMBS, ids=[f"{n}-{row[1]}" for n, row in enumerate(BOMBS)])
def test_a_hostile_workbook_is_refused(members: dict[str, bytes], code: str) -> None:
    data = rezipped(workbook(list(GOOD), list(GOOD.values())), members)
    found = sheets.read("f.xlsx", data, MAP)
    assert ([fault.code for fault in found.faults], found.reports) == ([f"fault.{code}"], ())


def test_a_harmless_inline_sheet_is_read() -> None:
    plain = re.sub(rb"<!DOCTYPE.*\]>", b"", ENTITY).replace(b"&b;", b"report_id")
    found = sheets.read("f.xlsx", rezipped(workbook(["a"]), {SHEET: plain}), MAP)
    assert found.header == ("report_id",)


def test_a_workbook_that_lies_about_its_size_is_read_whole() -> None:
    data = workbook(list(GOOD), list(GOOD.values()))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        lying = re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="A1"', archive.read(SHEET))
    assert len(sheets.read("f.xlsx", rezipped(data, {SHEET: lying}), MAP).reports) == 1


def test_a_workbook_whose_row_numbers_leap_is_stopped() -> None:
    far = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>'
    )
    found = sheets.read("f.xlsx", rezipped(workbook(["a"]), {SHEET: far}), MAP)
    assert found.faults[-1].code == "fault.rows_limit"


def test_the_list_of_faults_can_be_mended_and_sent_back() -> None:
    bad = GOOD | {"report_id": "r-2", "zone": "", "acts": "H9", "account": "=cmd()", "actor_words": "-0.5"}
    found = read(GOOD, bad)
    listed = sheets.write_faults(found.faults, "en", found.header)
    assert listed[:3] == b"\xef\xbb\xbf"
    (row,) = csv.DictReader(io.StringIO(listed.decode("utf-8-sig"), newline=""))
    assert (row["fault_row"], row["fault_column"]) == ("3", "zone, acts")
    assert (row["account"], row["actor_words"], row["report_id"]) == ("'=cmd()", "-0.5", "r-2")
    mended = listed.decode().replace("2026-01-12T22:30,,", "2026-01-12T22:30,AFT,").replace(",H9,", ",H2,")
    again = sheets.read("mended.csv", mended.encode(), MAP)
    assert again.faults == ()
    ((number, report),) = again.reports
    assert (number, report.report_id, report.account, report.acts) == (2, "r-2", "=cmd()", ("H2",))


def test_a_map_of_ones_own() -> None:
    tree = json.loads("""{"name": "log", "columns": {"No.": "report_id", "When": "asserted_start", "Where": "toponym",
        "What": "acts", "Text": "account"}, "defaults": {"channel": "monitor", "source": "Log", "language": "en"},
        "act_aliases": {"small arms": "H1"}, "zone": "AFT"}""")
    data = b"no.,WHEN,Where,What,Text\nr-1,2026-01-12 22:30,Alpha,Small Arms,Heard\n"
    found = sheets.read("f.csv", data, sheets.column_map(tree, ACTS))
    assert found.faults == ()
    ((_, report),) = found.reports
    assert (report.when.zone, report.acts, report.channel) == ("AFT", ("H1",), "monitor")


BAD_MAPS = [
    {"columns": {"a": "report_id"}},
    {"name": "m"},
    {"name": "m", "columns": {"a": "report"}},
    {"name": "m", "columns": {"a": "report_id", "b": "report_id"}},
    {"name": "m", "columns": {"a": "report_id", "A ": "zone"}},
    {"name": "m", "columns": {"a": 1}},
    {"name": "m", "columns": []},
    {"name": "m", "columns": {"a": "report_id"}, "zone": "Kabul"},
    {"name": "m", "columns": {"a": "report_id"}, "act_aliases": {"x": "H9"}},
    {"name": "m", "columns": {"a": "report_id"}, "defaults": {"x": "1"}},
    {"name": "m", "columns": {"a": "report_id"}, "default": {}},
]


@pytest.mark.parametrize("tree", BAD_MAPS, ids=[str(n) for n in range(len(BAD_MAPS))])
def test_a_bad_map_is_refused(tree: dict[str, object]) -> None:
    with pytest.raises(columns_module.BadColumnMap):
        sheets.column_map(tree, ACTS)


def test_every_fault_has_words_and_its_remedy_needs_no_more_than_it_gives() -> None:
    words = tomllib.loads((ROOT / "src/tiga/values/catalogue/en/intake.toml").read_text("utf-8"))["fault"]
    code = "".join(path.read_text("utf-8") for path in (ROOT / "src/tiga/intake/sheets").glob("*.py"))
    named = {name for name in words if not name.endswith("_remedy") and not name.startswith("at_")}
    assert {name for name in named if not re.search(rf'[".]{name}"', code)} == set()
    assert {f"{name}_remedy" for name in named} - set(words) == set()
    for change, _, _ in FAULTY:
        for fault in read(GOOD | change).faults:
            assert slots(words[fault.code[6:]]) | slots(words[f"{fault.code[6:]}_remedy"]) <= set(fault.values)
            assert len(sheets.told(fault)) == 3


def _speaks(found: sheets.Sheet) -> bool:
    """Every fault can be told, and the list of them written."""
    told = [sheets.told(fault) for fault in found.faults]
    return all(all(texts) for texts in told) and sheets.write_faults(found.faults, "en", found.header)[:1] == b"\xef"


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_give_named_faults_and_no_exception(data: bytes) -> None:
    found = sheets.read("f", data, MAP)
    assert _speaks(found)
    assert len(found.faults) + len(found.reports) > 0


CELL = st.one_of(
    st.text(max_size=12),
    st.sampled_from(["", "AFT", "2026-01-12T22:30", "2026-01-12", "H1", "4-5", "0.1", "9", "Arab", "day", "en", "R0"]),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.fixed_dictionaries(dict.fromkeys(columns_module.FIELDS, CELL)), min_size=1, max_size=2))
def test_any_cells_give_reports_or_faults(rows: list[dict[str, str]]) -> None:
    data = io.StringIO(newline="")
    writer = csv.DictWriter(data, list(columns_module.FIELDS))
    writer.writeheader()
    writer.writerows(rows)
    found = sheets.read("f.csv", data.getvalue().encode("utf-8", "replace"), MAP)
    assert _speaks(found)


WORKBOOK = workbook(list(GOOD), list(GOOD.values()))


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.integers(0, len(WORKBOOK) - 1), st.integers(0, 255)), min_size=1, max_size=4))
def test_a_damaged_workbook_gives_reports_or_faults(flips: list[tuple[int, int]]) -> None:
    data = bytearray(WORKBOOK)
    for at, byte in flips:
        data[at] = byte
    found = sheets.read("f.xlsx", bytes(data), MAP)
    assert _speaks(found)
