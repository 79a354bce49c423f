"""ACLED's list of what it took back: a CSV, or the JSON that its service answers with.

Rules
1. A list is known by `event_id_cnty` beside `deleted_timestamp`, and by having no date of an event.
2. A row without a readable id is a fault; the same id twice is one.
3. The list names what is gone and says nothing of why; a report that is withdrawn for it stays on the record.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from tiga.drafts import Fault, datasets, tables
from tiga.drafts.datasets import Deletions
from tiga.drafts.tables import Limits
from tiga.drafts.texts import tidy, unguarded, visible
from tiga.intake.acled.rows import PREFIX

ID, WHEN = "event_id_cnty", "deleted_timestamp"
LIMITS = Limits(32 * 1024 * 1024, 64 * 1024 * 1024, 500_000, 20)

_ID = re.compile(r"[A-Za-z0-9]{1,40}\Z")
_JSON = re.compile(rb"\s*[\[{]")


def lists_deletions(data: bytes) -> bool:
    """Whether a file is a list of deleted events: by its heading, or as JSON by its first object."""
    if _JSON.match(data[:100]):
        head = data[: tables.HEAD_BYTES_LIMIT]
        return f'"{ID}"'.encode() in head and f'"{WHEN}"'.encode() in head and b'"event_date"' not in head
    named = {datasets.heading(cell) for cell in tables.first_row(data)}
    return named.issuperset((ID, WHEN)) and "event_date" not in named


def deletions(name: str, data: bytes) -> Deletions:
    """The report ids that a list takes back, with their rows; of JSON, row 2 is the first object. Never raises."""
    file = visible(name)
    header: tuple[str, ...] = (ID, WHEN)
    gone: dict[str, int] = {}
    faults: list[Fault] = []
    for item in _json(file, data) if _JSON.match(data[:100]) else _csv(file, data):
        if isinstance(item, Fault):
            faults.append(item)
            continue
        number, text, raw = item
        if not number:
            header = raw
        elif not text:
            faults.append(Fault(file, number, ID, "fault.field_missing", {"field": ID}, raw))
        elif not _ID.match(text):
            faults.append(Fault(file, number, ID, "fault.report_id_bad", {"value": visible(text)}, raw))
        else:
            gone.setdefault(f"{PREFIX}{text.upper()}", number)
    return Deletions(tuple((number, id) for id, number in gone.items()), tuple(faults), header)


_Found = tuple[int, str, tuple[str, ...]]
"""Row (0 for the heading), id, cells."""


def _csv(file: str, data: bytes) -> Iterator[_Found | Fault]:
    places: dict[str, int] = {}
    for number, row in enumerate(tables.rows(file, (data,), LIMITS), 1):
        if isinstance(row, Fault):
            yield row
        elif number == 1:
            places, faults = datasets.columns(file, row, (ID,))
            yield 0, "", row
            yield from faults
            if faults:
                return
        elif any(row):
            yield number, unguarded(row[places[ID]]) if places[ID] < len(row) else "", row


def _json(file: str, data: bytes) -> Iterator[_Found | Fault]:
    if len(data) > LIMITS.file_bytes:
        values = {"bytes": str(len(data)), "limit": str(LIMITS.file_bytes)}
        yield Fault(file, 0, "", "fault.file_too_large", values)
        return
    try:
        tree: Any = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        yield Fault(file, 0, "", "fault.json_unreadable", {})
        return
    rows = tree.get("data") if isinstance(tree, dict) else tree
    if not isinstance(rows, list):
        yield Fault(file, 0, "", "fault.json_unreadable", {})
        return
    for number, row in enumerate(rows, 2):
        if number > LIMITS.rows:
            yield Fault(file, number, "", "fault.rows_limit", {"limit": str(LIMITS.rows)})
            return
        found = row if isinstance(row, dict) else {}
        cells = tuple(tidy(str(found.get(column, ""))) for column in (ID, WHEN))
        yield number, cells[0], cells
