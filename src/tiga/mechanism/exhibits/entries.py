"""Entries of exhibits: what a deposited file says about itself, what is made of it, and who was handed what.

Rules
1. An exhibit is a deposited file; its sid is that of `evidence.deposit`. Every entry of it names the thread `exhibit:<sid>`.
2. An entry names no file, no time, no place and no device: what does stands in disclosures, each at its own level.
3. `examination` (the file's own level) holds verdicts on what the file is; `particulars` (the depositor and the mediators'
   side) those that name times, places, devices, programs and signers; `likeness` (R3) names earlier files and holds the
   fingerprint.
4. A line of the disclosure log is seen by the mediators' side and by the party that deposited the file.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from tiga.values.moments import Instant

NAME, PREFIX = "exhibit", "V"
KEEPS = ("time", "place", "device", "voice")
"""What a release may let through into the derivative."""
FORMS = ("original", "derivative")
"""In which form a file is handed out."""
THROUGH = ("file", "dossier")
"""By which page act: a file's download, or the dossier of its case."""


@dataclass(frozen=True, slots=True)
class ExhibitExamined:
    """What a file said about itself when it came in: `by` deposited it (component or role), with the key `owner`."""

    ACT: ClassVar[str] = "exhibit.examine"
    RELEASE: ClassVar[str] = "R1"

    case: str
    file: str
    by: str
    owner: str
    deposited: Instant
    sd: tuple[str, ...]

    def threads(self, sid: str) -> tuple[str, ...]:
        return (f"{NAME}:{self.file}",)


@dataclass(frozen=True, slots=True)
class ExhibitDerived:
    """A derivative (its `blob` is disclosed, and the `original` that it was made of), or why there is none (`fault`).

    `of` is the release it follows, empty for the default under which nothing is kept.
    """

    ACT: ClassVar[str] = "exhibit.derive"
    RELEASE: ClassVar[str] = "R1"

    case: str
    file: str
    of: str = ""
    keeps: tuple[str, ...] = ()
    boxes: tuple[str, ...] = ()
    fault: str = ""
    sd: tuple[str, ...] = ()

    def threads(self, sid: str) -> tuple[str, ...]:
        return (f"{NAME}:{self.file}",)


@dataclass(frozen=True, slots=True)
class ExhibitAppointed:
    """A named examiner may have one file as it came; with `ended`, may no longer."""

    ACT: ClassVar[str] = "exhibit.appoint"
    RELEASE: ClassVar[str] = "R3"

    case: str
    file: str
    key: str
    reason: str
    ended: bool = False

    def threads(self, sid: str) -> tuple[str, ...]:
        return (f"{NAME}:{self.file}",)


@dataclass(frozen=True, slots=True)
class ExhibitReleased:
    """What the derivative may keep and what is covered in it; the `grounds` (consent, reason) are disclosed at R3."""

    ACT: ClassVar[str] = "exhibit.release"
    RELEASE: ClassVar[str] = "R1"

    case: str
    file: str
    keeps: tuple[str, ...]
    boxes: tuple[str, ...]
    sd: tuple[str, ...]

    def threads(self, sid: str) -> tuple[str, ...]:
        return (f"{NAME}:{self.file}",)


@dataclass(frozen=True, slots=True)
class ExhibitHanded:
    """A line of the disclosure log: a file was handed to somebody in one of FORMS, through one of THROUGH.

    `release` and `to` say who may know of it: R2 and the party that deposited the file, else R3.
    """

    ACT: ClassVar[str] = "exhibit.hand"
    RELEASE: ClassVar[str] = "R3"

    file: str
    key: str
    role: str
    component: str
    form: str
    through: str
    release: str
    to: str = ""

    def threads(self, sid: str) -> tuple[str, ...]:
        return (f"{NAME}:{self.file}",)
