"""`tiga sitrep`: the situation report of a record as HTML and PDF."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from tiga.values.words import say

if TYPE_CHECKING:
    from tiga.web.access import Door


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--record", default="press", help=say("cli.record"))
    parser.add_argument("--out", type=Path, default=Path(), help=say("cli.sitrep.out"))
    parser.add_argument("--settings", default="", help=say("cli.settings"))


def write(door: Door, folder: Path, language: str) -> list[Path]:
    """Write sitrep.html and sitrep.pdf (EXERCISE in the names of an exercise's); returns their paths."""
    from tiga.publish import sitrep
    from tiga.web import filling

    report = filling.situation(door, language)
    folder.mkdir(parents=True, exist_ok=True)
    page, paper = (folder / filling.file_name(door, name) for name in ("sitrep.html", "sitrep.pdf"))
    page.write_text(sitrep.html(report, language), encoding="utf-8")
    paper.write_bytes(sitrep.pdf(report, language, str(filling.FONTS)))
    return [page, paper]


def run(options: argparse.Namespace) -> int:
    from tiga.cli import records

    desk = records.open_desk(options.record, options.settings)
    from tiga.mechanism.release import Reader
    from tiga.web.access import Door
    from tiga.web.readers import wall

    door = Door(desk, Reader("secretariat"), None, desk.now(wall()))
    for path in write(door, options.out, options.language):
        print(path)
    return 0
