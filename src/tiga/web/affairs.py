"""Pages of the affairs beside cases: a list per concept, a page per object, a form per deed. All are made from what the
mechanism says of itself (`asks`); no rule stands here.
"""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from tiga.agreement.clauses import Agreement
from tiga.mechanism import casedeeds, sheets
from tiga.mechanism.acts import Refusal
from tiga.mechanism.asks import Ask, Deed, Fact, Given
from tiga.mechanism.deadlines import Clock
from tiga.mechanism.hotline import CENTRE
from tiga.store.desk import Done
from tiga.values.moments import PRECISIONS, ZONES
from tiga.values.names import printed_number
from tiga.values.words import LANGUAGES, digits, knows, pick, say
from tiga.web import forms, grids, readers, rooms
from tiga.web.access import Absent, Door
from tiga.web.desks import acting
from tiga.web.desks.fields import act_choices, labelled
from tiga.web.forms import Choice, Field
from tiga.web.templatetags import tiga

PAGE = 50


@require_safe
def hall(request: HttpRequest, record: str) -> HttpResponse:
    """All concepts, each with how many objects the reader may see are open, and what the reader may begin."""
    door = readers.door(request, record)
    rows = [
        (concept, sum(row.open for row in door.affairs(concept)), door.deeds.begins(concept))
        for concept in door.concepts()
    ]
    return render(request, "affairs.html", {"rows": rows})


@require_safe
def concept(request: HttpRequest, record: str, concept: str) -> HttpResponse:
    """The objects of a concept that the reader may see."""
    door = readers.door(request, record)
    _known(door, concept)
    page = Paginator(door.affairs(concept), PAGE).get_page(request.GET.get("page"))
    return render(request, "affair-list.html", {
        "concept": concept, "rows": page, "prefix": door.prefix(concept), "offers": door.deeds.begins(concept),
        "grid": door.telling.grid(concept, readers.language(request)),
    })  # fmt: skip


@require_safe
def thing(request: HttpRequest, record: str, concept: str, sid: str) -> HttpResponse:
    """One object: its facts, clocks, acts and what may be done."""
    return render(request, "affair.html", _context(request, record, concept, sid))


def _context(request: HttpRequest, record: str, concept: str, sid: str) -> dict[str, Any]:
    door = readers.door(request, record)
    _known(door, concept)
    try:
        it = door.affair(concept, sid)
    except Absent:
        raise Http404 from None
    return {
        "concept": concept, "it": it, "number": printed_number(door.prefix(concept), sid),
        **rooms.more(request, door, concept, sid),
    }  # fmt: skip


def _known(door: Door, concept: str) -> None:
    if concept not in door.concepts():
        raise Http404


@require_http_methods(["GET", "HEAD", "POST"])
def deed(request: HttpRequest, record: str, name: str, sid: str = "") -> HttpResponse:
    """The form of a deed, on an object or beginning one; sent, it is done."""
    door, language = readers.door(request, record), readers.language(request)
    found = door.deeds.deed(name)
    if found is None or found.new == bool(sid) or door.actor is None:
        raise Http404
    told: tuple[Fact, ...] = ()
    if sid:
        try:
            if found.concept == "case":
                door.case(sid)
            else:
                told = door.affair(found.concept, sid).told
        except Absent:
            raise Http404 from None
    fields = tuple(_field(door, found, ask, language, sid) for ask in found.asks)
    proposed = door.deeds.proposed(sid) if found.name == "settlement.propose" else ()
    form = forms.blank(fields, {**door.deeds.starts(found, sid), **request.GET.dict()})
    context = {"deed": found, "sid": sid, "told": told, "proposed": proposed, "form": form,
               "of_incident": found.name in casedeeds.INCIDENTS}  # fmt: skip
    if request.method != "POST":
        return render(request, "deed.html", context)
    context["form"] = filled = forms.read(fields, request.POST)
    if not filled.good:
        context["refusal"] = acting.Shown(say("acting.faults", language), say("acting.mend", language), "")
        return render(request, "deed.html", context, status=422)
    result = door.deeds.do(found, sid, _given(found, filled))
    target = _target(record, found, sid or _made(result), filled.values.get("incident", ""))
    if other := acting.answer(request, result, *target):
        return other
    if isinstance(result, Refusal):
        if result.code == "ask_missing":  # needed only with what else was given
            context["form"] = forms.with_fault(filled, result.values["ask"], "form.required")
        return acting.refused(request, "deed.html", context, result)
    assert isinstance(result, Done)  # the others have been answered
    return acting.done(request, result, *target)


