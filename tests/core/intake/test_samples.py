"""The samples hold what their README promises."""

from __future__ import annotations

import csv
import importlib.util
import io
import json
import re
import unicodedata
from collections import Counter
from pathlib import Path

import pytest
from PIL import Image

from tiga.drafts import FieldReport
from tiga.intake import sheets

SAMPLES = Path(__file__).parents[3] / "samples"
ACTS = frozenset(
    f"{letter}{n}"
    for letter, most in zip("HAPXICFO", (6, 3, 5, 2, 6, 3, 5, 4), strict=True)
    for n in range(1, most + 1)
)


def load(name: str) -> sheets.Sheet:
    return sheets.read(name, (SAMPLES / name).read_bytes(), sheets.field_report(ACTS))


def press() -> dict[str, FieldReport]:
    return {report.report_id: report for _, report in load("press-reports.csv").reports}


def expected() -> dict[str, list[str]]:
    tree = json.loads((SAMPLES / "expected-groups.json").read_text("utf-8"))
    return {group["id"]: group["reports"] for group in tree["groups"]}


def test_the_press_reports_are_read_without_a_fault() -> None:
    found = load("press-reports.csv")
    assert found.faults == ()
    assert len(found.reports) == 93


def test_every_press_report_is_a_public_unverified_claim_with_zone_and_reference() -> None:
    raw = list(csv.DictReader(io.StringIO((SAMPLES / "press-reports.csv").read_text("utf-8"))))
    assert [row["report_id"] for row in raw if not row["zone"]] == []
    reports = press().values()
    assert {(r.channel, r.release, r.reference_verified, r.party, r.reliability) for r in reports} == {
        ("media", "R0", False, "", "")
    }
    assert [r.report_id for r in reports if not re.match(r"S[0-9]+ .", r.reference)] == []
    assert [r.report_id for r in reports if not r.source] == []


def test_languages_and_scripts() -> None:
    tongues = Counter(report.language for report in press().values())
    assert set(tongues) == {"en", "ur", "ps", "prs", "tr"}
    least = {"ur": 6, "ps": 5, "prs": 3, "tr": 3}
    assert {tag: tongues[tag] for tag in least if tongues[tag] < least[tag]} == {}
    for report in press().values():
        arabic = any("ARABIC" in unicodedata.name(letter, "") for letter in report.where.toponym)
        assert report.where.script == ("Arab" if arabic else "Latn"), report.report_id


@pytest.mark.parametrize("path", sorted(p.name for p in SAMPLES.iterdir() if p.suffix in (".csv", ".json", ".md")))
def test_texts_are_nfc(path: str) -> None:
    text = (SAMPLES / path).read_text("utf-8")
    assert unicodedata.normalize("NFC", text) == text


def test_the_line_is_never_called_a_border() -> None:
    assert [r.report_id for r in press().values() if re.search(r"\bborder\b", r.account, re.I)] == []


def test_scenario_1_keeps_both_sides_and_counts_one_agency_once() -> None:
    reports = press()
    one = [reports[name] for name in expected()["chaman-spin-boldak-2025-11-06"]]
    assert {r.first_fire for r in one} == {"", "islamabad", "kabul"}
    assert {r.actor for r in one if r.stance == "denies"} == {"kabul"}
    assert {r.origin for r in one if r.source in ("Al Jazeera", "Asianet", "India TV")} == {"AFP"}
    tolo = [(r.when.local, r.when.precision) for r in reports.values() if r.source == "TOLO"]
    assert tolo == [("2025-11-06T09:00", "part_of_day"), ("2025-11-06T15:00", "part_of_day")]


def test_scenario_2_has_two_clocks_sixty_minutes_apart() -> None:
    reports = press()
    two = [reports[name] for name in expected()["chaman-spin-boldak-2025-12-05"]]
    timed = {r.origin: r.when for r in two if r.when.precision != "day"}
    residents, quetta = timed["Afghan residents"], timed["an official in Quetta"]
    assert residents.start.text() == "2025-12-05T18:00:00.000Z"
    assert quetta.start.text() == "2025-12-05T17:00:00.000Z"
    assert residents.end.text() == "2025-12-05T20:00:00.000Z"
    assert quetta.precision == "about"
    assert {r.where.toponym for r in two if r.language == "en"} == {
        *("Spin Boldak", "Chaman", "Maazal Gali", "Luqman village", "Badani", "Chaman–Spin Boldak")
    }
    assert [r.where.point for r in two if r.where.toponym == "Badani"] == [None]
    killed = {(h.status, h.low, h.high) for r in two for h in r.harm if h.effect == "killed"}
    assert killed == {("civilian", 4, 4), ("security", 1, 1), ("unknown", 4, 5)}


