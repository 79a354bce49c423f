"""Projections: entries to rows. The only code that writes them.

Rules
1. A row follows from entries (and disclosed values) alone; rebuilt from the log it is the same row (house law 1).
2. Handlers get the standing after the entry; they never look at a clock.
3. Groupings are fusion's suggestions (`fusing`); they are brought up when a report, a decision on a match or a background
   came in.
4. Made anew, rows are gathered in memory and written in bulk (`rows`); handlers are the same.
5. A changed projector raises `VERSION`; then all projection tables are dropped and made anew.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import connections, transaction
from django.db.models import Index

from tiga.drafts import FieldReport
from tiga.fusion.claims import fingerprint
from tiga.fusion.gazetteer import Gazetteer
from tiga.mechanism import affairs, backgrounds, binding, cases, deadlines, grades, summary
from tiga.mechanism.acts import Kind
from tiga.mechanism.backgrounds import BackgroundTaken
from tiga.mechanism.course import CaseJoined, ClockOverdue
from tiga.mechanism.exhibits import ExhibitExamined
from tiga.mechanism.grades import GradeWithdrawn, ReportGraded
from tiga.mechanism.standing import Standing
from tiga.record.entries import Entry, parse
from tiga.record.notes import taken_apart, text_of
from tiga.store import fusing as fusing_rules
from tiga.store import vault
from tiga.store.models import (
    PROJECTED,
    ActRow,
    AffairRow,
    BackgroundRow,
    CaseRow,
    ClockRow,
    DecisionRow,
    FingerprintRow,
    GradeRow,
    IncidentRow,
    PouchRow,
    Projector,
    ReleaseRow,
    ReportRow,
)
from tiga.store.rows import Direct, Gathered, Rows
from tiga.values.shapes import from_plain, to_plain

VERSION = 9
RETIRED = ("match_row",)
"""Tables of earlier versions: what they held of reports must not outlive an erasure."""
_STIRS_FUSION = frozenset(
    (
        "report.file",
        "report.seal",
        "value.release",
        "match.decide",
        "match.withdraw",
        "report.discredit",
        "report.withdraw",
        "background.take",
        "agreement.adopt",
    )
)


def create(alias: str) -> bool:
    """Make the projection tables if they are not there or are of another version; returns whether it made them."""
    connection = connections[alias]
    present = set(connection.introspection.table_names())
    row = Projector.objects.using(alias).filter(one=1).first()
    if row is not None and row.version == VERSION and all(model._meta.db_table in present for model in PROJECTED):
        return False
    with connection.schema_editor() as editor:
        for table in present & set(RETIRED):
            editor.execute(f"DROP TABLE {editor.quote_name(table)}")
        for model in PROJECTED:
            if model._meta.db_table in present:
                editor.delete_model(model)
            editor.create_model(model)
            for field in model._meta.local_fields:  # of a model without migrations, Django makes the table alone
                if getattr(field, "db_index", False) and not field.unique:
                    name = f"{model._meta.db_table}_{field.column}"
                    editor.add_index(model, Index(fields=[field.name], name=name))
    Projector.objects.using(alias).update_or_create(one=1, defaults={"version": VERSION, "size": 0, "fused": []})
    return True


def project(
    alias: str, standing: Standing, entries: Iterable[Entry], gazetteer: Gazetteer, *, fusing: bool = True
) -> None:
    """Apply entries to the standing and write what follows; groupings included, unless the caller sees to it (`fusing`)."""
    _project(Direct(alias), standing, entries, gazetteer, fusing=fusing)


def _project(
    rows: Rows, standing: Standing, entries: Iterable[Entry], gazetteer: Gazetteer, *, fusing: bool = True
) -> None:
    stirred, last = False, -1
    for entry in entries:
        kind = standing.apply(entry)
        _act(rows, standing, entry)
        if kind is not None:
            _rows(rows, standing, entry, kind)
        stirred = stirred or entry.envelope.act in _STIRS_FUSION
        last = entry.index
    rows.flush()
    if last >= 0:
        Projector.objects.using(rows.alias).filter(one=1).update(size=last + 1)
    if stirred and fusing:
        fusing_rules.fuse(rows.alias, gazetteer, standing.agreement)


def _act(rows: Rows, standing: Standing, entry: Entry) -> None:
    own = entry.sid if entry.envelope.act == cases.CaseOpened.ACT else entry.envelope.case
    about = _about(entry)
    level, party = _level(standing, entry)
    rows.put(
        ActRow, "idx", idx=entry.index, sid=entry.sid, at_ms=standing.now.ms, act=entry.envelope.act,
        by=standing._author(entry), case=own, about=about, level=level, party=party,
    )  # fmt: skip
    if about:  # a paper and all its signatures are the panel's own until the completing one
        rows.change(ActRow, "about", about, level=level)


def _about(entry: Entry) -> str:
    """The paper that an entry belongs to until it is in force: itself, what it signs, or what it dissents from."""
    return summary.paper(entry) if entry.envelope.act in summary.SIGNED else ""


def _level(standing: Standing, entry: Entry) -> tuple[str, str]:
    """Who may know of an entry, and the party it is addressed to; of a sealed report that is public, everybody may."""
    if entry.sid in standing.opened and standing.opened[entry.sid][1].release == "R0":
        return "R0", ""
    if entry.envelope.act in affairs.REGISTRY.kinds:
        return affairs.seen_at(entry.envelope)
    party = entry.envelope.body.get("party", "") if entry.envelope.act == "report.file" else ""
    return summary.level(standing, entry), str(party)


def _rows(rows: Rows, standing: Standing, entry: Entry, kind: Kind) -> None:
    act = kind.ACT
    if act == "report.seal" and (inside := affairs.inside(standing, entry.sid)) is not None:
        _grade(rows, standing, entry, inside[1], inside[0])
    elif act == "report.seal" and entry.sid not in standing.opened:
        _pouch(rows, standing, entry)
    elif act in ("report.file", "report.seal"):
        _report(rows, standing, entry.sid, entry.index)
        opened = standing.opened.get(entry.sid)
        before = opened[1].revises if opened else getattr(kind, "revises", "")
        _report(rows, standing, before, entry.index)
        for sid in binding.cases_with(standing, before) if before else ():
            _case(rows, standing, sid)
    elif act == "value.release":
        _released(rows, standing, kind, entry.index)
    elif act in ("report.discredit", "report.withdraw"):
        _report(rows, standing, getattr(kind, "report", ""), entry.index)
        for sid in getattr(kind, "cases", ()):
            _case(rows, standing, sid)
    elif act in ("match.decide", "match.withdraw"):
        _decision(rows, standing, entry, kind)
    elif isinstance(kind, BackgroundTaken):
        _background(rows, standing, entry, kind)
    elif act in grades.FOLDS:
        _grade(rows, standing, entry, kind, standing._author(entry))
    elif act.startswith("incident."):
        incident = entry.sid if act == "incident.open" else getattr(kind, "incident", "")
        _incident(rows, standing, incident)
        for sid in binding.cases_on(standing, incident):
            _case(rows, standing, sid)
    elif isinstance(kind, ClockOverdue) and kind.concept != "case":
        _affair(rows, standing, kind.concept, kind.of)
    elif isinstance(kind, (ClockOverdue, CaseJoined)):
        for sid in (kind.of,) if isinstance(kind, ClockOverdue) else (kind.case, kind.other):
            _case(rows, standing, sid)
    elif act in affairs.REGISTRY.kinds:
        if isinstance(kind, ExhibitExamined):
            _fingerprint(rows, entry, kind)
        for concept, sid in affairs.named(kind, entry.sid):
            _affair(rows, standing, concept, sid)
    else:
        _case(rows, standing, entry.sid if act == "case.open" else getattr(kind, "case", ""))


def _report(rows: Rows, standing: Standing, sid: str, touched: int) -> None:
    report = standing.reports.get(sid)
    if report is None:
        return
    levels, said = vault.values(rows.alias, [sid], "report").get(sid, ((("R5", ""),), {}))
    level, party = min(levels)
    filed = from_plain(FieldReport, said) if said else None
    rows.put(
        ReportRow, "sid", sid=sid, idx=report.index, at_ms=report.at.ms, by=report.by, channel=report.filed.channel,
        level=level, party=party or report.filed.party, start_ms=filed.when.earliest.ms if filed else report.at.ms,
        end_ms=filed.when.latest.ms if filed else report.at.ms, copy=fingerprint(filed.account) if filed else "",
        touched=touched, revised_by=report.revised_by,
        revises=report.filed.revises, discredited=report.discredited, withdrawn=report.withdrawn, said=said,
        shared="".join(sorted({f",{name}," for at, name in levels if at == "R2"})),
        sealed=sid in standing.opened, **_chain(rows.alias, sid, sid in standing.opened),
    )  # fmt: skip


def _pouch(rows: Rows, standing: Standing, entry: Entry) -> None:
    """A sealed entry that holds no report: a filing encrypted by its sender, or a cover."""
    found = vault.values(rows.alias, [entry.sid], "filing").get(entry.sid)
    if found is None:
        return
    value: Any = found[1]
    note = str(value["note"]).encode("utf-8")
    stated, (line, *_) = parse(text_of(note)), taken_apart(note)[1]
    blob: Any = vault.values(rows.alias, [entry.sid], "pouch").get(entry.sid, ((), {}))[1]
    if stated.act == "pouch.deposit" and blob:
        rows.put(
            PouchRow, "sid", sid=entry.sid, idx=entry.index, at_ms=standing.now.ms, by=line.name,
            party=stated.body.get("party", ""), to=list(stated.body["to"]), sha256=blob["sha256"], length=blob["len"],
        )  # fmt: skip


def _released(rows: Rows, standing: Standing, kind: Any, touched: int) -> None:
    for digest in kind.digests:
        ReleaseRow.objects.using(rows.alias).get_or_create(digest=digest, level=kind.level, party=kind.party)
    _report(rows, standing, kind.of, touched)


def _chain(alias: str, sid: str, sealed: bool) -> dict[str, Any]:
    """Running number and sid of the sender's own statement inside a sealed entry."""
    if not sealed:
        return {"seq": -1, "filing": ""}
    value: Any = vault.values(alias, [sid], "filing")[sid][1]
    stated = parse(text_of(str(value["note"]).encode("utf-8")))
    return {"seq": -1 if stated.seq is None else stated.seq, "filing": stated.sid}


