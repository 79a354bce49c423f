"""The case page: what it shows, and the forms it offers in each state. The page itself and every act refused on it use it.

Offering is not deciding: whether an act is allowed is the mechanism's to say.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse

from tiga.mechanism import binding, cases, determinations, findings, release
from tiga.mechanism.acts import Actor, Refusal
from tiga.mechanism.deciders import adoption, imposing, replies
from tiga.mechanism.recompute import recompute
from tiga.publish import plots
from tiga.store.desk import Done
from tiga.store.witnessing import Effect
from tiga.values.moments import ZONES, Instant
from tiga.values.words import knows, say
from tiga.web import forms, readers
from tiga.web.access import Absent, Door, Result
from tiga.web.desks import acting
from tiga.web.forms import Choice, Field, Filled
from tiga.web.sights import CaseView


@dataclass(frozen=True, slots=True)
class Stay:
    """A reason for which a measure is stayed (the word `stay.<code>`), with the report or the case that it leads to."""

    code: str
    report: str = ""
    case: str = ""


def seen(door: Door, sid: str) -> CaseView:
    """The case as this reader may see it; raises Http404 where there is none."""
    try:
        return door.case(sid)
    except Absent:
        raise Http404 from None


def answer(request: HttpRequest, record: str, sid: str, result: Result) -> HttpResponse:
    """After an act on a case: the case again, with the receipt or with the refusal; or the text to be signed."""
    if other := acting.answer(request, result, "case", record, sid):
        return other
    assert isinstance(result, (Done, Refusal))  # the two others have been answered
    if isinstance(result, Refusal):
        return acting.refused(request, "case.html", context(request, record, sid), result)
    return acting.done(request, result, "case", record, sid)


def context(request: HttpRequest, record: str, sid: str, **more: Any) -> dict[str, Any]:
    """Everything the case page shows, for the page itself and for an act that was refused on it."""
    door, language = readers.door(request, record), readers.language(request)
    view = seen(door, sid)
    recomputed = {}
    if view.measures:
        entries, _ = door.desk.ledger.threads(("roster", *door.case_threads(sid)))
        recomputed = {row.sid: row for row in recompute(door.desk.origin, entries, door.desk.agreements())}
    return {
        "effects": _effects(door, view), "related": door.related(view.case.opened.incident),
        **_stage(door, view, language), "stays": _stays(view),
        "it": view, "recomputed": recomputed, "figure": _timeline(view, door.now, language), "reachable": _reachable(door, view),
        "forms": forms_for(door, view, language), "may": may(door, view),
        "claim_zones": dict.fromkeys((*(party.zone for party in door.agreement.parties), *ZONES)), **more,
    }  # fmt: skip


def _stage(door: Door, view: CaseView, language: str) -> dict[str, Any]:
    """Whose turn it is, until when, under which clause and why: one sentence, and every turn that runs beside it."""
    told, rows = door.telling.stage(view, language)
    return {"stage": told, "turns": rows}


def _stays(view: CaseView) -> dict[str, tuple[Stay, ...]]:
    """Why each measure of the case is stayed, by its sid."""
    return {row.sid: tuple(_stay(view, reason) for reason in row.stays) for row in view.measures if row.stays}


def _stay(view: CaseView, reason: str) -> Stay:
    """A reason with the report, or the case, that it leads to; an appeal stands on this very page."""
    code, _, sid = reason.partition(":")
    ruling = view.standing.determinations.get(sid) if code == "precedent" else None
    return Stay(code, sid if code == "discredited" else "", ruling.issued.case if ruling else "")


def _effects(door: Door, view: CaseView) -> dict[str, Effect]:
    """Whether each paper of the case that is in force counts, by sid."""
    papers = [row for row in (view.finding, view.determination, *view.measures) if row is not None]
    return {row.sid: door.custody.effect(row.index, row.in_force) for row in papers if row.in_force}


def _reachable(door: Door, view: CaseView) -> frozenset[str]:
    """Reports and measures named on the page whose own pages this reader may open: nothing else becomes a link."""
    seen = {row.sid for row in door.reports()}
    return frozenset(seen | {row.sid for row in view.measures if _opens(door, row.sid)})


def _opens(door: Door, sid: str) -> bool:
    try:
        door.index_of(sid)
    except Absent:
        return False
    return True


def _timeline(view: Any, now: Instant, language: str) -> str:
    marks = [plots.TimelineMark(Instant(row.at_ms), say(f"act.{row.act}", language), "act") for row in view.acts]
    marks += [
        plots.TimelineMark(
            clock.due, say(f"clock.{clock.name.split('.')[0]}", language), "overdue" if clock.due <= now else "due"
        )
        for clock in view.clocks
        if clock.met is None
    ]
    marks = sorted(marks, key=lambda mark: mark.at)[-24:]
    return (
        plots.timeline(say("case.timeline", language), tuple(marks), "UTC", language, "case-timeline") if marks else ""
    )


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
        Choice(sid, f"{near[sid].source} · {near[sid].where.toponym}" if sid in near else sid[:12], "und")
        for sid in sorted(view.standing.reports)
        if binding.stands_in(view.standing, view.case.opened.incident, sid)
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
            Field(f"elements-{issue.id}", "text", "form.elements", limit=4000, hint="form.elements_hint"),
            Field(f"gist-{issue.id}", "line", "form.gist", required=True, limit=4000, hint="form.gist_hint"),
        ]  # fmt: skip
    return tuple(rows)


def determination_fields(view: CaseView, language: str) -> tuple[Field, ...]:
    rows = [
        Field(f"disposition-{issue.id}", "choice", "form.disposition", required=True,
              choices=_choices("disposition", determinations.DISPOSITIONS, language))
        for issue in view.case.breaches
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


def may(door: Door, view: CaseView) -> dict[str, Any]:
    """Which forms to offer as the case stands, `comply` and `verify` by measure and item; what an act asks is the
    mechanism's to say."""
    by, standing, now = door.actor or Actor("", door.reader.role), view.standing, door.now
    items = [(row.sid, item.id) for row in view.measures for item in row.imposed.items]
    mediator, open_case = door.reader.role == "mediator", not view.case.closed
    key = door.actor.key if door.actor else ""
    party = door.reader.role == "liaison" and door.reader.component in view.case.parties
    violations = (
        [row.issue for row in view.determination.issued.ruled if row.disposition == "violation"]
        if view.determination
        else []
    )
    imposed = {row.imposed.issue for row in view.measures}
    return {
        "reply": replies.may_reply(standing, view.sid, by, now) is None,
        "admit": mediator and open_case and view.case.admitted is None,
        "open_replies": open_case and replies.may_open(standing, view.sid, by, now) is None,
        "finding": adoption.may_adopt(standing, view.sid, by, now) is None,
        "determination": mediator and open_case and bool(view.case.finding) and not view.case.determination,
        "impose": mediator and open_case and any(issue not in imposed for issue in violations),
        "close": mediator and open_case,
        "sign": mediator and open_case and bool(key),
        "comply": _by_measure(row for row in items if open_case and imposing.may_report(standing, *row, by) is None),
        "deposit": open_case and (party or door.reader.role in ("monitor", "mediator", "secretariat")),
        "verify": _by_measure(row for row in items if imposing.may_verify(standing, *row, by) is None),
        "dissent": open_case and bool(view.finding) and key in view.standing.seats,
        "dossier": view.determination is not None
        and view.determination.in_force is not None
        and release.may_see(door.reader, "R1"),
    }


def _by_measure(items: Iterable[tuple[str, str]]) -> dict[str, frozenset[str]]:
    """The items of each measure, by the measure's sid."""
    rows: dict[str, frozenset[str]] = {}
    for measure, item in items:
        rows[measure] = rows.get(measure, frozenset()) | {item}
    return rows
