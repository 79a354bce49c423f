"""The exercise told by script: invented disputes between Party 1 and Party 2, through the same acts as the pages.

Rules
1. Every act goes through the desk and the mechanism; a refusal that the story does not expect stops it.
2. Moments come from the exercise's own clock, entropy from a published seed: two runs give the same record.
3. Nothing here is real: places lie in the open ocean, and each account says EXERCISE.

The story: (A) a complaint replied to by both, found, determined, a measure imposed, complied with and verified; (B) a
second one during which a mediator recuses, the quorum is lost, an alternate is seated, and the ladder counts the
precedent of A; (C) a third that has just been notified and waits for a reply.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field

from tiga import shipped
from tiga.drafts import FieldReport, Harm, evidence_item
from tiga.mechanism import charter, reports
from tiga.mechanism.acts import Actor, Outcome, Refusal
from tiga.mechanism.deciders import (
    adoption,
    complaints,
    depositing,
    grouping,
    imposing,
    replies,
    ruling,
    seating,
    triage,
)
from tiga.mechanism.findings import Held
from tiga.mechanism.standing import Standing
from tiga.store import keys, queries, witnessing
from tiga.store.desk import Desk, Done
from tiga.values.moments import Instant, Moment, Span
from tiga.values.places import Place, Point

START = Instant.parse("2026-01-05T08:00:00.000Z")


class StoryStopped(Exception):
    """An act of the story was refused where it should have been entered, or the other way round."""


@dataclass
class DemoEntropy:
    """Bytes from a published seed and a counter: never for anything that is to be secret."""

    label: str
    count: int = 0

    def __call__(self, length: int) -> bytes:
        self.count += 1
        return hashlib.sha256(f"tiga demo entropy {self.label} {self.count}".encode()).digest()[:length]


@dataclass
class Stage:
    """The desk with the people of the exercise."""

    desk: Desk
    entropy: DemoEntropy
    refusals: list[tuple[str, Refusal]] = field(default_factory=list)

    def who(self, slug: str) -> Actor:
        name = f"{self.desk.origin}/{slug}"
        key = self.desk.standing().keys[name]
        return Actor(name, key.role, key.component)

    def now(self) -> Instant:
        return self.desk.now(START)

    def salts(self) -> tuple[bytes, ...]:
        return tuple(self.entropy(16) for _ in range(6))

    def do(self, slug: str, threads: tuple[str, ...], verb: Callable[[Standing, Actor, Instant], Outcome]) -> Done:
        """An act that must be entered; raises StoryStopped with the refusal otherwise."""
        by, now = self.who(slug), self.now()
        with self.desk.drawing(self.entropy):
            result = self.desk.act(threads, lambda standing: verb(standing, by, now), by)
        if isinstance(result, Refusal):
            raise StoryStopped(f"{slug}: {result.code} {dict(result.values)}")
        if not isinstance(result, Done):
            raise StoryStopped(f"{slug}: an act of an exercise is entered at once, by keys of the server")
        return result

    def refused(
        self, slug: str, threads: tuple[str, ...], verb: Callable[[Standing, Actor, Instant], Outcome]
    ) -> Refusal:
        """An act that must be refused; the refusal is kept for the summary."""
        by, now = self.who(slug), self.now()
        result = self.desk.act(threads, lambda standing: verb(standing, by, now), by)
        if not isinstance(result, Refusal):
            raise StoryStopped(f"{slug}: an act was entered that should have been refused")
        self.refusals.append((slug, result))
        return result

    def wait(self, span: str, reason: str) -> None:
        """Move the exercise's clock."""
        by, now = self.who("secretariat/1"), self.now()
        to = Instant(now.ms + Span.parse(span).ms)
        outcome = self.desk.act((), lambda standing: charter.advance(standing, to, reason, by, now), by)
        if isinstance(outcome, Refusal):
            raise StoryStopped(outcome.code)


@dataclass(frozen=True, slots=True)
class Plot:
    """One invented complaint: who complains of whom, what, when, where."""

    complainant: str
    party: str
    respondent: str
    provision: str
    code: str
    local: str
    zone: str
    toponym: str
    point: Point
    account: str
    killed: int = 0


