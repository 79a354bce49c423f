"""Groupings made again from a verified dossier: what any party does offline to see that it was told what follows.

Rules
1. Only what the dossier proves counts: entries in log order, values that their entries commit to, files by their SHA-256. The
   table of weights is the agreement's annex, the gazetteer and the background those that the entry names.
2. A background is counted anew from the reports that stood below its size, and compared byte for byte.
3. An adopted incident is compared with the groupings as they were before it was adopted: as suggested, or what people added
   and left out. Neither is a fault: people adopt, fusion suggests.
4. What is missing is said: reports whose words are not in the dossier (withheld, or erased since), so that nothing else can be
   meant by "the same".

Which sealed report was superseded by which is the host's word: their own statements are not released. Not done here: reading the
dossier (`record.verify`), who gets one (`web.takeout`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from tiga.agreement import reading
from tiga.agreement.clauses import Agreement
from tiga.drafts import Claim, Decision, FieldReport
from tiga.fusion import clusters, density, gazetteer, policy
from tiga.fusion.claims import claims_of
from tiga.fusion.columns import kinds_of
from tiga.fusion.density import BadBackground, Snapshot
from tiga.fusion.gazetteer import BadGazetteer, Gazetteer
from tiga.mechanism import affairs, backgrounds
from tiga.mechanism.backgrounds import AUDIENCES, BackgroundTaken
from tiga.mechanism.charter import AgreementAdopted
from tiga.mechanism.custody import ReportSealed, ValueReleased
from tiga.mechanism.incidents import IncidentOpened, holds, report_of
from tiga.mechanism.reports import MatchDecided, MatchWithdrawn, ReportFiled
from tiga.record import canonical
from tiga.record.disclosures import Disclosure
from tiga.record.entries import Entry
from tiga.values.shapes import BadShape, from_plain


@dataclass(frozen=True, slots=True)
class Recounted:
    """A background: its entry's index, how many reports it says it counted, and whether counting them anew gives its very bytes.
    `wanting` are reports that it counted and that are not here; `file` whether its file and its gazetteer are."""

    index: int
    reports: int
    same: bool
    wanting: int
    file: bool


@dataclass(frozen=True, slots=True)
class Adopted:
    """An adopted incident: its sid and index, the number of its reports, and by which reports it differs from the group that it
    shares most with. `wanting` are reports of it that are not here."""

    sid: str
    index: int
    reports: int
    added: tuple[str, ...]
    left_out: tuple[str, ...]
    wanting: tuple[str, ...]

    @property
    def as_suggested(self) -> bool:
        return not (self.added or self.left_out or self.wanting)


@dataclass(frozen=True, slots=True)
class Regrouped:
    """What follows: the groups as sorted claim ids, their code (`code`), the reports compared, those withheld; the table's
    version and whether it is the agreement's annex; each background, and each adopted incident."""

    groups: tuple[tuple[str, ...], ...]
    reports: int
    wanting: int
    version: str
    annexed: bool
    backgrounds: tuple[Recounted, ...]
    incidents: tuple[Adopted, ...]

    @property
    def code(self) -> str:
        return code(self.groups)


def code(groups: Iterable[Sequence[str]]) -> str:
    """The first 16 hexadecimal digits of a hash of groups in their order: two that made the same groups read out the same."""
    total = hashlib.sha256(b"tiga groupings 1\n")
    for group in sorted(sorted(one) for one in groups):
        total.update(" ".join(group).encode("utf-8") + b"\n")
    return total.hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Proven:
    """What a dossier has shown of groupings; `audience` is R1 for what the parties may see, R0 for what is public."""

    entries: tuple[Entry, ...]
    disclosed: Mapping[int, tuple[Disclosure, ...]]
    agreements: Mapping[str, bytes]
    files: Mapping[str, bytes]
    audience: str
    shipped: Gazetteer


def audience_of(disclosed: Mapping[int, tuple[Disclosure, ...]]) -> str:
    """For whom a dossier's groupings were made: for the parties where it holds what is theirs alone."""
    values = [row for rows in disclosed.values() for row in rows]
    theirs = any(row.name == backgrounds.VALUES["R1"] for row in values)
    released = {row.value.get("release") for row in values if row.name == "report" and isinstance(row.value, dict)}
    return "R1" if theirs or released - {"R0"} else "R0"


def regrouped(proven: Proven, progress: Callable[[int, int], None] = lambda done, whole: None) -> Regrouped:
    """Make all groupings again, as they are at the end and as they were when incidents were adopted."""
    told = [(entry, kind) for entry in proven.entries if (kind := _kind(entry)) is not None]
    adopted = [(entry, kind) for entry, kind in told if isinstance(kind, IncidentOpened)]
    taken = [(entry, kind) for entry, kind in told if isinstance(kind, BackgroundTaken)]
    incidents, whole = [], len(adopted) + len(taken)
    for at, (entry, kind) in enumerate(adopted):
        progress(at, whole)
        incidents.append(_compared(_At(proven, told, entry.index), entry, kind))
    counted = []
    for at, (entry, kind) in enumerate(taken, len(adopted)):
        progress(at, whole)
        counted.append(_recounted(_At(proven, told, kind.size), entry, kind))
    progress(whole, whole)
    end = _At(proven, told, proven.entries[-1].index + 1 if proven.entries else 0)
    annexed = end.table is not policy.shipped()
    return Regrouped(
        end.groups(), len(end.reports), len(end.wanting), end.table.version, annexed, tuple(counted), tuple(incidents)
    )


