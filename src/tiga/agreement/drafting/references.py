"""Checks of names: every reference leads somewhere, every id is unique, every named value is one of the known.

Rules: see `problems`. `needed_for` is free: it names acts of the mechanism, which this floor does not know.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from tiga.agreement.clauses import (
    AUTHORITIES,
    BASES,
    EXECUTORS,
    FORMAT,
    KINDS,
    STATUSES,
    Agreement,
    Ground,
)
from tiga.agreement.drafting.found import Found, walk
from tiga.values.names import is_identifier
from tiga.values.shapes import Path

LISTS = (
    ("parties", "id"), ("mediators", "id"), ("groups", "id"), ("instruments", "id"), ("clauses", "id"),
    ("acts", "code"), ("areas", "id"), ("deadlines", "id"), ("standards", "purpose"), ("quorums", "act"),
    ("measures", "id"), ("ladder", "step"), ("severity_shifts", "factor"), ("ladder_shifts", "factor"),
)  # fmt: skip
"""The lists of an agreement and the member that must be unique in each."""
CITING = ("deadlines", "standards", "quorums", "measures", "ladder", "severity_shifts", "ladder_shifts")
"""The lists whose items cite a clause."""


def unique(agreement: Agreement) -> Iterator[Found]:
    """Ids, codes and ranks of a kind are unique; parties and mediators share one set of names."""
    for name, key in LISTS:
        rows = enumerate(getattr(agreement, name))
        yield from repeated(((name, number, key), getattr(row, key)) for number, row in rows)
    people = [(("parties", number, "id"), party.id) for number, party in enumerate(agreement.parties)]
    people += [(("mediators", number, "id"), state.id) for number, state in enumerate(agreement.mediators)]
    yield from repeated(people)
    for name in ("severities", "standard_order", "attributions"):
        yield from repeated(((name, number), row) for number, row in enumerate(getattr(agreement, name)))
    for path, name in people:
        if not is_identifier(name):
            yield Found(path, "bad_id", {"name": name})


def repeated(rows: Iterable[tuple[Path, object]]) -> Iterator[Found]:
    """A problem for each value that came before."""
    seen = set()
    for path, value in rows:
        if value in seen:
            yield Found(path, "duplicate", {"name": value})
        seen.add(value)


def enumerated(agreement: Agreement) -> Iterator[Found]:
    """Members that take one of a few known values."""
    rows: list[tuple[Path, str, tuple[str, ...]]] = [
        (("format",), agreement.format, (FORMAT,)),
        (("status",), agreement.status, STATUSES),
        (("authority", "value"), agreement.authority.value, AUTHORITIES),
    ]
    rows += [((*path, "basis"), item.basis, BASES) for path, item in walk(agreement) if isinstance(item, Ground)]
    rows += [(("clauses", number, "kind"), clause.kind, KINDS) for number, clause in enumerate(agreement.clauses)]
    rows += [(("measures", place, "executor"), row.executor, EXECUTORS) for place, row in enumerate(agreement.measures)]
    rows += [
        (("parties", number, "bank"), party.bank, ("left", "right") if agreement.line else ("", "left", "right"))
        for number, party in enumerate(agreement.parties)
    ]
    purposes = ("open_case", "share_evidence", *(f"violation_{name}" for name in agreement.severities))
    rows += [
        (("standards", number, "purpose"), standard.purpose, (*purposes, *agreement.attributions))
        for number, standard in enumerate(agreement.standards)
    ]
    for path, value, known in rows:
        if value not in known:
            yield Found(path, "unknown_value", {"value": value or "''", "known": ", ".join(filter(None, known))})


def resolved(agreement: Agreement) -> Iterator[Found]:
    """References between the parts of an agreement."""
    parties = {party.id for party in agreement.parties}
    sides = parties | {state.id for state in agreement.mediators}
    codes, clauses = {act.code for act in agreement.acts}, {clause.id for clause in agreement.clauses}
    for path, name, known, what in _references(agreement, sides, codes, clauses):
        if name not in known:
            yield Found(path, f"unknown_{what}", {"name": name or "''"})
    for path, item in walk(agreement):
        if isinstance(item, Ground) and item.basis == "party_readout" and item.by not in parties:
            yield Found((*path, "by"), "unknown_party", {"name": item.by or "''"})


def _references(
    agreement: Agreement, sides: set[str], codes: set[str], clauses: set[str]
) -> Iterator[tuple[Path, str, set[str], str]]:
    instruments, areas = {row.id for row in agreement.instruments}, {row.id for row in agreement.areas}
    for number, clause in enumerate(agreement.clauses):
        here: Path = ("clauses", number)
        yield from _each((*here, "binds"), clause.binds, sides, "component")
        yield from _each((*here, "codes"), clause.codes, codes, "code")
        yield from _each((*here, "instruments"), clause.instruments, instruments, "instrument")
        if clause.zone:
            yield (*here, "zone"), clause.zone, areas, "area"
        for place, readout in enumerate(clause.readouts):
            yield (*here, "readouts", place, "by"), readout.by, sides | {"joint_statement"}, "speaker"
    for number, act in enumerate(agreement.acts):
        if act.parent:
            yield ("acts", number, "parent"), act.parent, codes - {act.code}, "code"
        if act.severity:
            yield ("acts", number, "severity"), act.severity, set(agreement.severities), "severity"
    for number, instrument in enumerate(agreement.instruments):
        for place, window in enumerate(instrument.windows):
            yield ("instruments", number, "windows", place, "by"), window.by, sides | {"agreed"}, "speaker"
    yield from _decisions(agreement, sides)
    for name in CITING:
        for number, row in enumerate(getattr(agreement, name)):
            yield (name, number, "clause"), row.clause, clauses, "clause"
    for path, term in _terms(agreement):
        if term.clause:
            yield (*path, "clause"), term.clause, clauses, "clause"


def _decisions(agreement: Agreement, sides: set[str]) -> Iterator[tuple[Path, str, set[str], str]]:
    """Components of quorums, measures of steps, severities of conditions, levels of standards."""
    measures, severities = {row.id for row in agreement.measures}, set(agreement.severities)
    for number, quorum in enumerate(agreement.quorums):
        for name in ("seated", "assent"):
            for place, seats in enumerate(getattr(quorum, name)):
                yield ("quorums", number, name, place, "component"), seats.component, sides, "component"
    for number, step in enumerate(agreement.ladder):
        yield from _each(("ladder", number, "measures"), step.measures, measures, "measure")
        for path, item in walk(step.when, ("ladder", number, "when")):
            for name in ("severity", "count"):
                if getattr(item, name, ""):
                    yield (*path, name), getattr(item, name), severities, "severity"
    for number, standard in enumerate(agreement.standards):
        yield ("standards", number, "level"), standard.level, set(agreement.standard_order), "standard"


def _terms(agreement: Agreement) -> Iterator[tuple[Path, Any]]:
    for name in ("authority", "authoritative_language", "decay"):
        yield (name,), getattr(agreement, name)
    for name, term in agreement.terms.items():
        yield ("terms", name), term


def _each(path: Path, names: tuple[str, ...], known: set[str], what: str) -> Iterator[tuple[Path, str, set[str], str]]:
    for number, name in enumerate(names):
        yield (*path, number), name, known, what


CHECKS: tuple[Callable[[Agreement], Iterator[Found]], ...] = (unique, enumerated, resolved)
