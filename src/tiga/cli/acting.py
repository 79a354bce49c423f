"""`tiga act [DEED [OBJECT]] [NAME=VALUE ...]`: do a deed on a case or of the mechanism's affairs, see what is there, or list
the deeds.

Rules
1. Without a deed, the deeds are listed; with a concept's name, its objects and their table; with an object's sid or
   number, what it is, and the minutes of a session. `case` is such a name.
2. Everything goes through the door that the pages go through, as the person whose key is named with `--as`.
3. A key that is kept elsewhere signs on the page of the deed, which hands out the text.
"""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, Any

from tiga.cli.lines import plain, told

CASE = "case"

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tiga.mechanism.asks import Ask, Deed, Fact, Given
    from tiga.mechanism.deadlines import Clock
    from tiga.web.access import Door


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("deed", nargs="?", default="", metavar="DEED|CONCEPT|OBJECT", help=told("cli.act.deed", "en"))
    parser.add_argument("given", nargs="*", metavar="NAME=VALUE", help=told("cli.act.given", "en"))
    parser.add_argument("--as", dest="key", default="", metavar="KEY", help=told("cli.act.as", "en"))
    parser.add_argument("--record", default="exercise", metavar="NAME", help=told("cli.record", "en"))
    parser.add_argument("--settings", default="", help=told("cli.settings", "en"))


def run(options: argparse.Namespace) -> int:
    from tiga.cli import records

    desk = records.open_desk(options.record, options.settings)
    door = door_of(desk, options.key)
    if door is None:
        known = sorted(desk.ledger.state.holders) if desk.ledger.state else []
        print(told("cli.act.no_key", options.language, key=options.key, known=", ".join(known)), file=sys.stderr)
        return 2
    if not options.deed:
        return _deeds(door, options.language)
    deed = _known().get(options.deed)
    if deed is not None:
        return _do(door, deed, list(options.given), options.language)
    if options.deed in (CASE, *door.concepts()):
        return _list(door, options.deed, options.language)
    return _thing(door, options.deed, options.language)


def door_of(desk: Any, key: str) -> Door | None:
    """The door of the person whose key is named, by its whole name or without the origin; of the public without one."""
    from tiga.mechanism.acts import Actor
    from tiga.mechanism.release import Reader
    from tiga.web.access import Door
    from tiga.web.readers import entropy, wall

    if not key:
        return Door(desk, Reader(), None, desk.now(wall()), wall, entropy)
    holders = desk.ledger.state.holders if desk.ledger.state else {}
    name = next((one for one in (key, f"{desk.origin}/{key}") if one in holders), "")
    if not name:
        return None
    row = holders[name]
    reader = Reader(row.role, row.component)
    return Door(desk, reader, Actor(name, row.role, row.component), desk.now(wall()), wall, entropy)


def _known() -> dict[str, Deed]:
    """All deeds by name: on cases, the straight way among them, then of the affairs."""
    from tiga.mechanism import affairs, casedeeds, straight

    return {**straight.BY_NAME, **casedeeds.BY_NAME, **affairs.DEEDS}


def _word(deed: Deed, language: str) -> str:
    from tiga.values.words import knows

    return told(f"deed.{deed.name}" if knows(f"deed.{deed.name}") else f"act.{deed.act}", language)


def _deeds(door: Door, language: str) -> int:
    from tiga.mechanism import affairs

    known = _known().values()
    for concept in (CASE, *affairs.BY_NAME):
        title = "nav.cases" if concept == CASE else f"concept.{concept}"
        print(f"{told(title, language)}  ({concept})")
        for deed in known:
            if deed.concept != concept:
                continue
            asks = " ".join(f"{ask.name}=" if ask.required else f"[{ask.name}=]" for ask in deed.asks)
            who = ", ".join(deed.roles)
            print(f"  {deed.name}{'' if deed.new else ' OBJECT'} {asks}  — {_word(deed, language)} ({who})")
    return 0


def _list(door: Door, concept: str, language: str) -> int:
    from tiga.values.names import printed_number
    from tiga.values.words import knows
    from tiga.web import grids

    if concept == CASE:
        for case in door.cases():
            print(f"{printed_number('C', case.sid)}  {case.sid}  {told(f'case_state.{case.state}', language)}")
        return 0
    for row in door.affairs(concept):
        state = told(f"choice.{row.state}", language) if knows(f"choice.{row.state}") else row.state
        title = plain(door.title(concept, row.title, language), language)
        print(f"{printed_number(door.prefix(concept), row.sid)}  {row.sid}  {state}  {title}")
    table = door.telling.grid(concept, language)
    for line in grids.plain(table) if table else ():
        print(plain(line, language))
    return 0


def _found(door: Door, text: str) -> tuple[str, str] | None:
    """(concept, sid) of an object by its sid or printed number."""
    from tiga.values.names import printed_number

    for case in door.cases():
        if text in (case.sid, printed_number("C", case.sid)):
            return CASE, str(case.sid)
    for concept in door.concepts():
        for row in door.affairs(concept):
            if text in (row.sid, printed_number(door.prefix(concept), row.sid)):
                return concept, str(row.sid)
    return None