def _target(record: str, found: Deed, sid: str, incident: str) -> tuple[str, ...]:
    """The page to go to: the object's, the incident's of which a deed speaks, or the panel's for what is of the record as a
    whole."""
    if found.name in casedeeds.INCIDENTS:
        return "incident", record, incident
    if found.concept != "case":
        return "affair", record, found.concept, sid
    return ("panel", record) if found.new and found.code != "case.raise" else ("case", record, sid)


def _made(result: Any) -> str:
    return str(result.receipt.sid) if isinstance(result, Done) else ""


def _given(found: Deed, filled: forms.Filled) -> Given:
    several = {ask.name for ask in found.asks if ask.kind in ("many", "objects")}
    values: dict[str, str | tuple[str, ...]] = {}
    for ask in found.asks:
        text = filled.values[ask.name]
        values[ask.name] = filled.lists[ask.name] if ask.name in several else text
    return Given(values)


def _hint(deed: Deed, ask: Ask) -> str:
    """The code of what is said of an ask: for this deed, else wherever it is asked, else how its kind is written."""
    named = (f"ask_hint.{deed.name}.{ask.name}", f"ask_hint.{ask.name}")
    return next((code for code in named if knows(code)), "ask_hint.utc" if ask.kind == "moment" else "")


def _field(door: Door, deed: Deed, ask: Ask, language: str, sid: str) -> Field:
    label, needed, hint = f"ask.{ask.name}", ask.required, _hint(deed, ask)
    if ask.kind == "moment":
        return Field(ask.name, "datetime", label, needed, 25, hint=hint)
    if ask.kind == "whole":
        return Field(ask.name, "whole", label, needed, 9, hint=hint, high=ask.high)
    if ask.kind == "yes":
        choices = tuple(Choice(value, say(f"choice.{value}", language)) for value in ("yes", "no"))
        return Field(ask.name, "choice", label, True, choices=choices, hint=hint)
    if ask.choices:
        kind = "many" if ask.kind in ("many", "objects") else "choice"
        return Field(ask.name, kind, label, needed, choices=_left(door, deed, ask, language, sid), hint=hint)
    return Field(ask.name, ask.kind, label, needed, 8000 if ask.kind == "text" else 400, hint=hint)


def _left(door: Door, deed: Deed, ask: Ask, language: str, sid: str) -> tuple[Choice, ...]:
    """What may be chosen, without what is not left for this reader on this object."""
    left = door.deeds.left(deed, ask, sid)
    rows = choices_of(door, ask, language, sid)
    return rows if left is None else tuple(row for row in rows if row.value in left)


def choices_of(door: Door, ask: Ask, language: str, on: str) -> tuple[Choice, ...]:
    """What may be chosen: values of the agreement, objects that the reader may see, or the ask's own values."""
    if "|" in ask.choices:
        return tuple(Choice(value, _word(value, language)) for value in ask.choices.split("|"))
    if ask.choices == "clock":
        return tuple(_clock(door, row, language) for row in door.deeds.extendable(on))
    if ask.choices == "seat":
        rows = door.deeds.choosable("seat")
        return tuple(Choice(key, f"{key} · {grids.name(door.agreement, of, language)}", "und") for key, of in rows)
    if ask.kind in ("object", "objects"):
        return tuple(Choice(sid, label, "und") for sid, label in door.deeds.choosable(ask.choices, on, language))
    if ask.choices in sheets.LISTS:
        known = {choice.value: choice for choice in _LISTS["components"](door.agreement, language)}
        names = door.deeds.names(ask.choices, on)
        return tuple(known.get(name) or Choice(name, grids.slug(name), "und") for name in names)
    return _LISTS[ask.choices](door.agreement, language)


