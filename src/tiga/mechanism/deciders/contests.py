"""Deciding on what is contested: votes, deadlock, appeals, challenges of members.

Rules
1. A determination is deadlocked when its clock has run out without it, or when so many of a component whose assent is
   needed have voted against it that the assent cannot come. Then the agreement's deadlock rule applies, or nothing does.
2. An appeal names one ground of the agreement, in time; it suspends the measures of the steps that the agreement marks.
   It is decided by the quorum of `appeal.decide`, where the agreement says so by others than those who signed.
3. What an appeal varies is ruled anew on each issue by the same rules as a determination; a measure is never varied, since
   it follows from the ladder: it is annulled, and computed again from what stands.
   An appeal against what an appeal or a new finding has ended asks nothing any more.
4. A party or a seated member challenges a member with a ground; nobody rules on a challenge against oneself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiga.mechanism import deadlines, guards, mandates
from tiga.mechanism.acts import Actor, Decision, Outcome, Refusal, Released, drafted, sealed
from tiga.mechanism.asks import Given
from tiga.mechanism.cases import Case, clock_clause, undecided, working
from tiga.mechanism.course import (
    Appeal,
    AppealDecided,
    AppealFiled,
    ChallengeRuled,
    DeadlockDeclared,
    MemberChallenged,
    VoteCast,
)
from tiga.mechanism.determinations import rule_on
from tiga.mechanism.rulings import Ruled
from tiga.record.disclosures import Disclosure
from tiga.values.moments import Instant

if TYPE_CHECKING:
    from tiga.mechanism.standing import Standing

Draws = tuple[bytes, ...]
OUTCOMES = ("upheld", "varied", "annulled")


def may_vote(standing: Standing, sid: str, by: Actor, now: Instant) -> Refusal | None:
    """What a vote asks: a determination that is put, which the member has neither signed nor voted on."""
    case = standing.cases.get(sid)
    refusal = working(standing, case, by)
    if refusal or case is None:
        return refusal or Refusal("no_agreement")
    put = standing.determinations.get(case.determination)
    if put is None or put.in_force is not None:
        return Refusal("nothing_to_sign")
    if by.key in map(standing.heir, put.signers):
        return Refusal("signed_already", values={"member": by.key})
    if any(of == put.sid and standing.heir(member) == by.key for of, member, _ in case.course.votes):
        return Refusal("voted_already", values={"member": by.key})
    return None


def vote(standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: Draws) -> Outcome:
    """A seated member's word against the determination that is put, or an abstention."""
    if refusal := may_vote(standing, sid, by, now):
        return refusal
    kind = VoteCast(sid, standing.cases[sid].determination, given.text("position"), given.line("reason"))
    return Decision((drafted(kind, standing.log, now),), standing.reads)


def _why(standing: Standing, sid: str, by: Actor, now: Instant) -> str | Refusal:
    """Why somebody may declare a case deadlocked: its clock has run out, or it was voted down."""
    case = standing.cases.get(sid)
    refusal = guards.acting(standing, by, *guards.SIDE)
    if refusal or case is None:
        return refusal or Refusal("case_unknown", values={"case": sid})
    if case.closed:
        return Refusal("case_closed", values={"reason": case.closed})
    agreement = guards.agreement(standing)
    authority, rule = agreement.authority, agreement.deadlock
    if authority.value != "binding":
        return Refusal("advisory_only", authority.clause, {"authority": authority.value})
    if rule is None or rule.rule == "none":
        return Refusal("no_deadlock_rule", rule.clause if rule else "")
    if sid in standing.deadlocks:
        return Refusal("deadlocked_already", rule.clause)
    finding = standing.findings.get(case.finding)
    put = standing.determinations.get(case.determination)
    if finding is None or finding.in_force is None or case.renewed(finding.at):
        return Refusal("no_finding", rule.clause)
    if put is not None and put.in_force is not None:
        return Refusal("determination_exists", rule.clause)
    clock = next((row for row in deadlines.clocks(standing, case) if row.name == "determine"), None)
    if clock is not None and now >= clock.due:
        return "clock"
    if put is not None and _voted_down(standing, case, put.sid):
        return "votes"
    return Refusal("no_deadlock", rule.clause, {"due": clock.due.text() if clock else "?"})


def may_declare(standing: Standing, sid: str, by: Actor, now: Instant) -> Refusal | None:
    """What a declaration of a deadlock asks."""
    why = _why(standing, sid, by, now)
    return why if isinstance(why, Refusal) else None


