"""Acts that circulated as a file: on keys, and what the charter's rules allow; they come in with their own signatures.

Rules
1. A `time.stamp` signed by the registrar goes before each, in the same commit: an author's own `at` is a claim.
2. Hands first: whoever has not the signatures that an act needs does not learn whether what it names is there.
3. What was erased or suppressed is carried out in the same transaction where it can be, and by `Desk.keep_up` after it.
"""

from __future__ import annotations

from contextlib import suppress

from tiga.mechanism import charter, custody
from tiga.mechanism.acts import Actor, Refusal
from tiga.mechanism.standing import REGISTRY, Standing
from tiga.record.book import Receipt, Stale, Submission
from tiga.record.charter import KEY_ACTS, RULED
from tiga.record.entries import Entry, open_entry, parse
from tiga.record.notes import text_of
from tiga.store import listing, projections, vault
from tiga.store.desk import TRIES, Desk, Done
from tiga.store.keys import CHECK
from tiga.values.moments import Instant
from tiga.values.shapes import BadShape


def submit(desk: Desk, note: bytes, wall: Instant) -> Done | Refusal:
    """Take in an act that circulated as a file: on keys, or one that the charter's rules allow.

    Raises Refused, and Stale after TRIES.
    """
    for _ in range(TRIES - 1):
        with suppress(Stale):
            return _submitted(desk, note, wall)
    return _submitted(desk, note, wall)


def _submitted(desk: Desk, note: bytes, wall: Instant) -> Done | Refusal:
    stated = parse(text_of(note))
    try:
        kind = REGISTRY.decode(stated)
    except BadShape:
        kind = None
    if kind is None or (stated.act not in KEY_ACTS and stated.act not in RULED):
        return Refusal("not_by_file", values={"act": stated.act})
    index = desk.ledger.index_of(stated.sid)
    if index is not None:
        known = Receipt(index, stated.sid, desk.ledger.proof(index))
        return Done(known, (known,))
    state, size = desk.ledger.state, desk.ledger.size()
    if stated.act in RULED and state is not None:  # before anything is looked up: the answer tells what is there
        state.needs(stated.act, size + 1, open_entry(note, state.keys_at(size + 1).values(), CHECK())[2])
    standing = desk.standing(kind.threads(stated.sid))
    refusal = _unfit(desk, kind)
    if refusal:
        return refusal
    stamp = charter.stamp(standing, stated.act, desk.now(wall))
    receipts = desk.ledger.enter(
        [desk.signed(stamp.entries[0], Actor("", "registrar")), Submission(note, kind.threads(stated.sid))],
        stamp.reads, lambda entries: _after(desk, standing, entries, kind),
    )  # fmt: skip
    if stated.act in RULED:
        desk.keep_up()
    if isinstance(kind, custody.EntrySuppressed):
        listing.again(desk, kind.indices)
    return Done(receipts[1], receipts)


def _unfit(desk: Desk, kind: object) -> Refusal | None:
    """Why an act by file cannot be carried out, or None."""
    if isinstance(kind, custody.EntrySuppressed):
        size = desk.ledger.size()
        if not kind.indices or any(not 0 < index < size for index in kind.indices):
            return Refusal("index_unknown", values={"size": str(size)})
        if any(_bears_all(desk, index) for index in kind.indices):
            return Refusal("suppress_keys")
    if isinstance(kind, custody.ValueErased) and not set(kind.digests) <= set(vault.levels(desk.alias, kind.of)):
        return Refusal("value_unknown", values={"report": kind.of})
    return None


def _bears_all(desk: Desk, index: int) -> bool:
    """Whether everything rests on an entry: acts on keys, what the charter rules, the agreement, the panel, time."""
    try:
        entry = desk.ledger.entry(index)
        kind = REGISTRY.decode(entry.envelope)
    except (IndexError, BadShape):
        return False
    within = kind is not None and "roster" in kind.threads(entry.sid)
    return within or entry.envelope.act in {*KEY_ACTS, *RULED}


def _after(desk: Desk, standing: Standing, entries: tuple[Entry, ...], kind: object) -> None:
    projections.project(desk.alias, standing, entries, desk.gazetteer)
    if isinstance(kind, custody.EntrySuppressed):
        desk.ledger.suppress(kind.indices)
