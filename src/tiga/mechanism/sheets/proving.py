"""From submitted to verified for sharing, and the two marks: who may do what to a sheet before it is shared.

Rules
1. Who may not see a sheet is told that there is none: to the other party an unshared sheet and no sheet are one answer.
2. Who submitted a sheet neither checks nor corroborates nor signs it.
3. An origin is a component, or a key that stands for none. A custodial source is none: it corroborates nothing, its own
   sheet least of all. One independent origin is enough only where the limit `single_source` is said; none never is.
4. The first signature carries the releasable version: gist, place, limits. A place is a district or a settlement by name;
   a point is coarsened to a cell and has a radius of at least 5 km (domain.md d); words with coordinates are refused.
5. The standard is asserted by people and is at least the agreement's for `share_evidence`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from tiga.mechanism import guards, mandates
from tiga.mechanism.acts import Actor, Decision, Outcome, Refusal, Released, drafted, sealed
from tiga.mechanism.asks import Given
from tiga.mechanism.reports import CELL_M
from tiga.mechanism.sheets import folding
from tiga.mechanism.sheets.entries import (
    SheetAuthenticated,
    SheetCorroborated,
    SheetDiscredited,
    SheetSigned,
    SheetSubmitted,
    SheetVerified,
    SheetWithdrawn,
)
from tiga.mechanism.sheets.folding import PINPOINT, SHARE, Pin, Sheet, Version
from tiga.record import canonical
from tiga.record.disclosures import Disclosure
from tiga.values.moments import Instant
from tiga.values.places import BadPlace, Point, coarsened

if TYPE_CHECKING:
    from tiga.mechanism.standing import Standing

RESULTS = ("sheet_authentic", "sheet_not_authentic", "sheet_undecided")
PLACES = ("sheet_district", "sheet_settlement")
GROUNDS = ("sheet_predates_event", "sheet_altered", "sheet_source_lost", "sheet_other_ground")
"""Choices, as words; on the record they stand without the prefix."""
INDEPENDENT_MIN = 2
"""Independent origins (domain.md b.4); fewer must be said as the limit `single_source`."""
_POINT = re.compile(r"\s*(-?\d{1,3})(?:\.(\d{1,7}))?\s*,\s*(-?\d{1,3})(?:\.(\d{1,7}))?\s*\Z")
_COORDINATES = re.compile(r"\d{1,3}[.٫]\d{3,}|\d\s*°")


# ---- what several deciders share


def found(standing: Standing, sid: str, by: Actor, *roles: str) -> Sheet | Refusal:
    """The sheet to act on, or why not: the role, a sheet that is not there for this person, a mark."""
    refusal = guards.acting(standing, by, *roles)
    if refusal:
        return refusal
    row = folding.state(standing).sheets.get(sid)
    if row is None or (by.role == "liaison" and row.shared is None and by.component != row.submitted.submitter):
        return Refusal("sheet_unknown")
    return Refusal("sheet_marked") if row.marked else row


def wire(given: Given, name: str) -> str:
    """A choice without the prefix of its word."""
    return given.text(name).removeprefix("sheet_")


def reach(row: Sheet) -> tuple[str, str]:
    """(level, party) at which a sheet is known: its submitter's and the mediators' side's until shared, then R1."""
    return ("R1", "") if row.shared is not None else private(row.submitted)


def private(submitted: SheetSubmitted) -> tuple[str, str]:
    """(level, party) of what only the submitter and the mediators' side may read."""
    return submitted.release, submitted.to


def digest(sheet: str, value: dict[str, Any]) -> str:
    """SHA-256 (hex) of what is put before the mediators for release, bound to its sheet."""
    return hashlib.sha256(canonical.encode({"sheet": sheet, "value": value})).hexdigest()


def keys_named(standing: Standing, texts: Iterable[str]) -> tuple[str, ...]:
    """Names, several in one text parted by commas; a key's name is completed with the record's origin."""
    names = (" ".join(part.split()) for text in texts for part in text.split(","))
    rows = (name if name in standing.keys else f"{standing.log}/{name}" for name in names if name)
    return tuple(dict.fromkeys(row if row in standing.keys else row.removeprefix(f"{standing.log}/") for row in rows))


def point(text: str) -> Point | Refusal:
    """A point written as degrees north, degrees east, each with at most seven decimals."""
    match = _POINT.match(text)
    if match is None:
        return Refusal("sheet_point_unread")
    north, east = (_e7(match[number], match[number + 1] or "") for number in (1, 3))
    try:
        return Point(north, east)
    except BadPlace:
        return Refusal("sheet_point_unread")


def _e7(whole: str, decimals: str) -> int:
    size = int(whole.lstrip("-")) * 10_000_000 + int(decimals.ljust(7, "0"))
    return -size if whole.startswith("-") else size


