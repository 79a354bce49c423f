"""The evidence sheet as its entries make it, and their fold.

Rules
1. A state is derived; nobody sets it. A mark (withdrawn, discredited) stands over it and takes nothing away.
2. A new check, corroboration or releasable version begins the signatures anew: what was signed is what is released.
3. A signature completes a quorum at its own place in the log, with the seats of that moment. Where the agreement has no
   quorum `evidence.pinpoint`, a precise point needs one signature of every mediator.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar, cast

from tiga.agreement.clauses import Quorum, Seats
from tiga.agreement.grounds import Ground
from tiga.mechanism import mandates
from tiga.mechanism.sheets.entries import (
    PointAsked,
    PointGiven,
    PointUndertaken,
    SheetAcknowledged,
    SheetActed,
    SheetAuthenticated,
    SheetConfirmed,
    SheetCorroborated,
    SheetDiscredited,
    SheetPlanned,
    SheetShared,
    SheetSigned,
    SheetSubmitted,
    SheetVerified,
    SheetWithdrawn,
    StrikeFlagged,
)
from tiga.record.entries import Entry
from tiga.values.moments import Instant

if TYPE_CHECKING:
    from tiga.mechanism.standing import Standing

SHARE, PINPOINT = "evidence.share", "evidence.pinpoint"
"""The quorums of the agreement, by act."""
T = TypeVar("T")


class Step(NamedTuple, Generic[T]):
    """One entry of a sheet: its sid, its instant, its kind."""

    sid: str
    at: Instant
    kind: T


@dataclass(frozen=True, slots=True)
class Version:
    """A releasable version before the mediators: who has signed it, and when the quorum was complete."""

    sid: str
    kind: SheetVerified
    signers: tuple[str, ...]
    complete: Instant | None


@dataclass(frozen=True, slots=True)
class Pin:
    """A precise point: who has signed for it, whether the party has undertaken not to strike, whether it was given."""

    sid: str
    kind: PointAsked
    signers: tuple[str, ...]
    complete: Instant | None
    undertaken: PointUndertaken | None = None
    given: Step[PointGiven] | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet, and what has become of it."""

    sid: str
    index: int
    at: Instant
    submitted: SheetSubmitted
    checks: tuple[SheetAuthenticated, ...] = ()
    corroborated: SheetCorroborated | None = None
    version: Version | None = None
    shared: Step[SheetShared] | None = None
    acknowledged: Instant | None = None
    plans: tuple[Instant, ...] = ()
    acted: tuple[Step[SheetActed], ...] = ()
    confirmed: tuple[Step[SheetConfirmed], ...] = ()
    pins: tuple[Pin, ...] = ()
    flags: tuple[StrikeFlagged, ...] = ()
    withdrawn: Instant | None = None
    discredited: SheetDiscredited | None = None

    @property
    def authentic(self) -> bool:
        """Whether the last check said so."""
        return bool(self.checks) and self.checks[-1].result == "authentic"

    @property
    def marked(self) -> bool:
        return self.withdrawn is not None or self.discredited is not None

    @property
    def state(self) -> str:
        """The state, a word `choice.<state>`."""
        if self.marked:
            return "sheet_discredited" if self.discredited else "sheet_withdrawn"
        return _answered(self) if self.shared else _proven(self)


def _answered(row: Sheet) -> str:
    if row.confirmed and row.confirmed[-1].kind.of == row.acted[-1].sid:
        outcome = row.confirmed[-1].kind.outcome
        return "sheet_confirmed" if outcome == "met" else f"sheet_{outcome}"
    steps = (("sheet_acted", row.acted), ("sheet_planned", row.plans), ("sheet_acknowledged", row.acknowledged))
    return next((name for name, done in steps if done), "sheet_shared")


def _proven(row: Sheet) -> str:
    if row.version is not None:
        return "sheet_verified" if row.version.complete else "sheet_signing"
    if row.authentic:
        return "sheet_corroborated" if row.corroborated else "sheet_authenticated"
    return "sheet_not_authentic" if row.checks and row.checks[-1].result == "not_authentic" else "sheet_submitted"


@dataclass(slots=True)
class State:
    sheets: dict[str, Sheet] = field(default_factory=dict)


def state(standing: Standing) -> State:
    return cast(State, standing.affairs.states["sheet"]) if standing.affairs is not None else State()


def quorum(standing: Standing, act: str) -> Quorum | None:
    """The agreement's quorum for an act; for a precise point every mediator's signature where it says nothing."""
    if standing.agreement is None:
        return None
    named = standing.agreement.quorum(act)
    if named is not None or act != PINPOINT:
        return named
    needed = tuple(Seats(mediator.id, 1) for mediator in standing.agreement.mediators)
    return Quorum(act, (), needed, "", Ground("silent"))


def _complete(standing: Standing, act: str, signers: tuple[str, ...]) -> Instant | None:
    needed = quorum(standing, act)
    if needed is None:
        return None
    wanting = mandates.count(standing, needed, signers)
    return None if wanting.assent_wanting or wanting.seats_wanting else standing.now


# ---- fold


