"""`tiga fusion windowed`: files in, counts out, faults named, a table of who is with whom."""

from __future__ import annotations

from pathlib import Path

import pytest

from tiga.cli.main import main

ONE = "dataset,event,date,enddate,latitude,longitude,kind\none,a,2026-01-05,,34,70,mortar\none,b,2026-02-05,,34,70,rifle\n"
TWO = "event,date,enddate,latitude,longitude,kind\n=x,2026-01-06,,34.01,70,shelling\ny,2026-01-32,,34,70,shelling\n"
KIND = """data.source,base.categories,fine,coarse
one,mortar,mortar,indirect
one,rifle,rifle,direct
two,shelling,mortar,indirect
"""


@pytest.fixture
def files(tmp_path: Path) -> Path:
    for name, text in (("one.csv", ONE), ("b.csv", TWO), ("kind.csv", KIND)):
        (tmp_path / name).write_text(text)
    return tmp_path


def call(folder: Path, *words: str) -> int:
    given = ["--days", "2", "--metres", "4000", "--taxonomy", str(folder / "kind.csv"), str(folder / "one.csv")]
    return main(["fusion", "windowed", *given, *words])


def test_datasets_are_merged_and_faulty_rows_named(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(files, f"two={files / 'b.csv'}", "--out", str(files / "out.csv")) == 1
    told = capsys.readouterr()
    assert told.out.splitlines() == [
        "Occurrences read: 3", "Occurrences after merging: 2", "Groups of more than one: 1", "Taken into another: 1",
    ]  # fmt: skip
    assert told.err.splitlines() == [
        "b.csv, row 3, column date: 2026-01-32 is not a date. Write 2026-01-05, as the producer of the dataset does.",
    ]
    assert (files / "out.csv").read_bytes() == b"group,dataset,event\r\n1,one,a\r\n1,two,'=x\r\n2,one,b\r\n"


def test_without_faults_the_exit_is_zero(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert (call(files), capsys.readouterr().err) == (0, "")


def test_a_window_that_cannot_be_taken_merges_nothing(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(files, "--days", "999", "--out", str(files / "out.csv")) == 1
    told = capsys.readouterr()
    assert told.out.splitlines()[:2] == ["Occurrences read: 0", "Occurrences after merging: 0"]
    assert told.err.splitlines() == [
        "The window is too wide or negative. Limits: 366 days and 1000000 metres. Give whole numbers from 0 up to the limits."
    ]
    assert (files / "out.csv").exists() is False


def test_a_file_that_is_not_there_is_told(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(files, str(files / "none.csv")) == 2
    told = capsys.readouterr()
    assert (told.out, "none.csv" in told.err) == ("", True)
