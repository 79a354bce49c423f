"""What every act at a desk has in common: redirect with the receipt, or the same page with the refusal."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from tiga.mechanism.acts import Refusal
from tiga.record import sidwords
from tiga.store.desk import Done, ToSign, Waits
from tiga.values.moments import Instant
from tiga.values.words import digits, knows, left_to_right, say
from tiga.web import readers
from tiga.web.access import Result

INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\Z", re.ASCII)
OWN_FIELDS = ("csrfmiddlewaretoken", "drawn", "signed_text")


@dataclass(frozen=True, slots=True)
class Shown:
    """A refusal as a page shows it."""

    text: str
    remedy: str
    clause: str


def shown(refusal: Refusal, language: str) -> Shown:
    """A refusal in the reader's language; values that are words of the catalogue are shown as words."""
    values = {name: _value(name, value, language) for name, value in refusal.values.items()}
    return Shown(
        say(f"refusal.{refusal.code}.text", language, **values),
        say(f"refusal.{refusal.code}.remedy", language, **values),
        refusal.clause,
    )


def _value(name: str, value: str, language: str) -> str:
    if INSTANT.match(value):
        return left_to_right(f"{digits(Instant.parse(value).local('UTC'), language)} UTC", language)
    section = {"given": "standard", "needed": "standard", "reason": "closing"}.get(name, name)
    code = f"{section}.{value}"
    return say(code, language) if knows(code) else value


def done(request: HttpRequest, result: Done, *target: str) -> HttpResponse:
    """Go on to a page with a line that says what was entered and where."""
    language = readers.language(request)
    messages.success(
        request, say("acting.entered", language, index=result.receipt.index), extra_tags=str(result.receipt.index)
    )
    return redirect(*target)


def refused(request: HttpRequest, template: str, context: dict[str, Any], refusal: Refusal) -> HttpResponse:
    """The same page again with the refusal; 409, because the state of things forbids it."""
    language = readers.language(request)
    return render(request, template, {**context, "refusal": shown(refusal, language)}, status=409)


def answer(request: HttpRequest, result: Result, *target: str) -> HttpResponse | None:
    """What follows an act that was neither entered nor refused: the text to sign, or the receipt of a sealed filing."""
    if isinstance(result, ToSign):
        fields = [(name, value) for name, values in request.POST.lists() for value in values if name not in OWN_FIELDS]
        return render(request, "sign.html", {
            "it": result, "words": sidwords.words(result.sid), "fields": fields,
            "drawn": request.tiga_drawn, "action": request.path, "files": list(request.FILES),  # type: ignore[attr-defined]
        })  # fmt: skip
    if isinstance(result, Waits):
        return redirect("filing", target[1] if len(target) > 1 else request.tiga_record, result.filing)  # type: ignore[attr-defined]
    return None


def plain(request: HttpRequest, result: Result, *target: str) -> HttpResponse:
    """Go on to a page, or show the refusal on a page of its own."""
    if other := answer(request, result, *target):
        return other
    assert isinstance(result, (Done, Refusal))  # the two others have been answered
    if isinstance(result, Refusal):
        language = readers.language(request)
        return render(request, "problem.html", {"code": "refused", "refusal": shown(result, language)}, status=409)
    return done(request, result, *target)