def _decision(rows: Rows, standing: Standing, entry: Entry, kind: Any) -> None:
    if kind.ACT == "match.withdraw":
        rows.change(DecisionRow, "sid", kind.decision, withdrawn=True)
        return
    rows.put(
        DecisionRow, "sid", sid=entry.sid, idx=entry.index, at_ms=standing.now.ms, by=standing._author(entry),
        left=kind.left, right=kind.right, same=kind.same, reason=kind.reason, withdrawn=False, refused=False,
    )  # fmt: skip


def _background(rows: Rows, standing: Standing, entry: Entry, kind: BackgroundTaken) -> None:
    """A background whose files the record can still name; of one that was erased nothing is known."""
    said: dict[str, Any] = {
        level: vault.values(rows.alias, [entry.sid], name).get(entry.sid, ((), {}))[1]
        for level, name in backgrounds.VALUES.items()
    }
    if all(said.values()):
        rows.put(
            BackgroundRow, "sid", sid=entry.sid, idx=entry.index, at_ms=standing.now.ms, size=kind.size,
            reports=said["R1"]["reports"], version=kind.version, weights=kind.weights, gazetteer=kind.gazetteer,
            parties=said["R1"]["sha256"], public=said["R0"]["sha256"],
        )  # fmt: skip


def _grade(rows: Rows, standing: Standing, entry: Entry, kind: Kind, by: str) -> None:
    """A grade, or its withdrawal: each has a row, so that the chain of what its author sealed goes on."""
    said = dict.fromkeys(("of", "reliability", "credibility", "reason"), "")
    if isinstance(kind, ReportGraded):
        said |= {"reliability": kind.reliability, "credibility": kind.credibility, "reason": kind.reason}
    elif isinstance(kind, GradeWithdrawn):
        said |= {"of": kind.grade}
        row = grades.state(standing).grades.get(kind.grade)
        if row is not None and row.withdrawn == entry.sid:
            rows.change(GradeRow, "sid", kind.grade, withdrawn=True)
    sealed = entry.envelope.act == "report.seal"
    rows.put(
        GradeRow, "sid", sid=entry.sid, idx=entry.index, at_ms=standing.now.ms, by=by, report=getattr(kind, "report", ""),
        **said, withdrawn=False, sealed=sealed, **_chain(rows.alias, entry.sid, sealed),
    )  # fmt: skip


