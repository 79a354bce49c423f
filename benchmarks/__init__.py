"""Measured claims: each module here measures something of ours beside a peer, in the same run on the same machine.

A benchmark is a module with
- `PEERS: list[str]`: requirements installed into build/bench-env, never into the run environment ([] where none);
- `def rows(progress: Callable[[str], None]) -> list[Row]`: measures, and tells what it does as it goes.

`./dev bench NAME` runs one, prints a table with a calibration of the machine, and writes build/bench/NAME.json.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

PEER_PYTHON = Path(__file__).resolve().parent.parent / "build" / "bench-env" / "bin" / "python"
"""The interpreter of the environment that holds the peers."""


@dataclass(frozen=True, slots=True)
class Row:
    """One measurement: `ours` in `unit`, beside `peer` where there is one.

    `bar` is what `ratio` (ours to peer) must reach, or stay under; without a peer, what `ours` itself must. `peer` and
    `bar` are None where nothing is compared or promised. `at_least` says which side of the bar is good.
    """

    what: str
    ours: Decimal
    unit: str
    peer: Decimal | None = None
    bar: Decimal | None = None
    at_least: bool = True

    @property
    def ratio(self) -> Decimal | None:
        """Ours to peer with three decimals; None without a peer or where the peer measured nothing."""
        return round(self.ours / self.peer, 3) if self.peer else None

    @property
    def met(self) -> bool | None:
        """Whether the bar is met; None where no bar is set; False where a bar is set but the peer measured nothing."""
        if self.bar is None:
            return None
        reached = self.ours if self.peer is None else self.ratio
        if reached is None:
            return False
        return reached >= self.bar if self.at_least else reached <= self.bar
