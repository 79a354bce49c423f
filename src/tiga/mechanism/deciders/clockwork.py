"""Deciding on clocks: what has run out, what is extended, which date a condition is bound to; and what else comes by itself.

Rules
1. `clock.overdue` is entered by the registrar alone, without anybody's help, once for each clock that ran out, and carries
   the exact instant at which it did, however late the run comes (domain.md b.6, invariant 10).
2. It is no verdict: silence is not admission, and an overdue clock weighs against nobody by itself.
3. A clock is extended by a signed act of a seated mediator, with a reason, to a later instant, before or after it ran out.
   Not the one of publication, which cannot be held, nor a measure's, from which steps follow.
4. A date that hung on the moon or on an event is bound once, by a signed act.
5. A closed case whose finding rests on other reports since (`binding`) is opened again by the registrar, once for what has
   changed; its finding, rulings and measures stand. The panel says what comes of it, and closes it again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiga.mechanism import binding, deadlines, guards
from tiga.mechanism.acts import Actor, Decision, Outcome, Refusal, drafted
from tiga.mechanism.asks import Given
from tiga.mechanism.cases import BY_ITSELF, Case, working
from tiga.mechanism.course import CaseReopened, ClockExtended, ClockOverdue, DateFixed
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


def reopen(standing: Standing, sid: str, now: Instant) -> Outcome:
    """Open a closed case again, because the reports that its finding is bound to changed after it was closed."""
    if not binding.reopens(standing, sid, now):
        return Refusal("basis_same")
    kind = CaseReopened(sid, BY_ITSELF[1], "")
    return Decision((drafted(kind, standing.log, now, by_registrar=True),), standing.reads)


def extendable(standing: Standing, case: Case) -> tuple[Clock, ...]:
    """The clocks of a case that may be extended, as they fall due."""
    return tuple(
        row for row in deadlines.clocks(standing, case)
        if row.met is None and not row.lapsed and row.name != "publish" and not row.name.startswith("measure.")
    )  # fmt: skip


def may_extend(standing: Standing, sid: str, by: Actor, now: Instant) -> Refusal | None:
    """What an extension asks: a clock of the case that may be extended."""
    case = standing.cases.get(sid)
    refusal = working(standing, case, by, suspended=True)
    if refusal or case is None:
        return refusal or Refusal("no_agreement")
    names = [row.name for row in extendable(standing, case)]
    return guards.any_passes(_known(standing, case, name) for name in names or ("",))


def _known(standing: Standing, case: Case, name: str, whose: str = "") -> Refusal | None:
    """Whether a case has a clock of a name, and perhaps of somebody, that may be extended."""
    found = any(row.name == name and whose in ("", row.whose) for row in extendable(standing, case))
    return None if found else Refusal("clock_unknown", values={"clock": name})


def extend(standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: Draws) -> Outcome:
    """Extend a clock of a case, named by itself or together with whose it is (`name:whose`)."""
    case = standing.cases.get(sid)
    refusal = working(standing, case, by, suspended=True)
    if refusal or case is None:
        return refusal or Refusal("no_agreement")
    name, _, named = given.text("clock").partition(":")
    due = given.moment("due")
    if refusal := _known(standing, case, name, named):
        return refusal
    running = [row for row in extendable(standing, case) if row.name == name and named in ("", row.whose)]
    if due is None or due <= max(max(row.due for row in running), now):
        return Refusal("extension_earlier", running[0].clause, {"due": running[0].due.text()})
    turns = dict.fromkeys(row.whose for row in running)  # two appeals have two clocks of one name
    kinds = (ClockExtended(sid, name, whose, due, given.line("reason")) for whose in turns)
    return Decision(tuple(drafted(kind, standing.log, now) for kind in kinds), standing.reads)


def _named(standing: Standing) -> tuple[str, ...]:
    """The dates that the agreement leaves to the moon or to an event."""
    rows = (window.fixes for row in guards.agreement(standing).instruments for window in row.windows if window.fixes)
    return tuple(sorted(set(rows)))


def may_fix(standing: Standing, sid: str, by: Actor, now: Instant) -> Refusal | None:
    """What binding a date asks: one that is left open."""
    if refusal := guards.acting(standing, by, *guards.SIDE):
        return refusal
    return guards.any_passes(_fixable(standing, what) for what in _named(standing) or ("",))


def _fixable(standing: Standing, what: str) -> Refusal | None:
    """Whether a date is one that the agreement leaves open, and is not bound."""
    named = _named(standing)
    if what not in named:
        return Refusal("date_unknown", values={"known": ", ".join(named) or "-"})
    if what in standing.fixed:
        return Refusal("date_fixed", values={"at": standing.fixed[what].text()})
    return None


def fix(standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: Draws) -> Outcome:
    """Bind a date that the agreement leaves to the moon or to an event."""
    what, at = given.text("what"), given.moment("until")
    if refusal := guards.acting(standing, by, *guards.SIDE) or _fixable(standing, what):
        return refusal
    assert at is not None  # asked for
    kind = DateFixed(what, at, given.text("zone"), given.line("reason"))
    return Decision((drafted(kind, standing.log, now),), standing.reads)
