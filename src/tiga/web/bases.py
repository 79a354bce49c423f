"""What a reader may know of what a finding is bound to, and of what changed since.

Rules
1. Who may read no R1 is told that the basis changed, and on which day; not how many reports there are, nor which.
2. A later version that the reader may not read is told by its day alone, without its entry, and a sealed one from the next
   day on: the instant of a sealed entry would help to find it among the covers of its batch.
3. What rests on the finding is told of papers that the reader may see, on this case and on others.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tiga.mechanism import binding, release
from tiga.mechanism.binding import Binding, Change
from tiga.mechanism.course import FindingConfirmed
from tiga.mechanism.findings import Finding
from tiga.values.moments import Instant

if TYPE_CHECKING:
    from tiga.mechanism.cases import Case
    from tiga.mechanism.standing import Standing
    from tiga.web.access import Door

SHOWN_MAX = 50
"""Changes that a page tells of, the latest first to stay."""


@dataclass(frozen=True, slots=True)
class ChangeView:
    """A change as a reader may know it: `at`, or `day` alone where the instant is not told; `index` is its entry's, `later`
    the version that revised the report."""

    what: str
    report: str
    day: str
    at: Instant | None = None
    index: int | None = None
    later: str = ""


@dataclass(frozen=True, slots=True)
class BasisView:
    """What a finding is bound to, as a reader may know it: `state` is the binding's (empty where there is none), `day` the one
    since which it is not what it was, `more` the changes left out, `reasons` those of confirmations in force."""

    state: str
    number: int = 0
    day: str = ""
    changes: tuple[ChangeView, ...] = ()
    more: int = 0
    reasons: tuple[tuple[Instant, str], ...] = ()
    rests: tuple[str, ...] = ()
    counting: frozenset[str] = frozenset()

    @property
    def stirred(self) -> bool:
        """Whether there is anything to tell beyond the number of reports."""
        return bool(self.changes or self.reasons)


def basis(door: Door, standing: Standing, case: Case, finding: Finding | None) -> BasisView:
    """What the finding shown of a case is bound to; `standing` is without the drafts that the reader may not see."""
    counting = _counting(door, standing, case)
    bound = binding.of(standing, finding.sid) if finding is not None else None
    if finding is None or bound is None:
        return BasisView("", counting=counting)
    known, readable = _known(door, standing, bound)
    state, day = _state(bound, known)
    rests = tuple(
        sid for sid in (binding.resting(standing, finding.sid) if state == "changed" else ())
        if sid in standing.determinations or sid in standing.measures
    )  # fmt: skip
    if not release.may_see(door.reader, "R1"):
        return BasisView(state, day=day, rests=rests, counting=counting)
    changes = tuple(_shown(row, not row.later or row.later in readable) for row in known[-SHOWN_MAX:])
    more = len(known) - len(changes)
    return BasisView(state, len(bound.claims), day, changes, more, _reasons(standing, finding.sid), rests, counting)


def changed_day(door: Door, standing: Standing, finding: str) -> str:
    """The day since which a finding has another basis than it was made on, as far as the reader may know; or empty."""
    bound = binding.of(standing, finding)
    state, day = _state(bound, _known(door, standing, bound)[0]) if bound is not None else ("", "")
    return day if state == "changed" else ""


def _known(door: Door, standing: Standing, bound: Binding) -> tuple[tuple[Change, ...], Collection[str]]:
    """The changes that a reader may know of, and the later versions, of the latest of them, that the reader may read."""
    readable = door.readable(row.later for row in bound.changes[-SHOWN_MAX:] if row.later)
    rows = bound.changes
    return tuple(row for row in rows if row.later in readable or binding.told_from(standing, row) <= door.now), readable


def _state(bound: Binding, known: tuple[Change, ...]) -> tuple[str, str]:
    """The state of a binding as these changes tell it, and the day of the first that is not answered."""
    moved = [row for row in bound.moved if row in known]
    state = bound.state
    if state == "changed" and not binding.apart(moved):
        state = "restored" if moved else "confirmed" if bound.answered else "bound"
    return state, _day(moved[0].at) if moved else ""


def _shown(row: Change, whole: bool) -> ChangeView:
    if not whole:
        return ChangeView(row.what, row.report, _day(row.at))
    return ChangeView(row.what, row.report, _day(row.at), row.at, row.index, row.later)


def _day(at: Instant) -> str:
    """The UTC day."""
    return at.text()[:10]


def _reasons(standing: Standing, finding: str) -> tuple[tuple[Instant, str], ...]:
    """When and why a finding was confirmed."""
    return tuple(
        (row.in_force, row.kind.reasons) for row in standing.papers.values()
        if isinstance(row.kind, FindingConfirmed) and row.kind.finding == finding and row.in_force is not None
    )  # fmt: skip


def _counting(door: Door, standing: Standing, case: Case) -> frozenset[str]:
    """The case's measures whose step counted a case whose finding has another basis now."""
    others = door.rebased() - {case.sid}
    if not others:
        return frozenset()
    ruled = {sid for sid, row in standing.determinations.items() if row.issued.case in others}
    ruled |= {sid for sid, row in standing.measures.items() if row.imposed.case in others}
    measures = {sid: standing.measures[sid] for sid in case.measures if sid in standing.measures}
    return frozenset(sid for sid, row in measures.items() if not ruled.isdisjoint(row.counted))
