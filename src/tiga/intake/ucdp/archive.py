"""A dataset's bytes as rows of text.

Rules
1. The bytes say what a file is: a zip with one CSV file in it, a gzip, anything else is CSV in UTF-8 (with or without byte
   order mark), separated by comma, semicolon or tab, whichever its heading has most of (RFC 4180 otherwise).
2. No more is unpacked than UNPACKED_BYTES_LIMIT, whatever the archive declares.
3. Line ends inside a cell become a line feed; outer spaces fall away; nothing else is changed.
4. Row numbers count from 1 as a spreadsheet shows them: the heading is row 1, an empty row counts.
5. Anything that cannot be read is a fault, never an exception; what was read before it is kept.

Not done here: what a column means. Workbooks are not read: the producer gives CSV.
"""

from __future__ import annotations

import csv
import gzip
import io
import zipfile
import zlib
from dataclasses import dataclass

from tiga.drafts import Fault
from tiga.drafts.texts import tidy

FILE_BYTES_LIMIT = 32 * 1024 * 1024
UNPACKED_BYTES_LIMIT = 64 * 1024 * 1024
ROWS_LIMIT = 50_000
COLUMNS_LIMIT = 120
HEAD_BYTES_LIMIT = 16_384
"""Bytes in which a heading must end for a file to be known by it."""

_GZIP = b"\x1f\x8b"
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class Grid:
    """Rows of text, the first being row 1, and what was wrong with the file as a whole."""

    rows: tuple[tuple[str, ...], ...]
    faults: tuple[Fault, ...] = ()


class _NotRead(Exception):
    """A file that cannot be unpacked: a code of the catalogue and its values."""

    def __init__(self, code: str, **values: str) -> None:
        super().__init__(code)
        self.code, self.values = code, values


def cells(file: str, data: bytes) -> Grid:
    """The rows of a dataset of at most FILE_BYTES_LIMIT bytes; faults stand for the whole file (row 0) or for the row at
    which reading stopped."""
    try:
        if len(data) > FILE_BYTES_LIMIT:
            raise _NotRead("file_too_large", bytes=str(len(data)), limit=str(FILE_BYTES_LIMIT))
        plain = _unpacked(data, UNPACKED_BYTES_LIMIT + 1)
        if len(plain) > UNPACKED_BYTES_LIMIT:
            raise _NotRead("file_too_large", bytes=f"> {UNPACKED_BYTES_LIMIT}", limit=str(UNPACKED_BYTES_LIMIT))
        if not plain.strip():
            raise _NotRead("file_empty")
        if plain.startswith(_UTF16):
            raise _NotRead("encoding", byte="1")
        text = plain.decode("utf-8-sig")
    except _NotRead as refused:
        return Grid((), (Fault(file, 0, "", f"fault.{refused.code}", refused.values),))
    except UnicodeDecodeError as error:
        return Grid((), (Fault(file, 0, "", "fault.encoding", {"byte": str(error.start + 1)}),))
    return _rows(file, text)


def first_row(data: bytes) -> tuple[str, ...]:
    """The heading of a file, unpacked no further than HEAD_BYTES_LIMIT; empty where there is none to be read."""
    try:
        text = _unpacked(data, HEAD_BYTES_LIMIT).decode("utf-8-sig", "replace")
        row = next(csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text)), [])
    except (_NotRead, csv.Error):
        return ()
    return tuple(tidy(cell) for cell in row)


def _unpacked(data: bytes, most: int) -> bytes:
    """At most `most` bytes of the file, or of the one CSV file inside it."""
    try:
        if data.startswith(_GZIP):
            with gzip.GzipFile(fileobj=io.BytesIO(data)) as packed:
                return packed.read(most)
        if not data.startswith(_ZIP):
            return data[:most]
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = [one for one in archive.infolist() if one.filename.casefold().endswith(".csv")]
            # a folder that a Mac adds to every zip, with a shadow of each file
            members = [one for one in members if not one.filename.startswith("__MACOSX/")]
            if len(members) != 1:
                raise _NotRead("archive_members", files=str(len(members)))
            with archive.open(members[0]) as packed_file:
                return packed_file.read(most)
    except (OSError, EOFError, zlib.error, zipfile.BadZipFile, RuntimeError, NotImplementedError, ValueError) as error:
        raise _NotRead("archive_unreadable") from error


def _separator(text: str) -> str:
    first = text.lstrip("\r\n").split("\n", 1)[0]
    return max(",;\t", key=first.count)


def _rows(file: str, text: str) -> Grid:
    rows: list[tuple[str, ...]] = []

    def stopped(code: str, **values: str) -> Grid:
        return Grid(tuple(rows), (Fault(file, len(rows) + 1, "", f"fault.{code}", values),))

    # strict: a quote that is never closed must be a fault, not a cell that swallows the rest of the file
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text), strict=True)
    try:
        for row in reader:
            if len(rows) >= ROWS_LIMIT:
                return stopped("rows_limit", limit=str(ROWS_LIMIT))
            if len(row) > COLUMNS_LIMIT:
                return stopped("columns_limit", limit=str(COLUMNS_LIMIT))
            rows.append(tuple(tidy(cell) for cell in row))
    except csv.Error:
        return stopped("row_unreadable")
    return Grid(tuple(rows))
