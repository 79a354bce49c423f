"""The desk of one record: load the threads, let the mechanism decide, sign, enter, project, all in one transaction.

Rules
1. The record directory holds `record.sqlite3`, `keys/` (0600) and nothing else that matters; its database is a Django alias.
2. A decider is called with a standing made of the threads it needs; if a thread moved meanwhile it is called again, at
   most `TRIES` times. What may change cases that it does not name is decided again with their threads (`resting`).
3. The registrar signs every entry that is decided here, so that its `at` is the record's time; a person's entry bears that
   person's signature as well. An `at` before the record's time is refused. What circulated as a file comes in by `byfile`.
4. A person whose key is in custody elsewhere gets the text to sign (`ToSign`), and the act is decided again when it comes
   back signed.
5. Confidential filings wait for their batch (`sealing`).
6. Moments and salts are handed in; `entropy` is for what the desk itself adds: covers and manifests.

Trust: the desk is trusted to call the decider. Whoever can change this code can enter acts that the rules refuse; every
reader who folds the log again sees them for what they are.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from tiga.agreement import reading
from tiga.agreement.clauses import Agreement
from tiga.fusion.gazetteer import Gazetteer
from tiga.mechanism import affairs, charter, custody
from tiga.mechanism.acts import Actor, Decision, Drafted, Kind, Outcome, Refusal
from tiga.mechanism.affairs import Affairs
from tiga.mechanism.grades import GradeWithdrawn, ReportGraded
from tiga.mechanism.reports import ReportFiled
from tiga.mechanism.standing import ALWAYS, REGISTRY, Standing
from tiga.record import canonical
from tiga.record.book import Receipt, Stale, Submission
from tiga.record.entries import Entry, open_entry, parse
from tiga.record.notes import NoteKey, add_lines, sign_note, text_of
from tiga.record.refusals import Refused
from tiga.store import fusing, listing, projections, reopening, resting, submissions, vault
from tiga.store.disk import durable
from tiga.store.guard import Guard
from tiga.store.keys import CHECK, KeyMissing, Keyring
from tiga.store.ledger import Ledger
from tiga.values.moments import Instant

TRIES = 3
Decide = Callable[[Standing], Outcome]


class ClockBack(Exception):
    """An act would be entered at an instant before the head's."""


SIGNING_MINUTES_MAX = 60
"""Age of a text when it comes back signed from somebody's own machine."""


@dataclass(frozen=True, slots=True)
class Done:
    """An act entered: its receipt (of the first entry) and all receipts."""

    receipt: Receipt
    receipts: tuple[Receipt, ...]


@dataclass(frozen=True, slots=True)
class ToSign:
    """An act allowed that its author must sign elsewhere: the text, its sid, the key that must sign."""

    text: str
    sid: str
    key: str


@dataclass(frozen=True, slots=True)
class Waits:
    """A confidential filing taken in, durable: it is entered with the batch that is due then."""

    filing: str
    due: Instant


