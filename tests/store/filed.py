"""Records in files, as in life: a database with its write-ahead log, a vault, a guard, in a folder of the test's own.

`laid` founds one; `opened` opens it again, as a new process would. Only the demo's published keys sign here.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connections

from tests.core.mechanism.desk import report
from tests.store import kept
from tiga.drafts import FieldReport
from tiga.mechanism import charter, reports
from tiga.mechanism.acts import Actor, Decision, Kind, envelope_of
from tiga.record.book import Receipt
from tiga.record.notes import Signer, sign_note
from tiga.store import founding, opening, sealing, vault
from tiga.store.desk import Desk, Done, Waits
from tiga.store.guard import Guard
from tiga.store.keys import Keyring, demo_keyring
from tiga.values.moments import Instant
from tiga.web.settings import _sqlite

ALIAS = "filed"
DEVICES = ("monitor/1", "monitor/2", "monitor/3", "monitor/4")
"""Monitors of the record laid here; the first is the demo's own."""


def keyring(name: str) -> Keyring:
    """The demo's keys, more monitors, and keys to be enrolled later."""
    origin = f"{opening.DEMO_ORIGIN}{name}"
    slugs = (*DEVICES, "new/1", "new/2", "new/3")
    return demo_keyring((*opening.demo_names(name), *(f"{origin}/{slug}" for slug in slugs)))


def lay(desk: Desk, name: str) -> None:
    """Found the record: the demo's people, and three monitors more."""
    vkeys = [
        charter.Key(desk.keyring.signer(f"{desk.origin}/{slug}").key.vkey, "monitor", "", "device")
        for slug in DEVICES[1:]
    ]
    founding.lay(
        desk, kept.agreement(), name, name.title(), (*opening.demo_keys(name), *vkeys), kept.STARTS[name],
        opening.demo_founding(name),
    )  # fmt: skip


@contextmanager
def opened(folder: Path, name: str = "press", *, guarded: bool = True) -> Iterator[Desk]:
    """The record of a folder, its tables made where they are not there. Outside of any other transaction."""
    folder.mkdir(parents=True, exist_ok=True)
    origin = f"{opening.DEMO_ORIGIN}{name}"
    row = copy.deepcopy(connections.databases["default"])
    row.update(_sqlite(folder / "record.sqlite3"))
    connections.databases[ALIAS], settings.RECORDS[ALIAS] = row, {"folder": str(folder), "origin": origin}
    try:
        call_command("migrate", database=ALIAS, verbosity=0, interactive=False)
        yield Desk(ALIAS, origin, keyring(name), opening.places(), Guard(folder / "guard") if guarded else None)
    finally:
        connections[ALIAS].close()
        del connections[ALIAS], connections.databases[ALIAS], settings.RECORDS[ALIAS]


@contextmanager
def laid(folder: Path, name: str = "press") -> Iterator[Desk]:
    with opened(folder, name) as desk:
        lay(desk, name)
        yield desk


def again(desk: Desk) -> Desk:
    """The same record as another process opens it."""
    vault._keys.cache_clear()
    return Desk(desk.alias, desk.origin, desk.keyring, desk.gazetteer, desk.ledger.guard)


def raw(folder: Path) -> dict[str, bytes]:
    """Every byte that the record keeps, by file: databases, write-ahead logs, guard, vault."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def holding(folder: Path, *words: bytes) -> list[tuple[str, bytes]]:
    """Which files hold which of the words."""
    return [(name, word) for name, data in raw(folder).items() for word in words if word in data]


def actor(desk: Desk, slug: str) -> Actor:
    key = desk.standing().keys[f"{desk.origin}/{slug}"]
    return Actor(key.name, key.role, key.component)


def drawn(name: str, account: str, channel: str = "monitor", release: str = "R1", **more: object) -> FieldReport:
    return report(name, "", channel=channel, release=release, account=account, **more)


class Clock:
    """A wall clock that goes on a second each time it is looked at."""

    def __init__(self, ms: int = kept.LATER.ms) -> None:
        self.ms = ms

    def __call__(self) -> Instant:
        self.ms += 1_000
        return Instant(self.ms)


def file(desk: Desk, drawn_: FieldReport, now: Instant, slug: str = "monitor/1", revises: str = "") -> Done | Waits:
    salts = tuple(desk.entropy(16) for _ in range(6))
    by, threads = actor(desk, slug), (f"report:{revises}",) if revises else ()
    result = desk.act(threads, lambda s: reports.file(s, drawn_, by, now, salts, revises), by)
    assert isinstance(result, Done | Waits), result
    return result


def wait(desk: Desk, drawn_: FieldReport, now: Instant, slug: str = "monitor/1", revises: str = "") -> Waits:
    """A confidential report that stays waiting, also on an exercise."""
    salts, by = tuple(desk.entropy(16) for _ in range(6)), actor(desk, slug)
    outcome = reports.file(desk.standing((f"report:{revises}",)), drawn_, by, now, salts, revises)
    assert isinstance(outcome, Decision), outcome
    return sealing.wait(desk, outcome.entries[0], by)


def sealed(desk: Desk, drawn_: FieldReport, now: Instant, slug: str = "monitor/1", revises: str = "") -> Receipt:
    """A confidential report, entered at once with a batch of its own."""
    waits = file(desk, drawn_, now, slug, revises)
    assert isinstance(waits, Waits)
    return sealing.enter(desk, now, everything=True)[waits.filing]


def by_file(desk: Desk, kind: Kind, now: Instant, *slugs: str) -> bytes:
    """The note of an act that circulated, signed by these keys of the demo."""
    return sign_note(envelope_of(kind, desk.origin, now).text(), [signer(desk, slug) for slug in slugs])


def signer(desk: Desk, slug: str) -> Signer:
    return demo_keyring((f"{desk.origin}/{slug}",)).signer(f"{desk.origin}/{slug}")


def key(desk: Desk, slug: str, role: str, component: str = "") -> charter.Key:
    return charter.Key(signer(desk, slug).key.vkey, role, component, "device")
