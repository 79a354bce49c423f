"""The joint forum: who may do what in a session (entries and their fold: `sessions`; what is shown: `session_sight`).

Rules
1. The mediators' side calls sessions; a party may call an urgent one, which begins within the agreement's span. How far
   ordinary sessions may lie apart is a clock of the session before.
2. An item served after the time for serving the agenda is taken up only when every component that sits has agreed to it;
   by then nothing is attached any more to an item that was served in time. Items of an urgent session are served until it
   begins, where the agreement has no span of its own for that or the span is longer than the time left.
3. A session opens at its time, with the components there without which the agreement opens none. Who is listed as there
   sits for its component and is counted; who chairs without being listed is not.
4. A position is sealed: its words are read by the component that lodged it alone, not by mediators. All positions on an
   item are opened at once: when every component that sits has lodged one or said that it lodges none; by the chair, after
   an instant that was told beforehand; or when the item or the session closes. From the opening on, and after that
   instant, none is taken: nobody writes one with another's in view. Silence means nothing.
5. A decision is words that were put, to which every component that sits has assented by an entry of its own. Words put
   anew need all assents anew. Where there is none, the chair declares the deadlock, and the agreement's rule is named.
6. A component speaks for itself. What is said is a statement of who said it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiga.mechanism import guards, packs, release, sessions
from tiga.mechanism.acts import Actor, Decision, Drafted, Outcome, Refusal, Released, drafted, sealed
from tiga.mechanism.asks import TEXT_LIMIT, Ask, Deed, Given
from tiga.mechanism.session_sight import objects as objects
from tiga.mechanism.session_sight import sight as sight
from tiga.mechanism.sessions import FOLDS as FOLDS
from tiga.mechanism.sessions import KINDS as KINDS
from tiga.mechanism.sessions import NAME as NAME
from tiga.mechanism.sessions import (
    AgendaServed,
    Attendance,
    DecisionAssented,
    DecisionDeadlocked,
    DecisionPut,
    Item,
    ItemAdmitted,
    ObjectAttached,
    PositionNone,
    PositionSealed,
    PositionsOpened,
    PositionsUntil,
    Proposal,
    Session,
    SessionCalled,
    SessionClosed,
    SessionDecided,
    SessionOpened,
    StatementMade,
)
from tiga.mechanism.sessions import State as State
from tiga.mechanism.sessions import state as state
from tiga.record.disclosures import Disclosure
from tiga.values.moments import Instant, Span
from tiga.values.words import LANGUAGES

if TYPE_CHECKING:
    from tiga.agreement.undertakings import Forum
    from tiga.mechanism.standing import Standing

PREFIX = "S"
SPEAKERS = ("liaison", "mediator")
"""Whose keys stand for a component."""
ANYBODY = ("liaison", *guards.SIDE)
CONSENSUS = "consensus"


# ---- calling, agenda, opening


def call(standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: tuple[bytes, ...]) -> Outcome:
    """Call a session: when, where or online, on what."""
    refusal = guards.acting(standing, by, *ANYBODY)
    rules = _rules(standing)
    if refusal or rules is None:
        return refusal or Refusal("forum_none")
    kind, begins = given.text("session_kind").removeprefix("session_"), given.moment("session_begins")
    assert begins is not None  # asked for
    if by.role == "liaison" and kind != "urgent":
        return Refusal("session_ordinary", rules.clause)
    if begins <= now:
        return Refusal("session_past", values={"start": begins.text(), "now": now.text()})
    due = now.plus(Span.parse(rules.urgent)) if kind == "urgent" else None
    if due is not None and begins > due:
        return Refusal("session_not_urgent", rules.clause, {"due": due.text()})
    notice = rules.agenda_notice if due is None else rules.urgent_notice
    until = begins.minus(Span.parse(notice)) if notice else begins
    until = begins if due is not None and until <= now else until
    held = [row for row in state(standing).sessions.values() if row.called.kind == "ordinary" and row.opened]
    entry = SessionCalled(
        kind, given.line("subject"), begins, until, rules.zone, rules.clause, given.line("place"),
        given.yes("session_online"), held[-1].sid if held and due is None else "", due,
    )  # fmt: skip
    return Decision((drafted(entry, standing.log, now),), standing.reads)


def serve(standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: tuple[bytes, ...]) -> Outcome:
    """Put an item on the agenda, with the cases it is about."""
    row = state(standing).sessions.get(sid)
    refusal = guards.acting(standing, by, *ANYBODY) or _going(row)
    if refusal:
        return refusal
    cases = given.many("session_cases")
    unknown = [case for case in cases if case not in standing.cases]
    if unknown:
        return Refusal("case_unknown", values={"case": unknown[0]})
    entry = AgendaServed(sid, given.line("title"), tuple(f"case:{case}" for case in cases))
    return Decision((drafted(entry, standing.log, now),), standing.reads)


def attach(standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: tuple[bytes, ...]) -> Outcome:
    """Attach an object to an item, at the object's own level."""
    row = state(standing).sessions.get(sid)
    refusal = guards.acting(standing, by, *ANYBODY) or _going(row)
    if refusal or row is None:
        return refusal or Refusal("session_unknown")
    item, name = row.item(given.whole("session_item")), given.line("session_object")
    if item is None:
        return Refusal("agenda_unknown", values={"number": given.text("session_item")})
    if now > row.called.serve_until and not item.late:
        return Refusal("agenda_attach_late", row.called.clause, {"until": row.called.serve_until.text()})
    found = packs.level_of(standing, name)
    if found is None or not release.may_see(release.Reader(by.role, by.component), *found):
        return Refusal("agenda_object", values={"object": name})
    if name in (*item.served.objects, *(own.object for own in item.attached)):
        return Refusal("agenda_attached", values={"object": name})
    level = "R1" if found[0] == "R0" else found[0]
    entry = ObjectAttached(sid, item.number, name, level, found[1] if level == "R2" else "")
    return Decision((drafted(entry, standing.log, now),), standing.reads)


