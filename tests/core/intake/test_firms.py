"""FIRMS' files in every column set become sorted hotspots and named faults; rows here are invented, at no real place."""

from __future__ import annotations

import csv
import gzip
import io
import os
import re
import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tiga.drafts import hotspots
from tiga.drafts.hotspots import Hotspot
from tiga.intake import firms, sheets
from tiga.intake.firms.columns import SATELLITES
from tiga.values.moments import Instant
from tiga.values.places import Point
from tiga.values.words import catalogue, slots

ROOT = Path(__file__).parents[3]

VIIRS = next(csv.reader([
    "latitude,longitude,bright_ti4,scan,track,acq_date,acq_time,satellite,instrument,confidence,version,bright_ti5,frp,"
    "daynight"
]))  # fmt: skip
MODIS = [{"bright_ti4": "brightness", "bright_ti5": "bright_t31"}.get(column, column) for column in VIIRS]
TEXT = [column for column in VIIRS if column != "instrument"]
MERGED = next(csv.reader([
    "latitude,longitude,acq_date,acq_time,satellite,frp,admin1,locality,first_seen_snapshot,snapshots"
]))  # fmt: skip
SETS = {
    "viirs": VIIRS, "viirs-archive": [*VIIRS, "type"], "viirs-country": ["country_id", *VIIRS], "viirs-text": TEXT,
    "modis": MODIS, "modis-archive": [*MODIS, "type"], "modis-country": ["country_id", *MODIS],
    "modis-text": [column for column in MODIS if column != "instrument"], "merged": MERGED,
}  # fmt: skip

ROW = {
    "country_id": "EXE", "latitude": "0.12500", "longitude": "-0.50000", "bright_ti4": "330.10", "scan": "0.40",
    "track": "0.30", "acq_date": "2026-01-05", "acq_time": "0432", "satellite": "N21", "instrument": "VIIRS",
    "confidence": "n", "version": "2.0NRT", "bright_ti5": "290.50", "frp": "8.40", "daynight": "N", "type": "2",
    "admin1": "Exercise Province", "snapshots": "3",
}  # fmt: skip
WARM = {
    "satellite": "T", "instrument": "MODIS", "confidence": "64", "version": "6.1NRT", "brightness": "330.10",
    "bright_t31": "290.50",
}  # fmt: skip
AT = Instant.parse("2026-01-05T04:32:00.000Z")


def file(*rows: dict[str, str], columns: list[str] = VIIRS) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, columns, restval="", extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def read(*changes: dict[str, str], columns: list[str] = SETS["viirs-archive"]) -> firms.Detections:
    return firms.read("f.csv", [file(*(ROW | change for change in changes), columns=columns)])


def codes(found: firms.Detections) -> list[tuple[int, str, str]]:
    return [(fault.row, fault.column, fault.code.removeprefix("fault.")) for fault in found.faults]


@pytest.mark.parametrize("name", SETS)
def test_every_column_set_is_recognised_and_read(name: str) -> None:
    warm = name.startswith("modis")
    data = file(ROW | (WARM if warm else {}), columns=SETS[name])
    found = firms.read("f.csv", [data[:50], data[50:]])
    assert (firms.recognises(data), found.faults, found.header, found.same) == (True, (), tuple(SETS[name]), 0)
    [one] = found.hotspots
    assert (one.at, one.point, one.frp_kw) == (AT, Point(1_250_000, -5_000_000), 8_400)
    assert (one.satellite, one.sensor) == (("terra", "MODIS") if warm else ("noaa-21", "VIIRS"))
    told = "" if name == "merged" else "64" if warm else "n"
    assert (one.confidence_told, one.confidence) == (told, "nominal" if told else "")
    assert (one.radius_m, one.kind) == (600 if name == "merged" else 250, "2" if name.endswith("archive") else "")


def test_a_detection_has_one_spelling_and_says_nothing_that_was_not_given() -> None:
    [one] = read({}).hotspots
    assert one.row() == (
        b'{"at":"2026-01-05T04:32:00.000Z","bright":"330.1","bright_far":"290.5","confidence":"nominal",'
        b'"confidence_told":"n","daynight":"N","frp_kw":8400,"lat_e7":1250000,"lon_e7":-5000000,"radius_m":250,'
        b'"satellite":"noaa-21","scan_m":400,"sensor":"VIIRS","track_m":300,"type":"2","version":"2.0NRT"}'
    )
    [bare] = firms.read("f.csv", [file(ROW | {"frp": ""}, columns=MERGED)]).hotspots
    assert bare.row() == (
        b'{"at":"2026-01-05T04:32:00.000Z","lat_e7":1250000,"lon_e7":-5000000,"radius_m":600,"satellite":"noaa-21",'
        b'"sensor":"VIIRS"}'
    )


@pytest.mark.parametrize(
    ("time", "told"),
    [("0432", "04:32"), ("432", "04:32"), ("20", "00:20"), ("0", "00:00"), ("112", "01:12"), ("2359", "23:59"),
     ("04:32", "04:32"), ("4:32:00", "04:32"), ("432.0", "04:32")],
)  # fmt: skip
def test_a_time_that_lost_its_zeros_is_read_with_them(time: str, told: str) -> None:
    assert [one.at.local("UTC") for one in read({"acq_time": time}).hotspots] == [f"2026-01-05 {told}"]


