"""Deciding on incidents: a grouping of reports is adopted, changed, and changed back.

Rules
1. A grouping is adopted where no incident holds one of its reports, or of a report the same claims. Putting a report in by
   hand asks no such thing: a monitor's report may bear on two complaints. Putting in what is held in part makes it whole.

Not done here: asking whether a report is open to both parties, as the entries of incidents are. The door knows at what level a
report stands now (`web.access`).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tiga.mechanism import guards
from tiga.mechanism.acts import Actor, Decision, Outcome, Refusal, drafted
from tiga.mechanism.asks import Given
from tiga.mechanism.incidents import IncidentLinked, IncidentOpened, IncidentUnlinked, named, report_of
from tiga.values.moments import Instant

if TYPE_CHECKING:
    from tiga.mechanism.standing import Standing

_NUMBERED = re.compile(r"[^#]+#[1-9][0-9]?", re.ASCII)


def open_incident(
    standing: Standing, reports: tuple[str, ...], earliest: Instant, latest: Instant, acts: tuple[str, ...],
    by: Actor, now: Instant, claims: tuple[str, ...] = (), gazetteer: str = "",
) -> Outcome:  # fmt: skip
    """Adopt a grouping of reports as one incident; `claims` names those meant of reports that tell of several happenings, as
    the gazetteer of this SHA-256 numbers them. The threads of all incidents that hold one of the reports are loaded."""
    if by.role not in ("monitor", "liaison", "mediator", "secretariat", "registrar"):
        return Refusal("role", values={"role": by.role, "needed": "secretariat"})
    if not reports:
        return Refusal("reports_missing")
    if absent := sorted(set(reports) - set(standing.reports) | {report_of(claim) for claim in claims} - set(reports)):
        return Refusal("report_unknown", values={"report": absent[0]})
    if odd := sorted(claim for claim in claims if not _NUMBERED.fullmatch(claim)):
        return Refusal("report_unknown", values={"report": odd[0]})
    if double := sorted(report for report in reports if _taken(standing, report, named(report, claims), gazetteer)):
        return Refusal("report_taken", values={"report": double[0]})
    kind = IncidentOpened(
        tuple(sorted(reports)), earliest, latest, tuple(sorted(set(acts))), tuple(sorted(set(claims))),
        gazetteer if claims else "",
    )  # fmt: skip
    return Decision((drafted(kind, standing.log, now),), standing.reads)


def _taken(standing: Standing, report: str, claims: frozenset[str], gazetteer: str) -> bool:
    """Whether an incident holds the report, or one of these claims of it where both name claims by one gazetteer."""
    holding = [
        named(report, row.claims) if row.gazetteer == gazetteer else frozenset()
        for row in standing.incidents.values()
        if report in row.reports
    ]
    return any(not claims or not held or claims & held for held in holding)


def link(standing: Standing, incident: str, report: str, reason: str, by: Actor, now: Instant) -> Outcome:
    return _change(standing, IncidentLinked(incident, report, reason), by, now)


def unlink(standing: Standing, incident: str, report: str, reason: str, by: Actor, now: Instant) -> Outcome:
    return _change(standing, IncidentUnlinked(incident, report, reason), by, now)


def put_in(standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: tuple[bytes, ...]) -> Outcome:
    """`link`, as a form gives it."""
    return link(standing, given.text("incident"), given.text("report"), given.line("reason"), by, now)


def take_out(standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: tuple[bytes, ...]) -> Outcome:
    """`unlink`, as a form gives it."""
    return unlink(standing, given.text("incident"), given.text("report"), given.line("reason"), by, now)


def _change(standing: Standing, kind: IncidentLinked | IncidentUnlinked, by: Actor, now: Instant) -> Outcome:
    if by.role not in guards.TEAM:
        return Refusal("role", values={"role": by.role, "needed": "secretariat"})
    incident = standing.incidents.get(kind.incident)
    if incident is None:
        return Refusal("incident_unknown", values={"incident": kind.incident})
    if not kind.reason.strip():
        return Refusal("reason_missing")
    linked, parted = kind.report in incident.reports, named(kind.report, incident.claims)
    if isinstance(kind, IncidentLinked) == linked and not (parted and isinstance(kind, IncidentLinked)):
        return Refusal("link_unchanged", values={"report": kind.report})
    if not linked and kind.report not in standing.reports:
        return Refusal("report_unknown", values={"report": kind.report})
    if isinstance(kind, IncidentUnlinked) and len(incident.reports) == 1:
        return Refusal("last_report", values={"incident": kind.incident})
    return Decision((drafted(kind, standing.log, now),), standing.reads)
