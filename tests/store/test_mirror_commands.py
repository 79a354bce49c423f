"""`tiga mirror` and `tiga export` as called, each in its own process, against a site that is really asked over a socket."""

from __future__ import annotations

import functools
import http.server
import json
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.bare import CODE, EXTRAS
from tests.browser.sites import free_port
from tests.store.called import ROOT, Done, environment, play, run, tiga
from tiga.cli import keyfiles
from tiga.cli.sources import TRIES, WebSource
from tiga.record import ed25519, proofs
from tiga.record.notes import ED25519, NoteKey
from tiga.record.refusals import Refused
from tiga.store.keys import CHECK, demo_keyring, demo_seed
from tiga.values.names import printed_number

ORIGIN = "tiga.example/exercise"
LOG_KEY = demo_keyring((ORIGIN,)).signer(ORIGIN).key


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return play(tmp_path_factory.mktemp("mirrored"))


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of the exercise's log while its site runs."""
    port = free_port()
    words = [sys.executable, str(Path(__file__).with_name("site.py")), str(folder / "tiga.toml"), str(port)]
    server = subprocess.Popen(words, stdout=subprocess.PIPE, env=environment())
    try:
        assert server.stdout is not None
        assert server.stdout.readline() == b"ready\n"
        yield f"http://127.0.0.1:{port}/exercise/tlog/"
    finally:
        server.kill()
        server.wait()


def mirror(folder: Path, *words: object) -> Done:
    return run("-m", "tiga", "mirror", *words, folder=folder)


def key_file(folder: Path, slug: str) -> Path:
    """A key file of a demo person, whose seed is published."""
    name, path = f"{ORIGIN}/{slug}", folder / f"{slug.replace('/', '-')}.key"
    seed = demo_seed(name)
    seal = bytes(32)
    public, _ = keyfiles.signing(seed)
    key = NoteKey.of(name, ED25519, public)
    half = keyfiles.Public(key, "", "liaison", "device", ed25519.x25519_public_of(seal))
    path.write_bytes(keyfiles.KeyFile(half, seed + seal).data())
    path.chmod(0o600)
    return path


def counted(done: Done) -> dict[str, int]:
    """The act counts of a report."""
    return {words[1]: int(words[0]) for line in done.out if line.startswith("   ") and len(words := line.split()) == 2}


def test_a_liaison_officers_mirror_over_http(played: Path, tmp_path: Path) -> None:
    key = key_file(tmp_path, "liaison/1")
    with served(played) as address:
        first = mirror(tmp_path, "pull", address, "--into", "m", "--log-key", LOG_KEY.vkey, "--key", key)
        again = mirror(tmp_path, "pull", address, "--into", "m", "--key", key, "--json")
    assert (first.code, first.err) == (0, [])
    assert first.out[0].startswith("The mirror held 0 entries and holds ")
    assert first.out[1] == "EXERCISE. Nothing on this record has happened."
    assert first.out[-1].startswith("CHECKED.")
    assert counted(first)["determination.issue"] == 2
    assert any(
        line.startswith("Measures recomputed: the same ") and "differing 0, not recomputed 0" in line
        for line in first.out
    )
    data = json.loads("\n".join(again.out))
    assert (again.code, data["good"], data["pulled"]["bundles"], data["host"]["hidden"]) == (0, True, 0, 0)
    assert data["host"]["differences"] == data["faults"] == data["left_out"] == []
    assert data["host"]["measures"] == len(data["measures"]) > 0
    assert {row["outcome"] for row in data["measures"]} == {"same"}
    assert data["manifests"] > 0
    checked = mirror(tmp_path, "check", "m", "--json")
    assert json.loads("\n".join(checked.out)) == {name: value for name, value in data.items() if name != "pulled"}
    status = mirror(tmp_path, "status", "m")
    assert (status.code, status.out[1].split(": ")[0]) == (0, ORIGIN)


def test_a_public_mirror_of_an_export_with_the_standard_library_alone(played: Path, tmp_path: Path) -> None:
    exported = tiga(played, "export", "--record", "exercise", tmp_path / "e")
    again = tiga(played, "export", "--record", "exercise", tmp_path / "e")
    assert (exported.code, exported.err, again.code, again.err) == (0, [], 0, [])
    assert "new files 0," in again.out[0] and "new files 0," not in exported.out[0]
    assert "tiga mirror pull THIS-FOLDER" in (tmp_path / "e" / "README.txt").read_text("utf-8")
    assert (tmp_path / "e" / "checkpoint").stat().st_mode & 0o777 == 0o644
    handler = functools.partial(Silent, directory=str(tmp_path / "e"))
    with listening(handler) as address:
        words = ["mirror", "pull", f"{address}/", "--into", str(tmp_path / "m"), "--log-key", LOG_KEY.vkey]
        done = subprocess.run(
            [sys.executable, "-I", "-c", CODE, EXTRAS, str(ROOT / "src"), *words], capture_output=True, text=True, timeout=120
        )  # fmt: skip
    assert (done.returncode, done.stderr, done.stdout.splitlines()[-1].split(".")[0]) == (0, "", "CHECKED")
    assert "The source says nothing of cases and measures" in done.stdout


