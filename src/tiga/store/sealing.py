"""Confidential filings: taken in at once, entered in batches that all look alike.

Rules (record.md section 5)
1. The sender's own `report.file`, or grade of a sealed report, with the running number and predecessor of the sender's key,
   is signed and kept encrypted in a waiting row: durable when the sender is told. The row's number is random, so the
   order of arrival is not kept.
2. A batch has exactly as many `report.seal` entries as the charter says, all of one instant; covers fill it up. They stand
   in the order of their sids, which nobody can foresee.
3. A batch is entered when enough filings wait, or at the next of the charter's hours (whole multiples of its minutes since
   1970): its instant does not tell when the first filing came. Nothing that a sender does makes a batch come early.
4. A waiting row is deleted in the commit that enters it, and its key destroyed.

Trust: whoever holds the host's keys can read what waits, and sees when it came. Against the host, encrypt on the sender's
machine.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from tiga.mechanism import custody
from tiga.mechanism.acts import Actor, Decision, Drafted, Released
from tiga.mechanism.grades import GradeWithdrawn
from tiga.record.book import Receipt, Submission
from tiga.record.disclosures import parse
from tiga.record.entries import Entry, Envelope, open_entry
from tiga.record.notes import sign_note, text_of
from tiga.record.refusals import Refused
from tiga.store import projections, resting, vault
from tiga.store.disk import durable
from tiga.store.keys import CHECK
from tiga.store.models import GradeRow, Received, ReportRow, Waiting
from tiga.values.moments import Instant

if TYPE_CHECKING:
    from tiga.store.desk import Desk, Waits


def wait(desk: Desk, drafted: Drafted, by: Actor, signed: bytes = b"") -> Waits:
    """Take in a filing; it is durable when this returns. The filing's id is the sid of the sender's own statement.

    `signed` is the statement as it came back from the sender's own machine; raises Refused where it is another one.
    """
    from tiga.store.desk import Waits

    if signed:
        envelope = drafted.envelope
        keys = [key for name, key in desk.ledger.keys.items() if name == by.key]
        if text_of(signed) != envelope.text():
            raise Refused("record.refused.other_text")
        open_entry(signed, keys, CHECK())
        note = signed.decode("utf-8")
    else:
        envelope = _chained(desk, drafted.envelope, by.key)
        note = sign_note(envelope.text(), [desk.keyring.signer(by.key)]).decode("utf-8")
    values = [[item.disclosure.encoded, item.level, item.party] for item in drafted.released]
    seq = -1 if envelope.seq is None else envelope.seq
    plain = {"by": by.key, "filing": envelope.sid, "seq": seq, "at": envelope.at.ms, "note": note, "values": values}
    number = desk.entropy(16).hex()
    due = _next(envelope.at, desk.standing().batch[1])
    data = vault.conceal(desk.alias, _name(number), json.dumps(plain).encode("utf-8"))
    with durable(desk.alias):
        Waiting.objects.using(desk.alias).create(number=number, due_ms=due.ms, data=data)
        Received.objects.using(desk.alias).create(key=_filed(envelope.sid), row_digest="", sid="")
    return Waits(envelope.sid, due)


def _next(at: Instant, minutes: int) -> Instant:
    """The next hour of batches: whole multiples since 1970, so that a batch does not tell when its first filing came."""
    step = minutes * 60_000
    return Instant((at.ms // step + 1) * step)


def known(desk: Desk, filing: str) -> bool:
    """Whether a filing has been taken in before, waiting or entered: the same signed statement counts once."""
    return Received.objects.using(desk.alias).filter(key=_filed(filing)).exists()


def _filed(filing: str) -> str:
    return f"filing:{filing}"


def waiting(desk: Desk, key: str = "") -> list[tuple[str, Instant, str]]:
    """(filing, due, key name) of what waits, of one key or of all."""
    rows = [(json.loads(_opened(desk, row)), Instant(row.due_ms)) for row in Waiting.objects.using(desk.alias).all()]
    return [(row["filing"], due, row["by"]) for row, due in rows if not key or row["by"] == key]


def enter(desk: Desk, now: Instant, *, everything: bool = False) -> dict[str, Receipt]:
    """Enter the batches that are due, or whatever waits; returns the receipts by filing."""
    receipts: dict[str, Receipt] = {}
    while True:
        with durable(desk.alias):
            rows = list(Waiting.objects.using(desk.alias).order_by("number"))
            size = custody.batch_size(desk.standing())
            due = bool(rows) and min(row.due_ms for row in rows) <= now.ms
            if not rows or not (everything or due or len(rows) >= size):
                return receipts
            receipts |= _batch(desk, rows[:size], size, max(now, desk.time()))
        for row in rows[:size]:
            vault.forget(desk.alias, _name(row.number))


def _batch(desk: Desk, rows: list[Waiting], size: int, at: Instant) -> dict[str, Receipt]:
    decisions: list[tuple[str, Decision]] = []
    for row in rows:
        plain = json.loads(_opened(desk, row))
        values = tuple(Released(parse(encoded), level, party) for encoded, level, party in plain["values"])
        salt, *decoys = (desk.entropy(16) for _ in range(1 + custody.SEALED_DIGESTS))
        decision = custody.seal(plain["note"], values, salt, tuple(decoys), desk.origin, at)
        decisions.append((plain["filing"], decision))
    for _ in range(size - len(rows)):
        decoys = [desk.entropy(16) for _ in range(custody.SEALED_DIGESTS)]
        decisions.append(("", custody.cover(tuple(decoys), desk.origin, at)))
    decisions.sort(key=lambda row: row[1].sid)
    signer = [desk.keyring.signer(desk.registrar)]
    submissions = [
        Submission(sign_note(row.entries[0].envelope.text(), signer), row.entries[0].threads) for _, row in decisions
    ]

    def between(entries: tuple[Entry, ...]) -> None:
        vault.keep_all(desk.alias, [(row.sid, row.entries[0].released) for _, row in decisions])
        filed, judged = desk.inside(entries)
        revised = [kind.revises for _, kind in filed.values() if kind.revises]
        named = [*revised, *(kind.grade for _, kind in judged.values() if isinstance(kind, GradeWithdrawn))]
        standing = desk.standing((*(f"report:{sid}" for sid in named), *resting.revising(desk, revised)))
        desk.open_to(standing, entries)  # what is revised stays opened
        projections.project(desk.alias, standing, entries, desk.gazetteer)
        for (filing, _), entry in zip(decisions, entries, strict=True):
            if filing:
                Received.objects.using(desk.alias).filter(sid=filing).update(sid=entry.sid)
        Waiting.objects.using(desk.alias).filter(number__in=[row.number for row in rows]).delete()

    receipts = desk.ledger.enter(submissions, {}, between)
    return {filing: receipt for (filing, _), receipt in zip(decisions, receipts, strict=True) if filing}


def _chained(desk: Desk, envelope: Envelope, key: str) -> Envelope:
    """The sender's statement with its running number and predecessor, which only who opens it sees."""
    rows = [json.loads(_opened(desk, row)) for row in Waiting.objects.using(desk.alias).all()]
    own = [(int(row["seq"]), str(row["filing"])) for row in rows if row["by"] == key]
    for model in (ReportRow, GradeRow):
        last = model.objects.using(desk.alias).filter(by=key, sealed=True).order_by("-seq").first()
        if last is not None:
            own.append((last.seq, last.filing))
    number, before = max(own, default=(-1, ""))
    return replace(envelope, seq=number + 1, prev=before)


def _opened(desk: Desk, row: Waiting) -> bytes:
    return vault.reveal(desk.alias, _name(row.number), bytes(row.data))


def _name(number: str) -> str:
    return f"waiting:{number}"
