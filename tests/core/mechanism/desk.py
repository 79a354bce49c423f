"""A desk in memory: threads are loaded, deciders decide, authors and registrar sign, the book enters. No Django.

Keys come from seeds of one repeated byte, moments from the desk's own clock, entropy from a counter: every byte is the
same on every machine. Everything told here is invented.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from tests.core.record import known
from tiga.agreement import reading
from tiga.agreement.clauses import Agreement, exercise_of
from tiga.cli import yaml_nodes
from tiga.drafts import FieldReport, evidence_item
from tiga.mechanism import (
    charter,
    custody,
    incidents,
    reports,
)
from tiga.mechanism.acts import Actor, Decision, Outcome, Refusal, drafted, sealed
from tiga.mechanism.affairs import Affairs
from tiga.mechanism.deciders import (
    adoption,
    complaints,
    depositing,
    grouping,
    imposing,
    marking,
    replies,
    ruling,
    seating,
    triage,
)
from tiga.mechanism.findings import Held
from tiga.mechanism.standing import ALWAYS, Standing
from tiga.record import canonical
from tiga.record.book import MemoryBook, Submission
from tiga.record.entries import Entry
from tiga.record.notes import COSIGNATURE, Signer, encode64, sign_note
from tiga.values.moments import Instant, Moment, Span
from tiga.values.places import Place, Point

ROOT = Path(__file__).resolve().parents[3]
ORIGIN = "tiga.example/exercise"
START = Instant.parse("2026-01-05T08:00:00.000Z")
PEOPLE: dict[str, tuple[str, str]] = {
    "registrar": ("registrar", ""),
    "secretariat": ("secretariat", ""),
    "monitor": ("monitor", ""),
    "liaison1": ("liaison", "party-1"),
    "liaison2": ("liaison", "party-2"),
    "mediator1": ("mediator", "mediator-1"),
    "mediator1b": ("mediator", "mediator-1"),
    "mediator2": ("mediator", "mediator-2"),
    "analyst": ("analyst", ""),
}
PANEL = ("liaison1", "liaison2", "mediator1", "mediator2")
Verb = Callable[[Standing, Actor, Instant], Outcome]


@cache
def real_agreement() -> Agreement:
    path = ROOT / "agreements" / "doha-istanbul-2025" / "agreement.yaml"
    return reading.agreement(yaml_nodes.load(path.read_bytes()).data)


@cache
def exercise_agreement() -> Agreement:
    return exercise_of(real_agreement(), reading.digest(real_agreement(), canonical.encode))


@cache
def signer(name: str, seed: int) -> Signer:
    return known.signer(name, seed)


def actor(slug: str, origin: str = ORIGIN) -> Actor:
    return Actor(f"{origin}/{slug}", *PEOPLE[slug])


@dataclass
class Desk:
    """A record in memory. `whole` is the fold of the whole log, kept beside the threads for comparing."""

    book: MemoryBook
    agreements: dict[str, Agreement]
    scope: str
    whole: Standing
    drawn: int = 0

    @property
    def origin(self) -> str:
        return self.book.origin

    def entries(self) -> list[Entry]:
        return [self.book.entry(index) for index in range(self.book.head().size)]

    def standing(self, *threads: str) -> Standing:
        loaded: dict[int, Entry] = {}
        last = {}
        for name in dict.fromkeys((*ALWAYS, *threads)):
            rows = self.book.thread(name)
            last[name] = rows[-1].index if rows else -1
            loaded |= {entry.index: entry for entry in rows}
        entries = [loaded[index] for index in sorted(loaded)]
        return Standing.of(self.origin, entries, self.agreements, last, affairs=Affairs())

    def now(self) -> Instant:
        """One minute after the last entry."""
        size = self.book.head().size
        return Instant(self.book.entry(size - 1).envelope.at.ms + 60_000) if size else START

    def salts(self) -> tuple[bytes, ...]:
        self.drawn += 6
        return tuple(hashlib.sha256(b"test entropy %d" % (self.drawn - n)).digest()[:16] for n in range(6))

    def enter(self, decision: Decision, by: Actor) -> tuple[str, ...]:
        """Sign and enter a decision; returns the sids."""
        rows = []
        for one in decision.entries:
            names = {f"{self.origin}/registrar"} | ({by.key} if by.key and not one.by_registrar else set())
            note = sign_note(one.envelope.text(), [signer(name, _seed(name)) for name in sorted(names)])
            rows.append(Submission(note, one.threads))
        receipts = self.book.enter(rows, decision.reads)
        for receipt in receipts:
            self.whole.apply(self.book.entry(receipt.index))
        return tuple(receipt.sid for receipt in receipts)

    def try_(self, slug: str, threads: tuple[str, ...], verb: Verb) -> tuple[str, ...] | Refusal:
        """An act: the sids entered, or the refusal."""
        by = actor(slug, self.origin)
        outcome = verb(self.standing(*threads), by, self.now())
        return outcome if isinstance(outcome, Refusal) else self.enter(outcome, by)

    def do(self, slug: str, threads: tuple[str, ...], verb: Verb) -> str:
        """An act that must be entered; returns the first sid."""
        result = self.try_(slug, threads, verb)
        assert not isinstance(result, Refusal), (slug, result)
        return result[0]

    def refused(self, slug: str, threads: tuple[str, ...], verb: Verb) -> str:
        """The code of an act that must be refused; empty where it was entered."""
        result = self.try_(slug, threads, verb)
        return result.code if isinstance(result, Refusal) else ""

    def wait(self, span: str) -> None:
        self.do("secretariat", (), lambda s, by, now: charter.advance(s, now.plus(Span.parse(span)), "time", by, now))

    def threads_of(self, case: str) -> tuple[str, ...]:
        """What the store loads for a case: its own thread, its incident's, those of the reports that stand or stood in it and
        of their later versions, its parties'."""
        opened = self.whole.cases.get(case)
        if opened is None:
            return (f"case:{case}",)
        incident = opened.opened.incident
        linked: dict[str, None] = {}
        for row in self.book.thread(f"incident:{incident}"):
            body = row.envelope.body
            named = (
                body["reports"]
                if row.sid == incident
                else [body["report"]]
                if "reason" in body and "report" in body
                else []
            )
            linked |= dict.fromkeys(named)
        for report in self.whole.reports.values():  # in log order: a version follows what it revises
            if report.filed.revises in linked:
                linked[report.sid] = None
        parties = [f"party:{party}" for party in sorted(opened.parties)]
        return (f"case:{case}", f"incident:{incident}", *(f"report:{report}" for report in linked), *parties)

    def threads_of_report(self, sid: str) -> tuple[str, ...]:
        """A report's thread and that of every case that it stands in."""
        rows = self.book.thread(f"report:{sid}")
        touched = {entry.envelope.case for entry in rows} | {row.sid for row in rows if row.envelope.act == "case.open"}
        return (f"report:{sid}", *(f"case:{case}" for case in sorted(touched) if case))

    def widened(self, threads: tuple[str, ...]) -> tuple[str, ...]:
        """The threads of a deed with those of every case and report among them, as the door of the pages loads them."""
        cases = [name.removeprefix("case:") for name in threads if name.startswith("case:")]
        filed = [name.removeprefix("report:") for name in threads if name.startswith("report:")]
        more = [thread for one in filed for thread in self.threads_of_report(one)]
        cases += [name.removeprefix("case:") for name in more if name.startswith("case:")]
        more += [thread for one in cases for thread in self.threads_of(one)]
        return tuple(dict.fromkeys((*threads, *more)))


