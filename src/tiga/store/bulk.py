"""A dataset's bytes and its entry: both durable, or neither.

Rules
1. The file as it came and the table of its canonical rows go into the vault; the entry commits to both (mechanism.datasets).
2. What is refused leaves no bytes behind. The same rows again are refused as known, and change nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from tiga.mechanism import affairs, datasets
from tiga.mechanism.acts import Actor, Refusal
from tiga.mechanism.asks import fault
from tiga.mechanism.datasets import Described
from tiga.record import rowroots
from tiga.store import queries, vault
from tiga.store.desk import Desk, Done, ToSign, Waits
from tiga.store.disk import durable
from tiga.store.receiving import Entropy
from tiga.values.moments import Instant

FILE_BYTES_LIMIT = 64 * 1024 * 1024
"""Bytes of a file, and of a table, that the vault takes."""


def described(
    source: str, kind: str, data: bytes, rows: Sequence[bytes], first: Instant, last: Instant, release: str = "R1",
    supersedes: str = "",
) -> tuple[Described, bytes]:  # fmt: skip
    """A dataset as the mechanism takes it, and its table's bytes."""
    table = b"".join(rowroots.table(rows))
    root, number = rowroots.root(rows)
    hashes = (hashlib.sha256(data).hexdigest(), hashlib.sha256(table).hexdigest())
    return Described(
        source, kind, hashes[0], len(data), hashes[1], len(table), number, root.hex(), first, last, release, supersedes
    ), table


def enter(
    desk: Desk, one: Described, data: bytes, table: bytes, by: Actor, now: Instant, entropy: Entropy
) -> Done | Refusal | ToSign | Waits:
    """Enter a dataset with its bytes."""
    deed, given = affairs.DEEDS["dataset.enter"], datasets.given(one)
    refusal = fault(deed, given)
    if refusal is not None:
        return refusal
    if max(len(data), len(table)) > FILE_BYTES_LIMIT:
        return Refusal("dataset_large", values={"limit": str(FILE_BYTES_LIMIT)})
    draws = tuple(entropy(16) for _ in range(6))
    threads = [
        *deed.threads("", given),
        *(f"{datasets.NAME}:{row.sid}" for row in queries.affairs(desk, datasets.NAME)),
    ]
    with durable(desk.alias):
        fresh = [file for file in (data, table) if vault.keep_blob(desk.alias, file)]
        result = desk.act(threads, lambda s: deed.do(s, "", given, by, now, draws), by)
        if not isinstance(result, Done):
            for file in fresh:
                vault.drop_blob(desk.alias, hashlib.sha256(file).hexdigest())
    return result


def foreseen(desk: Desk, one: Described, by: Actor, now: Instant) -> Refusal | None:
    """Why a dataset would be refused now; None where it would be entered."""
    deed, given = affairs.DEEDS["dataset.enter"], datasets.given(one)
    threads = [
        *deed.threads("", given),
        *(f"{datasets.NAME}:{row.sid}" for row in queries.affairs(desk, datasets.NAME)),
    ]
    draws = tuple(bytes([n]) * 16 for n in range(6))  # nothing is entered with them
    outcome = fault(deed, given) or deed.do(desk.standing(threads), "", given, by, now, draws)
    return outcome if isinstance(outcome, Refusal) else None