def assent(standing: Standing, act: str, row: Sheet, by: Actor) -> Refusal | None:
    """Whether somebody may sign now for what the quorum of `act` decides on this sheet, or the refusal."""
    needed = folding.quorum(standing, act)
    if needed is None:
        return Refusal("no_quorum_rule", values={"act": act})
    refusal = own_quorum(standing, act, row.submitted.submitter)
    if refusal:
        return refusal
    if by.component not in {need.component for need in needed.assent}:
        return Refusal("not_signatory", needed.clause, {"component": by.component})
    if by.key not in standing.seats:
        return Refusal("not_seated", needed.clause, {"member": by.key})
    if by.key in standing.recused:
        return Refusal("recused", needed.clause, {"member": by.key})
    wanting = mandates.count(standing, needed, ()).seats_wanting
    return Refusal("quorum_lost", needed.clause, {"components": ", ".join(wanting)}) if wanting else None


def own_quorum(standing: Standing, act: str, component: str) -> Refusal | None:
    """A component that submits cannot sign; where the quorum cannot do without it, nothing would ever come of the sheet."""
    needed = folding.quorum(standing, act)
    if needed is not None and component in {need.component for need in needed.assent}:
        return Refusal("sheet_own_quorum", needed.clause, {"component": component})
    return None


def releasable(given: Given) -> dict[str, Any] | Refusal:
    """What would go to the other party: gist, place, limits, and perhaps a coarse point with its radius in metres."""
    value: dict[str, Any] = {
        "gist": given.line("sheet_gist"), "place": given.line("place"), "kind": wire(given, "sheet_place_kind"),
        "limits": given.line("limits"),
    }  # fmt: skip
    if any(_COORDINATES.search(value[name]) for name in ("gist", "place", "limits")):
        return Refusal("sheet_place_fine", values={"limit": str(CELL_M)})
    if not given.text("sheet_point"):
        return value
    spot, radius_m = point(given.text("sheet_point")), given.whole("sheet_radius")
    if isinstance(spot, Refusal):
        return spot
    if radius_m < CELL_M:
        return Refusal("sheet_place_fine", values={"limit": str(CELL_M)})
    spot = coarsened(spot)
    return value | {"lat_e7": spot.lat_e7, "lon_e7": spot.lon_e7, "radius_m": radius_m}


# ---- deciders


def submit(standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: tuple[bytes, ...]) -> Outcome:
    """Submit evidence about what is said to be on a party's territory; nothing submitted is a finding."""
    refusal = guards.acting(standing, by, "liaison", *guards.SIDE)
    if refusal:
        return refusal
    about, submitter = given.text("sheet_about"), by.component or by.role
    if about not in guards.parties(standing):
        return Refusal("sheet_no_party", values={"party": about})
    if about == submitter:
        return Refusal("sheet_own_ground", values={"party": about})
    refusal = own_quorum(standing, SHARE, submitter) if by.role != "liaison" else None
    if refusal:
        return refusal
    level, to = ("R2", submitter) if by.role == "liaison" else ("R3", "")
    value = {"gist": given.line("sheet_gist"), "place": given.line("place"), "limits": given.line("limits")}
    values = (Released(Disclosure(draws[0], "sheet", value), level, to),)
    kind = SheetSubmitted(
        submitter, about, level, sealed(values, draws[1:]), to,
        given.yes("sheet_custodial"), given.yes("sheet_interested"), given.yes("sheet_first_hand"),
    )  # fmt: skip
    return Decision((drafted(kind, standing.log, now, values),), standing.reads)


def authenticate(
    standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: tuple[bytes, ...]
) -> Outcome:
    """Say what was checked of the material, how, and whether it is what it is said to be."""
    row = _to_prove(standing, sid, by)
    if isinstance(row, Refusal):
        return row
    value = {"checked": given.line("sheet_checked"), "method": given.line("method")}
    values = (Released(Disclosure(draws[0], "check", value), "R3"),)
    kind = SheetAuthenticated(sid, wire(given, "sheet_result"), sealed(values, draws[1:]))
    return Decision((drafted(kind, standing.log, now, values),), standing.reads)


def corroborate(
    standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: tuple[bytes, ...]
) -> Outcome:
    """Name the origins that agree. Independent ones are counted; custodial ones are not."""
    row = _to_prove(standing, sid, by)
    if isinstance(row, Refusal):
        return row
    if not row.checks:
        return Refusal("sheet_unchecked")
    if not row.authentic:
        return Refusal("sheet_not_authentic")
    names = keys_named(standing, given.many("sheet_origins"))
    components = {*guards.parties(standing), *(mediator.id for mediator in guards.agreement(standing).mediators)}
    if unknown := [name for name in names if name not in components and name not in standing.keys]:
        return Refusal("sheet_origin", values={"member": unknown[0]})
    count = len(_origins(standing, row, names))
    if not count:
        return Refusal("sheet_custodial_alone")
    if count < INDEPENDENT_MIN and not given.yes("sheet_alone"):
        return Refusal("sheet_single_origin")
    values = (Released(Disclosure(draws[0], "corroboration", given.line("said")), "R3"),)
    limits = ("single_source",) if count < INDEPENDENT_MIN else ()
    kind = SheetCorroborated(sid, names, count, sealed(values, draws[1:]), limits)
    return Decision((drafted(kind, standing.log, now, values),), standing.reads)


