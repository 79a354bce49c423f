"""The agreement makes a form that phones take, and what they send becomes reports or named faults."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
import pyxform
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.core.intake.odk_samples import agreement, form, xml
from tiga.drafts import Fault, FieldReport, Harm
from tiga.intake import odk
from tiga.intake.odk import envelope, questions
from tiga.values.moments import Moment
from tiga.values.places import Place, Point
from tiga.values.words import LANGUAGES, catalogue, say

SHARED = Path(os.environ.get("TIGA_SHARED", Path(__file__).parents[4] / "shared"))
JAR = Path(pyxform.__file__).parent / "validators" / "odk_validate" / "bin" / "ODK_Validate.jar"
NS = {"h": "http://www.w3.org/1999/xhtml", "x": "http://www.w3.org/2002/xforms"}


def read(data: bytes) -> odk.Submission:
    found = odk.opened(data)
    assert isinstance(found, odk.Envelope), found
    return odk.submission(found, form(), "site/monitor/1")


def codes(data: bytes) -> list[tuple[str, str]]:
    return [(fault.column, fault.code.removeprefix("fault.")) for fault in read(data).faults]


# ---- the form


def test_the_form_holds_the_agreements_acts_zones_and_sides_and_nothing_else() -> None:
    lists: dict[str, list[str]] = {}
    for row in form().choices:
        lists.setdefault(row["list_name"], []).append(row["name"])
    acts = [act.code for act in agreement().acts if act.parent]
    sides = [*agreement().parties, *agreement().groups, *agreement().outsiders]
    assert (lists["acts"], lists["actors"]) == (acts, ["not_stated", *(side.id for side in sides)])
    assert lists["languages"] == list(LANGUAGES)
    assert {party.zone for party in agreement().parties} - set(lists["zones"]) == set()
    assert form().acts == frozenset(acts)


@pytest.mark.parametrize("tag", list(LANGUAGES))
def test_every_label_is_there_in_each_language_and_what_is_english_says_so(tag: str) -> None:
    column = f"label::{LANGUAGES[tag].own_name} ({tag})"
    rows = [row for row in (*form().survey, *form().choices) if not row.get("type", "").startswith("end")]
    assert [row["name"] for row in rows if not row.get(column)] == []
    marked = {row["name"] for row in rows if row[column].endswith("[en]")}
    borrowed = {act.code for act in agreement().acts if act.parent and tag not in act.label}
    borrowed |= {
        side.id for side in (*agreement().parties, *agreement().groups, *agreement().outsiders)
        if tag not in side.names["neutral"]
    }  # fmt: skip
    assert marked == borrowed
    english = catalogue("en").texts
    words = sorted(code for code in english if code.startswith("odk."))
    assert [code for code in words if code not in catalogue(tag).texts] == []
    unread = [row[column] for row in form().survey if row["name"] == "intro"]
    more = "" if catalogue(tag).reviewed else " " + say("odk.unreviewed", tag)
    assert unread == [say("odk.intro", tag) + more]


def test_the_version_follows_from_agreement_and_words_alone() -> None:
    again = odk.xlsform(agreement(), "ab" * 32)
    other_text = odk.xlsform(agreement(), "cd" * 32)
    fewer = odk.xlsform(replace(agreement(), acts=agreement().acts[:-1]), "ab" * 32)
    assert again == form()
    assert form().version.startswith("abababababab-")
    assert len({form().version, other_text.version, fewer.version}) == 3


def test_the_xform_asks_every_question_in_six_languages() -> None:
    tree = ElementTree.fromstring(odk.xform(form()))
    binds = {bind.get("nodeset", "").rpartition("/")[2]: bind for bind in tree.iterfind(".//x:bind", NS)}
    assert set(questions.BY_NAME) - set(binds) == set()
    data = tree.find(".//{http://www.w3.org/2002/xforms}instance/*")
    assert data is not None
    assert (data.get("id"), data.get("version"), data.tag.rpartition("}")[2]) == (odk.FORM_ID, form().version, "data")
    assert [row.get("lang") for row in tree.iterfind(".//x:translation", NS)] == [
        f"{item.own_name} ({tag})" for tag, item in LANGUAGES.items()
    ]
    assert {name for name, bind in binds.items() if bind.get("type") == "binary"} == set(questions.FILES)


def test_odk_validate_takes_the_form(tmp_path: Path) -> None:
    java = shutil.which("java")
    if java is None:
        pytest.skip("no Java here: ODK Validate is a Java program")
    (tmp_path / "form.xml").write_bytes(odk.xform(form()))
    told = subprocess.run([java, "-jar", JAR, tmp_path / "form.xml"], capture_output=True, text=True, timeout=120)
    assert (told.returncode, "Xform is valid" in told.stdout + told.stderr) == (0, True), told.stdout + told.stderr


def test_the_exercises_form_says_so() -> None:
    made = odk.xlsform(replace(agreement(), status="exercise"), "ab" * 32)
    assert (made.title, form().title) == ("EXERCISE · Monitor's report", "Monitor's report")


# ---- a submission


def test_a_whole_submission_becomes_a_report() -> None:
    found = read(
        xml("uuid:7", harm=[{"effect": "injured", "status": "civilian", "low": "1", "high": "2"}], harmed="yes")
    )
    assert found.faults == ()
    assert found.report == FieldReport(
        report_id="uuid:7", channel="monitor", source="Team North", when=Moment("2026-01-12T22:30", "AFT", "minute"),
        where=Place("Stonebridge", "Latn", Point(1_234_567, -2_500_000), 50, "odk:here"), acts=("H1", "C1"),
        account="Three shots were heard.", language="en", form_version="v", reporter="site/monitor/1", first_hand=True,
        sense="heard", count=3, count_kind="shot", harm=(Harm("injured", "civilian", 1, 2),), release="R3",
        limitations="It was dark.",
    )  # fmt: skip
    assert (found.envelope.files, found.consent, found.uses) == (("1.jpg",), "not_needed", ())


def test_a_phone_that_does_not_know_where_it_is_widens_the_radius() -> None:
    report = read(xml(here="0.1 0.1 0 900.2", radius="50")).report
    assert report is not None
    assert report.where.radius_m == 901


def test_what_was_told_has_an_origin_and_is_not_first_hand() -> None:
    assert codes(xml(sense="told")) == [("origin", "field_missing"), ("custodial", "field_missing")]
    found = read(
        xml(sense="told", origin="The village's elder", custodial="yes", consent="given", uses="mechanism court")
    )
    assert found.report is not None
    assert (found.report.first_hand, found.report.origin, found.report.custodial) == (
        False,
        "The village's elder",
        True,
    )
    assert (found.consent, found.uses) == ("given", ("mechanism", "court"))


def test_a_day_alone_has_no_time_and_a_place_may_have_no_point() -> None:
    report = read(xml(precision="day", time="", place="none", here="", radius="")).report
    assert report is not None
    assert (report.when.local, report.where.point, report.where.radius_m) == ("2026-01-12", None, 0)


@pytest.mark.parametrize(("changed", "wanted"), [
    ({"zone": "CET"}, [("zone", "choice_unknown")]),
    ({"zone": ""}, [("zone", "field_missing")]),
    ({"date": "12.1.2026"}, [("date", "date_unreadable")]),
    ({"date": "2026-02-30"}, [("date", "date_unreadable")]),
    ({"date": "0001-01-01"}, [("date", "date_unreadable")]),
    ({"time": "25:00"}, [("time", "date_unreadable")]),
    ({"time": ""}, [("time", "field_missing")]),
    ({"until_date": "2026-01-11", "until_time": "01:00"}, [("until_date", "end_before_start")]),
    ({"here": "91 0"}, [("here", "coordinate_bad")]),
    ({"here": "x y"}, [("here", "coordinate_bad")]),
    ({"here": ""}, [("here", "field_missing")]),
    ({"radius": "0"}, [("radius", "radius_bad")]),
    ({"toponym": "a\u202eb"}, [("toponym", "character_forbidden")]),
    ({"toponym": "x" * 161}, [("toponym", "text_too_long")]),
    ({"account": ""}, [("account", "field_missing")]),
    ({"acts": "H1 Z9"}, [("acts", "act_unknown")]),
    ({"count": "1000001"}, [("count", "number_bad")]),
    ({"actor": "nobody-known"}, [("actor", "choice_unknown")]),
    ({"consent": "given", "uses": "everybody"}, [("uses", "choice_unknown")]),
    ({"zone": "", "source": ""}, [("zone", "field_missing"), ("source", "field_missing")]),
])  # fmt: skip
def test_each_faulty_answer_is_named_at_its_question(changed: dict[str, str], wanted: list[tuple[str, str]]) -> None:
    assert codes(xml(**changed)) == wanted
    assert read(xml(**changed)).report is None


def test_rows_of_harm_are_judged_one_by_one() -> None:
    good = {"effect": "killed", "status": "unknown", "low": "0", "high": "4"}
    assert codes(xml(harmed="yes", harm=[good, good | {"high": "x"}])) == [("high", "number_bad")]
    assert codes(xml(harmed="yes", harm=[good | {"low": "5"}])) == [("high", "range_bad")]
    assert codes(xml(harmed="yes", harm=[good] * 17)) == [("harmed", "list_too_long")]
    assert codes(xml(harmed="no", harm=[{"low": "x"}])) == []


def test_persian_digits_are_read_and_text_is_composed() -> None:
    report = read(xml(radius="۵۰", toponym="Cafe\u0301")).report
    assert report is not None
    assert (report.where.radius_m, report.where.toponym) == (50, "Caf\u00e9")


def test_a_language_that_no_answer_states_is_left_open() -> None:
    report = read(xml(language="")).report
    assert report is not None and report.language == ""


def test_every_fault_has_words_in_every_language_of_the_pages() -> None:
    data = xml(zone="CET", time="", toponym="a\u202eb", acts="Z9", radius="0", count="x", date="x")
    for fault in read(data).faults:
        for tag in ("en", "ur", "ps"):
            where, what, remedy = odk.told(fault, tag)
            assert (bool(where), bool(what), bool(remedy), "{" in what + remedy) == (True, True, True, False)
    assert odk.told(read(xml(zone="")).faults[0])[0] == "Zone of this time"


# ---- the envelope


def test_an_edit_names_what_it_replaces_and_files_come_in_the_forms_order() -> None:
    found = odk.opened(xml("uuid:2", "uuid:1", photo="a.jpg", photo_2="b.jpg", photo_3="a.jpg"))
    assert isinstance(found, odk.Envelope)
    assert (found.instance, found.deprecated, found.files) == ("uuid:2", "uuid:1", ("a.jpg", "b.jpg"))
    assert (found.form_id, found.version) == ("tiga-report", "v")


BOMB = b'<!DOCTYPE d [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]><data id="f"><x>&b;</x></data>'
EXTERNAL = b'<!DOCTYPE d SYSTEM "file:///etc/passwd"><data id="f"/>'
META = b"<meta><instanceID>uuid:1</instanceID></meta>"


@pytest.mark.parametrize(("data", "code"), [
    (b"", "odk_xml"), (b"<data", "odk_xml"), (b"\x00\xff", "odk_xml"), (BOMB, "odk_xml"), (EXTERNAL, "odk_xml"),
    (b'<?xml version="1.0" encoding="no-such"?><data id="f"/>', "odk_xml"),
    (b"<a>" * 13 + b"</a>" * 13, "odk_deep"), (b"<a>" + b"<b/>" * 2_000 + b"</a>", "odk_deep"),
    (b" " * (envelope.XML_BYTES + 1), "odk_large"),
    (b"<data>" + META + b"</data>", "odk_no_form"),
    (b'<data id="f"/>', "odk_no_instance"), (b'<data id="f"><meta/></data>', "odk_no_instance"),
    (b'<data id="f"><meta><instanceID>a b</instanceID></meta></data>', "odk_no_instance"),
    (b'<data id="f"><meta><instanceID>a</instanceID><deprecatedID>a</deprecatedID></meta></data>', "odk_no_instance"),
])  # fmt: skip
def test_a_bad_envelope_is_one_fault(data: bytes, code: str) -> None:
    found = odk.opened(data)
    assert isinstance(found, Fault)
    assert found.code == f"fault.{code}"
    where, what, remedy = odk.told(found, "ps")
    assert (where, bool(what), bool(remedy)) == ("", True, True)


def test_the_submission_of_odk_centrals_own_tests_is_opened() -> None:
    path = SHARED / "data/forms-alerts/odk-central/test/e2e/standard/submission.xml"
    if not path.exists():
        pytest.skip("the shared data is not here: set TIGA_SHARED")
    text = path.read_text()
    for slot, value in (("formId", "f"), ("formVersion", "1"), ("submissionId", "uuid:9")):
        text = text.replace("{{" + slot + "}}", value)
    data = text.replace("<data ", '<data xmlns:orx="http://openrosa.org/xforms" ', 1).encode()
    found = odk.opened(data)
    assert isinstance(found, odk.Envelope)
    assert (found.form_id, found.version, found.instance, found.deprecated) == ("f", "1", "uuid:9", "")


@given(st.binary(max_size=400))
@settings(max_examples=150, deadline=None)
def test_no_bytes_raise(data: bytes) -> None:
    assert isinstance(odk.opened(data), (Fault, odk.Envelope))


@given(
    st.dictionaries(
        st.sampled_from(sorted(questions.BY_NAME)),
        st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "Z"]), max_size=40),
    )
)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_answers_raise(answers: dict[str, str]) -> None:
    found = read(xml(**answers))
    assert (found.report is None) == bool(found.faults)
