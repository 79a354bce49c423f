"""What a finding is bound to: the reports of its incident at the moment at which it was put; and what changed since.

Rules
1. A finding names its incident and that incident's reports, each by its latest version. The mechanism takes them from the
   standing; nobody types them. An older finding names none: it is not bound, and nothing is told of it here.
2. A report that is linked, unlinked or revised afterwards changes the basis. The finding stands as it was made until the
   panel acts: no ruling and no measure changes by itself, and nothing that a verdict follows from reads this (`standing`).
   A closed case is opened again by an entry of the registrar's (`deciders.clockwork`), for what comes of it is the panel's
   to say.
3. Sets are compared. Where the reports are the very ones that it is bound to again, the basis is `restored`: nothing is
   owed, for the finding speaks of what it was made on; what happened meanwhile stays told.
4. The panel confirms the finding on the reports as they are (`finding.confirm`), which binds it anew, or finds anew. A
   confirmation that was put before a later change does not speak of it.
5. A later version that is sealed stands in no entry under its sid: a finding names the version before it, as its incident
   does. Which version the panel had follows from the finding's place in the log, for whoever may open what is sealed. Whoever
   may not is told of such a change from the next day on, and the case opens again no sooner: what came at once would tell
   which batch held a report.
6. A support that is discredited or withdrawn is told here; what follows from it stands in `effects.doubt`. A word on whether
   two reports are one happening changes what is suggested, not the incident that was adopted, and so nothing here.

Not done here: who may confirm (`deciders.consequences`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, cast

from tiga.mechanism.cases import CaseClosed
from tiga.mechanism.course import FindingConfirmed
from tiga.mechanism.determinations import SignatureAdded
from tiga.mechanism.findings import Finding, FindingAdopted
from tiga.mechanism.incidents import IncidentLinked, IncidentUnlinked
from tiga.mechanism.reports import ReportDiscredited, ReportWithdrawn
from tiga.record.entries import Entry
from tiga.values.moments import Instant

if TYPE_CHECKING:
    from tiga.mechanism.standing import Standing

NAME = "binding"
MOVES = ("linked", "unlinked", "revised")
"""What changes the set; beside them a change may be one of LOSSES."""
LOSSES = ("discredited", "withdrawn")
STATES = ("bound", "changed", "restored", "confirmed")
DAY_MS = 86_400_000
VERSIONS_MAX = 1_000
"""Versions of one report that are followed."""


@dataclass(frozen=True, slots=True)
class Change:
    """What happened to a report: one of MOVES or of LOSSES, by which entry, at which index; `later` is the version that
    revised it."""

    at: Instant
    index: int
    entry: str
    what: str
    report: str
    later: str = ""


@dataclass(frozen=True, slots=True)
class Binding:
    """The reports that a finding is bound to (`claims`), as put or as last confirmed, and the present ones (`current`), by
    their latest versions; all `changes` since it was put, of which a confirmation has spoken to the first `answered`."""

    claims: tuple[str, ...]
    current: tuple[str, ...]
    changes: tuple[Change, ...] = ()
    answered: int = 0

    @property
    def fresh(self) -> tuple[Change, ...]:
        """The changes to which no confirmation has spoken."""
        return self.changes[self.answered :]

    @property
    def moved(self) -> tuple[Change, ...]:
        """Those of them that changed the set."""
        return tuple(row for row in self.fresh if row.what in MOVES)

    @property
    def state(self) -> str:
        """One of STATES: `restored` is changed, and changed back."""
        if self.current != self.claims:
            return "changed"
        return "restored" if self.moved else "confirmed" if self.answered else "bound"


@dataclass(slots=True)
class State:
    """Bindings by finding; the findings bound on each incident and in each case, in log order; the incidents in whose bound
    sets a report stands or stood; at which index each case was closed last; the confirmations that have taken force."""

    findings: dict[str, Binding] = field(default_factory=dict)
    incidents: dict[str, tuple[str, ...]] = field(default_factory=dict)
    cases: dict[str, tuple[str, ...]] = field(default_factory=dict)
    reports: dict[str, tuple[str, ...]] = field(default_factory=dict)
    closings: dict[str, int] = field(default_factory=dict)
    spoken: set[str] = field(default_factory=set)


def state(standing: Standing) -> State:
    return cast(State, standing.affairs.states[NAME]) if standing.affairs is not None else State()


# ---- asked of it


def of(standing: Standing, finding: str) -> Binding | None:
    """What a finding is bound to; None for one that names no reports."""
    return state(standing).findings.get(finding)


def held(standing: Standing, case: str) -> tuple[Finding, Binding] | None:
    """The bound finding of a case that was the last to take force, if that is bound."""
    rows = (standing.findings.get(sid) for sid in reversed(state(standing).cases.get(case, ())))
    found = next((row for row in rows if row is not None and row.in_force is not None), None)
    return (found, state(standing).findings[found.sid]) if found else None


def changed(standing: Standing, case: str) -> bool:
    """Whether the finding in force of a case rests on other reports now than those it is bound to."""
    found = held(standing, case)
    return found is not None and found[1].state == "changed"


def told_from(standing: Standing, change: Change) -> Instant:
    """From when on everybody of R1 may know of a change: at once, or, of a sealed version, from the next UTC day on."""
    if change.later not in standing.opened:
        return change.at
    return Instant((change.at.ms // DAY_MS + 1) * DAY_MS)


def changed_from(standing: Standing, bound: Binding) -> Instant:
    """From when on everybody of R1 may know that a basis changed which did."""
    shown = [row for row in bound.moved if row.later not in standing.opened]
    if apart(shown):
        return shown[-1].at
    return min(told_from(standing, row) for row in bound.moved)


def apart(moves: Iterable[Change]) -> bool:
    """Whether these moves alone leave other reports than there were: a version came, or a link was not taken back."""
    rows = list(moves)
    turns = Counter(row.report for row in rows if not row.later)
    return any(row.later for row in rows) or any(number % 2 for number in turns.values())


def reopens(standing: Standing, case: str, now: Instant) -> bool:
    """Whether a closed case is to be opened again: its finding's reports changed after it was closed, and that may be known."""
    known, found = standing.cases.get(case), held(standing, case)
    if known is None or not known.closed or found is None or found[1].state != "changed":
        return False
    closed = state(standing).closings.get(case, 0)
    return any(row.index > closed and told_from(standing, row) <= now for row in found[1].moved)


