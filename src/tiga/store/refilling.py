"""Refilling a log from mirrors: entries that are missing at its end, or all of them.

Rules (record.md section 7)
1. A mirror is a folder in the layout of C2SP tlog-tiles: `checkpoint`, and bundles under `tile/entries` or
   `tile/entries-redacted`.
2. The goal is the guard's head where there is a guard, else the newest head in the mirrors that the log's key has signed.
3. All leaves, those that are here and those taken, must lead to the goal's root before the first is entered.
4. Entries are entered as they were: the same order, the same bytes; so the heads come out the same, byte for byte.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from tiga.mechanism import affairs
from tiga.record.book import Submission
from tiga.record.checkpoints import open_checkpoint
from tiga.record.entries import leaf_of, parse
from tiga.record.notes import text_of
from tiga.record.refusals import Refused
from tiga.record.tiles import names, read_bundle, redacted_path, span
from tiga.record.tree import WIDTH, Tree
from tiga.store.guard import Stopped
from tiga.store.keys import CHECK
from tiga.values.shapes import BadShape

if TYPE_CHECKING:
    from tiga.store.desk import Desk


def refill(desk: Desk, mirrors: Iterable[Path]) -> int:
    """Take the missing entries from mirrors; returns how many; raises Stopped where they do not lead to the goal."""
    folders = list(mirrors)
    size, root = _goal(desk, folders)
    have = desk.ledger.size()
    if size <= have:
        return 0
    notes = _missing(folders, have, size)
    tiles: dict[tuple[int, int], bytes] = {}
    tree = Tree(lambda level, n: tiles[level, n])
    leaves = [leaf for leaf, _ in desk.ledger.leaves(0, have)] + [leaf_of(notes[index]) for index in range(have, size)]
    for at in range(0, size, WIDTH):
        for level, n, data in tree.extend(leaves[at : at + WIDTH]):
            tiles[level, n] = data
    if tree.root() != root:
        raise Stopped("refill_root", size=size)
    guard, desk.ledger.guard = desk.ledger.guard, None
    try:
        for index in range(have, size):
            desk.ledger.enter([Submission(notes[index], _threads(notes[index]))], {})
    finally:
        desk.ledger.guard = guard
    if guard is not None:
        guard.halt_path.unlink(missing_ok=True)
    desk.ledger.compare_guard()
    desk.rebuild()
    return size - have


def _threads(note: bytes) -> tuple[str, ...]:
    envelope = parse(text_of(note))
    try:
        kind = affairs.decode(envelope)
    except BadShape:
        return ()
    return kind.threads(envelope.sid) if kind is not None else ()


def _goal(desk: Desk, folders: list[Path]) -> tuple[int, bytes]:
    kept = desk.ledger.guard.read() if desk.ledger.guard is not None else None
    if kept is not None:
        return kept.size, kept.root
    heads = []
    for folder in folders:
        try:
            heads.append(open_checkpoint((folder / "checkpoint").read_bytes(), desk.log_key, CHECK()))
        except (OSError, Refused):
            continue
    if not heads:
        raise Stopped("refill_no_head", path=", ".join(map(str, folders)))
    best = max(heads, key=lambda head: head.size)
    return best.size, best.root


def _missing(folders: list[Path], have: int, size: int) -> dict[int, bytes]:
    """The bytes of the entries from `have` to before `size`, from whichever mirror has them."""
    found: dict[int, bytes] = {}
    for folder in folders:
        try:
            held = open_size(folder)
        except (OSError, Refused, ValueError):
            continue
        for name in names(min(held, 1 << 40), have):
            if name.is_bundle:
                _taken(folder, name, held, found)
    lost = [index for index in range(have, size) if index not in found]
    if lost:
        raise Stopped("refill_lost", index=lost[0], n=len(lost))
    return found


def open_size(folder: Path) -> int:
    """The size that a mirror's checkpoint states; whether it is true the leaves will show."""
    from tiga.record.checkpoints import parse as parse_checkpoint

    return parse_checkpoint(text_of((folder / "checkpoint").read_bytes())).size


def _taken(folder: Path, name: object, held: int, found: dict[int, bytes]) -> None:
    from tiga.record.tiles import REDACTED, TileName

    assert isinstance(name, TileName)
    for path, kind in ((name.path, name), (redacted_path(name.n, name.width), TileName(REDACTED, name.n, name.width))):
        try:
            rows = read_bundle(kind, (folder / path).read_bytes())
        except (OSError, Refused):
            continue
        for index, row in zip(span(name, held), rows, strict=False):
            if row.note is not None and leaf_of(row.note) == row.leaf:
                found.setdefault(index, row.note)
