"""Projections: entries to rows. The only code that writes them.

Rules
1. A row follows from entries (and disclosed values) alone; rebuilt from the log it is the same row (house law 1).
2. Handlers get the standing after the entry; they never look at a clock.
3. Groupings are fusion's suggestions over reports of R0 and R1; reports above that are never compared, so that no
   grouping can give them away. They are made anew when a report or a decision on a match came in.
4. A changed projector raises `VERSION`; then all projection tables are dropped and made anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connections, transaction

from tiga.drafts import Decision as MatchWord
from tiga.drafts import FieldReport
from tiga.fusion import claims as fusion_claims
from tiga.fusion import clusters
from tiga.fusion.gazetteer import Gazetteer
from tiga.mechanism import cases, deadlines
from tiga.mechanism.acts import Kind
from tiga.mechanism.standing import REGISTRY, Standing
from tiga.record.entries import Entry
from tiga.store import vault
from tiga.store.models import (
    PROJECTED,
    ActRow,
    CaseRow,
    ClockRow,
    DecisionRow,
    GroupRow,
    IncidentRow,
    MatchRow,
    Projector,
    ReportRow,
)
from tiga.values.shapes import from_plain

VERSION = 1
FUSED = ("R0", "R1")
_STIRS_FUSION = frozenset(("report.file", "match.decide", "match.withdraw", "report.discredit"))


def create(alias: str) -> bool:
    """Make the projection tables if they are not there or are of another version; returns whether it made them."""
    connection = connections[alias]
    present = set(connection.introspection.table_names())
    row = Projector.objects.using(alias).filter(one=1).first()
    if row is not None and row.version == VERSION and all(model._meta.db_table in present for model in PROJECTED):
        return False
    with connection.schema_editor() as editor:
        for model in PROJECTED:
            if model._meta.db_table in present:
                editor.delete_model(model)
            editor.create_model(model)
    Projector.objects.using(alias).update_or_create(one=1, defaults={"version": VERSION, "size": 0})
    return True


def project(alias: str, standing: Standing, entries: Iterable[Entry], gazetteer: Gazetteer) -> None:
    """Apply entries to the standing and write what follows, fusion included."""
    stirred, last = False, -1
    for entry in entries:
        kind = standing.apply(entry)
        _act(alias, standing, entry)
        if kind is not None:
            _rows(alias, standing, entry, kind)
        stirred = stirred or entry.envelope.act in _STIRS_FUSION
        last = entry.index
    if last >= 0:
        Projector.objects.using(alias).filter(one=1).update(size=last + 1)
    if stirred:
        fuse(alias, gazetteer)


_SIGNED = frozenset(("finding.adopt", "finding.dissent", "determination.issue", "measure.impose", "signature.add"))


def _act(alias: str, standing: Standing, entry: Entry) -> None:
    own = entry.sid if entry.envelope.act == cases.CaseOpened.ACT else entry.envelope.case
    about = _about(entry)
    level, party = _level(standing, entry, about)
    ActRow.objects.using(alias).update_or_create(
        idx=entry.index,
        defaults={
            "sid": entry.sid, "at_ms": entry.envelope.at.ms, "act": entry.envelope.act, "by": standing._author(entry),
            "case": own, "about": about, "level": level, "party": party,
        },
    )  # fmt: skip
    if about:  # a paper and all its signatures are the panel's own until the completing one
        ActRow.objects.using(alias).filter(about=about).update(level=level)


def _about(entry: Entry) -> str:
    """The paper that an entry belongs to until it is in force: itself, what it signs, or what it dissents from."""
    if entry.envelope.act not in _SIGNED:
        return ""
    member = {"signature.add": "of", "finding.dissent": "finding"}.get(entry.envelope.act, "")
    return str(entry.envelope.body[member]) if member else entry.sid


def _level(standing: Standing, entry: Entry, about: str) -> tuple[str, str]:
    """Who may know of an entry: a paper's once it is in force, a report's as its release says, else the kind's own."""
    body = entry.envelope.body
    if about:
        found = standing.signable(about)
        return ("R1" if found is not None and found[3] is not None else "R3"), ""
    if entry.envelope.act == "report.file":
        return str(body.get("release", "R5")), str(body.get("party", ""))
    kind = REGISTRY.kinds.get(entry.envelope.act)
    return (str(kind.RELEASE) if kind else "R3"), ""  # type: ignore[attr-defined]


def _rows(alias: str, standing: Standing, entry: Entry, kind: Kind) -> None:
    act = kind.ACT
    if act == "report.file":
        _report(alias, standing, entry.sid)
        _report(alias, standing, getattr(kind, "revises", ""))
    elif act == "report.discredit":
        _report(alias, standing, getattr(kind, "report", ""))
        for sid in getattr(kind, "cases", ()):
            _case(alias, standing, sid)
    elif act in ("match.decide", "match.withdraw"):
        _decision(alias, standing, entry, kind)
    elif act.startswith("incident."):
        _incident(alias, standing, entry.sid if act == "incident.open" else getattr(kind, "incident", ""))
    else:
        _case(alias, standing, entry.sid if act == "case.open" else getattr(kind, "case", ""))