def open_session(
    standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: tuple[bytes, ...]
) -> Outcome:
    """Open a session with the members who are there, by their keys' names."""
    row, rules = state(standing).sessions.get(sid), _rules(standing)
    refusal = guards.acting(standing, by, *guards.SIDE) or _going(row)
    if refusal or row is None or rules is None:
        return refusal or Refusal("forum_none")
    if row.opened is not None:
        return Refusal("session_opened")
    if now < row.called.begins:
        return Refusal("session_early", row.called.clause, {"start": row.called.begins.text()})
    members = [(name, _member(standing, name)) for name in given.text("session_members").replace(",", " ").split()]
    unknown = [name for name, key in members if not key]
    if unknown or not members:
        return Refusal("session_member", values={"member": unknown[0] if unknown else "-"})
    seated: dict[str, set[str]] = {}
    for _, key in members:
        seated.setdefault(standing.keys[key].component, set()).add(key)
    missing = tuple(name for name in rules.present if name not in seated)
    if missing:
        return Refusal("session_absent", rules.clause, {"components": ", ".join(missing)})
    present = tuple(Attendance(name, tuple(sorted(keys))) for name, keys in sorted(seated.items()))
    absent = tuple(sorted(name for name in _components(standing) if name not in seated))
    next_due = now.plus(Span.parse(rules.every)) if row.called.kind == "ordinary" else None
    entry = SessionOpened(sid, present, absent, row.called.after, next_due)
    return Decision((drafted(entry, standing.log, now),), standing.reads)


def admit(standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: tuple[bytes, ...]) -> Outcome:
    """A component agrees that an item served late is taken up."""
    row = state(standing).sessions.get(sid)
    refusal = guards.acting(standing, by, *SPEAKERS) or _sits(row, by)
    if refusal or row is None:
        return refusal or Refusal("session_unknown")
    item = row.item(given.whole("session_item"))
    if item is None:
        return Refusal("agenda_unknown", values={"number": given.text("session_item")})
    if not item.late:
        return Refusal("agenda_in_time", row.called.clause, {"number": str(item.number)})
    if by.component in item.admitted:
        return Refusal("agenda_admitted", values={"number": str(item.number)})
    entry = ItemAdmitted(sid, item.number, by.component)
    return Decision((drafted(entry, standing.log, now),), standing.reads)


