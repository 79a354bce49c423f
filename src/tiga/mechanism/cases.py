"""Cases: from a complaint to its closing, with notices and replies.

Rules
1. A complaint enters the report, adopts an incident, opens the case and serves notice on both parties in one step: one
   entry names both, so their timestamps are equal (domain.md b.6, invariant 5).
2. A case opens for issues: (incident, provision, party). Its incident lies inside an instrument in force or disputed;
   otherwise the case is closed `outside_mandate` in the same step, and stays on the record.
3. Replies are sealed: they are opened together, when both parties have replied or the clock has ended. A later reply is
   taken, marked late. Silence is not admission.
4. Two acts are two cases; nothing nets out (invariant 8).
5. A case's state is derived from its entries; nobody sets it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from tiga.agreement import reading
from tiga.drafts import FieldReport
from tiga.mechanism import mandates, reports
from tiga.mechanism.acts import Actor, Decision, Drafted, Outcome, Refusal, Released, drafted, sealed
from tiga.mechanism.evidence import Evidence
from tiga.mechanism.incidents import IncidentOpened
from tiga.record.disclosures import Disclosure
from tiga.values.moments import Instant, Span
from tiga.values.words import LANGUAGES

if TYPE_CHECKING:
    from tiga.mechanism.standing import Standing

CLOSINGS = (
    "outside_mandate", "inadmissible", "withdrawn", "settled", "not_established", "not_attributed", "no_violation", "complied",
)  # fmt: skip
TEXT_LIMIT = 8_000
"""Characters of a reply, a gist or a reason."""


@dataclass(frozen=True, slots=True)
class Issue:
    """One question of a case: did `party` breach `provision` by acts of `code`?"""

    id: str
    provision: str
    party: str
    code: str


@dataclass(frozen=True, slots=True)
class CaseOpened:
    ACT: ClassVar[str] = "case.open"
    RELEASE: ClassVar[str] = "R1"

    incident: str
    report: str
    complainant: str
    issues: tuple[Issue, ...]
    occurred: Instant
    instrument: str
    in_force: str
    level: str = "local"

    def threads(self, sid: str) -> tuple[str, ...]:
        return (f"case:{sid}", f"incident:{self.incident}", f"report:{self.report}")


@dataclass(frozen=True, slots=True)
class CaseAdmitted:
    """A mediator asserts that the standard for opening a case is met."""

    ACT: ClassVar[str] = "case.admit"
    RELEASE: ClassVar[str] = "R1"

    case: str
    standard: str
    reasons: str

    def threads(self, sid: str) -> tuple[str, ...]:
        return (f"case:{self.case}",)


@dataclass(frozen=True, slots=True)
class CaseClosed:
    ACT: ClassVar[str] = "case.close"
    RELEASE: ClassVar[str] = "R1"

    case: str
    reason: str
    note: str = ""

    def threads(self, sid: str) -> tuple[str, ...]:
        return (f"case:{self.case}",)


@dataclass(frozen=True, slots=True)
class NoticeServed:
    """Both parties are told at one instant; the reply clock starts."""

    ACT: ClassVar[str] = "notice.serve"
    RELEASE: ClassVar[str] = "R1"

    case: str
    to: tuple[str, ...]
    subject: str
    reply_due: Instant
    zone: str

    def threads(self, sid: str) -> tuple[str, ...]:
        return (f"case:{self.case}",)


@dataclass(frozen=True, slots=True)
class ReplySealed:
    ACT: ClassVar[str] = "reply.seal"
    RELEASE: ClassVar[str] = "R1"

    case: str
    party: str
    sd: tuple[str, ...]

    def threads(self, sid: str) -> tuple[str, ...]:
        return (f"case:{self.case}",)


@dataclass(frozen=True, slots=True)
class RepliesOpened:
    ACT: ClassVar[str] = "reply.open"
    RELEASE: ClassVar[str] = "R1"

    case: str
    replies: tuple[str, ...] = ()
    silent: tuple[str, ...] = ()

    def threads(self, sid: str) -> tuple[str, ...]:
        return (f"case:{self.case}",)


@dataclass(frozen=True, slots=True)
class Notice:
    sid: str
    at: Instant
    to: tuple[str, ...]
    reply_due: Instant
    zone: str


@dataclass(frozen=True, slots=True)
class Reply:
    sid: str
    at: Instant
    party: str
    late: bool


@dataclass(frozen=True, slots=True)
class Case:
    """A case as its entries make it. `supports` are the reports its finding rests on; `flags` say what has come to light
    since that touches it."""

    sid: str
    index: int
    at: Instant
    opened: CaseOpened
    admitted: Instant | None = None
    standard: str = ""
    notice: Notice | None = None
    replies: tuple[Reply, ...] = ()
    replies_opened: Instant | None = None
    finding: str = ""
    determination: str = ""
    measures: tuple[str, ...] = ()
    dissents: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    supports: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    closed: str = ""
    closed_at: Instant | None = None

    @property
    def parties(self) -> tuple[str, ...]:
        """Complainant and respondents, each once, in order of appearance."""
        return tuple(dict.fromkeys((self.opened.complainant, *(issue.party for issue in self.opened.issues))))

    def issue(self, issue_id: str) -> Issue | None:
        return next((issue for issue in self.opened.issues if issue.id == issue_id), None)


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
    status, instruments = reading.instrument_at(agreement, when.earliest, when.latest)
    instrument = instruments[0].id if instruments else ""
    case = drafted(
        CaseOpened(
            incident.sid, outcome.sid, by.component, (Issue("i1", complaint.provision, complaint.respondent, code),),
            when.start, instrument, status,
        ), standing.log, now, by_registrar=True,
    )  # fmt: skip
    rows: list[Drafted] = [*outcome.entries, incident, case, _notice(standing, case.sid, now)]
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


def _notice(standing: Standing, case: str, now: Instant) -> Drafted:
    assert standing.agreement is not None  # the caller has looked
    deadline = standing.agreement.deadline("reply")
    within, zone = (deadline.within, deadline.zone) if deadline else ("P7D", "UTC")
    parties = tuple(sorted(party.id for party in standing.agreement.parties))
    kind = NoticeServed(case, parties, "complaint", now.plus(Span.parse(within)), zone)
    return drafted(kind, standing.log, now, by_registrar=True)


def reply(
    standing: Standing, case_sid: str, text: str, language: str, by: Actor, now: Instant, salts: reports.Salts
) -> Outcome:
    """Lodge a party's reply; sealed until both have replied or the clock has ended, open at once when late."""
    case = standing.cases.get(case_sid)
    if case is None:
        return Refusal("case_unknown", values={"case": case_sid})
    if by.role != "liaison" or by.component not in case.parties:
        return Refusal("not_party", values={"party": by.component or by.role})
    if case.closed:
        return Refusal("case_closed", values={"reason": case.closed})
    if case.notice is None:
        return Refusal("no_notice")
    if any(row.party == by.component for row in case.replies):
        return Refusal("replied", _clock_clause(standing, "reply"), {"party": by.component})
    if not text.strip() or len(text) > TEXT_LIMIT:
        return Refusal("text_length", values={"limit": str(TEXT_LIMIT)})
    if language not in LANGUAGES:
        return Refusal("language_unknown", values={"known": ", ".join(LANGUAGES)})
    value = {"text": text, "language": language, "party": by.component}
    values = (Released(Disclosure(salts[0], "reply", value), "R2", by.component),)
    sealing = drafted(ReplySealed(case_sid, by.component, sealed(values, salts[2:])), standing.log, now, values)
    rows = [sealing]
    replied = {row.party for row in case.replies} | {by.component}
    if case.replies_opened is None and replied >= set(case.notice.to):
        rows.append(_opening(standing, case, now, (*(row.sid for row in case.replies), sealing.sid), ()))
    return Decision(tuple(rows), standing.reads)


