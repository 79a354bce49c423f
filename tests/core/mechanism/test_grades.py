"""Grades of reports: who may, what is refused, whose count, that nothing that weighs against anybody reads them."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from tests.core.mechanism import courses, grading
from tests.core.mechanism import desk as desks
from tests.core.mechanism.affairs.deeds import Guard, written
from tests.core.mechanism.desk import Desk
from tests.core.mechanism.grading import counting, filed, grade, refused, state, withdraw
from tests.vectors import make_grades
from tiga.mechanism import charter, custody, grades
from tiga.mechanism.acts import Actor, Decision, Refusal, drafted, envelope_of
from tiga.mechanism.affairs import Affairs
from tiga.mechanism.recompute import recompute
from tiga.mechanism.standing import KINDS, Standing
from tiga.publish import verifier
from tiga.record import entries
from tiga.record.entries import Entry

GRADERS = ("monitor", "secretariat", "registrar", "mediator1", "mediator2")
OTHERS = ("liaison1", "liaison2", "analyst")


def _grade(slug: str = "monitor", report: str = "", letter: str = "B", digit: str = "2", reason: str = "R.") -> Callable[
    [Desk], str
]:  # fmt: skip
    """A grade of the desk's one press report, or of the one named, or of `own`."""

    def run(desk: Desk) -> str:
        named = filed(desk, slug, "sensor") if report == "own" else report or filed(desk)
        return refused(desk, slug, "report.grade", report=named, reliability=letter, credibility=digit, reason=reason)

    return run


def _withdraw(
    slug: str = "monitor", by: str = "monitor", report: str = "", grade_: str = "", times: int = 1
) -> Callable[[Desk], str]:
    """The withdrawal, by `slug`, of a grade that `by` gave; the code of the last of several."""

    def run(desk: Desk) -> str:
        own = filed(desk)
        sid = grade(desk, by, own)
        codes = [withdraw(desk, slug, report or own, grade_ or sid) for _ in range(times)]
        return codes[-1]

    return run


def _of_another(desk: Desk) -> str:
    """A grade is named with a report that it is not of."""
    sid = grade(desk, "monitor", filed(desk))
    other = filed(desk)
    return withdraw(desk, "monitor", other, sid)


GUARDS = (
    Guard("may_grade", "role", _grade("liaison1"), _grade("monitor")),
    Guard("may_grade", "role", _grade("liaison2"), _grade("mediator1")),
    Guard("may_grade", "role", _grade("analyst"), _grade("mediator2")),
    Guard("may_grade", "report_unknown", _grade(report="x" * 43), _grade()),
    Guard("may_grade", "own_report", _grade(report="own"), _grade()),
    Guard("grade", "grade_empty", _grade(letter="", digit=""), _grade(letter="", digit="6")),
    Guard("grade", "reason_missing", _grade(reason=" "), _grade(reason="Why.")),
    Guard("withdraw", "role", _withdraw("liaison1"), _withdraw()),
    Guard("withdraw", "report_unknown", _withdraw(report="x" * 43), _withdraw()),
    Guard("withdraw", "grade_gone", _withdraw(grade_="x" * 43), _withdraw()),
    Guard("withdraw", "grade_gone", _withdraw(times=2), _withdraw()),
    Guard("withdraw", "grade_gone", _of_another, _withdraw()),
    Guard("withdraw", "not_own_grade", _withdraw("mediator1"), _withdraw("mediator1", "mediator1")),
)


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: f"{guard.place}-{guard.code}")
def test_a_guard_refuses_and_gives_way_to_its_remedy(guard: Guard) -> None:
    desk = desks.founded()
    assert guard.wrong(desk) == guard.code
    assert guard.mended(desk) == ""


def test_every_guard_stands_in_the_table_but_one_that_the_deed_asks_before() -> None:
    assert written("grades") - {("grade", "grade_unknown")} == {(guard.place, guard.code) for guard in GUARDS}


