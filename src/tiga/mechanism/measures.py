"""Measures: what follows a violation, computed by the agreement's ladder, signed by a quorum, complied with and verified.

Rules
1. No measure without a determination in force (domain.md b.6, invariant 1), one set of measures for an issue, once.
2. Same entries, same agreement version: same measure and same explanation, byte for byte (invariant 3). The entry cites
   the SHA-256 of both.
3. Only determinations in force before it count as precedents; a report never does (invariant 2).
4. The executor reports, somebody else verifies.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from tiga.agreement import ladder
from tiga.agreement.clauses import Agreement
from tiga.agreement.ladder import Imposed, Past, Situation
from tiga.mechanism import explanation
from tiga.mechanism.acts import Refusal
from tiga.mechanism.determinations import Determination, Ruled
from tiga.record import canonical
from tiga.values.moments import Instant, Span

if TYPE_CHECKING:
    from tiga.mechanism.standing import Standing


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that a measure asks: its type in the agreement, who executes it, until when, how long it stays."""

    id: str
    executor: str
    due: Instant
    clause: str
    beneficiary: str = ""
    expiry: str = ""
    amount: str = ""
    currency: str = ""


@dataclass(frozen=True, slots=True)
class MeasureImposed:
    ACT: ClassVar[str] = "measure.impose"
    RELEASE: ClassVar[str] = "R1"

    case: str
    determination: str
    issue: str
    party: str
    step: int
    items: tuple[Item, ...]
    explanation: str
    agreement: str
    form: str = ""

    def threads(self, sid: str) -> tuple[str, ...]:
        return (f"case:{self.case}", f"party:{self.party}")


@dataclass(frozen=True, slots=True)
class ComplianceReported:
    ACT: ClassVar[str] = "compliance.report"
    RELEASE: ClassVar[str] = "R1"

    case: str
    measure: str
    item: str
    party: str
    text: str

    def threads(self, sid: str) -> tuple[str, ...]:
        return (f"case:{self.case}", f"party:{self.party}")


@dataclass(frozen=True, slots=True)
class ComplianceVerified:
    ACT: ClassVar[str] = "compliance.verify"
    RELEASE: ClassVar[str] = "R1"

    case: str
    measure: str
    item: str
    party: str
    met: bool
    text: str

    def threads(self, sid: str) -> tuple[str, ...]:
        return (f"case:{self.case}", f"party:{self.party}")


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure and what has become of it: who signed, since when in force, items reported and verified (and when).

    `counted` are the determinations and measures that its step counted. While there are `stays` it asks nothing; `away` are
    past stays, since when and until when. `ended` is when it was annulled, varied, superseded or stepped up (`ending`)."""

    sid: str
    index: int
    at: Instant
    imposed: MeasureImposed
    signers: tuple[str, ...]
    in_force: Instant | None = None
    reported: dict[str, Instant] = field(default_factory=dict)
    verified: dict[str, Instant] = field(default_factory=dict)
    refused: dict[str, Instant] = field(default_factory=dict)
    counted: tuple[str, ...] = ()
    stays: tuple[str, ...] = ()
    stayed: Instant | None = None
    away: tuple[tuple[Instant, Instant], ...] = ()
    ended: Instant | None = None
    ending: str = ""

    @property
    def complied(self) -> bool:
        return self.in_force is not None and all(item.id in self.verified for item in self.imposed.items)

    def unmet(self, now: Instant) -> bool:
        """In force and not stayed, and an item's due instant had passed by `now` without its being verified."""
        if self.in_force is None or self.stayed is not None or (self.ended is not None and self.ended <= now):
            return False
        verified = {item for item, at in self.verified.items() if at <= now}
        return any(self.due(item) <= now and item.id not in verified for item in self.imposed.items)

    def due(self, item: Item) -> Instant:
        """When an item is due: a stay that began before then adds the time that it took."""
        due = item.due
        for since, until in self.away:
            if since < due:
                due = Instant(due.ms + until.ms - since.ms)
        return due


@dataclass(frozen=True, slots=True)
class Computed:
    """What the ladder gives for one issue: the step, the items and the explanation's canonical bytes."""

    step: int
    items: tuple[Item, ...]
    explanation: bytes

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.explanation).hexdigest()