def open_replies(standing: Standing, case_sid: str, by: Actor, now: Instant) -> Outcome:
    """Open what has been lodged once the clock has ended; who was silent is said, and means nothing more."""
    case = standing.cases.get(case_sid)
    if case is None:
        return Refusal("case_unknown", values={"case": case_sid})
    if by.role not in ("mediator", "secretariat", "registrar"):
        return Refusal("role", values={"role": by.role, "needed": "mediator"})
    if case.notice is None or case.replies_opened is not None:
        return Refusal("replies_open")
    if now < case.notice.reply_due:
        return Refusal("reply_clock", _clock_clause(standing, "reply"), {"due": case.notice.reply_due.text()})
    lodged = tuple(row.sid for row in case.replies)
    silent = tuple(party for party in case.notice.to if party not in {row.party for row in case.replies})
    return Decision((_opening(standing, case, now, lodged, silent),), standing.reads)


def _opening(standing: Standing, case: Case, now: Instant, lodged: tuple[str, ...], silent: tuple[str, ...]) -> Drafted:
    return drafted(RepliesOpened(case.sid, lodged, silent), standing.log, now, by_registrar=True)


def _clock_clause(standing: Standing, deadline_id: str) -> str:
    deadline = standing.agreement.deadline(deadline_id) if standing.agreement else None
    return deadline.clause if deadline else ""


