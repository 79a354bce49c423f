"""FIRMS' files of active fires become hotspots, or faults with names.

Rules
1. Bytes are handed in; a file is known by its heading, in any of the column sets of `columns` (`recognises`). So is the text
   that the service sends in place of rows; it is a fault with the service's own words.
2. Good rows go in; a faulty row is set aside whole, with every fault's file, row, column, reason and remedy.
3. Times are UTC; `acq_time` may have lost its leading zeros (`20` is twenty minutes past midnight).
4. What comes out is sorted and has each detection once (`tiga.drafts.hotspots`), whatever the order of the rows.
5. A heading without rows is a good answer: nothing was detected, or nothing was seen for clouds. It says which of the two
   nowhere, so it gives no hotspot and no fault.
6. Whatever the bytes are, the answer is hotspots and faults, never an exception.

Not done here: fetching, saying what was hot. A list is held whole, for it is sorted: about 600 bytes a row.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tiga.drafts import Fault, datasets, hotspots, tables
from tiga.drafts.cells import Reading
from tiga.drafts.hotspots import Hotspot
from tiga.drafts.tables import Limits
from tiga.drafts.texts import unguarded, visible
from tiga.intake.firms.columns import HEAT, PAGES, REFUSAL_CHARACTERS_LIMIT, REFUSALS, REQUIRED
from tiga.intake.firms.rows import hotspot

__all__ = ["Detections", "read", "recognises"]

LIMITS = Limits(256 * 1024 * 1024, 512 * 1024 * 1024, 500_000, 40)


@dataclass(frozen=True, slots=True)
class Detections:
    """What a file held: hotspots in their order, the faults, its heading, how many rows told a detection again."""

    hotspots: tuple[Hotspot, ...] = ()
    faults: tuple[Fault, ...] = ()
    header: tuple[str, ...] = ()
    same: int = 0


def recognises(data: bytes) -> bool:
    """Whether a file's heading is one of FIRMS', or the file is a text that its service sends in place of rows."""
    named = {datasets.heading(cell) for cell in tables.first_row(data)}
    return (named.issuperset(REQUIRED) and not named.isdisjoint(HEAT)) or bool(_refusal(data))


def read(name: str, chunks: Iterable[bytes]) -> Detections:
    """Read a file of at most 256 MiB (512 MiB unpacked) and 500,000 rows, handed in by pieces; never raises.

    `name` is the file's name, which stands in the faults.
    """
    file, faults = visible(name), list[Fault]()
    header: tuple[str, ...] = ()
    pieces = iter(chunks)
    head = next((piece for piece in pieces if piece), b"")
    if words := _refusal(head):
        return Detections(faults=(Fault(file, 0, "", "fault.service_refused", {"words": visible(words)}),))
    found: list[Hotspot] = []

    def rest() -> Iterator[bytes]:
        yield head
        yield from pieces

    places: dict[str, int] = {}
    for number, raw in enumerate(tables.rows(file, rest(), LIMITS), 1):
        if isinstance(raw, Fault):
            faults.append(raw)
        elif number == 1 or not places:
            if not any(raw):
                continue
            header = raw
            places, wrong = datasets.columns(file, header, REQUIRED)
            if wrong:
                return Detections(faults=tuple(wrong), header=header)
        elif any(raw):
            texts = {column: unguarded(raw[at]) if at < len(raw) else "" for column, at in places.items()}
            reading = Reading(file, number, raw, texts)
            if any(raw[len(header) :]):
                reading.fault("", "cells_extra", cells=str(len(header)))
            one = hotspot(reading)
            faults += reading.faults
            found += [one] if one is not None else []
    rows, same = hotspots.merged(found)
    return Detections(rows, tuple(faults), header, same)


def _refusal(data: bytes) -> str:
    """The words with which the service refused, or an empty text: a page, or one short line without a separator."""
    line = tables.start(data[:REFUSAL_CHARACTERS_LIMIT]).decode("utf-8", "replace").strip().split("\n", 1)[0]
    if line.casefold().startswith(PAGES):
        return line
    alone = len(data) < REFUSAL_CHARACTERS_LIMIT and not set(",;\t") & set(line)
    return line if alone and line.casefold().startswith(REFUSALS) else ""
