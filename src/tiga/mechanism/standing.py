"""The standing: what follows from entries, folded in log order. The registry of every entry kind.

Rules
1. `apply` is total: an entry that it does not know, or whose objects are not loaded, changes nothing but the last index.
2. Time is the `at` of registrar-signed entries; it never goes back in log order (house ruling 4). The store refuses what
   would turn it back; here a smaller `at` is simply taken. The `at` of an entry that the registrar did not sign is a
   claim, and moves no clock.
3. Part of the log is enough: threads load what an act needs (`roster` always). An entry may bind only what it names.
4. A signature completes a quorum at its own place in the log, with the seats of that moment.

The object is an accumulator: `Standing.of(entries)` makes one, `apply` adds to it; its values are frozen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol, cast

from tiga.agreement.clauses import Agreement
from tiga.mechanism import (
    cases,
    charter,
    course,
    custody,
    determinations,
    effects,
    evidence,
    findings,
    incidents,
    mandates,
    measures,
    reports,
)
from tiga.mechanism.acts import Kind, Registry
from tiga.mechanism.reports import ReportFiled
from tiga.record.entries import Entry
from tiga.values.moments import Instant
from tiga.values.shapes import BadShape

KINDS: dict[str, type[Kind]] = {
    kind.ACT: kind
    for kind in cast("tuple[type[Kind], ...]", (
        charter.CharterAdopted, charter.AgreementAdopted, charter.ClockAdvanced, charter.TimeStamped,
        charter.KeyEnrolled, charter.KeyRotated, charter.KeyRevoked, charter.RuleSet, charter.WitnessSet,
        custody.ReportSealed, custody.ValueReleased, custody.ValueErased, custody.EntrySuppressed, custody.CaseManifest,
        custody.WitnessAbsent, custody.PouchDeposited,
        mandates.PanelSeated, mandates.PanelRecused, mandates.PanelNoticed,
        reports.ReportFiled, reports.ReportDiscredited, reports.ReportWithdrawn, reports.MatchDecided, reports.MatchWithdrawn,
        incidents.IncidentOpened, incidents.IncidentLinked, incidents.IncidentUnlinked, incidents.IncidentRelated,
        cases.CaseOpened, cases.CaseAdmitted, cases.CaseClosed, cases.NoticeServed, cases.ReplySealed, cases.RepliesOpened,
        evidence.EvidenceDeposited,
        findings.FindingAdopted, findings.FindingDissented,
        determinations.DeterminationIssued, determinations.SignatureAdded,
        measures.MeasureImposed, measures.ComplianceReported, measures.ComplianceVerified, *course.KINDS,
    ))
}  # fmt: skip

REGISTRY = Registry(KINDS)
"""Upcasts: none yet; each retired wire name will name its successor here."""

BEGINNING = Instant(0)
_CHAIN = ("case", "notice", "reply", "evidence", "finding", "determination", "signature", "measure", "compliance")
BARRED = frozenset(act for act in KINDS if act.split(".")[0] in _CHAIN) | {kind.ACT for kind in course.KINDS}
"""Acts that a press record never carries: entered there all the same, they change nothing."""
ALWAYS = ("roster",)
"""Threads that every decision loads."""


class Further(Protocol):
    """Takes the entries that say nothing of cases, and is told of the others once they are folded (`affairs.Affairs`);
    `states` are its concepts' states by name."""

    states: dict[str, Any]

    def apply(self, standing: Standing, entry: Entry) -> Kind | None: ...
    def follow(self, standing: Standing, kind: Kind, entry: Entry) -> None: ...


