"""Clocks of a case and the dates that instruments hang on: what runs out is entered once with its instant, what is extended
counts for whom and from when it says, a date that is fixed decides which instrument applied.
"""

from __future__ import annotations

import pytest

from tests.core.mechanism import courses
from tests.core.mechanism import desk as desks
from tests.core.mechanism.courses import (
    DRAFT,
    adopted,
    at_stage,
    clock,
    do,
    drafting,
    refused,
    seal,
    state,
    till,
)
from tests.core.mechanism.desk import Desk
from tiga.agreement import reading
from tiga.mechanism import deadlines
from tiga.mechanism.deadlines import Clock
from tiga.mechanism.deciders import clockwork, replies
from tiga.values.moments import Instant, Span


def run_out(desk: Desk, case: str, row: Clock) -> str:
    """What the clock run enters of a clock, as the registrar."""
    return desk.refused(
        "registrar", desk.threads_of(case), lambda s, by, now: clockwork.overdue(s, "case", case, row, now)
    )


@pytest.mark.parametrize("late", ["", "PT3H", "P40D"])
def test_an_overdue_clock_is_entered_once_with_its_exact_instant_however_late(late: str) -> None:
    desk, case = at_stage("complained")
    row = clock(desk, case, "triage")
    till(desk, Instant(row.due.ms - 180_000))
    assert run_out(desk, case, row) == "clock_runs"
    till(desk, row.due)
    if late:
        desk.wait(late)
    assert run_out(desk, case, row) == ""
    last = desk.entries()[-1]
    assert (last.envelope.body["due"], last.signers) == (row.due.text(), (f"{desk.origin}/registrar",))
    assert run_out(desk, case, row) == "overdue_already"
    assert state(desk, case) == "notified"


def test_an_extended_clock_may_run_out_again() -> None:
    desk, case = at_stage("complained")
    first = clock(desk, case, "triage")
    till(desk, first.due)
    assert run_out(desk, case, first) == ""
    later = first.due.plus(Span.parse("P2D"))
    do(desk, "mediator1", "clock.extend", case, clock="triage", due=later.text(), reason="Snow.")
    assert clock(desk, case, "triage").due == later
    till(desk, later)
    assert run_out(desk, case, clock(desk, case, "triage")) == ""
    assert {due for *_, due in desk.whole.over} == {first.due, later}


def test_a_clock_is_extended_to_a_later_instant_only_and_for_whom_it_says() -> None:
    desk, case = at_stage("complained")
    row = clock(desk, case, "reply", "party-1")
    late = {"clock": "reply:party-1", "reason": "R."}
    for due in (row.due, Instant(row.due.ms - 1)):
        assert refused(desk, "mediator1", "clock.extend", case, due=due.text(), **late) == "extension_earlier"
    later = row.due.plus(Span.parse("P3D"))
    do(desk, "mediator1", "clock.extend", case, due=later.text(), **late)
    assert [clock(desk, case, "reply", party).due for party in ("party-1", "party-2")] == [later, row.due]
    till(desk, row.due.plus(Span.parse("P1D")))
    assert (seal(desk, case, "liaison2"), adopted(desk, case)) == ("", "not_admitted")
    assert desk.refused(
        "mediator1", desk.threads_of(case), lambda s, by, now: replies.open_replies(s, case, by, now)
    ) == "reply_clock"  # fmt: skip
    assert seal(desk, case, "liaison1") == ""
    assert [(row.party, row.late) for row in desk.whole.cases[case].replies] == [("party-2", True), ("party-1", False)]


def test_an_extension_counts_for_the_clock_that_ran_when_it_was_given() -> None:
    desk, case = drafting()
    first = clock(desk, case, "reply", "party-1")
    far = first.due.plus(Span.parse("P30D"))
    do(desk, "mediator1", "clock.extend", case, clock="reply", due=far.text(), reason="R.")
    do(desk, "mediator1", "finding.draft", case, **DRAFT)
    draft = desk.whole.cases[case].course.draft
    assert draft is not None
    assert desk.whole.cases[case].reply_due == draft.served.reply_due
    later = draft.served.reply_due.plus(Span.parse("P60D"))
    do(desk, "mediator1", "clock.extend", case, clock="reply", due=later.text(), reason="R.")
    assert desk.whole.cases[case].reply_due == later
    till(desk, draft.served.reply_due)
    assert seal(desk, case, "liaison1") == ""
    desk.wait("P1D")
    assert (seal(desk, case, "liaison2"), desk.whole.cases[case].replies[-1].late) == ("", False)


def test_a_date_that_hung_on_the_moon_is_bound_once_and_changes_which_instrument_applies() -> None:
    desk = courses.moonlit()
    before = desks.complain(desk)
    end = {"what": "eid", "zone": "+05:00", "reason": "The moon was seen."}
    assert refused(desk, "secretariat", "date.fix", "", **(end | {"what": "x"}), until=_day(3)) == "date_unknown"
    do(desk, "secretariat", "date.fix", "", **end, until=_day(3))
    assert refused(desk, "secretariat", "date.fix", "", **end, until=_day(9)) == "date_fixed"
    assert desk.standing().fixed == {"eid": Instant.read(_day(3))}
    after = desks.complain(desk, local="2026-01-04T21:40")
    assert [desk.whole.cases[case].opened.in_force for case in (before, after)] == ["in_force", "not_in_force"]
    assert (desk.whole.cases[after].closed, desk.whole.cases[before].closed) == ("outside_mandate", "")
    assert desk.whole.agreement is not None
    bound = reading.bound(desk.whole.agreement, desk.whole.fixed)
    at = Instant.read("2026-01-04T21:40+00:00")
    assert [reading.instrument_at(row, at, at)[0] for row in (desk.whole.agreement, bound)] == [
        "in_force", "not_in_force",
    ]  # fmt: skip


def _day(day: int) -> str:
    return f"2026-01-{day:02}T00:00+05:00"


def test_one_extension_is_entered_though_two_clocks_of_one_name_run() -> None:
    """A draft was served while replies to the complaint were awaited; or both parties have appealed."""
    desk, case = drafting()
    do(desk, "mediator1", "finding.draft", case, **DRAFT)
    complaint = deadlines.clocks(desk.whole, desk.whole.cases[case])
    assert sorted(row.lapsed for row in complaint if row.name == "reply") == [False, False, True, True]
    desk, case = at_stage("determined")
    for slug in ("liaison1", "liaison2"):
        do(desk, slug, "appeal.file", case, ground="procedure", text="EXERCISE.", language="en")
    due = desk.now().plus(Span.parse("P30D"))
    do(desk, "mediator1", "clock.extend", case, clock="appeal_decide", due=due.text(), reason="R.")
    assert [row.envelope.act for row in desk.entries()][-2:] == ["appeal.file", "clock.extend"]
    rows = deadlines.clocks(desk.whole, desk.whole.cases[case])
    assert [row.due for row in rows if row.name == "appeal_decide"] == [due, due]
