"""What an act is before it is entered: who acts, the entry drafted, or the refusal.

Rules
1. An entry kind is a frozen dataclass with an `ACT` (its wire name, forever), a `RELEASE` level and `threads(sid)`.
   Its members `case`, `re` and `sd` are members of the envelope; everything else is the body.
2. A decider returns a `Decision` (entries ready to be signed) or a `Refusal` (a code, the clause, values); it never
   raises for what a person did.
3. A changed shape gets a new wire name `noun.verb/2`; an upcast lifts the old body; stored bytes are never rewritten.
4. Confidential values travel beside the entry as disclosures with their own release level; the entry holds digests.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol, cast

from tiga.record.disclosures import Disclosure, digests
from tiga.record.entries import Envelope
from tiga.values.moments import Instant
from tiga.values.shapes import BadShape, from_plain, to_plain

ROLES = ("public", "analyst", "monitor", "liaison", "mediator", "secretariat", "registrar", "root")
SCOPES = ("press", "exercise", "live")


class Kind(Protocol):
    """An entry kind as the standing sees it."""

    ACT: ClassVar[str]
    RELEASE: ClassVar[str]

    def threads(self, sid: str) -> tuple[str, ...]: ...


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: the key's name, its role, and the component (a party's or a mediator's id, or empty)."""

    key: str
    role: str
    component: str = ""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an act was refused: `code` (texts `refusal.<code>.text` and `.remedy`), the clause, values for the slots."""

    code: str
    clause: str = ""
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Released:
    """A confidential value with the level at which it may be seen and, for R2, the party addressed."""

    disclosure: Disclosure
    level: str
    party: str = ""


@dataclass(frozen=True, slots=True)
class Drafted:
    """One entry ready to be signed. `by_registrar` means that the registrar alone signs it."""

    envelope: Envelope
    threads: tuple[str, ...]
    released: tuple[Released, ...] = ()
    by_registrar: bool = False

    @property
    def sid(self) -> str:
        return self.envelope.sid


@dataclass(frozen=True, slots=True)
class Decision:
    """Entries to be entered together, in order; `reads` are the threads that were read, with the last index seen.

    `confidential` means that the one entry is a filing to be sealed: it waits for its batch (`custody`).
    """

    entries: tuple[Drafted, ...]
    reads: Mapping[str, int]
    confidential: bool = False

    @property
    def sid(self) -> str:
        """The sid of the first entry: the act itself; what follows it is the registrar's."""
        return self.entries[0].sid


Outcome = Decision | Refusal


def envelope_of(kind: Kind, log: str, at: Instant) -> Envelope:
    """The envelope of a kind on a log at an instant."""
    body = to_plain(kind)
    case, re, sd = body.pop("case", ""), tuple(body.pop("re", ())), tuple(body.pop("sd", ()))
    return Envelope(log=log, act=kind.ACT, at=at, body=body, case=case, re=re, sd=sd)


def drafted(
    kind: Kind, log: str, at: Instant, released: tuple[Released, ...] = (), *, by_registrar: bool = False
) -> Drafted:
    envelope = envelope_of(kind, log, at)
    return Drafted(envelope, kind.threads(envelope.sid), released, by_registrar)


def sealed(released: tuple[Released, ...], decoys: tuple[bytes, ...], number: int = 0) -> tuple[str, ...]:
    """The digests of released values, padded with decoys to a multiple of four, or to `number` (record.md F3)."""
    return digests([item.disclosure for item in released], decoys, number)


Upcast = Callable[[dict[str, Any]], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Registry:
    """Kinds by wire name and upcasts from each older wire name to its successor's."""

    kinds: Mapping[str, type]
    upcasts: Mapping[str, tuple[str, Upcast]] = field(default_factory=dict)

    def decode(self, envelope: Envelope) -> Kind | None:
        """The kind of an entry, lifted to its newest version; None for an act this version does not know.

        Raises BadShape where a known act's body does not have its shape.
        """
        act, body = envelope.act, dict(envelope.body)
        for _ in range(len(self.upcasts) + 1):
            if act not in self.upcasts:
                break
            act, lift = self.upcasts[act]
            body = lift(body)
        cls = self.kinds.get(act)
        if cls is None:
            return None
        names = cast(Any, cls).__dataclass_fields__
        for member, value in (("case", envelope.case), ("re", list(envelope.re)), ("sd", list(envelope.sd))):
            if value and member not in names:
                raise BadShape((member,), f"is not a member of {act}")
            if value:
                body[member] = value
        return cast(Kind, from_plain(cls, body))