def test_scenario_3_has_three_incidents_and_the_named_instant() -> None:
    groups = expected()
    assert (
        len({"gurbuz-2025-11-25", "kunar-2025-11-25", "paktika-2025-11-25", "peshawar-2025-11-24"} & set(groups)) == 4
    )
    first = press()[groups["gurbuz-2025-11-25"][0]]
    assert first.when.start.text() == "2025-11-24T19:30:00.000Z"


def test_the_bombing_of_scenario_7_keeps_its_custodial_source() -> None:
    reports = press()
    seven = [reports[name] for name in expected()["islamabad-2025-11-11"]]
    assert {r.when.start.text() for r in seven} == {"2025-11-11T07:39:00.000Z"}
    assert len([r for r in seven if r.custodial]) == 1


def test_every_press_report_is_grouped_once_or_undecided() -> None:
    tree = json.loads((SAMPLES / "expected-groups.json").read_text("utf-8"))
    named = [name for group in tree["groups"] for name in group["reports"]] + tree["undecided"]
    assert sorted(named) == sorted(press())
    where = {name: group["id"] for group in tree["groups"] for name in group["reports"]}
    assert [pair for pair in tree["apart"] if where[pair[0]] == where[pair[1]]] == []


def test_the_faulty_sheet_has_three_faults_and_two_reports() -> None:
    found = load("exercise-faulty.csv")
    assert [(f.file, f.row, f.column, f.code) for f in found.faults] == [
        ("exercise-faulty.csv", 3, "zone", "fault.zone_missing"),
        ("exercise-faulty.csv", 4, "acts", "fault.act_unknown"),
        ("exercise-faulty.csv", 5, "lat", "fault.latitude_out"),
    ]
    assert [(row, report.report_id) for row, report in found.reports] == [(2, "faulty-001"), (6, "faulty-005")]
    assert found.header == load("press-reports.csv").header


def test_the_exercise_is_invented_and_says_so() -> None:
    found = load("exercise-reports.csv")
    assert (found.faults, len(found.reports)) == ((), 12)
    reports = [report for _, report in found.reports]
    assert [r.report_id for r in reports if not r.account.startswith("EXERCISE")] == []
    assert {p for r in reports for p in (r.party, r.actor, r.first_fire)} == {"", "party-1", "party-2"}
    assert {a for r in reports for a in r.acts} == {"H1", "H2", "C1", "C2", "I1", "X2"}
    assert {r.channel for r in reports} == {"monitor", "liaison", "media"}
    assert {r.when.local[:7] for r in reports} == {"2026-01"}
    points = [r.where.point for r in reports if r.where.point]
    assert [p for p in points if abs(p.lat_e7) > 7_000_000 or abs(p.lon_e7) > 7_000_000] == []


def made() -> dict[str, bytes]:
    """What the committed script makes now."""
    spec = importlib.util.spec_from_file_location("make_evidence", SAMPLES / "evidence" / "make.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.files()


def test_the_evidence_is_what_its_script_makes() -> None:
    again = made()
    for name, data in again.items():
        kept = (SAMPLES / "evidence" / name).read_bytes()
        assert len(kept) < 120_000
        if name.endswith(".jpg"):  # another encoder may pack the same picture differently
            small = [Image.open(io.BytesIO(one)).convert("L").resize((16, 16)).tobytes() for one in (kept, data)]
            assert max(abs(a - b) for a, b in zip(*small, strict=True)) <= 2, name
        else:
            assert kept == data
    assert sorted(again) == sorted(
        p.name for p in (SAMPLES / "evidence").iterdir() if p.suffix in (".jpg", ".pdf", ".txt")
    )


def test_the_photograph_says_where_and_when_and_the_recycled_one_nothing() -> None:
    exif = Image.open(SAMPLES / "evidence" / "stonebridge.jpg").getexif()
    gps = exif.get_ifd(0x8825)
    assert (gps[1], gps[3]) == ("N", "E")
    assert [round(float(d + m / 60 + s / 3600), 4) for d, m, s in (gps[2], gps[4])] == [0.2003, 0.1498]
    assert (exif[0x010F], exif.get_ifd(0x8769)[0x9003]) == ("Exercise Optics", "2026:01:13 08:47:12")
    assert dict(Image.open(SAMPLES / "evidence" / "stonebridge-recycled.jpg").getexif()) == {}


def test_the_documents_are_marked() -> None:
    pdf = (SAMPLES / "evidence" / "register-extract.pdf").read_bytes()
    assert (pdf[:8], pdf.count(b"EXERCISE") >= 2, pdf[-6:]) == (b"%PDF-1.4", True, b"%%EOF\n")
    start = int(pdf.split(b"startxref\n")[1].split()[0])
    assert pdf[start : start + 4] == b"xref"
    urdu = (SAMPLES / "evidence" / "committee-statement-ur.txt").read_text("utf-8")
    assert (urdu.count("EXERCISE"), unicodedata.normalize("NFC", urdu)) == (2, urdu)
