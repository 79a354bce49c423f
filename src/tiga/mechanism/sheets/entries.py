"""Entry kinds of evidence sheets: what each act puts on the record.

Rules
1. What was seen, where, how it was checked, a plan, a reason, a precise point: these are disclosures (`sd`). A body holds
   what the fold needs: who, about whom, flags, results, digests, key names, and words meant for both parties (R1).
2. `release` and `to` say who may know of an entry; where a kind has none, its RELEASE does. Until a sheet is shared no
   entry is above the submitter's own view; what the mediators weigh among themselves is R3.
3. `text` is the SHA-256 of what is signed for release: the same words must be given again when they are released.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from tiga.values.moments import Instant


@dataclass(frozen=True, slots=True)
class SheetSubmitted:
    """`submitter` is a party, a mediator's component or `secretariat`; `about` the party on whose territory it is said to be."""

    ACT: ClassVar[str] = "sheet.submit"
    RELEASE: ClassVar[str] = "R3"

    submitter: str
    about: str
    release: str
    sd: tuple[str, ...]
    to: str = ""
    custodial: bool = False
    interested: bool = False
    first_hand: bool = False

    def threads(self, sid: str) -> tuple[str, ...]:
        return (f"sheet:{sid}",)


@dataclass(frozen=True, slots=True)
class SheetAuthenticated:
    """A check of the material: `result` is `authentic`, `not_authentic` or `undecided`."""

    ACT: ClassVar[str] = "sheet.authenticate"
    RELEASE: ClassVar[str] = "R3"

    sheet: str
    result: str
    sd: tuple[str, ...]

    def threads(self, sid: str) -> tuple[str, ...]:
        return (f"sheet:{self.sheet}",)


@dataclass(frozen=True, slots=True)
class SheetCorroborated:
    """Origins that agree, by component or key; `count` is how many of them are independent and not custodial."""

    ACT: ClassVar[str] = "sheet.corroborate"
    RELEASE: ClassVar[str] = "R3"

    sheet: str
    origins: tuple[str, ...]
    count: int
    sd: tuple[str, ...]
    limits: tuple[str, ...] = ()

    def threads(self, sid: str) -> tuple[str, ...]:
        return (f"sheet:{self.sheet}",)


@dataclass(frozen=True, slots=True)
class SheetVerified:
    """The first signature under a releasable version: its standard, its digest."""

    ACT: ClassVar[str] = "sheet.verify"
    RELEASE: ClassVar[str] = "R3"

    sheet: str
    standard: str
    text: str
    sd: tuple[str, ...]

    def threads(self, sid: str) -> tuple[str, ...]:
        return (f"sheet:{self.sheet}",)


@dataclass(frozen=True, slots=True)
class SheetSigned:
    """A further signature, under a releasable version or under a precise point: `of` is that entry's sid."""

    ACT: ClassVar[str] = "sheet.sign"
    RELEASE: ClassVar[str] = "R3"

    sheet: str
    of: str

    def threads(self, sid: str) -> tuple[str, ...]:
        return (f"sheet:{self.sheet}",)


@dataclass(frozen=True, slots=True)
class Due:
    """A stage of the duty to act: its name, when it is due, in which zone, under which clause."""

    name: str
    due: Instant
    zone: str
    clause: str


@dataclass(frozen=True, slots=True)
class SheetShared:
    """The releasable version goes to `party`; the duty to act starts. `confirmed_by` is `team` or `mediators`."""

    ACT: ClassVar[str] = "sheet.share"
    RELEASE: ClassVar[str] = "R1"

    sheet: str
    party: str
    stages: tuple[Due, ...]
    sd: tuple[str, ...]
    confirmed_by: str = "team"

    def threads(self, sid: str) -> tuple[str, ...]:
        return (f"sheet:{self.sheet}",)


@dataclass(frozen=True, slots=True)
class SheetAcknowledged:
    ACT: ClassVar[str] = "sheet.acknowledge"
    RELEASE: ClassVar[str] = "R1"

    sheet: str

    def threads(self, sid: str) -> tuple[str, ...]:
        return (f"sheet:{self.sheet}",)


@dataclass(frozen=True, slots=True)
class SheetPlanned:
    """That there is a plan is for both parties; the plan itself is for its author and the mediators."""

    ACT: ClassVar[str] = "sheet.plan"
    RELEASE: ClassVar[str] = "R1"

    sheet: str
    sd: tuple[str, ...]

    def threads(self, sid: str) -> tuple[str, ...]:
        return (f"sheet:{self.sheet}",)


