"""UCDP GED and Candidate event files become events and field reports, or faults with names.

Rules
1. Bytes are handed in; a file is known by its heading (`recognises`), in any of the column sets of `columns`, with or
   without a row of HXL tags under it.
2. Good rows go in; a faulty row is set aside whole, with every fault's file, row, column, reason and remedy.
3. The importer states the zone of each country: the dataset's dates are local days without one, and none is guessed.
4. The same row twice is one event. Rows that give one event id other contents are all set aside: which of them holds, the
   order of rows cannot say. So the order of rows changes nothing.
5. The report id is the event's id in every release; a later release that tells the event otherwise is a new version of it.
6. Whatever the bytes are, the answer is events, reports and faults, never an exception.

Not done here: comparing with reports already in the record, opening files, guessing what acts a dataset's words mean
(`tiga.drafts.events` assumes them, for trying rules on the past).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tiga.drafts import Fault, FieldReport
from tiga.drafts.events import Event
from tiga.drafts.texts import FAULT_COLUMNS, unguarded, visible
from tiga.intake.ucdp.archive import cells, first_row
from tiga.intake.ucdp.columns import NAMED_BY, REQUIRED
from tiga.intake.ucdp.rows import Reading, event
from tiga.values.moments import BadMoment, offset

__all__ = ["Dataset", "read", "recognises"]


@dataclass(frozen=True, slots=True)
class Dataset:
    """What a file held: events and the reports of them with their row numbers (the heading is row 1), the faults, and its
    heading."""

    events: tuple[tuple[int, Event], ...] = ()
    reports: tuple[tuple[int, FieldReport], ...] = ()
    faults: tuple[Fault, ...] = ()
    header: tuple[str, ...] = ()


def recognises(data: bytes) -> bool:
    """Whether a file's heading (of a CSV, or of the CSV in a zip or gzip) is one of UCDP's event files."""
    columns = {_heading(cell) for cell in first_row(data)}
    return columns.issuperset(REQUIRED) and not columns.isdisjoint(NAMED_BY)


def read(name: str, data: bytes, zones: Mapping[str, str]) -> Dataset:
    """Read an event file of at most 32 MiB (64 MiB unpacked) and 50,000 rows; never raises.

    `name` is the file's name, which stands in the faults. `zones` gives a zone (PKT, AFT, `+04:30`) for each country by the
    dataset's own name of it; under the empty name, for all others.
    """
    file = visible(name)
    stated = {country.casefold(): zone for country, zone in zones.items()}
    grid = cells(file, data)
    faults = _zones(file, stated)
    if not grid.rows or faults:
        return Dataset(faults=(*faults, *grid.faults), header=grid.rows[0] if grid.rows else ())
    header = grid.rows[0]
    places, faults = _header(file, header)
    if faults:
        return Dataset(faults=(*faults, *grid.faults), header=header)
    found: list[tuple[int, Event, FieldReport, tuple[str, ...]]] = []
    for number, raw in enumerate(grid.rows[1:], 2):
        if not any(raw) or (number == 2 and _tags(raw)):
            continue
        if any(raw[len(header) :]):
            faults.append(Fault(file, number, "", "fault.cells_extra", {"cells": str(len(header))}, raw))
            continue
        texts = {column: unguarded(raw[at]) if at < len(raw) else "" for column, at in places.items()}
        reading = Reading(file, number, raw, texts)
        pair = event(reading, stated)
        faults += reading.faults
        if pair is not None:
            found.append((number, *pair, raw))
    kept = _apart(file, found, faults)
    events = tuple((number, one) for number, one, _, _ in kept)
    reports = tuple((number, report) for number, _, report, _ in kept)
    return Dataset(events, reports, (*sorted(faults, key=lambda fault: fault.row), *grid.faults), header)


def _heading(text: str) -> str:
    return text.strip().casefold()


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


def _header(file: str, header: tuple[str, ...]) -> tuple[dict[str, int], list[Fault]]:
    """Where each column stands in a row, and the heading's faults."""
    places: dict[str, int] = {}
    faults: list[Fault] = []
    for at, text in enumerate(header):
        column = _heading(text)
        if column in places:
            faults.append(Fault(file, 1, visible(text), "fault.column_twice", {"column": visible(text)}, header))
        elif column and column not in FAULT_COLUMNS:
            places[column] = at
    missing = [column for column in REQUIRED if column not in places]
    faults += [Fault(file, 1, column, "fault.column_missing", {"column": column}, header) for column in missing]
    return places, faults


def _apart(
    file: str, found: list[tuple[int, Event, FieldReport, tuple[str, ...]]], faults: list[Fault]
) -> list[tuple[int, Event, FieldReport, tuple[str, ...]]]:
    """Each event once; events that come with several contents become faults of all their rows."""
    by_id: dict[str, list[tuple[int, Event, FieldReport, tuple[str, ...]]]] = {}
    for item in found:
        by_id.setdefault(item[1].event_id, []).append(item)
    kept = []
    for event_id, items in by_id.items():
        if all(item[2] == items[0][2] for item in items):
            kept.append(items[0])
            continue
        for number, _, _, raw in items:
            other = str(next(item[0] for item in items if item[0] != number))
            values = {"value": event_id.removeprefix("ucdp-"), "row": other}
            faults.append(Fault(file, number, "id", "fault.event_twice", values, raw))
    return kept
