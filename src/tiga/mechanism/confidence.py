"""Paired steps: each side's half of a confidence-building step falls due on the confirmation of the other side's.

Rules
1. The mediators' side begins a pair of the agreement. Where the agreement says who goes first, that half falls due at once;
   else nothing is due, and either side may go first. Parties, spans, zone and clause stay as they were at the beginning.
2. A side says that its half is done; the other side or a monitor confirms it, never who said so. The confirmation starts
   the clock of the next half. A half done without being due is taken too, and marked.
3. The other side may say that it is not done; then monitors decide with reasons, unless the other side confirms after all.
   A half that was held not to be done stays due.
4. A clock stops with the claim, so that no side is late through the other's silence; it runs on where the claim was held
   not to be met. After its end the mediators' side may enter that nothing was said to be done in time (`lapsed`); what is
   done later is taken, and marked late.
5. A half that was kept and one that was not are told with the same facts in the same place. `tally` counts both, in the
   agreement's order, never by size. Nothing here weighs for or against anybody in a case.

Not done here: undoing a beginning, or what follows from a step not taken: that is a complaint, like everything else.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, cast

from tiga.mechanism import guards
from tiga.mechanism.acts import Actor, Decision, Outcome, Refusal, drafted
from tiga.mechanism.asks import Ask, Deed, Fact, Given, Sight
from tiga.mechanism.deadlines import Clock
from tiga.mechanism.steps import (
    HELD,
    OUTCOMES,
    Claim,
    Half,
    Pair,
    PairBegun,
    StepClaimed,
    StepConfirmed,
    StepDecided,
    StepDisputed,
    StepLapsed,
)
from tiga.record.entries import Entry
from tiga.values.moments import Instant, Span

if TYPE_CHECKING:
    from tiga.mechanism.standing import Standing

NAME, PREFIX = "pair", "B"
MONITORS = "monitors"
"""Who confirmed, where it was no party."""


@dataclass(slots=True)
class State:
    pairs: dict[str, Pair] = field(default_factory=dict)


def state(standing: Standing) -> State:
    return cast(State, standing.affairs.states[NAME]) if standing.affairs is not None else State()


@dataclass(frozen=True, slots=True)
class Tally:
    """How one party's halves stand: how many of each of OUTCOMES, in that order."""

    party: str
    outcomes: tuple[tuple[str, int], ...]


def tally(standing: Standing) -> tuple[Tally, ...]:
    """How the halves of all pairs stand, per party in the agreement's order; kept and not kept alike."""
    halves = [half for row in state(standing).pairs.values() for half in row.halves]
    return tuple(
        Tally(party, tuple((code, sum(h.party == party and h.outcome[0] == code for h in halves)) for code in OUTCOMES))
        for party in guards.parties(standing)
    )


# ---- deciders


def begin(standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: tuple[bytes, ...]) -> Outcome:
    """Begin a pair of the agreement."""
    refusal = guards.acting(standing, by, *guards.SIDE)
    if refusal:
        return refusal
    pair = guards.agreement(standing).undertakings.pair(given.text("pair"))
    if pair is None:
        return Refusal("pair_unknown")
    if any(row.begun.undertaking == pair.id and _is_open(row) for row in state(standing).pairs.values()):
        return Refusal("pair_open", pair.clause)
    parties, spans = tuple(half.party for half in pair.halves), tuple(half.within for half in pair.halves)
    first = parties.index(pair.first) + 1 if pair.first in parties else 0
    due = now.plus(Span.parse(spans[first - 1])) if first else None
    kind = PairBegun(pair.id, parties, spans, pair.zone, pair.clause, first, due)
    return Decision((drafted(kind, standing.log, now),), standing.reads)


def claim(standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: tuple[bytes, ...]) -> Outcome:
    """A side says that its half is done, whether it is due or not."""
    row = state(standing).pairs.get(sid)
    refusal = guards.acting(standing, by, "liaison") or _of_pair(row, by)
    if refusal or row is None:
        return refusal or Refusal("pair_unknown")
    if row.pending(by.component):
        return Refusal("step_waiting", row.begun.clause, {"party": by.component})
    half = row.open_half(by.component)
    if half is None:
        return Refusal("step_all_kept", row.begun.clause, {"party": by.component})
    kind = StepClaimed(sid, by.component, half.number, given.line("note"))
    return Decision((drafted(kind, standing.log, now),), standing.reads)


