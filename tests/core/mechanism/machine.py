"""A model checker of the course of one case: every state that acts, refusals and clocks can lead to.

Rules
1. From a founded desk it goes breadth first. In each state everybody tries every deed of a case, every older act and the
   clock run, with a few choices each; time either moves a minute, or on to an instant at which some clock is due.
2. Two records with one `Shape` are one state, and only the first is followed. A shape holds all that a guard asks of a
   case; counts, names, words and levels are left out.
3. Entries are folded as they are; nothing is signed, for signatures decide nothing here.

Not done here: what is tried (`tries`), what is asked of the states found (`test_machine`), how they are drawn
(`make_mechanism`).
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field, fields
from typing import Any, NamedTuple

from tests.core.mechanism.desk import actor
from tests.core.mechanism.tries import ASIDE, MINUTE, REGISTRAR, Move, moves
from tiga.mechanism import binding, cases, deadlines, imposed
from tiga.mechanism.acts import Actor, Decision, Refusal
from tiga.mechanism.cases import Case
from tiga.mechanism.standing import Standing
from tiga.record.entries import Entry

STATES_MAX = 40_000


class Shape(NamedTuple):
    """All that a guard asks of a case: `state` is its name, `sides` the side states, the rest what they follow from."""

    state: str
    sides: tuple[str, ...]
    facts: tuple[Any, ...]


@dataclass(frozen=True)
class Step:
    """One transition: who did what, and where it led."""

    act: str
    role: str
    to: Shape


@dataclass
class World:
    """What was explored: the first record seen of each shape, the transitions, how a shape was reached first."""

    name: str
    case: str
    first: dict[Shape, Standing] = field(default_factory=dict)
    steps: dict[Shape, set[Step]] = field(default_factory=dict)
    came: dict[Shape, tuple[Shape, Step]] = field(default_factory=dict)
    refused: set[tuple[str, str]] = field(default_factory=set)

    def way(self, shape: Shape) -> list[str]:
        """How a shape was reached, for a message."""
        told: list[str] = []
        while shape in self.came:
            shape, step = self.came[shape]
            told.append(f"{step.role}: {step.act}")
        return told[::-1]


# ---- one record


def branch(standing: Standing) -> Standing:
    """A record that may go on by itself; its values are frozen, its tables are not."""
    copied = {item.name: getattr(standing, item.name) for item in fields(standing)}
    return Standing(
        **{name: value.copy() if isinstance(value, dict | set) else value for name, value in copied.items()}
    )


def entered(standing: Standing, decision: Decision, by: Actor, index: int) -> Standing:
    after = branch(standing)
    registrar = f"{standing.log}/{REGISTRAR}"
    for offset, one in enumerate(decision.entries):
        signers = (registrar,) if one.by_registrar or not by.key else tuple(sorted({registrar, by.key}))
        after.apply(Entry(index + offset, b"", one.envelope, one.sid, signers))
    return after


def shape(standing: Standing, sid: str, others: tuple[str, ...] = ()) -> Shape:
    """The shape of a case, with what other cases lend to it."""
    case = standing.cases[sid]
    sides = tuple(
        name for name, holds in (
            ("suspended", bool(case.course.suspended)), ("stayed", cases.stayed(standing, case)),
        ) if holds
    )  # fmt: skip
    state, finding = cases.state(standing, case), standing.findings.get(case.finding)
    found = finding is not None and not case.renewed(finding.at)
    basis = _basis(standing, case) if finding is not None or state != "closed" else ()
    beside = (_papers(standing, case), _panel(standing), _others(standing, others))
    if state == "closed":
        return Shape(state, (), (case.closed, case.admitted is not None, basis, *beside))
    asked = (_replies(case, found), _measures(standing, case), _appeals(standing, case), _clocks(standing, case))
    return Shape(state, sides, (case.admitted is not None, basis, *asked, *beside))


def _replies(case: Case, found: bool) -> tuple[Any, ...]:
    """How far replies to what was served last have come, and proposals to settle: nothing asks for them later."""
    if found:
        return ()
    draft = case.course.draft
    told = 0 if case.replies_open else len({row.party for row in case.replies if row.draft == case.turn})
    settling = len({party for _, party, _ in case.course.proposals}) if not case.finding else 0
    return told, case.replies_open, draft is not None, draft is not None and case.renewed(draft.at), settling


def _basis(standing: Standing, case: Case) -> tuple[Any, ...]:
    """Finding and determination, as far as anything may still be built on them."""
    finding = standing.findings.get(case.finding)
    put = standing.determinations.get(case.determination)
    found = finding and (
        finding.in_force is not None, tuple(row.holding for row in finding.adopted.held), case.renewed(finding.at),
        len(finding.signers), bool(case.course.opinion),
    )  # fmt: skip
    ruled = put and (
        put.in_force is not None, tuple(row.disposition for row in put.ruled), put.ended is not None, put.issued.rule,
        put.issued.finding == case.finding, len(put.signers), put.in_force is None and _votes(case, put.sid),
    )  # fmt: skip
    flags, resting = (
        tuple(sorted({standing.reports[sid].filed.channel for sid in rows})) for rows in (case.flags, case.supports)
    )
    return found, ruled, flags, resting, case.sid in standing.deadlocks, binding.changed(standing, case.sid)


def _votes(case: Case, put: str) -> tuple[str, ...]:
    return tuple(sorted({position for of, _, position in case.course.votes if of == put}))


def _measures(standing: Standing, case: Case) -> tuple[Any, ...]:
    rows = [standing.measures[sid] for sid in case.measures if standing.measures[sid].ended is None]
    return tuple(
        (
            row.imposed.step, imposed.status(row, standing.now), bool(row.reported), bool(row.verified),
            tuple(sorted({reason.partition(":")[0] for reason in row.stays})),
        ) for row in rows
    )  # fmt: skip


def _papers(standing: Standing, case: Case) -> tuple[str, ...]:
    """Papers that wait for signatures, and deferrals that hold."""
    waiting = {
        f"{row.kind.ACT} {getattr(row.kind, 'outcome', '')}" for row in standing.papers.values() if row.in_force is None
    }
    held = {
        "deferred" for sid in case.course.deferrals
        if standing.papers[sid].kind.until > standing.now
        and standing.papers[sid].kind.determination == case.determination
    }  # fmt: skip
    return tuple(sorted(waiting | held))


def _appeals(standing: Standing, case: Case) -> tuple[tuple[str, bool], ...]:
    """Appeals that wait, and those against what still counts: against each there is one."""
    rows = set()
    for row in case.course.appeals:
        of = row.filed.of
        held = standing.determinations.get(of) or standing.measures.get(of)
        waits = cases.undecided(standing, row)
        if waits or (held is not None and held.ended is None):
            rows.add(("measure" if of in standing.measures else "determination", waits))
    return tuple(sorted(rows))


def _clocks(standing: Standing, case: Case) -> tuple[str, ...]:
    """Clocks that have run out, of those whose end a guard asks for and whose time has not gone by."""
    asked = {"reply"} if not case.replies_open else set()
    finding, put = standing.findings.get(case.finding), standing.determinations.get(case.determination)
    if finding is not None and finding.in_force and (put is None or put.in_force is None):
        asked |= {"determine"} if case.sid not in standing.deadlocks else set()
    if put is not None and put.in_force and put.ended is None:
        asked |= {"appeal_file"}
    rows = deadlines.clocks(standing, case)
    return tuple(sorted({row.name for row in rows if row.name in asked and row.due <= standing.now}))


def _panel(standing: Standing) -> tuple[Any, ...]:
    return (
        tuple(sorted(member.rsplit("/", 1)[1] for member in standing.recused)),
        tuple(sorted(member.rsplit("/", 1)[1] for member in standing.seats)),
        any(not row.ruling for row in standing.challenges.values()),
    )


def _others(standing: Standing, others: tuple[str, ...]) -> tuple[Any, ...]:
    """What other cases' determinations are worth, which a step may count."""
    found = []
    for sid in others:
        case = standing.cases[sid]
        put = standing.determinations.get(case.determination)
        found.append(
            (cases.state(standing, case), bool(case.flags), put and put.ended is None, _appeals(standing, case))
        )
    return tuple(found)


