"""What the entries of a case's course change, folded; and the effects that reach other cases.

Rules
1. What rests on something doubted is stayed in the same entry's fold, with the reason: `appeal:<sid>`,
   `discredited:<report>` or `precedent:<determination>`. Lifting takes an act (domain.md b.6, invariant 4).
2. A measure rests on its own determination, and on the determinations and measures that its step counted.
3. A case that was closed opens again where its finding loses a support, by an appeal, or by an act; when and why it was
   closed stays in its course.
4. What becomes of determinations and measures follows from the entries on the party's thread: a case that is not loaded
   changes nothing of it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tiga.mechanism.course import (
    PAPERS,
    Appeal,
    AppealDecided,
    AppealFiled,
    CaseJoined,
    CaseReopened,
    CaseResumed,
    CaseSuspended,
    Challenge,
    ChallengeRuled,
    ClockExtended,
    ClockOverdue,
    DateFixed,
    DeadlockDeclared,
    Draft,
    DraftServed,
    FindingConfirmed,
    FindingCorrected,
    FindingPublished,
    LevelChanged,
    MeasureDeferred,
    MemberChallenged,
    OpinionGiven,
    Paper,
    SettlementProposed,
    StayLifted,
    VerificationPlanned,
    VoteCast,
)
from tiga.mechanism.measures import Measure, doubted
from tiga.mechanism.rulings import Ruled
from tiga.record.entries import Entry

if TYPE_CHECKING:
    from tiga.mechanism.standing import Standing


def _change(standing: Standing, sid: str, **changes: Any) -> None:
    if case := standing.cases.get(sid):
        standing._case(sid, course=replace(case.course, **changes))


def _level(standing: Standing, kind: LevelChanged, entry: Entry) -> None:
    standing.deadlocks.pop(kind.case, None)
    _change(standing, kind.case, level=kind.to, levelled=standing.now, votes=())


def _suspend(standing: Standing, kind: CaseSuspended, entry: Entry) -> None:
    _change(standing, kind.case, suspended=kind.reason)


def _resume(standing: Standing, kind: CaseResumed, entry: Entry) -> None:
    _change(standing, kind.case, suspended="")


def _propose(standing: Standing, kind: SettlementProposed, entry: Entry) -> None:
    if case := standing.cases.get(kind.case):
        _change(standing, kind.case, proposals=(*case.course.proposals, (entry.sid, kind.party, kind.terms)))


def _join(standing: Standing, kind: CaseJoined, entry: Entry) -> None:
    for own, other in ((kind.case, kind.other), (kind.other, kind.case)):
        if case := standing.cases.get(own):
            joined = {*case.course.joined} - {other} if kind.apart else {*case.course.joined, other}
            _change(standing, own, joined=tuple(sorted(joined)))


def _plan(standing: Standing, kind: VerificationPlanned, entry: Entry) -> None:
    _change(standing, kind.case, planned=standing.now)


def _draft(standing: Standing, kind: DraftServed, entry: Entry) -> None:
    _change(standing, kind.case, draft=Draft(entry.sid, standing.now, kind))


def _publish(standing: Standing, kind: FindingPublished, entry: Entry) -> None:
    _change(standing, kind.case, published=standing.now)


def _correct(standing: Standing, kind: FindingCorrected, entry: Entry) -> None:
    if case := standing.cases.get(kind.case):
        _change(standing, kind.case, corrected=(*case.course.corrected, (standing.now, kind.finding)))


def _reopen(standing: Standing, kind: CaseReopened, entry: Entry) -> None:
    reopen(standing, kind.case, kind.ground)


def _vote(standing: Standing, kind: VoteCast, entry: Entry) -> None:
    if case := standing.cases.get(kind.case):
        row = (kind.of, standing._author(entry), kind.position)
        _change(standing, kind.case, votes=(*case.course.votes, row))


def _deadlock(standing: Standing, kind: DeadlockDeclared, entry: Entry) -> None:
    standing.deadlocks[kind.case] = standing.now


def _appeal(standing: Standing, kind: AppealFiled, entry: Entry) -> None:
    if case := standing.cases.get(kind.case):
        _change(standing, kind.case, appeals=(*case.course.appeals, Appeal(entry.sid, standing.now, kind)))
        if case.closed:
            reopen(standing, kind.case, "appeal")
    for measure in kind.stays:
        stay(standing, measure, f"appeal:{entry.sid}")


def _overdue(standing: Standing, kind: ClockOverdue, entry: Entry) -> None:
    standing.over.add((kind.of, kind.name, kind.whose, kind.due))


def _extend(standing: Standing, kind: ClockExtended, entry: Entry) -> None:
    if case := standing.cases.get(kind.case):
        row = (kind.name, kind.whose, kind.due, standing.now)
        _change(standing, kind.case, extended=(*case.course.extended, row))


def _fix(standing: Standing, kind: DateFixed, entry: Entry) -> None:
    standing.fixed[kind.what] = kind.at


def _challenge(standing: Standing, kind: MemberChallenged, entry: Entry) -> None:
    standing.challenges[entry.sid] = Challenge(entry.sid, standing.now, kind)


def _paper(standing: Standing, kind: Any, entry: Entry) -> None:
    signers = (standing._author(entry),)
    force = standing._complete(kind.ACT, signers)
    standing.papers[entry.sid] = Paper(entry.sid, entry.index, standing.now, kind, signers, force)
    if isinstance(kind, AppealDecided) and (case := standing.cases.get(kind.case)):
        appeals = tuple(
            replace(one, decision=entry.sid) if one.sid == kind.appeal else one for one in case.course.appeals
        )
        _change(standing, kind.case, appeals=appeals)
    elif isinstance(kind, OpinionGiven):
        _change(standing, kind.case, opinion=entry.sid)
    elif isinstance(kind, ChallengeRuled) and kind.challenge in standing.challenges:
        standing.challenges[kind.challenge] = replace(standing.challenges[kind.challenge], ruling=entry.sid)
    if force is not None:
        taken(standing, entry.sid)


FOLDS: dict[str, Callable[[Any, Any, Entry], None]] = {
    "case.escalate": _level, "case.suspend": _suspend, "case.resume": _resume, "settlement.propose": _propose,
    "case.join": _join, "verification.plan": _plan, "finding.draft": _draft, "finding.publish": _publish,
    "case.reopen": _reopen, "vote.cast": _vote, "deadlock.declare": _deadlock, "appeal.file": _appeal,
    "finding.correct": _correct,
    "clock.overdue": _overdue, "clock.extend": _extend, "date.fix": _fix, "panel.challenge": _challenge,
    **dict.fromkeys(PAPERS, _paper),
}  # fmt: skip


# ---- effects


def taken(standing: Standing, sid: str) -> None:
    """A paper of `PAPERS` has taken force: do what it says."""
    kind = standing.papers[sid].kind
    if isinstance(kind, AppealDecided):
        _decided(standing, kind)
    elif isinstance(kind, FindingConfirmed):
        for sid in [sid for sid, row in standing.measures.items() if row.imposed.case == kind.case]:
            for report in kind.without:
                lift(standing, f"discredited:{report}", sid)
        if case := standing.cases.get(kind.case):
            standing._case(kind.case, flags=tuple(flag for flag in case.flags if flag not in kind.without))
            _change(standing, kind.case, confirmed=(*case.course.confirmed, *kind.without))
    elif isinstance(kind, MeasureDeferred):
        _put_off(standing, kind)
        if case := standing.cases.get(kind.case):
            _change(standing, kind.case, deferrals=(*case.course.deferrals, sid))
    elif isinstance(kind, StayLifted):
        lift(standing, kind.reason, kind.measure)
    elif isinstance(kind, ChallengeRuled) and kind.upheld and kind.challenge in standing.challenges:
        standing.recused[standing.heir(standing.challenges[kind.challenge].made.member)] = "challenge"


def _put_off(standing: Standing, kind: MeasureDeferred) -> None:
    """A measure that was put and waits for signatures gives way to the deferral: its dues would run out before its day."""
    for sid, row in tuple(standing.measures.items()):
        if row.in_force is None and (row.imposed.case, row.imposed.issue) == (kind.case, kind.issue):
            end(standing, sid, "deferred")


def _decided(standing: Standing, kind: AppealDecided) -> None:
    lift(standing, f"appeal:{kind.appeal}")
    if kind.outcome == "upheld":
        return
    if kind.of != kind.determination:
        end(standing, kind.of, kind.outcome)
        _unsettle(standing, kind.of)
        return
    annul(standing, kind.determination, kind.ruled)
    for sid, row in tuple(standing.measures.items()):
        if row.imposed.determination == kind.determination:
            end(standing, sid, kind.outcome)


def annul(standing: Standing, sid: str, ruled: tuple[Ruled, ...] = ()) -> None:
    """A determination counts no more, or as varied; measures of other cases that counted it are stayed in the same step."""
    row = standing.determinations.get(sid)
    if row is None or row.ended is not None:
        return
    standing.determinations[sid] = replace(row, ended=standing.now, varied=ruled)
    _unsettle(standing, sid)


def _unsettle(standing: Standing, sid: str) -> None:
    """Measures whose step counted a determination or a measure are stayed for it."""
    for other, measure in tuple(standing.measures.items()):
        if sid in measure.counted:
            stay(standing, other, f"precedent:{sid}")


def superseded(standing: Standing, case_sid: str, determination: str) -> None:
    """A finding has taken force: what was ruled on an earlier one counts no more, its measures end, and so do a deadlock and
    an opinion on it."""
    annul(standing, determination)
    for sid, row in tuple(standing.measures.items()):
        if row.imposed.determination == determination:
            end(standing, sid, "superseded")
    standing.deadlocks.pop(case_sid, None)
    if case := standing.cases.get(case_sid):
        flags = tuple(flag for flag in case.flags if flag in case.supports)
        standing._case(case_sid, determination="", measures=(), flags=flags)
        _change(standing, case_sid, votes=(), opinion="")


def doubt(standing: Standing, report: str, cases: tuple[str, ...], determinations: tuple[str, ...], why: str) -> None:
    """A report is discredited or withdrawn: findings that rest on it are flagged, their cases open again, their measures and
    those that counted their determinations are stayed."""
    own = set(determinations)
    for sid in cases:
        case = standing.cases[sid]
        own |= {case.determination}
        standing._case(sid, flags=(*case.flags, report))
        if case.closed:
            reopen(standing, sid, why)
    for other, row in tuple(standing.measures.items()):
        if row.imposed.determination in own:
            stay(standing, other, f"discredited:{report}")
        for sid in sorted(own & set(row.counted)):
            stay(standing, other, f"precedent:{sid}")


def reopen(standing: Standing, sid: str, ground: str) -> None:
    """A case goes on; why and when it was closed before stays in its course."""
    if case := standing.cases.get(sid):
        closings = (*case.course.closings, (case.closed_at, case.closed)) if case.closed else case.course.closings
        _change(standing, sid, reopened=(*case.course.reopened, (standing.now, ground)), closings=closings)
        standing._case(sid, closed="", closed_at=None)


def stay(standing: Standing, sid: str, reason: str) -> None:
    measure = standing.measures.get(sid)
    if measure is not None and measure.ended is None and reason not in measure.stays:
        standing.measures[sid] = replace(measure, stays=(*measure.stays, reason), stayed=measure.stayed or standing.now)


def lift(standing: Standing, reason: str, only: str = "") -> None:
    """End a reason for which measures are stayed; the time of the stay is added to what was still due when it began."""
    for sid, measure in tuple(standing.measures.items()):
        if reason in measure.stays and only in ("", sid):
            stays = tuple(one for one in measure.stays if one != reason)
            standing.measures[sid] = replace(measure, stays=stays) if stays else _resumed(measure, standing)


def _resumed(measure: Measure, standing: Standing) -> Measure:
    away = ((measure.stayed, standing.now),) if measure.stayed else ()
    return replace(measure, stays=(), stayed=None, away=(*measure.away, *away))


def end(standing: Standing, sid: str, why: str) -> None:
    """A measure asks nothing any more: its determination was `annulled`, `varied` or `superseded`, it was stepped up,
    or deferred before it took force."""
    if (measure := standing.measures.get(sid)) and measure.ended is None:
        standing.measures[sid] = replace(measure, ended=standing.now, ending=why, stays=(), stayed=None)


def stepped_up(standing: Standing, sid: str) -> None:
    """A measure in force for an issue takes the place of the earlier one, which was not complied with in time."""
    row = standing.measures[sid]
    if row.in_force is None:
        return
    for other, earlier in tuple(standing.measures.items()):
        if other != sid and (earlier.imposed.case, earlier.imposed.issue) == (row.imposed.case, row.imposed.issue):
            end(standing, other, "recomputed" if doubted(earlier) else "stepped_up")
