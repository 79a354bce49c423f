"""Deciding on complaints: report, incident, case and notice to both parties in one step, at one instant."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tiga.agreement import reading
from tiga.drafts import FieldReport
from tiga.mechanism import reports
from tiga.mechanism.acts import Actor, Decision, Drafted, Outcome, Refusal, drafted
from tiga.mechanism.cases import (
    CaseClosed,
    CaseOpened,
    Issue,
    NoticeServed,
)
from tiga.mechanism.incidents import IncidentOpened
from tiga.values.moments import Instant, Span

if TYPE_CHECKING:
    from tiga.mechanism.standing import Standing


@dataclass(frozen=True, slots=True)
class Complaint:
    """What a liaison officer files: the report, the provision said to be breached, and by whom."""

    report: FieldReport
    provision: str
    respondent: str
    salts: reports.Salts = field(repr=False)


def complain(standing: Standing, complaint: Complaint, by: Actor, now: Instant) -> Outcome:
    """Receive a complaint: report, incident, case and notice to both parties at one instant."""
    agreement = standing.agreement
    if standing.scope == "press":
        return Refusal("press_record")
    if agreement is None:
        return Refusal("no_agreement")
    if by.role != "liaison":
        return Refusal("role", values={"role": by.role, "needed": "liaison"})
    refusal = _provision(standing, complaint, by)
    if refusal:
        return refusal
    outcome = reports.file(standing, complaint.report, by, now, complaint.salts)
    if isinstance(outcome, Refusal):
        return outcome
    when = complaint.report.when
    if when.earliest > now:
        return Refusal("future", values={"start": when.start.text(), "now": now.text()})
    code = next(code for code in complaint.report.acts if code in _codes(standing, complaint.provision))
    incident = drafted(
        IncidentOpened((outcome.sid,), when.earliest, when.latest, tuple(sorted(set(complaint.report.acts)))),
        standing.log, now, by_registrar=True,
    )  # fmt: skip
    bound = reading.bound(agreement, standing.fixed)
    status, instruments = reading.instrument_at(bound, when.earliest, when.latest)
    instrument = instruments[0].id if instruments else ""
    case = drafted(
        CaseOpened(
            incident.sid, outcome.sid, by.component, (Issue("i1", complaint.provision, complaint.respondent, code),),
            when.start, instrument, status, agreement.levels[0],
        ), standing.log, now, by_registrar=True,
    )  # fmt: skip
    rows: list[Drafted] = [*outcome.entries, incident, case, notice(standing, case.sid, now, "complaint")]
    if status == "not_in_force":
        closed = CaseClosed(case.sid, "outside_mandate")
        rows.append(drafted(closed, standing.log, now, by_registrar=True))
    return Decision(tuple(rows), standing.reads)


def _codes(standing: Standing, provision: str) -> tuple[str, ...]:
    clause = standing.agreement.clause(provision) if standing.agreement else None
    return clause.codes if clause else ()


def _provision(standing: Standing, complaint: Complaint, by: Actor) -> Refusal | None:
    assert standing.agreement is not None  # the caller has looked
    clause = standing.agreement.clause(complaint.provision)
    if clause is None or clause.kind != "prohibition":
        return Refusal("provision_unknown", values={"provision": complaint.provision})
    if complaint.respondent not in clause.binds:
        return Refusal("not_bound", clause.id, {"party": complaint.respondent})
    if complaint.respondent == by.component:
        return Refusal("against_oneself", clause.id, {"party": by.component})
    if not set(complaint.report.acts) & set(clause.codes):
        return Refusal(
            "act_not_in_provision", clause.id,
            {"acts": ", ".join(complaint.report.acts), "codes": ", ".join(clause.codes)},
        )  # fmt: skip
    return None


def notice(standing: Standing, case: str, now: Instant, subject: str) -> Drafted:
    """Notice to all parties at one instant; the clock of their replies starts."""
    assert standing.agreement is not None  # the caller has looked
    deadline = standing.agreement.deadline("reply")
    within, zone = (deadline.within, deadline.zone) if deadline else ("P7D", "UTC")
    parties = tuple(sorted(party.id for party in standing.agreement.parties))
    kind = NoticeServed(case, parties, subject, now.plus(Span.parse(within)), zone)
    return drafted(kind, standing.log, now, by_registrar=True)
