"""The affairs of the mechanism beside its cases: duties, access, assurances, crossings, confidence building, calls, patrols,
shared evidence, deposited files, joint surveys, datasets, the forum and its drafts. The registry of their entry kinds and
deeds, and their fold.

Rules
1. A measure follows from cases alone (`standing`); nothing here is read by `recompute`, so that what a party must read in
   order to trust a verdict stays small. An affair that is breached becomes a case by a complaint, like everything else.
2. A concept is one module with `NAME`, `PREFIX` (of printed numbers), `KINDS`, `FOLDS`, `DEEDS`, a `State`, `objects`,
   `sight` and `closed` to all others but through `state(standing)`.
3. The fold is total, as the standing's is. Each object has a thread `<NAME>:<sid>`, and its entries name it.
4. Grades of reports (`grades`) are no concept and have no objects; they are folded here because no measure reads them, and
   on a press record too, which takes nothing else of this. `opened` are those that came sealed, for who can open them.
5. What entries of cases say of a finding's reports is followed here too, and for the same reason (`binding`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, cast

from tiga.mechanism import (
    access,
    assurances,
    backgrounds,
    binding,
    communiques,
    confidence,
    crossings,
    datasets,
    duties,
    exhibits,
    forum,
    grades,
    hotline,
    notices,
    owed,
    patrols,
    sheets,
    surveys,
    talks,
)
from tiga.mechanism import standing as standing_rules
from tiga.mechanism.acts import Kind, Registry
from tiga.mechanism.asks import Deed, Sight
from tiga.record.entries import Entry, Envelope
from tiga.values.shapes import BadShape

if TYPE_CHECKING:
    from tiga.mechanism.standing import Standing

Fold = Callable[[Any, "Standing", Any, Entry], None]
"""(the concept's state, the standing, the kind, its entry)."""


class Folded(Protocol):
    """What the fold asks of a module."""

    NAME: str
    KINDS: tuple[type[Kind], ...]
    FOLDS: Mapping[str, Fold]
    State: type


class Concept(Folded, Protocol):
    """What `affairs` asks of a concept's module."""

    PREFIX: str
    DEEDS: tuple[Deed, ...]

    def objects(self, standing: Standing) -> tuple[str, ...]:
        """The sids of its objects in the standing, in log order."""
        ...

    def sight(self, standing: Standing, sid: str) -> Sight | None:
        """An object as it stands, or None."""
        ...


CONCEPTS: tuple[Concept, ...] = cast(
    "tuple[Concept, ...]",
    (
        access,
        duties,
        owed,
        assurances,
        crossings,
        confidence,
        notices,
        hotline,
        patrols,
        sheets,
        exhibits,
        surveys,
        datasets,
        forum,
        communiques,
        talks,
    ),
)
"""Every concept, in the order in which pages list them."""
BY_NAME: Mapping[str, Concept] = {concept.NAME: concept for concept in CONCEPTS}
BESIDE: tuple[Folded, ...] = cast("tuple[Folded, ...]", (grades, backgrounds))
"""What is folded here and is no concept: it has no object and no page of its own, and stands on press records too."""
REGISTRY = Registry({kind.ACT: kind for one in (*CONCEPTS, *BESIDE) for kind in one.KINDS})
DEEDS: Mapping[str, Deed] = {deed.name: deed for concept in CONCEPTS for deed in concept.DEEDS}
_FOLDS: dict[str, tuple[str, Fold]] = {
    **{act: (concept.NAME, fold) for concept in CONCEPTS for act, fold in concept.FOLDS.items()},
    **{act: (one.NAME, fold) for one in BESIDE for act, fold in one.FOLDS.items()},
}


@dataclass(slots=True)
class Affairs:
    """The states of all concepts and of what is beside them, by name; and, by sid, who entered what inside sealed entries."""

    states: dict[str, Any] = field(
        default_factory=lambda: {
            binding.NAME: binding.State(),
            **{one.NAME: one.State() for one in (*CONCEPTS, *BESIDE)},
        }
    )
    opened: Mapping[str, tuple[str, Kind]] = field(default_factory=dict)

    def apply(self, standing: Standing, entry: Entry) -> Kind | None:
        """Fold one entry; returns its kind, or None where nothing was understood."""
        if entry.sid in self.opened:
            by, inside = self.opened[entry.sid]
            grades.enter(self.states[grades.NAME], standing, inside, entry, by, sealed=True)
            return inside
        try:
            kind = REGISTRY.decode(entry.envelope)
        except BadShape:
            return None
        if kind is None or (standing.scope == "press" and not any(kind.ACT in one.FOLDS for one in BESIDE)):
            return None
        name, fold = _FOLDS[kind.ACT]
        fold(self.states[name], standing, kind, entry)
        return kind

    def follow(self, standing: Standing, kind: Kind, entry: Entry) -> None:
        """Take note of an entry of cases that has been folded."""
        binding.follow(standing, kind, entry)


def decode(envelope: Envelope) -> Kind | None:
    """The kind of any entry, of cases or of affairs; None for an act that this version does not know; raises BadShape."""
    return standing_rules.REGISTRY.decode(envelope) or REGISTRY.decode(envelope)


def inside(standing: Standing, sid: str) -> tuple[str, Kind] | None:
    """Who entered what of grades inside a sealed entry, for who can open it."""
    return standing.affairs.opened.get(sid) if isinstance(standing.affairs, Affairs) else None


def seen_at(envelope: Envelope) -> tuple[str, str]:
    """(level, party) at which an entry of affairs is known: what its body says of `release` and `to`, else its kind's."""
    kind = REGISTRY.kinds.get(envelope.act)
    release = str(envelope.body.get("release", "")) or (str(cast(Any, kind).RELEASE) if kind else "R3")
    return release, str(envelope.body.get("to", "")) if release == "R2" else ""


def named(kind: Kind, sid: str) -> tuple[tuple[str, str], ...]:
    """(concept, sid) of the objects that an entry of affairs speaks of, by its threads."""
    rows = (thread.partition(":") for thread in kind.threads(sid))
    return tuple((name, own) for name, _, own in rows if name in BY_NAME and own)
