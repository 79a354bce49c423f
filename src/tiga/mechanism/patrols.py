"""Patrols: what was planned, who left, what was reached and for how long, what was refused, the return; and the log.

Rules
1. A patrol is R3 until it has ended, by its return or by being cancelled; then it is R1, but for its plan, its team, its
   notes, its reports and what a stop keeps back, which stay R3. What a log tells, and when, stands in `patrol_log`.
2. A stop says that nothing was seen, or names reports: "nothing seen" is a report. A stop with neither or both is refused.
3. A refusal is told with area, time, place, who and the reason stated, and the planned minutes that it cost. It is no
   verdict and weighs against nobody; as an incident of its own it is entered under the request for access (`access`).
4. The clock `patrol_return` is due at the planned end, later by the agreement's span of that name where it has one. It runs
   also for a patrol of which nobody said that it left. The entry of the return meets it, not the time told in it.
5. A team is named by keys or by a number of people, never by names of persons.
6. Stops and refusals may be told after the return, up to its time: safety is reported first, the rest is written later.

Not done here: exposure (`exposure`), routes, positions, finding the area that a point lies in.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, cast

from tiga.mechanism import access, guards, patrol_plans, patrol_sight
from tiga.mechanism.acts import Actor, Decision, Outcome, Refusal, drafted
from tiga.mechanism.asks import Ask, Deed, Given, Sight
from tiga.mechanism.exposure import Hours
from tiga.mechanism.patrol_log import (
    Halt,
    Patrol,
    PatrolCancelled,
    PatrolLeft,
    PatrolLogged,
    PatrolPlanned,
    PatrolReached,
    PatrolRefused,
    PatrolReturned,
    Stop,
    logs,
    untold,
)
from tiga.record.entries import Entry
from tiga.values.moments import Instant, Moment

if TYPE_CHECKING:
    from tiga.mechanism.standing import Standing

NAME, PREFIX = "patrol", "T"
TEAM = ("secretariat", "monitor")
SENSES = ("by_sight", "by_hearing")
REASONS = ("security", "weather", "access", "other")


@dataclass(slots=True)
class State:
    patrols: dict[str, Patrol] = field(default_factory=dict)


def state(standing: Standing) -> State:
    return cast(State, standing.affairs.states[NAME]) if standing.affairs is not None else State()


def logged(standing: Standing) -> tuple[Hours, ...]:
    """What all logs have told, for `exposure`: the same for everybody who holds the R1 entries."""
    return tuple(hours for row in state(standing).patrols.values() for log in row.logs for hours in log.hours)


# ---- deciders


def plan(standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: tuple[bytes, ...]) -> Outcome:
    """Plan a patrol: the team, the areas with the minutes for each, the window in a named zone."""
    refusal = guards.acting(standing, by, *TEAM)
    if refusal:
        return refusal
    window, team = patrol_plans.window(given, now), patrol_plans.team(standing, given)
    areas = patrol_plans.areas(standing, given.text("patrol_areas"))
    for part in (window, areas, team):
        if isinstance(part, Refusal):
            return part
    assert isinstance(window, Moment) and not isinstance(areas, Refusal) and not isinstance(team, Refusal)
    longest = (window.end.ms - window.start.ms) // 60_000
    for item in areas:
        if not 0 < item.minutes <= longest:
            return Refusal("patrol_minutes", values={"area": item.area, "limit": str(longest)})
    due, _, clause = guards.due(standing, "patrol_return", window.end) or (window.end, "", "")
    kind = PatrolPlanned(
        areas, window, window.start, window.end, due, clause, team, given.whole("patrol_people"),
        given.yes("patrol_joint"), given.line("note"),
    )  # fmt: skip
    return Decision((drafted(kind, standing.log, now),), standing.reads)


def leave(standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: tuple[bytes, ...]) -> Outcome:
    """The team has left."""
    row = state(standing).patrols.get(sid)
    refusal = guards.acting(standing, by, *TEAM) or _waits(row)
    if refusal or row is None:
        return refusal or Refusal("patrol_unknown")
    left = given.moment("left")
    assert left is not None  # asked for
    refusal = guards.future(left, now) or _after(left, min(row.at, row.plan.opens))
    if refusal:
        return refusal
    kind = PatrolLeft(sid, left, given.yes("patrol_joint"))
    return Decision((drafted(kind, standing.log, now),), standing.reads)


def reach(standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: tuple[bytes, ...]) -> Outcome:
    """The team was in an area for a while, and saw nothing or reported."""
    row = state(standing).patrols.get(sid)
    refusal = guards.acting(standing, by, *TEAM) or _began(row)
    if refusal or row is None:
        return refusal or Refusal("patrol_unknown")
    arrived, left = given.moment("arrived"), given.moment("left")
    assert arrived is not None and left is not None  # asked for
    if not arrived < left:
        return Refusal("stop_backwards", values={"arrived": arrived.text(), "left": left.text()})
    area = given.line("patrol_area")
    refusal = _within(row, arrived, left, now) or _known(standing, row, area)
    if refusal:
        return refusal
    nothing, reports = given.yes("patrol_nothing"), given.many("patrol_reports")
    if nothing == bool(reports):
        return Refusal("patrol_seen")
    for report in reports:
        if report not in standing.reports:
            return Refusal("report_unknown", values={"report": report})
    stop = Stop(area, arrived, left, given.many("patrol_senses"), nothing)
    kind = PatrolReached(sid, stop, reports, given.yes("patrol_kept"))
    return _decision(standing, kind, replace(row, reached=(*row.reached, kind)), now)


def refuse(standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: tuple[bytes, ...]) -> Outcome:
    """The team was refused an area: when, at which place, by whom, with which reason stated."""
    row = state(standing).patrols.get(sid)
    refusal = guards.acting(standing, by, *TEAM) or _began(row)
    if refusal or row is None:
        return refusal or Refusal("patrol_unknown")
    when, area = given.moment("when"), given.line("patrol_area")
    assert when is not None  # asked for
    refusal = _within(row, when, when, now) or _known(standing, row, area)
    if refusal:
        return refusal
    lost, left = given.whole("patrol_lost"), row.planned_min(area) - row.lost_min(area)
    if lost > left:
        return Refusal("patrol_lost_more", values={"area": area, "limit": str(left)})
    request = given.text("patrol_access")
    if request and request not in access.state(standing).requests:
        return Refusal("access_unknown")
    halt = Halt(area, when, given.line("place"), given.line("who"), given.line("reason"), lost, request)
    return _decision(standing, PatrolRefused(sid, halt), replace(row, refused=(*row.refused, halt)), now)


def come_back(standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: tuple[bytes, ...]) -> Outcome:
    """The team is back, safely or not; the log follows in the same step."""
    row = state(standing).patrols.get(sid)
    refusal = guards.acting(standing, by, *TEAM) or _began(row)
    if refusal or row is None:
        return refusal or Refusal("patrol_unknown")
    if row.returned is not None:
        return Refusal("patrol_ended", values={"at": row.returned.when.text()})
    when = given.moment("patrol_back")
    assert when is not None and row.left is not None  # asked for; begun
    told = (*(item.stop.left for item in row.reached), *(halt.when for halt in row.refused))
    refusal = guards.future(when, now) or _after(when, max((row.left.left, *told)))
    if refusal:
        return refusal
    kind = PatrolReturned(sid, when, given.yes("patrol_safe"), given.line("note"))
    return _decision(standing, kind, replace(row, returned=kind), now)


def cancel(standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: tuple[bytes, ...]) -> Outcome:
    """The patrol will not leave, and why; its log follows in the same step and names no area yet."""
    row = state(standing).patrols.get(sid)
    refusal = guards.acting(standing, by, *TEAM) or _waits(row)
    if refusal or row is None:
        return refusal or Refusal("patrol_unknown")
    kind = PatrolCancelled(sid, given.text("patrol_reason").removeprefix("patrol_"), given.line("note"))
    return _decision(standing, kind, replace(row, cancelled=kind), now)


def tell(standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: tuple[bytes, ...]) -> Outcome:
    """Tell what was planned and not reached, now that the window has ended."""
    row = state(standing).patrols.get(sid)
    refusal = guards.acting(standing, by, *TEAM)
    if refusal or row is None:
        return refusal or Refusal("patrol_unknown")
    if row.ended is None:
        return Refusal("patrol_runs")
    entries = tuple(drafted(log, standing.log, now, by_registrar=True) for log in logs(row, now))
    return Decision(entries, standing.reads) if entries else Refusal("patrol_told")


def _decision(standing: Standing, kind: Any, after: Patrol, now: Instant) -> Decision:
    """The entry, and the logs of what may be told after it once the patrol has ended."""
    told = logs(after, now) if after.returned or after.cancelled else ()
    entries = (drafted(kind, standing.log, now), *(drafted(log, standing.log, now, by_registrar=True) for log in told))
    return Decision(entries, standing.reads)


# ---- guards of this concept


def _waits(row: Patrol | None) -> Refusal | None:
    """Still planned."""
    if row is None:
        return Refusal("patrol_unknown")
    return Refusal("patrol_left") if row.state != "planned" else None


def _began(row: Patrol | None) -> Refusal | None:
    """Has left, whether it is back or not."""
    if row is None:
        return Refusal("patrol_unknown")
    return Refusal("patrol_not_left") if row.left is None else None


def _untold(standing: Standing, sid: str, by: Actor) -> bool:
    """Whether the patrol has ended and its log has not told all that may be told once its window is over."""
    row = state(standing).patrols.get(sid)
    return row is not None and row.ended is not None and bool(logs(row, max(row.plan.closes, row.ended)))


def _after(when: Instant, least: Instant) -> Refusal | None:
    return Refusal("patrol_before", values={"at": least.text()}) if when < least else None


def _within(row: Patrol, start: Instant, end: Instant, now: Instant) -> Refusal | None:
    """After the departure, before now, and before the return where the team is back."""
    assert row.left is not None  # begun
    if row.returned is not None and end > row.returned.when:
        return Refusal("patrol_ended", values={"at": row.returned.when.text()})
    return guards.future(end, now) or _after(start, row.left.left)


def _known(standing: Standing, row: Patrol, area: str) -> Refusal | None:
    """An area of the plan or of the agreement."""
    known = dict.fromkeys((*(item.area for item in row.plan.areas), *patrol_plans.named(standing)))
    return None if area in known else Refusal("patrol_area_unknown", values={"area": area, "known": ", ".join(known)})


# ---- fold


def _planned(own: State, standing: Standing, kind: PatrolPlanned, entry: Entry) -> None:
    own.patrols[entry.sid] = Patrol(entry.sid, entry.index, standing.now, kind)


def _changed(own: State, sid: str, **changes: Any) -> None:
    if row := own.patrols.get(sid):
        own.patrols[sid] = replace(row, **changes)


def _left(own: State, standing: Standing, kind: PatrolLeft, entry: Entry) -> None:
    _changed(own, kind.patrol, left=kind)


def _reached(own: State, standing: Standing, kind: PatrolReached, entry: Entry) -> None:
    if row := own.patrols.get(kind.patrol):
        own.patrols[kind.patrol] = replace(row, reached=(*row.reached, kind))


def _refused(own: State, standing: Standing, kind: PatrolRefused, entry: Entry) -> None:
    if row := own.patrols.get(kind.patrol):
        own.patrols[kind.patrol] = replace(row, refused=(*row.refused, kind.halt))


def _returned(own: State, standing: Standing, kind: PatrolReturned, entry: Entry) -> None:
    _changed(own, kind.patrol, returned=kind, ended=standing.now)


def _cancelled(own: State, standing: Standing, kind: PatrolCancelled, entry: Entry) -> None:
    _changed(own, kind.patrol, cancelled=kind, ended=standing.now)


def _logged(own: State, standing: Standing, kind: PatrolLogged, entry: Entry) -> None:
    if row := own.patrols.get(kind.patrol):
        own.patrols[kind.patrol] = replace(row, logs=(*row.logs, kind))


# ---- what is seen


def objects(standing: Standing) -> tuple[str, ...]:
    return tuple(state(standing).patrols)


def sight(standing: Standing, sid: str) -> Sight | None:
    """A patrol as it stands: R3 until it has ended, R1 after that; open while it is out or something waits to be told."""
    row = state(standing).patrols.get(sid)
    if row is None:
        return None
    level = "R1" if row.ended else "RT"
    facts, clocks = patrol_sight.facts(row), patrol_sight.clocks(row)
    awaited = row.ended is None or bool(untold(row))
    return Sight(
        sid, NAME, row.index, row.at, f"patrol_{row.state}", patrol_sight.title(row), level, facts, open=awaited, clocks=clocks
    )  # fmt: skip


KINDS = (
    PatrolPlanned, PatrolLeft, PatrolReached, PatrolRefused, PatrolReturned, PatrolCancelled, PatrolLogged,
)  # fmt: skip
FOLDS = {
    PatrolPlanned.ACT: _planned, PatrolLeft.ACT: _left, PatrolReached.ACT: _reached, PatrolRefused.ACT: _refused,
    PatrolReturned.ACT: _returned, PatrolCancelled.ACT: _cancelled, PatrolLogged.ACT: _logged,
}  # fmt: skip
BEGUN = ("patrol_out", "patrol_returned", "patrol_unsafe")
DEEDS = (
    Deed(
        "patrol.plan", NAME, TEAM, plan, new=True,
        asks=(Ask("patrol_areas", "text"), Ask("patrol_from"), Ask("patrol_until"), Ask("patrol_zone", "choice", "zones"),
              Ask("patrol_team", required=False), Ask("patrol_people", "whole", required=False, high=patrol_plans.PEOPLE_LIMIT),
              Ask("patrol_joint", "yes"), Ask("note", required=False)),
    ),
    Deed(
        "patrol.leave", NAME, TEAM, leave, states=("patrol_planned",),
        asks=(Ask("left", "moment"), Ask("patrol_joint", "yes")),
    ),
    Deed(
        "patrol.reach", NAME, TEAM, reach, states=BEGUN, reads=("report:{patrol_reports}",),
        asks=(Ask("patrol_area"), Ask("arrived", "moment"), Ask("left", "moment"),
              Ask("patrol_senses", "many", "|".join(SENSES)), Ask("patrol_nothing", "yes"),
              Ask("patrol_reports", "objects", "report", required=False), Ask("patrol_kept", "yes")),
    ),
    Deed(
        "patrol.refuse", NAME, TEAM, refuse, states=BEGUN, reads=("access:{patrol_access}",),
        asks=(Ask("patrol_area"), Ask("when", "moment"), Ask("place"), Ask("who"), Ask("reason"),
              Ask("patrol_lost", "whole", high=100_000), Ask("patrol_access", "object", "access", required=False)),
    ),
    Deed(
        "patrol.return", NAME, TEAM, come_back, states=("patrol_out",),
        asks=(Ask("patrol_back", "moment"), Ask("patrol_safe", "yes"), Ask("note", required=False)),
    ),
    Deed(
        "patrol.cancel", NAME, TEAM, cancel, states=("patrol_planned",),
        asks=(Ask("patrol_reason", "choice", "|".join(f"patrol_{reason}" for reason in REASONS)),
              Ask("note", required=False)),
    ),
    Deed("patrol.log", NAME, TEAM, tell, states=("patrol_returned", "patrol_unsafe", "patrol_cancelled"),
         fits=_untold),
)  # fmt: skip
