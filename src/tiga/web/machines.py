"""Machine readers: a party's mirror reads by a signed header (`record.requests`), with the rights of its key's role.

Rules
1. A request with the header is read as the key's role and component, or answered 401; it never falls back to the session
   or to the public. A browser's session beside the header is not looked at.
2. The key may sign now under the key state. Nothing can be entered: there is no actor, and only GET and HEAD are answered.

Trust: whoever holds a person's key reads what that person may read until the key is revoked.
"""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from tiga.mechanism.release import Reader
from tiga.record import requests
from tiga.record.refusals import Refused
from tiga.store.desk import Desk
from tiga.store.keys import CHECK
from tiga.values.moments import Instant


class NotKnown(PermissionDenied):
    """A signed request that does not hold; `refusal` says why."""

    def __init__(self, refusal: Refused) -> None:
        super().__init__(refusal.code)
        self.refusal = refusal


def asks(request: HttpRequest) -> bool:
    """Whether a request bears the header."""
    scheme = request.headers.get("Authorization", "").partition(" ")[0]
    return scheme.lower() == requests.SCHEME.lower()


def reader(request: HttpRequest, desk: Desk, now: Instant) -> Reader | None:
    """Who reads by a signed request; None where the request bears no such header; raises NotKnown."""
    if not asks(request):
        return None
    state = desk.ledger.state
    keys = state.keys_at(desk.ledger.size()) if state is not None else {}
    try:
        if request.method not in ("GET", "HEAD"):
            raise Refused("tlog.method")
        name = requests.opened(
            request.headers["Authorization"], desk.origin, request.get_full_path(), now.ms // 1000, keys, CHECK()
        )
    except Refused as refusal:
        raise NotKnown(refusal) from refusal
    assert state is not None  # its keys are what was asked
    holder = state.holders[name]
    return Reader(holder.role, holder.component)
