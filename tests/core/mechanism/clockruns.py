"""The clock run on the desk in memory: what `store.clockrun` does with the store."""

from __future__ import annotations

from tests.core.mechanism.desk import Desk, Verb
from tiga.mechanism import affairs, deadlines
from tiga.mechanism.acts import Actor, Refusal
from tiga.mechanism.asks import Given
from tiga.mechanism.deadlines import Clock
from tiga.mechanism.deciders import (
    clockwork,
    proceedings,
)
from tiga.mechanism.standing import Standing


def run(desk: Desk) -> int:
    """What `store.clockrun` does, in memory: each clock that ran out is entered in the order of due instants, and what may
    no longer be held is published; closed cases whose finding rests on other reports open again. Returns the number of
    entries for clocks."""
    now, number = desk.now(), 0
    due = sorted(
        (
            (clock.due, concept, sid, clock)
            for concept, sid, clock in clocks(desk.whole)
            if clock.state(now) == "overdue"
        ),
        key=lambda row: (row[0], row[1], row[2], row[3].name, row[3].whose),
    )
    for _, concept, sid, clock in due:
        if (sid, clock.name, clock.whose, clock.due) in desk.whole.over:
            continue
        number += _overdue(desk, concept, sid, clock)
        if clock.name == "publish" and concept == "case":
            _registrar(
                desk,
                desk.threads_of(sid),
                lambda s, by, now, sid=sid: proceedings.publish(s, sid, Given({}), by, now, ()),
            )
    for sid in [sid for sid, case in desk.whole.cases.items() if case.closed]:
        _registrar(desk, desk.threads_of(sid), lambda s, by, now, sid=sid: clockwork.reopen(s, sid, now))
    return number


def clocks(standing: Standing) -> list[tuple[str, str, Clock]]:
    """(concept, sid, clock) of every case and every object of the affairs."""
    rows = [("case", sid, clock) for sid, case in standing.cases.items() for clock in deadlines.clocks(standing, case)]
    for concept in affairs.CONCEPTS:
        for sid in concept.objects(standing):
            seen = concept.sight(standing, sid)
            rows += [(concept.NAME, sid, clock) for clock in (seen.clocks if seen else ())]
    return rows


def _overdue(desk: Desk, concept: str, sid: str, clock: Clock) -> int:
    threads = desk.threads_of(sid) if concept == "case" else (f"{concept}:{sid}",)
    return _registrar(desk, threads, lambda s, by, now: clockwork.overdue(s, concept, sid, clock, now))


def _registrar(desk: Desk, threads: tuple[str, ...], verb: Verb) -> int:
    by = Actor("", "registrar")
    outcome = verb(desk.standing(*threads), by, desk.now())
    return 0 if isinstance(outcome, Refusal) else len(desk.enter(outcome, by))
