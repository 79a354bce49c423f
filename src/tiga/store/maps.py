"""Saved column maps: how a sender's sheets are read, kept by name with the record.

Rules
1. A map is kept as the plain data it came as, once it has been read as a map; under a name that is there it takes the place
   of the earlier one. What was read with that one is not read again.
2. A map is no entry: it says how a file was read on this host, and the reports say what was read.

Trust: whoever can change a saved map can change what a later sheet is taken to say, before it is signed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from tiga.mechanism.acts import Actor
from tiga.store.desk import Desk
from tiga.store.models import SavedMap
from tiga.values.moments import Instant

MAPS_LIMIT = 100
BYTES_LIMIT = 1_000_000
"""Of a map's file."""
NAME = re.compile(r"\w[\w .-]{0,59}\Z")


class NotKept(ValueError):
    """A map that cannot be kept; `code` is of the catalogue, `limit` its slot."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code, self.limit = code, str(MAPS_LIMIT)


@dataclass(frozen=True, slots=True)
class Kept:
    """A saved map: its name, its plain data, who saved it and when."""

    name: str
    tree: dict[str, Any]
    by: str
    at: Instant


def save(desk: Desk, name: str, tree: dict[str, Any], by: Actor, now: Instant) -> None:
    """Keep a map that has been read as one; raises NotKept."""
    if not NAME.match(name):
        raise NotKept("column_maps.name_bad")
    rows = SavedMap.objects.using(desk.alias)
    if rows.exclude(name=name).count() >= MAPS_LIMIT:
        raise NotKept("column_maps.too_many")
    rows.update_or_create(name=name, defaults={"tree": tree, "sender": by.key[:120], "at_ms": now.ms})


def delete(desk: Desk, name: str) -> bool:
    """Delete a saved map; whether there was one. What was read by it stays as it was read."""
    deleted, _ = SavedMap.objects.using(desk.alias).filter(name=name).delete()
    return bool(deleted)


def named(desk: Desk, name: str) -> dict[str, Any] | None:
    """The plain data of a saved map, or None."""
    row = SavedMap.objects.using(desk.alias).filter(name=name).first()
    return row.tree if row is not None else None


def kept(desk: Desk) -> tuple[Kept, ...]:
    """All saved maps, by name."""
    rows = SavedMap.objects.using(desk.alias).order_by("name")[:MAPS_LIMIT]
    return tuple(Kept(row.name, row.tree, row.sender, Instant(row.at_ms)) for row in rows)
