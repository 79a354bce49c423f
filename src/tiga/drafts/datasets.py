"""A research dataset's file, told row by row, and the same gathered: what every adapter of datasets gives.

Rules
1. A `Row` is a report, with an event where the dataset's words make one, or its faults; never both. `ident` stands also on a
   faulty row where it can be read: what is in a file and cannot be read has not vanished from it.
2. Rows that give one id other contents: where the producer says when each was last changed, the latest holds; else all are
   set aside, for the order of rows cannot say which of them holds. So the order of rows changes nothing.
3. `Seen` finds those in a file that is not held: it keeps SEEN_BYTES of each row. Hashes are cut to eight bytes: a chance
   collision sets two rows aside by name, and lets nothing in.

Not done here: what a column means (each adapter's own), comparing with what is on a record.
"""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from tiga.drafts import Fault, FieldReport, tables
from tiga.drafts.cells import Reading
from tiga.drafts.events import Event
from tiga.drafts.tables import Limits
from tiga.drafts.texts import FAULT_COLUMNS, unguarded, visible
from tiga.values.moments import BadMoment, offset

SEEN_BYTES = 32
"""Bytes that `Seen` keeps of a row."""


@dataclass(frozen=True, slots=True)
class Heading:
    """The first row of a file."""

    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its number (the heading is row 1), its cells as they came, the report's id and the country as far as they
    can be read, and the report or the faults. `changed` is the producer's last change, Unix seconds, 0 where it says none."""

    number: int
    raw: tuple[str, ...]
    ident: str
    country: str
    report: FieldReport | None = None
    event: Event | None = None
    faults: tuple[Fault, ...] = ()
    changed: int = 0


Item = Heading | Row | Fault
"""What a file is told as: its heading, its rows, and a fault of the whole file or of where reading stopped."""
Taken = tuple[Event | None, FieldReport]


@dataclass(frozen=True, slots=True)
class Dataset:
    """What a file held: events and the reports of them with their row numbers, the faults, its heading, and the numbers of
    rows that tell an earlier state of what another row tells."""

    events: tuple[tuple[int, Event], ...] = ()
    reports: tuple[tuple[int, FieldReport], ...] = ()
    faults: tuple[Fault, ...] = ()
    header: tuple[str, ...] = ()
    earlier: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Deletions:
    """A producer's list of what it took back: report ids with their rows, the faults, the heading."""

    gone: tuple[tuple[int, str], ...] = ()
    faults: tuple[Fault, ...] = ()
    header: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Adapter:
    """What is a dataset's own: the columns it cannot do without, the column of ids, how much is read, how a row is taken
    (report or faults in the reading), its id and last change, and older headings with the column's name now."""

    required: tuple[str, ...]
    id_column: str
    limits: Limits
    take: Callable[[Reading, Mapping[str, str]], Taken | None] = field(repr=False)
    ident: Callable[[Reading], str] = field(repr=False)
    changed: Callable[[Reading], int] = field(repr=False)
    aliases: Mapping[str, str] = field(default_factory=dict)


def stream(adapter: Adapter, name: str, chunks: Iterable[bytes], zones: Mapping[str, str]) -> Iterator[Item]:
    """A file's heading, then its rows; a fault of the whole file or of where reading stopped comes last. Never raises.

    `name` is the file's name, which stands in the faults. `zones` gives a zone (PKT, AFT, `+04:30`) for each country by the
    dataset's own name of it; under the empty name, for all others.
    """
    file = visible(name)
    stated = {country.casefold(): zone for country, zone in zones.items()}
    if faults := _zones(file, stated):
        yield from faults
        return
    header: tuple[str, ...] | None = None
    places: dict[str, int] = {}
    for number, raw in enumerate(tables.rows(file, chunks, adapter.limits), 1):
        if isinstance(raw, Fault):
            yield raw
        elif header is None:
            header = raw
            yield Heading(header)
            places, faults = columns(file, header, adapter.required, adapter.aliases)
            if faults:
                yield from faults
                return
        elif any(raw) and not (number == 2 and _tags(raw)):
            texts = {column: unguarded(raw[at]) if at < len(raw) else "" for column, at in places.items()}
            yield _row(adapter, Reading(file, number, raw, texts), stated, len(header))


def gathered(adapter: Adapter, name: str, items: Iterable[Item]) -> Dataset:
    """A whole file of moderate size at once, each event in it once."""
    header: tuple[str, ...] = ()
    good: list[Row] = []
    faults: list[Fault] = []
    last: list[Fault] = []
    file = visible(name)
    for item in items:
        if isinstance(item, Heading):
            header = item.cells
        elif isinstance(item, Fault):
            last.append(item)
        elif item.report is None:
            faults += item.faults
        else:
            good.append(item)
    seen = Seen()
    for row in good:
        seen.add(row)
    clashes = seen.clashes()
    kept: dict[str, Row] = {}
    earlier: list[int] = []
    for row in good:
        verdict = judged(adapter, file, row, clashes)
        if isinstance(verdict, Fault):
            faults.append(verdict)
        elif not verdict:
            earlier.append(row.number)
        else:
            kept.setdefault(row.ident, row)
    events = tuple((row.number, row.event) for row in kept.values() if row.event is not None)
    reports = tuple((row.number, row.report) for row in kept.values() if row.report is not None)
    ordered = sorted(faults, key=lambda fault: fault.row)
    return Dataset(events, reports, (*ordered, *last), header, tuple(earlier))