def deadlock(standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: Draws) -> Outcome:
    """Declare that a determination is not reached; what follows is the agreement's rule."""
    why = _why(standing, sid, by, now)
    if isinstance(why, Refusal):
        return why
    rule = guards.agreement(standing).deadlock
    assert rule is not None  # asked for
    parties = tuple(sorted({row.party for row in standing.cases[sid].opened.issues}))
    return Decision((drafted(DeadlockDeclared(sid, rule.rule, why, parties), standing.log, now),), standing.reads)


def _voted_down(standing: Standing, case: Case, put: str) -> bool:
    """Whether a component's assent cannot come any more: too few of its sitting members have not voted against."""
    quorum = mandates.quorum_of(standing, "determination.issue")
    against = {
        standing.heir(member) for of, member, position in case.course.votes if (of, position) == (put, "against")
    }
    for need in quorum.assent if quorum else ():
        left = [
            member for member, component in standing.seats.items()
            if component == need.component and member not in standing.recused and member not in against
        ]  # fmt: skip
        if len(left) < need.number:
            return True
    return False


def may_appeal(standing: Standing, sid: str, by: Actor, now: Instant) -> Refusal | None:
    """What an appeal asks: a party, and something of the case that it may still appeal against."""
    case = standing.cases.get(sid)
    refusal = _appealing(standing, sid, by)
    if refusal or case is None:
        return refusal
    return guards.any_passes(_appealable(standing, case, of, by, now) for of in (case.determination, *case.measures))


def _appealing(standing: Standing, sid: str, by: Actor) -> Refusal | None:
    """Whether somebody may appeal in a case at all."""
    case = standing.cases.get(sid)
    refusal = guards.acting(standing, by, "liaison")
    if refusal or case is None:
        return refusal or Refusal("case_unknown", values={"case": sid})
    rule = guards.agreement(standing).appeals
    if rule is None:
        return Refusal("no_appeal_rule")
    if by.component not in case.parties:
        return Refusal("not_party", rule.clause, {"party": by.component})
    return None


def _appealable(standing: Standing, case: Case, of: str, by: Actor, now: Instant) -> Refusal | None:
    """Whether a party may still appeal against a determination or a measure of its case."""
    rule = guards.agreement(standing).appeals
    clause = rule.clause if rule else ""
    found = standing.signable(of)
    if (
        found is None
        or found[1] != case.sid
        or found[0] not in ("determination.issue", "measure.impose")
        or _ended(standing, of)
    ):
        return Refusal("not_appealable", clause)
    if found[3] is None:
        return Refusal("not_in_force", clause)
    clock = guards.due(standing, "appeal_file", found[3])
    due = max((clock[0], *case.extended("appeal_file", by.component, found[3]))) if clock else None
    if clock is not None and due is not None and now >= due:
        return Refusal("appeal_late", clock[2], {"due": due.text()})
    if any((row.filed.of, row.filed.party) == (of, by.component) for row in case.course.appeals):
        return Refusal("appealed_already", clause, {"party": by.component})
    return None


def appeal(standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: Draws) -> Outcome:
    """A party appeals against the determination in force, or against a measure in force."""
    if refusal := _appealing(standing, sid, by):
        return refusal
    case, rule = standing.cases[sid], guards.agreement(standing).appeals
    of, ground = given.text("of") or case.determination, given.text("ground")
    if refusal := _appealable(standing, case, of, by, now):
        return refusal
    if rule and ground not in rule.grounds:
        return Refusal("ground_unknown", rule.clause, {"known": ", ".join(rule.grounds)})
    value = {"text": given.text("text"), "language": given.text("language"), "party": by.component}
    values = (Released(Disclosure(draws[0], "appeal", value), "R1"),)
    parties = {row.party for row in standing.determinations[case.determination].issued.ruled}
    kind = AppealFiled(
        sid, of, by.component, ground, _suspended(standing, case, of), sealed(values, draws[1:]), tuple(sorted(parties))
    )
    return Decision((drafted(kind, standing.log, now, values),), standing.reads)


def _ended(standing: Standing, sid: str) -> bool:
    row = standing.determinations.get(sid) or standing.measures.get(sid)
    return row is not None and row.ended is not None


def _suspended(standing: Standing, case: Case, of: str) -> tuple[str, ...]:
    """The measures that an appeal suspends: those of the steps that the agreement marks."""
    steps = {step.step for step in guards.agreement(standing).ladder if step.suspensive}
    touched = case.measures if of == case.determination else (of,)
    return tuple(
        sid for sid in touched if standing.measures[sid].imposed.step in steps and standing.measures[sid].ended is None
    )