@pytest.mark.parametrize(("id", "names"), SATELLITES.items())
def test_a_satellite_is_one_under_each_of_its_names(id: str, names: tuple[str, ...]) -> None:
    found = {
        one.satellite
        for name in names
        for one in read({"satellite": name, "instrument": "", "confidence": ""}).hotspots
    }
    assert found == {id}


@pytest.mark.parametrize(
    ("satellite", "told", "confidence"),
    [("N", "l", "low"), ("N", "nominal", "nominal"), ("N20", "High", "high"), ("T", "0", "low"), ("T", "29", "low"),
     ("A", "30", "nominal"), ("A", "79", "nominal"), ("A", "80", "high"), ("T", "100", "high"), ("N", "", "")],
)  # fmt: skip
def test_confidence_is_compared_roughly_and_kept_as_told(satellite: str, told: str, confidence: str) -> None:
    [one] = read({"satellite": satellite, "instrument": "", "confidence": told}).hotspots
    assert (one.confidence, one.confidence_told) == (confidence, told)


@pytest.mark.parametrize(
    ("scan", "track", "radius"), [("0.4", "0.3", 250), ("4.8", "2", 2_600), ("0.39", "0.36", 266), ("", "0.4", 600)]
)
def test_the_radius_reaches_to_the_pixels_corner(scan: str, track: str, radius: int) -> None:
    assert [one.radius_m for one in read({"scan": scan, "track": track}).hotspots] == [radius]


FAULTY = [
    ({"latitude": ""}, "latitude", "field_missing"),
    ({"latitude": "91"}, "latitude", "latitude_out"),
    ({"longitude": "181"}, "longitude", "longitude_out"),
    ({"longitude": "east"}, "longitude", "coordinate_bad"),
    ({"acq_date": "05/01/2026"}, "acq_date", "dataset_date"),
    ({"acq_date": "1800-01-05"}, "acq_date", "date_range"),
    ({"acq_time": "2460"}, "acq_time", "acq_time_bad"),
    ({"acq_time": "12345"}, "acq_time", "acq_time_bad"),
    ({"acq_time": ""}, "acq_time", "field_missing"),
    ({"satellite": ""}, "satellite", "field_missing"),
    ({"satellite": "X9"}, "satellite", "satellite_unknown"),
    ({"instrument": "MODIS"}, "instrument", "sensor_other"),
    ({"confidence": "64"}, "confidence", "choice_unknown"),
    ({"satellite": "A", "instrument": "", "confidence": "101"}, "confidence", "choice_unknown"),
    ({"frp": "8,4"}, "frp", "decimal_bad"),
    ({"frp": "nan"}, "frp", "decimal_bad"),
    ({"scan": "0"}, "scan", "pixel_size_bad"),
    ({"track": "400"}, "track", "pixel_size_bad"),
    ({"type": "4"}, "type", "choice_unknown"),
    ({"daynight": "X"}, "daynight", "choice_unknown"),
    ({"bright_ti4": "hot"}, "bright_ti4", "decimal_bad"),
    ({"version": "<b>"}, "version", "decimal_bad"),
]


@pytest.mark.parametrize(
    ("change", "column", "code"), FAULTY, ids=[f"{row[1]}-{row[2]}-{n}" for n, row in enumerate(FAULTY)]
)
def test_a_faulty_row_is_named_and_the_others_go_in(change: dict[str, str], column: str, code: str) -> None:
    found = read(change, {"latitude": "0.25"})
    assert (codes(found), [one.point.lat_e7 for one in found.hotspots])[1] == [2_500_000]
    assert (2, column, code) in codes(found) and {row for row, _, _ in codes(found)} == {2}
    texts = catalogue("en").texts
    for fault in found.faults:
        assert slots(texts[fault.code]) | slots(texts[f"{fault.code}_remedy"]) <= set(fault.values)


def test_a_text_in_place_of_rows_is_told_in_the_services_words() -> None:
    texts = [
        b"Invalid MAP_KEY.",
        b"Invalid API call.\n",
        b"Exceeding allowed transaction limit.",
        b"<html><body>502</body>",
    ]
    for data in texts:
        found = firms.read("f.csv", [data])
        assert (firms.recognises(data), codes(found)) == (True, [(0, "", "service_refused")])
        assert found.faults[0].values == {"words": data.decode().strip()}
    sheet = b"Error code,when,where\n1,2,3\n"
    assert [firms.recognises(data) for data in (sheet, b"Request id;place\n", b"", b"report_id\n1\n")] == [False] * 4


def test_a_heading_alone_is_an_answer_of_nothing_and_no_fault() -> None:
    found = firms.read("f.csv", [file()])
    assert (found.hotspots, found.faults, found.header) == ((), (), tuple(VIIRS))