def _incident(rows: Rows, standing: Standing, sid: str) -> None:
    incident = standing.incidents.get(sid)
    if incident is None:
        return
    rows.put(
        IncidentRow, "sid", sid=sid, idx=incident.index, at_ms=incident.at.ms, start_ms=incident.earliest.ms,
        end_ms=incident.latest.ms, reports=list(incident.reports), acts=list(incident.acts),
        claims=list(incident.claims), gazetteer=incident.gazetteer,
    )  # fmt: skip


def _case(rows: Rows, standing: Standing, sid: str) -> None:
    case = standing.cases.get(sid)
    if case is None:
        return
    determination = standing.determinations.get(case.determination)
    held = binding.held(standing, sid)
    rows.put(
        CaseRow, "sid", sid=sid, idx=case.index, at_ms=case.at.ms, state=cases.state(standing, case),
        complainant=case.opened.complainant, incident=case.opened.incident,
        issues=[[row.id, row.provision, row.party, row.code, row.question] for row in case.opened.issues],
        closed=case.closed, public=determination is not None and determination.in_force is not None,
        basis=held[1].state if held else "",
        basis_told_ms=binding.changed_from(standing, held[1]).ms if held and held[1].state == "changed" else 0,
    )  # fmt: skip
    _clocks(rows, standing, "case", sid, deadlines.clocks(standing, case))


