"""Crossings: what each side announces for people, trade and relief, and what monitors see there, side by side.

Rules
1. There is one object for each crossing of the agreement's list, and the flows are that list's. A side announces for
   itself: open, closed or limited, from when, until when if told, and for anything but open the reason.
2. A monitor says what was seen of one flow, when, and for how long it was looked at. Open, closed and limited need a
   minute of looking; not observable needs a reason, and is never closed.
3. For each flow stand the last word of each side and the last observation, or that there is none. They are never merged
   into one status; where they differ at one time, that they differ is said, and not who is right (`statuses`).
4. Announced and observed times keep the local time, zone and precision in which they were told, beside the instant.
5. A side's announced closing, and a flow seen closed that no side announced closed, opens a hotline step in the same
   decision, by the registrar. While a step on a flow is open no second one is opened for it.
6. Each side gives its word on an open step; it is settled when the last words of all sides say so. The clock
   `hotline_reply` runs for every side alike, and ends with its first word. A clock that has passed says that no word was
   entered: it blames nobody, and makes no case. Where the agreement has no such span, the step has no clock.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from tiga.agreement.undertakings import Crossing
from tiga.mechanism import guards, statuses
from tiga.mechanism.acts import Actor, Decision, Drafted, Outcome, Refusal, drafted
from tiga.mechanism.asks import Ask, Deed, Fact, Given, Sight, texts_value
from tiga.mechanism.crossing_entries import FOLDS as FOLDS
from tiga.mechanism.crossing_entries import KINDS as KINDS
from tiga.mechanism.crossing_entries import (
    CrossingAnnounced,
    CrossingListed,
    CrossingObserved,
    CrossingSettled,
    CrossingStep,
    Listed,
    Step,
)
from tiga.mechanism.crossing_entries import State as State
from tiga.mechanism.deadlines import Clock
from tiga.mechanism.statuses import Told
from tiga.values.moments import PRECISIONS, BadMoment, Instant, Moment, Span

if TYPE_CHECKING:
    from tiga.mechanism.standing import Standing

NAME, PREFIX = "crossing", "X"
ANNOUNCED = ("open", "closed", "limited")
SEEN = (*ANNOUNCED, "not_observable")
STEPS_MAX = 20
"""Steps that a page lists: the latest; earlier ones stay on the record."""


def state(standing: Standing) -> State:
    return cast(State, standing.affairs.states[NAME]) if standing.affairs is not None else State()


def terms_of(standing: Standing, row: Listed) -> Crossing | None:
    """The crossing as the version that listed it has it; None where that version is not at hand."""
    agreement = standing.agreements.get(row.listed.agreement)
    return agreement.undertakings.crossing(row.listed.crossing) if agreement else None


# ---- deciders


def enlist(standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: tuple[bytes, ...]) -> Outcome:
    """Put a crossing of the agreement on the record."""
    refusal = guards.acting(standing, by, "secretariat")
    if refusal:
        return refusal
    name = given.text("crossing_id")
    if guards.agreement(standing).undertakings.crossing(name) is None:
        return Refusal("crossing_unknown", values={"crossing": name})
    kind = CrossingListed(name, standing.agreement_sha256)
    if any(row.listed == kind for row in state(standing).crossings.values()):
        return Refusal("crossing_listed", values={"crossing": name})
    return Decision((drafted(kind, standing.log, now),), standing.reads)


def announce(standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: tuple[bytes, ...]) -> Outcome:
    """A side's word for its flows; a closing opens a hotline step."""
    refusal = guards.acting(standing, by, "liaison") or _flows(standing, sid, given.many("crossing_flows"))
    when = _moment(given)
    if refusal:
        return refusal
    if isinstance(when, Refusal):
        return when
    status, reason = given.text("crossing_status").removeprefix("crossing_"), given.line("reason")
    if status not in ANNOUNCED:
        return Refusal("crossing_status", values={"known": ", ".join(ANNOUNCED)})
    if status != "open" and not reason:
        return Refusal("reason_missing")
    row = state(standing).crossings[sid]
    word = drafted(
        CrossingAnnounced(sid, by.component, given.many("crossing_flows"), status, when, reason), standing.log, now
    )
    closed = given.many("crossing_flows") if status == "closed" else ()
    return _decision(standing, row, word, tuple(flow for flow in closed if row.open_step(flow) is None), now)


def observe(standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: tuple[bytes, ...]) -> Outcome:
    """What a monitor saw of a flow; a closing that nobody announced opens a hotline step."""
    flow, minutes = given.text("crossing_flow"), given.whole("crossing_minutes")
    refusal = guards.acting(standing, by, "monitor") or _flows(standing, sid, (flow,))
    when = _moment(given)
    if refusal:
        return refusal
    if isinstance(when, Refusal):
        return when
    refusal = guards.future(when.earliest.plus(Span(minutes * 60_000)), now)
    status, reason = given.text("crossing_seen").removeprefix("crossing_"), given.line("reason")
    if refusal or status not in SEEN:
        return refusal or Refusal("crossing_status", values={"known": ", ".join(SEEN)})
    if status == "not_observable" and not reason:
        return Refusal("reason_missing")
    if status != "not_observable" and not minutes:
        return Refusal("crossing_unseen")
    row, seen = state(standing).crossings[sid], Told(status, when, minutes)
    word = drafted(CrossingObserved(sid, flow, status, when, minutes, given.line("said"), reason), standing.log, now)
    announced = any(
        said.status == "closed"
        for side in guards.parties(standing)
        if (said := statuses.word_at(row.told(side, flow), seen)) is not None
    )
    unannounced = status == "closed" and not announced and row.open_step(flow) is None
    return _decision(standing, row, word, (flow,) if unannounced else (), now)


