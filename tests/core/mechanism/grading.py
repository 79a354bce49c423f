"""Grades of an invented report on the desk in memory: the deeds as the command line has them, and a story of every kind."""

from __future__ import annotations

from tests.core.mechanism import desk as desks
from tests.core.mechanism.desk import Desk, actor
from tiga.mechanism import grades, straight
from tiga.mechanism.acts import Refusal
from tiga.mechanism.asks import Given, fault

REASON = "EXERCISE. Two teams have been there before."


def filed(desk: Desk, slug: str = "secretariat", channel: str = "media", **more: object) -> str:
    """A report of the press unless another channel is named, by the secretariat."""
    party = desks.PEOPLE[slug][1] if channel == "liaison" else ""
    drawn = desks.report(f"g-{desk.drawn}", party, channel=channel, **more)  # type: ignore[arg-type]
    return desks.file(desk, drawn, slug)


def try_(desk: Desk, slug: str, name: str, /, **given: str) -> tuple[str, ...] | Refusal:
    """A deed on a grade: the sids entered, or the refusal."""
    deed, values = straight.BY_NAME[name], Given(given)
    if (refusal := fault(deed, values)) is not None:
        return refusal
    return desk.try_(slug, deed.threads("", values), lambda s, by, now: deed.do(s, "", values, by, now, ()))


def grade(desk: Desk, slug: str, report: str, letter: str = "B", digit: str = "2", reason: str = REASON) -> str:
    """The sid of a grade that must be taken."""
    result = try_(desk, slug, "report.grade", report=report, reliability=letter, credibility=digit, reason=reason)
    assert not isinstance(result, Refusal), (slug, result)
    return result[0]


def refused(desk: Desk, slug: str, name: str, /, **given: str) -> str:
    """The code of a deed's refusal; empty where it was entered."""
    result = try_(desk, slug, name, **given)
    return result.code if isinstance(result, Refusal) else ""


def withdraw(desk: Desk, slug: str, report: str, sid: str) -> str:
    return refused(desk, slug, "grade.withdraw", report=report, grade=sid)


def state(desk: Desk, report: str) -> dict[str, grades.Grade]:
    """The grades that the report's own thread holds."""
    return grades.state(desk.standing(f"grade:{report}")).grades


def counting(desk: Desk, report: str) -> list[tuple[str, str]]:
    """Letter and digit of the grades that count, oldest first."""
    standing, rows = desk.standing(f"grade:{report}"), state(desk, report)
    stand = [row for row in rows.values() if not row.withdrawn]
    latest = grades.latest((row.given.report, standing.heir(row.by), row.sid) for row in stand)
    return [(row.given.reliability, row.given.credibility) for row in stand if row.sid in latest]


def told() -> Desk:
    """Every kind of entry: a grade, one with a letter alone, one with a digit alone, one taken back."""
    desk = desks.founded()
    report = filed(desk)
    first = grade(desk, "monitor", report)
    grade(desk, "mediator1", report, "D", "")
    grade(desk, "mediator2", report, "", "6")
    assert withdraw(desk, "monitor", report, first) == ""
    return desk


def author(desk: Desk, slug: str) -> str:
    return actor(slug, desk.origin).key
