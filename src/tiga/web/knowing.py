"""What is known of an incident, and how surely, as text in the reader's language: pages draw it, the command line prints it.

Rules
1. Everything is reckoned from the reports that the door shows its reader, and from the agreement. A report that the reader may
   not see changes nothing here.
2. Three answers, never one score. Words first; a number stands beside them for whoever asks, but never a number for actors
   where the words name none.
3. On a record of press claims nobody is named: no attribution attaches to a real incident. What hangs on an origin is then told
   for the other two answers alone.
4. Parties stand in the order that alternates by day; others after them, by id; `unknown` last. Nothing is put in order of size.
5. A grade is a person's judgement with author and time: the filer's own word, in the report, and what others entered since
   (`mechanism.grades`). Those that count are read together: of letter and digit each the latest that was given. What a
   liaison office says of the worth of its own report is no grade. Who filed a sealed report is not told to those who may not
   know it, and a grade that the door does not show its reader changes nothing for that reader.
6. Sources have the class of their channel. No agreement names agencies yet, so none is one.

Not done here: reckoning (`tiga.fusion`), loading (`access`), drawing (templates, `cli.incidents`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tiga.agreement import reading
from tiga.fusion.odds import TABLE_1
from tiga.fusion.posteriors import UNKNOWN, Posteriors, posteriors
from tiga.fusion.sensitivity import without
from tiga.fusion.voices import Judgement, Setting, Voice
from tiga.fusion.wording import Answer, answers, percent
from tiga.mechanism.grades import together
from tiga.mechanism.incidents import report_of
from tiga.values.moments import Instant
from tiga.values.words import pick, say
from tiga.web.grids import slug

if TYPE_CHECKING:
    from tiga.agreement.clauses import Agreement
    from tiga.web.access import Door
    from tiga.web.sights import GradeView, Happening, ReportView

Entered = Mapping[str, "tuple[GradeView, ...]"]
"""The grades that count, by report, oldest first."""
PRESS = "press"
LIAISON = "liaison"
QUESTIONS = ("happened", "what", "who")
DAY_MS = 86_400_000
VOICES_MAX = 60
"""Origins that are listed, the first by name. Where there are more, none is left out in turn: no single one would decide."""
COPIES_MAX = 40
"""Pairs of copies that are listed."""
SHARES_MAX = 12
"""Rows of the numbers of one answer."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A share by name, in whole percent as a number and as text."""

    name: str
    value: int
    text: str


@dataclass(frozen=True, slots=True)
class Told:
    """One of the three answers: the question, its rows of words, and the numbers on demand."""

    question: str
    heading: str
    rows: tuple[str, ...]
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Heard:
    """An origin as it counts: its name, class in words, number of reports, and how it stands to what it says."""

    name: str
    source_class: str
    reports: int
    sayings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Left:
    """An origin, and the rows of those answers that would be others without it."""

    name: str
    rows: tuple[str, ...]

    @property
    def decisive(self) -> bool:
        return bool(self.rows)


@dataclass(frozen=True, slots=True)
class Known:
    """All that is told: `chain` are the numbers of reports, publishers, independent origins and voices."""

    chain: tuple[int, int, int, int]
    contradictory: bool
    answers: tuple[Told, ...]
    heard: tuple[Heard, ...]
    without: tuple[Left, ...]
    copies: tuple[str, ...]
    grades: tuple[str, ...]
    unsupported: str
    table: str

    @property
    def decisive(self) -> tuple[Left, ...]:
        return tuple(row for row in self.without if row.decisive)


def setting(agreement: Agreement, happening: Happening, entered: Entered) -> Setting:
    """What is known beside the claims: from the agreement, from the reports that they are made of, and their grades."""
    by_claim = happening.by_claim
    judged = {
        view.sid: one for view in happening.reports if (one := _judged(view, entered.get(view.sid, ()))) is not None
    }
    return Setting(
        parties=tuple(party.id for party in agreement.parties),
        groups=tuple(group.id for group in agreement.groups),
        accounts={name: view.report.account for name, view in by_claim.items()},
        parents={act.code: act.parent for act in agreement.acts},
        judgements=tuple(
            replace(judged[view.sid], claim_id=name) for name, view in by_claim.items() if view.sid in judged
        ),
        first_fire={name: view.report.first_fire for name, view in by_claim.items() if view.report.first_fire},
    )


