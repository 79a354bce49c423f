"""A process that works on a record until it dies: the tests of this folder start, kill and starve it.

Rules
1. `lives.py FOLDER` sets Django up once, makes an empty record in FOLDER/record, then forks a life for each command that
   it reads: one line of JSON, a list of commands, whose lives run side by side. Each life opens the record anew.
2. What happens is told as lines of JSON, each in one write: what a life told is told, whatever then becomes of it.
3. A note is told as acknowledged after `enter` or `append` has returned, never before.
4. Steps are watched from outside: by the database's wrappers, the log's signer, and `Guard.move`. The ledger knows nothing
   of them. Faults of the disk come from `faults.c`, where it is preloaded.
"""

from __future__ import annotations

import ctypes
import hashlib
import json
import os
import shutil
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tiga.store.ledger import Ledger, Row

RECORD, ORIGIN = "press", "tiga.example/press"
AUTHOR = f"{ORIGIN}/registrar"
REFUSED, BROKEN = 3, 70
"""Exit codes of a life whose act was refused, and of one that raised anything else."""
STEPS = ("begin", "insert", "inserted", "read back", "sign", "signed", "head", "head moved", "commit", "committed",
         "guard", "guard written", "guarded", "acknowledge", "acknowledged")  # fmt: skip
"""The steps of a commit, in order."""
_BEFORE = {"INSERT INTO entry": "insert", "INSERT INTO head": "head", "UPDATE head": "head"}
_AFTER = {"INSERT INTO entry": "inserted", "INSERT INTO head": "head moved", "UPDATE head": "head moved",
          "SELECT leaf, note FROM": "read back", "SELECT idx, leaf, note": "read back"}  # fmt: skip


def tell(who: str, **what: object) -> None:
    os.write(1, json.dumps({"who": who, **what}).encode("ascii") + b"\n")


# ---- a record for all lives


def prepare(folder: Path) -> None:
    """Settings as any record has them, and the tables."""
    settings = folder / "tiga.toml"
    settings.write_text(f'[site]\ndemo = true\n[[record]]\nname = "{RECORD}"\nfolder = "record"\norigin = "{ORIGIN}"\n')
    os.environ["TIGA_SETTINGS"], os.environ["DJANGO_SETTINGS_MODULE"] = str(settings), "tiga.web.settings"
    import django

    django.setup()
    from django.db import connections

    from tiga.store import opening

    opening.prepare(RECORD)
    connections.close_all()


def serve() -> None:
    for line in sys.stdin:
        lives = {_born(command): command["who"] for command in json.loads(line)}
        while lives:
            pid, status = os.wait()
            tell(lives.pop(pid), died=os.waitstatus_to_exitcode(status))
        tell("", all="ended")


def _born(command: dict[str, Any]) -> int:
    pid = os.fork()
    if pid:
        return pid
    code = BROKEN
    try:
        tell(command["who"], life=os.getpid())
        Life(command).live()
        code = 0
    except BaseException as error:
        code = _told(command["who"], error)
    finally:
        os._exit(code)


def _await(file: str) -> None:
    while not os.path.exists(file):
        time.sleep(0.002)


def _told(who: str, error: BaseException) -> int:
    """Tell a refusal with its text and remedy, as a page would; anything else goes to stderr."""
    from tiga.store.guard import Stopped

    if not isinstance(error, Stopped):
        traceback.print_exception(error)
        return BROKEN
    tell(who, refused=error.code, text=error.text(), remedy=error.remedy())
    return REFUSED


# ---- a life


