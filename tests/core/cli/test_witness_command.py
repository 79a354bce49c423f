"""`tiga witness`, `fork` and `head` as people call them: files, sockets, processes that are killed, nothing installed."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.bare import CODE, EXTRAS
from tests.core.record import known
from tests.vectors import make_tiles, make_witness
from tests.vectors.make_tiles import log
from tiga.cli import cosigning, keyfiles, witness_server, witness_state
from tiga.cli.cosigning import Witness
from tiga.cli.main import main
from tiga.cli.witness_server import Server
from tiga.cli.witness_state import WitnessFile
from tiga.record import cosignatures, forks, headcodes, notes, tiles, witness
from tiga.record.cosignatures import Cosigned
from tiga.record.notes import NoteKey
from tiga.record.refusals import Refused

ROOT = Path(__file__).parents[3]
NAME = f"{known.ORIGIN}/witness/party-a"
LOG = known.LOG.key.vkey
PASSPHRASE = "a passphrase for tests"


@dataclass(frozen=True)
class Done:
    code: int
    out: str
    err: str


@pytest.fixture
def tiga(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """`tiga WORDS` in this process, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TIGA_PASSPHRASE_FILE", raising=False)

    def run(*words: object) -> Done:
        capsys.readouterr()
        code = main([str(word) for word in words])
        out, err = capsys.readouterr()
        return Done(code, out, err)

    return run


@pytest.fixture
def made(tiga, tmp_path: Path) -> Path:
    """A witness without a passphrase."""
    assert tiga("witness", "new", NAME, "--out", "W.witness", "--no-passphrase").code == 0
    return tmp_path / "W.witness"


def key_of(path: Path) -> NoteKey:
    return witness_state.parse(path.read_bytes()).note_key


def written(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def seen_of(path: Path) -> tuple[int, int | None]:
    """The size held, and how far the edge is."""
    held = witness_state.parse(path.read_bytes()).logs[known.ORIGIN]
    return held.seen.size, held.edge.size if held.edge else None


def cosign(tiga, pack: Path, *words: object) -> Done:
    return tiga("witness", "cosign", "W.witness", pack, "--log", LOG, "--yes", *words)


def in_own_process(*words: object, folder: Path, start: str = "", wait: bool = True, bare: bool = False):
    """`tiga WORDS` as a program of its own; `start` runs before it, in the same process."""
    code = ["-m", "tiga"]
    if start:
        code = ["-c", start + "\nimport sys\nfrom tiga.cli.main import main\nsys.exit(main(sys.argv[1:]))"]
    if bare:
        code = ["-I", "-c", CODE, EXTRAS, str(ROOT / "src")]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("TIGA", "DJANGO"))}
    environment["PYTHONPATH"] = str(ROOT / "src")
    process = subprocess.Popen(
        [sys.executable, *code, *map(str, words)],
        cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    if not wait:
        return process
    out, err = process.communicate(timeout=60)
    return Done(process.returncode, out, err)


# ---- the file


def test_a_new_witness_is_one_private_file_that_names_its_key(tiga, tmp_path: Path) -> None:
    done = tiga("witness", "new", NAME, "--out", "W.witness", "--no-passphrase")
    path = tmp_path / "W.witness"
    key = key_of(path)
    assert (done.code, done.err, key.name, key.algorithm) == (0, "", NAME, notes.COSIGNATURE)
    assert key.vkey in done.out.splitlines()
    assert json.loads((tmp_path / "W.witness.pub").read_text()) == {"component": "party-a", "vkey": key.vkey}
    assert path.stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "W.witness.lock").stat().st_mode & 0o777 == 0o600
    assert "It has cosigned nothing yet." in tiga("witness", "status", path).out


def test_a_witness_is_never_replaced_and_its_name_has_a_form(tiga, made: Path) -> None:
    before = made.read_bytes()
    again = tiga("witness", "new", NAME, "--out", "W.witness", "--no-passphrase")
    made.rename("elsewhere")
    Path("W.witness.pub").unlink()
    locked = tiga("witness", "new", NAME, "--out", "W.witness", "--no-passphrase")
    assert (again.code, locked.code, Path("elsewhere").read_bytes(), made.exists()) == (2, 2, before, False)
    for name in ("witness/a", f"{known.ORIGIN}/wit/a", f"{known.ORIGIN}/witness/A b", "/witness/a"):
        assert tiga("witness", "new", name, "--out", "other", "--no-passphrase").code == 1
    assert not Path("other").exists()