# ---- ids that come again


@dataclass(frozen=True, slots=True)
class Clash:
    """An id with several contents: the content that holds (0 where none does), and two rows that differ."""

    holds: int
    rows: tuple[int, int]


def short(data: bytes) -> int:
    """Eight bytes of a SHA-256, as a number."""
    return int.from_bytes(hashlib.sha256(data).digest()[:8], "big")


def content(report: FieldReport) -> int:
    """A report's content as eight bytes; equal for equal reports."""
    return short(repr(report).encode("utf-8", "backslashreplace"))


class Seen:
    """Ids, contents, last changes and numbers of the rows seen: SEEN_BYTES of each."""

    __slots__ = ("_changed", "_contents", "_ids", "_numbers")

    def __init__(self) -> None:
        self._ids, self._contents, self._changed, self._numbers = (array("Q") for _ in range(4))

    def add(self, row: Row) -> None:
        """Keep what a good row gives."""
        if row.report is not None:
            self._ids.append(short(row.ident.encode()))
            self._contents.append(content(row.report))
            self._changed.append(row.changed)
            self._numbers.append(row.number)

    def clashes(self) -> dict[int, Clash]:
        """The ids that come with several contents, by `short` of the id."""
        ordered = array("Q", sorted(self._ids))
        twice = {ordered[at] for at in range(1, len(ordered)) if ordered[at] == ordered[at - 1]}
        groups: dict[int, list[int]] = {}
        for at, one in enumerate(self._ids):
            if one in twice:
                groups.setdefault(one, []).append(at)
        return {one: clash for one, group in groups.items() if (clash := self._clash(group))}

    def _clash(self, group: list[int]) -> Clash | None:
        other = next((at for at in group if self._contents[at] != self._contents[group[0]]), None)
        if other is None:
            return None
        rows = (self._numbers[group[0]], self._numbers[other])
        last = max(self._changed[at] for at in group)
        latest = {self._contents[at] for at in group if self._changed[at] == last}
        stated = all(self._changed[at] for at in group)
        return Clash(latest.pop() if stated and len(latest) == 1 else 0, rows)


def judged(adapter: Adapter, file: str, row: Row, clashes: Mapping[int, Clash]) -> bool | Fault:
    """Whether a good row holds, tells an earlier state (false), or must be set aside."""
    clash = clashes.get(short(row.ident.encode()))
    if clash is None or row.report is None:
        return True
    if clash.holds:
        return content(row.report) == clash.holds
    other = clash.rows[1] if row.number == clash.rows[0] else clash.rows[0]
    values = {"value": visible(row.ident.partition("-")[2]), "row": str(other)}
    return Fault(file, row.number, adapter.id_column, "fault.event_twice", values, row.raw)


# ---- the heading, a row


def heading(text: str) -> str:
    """A heading as it is compared."""
    return text.strip().casefold()


def columns(
    file: str, header: tuple[str, ...], required: Iterable[str], aliases: Mapping[str, str] = MappingProxyType({})
) -> tuple[dict[str, int], list[Fault]]:
    """Where each column stands in a row, and the heading's faults."""
    places: dict[str, int] = {}
    faults: list[Fault] = []
    for at, text in enumerate(header):
        column = aliases.get(heading(text), heading(text))
        if column in places:
            faults.append(Fault(file, 1, visible(text), "fault.column_twice", {"column": visible(text)}, header))
        elif column and column not in FAULT_COLUMNS:
            places[column] = at
    missing = [column for column in required if column not in places]
    faults += [Fault(file, 1, column, "fault.column_missing", {"column": column}, header) for column in missing]
    return places, faults


def _row(adapter: Adapter, reading: Reading, zones: Mapping[str, str], width: int) -> Row:
    pair = adapter.take(reading, zones)
    told = Row(reading.row, reading.raw, adapter.ident(reading), reading.get("country"))
    if any(reading.raw[width:]):
        fault = Fault(reading.file, reading.row, "", "fault.cells_extra", {"cells": str(width)}, reading.raw)
        return replace(told, faults=(fault,))
    if pair is None or reading.faults:
        return replace(told, faults=tuple(reading.faults))
    return replace(told, event=pair[0], report=pair[1], changed=adapter.changed(reading))


def _tags(raw: tuple[str, ...]) -> bool:
    """Whether a row holds HXL tags and nothing else."""
    return all(cell.startswith("#") for cell in raw if cell)


def _zones(file: str, stated: Mapping[str, str]) -> list[Fault]:
    """What is wrong with the zones handed in, as faults of the whole file."""
    if not stated:
        return [Fault(file, 0, "", "fault.dataset_zone_missing", {})]
    faults = []
    for zone in dict.fromkeys(stated.values()):
        try:
            offset(zone)
        except BadMoment:
            faults.append(Fault(file, 0, "", "fault.zone_unknown", {"value": visible(zone)}))
    return faults
