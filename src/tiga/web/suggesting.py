"""The door's way to what suggested incidents rest on: the table of weights, the background, and counting a new one.

Rules
1. How many reports a background counted is told to each audience of its own counts alone: the parties' number would tell the
   public how many reports are theirs.
2. Counting is offered to whom the mechanism would let it enter, and to nobody else.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tiga.fusion import policy
from tiga.mechanism import backgrounds
from tiga.mechanism.acts import Refusal
from tiga.publish import groupings
from tiga.store import backgrounds as counting
from tiga.store import queries
from tiga.values.moments import Instant
from tiga.web.sights import Result

if TYPE_CHECKING:
    from tiga.web.access import Door


@dataclass(frozen=True, slots=True)
class Rests:
    """The table's version and whether it is the agreement's annex; the index and the moment of the last background, how many
    reports it counted for this audience, and whether it is in force: else each grouping takes that of its own reports."""

    version: str
    annexed: bool
    index: int | None = None
    at: Instant | None = None
    reports: int | None = None
    in_force: bool = False


@dataclass(frozen=True)
class Suggesting:
    """What one door shows of the ground of its suggestions, and the act on it."""

    door: Door

    @property
    def code(self) -> str:
        """The code of the groupings suggested to this reader, by which two people compare what they were told."""
        return groupings.code(claims for _, _, claims in queries.groups(self.door.desk, self.door.audience))

    @property
    def rests(self) -> Rests:
        """What this reader's groupings are made with now."""
        desk, audience = self.door.desk, self.door.audience
        made, row = queries.rests(desk, audience)
        annexed = made.table is not policy.shipped()
        if row is None:
            return Rests(made.table.version, annexed)
        said = groupings.said_of(self.door.released(desk.ledger.entry(row.idx)), audience)
        used = row.sid == made.background
        return Rests(made.table.version, annexed, row.idx, Instant(row.at_ms), said.get("reports"), used)

    @property
    def may_count(self) -> bool:
        """Whether this reader is offered to count a background now."""
        actor = self.door.actor
        return actor is not None and bool(actor.key) and actor.role in backgrounds.WHO

    def count(self) -> Result:
        """Count a background now and enter it, whether or not one is due."""
        door = self.door
        if not self.may_count:
            return Refusal("role", values={"role": door.reader.role, "needed": backgrounds.WHO[-1]})
        return door.tried(lambda actor: counting.take(door.desk, actor, door.now, door.entropy))
