"""Files that arrive in pieces: each piece is durable before it is acknowledged, and a cut line loses at most one.

Rules
1. A file on its way belongs to the key that began it; to everybody else it is not there.
2. A piece begins where the last ended, and none leads past the length that was announced.
3. A sender has at most OPEN_MAX files and BYTES_MAX bytes on their way; each is dropped a day after it was begun.
4. Pieces are encrypted like everything in the vault, and their keys are destroyed with them. None of this is an act: nothing
   is on the record before the whole is deposited.

Trust: as the vault. The number of a file on its way is no secret that anything rests on.
"""

from __future__ import annotations

from typing import NamedTuple

from django.db.models import Sum

from tiga.mechanism.evidence import LENGTH_LIMIT
from tiga.store import vault
from tiga.store.disk import durable
from tiga.store.models import Arriving, Piece
from tiga.values.moments import Instant

KEPT_MS = 24 * 3_600_000
OPEN_MAX = 5
BYTES_MAX = 3 * LENGTH_LIMIT
"""Bytes announced by one sender for all files on their way."""
PIECES_MAX = 4_000
"""Pieces of one file; smaller ones are refused from there on."""
NAME_MAX = 200


class Where(NamedTuple):
    """A file on its way: how much is here, how much there will be, until when it is kept."""

    offset: int
    length: int
    until: Instant

    @property
    def whole(self) -> bool:
        return self.offset == self.length


def begin(alias: str, number: str, sender: str, name: str, length: int, now: Instant) -> Where | str:
    """Begin a file; `long` or `quota` where it is not taken. `number` has 32 characters that nobody guesses."""
    if not 0 < length <= LENGTH_LIMIT:
        return "long"
    with durable(alias):
        expire(alias, now)
        own = Arriving.objects.using(alias).filter(sender=sender)
        announced = own.aggregate(total=Sum("length"))["total"] or 0
        if own.count() >= OPEN_MAX or announced + length > BYTES_MAX:
            return "quota"
        row = Arriving.objects.using(alias).create(
            number=number, sender=sender, name=name[:NAME_MAX], length=length, received=0, at_ms=now.ms
        )
    return _where(row)


def where(alias: str, number: str, sender: str, now: Instant) -> Where | None:
    """Where a file of a sender stands; None where there is none, or none any more."""
    row = _own(alias, number, sender, now)
    return _where(row) if row is not None else None


def append(alias: str, number: str, sender: str, start: int, data: bytes, now: Instant) -> Where | str:
    """Keep a piece, durable when this returns; `absent`, `offset`, `long` or `pieces` where it is not taken."""
    with durable(alias):
        row = _own(alias, number, sender, now)
        if row is None:
            return "absent"
        if start != row.received:
            return "offset"
        if start + len(data) > row.length:
            return "long"
        if not data:
            return _where(row)
        if Piece.objects.using(alias).filter(number=number).count() >= PIECES_MAX:
            return "pieces"
        kept = vault.conceal(alias, _name(number, start), data)
        Piece.objects.using(alias).create(number=number, start=start, data=kept)
        row.received = start + len(data)
        row.save(using=alias)
    return _where(row)


def whole(alias: str, number: str, sender: str, now: Instant) -> tuple[str, bytes] | None:
    """(name, bytes) of a file that has arrived as a whole; None where it has not."""
    row = _own(alias, number, sender, now)
    if row is None or row.received != row.length:
        return None
    pieces = Piece.objects.using(alias).filter(number=number).order_by("start")
    data = b"".join(vault.reveal(alias, _name(number, piece.start), bytes(piece.data)) for piece in pieces)
    return (row.name, data) if len(data) == row.length else None


def drop(alias: str, number: str, sender: str) -> bool:
    """Forget a file of a sender; whether there was one."""
    with durable(alias):
        found = Arriving.objects.using(alias).filter(number=number, sender=sender).exists()
        if found:
            _forget(alias, [number])
    return found


def expire(alias: str, now: Instant) -> int:
    """Forget what was begun more than a day ago; returns how many files that were."""
    with durable(alias):
        rows = Arriving.objects.using(alias).filter(at_ms__lte=now.ms - KEPT_MS)
        numbers = list(rows.values_list("number", flat=True))
        _forget(alias, numbers)
    return len(numbers)


def _forget(alias: str, numbers: list[str]) -> None:
    pieces = Piece.objects.using(alias).filter(number__in=numbers)
    names = [_name(number, start) for number, start in pieces.values_list("number", "start")]
    pieces.delete()
    Arriving.objects.using(alias).filter(number__in=numbers).delete()
    if names:
        vault.keys(alias).destroy(names)


def _own(alias: str, number: str, sender: str, now: Instant) -> Arriving | None:
    rows = Arriving.objects.using(alias).filter(number=number, sender=sender, at_ms__gt=now.ms - KEPT_MS)
    return rows.first()


def _where(row: Arriving) -> Where:
    return Where(row.received, row.length, Instant(row.at_ms + KEPT_MS))


def _name(number: str, start: int) -> str:
    return f"piece {number} {start}"
