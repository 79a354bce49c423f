"""The hotline: two accounts side by side, never merged; unanswered calls count; test calls are owed and met."""

from __future__ import annotations

from dataclasses import astuple, replace

import pytest

from tests.core.mechanism import desk as desks
from tests.core.mechanism.affairs.deeds import Guard, Told, at, do, facts, refused, sight, whole, written
from tests.core.mechanism.desk import Desk
from tiga.agreement.clauses import Agreement, Deadline
from tiga.agreement.grounds import Ground
from tiga.agreement.undertakings import Crossing, Undertakings
from tiga.mechanism import hotline
from tiga.mechanism.release import Reader, may_see
from tiga.values.moments import Instant, Span

NONE = "x" * 43
GROUND = Ground("placeholder")
LIAISON = {"party-1": "liaison1", "party-2": "liaison2", "centre": "monitor"}
BOTH = pytest.mark.parametrize(
    ("one", "two"),
    (("party-1", "party-2"), ("party-2", "party-1"), ("centre", "party-1"), ("party-2", "centre")),
)


def agreed(tests: bool = True) -> Agreement:
    agreement = desks.exercise_agreement()
    rest = tuple(row for row in agreement.deadlines if row.id != "test_call")
    owed = (Deadline("test_call", "P7D", "UTC", "M-03", GROUND),) if tests else ()
    crossings = (Crossing("crossing-1", {"en": "Crossing 1 (invented)"}, ("persons",), "M-03", GROUND),)
    return replace(agreement, deadlines=(*rest, *owed), undertakings=Undertakings(crossings=crossings))


def founded(tests: bool = True) -> Desk:
    return desks.founded(agreement=agreed(tests))


def when(desk: Desk, minutes: int = -5, zone: str = "PKT") -> dict[str, Told]:
    """A local time some minutes from the desk's next act."""
    local = Instant(desk.now().ms + minutes * 60_000).local(zone).replace(" ", "T")
    return {"asserted_local": local, "asserted_zone": zone, "asserted_precision": "minute"}


def asks(
    desk: Desk, one: str = "party-1", two: str = "party-2", answered: str = "yes", **more: Told
) -> dict[str, Told]:
    usual: dict[str, Told] = {"caller": one, "called": two, "call_answered": answered, **when(desk)}
    return usual | more


def logged(desk: Desk, one: str = "party-1", two: str = "party-2", answered: str = "yes", **more: Told) -> str:
    return do(desk, LIAISON[one], "call.log", **asks(desk, one, two, answered, **more))


def told(desk: Desk, sid: str, end: str = "party-2", answered: str = "yes", **more: Told) -> str:
    do(desk, LIAISON[end], "call.confirm", sid, call_answered=answered, **more)
    return sid


def owed(desk: Desk, one: str = "party-1", two: str = "party-2") -> str:
    return do(desk, "secretariat", "call.test", caller=one, called=two)


def state(desk: Desk, sid: str) -> tuple[str, bool]:
    seen = sight(desk, "call", sid)
    return seen.state, seen.open


def counted(desk: Desk, one: str, two: str) -> tuple[int, ...]:
    """(answered, unanswered, unconfirmed, differing, tests made, tests owed) of a direction."""
    (row,) = [row for row in hotline.tally(whole(desk)) if (row.caller, row.called) == (one, two)]
    return tuple(astuple(row)[2:])


@BOTH
def test_both_accounts_stand_side_by_side(one: str, two: str) -> None:
    desk = founded()
    sid = logged(desk, one, two, call_gist="EXERCISE. Fire heard at the post.")
    assert state(desk, sid) == ("call_unconfirmed", True)
    told(desk, sid, two, call_gist="EXERCISE. They spoke of fire.", **when(desk, -13, "AFT"))
    assert state(desk, sid) == ("call_confirmed", False)
    rows = facts(desk, "call", sid)
    assert [value for code, value in rows if code == "call_account"] == [one, two]
    gists = [value for code, value in rows if code == "call_gist"]
    assert gists == ["EXERCISE. Fire heard at the post.", "EXERCISE. They spoke of fire."]
    assert [value for code, value in rows if code == "call_minutes_apart"] == ["7"]
    assert [value[-3:] for code, value in rows if code == "asserted_local"] == ["PKT", "AFT"]
    assert (counted(desk, one, two), counted(desk, two, one)) == ((1, 0, 0, 0, 0, 0), (0, 0, 0, 0, 0, 0))


def test_clocks_of_two_zones_are_compared_as_instants() -> None:
    desk = founded()
    sid = logged(desk, asserted_local="2026-01-05T12:00", asserted_zone="PKT")
    told(desk, sid, asserted_local="2026-01-05T11:30", asserted_zone="AFT", asserted_precision="minute")
    starts = [value for code, value in facts(desk, "call", sid) if code == "call_start"]
    assert starts == ["2026-01-05T07:00:00.000Z", "2026-01-05T07:00:00.000Z"]
    assert dict(facts(desk, "call", sid))["call_minutes_apart"] == "0"


