"""The guard: the last signed checkpoint, kept on another path than the log.

Rules (record.md section 7)
1. The guard moves after the log's commit and before anybody is told: what was acknowledged is in both.
2. It never moves back. A log that is shorter than its guard was restored from a backup; one of the same size with other
   bytes is a fork. Either way nothing is signed, and the refusal names the remedy.
3. Two slots of one file are written in turn, each with its own digest and one flush: a torn write harms the slot that was
   being written, never the other.
4. From before the commit until the guard has moved, `held` keeps every other process out that signs by this guard: of two
   copies of a record one alone goes on.
5. The guard is there, with size 0, before the first commit: a process that dies in it leaves nothing to be mended.
6. A witness that has seen a longer log halts the record: a line in `<guard>.halt`, until somebody has refilled the log.

Trust: the guard is trusted against mistakes (a restored backup, a second instance), not against the host. Whoever can
change both the log and the guard is stopped by the witnesses alone.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tiga.values.words import say

SLOT = 4096
"""Bytes of a slot; a checkpoint with the log's own signature has about 200."""
_DIGEST = 32


class Stopped(Exception):
    """The record may not be signed now; `code` and `values` render why in any language."""

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(code, values)
        self.code, self.values = code, values

    def text(self, language: str = "en") -> str:
        """Why, as a sentence."""
        return say(f"stopped.{self.code}.text", language, **self.values)

    def remedy(self, language: str = "en") -> str:
        """What is to be done."""
        return say(f"stopped.{self.code}.remedy", language, **self.values)

    def __str__(self) -> str:
        return f"{self.code} {self.values}"


@dataclass(frozen=True, slots=True)
class Kept:
    """What the guard holds: the log's size, its head's root of 32 bytes and the signed checkpoint."""

    size: int
    root: bytes
    checkpoint: bytes


class Guard:
    """The guard in the file at `path`; it is made by the first `move`."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def halt_path(self) -> Path:
        return self.path.with_name(self.path.name + ".halt")

    @contextmanager
    def held(self) -> Iterator[None]:
        """Nobody else signs by this guard meanwhile; raises Stopped where its folder cannot be written."""
        try:
            handle = _opened(self.path.with_name(self.path.name + ".lock"), os.O_RDWR | os.O_CREAT)
        except OSError as error:
            raise Stopped("guard_unreadable", path=self.path) from error
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)

    def read(self) -> Kept | None:
        """The slot with the longer log; None where there is no guard; raises Stopped for one that cannot be read."""
        try:
            data = self.path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise Stopped("guard_unreadable", path=self.path) from error
        rows = [row for row in (_slot(data[:SLOT]), _slot(data[SLOT : 2 * SLOT])) if row is not None]
        if not rows:
            raise Stopped("guard_unreadable", path=self.path)
        return max(rows, key=lambda row: row.size)

    def check(self, size: int, root: bytes) -> None:
        """Raise Stopped unless a log of this size and root may go on."""
        self.compare(self.read(), size, root)

    def compare(self, kept: Kept | None, size: int, root: bytes) -> None:
        """The same against what was read before the log was: meanwhile others may have gone on."""
        if self.halt_path.exists():
            raise Stopped("halted", why=self.halt_path.read_text(encoding="utf-8").strip()[:300])
        if kept is None:
            if size:
                raise Stopped("guard_missing", path=self.path, size=size)
        elif kept.size > size:
            raise Stopped("rolled_back", guard=kept.size, size=size)
        elif kept.size == size and kept.root != root:
            raise Stopped("forked", size=size)

    def move(self, size: int, root: bytes, checkpoint: bytes) -> None:
        """Make a later head durable; an earlier one changes nothing. Raises OSError: then nothing may be acknowledged.

        Raises Stopped for another head of the size that it holds: somebody signed by this guard without holding it.
        """
        body = size.to_bytes(8, "big") + root + len(checkpoint).to_bytes(2, "big") + checkpoint
        if len(body) + _DIGEST > SLOT:
            raise ValueError(f"a checkpoint of {len(checkpoint)} bytes does not fit the guard")
        slot = (hashlib.sha256(body).digest() + body).ljust(SLOT, b"\0")
        try:
            handle = os.open(self.path, os.O_RDWR)
        except FileNotFoundError:
            return self._make(slot)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            slots = [_slot(os.pread(handle, SLOT, at)) for at in (0, SLOT)]
            if any(row is not None and row.size == size and row.root != root for row in slots):
                raise Stopped("forked", size=size)
            if any(row is not None and row.size >= size for row in slots):
                return
            oldest = min((0, 1), key=lambda number: row.size if (row := slots[number]) else -1)
            os.pwrite(handle, slot, oldest * SLOT)
            os.fdatasync(handle)
        finally:
            os.close(handle)

    def _make(self, slot: bytes) -> None:
        """A new guard, whole or not at all."""
        new = self.path.with_name(self.path.name + ".new")
        handle = _opened(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        try:
            os.write(handle, slot)
            os.fdatasync(handle)
        finally:
            os.close(handle)
        new.rename(self.path)
        folder = os.open(self.path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def renew(self, size: int, root: bytes, checkpoint: bytes) -> None:
        """Begin the guard anew at a head that has been compared with the witnesses: for a moved or refilled record."""
        self.path.unlink(missing_ok=True)
        self.halt_path.unlink(missing_ok=True)
        if size:
            self.move(size, root, checkpoint)

    def halt(self, why: str) -> None:
        """Stop the record until somebody has looked; the first reason stays."""
        if not self.halt_path.exists():
            with self.halt_path.open("w", encoding="utf-8") as file:
                file.write(why + "\n")
                file.flush()
                os.fsync(file.fileno())


def _opened(path: Path, flags: int) -> int:
    """A file that may be made, and its folder."""
    try:
        return os.open(path, flags, 0o600)
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        return os.open(path, flags, 0o600)


def _slot(data: bytes) -> Kept | None:
    if len(data) < SLOT or not any(data):
        return None
    length = int.from_bytes(data[_DIGEST + 40 : _DIGEST + 42], "big")
    body = data[_DIGEST : _DIGEST + 42 + length]
    if hashlib.sha256(body).digest() != data[:_DIGEST]:
        return None
    return Kept(int.from_bytes(body[:8], "big"), body[8:40], body[42:])
