"""Whose a deed on a sheet is, beyond role and state: it is offered to nobody else. The deciders decide, and say why not.

Rules
1. A predicate asks what its decider asks of the person and the sheet, and nothing of what is given.
2. A sheet that is not there fits nobody.
3. A list offers names for a form; any other name that the decider takes may be given all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from tiga.mechanism import guards
from tiga.mechanism.acts import Actor, Refusal
from tiga.mechanism.sheets import folding, pointing, proving
from tiga.mechanism.sheets.folding import PINPOINT, SHARE, Pin, Sheet

if TYPE_CHECKING:
    from tiga.mechanism.standing import Standing


def _row(standing: Standing, sid: str) -> Sheet | None:
    return folding.state(standing).sheets.get(sid)


def _pin(standing: Standing, sid: str) -> Pin | None:
    """The point that was put last."""
    row = _row(standing, sid)
    return row.pins[-1] if row is not None and row.pins else None


def submits(standing: Standing, sid: str, by: Actor) -> bool:
    """Not a component without whose signature nothing could be shared."""
    return by.role == "liaison" or proving.own_quorum(standing, SHARE, by.component or by.role) is None


def submitted(standing: Standing, sid: str, by: Actor) -> bool:
    """Who submitted the sheet."""
    row = _row(standing, sid)
    return row is not None and (by.component or by.role) == row.submitted.submitter


def others(standing: Standing, sid: str, by: Actor) -> bool:
    """Anybody but who submitted the sheet."""
    row = _row(standing, sid)
    return row is not None and (by.component or by.role) != row.submitted.submitter


def addressed(standing: Standing, sid: str, by: Actor) -> bool:
    """The party with which the sheet was shared."""
    row = _row(standing, sid)
    return row is not None and row.shared is not None and by.component == row.shared.kind.party


def receives(standing: Standing, sid: str, by: Actor) -> bool:
    """The party addressed, until it has acknowledged receipt."""
    row = _row(standing, sid)
    return row is not None and row.acknowledged is None and addressed(standing, sid, by)


def confirms(standing: Standing, sid: str, by: Actor) -> bool:
    """Who confirms by the duty, once something was reported."""
    row = _row(standing, sid)
    if row is None or row.shared is None or not row.acted:
        return False
    return by.role == "mediator" or row.shared.kind.confirmed_by != "mediators"


def releases(standing: Standing, sid: str, by: Actor) -> bool:
    """A mediator who may sign for sharing."""
    row = _row(standing, sid)
    return row is not None and proving.assent(standing, SHARE, row, by) is None


def signs(standing: Standing, sid: str, by: Actor) -> bool:
    """A mediator whose signature is still awaited."""
    row = _row(standing, sid)
    return row is not None and not isinstance(proving.awaits(standing, row, by), Refusal)


def pinpoints(standing: Standing, sid: str, by: Actor) -> bool:
    """A mediator who may sign for a precise point, where the agreement has the terms for one."""
    row = _row(standing, sid)
    if row is None or proving.assent(standing, PINPOINT, row, by) is not None:
        return False
    return pointing.untouched(standing) is not None


def undertakes(standing: Standing, sid: str, by: Actor) -> bool:
    """The party addressed, while a point waits for its undertaking."""
    pin = _pin(standing, sid)
    return pin is not None and pin.undertaken is None and addressed(standing, sid, by)


def gives(standing: Standing, sid: str, by: Actor) -> bool:
    """Any mediator, once a point is signed and undertaken for, and not yet given."""
    pin = _pin(standing, sid)
    return pin is not None and pin.given is None and pin.complete is not None and pin.undertaken is not None


def flags(standing: Standing, sid: str, by: Actor) -> bool:
    """Once a point was given."""
    row = _row(standing, sid)
    return row is not None and any(pin.given is not None for pin in row.pins)


def origins(standing: Standing, sid: str) -> tuple[str, ...]:
    """Who may stand behind a sheet: components, and monitors' keys; not who submitted a custodial source alone."""
    row = _row(standing, sid)
    if row is None:
        return ()
    components = (*guards.parties(standing), *(mediator.id for mediator in guards.agreement(standing).mediators))
    keys = (key.name for key in standing.keys.values() if key.role == "monitor" and key.name not in standing.revoked)
    return tuple(
        name for name in (*components, *keys) if not row.submitted.custodial or name != row.submitted.submitter
    )


def readers(standing: Standing, sid: str) -> tuple[str, ...]:
    """Who may be named to read a precise point: keys of the party addressed that have not ended."""
    row = _row(standing, sid)
    return () if row is None else tuple(
        key.name for key in standing.keys.values()
        if key.component == row.submitted.about and key.name not in standing.revoked
    )  # fmt: skip


LISTS: Mapping[str, Callable[[Standing, str], tuple[str, ...]]] = {"origins": origins, "readers": readers}
"""What a form offers for an ask's list, by the list's name."""
