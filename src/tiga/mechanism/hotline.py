"""The hotline: calls logged by both ends, unanswered ones too, and the test calls that are owed from time to time.

Rules
1. The ends of a call are the parties and the mechanism's centre (CENTRE: whoever of monitors, mediators and secretariat
   speaks for it). Either end logs a call: who called whom, when by which clock, whether it was answered, its gist.
2. The other end gives its own account. Both stand side by side as they were given, with the difference of their times in
   minutes; they are never merged, and neither is preferred. An end that knows of no call says `not answered` without a time.
3. A call is unanswered if the caller's account says so, or, while the caller has given none, the account of the end called.
   It needs no confirmation, and it counts. An answered one waits for the other end's account.
4. The secretariat schedules a test call between two ends; the clock `test_call` starts. It is met by a call for this test, in
   either direction, that both ends say was answered, as of the instant at which that call was logged. While the last
   attempt waits for the end that was called, it is that end's turn.
5. `tally` counts per direction, in the agreement's order, never by size. A gist is R1: both parties and the mechanism's
   staff read it; names of persons are not asked for.

Not done here: finding out that both ends have logged one call as two, or correcting an account.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, ClassVar, cast

from tiga.mechanism import guards
from tiga.mechanism.acts import Actor, Decision, Outcome, Refusal, drafted
from tiga.mechanism.asks import ASSERTED, Ask, Deed, Fact, Given, Sight
from tiga.mechanism.deadlines import Clock
from tiga.record.entries import Entry
from tiga.values.moments import BadMoment, Instant, Moment

if TYPE_CHECKING:
    from tiga.mechanism.standing import Standing

NAME, PREFIX = "call", "L"
CENTRE = "centre"
"""The end that is no party's."""
MINUTE_MS = 60_000


@dataclass(frozen=True, slots=True)
class CallLogged:
    """One end's account of a call. `of` is the case it concerned, `crossing` the crossing, `test` the test it was for."""

    ACT: ClassVar[str] = "call.log"
    RELEASE: ClassVar[str] = "R1"

    caller: str
    called: str
    end: str
    when: Moment
    answered: bool
    gist: str = ""
    of: str = ""
    crossing: str = ""
    test: str = ""

    def threads(self, sid: str) -> tuple[str, ...]:
        case = (f"case:{self.of}",) if self.of else ()
        return (f"call:{sid}", *((f"call:{self.test}",) if self.test else ()), *case)


@dataclass(frozen=True, slots=True)
class CallConfirmed:
    """The other end's account of a call that was logged; without a time where it knows of no call."""

    ACT: ClassVar[str] = "call.confirm"
    RELEASE: ClassVar[str] = "R1"

    call: str
    end: str
    answered: bool
    when: Moment | None = None
    gist: str = ""
    test: str = ""

    def threads(self, sid: str) -> tuple[str, ...]:
        return (f"call:{self.call}", *((f"call:{self.test}",) if self.test else ()))


@dataclass(frozen=True, slots=True)
class TestScheduled:
    """A test call that is owed between two ends."""

    ACT: ClassVar[str] = "call.test"
    RELEASE: ClassVar[str] = "R1"

    caller: str
    called: str
    due: Instant
    zone: str
    clause: str

    def threads(self, sid: str) -> tuple[str, ...]:
        return (f"call:{sid}",)


@dataclass(frozen=True, slots=True)
class Call:
    """A call as one end logged it, and the other end's account with the instant of its entry."""

    sid: str
    index: int
    at: Instant
    logged: CallLogged
    other: tuple[Instant, CallConfirmed] | None = None

    @property
    def accounts(self) -> dict[str, bool]:
        """Whether the call was answered, by the end that says so."""
        return {self.logged.end: self.logged.answered} | (
            {self.other[1].end: self.other[1].answered} if self.other else {}
        )

    @property
    def state(self) -> str:
        """`call_unanswered`, `call_unconfirmed`, `call_confirmed`, or `call_differing` where the caller alone says answered."""
        said = self.accounts
        if not said.get(self.logged.caller, said.get(self.logged.called, True)):
            return "call_unanswered"
        if self.other is None:
            return "call_unconfirmed"
        return "call_confirmed" if all(said.values()) else "call_differing"

    @property
    def minutes_apart(self) -> int | None:
        """Whole minutes between the starts that both ends assert; None where one asserts none."""
        when = self.other[1].when if self.other else None
        return None if when is None else abs(when.start.ms - self.logged.when.start.ms) // MINUTE_MS


