"""What an agreement says: at an instant, of an act, to a reader.

Rules
1. A window of an instrument `covers` an instant, `does_not`, or is `open`. A start or end given as a date alone leaves
   that whole local day open; a window that runs to an instant no longer covers that instant.
2. The windows of one claimant (`by`) are taken together: the best of them speaks for the claimant.
3. Every claimant covers: `in_force`. None covers and none is open: `not_in_force`. Anything else: `disputed`.
4. A later window of the same claimant is an extension. An extension known from the press alone never proves: where it
   would cover it is `open` (domain.md g.4: proved by document, not by press).
5. The version of an agreement is the SHA-256 of its canonical plain data, in which no default is spelled out.
6. Factors move a severity by their sum, so the order in which they are named changes nothing; the result stays on the
   agreement's own scale.

Not done here: parsing YAML (the shell does, and hands in `Marked`), finding faults (`drafting`), encoding bytes (the
encoder is handed in, because it lives on a higher floor).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from tiga.agreement import ladder
from tiga.agreement.clauses import Agreement, Group, Instrument, Mediator, Party, Shift, Window
from tiga.values.moments import BadMoment, Instant, Moment
from tiga.values.names import is_identifier
from tiga.values.shapes import BadShape, Path, from_plain, to_plain
from tiga.values.words import pick

STATUSES = ("not_in_force", "disputed", "in_force")
"""What may be said of an instrument at an instant, weakest first."""
READINGS = ("does_not", "open", "covers")
"""What may be said of a window at an instant, weakest first."""
DEPTH_LIMIT = 24
"""Levels of nesting in plain data."""


@dataclass(frozen=True, slots=True)
class Marked:
    """Plain data with the line (1-based) on which each path begins, and the file's first line."""

    data: Any
    lines: dict[Path, int]
    first_line: str = ""

    def line(self, path: Path) -> int:
        """The line of a path, else of its nearest known ancestor, else 1."""
        for length in range(len(path), -1, -1):
            if path[:length] in self.lines:
                return self.lines[path[:length]]
        return 1


class WindowReading(NamedTuple):
    """How a window reads at an instant; `why` is empty, `day_open` or `unproven_extension`."""

    window: Window
    reading: str
    why: str


class InForce(NamedTuple):
    """An instrument, its status at an instant, and each window's reading."""

    instrument: Instrument
    status: str
    windows: tuple[WindowReading, ...]


def agreement(data: Any) -> Agreement:
    """The agreement that plain data describes; raises BadShape with the path."""
    for path, key in _bad_keys(data, ()):
        raise BadShape(path, f"the key {key!r:.50} is not an identifier: a-z, then a-z 0-9 _ -, at most 40")
    return from_plain(Agreement, data, lenient=True)


