"""Deciding on complaints: report, incident, case and notice to both parties in one step, at one instant.

Rules
1. A complaint names one provision or several, each with an act that was reported; the case has an issue for each of them.
2. Questions of fact (`cases.QUESTIONS`) are asked when somebody names them, after the breaches, and of nobody.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tiga.agreement import reading
from tiga.drafts import FieldReport, Harm
from tiga.mechanism import reports
from tiga.mechanism.acts import Actor, Decision, Drafted, Outcome, Refusal, drafted
from tiga.mechanism.cases import (
    QUESTIONS,
    CaseClosed,
    CaseOpened,
    Issue,
    NoticeServed,
)
from tiga.mechanism.incidents import IncidentOpened
from tiga.values.moments import Instant, Moment, Span
from tiga.values.places import Place

if TYPE_CHECKING:
    from tiga.mechanism.standing import Standing


@dataclass(frozen=True, slots=True)
class Complaint:
    """What a liaison officer files: the report, the provision said to be breached, and by whom; `further` provisions, and
    questions of fact."""

    report: FieldReport
    provision: str
    respondent: str
    salts: reports.Salts = field(repr=False)
    further: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()

    @property
    def provisions(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((self.provision, *self.further)))


def drawn(
    by: Actor, when: Moment, where: Place, acts: tuple[str, ...], provision: str, account: str, language: str, now: Instant,
    harm: tuple[Harm, ...] = (),
) -> FieldReport:  # fmt: skip
    """The report that a liaison officer's complaint rests on: its source and origin are the party's own office, R1."""
    name = f"liaison office {by.component}"
    return FieldReport(
        report_id=f"complaint-{when.local}-{now.ms}", channel="liaison", source=name, origin=name, party=by.component, when=when,
        where=where, acts=acts, account=account, language=language, harm=harm, provision=provision, reporter=by.key, release="R1",
    )  # fmt: skip


def complain(standing: Standing, complaint: Complaint, by: Actor, now: Instant) -> Outcome:
    """Receive a complaint: report, incident, case and notice to both parties at one instant."""
    agreement = standing.agreement
    if standing.scope == "press":
        return Refusal("press_record")
    if agreement is None:
        return Refusal("no_agreement")
    if by.role != "liaison":
        return Refusal("role", values={"role": by.role, "needed": "liaison"})
    for provision in complaint.provisions:
        if refusal := _provision(standing, complaint, provision, by):
            return refusal
    outcome = reports.file(standing, complaint.report, by, now, complaint.salts)
    if isinstance(outcome, Refusal):
        return outcome
    when = complaint.report.when
    if when.earliest > now:
        return Refusal("future", values={"start": when.start.text(), "now": now.text()})
    incident = drafted(
        IncidentOpened((outcome.sid,), when.earliest, when.latest, tuple(sorted(set(complaint.report.acts)))),
        standing.log, now, by_registrar=True,
    )  # fmt: skip
    bound = reading.bound(agreement, standing.fixed)
    status, instruments = reading.instrument_at(bound, when.earliest, when.latest)
    instrument = instruments[0].id if instruments else ""
    case = drafted(
        CaseOpened(
            incident.sid, outcome.sid, by.component, _issues(standing, complaint), when.start, instrument, status,
            agreement.levels[0],
        ), standing.log, now, by_registrar=True,
    )  # fmt: skip
    rows: list[Drafted] = [*outcome.entries, incident, case, notice(standing, case.sid, now, "complaint")]
    if status == "not_in_force":
        closed = CaseClosed(case.sid, "outside_mandate")
        rows.append(drafted(closed, standing.log, now, by_registrar=True))
    return Decision(tuple(rows), standing.reads)


def _issues(standing: Standing, complaint: Complaint) -> tuple[Issue, ...]:
    acts, rows = complaint.report.acts, []
    for provision in complaint.provisions:
        code = next(code for code in acts if code in _codes(standing, provision))
        rows.append((provision, complaint.respondent, code))
    return numbered(rows, complaint.questions)


def numbered(breaches: list[tuple[str, str, str]], questions: tuple[str, ...]) -> tuple[Issue, ...]:
    """The issues of a case: breaches as (provision, party, code), then questions of fact, which stand under the first."""
    asked = [Issue(f"i{number}", *row) for number, row in enumerate(breaches, 1)]
    facts = [name for name in QUESTIONS if name in questions]
    first = breaches[0]
    return (
        *asked,
        *(Issue(f"i{len(asked) + n}", first[0], "", first[2], name) for n, name in enumerate(facts, 1)),
    )


def _codes(standing: Standing, provision: str) -> tuple[str, ...]:
    clause = standing.agreement.clause(provision) if standing.agreement else None
    return clause.codes if clause else ()


def _provision(standing: Standing, complaint: Complaint, provision: str, by: Actor) -> Refusal | None:
    assert standing.agreement is not None  # the caller has looked
    clause = standing.agreement.clause(provision)
    if clause is None or clause.kind != "prohibition":
        return Refusal("provision_unknown", values={"provision": provision})
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
