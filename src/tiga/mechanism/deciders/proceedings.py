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
6. A finding that rests on something discredited is published with its correction; once it is confirmed it may be published
   again, so that the public is not left with the doubt.
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

from tiga.agreement import reading
from tiga.mechanism import binding, guards
from tiga.mechanism.acts import Actor, Decision, Outcome, Refusal, drafted
from tiga.mechanism.asks import Given
from tiga.mechanism.cases import TEXT_LIMIT, Case, CaseClosed, CaseOpened, working
from tiga.mechanism.course import (
    CaseJoined,
    CaseReopened,
    CaseResumed,
    CaseSuspended,
    DraftServed,
    FindingCorrected,
    FindingPublished,
    Gist,
    LevelChanged,
    SettlementProposed,
    VerificationPlanned,
)
from tiga.mechanism.deciders.complaints import notice, numbered
from tiga.mechanism.findings import HOLDINGS
from tiga.values.moments import Instant
from tiga.values.names import printed_number

if TYPE_CHECKING:
    from tiga.mechanism.standing import Standing

REOPENING = ("new_evidence", "procedure", "other_reports")
"""`other_reports`: the incident of the finding has other reports now than those that it is bound to (`binding`)."""
Draws = tuple[bytes, ...]


def may_work(standing: Standing, sid: str, by: Actor, now: Instant) -> Refusal | None:
    """What every act of the panel on an open case asks."""
    return working(standing, standing.cases.get(sid), by)


def raise_case(standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: Draws) -> Outcome:
    """Open a case of the own motion on an incident that is on the record (domain.md b.1, CTSAMVM): whether each party named
    breached each provision named, and perhaps questions of fact."""
    refusal = guards.acting(standing, by, *guards.SIDE)
    if refusal:
        return refusal
    agreement = guards.agreement(standing)
    incident = standing.incidents.get(given.text("incident"))
    if incident is None:
        return Refusal("incident_unknown", values={"incident": given.text("incident")})
    breaches = []
    for provision, party in product(given.many("provision"), given.many("party")):
        clause = agreement.clause(provision)
        if clause is None or clause.kind != "prohibition":
            return Refusal("provision_unknown", values={"provision": provision})
        if party not in clause.binds:
            return Refusal("not_bound", clause.id, {"party": party})
        codes = [code for code in incident.acts if code in clause.codes]
        if not codes:
            values = {"acts": ", ".join(incident.acts), "codes": ", ".join(clause.codes)}
            return Refusal("act_not_in_provision", clause.id, values)
        same = [
            row.sid for row in standing.cases.values()
            if row.opened.incident == incident.sid and row.asks(clause.id, party)
        ]  # fmt: skip
        if same:
            return Refusal("case_exists", clause.id, {"case": printed_number("C", same[0])})
        breaches.append((clause.id, party, codes[0]))
    bound = reading.bound(agreement, standing.fixed)
    status, instruments = reading.instrument_at(bound, incident.earliest, incident.latest)
    kind = CaseOpened(
        incident.sid, incident.reports[0], "", numbered(breaches, given.many("questions")), incident.earliest,
        instruments[0].id if instruments else "", status, agreement.levels[0],
    )  # fmt: skip
    opened = drafted(kind, standing.log, now)
    rows = [opened, notice(standing, opened.sid, now, "own_motion")]
    if status == "not_in_force":
        rows.append(drafted(CaseClosed(opened.sid, "outside_mandate"), standing.log, now, by_registrar=True))
    return Decision(tuple(rows), standing.reads)


def may_escalate(standing: Standing, sid: str, by: Actor, now: Instant) -> Refusal | None:
    """What going one level up asks: that there is one, and that this one was tried or is deadlocked."""
    case = standing.cases.get(sid)
    refusal = working(standing, case, by)
    if refusal or case is None or standing.agreement is None:
        return refusal or Refusal("no_agreement")
    levels, at = standing.agreement.levels, case.level
    if at not in levels or levels.index(at) + 1 == len(levels):
        return Refusal("level_last", values={"level": at})
    tried = guards.due(standing, "hotline_reply", case.course.levelled or case.at)
    if sid not in standing.deadlocks and (tried is None or now < tried[0]):
        return Refusal("level_untried", values={"level": at})
    return None


def escalate(standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: Draws) -> Outcome:
    """Take the dispute one level up."""
    if refusal := may_escalate(standing, sid, by, now):
        return refusal
    case, levels = standing.cases[sid], guards.agreement(standing).levels
    parties = tuple(sorted({row.party for row in case.opened.issues})) if sid in standing.deadlocks else ()
    kind = LevelChanged(sid, levels[levels.index(case.level) + 1], given.line("reason"), parties)
    return Decision((drafted(kind, standing.log, now),), standing.reads)


