"""`tiga import FILE --record NAME`: a sheet of reports, a dataset's release, a list of what it took back, or satellites'
detections, onto a record.

Rules
1. Good rows go in; a faulty row is set aside and named with file, row, column, what was wrong and the remedy.
2. The same file twice, with the same map and zones, changes nothing; a changed row with a known id is a new version
   beside the old.
3. The reports bear the signature of the key named by `--as`, whose private half must be in this server's custody.
4. What a file is, its heading says (`import_kinds`), else it is a sheet. With `--map` it is a sheet.
5. A dataset names no zone: `--zone` states it, for all countries or for one.
6. What a release no longer holds is withdrawn only where `--complete` says that the file holds all of its countries and
   days; without it, it is counted.
7. `--dry-run` says what would happen and enters nothing. A map may be kept by name (`--save-map`) and used by it (`--map`).
8. Exit 1 when a row was set aside or refused, so that a script notices; what went in stays in.

Moments and entropy enter here: the wall clock (an exercise has its own) and the system's random bytes.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tiga.cli.lines import plain, told
from tiga.drafts import Fault
from tiga.intake import sheets
from tiga.mechanism.acts import Actor
from tiga.mechanism.standing import Standing

if TYPE_CHECKING:
    from tiga.cli.import_kinds import Bringing
    from tiga.store.desk import Desk
    from tiga.store.receiving import Intake

FILE_LIMIT = 32 * 1024 * 1024
"""Bytes read of a file that is read whole, no fewer than any adapter takes so; one byte more is read, so that intake itself
says that the file is too large."""
MAP_LIMIT = 1_000_000
"""Bytes of a column map."""


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", type=Path, nargs="?", help=told("cli.import.file", "en"))
    parser.add_argument("--record", required=True, metavar="NAME", help=told("cli.record", "en"))
    parser.add_argument("--map", metavar="MAP.json|NAME", default="", help=told("cli.import.map", "en"))
    parser.add_argument("--save-map", metavar="NAME", default="", help=told("cli.import.save_map", "en"))
    parser.add_argument("--maps", action="store_true", help=told("cli.import.maps", "en"))
    parser.add_argument(
        "--zone", metavar="[COUNTRY=]ZONE", action="append", default=[], help=told("cli.import.zone", "en")
    )
    parser.add_argument("--complete", action="store_true", help=told("cli.import.complete", "en"))
    parser.add_argument("--with-root", action="store_true", help=told("cli.import.with_root", "en"))
    parser.add_argument("--release", default="R1", metavar="LEVEL", help=told("cli.import.release", "en"))
    parser.add_argument("--supersedes", default="", metavar="DATASET", help=told("cli.import.supersedes", "en"))
    parser.add_argument("--dry-run", action="store_true", help=told("cli.import.dry_run", "en"))
    parser.add_argument("--as", dest="slug", default="secretariat/1", metavar="KEY", help=told("cli.import.as", "en"))
    parser.add_argument("--faults", metavar="OUT.csv", type=Path, help=told("cli.import.faults", "en"))
    parser.add_argument("--settings", default="", help=told("cli.settings", "en"))


def run(options: argparse.Namespace) -> int:
    language = options.language
    if options.file is None and not options.maps and not options.save_map:
        print(told("cli.import.no_file", language), file=sys.stderr)
        return 2
    from tiga.cli import records

    try:
        tree = _map_file(options)
        if options.file is not None:
            with options.file.open("rb"):  # before a record is opened for it
                pass
    except OSError as error:
        print(told("cli.unreadable", language, file=error.filename, why=error.strerror or ""), file=sys.stderr)
        return 2
    except (ValueError, RecursionError) as error:
        return _bad_map(options, error)
    desk = records.open_desk(options.record, options.settings)
    if options.maps:
        return _maps(desk, language)
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
    return _bring(options, desk, by, tree, acts)


def _bring(options: argparse.Namespace, desk: Desk, by: Actor, tree: object, acts: frozenset[str]) -> int:
    """Save the map where asked, take the file in, and say what became of it."""
    from tiga.cli import import_kinds
    from tiga.store import maps

    language = options.language
    bringing = import_kinds.Bringing(desk, by, options)
    try:
        if options.map and tree is None:
            tree = maps.named(desk, options.map)
            if tree is None:
                known = ", ".join(row.name for row in maps.kept(desk)) or "-"
                print(told("cli.import.map_unknown", language, map=options.map, known=known), file=sys.stderr)
                return 2
        columns = sheets.field_report(acts) if tree is None else sheets.column_map(_object(tree), acts)
        if options.save_map:
            maps.save(desk, options.save_map, _object(tree), by, bringing.now())
            print(told("cli.import.map_saved", language, map=options.save_map))
    except sheets.BadColumnMap as error:
        return _bad_map(options, error)
    except maps.NotKept as error:
        print(told(error.code, language, limit=error.limit), file=sys.stderr)
        return 2
    if options.file is None:
        return 0
    try:
        found = bringing.take(columns, tree)
    except OSError as error:
        print(told("cli.unreadable", language, file=options.file, why=error.strerror or ""), file=sys.stderr)
        return 2
    return found if isinstance(found, int) else _report(bringing, *found)


def _map_file(options: argparse.Namespace) -> object:
    """The map's plain data where `--map` names a file; None where it names a saved map, or nothing."""
    path = Path(options.map)
    if not options.map or not path.is_file():
        if options.map.endswith(".json"):
            raise FileNotFoundError(2, told("cli.import.no_such_file", options.language), options.map)
        return None
    with path.open("rb") as file:
        return json.loads(file.read(MAP_LIMIT + 1))


