"""`verify.py`: the same program in one file, the same answers, and nothing beside it."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.core.cli.test_verify_report import Kept, dossier, kept, policy_file, sound
from tests.core.mechanism.desk import at_stage
from tests.core.record import forgeries as made
from tiga import __version__
from tiga.cli.main import main
from tiga.publish import verifier
from tiga.record.container import pack
from tiga.values import words

ROOT = Path(__file__).resolve().parents[3]
ISOLATED = ("-I", "-S")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Nothing but `verify.py` and dossiers."""
    path = tmp_path_factory.mktemp("alone")
    (path / "verify.py").write_bytes(verifier.verify_py())
    desk, case = at_stage("in_force", kept())
    assert isinstance(desk, Kept)
    (path / "exercise.zip").write_bytes(dossier(desk, case, "report.file"))
    (path / "live.zip").write_bytes(pack(sound()))
    (path / "garbage.zip").write_bytes(b"not a dossier")
    (path / "short.zip").write_bytes(pack(sound(cosigners=made.WITNESSES[:1])))
    policy_file(path, *made.WITNESSES)
    return path


def alone(folder: Path, *words: str, flags: tuple[str, ...] = ISOLATED) -> tuple[int, str, str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "TIGA"))}
    done = subprocess.run(
        [sys.executable, *flags, "verify.py", *words],
        cwd=folder, capture_output=True, text=True, encoding="utf-8", timeout=120,
        env={**environment, "PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip
    return done.returncode, done.stdout, done.stderr


WAYS: dict[str, tuple[int, tuple[str, ...]]] = {
    "verified": (0, ("exercise.zip", "--exercise")),
    "explained": (0, ("exercise.zip", "--exercise", "--explain")),
    "data": (0, ("exercise.zip", "--exercise", "--json")),
    "policy": (0, ("live.zip", "--policy", "policy")),
    "not asked for": (1, ("exercise.zip",)),
    "a witness short": (1, ("short.zip", "--policy", "policy")),
    "garbage": (1, ("garbage.zip",)),
    "another size": (1, ("live.zip", "--head", "7 0000-0000-0000-0000-0000-0000-0000-0000")),
    "no file": (2, ("none.zip",)),
    "no key": (2, ("live.zip", "--log-key", "nonsense")),
    "no code": (2, ("live.zip", "--head", "nonsense")),
}


@pytest.mark.parametrize("language", words.SPOKEN)
@pytest.mark.parametrize("way", WAYS)
def test_it_says_what_the_command_says(way: str, language: str, folder: Path, capsys, monkeypatch) -> None:
    code, given = WAYS[way]
    monkeypatch.chdir(folder)
    expected = main(["--language", language, "verify", *given])
    out, err = capsys.readouterr()
    assert alone(folder, *given, "--language", language) == (expected, out, err)
    assert (expected, bool(out), bool(err)) == (code, code != 2, code == 2)


def test_it_carries_the_modules_that_the_command_loads_and_no_others(folder: Path) -> None:
    code = """
import sys
sys.path.insert(0, sys.argv.pop(1))
from tiga.cli import verifying
verifying.alone(sys.argv[1:])
print(*sorted(name for name in sys.modules if name.split(".")[0] == "tiga"), file=sys.stderr)
"""
    told = subprocess.run(
        [sys.executable, *ISOLATED, "-c", code, str(ROOT / "src"), "exercise.zip", "--exercise", "--explain"],
        cwd=folder, capture_output=True, text=True, timeout=120,
    ).stderr.split()  # fmt: skip
    # The fast check is asked for and not there: its room is entered, and left.
    assert tuple(name for name in told if name != "tiga.store") == verifier.modules()


def test_it_has_the_sources_as_they_stand(folder: Path) -> None:
    tree = ast.parse((folder / "verify.py").read_text(encoding="utf-8"))
    held = {
        node.targets[0].slice.value: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Subscript)
        and isinstance(node.targets[0].slice, ast.Constant) and isinstance(node.value, ast.Constant)
    }  # fmt: skip
    package = ROOT / "src"
    for name in verifier.modules():
        path = package.joinpath(*name.split("."))
        file = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
        assert held.pop(name) == file.read_text(encoding="utf-8"), name
    assert sorted(held) == sorted(words.SPOKEN)


def test_it_says_at_its_beginning_what_it_is_and_what_it_does_not_prove() -> None:
    head = verifier.verify_py().decode("utf-8").split("\n\n")[0]
    assert head.startswith(f"#!/usr/bin/env python3\n# verify.py of tiga {__version__}: ")
    assert "A COPY THAT CAME WITH A DOSSIER PROVES NOTHING" in head


def test_it_is_the_same_bytes_in_every_process() -> None:
    code = "from tiga.publish.verifier import sha256s; print(sha256s()['verify.py'])"
    told = {
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, timeout=120,
            env={**os.environ, "PYTHONPATH": str(ROOT / "src"), "PYTHONHASHSEED": seed},
        ).stdout.strip()
        for seed in ("1", "2")
    }  # fmt: skip
    assert told == {verifier.sha256s()["verify.py"]}


