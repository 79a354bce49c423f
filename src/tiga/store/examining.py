"""Examining a file, and making its derivative, in a child process that can do nothing else.

Rules
1. The bytes of a stranger are parsed in the child alone; here they are hashed and handed over.
2. The child has WALL_S of time in all, and walls of its own (`tiga.store.examiner`). Whatever becomes of it (too long, too
   much memory, a crash, an answer that is none), the caller gets an `Examination` with a `broken` verdict that says so, and
   with what a second child says by our own readers alone; or a `Fault`; never an exception. The file is deposited all the
   same.
3. Nothing is written to disk: bytes go in and out through pipes, and the child gets no variable of our environment.
4. An answer has the digest and length that we reckoned ourselves, is at most ANSWER_BYTES_LIMIT long, has the shape of an
   examination, and says nothing but what the catalogue has words for: it comes from a process that a file may have taken
   over.

Trust: the child is not trusted with secrets or with the record; whoever takes it over through a decoder can make it say
anything about that one file. So a verdict is a lead and never a finding.
"""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import tiga
from tiga.drafts import Fault, evidence_item
from tiga.drafts.examinations import Box, ClaimOfFile, Examination, Fingerprint, Trust, Verdict
from tiga.store.examiner import LENGTH
from tiga.values import words
from tiga.values.shapes import BadShape, from_plain, to_plain

WALL_S = 30
SECOND_WALL_S = 10
ANSWER_BYTES_LIMIT = 256 * 1024 * 1024
VERDICTS_LIMIT = 300
VALUE_LIMIT = 4_000
"""Characters of one value: the zones in which a time agrees, the codes of what was wrong."""
_PIECE = 1 << 16
_WALLS_ALL = ("namespace", "landlock", "limits", "audit")


def examine(
    data: bytes,
    name: str,
    claim: ClaimOfFile | None = None,
    earlier: Sequence[Fingerprint] = (),
    trust: Trust | None = None,
    *,
    wall_s: float = WALL_S,
) -> Examination:
    """What a file says about itself; where the child failed, a `broken` verdict that names what happened comes first, and
    what a second child says of it with our own readers alone. Never raises."""
    asked = {
        "verb": "examine",
        "name": name,
        "claim": to_plain(claim or ClaimOfFile()),
        "earlier": [to_plain(one) for one in earlier],
        "trust": to_plain(trust or Trust()),
        "foreign": True,
    }
    made, code = _examined(asked, data, wall_s)
    if made is not None:
        return made
    verdict = Verdict(code, "broken", {"seconds": str(int(wall_s))})
    second, _ = _examined({**asked, "foreign": False}, data, min(wall_s, SECOND_WALL_S))
    if second is not None:
        return replace(second, verdicts=(verdict, *second.verdicts))
    item = evidence_item(name, data)
    return Examination(item.name, item.sha256, len(data), item.media_type, (verdict,), Fingerprint(item.sha256))


def _examined(asked: dict[str, Any], data: bytes, wall_s: float) -> tuple[Examination | None, str]:
    """The child's examination, or None and the code of what happened."""
    answer, _, code = _asked(asked, data, wall_s)
    if answer is None:
        return None, code
    try:
        made = from_plain(Examination, answer.get("examination"))
    except BadShape:
        return None, "evidence.child_answer"
    item = evidence_item(asked["name"], data)
    marks = made.fingerprint or Fingerprint(item.sha256)
    ours = (made.sha256, made.length, marks.sha256) == (item.sha256, len(data), item.sha256)
    if not ours or len(made.verdicts) > VERDICTS_LIMIT or not all(_sayable(verdict) for verdict in made.verdicts):
        return None, "evidence.child_answer"
    if (marks.known_as, marks.first_seen, marks.where) != ("", None, ""):
        return None, "evidence.child_answer"
    return replace(made, name=item.name), ""


def _sayable(verdict: Verdict) -> bool:
    """Whether the catalogue has words for a verdict, and the verdict all that fills them, in no more than VALUE_LIMIT."""
    texts = words.catalogue("en").texts
    said, unproven = texts.get(verdict.code), texts.get(f"{verdict.code}.not")
    if not verdict.code.startswith("evidence.") or said is None or unproven is None:
        return False
    return words.slots(said) <= verdict.values.keys() and all(
        len(value) <= VALUE_LIMIT for value in verdict.values.values()
    )