@dataclass(slots=True)
class Standing:
    """All that follows from the entries applied so far; see the rules above."""

    log: str
    agreements: Mapping[str, Agreement] = field(default_factory=dict)
    reads: dict[str, int] = field(default_factory=dict)
    now: Instant = BEGINNING
    scope: str = ""
    title: str = ""
    agreement: Agreement | None = None
    agreement_sha256: str = ""
    agreement_since: Instant = BEGINNING
    keys: dict[str, charter.Key] = field(default_factory=dict)
    revoked: dict[str, int] = field(default_factory=dict)
    heirs: dict[str, str] = field(default_factory=dict)
    batch: tuple[int, int] = (8, 15)
    absences: dict[tuple[str, int], Instant] = field(default_factory=dict)
    opened: Mapping[str, tuple[str, ReportFiled]] = field(default_factory=dict)
    seats: dict[str, str] = field(default_factory=dict)
    recused: dict[str, str] = field(default_factory=dict)
    panel_notices: dict[str, int] = field(default_factory=dict)
    panel_noticed: dict[str, Instant] = field(default_factory=dict)
    matches: dict[str, reports.MatchDecided] = field(default_factory=dict)  # before `reports` hides the module's name
    reports: dict[str, reports.Report] = field(default_factory=dict)
    incidents: dict[str, incidents.Incident] = field(default_factory=dict)
    cases: dict[str, cases.Case] = field(default_factory=dict)
    findings: dict[str, findings.Finding] = field(default_factory=dict)
    determinations: dict[str, determinations.Determination] = field(default_factory=dict)
    measures: dict[str, measures.Measure] = field(default_factory=dict)  # these hide the modules' names from here on
    papers: dict[str, course.Paper] = field(default_factory=dict)
    challenges: dict[str, course.Challenge] = field(default_factory=dict)
    deadlocks: dict[str, Instant] = field(default_factory=dict)
    fixed: dict[str, Instant] = field(default_factory=dict)
    over: set[tuple[str, str, str, Instant]] = field(default_factory=set)
    affairs: Further | None = None

    @classmethod
    def of(
        cls,
        log: str,
        entries: Iterable[Entry],
        agreements: Mapping[str, Agreement],
        reads: dict[str, int],
        opened: Mapping[str, tuple[str, ReportFiled]] | None = None,
        affairs: Further | None = None,
    ) -> Standing:
        """Fold entries in log order. `agreements` per SHA-256; `reads` the threads loaded with their last index.

        `opened` gives, for sealed reports by sid, who filed them and what was filed: only who holds the disclosures can
        say so, and nothing that a measure is computed from depends on it. `affairs` takes what a measure never reads.
        """
        standing = cls(log, agreements, reads, opened=opened or {}, affairs=affairs)
        for entry in entries:
            standing.apply(entry)
        return standing

    def apply(self, entry: Entry) -> Kind | None:
        """Fold one entry; returns its kind, or None where nothing was understood."""
        if not self.keys or any(name in self.keys and self.keys[name].role == "registrar" for name in entry.signers):
            self.now = entry.envelope.at
        try:
            kind = REGISTRY.decode(entry.envelope)
        except BadShape:
            return None  # entered under another version's rules; a projection must not fall over it
        if self.scope == "press" and kind is not None and kind.ACT in BARRED:
            return None
        if kind is not None:
            _FOLDS[kind.ACT](self, kind, entry)
            if self.affairs is not None:
                self.affairs.follow(self, kind, entry)
        elif self.affairs is not None:
            return self.affairs.apply(self, entry)
        return kind

    def heir(self, name: str) -> str:
        """The key that a holder has now, for a key that the same holder had: one person, however many keys."""
        while name in self.heirs:
            name = self.heirs[name]
        return name

    def signable(self, sid: str) -> tuple[str, str, tuple[str, ...], Instant | None, tuple[str, ...]] | None:
        """(act, case, signers, in force since, parties) of what a quorum signs."""
        if sid in self.findings:
            finding = self.findings[sid]
            return "finding.adopt", finding.adopted.case, finding.signers, finding.in_force, finding.adopted.parties
        if sid in self.determinations:
            issued = self.determinations[sid]
            parties = tuple(sorted({row.party for row in issued.issued.ruled}))
            return "determination.issue", issued.issued.case, issued.signers, issued.in_force, parties
        if sid in self.measures:
            measure = self.measures[sid]
            return "measure.impose", measure.imposed.case, measure.signers, measure.in_force, (measure.imposed.party,)
        if sid in self.papers:
            row = self.papers[sid]
            parties = getattr(row.kind, "parties", ()) or ((row.kind.party,) if hasattr(row.kind, "party") else ())
            return row.kind.ACT, getattr(row.kind, "case", ""), row.signers, row.in_force, tuple(parties)
        return None

    def rule(self, sid: str) -> str:
        """By which rule a determination is made; one that names a deadlock which is not there is made by none."""
        row = self.determinations.get(sid)
        return row.issued.rule if row and row.issued.case in self.deadlocks else ""

    def _complete(self, act: str, signers: tuple[str, ...], rule: str = "") -> Instant | None:
        """The present instant where these signatures complete the act's quorum."""
        quorum = mandates.quorum_of(self, act, rule)
        if quorum is None:
            return None
        wanting = mandates.count(self, quorum, signers)
        return None if wanting.assent_wanting or wanting.seats_wanting else self.now

    def _author(self, entry: Entry) -> str:
        """The signer who is not the registrar; the registrar where nobody else signed."""
        people = [name for name in entry.signers if name in self.keys and self.keys[name].role != "registrar"]
        return people[0] if people else (entry.signers[0] if entry.signers else "")

    def _case(self, sid: str, **changes: Any) -> None:
        if sid in self.cases:
            self.cases[sid] = replace(self.cases[sid], **changes)