def _waiting(standing: Standing, sid: str, by: Actor) -> Appeal | Refusal:
    """The appeal that somebody may decide on next."""
    case = standing.cases.get(sid)
    refusal = working(standing, case, by) or mandates.may_sign(standing, "appeal.decide", by)
    if refusal or case is None:
        return refusal or Refusal("no_agreement")
    waiting = next((row for row in case.course.appeals if not row.decision and undecided(standing, row)), None)
    if waiting is None:
        return Refusal("no_appeal", clock_clause(standing, "appeal_decide"))
    return same_panel(standing, waiting, by) or waiting


def may_decide(standing: Standing, sid: str, by: Actor, now: Instant) -> Refusal | None:
    """What a decision asks: an appeal that waits for it, and somebody who may decide on it."""
    waiting = _waiting(standing, sid, by)
    return waiting if isinstance(waiting, Refusal) else None


def decide(standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: Draws) -> Outcome:
    """Put a decision on an appeal before the signatories, with the first signature."""
    waiting = _waiting(standing, sid, by)
    if isinstance(waiting, Refusal):
        return waiting
    case = standing.cases[sid]
    outcome, ruled = given.text("outcome"), tuple[Ruled, ...]()
    if outcome == "varied":
        if waiting.filed.of in standing.measures:
            return Refusal("measure_not_varied")
        if not given.text("disposition"):
            return Refusal("ask_missing", values={"ask": "disposition"})
        varied = _varied(standing, case, given.text("disposition"))
        if isinstance(varied, Refusal):
            return varied
        ruled = varied
    parties = {row.party for row in standing.determinations[case.determination].issued.ruled}
    kind = AppealDecided(
        sid,
        waiting.sid,
        waiting.filed.of,
        case.determination,
        outcome,
        given.line("reason"),
        ruled,
        tuple(sorted(parties)),
    )
    return Decision((drafted(kind, standing.log, now),), standing.reads)


def same_panel(standing: Standing, waiting: Appeal, by: Actor) -> Refusal | None:
    """Nobody decides on what oneself has signed, where the agreement asks for another panel."""
    rule, found = guards.agreement(standing).appeals, standing.signable(waiting.filed.of)
    if rule and rule.other_panel and found and by.key in map(standing.heir, found[2]):
        return Refusal("same_panel", rule.clause, {"member": by.key})
    return None


def _varied(standing: Standing, case: Case, disposition: str) -> tuple[Ruled, ...] | Refusal:
    """Each issue ruled anew, from the finding that the determination rests on, by the rules of a determination."""
    rows = []
    for held in standing.findings[standing.determinations[case.determination].issued.finding].adopted.held:
        row = rule_on(standing, case, held, disposition)
        if isinstance(row, Refusal):
            return row
        rows.append(row)
    if tuple(rows) == standing.determinations[case.determination].issued.ruled:
        return Refusal("not_varied")
    return tuple(rows)


def challenge(standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: Draws) -> Outcome:
    """Challenge a seated member, with a ground."""
    refusal = guards.acting(standing, by, "liaison", "mediator")
    if refusal:
        return refusal
    member = given.text("member")
    if member not in standing.seats or member in standing.recused:
        return Refusal("not_seated", values={"member": member})
    if member == by.key:
        return Refusal("challenge_self")
    if any(standing.heir(row.made.member) == member and not row.ruling for row in standing.challenges.values()):
        return Refusal("challenged_already", values={"member": member})
    kind = MemberChallenged(member, by.component, given.line("reason"))
    return Decision((drafted(kind, standing.log, now),), standing.reads)


def may_rule(standing: Standing, sid: str, by: Actor, now: Instant) -> Refusal | None:
    """What a ruling asks: a challenge of somebody else that is not ruled on."""
    return guards.any_passes(_rulable(standing, one, by) for one in tuple(standing.challenges) or ("",))


def _rulable(standing: Standing, challenge: str, by: Actor) -> Refusal | None:
    """Whether somebody may put a ruling on a challenge."""
    row = standing.challenges.get(challenge)
    refusal = guards.acting(standing, by, "mediator") or mandates.may_sign(standing, "challenge.rule", by)
    if refusal or row is None:
        return refusal or Refusal("challenge_unknown")
    if row.ruling:
        return Refusal("ruled_already")
    if standing.heir(row.made.member) == by.key:
        return Refusal("own_challenge", values={"member": by.key})
    return None


def rule(standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: Draws) -> Outcome:
    """Put a ruling on a challenge before the signatories, with the first signature."""
    if refusal := _rulable(standing, given.text("challenge"), by):
        return refusal
    kind = ChallengeRuled(given.text("challenge"), given.yes("upheld"), given.line("reason"))
    return Decision((drafted(kind, standing.log, now),), standing.reads)
