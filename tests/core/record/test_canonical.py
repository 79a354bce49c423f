"""tiga-JSON: one spelling, and nothing outside the profile."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.record import known
from tiga.record import canonical
from tiga.record.canonical import NotCanonical

NAMES = st.from_regex(r"[a-z][a-z0-9_-]{0,39}", fullmatch=True)
SCALARS = st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text()
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner), max_leaves=8)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"b": 1, "a": [True, False]}, '{"a":[true,false],"b":1}'),
        ({"a-b": 1, "a_b": 2, "a0": 3, "a": 4}, '{"a":4,"a-b":1,"a0":3,"a_b":2}'),
        ('\b\t\n\f\r"\\/\x1f\x7f\u2028', '"\\b\\t\\n\\f\\r\\"\\\\/\\u001f\x7f\u2028"'),
        ({"ur": "گل خان"}, '{"ur":"گل خان"}'),
        ([[[[[[[[1]]]]]]]], "[[[[[[[[1]]]]]]]]"),
        ([-(2**53) + 1, 2**53 - 1], "[-9007199254740991,9007199254740991]"),
    ],
)
def test_a_value_has_one_spelling(value: Any, text: str) -> None:
    assert canonical.encode(value) == text.encode()
    assert canonical.decode(text.encode()) == value


@pytest.mark.parametrize(
    ("value", "code", "path"),
    [
        ({"a": {"b": [0, 1.0]}}, "record.canonical.float", "a.b[1]"),
        ({"a": None}, "record.canonical.kind", "a"),
        ({"a": b"x"}, "record.canonical.kind", "a"),
        ({"a": 2**53}, "record.canonical.integer", "a"),
        ({"a": -(2**53)}, "record.canonical.integer", "a"),
        ({"a": {"B": 1}}, "record.canonical.name", "a"),
        ({"": 1}, "record.canonical.name", "."),
        ({"a\n": 1}, "record.canonical.name", "."),
        ({1: 1}, "record.canonical.name", "."),
        ({"a" * 41: 1}, "record.canonical.name", "."),
        ([[[[[[[[[]]]]]]]]], "record.canonical.depth", "[0][0][0][0][0][0][0][0]"),
        ({"a": ["\ud800"]}, "record.canonical.surrogate", "a[0]"),
        ("x" * canonical.BYTES_LIMIT, "record.canonical.long", "."),
    ],
)
def test_a_value_outside_the_profile_is_refused_with_its_place(value: Any, code: str, path: str) -> None:
    with pytest.raises(NotCanonical) as caught:
        canonical.encode(value)
    assert (caught.value.code, caught.value.values["path"]) == (code, path)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b'{"b":1,"a":2}', "record.canonical.spelling"),
        (b'{"a":1,"a":1}', "record.canonical.spelling"),
        (b'{"a": 1}', "record.canonical.spelling"),
        (b'{"a":1}\n', "record.canonical.spelling"),
        (b'{"a":-0}', "record.canonical.spelling"),
        (b'"\\/"', "record.canonical.spelling"),
        (b'"\\u0041"', "record.canonical.spelling"),
        (b'"\\u001F"', "record.canonical.spelling"),
        (b"1.0", "record.canonical.float"),
        (b"1e2", "record.canonical.float"),
        (b"Infinity", "record.canonical.float"),
        (b"null", "record.canonical.kind"),
        (b'"\\ud800"', "record.canonical.surrogate"),
        (b"\xff", "record.canonical.json"),
        (b"\xef\xbb\xbf1", "record.canonical.json"),
        (b"", "record.canonical.json"),
        (b"[" * 100_000, "record.canonical.json"),
        (b"9" * 5_000, "record.canonical.json"),
    ],
)
def test_bytes_of_another_spelling_are_refused(data: bytes, code: str) -> None:
    with pytest.raises(NotCanonical) as caught:
        canonical.decode(data)
    assert caught.value.code == code


@settings(max_examples=150, deadline=None)
@given(VALUES)
def test_what_is_encoded_is_decoded_to_itself(value: Any) -> None:
    try:
        data = canonical.encode(value)
    except NotCanonical as error:
        assert error.code == "record.canonical.depth"
        return
    assert canonical.encode(canonical.decode(data)) == data


@pytest.mark.parametrize("name", ["arrays", "french", "structures", "unicode", "values", "weird"])
def test_rfc_8785_vectors(name: str) -> None:
    """Each whole vector lies outside the profile and is refused; what lies inside is spelled as it spells it."""
    source = json.loads(known.shared("rfc8785-jcs", "assets", "input", f"{name}.json").read_bytes())
    expected = known.shared("rfc8785-jcs", "assets", "output", f"{name}.json").read_bytes()
    with pytest.raises(NotCanonical):
        canonical.decode(expected)
    inside = [value for value in _parts(source) if _holds(value)]
    assert [value for value in inside if canonical.encode(value) not in expected] == []
    counts = {"arrays": 3, "french": 4, "structures": 8, "unicode": 1, "values": 3, "weird": 9}
    assert len(inside) == counts[name]


def _parts(value: Any) -> list[Any]:
    rows = [value]
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        rows += _parts(item)
    return rows


def _holds(value: Any) -> bool:
    try:
        canonical.encode(value)
    except NotCanonical:
        return False
    return True


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("می\u200cخواهم \u200d\u200e\u200f\u061c", ""),
        ("ی ي ک ك", ""),
        ("e\u0301", "record.canonical.nfc"),
        ("a\nb", "record.canonical.code_point"),
        ("\x7f", "record.canonical.code_point"),
        ("\x85", "record.canonical.code_point"),
        ("\u2028", "record.canonical.code_point"),
        ("\ufeff", "record.canonical.code_point"),
        ("\u202e", "record.canonical.code_point"),
        ("\u2067", "record.canonical.code_point"),
        ("\ufdd0", "record.canonical.code_point"),
        ("\U0010ffff", "record.canonical.code_point"),
    ],
)
def test_the_admission_lint(text: str, code: str) -> None:
    try:
        canonical.lint({"title": [{"ur": text}]})
    except NotCanonical as error:
        assert (error.code, error.path) == (code, "title[0].ur")
    else:
        assert code == ""