def test_the_key_is_covered_by_the_passphrase(tiga, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIGA_PASSPHRASE_FILE", str(written(tmp_path / "pass", f"{PASSPHRASE}\n".encode())))
    assert tiga("witness", "new", NAME, "--out", "W.witness").code == 0
    pack = written(tmp_path / "p.zip", make_tiles.pack(3, 0))
    assert cosign(tiga, pack).code == 0
    (tmp_path / "pass").write_text("another passphrase\n")
    refused = cosign(tiga, written(tmp_path / "q.zip", make_tiles.pack(5, 0)))
    assert (refused.code, seen_of(tmp_path / "W.witness")) == (1, (3, 3))


@pytest.mark.parametrize("place", [0, 10, 40, 200, -2, -80])
def test_a_damaged_file_is_refused(tiga, made: Path, place: int) -> None:
    data = bytearray(made.read_bytes())
    data[place] ^= 1
    made.write_bytes(data)
    done = tiga("witness", "status", made)
    assert (done.code, done.out) == (1, "")


def test_a_file_that_others_may_read_is_refused(tiga, made: Path) -> None:
    made.chmod(0o640)
    assert tiga("witness", "status", made).code == 1


def test_an_older_copy_put_back_is_refused_and_the_newest_goes_on(tiga, made: Path, tmp_path: Path) -> None:
    for size in (3, 5):
        shutil.copy2(made, tmp_path / f"before-{size}")
        assert cosign(tiga, written(tmp_path / "p.zip", make_tiles.pack(size, 0))).code == 0
    newest = made.read_bytes()
    other = log(6, 3, "a")
    names = {name.path: other.data(name) for name in tiles.row(0, 6, 0)}
    fork = written(tmp_path / "fork.zip", make_tiles.courier.compose(other.checkpoint(), 0, names))
    for size in (3, 5):
        shutil.copy2(tmp_path / f"before-{size}", made)
        done = cosign(tiga, fork, "--out", tmp_path)
        assert (done.code, done.out, done.err.startswith("REFUSED. This file stands at change")) == (1, "", True)
        assert tiga("witness", "cosign", made, fork, "--log", LOG, "--yes", "--moved").code == 1
    made.write_bytes(newest)
    assert cosign(tiga, written(tmp_path / "p.zip", make_tiles.pack(6, 0))).code == 0


def test_another_copy_of_the_same_count_is_refused(tiga, made: Path, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    shutil.copy2(made, tmp_path / "other" / "W.witness")
    assert cosign(tiga, written(tmp_path / "p.zip", make_tiles.pack(3, 0))).code == 0
    os.chdir(tmp_path / "other")
    assert cosign(tiga, written(tmp_path / "q.zip", make_tiles.pack(5, 0))).code == 0
    os.chdir(tmp_path)
    shutil.copy2(tmp_path / "other" / "W.witness", made)
    done = tiga("witness", "status", made)
    assert (done.code, "two copies of the witness were used" in done.err) == (1, True)


def test_a_used_file_that_was_moved_must_be_said_to_be(tiga, made: Path, tmp_path: Path) -> None:
    assert cosign(tiga, written(tmp_path / "p.zip", make_tiles.pack(3, 0))).code == 0
    (tmp_path / "there").mkdir()
    there = Path(shutil.move(made, tmp_path / "there" / "W.witness"))
    assert tiga("witness", "status", there).code == 1
    assert (tiga("witness", "status", there, "--moved").code, tiga("witness", "status", there).code) == (0, 0)


def test_a_lock_that_cannot_be_read_is_refused_and_a_torn_slot_is_not(tiga, made: Path, tmp_path: Path) -> None:
    for size in (3, 5):
        assert cosign(tiga, written(tmp_path / "p.zip", make_tiles.pack(size, 0))).code == 0
    lock = made.with_name("W.witness.lock")
    data = lock.read_bytes()
    older = min((0, 128), key=lambda at: int(data[at : at + 128].split()[0]))
    lock.write_bytes(data[:older] + bytes(64) + data[older + 64 :])
    assert tiga("witness", "status", made).code == 0
    lock.write_bytes(bytes(256))
    assert tiga("witness", "status", made).code == 1


def test_a_clock_that_was_set_back_is_refused(tiga, made: Path, tmp_path: Path, monkeypatch) -> None:
    assert cosign(tiga, written(tmp_path / "p.zip", make_tiles.pack(3, 0))).code == 0
    now = time.time()
    monkeypatch.setattr(cosigning.time, "time", lambda: now - 1000)
    done = cosign(tiga, written(tmp_path / "q.zip", make_tiles.pack(5, 0)))
    assert (done.code, "Set the clock" in done.err, seen_of(made)[0]) == (1, True, 3)
    monkeypatch.setattr(cosigning.time, "time", lambda: now - 100)
    assert cosign(tiga, tmp_path / "q.zip").code == 0


# ---- cosign


def test_a_pack_is_cosigned_and_the_answer_is_what_the_record_can_take(tiga, made: Path, tmp_path: Path) -> None:
    done = cosign(tiga, written(tmp_path / "p.zip", make_tiles.pack(300, 0)))
    assert (done.code, done.err, seen_of(made)) == (0, "", (300, 300))
    told = done.out.splitlines()
    assert told[0] == f"The log {known.ORIGIN} asks you to cosign its head at 300 entries."
    assert told[1].startswith("This witness has seen nothing of this log before.")
    assert told[3].strip() == headcodes.head_code(log(300).head().text())
    (line,) = cosignatures.parse_response((tmp_path / "party-a.cosig").read_bytes())
    note = log(300).checkpoint() + line.encode()
    (found,) = cosignatures.cosigned(note, [key_of(made)], known.CHECK)
    assert (found.name, abs(found.seconds - time.time()) < 60) == (NAME, True)


def test_the_next_pack_needs_only_what_is_new_and_an_old_one_is_harmless(tiga, made: Path, tmp_path: Path) -> None:
    assert cosign(tiga, written(tmp_path / "p.zip", make_tiles.pack(300, 0))).code == 0
    assert cosign(tiga, written(tmp_path / "p.zip", make_tiles.pack(600, 300))).code == 0
    assert seen_of(made) == (600, 600)
    old = cosign(tiga, written(tmp_path / "p.zip", make_tiles.pack(300, 0)))
    assert (old.code, (tmp_path / "party-a.size").read_bytes(), seen_of(made)) == (1, b"600\n", (600, 600))


def test_a_request_is_answered_by_its_proof_and_leaves_the_edge_behind(tiga, made: Path, tmp_path: Path) -> None:
    assert cosign(tiga, written(tmp_path / "p.zip", make_tiles.pack(3, 0))).code == 0
    done = cosign(tiga, written(tmp_path / "a.add-checkpoint", make_tiles.request(3, 7)))
    assert (done.code, (tmp_path / "a.cosig").exists(), seen_of(made)) == (0, True, (7, 3))
    behind = cosign(tiga, written(tmp_path / "b.add-checkpoint", make_tiles.request(3, 8)))
    assert (behind.code, (tmp_path / "b.size").read_bytes()) == (1, b"7\n")
    assert cosign(tiga, written(tmp_path / "p.zip", make_tiles.pack(9, 0))).code == 0
    assert seen_of(made) == (9, 9)


def test_a_pack_that_begins_after_the_edge_is_answered_by_its_request(tiga, made: Path, tmp_path: Path) -> None:
    assert cosign(tiga, written(tmp_path / "a.add-checkpoint", make_tiles.request(0, 300))).code == 0
    lacking = cosign(tiga, written(tmp_path / "p.zip", make_tiles.pack(600, 300)))
    assert (lacking.code, seen_of(made)) == (1, (300, None))
    whole = make_tiles.pack(600, 300, None, {"party-a": make_tiles.request(300, 600)})
    assert (cosign(tiga, written(tmp_path / "p.zip", whole)).code, seen_of(made)) == (0, (600, None))


def test_without_a_yes_nothing_is_cosigned(tiga, made: Path, tmp_path: Path) -> None:
    pack = written(tmp_path / "p.zip", make_tiles.pack(3, 0))
    done = in_own_process("witness", "cosign", made, pack, "--log", LOG, folder=tmp_path)
    assert (done.code, done.out.splitlines()[-1], done.err) == (1, "Nothing was cosigned.", "")
    assert (list(tmp_path.glob("*.cosig")), witness_state.parse(made.read_bytes()).logs) == ([], {})


@pytest.mark.parametrize(
    ("language", "word", "code"), [("en", "yes", 0), ("ur", "ہاں", 0), ("ps", "هو", 0), ("ps", "نه", 1)]
)
def test_a_yes_is_asked_for_in_the_readers_language(tiga, made, tmp_path, monkeypatch, language, word, code) -> None:
    pack = written(tmp_path / "p.zip", make_tiles.pack(3, 0))
    monkeypatch.setattr("builtins.input", lambda: word)
    assert tiga("--language", language, "witness", "cosign", made, pack, "--log", LOG).code == code


def test_a_log_that_was_not_given_and_a_forged_head_are_refused(tiga, made: Path, tmp_path: Path) -> None:
    pack = written(tmp_path / "p.zip", make_tiles.pack(3, 0))
    other = known.signer("tiga.example/other", 1).key.vkey
    stolen = known.signer(known.ORIGIN, 9).key.vkey
    for key in (other, stolen):
        done = tiga("witness", "cosign", made, pack, "--log", key, "--yes")
        assert (done.code, done.out, list(tmp_path.glob("*.cosig"))) == (1, "", [])
    for key in (key_of(made).vkey, "garbage"):
        assert tiga("witness", "cosign", made, pack, "--log", key, "--yes").code == 1


def test_an_exercise_is_named_one(tiga, tmp_path: Path) -> None:
    origin = "tiga.example/exercise"
    signer = known.signer(origin, 1)
    head = make_witness.Checkpoint(origin, 1, make_witness.LEAVES[0])
    body = witness.request(0, [], notes.sign_note(head.text(), [signer]))
    assert tiga("witness", "new", f"{origin}/witness/a", "--out", "W.witness", "--no-passphrase").code == 0
    request = written(tmp_path / "a.add-checkpoint", body)
    done = tiga("witness", "cosign", "W.witness", request, "--log", signer.key.vkey, "--yes")
    assert (done.code, done.out.splitlines()[0]) == (0, "EXERCISE. Nothing in this record happened.")
    assert "EXERCISE" in tiga("witness", "status", "W.witness").out


def test_another_history_is_refused_and_both_heads_are_kept_for_a_proof(tiga, made: Path, tmp_path: Path) -> None:
    assert cosign(tiga, written(tmp_path / "p.zip", make_tiles.pack(5, 0))).code == 0
    other = log(7, 3, "a")
    names = {name.path: other.data(name) for name in tiles.row(0, 7, 0)}
    done = cosign(tiga, written(tmp_path / "p.zip", make_tiles.courier.compose(other.checkpoint(), 0, names)))
    assert (done.code, done.err.startswith("NOT COSIGNED."), seen_of(made)) == (1, True, (5, 5))
    ours, theirs = tmp_path / "party-a.seen.checkpoint", tmp_path / "party-a.refused.checkpoint"
    assert theirs.read_bytes() == other.checkpoint()
    for path, data in names.items():
        (tmp_path / "tiles" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "tiles" / path).write_bytes(data)
    proven = tiga("fork", "prove", ours, theirs, "--log-key", LOG, "--tiles", "tiles")
    fork = forks.check((tmp_path / "FORK.tlog-fork").read_bytes(), known.LOG.key, known.CHECK)
    assert (proven.code, fork.m, fork.n) == (1, 5, 7)


def test_another_head_of_the_same_size_is_a_proof_at_once(tiga, made: Path, tmp_path: Path) -> None:
    assert cosign(tiga, written(tmp_path / "p.zip", make_tiles.pack(5, 0))).code == 0
    body = witness.request(5, [], log(5, 3, "a").checkpoint())
    done = cosign(tiga, written(tmp_path / "a.add-checkpoint", body))
    (proof,) = tmp_path.glob("*.tlog-fork")
    fork = forks.check(proof.read_bytes(), known.LOG.key, known.CHECK)
    assert (done.code, fork.m, fork.n, "TWO HISTORIES" in done.out) == (1, 5, 5, True)


def test_with_nothing_installed_a_witness_is_made_and_cosigns(tmp_path: Path) -> None:
    pack = written(tmp_path / "p.zip", make_tiles.pack(3, 0))
    secret = written(tmp_path / "pass", f"{PASSPHRASE}\n".encode())
    code = f"import os\nos.environ['TIGA_PASSPHRASE_FILE'] = {str(secret)!r}\n" + CODE

    def bare(*words: object) -> Done:
        called = [sys.executable, "-I", "-c", code, EXTRAS, str(ROOT / "src"), *map(str, words)]
        done = subprocess.run(called, cwd=tmp_path, capture_output=True, text=True, timeout=60)
        return Done(done.returncode, done.stdout, done.stderr)

    new = bare("witness", "new", NAME, "--out", "W.witness")
    signed = bare("witness", "cosign", "W.witness", pack, "--log", LOG, "--yes")
    assert (new.code, new.err, signed.code, signed.err) == (0, "", 0, "")
    note = log(3).checkpoint() + (tmp_path / "party-a.cosig").read_bytes()
    (found,) = cosignatures.cosigned(note, [key_of(tmp_path / "W.witness")], known.CHECK)
    assert found == Cosigned(NAME, found.seconds)
    assert bare("witness", "status", "W.witness").code == 0
    (tmp_path / "c").write_bytes(note)
    assert bare("head", "c", "--log-key", LOG).out.splitlines()[-1] == headcodes.head_code(log(3).head().text())


# ---- HTTP


@contextlib.contextmanager
def served(path: Path) -> Iterator[Server]:
    file = WitnessFile(path)
    signer = keyfiles.unlocked(file.read().key, path).sign
    server = Server(
        ("127.0.0.1", 0), Witness(file, {known.ORIGIN: known.LOG.key}, known.CHECK, signer), lambda code, values: None
    )
    thread = threading.Thread(target=lambda: server.serve_forever(0.05))
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass(frozen=True)
class Said:
    status: int
    kind: str
    body: bytes


def ask(port: int, method: str, path: str, body: bytes | None = None, **headers: str) -> Said:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    said = Said(answer.status, answer.headers.get("Content-Type", ""), answer.read())
    connection.close()
    return said


def add(port: int, body: bytes) -> Said:
    return ask(port, "POST", "/add-checkpoint", body)


def test_the_exchange_of_the_vectors_is_answered_so_over_http(made: Path) -> None:
    rows = json.loads((make_witness.FOLDER / make_witness.NAME).read_text(encoding="utf-8"))["add_checkpoint"]
    with served(made) as server:
        for row in rows:
            said = add(server.server_port, row["request"].encode())
            size = witness_state.parse(made.read_bytes()).logs
            assert (row["title"], said.status) == (row["title"], row["status"])
            assert sum(held.seen.size for held in size.values()) == row["size_after"]
            kind = witness.SIZE_TYPE if said.status == 409 else witness.TEXT_TYPE
            assert (said.kind, said.body.endswith(b"\n")) == (kind, True)
            if said.status == 409:
                assert said.body.decode() == row["answer"]


def test_monitors_see_the_head_with_the_very_line_that_was_given(made: Path) -> None:
    path = f"/{witness.origin_hash(known.ORIGIN)}/checkpoint"
    with served(made) as server:
        assert ask(server.server_port, "GET", path).status == 404
        first = add(server.server_port, make_tiles.request(0, 3))
        shown = ask(server.server_port, "GET", path)
        assert shown == Said(200, witness.TEXT_TYPE, log(3).checkpoint() + first.body)
        assert ask(server.server_port, "HEAD", path) == Said(200, witness.TEXT_TYPE, b"")
        assert ask(server.server_port, "GET", f"/{'0' * 64}/checkpoint").status == 404


def test_a_connection_is_kept_for_the_next_request(made: Path) -> None:
    with served(made) as server:
        connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=20)
        statuses = []
        for old, new in ((0, 3), (0, 5), (3, 5)):
            connection.request("POST", "/add-checkpoint", make_tiles.request(old, new))
            answer = connection.getresponse()
            statuses.append((answer.status, answer.will_close, bool(answer.read())))
        connection.close()
    assert statuses == [(200, False, True), (409, False, True), (200, False, True)]


def test_what_is_no_request_is_refused_without_harm(made: Path) -> None:
    with served(made) as server:
        port = server.server_port
        assert ask(port, "GET", "/add-checkpoint").status == 405
        assert ask(port, "PUT", "/add-checkpoint", b"x").status == 405
        assert ask(port, "POST", "/elsewhere", b"x").status == 404
        assert ask(port, "GET", "/" + "x" * 5000).status == 404
        assert ask(port, "GET", "/" + "x" * 70_000).status == 414
        assert (
            ask(port, "POST", "/add-checkpoint", b"1\r\nx\r\n0\r\n\r\n", **{"Transfer-Encoding": "chunked"}).status
            == 411
        )
        with socket.create_connection(("127.0.0.1", port), timeout=10) as raw:
            length = witness.REQUEST_LIMIT + 1
            raw.sendall(f"POST /add-checkpoint HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n\r\n".encode())
            assert raw.recv(100).split()[1] == b"413"
        assert ask(port, "POST", "/add-checkpoint", b"old 0\n\nrubbish").status == 400
        assert add(port, make_tiles.request(0, 3)).status == 200


def test_slow_clients_hold_nobody_up(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(witness_server, "CONNECTIONS", 8)
    with served(made) as server, contextlib.ExitStack() as stack:
        for _ in range(30):
            raw = stack.enter_context(socket.create_connection(("127.0.0.1", server.server_port), timeout=10))
            raw.sendall(b"POST /add-checkpoint HTTP/1.1\r\nHost: x\r\nContent-Length: 400\r\n\r\nold")
        began = time.monotonic()
        assert add(server.server_port, make_tiles.request(0, 3)).status == 200
        assert time.monotonic() - began < 5


def test_a_silent_and_an_endless_client_are_cut_off(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(witness_server, "LIFETIME", 1.0)
    monkeypatch.setattr(witness_server._Handler, "timeout", 0.5)
    with served(made) as server:
        with socket.create_connection(("127.0.0.1", server.server_port), timeout=10) as raw:
            began = time.monotonic()
            assert (raw.recv(10), time.monotonic() - began < 5) == (b"", True)
        with socket.create_connection(("127.0.0.1", server.server_port), timeout=10) as raw:
            began = time.monotonic()
            with contextlib.suppress(OSError):
                while time.monotonic() - began < 8:
                    raw.sendall(b"P")
                    time.sleep(0.1)
            assert time.monotonic() - began < 6


def test_racing_forks_never_give_two_inconsistent_heads(made: Path) -> None:
    """Two histories that part after three entries, pushed at once by eight clients each in its own order."""
    sides = {mark: log(40, 3, mark) for mark in ("a", "b")}
    given: list[tuple[str, int, bytes]] = []
    guard = threading.Lock()

    def push(port: int, mark: str, seed: int) -> None:
        order = random.Random(seed)
        side, old = sides[mark], 0
        for _ in range(25):
            size = order.randint(max(old, 1), min(old + 4, 40))
            body = witness.request(old, side.tree.consistency(old, size), side.checkpoint(size))
            said = add(port, body)
            if said.status == 200:
                with guard:
                    given.append((mark, size, said.body))
                old = size
            elif said.status == 409:
                old = min(int(said.body), 40)

    with served(made) as server:
        threads = [
            threading.Thread(target=push, args=(server.server_port, mark, seed)) for seed in range(4) for mark in sides
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    key = key_of(made)
    for mark, size, line in given:
        assert len(cosignatures.cosigned(sides[mark].checkpoint(size) + line, [key], known.CHECK)) == 1
    past = {mark for mark, size, _ in given if size > 3}
    assert (len(past), len(given) > 10) == (1, True)
    held = witness_state.parse(made.read_bytes()).logs[known.ORIGIN]
    assert held.seen.size == max(size for _, size, _ in given)


def test_of_two_forks_judged_by_the_same_state_one_is_cosigned(made: Path) -> None:
    """Both requests have read the state, and both are signed, before either is stored."""
    file = WitnessFile(made)
    signer = keyfiles.unlocked(file.read().key, made).sign
    both = threading.Barrier(2, timeout=20)

    def sign(message: bytes) -> bytes:
        both.wait()
        return signer.sign(message)

    waiting = Witness(file, {known.ORIGIN: known.LOG.key}, known.CHECK, notes.Signer(signer.key, sign))
    answers: list[tuple[int, bytes]] = []

    def push(mark: str, size: int) -> None:
        answer = waiting.add_checkpoint(witness.request(0, [], log(size, 3, mark).checkpoint()))
        answers.append((answer.status, answer.body))

    threads = [threading.Thread(target=push, args=one) for one in (("a", 5), ("b", 6))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (good, line), (late, size) = sorted(answers)
    assert (good, late, int(size)) == (200, 409, seen_of(made)[0])
    held = file.read().logs[known.ORIGIN]
    assert held.line.encode() == line


def test_two_processes_on_one_file_never_give_two_histories(made: Path, tmp_path: Path) -> None:
    processes = []
    for mark in ("a", "b", "a", "b"):
        body = witness.request(0, [], log(6, 3, mark).checkpoint())
        (tmp_path / f"{mark}{len(processes)}").mkdir()
        request = written(tmp_path / f"{mark}{len(processes)}" / "w.add-checkpoint", body)
        words = ("witness", "cosign", made, request, "--log", LOG, "--yes", "--out", request.parent)
        processes.append(in_own_process(*words, folder=tmp_path, wait=False))
    for process in processes:
        process.communicate(timeout=60)
    won = {path.parent.name[0] for path in tmp_path.glob("*/w.cosig")}
    assert len(won) == 1


def test_an_older_copy_put_back_under_a_running_witness_stops_it(made: Path, tmp_path: Path) -> None:
    with served(made) as server:
        port = server.server_port
        assert add(port, make_tiles.request(0, 3)).status == 200
        before = made.read_bytes()
        assert add(port, make_tiles.request(3, 5)).status == 200
        written(tmp_path / "copy", before).replace(made)
        made.chmod(0o600)
        other = log(6, 4, "a")
        body = witness.request(3, other.tree.consistency(3, 6), other.checkpoint())
        assert add(port, body).status == 503


KILLED = """
import os
from tiga.cli import witness_state
whole, remember = witness_state.writing.whole, witness_state._remember
def killed_before(path, data, mode=0): os.kill(os.getpid(), 9)
def killed_after(handle, count, data):
    if count: os.kill(os.getpid(), 9)
    remember(handle, count, data)
def killed_last(handle, count, data):
    remember(handle, count, data)
    if count: os.kill(os.getpid(), 9)
"""
POINTS = {
    "before the state": "witness_state.writing.whole = killed_before",
    "between the state and the lock": "witness_state._remember = killed_after",
    "between the lock and the answer": "witness_state._remember = killed_last",
}


@pytest.mark.parametrize("point", POINTS)
def test_killed_midway_a_retry_gives_the_same_head_and_no_other(tiga, made: Path, tmp_path: Path, point: str) -> None:
    start = KILLED + POINTS[point]
    mine = written(tmp_path / "w.add-checkpoint", make_tiles.request(0, 3))
    words = ("witness", "cosign", made, mine, "--log", LOG, "--yes")
    before = made.read_bytes()
    done = in_own_process(*words, folder=tmp_path, start=start)
    assert (done.code, list(tmp_path.glob("*.cosig"))) == (-signal.SIGKILL, [])
    stored = point != "before the state"
    assert (known.ORIGIN in witness_state.parse(made.read_bytes()).logs) is stored
    again = cosign(tiga, written(mine, make_tiles.request(3 if stored else 0, 3)))
    assert (again.code, seen_of(made)[0]) == (0, 3)
    (tmp_path / "w.cosig").unlink()
    other = cosign(tiga, written(tmp_path / "w.add-checkpoint", witness.request(0, [], log(4, 1, "a").checkpoint())))
    assert (other.code, list(tmp_path.glob("*.cosig")), (tmp_path / "w.size").read_bytes()) == (1, [], b"3\n")
    made.write_bytes(before)
    assert tiga("witness", "status", made).code == 1


def test_a_served_witness_that_is_killed_comes_back_with_what_it_answered(made: Path, tmp_path: Path) -> None:
    def serving(start: str = ""):
        words = ("witness", "serve", made, "--log", LOG, "--port", "0")
        process = in_own_process(*words, folder=tmp_path, start=start, wait=False)
        address = process.stdout.readline().split("http://")[1].strip("/\n")
        return process, int(address.split(":")[1])

    process, port = serving(KILLED + POINTS["between the lock and the answer"])
    with pytest.raises((http.client.HTTPException, OSError)):
        add(port, make_tiles.request(0, 3))
    assert process.wait(60) == -signal.SIGKILL
    process.communicate()
    process, port = serving()
    retried = add(port, make_tiles.request(0, 3))
    said = add(port, make_tiles.request(3, 3))
    process.terminate()  # as a service manager does; a shell may have had SIGINT ignored
    out, err = process.communicate(timeout=60)
    assert (retried.status, retried.body, said.status) == (409, b"3\n", 200)
    assert (process.returncode, err, out.splitlines()[-1]) == (
        0,
        "",
        "The witness has ended. What it cosigned is kept.",
    )


def test_a_taken_port_and_a_bad_address_are_wrong_calls(tiga, made: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert tiga("witness", "serve", made, "--log", LOG, "--port", port).code == 2
    assert tiga("witness", "serve", made, "--log", LOG, "--port", 99_999).code == 2


def test_a_disk_that_does_not_write_gives_no_cosignature_and_ends_the_witness(made: Path, monkeypatch) -> None:
    def full(path: Path, data: bytes, mode: int = 0) -> None:
        raise OSError(28, "No space left on device", str(path))

    monkeypatch.setattr(witness_state.writing, "whole", full)
    with served(made) as server:
        assert add(server.server_port, make_tiles.request(0, 3)).status == 503
        assert server.error is not None
    assert witness_state.parse(made.read_bytes()).logs == {}


# ---- fork and head


def forked(folder: Path) -> tuple[Path, Path, Path]:
    """Two heads that part after three entries, and a folder with the tiles of the larger one."""
    small, large = log(5, 3, "a"), log(600, 3, "b")
    for name in tiles.row(0, 600):
        path = folder / "tiles" / name.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(large.data(name))
    return (
        written(folder / "one", small.checkpoint(5, make_witness.A)),
        written(folder / "two", large.checkpoint(600, make_witness.A, make_witness.B)),
        folder / "tiles",
    )


def test_a_fork_is_proven_and_checked_in_either_order(tiga, tmp_path: Path) -> None:
    one, two, folder = forked(tmp_path)
    for first, second, name in ((one, two, "f"), (two, one, "g")):
        done = tiga("fork", "prove", first, second, "--log-key", LOG, "--mirror", folder, "--out", name)
        assert (done.code, done.err) == (1, "")
    assert Path("f").read_bytes() == Path("g").read_bytes()
    witnesses = ("--witness", make_witness.A.key.vkey, "--witness", make_witness.B.key.vkey)
    done = tiga("fork", "check", "f", "--log-key", LOG, *witnesses)
    told = done.out.splitlines()
    assert (done.code, told[0].split(".")[0]) == (0, "PROVEN")
    assert sum(f"cosigned by {make_witness.A.key.name}" in row for row in told) == 2
    assert sum(f"cosigned by {make_witness.B.key.name}" in row for row in told) == 1
    assert (
        told[-1] == f"The witness {make_witness.A.key.name} has cosigned both. Its word may not be relied on any more."
    )
    assert (
        tiga("fork", "prove", one, two, "--log-key", LOG, "--tiles", folder, "--out", "f").code == 2
    )  # never replaced


def test_two_heads_of_one_history_agree_and_write_nothing(tiga, tmp_path: Path) -> None:
    _, two, folder = forked(tmp_path)
    early = written(tmp_path / "early", log(600, 3, "b").checkpoint(257))
    done = tiga("fork", "prove", early, two, "--log-key", LOG, "--tiles", folder)
    assert (done.code, done.out.split(":")[0], Path("FORK.tlog-fork").exists()) == (0, "No fork", False)


def test_heads_of_one_size_need_no_tree(tiga, tmp_path: Path) -> None:
    one, two = (written(tmp_path / mark, log(5, 3, mark).checkpoint()) for mark in ("a", "b"))
    assert tiga("fork", "prove", one, two, "--log-key", LOG).code == 1
    assert tiga("fork", "check", "FORK.tlog-fork", "--log-key", LOG).code == 0
    assert tiga("fork", "prove", one, one, "--log-key", LOG).code == 0


def test_a_tree_that_is_not_the_larger_heads_settles_nothing(tiga, tmp_path: Path) -> None:
    one, two, folder = forked(tmp_path)
    assert tiga("fork", "prove", one, two, "--log-key", LOG).code == 2
    assert tiga("fork", "prove", one, two, "--log-key", LOG, "--tiles", tmp_path).code == 2
    last = folder / tiles.TileName(0, 2, 88).path
    last.write_bytes(last.read_bytes()[:-32])
    assert tiga("fork", "prove", one, two, "--log-key", LOG, "--tiles", folder).code == 2
    last.write_bytes(last.read_bytes() + bytes(32))
    assert tiga("fork", "prove", one, two, "--log-key", LOG, "--tiles", folder).code == 2
    assert not Path("FORK.tlog-fork").exists()


def test_the_tree_is_read_from_wider_tiles_and_from_entries_alone(tiga, tmp_path: Path) -> None:
    one, _, _ = forked(tmp_path)
    made = log(700, 3, "b")
    at = written(tmp_path / "at-600", log(700, 3, "b").checkpoint(600))
    for level, folder in ((0, "wide"), (tiles.ENTRIES, "entries"), (tiles.REDACTED, "redacted")):
        for name in tiles.row(level, 700):
            path = tmp_path / folder / name.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(made.data(name))
        out = f"{folder}.tlog-fork"
        assert tiga("fork", "prove", one, at, "--log-key", LOG, "--mirror", tmp_path / folder, "--out", out).code == 1
    assert Path("wide.tlog-fork").read_bytes() == Path("entries.tlog-fork").read_bytes()
    assert Path("wide.tlog-fork").read_bytes() == Path("redacted.tlog-fork").read_bytes()


def test_what_proves_nothing_is_said_to(tiga, tmp_path: Path) -> None:
    folder = forked(tmp_path)[2]
    one, two = (written(tmp_path / mark, log(size, 3, mark).checkpoint()) for size, mark in ((5, "a"), (600, "b")))
    tiga("fork", "prove", one, two, "--log-key", LOG, "--tiles", folder)
    data = Path("FORK.tlog-fork").read_bytes()
    other = known.signer(known.ORIGIN, 9).key.vkey
    assert tiga("fork", "check", "FORK.tlog-fork", "--log-key", other).code == 1
    for place in range(0, len(data), 97):
        Path("bad").write_bytes(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :])
        assert tiga("fork", "check", "bad", "--log-key", LOG).code == 1
    assert tiga("fork", "check", "nothing", "--log-key", LOG).code == 2


def test_a_head_code_is_printed_and_compared(tiga, tmp_path: Path) -> None:
    path = written(tmp_path / "c", log(300).checkpoint())
    code = headcodes.head_code(log(300).head().text())
    done = tiga("head", path, "--log-key", LOG)
    assert (done.code, done.out.splitlines()) == (0, [f"{known.ORIGIN}, 300 entries", code])
    assert "Nobody has looked at the signature" in tiga("head", path).out
    other = headcodes.head_code(log(300, 3, "a").head().text())
    assert tiga("head", path, "--compare", code.lower().replace("-", " ")).code == 0
    assert tiga("head", path, "--compare", other).code == 1
    assert tiga("head", path, "--compare", headcodes.head_code(log(299).head().text())).code == 2
    assert tiga("head", path, "--compare", code[:-1]).code == 2
    assert tiga("head", path, "--log-key", known.signer(known.ORIGIN, 9).key.vkey).code == 1


def test_the_state_refuses_a_change_that_rests_on_another_state(made: Path) -> None:
    file = WitnessFile(made)
    signer = keyfiles.unlocked(file.read().key, made).sign
    one, two = (Witness(file, {known.ORIGIN: known.LOG.key}, known.CHECK, signer) for _ in range(2))
    assert one.add_checkpoint(make_tiles.request(0, 3)).status == 200
    held = file.read().logs[known.ORIGIN]
    assert two.add_checkpoint(make_tiles.request(3, 5)).status == 200
    after = file.read().logs[known.ORIGIN]
    assert (file.settle(known.ORIGIN, held, held), file.read().logs[known.ORIGIN]) == (after, after)
    with pytest.raises(Refused):
        Witness(file, {}, known.CHECK, known.LOG).add_checkpoint(make_tiles.request(5, 7))