def complain(stage: Stage, plot: Plot) -> str:
    """File a complaint; returns the case's sid."""
    harm = (Harm("killed", "security", plot.killed, plot.killed),) if plot.killed else ()
    report = FieldReport(
        report_id=f"exercise-{plot.local}", channel="liaison", source=f"liaison office of {plot.party}",
        origin=f"liaison office of {plot.party}", party=plot.party, when=Moment(plot.local, plot.zone, "quarter"),
        where=Place(plot.toponym, "Latn", plot.point, 1500, "exercise map"), acts=(plot.code,), account=plot.account,
        language="en", provision=plot.provision, actor=plot.respondent, harm=harm, release="R1",
    )  # fmt: skip
    complaint = complaints.Complaint(report, plot.provision, plot.respondent, stage.salts())
    done = stage.do(plot.complainant, (), lambda standing, by, now: complaints.complain(standing, complaint, by, now))
    return done.receipts[2].sid


def reply(stage: Stage, case: str, slug: str, text: str) -> None:
    salts = stage.salts()
    stage.do(slug, threads(stage, case), lambda s, by, now: replies.reply(s, case, text, "en", by, now, salts))


def threads(stage: Stage, case: str) -> tuple[str, ...]:
    return queries.case_threads(stage.desk, case)


def found(stage: Stage, case: str, first: str, second: str, held: Held) -> str:
    """Adopt a finding with two signatures; returns its sid."""
    done = stage.do(first, threads(stage, case), lambda s, by, now: adoption.adopt(s, case, (held,), by, now))
    sign(stage, case, second, done.receipt.sid)
    return done.receipt.sid


def sign(stage: Stage, case: str, slug: str, sid: str) -> None:
    stage.do(slug, threads(stage, case), lambda s, by, now: ruling.sign(s, sid, by, now))


def ruled(stage: Stage, case: str, first: str, second: str, reasons: str) -> str:
    """Determine a violation on the one issue and impose its measure, both with two signatures; returns the measure."""
    done = stage.do(
        first, threads(stage, case),
        lambda s, by, now: ruling.issue(s, case, {"i1": "violation"}, reasons, by, now),
    )  # fmt: skip
    sign(stage, case, second, done.receipt.sid)
    imposed = stage.do(first, threads(stage, case), lambda s, by, now: imposing.impose(s, case, "i1", by, now))
    sign(stage, case, second, imposed.receipt.sid)
    return imposed.receipt.sid


def deposit(stage: Stage, case: str, slug: str, name: str, note: str) -> None:
    """Deposit a file of the samples on a case."""
    item = evidence_item(name, (shipped.folder("samples") / "evidence" / name).read_bytes(), note)
    by, now, salts = stage.who(slug), stage.now(), stage.salts()
    result = stage.desk.deposit(
        threads(stage, case), item.data, lambda s: depositing.deposit(s, case, item, by, now, salts), by
    )
    if isinstance(result, Refusal):
        raise StoryStopped(f"{slug}: {result.code}")


def cosign(desk: Desk, components: tuple[str, ...]) -> int:
    """Let the demo's witnesses of these components cosign the head, as their machines would; returns how many did."""
    from tiga.record import witness
    from tiga.record.notes import COSIGNATURE
    from tiga.store.keys import CHECK

    size, new = desk.ledger.size(), 0
    for component in components:
        name = f"{desk.origin}/witness/{component}"
        signer = keys.demo_keyring((name,)).signer(name, COSIGNATURE)
        old = witnessing.last_size(desk, component)
        checkpoint = desk.ledger.checkpoint_at(old) if old else b""
        seen = witness.Seen(desk.origin, old, desk.ledger.tree().root(old), checkpoint) if old else None
        answer = witness.add_checkpoint(
            witnessing.asked(desk, component), {desk.origin: desk.log_key}, lambda _, seen=seen: seen, signer,
            desk.time().ms // 1000 + 3600, CHECK(),
        )  # fmt: skip
        if answer.status != 200:
            raise StoryStopped(f"the witness of {component} answered {answer.status}")
        new += witnessing.add_lines(desk, size, [answer.body.decode("utf-8")])
    return new