@pytest.mark.parametrize(("letter", "digit"), [("G", "2"), ("b", ""), ("", "0"), ("B", "7"), ("BB", "2"), ("٢", "2")])
def test_what_is_not_on_the_scale_is_refused(letter: str, digit: str) -> None:
    desk = desks.founded()
    report = filed(desk)
    given = grading.Given({"report": report, "reliability": letter, "credibility": digit, "reason": "R."})
    standing, by = desk.standing(f"report:{report}"), desks.actor("monitor")
    assert grades.grade(standing, "", given, by, desk.now(), ()) == Refusal("grade_unknown")
    asked = refused(desk, "monitor", "report.grade", report=report, reliability=letter, credibility=digit, reason="R.")
    assert asked == "ask_choice"


@pytest.mark.parametrize("scope", ["exercise", "press"])
def test_monitors_and_the_mediators_side_grade_and_nobody_else(scope: str) -> None:
    desk = desks.founded(scope, seated=())
    report = filed(desk, "secretariat", "media")
    took = {slug for slug in (*GRADERS, *OTHERS) if _grade(slug, report)(desk) == ""}
    assert took == {*GRADERS} - {"secretariat"}  # the secretariat filed it
    by = {row.by for row in state(desk, report).values()}
    assert by == {grading.author(desk, slug) for slug in took}


def test_a_filer_of_a_partys_report_grades_it_no_more_than_the_party() -> None:
    desk = desks.founded()
    passed_on = filed(desk, "secretariat", "liaison")
    own = filed(desk, "liaison1", "liaison")
    codes = {
        (slug, sid == own): _grade(slug, sid)(desk)
        for slug in ("liaison1", "liaison2", "secretariat")
        for sid in (own, passed_on)
    }
    assert codes == {
        ("liaison1", True): "role", ("liaison1", False): "role", ("liaison2", True): "role", ("liaison2", False): "role",
        ("secretariat", True): "", ("secretariat", False): "own_report",
    }  # fmt: skip


def test_of_several_by_one_author_the_latest_counts_and_all_stand() -> None:
    desk = desks.founded()
    report, other = filed(desk), filed(desk)
    rows = [
        grade(desk, slug, sid, letter, digit)
        for slug, sid, letter, digit in (
            ("monitor", report, "A", "1"), ("mediator1", report, "C", "3"), ("monitor", other, "E", "5"),
            ("monitor", report, "B", "2"),
        )
    ]  # fmt: skip
    assert list(state(desk, report)) == [rows[0], rows[1], rows[3]]
    assert (counting(desk, report), counting(desk, other)) == ([("C", "3"), ("B", "2")], [("E", "5")])
    assert {sid: (row.by, row.given.reason) for sid, row in state(desk, other).items()} == {
        rows[2]: (grading.author(desk, "monitor"), grading.REASON)
    }


def test_a_grade_taken_back_gives_way_to_the_one_before_it() -> None:
    desk = desks.founded()
    report = filed(desk)
    grade(desk, "monitor", report, "A", "1")
    second = grade(desk, "monitor", report, "D", "4")
    assert withdraw(desk, "monitor", report, second) == ""
    assert counting(desk, report) == [("A", "1")]
    assert [bool(row.withdrawn) for row in state(desk, report).values()] == [False, True]
    third = grade(desk, "monitor", report, "F", "6")
    assert (counting(desk, report), third in state(desk, report)) == ([("F", "6")], True)


def test_a_rotated_key_is_one_author_and_may_take_its_own_back() -> None:
    desk = desks.founded()
    report = filed(desk)
    first = grade(desk, "mediator1", report, "A", "1")
    old, new = grading.author(desk, "mediator1"), desks.actor("mediator1b").key
    key = desk.whole.keys[new]
    desk.enter(
        Decision((drafted(charter.KeyRotated(old, key), desk.origin, desk.now(), by_registrar=True),), {}),
        Actor("", "registrar"),
    )
    second = grade(desk, "mediator1b", report, "C", "3")
    assert counting(desk, report) == [("C", "3")]
    assert (withdraw(desk, "mediator1b", report, second), withdraw(desk, "mediator1b", report, first)) == ("", "")
    assert counting(desk, report) == []


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([], ("", "")),
        ([("B", "2")], ("B", "2")),
        ([("B", "2"), ("D", "")], ("D", "2")),
        ([("B", "2"), ("", "5"), ("D", "")], ("D", "5")),
        ([("F", "6")], ("", "")),
        ([("B", "2"), ("F", "")], ("", "2")),
        ([("B", "2"), ("", "6")], ("B", "")),
        ([("F", "6"), ("A", "")], ("A", "")),
    ],
)
def test_letter_and_digit_are_judged_apart(rows: list[tuple[str, str]], said: tuple[str, str]) -> None:
    assert grades.together(rows) == said