@BOTH
def test_an_unanswered_call_counts_and_needs_no_confirmation(one: str, two: str) -> None:
    desk = founded()
    sid = logged(desk, one, two, "no")
    assert state(desk, sid) == ("call_unanswered", False)
    told(desk, sid, two, "yes", **when(desk))
    assert state(desk, sid) == ("call_unanswered", False)
    assert [value for code, value in facts(desk, "call", sid) if code == "call_answered"] == ["no", "yes"]
    assert counted(desk, one, two) == (0, 1, 0, 0, 0, 0)


@BOTH
def test_an_end_that_knows_of_no_call_says_so_without_a_time(one: str, two: str) -> None:
    desk = founded()
    sid = told(desk, logged(desk, one, two), two, "no")
    assert state(desk, sid) == ("call_differing", False)
    assert [code for code, _ in facts(desk, "call", sid) if code in ("call_start", "call_minutes_apart")] == [
        "call_start"
    ]
    assert counted(desk, one, two) == (0, 0, 0, 1, 0, 0)


def test_the_order_in_which_both_ends_speak_changes_nothing() -> None:
    for first, second in (("yes", "yes"), ("yes", "no"), ("no", "yes"), ("no", "no")):
        desk = founded()
        by_caller = told(desk, logged(desk, "party-1", "party-2", first), "party-2", second, **when(desk))
        by_called = do(desk, "liaison2", "call.log", **asks(desk, answered=second))
        told(desk, by_called, "party-1", first, **when(desk))
        assert state(desk, by_caller) == state(desk, by_called)


def test_an_end_that_missed_a_call_may_log_it() -> None:
    desk = founded()
    assert state(desk, do(desk, "liaison2", "call.log", **asks(desk, answered="no"))) == ("call_unanswered", False)


def test_a_call_names_the_case_and_the_crossing_that_it_concerned() -> None:
    desk = founded()
    case = desks.complain(desk)
    rows = dict(facts(desk, "call", logged(desk, case=case, call_crossing="crossing-1")))
    assert (rows["case"], rows["call_crossing"]) == (f"case:{case}", "crossings:crossing-1")


@BOTH
def test_a_test_call_is_owed_and_met_by_a_call_that_both_ends_tell(one: str, two: str) -> None:
    desk = founded()
    test = owed(desk, one, two)
    (clock,) = sight(desk, "call", test).clocks
    assert (state(desk, test), clock.whose, clock.clause) == (("call_test_owed", True), one, "M-03")
    assert clock.due == clock.started.plus(Span.parse("P7D"))
    assert counted(desk, one, two) == (0, 0, 0, 0, 0, 1)
    desk.wait("P1D")
    call = logged(desk, one, two, call_test=test)
    (clock,) = sight(desk, "call", test).clocks
    assert (state(desk, test)[0], clock.whose, clock.met) == ("call_test_owed", two, None)
    desk.wait("P8D")
    told(desk, call, two, **when(desk))
    (clock,) = sight(desk, "call", test).clocks
    assert (state(desk, test), clock.state(desk.now())) == (("call_test_made", False), "met")
    assert counted(desk, one, two) == (1, 0, 0, 0, 1, 0)


@BOTH
def test_an_unanswered_test_stays_owed_and_a_call_back_meets_it(one: str, two: str) -> None:
    desk = founded()
    test = owed(desk, one, two)
    first = logged(desk, one, two, "no", call_test=test, **when(desk, 0))
    (clock,) = sight(desk, "call", test).clocks
    assert (state(desk, test)[0], clock.whose) == ("call_test_owed", two)
    back = logged(desk, two, one, call_test=test, **when(desk, 0))
    told(desk, back, one, **when(desk, 0))
    attempts = [value for code, value in facts(desk, "call", test) if code == "call_attempt"]
    assert (state(desk, test)[0], attempts) == ("call_test_made", [f"call:{first}", f"call:{back}"])
    assert (counted(desk, one, two), counted(desk, two, one)) == ((0, 1, 0, 0, 1, 0), (1, 0, 0, 0, 0, 0))


def test_the_tally_names_every_direction_in_the_agreements_order_whatever_the_counts() -> None:
    desk = founded()
    wanted = [(a, b) for a in ("party-1", "party-2", "centre") for b in ("party-1", "party-2", "centre") if a != b]
    assert [(row.caller, row.called) for row in hotline.tally(whole(desk))] == wanted
    logged(desk, "centre", "party-2", "no")
    assert [(row.caller, row.called) for row in hotline.tally(whole(desk))] == wanted


def test_calls_and_tests_are_listed_in_log_order_and_read_by_both_sides() -> None:
    desk = founded()
    rows = (logged(desk), owed(desk), logged(desk, "party-2", "party-1"))
    assert hotline.objects(whole(desk)) == rows
    seen = [sight(desk, "call", sid) for sid in rows]
    for reader, may in ((Reader("liaison", "party-1"), True), (Reader("liaison", "party-2"), True), (Reader(), False)):
        assert [may_see(reader, row.level, row.side) for row in seen] == [may] * 3


