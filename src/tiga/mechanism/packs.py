"""Packs: what of a session's agenda a party may be given before it sits.

Rules
1. A pack names objects, by `concept:sid` with their release level; `release.may_see` alone says which.
2. What an item names itself, both parties may see; what was attached to it must be open to the party as it was attached and
   as the object stands now. What is not loaded is not in the pack.
3. Nothing says how much was left out: a count would tell that something is there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tiga.mechanism import release, sessions
from tiga.mechanism.release import Reader

if TYPE_CHECKING:
    from tiga.mechanism.standing import Standing


@dataclass(frozen=True, slots=True)
class Packed:
    """An object for a party: the item's number, `concept:sid`, and the level at which the object is known."""

    item: int
    object: str
    level: str


def level_of(standing: Standing, object: str) -> tuple[str, str] | None:
    """(level, side) at which an object (`concept:sid`) is known; None where it is not loaded or of no concept."""
    from tiga.mechanism import affairs  # which imports the forum, and so this module

    concept, _, sid = object.partition(":")
    if concept == "case":
        return ("R1", "") if sid in standing.cases else None
    seen = affairs.BY_NAME[concept].sight(standing, sid) if concept in affairs.BY_NAME else None
    return (seen.level, seen.side) if seen is not None else None


def threads(standing: Standing, sid: str) -> tuple[str, ...]:
    """The threads that `pack` reads beside the session's own: those of its agenda's objects."""
    row = sessions.state(standing).sessions.get(sid)
    items = row.items if row is not None else ()
    named = [name for item in items for name in (*item.served.objects, *(own.object for own in item.attached))]
    return tuple(dict.fromkeys(named))


def pack(standing: Standing, sid: str, party: str) -> tuple[Packed, ...]:
    """What a party may be given for a session, in the agenda's order, each object once an item."""
    row = sessions.state(standing).sessions.get(sid)
    reader, found = Reader("liaison", party), []
    for item in row.items if row is not None else ():
        named = [(name, "R1", "") for name in item.served.objects]
        named += [(own.object, own.release, own.to) for own in item.attached]
        for name, level, side in named:
            now = level_of(standing, name)
            if now is not None and release.may_see(reader, level, side) and release.may_see(reader, *now):
                found.append(Packed(item.number, name, now[0]))
    return tuple(dict.fromkeys(found))
