"""Files sent in pieces over bad lines, after tus 1.0 (core, creation, expiration, termination): what clients of it know.

Rules
1. `POST uploads/` announces a length and is told an address; `HEAD` there tells how much has arrived; `PATCH` brings bytes
   from there on; `DELETE` takes it back. A request without `Tus-Resumable: 1.0.0` is answered 412.
2. Bytes are durable before 204. Where the line is cut, what came of a `PATCH` is kept all the same.
3. Whose key began a file alone finds it; others get 404, as for one that is not there. The page's own token is asked for.
4. Time is the server's; a file on its way is kept for a day. What is deposited in the end goes through the deposit form,
   which names the upload in place of a file.
"""

from __future__ import annotations

import base64
import binascii
import secrets
from datetime import UTC, datetime
from email.utils import format_datetime

from django.http import Http404, HttpRequest, HttpResponse, UnreadablePostError
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from tiga.mechanism import release
from tiga.mechanism.evidence import LENGTH_LIMIT
from tiga.store import arriving
from tiga.store.arriving import Where
from tiga.web import readers
from tiga.web.access import Door

VERSION = "1.0.0"
EXTENSIONS = "creation,expiration,termination"
BYTES_TYPE = "application/offset+octet-stream"
READ_BYTES = 1 << 16
METADATA_MAX = 2_000
"""Characters of `Upload-Metadata`."""
_STATUS = {"absent": 404, "offset": 409, "long": 413, "quota": 429, "pieces": 429}


def _door(request: HttpRequest, record: str) -> tuple[Door, str]:
    """The reader's door and the key that sends; whoever could deposit nothing finds nothing here."""
    door = readers.door(request, record)
    if door.actor is None or not door.actor.key or not release.may_see(door.reader, "R1") or door.scope == "press":
        raise Http404
    return door, door.actor.key


def _answer(status: int, where: Where | None = None, **headers: str) -> HttpResponse:
    response = HttpResponse(status=status)
    response.headers["Tus-Resumable"] = VERSION
    response.headers["Cache-Control"] = "no-store"
    if where is not None:
        until = datetime.fromtimestamp(where.until.ms // 1000, UTC)
        response.headers["Upload-Offset"] = str(where.offset)
        response.headers["Upload-Expires"] = format_datetime(until, usegmt=True)
    for name, value in headers.items():
        response.headers[name.replace("_", "-")] = value
    return response


def _known(request: HttpRequest) -> bool:
    return request.headers.get("Tus-Resumable") == VERSION


def _whole(text: str) -> int:
    """A whole number of a header; -1 where it is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else -1


def file_name(metadata: str) -> str:
    """The name in `Upload-Metadata`; empty where there is none that can be read."""
    for part in metadata[:METADATA_MAX].split(","):
        key, _, value = part.strip().partition(" ")
        if key == "filename":
            try:
                return base64.b64decode(value, validate=True).decode("utf-8")
            except (binascii.Error, UnicodeDecodeError):
                return ""
    return ""


@require_http_methods(["POST", "OPTIONS"])
def begin(request: HttpRequest, record: str) -> HttpResponse:
    """Announce a file."""
    door, key = _door(request, record)
    if request.method == "OPTIONS":
        return _answer(204, Tus_Version=VERSION, Tus_Extension=EXTENSIONS, Tus_Max_Size=str(LENGTH_LIMIT))
    if not _known(request):
        return _answer(412, Tus_Version=VERSION)
    length = _whole(request.headers.get("Upload-Length", ""))
    if length < 0:
        return _answer(400)
    number = secrets.token_hex(16)
    name = file_name(request.headers.get("Upload-Metadata", ""))
    found = arriving.begin(door.desk.alias, number, key, name, length, readers.wall())
    if isinstance(found, str):
        return _answer(_STATUS[found])
    return _answer(201, found, Location=reverse("upload", args=[record, number]))


@require_http_methods(["HEAD", "PATCH", "DELETE"])
def upload(request: HttpRequest, record: str, number: str) -> HttpResponse:
    """Tell how much has arrived, take more, or take it back."""
    door, key = _door(request, record)
    if not _known(request):
        return _answer(412, Tus_Version=VERSION)
    alias, now = door.desk.alias, readers.wall()
    if request.method == "DELETE":
        return _answer(204 if arriving.drop(alias, number, key) else 404)
    if request.method == "PATCH":
        if request.headers.get("Content-Type", "") != BYTES_TYPE:
            return _answer(415)
        start = _whole(request.headers.get("Upload-Offset", ""))
        if start < 0:
            return _answer(400)
        found = arriving.append(alias, number, key, start, _arrived(request), now)
        return _answer(_STATUS[found]) if isinstance(found, str) else _answer(204, found)
    where = arriving.where(alias, number, key, now)
    return _answer(404) if where is None else _answer(200, where, Upload_Length=str(where.length))


def _arrived(request: HttpRequest) -> bytes:
    """The bytes of a request, as many as came before the line was cut; never more than one file's and one byte."""
    parts, left = [], LENGTH_LIMIT + 1
    try:
        while left > 0 and (part := request.read(min(READ_BYTES, left))):
            parts.append(part)
            left -= len(part)
    except (UnreadablePostError, OSError):
        pass  # what came is kept; the sender asks with HEAD how much that was
    return b"".join(parts)


def taken(door: Door, number: str) -> tuple[str, bytes] | None:
    """(name, bytes) of a file of this reader that has arrived as a whole."""
    key = door.actor.key if door.actor is not None else ""
    return arriving.whole(door.desk.alias, number, key, readers.wall()) if key else None


def done(door: Door, number: str) -> None:
    """Forget a file once it is deposited."""
    if door.actor is not None:
        arriving.drop(door.desk.alias, number, door.actor.key)
