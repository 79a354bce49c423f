"""The custody of the record: what is sealed, released, erased, suppressed, listed, and witnessed by whom.

Rules
1. `report.seal` says nothing: no case, no actor, no time but the batch's. The sender's own signed note and the values lie
   in its disclosures; a cover has decoys instead. All of a batch look alike (record.md section 5).
   A `pouch.deposit`, a filing that its sender has encrypted to named recipients, is sealed in the same way: the two can't
   be told apart.
2. `value.release` lets more readers see a value; what was once released to somebody can't be called back.
3. `value.erase` names digests whose salt and value are deleted, and the ground. All proofs stay.
4. `entry.suppress` names entries whose bytes are deleted; their leaf hashes stay. It and `value.erase` need the hands that
   the charter asks for; they circulate as files, and are judged by `record.charter` when they come in.
5. `case.manifest` lists the case's entries below a size. Sealed ones among them are disclosed to those who may see them, and
   padded, so that nobody else learns that there are any.
6. `witness.absent` says that a component's witness had not cosigned an entry's head within the charter's hours: the act
   counts without it. Nobody has a veto, and the absence is on the record.

Source: record.md sections 5, 6 and 8. Not done here: keeping bytes (`store.vault`), counting cosignatures (`record`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from tiga.mechanism.acts import Actor, Decision, Outcome, Refusal, Released, drafted, sealed
from tiga.mechanism.charter import BATCH_MIN
from tiga.mechanism.reports import Salts
from tiga.record.disclosures import Disclosure
from tiga.values.moments import Instant

if TYPE_CHECKING:
    from tiga.mechanism.standing import Standing

MILESTONES = ("determination.issue", "measure.impose", "signature.add", "case.close")
"""Acts after which a case's manifest is made anew, where a determination is in force and no paper waits for signatures."""
POUCH_LIMIT = 17 * 1024 * 1024
"""Bytes of a filing encrypted by its sender."""
SEALED_DIGESTS = 8
"""Digests of every sealed entry, whatever it holds."""
LISTED_LIMIT = 6_000
"""Entries of one manifest: its text must fit an entry."""


@dataclass(frozen=True, slots=True)
class ReportSealed:
    ACT: ClassVar[str] = "report.seal"
    RELEASE: ClassVar[str] = "R1"

    sd: tuple[str, ...]

    def threads(self, sid: str) -> tuple[str, ...]:
        return (f"report:{sid}",)


@dataclass(frozen=True, slots=True)
class PouchDeposited:
    """A filing encrypted on the sender's machine, for the keys named: it stands inside a sealed entry, never alone."""

    ACT: ClassVar[str] = "pouch.deposit"
    RELEASE: ClassVar[str] = "R5"

    to: tuple[str, ...]
    party: str
    sd: tuple[str, ...]

    def threads(self, sid: str) -> tuple[str, ...]:
        return ()


@dataclass(frozen=True, slots=True)
class ValueReleased:
    ACT: ClassVar[str] = "value.release"
    RELEASE: ClassVar[str] = "R3"

    of: str
    digests: tuple[str, ...]
    level: str
    party: str = ""

    def threads(self, sid: str) -> tuple[str, ...]:
        return (f"report:{self.of}",)


@dataclass(frozen=True, slots=True)
class ValueErased:
    ACT: ClassVar[str] = "value.erase"
    RELEASE: ClassVar[str] = "R3"

    of: str
    digests: tuple[str, ...]
    ground: str

    def threads(self, sid: str) -> tuple[str, ...]:
        return (f"report:{self.of}", "erased")


@dataclass(frozen=True, slots=True)
class EntrySuppressed:
    ACT: ClassVar[str] = "entry.suppress"
    RELEASE: ClassVar[str] = "R0"

    indices: tuple[int, ...]
    ground: str

    def threads(self, sid: str) -> tuple[str, ...]:
        return ("roster", "suppressed")


@dataclass(frozen=True, slots=True)
class CaseManifest:
    ACT: ClassVar[str] = "case.manifest"
    RELEASE: ClassVar[str] = "R1"

    case: str
    size: int
    entries: tuple[int, ...]
    sd: tuple[str, ...] = ()

    def threads(self, sid: str) -> tuple[str, ...]:
        return (f"case:{self.case}",)


@dataclass(frozen=True, slots=True)
class WitnessAbsent:
    ACT: ClassVar[str] = "witness.absent"
    RELEASE: ClassVar[str] = "R0"

    component: str
    index: int
    hours: int

    def threads(self, sid: str) -> tuple[str, ...]:
        return ("roster",)


