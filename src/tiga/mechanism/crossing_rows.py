"""Crossings as rows to draw: for each flow every side's last word beside what monitors saw last.

Rules
1. Words stand side by side; no column is the crossing's status (`crossings`, rule 3).
2. That two of them differ is said where it must be so, whatever the play of the times (`statuses`), and not who is right.
3. Sides stand in the order that is handed in: pages alternate it by day.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tiga.mechanism import crossings, statuses
from tiga.mechanism.crossing_entries import Listed
from tiga.mechanism.statuses import Told

if TYPE_CHECKING:
    from tiga.mechanism.standing import Standing


@dataclass(frozen=True, slots=True)
class FlowRow:
    """One flow of a crossing: (side, its last word or None) in the order handed in, the last observation or None, whether
    the sides' words differ, the sides whose word differs from what was seen, and whether a hotline step is open on it."""

    flow: str
    words: tuple[tuple[str, Told | None], ...]
    seen: Told | None
    apart: bool
    otherwise: tuple[str, ...]
    step: bool


def rows(standing: Standing, sid: str, sides: tuple[str, ...]) -> tuple[FlowRow, ...]:
    """The flows of a crossing in the agreement's order; empty where it is not loaded."""
    row = crossings.state(standing).crossings.get(sid)
    terms = crossings.terms_of(standing, row) if row else None
    if row is None or terms is None:
        return ()
    return tuple(_row(row, flow, sides) for flow in terms.flows)


def _row(row: Listed, flow: str, sides: tuple[str, ...]) -> FlowRow:
    last = {side: words[-1] for side in sides if (words := row.told(side, flow))}
    found = [Told(one.status, one.when, one.minutes) for _, _, one in row.seen if one.flow == flow]
    seen, told = found[-1] if found else None, list(last.values())
    apart = any(statuses.apart(one, other) for n, one in enumerate(told) for other in told[n + 1 :])
    otherwise = tuple(
        side for side in sides if side in last and seen is not None and statuses.otherwise(row.told(side, flow), seen)
    )
    beside = tuple((side, last.get(side)) for side in sides)
    return FlowRow(flow, beside, seen, apart, otherwise, row.open_step(flow) is not None)
