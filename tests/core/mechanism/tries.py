"""What the model checker tries in a state: everything that anybody might do with a case.

Rules
1. Each deed of a case, each older act and the clock run, with a few choices each. One of each role tries it, or everybody
   where it matters who does.
2. Whether it may be done is never asked here: that is the decider's.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tests.core.mechanism.desk import PEOPLE, Verb, actor
from tiga.mechanism import casedeeds, cases, charter, deadlines
from tiga.mechanism.acts import Refusal
from tiga.mechanism.asks import Deed, Given, fault
from tiga.mechanism.cases import Case
from tiga.mechanism.deciders import adoption, clockwork, imposing, marking, replies, ruling, seating, triage
from tiga.mechanism.findings import Held
from tiga.mechanism.standing import Standing
from tiga.values.moments import Span

DRAWS = tuple(bytes([n]) * 16 for n in range(1, 7))
MINUTE = Span(60_000)
DAYS = Span.parse("P2D")
REGISTRAR = "registrar"
ROLES = ("registrar", "secretariat", "monitor", "liaison1", "liaison2", "mediator1", "analyst")
"""One of each role, and of each party; whoever may put a paper is as good as another."""
EACH = ("signature.add", "vote.cast", "panel.challenge", "challenge.rule")
"""Acts for which it matters who of a role does them."""
ASIDE = (
    "verification.plan", "finding.publish", "case.join", "finding.dissent", "clock.overdue", "clock.extend", "date.fix",
    "case.open", "case.escalate",
)  # fmt: skip
"""Acts of which no guard asks later: tried once for each name of a state."""


@dataclass(frozen=True)
class Move:
    """Somebody's try: the act's name (`wait` for time alone), who, what is decided, and of what, where a world asks."""

    act: str
    slug: str
    verb: Verb
    of: str = ""


TERMS = {"terms": "EXERCISE. Both withdraw."}
REASON = {"reason": "EXERCISE. A reason."}


def moves(standing: Standing, case: str, others: tuple[str, ...], everybody: bool) -> Iterator[Move]:
    """Everything that is tried in a state: each deed and older act with each choice, by one of each role or by everybody."""
    for sid in (case, *others):
        mine = sid == case
        for act, verb in (*_deeds(standing, sid), *_older(standing, sid), *_roster(standing)):
            act, _, of = act.partition(" ")
            for slug in PEOPLE if everybody or act in EACH else ROLES:
                yield Move(act, slug, verb, f"{act} {of if mine else 'elsewhere'}")
        yield from _clock_run(standing, sid)


def _choices(standing: Standing, case: Case, name: str) -> Iterator[dict[str, str]]:
    """What is given for a deed's asks."""
    later = standing.now.plus(DAYS).text()
    other = next((sid for sid in standing.cases if sid != case.sid), "")
    fresh = next((sid for sid, row in standing.reports.items() if row.filed.channel == "monitor"), "")
    table: dict[str, tuple[dict[str, str], ...]] = {
        "case.raise": (
            {"incident": case.opened.incident, "provision": case.opened.issues[0].provision, "party": "party-2"},
        ),
        "settlement.propose": (TERMS,),
        "case.join": ({"other": other, "how": "together", **REASON}, {"other": other, "how": "apart", **REASON}),
        "verification.plan": ({"seeks": "EXERCISE. Traces."},),
        "finding.draft": ({"holding": "established", "standard": "clear_and_convincing", "gist": "EXERCISE. A gist."},),
        "finding.publish": ({},),
        "case.reopen": (
            {"ground": "new_evidence", "report": fresh, **REASON}, {"ground": "procedure", **REASON},
        ),
        "opinion.give": ({"view": "cannot_say", **REASON},),
        "vote.cast": ({"position": "against", **REASON},),
        "deadlock.declare": ({},),
        "measure.defer": ({"issue": "i1", "until": later, **REASON},),
        "measure.release": tuple({"measure": sid, **REASON} for sid in case.measures),
        "appeal.file": tuple(
            {"ground": "procedure", "of": sid, "text": "EXERCISE. We appeal.", "language": "en"} for sid in ("", *case.measures)
        ),
        "appeal.decide": (
            {"outcome": "upheld", **REASON}, {"outcome": "annulled", **REASON},
            {"outcome": "varied", "disposition": "no_violation", **REASON},
        ),
        "clock.extend": tuple({"clock": clock, "due": later, **REASON} for clock in ("reply", "determine")),
        "panel.challenge": ({"member": actor("mediator1").key, **REASON},),
        "challenge.rule": tuple(
            {"challenge": sid, "upheld": upheld, **REASON} for sid in standing.challenges for upheld in ("yes", "no")
        ),
        "date.fix": ({"what": "moon", "until": later, "zone": "UTC", **REASON},),
    }  # fmt: skip
    yield from table.get(name, (REASON,))


def _done(deed: Deed, sid: str, given: dict[str, str]) -> Verb:
    values = Given(given)
    assert fault(deed, values) is None, (deed.name, given)
    return lambda s, by, now: deed.do(s, sid, values, by, now, DRAWS)