def _seed(name: str) -> int:
    """One byte for each slug; the log's key has 1."""
    slug = name.rsplit("/", 1)[-1]
    return 10 + list(PEOPLE).index(slug)


def founded(scope: str = "exercise", agreement: Agreement | None = None, seated: tuple[str, ...] = PANEL) -> Desk:
    """A desk with charter, agreement and a seated panel."""
    origin = ORIGIN if scope == "exercise" else f"tiga.example/{scope}"
    keys = {f"{origin}/{slug}": signer(f"{origin}/{slug}", _seed(slug)).key for slug in PEOPLE}
    if agreement is None:
        agreement = exercise_agreement() if scope == "exercise" else replace(exercise_agreement(), id="invented")
    sha256 = reading.digest(agreement, canonical.encode)
    book = MemoryBook(origin, signer(origin, 1), keys, known.CHECK)
    desk = Desk(book, {sha256: agreement}, scope, Standing(origin, {sha256: agreement}))
    roster = tuple(charter.Key(keys[f"{origin}/{slug}"].vkey, *PEOPLE[slug], "server") for slug in PEOPLE)
    founding = charter.found(origin, "Invented", scope, roster, START)
    assert isinstance(founding, Decision)
    desk.enter(founding, Actor("", "registrar"))
    length = len(canonical.encode(reading.canonical(agreement)))
    desk.do(
        "registrar",
        (),
        lambda s, by, now: charter.adopt_agreement(s, agreement.id, agreement.version, sha256, length, now),
    )
    for slug in seated:
        seat(desk, slug)
    return desk


