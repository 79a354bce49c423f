"""The guard: it never moves back, survives a torn write, and refuses what it cannot compare."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from tiga.record.tree import EMPTY
from tiga.store.guard import SLOT, Guard, Kept, Stopped


def root(number: int) -> bytes:
    return bytes([number]) * 32


def kept(size: int) -> Kept:
    return Kept(size, root(size), b"checkpoint of %d" % size)


def move(guard: Guard, *sizes: int) -> None:
    for size in sizes:
        guard.move(size, root(size), kept(size).checkpoint)


def stopped(call: Callable[[], object]) -> str:
    """The code of a refusal, which has a text and a remedy in every language."""
    with pytest.raises(Stopped) as caught:
        call()
    for language in ("en", "ur", "ps"):
        assert caught.value.text(language)
        assert caught.value.remedy(language)
    return caught.value.code


@pytest.fixture
def guard(tmp_path: Path) -> Guard:
    return Guard(tmp_path / "elsewhere" / "guard")


def test_it_keeps_the_longest_head_that_it_was_given(guard: Guard) -> None:
    assert guard.read() is None
    seen = []
    for size in (0, 1, 5, 3, 5, 9, 2):
        move(guard, size)
        seen.append(guard.read())
    assert seen == [kept(size) for size in (0, 1, 5, 5, 5, 9, 9)]
    assert (guard.path.stat().st_mode & 0o777, guard.path.stat().st_size) == (0o600, 2 * SLOT)
    assert guard.path.parent.stat().st_mode & 0o777 == 0o700


def test_another_head_of_its_size_is_a_fork_and_changes_nothing(guard: Guard) -> None:
    move(guard, 4, 7)
    assert stopped(lambda: guard.move(7, root(8), b"other")) == "forked"
    assert stopped(lambda: guard.move(4, root(8), b"other")) == "forked"
    assert guard.read() == kept(7)


@pytest.mark.parametrize("slot", [0, SLOT])
@pytest.mark.parametrize("place", [0, 31, 32, 39, 40, 71, 72, 73, 74, 88])
def test_a_torn_slot_leaves_the_other(guard: Guard, slot: int, place: int) -> None:
    move(guard, 3, 4)  # in the first slot and the second
    data = bytearray(guard.path.read_bytes())
    data[slot + place] ^= 0x40
    guard.path.write_bytes(data)
    assert guard.read() == kept(4 if slot == 0 else 3)
    move(guard, 5)
    assert guard.read() == kept(5)
    assert guard.path.read_bytes()[SLOT - slot : 2 * SLOT - slot] == bytes(data)[SLOT - slot : 2 * SLOT - slot]


@pytest.mark.parametrize("length", range(0, 2 * SLOT, 499))
def test_a_file_that_was_cut_is_unreadable_or_holds_the_first_slot(guard: Guard, length: int) -> None:
    move(guard, 3, 4)
    guard.path.write_bytes(guard.path.read_bytes()[:length])
    if length < SLOT:
        assert stopped(guard.read) == "guard_unreadable"
    else:
        assert guard.read() == kept(3)


def test_what_is_no_file_or_holds_nothing_is_unreadable(guard: Guard) -> None:
    guard.path.mkdir(parents=True)
    assert stopped(guard.read) == stopped(lambda: guard.check(0, EMPTY)) == "guard_unreadable"
    guard.path.rmdir()
    guard.path.write_bytes(bytes(2 * SLOT))
    assert stopped(guard.read) == "guard_unreadable"


def test_a_log_may_go_on_from_the_guards_head_and_from_longer_ones(guard: Guard) -> None:
    guard.check(0, EMPTY)
    assert stopped(lambda: guard.check(1, root(1))) == "guard_missing"
    move(guard, 6)
    guard.check(6, root(6))
    guard.check(7, root(7))
    assert stopped(lambda: guard.check(6, root(7))) == "forked"
    assert [stopped(lambda size=size: guard.check(size, root(size))) for size in (0, 5)] == ["rolled_back"] * 2


def test_the_first_reason_of_a_halt_stays_until_the_guard_is_renewed(guard: Guard) -> None:
    move(guard, 6)
    guard.halt("a witness has seen 9 entries")
    guard.halt("something else")
    with pytest.raises(Stopped) as caught:
        guard.check(6, root(6))
    assert (caught.value.code, caught.value.values) == ("halted", {"why": "a witness has seen 9 entries"})
    assert stopped(lambda: guard.compare(None, 0, EMPTY)) == "halted"
    guard.renew(4, root(4), kept(4).checkpoint)
    assert guard.read() == kept(4)
    guard.check(4, root(4))
    guard.renew(0, EMPTY, b"")
    assert guard.read() is None


def test_a_guard_that_could_not_be_made_is_not_there(guard: Guard, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(handle: int) -> None:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patched, pytest.raises(OSError):
        patched.setattr("os.fdatasync", failing)
        move(guard, 0)
    assert guard.read() is None
    move(guard, 1)
    assert guard.read() == kept(1)


def test_a_checkpoint_that_does_not_fit_is_refused_before_anything_is_written(guard: Guard) -> None:
    most = SLOT - 32 - 42
    guard.move(1, root(1), b"x" * most)
    with pytest.raises(ValueError):
        guard.move(2, root(2), b"x" * (most + 1))
    assert guard.read() == Kept(1, root(1), b"x" * most)


def test_one_at_a_time_holds_it_and_moving_needs_no_second_hold(guard: Guard) -> None:
    inside, order, other = threading.Event(), [], Guard(guard.path)

    def second() -> None:
        inside.wait()
        with other.held():
            order.append("second")

    thread = threading.Thread(target=second)
    thread.start()
    with guard.held():
        inside.set()
        thread.join(0.1)
        move(guard, 1)
        order.append("first")
    thread.join()
    assert order == ["first", "second"]


def test_a_folder_that_is_none_refuses(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    guard = Guard(tmp_path / "file" / "guard")

    def hold() -> None:
        with guard.held():
            raise AssertionError("held")

    assert stopped(hold) == stopped(guard.read) == "guard_unreadable"