def _change(own: State, sid: str, **changes: Any) -> None:
    if sid in own.sheets:
        own.sheets[sid] = replace(own.sheets[sid], **changes)


def _submitted(own: State, standing: Standing, kind: SheetSubmitted, entry: Entry) -> None:
    own.sheets[entry.sid] = Sheet(entry.sid, entry.index, standing.now, kind)


def _authenticated(own: State, standing: Standing, kind: SheetAuthenticated, entry: Entry) -> None:
    if row := own.sheets.get(kind.sheet):
        _change(own, row.sid, checks=(*row.checks, kind), version=None)


def _corroborated(own: State, standing: Standing, kind: SheetCorroborated, entry: Entry) -> None:
    _change(own, kind.sheet, corroborated=kind, version=None)


def _verified(own: State, standing: Standing, kind: SheetVerified, entry: Entry) -> None:
    signers = (standing._author(entry),)
    _change(own, kind.sheet, version=Version(entry.sid, kind, signers, _complete(standing, SHARE, signers)))


def _signed(own: State, standing: Standing, kind: SheetSigned, entry: Entry) -> None:
    row, author = own.sheets.get(kind.sheet), standing._author(entry)
    if row is None:
        return
    if row.version is not None and row.version.sid == kind.of:
        signers = (*row.version.signers, author)
        version = replace(row.version, signers=signers, complete=_complete(standing, SHARE, signers))
        _change(own, row.sid, version=version)
    for pin in row.pins:
        if pin.sid == kind.of:
            signers = (*pin.signers, author)
            _pin(own, row, replace(pin, signers=signers, complete=_complete(standing, PINPOINT, signers)))


def _shared(own: State, standing: Standing, kind: SheetShared, entry: Entry) -> None:
    _change(own, kind.sheet, shared=Step(entry.sid, standing.now, kind))


def _acknowledged(own: State, standing: Standing, kind: SheetAcknowledged, entry: Entry) -> None:
    _change(own, kind.sheet, acknowledged=standing.now)


def _planned(own: State, standing: Standing, kind: SheetPlanned, entry: Entry) -> None:
    if row := own.sheets.get(kind.sheet):
        _change(own, row.sid, plans=(*row.plans, standing.now))


def _acted(own: State, standing: Standing, kind: SheetActed, entry: Entry) -> None:
    if row := own.sheets.get(kind.sheet):
        _change(own, row.sid, acted=(*row.acted, Step(entry.sid, standing.now, kind)))


def _confirmed(own: State, standing: Standing, kind: SheetConfirmed, entry: Entry) -> None:
    row = own.sheets.get(kind.sheet)
    if row is not None and row.acted:
        _change(own, row.sid, confirmed=(*row.confirmed, Step(entry.sid, standing.now, kind)))


def _asked(own: State, standing: Standing, kind: PointAsked, entry: Entry) -> None:
    if row := own.sheets.get(kind.sheet):
        signers = (standing._author(entry),)
        pin = Pin(entry.sid, kind, signers, _complete(standing, PINPOINT, signers))
        _change(own, row.sid, pins=(*row.pins, pin))


def _undertaken(own: State, standing: Standing, kind: PointUndertaken, entry: Entry) -> None:
    if row := own.sheets.get(kind.sheet):
        for pin in row.pins:
            if pin.sid == kind.of:
                _pin(own, row, replace(pin, undertaken=kind))


def _given(own: State, standing: Standing, kind: PointGiven, entry: Entry) -> None:
    if row := own.sheets.get(kind.sheet):
        for pin in row.pins:
            if pin.sid == kind.of:
                _pin(own, row, replace(pin, given=Step(entry.sid, standing.now, kind)))


def _pin(own: State, row: Sheet, pin: Pin) -> None:
    _change(own, row.sid, pins=tuple(pin if one.sid == pin.sid else one for one in row.pins))


def _flagged(own: State, standing: Standing, kind: StrikeFlagged, entry: Entry) -> None:
    if row := own.sheets.get(kind.sheet):
        _change(own, row.sid, flags=(*row.flags, kind))


def _withdrawn(own: State, standing: Standing, kind: SheetWithdrawn, entry: Entry) -> None:
    _change(own, kind.sheet, withdrawn=standing.now)


def _discredited(own: State, standing: Standing, kind: SheetDiscredited, entry: Entry) -> None:
    _change(own, kind.sheet, discredited=kind)


FOLDS = {
    SheetSubmitted.ACT: _submitted, SheetAuthenticated.ACT: _authenticated, SheetCorroborated.ACT: _corroborated,
    SheetVerified.ACT: _verified, SheetSigned.ACT: _signed, SheetShared.ACT: _shared,
    SheetAcknowledged.ACT: _acknowledged, SheetPlanned.ACT: _planned, SheetActed.ACT: _acted,
    SheetConfirmed.ACT: _confirmed, PointAsked.ACT: _asked, PointUndertaken.ACT: _undertaken, PointGiven.ACT: _given,
    StrikeFlagged.ACT: _flagged, SheetWithdrawn.ACT: _withdrawn, SheetDiscredited.ACT: _discredited,
}  # fmt: skip
