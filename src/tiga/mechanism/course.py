"""The course of a case beyond the straight way: its entries. Who may do what when stands elsewhere (`proceedings`,
`contests`, `consequences`, `clockwork`).

Rules
1. A paper (appeal decision, confirmation, deferral, opinion, ruling on a challenge) takes force with the signature that
   completes its act's quorum, like a finding.
2. What is annulled keeps its entry and its instant of force; since when it no longer counts is said beside it. A ladder
   read for an instant counts what stood at that instant.
3. What these entries change is folded in `effects`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

from tiga.mechanism.acts import Kind
from tiga.mechanism.rulings import Ruled
from tiga.values.moments import Instant


class _OfCase(Protocol):
    @property
    def case(self) -> str: ...


def _case_thread(kind: _OfCase, sid: str) -> tuple[str, ...]:
    """The thread of its case, and no other."""
    return (f"case:{kind.case}",)


class _OfParties(_OfCase, Protocol):
    @property
    def parties(self) -> tuple[str, ...]: ...


def _parties_threads(kind: _OfParties, sid: str) -> tuple[str, ...]:
    """The threads of its case, and of the parties that it names."""
    return (f"case:{kind.case}", *(f"party:{party}" for party in kind.parties))


@dataclass(frozen=True, slots=True)
class LevelChanged:
    """The dispute goes one level up: lower ones were tried (domain.md a, Level)."""

    ACT: ClassVar[str] = "case.escalate"
    RELEASE: ClassVar[str] = "R1"
    threads = _parties_threads

    case: str
    to: str
    reason: str
    parties: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CaseSuspended:
    ACT: ClassVar[str] = "case.suspend"
    RELEASE: ClassVar[str] = "R1"
    threads = _case_thread

    case: str
    reason: str


@dataclass(frozen=True, slots=True)
class CaseResumed:
    ACT: ClassVar[str] = "case.resume"
    RELEASE: ClassVar[str] = "R1"
    threads = _case_thread

    case: str
    reason: str


@dataclass(frozen=True, slots=True)
class SettlementProposed:
    ACT: ClassVar[str] = "settlement.propose"
    RELEASE: ClassVar[str] = "R1"
    threads = _case_thread

    case: str
    party: str
    terms: str


@dataclass(frozen=True, slots=True)
class CaseJoined:
    """Cases are dealt with together; each keeps its issues, clocks and outcome. `apart` takes it back."""

    ACT: ClassVar[str] = "case.join"
    RELEASE: ClassVar[str] = "R1"

    case: str
    other: str
    reason: str
    apart: bool = False

    def threads(self, sid: str) -> tuple[str, ...]:
        return (f"case:{self.case}", f"case:{self.other}")


@dataclass(frozen=True, slots=True)
class VerificationPlanned:
    ACT: ClassVar[str] = "verification.plan"
    RELEASE: ClassVar[str] = "R1"
    threads = _case_thread

    case: str
    issues: tuple[str, ...]
    seeks: str
    limits: str = ""


@dataclass(frozen=True, slots=True)
class Gist:
    """What a draft finding says of one issue, in words fit for both parties."""

    issue: str
    holding: str
    standard: str
    gist: str


@dataclass(frozen=True, slots=True)
class DraftServed:
    """The draft finding goes to both parties at one instant; their clock starts."""

    ACT: ClassVar[str] = "finding.draft"
    RELEASE: ClassVar[str] = "R1"
    threads = _case_thread

    case: str
    to: tuple[str, ...]
    gists: tuple[Gist, ...]
    reply_due: Instant
    zone: str


@dataclass(frozen=True, slots=True)
class FindingPublished:
    """The gists of a finding are open to all; `due` is the instant until which they could be held back at most."""

    ACT: ClassVar[str] = "finding.publish"
    RELEASE: ClassVar[str] = "R0"
    threads = _case_thread

    case: str
    finding: str
    due: Instant
    gists: tuple[Gist, ...]


@dataclass(frozen=True, slots=True)
class FindingCorrected:
    """The public is told that a published finding rests on something that was discredited; which and why stays with R1."""

    ACT: ClassVar[str] = "finding.correct"
    RELEASE: ClassVar[str] = "R0"
    threads = _case_thread

    case: str
    finding: str
    why: str


@dataclass(frozen=True, slots=True)
class CaseReopened:
    ACT: ClassVar[str] = "case.reopen"
    RELEASE: ClassVar[str] = "R1"
    threads = _case_thread

    case: str
    ground: str
    reasons: str


@dataclass(frozen=True, slots=True)
class VoteCast:
    """A seated member's word against a determination that is put, or an abstention; assent is a signature."""

    ACT: ClassVar[str] = "vote.cast"
    RELEASE: ClassVar[str] = "R3"
    threads = _case_thread

    case: str
    of: str
    position: str
    reason: str


