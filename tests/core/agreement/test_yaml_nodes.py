"""YAML to plain data with lines: what is read, what is refused and where."""

from __future__ import annotations

import pytest

from tiga.cli.yaml_nodes import BYTES_LIMIT, BadYaml, load


def test_scalars_are_text_whole_numbers_or_truth() -> None:
    source = (
        b"a: 12\nb: -3\nc: true\nd: yes\ne: 2025-10-19\nf: 1.5\ng: 010\nh: '7'\ni: 1:30\nj: 0x1f\nk: ''\nl: 1_000\n"
    )
    assert load(source).data == {
        "a": 12, "b": -3, "c": True, "d": "yes", "e": "2025-10-19", "f": "1.5", "g": "010", "h": "7", "i": "1:30",
        "j": "0x1f", "k": "", "l": "1_000",
    }  # fmt: skip


def test_lines_of_members_and_items() -> None:
    marked = load(b"# first\na:\n  - x: 1\n    y: 2\n  - [3,\n     4]\nb: {c: 5}\n")
    assert marked.first_line == "# first"
    assert marked.data == {"a": [{"x": 1, "y": 2}, [3, 4]], "b": {"c": 5}}
    paths = [("a",), ("a", 0), ("a", 0, "y"), ("a", 1), ("a", 1, 1), ("b", "c"), ("a", 0, "z")]
    assert [marked.line(path) for path in paths] == [2, 3, 4, 5, 6, 7, 3]


@pytest.mark.parametrize(
    ("source", "line", "code"),
    [
        (b"a: 1\nb:\n", 2, "null"),
        (b"a: 1\nb: ~\n", 2, "null"),
        (b"a: null\n", 1, "null"),
        (b"a: 1\nb: 2\na: 3\n", 3, "duplicate_key"),
        (b"a: &x 1\nb: *x\n", 1, "anchor"),
        (b"a: !!python/object:os.system x\n", 1, "tag"),
        (b"a: !!str 1\n", 1, "tag"),
        (b"? [a]\n: 1\n", 1, "bad_key"),
        (b"a: 1\n---\nb: 2\n", 2, "several_documents"),
        (b"", 1, "empty"),
        (b"a: 9007199254740993\n", 1, "number_too_large"),
        (b"a: [1,\n", 2, "not_yaml"),
        (b"a: 1\nb: \xff\n", 2, "not_utf8"),
        ("a: 1\nb: e\u0301\n".encode(), 2, "not_nfc"),
        (b"\xef\xbb\xbfa: 1\n", 1, "byte_order_mark"),
        (b"[" * 40 + b"]" * 40, 1, "too_deep"),
        (b"a: [" + b"1," * 60_000 + b"1]", 1, "too_many_nodes"),
        (b"#" * (BYTES_LIMIT + 1), 1, "too_large"),
    ],
)
def test_refused(source: bytes, line: int, code: str) -> None:
    with pytest.raises(BadYaml) as caught:
        load(source)
    assert (caught.value.line, caught.value.code) == (line, f"agreement.yaml.{code}")
    assert str(caught.value) != ""