@dataclass(frozen=True, slots=True)
class Test:
    """A test call that was scheduled, with the calls logged for it."""

    sid: str
    index: int
    at: Instant
    scheduled: TestScheduled
    calls: tuple[str, ...] = ()


@dataclass(slots=True)
class State:
    calls: dict[str, Call] = field(default_factory=dict)
    tests: dict[str, Test] = field(default_factory=dict)


def state(standing: Standing) -> State:
    return cast(State, standing.affairs.states[NAME]) if standing.affairs is not None else State()


@dataclass(frozen=True, slots=True)
class Tally:
    """Calls and tests of one direction: calls by state, tests by whether they were made."""

    caller: str
    called: str
    answered: int
    unanswered: int
    unconfirmed: int
    differing: int
    tests_made: int
    tests_owed: int


def tally(standing: Standing) -> tuple[Tally, ...]:
    """The calls and tests of every direction between two ends, in the agreement's order, the centre last."""
    own, ends = state(standing), _ends(standing)
    return tuple(_direction(own, one, two) for one in ends for two in ends if one != two)


def _direction(own: State, caller: str, called: str) -> Tally:
    states = [row.state for row in own.calls.values() if (row.logged.caller, row.logged.called) == (caller, called)]
    met = [
        _met(own, row) is not None
        for row in own.tests.values()
        if (row.scheduled.caller, row.scheduled.called) == (caller, called)
    ]
    return Tally(
        caller,
        called,
        answered=states.count("call_confirmed"),
        unanswered=states.count("call_unanswered"),
        unconfirmed=states.count("call_unconfirmed"),
        differing=states.count("call_differing"),
        tests_made=met.count(True),
        tests_owed=met.count(False),
    )


# ---- deciders


def log(standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: tuple[bytes, ...]) -> Outcome:
    """One end logs a call, answered or not."""
    refusal = guards.acting(standing, by, "liaison", *guards.TEAM) or _between(standing, given)
    if refusal:
        return refusal
    caller, called, end = given.text("caller"), given.text("called"), _end(by)
    if end not in (caller, called):
        return Refusal("call_not_yours", values={"party": end})
    when = _when(given, now)
    if not isinstance(when, Moment):
        return when or Refusal("asserted_time")
    case, crossing, test = given.text("case"), given.text("call_crossing"), given.text("call_test")
    if case and case not in standing.cases:
        return Refusal("case_unknown", values={"case": case})
    if crossing and guards.agreement(standing).undertakings.crossing(crossing) is None:
        return Refusal("call_crossing_unknown")
    refusal = _tests(state(standing), test, {caller, called}, when) if test else None
    if refusal:
        return refusal
    kind = CallLogged(
        caller, called, end, when, given.yes("call_answered"), given.line("call_gist"), case, crossing, test
    )  # fmt: skip
    return Decision((drafted(kind, standing.log, now),), standing.reads)


def confirm(standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: tuple[bytes, ...]) -> Outcome:
    """The other end gives its own account."""
    row, end = state(standing).calls.get(sid), _end(by)
    refusal = guards.acting(standing, by, "liaison", *guards.TEAM)
    if refusal or row is None:
        return refusal or Refusal("call_unknown")
    if end not in (row.logged.caller, row.logged.called):
        return Refusal("call_not_yours", values={"party": end})
    if end == row.logged.end:
        return Refusal("call_own_account", values={"party": end})
    if row.other is not None:
        return Refusal("call_told", values={"party": end})
    when, answered = _when(given, now), given.yes("call_answered")
    if isinstance(when, Refusal):
        return when
    if answered and when is None:
        return Refusal("call_time_missing")
    kind = CallConfirmed(sid, end, answered, when, given.line("call_gist"), row.logged.test)
    return Decision((drafted(kind, standing.log, now),), standing.reads)