def test_an_export_is_for_a_reader_that_there_is(played: Path, tmp_path: Path) -> None:
    unknown = tiga(played, "export", "--record", "exercise", tmp_path / "e", "--reader", "liaison:party-9")
    assert (unknown.code, (tmp_path / "e").exists()) == (2, False)
    assert "liaison:party-1" in unknown.err[0]
    assert tiga(played, "export", "--record", "exercise", tmp_path / "e", "--reader", "liaison:party-1").code == 0
    other = tiga(played, "export", "--record", "exercise", tmp_path / "e")
    assert (other.code, "liaison:party-1" in other.err[0]) == (1, True)
    assert {path.stat().st_mode & 0o077 for path in (tmp_path / "e").rglob("*") if path.is_file()} == {0}


def test_a_key_of_another_record_or_none_reads_nothing_by_it(played: Path, tmp_path: Path) -> None:
    stranger = key_file(tmp_path, "liaison/9")
    with served(played) as address:
        done = mirror(tmp_path, "pull", address, "--into", "m", "--log-key", LOG_KEY.vkey, "--key", stranger)
    assert (done.code, (tmp_path / "m" / "checkpoint").exists()) == (1, False)
    assert "is not a key that may sign on this record now" in done.err[0]


SHORT_MANIFEST = """
import sys
from tiga.cli import records
desk = records.open_desk("exercise", "tiga.toml")
from tiga.mechanism import custody
from tiga.mechanism.acts import Actor
case = sys.argv[1]
rows = [row for row in desk.ledger.thread(f"case:{case}") if row.envelope.act == "case.manifest"]
listed = rows[-1].envelope.body["entries"]
own = [row.index for row in desk.ledger.thread(f"case:{case}") if row.envelope.act == "notice.serve"]
standing = desk.standing((f"case:{case}",))
kept = tuple(index for index in listed if index != own[0])
salts = tuple(bytes([n]) * 16 for n in range(16))
outcome = custody.manifest(standing, case, rows[-1].envelope.body["size"], kept, (), salts, desk.time())
desk.enter(standing, outcome, Actor("", "registrar"))
print(own[0])
"""


def test_a_dossier_whose_manifest_leaves_out_an_entry_is_refuted(played: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(played, tmp_path / "records"))
    case, key = json.loads((folder / "cases.json").read_text())["a"], key_file(tmp_path, "liaison/1")
    assert tiga(folder, "dossier", case, "--record", "exercise", "--out", tmp_path / "good.zip").code == 0
    omitted = run("-c", SHORT_MANIFEST, case, folder=folder).out[-1]
    assert tiga(folder, "dossier", case, "--record", "exercise", "--out", tmp_path / "bad.zip").code == 0
    with served(folder) as address:
        pulled = mirror(tmp_path, "pull", address, "--into", "m", "--log-key", LOG_KEY.vkey, "--key", key)
    assert (pulled.code, pulled.out[-1].split(".")[0]) == (1, "NOT CONFIRMED")
    assert any(f"for case {printed_number('C', case)} leaves out entry {omitted}," in line for line in pulled.out)
    good = mirror(tmp_path, "refute", "good.zip", "--mirror", "m")
    bad = mirror(tmp_path, "refute", "bad.zip", "--mirror", "m", "--out", "proof")
    assert (good.code, good.out[-1].split(":")[0]) == (0, "Nothing held here contradicts the dossier")
    assert (bad.code, bad.out[-1].split(" belongs")[0]) == (1, f"REFUTED. Entry {omitted}")
    note, proof = (next((tmp_path / "proof").glob(f"*.{kind}")).read_bytes() for kind in ("note", "tlog-proof"))
    assert proofs.verify(proof, note, LOG_KEY, CHECK())[0] == int(omitted)
    assert b'"act":"notice.serve"' in note


