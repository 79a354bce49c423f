"""All that pages and commands may ask of a record, unfiltered: `web.access` and `cli` alone may import this.

Rules
1. A query is what a reader asks; it returns plain rows or standings, never a queryset.
2. A list costs the same number of SQL queries at 1 and at 30 items.
3. Nothing here decides who may see: callers pass every row through `mechanism.release`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Q

from tiga.drafts import FieldReport
from tiga.drafts.examinations import EARLIER_LIMIT, Fingerprint
from tiga.fusion.reasons import Reasons
from tiga.mechanism import exhibits
from tiga.mechanism.evidence import EvidenceDeposited
from tiga.mechanism.release import Reach
from tiga.mechanism.standing import Standing
from tiga.record.entries import Entry
from tiga.store import fusing, resting, sealing, vault
from tiga.store.models import (
    ActRow,
    AffairRow,
    BackgroundRow,
    CaseRow,
    ClockRow,
    DecisionRow,
    FingerprintRow,
    GradeRow,
    GroupRow,
    IncidentRow,
    PouchRow,
    ReportRow,
    SetAside,
    Upload,
)
from tiga.values.moments import Instant
from tiga.values.shapes import from_plain

if TYPE_CHECKING:
    from tiga.store.desk import Desk

LIST_LIMIT = 20_000
"""Rows of one list."""


@dataclass(frozen=True, slots=True)
class ReportView:
    """A report as filed, with its place on the record and its release level."""

    sid: str
    idx: int
    at_ms: int
    by: str
    level: str
    party: str
    revised_by: str
    revises: str
    discredited: str
    withdrawn: str
    report: FieldReport
    sealed: bool = False
    shared: str = ""

    @property
    def speaker(self) -> str:
        """Who first said it where that is known, else who passed it on."""
        return self.report.origin or self.report.source

    @property
    def unverified_quote(self) -> bool:
        """Whether it passes on what somebody else first said, and nobody has looked that up (domain.md g.14)."""
        said = self.report
        return bool(said.origin) and said.origin != said.source and not (said.first_hand or said.reference_verified)


def _view(row: ReportRow) -> ReportView:
    return ReportView(
        row.sid, row.idx, row.at_ms, row.by, row.level, row.party, row.revised_by, row.revises, row.discredited,
        row.withdrawn, from_plain(FieldReport, row.said), row.sealed, row.shared,
    )  # fmt: skip


def reports(desk: Desk, reach: Reach, sids: Iterable[str] | None = None) -> list[ReportView]:
    """Reports within a reader's reach, by start. What is out of reach is left out before the limit: it displaces nothing."""
    rows = ReportRow.objects.using(desk.alias).order_by("start_ms", "sid")
    within = Q(level__in=reach.levels)
    if reach.party:
        within |= Q(level="R2", party=reach.party) | Q(shared__contains=f",{reach.party},")
    rows = rows.filter(within)
    if sids is not None:
        rows = rows.filter(sid__in=list(sids))
    return [_view(row) for row in rows[:LIST_LIMIT] if row.said]


def groups(desk: Desk, audience: str = "R1") -> list[tuple[str, int, tuple[str, ...]]]:
    """(group id, earliest start in ms, claim ids) of every grouping suggested to an audience, by start."""
    rows = (
        GroupRow.objects.using(desk.alias)
        .filter(audience=fusing.shown_to(desk.alias, audience))
        .order_by("start_ms", "group_id")[:LIST_LIMIT]
    )
    return [(row.group_id, row.start_ms, tuple(row.claims)) for row in rows]


def rests(desk: Desk, audience: str = "R1") -> tuple[fusing.Basis, BackgroundRow | None]:
    """What an audience's groupings are made with now, and the background entered last, whether or not it is that one."""
    return fusing.basis(desk.alias, desk.gazetteer, desk.standing().agreement, audience), fusing.last(desk.alias)


def why(desk: Desk, claims: Iterable[str], audience: str = "R1", asked: Collection[tuple[str, str]] = ()) -> Reasons:
    """Why claims are where they are in the groupings of an audience; pairs `asked` for are told whatever they weigh."""
    return fusing.why(desk.alias, desk.gazetteer, desk.standing().agreement, frozenset(claims), audience, asked)


def decisions(desk: Desk) -> list[DecisionRow]:
    return list(DecisionRow.objects.using(desk.alias).order_by("idx")[:LIST_LIMIT])


def incidents(desk: Desk, sids: Iterable[str] | None = None) -> list[IncidentRow]:
    rows = IncidentRow.objects.using(desk.alias).order_by("start_ms", "sid")
    return list((rows if sids is None else rows.filter(sid__in=list(sids)))[:LIST_LIMIT])


def cases(desk: Desk) -> list[CaseRow]:
    return list(CaseRow.objects.using(desk.alias).order_by("-idx")[:LIST_LIMIT])


def case_threads(desk: Desk, sid: str) -> tuple[str, ...]:
    """The threads that a case needs: its own, its incident's and reports', and each party's."""
    return resting.of_case(desk, sid)


