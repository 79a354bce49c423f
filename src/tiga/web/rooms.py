"""Pages of the forum and of talks beyond their facts: agenda, minutes and packs of a session, drafts side by side, what would
be adopted, issued communiqués to print and to compare. They show what `telling` tells; no rule stands here.
"""

from __future__ import annotations

import hashlib
import re
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from tiga.agreement import reading
from tiga.mechanism import communiques, exhibits, matching, sessions, talks
from tiga.publish import communique as paper
from tiga.publish.communique import IssuedCommunique, IssuedText
from tiga.values.names import printed_number
from tiga.values.words import digits, left_to_right, say
from tiga.web import filling, grids, readers
from tiga.web.access import Absent, Door

TEXT_MAX = 60_000
"""Characters of a text to compare."""
VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,39}\Z")
ISOLATES = str.maketrans("", "", "\u2068\u2069")
STANDALONE = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'; base-uri 'none'; "
    "form-action 'none'"
)


def more(request: HttpRequest, door: Door, concept: str, sid: str) -> dict[str, Any]:
    """What the page of an object shows beside its facts: the template of its concept and what that needs."""
    language = readers.language(request)
    if concept == sessions.NAME:
        told = door.telling
        return {"panel": "_session.html", "items": told.agenda(sid), "minutes": told.minutes(sid, language),
                "packs": told.packs(sid)}  # fmt: skip
    if concept == talks.NAME:
        return {"panel": "_talks.html", **_drafts(request, door, sid)}
    if concept == communiques.NAME:
        return {"panel": "_communique.html"}
    if concept == exhibits.NAME:
        return {"panel": "_exhibit.html", **_exhibit(door, sid, language)}
    return {}


def _exhibit(door: Door, sid: str, language: str) -> dict[str, Any]:
    """A deposited file with its verdicts, the lines of its log, and the ground with which a report may be discredited."""
    try:
        row, log, report = door.exhibits.page(sid)
    except Absent:
        raise Http404 from None
    ground = say("exhibit.ground", language, number=printed_number(exhibits.PREFIX, sid))
    return {"row": row, "log": log, "report": report, "ground": plain(ground)}


def _drafts(request: HttpRequest, door: Door, sid: str) -> dict[str, Any]:
    """Drafts, newest first, and the difference between two: those asked for, else the last two."""
    version = request.GET.get("version", "")
    found = door.telling.drafts(sid, version if VERSION.match(version) else "")
    numbers = [view.draft.number for view in reversed(found)]
    before, after = (_asked(request, key, numbers, place) for key, place in (("from", -2), ("to", -1)))
    differ = door.telling.difference(sid, before, after) if before and after and before != after else ()
    return {"drafts": found, "numbers": numbers, "before": before, "after": after, "differ": differ}


def plain(text: str) -> str:
    """A text without isolates, as an entry takes it."""
    return text.translate(ISOLATES)


def _asked(request: HttpRequest, key: str, numbers: list[int], place: int) -> int:
    """The number of a draft that is asked for, or the one at a place; 0 where there is none."""
    text = request.GET.get(key, "")
    if text.isascii() and text.isdigit() and int(text[:6]) in numbers:
        return int(text[:6])
    return numbers[place] if len(numbers) >= -place else 0


@require_safe
def adopted(request: HttpRequest, record: str, sid: str, number: str) -> HttpResponse:
    """The next version of the agreement as canonical JSON, with the agreed clauses of a draft put in."""
    door, version = readers.door(request, record), request.GET.get("version", "")
    try:
        data, sha256 = door.telling.adopted(sid, int(number), version if VERSION.match(version) else "")
    except Absent:
        raise Http404 from None
    name = filling.file_name(door, f"agreement-{sha256[:12]}.json")
    return HttpResponse(data, content_type="application/json", headers={
        "Content-Disposition": f'attachment; filename="{name}"',
    })  # fmt: skip


@require_safe
def issued(request: HttpRequest, record: str, sid: str) -> HttpResponse:
    """An issued communiqué as a self-contained paper to print."""
    door, language = readers.door(request, record), readers.language(request)
    try:
        row = door.telling.communique(sid)
    except Absent:
        raise Http404 from None
    assert row.issued is not None and row.issued_at is not None  # told so
    turn = row.issued_at.ms // grids.DAY_MS
    parties = [party.id for party in reading.order(door.agreement, turn)]
    by = sorted(row.issued.by, key=lambda name: (name not in parties, parties.index(name) if name in parties else 0))
    texts = tuple(
        IssuedText(tag, lines, hashlib.sha256(communiques.published(row.issued, tag)).hexdigest())
        for tag, lines in row.issued.texts.items()
    )
    filled = IssuedCommunique(
        "exercise" if door.scope == "exercise" else "press", printed_number(communiques.PREFIX, sid), row.drafted.title,
        row.issued.of, tuple(grids.name(door.agreement, name, language) for name in by),
        left_to_right(f"{digits(row.issued_at.local('UTC'), language)} UTC", language), texts, row.issued.authoritative,
    )  # fmt: skip
    response = HttpResponse(paper.html(filled, language))
    response.headers["Content-Security-Policy"] = STANDALONE
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest, record: str) -> HttpResponse:
    """Whether a text that somebody published is a finding or a communiqué that was signed here."""
    door = readers.door(request, record)
    if communiques.NAME not in door.concepts():
        raise Http404
    text = request.POST.get("text", "")[:TEXT_MAX].replace("\r\n", "\n") if request.method == "POST" else ""
    found = door.signed_text(text) if text.strip() else None
    rebased = door.basis_day(found.case, found.finding) if isinstance(found, matching.Match) else ""
    empty = request.method == "POST" and not text.strip()
    shown = {"text": text, "asked": bool(text.strip()), "found": found, "empty": empty, "rebased": rebased}
    return render(request, "communique-check.html", shown, status=422 if empty else 200)