def claims(standing: Standing, incident: str, *, named: bool = False) -> tuple[str, ...]:
    """An incident's reports by their latest versions; `named` as entries may name them (rule 5)."""
    found = standing.incidents.get(incident)
    return tuple(sorted({_latest(standing, report, named) for report in found.reports})) if found else ()


def _latest(standing: Standing, report: str, named: bool) -> str:
    for _ in range(VERSIONS_MAX):
        known = standing.reports.get(report)
        if known is None or not known.revised_by or (named and known.revised_by in standing.opened):
            return report
        report = known.revised_by
    return report


def stands_in(standing: Standing, incident: str, report: str) -> bool:
    """Whether a report, or an earlier version of it, is among the reports of an incident."""
    found = standing.incidents.get(incident)
    for _ in range(VERSIONS_MAX):
        known = standing.reports.get(report)
        if found is None or known is None or report in found.reports:
            return found is not None and known is not None
        report = known.filed.revises
    return False


def unlinked(standing: Standing, finding: Finding) -> tuple[str, ...]:
    """The reports that were taken out of a finding's incident since it was put, and have not come back."""
    bound, incident = of(standing, finding.sid), standing.incidents.get(finding.adopted.incident)
    if bound is None or incident is None:
        return ()
    out = (row.report for row in bound.changes if row.what == "unlinked" and row.report not in incident.reports)
    return tuple(dict.fromkeys(out))


def resting(standing: Standing, finding: str) -> tuple[str, ...]:
    """What rests on a finding: determinations on it, measures on these, and measures whose step counted any of them."""
    ruled = [sid for sid, row in standing.determinations.items() if row.issued.finding == finding and row.ended is None]
    live = {sid: row for sid, row in standing.measures.items() if row.ended is None}
    own = [sid for sid, row in live.items() if row.imposed.determination in ruled]
    counting = [sid for sid, row in live.items() if sid not in own and not {*ruled, *own}.isdisjoint(row.counted)]
    return (*ruled, *own, *counting)


def cases_on(standing: Standing, incident: str) -> tuple[str, ...]:
    """The cases with a bound finding on an incident."""
    return tuple(
        dict.fromkeys(standing.findings[sid].adopted.case for sid in state(standing).incidents.get(incident, ()))
    )


def cases_with(standing: Standing, report: str) -> tuple[str, ...]:
    """The cases with a bound finding on an incident in which a report, or a version of it, stands or stood."""
    named = state(standing).reports.get(report, ())
    return tuple(dict.fromkeys(case for incident in named for case in cases_on(standing, incident)))


# ---- fold


