"""Tables of the affairs, as text in the reader's language: one shape, which pages draw and the command line prints.

Rules
1. A table holds what the door shows its reader. Where the reader sees no object of a concept, there is no table.
2. Numbers of parties stand in the agreement's order, or in the order that alternates by day; never in order of size, and
   nothing is summed across parties.
3. A day or period on which nobody looked says so in words and is drawn hatched; it is never blank, zero or green.
4. Each cell is somebody's word, a count of entries, or what follows from them; a cell names no status of its own.

Not done here: loading (`telling`), drawing (templates).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tiga.agreement import reading
from tiga.agreement.clauses import Agreement
from tiga.mechanism import assurances, crossing_rows, crossings, exposure, hotline, patrol_plans, patrols, restrictions
from tiga.mechanism.crossing_rows import FlowRow
from tiga.mechanism.exposure import Day
from tiga.mechanism.standing import Standing
from tiga.mechanism.statuses import Told
from tiga.values.moments import Instant
from tiga.values.names import printed_number
from tiga.values.words import digits, knows, pick, say

DAY_MS = 86_400_000
DAYS = 28
"""Days of the exposure table: the last four weeks."""
PERIODS_MAX = 12
"""Periods of one assurance in the table: the latest."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: its text; `kind` (`number`, `hatched`, `due`, `differs` or empty) says how it is drawn; `share` in thousandths
    is drawn as a bar; `object` (`concept:sid`) is what it leads to."""

    text: str
    kind: str = ""
    share: int | None = None
    object: str = ""


@dataclass(frozen=True, slots=True)
class Grid:
    """A table with a heading and what is to be known of it. The first cell of a row heads the row."""

    code: str
    heading: str
    about: str
    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def grid(concept: str, standing: Standing, agreement: Agreement, now: Instant, language: str) -> Grid | None:
    """The table of a concept from the standing of its objects; None where the concept has none, or it would be empty."""
    make = {"call": _calls, "access": _access, "assurance": _assurances, "crossing": _crossings, "patrol": _patrols}
    if concept not in make:
        return None
    head, rows = make[concept](standing, agreement, now, language)
    if not rows:
        return None
    code = f"grid.{concept}"
    return Grid(code, say(f"{code}.title", language), say(f"{code}.about", language), head, rows)


Made = tuple[tuple[str, ...], tuple[tuple[Cell, ...], ...]]


def _heads(concept: str, names: Iterable[str], language: str) -> tuple[str, ...]:
    return tuple(say(f"grid.{concept}.{name}", language) for name in names)


def name(agreement: Agreement, id: str, language: str) -> str:
    """The neutral name of a party, mediator or end."""
    if knows(f"executor.{id}"):
        return say(f"executor.{id}", language)
    return reading.display(agreement, id, "neutral", language)[0]


def slug(key: str) -> str:
    """A key's name without the origin: role and number."""
    return "/".join(key.split("/")[-2:])


def undertaking(agreement: Agreement, reference: str, language: str) -> tuple[str, str]:
    """The agreement's own words for `assurances:<id>`, `crossings:<id>`, `duties:<id>`, `notices:<id>`, `pairs:<id>`,
    `pairs:<id>:<half>` or `periodic:<id>`, with their language; the id where it has none."""
    kind, _, id = reference.partition(":")
    known = agreement.undertakings
    pair = known.pair(id) if kind == "pairs" else None
    duty = known.duty(id) if kind == "duties" else None
    clause = agreement.clause(duty.clause) if duty else None
    found = [clause.text] if clause else [half.text for half in pair.halves] if pair else [known.text(reference)]
    told = [pick(texts, language) for texts in found]
    words = " / ".join(dict.fromkeys(text for text, _ in told if text))
    return (words, told[0][1]) if words else (id, "")


NAMED = {"assurance": "assurances", "crossing": "crossings", "pair": "pairs", "owed": "periodic"}
"""Concepts whose objects are titled by an id of the agreement, and the list that has it."""
BETWEEN = ("call", "sheet")
"""Concepts whose objects are titled by two ends."""


def title(agreement: Agreement, concept: str, text: str, language: str) -> str:
    """An object's title. Ids stand only where the machine made it; words that somebody typed stay as they were typed."""
    if concept in BETWEEN:
        return " ".join(name(agreement, word, language) for word in text.split(" "))
    if concept not in NAMED:
        return text
    id, _, number = text.partition(" ") if concept == "owed" else (text, "", "")
    words, _ = undertaking(agreement, f"{NAMED[concept]}:{id}", language)
    return f"{words} · {digits(number, language)}" if number else words


def _number(value: int, language: str) -> Cell:
    return Cell(digits(value, language), "number")


