"""Acts as data: what an act asks its author for, who is offered it, and how it is done. Pages and command line are made
from these; no rule stands there, and offering is not deciding: every refusal comes from the decider.

Rules
1. A `Deed` names its act, the concept it acts on, the roles and states in which it is offered, and its `Ask`s in order.
2. What was given reaches the decider through `Given`, which turns text into moments, numbers and lists; what cannot be
   read is a `Refusal` that names the ask.
3. `sight` is what a concept shows of one of its objects: facts with their release level, a state, clocks.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from tiga.mechanism.acts import Actor, Outcome, Refusal
from tiga.values.moments import BadMoment, Instant, Moment
from tiga.values.words import plain_digits

if TYPE_CHECKING:
    from tiga.mechanism.deadlines import Clock
    from tiga.mechanism.standing import Standing

KINDS = ("line", "text", "choice", "many", "moment", "whole", "yes", "object", "objects")
TEXT_LIMIT = 8_000
LINE_LIMIT = 400
_NO_OFFSET = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2})?")
MANY_LIMIT = 40


@dataclass(frozen=True, slots=True)
class Ask:
    """One thing asked. Its label is the word `ask.<name>`.

    `kind`: `line` and `text` (words), `choice` and `many` (of `choices`), `moment` (ISO 8601 with offset), `whole`, `yes`,
    `object` and `objects` (sids of the concept `choices`; of `any` concept as `concept:sid`; keys that may take a `seat` in
    the forum; of a case also its measures that are `stayed`, and its `clock`s as `name:whose`). `choices` is a list's name
    (`parties`, `mediators`, `components`, `clauses`, `obligations`, `standards`, `acts`, `crossings`, `flows`, `assurances`,
    `pairs`, `notices`, `duties`, `periodic`, `languages`, `levels`, `zones`, `precisions`, `ends`; `origins` and `readers` of
    a sheet) or the values themselves, parted by `|`, whose labels are `choice.<value>`. `among` says which of them are left
    for an actor; the others are not listed. Where the deed begins an object, its standing holds the concept's objects.
    """

    name: str
    kind: str = "line"
    choices: str = ""
    required: bool = True
    high: int = 1_000_000
    among: Callable[[Standing, str, Actor], tuple[str, ...]] | None = None


ASSERTED = (
    Ask("asserted_local"), Ask("asserted_zone", "choice", "zones"), Ask("asserted_precision", "choice", "precisions"),
)  # fmt: skip
"""What is asked where somebody asserts a time: the local time, its zone, its precision; `UNTIL` its end, where it has one."""
UNTIL = Ask("asserted_until")


class Given(NamedTuple):
    """What somebody gave for a deed's asks, by name: texts, or lists of them."""

    values: Mapping[str, str | tuple[str, ...]]

    def text(self, name: str) -> str:
        value = self.values.get(name, "")
        return value if isinstance(value, str) else " ".join(value)

    def line(self, name: str) -> str:
        """Words in one line: all white space is one blank, as an entry's body wants it."""
        return " ".join(self.text(name).split())

    def lines(self, name: str) -> tuple[str, ...]:
        """Words in paragraphs: each line that is not empty, in one line (no entry's body holds a line break)."""
        return tuple(line for part in self.text(name).splitlines() if (line := " ".join(part.split())))

    def many(self, name: str) -> tuple[str, ...]:
        """Several values, each once, in their order."""
        value = self.values.get(name, ())
        return tuple(dict.fromkeys((value,) if isinstance(value, str) and value else value))

    def yes(self, name: str) -> bool:
        return self.text(name).casefold() in ("yes", "true", "1", "on")

    def whole(self, name: str) -> int:
        """A whole number, in digits of any of the languages; 0 where nothing was given."""
        return int(plain_digits(self.text(name)) or "0")

    def moment(self, name: str) -> Instant | None:
        """An instant, told in UTC where it has no offset, or None where nothing was given; raises BadMoment."""
        text = self.text(name)
        return Instant.read(f"{text}Z" if _NO_OFFSET.fullmatch(text) else text) if text else None

    def asserted(self) -> Moment:
        """A time as it was asserted, from what was given for ASSERTED and UNTIL; raises BadMoment."""
        start, zone, precision, until = (self.line(ask.name) for ask in (*ASSERTED, UNTIL))
        return Moment(start, zone, precision, until)


Do = Callable[["Standing", str, Given, Actor, Instant, "tuple[bytes, ...]"], Outcome]
"""(standing, the object's sid or empty, what was given, who, when, six draws of 16 bytes) -> outcome."""


May = Callable[["Standing", str, Actor, Instant], "Refusal | None"]
"""(standing, the object's sid or empty, who, when) -> the refusal that comes whatever is given, or None."""


