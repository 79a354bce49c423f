"""Duties with stages: a claim is no fact, silence no verdict, and the acceptance decides (domain.md g.6, g.11)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.core.mechanism import desk as desks
from tests.core.mechanism.affairs.deeds import Guard, Told, at, do, facts, refused, sight, written
from tests.core.mechanism.desk import Desk
from tiga.agreement.clauses import Agreement
from tiga.agreement.grounds import Ground
from tiga.agreement.undertakings import Duty, Stage, Undertakings
from tiga.mechanism import affairs, duties
from tiga.mechanism.acts import Actor, Decision, Drafted, Refusal
from tiga.mechanism.asks import Given
from tiga.mechanism.release import Reader, may_see
from tiga.values.moments import Instant, Span

NONE = "x" * 43
PLACE = "The training place at Exercise Post is taken down and empty."
STAGES = (
    Stage("acknowledge", "PT24H"),
    Stage("plan", "P3D"),
    Stage("action_report", "P14D"),
    Stage("verified", "P21D"),
)
ACTING = Duty(
    "act_on_evidence", "O-05", "shared_evidence", STAGES, "AFT", Ground("placeholder"),
    acceptance=({"en": "Nobody who is named in the evidence trains there or elsewhere."},),
)  # fmt: skip
OWN = Duty(
    "own_forces", "O-07", "finding", (Stage("action_report", "P30D"),), "PKT", Ground("placeholder"), ("party-1",),
    "mediators",
)  # fmt: skip
BARE = Duty("no_stage", "O-05", "request", (), "UTC", Ground("placeholder"))
ODD = Duty("odd_stage", "O-05", "request", (Stage("dance", "P1D"),), "UTC", Ground("placeholder"))


def agreement(*rows: Duty) -> Agreement:
    return replace(desks.exercise_agreement(), undertakings=Undertakings(duties=rows or (ACTING, OWN, BARE, ODD)))


def founded() -> Desk:
    return desks.founded(agreement=agreement())


def liaison(party: str) -> str:
    return {"party-1": "liaison1", "party-2": "liaison2"}[party]


def other(party: str) -> str:
    return {"party-1": "party-2", "party-2": "party-1"}[party]


def _starts(**more: Told) -> dict[str, Told]:
    usual: dict[str, Told] = {
        "duty": "act_on_evidence", "party": "party-2", "duty_ground": "Evidence that was shared", "duty_acceptance": PLACE,
    }  # fmt: skip
    return usual | more


def started(desk: Desk, **more: Told) -> str:
    return do(desk, "mediator1", "duty.start", **_starts(**more))


def answered(desk: Desk, sid: str, stage: str, said: str, party: str = "party-2", **more: Told) -> str:
    return do(desk, liaison(party), "duty.answer", sid, duty_stage=f"duty_{stage}", said=said, **more)


def _checks(part: str = "a1", outcome: str = "met", **more: Told) -> dict[str, Told]:
    usual: dict[str, Told] = {
        "duty_part": part, "outcome": f"duty_{outcome}", "method": "duty_records", "reason": "Two registers were read",
    }  # fmt: skip
    return usual | more


def states(desk: Desk, sid: str) -> list[tuple[str, str]]:
    """(clock, state) at the desk's next act."""
    return [(clock.name, clock.state(desk.now())) for clock in sight(desk, "duty", sid).clocks]


def told(desk: Desk, sid: str, *codes: str) -> list[str]:
    return [value for code, value in facts(desk, "duty", sid) if code in codes]


