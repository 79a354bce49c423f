"""Sessions of an invented joint forum, brought to where a test needs them. Spans and components are made up."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tests.core.mechanism import desk as desks
from tests.core.mechanism.affairs.deeds import Told, at, do
from tests.core.mechanism.desk import Desk
from tiga.agreement.clauses import Agreement
from tiga.agreement.grounds import Ground
from tiga.agreement.undertakings import Forum
from tiga.mechanism import sessions
from tiga.mechanism.sessions import Session

RULES = Forum("P14D", "PT48H", "PT72H", "UTC", "M-12", Ground("placeholder"), ("party-1", "party-2"))
MEMBERS = "liaison1 liaison2 mediator1"
WORDS: dict[str, Told] = {"language": "en", "session_text": "EXERCISE. Invented words."}


def agreement(**changes: Any) -> Agreement:
    base = desks.exercise_agreement()
    rules = replace(RULES, **changes)
    return replace(base, undertakings=replace(base.undertakings, forum=rules))


def founded(given: Agreement | None = None, **changes: Any) -> Desk:
    return desks.founded(agreement=given or agreement(**changes))


def called(desk: Desk, slug: str = "mediator1", **more: Told) -> str:
    """A session called for five days from now."""
    usual: dict[str, Told] = {
        "session_kind": "session_ordinary", "subject": "The post", "session_begins": at(desk, 5 * 1440), "place": "Exercise Hall",
    }  # fmt: skip
    return do(desk, slug, "session.call", **(usual | more))


def served(desk: Desk, sid: str, title: str = "Fire at Exercise Post", **more: Told) -> None:
    do(desk, "mediator1", "agenda.serve", sid, title=title, **more)


def opened(desk: Desk, members: str = MEMBERS, items: int = 1, late: int = 0) -> str:
    """An open session with items served in time and late ones."""
    sid = called(desk)
    for _ in range(items):
        served(desk, sid)
    desk.wait("P4D")
    for _ in range(late):
        served(desk, sid, "A late matter")
    desk.wait("P1D")
    do(desk, "mediator1", "session.open", sid, session_members=members)
    return sid


def put(desk: Desk, sid: str, slug: str = "mediator1", **more: Told) -> str:
    return do(desk, slug, "decision.put", sid, **({"session_item": "1"} | WORDS | more))


def lodged(desk: Desk, sid: str, slug: str, text: str = "EXERCISE. A position.") -> str:
    return do(desk, slug, "position.seal", sid, session_item="1", language="en", session_text=text)


def timed(desk: Desk, sid: str, wait: str = "PT2H") -> None:
    """The chair tells that positions on the first item are taken for an hour; then time passes."""
    do(desk, "mediator1", "position.until", sid, session_item="1", positions_until=at(desk, 60))
    if wait:
        desk.wait(wait)


def row(desk: Desk, sid: str) -> Session:
    """The session from its own thread."""
    return sessions.state(desk.standing(f"session:{sid}")).sessions[sid]
