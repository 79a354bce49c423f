"""Whose keys may sign in a ledger: the key state, folded from the key acts that the database holds.

Rules
1. Keys and rules at an index come from the key acts before it and from nowhere else; what was given to the ledger serves
   until there is a charter, for measuring and tests.
2. The state is folded anew wherever other key acts stand in the database than were folded: by another process, or in a
   transaction that was taken back. `marker` tells one state from another.

Trust: what is folded here was opened with its signatures checked, from the charter on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from tiga.record.book import Submission
from tiga.record.charter import KEY_ACTS, RULED, KeyState, folded, keys_for
from tiga.record.entries import Entry, Envelope, admit, open_entry, parse
from tiga.record.notes import NoteKey, text_of
from tiga.store.keys import CHECK
from tiga.store.statements import Statements

Admitted = tuple[Envelope, str, tuple[str, ...], Submission]
"""Envelope, sid and signers of a submission that may be taken in, and the submission."""
KEYS = "keys"
"""The thread of the key acts."""
_KEY_ACT = (
    b'{"act":"key.',
    b'{"act":"charter.',
    b'{"act":"rule.',
    b'{"act":"witness.',
    b'{"act":"entry.',
    b'{"act":"value.',
)
"""How the bytes of an entry begin that may be a key act: `act` is the first of its members."""


class Enrolled:
    """The keys of one ledger."""

    def __init__(self, statements: Statements, origin: str, given: Mapping[str, NoteKey]) -> None:
        self._sql, self._origin, self._given = statements, origin, dict(given)
        self.state: KeyState | None = None
        self.marker: tuple[int, bytes] = (-1, b"")
        """Index and leaf of the last key act that was folded."""
        self.active: Mapping[str, NoteKey] = self._given
        """Keys that may sign after it, by name."""
        self.known: Mapping[str, NoteKey] = self._given
        """Every key ever enrolled, by name: for reading."""
        self.follow()

    def follow(self) -> None:
        """Fold the key acts anew where others stand there than were folded."""
        row = self._sql.row(
            "SELECT e.idx, e.leaf FROM thread t JOIN entry e ON e.idx = t.idx WHERE t.name = %s "
            "ORDER BY t.idx DESC LIMIT 1", (KEYS,)
        )  # fmt: skip
        marker = (row[0], bytes(row[1])) if row else (-1, b"")
        if marker == self.marker:
            return
        state: KeyState | None = None
        for index, raw in self._sql.rows(
            "SELECT e.idx, e.note FROM thread t JOIN entry e ON e.idx = t.idx WHERE t.name = %s ORDER BY e.idx", (KEYS,)
        ):
            note = bytes(raw)
            stated = parse(text_of(note))
            signers = open_entry(note, keys_for(state, index, stated).values(), CHECK())[2]
            state = folded(state, index, stated, signers)
        self.marker, self.state = marker, state
        self.active = state.keys_at(marker[0] + 1) if state is not None else self._given
        self.known = state.keys() if state is not None else self._given

    def admit(self, one: Submission, index: int) -> Admitted:
        """A submission admitted at an index: its keys may sign there, and a key act has the hands that it needs."""
        if not one.note.startswith(_KEY_ACT):
            return (*admit(one.note, self._origin, self.active, CHECK()), one)
        stated = parse(text_of(one.note))
        envelope, sid, signers = admit(one.note, self._origin, keys_for(self.state, index, stated), CHECK())
        if envelope.act in KEY_ACTS:
            folded(self.state, index, envelope, signers)
        elif envelope.act in RULED and self.state is not None:
            self.state.needs(envelope.act, index, signers)
        return envelope, sid, signers, one


def touched(entries: Iterable[Entry]) -> bool:
    """Whether there is a key act among entries."""
    return any(entry.envelope.act in KEY_ACTS for entry in entries)
