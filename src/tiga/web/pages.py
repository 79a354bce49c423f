"""Pages that every role reads, each through the door: what they show depends on the reader, how they look does not."""

from __future__ import annotations

import io
import json
from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tiga.agreement import drafting, reading
from tiga.agreement.clauses import Agreement
from tiga.fusion import explain
from tiga.mechanism import explanation
from tiga.mechanism.acts import Refusal
from tiga.mechanism.course import FindingPublished
from tiga.mechanism.questions import questions
from tiga.mechanism.recompute import recompute
from tiga.publish import agenda as agenda_paper
from tiga.publish import plots
from tiga.publish import sitrep as sitrep_paper
from tiga.record import headcodes
from tiga.record.notes import text_of
from tiga.values import places
from tiga.values.moments import Instant
from tiga.values.words import pick, say
from tiga.web import filling, knowing, readers
from tiga.web.access import Absent, Door, Suppressed
from tiga.web.comparing import PairView, strongest, word_on
from tiga.web.desks import acting, case_page, report_page
from tiga.web.sights import Happening, Pair

PAGE = 50
STANDALONE = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'; base-uri 'none'; "
    "form-action 'none'"
)
"""The policy of self-contained papers, which carry their one style sheet inside."""


def shelves(request: HttpRequest) -> HttpResponse:
    """The two shelves: the press record and the exercise."""
    doors = {name: readers.door(request, name) for name in settings.RECORDS}
    request.tiga_record, request.tiga_door = "", None  # type: ignore[attr-defined]
    rows = [{"name": name, "door": door, "scope": door.scope, "size": door.head().size} for name, door in doors.items()]
    return render(request, "shelves.html", {"shelves": rows})


@require_safe
def overview(request: HttpRequest, record: str) -> HttpResponse:
    door = readers.door(request, record)
    happenings = door.happenings()
    due, head = door.due(), door.head()
    return render(request, "overview.html", {
        "due": due[:12], "happenings": happenings[-6:][::-1], "map": _map(door, happenings, readers.language(request)),
        "head": head, "root": head.root.hex(), "newest": door.acts(number=6),
        "guide": request.session.get("guide") != "away", "gaps": len(drafting.gaps(door.agreement)),
        "in_force": reading.in_force(door.agreement, door.now),
    })  # fmt: skip


@require_safe
def incidents(request: HttpRequest, record: str) -> HttpResponse:
    door = readers.door(request, record)
    page = Paginator(door.happenings()[::-1], PAGE).get_page(request.GET.get("page"))
    return render(request, "incidents.html", {"rows": page, "suggesting": door.suggesting})


@require_safe
def incident(request: HttpRequest, record: str, sid: str) -> HttpResponse:
    door, language = readers.door(request, record), readers.language(request)
    try:
        happening = door.happening(sid.replace("~", "#"))
    except Absent:
        raise Http404 from None
    labels = {name: view.speaker for row in door.happenings() for name, view in row.by_claim.items()}
    numbers = {view.sid: number for number, view in enumerate(happening.reports, 1)}
    labels |= {name: f"{numbers[view.sid]}. {view.speaker}" for name, view in happening.by_claim.items()}
    inside = {claim.claim_id for claim in happening.claims}
    words, (found, rival) = door.words(), door.why(happening)
    pairs = [
        PairView(
            pair, labels.get(pair.match.left, ""), labels.get(pair.match.right, ""), word_on(words, pair),
            _other(pair, inside),
        )
        for pair in found
    ]  # fmt: skip
    inside_pairs = [row for row in pairs if row.pair.inside]
    touching = [word for word in words if word.left in inside or word.right in inside]
    return render(request, "incident.html", {
        "it": happening, "standing": happening.standing, "questions": questions(door.agreement, happening.acts),
        "known": knowing.known(door, happening, language), "sees_grades": door.audience == "R1",
        "axis": _axis(door, happening, language), **strongest(inside_pairs),
        "rival": door.happening(rival.group_id) if rival else None, "first": happening.claims[0].claim_id,
        "rival_lines": explain.why_not(rival, language) if rival else (),
        "outside": [row for row in pairs if not row.pair.inside][:10], "words": touching,
        "side": {view.sid: report_page.side(door.agreement, view.report.where) for view in happening.reports},
        "instrument": reading.instrument_at(door.agreement, happening.earliest, happening.latest),
        "map": _map(door, [happening], language), "can_decide": door.may_decide,
        "can_open": door.reader.role in ("mediator", "secretariat", "monitor") and not happening.adopted,
        "related": door.related(happening.id) if happening.adopted else (),
        "can_relate": happening.adopted and door.deeds.deed("incident.relate") is not None,
        "can_link": happening.adopted and door.deeds.deed("incident.link") is not None,
    })  # fmt: skip