def confirm(standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: tuple[bytes, ...]) -> Outcome:
    """The other side or a monitor confirms that a half is done; the next half falls due by it."""
    row, party = state(standing).pairs.get(sid), given.text("step_party")
    refusal = guards.acting(standing, by, "liaison", "monitor") or _of_pair(row, by) or _claimed(row, party, by)
    half = row.pending(party) if row else None
    if refusal or row is None or half is None or half.pending is None:
        return refusal or Refusal("pair_unknown")
    if half.pending.disputes and by.role == "monitor":
        return Refusal("step_disputed", row.begun.clause, {"party": party})
    who = by.component if by.role == "liaison" else MONITORS
    kind = StepConfirmed(sid, party, half.number, who, given.line("note"), *_next(row, half, now))
    return Decision((drafted(kind, standing.log, now),), standing.reads)


def dispute(standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: tuple[bytes, ...]) -> Outcome:
    """The other side says that a half is not done."""
    row, party = state(standing).pairs.get(sid), given.text("step_party")
    refusal = guards.acting(standing, by, "liaison") or _of_pair(row, by) or _claimed(row, party, by)
    half = row.pending(party) if row else None
    if refusal or row is None or half is None or half.pending is None:
        return refusal or Refusal("pair_unknown")
    if any(said.by == by.component for _, said in half.pending.disputes):
        return Refusal("step_disputed_already", row.begun.clause, {"party": party})
    kind = StepDisputed(sid, party, half.number, by.component, given.line("reason"))
    return Decision((drafted(kind, standing.log, now),), standing.reads)


def decide(standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: tuple[bytes, ...]) -> Outcome:
    """Monitors hold, with reasons, that a disputed half is done or not."""
    row, party = state(standing).pairs.get(sid), given.text("step_party")
    refusal = guards.acting(standing, by, "monitor") or _of_pair(row, by) or _claimed(row, party, by)
    half = row.pending(party) if row else None
    if refusal or row is None or half is None or half.pending is None:
        return refusal or Refusal("pair_unknown")
    if not half.pending.disputes:
        return Refusal("step_undisputed", row.begun.clause, {"party": party})
    held = given.text("step_held")
    following = _next(row, half, now) if held == HELD[0] else (0, None)
    kind = StepDecided(sid, party, half.number, held, given.line("reason"), *following)
    return Decision((drafted(kind, standing.log, now),), standing.reads)


def lapse(standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: tuple[bytes, ...]) -> Outcome:
    """Enter that a half's clock has ended and nobody said that it was done."""
    row, party = state(standing).pairs.get(sid), given.text("step_party")
    refusal = guards.acting(standing, by, *guards.SIDE) or _of_pair(row, by)
    if refusal or row is None:
        return refusal or Refusal("pair_unknown")
    if row.pending(party):
        return Refusal("step_waiting", row.begun.clause, {"party": party})
    half = row.open_half(party)
    if half is None or half.due is None or half.lapsed is not None:
        return Refusal("step_not_due", row.begun.clause, {"party": party})
    if now <= half.due:
        return Refusal("step_time_left", row.begun.clause, {"due": half.due.text()})
    kind = StepLapsed(sid, party, half.number, half.due)
    return Decision((drafted(kind, standing.log, now),), standing.reads)


def _of_pair(row: Pair | None, by: Actor) -> Refusal | None:
    """There is such a pair, and it binds the party that a liaison officer acts for."""
    if row is None:
        return Refusal("pair_unknown")
    if by.role == "liaison" and by.component not in row.begun.parties:
        return Refusal("pair_not_bound", row.begun.clause, {"party": by.component})
    return None


def _claimed(row: Pair | None, party: str, by: Actor) -> Refusal | None:
    """The party has said that its half is done, and it is not the party itself that now speaks of it."""
    if row is None:
        return Refusal("pair_unknown")
    if by.component == party:
        return Refusal("step_own", row.begun.clause, {"party": party})
    return None if row.pending(party) else Refusal("step_unclaimed", row.begun.clause, {"party": party})


def _is_open(row: Pair) -> bool:
    """Whether something of a pair is still awaited."""
    return any(half.pending for half in row.halves) or row.state not in ("pair_kept", "pair_lapsed")


def _startable(standing: Standing, sid: str, by: Actor) -> tuple[str, ...]:
    """The agreement's pairs of which none is open."""
    open_ones = {row.begun.undertaking for row in state(standing).pairs.values() if _is_open(row)}
    return tuple(pair.id for pair in guards.agreement(standing).undertakings.pairs if pair.id not in open_ones)