def admit(standing: Standing, case_sid: str, standard: str, reasons: str, by: Actor, now: Instant) -> Outcome:
    """Triage: a seated mediator asserts the standard that opens an inquiry."""
    case = standing.cases.get(case_sid)
    refusal = working(standing, case, by)
    if refusal or case is None or standing.agreement is None:
        return refusal or Refusal("no_agreement")
    if case.admitted is not None:
        return Refusal("already_admitted")
    required = standing.agreement.standard("open_case")
    if required and not standing.agreement.meets(standard, required.level):
        return Refusal("standard_low", required.clause, {"given": standard, "needed": required.level})
    if not reasons.strip():
        return Refusal("reason_missing")
    return Decision((drafted(CaseAdmitted(case_sid, standard, reasons), standing.log, now),), standing.reads)


def close(standing: Standing, case_sid: str, reason: str, note: str, by: Actor, now: Instant) -> Outcome:
    """Close a case without a finding, or after measures are complied with; the reason is mandatory."""
    case = standing.cases.get(case_sid)
    refusal = working(standing, case, by)
    if refusal or case is None:
        return refusal or Refusal("case_unknown", values={"case": case_sid})
    if reason not in CLOSINGS:
        return Refusal("closing_unknown", values={"reason": reason})
    refusal = _may_close(standing, case, reason)
    if refusal:
        return refusal
    return Decision((drafted(CaseClosed(case_sid, reason, note), standing.log, now),), standing.reads)


EARLY = ("outside_mandate", "inadmissible", "withdrawn", "settled")
"""Closings before anything has been found."""


def _may_close(standing: Standing, case: Case, reason: str) -> Refusal | None:
    """Whether the state allows this reason: nobody closes with a verdict that was not reached, or buries one that was."""
    determination = standing.determinations.get(case.determination)
    finding = standing.findings.get(case.finding)
    ruled = determination.issued.ruled if determination is not None and determination.in_force else ()
    if case.measures or any(row.disposition == "violation" for row in ruled):
        if reason != "complied":
            return Refusal("measures_pending")
        done = bool(case.measures) and all(standing.measures[sid].complied for sid in case.measures)
        return None if done else Refusal("not_complied")
    if reason == "complied":
        return Refusal("not_complied")
    allowed = set() if finding is not None else set(EARLY)
    allowed |= {row.disposition for row in ruled}
    if finding is not None and finding.in_force and determination is None:
        holdings = {held.holding for held in finding.adopted.held}
        allowed |= {"not_established"} if holdings == {"not_established"} else set()
        binding = standing.agreement is not None and standing.agreement.authority.value == "binding"
        allowed |= set() if binding else {"settled"}
    return None if reason in allowed else Refusal("closing_stage", values={"reason": reason})


def working(standing: Standing, case: Case | None, by: Actor) -> Refusal | None:
    """The guards that every act of the panel on a case shares."""
    if standing.scope == "press":
        return Refusal("press_record")
    if case is None:
        return Refusal("case_unknown", values={"case": ""})
    if case.closed:
        return Refusal("case_closed", values={"reason": case.closed})
    if by.role != "mediator":
        return Refusal("role", values={"role": by.role, "needed": "mediator"})
    if by.key not in standing.seats:
        return Refusal("not_seated", values={"member": by.key})
    if by.key in standing.recused:
        return Refusal("recused", values={"member": by.key})
    return None


def state(standing: Standing, case: Case) -> str:
    """Where a case stands (domain.md b.2), derived from its entries alone."""
    if case.closed:
        return "closed"
    if case.measures:
        in_force = all(standing.measures[sid].in_force for sid in case.measures)
        return "compliance" if in_force else "measures"
    determination = standing.determinations.get(case.determination)
    if determination is not None:
        return "determined" if determination.in_force else "deliberation"
    finding = standing.findings.get(case.finding)
    if finding is not None:
        return "adopted" if finding.in_force else "drafting"
    if case.admitted is None:
        return "notified" if case.notice else "preliminary"
    return "verification" if case.replies_opened else "reply"


def stayed(standing: Standing, case: Case) -> bool:
    """Whether the case is stayed because a quorum is lost: a side state, beside its state."""
    agreement = standing.agreement
    if agreement is None or case.closed or not standing.recused:
        return False
    for act in ("finding.adopt", "determination.issue", "measure.impose"):
        quorum = agreement.quorum(act)
        if quorum:
            wanting = [
                need.component for need in quorum.assent if mandates.sitting(standing, need.component) < need.number
            ]
            if mandates.count(standing, quorum, ()).seats_wanting or wanting:
                return True
    return False