@pytest.mark.parametrize(
    ("channel", "release", "sealed"),
    [
        ("media", "R0", False), ("media", "R1", False), ("sensor", "R1", False), ("sensor", "R3", True),
        ("monitor", "R0", True), ("monitor", "R1", True), ("public", "R1", True), ("media", "R3", True),
    ],
)  # fmt: skip
def test_a_grade_of_a_sealed_report_is_sealed_and_so_is_what_takes_it_back(
    channel: str, release: str, sealed: bool
) -> None:
    desk = desks.founded()
    report = filed(desk, "secretariat", channel, release=release)
    standing, by, now = desk.standing(f"report:{report}"), desks.actor("monitor"), desk.now()
    given = {"report": report, "reliability": "B", "credibility": "", "reason": "R."}
    made = grades.grade(standing, "", grading.Given(given), by, now, ())
    assert isinstance(made, Decision) and made.confidential is sealed
    sid = grade(desk, "monitor", report)
    loaded = desk.standing(f"report:{report}", f"grade:{report}")
    gone = grades.withdraw(loaded, "", grading.Given({"report": report, "grade": sid}), by, desk.now(), ())
    assert isinstance(gone, Decision) and gone.confidential is sealed
    assert [row.threads for row in (*made.entries, *gone.entries)] == [(f"grade:{report}",)] * 2


def _opened(desk: Desk, *rows: tuple[str, object]) -> tuple[Standing, list[str]]:
    """A standing that holds so many sealed entries, with who said what inside each; and their sids."""
    opened, told = {}, []
    for at, (slug, kind) in enumerate(rows):
        decoys = tuple(bytes([16 * at + n]) * 16 for n in range(custody.SEALED_DIGESTS))
        envelope = custody.cover(decoys, desk.origin, desk.now()).entries[0].envelope
        told.append(Entry(90 + at, b"", envelope, envelope.sid, (f"{desk.origin}/registrar",)))
        opened[envelope.sid] = (grading.author(desk, slug), kind)
    whole = [*desk.entries(), *told]
    standing = Standing.of(desk.origin, whole, desk.agreements, {}, affairs=Affairs(opened=opened))  # type: ignore[arg-type]
    return standing, [row.sid for row in told]


def test_what_came_sealed_is_folded_for_who_can_open_it_and_for_nobody_else() -> None:
    desk = desks.founded()
    report = filed(desk)
    given = grades.ReportGraded(report, "R.", "B")
    standing, (sid, cover) = _opened(desk, ("monitor", given), ("monitor", given))
    assert {name: (row.by, row.sealed) for name, row in grades.state(standing).grades.items()} == {
        sid: (grading.author(desk, "monitor"), True), cover: (grading.author(desk, "monitor"), True),
    }  # fmt: skip
    assert standing.reports == desk.whole.reports
    standing.affairs = Affairs()
    for row in desk.entries():
        standing.apply(row)
    assert grades.state(standing).grades == {}


def test_somebody_elses_sealed_grade_is_answered_as_one_that_is_not_there() -> None:
    """Whoever tries sids cannot tell a sealed grade from a cover or from a sid that was made up."""
    desk = desks.founded()
    report = filed(desk)
    standing, (sid,) = _opened(desk, ("mediator1", grades.ReportGraded(report, "R.", "B")))
    tried = {
        slug: grades.withdraw(standing, "", grading.Given({"report": report, "grade": named}), desks.actor(slug), desk.now(), ())
        for slug, named in (("monitor", sid), ("mediator2", "x" * 43), ("mediator1", sid))
    }  # fmt: skip
    assert tried["monitor"] == tried["mediator2"] == Refusal("grade_gone")
    assert isinstance(tried["mediator1"], Decision)


