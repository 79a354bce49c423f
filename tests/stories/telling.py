"""What several stories need: a record with invented parties in the tests' database, people who act on it through the door
of the pages, and what each kind of reader gets. The press record is imported as the pages import it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from tests.store import kept
from tiga.agreement import reading
from tiga.agreement.clauses import Agreement
from tiga.cli import exercise
from tiga.drafts import FieldReport, Harm
from tiga.mechanism import affairs, casedeeds, charter, reports
from tiga.mechanism.acts import Actor, Decision, Outcome, Refusal
from tiga.mechanism.asks import Given
from tiga.mechanism.deciders import adoption, complaints, grouping, imposing, replies, ruling, triage
from tiga.mechanism.findings import Held
from tiga.mechanism.standing import Standing
from tiga.record import canonical
from tiga.store import clockrun, founding, opening, projections, queries
from tiga.store.desk import Desk, Done
from tiga.values.moments import Instant, Moment
from tiga.values.places import Place, Point
from tiga.web.access import Absent, Door
from tiga.web.sights import CaseView, Happening

SIDES = ("liaison-1", "liaison-2", "mediator-1", "mediator-2", "secretariat", "monitor")
OUTSIDE = ("public", "analyst")
EVERYBODY = (*SIDES, *OUTSIDE)
PLACES = kept.READERS | {
    "mediator-1": ("mediator", "mediator-1", "mediator/1"), "mediator-2": ("mediator", "mediator-2", "mediator/2"),
}  # fmt: skip
SLUGS = {name: place[2] for name, place in PLACES.items()}
FAR = Point(1_200_000, 9_000_000)
"""A point of the open ocean, far from the invented line, on the bank of Party 1."""
Told = str | tuple[str, ...]


@dataclass
class Tale:
    """A record on which a story is told."""

    stage: exercise.Stage

    @property
    def desk(self) -> Desk:
        return self.stage.desk

    def door(self, who: str) -> Door:
        return kept.door(self.desk, *PLACES[who])

    def do(self, who: str, name: str, sid: str = "", /, **given: Told) -> str:
        """A deed that must be entered; returns the sid of its first entry."""
        result = self._deed(who, name, sid, given)
        assert isinstance(result, Done), (who, name, result)
        return result.receipt.sid

    def refused(self, who: str, name: str, sid: str = "", /, **given: Told) -> str:
        """The code with which a deed is refused; empty where it was entered."""
        result = self._deed(who, name, sid, given)
        return result.code if isinstance(result, Refusal) else ""

    def _deed(self, who: str, name: str, sid: str, given: dict[str, Told]) -> object:
        deed = affairs.DEEDS.get(name) or casedeeds.BY_NAME[name]
        assert set(given) <= {ask.name for ask in deed.asks}, (name, given)
        door = self.door(who)
        door.entropy = self.stage.entropy
        with self.desk.drawing(self.stage.entropy):
            return door.deeds.do(deed, sid, Given(given))

    def act(self, who: str, threads: tuple[str, ...], verb: Callable[[Standing, Actor, Instant], Outcome]) -> Done:
        return self.stage.do(SLUGS[who], threads, verb)

    def fails(self, who: str, threads: tuple[str, ...], verb: Callable[[Standing, Actor, Instant], Outcome]) -> str:
        return self.stage.refused(SLUGS[who], threads, verb).code

    def wait(self, span: str) -> None:
        self.stage.wait(span, "EXERCISE. Time passes.")

    def clocks(self) -> clockrun.Run:
        """The clock run, as the host makes it every few minutes."""
        return clockrun.run(self.desk, self.stage.now())

    def at(self, minutes: int = 0) -> str:
        return Instant(self.stage.now().ms + minutes * 60_000).text()

    # ---- reports, cases

    def file(self, who: str, drawn: FieldReport) -> str:
        salts = self.stage.salts()
        return self.act(who, (), lambda s, by, now: reports.file(s, drawn, by, now, salts)).receipt.sid

    def group(self, *sids: str) -> str:
        """Adopt these reports as one incident."""
        views = [view.report for view in kept.reports(self.desk) if view.sid in sids]
        earliest, latest = min(one.when.earliest for one in views), max(one.when.latest for one in views)
        acts = tuple(sorted({code for one in views for code in one.acts}))
        return self.act(
            "secretariat", tuple(f"report:{sid}" for sid in sids),
            lambda s, by, now: grouping.open_incident(s, sids, earliest, latest, acts, by, now),
        ).receipt.sid  # fmt: skip

    def link(self, case: str, *sids: str) -> None:
        """Link reports to the incident of a case."""
        incident = self.case(case).case.opened.incident
        for sid in sids:
            self.act(
                "secretariat", (f"incident:{incident}", f"report:{sid}"),
                lambda s, by, now, sid=sid: grouping.link(s, incident, sid, "EXERCISE. The same.", by, now),
            )  # fmt: skip

    def complain(self, who: str, drawn: FieldReport, *provisions: str, questions: tuple[str, ...] = ()) -> str:
        """A complaint against the other side; returns the case."""
        other = {"party-1": "party-2", "party-2": "party-1"}[drawn.party]
        filed = complaints.Complaint(drawn, provisions[0], other, self.stage.salts(), provisions[1:], questions)
        return self.act(who, (), lambda s, by, now: complaints.complain(s, filed, by, now)).receipts[2].sid

    def threads(self, case: str) -> tuple[str, ...]:
        return queries.case_threads(self.desk, case)

    def admit(self, case: str) -> None:
        self.act("mediator-1", self.threads(case), lambda s, by, now: triage.admit(
            s, case, "reasonable_suspicion", "EXERCISE. Enough to look into it.", by, now))  # fmt: skip

    def reply(self, who: str, case: str, text: str) -> None:
        salts = self.stage.salts()
        self.act(who, self.threads(case), lambda s, by, now: replies.reply(s, case, text, "en", by, now, salts))

    def open_replies(self, case: str) -> None:
        self.act(
            "secretariat", self.threads(case), lambda s, by, now: replies.open_replies(s, case, by, now)
        )  # fmt: skip

    def hold(self, case: str, *held: Held) -> str:
        """A finding with both mediators' signatures."""
        sid = self.act("mediator-1", self.threads(case), lambda s, by, now: adoption.adopt(s, case, held, by, now))
        self.sign(case, sid.receipt.sid)
        return sid.receipt.sid

    def not_held(self, case: str, *held: Held) -> str:
        """The code with which a finding is refused."""
        return self.fails("mediator-1", self.threads(case), lambda s, by, now: adoption.adopt(s, case, held, by, now))

    def sign(self, case: str, paper: str) -> None:
        self.act("mediator-2", self.threads(case), lambda s, by, now: ruling.sign(s, paper, by, now))

    def rule(self, case: str, **ruled: str) -> None:
        sid = self.act("mediator-1", self.threads(case), lambda s, by, now: ruling.issue(
            s, case, ruled, "EXERCISE. Reasons.", by, now)).receipt.sid  # fmt: skip
        self.sign(case, sid)

    def impose(self, case: str, issue: str) -> str:
        sid = self.act("mediator-1", self.threads(case), lambda s, by, now: imposing.impose(
            s, case, issue, by, now)).receipt.sid  # fmt: skip
        self.sign(case, sid)
        return sid

    def close(self, case: str, reason: str) -> None:
        self.act("mediator-1", self.threads(case), lambda s, by, now: triage.close(s, case, reason, "", by, now))

    # ---- what is read

    def case(self, sid: str, who: str = "secretariat") -> CaseView:
        return self.door(who).case(sid)

    def readers(self, sid: str) -> tuple[str, ...]:
        """Who sees a case."""
        return tuple(who for who in EVERYBODY if _sees(self.door(who), sid))

    def violations(self) -> dict[str, int]:
        """What the record holds against each party: violations in determinations in force."""
        standing = self.desk.whole()
        ruled = [row for own in standing.determinations.values() if own.in_force for row in own.ruled]
        return {
            party.id: sum(row.party == party.id and row.disposition == "violation" for row in ruled)
            for party in self.door("secretariat").agreement.parties
        }

    def happening(self, report: str, who: str = "secretariat") -> Happening:
        """The grouping or incident that holds a report."""
        (found,) = [row for row in self.door(who).happenings() if report in {view.sid for view in row.reports}]
        return found

    def facts(self, who: str, concept: str, sid: str) -> list[tuple[str, str]] | None:
        """(code, value) of what a reader sees of an affair; None where there is none for that reader."""
        try:
            return [(fact.code, fact.value) for fact in self.door(who).affair(concept, sid).it.facts]
        except Absent:
            return None