@dataclass(frozen=True, slots=True)
class SheetActed:
    """What the addressed party says it has done. A figure is a range of what is counted, with who said so."""

    ACT: ClassVar[str] = "sheet.act"
    RELEASE: ClassVar[str] = "R1"

    sheet: str
    said: str
    counted: str = ""
    low: int = 0
    high: int = 0
    source: str = ""

    def threads(self, sid: str) -> tuple[str, ...]:
        return (f"sheet:{self.sheet}",)


@dataclass(frozen=True, slots=True)
class SheetConfirmed:
    """What a team saw or records show of the action reported in `of`: `met`, `partly` or `not_met`."""

    ACT: ClassVar[str] = "sheet.confirm"
    RELEASE: ClassVar[str] = "R1"

    sheet: str
    of: str
    outcome: str
    basis: str
    said: str
    visit: str = ""

    def threads(self, sid: str) -> tuple[str, ...]:
        return (f"sheet:{self.sheet}",)


@dataclass(frozen=True, slots=True)
class PointAsked:
    """A precise point is put before the mediators, with the keys that are to read it, and what is asked of the party: to
    strike nothing within `distance_m` metres of it for the span `lasts`. The first signature."""

    ACT: ClassVar[str] = "sheet.pinpoint"
    RELEASE: ClassVar[str] = "R3"

    sheet: str
    readers: tuple[str, ...]
    distance_m: int
    lasts: str
    clause: str
    text: str
    sd: tuple[str, ...]

    def threads(self, sid: str) -> tuple[str, ...]:
        return (f"sheet:{self.sheet}",)


@dataclass(frozen=True, slots=True)
class PointUndertaken:
    """The addressed party undertakes to strike nothing within `distance_m` metres of the point for the span `lasts`."""

    ACT: ClassVar[str] = "sheet.undertake"
    RELEASE: ClassVar[str] = "R3"

    sheet: str
    of: str
    distance_m: int
    lasts: str
    clause: str
    release: str
    to: str

    def threads(self, sid: str) -> tuple[str, ...]:
        return (f"sheet:{self.sheet}",)


@dataclass(frozen=True, slots=True)
class PointGiven:
    """The precise point goes to the readers named; the undertaking runs `until`."""

    ACT: ClassVar[str] = "sheet.point"
    RELEASE: ClassVar[str] = "R3"

    sheet: str
    of: str
    readers: tuple[str, ...]
    until: Instant
    release: str
    to: str
    sd: tuple[str, ...]

    def threads(self, sid: str) -> tuple[str, ...]:
        return (f"sheet:{self.sheet}",)


@dataclass(frozen=True, slots=True)
class StrikeFlagged:
    """A report of a strike near a point that was given: a link, not a case and not a finding."""

    ACT: ClassVar[str] = "sheet.flag"
    RELEASE: ClassVar[str] = "R3"

    sheet: str
    of: str
    report: str
    code: str
    when: Instant
    release: str
    sd: tuple[str, ...]

    def threads(self, sid: str) -> tuple[str, ...]:
        return (f"sheet:{self.sheet}",)


@dataclass(frozen=True, slots=True)
class SheetWithdrawn:
    ACT: ClassVar[str] = "sheet.withdraw"
    RELEASE: ClassVar[str] = "R3"

    sheet: str
    release: str
    sd: tuple[str, ...]
    to: str = ""

    def threads(self, sid: str) -> tuple[str, ...]:
        return (f"sheet:{self.sheet}",)


@dataclass(frozen=True, slots=True)
class SheetDiscredited:
    """`dependents` are the sids of the entries that rested on the sheet."""

    ACT: ClassVar[str] = "sheet.discredit"
    RELEASE: ClassVar[str] = "R3"

    sheet: str
    ground: str
    release: str
    sd: tuple[str, ...]
    dependents: tuple[str, ...] = ()
    to: str = ""

    def threads(self, sid: str) -> tuple[str, ...]:
        return (f"sheet:{self.sheet}",)


KINDS = (
    SheetSubmitted, SheetAuthenticated, SheetCorroborated, SheetVerified, SheetSigned, SheetShared, SheetAcknowledged,
    SheetPlanned, SheetActed, SheetConfirmed, PointAsked, PointUndertaken, PointGiven, StrikeFlagged, SheetWithdrawn,
    SheetDiscredited,
)  # fmt: skip
