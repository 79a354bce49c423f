"""Opening records from the command line: settings, Django, desks; who reads, and why nothing may be signed."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tiga.cli.lines import plain
from tiga.mechanism.release import Reader
from tiga.record.charter import ROOT
from tiga.record.refusals import Refused

if TYPE_CHECKING:
    from tiga.store.desk import Desk
    from tiga.store.guard import Stopped

DEMO_FOLDER = Path("build/demo")
KEYLESS = ("public", "analyst", "monitor", "secretariat")
"""Roles without a component: somebody may read by them whether or not a key of theirs is enrolled."""


def configure(settings: str = "") -> None:
    """Make Django ready with a settings file: the one named, `TIGA_SETTINGS`, or the demo's in build/demo."""
    path = Path(settings or os.environ.get("TIGA_SETTINGS", "") or DEMO_FOLDER / "tiga.toml")
    if not path.exists():
        sys.exit(f"tiga: no settings at {path}. Run ./dev demo first, or name a file with --settings or TIGA_SETTINGS")
    os.environ["TIGA_SETTINGS"] = str(path.resolve())
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tiga.web.settings")
    import django

    django.setup()


def open_desk(name: str, settings: str = "") -> Desk:
    """The desk of a record that exists."""
    configure(settings)
    from django.db import OperationalError, connections

    from tiga.store import opening

    try:
        return opening.desk(name)
    except OperationalError as error:
        place = connections[name].settings_dict["NAME"]
        sys.exit(
            f"tiga: the file of the record {name!r} cannot be opened: {place} ({error}). Put it back, or see tiga doctor"
        )
    except opening.NoRecord:
        from django.conf import settings as configured

        sys.exit(f"tiga: no record {name!r}; there are: {', '.join(configured.RECORDS) or 'none'}")


def reader(desk: Desk, text: str) -> Reader:
    """The reader ROLE[:COMPONENT]; raises Refused unless its role is KEYLESS or that of an enrolled person's key."""
    state = desk.ledger.state
    rows = state.holders.values() if state is not None else ()
    held = {Reader(row.role, row.component) for row in rows if row.role not in (ROOT, "registrar")}
    known = {*map(Reader, KEYLESS), *held}
    role, _, component = text.partition(":")
    asked = Reader(role, component)
    if asked not in known:
        raise Refused("cli.given.no_reader", {"reader": text, "known": ", ".join(sorted(map(named, known)))})
    return asked


def named(reader: Reader) -> str:
    """A reader as ROLE[:COMPONENT]."""
    return f"{reader.role}:{reader.component}" if reader.component else reader.role


def stopped(error: Stopped, language: str) -> tuple[str, str]:
    """Why a record may not be signed now, and what is to be done, fit for a terminal."""
    return plain(error.text(language), language), plain(error.remedy(language), language)