def _sees(door: Door, sid: str) -> bool:
    try:
        door.case(sid)
    except Absent:
        return False
    return True


def account(
    name: str, local: str, codes: tuple[str, ...], party: str = "", channel: str = "", **more: object
) -> FieldReport:
    """A report of something invented: of a liaison office where a party is named, else of monitors."""
    drawn = FieldReport(
        report_id=name, channel=channel or ("liaison" if party else "monitor"),
        source=f"liaison office of {party}" if party else "Team Centre (invented)",
        origin=f"liaison office of {party}" if party else "Team Centre (invented)", party=party,
        when=Moment(local, "UTC", "quarter"), where=Place("Exercise Post (invented)", "Latn", FAR, 1500, "exercise map"),
        acts=codes, account=f"EXERCISE. {name}: an invented account of an invented happening.", language="en",
    )  # fmt: skip
    return replace(drawn, **more)  # type: ignore[arg-type]


def dead(low: int, high: int = 0, status: str = "civilian") -> tuple[Harm, ...]:
    return (Harm("killed", status, low, high or low),)


def held(issue: str, holding: str = "not_established", standard: str = "reasonable_suspicion", **more: object) -> Held:
    row = Held(issue, holding, standard, f"EXERCISE. What is held on {issue}.")
    return replace(row, **more)  # type: ignore[arg-type]


