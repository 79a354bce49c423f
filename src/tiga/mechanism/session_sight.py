"""What a session of the joint forum shows of itself.

Rules
1. Items stand in the agenda's order, statements and words in the order in which they were entered; components that are only
   listed stand in the order of a turn, so that neither side always comes first.
2. What was attached to an item is shown at the level at which it was attached.
3. Of a position it is told who lodged it and whether it is open. Its words stand with its entry, for those who may read it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiga.mechanism import sessions
from tiga.mechanism.asks import Fact, Sight
from tiga.mechanism.deadlines import Clock
from tiga.mechanism.sessions import DecisionDeadlocked, Item, Session, StatementMade

if TYPE_CHECKING:
    from tiga.mechanism.standing import Standing


def objects(standing: Standing) -> tuple[str, ...]:
    return tuple(sessions.state(standing).sessions)


def sight(standing: Standing, sid: str) -> Sight | None:
    """A session as it stands: who is there, its items in order, its clocks."""
    row = sessions.state(standing).sessions.get(sid)
    if row is None:
        return None
    called = row.called
    facts = [
        Fact("session_kind", f"session_{called.kind}", "code"), Fact("session_begins", called.begins.text(), "instant"),
        Fact("serve_until", called.serve_until.text(), "instant"), Fact("clause", called.clause, "clause"),
    ]  # fmt: skip
    facts += [Fact("place", called.place)] if called.place else []
    facts += [Fact("session_online", "yes", "code")] if called.online else []
    facts += [Fact("session_after", f"{sessions.NAME}:{called.after}", "object")] if called.after else []
    if row.opened is not None and row.opened_at is not None:
        facts.append(Fact("session_opened", row.opened_at.text(), "instant"))
        members = {own.component: own.members for own in row.opened.present}
        for name in sessions.alternating(standing, row.present, row.turn()):
            facts.append(Fact("session_present", name, "party"))
            facts += [Fact("session_member", member, "key") for member in members[name]]
        absent = sessions.alternating(standing, row.opened.absent, row.turn())
        facts += [Fact("session_missing", name, "party") for name in absent]
    facts += _statements(row, 0)
    for item in row.items:
        facts += _item(standing, row, item)
    if row.closed is not None and row.closed_at is not None:
        facts.append(Fact("session_closed", row.closed_at.text(), "instant"))
        facts += [Fact("note", row.closed.note)] if row.closed.note else []
    return Sight(
        sid, sessions.NAME, row.index, row.at, row.state, called.subject, "R1", tuple(facts), open=row.closed is None,
        clocks=_clocks(row),
    )  # fmt: skip


def _item(standing: Standing, row: Session, item: Item) -> list[Fact]:
    """An item: its objects, what was said, positions lodged, words put, what came of it."""
    facts = [Fact("agenda_item", f"{item.number}. {item.served.title}")]
    facts += [Fact("agenda_object", name, "object") for name in item.served.objects]
    facts += [Fact("agenda_object", own.object, "object", own.release, own.to) for own in item.attached]
    if item.late:
        facts.append(Fact("agenda_served", item.at.text(), "instant"))
        facts.append(Fact("agenda_state", "agenda_late" if row.waits(item) else "agenda_admitted", "code"))
        admitted = sessions.alternating(standing, item.admitted, row.turn(item.number))
        facts += [Fact("agenda_admitted_by", name, "party") for name in admitted]
    facts += _statements(row, item.number)
    facts += [Fact("positions_until", item.until.text(), "instant")] if item.until is not None else []
    declined = sessions.alternating(standing, item.declined, row.turn(item.number))
    facts += [Fact("position_none", name, "party") for name in declined]
    for own in item.positions:
        lodged = "position_late" if own.late else "position_sealed" if item.opened is None else "position_opened"
        facts += [Fact("position_of", own.component, "party"), Fact("position_state", lodged, "code")]
    for words in item.proposals:
        facts += [Fact("session_proposal", str(words.number), "number"), said("proposal_text", words.put.text)]
        facts += [Fact("proposal_assent", name, "party") for name in words.components]
    if item.decided:
        number = next(own.number for own in item.proposals if own.sid == item.decided)
        facts += [Fact("agenda_state", "agenda_decided", "code"), Fact("agenda_decided", str(number), "number")]
    if item.deadlock is not None:
        facts += _deadlocked(item.deadlock)
    return facts


def _deadlocked(kind: DecisionDeadlocked) -> list[Fact]:
    facts = [
        Fact("agenda_state", "agenda_deadlocked", "code"), Fact("reason", kind.reason),
        Fact("deadlock_rule", f"deadlock_{kind.rule}", "code"), Fact("clause", kind.clause, "clause"),
    ]  # fmt: skip
    facts += [Fact("deadlock_assent", name, "party") for name in kind.assent]
    return facts + ([Fact("due", kind.due.text(), "instant")] if kind.due is not None else [])


def _statements(row: Session, number: int) -> list[Fact]:
    """Statements on an item, in the order in which they were made."""
    own = [kind for _, _, kind in row.log if isinstance(kind, StatementMade) and kind.item == number]
    pairs = ((Fact("statement_of", kind.component, "party"), said("session_statement", kind.text)) for kind in own)
    return [fact for pair in pairs for fact in pair]


def said(code: str, lines: tuple[str, ...]) -> Fact:
    """Somebody's words in paragraphs."""
    return Fact(code, "\n".join(lines), "list" if len(lines) > 1 else "words")


def _clocks(row: Session) -> tuple[Clock, ...]:
    """Until when an urgent session must begin; until when the next ordinary one."""
    called, rows = row.called, []
    if called.due is not None:
        over = row.closed is not None and row.opened is None
        rows.append(
            Clock("urgent_session", "mediators", row.at, called.due, called.zone, called.clause, row.opened_at, over)
        )
    if row.opened is not None and row.opened_at is not None and row.opened.next_due is not None:
        start, due = row.opened_at, row.opened.next_due
        rows.append(Clock("next_session", "mediators", start, due, called.zone, called.clause, row.followed))
    return tuple(rows)
