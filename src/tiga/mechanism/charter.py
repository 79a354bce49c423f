"""The charter (entry 0), the keys after it, the agreement in force, and the exercise's clock.

Rules
1. Entry 0 names the record's scope and every key with role, component and custody. Scope never changes: an exercise can
   never become live, a press record never carries a finding.
2. Keys are enrolled, rotated and revoked, rules and witnesses set, by acts whose hands `record.charter` counts. A rotated
   key hands its seat to its successor; a revoked one leaves its seat empty, and what it signed stays.
3. `agreement.adopt` binds a version by the SHA-256 of its canonical bytes, which are public.
4. Only an exercise has a clock that can be moved, and only forwards, by an entry of its own.
5. Acts on keys circulate as files until all have signed: their `at` is a claim. `time.stamp`, by the registrar, stands
   before each of them and gives it the record's time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from tiga.mechanism.acts import Actor, Decision, Outcome, Refusal, drafted
from tiga.values.moments import Instant

if TYPE_CHECKING:
    from tiga.mechanism.standing import Standing

CUSTODIES = ("server", "device", "token")
CHARTER_ACTS = ("key.enrol", "key.revoke", "rule.set", "witness.set", "entry.suppress", "value.erase")
"""Acts for which a charter of ours has a rule."""
BATCH_MIN = 4
"""Fewer sealed entries at once would hide too little."""


@dataclass(frozen=True, slots=True)
class Key:
    """A key of the roster: its verifier key, role, component and who holds the private half."""

    vkey: str
    role: str
    component: str
    custody: str
    seal: str = ""

    @property
    def name(self) -> str:
        return self.vkey.split("+", 1)[0]


@dataclass(frozen=True, slots=True)
class Rule:
    """The hands that an act needs: lines in the grammar of C2SP tlog-policy, members are `role:component`."""

    act: str
    need: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Witness:
    """A component's witness: a key of type 0x04."""

    component: str
    vkey: str


KEY_THREADS = ("roster", "keys")


@dataclass(frozen=True, slots=True)
class CharterAdopted:
    ACT: ClassVar[str] = "charter.adopt"
    RELEASE: ClassVar[str] = "R0"

    title: str
    scope: str
    keys: tuple[Key, ...]
    rules: tuple[Rule, ...] = ()
    witnesses: tuple[Witness, ...] = ()
    absent_hours: int = 0
    batch: int = 8
    batch_minutes: int = 15

    def threads(self, sid: str) -> tuple[str, ...]:
        return KEY_THREADS


@dataclass(frozen=True, slots=True)
class KeyEnrolled:
    ACT: ClassVar[str] = "key.enrol"
    RELEASE: ClassVar[str] = "R0"

    key: Key

    def threads(self, sid: str) -> tuple[str, ...]:
        return KEY_THREADS


@dataclass(frozen=True, slots=True)
class KeyRotated:
    ACT: ClassVar[str] = "key.rotate"
    RELEASE: ClassVar[str] = "R0"

    old: str
    key: Key

    def threads(self, sid: str) -> tuple[str, ...]:
        return KEY_THREADS


@dataclass(frozen=True, slots=True)
class KeyRevoked:
    """A key ends; `suspect_from` is the index from which on its signatures are to be confirmed again (-1: none)."""

    ACT: ClassVar[str] = "key.revoke"
    RELEASE: ClassVar[str] = "R0"

    key: str
    ground: str
    suspect_from: int = -1

    def threads(self, sid: str) -> tuple[str, ...]:
        return KEY_THREADS


@dataclass(frozen=True, slots=True)
class RuleSet:
    ACT: ClassVar[str] = "rule.set"
    RELEASE: ClassVar[str] = "R0"

    act: str
    need: tuple[str, ...]

    def threads(self, sid: str) -> tuple[str, ...]:
        return KEY_THREADS


@dataclass(frozen=True, slots=True)
class WitnessSet:
    ACT: ClassVar[str] = "witness.set"
    RELEASE: ClassVar[str] = "R0"

    component: str
    vkey: str

    def threads(self, sid: str) -> tuple[str, ...]:
        return KEY_THREADS


@dataclass(frozen=True, slots=True)
class TimeStamped:
    """The registrar's word that it is now: what follows in the same commit was taken in at this instant."""

    ACT: ClassVar[str] = "time.stamp"
    RELEASE: ClassVar[str] = "R0"

    about: str

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


@dataclass(frozen=True, slots=True)
class Founding:
    """What a charter lays down besides its keys; an empty one has no rules, so its keys can't be changed."""

    rules: tuple[Rule, ...] = ()
    witnesses: tuple[Witness, ...] = ()
    absent_hours: int = 0


NOTHING = Founding()


def found(
    log: str, title: str, scope: str, keys: tuple[Key, ...], at: Instant, founding: Founding = NOTHING
) -> Outcome:
    """Lay down entry 0. An exercise's origin ends in `/exercise`, no other's does."""
    if (scope == "exercise") != log.endswith("/exercise"):
        return Refusal("origin_scope", values={"origin": log, "scope": scope})
    kind = CharterAdopted(title, scope, keys, founding.rules, founding.witnesses, founding.absent_hours)
    return Decision((drafted(kind, log, at, by_registrar=True),), {"roster": -1})


def stamp(standing: Standing, about: str, now: Instant) -> Decision:
    """The registrar's time for what comes in by file."""
    return Decision((drafted(TimeStamped(about), standing.log, now, by_registrar=True),), standing.reads)


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