def play(stage: Stage, told: Callable[[str], None]) -> dict[str, str]:
    """Play the whole story; returns the sids of its cases by letter."""
    for slug, component in (
        ("liaison/1", "party-1"), ("liaison/2", "party-2"), ("mediator/1", "mediator-1"), ("mediator/2", "mediator-2"),
    ):  # fmt: skip
        member = stage.who(slug).key
        stage.do(
            "secretariat/1", (),
            lambda s, by, now, member=member, component=component: seating.seat(s, member, component, by, now),
        )  # fmt: skip
    first = _first(stage)
    cosign(stage.desk, ("party-1", "party-2", "mediator-1", "mediator-2"))
    told("a")
    second = _second(stage)
    told("b")
    third = complain(stage, Plot(
        "liaison/1", "party-1", "party-2", "P-01", "H1", "2026-01-27T05:15", "UTC", "Exercise Post Charlie (invented)",
        Point(1_200_000, 400_000), "EXERCISE. Small-arms fire reported towards Exercise Post Charlie. Nobody was hurt.",
    ))  # fmt: skip
    present = ("party-1", "mediator-1", "mediator-2")  # the witness of Party 2 has stayed away since the first case
    cosign(stage.desk, present)
    with stage.desk.drawing(stage.entropy):
        witnessing.note_absences(stage.desk, stage.now())
    cosign(stage.desk, present)
    told("c")
    return {"a": first, "b": second, "c": third}


def _first(stage: Stage) -> str:
    """A: from complaint to a verified measure."""
    case = complain(stage, Plot(
        "liaison/1", "party-1", "party-2", "P-01", "H1", "2026-01-04T22:40", "UTC", "Exercise Post Alpha (invented)",
        Point(-1_000_000, -300_000),
        "EXERCISE. Small-arms fire reported for ten minutes towards Exercise Post Alpha. Nobody was hurt.",
    ))  # fmt: skip
    held = _held(
        stage, case, "balance_of_probabilities", "EXERCISE. Firing from the side of Party 2 is held established.",
        "2026-01-04T22:45|UTC|Exercise Post Alpha (invented)|H1|EXERCISE. The team heard about ten shots.",
    )  # fmt: skip
    stage.wait("PT3H", "exercise: three hours pass")
    stage.do("mediator/1", threads(stage, case), lambda s, by, now: triage.admit(
        s, case, "reasonable_suspicion", "EXERCISE. Two monitors heard the firing.", by, now))  # fmt: skip
    stage.refused("mediator/1", threads(stage, case), lambda s, by, now: adoption.adopt(s, case, (held,), by, now))
    stage.wait("P2D", "exercise: two days pass")
    reply(stage, case, "liaison/2", "EXERCISE. Our post fired two warning shots; we regret it.")
    deposit(stage, case, "liaison/2", "committee-statement-ur.txt", "EXERCISE. Statement of a local committee.")
    stage.wait("P1D", "exercise: a day passes")
    reply(stage, case, "liaison/1", "EXERCISE. We counted more than two shots.")
    stage.wait("P1D", "exercise: a day passes")
    found(stage, case, "mediator/1", "mediator/2", held)
    stage.wait("P2D", "exercise: the panel deliberates")
    measure = ruled(stage, case, "mediator/1", "mediator/2", "EXERCISE. The facts held are a breach of the provision.")
    stage.wait("P3D", "exercise: three days pass")
    for item in stage.desk.standing(threads(stage, case)).measures[measure].imposed.items:
        reporter = "liaison/2" if item.executor == "party-2" else "mediator/2"
        stage.do(reporter, threads(stage, case), lambda s, by, now, item=item: imposing.report_compliance(
            s, measure, item.id, "EXERCISE. Done as the measure asks.", by, now))  # fmt: skip
        stage.do("mediator/1", threads(stage, case), lambda s, by, now, item=item: imposing.verify_compliance(
            s, measure, item.id, True, "EXERCISE. The acceptance test is met.", by, now))  # fmt: skip
    stage.do("mediator/1", threads(stage, case), lambda s, by, now: triage.close(s, case, "complied", "", by, now))
    return case


