"""Access: a team asks to go somewhere; what the party answers, what happened at the place.

Rules
1. A request names the place, the purpose, the window and the party asked; the clock `access` starts with it.
2. The party grants, makes conditions, delays or denies. A denial, a condition or a delay, by the party or met on the spot, is
   an incident of its own (F1, F2, F3) with the four facts that the SMM logged: time, place, who, stated reason (domain.md
   g.10). It is never a verdict, and weighs against nobody by itself (b.6, invariant 9).
3. The team says what was reached. A visit that was made despite conditions is a visit; one that was not made names its
   restriction.
4. Silence past the clock is `overdue`: an entry of the clock run, no denial.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, ClassVar, cast

from tiga.mechanism import guards
from tiga.mechanism.acts import Actor, Decision, Outcome, Refusal, drafted
from tiga.mechanism.asks import Ask, Deed, Fact, Given, Sight
from tiga.mechanism.deadlines import Clock
from tiga.record.entries import Entry
from tiga.values.moments import Instant

if TYPE_CHECKING:
    from tiga.mechanism.standing import Standing

NAME, PREFIX = "access", "A"
ANSWERS = {"granted": "", "denied": "F1", "conditional": "F2", "delayed": "F3"}
"""What a party may answer, and the act code of the restriction."""


@dataclass(frozen=True, slots=True)
class AccessRequested:
    ACT: ClassVar[str] = "access.request"
    RELEASE: ClassVar[str] = "R1"

    party: str
    place: str
    purpose: str
    opens: Instant
    closes: Instant
    due: Instant
    zone: str
    clause: str
    of: str = ""

    def threads(self, sid: str) -> tuple[str, ...]:
        return (f"access:{sid}", f"case:{self.of}") if self.of else (f"access:{sid}",)


@dataclass(frozen=True, slots=True)
class AccessAnswered:
    """The party's answer. `until` is the new time of a delay, `condition` what is asked, `reason` the reason stated."""

    ACT: ClassVar[str] = "access.answer"
    RELEASE: ClassVar[str] = "R1"

    request: str
    party: str
    answer: str
    reason: str = ""
    condition: str = ""

    def threads(self, sid: str) -> tuple[str, ...]:
        return (f"access:{self.request}",)


@dataclass(frozen=True, slots=True)
class AccessRestricted:
    """A restriction (F1-F3) with its four facts: when, where, who, the reason stated."""

    ACT: ClassVar[str] = "access.restrict"
    RELEASE: ClassVar[str] = "R1"

    request: str
    party: str
    code: str
    when: Instant
    place: str
    who: str
    reason: str

    def threads(self, sid: str) -> tuple[str, ...]:
        return (f"access:{self.request}", f"party:{self.party}")


@dataclass(frozen=True, slots=True)
class AccessMade:
    """The team says what it reached."""

    ACT: ClassVar[str] = "access.visit"
    RELEASE: ClassVar[str] = "R1"

    request: str
    arrived: Instant
    left: Instant
    reached: str

    def threads(self, sid: str) -> tuple[str, ...]:
        return (f"access:{self.request}",)


@dataclass(frozen=True, slots=True)
class Request:
    """A request for access, and what has become of it."""

    sid: str
    index: int
    at: Instant
    asked: AccessRequested
    answers: tuple[tuple[Instant, AccessAnswered], ...] = ()
    restrictions: tuple[tuple[str, Instant, AccessRestricted], ...] = ()
    visit: AccessMade | None = None

    @property
    def state(self) -> str:
        """`asked`, the last answer, `restricted` where the spot said otherwise, or `visited`."""
        if self.visit is not None:
            return "visited"
        if self.answers and self.restrictions and self.answers[-1][1].answer == "granted":
            return "restricted"
        return self.answers[-1][1].answer if self.answers else ("restricted" if self.restrictions else "asked")


@dataclass(slots=True)
class State:
    requests: dict[str, Request] = field(default_factory=dict)


def state(standing: Standing) -> State:
    return cast(State, standing.affairs.states[NAME]) if standing.affairs is not None else State()


# ---- deciders


