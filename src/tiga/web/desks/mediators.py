"""The mediators' desk: triage, finding, signatures, determination, measure, verification, recusal, closing.

Every refusal comes from the mechanism; the forms offer what the state allows, and offering is not deciding.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from tiga.mechanism import cases, determinations, findings, mandates, measures
from tiga.mechanism import reports as report_acts
from tiga.mechanism.acts import Actor, Outcome, Refusal
from tiga.mechanism.findings import Held
from tiga.mechanism.standing import Standing
from tiga.record.refusals import Refused
from tiga.values.words import knows, say
from tiga.web import forms, pages, readers
from tiga.web.access import CaseView, Door
from tiga.web.desks import acting, liaison
from tiga.web.forms import Choice, Field, Filled


def _choices(section: str, values: tuple[str, ...], language: str) -> tuple[Choice, ...]:
    return tuple(
        Choice(value, say(f"{section}.{value}", language) if knows(f"{section}.{value}") else value) for value in values
    )


def admit_fields(door: Door, language: str) -> tuple[Field, ...]:
    return (
        Field("standard", "choice", "form.standard", required=True,
              choices=_choices("standard", door.agreement.standard_order, language)),
        Field("reasons", "line", "form.reasons", required=True, limit=4000),
    )  # fmt: skip


def finding_fields(door: Door, view: CaseView, language: str) -> tuple[Field, ...]:
    """One set of fields for each issue of the case."""
    agreement = door.agreement
    factors = tuple(dict.fromkeys(shift.factor for shift in (*agreement.severity_shifts, *agreement.ladder_shifts)))
    near = {row.sid: row.report for row in door.reports()}
    rows: list[Field] = []
    reports = tuple(
        Choice(sid, f"{near[sid].source} · {near[sid].where.toponym}" if sid in near else sid[:12])
        for sid in sorted(view.standing.reports)
    )
    for issue in view.case.opened.issues:
        rows += [
            Field(f"holding-{issue.id}", "choice", "form.holding", required=True,
                  choices=_choices("holding", findings.HOLDINGS, language)),
            Field(f"standard-{issue.id}", "choice", "form.standard", required=True,
                  choices=_choices("standard", agreement.standard_order, language)),
            Field(f"attribution-{issue.id}", "choice", "form.attribution",
                  choices=_choices("attribution", agreement.attributions, language)),
            Field(f"supports-{issue.id}", "many", "form.supports", choices=reports),
            Field(f"factors-{issue.id}", "many", "form.factors", choices=_choices("factor", factors, language)),
            Field(f"limitations-{issue.id}", "many", "form.limits",
                  choices=_choices("limitation", findings.LIMITATIONS, language)),
            Field(f"gist-{issue.id}", "line", "form.gist", required=True, limit=4000, hint="form.gist_hint"),
        ]  # fmt: skip
    return tuple(rows)


def determination_fields(view: CaseView, language: str) -> tuple[Field, ...]:
    rows = [
        Field(f"disposition-{issue.id}", "choice", "form.disposition", required=True,
              choices=_choices("disposition", determinations.DISPOSITIONS, language))
        for issue in view.case.opened.issues
    ]  # fmt: skip
    return (*rows, Field("reasons", "line", "form.reasons", required=True, limit=4000))


def close_fields(language: str) -> tuple[Field, ...]:
    return (
        Field("reason", "choice", "form.closing", required=True, choices=_choices("closing", cases.CLOSINGS, language)),
        Field("note", "line", "form.note", limit=2000),
    )


def forms_for(door: Door, view: CaseView, language: str) -> dict[str, Filled]:
    """The blank forms that a case page may show."""
    if door.reader.role != "mediator":
        return {}
    start = {"standard": "reasonable_suspicion"}
    return {
        "admit": forms.blank(admit_fields(door, language), start),
        "finding": forms.blank(finding_fields(door, view, language)),
        "determination": forms.blank(determination_fields(view, language)),
        "close": forms.blank(close_fields(language)),
    }


def may(door: Door, view: CaseView) -> dict[str, bool]:
    """Which forms to offer in this state; whether an act is allowed is the mechanism's to say."""
    mediator, open_case = door.reader.role == "mediator", not view.case.closed
    key = door.actor.key if door.actor else ""
    party = door.reader.role == "liaison" and door.reader.component in view.case.parties
    violations = [row.issue for row in view.determination.issued.ruled if row.disposition == "violation"] if view.determination else []
    imposed = {row.imposed.issue for row in view.measures}
    return {
        "reply": party and open_case and all(row.party != door.reader.component for row in view.replies),
        "admit": mediator and open_case and view.case.admitted is None,
        "open_replies": mediator and open_case and view.case.replies_opened is None,
        "finding": mediator and open_case and not view.case.finding,
        "determination": mediator and open_case and bool(view.case.finding) and not view.case.determination,
        "impose": mediator and open_case and any(issue not in imposed for issue in violations),
        "close": mediator and open_case,
        "sign": mediator and open_case and bool(key),
        "comply": open_case and bool(view.measures) and door.reader.role in ("liaison", "mediator", "secretariat"),
        "verify": mediator and open_case,
        "dissent": open_case and bool(view.finding) and key in view.standing.seats,
        "dossier": view.determination is not None and view.determination.in_force is not None,
    }