def _kind(entry: Entry) -> Any:
    try:
        return affairs.decode(entry.envelope)
    except BadShape:
        return None


class _At:
    """What the entries below an index amount to."""

    def __init__(self, proven: Proven, told: Sequence[tuple[Entry, Any]], size: int) -> None:
        self.proven = proven
        self.known = [(entry, kind) for entry, kind in told if entry.index < size]
        self.agreement = self._agreement()
        self.tree = kinds_of(self.agreement)
        self.table = policy.in_use(self.agreement)
        self.reports: dict[str, FieldReport] = {}
        self.wanting: set[str] = set()
        self._read()

    def _agreement(self) -> Agreement | None:
        shas = [kind.sha256 for _, kind in self.known if isinstance(kind, AgreementAdopted)]
        data = self.proven.agreements.get(shas[-1]) if shas else None
        return reading.agreement(canonical.decode(data)) if data is not None else None

    def _read(self) -> None:
        """The reports that stand and are open to the audience, and those of which the words are not here."""
        opened = {
            digest: kind.level for _, kind in self.known if isinstance(kind, ValueReleased) for digest in kind.digests
        }
        superseded = {kind.revises for _, kind in self.known if isinstance(kind, ReportFiled) and kind.revises}
        for entry, kind in self.known:
            if not isinstance(kind, (ReportFiled, ReportSealed)) or entry.sid in superseded:
                continue
            said = next((row for row in self.proven.disclosed.get(entry.index, ()) if row.name == "report"), None)
            if said is None:
                if isinstance(kind, ReportFiled) and kind.release in AUDIENCES[self.proven.audience]:
                    self.wanting.add(entry.sid)
                continue
            report = from_plain(FieldReport, said.value)
            if min(report.release, opened.get(said.digest, report.release)) in AUDIENCES[self.proven.audience]:
                self.reports[entry.sid] = report

    def places(self, digest: str = "") -> Gazetteer:
        """The gazetteer of a hash, where it is here; else the one that comes with tiga."""
        data = self.proven.files.get(digest)
        try:
            return gazetteer.read(data) if data is not None else self.proven.shipped
        except BadGazetteer:
            return self.proven.shipped

    def claims(self, places: Gazetteer) -> list[Claim]:
        """The claims of the reports that stand."""
        return [claim for sid, report in sorted(self.reports.items()) for claim in claims_of(sid, report, places)]

    def said(self, entry: Entry) -> dict[str, Any]:
        """What a background's entry says of the file of this audience."""
        return said_of(self.proven.disclosed.get(entry.index, ()), self.proven.audience)

    @cached_property
    def background(self) -> tuple[Snapshot | None, Gazetteer]:
        """The background in force, and the gazetteer that goes with it."""
        rows = [(entry, kind) for entry, kind in self.known if isinstance(kind, BackgroundTaken)]
        if not rows:
            return None, self.places()
        entry, kind = rows[-1]
        places = self.places(kind.gazetteer)
        if kind.weights != self.table.digest():
            return None, places
        data = self.proven.files.get(str(self.said(entry).get("sha256", "")))
        try:
            return (density.read(data, self.tree) if data is not None else None), places
        except BadBackground:
            return None, places

    def groups(self) -> tuple[tuple[str, ...], ...]:
        """The groups that follow, each as sorted claim ids."""
        counts, places = self.background
        withdrawn = {kind.decision for _, kind in self.known if isinstance(kind, MatchWithdrawn)}
        words = {
            (kind.left, kind.right): Decision(kind.left, kind.right, kind.same)
            for entry, kind in self.known
            if isinstance(kind, MatchDecided) and entry.sid not in withdrawn
        }
        found = clusters.grouped(self.claims(places), list(words.values()), self.table, self.tree, counts)
        return tuple(sorted(found))


def said_of(disclosed: Iterable[Disclosure], audience: str) -> dict[str, Any]:
    """What a background's entry discloses of the file of an audience."""
    value: Any = next((row.value for row in disclosed if row.name == backgrounds.VALUES[audience]), {})
    return value if isinstance(value, dict) else {}


def _recounted(at: _At, entry: Entry, kind: BackgroundTaken) -> Recounted:
    said = at.said(entry)
    reports, data = int(said.get("reports", 0)), at.proven.files.get(str(said.get("sha256", "")))
    places = at.places(kind.gazetteer)
    here = data is not None and places.digest() == kind.gazetteer
    counted = clusters.own_background(at.claims(places), at.tree, at.table).encoded(at.tree)
    return Recounted(entry.index, reports, counted == data, max(reports - len(at.reports), 0), here)


def _compared(at: _At, entry: Entry, kind: IncidentOpened) -> Adopted:
    wanting = tuple(sorted(set(kind.reports) - set(at.reports)))
    groups = [set(group) for group in at.groups()]
    parts = kind.claims if kind.gazetteer == at.background[1].digest() else ()
    mine = {claim for group in groups for claim in group if holds(kind.reports, parts, claim)}
    near = (group for group in groups if group & mine)
    nearest = max(near, key=lambda group: (len(group & mine), -len(group - mine), sorted(group)), default=set())
    added, left_out = (tuple(sorted({report_of(claim) for claim in more})) for more in (mine - nearest, nearest - mine))
    return Adopted(entry.sid, entry.index, len(kind.reports), added, left_out, wanting)
