"""Group commit: many threads, one flush for all that wait, and nobody is told an index that is not durable."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connections
from pytest_django.plugin import DjangoDbBlocker

from tiga.record.entries import Envelope, admit, leaf_of
from tiga.record.notes import sign_note
from tiga.store.group import Group
from tiga.store.guard import Guard, Stopped
from tiga.store.keys import CHECK, demo_keyring
from tiga.store.ledger import Ledger, Row
from tiga.values.moments import Instant
from tiga.web import settings as real

ORIGIN, ALIAS = "tiga.example/press", "grouped"
AUTHOR = f"{ORIGIN}/registrar"
RING = demo_keyring((ORIGIN, AUTHOR))
KEYS = {AUTHOR: RING.signer(AUTHOR).key}
THREADS = 32


class Gated(Ledger):
    """A ledger whose first commit waits until the gate is opened; the sizes of all batches are noted."""

    gate: threading.Event
    entered: threading.Event
    batches: list[int]

    def append(self, rows: Sequence[Row]) -> int:
        self.batches.append(len(rows))
        self.entered.set()
        assert self.gate.wait(20)
        return super().append(rows)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker) -> Iterator[Path]:
    """A database in a file with the real settings: one in memory knows neither locks nor flushes."""
    found = tmp_path_factory.mktemp("grouped")
    rows = {"default": connections.settings["default"], ALIAS: real._sqlite(found / "record.sqlite3")}
    connections.settings[ALIAS] = connections.configure_settings(rows)[ALIAS]
    with django_db_blocker.unblock():
        call_command("migrate", database=ALIAS, verbosity=0, interactive=False)
        yield found
        connections[ALIAS].close()
    del connections[ALIAS], connections.settings[ALIAS]


@pytest.fixture
def ledger(folder: Path) -> Gated:
    """A ledger on an empty log, its gate closed."""
    with connections[ALIAS].cursor() as cursor:
        for table in ("entry", "tile", "head", "thread"):
            cursor.execute(f"DELETE FROM {table}")
    for path in folder.glob("guard*"):
        path.unlink()
    made = Gated(ALIAS, ORIGIN, RING.signer(ORIGIN), KEYS, Guard(folder / "guard"))
    made.gate, made.entered, made.batches = threading.Event(), threading.Event(), []
    return made


def admitted(number: int) -> Row:
    note = sign_note(Envelope(ORIGIN, "test.note", Instant(number)).text(), [RING.signer(AUTHOR)])
    return note, admit(note, ORIGIN, KEYS, CHECK())[1], leaf_of(note)


Outcome = int | BaseException


def together(ledger: Gated, rows: Sequence[Row], append: Callable[[Row], int]) -> list[Outcome]:
    """One thread a note: the first leads and waits at the gate, which opens when all others wait behind it."""
    outcomes: list[Outcome] = [-1] * len(rows)

    def submit(place: int) -> None:
        try:
            outcomes[place] = append(rows[place])
        except BaseException as error:
            outcomes[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=submit, args=(place,)) for place in range(len(rows))]
    threads[0].start()
    assert ledger.entered.wait(20)
    for thread in threads[1:]:
        thread.start()
    group = append.__self__  # type: ignore[attr-defined]
    while len(group._waiting) < len(rows) - 1:
        threads[0].join(0.005)
    ledger.gate.set()
    for thread in threads:
        thread.join(30)
    assert [thread for thread in threads if thread.is_alive()] == []
    return outcomes


def stored(folder: Path) -> list[tuple[int, bytes]]:
    with sqlite3.connect(folder / "record.sqlite3") as database:
        rows: list[tuple[int, bytes]] = database.execute("SELECT idx, note FROM entry ORDER BY idx").fetchall()
    database.close()
    return rows


def test_what_waits_during_a_commit_goes_in_with_the_next(ledger: Gated, folder: Path) -> None:
    rows = [admitted(number) for number in range(THREADS)]
    outcomes = together(ledger, rows, Group(ledger).append)
    assert sorted(outcomes) == list(range(THREADS))  # type: ignore[type-var]
    assert ledger.batches == [1, THREADS - 1]
    assert stored(folder) == sorted((index, row[0]) for index, row in zip(outcomes, rows, strict=True))
    assert ledger.audit() == THREADS


def test_an_index_that_was_told_is_in_the_log_and_under_the_guard(ledger: Gated, folder: Path) -> None:
    """32 threads with 8 notes each: every one looks at the files when it is told."""
    ledger.gate.set()
    group, told, wrong = Group(ledger), [], []

    def submit(first: int) -> None:
        for number in range(first, first + 8):
            row = admitted(number)
            index = group.append(row)
            kept = Guard(folder / "guard").read()
            if (index, row[0]) not in stored(folder) or kept is None or kept.size <= index:
                wrong.append(index)
            told.append((index, row[0]))
        connections.close_all()

    threads = [threading.Thread(target=submit, args=(8 * place,)) for place in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert (wrong, sorted(told)) == ([], stored(folder))
    assert [index for index, _ in sorted(told)] == list(range(8 * THREADS))
    assert (sum(ledger.batches), ledger.audit()) == (8 * THREADS, 8 * THREADS)


def test_a_bad_note_among_them_fails_alone(ledger: Gated, folder: Path) -> None:
    rows = [admitted(number) for number in range(THREADS)]
    rows[20] = rows[0]  # a statement that is in already
    outcomes = together(ledger, rows, Group(ledger).append)
    assert isinstance(outcomes.pop(20), IntegrityError)
    assert sorted(outcomes) == list(range(THREADS - 1))  # type: ignore[type-var]
    assert {note for _, note in stored(folder)} == {note for note, _, _ in rows}
    assert ledger.batches == [1, THREADS - 1, *[1] * (THREADS - 1)]


def test_a_record_that_is_stopped_tells_everybody_why(ledger: Gated, folder: Path) -> None:
    group = Group(ledger)
    Guard(folder / "guard").halt("a witness has seen more")
    outcomes = together(ledger, [admitted(number) for number in range(8)], group.append)
    assert [error.code for error in outcomes if isinstance(error, Stopped)] == ["halted"] * 8
    assert stored(folder) == []
    (folder / "guard.halt").unlink()
    assert [group.append(admitted(number)) for number in (8, 9)] == [0, 1]


def test_nobody_waits_for_a_leader_who_was_interrupted(ledger: Gated, folder: Path) -> None:
    group, calls = Group(ledger), []

    def interrupted(rows: Sequence[Row]) -> int:
        calls.append(len(rows))
        if len(calls) == 2:
            raise KeyboardInterrupt
        return Gated.append(ledger, rows)

    ledger.append = interrupted  # type: ignore[method-assign]
    outcomes = together(ledger, [admitted(number) for number in range(8)], group.append)
    assert (outcomes[0], [type(error) for error in outcomes[1:]]) == (0, [KeyboardInterrupt] * 7)
    assert group.append(admitted(9)) == 1
    assert calls == [1, 7, 1]


def test_nothing_appended_is_nothing_done(ledger: Gated, folder: Path) -> None:
    ledger.gate.set()
    assert (ledger.append([]), ledger.size(), Guard(folder / "guard").read()) == (0, 0, None)
    assert (ledger.append([admitted(1)]), ledger.append([]), ledger.size()) == (0, 1, 1)
