"""The child that reads one file: `python -P -m tiga.store.examiner`, started by `tiga.store.examining` and by nobody else.

Rules
1. First the walls, then the bytes: nothing of the file is read from standard input before everything is in force.
2. Walls, each used where the system has it, and each reported by name: a network namespace with nothing in it
   (`namespace`); Landlock, under which no file may be written, only the program's own may be read, no program started, no
   TCP port used and nobody signalled (`landlock`); limits on processor time, memory, open files, and files of size 0
   (`limits`); an audit hook that refuses sockets, programs and writing from Python (`audit`).
3. What the file's readers leave of the answer goes to standard output as one frame: eight bytes of length, JSON, bytes.
4. A frame in: eight bytes of length, JSON (`verb` and its arguments), then the file's bytes to the end.

What holds where: `limits` and `audit` on every Unix; the audit hook binds Python, not the native code of a decoder.
`namespace` and `landlock` bind native code too, on Linux: the first where unprivileged user namespaces are allowed, the
second from kernel 5.13 (TCP from 6.7, signals from 6.12). Where neither stands, a decoder that was taken over could use the
network and read what this user may read: `tiga.store.examining.walls` says which walls stand.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import struct
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

CPU_S = 20
MEMORY_BYTES = 2 * 1024 * 1024 * 1024
"""Of addresses, not of memory in use; docs/evidence.md has what was measured."""
FILES = 64
HEAD_BYTES_LIMIT = 64 * 1024 * 1024
"""Bytes of a frame's JSON: 10,000 fingerprints have about 20 million."""
LENGTH = struct.Struct(">Q")
_NEW_USER, _NEW_NET = 0x10000000, 0x40000000
_NO_NEW_PRIVILEGES = 38
_RULESET, _ADD_RULE, _RESTRICT = 444, 445, 446
_PATH_BENEATH, _READ = 1, 0b1100
_RIGHTS = {1: 0x1FFF, 2: 0x3FFF, 3: 0x7FFF, 4: 0x7FFF, 5: 0xFFFF}
"""Rights over files that a version of Landlock knows, all of them."""
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
_REFUSED = ("socket.", "subprocess.", "os.exec", "os.posix_spawn", "os.fork", "os.system", "os.remove", "os.rename",
            "os.mkdir", "os.rmdir", "os.link", "os.symlink", "os.truncate", "os.chmod", "os.chown", "shutil.", "ftplib.",
            "urllib.", "http.client.", "sqlite3.", "webbrowser.", "pty.")  # fmt: skip


def main() -> int:
    """Read a frame, do what it asks, write a frame; the exit code is 0 where an answer was written."""
    walls = [name for name, build in (("namespace", _namespace),) if build()]
    # after the namespace, which a process of several threads may not enter, and before the walls that close its files
    work = _loaded()
    walls += [name for name, build in (("landlock", _landlock), ("limits", _limits), ("audit", _audit)) if build()]
    data = sys.stdin.buffer
    (length,) = LENGTH.unpack(data.read(LENGTH.size))
    if length > HEAD_BYTES_LIMIT:
        return 2
    asked = json.loads(data.read(length))
    answer, more = work(asked, data.read())
    answer["walls"] = walls
    head = json.dumps(answer).encode("ascii")
    sys.stdout.buffer.write(LENGTH.pack(len(head)) + head + more)
    sys.stdout.buffer.flush()
    return 0


def _loaded() -> Callable[[dict[str, Any], bytes], tuple[dict[str, Any], bytes]]:
    """The readers and all that they load later, now: afterwards few files can be opened."""
    import encodings.idna
    import encodings.utf_16_be
    import encodings.utf_16_le

    from PIL import Image

    from tiga import evidence
    from tiga.drafts import Fault
    from tiga.drafts.examinations import Box, ClaimOfFile, Fingerprint, Trust
    from tiga.values.shapes import from_plain, to_plain

    del encodings
    Image.init()

    def work(asked: dict[str, Any], data: bytes) -> tuple[dict[str, Any], bytes]:
        if asked["verb"] == "derivative":
            boxes = tuple(from_plain(Box, box) for box in asked["boxes"])
            taken = evidence.derivative(data, asked["media_type"], frozenset(asked["keep"]), boxes, asked["name"])
            return ({"fault": to_plain(taken)}, b"") if isinstance(taken, Fault) else ({}, taken)
        if asked["verb"] == "walls":
            return {}, b""
        claim = from_plain(ClaimOfFile, asked["claim"])
        earlier = tuple(from_plain(Fingerprint, one) for one in asked["earlier"])
        trust = from_plain(Trust, asked["trust"])
        made = evidence.examine(data, asked["name"], claim, earlier, trust, foreign=asked["foreign"])
        return {"examination": to_plain(made)}, b""

    return work


def _namespace() -> bool:
    """A network of its own, with nothing in it."""
    if not sys.platform.startswith("linux"):
        return False
    return bool(_libc().unshare(_NEW_USER | _NEW_NET) == 0)


def _landlock() -> bool:
    """No writing anywhere, reading only where the program lies, no TCP, no signals to others (linux/landlock.h)."""
    if not sys.platform.startswith("linux"):
        return False
    libc = _libc()
    version = libc.syscall(_RULESET, None, ctypes.c_size_t(0), 1)
    if version < 1:
        return False
    files = _RIGHTS[min(version, 5)]
    ruled = struct.pack("<QQQ", files, 0b11, 0b11)[: 24 if version >= 6 else 16 if version >= 4 else 8]
    ruleset = libc.syscall(_RULESET, ruled, ctypes.c_size_t(len(ruled)), 0)
    if ruleset < 0:
        return False
    folders = {str(Path(__file__).resolve().parents[2]), sys.prefix, sys.base_prefix, "/usr/lib", "/lib", "/usr/share"}
    for folder in sorted(folders):
        if os.path.isdir(folder):
            handle = os.open(folder, os.O_PATH | os.O_CLOEXEC)
            rule = struct.pack("<Qi", _READ, handle)
            libc.syscall(_ADD_RULE, ruleset, _PATH_BENEATH, rule, 0)
            os.close(handle)
    closed = libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0) == 0 and libc.syscall(_RESTRICT, ruleset, 0) == 0
    os.close(ruleset)
    return bool(closed)


def _limits() -> bool:
    for kind, most in ((resource.RLIMIT_CPU, CPU_S), (resource.RLIMIT_AS, MEMORY_BYTES), (resource.RLIMIT_FSIZE, 0),
                       (resource.RLIMIT_NOFILE, FILES), (resource.RLIMIT_CORE, 0)):  # fmt: skip
        hard = resource.getrlimit(kind)[1]
        bound = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (bound, bound))
    return True


def _audit() -> bool:
    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event.startswith(_REFUSED):
            raise PermissionError(event)
        if event == "open" and (set(str(arguments[1] or "")) & set("wax+") or int(arguments[2] or 0) & _WRITES):
            raise PermissionError(event)

    sys.addaudithook(hook)
    return True


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


if __name__ == "__main__":
    sys.exit(main())
