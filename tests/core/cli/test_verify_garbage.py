"""`tiga verify` on what is no dossier: an answer and an exit code, never a traceback, and nothing installed."""

from __future__ import annotations

import io
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from tests.bare import CODE, EXTRAS
from tiga.cli.main import COMMANDS, main
from tiga.record.book import MemoryBook, Submission
from tiga.record.container import CONTAINER_LIMIT, pack
from tiga.record.dossier import compose
from tiga.record.entries import Envelope
from tiga.record.notes import sign_note
from tiga.store.keys import CHECK, demo_keyring
from tiga.values.moments import Instant
from tiga.values.words import say

ROOT = Path(__file__).parents[3]


def bare(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-I", "-c", CODE, EXTRAS, str(ROOT / "src"), *words],
        capture_output=True,
        text=True,
        timeout=60,
    )


def wrong_zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("DOSSIER.json", "{}")
    return out.getvalue()


GARBAGE = {
    "empty": b"",
    "text": b"not a dossier\n",
    "beginning": b"PK\3\4",
    "lengths": b"PK\3\4" + b"\xff" * 60,
    "zip": wrong_zip(),
    "end": b"PK\5\6" + bytes(18),
}


@pytest.mark.parametrize("name", GARBAGE)
def test_garbage_is_refused_with_exit_1(name: str, tmp_path: Path, capsys) -> None:
    path = tmp_path / "dossier.zip"
    path.write_bytes(GARBAGE[name])
    code = main(["verify", str(path)])
    out, err = capsys.readouterr()
    assert (code, out.splitlines()[0], err) == (1, "REFUSED. This dossier does not hold.", "")


def test_a_file_larger_than_any_dossier_is_refused_without_being_read(tmp_path: Path, capsys) -> None:
    path = tmp_path / "huge.zip"
    with path.open("wb") as file:
        file.truncate(CONTAINER_LIMIT * 8)  # sparse: it takes no room
    code = main(["verify", str(path)])
    assert (code, capsys.readouterr().out.splitlines()[0]) == (1, "REFUSED. This dossier does not hold.")


def test_what_cannot_be_read_is_a_wrong_call(tmp_path: Path, capsys) -> None:
    assert main(["verify", str(tmp_path / "none.zip")]) == 2
    assert main(["verify", str(tmp_path)]) == 2
    first, second = capsys.readouterr().err.splitlines()
    assert (first.endswith("whether you may read it."), second.startswith(f"{tmp_path} cannot be read")) == (True, True)


@pytest.mark.parametrize("key", ["garbage", "a+b+c", "x" * 5000, "/", ""])
def test_a_key_that_is_none_is_a_wrong_call_and_no_key_is_none(key: str, tmp_path: Path, capsys) -> None:
    path = tmp_path / "dossier.zip"
    path.write_bytes(b"not a dossier")
    assert main(["verify", str(path), "--log-key", key]) == (2 if key else 1)
    assert ("--log-key" in capsys.readouterr().err) == bool(key)


def test_a_key_file_that_holds_none_is_a_wrong_call(tmp_path: Path, capsys) -> None:
    path, key = tmp_path / "dossier.zip", tmp_path / "key"
    path.write_bytes(b"not a dossier")
    for text in (b"", b"# only a comment\n", b"\xff\xfe\n"):
        key.write_bytes(text)
        assert main(["verify", str(path), "--log-key", str(key)]) == 2


def logged(*acts: tuple[str, dict[str, object]], agreements: tuple[bytes, ...] = ()) -> bytes:
    """A dossier of a log whose host signed these acts after the charter, whatever they are."""
    origin = "tiga.example/odd"
    ring = demo_keyring((origin, f"{origin}/registrar"))
    keys = {name: ring.signer(name).key for name in ring.names()}
    enrolled = {"vkey": keys[f"{origin}/registrar"].vkey, "role": "registrar", "component": "", "custody": "server"}
    book = MemoryBook(origin, ring.signer(origin), keys, CHECK())
    rows = [("charter.adopt", {"title": "Odd", "scope": "live", "keys": [enrolled]}), *acts]
    for number, (act, body) in enumerate(rows):
        text = Envelope(origin, act, Instant(number), body).text()
        book.enter([Submission(sign_note(text, [ring.signer(f"{origin}/registrar")]), ())], {})
    entries = [book.entry(index) for index in range(len(rows))]
    proofs = {entry.index: book.proof(entry.index) for entry in entries}
    head = book.head().checkpoint
    return pack(compose(checkpoint=head, log_key=keys[origin], entries=entries, proofs=proofs, agreements=agreements))


@pytest.mark.parametrize("body", [{}, {"case": 1}, {"party": ["x"]}])
def test_an_entry_that_is_no_act_is_never_a_confirmation(body: dict[str, object], tmp_path: Path, capsys) -> None:
    path = tmp_path / "dossier.zip"
    path.write_bytes(logged(("measure.impose", body)))
    code = main(["verify", str(path)])
    out, err = capsys.readouterr()
    assert (code, out.splitlines()[-1].split(".")[0], err) == (1, "NOT CONFIRMED", "")


def test_an_agreement_that_nobody_cites_and_nobody_can_read_does_no_harm(tmp_path: Path, capsys) -> None:
    path = tmp_path / "dossier.zip"
    path.write_bytes(logged(agreements=(b"not json", b'{"format":1}', b"[" * 5000)))
    assert (main(["verify", str(path)]), capsys.readouterr().out.splitlines()[-1].split(".")[0]) == (0, "VERIFIED")


def test_with_nothing_installed_it_verifies_and_refuses(tmp_path: Path) -> None:
    path = tmp_path / "dossier.zip"
    path.write_bytes(b"not a dossier")
    done = bare("verify", str(path))
    assert (done.returncode, done.stdout.splitlines()[0], done.stderr) == (
        1,
        "REFUSED. This dossier does not hold.",
        "",
    )


def test_with_nothing_installed_the_help_lists_every_command(tmp_path: Path) -> None:
    done = bare("--help")
    assert (done.returncode, [name for name in COMMANDS if f"\n    {name} " not in done.stdout]) == (0, [])


def test_with_nothing_installed_agreement_says_what_to_install() -> None:
    done = bare("agreement", "check", "doha-istanbul-2025")
    assert (done.returncode, done.stderr.strip()) == (2, say("cli.agreement.no_yaml"))


def test_every_text_of_the_command_line_is_plain() -> None:
    """argparse takes a % for a format; a refusal told on one line must be one line."""
    data = (ROOT / "src/tiga/values/catalogue/en/cli.toml").read_text(encoding="utf-8")
    rows = [
        text
        for part in tomllib.loads(data)["cli"].values()
        for text in (part.values() if isinstance(part, dict) else [part])
    ]
    assert [text for text in rows if "%" in text or "\n" in text] == []
