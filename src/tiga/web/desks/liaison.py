"""The liaison officer's desk: file a complaint, seal a reply, report compliance."""

from __future__ import annotations

from dataclasses import replace

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from tiga.drafts import FieldReport
from tiga.intake import languages
from tiga.mechanism import cases
from tiga.mechanism.acts import Actor, Refusal
from tiga.mechanism.deciders import complaints, imposing, replies
from tiga.store.desk import Done
from tiga.values.words import say
from tiga.web import forms, readers
from tiga.web.access import Door
from tiga.web.desks import acting, case_page, fields
from tiga.web.forms import Choice, Field, Filled


def _fields(door: Door, language: str) -> tuple[Field, ...]:
    own = door.reader.component
    clauses = [
        clause
        for clause in door.agreement.clauses
        if clause.kind == "prohibition" and any(party != own for party in clause.binds)
    ]
    codes = tuple(dict.fromkeys(code for clause in clauses for code in clause.codes))
    provisions = tuple(fields.labelled(clause.id, clause.text, language) for clause in clauses)
    acts = fields.act_choices(door.agreement, language, codes)
    asked = tuple(Choice(name, say(f"choice.{name}", language)) for name in cases.QUESTIONS)
    return (
        Field("provision", "choice", "form.provision", required=True, choices=provisions),
        Field("act", "choice", "form.act", required=True, choices=acts),
        *fields.when_where(door, language),
        *fields.account(language),
        Field("further", "many", "form.further", choices=provisions),
        Field("further_acts", "many", "form.further_acts", choices=acts),
        Field("questions", "many", "form.questions", choices=asked),
    )


@require_http_methods(["GET", "POST"])
def complaint(request: HttpRequest, record: str) -> HttpResponse:
    """File a complaint: the receipt, the clock and the other side's notice come from one act."""
    door = readers.door(request, record)
    if door.reader.role != "liaison" or door.actor is None:
        raise Http404
    language = readers.language(request)
    asked = _fields(door, language)
    parties = [party.id for party in door.agreement.parties if party.id != door.reader.component]
    if request.method == "GET":
        zone = next(party.zone for party in door.agreement.parties if party.id == door.reader.component)
        start = {"precision": "minute", "zone": zone}
        return render(request, "complaint.html", _shown(forms.blank(asked, start), parties[0]))
    filled = forms.read(asked, request.POST)
    draft, filled = _draft(door, filled)
    context = _shown(filled, parties[0])
    if draft is None:
        return render(request, "complaint.html", context, status=422)
    actor = door.actor
    lists = filled.lists
    filed = complaints.Complaint(
        draft, filled.values["provision"], parties[0], door.salts(), lists["further"], lists["questions"]
    )
    result = door.act((), lambda s: complaints.complain(s, filed, actor, door.now))
    if isinstance(result, Refusal):
        return acting.refused(request, "complaint.html", context, result)
    if isinstance(result, Done):
        return acting.done(request, result, "case", record, result.receipts[2].sid)
    return acting.plain(request, result, "overview", record)


def _shown(filled: Filled, other: str) -> dict[str, object]:
    """What the page shows: the fields that every complaint has, and folded away those that few have."""
    rest = tuple(item for item in filled.bound if item.field.kind == "many")
    main = tuple(item for item in filled.bound if item.field.kind != "many")
    unfolded = any(item.values or item.fault for item in rest)
    return {
        "form": replace(filled, bound=main),
        "rest": replace(filled, bound=rest),
        "unfolded": unfolded,
        "other": other,
    }


def _draft(door: Door, filled: Filled) -> tuple[FieldReport | None, Filled]:
    found, filled = fields.happening(filled)
    if found is None:
        return None, filled
    when, where, rows = found
    values, by = filled.values, door.actor or Actor("", door.reader.role, door.reader.component)
    acts = tuple(dict.fromkeys((values["act"], *filled.lists["further_acts"])))
    report = complaints.drawn(
        by, when, where, acts, values["provision"], values["account"], values["language"], door.now, rows
    )
    return languages.settled(report), filled


@require_POST
def reply(request: HttpRequest, record: str, sid: str) -> HttpResponse:
    """Seal a reply."""
    door = readers.door(request, record)
    actor = door.actor
    if actor is None:
        raise Http404
    language = readers.language(request)
    filled = forms.read((Field("text", "text", "form.reply", required=True, limit=cases.TEXT_LIMIT),), request.POST)
    if not filled.good:
        fault = say(next(iter(filled.faults.values())), language)
        shown = acting.Shown(fault, say("acting.mend", language), "")
        return render(request, "case.html", case_page.context(request, record, sid, refusal=shown), status=422)
    text = filled.values["text"]
    salts = door.salts()
    result = door.act(door.case_threads(sid), lambda s: replies.reply(s, sid, text, language, actor, door.now, salts))
    return case_page.answer(request, record, sid, result)


@require_POST
def comply(request: HttpRequest, record: str, sid: str) -> HttpResponse:
    """Report that an item of a measure has been done: a claim of fulfilment."""
    door = readers.door(request, record)
    actor = door.actor
    if actor is None:
        raise Http404
    measure, item = request.POST.get("measure", ""), request.POST.get("item", "")
    text = forms.line(request.POST.get("text", ""))
    result = door.act(
        door.case_threads(sid), lambda s: imposing.report_compliance(s, measure, item, text, actor, door.now)
    )
    return case_page.answer(request, record, sid, result)