def filing(desk: Desk, filing: str) -> tuple[int, Instant | None] | None:
    """Where a sealed filing stands, for whoever knows its id: (index, None) once entered, (-1, due) while it waits."""
    for model in (ReportRow, GradeRow):
        row = model.objects.using(desk.alias).filter(filing=filing, sealed=True).first()
        if row is not None:
            return row.idx, None
    return next(((-1, due) for own, due, _ in sealing.waiting(desk) if own == filing), None)


def pouches(desk: Desk) -> list[PouchRow]:
    """Filings encrypted by their senders, newest first; whose they are is the caller's to ask."""
    return list(PouchRow.objects.using(desk.alias).order_by("-idx")[:LIST_LIMIT])


def report_threads(desk: Desk, sid: str) -> tuple[str, ...]:
    """The threads of a report, of every case that rests on it, and of those cases' parties."""
    entries, _ = desk.ledger.threads((f"report:{sid}",))
    resting = {entry.envelope.case for entry in entries if entry.envelope.case}
    resting |= {entry.sid for entry in entries if entry.envelope.act == "case.open"}
    rows = CaseRow.objects.using(desk.alias).filter(sid__in=resting)
    parties = {issue[2] for row in rows for issue in row.issues} - {""}
    return (
        f"report:{sid}", *(f"case:{case}" for case in sorted(resting)), *(f"party:{party}" for party in sorted(parties)),
    )  # fmt: skip


def grades(desk: Desk, reports: Iterable[str]) -> list[GradeRow]:
    """The grades of reports, oldest first; which a reader may see is the caller's to ask."""
    rows = GradeRow.objects.using(desk.alias).filter(report__in=list(reports), of="").order_by("idx")
    return list(rows[:LIST_LIMIT])


def grade_threads(desk: Desk, report: str) -> tuple[str, ...]:
    """The threads of a report's grades: its own, and that of each entry in which one came sealed."""
    rows = GradeRow.objects.using(desk.alias).filter(report=report, sealed=True).order_by("idx")
    return (f"grade:{report}", *(f"report:{row.sid}" for row in rows[:LIST_LIMIT]))


def case(desk: Desk, sid: str, extra: Iterable[str] = ()) -> Standing:
    """The standing that a case's page and acts need."""
    return desk.standing((*case_threads(desk, sid), *extra))


def clocks(desk: Desk) -> list[ClockRow]:
    """Clocks that still wait for somebody, as they fall due."""
    return list(
        ClockRow.objects.using(desk.alias).filter(met_ms=None, lapsed=False).order_by("due_ms", "key")[:LIST_LIMIT]
    )


def clocks_of(desk: Desk, sid: str) -> list[ClockRow]:
    return list(ClockRow.objects.using(desk.alias).filter(case=sid).order_by("due_ms", "key"))


def acts(desk: Desk, start: int, number: int) -> list[ActRow]:
    """Entries of the record, newest first, from `start` (the newest index) downwards."""
    return list(ActRow.objects.using(desk.alias).filter(idx__lte=start).order_by("-idx")[: min(number, 500)])


def acts_between(desk: Desk, start: int, stop: int) -> list[ActRow]:
    """Entries of the record from `start` to before `stop`, oldest first."""
    return list(ActRow.objects.using(desk.alias).filter(idx__gte=start, idx__lt=stop).order_by("idx"))


def acts_at(desk: Desk, indices: Iterable[int]) -> list[ActRow]:
    """The entries at these indices, oldest first."""
    return list(ActRow.objects.using(desk.alias).filter(idx__in=list(indices)).order_by("idx"))


def acts_named(desk: Desk, beginnings: Iterable[str]) -> list[ActRow]:
    """The entries whose acts begin with one of these, oldest first."""
    wanted = Q()
    for beginning in beginnings:
        wanted |= Q(act__startswith=beginning)
    return list(ActRow.objects.using(desk.alias).filter(wanted).order_by("idx"))


def acts_of(desk: Desk, case_sid: str) -> list[ActRow]:
    return list(ActRow.objects.using(desk.alias).filter(case=case_sid).order_by("idx")[:LIST_LIMIT])


def manifests(desk: Desk) -> list[Entry]:
    """The last manifest of each case that has one."""
    rows = ActRow.objects.using(desk.alias).filter(act="case.manifest").order_by("idx")
    return [desk.ledger.entry(index) for index in dict(rows.values_list("case", "idx")).values()]


def levels(desk: Desk, indices: Iterable[int]) -> dict[int, str]:
    """The release level of entries, by index."""
    return dict(ActRow.objects.using(desk.alias).filter(idx__in=list(indices)).values_list("idx", "level"))


def measures(desk: Desk) -> Standing:
    """The standing that the ledger of measures is read from: every party's thread."""
    agreement = desk.standing().agreement
    return desk.standing(f"party:{party.id}" for party in (agreement.parties if agreement else ()))


