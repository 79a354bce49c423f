"""`tiga courier`, and `fork` and `head` on a record: records on disk, witnesses with their own files, real sockets."""

from __future__ import annotations

import contextlib
import json
import shutil
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.store.called import ROOT, Done, alone, play, tiga
from tiga.cli import keyfiles, witness_state
from tiga.cli.cosigning import Witness
from tiga.cli.witness_server import Server
from tiga.cli.witness_state import WitnessFile
from tiga.record import checkpoints, cosignatures, courier, forks, headcodes, notes, tiles, tree
from tiga.record.checkpoints import Checkpoint
from tiga.record.notes import NoteKey, Signer
from tiga.store.keys import CHECK, demo_keyring

ORIGIN = "tiga.example/exercise"
LOG: Signer = demo_keyring((ORIGIN,)).signer(ORIGIN)
VKEY = LOG.key.vkey
COMPONENTS = ("party-1", "party-2", "mediator-1", "mediator-2")


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Both records, and a witness's file for each component of the exercise's charter."""
    folder = tmp_path_factory.mktemp("witnessed")
    for component in COMPONENTS:
        name = f"{ORIGIN}/witness/{component}"
        assert alone("witness", "new", name, "--out", folder / f"{component}.witness", "--no-passphrase").code == 0
    vkeys = [key_of(folder, component).vkey for component in COMPONENTS]
    return play(folder, *vkeys)


@pytest.fixture
def house(original: Path, tmp_path: Path) -> Path:
    """A copy of all that a test may change."""
    return Path(shutil.copytree(original, tmp_path / "house"))


def key_of(folder: Path, component: str) -> NoteKey:
    return witness_state.parse((folder / f"{component}.witness").read_bytes()).note_key


def carried(folder: Path, component: str, *words: object) -> Done:
    """A pack made for a component's witness, and its witness's answer to it."""
    assert tiga(folder, "courier", "out", "--record", "exercise", "--to", component, "--out", "p.zip", *words).code == 0
    file, pack = folder / f"{component}.witness", folder / "p.zip"
    return alone("witness", "cosign", file, pack, "--log", VKEY, "--yes", "--out", folder)


def taken_in(folder: Path, *files: object) -> Done:
    return tiga(folder, "courier", "in", "--record", "exercise", *files)


def size_of(folder: Path) -> int:
    return int(tiga(folder, "head", "--record", "exercise").out[-1].split()[0])


# ---- by stick


def test_a_pack_goes_out_and_its_cosignatures_come_back(house: Path) -> None:
    size = size_of(house)
    out = tiga(house, "courier", "out", "--record", "exercise", "--to", "party-1", "--out", "p.zip")
    pack = courier.read((house / "p.zip").read_bytes())
    assert (out.code, out.err, out.out[0]) == (0, [], "EXERCISE. Nothing in this record happened.")
    assert (pack.origin, pack.start, pack.size, list(pack.requests), pack.bundles) == (ORIGIN, 0, size, ["party-1"], {})
    for component in ("party-1", "mediator-1"):
        assert carried(house, component).code == 0
    back = taken_in(house, "party-1.cosig", "mediator-1.cosig")
    assert (back.code, back.err) == (0, [])
    assert back.out[:2] == ["party-1.cosig: cosignatures taken in: 1", "mediator-1.cosig: cosignatures taken in: 1"]
    told = [row.split(", since")[0] for row in back.out[2:6]]
    assert told == [
        f"party-1: has cosigned {size} of {size} entries",
        "party-2: has cosigned nothing yet",
        f"mediator-1: has cosigned {size} of {size} entries",
        "mediator-2: has cosigned nothing yet",
    ]
    assert back.out[6:] == [
        f"Held: a mediator's witness. It covers the present head, {size} entries.",
        "Not held: a mediator's witness and every party's. Lacking: party-2.",
    ]
    again = taken_in(house, "party-1.cosig")
    assert (again.code, again.out[0]) == (0, "party-1.cosig: holds, nothing new")


def test_with_every_party_and_a_mediator_the_mutual_policy_is_held_until_the_log_grows(house: Path) -> None:
    size = size_of(house)
    for component in ("party-1", "party-2", "mediator-2"):
        assert carried(house, component).code == 0
    back = taken_in(house, "party-1.cosig", "party-2.cosig", "mediator-2.cosig")
    mutual = "a mediator's witness and every party's"
    assert back.out[-1] == f"Held: {mutual}. It covers the present head, {size} entries."
    grown = grow(house)
    assert carried(house, "mediator-1").code == 0
    later = taken_in(house, "mediator-1.cosig")
    assert later.out[-2:] == [
        f"Held: a mediator's witness. It covers the present head, {grown} entries.",
        f"Held up to {size} of {grown} entries: {mutual}. The present head lacks: party-1, party-2.",
    ]


def grow(folder: Path) -> int:
    """Enter reports; the size afterwards."""
    before = size_of(folder)
    sheet = ROOT / "samples" / "exercise-faulty.csv"
    assert tiga(folder, "import", sheet, "--record", "exercise").code == 1
    after = size_of(folder)
    assert after > before
    return after


def test_the_second_pack_continues_where_the_witness_is(house: Path) -> None:
    assert carried(house, "party-1").code == 0
    assert taken_in(house, "party-1.cosig").code == 0
    size = size_of(house)
    grown = grow(house)
    assert carried(house, "party-1").code == 0
    assert courier.read((house / "p.zip").read_bytes()).requests["party-1"].startswith(f"old {size}\n".encode())
    assert taken_in(house, "party-1.cosig").out[1].startswith(f"party-1: has cosigned {grown} of {grown} entries")


def test_a_line_lost_on_the_way_is_made_up_for_by_the_size(house: Path) -> None:
    assert carried(house, "party-1").code == 0
    (house / "party-1.cosig").unlink()
    size = size_of(house)
    body = courier.read((house / "p.zip").read_bytes()).requests["party-1"]
    (house / "party-1.add-checkpoint").write_bytes(body)
    request = house / "party-1.add-checkpoint"
    done = alone("witness", "cosign", house / "party-1.witness", request, "--log", VKEY, "--yes", "--out", house)
    assert (done.code, (house / "party-1.size").read_text()) == (1, f"{size}\n")
    back = taken_in(house, "party-1.size")
    assert (back.code, f"--since {size}" in back.out[0]) == (0, True)
    assert carried(house, "party-1", "--since", size).code == 0
    assert taken_in(house, "party-1.cosig").out[0] == "party-1.cosig: cosignatures taken in: 1"


def test_a_witness_that_has_seen_more_halts_the_record(house: Path) -> None:
    (house / "party-2.size").write_text(f"{size_of(house) + 1}\n")
    back = taken_in(house, "party-2.size")
    assert (back.code, back.err[1].split(":")[0]) == (1, "The record was halted")
    after = tiga(house, "import", ROOT / "samples" / "exercise-faulty.csv", "--record", "exercise")
    assert after.code != 0
    assert (house / "exercise" / "guard.halt").exists()


def test_what_is_not_ours_is_not_taken_in_and_the_rest_is(house: Path) -> None:
    for component in ("party-1", "party-2"):
        assert carried(house, component).code == 0
    good = (house / "party-1.cosig").read_bytes()
    place = len(good) - 30
    (house / "a.cosig").write_bytes(
        good[:place] + (b"A" if good[place : place + 1] != b"A" else b"B") + good[place + 1 :]
    )
    stranger = Signer(NoteKey.of(f"{ORIGIN}/witness/nobody", notes.COSIGNATURE, LOG.key.public), LOG.sign)
    head = Checkpoint(ORIGIN, 3, bytes(32))
    (house / "b.cosig").write_bytes(cosignatures.line(head.text(), stranger, 9).encode())
    own = keyfiles.unlocked(witness_state.parse((house / "party-1.witness").read_bytes()).key, house).sign
    (house / "c.cosig").write_bytes(cosignatures.line(head.text(), own, 9).encode())
    (house / "d.cosig").write_bytes(b"garbage")
    (house / "e").write_bytes(notes.sign_note(head.text(), [LOG]))
    (house / "Bad.size").write_bytes(b"3\n")
    (house / "nobody.size").write_bytes(b"3\n")
    (house / "party-1.size").write_bytes(b"03\n")
    bad = ("a.cosig", "b.cosig", "c.cosig", "d.cosig", "e", "Bad.size", "nobody.size", "party-1.size", "nothing")
    back = taken_in(house, *bad, "party-2.cosig")
    assert (back.code, back.out[0]) == (2, "party-2.cosig: cosignatures taken in: 1")
    assert [row for row in back.err if row.endswith("was not taken in:")] == [
        f"{name} was not taken in:" for name in bad
    ]
    assert back.out[1] == "party-1: has cosigned nothing yet"


def test_a_cosigned_checkpoint_is_taken_in_as_well(house: Path) -> None:
    assert carried(house, "party-1").code == 0
    note = courier.read((house / "p.zip").read_bytes()).checkpoint + (house / "party-1.cosig").read_bytes()
    (house / "checkpoint").write_bytes(note)
    assert taken_in(house, "checkpoint").out[0] == "checkpoint: cosignatures taken in: 1"
    assert tiga(house, "courier", "out", "--record", "exercise", "--since", 0, "--out", "p.zip").code == 0
    assert courier.read((house / "p.zip").read_bytes()).checkpoint == note


def test_wrong_calls_make_no_pack(house: Path) -> None:
    for words in (
        ("--to", "nobody"),
        (),
        ("--since", 10_000),
        ("--since", -1),
        ("--to", "party-1", "--since", 10_000),
        ("--since", 0, "--with-entries", "--reader", "liaison"),
        ("--since", 0, "--with-entries", "--reader", "x:y"),
    ):
        done = tiga(house, "courier", "out", "--record", "exercise", *words, "--out", "p.zip")
        assert (done.code, done.out, len(done.err), (house / "p.zip").exists()) == (1, [], 1, False)


def test_entries_are_packed_as_the_reader_may_see_them(house: Path) -> None:
    seen = {}
    for reader in ("public", "liaison:party-1", "secretariat"):
        words = ("--since", 0, "--with-entries", "--reader", reader, "--out", "p.zip")
        assert tiga(house, "courier", "out", "--record", "exercise", *words).code == 0
        pack = courier.read((house / "p.zip").read_bytes())
        rows = [
            row
            for path, data in sorted(pack.bundles.items())
            for row in tiles.read_bundle(tiles.parse_path(path), data)
        ]
        assert b"".join(row.leaf for row in rows) == pack.hashes
        seen[reader] = {row.note for row in rows if row.note is not None}
        data = (house / "p.zip").read_bytes()
        hidden = seen.get("secretariat", set()) - seen[reader]
        assert [note for note in hidden if note in data] == []
    assert seen["public"] < seen["liaison:party-1"] <= seen["secretariat"]
    assert tiga(house, "courier", "out", "--record", "exercise", *words[:-1], "q.zip", "--reader", "public").code == 0
    public = (house / "q.zip").read_bytes()
    assert [note for note in seen["secretariat"] - seen["public"] if note in public] == []


# ---- over HTTP


@contextlib.contextmanager
def served(folder: Path, component: str) -> Iterator[str]:
    file = WitnessFile(folder / f"{component}.witness")
    signer = keyfiles.unlocked(file.read().key, file.path).sign
    server = Server(("127.0.0.1", 0), Witness(file, {ORIGIN: LOG.key}, CHECK(), signer), lambda code, values: None)
    with running(server) as url:
        yield url


@contextlib.contextmanager
def running(server: ThreadingHTTPServer) -> Iterator[str]:
    thread = threading.Thread(target=lambda: server.serve_forever(0.05))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class Elsewhere(BaseHTTPRequestHandler):
    """No witness: it sends away, talks without end, or nonsense, by the beginning of the path."""

    def do_POST(self) -> None:
        kind = self.path.split("/")[1]
        self.send_response(302 if kind == "away" else 200)
        self.send_header("Location", "/long/add-checkpoint")
        self.end_headers()
        with contextlib.suppress(OSError):
            for _ in range(100 if kind == "long" else 1):
                self.wfile.write(b"x" * 10_000 if kind == "long" else b"nonsense\n")

    def log_message(self, format: str, *args: object) -> None:
        pass


def push(folder: Path, *urls: str) -> Done:
    return tiga(folder, "courier", "push", "--record", "exercise", *(word for url in urls for word in ("--url", url)))


def test_witnesses_that_are_online_are_asked(house: Path) -> None:
    size = size_of(house)
    with served(house, "party-1") as one, served(house, "mediator-2") as two:
        done = push(house, f"party-1={one}", f"mediator-2={two}/")
        again = push(house, f"party-1={one}")
    assert (done.code, done.err) == (0, [])
    assert done.out[:2] == ["party-1: cosignatures taken in: 1", "mediator-2: cosignatures taken in: 1"]
    assert done.out[2].startswith(f"party-1: has cosigned {size} of {size} entries")
    assert (again.code, again.out[0]) == (0, "party-1: holds, nothing new")


def test_a_409_is_answered_by_asking_from_where_the_witness_is(house: Path) -> None:
    assert carried(house, "party-1").code == 0  # and never brought back
    grown = grow(house)
    with served(house, "party-1") as url:
        done = push(house, f"party-1={url}")
    assert (done.code, done.out[0]) == (0, "party-1: cosignatures taken in: 1")
    assert witness_state.parse((house / "party-1.witness").read_bytes()).logs[ORIGIN].seen.size == grown


def test_a_longer_log_at_a_witness_halts_a_restored_record(house: Path, original: Path) -> None:
    grow(house)
    assert carried(house, "party-1").code == 0
    shutil.rmtree(house / "exercise")
    shutil.copytree(original / "exercise", house / "exercise")
    with served(house, "party-1") as url:
        done = push(house, f"party-1={url}")
    assert (done.code, done.err[0].split(":")[0]) == (1, "The record was halted")


def test_a_witness_that_is_down_or_no_witness_is_named_and_the_others_are_asked(house: Path) -> None:
    with running(ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere)) as bad, served(house, "party-2") as good:
        urls = [f"party-1={bad}/{kind}" for kind in ("away", "long", "nonsense")]
        done = push(house, *urls, "mediator-1=http://127.0.0.1:9", f"party-2={good}")
    assert (done.code, len(done.err), done.out[0]) == (1, 4, "party-2: cosignatures taken in: 1")
    assert [row.split(":")[0] for row in done.err] == ["party-1", "party-1", "party-1", "mediator-1"]
    for url in ("party-1=file:///etc/passwd", "party-1", "nobody=http://127.0.0.1:9"):
        assert push(house, url).code == 1


# ---- absences, forks, heads


def test_absences_are_entered_once(house: Path) -> None:
    assert tiga(house, "courier", "absences", "--record", "exercise").out == ["Absences entered: 0"]
    for component in ("party-1", "mediator-1"):
        assert carried(house, component).code == 0
    assert taken_in(house, "party-1.cosig", "mediator-1.cosig").code == 0
    size = size_of(house)
    first = tiga(house, "courier", "absences", "--record", "exercise")
    entered = size_of(house) - size
    assert (first.code, first.out, entered > 0) == (0, [f"Absences entered: {entered}"], True)
    assert tiga(house, "courier", "absences", "--record", "exercise").out == ["Absences entered: 0"]
    assert tiga(house, "rebuild", "--check", "--record", "exercise").code == 0


def test_a_fork_of_a_record_is_proven_from_its_ledger(house: Path) -> None:
    other = Checkpoint(ORIGIN, 5, tree.root_of([tree.leaf_hash(bytes([n])) for n in range(5)]))
    (house / "one").write_bytes(notes.sign_note(other.text(), [LOG]))
    assert tiga(house, "courier", "out", "--record", "exercise", "--since", 0, "--out", "p.zip").code == 0
    ours = courier.read((house / "p.zip").read_bytes()).checkpoint
    (house / "two").write_bytes(ours)
    done = tiga(house, "fork", "prove", "one", "two", "--log-key", VKEY, "--record", "exercise")
    fork = forks.check((house / "FORK.tlog-fork").read_bytes(), LOG.key, CHECK())
    assert (done.code, done.err, fork.m, fork.n) == (1, [], 5, checkpoints.parse(notes.text_of(ours)).size)
    same = tiga(house, "fork", "prove", "two", "two", "--log-key", VKEY)
    assert (same.code, same.out[0].split(":")[0]) == (0, "No fork")


def test_the_head_of_a_record_is_spelled_for_the_telephone(house: Path) -> None:
    assert tiga(house, "courier", "out", "--record", "exercise", "--since", 0, "--out", "p.zip").code == 0
    note = courier.read((house / "p.zip").read_bytes()).checkpoint
    code = headcodes.head_code(notes.text_of(note))
    done = tiga(house, "head", "--record", "exercise")
    assert (done.code, done.out[0], done.out[-1]) == (0, "EXERCISE. Nothing in this record happened.", code)
    assert tiga(house, "head", "--record", "exercise", "--compare", code).code == 0
    early = tiga(house, "head", "--record", "exercise", "--size", 3).out[-1]
    assert tiga(house, "head", "--record", "exercise", "--size", 3, "--compare", early).code == 0
    assert tiga(house, "head", "--record", "exercise", "--compare", early).code == 2
    assert tiga(house, "head", "--record", "exercise", "--size", 10_000).code == 1


def test_the_witnesses_file_is_json_that_its_keeper_can_read(house: Path) -> None:
    assert carried(house, "party-1").code == 0
    lines = (house / "party-1.witness").read_text(encoding="utf-8").splitlines()
    state = json.loads(lines[3])
    assert (lines[0], lines[1], state["count"], len(state["logs"])) == ("tiga/witness@v1", "tiga/key@v1", 1, 1)