def _judged(view: ReportView, entered: Sequence[GradeView]) -> Judgement | None:
    """What the grades of a report come to, by whoever gave the last; None where they weigh nothing."""
    own = ((view.report.reliability, view.report.credibility),) if _graded(view) else ()
    letter, digit = together((*own, *((row.reliability, row.credibility) for row in entered)))
    by, at_ms = (entered[-1].by, entered[-1].at.ms) if entered else (view.by, view.at_ms)
    return Judgement("", letter, digit, by, at_ms) if letter or digit else None


def read(door: Door, happening: Happening) -> Posteriors | None:
    """What is read from the reports that still stand, by the table; None where none does."""
    return _read(happening, setting(door.agreement, happening, door.grading.counting(happening.reports)))


def _read(happening: Happening, beside: Setting) -> Posteriors | None:
    return posteriors(happening.left, beside) if happening.left else None


def known(door: Door, happening: Happening, language: str) -> Known | None:
    """What is known of a happening to the door's reader; None where no report of it still stands."""
    entered = door.grading.counting(happening.reports)
    beside = setting(door.agreement, happening, entered)
    found = _read(happening, beside)
    if found is None:
        return None
    named, order = _named(door, language), _order(door)
    attributed = door.scope != PRESS
    told = answers(found, language, named=named, order=order)
    standing = happening.standing
    return Known(
        (standing.reports, len(standing.publishers), len(standing.origins), len(found.voices)),
        found.only_parties_contradictory,
        tuple(_told(question, told, found, attributed, named, order, language) for question in QUESTIONS),
        tuple(_heard(voice, named, language) for voice in found.voices[:VOICES_MAX]),
        _without(found, beside, told, attributed, named, order, language),
        _copies(happening, language),
        _grades(happening, entered, language),
        say("posterior.unsupported", language, needed=TABLE_1.independent_min) if found.unsupported else "",
        found.table,
    )


def _graded(view: ReportView) -> bool:
    return view.report.channel != LIAISON and bool(view.report.reliability or view.report.credibility)


def _named(door: Door, language: str) -> Callable[[str], str]:
    """The name of an actor or a voice by its id, as this reader calls it, or of an act by its code."""
    audience = "own" if door.reader.role == LIAISON else "neutral"

    def name(id: str) -> str:
        if id == UNKNOWN:
            return say("known.unknown", language)
        if not id:
            return say("known.root", language)
        if act := door.agreement.act(id):
            return f"{id} {pick(act.label, language)[0]}"
        own = audience if id == door.reader.component else "neutral"
        return reading.display(door.agreement, id, own, language)[0]

    return name


def _order(door: Door) -> tuple[str, ...]:
    turn = door.now.ms // DAY_MS
    return (*(party.id for party in reading.order(door.agreement, turn)), *(row.id for row in door.agreement.groups))


def _told(
    question: str, told: Sequence[Answer], found: Posteriors, attributed: bool, named: Callable[[str], str],
    order: Sequence[str], language: str,
) -> Told:  # fmt: skip
    """One answer with its numbers: none for whom it was where nobody is named for a rule's sake."""
    heading = say(f"known.{question}", language)
    if question == "who" and not attributed:
        return Told(question, heading, (say("known.withheld", language),), ())
    said = _said(told, question)
    if question == "happened":
        shares = [(say("known.it_happened", language), found.happened.ppm)]
    elif question == "what":
        shares = [(named(act.code), act.ppm) for act in found.acts if len(found.acts) > 1]
    elif not any(row.subject for row in said):
        shares = []
    else:
        ends = {name: at for at, name in enumerate(order)}
        ranked = sorted(found.attributed, key=lambda s: (s.name == UNKNOWN, ends.get(s.name, len(ends)), s.name))
        shares = [(named(share.name), share.ppm) for share in ranked]
    return Told(
        question,
        heading,
        tuple(row.text for row in said),
        tuple(_bar(name, ppm, language) for name, ppm in shares[:SHARES_MAX]),
    )


