"""Grades: what somebody thinks of a report's source and of its content, each by itself, with author, date and reason.

Rules
1. A grade is a judgement entered by a person: a letter A to F for how reliable the source is, a digit 1 to 6 for how
   credible the content is (the Admiralty code). Either may be left out, not both; a reason is always given. The author is
   who signed, the date the entry's. F and 6 say that it cannot be judged, and weigh nothing.
2. Monitors and the mediators' side grade. A liaison officer never does, for no side grades reports; nobody grades a report
   of one's own. What a filer wrote into a report's own fields stays the filer's word.
3. Of several grades by one author on one report the latest that stands counts. All stay on the record. A grade is withdrawn
   by its author; the one before it counts again. A grade is of the version that it names: a later version has none yet.
4. A grade weighs against nobody. No finding, ruling or measure reads one, here or in `recompute`, which does not load
   this module: grades have a thread of their own (`grade:<report>`), which no case reads. So they stand on a record of
   press claims too.
5. A grade of an open report is R1: both parties may see what is thought of a report that they see. A grade of a sealed
   report is sealed like the report (`reports.confidential`): it waits for its batch, its entry cannot be told from a
   report or a cover, and only the mediators' side reads it. So neither the log nor a list tells which entry is a report,
   who knows of it, or when. Who graded it cannot read the grade back.
6. Letter and digit are judged apart (domain.md a): a grade that leaves one out leaves it as others had given it.

Not done here: weighing (`fusion.posteriors`), opening what is sealed (the store, which hands it in through `affairs`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, ClassVar, cast

from tiga.mechanism import guards, reports
from tiga.mechanism.acts import Actor, Decision, Kind, Outcome, Refusal, drafted
from tiga.mechanism.asks import Given
from tiga.record.entries import Entry
from tiga.values.moments import Instant

if TYPE_CHECKING:
    from tiga.mechanism.standing import Standing

NAME = "grade"
WHO = (*guards.TEAM, "registrar")
LETTERS = ("A", "B", "C", "D", "E", "F")
DIGITS = ("1", "2", "3", "4", "5", "6")
NOT_JUDGED = ("F", "6")
"""Letter and digit of what cannot be judged."""


@dataclass(frozen=True, slots=True)
class ReportGraded:
    ACT: ClassVar[str] = "report.grade"
    RELEASE: ClassVar[str] = "R1"

    report: str
    reason: str
    reliability: str = ""
    credibility: str = ""

    def threads(self, sid: str) -> tuple[str, ...]:
        return (f"grade:{self.report}",)


@dataclass(frozen=True, slots=True)
class GradeWithdrawn:
    ACT: ClassVar[str] = "grade.withdraw"
    RELEASE: ClassVar[str] = "R1"

    report: str
    grade: str

    def threads(self, sid: str) -> tuple[str, ...]:
        return (f"grade:{self.report}",)


@dataclass(frozen=True, slots=True)
class Grade:
    """A grade on the record; `sealed` where it came inside a sealed entry, `withdrawn` the sid of what took it back."""

    sid: str
    index: int
    at: Instant
    by: str
    given: ReportGraded
    sealed: bool = False
    withdrawn: str = ""


@dataclass(slots=True)
class State:
    grades: dict[str, Grade] = field(default_factory=dict)


def state(standing: Standing) -> State:
    return cast(State, standing.affairs.states[NAME]) if standing.affairs is not None else State()


def latest(rows: Iterable[tuple[str, str, str]]) -> frozenset[str]:
    """Of the (report, author, sid) of grades that were not withdrawn, in log order, the sids of those that count: each
    author's latest on each report."""
    return frozenset({(report, author): sid for report, author, sid in rows}.values())


def together(rows: Iterable[tuple[str, str]]) -> tuple[str, str]:
    """Letter and digit that come of the grades that count, oldest first: of each the latest that was given, empty where none
    was, or where the latest says that it cannot be judged."""
    letter = digit = ""
    for reliability, credibility in rows:
        letter, digit = reliability or letter, credibility or digit
    return "" if letter in NOT_JUDGED else letter, "" if digit in NOT_JUDGED else digit


# ---- deciders


def may_grade(standing: Standing, report: str, by: Actor) -> Refusal | None:
    """The refusal that comes whatever grade somebody would give a report, or None."""
    if by.role not in WHO:
        return Refusal("role", values={"role": by.role, "needed": WHO[0]})
    row = standing.reports.get(report)
    if row is None:
        return Refusal("report_unknown", values={"report": report})
    if reports.own(standing, row, by):
        return Refusal("own_report")
    return None


def grade(standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: tuple[bytes, ...]) -> Outcome:
    """Enter what somebody thinks of a report."""
    report, reason = given.text("report"), given.line("reason")
    if (refusal := may_grade(standing, report, by)) is not None:
        return refusal
    letter, digit = given.text("reliability"), given.text("credibility")
    if not letter and not digit:
        return Refusal("grade_empty")
    if letter not in ("", *LETTERS) or digit not in ("", *DIGITS):
        return Refusal("grade_unknown")
    if not reason:
        return Refusal("reason_missing")
    return _decided(standing, ReportGraded(report, reason, letter, digit), report, now)


def withdraw(standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: tuple[bytes, ...]) -> Outcome:
    """Take back a grade of one's own. Somebody else's sealed grade is answered as one that is not there."""
    if by.role not in WHO:
        return Refusal("role", values={"role": by.role, "needed": WHO[0]})
    report = given.text("report")
    if report not in standing.reports:
        return Refusal("report_unknown", values={"report": report})
    row = state(standing).grades.get(given.text("grade"))
    own = row is not None and standing.heir(row.by) == by.key
    if row is None or row.withdrawn or row.given.report != report or (row.sealed and not own):
        return Refusal("grade_gone")
    if not own:
        return Refusal("not_own_grade")
    return _decided(standing, GradeWithdrawn(report, row.sid), report, now)


def _decided(standing: Standing, kind: Kind, report: str, now: Instant) -> Decision:
    confidential = reports.confidential(standing.reports[report].filed)
    return Decision((drafted(kind, standing.log, now),), standing.reads, confidential)


# ---- the fold


def enter(own: State, standing: Standing, kind: Kind, entry: Entry, by: str, *, sealed: bool) -> None:
    """Fold a grade, or its withdrawal by the same person, whoever the entry's own signers are."""
    if isinstance(kind, ReportGraded):
        own.grades[entry.sid] = Grade(entry.sid, entry.index, standing.now, by, kind, sealed)
        return
    row = own.grades.get(kind.grade) if isinstance(kind, GradeWithdrawn) else None
    if row is not None and standing.heir(row.by) == standing.heir(by) and not row.withdrawn:
        own.grades[row.sid] = replace(row, withdrawn=entry.sid)


def _entered(own: State, standing: Standing, kind: Kind, entry: Entry) -> None:
    enter(own, standing, kind, entry, standing._author(entry), sealed=False)


KINDS: tuple[type[Kind], ...] = (ReportGraded, GradeWithdrawn)
FOLDS = {kind.ACT: _entered for kind in KINDS}
