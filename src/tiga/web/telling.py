"""The door's way to what the affairs tell beyond their facts: minutes, packs, agendas, drafts, issued texts, tables, what is
due.

Rules
1. Everything is asked of one door, for its reader. Objects are those of `Door.affairs`, so what may not be seen is in no
   count either; attached objects and positions are asked of `release` one by one.
2. A pack is a party's: its own officers see it, and the mediators' side, who hand it out.
3. A page of a list loads its objects' threads together: as many queries for one object as for thirty.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from tiga.agreement import reading
from tiga.agreement.clauses import Agreement
from tiga.mechanism import communiques, exchange, minutes, packs, patrols, release, sessions, talks, turns
from tiga.mechanism.communiques import Communique, Match
from tiga.mechanism.deadlines import Clock
from tiga.mechanism.exchange import Adopted, ClauseStanding, Difference, Draft
from tiga.mechanism.exposure import Hours
from tiga.mechanism.packs import Packed
from tiga.mechanism.sessions import Item, Position, Proposal
from tiga.mechanism.standing import Standing
from tiga.mechanism.turns import Turn
from tiga.record import canonical
from tiga.store import vault
from tiga.values.moments import Instant
from tiga.web import grids
from tiga.web.grids import Grid
from tiga.web.sights import Absent, CaseView

if TYPE_CHECKING:
    from tiga.web.access import Door

OBJECTS_MAX = 500
"""Objects of one table: the newest."""
DAY_MS = 86_400_000
WAITING = ("running", "soon", "overdue")


class Due(NamedTuple):
    """A clock that still waits: its row, the printed number of what it belongs to, where it stands."""

    row: Any
    number: str
    state: str


@dataclass(frozen=True, slots=True)
class Lodged:
    """A position on an item, with its words where this reader may read them."""

    position: Position
    text: tuple[str, ...] = ()
    language: str = ""


@dataclass(frozen=True, slots=True)
class ItemView:
    """An item of an agenda: what was served with it, said on it, lodged, put, and what came of it; `waits` where it was
    served late and has not been taken up."""

    item: Item
    objects: tuple[str, ...]
    said: tuple[tuple[str, tuple[str, ...], str], ...]
    lodged: tuple[Lodged, ...]
    decided: Proposal | None
    waits: bool = False


@dataclass(frozen=True, slots=True)
class DraftView:
    """A draft, clause by clause; `adopted` is what would be adopted, or the code of why nothing can be (or empty)."""

    draft: Draft
    rows: tuple[ClauseStanding, ...]
    version: str
    adopted: Adopted | None
    why: str = ""


@dataclass(frozen=True)
class Telling:
    """What one door tells of the affairs."""

    door: Door

    def _standing(self, concept: str, sid: str, extra: tuple[str, ...] = ()) -> Standing:
        """The standing of one object that the reader may see; raises Absent."""
        self.door.affair(concept, sid)
        return self.door.desk.standing((f"{concept}:{sid}", *extra))

    def grid(self, concept: str, language: str) -> Grid | None:
        """The table of a concept, of the objects that the reader may see."""
        seen = self.door.affairs(concept)[:OBJECTS_MAX]
        if not seen:
            return None
        standing = self.door.desk.standing(f"{concept}:{row.sid}" for row in seen)
        return grids.grid(concept, standing, self.door.agreement, self.door.now, language)

    def looked(self) -> tuple[Hours, ...]:
        """What the logs of all patrols that the reader may see have told of areas and days; none on a press record."""
        seen = self.door.affairs(patrols.NAME) if self.sees_patrols() else ()
        return patrols.logged(self.door.desk.standing(f"{patrols.NAME}:{row.sid}" for row in seen)) if seen else ()

    def sees_patrols(self) -> bool:
        """Whether patrols of this record are for this reader to know of, were there any."""
        return patrols.NAME in self.door.concepts() and release.may_see(self.door.reader, "R1")

    def due(self) -> list[Due]:
        """All clocks that wait for somebody, as they fall due, each with where it stands now."""
        found = []
        for row, number in self.door.due():
            met = Instant(row.met_ms) if row.met_ms is not None else None
            clock = Clock(
                row.name, row.whose, Instant(row.started_ms), Instant(row.due_ms), row.zone, row.clause, met, row.lapsed,
                row.right,
            )  # fmt: skip
            state = clock.state(self.door.now)
            if state in WAITING:
                found.append(Due(row, number, state))
        return found

    # ---- sessions

    def minutes(self, sid: str, language: str) -> tuple[str, ...]:
        """The minutes of a session in words of a language."""
        standing = self._standing(sessions.NAME, sid)
        return minutes.told(minutes.minutes(standing, sid), self.door.agreement, language)

    def packs(self, sid: str) -> tuple[tuple[str, tuple[Packed, ...]], ...]:
        """(party, its pack) of the packs that the reader may have, in the order of the turn."""
        standing = self._standing(sessions.NAME, sid)
        row = sessions.state(standing).sessions[sid]
        parties = [party.id for party in reading.order(self.door.agreement, row.turn())]
        mine = tuple(party for party in parties if release.may_see(self.door.reader, "R2", party))
        wide = self._standing(sessions.NAME, sid, packs.threads(standing, sid)) if mine else standing
        return tuple((party, packs.pack(wide, sid, party)) for party in mine)

    def agenda(self, sid: str) -> tuple[ItemView, ...]:
        """The items of a session in the agenda's order; positions as far as the reader may read them."""
        standing = self._standing(sessions.NAME, sid)
        row = sessions.state(standing).sessions[sid]
        lodged = [own.sid for item in row.items for own in item.positions]
        values = {key: value for key, (_, value) in vault.values(self.door.desk.alias, lodged, "position").items()}
        return tuple(self._item(row, item, values) for item in row.items)

    def _item(self, row: sessions.Session, item: Item, values: dict[str, object]) -> ItemView:
        reader = self.door.reader
        attached = (own.object for own in item.attached if release.may_see(reader, own.release, own.to))
        said = tuple(
            (kind.component, kind.text, getattr(kind, "language", "und"))
            for _, _, kind in row.log
            if isinstance(kind, sessions.StatementMade) and kind.item == item.number
        )
        lodged = tuple(
            self._lodged(own, values.get(own.sid))
            if release.may_see_position(reader, own.component, item.opened is not None)
            else Lodged(own)
            for own in item.positions
        )
        decided = next((one for one in item.proposals if one.sid == item.decided), None)
        return ItemView(item, (*item.served.objects, *attached), said, lodged, decided, row.waits(item))

    def _lodged(self, position: Position, value: object) -> Lodged:
        if not isinstance(value, dict):
            return Lodged(position)
        lines = value.get("text", ())
        return Lodged(position, tuple(str(line) for line in lines), str(value.get("language", "und")))

    # ---- talks

    def _round(self, sid: str) -> talks.Round:
        return talks.state(self._standing(talks.NAME, sid)).rounds[sid]

    def drafts(self, sid: str, version: str = "") -> tuple[DraftView, ...]:
        """The drafts of a round clause by clause, newest first, each with what would be adopted of it."""
        row = self._round(sid)
        turn = row.at.ms // DAY_MS
        return tuple(self._draft(draft, turn + draft.number, version) for draft in reversed(row.drafts))

    def _draft(self, draft: Draft, turn: int, version: str) -> DraftView:
        agreement, rows = self.door.agreement, exchange.standing_of(draft, turn)
        version = version or f"{agreement.version}-{draft.number}"
        if not any(row.status == "agreed" for row in rows):
            return DraftView(draft, rows, version, None)
        if draft.base != self.door.roster.agreement_sha256:
            return DraftView(draft, rows, version, None, "base")
        try:
            return DraftView(draft, rows, version, _adopted(agreement, draft, version))
        except ValueError:
            return DraftView(draft, rows, version, None, "version")

    def difference(self, sid: str, before: int, after: int) -> tuple[Difference, ...]:
        """What differs from one draft of a round to another, by their numbers; raises Absent."""
        row = self._round(sid)
        one, other = row.draft(before), row.draft(after)
        if one is None or other is None:
            raise Absent(sid)
        return exchange.difference(one, other, row.at.ms // DAY_MS)

    def adopted(self, sid: str, number: int, version: str) -> tuple[bytes, str]:
        """(canonical bytes, SHA-256) of what would be adopted of a draft under a version's name; raises Absent."""
        view = next((view for view in self.drafts(sid, version) if view.draft.number == number), None)
        if view is None or view.adopted is None:
            raise Absent(sid)
        return canonical.encode(view.adopted.data), view.adopted.sha256

    # ---- communiqués

    def communique(self, sid: str) -> Communique:
        """A communiqué that was issued; raises Absent."""
        row = communiques.state(self._standing(communiques.NAME, sid)).communiques[sid]
        if row.issued is None:
            raise Absent(sid)
        return row

    def stage(self, view: CaseView, language: str) -> tuple[str, tuple[Turn, ...]]:
        """Whose turn it is on a case, until when, under which clause and why: one sentence, and every turn that runs."""
        rows = turns.turns(view.clocks, self.door.now)
        rebased = view.basis.state == "changed" and not view.case.closed
        held = "suspended" if view.case.course.suspended else "stayed" if view.stayed else "rebased" if rebased else ""
        return turns.sentence(view.state, rows, self.door.agreement, language, held=held, over=view.case.closed), rows

    def match(self, text: str) -> Match | None:
        """Whether a text is one that was issued, as far as the reader may know of what was."""
        seen = self.door.affairs(communiques.NAME)
        return communiques.matches(text, self.door.desk.standing(f"{communiques.NAME}:{row.sid}" for row in seen))


def _adopted(agreement: Agreement, draft: Draft, version: str) -> Adopted:
    return exchange.adopted_text(agreement, draft, version, canonical.encode)