def all_cases(desk: Desk) -> Standing:
    """The standing of every case's own thread: for tables over all of them, never for one act."""
    sids = CaseRow.objects.using(desk.alias).order_by("idx").values_list("sid", flat=True)[:LIST_LIMIT]
    return desk.standing(f"case:{sid}" for sid in sids)


def all_of(desk: Desk, concept: str) -> Standing:
    """The standing of every object of a concept."""
    return desk.standing(f"{concept}:{row.sid}" for row in affairs(desk, concept))


def affairs(desk: Desk, concept: str) -> list[AffairRow]:
    """The objects of a concept, newest first; which a reader may see is the caller's to ask."""
    return list(AffairRow.objects.using(desk.alias).filter(concept=concept).order_by("-idx")[:LIST_LIMIT])


def affairs_at(desk: Desk, sids: Iterable[str]) -> list[AffairRow]:
    """The objects of any concept with these sids; which a reader may see is the caller's to ask."""
    return list(AffairRow.objects.using(desk.alias).filter(sid__in=list(sids))[:LIST_LIMIT])


def act(desk: Desk, index: int) -> ActRow | None:
    return ActRow.objects.using(desk.alias).filter(idx=index).first()


def replies(desk: Desk, sids: Iterable[str]) -> dict[str, dict[str, Any]]:
    """The values of replies by sid; whether they may be read is the caller's to ask."""
    return {
        sid: dict(value)
        for sid, (_, value) in vault.values(desk.alias, sids, "reply").items()
        if isinstance(value, dict)
    }


def blobs(desk: Desk, sids: Iterable[str]) -> dict[str, dict[str, Any]]:
    """What deposits disclose of their files, by sid; whether it may be read is the caller's to ask."""
    found = vault.values(desk.alias, sids, "blob")
    return {sid: {**value, "levels": levels} for sid, (levels, value) in found.items() if isinstance(value, dict)}


def fingerprints(desk: Desk, before: Instant, but: str) -> list[Fingerprint]:
    """By what files are known again that were deposited no later than `before`, the newest first; `but` one."""
    rows = FingerprintRow.objects.using(desk.alias).filter(at_ms__lte=before.ms).exclude(sid=but).order_by("-idx")
    return [
        Fingerprint(row.sha256, row.whole, row.parts, row.width, row.height, row.sid, Instant(row.at_ms), row.case)
        for row in rows[:EARLIER_LIMIT]
    ]


def exhibited(desk: Desk, sids: Iterable[str]) -> dict[str, str]:
    """The case of each of these deposits that was examined."""
    rows = FingerprintRow.objects.using(desk.alias).filter(sid__in=list(sids))
    return {row.sid: row.case for row in rows}


def unexamined(desk: Desk, number: int) -> list[tuple[str, str]]:
    """(case, sid) of deposits that are no exhibits yet, oldest first."""
    known = AffairRow.objects.using(desk.alias).filter(concept=exhibits.NAME).values("sid")
    rows = ActRow.objects.using(desk.alias).filter(act=EvidenceDeposited.ACT).exclude(sid__in=known).order_by("idx")
    return [(row.case, row.sid) for row in rows[:number]]


def underived(desk: Desk, number: int) -> list[tuple[str, str]]:
    """(case, sid) of exhibits for which nothing was made under their present release, oldest first."""
    rows = AffairRow.objects.using(desk.alias).filter(concept=exhibits.NAME, open=True).order_by("idx")[:number]
    cases = exhibited(desk, [row.sid for row in rows])
    return [(cases[row.sid], row.sid) for row in rows if row.sid in cases]


def appeals(desk: Desk, sids: Iterable[str]) -> dict[str, dict[str, Any]]:
    """The words of appeals by sid, with their levels; whether they may be read is the caller's to ask."""
    found = vault.values(desk.alias, sids, "appeal")
    return {sid: {**value, "levels": levels} for sid, (levels, value) in found.items() if isinstance(value, dict)}


def set_aside(desk: Desk, upload: str = "") -> list[SetAside]:
    rows = SetAside.objects.using(desk.alias).order_by("id")
    return list((rows.filter(upload=upload) if upload else rows)[:LIST_LIMIT])


def uploads(desk: Desk) -> list[Upload]:
    return list(Upload.objects.using(desk.alias).order_by("-at_ms")[:LIST_LIMIT])


def counts(desk: Desk) -> dict[str, int]:
    """How many of each there are on the record, for the summary of whoever runs it."""
    whole = desk.whole()
    return {
        "reports": sum(1 for report in whole.reports.values() if not report.revised_by),
        "incidents": GroupRow.objects.using(desk.alias).filter(audience="R1").count()
        if whole.scope == "press"
        else len(whole.incidents),
        "cases": len(whole.cases),
        "findings": sum(1 for row in whole.findings.values() if row.in_force),
        "determinations": sum(1 for row in whole.determinations.values() if row.in_force),
        "measures": sum(1 for row in whole.measures.values() if row.in_force),
        "entries": desk.ledger.size(),
    }
