"""Findings: facts held established, issue by issue, at a named standard, by a quorum.

Rules
1. No finding without a reply offered: the clock has ended or both parties have replied, and replies are open
   (domain.md b.6, invariant 1).
2. The standard is asserted by people; the software checks what must stand before it: support that is not discredited, a
   gist that the other side could answer, and for an attribution the standard that the agreement asks of it.
3. A finding takes force with the signature that completes the quorum; until then it is a draft that the panel sees.
4. Dissents and limitations are entries of their own kind, never free text beside the act.
5. A finding is bound to the reports of its incident as it was put; what changes in them later is told (`binding`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from tiga.values.moments import Instant

INDEPENDENT_MIN = 2
"""Independent origins (domain.md b.4); fewer must be said as the limitation `single_source`."""
ELEMENTS = 4
HOLDINGS = ("established", "not_established", "not_attributed", "outside_mandate")
LIMITATIONS = ("no_site_access", "late_access", "single_source", "no_reply", "records_withheld", "place_in_band")


@dataclass(frozen=True, slots=True)
class Held:
    """What is held on one issue: at which standard, attributed how, resting on which reports, with which factors.

    `elements` are the four that `failed_to_prevent` needs (domain.md b.4), each in words: territorial nexus, knowledge or
    notice, reasonable steps available, not taken in the agreed time.
    """

    issue: str
    holding: str
    standard: str
    gist: str
    attribution: str = ""
    supports: tuple[str, ...] = ()
    factors: tuple[str, ...] = ()
    limitations: tuple[str, ...] = ()
    elements: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FindingAdopted:
    """A finding is put. `claims` are the reports of its `incident` at that moment, by their latest versions (`binding`); one
    that names none was made before findings were bound."""

    ACT: ClassVar[str] = "finding.adopt"
    RELEASE: ClassVar[str] = "R3"

    case: str
    held: tuple[Held, ...]
    supersedes: str = ""
    parties: tuple[str, ...] = ()
    incident: str = ""
    claims: tuple[str, ...] = ()

    def threads(self, sid: str) -> tuple[str, ...]:
        resting = sorted({report for row in self.held for report in row.supports})
        touched = (*(f"report:{report}" for report in resting), *(f"party:{party}" for party in self.parties))
        return (f"case:{self.case}", *touched)


@dataclass(frozen=True, slots=True)
class FindingDissented:
    ACT: ClassVar[str] = "finding.dissent"
    RELEASE: ClassVar[str] = "R1"

    case: str
    finding: str
    text: str

    def threads(self, sid: str) -> tuple[str, ...]:
        return (f"case:{self.case}",)


@dataclass(frozen=True, slots=True)
class Finding:
    """A finding and the key names that have signed it; `in_force` is the instant of the completing signature, `answered`
    that at which the replies which it had to wait for had been opened when it was put."""

    sid: str
    index: int
    at: Instant
    adopted: FindingAdopted
    signers: tuple[str, ...]
    in_force: Instant | None = None
    answered: Instant | None = None

    @property
    def supports(self) -> tuple[str, ...]:
        return tuple(sorted({report for held in self.adopted.held for report in held.supports}))
