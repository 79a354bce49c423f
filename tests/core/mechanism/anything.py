"""Anything by anybody, for generated disputes: each older act, each deed of a case, each deed of the affairs, what is given
for it drawn from what there is and what there is not. A refused act must leave the record as it was.
"""

from __future__ import annotations

from collections.abc import Callable

from tests.core.mechanism import courses
from tests.core.mechanism import desk as desks
from tests.core.mechanism.affairs.deeds import Told
from tests.core.mechanism.desk import Desk, Verb, actor, report
from tiga.mechanism import affairs, casedeeds, cases, determinations, findings, reports
from tiga.mechanism.acts import Refusal
from tiga.mechanism.asks import Ask, Deed, Given, fault
from tiga.mechanism.cases import Case
from tiga.mechanism.deciders import (
    adoption,
    grouping,
    imposing,
    marking,
    replies,
    ruling,
    seating,
    triage,
)
from tiga.mechanism.findings import Held
from tiga.values.moments import Instant

Draw = Callable[[int], int]
Tried = tuple[tuple[str, ...], Verb]
NOBODY = "x" * 43
SLUGS = tuple(desks.PEOPLE)
SPANS = ("PT1H", "PT7H", "P1D", "P4D", "P8D", "P40D")
STANDARDS = (*desks.exercise_agreement().standard_order[-2:], "insufficient")
HOURS = {"opens": 1, "closes": 40, "session_begins": 200, "when": -1, "arrived": -2, "left": -1, "patrol_back": -1}
"""How far from now a moment is given, by the name of its ask; the wrong way round now and then."""


def tried(desk: Desk, slug: str, what: Tried) -> None:
    """An act is tried; refused, it leaves the record as it was."""
    before = desk.book.head()
    if isinstance(desk.try_(slug, *what), Refusal):
        assert desk.book.head() is before


def on(desk: Desk, case: str, verb: Verb) -> Tried:
    return desk.threads_of(case), verb


def some(rows: object, draw: Draw) -> str:
    """One of the known sids, or one that is not there."""
    known = sorted(rows)  # type: ignore[call-overload]
    return str(known[draw(len(known))]) if known and draw(12) else NOBODY


def older(desk: Desk, draw: Draw) -> Tried:
    """An older act with anything given."""
    whole, case, salts = desk.whole, some(desk.whole.cases, draw), desk.salts()
    known = whole.cases.get(case)
    papers = [one for one in (known.finding, known.determination, *known.measures) if one] if known else []
    paper = some((*papers, *whole.papers), draw)
    measure = some(whole.measures, draw)
    items = [row.id for row in whole.measures[measure].imposed.items] if measure in whole.measures else ["x"]
    item, reason = items[draw(len(items))], cases.CLOSINGS[draw(len(cases.CLOSINGS))]
    filed, incident, linked = some(whole.reports, draw), some(whole.incidents, draw), draw(2)
    disposition, wrong = determinations.DISPOSITIONS[draw(5)], _held(desk, known, draw)
    slug, drawn = SLUGS[draw(len(SLUGS))], report(f"m{desk.drawn}", "", channel="monitor")
    member, link = actor(slug), grouping.link if linked else grouping.unlink
    on, of = desk.threads_of(case), desk.threads_of_report(filed)
    table: tuple[Tried, ...] = (
        (on, lambda s, by, now: triage.admit(s, case, "reasonable_suspicion", "EX.", by, now)),
        (on, lambda s, by, now: adoption.adopt(s, case, wrong, by, now)),
        (on, lambda s, by, now: adoption.dissent(s, known.finding if known else NOBODY, "EX.", by, now)),
        (on, lambda s, by, now: ruling.issue(s, case, {"i1": disposition}, "EX.", by, now)),
        (on, lambda s, by, now: imposing.impose(s, case, "i1", by, now)),
        (on, lambda s, by, now: ruling.sign(s, paper, by, now)),
        (on, lambda s, by, now: replies.open_replies(s, case, by, now)),
        (on, lambda s, by, now: replies.reply(s, case, "EXERCISE.", "en", by, now, salts)),
        (on, lambda s, by, now: triage.close(s, case, reason, "", by, now)),
        (_case_of(desk, measure), lambda s, by, now: imposing.report_compliance(s, measure, item, "EX.", by, now)),
        (_case_of(desk, measure), lambda s, by, now: imposing.verify_compliance(s, measure, item, linked == 1, "EX.", by, now)),
        (of, lambda s, by, now: marking.discredit(s, filed, "EX.", by, now)),
        ((), lambda s, by, now: seating.recuse(s, "EX.", by, now)),
        ((), lambda s, by, now: seating.seat(s, member.key, member.component, by, now)),
        ((), lambda s, by, now: seating.notify(s, member.component, by, now)),
        ((), lambda s, by, now: reports.file(s, drawn, by, now, salts)),
        ((f"incident:{incident}", f"report:{filed}"), lambda s, by, now: link(s, incident, filed, "EX.", by, now)),
    )  # fmt: skip
    return table[draw(len(table))]


