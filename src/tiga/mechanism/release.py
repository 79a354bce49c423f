"""Who may see what: the only place where that is decided (domain.md d).

Rules
1. Everything is denied that is not allowed here; an unknown level or role sees nothing.
2. R0 all; R1 both parties, mediators, secretariat, monitors; R2 the party addressed and the mediators' side; R3 mediators
   and secretariat; RT these and the monitors (a patrol before its return); R4 the secretariat alone; R5 nobody through this
   door.
3. A party's sealed reply is R2 to itself alone until it is opened: not even mediators read it before. The same holds for a
   component's position in a session of the joint forum.
4. What an entry says and what it discloses are released apart.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tiga.mechanism.cases import Case
    from tiga.mechanism.standing import Standing

_READERS: dict[str, frozenset[str]] = {
    "R0": frozenset(("public", "analyst", "monitor", "liaison", "mediator", "secretariat", "registrar")),
    "R1": frozenset(("monitor", "liaison", "mediator", "secretariat", "registrar")),
    "R3": frozenset(("mediator", "secretariat", "registrar")),
    "RT": frozenset(("monitor", "mediator", "secretariat", "registrar")),
    "R4": frozenset(("secretariat",)),
}


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads: a role and, for liaison officers and mediators, the component."""

    role: str = "public"
    component: str = ""


def may_see(reader: Reader, level: str, party: str = "") -> bool:
    """Whether a reader may see something of a level, addressed to `party` where it is R2."""
    if level == "R2":
        return reader.role in ("mediator", "secretariat", "registrar") or (
            reader.role == "liaison" and bool(party) and reader.component == party
        )
    return reader.role in _READERS.get(level, frozenset())


def may_see_named(reader: Reader, key: str, named: Iterable[str]) -> bool:
    """What was given to readers by name: they alone, by their keys, and the mediators' side."""
    return may_see(reader, "R3") or (bool(key) and key in named)


def may_see_any(reader: Reader, levels: Iterable[tuple[str, str]]) -> bool:
    """Whether one of the (level, party) to which a value was released lets a reader see it."""
    return any(may_see(reader, level, party) for level, party in levels)


@dataclass(frozen=True, slots=True)
class Reach:
    """The levels a reader may see whoever is addressed, and the party whose R2 it may see besides (or empty)."""

    levels: tuple[str, ...]
    party: str


def reach(reader: Reader) -> Reach:
    """What `may_see` allows a reader, as a list: for asking a store without fetching what is out of reach."""
    levels = tuple(level for level in ("R0", "R1", "R2", "R3", "RT", "R4", "R5") if may_see(reader, level))
    party = reader.component if may_see(reader, "R2", reader.component) and "R2" not in levels else ""
    return Reach(levels, party)


def may_see_reply(reader: Reader, case: Case, party: str, draft: str = "") -> bool:
    """A reply to the complaint or to a draft finding: its own party always; everybody of R1 once those replies are open."""
    if reader.role == "liaison" and reader.component == party:
        return True
    return case.opened_to(draft) is not None and may_see(reader, "R1")


def may_see_position(reader: Reader, component: str, opened: bool) -> bool:
    """A component's position in a session: its own component always; everybody of R1 once it is open."""
    if reader.role in ("liaison", "mediator") and bool(component) and reader.component == component:
        return True
    return opened and may_see(reader, "R1")


def may_see_case(reader: Reader, standing: Standing, case: Case) -> bool:
    """A case: R1; for the public only once a determination is in force (raw complaint counts are never public)."""
    determination = standing.determinations.get(case.determination)
    return may_see(reader, "R1") or (determination is not None and determination.in_force is not None)


def may_see_draft(reader: Reader, in_force: object) -> bool:
    """A finding, determination or measure: the panel's own until in force; then R1 (the case decides on the public)."""
    return may_see(reader, "R3") or (in_force is not None and may_see(reader, "R1"))
