"""Rulings per party, in the manner of the Sri Lanka Monitoring Mission: ruled a violation, ruled none, pending.

Rules
1. Rows stand in the agreement's order, never by size: nobody is ranked, and nothing is summed across parties.
2. What is ruled counts from determinations that stand now, issue by issue. A complaint alone counts as pending and no more.
3. Pending are issues of cases that are open without a ruling in force; complaints come and go with politics, so their
   number is for both parties and the mediators, never for the public (domain.md d).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tiga.mechanism.standing import Standing


@dataclass(frozen=True, slots=True)
class Row:
    """Issues against one party: ruled `violation`, ruled `no_violation`, left open by a ruling (`not_ruled`: not
    established, not attributed, outside the mandate), and `pending`; `pending` is None for whoever may not know it."""

    party: str
    violation: int
    no_violation: int
    not_ruled: int
    pending: int | None


def rulings(standing: Standing, *, pending: bool) -> tuple[Row, ...]:
    """One row for each party, from all cases in the standing."""
    counts: dict[str, dict[str, int]] = (
        {party.id: {} for party in standing.agreement.parties} if standing.agreement else {}
    )
    for case in standing.cases.values():
        ruling = standing.determinations.get(case.determination)
        ruled = {row.issue: row.disposition for row in ruling.ruled} if ruling and ruling.in_force else {}
        for issue in case.opened.issues:
            disposition = ruled.get(issue.id, "" if case.closed else "pending")
            name = disposition if disposition in ("violation", "no_violation", "pending", "") else "not_ruled"
            row = counts.setdefault(issue.party, {})
            row[name] = row.get(name, 0) + 1
    return tuple(
        Row(
            party, row.get("violation", 0), row.get("no_violation", 0), row.get("not_ruled", 0),
            row.get("pending", 0) if pending else None,
        )
        for party, row in counts.items()
    )  # fmt: skip
