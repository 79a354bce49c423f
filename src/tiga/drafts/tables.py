"""Bytes that come in pieces as rows of text: what every adapter of datasets reads through.

Rules
1. The bytes say what a file is: a zip with one CSV file in it, a gzip, anything else is CSV in UTF-8 (with or without byte
   order mark), separated by comma, semicolon or tab, whichever its heading has most of (RFC 4180 otherwise).
2. No more than a piece, a line and a row is held at once; a zip alone is gathered first, for its directory stands at its end.
   No more is unpacked than `Limits.unpacked_bytes`, whatever the archive declares.
3. Line ends inside a cell become a line feed; outer spaces fall away; nothing else is changed.
4. Rows come in order, the heading first; an empty row is an empty tuple, so that they can be counted as a spreadsheet does.
5. Anything that cannot be read is one fault, the last thing given, never an exception; what was read before it stands.

Not done here: what a column means. Workbooks are not read: the producers of datasets give CSV.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

from tiga.drafts import Fault
from tiga.drafts.texts import tidy

PIECE = 1 << 16
"""Bytes in which a file is handed in and unpacked."""
HEAD_BYTES_LIMIT = 16_384
"""Bytes in which a heading must end for a file to be known by it."""
LINE_CHARACTERS_LIMIT = 1_000_000

_GZIP = b"\x1f\x8b"
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_GZIP_WINDOW = 31
"""zlib's word for a gzip header with the largest window."""
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)")


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of a file is read: bytes as they come and unpacked, rows, cells of a row, characters of a line."""

    file_bytes: int
    unpacked_bytes: int
    rows: int
    columns: int
    line_characters: int = LINE_CHARACTERS_LIMIT


class _NotRead(Exception):
    """A file that cannot be read on: a code of the catalogue and its values."""

    def __init__(self, code: str, **values: str) -> None:
        super().__init__(code)
        self.code, self.values = code, values


def rows(file: str, chunks: Iterable[bytes], limits: Limits) -> Iterator[tuple[str, ...] | Fault]:
    """The rows of a file handed in by pieces; a fault ends them: of the whole file (row 0), or of the row at which reading
    stopped."""
    number = 0
    try:
        for row in _read(chunks, limits):
            if number >= limits.rows:
                yield Fault(file, number + 1, "", "fault.rows_limit", {"limit": str(limits.rows)})
                return
            if len(row) > limits.columns:
                yield Fault(file, number + 1, "", "fault.columns_limit", {"limit": str(limits.columns)})
                return
            number += 1
            yield tuple(tidy(cell) for cell in row)
    except _NotRead as refused:
        yield Fault(file, 0, "", f"fault.{refused.code}", refused.values)
    except csv.Error:
        yield Fault(file, number + 1, "", "fault.row_unreadable", {})


def first_row(data: bytes) -> tuple[str, ...]:
    """The heading of a file, unpacked no further than HEAD_BYTES_LIMIT; empty where there is none to be read."""
    try:
        text = _head(data).decode("utf-8-sig", "replace")
        row = next(csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text)), [])
    except (_NotRead, csv.Error):
        return ()
    return tuple(tidy(cell) for cell in row)


def start(data: bytes) -> bytes:
    """The first bytes of a file, unpacked, at most HEAD_BYTES_LIMIT of them; none where it cannot be unpacked."""
    try:
        return _head(data)
    except _NotRead:
        return b""


def _head(data: bytes) -> bytes:
    limits = Limits(len(data), len(data) + HEAD_BYTES_LIMIT + PIECE, 0, 0)
    found = b""
    try:
        for piece in _plain((data,), limits):
            found += piece[:HEAD_BYTES_LIMIT]
            if len(found) >= HEAD_BYTES_LIMIT:
                break
    except _NotRead:  # a heading that was read before the damage is a heading
        if not found:
            raise
    return found[:HEAD_BYTES_LIMIT]


def _read(chunks: Iterable[bytes], limits: Limits) -> Iterator[list[str]]:
    """Rows as the reader of CSV gives them; raises _NotRead and csv.Error."""
    lines = _lines(_plain(chunks, limits), limits.line_characters)
    blank = 0
    first = ""
    for first in lines:
        if first.strip():
            break
        blank += 1
    else:
        raise _NotRead("file_empty")
    yield from ([] for _ in range(blank))
    # strict: a quote that is never closed must be a fault, not a cell that swallows the rest of the file
    yield from csv.reader(chain((first,), lines), delimiter=_separator(first), strict=True)


def _separator(text: str) -> str:
    first = text.lstrip("\r\n").split("\n", 1)[0]
    return max(",;\t", key=first.count)


def _lines(pieces: Iterable[bytes], most: int) -> Iterator[str]:
    """Lines of UTF-8 with their ends; raises _NotRead for other bytes, csv.Error for a line that is too long."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    held: list[str] = []
    size = fed = 0
    begun = False
    for piece in pieces:
        try:
            text = decoder.decode(piece)
        except UnicodeDecodeError as error:  # its object is what was held back of the piece before, and this one
            raise _NotRead("encoding", byte=str(fed + len(piece) - len(error.object) + error.start + 1)) from error
        fed += len(piece)
        if text and not begun:
            text, begun = text.removeprefix("\ufeff"), True
        if (held and held[-1].endswith("\r")) or "\n" in text or "\r" in text:
            text = "".join((*held, text))
            # a carriage return at the end may be half of a line end
            upto = len(text) - text.endswith("\r")
            end = 0
            for match in _LINE.finditer(text, 0, upto):
                yield match[0]
                end = match.end()
            held, size = [text[end:]], len(text) - end
        else:
            held.append(text)
            size += len(text)
        if size > most:
            raise csv.Error
    try:
        decoder.decode(b"", True)
    except UnicodeDecodeError as error:
        raise _NotRead("encoding", byte=str(fed - len(error.object) + error.start + 1)) from error
    if rest := "".join(held):
        yield rest


