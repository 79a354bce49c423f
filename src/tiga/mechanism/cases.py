"""Cases: from a complaint to its closing, with notices and replies.

Rules
1. A complaint enters the report, adopts an incident, opens the case and serves notice on both parties in one step: one
   entry names both, so their timestamps are equal (domain.md b.6, invariant 5).
2. A case opens for issues: (incident, provision, party), and may ask two questions of fact beside them (`QUESTIONS`): an
   answer to these is found like any other, and is never ruled on. Its incident lies inside an instrument in force or disputed;
   otherwise the case is closed `outside_mandate` in the same step, and stays on the record.
3. Replies are sealed: they are opened together, when both parties have replied or the clock has ended. A later reply is
   taken, marked late. Silence is not admission.
4. Two acts are two cases; nothing nets out (invariant 8).
5. A case's state is derived from its entries; nobody sets it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from tiga.mechanism import mandates
from tiga.mechanism.acts import Actor, Refusal
from tiga.mechanism.course import Appeal, Course
from tiga.mechanism.evidence import Evidence
from tiga.values.moments import Instant

if TYPE_CHECKING:
    from tiga.mechanism.standing import Standing

CLOSINGS = (
    "outside_mandate", "inadmissible", "withdrawn", "settled", "settled_locally", "not_established", "not_attributed",
    "no_violation", "complied", "annulled",
)  # fmt: skip
QUESTIONS = ("occurred", "first_fire")
"""What a case may ask beside breaches, of nobody: whether it happened, and who fired first."""
BY_ITSELF = ("appeal", "reports_changed")
"""Grounds on which a case opens again while its finding stands as it was made."""
TEXT_LIMIT = 8_000
"""Characters of a reply, a gist or a reason."""


@dataclass(frozen=True, slots=True)
class Issue:
    """One question of a case: did `party` breach `provision` by acts of `code`? Or, with no party, one of `QUESTIONS`."""

    id: str
    provision: str
    party: str
    code: str
    question: str = ""


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
    draft: str = ""

    def threads(self, sid: str) -> tuple[str, ...]:
        return (f"case:{self.case}",)


@dataclass(frozen=True, slots=True)
class RepliesOpened:
    ACT: ClassVar[str] = "reply.open"
    RELEASE: ClassVar[str] = "R1"

    case: str
    replies: tuple[str, ...] = ()
    silent: tuple[str, ...] = ()
    draft: str = ""

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
    """A party's reply, to the complaint or, with its sid, to the draft finding."""

    sid: str
    at: Instant
    party: str
    late: bool
    draft: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """A case as its entries make it. `supports` are the reports on which its finding in force rests, and one that is put;
    `flags` say what has come to light since that touches it."""

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
    course: Course = field(default_factory=Course)

    @property
    def parties(self) -> tuple[str, ...]:
        """Complainant and respondents, each once, in order of appearance; of a case opened of the own motion the latter."""
        named = (self.opened.complainant, *(issue.party for issue in self.opened.issues))
        return tuple(dict.fromkeys(name for name in named if name))

    @property
    def level(self) -> str:
        """Where the dispute is dealt with now."""
        return self.course.level or self.opened.level

    @property
    def turn(self) -> str:
        """What replies answer now: the draft finding last served, by its sid; empty for the complaint."""
        return self.course.draft.sid if self.course.draft else ""

    @property
    def replies_open(self) -> bool:
        """Whether the replies to what was served last are open."""
        return self.opened_to(self.turn) is not None

    def opened_to(self, draft: str) -> Instant | None:
        """When the replies to a draft finding, or to the complaint, were opened; one that came later found them open."""
        last = self.course.draft
        if not draft or last is None:
            return self.replies_opened
        return last.replies_opened if last.sid == draft else last.at  # a new draft is served when the replies are open

    @property
    def reply_due(self) -> Instant | None:
        """Until when the last of the replies that are awaited now may come: as served, or as extended since."""
        dues = [self.reply_due_of(party, self.turn) for party in (self.notice.to if self.notice else ())]
        return max((due for due in dues if due is not None), default=None)

    def reply_due_of(self, party: str, draft: str = "") -> Instant | None:
        """Until when a party's reply is awaited, to the complaint or to the draft finding."""
        served = self.course.draft if draft and self.course.draft else None
        if self.notice is None:
            return None
        started, due = (served.at, served.served.reply_due) if served else (self.notice.at, self.notice.reply_due)
        return max((due, *self.extended("reply", party, started)))

    def extended(self, name: str, whose: str, started: Instant, met: Instant | None = None) -> tuple[Instant, ...]:
        """The instants to which a clock was extended while it ran: given not before its start, nor once it was met."""
        return tuple(
            due for own, of, due, given in self.course.extended
            if own == name and of in ("", whose) and given >= started and (met is None or given < met)
        )  # fmt: skip

    def renewed(self, at: Instant) -> bool:
        """Whether the case was opened again after `at` to be found on anew; what opens one by itself asks for no new finding."""
        return any(when > at for when, ground in self.course.reopened if ground not in BY_ITSELF)

    def asks(self, provision: str, party: str) -> bool:
        """Whether it is among the questions of this case if a party breached a provision."""
        return any((row.provision, row.party) == (provision, party) for row in self.opened.issues)

    @property
    def breaches(self) -> tuple[Issue, ...]:
        """The issues that ask for a breach: those that are ruled on."""
        return tuple(issue for issue in self.opened.issues if not issue.question)

    def issue(self, issue_id: str) -> Issue | None:
        return next((issue for issue in self.opened.issues if issue.id == issue_id), None)


