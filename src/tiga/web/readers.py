"""From a request to a door: who reads which record, at what instant. Time and entropy enter the house here.

Rules
1. Nobody is anybody until a membership says so: without one, the reader is the public.
2. The record's time is the desk's: the wall clock, or an exercise's own.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import Http404, HttpRequest

from tiga.mechanism.acts import Actor
from tiga.mechanism.release import Reader
from tiga.record.entries import ENTRY_LIMIT
from tiga.store import opening
from tiga.store.desk import SIGNING_MINUTES_MAX
from tiga.values.moments import Instant
from tiga.values.words import say
from tiga.web import machines
from tiga.web.access import Door
from tiga.web.models import Membership

DRAWN = "tiga.drawn"


def language(request: HttpRequest) -> str:
    """The tag of the language this request is answered in."""
    return str(getattr(request, "LANGUAGE_CODE", "en"))


def wall() -> Instant:
    """The wall clock."""
    return Instant.of(datetime.now(UTC))


def entropy(length: int) -> bytes:
    """Fresh random bytes for salts and decoys."""
    return secrets.token_bytes(length)


def door(request: HttpRequest, record: str) -> Door:
    """The door of this request to a record; raises Http404 for a record that is not there."""
    if record not in settings.RECORDS:
        raise Http404
    desk = opening.desk(record)
    machine = machines.reader(request, desk, wall())
    place = None if machine else _place(request, record)
    if place is None:
        found = Door(desk, machine or Reader(), None, desk.now(wall()), wall)
    else:
        actor = Actor(place.key, place.role, place.component)
        found = Door(desk, Reader(place.role, place.component), actor, desk.now(wall()), wall)
    _drawn(request, found)
    request.tiga_record, request.tiga_door = record, found  # type: ignore[attr-defined]
    return found


def _drawn(request: HttpRequest, door: Door) -> None:
    """Give the door the entropy of this act: fresh, or that of the text which comes back signed, with its instant."""
    seed, at = secrets.token_bytes(16), door.now.ms
    token = request.POST.get("drawn", "") if request.method == "POST" else ""
    if token:
        try:
            held = signing.loads(token, salt=DRAWN, max_age=SIGNING_MINUTES_MAX * 60)
            if held["for"] != _whose(request):
                raise KeyError("for")
            seed, at = bytes.fromhex(held["seed"]), int(held["at"])
        except (signing.BadSignature, KeyError, ValueError):
            token = ""
    if token:
        file = request.FILES.get("signed")
        note = file.read(ENTRY_LIMIT + 1) if file is not None else request.POST.get("signed_text", "").encode("utf-8")
        door.signed, door.now = note.replace(b"\r\n", b"\n"), Instant(max(at, door.desk.time().ms))
    drawn = iter(range(1_000))
    door.entropy = lambda length: hashlib.sha256(seed + next(drawn).to_bytes(4, "big")).digest()[:length]
    request.tiga_drawn = signing.dumps({"seed": seed.hex(), "at": at, "for": _whose(request)}, salt=DRAWN)  # type: ignore[attr-defined]


def _whose(request: HttpRequest) -> list[str]:
    """Whom and which form a drawn text belongs to."""
    return [str(getattr(getattr(request, "user", None), "pk", "")), request.path]


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
