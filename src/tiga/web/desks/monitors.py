"""Monitors and whoever enters reports: the report form, sheets, and a person's word on matches."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tiga.agreement.clauses import Agreement
from tiga.drafts import CHANNELS, FieldReport, Harm
from tiga.intake import sheets
from tiga.mechanism import incidents
from tiga.mechanism import reports as report_acts
from tiga.mechanism.acts import Refusal
from tiga.store import receiving
from tiga.values.moments import PRECISIONS, ZONES, BadMoment, Moment
from tiga.values.places import BadPlace, Place, Point
from tiga.values.words import LANGUAGES, pick, say
from tiga.web import forms, readers
from tiga.web.access import Absent, Door
from tiga.web.desks import acting
from tiga.web.forms import Choice, Field, Filled

UPLOAD_LIMIT = 10 * 1024 * 1024
"""Bytes of one sheet."""


def act_choices(agreement: Agreement, language: str, codes: tuple[str, ...] | None = None) -> tuple[Choice, ...]:
    """Leaf acts of the agreement, as choices."""
    return tuple(
        Choice(act.code, f"{act.code} · {pick(act.label, language)[0]}")
        for act in agreement.acts
        if act.parent and (codes is None or act.code in codes)
    )


def when_where(door: Door, language: str) -> tuple[Field, ...]:
    """Fields of time and place that every report has; the zone is always asked for."""
    zones = list(dict.fromkeys([party.zone for party in door.agreement.parties] + list(ZONES)))
    return (
        Field("start", "datetime", "form.start", required=True, limit=16),
        Field("until", "datetime", "form.until", limit=16),
        Field("zone", "choice", "form.zone", required=True, choices=tuple(Choice(zone, zone) for zone in zones)),
        Field("precision", "choice", "form.precision", required=True,
              choices=tuple(Choice(name, say(f"precision.{name}", language)) for name in PRECISIONS)),
        Field("toponym", "line", "form.toponym", required=True, limit=200, hint="form.toponym_hint"),
        Field("lat", "degrees", "form.lat", limit=14, high=900_000_000, hint="form.lat_hint"),
        Field("lon", "degrees", "form.lon", limit=14, high=1_800_000_000),
        Field("radius_m", "whole", "form.radius", limit=6, low=1, high=500_000),
    )  # fmt: skip


def account(language: str) -> tuple[Field, ...]:
    languages = tuple(Choice(tag, item.own_name) for tag, item in LANGUAGES.items())
    return (
        Field("language", "choice", "form.language", required=True, choices=languages),
        Field("account", "text", "form.account", required=True, limit=8000, hint="form.account_hint", lang=True),
        Field("killed_low", "whole", "form.killed_low", limit=5, high=99_999),
        Field("killed_high", "whole", "form.killed_high", limit=5, high=99_999),
    )


def moment(filled: Filled) -> tuple[Moment | None, Filled]:
    """The moment of a form, or the form with the fault at its field."""
    values = filled.values
    start = values["start"][:10] if values["precision"] == "day" else values["start"]
    until = values["until"][:10] if values["precision"] == "day" else values["until"]
    try:
        return Moment(start, values["zone"], values["precision"], until), filled
    except BadMoment:
        return None, forms.with_fault(filled, "start", "form.moment")


def place(filled: Filled) -> tuple[Place | None, Filled]:
    """The place of a form: a point needs both degrees and a radius."""
    values = filled.values
    given = [name for name in ("lat", "lon", "radius_m") if values[name]]
    if not given:
        return Place(values["toponym"], script(values["toponym"]), source="form"), filled
    if len(given) < 3:
        missing = next(name for name in ("lat", "lon", "radius_m") if not values[name])
        return None, forms.with_fault(filled, missing, "form.point")
    try:
        point = Point(forms.degrees_e7(values["lat"]) or 0, forms.degrees_e7(values["lon"]) or 0)
        return Place(values["toponym"], script(values["toponym"]), point, int(values["radius_m"]), "form"), filled
    except BadPlace:
        return None, forms.with_fault(filled, "lat", "form.degrees")


def script(text: str) -> str:
    """`Arab` where the first letter is of the Arabic block, else `Latn`."""
    letter = next((letter for letter in text if letter.isalpha()), "")
    return "Arab" if "\u0600" <= letter <= "\u08ff" or "\ufb50" <= letter <= "\ufeff" else "Latn"


def harm(filled: Filled) -> tuple[tuple[Harm, ...], Filled]:
    low, high = filled.values["killed_low"], filled.values["killed_high"]
    if not low and not high:
        return (), filled
    first, last = int(low or high), int(high or low)
    if last < first:
        return (), forms.with_fault(filled, "killed_high", "form.range")
    return (Harm("killed", "unknown", first, last),), filled


def _fields(door: Door, language: str) -> tuple[Field, ...]:
    channels = ("liaison",) if door.reader.role == "liaison" else tuple(c for c in CHANNELS if c != "liaison")
    return (
        Field("report_id", "line", "form.report_id", required=True, limit=60, hint="form.report_id_hint"),
        Field("channel", "choice", "form.channel", required=True,
              choices=tuple(Choice(name, say(f"channel.{name}", language)) for name in channels)),
        Field("source", "line", "form.source", required=True, limit=160),
        Field("origin", "line", "form.origin", limit=160, hint="form.origin_hint"),
        Field("acts", "many", "form.acts", choices=act_choices(door.agreement, language)),
        *when_where(door, language),
        Field("stance", "choice", "form.stance", required=True,
              choices=tuple(Choice(name, say(f"stance.{name}", language)) for name in ("asserts", "denies"))),
        *account(language),
        Field("reference", "line", "form.reference", limit=300),
        Field("limitations", "line", "form.limitations", limit=400),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def report_new(request: HttpRequest, record: str) -> HttpResponse:
    """The FieldReport as a form."""
    door = readers.door(request, record)
    if door.actor is None or not door.actor.key:
        raise Http404
    language = str(getattr(request, "LANGUAGE_CODE", "en"))
    fields = _fields(door, language)
    if request.method == "GET":
        return render(request, "report-new.html", {"form": forms.blank(fields, {"language": language, "precision": "minute"})})
    filled = forms.read(fields, request.POST)
    draft, filled = _draft(door, filled)
    if draft is None:
        return render(request, "report-new.html", {"form": filled}, status=422)
    rows = [(1, draft)]
    intake = receiving.receive(
        door.desk, "form", draft.report_id.encode() + repr(draft).encode(), rows, (), door.actor, door.now, readers.entropy
    )
    if intake.faults:
        refusal = Refusal(intake.faults[0].values["refusal"], "", {})
        return acting.refused(request, "report-new.html", {"form": filled}, refusal)
    return redirect("reports", record=record)


def _draft(door: Door, filled: Filled) -> tuple[FieldReport | None, Filled]:
    if not filled.good:
        return None, filled
    when, filled = moment(filled)
    where, filled = place(filled)
    rows, filled = harm(filled)
    if when is None or where is None or not filled.good:
        return None, filled
    values = filled.values
    channel = values["channel"]
    return FieldReport(
        report_id=values["report_id"], channel=channel, source=values["source"], when=when, where=where,
        acts=tuple(sorted(filled.lists["acts"])), account=values["account"], language=values["language"],
        origin=values["origin"], party=door.reader.component if door.reader.role == "liaison" else "",
        reference=values["reference"], stance=values["stance"], harm=rows, limitations=values["limitations"],
        reporter=door.actor.key if door.actor else "", release="R0" if channel == "media" else "R1",
        first_hand=channel == "monitor",
    ), filled  # fmt: skip


@require_http_methods(["GET", "POST"])
def import_sheet(request: HttpRequest, record: str) -> HttpResponse:
    """A sheet comes in: what was accepted, what was known, what was set aside and why."""
    door = readers.door(request, record)
    if door.actor is None or not door.actor.key:
        raise Http404
    if request.method == "GET":
        return render(request, "import.html", {"uploads": door.uploads()})
    file = request.FILES.get("sheet")
    if file is None:
        return render(request, "import.html", {"uploads": door.uploads(), "fault": "form.required"}, status=422)
    if (file.size or 0) > UPLOAD_LIMIT:
        return render(request, "import.html", {"uploads": door.uploads(), "fault": "form.file_large"}, status=422)
    data = file.read()
    columns = sheets.field_report(frozenset(act.code for act in door.agreement.acts))
    sheet = sheets.read(str(file.name)[:200], data, columns)
    intake = receiving.receive(
        door.desk, str(file.name)[:200], data, list(sheet.reports), sheet.faults, door.actor, door.now, readers.entropy
    )
    language = str(getattr(request, "LANGUAGE_CODE", "en"))
    told = [sheets.told(fault, language) for fault in intake.faults]
    return render(request, "import.html", {"uploads": door.uploads(), "intake": intake, "told": told, "file": file.name})


@require_GET
def faults(request: HttpRequest, record: str, upload: str) -> HttpResponse:
    """The rows that were set aside, as a sheet that the sender can mend."""
    from tiga.drafts import Fault

    door = readers.door(request, record)
    rows = door.set_aside(upload)
    if not rows:
        raise Http404
    language = str(getattr(request, "LANGUAGE_CODE", "en"))
    found = [Fault(row.file, row.row, row.column, row.code, dict(row.values), tuple(row.raw)) for row in rows]
    return HttpResponse(sheets.write_faults(found, language), content_type="text/csv; charset=utf-8", headers={
        "Content-Disposition": 'attachment; filename="set-aside.csv"',
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
    result = door.act(
        ("matches",), lambda s: report_acts.decide_match(s, left, right, same, reason, actor, door.now)
    )
    here = (left if request.POST.get("stay") != "right" else right).replace("#", "~")
    if isinstance(result, Refusal):
        return _incident_refused(request, record, here, result)
    return acting.done(request, result, "incident", record, here)  # type: ignore[arg-type]


def _incident_refused(request: HttpRequest, record: str, sid: str, refusal: Refusal) -> HttpResponse:
    language = str(getattr(request, "LANGUAGE_CODE", "en"))
    return render(request, "problem.html", {"code": "refused", "refusal": acting.shown(refusal, language)}, status=409)


@require_POST
def withdraw(request: HttpRequest, record: str, sid: str) -> HttpResponse:
    """Take a decision back: the groupings are as they were."""
    door = readers.door(request, record)
    word = next((row for row in door.words() if row.sid == sid), None)
    if word is None or door.actor is None:
        raise Http404
    actor = door.actor
    result = door.act(("matches",), lambda s: report_acts.withdraw_match(s, sid, actor, door.now))
    if isinstance(result, Refusal):
        return _incident_refused(request, record, word.left, result)
    return acting.done(request, result, "incident", record, word.left.replace("#", "~"))  # type: ignore[arg-type]


@require_POST
def adopt(request: HttpRequest, record: str, sid: str) -> HttpResponse:
    """Adopt a suggested grouping as an incident."""
    door = readers.door(request, record)
    try:
        happening = door.happening(sid.replace("~", "#"))
    except Absent:
        raise Http404 from None
    if door.actor is None or happening.adopted:
        raise Http404
    actor, views = door.actor, happening.reports
    threads = tuple(f"report:{view.sid}" for view in views)
    result = door.act(threads, lambda s: incidents.open_incident(
        s, tuple(view.sid for view in views), happening.earliest, happening.latest, happening.acts, actor, door.now,
    ))  # fmt: skip
    if isinstance(result, Refusal):
        return _incident_refused(request, record, sid, result)
    return acting.done(request, result, "incident", record, result.receipt.sid)  # type: ignore[arg-type]


