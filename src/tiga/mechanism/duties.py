"""Duties with stages: what starts one, what the party bound answers, what a check says of it (domain.md e, O-05; g.6, g.11).

Rules
1. A duty of the agreement starts for one party it binds, on a stated ground. Its stages' clocks all run from the start.
2. The party answers the stages, in any order: nothing told is turned away. An action report is a claim
   (`claimed_fulfilled`), never a fact. A figure is a range with who says it; a later report stands beside the earlier.
3. A check names the part of the acceptance that was looked at, how, and why; nobody of the bound side checks, nor anybody
   before the party has reported or its last clock has ended. Each part counts by its last check; with all parts met the
   duty is `verified`, and by nothing else: people moved elsewhere are what the acceptance says of that.
4. A late answer is taken and marked. `overdue` is told by the clock alone; nothing here says `breached`. `duty.refer` says
   that a complaint may be lodged and by whom: the complaint, if any, is somebody's own act, and becomes a case like others.
5. A clock is extended by a mediator's signed act, to a later instant, with a reason, before the stage is answered.
6. All entries are R1: both parties read every word. What only some may read is named by its object's sid, or deposited.

Not done here: starting a duty without somebody's act, ending one whose ground has gone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, cast

from tiga.agreement.clauses import Agreement, Clause
from tiga.agreement.undertakings import Duty
from tiga.mechanism import access, guards
from tiga.mechanism.acts import Actor, Decision, Drafted, Outcome, Refusal, drafted
from tiga.mechanism.asks import Ask, Deed, Given, Sight
from tiga.mechanism.duty_entries import (
    STAGES,
    VERIFIED,
    Answer,
    DutyAnswered,
    DutyChecked,
    DutyExtended,
    DutyReferred,
    DutyStarted,
    Figure,
    Part,
    Running,
    StageDue,
    facts,
)
from tiga.record.entries import Entry
from tiga.values.moments import Instant, Span
from tiga.values.words import pick

if TYPE_CHECKING:
    from tiga.mechanism.standing import Standing

NAME, PREFIX = "duty", "O"
PARTS_LIMIT = 12
"""Parts of one duty's acceptance."""
_OBJECT = re.compile(r"[a-z]+:[A-Za-z0-9_-]{43}")


@dataclass(slots=True)
class State:
    duties: dict[str, Running] = field(default_factory=dict)


def state(standing: Standing) -> State:
    return cast(State, standing.affairs.states[NAME]) if standing.affairs is not None else State()


# ---- deciders


def start(
    standing: Standing, duty_id: str, party: str, ground: str, now: Instant, *, of: tuple[str, ...] = (),
    acceptance: tuple[str, ...] = (), by_registrar: bool = True,
) -> Drafted | Refusal:  # fmt: skip
    """The entry that starts a duty, for whoever enters it in one step with what starts it (an evidence sheet's sharing).

    `ground` is read by both parties; `of` names objects as `concept:sid`; `acceptance` adds to what the agreement asks.
    """
    agreement = guards.agreement(standing)
    duty = agreement.undertakings.duty(duty_id)
    if duty is None:
        return Refusal("duty_undefined", values={"duty": duty_id})
    clause = agreement.clause(duty.clause)
    if party not in (duty.binds or (clause.binds if clause else ()) or guards.parties(standing)):
        return Refusal("not_bound", duty.clause, {"party": party})
    if not duty.stages:
        return Refusal("no_clock", duty.clause, {"clock": duty.id})
    unknown = [stage.name for stage in duty.stages if stage.name not in (*STAGES, VERIFIED)]
    if unknown:
        return Refusal("duty_stage_unknown", duty.clause, {"stage": unknown[0]})
    parts = _parts(duty, acceptance)
    if not 0 < len(parts) <= PARTS_LIMIT:
        return Refusal("duty_acceptance_count", duty.clause, {"limit": str(PARTS_LIMIT)})
    stages = tuple(StageDue(stage.name, now.plus(Span.parse(stage.within))) for stage in duty.stages)
    kind = DutyStarted(
        duty.id,
        party,
        duty.on,
        ground,
        stages,
        parts,
        duty.zone,
        duty.clause,
        duty.discharged_by,
        tuple(dict.fromkeys(of)),
    )
    return drafted(kind, standing.log, now, by_registrar=by_registrar)


