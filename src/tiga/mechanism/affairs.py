"""The affairs of the mechanism beside its cases: duties, access, assurances, crossings, confidence building, calls, patrols,
shared evidence, deposited files, joint surveys, datasets, the forum and its drafts. The registry of their entry kinds and
deeds, and their fold.

Rules
1. A measure follows from cases alone (`standing`); nothing here is read by `recompute`, so that what a party must read in
   order to trust a verdict stays small. An affair that is breached becomes a case by a complaint, like everything else.
2. A concept is one module with `NAME`, `PREFIX` (of printed numbers), `KINDS`, `FOLDS`, `DEEDS`, a `State`, `objects`,
   `sight` and `closed` to all others but through `state(standing)`.
3. The fold is total, as the standing's is. Each object has a thread `<NAME>:<sid>`, and its entries name it.
4. What entries of cases say of a finding's reports is followed here too, and for the same reason (`binding`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, cast

from tiga.mechanism import (
    access,
    assurances,
    binding,
    communiques,
    confidence,
    crossings,
    datasets,
    duties,
    exhibits,
    forum,
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


class Concept(Protocol):
    """What `affairs` asks of a concept's module."""

    NAME: str
    PREFIX: str
    KINDS: tuple[type[Kind], ...]
    FOLDS: Mapping[str, Fold]
    DEEDS: tuple[Deed, ...]
    State: type

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
REGISTRY = Registry({kind.ACT: kind for concept in CONCEPTS for kind in concept.KINDS})
DEEDS: Mapping[str, Deed] = {deed.name: deed for concept in CONCEPTS for deed in concept.DEEDS}
_FOLDS = {act: (concept.NAME, fold) for concept in CONCEPTS for act, fold in concept.FOLDS.items()}


@dataclass(slots=True)
class Affairs:
    """The states of all concepts, by name."""

    states: dict[str, Any] = field(
        default_factory=lambda: (
            {concept.NAME: concept.State() for concept in CONCEPTS} | {binding.NAME: binding.State()}
        )
    )

    def apply(self, standing: Standing, entry: Entry) -> Kind | None:
        """Fold one entry; returns its kind, or None where nothing was understood."""
        try:
            kind = REGISTRY.decode(entry.envelope)
        except BadShape:
            return None
        if kind is None or standing.scope == "press":
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


def seen_at(envelope: Envelope) -> tuple[str, str]:
    """(level, party) at which an entry of affairs is known: what its body says of `release` and `to`, else its kind's."""
    kind = REGISTRY.kinds.get(envelope.act)
    release = str(envelope.body.get("release", "")) or (str(cast(Any, kind).RELEASE) if kind else "R3")
    return release, str(envelope.body.get("to", "")) if release == "R2" else ""


def named(kind: Kind, sid: str) -> tuple[tuple[str, str], ...]:
    """(concept, sid) of the objects that an entry of affairs speaks of, by its threads."""
    rows = (thread.partition(":") for thread in kind.threads(sid))
    return tuple((name, own) for name, _, own in rows if name in BY_NAME and own)
