"""The straight way of a case as deeds, for the command line: complaint, triage, replies, finding, determination, measures,
compliance, closing; and seats, doubt and grades of a report, an exercise's clock. The pages have forms of their own for it;
both ask the same deciders.

Rules
1. A deed here reads what was given into what its decider takes, and decides nothing.
2. What is held is told in lines, one for each issue, with nine parts between upright bars; a list's members are parted by
   blanks, and what is left out stays empty:
   `issue | holding | standard | attribution | reports | limitations | factors | gist | elements`,
   where the four elements of `failed_to_prevent` are parted by `;`.
3. Without a paper's name, a signature is for the paper of the case that waits for this key, oldest first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiga.drafts.coordinates import script
from tiga.mechanism import charter, grades, guards
from tiga.mechanism.acts import Actor, Outcome, Refusal
from tiga.mechanism.asks import ASSERTED, UNTIL, Ask, Deed, Given
from tiga.mechanism.casedeeds import NAME, PANEL, REASON
from tiga.mechanism.cases import CLOSINGS, QUESTIONS, Case
from tiga.mechanism.deciders import adoption, complaints, imposing, marking, replies, ruling, seating, triage
from tiga.mechanism.findings import Held
from tiga.values.moments import BadMoment, Instant
from tiga.values.places import Place

if TYPE_CHECKING:
    from tiga.mechanism.standing import Standing

Draws = tuple[bytes, ...]
PARTS = 9


def _complain(standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: Draws) -> Outcome:
    others = [party for party in guards.parties(standing) if party != by.component]
    try:
        when = given.asserted()
    except BadMoment:
        return Refusal("ask_moment", values={"ask": ASSERTED[0].name})
    toponym, (first, *further) = given.line("place"), given.many("provision")
    report = complaints.drawn(
        by, when, Place(toponym, script(toponym), source="form"), given.many("act_codes"), first, given.text("account"),
        given.text("language"), now,
    )  # fmt: skip
    filed = complaints.Complaint(
        report, first, others[0] if others else "", draws, tuple(further), given.many("questions")
    )
    return complaints.complain(standing, filed, by, now)


def _held(row: str) -> Held | None:
    """One line of rule 2, or None where it has not its parts."""
    parts = [part.strip() for part in row.split("|")]
    if not PARTS - 1 <= len(parts) <= PARTS:
        return None
    issue, holding, standard, attribution, supports, limits, factors, gist, elements = (*parts, "")[:PARTS]
    four = tuple(part.strip() for part in elements.split(";") if part.strip())
    rests, found, limited = (tuple(sorted(text.split())) for text in (supports, factors, limits))
    return Held(issue, holding, standard, gist, attribution, rests, found, limited, four)


def _adopt(standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: Draws) -> Outcome:
    rows = [_held(line) for line in given.lines("held")]
    if None in rows:
        return Refusal("held_parts", values={"line": str(rows.index(None) + 1)})
    held = tuple(row for row in rows if row is not None)
    return adoption.adopt(standing, sid, held, by, now)


def _dissent(standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: Draws) -> Outcome:
    case = standing.cases.get(sid)
    return adoption.dissent(standing, case.finding if case else "", given.line("text"), by, now)


def _issue(standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: Draws) -> Outcome:
    pairs = (row.partition(":") for row in given.many("rulings"))
    return ruling.issue(standing, sid, {issue: what for issue, _, what in pairs}, given.line("reason"), by, now)


def _sign(standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: Draws) -> Outcome:
    case = standing.cases.get(sid)
    return ruling.sign(standing, given.line("of") or (_waiting(standing, case, by) if case else ""), by, now)


def _waiting(standing: Standing, case: Case, by: Actor) -> str:
    """The paper of rule 3; empty where there is none."""
    papers = (sid for sid, row in standing.papers.items() if getattr(row.kind, "case", "") == case.sid)
    for sid in (case.finding, case.determination, *case.measures, *papers):
        found = standing.signable(sid)
        if found is not None and found[3] is None and by.key not in map(standing.heir, found[2]):
            return sid
    return ""


def _report(standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: Draws) -> Outcome:
    return imposing.report_compliance(standing, given.text("measure"), given.line("item"), given.line("text"), by, now)


def _verify(standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: Draws) -> Outcome:
    met = given.yes("met")
    return imposing.verify_compliance(
        standing, given.text("measure"), given.line("item"), met, given.line("text"), by, now
    )


def _seat(standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: Draws) -> Outcome:
    """Seat a key, named whole or without the record's origin, for its own component."""
    name = given.line("member")
    key = name if name in standing.keys else f"{standing.log}/{name}"
    component = standing.keys[key].component if key in standing.keys else ""
    return seating.seat(standing, key, component, by, now)