def _parts(duty: Duty, more: tuple[str, ...]) -> tuple[Part, ...]:
    """The agreement's parts of the acceptance, then those that were named at the start, numbered."""
    texts = (*(pick(text, "en")[0] for text in duty.acceptance), *more)
    return tuple(Part(f"a{number}", text) for number, text in enumerate(texts, 1))


def begin(standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: tuple[bytes, ...]) -> Outcome:
    """The mediators' side starts a duty for a party."""
    refusal = guards.acting(standing, by, *guards.SIDE)
    if refusal:
        return refusal
    case, named = given.text("case"), given.text("duty_object")
    if case and case not in standing.cases:
        return Refusal("case_unknown", values={"case": case})
    if named and (not _OBJECT.fullmatch(named) or standing.reads.get(named, -1) < 0):
        return Refusal("duty_object_unknown", values={"object": named})
    lines = (" ".join(line.split()) for line in given.text("duty_acceptance").splitlines())
    made = start(
        standing, given.text("duty"), given.text("party"), given.line("duty_ground"), now,
        of=tuple(filter(None, (case and f"case:{case}", named))), acceptance=tuple(filter(None, lines)), by_registrar=False,
    )  # fmt: skip
    return made if isinstance(made, Refusal) else Decision((made,), standing.reads)


def answer(standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: tuple[bytes, ...]) -> Outcome:
    """The party bound answers a stage: it acknowledges, plans, or reports what it says was done."""
    row = state(standing).duties.get(sid)
    refusal = guards.acting(standing, by, "liaison") or _open(row)
    if refusal or row is None:
        return refusal or Refusal("duty_unknown")
    clause, stage = row.started.clause, _bare(given.text("duty_stage"))
    if by.component != row.started.party:
        return Refusal("duty_of_other", clause, {"party": row.started.party})
    if stage not in row.due:
        return Refusal("duty_stage_not_asked", clause)
    if stage == "acknowledge" and row.met(stage) is not None:
        return Refusal("duty_stage_answered", clause)
    parts = [given.line(name) for name in ("duty_counted", "duty_low", "duty_high", "duty_teller")]
    figures: tuple[Figure, ...] = ()
    if any(parts):
        if not all(parts):
            return Refusal("duty_figure_bare", clause)
        if given.whole("duty_low") > given.whole("duty_high"):
            return Refusal("duty_figure_backwards", clause)
        figures = (Figure(parts[0], given.whole("duty_low"), given.whole("duty_high"), parts[3]),)
    kind = DutyAnswered(sid, by.component, stage, given.line("said"), figures)
    return Decision((drafted(kind, standing.log, now),), standing.reads)


def verify(standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: tuple[bytes, ...]) -> Outcome:
    """A monitor or mediator says whether a part of the acceptance is met; where mediators confirm, a mediator alone."""
    row = state(standing).duties.get(sid)
    mediators = row is not None and row.started.confirms == "mediators"
    refusal = guards.acting(standing, by, *(("mediator",) if mediators else ("monitor", "mediator")))
    if refusal or row is None:
        return refusal or Refusal("duty_unknown")
    clause, part, visit = row.started.clause, given.text("duty_part"), given.text("duty_visit")
    if by.component == row.started.party:
        return Refusal("duty_own_side", clause, {"party": by.component})
    if part not in row.outcomes:
        return Refusal("duty_part_unknown", clause, {"known": ", ".join(row.outcomes)})
    if row.met("action_report") is None and now < row.last():
        return Refusal("duty_unreported", clause, {"due": row.last().text()})
    asked = access.state(standing).requests.get(visit)
    if visit and (asked is None or asked.visit is None or asked.asked.party != row.started.party):
        return Refusal("duty_visit_unmade", clause)
    kind = DutyChecked(
        sid, part, _bare(given.text("outcome")), _bare(given.text("method")), given.line("reason"), visit
    )  # fmt: skip
    return Decision((drafted(kind, standing.log, now),), standing.reads)


