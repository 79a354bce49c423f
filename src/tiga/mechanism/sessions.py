"""Sessions of the joint forum as their entries make them: the entry kinds, the objects and the fold (acts: `forum`).

Rules
1. A session holds its agenda, who is there for which component, what was said, put and decided, in log order.
2. An item is late where it came after the instant until which the agenda was to be served, which the call tells.
3. Whose assents a decision has, whether an item may be taken up, and a session's state are derived; nobody sets them.
4. The words of a position stand in a disclosure of `position.seal`, at R2 to the component that lodged it; the fold knows
   that it was lodged, when, by whom, and whether the item's positions have been opened, never the words. Awaited is who
   sits and has neither lodged one nor said that it lodges none.
5. What is attached to an item is known at the level of the object attached; everything else of a session is R1.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, ClassVar, cast

from tiga.agreement import reading
from tiga.record.entries import Entry
from tiga.values.moments import Instant

if TYPE_CHECKING:
    from tiga.mechanism.standing import Standing

NAME = "session"
CALLS = "forum"
"""The thread of all calls and openings: a call looks there for the ordinary session before it."""


# ---- entries


@dataclass(frozen=True, slots=True)
class SessionCalled:
    """`kind` is `ordinary` or `urgent`; `serve_until` ends the time for serving the agenda; `after` is the ordinary session
    before it; `due` is when an urgent session must have begun."""

    ACT: ClassVar[str] = "session.call"
    RELEASE: ClassVar[str] = "R1"

    kind: str
    subject: str
    begins: Instant
    serve_until: Instant
    zone: str
    clause: str
    place: str = ""
    online: bool = False
    after: str = ""
    due: Instant | None = None

    def threads(self, sid: str) -> tuple[str, ...]:
        return (f"{NAME}:{sid}", CALLS)


@dataclass(frozen=True, slots=True)
class AgendaServed:
    """An item of the agenda; `objects` are `case:<sid>`, which both parties may see."""

    ACT: ClassVar[str] = "agenda.serve"
    RELEASE: ClassVar[str] = "R1"

    session: str
    title: str
    objects: tuple[str, ...] = ()

    def threads(self, sid: str) -> tuple[str, ...]:
        return (f"{NAME}:{self.session}",)


@dataclass(frozen=True, slots=True)
class ObjectAttached:
    """An object (`concept:sid`) goes with an item, and is known as the object itself: at `release`, for R2 to `to`."""

    ACT: ClassVar[str] = "agenda.attach"
    RELEASE: ClassVar[str] = "R3"

    session: str
    item: int
    object: str
    release: str
    to: str = ""

    def threads(self, sid: str) -> tuple[str, ...]:
        return (f"{NAME}:{self.session}",)


@dataclass(frozen=True, slots=True)
class ItemAdmitted:
    """A component agrees to take up an item that was served late."""

    ACT: ClassVar[str] = "item.admit"
    RELEASE: ClassVar[str] = "R1"

    session: str
    item: int
    component: str

    def threads(self, sid: str) -> tuple[str, ...]:
        return (f"{NAME}:{self.session}",)


@dataclass(frozen=True, slots=True)
class Attendance:
    """Who is there for a component, by key name."""

    component: str
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SessionOpened:
    """Who is there and which components of the agreement are not; `next_due` is when the next ordinary session is due."""

    ACT: ClassVar[str] = "session.open"
    RELEASE: ClassVar[str] = "R1"

    session: str
    present: tuple[Attendance, ...]
    absent: tuple[str, ...] = ()
    after: str = ""
    next_due: Instant | None = None

    def threads(self, sid: str) -> tuple[str, ...]:
        own = (f"{NAME}:{self.session}", CALLS)
        return (*own, f"{NAME}:{self.after}") if self.after else own


@dataclass(frozen=True, slots=True)
class StatementMade:
    """What a component says on an item, or in general (`item` 0); in paragraphs."""

    ACT: ClassVar[str] = "session.statement"
    RELEASE: ClassVar[str] = "R1"

    session: str
    component: str
    language: str
    text: tuple[str, ...]
    item: int = 0

    def threads(self, sid: str) -> tuple[str, ...]:
        return (f"{NAME}:{self.session}",)


@dataclass(frozen=True, slots=True)
class PositionSealed:
    """A component's position on an item; the words are in the disclosure `position`."""

    ACT: ClassVar[str] = "position.seal"
    RELEASE: ClassVar[str] = "R1"

    session: str
    item: int
    component: str
    sd: tuple[str, ...]

    def threads(self, sid: str) -> tuple[str, ...]:
        return (f"{NAME}:{self.session}",)


