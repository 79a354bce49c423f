"""Every code that the record speaks is in the catalogue and the other way round; the vectors are those that we make."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.vectors import make_record
from tiga.record.refusals import Refused
from tiga.values import words

SOURCES = Path(__file__).resolve().parents[3] / "src" / "tiga" / "record"


def test_every_code_has_its_words_and_every_word_its_code() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in sorted(SOURCES.glob("*.py")))
    used = set(re.findall(r'["\'](record\.[a-z0-9_.]+)["\']', text))
    held = {code for code in words.catalogue("en").texts if code.split(".")[0] == "record"}
    assert used == held


def test_a_refusal_is_said_with_its_place() -> None:
    refusal = Refused("record.refused.hash_length").located(member="entries/00000001.note", act="report.file")
    plain = str(refusal).replace("\u2068", "").replace("\u2069", "")
    assert plain == ("A hash has not exactly 32 bytes. (in entries/00000001.note; act report.file; statement -)")
    assert str(Refused("record.refused.hash_length")) == "A hash has not exactly 32 bytes."


@pytest.mark.parametrize("name", sorted(make_record.MAKERS))
def test_the_vectors_are_what_we_make(name: str) -> None:
    assert (make_record.FOLDER / name).read_text(encoding="utf-8") == make_record.made()[name]


def test_every_refused_vector_is_refused() -> None:
    assert len(make_record.canonical_vectors()["refused"]) == len(make_record.REFUSED)
