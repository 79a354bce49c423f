"""`tiga submit NOTE --record NAME`: enter an act that circulated as a file, once all have signed.

Rules
1. Only acts on keys and what the charter's rules allow come in this way; who is lacking is named, and nothing is entered.
2. The act's own `at` is a claim; the registrar's time stands in an entry before it.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tiga.cli.lines import plain, told


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("note", type=Path, metavar="NOTE", help=told("cli.submit.note", "en"))
    parser.add_argument("--record", required=True, metavar="NAME", help=told("cli.record", "en"))
    parser.add_argument("--settings", default="", help=told("cli.settings", "en"))


def run(options: argparse.Namespace) -> int:
    language = options.language
    from tiga.cli import records
    from tiga.mechanism.acts import Refusal
    from tiga.record.entries import ENTRY_LIMIT
    from tiga.record.refusals import Refused
    from tiga.store import byfile
    from tiga.web.readers import wall

    try:
        with options.note.open("rb") as file:
            data = file.read(ENTRY_LIMIT + 1)
    except OSError as error:
        print(told("cli.unreadable", language, file=options.note, why=error.strerror or ""), file=sys.stderr)
        return 2
    desk = records.open_desk(options.record, options.settings)
    try:
        result = byfile.submit(desk, data, wall())
    except Refused as error:
        print(plain(error.text(language), language), file=sys.stderr)
        return 1
    if isinstance(result, Refusal):
        print(told(f"refusal.{result.code}.text", language, **result.values), file=sys.stderr)
        print(told(f"refusal.{result.code}.remedy", language, **result.values), file=sys.stderr)
        return 1
    print(told("cli.submit.entered", language, index=result.receipt.index))
    return 0