# ---- speaking


def statement(standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: tuple[bytes, ...]) -> Outcome:
    """A component's statement on an item, or in general."""
    row, number = state(standing).sessions.get(sid), given.whole("session_item")
    refusal = guards.acting(standing, by, *SPEAKERS) or _sits(row, by) or _words(given)
    refusal = refusal or (_taken_up(row, row.item(number), number) if row and number else None)
    if refusal:
        return refusal
    entry = StatementMade(sid, by.component, given.text("language"), given.lines("session_text"), number)
    return Decision((drafted(entry, standing.log, now),), standing.reads)


def position(standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: tuple[bytes, ...]) -> Outcome:
    """Lodge a component's position under seal; where it is the last awaited, all are opened with it."""
    row, number = state(standing).sessions.get(sid), given.whole("session_item")
    refusal = guards.acting(standing, by, *SPEAKERS) or _sits(row, by) or _words(given)
    item = row.item(number) if row else None
    refusal = refusal or _lodging(row, item, number, by, now)
    if refusal or row is None or item is None:
        return refusal or Refusal("session_unknown")
    value = {"component": by.component, "language": given.text("language"), "text": list(given.lines("session_text"))}
    values = (Released(Disclosure(draws[0], "position", value), "R2", by.component),)
    entry = PositionSealed(sid, number, by.component, sealed(values, draws[1:]))
    rows = [drafted(entry, standing.log, now, values)]
    if row.awaited(item) == (by.component,):
        rows.append(_opening(standing, row, item, now, lodged=(rows[0].sid, by.component)))
    return Decision(tuple(rows), standing.reads)


def no_position(
    standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: tuple[bytes, ...]
) -> Outcome:
    """A component says that it lodges no position; where it is the last awaited, what was lodged is opened with that."""
    row, number = state(standing).sessions.get(sid), given.whole("session_item")
    item = row.item(number) if row else None
    refusal = guards.acting(standing, by, *SPEAKERS) or _sits(row, by) or _lodging(row, item, number, by, now)
    if refusal or row is None or item is None:
        return refusal or Refusal("session_unknown")
    rows = [drafted(PositionNone(sid, number, by.component), standing.log, now)]
    if row.awaited(item) == (by.component,):
        rows += _unsealed(standing, row, (item,), now)
    return Decision(tuple(rows), standing.reads)


def positions_until(
    standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: tuple[bytes, ...]
) -> Outcome:
    """The chair tells, once and beforehand, until when positions on an item are taken."""
    row, number = state(standing).sessions.get(sid), given.whole("session_item")
    item, until = row.item(number) if row else None, given.moment("positions_until")
    assert until is not None  # asked for
    refusal = guards.acting(standing, by, *guards.SIDE) or _sitting(row) or _open_item(row, item, number)
    if refusal or item is None:
        return refusal or Refusal("session_unknown")
    if item.opened is not None:
        return Refusal("positions_open")
    if item.until is not None:
        return Refusal("positions_told", values={"until": item.until.text()})
    if until <= now:
        return Refusal("positions_past", values={"until": until.text(), "now": now.text()})
    return Decision((drafted(PositionsUntil(sid, number, until), standing.log, now),), standing.reads)


def open_positions(
    standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: tuple[bytes, ...]
) -> Outcome:
    """The chair opens what was lodged on an item, after the instant that was told; who lodged nothing is said, and means
    nothing more."""
    row = state(standing).sessions.get(sid)
    refusal = guards.acting(standing, by, *guards.SIDE) or _sitting(row)
    if refusal or row is None:
        return refusal or Refusal("session_unknown")
    item = row.item(given.whole("session_item"))
    if item is None:
        return Refusal("agenda_unknown", values={"number": given.text("session_item")})
    if item.opened is not None:
        return Refusal("positions_open")
    if not item.positions:
        return Refusal("positions_none", values={"number": str(item.number)})
    if item.until is None or now <= item.until:
        return Refusal("positions_awaited", values={"components": ", ".join(row.awaited(item))})
    return Decision((_opening(standing, row, item, now, by_registrar=False),), standing.reads)


