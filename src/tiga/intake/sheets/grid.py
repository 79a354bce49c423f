"""A sheet's bytes as rows of text.

Rules
1. What a file is, its bytes say: a zip is taken for an XLSX workbook, anything else for CSV in UTF-8 (with or without
   byte order mark), separated by comma, semicolon or tab, whichever its first line has most of (RFC 4180 otherwise).
2. Of a workbook only the first sheet is read, as text. Formulas are not computed: they stay the text they are. A
   workbook with macros is refused. Its zip directory is checked before a byte is unpacked; no entity of its XML is ever
   resolved.
3. Line ends inside a cell become a line feed; outer spaces fall away; nothing else is changed.
4. Row numbers count from 1 as a spreadsheet shows them: the heading is row 1, an empty row counts.
5. Anything that cannot be read is a fault, never an exception; what was read before it is kept.

Not done here: what a column means, or whether a cell makes sense.
"""

from __future__ import annotations

import csv
import datetime
import io
import zipfile
from dataclasses import dataclass

from tiga.drafts import Fault
from tiga.drafts.texts import tidy
from tiga.intake.sheets.columns import COLUMNS_LIMIT

FILE_BYTES_LIMIT = 10 * 1024 * 1024
UNPACKED_BYTES_LIMIT = 40_000_000
"""Bytes of all members of a workbook together, as its zip directory declares them (zipfile reads no more than that)."""
MEMBERS_LIMIT = 500
ROWS_LIMIT = 10_000
CELLS_LIMIT = 1_200_000
"""Cells of a workbook including the empty ones between filled ones."""

_OLD_WORKBOOK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class Grid:
    """Rows of text with outer spaces gone, the first being row 1, and what was wrong with the file as a whole."""

    rows: tuple[tuple[str, ...], ...]
    faults: tuple[Fault, ...]


def cells(file: str, data: bytes) -> Grid:
    """The rows of a CSV or XLSX file of at most FILE_BYTES_LIMIT bytes; faults stand for the whole file (row 0) or for
    the row at which reading stopped."""
    if len(data) > FILE_BYTES_LIMIT:
        return _refused(file, "file_too_large", bytes=str(len(data)), limit=str(FILE_BYTES_LIMIT))
    if not data.strip():
        return _refused(file, "file_empty")
    if data.startswith(_OLD_WORKBOOK):
        return _refused(file, "workbook_old")
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _workbook(file, data)
    return _text(file, data)


def _refused(file: str, code: str, row: int = 0, **values: str) -> Grid:
    return Grid((), (Fault(file, row, "", f"fault.{code}", values),))


def _text(file: str, data: bytes) -> Grid:
    """Rows of a CSV file."""
    if data.startswith(_UTF16):
        return _refused(file, "encoding", byte="1")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return _refused(file, "encoding", byte=str(error.start + 1))
    first = text.lstrip("\r\n").split("\n", 1)[0]
    separator = max(",;\t", key=first.count)
    rows: list[tuple[str, ...]] = []
    # strict: a quote that is never closed must be a fault, not a cell that swallows the rest of the file
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        for row in reader:
            if len(rows) >= ROWS_LIMIT:
                return Grid(tuple(rows), (_stopped(file, rows, "rows_limit", limit=str(ROWS_LIMIT)),))
            if len(row) > COLUMNS_LIMIT:
                return Grid(tuple(rows), (_stopped(file, rows, "columns_limit", limit=str(COLUMNS_LIMIT)),))
            rows.append(tuple(tidy(cell) for cell in row))
    except csv.Error:
        return Grid(tuple(rows), (_stopped(file, rows, "row_unreadable"),))
    return Grid(tuple(rows), ())


def _stopped(file: str, rows: list[tuple[str, ...]], code: str, **values: str) -> Fault:
    """The fault of the row after those read."""
    return Fault(file, len(rows) + 1, "", f"fault.{code}", values)


def _workbook(file: str, data: bytes) -> Grid:
    """Rows of a workbook's first sheet."""
    try:
        refusal = _directory(file, data)
        return refusal or _first_sheet(file, data)
    except Exception:  # the reader's exceptions are many and undocumented; to a sender each means the same
        return _refused(file, "workbook_unreadable")


def _directory(file: str, data: bytes) -> Grid | None:
    """Refuse a workbook by its zip directory: too many or too large members, encryption, odd packing, macros."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = archive.infolist()
    unpacked = sum(member.file_size for member in members)
    if len(members) > MEMBERS_LIMIT or unpacked > UNPACKED_BYTES_LIMIT:
        return _refused(file, "workbook_too_large", bytes=str(unpacked), limit=str(UNPACKED_BYTES_LIMIT))
    if any(member.filename.casefold().endswith("vbaproject.bin") for member in members):
        return _refused(file, "workbook_macros")
    packings = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
    if any(member.flag_bits & 1 or member.compress_type not in packings for member in members):
        return _refused(file, "workbook_unreadable")
    return None


def _first_sheet(file: str, data: bytes) -> Grid:
    import openpyxl  # here, not above: it takes a third of a second that readers of CSV need not wait for

    if not openpyxl.DEFUSEDXML:
        return _refused(file, "workbook_no_reader")
    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
    try:
        if not book.worksheets:
            return _refused(file, "workbook_no_sheet")
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # the declared size may lie, and rows would be padded to it
        rows: list[tuple[str, ...]] = []
        seen = 0
        for row in sheet.iter_rows():
            seen += len(row)
            texts = _trimmed([_cell_text(cell) for cell in row])
            if len(rows) >= ROWS_LIMIT or seen > CELLS_LIMIT:
                return Grid(tuple(rows), (_stopped(file, rows, "rows_limit", limit=str(ROWS_LIMIT)),))
            if len(texts) > COLUMNS_LIMIT:
                return Grid(tuple(rows), (_stopped(file, rows, "columns_limit", limit=str(COLUMNS_LIMIT)),))
            rows.append(texts)
        return Grid(tuple(rows), ())
    finally:
        book.close()


def _trimmed(row: list[str]) -> tuple[str, ...]:
    """A row without the empty cells at its end."""
    while row and not row[-1]:
        row.pop()
    return tuple(row)


def _cell_text(cell: object) -> str:
    """What a cell holds, as the text a person would have typed; a date without hours in its format stays a date."""
    value = getattr(cell, "value", None)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime.datetime):
        if "h" not in str(getattr(cell, "number_format", "")).casefold():
            return value.date().isoformat()
        return value.isoformat(timespec="seconds" if value.second else "minutes")
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    return tidy(str(getattr(value, "text", value)))  # an array formula carries its text
