"""Examining a file, and making its derivative, in a child process that can do nothing else.

Rules
1. The bytes of a stranger are parsed in the child alone; here they are hashed and handed over.
2. The child has WALL_S of time in all, and walls of its own (`tiga.store.examiner`). Whatever becomes of it (too long, too
   much memory, a crash, an answer that is none), the caller gets an `Examination` with a `broken` verdict that says so, or
   a `Fault`; never an exception. The file is deposited all the same.
3. Nothing is written to disk: bytes go in and out through pipes, and the child gets no variable of our environment.
4. An answer has the digest and length that we reckoned ourselves, is at most ANSWER_BYTES_LIMIT long, and has the shape of
   an examination: it comes from a process that a file may have taken over.

Trust: the child is not trusted with secrets or with the record; whoever takes it over through a decoder can make it say
anything about that one file. So a verdict is a lead and never a finding.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import selectors
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import tiga
from tiga.drafts import Fault, evidence_item
from tiga.drafts.examinations import Box, ClaimOfFile, Examination, Fingerprint, Trust, Verdict
from tiga.store.examiner import LENGTH
from tiga.values.shapes import BadShape, from_plain, to_plain

WALL_S = 30
ANSWER_BYTES_LIMIT = 256 * 1024 * 1024
VERDICTS_LIMIT = 300
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
    """What a file says about itself; where the child failed, one `broken` verdict that names what happened. Never raises."""
    asked = {
        "verb": "examine",
        "name": name,
        "claim": to_plain(claim or ClaimOfFile()),
        "earlier": [to_plain(one) for one in earlier],
        "trust": to_plain(trust or Trust()),
    }
    answer, _, code = _asked(asked, data, wall_s)
    sha256 = hashlib.sha256(data).hexdigest()
    if answer is not None:
        try:
            made = from_plain(Examination, answer.get("examination"))
        except BadShape:
            code = "evidence.child_answer"
        else:
            if (made.sha256, made.length) == (sha256, len(data)) and len(made.verdicts) <= VERDICTS_LIMIT:
                return made
            code = "evidence.child_answer"
    item = evidence_item(name, data)
    verdict = Verdict(code, "broken", {"seconds": str(int(wall_s))})
    return Examination(item.name, sha256, len(data), item.media_type, (verdict,), Fingerprint(sha256))


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