def _own(standing: Standing, sid: str, by: Actor) -> bool:
    """Whether the actor's party has a half that is neither said to be done nor kept."""
    row = state(standing).pairs.get(sid)
    return row is not None and not row.pending(by.component) and row.open_half(by.component) is not None


def _others(standing: Standing, sid: str, by: Actor) -> tuple[str, ...]:
    """The parties, but the actor's own, of whose half it is said that it is done, and who wait for a word on it."""
    row = state(standing).pairs.get(sid)
    bound = row is not None and (by.role != "liaison" or by.component in row.begun.parties)
    sides = dict.fromkeys(row.begun.parties) if row is not None and bound else {}
    return tuple(side for side in sides if row is not None and side != by.component and row.pending(side))


def _waiting(standing: Standing, sid: str, by: Actor) -> bool:
    return bool(_others(standing, sid, by))


def _unsaid(standing: Standing, sid: str, by: Actor) -> tuple[str, ...]:
    """The parties whose half is due, and of which nobody said that it is done or that its time ended."""
    row = state(standing).pairs.get(sid)
    sides = dict.fromkeys(row.begun.parties) if row is not None else {}
    halves = {side: row.open_half(side) for side in sides if row is not None and not row.pending(side)}
    return tuple(side for side, half in halves.items() if half and half.due is not None and half.lapsed is None)


def _lapsing(standing: Standing, sid: str, by: Actor) -> bool:
    return bool(_unsaid(standing, sid, by))


def _next(row: Pair, done: Half, now: Instant) -> tuple[int, Instant | None]:
    """The half that falls due by a confirmation, and until when: the first in order that is neither kept nor due yet."""
    for half in row.halves:
        if half.number != done.number and not half.kept:
            return (0, None) if half.started else (half.number, now.plus(Span.parse(half.within)))
    return 0, None


# ---- fold


def _begun(own: State, standing: Standing, kind: PairBegun, entry: Entry) -> None:
    rows = tuple(Half(n, *row) for n, row in enumerate(zip(kind.parties, kind.within, strict=False), 1))
    own.pairs[entry.sid] = Pair(entry.sid, entry.index, standing.now, kind, rows)
    _start(own, entry.sid, kind.half, kind.due, standing.now)


def _claim(own: State, standing: Standing, kind: StepClaimed, entry: Entry) -> None:
    row = own.pairs.get(kind.pair)
    free = row is not None and not row.begun.half and not any(half.started for half in row.halves)

    def said(half: Half) -> Half:
        when = "step_due" if half.started else ("step_free" if free else "step_not_due")
        return replace(half, claims=(*half.claims, Claim(standing.now, kind.note, when)))

    _change(own, kind.pair, kind.half, said)


def _confirm(own: State, standing: Standing, kind: StepConfirmed, entry: Entry) -> None:
    _settle(own, kind.pair, kind.half, held=HELD[0], settled=standing.now, by=kind.by, words=kind.note)
    _start(own, kind.pair, kind.next, kind.due, standing.now)


def _dispute(own: State, standing: Standing, kind: StepDisputed, entry: Entry) -> None:
    row = own.pairs.get(kind.pair)
    half = row.pending(kind.party) if row else None
    if half and half.pending:
        _settle(own, kind.pair, kind.half, disputes=(*half.pending.disputes, (standing.now, kind)))


def _decide(own: State, standing: Standing, kind: StepDecided, entry: Entry) -> None:
    _settle(own, kind.pair, kind.half, held=kind.held, settled=standing.now, by=MONITORS, words=kind.reason)
    _start(own, kind.pair, kind.next, kind.due, standing.now)


def _lapse(own: State, standing: Standing, kind: StepLapsed, entry: Entry) -> None:
    _change(own, kind.pair, kind.half, lambda half: replace(half, lapsed=standing.now))


def _change(own: State, sid: str, number: int, change: Callable[[Half], Half]) -> None:
    if row := own.pairs.get(sid):
        halves = tuple(change(half) if half.number == number else half for half in row.halves)
        own.pairs[sid] = replace(row, halves=halves)


def _settle(own: State, sid: str, number: int, **changes: Any) -> None:
    """Change what was last said of a half, if it is not settled yet."""

    def settled(half: Half) -> Half:
        last = half.pending
        return replace(half, claims=(*half.claims[:-1], replace(last, **changes))) if last else half

    _change(own, sid, number, settled)


