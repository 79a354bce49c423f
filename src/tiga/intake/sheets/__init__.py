"""CSV and XLSX sheets become field reports, or faults with names.

Rules
1. Bytes are handed in; a named column map says what each column means (`columns`).
2. Good rows go in; a faulty row is set aside whole, with every fault's file, row, column, reason and remedy.
3. A column the map does not name is a fault at row 1 and is not read; the rows go in without it.
4. The same row twice is one report. A report id that comes again with other content is a fault of the later row.
5. Whatever the bytes are, the answer is reports and faults, never an exception.

Not done here: comparing with reports already in the record, opening files, or guessing an encoding, a zone or a place.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass

from tiga.drafts import Fault, FieldReport
from tiga.drafts.texts import FAULT_COLUMNS, guarded, visible
from tiga.intake.sheets.columns import (
    FIELDS,
    BadColumnMap,
    ColumnMap,
    column_map,
    field_report,
    heading,
)
from tiga.intake.sheets.grid import cells
from tiga.intake.sheets.rows import Reading, report
from tiga.values.words import say

__all__ = ["BadColumnMap", "ColumnMap", "Sheet", "column_map", "field_report", "read", "told", "write_faults"]

_ISOLATES = re.compile("[\u2068\u2069]")


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a file held: the reports with their row numbers (the heading is row 1), the faults, and its heading."""

    reports: tuple[tuple[int, FieldReport], ...]
    faults: tuple[Fault, ...]
    header: tuple[str, ...] = ()


def read(name: str, data: bytes, columns: ColumnMap) -> Sheet:
    """Read a CSV or XLSX file of at most 10 MiB and 10,000 rows by a column map; never raises.

    `name` is the file's name as the sender knows it; it stands in the faults.
    """
    file = visible(name)
    grid = cells(file, data)
    if not grid.rows:
        return Sheet((), grid.faults or (Fault(file, 0, "", "fault.file_empty", {}),))
    header = grid.rows[0]
    places, faults = _header(file, header, columns)
    if places is None:
        return Sheet((), (*faults, *grid.faults), header)
    reports: list[tuple[int, FieldReport]] = []
    seen: dict[str, tuple[int, FieldReport]] = {}
    for number, raw in enumerate(grid.rows[1:], 2):
        if not any(raw):
            continue
        texts = {field: raw[at] if at < len(raw) else "" for field, at in places.items()}
        reading = Reading(file, number, raw, texts, {field: header[at] for field, at in places.items()})
        if any(raw[len(header) :]):
            faults.append(Fault(file, number, "", "fault.cells_extra", {"cells": str(len(header))}, raw))
            continue
        found = report(reading, columns)
        if found is not None and found.report_id in seen:
            first, before = seen[found.report_id]
            if before != found:
                reading.fault("report_id", "report_id_twice", value=found.report_id, row=str(first))
            found = None
        faults += reading.faults
        if found is not None:
            seen[found.report_id] = (number, found)
            reports.append((number, found))
    return Sheet(tuple(reports), (*faults, *grid.faults), header)


def _header(file: str, header: tuple[str, ...], columns: ColumnMap) -> tuple[dict[str, int] | None, list[Fault]]:
    """Where each field stands in a row, or None where the heading cannot be used, and the heading's faults."""
    places: dict[str, int] = {}
    faults: list[Fault] = []
    usable = True
    for at, text in enumerate(header):
        field = columns.feeds.get(heading(text))
        if field is None:
            if text and heading(text) not in FAULT_COLUMNS:
                faults.append(Fault(file, 1, visible(text), "fault.column_unknown", {"column": visible(text)}, header))
        elif field in places:
            faults.append(Fault(file, 1, visible(text), "fault.column_twice", {"column": visible(text)}, header))
            usable = False
        else:
            places[field] = at
    for field, kind in FIELDS.items():
        if kind.required and field not in places and field not in columns.defaults:
            called = next((key for key, value in columns.feeds.items() if value == field), field)
            faults.append(Fault(file, 1, called, "fault.column_missing", {"column": called}, header))
            usable = False
    return (places if usable else None), faults


def told(fault: Fault, language: str = "en") -> tuple[str, str, str]:
    """A fault in a language: where it is, what was wrong, what to do."""
    if fault.row and fault.column:
        where = say("fault.at_cell", language, file=fault.file, row=fault.row, column=fault.column)
    elif fault.row:
        where = say("fault.at_row", language, file=fault.file, row=fault.row)
    else:
        where = say("fault.at_file", language, file=fault.file)
    if rule := fault.values.get("refusal"):  # a rule further on refused the row: its own words say it best
        slots = {name: value for name, value in fault.values.items() if name != "refusal"}
        return where, say(f"refusal.{rule}.text", language, **slots), say(f"refusal.{rule}.remedy", language, **slots)
    return where, say(fault.code, language, **fault.values), say(f"{fault.code}_remedy", language, **fault.values)


def write_faults(faults: Sequence[Fault], language: str, header: Sequence[str] = ()) -> bytes:
    """A CSV (UTF-8 with byte order mark, RFC 4180) that the sender can mend and send back: each faulty row once as it
    came, behind its number, the columns at fault, what was wrong and the remedy.

    `header` is the file's own heading (`Sheet.header`). Cells that a spreadsheet would run as a formula get a leading
    apostrophe, which `read` takes off again.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    # a heading that was itself a fault column came from an earlier list and is left out, with the cells below it
    kept = [at for at, text in enumerate(header) if heading(text) not in FAULT_COLUMNS]
    writer.writerow([*FAULT_COLUMNS, *(guarded(header[at]) for at in kept)])
    by_row: dict[tuple[str, int], list[Fault]] = {}
    for fault in faults:
        by_row.setdefault((fault.file, fault.row), []).append(fault)
    for (_, row), group in by_row.items():
        whats, remedies = zip(*(told(fault, language)[1:] for fault in group), strict=True)
        raw = () if row <= 1 else group[0].raw  # the heading is no report
        names = ", ".join(dict.fromkeys(fault.column for fault in group if fault.column))
        mended = [raw[at] if at < len(raw) else "" for at in kept] + list(raw[len(header) :]) if raw else []
        told_plain = [_ISOLATES.sub("", " / ".join(texts)) for texts in (whats, remedies)]  # cells are no running text
        fields = [str(row), names, *told_plain, *mended]
        writer.writerow([guarded(field) for field in fields])
    return b"\xef\xbb\xbf" + out.getvalue().encode("utf-8")
