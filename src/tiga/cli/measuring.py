"""`tiga measures`: the ledger of measures of a record, as its parties may read it."""

from __future__ import annotations

import argparse

from tiga.cli.lines import plain, told


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--record", default="exercise", metavar="NAME", help=told("cli.record", "en"))
    parser.add_argument("--party", default="", metavar="PARTY", help=told("cli.measures.party", "en"))
    parser.add_argument("--settings", default="", help=told("cli.settings", "en"))


def run(options: argparse.Namespace) -> int:
    from tiga.cli import records
    from tiga.mechanism import imposed
    from tiga.store import queries
    from tiga.values.names import printed_number
    from tiga.web.readers import wall

    desk = records.open_desk(options.record, options.settings)
    rows = imposed.ledger(queries.measures(desk), desk.now(wall()), options.party)
    for row in rows:
        status = told(f"measure_status.{row.status}", options.language)
        amount = f"  {row.amount} {row.currency}" if row.amount else ""
        print(plain(
            f"{row.party}  {printed_number('M', row.measure)}  {printed_number('C', row.case)}  {row.step}  {row.item}  "
            f"{row.due.text()}  {status}{amount}", options.language,
        ))  # fmt: skip
    if not rows:
        print(told("measures.none", options.language))
    return 0