def _origins(standing: Standing, row: Sheet, names: tuple[str, ...]) -> set[str]:
    """Who stands behind the names: a component speaks once, and not at all where it only brought a custodial source."""
    keys = standing.keys
    origins = {(keys[own].component or own) if (own := standing.heir(name)) in keys else name for name in names}
    return origins - ({row.submitted.submitter} if row.submitted.custodial else set())


def verify(standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: tuple[bytes, ...]) -> Outcome:
    """Put a releasable version before the mediators with the first signature, at an asserted standard."""
    row = found(standing, sid, by, "mediator")
    if isinstance(row, Refusal):
        return row
    if row.version is not None and row.version.complete:
        return Refusal("sheet_verified", values={"at": row.version.complete.text()})
    if not row.authentic or row.corroborated is None:
        return Refusal("sheet_unproven")
    refusal = assent(standing, SHARE, row, by)
    if refusal:
        return refusal
    required, standard = guards.agreement(standing).standard("share_evidence"), given.text("standard")
    if required is None or not guards.agreement(standing).meets(standard, required.level):
        level, clause = (required.level, required.clause) if required else ("?", "")
        return Refusal("standard_low", clause, {"given": standard, "needed": level})
    value = releasable(given)
    if isinstance(value, Refusal):
        return value
    values = (Released(Disclosure(draws[0], "sheet", value), "R3"),)
    kind = SheetVerified(sid, standard, digest(sid, value), sealed(values, draws[1:]))
    return Decision((drafted(kind, standing.log, now, values),), standing.reads)


def sign(standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: tuple[bytes, ...]) -> Outcome:
    """Sign what waits for its quorum: the releasable version, or after sharing the precise point."""
    row = found(standing, sid, by, "mediator")
    if isinstance(row, Refusal):
        return row
    paper = awaits(standing, row, by)
    if isinstance(paper, Refusal):
        return paper
    return Decision((drafted(SheetSigned(sid, paper.sid), standing.log, now),), standing.reads)


def awaits(standing: Standing, row: Sheet, by: Actor) -> Version | Pin | Refusal:
    """What of a sheet waits for this mediator's signature, or why nothing does."""
    waiting = [(SHARE, row.version)] if row.shared is None else [(PINPOINT, pin) for pin in row.pins]
    act, paper = waiting[-1] if waiting else (SHARE, None)
    if paper is None or paper.complete:
        return Refusal("nothing_to_sign")
    refusal = assent(standing, act, row, by)
    if refusal:
        return refusal
    if by.key in map(standing.heir, paper.signers):
        return Refusal("signed_already", values={"member": by.key})
    return paper


def withdraw(standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: tuple[bytes, ...]) -> Outcome:
    """The submitter takes a sheet back; it is kept, with the mark."""
    row = found(standing, sid, by, "liaison", *guards.SIDE)
    if isinstance(row, Refusal):
        return row
    if (by.component or by.role) != row.submitted.submitter:
        return Refusal("sheet_not_yours")
    level, to = reach(row)
    values = (Released(Disclosure(draws[0], "reason", given.line("reason")), level, to),)
    kind = SheetWithdrawn(sid, level, sealed(values, draws[1:]), to)
    return Decision((drafted(kind, standing.log, now, values),), standing.reads)


def discredit(standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: tuple[bytes, ...]) -> Outcome:
    """The mediators' side marks a sheet as discredited, on a ground, and names what rested on it in the same entry."""
    row = found(standing, sid, by, *guards.SIDE)
    if isinstance(row, Refusal):
        return row
    level, to = reach(row)
    values = (Released(Disclosure(draws[0], "reason", given.line("reason")), level, to),)
    resting = (
        *((row.version.sid,) if row.version else ()), *((row.shared.sid,) if row.shared else ()),
        *(pin.sid for pin in row.pins), *(step.sid for step in row.confirmed),
    )  # fmt: skip
    kind = SheetDiscredited(sid, wire(given, "sheet_ground"), level, sealed(values, draws[1:]), resting, to)
    return Decision((drafted(kind, standing.log, now, values),), standing.reads)


def _to_prove(standing: Standing, sid: str, by: Actor) -> Sheet | Refusal:
    """A sheet whose material may still be checked and corroborated by this person."""
    row = found(standing, sid, by, *guards.SIDE)
    if isinstance(row, Refusal):
        return row
    if (by.component or by.role) == row.submitted.submitter:
        return Refusal("sheet_own", values={"component": by.component or by.role})
    if row.version is not None and row.version.complete:
        return Refusal("sheet_verified", values={"at": row.version.complete.text()})
    return row