@dataclass(frozen=True, slots=True)
class PositionNone:
    """A component says that it lodges no position on an item."""

    ACT: ClassVar[str] = "position.none"
    RELEASE: ClassVar[str] = "R1"

    session: str
    item: int
    component: str

    def threads(self, sid: str) -> tuple[str, ...]:
        return (f"{NAME}:{self.session}",)


@dataclass(frozen=True, slots=True)
class PositionsUntil:
    """Until when positions on an item are taken, told beforehand."""

    ACT: ClassVar[str] = "position.until"
    RELEASE: ClassVar[str] = "R1"

    session: str
    item: int
    until: Instant

    def threads(self, sid: str) -> tuple[str, ...]:
        return (f"{NAME}:{self.session}",)


@dataclass(frozen=True, slots=True)
class PositionsOpened:
    """All positions on an item are opened at once; `silent` are components that were there and lodged none."""

    ACT: ClassVar[str] = "position.open"
    RELEASE: ClassVar[str] = "R1"

    session: str
    item: int
    positions: tuple[str, ...]
    silent: tuple[str, ...] = ()

    def threads(self, sid: str) -> tuple[str, ...]:
        return (f"{NAME}:{self.session}",)


@dataclass(frozen=True, slots=True)
class DecisionPut:
    """Words for a decision on an item; assents to earlier words on it count no more."""

    ACT: ClassVar[str] = "decision.put"
    RELEASE: ClassVar[str] = "R1"

    session: str
    item: int
    language: str
    text: tuple[str, ...]
    component: str = ""

    def threads(self, sid: str) -> tuple[str, ...]:
        return (f"{NAME}:{self.session}",)


@dataclass(frozen=True, slots=True)
class DecisionAssented:
    ACT: ClassVar[str] = "decision.assent"
    RELEASE: ClassVar[str] = "R1"

    session: str
    proposal: str
    component: str

    def threads(self, sid: str) -> tuple[str, ...]:
        return (f"{NAME}:{self.session}",)


@dataclass(frozen=True, slots=True)
class SessionDecided:
    """The item is decided by consensus, in the words of the proposal."""

    ACT: ClassVar[str] = "session.decide"
    RELEASE: ClassVar[str] = "R1"

    session: str
    item: int
    proposal: str

    def threads(self, sid: str) -> tuple[str, ...]:
        return (f"{NAME}:{self.session}",)


@dataclass(frozen=True, slots=True)
class DecisionDeadlocked:
    """No consensus; `rule` is what the agreement says then, `assent` whose it asks for, `due` until when."""

    ACT: ClassVar[str] = "decision.deadlock"
    RELEASE: ClassVar[str] = "R1"

    session: str
    item: int
    reason: str
    rule: str
    clause: str
    assent: tuple[str, ...] = ()
    due: Instant | None = None
    zone: str = ""

    def threads(self, sid: str) -> tuple[str, ...]:
        return (f"{NAME}:{self.session}",)


@dataclass(frozen=True, slots=True)
class SessionClosed:
    ACT: ClassVar[str] = "session.close"
    RELEASE: ClassVar[str] = "R1"

    session: str
    note: str

    def threads(self, sid: str) -> tuple[str, ...]:
        return (f"{NAME}:{self.session}",)


# ---- what follows


@dataclass(frozen=True, slots=True)
class Position:
    """A position lodged: never its words. `late` means after the others were opened (none is taken then any more; an older
    record may hold one): such a one was never sealed."""

    sid: str
    at: Instant
    component: str
    late: bool


@dataclass(frozen=True, slots=True)
class Proposal:
    """Words put, by their number in the session, with the components that assented and when."""

    sid: str
    number: int
    at: Instant
    put: DecisionPut
    assents: tuple[tuple[str, Instant], ...] = ()

    @property
    def components(self) -> tuple[str, ...]:
        return tuple(component for component, _ in self.assents)


