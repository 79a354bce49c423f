"""The child that reads files: its walls hold, and whatever becomes of it the caller gets an examination."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.core.evidence import made
from tiga import evidence
from tiga.drafts import Fault
from tiga.drafts.examinations import Box, ClaimOfFile, Trust
from tiga.store import examiner, examining
from tiga.values.moments import Moment
from tiga.values.words import say

ROOT = Path(__file__).parents[2]
PICTURE = made.with_words(made.drawn())
CLAIM = ClaimOfFile(Moment("2026-01-05T22:40", "PKT", "quarter"))


def behind(walls: str, tried: str) -> str:
    """What becomes of a statement behind some of the walls: `done`, or the error's name."""
    code = f"""
import ctypes, os, resource, socket, subprocess, sys
from tiga.store import examiner
stand = [bool(getattr(examiner, "_" + name)()) for name in {walls.split()!r}]
if not all(stand):
    print("no wall")
    sys.exit()
try:
    {tried}
    print("done")
except BaseException as error:
    print(type(error).__name__, getattr(error, "errno", None) or "")
"""
    answer = subprocess.run(
        [sys.executable, "-P", "-c", code], capture_output=True, text=True, env={"PYTHONPATH": str(ROOT / "src")}
    )
    return answer.stdout.strip() or f"ended by signal {-answer.returncode}"


def test_the_child_says_what_we_would_say_ourselves() -> None:
    earlier = (evidence.examine(made.saved(made.drawn(seed=3)), "b.jpg").fingerprint,)
    assert earlier[0] is not None
    inside = evidence.examine(PICTURE, "a.jpg", CLAIM, (earlier[0],), Trust())
    assert examining.examine(PICTURE, "a.jpg", CLAIM, (earlier[0],)) == inside
    assert examining.derivative(PICTURE, "image/jpeg", frozenset({"time"}), (Box(0, 0, 9, 9),)) == evidence.derivative(
        PICTURE, "image/jpeg", frozenset({"time"}), (Box(0, 0, 9, 9),)
    )


def test_a_fault_of_the_child_comes_back_as_one() -> None:
    answer = examining.derivative(b"words", "text/plain", name="a.txt")
    assert answer == Fault("a.txt", 0, "", "fault.derivative_no_decoder", {"media_type": "text/plain"})


