"""Disputes written by a seed: who does what in which order, sensible or not, on cases and on affairs.

Rules
1. Every choice is drawn from SHA-256 over the seed, the dispute's number and a counter: the same seed, the same disputes,
   on every machine. Nothing is drawn by chance.
2. A dispute is written while it is played, so that acts that lead on are found: half of them do the next thing that a case
   waits for. The rest are deeds of any kind, by whoever may or may not, with asks filled from what the agreement knows.
3. A dispute begins at one of the instants at which an instrument of the agreement is in force or disputed.
4. All that is said in a dispute is invented; parties are `party-1` and `party-2`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from tiga.agreement import reading
from tiga.agreement.clauses import APPEAL_GROUNDS, Agreement
from tiga.mechanism import affairs, cases, deadlines, mandates
from tiga.mechanism.aftermath import SIDES, Plain
from tiga.mechanism.asks import Ask, Deed
from tiga.mechanism.deciders.contests import OUTCOMES
from tiga.mechanism.determinations import DISPOSITIONS
from tiga.mechanism.findings import HOLDINGS
from tiga.mechanism.hotline import CENTRE
from tiga.mechanism.rehearsal import DEEDS, NOBODY, WORDS, Act, Crew, Stage, Text
from tiga.values.moments import Instant, Span

ACTS_MIN, ACTS_MAX = 8, 40
"""Acts of one dispute."""
BUSY = 3
"""Open cases at which no more is complained of."""
PAUSES = ("PT1M", "PT5M", "PT1H", "PT7H", "P1D", "P3D", "P8D", "P40D")
OFFSETS = ("-PT2H", "-PT10M", "PT10M", "PT50H", "P6D", "P15D")
FIELDS: dict[str, tuple[str, ...]] = {
    "whose": ("", *SIDES), "issue": ("i1", "i1", "i2"), "terms": ("EXERCISE. Both go back.", WORDS), "zone": ("UTC",),
    "crossing_zone": ("UTC",), "crossing_precision": ("minute",), "patrol_zone": ("UTC",), "patrol_area": ("Exercise Post",),
    "patrol_areas": ("Exercise Post",), "alleged_by": ("", *SIDES), "duty_part": ("1",), "duty_object": ("",),
    "sheet_point": ("-0.1, -0.03",), "draft_clause": ("C-1",), "draft_clauses": ("C-1: Invented.",),
}  # fmt: skip
"""What stands in free fields that take more than words."""
OPENS = Instant.parse("2026-01-05T08:00:00.000Z")
_DAY = 86_400_000
T = TypeVar("T")
Told = dict[str, str | tuple[str, ...]]
"""What is given for a deed's asks."""


class Lots:
    """Numbers from a seed: SHA-256 over it and a counter."""

    def __init__(self, seed: str) -> None:
        self.seed, self.drawn = seed, 0

    def below(self, number: int) -> int:
        """A number from 0 to less than `number`."""
        self.drawn += 1
        digest = hashlib.sha256(f"{self.seed} {self.drawn}".encode()).digest()
        return int.from_bytes(digest[:8], "big") % max(1, number)

    def of(self, rows: Sequence[T]) -> T:
        return rows[self.below(len(rows))]


@dataclass(frozen=True, slots=True)
class Script:
    """A dispute as it was written, and what came of it."""

    acts: tuple[Act, ...]
    outcome: Plain


def write(under: Text, crew: Crew, seed: str, number: int) -> Script:
    """The dispute of a seed and a number under the text of an agreement made by `impartial.rehearsed`."""
    lots = Lots(f"{seed} {number}")
    start = lots.of(starts(under.agreement))
    stage, acts = Stage(under, crew, Instant(start.ms - 60_000)), []
    author = _Author(under.agreement, stage, lots)
    at = start
    for place in range(lots.below(ACTS_MAX - ACTS_MIN + 1) + ACTS_MIN):
        act = author.next(place, at)
        stage.perform(act)
        acts.append(act)
        at = at.plus(Span.parse(lots.of(PAUSES) if not lots.below(3) else lots.of(PAUSES[:3])))
    return Script(tuple(acts), stage.outcome())


def starts(agreement: Agreement) -> tuple[Instant, ...]:
    """Instants at which a dispute may begin: around the edges of windows, where something is in force or disputed."""
    edges = {
        edge
        for row in agreement.instruments
        for window in row.windows
        for edge in reading.edges(window)
        if edge is not None
    }
    tried = [OPENS, *(Instant(edge + days * _DAY) for edge in sorted(edges) for days in (-1, 1, 10))]
    held = [at for at in tried if reading.instrument_at(agreement, at, at)[0] != "not_in_force" and at.ms > 0]
    return tuple(dict.fromkeys(held)) or (OPENS,)