def suspend(standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: Draws) -> Outcome:
    """Suspend a case, for security; clocks go on, and can be extended by a signed act."""
    refusal = working(standing, standing.cases.get(sid), by)
    if refusal:
        return refusal
    return Decision((drafted(CaseSuspended(sid, given.line("reason")), standing.log, now),), standing.reads)


def may_resume(standing: Standing, sid: str, by: Actor, now: Instant) -> Refusal | None:
    """What going on with a case asks: that it is suspended."""
    case = standing.cases.get(sid)
    refusal = working(standing, case, by, suspended=True)
    if refusal or case is None:
        return refusal or Refusal("no_agreement")
    return None if case.course.suspended else Refusal("not_suspended")


def resume(standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: Draws) -> Outcome:
    """Go on with a suspended case."""
    if refusal := may_resume(standing, sid, by, now):
        return refusal
    return Decision((drafted(CaseResumed(sid, given.line("reason")), standing.log, now),), standing.reads)


def may_settle(standing: Standing, sid: str, by: Actor, now: Instant) -> Refusal | None:
    """What proposing terms asks: a party, before anything is found."""
    case = standing.cases.get(sid)
    refusal = guards.acting(standing, by, "liaison")
    if refusal or case is None:
        return refusal or Refusal("case_unknown", values={"case": sid})
    if by.component not in case.parties:
        return Refusal("not_party", values={"party": by.component})
    if case.closed:
        return Refusal("case_closed", values={"reason": case.closed})
    return Refusal("settle_late") if case.finding else None


def settle(standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: Draws) -> Outcome:
    """Propose terms, or agree to the very terms that the other side has proposed: then the case is settled."""
    if refusal := may_settle(standing, sid, by, now):
        return refusal
    case = standing.cases[sid]
    terms = given.line("terms")
    rows = [drafted(SettlementProposed(sid, by.component, terms), standing.log, now)]
    agreed = {party for _, party, text in case.course.proposals if text == terms} | {by.component}
    if agreed >= set(guards.parties(standing)):
        closed = CaseClosed(sid, "settled_locally", terms)
        rows.append(drafted(closed, standing.log, now, by_registrar=True))
    return Decision(tuple(rows), standing.reads)


def proposed(case: Case, party: str) -> tuple[tuple[str, str], ...]:
    """(party, terms) that other parties have proposed and this one has not, newest first: what it may agree to."""
    own = {terms for _, by, terms in case.course.proposals if by == party}
    rows = ((by, terms) for _, by, terms in reversed(case.course.proposals) if by != party and terms not in own)
    return tuple(dict.fromkeys(rows))


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


def may_plan(standing: Standing, sid: str, by: Actor, now: Instant) -> Refusal | None:
    """What a plan of verification asks: an admitted case."""
    case = standing.cases.get(sid)
    refusal = guards.acting(standing, by, *guards.TEAM)
    if refusal or case is None:
        return refusal or Refusal("case_unknown", values={"case": sid})
    if case.closed:
        return Refusal("case_closed", values={"reason": case.closed})
    return Refusal("not_admitted") if case.admitted is None else None


def plan(standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: Draws) -> Outcome:
    """Write down what verification looks for, and within which limits."""
    if refusal := may_plan(standing, sid, by, now):
        return refusal
    issues = tuple(issue.id for issue in standing.cases[sid].opened.issues)
    kind = VerificationPlanned(sid, issues, given.line("seeks"), given.line("limits"))
    return Decision((drafted(kind, standing.log, now),), standing.reads)


def may_draft(standing: Standing, sid: str, by: Actor, now: Instant) -> Refusal | None:
    """What a draft finding asks: an admitted case without a finding, and no draft that waits for replies."""
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
    return None