def derivative(
    data: bytes,
    media_type: str,
    keep: frozenset[str] = frozenset(),
    boxes: Sequence[Box] = (),
    name: str = "",
    *,
    wall_s: float = WALL_S,
) -> bytes | Fault:
    """What a party gets in the file's place, or a fault; where the child failed, one that names what happened. Never raises."""
    asked = {
        "verb": "derivative", "name": name, "media_type": media_type, "keep": sorted(keep),
        "boxes": [to_plain(box) for box in boxes],
    }  # fmt: skip
    answer, made, code = _asked(asked, data, wall_s)
    if answer is not None and "fault" in answer:
        try:
            return from_plain(Fault, answer["fault"])
        except BadShape:
            code = "evidence.child_answer"
    elif answer is not None and made:
        return made
    return Fault(name, 0, "", "fault.derivative_child", {"reason": (code or "evidence.child_answer").split("_")[-1]})


def walls() -> tuple[tuple[str, bool], ...]:
    """Which walls of the child stand on this machine, by name; none of them where no child can be started."""
    answer, _, _ = _asked({"verb": "walls"}, b"", WALL_S)
    stand = set(answer.get("walls", [])) if answer is not None else set()
    return tuple((name, name in stand) for name in _WALLS_ALL)


def _asked(asked: dict[str, Any], data: bytes, wall_s: float) -> tuple[dict[str, Any] | None, bytes, str]:
    """The child's answer and what follows it; or None, nothing, and the code of what happened."""
    head = json.dumps(asked).encode("ascii")
    try:
        with tempfile.TemporaryDirectory(prefix="tiga-examiner-") as folder:
            status, out = _run(LENGTH.pack(len(head)) + head + data, folder, wall_s)
    except OSError:
        return None, b"", "evidence.child_start"
    if status is None:
        return None, b"", "evidence.child_time"
    if status:
        return None, b"", _ended(status)
    try:
        (length,) = LENGTH.unpack_from(out)
        answer = json.loads(out[LENGTH.size : LENGTH.size + length])
    except (ValueError, RecursionError, ArithmeticError, LookupError):
        return None, b"", "evidence.child_answer"
    except Exception:  # struct.error and whatever a taken-over child can think of
        return None, b"", "evidence.child_answer"
    return (
        (answer, out[LENGTH.size + length :], "") if isinstance(answer, dict) else (None, b"", "evidence.child_answer")
    )


def _ended(status: int) -> str:
    """The code for how a child ended; Python's own exit after a MemoryError is 1, the system's is a signal."""
    if status == -signal.SIGXCPU:
        return "evidence.child_time"
    return "evidence.child_memory" if status in (1, -signal.SIGKILL, -signal.SIGABRT) else "evidence.child_crash"


def _run(given: bytes, folder: str, wall_s: float) -> tuple[int | None, bytes]:
    """Start the child, feed it, read it: its exit status (None: it was ended for its time) and its answer."""
    root = str(Path(tiga.__file__).resolve().parents[1])
    child = subprocess.Popen(
        [sys.executable, "-P", "-m", "tiga.store.examiner"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=folder,
        env={"PYTHONPATH": root, "LC_ALL": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1", "OPENBLAS_NUM_THREADS": "1",
             "OMP_NUM_THREADS": "1"},
        start_new_session=True,
    )  # fmt: skip
    try:
        out = _exchanged(child, given, time.monotonic() + wall_s)
        return (None, b"") if out is None else (child.wait(timeout=5), out)
    except subprocess.TimeoutExpired:
        return None, b""
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()
        for pipe in (child.stdin, child.stdout):
            with contextlib.suppress(OSError):
                if pipe is not None:
                    pipe.close()


def _exchanged(child: subprocess.Popen[bytes], given: bytes, until: float) -> bytes | None:
    """Write and read in turn until the child closes its output; None where time or the answer's length ran out."""
    assert child.stdin is not None and child.stdout is not None
    os.set_blocking(child.stdin.fileno(), False)
    view, at, pieces, got = memoryview(given), 0, [], 0
    with selectors.DefaultSelector() as selector:
        selector.register(child.stdin, selectors.EVENT_WRITE)
        selector.register(child.stdout, selectors.EVENT_READ)
        while (left := until - time.monotonic()) > 0 and got <= ANSWER_BYTES_LIMIT:
            for key, _ in selector.select(left):
                if key.fileobj is child.stdout:
                    piece = os.read(child.stdout.fileno(), _PIECE)
                    if not piece:
                        return b"".join(pieces)
                    pieces.append(piece)
                    got += len(piece)
                    continue
                try:
                    at += os.write(child.stdin.fileno(), view[at : at + _PIECE])
                except BrokenPipeError:
                    at = len(given)
                if at >= len(given):
                    selector.unregister(child.stdin)
                    child.stdin.close()
    return None
