"""A witness on disk: its key and what it has cosigned, in one file.

    tiga/witness@v1 \n
    tiga/key@v1 \n {…} \n                       the key, as `tiga key` keeps it
    {"count":…,"logs":[…]} \n                   tiga-JSON, one spelling
    <SHA-256 of all that is above, in hex> \n

Rules
1. Key and state are one object: they are made, moved and kept together. A key without its state would cosign a second
   history.
2. A change is written beside the file, flushed, and takes its place, all under a lock; before it takes its place what is
   there must be what the decision was made by. The cosignature leaves after that.
3. Each change raises `count`. `FILE.lock`, which stays on the machine, remembers the highest count and that file's SHA-256.
   A file that is older, or another one of the same count, is a copy put back, and is refused for good: what was cosigned
   meanwhile is not known, so the key may not be used again.
4. A file that has been used and finds no lock was moved: that must be said (`moved`), once.
5. The edge is of what leaf hashes were shown, and may lag behind (`record.witness` rule 4).

Not done here: noticing a copy that is used on another machine. Whoever runs two copies of a witness can be led to cosign
two histories. Locks need POSIX.
Trust: this file is trusted. Whoever can write it, or holds the open key, cosigns what he likes in the witness's name.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tiga.cli import given, keyfiles, writing
from tiga.cli.keyfiles import KeyFile
from tiga.record import canonical, checkpoints
from tiga.record.canonical import JSON, NotCanonical
from tiga.record.notes import COSIGNATURE, NoteKey, decode64, encode64, parse_line, taken_apart
from tiga.record.refusals import Refused
from tiga.record.witness import Edge, Seen

FILE_LIMIT = 1_000_000
"""Bytes of a witness's file."""
LOGS_LIMIT = 256
"""Logs of one witness."""

_MAGIC = b"tiga/witness@v1\n"
_SLOT = 128
_LOG_MEMBERS = {"checkpoint", "edge", "edge_size", "line"}


@dataclass(frozen=True, slots=True)
class Held:
    """What a witness holds of a log: the head it saw, its line on it, and the edge of the leaf hashes it was shown."""

    seen: Seen
    line: str
    edge: Edge | None = None

    @property
    def seconds(self) -> int:
        """When it was first cosigned, by the witness's clock."""
        return int.from_bytes(parse_line(self.line[:-1]).signature[:8], "big")


@dataclass(frozen=True, slots=True)
class State:
    """A witness's file as read: `logs` by origin."""

    key: KeyFile
    count: int
    logs: Mapping[str, Held]

    @property
    def note_key(self) -> NoteKey:
        return self.key.public.key

    def data(self) -> bytes:
        rows: list[JSON] = [
            {
                "checkpoint": held.seen.checkpoint.decode("utf-8"),
                "edge": [encode64(one) for one in held.edge.hashes] if held.edge else [],
                "edge_size": held.edge.size if held.edge else -1,
                "line": held.line,
            }
            for _, held in sorted(self.logs.items())
        ]
        body = _MAGIC + self.key.data() + canonical.encode({"count": self.count, "logs": rows}, FILE_LIMIT) + b"\n"
        return body + hashlib.sha256(body).hexdigest().encode("ascii") + b"\n"


def parse(data: bytes) -> State:
    """Read a witness's file; raises Refused unless it is spelled exactly as `State.data` spells it."""
    try:
        magic, one, two, text, _, end = data.split(b"\n")
        key = keyfiles.parse(b"%b\n%b\n" % (one, two))
        members = canonical.decode(text, FILE_LIMIT)
        state = State(key, members["count"], {held.seen.origin: held for held in map(_held, members["logs"])})
        spelled = magic + b"\n" == _MAGIC and not end and len(state.logs) <= LOGS_LIMIT and state.data() == data
    except (ValueError, KeyError, TypeError, AttributeError, NotCanonical) as error:
        raise Refused("cli.witness.damaged") from error
    if not spelled or key.public.key.algorithm != COSIGNATURE or not isinstance(state.count, int) or state.count < 0:
        raise Refused("cli.witness.damaged")
    return state


def _held(row: Mapping[str, Any]) -> Held:
    if set(row) != _LOG_MEMBERS:
        raise Refused("cli.witness.damaged")
    note = row["checkpoint"].encode("utf-8")
    text, lines = taken_apart(note)
    head = checkpoints.parse(text)
    edge = None if row["edge_size"] == -1 else Edge(row["edge_size"], tuple(decode64(one) for one in row["edge"]))
    behind = edge is None or edge.size < head.size or (edge.size, edge.root()) == (head.size, head.root)
    if len(lines) != 1 or not behind or parse_line(row["line"][:-1]).text() != row["line"]:
        raise Refused("cli.witness.damaged")
    return Held(Seen(head.origin, head.size, head.root, note), row["line"], edge)


