"""A case determined beside many precedents, and the clocks of many open cases: rules alone, on a standing in memory.

Rules
1. Every case is told by the mechanism's own deciders and folded by its own fold, between invented parties; nothing is
   signed or stored. Keys are names alone.
2. Determining is what a mediator's act decides once the threads are loaded: the determination of the case in hand, and the
   measure with its explanation. The case has 200 entries, and 50 violations stand against the party. How long folding the
   200 entries takes is told beside it.
3. Clocks are all clocks of every open case with their states at one instant, as a clock run asks for them.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from decimal import Decimal
from statistics import median
from typing import TYPE_CHECKING

from benchmarks import Row

if TYPE_CHECKING:
    from tiga.mechanism.acts import Actor, Outcome
    from tiga.record.entries import Entry
    from tiga.values.moments import Instant

ENTRIES, PRECEDENTS, OPEN = 200, 50, 10_000
MILLIS_MOST, SECONDS_MOST = Decimal(10), Decimal(2)
TIMES = 21
ORIGIN = "tiga.example/exercise"
PEOPLE = {
    "registrar": "", "secretariat": "", "monitor": "", "liaison/party-1": "party-1", "liaison/party-2": "party-2",
    "mediator/mediator-1": "mediator-1", "mediator/mediator-2": "mediator-2",
}  # fmt: skip


def rows(progress: Callable[[str], None]) -> list[Row]:
    progress(f"a case of {ENTRIES} entries beside {PRECEDENTS} precedents, {TIMES} times")
    decided, folded = _determining()
    progress(f"filling {OPEN} open cases")
    table = Table()
    for _ in range(OPEN):
        table.complain()
    progress(f"the clocks of {OPEN} open cases")
    seconds = _clocks(table)
    what = f"a case of {ENTRIES} entries, {PRECEDENTS} precedents: "
    return [
        Row(f"{what}determined", Decimal(f"{decided * 1000:.2f}"), "ms", bar=MILLIS_MOST, at_least=False),
        Row(f"{what}folded", Decimal(f"{folded * 1000:.2f}"), "ms"),
        Row(f"clocks of {OPEN} open cases", Decimal(f"{seconds:.2f}"), "s", bar=SECONDS_MOST, at_least=False),
    ]


class Table:
    """A standing in memory, and the entries from which it follows."""

    def __init__(self) -> None:
        from tiga import shipped
        from tiga.agreement import reading
        from tiga.agreement.clauses import exercise_of
        from tiga.cli import yaml_nodes
        from tiga.mechanism import charter
        from tiga.mechanism.standing import Standing
        from tiga.record import canonical
        from tiga.values.moments import Instant

        path = shipped.folder("agreements") / "doha-istanbul-2025" / "agreement.yaml"
        real = reading.agreement(yaml_nodes.load(path.read_bytes()).data)
        agreement = exercise_of(real, reading.digest(real, canonical.encode))
        sha256 = reading.digest(agreement, canonical.encode)
        keys = {
            f"{ORIGIN}/{slug}": charter.Key(f"{ORIGIN}/{slug}+00000000+AAAA", slug.split("/")[0], component, "server")
            for slug, component in PEOPLE.items()
        }
        self.at: Instant = Instant.parse("2026-01-05T08:00:00.000Z")
        self.standing = Standing(ORIGIN, {sha256: agreement}, now=self.at, scope="exercise", keys=keys)
        self.standing.agreement, self.standing.agreement_sha256 = agreement, sha256
        self.entries: list[Entry] = []
        self._drawn = 0
        for slug, component in PEOPLE.items():
            if component:
                self._seat(slug, component)

    def _seat(self, slug: str, component: str) -> None:
        from tiga.mechanism.deciders import seating

        by = self.actor("secretariat")
        self.do("secretariat", seating.seat(self.standing, f"{ORIGIN}/{slug}", component, by, self.at))

    def actor(self, slug: str) -> Actor:
        from tiga.mechanism.acts import Actor

        return Actor(f"{ORIGIN}/{slug}", slug.split("/")[0], PEOPLE[slug])

    def salts(self) -> tuple[bytes, ...]:
        self._drawn += 6
        return tuple(
            hashlib.sha256(f"bench {number}".encode()).digest()[:16] for number in range(self._drawn - 6, self._drawn)
        )

    def do(self, slug: str, outcome: Outcome) -> list[str]:
        """Fold a decision one minute after the last; returns the sids, raises RuntimeError for a refusal."""
        from tiga.mechanism.acts import Decision
        from tiga.record.entries import Entry
        from tiga.values.moments import Instant

        if not isinstance(outcome, Decision):
            raise RuntimeError(f"the story of the benchmark was refused: {outcome}")
        for row in outcome.entries:
            signers = (f"{ORIGIN}/registrar",) if row.by_registrar else (f"{ORIGIN}/{slug}", f"{ORIGIN}/registrar")
            entry = Entry(len(self.entries), b"", row.envelope, row.sid, signers)
            self.entries.append(entry)
            self.standing.apply(entry)
        self.at = Instant(self.at.ms + 60_000)
        return [row.sid for row in outcome.entries]

    def complain(self) -> str:
        """One more complaint of party 1 against party 2; returns its case."""
        from tiga.drafts import FieldReport
        from tiga.mechanism.deciders import complaints
        from tiga.values.moments import Moment
        from tiga.values.places import Place, Point

        slug, number = "liaison/party-1", len(self.entries)
        report = FieldReport(
            report_id=f"bench-{number}", channel="liaison", source="an invented office", party="party-1",
            when=Moment(self.at.text()[:10], "UTC", "day"), acts=("H1",), account="EXERCISE. Invented.", language="en",
            where=Place("Exercise Post (invented)", "Latn", Point(-1_000_000, -300_000), 1500, "exercise map"),
        )  # fmt: skip
        complaint = complaints.Complaint(report, "P-01", "party-2", self.salts())
        return self.do(slug, complaints.complain(self.standing, complaint, self.actor(slug), self.at))[2]

    def find(self, case: str) -> None:
        """Bring a case to a finding in force."""
        from tiga.mechanism.deciders import adoption, replies, ruling, triage
        from tiga.mechanism.findings import Held

        one, other = "mediator/mediator-1", "mediator/mediator-2"
        reasons = "EXERCISE. Two monitors heard it."
        self.do(one, triage.admit(self.standing, case, "reasonable_suspicion", reasons, self.actor(one), self.at))
        for slug in ("liaison/party-1", "liaison/party-2"):
            text, by = "EXERCISE. A reply.", self.actor(slug)
            self.do(slug, replies.reply(self.standing, case, text, "en", by, self.at, self.salts()))
        support = self.standing.cases[case].opened.report
        held = Held("i1", "established", "balance_of_probabilities", "EXERCISE. Firing is held.", "organ", (support,),
                    limitations=("single_source",))  # fmt: skip
        (finding,) = self.do(one, adoption.adopt(self.standing, case, (held,), self.actor(one), self.at))
        self.do(other, ruling.sign(self.standing, finding, self.actor(other), self.at))

    def issued(self, case: str) -> Outcome:
        from tiga.mechanism.deciders import ruling

        by = self.actor("mediator/mediator-1")
        return ruling.issue(self.standing, case, {"i1": "violation"}, "EXERCISE. Reasons.", by, self.at)

    def determine(self, case: str) -> None:
        """Bring a case with a finding to a determination in force."""
        from tiga.mechanism.deciders import ruling

        (sid,) = self.do("mediator/mediator-1", self.issued(case))
        other = "mediator/mediator-2"
        self.do(other, ruling.sign(self.standing, sid, self.actor(other), self.at))

    def deposit(self, case: str) -> None:
        from tiga.drafts import evidence_item
        from tiga.mechanism.deciders import depositing

        item = evidence_item("note.txt", f"EXERCISE. Note {len(self.entries)}.".encode())
        by = self.actor("monitor")
        self.do("monitor", depositing.deposit(self.standing, case, item, by, self.at, self.salts()))


def _determining() -> tuple[float, float]:
    """Median seconds of deciding a determination and its measure, and of folding the case's own entries."""
    from tiga.mechanism.deciders import imposing
    from tiga.mechanism.standing import Standing

    table = Table()
    for _ in range(PRECEDENTS):
        case = table.complain()
        table.find(case)
        table.determine(case)
    standing = [row for row in table.standing.determinations.values() if row.in_force is not None]
    if len(standing) != PRECEDENTS:
        raise RuntimeError("not every precedent of the benchmark is in force")
    first = len(table.entries)
    case = table.complain()
    table.find(case)
    while len(table.entries) - first < ENTRIES - 2:
        table.deposit(case)
    start = time.perf_counter()
    issued = table.issued(case)
    issuing = time.perf_counter() - start
    spent = [issuing]
    for _ in range(TIMES - 1):
        start = time.perf_counter()
        table.issued(case)
        spent.append(time.perf_counter() - start)
    table.do("mediator/mediator-1", issued)
    _signed(table, case)
    by, measured = table.actor("mediator/mediator-1"), []
    for _ in range(TIMES):
        start = time.perf_counter()
        outcome = imposing.impose(table.standing, case, "i1", by, table.at)
        measured.append(time.perf_counter() - start)
    table.do("mediator/mediator-1", outcome)
    own, folded = table.entries[first : first + ENTRIES], []
    for _ in range(TIMES):
        start = time.perf_counter()
        Standing.of(ORIGIN, own, table.standing.agreements, {})
        folded.append(time.perf_counter() - start)
    return median(spent) + median(measured), median(folded)


def _signed(table: Table, case: str) -> None:
    from tiga.mechanism.deciders import ruling

    other = "mediator/mediator-2"
    sid = table.standing.cases[case].determination
    table.do(other, ruling.sign(table.standing, sid, table.actor(other), table.at))


def _clocks(table: Table) -> float:
    """Seconds for all clocks of all cases, each with its state."""
    from tiga.mechanism import deadlines

    start = time.perf_counter()
    states = [
        clock.state(table.at)
        for case in table.standing.cases.values()
        for clock in deadlines.clocks(table.standing, case)
    ]
    seconds = time.perf_counter() - start
    if len(states) < OPEN:
        raise RuntimeError("not every open case of the benchmark has a clock")
    return seconds
