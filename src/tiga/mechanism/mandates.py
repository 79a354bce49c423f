"""Seats, recusal and quorum.

Rules
1. A seat belongs to a component; a person sits for one component only.
2. Quorum counts components seated and given the vote, never assent of the accused (house ruling 5). It never shrinks: a
   recused seat must be filled by an alternate of the same component or the quorum is lost.
3. An absent party component is passed over only as the agreement says: after as many notices of the panel as the
   quorum's `notices_if_absent`.
4. A signature given before a recusal stays valid.

5. Where a case is deadlocked, those whom the agreement's deadlock rule names rule together (Darfur 2006, para 262).

Source: domain.md b.3, scenario 12. Not done here: challenges and their rulings (`contests`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

from tiga.agreement.clauses import Quorum
from tiga.mechanism.acts import Actor, Refusal

if TYPE_CHECKING:
    from tiga.mechanism.cases import Case
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


SAME = {"measure.release": "finding.confirm"}
"""Acts that have another one's quorum."""


def rule_of(standing: Standing, case: Case | None) -> str:
    """By which rule a case is determined now: `joint_ruling` where it is deadlocked and the agreement says so."""
    rule = standing.agreement.deadlock if standing.agreement else None
    return rule.rule if rule and rule.rule == "joint_ruling" and case and case.sid in standing.deadlocks else ""


def quorum_of(standing: Standing, act: str, rule: str = "") -> Quorum | None:
    """The quorum of an act; under the rule `joint_ruling`, those whom the agreement's deadlock rule names."""
    agreement = standing.agreement
    quorum = agreement.quorum(SAME.get(act, act)) if agreement else None
    if quorum and agreement and agreement.deadlock and rule == "joint_ruling":
        joint = agreement.deadlock
        return replace(quorum, seated=joint.assent, assent=joint.assent, clause=joint.clause)
    return quorum


def may_sign(standing: Standing, act: str, by: Actor, rule: str = "") -> Refusal | None:
    """Whether somebody may give assent to an act now, or the refusal."""
    quorum = quorum_of(standing, act, rule)
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
