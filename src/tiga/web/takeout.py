"""What leaves the house as one file that verifies offline: a case, or what groupings are made from.

Rules
1. One door, one reader: entries that the reader may know of, with proofs, and the values released to that reader.
2. A dossier of a case is for the parties, mediators, monitors and the secretariat, once it is decided.
3. A dossier of groupings holds every report that the reader's groupings are made from, people's decisions, adopted incidents,
   the background with its file, the gazetteer and the agreement: enough to make them again (`publish.groupings`). People's
   decisions go in as far as the reader sees them on the pages of incidents.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tiga.drafts import OPEN_TO_BOTH
from tiga.mechanism import backgrounds, custody, release
from tiga.mechanism.reports import MatchDecided, MatchWithdrawn
from tiga.record import dossier
from tiga.record.container import pack
from tiga.record.disclosures import Disclosure
from tiga.record.entries import Entry
from tiga.store import queries, vault, witnessing
from tiga.web.sights import Absent

if TYPE_CHECKING:
    from tiga.web.access import Door

GROUPED = ("report.", "value.", "match.", "incident.", "background.")
"""Beginnings of the acts that groupings follow from."""
FILES = (*backgrounds.VALUES.values(), backgrounds.PLACES)
"""Names of the values of backgrounds that speak of files."""
TOLD = ("report", *FILES)
"""Names of the values that a dossier of groupings discloses."""


@dataclass(frozen=True)
class TakeOut:
    """What one door lets its reader carry away."""

    door: Door

    def case(
        self, sid: str, texts: Mapping[str, str], tools: Mapping[str, bytes] | None = None, *, files: bool = False
    ) -> bytes:
        """The dossier of a decided case; with `files` also those deposited, each in the form that the reader may have and
        with its line of the log. What readers hand on is theirs to decide. Raises Absent."""
        door = self.door
        if not release.may_see(door.reader, "R1"):  # an entry's own text is R1, whatever its values' levels
            raise Absent(sid)
        view = door.case(sid)
        if view.determination is None or view.determination.in_force is None:
            raise Absent(sid)
        entries, _ = door.desk.ledger.threads(("roster", *queries.case_threads(door.desk, sid)))
        open_rows = queries.levels(door.desk, [entry.index for entry in entries])
        disclosed = {entry.index: values for entry in entries if (values := door.released(entry))}
        entries = tuple(
            entry for entry in entries if open_rows.get(entry.index) in OPEN_TO_BOTH and _entitled(entry, disclosed)
        )
        cited = {door.roster.agreement_sha256} | {
            str(entry.envelope.body["agreement"])
            for entry in entries
            if entry.envelope.act in ("determination.issue", "measure.impose")
        }
        handed = door.exhibits.for_dossier(sid, view.evidence) if files else []
        return self._packed(entries, disclosed, cited, handed, texts, tools, sid)

    def groupings(self, texts: Mapping[str, str], tools: Mapping[str, bytes] | None = None) -> bytes:
        """What this reader's groupings are made from; raises Refused where it is more than a dossier holds."""
        door = self.door
        own, _ = door.desk.ledger.threads(("roster", "matches"))
        rows = [*queries.acts_named(door.desk, GROUPED), *queries.acts_at(door.desk, [entry.index for entry in own])]
        seen = {row.idx for row in rows if release.may_see(door.reader, row.level, row.party)}
        kept = [door.desk.ledger.entry(index) for index in sorted(seen | self._words(rows))]
        told = {entry.index: tuple(v for v in door.released(entry) if v.name in TOLD) for entry in kept}
        disclosed = {index: values for index, values in told.items() if values}
        kept = [entry for entry in kept if _entitled(entry, disclosed)]
        agreements = {str(entry.envelope.body["sha256"]) for entry in kept if entry.envelope.act == "agreement.adopt"}
        shas = {str(v.value["sha256"]) for values in disclosed.values() for v in values if v.name in FILES}
        files = [data for sha256 in sorted(shas) if (data := self._file(sha256)) is not None]
        return self._packed(kept, disclosed, agreements, files, texts, tools)

    def _file(self, sha256: str) -> bytes | None:
        """A file that is named, unless it was erased."""
        try:
            return vault.blob(self.door.desk.alias, sha256)
        except LookupError:
            places = self.door.desk.gazetteer
            return places.canonical() if places.digest() == sha256 else None

    def _words(self, rows: Iterable[Any]) -> set[int]:
        """The entries, of these, of the decisions that the reader sees on the pages, and of their withdrawals."""
        desk, told = self.door.desk, {word.sid for word in self.door.words()}
        wanted = {row.idx for row in rows if row.act in (MatchDecided.ACT, MatchWithdrawn.ACT)}
        entries = [desk.ledger.entry(index) for index in wanted]
        return {entry.index for entry in entries if {entry.sid, entry.envelope.body.get("decision")} & told}

    def _packed(
        self, entries: Iterable[Entry], disclosed: Mapping[int, tuple[Disclosure, ...]], agreements: Iterable[str],
        evidence: Iterable[bytes], texts: Mapping[str, str], tools: Mapping[str, bytes] | None, case: str = "",
    ) -> bytes:  # fmt: skip
        desk, kept = self.door.desk, tuple(entries)
        checkpoint = witnessing.best(desk, kept[-1].index)
        return pack(dossier.compose(
            checkpoint=checkpoint, log_key=desk.log_key, entries=kept, case=case, tools=tools, texts=texts,
            proofs={entry.index: desk.ledger.proof(entry.index, checkpoint) for entry in kept},
            disclosed={entry.index: disclosed[entry.index] for entry in kept if entry.index in disclosed},
            agreements=[desk.agreement_bytes(sha) for sha in sorted(set(agreements))], evidence=evidence,
        ))  # fmt: skip


def _entitled(entry: Entry, disclosed: Mapping[int, tuple[Disclosure, ...]]) -> bool:
    """Whether a dossier may show a sealed entry: only to who may read what is in it."""
    if entry.envelope.act != custody.ReportSealed.ACT:
        return True
    return any(item.name == "report" for item in disclosed.get(entry.index, ()))
