"""Records in the tests' databases: founded, played or filled once a module, each test on top of them rolled back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tiga import shipped
from tiga.agreement import reading
from tiga.agreement.clauses import Agreement
from tiga.cli import exercise, yaml_nodes
from tiga.intake import sheets
from tiga.mechanism.acts import Actor
from tiga.mechanism.release import Reach, Reader
from tiga.store import founding, models, opening, projections, queries, receiving
from tiga.store.desk import Desk
from tiga.values.moments import Instant
from tiga.web import readers
from tiga.web.access import Door

STARTS = {"press": Instant.parse("2026-04-08T08:00:00.000Z"), "exercise": exercise.START}
DATABASES = ["default", "press", "exercise"]
LATER = Instant.parse("2026-06-01T00:00:00.000Z")


def agreement() -> Agreement:
    path = shipped.folder("agreements") / "doha-istanbul-2025" / "agreement.yaml"
    return reading.agreement(yaml_nodes.load(path.read_bytes()).data)


def desk(name: str) -> Desk:
    """The desk of a record, opened anew."""
    opening.forget()
    return opening.desk(name)


@contextmanager
def on_site(name: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """The desk that the site has of a record; the site's clock stands at LATER."""
    monkeypatch.setattr(readers, "wall", lambda: LATER)
    yield desk(name)
    opening.forget()


def lay(name: str) -> Desk:
    """Found an empty record with the demo's roster."""
    projections.create(name)
    found = desk(name)
    founding.lay(
        found, agreement(), name, name.title(), opening.demo_keys(name), STARTS[name], opening.demo_founding(name)
    )
    return found


def play(found: Desk) -> dict[str, str]:
    """Play the whole exercise; returns the sids of its cases by letter."""
    return exercise.play(exercise.Stage(found, exercise.DemoEntropy("exercise")), lambda letter: None)


def actor(found: Desk, slug: str) -> Actor:
    key = found.standing().keys[f"{found.origin}/{slug}"]
    return Actor(key.name, key.role, key.component)


def receive(found: Desk, name: str, data: bytes, slug: str = "secretariat/1") -> receiving.Intake:
    """Take in a sheet as the pages do."""
    known = found.standing().agreement
    assert known is not None
    sheet = sheets.read(name, data, sheets.field_report(frozenset(act.code for act in known.acts)))
    by, now = actor(found, slug), found.now(STARTS["press"])
    entropy = exercise.DemoEntropy(name)
    return receiving.receive(found, name, data, list(sheet.reports), sheet.faults, by, now, entropy)


def reports(found: Desk) -> list[queries.ReportView]:
    """Every report of a record, whoever may see it."""
    return queries.reports(found, Reach(("R0", "R1", "R2", "R3", "R4", "R5"), ""))


def notes(found: Desk) -> list[bytes]:
    """Every entry's note, in the order of the log."""
    return [bytes(row.note) for row in models.Entry.objects.using(found.alias).order_by("idx")]


def sample(name: str) -> bytes:
    return (shipped.folder("samples") / name).read_bytes()


def door(found: Desk, role: str = "public", component: str = "", slug: str = "") -> Door:
    """What a reader may see, with their key where one is named."""
    return Door(found, Reader(role, component), actor(found, slug) if slug else None, found.now(LATER))


READERS = {
    "public": ("public", "", ""),
    "analyst": ("analyst", "", ""),
    "liaison-1": ("liaison", "party-1", "liaison/1"),
    "liaison-2": ("liaison", "party-2", "liaison/2"),
    "mediator": ("mediator", "mediator-2", "mediator/2"),
    "secretariat": ("secretariat", "", "secretariat/1"),
    "monitor": ("monitor", "", "monitor/1"),
}


def doors(found: Desk) -> dict[str, Door]:
    """One door for each kind of reader of the exercise."""
    return {name: door(found, *who) for name, who in READERS.items()}


def empty(name: str) -> None:
    """Take every row out of a record's database; the tables stay."""
    kept = (models.Entry, models.Tile, models.Head, models.Cosig, models.Thread, models.Disclosed, models.Waiting,
            models.Circular, models.Document, models.Blob, models.Upload, models.Received,
            models.Listed, models.SavedMap, models.Pending, models.SetAside, models.Arriving, models.Piece)  # fmt: skip
    for model in (*kept, *models.PROJECTED):
        model.objects.using(name).all().delete()
    opening.forget()


@contextmanager
def filled(blocker: object, *names: str) -> Iterator[None]:
    """The databases opened for a module, emptied before and after."""
    with blocker.unblock():  # type: ignore[attr-defined]
        for name in names:
            projections.create(name)
            empty(name)
        yield
        for name in names:
            empty(name)


def rebuilt_equals_live(found: Desk) -> bool:
    """House law 1: the rows made anew from the log are the rows that are there."""
    live = projections.digest_rows(found.alias)
    found.rebuild()
    return projections.digest_rows(found.alias) == live
