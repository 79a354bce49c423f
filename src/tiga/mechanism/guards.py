"""Guards that the affairs of the mechanism share. Each returns the refusal, or None."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from tiga.agreement.clauses import Agreement
from tiga.mechanism.acts import Actor, Refusal
from tiga.values.moments import Instant, Span

if TYPE_CHECKING:
    from tiga.mechanism.standing import Standing

SIDE = ("mediator", "secretariat")
"""The mediators' side."""
TEAM = ("monitor", "mediator", "secretariat")
"""Who goes, looks and confirms."""


def acting(standing: Standing, by: Actor, *roles: str) -> Refusal | None:
    """Nothing happens on a press record or without an agreement, nor by any role but these."""
    if standing.scope == "press":
        return Refusal("press_record")
    if standing.agreement is None:
        return Refusal("no_agreement")
    if by.role not in roles or by.key in standing.revoked:
        return Refusal("role", values={"role": by.role, "needed": roles[0]})
    if by.role == "liaison" and by.component not in parties(standing):
        return Refusal("not_party", values={"party": by.component or by.role})
    return None


def any_passes(refusals: Iterable[Refusal | None]) -> Refusal | None:
    """None where one of several ways (at least one) is not refused, else the first refusal."""
    rows = list(refusals)
    return None if None in rows else rows[0]


def agreement(standing: Standing) -> Agreement:
    """The agreement that `acting` has looked for."""
    assert standing.agreement is not None
    return standing.agreement


def parties(standing: Standing) -> tuple[str, ...]:
    """The parties' ids, in the agreement's order."""
    return tuple(party.id for party in standing.agreement.parties) if standing.agreement else ()


def other(standing: Standing, party: str) -> str:
    """The other side, where there are two; else empty."""
    rest = [name for name in parties(standing) if name != party]
    return rest[0] if len(rest) == 1 else ""


def due(standing: Standing, deadline_id: str, start: Instant) -> tuple[Instant, str, str] | None:
    """(due, zone, clause) of one of the agreement's clocks that starts now; None where it has none."""
    deadline = standing.agreement.deadline(deadline_id) if standing.agreement else None
    return (start.plus(Span.parse(deadline.within)), deadline.zone, deadline.clause) if deadline else None


def future(at: Instant | None, now: Instant) -> Refusal | None:
    """What is said to have happened lies not after now."""
    if at is not None and at > now:
        return Refusal("not_yet", values={"start": at.text(), "now": now.text()})
    return None