def _case_of(desk: Desk, measure: str) -> tuple[str, ...]:
    row = desk.whole.measures.get(measure)
    return desk.threads_of(row.imposed.case) if row else ()


def _held(desk: Desk, case: Case | None, draw: Draw) -> tuple[Held, ...]:
    holding = findings.HOLDINGS[draw(len(findings.HOLDINGS))]
    support = case.opened.report if case and draw(4) else some(desk.whole.reports, draw)
    factors = ("civilian_harm",) if not draw(3) else ()
    standard = STANDARDS[draw(len(STANDARDS))]
    return (Held("i1", holding, standard, "EXERCISE.", "organ", (support,), factors, ("single_source",)[: draw(2)]),)


def deed(desk: Desk, draw: Draw) -> None:
    """A deed of a case, by whom it is offered to or by anybody, and often signed by the other mediator."""
    one = casedeeds.DEEDS[draw(len(casedeeds.DEEDS))]
    case = some(desk.whole.cases, draw)
    values = Given({ask.name: _given(desk, ask, case, draw) for ask in one.asks if ask.required or draw(2)})
    if fault(one, values) is not None:
        return
    slug = _slug(one, draw)
    draws, wanted = desk.salts(), desk.widened(one.threads("" if one.new else case, values))
    before = desk.book.head()
    outcome = desk.try_(slug, wanted, lambda s, by, now: one.do(s, "" if one.new else case, values, by, now, draws))
    if isinstance(outcome, Refusal):
        assert desk.book.head() is before
    elif outcome[0] in desk.whole.papers and draw(3):
        other = {"mediator1": "mediator2"}.get(slug, "mediator1")
        tried(desk, other, (wanted, lambda s, by, now: ruling.sign(s, outcome[0], by, now)))


def course(desk: Desk, case: str, name: str, **given: Told) -> Tried:
    values, draws = Given(given), desk.salts()
    return on(desk, case, lambda s, by, now: casedeeds.BY_NAME[name].do(s, case, values, by, now, draws))


def affair(desk: Desk, draw: Draw) -> None:
    """A deed of the affairs on one of its objects."""
    begun = [(concept, sid) for concept in affairs.CONCEPTS for sid in concept.objects(desk.whole)]
    if begun and draw(4):
        concept, sid = begun[draw(len(begun))]
    else:
        concept, sid = affairs.CONCEPTS[draw(len(affairs.CONCEPTS))], ""
    deeds = [row for row in concept.DEEDS if row.new is not bool(sid)]
    if not deeds:  # files are exhibits by what happens to them: no deed makes one
        return
    one = deeds[draw(len(deeds))]
    values = Given({ask.name: _given(desk, ask, "", draw) for ask in one.asks if ask.required or draw(2)})
    if fault(one, values) is not None:
        return
    draws = desk.salts()
    tried(desk, _slug(one, draw), (one.threads(sid, values), lambda s, by, now: one.do(s, sid, values, by, now, draws)))