def _thing(door: Door, text: str, language: str) -> int:
    from tiga.values.words import knows

    found = _found(door, text)
    if found is None:
        print(told("cli.act.unknown", language, what=text), file=sys.stderr)
        return 2
    if found[0] == CASE:
        return _case(door, found[1], language)
    view = door.affair(*found)
    state = told(f"choice.{view.it.state}", language) if knows(f"choice.{view.it.state}") else view.it.state
    title = plain(door.title(found[0], view.it.title, language), language)
    print(f"{told(f'concept_one.{found[0]}', language)} · {state} · {title}")
    for fact in view.it.facts:
        print(f"  {told(f'fact.{fact.code}', language)}: {_value(door, fact, language)}")
    _clocks(door, view.it.clocks, language)
    for line in door.telling.minutes(found[1], language) if found[0] == "session" else ():
        print(f"  {plain(line, language)}")
    _offers(view.offered, language)
    return 0


def _case(door: Door, sid: str, language: str) -> int:
    """A case: whose turn it is, its issues, its clocks, its measures, what waits for signatures, what is offered."""
    from tiga.mechanism import imposed
    from tiga.values.names import printed_number
    from tiga.web import grids

    view = door.case(sid)
    told_now, _ = door.telling.stage(view, language)
    print(f"{view.number} · {plain(told_now, language)}")
    for issue in view.case.opened.issues:
        party = plain(grids.name(door.agreement, issue.party, language), language) if issue.party else issue.question
        print(f"  {issue.id}  {issue.provision}  {issue.code}  {party}")
    _clocks(door, view.clocks, language)
    for row in view.measures:
        status = told(f"measure_status.{imposed.status(row, door.now)}", language)
        items = ", ".join(item.id for item in row.imposed.items)
        print(f"  {printed_number('M', row.sid)}  {row.sid}  {status}  {items}")
    _offers(view.offered, language)
    return 0


def _clocks(door: Door, clocks: Iterable[Clock], language: str) -> None:
    for clock in clocks:
        state = told(f"clock_state.{clock.state(door.now)}", language)
        print(f"  {clock.name} {clock.whose} {clock.due.text()} {state}")


def _offers(deeds: Iterable[Deed], language: str) -> None:
    for deed in deeds:
        print(f"  → {deed.name}: {_word(deed, language)}")


def _value(door: Door, fact: Fact, language: str) -> str:
    """A fact in the reader's words where it is a code or the agreement's own text, else as it was said."""
    from tiga.mechanism.asks import read_texts
    from tiga.values.words import knows, pick
    from tiga.web import grids

    if fact.kind == "undertaking":
        return plain(grids.undertaking(door.agreement, fact.value, language)[0], language)
    if fact.kind == "key":
        return plain(grids.slug(fact.value), language)
    if fact.kind == "texts":
        return plain(pick(read_texts(fact.value), language)[0], language)
    section = {"code": "choice", "precision": "precision", "standard": "standard"}.get(fact.kind, "")
    known = bool(section) and knows(f"{section}.{fact.value}")
    return told(f"{section}.{fact.value}", language) if known else plain(fact.value, language)


def _named(door: Door, ask: Ask, value: str, on: str) -> str:
    """An object's sid (`concept:sid` where any may be named) from its printed number; anything else stays as it is. A measure
    is one of the case that the deed is on."""
    from tiga.values.names import printed_number

    if on and ask.choices == "measure":
        rows = door.case(on).case.measures
        return next((sid for sid in rows if value == printed_number("M", sid)), value)
    found = _found(door, value) if ask.kind in ("object", "objects") else None
    if found is None or ask.choices not in ("any", found[0]):
        return value
    return ":".join(found) if ask.choices == "any" else found[1]


def _read(door: Door, deed: Deed, rows: list[str], on: str) -> Given | str:
    """What was given by name; or the part that names nothing the deed asks for."""
    from tiga.mechanism.asks import Given

    asked = {ask.name: ask for ask in deed.asks}
    values: dict[str, str | tuple[str, ...]] = {}
    for row in rows:
        name, mark, value = row.partition("=")
        if not mark or name not in asked:
            return row
        if asked[name].kind in ("many", "objects"):
            parts = (part.strip() for part in value.split(",") if part.strip())
            values[name] = tuple(_named(door, asked[name], part, on) for part in parts)
        else:
            values[name] = _named(door, asked[name], value, on)
    return Given(values)


def _do(door: Door, deed: Deed, rows: list[str], language: str) -> int:
    from tiga.mechanism.acts import Refusal
    from tiga.mechanism.asks import Given
    from tiga.store.desk import Done, Waits

    sid = ""
    if not deed.new:
        found = _found(door, rows.pop(0)) if rows else None
        if found is None or found[0] != deed.concept:
            print(told("cli.act.no_object", language, concept=deed.concept), file=sys.stderr)
            return 2
        sid = found[1]
    given = _read(door, deed, rows, sid if deed.concept == CASE else "")
    if isinstance(given, str):
        asks = ", ".join(ask.name for ask in deed.asks)
        print(told("cli.act.not_asked", language, what=given, asks=asks or "-"), file=sys.stderr)
        return 2
    result = door.deeds.do(deed, sid, Given({**door.deeds.starts(deed, sid), **given.values}))
    if isinstance(result, Refusal):
        for part in ("text", "remedy"):
            print(told(f"refusal.{result.code}.{part}", language, **result.values), file=sys.stderr)
        return 1
    if isinstance(result, Waits):
        print(told("cli.act.waits", language, filing=result.filing, due=result.due.text()))
        return 0
    if not isinstance(result, Done):
        print(told("cli.act.elsewhere", language), file=sys.stderr)
        return 1
    for receipt in result.receipts:
        print(told("cli.act.entered", language, index=receipt.index, sid=receipt.sid))
    return 0