@pytest.mark.parametrize("party", ("party-1", "party-2"))
def test_what_is_said_to_be_done_is_a_claim_until_every_part_is_found_met(party: str) -> None:
    """Scenario 6: figures stand side by side, people moved elsewhere are what the acceptance says of that."""
    desk = founded()
    sid = started(desk, party=party)
    assert (sight(desk, "duty", sid).state, sight(desk, "duty", sid).title) == (
        "duty_started", "Evidence that was shared",
    )  # fmt: skip
    for stage, said, state in (
        ("acknowledge", "Received", "acknowledged"), ("plan", "A search within a week", "planned"),
    ):  # fmt: skip
        answered(desk, sid, stage, said, party)
        assert sight(desk, "duty", sid).state == f"duty_{state}"
    figure = {"duty_counted": "people detained", "duty_low": "70", "duty_high": "70", "duty_teller": "An office"}
    answered(desk, sid, "action_report", "People were detained", party, **figure)
    later = {**figure, "duty_low": "200", "duty_high": "209", "duty_teller": "Another office"}
    answered(desk, sid, "action_report", "More were detained, the rest moved away", party, **later)
    assert (sight(desk, "duty", sid).state, sight(desk, "duty", sid).open) == ("duty_claimed_fulfilled", True)
    assert told(desk, sid, "duty_figure", "duty_teller") == ["70", "An office", "200–209", "Another office"]
    assert told(desk, sid, "said")[2:] == ["People were detained", "More were detained, the rest moved away"]
    do(desk, "monitor", "duty.verify", sid, **_checks("a2"))
    do(desk, "monitor", "duty.verify", sid, **_checks("a1", "not_met", reason="They train elsewhere now"))
    assert (sight(desk, "duty", sid).state, told(desk, sid, "duty_checked", "outcome")) == (
        "duty_checked", ["a2", "duty_met", "a1", "duty_not_met"],
    )  # fmt: skip
    answered(desk, sid, "action_report", "They were sent home", party)
    assert sight(desk, "duty", sid).state == "duty_claimed_fulfilled"
    do(desk, "monitor", "duty.verify", sid, **_checks("a1"))
    seen = sight(desk, "duty", sid)
    assert (seen.state, seen.open) == ("duty_verified", False)
    assert states(desk, sid) == [
        ("duty_acknowledge", "met"), ("duty_plan", "met"), ("duty_action_report", "met"), ("duty_verified", "met"),
    ]  # fmt: skip
    assert (desk.whole.cases, desk.whole.determinations) == ({}, {})


def test_a_later_check_may_say_otherwise_and_leaves_the_earlier_instant_alone() -> None:
    desk = founded()
    sid = started(desk, duty_acceptance="")
    answered(desk, sid, "action_report", "Done")
    do(desk, "monitor", "duty.verify", sid, **_checks())
    since = sight(desk, "duty", sid).clocks[-1].met
    do(desk, "monitor", "duty.verify", sid, **_checks(reason="Looked again"))
    assert sight(desk, "duty", sid).clocks[-1].met == since
    assert [state for _, state in states(desk, sid)] == ["lapsed", "lapsed", "met", "met"]
    do(desk, "mediator2", "duty.verify", sid, **_checks(outcome="partly"))
    assert (sight(desk, "duty", sid).state, sight(desk, "duty", sid).clocks[-1].met) == ("duty_checked", None)


@pytest.mark.parametrize("party", ("party-1", "party-2"))
def test_a_clock_that_passed_is_told_and_nothing_follows_but_what_somebody_does(party: str) -> None:
    """Scenario 11: three quarters, the exact instant, a late answer taken and marked, a complaint by somebody's own act."""
    desk = founded()
    sid = started(desk, party=party)
    first = sight(desk, "duty", sid).clocks[0]
    assert (first.whose, first.zone, first.clause) == (party, "AFT", "O-05")
    assert first.due == first.started.plus(Span.parse("PT24H"))
    assert [first.state(first.started.plus(Span.parse(span))) for span in ("PT17H59M", "PT18H", "PT24H")] == [
        "running", "soon", "overdue",
    ]  # fmt: skip
    assert first.state(Instant(first.due.ms - 1)) == "soon"
    desk.wait("P2D")
    assert (sight(desk, "duty", sid).state, states(desk, sid)[0]) == ("duty_started", ("duty_acknowledge", "overdue"))
    answered(desk, sid, "acknowledge", "Received, late", party)
    assert (states(desk, sid)[0], told(desk, sid, "duty_mark")) == (("duty_acknowledge", "late"), ["duty_late"])
    desk.wait("P2D")
    do(desk, "secretariat", "duty.refer", sid, act="O2", reason="No plan was handed in")
    assert told(desk, sid, "duty_lodges", "act", "duty_provision") == ["O2", "P-14", other(party)]
    assert (sight(desk, "duty", sid).state, desk.whole.cases) == ("duty_acknowledged", {})
    case = desks.complain(desk, liaison(other(party)), ("O2",), "2026-01-09T08:00", party, "P-14")
    assert desk.whole.cases[case].opened.issues[0].party == party


