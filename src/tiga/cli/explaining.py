"""`tiga explain MEASURE`: why a measure is what it is, from the record, computed anew."""

from __future__ import annotations

import argparse
import json
import sys

from tiga.agreement.clauses import Agreement
from tiga.cli import lines
from tiga.mechanism import explanation
from tiga.values.names import printed_number
from tiga.values.words import say


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("measure", help=say("cli.explain.measure"))
    parser.add_argument("--record", default="exercise", help=say("cli.record"))
    parser.add_argument("--data", action="store_true", help=say("cli.explain.data"))
    parser.add_argument("--settings", default="", help=say("cli.settings"))


def show(document: bytes, agreement: Agreement, language: str) -> None:
    """Print an explanation as numbered sentences with their clauses."""
    for number, row in enumerate(explanation.prose(json.loads(document), agreement, language), 1):
        print(
            f"{number:>3}. {lines.plain(row.text, language)}"
            + (f"  [{lines.plain(row.cited, language)}]" if row.cited else "")
        )
        for detail in row.details:
            print(f"       {lines.plain(detail, language)}")


def run(options: argparse.Namespace) -> int:
    from tiga.cli import records

    desk = records.open_desk(options.record, options.settings)
    from tiga.mechanism.recompute import recompute

    rows = recompute(desk.origin, desk.ledger.entries(), desk.agreements())
    found = [row for row in rows if options.measure in (row.sid, printed_number("M", row.sid))]
    if not found:
        known = ", ".join(printed_number("M", row.sid) for row in rows)
        print(
            say("cli.explain.unknown", options.language, measure=options.measure, known=known or "-"), file=sys.stderr
        )
        return 2
    row = found[0]
    if options.data:
        sys.stdout.buffer.write(row.explanation + b"\n")
        return 0
    document = json.loads(row.explanation)
    show(row.explanation, desk.agreements()[document["agreement"]["sha256"]], options.language)
    outcome = say(f"cli.explain.{row.outcome}", options.language)
    print(outcome)
    return 0 if row.outcome == "same" else 1
