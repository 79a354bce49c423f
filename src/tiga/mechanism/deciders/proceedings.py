"""Deciding on the proceedings of a case: own motion, levels, settlement, joining, verification, drafts, publication,
suspension, reopening.

Rules
1. A dispute is dealt with at the lowest level first: it goes up one level at a time, and only when this one was tried, that
   is deadlocked, or the hotline's clock has run out without a settlement (domain.md a, Level).
2. A settlement needs the word of both parties, on the same terms; it closes the case before anything was found.
3. The draft finding goes to both parties at one instant. Its gists are what both may answer, and what is published later.
4. Publication cannot be held: its clock starts when the finding takes force, and the clock run publishes at its end.
5. Joined cases keep their issues and outcomes (invariant 8). One question, of one incident, provision and party, has one
   case: nothing is counted twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiga.agreement import reading
from tiga.mechanism import guards
from tiga.mechanism.acts import Actor, Decision, Outcome, Refusal, drafted
from tiga.mechanism.asks import Given
from tiga.mechanism.cases import TEXT_LIMIT, Case, CaseClosed, CaseOpened, Issue, working
from tiga.mechanism.course import (
    CaseJoined,
    CaseReopened,
    CaseResumed,
    CaseSuspended,
    DraftServed,
    FindingPublished,
    Gist,
    LevelChanged,
    SettlementProposed,
    VerificationPlanned,
)
from tiga.mechanism.deciders.complaints import notice
from tiga.values.moments import Instant
from tiga.values.names import printed_number

if TYPE_CHECKING:
    from tiga.mechanism.standing import Standing

REOPENING = ("new_evidence", "procedure")
Draws = tuple[bytes, ...]


def raise_case(standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: Draws) -> Outcome:
    """Open a case of the own motion on an incident that is on the record (domain.md b.1, CTSAMVM)."""
    refusal = guards.acting(standing, by, *guards.SIDE)
    if refusal:
        return refusal
    agreement = guards.agreement(standing)
    incident = standing.incidents.get(given.text("incident"))
    if incident is None:
        return Refusal("incident_unknown", values={"incident": given.text("incident")})
    clause, party = agreement.clause(given.text("provision")), given.text("party")
    if clause is None or clause.kind != "prohibition":
        return Refusal("provision_unknown", values={"provision": given.text("provision")})
    if party not in clause.binds:
        return Refusal("not_bound", clause.id, {"party": party})
    codes = [code for code in incident.acts if code in clause.codes]
    if not codes:
        values = {"acts": ", ".join(incident.acts), "codes": ", ".join(clause.codes)}
        return Refusal("act_not_in_provision", clause.id, values)
    same = [
        row.sid for row in standing.cases.values() if row.opened.incident == incident.sid and row.asks(clause.id, party)
    ]
    if same:
        return Refusal("case_exists", clause.id, {"case": printed_number("C", same[0])})
    bound = reading.bound(agreement, standing.fixed)
    status, instruments = reading.instrument_at(bound, incident.earliest, incident.latest)
    kind = CaseOpened(
        incident.sid, incident.reports[0], "", (Issue("i1", clause.id, party, codes[0]),), incident.earliest,
        instruments[0].id if instruments else "", status, agreement.levels[0],
    )  # fmt: skip
    opened = drafted(kind, standing.log, now)
    rows = [opened, notice(standing, opened.sid, now, "own_motion")]
    if status == "not_in_force":
        rows.append(drafted(CaseClosed(opened.sid, "outside_mandate"), standing.log, now, by_registrar=True))
    return Decision(tuple(rows), standing.reads)


def escalate(standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: Draws) -> Outcome:
    """Take the dispute one level up."""
    case = standing.cases.get(sid)
    refusal = working(standing, case, by)
    if refusal or case is None or standing.agreement is None:
        return refusal or Refusal("no_agreement")
    levels, at = standing.agreement.levels, case.level
    if at not in levels or levels.index(at) + 1 == len(levels):
        return Refusal("level_last", values={"level": at})
    tried, deadlocked = (
        guards.due(standing, "hotline_reply", case.course.levelled or case.at),
        sid in standing.deadlocks,
    )
    if not deadlocked and (tried is None or now < tried[0]):
        return Refusal("level_untried", values={"level": at})
    parties = tuple(sorted({row.party for row in case.opened.issues})) if deadlocked else ()
    kind = LevelChanged(sid, levels[levels.index(at) + 1], given.line("reason"), parties)
    return Decision((drafted(kind, standing.log, now),), standing.reads)


def suspend(standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: Draws) -> Outcome:
    """Suspend a case, for security; clocks go on, and can be extended by a signed act."""
    refusal = working(standing, standing.cases.get(sid), by)
    if refusal:
        return refusal
    return Decision((drafted(CaseSuspended(sid, given.line("reason")), standing.log, now),), standing.reads)


def resume(standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: Draws) -> Outcome:
    """Go on with a suspended case."""
    case = standing.cases.get(sid)
    refusal = working(standing, case, by, suspended=True)
    if refusal or case is None:
        return refusal or Refusal("no_agreement")
    if not case.course.suspended:
        return Refusal("not_suspended")
    return Decision((drafted(CaseResumed(sid, given.line("reason")), standing.log, now),), standing.reads)


def settle(standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: Draws) -> Outcome:
    """Propose terms, or agree to the very terms that the other side has proposed: then the case is settled."""
    case = standing.cases.get(sid)
    refusal = guards.acting(standing, by, "liaison")
    if refusal or case is None:
        return refusal or Refusal("case_unknown", values={"case": sid})
    if by.component not in case.parties:
        return Refusal("not_party", values={"party": by.component})
    if case.closed:
        return Refusal("case_closed", values={"reason": case.closed})
    if case.finding:
        return Refusal("settle_late")
    terms = given.line("terms")
    rows = [drafted(SettlementProposed(sid, by.component, terms), standing.log, now)]
    agreed = {party for _, party, text in case.course.proposals if text == terms} | {by.component}
    if agreed >= set(guards.parties(standing)):
        closed = CaseClosed(sid, "settled_locally", terms)
        rows.append(drafted(closed, standing.log, now, by_registrar=True))
    return Decision(tuple(rows), standing.reads)


def join(standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: Draws) -> Outcome:
    """Deal with two cases together, or apart again."""
    case, other = standing.cases.get(sid), standing.cases.get(given.text("other"))
    refusal = working(standing, case, by) or working(standing, other, by)
    if refusal or case is None or other is None:
        return refusal or Refusal("no_agreement")
    apart = given.text("how") == "apart"
    if case.sid == other.sid or (other.sid in case.course.joined) is not apart:
        return Refusal("join_unchanged")
    kind = CaseJoined(sid, other.sid, given.line("reason"), apart)
    return Decision((drafted(kind, standing.log, now),), standing.reads)


def plan(standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: Draws) -> Outcome:
    """Write down what verification looks for, and within which limits."""
    case = standing.cases.get(sid)
    refusal = guards.acting(standing, by, *guards.TEAM)
    if refusal or case is None:
        return refusal or Refusal("case_unknown", values={"case": sid})
    if case.closed:
        return Refusal("case_closed", values={"reason": case.closed})
    if case.admitted is None:
        return Refusal("not_admitted")
    issues = tuple(issue.id for issue in case.opened.issues)
    kind = VerificationPlanned(sid, issues, given.line("seeks"), given.line("limits"))
    return Decision((drafted(kind, standing.log, now),), standing.reads)


def draft(standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: Draws) -> Outcome:
    """Serve the draft finding on both parties; the clock of their replies starts."""
    case = standing.cases.get(sid)
    refusal = working(standing, case, by)
    if refusal or case is None or standing.agreement is None:
        return refusal or Refusal("no_agreement")
    if case.admitted is None:
        return Refusal("not_admitted")
    if case.finding and not case.renewed(standing.findings[case.finding].at):
        return Refusal("finding_exists")
    if case.course.draft is not None and case.course.draft.replies_opened is None:
        return Refusal("draft_waits")
    gists = [
        Gist(issue.id, given.text("holding"), given.text("standard"), given.line("gist"))
        for issue in case.opened.issues
    ]
    values = {"issue": gists[0].issue}
    if any(row.standard not in standing.agreement.standard_order for row in gists):
        told = {"holding": given.text("holding"), "standard": given.text("standard")}
        return Refusal("holding_unknown", values=values | told)
    if not given.line("gist") or len(given.line("gist")) > TEXT_LIMIT:
        return Refusal("gist_missing", values=values)
    clock = guards.due(standing, "reply", now)
    if clock is None:
        return Refusal("no_clock", values={"clock": "reply"})
    kind = DraftServed(sid, tuple(sorted(guards.parties(standing))), tuple(gists), clock[0], clock[1])
    return Decision((drafted(kind, standing.log, now),), standing.reads)


def publish(standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: Draws) -> Outcome:
    """Publish the gists of a finding in force: by the secretariat at any time, by the registrar when the clock has ended."""
    case = standing.cases.get(sid)
    refusal = guards.acting(standing, by, "secretariat", "mediator", "registrar")
    if refusal or case is None:
        return refusal or Refusal("case_unknown", values={"case": sid})
    finding = standing.findings.get(case.finding)
    if finding is None or finding.in_force is None:
        return Refusal("no_finding")
    if case.course.published is not None and case.course.published >= finding.in_force:
        return Refusal("published_already")
    clock = guards.due(standing, "publish", finding.in_force)
    if by.role == "registrar" and (clock is None or now < clock[0]):
        return Refusal("publish_clock")
    gists = tuple(Gist(row.issue, row.holding, row.standard, row.gist) for row in finding.adopted.held)
    kind = FindingPublished(sid, case.finding, clock[0] if clock else now, gists)
    return Decision((drafted(kind, standing.log, now, by_registrar=by.role == "registrar"),), standing.reads)


def reopen(standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: Draws) -> Outcome:
    """Open a closed or determined case again: for a report that the finding did not rest on, or for the procedure."""
    case = standing.cases.get(sid)
    refusal = working(standing, case, by, closed=True)
    if refusal or case is None:
        return refusal or Refusal("no_agreement")
    finding = standing.findings.get(case.finding)
    if not case.closed and (finding is None or finding.in_force is None):
        return Refusal("case_open")
    if case.closed in ("settled_locally", "outside_mandate") and given.text("ground") != "new_evidence":
        return Refusal("closing_stage", values={"reason": case.closed})
    report = given.text("report")
    if given.text("ground") == "new_evidence" and not _new(standing, case, report):
        return Refusal("evidence_not_new")
    kind = CaseReopened(sid, given.text("ground"), given.line("reason"))
    return Decision((drafted(kind, standing.log, now),), standing.reads)


def _new(standing: Standing, case: Case, report: str) -> bool:
    """Whether a report is one that the finding, if there is one, does not rest on."""
    row = standing.reports.get(report)
    return row is not None and not row.discredited and report not in case.supports and report != case.opened.report