def _bad_keys(data: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    if len(path) > DEPTH_LIMIT:
        raise BadShape(path[:3], f"is nested deeper than {DEPTH_LIMIT} levels")
    if isinstance(data, dict):
        for key, item in data.items():
            if not isinstance(key, str) or not is_identifier(key):
                yield (*path, str(key)), key
            yield from _bad_keys(item, (*path, str(key)))
    elif isinstance(data, list):
        for number, item in enumerate(data):
            yield from _bad_keys(item, (*path, number))


def canonical(agreement: Agreement) -> Any:
    """The one plain form of an agreement, without spelled-out defaults."""
    return to_plain(agreement)


def digest(agreement: Agreement, encode: Callable[[Any], bytes]) -> str:
    """SHA-256 (hex) of the canonical bytes: the version that entries and explanations cite (docs/record.md)."""
    return hashlib.sha256(encode(canonical(agreement))).hexdigest()


# ---- instruments in time


def edges(window: Window) -> tuple[int, int, int | None, int | None]:
    """Milliseconds (start earliest, start latest, end earliest, end latest); None without an end; raises BadMoment."""
    start = _edge(window.start, window.zone)
    end = _edge(window.until, window.zone) if window.until else (None, None)
    return *start, *end


def _edge(text: str, zone: str) -> tuple[int, int]:
    if "T" in text:
        instant = Instant.read(text)
        return instant.ms, instant.ms
    if not zone:
        raise BadMoment(f"{text!r} is a date without a zone; name one, such as UTC or +04:30")
    day = Moment(text, zone, "day")
    try:
        return day.earliest.ms, day.latest.ms
    except OverflowError as error:
        raise BadMoment(f"{text!r} is outside the calendar") from error


def window_reading(window: Window, instant: Instant, extension: bool = False) -> WindowReading:
    """How one window reads at an instant; `extension` tells that the same claimant has an earlier window."""
    opens, opened, closes, closed = edges(window)
    if instant.ms < opens or (closed is not None and instant.ms >= closed):
        return WindowReading(window, "does_not", "")
    if instant.ms < opened or (closes is not None and instant.ms >= closes):
        return WindowReading(window, "open", "day_open")
    if extension and window.ground.basis == "press":
        return WindowReading(window, "open", "unproven_extension")
    return WindowReading(window, "covers", "")


def instrument_status(instrument: Instrument, instant: Instant) -> InForce:
    """The status of one instrument at an instant, with the reading of each window in the agreement's order."""
    rows: list[WindowReading] = []
    best: dict[str, int] = {}
    for window in instrument.windows:
        row = window_reading(window, instant, extension=window.by in best)
        best[window.by] = max(best.get(window.by, 0), READINGS.index(row.reading))
        rows.append(row)
    if best and all(value == READINGS.index("covers") for value in best.values()):
        status = "in_force"
    elif all(value == READINGS.index("does_not") for value in best.values()):
        status = "not_in_force"
    else:
        status = "disputed"
    return InForce(instrument, status, tuple(rows))


def in_force(agreement: Agreement, instant: Instant) -> tuple[InForce, ...]:
    """Every instrument with its status at an instant, in the agreement's order."""
    return tuple(instrument_status(instrument, instant) for instrument in agreement.instruments)


def instrument_at(agreement: Agreement, earliest: Instant, latest: Instant) -> tuple[str, tuple[Instrument, ...]]:
    """The strongest status that any instrument has within an interval (ends included), and the instruments with it.

    `not_in_force` comes with no instruments. A status changes at window edges only, so those are all that is looked at.
    """
    strongest: dict[str, int] = {}
    for instrument in agreement.instruments:
        cuts = {edge for window in instrument.windows for edge in edges(window) if edge is not None}
        moments = [earliest, *(Instant(cut) for cut in sorted(cuts) if earliest.ms < cut <= latest.ms)]
        statuses = [instrument_status(instrument, moment).status for moment in moments]
        strongest[instrument.id] = max(STATUSES.index(status) for status in statuses)
    top = max(strongest.values(), default=0)
    if top == 0:
        return STATUSES[0], ()
    return STATUSES[top], tuple(item for item in agreement.instruments if strongest[item.id] == top)


def bound(agreement: Agreement, fixed: Mapping[str, Instant]) -> Agreement:
    """The agreement with the dates that acts have fixed as the ends of the windows that wait for them."""
    if not fixed:
        return agreement

    def ended(window: Window) -> Window:
        return replace(window, until=fixed[window.fixes].text()) if window.fixes in fixed else window

    rows = (replace(row, windows=tuple(map(ended, row.windows))) for row in agreement.instruments)
    return replace(agreement, instruments=tuple(rows))


# ---- acts


def severity(
    agreement: Agreement, code: str, factors: frozenset[str]
) -> tuple[str, tuple[tuple[Shift, str, str], ...]]:
    """The severity of an act under the factors found, and each shift with the severity before and after it.

    An act without a severity of its own (an exemption, a family) gives an empty text. Raises ValueError for a code that
    the agreement does not know.
    """
    act = agreement.act(code)
    if act is None:
        raise ValueError(f"the agreement has no act {code!r}")
    if not act.severity:
        return "", ()
    scale = agreement.severities

    def named(position: int) -> str:
        return scale[max(0, min(len(scale) - 1, position))]

    at, moved = scale.index(act.severity), []
    for shift in agreement.severity_shifts:
        if shift.factor in factors:
            moved.append((shift, named(at), named(at + shift.by)))
            at += shift.by
    return named(at), tuple(moved)


def shifted(agreement: Agreement, factors: frozenset[str], step: int) -> tuple[int, tuple[tuple[Shift, int, int], ...]]:
    """The step of the ladder after the factors found, and each shift with the step before and after it."""
    moved = []
    for shift in agreement.ladder_shifts:
        if shift.factor in factors:
            before, step = step, ladder.clamp(step + shift.by, agreement.ladder)
            moved.append((shift, before, step))
    return step, tuple(moved)


# ---- names and order


def display(agreement: Agreement, id: str, audience: str, language: str) -> tuple[str, str]:
    """The name of a party, mediator, group or outsider for an audience, else the neutral one, and its language tag.

    An id that the agreement does not know is shown as it is, with an empty tag.
    """
    holders: tuple[Party | Mediator | Group, ...] = (
        *agreement.parties, *agreement.mediators, *agreement.groups, *agreement.outsiders,
    )  # fmt: skip
    for holder in holders:
        if holder.id == id:
            for names in (holder.names.get(audience, {}), holder.names.get("neutral", {})):
                text, tag = pick(names, language)
                if text:
                    return text, tag
    return id, ""


def order(agreement: Agreement, turn: int) -> tuple[Party, ...]:
    """The parties in alternating order: each turn another one comes first, so that none always leads."""
    parties = agreement.parties
    cut = turn % len(parties) if parties else 0
    return parties[cut:] + parties[:cut]