def _affair(rows: Rows, standing: Standing, concept: str, sid: str) -> None:
    """An object of the affairs as it stands, with its clocks."""
    seen = affairs.BY_NAME[concept].sight(standing, sid)
    if seen is None:
        return
    rows.put(
        AffairRow, "sid", sid=sid, concept=concept, idx=seen.index, at_ms=seen.at.ms, state=seen.state, title=seen.title,
        level=seen.level, side=seen.side, open=seen.open, said=[to_plain(fact) for fact in seen.facts],
    )  # fmt: skip
    _clocks(rows, standing, concept, sid, seen.clocks)


def _fingerprint(rows: Rows, entry: Entry, kind: ExhibitExamined) -> None:
    """By what an examined file is known again, of what its examination discloses; nothing where that was erased."""
    value: Any = vault.values(rows.alias, [entry.sid], "likeness").get(entry.sid, ((), {}))[1]
    if marks := value.get("fingerprint"):
        rows.put(
            FingerprintRow, "sid", sid=kind.file, idx=entry.index, at_ms=kind.deposited.ms, case=kind.case,
            sha256=marks["sha256"], whole=marks.get("whole", ""), parts=marks.get("parts", ""),
            width=marks.get("width", 0), height=marks.get("height", 0),
        )  # fmt: skip


def _clocks(rows: Rows, standing: Standing, concept: str, sid: str, clocks: Iterable[deadlines.Clock]) -> None:
    made = [
        ClockRow(
            key=f"{sid}:{clock.name}:{clock.whose}:{clock.started.ms}", case=sid, concept=concept, name=clock.name,
            whose=clock.whose, started_ms=clock.started.ms, due_ms=clock.due.ms, zone=clock.zone, clause=clock.clause,
            met_ms=clock.met.ms if clock.met else None, lapsed=clock.lapsed, right=clock.right,
            noted=(sid, clock.name, clock.whose, clock.due) in standing.over,
        )
        for clock in clocks
    ]  # fmt: skip
    rows.replace(ClockRow, "case", sid, made)


def rebuild(alias: str, standing: Standing, entries: Iterable[Entry], gazetteer: Gazetteer) -> None:
    """Drop all rows and project the whole log anew."""
    with transaction.atomic(using=alias):
        for model in PROJECTED:
            model.objects.using(alias).all().delete()  # type: ignore[attr-defined]
        fusing_rules.forget(alias)
        _project(Gathered(alias, {ActRow: "about"}), standing, entries, gazetteer)


def shows(alias: str, indices: Iterable[int]) -> bool:
    """Whether there is a row of one of these entries."""
    return ActRow.objects.using(alias).filter(idx__in=list(indices)).exists()


def digest_rows(alias: str) -> dict[str, list[tuple[Any, ...]]]:
    """Every projection row, sorted: what rebuilt-equals-live compares."""
    return {
        model._meta.db_table: sorted((repr(row) for row in model.objects.using(alias).values_list()), key=str)  # type: ignore[attr-defined, misc]
        for model in PROJECTED
    }