# ---- the search


def explore(
    name: str,
    start: Standing,
    case: str,
    others: tuple[str, ...] = (),
    without: tuple[str, ...] = (),
    everybody: bool = False,
) -> World:
    """All shapes that can be reached from `start` by all acts but those in `without`."""
    world = World(name, case)
    begin = shape(start, case, others)
    world.first[begin] = start
    tried: set[tuple[str, str, str]] = set()
    queue, index = deque([begin]), 1_000
    while queue:
        at = queue.popleft()
        world.steps[at] = set()
        for move in moves(world.first[at], case, others, everybody):
            aside = (at.state, move.act, move.slug)
            if move.act in without or move.of in without or aside in tried:
                continue
            index += ENTRIES_MAX
            found = _tried(world, at, move, others, index)
            if found is None:
                continue
            if move.act in ASIDE:
                tried.add(aside)
            if found.to in world.came or found.to == begin:
                continue
            assert len(world.came) < STATES_MAX, name
            world.came[found.to] = (at, found)
            queue.append(found.to)
    return world


ENTRIES_MAX = 8
"""Entries of one act."""


def _tried(world: World, at: Shape, move: Move, others: tuple[str, ...], index: int) -> Step | None:
    """One try: the transition, noted, or None where it was refused."""
    standing = world.first[at]
    by = Actor("", REGISTRAR) if move.slug == REGISTRAR else actor(move.slug)
    outcome = move.verb(standing, by, standing.now.plus(MINUTE))
    if isinstance(outcome, Refusal):
        world.refused.add((move.act, outcome.code))
        return None
    after = entered(standing, outcome, by, index)
    step = Step(move.act, by.role, shape(after, world.case, others))
    world.steps[at].add(step)
    world.first.setdefault(step.to, after)
    return step


# ---- what is told of it


@dataclass(frozen=True)
class Told:
    """A world in names: how many shapes and steps, (state, act, role, state) where the state changes, (state, act, role)
    where it does not, and the clocks that may run in each state."""

    shapes: int
    steps: int
    edges: tuple[tuple[str, str, str, str], ...]
    inside: tuple[tuple[str, str, str], ...]
    clocks: tuple[tuple[str, str], ...]


def told(world: World) -> Told:
    """What a world comes to."""
    rows = {
        (name(at), step.act, step.role, name(step.to)) for at, steps in world.steps.items() for step in steps
    }  # fmt: skip
    edges = sorted(row for row in rows if row[0] != row[3])
    inside = sorted({row[:3] for row in rows if row[0] == row[3]})
    clocks = set()
    for at, standing in world.first.items():
        running = deadlines.clocks(standing, standing.cases[world.case])
        clocks |= {(at.state, row.name) for row in running if row.met is None and not row.lapsed}
    return Told(
        len(world.first), sum(map(len, world.steps.values())), tuple(edges), tuple(inside), tuple(sorted(clocks))
    )


def name(at: Shape) -> str:
    """A state's name, or that of the side state that it is in."""
    return at.state if at.state == "closed" or "suspended" not in at.sides else "suspended"
