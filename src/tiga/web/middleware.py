"""What every response carries: the content policy, the language, and what the layout shows."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.conf.locale import LANG_INFO
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from tiga.values.words import LANGUAGES, SPOKEN, catalogue, say
from tiga.web import readers

Handler = Callable[[HttpRequest], HttpResponse]
COOKIE = "tiga_language"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
for _tag, _language in LANGUAGES.items():  # Django knows neither ps nor prs
    LANG_INFO.setdefault(
        _tag,
        {"bidi": _language.direction == "rtl", "code": _tag, "name": _tag, "name_local": _language.own_name},
    )


def policy(get_response: Handler) -> Handler:
    """A strict content policy unless the view has set one of its own."""

    def handle(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers.setdefault("Permissions-Policy", "geolocation=(), camera=(), microphone=()")
        return response

    return handle


def language(get_response: Handler) -> Handler:
    """The reader's language: the cookie's, else the browser's first that is spoken here, else English."""

    def handle(request: HttpRequest) -> HttpResponse:
        tag = request.COOKIES.get(COOKIE, "")
        if tag not in SPOKEN:
            tag = _preferred(request.headers.get("Accept-Language", ""))
        request.LANGUAGE_CODE = tag  # type: ignore[attr-defined]
        with translation.override(tag if tag in ("en", "ur") else "en"):
            response = get_response(request)
        response.headers.setdefault("Content-Language", tag)
        return response

    return handle


def _preferred(header: str) -> str:
    for part in header.split(",")[:10]:
        tag = part.split(";")[0].strip().lower().split("-")[0]
        if tag in SPOKEN:
            return tag
    return "en"


def page(request: HttpRequest) -> dict[str, object]:
    """What the layout needs: language, direction, records, the reader's place, whether this is an exercise."""
    tag = getattr(request, "LANGUAGE_CODE", "en")
    name = getattr(request, "tiga_record", "")
    door = getattr(request, "tiga_door", None)
    exercise = bool(name) and settings.RECORDS[name]["origin"].endswith("/exercise")
    return {
        "language": tag,
        "direction": LANGUAGES[tag].direction,
        "languages": [LANGUAGES[spoken] for spoken in SPOKEN],
        "reviewed": catalogue(tag).reviewed,
        "record": name,
        "records": list(settings.RECORDS),
        "exercise": exercise,
        "press": bool(name) and door is not None and door.scope == "press",
        "title_mark": say("page.exercise_mark", tag) if exercise else "",
        "door": door,
        "reader": door.reader if door else None,
        "now": door.now if door else None,
        "role": door.reader.role if door else "",
        "who": readers.shown(request),
        "demo": settings.DEMO,
    }
