"""Acts on a small record and on a large one, and projections made anew.

Rules
1. Both records are exercises with the demo's keys, charter, agreement and seats. They are filled with cases: a complaint
   (four entries), its admission, two replies and their opening, signed as the desk signs them and decided by the
   mechanism's own rules, entered in batches of 512 with their threads and encrypted values. Only projecting is left out
   while filling: the projections are made anew afterwards, which is measured.
2. The act is a mediator's admission of a case: `Desk.act`, from the standing of its threads to the durable receipt and
   the projected rows, with a guard. The cases admitted lie at the beginning of both records. Rounds are interleaved.
3. Four reports of a hundred are open to both parties; fusion groups those. Sealed reports are not in these records.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from statistics import median
from typing import TYPE_CHECKING

from benchmarks import Row
from benchmarks.recording import places

if TYPE_CHECKING:
    from tiga.mechanism.acts import Actor, Decision, Outcome
    from tiga.mechanism.standing import Standing
    from tiga.store.desk import Desk
    from tiga.values.moments import Instant

SMALL, MIDDLE, LARGE = 2_000, 20_000, 200_000
TARGETS = 26
"""Cases that wait for their admission; the first is for warming up."""
BATCH = 64
"""Cases entered at once."""
OPEN = 25
"""One case in so many has a report open to both parties."""
GROWTH, REBUILT = Decimal("1.5"), Decimal(12)
HOUR_MS = 3_600_000


def rows(progress: Callable[[str], None]) -> list[Row]:
    small, large = _Crowd("small"), _Crowd("large")
    progress(f"filling records: {SMALL} and {MIDDLE}")
    small.fill(SMALL)
    large.fill(MIDDLE)
    small.rebuild()
    progress(f"projections anew: {MIDDLE}")
    middle = median(large.rebuild() for _ in range(2))
    progress(f"filling a record: {LARGE}")
    large.fill(LARGE)
    progress(f"projections anew: {LARGE}")
    whole = large.rebuild()
    progress(f"acts, interleaved: {TARGETS - 1} on each record")
    one, other = _acts(small, large)
    of = f"record of {LARGE}; of "
    return [
        Row(f"an act decided and entered, {of}{SMALL}", _millis(other), "ms", _millis(one), GROWTH, at_least=False),
        Row(f"projections anew, {of}{MIDDLE}", _tenths(whole), "s", _tenths(middle), REBUILT, at_least=False),
        Row(f"projections anew, record of {LARGE}", Decimal(round(large.size / whole)), "entries/s"),
    ]


def _millis(seconds: float) -> Decimal:
    return Decimal(f"{seconds * 1000:.2f}")


def _tenths(seconds: float) -> Decimal:
    return Decimal(f"{seconds:.2f}")


def _acts(small: _Crowd, large: _Crowd) -> tuple[float, float]:
    """Median seconds of an admission on each record, both just opened."""
    small.reopen()
    large.reopen()
    timed: dict[_Crowd, list[float]] = {small: [], large: []}
    for number in range(TARGETS):
        for crowd in (small, large) if number % 2 else (large, small):
            timed[crowd].append(crowd.admit(number))
    return median(timed[small][1:]), median(timed[large][1:])


class _Crowd:
    """A record with many cases."""

    def __init__(self, name: str) -> None:
        from tiga.cli.exercise import START

        self._name = name
        self.desk = self._opened()
        self._start: Instant = START
        self._cases, self._drawn = 0, 0
        found(self.desk, START)
        self._standing = self.desk.standing()
        self.targets: list[str] = []
        self._enter([decision for _ in range(TARGETS) for decision in self._complaint(self.targets)])

    def reopen(self) -> None:
        self.desk = self._opened()

    def _opened(self) -> Desk:
        """The desk of this record, with nothing remembered."""
        from tiga.store import opening
        from tiga.store.desk import Desk

        ring = places.ring(places.EXERCISE)
        return Desk(self._name, places.EXERCISE, ring, opening.places(), opening.guard(self._name))

    @property
    def size(self) -> int:
        return self.desk.ledger.size()

    def fill(self, size: int) -> None:
        """Enter whole cases until the record has this size."""
        while self.size < size:
            self._enter([decision for _ in range(BATCH) for decision in self._case()])

    def rebuild(self) -> float:
        """Seconds for making all projections anew in a record just opened: entries are read and their signatures checked."""
        self.reopen()
        start = time.perf_counter()
        self.desk.rebuild()
        return time.perf_counter() - start

    def admit(self, number: int) -> float:
        """Seconds of one admission, from the threads to the receipt."""
        from tiga.mechanism.deciders import triage
        from tiga.store import queries
        from tiga.store.desk import Done

        by, case = self._actor("mediator/1"), self.targets[number]
        now, reasons = self.desk.now(self._start), "EXERCISE. Two monitors heard the firing."
        start = time.perf_counter()
        done = self.desk.act(
            queries.case_threads(self.desk, case),
            lambda standing: triage.admit(standing, case, "reasonable_suspicion", reasons, by, now), by,
        )  # fmt: skip
        seconds = time.perf_counter() - start
        if not isinstance(done, Done):
            raise RuntimeError(f"an admission was not entered: {done}")
        return seconds

    # ---- cases, decided by the mechanism's rules and applied to a standing in memory

    def _case(self) -> Iterator[tuple[Decision, Actor]]:
        from tiga.mechanism.deciders import replies, triage

        made: list[str] = []
        yield from self._complaint(made)
        now, (case,) = self._now(), made
        mediator, one, two = (self._actor(slug) for slug in ("mediator/1", "liaison/1", "liaison/2"))
        admitted = triage.admit(self._standing, case, "reasonable_suspicion", "EXERCISE. It was heard.", mediator, now)
        yield self._apply(admitted, mediator)
        for by in (one, two):
            text = f"EXERCISE. An invented reply to case {self._cases}. " * 5
            yield self._apply(replies.reply(self._standing, case, text, "en", by, now, self._salts()), by)

    def _complaint(self, made: list[str]) -> Iterator[tuple[Decision, Actor]]:
        from tiga.drafts import FieldReport
        from tiga.mechanism.deciders import complaints
        from tiga.values.moments import Moment
        from tiga.values.places import Place, Point

        self._cases += 1
        now, by, number = self._now(), self._actor("liaison/1"), self._cases
        where = Place(
            f"Exercise Post {number % 400} (invented)", "Latn", Point(number % 400 * 100_000, 400_000), 1500, ""
        )
        when = Moment(now.text()[:16], "UTC", "quarter")
        report = FieldReport(
            report_id=f"bench-{number}", channel="liaison", source="liaison office", origin="liaison office",
            party="party-1", when=when, where=where, acts=("H1",), account="EXERCISE. Small-arms fire. " * 10,
            language="en", provision="P-01", actor="party-2", release="R2" if number % OPEN else "R1",
        )  # fmt: skip
        complaint = complaints.Complaint(report, "P-01", "party-2", self._salts())
        later = self._start.__class__(now.ms + 20 * 60_000)
        decision, by = self._apply(complaints.complain(self._standing, complaint, by, later), by)
        made.append(decision.entries[2].sid)
        yield decision, by

    def _now(self) -> Instant:
        """An hour for each case."""
        return self._start.__class__(self._start.ms + self._cases * HOUR_MS)

    def _salts(self) -> tuple[bytes, ...]:
        self._drawn += 6
        return tuple(
            hashlib.sha256(f"bench {number}".encode()).digest()[:16] for number in range(self._drawn - 6, self._drawn)
        )

    def _actor(self, slug: str) -> Actor:
        from tiga.mechanism.acts import Actor

        key = self._standing.keys[f"{places.EXERCISE}/{slug}"]
        return Actor(key.name, key.role, key.component)

    def _apply(self, outcome: Outcome, by: Actor) -> tuple[Decision, Actor]:
        """A decision, with the standing in memory as it is after it; raises RuntimeError for a refusal."""
        from tiga.mechanism.acts import Decision
        from tiga.record.entries import Entry

        if not isinstance(outcome, Decision):
            raise RuntimeError(f"the story of the benchmark was refused: {outcome}")
        for row in outcome.entries:
            registrar = f"{places.EXERCISE}/registrar"
            signers = (registrar,) if row.by_registrar else (by.key, registrar)
            self._standing.apply(Entry(0, b"", row.envelope, row.sid, signers))
        return outcome, by

    def _enter(self, decisions: list[tuple[Decision, Actor]]) -> None:
        """Sign and enter decisions: entries, threads and values; no projections."""
        from django.db import connections, transaction

        from tiga.record.entries import leaf_of
        from tiga.store import vault

        drafted = [(row, by) for decision, by in decisions for row in decision.entries]
        signed = [self.desk.signed(row, by) for row, by in drafted]
        alias = self.desk.alias
        with transaction.atomic(using=alias):
            made = [(one.note, row.sid, leaf_of(one.note)) for one, (row, _) in zip(signed, drafted, strict=True)]
            first = self.desk.ledger.append(made)
            threads = [(name, index) for index, one in enumerate(signed, first) for name in dict.fromkeys(one.threads)]
            connections[alias].cursor().executemany("INSERT INTO thread (name, idx) VALUES (%s, %s)", threads)
            vault.keep_all(alias, [(row.sid, row.released) for row, _ in drafted])


def found(desk: Desk, at: Instant) -> None:
    """Charter, agreement and seats of the demo's exercise."""
    from tiga import shipped
    from tiga.agreement import reading
    from tiga.cli import yaml_nodes
    from tiga.mechanism.acts import Actor
    from tiga.store import founding, opening
    from tiga.store.desk import Done

    path = shipped.folder("agreements") / "doha-istanbul-2025" / "agreement.yaml"
    agreement = reading.agreement(yaml_nodes.load(path.read_bytes()).data)
    keys, rules = opening.demo_keys("exercise"), opening.demo_founding("exercise")
    founding.lay(desk, agreement, "exercise", "Exercise", keys, at, rules)
    by = Actor(f"{places.EXERCISE}/secretariat/1", "secretariat")
    for slug, component in (
        ("liaison/1", "party-1"), ("liaison/2", "party-2"), ("mediator/1", "mediator-1"), ("mediator/2", "mediator-2"),
    ):  # fmt: skip
        member, now = f"{places.EXERCISE}/{slug}", desk.now(at)

        def seat(standing: Standing, member: str = member, component: str = component, now: Instant = now) -> Outcome:
            from tiga.mechanism.deciders import seating

            return seating.seat(standing, member, component, by, now)

        if not isinstance(desk.act((), seat, by), Done):
            raise RuntimeError(f"the seat of {slug} was refused")
