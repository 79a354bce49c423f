"""Events of a research dataset, and what they are taken for when an agreement is tried on the past.

Rules
1. An `Event` is what a dataset says: names verbatim, the place as a point with a radius or none, the time as a window of
   days, the dead as one total in a range and, apart from it, as the dataset splits its best estimate. It is a claim.
2. A `Happened` is an assumption for trying rules on the past, never evidence and never an entry. Each one lists what was
   assumed, as codes (`ASSUMED`) with texts in the catalogue (`assumed.…`).
3. The act is guessed from `ACT_RULES`, a table that the caller may replace; the first row that fits wins.
4. Sides are the caller's: for each of two sides, parts of names. No name stands here. An event between other actors, or
   with a name that fits both sides, is left out and listed with the reason.
5. Who is accused: of violence against civilians, the side that the dataset names as having done it; of fighting, the side
   whose opponent alone lost people; otherwise nobody.
6. The order of the events changes nothing.

Not done here: reading a dataset's bytes, or saying which provision an act touches.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tiga.values.moments import Instant, Moment
from tiga.values.places import Place, Point

VIOLENCE = ("state", "non_state", "one_sided")
"""A state is one of the sides; neither is; an organised side kills civilians (UCDP's type_of_violence 1, 2, 3)."""
ASSUMED = (
    "act_by_words", "act_by_kind", "accused_by_dataset", "accused_by_losses", "accused_nobody", "days_open", "no_point",
    "numbers_reordered", "civilians_bounded", "dead_not_split",
)  # fmt: skip
"""What may have been assumed of an event, in the order in which `Happened.assumed` lists it."""
LEFT_OUT = ("no_side", "one_side", "both_sides", "same_side", "no_fighting")
"""Why an event is no happening between the two sides; `no_fighting` is said of a row of which its adapter makes no event."""


@dataclass(frozen=True, slots=True)
class Toll:
    """The dead as a dataset counts them: `low` ≤ `best` ≤ `high` persons, and `best` split by who they were.

    `split` is false where the dataset gives no such split; the four parts are then 0. `reordered` is true where its own
    three numbers were not in order: `low` and `high` are then the least and the largest of them.
    """

    low: int
    best: int
    high: int
    side_a: int = 0
    side_b: int = 0
    civilians: int = 0
    unknown: int = 0
    split: bool = True
    reordered: bool = False

    @property
    def civilian_range(self) -> tuple[int, int]:
        """The fewest and most civilians that agree with the total's range: persons."""
        if not self.split:
            return 0, self.high
        return max(0, self.civilians - (self.best - self.low)), self.civilians + (self.high - self.best)


@dataclass(frozen=True, slots=True)
class Event:
    """One event as a dataset gives it. `violence` is one of VIOLENCE; `side_a` and `side_b` are the names it uses, `state_a`
    and `state_b` whether it takes them for states; `words` are headlines and descriptions, for guessing the means."""

    event_id: str
    when: Moment
    where: Place
    violence: str
    side_a: str
    side_b: str
    state_a: bool
    state_b: bool
    toll: Toll
    words: str = ""


@dataclass(frozen=True, slots=True)
class Happened:
    """A past event as rules are tried on it. `code` is an act code (domain.md c.3), `accused` 1 or 2 or 0 for nobody; times
    are instants, the radius metres (0 without a point), dead and civilians persons."""

    event_id: str
    earliest: Instant
    latest: Instant
    point: Point | None
    radius_m: int
    code: str
    accused: int
    dead_low: int
    dead_high: int
    civilians_low: int
    civilians_high: int
    assumed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Past:
    """Happenings by time and id, and the ids of the events left out with the reason (LEFT_OUT), by id."""

    happened: tuple[Happened, ...]
    left_out: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ActRule:
    """One row of the table of acts: the kind of violence, who is accused (`state`, `group`; empty for any or nobody) and a
    regular expression on the lower-case words, `` for any; the act code it stands for."""

    violence: str
    accused: str
    words: str
    code: str


ACT_RULES = (
    ActRule("", "", r"\b(drones?|uavs?|unmanned)\b", "A2"),
    ActRule("", "", r"\b(air ?(strikes?|raids?)|airstrikes?|warplanes?|fighter jets?|gunships?)\b", "A1"),
    ActRule("one_sided", "", "", "C1"),
    ActRule("", "", r"\b(land ?mines?|roadside bombs?|ieds?|improvised explosive)\b", "H4"),
    ActRule("", "", r"\b(mortars?|artillery|shell(s|ed|ing|fire)?|rockets?|missiles?)\b", "H2"),
    ActRule("", "group", r"\b(infiltrat\w*)\b", "I1"),
    ActRule("", "group", "", "I2"),
    ActRule("", "", r"\b(snip(er|ers|ing)|ambush(ed|es)?)\b", "H5"),
    ActRule("", "", r"\b(overr[au]n|storm(ed|s)|seiz(ed|es)|captur(ed|es))\b", "H3"),
    ActRule("", "", "", "H1"),
)
"""An assumption, not a coding: the dataset names no means, so words of headlines stand in, and after them the kind of
violence. I2 says only that a group counted to a side is taken to have attacked."""

Sides = tuple[Sequence[str], Sequence[str]]
"""Parts of the names of side 1 and of side 2, compared without regard to case."""


def happened(events: Iterable[Event], sides: Sides, rules: Sequence[ActRule] = ACT_RULES) -> Past:
    """The events between two sides as happenings, each with what was assumed; all others by id with the reason.

    `rules` must end with a row that fits everything; raises ValueError where none fits.
    """
    named = folded(sides)
    compiled = [(rule, re.compile(rule.words)) for rule in rules]
    found: list[Happened] = []
    left_out: list[tuple[str, str]] = []
    for event in events:
        a, b = side_of(event.side_a, named), side_of(event.side_b, named)
        reason = _left_out(event, a, b)
        if reason:
            left_out.append((event.event_id, reason))
        else:
            found.append(_happened(event, a, b, compiled))
    return Past(tuple(sorted(found, key=lambda one: (one.earliest, one.event_id))), tuple(sorted(left_out)))


def folded(sides: Sides) -> tuple[tuple[str, ...], ...]:
    """The parts of names as they are compared."""
    return tuple(tuple(part.casefold() for part in parts if part) for parts in sides)


def side_of(name: str, named: tuple[tuple[str, ...], ...]) -> int:
    """1 or 2, 0 where the name fits neither, 3 where it fits both."""
    folded = name.casefold()
    return sum(number for number, parts in zip((1, 2), named, strict=True) if any(part in folded for part in parts))


def _left_out(event: Event, a: int, b: int) -> str:
    """Why an event does not lie between the two sides, or an empty text."""
    if 3 in (a, b):
        return "both_sides"
    if event.violence == "one_sided":
        return "" if a else "no_side"
    if not a and not b:
        return "no_side"
    if not a or not b:
        return "one_side"
    return "same_side" if a == b else ""


def _happened(event: Event, a: int, b: int, rules: list[tuple[ActRule, re.Pattern[str]]]) -> Happened:
    toll, assumed = event.toll, set[str]()
    accused, is_state = 0, False
    if event.violence == "one_sided":
        accused, is_state = a, event.state_a
        assumed.add("accused_by_dataset")
    elif bool(toll.side_a) != bool(toll.side_b):
        accused, is_state = (b, event.state_b) if toll.side_a else (a, event.state_a)
        assumed.add("accused_by_losses")
    else:
        assumed.add("accused_nobody")
    rule = _rule(event, "" if not accused else "state" if is_state else "group", rules)
    assumed.add("act_by_words" if rule.words else "act_by_kind")
    assumed |= {
        code
        for code, holds in (
            ("days_open", event.when.until != ""),
            ("no_point", event.where.point is None),
            ("numbers_reordered", toll.reordered),
            ("civilians_bounded", toll.split and toll.low != toll.high),
            ("dead_not_split", not toll.split),
        )
        if holds
    }
    point, (fewest, most) = event.where.point, toll.civilian_range
    return Happened(
        event.event_id, event.when.earliest, event.when.latest, point, event.where.radius_m if point else 0, rule.code,
        accused, toll.low, toll.high, fewest, most, tuple(code for code in ASSUMED if code in assumed),
    )  # fmt: skip


def _rule(event: Event, accused: str, rules: list[tuple[ActRule, re.Pattern[str]]]) -> ActRule:
    words = event.words.casefold()
    for rule, pattern in rules:
        fits = rule.violence in ("", event.violence) and rule.accused in ("", accused)
        if fits and pattern.search(words):
            return rule
    raise ValueError(
        f"no row of the table of acts fits the event {event.event_id}; end the table with one that fits all"
    )