def _bad_map(options: argparse.Namespace, error: Exception) -> int:
    print(told("cli.import.bad_map", options.language, file=options.map or "-", why=error), file=sys.stderr)
    return 2


def _maps(desk: Desk, language: str) -> int:
    """The saved maps, with the headings that each knows."""
    from tiga.store import maps

    rows = maps.kept(desk)
    for row in rows:
        print(plain(f"{row.name}  {row.at.text()}  {row.by}  {', '.join(row.tree.get('columns', {}))}", language))
    if not rows:
        print(told("cli.import.no_maps", language))
    return 0


def _object(tree: object) -> dict[str, Any]:
    if not isinstance(tree, dict):
        raise sheets.BadColumnMap('a column map is an object; write {"name": …, "columns": {…}}')
    return tree


def _actor(standing: Standing, origin: str, slug: str) -> Actor | None:
    key = standing.keys.get(f"{origin}/{slug}")
    return Actor(f"{origin}/{slug}", key.role, key.component) if key else None


def _report(bringing: Bringing, intake: Intake, faults: Sequence[Fault], header: Sequence[str]) -> int:
    """Print what became of the rows, write the list of faults where asked; the exit code."""
    options = bringing.options
    language = options.language
    if options.dry_run:
        print(told("cli.import.dry", language))
    if intake.repeated:
        print(told("cli.import.repeated", language, file=options.file.name))
    rows = {(fault.file, fault.row) for fault in faults}
    counts = [("accepted", intake.accepted), ("revised", intake.revised), ("unchanged", intake.unchanged)]
    for code, n in (*(counts if bringing.kind != "detections" else ()), ("set_aside", len(rows))):
        print(told(f"cli.import.{code}", language, n=n))
    missing = "not_known" if bringing.kind == "deletions" else "missing"
    more = (
        ("earlier", intake.earlier), ("withdrawn", intake.withdrawn), (missing, intake.missing),
        ("more_faults", intake.more_faults),
    )  # fmt: skip
    for code, n in more:
        if n:
            print(told(f"cli.import.{code}", language, n=n))
    for fault in faults:
        where, what, remedy = (plain(text, language) for text in sheets.told(fault, language))
        print(f"  {where}: {what} {remedy}")
    if intake.remarks:
        print(told("cli.import.remarks", language, n=len(intake.remarks)))
    for remark in intake.remarks:
        print("  {}: {} {}".format(*(plain(text, language) for text in sheets.told(remark, language))))
    if options.faults is not None and faults:
        try:
            options.faults.write_bytes(sheets.write_faults(faults, language, header))
        except OSError as error:
            print(told("cli.unwritable", language, file=options.faults, why=error.strerror or ""), file=sys.stderr)
            return 2
        print(told("cli.import.faults_written", language, file=options.faults))
    return 1 if faults else 0