def test_nobody_takes_back_what_somebody_else_gave_even_where_a_host_enters_it() -> None:
    desk = desks.founded()
    report = filed(desk)
    sid = grade(desk, "mediator1", report)
    kind = grades.GradeWithdrawn(report, sid)
    desk.enter(Decision((drafted(kind, desk.origin, desk.now()),), {}), desks.actor("mediator2"))
    assert counting(desk, report) == [("B", "2")]


# ---- against nobody


def test_no_case_reads_a_grade_and_no_verifier_loads_its_module() -> None:
    desk, case = courses.at_stage("in_force")
    report = desk.whole.cases[case].opened.report
    before = recompute(desk.origin, desk.entries(), desk.agreements)
    loaded = courses.loaded(desk, case)
    stood = desk.standing(*desk.threads_of(case))
    for slug, letter in (("monitor", "E"), ("mediator1", "F"), ("mediator2", "A")):
        grade(desk, slug, report, letter, "5")
    assert len(state(desk, report)) == 3
    assert courses.loaded(desk, case) == loaded
    assert desk.standing(*desk.threads_of(case)) == stood
    assert recompute(desk.origin, desk.entries(), desk.agreements) == before
    assert recompute(desk.origin, loaded, desk.agreements) == before
    assert [name for name in verifier.modules() if name.rsplit(".", 1)[-1] in ("grades", "affairs")] == []
    assert set(KINDS) & set(grades.FOLDS) == set()


def test_a_grade_lets_no_case_be_decided_otherwise() -> None:
    """The support of a finding is graded as badly as can be: it is adopted, ruled and measured all the same."""
    desk, case = courses.at_stage("replied")
    report = desk.whole.cases[case].opened.report
    for slug in ("monitor", "mediator1", "mediator2"):
        grade(desk, slug, report, "E", "5")
    desks.sign(desk, case, desks.adopt(desk, case))
    desks.sign(desk, case, desks.issue(desk, case))
    desks.sign(desk, case, desks.impose(desk, case))
    plain, other = courses.at_stage("in_force")
    (own,), (same,) = (one.whole.cases[sid].measures for one, sid in ((desk, case), (plain, other)))
    got, without = desk.whole.measures[own].imposed, plain.whole.measures[same].imposed
    assert (got.party, got.step, [row.id for row in got.items]) == (
        without.party, without.step, [row.id for row in without.items],
    )  # fmt: skip


def test_a_grade_stands_on_a_record_of_press_claims_and_changes_nothing_there() -> None:
    press = desks.founded("press", seated=())
    report = filed(press, "secretariat", "media", release="R0")
    sid = grade(press, "monitor", report)
    standing = Standing.of(press.origin, press.entries(), press.agreements, {}, affairs=Affairs())
    assert list(grades.state(standing).grades) == [sid]
    assert (standing.cases, standing.findings, standing.measures) == ({}, {}, {})
    assert recompute(press.origin, press.entries(), press.agreements) == ()


# ---- bytes


def test_the_vectors_are_what_we_make_and_read_back_the_same() -> None:
    files = sorted(path.name for path in make_grades.FOLDER.glob("*.json"))
    assert files == sorted(make_grades.made())
    registry = {kind.ACT: kind for kind in grades.KINDS}
    for name, text in make_grades.made().items():
        assert (make_grades.FOLDER / name).read_text(encoding="utf-8") == text
        vector = json.loads(text)
        envelope = entries.parse(vector["text"])
        kind = make_grades.decoded(envelope)
        assert isinstance(kind, registry[envelope.act])
        assert envelope_of(kind, envelope.log, envelope.at).text() == vector["text"]
        assert (envelope.sid, envelope.body) == (vector["sid"], vector["body"])
