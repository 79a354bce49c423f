"""Reports owed from time to time: which are due, and what was handed in (domain.md b.2, periodic reports are obligations).

Rules
1. The n-th period of an item runs from its start plus n - 1 times its span to its start plus n times its span. The report
   on it is due when the local day on which the period ends is over, in the item's zone.
2. An item with `before_session` is owed that span before a session instead: the end of that local day; no period counts.
3. One entry names everybody who owes a report, so that all are told at one instant; each has a clock of its own.
4. What is handed in is taken, late or not, and marked; a later text stands beside the earlier one. Nothing follows from
   lateness here; `overdue` is told by the clock.
5. All entries are R1: both parties read every word.

`expected` is for whoever looks what is owed now; nothing is entered by it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, ClassVar, NamedTuple, cast

from tiga.agreement.clauses import Agreement
from tiga.agreement.undertakings import Periodic
from tiga.mechanism import guards
from tiga.mechanism.acts import Actor, Decision, Outcome, Refusal, drafted
from tiga.mechanism.asks import Ask, Deed, Fact, Given, Sight
from tiga.mechanism.deadlines import Clock
from tiga.record.entries import Entry
from tiga.values.moments import Instant, Moment, Span

if TYPE_CHECKING:
    from tiga.mechanism.standing import Standing

NAME, PREFIX = "owed", "P"
PERIODS_LIMIT = 200
"""Periods that `expected` tells of, the latest first to stay."""
ASKING = ("secretariat", "registrar")
_DAY = Span.parse("P1D")
_ROLES = {"mediators": "mediator", "team": "monitor", "secretariat": "secretariat"}
"""Who owes a report without being a party or a mediator by name, and the role that hands it in."""


class Expected(NamedTuple):
    """A report owed: the item's id, the number of its period from 1 on, when the period began, when the report is due."""

    item: str
    number: int
    opens: Instant
    due: Instant


def period(item: Periodic, number: int) -> Expected:
    """The `number`-th period of an item; raises BadMoment where its start, span or zone cannot be read.

    `start` is a local date in the item's zone, or an instant with its offset.
    """
    start = Instant.read(item.start) if "T" in item.start else Moment(item.start, item.zone, "day").start
    every = Span.parse(item.every).ms
    ends = Instant(start.ms + number * every)
    return Expected(item.id, number, Instant(ends.ms - every), _end_of_day(ends, item.zone))


