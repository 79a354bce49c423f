"""`tiga` as it is called: in a process of its own where it opens records, in this one where it needs none."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

from tiga.cli.main import main

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Done:
    code: int
    out: list[str]
    err: list[str]


def environment() -> dict[str, str]:
    """That of a process which knows no settings and finds this source."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("TIGA", "DJANGO"))}
    return {**kept, "PYTHONPATH": str(ROOT / "src")}


def run(*words: object, folder: Path) -> Done:
    done = subprocess.run(
        [sys.executable, *map(str, words)], capture_output=True, text=True, cwd=folder, env=environment(), timeout=120
    )
    return Done(done.returncode, done.stdout.splitlines(), done.stderr.splitlines())


def play(folder: Path, *vkeys: str) -> Path:
    """Both records of `played.py` in a folder."""
    done = run(Path(__file__).with_name("played.py"), folder, *vkeys, folder=folder)
    assert (done.code, done.err) == (0, [])
    return folder


def tiga(folder: Path, *words: object) -> Done:
    """`tiga WORDS --settings …` in a process of its own: it opens records."""
    return run("-m", "tiga", *words, "--settings", "tiga.toml", folder=folder)


def alone(*words: object) -> Done:
    """`tiga WORDS` in this process: what needs no record."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = main([str(word) for word in words])
    return Done(code, out.getvalue().splitlines(), err.getvalue().splitlines())