# ---- deciding


def put(standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: tuple[bytes, ...]) -> Outcome:
    """Put words for a decision on an item."""
    row, number = state(standing).sessions.get(sid), given.whole("session_item")
    refusal = guards.acting(standing, by, *ANYBODY)
    refusal = refusal or (_sits(row, by) if by.role == "liaison" else _sitting(row)) or _words(given)
    refusal = refusal or _open_item(row, row.item(number) if row else None, number)
    if refusal:
        return refusal
    entry = DecisionPut(sid, number, given.text("language"), given.lines("session_text"), by.component)
    return Decision((drafted(entry, standing.log, now),), standing.reads)


def assent(standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: tuple[bytes, ...]) -> Outcome:
    """A component assents to words that were put, which it names by their number."""
    row = state(standing).sessions.get(sid)
    refusal = guards.acting(standing, by, *SPEAKERS) or _sits(row, by)
    item, words = _proposal(row, given)
    refusal = refusal or _stands(row, item, words, given)
    if refusal or words is None:
        return refusal or Refusal("session_unknown")
    if by.component in words.components:
        return Refusal("assented", values={"component": by.component})
    entry = DecisionAssented(sid, words.sid, by.component)
    return Decision((drafted(entry, standing.log, now),), standing.reads)


def decide(standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: tuple[bytes, ...]) -> Outcome:
    """The chair states the consensus on words to which everybody who sits has assented."""
    row, rules = state(standing).sessions.get(sid), _rules(standing)
    refusal = guards.acting(standing, by, *guards.SIDE) or _sitting(row)
    item, words = _proposal(row, given)
    refusal = refusal or _stands(row, item, words, given)
    if refusal or row is None or item is None or words is None or rules is None:
        return refusal or Refusal("forum_none")
    if rules.decides != CONSENSUS:
        return Refusal("forum_rule", rules.clause, {"rule": rules.decides})
    wanting = row.unassented(words)
    if wanting:
        return Refusal("assent_wanting", rules.clause, {"components": ", ".join(wanting)})
    entry = drafted(SessionDecided(sid, item.number, words.sid), standing.log, now)
    return Decision((entry, *_unsealed(standing, row, (item,), now)), standing.reads)


def deadlock(standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: tuple[bytes, ...]) -> Outcome:
    """The chair declares that there is no consensus on an item; the agreement's rule for that is named."""
    row, number = state(standing).sessions.get(sid), given.whole("session_item")
    item = row.item(number) if row else None
    refusal = guards.acting(standing, by, *guards.SIDE) or _sitting(row) or _open_item(row, item, number)
    if refusal or row is None or item is None:
        return refusal or Refusal("session_unknown")
    if item.last is not None and not row.unassented(item.last):
        return Refusal("all_assented", row.called.clause, {"number": str(item.last.number)})
    rule, clock = guards.agreement(standing).deadlock, guards.due(standing, "deadlock", now)
    entry = DecisionDeadlocked(
        sid, number, given.line("reason"), rule.rule if rule else "none", rule.clause if rule else row.called.clause,
        tuple(seat.component for seat in rule.assent) if rule else (),
        clock[0] if rule and clock else None, clock[1] if rule and clock else "",
    )  # fmt: skip
    first = drafted(entry, standing.log, now)
    return Decision((first, *_unsealed(standing, row, (item,), now)), standing.reads)


