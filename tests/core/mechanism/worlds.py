"""What the model checker explores: the course of one case from each side, each world with some acts left out.

Rules
1. All acts at once make too many states. Each world leaves out what has nothing to do with its question; together they try
   every act, and `WORLDS` says which world leaves out which.
2. The agreement is the one of `courses`, with two levels and one item for each step; nothing else is made simpler.
3. Everything told here is invented.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from tests.core.mechanism import courses, machine
from tests.core.mechanism import desk as desks
from tests.core.mechanism.desk import Desk
from tests.core.mechanism.machine import World
from tiga.agreement.clauses import Agreement, Ground, Term
from tiga.mechanism.deciders import grouping

PANEL = ("panel.recuse", "panel.seat", "panel.challenge", "challenge.rule")
DOUBT = ("report.discredit", "finding.confirm", "measure.release")
APPEAL = ("appeal.file", "appeal.decide")
APART = ("case.suspend", "measure.defer", "finding.draft", *PANEL)
"""Each of these has a world of its own."""
STRAIGHT = ("vote.cast", "deadlock.declare", "settlement.propose")
ELSEWHERE = tuple(
    f"{act} elsewhere" for act in (
        "case.reopen", "finding.adopt", "determination.issue", "measure.impose", "compliance.report", "compliance.verify",
        "case.close", "measure.release",
    )
)  # fmt: skip
"""What is left out of the case that a step counts: it may be doubted, confirmed, appealed against."""


def agreement(**changes: Any) -> Agreement:
    """The agreement of `courses`, as rule 2 says."""
    full = courses.agreement()
    ladder = tuple(replace(step, measures=step.measures[:1]) for step in full.ladder)
    return replace(full, ladder=ladder, levels=("local", "political"), **changes)


def authority(value: str) -> Agreement:
    return agreement(authority=Term(value, Ground("placeholder"), "M-01"))


@dataclass(frozen=True)
class Sort:
    """One world: what it asks, its agreement, the acts left out, where it begins, whether a precedent stands before it."""

    asks: str
    agreement: Callable[[], Agreement] = agreement
    without: tuple[str, ...] = APART
    stage: str = "complained"
    precedent: bool = False
    everybody: bool = False


WORLDS: dict[str, Sort] = {
    "appeal": Sort("the straight way, deadlock and appeals", without=(*APART, *DOUBT, "case.reopen")),
    "doubt": Sort("discredited support, new findings, confirmation", without=(*APART, *APPEAL)),
    "both": Sort(
        "appeals while a new finding is made",
        without=(*APART, *DOUBT, "vote.cast", "deadlock.declare", "settlement.propose", "appeal.file measure"), stage="found",
    ),
    "draft": Sort(
        "replies to a draft finding", lambda: agreement(reply_to="draft"),
        tuple({*APART, *APPEAL, *STRAIGHT} - {"finding.draft"}),
    ),
    "deferral": Sort(
        "measures that wait until a day", stage="found",
        without=tuple({*APART, *DOUBT, *APPEAL, *STRAIGHT, "case.reopen"} - {"measure.defer"}),
    ),
    "suspended": Sort(
        "suspension in every state",
        without=tuple({*APART, *DOUBT, *STRAIGHT, "appeal.file measure", "case.reopen"} - {"case.suspend", "deadlock.declare"}),
    ),
    "panel": Sort(
        "recusal, challenge, alternates", everybody=True,
        without=("case.suspend", "measure.defer", "finding.draft", *DOUBT, *APPEAL, "case.reopen"),
    ),
    "advisory": Sort("a finding and an opinion, never a determination", lambda: authority("advisory")),
    "none": Sort("a finding alone", lambda: authority("none")),
    "precedent": Sort(
        "a step that counts another case", stage="in_force", precedent=True,
        without=(*APART, *STRAIGHT, *ELSEWHERE, "case.reopen", "appeal.file measure", "appeal.file ", "report.discredit "),
    ),
}  # fmt: skip


@cache
def world(name: str) -> World:
    """A world, explored once."""
    sort = WORLDS[name]
    desk = desks.founded(agreement=sort.agreement())
    others: tuple[str, ...] = ()
    if sort.precedent:
        desk, first = desks.at_stage("in_force", desk, codes=("H2",), local="2026-01-05T07:00")
        others = (first,)
    case = _begun(desk, sort)
    _linked(desk, case, desks.file(desk, desks.report("m1", "", ("A1",), channel="monitor")))
    return machine.explore(name, desk.whole, case, others, sort.without, sort.everybody)


def _linked(desk: Desk, case: str, report: str) -> None:
    """A second report of the case's incident: a finding may rest on it where the complaint's own is discredited."""
    threads, incident = (*desk.threads_of(case), f"report:{report}"), desk.whole.cases[case].opened.incident
    desk.do("secretariat", threads, lambda s, by, now: grouping.link(s, incident, report, "R.", by, now))


def _begun(desk: Desk, sort: Sort) -> str:
    """A case at its stage: about a grave act, or with a precedent about a serious one that is then the second."""
    if sort.precedent:
        return desks.at_stage(sort.stage, desk, codes=("H2",), local="2026-01-05T07:30")[1]
    return desks.at_stage(sort.stage, desk, codes=("A1",), provision="P-05")[1]
