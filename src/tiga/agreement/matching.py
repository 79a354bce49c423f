"""The annex of weights: by which numbers reports are held to be about one happening, as data of the agreement.

Rules
1. The annex is the whole table, not a name for one: who holds the agreement can make every grouping again.
2. Numbers are whole millibits (1000 doubles the odds), masses permille. None of them depends on which side speaks.
3. Another table is another version of the agreement, and says another `version`.

Not done here: what the numbers mean and which are sound (`fusion.policy`; a check of the file asks it).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from tiga.agreement.grounds import Ground


@dataclass(frozen=True, slots=True)
class Growth:
    """How groups of reports grow; see `fusion.policy.Policy`, whose names these are."""

    certain: int
    doubt: int
    floor: int
    masses: tuple[int, ...]
    shown: int
    stop: int
    unscored: int
    veto: int


@dataclass(frozen=True, slots=True)
class Matching:
    """A version, the weight of any pair before evidence, a table for each kind of evidence, and how groups grow."""

    version: str
    base: int
    tables: dict[str, tuple[int, ...]]
    groups: Growth
    ground: Ground = field(default_factory=lambda: Ground("placeholder"))