@dataclass(frozen=True, slots=True)
class DeadlockDeclared:
    """No determination is reached. The parties' threads carry it: by it a joint ruling is known to be one."""

    ACT: ClassVar[str] = "deadlock.declare"
    RELEASE: ClassVar[str] = "R1"
    threads = _parties_threads

    case: str
    rule: str
    why: str
    parties: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AppealFiled:
    """A party appeals against the determination of a case, or against a measure of it; the words are a value at R1."""

    ACT: ClassVar[str] = "appeal.file"
    RELEASE: ClassVar[str] = "R1"
    threads = _parties_threads

    case: str
    of: str
    party: str
    ground: str
    stays: tuple[str, ...]
    sd: tuple[str, ...]
    parties: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AppealDecided:
    """`upheld` leaves what is appealed as it is, `annulled` ends it, `varied` rules anew on the issues in `ruled`."""

    ACT: ClassVar[str] = "appeal.decide"
    RELEASE: ClassVar[str] = "R1"
    threads = _parties_threads

    case: str
    appeal: str
    of: str
    determination: str
    outcome: str
    reasons: str
    ruled: tuple[Ruled, ...] = ()
    parties: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FindingConfirmed:
    """The finding stands without what was discredited, where something was: stays for that reason end. It stands on `claims`,
    the reports of its incident as this is put (`binding`)."""

    ACT: ClassVar[str] = "finding.confirm"
    RELEASE: ClassVar[str] = "R1"
    threads = _parties_threads

    case: str
    finding: str
    reasons: str
    without: tuple[str, ...]
    parties: tuple[str, ...] = ()
    claims: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StayLifted:
    """A measure that was stayed for a precedent stands again as it was computed."""

    ACT: ClassVar[str] = "measure.release"
    RELEASE: ClassVar[str] = "R1"

    case: str
    measure: str
    party: str
    reason: str
    reasons: str

    def threads(self, sid: str) -> tuple[str, ...]:
        return (f"case:{self.case}", f"party:{self.party}")


@dataclass(frozen=True, slots=True)
class MeasureDeferred:
    """The measure for a violation waits until a day, for a reason that is signed: an exception that stays visible."""

    ACT: ClassVar[str] = "measure.defer"
    RELEASE: ClassVar[str] = "R1"
    threads = _parties_threads

    case: str
    determination: str
    issue: str
    until: Instant
    zone: str
    reasons: str
    parties: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class View:
    """What an opinion says on one issue. It is no disposition."""

    issue: str
    view: str


@dataclass(frozen=True, slots=True)
class OpinionGiven:
    """Where the authority is advisory: how the panel reads the facts found. It determines nothing."""

    ACT: ClassVar[str] = "opinion.give"
    RELEASE: ClassVar[str] = "R1"
    threads = _case_thread

    case: str
    finding: str
    views: tuple[View, ...]
    reasons: str


@dataclass(frozen=True, slots=True)
class ClockOverdue:
    """A clock ran out: entered without anybody's help, with the exact instant at which it did."""

    ACT: ClassVar[str] = "clock.overdue"
    RELEASE: ClassVar[str] = "R1"

    of: str
    concept: str
    name: str
    whose: str
    due: Instant
    zone: str
    clause: str

    def threads(self, sid: str) -> tuple[str, ...]:
        return (f"{self.concept}:{self.of}",)


