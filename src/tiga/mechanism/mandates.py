"""Seats, recusal and quorum.

Rules
1. A seat belongs to a component; a person sits for one component only.
2. Quorum counts components seated and given the vote, never assent of the accused (house ruling 5). It never shrinks: a
   recused seat must be filled by an alternate of the same component or the quorum is lost.
3. An absent party component is passed over only as the agreement says: after as many notices of the panel as the
   quorum's `notices_if_absent`.
4. A signature given before a recusal stays valid.

Source: domain.md b.3, scenario 12. Not done here: challenges and their rulings.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from tiga.agreement.clauses import Quorum
from tiga.mechanism.acts import Actor, Decision, Outcome, Refusal, drafted
from tiga.values.moments import Instant, Span

if TYPE_CHECKING:
    from tiga.mechanism.standing import Standing


@dataclass(frozen=True, slots=True)
class PanelSeated:
    ACT: ClassVar[str] = "panel.seat"
    RELEASE: ClassVar[str] = "R1"

    member: str
    component: str

    def threads(self, sid: str) -> tuple[str, ...]:
        return ("roster",)


@dataclass(frozen=True, slots=True)
class PanelRecused:
    ACT: ClassVar[str] = "panel.recuse"
    RELEASE: ClassVar[str] = "R1"

    member: str
    ground: str

    def threads(self, sid: str) -> tuple[str, ...]:
        return ("roster",)


@dataclass(frozen=True, slots=True)
class PanelNoticed:
    """A party is asked to seat its component of the panel."""

    ACT: ClassVar[str] = "panel.notify"
    RELEASE: ClassVar[str] = "R1"

    component: str

    def threads(self, sid: str) -> tuple[str, ...]:
        return ("roster",)


@dataclass(frozen=True, slots=True)
class Count:
    """How a quorum stands: components whose seats are wanting, and components whose assent is still wanting."""

    seats_wanting: tuple[str, ...]
    assent_wanting: tuple[str, ...]


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


def sitting(standing: Standing, component: str) -> int:
    """How many unrecused members of a component are seated."""
    return sum(1 for member, of in standing.seats.items() if of == component and member not in standing.recused)


def count(standing: Standing, quorum: Quorum, signers: tuple[str, ...]) -> Count:
    """The state of a quorum when these key names have assented."""
    parties = {party.id for party in standing.agreement.parties} if standing.agreement else set()
    seats_wanting = []
    for need in quorum.seated:
        excused = need.component in parties and 0 < quorum.notices_if_absent <= standing.panel_notices.get(
            need.component, 0
        )
        if sitting(standing, need.component) < need.number and not excused:
            seats_wanting.append(need.component)
    given: dict[str, int] = {}
    for signer in dict.fromkeys(map(standing.heir, signers)):
        component = standing.keys[signer].component if signer in standing.keys else ""
        given[component] = given.get(component, 0) + 1
    assent = tuple(need.component for need in quorum.assent if given.get(need.component, 0) < need.number)
    return Count(tuple(seats_wanting), assent)


def may_sign(standing: Standing, act: str, by: Actor) -> Refusal | None:
    """Whether somebody may give assent to an act now, or the refusal."""
    quorum = standing.agreement.quorum(act) if standing.agreement else None
    if quorum is None:
        return Refusal("no_quorum_rule", values={"act": act})
    if by.role != "mediator" or by.component not in {need.component for need in quorum.assent}:
        return Refusal("not_signatory", quorum.clause, {"component": by.component or by.role})
    if by.key not in standing.seats:
        return Refusal("not_seated", quorum.clause, {"member": by.key})
    if by.key in standing.recused:
        return Refusal("recused", quorum.clause, {"member": by.key})
    wanting = count(standing, quorum, ()).seats_wanting
    if wanting:
        return Refusal("quorum_lost", quorum.clause, {"components": ", ".join(wanting)})
    return None