def test_a_detection_told_by_several_snapshots_is_one_and_the_better_telling_holds() -> None:
    raw = {"version": "2.0URT", "frp": "9"}
    last = {"version": "2.0", "frp": "7"}
    orders = [({}, raw, last), (last, raw, {}), (raw, {}, last)]
    found = [read(*order) for order in orders]
    assert {(one.frp_kw, one.version) for each in found for one in each.hotspots} == {(7_000, "2.0")}
    assert [(len(each.hotspots), each.same) for each in found] == [(1, 2)] * 3
    fuller = read({"confidence": "", "frp": ""}, {}).hotspots
    assert fuller == read({}).hotspots
    apart = [{}, {"satellite": "N20"}, {"acq_time": "0433"}, {"latitude": "0.12501"}]
    assert (len(read(*apart).hotspots), read(*apart).same) == (4, 0)


MANY = [
    {"acq_time": str(n % 7), "latitude": f"0.{n % 5}", "frp": str(n), "satellite": "N" if n % 2 else "N20"}
    for n in range(24)
]


@settings(max_examples=40, deadline=None)
@given(st.permutations(MANY))
def test_the_order_of_rows_changes_nothing(order: list[dict[str, str]]) -> None:
    rows = read(*order).hotspots
    assert rows == read(*MANY).hotspots
    assert [row.key for row in rows] == sorted(row.key for row in rows)


def test_a_faulty_file_is_named() -> None:
    assert codes(read({}, columns=VIIRS[1:])) == [(1, "latitude", "column_missing")]
    assert codes(read({}, columns=[*VIIRS, "frp"])) == [(1, "frp", "column_twice")]
    assert codes(firms.read("f", [file(ROW).rstrip() + b",more\r\n"])) == [(2, "", "cells_extra")]
    cut = firms.read("f", [gzip.compress(file(ROW))[:-9]])
    assert (codes(cut), len(cut.hotspots)) == ([(0, "", "archive_unreadable")], 1)
    assert codes(firms.read("f", [])) == [(0, "", "file_empty")]


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300), st.sampled_from([b"", b"PK\x03\x04", b"\x1f\x8b", file(), b"Invalid "]))
def test_any_bytes_give_named_faults_and_no_exception(data: bytes, before: bytes) -> None:
    found = firms.read("f", [before, data])
    assert all(all(sheets.told(fault)) for fault in found.faults)
    assert firms.recognises(before + data) in (True, False)


@settings(max_examples=200, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(VIIRS), st.one_of(st.text(max_size=12), st.sampled_from(["", "1", "7.0", "-1", "²", "T"]))
    )
)
def test_any_cells_give_a_detection_or_faults(change: dict[str, str]) -> None:
    found = read({name: text.encode("utf-8", "replace").decode() for name, text in change.items()})
    assert all(all(sheets.told(fault)) for fault in found.faults)
    assert len(found.hotspots) == (0 if found.faults else 1)
    assert [len(one.row()) <= hotspots.ROW_BYTES_LIMIT for one in found.hotspots] == [True] * len(found.hotspots)


def test_every_word_of_this_room_is_used() -> None:
    words = tomllib.loads((ROOT / "src/tiga/values/catalogue/en/intake_firms.toml").read_text("utf-8"))
    code = "".join(path.read_text("utf-8") for path in (ROOT / "src/tiga/intake/firms").glob("*.py"))
    named = {word for word in words["fault"] if not word.endswith("_remedy")}
    assert {word for word in named if not re.search(rf'[".]{word}"', code)} == set()


# ---- the real files, which no test needs

REAL = [
    ("MODIS_C6_1_NRT_2023-08-01_02_asia_window.csv", 366, {"terra": 198, "aqua": 168}),
    ("MODIS_C6_1_NRT_2025-11-23_24_asia_without_PAK_AFG.csv", 1_310, {"aqua": 864, "terra": 446}),
    ("VIIRS_NRT_375m_Ukraine_sample.csv", 84, {"noaa-20": 37, "noaa-21": 30, "suomi-npp": 17}),
    (
        "VIIRS_NRT_Ukraine_2026-06_merged_snapshots.csv.gz",
        10_681,
        {"suomi-npp": 3_689, "noaa-20": 3_670, "noaa-21": 3_322},
    ),
]


@pytest.mark.parametrize(("name", "rows", "satellites"), REAL, ids=[row[0] for row in REAL])
def test_a_real_file_is_read_whole_and_without_a_fault(name: str, rows: int, satellites: dict[str, int]) -> None:
    path = Path(os.environ.get("TIGA_SHARED", ROOT.parent / "shared")) / "data" / "firms" / name
    if not path.exists():
        pytest.skip(f"no {name} on this machine; set TIGA_SHARED to the folder that holds data/firms")
    found = firms.read(name, [path.read_bytes()])
    assert (firms.recognises(path.read_bytes()), found.faults, len(found.hotspots), found.same) == (True, (), rows, 0)
    told: dict[str, int] = {}
    for one in found.hotspots:
        told[one.satellite] = told.get(one.satellite, 0) + 1
    assert told == satellites
    assert all(isinstance(one, Hotspot) and one.radius_m > 0 for one in found.hotspots)
