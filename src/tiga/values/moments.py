"""Instants, asserted local times and spans.

Rules
1. An `Instant` is a count of milliseconds since 1970-01-01T00:00Z; there is no other clock inside the house.
2. A `Moment` is what somebody asserted: a local time, its zone and its precision. The instants are derived from it
   and never replace it.
3. Zones are fixed offsets with a name (PKT, AFT, TRT, AST, UTC) or a plain offset (`+04:30`): none of the states
   concerned keeps summer time now. A local time without a zone is refused, never guessed.
4. Nothing here reads a clock.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

ZONES: dict[str, int] = {"UTC": 0, "PKT": 300, "AFT": 270, "TRT": 180, "AST": 180, "IRST": 210, "IST": 330}
"""Minutes east of UTC for each zone that may be named."""

PRECISIONS: dict[str, int] = {"minute": 0, "quarter": 15, "about": 30, "hour": 60, "part_of_day": 180, "day": 0}
"""Minutes of play on both sides of an asserted time; `day` covers the whole local day."""

YEARS = (1900, 2100)
"""Years that an asserted time may name."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_WIRE = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\.(\d{3})Z\Z", re.ASCII)
_LOCAL = re.compile(r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(?::(\d\d))?)?\Z")
_OFFSET = re.compile(r"([+-])(\d\d):(\d\d)\Z")
_SPAN = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?\Z")


class BadMoment(ValueError):
    """A time, zone or span that cannot be read; the message says what was read and what would be accepted."""


@dataclass(frozen=True, slots=True, order=True)
class Instant:
    """A point in time: milliseconds since 1970-01-01T00:00:00Z."""

    ms: int

    @classmethod
    def parse(cls, text: str) -> Instant:
        """Read the wire form `YYYY-MM-DDTHH:MM:SS.mmmZ`; raises BadMoment."""
        match = _WIRE.match(text)
        if not match:
            raise BadMoment(f"{text!r} is not an instant; write 2025-12-05T17:00:00.000Z")
        try:
            whole = datetime.strptime(match[1], "%Y-%m-%dT%H:%M:%S").replace(tzinfo=UTC)
        except ValueError as error:
            raise BadMoment(f"{text!r} is not a date of the calendar") from error
        return cls(int((whole - _EPOCH).total_seconds()) * 1000 + int(match[2]))

    @classmethod
    def read(cls, text: str) -> Instant:
        """Read any ISO 8601 date and time that carries its offset (`2025-10-15T18:00+05:00`, `…Z`); raises BadMoment."""
        try:
            moment = datetime.fromisoformat(text)
        except ValueError as error:
            raise BadMoment(f"{text!r} is not an ISO 8601 time") from error
        if moment.tzinfo is None:
            raise BadMoment(f"{text!r} has no zone; add Z or an offset such as +04:30")
        return cls.of(moment)

    @classmethod
    def of(cls, moment: datetime) -> Instant:
        """From an aware datetime."""
        return cls((moment - _EPOCH) // timedelta(milliseconds=1))

    def text(self) -> str:
        """The wire form, 24 characters."""
        return self.datetime().strftime("%Y-%m-%dT%H:%M:%S") + f".{self.ms % 1000:03d}Z"

    def datetime(self, zone: str = "UTC") -> datetime:
        """As an aware datetime in a named zone or offset."""
        return (_EPOCH + timedelta(milliseconds=self.ms)).astimezone(timezone(timedelta(minutes=offset(zone))))

    def local(self, zone: str) -> str:
        """`YYYY-MM-DD HH:MM` in a named zone."""
        return self.datetime(zone).strftime("%Y-%m-%d %H:%M")

    def plus(self, span: Span) -> Instant:
        return Instant(self.ms + span.ms)

    def minus(self, span: Span) -> Instant:
        return Instant(self.ms - span.ms)

    def local_midnight(self, zone: str, days_before: int = 0) -> Instant:
        """00:00 in `zone` of this instant's local date, `days_before` days earlier."""
        here = self.datetime(zone).replace(hour=0, minute=0, second=0, microsecond=0)
        return Instant.of(here - timedelta(days=days_before))


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A length of time in milliseconds, written `PT6H`, `P7D`, `P1DT12H`; days are 24 hours."""

    ms: int

    @classmethod
    def parse(cls, text: str) -> Span:
        match = _SPAN.match(text)
        if not match or text in ("P", "PT") or text.endswith("T"):
            raise BadMoment(f"{text!r} is not a span; write PT24H, P7D or P1DT12H")
        days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
        return cls(((days * 24 + hours) * 60 + minutes) * 60_000 + seconds * 1000)

    @property
    def days(self) -> int:
        return self.ms // 86_400_000


def offset(zone: str) -> int:
    """Minutes east of UTC of a zone's name or of `+HH:MM`; raises BadMoment."""
    if zone in ZONES:
        return ZONES[zone]
    match = _OFFSET.match(zone)
    if not match or int(match[2]) > 14 or int(match[3]) > 59:
        raise BadMoment(f"{zone!r} is not a known zone; write one of {', '.join(ZONES)} or an offset such as +04:30")
    minutes = int(match[2]) * 60 + int(match[3])
    return -minutes if match[1] == "-" else minutes


@dataclass(frozen=True, slots=True)
class Moment:
    """A time as somebody asserted it, with the interval of instants it may mean.

    `local` is `YYYY-MM-DD` or `YYYY-MM-DDTHH:MM`; `until` is the same or empty; `zone` a name or offset;
    `precision` one of PRECISIONS. `earliest` and `latest` are derived: the play of the precision is included.
    """

    local: str
    zone: str
    precision: str
    until: str = ""

    def __post_init__(self) -> None:
        if self.precision not in PRECISIONS:
            raise BadMoment(f"{self.precision!r} is not a precision; write one of {', '.join(PRECISIONS)}")
        offset(self.zone)
        start, end = _local(self.local), _local(self.until) if self.until else None
        if len(self.local) == 10 and self.precision != "day":
            raise BadMoment(f"{self.local!r} has no time of day; add one or say that the precision is 'day'")
        if end is not None and end < start:
            raise BadMoment(f"the end {self.until!r} lies before the start {self.local!r}")

    @property
    def start(self) -> Instant:
        """The asserted start, taken at its word."""
        return self._instant(self.local)

    @property
    def end(self) -> Instant:
        """The asserted end, or the start where none was given."""
        return self._instant(self.until) if self.until else self.start

    @property
    def earliest(self) -> Instant:
        if self.precision == "day":
            return self.start.local_midnight(self.zone)
        return Instant(self.start.ms - PRECISIONS[self.precision] * 60_000)

    @property
    def latest(self) -> Instant:
        if self.precision == "day":
            return Instant(self.end.local_midnight(self.zone).ms + 86_400_000)
        return Instant(self.end.ms + PRECISIONS[self.precision] * 60_000)

    def _instant(self, local: str) -> Instant:
        return Instant.of(_local(local).replace(tzinfo=timezone(timedelta(minutes=offset(self.zone)))))


def _local(text: str) -> datetime:
    match = _LOCAL.match(text)
    if not match:
        raise BadMoment(f"{text!r} is not a local time; write 2025-12-05T22:30 or 2025-12-05")
    if not YEARS[0] <= int(match[1][:4]) <= YEARS[1]:
        raise BadMoment(f"the year of {text!r} lies outside {YEARS[0]} to {YEARS[1]}")
    try:
        return datetime.fromisoformat(match[1] + "T" + (match[2] or "00:00") + ":" + (match[3] or "00"))
    except ValueError as error:
        raise BadMoment(f"{text!r} is not a date of the calendar") from error