def _start(own: State, sid: str, number: int, due: Instant | None, now: Instant) -> None:
    if due is not None:
        _change(own, sid, number, lambda half: replace(half, started=now, due=due))


# ---- what is seen


def objects(standing: Standing) -> tuple[str, ...]:
    return tuple(state(standing).pairs)


def sight(standing: Standing, sid: str) -> Sight | None:
    """A pair as it stands, with a clock for each half that has fallen due."""
    row = state(standing).pairs.get(sid)
    if row is None:
        return None
    begun = row.begun
    facts = [Fact("clause", begun.clause, "clause")]
    for half in row.halves:
        facts += _half_facts(row, half)
    return Sight(
        sid, NAME, row.index, row.at, row.state, begun.undertaking, "R1", tuple(facts),
        open=_is_open(row),
        clocks=tuple(_clock(row, half) for half in row.halves if half.started),
    )  # fmt: skip


def _half_facts(row: Pair, half: Half) -> list[Fact]:
    """A half's facts: the same five first, however it stands, then what was said of it."""
    outcome, at = half.outcome
    facts = [
        Fact("step_party", half.party, "party"),
        Fact("step_text", f"pairs:{row.begun.undertaking}:{half.number}", "undertaking"),
        *([Fact("step_due", half.due.text(), "instant")] if half.due else [Fact("step_within", half.within, "span")]),
        Fact("step_outcome", outcome, "code"),
        *([Fact("step_at", at.text(), "instant")] if at else []),
    ]
    for said in half.claims:
        facts += [
            Fact("step_said", said.at.text(), "instant"), Fact("step_when", said.when, "code"), Fact("note", said.note),
        ]  # fmt: skip
        for disputed, words in said.disputes:
            facts += [
                Fact("step_not_done", words.by, "party"), Fact("step_disputed", disputed.text(), "instant"),
                Fact("reason", words.reason),
            ]  # fmt: skip
        if said.settled is not None:
            facts += [
                Fact("step_held", said.held, "code"), Fact("step_by", said.by, "party"),
                Fact("step_settled", said.settled.text(), "instant"),
            ]  # fmt: skip
            facts += [Fact("step_words", said.words)] if said.words else []
    return facts


def _clock(row: Pair, half: Half) -> Clock:
    assert half.started is not None and half.due is not None  # asked for
    met = half.claims[-1].at if half.claims and (half.pending or half.kept) else None
    zone, clause = row.begun.zone, row.begun.clause
    return Clock("pair_step", half.party, half.started, half.due, zone, clause, met, half.lapsed is not None)


KINDS = (PairBegun, StepClaimed, StepConfirmed, StepDisputed, StepDecided, StepLapsed)
FOLDS = {
    PairBegun.ACT: _begun, StepClaimed.ACT: _claim, StepConfirmed.ACT: _confirm, StepDisputed.ACT: _dispute,
    StepDecided.ACT: _decide, StepLapsed.ACT: _lapse,
}  # fmt: skip
OPEN = ("pair_begun", "pair_half", "pair_disputed", "pair_lapsed")
_SAID = Ask("step_party", "choice", "parties", among=_others)
_DUE = Ask("step_party", "choice", "parties", among=_unsaid)
DEEDS = (
    Deed("pair.begin", NAME, guards.SIDE, begin, new=True, reads=("pair-id:{pair}", "pair:*"),
         asks=(Ask("pair", "choice", "pairs", among=_startable),)),
    Deed("step.claim", NAME, ("liaison",), claim, states=OPEN, fits=_own, asks=(Ask("note"),)),
    Deed("step.confirm", NAME, ("liaison", "monitor"), confirm, states=OPEN, fits=_waiting,
         asks=(_SAID, Ask("note", required=False))),
    Deed("step.dispute", NAME, ("liaison",), dispute, states=OPEN, fits=_waiting, asks=(_SAID, Ask("reason"))),
    Deed(
        "step.decide", NAME, ("monitor",), decide, states=("pair_disputed",),
        fits=_waiting, asks=(_SAID, Ask("step_held", "choice", "|".join(HELD)), Ask("reason")),
    ),
    Deed("step.lapse", NAME, guards.SIDE, lapse, states=OPEN, fits=_lapsing, asks=(_DUE,)),
)  # fmt: skip