def clock_clause(standing: Standing, deadline_id: str) -> str:
    deadline = standing.agreement.deadline(deadline_id) if standing.agreement else None
    return deadline.clause if deadline else ""


def working(
    standing: Standing, case: Case | None, by: Actor, *, suspended: bool = False, closed: bool = False
) -> Refusal | None:
    """The guards that every act of the panel on a case shares; some acts may come on a suspended or a closed one."""
    if standing.scope == "press":
        return Refusal("press_record")
    if case is None:
        return Refusal("case_unknown", values={"case": ""})
    if case.closed and not closed:
        return Refusal("case_closed", values={"reason": case.closed})
    if by.role != "mediator":
        return Refusal("role", values={"role": by.role, "needed": "mediator"})
    if by.key not in standing.seats:
        return Refusal("not_seated", values={"member": by.key})
    if by.key in standing.recused:
        return Refusal("recused", values={"member": by.key})
    if case.course.suspended and not suspended:
        return Refusal("case_suspended", values={"why": case.course.suspended})
    return None


def state(standing: Standing, case: Case) -> str:
    """Where a case stands (domain.md b.2), derived from its entries alone."""
    if case.closed:
        return "closed"
    if any(undecided(standing, row) for row in case.course.appeals):
        return "appeal"
    asked = [standing.measures[sid] for sid in case.measures if standing.measures[sid].ended is None]
    if asked:
        return "compliance" if all(row.in_force for row in asked) else "measures"
    determination = standing.determinations.get(case.determination)
    if determination is not None and determination.in_force:
        return "determined"
    if case.sid in standing.deadlocks:
        return "deadlocked"
    if determination is not None:
        return "deliberation"
    finding = standing.findings.get(case.finding)
    if finding is not None and not case.renewed(finding.at):
        return "adopted" if finding.in_force else "drafting"
    if case.admitted is None:
        return "notified" if case.notice else "preliminary"
    if case.course.draft is not None and not (finding and case.renewed(case.course.draft.at)):
        return "drafting" if case.course.draft.replies_opened else "reply"
    drafts = standing.agreement is not None and standing.agreement.reply_to == "draft"
    return "verification" if case.replies_opened or drafts else "reply"


def answered(standing: Standing, case: Case) -> Instant | None:
    """When the replies that a finding has to wait for were opened: those to the draft where one was served or must be."""
    draft = case.course.draft
    if standing.agreement is not None and standing.agreement.reply_to == "draft":
        return draft.replies_opened if draft is not None and not case.renewed(draft.at) else None
    return draft.replies_opened if draft is not None else case.replies_opened


def undecided(standing: Standing, appeal: Appeal) -> bool:
    """Whether an appeal awaits its decision: none is in force yet, and what it is against still counts."""
    decision, of = standing.papers.get(appeal.decision), appeal.filed.of
    held = standing.determinations.get(of) or standing.measures.get(of)
    return (decision is None or decision.in_force is None) and (held is None or held.ended is None)


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
