"""Access: a refusal is an incident with its four facts and never a verdict (domain.md g.10)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.core.mechanism import desk as desks
from tests.core.mechanism.affairs.deeds import Guard, Told, at, do, facts, refused, sight, written
from tests.core.mechanism.desk import Desk
from tiga.agreement.clauses import Agreement
from tiga.values.moments import Span

NONE = "x" * 43


def founded(agreement: Agreement | None = None) -> Desk:
    return desks.founded(agreement=agreement)


def asked(desk: Desk, **more: Told) -> str:
    return do(desk, "monitor", "access.request", **_asks(desk, **more))


def _asks(desk: Desk, **more: Told) -> dict[str, Told]:
    usual: dict[str, Told] = {
        "party": "party-2", "place": "Exercise Post", "purpose": "Look at the tracks",
        "opens": at(desk, 60), "closes": at(desk, 600),
    }  # fmt: skip
    return usual | more


def _restricts(desk: Desk, **more: Told) -> dict[str, Told]:
    usual: dict[str, Told] = {
        "code": "F1", "when": at(desk), "place": "The gate", "who": "Two soldiers", "reason": "Orders from superiors",
    }  # fmt: skip
    return usual | more


def _visits(desk: Desk, **more: Told) -> dict[str, Told]:
    return {"arrived": at(desk, -1), "left": at(desk), "reached": "All of the post"} | more


def test_a_refusal_is_a_restriction_with_its_four_facts_and_no_verdict() -> None:
    desk = founded()
    sid = asked(desk)
    do(desk, "liaison2", "access.answer", sid, answer="denied", reason="Not safe today")
    do(desk, "monitor", "access.restrict", sid, **_restricts(desk))
    seen = sight(desk, "access", sid)
    assert (seen.state, seen.open) == ("denied", True)
    told = facts(desk, "access", sid)
    assert [value for code, value in told if code == "restriction"] == ["F1", "F1"]
    assert [value for code, value in told if code == "who"] == [desks.actor("liaison2").key, "Two soldiers"]
    assert [value for code, value in told if code == "reason"] == [
        "Not safe today", "Not safe today", "Orders from superiors",
    ]  # fmt: skip
    assert desk.whole.cases == {} and desk.whole.determinations == {}


def test_a_grant_that_was_not_kept_is_told_and_a_visit_closes_the_request() -> None:
    desk = founded()
    sid = asked(desk)
    do(desk, "liaison2", "access.answer", sid, answer="granted")
    assert sight(desk, "access", sid).state == "granted"
    do(desk, "monitor", "access.restrict", sid, **_restricts(desk, code="F3"))
    assert sight(desk, "access", sid).state == "restricted"
    do(desk, "monitor", "access.visit", sid, **_visits(desk))
    assert (sight(desk, "access", sid).state, sight(desk, "access", sid).open) == ("visited", False)


def test_the_clock_runs_in_its_zone_until_the_answer() -> None:
    desk = founded()
    sid = asked(desk)
    (clock,) = sight(desk, "access", sid).clocks
    deadline = desks.exercise_agreement().deadline("access")
    assert deadline is not None
    assert (clock.whose, clock.zone, clock.clause) == ("party-2", deadline.zone, deadline.clause)
    assert clock.due == clock.started.plus(Span.parse(deadline.within))
    assert clock.state(clock.due) == "overdue"
    do(desk, "liaison2", "access.answer", sid, answer="granted")
    (clock,) = sight(desk, "access", sid).clocks
    assert clock.state(clock.due) == "met"


def _waited(desk: Desk) -> str:
    """A request of an hour ago."""
    sid = asked(desk)
    desk.wait("PT1H")
    return sid


def _no_clock() -> Agreement:
    agreement = desks.exercise_agreement()
    return replace(agreement, deadlines=tuple(row for row in agreement.deadlines if row.id != "access"))


def _closed(desk: Desk) -> str:
    sid = asked(desk)
    do(desk, "monitor", "access.visit", sid, **_visits(desk))
    return refused(desk, "monitor", "access.visit", sid, **_visits(desk))


def _answered(desk: Desk, slug: str = "liaison2", **given: Told) -> str:
    return refused(desk, slug, "access.answer", asked(desk), **given)


def _asked_by(desk: Desk, **more: Told) -> str:
    return refused(desk, "monitor", "access.request", **_asks(desk, **more))


GUARDS = (
    Guard("request", "not_party", lambda d: _asked_by(d, party="mediator-1"), lambda d: _asked_by(d)),
    Guard("request", "case_unknown", lambda d: _asked_by(d, case=NONE), lambda d: _asked_by(d, case=desks.complain(d))),
    Guard("request", "window_backwards", lambda d: _asked_by(d, closes=at(d, 30)), lambda d: _asked_by(d)),
    Guard("request", "no_clock", lambda d: _asked_by(founded(_no_clock())), lambda d: _asked_by(d)),
    Guard(
        "answer", "access_unknown",
        lambda d: refused(d, "liaison2", "access.answer", NONE, answer="granted"), lambda d: _answered(d, answer="granted"),
    ),
    Guard(
        "answer", "not_asked",
        lambda d: _answered(d, "liaison1", answer="granted"), lambda d: _answered(d, answer="granted"),
    ),
    Guard(
        "answer", "reason_missing",
        lambda d: _answered(d, answer="denied"), lambda d: _answered(d, answer="denied", reason="Why"),
    ),
    Guard(
        "answer", "condition_missing", lambda d: _answered(d, answer="delayed", reason="Why"),
        lambda d: _answered(d, answer="delayed", reason="Why", condition="Tomorrow"),
    ),
    Guard(
        "restrict", "access_unknown", lambda d: refused(d, "monitor", "access.restrict", NONE, **_restricts(d)),
        lambda d: refused(d, "monitor", "access.restrict", asked(d), **_restricts(d)),
    ),
    Guard(
        "restrict", "before_request",
        lambda d: refused(d, "monitor", "access.restrict", asked(d), **_restricts(d, when=at(d, -600))),
        lambda d: refused(d, "monitor", "access.restrict", asked(d), **_restricts(d)),
    ),
    Guard(
        "visit", "access_unknown", lambda d: refused(d, "monitor", "access.visit", NONE, **_visits(d)),
        lambda d: refused(d, "monitor", "access.visit", asked(d), **_visits(d)),
    ),
    Guard(
        "visit", "visit_before_request",
        lambda d: refused(d, "monitor", "access.visit", asked(d), **_visits(d, arrived=at(d, -600))),
        lambda d: refused(d, "monitor", "access.visit", asked(d), **_visits(d)),
    ),
    Guard(
        "visit", "visit_backwards",
        lambda d: refused(d, "monitor", "access.visit", _waited(d), **_visits(d, arrived=at(d), left=at(d, -1))),
        lambda d: refused(d, "monitor", "access.visit", asked(d), **_visits(d)),
    ),
    Guard("_waits", "access_made", _closed, lambda d: refused(d, "liaison2", "access.answer", asked(d), answer="granted")),
    Guard(
        "_waits", "access_unknown", lambda d: refused(d, "monitor", "access.visit", NONE, **_visits(d)),
        lambda d: _answered(d, answer="granted"),
    ),
)  # fmt: skip


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: f"{guard.place}-{guard.code}")
def test_a_guard_refuses_and_gives_way_to_its_remedy(guard: Guard) -> None:
    assert guard.wrong(founded()) == guard.code
    assert guard.mended(founded()) == ""


def test_every_guard_of_the_module_stands_in_the_table() -> None:
    # What the form refuses before it: the decider keeps it for other callers.
    assert written("access") - {("answer", "answer_unknown")} == {(guard.place, guard.code) for guard in GUARDS}
