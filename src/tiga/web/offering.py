"""The door's way to deeds: which are offered to a reader, what may be chosen in their forms, and doing one.

Rules
1. A deed is offered where the reader's role may do it and the mechanism would take it as things stand, and to nobody else.
2. What may be chosen is what the reader may see: an object, a name or a clock that is absent for the reader is not offered.
3. What is named in a deed and may not be seen is answered as something that is not there.

Not done here: deciding (`mechanism`), drawing forms (`affairs`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tiga.drafts import OPEN_TO_BOTH
from tiga.mechanism import affairs, casedeeds, deadlines, forum, sheets
from tiga.mechanism import exhibits as exhibit_rules
from tiga.mechanism import grades as grade_rules
from tiga.mechanism.acts import Actor, Refusal
from tiga.mechanism.asks import Ask, Deed, Given, fault
from tiga.mechanism.deciders import clockwork, proceedings
from tiga.mechanism.measures import doubted
from tiga.mechanism.standing import Standing
from tiga.store.desk import Done
from tiga.values.names import printed_number
from tiga.web import grids
from tiga.web.sights import Result

if TYPE_CHECKING:
    from tiga.web.access import Door

CHOICES_MAX = 500
"""Objects of which it is asked what is left to choose: the newest."""


@dataclass(frozen=True)
class Offering:
    """What one door offers to do, and the doing of it."""

    door: Door

    # ---- which deeds

    def deed(self, name: str) -> Deed | None:
        """A deed of this record's affairs that is offered to this reader's role."""
        found = affairs.DEEDS.get(name) or casedeeds.BY_NAME.get(name)
        had = name in casedeeds.INCIDENTS or bool(self.door.concepts())
        return found if found is not None and had and self._offered(found) else None

    def begins(self, concept: str) -> tuple[Deed, ...]:
        """The deeds that begin an object of a concept and are offered to this reader."""
        rows = (deed for deed in affairs.DEEDS.values() if deed.concept == concept and deed.new)
        return tuple(deed for deed in rows if self._open(deed, self.door.roster))

    def on_panel(self) -> tuple[Deed, ...]:
        """The deeds that speak of the record as a whole and are offered to this reader."""
        rows = (deed for deed in casedeeds.DEEDS if deed.new and not deed.reads)
        return tuple(deed for deed in rows if self._open(deed, self.door.roster))

    def on(self, concept: str, standing: Standing, sid: str, state: str) -> tuple[Deed, ...]:
        """The deeds on an object of a concept, or on a case, that are offered to this reader as it stands."""
        rows: Iterable[Deed] = casedeeds.DEEDS if concept == casedeeds.NAME else affairs.DEEDS.values()
        return tuple(
            deed for deed in rows
            if deed.concept == concept and not deed.new and (not deed.states or state in deed.states)
            and self._open(deed, standing, sid)
        )  # fmt: skip

    def _offered(self, deed: Deed) -> bool:
        actor = self.door.actor
        return actor is not None and bool(actor.key) and self.door.reader.role in deed.roles

    def _open(self, deed: Deed, standing: Standing, sid: str = "") -> bool:
        """Whether a deed is offered to this reader's role, and would be taken as things stand."""
        door = self.door
        return self._offered(deed) and door.actor is not None and deed.open_to(standing, sid, door.actor, door.now)

    # ---- doing one

    def do(self, deed: Deed, sid: str, given: Given) -> Result:
        """Do a deed with what was given."""
        if (refusal := fault(deed, given) or self._hidden(deed, given)) is not None:
            return refusal
        door, draws = self.door, self.door.salts()
        actor = door.actor or Actor("", door.reader.role)
        done = door.act(self._threads(deed, sid, given), lambda s: deed.do(s, sid, given, actor, door.now, draws))
        if deed.concept == exhibit_rules.NAME and isinstance(done, Done):
            door.exhibits.follow(sid)
        return done

    def _threads(self, deed: Deed, sid: str, given: Given) -> tuple[str, ...]:
        """What a deed reads: its own threads, and those of what it names."""
        wanted = deed.threads(sid, given)
        if deed.listed:
            wanted = (*wanted, *(f"{deed.concept}:{row.sid}" for row in self.door.affairs(deed.concept)))
        if deed.act in grade_rules.FOLDS:  # of a grade no case is read
            return (*wanted, *self.door.grade_threads(given.text("report")))
        if deed.concept != casedeeds.NAME:
            return wanted
        others = [name.removeprefix("case:") for name in wanted if name.startswith("case:")]
        filed = [name.removeprefix("report:") for name in wanted if name.startswith("report:")]
        more = [name for one in others for name in self.door.case_threads(one)]
        more += [name for one in filed for name in self.door.report_threads(one)]
        return tuple(dict.fromkeys((*wanted, *more)))

    def _hidden(self, deed: Deed, given: Given) -> Refusal | None:
        """A report that is named and that the reader may not see is answered as one that is not there. Nor is one put into an
        incident that is not open to both parties: the entry is, and would tell which sealed entry is a report, and of what."""
        named = [sid for ask in deed.asks if ask.choices == "report" for sid in given.many(ask.name)]
        levels = self.door.readable(named)
        for sid in named:
            if sid not in levels:
                return Refusal("report_unknown", values={"report": sid})
            if deed.name == "incident.link" and levels[sid] not in OPEN_TO_BOTH:
                return Refusal("report_closed", values={"report": sid})
        return None

    # ---- what a form begins with, and what may be chosen in it

    def starts(self, deed: Deed, sid: str) -> Mapping[str, str]:
        """What the form of a deed on an object begins with, by ask, of what this reader may have."""
        if deed.concept != sheets.NAME or not sid:
            return {}
        door, thread = self.door, f"{deed.concept}:{sid}"
        rows = door.affair(deed.concept, sid).acts
        entries, _ = door.desk.ledger.threads((thread,))
        return sheets.starts(door.desk.standing((thread,)), sid, deed.name, door.told(entries, rows))

    def proposed(self, sid: str) -> tuple[tuple[str, str], ...]:
        """(party, terms) that this reader's party may agree to in a case."""
        return proceedings.proposed(self.door.case(sid).case, self.door.reader.component)

    def extendable(self, sid: str) -> tuple[deadlines.Clock, ...]:
        """The clocks of a case that may be extended."""
        view = self.door.case(sid)
        return clockwork.extendable(view.standing, view.case)

    def left(self, deed: Deed, ask: Ask, sid: str) -> tuple[str, ...] | None:
        """The values of an ask that are left for this reader on an object, or on the concept's; None where all are."""
        door = self.door
        if ask.among is None or door.actor is None:
            return None
        rows = (sid,) if sid else tuple(row.sid for row in door.affairs(deed.concept)[:CHOICES_MAX])
        return ask.among(door.desk.standing(f"{deed.concept}:{one}" for one in rows), sid, door.actor)

    def choosable(self, concept: str, on: str = "", language: str = "en") -> list[tuple[str, str]]:
        """(sid, label) of what may be named in a deed on an object: cases, incidents, reports, measures of the case, members,
        challenges, objects of a concept or of any (`concept:sid`), or who may sit in the forum (with the component)."""
        door = self.door
        if concept == "any":
            named = ("case", *door.concepts())
            return [(f"{one}:{sid}", label) for one in named for sid, label in self.choosable(one)]
        if concept == "seat":
            return list(forum.seats(door.roster))
        if concept == "case":
            return [(row.sid, printed_number("C", row.sid)) for row in door.cases() if not row.closed and row.sid != on]
        if concept == "report":
            return [(view.sid, f"{view.report.when.local} · {view.speaker}") for view in door.reports()]
        if concept in ("measure", "stayed"):
            rows = [row for row in door.case(on).measures if row.ended is None]
            return [(row.sid, printed_number("M", row.sid)) for row in rows if concept == "measure" or doubted(row)]
        if concept == "examiner":
            return [(name, grids.slug(name)) for name in exhibit_rules.candidates(door.roster)]
        if concept == "member":
            return [(name, grids.slug(name)) for name in door.roster.seats if name not in door.roster.recused]
        if concept == "challenge":
            challenged = door.roster.challenges.values()
            return [(row.sid, grids.slug(row.made.member)) for row in challenged if not row.ruling]
        if concept == "incident":
            return [(row.id, row.number) for row in door.happenings() if row.adopted]
        prefix = door.prefix(concept)
        titles = ((row.sid, door.title(concept, row.title, language)) for row in door.affairs(concept))
        return [(sid, f"{printed_number(prefix, sid)} · {title}"[:120]) for sid, title in titles]

    def names(self, name: str, sid: str) -> tuple[str, ...]:
        """What a list of names offers on a sheet that the reader may see: components and keys."""
        self.door.affair(sheets.NAME, sid)
        return sheets.LISTS[name](self.door.desk.standing((f"{sheets.NAME}:{sid}",)), sid)
