"""Reports: received, revised, discredited; and a person's word on whether two reports speak of one happening.

Rules
1. A report is an input, never a finding: it changes nobody's count of violations (domain.md b.6, invariant 2).
2. What was said stands in a disclosure at the report's release level; who said it to us stands in another, at R4.
3. A report is withdrawn by who filed it, or by the mediators' side where its source took back what it had said; it stays on
   the record, and what rests on it is doubted as if it were discredited. What was said in custody (`custodial`) needs
   support from elsewhere (domain.md d).
4. A later version stands beside the earlier one, and only who filed that one brings it; nothing is deleted. `discredited`
   is a mark with a ground.
5. What monitors and the public report, and whatever is not open to both parties, is sealed: its entry says nothing, and it
   is entered with a batch (`custody`).
6. A decision on a match can be withdrawn by another entry; the latest word on a pair counts.
7. What is said of a state that is not party to the agreement is kept word for word, outside the mandate; it is never public,
   so that no page can label an actor with it.
8. Where a finding that was published rests on what is discredited or withdrawn, the public is told in the same step.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

from tiga.agreement.clauses import Agreement
from tiga.drafts import OPEN_TO_BOTH, RELEASES, FieldReport
from tiga.mechanism.acts import Actor, Decision, Outcome, Refusal, Released, drafted, sealed
from tiga.record.disclosures import Disclosure
from tiga.values.moments import Instant
from tiga.values.places import coarsened
from tiga.values.shapes import to_plain

if TYPE_CHECKING:
    from tiga.mechanism.standing import Standing

Salts = tuple[bytes, ...]
"""Six draws of 16 bytes of entropy, handed in: three salts and three decoys."""
CELL_M = 5_000
"""Radius, in metres, of a place made public."""


@dataclass(frozen=True, slots=True)
class ReportFiled:
    ACT: ClassVar[str] = "report.file"
    RELEASE: ClassVar[str] = "R1"

    channel: str
    acts: tuple[str, ...]
    language: str
    release: str
    sd: tuple[str, ...]
    party: str = ""
    revises: str = ""
    custodial: bool = False

    def threads(self, sid: str) -> tuple[str, ...]:
        own = (f"report:{sid}",)
        return (*own, f"report:{self.revises}") if self.revises else own


@dataclass(frozen=True, slots=True)
class ReportDiscredited:
    ACT: ClassVar[str] = "report.discredit"
    RELEASE: ClassVar[str] = "R1"

    report: str
    ground: str
    cases: tuple[str, ...] = ()
    determinations: tuple[str, ...] = ()
    parties: tuple[str, ...] = ()

    def threads(self, sid: str) -> tuple[str, ...]:
        touched = (*(f"case:{case}" for case in self.cases), *(f"party:{party}" for party in self.parties))
        return (f"report:{self.report}", *touched)


@dataclass(frozen=True, slots=True)
class ReportWithdrawn:
    ACT: ClassVar[str] = "report.withdraw"
    RELEASE: ClassVar[str] = "R1"
    threads = ReportDiscredited.threads

    report: str
    reason: str
    cases: tuple[str, ...] = ()
    determinations: tuple[str, ...] = ()
    parties: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MatchDecided:
    ACT: ClassVar[str] = "match.decide"
    RELEASE: ClassVar[str] = "R1"

    left: str
    right: str
    same: bool
    reason: str

    def threads(self, sid: str) -> tuple[str, ...]:
        return ("matches",)


@dataclass(frozen=True, slots=True)
class MatchWithdrawn:
    ACT: ClassVar[str] = "match.withdraw"
    RELEASE: ClassVar[str] = "R1"

    decision: str

    def threads(self, sid: str) -> tuple[str, ...]:
        return ("matches",)


@dataclass(frozen=True, slots=True)
class Report:
    """A report on the record, and what has become of it."""

    sid: str
    index: int
    at: Instant
    by: str
    filed: ReportFiled
    revised_by: str = ""
    discredited: str = ""
    withdrawn: str = ""

    @property
    def lost(self) -> bool:
        """Whether nothing new may rest on it."""
        return bool(self.discredited or self.withdrawn)


def released(report: FieldReport, salts: Salts) -> tuple[Released, ...]:
    """The report's values as disclosures: what was said at its own level, who brought it at R4.

    What is public and was not public before (any channel but the media) gives its point coarsened to a cell of about 5 km;
    the exact place is a disclosure of its own at R1 (domain.md d).
    """
    said = replace(report, reporter="")
    rows = []
    if report.release == "R0" and report.channel != "media" and report.where.point is not None:
        rows.append(Released(Disclosure(salts[2], "where", to_plain(report.where)), "R1"))
        coarse = replace(report.where, point=coarsened(report.where.point), radius_m=max(report.where.radius_m, CELL_M))
        said = replace(said, where=coarse)
    rows.append(Released(Disclosure(salts[0], "report", to_plain(said)), report.release, report.party))
    if report.reporter:
        rows.append(Released(Disclosure(salts[1], "reporter", report.reporter), "R4"))
    return tuple(rows)


def file(standing: Standing, report: FieldReport, by: Actor, now: Instant, salts: Salts, revises: str = "") -> Outcome:
    """Enter a report. A liaison officer files for the own party only; monitors and the secretariat file any."""
    if by.role not in ("monitor", "liaison", "mediator", "secretariat", "registrar"):
        return Refusal("role", values={"role": by.role, "needed": "monitor"})
    if by.role == "liaison" and report.party != by.component:
        return Refusal("other_party", values={"party": by.component})
    if by.role == "liaison" and (report.channel != "liaison" or report.release not in ("R1", "R2")):
        return Refusal("channel_not_yours", values={"channel": report.channel, "release": report.release})
    if by.role != "liaison" and report.channel == "liaison" and by.role not in ("secretariat", "registrar"):
        return Refusal("channel_not_yours", values={"channel": report.channel, "release": report.release})
    if report.release not in RELEASES:
        return Refusal("release_unknown", values={"release": report.release})
    if report.release == "R0" and (state := outside(standing.agreement, report)):
        return Refusal("outsider_public", values={"state": state})
    unknown = [code for code in report.acts if standing.agreement and standing.agreement.act(code) is None]
    if unknown:
        return Refusal("act_unknown", values={"act": unknown[0]})
    if revises and revises not in standing.reports:
        return Refusal("report_unknown", values={"report": revises})
    if revises and not own(standing, standing.reports[revises], by):
        return Refusal("not_own_report", values={"report": revises})
    values = released(report, salts)
    kind = ReportFiled(
        report.channel,
        report.acts,
        report.language,
        report.release,
        sealed(values, salts[3:]),
        report.party,
        revises,
        report.custodial,
    )
    return Decision((drafted(kind, standing.log, now, values),), standing.reads, confidential(report))


def outside(agreement: Agreement | None, report: FieldReport) -> str:
    """The state not party to the agreement that a report names as who acted or fired first; empty where there is none."""
    states = {state.id for state in agreement.outsiders} if agreement else set()
    return next((name for name in (report.actor, report.first_fire) if name in states), "")


def confidential(report: FieldReport | ReportFiled) -> bool:
    """Whether a report is sealed: its very kind, side or hour could tell who sent it (record.md section 5)."""
    return report.channel in ("monitor", "public") or report.release not in OPEN_TO_BOTH


def own(standing: Standing, report: Report, by: Actor) -> bool:
    """Whether a report came from this person, or from another liaison officer of the same party."""
    return standing.heir(report.by) == by.key or (by.role == "liaison" and report.filed.party == by.component)


def resting(standing: Standing, report: str) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """(cases, determinations, parties) that rest on a report: the entry that takes it away is on all their threads."""
    touched = tuple(sorted(sid for sid, case in standing.cases.items() if report in case.supports))
    ruled = {standing.cases[sid].determination for sid in touched} & set(standing.determinations)
    parties = {row.party for sid in ruled for row in standing.determinations[sid].issued.ruled}
    return touched, tuple(sorted(ruled)), tuple(sorted(parties))
