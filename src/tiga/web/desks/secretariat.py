"""The secretariat's desk: the panel, and an exercise's clock."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from tiga.mechanism import charter, mandates, release
from tiga.mechanism.deciders import seating
from tiga.values.moments import BadMoment, Instant, Span
from tiga.values.words import say
from tiga.web import readers
from tiga.web.desks import acting

WAITS = ("PT6H", "P1D", "P3D", "P7D")
"""Steps by which an exercise's clock may be moved from the page."""


@require_safe
def panel(request: HttpRequest, record: str) -> HttpResponse:
    """Who sits, who has stepped back, whether each quorum stands."""
    door = readers.door(request, record)
    if not release.may_see(door.reader, "R1"):
        raise Http404
    roster = door.roster
    quorums = [(quorum, mandates.count(roster, quorum, ())) for quorum in door.agreement.quorums]
    free = [key for key in roster.keys.values() if key.component and key.name not in roster.seats]
    return render(request, "panel.html", {
        "roster": roster, "quorums": quorums, "free": free, "seats": list(roster.seats.items()),
        "begins": door.deeds.on_panel(),
        "can_seat": door.reader.role in ("secretariat", "mediator"),
        "can_recuse": door.actor is not None and door.actor.key in roster.seats and door.actor.key not in roster.recused,
    })  # fmt: skip


@require_POST
def seat(request: HttpRequest, record: str) -> HttpResponse:
    door = readers.door(request, record)
    actor = door.actor
    if actor is None:
        raise Http404
    member = request.POST.get("member", "")
    key = door.roster.keys.get(member)
    component = key.component if key else ""
    result = door.act((), lambda s: seating.seat(s, member, component, actor, door.now))
    return acting.plain(request, result, "panel", record)


@require_POST
def clock(request: HttpRequest, record: str) -> HttpResponse:
    """Move an exercise's clock on by one of the steps, or to the next due instant."""
    door = readers.door(request, record)
    actor = door.actor
    if actor is None or not actor.key:
        raise Http404
    to = _to(door, request.POST.get("by", ""))
    reason = say("clock_move.reason", "en")  # an entry's text, not the page's
    result = door.act((), lambda s: charter.advance(s, to, reason, actor, door.now))
    return acting.plain(request, result, "overview", record)


def _to(door, by: str) -> Instant:  # type: ignore[no-untyped-def]
    if by == "next":
        due = [row.due_ms for row, _ in door.due() if row.due_ms > door.now.ms]
        return Instant(min(due) + 60_000) if due else door.now
    try:
        return Instant(door.now.plus(Span.parse(by)).ms) if by in WAITS else door.now
    except BadMoment:
        return door.now
