"""An older log than the guard's, two logs by one guard, a guard that is damaged: each is refused, none becomes a fork."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.crash.stand import Life, Stand, guard, opened, stored
from tiga.store.guard import SLOT

STEP = 97
"""Bytes between two cuts of a write-ahead log."""
HEAD_START = 0.1
"""Seconds in which the second copy could go ahead, if it were let."""


def copied(folder: Path, to: Path) -> Path:
    """The database as a backup has it, without the guard."""
    to.mkdir()
    for path in folder.glob("record.sqlite3*"):
        shutil.copyfile(path, to / path.name)
    return to


def entered(stand: Stand, folder: Path, first: int, **more: Any) -> Life:
    (life,) = stand.run({"do": "enter", "folder": folder, "first": first, **more})
    return life


def refused(life: Life, code: str, remedy: str) -> None:
    assert (life.status, life.acked, life.all("refused")) == (3, {}, [code])
    assert life.one("remedy").startswith(remedy)


# ---- torn write-ahead logs


def test_a_torn_write_ahead_log_is_refused_or_holds_everything(stand: Stand, record: Path, tmp_path: Path) -> None:
    """The log cut at every 97th byte, and at every 13th of its last frames: a shorter log is never signed on."""
    stand.start({"do": "append", "folder": record, "count": 5, "wait": ["begin", 5, tmp_path / "go"]})
    stand.until("0", "at")  # four commits are in, the fifth waits: nothing has been carried over
    source = copied(record, tmp_path / "source")
    shutil.copyfile(record / "guard", source / "guard")
    stand.kill("0")
    (writer,) = stand.end()
    length = (source / "record.sqlite3-wal").stat().st_size
    last = max(length - 3 * 4120, 0)
    cuts = sorted({*range(0, length, STEP), *range(last, length, 13), length - 1, length})
    torn = stand.record(tmp_path / "torn")
    (life,) = stand.run({"do": "cuts", "folder": torn, "source": source, "cuts": cuts, "first": 100})
    assert (life.status, writer.status, len(writer.acked)) == (0, -9, 8)
    outcomes = [(line["cut"], line["size"], line["outcome"], line["after"]) for line in life.told if "cut" in line]
    assert [cut for cut, _, _, _ in outcomes] == cuts
    assert {(size, outcome) for _, size, outcome, _ in outcomes if size < 8} == {
        (size, "rolled_back") for size in (0, 2, 4, 6)
    }
    assert {(size, outcome) for _, size, outcome, _ in outcomes if size >= 8} == {(8, "entered")}
    assert [row for row in outcomes if row[3] != row[1] + (row[2] == "entered")] == []
    assert outcomes[-1][1:] == (8, "entered", 9)


# ---- restored backups


def test_a_restored_backup_may_be_read_and_signs_nothing(stand: Stand, record: Path, tmp_path: Path) -> None:
    entered(stand, record, 0, count=3)
    backup = copied(record, tmp_path / "backup")
    entered(stand, record, 100, count=2)
    shutil.copyfile(record / "guard", backup / "guard")
    for do in ("enter", "act", "append"):
        (life,) = stand.run({"do": do, "folder": backup, "first": 200})
        refused(life, "rolled_back", "Sign nothing. Refill the missing entries from a mirror")
        assert "holds 6 entries; its guard has seen 10" in life.one("text")
    (look,) = stand.run({"do": "look", "folder": backup})
    assert (look.one("audited"), look.one("read"), opened(look.one("head")).size) == (6, 6, 6)
    refused(look, "rolled_back", "Sign nothing.")
    assert stored(backup).size == 6
    kept = guard(backup)
    assert kept is not None and kept.size == 10


def test_a_backup_from_before_a_published_head_signs_nothing_though_its_process_died_before_the_guard(
    stand: Stand, record: Path, tmp_path: Path
) -> None:
    """A process dies between commit and guard; another one shows that head; then an older copy is restored."""
    entered(stand, record, 0)
    backup = copied(record, tmp_path / "backup")
    assert entered(stand, record, 100, die=["guard", 2]).status == -9  # the first time is at its opening
    (look,) = stand.run({"do": "look", "folder": record})
    shown = opened(look.one("head"))
    shutil.copyfile(record / "guard", backup / "guard")
    life = entered(stand, backup, 300)
    refused(life, "rolled_back", "Sign nothing.")
    assert stored(backup).size < shown.size


# ---- two sequencers


def test_two_sequencers_in_one_record_make_one_log(stand: Stand, record: Path) -> None:
    commands = ({"do": do, "folder": record, "first": 1000 * place, "count": 40}
                for place, do in enumerate(("enter", "append", "enter")))  # fmt: skip
    lives = stand.run(*commands)
    assert [life.status for life in lives] == [0, 0, 0]
    found = stored(record)
    assert sorted(index for life in lives for index in life.acked) == list(range(found.size)) == list(range(240))
    for life in lives:
        for head in map(opened, filter(None, life.published)):
            assert head.root == found.roots[head.size]


@pytest.mark.parametrize("do", ["enter", "act", "append"])
@pytest.mark.parametrize(
    ("step", "nth"),
    [("begin", 1), ("sign", 1), ("commit", 1), ("committed", 1), ("guard", 2), ("guard written", 1), ("guarded", 2)],
)
def test_of_two_copies_by_one_guard_one_alone_goes_on(
    stand: Stand, record: Path, tmp_path: Path, step: str, nth: int, do: str
) -> None:
    """One copy stops at a step of its commit, the other starts; whoever comes second is refused."""
    entered(stand, record, 0, count=2)
    other, go = copied(record, tmp_path / "other"), tmp_path / "go"
    common = {"do": do, "guard": record / "guard"}
    stand.start(
        {**common, "who": "one", "folder": record, "first": 100, "wait": [step, nth, go]},
        {**common, "who": "two", "folder": other, "first": 200, "after": tmp_path / "start"},
    )
    stand.until("one", "at")
    (tmp_path / "start").touch()
    stand.until("two", "opened")
    time.sleep(HEAD_START)
    go.touch()
    one, two = stand.end()
    assert (one.status, len(one.acked)) == (0, 2)
    refused(two, "rolled_back", "Sign nothing.")
    kept = guard(record)
    assert kept is not None
    assert (kept.size, kept.root) == (6, stored(record).roots[-1])
    assert stored(other).size == 4


def test_a_copy_that_went_on_by_another_guard_is_a_fork(stand: Stand, record: Path, tmp_path: Path) -> None:
    """Longer, as long or shorter than what the guard has seen: none of them goes on."""
    entered(stand, record, 0, count=2)
    outcomes = {}
    for commits in (1, 2, 3):
        other = copied(record, tmp_path / f"other-{commits}")
        shutil.copyfile(record / "guard", other / "guard")
        assert entered(stand, other, 500, count=commits).status == 0
        outcomes[commits] = other
    entered(stand, record, 100, count=2)
    for commits, code in ((1, "rolled_back"), (2, "forked"), (3, "forked")):
        before = guard(record)
        refused(entered(stand, outcomes[commits], 900, guard=record / "guard"), code, "Sign nothing.")
        assert (guard(record), stored(outcomes[commits]).size) == (before, 4 + 2 * commits)


# ---- the guard itself


def _flip(path: Path, *places: int) -> None:
    data = bytearray(path.read_bytes())
    for place in places:
        data[place] ^= 1
    path.write_bytes(data)


def _halted(path: Path) -> None:
    path.with_name("guard.halt").write_text("a witness has seen 9 entries\n")


def _folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


GUARDS: list[tuple[Callable[[Path], object], str, str]] = [
    (lambda path: path.unlink(), "guard_missing", "If the record was moved, bring the guard along."),
    (lambda path: path.write_bytes(b""), "guard_unreadable", "See to the disk"),
    (lambda path: path.write_bytes(bytes(2 * SLOT)), "guard_unreadable", "See to the disk"),
    (lambda path: _flip(path, 40, SLOT + 40), "guard_unreadable", "See to the disk"),
    (lambda path: path.write_bytes(path.read_bytes()[:-1][: SLOT - 1]), "guard_unreadable", "See to the disk"),
    (_folder, "guard_unreadable", "See to the disk"),
    (_halted, "halted", "Run tiga doctor."),
]


@pytest.mark.parametrize(
    ("harm", "code", "remedy"), GUARDS, ids=["missing", "empty", "zeros", "both-slots", "short", "folder", "halted"]
)
def test_a_guard_that_cannot_be_asked_refuses_every_act(
    stand: Stand, record: Path, harm: Callable[[Path], object], code: str, remedy: str
) -> None:
    entered(stand, record, 0, count=3)
    harm(record / "guard")
    for do in ("enter", "act", "append"):
        (life,) = stand.run({"do": do, "folder": record, "first": 100})
        refused(life, code, remedy)
    (look,) = stand.run({"do": "look", "folder": record})
    assert (look.one("audited"), look.one("read")) == (6, 6)
    refused(look, code, remedy)
    assert stored(record).size == 6


@pytest.mark.parametrize("slot", [0, SLOT])
def test_one_torn_slot_is_survived_by_the_other(stand: Stand, record: Path, slot: int) -> None:
    entered(stand, record, 0, count=4)
    before = guard(record)
    assert before is not None and before.size == 8
    _flip(record / "guard", slot + 9)
    torn = guard(record)
    assert torn is not None and torn.size in (6, 8)
    assert (life := entered(stand, record, 100)).status == 0
    after = guard(record)
    assert (sorted(life.acked), after is not None and after.size) == ([8, 9], 10)