def test_a_mirror_that_is_not_there_and_a_source_that_is_none(tmp_path: Path) -> None:
    assert mirror(tmp_path, "status", "m").code == 1
    assert mirror(tmp_path, "check", "m").err == ["m holds no mirror. Make one with: tiga mirror pull SOURCE --into m"]
    assert mirror(tmp_path, "pull", "ftp://x", "--into", "m").code == 1
    assert mirror(tmp_path, "pull", tmp_path, "--into", "m").err == [
        "checkpoint is not to be had from this source. Try again later or take another source."
    ]


def test_one_pull_at_a_time(tmp_path: Path) -> None:
    import fcntl

    (tmp_path / "m").mkdir()
    with (tmp_path / "m" / ".pulling").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert mirror(tmp_path, "pull", tmp_path, "--into", "m").err == [
            "Another pull into m is running. Wait until it is done."
        ]


# ---- a source that misbehaves


class Silent(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def listening(handler: Callable[..., http.server.BaseHTTPRequestHandler]) -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


def answering(status: int, body: bytes = b"", headers: dict[str, str] | None = None, times: int = 1 << 30):  # type: ignore[no-untyped-def]
    """A handler that gives one answer `times` times, then `fine`; and the requests it got."""
    got: list[tuple[str, dict[str, str]]] = []

    class Handler(Silent):
        def do_GET(self) -> None:
            got.append((self.path, dict(self.headers)))
            wrong = len(got) <= times
            self.send_response(status if wrong else 200)
            for name, value in (headers or {}).items() if wrong else ():
                self.send_header(name, value)
            sent = body if wrong else b"fine"
            self.send_header("Content-Length", str(len(sent)))
            self.end_headers()
            self.wfile.write(sent)

    return Handler, got


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    slept: list[float] = []
    monkeypatch.setattr(time, "sleep", slept.append)
    return slept


def test_a_busy_source_is_asked_again_and_then_given_up(quick: list[float]) -> None:
    told: list[str] = []
    for times, asked in ((2, 3), (99, TRIES)):
        handler, got = answering(503, times=times)
        with listening(handler) as address:
            source = WebSource(address, None, lambda host, why: told.append(why))
            if times == 2:
                assert source.get("checkpoint", 100).data == b"fine"
            else:
                with pytest.raises(Refused) as refused:
                    source.get("checkpoint", 100)
                assert refused.value.code == "cli.mirror.unreachable"
        assert len(got) == asked
    assert told == ["503"] * (2 + TRIES - 1)
    assert quick[:2] == [0.5, 1.0]


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_no_redirect_is_followed(status: int) -> None:
    elsewhere, reached = answering(200, b"elsewhere")
    with listening(elsewhere) as other:
        handler, _ = answering(status, headers={"Location": other})
        with listening(handler) as address, pytest.raises(Refused) as refused:
            WebSource(address, None, lambda host, why: None).get("checkpoint", 100)
    assert (refused.value.code, reached) == ("cli.mirror.redirected", [])


def test_an_answer_that_was_cut_off_is_asked_for_again(quick: list[float]) -> None:
    handler, got = answering(200, b"half", headers={"X-Length": "8"}, times=1)
    send = handler.send_header

    def longer(self: Silent, name: str, value: str) -> None:
        send(self, name, "8" if name == "Content-Length" and value == "4" and len(got) == 1 else value)

    handler.send_header = longer
    with listening(handler) as address:
        assert WebSource(address, None, lambda host, why: None).get("checkpoint", 100).data == b"fine"
    assert (len(got), quick) == (2, [0.5])


def test_an_answer_that_is_too_long_is_left_off() -> None:
    handler, _ = answering(200, b"x" * 101)
    with listening(handler) as address, pytest.raises(Refused) as refused:
        WebSource(address, None, lambda host, why: None).get("checkpoint", 100)
    assert (refused.value.code, refused.value.values) == ("cli.mirror.too_long", {"path": "checkpoint", "limit": 100})


def test_a_key_is_used_behind_https_or_on_this_machine_alone() -> None:
    signer = demo_keyring((f"{ORIGIN}/liaison/1",)).signer(f"{ORIGIN}/liaison/1")
    with pytest.raises(Refused) as refused:
        WebSource("http://tiga.example/exercise/tlog/", signer, lambda host, why: None)
    assert refused.value.code == "cli.mirror.behind_http"
    handler, got = answering(200, b"fine")
    with listening(handler) as address:
        source = WebSource(address, signer, lambda host, why: None)
        source.get("checkpoint", 100)
        source.origin = ORIGIN
        source.get("state", 100)
    assert ["Authorization" in headers for _, headers in got] == [False, True]
