"""Assurances: what a side undertakes and others can see, period by period.

Rules
1. The terms (indicator, method, access needed, baseline, periods, term, whom it binds) are the agreement's, of the version
   under which the assurance was taken up; an entry cites that version and copies nothing from it.
2. There is one object for each assurance and each party bound. The party gives it, or the mediators' side takes it up.
3. Whether an assurance binds both parties is read from the agreement and shown on every object of it, with whoever is not
   bound.
4. A monitor says of a period that it was met, not met or not observable, with the hours looked and the hours in which
   access was refused. Met and not met need at least one hour of looking and a count; not observable needs a reason, has
   no count, and is never not met.
5. A second word on a period stands beside the first; where the words differ the period is `differ`, and nothing chooses.
6. A period of which nobody spoke is `awaited`, whoever is bound; one that had ended when the assurance was given is
   `before`, and nobody owes a word on it. A period's clock ends with it, starts no earlier than the assurance, and is the
   team's, which observes, not the party's.
7. What is listed follows from the entries alone: periods begun at the object's last entry, then the next one awaited.

Not done here: rates, scores, any order of the parties; `compliance` has counts with their exposure.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, ClassVar, cast

from tiga.agreement import periods
from tiga.agreement.periods import Period
from tiga.agreement.undertakings import Assurance
from tiga.mechanism import guards
from tiga.mechanism.acts import Actor, Decision, Outcome, Refusal, drafted
from tiga.mechanism.asks import Ask, Deed, Fact, Given, Sight, texts_value
from tiga.mechanism.deadlines import Clock
from tiga.record.entries import Entry
from tiga.values.moments import Instant

if TYPE_CHECKING:
    from tiga.mechanism.standing import Standing

NAME, PREFIX = "assurance", "G"
OUTCOMES = ("met", "not_met", "not_observable")
"""What may be said of a period."""


@dataclass(frozen=True, slots=True)
class AssuranceGiven:
    """An assurance begins for a party: `way` is `given` (by the party) or `taken_up` (by the mediators' side);
    `agreement` is the SHA-256 of the version whose terms hold."""

    ACT: ClassVar[str] = "assurance.give"
    RELEASE: ClassVar[str] = "R1"

    assurance: str
    party: str
    way: str
    agreement: str

    def threads(self, sid: str) -> tuple[str, ...]:
        return (f"assurance:{sid}", f"assurance-id:{self.assurance}")


@dataclass(frozen=True, slots=True)
class AssuranceObserved:
    """A monitor's word on one period: `count` of what the indicator names, `hours` looked, `refused_hours` without
    access. Where the outcome is `not_observable` the count says nothing."""

    ACT: ClassVar[str] = "assurance.observe"
    RELEASE: ClassVar[str] = "R1"

    of: str
    period: int
    outcome: str
    method: str
    hours: int
    refused_hours: int = 0
    count: int = 0
    reason: str = ""

    def threads(self, sid: str) -> tuple[str, ...]:
        return (f"assurance:{self.of}",)


@dataclass(frozen=True, slots=True)
class Word:
    """An observation with the instant it was entered and its author."""

    at: Instant
    by: str
    said: AssuranceObserved


@dataclass(frozen=True, slots=True)
class Undertaken:
    """An assurance of one party, and what was said of its periods; `last` is the instant of its last entry."""

    sid: str
    index: int
    at: Instant
    last: Instant
    given: AssuranceGiven
    words: tuple[Word, ...] = ()


@dataclass(slots=True)
class State:
    assurances: dict[str, Undertaken] = field(default_factory=dict)


def state(standing: Standing) -> State:
    return cast(State, standing.affairs.states[NAME]) if standing.affairs is not None else State()


# ---- periods and what was said of them


@dataclass(frozen=True, slots=True)
class Row:
    """A period with what was said of it: `state` is `awaited`, `before` (it had ended when the assurance was given), an
    outcome, or `differ`."""

    period: Period
    words: tuple[Word, ...]
    since: Instant

    @property
    def state(self) -> str:
        said = {word.said.outcome for word in self.words}
        if not said:
            return "awaited" if self.period.closes > self.since else "before"
        return next(iter(said)) if len(said) == 1 else "differ"


def table(terms: Assurance, row: Undertaken, at: Instant) -> tuple[Row, ...]:
    """The periods begun at an instant with all that was said of each, oldest first."""
    return tuple(
        Row(one, tuple(word for word in row.words if word.said.period == one.number), row.at)
        for one in periods.periods(terms, at)
    )


def awaited(terms: Assurance, row: Undertaken, at: Instant) -> tuple[Period, ...]:
    """The periods begun at an instant of which nobody spoke; where there are none, the next one to come, if any. A period
    that had ended when the assurance was given is not awaited."""
    open_ones = tuple(one.period for one in table(terms, row, at) if not one.words and one.period.closes > row.at)
    following = periods.period(terms, periods.number_at(terms, at) + 1)
    return open_ones or ((following,) if following is not None else ())


def terms_of(standing: Standing, row: Undertaken) -> Assurance | None:
    """The terms of the version under which an assurance was taken up; None where that version is not at hand."""
    agreement = standing.agreements.get(row.given.agreement)
    return agreement.undertakings.assurance(row.given.assurance) if agreement else None


# ---- deciders


def give(standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: tuple[bytes, ...]) -> Outcome:
    """A party gives an assurance that the agreement asks of it."""
    return guards.acting(standing, by, "liaison") or _begin(standing, given, by.component, "given", now)


def take_up(standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: tuple[bytes, ...]) -> Outcome:
    """The mediators' side takes up an assurance that binds a party by the agreement itself."""
    return guards.acting(standing, by, *guards.SIDE) or _begin(standing, given, given.text("party"), "taken_up", now)


def _begin(standing: Standing, given: Given, party: str, way: str, now: Instant) -> Outcome:
    terms = guards.agreement(standing).undertakings.assurance(given.text("assurance_id"))
    if terms is None:
        return Refusal("assurance_unknown", values={"assurance": given.text("assurance_id")})
    if party not in terms.binds:
        return Refusal("not_bound", terms.clause, {"party": party})
    kind = AssuranceGiven(terms.id, party, way, standing.agreement_sha256)
    if any(replace(row.given, way=way) == kind for row in state(standing).assurances.values()):
        return Refusal("assurance_exists", terms.clause, {"assurance": terms.id, "party": party})
    return Decision((drafted(kind, standing.log, now),), standing.reads)


def observe(standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: tuple[bytes, ...]) -> Outcome:
    """A monitor's word on a period that has begun."""
    row = state(standing).assurances.get(sid)
    terms = terms_of(standing, row) if row else None
    refusal = guards.acting(standing, by, "monitor")
    if refusal or row is None or terms is None:
        return refusal or Refusal("assurance_absent")
    number = given.whole("assurance_period")
    if not 1 <= number <= periods.number_at(terms, now):
        return Refusal(
            "assurance_period", terms.clause, {"number": str(number), "last": str(periods.number_at(terms, now))}
        )
    refusal = _looked(terms, given)
    if refusal:
        return refusal
    outcome = given.text("assurance_outcome").removeprefix("assurance_")
    kind = AssuranceObserved(
        sid, number, outcome, given.line("method"), given.whole("assurance_hours"),
        given.whole("assurance_refused_hours"),
        0 if outcome == "not_observable" else given.whole("assurance_count"), given.line("reason"),
    )  # fmt: skip
    return Decision((drafted(kind, standing.log, now),), standing.reads)


def _looked(terms: Assurance, given: Given) -> Refusal | None:
    """What a word on a period must rest on."""
    outcome = given.text("assurance_outcome").removeprefix("assurance_")
    if outcome not in OUTCOMES:
        return Refusal("assurance_outcome", terms.clause, {"known": ", ".join(OUTCOMES)})
    if outcome == "not_observable":
        return None if given.line("reason") else Refusal("reason_missing", terms.clause)
    if not given.whole("assurance_hours"):
        return Refusal("assurance_unseen", terms.clause)
    if not given.text("assurance_count"):
        return Refusal("assurance_uncounted", terms.clause)
    return None


def _unbegun(standing: Standing, sid: str, by: Actor) -> tuple[str, ...]:
    """The assurances that are not on the record yet for everybody whom they bind: for a party, for the party itself."""
    begun = {
        (row.given.assurance, row.given.party) for row in state(standing).assurances.values()
        if row.given.agreement == standing.agreement_sha256
    }  # fmt: skip
    sides = (by.component,) if by.role == "liaison" else guards.parties(standing)
    rows = guards.agreement(standing).undertakings.assurances
    return tuple(row.id for row in rows if any(side in row.binds and (row.id, side) not in begun for side in sides))


# ---- fold


def _given(own: State, standing: Standing, kind: AssuranceGiven, entry: Entry) -> None:
    own.assurances[entry.sid] = Undertaken(entry.sid, entry.index, standing.now, standing.now, kind)


def _observed(own: State, standing: Standing, kind: AssuranceObserved, entry: Entry) -> None:
    if row := own.assurances.get(kind.of):
        word = Word(standing.now, standing._author(entry), kind)
        own.assurances[kind.of] = replace(row, last=standing.now, words=(*row.words, word))


# ---- what is seen


def objects(standing: Standing) -> tuple[str, ...]:
    return tuple(state(standing).assurances)


def sight(standing: Standing, sid: str) -> Sight | None:
    """An assurance as it stands at its last entry, with the clocks of the periods that are awaited."""
    row = state(standing).assurances.get(sid)
    terms = terms_of(standing, row) if row else None
    if row is None or terms is None:
        return None
    rows, waiting = table(terms, row, row.last), awaited(terms, row, row.last)
    clocks = tuple(
        Clock("assurance", "team", max(one.opens, row.at), one.closes, terms.zone, terms.clause) for one in waiting
    )
    facts = (*_of_terms(terms, row, guards.parties(standing)), *(fact for one in rows for fact in _of_period(one)))
    stage = "assurance_ended" if not waiting else ("assurance_watched" if row.words else "assurance_given")
    return Sight(
        sid, NAME, row.index, row.at, stage, terms.id, "R1", facts,
        open=bool(waiting), clocks=clocks,
    )  # fmt: skip


def _of_terms(terms: Assurance, row: Undertaken, parties: tuple[str, ...]) -> tuple[Fact, ...]:
    unbound = [party for party in parties if party not in terms.binds]
    facts = [
        Fact("party", row.given.party, "party"), Fact("clause", terms.clause, "clause"),
        Fact("assurance_way", f"assurance_way_{row.given.way}", "code"),
        Fact("assurance_binds", "assurance_one" if unbound else "assurance_both", "code"),
        *(Fact("assurance_bound", party, "party") for party in terms.binds),
        *(Fact("assurance_unbound", party, "party") for party in unbound),
        Fact("assurance_indicator", texts_value(terms.indicator), "texts"),
        Fact("method", texts_value(terms.method), "texts"), Fact("assurance_access", texts_value(terms.access), "texts"),
        Fact("assurance_baseline", texts_value(terms.baseline), "texts"),
        Fact("assurance_span", terms.period, "span"),
        Fact("since", periods.starts(terms).text(), "instant"),
    ]  # fmt: skip
    if end := periods.ends(terms):
        facts.append(Fact("until", end.text(), "instant"))
    facts.append(Fact("assurance_as_of", row.last.text(), "instant"))
    current = periods.period(terms, periods.number_at(terms, row.last))
    if current is not None and row.last < current.closes:
        facts.append(Fact("assurance_current", str(current.number), "number"))
    return tuple(facts)


def _of_period(row: Row) -> list[Fact]:
    facts = [
        Fact("assurance_period", str(row.period.number), "number"),
        Fact("since", row.period.opens.text(), "instant"), Fact("until", row.period.closes.text(), "instant"),
        Fact("assurance_state", f"assurance_{row.state}", "code"),
    ]  # fmt: skip
    for word in row.words:
        said = word.said
        facts += [
            Fact("assurance_outcome", f"assurance_{said.outcome}", "code"), Fact("assurance_by", word.by, "key"),
            Fact("assurance_entered", word.at.text(), "instant"), Fact("method", said.method),
            Fact("assurance_hours", str(said.hours), "number"),
            Fact("assurance_refused_hours", str(said.refused_hours), "number"),
        ]  # fmt: skip
        if said.outcome != "not_observable":
            facts.append(Fact("assurance_count", str(said.count), "number"))
        if said.reason:
            facts.append(Fact("reason", said.reason))
        if word.at < row.period.closes:
            facts.append(Fact("assurance_early", "yes", "code"))
    return facts


KINDS = (AssuranceGiven, AssuranceObserved)
FOLDS = {AssuranceGiven.ACT: _given, AssuranceObserved.ACT: _observed}
READS = ("assurance-id:{assurance_id}",)
DEEDS = (
    Deed("assurance.give", NAME, ("liaison",), give, new=True, reads=READS,
         asks=(Ask("assurance_id", "choice", "assurances", among=_unbegun),)),
    Deed("assurance.give", NAME, guards.SIDE, take_up, new=True, reads=READS, code="assurance.take-up",
         asks=(Ask("assurance_id", "choice", "assurances", among=_unbegun), Ask("party", "choice", "parties"))),
    Deed(
        "assurance.observe", NAME, ("monitor",), observe,
        asks=(Ask("assurance_period", "whole", high=100_000),
              Ask("assurance_outcome", "choice", "|".join(f"assurance_{name}" for name in OUTCOMES)),
              Ask("assurance_hours", "whole", high=100_000), Ask("assurance_refused_hours", "whole", high=100_000),
              Ask("assurance_count", "whole", required=False), Ask("method"), Ask("reason", required=False)),
    ),
)  # fmt: skip