def schedule(standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: tuple[bytes, ...]) -> Outcome:
    """The secretariat schedules a test call; its span is the agreement's."""
    refusal = guards.acting(standing, by, "secretariat") or _between(standing, given)
    if refusal:
        return refusal
    clock = guards.due(standing, "test_call", now)
    if clock is None:
        return Refusal("no_clock", values={"clock": "test_call"})
    kind = TestScheduled(given.text("caller"), given.text("called"), *clock)
    return Decision((drafted(kind, standing.log, now),), standing.reads)


def _awaited(standing: Standing, sid: str, by: Actor) -> bool:
    """Whether this actor speaks for the end of a call that has given no account yet."""
    row, end = state(standing).calls.get(sid), _end(by)
    return (
        row is not None
        and row.other is None
        and end in (row.logged.caller, row.logged.called)
        and end != row.logged.end
    )


def _owed(standing: Standing, sid: str, by: Actor) -> tuple[str, ...]:
    """The tests that are owed between this actor's end and another."""
    own, end = state(standing), _end(by)
    rows = (test for test in own.tests.values() if end in (test.scheduled.caller, test.scheduled.called))
    return tuple(test.sid for test in rows if _met(own, test) is None)


def _ends(standing: Standing) -> tuple[str, ...]:
    return (*guards.parties(standing), CENTRE)


def _end(by: Actor) -> str:
    return by.component if by.role == "liaison" else CENTRE


def _between(standing: Standing, given: Given) -> Refusal | None:
    """A call goes from one known end to another."""
    ends = {given.text("caller"), given.text("called")}
    if not ends <= set(_ends(standing)):
        return Refusal("call_end_unknown", values={"known": ", ".join(_ends(standing))})
    return Refusal("call_same_end") if len(ends) == 1 else None


def _when(given: Given, now: Instant) -> Moment | Refusal | None:
    """The asserted start, None where none was given, or why it cannot be one."""
    if not given.line("asserted_local"):
        return None
    try:
        when = given.asserted()
    except BadMoment:
        return Refusal("asserted_time")
    return guards.future(when.start, now) or when


def _tests(own: State, sid: str, ends: set[str], when: Moment) -> Refusal | None:
    """A call is for a test that is owed between its ends, and was not made before the test was scheduled."""
    test = own.tests.get(sid)
    if test is None:
        return Refusal("call_test_unknown")
    clause = test.scheduled.clause
    if _met(own, test) is not None:
        return Refusal("call_test_made", clause)
    if {test.scheduled.caller, test.scheduled.called} != ends:
        return Refusal("call_test_ends", clause, {"ends": f"{test.scheduled.caller}, {test.scheduled.called}"})
    before = when.latest.ms + MINUTE_MS <= test.at.ms  # an asserted time holds no seconds
    return Refusal("call_before_test", clause, {"at": test.at.text()}) if before else None


def _met(own: State, test: Test) -> Instant | None:
    """When the call that met a test was logged; None while it is owed."""
    rows = (own.calls[sid] for sid in test.calls)
    return next((row.at for row in rows if row.state == "call_confirmed"), None)


# ---- fold


def _logged(own: State, standing: Standing, kind: CallLogged, entry: Entry) -> None:
    own.calls[entry.sid] = Call(entry.sid, entry.index, standing.now, kind)
    if test := own.tests.get(kind.test):
        own.tests[kind.test] = replace(test, calls=(*test.calls, entry.sid))


def _confirmed(own: State, standing: Standing, kind: CallConfirmed, entry: Entry) -> None:
    if row := own.calls.get(kind.call):
        own.calls[kind.call] = replace(row, other=(standing.now, kind))


def _scheduled(own: State, standing: Standing, kind: TestScheduled, entry: Entry) -> None:
    own.tests[entry.sid] = Test(entry.sid, entry.index, standing.now, kind)


# ---- what is seen


def objects(standing: Standing) -> tuple[str, ...]:
    own = state(standing)
    rows = {row.index: sid for sid, row in own.calls.items()} | {row.index: sid for sid, row in own.tests.items()}
    return tuple(rows[index] for index in sorted(rows))


