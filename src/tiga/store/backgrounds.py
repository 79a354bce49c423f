"""Taking a background: counting reports, and entering what was counted.

Rules
1. What is counted are the reports that the groupings of an audience are made from, at the size of the log: those open to both
   parties, and the public ones.
2. A file is the bytes of `fusion.density.Snapshot.encoded`: one set of reports, one act tree and one table give one
   file, on every machine.
3. Whether a background is due the mechanism says (`backgrounds.due`); what is not due is not taken. Both files are durable
   with the entry that speaks of them, or neither is kept.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from tiga.mechanism import backgrounds
from tiga.mechanism.acts import Actor, Refusal
from tiga.mechanism.backgrounds import Counted, File
from tiga.store import fusing, vault
from tiga.store.desk import Desk, Done, ToSign, Waits
from tiga.store.disk import durable
from tiga.store.fusing import Basis
from tiga.values.moments import Instant

REGISTRAR = Actor("", "registrar")
DRAWS, TRIES = 4, 2


def _counted(desk: Desk, audience: str) -> tuple[bytes, File, Basis]:
    made = fusing.basis(desk.alias, desk.gazetteer, desk.standing().agreement, audience)
    reports = fusing.compared(desk.alias, desk.gazetteer, audience)
    claims = [claim for rows in reports.values() for claim in rows]
    data = made.own(claims).encoded(made.tree)
    return data, File(hashlib.sha256(data).hexdigest(), len(data), len(reports)), made


def take(desk: Desk, by: Actor, now: Instant, entropy: Callable[[int], bytes]) -> Done | Refusal | ToSign | Waits:
    """Count what is there and enter it. Counting takes long where there is much: it is done before the write lock, and again
    where entries came in meanwhile; the last time inside."""
    if not fusing.number(desk.alias):
        return Refusal("background_empty")
    for _ in range(TRIES):
        size, found = desk.ledger.size(), [_counted(desk, audience) for audience in ("R1", "R0")]
        with durable(desk.alias):
            if desk.ledger.size() == size:
                return _enter(desk, size, found, by, now, entropy)
    with durable(desk.alias):
        found = [_counted(desk, audience) for audience in ("R1", "R0")]
        return _enter(desk, desk.ledger.size(), found, by, now, entropy)


def _enter(
    desk: Desk, size: int, found: list[tuple[bytes, File, Basis]], by: Actor, now: Instant,
    entropy: Callable[[int], bytes],
) -> Done | Refusal | ToSign | Waits:  # fmt: skip
    """Enter what was counted of this many entries, with its files; the caller holds the write lock."""
    (data, parties, made), (other, public, _) = found
    one = Counted(size, made.table.version, made.weights, desk.gazetteer.digest(), parties, public)
    salts = tuple(entropy(16) for _ in range(DRAWS))
    fresh = [file for file in (data, other, desk.gazetteer.canonical()) if vault.keep_blob(desk.alias, file)]
    result = desk.act(("matches",), lambda standing: backgrounds.take(standing, one, by, now, salts), by)
    if not isinstance(result, Done):
        for file in fresh:
            vault.drop_blob(desk.alias, hashlib.sha256(file).hexdigest())
    return result


def renew(desk: Desk, now: Instant, entropy: Callable[[int], bytes]) -> bool:
    """Take a background where one is due; whether it was."""
    if not desk.ledger.size():
        return False
    last = fusing.last(desk.alias)
    made = fusing.basis(desk.alias, desk.gazetteer, desk.standing().agreement, "R1")
    same = last is not None and (last.weights, last.gazetteer) == (made.weights, desk.gazetteer.digest())
    counted, taken = (last.reports, Instant(last.at_ms)) if last is not None else (0, now)
    if not backgrounds.due(counted, fusing.number(desk.alias), taken, now, same):
        return False
    return isinstance(take(desk, REGISTRAR, now, entropy), Done)
