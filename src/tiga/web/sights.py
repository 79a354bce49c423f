"""What a door shows of things: plain values for templates, made by `access` from what the reader may see."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tiga.drafts import Claim, Match
from tiga.fusion import corroboration
from tiga.fusion.copies import Copy, copies_of
from tiga.mechanism import cases as case_rules
from tiga.mechanism import deadlines
from tiga.mechanism.acts import Refusal
from tiga.mechanism.asks import Deed, Fact, Sight
from tiga.mechanism.course import Paper
from tiga.mechanism.determinations import Determination
from tiga.mechanism.findings import Finding
from tiga.mechanism.incidents import report_of
from tiga.mechanism.measures import Measure
from tiga.mechanism.standing import Standing
from tiga.store.desk import Done, ToSign, Waits
from tiga.store.queries import ReportView as ReportView
from tiga.values.moments import Instant
from tiga.web.bases import BasisView


class Absent(LookupError):
    """Not there, or not for this reader: the two are never told apart."""


Result = Done | Refusal | ToSign | Waits
"""What comes of an act: entered, refused, to be signed by a key that is not kept here, or waiting for its batch."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two claims that were compared, with every weight; `inside` when they stand in one happening."""

    match: Match
    inside: bool


@dataclass(frozen=True, slots=True)
class Word:
    """A person's decision on a pair."""

    sid: str
    left: str
    right: str
    same: bool
    reason: str
    by: str
    at: Instant
    withdrawn: bool
    refused: bool


@dataclass(frozen=True, slots=True)
class GradeView:
    """A grade of a report: `state` is `counts`, `replaced` by a later one of the same author, or `withdrawn`; `own` whether
    this reader may take it back."""

    sid: str
    report: str
    at: Instant
    by: str
    reliability: str
    credibility: str
    reason: str
    state: str
    own: bool


@dataclass(frozen=True, slots=True)
class Happening:
    """A grouping (suggested) or an adopted incident as a reader sees it: reports in order of time, and what they amount
    to. `id` is the grouping's id or the incident's sid."""

    id: str
    number: str
    adopted: bool
    reports: tuple[ReportView, ...]
    claims: tuple[Claim, ...]

    @property
    def url_id(self) -> str:
        """The id as part of an address."""
        return self.id.replace("#", "~")

    @property
    def earliest(self) -> Instant:
        return min(view.report.when.earliest for view in self.reports)

    @property
    def latest(self) -> Instant:
        return max(view.report.when.latest for view in self.reports)

    @property
    def acts(self) -> tuple[str, ...]:
        return tuple(sorted({code for view in self.reports for code in view.report.acts}))

    @property
    def parted(self) -> tuple[str, ...]:
        """The claims of reports that tell of several happenings, by id."""
        return tuple(claim.claim_id for claim in self.claims if claim.claim_id != report_of(claim.claim_id))

    @property
    def several(self) -> frozenset[str]:
        """The reports that tell of several places together: their dead are said of no one of them."""
        return frozenset(report_of(claim) for claim in self.parted)

    @property
    def left(self) -> tuple[Claim, ...]:
        """The claims of reports that still stand: neither withdrawn nor discredited."""
        lost = {view.sid for view in self.reports if view.discredited or view.withdrawn}
        return tuple(claim for claim in self.claims if report_of(claim.claim_id) not in lost)

    @property
    def copies(self) -> tuple[Copy, ...]:
        """Which of the claims are taken for copies of one another."""
        return copies_of(self.left or self.claims, {name: view.report.account for name, view in self.by_claim.items()})

    @property
    def standing(self) -> corroboration.Corroboration:
        """What the reports that still stand amount to; where none does, what they would."""
        fire = {name: view.report.first_fire for name, view in self.by_claim.items() if view.report.first_fire}
        return corroboration.standing(self.left or self.claims, fire, self.copies)

    @property
    def by_claim(self) -> dict[str, ReportView]:
        """The report of each claim, by the claim's id."""
        by_sid = {view.sid: view for view in self.reports}
        return {claim.claim_id: by_sid[report_of(claim.claim_id)] for claim in self.claims}


@dataclass(frozen=True, slots=True)
class ReplyView:
    """A reply on a case: who, when, whether late, and its text where this reader may read it."""

    sid: str
    party: str
    at: Instant
    late: bool
    text: str = ""
    language: str = ""
    readable: bool = False


@dataclass(frozen=True, slots=True)
class Said:
    """Words of a party in a language: an appeal's."""

    text: str
    language: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """A verdict on a file as it was entered; `file` is the earlier file that it names, or empty."""

    code: str
    outcome: str
    values: dict[str, str]
    file: str = ""


@dataclass(frozen=True, slots=True)
class EvidenceView:
    """A file on a case: its deposit's sid, when, by whom, name, media type, length, SHA-256 and note.

    `form` is in which form the reader may have it (or empty), `waits` whether that may change once something is made of it,
    `examined` whether it is an exhibit yet. `verdicts` are those the reader may read (`cut`: there were more), `likeness`
    what is told of earlier files, `resembles` the (sid, case) of earlier files that the reader may know it to be like, `why`
    the text, with its values, that says why no derivative could be made.
    """

    sid: str
    at: Instant
    by: str
    name: str
    media_type: str
    length: int
    sha256: str
    note: str
    case: str = ""
    form: str = ""
    waits: bool = False
    examined: bool = False
    verdicts: tuple[Verdict, ...] = ()
    cut: bool = False
    likeness: tuple[Verdict, ...] = ()
    resembles: tuple[tuple[str, str], ...] = ()
    why: tuple[str, dict[str, str]] | None = None


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case as a reader sees it; `appealed` are the words of its appeals that the reader may read, by sid, `basis` is what its
    finding is bound to."""

    sid: str
    number: str
    standing: Standing
    case: case_rules.Case
    state: str
    stayed: bool
    replies: tuple[ReplyView, ...]
    clocks: tuple[deadlines.Clock, ...]
    acts: tuple[Any, ...]
    complaint: ReportView | None
    evidence: tuple[EvidenceView, ...] = ()
    offered: tuple[Deed, ...] = ()
    appealed: dict[str, Said] = field(default_factory=dict)
    basis: BasisView = field(default_factory=lambda: BasisView(""))

    @property
    def waiting(self) -> tuple[Paper, ...]:
        """Papers of the case that wait for signatures."""
        return tuple(
            row for row in self.standing.papers.values()
            if row.in_force is None and getattr(row.kind, "case", "") == self.sid
        )  # fmt: skip

    @property
    def finding(self) -> Finding | None:
        return self.standing.findings.get(self.case.finding)

    @property
    def determination(self) -> Determination | None:
        return self.standing.determinations.get(self.case.determination)

    @property
    def measures(self) -> tuple[Measure, ...]:
        return tuple(self.standing.measures[sid] for sid in self.case.measures)


@dataclass(frozen=True, slots=True)
class AffairView:
    """An object of the affairs with the facts the reader may see, the deeds offered on it, and its entries' rows; `told` is
    what of the facts comes from values released to this reader."""

    it: Sight
    offered: tuple[Deed, ...]
    acts: tuple[Any, ...]
    told: tuple[Fact, ...] = ()
