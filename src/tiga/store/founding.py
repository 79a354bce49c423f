"""Founding a record: charter, agreement, and nothing else.

Rules
1. Entry 0 is the charter; entry 1 binds the agreement's canonical bytes.
2. An exercise gets the exercise version of the agreement, derived by `agreement.clauses.exercise_of`, never the real one.
"""

from __future__ import annotations

from tiga.agreement import reading
from tiga.agreement.clauses import Agreement, exercise_of
from tiga.mechanism import charter
from tiga.mechanism.acts import Actor, Refusal
from tiga.record import canonical
from tiga.store.desk import Desk
from tiga.values.moments import Instant


class Refounded(Exception):
    """The record could not be founded; the message names the refusal."""


def version_for(agreement: Agreement, scope: str) -> tuple[Agreement, bytes]:
    """The version a record of this scope adopts, with its canonical bytes."""
    if scope == "exercise":
        agreement = exercise_of(agreement, reading.digest(agreement, canonical.encode))
    return agreement, canonical.encode(reading.canonical(agreement))


def lay(
    desk: Desk, agreement: Agreement, scope: str, title: str, keys: tuple[charter.Key, ...], at: Instant,
    founding: charter.Founding = charter.NOTHING,
) -> None:  # fmt: skip
    """Found an empty record; a record that has entries is left as it is."""
    if desk.ledger.size():
        return
    version, data = version_for(agreement, scope)
    outcome = desk.found(charter.found(desk.origin, title, scope, keys, at, founding), [data])
    if isinstance(outcome, Refusal):
        raise Refounded(f"{outcome.code}: {dict(outcome.values)}")
    sha256 = reading.digest(version, canonical.encode)
    registrar = Actor("", "registrar")
    adopted = desk.act(
        (),
        lambda standing: charter.adopt_agreement(standing, version.id, version.version, sha256, len(data), at),
        registrar,
    )
    if isinstance(adopted, Refusal):
        raise Refounded(f"{adopted.code}: {dict(adopted.values)}")