def test_what_lies_beside_it_is_not_loaded(folder: Path, tmp_path: Path) -> None:
    """Also where Python would look there: a dossier's sender could put a `json.py` beside it, or a whole `tiga`."""
    for name in ("verify.py", "live.zip"):
        shutil.copy(folder / name, tmp_path / name)
    for name in ("json", "argparse", "importlib", "hashlib", "textwrap", "tiga"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('taken from beside')\n")
    plain, isolated = alone(tmp_path, "live.zip", flags=()), alone(folder, "live.zip")
    assert plain == isolated
    assert plain[0] == 0


def test_an_installed_tiga_is_not_asked(folder: Path) -> None:
    """With the sources on the path too, no module comes from there: it takes the pure check, not the installed one."""
    code = """
import runpy, sys
sys.path.insert(0, sys.argv.pop(1))
sys.argv = ["verify.py", "live.zip"]
try:
    runpy.run_path("verify.py", run_name="__main__")
except SystemExit:
    pass
rows = [module for name, module in sys.modules.items() if name.split(".")[0] == "tiga"]
print(sum(getattr(module, "__file__", None) is not None for module in rows), "tiga.store" in sys.modules, file=sys.stderr)
"""
    done = subprocess.run(
        [sys.executable, "-I", "-c", code, str(ROOT / "src")], cwd=folder, capture_output=True, text=True, timeout=120
    )
    assert done.stderr.strip() == "0 False"


def test_it_does_not_vouch_for_itself(folder: Path) -> None:
    code, out, err = alone(folder, "--version-hash")
    assert (code, out, err) == (2, "", f"{words.say('cli.verify.no_hash')}\n")


@pytest.mark.parametrize("language", words.SPOKEN)
def test_it_holds_every_text_that_its_modules_name(language: str) -> None:
    """Codes that stand whole in the sources, in whatever quotes, and what an explanation makes of its values' names."""
    sources = "".join(verifier.source(name) for name in verifier.modules())
    named = {code for code in re.findall(r"""["']((?:[a-z_]+\.)+[a-z0-9_]+)["']""", sources) if words.knows(code)}
    assert {"record.where", "cli.verify.done"} <= named
    calls = [
        node
        for node in ast.walk(ast.parse(verifier.source("tiga.mechanism.explanation")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "_node"
    ]
    values = {keyword.arg for call in calls for keyword in call.keywords}
    # A measure's label is the agreement's own.
    sections = {code.split(".")[0] for code in words.catalogue("en").texts} & values - {"measure"}
    shown = {code for code in words.catalogue("en").texts if code.split(".")[0] in sections}
    assert (named | shown) & words.catalogue(language).texts.keys() <= verifier.spoken(language).keys()
    assert {"severity", "factor", "term"} <= sections <= {one[:-1] for one in verifier.SHOWN}


def test_a_source_that_cannot_stand_between_three_quotes_is_refused() -> None:
    for text in ("x = '''a'''\n", "x = 1\\", "x = 'a'"):
        with pytest.raises(ValueError, match="cannot stand"):
            verifier._literal("x", text)
    assert verifier._literal("x", "y = 1\n") == "\nx = r'''y = 1\n'''\n"