def extend(standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: tuple[bytes, ...]) -> Outcome:
    """A mediator gives a stage that nobody has answered more time."""
    row = state(standing).duties.get(sid)
    refusal = guards.acting(standing, by, "mediator") or _open(row)
    if refusal or row is None:
        return refusal or Refusal("duty_unknown")
    stage, due = _bare(given.text("duty_stage")), given.moment("due")
    assert due is not None  # asked for
    if stage not in row.due:
        return Refusal("duty_stage_not_asked", row.started.clause)
    if row.met(stage) is not None:
        return Refusal("duty_stage_answered", row.started.clause)
    floor = max(row.due[stage], now)
    if due <= floor:
        return Refusal("duty_due_not_later", row.started.clause, {"due": floor.text()})
    kind = DutyExtended(sid, stage, row.due[stage], due, given.line("reason"))
    return Decision((drafted(kind, standing.log, now),), standing.reads)


def refer(standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: tuple[bytes, ...]) -> Outcome:
    """The mediators' side notes that a complaint may be lodged; the software lodges none."""
    row = state(standing).duties.get(sid)
    refusal = guards.acting(standing, by, *guards.SIDE) or _open(row)
    if refusal or row is None:
        return refusal or Refusal("duty_unknown")
    agreement = guards.agreement(standing)
    party, clause_id, code = row.started.party, row.started.clause, given.text("act")
    clause = agreement.clause(clause_id)
    codes = clause.codes if clause else ()
    if code not in codes:
        return Refusal("act_not_in_provision", clause_id, {"acts": code, "codes": ", ".join(codes)})
    provision = _prohibition(agreement, code, party)
    if provision is None:
        return Refusal("duty_no_provision", clause_id, {"act": code, "party": party})
    ends = [due for stage, due in row.due.items() if stage != VERIFIED and row.met(stage) is None]
    failed = any(outcome in ("not_met", "partly") for outcome in row.outcomes.values())
    first = min((*ends, row.last()) if failed else ends, default=None)
    if first is None:
        return Refusal("duty_answered", clause_id)
    if now < first:
        return Refusal("duty_runs", clause_id, {"due": first.text()})
    others = tuple(name for name in guards.parties(standing) if name != party)
    kind = DutyReferred(sid, party, provision.id, code, others, given.line("reason"))
    return Decision((drafted(kind, standing.log, now),), standing.reads)


def _prohibition(agreement: Agreement, code: str, party: str) -> Clause | None:
    """The first prohibition that binds a party and speaks of an act: a complaint is lodged under one."""
    rows = (clause for clause in agreement.clauses if clause.kind == "prohibition")
    return next((clause for clause in rows if code in clause.codes and party in clause.binds), None)


def _open(row: Running | None) -> Refusal | None:
    if row is None:
        return Refusal("duty_unknown")
    return Refusal("duty_verified", row.started.clause) if row.verified is not None else None


def _bound(standing: Standing, sid: str, by: Actor) -> bool:
    """Whether the duty is this actor's party's."""
    row = state(standing).duties.get(sid)
    return row is not None and by.component == row.started.party


def _checks(standing: Standing, sid: str, by: Actor) -> bool:
    """Whether this actor may check the duty: a mediator alone where mediators confirm."""
    row = state(standing).duties.get(sid)
    return row is not None and (row.started.confirms != "mediators" or by.role == "mediator")


def _bare(value: str) -> str:
    """A choice without the concept's prefix, which only its word needs."""
    return value.removeprefix("duty_")


# ---- fold


def _started(own: State, standing: Standing, kind: DutyStarted, entry: Entry) -> None:
    own.duties[entry.sid] = Running(entry.sid, entry.index, standing.now, kind)


