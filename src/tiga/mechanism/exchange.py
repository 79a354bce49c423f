"""Drafts as they stand: per clause what each side says, whether it is agreed, what differs, what would be adopted.

Rules
1. A clause is `agreed` only when every side's last text is the same, byte for byte and language for language, and every side
   has said so. It is `deferred` when every side defers it, `reserved` when a side reserves it; else `bracketed`, also
   where a side has said nothing: silence is no assent.
2. A mediator's text is a proposal that stands beside the sides' texts. It decides nothing.
3. Sides stand in the order of a turn, which passes on from clause to clause: neither is first in all.
4. What would be adopted is the agreement with the agreed clauses put in and all else as it was. Nothing that is not agreed
   goes in. A text replaces all languages of the clause: a translation of the text before would say something else.
5. An agreed clause is grounded in the draft that both sides agreed to; in an exercise every ground stays a placeholder.
6. A new clause binds all sides and speaks of no act codes; what more it needs is for people and `tiga agreement check`.

Not done here: adopting (`agreement.adopt`), encoding (handed in).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from tiga.agreement import drafting, reading
from tiga.agreement.clauses import Agreement, Clause
from tiga.agreement.grounds import Ground, Texts

STATUSES = ("agreed", "bracketed", "reserved", "deferred")


@dataclass(frozen=True, slots=True)
class Told:
    """What one side says of one clause: a status, its own text per language, and for a new clause its kind."""

    clause: str
    status: str
    text: Texts
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft and every word on it: `words` are (component, what it told), in log order. `sides` are the parties that must
    agree, `base` the SHA-256 of the agreement version that it starts from."""

    sid: str
    number: int
    title: str
    by: str
    base: str
    sides: tuple[str, ...]
    words: tuple[tuple[str, Told], ...]

    @property
    def clauses(self) -> tuple[str, ...]:
        """The clauses it speaks of, in the order in which they came up."""
        return tuple(dict.fromkeys(told.clause for _, told in self.words))

    def last(self, clause: str, component: str) -> Told | None:
        """The last that a component said of a clause."""
        found = [told for name, told in self.words if name == component and told.clause == clause]
        return found[-1] if found else None


@dataclass(frozen=True, slots=True)
class ClauseStanding:
    """A clause of a draft as it stands: its status, and (component, what it told last) in the order of the turn."""

    clause: str
    status: str
    texts: tuple[tuple[str, Told], ...]

    def text(self, component: str) -> Texts:
        return next((told.text for name, told in self.texts if name == component), {})


@dataclass(frozen=True, slots=True)
class Difference:
    """What differs in one clause from one draft to another: `before` and `after` are None where it is not in one."""

    clause: str
    before: ClauseStanding | None
    after: ClauseStanding | None

    @property
    def components(self) -> tuple[str, ...]:
        """Whose text differs, in the order of the turn."""
        rows = [name for one in (self.after, self.before) if one is not None for name, _ in one.texts]
        return tuple(name for name in dict.fromkeys(rows) if _text(self.before, name) != _text(self.after, name))


@dataclass(frozen=True, slots=True)
class Adopted:
    """The next version of an agreement: plain data, its SHA-256, the clauses put in, and every change there is."""

    data: Any
    sha256: str
    length: int
    clauses: tuple[str, ...]
    changes: tuple[drafting.Change, ...]


def standing_of(draft: Draft, turn: int = 0) -> tuple[ClauseStanding, ...]:
    """Each clause of a draft as it stands; `turn` says whose text stands first in the first clause."""
    rows = []
    for place, clause in enumerate(draft.clauses):
        cut = (turn + place) % len(draft.sides) if draft.sides else 0
        sides = draft.sides[cut:] + draft.sides[:cut]
        others = tuple(dict.fromkeys(name for name, _ in draft.words if name not in sides))
        last = ((name, draft.last(clause, name)) for name in (*sides, *others))
        told = tuple((name, one) for name, one in last if one is not None)
        rows.append(ClauseStanding(clause, _status(draft, clause), told))
    return tuple(rows)


def _status(draft: Draft, clause: str) -> str:
    last = [draft.last(clause, side) for side in draft.sides]
    said = [told.status if told is not None else "" for told in last]
    texts = [told.text for told in last if told is not None]
    if said and set(said) == {"agreed"} and texts[0] and all(text == texts[0] for text in texts):
        return "agreed"
    if said and set(said) == {"deferred"}:
        return "deferred"
    return "reserved" if "reserved" in said else "bracketed"


def difference(draft_a: Draft, draft_b: Draft, turn: int = 0) -> tuple[Difference, ...]:
    """The clauses in which two drafts differ, in status or in anybody's text; in the order of the second, then the first."""
    before = {row.clause: row for row in standing_of(draft_a, turn)}
    after = {row.clause: row for row in standing_of(draft_b, turn)}
    rows = (Difference(name, before.get(name), after.get(name)) for name in dict.fromkeys((*after, *before)))
    return tuple(row for row in rows if row.components or _of(row.before) != _of(row.after))


def _of(row: ClauseStanding | None) -> str:
    return row.status if row is not None else ""


def _text(row: ClauseStanding | None, component: str) -> Texts:
    return row.text(component) if row is not None else {}


def adopted_text(agreement: Agreement, draft: Draft, version: str, encode: Callable[[Any], bytes]) -> Adopted:
    """The next version of an agreement: `draft`'s agreed clauses put in under a new `version`, all else as it was.

    Raises ValueError where the draft starts from another version, where nothing is agreed, or where the version's name
    is not new. What is returned is what `agreement.adopt` takes in: canonical plain data, SHA-256 (hex), length in bytes.
    """
    if reading.digest(agreement, encode) != draft.base:
        raise ValueError("the draft starts from another version: table it anew on the version in force")
    if version in ("", agreement.version):
        raise ValueError(f"{version!r} is not a new version: name one that differs from {agreement.version!r}")
    agreed = [row.clause for row in standing_of(draft) if row.status == "agreed"]
    if not agreed:
        raise ValueError("no clause of the draft is agreed: nothing would be adopted")
    words = {name: told for name in agreed if (told := draft.last(name, draft.sides[0])) is not None}
    ground, rehearsed = Ground("joint_statement", citation=f"draft {draft.sid}"), agreement.status == "exercise"
    kept = tuple(
        replace(clause, text=words[clause.id].text, ground=clause.ground if rehearsed else ground)
        if clause.id in words else clause
        for clause in agreement.clauses
    )  # fmt: skip
    known = {clause.id for clause in agreement.clauses}
    added = tuple(
        Clause(name, _kind(draft, name), told.text, Ground("placeholder") if rehearsed else ground, binds=draft.sides)
        for name, told in words.items() if name not in known
    )  # fmt: skip
    following = replace(agreement, version=version, clauses=kept + added)
    data = reading.canonical(following)
    encoded = encode(data)
    return Adopted(
        data, hashlib.sha256(encoded).hexdigest(), len(encoded), tuple(words), drafting.diff(agreement, following)
    )


def _kind(draft: Draft, clause: str) -> str:
    """The kind that was given to a new clause first; a procedure where nobody gave one."""
    return next((told.kind for _, told in draft.words if told.clause == clause and told.kind), "procedure")