def _report(alias: str, standing: Standing, sid: str) -> None:
    report = standing.reports.get(sid)
    if report is None:
        return
    level, party, said = vault.values(alias, [sid], "report").get(sid, ("R5", "", {}))
    start = from_plain(FieldReport, said).when.earliest.ms if said else report.at.ms
    ReportRow.objects.using(alias).update_or_create(
        sid=sid,
        defaults={
            "idx": report.index, "at_ms": report.at.ms, "by": report.by, "channel": report.filed.channel, "level": level,
            "party": party or report.filed.party, "start_ms": start, "revised_by": report.revised_by,
            "revises": report.filed.revises, "discredited": report.discredited, "said": said,
        },
    )  # fmt: skip


def _decision(alias: str, standing: Standing, entry: Entry, kind: Any) -> None:
    rows = DecisionRow.objects.using(alias)
    if kind.ACT == "match.withdraw":
        rows.filter(sid=kind.decision).update(withdrawn=True)
        return
    rows.update_or_create(
        sid=entry.sid,
        defaults={
            "idx": entry.index, "at_ms": entry.envelope.at.ms, "by": standing._author(entry), "left": kind.left,
            "right": kind.right, "same": kind.same, "reason": kind.reason, "withdrawn": False, "refused": False,
        },
    )  # fmt: skip


def _incident(alias: str, standing: Standing, sid: str) -> None:
    incident = standing.incidents.get(sid)
    if incident is None:
        return
    IncidentRow.objects.using(alias).update_or_create(
        sid=sid,
        defaults={
            "idx": incident.index, "at_ms": incident.at.ms, "start_ms": incident.earliest.ms,
            "end_ms": incident.latest.ms, "reports": list(incident.reports), "acts": list(incident.acts),
        },
    )  # fmt: skip


def _case(alias: str, standing: Standing, sid: str) -> None:
    case = standing.cases.get(sid)
    if case is None:
        return
    determination = standing.determinations.get(case.determination)
    CaseRow.objects.using(alias).update_or_create(
        sid=sid,
        defaults={
            "idx": case.index, "at_ms": case.at.ms, "state": cases.state(standing, case),
            "complainant": case.opened.complainant, "incident": case.opened.incident,
            "issues": [[row.id, row.provision, row.party, row.code] for row in case.opened.issues],
            "closed": case.closed, "public": determination is not None and determination.in_force is not None,
        },
    )  # fmt: skip
    kept = ClockRow.objects.using(alias)
    kept.filter(case=sid).delete()
    kept.bulk_create(
        ClockRow(
            key=f"{sid}:{clock.name}:{clock.whose}:{clock.started.ms}", case=sid, name=clock.name, whose=clock.whose,
            started_ms=clock.started.ms, due_ms=clock.due.ms, zone=clock.zone, clause=clock.clause,
            met_ms=clock.met.ms if clock.met else None, lapsed=clock.lapsed,
        )
        for clock in deadlines.clocks(standing, case)
    )  # fmt: skip


def fuse(alias: str, gazetteer: Gazetteer) -> None:
    """Make all groupings anew from the present reports and decisions."""
    rows = ReportRow.objects.using(alias).filter(level__in=FUSED, revised_by="").order_by("sid")
    claims = [
        claim
        for row in rows
        for claim in fusion_claims.claims_of(row.sid, from_plain(FieldReport, row.said), gazetteer)
    ]
    known = {claim.claim_id for claim in claims}
    decisions = list(DecisionRow.objects.using(alias).filter(withdrawn=False).order_by("idx"))
    latest = {(row.left, row.right): row for row in decisions}
    words = [MatchWord(row.left, row.right, row.same) for row in latest.values() if {row.left, row.right} <= known]
    result = clusters.group(claims, words)
    with transaction.atomic(using=alias):
        GroupRow.objects.using(alias).all().delete()
        MatchRow.objects.using(alias).all().delete()
        starts = {claim.claim_id: claim.start_min * 60_000 for claim in claims}
        GroupRow.objects.using(alias).bulk_create(
            GroupRow(
                group_id=group.group_id,
                start_ms=min(starts[claim] for claim in group.claims),
                claims=list(group.claims),
            )
            for group in result.groups
        )
        seen = {(match.left, match.right): match for group in result.groups for match in group.matches}
        seen |= {(match.left, match.right): match for match in result.considered}
        MatchRow.objects.using(alias).bulk_create(
            MatchRow(
                left=left, right=right, millibits=match.millibits,
                weights=[[weight.code, weight.millibits, dict(weight.values)] for weight in match.weights],
            )
            for (left, right), match in sorted(seen.items())
        )  # fmt: skip
        _refused(alias, result.conflicts)


def _refused(alias: str, conflicts: Sequence[Any]) -> None:
    rows = DecisionRow.objects.using(alias)
    rows.update(refused=False)
    for conflict in conflicts:
        for word in (conflict.apart, *conflict.chain):
            rows.filter(left=word.left, right=word.right, withdrawn=False).update(refused=True)


def rebuild(alias: str, standing: Standing, entries: Iterable[Entry], gazetteer: Gazetteer) -> None:
    """Drop all rows and project the whole log anew."""
    with transaction.atomic(using=alias):
        for model in PROJECTED:
            model.objects.using(alias).all().delete()  # type: ignore[attr-defined]
        project(alias, standing, entries, gazetteer)


def digest_rows(alias: str) -> dict[str, list[tuple[Any, ...]]]:
    """Every projection row, sorted: what rebuilt-equals-live compares."""
    return {
        model._meta.db_table: sorted((repr(row) for row in model.objects.using(alias).values_list()), key=str)  # type: ignore[attr-defined, misc]
        for model in PROJECTED
    }