def _adopted(standing: Standing, kind: FindingAdopted, entry: Entry) -> None:
    """A finding is put: it is bound to the reports as this standing has them."""
    if not kind.incident:
        return
    own, incident = state(standing), standing.incidents.get(kind.incident)
    present = claims(standing, kind.incident) or kind.claims
    own.findings[entry.sid] = Binding(present, present)
    own.incidents[kind.incident] = (*own.incidents.get(kind.incident, ()), entry.sid)
    own.cases[kind.case] = (*own.cases.get(kind.case, ()), entry.sid)
    _watch(own, kind.incident, (*present, *(incident.reports if incident else ())))


def _watch(own: State, incident: str, reports: Iterable[str]) -> None:
    """A later version of these reports changes the incident's set."""
    for report in reports:
        known = own.reports.get(report, ())
        if incident not in known:
            own.reports[report] = (*known, incident)


def _regrouped(standing: Standing, kind: IncidentLinked | IncidentUnlinked, entry: Entry) -> None:
    own = state(standing)
    if kind.incident not in own.incidents:
        return
    what = "linked" if isinstance(kind, IncidentLinked) else "unlinked"
    _watch(own, kind.incident, (kind.report, _latest(standing, kind.report, False)))
    _moved(standing, kind.incident, Change(standing.now, entry.index, entry.sid, what, kind.report))


def _filed(standing: Standing, kind: Any, entry: Entry) -> None:
    """A report that revises an earlier one, sealed or not; of what is not opened here nothing is known."""
    filed = standing.reports.get(entry.sid)
    before = filed.filed.revises if filed else ""
    own = state(standing)
    for incident in own.reports.get(before, ()):
        _watch(own, incident, (entry.sid,))
        _moved(standing, incident, Change(standing.now, entry.index, entry.sid, "revised", before, entry.sid))


def _moved(standing: Standing, incident: str, change: Change) -> None:
    """The findings bound on an incident are told of a change, if it is one of the set."""
    own, present = state(standing), claims(standing, incident)
    for finding in _live(standing, own.incidents.get(incident, ())):
        bound = own.findings[finding.sid]
        if bound.current != present:
            own.findings[finding.sid] = replace(bound, current=present, changes=(*bound.changes, change))


def _live(standing: Standing, sids: Iterable[str]) -> Iterator[Finding]:
    """The findings that no later one of their case has taken the place of."""
    rows = [standing.findings[sid] for sid in sids]
    last = {row.adopted.case: row.index for row in rows if row.in_force is not None}
    return (row for row in rows if row.index >= last.get(row.adopted.case, 0))


def _lost(standing: Standing, kind: ReportDiscredited | ReportWithdrawn, entry: Entry) -> None:
    """A support was discredited or withdrawn: it is told of the findings that rest on it."""
    own, what = state(standing), LOSSES[isinstance(kind, ReportWithdrawn)]
    for sid in [sid for sid, case in standing.cases.items() if kind.report in case.supports]:
        for finding in _live(standing, own.cases.get(sid, ())):
            if kind.report in finding.supports:
                change = Change(standing.now, entry.index, entry.sid, what, kind.report)
                bound = own.findings[finding.sid]
                own.findings[finding.sid] = replace(bound, changes=(*bound.changes, change))


def _signed(standing: Standing, kind: FindingConfirmed | SignatureAdded, entry: Entry) -> None:
    """A confirmation takes force: the finding is bound to the present reports, unless they changed after it was put."""
    own = state(standing)
    paper = standing.papers.get(kind.of if isinstance(kind, SignatureAdded) else entry.sid)
    if (
        paper is None
        or not isinstance(paper.kind, FindingConfirmed)
        or paper.in_force is None
        or paper.sid in own.spoken
    ):
        return
    own.spoken.add(paper.sid)
    bound = own.findings.get(paper.kind.finding)
    if bound is not None and not moved_since(bound, paper.index):
        own.findings[paper.kind.finding] = replace(bound, claims=bound.current, answered=len(bound.changes))


def moved_since(bound: Binding, index: int) -> bool:
    """Whether the set changed after an entry."""
    return any(row.index > index for row in bound.moved)


def _closed(standing: Standing, kind: CaseClosed, entry: Entry) -> None:
    state(standing).closings[kind.case] = entry.index


FOLDS: dict[str, Callable[[Any, Any, Entry], None]] = {
    "finding.adopt": _adopted, "incident.link": _regrouped, "incident.unlink": _regrouped, "report.file": _filed,
    "report.seal": _filed, "report.discredit": _lost, "report.withdraw": _lost, "finding.confirm": _signed,
    "signature.add": _signed, "case.close": _closed,
}  # fmt: skip


def follow(standing: Standing, kind: Any, entry: Entry) -> None:
    """An entry of cases has been folded: take from it what it says of a finding's reports."""
    fold = FOLDS.get(kind.ACT)
    if fold is not None:
        fold(standing, kind, entry)