class Desk:
    """One record, opened."""

    def __init__(
        self, alias: str, origin: str, keyring: Keyring, gazetteer: Gazetteer, guard: Guard | None = None
    ) -> None:
        self.alias, self.origin, self.keyring, self.gazetteer = alias, origin, keyring, gazetteer
        self.entropy: Callable[[int], bytes] = os.urandom
        self.log_key: NoteKey = keyring.signer(origin).key
        self.ledger = Ledger(alias, origin, keyring.signer(origin), self._all_keys(), guard)
        self._agreements: dict[str, Agreement] = {}
        self._documents: dict[str, bytes] = {}
        self._inside: dict[str, tuple[str, Kind]] = {}
        self._fusing = True
        if projections.create(alias) and self.ledger.size():
            self.rebuild()
        self.keep_up()

    @contextmanager
    def drawing(self, entropy: Callable[[int], bytes]) -> Iterator[None]:
        """Take covers and manifests' salts from another source meanwhile: an exercise played twice gives one root."""
        before, self.entropy = self.entropy, entropy
        try:
            yield
        finally:
            self.entropy = before

    @contextmanager
    def fused_once(self) -> Iterator[None]:
        """Make the groupings anew once, at the end, and not with each act meanwhile: for what comes in many batches.

        A process that dies in between leaves them as they were before; the next report makes them anew, as a rebuild does.
        """
        self._fusing = False
        try:
            yield
        finally:
            self._fusing = True
            fusing.fuse(self.alias, self.gazetteer, self.standing().agreement)

    def _all_keys(self) -> dict[str, NoteKey]:
        return {name: self.keyring.signer(name).key for name in self.keyring.names()}

    @property
    def registrar(self) -> str:
        """The name of the registrar's key that signs now."""
        state = self.ledger.state
        names = (
            [name for name, row in state.holders.items() if row.role == "registrar" and row.until is None]
            if state
            else []
        )
        return names[-1] if names else f"{self.origin}/registrar"

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
        return self._folded(entries, last)

    def whole(self) -> Standing:
        """The standing of the whole log: for rebuilding and checking, never for one act."""
        return self._folded(tuple(self.ledger.entries()), {})

    def _folded(self, entries: Iterable[Entry], reads: dict[str, int]) -> Standing:
        rows = tuple(entries)
        filed, judged = self.inside(rows)
        return Standing.of(self.origin, rows, self.agreements(), reads, filed, Affairs(opened=judged))

    def inside(
        self, entries: Iterable[Entry]
    ) -> tuple[dict[str, tuple[str, ReportFiled]], dict[str, tuple[str, Kind]]]:
        """Who filed what, and who graded what or took a grade back, for the sealed entries whose values are here, by sid."""
        rows = self._open(entries)
        filed = {sid: (by, kind) for sid, (by, kind) in rows.items() if isinstance(kind, ReportFiled)}
        return filed, {sid: row for sid, row in rows.items() if sid not in filed}

    def open_to(self, standing: Standing, entries: Iterable[Entry]) -> None:
        """Hand a standing what these entries hold sealed; what it could open before stays opened."""
        filed, judged = self.inside(entries)
        standing.opened = {**standing.opened, **filed}
        if isinstance(standing.affairs, Affairs):
            standing.affairs.opened = {**standing.affairs.opened, **judged}

    def _open(self, entries: Iterable[Entry]) -> dict[str, tuple[str, Kind]]:
        """Whose statement each sealed entry holds, as far as its values are here, by sid; each is opened once."""
        sids = [row.sid for row in entries if row.envelope.act == custody.ReportSealed.ACT]
        for sid, (_, value) in vault.values(
            self.alias, [sid for sid in sids if sid not in self._inside], "filing"
        ).items():
            note = str(value["note"]).encode("utf-8") if isinstance(value, dict) else b""
            stated, _, signers = open_entry(note, self.ledger.keys.values(), CHECK())
            kind = affairs.decode(stated)
            if isinstance(kind, (ReportFiled, ReportGraded, GradeWithdrawn)):
                self._inside[sid] = (signers[0], kind)
        return {sid: self._inside[sid] for sid in sids if sid in self._inside}

    def time(self) -> Instant:
        """The record's time: the `at` of the last entry that the registrar signed; 0 before there is one."""
        index = self.ledger.size() - 1
        while index >= 0:
            try:
                entry = self.ledger.entry(index)
            except IndexError:  # suppressed
                index -= 1
                continue
            state = self.ledger.state
            held = state.holders if state is not None else {}
            if any(name in held and held[name].role == "registrar" for name in entry.signers):
                return entry.envelope.at
            index -= 1
        return Instant(0)

    def now(self, wall: Instant) -> Instant:
        """The wall clock, or for an exercise its own clock, one minute after the last act; never before the record's."""
        last = self.time()
        if self.origin.endswith("/exercise") and last.ms:
            return Instant(last.ms + 60_000)
        return max(last, wall)

    # ---- acting

    def act(
        self, threads: Iterable[str], decide: Decide, by: Actor, signed: bytes = b""
    ) -> Done | Refusal | ToSign | Waits:
        """Decide with the standing of these threads, then sign, enter and project; raises Stale after TRIES.

        `signed` is the note that came back from the author's own machine, where the key is not in the server's custody.
        """
        wanted = tuple(threads)
        for attempt in range(TRIES):
            standing = self.standing(wanted)
            outcome = decide(standing)
            more = resting.touched(self, (outcome,))
            if not set(more) <= set(wanted):
                wanted = (*wanted, *more)
                standing = self.standing(wanted)
                outcome = decide(standing)
            if isinstance(outcome, Refusal):
                return outcome
            if outcome.confidential:
                return self._confidential(outcome, by, signed)
            if not signed and self._elsewhere(outcome.entries[0], by):
                return ToSign(outcome.entries[0].envelope.text(), outcome.sid, by.key)
            try:
                done = self.enter(standing, outcome, by, signed)
            except Stale:
                if attempt == TRIES - 1:
                    raise
                continue
            reopening.after(self, more)
            listing.after(self, outcome)
            return done
        raise AssertionError("the loop above returns or raises")

    def _elsewhere(self, drafted: Drafted, by: Actor) -> bool:
        """Whether an entry needs a signature that the server cannot give."""
        return not drafted.by_registrar and bool(by.key) and by.key not in self.keyring.names()

    def _confidential(self, outcome: Decision, by: Actor, signed: bytes) -> Done | Refusal | ToSign | Waits:
        from tiga.store import sealing

        drafted = outcome.entries[0]
        if signed and sealing.known(self, drafted.sid):
            return Refusal("filed_already")
        if self._elsewhere(drafted, by) and not signed:
            return ToSign(drafted.envelope.text(), drafted.sid, by.key)
        waits = sealing.wait(self, drafted, by, signed)
        if not self.origin.endswith("/exercise"):
            return waits
        receipt = sealing.enter(self, drafted.envelope.at, everything=True)[waits.filing]
        return Done(receipt, (receipt,))

    def deposit(
        self, threads: Iterable[str], data: bytes, decide: Decide, by: Actor, signed: bytes = b""
    ) -> Done | Refusal | ToSign | Waits:
        """An act that brings bytes: one commit makes them durable with the entry that speaks of them, or keeps neither."""
        with durable(self.alias):  # the write lock: nobody deposits the same bytes in between
            new = vault.keep_blob(self.alias, data)
            result = self.act(threads, decide, by, signed)
            if not isinstance(result, (Done, Waits)) and new:
                vault.drop_blob(self.alias, hashlib.sha256(data).hexdigest())
        return result

    def act_all(
        self, threads: Iterable[str], decide: Callable[[Standing], list[Outcome]], by: Actor
    ) -> list[Done | Refusal | Waits]:
        """Several independent acts of one sender in one transaction, projected once: for sheets."""
        from tiga.store import sealing

        rows: list[Done | Refusal | Waits] = []
        with durable(self.alias):  # the write lock: no thread can move after it has been read
            wanted = tuple(threads)
            standing = self.standing(wanted)
            decisions = decide(standing)
            more = resting.touched(self, decisions)
            if not set(more) <= set(wanted):
                standing = self.standing((*wanted, *more))
                decisions = decide(standing)
            open_ones = [
                row
                for row in decisions
                if isinstance(row, Decision) and not row.confidential and not self._elsewhere(row.entries[0], by)
            ]
            receipts = iter(self._write(standing, open_ones, by))
            for outcome in decisions:
                if isinstance(outcome, Refusal):
                    rows.append(outcome)
                elif self._elsewhere(outcome.entries[0], by):
                    rows.append(Refusal("sign_at_home", values={"member": by.key}))
                elif outcome.confidential:
                    rows.append(sealing.wait(self, outcome.entries[0], by))
                else:
                    rows.append(next(receipts))
            if any(isinstance(row, Waits) for row in rows) and self.origin.endswith("/exercise"):
                entered = sealing.enter(self, self.now(Instant(0)), everything=True)
                rows = [
                    Done(entered[row.filing], (entered[row.filing],)) if isinstance(row, Waits) else row for row in rows
                ]
        return rows

    def found(self, outcome: Outcome, documents: Iterable[bytes] = ()) -> Done | Refusal:
        """Enter the charter, signed by the registrar, and keep the public documents that later acts cite."""
        for data in documents:
            vault.keep_document(self.alias, data)
        if isinstance(outcome, Refusal):
            return outcome
        text = outcome.entries[0].envelope.text()
        return self.lay(sign_note(text, [self.keyring.signer(f"{self.origin}/registrar")]))

    def lay(self, note: bytes) -> Done:
        """Enter a charter that all root keys have signed."""
        kind = REGISTRY.decode(parse(text_of(note)))
        if not isinstance(kind, charter.CharterAdopted):
            raise Refused("record.refused.charter")
        standing = Standing(self.origin, self.agreements())
        sid = parse(text_of(note)).sid
        receipts = self.ledger.enter(
            [Submission(note, kind.threads(sid))], {},
            lambda entries: projections.project(self.alias, standing, entries, self.gazetteer),
        )  # fmt: skip
        return Done(receipts[0], receipts)

    def keep_up(self) -> None:
        """Carry out what the log says is erased or suppressed: after the commit, and again for as long as it is not done.

        What is erased loses its key first and its bytes last, when no row of a projection holds its words any more.
        """
        entries, _ = self.ledger.threads(("erased", "suppressed"))
        if not entries:
            return
        left = vault.still_there(self.alias, (sha for row in entries for sha in row.envelope.body.get("digests", ())))
        indices = [index for row in entries for index in row.envelope.body.get("indices", ())]
        vault.lock(self.alias, left)
        if left or projections.shows(self.alias, indices):
            self._inside.clear()
            self.rebuild()
        vault.erase(self.alias, left)
        submissions.forget(self.alias, {row.envelope.body["of"] for row in entries if "of" in row.envelope.body})
        vault.scrub(self.alias)

    def enter(self, standing: Standing, decision: Decision, by: Actor, signed: bytes = b"") -> Done:
        def between(entries: tuple[Entry, ...]) -> None:
            vault.keep_all(self.alias, [(drafted.sid, drafted.released) for drafted in decision.entries])
            projections.project(self.alias, standing, entries, self.gazetteer, fusing=self._fusing)

        self._check_time(decision)
        submissions = [self.signed(drafted, by, signed) for drafted in decision.entries]
        receipts = self.ledger.enter(submissions, decision.reads, between)
        return Done(receipts[0], receipts)

    def _write(self, standing: Standing, decisions: list[Decision], by: Actor) -> list[Done]:
        """Enter several decisions, each by itself, and project them once; the caller holds the transaction."""
        kept: list[Entry] = []
        done = []
        for decision in decisions:
            self._check_time(decision)
            receipts = self.ledger.enter([self.signed(drafted, by) for drafted in decision.entries], {}, kept.extend)
            done.append(Done(receipts[0], receipts))
        vault.keep_all(self.alias, [(row.sid, row.released) for decision in decisions for row in decision.entries])
        if kept:
            projections.project(self.alias, standing, kept, self.gazetteer, fusing=self._fusing)
        return done

    def _check_time(self, decision: Decision) -> None:
        last = self.time()
        if decision.entries[0].envelope.at < last:
            raise ClockBack(f"{decision.entries[0].envelope.at.text()} lies before the record's {last.text()}")

    def signed(self, drafted: Drafted, by: Actor, signed: bytes = b"") -> Submission:
        """An entry with the registrar's signature, and its author's: made here, or taken from `signed`."""
        text, signers = drafted.envelope.text(), [self.keyring.signer(self.registrar)]
        if drafted.by_registrar or not by.key or by.key == self.registrar:
            return Submission(sign_note(text, signers), drafted.threads)
        if by.key in self.keyring.names():
            return Submission(sign_note(text, [*signers, self.keyring.signer(by.key)]), drafted.threads)
        if not signed:
            raise KeyMissing(by.key)
        if text_of(signed) != text:
            raise Refused("record.refused.other_text")
        return Submission(add_lines(signed, signers), drafted.threads)

    def rebuild(self) -> None:
        """Drop all projections and make them anew from the log."""
        entries = tuple(self.ledger.entries())
        filed, judged = self.inside(entries)
        standing = Standing(self.origin, self.agreements(), opened=filed, affairs=Affairs(opened=judged))
        projections.rebuild(self.alias, standing, entries, self.gazetteer)