def _clock(door: Door, row: Clock, language: str) -> Choice:
    """A clock by its name, whose turn it is, and until when it runs."""
    due = f"\u2066{digits(row.due.local('UTC'), language)} UTC\u2069"
    who = tiga.called(door, row.whose, language)[0]
    return Choice(f"{row.name}:{row.whose}", f"{say(f'clock.{row.name}', language)} · \u2068{who}\u2069 · {due}")


def _word(value: str, language: str) -> str:
    return say(f"choice.{value}", language) if knows(f"choice.{value}") else value


def _named(rows: Any, language: str) -> tuple[Choice, ...]:
    return tuple(_label(row.id, row.names.get("neutral", {}), language) for row in rows)


def _label(id: str, texts: dict[str, str], language: str, mark: str = "") -> Choice:
    """A choice whose label is a text of the agreement alone: its id says nothing to a person; without a text, the id."""
    text, tag = pick(texts, language)
    return Choice(id, f"{mark}{text}" or id, "" if tag == language else tag or "und")


def _clauses(agreement: Agreement, language: str, *kinds: str) -> tuple[Choice, ...]:
    rows = (row for row in agreement.clauses if not kinds or row.kind in kinds)
    return tuple(labelled(row.id, row.text, language) for row in rows)


def _texts(rows: Any, language: str, member: str) -> tuple[Choice, ...]:
    return tuple(_label(row.id, getattr(row, member), language) for row in rows)


def _pairs(agreement: Agreement, language: str) -> tuple[Choice, ...]:
    """Paired steps by the words of their halves."""
    rows = []
    for row in agreement.undertakings.pairs:
        halves = dict.fromkeys(pick(half.text, language)[0] for half in row.halves)
        tags = {pick(half.text, language)[1] for half in row.halves}
        rows.append(Choice(row.id, " / ".join(halves), "" if tags == {language} else "und"))
    return tuple(rows)


def _duties(agreement: Agreement, language: str) -> tuple[Choice, ...]:
    """Duties by their clause and by what starts them."""
    rows = []
    for row in agreement.undertakings.duties:
        clause = agreement.clause(row.clause)
        mark = f"{row.clause} · {say(f'agreement_value.{row.on}', language)} · "
        rows.append(_label(row.id, clause.text if clause else {}, language, mark))
    return tuple(rows)


_LISTS: dict[str, Any] = {
    "parties": lambda a, tag: _named(a.parties, tag),
    "mediators": lambda a, tag: _named(a.mediators, tag),
    "components": lambda a, tag: _named((*a.parties, *a.mediators), tag),
    "clauses": _clauses,
    "obligations": lambda a, tag: _clauses(a, tag, "obligation"),
    "prohibitions": lambda a, tag: _clauses(a, tag, "prohibition"),
    "standards": lambda a, tag: tuple(Choice(name, say(f"standard.{name}", tag) if knows(f"standard.{name}") else name)
                                      for name in a.standard_order),
    "acts": lambda a, tag: act_choices(a, tag),
    "crossings": lambda a, tag: _texts(a.undertakings.crossings, tag, "name"),
    "flows": lambda a, tag: tuple(Choice(name, _word(name, tag))
                                  for name in dict.fromkeys(flow for row in a.undertakings.crossings for flow in row.flows)),
    "assurances": lambda a, tag: _texts(a.undertakings.assurances, tag, "indicator"),
    "pairs": _pairs,
    "notices": lambda a, tag: _texts(a.undertakings.notices, tag, "text"),
    "duties": _duties,
    "periodic": lambda a, tag: _texts(a.undertakings.periodic, tag, "text"),
    "levels": lambda a, tag: tuple(Choice(name, _word(name, tag)) for name in a.levels),
    "zones": lambda a, tag: tuple(Choice(zone, zone) for zone in ZONES),
    "precisions": lambda a, tag: tuple(Choice(name, say(f"precision.{name}", tag)) for name in PRECISIONS),
    "ends": lambda a, tag: (*_named(a.parties, tag), Choice(CENTRE, say(f"executor.{CENTRE}", tag))),
    "languages": lambda a, tag: tuple(Choice(code, item.own_name) for code, item in LANGUAGES.items()),
}  # fmt: skip