def request(standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: tuple[bytes, ...]) -> Outcome:
    """Ask a party for access to a place within a window."""
    refusal = guards.acting(standing, by, *guards.TEAM)
    if refusal:
        return refusal
    party, case = given.text("party"), given.text("case")
    if party not in guards.parties(standing):
        return Refusal("not_party", values={"party": party})
    if case and (case not in standing.cases or standing.cases[case].closed):
        return Refusal("case_unknown", values={"case": case})
    opens, closes = given.moment("opens"), given.moment("closes")
    assert opens is not None and closes is not None  # asked for
    if not now <= opens < closes:
        return Refusal("window_backwards", values={"opens": opens.text(), "closes": closes.text()})
    clock = guards.due(standing, "access", now)
    if clock is None:
        return Refusal("no_clock", values={"clock": "access"})
    kind = AccessRequested(
        party, given.line("place"), given.line("purpose"), opens, closes, *clock, of=case
    )  # fmt: skip
    return Decision((drafted(kind, standing.log, now),), standing.reads)


def answer(standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: tuple[bytes, ...]) -> Outcome:
    """The party asked answers; what is not a plain grant is a restriction, entered in the same step."""
    row = state(standing).requests.get(sid)
    refusal = guards.acting(standing, by, "liaison") or _waits(row)
    if refusal or row is None:
        return refusal or Refusal("access_unknown")
    if by.component != row.asked.party:
        return Refusal("not_asked", row.asked.clause, {"party": row.asked.party})
    said, reason = given.text("answer"), given.line("reason")
    if said not in ANSWERS:
        return Refusal("answer_unknown", values={"known": ", ".join(ANSWERS)})
    if said != "granted" and not reason:
        return Refusal("reason_missing")
    if said in ("conditional", "delayed") and not given.line("condition"):
        return Refusal("condition_missing")
    entries = [drafted(AccessAnswered(sid, by.component, said, reason, given.line("condition")), standing.log, now)]
    if ANSWERS[said]:
        fact = AccessRestricted(sid, by.component, ANSWERS[said], now, row.asked.place, by.key, reason)
        entries.append(drafted(fact, standing.log, now, by_registrar=True))
    return Decision(tuple(entries), standing.reads)


def restrict(standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: tuple[bytes, ...]) -> Outcome:
    """The team was stopped on the spot: when, where, by whom, with which reason stated."""
    row = state(standing).requests.get(sid)
    refusal = guards.acting(standing, by, *guards.TEAM) or _waits(row)
    if refusal or row is None:
        return refusal or Refusal("access_unknown")
    when = given.moment("when")
    assert when is not None  # asked for
    refusal = guards.future(when, now)
    if refusal:
        return refusal
    if when < row.at:
        return Refusal("before_request", row.asked.clause, {"at": row.at.text()})
    kind = AccessRestricted(
        sid, row.asked.party, given.text("code"), when, given.line("place"), given.line("who"), given.line("reason")
    )
    return Decision((drafted(kind, standing.log, now),), standing.reads)


def visit(standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: tuple[bytes, ...]) -> Outcome:
    """The team was there."""
    row = state(standing).requests.get(sid)
    refusal = guards.acting(standing, by, *guards.TEAM) or _waits(row)
    if refusal or row is None:
        return refusal or Refusal("access_unknown")
    arrived, left = given.moment("arrived"), given.moment("left")
    assert arrived is not None and left is not None  # asked for
    refusal = guards.future(left, now)
    if refusal:
        return refusal
    if arrived < row.at:
        return Refusal("visit_before_request", row.asked.clause, {"at": row.at.text()})
    if left < arrived:
        return Refusal("visit_backwards", values={"arrived": arrived.text(), "left": left.text()})
    return Decision(
        (drafted(AccessMade(sid, arrived, left, given.line("reached")), standing.log, now),), standing.reads
    )


def _waits(row: Request | None) -> Refusal | None:
    if row is None:
        return Refusal("access_unknown")
    return Refusal("access_made", row.asked.clause) if row.visit is not None else None


def _asked(standing: Standing, sid: str, by: Actor) -> bool:
    """Whether the request asks this actor's party."""
    row = state(standing).requests.get(sid)
    return row is not None and by.component == row.asked.party


# ---- fold


def _requested(own: State, standing: Standing, kind: AccessRequested, entry: Entry) -> None:
    own.requests[entry.sid] = Request(entry.sid, entry.index, standing.now, kind)