class _Author:
    """Chooses the next act from where a stage stands."""

    def __init__(self, agreement: Agreement, stage: Stage, lots: Lots) -> None:
        self.agreement, self.stage, self.lots = agreement, stage, lots
        self.mediators = tuple(state.id for state in agreement.mediators) or ("mediator-1",)
        self.acts = 24 if lots.below(3) else 60  # a third of the disputes are of affairs for the most part

    def next(self, number: int, at: Instant) -> Act:
        """The act that comes as the dispute's `number`-th, at an instant: by lots, from where the stage stands."""
        kind = self.lots.below(self.acts)
        busy = sum(1 for case in self.stage.standing.cases.values() if not case.closed) >= BUSY
        if kind < (16 if busy else 14):
            who, deed, on, given = self._onward(at)
        elif kind < 16:
            who, deed, on, given = self._complaint(at)
        elif kind < 18:
            who, deed, on, given = self._panel()
        elif kind < 19:
            who, deed, on, given = "registrar", "clock.run", "", {}
        else:
            who, deed, on, given = self._deed(at)
        return Act(number, who, deed, at, on, given)

    # ---- the straight way

    def _label(self, sid: str) -> str:
        return self.stage.log.labels.get(sid, sid)

    def _case(self) -> tuple[str, cases.Case] | None:
        known = list(self.stage.standing.cases.items())
        open_ = [row for row in known if not row[1].closed]
        return self.lots.of(open_[-2:] if open_ and self.lots.below(6) else known) if known else None

    def _complaint(self, at: Instant) -> _Chosen:
        side = self.lots.below(2)
        bans = [row for row in self.agreement.clauses if row.kind == "prohibition" and row.codes]
        clause = self.lots.of(bans)
        respondent = SIDES[1 - side if self.lots.below(12) else side]
        ago = Span(self.lots.below(20 if not self.lots.below(4) else 3) * _DAY // 2 + 1)
        said = {"code": self.lots.of(clause.codes), "local": at.minus(ago).text()[:16]}
        given: Told = {**said, "provision": clause.id, "respondent": respondent}
        near = [row.id for row in bans if said["code"] in row.codes and row is not clause]
        given["further"] = tuple(near[:1]) if not self.lots.below(3) else ()
        given["questions"] = (self.lots.of(cases.QUESTIONS),) if not self.lots.below(4) else ()
        given["level"] = "R1" if self.lots.below(4) else "R2"
        if self.lots.below(6):
            return f"liaison-{side + 1}", "case.complain", "", given
        return "monitor", "report.file", "", {**said}

    def _onward(self, at: Instant) -> _Chosen:
        """What a case waits for."""
        found = self._case()
        if found is None or (found[1].closed and self.lots.below(4)):
            return self._complaint(at)
        sid, case = found
        state = cases.state(self.stage.standing, case)
        if case.course.suspended and self.lots.below(4):
            return self._sitting(), "case.resume", self._label(sid), {"reason": WORDS}
        mediator, on = self._sitting(), self._label(sid)
        if state == "notified":
            return mediator, "case.admit", on, {"standard": self._standard()}
        if state == "reply":
            lacking = [n for n, party in enumerate(SIDES, 1) if party not in {row.party for row in case.replies}]
            if lacking and self.lots.below(5):
                return f"liaison-{self.lots.of(lacking)}", "reply.seal", on, {}
            return mediator, "reply.open", on, {}
        if state == "verification" or (state == "drafting" and not case.finding):
            return mediator, "finding.adopt", on, self._holding(case)
        if state == "adopted":
            return mediator, "determination.issue", on, {
                "disposition": self._disposition(case), "others": self._disposition(case),
            }  # fmt: skip
        if state == "appeal":
            return self._decided(case, mediator)
        if state in ("determined", "measures", "compliance") and not self.lots.below(8):
            ground = self.lots.of(APPEAL_GROUNDS)
            given: Told = {"ground": ground, "text": WORDS, "language": "en"}
            return f"liaison-{self.lots.below(2) + 1}", "appeal.file", on, given
        if state == "determined":
            return mediator, "measure.impose", on, {"issue": self.lots.of(case.breaches).id}
        return self._executed(case, mediator) if state in ("measures", "compliance") else self._signed(case, mediator)

    def _sitting(self, signers: tuple[str, ...] = ()) -> str:
        """A mediator who sits, is not recused and has not signed yet; any where there is none."""
        standing = self.stage.standing
        free = [
            slug for slug, (role, _) in self.stage.people.items()
            if role == "mediator" and (key := self.stage.actor(slug).key) in standing.seats
            and key not in standing.recused and key not in signers
        ]  # fmt: skip
        return self.lots.of(free or self.mediators)

    def _signed(self, case: cases.Case, mediator: str) -> _Chosen:
        papers = [sid for sid, row in self.stage.standing.papers.items() if getattr(row.kind, "case", "") == case.sid]
        sids = [sid for sid in (case.finding, case.determination, *case.measures, *papers) if sid]
        open_ = [sid for sid in sids if (found := self.stage.standing.signable(sid)) and found[3] is None]
        if not open_:
            return mediator, "signature.add", self._label(sids[-1] if sids else NOBODY), {}
        found = self.stage.standing.signable(open_[-1])
        return self._sitting(found[2] if found else ()), "signature.add", self._label(open_[-1]), {}

    def _decided(self, case: cases.Case, mediator: str) -> _Chosen:
        if any(row.decision for row in case.course.appeals):
            return self._signed(case, mediator)
        given: Told = {"outcome": self.lots.of(OUTCOMES), "reason": WORDS, "disposition": self.lots.of(DISPOSITIONS)}
        return mediator, "appeal.decide", self._label(case.sid), given

    def _executed(self, case: cases.Case, mediator: str) -> _Chosen:
        measure = self.stage.standing.measures[case.measures[-1]]
        if measure.in_force is None:
            return self._signed(case, mediator)
        item = self.lots.of(measure.imposed.items)
        if item.id in measure.reported and self.lots.below(2):
            met = "yes" if self.lots.below(4) else ""
            return mediator, "compliance.verify", self._label(measure.sid), {"item": item.id, "met": met}
        own = item.executor.replace("party", "liaison") if item.executor in SIDES else mediator
        who = self.lots.of((own, own, own, "liaison-1", "liaison-2"))
        return who, "compliance.report", self._label(measure.sid), {"item": item.id}

    def _standard(self) -> str:
        order = self.agreement.standard_order
        return order[-1] if self.lots.below(6) else self.lots.of(order)

    def _disposition(self, case: cases.Case) -> str:
        holding = self.stage.standing.findings[case.finding].adopted.held[0].holding
        likely = DISPOSITIONS[0] if holding == HOLDINGS[0] else holding
        return likely if self.lots.below(6) else self.lots.of(DISPOSITIONS)

    def _holding(self, case: cases.Case) -> Told:
        held = self.lots.below(5)
        shifts = (*self.agreement.severity_shifts, *self.agreement.ladder_shifts)
        named = [row for row in self.agreement.attributions if not row.startswith("not_")]
        return {
            "holding": HOLDINGS[0] if held else self.lots.of(HOLDINGS),
            "standard": self._standard(),
            "attribution": self.lots.of(named) if held else self.lots.of(self.agreement.attributions),
            "supports": (self._label(case.opened.report),),
            "factors": (self.lots.of(shifts).factor,) if shifts and not self.lots.below(4) else (),
            "limitations": ("single_source",) if self.lots.below(8) else (),
        }

    def _panel(self) -> _Chosen:
        """Seats, dissents, closings, discredited reports, signatures out of turn."""
        standing, which = self.stage.standing, self.lots.below(8)
        slug = self.lots.of([name for name in self.stage.people if name != "registrar"])
        component = self.stage.people[slug][1]
        away = [party for party in SIDES if not mandates.sitting(standing, party)]
        if away and self.lots.below(2):
            return "secretariat", "panel.notify", "", {"component": self.lots.of(away)}
        if which == 0:
            return self.lots.of(("liaison-1", "liaison-2", slug)), "panel.recuse", "", {}
        if which == 1:
            return "secretariat", "panel.seat", f"key:{slug}", {"component": component}
        if which == 2:
            return "secretariat", "panel.notify", "", {"component": self.lots.of((*SIDES, *self.mediators))}
        if which == 3:
            resting = [sid for case in standing.cases.values() for sid in case.supports]
            return "secretariat", "report.discredit", self._any(resting or list(standing.reports)), {}
        if which == 4:
            return slug, "finding.dissent", self._any(list(standing.findings)), {}
        if which == 5:
            reason = self.lots.of(cases.CLOSINGS)
            return self.lots.of(self.mediators), "case.close", self._any(list(standing.cases)), {"reason": reason}
        if which == 6:
            return f"liaison-{self.lots.below(2) + 1}", "reply.seal", self._any(list(standing.cases)), {}
        papers = [*standing.findings, *standing.determinations, *standing.measures, *standing.papers]
        return slug, "signature.add", self._any(papers), {}

    def _any(self, sids: list[str]) -> str:
        return self._label(self.lots.of(sids)) if sids else NOBODY

    # ---- deeds

    def _deed(self, at: Instant) -> _Chosen:
        """A deed on a case or an affair: on an object that is there, in a state in which it is offered, or a new one."""
        offered = self._offered()
        deeds = self.lots.of(tuple(offered.values())) if offered and self.lots.below(4) else _NEW
        deed, sid = self.lots.of(deeds)
        role = self.lots.of(deed.roles)
        slugs = [name for name, (own, _) in self.stage.people.items() if own == role] or ["secretariat"]
        if role == "mediator" and self.lots.below(6):
            slugs = [self._sitting()]
        given: Told = {}
        for ask in deed.asks:
            if ask.required or self.lots.below(2):
                given[ask.name] = self._filled(deed, ask, sid, at)
        return self.lots.of(slugs), deed.name, self._label(sid) if sid else "", given

    def _offered(self) -> dict[str, list[tuple[Deed, str]]]:
        """The deeds offered now, by object; an object with nothing to be done on it is left out."""
        standing = self.stage.standing
        states = {("case", sid): cases.state(standing, case) for sid, case in standing.cases.items()}
        for concept in affairs.CONCEPTS:
            for sid in concept.objects(standing):
                seen = concept.sight(standing, sid)
                states[concept.NAME, sid] = seen.state if seen else ""
        rows = {
            sid: [(deed, sid) for deed in _OLD[concept] if not deed.states or state in deed.states]
            for (concept, sid), state in states.items()
        }
        return {sid: deeds for sid, deeds in rows.items() if deeds}

    def _filled(self, deed: Deed, ask: Ask, sid: str, at: Instant) -> str | tuple[str, ...]:
        if ask.kind in ("object", "objects") and ask.choices not in ("any", "seat"):
            return self._object(ask.choices)
        if ask.kind == "moment":
            offset = {"opens": OFFSETS[2], "closes": OFFSETS[4]}.get(ask.name) or self.lots.of(OFFSETS)
            moved = Span.parse(offset.removeprefix("-"))
            return (at.minus(moved) if offset.startswith("-") else at.plus(moved)).text()
        if ask.kind == "whole":
            return str(self.lots.below(3) + 1)
        if ask.kind == "yes":
            return self.lots.of(("yes", ""))
        if ask.choices and ask.kind in ("choice", "many"):
            rows = ask.choices.split("|") if "|" in ask.choices else choices(self.agreement, ask.choices)
            chosen = self.lots.of(rows) if rows else ""
            if ask.kind == "many":
                return tuple(row for row in rows if row == chosen or not self.lots.below(3))
            return chosen
        return self._words(ask.name, sid, at)

    def _object(self, concept: str) -> str:
        standing = self.stage.standing
        if concept == "member":
            return f"key:{self.lots.of([name for name in self.stage.people if name != 'registrar'])}"
        if concept in affairs.BY_NAME:
            return self._any(list(affairs.BY_NAME[concept].objects(standing)))
        if concept == "case":
            return self._any(list(standing.cases))
        if concept == "report":
            return self._any(list(standing.reports))
        if concept == "incident":
            return self._any(list(standing.incidents))
        return self._any(list(standing.measures if concept == "measure" else standing.challenges))

    def _words(self, name: str, sid: str, at: Instant) -> str:
        """What stands in a free field: a local time, a zone or a name where one is due, else words."""
        case = self.stage.standing.cases.get(sid)
        if name == "clock" and case:
            running = [row.name for row in deadlines.clocks(self.stage.standing, case) if row.met is None]
            return self.lots.of(running) if running else "reply"
        if name in FIELDS:
            return self.lots.of(FIELDS[name])
        if name == "session_members":
            return " ".join(self.stage.people)
        local = at.plus(Span(3_600_000)) if "until" in name or name == "patrol_from" else at.minus(Span(3_600_000))
        return local.text()[:16] if name.endswith(("_local", "_until", "_from")) else WORDS


_Chosen = tuple[str, str, str, Told]
_NEW = [(deed, "") for deed in DEEDS.values() if deed.new]
_OLD = {
    name: [deed for deed in DEEDS.values() if deed.concept == name and not deed.new]
    for name in ("case", *affairs.BY_NAME)
}


def choices(agreement: Agreement, name: str) -> tuple[str, ...]:
    """What an ask's list offers under an agreement, by the list's name (`asks.Ask`)."""
    under, sides = agreement.undertakings, (*SIDES, *(state.id for state in agreement.mediators))
    rows: dict[str, tuple[str, ...]] = {
        "parties": SIDES, "mediators": sides[2:], "components": sides, "ends": (*SIDES, CENTRE), "languages": ("en",),
        "origins": sides, "readers": SIDES,
        "zones": ("UTC",), "precisions": ("minute",), "levels": agreement.levels, "standards": agreement.standard_order,
        "acts": tuple(row.code for row in agreement.acts), "clauses": tuple(row.id for row in agreement.clauses),
        "prohibitions": tuple(row.id for row in agreement.clauses if row.kind == "prohibition"),
        "obligations": tuple(row.id for row in agreement.clauses if row.kind == "obligation"),
        "flows": tuple(dict.fromkeys(flow for row in under.crossings for flow in row.flows)),
    }  # fmt: skip
    return rows[name] if name in rows else tuple(row.id for row in getattr(under, name))
