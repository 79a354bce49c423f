"""What comes between the steps of a case: a new finding while appeals wait, doubt while a new finding is put, measures after a
confirmation. Generated disputes and the model checker found each of these.
"""

from __future__ import annotations

from dataclasses import replace

from tests.core.mechanism import courses
from tests.core.mechanism import desk as desks
from tests.core.mechanism.courses import both, check_alike, do, further, grave, measure, refused, renewed, ruling, state
from tests.core.mechanism.desk import Desk
from tiga.mechanism import cases, deadlines
from tiga.mechanism.deciders import adoption, imposing
from tiga.mechanism.deciders import ruling as rulings

FILED = {"ground": "procedure", "text": "EXERCISE. We were not heard.", "language": "en"}
UPHELD = {"outcome": "upheld", "reason": "R."}


def signs(desk: Desk, case: str, sid: str) -> str:
    return desk.refused("mediator2", desk.threads_of(case), lambda s, by, now: rulings.sign(s, sid, by, now))


def test_an_appeal_against_what_a_new_finding_has_ended_asks_nothing_any_more() -> None:
    desk, case = grave("in_force")
    appeal = do(desk, "liaison2", "appeal.file", case, **FILED)
    decision = do(desk, "mediator1", "appeal.decide", case, outcome="annulled", reason="R.")
    desks.sign(desk, case, renewed(desk, case))
    row = desk.whole.cases[case].course.appeals[0]
    assert (row.sid, cases.undecided(desk.whole, row), state(desk, case)) == (appeal, False, "adopted")
    assert signs(desk, case, decision) == "nothing_to_sign"
    clocks = deadlines.clocks(desk.whole, desk.whole.cases[case])
    assert [clock.lapsed for clock in clocks if clock.name == "appeal_decide"] == [True]
    check_alike(desk)


def test_an_undecided_appeal_is_not_decided_once_a_new_finding_is_in_force() -> None:
    desk, case = grave("determined")
    do(desk, "liaison2", "appeal.file", case, **FILED)
    desks.sign(desk, case, renewed(desk, case))
    assert refused(desk, "mediator1", "appeal.decide", case, **UPHELD) == "no_appeal"
    desks.issue(desk, case)
    desks.sign(desk, case, desk.whole.cases[case].determination)
    assert (state(desk, case), refused(desk, "liaison2", "appeal.file", case, **FILED)) == ("determined", "")
    check_alike(desk)


def test_the_other_sides_appeal_ends_with_the_ruling_that_an_appeal_annulled() -> None:
    desk, case = grave("determined")
    for slug in ("liaison1", "liaison2"):
        do(desk, slug, "appeal.file", case, **FILED)
    both(desk, case, "appeal.decide", outcome="annulled", reason="R.")
    assert [cases.undecided(desk.whole, row) for row in desk.whole.cases[case].course.appeals] == [False, False]
    assert courses.closed(desk, case, "annulled") == ""


def test_doubt_reaches_what_is_in_force_while_a_new_finding_is_put() -> None:
    """Invariant 4: the finding in force loses its support; that another is put on other reports saves nothing."""
    desk, case = grave("in_force")
    first, own = measure(desk, case).sid, desk.whole.cases[case].opened.report
    second = renewed(desk, case)
    desks.discredit(desk, own)
    assert desk.whole.cases[case].flags == (own,)
    assert desk.whole.measures[first].stays == (f"discredited:{own}",)
    assert signs(desk, case, second) == ""
    found = desk.whole.cases[case]
    assert (found.flags, found.supports, found.measures) == ((), desk.whole.findings[second].supports, ())
    check_alike(desk)


def test_a_finding_that_is_put_is_spoilt_by_its_own_supports_alone() -> None:
    desk, case = grave("in_force")
    own = desk.whole.cases[case].opened.report
    renewed(desk, case)
    desks.discredit(desk, own)
    held = replace(desks.held(desk, case, standard="clear_and_convincing"), supports=(further(desk, case),))
    put = lambda: desk.refused(  # noqa: E731
        "mediator1", desk.threads_of(case), lambda s, by, now: adoption.adopt(s, case, (held,), by, now)
    )
    assert put() == "finding_exists"
    desks.discredit(desk, desk.whole.findings[desk.whole.cases[case].finding].supports[0])
    assert put() == ""


def test_a_measure_follows_from_a_finding_confirmed_without_a_support() -> None:
    """What was confirmed may be built on: put, signed, and computed again by whoever holds the log."""
    desk, case = courses.at_stage("replied")
    own, other = desk.whole.cases[case].opened.report, further(desk, case)
    held = replace(desks.held(desk, case), supports=(own, other))
    desk.do("mediator1", desk.threads_of(case), lambda s, by, now: adoption.adopt(s, case, (held,), by, now))
    desks.sign(desk, case, desk.whole.cases[case].finding)
    desks.discredit(desk, own)
    both(desk, case, "finding.confirm", reason="The other report stands alone.")
    desks.issue(desk, case)
    desks.sign(desk, case, ruling(desk, case).sid)
    desk.do("mediator1", desk.threads_of(case), lambda s, by, now: imposing.impose(s, case, "i1", by, now))
    desks.sign(desk, case, measure(desk, case).sid)
    check_alike(desk)
    desks.discredit(desk, other)
    assert measure(desk, case).stays == (f"discredited:{other}",)
    assert refused(desk, "mediator1", "finding.confirm", case, reason="R.") == "support_missing"
