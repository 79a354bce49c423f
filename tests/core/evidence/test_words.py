"""Every verdict has its words, what it does not prove, and no slot that is not filled; in every language that pages speak."""

from __future__ import annotations

import re

import pytest

from tests.core.evidence import made
from tiga.drafts.examinations import OUTCOMES, Verdict
from tiga.values import words

SOURCES = [*sorted((made.ROOT / "src" / "tiga" / "evidence").glob("*.py")), made.ROOT / "src/tiga/store/examining.py"]


def held(language: str) -> dict[str, str]:
    found = words.read(language, [(made.ROOT / "src/tiga/values/catalogue" / language / "evidence.toml").read_bytes()])
    return found.texts


def spoken() -> set[str]:
    text = "".join(path.read_text(encoding="utf-8") for path in SOURCES)
    codes = {f"evidence.{code}" for code in re.findall(r'"evidence\.([a-z_]+)"', text)}
    codes |= {f"evidence.{code}" for code in re.findall(r'_Wrong\("([a-z_]+)"', text)}
    codes |= {f"evidence.alike_{how}" for how in ("saved", "resized", "mirrored", "rotated", "cropped", "extended")}
    return codes | {f"fault.{code}" for code in re.findall(r'"(?:fault\.)?(derivative_[a-z_]+)"', text)}


def test_every_code_has_its_words_and_every_word_its_code() -> None:
    texts = held("en")
    said = {code for code in texts if not code.endswith((".not", "_remedy"))}
    assert said == spoken()
    assert {code for code in texts if code.endswith(".not")} == {f"{code}.not" for code in said if code.startswith("e")}


@pytest.mark.parametrize("language", ["ur", "ps"])
def test_every_word_is_translated_with_the_same_slots(language: str) -> None:
    english, other = held("en"), held(language)
    assert {code: words.slots(text) for code, text in other.items()} == {
        code: words.slots(text) for code, text in english.items()
    }
    worded = [code for code, text in english.items() if re.search(r"[A-Za-z]", re.sub(r"\{.*?\}", "", text))]
    assert [code for code in worded if english[code] == other[code]] == []


def test_no_text_promises_more_than_it_may() -> None:
    assert [code for code, text in held("en").items() if re.search(r"\b(authentic|verified|proven)\b", text)] == [
        "evidence.credentials_signer_unknown.not"
    ]


def test_an_outcome_is_one_of_four() -> None:
    assert OUTCOMES == ("supports", "against", "silent", "broken")
    with pytest.raises(ValueError, match="is not an outcome"):
        Verdict("evidence.empty", "true")


def test_the_document_lists_every_verdict_with_its_words() -> None:
    rows = re.findall(
        r"^\| `([a-z_]+)` \| ([a-z ]+) \| (.*?) \| (.*) \|$", (made.ROOT / "docs/evidence.md").read_text("utf-8"), re.M
    )
    texts = held("en")
    assert {code: (said, unproven) for code, _, said, unproven in rows if f"evidence.{code}" in texts} == {
        code.removeprefix("evidence."): (text, texts[f"{code}.not"])
        for code, text in texts.items()
        if code.startswith("evidence.") and not code.endswith(".not")
    }
