"""Texts that go from hand to hand: acts on keys, suppression and erasure, until the charter's rule is met.

Rules
1. A circulating text is a draft, an ordinary row; it becomes an act only when it is submitted with all its signatures.
2. A hand signs here only if the server keeps its key; otherwise the text is taken away, signed there and brought back.
3. Each signature that comes in is checked, and added to those that are there; who is still lacking is told from the
   charter's rule.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tiga.mechanism.acts import Actor, Kind, Refusal, envelope_of
from tiga.record import canonical
from tiga.record.charter import ENROL, KEY_ACTS, ROTATE, RULED, keys_for
from tiga.record.entries import Envelope, open_entry, parse
from tiga.record.notes import add_lines, merge_notes, sign_note, taken_apart, text_of, written
from tiga.record.refusals import Refused
from tiga.store import byfile
from tiga.store.desk import Done
from tiga.store.keys import CHECK
from tiga.store.models import Circular
from tiga.values.moments import Instant

if TYPE_CHECKING:
    from tiga.store.desk import Desk

LIST_LIMIT = 200
OPEN_LIMIT = 40
"""Texts of one key that may be on their way at once."""


@dataclass(frozen=True, slots=True)
class Text:
    """A circulating text: what it says, who has signed, who is lacking, and the index once it is entered."""

    sid: str
    envelope: Envelope
    at: Instant
    by: str
    signers: tuple[str, ...]
    lacking: tuple[str, ...]
    index: int | None

    @property
    def text(self) -> str:
        return self.envelope.text()


def draw(desk: Desk, kind: Kind, by: Actor, wall: Instant) -> Text | Refusal:
    """Draw the text of an act and let it circulate; raises Refused for a text that can be no entry."""
    if kind.ACT not in (*KEY_ACTS, *RULED):
        return Refusal("not_by_file", values={"act": kind.ACT})
    now, size, state = desk.now(wall), desk.ledger.size(), desk.ledger.state
    if state is None or by.key not in state.keys_at(size + 1):
        return Refusal("key_ended", values={"member": by.key})
    if Circular.objects.using(desk.alias).filter(by=by.key, entered=None).count() >= OPEN_LIMIT:
        return Refusal("too_many_texts", values={"limit": str(OPEN_LIMIT)})
    envelope = envelope_of(kind, desk.origin, now)
    canonical.lint(envelope.body)
    keys_for(state, size + 1, envelope)
    Circular.objects.using(desk.alias).get_or_create(
        sid=envelope.sid, defaults={"at_ms": now.ms, "by": by.key, "text": envelope.text(), "note": b""}
    )
    return read(desk, envelope.sid)


def read(desk: Desk, sid: str) -> Text:
    """A circulating text; raises LookupError."""
    row = Circular.objects.using(desk.alias).filter(sid=sid).first()
    if row is None:
        raise LookupError(sid)
    return _text(desk, row)


def all_of(desk: Desk) -> list[Text]:
    """What circulates and what has been entered, newest first."""
    rows = Circular.objects.using(desk.alias).order_by("-at_ms", "sid")[:LIST_LIMIT]
    return [_text(desk, row) for row in rows]


def _text(desk: Desk, row: Circular) -> Text:
    envelope, note = parse(row.text), bytes(row.note)
    at = Instant(row.at_ms)
    if row.entered is not None:
        return Text(row.sid, envelope, at, row.by, _entered(desk, row.entered), (), row.entered)
    signers = _signers(desk, note) if note else ()
    return Text(row.sid, envelope, at, row.by, signers, _lacking(desk, envelope, signers), None)


def _entered(desk: Desk, index: int) -> tuple[str, ...]:
    try:
        return desk.ledger.entry(index).signers
    except IndexError:  # suppressed meanwhile
        return ()


def _signers(desk: Desk, note: bytes) -> tuple[str, ...]:
    """Who has signed and may still sign: a key that has ended since does not count any more."""
    text, lines = taken_apart(note)
    keys = keys_for(desk.ledger.state, desk.ledger.size() + 1, parse(text))
    data, check = text.encode("utf-8"), CHECK()
    held = (line for line in lines if line.name in keys and keys[line.name].key_id == line.key_id)
    return tuple(line.name for line in held if check(keys[line.name].public, line.signature, data))


def _lacking(desk: Desk, envelope: Envelope, signers: tuple[str, ...]) -> tuple[str, ...]:
    """Tokens and key names whose signatures are still wanting."""
    state, index = desk.ledger.state, desk.ledger.size() + 1
    assert state is not None  # there is a charter before anything circulates
    own = [envelope.body["key"]["vkey"].split("+", 1)[0]] if envelope.act in (ENROL, ROTATE) else []
    own += [str(envelope.body["old"])] if envelope.act == ROTATE else []
    lacking = [name for name in own if name not in signers]
    if envelope.act == ROTATE:
        return tuple(lacking)
    try:
        quorum = state.quorum(envelope.act)
    except Refused:
        return (*lacking, "-")
    tokens = state.tokens(index, signers)
    return (*lacking, *(() if quorum.met(tokens) else quorum.lacking(tokens)))


def sign(desk: Desk, sid: str, by: Actor) -> Text | Refusal:
    """Add the signature of a key that the server keeps."""
    row = Circular.objects.using(desk.alias).get(sid=sid)
    state = desk.ledger.state
    if state is None or by.key not in state.keys_at(desk.ledger.size() + 1):
        return Refusal("key_ended", values={"member": by.key})
    if by.key not in desk.keyring.names():
        return Refusal("sign_at_home", values={"member": by.key})
    signer = desk.keyring.signer(by.key)
    return _kept(desk, row, add_lines(bytes(row.note), [signer]) if bytes(row.note) else sign_note(row.text, [signer]))


def bring(desk: Desk, note: bytes) -> Text:
    """Take in signatures made elsewhere; raises Refused for one that does not hold, LookupError for another text."""
    envelope = parse(text_of(note))
    row = Circular.objects.using(desk.alias).filter(sid=envelope.sid).first()
    if row is None:
        raise LookupError(envelope.sid)
    open_entry(note, keys_for(desk.ledger.state, desk.ledger.size() + 1, envelope).values(), CHECK())
    return _kept(desk, row, merge_notes([bytes(row.note), note]) if bytes(row.note) else note)


def _kept(desk: Desk, row: Circular, note: bytes) -> Text:
    """The text with these signatures, of which only those are kept that count."""
    text, lines = taken_apart(note)
    good = set(_signers(desk, note))
    row.note = written(text, (line for line in lines if line.name in good)) if good else b""
    row.save(using=desk.alias)
    return _text(desk, row)


def submit(desk: Desk, sid: str, wall: Instant) -> Done | Refusal:
    """Enter a text once all have signed; raises Refused while somebody lacks."""
    row = Circular.objects.using(desk.alias).get(sid=sid)
    if not bytes(row.note):
        return Refusal("nobody_signed")
    result = byfile.submit(desk, bytes(row.note), wall)
    if isinstance(result, Done):
        row.entered = result.receipt.index
        row.save(using=desk.alias)
    return result
