"""What stories are told with: a record in the store, people who act through their own doors, and what each then reads.

Everything told is invented: Party 1 and Party 2, mediators without a country, places in the open ocean.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from tests.core.mechanism import desk as desks
from tests.core.mechanism.affairs.deeds import Told
from tests.store import kept
from tiga import shipped
from tiga.agreement import reading
from tiga.agreement.clauses import Agreement, exercise_of
from tiga.cli import exercise, yaml_nodes
from tiga.drafts import FieldReport
from tiga.mechanism import affairs, casedeeds, charter, reports
from tiga.mechanism.acts import Actor, Decision, Outcome, Refusal
from tiga.mechanism.asks import Given
from tiga.mechanism.cases import Case
from tiga.mechanism.deciders import adoption, complaints, grouping, imposing, marking, replies, ruling, seating, triage
from tiga.mechanism.findings import Held
from tiga.mechanism.release import Reader
from tiga.mechanism.standing import Standing
from tiga.record import canonical
from tiga.store import clockrun, opening, projections, queries
from tiga.store.desk import Done
from tiga.values.moments import Instant
from tiga.web.access import Absent, Door

PEOPLE = {slug: (role, component) for slug, role, component in opening.ROSTERS["exercise"]}
SIDES = ("liaison/1", "liaison/2", "mediator/1", "mediator/2", "secretariat/1", "monitor/1")
"""Everybody who reads R1."""
PANEL = ("liaison/1", "liaison/2", "mediator/1", "mediator/2")


@cache
def text(name: str) -> Agreement:
    """An agreement of the folder, as it is rehearsed."""
    path = shipped.folder("agreements") / name / "agreement.yaml"
    real = reading.agreement(yaml_nodes.load(path.read_bytes()).data)
    return exercise_of(real, reading.digest(real, canonical.encode))


def agreement(**changes: Any) -> Agreement:
    """The exercise's agreement, some of it changed."""
    return replace(text("doha-istanbul-2025"), **changes)


def authority(value: str) -> Agreement:
    plain = text("doha-istanbul-2025")
    return replace(plain, authority=replace(plain.authority, value=value))


