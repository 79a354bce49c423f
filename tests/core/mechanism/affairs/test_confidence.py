"""Paired steps: due on each other's confirmation; what was kept is told as fully as what was not; both sides alike."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.core.mechanism import desk as desks
from tests.core.mechanism.affairs.deeds import Guard, Told, do, facts, refused, sight, whole, written
from tests.core.mechanism.desk import Desk
from tiga.agreement.clauses import Agreement
from tiga.agreement.grounds import Ground
from tiga.agreement.undertakings import Half, Pair, Undertakings
from tiga.mechanism import confidence
from tiga.mechanism.affairs import REGISTRY
from tiga.mechanism.asks import Sight
from tiga.mechanism.release import Reader, may_see

NONE = "x" * 43
GROUND = Ground("placeholder")
LIAISON = {"party-1": "liaison1", "party-2": "liaison2"}
BOTH = pytest.mark.parametrize(("one", "two"), (("party-1", "party-2"), ("party-2", "party-1")))
HEAD = ["step_party", "step_text", "step_due", "step_outcome", "step_at"]


def agreed(first: str = "party-1", more: tuple[str, ...] = (), parties: tuple[str, ...] = ()) -> Agreement:
    """An agreement with one pair: `first` goes first where it is named; the halves stand in the order of `parties`."""
    order = (*(parties or ("party-1", "party-2")), *more)
    halves = tuple(Half(party, {"en": f"EXERCISE. Half of {party}."}, "P2D") for party in order)
    pairs = (Pair("posts", "M-02", halves, "UTC", GROUND, first),)
    return replace(desks.exercise_agreement(), undertakings=Undertakings(pairs=pairs))


def founded(first: str = "party-1", more: tuple[str, ...] = (), parties: tuple[str, ...] = ()) -> Desk:
    return desks.founded(agreement=agreed(first, more, parties))


def begun(desk: Desk) -> str:
    return do(desk, "mediator1", "pair.begin", pair="posts")


def claimed(desk: Desk, sid: str, party: str = "party-1") -> str:
    do(desk, LIAISON[party], "step.claim", sid, note="EXERCISE. The post is empty.")
    return sid


def confirmed(desk: Desk, sid: str, party: str = "party-1", slug: str = "monitor") -> str:
    do(desk, slug, "step.confirm", sid, step_party=party)
    return sid


def disputed(desk: Desk, sid: str, party: str = "party-1", slug: str = "liaison2") -> str:
    do(desk, slug, "step.dispute", sid, step_party=party, reason="EXERCISE. Two are still there.")
    return sid


def outcomes(desk: Desk, sid: str) -> list[str]:
    return [value for code, value in facts(desk, "pair", sid) if code == "step_outcome"]


def clocks(desk: Desk, sid: str) -> list[tuple[str, str]]:
    seen = sight(desk, "pair", sid)
    return [(clock.whose, clock.state(desk.now())) for clock in seen.clocks]


@BOTH
def test_the_second_half_falls_due_on_the_confirmation_of_the_first(one: str, two: str) -> None:
    desk = founded(one, parties=(one, two))
    sid = begun(desk)
    assert (sight(desk, "pair", sid).state, clocks(desk, sid)) == ("pair_begun", [(one, "running")])
    claimed(desk, sid, one)
    assert (outcomes(desk, sid), clocks(desk, sid)) == (["step_claimed", "step_open"], [(one, "met")])
    confirmed(desk, sid, one, LIAISON[two])
    assert sight(desk, "pair", sid).state == "pair_half"
    assert clocks(desk, sid) == [(one, "met"), (two, "running")]
    first, second = sight(desk, "pair", sid).clocks
    assert second.started > first.started and second.due.ms - second.started.ms == 2 * 86_400_000
    confirmed(desk, claimed(desk, sid, two), two)
    seen = sight(desk, "pair", sid)
    assert (seen.state, seen.open, outcomes(desk, sid)) == ("pair_kept", False, ["step_kept", "step_kept"])


@BOTH
def test_what_was_kept_and_what_was_not_are_told_with_the_same_facts(one: str, two: str) -> None:
    desk = founded(one, parties=(one, two))
    sid = confirmed(desk, claimed(desk, begun(desk), one), one)
    desk.wait("P3D")
    do(desk, "secretariat", "step.lapse", sid, step_party=two)
    seen = sight(desk, "pair", sid)
    assert (seen.state, seen.open, outcomes(desk, sid)) == ("pair_lapsed", False, ["step_kept", "step_lapsed"])
    codes = [fact.code for fact in seen.facts]
    heads = [codes[at : at + 5] for at, code in enumerate(codes) if code == "step_party"]
    assert heads == [HEAD, HEAD]
    assert {(fact.level, fact.side) for fact in seen.facts} == {("", "")}
    assert clocks(desk, sid) == [(one, "met"), (two, "lapsed")]
    counted = {row.party: {code: n for code, n in row.outcomes if n} for row in confidence.tally(whole(desk))}
    assert counted == {one: {"step_kept": 1}, two: {"step_lapsed": 1}}
    assert [row.party for row in confidence.tally(whole(desk))] == ["party-1", "party-2"]


def test_what_is_done_after_its_time_is_taken_and_marked_late() -> None:
    desk = founded()
    sid = begun(desk)
    desk.wait("P3D")
    do(desk, "mediator2", "step.lapse", sid, step_party="party-1")
    claimed(desk, sid)
    assert (sight(desk, "pair", sid).state, sight(desk, "pair", sid).open) == ("pair_begun", True)
    confirmed(desk, sid)
    assert outcomes(desk, sid) == ["step_late", "step_awaited"]
    assert clocks(desk, sid) == [("party-1", "late"), ("party-2", "running")]


def test_a_step_taken_without_being_due_is_taken_and_noted() -> None:
    desk = founded()
    sid = confirmed(desk, claimed(desk, begun(desk), "party-2"), "party-2")
    assert outcomes(desk, sid) == ["step_awaited", "step_unasked"]
    assert [value for code, value in facts(desk, "pair", sid) if code == "step_when"] == ["step_not_due"]
    assert clocks(desk, sid) == [("party-1", "running")]
    confirmed(desk, claimed(desk, sid))
    assert (sight(desk, "pair", sid).state, outcomes(desk, sid)) == ("pair_kept", ["step_kept", "step_unasked"])


@BOTH
def test_where_nobody_goes_first_either_may_begin(one: str, two: str) -> None:
    desk = founded("")
    sid = begun(desk)
    assert clocks(desk, sid) == []
    confirmed(desk, claimed(desk, sid, one), one, LIAISON[two])
    assert clocks(desk, sid) == [(two, "running")]
    assert [value for code, value in facts(desk, "pair", sid) if code == "step_when"] == ["step_free"]
    confirmed(desk, claimed(desk, sid, two), two, LIAISON[one])
    assert outcomes(desk, sid) == ["step_kept", "step_kept"]


@BOTH
def test_a_dispute_is_decided_by_monitors_with_reasons(one: str, two: str) -> None:
    desk = founded(one, parties=(one, two))
    sid = disputed(desk, claimed(desk, begun(desk), one), one, LIAISON[two])
    assert (sight(desk, "pair", sid).state, outcomes(desk, sid)) == ("pair_disputed", ["step_disputed", "step_open"])
    do(desk, "monitor", "step.decide", sid, step_party=one, step_held="step_not_met", reason="EXERCISE. Seen.")
    assert (sight(desk, "pair", sid).state, outcomes(desk, sid)) == ("pair_begun", ["step_not_met", "step_open"])
    assert clocks(desk, sid) == [(one, "running")]
    disputed(desk, claimed(desk, sid, one), one, LIAISON[two])
    do(desk, "monitor", "step.decide", sid, step_party=one, step_held="step_met", reason="EXERCISE. Empty now.")
    assert outcomes(desk, sid) == ["step_kept", "step_awaited"]
    told = facts(desk, "pair", sid)
    assert [value for code, value in told if code == "step_held"] == ["step_not_met", "step_met"]
    assert [value for code, value in told if code == "step_not_done"] == [two, two]
    assert desk.whole.cases == {} and desk.whole.determinations == {}


def test_the_other_side_may_confirm_what_it_disputed() -> None:
    desk = founded()
    sid = confirmed(desk, disputed(desk, claimed(desk, begun(desk))), "party-1", "liaison2")
    assert outcomes(desk, sid) == ["step_kept", "step_awaited"]


def test_a_claim_stops_the_clock_whoever_is_slow_to_confirm() -> None:
    desk = founded()
    sid = claimed(desk, begun(desk))
    desk.wait("P5D")
    assert clocks(desk, sid) == [("party-1", "met")]
    confirmed(desk, sid)
    assert outcomes(desk, sid) == ["step_kept", "step_awaited"]


def test_steps_may_go_back_and_forth() -> None:
    desk = founded(more=("party-1", "party-2"))
    sid = begun(desk)
    for party in ("party-1", "party-2", "party-1"):
        confirmed(desk, claimed(desk, sid, party), party)
    assert outcomes(desk, sid) == ["step_kept", "step_kept", "step_kept", "step_awaited"]
    assert [whose for whose, _ in clocks(desk, sid)] == ["party-1", "party-2", "party-1", "party-2"]


def test_a_pair_is_read_by_both_sides_alike_and_not_by_the_public() -> None:
    desk = founded()
    seen: Sight = sight(desk, "pair", confirmed(desk, claimed(desk, begun(desk))))
    readers = (Reader("liaison", "party-1"), Reader("liaison", "party-2"), Reader("monitor"), Reader("mediator"))
    assert [may_see(reader, seen.level, seen.side) for reader in readers] == [True] * 4
    assert [may_see(reader, seen.level, seen.side) for reader in (Reader(), Reader("analyst"))] == [False, False]


def test_a_pair_runs_on_as_it_was_begun_under_a_changed_agreement() -> None:
    desk = founded()
    sid = claimed(desk, begun(desk))
    for name, agreement in tuple(desk.agreements.items()):
        desk.agreements[name] = replace(agreement, undertakings=Undertakings())
    confirmed(desk, sid)
    assert clocks(desk, sid) == [("party-1", "met"), ("party-2", "running")]


def test_an_entry_of_something_unknown_changes_nothing() -> None:
    desk = founded()
    sid = begun(desk)
    before, standing = sight(desk, "pair", sid), whole(desk)
    own, entry = confidence.state(standing), desk.entries()[-1]
    due = desk.now()
    for kind in (
        confidence.StepClaimed(NONE, "party-1", 1, "x"),
        confidence.StepConfirmed(sid, "party-1", 1, "monitors"),
        confidence.StepDisputed(sid, "party-1", 1, "party-2", "x"),
        confidence.StepDecided(sid, "party-1", 9, "step_met", "x", 9, due),
        confidence.StepLapsed(NONE, "party-1", 1, due),
    ):
        assert REGISTRY.kinds[kind.ACT] is type(kind)
        confidence.FOLDS[kind.ACT](own, standing, kind, entry)  # type: ignore[operator]
    assert confidence.sight(standing, sid) == before


# ---- guards


def _begin(desk: Desk, pair: str) -> str:
    return refused(desk, "mediator1", "pair.begin", pair=pair)


def _claim(desk: Desk, sid: str, slug: str = "liaison1") -> str:
    return refused(desk, slug, "step.claim", sid, note="EXERCISE. Done.")


def _confirm(desk: Desk, sid: str, slug: str = "liaison2") -> str:
    return refused(desk, slug, "step.confirm", sid, step_party="party-1")


def _dispute(desk: Desk, sid: str, slug: str = "liaison2") -> str:
    return refused(desk, slug, "step.dispute", sid, step_party="party-1", reason="EXERCISE. No.")


def _decide(desk: Desk, sid: str, held: Told = "step_met") -> str:
    return refused(desk, "monitor", "step.decide", sid, step_party="party-1", step_held=held, reason="EXERCISE. Seen.")


def _lapse(desk: Desk, sid: str, wait: str = "P3D", party: str = "party-1") -> str:
    if wait:
        desk.wait(wait)
    return refused(desk, "secretariat", "step.lapse", sid, step_party=party)


def _all_kept(desk: Desk) -> str:
    return confirmed(desk, claimed(desk, begun(desk)))


def _one_sided(desk: Desk) -> Desk:
    return founded("party-1", parties=("party-1",))


def _lapsed(desk: Desk) -> str:
    sid = begun(desk)
    assert _lapse(desk, sid) == ""
    return sid


CLAIMED = lambda d: claimed(d, begun(d))  # noqa: E731


def _begun_again(desk: Desk, kept: bool) -> str:
    sid = begun(desk)
    if kept:
        confirmed(desk, claimed(desk, sid), slug="liaison2")
        confirmed(desk, claimed(desk, sid, "party-2"), "party-2", "liaison1")
    return refused(desk, "secretariat", "pair.begin", pair="posts")


GUARDS = (
    Guard("begin", "pair_unknown", lambda d: _begin(d, "none"), lambda d: _begin(d, "posts")),
    Guard("begin", "pair_open", lambda d: _begun_again(d, kept=False), lambda d: _begun_again(d, kept=True)),
    Guard("claim", "pair_unknown", lambda d: _claim(d, NONE), lambda d: _claim(d, begun(d))),
    Guard("claim", "step_waiting", lambda d: _claim(d, CLAIMED(d)), lambda d: _claim(d, begun(d))),
    Guard("claim", "step_all_kept", lambda d: _claim(d, _all_kept(d)), lambda d: _claim(d, _all_kept(d), "liaison2")),
    Guard("confirm", "pair_unknown", lambda d: _confirm(d, NONE), lambda d: _confirm(d, CLAIMED(d))),
    Guard(
        "confirm", "step_disputed",
        lambda d: _confirm(d, disputed(d, CLAIMED(d)), "monitor"), lambda d: _decide(d, disputed(d, CLAIMED(d))),
    ),
    Guard("dispute", "pair_unknown", lambda d: _dispute(d, NONE), lambda d: _dispute(d, CLAIMED(d))),
    Guard(
        "dispute", "step_disputed_already",
        lambda d: _dispute(d, disputed(d, CLAIMED(d))), lambda d: _confirm(d, disputed(d, CLAIMED(d))),
    ),
    Guard("decide", "pair_unknown", lambda d: _decide(d, NONE), lambda d: _decide(d, disputed(d, CLAIMED(d)))),
    Guard(
        "decide", "step_undisputed", lambda d: _decide(d, CLAIMED(d)), lambda d: _confirm(d, CLAIMED(d), "monitor"),
    ),
    Guard("lapse", "pair_unknown", lambda d: _lapse(d, NONE), lambda d: _lapse(d, begun(d))),
    Guard("lapse", "step_waiting", lambda d: _lapse(d, CLAIMED(d)), lambda d: _lapse(d, begun(d))),
    Guard("lapse", "step_not_due", lambda d: _lapse(d, _lapsed(d)), lambda d: _lapse(d, begun(d))),
    Guard("lapse", "step_time_left", lambda d: _lapse(d, begun(d), ""), lambda d: _lapse(d, begun(d))),
    Guard("_of_pair", "pair_unknown", lambda d: _dispute(d, NONE), lambda d: _dispute(d, CLAIMED(d))),
    Guard(
        "_of_pair", "pair_not_bound",
        lambda d: _claim(s := _one_sided(d), begun(s), "liaison2"), lambda d: _claim(s := _one_sided(d), begun(s)),
    ),
    Guard("_claimed", "pair_unknown", lambda d: _confirm(d, NONE), lambda d: _confirm(d, CLAIMED(d))),
    Guard("_claimed", "step_own", lambda d: _confirm(d, CLAIMED(d), "liaison1"), lambda d: _confirm(d, CLAIMED(d))),
    Guard("_claimed", "step_unclaimed", lambda d: _confirm(d, begun(d)), lambda d: _confirm(d, CLAIMED(d))),
)  # fmt: skip


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: f"{guard.place}-{guard.code}")
def test_a_guard_refuses_and_gives_way_to_its_remedy(guard: Guard) -> None:
    assert guard.wrong(founded()) == guard.code
    assert guard.mended(founded()) == ""


def test_every_guard_of_the_module_stands_in_the_table() -> None:
    assert written("confidence") == {(guard.place, guard.code) for guard in GUARDS}


@pytest.mark.parametrize(
    ("deed", "wrong"),
    (
        ("pair.begin", "liaison1"), ("step.claim", "monitor"), ("step.confirm", "mediator1"), ("step.dispute", "monitor"),
        ("step.decide", "liaison2"), ("step.lapse", "liaison1"),
    ),
)  # fmt: skip
def test_a_deed_is_nobody_elses(deed: str, wrong: str) -> None:
    desk = founded()
    given: dict[str, dict[str, Told]] = {
        "pair.begin": {"pair": "posts"}, "step.claim": {"note": "x"}, "step.confirm": {"step_party": "party-1"},
        "step.dispute": {"step_party": "party-1", "reason": "x"}, "step.lapse": {"step_party": "party-1"},
        "step.decide": {"step_party": "party-1", "reason": "x", "step_held": "step_met"},
    }  # fmt: skip
    assert refused(desk, wrong, deed, NONE, **given[deed]) == "role"
