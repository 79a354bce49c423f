"""The entries of a crossing, and what they make of it: see `crossings` for the rules.

Rules
1. An entry names its crossing's object in `of`, and stands in that object's thread alone; the first one stands under the
   agreement's id of the crossing as well, so that nobody lists it twice.
2. What was said is kept in log order and never overwritten; which is the last word is asked of it, not stored.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, ClassVar

from tiga.mechanism.statuses import Told
from tiga.record.entries import Entry
from tiga.values.moments import Instant, Moment

if TYPE_CHECKING:
    from tiga.mechanism.standing import Standing


@dataclass(frozen=True, slots=True)
class CrossingListed:
    """A crossing of the agreement's list, and the SHA-256 of the version that lists it."""

    ACT: ClassVar[str] = "crossing.list"
    RELEASE: ClassVar[str] = "R1"

    crossing: str
    agreement: str

    def threads(self, sid: str) -> tuple[str, ...]:
        return (f"crossing:{sid}", f"crossing-id:{self.crossing}")


@dataclass(frozen=True, slots=True)
class CrossingAnnounced:
    """A side's word for some flows, from `when` on; its `until` is told or empty."""

    ACT: ClassVar[str] = "crossing.announce"
    RELEASE: ClassVar[str] = "R1"

    of: str
    party: str
    flows: tuple[str, ...]
    status: str
    when: Moment
    reason: str = ""

    def threads(self, sid: str) -> tuple[str, ...]:
        return (f"crossing:{self.of}",)


@dataclass(frozen=True, slots=True)
class CrossingObserved:
    """What a monitor saw of one flow from `when` on, in `minutes` of looking."""

    ACT: ClassVar[str] = "crossing.observe"
    RELEASE: ClassVar[str] = "R1"

    of: str
    flow: str
    status: str
    when: Moment
    minutes: int
    said: str
    reason: str = ""

    def threads(self, sid: str) -> tuple[str, ...]:
        return (f"crossing:{self.of}",)


@dataclass(frozen=True, slots=True)
class CrossingStep:
    """A hotline step: the crossing, the flows, the sides; it was opened by the entry in `re`, which `announced` or
    `observed` a closing (`cause`)."""

    ACT: ClassVar[str] = "crossing.step"
    RELEASE: ClassVar[str] = "R1"

    of: str
    crossing: str
    flows: tuple[str, ...]
    sides: tuple[str, ...]
    cause: str
    re: tuple[str, ...]
    due: Instant | None = None
    zone: str = ""
    clause: str = ""

    def threads(self, sid: str) -> tuple[str, ...]:
        return (f"crossing:{self.of}",)


@dataclass(frozen=True, slots=True)
class CrossingSettled:
    """A side's word on a step, and whether the step is settled for it."""

    ACT: ClassVar[str] = "crossing.settle"
    RELEASE: ClassVar[str] = "R1"

    of: str
    step: str
    party: str
    said: str
    settled: bool

    def threads(self, sid: str) -> tuple[str, ...]:
        return (f"crossing:{self.of}",)


@dataclass(frozen=True, slots=True)
class Step:
    """A hotline step with the sides' words on it, in log order."""

    sid: str
    at: Instant
    opened: CrossingStep
    words: tuple[tuple[Instant, CrossingSettled], ...] = ()

    def first(self, side: str) -> Instant | None:
        """When a side gave its first word; None before."""
        return next((at for at, word in self.words if word.party == side), None)

    @property
    def state(self) -> str:
        """`unanswered`, `answered` (somebody gave a word), or `settled` (the last words of all sides say so)."""
        last = {word.party: word.settled for _, word in self.words}
        if all(last.get(side, False) for side in self.opened.sides):
            return "settled"
        return "answered" if last else "unanswered"


@dataclass(frozen=True, slots=True)
class Listed:
    """A crossing with all that was announced and seen, and its steps."""

    sid: str
    index: int
    at: Instant
    listed: CrossingListed
    words: tuple[tuple[Instant, CrossingAnnounced], ...] = ()
    seen: tuple[tuple[Instant, str, CrossingObserved], ...] = ()
    steps: tuple[Step, ...] = ()

    def open_step(self, flow: str) -> Step | None:
        """The step on a flow that is not settled; there is at most one."""
        return next((step for step in self.steps if flow in step.opened.flows and step.state != "settled"), None)

    def told(self, side: str, flow: str) -> tuple[Told, ...]:
        """What a side announced for a flow, in log order."""
        return tuple(
            Told(word.status, word.when) for _, word in self.words if word.party == side and flow in word.flows
        )


@dataclass(slots=True)
class State:
    crossings: dict[str, Listed] = field(default_factory=dict)


# ---- fold


def _listed(own: State, standing: Standing, kind: CrossingListed, entry: Entry) -> None:
    own.crossings[entry.sid] = Listed(entry.sid, entry.index, standing.now, kind)


def _announced(own: State, standing: Standing, kind: CrossingAnnounced, entry: Entry) -> None:
    if row := own.crossings.get(kind.of):
        own.crossings[kind.of] = replace(row, words=(*row.words, (standing.now, kind)))


def _observed(own: State, standing: Standing, kind: CrossingObserved, entry: Entry) -> None:
    if row := own.crossings.get(kind.of):
        own.crossings[kind.of] = replace(row, seen=(*row.seen, (standing.now, standing._author(entry), kind)))


def _step(own: State, standing: Standing, kind: CrossingStep, entry: Entry) -> None:
    if row := own.crossings.get(kind.of):
        own.crossings[kind.of] = replace(row, steps=(*row.steps, Step(entry.sid, standing.now, kind)))


def _settled(own: State, standing: Standing, kind: CrossingSettled, entry: Entry) -> None:
    if row := own.crossings.get(kind.of):
        steps = tuple(
            replace(step, words=(*step.words, (standing.now, kind))) if step.sid == kind.step else step
            for step in row.steps
        )
        own.crossings[kind.of] = replace(row, steps=steps)


KINDS = (CrossingListed, CrossingAnnounced, CrossingObserved, CrossingStep, CrossingSettled)
FOLDS: Mapping[str, Any] = {
    CrossingListed.ACT: _listed, CrossingAnnounced.ACT: _announced, CrossingObserved.ACT: _observed,
    CrossingStep.ACT: _step, CrossingSettled.ACT: _settled,
}  # fmt: skip
