"""The charter (entry 0), the agreement in force, and the exercise's clock.

Rules
1. Entry 0 names the record's scope and every key with role, component and custody. Scope never changes: an exercise can
   never become live, a press record never carries a finding.
2. `agreement.adopt` binds a version by the SHA-256 of its canonical bytes, which are public.
3. Only an exercise has a clock that can be moved, and only forwards, by an entry of its own.

Not done here (their doors are `charter.adopt` and `key.…`): key ceremonies, thresholds, rotation, revocation.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from tiga.mechanism.acts import Actor, Decision, Outcome, Refusal, drafted
from tiga.values.moments import Instant

if TYPE_CHECKING:
    from tiga.mechanism.standing import Standing

CUSTODIES = ("server", "device", "token")


@dataclass(frozen=True, slots=True)
class Key:
    """A key of the roster: its verifier key, role, component and who holds the private half."""

    vkey: str
    role: str
    component: str
    custody: str

    @property
    def name(self) -> str:
        return self.vkey.split("+", 1)[0]


@dataclass(frozen=True, slots=True)
class CharterAdopted:
    ACT: ClassVar[str] = "charter.adopt"
    RELEASE: ClassVar[str] = "R0"

    title: str
    scope: str
    keys: tuple[Key, ...]

    def threads(self, sid: str) -> tuple[str, ...]:
        return ("roster",)


@dataclass(frozen=True, slots=True)
class AgreementAdopted:
    ACT: ClassVar[str] = "agreement.adopt"
    RELEASE: ClassVar[str] = "R0"

    agreement: str
    version: str
    sha256: str
    length: int

    def threads(self, sid: str) -> tuple[str, ...]:
        return ("roster",)


@dataclass(frozen=True, slots=True)
class ClockAdvanced:
    ACT: ClassVar[str] = "clock.advance"
    RELEASE: ClassVar[str] = "R0"

    since: Instant
    reason: str

    def threads(self, sid: str) -> tuple[str, ...]:
        return ("roster",)


def found(log: str, title: str, scope: str, keys: tuple[Key, ...], at: Instant) -> Outcome:
    """Lay down entry 0. An exercise's origin ends in `/exercise`, no other's does."""
    if (scope == "exercise") != log.endswith("/exercise"):
        return Refusal("origin_scope", values={"origin": log, "scope": scope})
    entry = drafted(CharterAdopted(title, scope, keys), log, at, by_registrar=True)
    return Decision((entry,), {"roster": -1})


def adopt_agreement(
    standing: Standing, agreement: str, version: str, sha256: str, length: int, now: Instant
) -> Outcome:
    """Take in an agreement's text by its hash; `-exercise` texts and exercise records belong together, no others."""
    if standing.scope == "exercise" and not agreement.endswith("-exercise"):
        return Refusal("exercise_agreement", values={"agreement": agreement})
    if standing.scope != "exercise" and agreement.endswith("-exercise"):
        return Refusal("exercise_stays", values={"agreement": agreement})
    kind = AgreementAdopted(agreement, version, sha256, length)
    return Decision((drafted(kind, standing.log, now, by_registrar=True),), standing.reads)


def advance(standing: Standing, to: Instant, reason: str, by: Actor, now: Instant) -> Outcome:
    """Move an exercise's clock forwards to `to`."""
    if standing.scope != "exercise":
        return Refusal("clock_not_exercise")
    if by.role not in ("mediator", "secretariat"):
        return Refusal("role", values={"role": by.role, "needed": "mediator"})
    if to <= now:
        return Refusal("clock_backwards", values={"now": now.text(), "to": to.text()})
    return Decision((drafted(ClockAdvanced(now, reason), standing.log, to),), standing.reads)