def _slug(one: Deed, draw: Draw) -> str:
    offered = [slug for slug, (role, _) in desks.PEOPLE.items() if role in one.roles] or list(SLUGS)
    return offered[draw(len(offered))] if draw(6) else SLUGS[draw(len(SLUGS))]


def _given(desk: Desk, ask: Ask, case: str, draw: Draw) -> Told:
    """Something for an ask: of what there is, mostly."""
    if ask.kind == "moment":
        hours = HOURS.get(ask.name, 30) if draw(6) else -HOURS.get(ask.name, 30)
        return Instant(desk.now().ms + hours * 3_600_000).text()
    if ask.kind == "yes":
        return ("yes", "no")[draw(2)]
    if ask.kind == "whole":
        return str(draw(4))
    if ask.kind in ("object", "objects") and ask.choices not in ("any", "seat"):
        sid = _object(desk, ask, case, draw)
        return (sid,) if ask.kind == "objects" else sid
    if ask.kind in ("choice", "many"):
        values = ask.choices.split("|") if "|" in ask.choices else _listed(ask.choices)
        value = values[draw(len(values))] if values else "x"
        return (value,) if ask.kind == "many" else value
    return _line(desk, ask, draw)


def _line(desk: Desk, ask: Ask, draw: Draw) -> str:
    if ask.name.endswith(("local", "_from", "_until")):
        hours = {"asserted_until": 30, "patrol_from": 1, "patrol_until": 9}.get(ask.name, 12 if draw(2) else -1)
        return Instant(desk.now().ms + hours * 3_600_000).text()[:16]
    known = {"terms": "EXERCISE.", "clock": ("reply", "determine", "impose", "triage")[draw(4)], "issue": "i1",
             "what": "moon", "zone": "UTC", "crossing_zone": "UTC", "patrol_zone": "UTC",
             "draft_clauses": "1 EXERCISE.", "duty_part": "a1", "patrol_areas": "belt | 60", "patrol_area": "belt",
             "patrol_team": "monitor", "session_members": "liaison1, liaison2, mediator1, mediator2"}  # fmt: skip
    return known.get(ask.name, "EXERCISE.")


def _object(desk: Desk, ask: Ask, case: str, draw: Draw) -> str:
    whole = desk.whole
    if ask.choices == "measure" and case in whole.cases:
        return some(whole.cases[case].measures, draw)
    tables: dict[str, object] = {
        "case": whole.cases, "report": whole.reports, "incident": whole.incidents, "measure": whole.measures,
        "challenge": whole.challenges, "member": whole.seats,
    }  # fmt: skip
    if ask.choices in affairs.BY_NAME:
        return some(affairs.BY_NAME[ask.choices].objects(whole), draw)
    return some(tables.get(ask.choices, ()), draw)


def _listed(choices: str) -> list[str]:
    """The values of a named list, as the agreement has them."""
    agreement = courses.agreement()
    own = agreement.undertakings
    tables: dict[str, list[str]] = {
        "parties": ["party-1", "party-2"], "mediators": ["mediator-1", "mediator-2"],
        "components": ["party-1", "party-2", "mediator-1", "mediator-2"], "prohibitions": ["P-01", "P-05"],
        "standards": list(STANDARDS), "acts": ["H1", "H2", "F1", "O2"], "zones": ["UTC"], "precisions": ["minute"],
        "languages": ["en"], "levels": ["R1"], "ends": ["party-1", "party-2", "mediators"],
        "flows": ["people", "trade"], "origins": ["monitor", "party-1"], "readers": ["liaison1", "liaison2"],
        "duties": [row.id for row in own.duties], "assurances": [row.id for row in own.assurances],
        "crossings": [row.id for row in own.crossings], "pairs": [row.id for row in own.pairs],
        "notices": [row.id for row in own.notices], "periodic": [row.id for row in own.periodic],
    }  # fmt: skip
    return tables.get(choices, ["x"])
