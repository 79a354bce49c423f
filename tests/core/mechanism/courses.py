"""The course of a case on the desk in memory: an agreement that has every rule, deeds on cases, stages beyond the straight
way. Everything told here is invented.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from tests.core.mechanism import desk as desks
from tests.core.mechanism.affairs.deeds import Told
from tests.core.mechanism.desk import Desk
from tiga.agreement.clauses import Agreement, Appeals, Deadline, Deadlock, Ground, Quorum, Seats
from tiga.mechanism import casedeeds
from tiga.mechanism.acts import Refusal
from tiga.mechanism.asks import Given, fault

GROUND = Ground("placeholder")
BOTH = (Seats("mediator-1", 1), Seats("mediator-2", 1))
SIGNED = ("appeal.decide", "measure.defer", "challenge.rule", "opinion.give", "finding.confirm")


@cache
def agreement() -> Agreement:
    """The exercise's agreement with a rule for everything that a case may meet."""
    plain = desks.exercise_agreement()
    known = {row.act for row in plain.quorums}
    clocks = {row.id for row in plain.deadlines}
    quorums = tuple(Quorum(act, BOTH, BOTH, "M-05", GROUND) for act in SIGNED if act not in known)
    spans = (("publish", "P3D", "M-06"), ("verification", "P14D", "M-11"))
    deadlines = tuple(Deadline(id, span, "UTC", clause, GROUND) for id, span, clause in spans if id not in clocks)
    return replace(
        plain,
        quorums=(*plain.quorums, *quorums),
        deadlines=(*plain.deadlines, *deadlines),
        deadlock=Deadlock("joint_ruling", "M-07", GROUND, BOTH),
        appeals=Appeals(("new_evidence", "procedure", "standard", "proportionality"), "M-10", GROUND),
    )


def founded(**changes: object) -> Desk:
    """A desk with that agreement, some of it changed."""
    return desks.founded(agreement=replace(agreement(), **changes) if changes else agreement())  # type: ignore[arg-type]


def at_stage(stage: str, desk: Desk | None = None) -> tuple[Desk, str]:
    return desks.at_stage(stage, desk or founded())


def try_(desk: Desk, slug: str, name: str, case: str = "", /, **given: Told) -> tuple[str, ...] | Refusal:
    """A deed on a case, or on the record: the sids entered, or the refusal."""
    deed, values = casedeeds.BY_NAME[name], Given(given)
    assert set(given) <= {ask.name for ask in deed.asks}, (name, given)
    refusal = fault(deed, values)
    if refusal is not None:
        return refusal
    draws, threads = desk.salts(), deed.threads(case, values)
    cases = [thread.removeprefix("case:") for thread in threads if thread.startswith("case:")]
    filed = [thread.removeprefix("report:") for thread in threads if thread.startswith("report:")]
    more = [thread for one in cases for thread in desk.threads_of(one)]
    more += [thread for one in filed for thread in desk.threads_of_report(one)]
    wanted = dict.fromkeys((*threads, *more))
    return desk.try_(slug, tuple(wanted), lambda s, by, now: deed.do(s, case, values, by, now, draws))


def do(desk: Desk, slug: str, name: str, case: str = "", /, **given: Told) -> str:
    """A deed that must be entered; returns the first sid."""
    result = try_(desk, slug, name, case, **given)
    assert not isinstance(result, Refusal), (slug, name, result)
    return result[0]


def refused(desk: Desk, slug: str, name: str, case: str = "", /, **given: Told) -> str:
    """The code of a deed's refusal; empty where it was entered."""
    result = try_(desk, slug, name, case, **given)
    return result.code if isinstance(result, Refusal) else ""


def both(desk: Desk, case: str, name: str, **given: Told) -> str:
    """A paper put by one mediator and signed by the other."""
    sid = do(desk, "mediator1", name, case, **given)
    desks.sign(desk, case, sid)
    return sid