def test_a_first_report_in_time_is_not_made_late_by_a_further_one() -> None:
    desk = founded()
    sid = started(desk)
    answered(desk, sid, "action_report", "Begun")
    desk.wait("P15D")
    answered(desk, sid, "action_report", "Finished")
    assert (states(desk, sid)[2], told(desk, sid, "duty_mark")) == (("duty_action_report", "met"), [])


def test_more_time_is_a_signed_act_that_shows_what_was_due_before() -> None:
    desk = founded()
    sid = started(desk)
    before = sight(desk, "duty", sid).clocks[1].due
    later = before.plus(Span.parse("P2D"))
    do(desk, "mediator2", "duty.extend", sid, duty_stage="duty_plan", due=later.text(), reason="Snow on the road")
    assert [clock.due for clock in sight(desk, "duty", sid).clocks][1:2] == [later]
    assert told(desk, sid, "duty_extended", "duty_before", "due", "reason") == [
        "duty_plan", before.text(), later.text(), "Snow on the road",
    ]  # fmt: skip
    desk.wait("P4D")
    answered(desk, sid, "plan", "A search")
    assert states(desk, sid)[1] == ("duty_plan", "met")


def test_a_check_may_name_the_visit_under_which_the_team_was_there() -> None:
    desk = founded()
    sid, visit = started(desk), _visited(desk)
    answered(desk, sid, "action_report", "Done")
    do(desk, "monitor", "duty.verify", sid, **_checks(method="duty_team_access", duty_visit=visit))
    assert told(desk, sid, "method", "duty_visit") == ["duty_team_access", f"access:{visit}"]


def test_a_duty_rests_on_what_started_it() -> None:
    desk = founded()
    case, request = desks.complain(desk), _visited(desk)
    sid = started(desk, case=case, duty_object=f"access:{request}")
    assert told(desk, sid, "duty_of") == [f"case:{case}", f"access:{request}"]
    assert [entry.envelope.act for entry in desk.book.thread(f"case:{case}")][-1] == "duty.start"


def test_another_concept_starts_a_duty_in_its_own_step() -> None:
    desk = founded()
    made = duties.start(desk.standing(), "act_on_evidence", "party-1", "Shared", desk.now(), of=(f"sheet:{NONE}",))
    assert isinstance(made, Drafted)
    assert (made.by_registrar, made.threads) == (True, (f"duty:{made.sid}", f"sheet:{NONE}"))
    (sid,) = desk.enter(Decision((made,), {}), Actor("", "registrar"))
    assert told(desk, sid, "duty_part") == [
        "a1 · Nobody who is named in the evidence trains there or elsewhere.",
    ]
    refusal = duties.start(desk.standing(), "own_forces", "party-2", "Shared", desk.now())
    assert isinstance(refusal, Refusal) and refusal.code == "not_bound"


def test_every_duty_of_the_shipped_agreement_can_be_started() -> None:
    desk = desks.founded()
    rows = desks.exercise_agreement().undertakings.duties
    assert rows
    for duty in rows:
        made = duties.start(
            desk.standing(),
            duty.id,
            "party-1",
            "EXERCISE",
            desk.now(),
            acceptance=("EXERCISE. A report says who was heard.",),
        )
        assert isinstance(made, Drafted), (duty.id, made)