def settle(standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: tuple[bytes, ...]) -> Outcome:
    """A side's word on the step that is open on a flow."""
    flow = given.text("crossing_flow")
    refusal = guards.acting(standing, by, "liaison") or _flows(standing, sid, (flow,))
    if refusal:
        return refusal
    step = state(standing).crossings[sid].open_step(flow)
    if step is None:
        return Refusal("crossing_no_step", values={"flow": flow})
    kind = CrossingSettled(sid, step.sid, by.component, given.line("said"), given.yes("crossing_settled"))
    return Decision((drafted(kind, standing.log, now),), standing.reads)


def _decision(standing: Standing, row: Listed, word: Drafted, flows: tuple[str, ...], now: Instant) -> Decision:
    """The word, and the step that it opens on some flows."""
    if not flows:
        return Decision((word,), standing.reads)
    clock = guards.due(standing, "hotline_reply", now) or (None, "", "")
    cause = "announced" if word.envelope.act == CrossingAnnounced.ACT else "observed"
    step = CrossingStep(row.sid, row.listed.crossing, flows, guards.parties(standing), cause, (word.sid,), *clock)
    return Decision((word, drafted(step, standing.log, now, by_registrar=True)), standing.reads)


def _flows(standing: Standing, sid: str, flows: tuple[str, ...]) -> Refusal | None:
    """The crossing is on the record, and has these flows."""
    row = state(standing).crossings.get(sid)
    terms = terms_of(standing, row) if row else None
    if terms is None:
        return Refusal("crossing_absent")
    if not set(flows) <= set(terms.flows):
        return Refusal("crossing_flow", terms.clause, {"known": ", ".join(terms.flows)})
    return None


def _unlisted(standing: Standing, sid: str, by: Actor) -> tuple[str, ...]:
    """The agreement's crossings that are not on the record."""
    rows = state(standing).crossings.values()
    listed = {row.listed.crossing for row in rows if row.listed.agreement == standing.agreement_sha256}
    return tuple(row.id for row in guards.agreement(standing).undertakings.crossings if row.id not in listed)


def _moment(given: Given) -> Moment | Refusal:
    """The time as it was told; what of it cannot be read is named."""
    local, zone = given.line("crossing_local"), given.line("crossing_zone")
    precision, until = given.line("crossing_precision"), given.line("crossing_until")
    trials = (
        ("crossing_zone", "2000-01-01", "day", ""), ("crossing_precision", "2000-01-01T00:00", precision, ""),
        ("crossing_local", local, precision, ""), ("crossing_until", until or local, precision, ""),
        ("crossing_until", local, precision, until),
    )  # fmt: skip
    for ask, start, exact, end in trials:
        try:
            moment = Moment(start, zone, exact, end)
        except BadMoment:
            return Refusal("crossing_moment", values={"ask": ask, "known": ", ".join(PRECISIONS)})
    return moment


# ---- what is seen


def objects(standing: Standing) -> tuple[str, ...]:
    return tuple(state(standing).crossings)


def sight(standing: Standing, sid: str) -> Sight | None:
    """A crossing with all words side by side, its steps, and their clocks."""
    row = state(standing).crossings.get(sid)
    terms = terms_of(standing, row) if row else None
    if row is None or terms is None:
        return None
    waits = any(step.state != "settled" for step in row.steps)
    told = "crossing_told" if row.words or row.seen else "crossing_quiet"
    facts = [
        Fact("crossing_names", texts_value(terms.name), "texts"), Fact("clause", terms.clause, "clause"),
    ]  # fmt: skip
    for flow in terms.flows:
        facts += _of_flow(row, flow, guards.parties(standing))
    for step in row.steps[-STEPS_MAX:]:
        facts += _of_step(step)
    clocks = tuple(
        Clock("hotline_reply", side, step.at, step.opened.due, step.opened.zone, step.opened.clause, step.first(side))
        for step in row.steps[-STEPS_MAX:]
        if step.opened.due is not None
        for side in step.opened.sides
    )
    return Sight(
        sid, NAME, row.index, row.at, "crossing_awaiting" if waits else told, terms.id, "R1",
        tuple(facts), open=waits, clocks=clocks,
    )  # fmt: skip