def _charter(standing: Standing, kind: charter.CharterAdopted, entry: Entry) -> None:
    standing.scope, standing.title = kind.scope, kind.title
    standing.keys = {key.name: key for key in kind.keys}
    standing.batch = (kind.batch, kind.batch_minutes)


def _enrol(standing: Standing, kind: charter.KeyEnrolled, entry: Entry) -> None:
    standing.keys[kind.key.name] = kind.key


def _rotate(standing: Standing, kind: charter.KeyRotated, entry: Entry) -> None:
    standing.keys[kind.key.name] = kind.key
    standing.revoked[kind.old] = entry.index
    standing.heirs[kind.old] = kind.key.name
    if kind.old in standing.seats:
        standing.seats[kind.key.name] = standing.seats.pop(kind.old)
    if kind.old in standing.recused:
        standing.recused[kind.key.name] = standing.recused.pop(kind.old)


def _revoke(standing: Standing, kind: charter.KeyRevoked, entry: Entry) -> None:
    standing.revoked[kind.key] = entry.index
    standing.seats.pop(kind.key, None)


def _nothing(standing: Standing, kind: Any, entry: Entry) -> None:
    """Folded elsewhere: rules and witnesses in `record.charter`, values and bytes in the store."""


def _seal(standing: Standing, kind: custody.ReportSealed, entry: Entry) -> None:
    """What is not opened here may be a cover: it is no report for whoever cannot tell."""
    if entry.sid in standing.opened:
        by, filed = standing.opened[entry.sid]
        standing.reports[entry.sid] = reports.Report(entry.sid, entry.index, standing.now, by, filed)
        if filed.revises in standing.reports:
            standing.reports[filed.revises] = replace(standing.reports[filed.revises], revised_by=entry.sid)
    elif standing.affairs is not None:
        standing.affairs.apply(standing, entry)


def _absent(standing: Standing, kind: custody.WitnessAbsent, entry: Entry) -> None:
    standing.absences[kind.component, kind.index] = standing.now


def _agreement(standing: Standing, kind: charter.AgreementAdopted, entry: Entry) -> None:
    standing.agreement = standing.agreements.get(kind.sha256)
    standing.agreement_sha256 = kind.sha256
    standing.agreement_since = standing.now


def _clock(standing: Standing, kind: charter.ClockAdvanced, entry: Entry) -> None:
    """The entry's own instant is the new time; `apply` has taken it."""


def _seat(standing: Standing, kind: mandates.PanelSeated, entry: Entry) -> None:
    standing.seats[kind.member] = kind.component
    standing.panel_notices.pop(kind.component, None)  # whoever came has to be asked anew when leaving again


def _recuse(standing: Standing, kind: mandates.PanelRecused, entry: Entry) -> None:
    standing.recused[kind.member] = kind.ground


def _panel_notice(standing: Standing, kind: mandates.PanelNoticed, entry: Entry) -> None:
    standing.panel_notices[kind.component] = standing.panel_notices.get(kind.component, 0) + 1
    standing.panel_noticed[kind.component] = standing.now


def _report(standing: Standing, kind: reports.ReportFiled, entry: Entry) -> None:
    standing.reports[entry.sid] = reports.Report(entry.sid, entry.index, standing.now, standing._author(entry), kind)
    if kind.revises in standing.reports:
        standing.reports[kind.revises] = replace(standing.reports[kind.revises], revised_by=entry.sid)


def _discredit(standing: Standing, kind: reports.ReportDiscredited, entry: Entry) -> None:
    if row := standing.reports.get(kind.report):
        standing.reports[kind.report] = replace(row, discredited=kind.ground)
    _lost(standing, kind, "discredited")


def _withdraw(standing: Standing, kind: reports.ReportWithdrawn, entry: Entry) -> None:
    if row := standing.reports.get(kind.report):
        standing.reports[kind.report] = replace(row, withdrawn=kind.reason)
    _lost(standing, kind, "withdrawn")


def _lost(standing: Standing, kind: reports.ReportDiscredited | reports.ReportWithdrawn, how: str) -> None:
    touched = tuple(sid for sid, case in standing.cases.items() if kind.report in case.supports)
    effects.doubt(standing, kind.report, touched, kind.determinations, how)


def _match(standing: Standing, kind: reports.MatchDecided, entry: Entry) -> None:
    standing.matches[entry.sid] = kind


