"""Monitors and whoever enters reports: the report form, rows set aside, and a person's word on matches."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tiga.drafts import CHANNELS, FieldReport, evidence_item
from tiga.drafts.examinations import ClaimOfFile
from tiga.intake import languages, sheets
from tiga.mechanism import evidence
from tiga.mechanism import reports as report_acts
from tiga.mechanism.deciders import depositing, grouping, marking
from tiga.store import receiving
from tiga.store.desk import Done
from tiga.values.moments import BadMoment, Moment
from tiga.values.words import say
from tiga.web import filling, forms, readers, uploading
from tiga.web.access import Absent, Door
from tiga.web.desks import acting, case_page, fields
from tiga.web.forms import Choice, Field, Filled


def _fields(door: Door, language: str) -> tuple[Field, ...]:
    channels = ("liaison",) if door.reader.role == "liaison" else tuple(c for c in CHANNELS if c != "liaison")
    return (
        Field("report_id", "line", "form.report_id", required=True, limit=60, hint="form.report_id_hint"),
        Field("channel", "choice", "form.channel", required=True,
              choices=tuple(Choice(name, say(f"channel.{name}", language)) for name in channels)),
        Field("source", "line", "form.source", required=True, limit=160),
        Field("origin", "line", "form.origin", limit=160, hint="form.origin_hint"),
        Field("acts", "many", "form.acts", choices=fields.act_choices(door.agreement, language)),
        *fields.when_where(door, language),
        Field("stance", "choice", "form.stance", required=True,
              choices=tuple(Choice(name, say(f"stance.{name}", language)) for name in ("asserts", "denies"))),
        *fields.account(language),
        Field("reference", "line", "form.reference", limit=300),
        Field("limitations", "line", "form.limitations", limit=400),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def report_new(request: HttpRequest, record: str) -> HttpResponse:
    """The FieldReport as a form."""
    door = readers.door(request, record)
    if door.actor is None or not door.actor.key:
        raise Http404
    language = readers.language(request)
    asked = _fields(door, language)
    if request.method == "GET":
        return render(request, "report-new.html", {"form": forms.blank(asked, {"precision": "minute"})})
    filled = forms.read(asked, request.POST)
    draft, filled = _draft(door, filled)
    if draft is None:
        return render(request, "report-new.html", {"form": filled}, status=422)
    actor = door.actor
    if actor.key not in door.desk.keyring.names():  # signed at home: the page hands out the text
        salts, settled = door.salts(), languages.settled(draft)
        result = door.act((), lambda s: report_acts.file(s, settled, actor, door.now, salts))
        return acting.plain(request, result, "reports", record)
    rows = [(1, draft)]
    intake = receiving.receive(
        door.desk,
        "form",
        draft.report_id.encode() + repr(draft).encode(),
        rows,
        (),
        door.actor,
        door.now,
        readers.entropy,
    )
    if intake.faults:
        _, what, remedy = sheets.told(intake.faults[0], language)
        shown = acting.Shown(what, remedy, "")
        return render(request, "report-new.html", {"form": filled, "refusal": shown}, status=409)
    if intake.waits:
        return redirect("filing", record, intake.waits[0].filing)
    return redirect("reports", record=record)


def _draft(door: Door, filled: Filled) -> tuple[FieldReport | None, Filled]:
    found, filled = fields.happening(filled)
    if found is None:
        return None, filled
    when, where, rows = found
    values = filled.values
    channel = values["channel"]
    return FieldReport(
        report_id=values["report_id"], channel=channel, source=values["source"], when=when, where=where,
        acts=tuple(sorted(filled.lists["acts"])), account=values["account"], language=values["language"],
        origin=values["origin"], party=door.reader.component if door.reader.role == "liaison" else "",
        reference=values["reference"], stance=values["stance"], harm=rows, limitations=values["limitations"],
        reporter=door.actor.key if door.actor else "", release=_release(channel),
        first_hand=channel == "monitor",
    ), filled  # fmt: skip


def _release(channel: str) -> str:
    """Who sees a report at first: what monitors and the public say goes to the mediators' side until it is released."""
    return {"media": "R0", "monitor": "R3", "public": "R3"}.get(channel, "R1")


@require_safe
def faults(request: HttpRequest, record: str, upload: str) -> HttpResponse:
    """The rows that were set aside, as a sheet that the sender can mend."""
    from tiga.drafts import Fault

    door = readers.door(request, record)
    rows = door.set_aside(upload)
    if not rows:
        raise Http404
    language = readers.language(request)
    found = [Fault(row.file, row.row, row.column, row.code, dict(row.values), tuple(row.raw)) for row in rows]
    name = filling.file_name(door, "set-aside.csv")
    return HttpResponse(sheets.write_faults(found, language), content_type="text/csv; charset=utf-8", headers={
        "Content-Disposition": f'attachment; filename="{name}"',
    })  # fmt: skip


