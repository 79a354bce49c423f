"""A dispute played in memory: acts as they were written down, through the deciders, onto a book in memory.

Rules
1. An act says who does what, on what, with what given, at which instant; nothing of it hangs on what came of others but the
   ids of entries, which are told by act and place (`@3.1`). So the same acts can be played again, under another text.
2. It takes the way of every act: asks are looked at, the decider decides on the whole standing, author and registrar sign,
   the book admits, the fold takes it in. What is refused stays in what came of it, with code, clause and values.
3. Its parties, people and words are invented, its keys are handed in, and nothing of it is kept.
4. The clock run is an act of the registrar's, `clock.run`: all clocks that ran out by then, in the order in which they did.

Not done here: choosing acts (`scripts`), telling outcomes apart (`impartial`).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from tiga.agreement import reading
from tiga.agreement.clauses import Agreement
from tiga.drafts import FieldReport
from tiga.mechanism import affairs, aftermath, asks, casedeeds, charter, deadlines, reports
from tiga.mechanism.acts import Actor, Decision, Outcome, Refusal
from tiga.mechanism.aftermath import SIDES, Log, Plain
from tiga.mechanism.asks import Deed, Given
from tiga.mechanism.deciders import (
    adoption,
    clockwork,
    complaints,
    imposing,
    marking,
    proceedings,
    replies,
    ruling,
    seating,
    triage,
)
from tiga.mechanism.findings import Held
from tiga.mechanism.standing import Standing
from tiga.record import canonical
from tiga.record.book import MemoryBook, Submission
from tiga.record.ed25519 import SignatureCheck
from tiga.record.entries import Entry
from tiga.record.notes import Signer, sign_note
from tiga.values.moments import Instant, Moment
from tiga.values.places import Place

ORIGIN = "tiga.example/exercise"
WORDS = "EXERCISE. Invented."
NOBODY = "x" * 43
"""The id of what is not there."""
_LABEL = re.compile(r"@\d+\.\d+")
_KEY = re.compile(r"key:([a-z0-9-]+)")
DRAWS = 6
DEEDS: Mapping[str, Deed] = {**casedeeds.BY_NAME, **affairs.DEEDS}
Draws = tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Act:
    """An act of a dispute: its number, who does it (`liaison-1`), which deed, on which object (a label or a key's name), what
    is given, when."""

    number: int
    who: str
    deed: str
    at: Instant
    on: str = ""
    given: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Text:
    """An agreement to be played under, with the SHA-256 and the length of its canonical bytes."""

    agreement: Agreement
    sha256: str
    length: int


def text(agreement: Agreement) -> Text:
    """An agreement made ready: hashed once, played often."""
    return Text(
        agreement, reading.digest(agreement, canonical.encode), len(canonical.encode(reading.canonical(agreement)))
    )


@dataclass(frozen=True, slots=True)
class Crew:
    """The keys of a rehearsal, handed in: the log's, one for each person by slug, and the check of signatures."""

    log: Signer
    signers: Mapping[str, Signer]
    check: SignatureCheck


def people(agreement: Agreement) -> dict[str, tuple[str, str]]:
    """Who takes part, (role, component) by slug: an officer of each party, each mediator with an alternate, the staff."""
    rows = {f"liaison-{number}": ("liaison", party) for number, party in enumerate(SIDES, 1)}
    for state in agreement.mediators:
        rows |= {state.id: ("mediator", state.id), f"{state.id}b": ("mediator", state.id)}
    return rows | {role: (role, "") for role in ("registrar", "secretariat", "monitor")}


def mirrored(act: Act) -> Act:
    """The same act with the parties and their people exchanged."""
    given = {name: _other(value) for name, value in act.given.items()}
    return replace(act, who=_swapped(act.who), on=_swapped(act.on), given=given)


def _other(value: str | tuple[str, ...]) -> str | tuple[str, ...]:
    return _swapped(value) if isinstance(value, str) else tuple(map(_swapped, value))


def _swapped(text: str) -> str:
    return str(aftermath.normal({"": text}, exchange=True)[""])


class Stage:
    """A rehearsal under way: its book, the fold of all that was entered, and what each act led to."""

    def __init__(self, under: Text, crew: Crew, start: Instant) -> None:
        agreement, sha256 = under.agreement, under.sha256
        self.crew, self.people = crew, people(agreement)
        keys = {crew.signers[slug].key.name: crew.signers[slug].key for slug in self.people}
        self.book = MemoryBook(ORIGIN, crew.log, keys, crew.check)
        self.standing = Standing(ORIGIN, {sha256: agreement}, affairs=affairs.Affairs())
        self.log, self.now = Log(), start
        self.entries: list[Entry] = []
        self.sids: dict[str, str] = {}
        roster = tuple(charter.Key(crew.signers[slug].key.vkey, *self.people[slug], "server") for slug in self.people)
        registrar = Actor("", "registrar")
        self._must(charter.found(ORIGIN, "Invented", "exercise", roster, start), registrar)
        taken = charter.adopt_agreement(self.standing, agreement.id, agreement.version, sha256, under.length, start)
        self._must(taken, registrar)
        by = self.actor("secretariat")
        for slug in (*(f"liaison-{n}" for n in (1, 2)), *(state.id for state in agreement.mediators)):
            self._must(seating.seat(self.standing, self.actor(slug).key, self.people[slug][1], by, start), by)
        self.founding = len(self.entries)

    def actor(self, slug: str) -> Actor:
        return Actor(f"{ORIGIN}/{slug}", *self.people[slug])

    def sid(self, text: str) -> str:
        """A text with its labels as the ids of this stage; what was not entered here has none."""
        if "@" in text:
            text = _LABEL.sub(lambda found: self.sids.get(found[0], NOBODY), text)
        return _KEY.sub(lambda found: f"{ORIGIN}/{found[1]}", text) if "key:" in text else text

    def perform(self, act: Act) -> tuple[str, ...]:
        """Do an act: the labels of what was entered, none where it was refused."""
        self.now = act.at
        on = self.sid(act.on)
        given = Given(
            {
                name: self.sid(value) if isinstance(value, str) else tuple(map(self.sid, value))
                for name, value in act.given.items()
            }
        )
        name = f"{act.number} {act.deed}"
        if act.deed == "clock.run":
            rows = [row for outcome in run_out(self.standing, act.at) for row in self._enter(act, outcome)]
            self.log.acts[name] = dict(rows)
            return ()
        by = self.actor(act.who)
        outcome = decided(self.standing, act, on, given, by, _draws(act.number))
        if isinstance(outcome, Refusal):
            self.log.acts[name] = aftermath.refused(outcome)
            return ()
        self.log.acts[name] = dict(self._enter(act, outcome, by))
        return tuple(self.log.labels[one.sid] for one in outcome.entries)

    def _enter(self, act: Act, outcome: Outcome, by: Actor | None = None) -> list[tuple[str, Plain]]:
        if isinstance(outcome, Refusal):
            return []
        entries, rows = self._must(outcome, by or Actor("", "registrar")), []
        for number, (one, entry) in enumerate(zip(outcome.entries, entries, strict=True)):
            place = self._clock(entry) if entry.envelope.act.startswith("clock.") or not by else str(number)
            self.log.labels[entry.sid] = f"@{act.number}.{place}"
            self.sids[f"@{act.number}.{place}"] = entry.sid
            self.log.released += [(entry.sid, row) for row in one.released]
            body = aftermath.body_of(self.standing, entry)
            rows.append((f"{place} {entry.envelope.act}", aftermath.entered(entry, body, one.threads, one.released)))
        return rows

    def _clock(self, entry: Entry) -> str:
        """The place of an entry on a clock, told by that clock: what is entered of several at one instant has no order."""
        body, own = entry.envelope.body, entry.envelope.case
        name, whose = body.get("name", "publish"), body.get("whose", "")
        return f"{name}.{whose}.{self.log.labels.get(body.get('of', own), '').removeprefix('@')}"

    def _must(self, outcome: Outcome, by: Actor) -> list[Entry]:
        """Sign and enter a decision; raises ValueError where an exercise of this agreement cannot even be founded."""
        if isinstance(outcome, Refusal):
            raise ValueError(f"{outcome.code} {dict(outcome.values)}")
        rows = []
        for one in outcome.entries:
            names = {"registrar"} | ({by.key.rsplit("/", 1)[1]} if by.key and not one.by_registrar else set())
            note = sign_note(one.envelope.text(), [self.crew.signers[name] for name in sorted(names)])
            rows.append(Submission(note, one.threads))
        made = [self.book.entry(receipt.index) for receipt in self.book.enter(rows, {})]
        for entry in made:
            self.standing.apply(entry)
        self.entries += made
        return made

    def outcome(self) -> Plain:
        """All that came of it so far."""
        return aftermath.of(self.standing, self.log, self.entries[self.founding :], self.now)


def play(under: Text, crew: Crew, acts: tuple[Act, ...]) -> Plain:
    """Play a dispute under a text, from one minute before its first act: what came of it."""
    stage = Stage(under, crew, Instant(acts[0].at.ms - 60_000))
    for act in acts:
        stage.perform(act)
    return stage.outcome()


def _draws(number: int) -> Draws:
    return tuple(hashlib.sha256(f"rehearsal {number} {n}".encode()).digest()[:16] for n in range(DRAWS))


# ---- deeds


def decided(standing: Standing, act: Act, on: str, given: Given, by: Actor, draws: Draws) -> Outcome:
    """What an act comes to: by the decider of the straight way, or by its deed as pages and command line do it."""
    verb = VERBS.get(act.deed)
    if verb is not None:
        return verb(standing, on, given, by, act.at, draws)
    deed = DEEDS[act.deed]
    return asks.fault(deed, given) or deed.do(standing, on, given, by, act.at, draws)


def run_out(standing: Standing, now: Instant) -> list[Outcome]:
    """What the clock run enters: every clock that ran out, then what may no longer be held back."""
    found = [("case", sid, clock) for sid, case in standing.cases.items() for clock in deadlines.clocks(standing, case)]
    for concept in affairs.CONCEPTS:
        for sid in concept.objects(standing):
            seen = concept.sight(standing, sid)
            found += [(concept.NAME, sid, clock) for clock in (seen.clocks if seen else ())]
    places = {sid: place for place, sid in enumerate(dict.fromkeys(row[1] for row in found))}
    found.sort(key=lambda row: (row[2].due, places[row[1]], row[2].name))
    held = [sid for _, sid, clock in found if clock.name == "publish" and clock.met is None and not clock.lapsed]
    return [
        *(clockwork.overdue(standing, concept, sid, clock, now) for concept, sid, clock in found),
        *(proceedings.publish(standing, sid, Given({}), Actor("", "registrar"), now, ()) for sid in held),
    ]


def _report(given: Given, party: str, channel: str, level: str, reporter: str = "") -> FieldReport:
    code, local = given.text("code"), given.text("local")
    return FieldReport(
        f"r-{local}", channel, "an invented office", Moment(local, "UTC", "quarter"), Place("Exercise Post", "Latn"),
        (code,), WORDS, "en", party=party, release=level, reporter=reporter,
    )  # fmt: skip


def _complain(standing: Standing, on: str, given: Given, by: Actor, now: Instant, draws: Draws) -> Outcome:
    report = _report(given, by.component, "liaison", given.text("level"))
    complaint = complaints.Complaint(
        report, given.text("provision"), given.text("respondent"), draws, given.many("further"), given.many("questions")
    )
    return complaints.complain(standing, complaint, by, now)


def _file(standing: Standing, on: str, given: Given, by: Actor, now: Instant, draws: Draws) -> Outcome:
    outcome = reports.file(standing, _report(given, "", "monitor", "R1", "watch 7"), by, now, draws)
    return outcome if isinstance(outcome, Refusal) else Decision(outcome.entries, outcome.reads)


def _adopt(standing: Standing, on: str, given: Given, by: Actor, now: Instant, draws: Draws) -> Outcome:
    """The same is held on every issue of a case; a question of fact is attributed to nobody."""
    case = standing.cases.get(on)
    rows = tuple(
        Held(
            issue.id, given.text("holding"), given.text("standard"), WORDS,
            "" if issue.question else given.text("attribution"), given.many("supports"),
            () if issue.question else given.many("factors"), given.many("limitations"), (WORDS,) * 4,
        ) for issue in (case.opened.issues if case else ())
    )  # fmt: skip
    return adoption.adopt(standing, on, rows, by, now)


def _issue(standing: Standing, on: str, given: Given, by: Actor, now: Instant, draws: Draws) -> Outcome:
    """The first breach is ruled on as given, any other as `others` says."""
    case = standing.cases.get(on)
    asked = [issue.id for issue in case.breaches] if case else []
    ruled = dict.fromkeys(asked, given.text("others")) | dict.fromkeys(asked[:1], given.text("disposition"))
    return ruling.issue(standing, on, ruled, WORDS, by, now)


Verb = Callable[[Standing, str, Given, Actor, Instant, Draws], Outcome]
VERBS: Mapping[str, Verb] = {
    "case.complain": _complain,
    "report.file": _file,
    "report.discredit": lambda s, on, given, by, now, draws: marking.discredit(s, on, WORDS, by, now),
    "case.admit": lambda s, on, given, by, now, draws: triage.admit(s, on, given.text("standard"), WORDS, by, now),
    "case.close": lambda s, on, given, by, now, draws: triage.close(s, on, given.text("reason"), "", by, now),
    "reply.seal": lambda s, on, given, by, now, draws: replies.reply(s, on, WORDS, "en", by, now, draws),
    "reply.open": lambda s, on, given, by, now, draws: replies.open_replies(s, on, by, now),
    "finding.adopt": _adopt,
    "finding.dissent": lambda s, on, given, by, now, draws: adoption.dissent(s, on, WORDS, by, now),
    "determination.issue": _issue,
    "measure.impose": lambda s, on, given, by, now, draws: imposing.impose(s, on, given.text("issue"), by, now),
    "signature.add": lambda s, on, given, by, now, draws: ruling.sign(s, on, by, now),
    "compliance.report": lambda s, on, given, by, now, draws: imposing.report_compliance(
        s, on, given.text("item"), WORDS, by, now
    ),
    "compliance.verify": lambda s, on, given, by, now, draws: imposing.verify_compliance(
        s, on, given.text("item"), given.yes("met"), WORDS, by, now
    ),
    "panel.seat": lambda s, on, given, by, now, draws: seating.seat(s, on, given.text("component"), by, now),
    "panel.recuse": lambda s, on, given, by, now, draws: seating.recuse(s, WORDS, by, now),
    "panel.notify": lambda s, on, given, by, now, draws: seating.notify(s, given.text("component"), by, now),
}
"""The straight way of a case and the panel's seats, which have forms of their own."""
