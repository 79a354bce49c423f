"""Deeds in any order, sensible or not, by anybody: after each dispute the threads alone say what the whole log says, and
every measure in force is computed again. `TIGA_LONG=1` plays more of them.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.core.mechanism import courses
from tests.core.mechanism import desk as desks
from tests.core.mechanism.courses import DRAFT, check_alike, founded, try_
from tests.core.mechanism.desk import Desk
from tiga.mechanism import casedeeds, deadlines, imposed
from tiga.mechanism.acts import Outcome, Refusal
from tiga.mechanism.deciders import adoption, imposing, replies, ruling, seating, triage
from tiga.values.moments import Span

EXAMPLES = 400 if os.environ.get("TIGA_LONG") else 25
Draw = Callable[[int], int]
PEOPLE = ("mediator1", "mediator2", "mediator1b", "liaison1", "liaison2", "secretariat")
DEEDS = (
    "case.escalate", "case.reopen", "finding.draft", "finding.confirm", "vote.cast", "deadlock.declare", "appeal.file",
    "appeal.decide", "measure.defer", "measure.release", "panel.challenge", "challenge.rule", "clock.extend",
)  # fmt: skip


def _told(desk: Desk, case: str, name: str, draw: Draw) -> dict[str, str]:
    """What somebody says for a deed."""
    measures = desk.whole.cases[case].measures
    later = desk.now().plus(Span.parse("P3D")).text()
    mine = measures[draw(len(measures))] if measures else ""
    return {
        "case.escalate": {"reason": "R."},
        "case.reopen": {"ground": "procedure", "reason": "R."},
        "finding.draft": DRAFT,
        "finding.confirm": {"reason": "R."},
        "vote.cast": {"position": ("against", "abstain")[draw(2)], "reason": "R."},
        "deadlock.declare": {},
        "appeal.file": {"ground": "procedure", "text": "T.", "language": "en", "of": (mine, "")[draw(2)]},
        "appeal.decide": {
            "outcome": ("upheld", "annulled", "varied")[draw(3)],
            "disposition": ("violation", "no_violation")[draw(2)],
            "reason": "R.",
        },
        "measure.defer": {"issue": "i1", "until": later, "reason": "R."},
        "measure.release": {"measure": mine or "x", "reason": "R."},
        "panel.challenge": {"member": f"{desk.origin}/{PEOPLE[draw(3)]}", "reason": "R."},
        "challenge.rule": {"challenge": next(reversed(desk.whole.challenges), "x"), "upheld": "no", "reason": "R."},
        "clock.extend": {"clock": ("reply", "determine", "impose")[draw(3)], "due": later, "reason": "R."},
    }[name]


def _verb(desk: Desk, case: str, draw: Draw) -> Callable[..., Outcome]:
    """One of the acts of the straight way, on a case."""
    found = desk.whole.cases[case]
    waiting = [sid for sid in (found.finding, found.determination, *found.measures) if sid]
    waiting += [sid for sid, row in desk.whole.papers.items() if row.in_force is None]
    sid = waiting[-1 - draw(min(3, len(waiting)))] if waiting else "x"
    salts, code = desk.salts(), found.opened.issues[0].code
    standard = {"A1": "clear_and_convincing"}.get(code, "balance_of_probabilities")
    extra = [row for row in desk.whole.incidents[found.opened.incident].reports if row != found.opened.report]
    supports = tuple(row for row in (found.opened.report, *extra) if not desk.whole.reports[row].discredited)
    held = replace(desks.held(desk, case, standard=standard), supports=supports)
    disposition = ("violation", "violation", "no_violation")[draw(3)]
    verbs: tuple[Callable[..., Outcome], ...] = (
        lambda s, by, now: triage.admit(s, case, "reasonable_suspicion", "R.", by, now),
        lambda s, by, now: replies.reply(s, case, "T.", "en", by, now, salts),
        lambda s, by, now: replies.open_replies(s, case, by, now),
        lambda s, by, now: adoption.adopt(s, case, (held,), by, now),
        lambda s, by, now: ruling.issue(s, case, {"i1": disposition}, "R.", by, now),
        lambda s, by, now: imposing.impose(s, case, "i1", by, now),
        lambda s, by, now: ruling.sign(s, sid, by, now),
        lambda s, by, now: ruling.sign(s, sid, by, now),
        lambda s, by, now: triage.close(s, case, ("no_violation", "complied", "annulled")[draw(3)], "", by, now),
        lambda s, by, now: seating.recuse(s, "R.", by, now),
    )
    return verbs[draw(len(verbs) if draw(20) == 0 else len(verbs) - 1)]


def _move(desk: Desk, draw: Draw) -> None:
    known = sorted(desk.whole.cases)
    case, slug, kind = known[draw(len(known))], PEOPLE[draw(len(PEOPLE))], draw(12)
    if kind == 0:
        desk.wait(("PT6H", "P1D", "P8D")[draw(3)])
    elif kind == 1 and draw(4) == 0:
        found = desk.whole.cases[case].opened.report
        desks.discredit(desk, found)
    elif kind == 1:
        courses.further(desk, case)
    elif kind < 6:
        slug = PEOPLE[draw(2)] if draw(3) else slug
        desk.try_(slug, desk.threads_of(case), _verb(desk, case, draw))
    else:
        name = DEEDS[draw(len(DEEDS))]
        if draw(6):
            roles = casedeeds.BY_NAME[name].roles
            suited = [one for one in PEOPLE if desks.PEOPLE[one][0] in roles]
            slug = suited[draw(len(suited))]
        outcome = try_(desk, slug, name, case, **_told(desk, case, name, draw))
        if not isinstance(outcome, Refusal) and outcome[0] in desk.whole.papers:
            other = {"mediator1": "mediator2"}.get(slug, "mediator1")
            desk.try_(other, desk.threads_of(case), lambda s, by, now: ruling.sign(s, outcome[0], by, now))


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_threads_alone_say_what_the_whole_log_says(data: st.DataObject) -> None:
    draw: Draw = lambda below: data.draw(st.integers(0, below - 1))  # noqa: E731
    changes: dict[str, object] = {"reply_to": "draft"} if draw(4) == 0 else {}
    desk = founded(**changes)
    desks.seat(desk, "mediator1b")
    stage = ("admitted", "adopted", "found", "issued")[draw(4)] if not changes else "admitted"
    for local, codes, provision in (
        ("2026-01-04T10:00", ("H1",), "P-01"),
        ("2026-01-04T11:00", ("H1",), "P-01"),
        ("2026-01-04T12:00", ("A1",), "P-05"),
    ):
        started = "in_force" if draw(2) and not changes else stage
        desks.at_stage(started, desk, local=local, codes=codes, provision=provision)
    desks.at_stage(stage, desk)
    for _ in range(draw(30)):
        _move(desk, draw)
    check_alike(desk)
    rows = imposed.ledger(desk.whole, desk.now())
    assert {row.status for row in rows} <= set(imposed.STATUSES)
    for case in desk.whole.cases.values():
        assert all(row.due >= row.started for row in deadlines.clocks(desk.whole, case))


@pytest.mark.parametrize("told", courses.STORIES)
def test_the_stories_hold_it_too(told: Callable[[], Desk]) -> None:
    check_alike(told())
