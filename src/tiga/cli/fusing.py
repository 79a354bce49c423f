"""`tiga fusion windowed`: datasets merged by a window and taxonomies, as published practice does it. No record, no server.

Rules
1. A dataset or taxonomy is given as NAME=FILE; a file alone is named by its own name without the ending.
2. What was wrong is printed with file, row, column and remedy; faulty rows are set aside and the others merged. Exit 1
   when anything was wrong, so that a script notices.
3. `--out` writes one row for each occurrence: the number of its group from 1, its dataset, its id there. Nothing else is
   changed, and nothing goes onto a record.

Not done here: the weighed fusion, which works on a record's reports (`regrouping` makes it again from a file).
"""

from __future__ import annotations

import argparse
import csv
import io
import sys
from collections.abc import Sequence
from pathlib import Path

from tiga.cli import given, regrouping
from tiga.cli.lines import plain, told
from tiga.drafts import Fault
from tiga.drafts.texts import guarded
from tiga.fusion import windowed, windowed_files
from tiga.fusion.windowed import Merged, Window
from tiga.intake import sheets
from tiga.record.refusals import Refused


def arguments(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    one = verbs.add_parser("windowed", help=told("cli.fusion.windowed", "en"))
    one.add_argument("datasets", metavar="[NAME=]FILE", nargs="+", help=told("cli.fusion.datasets", "en"))
    one.add_argument("--days", type=int, required=True, metavar="N", help=told("cli.fusion.days", "en"))
    one.add_argument("--metres", type=int, required=True, metavar="N", help=told("cli.fusion.metres", "en"))
    one.add_argument(
        "--taxonomy", action="append", default=[], metavar="[NAME=]FILE", help=told("cli.fusion.taxonomy", "en")
    )
    one.add_argument("--out", type=Path, metavar="FILE", help=told("cli.fusion.out", "en"))
    regrouping.arguments(verbs)


def run(options: argparse.Namespace) -> int:
    verbs = {
        "windowed": _windowed,
        "background": regrouping.background,
        "take-out": regrouping.take_out,
        "recompute": regrouping.recompute,
    }
    return verbs[options.verb](options)


def _windowed(options: argparse.Namespace) -> int:
    language = options.language
    try:
        merged, faults = _merged(options)
        if options.out is not None and merged.groups:
            options.out.write_text(_table(merged), encoding="utf-8", newline="")
    except (Refused, OSError) as error:
        return given.failed(error, language)
    for fault in faults:
        where, what, remedy = (plain(text, language) for text in sheets.told(fault, language))
        print(f"{where}: {what} {remedy}" if fault.file else f"{what} {remedy}", file=sys.stderr)
    for code, n in (
        ("read", sum(len(group) for group in merged.groups)), ("unique", merged.unique), ("matched", merged.matched),
        ("duplicates", merged.duplicates),
    ):  # fmt: skip
        print(told(f"cli.fusion.{code}", language, n=n))
    return 1 if faults else 0


def _merged(options: argparse.Namespace) -> tuple[Merged, list[Fault]]:
    """The groups, and all that was wrong; raises Refused or OSError for a file that cannot be had."""
    faults: list[Fault] = []
    taxonomies = []
    for name, path in map(_named, options.taxonomy):
        known = windowed_files.taxonomy(path.name, given.data(path, windowed_files.BYTES_LIMIT), name)
        taxonomies.append(known.taxonomy)
        faults += known.faults
    names = [taxonomy.name for taxonomy in taxonomies]
    datasets = []
    for name, path in map(_named, options.datasets):
        read = windowed_files.dataset(path.name, given.data(path, windowed_files.BYTES_LIMIT), name, names)
        datasets.append(read.dataset)
        faults += read.faults
    merged = windowed.merge(datasets, taxonomies, Window(options.days, options.metres))
    return merged, [*faults, *merged.faults]


def _named(text: str) -> tuple[str, Path]:
    name, mark, path = text.partition("=")
    return (name, Path(path)) if mark and name else (Path(text).stem, Path(text))


def _table(merged: Merged) -> str:
    out = io.StringIO(newline="")
    rows: Sequence[tuple[str, str, str]] = [
        (str(number), guarded(one.dataset), guarded(one.event_id))
        for number, group in enumerate(merged.groups, 1)
        for one in group
    ]
    csv.writer(out).writerows([("group", "dataset", "event"), *rows])
    return out.getvalue()