Verb = Callable[[Standing, Actor, Door], Outcome]


def _do(request: HttpRequest, record: str, sid: str, verb: Verb) -> HttpResponse:
    """Call a verb on a case and show the case again: with the receipt, or with the refusal."""
    door = readers.door(request, record)
    actor = door.actor
    if actor is None:
        raise Http404
    language = str(getattr(request, "LANGUAGE_CODE", "en"))
    try:
        result = door.act(door.case_threads(sid), lambda s: verb(s, actor, door))
    except Refused as error:
        context = pages.case_context(request, record, sid, refusal=acting.of_record(error, language))
        return render(request, "case.html", context, status=422)
    if isinstance(result, Refusal):
        context = pages.case_context(request, record, sid, refusal=acting.shown(result, language))
        return render(request, "case.html", context, status=409)
    return acting.done(request, result, "case", record, sid)  # type: ignore[arg-type]


def _filled(request: HttpRequest, record: str, sid: str, which: str, fields: tuple[Field, ...]) -> Filled | HttpResponse:
    """A form read, or the case page with its faults."""
    filled = forms.read(fields, request.POST)
    if filled.good:
        return filled
    language = str(getattr(request, "LANGUAGE_CODE", "en"))
    context = pages.case_context(request, record, sid)
    context["forms"] = {**context["forms"], which: filled}
    context["refusal"] = acting.Shown(say("acting.faults", language), say("acting.mend", language), "")
    return render(request, "case.html", context, status=422)


def _mediator(request: HttpRequest, record: str, sid: str) -> tuple[Door, CaseView, str]:
    door = readers.door(request, record)
    context = pages.case_context(request, record, sid)
    if door.reader.role != "mediator":
        raise Http404
    return door, context["it"], str(getattr(request, "LANGUAGE_CODE", "en"))


@require_POST
def admit(request: HttpRequest, record: str, sid: str) -> HttpResponse:
    door, _, language = _mediator(request, record, sid)
    filled = _filled(request, record, sid, "admit", admit_fields(door, language))
    if isinstance(filled, HttpResponse):
        return filled
    values = filled.values
    return _do(request, record, sid, lambda s, by, d: cases.admit(s, sid, values["standard"], values["reasons"], by, d.now))


@require_POST
def open_replies(request: HttpRequest, record: str, sid: str) -> HttpResponse:
    return _do(request, record, sid, lambda s, by, d: cases.open_replies(s, sid, by, d.now))


