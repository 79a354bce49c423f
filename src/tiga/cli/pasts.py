"""The past that a draft is tried on: events read from files, and the two sides, whose names stay on this machine.

Rules
1. What a file is, its heading says: one of UCDP's or ACLED's event files, else a sheet of ours. A dataset's row that is no
   event (a protest, say) is left out with the reason, so that the numbers add up.
2. The sides stand in a file of their own, TOML (`side-1 = ["…"]`, `side-2 = ["…"]`) or CSV (`side,name`): parts of names. It
   is read and never repeated: an error names file, row and column, and no cell.
3. Whatever is printed or written of a file passes `Hidden`, which puts a dot row in place of each of those names and of the
   names of the agreements' own parties and groups.
4. A faulty row is set aside and named; the others are tried.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tiga.agreement.clauses import Agreement
from tiga.cli.lines import told
from tiga.drafts import Fault, FieldReport, events, tellings
from tiga.drafts.datasets import Dataset
from tiga.drafts.events import Past, Sides
from tiga.intake import acled, sheets, ucdp
from tiga.mechanism.assumptions import Assumptions
from tiga.values.words import SPOKEN, say

FILE_LIMIT = 64 * 1024 * 1024
"""Bytes read of a file of events; intake itself says where a file is too large for it."""
SIDES_LIMIT = 1_000_000
NAMES_MOST = 500
NAME_LEAST = 2
"""Characters of a part of a name: a single letter stands in everything."""
HIDDEN = "•••"


class Unusable(Exception):
    """A file that cannot be used: the message is for people, with the remedy."""


@dataclass(frozen=True, slots=True)
class Hidden:
    """Puts a dot row in place of names, whatever the case of their letters."""

    pattern: re.Pattern[str] | None

    @classmethod
    def of(cls, names: Iterable[str]) -> Hidden:
        """Longer names first, so that none leaves a part of another."""
        rows = sorted({name for name in names if len(name) >= NAME_LEAST}, key=lambda name: (-len(name), name))
        return cls(re.compile("|".join(map(re.escape, rows)), re.IGNORECASE) if rows else None)

    def __call__(self, text: str) -> str:
        return self.pattern.sub(HIDDEN, text) if self.pattern else text


def hidden(sides: Sides, agreements: Sequence[Agreement]) -> Hidden:
    """What must not be seen: the parts of names, and each party's and group's id and names where they are real."""
    neutral = {"party-1", "party-2"} | {say(f"backtest.party_{n}", tag).casefold() for n in (1, 2) for tag in SPOKEN}
    names = [part for parts in sides for part in parts]
    for agreement in agreements:
        for party in agreement.parties:
            names += [party.id, *(text for texts in party.names.values() for text in texts.values())]
        for group in (*agreement.groups, *agreement.outsiders):
            names += [group.id, *group.aliases, *(text for texts in group.names.values() for text in texts.values())]
    return Hidden.of(name for name in names if name.casefold() not in neutral)


# ---- sides


def sides(path: Path, language: str) -> Sides:
    """The parts of names of each side; raises Unusable, OSError."""
    with path.open("rb") as file:
        data = file.read(SIDES_LIMIT + 1)
    if len(data) > SIDES_LIMIT:
        raise Unusable(told("backtest.sides.large", language, n=SIDES_LIMIT))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unusable(told("backtest.sides.encoding", language)) from error
    found = _from_csv(text, language) if path.suffix.casefold() == ".csv" else _from_toml(text, language)
    if not found[0] or not found[1]:
        raise Unusable(told("backtest.sides.empty", language))
    if len(found[0]) + len(found[1]) > NAMES_MOST:
        raise Unusable(told("backtest.sides.many", language, n=NAMES_MOST))
    return found


def _from_toml(text: str, language: str) -> Sides:
    try:
        tree = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"line (\d+), column (\d+)", str(error))
        lines = text.split("\n")
        row, column = place.groups() if place else (len(lines), len(lines[-1]) + 1)
        raise Unusable(told("backtest.sides.toml", language, row=row, column=column)) from None
    if set(tree) != {"side-1", "side-2"}:
        raise Unusable(told("backtest.sides.keys", language))
    for key in ("side-1", "side-2"):
        names = tree[key]
        good = isinstance(names, list) and all(isinstance(one, str) and len(one.strip()) >= NAME_LEAST for one in names)
        if not good:
            raise Unusable(told("backtest.sides.names", language, key=key, n=NAME_LEAST))
    return [one.strip() for one in tree["side-1"]], [one.strip() for one in tree["side-2"]]


def _from_csv(text: str, language: str) -> Sides:
    found: tuple[list[str], list[str]] = ([], [])
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error:
        raise Unusable(told("backtest.sides.csv", language)) from None
    if not rows or [cell.strip().casefold() for cell in rows[0]] != ["side", "name"]:
        raise Unusable(told("backtest.sides.heading", language))
    for number, row in enumerate(rows[1:], 2):
        if not any(row):
            continue
        if row[0].strip() not in ("1", "2"):
            raise Unusable(told("backtest.sides.cell", language, row=number, column="side"))
        if len(row) != 2 or len(row[1].strip()) < NAME_LEAST:
            raise Unusable(told("backtest.sides.cell", language, row=number, column="name"))
        found[int(row[0]) - 1].append(row[1].strip())
    return found


# ---- events


@dataclass(frozen=True, slots=True)
class Taken:
    """What a file gave: its kind (`dataset`, `sheet`), its SHA-256, how many events or reports, the past, the faults."""

    kind: str
    sha256: str
    read: int
    past: Past
    faults: tuple[Fault, ...]


def taken(
    path: Path, found: Sides | None, agreements: Sequence[Agreement], assumed: Assumptions, zones: Mapping[str, str],
    language: str,
) -> Taken:  # fmt: skip
    """The past that a file tells; raises Unusable, OSError."""
    with path.open("rb") as file:
        data = file.read(FILE_LIMIT + 1)
    sha256 = hashlib.sha256(data).hexdigest()
    adapter = next((one for one in (acled, ucdp) if one.recognises(data)), None)
    if adapter is not None:
        if found is None:
            raise Unusable(told("backtest.sides.needed", language))
        dataset = adapter.read(path.name, data, zones)
        return Taken("dataset", sha256, len(dataset.reports), _between(dataset, found), dataset.faults)
    acts = frozenset(act.code for agreement in agreements for act in agreement.acts)
    sheet = sheets.read(path.name, data, sheets.field_report(acts))
    reports = [report for _, report in sheet.reports]
    parties = [party.id for party in agreements[0].parties]
    grouping = "grouped_by_weights" if assumed.rows == "grouped" else "row_is_event"
    groups = _grouped(reports) if assumed.rows == "grouped" else [[report] for report in reports]
    past = tellings.told(groups, found or ((), ()), parties, grouping)
    return Taken("sheet", sha256, len(reports), past, sheet.faults)


def _between(dataset: Dataset, found: Sides) -> Past:
    """What a dataset's file tells of the two sides, and what is left out of it."""
    past = events.happened((event for _, event in dataset.events), found)
    told_of = {number for number, _ in dataset.events}
    idle = [(report.report_id, "no_fighting") for number, report in dataset.reports if number not in told_of]
    return Past(past.happened, tuple(sorted((*past.left_out, *idle))))


def _grouped(reports: Sequence[FieldReport]) -> list[list[FieldReport]]:
    """The reports that are weighed as telling one happening, each report once, with the first of its claims."""
    from tiga.fusion import claims, clusters
    from tiga.fusion.gazetteer import Gazetteer

    by_id = {report.report_id: report for report in reports}
    rows = [claim for report in reports for claim in claims.claims_of(report.report_id, report, Gazetteer(()))]
    groups: list[list[FieldReport]] = []
    for grouping in clusters.group(rows).groups:
        ids = dict.fromkeys(claim.partition("#")[0] for claim in grouping.claims)
        group = [by_id.pop(id) for id in ids if id in by_id]
        groups += [group] if group else []
    return groups
