"""Clocks: running, soon at three quarters, overdue at the exact instant, met or late; and who is asked for what."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.core.mechanism import desk as desks
from tests.core.mechanism.desk import at_stage
from tiga.mechanism import cases, deadlines
from tiga.mechanism.deadlines import Clock
from tiga.mechanism.deciders import replies, triage
from tiga.values.moments import Instant, Span

START = Instant.parse("2026-01-05T08:00:00.000Z")
DUE = START.plus(Span.parse("P7D"))
THREE_QUARTERS = START.plus(Span.parse("P5DT6H"))


@pytest.mark.parametrize(
    ("now", "met", "state"),
    [
        (START, None, "running"),
        (Instant(THREE_QUARTERS.ms - 1), None, "running"),
        (THREE_QUARTERS, None, "soon"),
        (Instant(DUE.ms - 1), None, "soon"),
        (DUE, None, "overdue"),
        (START, DUE, "met"),
        (START, Instant(DUE.ms + 1), "late"),
    ],
)
def test_a_clock_tells_its_state_by_itself(now: Instant, met: Instant | None, state: str) -> None:
    assert Clock("reply", "party-1", START, DUE, "UTC", "M-04", met).state(now) == state


BEGUN = ["acknowledge met", "triage met", "reply met", "reply met"]
FOUND = [*BEGUN, "verification met", "publish open"]
RULED = [*FOUND, "determine met", "appeal_file open", "appeal_file open"]
CLOCKS = {
    "complained": ["acknowledge met", "triage open", "reply open", "reply open"],
    "replied": [*BEGUN, "verification open"],
    "found": [*FOUND, "determine open"],
    "determined": [*RULED, "impose open"],
    "in_force": [*RULED, "impose met", "measure.private_notice open", "measure.corrective_action open"],
    "verified": [*RULED, "impose met", "measure.private_notice met", "measure.corrective_action met"],
}


@pytest.mark.parametrize("stage", sorted(CLOCKS))
def test_the_clocks_of_a_case_at_each_stage(stage: str) -> None:
    desk, case = at_stage(stage)
    rows = deadlines.clocks(desk.whole, desk.whole.cases[case])
    assert sorted(f"{row.name} {'met' if row.met else 'open'}" for row in rows) == sorted(CLOCKS[stage])
    assert [row.due for row in rows] == sorted(row.due for row in rows)


def test_a_reply_at_the_due_instant_is_in_time_and_a_later_one_is_taken_and_marked() -> None:
    desk, case = at_stage("complained")
    notice = desk.whole.cases[case].notice
    assert notice is not None
    desk.wait(f"PT{(notice.reply_due.ms - desk.now().ms) // 60_000 - 1}M")
    desks.reply(desk, case, "liaison1")
    desk.do("secretariat", desk.threads_of(case), lambda s, by, now: replies.open_replies(s, case, by, now))
    desks.reply(desk, case, "liaison2")
    assert [(row.party, row.at.ms - notice.reply_due.ms, row.late) for row in desk.whole.cases[case].replies] == [
        ("party-1", 0, False), ("party-2", 120_000, True),
    ]  # fmt: skip


def test_silence_is_said_and_means_nothing_more() -> None:
    desk, case = at_stage("admitted")
    desk.wait("P7D")
    desk.do("mediator1", desk.threads_of(case), lambda s, by, now: replies.open_replies(s, case, by, now))
    assert desk.entries()[-1].envelope.body == {"silent": ["party-1", "party-2"]}
    assert cases.state(desk.whole, desk.whole.cases[case]) == "verification"


STATES = {
    "complained": "notified", "admitted": "reply", "replied": "verification", "adopted": "drafting", "found": "adopted",
    "issued": "deliberation", "determined": "determined", "imposed": "measures", "in_force": "compliance",
    "verified": "compliance",
}  # fmt: skip


@pytest.mark.parametrize("stage", sorted(STATES))
def test_the_state_of_a_case_follows_from_its_entries(stage: str) -> None:
    desk, case = at_stage(stage)
    assert cases.state(desk.whole, desk.whole.cases[case]) == STATES[stage]


def test_what_nobody_can_do_any_more_has_lapsed_and_is_not_overdue() -> None:
    """A reply after replies were opened, and whatever was open when the case was closed."""
    clock = Clock("reply", "party-1", START, DUE, "UTC", "M-04")
    late = Instant(DUE.ms + 1)
    assert (clock.state(late), replace(clock, lapsed=True).state(late)) == ("overdue", "lapsed")
    assert replace(clock, lapsed=True, met=late).state(late) == "late"
    desk, case = at_stage("admitted")
    desks.reply(desk, case, "liaison1")
    desk.wait("P7D")
    assert _states(desk, case) == {"party-1": "met", "party-2": "overdue"}
    desk.do("mediator1", desk.threads_of(case), lambda s, by, now: replies.open_replies(s, case, by, now))
    assert _states(desk, case) == {"party-1": "met", "party-2": "lapsed"}
    shut, other = at_stage("admitted")
    shut.do("mediator1", shut.threads_of(other), lambda s, by, now: triage.close(s, other, "withdrawn", "", by, now))
    assert _states(shut, other) == {"party-1": "lapsed", "party-2": "lapsed"}


def _states(desk: desks.Desk, case: str) -> dict[str, str]:
    rows = deadlines.clocks(desk.whole, desk.whole.cases[case])
    return {row.whose: row.state(desk.now()) for row in rows if row.name == "reply"}
