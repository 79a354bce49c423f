"""Deciding on what is said to connect two incidents.

Rules
1. A connection is an allegation, and names who alleges it. It is entered and taken back by people who go and look, on
   every record: it decides nothing, so a press record may have it.
2. It is no reason in any finding, ruling or measure: two acts are two cases (domain.md b.6, invariant 8). What a side makes
   of it in mitigation, it says in its reply.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiga.mechanism import guards
from tiga.mechanism.acts import Actor, Decision, Outcome, Refusal, drafted
from tiga.mechanism.asks import Given
from tiga.mechanism.incidents import IncidentRelated
from tiga.values.moments import Instant

if TYPE_CHECKING:
    from tiga.mechanism.standing import Standing


def relate(standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: tuple[bytes, ...]) -> Outcome:
    """Enter that somebody connects two incidents, or take it back."""
    if by.role not in guards.TEAM:
        return Refusal("role", values={"role": by.role, "needed": guards.TEAM[0]})
    own, other = given.text("incident"), given.text("other_incident")
    if absent := [name for name in (own, other) if name not in standing.incidents]:
        return Refusal("incident_unknown", values={"incident": absent[0]})
    if own == other:
        return Refusal("same_incident", values={"incident": own})
    apart, relation = given.text("how") == "apart", given.text("relation")
    there = {(row.incident, row.other, row.relation) for row in standing.incidents[own].related}
    if ((own, other, relation) in there) is not apart:
        return Refusal("relation_unchanged")
    kind = IncidentRelated(own, other, relation, given.line("alleged_by"), given.line("reason"), apart)
    return Decision((drafted(kind, standing.log, now),), standing.reads)
