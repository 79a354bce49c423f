"""Invented input for the tests of `publish`: nothing here happened."""

from __future__ import annotations

import os
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from tiga.publish import maps, plots, sitrep
from tiga.values.moments import Instant
from tiga.values.places import Point, ReferenceLine

HOSTILE = "<script>&\"'\x00\u202e]]>\u2067"
LINE = ReferenceLine((Point(310000000, 665000000), Point(312000000, 690000000), Point(338000000, 692000000)), 5000)
ROOT = Path(__file__).resolve().parents[3]


def at(text: str) -> Instant:
    return Instant.read(text)


def map_picture(label: str = "Village", exercise: bool = True, language: str = "en") -> maps.MapPicture:
    points = (
        maps.MapPoint(31.0, 66.4, 4000, label),
        maps.MapPoint(31.1, 66.6, 8000, "Near the line", "indeterminate"),
        maps.MapPoint(44.0, 66.6, 8000, "Elsewhere", "report"),
    )
    land = (((60.0, 25.0), (75.0, 25.0), (75.0, 36.0), (60.0, 36.0)),)
    bounds = maps.Bounds(65.5, 30.6, 68.5, 32.0)
    return maps.MapPicture("Places", bounds, land, (), maps.band_ring(LINE), "Band", points, "", exercise, language)


def bars(label: str = "Residents") -> tuple[plots.ReportBar, ...]:
    late = [at(f"2031-12-05T{hour}:00Z") for hour in ("17:30", "18:00", "20:00", "20:30")]
    early = [at(f"2031-12-05T{hour}:00Z") for hour in ("16:30", "17:00", "17:00", "17:30")]
    return plots.ReportBar(label, *late), plots.ReportBar("کوئٹہ کے ایک اہلکار", *early, stance="denies")


def report(kind: str = "exercise", label: str = "Village") -> sitrep.SituationReport:
    exercise = kind == "exercise"
    return sitrep.SituationReport(
        kind=kind,
        audience="public",
        title={"en": "Valley sector", "ur": "وادی کا علاقہ"},
        start=at("2031-12-01T00:00Z"),
        end=at("2031-12-04T00:00Z"),
        cut_off=at("2031-12-04T06:00Z"),
        clocks=("AFT", "PKT"),
        origin="mvm.example/exercise" if exercise else "mvm.example/press",
        size=417,
        root="ab" * 32,
        agreement={"en": "Illustrative agreement"},
        agreement_hash="cd" * 32,
        method_version="fusion/1",
        names={"islamabad": {"en": "Party 1"}, "kabul": {"en": "Party 2"}},
        coverage=(
            sitrep.Coverage({"en": "North"}, 12, 60, (0, 2, None)),
            sitrep.Coverage({"en": "South"}, 0, 72, (None, None, None)),
        ),
        incidents=(
            sitrep.IncidentLine(
                "N-LATE",
                at("2031-12-05T17:00Z"),
                at("2031-12-05T20:30Z"),
                label,
                "indeterminate",
                7,
                5,
                2,
                (sitrep.Deaths("Hospital", 4, 5, "2031-12-06"), sitrep.Deaths("Governor", 3, 3)),
                "open",
                bars(label),
            ),
            sitrep.IncidentLine(
                "N-EARLY",
                at("2031-12-03T17:00Z"),
                at("2031-12-03T17:00Z"),
                "سپین بولدک",
                "islamabad",
                1,
                1,
                1,
                (),
                "logged_only",
            ),
        ),
        obligations=(
            sitrep.ObligationLine("O-02", {"en": "Put it in place"}, ("islamabad", "kabul"), None, "no_clock"),
            sitrep.ObligationLine("O-05", {"en": "Acknowledge"}, ("kabul",), at("2031-12-04T18:00Z"), "due"),
        ),
        sources=(sitrep.SourceLine("media", 8, 6, 3),),
        days=("2031-12-01", "2031-12-02", "2031-12-03"),
        cases=(sitrep.CaseLine("C-1", {"en": "Did Party 1 fire?"}, "reply", 6),) if exercise else (),
        changes=(sitrep.Change(at("2031-12-03T06:00Z"), {"en": "4, now 4 to 5"}),),
        blind_spots=({"en": "South: no observer for the whole period."},),
        map=map_picture(label, exercise),
    )


def with_complaints(held: sitrep.SituationReport, count: int) -> sitrep.SituationReport:
    return replace(held, incidents=(replace(held.incidents[0], complaints=count),))


@cache
def fonts_dir() -> str:
    """The folder of TTF files that set-up makes; the tests that need Arabic script say so where it is not there."""
    typst = pytest.importorskip("typst", reason="the [publish] extra is not installed")
    folder = os.environ.get("TIGA_FONTS", str(ROOT / "src/tiga/web/static/vendor/fonts"))
    if Path(folder).is_dir():
        held = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[folder]).families()
        if {"Noto Nastaliq Urdu", "Vazirmatn"} <= set(held):
            return folder
    pytest.skip("the fonts for Arabic script are not made yet; run ./dev demo once")
