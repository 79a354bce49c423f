"""Bytes that come in pieces are read as the whole would be, wherever they are cut; what ends them is one named fault."""

from __future__ import annotations

import csv
import gzip
import io
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tiga.drafts import Fault, tables
from tiga.drafts.tables import Limits

LIMITS = Limits(10_000, 20_000, 50, 5, 2_000)


def pieces(data: bytes, size: int) -> list[bytes]:
    return [data[at : at + size] for at in range(0, len(data), size)]


def read(data: bytes, size: int = 7, limits: Limits = LIMITS) -> list[tuple[str, ...] | Fault]:
    return list(tables.rows("f.csv", pieces(data, size), limits))


def ending(data: bytes, size: int = 7, limits: Limits = LIMITS) -> tuple[int, str, dict[str, str]]:
    """Row, code and values of the fault that ends a file."""
    *before, last = read(data, size, limits)
    assert isinstance(last, Fault)
    assert [row for row in before if isinstance(row, Fault)] == []
    return last.row, last.code.removeprefix("fault."), last.values


TEXT = '\ufeffa;b\r\n"x\r\ny";"ن،"\n\r\n;\r  z ; w'


@pytest.mark.parametrize("size", range(1, 12))
def test_wherever_a_file_is_cut_its_rows_are_the_same(size: int) -> None:
    data = TEXT.encode()
    rows = [("a", "b"), ("x\ny", "ن،"), (), ("", ""), ("z", "w")]
    assert read(data, size) == rows
    assert read(gzip.compress(data[:9]) + gzip.compress(data[9:]) + b"\0\0", size) == rows
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("in.csv", data)
    assert read(out.getvalue(), size) == rows


CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\ufeff"), max_size=6)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(CELLS, min_size=2, max_size=4), min_size=1, max_size=8), st.integers(1, 30))
def test_what_a_writer_wrote_is_read_back(table: list[list[str]], size: int) -> None:
    out = io.StringIO(newline="")
    csv.writer(out, quoting=csv.QUOTE_ALL).writerows([["head", "row"], *table])
    told = [tuple(tables.tidy(cell) for cell in row) for row in [["head", "row"], *table]]
    assert read(out.getvalue().encode(), size) == told


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200), st.integers(1, 40), st.sampled_from([b"", b"PK\x03\x04", b"\x1f\x8b\x08", b"a,b\n"]))
def test_any_bytes_end_in_rows_or_one_fault(data: bytes, size: int, before: bytes) -> None:
    found = read(before + data, size)
    assert [at for at, row in enumerate(found) if isinstance(row, Fault)] in ([], [len(found) - 1])


ENDINGS = [
    (b"", 0, "file_empty", {}),
    (b"\n\n \n", 0, "file_empty", {}),
    (b"\xef\xbb\xbf", 0, "file_empty", {}),
    (b"a,b\nc,\xc3", 0, "encoding", {"byte": "7"}),
    (b"\xef\xbb\xbfa,b\nc,\xff,d\n", 0, "encoding", {"byte": "10"}),
    (b"a,b\n" + b"c,d\n" * 50, 51, "rows_limit", {"limit": "50"}),
    (b"a,b\n1,2,3,4,5,6\n", 2, "columns_limit", {"limit": "5"}),
    (b'a,b\nc,"d\n', 2, "row_unreadable", {}),
    (b"a,b\n" + b"c" * 3_000, 2, "row_unreadable", {}),
    (b"a,b\n" + b"c,d\n" * 2_500, 51, "rows_limit", {"limit": "50"}),
    (gzip.compress(b"a,b\nc,d\n")[:-9], 0, "archive_unreadable", {}),
    (gzip.compress(b"a,b\n") + b"more", 0, "archive_unreadable", {}),
    (b"\x1f\x8b", 0, "archive_unreadable", {}),
    (b"PK\x05\x06", 0, "archive_unreadable", {}),
]


@pytest.mark.parametrize(
    ("data", "row", "code", "values"), ENDINGS, ids=[f"{row[2]}-{n}" for n, row in enumerate(ENDINGS)]
)
def test_what_cannot_be_read_is_one_fault_at_its_place(
    data: bytes, row: int, code: str, values: dict[str, str]
) -> None:
    assert ending(data) == (row, code, values)


def test_no_more_is_taken_or_unpacked_than_allowed() -> None:
    wide = Limits(100, 150, 1_000, 5)
    assert ending(b"a,b\n" * 30, 10, wide) == (0, "file_too_large", {"bytes": "110", "limit": "100"})
    assert ending(gzip.compress(b"a,b\n" * 50), 10, wide) == (0, "file_too_large", {"bytes": "> 150", "limit": "150"})


def test_a_heading_is_known_without_reading_on() -> None:
    assert tables.first_row(gzip.compress(b"a;b\n" + b"c;d\n" * 90_000)[:200]) == ("a", "b")
    assert (tables.first_row(b"PK\x03\x04"), tables.first_row(b""), tables.start(b"PK\x03\x04")) == ((), (), b"")
    assert tables.start(b"No data\n") == b"No data\n"
