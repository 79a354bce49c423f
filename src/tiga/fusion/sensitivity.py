"""What would be left without one source: the posteriors with each origin left out in turn.

Rules
1. An origin is left out with everything that goes back to it, copies included.
2. An origin is called decisive where without it the act settled, the first actor, or a standard of proof read from a
   posterior would be another. A conclusion with a decisive origin hangs on that one voice.

3. In words, a decisive origin gets a line; with numbers every origin gets one: what the first actor's share would be.

Not done here: leaving out two at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tiga.fusion.odds import TABLE_1, Table
from tiga.fusion.posteriors import Posteriors, reckoned
from tiga.fusion.voices import Setting, Voice
from tiga.fusion.wording import act_standard, actor_standard, happened_standard, percent, settled_act
from tiga.values.words import say

VOICES_MAX = 500
"""Origins that are left out in turn; of more, the first by name."""


@dataclass(frozen=True, slots=True)
class Without:
    """The posteriors without an origin, and whether that changes what is concluded."""

    origin: str
    source_class: str
    left: Posteriors
    decisive: bool


def without(heard: Sequence[Voice], setting: Setting, table: Table = TABLE_1) -> tuple[Without, ...]:
    """For each origin, sorted by name, the posteriors without it."""
    whole = _concluded(reckoned(heard, setting, table), table)
    rows = []
    for voice in sorted(heard, key=lambda one: one.origin)[:VOICES_MAX]:
        left = reckoned([other for other in heard if other.origin != voice.origin], setting, table)
        rows.append(Without(voice.origin, voice.source_class, left, _concluded(left, table) != whole))
    return tuple(rows)


def in_words(rows: Sequence[Without], actor: str, language: str = "en", numbers: bool = False) -> list[str]:
    """Lines by rule 3; `actor` is the id of the first actor with every origin heard."""
    lines = []
    for row in rows:
        if row.decisive:
            lines.append(say("posterior.decisive", language, origin=row.origin))
        if numbers:
            ppm = next((share.ppm for share in row.left.attributed if share.name == actor), 0)
            lines.append(say("posterior.without", language, origin=row.origin, percent=percent(ppm, language)))
    return lines


def _concluded(found: Posteriors, table: Table) -> tuple[str, ...]:
    return (
        happened_standard(found, table),
        settled_act(found, table),
        act_standard(found, table),
        found.attributed[0].name,
        actor_standard(found, table),
    )
