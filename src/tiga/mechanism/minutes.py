"""Minutes of a session: made from its entries, as data first, and told in words by one pure function. Nobody types them.

Rules
1. A line is a code with values, in the order in which the entries stand in the log; nothing is added, nothing summed up.
2. Statements and decisions are told as words of whoever said or put them. A deadlock names the agreement's rule.
3. Minutes are for both parties and the mediators: an object that was attached for fewer eyes is not in them, and of a sealed
   position only who lodged it.
4. Names of components in one line stand in the order of a turn, which passes from line to line.

Not done here: typesetting, choosing the reader.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tiga.agreement import reading
from tiga.drafts import OPEN_TO_BOTH
from tiga.mechanism import affairs, communiques, sessions
from tiga.mechanism.sessions import (
    AgendaServed,
    DecisionAssented,
    DecisionDeadlocked,
    DecisionPut,
    ItemAdmitted,
    ObjectAttached,
    PositionNone,
    PositionSealed,
    PositionsOpened,
    PositionsUntil,
    Session,
    SessionCalled,
    SessionClosed,
    SessionDecided,
    SessionOpened,
    StatementMade,
)
from tiga.values.moments import Instant
from tiga.values.names import printed_number
from tiga.values.words import digits, left_to_right, say

if TYPE_CHECKING:
    from tiga.agreement.clauses import Agreement
    from tiga.mechanism.standing import Standing

KINDS = ("words", "components", "instant", "number", "code", "names", "object")


@dataclass(frozen=True, slots=True)
class Value:
    """A value of a line: somebody's words, components, an instant, a number, a word of the catalogue, key names, or an object."""

    name: str
    kind: str
    value: str


@dataclass(frozen=True, slots=True)
class Minute:
    """One line of the minutes: when, the word `minutes.<code>`, its values, and the sid of the entry that it is made from."""

    at: Instant
    code: str
    sid: str
    values: tuple[Value, ...] = ()


def minutes(standing: Standing, sid: str) -> tuple[Minute, ...]:
    """The minutes of a session from its thread; empty where it is not loaded."""
    row = sessions.state(standing).sessions.get(sid)
    if row is None:
        return ()
    made = [one for at, own, kind in row.log for one in _lines(standing, row, at, own, kind)]
    for issued in communiques.state(standing).communiques.values():
        if issued.drafted.session == sid and issued.issued is not None and issued.issued_at is not None:
            of = Value("of", "code", f"choice.communique_{issued.issued.of}")
            title = Value("title", "words", issued.drafted.title)
            made.append(Minute(issued.issued_at, "communique", issued.sid, (of, title)))
    return tuple(sorted(made, key=lambda one: one.at))


def _lines(standing: Standing, row: Session, at: Instant, sid: str, kind: Any) -> tuple[Minute, ...]:
    """The lines of one entry; none for what is not for both parties."""
    if isinstance(kind, ObjectAttached) and kind.release not in OPEN_TO_BOTH:
        return ()
    if isinstance(kind, SessionOpened):
        return _opening(standing, row, at, sid, kind)
    code, values = _told(standing, row, kind)
    objects = kind.objects if isinstance(kind, AgendaServed) else ()
    named = (Minute(at, "attached", sid, (values[0], Value("object", "object", name))) for name in objects)
    return (Minute(at, code, sid, values), *named)


def _opening(standing: Standing, row: Session, at: Instant, sid: str, kind: SessionOpened) -> tuple[Minute, ...]:
    members = {own.component: own.members for own in kind.present}
    lines = [Minute(at, "opened", sid, ())]
    for name in sessions.alternating(standing, row.present, row.turn()):
        shown = ", ".join(key.removeprefix(f"{standing.log}/") for key in members[name])
        lines.append(
            Minute(at, "present", sid, (Value("component", "components", name), Value("members", "names", shown)))
        )
    if kind.absent:
        lines.append(Minute(at, "absent", sid, (_components(standing, kind.absent, row.turn(1)),)))
    return tuple(lines)