@dataclass(frozen=True, slots=True)
class Item:
    """An item of the agenda by its number, and what became of it; `declined` are components that lodge no position, `until` is
    when positions are taken no more, where that was told."""

    number: int
    at: Instant
    served: AgendaServed
    late: bool
    attached: tuple[ObjectAttached, ...] = ()
    admitted: tuple[str, ...] = ()
    positions: tuple[Position, ...] = ()
    declined: tuple[str, ...] = ()
    until: Instant | None = None
    opened: Instant | None = None
    proposals: tuple[Proposal, ...] = ()
    decided: str = ""
    deadlock: DecisionDeadlocked | None = None

    @property
    def last(self) -> Proposal | None:
        """The words that stand."""
        return self.proposals[-1] if self.proposals else None

    @property
    def closed(self) -> bool:
        return bool(self.decided) or self.deadlock is not None


@dataclass(frozen=True, slots=True)
class Session:
    """A session; `log` are (instant, sid, kind) of its entries in order, for the minutes."""

    sid: str
    index: int
    at: Instant
    called: SessionCalled
    items: tuple[Item, ...] = ()
    opened: SessionOpened | None = None
    opened_at: Instant | None = None
    closed: SessionClosed | None = None
    closed_at: Instant | None = None
    followed: Instant | None = None
    log: tuple[tuple[Instant, str, Any], ...] = ()

    @property
    def state(self) -> str:
        """`session_called`, `session_open`, `session_closed`, or `session_not_held` where it never opened."""
        if self.closed is not None:
            return "session_closed" if self.opened is not None else "session_not_held"
        return "session_open" if self.opened is not None else "session_called"

    @property
    def present(self) -> tuple[str, ...]:
        """The components that sit."""
        return tuple(row.component for row in self.opened.present) if self.opened is not None else ()

    @property
    def proposals(self) -> int:
        return sum(len(item.proposals) for item in self.items)

    def item(self, number: int) -> Item | None:
        return self.items[number - 1] if 0 < number <= len(self.items) else None

    def wanting(self, item: Item) -> tuple[str, ...]:
        """Components that have yet to agree that a late item is taken up."""
        return tuple(name for name in self.present if name not in item.admitted) if item.late else ()

    def waits(self, item: Item) -> bool:
        """Whether a late item has not been taken up: nobody sits yet who could agree, or somebody has yet to agree."""
        return item.late and (self.opened is None or bool(self.wanting(item)))

    def awaited(self, item: Item) -> tuple[str, ...]:
        """Components that sit and have neither lodged a position on an item nor said that they lodge none."""
        return tuple(name for name in self.silent(item) if name not in item.declined)

    def silent(self, item: Item) -> tuple[str, ...]:
        """Components that sit and have lodged no position on an item."""
        return tuple(name for name in self.present if name not in {row.component for row in item.positions})

    def unassented(self, proposal: Proposal) -> tuple[str, ...]:
        return tuple(name for name in self.present if name not in proposal.components)

    def turn(self, item: int = 0) -> int:
        """Whose turn it is to stand first: another party's from day to day and from item to item."""
        return self.called.begins.ms // 86_400_000 + item


@dataclass(slots=True)
class State:
    sessions: dict[str, Session] = field(default_factory=dict)


def state(standing: Standing) -> State:
    return cast(State, standing.affairs.states[NAME]) if standing.affairs is not None else State()


def alternating(standing: Standing, names: tuple[str, ...], turn: int) -> tuple[str, ...]:
    """Components in the order of a turn: the parties as `reading.order` has them, then everybody else as given."""
    parties = [row.id for row in reading.order(standing.agreement, turn)] if standing.agreement else []
    return (*(name for name in parties if name in names), *(name for name in names if name not in parties))


def positions_open(standing: Standing, session: str, sid: str) -> bool:
    """Whether a position (by its entry's sid) has been opened; False where its session is not loaded."""
    row = state(standing).sessions.get(session)
    found = [item for item in row.items if any(own.sid == sid for own in item.positions)] if row else []
    return bool(found) and found[0].opened is not None


# ---- fold


