"""The desks: what each role does. A view reads the form, calls one verb of the mechanism through the door, and shows what
came of it: the receipt, or the refusal with its clause and remedy. No rule stands here.
"""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tiga.web import readers

PAGE = 50
PANEL = ("mediator", "secretariat")
"""Who has to see to it that the panel speaks."""


@require_safe
def desk(request: HttpRequest, record: str) -> HttpResponse:
    """The reader's own desk: what waits for this role."""
    door = readers.door(request, record)
    rows = door.cases()
    component = door.reader.component
    due = door.telling.due()
    mine = [one for one in due if one.row.whose in (component, _side(door.reader.role))]
    waiting = []
    if door.reader.role == "mediator":
        waiting = [view for row in rows if not row.closed and (view := door.case(row.sid)) and _unsigned(view, door)]
    return render(request, "desk.html", {
        "mine": mine, "rows": rows, "waiting": waiting, "rebased": _rebased(rows, door.reader.role),
        "due": Paginator(due, PAGE).get_page(request.GET.get("page")),
    })  # fmt: skip


def _rebased(rows: list[Any], role: str) -> list[Any]:
    """What the panel owes a word on: cases whose finding rests on other reports than those it is bound to."""
    return [row for row in rows if row.basis == "changed"] if role in PANEL else []


def _side(role: str) -> str:
    return "mediators" if role == "mediator" else role


def _unsigned(view, door) -> bool:  # type: ignore[no-untyped-def]
    """Whether something on the case waits for this mediator's signature."""
    key = door.actor.key if door.actor else ""
    papers = [view.finding, view.determination, *view.measures]
    return any(paper is not None and paper.in_force is None and key not in paper.signers for paper in papers)