class Life:
    """One opening of a record. The command's members:

    do         `enter`, `act`, `append`, `load`, `look` or `cuts`
    folder     of the record; `guard`: another path than the usual one
    first      the number of the first note; `count` commits of `batch` notes, each with `filler` characters
    after      a file: the record is opened when it is there
    die        [step, n]: kill -9 at the n-th time that the step is reached; `wait`: [step, n, file]: until the file is there
    fault      [calls, path's end, n, what], armed once the record has been opened (faults.c)
    pages      the most pages that the database may have (`PRAGMA max_page_count`), lifted after the first refusal
    """

    def __init__(self, command: dict[str, Any]) -> None:
        self.command, self.who = command, command["who"]
        self._number = command.get("first", 0)
        self._passed = dict.fromkeys(STEPS, 0)
        self._mutex = threading.Lock()
        if "after" in command:
            _await(command["after"])
        self.ledger = self._opened(Path(command["folder"]))

    def live(self) -> None:
        if fault := self.command.get("fault"):
            calls, end, nth, what = fault
            ctypes.CDLL(None).fault_arm(calls, end.encode(), ctypes.c_long(nth), what)
        getattr(self, f"_{self.command['do']}")()

    def _opened(self, folder: Path) -> Ledger:
        from django.db import connections

        from tiga.record.notes import Signer
        from tiga.store import opening
        from tiga.store.guard import Guard
        from tiga.store.ledger import Ledger

        connections.settings[RECORD]["NAME"] = str(folder / "record.sqlite3")
        ring = opening.keyring(RECORD)
        self._author, log = ring.signer(AUTHOR), ring.signer(ORIGIN)
        self._watch()
        signer = Signer(log.key, self._around("sign", "signed", log.sign))
        path = Path(self.command.get("guard") or folder / "guard")
        ledger = Ledger(RECORD, ORIGIN, signer, {AUTHOR: self._author.key}, Guard(path))
        tell(self.who, opened=ledger.size(), checkpoint=ledger.head().checkpoint.decode())
        return ledger

    # ---- steps

    def _reach(self, step: str) -> None:
        with self._mutex:
            self._passed[step] += 1
            passed = self._passed[step]
        if self.command.get("die") == [step, passed]:
            os.kill(os.getpid(), signal.SIGKILL)
        awaited, nth, file = self.command.get("wait", ("", 0, ""))
        if (awaited, nth) == (step, passed):
            tell(self.who, at=step)
            _await(file)

    def _around(self, before: str, after: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def watched(*args: Any, **kwargs: Any) -> Any:
            self._reach(before)
            result = call(*args, **kwargs)
            self._reach(after)
            return result

        return watched

    def _statement(self, sql: str, run: Callable[[], Any]) -> Any:
        for start, step in _BEFORE.items():
            if sql.startswith(start):
                self._reach(step)
        result = run()
        for start, step in _AFTER.items():
            if sql.startswith(start):
                self._reach(step)
        return result

    def _watch(self) -> None:
        """Put the steps around what a commit calls: the driver, the transaction, the guard and its flush."""
        from django.db.backends.sqlite3.base import DatabaseWrapper

        from tiga.store import guard
        from tiga.store.ledger import Ledger
        from tiga.store.statements import Statements

        begin, straight = Ledger._begin, Statements.straight

        def straight_watched(statements: Statements) -> Any:
            execute, many = straight(statements)
            return (
                lambda sql, values=(): self._statement(sql, lambda: execute(sql, values)),
                lambda sql, rows: self._statement(sql, lambda: many(sql, rows)),
            )

        def begin_watched(ledger: Ledger, execute: Any) -> Any:
            result = begin(ledger, execute)
            self._reach("begin")
            return result

        Statements.straight, Ledger._begin = straight_watched, begin_watched  # type: ignore[method-assign]
        guard.Guard.move = self._around("guard", "guarded", guard.Guard.move)  # type: ignore[method-assign]
        self._watch_flush()
        commit, connected = DatabaseWrapper._commit, DatabaseWrapper.init_connection_state

        def connect_watched(connection: Any) -> None:
            connected(connection)
            connection.execute_wrappers[:] = [
                lambda run, sql, values, many, context: self._statement(sql, lambda: run(sql, values, many, context))
            ]

        DatabaseWrapper._commit = self._around("commit", "committed", commit)
        DatabaseWrapper.init_connection_state = connect_watched

    def _watch_flush(self) -> None:
        """The guard alone flushes from Python; the database does it in C."""
        flush = os.fdatasync

        def watched(handle: int) -> None:
            self._reach("guard written")
            flush(handle)

        os.fdatasync = watched

    # ---- notes

    def _numbers(self, count: int) -> range:
        with self._mutex:
            first, self._number = self._number, self._number + count
        return range(first, first + count)

    def notes(self, count: int) -> list[bytes]:
        """New notes, each with its own number."""
        from tiga.record.entries import Envelope
        from tiga.record.notes import sign_note
        from tiga.values.moments import Instant

        body = {"text": "x" * self.command.get("filler", 400)}
        texts = [Envelope(ORIGIN, "test.note", Instant(number), body).text() for number in self._numbers(count)]
        return [sign_note(text, [self._author]) for text in texts]

    def rows(self, count: int) -> list[Row]:
        from tiga.record.entries import admit, leaf_of
        from tiga.store.keys import CHECK

        keys = {AUTHOR: self._author.key}
        return [(note, admit(note, ORIGIN, keys, CHECK())[1], leaf_of(note)) for note in self.notes(count)]

    def _acknowledged(self, index: int, sid: str, note: bytes, proof: bytes) -> None:
        self._reach("acknowledge")
        tell(self.who, acked=index, sid=sid, sha256=hashlib.sha256(note).hexdigest(), proof=proof.decode())
        self._reach("acknowledged")

    def enter_some(self, within: Callable[[], AbstractContextManager[None]] = nullcontext) -> None:
        from tiga.record.book import Submission

        notes = self.notes(self.command.get("batch", 2))
        with within():
            receipts = self.ledger.enter([Submission(note, ("t",)) for note in notes], {})
        for note, receipt in zip(notes, receipts, strict=True):
            self._acknowledged(receipt.index, receipt.sid, note, receipt.proof)

    def act_some(self) -> None:
        """As the desk does: entered within a transaction of the caller's, who acknowledges once that has ended."""
        from tiga.store.disk import durable

        self.enter_some(lambda: durable(RECORD))

    def append_some(self) -> None:
        rows = self.rows(self.command.get("batch", 2))
        first = self.ledger.append(rows)
        for index, (note, sid, _) in enumerate(rows, first):
            self._acknowledged(index, sid, note, self.ledger.proof(index))

    # ---- what a life does

    def _enter(self) -> None:
        self._commits(self.enter_some)

    def _act(self) -> None:
        self._commits(self.act_some)

    def _append(self) -> None:
        self._commits(self.append_some)

    def _commits(self, some: Callable[[], None]) -> None:
        from tiga.store.guard import Stopped

        pages = self.command.get("pages")
        if pages:
            self._pages(pages)
        for _ in range(self.command.get("count", 1)):
            try:
                some()
            except Stopped as error:
                if error.code != "full" or not pages:
                    raise
                pages = _told(self.who, error) and 0
                tell(self.who, held=self.ledger.audit(), checkpoint=self.ledger.head().checkpoint.decode())
                self._pages(2**30)

    def _pages(self, most: int) -> None:
        """`most` pages more than there are now."""
        from django.db import connections

        with connections[RECORD].cursor() as cursor:
            (now,) = cursor.execute("PRAGMA page_count").fetchone()
            cursor.execute(f"PRAGMA max_page_count = {min(now + most, 2**30)}")

    def _load(self) -> None:
        """Several threads: batches, also as the desk enters them, single notes by a group, and a reader who shows the head."""
        from tiga.store.group import Group

        group = Group(self.ledger)

        def by_group() -> None:
            (row,) = self.rows(1)
            index = group.append(row)
            self._acknowledged(index, row[1], row[0], self.ledger.proof(index))

        def reader() -> None:
            tell(self.who, shown=self.ledger.head().checkpoint.decode())
            time.sleep(0.001)

        def again(some: Callable[[], None]) -> None:
            try:
                while True:
                    some()
            except BaseException as error:
                os._exit(_told(self.who, error))

        threads = [threading.Thread(target=again, args=(some,))
                   for some in (self.enter_some, self.act_some, by_group, by_group, reader)]  # fmt: skip
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _look(self) -> None:
        """Read everything, then ask whether anything may be signed."""
        size = self.ledger.audit()
        read = sum(1 for _ in self.ledger.entries())
        tell(self.who, audited=size, read=read, head=self.ledger.head().checkpoint.decode())
        self.ledger.compare_guard()

    def _cuts(self) -> None:
        """Open the record with its write-ahead log cut at each of `cuts`, and try to enter a note; tells each outcome."""
        from django.db import connections

        source, folder = Path(self.command["source"]), Path(self.command["folder"])
        connections.close_all()
        connections.settings[RECORD]["OPTIONS"]["init_command"] += " PRAGMA synchronous=OFF;"  # what is cut was flushed
        log, kept = (source / "record.sqlite3-wal").read_bytes(), (source / "guard").read_bytes()
        for cut in self.command["cuts"]:
            for name in ("record.sqlite3", "record.sqlite3-shm", "record.sqlite3-wal"):
                with suppress(FileNotFoundError):
                    (folder / name).unlink()
            shutil.copyfile(source / "record.sqlite3", folder / "record.sqlite3")
            (folder / "record.sqlite3-wal").write_bytes(log[:cut])
            (folder / "guard").write_bytes(kept)
            self._tried(cut)
            connections.close_all()

    def _tried(self, cut: int) -> None:
        from tiga.store.guard import Guard, Stopped
        from tiga.store.ledger import Ledger

        old = self.ledger
        path = Path(self.command["folder"]) / "guard"
        ledger = Ledger(RECORD, ORIGIN, old._signer, {AUTHOR: self._author.key}, Guard(path))
        size, outcome = ledger.audit(), "entered"
        try:
            ledger.append(self.rows(1))
        except Stopped as error:
            outcome = error.code
        tell(self.who, cut=cut, size=size, outcome=outcome, after=ledger.audit())


if __name__ == "__main__":
    place = Path(sys.argv[1]).resolve()
    prepare(place)
    tell("", ready=True)
    serve()
