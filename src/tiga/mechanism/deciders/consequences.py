"""Deciding on what follows a finding beside measures: confirmation, the end of a stay, deferral, opinion.

Rules
1. A finding that has lost a support stands only if a quorum confirms it without that support, and what is left still
   meets what a finding needs; else the panel puts a new one. Where the reports of its incident changed (`binding`), it
   stands as it was made, and the panel confirms it on the reports as they are, with a reason; what was taken out of the
   incident bears it no more.
2. A measure stayed for a precedent is released only where the ladder, read with what stands now, gives the same step; else
   it is computed again (`imposing.impose`).
3. A deferral is a signed, reasoned exception until a day (IGAD): it stays visible, and the ladder is not changed by it.
4. Where the authority is advisory the panel may give an opinion. It is never worded as a determination, and moves nothing;
   where there is no authority there is not even that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiga.mechanism import binding, guards, mandates, measures
from tiga.mechanism.acts import Actor, Decision, Outcome, Refusal, drafted
from tiga.mechanism.asks import Given
from tiga.mechanism.cases import Case, working
from tiga.mechanism.course import FindingConfirmed, MeasureDeferred, OpinionGiven, StayLifted, View
from tiga.mechanism.deciders.adoption import origins
from tiga.mechanism.findings import INDEPENDENT_MIN, Held
from tiga.values.moments import Instant

if TYPE_CHECKING:
    from tiga.mechanism.standing import Standing

Draws = tuple[bytes, ...]
VIEWS = ("facts_fall_under", "facts_do_not_fall_under", "cannot_say")


def _on(standing: Standing, sid: str, by: Actor, act: str) -> Case | Refusal:
    case = standing.cases.get(sid)
    refusal = working(standing, case, by) or mandates.may_sign(standing, act, by)
    if refusal or case is None:
        return refusal or Refusal("no_agreement")
    return case


def may_confirm(standing: Standing, sid: str, by: Actor, now: Instant) -> Refusal | None:
    """What a confirmation asks: a finding in force that has lost a support, or whose reports changed, and that can stand with
    what is left."""
    case = _on(standing, sid, by, "finding.confirm")
    if isinstance(case, Refusal):
        return case
    finding = standing.findings.get(case.finding)
    if finding is None or finding.in_force is None:
        return Refusal("no_finding")
    if not case.flags and not binding.changed(standing, sid):
        return Refusal("not_flagged")
    out = binding.unlinked(standing, finding)
    return next((refusal for held in finding.adopted.held if (refusal := _still(standing, case, held, out))), None)


def confirm(standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: Draws) -> Outcome:
    """Put the confirmation of a finding, without what was discredited and on the reports as they are, with the first
    signature."""
    if refusal := may_confirm(standing, sid, by, now):
        return refusal
    case = standing.cases[sid]
    finding = standing.findings[case.finding]
    ruling = standing.determinations.get(case.determination)
    parties = {row.party for row in ruling.issued.ruled} if ruling else set()
    bound = binding.of(standing, finding.sid) is not None
    claims = binding.claims(standing, case.opened.incident, named=True) if bound else ()
    kind = FindingConfirmed(
        sid, finding.sid, given.line("reason"), tuple(sorted(set(case.flags))), tuple(sorted(parties)), claims
    )
    return Decision((drafted(kind, standing.log, now),), standing.reads)


def _still(standing: Standing, case: Case, held: Held, out: tuple[str, ...]) -> Refusal | None:
    """Whether an issue that is held established still has what it needs without the reports flagged now or before, and those
    taken out of the incident."""
    if held.holding != "established":
        return None
    left = tuple(sid for sid in held.supports if sid not in (*case.flags, *case.course.confirmed, *out))
    if not left:
        return Refusal("support_missing", values={"issue": held.issue})
    if len(origins(standing, left)) < INDEPENDENT_MIN and "single_source" not in held.limitations:
        return Refusal("single_origin", values={"issue": held.issue})
    return None


def may_release(standing: Standing, sid: str, by: Actor, now: Instant) -> Refusal | None:
    """What the end of a stay asks: a measure of the case that is stayed for a precedent."""
    case = _on(standing, sid, by, "measure.release")
    if isinstance(case, Refusal):
        return case
    return guards.any_passes(_releasable(standing, sid, one) for one in case.measures or ("",))


def _releasable(standing: Standing, sid: str, one: str) -> Refusal | None:
    """Whether a measure of a case is stayed for a precedent."""
    measure = standing.measures.get(one)
    if measure is None or measure.imposed.case != sid:
        return Refusal("measure_unknown", values={"measure": one})
    return None if measures.doubted(measure) else Refusal("not_stayed")


def release(standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: Draws) -> Outcome:
    """Put the end of a measure's stay for a precedent, with the first signature."""
    case = _on(standing, sid, by, "measure.release")
    refusal = case if isinstance(case, Refusal) else _releasable(standing, sid, given.text("measure"))
    if refusal:
        return refusal
    measure = standing.measures[given.text("measure")]
    reason = next(row for row in measure.stays if row.startswith("precedent:"))
    ruling = standing.determinations[measure.imposed.determination]
    ruled = next((row for row in ruling.ruled if row.issue == measure.imposed.issue), None)
    if ruled is None or ruled.disposition != "violation":
        return Refusal("no_violation", values={"issue": measure.imposed.issue})
    again = measures.compute(standing, ruling, ruled, measure.at, known=now)
    if isinstance(again, Refusal) or again.step != measure.imposed.step:
        return Refusal("step_differs", values={"step": "-" if isinstance(again, Refusal) else str(again.step)})
    kind = StayLifted(sid, measure.sid, measure.imposed.party, reason, given.line("reason"))
    return Decision((drafted(kind, standing.log, now),), standing.reads)


