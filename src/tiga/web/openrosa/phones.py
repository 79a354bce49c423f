"""What phones ask for and send. The rules stand in the package's docstring.

Not done here: reading answers (`intake.odk`, later, by `store.uptake`), pages for people (`pages`).
"""

from __future__ import annotations

import base64
import binascii
import functools
import hashlib
from collections.abc import Callable
from xml.sax.saxutils import escape

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import http_date
from django.views.decorators.csrf import csrf_exempt

from tiga.drafts.texts import visible
from tiga.intake import odk
from tiga.mechanism import evidence
from tiga.store import devices, opening, submissions, uptake
from tiga.store.desk import Desk
from tiga.store.guard import Stopped
from tiga.values.words import say
from tiga.web import readers
from tiga.web.openrosa.rates import Rates

REQUEST_BYTES = 12 * 1024 * 1024
"""Of one request; what is more is sent in several, as the header tells phones."""
FILES_A_REQUEST = 20
TOKEN_LIMIT = 100
XML = "text/xml; charset=utf-8"
RATES = Rates()
Asked = tuple[Desk, str, str]
"""The record's desk, the phone's number, its key."""
STATUS = {
    submissions.NEW: 201, submissions.AGAIN: 201, submissions.OTHER: 409, submissions.OUTDATED: 409, submissions.FULL: 413,
}  # fmt: skip


def _headed(answer: HttpResponse) -> HttpResponse:
    answer["X-OpenRosa-Version"] = "1.0"
    answer["X-OpenRosa-Accept-Content-Length"] = str(REQUEST_BYTES)
    answer["Date"] = http_date()
    answer["Cache-Control"] = "no-store"
    return answer


def _said(request: HttpRequest, status: int, code: str, **values: object) -> HttpResponse:
    """A message as OpenRosa words it, in the phone's language."""
    text = escape(say(f"openrosa.{code}", readers.language(request), **values))
    nature = "submit_success" if status == 201 else "error"
    body = (
        '<OpenRosaResponse xmlns="http://openrosa.org/http/response" items="0">'
        f'<message nature="{nature}">{text}</message></OpenRosaResponse>'
    )
    return HttpResponse(body, status=status, content_type=XML)


def phone(*methods: str) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """A view for phones: denied without a token that holds, and for other methods than these."""

    def wrap(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @functools.wraps(view)
        def asked(request: HttpRequest, record: str, token: str = "", **more: str) -> HttpResponse:
            return _headed(_answer(request, record, token, **more))

        def _answer(request: HttpRequest, record: str, token: str, **more: str) -> HttpResponse:
            if record not in settings.RECORDS:
                raise Http404
            desk = opening.desk(record)
            found = devices.bearer(desk, token or _password(request))
            if found is None:
                answer = _said(request, 401, "unknown")
                answer["WWW-Authenticate"] = 'Basic realm="tiga", charset="UTF-8"'
                return answer
            if request.method not in methods:
                answer = _said(request, 405, "method")
                answer["Allow"] = ", ".join(methods)
                return answer
            if not RATES.allowed(found[0], readers.wall().ms / 1000):
                answer = _said(request, 429, "often")
                answer["Retry-After"] = "60"
                return answer
            return view(request, (desk, *found), record=record, token=token, **more)

        return asked

    return wrap


def _password(request: HttpRequest) -> str:
    """The password of HTTP Basic, empty where there is none; the name before it does not count."""
    scheme, _, told = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "basic" or len(told) > 4 * TOKEN_LIMIT:
        return ""
    try:
        return base64.b64decode(told, validate=True).decode("utf-8").partition(":")[2][:TOKEN_LIMIT]
    except (binascii.Error, UnicodeDecodeError):
        return ""


def _address(request: HttpRequest, name: str, record: str, token: str, **more: str) -> str:
    kept = {"record": record, **more} | ({"token": token} if token else {})
    return request.build_absolute_uri(reverse(f"{name}-d" if token else name, kwargs=kept))


@phone("GET", "HEAD")
def form_list(request: HttpRequest, asked: Asked, record: str, token: str) -> HttpResponse:
    """The one form of the agreement in force; none before there is an agreement."""
    found, rows = uptake.form_bytes(asked[0]), ""
    if found is not None:
        form, data = found
        digest = hashlib.md5(data, usedforsecurity=False).hexdigest()
        address = escape(_address(request, "openrosa-form", record, token, form=form.form_id))
        rows = (
            f"<xform><formID>{escape(form.form_id)}</formID><name>{escape(form.title)}</name>"
            f"<version>{escape(form.version)}</version><hash>md5:{digest}</hash>"
            f"<downloadUrl>{address}</downloadUrl></xform>"
        )
    body = (
        f'<?xml version="1.0" encoding="UTF-8"?><xforms xmlns="http://openrosa.org/xforms/xformsList">{rows}</xforms>'
    )
    return HttpResponse(body, content_type=XML)


@phone("GET", "HEAD")
def form_xml(request: HttpRequest, asked: Asked, record: str, token: str, form: str) -> HttpResponse:
    """The form itself."""
    found = uptake.form_bytes(asked[0])
    if found is None or form != found[0].form_id:
        return _said(request, 404, "form")
    return HttpResponse(found[1], content_type=XML)


@phone("GET", "HEAD")
def manifest(request: HttpRequest, asked: Asked, record: str, token: str, form: str) -> HttpResponse:
    """The files that belong to the form: there are none."""
    if form != odk.FORM_ID:
        return _said(request, 404, "form")
    body = '<?xml version="1.0" encoding="UTF-8"?><manifest xmlns="http://openrosa.org/xforms/xformsManifest"/>'
    return HttpResponse(body, content_type=XML)


@csrf_exempt
@phone("HEAD", "POST")
def submission(request: HttpRequest, asked: Asked, record: str, token: str) -> HttpResponse:
    """Take in a submission, whole or in parts."""
    if request.method == "HEAD":
        return HttpResponse(status=204)
    if int(request.META.get("CONTENT_LENGTH") or 0) > REQUEST_BYTES:
        return _said(request, 413, "large", limit=REQUEST_BYTES)
    xml, files = _parts(request)
    if len(files) > FILES_A_REQUEST or any((file.size or 0) > evidence.LENGTH_LIMIT for file in files):
        return _said(request, 413, "file_large", limit=evidence.LENGTH_LIMIT, files=FILES_A_REQUEST)
    if xml is None:
        return _said(request, 400, "nothing")
    envelope = odk.opened(xml)
    if not isinstance(envelope, odk.Envelope):
        _, what, remedy = odk.told(envelope, readers.language(request))
        return _said(request, 400, "unreadable", what=what, remedy=remedy)
    if envelope.form_id != odk.FORM_ID:
        return _said(request, 404, "form")
    desk, device, key = asked
    named = [(visible(str(file.name)), file.read()) for file in files]
    try:
        outcome = submissions.keep(desk.alias, envelope, xml, named, device, key, readers.wall())
    except Stopped:
        return _said(request, 503, "stopped")
    return _said(request, STATUS[outcome], f"is_{outcome}")


def _parts(request: HttpRequest) -> tuple[bytes | None, list[UploadedFile]]:
    """The submission's XML, None where there is none, and the files beside it."""
    xml: bytes | None = None
    files: list[UploadedFile] = []
    for name, given in request.FILES.lists():
        for file in given:
            if name != odk.FILE_NAME:
                files.append(file)
            elif xml is None:
                xml = file.read(odk.XML_BYTES + 1)
    if xml is None and odk.FILE_NAME in request.POST:
        xml = str(request.POST[odk.FILE_NAME]).encode("utf-8")
    return xml, files