def close(standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: tuple[bytes, ...]) -> Outcome:
    """Close a session, or say why one that was called is not held; nothing stays sealed."""
    row = state(standing).sessions.get(sid)
    refusal = guards.acting(standing, by, *guards.SIDE) or _going(row)
    if refusal or row is None:
        return refusal or Refusal("session_unknown")
    if row.opened is None and not given.line("note"):
        return Refusal("reason_missing")
    entry = drafted(SessionClosed(sid, given.line("note")), standing.log, now)
    return Decision((entry, *_unsealed(standing, row, row.items, now)), standing.reads)


# ---- guards and helpers


def _rules(standing: Standing) -> Forum | None:
    return standing.agreement.undertakings.forum if standing.agreement else None


def _components(standing: Standing) -> tuple[str, ...]:
    own = guards.agreement(standing)
    return (*(row.id for row in own.parties), *(row.id for row in own.mediators))


def _member(standing: Standing, name: str) -> str:
    """The key's whole name, where it is somebody's who may sit for a component of the agreement; else empty."""
    for key in (name, f"{standing.log}/{name}"):
        row = standing.keys.get(key)
        if row and row.role in SPEAKERS and key not in standing.revoked and row.component in _components(standing):
            return key
    return ""


def seats(standing: Standing) -> tuple[tuple[str, str], ...]:
    """(key without the log's name, component) of all who may sit, by component in the agreement's order."""
    order = _components(standing) if standing.agreement else ()
    rows = [(row.component, key.removeprefix(f"{standing.log}/")) for key, row in standing.keys.items()
            if row.component in order and _member(standing, key)]  # fmt: skip
    return tuple((name, component) for component, name in sorted(rows, key=lambda row: (order.index(row[0]), row[1])))


def _going(row: Session | None) -> Refusal | None:
    """The session is there and not closed."""
    if row is None:
        return Refusal("session_unknown")
    return Refusal("session_over") if row.closed is not None else None


def _sitting(row: Session | None) -> Refusal | None:
    """The session is open."""
    refusal = _going(row)
    return refusal or (Refusal("session_unopened") if row is not None and row.opened is None else None)


def _sits(row: Session | None, by: Actor) -> Refusal | None:
    """The session is open, and the actor's component sits in it."""
    refusal = _sitting(row)
    if refusal is None and row is not None and by.component not in row.present:
        return Refusal("session_not_there", values={"component": by.component})
    return refusal


def _words(given: Given) -> Refusal | None:
    if not given.lines("session_text"):
        return Refusal("text_length", values={"limit": str(TEXT_LIMIT)})
    if given.text("language") not in LANGUAGES:
        return Refusal("language_unknown", values={"known": ", ".join(LANGUAGES)})
    return None


def _taken_up(row: Session | None, item: Item | None, number: int) -> Refusal | None:
    """The item is on the agenda and may be taken up."""
    if row is None or item is None:
        return Refusal("agenda_unknown", values={"number": str(number)})
    wanting = row.wanting(item)
    if wanting:
        return Refusal("agenda_late", row.called.clause, {"number": str(number), "components": ", ".join(wanting)})
    return None


def _lodging(row: Session | None, item: Item | None, number: int, by: Actor, now: Instant) -> Refusal | None:
    """The actor's component may still lodge a position on the item, or say that it lodges none."""
    refusal = _open_item(row, item, number)
    if refusal or row is None or item is None:
        return refusal
    if item.opened is not None:
        return Refusal("positions_open")
    if by.component not in row.awaited(item):
        return Refusal("position_lodged", values={"component": by.component})
    if item.until is not None and now > item.until:
        return Refusal("positions_over", values={"until": item.until.text()})
    return None


def _open_item(row: Session | None, item: Item | None, number: int) -> Refusal | None:
    """The item may be taken up, and is not closed."""
    refusal = _taken_up(row, item, number)
    closed = item is not None and item.closed
    return refusal or (Refusal("agenda_closed", values={"number": str(number)}) if closed else None)


def _proposal(row: Session | None, given: Given) -> tuple[Item | None, Proposal | None]:
    number = given.whole("session_proposal")
    found = ((item, own) for item in (row.items if row else ()) for own in item.proposals if own.number == number)
    return next(found, (None, None))


