"""Affairs of the demo's exercise, begun and carried through by their forms: what tests of their pages read.

`play` is handed what sends a form as a person, so that it runs on a site in memory and on one that is served. All words are
invented; PLANTED words stand where not everybody may read them.
"""

from __future__ import annotations

from collections.abc import Callable

Send = Callable[[str, str, str, dict[str, str | list[str]]], str]
"""(person, path of the deed, the object's sid or empty, what is given) -> the object's sid."""

SEALED, TEAM, DRAFTED = "EXERCISE Sealed-17", "EXERCISE Team-18", "EXERCISE Drafted-19"
"""A position that is not opened, a patrol's note, a text of a draft: words that some readers must not find."""
SPAN = {"asserted_local": "2026-01-06T10:00", "asserted_zone": "AFT", "asserted_precision": "about"}
MEMBERS: list[str] = ["liaison/1", "liaison/2", "mediator/1b", "mediator/2"]
ISSUED = "EXERCISE. Both sides met.\nThey will meet again."


def play(send: Send) -> dict[str, str]:
    """Begin an object of each concept that has a table or a page of its own; returns the sids by concept."""
    made = {"access": _access(send), "assurance": _assurance(send), "crossing": _crossing(send), "call": _call(send)}
    return made | {"patrol": _patrol(send), "talks": _talks(send)} | _session(send, made["access"])


def _access(send: Send) -> str:
    given = {"party": "party-1", "place": "Exercise Post", "purpose": "EXERCISE. To look."}
    window = {"opens": "2026-09-01T08:00", "closes": "2026-09-01T16:00"}
    sid = send("monitor", "access.request", "", {**given, **window})
    send("liaison-1", "access.answer", sid, {"answer": "denied", "reason": "EXERCISE. Roads."})
    return sid


def _assurance(send: Send) -> str:
    sid = send("liaison-1", "assurance.give", "", {"assurance_id": "no-crossing"})
    word = {"assurance_outcome": "assurance_met", "assurance_hours": "20", "assurance_refused_hours": "1"}
    counted = {"assurance_count": "0", "method": "EXERCISE. By sight"}
    send("monitor", "assurance.observe", sid, {"assurance_period": "1", **word, **counted})
    return sid


def _crossing(send: Send) -> str:
    sid = send("secretariat", "crossing.list", "", {"crossing_id": "crossing-7"})
    told = {"crossing_local": "2026-01-27T10:00", "crossing_zone": "UTC", "crossing_precision": "minute"}
    closed = {"crossing_flows": ["people"], "crossing_status": "crossing_closed", "reason": "EXERCISE. A drill."}
    send("liaison-1", "crossing.announce", sid, {**closed, **told})
    send(
        "liaison-2",
        "crossing.announce",
        sid,
        {"crossing_flows": ["people"], "crossing_status": "crossing_open", **told},
    )
    seen = {"crossing_flow": "people", "crossing_seen": "crossing_limited", "crossing_minutes": "40"}
    send("monitor", "crossing.observe", sid, {**seen, **told, "said": "EXERCISE. Few."})
    return sid


def _call(send: Send) -> str:
    ends = {"caller": "party-1", "called": "party-2"}
    sid = send("liaison-1", "call.log", "", {**ends, "call_answered": "yes", **SPAN})
    send("liaison-2", "call.confirm", sid, {"call_answered": "no"})
    return sid


def _patrol(send: Send) -> str:
    when = {"patrol_from": "2026-01-28T08:00", "patrol_until": "2026-01-28T16:00", "patrol_zone": "UTC"}
    team = {"patrol_people": "3", "patrol_joint": "no", "note": TEAM}
    sid = send("monitor", "patrol.plan", "", {"patrol_areas": "belt | 120", **when, **team})
    _clock(send)
    send("monitor", "patrol.leave", sid, {"left": "2026-01-28T08:10", "patrol_joint": "no"})
    stop = {"arrived": "2026-01-28T09:00", "left": "2026-01-28T10:00", "patrol_senses": ["by_sight"]}
    send("monitor", "patrol.reach", sid, {"patrol_area": "belt", **stop, "patrol_nothing": "yes", "patrol_kept": "no"})
    send("monitor", "patrol.return", sid, {"patrol_back": "2026-01-28T12:00", "patrol_safe": "yes", "note": TEAM})
    return sid


def _clock(send: Send) -> None:
    """A week of the exercise's clock."""
    send("secretariat", "clock", "", {"by": "P7D"})


def _talks(send: Send) -> str:
    sides = ["mediator-1", "mediator-2"]
    given = {"talks_round": "1", "subject": "EXERCISE. Round", "place": "Exercise Hall"}
    sid = send("secretariat", "talks.open", "", {**given, "talks_mediators": sides})
    draft = {"title": "EXERCISE. First", "language": "en"}
    send(
        "liaison-1",
        "draft.table",
        sid,
        {**draft, "draft_clauses": f"[P-01]\n{DRAFTED}.\n[P-02 agreed]\n{DRAFTED} two."},
    )
    taken = {"draft_number": "1", "draft_clause": "P-02", "draft_status": "draft_agreed", "draft_take": "party-1"}
    send("liaison-2", "draft.respond", sid, taken)
    send("liaison-2", "draft.table", sid, {**draft, "draft_clauses": f"[P-01]\n{DRAFTED} other."})
    return sid


def _session(send: Send, access: str) -> dict[str, str]:
    given = {"session_kind": "session_ordinary", "subject": "EXERCISE. Fortnight", "session_online": "no"}
    sid = send(
        "mediator-1", "session.call", "", {**given, "session_begins": "2026-02-10T08:00", "place": "Exercise Hall"}
    )
    send("mediator-1", "agenda.serve", sid, {"title": "EXERCISE. Post"})
    send("mediator-1", "agenda.attach", sid, {"session_item": "1", "session_object": f"access:{access}"})
    _clock(send)
    send("mediator-1", "session.open", sid, {"session_members": MEMBERS})
    words = {"session_item": "1", "language": "en"}
    send("liaison-1", "position.seal", sid, {**words, "session_text": SEALED})
    send("liaison-2", "session.statement", sid, {**words, "session_text": "EXERCISE. A statement."})
    issued = send("mediator-1", "communique.draft", "", {
        "communique_session": sid, "title": "EXERCISE. Both met", "language": "en", "communique_text": ISSUED,
    })  # fmt: skip
    for person in ("liaison-1", "liaison-2", "mediator-2"):
        send(person, "communique.approve", issued, {"communique_version": "1"})
    send("mediator-1", "communique.issue", issued, {"communique_of": "communique_joint"})
    return {"session": sid, "communique": issued}
