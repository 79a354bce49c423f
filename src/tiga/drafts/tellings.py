"""Reports of our own sheets, and what they are taken for when an agreement is tried on the past.

Rules
1. A happening is an assumption, as in `events`: never evidence, never an entry. `assumed` lists what was taken (`TAKEN`).
2. Reports come in groups that are taken for one happening each. Its window spans what the asserting reports say; its act is
   the first one named by the earliest of them; its dead run from the fewest to the most that any of them states.
3. Accused is the side that reports name as the actor, by a party's id or by parts of names. Where they name both sides, or
   none, nobody is. A report that denies moves nothing but marks the happening as contested.
4. A group that only denies, or names no act, is no happening and is listed with the reason.
5. The order of groups and reports changes nothing.

Not done here: grouping (`fusion`), reading sheets (`intake.sheets`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tiga.drafts import FieldReport
from tiga.drafts.events import Happened, Past, Sides, folded, side_of

TAKEN = (
    "act_by_report", "accused_by_report", "accused_unsaid", "accused_disputed", "contested", "grouped_by_weights",
    "row_is_event", "days_open", "no_point",
)  # fmt: skip
"""What may have been taken of a group of reports, in the order in which `Happened.assumed` lists it."""
UNTAKEN = ("only_denied", "no_act")
"""Why a group of reports is no happening."""
_DAY_MS = 86_400_000


def told(groups: Iterable[Sequence[FieldReport]], sides: Sides, parties: Sequence[str], grouping: str) -> Past:
    """The happenings that groups of reports tell; `parties` are the ids that stand for side 1 and side 2.

    `grouping` is how the groups came about, one of `grouped_by_weights` and `row_is_event`. Groups are not empty.
    """
    named = folded(sides)
    found: list[Happened] = []
    left_out: list[tuple[str, str]] = []
    for group in groups:
        ordered = sorted(group, key=lambda one: (one.when.earliest, one.report_id))
        asserting = [report for report in ordered if report.stance == "asserts"]
        code = next((report.acts[0] for report in asserting if report.acts), "")
        if not code:
            left_out.append((ordered[0].report_id, "no_act" if asserting else "only_denied"))
            continue
        accused = {_accused(report, named, parties) for report in asserting} - {0}
        taken = {"act_by_report", grouping, _basis(accused)}
        taken |= {"contested"} if len(asserting) < len(ordered) else set()
        found.append(_happening(asserting, code, accused.pop() if len(accused) == 1 else 0, taken))
    return Past(tuple(sorted(found, key=lambda one: (one.earliest, one.event_id))), tuple(sorted(left_out)))


def _basis(accused: set[int]) -> str:
    """On what the accusation rests."""
    if not accused:
        return "accused_unsaid"
    return "accused_by_report" if len(accused) == 1 and 3 not in accused else "accused_disputed"


def _accused(report: FieldReport, named: tuple[tuple[str, ...], ...], parties: Sequence[str]) -> int:
    """1 or 2, 0 where a report names neither side as the actor, 3 where it may be both."""
    if report.actor in parties:
        return parties.index(report.actor) + 1
    return side_of(report.actor, named) | side_of(report.actor_words, named)


def _happening(reports: Sequence[FieldReport], code: str, accused: int, taken: set[str]) -> Happened:
    first = reports[0]
    earliest, latest = first.when.earliest, max(report.when.latest for report in reports)
    taken |= {"days_open"} if latest.ms - earliest.ms > _DAY_MS else set()
    point = next((report.where for report in reports if report.where.point is not None), None)
    taken |= {"no_point"} if point is None else set()
    dead, civilians = _dead(reports, civilian=False), _dead(reports, civilian=True)
    return Happened(
        first.report_id, earliest, latest, point.point if point else None, point.radius_m if point else 0, code,
        accused % 3, *dead, *civilians, tuple(one for one in TAKEN if one in taken),
    )  # fmt: skip


def _dead(reports: Sequence[FieldReport], *, civilian: bool) -> tuple[int, int]:
    """The fewest and the most dead, or dead civilians, that a report states; dead of unknown status may be civilians."""
    stated = []
    for report in reports:
        rows = [row for row in report.harm if row.effect == "killed"]
        if rows:
            sure = [row for row in rows if not civilian or row.status == "civilian"]
            open_ = [row for row in rows if civilian and row.status == "unknown"]
            stated.append((sum(row.low for row in sure), sum(row.high for row in (*sure, *open_))))
    return min((low for low, _ in stated), default=0), max((high for _, high in stated), default=0)