def _bar(name: str, ppm: int, language: str) -> Bar:
    return Bar(name, int(percent(ppm)), percent(ppm, language))


def _heard(voice: Voice, named: Callable[[str], str], language: str) -> Heard:
    reports = {report_of(claim.claim_id) for claim in voice.claims}
    stances = sorted({claim.stance for claim in voice.claims})
    name = named(voice.origin) if any(claim.party == voice.origin for claim in voice.claims) else voice.origin
    return Heard(
        name, say(f"source_class.{voice.source_class}", language), len(reports),
        tuple(say(f"stance.{stance}", language) for stance in stances),
    )  # fmt: skip


def _without(
    found: Posteriors, beside: Setting, told: Sequence[Answer], attributed: bool, named: Callable[[str], str],
    order: Sequence[str], language: str,
) -> tuple[Left, ...]:  # fmt: skip
    """What would be read otherwise with each origin left out in turn; nothing where there is one alone, or too many."""
    if not 2 <= len(found.voices) <= VOICES_MAX:
        return ()
    questions = QUESTIONS if attributed else QUESTIONS[:2]
    left = []
    for one in without(found.voices, beside):
        said = answers(one.left, language, named=named, order=order)
        changed = [
            question
            for question in questions
            if _concluded(one.left, said, question) != _concluded(found, told, question)
        ]
        rows = tuple(row.text for question in changed for row in _said(said, question))
        left.append(Left(named(one.origin) if one.origin in beside.parties else one.origin, rows))
    return tuple(left)


def _said(told: Sequence[Answer], question: str) -> tuple[Answer, ...]:
    return tuple(row for row in told if row.question == question)


def _concluded(found: Posteriors, told: Sequence[Answer], question: str) -> tuple[object, ...]:
    """What an answer comes to, whatever its words: of what, how firmly, and if only the parties speak of it."""
    contradictory = question == "who" and found.only_parties_contradictory
    return contradictory, *((row.subject, row.standard) for row in _said(told, question))


def _copies(happening: Happening, language: str) -> tuple[str, ...]:
    """The pairs of reports that were taken for copies, by their numbers on the page, and by what."""
    numbers = {view.sid: (at, view.speaker) for at, view in enumerate(happening.reports, 1)}
    found = dict.fromkeys((report_of(copy.left), report_of(copy.right), copy.by) for copy in happening.copies)
    rows = []
    for left, right, by in found:
        if left != right:
            (a, first), (b, second) = sorted((numbers[left], numbers[right]))
            rows.append(say(f"known.copy_{by}", language, a=a, first=first, b=b, second=second))
    return tuple(rows[:COPIES_MAX])


def _grades(happening: Happening, entered: Entered, language: str) -> tuple[str, ...]:
    """The grades that count, report by report, the filer's own word first, as far as this reader may know who gave them."""
    rows = []
    for at, view in enumerate(happening.reports, 1):
        if view.discredited or view.withdrawn:
            continue
        told = {"n": at, "who": view.speaker}
        if _graded(view):
            own = graded(view.report.reliability, view.report.credibility, view.by, Instant(view.at_ms), language)
            rows.append(say("known.graded", language, **told, grade=own))
        for row in entered.get(view.sid, ()):
            given = graded(row.reliability, row.credibility, row.by, row.at, language)
            rows.append(say("known.graded_because", language, **told, grade=given, reason=row.reason))
    return tuple(rows)


def graded(reliability: str, credibility: str, by: str, at: Instant, language: str) -> str:
    """A grade in one line: letter and digit, who gave it (empty where that is sealed), and when."""
    return say(
        "posterior.grade", language, grade=f"{reliability or '–'}{credibility or '–'}",  # one run: it reads letter first
        by=slug(by) or say("known.filer_sealed", language), date=at.local("UTC")[:10],
    )  # fmt: skip