def test_an_entry_of_something_unknown_changes_nothing() -> None:
    desk = founded()
    sid = logged(desk)
    before, standing = sight(desk, "call", sid), whole(desk)
    kind = hotline.CallConfirmed(NONE, "party-2", False)
    hotline.FOLDS[kind.ACT](hotline.state(standing), standing, kind, desk.entries()[-1])  # type: ignore[operator]
    assert hotline.sight(standing, sid) == before
    assert hotline.sight(standing, NONE) is None


# ---- guards


def _log(desk: Desk, slug: str = "liaison1", **more: Told) -> str:
    return refused(desk, slug, "call.log", **asks(desk) | more)


def _tell(desk: Desk, sid: str, slug: str = "liaison2", **more: Told) -> str:
    return refused(desk, slug, "call.confirm", sid, call_answered="yes", **when(desk) | more)


def _schedule(desk: Desk, **more: Told) -> str:
    usual: dict[str, Told] = {"caller": "party-1", "called": "party-2"}
    return refused(desk, "secretariat", "call.test", **usual | more)


def _made(desk: Desk) -> str:
    test = owed(desk)
    told(desk, logged(desk, call_test=test, **when(desk, 0)), **when(desk, 0))
    return test


NO_TIME: dict[str, Told] = {"asserted_local": "", "asserted_zone": "", "asserted_precision": ""}
GUARDS = (
    Guard("log", "call_not_yours", lambda d: _log(d, "secretariat"), lambda d: _log(d, "secretariat", called="centre")),
    Guard("log", "asserted_time", lambda d: _log(d, asserted_local=" "), lambda d: _log(d)),
    Guard("log", "case_unknown", lambda d: _log(d, case=NONE), lambda d: _log(d, case=desks.complain(d))),
    Guard(
        "log", "call_crossing_unknown",
        lambda d: _log(d, call_crossing="none"), lambda d: _log(d, call_crossing="crossing-1"),
    ),
    Guard("confirm", "call_unknown", lambda d: _tell(d, NONE), lambda d: _tell(d, logged(d))),
    Guard("confirm", "call_not_yours", lambda d: _tell(d, logged(d), "monitor"), lambda d: _tell(d, logged(d))),
    Guard("confirm", "call_own_account", lambda d: _tell(d, logged(d), "liaison1"), lambda d: _tell(d, logged(d))),
    Guard("confirm", "call_told", lambda d: _tell(d, told(d, logged(d), answered="no")), lambda d: _tell(d, logged(d))),
    Guard("confirm", "call_time_missing", lambda d: _tell(d, logged(d), **NO_TIME), lambda d: _tell(d, logged(d))),
    Guard("schedule", "no_clock", lambda d: _schedule(founded(False)), lambda d: _schedule(d)),
    Guard("_between", "call_end_unknown", lambda d: _schedule(d, called="mediator-1"), lambda d: _schedule(d)),
    Guard("_between", "call_same_end", lambda d: _log(d, called="party-1"), lambda d: _log(d)),
    Guard("_when", "asserted_time", lambda d: _tell(d, logged(d), asserted_zone="X"), lambda d: _tell(d, logged(d))),
    Guard("_tests", "call_test_unknown", lambda d: _log(d, call_test=NONE), lambda d: _log(d)),
    Guard("_tests", "call_test_made", lambda d: _log(d, call_test=_made(d)), lambda d: _log(d)),
    Guard(
        "_tests", "call_test_ends",
        lambda d: _log(d, call_test=owed(d, "party-2", "centre"), **when(d, 0)),
        lambda d: _log(d, call_test=owed(d), **when(d, 0)),
    ),
    Guard(
        "_tests", "call_before_test",
        lambda d: _log(d, call_test=owed(d), **when(d, -5)), lambda d: _log(d, call_test=owed(d), **when(d, 0)),
    ),
)  # fmt: skip


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: f"{guard.place}-{guard.code}")
def test_a_guard_refuses_and_gives_way_to_its_remedy(guard: Guard) -> None:
    assert guard.wrong(founded()) == guard.code
    assert guard.mended(founded()) == ""


def test_every_guard_of_the_module_stands_in_the_table() -> None:
    assert written("hotline") == {(guard.place, guard.code) for guard in GUARDS}


def test_a_call_lies_not_in_the_future_and_is_logged_by_its_ends() -> None:
    desk = founded()
    assert _log(desk, **when(desk, 60)) == "not_yet"
    assert _tell(desk, logged(desk), **when(desk, 60)) == "not_yet"
    assert refused(desk, "analyst", "call.log", **asks(desk)) == "role"
    assert refused(desk, "liaison1", "call.test", caller="party-1", called="party-2") == "role"
    assert _log(desk, asserted_local=at(desk)) == "asserted_time"