def _unmatch(standing: Standing, kind: reports.MatchWithdrawn, entry: Entry) -> None:
    standing.matches.pop(kind.decision, None)


def _incident(standing: Standing, kind: incidents.IncidentOpened, entry: Entry) -> None:
    standing.incidents[entry.sid] = incidents.Incident(
        entry.sid, entry.index, standing.now, kind.reports, kind.earliest, kind.latest, kind.acts, kind.claims, kind.gazetteer
    )  # fmt: skip


def _regroup(standing: Standing, kind: incidents.IncidentLinked | incidents.IncidentUnlinked, entry: Entry) -> None:
    """A report is put in, whole, or taken out."""
    if incident := standing.incidents.get(kind.incident):
        stays = {kind.report} if isinstance(kind, incidents.IncidentLinked) else set()
        held = tuple(sorted({*incident.reports} - {kind.report} | stays))
        claims = tuple(claim for claim in incident.claims if incidents.report_of(claim) != kind.report)
        standing.incidents[kind.incident] = replace(incident, reports=held, claims=claims)


def _relate(standing: Standing, kind: incidents.IncidentRelated, entry: Entry) -> None:
    for sid in (kind.incident, kind.other):
        if incident := standing.incidents.get(sid):
            told = (kind.incident, kind.other, kind.relation)
            rest = tuple(row for row in incident.related if (row.incident, row.other, row.relation) != told)
            standing.incidents[sid] = replace(incident, related=rest if kind.apart else (*rest, kind))


def _case(standing: Standing, kind: cases.CaseOpened, entry: Entry) -> None:
    standing.cases[entry.sid] = cases.Case(entry.sid, entry.index, standing.now, kind)


def _admit(standing: Standing, kind: cases.CaseAdmitted, entry: Entry) -> None:
    standing._case(kind.case, admitted=standing.now, standard=kind.standard)


def _close(standing: Standing, kind: cases.CaseClosed, entry: Entry) -> None:
    standing._case(kind.case, closed=kind.reason, closed_at=standing.now)


def _notice(standing: Standing, kind: cases.NoticeServed, entry: Entry) -> None:
    standing._case(kind.case, notice=cases.Notice(entry.sid, standing.now, kind.to, kind.reply_due, kind.zone))


def _reply(standing: Standing, kind: cases.ReplySealed, entry: Entry) -> None:
    if case := standing.cases.get(kind.case):
        due = case.reply_due_of(kind.party, kind.draft)
        late = due is not None and standing.now > due
        row = cases.Reply(entry.sid, standing.now, kind.party, late, kind.draft)
        standing._case(kind.case, replies=(*case.replies, row))


def _evidence(standing: Standing, kind: evidence.EvidenceDeposited, entry: Entry) -> None:
    if case := standing.cases.get(kind.case):
        row = evidence.Evidence(entry.sid, standing.now, kind.by)
        standing._case(kind.case, evidence=(*case.evidence, row))


def _open_replies(standing: Standing, kind: cases.RepliesOpened, entry: Entry) -> None:
    if not kind.draft:
        standing._case(kind.case, replies_opened=standing.now)
    elif (case := standing.cases.get(kind.case)) and case.course.draft is not None:
        draft = replace(case.course.draft, replies_opened=standing.now)
        standing._case(kind.case, course=replace(case.course, draft=draft))


def _finding(standing: Standing, kind: findings.FindingAdopted, entry: Entry) -> None:
    signers = (standing._author(entry),)
    force = standing._complete("finding.adopt", signers)
    case = standing.cases.get(kind.case)
    answered = cases.answered(standing, case) if case else None
    finding = findings.Finding(entry.sid, entry.index, standing.now, kind, signers, force, answered)
    standing.findings[entry.sid] = finding
    # A new finding that is only put does not replace the supports of the one in force.
    held = [row for row in standing.findings.values() if row.adopted.case == kind.case and row.in_force is not None]
    supports = {*finding.supports, *(held[-1].supports if held else ())}
    standing._case(kind.case, finding=entry.sid, supports=tuple(sorted(supports)))
    if force is not None:
        _found(standing, entry.sid)


def _found(standing: Standing, sid: str) -> None:
    """A finding in force takes the place of an earlier one of its case, and of what was ruled on that."""
    finding = standing.findings[sid]
    if finding.in_force is not None:
        standing._case(finding.adopted.case, supports=finding.supports)
        effects.superseded(standing, finding.adopted.case, finding.adopted.supersedes)


def _dissent(standing: Standing, kind: findings.FindingDissented, entry: Entry) -> None:
    if case := standing.cases.get(kind.case):
        standing._case(kind.case, dissents=(*case.dissents, entry.sid))


