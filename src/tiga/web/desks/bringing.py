"""A sheet comes in by the page: tried first, then entered at its sender's word.

Rules
1. `step=try` says what would happen, by the same deciders, and enters nothing; the sheet waits for its sender a day at most.
2. `step=enter` with the token of that trial enters the very bytes that were tried, read by the same map.
3. A sheet sent without a step is entered at once: for who has tried it elsewhere.
4. The map is the record's form, one that was saved by name, or one that is brought along (`mapping`); what no longer fits is
   said, and nothing is read.
"""

from __future__ import annotations

import json
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from tiga.intake import sheets
from tiga.intake.sheets import BadColumnMap
from tiga.intake.sheets.grid import FILE_BYTES_LIMIT
from tiga.mechanism.acts import Actor
from tiga.store import maps, pending, receiving
from tiga.store.receiving import Intake
from tiga.web import readers
from tiga.web.access import Door
from tiga.web.desks import mapping
from tiga.web.desks.mapping import Brought


@require_http_methods(["GET", "POST"])
def import_sheet(request: HttpRequest, record: str) -> HttpResponse:
    """A sheet comes in: what was, or would be, accepted, what was known, what was set aside and why."""
    door = readers.door(request, record)
    if door.actor is None or not door.actor.key:
        raise Http404
    if request.method == "GET":
        return _page(request, door)
    step = request.POST.get("step", "")
    if step == "enter":
        return _entered(request, door, door.actor)
    file, map = request.FILES.get("sheet"), mapping.brought(request, door)
    if map.fault:
        return _page(request, door, 422, map=map)
    if file is None and map.kept:
        return _page(request, door, map=map)
    if file is None:
        return _page(request, door, 422, fault="form.required", map=map)
    if (file.size or 0) > FILE_BYTES_LIMIT:
        return _page(request, door, 422, fault="form.file_large", map=map)
    return _sheet(request, door, door.actor, str(file.name)[:200], map, file.read(), tried=step == "try")


def _entered(request: HttpRequest, door: Door, actor: Actor) -> HttpResponse:
    """The sheet that was tried, at its sender's word."""
    sheet = pending.take(door.desk, request.POST.get("token", ""), actor, door.now)
    if sheet is None:
        return _page(request, door, 422, fault="import.no_longer_waits")
    return _sheet(request, door, actor, sheet.name, Brought(tree=sheet.tree), sheet.data)


def _sheet(
    request: HttpRequest, door: Door, actor: Actor, name: str, map: Brought, data: bytes, *, tried: bool = False
) -> HttpResponse:
    acts = frozenset(act.code for act in door.agreement.acts)
    tree = map.tree
    try:
        columns = sheets.field_report(acts) if tree is None else sheets.column_map(tree, acts)
    except BadColumnMap:  # saved under another agreement
        return _page(request, door, 422, map=Brought(map.named, fault="import.map_unfit"))
    sheet = sheets.read(name, data, columns)
    terms = json.dumps([[], tree], sort_keys=True) if tree is not None else ""
    rows, token = list(sheet.reports), ""
    if tried:
        intake = receiving.foreseen(door.desk, name, data, rows, sheet.faults, actor, door.now, terms)
        if not intake.repeated and intake.accepted + intake.revised:
            token = pending.keep(door.desk, pending.Sheet(name, data, tree), actor, door.now, readers.entropy)
    else:
        intake = receiving.receive(
            door.desk, name, data, rows, sheet.faults, actor, door.now, readers.entropy, terms
        )  # fmt: skip
    return _page(request, door, intake=intake, file=name, tried=tried, token=token, map=map)


def _page(
    request: HttpRequest, door: Door, status: int = 200, map: Brought | None = None, **context: Any
) -> HttpResponse:
    intake: Intake | None = context.get("intake")
    language = readers.language(request)
    told = [sheets.told(fault, language) for fault in intake.faults] if intake else []
    remarks = [sheets.told(remark, language) for remark in intake.remarks] if intake else []
    names = [row.name for row in maps.kept(door.desk)]
    shown = {
        "uploads": door.uploads(), "maps": names, "told": told, "remarks": remarks, "map": map or Brought(),
        "may_keep": mapping.may_keep(door), **context,
    }  # fmt: skip
    return render(request, "import.html", shown, status=status)