def _turned(agreement: Agreement, now: Instant) -> tuple[str, ...]:
    return tuple(party.id for party in reading.order(agreement, now.ms // DAY_MS))


def _calls(standing: Standing, agreement: Agreement, now: Instant, language: str) -> Made:
    """Calls and tests of each direction, all directions, whatever the counts."""
    names = ("answered", "unanswered", "unconfirmed", "differing", "tests_made", "tests_owed")
    own = hotline.state(standing)
    rows = tuple(
        (
            Cell(say("grid.call.between", language, one=name(agreement, row.caller, language),
                     two=name(agreement, row.called, language))),
            *(_number(getattr(row, counted), language) for counted in names),
        )
        for row in (hotline.tally(standing) if own.calls or own.tests else ())
    )  # fmt: skip
    return _heads("call", ("direction", *names), language), rows


def _access(standing: Standing, agreement: Agreement, now: Instant, language: str) -> Made:
    """A row for each month and party, newest month first; the parties alternate from month to month."""
    table = restrictions.table(standing, _turned(agreement, now))
    codes = [code for _, places in table[:1] for code, _ in places[0].codes]
    labels = tuple(f"{code} {pick(act.label, language)[0]}" if (act := agreement.act(code)) else code for code in codes)
    rows = tuple(
        (
            Cell(digits(month, language)), Cell(name(agreement, place.party, language)), _number(place.asked, language),
            _number(place.made, language), *(_number(count, language) for _, count in place.codes),
        )
        for turn, (month, places) in enumerate(reversed(table))
        for place in places[:: 1 if turn % 2 == 0 else -1]
    )  # fmt: skip
    return (*_heads("access", ("month", "party", "asked", "made"), language), *labels), rows


def _assurances(standing: Standing, agreement: Agreement, now: Instant, language: str) -> Made:
    """Each assurance with the periods begun, newest first, and every word on them."""
    found: list[tuple[Cell, ...]] = []
    for sid, row in assurances.state(standing).assurances.items():
        terms = assurances.terms_of(standing, row)
        for one in assurances.table(terms, row, now)[: -PERIODS_MAX - 1 : -1] if terms else ():
            last = one.words[-1].said if one.words else None
            found.append((
                Cell(pick(terms.indicator, language)[0] if terms else "", object=f"{assurances.NAME}:{sid}"),
                Cell(name(agreement, row.given.party, language)), _number(one.period.number, language),
                Cell(_day(one.period.opens, language)), Cell(_day(one.period.closes, language)),
                Cell(say(f"choice.assurance_{one.state}", language), _drawn(one.state)),
                *(Cell("–") if last is None else _number(value, language)
                  for value in ((last.hours, last.refused_hours, last.count) if last else (0, 0, 0))),
            ))  # fmt: skip
    names = ("terms", "party", "period", "since", "until", "state", "hours", "refused", "counted")
    return _heads("assurance", names, language), tuple(found)


def _drawn(state: str) -> str:
    return {"awaited": "hatched", "before": "hatched", "not_observable": "hatched", "differ": "differs"}.get(state, "")


def _day(at: Instant, language: str) -> str:
    return digits(at.local("UTC"), language)[:10]


def _crossings(standing: Standing, agreement: Agreement, now: Instant, language: str) -> Made:
    """Each flow of each crossing: the sides' last words, what was seen last, where they differ."""
    sides = _turned(agreement, now)
    found: list[tuple[Cell, ...]] = []
    for sid, listed in crossings.state(standing).crossings.items():
        terms = crossings.terms_of(standing, listed)
        label = pick(terms.name, language)[0] if terms else printed_number(crossings.PREFIX, sid)
        for row in crossing_rows.rows(standing, sid, sides):
            found.append((
                Cell(label, object=f"{crossings.NAME}:{sid}"), Cell(_choice(row.flow, language)),
                *(_word(word, "crossing_silent", language) for _, word in row.words),
                _word(row.seen, "crossing_unobserved", language), _differs(row, agreement, language),
                Cell(say("grid.crossing.step_open", language), "due") if row.step else Cell("–"),
            ))  # fmt: skip
    names = [say("grid.crossing.announced", language, party=name(agreement, side, language)) for side in sides]
    first, last = (
        _heads("crossing", ("crossing", "flow"), language),
        _heads("crossing", ("seen", "apart", "step"), language),
    )
    return (*first, *names, *last), tuple(found)


def _choice(value: str, language: str) -> str:
    return say(f"choice.{value}", language) if knows(f"choice.{value}") else value


def _word(told: Told | None, none: str, language: str) -> Cell:
    """Somebody's word with the time as it was told; that there is none is drawn hatched."""
    if told is None:
        return Cell(say(f"choice.{none}", language), "hatched")
    local = digits(told.when.local.replace("T", " "), language)
    text = f"{say(f'choice.crossing_{told.status}', language)} · \u2066{local} {told.when.zone}\u2069"
    return Cell(text, "hatched" if told.status == "not_observable" else told.status)


def _differs(row: FlowRow, agreement: Agreement, language: str) -> Cell:
    said = [say("choice.crossing_sides_differ", language)] if row.apart else []
    said += [
        f"{name(agreement, side, language)}: {say('choice.crossing_seen_otherwise', language)}"
        for side in row.otherwise
    ]
    return Cell(" · ".join(said), "differs") if said else Cell(say("grid.crossing.none_shown", language))


def _patrols(standing: Standing, agreement: Agreement, now: Instant, language: str) -> Made:
    """Exposure of each area on each of the last days, newest first, from what patrol logs told."""
    told = patrols.logged(standing)
    zone = told[0].zone if told else "UTC"
    areas = tuple(dict.fromkeys((*patrol_plans.named(standing), *(row.area for row in told))))
    days = exposure.by_day(told, agreement, areas, exposure.calendar(now, DAYS, zone)[::-1]) if told else ()
    rows = tuple((Cell(digits(day, language)), *(_looked(cell, language) for cell in cells)) for day, cells in days)
    texts = {area.id: pick(area.text, language)[0] for area in agreement.areas}
    labels = tuple(texts.get(area, area) for area in areas)
    return (say("grid.patrol.day", language, zone=zone), *labels), rows


def _looked(day: Day, language: str) -> Cell:
    words = say(f"exposure.{day.word}", language)
    if day.word in ("not_observed", "nobody_looked"):
        return Cell(words, "hatched", day.exposure if day.done_min else None)
    return Cell(f"{words} · {digits(day.exposure // 10, language)}%", "", day.exposure)


def plain(table: Grid) -> tuple[str, ...]:
    """The table as lines of text, cells parted by ` | `."""
    rows = (" | ".join(cell.text for cell in row) for row in table.rows)
    return (table.heading, table.about, " | ".join(table.head), *rows)
