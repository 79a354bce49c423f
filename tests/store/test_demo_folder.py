"""`tiga demo --out`: a folder that a demo did not make is refused whole, and nothing in it is touched."""

from __future__ import annotations

import io
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest

from tiga.cli import demo
from tiga.cli.main import main


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def run(folder: Path) -> tuple[int, str]:
    err = io.StringIO()
    with redirect_stdout(io.StringIO()), redirect_stderr(err):
        code = main(["demo", "--no-serve", "--out", str(folder)])
    return code, err.getvalue()


def made(folder: Path) -> None:
    """What an earlier demo leaves."""
    folder.mkdir(exist_ok=True)
    (folder / "tiga.toml").write_text(demo.SETTINGS, encoding="utf-8")
    (folder / "press").mkdir()
    (folder / "press" / "record.sqlite3").write_bytes(b"an old record")
    (folder / "summary.json").write_text("{}")


def _papers(folder: Path) -> None:
    (folder / "thesis.txt").write_text("years of work")


def _own_press(folder: Path) -> None:
    """A folder whose names are ours by chance, without a demo's settings."""
    (folder / "press").mkdir()
    (folder / "press" / "clippings.txt").write_text("kept")
    (folder / "summary.json").write_text("{}")


def _real_record(folder: Path) -> None:
    made(folder)
    (folder / "tiga.toml").write_text(demo.SETTINGS.replace("demo = true", "demo = false"))


def _demo_and_more(folder: Path) -> None:
    made(folder)
    (folder / "notes.txt").write_text("mine")


def _bad_bytes(folder: Path) -> None:
    made(folder)
    (folder / "tiga.toml").write_bytes(b"\xff\xfe")


@pytest.mark.parametrize(
    ("fill", "named"),
    [(_papers, "thesis.txt"), (_own_press, "press"), (_real_record, "press"), (_demo_and_more, "notes.txt"),
     (_bad_bytes, "")],
)  # fmt: skip
def test_a_folder_that_is_not_a_demos_is_refused_and_left(
    tmp_path: Path, fill: Callable[[Path], None], named: str
) -> None:
    fill(tmp_path)
    before = contents(tmp_path)
    code, told = run(tmp_path)
    assert (code, named in told, contents(tmp_path)) == (2, True, before)


def test_a_file_in_the_folders_place_is_refused_and_left(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file")
    assert (run(tmp_path / "out")[0], contents(tmp_path)) == (2, {"out": b"a file"})


@pytest.mark.parametrize("fill", [lambda folder: None, made], ids=["empty", "a-demos"])
def test_an_empty_folder_and_an_earlier_demos_are_begun_anew(tmp_path: Path, fill: Callable[[Path], None]) -> None:
    fill(tmp_path)
    assert demo._emptied(tmp_path, "en") == ""
    assert contents(tmp_path) == {"tiga.toml": demo.SETTINGS.encode()}


def test_a_folder_reached_by_a_link_is_not_emptied(tmp_path: Path) -> None:
    """Where a demo's `press` is a link to somewhere else, the link goes and what it leads to stays."""
    out, elsewhere = tmp_path / "out", tmp_path / "elsewhere"
    elsewhere.mkdir()
    _papers(elsewhere)
    out.mkdir()
    (out / "tiga.toml").write_text(demo.SETTINGS, encoding="utf-8")
    (out / "press").symlink_to(elsewhere, target_is_directory=True)
    assert demo._emptied(out, "en") == ""
    assert (contents(elsewhere), (out / "press").exists()) == ({"thesis.txt": b"years of work"}, False)
