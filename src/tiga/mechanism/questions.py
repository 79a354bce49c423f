"""The questions that an incident raises.

Rules
1. They are the same for both parties: act codes name provisions, provisions bind parties, and each (incident, provision,
   party) is one issue. None of them is answered here.
"""

from __future__ import annotations

from dataclasses import dataclass

from tiga.agreement.clauses import Agreement


@dataclass(frozen=True, slots=True)
class Question:
    """One issue an incident raises: whether `party` breached `provision` by acts of `codes`. Never an answer."""

    provision: str
    party: str
    codes: tuple[str, ...]


def questions(agreement: Agreement, acts: tuple[str, ...]) -> tuple[Question, ...]:
    """The issues that acts of these codes raise, for every party that the provision binds, in the agreement's order."""
    rows = []
    for clause in agreement.clauses:
        codes = tuple(code for code in clause.codes if code in acts)
        if clause.kind == "prohibition" and codes:
            rows += [Question(clause.id, party, codes) for party in clause.binds]
    return tuple(rows)
