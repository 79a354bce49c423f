"""The log for readers: checkpoint, tiles of hashes, bundles, and what is public besides (C2SP tlog-tiles).

Rules
1. Tiles of hashes, checkpoint, policies, the log's key and agreement documents are for everybody: they hold no entry.
2. A bundle is made of rows that the caller has passed through the door. Its plain path is for rows that are all there;
   else it is at the redacted path, and the plain one says why it is not (`Shut`).
3. What is public besides is listed once (`papers`), so that pages and exports hand out the same files.

Not done here: who may see which entry (`web.access`), answering requests, writing folders.
"""

from __future__ import annotations

from collections.abc import Sequence

from tiga.record import tiles
from tiga.record.headcodes import head_code
from tiga.record.notes import encode64, text_of
from tiga.record.refusals import Refused
from tiga.record.tiles import ENTRIES, REDACTED, Row, TileName
from tiga.store import vault, witnessing
from tiga.store.desk import Desk


class Shut(Exception):
    """A plain bundle that cannot be given: an entry of it is suppressed (`gone`) or withheld; `instead` is the path to ask."""

    def __init__(self, gone: bool, instead: str) -> None:
        super().__init__(instead)
        self.gone, self.instead = gone, instead


def hashes(desk: Desk, name: TileName) -> bytes:
    """A tile of hashes of the present log; raises Refused where there is none of this name."""
    ledger = desk.ledger

    def leaves(start: int, stop: int) -> list[bytes]:
        return [leaf for leaf, _ in ledger.leaves(start, stop)]

    return tiles.data(name, ledger.size(), ledger.tile, leaves)


def bundle(name: TileName, rows: Sequence[Row]) -> bytes:
    """The bundle of a name from its rows; raises Shut where a plain one was asked for and not all rows are there."""
    if name.level == REDACTED:
        return tiles.redacted(rows)
    notes = [row.note for row in rows if row.note is not None]
    if len(notes) < len(rows):
        raise Shut(any(row.suppressed for row in rows), tiles.redacted_path(name.n, name.width))
    return tiles.bundle(notes)


def fitting(name: TileName, rows: Sequence[Row]) -> TileName:
    """The name, plain or redacted, under which these rows can be given."""
    return TileName(ENTRIES if all(row.note is not None for row in rows) else REDACTED, name.n, name.width)


def checkpoint(desk: Desk) -> bytes:
    """The newest head with the cosignatures that are held for it; empty before the first entry."""
    return witnessing.checkpoint(desk)


def consistency(desk: Desk, start: int) -> str:
    """The consistency proof from a size to the present head: both sizes on a line, then its hashes; raises Refused."""
    tree = desk.ledger.tree()
    if not 0 <= start <= tree.size:
        raise Refused("record.refused.index", {"index": start, "size": tree.size})
    return "\n".join([f"{start} {tree.size}", *map(encode64, tree.consistency(start))]) + "\n"


def papers(desk: Desk) -> dict[str, bytes]:
    """What is public besides checkpoint and tiles, by path; the same for every reader."""
    head = desk.ledger.head().checkpoint
    found = {"log-key": f"{desk.log_key.vkey}\n".encode()}
    if head:
        found["head-code"] = f"{head_code(text_of(head))}\n".encode()
    found |= {f"policy/{name}": data for name, data in witnessing.policies(desk).items()}
    return found | {f"documents/{sha256}.json": data for sha256, data in vault.documents(desk.alias).items()}
