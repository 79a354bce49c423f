"""The door's way to the record's own matters: witnesses, sealed filings, values, texts that circulate.

Rules
1. What is asked here is asked of one door, for its reader: nothing is shown that `mechanism.release` does not allow.
2. Heads, hashes, cosignatures and keys are public; a filing's place is told to whoever holds its id.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tiga.mechanism import release
from tiga.mechanism.acts import Kind, Outcome, Refusal
from tiga.mechanism.standing import Standing
from tiga.record.canonical import NotCanonical
from tiga.record.charter import KEY_ACTS
from tiga.record.refusals import Refused
from tiga.store import circulating, queries, vault, witnessing
from tiga.store.circulating import Text
from tiga.store.witnessing import Effect
from tiga.values.moments import Instant
from tiga.web.sights import Absent, Result

if TYPE_CHECKING:
    from tiga.web.access import Door


@dataclass(frozen=True)
class Keeping:
    """What one door shows of the record's own matters, and the acts on them."""

    door: Door

    def effect(self, index: int, at: Instant) -> Effect:
        """Whether an act counts, and since when."""
        return witnessing.effect(self.door.desk, index, at, self.door.now)

    def checkpoint(self) -> bytes:
        """The head with the cosignatures that are there."""
        return witnessing.checkpoint(self.door.desk)

    def leaf(self, index: int) -> bytes:
        """The leaf hash of an entry: hashes are public."""
        return self.door.desk.ledger.leaves(index, index + 1)[0][0]

    def witness_rows(self) -> list[tuple[str, str, int, Instant | None]]:
        """(component, vkey, last size cosigned, when) of every witness of the charter: public, as heads are."""
        return witnessing.rows(self.door.desk)

    def policies(self) -> dict[str, bytes]:
        return witnessing.policies(self.door.desk)

    def courier(self, component: str) -> bytes:
        """A pack of hashes and the head for a component's witness; hashes are public, entries are not in it."""
        if component not in witnessing.witnesses(self.door.desk):
            raise Absent(component)
        return witnessing.pack(self.door.desk, component)

    def bring_cosignatures(self, data: bytes) -> int:
        """Keep the cosignatures of a witness's answer or of a cosigned checkpoint; raises Refused, Stopped."""
        return witnessing.brought(self.door.desk, data)

    def hand_in(self, data: bytes, decide: Callable[[Standing], Outcome]) -> Result:
        """Hand in a filing that its sender has encrypted."""
        return self.door.tried(lambda actor: self.door.desk.deposit((), data, decide, actor, self.door.signed))

    def filing(self, filing: str) -> tuple[int, Instant | None, bytes]:
        """Where a sealed filing stands, for whoever holds its id: index, when it is due while it waits, proof."""
        found = queries.filing(self.door.desk, filing)
        if found is None:
            raise Absent(filing)
        index, due = found
        return (
            index,
            due,
            b"" if index < 0 else self.door.desk.ledger.proof(index, witnessing.best(self.door.desk, index)),
        )

    def pouches(self) -> list[Any]:
        """Filings encrypted by their senders that the reader sent in or that are meant for the reader's key."""
        key = self.door.actor.key if self.door.actor else ""
        return [row for row in queries.pouches(self.door.desk) if key and (row.by == key or key in row.to)]

    def pouch(self, sid: str) -> bytes:
        """The ciphertext of such a filing."""
        for row in self.pouches():
            if row.sid == sid:
                return vault.blob(self.door.desk.alias, row.sha256)
        raise Absent(sid)

    def released(self, sid: str) -> tuple[tuple[str, tuple[tuple[str, str], ...], str], ...]:
        """(name, levels, digest) of a report's values, for those who may release them; nothing for anybody else."""
        if not release.may_see(self.door.reader, "R3"):
            return ()
        rows = vault.disclosures(self.door.desk.alias, sid)
        return tuple((item.name, levels, item.digest) for _, levels, item in rows if item.name in ("report", "where"))

    def erased(self, sid: str) -> tuple[tuple[str, str], ...]:
        """(name, digest) of values of an entry that have been erased, for those who could have seen them."""
        rows = vault.erased(self.door.desk.alias, sid)
        return tuple(row[:2] for row in rows if release.may_see(self.door.reader, row[2], row[3]))

    def circulars(self) -> list[Text]:
        """Texts on their way from hand to hand: changes of keys for everybody who holds a key, erasure and suppression for
        the mediators' side and whoever must sign: they name what others may not know to be there."""
        if self.door.actor is None or not self.door.actor.key:
            return []
        return [row for row in circulating.all_of(self.door.desk) if self._within() or row.envelope.act in KEY_ACTS]

    def circular(self, sid: str) -> Text:
        """One of them; raises Absent."""
        if self.door.actor is None or not self.door.actor.key:
            raise Absent(sid)
        try:
            row = circulating.read(self.door.desk, sid)
        except LookupError:
            raise Absent(sid) from None
        if not self._within() and row.envelope.act not in KEY_ACTS:
            raise Absent(sid)
        return row

    def _within(self) -> bool:
        return release.may_see(self.door.reader, "R3") or self.door.reader.role == "root"

    def circulate(self, kind: Kind) -> Text | Refusal:
        """Draw the text of an act that needs several hands."""
        actor = self.door.actor
        if actor is None or self.door.reader.role not in ("mediator", "secretariat", "liaison", "root"):
            return Refusal("role", values={"role": self.door.reader.role, "needed": "mediator"})
        if kind.ACT not in KEY_ACTS and not self._within():
            return Refusal("role", values={"role": self.door.reader.role, "needed": "mediator"})
        try:
            return circulating.draw(self.door.desk, kind, actor, self.door.clock())
        except (Refused, NotCanonical):
            return Refusal("form_unreadable")

    def sign_circular(self, sid: str) -> Text | Refusal:
        self.circular(sid)
        assert self.door.actor is not None  # nobody else has circulars
        return circulating.sign(self.door.desk, sid, self.door.actor)

    def bring_circular(self, note: bytes) -> Text | Refusal:
        if self.door.actor is None or not self.door.actor.key:
            return Refusal("not_signed_in")
        try:
            return circulating.bring(self.door.desk, note)
        except (Refused, LookupError):
            return Refusal("unsignable")

    def submit_circular(self, sid: str) -> Result:
        self.circular(sid)
        return self.door.tried(lambda _: circulating.submit(self.door.desk, sid, self.door.clock()))