def test_who_is_bound_and_who_confirms_is_the_agreements() -> None:
    desk = founded()
    sid = started(desk, duty="own_forces", party="party-1")
    (clock,) = sight(desk, "duty", sid).clocks
    assert (clock.name, clock.whose, clock.zone) == ("duty_action_report", "party-1", "PKT")
    answered(desk, sid, "action_report", "Three were heard", "party-1")
    assert refused(desk, "monitor", "duty.verify", sid, **_checks()) == "role"
    do(desk, "mediator1", "duty.verify", sid, **_checks())
    assert sight(desk, "duty", sid).state == "duty_verified"


def test_both_parties_see_a_duty_and_nobody_outside_does() -> None:
    desk = founded()
    sid = started(desk)
    answered(desk, sid, "acknowledge", "Received")
    seen = sight(desk, "duty", sid)
    readers = {
        (role, side): may_see(Reader(role, side), seen.level, seen.side)
        for role, side in (("liaison", "party-1"), ("liaison", "party-2"), ("mediator", "mediator-1"), ("monitor", ""),
                           ("analyst", ""), ("public", ""))
    }  # fmt: skip
    assert [name for name, sees in readers.items() if not sees] == [("analyst", ""), ("public", "")]
    levels = {affairs.seen_at(entry.envelope) for entry in desk.book.thread(f"duty:{sid}")}
    assert (levels, {(fact.level, fact.side) for fact in seen.facts}) == ({("R1", "")}, {("", "")})


def _shape(desk: Desk, party: str) -> list[tuple[str, str]]:
    """What a duty's page says after one and the same course of things, with the parties' names taken out."""
    sid = started(desk, party=party)
    answered(desk, sid, "acknowledge", "Received", party)
    desk.wait("P15D")
    answered(desk, sid, "action_report", "Done", party)
    do(desk, "monitor", "duty.verify", sid, **_checks("a1", "not_met"))
    do(desk, "mediator1", "duty.refer", sid, act="O2", reason="Not done")
    names = {party: "bound", other(party): "other"}
    return [*((code, names.get(value, value)) for code, value in facts(desk, "duty", sid)), *states(desk, sid)]


def test_the_parties_are_treated_alike() -> None:
    assert _shape(founded(), "party-1") == _shape(founded(), "party-2")


def _visited(desk: Desk, party: str = "party-2") -> str:
    sid = _asked(desk, party)
    do(desk, "monitor", "access.visit", sid, arrived=at(desk, -1), left=at(desk), reached="All of the post")
    return sid


def _asked(desk: Desk, party: str = "party-2") -> str:
    given = {
        "party": party,
        "place": "Exercise Post",
        "purpose": "Look",
        "opens": at(desk, 60),
        "closes": at(desk, 600),
    }
    return do(desk, "monitor", "access.request", **given)


def _start(desk: Desk, **more: Told) -> str:
    return refused(desk, "mediator1", "duty.start", **_starts(**more))


def _answer(desk: Desk, slug: str = "liaison2", stage: str = "plan", **more: Told) -> str:
    return refused(desk, slug, "duty.answer", started(desk), duty_stage=f"duty_{stage}", said="Told", **more)


def _again(desk: Desk, stage: str) -> str:
    sid = started(desk)
    answered(desk, sid, stage, "Told")
    return refused(desk, "liaison2", "duty.answer", sid, duty_stage=f"duty_{stage}", said="Told again")


def _verify(desk: Desk, report: bool = True, **more: Told) -> str:
    sid = started(desk)
    if report:
        answered(desk, sid, "action_report", "Done")
    return refused(desk, "monitor", "duty.verify", sid, **_checks(**more))


