"""The desk of one record: load the threads, let the mechanism decide, sign, enter, project, all in one transaction.

Rules
1. The record directory holds `record.sqlite3`, `keys/` (0600) and nothing else that matters; its database is a Django alias.
2. A decider is called with a standing made of the threads it needs; if a thread moved meanwhile it is called again, at
   most `TRIES` times.
3. The registrar signs every entry, so that its `at` is the record's time; a person's entry bears that person's signature
   as well. An `at` before the head's is refused.
4. Moments and entropy are handed in.

Trust: the desk is trusted to call the decider. Whoever can change this code can enter acts that the rules refuse; every
reader who folds the log again sees them for what they are.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from django.db import transaction

from tiga.agreement import reading
from tiga.agreement.clauses import Agreement
from tiga.fusion.gazetteer import Gazetteer
from tiga.mechanism.acts import Actor, Decision, Drafted, Outcome, Refusal
from tiga.mechanism.charter import CharterAdopted
from tiga.mechanism.standing import ALWAYS, REGISTRY, Standing
from tiga.record import canonical
from tiga.record.book import Receipt, Stale, Submission
from tiga.record.entries import Entry
from tiga.record.notes import NoteKey, sign_note
from tiga.store import projections, vault
from tiga.store.keys import Keyring
from tiga.store.ledger import Ledger
from tiga.values.moments import Instant

TRIES = 3
Decide = Callable[[Standing], Outcome]


class ClockBack(Exception):
    """An act would be entered at an instant before the head's."""


@dataclass(frozen=True, slots=True)
class Done:
    """An act entered: its receipt (of the first entry) and all receipts."""

    receipt: Receipt
    receipts: tuple[Receipt, ...]


