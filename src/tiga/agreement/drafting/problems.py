"""What is wrong with an agreement file: each problem with its line and what to do about it.

Rules
1. A file that does not have the shape has one problem, the first; all others are found together and told by line.
2. Every reference (code, clause, component, measure, parent, standard, instrument, area, zone) must lead somewhere.
3. Every leaf act needs a provision: a prohibition, or an exemption for an exempt act.
4. The ladder must be decidable: each step reachable, no two of one rank holding together, no severity left bare.
5. Nothing may claim more precision than the line has; a band is never under BAND_LEAST_M (domain.md: the official-
   looking layers differ by up to 5 km).
6. A clause that binds one side needs its mirror: a clause of the same kind with the same codes that binds the other.
7. A declared gap (`placeholder`, `silent`) is no problem: `gaps` lists it.

Texts stand in the catalogue under `agreement.problem.<code>` and `.remedy`. `references`, `provisions`, `numbers` and
`undertaken` hold the checks themselves. Not done here: judging whether a text is good, or reading YAML.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tiga.agreement.clauses import Agreement
from tiga.agreement.drafting import numbers, provisions, references, undertaken
from tiga.agreement.drafting.found import Found
from tiga.agreement.reading import Marked, agreement
from tiga.values.shapes import BadShape, spelled
from tiga.values.words import say

Check = Callable[[Agreement], Iterator[Found]]
CHECKS: tuple[Check, ...] = (*references.CHECKS, *provisions.CHECKS, *numbers.CHECKS, *undertaken.CHECKS)


@dataclass(frozen=True, slots=True)
class Problem:
    """A fault of the file: the path as spelled, its line (1-based), a code of the catalogue and the values it names."""

    path: str
    line: int
    code: str
    values: dict[str, str]

    def text(self, language: str = "en") -> str:
        """What is wrong, in a language."""
        return say(self.code, language, path=self.path, **self.values)

    def remedy(self, language: str = "en") -> str:
        """What to do about it, in a language."""
        return say(f"{self.code}.remedy", language, path=self.path, **self.values)


def check(marked: Marked) -> tuple[Problem, ...]:
    """All problems of an agreement file, by line, then path, then code; empty where it may be used."""

    def problem(found: Found) -> Problem:
        row = {name: str(value) for name, value in found.values.items()}
        return Problem(spelled(found.path), marked.line(found.path), f"agreement.problem.{found.code}", row)

    try:
        text = agreement(marked.data)
    except BadShape as error:
        return (problem(Found(error.path, "shape", {"reason": error.reason})),)
    rows = [problem(found) for one in CHECKS for found in one(text)]
    if text.status == "illustrative" and "illustrative" not in marked.first_line.lower():
        rows.append(problem(Found((), "first_line", {})))
    unique = {(row.line, row.path, row.code, repr(row.values)): row for row in rows}
    return tuple(unique[key] for key in sorted(unique))
