"""The door's way to grades: what people think of reports, as far as a reader may see it, and how they enter it.

Rules
1. Whose grade is shown, and which, the door has asked of `mechanism.release`; nothing is counted here that is not shown.
2. A grade of a report that the reader may not see is answered as one that is not there.
3. Grading is offered where the mechanism would take a grade, and to nobody else.

Not done here: weighing (`knowing`), drawing (templates).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tiga.mechanism import grades, straight
from tiga.mechanism.asks import Given
from tiga.values.moments import Instant
from tiga.web.sights import GradeView, ReportView, Result

if TYPE_CHECKING:
    from tiga.web.access import Door


@dataclass(frozen=True)
class Grading:
    """What one door shows of grades, and the acts on them."""

    door: Door

    def of(self, views: Iterable[ReportView]) -> tuple[GradeView, ...]:
        """The grades of reports that the reader may see, oldest first, with how each stands."""
        rows = self.door.grade_rows(views)
        heir = self.door.roster.heir
        counting = grades.latest((row.report, heir(row.by), row.sid) for row in rows if not row.withdrawn)
        me = heir(self.door.actor.key) if self.door.actor and self.door.actor.key else ""
        return tuple(
            GradeView(
                row.sid, row.report, Instant(row.at_ms), row.by, row.reliability, row.credibility, row.reason,
                _state(row, counting), bool(me) and heir(row.by) == me and not row.withdrawn,
            )
            for row in rows
        )  # fmt: skip

    def counting(self, views: Iterable[ReportView]) -> Mapping[str, tuple[GradeView, ...]]:
        """The grades that count, by report, oldest first."""
        found: dict[str, tuple[GradeView, ...]] = {}
        for row in self.of(views):
            if row.state == "counts":
                found[row.report] = (*found.get(row.report, ()), row)
        return found

    def offered(self, view: ReportView) -> bool:
        """Whether a grade of a report that the reader sees would be taken from this reader, but for what is given."""
        actor = self.door.actor
        if actor is None or not actor.key or actor.role not in grades.WHO or actor.key in self.door.roster.revoked:
            return False
        return grades.may_grade(self.door.desk.standing((f"report:{view.sid}",)), view.sid, actor) is None

    def enter(self, sid: str, reliability: str, credibility: str, reason: str) -> Result:
        """Enter a grade."""
        given = {"report": sid, "reliability": reliability, "credibility": credibility, "reason": reason}
        return self.door.deeds.do(straight.BY_NAME["report.grade"], "", Given(given))

    def withdraw(self, sid: str, grade: str) -> Result:
        """Take a grade of a report back."""
        return self.door.deeds.do(straight.BY_NAME["grade.withdraw"], "", Given({"report": sid, "grade": grade}))


def _state(row: Any, counting: frozenset[str]) -> str:
    return "withdrawn" if row.withdrawn else "counts" if row.sid in counting else "replaced"
