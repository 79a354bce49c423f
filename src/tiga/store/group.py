"""Group commit: whoever waits while the disk is flushed goes in with the next flush, all of them together.

Rules
1. There is no timer: an idle record enters a note at once, with one flush. Under load a batch is what queued meanwhile.
2. Nobody is told an index before the commit that holds the note is durable and the guard has moved.
3. When a batch is refused, each of its notes is tried alone: one bad note keeps nobody else out.
4. One submitter leads: it commits for all that wait, tells them, and hands the lead to the first who has come meanwhile.
   Who was served is woken before, and so can be in that batch again.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence

from tiga.store.guard import Stopped
from tiga.store.ledger import Ledger, Row

LIMIT = 512
"""Notes of one commit."""


class _Seat:
    """A note that waits: `called` is set once it is served, or when its submitter is to lead."""

    __slots__ = ("called", "error", "index", "row")

    def __init__(self, row: Row) -> None:
        self.row = row
        self.index: int | None = None
        self.error: BaseException | None = None
        self.called = threading.Event()

    @property
    def served(self) -> bool:
        return self.index is not None or self.error is not None


class Group:
    """Appends to one ledger from many threads."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._mutex = threading.Lock()
        self._waiting: list[_Seat] = []
        self._led = False

    def append(self, row: Row) -> int:
        """The index of an admitted note, once it is durable; raises what `Ledger.append` raises."""
        seat = _Seat(row)
        with self._mutex:
            self._waiting.append(seat)
            leads, self._led = not self._led, True
        if not leads:
            seat.called.wait()
        if not seat.served:
            self._lead()
        if seat.error is not None:
            raise seat.error
        assert seat.index is not None  # served without an error
        return seat.index

    def _lead(self) -> None:
        with self._mutex:
            batch, self._waiting = self._waiting[:LIMIT], self._waiting[LIMIT:]
        try:
            self._serve(batch)
        except BaseException as error:  # the process is being ended: nobody may wait for ever
            for seat in batch:
                seat.error = seat.error or (None if seat.served else error)
            raise
        finally:
            for seat in batch:
                seat.called.set()
            with self._mutex:
                following = self._waiting[0] if self._waiting else None
                self._led = following is not None
            if following is not None:
                following.called.set()

    def _serve(self, batch: Sequence[_Seat]) -> None:
        try:
            first = self._ledger.append([seat.row for seat in batch])
        except Stopped as error:
            for seat in batch:
                seat.error = error
        except Exception:
            self._one_by_one(batch)
        else:
            for offset, seat in enumerate(batch):
                seat.index = first + offset

    def _one_by_one(self, batch: Sequence[_Seat]) -> None:
        for seat in batch:
            try:
                seat.index = self._ledger.append([seat.row])
            except Exception as error:
                seat.error = error