HOSTILE = {
    "bomb.png": (made.png(50_000, 50_000, bytes(150_000)), "pixels_claimed"),
    "bomb.zip": (made.archive({f"{n}": bytes(20_000_000) for n in range(3)}), "unpacked_claimed"),
    "claims.zip": (made.claiming(made.archive({"a": b"words"}), 4_294_967_295), "unpacked_claimed"),
    "two.jpg": (made.saved(made.drawn()) + made.archive({"a": b"words"}), "second_kind"),
    "half.jpg": (made.saved(made.drawn())[:4000], "cut_short"),
    "script.svg": (b"<svg><script>f()</script></svg>", "active_content"),
    "remote.pdf": (b"%PDF-1.4\n<</S/URI/URI(http://example.invalid)>>\n%%EOF", "remote_references"),
    "empty": (b"", "empty"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_file_that_means_harm_is_reported_and_nothing_else_happens(name: str) -> None:
    data, code = HOSTILE[name]
    answer = examining.examine(data, name)
    assert (answer.name, answer.length, made.told(answer.verdicts, code)[:1]) == (
        name, len(data), [(code, answer_outcome(code))],
    )  # fmt: skip


def answer_outcome(code: str) -> str:
    return "against" if code in ("second_kind", "active_content", "remote_references") else "broken"


def test_a_child_that_takes_too_long_is_ended_and_named() -> None:
    start = time.monotonic()
    answer = examining.examine(PICTURE, "../a.jpg", wall_s=0.05)
    assert (made.told(answer.verdicts), answer.name, answer.media_type) == (
        [("child_time", "broken")], "a.jpg", "image/jpeg",
    )  # fmt: skip
    assert (answer.length, answer.fingerprint and answer.fingerprint.sha256) == (len(PICTURE), answer.sha256)
    assert time.monotonic() - start < 5
    answered = examining.derivative(PICTURE, "image/jpeg", name="a.jpg", wall_s=0.05)
    assert answered == Fault("a.jpg", 0, "", "fault.derivative_child", {"reason": "time"})
    assert "time" in say(answered.code, **answered.values)


def test_after_a_child_that_was_ended_our_own_readers_still_speak() -> None:
    """A paper of junk with a mark of credentials keeps the library busy for minutes."""
    answer = examining.examine(b"%PDF-1.4\n/Launch c2pa\n" + b"stream\n" * 300_000, "a.pdf", wall_s=4)
    assert made.told(answer.verdicts) == [
        ("child_time", "broken"), ("type_agrees", "supports"), ("cut_short", "broken"), ("active_content", "against"),
        ("likeness_unmeasured", "silent"),
    ]  # fmt: skip


def test_a_child_that_cannot_be_started_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", str(ROOT / "no-such-program"))
    assert made.told(examining.examine(PICTURE, "a.jpg").verdicts) == [("child_start", "broken")]
    assert examining.walls() == tuple((name, False) for name in ("namespace", "landlock", "limits", "audit"))


FALSE_CHILDREN = {
    "words": ("print('words')", "child_answer"),
    "nothing": ("pass", "child_answer"),
    "deep": ("sys.stdout.buffer.write(LENGTH.pack(200000) + b'[' * 200000)", "child_answer"),
    "a list": ("sys.stdout.buffer.write(LENGTH.pack(2) + b'[]')", "child_answer"),
    "another file": ("answer('0' * 64)", "child_answer"),
    "a verdict of its own": ("answer(sha, [{'code': 'evidence.empty', 'outcome': 'proven'}])", "child_answer"),
    "words of its own": ("answer(sha, [{'code': 'evidence.signed_by_us', 'outcome': 'supports'}])", "child_answer"),
    "words without values": ("answer(sha, [{'code': 'evidence.serial', 'outcome': 'silent'}])", "child_answer"),
    "words of others": ("answer(sha, [{'code': 'act.finding.adopt', 'outcome': 'supports'}])", "child_answer"),
    "a long value": (
        "answer(sha, [{'code': 'evidence.serial', 'outcome': 'silent', 'values': {'serial': 'x' * 5000}}])",
        "child_answer",
    ),
    "crash": ("os.kill(os.getpid(), signal.SIGSEGV)", "child_crash"),
    "processor time": ("os.kill(os.getpid(), signal.SIGXCPU)", "child_time"),
    "memory": ("raise MemoryError", "child_memory"),
    "never reads": ("import time; os.close(0); time.sleep(60)", "child_time"),
    "never ends": ("[sys.stdout.buffer.write(bytes(1 << 20)) for _ in iter(int, 1)]", "child_time"),
}


def instead(statement: str, monkeypatch: pytest.MonkeyPatch, folder: Path) -> list[tuple[str, str]]:
    """What is told of a file where a real other child stands in the place of ours, as one that a file has taken over."""
    program = folder / "child"
    program.write_text(
        f"#!{sys.executable}\nimport hashlib, json, os, signal, struct, sys\nLENGTH = struct.Struct('>Q')\n"
        f"sha = {evidence.examine(b'words', 'a.txt').sha256!r}\n"
        "def answer(sha256, verdicts=()):\n"
        "    plain = dict(name='a', sha256=sha256, length=5, media_type='text/plain', verdicts=list(verdicts))\n"
        "    head = json.dumps(dict(examination=plain)).encode()\n"
        "    sys.stdout.buffer.write(LENGTH.pack(len(head)) + head)\n"
        f"{statement}\n"
    )
    program.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(program))
    return made.told(examining.examine(b"words", "a.txt", wall_s=2).verdicts)


@pytest.mark.parametrize("case", sorted(FALSE_CHILDREN))
def test_an_answer_is_not_believed_for_being_one(case: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    statement, code = FALSE_CHILDREN[case]
    assert instead(statement, monkeypatch, tmp_path) == [(code, "broken")]


def test_false_children_fail_for_what_they_say_and_not_for_how(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    well = "answer(sha, [{'code': 'evidence.serial', 'outcome': 'silent', 'values': {'serial': 'x'}}])"
    assert instead(well, monkeypatch, tmp_path) == [("serial", "silent")]


WALLS = [
    ("limits", "bytearray(4 * 1024**3)", "MemoryError"),
    ("limits", "[os.open('/dev/null', os.O_RDONLY) for _ in range(100)]", "OSError 24"),
    ("audit", "socket.socket()", "PermissionError"),
    ("audit", "socket.getaddrinfo('localhost', 80)", "PermissionError"),
    ("audit", "subprocess.Popen(['true'])", "PermissionError"),
    ("audit", "os.fork()", "PermissionError"),
    ("audit", "open('x', 'w')", "PermissionError"),
    ("audit", "os.open('x', os.O_CREAT | os.O_WRONLY)", "PermissionError"),
    ("audit", "os.remove('x')", "PermissionError"),
    ("namespace", "socket.create_connection(('127.0.0.1', 9), 1)", "OSError 101"),
    ("namespace", "ctypes.CDLL(None)", "done"),
    ("landlock", "os.open('x', os.O_CREAT | os.O_WRONLY)", "PermissionError 13"),
    ("landlock", "os.mkdir('x')", "PermissionError 13"),
    ("landlock", "os.kill(os.getppid(), 0)", "PermissionError 1"),
    ("landlock", "open('/etc/passwd').read()", "PermissionError 13"),
    ("landlock", "socket.create_connection(('127.0.0.1', 9), 1)", "PermissionError 13"),
    ("landlock", "open(examiner.__file__).read()", "done"),
    ("landlock", "os.execv('/bin/true', ['true'])", "PermissionError 13"),
]


@pytest.mark.parametrize(("walls", "tried", "error"), WALLS)
def test_each_wall_holds_by_itself(walls: str, tried: str, error: str) -> None:
    if walls in ("namespace", "landlock") and not dict(examining.walls())[walls]:
        pytest.skip(f"this machine has no {walls} for programs without privileges")
    assert behind(walls, tried) == error


def test_a_file_cannot_grow_behind_the_limits(tmp_path: Path) -> None:
    grown = tmp_path / "grown"
    tried = f"os.write(os.open({str(grown)!r}, os.O_CREAT | os.O_WRONLY), b'words')"
    # Python ignores the signal of this limit, so the write itself is refused
    assert (behind("limits", tried), grown.stat().st_size) == ("OSError 27", 0)


def test_processor_time_ends_a_child() -> None:
    assert examiner.CPU_S < examining.WALL_S
    tried = "resource.setrlimit(resource.RLIMIT_CPU, (1, 1)); [None for _ in iter(int, 1)]"
    assert behind("audit", tried) in (
        f"ended by signal {int(signal.SIGXCPU)}",
        f"ended by signal {int(signal.SIGKILL)}",
    )


def test_limits_and_audit_stand_everywhere_and_the_child_names_its_walls() -> None:
    stand = dict(examining.walls())
    assert list(stand) == ["namespace", "landlock", "limits", "audit"]
    assert (stand["limits"], stand["audit"]) == (True, True)


NO_NAMESPACES = """
import ctypes
if ctypes.CDLL(None).unshare(0x10000000):
    raise SystemExit("no namespace")
for name, text in (("self/setgroups", "deny"), ("self/uid_map", "0 {uid} 1"), ("sys/user/max_user_namespaces", "0")):
    with open("/proc/" + name, "w") as file:
        file.write(text)
from tiga.store import examining
print(examining.examine(b"words", "a.txt").verdicts[0].code, dict(examining.walls())["namespace"])
"""


def test_where_no_namespace_is_allowed_the_other_walls_stand_and_it_is_said() -> None:
    if not dict(examining.walls())["namespace"]:
        pytest.skip("this machine allows no namespaces at all")
    answer = subprocess.run(
        [sys.executable, "-P", "-c", NO_NAMESPACES.format(uid=os.getuid())],
        capture_output=True, text=True, env={"PYTHONPATH": str(ROOT / "src")},
    )  # fmt: skip
    if answer.returncode:
        pytest.skip("this machine does not let a namespace of users be shaped")
    assert answer.stdout.split() == ["evidence.type_agrees", "False"]


def test_nothing_of_our_environment_and_no_folder_stays(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(examining.tempfile, "tempdir", None)
    program = tmp_path / "child"
    seen = tmp_path / "seen.json"
    program.write_text(f"#!{sys.executable}\nimport json, os\njson.dump(dict(os.environ), open({str(seen)!r}, 'w'))\n")
    program.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(program))
    monkeypatch.setenv("TIGA_SECRET", "words")
    examining.examine(b"words", "a.txt")
    names = set(json.loads(seen.read_text()))
    assert names - {"LC_CTYPE"} == {
        "PYTHONPATH", "LC_ALL", "PYTHONDONTWRITEBYTECODE", "OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS",
    }  # fmt: skip
    assert sorted(os.listdir(tmp_path)) == ["child", "seen.json"]