@dataclass(frozen=True, slots=True)
class ClockExtended:
    ACT: ClassVar[str] = "clock.extend"
    RELEASE: ClassVar[str] = "R1"
    threads = _case_thread

    case: str
    name: str
    whose: str
    due: Instant
    reason: str


@dataclass(frozen=True, slots=True)
class DateFixed:
    """A date that depended on the moon or on an event is bound to an instant."""

    ACT: ClassVar[str] = "date.fix"
    RELEASE: ClassVar[str] = "R1"

    what: str
    at: Instant
    zone: str
    reason: str

    def threads(self, sid: str) -> tuple[str, ...]:
        return ("roster",)


@dataclass(frozen=True, slots=True)
class MemberChallenged:
    ACT: ClassVar[str] = "panel.challenge"
    RELEASE: ClassVar[str] = "R1"

    member: str
    party: str
    ground: str

    def threads(self, sid: str) -> tuple[str, ...]:
        return ("roster",)


@dataclass(frozen=True, slots=True)
class ChallengeRuled:
    """A ruling on a challenge; upheld, the member sits no more. Signatures given before stay valid."""

    ACT: ClassVar[str] = "challenge.rule"
    RELEASE: ClassVar[str] = "R1"

    challenge: str
    upheld: bool
    reasons: str

    def threads(self, sid: str) -> tuple[str, ...]:
        return ("roster",)


PAPERS: dict[str, type[Kind]] = {
    kind.ACT: kind
    for kind in (AppealDecided, FindingConfirmed, MeasureDeferred, OpinionGiven, StayLifted, ChallengeRuled)
}
"""Kinds that need the signatures of a quorum."""
KINDS: tuple[type[Kind], ...] = (
    LevelChanged, CaseSuspended, CaseResumed, SettlementProposed, CaseJoined, VerificationPlanned, DraftServed,
    FindingPublished, CaseReopened, VoteCast, DeadlockDeclared, AppealFiled, ClockOverdue, ClockExtended, DateFixed,
    MemberChallenged, FindingCorrected, *PAPERS.values(),
)  # fmt: skip


# ---- what follows


@dataclass(frozen=True, slots=True)
class Paper:
    """An act that a quorum signs; `in_force` is the instant of the completing signature."""

    sid: str
    index: int
    at: Instant
    kind: Any
    signers: tuple[str, ...]
    in_force: Instant | None = None


@dataclass(frozen=True, slots=True)
class Appeal:
    """An appeal and the paper that decides it, if one is put."""

    sid: str
    at: Instant
    filed: AppealFiled
    decision: str = ""


@dataclass(frozen=True, slots=True)
class Challenge:
    sid: str
    at: Instant
    made: MemberChallenged
    ruling: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft finding that was served, and the instant at which the replies to it were opened."""

    sid: str
    at: Instant
    served: DraftServed
    replies_opened: Instant | None = None


@dataclass(frozen=True, slots=True)
class Course:
    """What has happened to a case beside the straight way. `extended` are (clock, whose, due, when it was given),
    `proposals` (sid, party, terms), `votes` (of, member, position); `levelled` is when it came to its level."""

    level: str = ""
    levelled: Instant | None = None
    suspended: str = ""
    proposals: tuple[tuple[str, str, str], ...] = ()
    joined: tuple[str, ...] = ()
    planned: Instant | None = None
    draft: Draft | None = None
    published: Instant | None = None
    corrected: tuple[tuple[Instant, str], ...] = ()
    reopened: tuple[tuple[Instant, str], ...] = ()
    votes: tuple[tuple[str, str, str], ...] = ()
    appeals: tuple[Appeal, ...] = ()
    opinion: str = ""
    deferrals: tuple[str, ...] = ()
    confirmed: tuple[str, ...] = ()
    extended: tuple[tuple[str, str, Instant, Instant], ...] = ()
    closings: tuple[tuple[Instant, str], ...] = ()