def may_defer(standing: Standing, sid: str, by: Actor, now: Instant) -> Refusal | None:
    """What a deferral asks: a violation that is ruled, and no measure on it."""
    case = _on(standing, sid, by, "measure.defer")
    if isinstance(case, Refusal):
        return case
    issues = [issue.id for issue in case.breaches] or [""]
    return guards.any_passes(_deferrable(standing, case, issue) for issue in issues)


def _deferrable(standing: Standing, case: Case, issue: str) -> Refusal | None:
    """Whether the measure on an issue may be deferred."""
    ruling = standing.determinations.get(case.determination)
    if ruling is None or ruling.in_force is None:
        return Refusal("no_determination")
    ruled = next((row for row in ruling.ruled if row.issue == issue), None)
    if ruled is None or ruled.disposition != "violation":
        return Refusal("no_violation", values={"issue": issue})
    if any(
        standing.measures[one].imposed.issue == issue and standing.measures[one].ended is None for one in case.measures
    ):
        return Refusal("measure_exists", values={"issue": issue})
    return None


def defer(standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: Draws) -> Outcome:
    """Put the deferral of the measure on an issue until a day, with the first signature."""
    case, issue = _on(standing, sid, by, "measure.defer"), given.text("issue")
    if isinstance(case, Refusal):
        return case
    if refusal := _deferrable(standing, case, issue):
        return refusal
    ruling = standing.determinations[case.determination]
    ruled = next(row for row in ruling.ruled if row.issue == issue)
    until = given.moment("until")
    if until is None or until <= now:
        return Refusal("until_past")
    clock = guards.due(standing, "impose", now)
    kind = MeasureDeferred(
        sid, ruling.sid, issue, until, clock[1] if clock else "UTC", given.line("reason"), (ruled.party,)
    )
    return Decision((drafted(kind, standing.log, now),), standing.reads)


def may_opine(standing: Standing, sid: str, by: Actor, now: Instant) -> Refusal | None:
    """What an opinion asks: an advisory authority, a finding in force, and none given yet."""
    case = _on(standing, sid, by, "opinion.give")
    if isinstance(case, Refusal):
        return case
    authority = guards.agreement(standing).authority
    if authority.value != "advisory":
        return Refusal("no_opinion", authority.clause, {"authority": authority.value})
    finding = standing.findings.get(case.finding)
    if finding is None or finding.in_force is None:
        return Refusal("no_finding")
    return Refusal("opinion_exists") if case.course.opinion else None


def opinion(standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: Draws) -> Outcome:
    """Put an opinion on the facts found, with the first signature."""
    if refusal := may_opine(standing, sid, by, now):
        return refusal
    case = standing.cases[sid]
    views = tuple(View(issue.id, given.text("view")) for issue in case.breaches)
    return Decision(
        (drafted(OpinionGiven(sid, case.finding, views, given.line("reason")), standing.log, now),), standing.reads
    )
