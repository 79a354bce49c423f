"""`tiga rebuild --record NAME`: all projections dropped and made anew from the log; `--check` only compares.

Rules
1. Nothing is lost by it: what people see is a projection of the log, and the log is not touched.
2. `--check` first hashes every stored entry again and compares the root with the signed head, then rebuilds inside a
   transaction that is rolled back: it changes nothing, and exits 1 naming each table whose rows differ.
3. Without `--check` the rows are replaced, and the tables that were found different are named all the same; exit 0.
"""

from __future__ import annotations

import argparse
import sys
from typing import Any

from tiga.cli.lines import told

Rows = dict[str, list[Any]]
"""Projection rows by table, as `projections.digest_rows` gives them."""


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--record", required=True, metavar="NAME", help=told("cli.record", "en"))
    parser.add_argument("--check", action="store_true", help=told("cli.rebuild.check", "en"))
    parser.add_argument("--settings", default="", help=told("cli.settings", "en"))


def run(options: argparse.Namespace) -> int:
    language = options.language
    from tiga.cli import records
    from tiga.store.ledger import Broken

    try:
        desk = records.open_desk(options.record, options.settings)
        size = desk.ledger.audit()
    except Broken as error:
        print(told("cli.rebuild.broken", language, record=options.record, why=error), file=sys.stderr)
        return 1
    print(told("cli.rebuild.log", language, n=size))
    before, after = _rebuilt(desk, keep=not options.check)
    differing = [table for table in after if before[table] != after[table]]
    for table, rows in after.items():
        code = "differs" if table in differing else "same"
        print("  " + told(f"cli.rebuild.{code}", language, table=table, before=len(before[table]), n=len(rows)))
    if not options.check:
        print(told("cli.rebuild.done", language))
        return 0
    print(told("cli.rebuild.unequal" if differing else "cli.rebuild.equal", language, tables=", ".join(differing)))
    return 1 if differing else 0


def _rebuilt(desk: Any, *, keep: bool) -> tuple[Rows, Rows]:
    """The rows before and after rebuilding; unless they are to be kept, everything is as it was afterwards."""
    from django.db import transaction

    from tiga.store import projections

    with transaction.atomic(using=desk.alias):
        before = projections.digest_rows(desk.alias)
        desk.rebuild()
        after = projections.digest_rows(desk.alias)
        if not keep:
            transaction.set_rollback(True, using=desk.alias)
    return before, after
