"""Deciding who sits on the panel, and when an absent component was asked often enough."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiga.mechanism.acts import Actor, Decision, Outcome, Refusal, drafted
from tiga.mechanism.mandates import PanelNoticed, PanelRecused, PanelSeated, sitting
from tiga.values.moments import Instant, Span

if TYPE_CHECKING:
    from tiga.mechanism.standing import Standing


def seat(standing: Standing, member: str, component: str, by: Actor, now: Instant) -> Outcome:
    """Seat a member on the panel for the component that its key stands for."""
    if by.role not in ("mediator", "secretariat", "registrar"):
        return Refusal("role", values={"role": by.role, "needed": "secretariat"})
    key = standing.keys.get(member)
    if key is None or key.component != component or member in standing.revoked:
        return Refusal("not_of_component", values={"member": member, "component": component})
    if member in standing.seats:
        return Refusal("already_seated", values={"member": member, "component": standing.seats[member]})
    return Decision((drafted(PanelSeated(member, component), standing.log, now),), standing.reads)


def recuse(standing: Standing, ground: str, by: Actor, now: Instant) -> Outcome:
    """A member steps back; the quorum is not lowered."""
    if by.key not in standing.seats:
        return Refusal("not_seated", values={"member": by.key})
    if by.key in standing.recused:
        return Refusal("already_recused", values={"member": by.key})
    if not ground.strip():
        return Refusal("reason_missing")
    return Decision((drafted(PanelRecused(by.key, ground), standing.log, now),), standing.reads)


def notify(standing: Standing, component: str, by: Actor, now: Instant) -> Outcome:
    """Ask a component to seat its members; notices count only one acknowledgement span apart, and only while it is absent."""
    if by.role not in ("mediator", "secretariat", "registrar"):
        return Refusal("role", values={"role": by.role, "needed": "secretariat"})
    if sitting(standing, component):
        return Refusal("component_sits", values={"component": component})
    deadline = standing.agreement.deadline("acknowledge") if standing.agreement else None
    last = standing.panel_noticed.get(component)
    if deadline and last is not None and now < last.plus(Span.parse(deadline.within)):
        due = last.plus(Span.parse(deadline.within))
        return Refusal("notice_too_soon", deadline.clause, {"component": component, "due": due.text()})
    return Decision((drafted(PanelNoticed(component), standing.log, now),), standing.reads)