class Desk:
    """One record, opened."""

    def __init__(self, alias: str, origin: str, keyring: Keyring, gazetteer: Gazetteer) -> None:
        self.alias, self.origin, self.keyring, self.gazetteer = alias, origin, keyring, gazetteer
        self.log_key: NoteKey = keyring.signer(origin).key
        self.ledger = Ledger(alias, origin, keyring.signer(origin), self._all_keys())
        self._agreements: dict[str, Agreement] = {}
        self._documents: dict[str, bytes] = {}
        if self.ledger.size():
            self._read_charter()
        if projections.create(alias) and self.ledger.size():
            self.rebuild()

    def _all_keys(self) -> dict[str, NoteKey]:
        return {name: self.keyring.signer(name).key for name in self.keyring.names()}

    def _read_charter(self) -> None:
        """Replace the keys that may sign by those of entry 0."""
        kind = REGISTRY.decode(self.ledger.entry(0).envelope)
        if not isinstance(kind, CharterAdopted):
            raise ValueError("entry 0 is not a charter")
        keys = [NoteKey.parse(key.vkey) for key in kind.keys]
        self.ledger.keys = {key.name: key for key in keys}

    # ---- reading

    def agreements(self) -> Mapping[str, Agreement]:
        """Agreement versions on this record by the SHA-256 of their canonical bytes."""
        if not self._agreements or len(self._agreements) != len(self._documents):
            self._documents = vault.documents(self.alias)
            self._agreements = {sha: reading.agreement(canonical.decode(data)) for sha, data in self._documents.items()}
        return self._agreements

    def agreement_bytes(self, sha256: str) -> bytes:
        return self._documents[sha256] if sha256 in self._documents else vault.documents(self.alias)[sha256]

    def standing(self, threads: Iterable[str] = ()) -> Standing:
        """The standing that follows from the roster and the threads named."""
        entries, last = self.ledger.threads((*ALWAYS, *threads))
        return Standing.of(self.origin, entries, self.agreements(), last)

    def whole(self) -> Standing:
        """The standing of the whole log: for rebuilding and checking, never for one act."""
        return Standing.of(self.origin, self.ledger.entries(), self.agreements(), {})

    def now(self, wall: Instant) -> Instant:
        """The record's time: the wall clock, or for an exercise its own clock, one minute after the last act; never
        before the head's."""
        size = self.ledger.size()
        last = self.ledger.entry(size - 1).envelope.at if size else Instant(0)
        if self.origin.endswith("/exercise") and size:
            return Instant(last.ms + 60_000)
        return max(last, wall)

    # ---- acting

    def act(self, threads: Iterable[str], decide: Decide, by: Actor) -> Done | Refusal:
        """Decide with the standing of these threads, then sign, enter and project; raises Stale after TRIES."""
        wanted = tuple(threads)
        for attempt in range(TRIES):
            standing = self.standing(wanted)
            outcome = decide(standing)
            if isinstance(outcome, Refusal):
                return outcome
            try:
                return self._enter(standing, outcome, by)
            except Stale:
                if attempt == TRIES - 1:
                    raise
        raise AssertionError("the loop above returns or raises")

    def deposit(self, threads: Iterable[str], data: bytes, decide: Decide, by: Actor) -> Done | Refusal:
        """An act that brings bytes: one commit makes them durable with the entry that speaks of them, or keeps neither."""
        with transaction.atomic(using=self.alias):  # the write lock: nobody deposits the same bytes in between
            new = vault.keep_blob(self.alias, data)
            result = self.act(threads, decide, by)
            if isinstance(result, Refusal) and new:
                vault.drop_blob(self.alias, hashlib.sha256(data).hexdigest())
        return result

    def act_all(
        self, threads: Iterable[str], decide: Callable[[Standing], list[Outcome]], by: Actor
    ) -> list[Done | Refusal]:
        """Several independent acts of one sender in one transaction, projected once: for sheets."""
        rows: list[Done | Refusal] = []
        with transaction.atomic(using=self.alias):  # the write lock: no thread can move after it has been read
            standing = self.standing(threads)
            entered: list[Entry] = []
            for outcome in decide(standing):
                if isinstance(outcome, Refusal):
                    rows.append(outcome)
                    continue
                done, entries = self._write(outcome, by)
                entered += entries
                rows.append(done)
            if entered:
                projections.project(self.alias, standing, entered, self.gazetteer)
        return rows

    def found(self, outcome: Outcome, documents: Iterable[bytes] = ()) -> Done | Refusal:
        """Enter the charter, and keep the public documents that later acts cite."""
        for data in documents:
            vault.keep_document(self.alias, data)
        if isinstance(outcome, Refusal):
            return outcome
        done = self._enter(Standing(self.origin, self.agreements()), outcome, Actor("", "registrar"))
        self._read_charter()
        return done

    def _enter(self, standing: Standing, decision: Decision, by: Actor) -> Done:
        def between(entries: tuple[Entry, ...]) -> None:
            for drafted in decision.entries:
                vault.keep(self.alias, drafted.sid, drafted.released)
            projections.project(self.alias, standing, entries, self.gazetteer)

        self._check_time(decision)
        submissions = [self._signed(drafted, by) for drafted in decision.entries]
        receipts = self.ledger.enter(submissions, decision.reads, between)
        return Done(receipts[0], receipts)

    def _write(self, decision: Decision, by: Actor) -> tuple[Done, list[Entry]]:
        """Enter without projecting; the caller projects in the same transaction."""
        self._check_time(decision)
        kept: list[Entry] = []

        def between(entries: tuple[Entry, ...]) -> None:
            kept.extend(entries)
            for drafted in decision.entries:
                vault.keep(self.alias, drafted.sid, drafted.released)

        receipts = self.ledger.enter([self._signed(drafted, by) for drafted in decision.entries], {}, between)
        return Done(receipts[0], receipts), kept

    def _check_time(self, decision: Decision) -> None:
        size = self.ledger.size()
        if size:
            last = self.ledger.entry(size - 1).envelope.at
            if decision.entries[0].envelope.at < last:
                raise ClockBack(f"{decision.entries[0].envelope.at.text()} lies before the head's {last.text()}")

    def _signed(self, drafted: Drafted, by: Actor) -> Submission:
        names = {f"{self.origin}/registrar"}
        if not drafted.by_registrar and by.key:
            names.add(by.key)
        note = sign_note(drafted.envelope.text(), [self.keyring.signer(name) for name in sorted(names)])
        return Submission(note, drafted.threads)

    def rebuild(self) -> None:
        """Drop all projections and make them anew from the log."""
        standing = Standing(self.origin, self.agreements())
        projections.rebuild(self.alias, standing, self.ledger.entries(), self.gazetteer)
