"""Whether the mechanism treats two parties alike: the agreement with its parties exchanged, a dispute mirrored, what came
of both compared, and every difference traced to the item of the text that makes it.

Rules
1. `exchanged` puts each party in the place of the other wherever a rule names one, and gives each what the other declares
   as its own (zone, bank). Names stay with their ids. A ground, a readout and an assumption say who said what: nobody's
   words are put into another's mouth, and no rule reads them. Prose is not rewritten.
2. An item in which the agreement differs from its exchange is an asymmetry. An order alone is none: where both parties are
   named, each keeps its place.
3. A dispute D under an agreement A comes out as O. Mirrored, it is played under the exchange of A: all that may then differ
   from the mirror of O is the code's own doing, and is `unlisted`. This is looked at first, and no asymmetry excuses it.
4. Then the asymmetries are put back one by one, in the agreement's order, until it is A again. A difference is traced to
   the last of them that made it. What takes two of them is told of the later one.
5. What is compared is plain data with its members sorted, ids of entries told by act and place, ids in hashed order put
   into one order: equal data are equal bytes.

Not done here: playing (`rehearsal`), writing disputes (`scripts`), what came of one as plain data (`aftermath`).
"""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, is_dataclass, replace
from itertools import pairwise
from typing import Any, cast

from tiga.agreement import reading
from tiga.agreement.clauses import Agreement, Assumption, Exercise, Readout
from tiga.agreement.drafting import diff
from tiga.agreement.grounds import Ground, Texts
from tiga.mechanism.aftermath import SIDES, Plain, normal

NAMING = frozenset(
    ("by", "binds", "component", "party", "first", "owed_by", "present", "executor", "beneficiary", "members", "value")
)
"""Members of the format in which a rule may name a party."""
OWN = ("zone", "bank")
"""What a party declares as its own."""
TURNS = 14
"""Turns over which the order of the parties is looked at."""
_SAID = (Ground, Readout, Assumption, Exercise)
_IDS = re.compile(r"[a-z][a-z0-9_-]*")
_PLACE = re.compile(r"@|\A[0-9]+\Z|\.[0-9]+\.")