def _deeds(standing: Standing, sid: str) -> Iterator[tuple[str, Verb]]:
    case = standing.cases[sid]
    for deed in casedeeds.DEEDS:
        if deed.name not in ("panel.challenge", "challenge.rule"):
            for given in _choices(standing, case, deed.name):
                if all(given.get(ask.name) for ask in deed.asks if ask.required):
                    yield f"{deed.act} {'measure' if given.get('of') else ''}", _done(deed, sid, given)


def _older(standing: Standing, sid: str) -> Iterator[tuple[str, Verb]]:
    case = standing.cases[sid]
    own = case.opened.report
    fresh = tuple(one for one, row in standing.reports.items() if row.filed.channel == "monitor")
    yield "case.admit", lambda s, by, now: triage.admit(s, sid, "reasonable_suspicion", "EXERCISE.", by, now)
    yield "reply.seal", lambda s, by, now: replies.reply(s, sid, "EXERCISE. A reply.", "en", by, now, DRAWS)
    yield "reply.open", lambda s, by, now: replies.open_replies(s, sid, by, now)
    stands = own if not standing.reports[own].discredited else fresh[0]
    for rows in ((_held((stands,)),), (_held((), "not_established"),)):
        yield "finding.adopt", lambda s, by, now, rows=rows: adoption.adopt(s, sid, rows, by, now)
    yield "finding.dissent", lambda s, by, now: adoption.dissent(s, case.finding, "EXERCISE.", by, now)
    for name in _dispositions(standing, case):
        yield (
            "determination.issue",
            lambda s, by, now, name=name: ruling.issue(s, sid, {"i1": name}, "EXERCISE.", by, now),
        )
    yield "measure.impose", lambda s, by, now: imposing.impose(s, sid, "i1", by, now)
    for paper in _signable(standing, case):
        yield "signature.add", lambda s, by, now, paper=paper: ruling.sign(s, paper, by, now)
    for one in case.measures:
        item = standing.measures[one].imposed.items[0].id
        yield (
            "compliance.report",
            lambda s, by, now, one=one, item=item: imposing.report_compliance(s, one, item, "EXERCISE. Done.", by, now),
        )
        for met in (True, False):
            yield (
                "compliance.verify",
                lambda s, by, now, one=one, item=item, met=met: imposing.verify_compliance(
                    s, one, item, met, "EXERCISE. Seen.", by, now
                ),
            )
    for report in (own, *fresh):
        if not standing.reports[report].discredited:
            yield (
                "report.discredit",
                lambda s, by, now, report=report: marking.discredit(s, report, "EXERCISE.", by, now),
            )
    for reason in cases.CLOSINGS:
        yield "case.close", lambda s, by, now, reason=reason: triage.close(s, sid, reason, "", by, now)


def _dispositions(standing: Standing, case: Case) -> tuple[str, ...]:
    finding = standing.findings.get(case.finding)
    established = finding is None or finding.adopted.held[0].holding == "established"
    return ("violation", "no_violation") if established else ("violation", "not_established")


def _held(supports: tuple[str, ...], holding: str = "established") -> Held:
    return Held(
        "i1", holding, "clear_and_convincing", "EXERCISE. A gist.", "organ", supports, limitations=("single_source",)
    )  # fmt: skip


def _signable(standing: Standing, case: Case) -> tuple[str, ...]:
    waiting = (sid for sid, row in standing.papers.items() if row.in_force is None)
    return tuple(sid for sid in (case.finding, case.determination, *case.measures, *waiting) if sid)


def _roster(standing: Standing) -> Iterator[tuple[str, Verb]]:
    """Recusal, challenge and seating of one mediator and of an alternate; the other component stays."""
    case = next(iter(standing.cases.values()))
    one, alternate = actor("mediator1"), actor("mediator1b")
    yield (
        "panel.recuse",
        lambda s, by, now: (
            seating.recuse(s, "EXERCISE.", by, now) if by == one else Refusal("role", values={"role": "", "needed": ""})
        ),
    )
    yield "panel.seat", lambda s, by, now: seating.seat(s, alternate.key, alternate.component, by, now)
    for name in ("panel.challenge", "challenge.rule"):
        for given in _choices(standing, case, name):
            yield name, _done(casedeeds.BY_NAME[name], "", given)


def _clock_run(standing: Standing, sid: str) -> Iterator[Move]:
    """What the clock run does, and time alone."""
    case = standing.cases[sid]
    publish = casedeeds.BY_NAME["finding.publish"]
    yield Move("finding.publish", REGISTRAR, _done(publish, sid, {}))
    for clock in deadlines.clocks(standing, case):
        yield Move(
            "clock.overdue", REGISTRAR, lambda s, by, now, clock=clock: clockwork.overdue(s, "case", sid, clock, now)
        )
    dues = [row.due for row in deadlines.clocks(standing, case) if row.met is None and not row.lapsed]
    dues += [standing.papers[one].kind.until for one in case.course.deferrals]
    for due in sorted({due for due in dues if due > standing.now}):
        yield Move(
            "wait",
            "secretariat",
            lambda s, by, now, due=due: charter.advance(s, max(due, now.plus(MINUTE)), "t", by, now),
        )