@contextmanager
def told(blocker: object, change: Callable[[Agreement], Agreement] = lambda made: made) -> Iterator[Tale]:
    """An exercise under the example agreement, perhaps changed, with both parties and both mediators seated."""
    with kept.filled(blocker, "exercise"):
        projections.create("exercise")
        found = kept.desk("exercise")
        version = change(founding.version_for(kept.agreement(), "exercise")[0])
        data, start = canonical.encode(reading.canonical(version)), kept.STARTS["exercise"]
        keys, rules = opening.demo_keys("exercise"), opening.demo_founding("exercise")
        laid = charter.found(found.origin, "Exercise", "exercise", keys, start, rules)
        assert isinstance(laid, Decision)
        assert isinstance(found.found(laid, [data]), Done)
        sha256 = reading.digest(version, canonical.encode)
        adopted = found.act(
            (), lambda s: charter.adopt_agreement(s, version.id, version.version, sha256, len(data), start),
            Actor("", "registrar"),
        )  # fmt: skip
        assert isinstance(adopted, Done)
        tale = Tale(exercise.Stage(found, exercise.DemoEntropy("stories")))
        for slug, component in (
            ("liaison/1", "party-1"), ("liaison/2", "party-2"), ("mediator/1", "mediator-1"), ("mediator/2", "mediator-2"),
        ):  # fmt: skip
            key = tale.stage.who(slug).key
            tale.act("secretariat", (), lambda s, by, now, k=key, c=component: exercise.seating.seat(s, k, c, by, now))
        yield tale


PRESS = {
    "public": ("public", "", ""), "analyst": ("analyst", "", ""), "monitor": ("monitor", "", "monitor/1"),
    "mediator": ("mediator", "ankara", "mediator/1"), "secretariat": ("secretariat", "", "secretariat/1"),
    "islamabad": ("liaison", "islamabad", ""), "kabul": ("liaison", "kabul", ""),
}  # fmt: skip
"""Who reads the press record. What stands there is what the press reported: claims, each with its source."""


@contextmanager
def pressed(blocker: object) -> Iterator[Desk]:
    """The press record with the sample claims."""
    with kept.filled(blocker, "press"):
        found = kept.lay("press")
        kept.receive(found, "press-reports.csv", kept.sample("press-reports.csv"))
        yield found


def claimed(found: Desk, who: str, number: int) -> Happening:
    """The grouping that holds the press report of this number, as a reader sees it."""
    name = f"press-{number:03}"
    rows = kept.door(found, *PRESS[who]).happenings()
    (row,) = [row for row in rows if name in {view.report.report_id for view in row.reports}]
    return row


def numbers(happening: Happening) -> list[int]:
    """The numbers of the press reports of a grouping, in order."""
    return sorted(int(view.report.report_id.removeprefix("press-")) for view in happening.reports)