class WitnessFile:
    """The file at `path` and the lock beside it; `moved` accepts a used file that has no lock yet."""

    def __init__(self, path: Path, *, moved: bool = False) -> None:
        self.path = path
        self.lock = path.with_name(f"{path.name}.lock")
        self._moved = moved

    def make(self, key: KeyFile) -> None:
        """Begin a witness; raises FileExistsError where there is one, or the lock of one."""
        if self.lock.exists():
            raise FileExistsError(17, "", str(self.lock))
        data = State(key, 0, {}).data()
        writing.new(self.path, data)
        with self._locked() as handle:
            _remember(handle, 0, data)
        _flush_folder(self.path)

    def read(self) -> State:
        """The state, compared with the lock; raises Refused, OSError."""
        with self._locked() as handle:
            return self._current(handle)

    def settle(self, origin: str, before: Held | None, after: Held | None) -> Held | None:
        """Put `after` in the place of `before`, where that is what is held, and make it durable; returns what is held then.

        Without `after` nothing changes, and what is held is made sure of. Raises Refused, OSError: then nothing may be
        answered.
        """
        with self._locked() as handle:
            state = self._current(handle)
            held = state.logs.get(origin)
            if after is None or held != before or held == after:
                return held
            if held is None and len(state.logs) >= LOGS_LIMIT:
                raise Refused("cli.witness.logs", {"limit": LOGS_LIMIT})
            changed = State(state.key, state.count + 1, {**state.logs, origin: after}).data()
            writing.whole(self.path, changed, writing.PRIVATE)
            _flush_folder(self.path)
            _remember(handle, state.count + 1, changed)
            return after

    def keep(self, path: Path, evidence: bytes) -> None:
        """Write evidence beside the file, unless it is there; raises OSError."""
        with self._locked():
            if not path.exists():
                writing.whole(path, evidence)

    def _current(self, handle: int) -> State:
        """What the file says now; raises Refused where the lock knows of more. The lock knows of it afterwards."""
        if self.path.stat().st_mode & 0o077:
            raise Refused("cli.witness.readable", {"file": self.path.name})
        data = given.data(self.path, FILE_LIMIT)
        state = parse(data)
        known = _remembered(handle)
        if known is None and state.count and not self._moved:
            raise Refused("cli.witness.moved", {"file": self.path.name})
        if known is not None:
            if state.count < known[0]:
                raise Refused("cli.witness.old", {"count": state.count, "known": known[0]})
            if state.count == known[0] and _digest(data) != known[1]:
                raise Refused("cli.witness.other_copy", {"count": state.count})
        if known is None or state.count > known[0]:
            _flush_folder(self.path)
            _remember(handle, state.count, data)
        return state

    @contextmanager
    def _locked(self) -> Iterator[int]:
        if not self.path.exists():
            raise FileNotFoundError(2, os.strerror(2), str(self.path))
        handle = os.open(self.lock, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield handle
        finally:
            os.close(handle)


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _remember(handle: int, count: int, data: bytes) -> None:
    """Write count and digest into the slot that holds the older ones: a torn write harms that slot alone."""
    text = f"{count} {_digest(data)}"
    row = f"{text} {_digest(text.encode('ascii'))[:16]}\n".encode("ascii")
    slots = [_slot(os.pread(handle, _SLOT, at)) for at in (0, _SLOT)]
    oldest = min((0, 1), key=lambda number: found[0] if (found := slots[number]) else -1)
    os.pwrite(handle, row.ljust(_SLOT, b"\n"), oldest * _SLOT)
    os.fsync(handle)


def _remembered(handle: int) -> tuple[int, str] | None:
    """The highest count and its digest, None in a new lock; raises Refused where nothing of it can be read."""
    data = os.pread(handle, 2 * _SLOT, 0)
    rows = [row for row in (_slot(data[:_SLOT]), _slot(data[_SLOT:])) if row is not None]
    if data and not rows:
        raise Refused("cli.witness.lock")
    return max(rows, default=None)


def _slot(data: bytes) -> tuple[int, str] | None:
    words = data.rstrip(b"\n").decode("ascii", "replace").split(" ")
    if len(words) != 3 or _digest(f"{words[0]} {words[1]}".encode())[:16] != words[2]:
        return None
    return int(words[0]), words[1]


def _flush_folder(path: Path) -> None:
    handle = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