def _told(standing: Standing, row: Session, kind: Any) -> tuple[str, tuple[Value, ...]]:
    """(code, values) of an entry that makes one line."""
    number = Value("number", "number", str(getattr(kind, "item", 0)))
    component = Value("component", "components", getattr(kind, "component", ""))
    turn = row.turn(getattr(kind, "item", 0))
    match kind:
        case SessionCalled():
            begins, form = Value("begins", "instant", kind.begins.text()), f"choice.session_{kind.kind}"
            return "called", (Value("kind", "code", form), Value("subject", "words", kind.subject), begins)
        case AgendaServed():
            item = next(own for own in row.items if own.served is kind)
            own = (Value("number", "number", str(item.number)), Value("title", "words", kind.title))
            return ("item_late" if item.late else "item"), own
        case ObjectAttached():
            return "attached", (number, Value("object", "object", kind.object))
        case ItemAdmitted():
            return "admitted", (number, component)
        case StatementMade():
            said = (component, Value("text", "words", "\n".join(kind.text)))
            return ("statement_on" if kind.item else "statement"), ((number, *said) if kind.item else said)
        case PositionSealed():
            return ("position_late" if _late(row, kind) else "position"), (number, component)
        case PositionNone():
            return "position_none", (number, component)
        case PositionsUntil():
            return "positions_until", (number, Value("until", "instant", kind.until.text()))
        case PositionsOpened():
            silent = (_components(standing, kind.silent, turn),) if kind.silent else ()
            return ("positions_silent" if silent else "positions"), (number, *silent)
        case DecisionPut():
            by = (component,) if kind.component else ()
            return ("put_by" if by else "put"), (*by, number, *_proposal(row, kind))
        case DecisionAssented():
            words = next(own for item in row.items for own in item.proposals if own.sid == kind.proposal)
            return "assent", (component, Value("proposal", "number", str(words.number)))
        case SessionDecided():
            words = next(own for item in row.items for own in item.proposals if own.sid == kind.proposal)
            return "decided", (number, *_proposal(row, words.put))
        case DecisionDeadlocked():
            rule = Value("rule", "code", f"choice.deadlock_{kind.rule}")
            return "deadlock", (
                number,
                Value("reason", "words", kind.reason),
                rule,
                Value("clause", "names", kind.clause),
            )
        case SessionClosed():
            held = "closed" if row.opened is not None else "not_held"
            return (f"{held}_note", (Value("note", "words", kind.note),)) if kind.note else (held, ())
    raise AssertionError(kind)  # the fold logs these kinds alone


def _late(row: Session, kind: PositionSealed) -> bool:
    """Whether a position came when the others were open: it was never under seal."""
    item = row.item(kind.item)
    sid = next(own for _, own, one in row.log if one is kind)
    return item is not None and any(own.late for own in item.positions if own.sid == sid)


def _proposal(row: Session, put: DecisionPut) -> tuple[Value, Value]:
    words = next(own for item in row.items for own in item.proposals if own.put is put)
    return Value("proposal", "number", str(words.number)), Value("text", "words", "\n".join(put.text))


def _components(standing: Standing, names: tuple[str, ...], turn: int) -> Value:
    return Value("components", "components", " ".join(sessions.alternating(standing, names, turn)))


def told(rows: tuple[Minute, ...], agreement: Agreement, language: str, zone: str = "UTC") -> tuple[str, ...]:
    """The minutes in words of a language, one text a line, each with its time in `zone`."""
    return tuple(
        say(
            "minutes.line", language, at=_instant(row.at, language, zone), text=_text(row, agreement, language, zone),
        )
        for row in rows
    )  # fmt: skip


def _text(row: Minute, agreement: Agreement, language: str, zone: str) -> str:
    values = {value.name: _shown(value, agreement, language, zone) for value in row.values}
    return say(f"minutes.{row.code}", language, **values)


def _instant(at: Instant, language: str, zone: str) -> str:
    return left_to_right(f"{digits(at.local(zone), language)} {zone}", language)


def _shown(value: Value, agreement: Agreement, language: str, zone: str) -> str:
    match value.kind:
        case "components":
            names = (reading.display(agreement, name, "neutral", language)[0] for name in value.value.split(" "))
            return say("minutes.and", language).join(names)
        case "instant":
            return _instant(Instant.parse(value.value), language, zone)
        case "number":
            return digits(value.value, language)
        case "code":
            return say(value.value, language)
        case "object":
            concept, _, sid = value.value.partition(":")
            return printed_number("C" if concept == "case" else affairs.BY_NAME[concept].PREFIX, sid)
    return value.value
