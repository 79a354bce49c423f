"""The ledger of measures: what each party was asked, and where it stands.

Rules
1. A measure is `waiting` for signatures, `imposed`, `stayed`, `overdue`, `complied`, `lapsed` (its effect has run its term)
   or ended (`annulled`, `varied`, `superseded`, `stepped_up`, `recomputed`, `deferred`). One status at an
   instant, from entries alone.
2. A deferral stands as a row of its own: an exception stays visible.
3. Rows come in the order of the log. Nothing is summed across parties, and nobody is ranked.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tiga.mechanism.course import MeasureDeferred
from tiga.mechanism.measures import Item, Measure
from tiga.values.moments import Instant, Span

if TYPE_CHECKING:
    from tiga.mechanism.standing import Standing

STATUSES = (
    "waiting", "imposed", "stayed", "overdue", "complied", "lapsed", "annulled", "varied", "superseded", "stepped_up",
    "recomputed", "deferred",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """One item of a measure, or a deferral: for whom, at which step, what, due when, its status, amounts as decimal text."""

    party: str
    case: str
    measure: str
    step: int
    item: str
    executor: str
    due: Instant
    status: str
    clause: str = ""
    amount: str = ""
    currency: str = ""


def status(measure: Measure, now: Instant) -> str:
    """The status of a measure as a whole."""
    if measure.ended is not None:
        return measure.ending
    if measure.in_force is None:
        return "waiting"
    if measure.stays:
        return "stayed"
    if measure.unmet(now):
        return "overdue"
    if measure.complied:
        return "lapsed" if all(_over(measure, item, now) for item in measure.imposed.items) else "complied"
    return "imposed"


def item_status(measure: Measure, item: Item, now: Instant) -> str:
    """The status of one item."""
    whole = status(measure, now)
    if whole not in ("imposed", "overdue", "complied", "lapsed"):
        return whole
    if item.id in measure.verified:
        return "lapsed" if _over(measure, item, now) else "complied"
    return "overdue" if measure.due(item) <= now else "imposed"


def _over(measure: Measure, item: Item, now: Instant) -> bool:
    """Whether an item's effect, which had a term, has run it."""
    return bool(item.expiry) and measure.in_force is not None and measure.in_force.plus(Span.parse(item.expiry)) <= now


def ledger(standing: Standing, now: Instant, party: str = "") -> tuple[Row, ...]:
    """All measures and deferrals against a party, or against each, in the order of the log."""
    rows: list[tuple[int, Row]] = []
    for measure in standing.measures.values():
        for item in measure.imposed.items:
            rows.append((measure.index, Row(
                measure.imposed.party, measure.imposed.case, measure.sid, measure.imposed.step, item.id, item.executor,
                measure.due(item), item_status(measure, item, now), item.clause, item.amount, item.currency,
            )))  # fmt: skip
    for paper in standing.papers.values():
        kind = paper.kind
        if isinstance(kind, MeasureDeferred) and paper.in_force is not None:
            against = kind.parties[0] if kind.parties else ""
            rows.append(
                (paper.index, Row(against, kind.case, paper.sid, 0, kind.issue, "mediators", kind.until, "deferred"))
            )
    return tuple(row for _, row in sorted(rows, key=lambda pair: pair[0]) if party in ("", row.party))
