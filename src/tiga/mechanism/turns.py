"""Whose turn it is on a case: what is awaited now, from whom, until when, under which clause, and which of it comes first.

Rules
1. It follows from the clocks and an instant alone. What was met, has lapsed or has been overtaken is awaited from nobody.
2. Clocks of one name that fall due together are one turn of several: neither side stands before the other for having its own.
   Who is named together stands in the order of the clocks.
3. What is owed comes before what is a right; among what is owed, what fell due first. A clock that has passed says that
   nothing was entered, not that somebody is to blame.

4. The sentence names the state, what is awaited, from whom, until when and under which clause, and why. Where no clock runs
   it says so. A case that is suspended, or stayed because a quorum is lost, says that first.

Not done here: entering that a clock ran out (`deciders.clockwork`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tiga.agreement import reading
from tiga.mechanism.deadlines import Clock
from tiga.values.moments import Instant
from tiga.values.words import digits, knows, pick, say

if TYPE_CHECKING:
    from tiga.agreement.clauses import Agreement

WAITING = ("running", "soon", "overdue")


@dataclass(frozen=True, slots=True)
class Turn:
    """What is awaited from one or several until an instant: the clock's name, whose turn, the clause, where the clock stands
    (one of WAITING)."""

    name: str
    whose: tuple[str, ...]
    due: Instant
    clause: str
    state: str
    right: bool = False


def turns(clocks: Iterable[Clock], now: Instant) -> tuple[Turn, ...]:
    """Everything that is awaited at `now`, in the order in which it is to be told (rule 3)."""
    found: dict[tuple[bool, Instant, str, str, str], list[str]] = {}
    for clock in clocks:
        state = clock.state(now)
        if clock.met is None and state in WAITING:
            found.setdefault((clock.right, clock.due, clock.name, clock.clause, state), []).append(clock.whose)
    rows = [
        Turn(name, tuple(dict.fromkeys(whose)), due, clause, state, right)
        for (right, due, name, clause, state), whose in found.items()
    ]
    return tuple(sorted(rows, key=lambda row: (row.right, row.due, row.name)))


def sentence(
    state: str, rows: tuple[Turn, ...], agreement: Agreement, language: str, *, held: str = "", over: str = ""
) -> str:
    """Where a case stands, in words: `held` is `suspended` or `stayed` where it is, `over` how a closed case was closed."""
    shown = say(f"case_state.{state}", language)
    why = say(f"stage_why.{held or state}", language)
    if over:
        return say("turn.closed", language, state=shown, how=say(f"closing.{over}", language), why=why)
    if not rows:
        return say("turn.nobody", language, state=shown, why=why)
    row = rows[0]
    who = say("turn.and", language).join(_name(agreement, name, language) for name in row.whose)
    form = "right" if row.right else "overdue" if row.state == "overdue" else "awaited"
    until = f"\u2066{digits(row.due.local('UTC'), language)} UTC\u2069"
    return say(
        f"turn.{form}", language, state=shown, what=_clock(agreement, row.name, language), who=who, until=until,
        clause=f"\u2066{row.clause}\u2069", why=why,
    )  # fmt: skip


def _name(agreement: Agreement, id: str, language: str) -> str:
    if knows(f"executor.{id}"):
        return say(f"executor.{id}", language)
    return reading.display(agreement, id, "neutral", language)[0]


def _clock(agreement: Agreement, name: str, language: str) -> str:
    """The words for a clock; that of a measure's item is named by the agreement."""
    root, _, item = name.partition(".")
    kind = agreement.measure(item) if item else None
    text = say(f"clock.{root}", language) if knows(f"clock.{root}") else root
    return f"{text} ({pick(kind.label, language)[0] if kind else item})" if item else text