def _verified_by(desk: Desk, component: str) -> str:
    """A monitor with a side of its own; nobody on the desk has one."""
    sid = started(desk)
    answered(desk, sid, "action_report", "Done")
    by = Actor(f"{desk.origin}/monitor", "monitor", component)
    outcome = duties.verify(desk.standing(f"duty:{sid}"), sid, Given(_checks()), by, desk.now(), ())
    return outcome.code if isinstance(outcome, Refusal) else ""


def _extend(desk: Desk, stage: str = "plan", minutes: int = 6 * 24 * 60, ready: bool = False, duty: str = "") -> str:
    sid = started(desk, **({"duty": duty, "party": "party-1"} if duty else {}))
    if ready:
        answered(desk, sid, stage, "Told")
    given = {"duty_stage": f"duty_{stage}", "due": at(desk, minutes), "reason": "Snow"}
    return refused(desk, "mediator1", "duty.extend", sid, **given)


def _refer(desk: Desk, wait: str = "P4D", act: str = "O2", stages: tuple[str, ...] = (), outcome: str = "") -> str:
    sid = started(desk)
    for stage in stages:
        answered(desk, sid, stage, "Told")
    if outcome:
        do(desk, "monitor", "duty.verify", sid, **_checks(outcome=outcome))
    desk.wait(wait)
    return refused(desk, "mediator1", "duty.refer", sid, act=act, reason="Nothing came")


def _without(desk: Desk) -> Desk:
    """A desk whose agreement prohibits nothing that the duty speaks of."""
    terms = agreement()
    return desks.founded(agreement=replace(terms, clauses=tuple(row for row in terms.clauses if row.id != "P-14")))


def _done(desk: Desk) -> str:
    sid = started(desk, duty_acceptance="")
    answered(desk, sid, "action_report", "Done")
    do(desk, "monitor", "duty.verify", sid, **_checks())
    return refused(desk, "liaison2", "duty.answer", sid, duty_stage="duty_plan", said="Told")