def _advance(standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: Draws) -> Outcome:
    return charter.advance(standing, given.moment("until") or now, given.line("reason"), by, now)


_MEASURE, _TEXT = Ask("measure", "object", "measure"), Ask("text", "text")
_REPORT = Ask("report", "object", "report")
DEEDS: tuple[Deed, ...] = (
    Deed("report.file", NAME, ("liaison",), _complain, new=True, code="case.complain", asks=(
        Ask("provision", "many", "prohibitions"), Ask("act_codes", "many", "acts"), *ASSERTED,
        Ask(UNTIL.name, required=False), Ask("place"),
        Ask("account", "text"), Ask("language", "choice", "languages"),
        Ask("questions", "many", "|".join(QUESTIONS), required=False))),
    Deed("case.admit", NAME, PANEL, lambda s, sid, given, by, now, draws:
         triage.admit(s, sid, given.text("standard"), given.line("reason"), by, now),
         (Ask("standard", "choice", "standards"), REASON)),
    Deed("reply.seal", NAME, ("liaison",), lambda s, sid, given, by, now, draws:
         replies.reply(s, sid, given.text("text"), given.text("language"), by, now, draws),
         (_TEXT, Ask("language", "choice", "languages"))),
    Deed("reply.open", NAME, guards.SIDE, lambda s, sid, given, by, now, draws: replies.open_replies(s, sid, by, now)),
    Deed("finding.adopt", NAME, PANEL, _adopt, (Ask("held", "text"),)),
    Deed("finding.dissent", NAME, ("liaison", "mediator"), _dissent, (_TEXT,)),
    Deed("determination.issue", NAME, PANEL, _issue, (Ask("rulings", "many"), REASON)),
    Deed("measure.impose", NAME, PANEL, lambda s, sid, given, by, now, draws:
         imposing.impose(s, sid, given.line("issue"), by, now), (Ask("issue"),)),
    Deed("signature.add", NAME, PANEL, _sign, (Ask("of", required=False),)),
    Deed("compliance.report", NAME, ("liaison", "mediator", "secretariat"), _report, (_MEASURE, Ask("item"), _TEXT)),
    Deed("compliance.verify", NAME, PANEL, _verify, (_MEASURE, Ask("item"), Ask("met", "yes"), _TEXT)),
    Deed("case.close", NAME, PANEL, lambda s, sid, given, by, now, draws:
         triage.close(s, sid, given.text("closing"), given.line("note"), by, now),
         (Ask("closing", "choice", "|".join(CLOSINGS)), Ask("note", required=False))),
    Deed("report.discredit", NAME, guards.SIDE, lambda s, sid, given, by, now, draws:
         marking.discredit(s, given.text("report"), given.line("reason"), by, now),
         (Ask("report", "object", "report"), REASON), new=True, reads=("report:{report}",)),
    Deed("report.grade", NAME, grades.WHO, grades.grade,
         (_REPORT, Ask("reliability", "choice", "|".join(grades.LETTERS), required=False),
          Ask("credibility", "choice", "|".join(grades.DIGITS), required=False), REASON),
         new=True, reads=("report:{report}",)),
    Deed("grade.withdraw", NAME, grades.WHO, grades.withdraw, (_REPORT, Ask("grade")), new=True,
         reads=("report:{report}", "grade:{report}")),
    Deed("panel.seat", NAME, guards.SIDE, _seat, (Ask("member"),), new=True),
    Deed("panel.recuse", NAME, ("mediator", "liaison"), lambda s, sid, given, by, now, draws:
         seating.recuse(s, given.line("reason"), by, now), (REASON,), new=True),
    Deed("panel.notify", NAME, guards.SIDE, lambda s, sid, given, by, now, draws:
         seating.notify(s, given.text("component"), by, now), (Ask("component", "choice", "components"),), new=True),
    Deed("clock.advance", NAME, guards.SIDE, _advance, (Ask("until", "moment"), REASON), new=True),
)  # fmt: skip
BY_NAME = {deed.name: deed for deed in DEEDS}