def seat(desk: Desk, slug: str) -> str:
    member = actor(slug, desk.origin)
    return desk.do("secretariat", (), lambda s, by, now: seating.seat(s, member.key, member.component, by, now))


def report(
    name: str = "r1",
    party: str = "party-1",
    codes: tuple[str, ...] = ("H1",),
    local: str = "2026-01-04T22:40",
    channel: str = "liaison",
    release: str = "R1",
    **more: object,
) -> FieldReport:
    drawn = FieldReport(
        report_id=name,
        channel=channel,
        source="an invented office",
        party=party,
        when=Moment(local, "UTC", "quarter"),
        where=Place("Exercise Post (invented)", "Latn", Point(-1_000_000, -300_000), 1500, "exercise map"),
        acts=codes,
        account="EXERCISE. Invented.",
        language="en",
        release=release,
    )
    return replace(drawn, **more)  # type: ignore[arg-type]


def file(desk: Desk, drawn: FieldReport, slug: str = "monitor") -> str:
    salts = desk.salts()
    return desk.do(slug, (), lambda s, by, now: reports.file(s, drawn, by, now, salts))


def complain(
    desk: Desk,
    slug: str = "liaison1",
    codes: tuple[str, ...] = ("H1",),
    local: str = "2026-01-04T22:40",
    respondent: str = "",
    provision: str = "P-01",
) -> str:
    """File a complaint; returns the case's sid."""
    party = PEOPLE[slug][1]
    respondent = respondent or {"party-1": "party-2", "party-2": "party-1"}[party]
    drawn = complaints.Complaint(
        report(f"c-{local}-{codes[0]}", party, codes, local), provision, respondent, desk.salts()
    )
    result = desk.try_(slug, (), lambda s, by, now: complaints.complain(s, drawn, by, now))
    assert not isinstance(result, Refusal), result
    return result[2]


def admit(desk: Desk, case: str, slug: str = "mediator1") -> str:
    return desk.do(
        slug,
        desk.threads_of(case),
        lambda s, by, now: triage.admit(s, case, "reasonable_suspicion", "Two monitors heard it.", by, now),
    )


def reply(desk: Desk, case: str, slug: str, text: str = "EXERCISE. A reply.") -> str:
    salts = desk.salts()
    return desk.do(slug, desk.threads_of(case), lambda s, by, now: replies.reply(s, case, text, "en", by, now, salts))


def held(desk: Desk, case: str, **changes: object) -> Held:
    """What is held on the one issue, resting on the complaint's report alone, and saying so."""
    support = desk.whole.cases[case].opened.report
    row = Held(
        "i1", "established", "balance_of_probabilities", "EXERCISE. Firing is held.", "organ", (support,),
        limitations=("single_source",),
    )  # fmt: skip
    return replace(row, **changes)  # type: ignore[arg-type]


def adopt(desk: Desk, case: str, slug: str = "mediator1", **changes: object) -> str:
    rows = (held(desk, case, **changes),)
    return desk.do(slug, desk.threads_of(case), lambda s, by, now: adoption.adopt(s, case, rows, by, now))


