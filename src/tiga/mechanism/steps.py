"""Entries and objects of paired steps: what is entered of a pair and its halves, and how a half stands by it.

Rules
1. A pair keeps the parties, spans, zone and clause that it was begun with: a later agreement changes nothing in it.
2. How a half stands follows from what was last said of it: confirmed, said to be done, disputed, held not to be done, not
   said to be done in time, due, not due.
3. Whether a half was kept in time is read from when its side said so, not from when the other side confirmed it.

Who may enter what, and what follows, stands in `confidence`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from tiga.values.moments import Instant

HELD = ("step_met", "step_not_met")
"""What monitors may decide on a disputed half."""
OUTCOMES = (
    "step_kept", "step_late", "step_unasked", "step_claimed", "step_disputed", "step_not_met", "step_lapsed",
    "step_awaited", "step_open",
)  # fmt: skip
"""How a half may stand: confirmed in time, late or without being due; said to be done; disputed; held not to be done; not
said to be done in time; due; not due."""


@dataclass(frozen=True, slots=True)
class PairBegun:
    """A pair of the agreement (`undertaking`) is begun: the halves' parties and spans in order, and which half falls due
    at once, counted from 1 (0 where either side may go first)."""

    ACT: ClassVar[str] = "pair.begin"
    RELEASE: ClassVar[str] = "R1"

    undertaking: str
    parties: tuple[str, ...]
    within: tuple[str, ...]
    zone: str
    clause: str
    half: int
    due: Instant | None = None

    def threads(self, sid: str) -> tuple[str, ...]:
        return (f"pair:{sid}", f"pair-id:{self.undertaking}")


@dataclass(frozen=True, slots=True)
class StepClaimed:
    """A side says that its half is done."""

    ACT: ClassVar[str] = "step.claim"
    RELEASE: ClassVar[str] = "R1"

    pair: str
    party: str
    half: int
    note: str

    def threads(self, sid: str) -> tuple[str, ...]:
        return (f"pair:{self.pair}",)


@dataclass(frozen=True, slots=True)
class StepConfirmed:
    """A half is confirmed by the other side or by monitors; `next` is the half that falls due by it, `due` until when."""

    ACT: ClassVar[str] = "step.confirm"
    RELEASE: ClassVar[str] = "R1"

    pair: str
    party: str
    half: int
    by: str
    note: str = ""
    next: int = 0
    due: Instant | None = None

    def threads(self, sid: str) -> tuple[str, ...]:
        return (f"pair:{self.pair}",)


@dataclass(frozen=True, slots=True)
class StepDisputed:
    """The other side says that a half is not done."""

    ACT: ClassVar[str] = "step.dispute"
    RELEASE: ClassVar[str] = "R1"

    pair: str
    party: str
    half: int
    by: str
    reason: str

    def threads(self, sid: str) -> tuple[str, ...]:
        return (f"pair:{self.pair}",)


@dataclass(frozen=True, slots=True)
class StepDecided:
    """Monitors hold, with reasons, that a disputed half is done or not; `next` and `due` as in a confirmation."""

    ACT: ClassVar[str] = "step.decide"
    RELEASE: ClassVar[str] = "R1"

    pair: str
    party: str
    half: int
    held: str
    reason: str
    next: int = 0
    due: Instant | None = None

    def threads(self, sid: str) -> tuple[str, ...]:
        return (f"pair:{self.pair}",)


@dataclass(frozen=True, slots=True)
class StepLapsed:
    """A half's clock ended at `due`, and nobody had said that it was done."""

    ACT: ClassVar[str] = "step.lapse"
    RELEASE: ClassVar[str] = "R1"

    pair: str
    party: str
    half: int
    due: Instant

    def threads(self, sid: str) -> tuple[str, ...]:
        return (f"pair:{self.pair}",)


@dataclass(frozen=True, slots=True)
class Claim:
    """What a side said of its half, how it stood when it said so, and what became of it: `held` is empty until settled."""

    at: Instant
    note: str
    when: str
    disputes: tuple[tuple[Instant, StepDisputed], ...] = ()
    held: str = ""
    settled: Instant | None = None
    by: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class Half:
    """A half: its number from 1, its party and span, its clock where it has one, and what was said of it."""

    number: int
    party: str
    within: str
    started: Instant | None = None
    due: Instant | None = None
    claims: tuple[Claim, ...] = ()
    lapsed: Instant | None = None

    @property
    def kept(self) -> bool:
        return bool(self.claims) and self.claims[-1].held == HELD[0]

    @property
    def pending(self) -> Claim | None:
        """What the side said, while nobody has settled it."""
        return self.claims[-1] if self.claims and not self.claims[-1].held else None

    @property
    def outcome(self) -> tuple[str, Instant | None]:
        """One of OUTCOMES, and when it came about."""
        last = self.claims[-1] if self.claims else None
        if last is not None and self.kept:
            late = self.due is not None and last.at > self.due
            return {"step_not_due": "step_unasked"}.get(last.when, "step_late" if late else "step_kept"), last.at
        if last is not None and not last.held:
            disputed = last.disputes[-1][0] if last.disputes else None
            return ("step_disputed", disputed) if disputed else ("step_claimed", last.at)
        if self.lapsed is not None:
            return "step_lapsed", self.lapsed
        if last is not None:
            return "step_not_met", last.settled
        return ("step_awaited", self.started) if self.started else ("step_open", None)


@dataclass(frozen=True, slots=True)
class Pair:
    """A pair that was begun, and how its halves stand."""

    sid: str
    index: int
    at: Instant
    begun: PairBegun
    halves: tuple[Half, ...]

    @property
    def state(self) -> str:
        """`pair_kept`, `pair_disputed`, `pair_lapsed`, `pair_half` (one half kept) or `pair_begun`."""
        outcomes = {half.outcome[0] for half in self.halves}
        if all(half.kept for half in self.halves):
            return "pair_kept"
        for outcome, state in (("step_disputed", "pair_disputed"), ("step_lapsed", "pair_lapsed")):
            if outcome in outcomes:
                return state
        return "pair_half" if any(half.kept for half in self.halves) else "pair_begun"

    def pending(self, party: str) -> Half | None:
        """A party's half of which it said that it is done, and nobody has settled it; there is never more than one."""
        return next((half for half in self.halves if half.party == party and half.pending), None)

    def open_half(self, party: str) -> Half | None:
        """The half that a party may say is done: the one that is due, else its first that is not kept."""
        rows = [half for half in self.halves if half.party == party and not half.kept]
        return next((half for half in rows if half.started), rows[0] if rows else None)
