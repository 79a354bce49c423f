"""A disk that is full or fails: nothing is acknowledged that is not there, and what happened is said."""

from __future__ import annotations

import errno
import hashlib
from pathlib import Path

import pytest

from tests.crash.stand import BOTH, FLUSH, WRITE, Life, Stand, guard, opened, stored
from tiga.store.disk import BROKEN_DISK

WAYS = pytest.mark.parametrize("do", ["enter", "act", "append"])


def all_there(folder: Path, *lives: Life) -> None:
    """What was acknowledged is stored, every published head is a beginning of the log, and the guard is one too."""
    found, kept = stored(folder), guard(folder)
    for life in lives:
        for index, line in life.acked.items():
            assert hashlib.sha256(found.notes[index]).hexdigest() == line["sha256"]
        for head in map(opened, filter(None, life.published)):
            assert head.root == found.roots[head.size]
    assert kept is not None
    assert kept.root == found.roots[kept.size]


@WAYS
def test_a_full_disk_refuses_the_act_keeps_nothing_of_it_and_goes_on_when_there_is_room(
    stand: Stand, record: Path, do: str
) -> None:
    (life,) = stand.run({"do": do, "folder": record, "count": 20, "batch": 4, "filler": 2000, "pages": 12})
    assert (life.status, life.all("refused")) == (0, ["full"])
    assert life.one("text") == "The disk of the record press is full. Nothing of the act was kept."
    assert life.one("remedy") == "Free space or move the record to a larger disk, then do the act again."
    place = [line.get("held", line.get("acked")) for line in life.told if "held" in line or "acked" in line]
    before = place.index(life.one("held"))
    assert place[:before] == list(range(life.one("held")))  # what was acknowledged, and no more, is what is held
    assert place[before + 1 :] == list(range(life.one("held"), 19 * 4))  # the next act goes in at the very next index
    assert stored(record).size == 19 * 4
    all_there(record, life)


@WAYS
@pytest.mark.parametrize("nth", [1, 2, 3, 6])
def test_a_disk_without_room_for_the_log_refuses_the_act(faulty: Stand, record: Path, do: str, nth: int) -> None:
    """The same from below: the very write fails (ENOSPC), so that nothing of SQLite's bookkeeping is left out."""
    (life,) = faulty.run({"do": do, "folder": record, "count": 9, "fault": [WRITE, "-wal", nth, errno.ENOSPC]})
    assert (life.status, life.all("refused")) == (3, ["full"])
    (again,) = faulty.run({"do": do, "folder": record, "first": 1000})
    assert (again.status, len(again.acked)) == (0, 2)
    assert stored(record).size == len(life.acked) + 2
    all_there(record, life, again)


@WAYS
@pytest.mark.parametrize(
    ("calls", "end"),
    [(FLUSH, "-wal"), (WRITE, "-wal"), (FLUSH, "/guard"), (WRITE, "/guard")],
    ids=["log-flush", "log-write", "guard-flush", "guard-write"],
)
@pytest.mark.parametrize("nth", [1, 3])
def test_an_error_of_the_disk_ends_the_process_before_it_acknowledges(
    faulty: Stand, record: Path, do: str, calls: int, end: str, nth: int
) -> None:
    (before,) = faulty.run({"do": do, "folder": record})
    (life,) = faulty.run({"do": do, "folder": record, "first": 100, "count": 99, "fault": [calls, end, nth, errno.EIO]})
    assert (life.status, life.all("refused")) == (BROKEN_DISK, [])
    assert "The process ends; nothing unacknowledged counts. Run `tiga doctor`" in faulty.errors.read_text()
    found, kept = stored(record), guard(record)
    assert kept is not None
    assert len(life.acked) + 2 <= kept.size <= found.size <= len(life.acked) + 4  # what was in doubt is there or not
    (again,) = faulty.run({"do": do, "folder": record, "first": 1000, "count": 3})
    assert (again.status, len(again.acked)) == (0, 6)
    all_there(record, before, life, again)


def test_a_first_guard_that_cannot_be_flushed_ends_the_process_before_anything_is_signed(
    faulty: Stand, record: Path
) -> None:
    (life,) = faulty.run({"do": "enter", "folder": record, "fault": [BOTH, "/guard.new", 1, errno.EIO]})
    assert (life.status, life.acked, stored(record).size) == (BROKEN_DISK, {}, 0)
    (again,) = faulty.run({"do": "enter", "folder": record, "first": 100})
    assert (again.status, list(again.acked)) == (0, [0, 1])


def test_a_group_on_a_failing_disk_acknowledges_to_nobody(faulty: Stand, record: Path) -> None:
    (life,) = faulty.run({"do": "load", "folder": record, "fault": [FLUSH, "-wal", 25, errno.EIO]})
    assert life.status == BROKEN_DISK
    assert len(life.acked) > 0
    all_there(record, life)


def test_a_flush_that_fails_while_the_log_is_carried_over_loses_nothing(faulty: Stand, record: Path) -> None:
    """SQLite carries its write-ahead log over to the database after a commit; entries stay in the log when that fails."""
    command = {"do": "append", "folder": record, "count": 130, "batch": 4, "filler": 2000}
    (life,) = faulty.run({**command, "fault": [FLUSH, "record.sqlite3", 1, errno.EIO]})
    assert (life.status, len(life.acked)) in ((0, 520), (BROKEN_DISK, len(life.acked)))
    all_there(record, life)
