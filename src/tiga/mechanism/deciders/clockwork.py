"""Deciding on clocks: what has run out, what is extended, which date a condition is bound to.

Rules
1. `clock.overdue` is entered by the registrar alone, without anybody's help, once for each clock that ran out, and carries
   the exact instant at which it did, however late the run comes (domain.md b.6, invariant 10).
2. It is no verdict: silence is not admission, and an overdue clock weighs against nobody by itself.
3. A clock is extended by a signed act of a seated mediator, with a reason, to a later instant, before or after it ran out.
   Not the one of publication, which cannot be held, nor a measure's, from which steps follow.
4. A date that hung on the moon or on an event is bound once, by a signed act.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiga.mechanism import deadlines, guards
from tiga.mechanism.acts import Actor, Decision, Outcome, Refusal, drafted
from tiga.mechanism.asks import Given
from tiga.mechanism.cases import working
from tiga.mechanism.course import ClockExtended, ClockOverdue, DateFixed
from tiga.mechanism.deadlines import Clock
from tiga.values.moments import Instant

if TYPE_CHECKING:
    from tiga.mechanism.standing import Standing

Draws = tuple[bytes, ...]


def overdue(standing: Standing, concept: str, sid: str, clock: Clock, now: Instant) -> Outcome:
    """Enter that a clock has run out."""
    if clock.state(now) != "overdue":
        return Refusal("clock_runs", clock.clause, {"due": clock.due.text()})
    if (sid, clock.name, clock.whose, clock.due) in standing.over:
        return Refusal("overdue_already", clock.clause)
    kind = ClockOverdue(sid, concept, clock.name, clock.whose, clock.due, clock.zone, clock.clause)
    return Decision((drafted(kind, standing.log, now, by_registrar=True),), standing.reads)


def extend(standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: Draws) -> Outcome:
    """Extend a clock of a case."""
    case = standing.cases.get(sid)
    refusal = working(standing, case, by, suspended=True)
    if refusal or case is None:
        return refusal or Refusal("no_agreement")
    name, whose, due = given.text("clock"), given.text("whose"), given.moment("due")
    running = [
        row for row in deadlines.clocks(standing, case)
        if row.name == name and row.met is None and not row.lapsed and whose in ("", row.whose)
        and name != "publish" and not name.startswith("measure.")
    ]  # fmt: skip
    if not running:
        return Refusal("clock_unknown", values={"clock": name})
    if due is None or due <= max(max(row.due for row in running), now):
        return Refusal("extension_earlier", running[0].clause, {"due": running[0].due.text()})
    kinds = (ClockExtended(sid, row.name, row.whose, due, given.line("reason")) for row in running)
    return Decision(tuple(drafted(kind, standing.log, now) for kind in kinds), standing.reads)


def fix(standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: Draws) -> Outcome:
    """Bind a date that the agreement leaves to the moon or to an event."""
    refusal = guards.acting(standing, by, *guards.SIDE)
    if refusal:
        return refusal
    what, at = given.text("what"), given.moment("until")
    named = {window.fixes for row in guards.agreement(standing).instruments for window in row.windows if window.fixes}
    if what not in named:
        return Refusal("date_unknown", values={"known": ", ".join(sorted(named)) or "-"})
    if what in standing.fixed:
        return Refusal("date_fixed", values={"at": standing.fixed[what].text()})
    assert at is not None  # asked for
    kind = DateFixed(what, at, given.text("zone"), given.line("reason"))
    return Decision((drafted(kind, standing.log, now),), standing.reads)
