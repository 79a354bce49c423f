"""`tiga routine`: what a record needs at its hours, without anybody asking for it.

Rules
1. Each run makes reports of what phones sent, enters the batches of sealed filings that are due and the clocks that ran
   out, publishes findings whose time has come, puts the absence of witnesses on the record, carries out erasures that a
   crash interrupted, and examines deposited files that were not. Running it again, or never, harms nothing: it catches up.
2. With `--every SECONDS` it goes on until ^C; `tiga serve` starts it beside the pages.
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import asdict

from tiga.cli import records
from tiga.cli.lines import told


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--record", default="", metavar="NAME", help=told("cli.routine.record", "en"))
    parser.add_argument("--every", type=int, default=0, metavar="SECONDS", help=told("cli.routine.every", "en"))
    parser.add_argument("--now", action="store_true", help=told("cli.routine.now", "en"))
    parser.add_argument("--settings", default="", help=told("cli.settings", "en"))


def run(options: argparse.Namespace) -> int:
    records.configure(options.settings)
    from django.conf import settings

    names = [options.record] if options.record else list(settings.RECORDS)
    while True:
        failed = [name for name in names if not _tried(name, options)]
        if not options.every:
            return 1 if failed else 0
        time.sleep(max(1, options.every))


def _tried(name: str, options: argparse.Namespace) -> bool:
    """One run over a record; whatever goes wrong with it is told, and does not keep the others or the next run away."""
    try:
        return once(name, options.language, everything=options.now)
    except Exception as error:
        print(
            told("cli.routine.failed", options.language, record=name, why=f"{type(error).__name__}: {error}"),
            file=sys.stderr,
        )
        return False


def once(name: str, language: str, *, everything: bool = False) -> bool:
    """One run over a record; whether it could be done."""
    from tiga.store import arriving, backgrounds, clockrun, exhibiting, opening, sealing, uptake, witnessing
    from tiga.store.guard import Stopped
    from tiga.web.readers import entropy, wall

    try:
        desk = opening.desk(name)
        if not desk.ledger.size():
            return True
        taken = uptake.take_up(desk, desk.now(wall()), wall(), entropy)
        entered = sealing.enter(desk, desk.now(wall()), everything=everything)
        absences = witnessing.note_absences(desk, wall())
        clocks = clockrun.run(desk, desk.now(wall()))
        counted = backgrounds.renew(desk, desk.now(wall()), entropy)
        desk.keep_up()
        arriving.expire(desk.alias, wall())
        looked = exhibiting.catch_up(desk, wall())
    except opening.NoRecord:
        print(told("cli.routine.no_record", language, record=name), file=sys.stderr)
        return False
    except Stopped as error:
        print(*records.stopped(error, language), sep="\n", file=sys.stderr)
        return False
    if any(asdict(clocks).values()):
        print(told("cli.clock.did", language, record=name, **asdict(clocks)), flush=True)
    if taken.filed or taken.faulty:
        print(told("cli.routine.taken", language, record=name, filed=taken.filed, faulty=taken.faulty), flush=True)
    if counted:
        print(told("cli.routine.background", language, record=name), flush=True)
    if looked:
        print(told("cli.routine.exhibits", language, record=name, files=looked), flush=True)
    if entered or absences:
        print(told("cli.routine.did", language, record=name, filings=len(entered), absences=absences), flush=True)
    return True