def _called(own: State, standing: Standing, kind: SessionCalled, entry: Entry) -> None:
    row = Session(entry.sid, entry.index, standing.now, kind, log=((standing.now, entry.sid, kind),))
    own.sessions[entry.sid] = row


def _opened(own: State, standing: Standing, kind: SessionOpened, entry: Entry) -> None:
    if before := own.sessions.get(kind.after):
        own.sessions[kind.after] = replace(before, followed=before.followed or standing.now)
    if row := own.sessions.get(kind.session):
        own.sessions[kind.session] = replace(_told(row, standing, kind, entry), opened=kind, opened_at=standing.now)


def _closed(own: State, standing: Standing, kind: SessionClosed, entry: Entry) -> None:
    if row := own.sessions.get(kind.session):
        own.sessions[kind.session] = replace(_told(row, standing, kind, entry), closed=kind, closed_at=standing.now)


def _served(own: State, standing: Standing, kind: AgendaServed, entry: Entry) -> None:
    if row := own.sessions.get(kind.session):
        item = Item(len(row.items) + 1, standing.now, kind, standing.now > row.called.serve_until)
        own.sessions[kind.session] = replace(_told(row, standing, kind, entry), items=(*row.items, item))


def _said(own: State, standing: Standing, kind: StatementMade, entry: Entry) -> None:
    if row := own.sessions.get(kind.session):
        own.sessions[kind.session] = _told(row, standing, kind, entry)


def _on_item(own: State, standing: Standing, kind: Any, entry: Entry) -> None:
    """Everything that changes one item."""
    row = own.sessions.get(kind.session)
    number = _number(row, kind) if row else 0
    item = row.item(number) if row else None
    if row is not None and item is not None:
        told = _told(row, standing, kind, entry)
        changed = _changed(row, item, kind, entry.sid, standing.now)
        items = tuple(changed if one.number == number else one for one in row.items)
        own.sessions[kind.session] = replace(told, items=items)


def _number(row: Session, kind: Any) -> int:
    """The item that an entry is about: by its number, or by the proposal assented to."""
    if isinstance(kind, DecisionAssented):
        found = (item.number for item in row.items for own in item.proposals if own.sid == kind.proposal)
        return next(found, 0)
    return int(kind.item)


def _changed(row: Session, item: Item, kind: Any, sid: str, now: Instant) -> Item:
    match kind:
        case ObjectAttached():
            return replace(item, attached=(*item.attached, kind))
        case ItemAdmitted():
            return replace(item, admitted=(*item.admitted, kind.component))
        case PositionSealed():
            late = item.opened is not None
            return replace(item, positions=(*item.positions, Position(sid, now, kind.component, late)))
        case PositionNone():
            return replace(item, declined=(*item.declined, kind.component))
        case PositionsUntil():
            return replace(item, until=kind.until)
        case PositionsOpened():
            return replace(item, opened=item.opened or now)
        case DecisionPut():
            return replace(item, proposals=(*item.proposals, Proposal(sid, row.proposals + 1, now, kind)))
        case DecisionAssented():
            return replace(item, proposals=tuple(
                replace(one, assents=(*one.assents, (kind.component, now))) if one.sid == kind.proposal else one
                for one in item.proposals
            ))  # fmt: skip
        case SessionDecided():
            return replace(item, decided=kind.proposal)
        case _:
            return replace(item, deadlock=kind)


def _told(row: Session, standing: Standing, kind: Any, entry: Entry) -> Session:
    return replace(row, log=(*row.log, (standing.now, entry.sid, kind)))


ON_ITEMS = (
    ObjectAttached, ItemAdmitted, PositionSealed, PositionNone, PositionsUntil, PositionsOpened, DecisionPut, DecisionAssented,
    SessionDecided, DecisionDeadlocked,
)  # fmt: skip
KINDS = (SessionCalled, AgendaServed, SessionOpened, StatementMade, SessionClosed, *ON_ITEMS)
FOLDS = {
    SessionCalled.ACT: _called, AgendaServed.ACT: _served, SessionOpened.ACT: _opened, StatementMade.ACT: _said,
    SessionClosed.ACT: _closed, **{kind.ACT: _on_item for kind in ON_ITEMS},
}  # fmt: skip
