"""From a request to a door: who reads which record, at what instant. Time and entropy enter the house here.

Rules
1. Nobody is anybody until a membership says so: without one, the reader is the public.
2. The record's time is the desk's: the wall clock, or an exercise's own.
"""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest

from tiga.mechanism.acts import Actor
from tiga.mechanism.release import Reader
from tiga.store import opening
from tiga.values.moments import Instant
from tiga.values.words import say
from tiga.web.access import Door
from tiga.web.models import Membership


def language(request: HttpRequest) -> str:
    """The tag of the language this request is answered in."""
    return str(getattr(request, "LANGUAGE_CODE", "en"))


def wall() -> Instant:
    """The wall clock."""
    return Instant.of(datetime.now(UTC))


def entropy(length: int) -> bytes:
    """Fresh random bytes for salts and decoys."""
    return secrets.token_bytes(length)


def salts() -> tuple[bytes, ...]:
    return tuple(entropy(16) for _ in range(6))


def door(request: HttpRequest, record: str) -> Door:
    """The door of this request to a record; raises Http404 for a record that is not there."""
    if record not in settings.RECORDS:
        raise Http404
    desk = opening.desk(record)
    place = _place(request, record)
    if place is None:
        found = Door(desk, Reader(), None, desk.now(wall()), wall)
    else:
        actor = Actor(place.key, place.role, place.component)
        found = Door(desk, Reader(place.role, place.component), actor, desk.now(wall()), wall)
    request.tiga_record, request.tiga_door = record, found  # type: ignore[attr-defined]
    return found


def _place(request: HttpRequest, record: str) -> Membership | None:
    user: Any = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return None
    return Membership.objects.filter(user=user, record=record).first()


def shown(request: HttpRequest) -> str:
    """The name that the masthead shows for whoever is signed in, or nothing."""
    user: Any = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return ""
    code = f"demo.{user.get_username()}"
    return (
        say(code, language(request))
        if settings.DEMO and user.get_username() in DEMO_PEOPLE
        else str(user.get_username())
    )


DEMO_PEOPLE: dict[str, dict[str, tuple[str, str, str]]] = {
    "liaison-1": {"exercise": ("liaison", "party-1", "liaison/1"), "press": ("analyst", "", "")},
    "liaison-2": {"exercise": ("liaison", "party-2", "liaison/2"), "press": ("analyst", "", "")},
    "mediator-1": {
        "exercise": ("mediator", "mediator-1", "mediator/1b"),
        "press": ("mediator", "ankara", "mediator/1"),
    },
    "mediator-2": {"exercise": ("mediator", "mediator-2", "mediator/2"), "press": ("mediator", "doha", "mediator/2")},
    "monitor": {"exercise": ("monitor", "", "monitor/1"), "press": ("monitor", "", "monitor/1")},
    "secretariat": {"exercise": ("secretariat", "", "secretariat/1"), "press": ("secretariat", "", "secretariat/1")},
    "analyst": {"exercise": ("analyst", "", ""), "press": ("analyst", "", "")},
}
"""The demo's people: per record role, component and key slug. No password: the sign-in is one click, in a demo alone."""
