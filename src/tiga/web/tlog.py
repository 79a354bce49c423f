"""The log over HTTP, under `/<record>/tlog/`: C2SP tlog-tiles, and the few files that a mirror needs besides.

Rules
1. Checkpoint and tiles of hashes are everybody's. A tile never changes, so it may be kept for good.
2. Entries come through the door. `tile/entries/…` is answered where this reader may see all of them; else 403, or 410
   where one is suppressed, and both name `tile/entries-redacted/…`, which any reader gets.
3. A bundle is `private, no-store` unless all its entries are public. Even then it is kept for an hour only: an entry may
   yet be suppressed.
4. A signed request (`machines`) that does not hold is answered 401 at every address here.

Not done here: other ways of the log out of the house (`cli.exporting`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from tiga.mechanism.release import Reader
from tiga.mechanism.summary import Summary, only, summary
from tiga.record.refusals import Refused
from tiga.record.tiles import ENTRIES, TileName, parse_path, span
from tiga.store import opening, publishing
from tiga.store.desk import Desk
from tiga.store.publishing import Shut
from tiga.values.words import say
from tiga.web import machines, readers
from tiga.web.access import Absent, Door

TEXT, BYTES, DATA = "text/plain; charset=utf-8", "application/octet-stream", "application/json"
FOREVER = "public, max-age=31536000, immutable"
HOUR = "public, max-age=3600"
NEVER = "private, no-store"
FRESH = "no-cache"

View = Callable[..., HttpResponse]


def _answers(view: View) -> Callable[..., HttpResponseBase]:
    """GET and HEAD alone; refusals as plain text; 304 where the reader has it already."""

    @require_safe
    @wraps(view)
    def answer(request: HttpRequest, record: str, *words: str, **named: str) -> HttpResponseBase:
        if record not in settings.RECORDS:
            raise Http404
        language = readers.language(request)
        try:
            if machines.asks(request):
                readers.door(request, record)
            response = view(request, record, *words, **named)
        except machines.NotKnown as error:
            response = _text(error.refusal.text(language), 401)
            response["WWW-Authenticate"] = "Tiga"
            return response
        except Shut as shut:
            code = "tlog.gone" if shut.gone else "tlog.withheld"
            return _text(say(code, language, path=shut.instead), 410 if shut.gone else 403)
        except Refused as refusal:
            return _text(refusal.text(language), 404)
        etag = f'"{hashlib.sha256(response.content).hexdigest()}"'
        response["ETag"] = etag
        return get_conditional_response(request, etag=etag, response=response) or response

    return answer


def _text(sentence: str, status: int) -> HttpResponse:
    return HttpResponse(sentence + "\n", TEXT, status, headers={"Cache-Control": NEVER})


def _sent(data: bytes, kind: str, keep: str) -> HttpResponse:
    return HttpResponse(data, kind, headers={"Cache-Control": keep})


def _desk(record: str) -> Desk:
    return opening.desk(record)


@_answers
def checkpoint(request: HttpRequest, record: str) -> HttpResponse:
    """The newest head with its cosignatures."""
    data = publishing.checkpoint(_desk(record))
    if not data:
        raise Http404
    return _sent(data, TEXT, FRESH)


@_answers
def tile(request: HttpRequest, record: str, rest: str) -> HttpResponse:
    """A tile of hashes or a bundle, full or partial."""
    name = parse_path(f"tile/{rest}")
    if not name.is_bundle:
        return _sent(publishing.hashes(_desk(record), name), BYTES, FOREVER)
    door = readers.door(request, record)
    places = span(name, door.desk.ledger.size())
    data = publishing.bundle(name, door.entry_rows(places.start, places.stop))
    return _sent(data, BYTES, HOUR if _is_public(door, name) else NEVER)


def _is_public(door: Door, name: TileName) -> bool:
    """Whether a bundle holds entries that everybody may see, and nothing else."""
    places = range(name.n * 256, name.n * 256 + name.width)
    rows = Door(door.desk, Reader(), None, door.now).entry_rows(places.start, places.stop)
    return publishing.fitting(name, rows).level == ENTRIES


@_answers
def consistency(request: HttpRequest, record: str) -> HttpResponse:
    """The proof that the log of `from` entries is the beginning of the present one, as lines."""
    start = request.GET.get("from", "")
    if not start.isascii() or not start.isdigit() or len(start) > 16:
        return _text(say("tlog.from", readers.language(request)), 400)
    return _sent(publishing.consistency(_desk(record), int(start)).encode("ascii"), TEXT, FRESH)


@_answers
def paper(request: HttpRequest, record: str, name: str) -> HttpResponse:
    """The log's key, head code, policies, agreement documents."""
    data = publishing.papers(_desk(record)).get(name)
    if data is None:
        raise Http404
    document = name.startswith("documents/")
    return _sent(data, DATA if document else TEXT, FOREVER if document else FRESH)


@_answers
def state(request: HttpRequest, record: str) -> HttpResponse:
    """What this host says of cases and measures to this reader: a mirror computes the same from the entries."""
    door = readers.door(request, record)
    size = door.desk.ledger.size()
    said: Summary = {"cases": [], "measures": []}
    for sid in sorted(row.sid for row in door.cases()):
        try:
            standing = door.case(sid).standing
        except Absent:
            continue
        for part, rows in only(summary(standing), sid).items():
            said[part] += rows
    said["measures"].sort(key=lambda row: str(row["sid"]))
    plain = json.dumps({"origin": door.desk.origin, "size": size, **said}, indent=1, sort_keys=True)
    return _sent(plain.encode("utf-8") + b"\n", DATA, NEVER)
