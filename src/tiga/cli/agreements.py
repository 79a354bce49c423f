"""`tiga agreement check|gaps|in-force|diff|impartial`: an agreement's text as it is drafted. No record, no server.

Rules
1. FILE is a path, or the id of a shipped agreement (`doha-istanbul-2025`). A path comes first.
2. `check` prints `file:line: what remedy`, one problem a line, and exits 1 when there is one. The other commands say
   the first problem of a file that has not even the shape of an agreement, and exit 1.
3. Nothing here judges a text: `agreement.drafting` and `agreement.reading` do; this module prints.
4. Who said what is printed beside the item and side by side, never merged.
5. `impartial` plays disputes; it stands in `impartiality`.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from tiga import shipped
from tiga.agreement import drafting, reading
from tiga.agreement.clauses import Agreement, Readout
from tiga.agreement.drafting import Change, Gap
from tiga.agreement.reading import Marked, WindowReading
from tiga.cli import annexes
from tiga.cli.lines import plain, told
from tiga.values.moments import BadMoment, Instant
from tiga.values.shapes import BadShape, spelled, to_plain
from tiga.values.words import knows, pick

SHOWN_LIMIT = 2_000
"""Characters of one changed value that `diff` prints."""


class Unreadable(Exception):
    """A file that cannot be used: its message is for people, `code` is the exit code."""

    def __init__(self, text: str, code: int) -> None:
        super().__init__(text)
        self.code = code


def arguments(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    made = {
        name: verbs.add_parser(name, help=told(f"cli.agreement.{code}", "en"))
        for name, code in (("check", "check"), ("gaps", "gaps"), ("in-force", "in_force"), ("diff", "diff"),
                           ("impartial", "impartial"))
    }  # fmt: skip
    for name in ("check", "gaps", "in-force", "impartial"):
        made[name].add_argument("file", metavar="FILE", help=told("cli.agreement.file", "en"))
    made["gaps"].add_argument("--json", action="store_true", help=told("cli.agreement.json", "en"))
    made["in-force"].add_argument("--at", required=True, metavar="INSTANT", help=told("cli.agreement.at", "en"))
    made["diff"].add_argument("before", metavar="A", help=told("cli.agreement.file", "en"))
    made["diff"].add_argument("after", metavar="B", help=told("cli.agreement.file", "en"))
    impartial = made["impartial"]
    impartial.add_argument("--disputes", type=int, default=200, metavar="N", help=told("cli.agreement.disputes", "en"))
    impartial.add_argument("--seed", default="1", metavar="S", help=told("cli.agreement.seed", "en"))
    impartial.add_argument("--out", type=Path, metavar="FILE", help=told("cli.agreement.impartial_out", "en"))


def run(options: argparse.Namespace) -> int:
    verbs = {"check": _check, "gaps": _gaps, "in-force": _in_force, "diff": _diff, "impartial": _impartial}
    try:
        return verbs[options.verb](options)
    except Unreadable as error:
        print(error, file=sys.stderr)
        return error.code


# ---- files


def source(name: str) -> Path:
    """The path that a file's name or a shipped agreement's id stands for; what is neither comes back as it is."""
    path = Path(name)
    if path.exists() or "/" in name or name in (".", ".."):
        return path
    try:
        held = shipped.folder("agreements") / name / "agreement.yaml"
    except shipped.NotShipped:
        return path
    return held if held.is_file() else path


def marked(name: str, language: str) -> Marked:
    """The plain data of an agreement file with its lines; raises Unreadable."""
    try:
        from tiga.cli import yaml_nodes
    except ImportError as error:
        raise Unreadable(told("cli.agreement.no_yaml", language), 2) from error
    path = source(name)
    try:
        with path.open("rb") as file:
            text = file.read(yaml_nodes.BYTES_LIMIT + 1)
    except OSError as error:
        known = ", ".join(_shipped()) or "-"
        why = told("cli.unreadable", language, file=name, why=error.strerror or "")
        raise Unreadable(f"{why}\n{told('cli.agreement.shipped', language, known=known)}", 2) from error
    try:
        return yaml_nodes.load(text)
    except yaml_nodes.BadYaml as error:
        raise Unreadable(f"{name}:{error.line}: {told(error.code, language, **error.values)}", 1) from error


def agreement(name: str, language: str) -> Agreement:
    """The agreement of a file or of a shipped id; raises Unreadable."""
    nodes = marked(name, language)
    try:
        return reading.agreement(nodes.data)
    except BadShape as error:
        values = {"path": spelled(error.path), "reason": error.reason}
        what, remedy = (told(f"agreement.problem.shape{part}", language, **values) for part in ("", ".remedy"))
        raise Unreadable(f"{name}:{nodes.line(error.path)}: {what} {remedy}", 1) from error


def _shipped() -> list[str]:
    try:
        return sorted(path.parent.name for path in shipped.folder("agreements").glob("*/agreement.yaml"))
    except shipped.NotShipped:
        return []


# ---- check


def _check(options: argparse.Namespace) -> int:
    language = options.language
    problems = annexes.check(marked(options.file, language))
    for problem in problems:
        what, remedy = plain(problem.text(language), language), plain(problem.remedy(language), language)
        print(f"{options.file}:{problem.line}: {what} {remedy}")
    if problems:
        print(told("cli.agreement.problems", language, n=len(problems)), file=sys.stderr)
        return 1
    print(told("cli.agreement.no_problems", language, file=options.file))
    return 0


# ---- gaps


def _gaps(options: argparse.Namespace) -> int:
    language = options.language
    text = agreement(options.file, language)
    found = drafting.gaps(text)
    if options.json:
        print(json.dumps([_data(gap) for gap in found], ensure_ascii=False, indent=1))
        return 0
    print(told("agreement.gap.title", language))
    if not found:
        print(told("agreement.gap.none", language))
    for number, gap in enumerate(found, 1):
        for line in _gap(number, gap, text, language):
            print(line)
    print()
    for kind in drafting.KINDS:
        n = sum(1 for gap in found if gap.kind == kind)
        print(told(f"cli.agreement.count_{kind}", language, n=n))
    return 0


def _data(gap: Gap) -> dict[str, Any]:
    """A gap as plain data: every member, empty or not."""
    members: dict[str, Any] = {
        name: getattr(gap, name) for name in ("path", "id", "item", "kind", "value", "needed_for")
    }
    return {
        **members, "note": gap.ground.note, "said": [to_plain(row) for row in gap.said],
        "settled": [to_plain(row) for row in gap.settled],
    }  # fmt: skip


def _gap(number: int, gap: Gap, text: Agreement, language: str) -> list[str]:
    """One open item: what it is, why it is open, who said what, how others settled it, what waits for it."""
    value = pick(gap.value, language)[0]
    note = "" if gap.ground.note in [row.text for row in gap.said] else pick(gap.ground.note, language)[0]
    head = f"{number:>3}. {told(f'agreement.item.{gap.item}', language)} {gap.id}" + (f": {value}" if value else "")
    lines = ["", plain(head, language), f"     {told(f'agreement.gap.{gap.kind}', language)}"]
    lines += [f"     {plain(note, language)}"] if note else []
    said = [_said(row, text, language) for row in gap.said]
    settled = [_cited(f"{row.mechanism}: {pick(row.how, language)[0]}", row.citation) for row in gap.settled]
    needed = [_needed(name, text, language) for name in gap.needed_for]
    for code, rows in (("said", said), ("settled", settled), ("needed", needed)):
        if rows:
            lines.append(f"     {told(f'agreement.gap.{code}', language)}:")
            lines += [f"       - {plain(row, language)}" for row in rows]
    return lines


def _said(row: Readout, text: Agreement, language: str) -> str:
    who = told(f"agreement.basis.{row.by}", language) if knows(f"agreement.basis.{row.by}") else (
        reading.display(text, row.by, "neutral", language)[0]
    )  # fmt: skip
    words = pick(row.text, language)[0]
    return _cited(f"{who}: {words}" if words else who, row.citation)


def _cited(text: str, citation: str) -> str:
    return f"{text} [{citation}]" if citation else text


def _needed(name: str, text: Agreement, language: str) -> str:
    """What waits, in words where the catalogue has them; else the id of a clause, as it is."""
    code = f"agreement.needs.{name.replace('.', '_')}"
    return f"{told(code, language)} ({name})" if knows(code) else name


# ---- in force


def _in_force(options: argparse.Namespace) -> int:
    language = options.language
    text = agreement(options.file, language)
    try:
        instant = Instant.read(options.at)
        zones = dict.fromkeys(("UTC", *(party.zone for party in text.parties)))
        clocks = " = ".join(f"{instant.local(zone)} {zone}" for zone in zones)
    except (BadMoment, OverflowError):
        print(told("cli.agreement.bad_instant", language, text=options.at), file=sys.stderr)
        return 2
    try:
        rows = reading.in_force(text, instant)
    except BadMoment as error:
        print(told("cli.agreement.bad_window", language, file=options.file, why=error), file=sys.stderr)
        return 1
    print(clocks)
    for row in rows:
        name = pick(row.instrument.name, language)[0]
        print(f"\n{plain(name, language)} ({row.instrument.id}): {told(f'agreement.status.{row.status}', language)}")
        for window in row.windows:
            print(f"  - {_window(window, text, language)}")
    return 0


def _window(row: WindowReading, text: Agreement, language: str) -> str:
    """Who says from when to when, on what basis, and how that reads at the instant."""
    window, basis = row.window, row.window.ground.basis
    agreed = window.by == "agreed"
    who = told("cli.agreement.agreed", language) if agreed else reading.display(text, window.by, "neutral", language)[0]
    start, until = (
        f"{edge} {window.zone}" if edge and "T" not in edge else edge for edge in (window.start, window.until)
    )
    until = until or told("cli.agreement.no_end", language)
    said = f"{who}: {start} / {until}: {told(f'agreement.window.{row.reading}', language)}."
    why = f" {told(f'agreement.window.{row.why}', language)}" if row.why else ""
    ground = told("cli.agreement.basis", language, basis=told(f"agreement.basis.{basis}", language))
    return plain(_cited(f"{said}{why} {ground}", window.ground.citation), language)


# ---- impartial


def _impartial(options: argparse.Namespace) -> int:
    from tiga.cli import impartiality  # it needs the mechanism, which the other verbs do without

    language = options.language
    if problems := annexes.check(marked(options.file, language)):
        print(told("cli.agreement.faulty", language, file=options.file, n=len(problems)), file=sys.stderr)
        return 1
    return impartiality.tried(agreement(options.file, language), options)


# ---- diff


def _diff(options: argparse.Namespace) -> int:
    language = options.language
    changes = drafting.diff(agreement(options.before, language), agreement(options.after, language))
    for change in changes:
        print(f"{change.path}")
        for mark, value in (("-", change.before), ("+", change.after)):
            if value is not None:
                print(f"  {mark} {shown(value, language)}")
    items = {_item(change) for change in changes}
    print(told("cli.agreement.changes", language, n=len(changes), items=len(items)) if changes
          else told("cli.agreement.no_change", language))  # fmt: skip
    return 0


def _item(change: Change) -> str:
    """The clause, deadline or other item that a change belongs to."""
    return change.id or change.path.split(".")[0]


def shown(value: Any, language: str) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)
    text = text if len(text) <= SHOWN_LIMIT else f"{text[:SHOWN_LIMIT]}…"
    return plain(text.replace("\n", " "), language)
