"""Opening the records that the settings name.

Rules
1. A record is opened once a process; its keys come from `keys/` in its folder, or for a demo origin from published seeds.
2. A demo seed never opens a record whose origin is not a demo's.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from tiga import shipped
from tiga.fusion import gazetteer
from tiga.mechanism.charter import CHARTER_ACTS, Founding, Key, Rule, Witness
from tiga.record import ed25519
from tiga.record.notes import COSIGNATURE, encode64
from tiga.store.desk import Desk
from tiga.store.guard import Guard
from tiga.store.keys import Keyring, demo_keyring, demo_seed, read

DEMO_ORIGIN = "tiga.example/"


class NoRecord(LookupError):
    """The settings name no record of this name, or its keys are missing."""


ROSTERS: dict[str, tuple[tuple[str, str, str], ...]] = {
    "press": (
        ("registrar", "registrar", ""), ("secretariat/1", "secretariat", ""), ("mediator/1", "mediator", "ankara"),
        ("mediator/2", "mediator", "doha"), ("monitor/1", "monitor", ""),
    ),
    "exercise": (
        ("registrar", "registrar", ""), ("secretariat/1", "secretariat", ""), ("monitor/1", "monitor", ""),
        ("liaison/1", "liaison", "party-1"), ("liaison/2", "liaison", "party-2"),
        ("mediator/1", "mediator", "mediator-1"), ("mediator/1b", "mediator", "mediator-1"),
        ("mediator/2", "mediator", "mediator-2"),
    ),
}  # fmt: skip
"""The demo's keys per record: slug, role, component. Their seeds are published."""
WITNESSES = {
    "press": ("ankara", "doha"),
    "exercise": ("party-1", "party-2", "mediator-1", "mediator-2"),
}
"""Components with a witness in the demo."""
ABSENT_HOURS = 72


def demo_names(name: str) -> tuple[str, ...]:
    origin = f"{DEMO_ORIGIN}{name}"
    return (origin, *(f"{origin}/{slug}" for slug, _, _ in ROSTERS[name]))


def demo_keys(name: str) -> tuple[Key, ...]:
    """The demo roster as the charter lists it."""
    origin, ring = f"{DEMO_ORIGIN}{name}", demo_keyring(demo_names(name))
    return tuple(
        Key(ring.signer(f"{origin}/{slug}").key.vkey, role, component, "server", _demo_seal(f"{origin}/{slug}", role))
        for slug, role, component in ROSTERS[name]
    )


def demo_seal_private(name: str) -> bytes:
    """The X25519 private key of a demo person, published like all of them: for rehearsing sealed filings."""
    return demo_seed(f"{name} seal")


def _demo_seal(name: str, role: str) -> str:
    if role not in ("liaison", "mediator"):
        return ""
    return encode64(ed25519.x25519_public_of(demo_seal_private(name)))


def demo_founding(name: str) -> Founding:
    """The demo's rules and witnesses: every component that mediates must agree to a change of keys or an erasure."""
    origin = f"{DEMO_ORIGIN}{name}"
    mediators = sorted({component for _, role, component in ROSTERS[name] if role == "mediator"})
    tokens = " ".join(f"mediator:{component}" for component in mediators)
    need = (f"group mediators all {tokens}", "quorum mediators")
    witnesses = tuple(
        Witness(component, demo_keyring((slug := f"{origin}/witness/{component}",)).signer(slug, COSIGNATURE).key.vkey)
        for component in WITNESSES[name]
    )
    return Founding(tuple(Rule(act, need) for act in CHARTER_ACTS), witnesses, ABSENT_HOURS)


@cache
def places() -> gazetteer.Gazetteer:
    return gazetteer.read((shipped.folder("samples") / "gazetteer.csv").read_bytes())


def keyring(name: str) -> Keyring:
    """The keys of a record; raises NoRecord."""
    if name not in settings.RECORDS:
        raise NoRecord(name)
    record = settings.RECORDS[name]
    if record["origin"].startswith(DEMO_ORIGIN):
        return demo_keyring(demo_names(name))
    ring = read(Path(record["folder"]) / "keys")
    if record["origin"] not in ring.names():
        raise NoRecord(f"{name}: the folder keys/ holds no log key of {record['origin']}")
    return ring


def prepare(name: str) -> None:
    """Make the record's folder and tables if they are not there."""
    folder = settings.RECORDS[name]["folder"]
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True, mode=0o700)
    call_command("migrate", database=name, verbosity=0, interactive=False)


def bring_up(name: str) -> bool:
    """Run the migrations that a record made by an earlier release lacks; whether there were any."""
    connection = connections[name]
    executor = MigrationExecutor(connection)
    applied = executor.loader.applied_migrations
    if not any(app == "store" for app, _ in applied):
        return False  # not a record yet
    if not executor.migration_plan(executor.loader.graph.leaf_nodes("store")):
        return False
    call_command("migrate", "store", database=name, verbosity=0, interactive=False)
    return True


@cache
def desk(name: str) -> Desk:
    """The desk of a record, brought up to this release; raises NoRecord."""
    if name not in settings.RECORDS:
        raise NoRecord(name)
    bring_up(name)
    return Desk(name, settings.RECORDS[name]["origin"], keyring(name), places(), guard(name))


def guard(name: str) -> Guard | None:
    """The guard of a record: on the path that the settings name, else beside the database; none for one in memory."""
    record = settings.RECORDS[name]
    if not record["folder"]:
        return None
    return Guard(Path(record.get("guard") or Path(record["folder"]) / "guard"))


def forget() -> None:
    """Forget opened desks: tests that make databases anew need it."""
    desk.cache_clear()