class Scene(exercise.Stage):
    """The stage of the exercise, with doors."""

    # ---- reading

    def door(self, slug: str) -> Door:
        """Somebody's door now: by the slug of a key, or `public` and `analyst`."""
        role, component = PEOPLE.get(slug, (slug, ""))
        return Door(self.desk, Reader(role, component), self.who(slug) if slug in PEOPLE else None, self.now())

    def case(self, sid: str) -> Case:
        return self.standing(sid).cases[sid]

    def standing(self, case: str) -> Standing:
        return self.desk.standing(queries.case_threads(self.desk, case))

    def sees(self, slug: str, case: str) -> bool:
        try:
            self.door(slug).case(case)
        except Absent:
            return False
        return True

    def known(self, slug: str) -> list[str]:
        """The acts of all entries that somebody may know of, oldest first."""
        return [row.act for row in reversed(self.door(slug).acts(number=500))]

    def body(self, act: str) -> dict[str, Any]:
        """The body of the last entry of an act."""
        return dict([entry for entry in self.desk.ledger.entries() if entry.envelope.act == act][-1].envelope.body)

    def number(self, act: str) -> int:
        return sum(1 for entry in self.desk.ledger.entries() if entry.envelope.act == act)

    # ---- acting

    def deed(self, slug: str, name: str, sid: str = "", /, **given: Told) -> str:
        """A deed through somebody's door that must be entered; returns its sid."""
        result = self._deed(slug, name, sid, given)
        assert isinstance(result, Done), (slug, name, result)
        return result.receipt.sid

    def no(self, slug: str, name: str, sid: str = "", /, **given: Told) -> str:
        """The code of a deed's refusal; empty where it was entered."""
        result = self._deed(slug, name, sid, given)
        return result.code if isinstance(result, Refusal) else ""

    def _deed(self, slug: str, name: str, sid: str, given: dict[str, Told]) -> Any:
        deed = casedeeds.BY_NAME.get(name) or affairs.DEEDS[name]
        assert set(given) <= {ask.name for ask in deed.asks}, (name, given)
        return self.door(slug).deeds.do(deed, sid, Given(given))

    def code(self, slug: str, case: str, verb: Any) -> str:
        """The code with which an act on a case is refused; empty where it was entered."""
        by, now, wanted = self.who(slug), self.now(), queries.case_threads(self.desk, case) if case else ()
        result = self.desk.act(wanted, lambda s: verb(s, by, now), by)
        return result.code if isinstance(result, Refusal) else ""

    def on(self, slug: str, case: str, verb: Any) -> str:
        """An act on a case that must be entered."""
        return self.do(slug, queries.case_threads(self.desk, case), verb).receipt.sid

    def seat(self, *slugs: str) -> None:
        for slug in slugs:
            who = self.who(slug)
            self.do("secretariat/1", (), lambda s, by, now, who=who: seating.seat(s, who.key, who.component, by, now))

    def report(self, slug: str = "monitor/1", **told: Any) -> str:
        """File a report; returns its sid."""
        own = PEOPLE[slug][1] if slug.startswith("liaison") else ""
        usual = {"name": f"r{self.entropy.count}", "party": own, "channel": "liaison" if own else "monitor"}
        drawn, salts = desks.report(**(usual | told)), self.salts()
        return self.do(slug, (), lambda s, by, now: reports.file(s, drawn, by, now, salts)).receipt.sid

    def complain(
        self, slug: str, provision: str = "P-01", against: str = "", **told: Any
    ) -> str:  # fmt: skip
        """File a complaint; returns the case's sid."""
        done = self.do(slug, (), self._complaint(slug, provision, against, told))
        return done.receipts[2].sid

    def _complaint(self, slug: str, provision: str, against: str, told: dict[str, Any]) -> Any:
        party = PEOPLE[slug][1]
        respondent = against or {"party-1": "party-2", "party-2": "party-1"}[party]
        drawn: FieldReport = desks.report(**({"name": f"c{self.entropy.count}", "party": party} | told))
        complaint = complaints.Complaint(drawn, provision, respondent, self.salts())
        return lambda s, by, now: complaints.complain(s, complaint, by, now)

    def complain_refused(self, slug: str, provision: str, against: str, **told: Any) -> str:
        return self.code(slug, "", self._complaint(slug, provision, against, told))

    def link(self, case: str, report: str) -> None:
        """A report is taken into the incident of a case."""
        incident = self.case(case).opened.incident
        self.do(
            "secretariat/1", (f"incident:{incident}", f"report:{report}"),
            lambda s, by, now: grouping.link(s, incident, report, "EXERCISE. Same place, same hour.", by, now),
        )  # fmt: skip

    def incident(self, *sids: str) -> str:
        """Adopt reports as one incident."""
        views = [view for view in self.door("secretariat/1").reports() if view.sid in sids]
        earliest = min(view.report.when.earliest for view in views)
        latest = max(view.report.when.latest for view in views)
        acts = tuple({code for view in views for code in view.report.acts})
        return self.do(
            "secretariat/1", tuple(f"report:{sid}" for sid in sids),
            lambda s, by, now: grouping.open_incident(s, sids, earliest, latest, acts, by, now),
        ).receipt.sid  # fmt: skip

    def admit(self, case: str, slug: str = "mediator/1", standard: str = "reasonable_suspicion") -> None:
        self.on(slug, case, lambda s, by, now: triage.admit(s, case, standard, "EXERCISE. Looked at.", by, now))

    def answer(self, case: str, slug: str, words: str = "EXERCISE. A reply.") -> str:
        salts = self.salts()
        return self.on(slug, case, lambda s, by, now: replies.reply(s, case, words, "en", by, now, salts))

    def both_answer(self, case: str) -> None:
        for slug in ("liaison/1", "liaison/2"):
            self.answer(case, slug)

    def open_replies(self, case: str) -> None:
        self.on("secretariat/1", case, lambda s, by, now: replies.open_replies(s, case, by, now))

    def held(self, case: str, **changes: Any) -> Held:
        """What is held on the one issue, resting on the complaint's report alone, and saying so."""
        support = self.case(case).opened.report
        row = Held(
            "i1", "established", "balance_of_probabilities", "EXERCISE. Firing is held.", "organ", (support,),
            limitations=("single_source",),
        )  # fmt: skip
        return replace(row, **changes)

    def adopting(self, case: str, **changes: Any) -> Any:
        rows = (self.held(case, **changes),)
        return lambda s, by, now: adoption.adopt(s, case, rows, by, now)

    def sign(self, case: str, sid: str, slug: str = "mediator/2") -> None:
        self.on(slug, case, lambda s, by, now: ruling.sign(s, sid, by, now))

    def find(self, case: str, signers: tuple[str, ...] = ("mediator/1", "mediator/2"), **changes: Any) -> str:
        """A finding in force; returns its sid."""
        return self._signed(case, signers, self.adopting(case, **changes))

    def determine(
        self, case: str, disposition: str = "violation", signers: tuple[str, ...] = ("mediator/1", "mediator/2")
    ) -> str:
        ruled = {issue.id: disposition for issue in self.case(case).opened.issues}
        return self._signed(
            case, signers, lambda s, by, now: ruling.issue(s, case, ruled, "EXERCISE. Reasons.", by, now)
        )

    def impose(self, case: str, signers: tuple[str, ...] = ("mediator/1", "mediator/2")) -> str:
        return self._signed(case, signers, lambda s, by, now: imposing.impose(s, case, "i1", by, now))

    def put(self, case: str, name: str, signers: tuple[str, ...] = ("mediator/1", "mediator/2"), **given: Told) -> str:
        """A paper put as a deed, and signed by the others."""
        sid = self.deed(signers[0], name, case, **given)
        for slug in signers[1:]:
            self.sign(case, sid, slug)
        return sid

    def _signed(self, case: str, signers: tuple[str, ...], verb: Any) -> str:
        sid = self.on(signers[0], case, verb)
        for slug in signers[1:]:
            self.sign(case, sid, slug)
        return sid

    def comply(self, case: str, measure: str) -> None:
        """Each item is reported by its executor and verified."""
        for item in self.standing(case).measures[measure].imposed.items:
            slug = {"party-1": "liaison/1", "party-2": "liaison/2"}.get(item.executor, "mediator/1")
            slug = "liaison/1" if item.executor == "both_parties" else slug
            self.on(slug, case, lambda s, by, now, item=item: imposing.report_compliance(
                s, measure, item.id, "EXERCISE. Done.", by, now))  # fmt: skip
            self.on("mediator/1", case, lambda s, by, now, item=item: imposing.verify_compliance(
                s, measure, item.id, True, "EXERCISE. Seen.", by, now))  # fmt: skip

    def close(self, case: str, reason: str, slug: str = "mediator/1") -> None:
        self.on(slug, case, lambda s, by, now: triage.close(s, case, reason, "", by, now))

    def closing(self, case: str, reason: str) -> str:
        return self.code("mediator/1", case, lambda s, by, now: triage.close(s, case, reason, "", by, now))

    def discredit(self, report: str, ground: str) -> Done:
        return self.do(
            "secretariat/1", queries.report_threads(self.desk, report),
            lambda s, by, now: marking.discredit(s, report, ground, by, now),
        )  # fmt: skip

    def run_clock(self) -> clockrun.Run:
        return clockrun.run(self.desk, self.now())

    def clock(self, case: str, name: str, whose: str = "") -> str:
        """The state of a clock as everybody of R1 reads it."""
        states = set()
        for slug in SIDES:
            door = self.door(slug)
            rows = [row for row in door.case(case).clocks if row.name == name and whose in ("", row.whose)]
            states.add(rows[0].state(door.now))
        (state,) = states
        return state

    def due(self, case: str, name: str, whose: str = "") -> Instant:
        rows = self.door("mediator/1").case(case).clocks
        return next(row.due for row in rows if row.name == name and whose in ("", row.whose))

    def until(self, at: Instant, minutes: int = 0) -> None:
        """Move the exercise's clock to an instant, or some minutes off it."""
        by, now, to = self.who("secretariat/1"), self.now(), Instant(at.ms + minutes * 60_000)
        outcome: Any = self.desk.act((), lambda s: charter.advance(s, to, "exercise: time passes", by, now), by)
        assert isinstance(outcome, Done), outcome