def _stands(row: Session | None, item: Item | None, words: Proposal | None, given: Given) -> Refusal | None:
    """The words were put, are the last on their item, and the item is open."""
    if item is None or words is None:
        return Refusal("proposal_unknown", values={"number": given.text("session_proposal")})
    if item.last is not None and item.last.sid != words.sid:
        return Refusal("proposal_replaced", values={"number": str(item.last.number)})
    return _open_item(row, item, item.number)


def _opening(
    standing: Standing, row: Session, item: Item, now: Instant, *, by_registrar: bool = True,
    lodged: tuple[str, str] | None = None,
) -> Drafted:  # fmt: skip
    """What opens an item's positions, with one (sid, component) that is entered together with it."""
    sids = (*(own.sid for own in item.positions), *((lodged[0],) if lodged else ()))
    silent = tuple(name for name in row.silent(item) if not lodged or name != lodged[1])
    kind = PositionsOpened(row.sid, item.number, sids, silent)
    return drafted(kind, standing.log, now, by_registrar=by_registrar)


def _unsealed(standing: Standing, row: Session, items: tuple[Item, ...], now: Instant) -> tuple[Drafted, ...]:
    """Openings of what is still sealed on these items."""
    waiting = (item for item in items if item.positions and item.opened is None)
    return tuple(_opening(standing, row, item, now) for item in waiting)


WAITING, OPEN = ("session_called",), ("session_open",)
ITEM, PROPOSAL = Ask("session_item", "whole", high=1000), Ask("session_proposal", "whole", high=1000)
LANGUAGE, TEXT = Ask("language", "choice", "languages"), Ask("session_text", "text")
DEEDS = (
    Deed(
        "session.call", NAME, ANYBODY, call, new=True, reads=(sessions.CALLS,),
        asks=(Ask("session_kind", "choice", "session_ordinary|session_urgent"), Ask("subject"),
              Ask("session_begins", "moment"), Ask("place", required=False), Ask("session_online", "yes")),
    ),
    Deed(
        "agenda.serve", NAME, ANYBODY, serve, states=WAITING + OPEN, reads=("case:{session_cases}",),
        asks=(Ask("title"), Ask("session_cases", "objects", "case", required=False)),
    ),
    Deed(
        "agenda.attach", NAME, ANYBODY, attach, states=WAITING + OPEN, reads=("{session_object}",),
        asks=(ITEM, Ask("session_object", "object", "any")),
    ),
    Deed("session.open", NAME, guards.SIDE, open_session, states=WAITING,
         asks=(Ask("session_members", "objects", "seat"),)),
    Deed("item.admit", NAME, SPEAKERS, admit, states=OPEN, asks=(ITEM,)),
    Deed(
        "session.statement", NAME, SPEAKERS, statement, states=OPEN,
        asks=(Ask("session_item", "whole", required=False, high=1000), LANGUAGE, TEXT),
    ),
    Deed("position.seal", NAME, SPEAKERS, position, states=OPEN, asks=(ITEM, LANGUAGE, TEXT)),
    Deed("position.none", NAME, SPEAKERS, no_position, states=OPEN, asks=(ITEM,)),
    Deed(
        "position.until", NAME, guards.SIDE, positions_until, states=OPEN, asks=(ITEM, Ask("positions_until", "moment")),
    ),
    Deed("position.open", NAME, guards.SIDE, open_positions, states=OPEN, asks=(ITEM,)),
    Deed("decision.put", NAME, ANYBODY, put, states=OPEN, asks=(ITEM, LANGUAGE, TEXT)),
    Deed("decision.assent", NAME, SPEAKERS, assent, states=OPEN, asks=(PROPOSAL,)),
    Deed("session.decide", NAME, guards.SIDE, decide, states=OPEN, asks=(PROPOSAL,)),
    Deed("decision.deadlock", NAME, guards.SIDE, deadlock, states=OPEN, asks=(ITEM, Ask("reason"))),
    Deed("session.close", NAME, guards.SIDE, close, states=WAITING + OPEN, asks=(Ask("note", required=False),)),
)  # fmt: skip
