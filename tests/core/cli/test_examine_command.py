"""`tiga examine` as it is called: verdicts with what they do not prove, claims, earlier files, what cannot be read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tiga.cli.main import main
from tiga.drafts.examinations import OUTCOMES
from tiga.values.words import say

PICTURES = Path(__file__).parents[3] / "samples" / "evidence"
ONE, AGAIN = str(PICTURES / "stonebridge.jpg"), str(PICTURES / "stonebridge-recycled.jpg")


def called(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    """Exit code, standard output, standard error."""
    code = main(["examine", *words])
    out, err = capsys.readouterr()
    return code, out, err


def codes(capsys: pytest.CaptureFixture[str], *words: str) -> list[str]:
    code, out, _ = called(capsys, *words, "--json")
    assert code == 0
    return [row["code"] for row in json.loads(out)["verdicts"]]


@pytest.mark.parametrize("language", ["en", "ur", "ps"])
def test_each_verdict_is_printed_with_what_it_does_not_prove(language: str, capsys: pytest.CaptureFixture[str]) -> None:
    found = json.loads(called(capsys, ONE, "--json")[1])["verdicts"]
    assert main(["--language", language, "examine", ONE]) == 0
    marks = str.maketrans("", "", "\u2066\u2067\u2068\u2069")
    out = " ".join(capsys.readouterr().out.translate(marks).split())
    said = [
        " ".join(say(f"{row['code']}{part}", language, **row.get("values", {})).translate(marks).split())
        for row in found for part in ("", ".not")
    ]  # fmt: skip
    assert len(said) > 10
    assert [text for text in said if text not in out] == []
    assert {row["outcome"] for row in found} <= set(OUTCOMES)


def test_a_claim_is_compared(capsys: pytest.CaptureFixture[str]) -> None:
    far = codes(capsys, ONE, "--claim-time", "2020-01-01T00:00 UTC", "--claim-place", "0,0,10")
    assert ("evidence.place_differs" in far, "evidence.place_agrees" in far) == (True, False)
    said = json.loads(called(capsys, ONE, "--json")[1])["verdicts"]
    point = next(row["values"]["point"] for row in said if row["code"] == "evidence.place_said")
    near = codes(capsys, ONE, "--claim-place", f"{point.replace(' ', '')},500")
    assert ("evidence.place_differs" in near, "evidence.place_agrees" in near) == (False, True)


def test_earlier_files_are_compared_with(capsys: pytest.CaptureFixture[str]) -> None:
    alike = [code for code in codes(capsys, AGAIN, "--earlier", ONE) if code.startswith("evidence.alike_")]
    assert len(alike) == 1
    assert "evidence.duplicate" in codes(capsys, ONE, "--earlier", ONE)
    assert "evidence.likeness_none" in codes(capsys, ONE)


@pytest.mark.parametrize(
    "words",
    [("--claim-time", "yesterday"), ("--claim-time", "2026-01-01T00:00 Mars"), ("--claim-place", "1,2"),
     ("--claim-place", "a,b,c"), ("--claim-place", "91,0,5"), ("--claim-place", "1,2,0")],
)  # fmt: skip
def test_a_claim_that_cannot_be_read_is_told(words: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert called(capsys, ONE, *words) == (2, "", say("cli.examine.claim", given=words[1]) + "\n")


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = called(capsys, str(tmp_path / "none"))
    assert (code, out, err.startswith(f"{tmp_path / 'none'} cannot be read")) == (2, "", True)


def test_a_file_of_no_known_kind_is_examined(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "x.bin"
    path.write_bytes(b"\x00\x01\x02")
    code, out, _ = called(capsys, str(path))
    assert (code, say("evidence.type_unknown") in out) == (0, True)
