"""Evidence deposited on a case: the bytes go to the vault, the entry holds digests.

Rules
1. A file is never referred to by its bare hash: a disclosure `blob` carries hash, length, media type and the name as given
   (record.md F4). The bytes are kept as they came; who may have them in which form is `exhibits` to say.
2. Depositing says nothing about what a file proves. What it says about itself stands beside it (`exhibits`).
3. A party deposits on cases it is a party to; monitors, mediators and the secretariat on any.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from tiga.values.moments import Instant

LENGTH_LIMIT = 10 * 1024 * 1024
"""Bytes of one file."""
NOTE_LIMIT = 400


@dataclass(frozen=True, slots=True)
class EvidenceDeposited:
    ACT: ClassVar[str] = "evidence.deposit"
    RELEASE: ClassVar[str] = "R1"

    case: str
    by: str
    sd: tuple[str, ...]

    def threads(self, sid: str) -> tuple[str, ...]:
        return (f"case:{self.case}",)


@dataclass(frozen=True, slots=True)
class Evidence:
    """A deposit: its sid, when, and by which component or role."""

    sid: str
    at: Instant
    by: str