@require_POST
def finding(request: HttpRequest, record: str, sid: str) -> HttpResponse:
    door, view, language = _mediator(request, record, sid)
    filled = _filled(request, record, sid, "finding", finding_fields(door, view, language))
    if isinstance(filled, HttpResponse):
        return filled
    held = tuple(
        Held(
            issue.id, filled.values[f"holding-{issue.id}"], filled.values[f"standard-{issue.id}"],
            filled.values[f"gist-{issue.id}"], filled.values[f"attribution-{issue.id}"],
            tuple(sorted(filled.lists[f"supports-{issue.id}"])), tuple(sorted(filled.lists[f"factors-{issue.id}"])),
            tuple(sorted(filled.lists[f"limitations-{issue.id}"])),
        )
        for issue in view.case.opened.issues
    )  # fmt: skip
    return _do(request, record, sid, lambda s, by, d: findings.adopt(s, sid, held, by, d.now))


@require_POST
def dissent(request: HttpRequest, record: str, sid: str) -> HttpResponse:
    text = liaison.line(request.POST.get("text", ""))[: cases.TEXT_LIMIT]

    def verb(s: Standing, by: Actor, door: Door) -> Outcome:
        case = s.cases.get(sid)
        return findings.dissent(s, case.finding if case else "", text, by, door.now)

    return _do(request, record, sid, verb)


@require_POST
def determination(request: HttpRequest, record: str, sid: str) -> HttpResponse:
    _, view, language = _mediator(request, record, sid)
    filled = _filled(request, record, sid, "determination", determination_fields(view, language))
    if isinstance(filled, HttpResponse):
        return filled
    ruled = {issue.id: filled.values[f"disposition-{issue.id}"] for issue in view.case.opened.issues}
    reasons = filled.values["reasons"]
    return _do(request, record, sid, lambda s, by, d: determinations.issue(s, sid, ruled, reasons, by, d.now))


@require_POST
def measure(request: HttpRequest, record: str, sid: str) -> HttpResponse:
    issue = request.POST.get("issue", "i1")
    return _do(request, record, sid, lambda s, by, d: measures.impose(s, sid, issue, by, d.now))


@require_POST
def sign(request: HttpRequest, record: str, sid: str) -> HttpResponse:
    paper = request.POST.get("of", "")
    return _do(request, record, sid, lambda s, by, d: determinations.sign(s, paper, by, d.now))


@require_POST
def verify(request: HttpRequest, record: str, sid: str) -> HttpResponse:
    paper, item = request.POST.get("measure", ""), request.POST.get("item", "")
    met, text = request.POST.get("met") == "yes", liaison.line(request.POST.get("text", ""))
    return _do(request, record, sid, lambda s, by, d: measures.verify_compliance(s, paper, item, met, text, by, d.now))


@require_POST
def close(request: HttpRequest, record: str, sid: str) -> HttpResponse:
    _, _, language = _mediator(request, record, sid)
    filled = _filled(request, record, sid, "close", close_fields(language))
    if isinstance(filled, HttpResponse):
        return filled
    values = filled.values
    return _do(request, record, sid, lambda s, by, d: cases.close(s, sid, values["reason"], values["note"], by, d.now))


@require_POST
def discredit(request: HttpRequest, record: str, sid: str) -> HttpResponse:
    """Mark a report as discredited, with the ground."""
    door = readers.door(request, record)
    actor = door.actor
    if actor is None:
        raise Http404
    ground = liaison.line(request.POST.get("ground", ""))[:2000]
    result = door.act(door.report_threads(sid), lambda s: report_acts.discredit(s, sid, ground, actor, door.now))
    return _plain(request, result, "report", record, sid)


@require_POST
def recuse(request: HttpRequest, record: str) -> HttpResponse:
    """Step back from the panel."""
    door = readers.door(request, record)
    actor = door.actor
    if actor is None:
        raise Http404
    ground = liaison.line(request.POST.get("ground", ""))[:2000]
    result = door.act((), lambda s: mandates.recuse(s, ground, actor, door.now))
    return _plain(request, result, "panel", record)


def _plain(request: HttpRequest, result: Any, *target: str) -> HttpResponse:
    if isinstance(result, Refusal):
        language = str(getattr(request, "LANGUAGE_CODE", "en"))
        context = {"code": "refused", "refusal": acting.shown(result, language), "back": target}
        return render(request, "problem.html", context, status=409)
    return acting.done(request, result, *target)


