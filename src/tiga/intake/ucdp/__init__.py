"""UCDP GED and Candidate event files become events and field reports, or faults with names.

Rules
1. Bytes are handed in; a file is known by its heading (`recognises`), in any of the column sets of `columns`, with or
   without a row of HXL tags under it.
2. Good rows go in; a faulty row is set aside whole, with every fault's file, row, column, reason and remedy.
3. The importer states the zone of each country: the dataset's dates are local days without one, and none is guessed.
4. The same row twice is one event. Rows that give one event id other contents are all set aside: which of them holds, the
   order of rows cannot say. So the order of rows changes nothing.
5. The report id is the event's id in every release; a later release that tells the event otherwise is a new version of it.
6. Whatever the bytes are, the answer is events, reports and faults, never an exception.

7. `stream` tells a file by pieces, row by row, without holding it; `read` gathers a file of moderate size.

Not done here: comparing with reports already in the record, opening files, guessing what acts a dataset's words mean
(`tiga.drafts.events` assumes them, for trying rules on the past).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from tiga.drafts import datasets, tables
from tiga.drafts.datasets import Adapter, Dataset, Item
from tiga.intake.ucdp.archive import STREAM, WHOLE
from tiga.intake.ucdp.columns import NAMED_BY, REQUIRED
from tiga.intake.ucdp.rows import event, ident

__all__ = ["ADAPTER", "Dataset", "read", "recognises", "stream"]

ADAPTER = Adapter(REQUIRED, "id", STREAM, event, ident, lambda reading: 0)


def recognises(data: bytes) -> bool:
    """Whether a file's heading (of a CSV, or of the CSV in a zip or gzip) is one of UCDP's event files."""
    columns = {datasets.heading(cell) for cell in tables.first_row(data)}
    return columns.issuperset(REQUIRED) and not columns.isdisjoint(NAMED_BY)


def read(name: str, data: bytes, zones: Mapping[str, str]) -> Dataset:
    """Read an event file of at most 32 MiB (64 MiB unpacked) and 50,000 rows; never raises.

    `name` is the file's name, which stands in the faults. `zones` gives a zone (PKT, AFT, `+04:30`) for each country by the
    dataset's own name of it; under the empty name, for all others.
    """
    adapter = replace(ADAPTER, limits=WHOLE)
    return datasets.gathered(adapter, name, datasets.stream(adapter, name, (data,), zones))


def stream(name: str, chunks: Iterable[bytes], zones: Mapping[str, str]) -> Iterator[Item]:
    """Tell an event file by pieces: its heading, then its rows, within the limits of `archive.STREAM`; never raises."""
    return datasets.stream(ADAPTER, name, chunks, zones)