@dataclass(frozen=True, slots=True)
class Deed:
    """An act as people meet it: its wire name, the concept it acts on (`new` makes a new object), to whom and in which
    states of the object it is offered (all where empty), what it asks, how it is done.

    `reads` names threads beside the object's own: `{name}` is filled from what was given. Where `may` refuses, it is not
    offered: the decider asks the same before it looks at what was given.
    `fits` says whether the deed is this actor's to do on the object, beyond role and state; it is offered to nobody else.
    """

    act: str
    concept: str
    roles: tuple[str, ...]
    do: Do = field(repr=False)
    asks: tuple[Ask, ...] = ()
    states: tuple[str, ...] = ()
    new: bool = False
    reads: tuple[str, ...] = ()
    code: str = ""
    may: May | None = field(default=None, repr=False)
    fits: Callable[[Standing, str, Actor], bool] | None = None

    @property
    def name(self) -> str:
        """The deed's own name: its act, or `code` where one act is offered in several ways."""
        return self.code or self.act

    def open_to(self, standing: Standing, sid: str, by: Actor, now: Instant) -> bool:
        """Whether it is offered to somebody now, as far as its guards go."""
        fits = self.fits is None or self.fits(standing, sid, by)
        return fits and (self.may is None or self.may(standing, sid, by, now) is None)

    @property
    def listed(self) -> bool:
        """Whether the decider reads all objects of the concept: `reads` names them as `<concept>:*`."""
        return f"{self.concept}:*" in self.reads

    def threads(self, sid: str, given: Given) -> tuple[str, ...]:
        """The threads that the decider reads."""
        own = (f"{self.concept}:{sid}",) if sid else ()
        names = [
            template.replace("{" + key + "}", value)
            for template in self.reads
            if not template.endswith(":*")
            for key in [template.partition("{")[2].partition("}")[0]]
            for value in (given.many(key) if key else ("",))
        ]
        return (*own, *dict.fromkeys(names))


def _is_whole(text: str, high: int) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= LINE_LIMIT and int(text) <= high


def fault(deed: Deed, given: Given) -> Refusal | None:
    """What of the given values cannot be read, named; None where all can."""
    for ask in deed.asks:
        text = given.text(ask.name)
        limit = TEXT_LIMIT if ask.kind == "text" else LINE_LIMIT
        if not text and ask.kind != "yes":
            if ask.required:
                return Refusal("ask_missing", values={"ask": ask.name})
        elif ask.kind in ("line", "text") and len(text) > limit:
            return Refusal("ask_long", values={"ask": ask.name, "limit": str(limit)})
        elif ask.kind in ("many", "objects") and len(given.many(ask.name)) > MANY_LIMIT:
            return Refusal("ask_long", values={"ask": ask.name, "limit": str(MANY_LIMIT)})
        elif ask.kind == "whole" and not _is_whole(plain_digits(text), ask.high):
            return Refusal("ask_whole", values={"ask": ask.name, "limit": str(ask.high)})
        elif "|" in ask.choices and not set(given.many(ask.name)) <= set(ask.choices.split("|")):
            return Refusal("ask_choice", values={"ask": ask.name, "known": ask.choices.replace("|", ", ")})
        elif ask.kind == "moment":
            try:
                given.moment(ask.name)
            except BadMoment:
                return Refusal("ask_moment", values={"ask": ask.name})
    return None


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact of an object: the word `fact.<code>` and a value of a kind.

    `kind`: `words` (somebody's, shown as said), `party`, `clause`, `instant`, `span`, `code` (a word `choice.<value>`),
    `standard` (of proof), `key`, `object` (`concept:sid`), `number`, `list` (lines parted by line breaks), `precision` (of an
    asserted time), `undertaking` (`periodic:<id>` and the like: the agreement's own words), `texts` (`texts_value`: shown in
    the reader's language). `level` and `side` say who may see it, empty where all who see the
    object may.
    """

    code: str
    value: str
    kind: str = "words"
    level: str = ""
    side: str = ""


def texts_value(texts: Mapping[str, str]) -> str:
    """A text in all its languages as one value: a line for each, its tag before it."""
    return "\n".join(f"{tag} {' '.join(texts[tag].split())}" for tag in sorted(texts))


def read_texts(value: str) -> dict[str, str]:
    """What `texts_value` wrote."""
    return {tag: text for line in value.splitlines() for tag, _, text in [line.partition(" ")]}


@dataclass(frozen=True, slots=True)
class Sight:
    """An object as it stands: `level` and `side` say who may see it (`release.may_see`); `open` whether anything is still
    awaited; `history` are (instant, act, facts) of what was entered, in order."""

    sid: str
    concept: str
    index: int
    at: Instant
    state: str
    title: str
    level: str
    facts: tuple[Fact, ...]
    side: str = ""
    open: bool = True
    clocks: tuple[Clock, ...] = ()
