"""Where a term of an agreement comes from, and its text per language: what every part of the format uses."""

from __future__ import annotations

from dataclasses import dataclass, field

Texts = dict[str, str]
"""A text per language tag."""


@dataclass(frozen=True, slots=True)
class Settled:
    """How a real mechanism settled the same point."""

    mechanism: str
    how: Texts
    citation: str = ""


@dataclass(frozen=True, slots=True)
class Ground:
    """Where a term comes from: `basis`, by whom, the citation, what is open about it and what waits for it."""

    basis: str
    by: str = ""
    citation: str = ""
    note: Texts = field(default_factory=dict)
    settled: tuple[Settled, ...] = ()
    needed_for: tuple[str, ...] = ()
