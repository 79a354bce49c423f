"""What must hold of the repository itself: locks, host names, paths, links, the wheel, the size of what runs."""

from __future__ import annotations

import importlib.metadata
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.links import broken
from tiga import shipped

ROOT = Path(__file__).resolve().parent.parent
RUN_MEGABYTES_MAX = 650
FILE_BYTES_MAX = 1_000_000
TEXT = {
    ".py",
    ".md",
    ".toml",
    ".json",
    ".js",
    ".css",
    ".html",
    ".yaml",
    ".yml",
    ".sh",
    ".txt",
    ".lock",
    ".svg",
    ".typ",
    "",
}
UNTRACKED = {
    ".git",
    ".venv",
    "build",
    "dist",
    "node_modules",
    "vendor",
    "__pycache__",
    ".hypothesis",
    ".mypy_cache",
    ".ruff_cache",
}
# Written in two parts, so that this file does not hold what it looks for.
HOSTS = re.compile(
    "|".join(("py" + r"pi\.org", "python" + r"hosted\.org", "npm" + r"js\.(org|com)", r"deb\.deb" + "ian"))
)
MACHINE_PATHS = re.compile(
    "|".join((r"(?<![\w./-])/wo" + r"rk/\w", "/ro" + r"ot/", "/ho" + r"me/\w", "/Us" + r"ers/\w"))
)
SCRATCH_PATHS = re.compile(r"(?<![\w.])/t" + r"mp/\w")


def committed() -> list[Path]:
    """The files that are or would be committed, as git sees them; in a copy without git, by the folders left out."""
    asked = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    answer = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True) if shutil.which("git") else None
    if answer is not None and answer.returncode == 0:
        return sorted({ROOT / name for name in answer.stdout.split("\0") if name and (ROOT / name).is_file()})
    return sorted(p for p in ROOT.rglob("*") if p.is_file() and not UNTRACKED & set(p.relative_to(ROOT).parts))


def found(pattern: re.Pattern[str], paths: list[Path]) -> list[str]:
    """`file:line` of every line that a pattern matches in text files."""
    hits = []
    for path in paths:
        if path.suffix in TEXT:
            lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
            hits += [f"{path.relative_to(ROOT)}:{n}" for n, line in enumerate(lines, 1) if pattern.search(line)]
    return hits


@pytest.fixture(scope="module")
def files() -> list[Path]:
    return committed()


@pytest.mark.parametrize("lock", ["run.lock", "dev.lock", "node.lock"])
def test_a_lock_holds_no_address_and_a_hash_for_each_pin(lock: str) -> None:
    text = (ROOT / "requirements" / lock).read_text()
    pins = re.findall(r"^([a-z0-9._-]+)==\S+ \\\n    --hash=sha256:[0-9a-f]{64}", text, re.MULTILINE)
    assert (text.count("://"), len(pins)) == (0, text.count("=="))


def test_the_test_lock_has_the_run_locks_versions() -> None:
    run, dev = (
        set(re.findall(r"^\S+==\S+", (ROOT / "requirements" / n).read_text(), re.M)) for n in ("run.lock", "dev.lock")
    )
    assert run - dev == set()


@pytest.mark.parametrize("lock", ["package-lock.json", "tests/browser/odk/package-lock.json"])
def test_the_npm_lock_pins_by_hash_and_holds_no_address_of_a_registry(lock: str) -> None:
    packages = json.loads((ROOT / lock).read_text())["packages"]
    fetched = {name: package for name, package in packages.items() if name}
    assert [name for name, package in fetched.items() if "resolved" in package] == []
    assert [name for name, package in fetched.items() if not package.get("integrity", "").startswith("sha512-")] == []


def test_no_registry_is_named(files: list[Path]) -> None:
    assert found(HOSTS, files) == []


def test_no_path_of_one_machine_is_named(files: list[Path]) -> None:
    assert found(MACHINE_PATHS, files) == []
    assert found(SCRATCH_PATHS, [path for path in files if "tests" not in path.parts]) == []


def test_no_file_is_large_and_nothing_fetched_is_committed(files: list[Path]) -> None:
    assert [str(path.relative_to(ROOT)) for path in files if path.stat().st_size > FILE_BYTES_MAX] == []
    assert [str(path) for path in files if {"vendor", "node_modules"} & set(path.parts)] == []


def test_every_link_of_the_documents_leads_somewhere() -> None:
    assert broken(ROOT) == []


def test_a_broken_link_is_named_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(
        "# One two\n[good](#one-two) [code](a.md)\n`[not](a-link.md)`\n[bad](b.md) [b](a.md#three)\n"
    )
    assert [line.split(" leads")[0] for line in broken(tmp_path)] == ["a.md:4: b.md", "a.md:4: a.md#three"]


def test_the_run_environment_is_lean() -> None:
    """The sizes of the run lock's packages as installed, and pip's, which an environment brings along."""
    names = re.findall(r"^([a-z0-9._-]+)==", (ROOT / "requirements" / "run.lock").read_text(), re.MULTILINE)
    sizes = {name: size(name) for name in [*names, "pip"]}
    largest = sorted(sizes.items(), key=lambda item: -item[1])[:5]
    assert sum(sizes.values()) < RUN_MEGABYTES_MAX * 1_000_000, f"the largest: {largest}"


def size(package: str) -> int:
    """Bytes of a package's files on disk as its installation recorded them; 0 for one this platform does not need."""
    try:
        records = importlib.metadata.distribution(package).files or []
    except importlib.metadata.PackageNotFoundError:
        return 0
    return sum(path.stat().st_size for record in records if (path := Path(str(record.locate()))).is_file())


def test_shipped_folders_are_found_and_others_refused() -> None:
    assert [shipped.folder(name).name for name in shipped.FOLDERS] == ["samples", "agreements"]
    with pytest.raises(shipped.NotShipped):
        shipped.folder("src")


def test_the_wheel_holds_all_that_runs(tmp_path: Path) -> None:
    built = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    answer = subprocess.run(
        built, cwd=ROOT, capture_output=True, text=True, env={**os.environ, "SOURCE_DATE_EPOCH": "1"}
    )
    assert (answer.returncode, answer.stderr if answer.returncode else "") == (0, "")
    held = set(zipfile.ZipFile(next(tmp_path.glob("*.whl"))).namelist())
    package = ROOT / "src" / "tiga"
    wanted = {f"tiga/{p.relative_to(package).as_posix()}" for p in package.rglob("*") if p.is_file()}
    for folder in shipped.FOLDERS:
        wanted |= {f"tiga/{p.relative_to(ROOT).as_posix()}" for p in (ROOT / folder).rglob("*") if p.is_file()}
    assert {name for name in wanted - held if "__pycache__" not in name} == set()
    must = {
        "tiga/web/static/vendor/NOTICE.txt",
        "tiga/web/static/vendor/basemap.json",
        "tiga/web/static/vendor/leaflet/leaflet-src.esm.js",
        "tiga/web/static/tiga/base.css",
    }
    assert must - held == set()
    assert {name.split("/")[1] for name in held if name.startswith("tiga/")} >= {"samples", "agreements", "values"}
