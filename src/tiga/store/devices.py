"""Phones that may send: each has a token of its own, for the key of one person.

Rules
1. A token is drawn here, told once, and kept as its SHA-256: 256 random bits need no slow hash. It may do one thing: fetch
   the form and send submissions for its key. It opens no page and signs nobody in.
2. A token ends when it is revoked, and with its key; it never comes back. Rows are never deleted: submissions name them.
3. What a phone is called is encrypted, for people write names there.

Trust: whoever holds a token can send in the name of its key, and reads nothing but the empty form. What was sent so stays
marked with its device.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from tiga.record.notes import encode64
from tiga.store import vault
from tiga.store.desk import Desk
from tiga.store.models import Device
from tiga.store.statements import Statements
from tiga.values.moments import Instant

TOKEN_BYTES = 32
DEVICES_MAX = 2_000
"""Phones of one record, revoked ones counted."""
LABEL_LIMIT = 80


@dataclass(frozen=True, slots=True)
class Phone:
    """An enrolled phone."""

    number: str
    key: str
    label: str
    at: Instant
    revoked: Instant | None


class TooMany(Exception):
    """The record has as many phones as it may."""


def enrol(desk: Desk, key: str, label: str, now: Instant, entropy: Callable[[int], bytes]) -> tuple[str, Phone]:
    """A new phone for a key: its token, which is told this once, and its row; raises TooMany."""
    if Device.objects.using(desk.alias).count() >= DEVICES_MAX:
        raise TooMany
    token = encode64(entropy(TOKEN_BYTES)).rstrip("=").replace("+", "-").replace("/", "_")
    number, label = entropy(16).hex(), label[:LABEL_LIMIT]
    Device.objects.using(desk.alias).create(
        number=number, token=_digest(token), key=key, at_ms=now.ms,
        label=vault.conceal(desk.alias, _name(number), label.encode("utf-8")),
    )  # fmt: skip
    return token, Phone(number, key, label, now, None)


def revoke(desk: Desk, number: str, now: Instant) -> bool:
    """End a phone's token; False where there is no such phone, or it has ended."""
    rows = Device.objects.using(desk.alias).filter(number=number, revoked_ms=None)
    return bool(rows.update(revoked_ms=now.ms))


def bearer(desk: Desk, token: str) -> tuple[str, str] | None:
    """(number, key) of the phone that bears a token, if both it and its key still hold."""
    # plain SQL: every request of a phone passes here
    row = Statements(desk.alias).row(
        "SELECT number, key FROM device WHERE token = %s AND revoked_ms IS NULL", (_digest(token),)
    )
    return (str(row[0]), str(row[1])) if row is not None and holds(desk, str(row[1])) else None


def holds(desk: Desk, key: str) -> bool:
    """Whether a monitor's key may sign now."""
    state = desk.ledger.state
    holder = state.holders.get(key) if state is not None else None
    return holder is not None and holder.until is None and holder.role == "monitor"


def phones(desk: Desk) -> list[Phone]:
    """Every phone ever enrolled, newest first."""
    rows = list(Device.objects.using(desk.alias).order_by("-at_ms", "number"))
    labels = vault.reveal_all(desk.alias, {_name(row.number): bytes(row.label) for row in rows})
    return [
        Phone(
            row.number, row.key, labels.get(_name(row.number), b"").decode("utf-8"), Instant(row.at_ms),
            None if row.revoked_ms is None else Instant(row.revoked_ms),
        )
        for row in rows
    ]  # fmt: skip


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def _name(number: str) -> str:
    return f"device:{number}"