@dataclass(frozen=True, slots=True)
class Asymmetry:
    """An item in which an agreement differs from its exchange: its path (`clauses.P-03`), the clause it is or cites, its
    words, and (member, as it is, as it would be) for each member that differs."""

    item: str
    clause: str
    text: Texts
    members: tuple[tuple[str, Any, Any], ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """A member of what came of a dispute that is not the mirror of the other: its path, both values (None where there is
    none), and the item of the asymmetry that makes it, empty where none does."""

    path: tuple[str, ...]
    mirrored: Any
    played: Any
    item: str = ""

    @property
    def name(self) -> str:
        """The path without numbers and ids of objects: what differs, in whatever dispute."""
        parts = (" ".join(word for word in part.split() if not _PLACE.search(word)) for part in self.path)
        return ".".join(part for part in parts if part)


def rehearsed(agreement: Agreement) -> Agreement:
    """The same text between `party-1` and `party-2`, with mediators numbered alike, as an exercise takes it in.

    What the agreement's exercise assumes of the authority is assumed here too, for without it no chain could run. Raises
    ValueError where there are not two parties: there is nothing to exchange.
    """
    if len(agreement.parties) != len(SIDES):
        raise ValueError(f"two parties can be exchanged, not {len(agreement.parties)}")
    names = {party.id: SIDES[number] for number, party in enumerate(agreement.parties)}
    names |= {state.id: f"mediator-{number}" for number, state in enumerate(agreement.mediators, 1)}
    renamed = cast(Agreement, _renamed(agreement, names))
    assumed = {row.term: row.value for row in agreement.exercise.assumptions} if agreement.exercise else {}
    return replace(
        renamed,
        id=f"{agreement.id.removesuffix('-exercise')}-exercise",
        parties=tuple(replace(row, id=names[row.id]) for row in renamed.parties),
        mediators=tuple(replace(row, id=names[row.id]) for row in renamed.mediators),
        authority=replace(renamed.authority, value=assumed.get("authority", renamed.authority.value)),
        exercise=None,
    )


def exchanged(agreement: Agreement) -> Agreement:
    """The agreement with its two parties exchanged (rules 1, 2); one that is symmetric comes back as it is."""
    one, two = agreement.parties
    turned = cast(Agreement, _renamed(agreement, {one.id: two.id, two.id: one.id}))
    parties = tuple(
        replace(own, **{name: getattr(other, name) for name in OWN}) for own, other in ((one, two), (two, one))
    )
    return replace(turned, parties=parties)


def _renamed(value: Any, names: Mapping[str, str], member: str = "") -> Any:
    """The value with parties renamed wherever a member of NAMING names one; lists keep the places of those named."""
    if isinstance(value, _SAID):
        return value
    if isinstance(value, str):
        return _IDS.sub(lambda found: names.get(found[0], found[0]), value) if member in NAMING else value
    if isinstance(value, tuple):
        return _placed(value, tuple(_renamed(item, names, member) for item in value))
    if isinstance(value, dict):
        return {key: _renamed(item, names) if is_dataclass(item) else item for key, item in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        rows = {row.name: getattr(value, row.name) for row in dataclasses.fields(value)}
        return replace(value, **{name: _renamed(item, names, name) for name, item in rows.items()})
    return value


def _placed(old: tuple[Any, ...], new: tuple[Any, ...]) -> tuple[Any, ...]:
    """A list after renaming, in its old order by name where the same names are in it as before."""
    names = [_named(item) for item in old]
    rows: dict[str, list[Any]] = {}
    for item in new:
        rows.setdefault(_named(item), []).append(item)
    if sorted(names) != sorted(name for name, items in rows.items() for _ in items):
        return new
    return tuple(rows[name].pop(0) for name in names)


def _named(item: Any) -> str:
    if isinstance(item, str):
        return item
    return next((str(getattr(item, name)) for name in ("component", "party", "by") if hasattr(item, name)), "")


def asymmetries(agreement: Agreement) -> tuple[Asymmetry, ...]:
    """The items in which the agreement differs from its exchange, in the agreement's order."""
    rows: dict[tuple[str, ...], list[tuple[str, Any, Any]]] = {}
    for change in diff(agreement, exchanged(agreement)):
        parts = _parts(agreement, change.path)
        item = ".".join(parts)
        member = change.path.removeprefix(item).removeprefix(".") or item
        if ".ground." not in f".{member}." or parts not in rows:
            rows.setdefault(parts, []).append((member, change.before, change.after))
    return tuple(
        Asymmetry(".".join(parts), *_words(agreement, parts), tuple(members)) for parts, members in rows.items()
    )


def _parts(agreement: Agreement, path: str) -> tuple[str, ...]:
    """The way to the item that a path of `diff` lies in: both parties' zones, else the smallest item with a name of its own.

    Names may hold points, as those of quorums do (`finding.adopt`).
    """
    first, _, rest = path.partition(".")
    if first == "parties":
        return first, rest.rpartition(".")[2]
    held = getattr(agreement, first)
    if first == "undertakings" and rest:
        list_, _, rest = rest.partition(".")
        return (first, list_, *_own(getattr(held, list_), rest))
    return (first, *_own(held, rest))


def _own(held: Any, rest: str) -> tuple[str, ...]:
    """The name of the item of a list or of terms that the rest of a path begins with; nothing for what is one item."""
    keys = [_key(row) for row in held] if isinstance(held, tuple) else list(held) if isinstance(held, dict) else []
    return next(((key,) for key in keys if f"{rest}.".startswith(f"{key}.")), ())


def _words(agreement: Agreement, parts: tuple[str, ...]) -> tuple[str, Texts]:
    """(clause, text) of an item: a clause's own, else those of the clause that it cites."""
    held: Any = agreement
    for part in parts:
        held = _held(held, part)
    named = parts[1] if parts[0] == "clauses" and len(parts) > 1 else getattr(held, "clause", "")
    clause = agreement.clause(named) if isinstance(named, str) else None
    return (clause.id, clause.text) if clause else ("", {})


def _held(holder: Any, part: str) -> Any:
    """A member of an item, or an item of a list or of terms by its name; None where there is none."""
    if isinstance(holder, tuple):
        return next((row for row in holder if _key(row) == part), None)
    return holder.get(part) if isinstance(holder, dict) else getattr(holder, part, None)


def _key(row: Any) -> str:
    return next((str(getattr(row, name)) for name in ("id", "act", "purpose", "step") if hasattr(row, name)), "")


def put_back(turned: Agreement, agreement: Agreement, item: str) -> Agreement:
    """The exchanged agreement with one item as it is in the agreement."""
    first, *rest = _parts(agreement, item)
    if first == "parties":
        own = {party.id: getattr(party, rest[0]) for party in agreement.parties}
        return replace(turned, parties=tuple(replace(row, **{rest[0]: own[row.id]}) for row in turned.parties))
    return cast(Agreement, _put(turned, agreement, [first, *rest]))


def _put(turned: Any, source: Any, parts: list[str]) -> Any:
    if not parts:
        return source
    part, rest = parts[0], parts[1:]
    if isinstance(turned, tuple):
        own = {_key(row): row for row in source}
        return tuple(_put(row, own[part], rest) if _key(row) == part else row for row in turned)
    if isinstance(turned, dict):
        return turned | {part: _put(turned[part], source[part], rest)}
    if not is_dataclass(turned) or not hasattr(turned, part):
        return source
    return replace(cast(Any, turned), **{part: _put(getattr(turned, part), getattr(source, part), rest)})


# ---- disputes


def mirror(outcome: Plain) -> Plain:
    """What came of a dispute, with the parties and their people exchanged."""
    return cast(Plain, normal(outcome, exchange=True))


def compare(outcome: Plain, other: Plain) -> tuple[Difference, ...]:
    """Where the mirror of the first is not the second, member by member."""
    return tuple(_apart(mirror(outcome), other, ()))


def written(outcome: Plain) -> bytes:
    """The one spelling of what came of a dispute: sorted members, no spaces, UTF-8."""
    return json.dumps(outcome, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _apart(one: Any, other: Any, path: tuple[str, ...]) -> Iterator[Difference]:
    if one == other and type(one) is type(other):
        return
    if isinstance(one, dict) and isinstance(other, dict):
        for name in sorted({*one, *other}):
            yield from _apart(one.get(name), other.get(name), (*path, name))
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for number, pair in enumerate(zip(one, other, strict=True)):
            yield from _apart(*pair, (*path, str(number)))
    else:
        yield Difference(path, one, other)


Play = Callable[[Agreement], Plain]
"""Plays the mirrored dispute under an agreement."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """An agreement, its asymmetries, and the agreements on the way back from its exchange to itself: one for each."""

    agreement: Agreement
    turned: Agreement
    asymmetries: tuple[Asymmetry, ...]
    way: tuple[Agreement, ...]


def exchange(agreement: Agreement) -> Exchange:
    """What `judged` needs of an agreement; raises ValueError where a difference is of no item that can be put back."""
    turned = exchanged(agreement)
    found, way = asymmetries(agreement), [turned]
    for one in found:
        way.append(put_back(way[-1], agreement, one.item))
    if way[-1] != agreement:
        raise ValueError(f"{agreement.id}: the exchange cannot be taken back item by item")
    return Exchange(agreement, turned, found, tuple(way[1:]))


def judged(known: Exchange, outcome: Plain, play: Play) -> tuple[Difference, ...]:
    """Every difference between a dispute's mirror and the mirrored dispute played, each with its item (rules 3, 4)."""
    expected, own = mirror(outcome), play(known.turned)
    unlisted = tuple(_apart(expected, own, ()))
    if not known.way:
        return unlisted
    last = play(known.agreement)
    if written(last) == written(expected):
        return unlisted
    final = {row.path: row for row in _apart(expected, last, ())}
    traced: dict[tuple[str, ...], str] = dict.fromkeys(final, "")
    before = {row.path for row in unlisted}
    for one, text in zip(known.asymmetries, known.way, strict=True):
        now = {row.path for row in _apart(expected, last if text == known.agreement else play(text), ())}
        traced |= {path: one.item for path in final if _within(path, now) and not _within(path, before)}
        before = now
    held = {row.path for row in unlisted}
    return (*unlisted, *(replace(row, item=traced[path]) for path, row in final.items() if path not in held))


def _within(path: tuple[str, ...], paths: set[tuple[str, ...]]) -> bool:
    """Whether a path, or one that it lies in, or one that lies in it, is among those that differ."""
    if path in paths or any(path[:length] in paths for length in range(1, len(path))):
        return True
    return any(other[: len(path)] == path for other in paths)


def leading(agreement: Agreement) -> tuple[Difference, ...]:
    """Turns at which the party that stands first is not the other than at the turn before (`reading.order`)."""
    first = [reading.order(agreement, turn)[0].id for turn in range(TURNS + 1)]
    return tuple(
        Difference(("order", str(turn)), one, two) for turn, (one, two) in enumerate(pairwise(first)) if one == two
    )
