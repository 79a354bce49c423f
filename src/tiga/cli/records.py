"""Opening records from the command line: settings, Django, desks."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tiga.store.desk import Desk

DEMO_FOLDER = Path("build/demo")


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
    from tiga.store import opening

    try:
        return opening.desk(name)
    except opening.NoRecord:
        from django.conf import settings as configured

        sys.exit(f"tiga: no record {name!r}; there are: {', '.join(configured.RECORDS) or 'none'}")
