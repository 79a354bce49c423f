"""The mediators' desk: triage, finding, signatures, determination, measure, verification, recusal, closing.

Every refusal comes from the mechanism; the forms offer what the state allows, and offering is not deciding.
"""

from __future__ import annotations

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from tiga.mechanism import cases
from tiga.mechanism import reports as report_acts
from tiga.mechanism.acts import Actor, Outcome
from tiga.mechanism.deciders import adoption, imposing, replies, ruling, seating, triage
from tiga.mechanism.findings import Held
from tiga.mechanism.standing import Standing
from tiga.values.words import say
from tiga.web import forms, readers
from tiga.web.access import Door
from tiga.web.desks import acting, case_page
from tiga.web.forms import Field, Filled
from tiga.web.sights import CaseView

Verb = Callable[[Standing, Actor, Door], Outcome]


def _do(request: HttpRequest, record: str, sid: str, verb: Verb) -> HttpResponse:
    """Call a verb on a case and show the case again: with the receipt, or with the refusal."""
    door = readers.door(request, record)
    actor = door.actor
    if actor is None:
        raise Http404
    result = door.act(door.case_threads(sid), lambda s: verb(s, actor, door))
    return case_page.answer(request, record, sid, result)


def _filled(
    request: HttpRequest, record: str, sid: str, which: str, fields: tuple[Field, ...]
) -> Filled | HttpResponse:
    """A form read, or the case page with its faults."""
    filled = forms.read(fields, request.POST)
    if filled.good:
        return filled
    language = readers.language(request)
    context = case_page.context(request, record, sid)
    context["forms"] = {**context["forms"], which: filled}
    context["refusal"] = acting.Shown(say("acting.faults", language), say("acting.mend", language), "")
    return render(request, "case.html", context, status=422)


def _mediator(request: HttpRequest, record: str, sid: str) -> tuple[Door, CaseView, str]:
    door = readers.door(request, record)
    view = case_page.seen(door, sid)
    if door.reader.role != "mediator":
        raise Http404
    return door, view, readers.language(request)


@require_POST
def admit(request: HttpRequest, record: str, sid: str) -> HttpResponse:
    door, _, language = _mediator(request, record, sid)
    filled = _filled(request, record, sid, "admit", case_page.admit_fields(door, language))
    if isinstance(filled, HttpResponse):
        return filled
    values = filled.values
    return _do(
        request, record, sid, lambda s, by, d: triage.admit(s, sid, values["standard"], values["reasons"], by, d.now)
    )


@require_POST
def open_replies(request: HttpRequest, record: str, sid: str) -> HttpResponse:
    return _do(request, record, sid, lambda s, by, d: replies.open_replies(s, sid, by, d.now))


@require_POST
def finding(request: HttpRequest, record: str, sid: str) -> HttpResponse:
    door, view, language = _mediator(request, record, sid)
    filled = _filled(request, record, sid, "finding", case_page.finding_fields(door, view, language))
    if isinstance(filled, HttpResponse):
        return filled
    held = tuple(
        Held(
            issue.id, filled.values[f"holding-{issue.id}"], filled.values[f"standard-{issue.id}"],
            filled.values[f"gist-{issue.id}"], filled.values[f"attribution-{issue.id}"],
            tuple(sorted(filled.lists[f"supports-{issue.id}"])), tuple(sorted(filled.lists[f"factors-{issue.id}"])),
            tuple(sorted(filled.lists[f"limitations-{issue.id}"])),
            tuple(forms.line(row) for row in filled.values[f"elements-{issue.id}"].split("\n") if row.strip()),
        )
        for issue in view.case.opened.issues
    )  # fmt: skip
    return _do(request, record, sid, lambda s, by, d: adoption.adopt(s, sid, held, by, d.now))


@require_POST
def dissent(request: HttpRequest, record: str, sid: str) -> HttpResponse:
    text = forms.line(request.POST.get("text", ""))[: cases.TEXT_LIMIT]

    def verb(s: Standing, by: Actor, door: Door) -> Outcome:
        case = s.cases.get(sid)
        return adoption.dissent(s, case.finding if case else "", text, by, door.now)

    return _do(request, record, sid, verb)


@require_POST
def determination(request: HttpRequest, record: str, sid: str) -> HttpResponse:
    _, view, language = _mediator(request, record, sid)
    filled = _filled(request, record, sid, "determination", case_page.determination_fields(view, language))
    if isinstance(filled, HttpResponse):
        return filled
    ruled = {issue.id: filled.values[f"disposition-{issue.id}"] for issue in view.case.breaches}
    reasons = filled.values["reasons"]
    return _do(request, record, sid, lambda s, by, d: ruling.issue(s, sid, ruled, reasons, by, d.now))


@require_POST
def measure(request: HttpRequest, record: str, sid: str) -> HttpResponse:
    issue = request.POST.get("issue", "i1")
    return _do(request, record, sid, lambda s, by, d: imposing.impose(s, sid, issue, by, d.now))


@require_POST
def sign(request: HttpRequest, record: str, sid: str) -> HttpResponse:
    paper = request.POST.get("of", "")
    return _do(request, record, sid, lambda s, by, d: ruling.sign(s, paper, by, d.now))


@require_POST
def verify(request: HttpRequest, record: str, sid: str) -> HttpResponse:
    paper, item = request.POST.get("measure", ""), request.POST.get("item", "")
    met, text = request.POST.get("met") == "yes", forms.line(request.POST.get("text", ""))
    return _do(request, record, sid, lambda s, by, d: imposing.verify_compliance(s, paper, item, met, text, by, d.now))


@require_POST
def close(request: HttpRequest, record: str, sid: str) -> HttpResponse:
    _, _, language = _mediator(request, record, sid)
    filled = _filled(request, record, sid, "close", case_page.close_fields(language))
    if isinstance(filled, HttpResponse):
        return filled
    values = filled.values
    return _do(request, record, sid, lambda s, by, d: triage.close(s, sid, values["reason"], values["note"], by, d.now))


@require_POST
def discredit(request: HttpRequest, record: str, sid: str) -> HttpResponse:
    """Mark a report as discredited, with the ground."""
    door = readers.door(request, record)
    actor = door.actor
    if actor is None:
        raise Http404
    ground = forms.line(request.POST.get("ground", ""))[:2000]
    result = door.act(door.report_threads(sid), lambda s: report_acts.discredit(s, sid, ground, actor, door.now))
    return acting.plain(request, result, "report", record, sid)


@require_POST
def recuse(request: HttpRequest, record: str) -> HttpResponse:
    """Step back from the panel."""
    door = readers.door(request, record)
    actor = door.actor
    if actor is None:
        raise Http404
    ground = forms.line(request.POST.get("ground", ""))[:2000]
    result = door.act((), lambda s: seating.recuse(s, ground, actor, door.now))
    return acting.plain(request, result, "panel", record)
