"""What a ruling says of one issue: the shape that determinations, appeals and the ladder's counts share."""

from __future__ import annotations

from dataclasses import dataclass

from tiga.values.moments import Instant


@dataclass(frozen=True, slots=True)
class Ruled:
    """The disposition of one issue, with all that later counts depend on. `severity` is set for a violation only."""

    issue: str
    party: str
    provision: str
    code: str
    disposition: str
    occurred: Instant
    severity: str = ""
    factors: tuple[str, ...] = ()
