"""Sheets that were tried and wait for their sender's word.

Rules
1. A sheet waits encrypted under a key of its own, for its sender alone, for a day at most; then, or once it was taken, its key
   is destroyed and its row deleted.
2. A sender has at most SHEETS_LIMIT of them: a further one drops the oldest.
3. The column map that it was tried by waits with it, under the same key, for a saved one may be replaced meanwhile. `map` is
   then MAPPED, and the map stands on the first line of the bytes.

Trust: as the vault's. Nothing here is an act, and nothing is counted.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from tiga.mechanism.acts import Actor
from tiga.store import vault
from tiga.store.desk import Desk
from tiga.store.models import Pending
from tiga.store.receiving import Entropy
from tiga.values.moments import Instant

SHEETS_LIMIT = 5
DAY_MS = 86_400_000
MAPPED = "="


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet that waits: its name, its bytes, and the column map that it is read by (None: the record's own form)."""

    name: str
    data: bytes
    tree: dict[str, Any] | None = None


def keep(desk: Desk, sheet: Sheet, by: Actor, now: Instant, entropy: Entropy) -> str:
    """Let a sheet wait; returns the token by which its sender takes it."""
    _prune(desk, now)
    mine = Pending.objects.using(desk.alias).filter(sender=by.key[:120]).order_by("-at_ms", "token")
    _drop(desk, list(mine[SHEETS_LIMIT - 1 :]))
    token = entropy(16).hex()
    Pending.objects.using(desk.alias).create(
        token=token, name=sheet.name[:200], sender=by.key[:120], map="" if sheet.tree is None else MAPPED, at_ms=now.ms,
        data=vault.conceal(desk.alias, _key(token), _told(sheet)),
    )  # fmt: skip
    return token


def take(desk: Desk, token: str, by: Actor, now: Instant) -> Sheet | None:
    """A sheet that waits for this sender, which waits no longer; None where there is none."""
    _prune(desk, now)
    mine = Pending.objects.using(desk.alias).filter(token=token[:32], sender=by.key[:120])
    row = mine.filter(map__in=("", MAPPED)).first()  # an earlier version let the map's name wait: that is tried again
    if row is None:
        return None
    data = vault.reveal(desk.alias, _key(row.token), bytes(row.data))
    _drop(desk, [row])
    if row.map != MAPPED:
        return Sheet(row.name, data)
    tree, _, rest = data.partition(b"\n")
    return Sheet(row.name, rest, json.loads(tree))


def _told(sheet: Sheet) -> bytes:
    return sheet.data if sheet.tree is None else json.dumps(sheet.tree).encode() + b"\n" + sheet.data


def _key(token: str) -> str:
    return f"pending:{token}"


def _prune(desk: Desk, now: Instant) -> None:
    _drop(desk, list(Pending.objects.using(desk.alias).filter(at_ms__lt=now.ms - DAY_MS)))


def _drop(desk: Desk, rows: list[Pending]) -> None:
    for row in rows:
        vault.forget(desk.alias, _key(row.token))
        row.delete(using=desk.alias)
