"""The report's page: what it shows, and the form to grade the report. The page itself and every grade refused on it use it.

Offering is not deciding: whether a grade is taken is the mechanism's to say.
"""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from tiga.agreement.clauses import Agreement
from tiga.mechanism import grades, release
from tiga.mechanism.acts import Refusal
from tiga.store.desk import Done
from tiga.values import places
from tiga.values.moments import Instant
from tiga.values.words import say
from tiga.web import forms, knowing, readers
from tiga.web.access import Absent, Door, Result
from tiga.web.desks import acting
from tiga.web.forms import Choice, Field, Filled
from tiga.web.sights import ReportView

REASON_LIMIT = 400


def seen(door: Door, sid: str) -> ReportView:
    """The report as this reader may see it; raises Http404 where there is none."""
    try:
        return door.report(sid)
    except Absent:
        raise Http404 from None


def side(agreement: Agreement, place: places.Place) -> str:
    """The side of the line on which a place lies: a party's id, `indeterminate`, `unlocated` or `no_line`."""
    line = agreement.reference_line()
    if line is None:
        return "no_line"
    if place.point is None:
        return "unlocated"
    found = places.bank(place, line)
    return next((party.id for party in agreement.parties if party.bank == found), "indeterminate")


def context(request: HttpRequest, record: str, sid: str, **more: Any) -> dict[str, Any]:
    """Everything the report's page shows, for the page itself and for a grade that was refused on it."""
    door, language = readers.door(request, record), readers.language(request)
    view = seen(door, sid)
    try:
        index = door.index_of(sid) if door.reader.role != "public" else None
    except Absent:
        raise Http404 from None
    groups = [row for row in door.happenings() if sid in {item.sid for item in row.reports}]
    return {
        "it": view, "index": index, "groups": groups, "outside": door.outside(view),
        "side": side(door.agreement, view.report.where),
        "can_discredit": door.reader.role in ("mediator", "secretariat") and not view.discredited,
        "can_withdraw": door.deeds.deed("report.withdraw") is not None and not view.withdrawn,
        "effect": door.custody.effect(index, Instant(view.at_ms)) if index is not None else None,
        "ground": request.GET.get("ground", "")[:400],
        "values": door.custody.released(sid), "parties": [party.id for party in door.agreement.parties],
        **_graded(door, view, language), **more,
    }  # fmt: skip


def _graded(door: Door, view: ReportView, language: str) -> dict[str, Any]:
    """The grades of a report as the reader may know them, and the form where one would be taken."""
    said = view.report
    own = bool(said.reliability or said.credibility)
    return {
        "sees_grades": release.may_see(door.reader, "R1"), "grades": door.grading.of((view,)),
        "filer_grade": knowing.graded(said.reliability, said.credibility, view.by, Instant(view.at_ms), language) if own else "",
        "filer_is_party": own and said.channel == knowing.LIAISON,
        "grade_form": forms.blank(_fields(language)) if door.grading.offered(view) else None,
        "sealed_grade": view.sealed,
    }  # fmt: skip


def _fields(language: str) -> tuple[Field, ...]:
    return (
        _scale("reliability", grades.LETTERS, language), _scale("credibility", grades.DIGITS, language),
        Field("reason", "line", "grades.reason", required=True, limit=REASON_LIMIT),
    )  # fmt: skip


def _scale(name: str, values: tuple[str, ...], language: str) -> Field:
    """A letter or a digit to choose, or neither; each with its words."""
    choices = tuple(Choice(value, say(f"{name}.{value}", language)) for value in values)
    return Field(name, "radio", f"ask.{name}", choices=(Choice("", say("grades.left_out", language)), *choices))


@require_POST
def grade(request: HttpRequest, record: str, sid: str) -> HttpResponse:
    """Enter a grade of a report."""
    door, language = readers.door(request, record), readers.language(request)
    seen(door, sid)
    filled = forms.read(_fields(language), request.POST)
    if not filled.good:
        shown = acting.Shown(say("acting.faults", language), say("acting.mend", language), "")
        found = context(request, record, sid, refusal=shown)
        return render(request, "report.html", _again(found, filled), status=422)
    values = filled.values
    result = door.grading.enter(sid, values["reliability"], values["credibility"], values["reason"])
    return _answer(request, record, sid, result, filled)


@require_POST
def withdraw(request: HttpRequest, record: str, sid: str) -> HttpResponse:
    """Take a grade of one's own back."""
    door = readers.door(request, record)
    seen(door, sid)
    result = door.grading.withdraw(sid, forms.line(request.POST.get("grade", ""))[:43])
    return _answer(request, record, sid, result, None)


def _answer(request: HttpRequest, record: str, sid: str, result: Result, filled: Filled | None) -> HttpResponse:
    """After an act on a grade: the report again, with the receipt or with the refusal; or the text to be signed."""
    if other := acting.answer(request, result, "report", record, sid):
        return other
    assert isinstance(result, (Done, Refusal))  # the others have been answered
    if isinstance(result, Refusal):
        return acting.refused(request, "report.html", _again(context(request, record, sid), filled), result)
    return acting.done(request, result, "report", record, sid)


def _again(found: dict[str, Any], filled: Filled | None) -> dict[str, Any]:
    """The page with what was typed, where the form is offered still."""
    return found | {"grade_form": filled} if filled is not None and found["grade_form"] is not None else found
