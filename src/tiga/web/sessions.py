"""Signing in and out, and the reader's own choices: language and guide."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth import authenticate, get_user_model, login, logout
from django.contrib.auth.password_validation import validate_password
from django.core import signing
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST

from tiga.values.words import SPOKEN, say
from tiga.web import forms, readers
from tiga.web.middleware import COOKIE

YEAR = 365 * 24 * 3600
TRIES = 8
"""Wrong passwords in a row before a session must wait for a new one; a site puts a rate limit before it as well."""

FIELDS = (
    forms.Field("name", "line", "sign_in.name", required=True, limit=150),
    forms.Field("password", "password", "sign_in.password", required=True, limit=400),
)


def _next(request: HttpRequest, default: str = "/") -> str:
    """Where to go on to: a path of this site, never another's."""
    wanted = request.POST.get("next") or request.GET.get("next") or default
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if safe and wanted.startswith("/") else default


@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """The sign-in page: one-click people in a demo, a name and password elsewhere."""
    filled, wrong = forms.blank(FIELDS), False
    if request.method == "POST":
        filled = forms.read(FIELDS, request.POST)
        tries = int(request.session.get("tries", 0))
        if filled.good and tries < TRIES:
            user = authenticate(request, username=filled.values["name"], password=request.POST.get("password", ""))
            if user is not None:
                login(request, user)
                return HttpResponseRedirect(_next(request))
            request.session["tries"] = tries + 1
        wrong = filled.good
    people = list(readers.DEMO_PEOPLE) if settings.DEMO else []
    context = {"form": filled, "wrong": wrong, "people": people, "next": _next(request)}
    return render(request, "sign-in.html", context, status=200 if not wrong else 403)


@require_POST
def demo_sign_in(request: HttpRequest) -> HttpResponse:
    """One click in a demo; elsewhere this address is not there."""
    name = request.POST.get("person", "")
    if not settings.DEMO or name not in readers.DEMO_PEOPLE:
        raise Http404
    user = get_user_model().objects.filter(username=name).first()
    if user is None:
        raise Http404
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    return HttpResponseRedirect(_next(request))


JOIN = "tiga.join"
JOIN_DAYS = 14


def invitation(user: Any) -> str:
    """The address at which an invited person chooses a password; it works until that is done, for JOIN_DAYS."""
    return f"/join/{signing.dumps(user.pk, salt=JOIN)}/"


@require_http_methods(["GET", "POST"])
def join(request: HttpRequest, token: str) -> HttpResponse:
    """Choose a password, once."""
    try:
        user = get_user_model().objects.filter(pk=signing.loads(token, salt=JOIN, max_age=JOIN_DAYS * 86_400)).first()
    except signing.BadSignature:
        raise Http404 from None
    if user is None or user.has_usable_password():
        raise Http404
    faults: list[str] = []
    if request.method == "POST":
        password = request.POST.get("password", "")
        if password != request.POST.get("again", ""):
            faults = [say("join.differ", readers.language(request))]
        else:
            try:
                validate_password(password, user)
            except ValidationError:
                faults = [say("join.weak", readers.language(request))]
        if not faults:
            user.set_password(password)
            user.save()
            login(request, user, backend="django.contrib.auth.backends.ModelBackend")
            return redirect("shelves")
    return render(request, "join.html", {"name": user.get_username(), "faults": faults}, status=422 if faults else 200)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    return redirect("shelves")


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    tag = request.POST.get("language", "")
    response = HttpResponseRedirect(_next(request))
    if tag in SPOKEN:
        response.set_cookie(
            COOKIE, tag, max_age=YEAR, samesite="Lax", httponly=True, secure=settings.SESSION_COOKIE_SECURE
        )
    return response


@require_POST
def guide(request: HttpRequest) -> HttpResponse:
    """Put the guide away, for this session."""
    request.session["guide"] = "away"
    return HttpResponseRedirect(_next(request))
