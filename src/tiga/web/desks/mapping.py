"""Saved column maps on the pages: brought along with a sheet, kept by name, seen, taken home, deleted.

Rules
1. Whoever may send a sheet may bring a map of the own along, and sees every saved one whole: it says how the sheet is read.
2. The secretariat alone keeps maps and deletes them, for what it keeps is offered to both sides. Who kept one is its own
   matter: the others see the hour.
3. A map is kept once it has been read as a map of the agreement in force; under a name that is there it takes the place of the
   earlier one, and that is said.
4. What cannot be used is said at its field, and nothing is read, kept or entered.

Not done here: reading sheets (`bringing`), what a map may say (`intake.sheets`).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from tiga.intake import sheets
from tiga.intake.sheets import BadColumnMap
from tiga.mechanism.acts import Actor
from tiga.store import maps
from tiga.web import filling, forms, readers
from tiga.web.access import Door

SHOWN_LIMIT = 300
"""Characters of what is wrong with a map."""


@dataclass(frozen=True, slots=True)
class Brought:
    """The map that a sheet is to be read by: the name of a saved one, or a map's plain data (None: the record's own form);
    `fault` is a word of the catalogue, `field` the form's field that it is said at, `why` the fault of the map itself."""

    named: str = ""
    tree: dict[str, Any] | None = None
    fault: str = ""
    field: str = "map"
    why: str = ""
    kept: str = ""
    replaced: bool = False


def may_keep(door: Door) -> bool:
    """Whether this reader keeps and deletes maps."""
    actor = door.actor
    return actor is not None and actor.role == "secretariat" and actor.key not in door.roster.revoked


def brought(request: HttpRequest, door: Door) -> Brought:
    """The map that a request names or brings along; kept, where a name is given for it."""
    named, file = request.POST.get("map", ""), request.FILES.get("map_file")
    keep = forms.line(request.POST.get("keep_as", ""))
    if keep and not may_keep(door):
        raise Http404
    if file is None:
        return Brought(named, fault="import.map_lacking", field="map_file") if keep else _saved(door, named)
    if named:
        return Brought(named, fault="import.map_both", field="map_file")
    if (file.size or 0) > maps.BYTES_LIMIT:
        return Brought(fault="import.map_large", field="map_file")
    try:
        tree = json.loads(file.read())
        sheets.column_map(_object(tree), _acts(door))
    except BadColumnMap as error:
        return Brought(fault="import.map_bad", field="map_file", why=str(error)[:SHOWN_LIMIT])
    except (ValueError, RecursionError):
        return Brought(fault="import.map_no_json", field="map_file")
    return _kept(door, keep, tree) if keep else Brought(tree=tree)


def _saved(door: Door, named: str) -> Brought:
    """The saved map of a name; the record's own form for none."""
    tree = maps.named(door.desk, named) if named else None
    return Brought(named, tree, "import.map_gone" if named and tree is None else "")


def _kept(door: Door, name: str, tree: dict[str, Any]) -> Brought:
    actor = door.actor
    assert actor is not None  # `may_keep` has looked
    there = maps.named(door.desk, name)
    try:
        maps.save(door.desk, name, tree, actor, door.now)
    except maps.NotKept as error:
        return Brought(tree=tree, fault=error.code, field="keep_as", why=error.limit)
    return Brought(name, tree, kept=name, replaced=there is not None and there != tree)


def _object(tree: object) -> dict[str, Any]:
    if not isinstance(tree, dict):
        raise BadColumnMap('a column map is an object; write {"name": …, "columns": {…}}')
    return tree


def _acts(door: Door) -> frozenset[str]:
    return frozenset(act.code for act in door.agreement.acts)


@dataclass(frozen=True, slots=True)
class Shown:
    """A saved map as its page shows it: rows of (heading, field), (field, default) and (word, act), and whether it fits the
    agreement in force."""

    kept: maps.Kept
    columns: tuple[tuple[str, str], ...]
    defaults: tuple[tuple[str, str], ...]
    aliases: tuple[tuple[str, str], ...]
    zone: str
    fits: bool


@require_http_methods(["GET", "POST"])
def saved_maps(request: HttpRequest, record: str) -> HttpResponse:
    """The saved maps, each whole; the secretariat deletes one."""
    door, _ = _asked(request, record)
    if request.method == "POST":
        if not may_keep(door) or not maps.delete(door.desk, request.POST.get("name", "")):
            raise Http404
        return redirect("maps", record=record)
    rows = [_shown(row, _acts(door)) for row in maps.kept(door.desk)]
    return render(request, "maps.html", {"rows": rows, "may_keep": may_keep(door)})


@require_safe
def map_file(request: HttpRequest, record: str, name: str) -> HttpResponse:
    """A saved map as a file: to be read, changed and brought along again."""
    door, _ = _asked(request, record)
    tree = maps.named(door.desk, name)
    if tree is None:
        raise Http404
    text = json.dumps(tree, ensure_ascii=False, indent=1) + "\n"
    return HttpResponse(text, content_type="application/json; charset=utf-8", headers={
        "Content-Disposition": f'attachment; filename="{filling.file_name(door, "map.json")}"',
    })  # fmt: skip


def _asked(request: HttpRequest, record: str) -> tuple[Door, Actor]:
    door = readers.door(request, record)
    if door.actor is None or not door.actor.key:
        raise Http404
    return door, door.actor


def _shown(row: maps.Kept, acts: frozenset[str]) -> Shown:
    def part(name: str) -> tuple[tuple[str, str], ...]:
        return tuple(row.tree.get(name, {}).items())

    try:
        sheets.column_map(row.tree, acts)
        fits = True
    except BadColumnMap:
        fits = False
    return Shown(row, part("columns"), part("defaults"), part("act_aliases"), str(row.tree.get("zone", "")), fits)
