"""How a patrol is shown: its title, its clock, its facts with their levels.

Rules
1. The whole is R3 while the patrol runs and R1 once it has ended (`patrols.sight`). The areas of the plan, the team, notes,
   reports and whatever a stop keeps back are R3 for good. When the window opened and closed may be known afterwards.
2. The title names areas as the reader may know them: of the plan while the whole is R3, of refusals and logs after that.
"""

from __future__ import annotations

from tiga.mechanism.asks import Fact
from tiga.mechanism.deadlines import Clock
from tiga.mechanism.patrol_log import Patrol, added

TITLE_AREAS = 3
"""Areas named in a title."""


def facts(row: Patrol) -> tuple[Fact, ...]:
    """The plan, the way, and what logs have told."""
    return (*_plan_facts(row), *_way_facts(row), *_log_facts(row))


def title(row: Patrol) -> str:
    """Local day and areas: of the plan while it runs; of what logs have told, and the day it ended, after that."""
    areas = [item.area for item in row.plan.areas]
    if row.ended:
        told = {item.area for log in row.logs for item in log.hours} | {item.area for item in row.refused}
        areas = sorted(told)
    shown = ", ".join(areas[:TITLE_AREAS]) + (" …" if len(areas) > TITLE_AREAS else "")
    day = (row.ended or row.plan.opens).local(row.zone)[:10]
    return f"{day} · {shown}" if shown else day


def clocks(row: Patrol) -> tuple[Clock, ...]:
    if row.cancelled is not None:
        return ()
    plan, met = row.plan, row.ended
    return (Clock("patrol_return", "secretariat", plan.opens, plan.due, row.zone, plan.clause, met),)


def _plan_facts(row: Patrol) -> list[Fact]:
    plan = row.plan
    facts = [
        Fact("opens", plan.opens.text(), "instant"), Fact("closes", plan.closes.text(), "instant"),
        Fact("patrol_zone", row.zone),
    ]  # fmt: skip
    for item in plan.areas:
        facts += [
            Fact("patrol_area", item.area, level="RT"), Fact("patrol_planned", str(item.minutes), "number", "RT"),
        ]  # fmt: skip
    facts += [Fact("patrol_team", key, "key", "RT") for key in plan.team]
    if plan.people:
        facts.append(Fact("patrol_people", str(plan.people), "number", "RT"))
    facts.append(Fact("patrol_joint_planned", _said(plan.joint), "code", "RT"))
    return [*facts, Fact("note", plan.note, level="RT")] if plan.note else facts


def _way_facts(row: Patrol) -> list[Fact]:
    facts = []
    if row.left is not None:
        facts += [Fact("left", row.left.left.text(), "instant"), Fact("patrol_joint", _said(row.left.joint), "code")]
    for reached in row.reached:
        stop, level = reached.stop, "RT" if reached.kept else ""
        facts += [
            Fact("patrol_reached", stop.area, level=level), Fact("arrived", stop.arrived.text(), "instant", level),
            Fact("left", stop.left.text(), "instant", level),
            *(Fact("patrol_sense", sense, "code", level) for sense in stop.senses),
            Fact("patrol_nothing", _said(stop.nothing), "code", level),
            *(Fact("report", f"report:{report}", "object", "RT") for report in reached.reports),
        ]  # fmt: skip
    for halt in row.refused:
        facts += [
            Fact("patrol_halted", halt.area), Fact("when", halt.when.text(), "instant"), Fact("place", halt.place),
            Fact("who", halt.who), Fact("reason", halt.reason), Fact("patrol_lost", str(halt.lost_min), "number"),
        ]  # fmt: skip
        facts += [Fact("patrol_access", f"access:{halt.access}", "object")] if halt.access else []
    if row.returned is not None:
        facts += [
            Fact("patrol_back", row.returned.when.text(), "instant"), Fact("patrol_safe", _said(row.returned.safe), "code"),
        ]  # fmt: skip
    if row.cancelled is not None:
        facts.append(Fact("patrol_reason", f"patrol_{row.cancelled.reason}", "code"))
    note = (row.returned and row.returned.note) or (row.cancelled and row.cancelled.note)
    return [*facts, Fact("note", note, level="RT")] if note else facts


def _log_facts(row: Patrol) -> list[Fact]:
    """What logs have told, area by area and day by day."""
    facts = []
    for item in added(hours for log in row.logs for hours in log.hours):
        facts += [
            Fact("patrol_hours", f"{item.area} · {item.day} {item.zone}"),
            Fact("patrol_planned", str(item.planned_min), "number"), Fact("patrol_done", str(item.done_min), "number"),
            Fact("patrol_refused", str(item.refused_min), "number"),
        ]  # fmt: skip
    return facts


def _said(yes: bool) -> str:
    return "yes" if yes else "no"
