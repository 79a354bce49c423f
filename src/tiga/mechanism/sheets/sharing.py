"""Shared evidence and the duty to act on it (O-05): acknowledged, planned, acted on, confirmed.

Rules
1. What is released is what the mediators signed, letter for letter: the sharer gives it again, and another text is refused.
2. The clocks are those of the agreement's duty that `shared_evidence` starts; where it has none, of its deadlines
   `evidence_acknowledge`, `evidence_plan`, `evidence_action_report`, `evidence_verified`.
3. Only the addressed party answers. A late answer is taken; its clock says so. Silence is no admission, and no breach is
   set here.
4. What the party says it has done is a claim: each report stays beside the next. It is confirmed by what a team saw on a
   visit that was made, or by records, and by nothing else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiga.mechanism import access, guards
from tiga.mechanism.acts import Actor, Decision, Outcome, Refusal, Released, drafted, sealed
from tiga.mechanism.asks import Given
from tiga.mechanism.sheets.entries import (
    Due,
    SheetAcknowledged,
    SheetActed,
    SheetConfirmed,
    SheetPlanned,
    SheetShared,
)
from tiga.mechanism.sheets.folding import Sheet
from tiga.mechanism.sheets.proving import digest, found, releasable, wire
from tiga.record.disclosures import Disclosure
from tiga.values.moments import Instant, Span

if TYPE_CHECKING:
    from tiga.mechanism.standing import Standing

STAGES = ("acknowledge", "plan", "action_report", "verified")
"""The stages of a duty that acts of this room meet."""
OUTCOMES = ("sheet_met", "sheet_partly", "sheet_not_met")
BASES = ("sheet_team_access", "sheet_records")
"""Choices, as words; on the record they stand without the prefix."""


def stages(standing: Standing, party: str, now: Instant) -> tuple[tuple[Due, ...], str]:
    """What a party owes once evidence is shared with it, and who confirms; no stages where the agreement has none."""
    agreement = guards.agreement(standing)
    for duty in agreement.undertakings.duties:
        clause = agreement.clause(duty.clause)
        if duty.on == "shared_evidence" and party in (duty.binds or (clause.binds if clause else ())):
            rows = (
                Due(stage.name, now.plus(Span.parse(stage.within)), duty.zone, duty.clause)
                for stage in duty.stages if stage.name in STAGES
            )  # fmt: skip
            return tuple(rows), duty.discharged_by
    named = ((name, guards.due(standing, f"evidence_{name}", now)) for name in STAGES)
    return tuple(Due(name, *clock) for name, clock in named if clock), "team"


def share(standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: tuple[bytes, ...]) -> Outcome:
    """Release the version that was signed to the party it is about, and start its duty to act."""
    row = found(standing, sid, by, *guards.SIDE)
    if isinstance(row, Refusal):
        return row
    if row.shared is not None:
        return Refusal("sheet_shared", values={"at": row.shared.at.text()})
    if row.version is None or not row.version.complete:
        return Refusal("sheet_unverified")
    value = releasable(given)
    if isinstance(value, Refusal):
        return value
    if digest(sid, value) != row.version.kind.text:
        return Refusal("sheet_other_text")
    party = row.submitted.about
    rows, confirmed_by = stages(standing, party, now)
    if not rows:
        return Refusal("no_clock", values={"clock": "evidence_acknowledge"})
    values = (Released(Disclosure(draws[0], "sheet", value), "R2", party),)
    kind = SheetShared(sid, party, rows, sealed(values, draws[1:]), confirmed_by)
    return Decision((drafted(kind, standing.log, now, values),), standing.reads)


def acknowledge(
    standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: tuple[bytes, ...]
) -> Outcome:
    """The addressed party says that it has received the evidence; it says nothing of its truth."""
    row = _addressed(standing, sid, by)
    if isinstance(row, Refusal):
        return row
    if row.acknowledged is not None:
        return Refusal("sheet_acknowledged", values={"at": row.acknowledged.text()})
    return Decision((drafted(SheetAcknowledged(sid), standing.log, now),), standing.reads)


def plan(standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: tuple[bytes, ...]) -> Outcome:
    """The addressed party says what it means to do, to the mediators' side alone; that there is a plan is known to both."""
    row = _addressed(standing, sid, by)
    if isinstance(row, Refusal):
        return row
    values = (Released(Disclosure(draws[0], "plan", given.line("sheet_plan")), "R2", by.component),)
    kind = SheetPlanned(sid, sealed(values, draws[1:]))
    return Decision((drafted(kind, standing.log, now, values),), standing.reads)


def act(standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: tuple[bytes, ...]) -> Outcome:
    """The addressed party says what it has done; a figure is a range and names who said it."""
    row = _addressed(standing, sid, by)
    if isinstance(row, Refusal):
        return row
    counted, source = given.line("sheet_counted"), given.line("sheet_source")
    low, high = given.whole("sheet_low"), given.whole("sheet_high")
    if (counted or source or low or high) and not (counted and source):
        return Refusal("sheet_figure")
    if low > high:
        return Refusal("sheet_range", values={"low": str(low), "high": str(high)})
    kind = SheetActed(sid, given.line("said"), counted, low, high, source)
    return Decision((drafted(kind, standing.log, now),), standing.reads)


def confirm(standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: tuple[bytes, ...]) -> Outcome:
    """Say what a team saw, or records show, of the action last reported."""
    row = found(standing, sid, by, "monitor", "mediator")
    if isinstance(row, Refusal):
        return row
    if row.shared is None or not row.acted:
        return Refusal("sheet_not_acted")
    if row.state == "sheet_confirmed":
        return Refusal("sheet_done")
    if row.shared.kind.confirmed_by == "mediators" and by.role != "mediator":
        return Refusal("role", values={"role": by.role, "needed": "mediator"})
    basis, visit = wire(given, "sheet_basis"), given.text("sheet_visit")
    made = access.state(standing).requests.get(visit)
    if basis == "team_access" and (made is None or made.visit is None):
        return Refusal("sheet_visit_unmade")
    visit = visit if basis == "team_access" else ""
    kind = SheetConfirmed(sid, row.acted[-1].sid, wire(given, "sheet_outcome"), basis, given.line("said"), visit)
    return Decision((drafted(kind, standing.log, now),), standing.reads)


def _addressed(standing: Standing, sid: str, by: Actor) -> Sheet | Refusal:
    """A shared sheet that this person's party has to answer."""
    row = found(standing, sid, by, "liaison")
    if isinstance(row, Refusal):
        return row
    if row.shared is None:
        return Refusal("sheet_not_shared")
    if by.component != row.shared.kind.party:
        return Refusal("sheet_not_addressed", values={"party": row.shared.kind.party})
    return Refusal("sheet_done") if row.state == "sheet_confirmed" else row
