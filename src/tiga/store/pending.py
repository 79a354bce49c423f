"""Sheets that were tried and wait for their sender's word.

Rules
1. A sheet waits encrypted under a key of its own, for its sender alone, for a day at most; then, or once it was taken, its key
   is destroyed and its row deleted.
2. A sender has at most SHEETS_LIMIT of them: a further one drops the oldest.

Trust: as the vault's. Nothing here is an act, and nothing is counted.
"""

from __future__ import annotations

from dataclasses import dataclass

from tiga.mechanism.acts import Actor
from tiga.store import vault
from tiga.store.desk import Desk
from tiga.store.models import Pending
from tiga.store.receiving import Entropy
from tiga.values.moments import Instant

SHEETS_LIMIT = 5
DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet that waits: its name, the saved map it is read by (or empty), its bytes."""

    name: str
    map: str
    data: bytes


def keep(desk: Desk, name: str, map: str, data: bytes, by: Actor, now: Instant, entropy: Entropy) -> str:
    """Let a sheet wait; returns the token by which its sender takes it."""
    _prune(desk, now)
    mine = Pending.objects.using(desk.alias).filter(sender=by.key[:120]).order_by("-at_ms", "token")
    _drop(desk, list(mine[SHEETS_LIMIT - 1 :]))
    token = entropy(16).hex()
    Pending.objects.using(desk.alias).create(
        token=token, name=name[:200], sender=by.key[:120], map=map[:60], at_ms=now.ms,
        data=vault.conceal(desk.alias, _key(token), data),
    )  # fmt: skip
    return token


def take(desk: Desk, token: str, by: Actor, now: Instant) -> Sheet | None:
    """A sheet that waits for this sender, which waits no longer; None where there is none."""
    _prune(desk, now)
    row = Pending.objects.using(desk.alias).filter(token=token[:32], sender=by.key[:120]).first()
    if row is None:
        return None
    found = Sheet(row.name, row.map, vault.reveal(desk.alias, _key(row.token), bytes(row.data)))
    _drop(desk, [row])
    return found


def _key(token: str) -> str:
    return f"pending:{token}"


def _prune(desk: Desk, now: Instant) -> None:
    _drop(desk, list(Pending.objects.using(desk.alias).filter(at_ms__lt=now.ms - DAY_MS)))


def _drop(desk: Desk, rows: list[Pending]) -> None:
    for row in rows:
        vault.forget(desk.alias, _key(row.token))
        row.delete(using=desk.alias)
