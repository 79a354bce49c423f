"""Rows under one root: each is proven alone, and nothing but the very row at its very place is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.vectors import make_rows
from tiga.record import rowroots
from tiga.record.canonical import NotCanonical
from tiga.record.tree import EMPTY, leaf_hash, root_of

VECTOR = json.loads((Path(__file__).parents[2] / "vectors" / "record" / "rows.json").read_text(encoding="utf-8"))


def rows(number: int) -> list[bytes]:
    return [rowroots.row_bytes({"n": n, "word": "ټکی"}) for n in range(number)]


@pytest.mark.parametrize("number", [0, 1, 2, 3, 255, 256, 257, 1_023, 1_024, 1_500])
def test_the_root_is_that_of_the_definition(number: int) -> None:
    assert rowroots.root(iter(rows(number))) == (root_of([leaf_hash(row) for row in rows(number)]), number)
    assert rowroots.root([])[0] == EMPTY


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 700), st.data())
def test_every_row_is_proven_at_its_place_and_at_no_other(number: int, data: st.DataObject) -> None:
    table = rows(number)
    index = data.draw(st.integers(0, number - 1))
    root, path = rowroots.root(table)[0], rowroots.row_proof(table, index)
    assert rowroots.check_row(table[index], index, number, path, root)
    other = data.draw(st.integers(0, number))
    wrong = [
        (table[index] + b" ", index, number, path, root),
        (b'{"n":-1,"word":"x"}', index, number, path, root),
        (table[index], number, number, path, root),
        (table[index], index, number, (*path, b"x" * 32), root),
        (table[index], index, number, path, b"\0" * 32),
        (table[index], index, number, tuple(step[:-1] for step in path) or (b"x",), root),
    ]
    wrong += [(table[index], other, number, path, root)] if other != index else []
    assert [rowroots.check_row(*one) for one in wrong] == [False] * len(wrong)


def test_a_table_is_its_rows_and_is_read_back_only_as_it_was_written() -> None:
    data = b"".join(rowroots.table(rows(3)))
    assert rowroots.read_table(data) == tuple(rows(3))
    assert rowroots.read_table(b"") == ()
    for bad in (data[:-1], data + b"{}", data.replace(b'{"n"', b'{ "n"'), b"\n", b"[1.5]\n"):
        with pytest.raises(NotCanonical):
            rowroots.read_table(bad)


def test_the_vector_for_other_languages_is_what_the_code_gives() -> None:
    assert make_rows.vector() == VECTOR
    root, size = bytes.fromhex(VECTOR["root"]), len(VECTOR["rows"])
    for case in VECTOR["proofs"]:
        path = [bytes.fromhex(step) for step in case["path"]]
        assert rowroots.check_row(VECTOR["rows"][case["index"]].encode(), case["index"], size, path, root)
