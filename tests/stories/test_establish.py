"""From an empty folder to a live record, by the commands of the guide; then people act on it with keys of their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ORIGIN = "mvm.test/doha-2025"
PEOPLE = (
    ("charter/islamabad", "root", "islamabad", "root-islamabad.key"), ("charter/kabul", "root", "kabul", "root-kabul.key"),
    ("charter/ankara", "root", "ankara", "root-ankara.key"), ("mediator/1", "mediator", "ankara", "m1.key"),
    ("liaison/1", "liaison", "islamabad", "l1.key"), ("secretariat/1", "secretariat", "", "s1.key"),
)  # fmt: skip
WITNESSES = ("islamabad", "kabul", "ankara")
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "TIGA_SETTINGS": "", "DJANGO_SETTINGS_MODULE": ""}


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str


def tiga(*words: str | Path, folder: Path) -> Ran:
    environment = {name: value for name, value in ENVIRONMENT.items() if value}
    done = subprocess.run(
        [sys.executable, "-m", "tiga", *map(str, words)], cwd=folder, env=environment, capture_output=True, text=True
    )
    return Ran(done.returncode, done.stdout, done.stderr)


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    base = tmp_path_factory.mktemp("live")
    keys = base / "keys"
    keys.mkdir()
    for slug, role, component, file in PEOPLE:
        more = ["--component", component] if component else []
        ran = tiga(
            "key",
            "new",
            f"{ORIGIN}/{slug}",
            "--role",
            role,
            *more,
            "--out",
            keys / file,
            "--no-passphrase",
            folder=base,
        )
        assert ran.code == 0, ran.err
    for component in WITNESSES:
        out = keys / f"{component}.witness"
        ran = tiga("witness", "new", f"{ORIGIN}/witness/{component}", "--out", out, "--no-passphrase", folder=base)
        assert ran.code == 0, ran.err
    return base, keys


def first(base: Path, *more: str | Path, origin: str = ORIGIN, name: str = "site") -> Ran:
    agreement = ROOT / "agreements" / "doha-istanbul-2025" / "agreement.yaml"
    return tiga("establish", base / name, "--origin", origin, "--title", "A mechanism", "--agreement", agreement,
                "--guard", base / "guard" / "guard", *more, folder=base)  # fmt: skip


@pytest.mark.parametrize(
    ("origin", "scope"),
    [("tiga.example/press", "live"), (f"{ORIGIN}/exercise", "live"), (ORIGIN, "exercise"), ("two words", "live")],
)
def test_an_origin_that_cannot_be_is_refused_and_leaves_nothing(
    folders: tuple[Path, Path], origin: str, scope: str
) -> None:
    base, _ = folders
    ran = first(base, "--scope", scope, origin=origin, name="refused")
    assert (ran.code, (base / "refused").exists()) == (2, False)


def establish(base: Path, keys: Path) -> Path:
    """All steps, each looked at; done once in a folder."""
    site = base / "site"
    if (site / "mutual.policy").exists():
        return site
    assert (first(base).code, (site / "charter.text").exists()) == (0, False)
    for path in keys.glob("*.pub"):
        (site / "people" / path.name).write_bytes(path.read_bytes())
    drawn = tiga("establish", site, folder=base)
    assert "charter/kabul" in drawn.out
    for _, role, _, file in PEOPLE[:2]:
        assert role == "root"
        out = site / "signed" / f"{file}.note"
        ran = tiga("sign", site / "charter.text", "--key", keys / file, "--yes", "--out", out, folder=base)
        assert ran.code == 0, ran.err
    waits = tiga("establish", site, folder=base)
    assert (waits.code, "charter/ankara" in waits.out, (site / "record" / "record.sqlite3").exists()) == (
        0,
        True,
        False,
    )
    _, _, _, last = PEOPLE[2]
    out = site / "signed" / f"{last}.note"
    assert tiga("sign", site / "charter.text", "--key", keys / last, "--yes", "--out", out, folder=base).code == 0
    founded = tiga("establish", site, folder=base)
    assert (founded.code, len(list((site / "invitations").iterdir()))) == (0, 3), founded.err
    log = (site / "log.key").read_text().strip()
    for component in WITNESSES:
        (pack,) = (site / "couriers").glob(f"{component}-*.courier.zip")
        ran = tiga("witness", "cosign", keys / f"{component}.witness", pack, "--log", log, "--yes",
                   "--out", site / "couriers", folder=base)  # fmt: skip
        assert ran.code == 0, ran.err
    live = tiga("establish", site, folder=base)
    assert (live.code, f"THE RECORD {ORIGIN} IS LIVE" in live.out) == (0, True), live.err
    well = tiga("doctor", "--record", "record", "--settings", site / "tiga.toml", folder=base)
    assert (well.code, well.out.count("\u2713")) == (0, 7), well.out + well.err
    return site


def test_an_empty_folder_becomes_a_live_record(folders: tuple[Path, Path]) -> None:
    site = establish(*folders)
    assert sorted(path.name for path in site.glob("*.policy")) == ["mutual.policy", "witnessed.policy"]


def test_people_act_with_keys_that_the_server_never_has(folders: tuple[Path, Path]) -> None:
    base, keys = folders
    site = establish(base, keys)
    environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}", "TIGA_SETTINGS": str(site / "tiga.toml"),
                   "DJANGO_SETTINGS_MODULE": "tiga.web.settings"}  # fmt: skip
    done = subprocess.run(
        [sys.executable, str(ROOT / "tests" / "stories" / "live_site.py"), str(site), str(keys)],
        cwd=base, env=environment, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    told = json.loads(done.stdout.splitlines()[-1])
    assert told.pop("pages") == dict.fromkeys(
        ("record/", "record/keys/", "record/witnesses/", "record/circulating/", "record/pouches/", "record/0/"), 200
    )
    assert told == {
        "liaison-1 joins": [422, 302, 404],
        "mediator-1 joins": [422, 302, 404],
        "complaint asks for a signature": [200, True],
        "a changed text is refused": 409,
        "another form than was signed is refused": 409,
        "complaint entered": [302, "/record/cases/"],
        "acts": [
            ["charter.adopt", ["charter/ankara", "charter/islamabad", "charter/kabul", "registrar"]],
            ["agreement.adopt", ["registrar"]],
            ["report.file", ["liaison/1", "registrar"]],
            ["incident.open", ["registrar"]],
            ["case.open", ["registrar"]],
            ["notice.serve", ["registrar"]],
        ],
        "state": "islamabad",
        "mediator reads the case": 200,
    }
    held = b"".join(path.read_bytes() for path in (site / "record" / "keys").iterdir())
    assert [slug for slug, *_ in PEOPLE if slug.encode() in held] == []