def _determination(standing: Standing, kind: determinations.DeterminationIssued, entry: Entry) -> None:
    signers = (standing._author(entry),)
    row = determinations.Determination(entry.sid, entry.index, standing.now, kind, signers)
    standing.determinations[entry.sid] = row
    force = standing._complete("determination.issue", signers, standing.rule(entry.sid))
    standing.determinations[entry.sid] = replace(row, in_force=force)
    standing._case(kind.case, determination=entry.sid)


def _measure(standing: Standing, kind: measures.MeasureImposed, entry: Entry) -> None:
    signers = (standing._author(entry),)
    force = standing._complete("measure.impose", signers)
    ruling = standing.determinations.get(kind.determination)
    ruled = next((row for row in ruling.ruled if row.issue == kind.issue), None) if ruling else None
    counted = measures.counted(standing, ruling, ruled, standing.now) if ruling and ruled else ()
    row = measures.Measure(entry.sid, entry.index, standing.now, kind, signers, force, counted=counted)
    standing.measures[entry.sid] = row
    if case := standing.cases.get(kind.case):
        standing._case(kind.case, measures=(*case.measures, entry.sid))
    effects.stepped_up(standing, entry.sid)


def _signature(standing: Standing, kind: determinations.SignatureAdded, entry: Entry) -> None:
    found = standing.signable(kind.of)
    ended = kind.of in standing.measures and standing.measures[kind.of].ended is not None
    if found is None or found[3] is not None or ended:
        return
    signers = (*found[2], standing._author(entry))
    changes = {"signers": signers, "in_force": standing._complete(found[0], signers, standing.rule(kind.of))}
    if kind.of in standing.findings:
        standing.findings[kind.of] = replace(standing.findings[kind.of], **changes)  # type: ignore[arg-type]
        _found(standing, kind.of)
    elif kind.of in standing.determinations:
        standing.determinations[kind.of] = replace(standing.determinations[kind.of], **changes)  # type: ignore[arg-type]
    elif kind.of in standing.papers:
        standing.papers[kind.of] = replace(standing.papers[kind.of], **changes)  # type: ignore[arg-type]
        if changes["in_force"] is not None:
            effects.taken(standing, kind.of)
    else:
        standing.measures[kind.of] = replace(standing.measures[kind.of], **changes)  # type: ignore[arg-type]
        effects.stepped_up(standing, kind.of)


def _compliance(standing: Standing, kind: measures.ComplianceReported, entry: Entry) -> None:
    if measure := standing.measures.get(kind.measure):
        reported = measure.reported | {kind.item: standing.now}
        refused = {item: at for item, at in measure.refused.items() if item != kind.item}
        standing.measures[kind.measure] = replace(measure, reported=reported, refused=refused)


def _verification(standing: Standing, kind: measures.ComplianceVerified, entry: Entry) -> None:
    if measure := standing.measures.get(kind.measure):
        name = "verified" if kind.met else "refused"
        rows = getattr(measure, name) | {kind.item: standing.now}
        standing.measures[kind.measure] = replace(measure, **{name: rows})


_FOLDS: dict[str, Callable[[Standing, Any, Entry], None]] = {
    "charter.adopt": _charter, "agreement.adopt": _agreement, "clock.advance": _clock, "time.stamp": _clock,
    "key.enrol": _enrol, "key.rotate": _rotate, "key.revoke": _revoke, "rule.set": _nothing, "witness.set": _nothing,
    "report.seal": _seal, "value.release": _nothing, "value.erase": _nothing, "entry.suppress": _nothing,
    "case.manifest": _nothing, "witness.absent": _absent,
    "pouch.deposit": _nothing,
    "panel.seat": _seat, "panel.recuse": _recuse, "panel.notify": _panel_notice,
    "report.file": _report, "report.discredit": _discredit, "report.withdraw": _withdraw,
    "match.decide": _match, "match.withdraw": _unmatch,
    "incident.open": _incident, "incident.link": _regroup, "incident.unlink": _regroup,
    "incident.relate": _relate,
    "case.open": _case, "case.admit": _admit, "case.close": _close, "notice.serve": _notice,
    "reply.seal": _reply, "reply.open": _open_replies, "evidence.deposit": _evidence,
    "finding.adopt": _finding, "finding.dissent": _dissent,
    "determination.issue": _determination, "signature.add": _signature,
    "measure.impose": _measure, "compliance.report": _compliance, "compliance.verify": _verification, **effects.FOLDS,
}  # fmt: skip
