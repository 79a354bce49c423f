"""Transactions of a record, and what follows when its disk fails.

Rules (record.md section 7)
1. An error of reading or writing ends the process: what the disk did is not known, so the flush is never tried again, and
   nothing is signed before the log has been opened and compared.
2. A full disk refuses the act, and nothing of it is kept. A database that is no database any more is refused as broken.
3. What `until_end` locks stays locked until the outermost transaction has ended and what follows its commit is done.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import NoReturn

from django.db import DatabaseError, connections, transaction

from tiga.store.guard import Stopped

BROKEN_DISK = 74
"""Exit code of a process that could not read or write its record (EX_IOERR of sysexits.h)."""


class Broken(Stopped):
    """The stored log does not agree with its own signed head; nothing may be signed until it is refilled."""

    def __init__(self, why: str) -> None:
        super().__init__("broken", why=why)

    def __str__(self) -> str:
        return str(self.values["why"])


def _end(why: str) -> NoReturn:
    print(f"tiga: the record could not be read or written ({why}). The process ends; nothing unacknowledged counts. "
          "Run `tiga doctor` before you start again.", file=sys.stderr, flush=True)  # fmt: skip
    os._exit(BROKEN_DISK)


on_broken_disk: Callable[[str], NoReturn] = _end
"""What follows an error of reading or writing; tests that look on put another one here."""


_locks = threading.local()
"""By alias: what this thread's outermost `durable` holds, and the names of it."""


def until_end(alias: str, name: str, lock: Callable[[], AbstractContextManager[object]]) -> None:
    """Take a lock, once, until the outermost `durable` of this thread has committed or taken back."""
    held, names = vars(_locks).get(alias, (None, set()))
    if held is not None and name not in names:
        held.enter_context(lock())
        names.add(name)


@contextmanager
def durable(alias: str) -> Iterator[None]:
    """A transaction of the record's; rules 1 and 2 for its errors, of a full disk for the outermost's. Raises Stopped."""
    if connections[alias].in_atomic_block:
        with _judged(alias, False):
            yield
        return
    with ExitStack() as held:
        vars(_locks)[alias] = held, set()
        held.callback(vars(_locks).pop, alias)
        with _judged(alias, True):
            yield


@contextmanager
def _judged(alias: str, outermost: bool) -> Iterator[None]:
    try:
        with transaction.atomic(using=alias):
            yield
    except DatabaseError as error:
        name = str(getattr(error.__cause__, "sqlite_errorname", "") or "")
        if name.startswith("SQLITE_FULL") and outermost:
            raise Stopped("full", alias=alias) from error
        if name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
            raise Broken(f"{name}: {error}") from error
        if name.startswith("SQLITE_IOERR"):
            on_broken_disk(name)
        raise