def situation(
    standing: Standing, determination: Determination, ruled: Ruled, at: Instant, known: Instant | None = None
) -> Situation:
    """What stands against the party at `at`: violations in force and measures, without the issue in hand. Of several
    violations of one case all but the gravest, and all beside the issue in hand, are marked where the agreement counts one.

    With `known` it is read with what is known at that later instant: what was annulled since is left out.
    """
    agreement, past = standing.agreement, []
    if agreement is None:
        return Situation(ruled.occurred, ruled.severity)
    for sid, other in sorted(standing.determinations.items()):
        held = other.ruled_at(known or at) if other.in_force and other.in_force <= at else ()
        rows = [row for row in held if row.party == ruled.party and row.disposition == "violation"]
        gravest = max(rows, key=lambda row: agreement.weight(row.severity), default=None)
        for row in rows:
            again = agreement.counted_once and (sid == determination.sid or row is not gravest)
            if (sid, row.issue) != (determination.sid, ruled.issue):
                past.append(Past(f"{sid}#{row.issue}", row.occurred, row.severity, again))
    imposed = [
        Imposed(sid, measure.in_force, measure.imposed.step, measure.unmet(at))
        for sid, measure in sorted(standing.measures.items())
        if measure.imposed.party == ruled.party
        and measure.in_force is not None
        and measure.in_force <= at
        and (measure.ended is None or measure.ending == "stepped_up" or measure.ended > (known or at))
    ]
    return Situation(ruled.occurred, ruled.severity, tuple(past), tuple(imposed))


def counted(standing: Standing, determination: Determination, ruled: Ruled, at: Instant) -> tuple[str, ...]:
    """The determinations and measures that the step reached at `at` counts, beside the determination in hand."""
    agreement = standing.agreement
    if agreement is None:
        return ()
    facts = situation(standing, determination, ruled, at)
    try:
        readings = ladder.read(agreement.ladder, facts, Span.parse(agreement.decay.value))
        step = ladder.reached(readings)
    except ladder.Ambiguous:
        return ()
    rows = (row for reading in readings if reading.step is step for group in reading.groups for row in group)
    ids = {id.partition("#")[0] for row in rows if row.holds for id in row.counted}
    ids |= {standing.measures[sid].imposed.determination for sid in ids & set(standing.measures)}
    return tuple(sorted(ids - {determination.sid}))


def compute(
    standing: Standing, determination: Determination, ruled: Ruled, at: Instant, known: Instant | None = None,
    form: str = explanation.FORMS[-1],
) -> Computed | Refusal:  # fmt: skip
    """The measure that the agreement gives for a violation, with its explanation; pure in (agreement, entries, at).

    `form` is the explanation's shape; an entry that names none has the first.
    """
    agreement = standing.agreement
    if agreement is None:
        return Refusal("no_agreement")
    facts = situation(standing, determination, ruled, at, known)
    around = _around(standing, determination, ruled, at) if form == explanation.FORMS[1] else None
    reasoned = explanation.reason(agreement, standing.agreement_sha256, determination, ruled, facts, at, around)
    if isinstance(reasoned, Refusal):
        return reasoned
    items = asked(agreement, reasoned.measures, ruled.party, at)
    if isinstance(items, Refusal):
        return items
    document = explanation.document(reasoned, agreement, items)
    return Computed(reasoned.step, items, canonical.encode(document))


def asked(agreement: Agreement, ids: tuple[str, ...], party: str, at: Instant) -> tuple[Item, ...] | Refusal:
    """What the measures of a step ask of a party from `at` on."""
    items = []
    for measure_id in ids:
        kind = agreement.measure(measure_id)
        if kind is None:
            return Refusal("measure_unknown", values={"measure": measure_id})
        executor = party if kind.executor == "accused_party" else kind.executor
        due = at.plus(Span.parse(kind.within))
        items.append(
            Item(kind.id, executor, due, kind.clause, kind.beneficiary, kind.expiry, kind.amount, kind.currency)
        )
    return tuple(items)


def _around(standing: Standing, determination: Determination, ruled: Ruled, at: Instant) -> explanation.Around:
    """What stands around the measure for an issue at an instant, from the case's and the party's threads."""
    case = standing.cases.get(determination.issued.case)
    papers = [standing.papers[sid].kind for sid in (case.course.deferrals if case else ())]
    instead = [
        (sid, row.imposed.step, "recomputed" if doubted(row) else "stepped_up")
        for sid, row in sorted(standing.measures.items())
        if (row.imposed.determination, row.imposed.issue) == (determination.sid, ruled.issue)
        and row.in_force is not None and row.ended is None
    ]  # fmt: skip
    annulled = [
        sid for sid, row in sorted(standing.determinations.items())
        if row.ended is not None and row.ended <= at and any(one.party == ruled.party for one in row.issued.ruled)
    ]  # fmt: skip
    until = tuple(sorted(kind.until for kind in papers if kind.issue == ruled.issue))
    return explanation.Around(standing.agreement_since, until, tuple(instead), tuple(annulled))


def doubted(measure: Measure) -> bool:
    """Whether a measure is stayed because a violation that it counted is in doubt or no longer stands."""
    return any(reason.startswith("precedent:") for reason in measure.stays)