def sign(desk: Desk, case: str, sid: str, slug: str = "mediator2") -> str:
    return desk.do(slug, desk.threads_of(case), lambda s, by, now: ruling.sign(s, sid, by, now))


def issue(desk: Desk, case: str, disposition: str = "violation", slug: str = "mediator1") -> str:
    return desk.do(
        slug,
        desk.threads_of(case),
        lambda s, by, now: ruling.issue(s, case, {"i1": disposition}, "EXERCISE. Reasons.", by, now),
    )


def impose(desk: Desk, case: str, slug: str = "mediator1") -> str:
    return desk.do(slug, desk.threads_of(case), lambda s, by, now: imposing.impose(s, case, "i1", by, now))


def discredit(desk: Desk, sid: str, slug: str = "secretariat") -> str:
    return desk.do(
        slug,
        desk.threads_of_report(sid),
        lambda s, by, now: marking.discredit(s, sid, "It is older than the happening.", by, now),
    )


STAGES = (
    "complained",
    "admitted",
    "replied",
    "adopted",
    "found",
    "issued",
    "determined",
    "imposed",
    "in_force",
    "reported",
    "verified",
)


def at_stage(stage: str, desk: Desk | None = None, **complaint: object) -> tuple[Desk, str]:
    """A desk with one case brought to a stage of STAGES; returns both."""
    desk = desk or founded()
    case = complain(desk, **complaint)  # type: ignore[arg-type]
    codes = desk.whole.cases[case].opened.issues[0].code
    standard = {"A1": "clear_and_convincing"}.get(codes, "balance_of_probabilities")

    def both_reply() -> None:
        reply(desk, case, "liaison1")
        reply(desk, case, "liaison2")

    def all_items(verb: Callable[[str, str], object]) -> None:
        (sid,) = desk.whole.cases[case].measures
        for item in desk.whole.measures[sid].imposed.items:
            verb(sid, item.id)

    steps: dict[str, Callable[[], object]] = {
        "complained": lambda: None,
        "admitted": lambda: admit(desk, case),
        "replied": both_reply,
        "adopted": lambda: adopt(desk, case, standard=standard),
        "found": lambda: sign(desk, case, desk.whole.cases[case].finding),
        "issued": lambda: issue(desk, case),
        "determined": lambda: sign(desk, case, desk.whole.cases[case].determination),
        "imposed": lambda: impose(desk, case),
        "in_force": lambda: sign(desk, case, desk.whole.cases[case].measures[0]),
        "reported": lambda: all_items(lambda sid, item: report_compliance(desk, case, sid, item)),
        "verified": lambda: all_items(lambda sid, item: verify_compliance(desk, case, sid, item)),
    }
    for name in STAGES[: STAGES.index(stage) + 1]:
        steps[name]()
    return desk, case


def executor(desk: Desk, sid: str, item: str) -> str:
    """Who reports on an item: its party's liaison officer, or a mediator for what is nobody's own."""
    imposed = desk.whole.measures[sid].imposed
    named = next(row.executor for row in imposed.items if row.id == item)
    other = {"party-1": "liaison2", "party-2": "liaison1"}[imposed.party]
    return {"party-1": "liaison1", "party-2": "liaison2", "both_parties": other}.get(named, "mediator2")


def report_compliance(desk: Desk, case: str, sid: str, item: str, slug: str = "") -> str:
    return desk.do(
        slug or executor(desk, sid, item),
        desk.threads_of(case),
        lambda s, by, now: imposing.report_compliance(s, sid, item, "EXERCISE. Done.", by, now),
    )


def verify_compliance(desk: Desk, case: str, sid: str, item: str, met: bool = True) -> str:
    return desk.do(
        "mediator1",
        desk.threads_of(case),
        lambda s, by, now: imposing.verify_compliance(s, sid, item, met, "EXERCISE. Seen.", by, now),
    )