def _other(pair: Pair, inside: set[str]) -> str:
    """The claim on the far side of a pair that leaves the happening, as part of an address; empty inside it."""
    for claim in (pair.match.left, pair.match.right):
        if claim not in inside:
            return claim.replace("#", "~")
    return ""


def _axis(door: Door, happening: Happening, language: str) -> str:
    zones = [party.zone for party in reading.order(door.agreement, door.now.ms // 86_400_000)]
    bars = tuple(
        plots.ReportBar(
            f"{number}. \u2068{view.speaker}\u2069", view.report.when.earliest, view.report.when.start, view.report.when.end,
            view.report.when.latest, view.report.stance,
        )
        for number, view in enumerate(happening.reports, 1)
    )  # fmt: skip
    pair = (zones[0], zones[1]) if len(zones) > 1 else ("UTC", "UTC")
    return plots.two_clocks(say("incident.axis", language), bars, pair, language, "incident-axis")


def _map(door: Door, happenings: list[Happening], language: str) -> dict[str, Any]:
    """The map's features and the table's rows: one and the same list."""
    line = door.agreement.reference_line()
    rows = []
    for happening in happenings:
        for view in happening.reports:
            point = view.report.where.point
            if point is None:
                continue
            shown = places.coarsened(point) if door.reader.role == "public" else point
            radius = (
                max(view.report.where.radius_m, 5000) if door.reader.role == "public" else view.report.where.radius_m
            )
            place = places.Place(view.report.where.toponym, view.report.where.script, shown, radius)
            rows.append({
                "lat": shown.lat, "lon": shown.lon, "radius_m": radius, "label": view.report.where.toponym,
                "side": report_page.side(door.agreement, place), "number": happening.number, "id": happening.id.replace("#", "~"),
                "when": view.report.when, "lang": view.report.language,
            })  # fmt: skip
    seen = {(row["lat"], row["lon"], row["label"], row["number"]): row for row in rows}
    points = list(seen.values())
    record = door.desk.alias
    features = {
        "band": [[[lat, lon] for lon, lat in ring] for ring in filling.band(line)],
        "bandLabel": say("map.band", language),
        "bounds": filling.bounds(points, line),
        "labels": {"zoomIn": say("map.zoom_in", language), "zoomOut": say("map.zoom_out", language),
                   "attribution": say("map.attribution", language)},
        "points": [
            {"lat": row["lat"], "lon": row["lon"], "radius_m": row["radius_m"],
             "label": f"{row['label']} – {row['number']}", "href": f"/{record}/incidents/{row['id']}/",
             "side": row["side"], "kind": "incident"}
            for row in points
        ],
    }  # fmt: skip
    return {"features": features, "rows": points}


@require_safe
def map_page(request: HttpRequest, record: str) -> HttpResponse:
    door = readers.door(request, record)
    return render(request, "map.html", {"map": _map(door, door.happenings(), readers.language(request))})


@require_safe
def reports(request: HttpRequest, record: str) -> HttpResponse:
    door = readers.door(request, record)
    page = Paginator(door.reports()[::-1], PAGE).get_page(request.GET.get("page"))
    return render(request, "reports.html", {"rows": page, "uploads": door.uploads()})


@require_safe
def report(request: HttpRequest, record: str, sid: str) -> HttpResponse:
    return render(request, "report.html", report_page.context(request, record, sid))


@require_safe
def agreement(request: HttpRequest, record: str) -> HttpResponse:
    door = readers.door(request, record)
    text = door.agreement
    found = drafting.gaps(text)
    open_ids = {gap.id: gap for gap in found}
    leaving: dict[str, dict[str, str]] = {"duty": {}, "assurance": {}, "pair": {}}
    for gap in found:
        if gap.kind in ("binds_one", "one_sided"):
            leaving[gap.item][gap.id] = gap.kind
    return render(request, "agreement.html", {
        "text": text, "open": open_ids, "leaving": leaving, "gap_count": len(found),
        "in_force": reading.in_force(text, door.now),
        "parties": reading.order(text, door.now.ms // 86_400_000), "sha": door.roster.agreement_sha256,
        "kinds": ("principle", "prohibition", "exemption", "obligation", "procedure"),
    })  # fmt: skip


@require_safe
def gaps(request: HttpRequest, record: str) -> HttpResponse:
    door = readers.door(request, record)
    return render(request, "gaps.html", {"rows": drafting.gaps(door.agreement), "text": door.agreement})


@require_safe
def agenda(request: HttpRequest, record: str) -> HttpResponse:
    door, language = readers.door(request, record), readers.language(request)
    response = HttpResponse(agenda_paper.html(filling.agenda(door), language))
    response.headers["Content-Security-Policy"] = STANDALONE
    return response


@require_safe
def agenda_pdf(request: HttpRequest, record: str) -> HttpResponse:
    door, language = readers.door(request, record), readers.language(request)
    return _pdf(door, agenda_paper.pdf(filling.agenda(door), language, str(filling.FONTS)), "agenda")


def _pdf(door: Door, data: bytes, name: str) -> HttpResponse:
    return HttpResponse(data, content_type="application/pdf", headers={
        "Content-Disposition": f'attachment; filename="{filling.file_name(door, name)}.pdf"',
    })  # fmt: skip


@require_safe
def cases(request: HttpRequest, record: str) -> HttpResponse:
    door = readers.door(request, record)
    page = Paginator(door.cases(), PAGE).get_page(request.GET.get("page"))
    return render(request, "cases.html", {"rows": page})


@require_safe
def case(request: HttpRequest, record: str, sid: str) -> HttpResponse:
    return render(request, "case.html", case_page.context(request, record, sid))


@require_POST
def file(request: HttpRequest, record: str, sid: str, item: str) -> HttpResponseBase:
    """A file of a case in the form that the reader may have, always as a download: nothing that was uploaded is ever shown
    inside the site. It is asked for by a form, for it leaves a line in the disclosure log."""
    door = readers.door(request, record)
    try:
        found = door.file(sid, item)
    except LookupError:
        raise Http404 from None
    if isinstance(found, Refusal):
        return acting.plain(request, found, "case", record, sid)
    response = FileResponse(io.BytesIO(found.data), as_attachment=True, filename=filling.file_name(door, found.name))
    response.headers["Content-Type"] = "application/octet-stream"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "no-store"
    return response


@require_safe
def measures(request: HttpRequest, record: str) -> HttpResponse:
    """The ledger of measures, party by party, in the order that alternates by day."""
    door = readers.door(request, record)
    try:
        rows = door.measures()
    except Absent:
        raise Http404 from None
    turn = door.now.ms // 86_400_000
    sides = [
        (party.id, [row for row in rows if row.party == party.id]) for party in reading.order(door.agreement, turn)
    ]
    order = [party for party, _ in sides]
    rulings = sorted(door.rulings(), key=lambda row: order.index(row.party))
    return render(request, "measures.html", {"sides": sides, "rulings": rulings, "rebased": door.rebased()})


@require_safe
def measure(request: HttpRequest, record: str, sid: str) -> HttpResponse:
    door, language = readers.door(request, record), readers.language(request)
    try:
        row, entry, _, _ = door.entry(door.index_of(sid))
        view = door.case(row.case)
    except Absent:
        raise Http404 from None
    found = next((item for item in view.measures if item.sid == sid), None)
    if entry.envelope.act != "measure.impose" or found is None:
        raise Http404
    entries, _ = door.desk.ledger.threads(("roster", *door.case_threads(row.case)))
    again = next(item for item in recompute(door.desk.origin, entries, door.desk.agreements()) if item.sid == sid)
    document = json.loads(again.explanation) if again.explanation else None
    text = door.desk.agreements()[document["agreement"]["sha256"]] if document else door.agreement
    prose = explanation.prose(document, text, language) if document else ()
    steps = _ladder(document, text, language) if document else ""
    return render(request, "measure.html", {
        "effect": door.custody.effect(entry.index, Instant(row.at_ms)),
        "it": found, "case": view, "again": again, "prose": prose, "steps": steps, "index": entry.index,
        "data": json.dumps(document, indent=1, ensure_ascii=False) if document else "", "text": text,
    })  # fmt: skip


def _ladder(document: dict[str, Any], text: Agreement, language: str) -> str:
    matters = explanation.standing_of_steps(document, language)
    rows = []
    for step in text.ladder:
        labels = [pick(kind.label, language)[0] for name in step.measures if (kind := text.measure(name))]
        state, reason = matters.get(step.step, ("", ""))
        rows.append(plots.LadderStep(step.step, ", ".join(labels), reason, state))
    return plots.ladder_figure(say("measure.ladder", language), tuple(rows), language, "measure-ladder")


@require_http_methods(["GET", "HEAD", "POST"])
def dossier(request: HttpRequest, record: str, sid: str) -> HttpResponse:
    """The dossier as a zip; its name says EXERCISE where it is one. Asked for by a form it holds the deposited files too, and
    each leaves a line in the disclosure log; a link changes nothing and holds none."""
    door = readers.door(request, record)
    try:
        data = filling.dossier(door, sid, files=request.method == "POST")
    except Absent:
        raise Http404 from None
    return HttpResponse(data, content_type="application/zip", headers={
        "Content-Disposition": f'attachment; filename="{filling.dossier_name(door, sid)}"',
    })  # fmt: skip


@require_safe
def record(request: HttpRequest, record: str) -> HttpResponse:
    door = readers.door(request, record)
    head = door.head()
    size = head.size
    start = request.GET.get("from", "")
    newest = min(int(start), size - 1) if start.isascii() and start.isdigit() and len(start) < 10 else size - 1
    rows = door.acts(newest, PAGE)
    return render(request, "record.html", {
        "rows": rows, "head": head, "root": head.root.hex(), "older": newest - PAGE if newest >= PAGE else None,
        "log_key": door.desk.log_key.vkey, "origin": door.desk.origin,
        "witness_rows": door.custody.witness_rows(),
        "keyed": door.actor is not None and bool(door.actor.key),
        "code": headcodes.head_code(text_of(head.checkpoint)), "checkpoint": door.custody.checkpoint().decode("utf-8"),
    })  # fmt: skip


@require_safe
def checkpoint(request: HttpRequest, record: str) -> HttpResponse:
    door = readers.door(request, record)
    name = filling.file_name(door, "checkpoint.txt")
    return HttpResponse(door.custody.checkpoint(), content_type="text/plain; charset=utf-8", headers={
        "Content-Disposition": f'attachment; filename="{name}"',
    })  # fmt: skip


@require_safe
def entry(request: HttpRequest, record: str, index: int) -> HttpResponse:
    door = readers.door(request, record)
    try:
        row, found, proof_bytes, released = door.entry(index)
    except Suppressed:
        leaf = door.custody.leaf(index)
        return render(request, "suppressed.html", {"index": index, "leaf": leaf.hex()}, status=410)
    except Absent:
        raise Http404 from None
    state = door.desk.ledger.state
    suspect = state.suspect(index, found.signers) if state else ()
    signed = [
        {"name": name, "holder": state.holders.get(name) if state else None, "suspect": name in suspect}
        for name in found.signers
    ]
    return render(request, "entry.html", {
        "row": row, "it": found, "note": found.note.decode("utf-8"), "proof": proof_bytes.decode("utf-8"),
        "released": released, "withheld": len(found.envelope.sd), "signed": signed,
        "effect": door.custody.effect(index, Instant(row.at_ms)), "erased": door.custody.erased(found.sid),
        "can_suppress": door.reader.role in ("mediator", "secretariat") and index > 0,
        "rebased": door.basis_day(row.case, str(found.envelope.body["finding"])) if row.act == FindingPublished.ACT else "",
    })  # fmt: skip


@require_safe
def proof(request: HttpRequest, record: str, index: int) -> HttpResponse:
    """The `.tlog-proof` of an entry."""
    door = readers.door(request, record)
    try:
        data = door.proof(index)
    except Absent:
        raise Http404 from None
    name = filling.file_name(door, f"{index:08d}.tlog-proof")
    return HttpResponse(data, content_type="text/plain; charset=utf-8", headers={
        "Content-Disposition": f'attachment; filename="{name}"',
    })  # fmt: skip


@require_safe
def sitrep(request: HttpRequest, record: str) -> HttpResponse:
    door, language = readers.door(request, record), readers.language(request)
    response = HttpResponse(sitrep_paper.html(filling.situation(door, language), language))
    response.headers["Content-Security-Policy"] = STANDALONE
    return response


@require_safe
def sitrep_pdf(request: HttpRequest, record: str) -> HttpResponse:
    door, language = readers.door(request, record), readers.language(request)
    return _pdf(
        door, sitrep_paper.pdf(filling.situation(door, language), language, str(filling.FONTS)), "situation-report"
    )


def absent(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "problem.html", {"code": "absent"}, status=404)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "problem.html", {"code": "forbidden"}, status=403)


def broken(request: HttpRequest) -> HttpResponse:
    return render(request, "problem.html", {"code": "broken"}, status=500)
