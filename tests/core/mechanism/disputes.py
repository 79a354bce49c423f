"""Generated disputes: up to 200 acts by anybody on a few cases and the affairs beside them, sensible or not.

Rules
1. Half of the acts lead on: the next act on some case by whoever may do it. The rest is anything by anybody: each deed of a
   case, each older act, each deed of the affairs, what is given for it drawn from what there is and what there is not.
2. The clock stands still for spans and then runs late, as a host does that was down; a run does what `store.clockrun` does.
3. Most disputes are short; one in twenty is long. `TIGA_LONG=1` plays more of them, not longer ones.
4. A refusal is as good as an entry; it is told apart, and must leave the record as it was.

Not done here: what must hold afterwards (`invariants`).
"""

from __future__ import annotations

from hypothesis import strategies as st

from tests.core.mechanism import clockruns, courses
from tests.core.mechanism import desk as desks
from tests.core.mechanism.anything import SLUGS, SPANS, Draw, Tried, affair, course, deed, older, on, tried
from tests.core.mechanism.desk import Desk, actor, report
from tiga.mechanism import affairs, cases, charter
from tiga.mechanism.cases import Case
from tiga.mechanism.deciders import (
    adoption,
    complaints,
    imposing,
    marking,
    replies,
    ruling,
    triage,
)
from tiga.mechanism.findings import Held
from tiga.values.moments import Instant, Span

CODES = (("H1", "P-01"), ("H2", "P-01"), ("H5", "P-01"), ("A1", "P-05"), ("Z9", "P-01"))
LENGTHS = ((8, 35),) * 13 + ((35, 80),) * 6 + ((80, 200),)
CASES_MAX = 5


@st.composite
def disputes(draw: st.DrawFn) -> Desk:
    """A record after a dispute that Hypothesis draws."""
    return dispute(lambda number: draw(st.integers(0, max(0, number - 1))))


def dispute(pick: Draw) -> Desk:
    """A record after a dispute; `pick` draws a whole number from 0 to below the one given."""
    changes: dict[str, object] = {"reply_to": "draft"} if not pick(5) else {}
    desk = courses.founded(**changes)
    desk.whole.affairs = affairs.Affairs()
    low, high = LENGTHS[pick(len(LENGTHS))]
    for _ in range(pick(4)):
        code, provision = CODES[pick(4)]
        local = desk.now().minus(Span(3_600_000)).text()[:16]
        stage = desks.STAGES[pick(len(desks.STAGES))] if not changes else "complained"
        desks.at_stage(
            stage, desk, codes=(code,), provision=provision, local=local, slug=("liaison1", "liaison2")[pick(2)]
        )
    for _ in range(low + pick(high - low + 1)):
        act(desk, pick)
    return desk


def act(desk: Desk, draw: Draw) -> None:
    """One act, or one run of the clock."""
    kind = draw(20)
    if kind < 9:
        return leadon(desk, draw)
    if kind < 12:
        return deed(desk, draw)
    if kind < 16:
        return affair(desk, draw)
    if kind < 18:
        return tried(desk, SLUGS[draw(len(SLUGS))], older(desk, draw))
    if kind < 19:
        clockruns.run(desk)
        return None
    span = Span.parse(SPANS[draw(len(SPANS))])
    return tried(desk, "secretariat", ((), lambda s, by, now: charter.advance(s, now.plus(span), "EXERCISE.", by, now)))


# ---- the straight way


def leadon(desk: Desk, draw: Draw) -> None:
    """The next sensible act on some case; where there is none, a complaint."""
    known = sorted(desk.whole.cases)
    if not known or (len(known) < CASES_MAX and not draw(12)):
        return complain(desk, draw)
    case = desk.whole.cases[known[draw(len(known))]]
    if not draw(3):
        return turn(desk, case, draw)
    mediator = ("mediator1", "mediator2", "mediator1b")[max(0, draw(8) - 5)]
    return tried(desk, *_next(desk, case, mediator, draw))


def turn(desk: Desk, case: Case, draw: Draw) -> None:
    """Something that may come between: doubt, an appeal, a vote, a new finding, a deferral, a step that comes later."""
    sid, mediator, reason = case.sid, ("mediator1", "mediator2")[draw(2)], {"reason": "EX."}
    state, liaison = cases.state(desk.whole, case), ("liaison1", "liaison2")[draw(2)]
    if state in ("notified", "reply") and not draw(4):
        return tried(desk, liaison, course(desk, sid, "settlement.propose", terms="EX."))
    if case.flags and draw(2):
        return tried(desk, mediator, course(desk, sid, "finding.confirm", **reason))
    if not draw(4) and case.supports:
        support = case.supports[draw(len(case.supports))]
        threads = desk.threads_of_report(support)
        return tried(desk, "secretariat", (threads, lambda s, by, now: marking.discredit(s, support, "EX.", by, now)))
    if state == "deliberation":
        if draw(2):
            return tried(desk, mediator, course(desk, sid, "vote.cast", position="against", **reason))
        return tried(desk, "secretariat", course(desk, sid, "deadlock.declare"))
    if state == "determined" and not draw(3):
        until = desk.now().plus(Span.parse("P2D")).text()
        return tried(desk, mediator, course(desk, sid, "measure.defer", issue="i1", until=until, **reason))
    doubted = [one for one in case.measures if any("precedent" in why for why in desk.whole.measures[one].stays)]
    if doubted and draw(2):
        return tried(desk, mediator, course(desk, sid, "measure.release", measure=doubted[-1], **reason))
    if state == "closed" or not draw(4):
        return tried(desk, mediator, course(desk, sid, "case.reopen", ground="procedure", **reason))
    of = ("", *case.measures)[draw(1 + len(case.measures))]
    return tried(desk, liaison, course(desk, sid, "appeal.file", ground="procedure", of=of, text="EX.", language="en"))


