"""`tiga dossier CASE --record NAME`: a decided case taken out of the house as one file that verifies offline.

Rules
1. The reader is the operator, so the door is the secretariat's: what it releases goes in, and the command says so. The
   bytes are those that the page gives the same reader.
2. CASE is a printed number (`C-7K3M-2QXA`) or a sid. A case without a determination in force has no dossier yet.
3. The file's name says when it is an exercise. An existing file is replaced only by a file that was written whole.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from tiga.cli.lines import told
from tiga.values.names import printed_number


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("case", metavar="CASE", help=told("cli.dossier.case", "en"))
    parser.add_argument("--record", required=True, metavar="NAME", help=told("cli.record", "en"))
    parser.add_argument("--out", metavar="FILE", type=Path, help=told("cli.dossier.out", "en"))
    parser.add_argument("--settings", default="", help=told("cli.settings", "en"))


def run(options: argparse.Namespace) -> int:
    language = options.language
    from tiga.cli import records

    desk = records.open_desk(options.record, options.settings)
    from tiga.mechanism.release import Reader
    from tiga.web import filling
    from tiga.web.access import Absent, Door
    from tiga.web.readers import wall

    door = Door(desk, Reader("secretariat"), None, desk.now(wall()))
    numbers = {row.sid: printed_number("C", row.sid) for row in door.cases()}
    wanted = [sid for sid, number in numbers.items() if options.case in (sid, number)]
    if not wanted:
        known = ", ".join(numbers.values()) or "-"
        print(told("cli.dossier.unknown", language, case=options.case, known=known), file=sys.stderr)
        return 2
    sid, number = wanted[0], numbers[wanted[0]]
    try:
        data = filling.dossier(door, sid)
    except Absent:
        print(told("cli.dossier.undecided", language, case=number), file=sys.stderr)
        return 1
    path = options.out or Path(filling.dossier_name(door, sid))
    try:
        _write(path, data)
    except OSError as error:
        print(told("cli.unwritable", language, file=path, why=error.strerror or ""), file=sys.stderr)
        return 2
    print(told("cli.dossier.written", language, file=path, bytes=len(data), number=number))
    print(told("cli.dossier.reader", language))
    command = f"tiga verify {path}" + (" --exercise" if door.scope == "exercise" else "")
    print(told("cli.dossier.verify", language, command=command))
    return 0


def _write(path: Path, data: bytes) -> None:
    """The bytes beside the name first, then the name: nobody finds half a dossier. Readable by its owner alone."""
    part = path.with_name(f"{path.name}.part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)
    os.replace(part, path)
