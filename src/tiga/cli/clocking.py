"""`tiga clock`: enter the clocks that ran out, publish what is due, open again cases whose finding has another basis since,
and show what falls due, reminders first.

Rules
1. Any number of runs is one run; after an outage it catches up with the right instants.
2. With `--show` nothing is entered: what has run out, what is at three quarters of its time, what runs.
"""

from __future__ import annotations

import argparse
from dataclasses import asdict

from tiga.cli.lines import told

_ORDER = ("overdue", "soon", "running")


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--record", default="", metavar="NAME", help=told("cli.routine.record", "en"))
    parser.add_argument("--show", action="store_true", help=told("cli.clock.at", "en"))
    parser.add_argument("--settings", default="", help=told("cli.settings", "en"))


def run(options: argparse.Namespace) -> int:
    from tiga.cli import records

    records.configure(options.settings)
    from django.conf import settings

    from tiga.store import clockrun
    from tiga.web.readers import wall

    for name in [options.record] if options.record else list(settings.RECORDS):
        desk = records.open_desk(name, options.settings)
        now = desk.now(wall())
        if not options.show:
            done = clockrun.run(desk, now)
            print(told("cli.clock.did", options.language, record=name, **asdict(done)))
        _show(desk, now, options.language)
    return 0


def _show(desk, now, language: str) -> None:  # type: ignore[no-untyped-def]
    from tiga.mechanism import affairs
    from tiga.mechanism.deadlines import Clock
    from tiga.store import queries
    from tiga.values.moments import Instant
    from tiga.values.names import printed_number

    rows = []
    for row in queries.clocks(desk):
        clock = Clock(
            row.name, row.whose, Instant(row.started_ms), Instant(row.due_ms), row.zone, row.clause, right=row.right
        )
        prefix = "C" if row.concept == "case" else affairs.BY_NAME[row.concept].PREFIX
        rows.append((clock.state(now), clock, printed_number(prefix, row.case)))
    for state, clock, number in sorted(
        (row for row in rows if row[0] in _ORDER), key=lambda row: (_ORDER.index(row[0]), row[1].due.ms)
    ):
        word = told(f"clock_state.{state}", language)
        due = f"{clock.due.local(clock.zone)} {clock.zone}"
        values = {"due": due, "state": word, "clock": clock.name, "whose": clock.whose, "number": number}
        print(told("cli.clock.row", language, **values))