def complain(desk: Desk, draw: Draw) -> None:
    code, provision = CODES[draw(len(CODES))]
    slug, party, respondent = (("liaison1", "party-1", "party-2"), ("liaison2", "party-2", "party-1"))[draw(2)]
    local = desk.now().minus(Span(draw(90) * 86_400_000 + 1)).text()[:16]
    drawn = complaints.Complaint(
        report(f"r{desk.drawn}", party, (code,), local), provision, party if not draw(9) else respondent, desk.salts()
    )
    tried(desk, slug, ((), lambda s, by, now: complaints.complain(s, drawn, by, now)))
    if draw(2) and desk.whole.cases:
        courses.further(desk, next(reversed(desk.whole.cases)))


def _next(desk: Desk, case: Case, mediator: str, draw: Draw) -> tuple[str, Tried]:
    """Who does what next, by the state of the case."""
    sid, state = case.sid, cases.state(desk.whole, case)
    waiting = [one for one in (case.finding, case.determination, *case.measures, *desk.whole.papers) if one]
    open_ones = [one for one in waiting if (found := desk.whole.signable(one)) and found[3] is None]
    if case.course.suspended:
        return mediator, course(desk, sid, "case.resume", reason="EX.")
    if open_ones and draw(6):
        return _other(desk, open_ones[-1]), on(desk, sid, lambda s, by, now: ruling.sign(s, open_ones[-1], by, now))
    if state == "notified":
        return mediator, on(desk, sid, lambda s, by, now: triage.admit(s, sid, "reasonable_suspicion", "EX.", by, now))
    if state == "reply" or (case.course.draft and not case.replies_open):
        told = {row.party for row in case.replies if row.draft == case.turn}
        silent = [slug for slug in ("liaison1", "liaison2") if desks.PEOPLE[slug][1] not in told]
        slug = silent[0] if silent and draw(4) else "secretariat"
        return slug, _reply(desk, sid) if slug != "secretariat" else on(
            desk, sid, lambda s, by, now: replies.open_replies(s, sid, by, now)
        )
    drafts = desk.whole.agreement is not None and desk.whole.agreement.reply_to == "draft"
    if state == "verification" and drafts:
        return mediator, course(desk, sid, "finding.draft", **courses.DRAFT)
    if state in ("verification", "drafting") or case.renewed(_found(desk, case)):
        rows = (_sound(desk, case, draw),)
        return mediator, on(desk, sid, lambda s, by, now: adoption.adopt(s, sid, rows, by, now))
    if state in ("adopted", "deadlocked", "deliberation"):
        return mediator, on(desk, sid, lambda s, by, now: ruling.issue(s, sid, {"i1": "violation"}, "EX.", by, now))
    if state == "determined":
        return mediator, on(desk, sid, lambda s, by, now: imposing.impose(s, sid, "i1", by, now))
    if state == "appeal":
        outcome = ("upheld", "annulled", "varied")[draw(3)]
        return mediator, course(desk, sid, "appeal.decide", outcome=outcome, disposition="no_violation", reason="EX.")
    if state == "compliance":
        return _complied(desk, case, draw)
    return mediator, course(desk, sid, "case.reopen", ground="procedure", reason="EX.")


def _other(desk: Desk, sid: str) -> str:
    """Whose signature is wanting: the other component's."""
    found = desk.whole.signable(sid)
    signed = {desk.whole.keys[name].component for name in found[2]} if found else set()
    free = [slug for slug in ("mediator1b", "mediator1", "mediator2") if desks.PEOPLE[slug][1] not in signed]
    return next(
        (slug for slug in free if actor(slug).key in desk.whole.seats and actor(slug).key not in desk.whole.recused),
        free[0],
    )


def _found(desk: Desk, case: Case) -> Instant:
    return desk.whole.findings[case.finding].at if case.finding else desk.now()


def _complied(desk: Desk, case: Case, draw: Draw) -> tuple[str, Tried]:
    live = [sid for sid in case.measures if desk.whole.measures[sid].ended is None]
    measure = desk.whole.measures[live[-1]]
    item = measure.imposed.items[draw(len(measure.imposed.items))].id
    if item not in measure.reported:
        slug = desks.executor(desk, measure.sid, item)
        return slug, on(
            desk, case.sid, lambda s, by, now: imposing.report_compliance(s, measure.sid, item, "EX.", by, now)
        )
    if item not in measure.verified:
        return "mediator1", on(
            desk, case.sid, lambda s, by, now: imposing.verify_compliance(s, measure.sid, item, True, "EX.", by, now)
        )
    if draw(2):
        return "mediator2", on(desk, case.sid, lambda s, by, now: triage.close(s, case.sid, "complied", "", by, now))
    return "mediator2", on(desk, case.sid, lambda s, by, now: imposing.impose(s, case.sid, "i1", by, now))


def _sound(desk: Desk, case: Case, draw: Draw) -> Held:
    """What may be held: on reports of the incident that still stand."""
    linked = desk.whole.incidents[case.opened.incident].reports
    stands = [sid for sid in linked if sid in desk.whole.reports and not desk.whole.reports[sid].discredited]
    supports = tuple(stands[: 1 + draw(2)])
    return Held(
        "i1", "established", "clear_and_convincing", "EXERCISE.", "organ", supports, limitations=("single_source",)
    )


def _reply(desk: Desk, case: str) -> Tried:
    salts = desk.salts()
    return on(desk, case, lambda s, by, now: replies.reply(s, case, "EXERCISE.", "en", by, now, salts))
