"""The door's way to exhibits: what a deposited file says about itself, in which form this reader may have it, the log.

Rules
1. In which form a reader may have a file is `mechanism.exhibits.may_have`'s to say; nothing is decided here. Without a key
   that signs nobody gets bytes, for no line of the log could name the reader.
2. A verdict comes from a disclosed value that was released to the reader, and always with what it does not prove.
3. Whom a file resembles is told to the mediators' side; to others only that it resembles evidence which they may see, and
   nothing of how.
4. A line of the log is shown to whoever may know of its entry.
5. A case's files cost as many queries as one file.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from tiga.drafts.examinations import ClaimOfFile
from tiga.mechanism import exhibits, release
from tiga.mechanism.acts import Refusal
from tiga.mechanism.evidence import Evidence
from tiga.mechanism.exhibits import Handed
from tiga.mechanism.standing import Standing
from tiga.store import exhibiting, vault
from tiga.store.guard import Stopped
from tiga.values.names import printed_number
from tiga.values.words import catalogue, knows, slots
from tiga.web.sights import Absent, EvidenceView, Verdict

if TYPE_CHECKING:
    from tiga.web.access import Door

LOG = logging.getLogger("tiga.exhibits")
LOG_MAX = 500
"""Lines of the log on one page: the newest."""
Blobs = Mapping[str, Mapping[str, Any]]


class HandedOut(NamedTuple):
    """A file as it leaves the house: in which form, by what name, its bytes."""

    form: str
    name: str
    data: bytes


@dataclass(frozen=True)
class Exhibits:
    """What one door shows and hands out of deposited files."""

    door: Door

    # ---- what is shown

    def of_case(self, case: str, rows: Iterable[Evidence]) -> tuple[EvidenceView, ...]:
        """The files of a case that this reader may see."""
        held = tuple(rows)
        if not held:
            return ()
        blobs = exhibiting.blobs(self.door.desk, [row.sid for row in held])
        seen = [row for row in held if row.sid in blobs and self._sees(blobs[row.sid])]
        standing = self.door.desk.standing((f"case:{case}", *(f"{exhibits.NAME}:{row.sid}" for row in seen)))
        return self._views(case, standing, seen, blobs)

    def page(self, sid: str) -> tuple[EvidenceView, tuple[Handed, ...], str]:
        """An exhibit as its page shows it: the file, the lines of the log that this reader may know of, and the report by
        which its case was opened, where this reader may mark it as discredited. Raises Absent."""
        row = exhibits.state(self.door.desk.standing((f"{exhibits.NAME}:{sid}",))).exhibits.get(sid)
        if row is None:
            raise Absent(sid)
        case = row.examined.case
        view = next((one for one in self.door.case(case).evidence if one.sid == sid), None)
        if view is None:
            raise Absent(sid)
        return view, self._log(sid), self._report(case)

    def _sees(self, blob: Mapping[str, Any]) -> bool:
        return release.may_see_any(self.door.reader, blob["levels"])

    def _log(self, sid: str) -> tuple[Handed, ...]:
        standing = self.door.desk.standing((f"{exhibits.NAME}:{sid}",))
        lines = exhibits.state(standing).handed.get(sid, ())[-LOG_MAX:]
        return tuple(row for row in lines if release.may_see(self.door.reader, row.kind.release, row.kind.to))

    def _report(self, case: str) -> str:
        """The report that brought a case, for whoever may mark it as discredited and where that is left to do."""
        if self.door.reader.role not in ("mediator", "secretariat"):
            return ""
        view = self.door.case(case).complaint
        return view.sid if view is not None and not view.discredited else ""

    def _views(self, case: str, standing: Standing, rows: Iterable[Evidence], blobs: Blobs) -> tuple[EvidenceView, ...]:
        own = exhibits.state(standing).exhibits
        faults = {
            row.current.sid: sid for sid, row in own.items() if row.current is not None and row.current.kind.fault
        }
        values = vault.disclosures_of(self.door.desk.alias, [*(row.entry for row in own.values()), *faults])
        why = {sid: self._why(values.get(entry, ())) for entry, sid in faults.items()}
        said = {sid: self._said(values.get(row.entry, ())) for sid, row in own.items()}
        alike = {sid: self._alike(values.get(row.entry, ())) for sid, row in own.items()}
        known = self._known({one for found in alike.values() for one in found})
        made = []
        for row in rows:
            blob, levels = blobs[row.sid], blobs[row.sid]["levels"]
            verdicts, cut = said.get(row.sid, ((), False))
            made.append(EvidenceView(
                row.sid, row.at, row.by, str(blob["name"]), str(blob["mt"]), int(blob["len"]), str(blob["sha256"]),
                str(blob.get("note", "")), case, self._form(standing, row.sid, levels),
                self._waits(standing, row.sid, levels), row.sid in own, verdicts, cut,
                self._likeness(values.get(own[row.sid].entry, ())) if row.sid in own else (),
                tuple((one, known[one]) for one in alike.get(row.sid, ()) if one in known), why.get(row.sid),
            ))  # fmt: skip
        return tuple(made)

    def _form(self, standing: Standing, sid: str, levels: exhibits.Levels) -> str:
        key = self._key()
        return exhibits.may_have(standing, self.door.reader, key, sid, levels) if key else ""

    def _waits(self, standing: Standing, sid: str, levels: exhibits.Levels) -> bool:
        return bool(self._key()) and exhibits.may_wait(standing, self.door.reader, sid, levels)

    def _key(self) -> str:
        return self.door.actor.key if self.door.actor is not None else ""

    def _said(self, values: Iterable[vault.Kept]) -> tuple[tuple[Verdict, ...], bool]:
        """The verdicts released to this reader, those on what the file is first, and whether some were left out."""
        found = {item.name: item.value for _, levels, item in values if release.may_see_any(self.door.reader, levels)}
        told = [found[name] for name in ("examination", "particulars") if name in found]
        return tuple(row for value in told for row in _verdicts(value)), any(value.get("cut") for value in told)

    def _why(self, values: Iterable[vault.Kept]) -> tuple[str, dict[str, str]] | None:
        """Why no derivative could be made, of what was released to this reader; None where this version has no words."""
        for _, levels, item in values:
            if item.name == "fault" and release.may_see_any(self.door.reader, levels) and isinstance(item.value, dict):
                code, given = str(item.value.get("code", "")), dict(item.value.get("values", {}))
                if _sayable(code, given) and knows(f"{code}_remedy"):
                    return code, given
        return None

    def _likeness(self, values: Iterable[vault.Kept]) -> tuple[Verdict, ...]:
        """What an earlier file is told to be like, for whom likeness was released."""
        for _, levels, item in values:
            if item.name == "likeness" and release.may_see_any(self.door.reader, levels):
                return _verdicts(item.value)
        return ()

    def _alike(self, values: Iterable[vault.Kept]) -> tuple[str, ...]:
        """The earlier files that a file is like; which of them a reader may know of is asked next."""
        rows = [row for _, _, item in values if item.name == "likeness" for row in _verdicts(item.value)]
        return tuple(dict.fromkeys(row.file for row in rows if row.file))

    def _known(self, sids: set[str]) -> dict[str, str]:
        """The case of each of these files, of those that this reader may know to be like another."""
        blobs = exhibiting.blobs(self.door.desk, sids) if sids else {}
        seen = [sid for sid, blob in blobs.items() if exhibits.may_know_likeness(self.door.reader, blob["levels"])]
        return exhibiting.exhibited(self.door.desk, seen) if seen else {}

    # ---- what the registrar does after an act

    def examine(self, case: str, sid: str, claim: ClaimOfFile | None) -> None:
        """Examine a file that was just deposited and make its derivative. The deposit stands whatever becomes of this:
        what could not be done is done by the next run, and told to the log by the file's sid."""
        self._quietly(lambda: exhibiting.ready(self.door.desk, case, sid, self.door.wall(), claim), sid)

    def follow(self, sid: str) -> None:
        """Make the derivative that follows a release which was just entered."""
        row = exhibits.state(self.door.desk.standing((f"{exhibits.NAME}:{sid}",))).exhibits.get(sid)
        if row is not None and row.current is None:
            self._quietly(lambda: exhibiting.derive(self.door.desk, row.examined.case, sid, self.door.wall()), sid)

    def _quietly(self, verb: Callable[[], object], sid: str) -> None:
        try:
            verb()
        except (Stopped, LookupError, vault.Unreadable) as error:
            LOG.warning("exhibit %s: %s", sid, type(error).__name__)
        self.door.now = self.door.desk.now(self.door.wall())

    # ---- what is handed out

    def hand(self, case: str, sid: str, through: str = "file") -> HandedOut | Refusal:
        """A file of a case, after its line of the log is durable; raises Absent where this reader may not see it."""
        if sid not in {row.sid for row in self.door.case(case).evidence} or not self._key():
            raise Absent(sid)
        return self._handed(case, sid, through)

    def for_dossier(self, case: str, rows: Iterable[EvidenceView]) -> list[bytes]:
        """The files that a dossier holds for this reader, each in its form and with its line of the log."""
        if not self._key():
            return []
        handed = [self._handed(case, row.sid, "dossier") for row in rows]
        return [row.data for row in handed if isinstance(row, HandedOut)]

    def _handed(self, case: str, sid: str, through: str) -> HandedOut | Refusal:
        door = self.door
        if self._key() in door.roster.revoked:
            return Refusal("key_ended", values={"member": self._key()})
        try:
            found = exhibiting.hand(door.desk, case, sid, door.reader, self._key(), through, door.wall())
        except Stopped as stopped:
            return stopped_refusal(stopped)
        door.now = door.desk.now(door.wall())
        if isinstance(found, Refusal):
            return found
        form, blob, data = found
        return HandedOut(form, str(blob["name"]), data)


def stopped_refusal(stopped: Stopped) -> Refusal:
    """Why nothing is entered, as a refusal."""
    return Refusal("stopped", values={"code": stopped.code, **{k: str(v) for k, v in stopped.values.items()}})


def _sayable(code: str, values: Mapping[str, str]) -> bool:
    """Whether there are words for a code, and values for all that they ask for."""
    return knows(code) and slots(catalogue("en").texts[code]) <= values.keys()


def _verdicts(value: Any) -> tuple[Verdict, ...]:
    """Verdicts as they were entered, of those for which this version has words; sids are told as printed numbers."""
    rows = []
    for row in value.get("verdicts", ()) if isinstance(value, dict) else ():
        code, values = str(row["code"]), dict(row["values"])
        if not (_sayable(code, values) and knows(f"{code}.not")):
            continue
        file, case = (values.get(name, "") for name in ("file", "where"))
        file, case = file if len(file) == SID else "", case if len(case) == SID else ""
        shown = {"file": printed_number(exhibits.PREFIX, file)} if file else {}
        shown |= {"where": printed_number("C", case)} if case else {}
        rows.append(Verdict(code, str(row["outcome"]), values | shown, file))
    return tuple(rows)


SID = 43
"""Characters of a sid."""