@require_POST
def decide(request: HttpRequest, record: str) -> HttpResponse:
    """A person's word on two reports."""
    door = readers.door(request, record)
    left, right = request.POST.get("left", ""), request.POST.get("right", "")
    known = {claim.claim_id for row in door.happenings() for claim in row.claims}
    if left not in known or right not in known or door.actor is None:
        raise Http404
    reason = " ".join(request.POST.get("reason", "").split())[:400]
    same = request.POST.get("same") == "yes"
    actor = door.actor
    result = door.act(("matches",), lambda s: marking.decide_match(s, left, right, same, reason, actor, door.now))
    here = (left if request.POST.get("stay") != "right" else right).replace("#", "~")
    return acting.plain(request, result, "incident", record, here)


@require_POST
def withdraw(request: HttpRequest, record: str, sid: str) -> HttpResponse:
    """Take a decision back: the groupings are as they were."""
    door = readers.door(request, record)
    word = next((row for row in door.words() if row.sid == sid), None)
    if word is None or door.actor is None:
        raise Http404
    actor = door.actor
    result = door.act(("matches",), lambda s: marking.withdraw_match(s, sid, actor, door.now))
    return acting.plain(request, result, "incident", record, word.left.replace("#", "~"))


@require_POST
def adopt(request: HttpRequest, record: str, sid: str) -> HttpResponse:
    """Adopt a suggested grouping as an incident."""
    door = readers.door(request, record)
    try:
        happening = door.happening(sid.replace("~", "#"))
    except Absent:
        raise Http404 from None
    if door.actor is None:
        raise Http404
    actor, views = door.actor, happening.reports
    result = door.act(door.holding(view.sid for view in views), lambda s: grouping.open_incident(
        s, tuple(view.sid for view in views), happening.earliest, happening.latest, happening.acts, actor, door.now,
        happening.parted, door.desk.gazetteer.digest(),
    ))  # fmt: skip
    if isinstance(result, Done):
        return acting.done(request, result, "incident", record, result.receipt.sid)
    return acting.plain(request, result, "incidents", record)


@require_POST
def count(request: HttpRequest, record: str) -> HttpResponse:
    """Count the reports anew, and enter the background that groupings rest on."""
    return acting.plain(request, readers.door(request, record).suggesting.count(), "incidents", record)


@require_POST
def deposit(request: HttpRequest, record: str, sid: str) -> HttpResponse:
    """Deposit a file on a case: one that comes with the form, or one that has arrived in pieces."""
    door = readers.door(request, record)
    actor = door.actor
    if actor is None:
        raise Http404
    number = request.POST.get("upload", "")
    given = _given(request, door, number)
    claim = _claim(request) if not isinstance(given, str) else None
    if isinstance(given, str) or isinstance(claim, str):
        language = readers.language(request)
        code = given if isinstance(given, str) else str(claim)
        refusal = acting.Shown(say(code, language), say("acting.mend", language), "")
        return render(request, "case.html", case_page.context(request, record, sid, refusal=refusal), status=422)
    item = evidence_item(*given, forms.line(request.POST.get("note", "")))
    salts = door.salts()
    try:
        result = door.deposit(sid, item.data, lambda s: depositing.deposit(s, sid, item, actor, door.now, salts), claim)
    except Absent:
        raise Http404 from None
    if number and isinstance(result, Done):
        uploading.done(door, number)
    return case_page.answer(request, record, sid, result)


def _given(request: HttpRequest, door: Door, number: str) -> tuple[str, bytes] | str:
    """(name, bytes) of what is to be deposited, or the code of what is wrong with it."""
    if number:
        return uploading.taken(door, number) or "upload.absent"
    file = request.FILES.get("file")
    if file is None or (file.size or 0) > evidence.LENGTH_LIMIT:
        return "form.required" if file is None else "form.file_large"
    return str(file.name), file.read()


def _claim(request: HttpRequest) -> ClaimOfFile | str | None:
    """What is claimed of the file, None where nothing is, or the code of what is wrong with it."""
    taken = forms.line(request.POST.get("taken", ""))[:16]
    if not taken:
        return None
    try:
        return ClaimOfFile(Moment(taken, request.POST.get("zone", "UTC"), "minute"))
    except BadMoment:
        return "form.moment"