def begun(item: Periodic, now: Instant) -> int:
    """How many periods of an item have begun by `now`; none of one that follows sessions, or has no span."""
    if item.before_session or not Span.parse(item.every).ms:
        return 0
    first = period(item, 1)
    return max(0, (now.ms - first.opens.ms) // Span.parse(item.every).ms + 1)


def expected(agreement: Agreement, now: Instant, limit: int = PERIODS_LIMIT) -> tuple[Expected, ...]:
    """The reports owed for all periods begun up to `now`, in order of due; of more than `limit`, those due last."""
    rows = [
        period(item, number)
        for item in agreement.undertakings.periodic
        for last in [begun(item, now)]
        for number in range(max(1, last - limit + 1), last + 1)
    ]
    rows.sort(key=lambda row: (row.due, row.item))
    return tuple(rows[max(0, len(rows) - limit) :])


def _end_of_day(at: Instant, zone: str) -> Instant:
    return at.local_midnight(zone).plus(_DAY)


@dataclass(frozen=True, slots=True)
class ReportExpected:
    """A report that is owed, by each of `by`; `number` is 0 and `opens` the moment of asking where a session is named."""

    ACT: ClassVar[str] = "owed.expect"
    RELEASE: ClassVar[str] = "R1"

    item: str
    number: int
    by: tuple[str, ...]
    opens: Instant
    due: Instant
    zone: str
    clause: str
    session: str = ""

    def threads(self, sid: str) -> tuple[str, ...]:
        return (f"owed:{sid}", f"periodic:{self.item}")


@dataclass(frozen=True, slots=True)
class ReportHandedIn:
    ACT: ClassVar[str] = "owed.hand_in"
    RELEASE: ClassVar[str] = "R1"

    report: str
    by: str
    said: str

    def threads(self, sid: str) -> tuple[str, ...]:
        return (f"owed:{self.report}",)


@dataclass(frozen=True, slots=True)
class Report:
    """A report owed, and what was handed in, with the instant of each, in order."""

    sid: str
    index: int
    at: Instant
    asked: ReportExpected
    given: tuple[tuple[Instant, ReportHandedIn], ...] = ()

    def first(self, who: str) -> Instant | None:
        """When somebody who owes it handed it in first; None while that is awaited."""
        return next((at for at, told in self.given if told.by == who), None)

    @property
    def state(self) -> str:
        waiting = [who for who in self.asked.by if self.first(who) is None]
        if not waiting:
            return "handed_in"
        return "partly" if self.given else "expected"


@dataclass(slots=True)
class State:
    reports: dict[str, Report] = field(default_factory=dict)


def state(standing: Standing) -> State:
    return cast(State, standing.affairs.states[NAME]) if standing.affairs is not None else State()


# ---- deciders


def expect(standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: tuple[bytes, ...]) -> Outcome:
    """Say that a report is owed, for a period that has begun or before a session, by everybody who owes it."""
    refusal = guards.acting(standing, by, *ASKING)
    if refusal:
        return refusal
    item = guards.agreement(standing).undertakings.report(given.text("periodic"))
    if item is None or not item.owed_by:
        return Refusal("owed_undefined", values={"item": given.text("periodic")})
    session, number = given.moment("owed_session"), given.whole("owed_number")
    if item.before_session:
        if session is None:
            return Refusal("owed_session_missing", item.clause, {"item": item.id})
        due = _end_of_day(session.minus(Span.parse(item.before_session)), item.zone)
        if due <= now:
            return Refusal("owed_session_near", item.clause, {"due": due.text()})
        row, told = Expected(item.id, 0, now, due), session.text()
    else:
        if not given.text("owed_number"):
            return Refusal("owed_number_missing", item.clause, {"last": str(begun(item, now))})
        if not 1 <= number <= begun(item, now):
            return Refusal("owed_period", item.clause, {"item": item.id, "last": str(begun(item, now))})
        row, told = period(item, number), ""
    known = {(one.asked.item, one.asked.number, one.asked.session) for one in state(standing).reports.values()}
    if (row.item, row.number, told) in known:
        return Refusal("owed_already", item.clause)
    kind = ReportExpected(item.id, row.number, item.owed_by, row.opens, row.due, item.zone, item.clause, told)
    return Decision((drafted(kind, standing.log, now),), standing.reads)


def hand_in(standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: tuple[bytes, ...]) -> Outcome:
    """Who owes a report hands it in; once more, where there is more to say."""
    refusal = guards.acting(standing, by, *HANDING)
    if refusal:
        return refusal
    row = state(standing).reports.get(sid)
    if row is None:
        return Refusal("owed_unknown")
    who = _who(row, by)
    if not who:
        return Refusal("owed_by_other", row.asked.clause, {"parties": ", ".join(row.asked.by)})
    kind = ReportHandedIn(sid, who, given.line("said"))
    return Decision((drafted(kind, standing.log, now),), standing.reads)


def _who(row: Report, by: Actor) -> str:
    """As whom, of those who owe a report, an actor hands it in; empty where it owes none."""
    return next((one for one in row.asked.by if one == by.component or _ROLES.get(one) == by.role), "")


def _owes(standing: Standing, sid: str, by: Actor) -> bool:
    """Whether this actor owes the report."""
    row = state(standing).reports.get(sid)
    return row is not None and bool(_who(row, by))


# ---- fold


def _expected(own: State, standing: Standing, kind: ReportExpected, entry: Entry) -> None:
    own.reports[entry.sid] = Report(entry.sid, entry.index, standing.now, kind)


def _handed_in(own: State, standing: Standing, kind: ReportHandedIn, entry: Entry) -> None:
    if row := own.reports.get(kind.report):
        own.reports[kind.report] = replace(row, given=(*row.given, (standing.now, kind)))


# ---- what is seen


def objects(standing: Standing) -> tuple[str, ...]:
    return tuple(state(standing).reports)


def sight(standing: Standing, sid: str) -> Sight | None:
    """A report owed as it stands, with a clock for each who owes it, which runs from the beginning of the period."""
    row = state(standing).reports.get(sid)
    if row is None:
        return None
    asked = row.asked
    facts = [
        Fact("undertaking", f"periodic:{asked.item}", "undertaking"), *(Fact("owed_by", who, "party") for who in asked.by),
        Fact("opens", asked.opens.text(), "instant"), Fact("due", asked.due.text(), "instant"),
        Fact("clause", asked.clause, "clause"),
    ]  # fmt: skip
    facts += [Fact("owed_number", str(asked.number), "number")] if asked.number else []
    facts += [Fact("owed_session", asked.session, "instant")] if asked.session else []
    for at, told in row.given:
        facts += [Fact("owed_from", told.by, "party"), Fact("owed_given", at.text(), "instant")]
        facts += [Fact("owed_mark", "owed_late", "code")] if row.first(told.by) == at and at > asked.due else []
        facts.append(Fact("said", told.said))
    clocks = tuple(
        Clock("owed", who, asked.opens, asked.due, asked.zone, asked.clause, row.first(who)) for who in asked.by
    )
    title = f"{asked.item} {asked.number}" if asked.number else asked.item
    return Sight(
        sid, NAME, row.index, row.at, f"owed_{row.state}", title, "R1", tuple(facts), open=row.state != "handed_in",
        clocks=clocks,
    )  # fmt: skip


HANDING = ("liaison", "mediator", "secretariat", "monitor")
KINDS = (ReportExpected, ReportHandedIn)
FOLDS = {ReportExpected.ACT: _expected, ReportHandedIn.ACT: _handed_in}
DEEDS = (
    Deed(
        "owed.expect", NAME, ASKING, expect, new=True, reads=("periodic:{periodic}",),
        asks=(Ask("periodic", "choice", "periodic"), Ask("owed_number", "whole", required=False),
              Ask("owed_session", "moment", required=False)),
    ),
    Deed(
        "owed.hand_in", NAME, HANDING, hand_in, fits=_owes, asks=(Ask("said", "text"),),
    ),
)  # fmt: skip
