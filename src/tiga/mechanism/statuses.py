"""What several tell of one thing at one time: compared, never merged.

Rules
1. A word holds from its beginning to its end, where one was told; both have the play of their precision.
2. The word that stood at an observation is the last one entered that may have held then. It differs from what was seen
   only where it must have held then, whatever the play: what cannot be compared is not called a difference.
3. The last words of two sides differ where their statuses do and there is a time at which both must hold.
4. What was not observable differs from nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tiga.values.moments import PRECISIONS, Instant, Moment

_DAY = 86_400_000
_NEVER = Instant(1 << 62)


@dataclass(frozen=True, slots=True)
class Told:
    """A status with its time; for an observation `minutes` is how long was looked, from that time on."""

    status: str
    when: Moment
    minutes: int = 0

    @property
    def over(self) -> Instant:
        """When an observation was over at the latest."""
        return Instant(_start(self.when)[1].ms + self.minutes * 60_000)


def word_at(words: Sequence[Told], seen: Told) -> Told | None:
    """The last of a side's words, in log order, that may have held at an observation; None where none may."""
    return next((word for word in reversed(words) if _may_hold(word, seen)), None)


def otherwise(words: Sequence[Told], seen: Told) -> bool:
    """Whether a side's word at the time of an observation differs from what was seen."""
    word = word_at(words, seen)
    if word is None or seen.status == "not_observable" or word.status == seen.status:
        return False
    return _start(word.when)[1] <= _start(seen.when)[0] and seen.over <= _end(word.when)[0]


def apart(one: Told, other: Told) -> bool:
    """Whether the words of two sides differ at one time."""
    begins = max(_start(one.when)[1], _start(other.when)[1])
    return one.status != other.status and begins < min(_end(one.when)[0], _end(other.when)[0])


def _may_hold(word: Told, seen: Told) -> bool:
    return _start(word.when)[0] <= seen.over and _start(seen.when)[0] < _end(word.when)[1]


def _start(when: Moment) -> tuple[Instant, Instant]:
    """(earliest, latest) of a beginning."""
    return _play(when, when.start)


def _end(when: Moment) -> tuple[Instant, Instant]:
    """(earliest, latest) of an end; never, where none was told."""
    return _play(when, when.end) if when.until else (_NEVER, _NEVER)


def _play(when: Moment, at: Instant) -> tuple[Instant, Instant]:
    if when.precision == "day":
        midnight = at.local_midnight(when.zone)
        return midnight, Instant(midnight.ms + _DAY)
    play = PRECISIONS[when.precision] * 60_000
    return Instant(at.ms - play), Instant(at.ms + play)