def cover(decoys: tuple[bytes, ...], log: str, at: Instant) -> Decision:
    """A sealed entry that holds nothing."""
    return Decision((drafted(ReportSealed(sealed((), decoys, SEALED_DIGESTS)), log, at, by_registrar=True),), {})


def seal(
    note: str, values: tuple[Released, ...], salt: bytes, decoys: tuple[bytes, ...], log: str, at: Instant
) -> Decision:
    """Seal a filing: `note` is the sender's own signed `report.file`, `values` what that one commits to."""
    filing = Released(Disclosure(salt, "filing", {"note": note}), "R3")
    whole = (filing, *values)
    kind = ReportSealed(sealed(whole, decoys, SEALED_DIGESTS))
    return Decision((drafted(kind, log, at, whole, by_registrar=True),), {})


def pouch(
    standing: Standing, to: tuple[str, ...], blob: dict[str, str | int], by: Actor, now: Instant, salts: Salts
) -> Outcome:
    """Hand in a filing that only its recipients can open; `blob` gives SHA-256, length and media type of the ciphertext."""
    if by.role not in ("liaison", "mediator", "monitor"):
        return Refusal("role", values={"role": by.role, "needed": "liaison"})
    unknown = sorted(name for name in to if name not in standing.keys or not standing.keys[name].seal)
    if unknown or not to:
        return Refusal("no_seal_key", values={"member": unknown[0] if unknown else "-"})
    if not 0 < int(blob["len"]) <= POUCH_LIMIT:
        return Refusal("evidence_length", values={"limit": str(POUCH_LIMIT)})
    values = (Released(Disclosure(salts[0], "pouch", blob), "R5"),)
    kind = PouchDeposited(tuple(sorted(set(to))), by.component, sealed(values, salts[1:]))
    return Decision((drafted(kind, standing.log, now, values),), standing.reads, confidential=True)


def release(
    standing: Standing, of: str, held: dict[str, str], digests: tuple[str, ...], level: str, party: str, by: Actor,
    now: Instant,
) -> Outcome:  # fmt: skip
    """Let both parties (R1) or one (R2) see values of a report; `held` gives the present level of each digest it has."""
    if by.role not in ("mediator", "secretariat"):
        return Refusal("role", values={"role": by.role, "needed": "mediator"})
    if of not in standing.reports:
        return Refusal("report_unknown", values={"report": of})
    parties = {row.id for row in standing.agreement.parties} if standing.agreement else set()
    if level not in ("R1", "R2") or (level == "R2") != (party in parties):
        return Refusal("release_unknown", values={"release": level})
    wanted = tuple(sorted(set(digests)))
    if not wanted or any(digest not in held or held[digest] in ("R4", "R5") for digest in wanted):
        return Refusal("value_unreleasable", values={"report": of})
    return Decision((drafted(ValueReleased(of, wanted, level, party), standing.log, now),), standing.reads)


def manifest(
    standing: Standing, case: str, size: int, entries: tuple[int, ...], hidden: tuple[int, ...], salts: tuple[bytes, ...],
    now: Instant,
) -> Outcome:  # fmt: skip
    """List a case's entries below `size`; `hidden` are indices of sealed ones, one salt each, then decoys."""
    if case not in standing.cases:
        return Refusal("case_unknown", values={"case": case})
    if len(entries) > LISTED_LIMIT:
        return Refusal("manifest_long", values={"limit": str(LISTED_LIMIT)})
    values = tuple(
        Released(Disclosure(salt, "sealed", index), "R3") for index, salt in zip(hidden, salts, strict=False)
    )
    wanted = max(SEALED_DIGESTS, -(-len(values) // 4) * 4)
    kind = CaseManifest(case, size, tuple(sorted(entries)), sealed(values, salts[len(values) :], wanted))
    return Decision((drafted(kind, standing.log, now, values, by_registrar=True),), standing.reads)


def absent(standing: Standing, component: str, index: int, hours: int, now: Instant) -> Outcome:
    """Put on the record that a witness stayed away."""
    if (component, index) in standing.absences:
        return Refusal("absence_known", values={"component": component})
    return Decision(
        (drafted(WitnessAbsent(component, index, hours), standing.log, now, by_registrar=True),), standing.reads
    )


def batch_size(standing: Standing) -> int:
    """Sealed entries entered at once, as the charter says."""
    return max(BATCH_MIN, standing.batch[0])