def _of_flow(row: Listed, flow: str, sides: tuple[str, ...]) -> list[Fact]:
    """A flow: each side's last word, the last observation, where they differ."""
    facts, last = [Fact("crossing_flow", flow, "code")], {}
    for side in sides:
        facts.append(Fact("party", side, "party"))
        words = [(at, word) for at, word in row.words if word.party == side and flow in word.flows]
        if not words:
            facts.append(Fact("announced", "crossing_silent", "code"))
            continue
        at, word = words[-1]
        last[side] = Told(word.status, word.when)
        facts += [Fact("announced", f"crossing_{word.status}", "code"), *_of_moment(word.when)]
        facts += [Fact("reason", word.reason)] if word.reason else []
        facts.append(Fact("crossing_entered", at.text(), "instant"))
    seen = [(at, by, one) for at, by, one in row.seen if one.flow == flow]
    if not seen:
        return [*facts, Fact("observed", "crossing_unobserved", "code"), *_differing(row, flow, last, None)]
    at, by, one = seen[-1]
    facts += [
        Fact("observed", f"crossing_{one.status}", "code"), *_of_moment(one.when),
        Fact("crossing_minutes", str(one.minutes), "number"), Fact("said", one.said),
        *([Fact("reason", one.reason)] if one.reason else []),
        Fact("crossing_by", by, "key"), Fact("crossing_entered", at.text(), "instant"),
    ]  # fmt: skip
    return [*facts, *_differing(row, flow, last, Told(one.status, one.when, one.minutes))]


def _differing(row: Listed, flow: str, last: dict[str, Told], seen: Told | None) -> list[Fact]:
    """Where words on a flow differ: between sides, and between a side's word and what was seen."""
    sides, facts = list(last), []
    for number, one in enumerate(sides):
        for other in sides[number + 1 :]:
            if statuses.apart(last[one], last[other]):
                facts.append(Fact("crossing_differs", "crossing_sides_differ", "code"))
                facts += [Fact("crossing_between", name, "party") for name in (one, other)]
    if seen is not None:
        for side in (name for name in sides if statuses.otherwise(row.told(name, flow), seen)):
            facts.append(Fact("crossing_differs", "crossing_seen_otherwise", "code"))
            facts.append(Fact("crossing_announced_by", side, "party"))
    return facts


def _of_moment(when: Moment) -> list[Fact]:
    """A time as it was told, and the instant taken from it; a day that ends something ends at its midnight."""
    facts = [
        Fact("crossing_local", f"{when.local.replace('T', ' ')} {when.zone}"),
        Fact("crossing_precision", f"crossing_{when.precision}", "code"), Fact("since", when.start.text(), "instant"),
    ]  # fmt: skip
    if when.until:
        facts.append(Fact("crossing_until", f"{when.until.replace('T', ' ')} {when.zone}"))
        end = when.latest if when.precision == "day" else when.end
        facts.append(Fact("until", end.text(), "instant"))
    return facts


def _of_step(step: Step) -> list[Fact]:
    facts = [
        Fact("crossing_step", f"crossing_step_{step.state}", "code"),
        *(Fact("crossing_concerns", flow, "code") for flow in step.opened.flows),
        Fact("crossing_cause", f"crossing_cause_{step.opened.cause}", "code"),
        Fact("crossing_entered", step.at.text(), "instant"),
    ]  # fmt: skip
    for side in step.opened.sides:
        facts.append(Fact("party", side, "party"))
        words = [(at, word) for at, word in step.words if word.party == side]
        if not words:
            facts.append(Fact("crossing_word", "crossing_silent", "code"))
        for at, word in words:
            facts += [
                Fact("said", word.said), Fact("crossing_settled", "yes" if word.settled else "no", "code"),
                Fact("crossing_entered", at.text(), "instant"),
            ]  # fmt: skip
    return facts


_TOLD = (
    Ask("crossing_local"), Ask("crossing_zone", "choice", "zones"), Ask("crossing_precision", "choice", "precisions"),
)  # fmt: skip
DEEDS = (
    Deed("crossing.list", NAME, ("secretariat",), enlist, new=True, reads=("crossing-id:{crossing_id}",),
         asks=(Ask("crossing_id", "choice", "crossings", among=_unlisted),)),
    Deed(
        "crossing.announce", NAME, ("liaison",), announce,
        asks=(Ask("crossing_flows", "many", "flows"),
              Ask("crossing_status", "choice", "|".join(f"crossing_{name}" for name in ANNOUNCED)), *_TOLD,
              Ask("crossing_until", required=False), Ask("reason", required=False)),
    ),
    Deed(
        "crossing.observe", NAME, ("monitor",), observe,
        asks=(Ask("crossing_flow", "choice", "flows"),
              Ask("crossing_seen", "choice", "|".join(f"crossing_{name}" for name in SEEN)), *_TOLD,
              Ask("crossing_minutes", "whole", high=100_000), Ask("said"), Ask("reason", required=False)),
    ),
    Deed(
        "crossing.settle", NAME, ("liaison",), settle, states=("crossing_awaiting",),
        asks=(Ask("crossing_flow", "choice", "flows"), Ask("said", "text"), Ask("crossing_settled", "yes")),
    ),
)  # fmt: skip