def draft(standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: Draws) -> Outcome:
    """Serve the draft finding on both parties; the clock of their replies starts."""
    if refusal := may_draft(standing, sid, by, now):
        return refusal
    case = standing.cases[sid]
    gists, ids = _gists(case, given), [issue.id for issue in case.opened.issues]
    if [row.issue for row in gists] != ids:
        return Refusal("issues_unmatched", values={"issues": ", ".join(ids)})
    values = {"issue": gists[0].issue}
    order = guards.agreement(standing).standard_order
    if wrong := [row for row in gists if row.standard not in order or row.holding not in HOLDINGS]:
        told = {"issue": wrong[0].issue, "holding": wrong[0].holding, "standard": wrong[0].standard}
        return Refusal("holding_unknown", values=told)
    if not given.line("gist") or len(given.line("gist")) > TEXT_LIMIT:
        return Refusal("gist_missing", values=values)
    clock = guards.due(standing, "reply", now)
    if clock is None:
        return Refusal("no_clock", values={"clock": "reply"})
    kind = DraftServed(sid, tuple(sorted(guards.parties(standing))), tuple(gists), clock[0], clock[1])
    return Decision((drafted(kind, standing.log, now),), standing.reads)


def _gists(case: Case, given: Given) -> tuple[Gist, ...]:
    """What the draft says of the first issue, and of each further one in a line: issue, holding, standard, words."""
    first = Gist(case.opened.issues[0].id, given.text("holding"), given.text("standard"), given.line("gist"))
    rows = (line.split(maxsplit=3) for line in given.lines("further_gists"))
    return (first, *(Gist(*(*row, "", "", "")[:4]) for row in rows))


def may_publish(standing: Standing, sid: str, by: Actor, now: Instant) -> Refusal | None:
    """What publishing asks: a finding in force that is not published yet, or not since a doubt is over."""
    case = standing.cases.get(sid)
    refusal = guards.acting(standing, by, "secretariat", "mediator", "registrar")
    if refusal or case is None:
        return refusal or Refusal("case_unknown", values={"case": sid})
    finding = standing.findings.get(case.finding)
    if finding is None or finding.in_force is None:
        return Refusal("no_finding")
    if case.course.published is not None and case.course.published >= finding.in_force and not _restored(case):
        return Refusal("published_already")
    clock = guards.due(standing, "publish", finding.in_force)
    if by.role == "registrar" and (clock is None or now < clock[0]):
        return Refusal("publish_clock")
    return None


def publish(standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: Draws) -> Outcome:
    """Publish the gists of a finding in force: by the secretariat at any time, by the registrar when the clock has ended."""
    if refusal := may_publish(standing, sid, by, now):
        return refusal
    case = standing.cases[sid]
    finding = standing.findings[case.finding]
    clock = guards.due(standing, "publish", finding.in_force or now)
    gists = tuple(Gist(row.issue, row.holding, row.standard, row.gist) for row in finding.adopted.held)
    kind = FindingPublished(sid, case.finding, clock[0] if clock else now, gists)
    rows = [drafted(kind, standing.log, now, by_registrar=by.role == "registrar")]
    if case.flags:
        correction = FindingCorrected(sid, case.finding, "discredited")
        rows.append(drafted(correction, standing.log, now, by_registrar=True))
    return Decision(tuple(rows), standing.reads)


def _restored(case: Case) -> bool:
    """Whether the public was told of a doubt since the publication, and the doubt is over."""
    published = case.course.published
    return not case.flags and any(published is not None and at >= published for at, _ in case.course.corrected)


def may_reopen(standing: Standing, sid: str, by: Actor, now: Instant) -> Refusal | None:
    """What opening a case again asks: that it is closed, or that a finding is in force."""
    case = standing.cases.get(sid)
    refusal = working(standing, case, by, closed=True)
    if refusal or case is None:
        return refusal or Refusal("no_agreement")
    finding = standing.findings.get(case.finding)
    if not case.closed and (finding is None or finding.in_force is None):
        return Refusal("case_open")
    return None


def reopen(standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: Draws) -> Outcome:
    """Open a closed or determined case again: for a report that the finding did not rest on, for the procedure, or to find anew
    on the reports that its incident has now."""
    if refusal := may_reopen(standing, sid, by, now):
        return refusal
    case = standing.cases[sid]
    if case.closed in ("settled_locally", "outside_mandate") and given.text("ground") != "new_evidence":
        return Refusal("closing_stage", values={"reason": case.closed})
    report = given.text("report")
    if given.text("ground") == "new_evidence" and not _new(standing, case, report):
        return Refusal("evidence_not_new")
    if given.text("ground") == "other_reports" and not binding.changed(standing, sid):
        return Refusal("basis_same")
    kind = CaseReopened(sid, given.text("ground"), given.line("reason"))
    return Decision((drafted(kind, standing.log, now),), standing.reads)


def _new(standing: Standing, case: Case, report: str) -> bool:
    """Whether a report is one that the finding, if there is one, does not rest on."""
    row = standing.reports.get(report)
    return row is not None and not row.lost and report not in case.supports and report != case.opened.report
