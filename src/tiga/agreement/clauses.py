"""The shape of an agreement file, version `tiga-agreement/1` (documented in docs/agreement-format.md).

Rules
1. Every rule that a mechanism follows is data here: no number, deadline, quorum or consequence is written in code.
2. Every term carries its `basis`, so that nobody takes a placeholder for an agreed text: `joint_statement`,
   `party_readout` (then `by` names the party), `press`, `placeholder` or `silent`.
3. What each side says that it agreed to stands beside the clause as a `Readout`, never merged into it.
4. The canonical bytes of the plain data are the version: their SHA-256 is what entries and explanations cite.

Not done here: checking references (`drafting`), answering what applied when (`reading`).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, fields, is_dataclass, replace
from typing import Any, cast

from tiga.agreement.grounds import Ground as Ground
from tiga.agreement.grounds import Settled as Settled
from tiga.agreement.grounds import Texts as Texts
from tiga.agreement.ladder import Step
from tiga.agreement.matching import Matching
from tiga.agreement.undertakings import Undertakings
from tiga.values.places import Point, ReferenceLine

FORMAT = "tiga-agreement/1"
BASES = ("joint_statement", "party_readout", "press", "placeholder", "silent")
STATUSES = ("illustrative", "draft", "in_force", "exercise")
KINDS = ("principle", "prohibition", "exemption", "obligation", "procedure")
AUTHORITIES = ("none", "advisory", "binding")
EXECUTORS = ("accused_party", "both_parties", "mediators")
REPLY_TO = ("complaint", "draft")
DEADLOCK_RULES = ("joint_ruling", "level_up", "none")
APPEAL_GROUNDS = ("new_evidence", "procedure", "standard", "proportionality")


@dataclass(frozen=True, slots=True)
class Party:
    """A bound side. `bank` is the bank of the reference line that is its side; `names` are display names per audience
    (`neutral` always; others, such as `own`, where a reader's own usage is known)."""

    id: str
    zone: str
    names: dict[str, Texts]
    bank: str = ""


@dataclass(frozen=True, slots=True)
class Mediator:
    """A facilitating state; `guarantor` where one side calls it so is told by the ground's readouts."""

    id: str
    zone: str
    names: dict[str, Texts]


@dataclass(frozen=True, slots=True)
class Group:
    """An armed group that a side has named: its neutral name and the aliases the sides use."""

    id: str
    names: dict[str, Texts]
    aliases: tuple[str, ...] = ()
    ground: Ground = field(default_factory=lambda: Ground("placeholder"))


@dataclass(frozen=True, slots=True)
class Window:
    """An interval in which somebody says an instrument applied: instants with offsets, or dates in a named zone.

    `by` is a party, a mediator or `agreed`. A date alone (`2025-10-19`) leaves that day open; an empty `until` means no
    end was named. `fixes` names an end that hangs on the moon or on an event, until a signed act fixes the date.
    """

    by: str
    start: str
    until: str = ""
    zone: str = ""
    ground: Ground = field(default_factory=lambda: Ground("placeholder"))
    fixes: str = ""


@dataclass(frozen=True, slots=True)
class Instrument:
    """A text in force over an interval; several may overlap."""

    id: str
    name: Texts
    windows: tuple[Window, ...]
    ground: Ground
    term: Texts = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Readout:
    """What somebody publicly said a clause says: `joint_statement` or a party, in our words, with its citation."""

    by: str
    text: Texts
    citation: str
    date: str = ""


@dataclass(frozen=True, slots=True)
class Clause:
    """One provision in our own words. `codes` are the acts it speaks of, `binds` whom, `within` a span for an
    obligation, `distance_m` a distance rule, `zone` an area of the agreement."""

    id: str
    kind: str
    text: Texts
    ground: Ground
    binds: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    instruments: tuple[str, ...] = ()
    readouts: tuple[Readout, ...] = ()
    zone: str = ""
    within: str = ""
    clock_zone: str = ""
    distance_m: int = 0


@dataclass(frozen=True, slots=True)
class Act:
    """A code of the act tree with its label and, for a leaf, its severity before any factor."""

    code: str
    label: Texts
    parent: str = ""
    severity: str = ""


@dataclass(frozen=True, slots=True)
class Area:
    """A zone of the agreement: `within_m` metres of the reference line, or the members named."""

    id: str
    text: Texts
    ground: Ground
    within_m: int = 0
    members: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Deadline:
    """A clock: within what span, told in which zone, under which clause."""

    id: str
    within: str
    zone: str
    clause: str
    ground: Ground


@dataclass(frozen=True, slots=True)
class Standard:
    """The standard of proof that a step needs: `purpose` is open_case, share_evidence, violation_<severity> or an
    attribution such as failed_to_prevent."""

    purpose: str
    level: str
    clause: str
    ground: Ground


@dataclass(frozen=True, slots=True)
class Seats:
    """How many of a component: in a quorum."""

    component: str
    number: int


@dataclass(frozen=True, slots=True)
class Quorum:
    """For an act: who must be seated and given the vote, and whose assent is needed (house ruling 5: an accused party's
    presence is counted, never its assent)."""

    act: str
    seated: tuple[Seats, ...]
    assent: tuple[Seats, ...]
    clause: str
    ground: Ground
    notices_if_absent: int = 0


@dataclass(frozen=True, slots=True)
class Shift:
    """A factor that moves the severity or the ladder step by `by` (negative: mitigates)."""

    factor: str
    by: int
    clause: str
    ground: Ground


@dataclass(frozen=True, slots=True)
class MeasureType:
    """What a measure asks: executor, what counts as done, by when, how long it lasts. Amounts are decimal texts."""

    id: str
    label: Texts
    executor: str
    acceptance: Texts
    within: str
    clause: str
    ground: Ground
    beneficiary: str = ""
    expiry: str = ""
    amount: str = ""
    currency: str = ""
    reversible: bool = False


@dataclass(frozen=True, slots=True)
class Term:
    """A single value with its ground, such as `authority` or `authoritative_language`."""

    value: str
    ground: Ground
    clause: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """The reference line: points as [lat_e7, lon_e7], its uncertainty each way in metres, where it comes from."""

    points: tuple[tuple[int, ...], ...]
    uncertainty_m: int
    dataset: str
    ground: Ground


@dataclass(frozen=True, slots=True)
class Assumption:
    """What an exercise takes for settled although the agreement does not: a term's name, the value, and why."""

    term: str
    value: str
    why: Texts


@dataclass(frozen=True, slots=True)
class Stand:
    """Who stands in for whom in an exercise: the real id and the invented one with its names."""

    id: str
    becomes: str
    names: dict[str, Texts]
    zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class Deadlock:
    """What happens when a determination is not reached in the time of the clock `deadlock`, or is voted down.

    `rule` is `joint_ruling` (those whose `assent` is named rule together, Darfur 2006 para 262), `level_up` or `none`.
    """

    rule: str
    clause: str
    ground: Ground
    assent: tuple[Seats, ...] = ()


@dataclass(frozen=True, slots=True)
class Appeals:
    """On which grounds a party may appeal; at which steps of the ladder an appeal suspends is told by `Step.suspensive`.
    The clocks are `appeal_file` and `appeal_decide`; the quorum is that of `appeal.decide`. With `other_panel` nobody
    decides who signed what is appealed."""

    grounds: tuple[str, ...]
    clause: str
    ground: Ground
    other_panel: bool = False


@dataclass(frozen=True, slots=True)
class Exercise:
    """How the same clauses are rehearsed without touching anything real: invented parties, an invented line, and the
    assumptions without which the chain to a measure could not run."""

    stands: tuple[Stand, ...]
    assumptions: tuple[Assumption, ...]
    line: Line


@dataclass(frozen=True, slots=True)
class Agreement:
    """A whole agreement, as data. `reply_to` says what the parties' replies answer: the `complaint`, or the `draft`
    finding as well. `levels` are where a dispute is dealt with, lowest first. `outsiders` are states that are not party
    to it: what is said about them is kept, and is outside the mandate."""

    format: str
    id: str
    version: str
    status: str
    title: Texts
    note: Texts
    authority: Term
    authoritative_language: Term
    parties: tuple[Party, ...]
    mediators: tuple[Mediator, ...]
    instruments: tuple[Instrument, ...]
    clauses: tuple[Clause, ...]
    acts: tuple[Act, ...]
    severities: tuple[str, ...]
    deadlines: tuple[Deadline, ...]
    standard_order: tuple[str, ...]
    standards: tuple[Standard, ...]
    attributions: tuple[str, ...]
    quorums: tuple[Quorum, ...]
    measures: tuple[MeasureType, ...]
    ladder: tuple[Step, ...]
    decay: Term
    line: Line | None = None
    groups: tuple[Group, ...] = ()
    areas: tuple[Area, ...] = ()
    severity_shifts: tuple[Shift, ...] = ()
    ladder_shifts: tuple[Shift, ...] = ()
    terms: dict[str, Term] = field(default_factory=dict)
    exercise: Exercise | None = None
    derived_from: str = ""
    assumed: tuple[Assumption, ...] = ()
    levels: tuple[str, ...] = ("local", "sector", "central", "political")
    reply_to: str = "complaint"
    deadlock: Deadlock | None = None
    appeals: Appeals | None = None
    outsiders: tuple[Group, ...] = ()
    undertakings: Undertakings = field(default_factory=Undertakings)
    matching: Matching | None = None

    def clause(self, clause_id: str) -> Clause | None:
        return next((clause for clause in self.clauses if clause.id == clause_id), None)

    def deadline(self, deadline_id: str) -> Deadline | None:
        return next((deadline for deadline in self.deadlines if deadline.id == deadline_id), None)

    def quorum(self, act: str) -> Quorum | None:
        return next((quorum for quorum in self.quorums if quorum.act == act), None)

    def act(self, code: str) -> Act | None:
        return next((act for act in self.acts if act.code == code), None)

    def measure(self, measure_id: str) -> MeasureType | None:
        return next((measure for measure in self.measures if measure.id == measure_id), None)

    def standard(self, purpose: str) -> Standard | None:
        return next((standard for standard in self.standards if standard.purpose == purpose), None)

    def meets(self, level: str, required: str) -> bool:
        """Whether one standard of proof is at least another, by the agreement's own order."""
        order = self.standard_order
        return level in order and required in order and order.index(level) >= order.index(required)

    def provision_for(self, code: str) -> tuple[Clause, ...]:
        """The prohibitions that speak of an act code."""
        return tuple(clause for clause in self.clauses if clause.kind == "prohibition" and code in clause.codes)

    @property
    def counted_once(self) -> bool:
        """Whether the violations of one case count as one, the gravest (the term `counted_once`)."""
        return "counted_once" in self.terms and self.terms["counted_once"].value == "yes"

    def weight(self, severity: str) -> int:
        """A severity's place in the agreement's order, gravest last; -1 where it is not of this agreement."""
        return self.severities.index(severity) if severity in self.severities else -1

    def reference_line(self) -> ReferenceLine | None:
        if self.line is None:
            return None
        return ReferenceLine(tuple(Point(*pair) for pair in self.line.points), self.line.uncertainty_m)


def exercise_of(agreement: Agreement, digest: str) -> Agreement:
    """The same clauses between invented parties on an invented line; `digest` is the SHA-256 of the real version.

    Raises ValueError where the agreement has no exercise section or does not stand in for every party and mediator.
    """
    if agreement.exercise is None:
        raise ValueError("the agreement has no exercise section: add `exercise` with stands, assumptions and a line")
    stands = {stand.id: stand for stand in agreement.exercise.stands}
    real = [*(party.id for party in agreement.parties), *(mediator.id for mediator in agreement.mediators)]
    if absent := [name for name in real if name not in stands]:
        raise ValueError(f"the exercise names no stand-in for {', '.join(absent)}")

    def renamed(name: str) -> str:
        return stands[name].becomes if name in stands else name

    assumed = {assumption.term: assumption.value for assumption in agreement.exercise.assumptions}
    unreal = replace(
        agreement,
        id=f"{agreement.id}-exercise",
        status="exercise",
        derived_from=digest,
        authority=replace(agreement.authority, value=assumed.get("authority", agreement.authority.value)),
        assumed=agreement.exercise.assumptions,
        parties=tuple(
            replace(
                party,
                id=renamed(party.id),
                names=stands[party.id].names,
                zone=stands[party.id].zone,
                bank=party.bank or ("left", "right")[number % 2],
            )
            for number, party in enumerate(agreement.parties)
        ),
        mediators=tuple(
            replace(state, id=renamed(state.id), names=stands[state.id].names, zone=stands[state.id].zone)
            for state in agreement.mediators
        ),
        instruments=tuple(_exercise_instrument(instrument) for instrument in agreement.instruments[-1:]),
        clauses=tuple(
            replace(clause, binds=tuple(map(renamed, clause.binds)), readouts=(), instruments=("exercise-truce",))
            for clause in agreement.clauses
        ),
        quorums=tuple(_renamed_quorum(quorum, renamed) for quorum in agreement.quorums),
        deadlock=agreement.deadlock
        and replace(agreement.deadlock, assent=_renamed_seats(agreement.deadlock.assent, renamed)),
        outsiders=(),
        undertakings=_renamed_undertakings(agreement.undertakings, renamed),
        line=agreement.exercise.line,
        groups=(),
        areas=tuple(replace(area, members=()) for area in agreement.areas),
        terms={name: _renamed_term(term, renamed) for name, term in agreement.terms.items()},
        exercise=None,
    )
    return cast(Agreement, _ungrounded(unreal))


_IDS = re.compile(r"[a-z][a-z0-9_-]*")


def _ungrounded(value: Any) -> Any:
    """The same value with every ground a bare placeholder: what real people said grounds nothing in an exercise."""
    if isinstance(value, Ground):
        return Ground("placeholder", needed_for=value.needed_for)
    if isinstance(value, tuple):
        return tuple(_ungrounded(item) for item in value)
    if isinstance(value, dict):
        return {key: _ungrounded(item) for key, item in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{item.name: _ungrounded(getattr(value, item.name)) for item in fields(value)})
    return value


def _exercise_instrument(instrument: Instrument) -> Instrument:
    name = {"en": "Exercise truce (invented)", "ur": "مشقی جنگ بندی (فرضی)", "ps": "تمریني اوربند (خيالي)"}
    window = Window("agreed", "2020-01-01T00:00+00:00", ground=Ground("placeholder"))
    return replace(instrument, id="exercise-truce", name=name, windows=(window,), term={})


def _renamed_term(term: Term, renamed: Callable[[str], str]) -> Term:
    return replace(term, value=_IDS.sub(lambda match: renamed(match[0]), term.value))


def _renamed_quorum(quorum: Quorum, renamed: Callable[[str], str]) -> Quorum:
    seated, assent = _renamed_seats(quorum.seated, renamed), _renamed_seats(quorum.assent, renamed)
    return replace(quorum, seated=seated, assent=assent)


def _renamed_seats(rows: tuple[Seats, ...], renamed: Callable[[str], str]) -> tuple[Seats, ...]:
    return tuple(replace(row, component=renamed(row.component)) for row in rows)


_CROSSING = {"en": "Crossing {} (invented)", "ur": "گزرگاہ {} (فرضی)", "ps": "د تېرېدو لاره {} (تمریني)"}


def _renamed_undertakings(all: Undertakings, renamed: Callable[[str], str]) -> Undertakings:
    """The same undertakings between the invented parties; crossings keep no real name."""

    def names(ids: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(map(renamed, ids))

    return replace(
        all,
        duties=tuple(replace(row, binds=names(row.binds)) for row in all.duties),
        assurances=tuple(replace(row, binds=names(row.binds)) for row in all.assurances),
        crossings=tuple(
            replace(row, id=f"crossing-{n}", name={tag: text.format(n) for tag, text in _CROSSING.items()})
            for n, row in enumerate(all.crossings, 1)
        ),
        pairs=tuple(
            replace(row, first=renamed(row.first), halves=tuple(replace(half, party=renamed(half.party)) for half in row.halves))
            for row in all.pairs
        ),
        periodic=tuple(replace(row, owed_by=names(row.owed_by)) for row in all.periodic),
        forum=all.forum and replace(all.forum, present=names(all.forum.present)),
    )  # fmt: skip