def _plain(chunks: Iterable[bytes], limits: Limits) -> Iterator[bytes]:
    """The file's bytes, or of the one CSV file inside it, in pieces; raises _NotRead."""
    source = _counted(chunks, limits.file_bytes)
    head = b""
    for piece in source:
        head += piece
        if len(head) >= len(_ZIP[0]):
            break
    whole = chain((head,), source)
    if head.startswith(_GZIP):
        yield from _within(_gunzipped(whole), limits.unpacked_bytes)
    elif head.startswith(_ZIP):
        yield from _within(_unzipped(b"".join(whole)), limits.unpacked_bytes)
    else:
        yield from _within(whole, limits.unpacked_bytes)


def _counted(chunks: Iterable[bytes], limit: int) -> Iterator[bytes]:
    size = 0
    for piece in chunks:
        size += len(piece)
        if size > limit:
            raise _NotRead("file_too_large", bytes=str(size), limit=str(limit))
        yield piece


def _within(pieces: Iterable[bytes], limit: int) -> Iterator[bytes]:
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > limit:
            raise _NotRead("file_too_large", bytes=f"> {limit}", limit=str(limit))
        yield piece


def _gunzipped(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """A gzip of one or several members."""
    packed = zlib.decompressobj(_GZIP_WINDOW)
    begun = False
    try:
        for chunk in chunks:
            data = chunk
            while data:
                if packed.eof:
                    if not data.strip(b"\0"):  # padding behind the last member
                        break
                    packed, begun = zlib.decompressobj(_GZIP_WINDOW), False
                begun = True
                if piece := packed.decompress(data, PIECE):
                    yield piece
                data = packed.unconsumed_tail or packed.unused_data
        while not packed.eof and (piece := packed.decompress(packed.unconsumed_tail, PIECE)):
            yield piece
    except zlib.error as error:
        raise _NotRead("archive_unreadable") from error
    if not begun or not packed.eof:
        raise _NotRead("archive_unreadable")


def _unzipped(data: bytes) -> Iterator[bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = [one for one in archive.infolist() if one.filename.casefold().endswith(".csv")]
            # a folder that a Mac adds to every zip, with a shadow of each file
            members = [one for one in members if not one.filename.startswith("__MACOSX/")]
            if len(members) != 1:
                raise _NotRead("archive_members", files=str(len(members)))
            with archive.open(members[0]) as packed:
                while piece := packed.read(PIECE):
                    yield piece
    except (OSError, EOFError, zlib.error, zipfile.BadZipFile, RuntimeError, NotImplementedError, ValueError) as error:
        raise _NotRead("archive_unreadable") from error
