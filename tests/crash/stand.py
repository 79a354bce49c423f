"""The side of the tests: starts lives (`lives.py`), kills them, and reads what they told.

What was told is judged here against the files alone, with the tree's own definition: no ledger takes part in it.
"""

from __future__ import annotations

import json
import os
import select
import shutil
import signal
import sqlite3
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.crash.lives import BROKEN, ORIGIN
from tiga.record.checkpoints import Checkpoint, open_checkpoint
from tiga.record.entries import leaf_of
from tiga.record.tree import EMPTY, Tree
from tiga.store.guard import Guard, Kept
from tiga.store.keys import CHECK, demo_keyring

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
LOG_KEY = demo_keyring((ORIGIN,)).signer(ORIGIN).key
SECONDS_MAX = 60
"""How long a life may say nothing."""
FLUSH, WRITE, BOTH = 1, 2, 3
KILL, TEAR = -1, -2
"""What `faults.c` does, besides failing with an errno."""


@dataclass
class Life:
    """What one life told until it died; `status` is its exit code, or less than 0 the signal that ended it."""

    pid: int = 0
    status: int | None = None
    told: list[dict[str, Any]] = field(default_factory=list)

    def all(self, key: str) -> list[Any]:
        return [line[key] for line in self.told if key in line]

    def one(self, key: str) -> Any:
        (found,) = self.all(key)
        return found

    @property
    def acked(self) -> dict[int, dict[str, Any]]:
        return {line["acked"]: line for line in self.told if "acked" in line}

    @property
    def published(self) -> list[str]:
        """Every checkpoint that left the process, in whatever way."""
        proofs = [line["proof"].split("\n\n", 1)[1] for line in self.told if "proof" in line]
        return [*self.all("checkpoint"), *self.all("shown"), *proofs]


class Stand:
    """A process whose lives work on records; `empty` is the folder of a record that holds nothing yet."""

    def __init__(self, folder: Path, faults: Path | None) -> None:
        environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}", "PYTHONHASHSEED": "0"}
        if faults is not None:
            environment["LD_PRELOAD"] = str(faults)
        self.faulty = faults is not None
        self.empty, self.errors = folder / "record", folder / "stderr"
        with self.errors.open("wb") as errors:
            self._process = subprocess.Popen(
                [sys.executable, HERE / "lives.py", folder],
                env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors,
            )  # fmt: skip
        self._read = b""
        self.lives: dict[str, Life] = {}
        assert self._line() == {"who": "", "ready": True}

    def close(self) -> None:
        assert self._process.stdin is not None
        for life in self.lives.values():
            if life.pid and life.status is None:  # a test gave up
                os.kill(life.pid, signal.SIGKILL)
        self._process.stdin.close()
        self._process.wait(SECONDS_MAX)

    def record(self, folder: Path) -> Path:
        """A new record in `folder`."""
        folder.mkdir()
        shutil.copyfile(self.empty / "record.sqlite3", folder / "record.sqlite3")
        return folder

    def start(self, *commands: dict[str, Any]) -> None:
        """Start lives side by side; each is known by its `who`, or its place."""
        rows = [{"who": str(place), **command} for place, command in enumerate(commands)]
        self.lives = {row["who"]: Life() for row in rows}
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(rows, default=str).encode() + b"\n")
        self._process.stdin.flush()

    def until(self, who: str, key: str) -> Life:
        """Read until the life told something under a key; it may have died without it."""
        life = self.lives[who]
        while life.status is None and not life.all(key):
            self._take()
        return life

    def end(self) -> list[Life]:
        """Read until every life has died."""
        while self._take():
            pass
        assert BROKEN not in [life.status for life in self.lives.values()], self.errors.read_text()[-4000:]
        return list(self.lives.values())

    def run(self, *commands: dict[str, Any]) -> list[Life]:
        self.start(*commands)
        return self.end()

    def kill(self, who: str) -> None:
        life = self.until(who, "life")
        if life.status is None:
            os.kill(life.pid, signal.SIGKILL)

    def _take(self) -> bool:
        line = self._line()
        if line.get("all") == "ended":
            return False
        life = self.lives[line.pop("who")]
        life.told.append(line)
        life.pid, life.status = line.get("life", life.pid), line.get("died", life.status)
        return True

    def _line(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        handle = self._process.stdout.fileno()
        while b"\n" not in self._read:
            if not select.select([handle], [], [], SECONDS_MAX)[0]:
                raise TimeoutError(f"no life told anything for {SECONDS_MAX} s: {self.errors.read_text()}")
            more = os.read(handle, 1 << 16)
            if not more:
                raise EOFError(f"the stand ended: {self.errors.read_text()}")
            self._read += more
        line, self._read = self._read.split(b"\n", 1)
        found: dict[str, Any] = json.loads(line)
        return found


# ---- what is on the disk


@dataclass(frozen=True)
class Stored:
    """A record as its files hold it: notes by index, the root at each size, the head's signed checkpoint."""

    notes: list[bytes]
    roots: list[bytes]
    checkpoint: bytes

    @property
    def size(self) -> int:
        return len(self.notes)


def stored(folder: Path) -> Stored:
    """Read a record's entries by SQL alone and hash them again; the head must be signed for exactly them."""
    database = sqlite3.connect(folder / "record.sqlite3")
    try:
        rows = database.execute("SELECT idx, leaf, note FROM entry ORDER BY idx").fetchall()
        head = database.execute("SELECT size, checkpoint FROM head").fetchall()
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    finally:
        database.close()
    assert [index for index, _, _ in rows] == list(range(len(rows)))
    assert [leaf for _, leaf, _ in rows] == [leaf_of(note) for _, _, note in rows]
    tiles: dict[tuple[int, int], bytes] = {}
    tree, roots = Tree(lambda level, n: tiles[level, n]), [EMPTY]
    for _, leaf, _ in rows:
        for level, n, data in tree.extend([leaf]):
            tiles[level, n] = data
        roots.append(tree.root())
    found = Stored([note for _, _, note in rows], roots, head[0][1] if head else b"")
    if rows:
        signed = opened(found.checkpoint.decode())
        assert (head[0][0], signed.size, signed.root) == (len(rows), len(rows), roots[-1])
    return found


def opened(checkpoint: str) -> Checkpoint:
    """A checkpoint that the log's key signed."""
    return open_checkpoint(checkpoint.encode(), LOG_KEY, CHECK())


def guard(folder: Path) -> Kept | None:
    return Guard(folder / "guard").read()