def _answered(own: State, standing: Standing, kind: AccessAnswered, entry: Entry) -> None:
    if row := own.requests.get(kind.request):
        own.requests[kind.request] = replace(row, answers=(*row.answers, (standing.now, kind)))


def _restricted(own: State, standing: Standing, kind: AccessRestricted, entry: Entry) -> None:
    if row := own.requests.get(kind.request):
        fact = (entry.sid, standing.now, kind)
        own.requests[kind.request] = replace(row, restrictions=(*row.restrictions, fact))


def _visited(own: State, standing: Standing, kind: AccessMade, entry: Entry) -> None:
    if row := own.requests.get(kind.request):
        own.requests[kind.request] = replace(row, visit=kind)


# ---- what is seen


def objects(standing: Standing) -> tuple[str, ...]:
    return tuple(state(standing).requests)


def sight(standing: Standing, sid: str) -> Sight | None:
    """A request as it stands, with the clock of the answer."""
    row = state(standing).requests.get(sid)
    if row is None:
        return None
    asked = row.asked
    facts = [
        Fact("party", asked.party, "party"), Fact("place", asked.place), Fact("purpose", asked.purpose),
        Fact("opens", asked.opens.text(), "instant"), Fact("closes", asked.closes.text(), "instant"),
        Fact("clause", asked.clause, "clause"),
    ]  # fmt: skip
    if asked.of:
        facts.append(Fact("case", f"case:{asked.of}", "object"))
    for at, said in row.answers:
        facts.append(Fact("answer", said.answer, "code"))
        facts.append(Fact("answered", at.text(), "instant"))
        facts += [Fact(code, text) for code, text in (("reason", said.reason), ("condition", said.condition)) if text]
    for _, _, fact in row.restrictions:
        facts += [
            Fact("restriction", fact.code, "act"), Fact("when", fact.when.text(), "instant"),
            Fact("place", fact.place),
            Fact("who", fact.who, "key" if fact.who in standing.keys else "words"), Fact("reason", fact.reason),
        ]  # fmt: skip
    if row.visit is not None:
        facts += [
            Fact("arrived", row.visit.arrived.text(), "instant"), Fact("left", row.visit.left.text(), "instant"),
            Fact("reached", row.visit.reached),
        ]  # fmt: skip
    first = row.answers[0][0] if row.answers else (row.restrictions[0][1] if row.restrictions else None)
    met = first or (row.visit.arrived if row.visit else None)
    clock = Clock("access", asked.party, row.at, asked.due, asked.zone, asked.clause, met)
    return Sight(
        sid,
        NAME,
        row.index,
        row.at,
        row.state,
        asked.place,
        "R1",
        tuple(facts),
        open=row.visit is None,
        clocks=(clock,),
    )


KINDS = (AccessRequested, AccessAnswered, AccessRestricted, AccessMade)
FOLDS = {
    AccessRequested.ACT: _requested, AccessAnswered.ACT: _answered, AccessRestricted.ACT: _restricted,
    AccessMade.ACT: _visited,
}  # fmt: skip
OPEN = ("asked", "granted", "denied", "conditional", "delayed", "restricted")
DEEDS = (
    Deed(
        "access.request", NAME, guards.TEAM, request, new=True, reads=("case:{case}",),
        asks=(Ask("party", "choice", "parties"), Ask("place"), Ask("purpose"), Ask("opens", "moment"),
              Ask("closes", "moment"), Ask("case", "object", "case", required=False)),
    ),
    Deed(
        "access.answer", NAME, ("liaison",), answer, states=OPEN, fits=_asked,
        asks=(Ask("answer", "choice", "|".join(ANSWERS)), Ask("reason", required=False), Ask("condition", required=False)),
    ),
    Deed(
        "access.restrict", NAME, guards.TEAM, restrict, states=OPEN,
        asks=(Ask("code", "choice", "F1|F2|F3"), Ask("when", "moment"), Ask("place"), Ask("who"), Ask("reason")),
    ),
    Deed(
        "access.visit", NAME, guards.TEAM, visit, states=OPEN,
        asks=(Ask("arrived", "moment"), Ask("left", "moment"), Ask("reached")),
    ),
)  # fmt: skip