def _second(stage: Stage) -> str:
    """B: quorum lost and made good; the same party again, so that the ladder has a precedent to count."""
    case = complain(stage, Plot(
        "liaison/1", "party-1", "party-2", "P-01", "H2", "2026-01-14T05:10", "UTC", "Stonebridge (invented)",
        Point(600_000, 100_000), "EXERCISE. Mortar fire reported at Stonebridge. Two members of a patrol died.", killed=2,
    ))  # fmt: skip
    held = _held(
        stage, case, "balance_of_probabilities", "EXERCISE. Mortar fire from the side of Party 2 is held established.",
        "2026-01-14T05:15|UTC|Stonebridge (invented)|H2|EXERCISE. The team heard three explosions.",
    )  # fmt: skip
    stage.do("mediator/2", threads(stage, case), lambda s, by, now: triage.admit(
        s, case, "reasonable_suspicion", "EXERCISE. Fragments were found.", by, now))  # fmt: skip
    deposit(stage, case, "liaison/1", "stonebridge.jpg", "EXERCISE. Photograph of the place, as taken.")
    deposit(stage, case, "liaison/2", "stonebridge-recycled.jpg", "EXERCISE. A picture said to be of another day.")
    deposit(stage, case, "monitor/1", "register-extract.pdf", "EXERCISE. Extract of a register.")
    stage.wait("P7D", "exercise: the reply clock runs out")
    stage.do("mediator/2", threads(stage, case), lambda s, by, now: replies.open_replies(s, case, by, now))
    stage.do("mediator/1", (), lambda s, by, now: seating.recuse(s, "EXERCISE. A family tie to a witness.", by, now))
    stage.refused("mediator/2", threads(stage, case), lambda s, by, now: adoption.adopt(s, case, (held,), by, now))
    stage.wait("P1D", "exercise: an alternate travels")
    alternate = stage.who("mediator/1b").key
    stage.do("secretariat/1", (), lambda s, by, now: seating.seat(s, alternate, "mediator-1", by, now))
    found(stage, case, "mediator/2", "mediator/1b", held)
    stage.wait("P2D", "exercise: the panel deliberates")
    ruled(stage, case, "mediator/2", "mediator/1b", "EXERCISE. The facts held are a breach of the provision.")
    stage.wait("P3D", "exercise: three days pass")
    return case


def _held(stage: Stage, case: str, standard: str, gist: str, heard: str) -> Held:
    """A finding that rests on the complaint and on an independent monitors' report, linked to the incident first."""
    incident = stage.desk.standing((f"case:{case}",)).cases[case].opened.incident
    report = _monitors_report(stage, heard)
    stage.do(
        "secretariat/1", (f"incident:{incident}", f"report:{report}"),
        lambda s, by, now: grouping.link(s, incident, report, "EXERCISE. Same place, same hour.", by, now),
    )  # fmt: skip
    complaint = stage.desk.standing((f"case:{case}",)).cases[case].opened.report
    return Held("i1", "established", standard, gist, "organ", tuple(sorted((complaint, report))), (), ())


def _monitors_report(stage: Stage, heard: str) -> str:
    """A monitor's own report of the same happening."""
    local, zone, toponym, code, account = heard.split("|")
    report = FieldReport(
        report_id=f"exercise-monitor-{local}", channel="monitor", source="Team Centre (invented)",
        origin="Team Centre (invented)", when=Moment(local, zone, "quarter"), where=Place(toponym), acts=(code,),
        account=account, language="en", sense="heard", first_hand=True, release="R1",
    )  # fmt: skip
    salts = stage.salts()
    return stage.do("monitor/1", (), lambda s, by, now: reports.file(s, report, by, now, salts)).receipt.sid
