"""`tiga import FILE --record NAME`: a sheet of reports, or a dataset's events, onto a record.

Rules
1. Good rows go in; a faulty row is set aside and named with file, row, column, what was wrong and the remedy.
2. The same file twice, with the same map and zones, changes nothing; a changed row with a known id is a new version
   beside the old.
3. The reports bear the signature of the key named by `--as`, whose private half must be in this server's custody.
4. What a file is, its heading says: one of UCDP's event files, else a sheet. With `--map` it is a sheet.
5. A dataset names no zone: `--zone` states it, for all countries or for one.
6. Exit 1 when a row was set aside, so that a script notices; what went in stays in.

Moments and entropy enter here: the wall clock (an exercise has its own) and the system's random bytes.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from tiga.cli.lines import plain, told
from tiga.drafts import Fault, FieldReport
from tiga.intake import sheets, ucdp
from tiga.mechanism.acts import Actor
from tiga.mechanism.standing import Standing
from tiga.values.moments import Instant

if TYPE_CHECKING:
    from tiga.store.receiving import Intake

FILE_LIMIT = 32 * 1024 * 1024
"""Bytes read of a file, no fewer than any adapter takes; one byte more is read, so that intake itself says that the file is
too large."""
MAP_LIMIT = 1_000_000
"""Bytes of a column map."""


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", type=Path, help=told("cli.import.file", "en"))
    parser.add_argument("--record", required=True, metavar="NAME", help=told("cli.record", "en"))
    parser.add_argument("--map", metavar="MAP.json", type=Path, help=told("cli.import.map", "en"))
    parser.add_argument(
        "--zone", metavar="[COUNTRY=]ZONE", action="append", default=[], help=told("cli.import.zone", "en")
    )
    parser.add_argument("--as", dest="slug", default="secretariat/1", metavar="KEY", help=told("cli.import.as", "en"))
    parser.add_argument("--faults", metavar="OUT.csv", type=Path, help=told("cli.import.faults", "en"))
    parser.add_argument("--settings", default="", help=told("cli.settings", "en"))


def run(options: argparse.Namespace) -> int:
    language = options.language
    try:
        data = _bytes(options.file, FILE_LIMIT)
        tree = json.loads(_bytes(options.map, MAP_LIMIT)) if options.map else None
    except OSError as error:
        print(told("cli.unreadable", language, file=error.filename, why=error.strerror or ""), file=sys.stderr)
        return 2
    except (ValueError, RecursionError) as error:
        print(told("cli.import.bad_map", language, file=options.map, why=error), file=sys.stderr)
        return 2
    from tiga.cli import records

    desk = records.open_desk(options.record, options.settings)
    standing = desk.standing()
    if standing.agreement is None:
        print(told("cli.import.no_agreement", language, record=options.record), file=sys.stderr)
        return 2
    by = _actor(standing, desk.origin, options.slug)
    if by is None or by.key not in desk.keyring.names():
        held = [name.removeprefix(f"{desk.origin}/") for name in desk.keyring.names() if name in standing.keys]
        print(told("cli.import.no_key", language, key=options.slug, known=", ".join(held) or "-"), file=sys.stderr)
        return 2
    acts = frozenset(act.code for act in standing.agreement.acts)
    try:
        taken = _taken(options, data, tree, acts)
    except sheets.BadColumnMap as error:
        print(told("cli.import.bad_map", language, file=options.map, why=error), file=sys.stderr)
        return 2
    from tiga.store import receiving

    now = desk.now(Instant.of(datetime.now(UTC)))
    terms = json.dumps([sorted(options.zone), tree], sort_keys=True) if options.zone or tree is not None else ""
    intake = receiving.receive(
        desk, options.file.name, data, list(taken.reports), taken.faults, by, now, os.urandom, terms
    )
    faults = list(taken.faults if intake.repeated else intake.faults)
    return _report(intake, faults, taken.header, options)


@dataclass(frozen=True, slots=True)
class _Taken:
    """What an adapter made of the file: reports with their rows, faults, the file's heading."""

    reports: tuple[tuple[int, FieldReport], ...]
    faults: tuple[Fault, ...]
    header: tuple[str, ...]


def _taken(options: argparse.Namespace, data: bytes, tree: object, acts: frozenset[str]) -> _Taken:
    if tree is None and ucdp.recognises(data):
        zones = {country.strip(): zone.strip() for country, _, zone in (one.rpartition("=") for one in options.zone)}
        dataset = ucdp.read(options.file.name, data, zones)
        return _Taken(dataset.reports, dataset.faults, dataset.header)
    columns = sheets.field_report(acts) if tree is None else sheets.column_map(_object(tree), acts)
    sheet = sheets.read(options.file.name, data, columns)
    return _Taken(sheet.reports, sheet.faults, sheet.header)


def _bytes(path: Path, limit: int) -> bytes:
    with path.open("rb") as file:
        return file.read(limit + 1)


def _object(tree: object) -> dict[str, object]:
    if not isinstance(tree, dict):
        raise sheets.BadColumnMap('a column map is an object; write {"name": …, "columns": {…}}')
    return tree


def _actor(standing: Standing, origin: str, slug: str) -> Actor | None:
    key = standing.keys.get(f"{origin}/{slug}")
    return Actor(f"{origin}/{slug}", key.role, key.component) if key else None


def _report(intake: Intake, faults: Sequence[Fault], header: Sequence[str], options: argparse.Namespace) -> int:
    """Print what became of the rows, write the list of faults where asked; the exit code."""
    language = options.language
    if intake.repeated:
        print(told("cli.import.repeated", language, file=options.file.name))
    rows = {(fault.file, fault.row) for fault in faults}
    for code, n in (
        ("accepted", intake.accepted), ("revised", intake.revised), ("unchanged", intake.unchanged),
        ("set_aside", len(rows)),
    ):  # fmt: skip
        print(told(f"cli.import.{code}", language, n=n))
    for fault in faults:
        where, what, remedy = (plain(text, language) for text in sheets.told(fault, language))
        print(f"  {where}: {what} {remedy}")
    if options.faults is not None and faults:
        try:
            options.faults.write_bytes(sheets.write_faults(faults, language, header))
        except OSError as error:
            print(told("cli.unwritable", language, file=options.faults, why=error.strerror or ""), file=sys.stderr)
            return 2
        print(told("cli.import.faults_written", language, file=options.faults))
    return 1 if faults else 0