ALL = ("acknowledge", "plan", "action_report")
FIGURE = {"duty_counted": "people", "duty_low": "1", "duty_high": "2", "duty_teller": "An office"}
MANY = "\n".join(f"Part {n}" for n in range(12))
GUARDS = (
    Guard("start", "duty_undefined", lambda d: _start(d, duty="none"), lambda d: _start(d)),
    Guard("start", "not_bound", lambda d: _start(d, duty="own_forces"),
          lambda d: _start(d, duty="own_forces", party="party-1")),
    Guard("start", "no_clock", lambda d: _start(d, duty="no_stage"), lambda d: _start(d)),
    Guard("start", "duty_stage_unknown", lambda d: _start(d, duty="odd_stage"), lambda d: _start(d)),
    Guard("start", "duty_acceptance_count", lambda d: _start(d, duty_acceptance=MANY), lambda d: _start(d)),
    Guard("start", "duty_acceptance_count",
          lambda d: _start(d, duty="own_forces", party="party-1", duty_acceptance=" \n"),
          lambda d: _start(d, duty="own_forces", party="party-1")),
    Guard("begin", "case_unknown", lambda d: _start(d, case=NONE), lambda d: _start(d, case=desks.complain(d))),
    Guard("begin", "duty_object_unknown", lambda d: _start(d, duty_object=f"access:{NONE}"),
          lambda d: _start(d, duty_object=f"access:{_asked(d)}")),
    Guard("begin", "duty_object_unknown", lambda d: _start(d, duty_object="roster"), lambda d: _start(d)),
    Guard("answer", "duty_unknown",
          lambda d: refused(d, "liaison2", "duty.answer", NONE, duty_stage="duty_plan", said="Told"), lambda d: _answer(d)),
    Guard("answer", "duty_of_other", lambda d: _answer(d, "liaison1"), lambda d: _answer(d)),
    Guard("answer", "duty_stage_not_asked", lambda d: refused(
        d, "liaison1", "duty.answer", started(d, duty="own_forces", party="party-1"), duty_stage="duty_plan", said="Told"),
        lambda d: refused(d, "liaison1", "duty.answer", started(d, duty="own_forces", party="party-1"),
                          duty_stage="duty_action_report", said="Told")),
    Guard("answer", "duty_stage_answered", lambda d: _again(d, "acknowledge"), lambda d: _again(d, "plan")),
    Guard("answer", "duty_figure_bare", lambda d: _answer(d, duty_low="70"), lambda d: _answer(d, **FIGURE)),
    Guard("answer", "duty_figure_backwards", lambda d: _answer(d, **{**FIGURE, "duty_low": "3"}),
          lambda d: _answer(d, **FIGURE)),
    Guard("verify", "duty_unknown", lambda d: refused(d, "monitor", "duty.verify", NONE, **_checks()), _verify),
    Guard("verify", "duty_own_side", lambda d: _verified_by(d, "party-2"), lambda d: _verified_by(d, "")),
    Guard("verify", "duty_part_unknown", lambda d: _verify(d, part="a9"), _verify),
    Guard("verify", "duty_unreported", lambda d: _verify(d, report=False), _verify),
    Guard("verify", "duty_visit_unmade", lambda d: _verify(d, duty_visit=_asked(d)),
          lambda d: _verify(d, duty_visit=_visited(d))),
    Guard("verify", "duty_visit_unmade", lambda d: _verify(d, duty_visit=_visited(d, "party-1")),
          lambda d: _verify(d, duty_visit=_visited(d))),
    Guard("extend", "duty_unknown", lambda d: refused(
        d, "mediator1", "duty.extend", NONE, duty_stage="duty_plan", due=at(d, 9), reason="Snow"), _extend),
    Guard("extend", "duty_stage_not_asked", lambda d: _extend(d, duty="own_forces"), _extend),
    Guard("extend", "duty_stage_answered", lambda d: _extend(d, ready=True), _extend),
    Guard("extend", "duty_due_not_later", lambda d: _extend(d, minutes=2 * 24 * 60), _extend),
    Guard("refer", "duty_unknown",
          lambda d: refused(d, "mediator1", "duty.refer", NONE, act="O2", reason="Nothing came"), _refer),
    Guard("refer", "act_not_in_provision", lambda d: _refer(d, act="O3"), _refer),
    Guard("refer", "duty_no_provision", lambda d: _refer(_without(d)), _refer),
    Guard("refer", "duty_runs", lambda d: _refer(d, "PT1H"), lambda d: _refer(d, "PT25H")),
    Guard("refer", "duty_runs", lambda d: _refer(d, "P1D", stages=ALL, outcome="not_met"),
          lambda d: _refer(d, "P15D", stages=ALL, outcome="not_met")),
    Guard("refer", "duty_answered", lambda d: _refer(d, "P15D", stages=ALL),
          lambda d: _refer(d, "P15D", stages=ALL, outcome="partly")),
    Guard("_open", "duty_unknown",
          lambda d: refused(d, "liaison2", "duty.answer", NONE, duty_stage="duty_plan", said="Told"), lambda d: _answer(d)),
    Guard("_open", "duty_verified", _done, lambda d: _answer(d)),
)  # fmt: skip


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: f"{guard.place}-{guard.code}")
def test_a_guard_refuses_and_gives_way_to_its_remedy(guard: Guard) -> None:
    assert guard.wrong(founded()) == guard.code
    assert guard.mended(founded()) == ""


def test_every_guard_of_the_module_stands_in_the_table() -> None:
    assert written("duties") == {(guard.place, guard.code) for guard in GUARDS}


def test_a_silent_party_is_checked_once_its_last_clock_has_ended() -> None:
    desk = founded()
    sid = started(desk)
    desk.wait("P14D")
    do(desk, "monitor", "duty.verify", sid, **_checks("a2", "met", reason="The place was seen empty"))
    assert (sight(desk, "duty", sid).state, told(desk, sid, "said")) == ("duty_checked", [])
