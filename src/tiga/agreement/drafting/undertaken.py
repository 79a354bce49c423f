"""Checks of undertakings, of the rules for deadlock, appeals and replies, of levels and outsiders.

Rules, beside those of `problems`
1. Undertakings bind parties; reports are owed, and sessions attended, by parties and mediators.
2. The stages of a duty end one after the other. A pair has two halves. What has a first period says on which day.
3. Mediators alone are asked for a deadlock's ruling; where a party is, the ground's note says why (house ruling 5: the
   accused has no veto). An exercise has no notes, so it is not asked again.
4. What needs a clock or a quorum has it: a rule that cannot run is found here, not in a session.

That an assurance or a pair leaves one side out is no problem: `gaps` lists it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import Any

from tiga.agreement import undertakings
from tiga.agreement.clauses import APPEAL_GROUNDS, DEADLOCK_RULES, REPLY_TO, Agreement
from tiga.agreement.drafting.found import Found
from tiga.agreement.drafting.numbers import bad_span, bad_zone
from tiga.agreement.drafting.references import repeated
from tiga.agreement.undertakings import Duty
from tiga.values.moments import BadMoment, Span
from tiga.values.names import is_identifier
from tiga.values.shapes import Path

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")


def _rows(agreement: Agreement, *names: str) -> Iterator[tuple[Path, Any]]:
    """The items of some lists of the undertakings, of all where none is named, each with its path."""
    for name in names or undertakings.LISTS:
        for number, row in enumerate(getattr(agreement.undertakings, name)):
            yield ("undertakings", name, number), row


def _singles(agreement: Agreement) -> Iterator[tuple[Path, Any]]:
    """The forum, the deadlock rule and the appeals, where the agreement has them."""
    rows: tuple[tuple[Path, Any], ...] = (
        (("deadlock",), agreement.deadlock),
        (("appeals",), agreement.appeals),
        (("undertakings", "forum"), agreement.undertakings.forum),
    )
    yield from (row for row in rows if row[1] is not None)


def named(agreement: Agreement) -> Iterator[Found]:
    """Ids are well formed and unique in their list; an outsider is nobody else; levels and stages have names of their own."""
    for name in undertakings.LISTS:
        yield from _names(((*path, "id"), row.id) for path, row in _rows(agreement, name))
    inside = {row.id for rows in (agreement.parties, agreement.mediators, agreement.groups) for row in rows}
    outside: list[tuple[Path, str]] = [(("outsiders", n, "id"), row.id) for n, row in enumerate(agreement.outsiders)]
    yield from _names(outside)
    for path, name in outside:
        if name in inside:
            yield Found(path, "duplicate", {"name": name})
    yield from _names((("levels", number), name) for number, name in enumerate(agreement.levels))
    for path, duty in _rows(agreement, "duties"):
        yield from _names(((*path, "stages", number, "name"), stage.name) for number, stage in enumerate(duty.stages))
    for path, crossing in _rows(agreement, "crossings"):
        yield from _names(((*path, "flows", number), flow) for number, flow in enumerate(crossing.flows))


def _names(rows: Iterable[tuple[Path, str]]) -> Iterator[Found]:
    held = tuple(rows)
    yield from repeated(held)
    for path, name in held:
        if not is_identifier(name):
            yield Found(path, "bad_id", {"name": name or "''"})


def filled(agreement: Agreement) -> Iterator[Found]:
    """Lists that say nothing when they are empty."""
    lists: list[tuple[Path, tuple[Any, ...]]] = [(("levels",), agreement.levels)]
    if agreement.appeals is not None:
        lists.append((("appeals", "grounds"), agreement.appeals.grounds))
    for name, member in (("duties", "stages"), ("crossings", "flows"), ("periodic", "owed_by")):
        lists += [((*path, member), getattr(row, member)) for path, row in _rows(agreement, name)]
    yield from (Found(path, "list_empty", {}) for path, items in lists if not items)


def known(agreement: Agreement) -> Iterator[Found]:
    """Members that take one of a few known values."""
    rows: list[tuple[Path, str, tuple[str, ...]]] = [(("reply_to",), agreement.reply_to, REPLY_TO)]
    if agreement.deadlock is not None:
        rows.append((("deadlock", "rule"), agreement.deadlock.rule, DEADLOCK_RULES))
    grounds = agreement.appeals.grounds if agreement.appeals else ()
    rows += [(("appeals", "grounds", number), name, APPEAL_GROUNDS) for number, name in enumerate(grounds)]
    for path, duty in _rows(agreement, "duties"):
        rows.append(((*path, "on"), duty.on, undertakings.STARTS))
        rows.append(((*path, "discharged_by"), duty.discharged_by, undertakings.CONFIRMERS))
        rows += [((*path, "stages", n, "name"), stage.name, undertakings.STAGES) for n, stage in enumerate(duty.stages)]
    if agreement.undertakings.forum is not None:
        rows.append((("undertakings", "forum", "decides"), agreement.undertakings.forum.decides, undertakings.DECIDES))
    for path, pair in _rows(agreement, "pairs"):
        if pair.first:
            rows.append(((*path, "first"), pair.first, tuple(half.party for half in pair.halves)))
    for path, value, values in rows:
        if value not in values:
            yield Found(path, "unknown_value", {"value": value or "''", "known": ", ".join(values)})


def resolved(agreement: Agreement) -> Iterator[Found]:
    """Clauses, acts, parties and components that are named are there."""
    parties = {party.id for party in agreement.parties}
    sides = parties | {state.id for state in agreement.mediators}
    clauses, codes = {clause.id for clause in agreement.clauses}, {act.code for act in agreement.acts}
    for path, row in (*_rows(agreement), *_singles(agreement)):
        yield from _each((*path, "clause"), row.clause, clauses, "unknown_clause")
        yield from _each((*path, "binds"), getattr(row, "binds", ()), parties, "not_a_party")
        yield from _each((*path, "codes"), getattr(row, "codes", ()), codes, "unknown_code")
        yield from _each((*path, "owed_by"), getattr(row, "owed_by", ()), sides, "unknown_component")
        yield from _each((*path, "present"), getattr(row, "present", ()), sides, "unknown_component")
        for number, half in enumerate(getattr(row, "halves", ())):
            yield from _each((*path, "halves", number, "party"), half.party, parties, "not_a_party")
        for number, seats in enumerate(getattr(row, "assent", ())):
            yield from _each((*path, "assent", number, "component"), seats.component, sides, "unknown_component")


def _each(path: Path, names: str | tuple[str, ...], known: set[str], code: str) -> Iterator[Found]:
    rows = [(path, names)] if isinstance(names, str) else [((*path, number), row) for number, row in enumerate(names)]
    yield from (Found(place, code, {"name": name or "''"}) for place, name in rows if name not in known)


def bound(agreement: Agreement) -> Iterator[Found]:
    """A duty or an assurance binds somebody."""
    parties = {party.id for party in agreement.parties}
    for path, row in _rows(agreement, "duties", "assurances"):
        clause = agreement.clause(row.clause) if isinstance(row, Duty) and not row.binds else None
        if not row.binds and not (clause and parties & set(clause.binds)):
            yield Found(path, "binds_nobody", {"id": row.id})


def spans(agreement: Agreement) -> Iterator[Found]:
    """Every span is one, every clock has a zone, every first day is a day and no last day lies before it."""
    for path, row in (*_rows(agreement), *_singles(agreement)):
        for name in ("period", "ahead", "every", "urgent", "agenda_notice"):
            if hasattr(row, name):
                yield from bad_span((*path, name), getattr(row, name))
        if getattr(row, "before_session", ""):
            yield from bad_span((*path, "before_session"), row.before_session)
        for name in ("stages", "halves"):
            for number, part in enumerate(getattr(row, name, ())):
                yield from bad_span((*path, name, number, "within"), part.within)
        if hasattr(row, "zone"):
            yield from bad_zone((*path, "zone"), row.zone)
        if hasattr(row, "start"):
            yield from _days(path, row.start, getattr(row, "until", ""))


def _days(path: Path, start: str, until: str) -> Iterator[Found]:
    bad = [(name, text) for name, text in (("start", start), ("until", until or start)) if not _is_day(text)]
    if bad:
        name, text = bad[0]
        yield Found((*path, name), "bad_day", {"value": text or "''"})
    elif until and until <= start:
        yield Found((*path, "until"), "window_backwards", {"start": start, "until": until})


def _is_day(text: str) -> bool:
    try:
        return bool(_DAY.match(text) and date.fromisoformat(text))
    except ValueError:
        return False


def stages(agreement: Agreement) -> Iterator[Found]:
    """The stages of a duty ascend; a pair has two halves."""
    for path, duty in _rows(agreement, "duties"):
        for number in range(1, len(duty.stages)):
            before, after = duty.stages[number - 1], duty.stages[number]
            try:
                ascends = Span.parse(before.within).ms < Span.parse(after.within).ms
            except BadMoment:
                continue
            if not ascends:
                values: dict[str, object] = {"name": after.name, "before": before.name}
                yield Found((*path, "stages", number, "within"), "stage_order", values)
    for path, pair in _rows(agreement, "pairs"):
        if len(pair.halves) != 2:
            yield Found((*path, "halves"), "pair_halves", {"number": len(pair.halves)})


def deadlock(agreement: Agreement) -> Iterator[Found]:
    """The deadlock rule can run: its clock, its level above, its assent, which is asked of mediators or explained."""
    rule = agreement.deadlock
    if rule is None:
        return
    if rule.rule != "none":
        yield from _clocks(agreement, ("deadlock",), "deadlock")
    if rule.rule == "level_up" and len(agreement.levels) < 2:
        yield Found(("deadlock", "rule"), "no_level_above", {})
    if rule.rule == "joint_ruling" and not rule.assent:
        yield Found(("deadlock",), "ruling_without_assent", {})
    parties = {party.id for party in agreement.parties}
    explained = bool(rule.ground.note.get("en")) or agreement.status == "exercise"
    for number, seats in enumerate(rule.assent):
        here: Path = ("deadlock", "assent", number)
        if seats.number < 1:
            yield Found(here, "bad_seats", {"name": seats.component, "number": seats.number})
        if seats.component in parties and not explained:
            yield Found(here, "ruling_of_party", {"name": seats.component})


def waiting(agreement: Agreement) -> Iterator[Found]:
    """Appeals have their clocks and their quorum; a crossing that closes has the hotline's clock."""
    if agreement.appeals is not None:
        yield from _clocks(agreement, ("appeals",), "appeal_file", "appeal_decide")
        if agreement.quorum("appeal.decide") is None:
            yield Found(("appeals",), "quorum_missing", {"act": "appeal.decide"})
    if agreement.undertakings.crossings:
        yield from _clocks(agreement, ("undertakings", "crossings"), "hotline_reply")


def _clocks(agreement: Agreement, path: Path, *ids: str) -> Iterator[Found]:
    for name in ids:
        if agreement.deadline(name) is None:
            yield Found(path, "clock_missing", {"name": name})


CHECKS: tuple[Callable[[Agreement], Iterator[Found]], ...] = (
    named,
    filled,
    known,
    resolved,
    bound,
    spans,
    stages,
    deadlock,
    waiting,
)