def _answered(own: State, standing: Standing, kind: DutyAnswered, entry: Entry) -> None:
    if row := own.duties.get(kind.duty):
        late = row.met(kind.stage) is None and standing.now > row.due.get(kind.stage, standing.now)
        told = Answer(entry.index, standing.now, late, kind)
        own.duties[kind.duty] = replace(row, answers=(*row.answers, told))


def _checked(own: State, standing: Standing, kind: DutyChecked, entry: Entry) -> None:
    if row := own.duties.get(kind.duty):
        own.duties[kind.duty] = replace(row, checks=(*row.checks, (entry.index, standing.now, kind)))


def _extended(own: State, standing: Standing, kind: DutyExtended, entry: Entry) -> None:
    if row := own.duties.get(kind.duty):
        own.duties[kind.duty] = replace(row, extensions=(*row.extensions, (standing.now, kind)))


def _referred(own: State, standing: Standing, kind: DutyReferred, entry: Entry) -> None:
    if row := own.duties.get(kind.duty):
        own.duties[kind.duty] = replace(row, referrals=(*row.referrals, (standing.now, kind)))


# ---- what is seen


def objects(standing: Standing) -> tuple[str, ...]:
    return tuple(state(standing).duties)


def sight(standing: Standing, sid: str) -> Sight | None:
    """A duty as it stands, with the clocks of its stages."""
    row = state(standing).duties.get(sid)
    if row is None:
        return None
    return Sight(
        sid, NAME, row.index, row.at, f"duty_{row.state}", row.started.ground, "R1", facts(row),
        open=row.verified is None, clocks=row.clocks(),
    )  # fmt: skip


KINDS = (DutyStarted, DutyAnswered, DutyChecked, DutyExtended, DutyReferred)
FOLDS = {
    DutyStarted.ACT: _started, DutyAnswered.ACT: _answered, DutyChecked.ACT: _checked, DutyExtended.ACT: _extended,
    DutyReferred.ACT: _referred,
}  # fmt: skip
OPEN = ("duty_started", "duty_checked", *(f"duty_{told}" for told in STAGES.values()))
_ANSWERED = "|".join(f"duty_{stage}" for stage in STAGES)
DEEDS = (
    Deed(
        "duty.start", NAME, guards.SIDE, begin, new=True, reads=("case:{case}", "{duty_object}"),
        asks=(Ask("duty", "choice", "duties"), Ask("party", "choice", "parties"), Ask("duty_ground"),
              Ask("duty_acceptance", "text", required=False), Ask("case", "object", "case", required=False),
              Ask("duty_object", required=False)),
    ),
    Deed(
        "duty.answer", NAME, ("liaison",), answer, states=OPEN, fits=_bound,
        asks=(Ask("duty_stage", "choice", _ANSWERED), Ask("said", "text"), Ask("duty_counted", required=False),
              Ask("duty_low", "whole", required=False), Ask("duty_high", "whole", required=False),
              Ask("duty_teller", required=False)),
    ),
    Deed(
        "duty.verify", NAME, ("monitor", "mediator"), verify, reads=("access:{duty_visit}",), fits=_checks,
        asks=(Ask("duty_part"), Ask("outcome", "choice", "duty_met|duty_not_met|duty_partly"),
              Ask("method", "choice", "duty_team_access|duty_records"), Ask("reason", "text"),
              Ask("duty_visit", "object", "access", required=False)),
    ),
    Deed(
        "duty.extend", NAME, ("mediator",), extend, states=OPEN,
        asks=(Ask("duty_stage", "choice", f"{_ANSWERED}|duty_{VERIFIED}"), Ask("due", "moment"), Ask("reason")),
    ),
    Deed(
        "duty.refer", NAME, guards.SIDE, refer, states=OPEN, asks=(Ask("act", "choice", "acts"), Ask("reason", "text")),
    ),
)  # fmt: skip