def sight(standing: Standing, sid: str) -> Sight | None:
    """A call with both accounts side by side, or a test call with its clock."""
    own = state(standing)
    if sid in own.tests:
        return _test_sight(own, own.tests[sid])
    return _call_sight(own.calls[sid]) if sid in own.calls else None


def _call_sight(row: Call) -> Sight:
    logged = row.logged
    facts = [Fact("caller", logged.caller, "party"), Fact("called", logged.called, "party")]
    facts += [Fact("case", f"case:{logged.of}", "object")] if logged.of else []
    facts += [Fact("call_crossing", f"crossings:{logged.crossing}", "undertaking")] if logged.crossing else []
    facts += [Fact("call_test", f"call:{logged.test}", "object")] if logged.test else []
    facts += _account(logged.end, row.at, logged.when, logged.answered, logged.gist)
    if row.other is not None:
        at, other = row.other
        facts += _account(other.end, at, other.when, other.answered, other.gist)
    if row.minutes_apart is not None:
        facts.append(Fact("call_minutes_apart", str(row.minutes_apart), "number"))
    return Sight(
        row.sid, NAME, row.index, row.at, row.state, f"{logged.caller} → {logged.called}", "R1", tuple(facts),
        open=row.state == "call_unconfirmed",
    )  # fmt: skip


def _account(end: str, at: Instant, when: Moment | None, answered: bool, gist: str) -> list[Fact]:
    """What one end says, in the same order for both."""
    facts = [Fact("call_account", end, "party"), Fact("call_entered", at.text(), "instant")]
    if when is not None:
        facts += [
            Fact("asserted_local", f"{when.local} {when.zone}"),
            Fact("asserted_precision", when.precision, "precision"), Fact("call_start", when.start.text(), "instant"),
        ]  # fmt: skip
    facts.append(Fact("call_answered", "yes" if answered else "no", "code"))
    return [*facts, Fact("call_gist", gist)] if gist else facts


def _test_sight(own: State, row: Test) -> Sight:
    owed, met = row.scheduled, _met(own, row)
    facts = [
        Fact("caller", owed.caller, "party"), Fact("called", owed.called, "party"), Fact("clause", owed.clause, "clause"),
        *(Fact("call_attempt", f"call:{sid}", "object") for sid in row.calls),
    ]  # fmt: skip
    whose = own.calls[row.calls[-1]].logged.called if row.calls and met is None else owed.caller
    clock = Clock("test_call", whose, row.at, owed.due, owed.zone, owed.clause, met)
    return Sight(
        row.sid, NAME, row.index, row.at, "call_test_owed" if met is None else "call_test_made",
        f"{owed.caller} → {owed.called}", "R1", tuple(facts), open=met is None, clocks=(clock,),
    )  # fmt: skip


KINDS = (CallLogged, CallConfirmed, TestScheduled)
FOLDS = {CallLogged.ACT: _logged, CallConfirmed.ACT: _confirmed, TestScheduled.ACT: _scheduled}
TOLD = ("call_unconfirmed", "call_unanswered")
_ENDS = (Ask("caller", "choice", "ends"), Ask("called", "choice", "ends"))
DEEDS = (
    Deed(
        "call.log", NAME, ("liaison", *guards.TEAM), log, new=True, reads=("case:{case}", "call:{call_test}"),
        asks=(*_ENDS, *ASSERTED, Ask("call_answered", "yes"), Ask("call_gist", required=False),
              Ask("case", "object", "case", required=False), Ask("call_crossing", "choice", "crossings", required=False),
              Ask("call_test", "object", "call", required=False, among=_owed)),
    ),
    Deed(
        "call.confirm", NAME, ("liaison", *guards.TEAM), confirm, states=TOLD, fits=_awaited,
        asks=(Ask("call_answered", "yes"), *(replace(ask, required=False) for ask in ASSERTED),
              Ask("call_gist", required=False)),
    ),
    Deed("call.test", NAME, ("secretariat",), schedule, new=True, asks=_ENDS),
)  # fmt: skip
