"""Crossings: words side by side, never merged; a closing opens a hotline step, and silence blames nobody."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.core.mechanism import desk as desks
from tests.core.mechanism.affairs.deeds import Guard, Told, do, facts, refused, sight, try_, whole, written
from tests.core.mechanism.desk import Desk
from tiga.agreement.clauses import Agreement
from tiga.agreement.grounds import Ground
from tiga.agreement.undertakings import Crossing, Undertakings
from tiga.mechanism import crossings
from tiga.mechanism.acts import Refusal
from tiga.mechanism.release import Reader, may_see
from tiga.values.moments import Span

NONE = "x" * 43
GATE = Crossing(
    "gate", {"en": "Exercise Gate", "ps": "تمریني دروازه"}, ("people", "trade", "relief"), "P-12", Ground("placeholder")
)
SIDES = {"liaison1": "party-1", "liaison2": "party-2"}
SIDED = pytest.mark.parametrize(("slug", "other"), [("liaison1", "liaison2"), ("liaison2", "liaison1")])


def agreement(clock: bool = True) -> Agreement:
    usual = desks.exercise_agreement()
    deadlines = tuple(row for row in usual.deadlines if clock or row.id != "hotline_reply")
    return replace(usual, deadlines=deadlines, undertakings=Undertakings(crossings=(GATE,)))


def founded(clock: bool = True) -> Desk:
    return desks.founded(agreement=agreement(clock))


def listed(desk: Desk) -> str:
    return do(desk, "secretariat", "crossing.list", crossing_id="gate")


def _says(**more: Told) -> dict[str, Told]:
    usual: dict[str, Told] = {
        "crossing_flows": ("people", "trade"), "crossing_status": "crossing_closed",
        "crossing_local": "2026-01-05T13:00", "crossing_zone": "+05:00", "crossing_precision": "minute",
        "reason": "Building work at the post",
    }  # fmt: skip
    return usual | more


def _sees(**more: Told) -> dict[str, Told]:
    usual: dict[str, Told] = {
        "crossing_flow": "people", "crossing_seen": "crossing_closed", "crossing_local": "2026-01-05T12:45",
        "crossing_zone": "+05:00", "crossing_precision": "minute", "crossing_minutes": "15", "said": "The gate is shut",
    }  # fmt: skip
    return usual | more


def announced(desk: Desk, sid: str, slug: str = "liaison1", **more: Told) -> str:
    return do(desk, slug, "crossing.announce", sid, **_says(**more))


def observed(desk: Desk, sid: str, **more: Told) -> str:
    return do(desk, "monitor", "crossing.observe", sid, **_sees(**more))


def settled(desk: Desk, sid: str, slug: str, yes: str = "yes", flow: str = "people") -> str:
    given: dict[str, Told] = {"crossing_flow": flow, "said": "Spoken with the other end", "crossing_settled": yes}
    return do(desk, slug, "crossing.settle", sid, **given)


def of(desk: Desk, sid: str, *codes: str) -> list[str]:
    return [value for code, value in facts(desk, "crossing", sid) if code in codes]


def flow(desk: Desk, sid: str, name: str) -> list[tuple[str, str]]:
    """What stands of one flow: announced, observed, differing, in order."""
    rows, inside = [], False
    for code, value in facts(desk, "crossing", sid):
        if code in ("crossing_flow", "crossing_step"):
            inside = code == "crossing_flow" and value == name
        elif inside and code in ("party", "announced", "observed", "crossing_differs", "crossing_announced_by"):
            rows.append((code, value))
    return rows


def steps(desk: Desk, sid: str) -> list[tuple[str, tuple[str, ...], str]]:
    """(state, flows, cause) of each step."""
    row = crossings.state(whole(desk)).crossings[sid]
    return [(step.state, step.opened.flows, step.opened.cause) for step in row.steps]


def test_a_crossing_of_which_nobody_spoke_says_so_for_each_flow_and_side() -> None:
    desk = founded()
    sid = listed(desk)
    seen = sight(desk, "crossing", sid)
    assert (seen.state, seen.title, seen.open, seen.clocks) == ("crossing_quiet", "gate", False, ())
    nothing = [
        ("party", "party-1"), ("announced", "crossing_silent"), ("party", "party-2"), ("announced", "crossing_silent"),
        ("observed", "crossing_unobserved"),
    ]  # fmt: skip
    assert [flow(desk, sid, name) for name in GATE.flows] == [nothing] * 3


@SIDED
def test_an_announced_closing_opens_a_step_in_the_same_decision_for_both_sides_alike(slug: str, other: str) -> None:
    desk = founded()
    sid = listed(desk)
    before = desk.book.head().size
    cause = announced(desk, sid, slug)
    acts = [entry.envelope.act for entry in desk.entries()[before:]]
    assert acts == ["crossing.announce", "crossing.step"]
    step = desk.entries()[-1]
    assert (step.envelope.re, step.signers) == ((cause,), (f"{desk.origin}/registrar",))
    assert step.envelope.body["sides"] == ["party-1", "party-2"]
    seen, deadline = sight(desk, "crossing", sid), agreement().deadline("hotline_reply")
    assert deadline is not None
    assert [(clock.name, clock.whose, clock.zone, clock.clause) for clock in seen.clocks] == [
        ("hotline_reply", party, deadline.zone, deadline.clause) for party in ("party-1", "party-2")
    ]
    assert {clock.due for clock in seen.clocks} == {step.envelope.at.plus(Span.parse(deadline.within))}
    assert (seen.state, seen.open) == ("crossing_awaiting", True)
    assert steps(desk, sid) == [("unanswered", ("people", "trade"), "announced")]
    settled(desk, sid, other)
    met = {clock.whose: clock.state(clock.due) for clock in sight(desk, "crossing", sid).clocks}
    assert met == {SIDES[other]: "met", SIDES[slug]: "overdue"}


def test_both_sides_must_say_that_a_step_is_settled_and_the_last_word_counts() -> None:
    desk = founded()
    sid = listed(desk)
    announced(desk, sid)
    settled(desk, sid, "liaison1")
    assert steps(desk, sid) == [("answered", ("people", "trade"), "announced")]
    settled(desk, sid, "liaison2", "no")
    assert steps(desk, sid) == [("answered", ("people", "trade"), "announced")]
    settled(desk, sid, "liaison2", flow="trade")
    assert steps(desk, sid) == [("settled", ("people", "trade"), "announced")]
    seen = sight(desk, "crossing", sid)
    assert (seen.state, seen.open) == ("crossing_told", False)
    assert of(desk, sid, "crossing_settled") == ["yes", "no", "yes"]


def test_while_a_step_is_open_no_second_one_is_opened_for_its_flows() -> None:
    desk = founded()
    sid = listed(desk)
    announced(desk, sid)
    announced(desk, sid, "liaison2", crossing_flows=("trade", "relief"))
    observed(desk, sid)
    assert [flows for _, flows, _ in steps(desk, sid)] == [("people", "trade"), ("relief",)]
    for slug in SIDES:
        settled(desk, sid, slug)
    announced(desk, sid, crossing_until="2026-01-07T18:00")
    assert [(state, flows) for state, flows, _ in steps(desk, sid)] == [
        ("settled", ("people", "trade")), ("unanswered", ("relief",)), ("unanswered", ("people", "trade")),
    ]  # fmt: skip


@pytest.mark.parametrize("slug", sorted(SIDES))
def test_a_flow_seen_closed_that_nobody_announced_opens_a_step_and_names_no_side(slug: str) -> None:
    desk = founded()
    sid = listed(desk)
    announced(desk, sid, slug, crossing_status="crossing_open", crossing_local="2026-01-05T08:00", reason="")
    observed(desk, sid)
    assert steps(desk, sid) == [("unanswered", ("people",), "observed")]
    assert {clock.whose for clock in sight(desk, "crossing", sid).clocks} == {"party-1", "party-2"}
    assert flow(desk, sid, "people")[-2:] == [
        ("crossing_differs", "crossing_seen_otherwise"), ("crossing_announced_by", SIDES[slug]),
    ]  # fmt: skip
    assert desk.whole.cases == {}


def test_a_flow_seen_closed_as_announced_opens_nothing_more() -> None:
    desk = founded()
    sid = listed(desk)
    announced(desk, sid, crossing_local="2026-01-05T12:00")
    for slug in SIDES:
        settled(desk, sid, slug)
    observed(desk, sid)
    assert [state for state, _, _ in steps(desk, sid)] == ["settled"]
    assert [row for row in flow(desk, sid, "people") if row[0] == "crossing_differs"] == []


def test_what_is_not_observable_is_not_closed() -> None:
    desk = founded()
    sid = listed(desk)
    observed(desk, sid, crossing_seen="crossing_not_observable", crossing_minutes="0", reason="Fog")
    assert (steps(desk, sid), of(desk, sid, "observed")[0]) == ([], "crossing_not_observable")


@SIDED
def test_the_words_of_both_sides_stand_beside_the_monitors(slug: str, other: str) -> None:
    desk = founded()
    sid = listed(desk)
    announced(desk, sid, slug, crossing_local="2026-01-05T11:00")
    announced(desk, sid, other, crossing_status="crossing_open", crossing_local="2026-01-05T08:00", reason="")
    observed(desk, sid, crossing_seen="crossing_limited", said="People on foot in one line")
    by_side = {SIDES[slug]: "crossing_closed", SIDES[other]: "crossing_open"}
    assert flow(desk, sid, "people") == [
        ("party", "party-1"), ("announced", by_side["party-1"]), ("party", "party-2"), ("announced", by_side["party-2"]),
        ("observed", "crossing_limited"), ("crossing_differs", "crossing_sides_differ"),
        ("crossing_differs", "crossing_seen_otherwise"), ("crossing_announced_by", "party-1"),
        ("crossing_differs", "crossing_seen_otherwise"), ("crossing_announced_by", "party-2"),
    ]  # fmt: skip
    assert flow(desk, sid, "trade")[-2:] == [
        ("observed", "crossing_unobserved"), ("crossing_differs", "crossing_sides_differ"),
    ]  # fmt: skip
    assert flow(desk, sid, "relief")[-1:] == [("observed", "crossing_unobserved")]


@pytest.mark.parametrize(
    ("local", "precision", "until", "told"),
    [
        (
            "2026-01-05T18:00", "part_of_day", "2026-01-07T09:00",
            ["2026-01-05 18:00 PKT", "crossing_part_of_day", "2026-01-05T13:00:00.000Z", "2026-01-07 09:00 PKT",
             "2026-01-07T04:00:00.000Z"],
        ),
        (
            "2026-01-05", "day", "2026-01-07",
            ["2026-01-05 PKT", "crossing_day", "2026-01-04T19:00:00.000Z", "2026-01-07 PKT", "2026-01-07T19:00:00.000Z"],
        ),
    ],
)  # fmt: skip
def test_a_time_keeps_what_was_told_beside_the_instant(local: str, precision: str, until: str, told: list[str]) -> None:
    desk = founded()
    sid = listed(desk)
    announced(
        desk, sid, crossing_local=local, crossing_zone="PKT", crossing_precision=precision, crossing_until=until,
        crossing_flows="people",
    )  # fmt: skip
    assert of(desk, sid, "crossing_local", "crossing_precision", "since", "crossing_until", "until") == told


def test_where_the_agreement_has_no_span_a_closing_is_taken_all_the_same() -> None:
    desk = founded(clock=False)
    sid = listed(desk)
    announced(desk, sid)
    assert (steps(desk, sid)[0][0], sight(desk, "crossing", sid).clocks) == ("unanswered", ())


@SIDED
def test_a_jirga_waits_for_a_reply_until_this_evening_and_after_twenty_hours_nobody_is_blamed(
    slug: str, other: str
) -> None:
    """The pattern of 17 and 18 March 2025 with invented names (domain.md g.11)."""
    desk = founded()
    sid = listed(desk)
    announced(desk, sid, slug, crossing_precision="about", reason="A post is being built near the line")
    given: dict[str, Told] = {"crossing_flow": "people", "crossing_settled": "no"}
    said = "The jirga has asked that building stop, and waits for a reply until this evening."
    do(desk, other, "crossing.settle", sid, said=said, **given)
    clocks = {clock.whose: clock for clock in sight(desk, "crossing", sid).clocks}
    size, due = desk.book.head().size, clocks[SIDES[slug]].due
    desk.wait("PT20H")
    assert {party: clock.state(desk.whole.now) for party, clock in clocks.items()} == {
        SIDES[slug]: "overdue", SIDES[other]: "met",
    }  # fmt: skip
    assert [entry.envelope.act for entry in desk.entries()[size:]] == ["clock.advance"]
    assert (desk.whole.cases, desk.whole.determinations, desk.whole.measures) == ({}, {}, {})
    assert of(desk, sid, "crossing_word") == ["crossing_silent"]
    do(desk, slug, "crossing.settle", sid, said="The proposal is before the governor.", **given)
    late = {clock.whose: clock for clock in sight(desk, "crossing", sid).clocks}
    assert (late[SIDES[slug]].due, late[SIDES[slug]].state(desk.whole.now)) == (due, "late")
    assert (steps(desk, sid)[0][0], sight(desk, "crossing", sid).open) == ("answered", True)


@pytest.mark.parametrize(
    ("role", "component", "sees"),
    [("liaison", "party-1", True), ("liaison", "party-2", True), ("monitor", "", True), ("secretariat", "", True),
     ("public", "", False), ("analyst", "", False)],
)  # fmt: skip
def test_both_parties_read_the_same_and_the_public_nothing(role: str, component: str, sees: bool) -> None:
    desk = founded()
    sid = listed(desk)
    announced(desk, sid)
    observed(desk, sid)
    seen, reader = sight(desk, "crossing", sid), Reader(role, component)
    assert {may_see(reader, fact.level or seen.level, fact.side or seen.side) for fact in seen.facts} == {sees}


def test_a_crossing_whose_version_is_not_at_hand_is_not_shown() -> None:
    desk = founded()
    sid = listed(desk)
    desk.agreements.clear()
    assert crossings.sight(desk.standing(f"crossing:{sid}"), sid) is None


def _lists(desk: Desk, name: str = "gate") -> str:
    return refused(desk, "secretariat", "crossing.list", crossing_id=name)


def _announces(desk: Desk, sid: str = "", **more: Told) -> str:
    return refused(desk, "liaison1", "crossing.announce", sid or listed(desk), **_says(**more))


def _observes(desk: Desk, **more: Told) -> str:
    return refused(desk, "monitor", "crossing.observe", listed(desk), **_sees(**more))


def _settles(desk: Desk, name: str) -> str:
    sid = listed(desk)
    announced(desk, sid)
    given: dict[str, Told] = {"crossing_flow": name, "said": "Spoken", "crossing_settled": "yes"}
    return refused(desk, "liaison2", "crossing.settle", sid, **given)


def _again(desk: Desk) -> str:
    listed(desk)
    return _lists(desk)


UNSEEN: dict[str, Told] = {"crossing_seen": "crossing_not_observable", "crossing_minutes": "0"}
GUARDS = (
    Guard("enlist", "crossing_unknown", lambda d: _lists(d, "none"), lambda d: _lists(d)),
    Guard("enlist", "crossing_listed", _again, lambda d: _announces(d)),
    Guard("_flows", "crossing_absent", lambda d: _announces(d, NONE), lambda d: _announces(d)),
    Guard("_flows", "crossing_flow", lambda d: _observes(d, crossing_flow="gold"), lambda d: _observes(d)),
    Guard("_moment", "crossing_moment", lambda d: _announces(d, crossing_zone="local"), lambda d: _announces(d)),
    Guard("announce", "reason_missing", lambda d: _announces(d, reason=""), lambda d: _announces(d)),
    Guard("observe", "reason_missing", lambda d: _observes(d, **UNSEEN), lambda d: _observes(d, **UNSEEN, reason="Fog")),
    Guard("observe", "crossing_unseen", lambda d: _observes(d, crossing_minutes="0"), lambda d: _observes(d)),
    Guard("settle", "crossing_no_step", lambda d: _settles(d, "relief"), lambda d: _settles(d, "trade")),
)  # fmt: skip


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: f"{guard.place}-{guard.code}")
def test_a_guard_refuses_and_gives_way_to_its_remedy(guard: Guard) -> None:
    assert guard.wrong(founded()) == guard.code
    assert guard.mended(founded()) == ""


def test_every_guard_of_the_module_stands_in_the_table() -> None:
    # What the form refuses before it: the decider keeps it for other callers.
    formal = {("announce", "crossing_status"), ("observe", "crossing_status")}
    assert written("crossings") - formal == {(guard.place, guard.code) for guard in GUARDS}


@pytest.mark.parametrize(
    ("changed", "ask"),
    [
        ({"crossing_zone": "here"}, "crossing_zone"),
        ({"crossing_precision": "roughly"}, "crossing_precision"),
        ({"crossing_local": "this evening"}, "crossing_local"),
        ({"crossing_local": "2026-01-05"}, "crossing_local"),
        ({"crossing_until": "2026-01-04T18:00"}, "crossing_until"),
        ({"crossing_until": "2026-01-07"}, "crossing_until"),
    ],
)
def test_a_time_that_cannot_be_read_names_what_of_it(changed: dict[str, Told], ask: str) -> None:
    desk = founded()
    result = try_(desk, "liaison1", "crossing.announce", listed(desk), **_says(**changed))
    assert isinstance(result, Refusal)
    assert (result.code, result.values["ask"]) == ("crossing_moment", ask)


def test_nothing_is_observed_before_it_is_over() -> None:
    assert _observes(founded(), crossing_local="2026-01-05T13:00") == "not_yet"


@pytest.mark.parametrize(
    ("slug", "name", "more"),
    [
        ("liaison1", "crossing.list", {"crossing_id": "gate"}),
        ("monitor", "crossing.announce", _says()),
        ("liaison1", "crossing.observe", _sees()),
        ("mediator1", "crossing.settle", {"crossing_flow": "people", "said": "Spoken", "crossing_settled": "yes"}),
    ],
)
def test_everybody_acts_in_their_own_place(slug: str, name: str, more: dict[str, Told]) -> None:
    desk = founded()
    sid = "" if name == "crossing.list" else listed(desk)
    assert refused(desk, slug, name, sid, **more) == "role"
