"""ACLED event files and lists of deletions become events, field reports and withdrawals, or faults with names.

Rules
1. Bytes are handed in; a file is known by its heading (`recognises`, `lists_deletions`), in any of the column sets of
   `columns`.
2. Good rows go in; a faulty row is set aside whole, with every fault's file, row, column, reason and remedy.
3. The importer states the zone of each country: the dataset's dates are local days without one, and none is guessed.
4. The same row twice is one event. Of rows that give one event other contents, the one with the latest `timestamp` holds;
   without timestamps, or with equal ones, all are set aside.
5. The report id is the event's id in every release; a later release that tells the event otherwise is a new version of it,
   and an event on a list of deletions is withdrawn.
6. Whatever the bytes are, the answer is events, reports and faults, never an exception.
7. `stream` tells a file by pieces, row by row, without holding it; `read` gathers a file of moderate size.

Not done here: fetching anything (its terms ask every user to register), comparing with reports already in the record,
guessing what acts a dataset's words mean. No row of the dataset is shipped.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from tiga.drafts import datasets, tables
from tiga.drafts.datasets import Adapter, Dataset, Item
from tiga.drafts.tables import Limits
from tiga.intake.acled.columns import ALIASES, REQUIRED
from tiga.intake.acled.deletions import deletions, lists_deletions
from tiga.intake.acled.rows import changed, event, ident

__all__ = ["ADAPTER", "Dataset", "deletions", "lists_deletions", "read", "recognises", "stream"]

FILE_BYTES_LIMIT = 32 * 1024 * 1024
UNPACKED_BYTES_LIMIT = 64 * 1024 * 1024
WHOLE = Limits(FILE_BYTES_LIMIT, UNPACKED_BYTES_LIMIT, 50_000, 120, UNPACKED_BYTES_LIMIT)
STREAM = Limits(2 * 1024 * 1024 * 1024, 4 * 1024 * 1024 * 1024, 3_000_000, 120)
"""Of a file in pieces: all regions together have more than two million rows."""

ADAPTER = Adapter(REQUIRED, "event_id_cnty", STREAM, event, ident, changed, ALIASES)


def recognises(data: bytes) -> bool:
    """Whether a file's heading (of a CSV, or of the CSV in a zip or gzip) is one of ACLED's event files."""
    return {datasets.heading(cell) for cell in tables.first_row(data)}.issuperset(REQUIRED)


def read(name: str, data: bytes, zones: Mapping[str, str]) -> Dataset:
    """Read an event file of at most 32 MiB (64 MiB unpacked) and 50,000 rows; never raises.

    `name` is the file's name, which stands in the faults. `zones` gives a zone (PKT, AFT, `+04:30`) for each country by the
    dataset's own name of it; under the empty name, for all others.
    """
    adapter = replace(ADAPTER, limits=WHOLE)
    return datasets.gathered(adapter, name, datasets.stream(adapter, name, (data,), zones))


def stream(name: str, chunks: Iterable[bytes], zones: Mapping[str, str]) -> Iterator[Item]:
    """Tell an event file by pieces: its heading, then its rows, within the limits of STREAM; never raises."""
    return datasets.stream(ADAPTER, name, chunks, zones)
