"""An agreement on trial: disputes of a seed played under it and under its exchange, and the shortest dispute that shows a
difference.

Rules
1. Each text on the way from the exchange back to the agreement is hashed once.
2. A dispute is cut down by leaving out one act at a time, the last first, while the difference stays, until none can
   go: what is left is the shortest that this way finds, and each of its acts is needed.
"""

from __future__ import annotations

from dataclasses import dataclass

from tiga.agreement.clauses import Agreement
from tiga.mechanism import impartial, rehearsal, scripts
from tiga.mechanism.aftermath import Plain
from tiga.mechanism.impartial import Difference
from tiga.mechanism.rehearsal import Act, Crew


@dataclass(frozen=True, slots=True)
class Verdict:
    """A dispute and every difference between its mirror and the mirrored dispute played."""

    number: int
    acts: tuple[Act, ...]
    differences: tuple[Difference, ...]

    @property
    def unlisted(self) -> tuple[Difference, ...]:
        return tuple(row for row in self.differences if not row.item)


class Trial:
    """Plays disputes under an agreement made by `impartial.rehearsed`."""

    def __init__(self, agreement: Agreement, crew: Crew) -> None:
        self.known, self.crew = impartial.exchange(agreement), crew
        self._texts = [rehearsal.text(row) for row in (agreement, self.known.turned, *self.known.way)]

    def dispute(self, seed: str, number: int) -> Verdict:
        """Write, play, mirror, play again and compare one dispute."""
        script = scripts.write(self._texts[0], self.crew, seed, number)
        return Verdict(number, script.acts, self._differences(script.acts, script.outcome))

    def again(self, acts: tuple[Act, ...]) -> tuple[Difference, ...]:
        """The differences of acts that are written already."""
        return self._differences(acts, rehearsal.play(self._texts[0], self.crew, acts))

    def shortest(self, acts: tuple[Act, ...], name: str) -> tuple[Act, ...]:
        """The fewest of the acts that still show an unlisted difference of this name (rule 2)."""
        kept, before = acts, len(acts) + 1
        while len(kept) < before:
            before = len(kept)
            for act in reversed(kept):
                tried = tuple(one for one in kept if one is not act)
                if tried and any(row.name == name and not row.item for row in self.again(tried)):
                    kept = tried
        return kept

    def _differences(self, acts: tuple[Act, ...], outcome: Plain) -> tuple[Difference, ...]:
        turned = tuple(map(rehearsal.mirrored, acts))

        def play(agreement: Agreement) -> Plain:
            text = next(row for row in self._texts if row.agreement is agreement)
            return rehearsal.play(text, self.crew, turned)

        return impartial.judged(self.known, outcome, play)
