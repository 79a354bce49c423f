"""Files for the windowed mode: datasets and taxonomies as CSV, in the columns that such work uses.

Rules
1. A dataset has the columns `event date enddate latitude longitude` and one a taxonomy, by the taxonomy's name; dates are
   2026-01-05, an empty `enddate` means the day itself. Other columns are passed over.
2. A taxonomy has `data.source base.categories` and after them its levels, fine to coarse: at least one.
3. Rows count from 1, the heading being row 1. A faulty row is set aside with its fault and the others are read.
4. Days are counted from the first of January of the year 1; degrees become whole 1e-7 degrees.

Not done here: opening files (bytes are handed in), workbooks, comparing anything.
"""

from __future__ import annotations

import csv
import datetime
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass

from tiga.drafts import Fault
from tiga.drafts.coordinates import degrees, is_degrees
from tiga.drafts.texts import visible
from tiga.fusion.windowed import Dataset, Occurrence, Taxonomy

BYTES_LIMIT = 50_000_000
ROWS_LIMIT = 200_000
LEVELS_LIMIT = 12
FIELDS = ("event", "date", "enddate", "latitude", "longitude")
TAXONOMY_FIELDS = ("data.source", "base.categories")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
_LATITUDE_MAX, _LONGITUDE_MAX = 900_000_000, 1_800_000_000


@dataclass(frozen=True, slots=True)
class DatasetRead:
    """A dataset, and what was wrong with its file."""

    dataset: Dataset
    faults: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class TaxonomyRead:
    """A taxonomy, and what was wrong with its file."""

    taxonomy: Taxonomy
    faults: tuple[Fault, ...]


def dataset(file: str, data: bytes, name: str, taxonomies: Sequence[str]) -> DatasetRead:
    """A dataset of `name` from a CSV file's bytes, its categories in the order of `taxonomies`."""
    rows, faults = _rows(file, data)
    if not rows:
        return DatasetRead(Dataset(name, ()), tuple(faults))
    heading = rows[0]
    missing = [column for column in (*FIELDS, *taxonomies) if column not in heading]
    if missing:
        faults += [_fault(file, 1, column, "column_missing", column=column) for column in missing]
        return DatasetRead(Dataset(name, ()), tuple(faults))
    at = [heading.index(column) for column in (*FIELDS, *taxonomies)]
    found = []
    for number, row in enumerate(rows[1:], 2):
        if not any(row):
            continue
        cells = [row[place] if place < len(row) else "" for place in at]
        told = _occurrence(file, number, cells, taxonomies, faults)
        if told:
            found.append(told)
    return DatasetRead(Dataset(name, tuple(found)), tuple(faults))


def taxonomy(file: str, data: bytes, name: str) -> TaxonomyRead:
    """A taxonomy of `name` from a CSV file's bytes."""
    rows, faults = _rows(file, data)
    levels: dict[tuple[str, str], tuple[str, ...]] = {}
    if rows:
        depth = len(rows[0]) - len(TAXONOMY_FIELDS)
        for column, expected in zip([*rows[0], "", ""], TAXONOMY_FIELDS, strict=False):
            if column != expected:
                faults.append(_fault(file, 1, expected, "column_missing", column=expected))
        if not 1 <= depth <= LEVELS_LIMIT:
            faults.append(_fault(file, 1, "", "levels_count", count=str(max(0, depth)), limit=str(LEVELS_LIMIT)))
        for number, row in enumerate(rows[1:] if not faults else (), 2):
            if any(row):
                _level_row(file, number, row, depth, levels, faults)
    return TaxonomyRead(Taxonomy(name, levels), tuple(faults))


def _level_row(
    file: str,
    number: int,
    row: list[str],
    depth: int,
    levels: dict[tuple[str, str], tuple[str, ...]],
    faults: list[Fault],
) -> None:
    if len(row) != len(TAXONOMY_FIELDS) + depth or not all(row):
        faults.append(_fault(file, number, "", "levels_missing", count=str(depth)))
        return
    source, category, *rest = row
    if levels.setdefault((source, category), tuple(rest)) != tuple(rest):
        faults.append(_fault(file, number, "base.categories", "category_twice", value=visible(category)))


def _rows(file: str, data: bytes) -> tuple[list[list[str]], list[Fault]]:
    """The rows of a file without outer spaces; what cannot be read is a fault, what was read before it is kept."""
    if len(data) > BYTES_LIMIT:
        return [], [_fault(file, 0, "", "file_too_large", bytes=str(len(data)), limit=str(BYTES_LIMIT))]
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return [], [_fault(file, 0, "", "encoding", byte=str(error.start + 1))]
    rows: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), strict=True):
            if len(rows) > ROWS_LIMIT:
                return rows, [_fault(file, len(rows) + 1, "", "rows_limit", limit=str(ROWS_LIMIT))]
            rows.append([cell.strip() for cell in row])
    except csv.Error:
        return rows, [_fault(file, len(rows) + 1, "", "row_unreadable")]
    return (rows, []) if rows else ([], [_fault(file, 0, "", "file_empty")])


def _occurrence(
    file: str, number: int, cells: Sequence[str], taxonomies: Sequence[str], faults: list[Fault]
) -> Occurrence | None:
    event, date, enddate, latitude, longitude, *categories = cells
    before = len(faults)
    for column, cell in zip(("event", *taxonomies), (event, *categories), strict=True):
        if not cell:
            faults.append(_fault(file, number, column, "field_missing", field=column))
    start = _day(file, number, "date", date, faults)
    end = _day(file, number, "enddate", enddate, faults) if enddate else start
    if start and end and end < start:
        faults.append(_fault(file, number, "enddate", "end_before_start", value=enddate, start=date))
    lat = _degrees(file, number, "latitude", latitude, _LATITUDE_MAX, faults)
    lon = _degrees(file, number, "longitude", longitude, _LONGITUDE_MAX, faults)
    if len(faults) > before:
        return None
    return Occurrence(event, start, end, lat, lon, tuple(categories), number)


def _day(file: str, number: int, column: str, cell: str, faults: list[Fault]) -> int:
    """The day's number, or 0 with a fault."""
    try:
        if _DATE.match(cell):
            return datetime.date.fromisoformat(cell).toordinal()
    except ValueError:  # digits that are no day, such as the 30th of February
        pass
    faults.append(_fault(file, number, column, "dataset_date", value=visible(cell)))
    return 0


def _degrees(file: str, number: int, column: str, cell: str, most: int, faults: list[Fault]) -> int:
    """1e-7 degrees, or 0 with a fault."""
    if not is_degrees(cell):
        faults.append(_fault(file, number, column, "coordinate_bad", value=visible(cell)))
        return 0
    value = degrees(cell)
    if abs(value) > most:
        faults.append(_fault(file, number, column, f"{column}_out", value=cell))
    return value


def _fault(file: str, place: int, column: str, code: str, /, **values: str) -> Fault:
    return Fault(file, place, column, f"fault.{code}", values)
