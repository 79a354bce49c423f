"""Settings are closed by default: what is missing, short or contradictory is refused with what to change."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import pytest

from tiga.web import settings as module

FILE = str(module.PACKAGE / "settings" / "__init__.py")
LIVE = '[site]\n{site}\n[[record]]\nname = "truce"\nfolder = "truce"\norigin = "mechanism.example/truce"\n'
DEMO = '[site]\n{site}\n[[record]]\nname = "press"\nfolder = "press"\norigin = "tiga.example/press"\n'
SECRET = "secret_key_file = 'secret'"


def read(monkeypatch: pytest.MonkeyPatch, folder: Path | None) -> dict[str, Any]:
    """The settings as the process would have them that starts with this folder's file."""
    for name in ("TIGA_SETTINGS", "TIGA_SECRET_KEY_FILE"):
        monkeypatch.delenv(name, raising=False)
    if folder is not None:
        monkeypatch.setenv("TIGA_SETTINGS", str(folder / "tiga.toml"))
    return runpy.run_path(FILE)


def laid(folder: Path, text: str, secret: str | None = "s" * 50) -> Path:
    (folder / "tiga.toml").write_text(text, encoding="utf-8")
    if secret is not None:
        (folder / "secret").write_text(secret, encoding="utf-8")
    return folder


def test_without_a_file_nothing_is_served(monkeypatch: pytest.MonkeyPatch) -> None:
    found = read(monkeypatch, None)
    assert (found["RECORDS"], found["ALLOWED_HOSTS"], found["DEMO"], found["DEBUG"]) == ({}, [], False, False)
    assert list(found["DATABASES"]) == ["default"]


REFUSED = {
    "a demo's record on a live site": (DEMO.format(site=SECRET), "s" * 50, "a live site refuses it"),
    "a live record in a demo": (LIVE.format(site="demo = true"), None, "demo = true goes with demo records only"),
    "no secret": (LIVE.format(site=""), None, "site.secret_key_file is missing"),
    "a secret that is not there": (LIVE.format(site=SECRET), None, "cannot be read"),
    "a short secret": (LIVE.format(site=SECRET), "s" * 49, "fewer than 50 characters"),
    "a name the site needs": (
        LIVE.format(site=SECRET).replace('"truce"\nf', '"language"\nf'),
        "s" * 50,
        "cannot be called",
    ),
    "a name that is a path": (
        LIVE.format(site=SECRET).replace('"truce"\nf', '"../truce"\nf'),
        "s" * 50,
        "cannot be called",
    ),
    "no TOML": ("[site", None, "tiga.toml"),
}


@pytest.mark.parametrize("what", sorted(REFUSED))
def test_refused_with_what_to_change(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, what: str) -> None:
    text, secret, told = REFUSED[what]
    with pytest.raises(Exception) as error:
        read(monkeypatch, laid(tmp_path, text, secret))
    assert (type(error.value).__name__, told in str(error.value)) == ("BadSettings", True)


def test_a_file_that_is_not_there_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with pytest.raises(Exception) as error:
        read(monkeypatch, tmp_path)
    assert (type(error.value).__name__, "cannot be read" in str(error.value)) == ("BadSettings", True)


def test_a_live_site_is_closed_until_hosts_are_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    found = read(monkeypatch, laid(tmp_path, LIVE.format(site=SECRET)))
    names = (
        "DEBUG",
        "DEMO",
        "SESSION_COOKIE_SECURE",
        "CSRF_COOKIE_SECURE",
        "SECURE_SSL_REDIRECT",
        "SECURE_HSTS_SECONDS",
    )
    assert [found[name] for name in names] == [False, False, True, True, True, 31_536_000]
    assert (found["ALLOWED_HOSTS"], found["SECRET_KEY"]) == ([], "s" * 50)
    assert list(found["DATABASES"]) == ["default", "truce"]


def test_a_demo_answers_on_this_machine_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    found = read(monkeypatch, laid(tmp_path, DEMO.format(site="demo = true"), None))
    assert found["ALLOWED_HOSTS"] == ["127.0.0.1", "localhost", "[::1]"]