def story() -> Desk:
    """One desk on which every kind of entry has been entered at least once."""
    desk, case = at_stage("verified")
    desk.wait("PT1H")
    item, salts = evidence_item("note.txt", b"EXERCISE. A note."), desk.salts()
    desk.do("monitor", desk.threads_of(case), lambda s, by, now: depositing.deposit(s, case, item, by, now, salts))
    desk.do("mediator1", desk.threads_of(case), lambda s, by, now: triage.close(s, case, "complied", "", by, now))
    first, second = (file(desk, report(name, "", reporter="watch 7", channel="monitor")) for name in ("m1", "m2"))
    word = desk.do(
        "monitor",
        ("matches",),
        lambda s, by, now: marking.decide_match(s, first, second, True, "One sound, two posts.", by, now),
    )
    desk.do("monitor", ("matches",), lambda s, by, now: marking.withdraw_match(s, word, by, now))
    at = report().when
    incident = desk.do(
        "secretariat",
        (f"report:{first}", f"report:{second}"),
        lambda s, by, now: grouping.open_incident(s, (first,), at.earliest, at.latest, ("H1",), by, now),
    )
    for verb in (grouping.link, grouping.unlink):
        desk.do(
            "secretariat",
            (f"incident:{incident}", f"report:{second}"),
            lambda s, by, now, verb=verb: verb(s, incident, second, "Looked at again.", by, now),
        )
    desk, other = at_stage("replied", desk, local="2026-01-05T07:00", codes=("H2",))
    desk.do("mediator1", (), lambda s, by, now: seating.recuse(s, "A family tie.", by, now))
    desk.do("secretariat", (), lambda s, by, now: seating.notify(s, "mediator-1", by, now))
    seat(desk, "mediator1b")
    finding = adopt(desk, other, "mediator1b")
    desk.do("liaison2", (f"case:{other}",), lambda s, by, now: adoption.dissent(s, finding, "We differ.", by, now))
    discredit(desk, desk.whole.cases[other].opened.report)
    _keep(desk, case)
    return desk


def _keep(desk: Desk, case: str) -> None:
    """The acts on keys, on time and on custody. They stand at the end: the entries before them keep their bytes."""
    registrar, log = Actor("", "registrar"), desk.origin
    report = desk.whole.cases[case].opened.report
    decoys = tuple(salt for _ in range(2) for salt in desk.salts())
    fresh, later = (charter.Key(signer(f"{log}/monitor/{n}", 30 + n).key.vkey, "monitor", "", "device") for n in (2, 3))
    sealing = replace(fresh, seal=encode64(bytes(range(32))))
    witness = known.signer(f"{log}/witness/party-1", 33, COSIGNATURE).key.vkey
    digests = desk.entries()[desk.whole.reports[report].index].envelope.sd[:1]
    listed = tuple(entry.index for entry in desk.book.thread(f"case:{case}"))
    for kind in (
        charter.TimeStamped("key.enrol"),
        charter.KeyEnrolled(sealing),
        charter.KeyRotated(sealing.name, later),
        charter.KeyRevoked(later.name, "EXERCISE. A device was lost.", 7),
        charter.RuleSet("key.enrol", ("group both all mediator:mediator-1 mediator:mediator-2", "quorum both")),
        charter.WitnessSet("party-1", witness),
        custody.ReportSealed(sealed((), decoys[:8], custody.SEALED_DIGESTS)),
        custody.ValueReleased(report, digests, "R2", "party-2"),
        custody.ValueErased(report, digests, "EXERCISE. A person asked for it."),
        custody.EntrySuppressed((5,), "EXERCISE. A name stood in it."),
        custody.CaseManifest(case, desk.book.head().size, listed, sealed((), decoys[:8], custody.SEALED_DIGESTS)),
        custody.WitnessAbsent("party-1", 7, 72),
        custody.PouchDeposited((later.name,), "party-1", sealed((), decoys[:4], 4)),
        incidents.IncidentRelated(
            *list(desk.whole.incidents)[:2], "alleged_trigger", "party-2", "EXERCISE. It says so."
        ),
        reports.ReportWithdrawn(report, "EXERCISE. The source took it back.", *reports.resting(desk.whole, report)),
    ):
        desk.enter(Decision((drafted(kind, log, desk.now(), by_registrar=True),), {}), registrar)