def lay(text: Agreement) -> Scene:
    """Found the exercise's record, which must be empty, with an agreement as it is."""
    projections.create("exercise")
    desk, start = kept.desk("exercise"), exercise.START
    sha256, data = reading.digest(text, canonical.encode), canonical.encode(reading.canonical(text))
    keys, rules = opening.demo_keys("exercise"), opening.demo_founding("exercise")
    founding: Outcome = charter.found(desk.origin, "Exercise", "exercise", keys, start, rules)
    assert isinstance(founding, Decision)
    desk.found(founding, [data])
    adopted = desk.act(
        (),
        lambda s: charter.adopt_agreement(s, text.id, text.version, sha256, len(data), start),
        Actor("", "registrar"),
    )
    assert isinstance(adopted, Done), adopted
    return Scene(desk, exercise.DemoEntropy("story"))


@contextmanager
def told(blocker: object, text: Agreement | None = None, seated: tuple[str, ...] = PANEL) -> Iterator[Scene]:
    """A scene with a seated panel; what it leaves is what its readers would find after a rebuild."""
    with kept.filled(blocker, "exercise"):
        scene = lay(text or agreement())
        scene.seat(*seated)
        yield scene
        assert kept.rebuilt_equals_live(scene.desk)


@pytest.fixture(scope="module")
def founded(django_db_setup: None, django_db_blocker: object) -> Iterator[Scene]:
    """A scene that the tests of a module begin from; each takes back what it told in it."""
    with told(django_db_blocker) as scene:
        yield scene
