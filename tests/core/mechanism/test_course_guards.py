"""The guards of the course of a case, each from both sides: refused with its code, and accepted once its remedy is
followed. Together with the table of `test_guards` they are all that the mechanism's source says.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.core.mechanism import courses, sources, test_guards, test_issues
from tests.core.mechanism import desk as desks
from tests.core.mechanism.affairs.test_surveys import LEFT_OPEN, referred, surveyed
from tests.core.mechanism.courses import (
    DRAFT,
    adopted,
    at_stage,
    clock,
    closed,
    do,
    founded,
    further,
    refused,
    seal,
)
from tests.core.mechanism.desk import Desk, actor
from tests.core.mechanism.test_guards import NONE, Guard, forgotten, then
from tiga.agreement.clauses import Appeals, Deadlock
from tiga.mechanism import affairs, straight, surveys
from tiga.mechanism.asks import Given
from tiga.mechanism.deciders import adoption, clockwork, grouping, imposing, proceedings, ruling
from tiga.values.moments import Span

Verb = Callable[[Desk, str], str]
Told = str | Callable[[Desk, str], str]
PLAIN = courses.agreement()
ADVISORY = replace(PLAIN.authority, value="advisory")
OPINION = {"view": "facts_fall_under", "reason": "R."}


def deed(slug: str, name: str, /, on: str = "", **given: Told) -> Verb:
    """A deed on the desk's case, or on the one named; what is told may follow from the desk."""

    def run(desk: Desk, case: str) -> str:
        told = {key: value if isinstance(value, str) else value(desk, case) for key, value in given.items()}
        return refused(desk, slug, name, on or case, **told)

    return run


def at(stage: str, verb: Verb, **changes: object) -> Verb:
    """The act on a fresh desk that stands at a stage, under the agreement changed."""
    return lambda desk, case: verb(*at_stage(stage, founded(**changes)))


def on(make: Callable[[], tuple[Desk, str]], verb: Verb) -> Verb:
    """The act on a desk and a case made for it."""
    return lambda desk, case: verb(*make())


def later(span: str) -> Told:
    return lambda desk, case: desk.now().plus(Span.parse(span)).text()


def signing(which: Callable[[Desk, str], str], slug: str = "mediator2") -> Verb:
    def run(desk: Desk, case: str) -> str:
        sid = which(desk, case)
        return desk.refused(slug, desk.threads_of(case), lambda s, by, now: ruling.sign(s, sid, by, now))

    return run


# ---- levels, settlement, joining, drafts, publication, reopening

ESCALATE = deed("mediator1", "case.escalate", reason="R.")
RAISE: dict[str, Told] = {
    "incident": lambda d, c: d.whole.cases[c].opened.incident, "provision": "P-01", "party": "party-1",
}  # fmt: skip
SETTLE = deed("liaison1", "settlement.propose", terms="Both move back.")
PLAN = deed("monitor", "verification.plan", seeks="Shells.")
DRAFTED = deed("mediator1", "finding.draft", **DRAFT)
RENEW = deed("mediator1", "case.reopen", ground="procedure", reason="R.")


def raising(**changes: Told) -> Verb:
    return deed("secretariat", "case.raise", **(RAISE | changes))


def top(desk: Desk, case: str) -> str:
    for _ in range(3):
        desk.wait("PT6H")
        assert ESCALATE(desk, case) == ""
    return ESCALATE(desk, case)


def motion() -> tuple[Desk, str]:
    """A case of the own motion against party-2, whom nobody has accused."""
    desk = founded()
    sid, when = desks.file(desk, desks.report("own", "", channel="monitor")), desks.report().when
    incident = desk.do(
        "secretariat", (f"report:{sid}",),
        lambda s, by, now: grouping.open_incident(s, (sid,), when.earliest, when.latest, ("H1",), by, now),
    )  # fmt: skip
    return desk, do(desk, "mediator1", "case.raise", "", incident=incident, provision="P-01", party="party-2")


def another(desk: Desk, case: str) -> str:
    """A second case on the desk."""
    return desks.complain(desk, local="2026-01-04T12:00")


def joining(how: str, other: Told) -> Verb:
    return deed("mediator1", "case.join", other=other, how=how, reason="R.")


def replied(desk: Desk, case: str) -> str:
    return seal(desk, case, "liaison1") + seal(desk, case, "liaison2")


def publishing(slug: str, named: str = "") -> Verb:
    def run(desk: Desk, case: str) -> str:
        draws, sid = desk.salts(), named or case
        return desk.refused(
            slug, desk.threads_of(case), lambda s, by, now: proceedings.publish(s, sid, Given({}), by, now, draws)
        )

    return run


def waited(span: str) -> Verb:
    return lambda desk, case: desk.wait(span) or ""


def ended(reason: str = "withdrawn") -> Verb:
    return lambda desk, case: closed(desk, case, reason)


def settled(desk: Desk, case: str) -> str:
    return SETTLE(desk, case) + deed("liaison2", "settlement.propose", terms="Both move back.")(desk, case)


def own_report(desk: Desk, case: str) -> str:
    return desk.whole.cases[case].opened.report


def reopening(report: Told) -> Verb:
    return deed("mediator1", "case.reopen", ground="new_evidence", report=report, reason="R.")


PROCEEDINGS = (
    Guard("proceedings.raise_case", "incident_unknown", "complained", raising(incident=NONE), raising()),
    Guard("proceedings.raise_case", "provision_unknown", "complained", raising(provision="O-01"), raising()),
    Guard("proceedings.raise_case", "not_bound", "complained", raising(party="party-3"), raising()),
    Guard("proceedings.raise_case", "act_not_in_provision", "complained", raising(provision="P-05"), raising()),
    Guard("proceedings.raise_case", "case_exists", "complained", raising(party="party-2"), raising(party="party-1")),
    Guard("proceedings.may_escalate", "no_agreement", "complained", forgotten(ESCALATE), then(waited("PT6H"), ESCALATE)),
    Guard("proceedings.may_escalate", "level_untried", "complained", ESCALATE, then(waited("PT6H"), ESCALATE)),
    Guard("proceedings.may_escalate", "level_last", "complained", top, at("complained", then(waited("PT6H"), ESCALATE))),
    Guard("proceedings.may_resume", "not_suspended", "complained", deed("mediator1", "case.resume", reason="R."),
          then(deed("mediator1", "case.suspend", reason="R."), deed("mediator1", "case.resume", reason="R."))),
    Guard("cases.working", "case_suspended", "replied", then(deed("mediator1", "case.suspend", reason="R."), DRAFTED),
          then(deed("mediator1", "case.resume", reason="R."), DRAFTED)),
    Guard("proceedings.may_settle", "case_unknown", "complained",
          deed("liaison1", "settlement.propose", on=NONE, terms="T."), SETTLE),
    Guard("proceedings.may_settle", "not_party", "", on(motion, SETTLE),
          on(motion, deed("liaison2", "settlement.propose", terms="T."))),
    Guard("proceedings.may_settle", "case_closed", "complained", then(ended(), SETTLE), at("complained", SETTLE)),
    Guard("proceedings.may_settle", "settle_late", "adopted", SETTLE, at("replied", SETTLE)),
    Guard("proceedings.join", "join_unchanged", "complained", joining("apart", another), joining("together", another)),
    Guard("proceedings.may_plan", "case_unknown", "admitted", deed("monitor", "verification.plan", on=NONE, seeks="S."), PLAN),
    Guard("proceedings.may_plan", "case_closed", "admitted", then(ended(), PLAN), at("admitted", PLAN)),
    Guard("proceedings.may_plan", "not_admitted", "complained", PLAN, at("admitted", PLAN)),
    Guard("proceedings.may_draft", "no_agreement", "admitted", forgotten(DRAFTED), DRAFTED),
    Guard("proceedings.may_draft", "not_admitted", "complained", DRAFTED, at("admitted", DRAFTED)),
    Guard("proceedings.may_draft", "finding_exists", "found", DRAFTED, then(RENEW, DRAFTED)),
    Guard("proceedings.may_draft", "draft_waits", "admitted", then(DRAFTED, DRAFTED), then(replied, DRAFTED)),
    Guard("proceedings.draft", "holding_unknown", "admitted",
          deed("mediator1", "finding.draft", **(DRAFT | {"standard": "certain"})), DRAFTED),
    Guard("proceedings.draft", "gist_missing", "admitted",
          deed("mediator1", "finding.draft", **(DRAFT | {"gist": " "})), DRAFTED),
    Guard("proceedings.draft", "no_clock", "admitted",
          at("admitted", DRAFTED, deadlines=tuple(row for row in PLAIN.deadlines if row.id != "reply")), DRAFTED),
    Guard("proceedings.may_publish", "case_unknown", "found", publishing("secretariat", NONE), publishing("secretariat")),
    Guard("proceedings.may_publish", "no_finding", "adopted", publishing("secretariat"),
          at("found", publishing("secretariat"))),
    Guard("proceedings.may_publish", "published_already", "found",
          then(publishing("secretariat"), publishing("mediator1")), at("found", publishing("mediator1"))),
    Guard("proceedings.may_publish", "publish_clock", "found", publishing("registrar"),
          then(waited("P3D"), publishing("registrar"))),
    Guard("proceedings.may_reopen", "case_open", "admitted", RENEW, at("found", RENEW)),
    Guard("proceedings.reopen", "closing_stage", "admitted", then(settled, RENEW), reopening(further)),
    Guard("proceedings.reopen", "evidence_not_new", "found", reopening(own_report), reopening(further)),
    Guard("adoption._ready", "draft_missing", "", at("replied", adopted, reply_to="draft"),
          at("replied", then(then(DRAFTED, replied), adopted), reply_to="draft")),
)  # fmt: skip


# ---- votes, deadlock, appeals, challenges

VOTE = deed("mediator2", "vote.cast", position="against", reason="R.")
DEADLOCK = deed("secretariat", "deadlock.declare")
APPEAL: dict[str, Told] = {"ground": "procedure", "text": "EXERCISE.", "language": "en"}
APPEALED = deed("liaison2", "appeal.file", **APPEAL)
CHALLENGE = deed("liaison1", "panel.challenge", member=actor("mediator1").key, reason="R.")


def deciding(outcome: str = "annulled", disposition: str = "", slug: str = "mediator1") -> Verb:
    return deed(slug, "appeal.decide", outcome=outcome, disposition=disposition, reason="R.")


def measure_of(desk: Desk, case: str) -> str:
    return desk.whole.cases[case].measures[0]


def challenged(slug: str, challenge: Told = "") -> Verb:
    """A ruling put on the first challenge on the desk, or on one named."""
    first: Told = lambda desk, case: next(iter(desk.whole.challenges), NONE)  # noqa: E731
    return deed(slug, "challenge.rule", challenge=challenge or first, upheld="yes", reason="R.")


def alternate(desk: Desk, case: str) -> str:
    desks.seat(desk, "mediator1b")
    return ""


def ruled(desk: Desk, case: str) -> str:
    return next(iter(desk.whole.papers))


PANEL = Appeals(PLAIN.appeals.grounds if PLAIN.appeals else (), "M-10", courses.GROUND, other_panel=True)
CONTESTS = (
    Guard("contests.may_vote", "nothing_to_sign", "found", VOTE, at("issued", VOTE)),
    Guard("contests.may_vote", "signed_already", "issued",
          deed("mediator1", "vote.cast", position="against", reason="R."), VOTE),
    Guard("contests.may_vote", "voted_already", "issued", then(VOTE, VOTE),
          then(alternate, deed("mediator1b", "vote.cast", position="abstain", reason="R."))),
    Guard("contests._why", "case_unknown", "found", deed("secretariat", "deadlock.declare", on=NONE),
          then(waited("P7D"), DEADLOCK)),
    Guard("contests._why", "case_closed", "complained", then(ended(), DEADLOCK),
          at("found", then(waited("P7D"), DEADLOCK))),
    Guard("contests._why", "no_deadlock_rule", "",
          at("found", then(waited("P7D"), DEADLOCK), deadlock=Deadlock("none", "M-07", courses.GROUND)),
          at("found", then(waited("P7D"), DEADLOCK))),
    Guard("contests._why", "advisory_only", "",
          at("found", then(waited("P7D"), DEADLOCK), authority=ADVISORY), at("found", then(waited("P7D"), DEADLOCK))),
    Guard("contests._why", "deadlocked_already", "found", then(waited("P7D"), then(DEADLOCK, DEADLOCK)),
          at("found", then(waited("P7D"), DEADLOCK))),
    Guard("contests._why", "no_finding", "adopted", DEADLOCK, at("found", then(waited("P7D"), DEADLOCK))),
    Guard("contests._why", "determination_exists", "determined", DEADLOCK, at("issued", then(VOTE, DEADLOCK))),
    Guard("contests._why", "no_deadlock", "issued", DEADLOCK, then(VOTE, DEADLOCK)),
    Guard("contests._appealing", "case_unknown", "determined", deed("liaison2", "appeal.file", on=NONE, **APPEAL), APPEALED),
    Guard("contests._appealing", "no_appeal_rule", "", at("determined", APPEALED, appeals=None), at("determined", APPEALED)),
    Guard("contests._appealing", "not_party", "", on(motion, deed("liaison1", "appeal.file", **APPEAL)),
          at("determined", deed("liaison1", "appeal.file", **APPEAL))),
    Guard("contests._appealable", "not_appealable", "in_force",
          deed("liaison2", "appeal.file", of=lambda d, c: d.whole.cases[c].finding, **APPEAL),
          deed("liaison2", "appeal.file", of=measure_of, **APPEAL)),
    Guard("contests._appealable", "not_in_force", "issued", APPEALED, at("determined", APPEALED)),
    Guard("contests.appeal", "ground_unknown", "",
          at("determined", APPEALED, appeals=Appeals(("standard",), "M-10", courses.GROUND)), at("determined", APPEALED)),
    Guard("contests._appealable", "appeal_late", "determined", then(waited("P7D"), APPEALED), at("determined", APPEALED)),
    Guard("contests._appealable", "appealed_already", "determined", then(APPEALED, APPEALED),
          deed("liaison1", "appeal.file", **APPEAL)),
    Guard("contests._waiting", "no_appeal", "determined", deciding(), then(APPEALED, deciding())),
    Guard("contests.decide", "measure_not_varied", "in_force",
          then(deed("liaison2", "appeal.file", of=measure_of, **APPEAL), deciding("varied", "violation")), deciding()),
    Guard("contests.decide", "ask_missing", "determined", then(APPEALED, deciding("varied")),
          then(APPEALED, deciding("varied", "no_violation"))),
    Guard("contests._varied", "not_varied", "determined", then(APPEALED, deciding("varied", "violation")),
          deciding("varied", "no_violation")),
    Guard("contests.same_panel", "same_panel", "", at("determined", then(APPEALED, deciding()), appeals=PANEL),
          at("determined", then(then(APPEALED, alternate), deciding(slug="mediator1b")), appeals=PANEL)),
    Guard("contests.challenge", "not_seated", "complained",
          deed("liaison1", "panel.challenge", member=actor("mediator1b").key, reason="R."), then(alternate, CHALLENGE)),
    Guard("contests.challenge", "challenge_self", "complained",
          deed("mediator1", "panel.challenge", member=actor("mediator1").key, reason="R."),
          deed("mediator2", "panel.challenge", member=actor("mediator1").key, reason="R.")),
    Guard("contests.challenge", "challenged_already", "complained", then(CHALLENGE, CHALLENGE),
          deed("liaison1", "panel.challenge", member=actor("mediator2").key, reason="R.")),
    Guard("contests._rulable", "challenge_unknown", "complained", challenged("mediator2", NONE),
          then(CHALLENGE, challenged("mediator2"))),
    Guard("contests._rulable", "ruled_already", "complained",
          then(CHALLENGE, then(challenged("mediator2"), challenged("mediator2"))),
          at("complained", then(CHALLENGE, challenged("mediator2")))),
    Guard("contests._rulable", "own_challenge", "complained", then(CHALLENGE, challenged("mediator1")), challenged("mediator2")),
    Guard("ruling._own_matter", "own_challenge", "complained",
          then(then(CHALLENGE, challenged("mediator2")), signing(ruled, "mediator1")),
          then(alternate, signing(ruled, "mediator1b"))),
)  # fmt: skip


# ---- confirmation, stays, deferral, opinion, clocks, dates

CONFIRM = deed("mediator1", "finding.confirm", reason="R.")
ANEW = deed("mediator1", "case.reopen", ground="other_reports", reason="R.")


def more(desk: Desk, case: str) -> str:
    """One more report of the incident."""
    return further(desk, case) and ""


def last_paper(desk: Desk, case: str) -> str:
    return next(reversed(desk.whole.papers))


def ruled_out(desk: Desk, case: str) -> str:
    """The case is closed without a violation."""
    desks.sign(desk, case, desks.issue(desk, case, "no_violation"))
    return closed(desk, case, "no_violation")


def reopened_by_itself(desk: Desk, case: str) -> str:
    return desk.refused("registrar", desk.threads_of(case), lambda s, by, now: clockwork.reopen(s, case, now))


EXTEND = deed("mediator1", "clock.extend", clock="triage", due=later("P9D"), reason="R.")


def deferring(until: Told, issue: str = "i1") -> Verb:
    return deed("mediator1", "measure.defer", issue=issue, until=until, reason="R.")


DEFER = deferring(later("P9D"))


def rested(number: int, *, alone: bool) -> tuple[Desk, str]:
    """A finding in force on the complaint and `number` reports of one monitor, of which the complaint was discredited;
    `alone` where the finding says that it rests on a single source."""
    desk, case = at_stage("replied", founded())
    sids = (own_report(desk, case), *(further(desk, case) for _ in range(number)))
    desks.sign(desk, case, desks.adopt(desk, case, supports=sids, limitations=("single_source",) if alone else ()))
    desks.discredit(desk, sids[0])
    return desk, case


def discredited(desk: Desk, case: str) -> str:
    return desks.discredit(desk, own_report(desk, case)) and ""


def counting(number: int) -> tuple[Desk, str]:
    """The last of so many minor violations, of which the first was annulled."""
    desk, found = courses.minors(number)
    APPEALED(desk, found[0])
    courses.both(desk, found[0], "appeal.decide", outcome="annulled", reason="R.")
    return desk, found[-1]


def releasing(measure: Told = measure_of) -> Verb:
    return deed("mediator1", "measure.release", measure=measure, reason="R.")


def put(desk: Desk, case: str) -> str:
    return desk.refused("mediator1", desk.threads_of(case), lambda s, by, now: imposing.impose(s, case, "i1", by, now))


def deferred(desk: Desk, case: str) -> str:
    return DEFER(desk, case) + signing(ruled)(desk, case)


def unmet(desk: Desk, case: str) -> str:
    desk.wait("P9D")
    return put(desk, case)


def grave(stage: str) -> Callable[[], tuple[Desk, str]]:
    return lambda: courses.grave(stage)


def complied(desk: Desk, case: str) -> str:
    sid = measure_of(desk, case)
    item = desk.whole.measures[sid].imposed.items[0].id
    return desk.refused(
        desks.executor(desk, sid, item), desk.threads_of(case),
        lambda s, by, now: imposing.report_compliance(s, sid, item, "EXERCISE.", by, now),
    )  # fmt: skip


def verified(desk: Desk, case: str) -> str:
    sid = measure_of(desk, case)
    item = desk.whole.measures[sid].imposed.items[0].id
    return desk.refused(
        "mediator1", desk.threads_of(case),
        lambda s, by, now: imposing.verify_compliance(s, sid, item, True, "EXERCISE.", by, now),
    )  # fmt: skip


def overdue(desk: Desk, case: str) -> str:
    row = clock(desk, case, "triage")
    return desk.refused(
        "registrar", desk.threads_of(case), lambda s, by, now: clockwork.overdue(s, "case", case, row, now)
    )


def renewed(desk: Desk, case: str) -> None:
    """The case is opened again, and a new finding is in force."""
    desks.sign(desk, case, courses.renewed(desk, case))


def typed(slug: str, name: str, **given: Told) -> Verb:
    """A deed of the straight way, as the command line gives it."""

    def run(desk: Desk, case: str) -> str:
        one = straight.BY_NAME[name]
        values = Given({key: value if isinstance(value, str) else value(desk, case) for key, value in given.items()})
        draws, sid = desk.salts(), "" if one.new else case
        return desk.refused(
            slug, desk.widened(one.threads(sid, values)), lambda s, by, now: one.do(s, sid, values, by, now, draws)
        )

    return run


def complaining(local: str) -> Verb:
    return typed(
        "liaison1", "case.complain", provision="P-01", act_codes="H1", asserted_local=local, asserted_zone="PKT",
        asserted_precision="minute", place="A post", account="EXERCISE.", language="en",
    )  # fmt: skip


def held_line(desk: Desk, case: str) -> str:
    report = desk.whole.cases[case].opened.report
    return f"i1 | established | balance_of_probabilities | organ | {report} | single_source | | EXERCISE. Held."


def moon() -> tuple[Desk, str]:
    return courses.moonlit(), ""


def fixing(what: str = "eid") -> Verb:
    return deed("secretariat", "date.fix", what=what, until=later("P9D"), zone="+05:00", reason="R.")


CONSEQUENCES = (
    Guard("consequences.may_confirm", "no_finding", "adopted", CONFIRM, on(lambda: rested(1, alone=True), CONFIRM)),
    Guard("consequences.may_confirm", "not_flagged", "found", CONFIRM, on(lambda: rested(1, alone=True), CONFIRM)),
    Guard("consequences._still", "support_missing", "found", then(discredited, CONFIRM),
          on(lambda: rested(1, alone=True), CONFIRM)),
    Guard("consequences._still", "single_origin", "", on(lambda: rested(2, alone=False), CONFIRM),
          on(lambda: rested(2, alone=True), CONFIRM)),
    Guard("consequences._releasable", "measure_unknown", "", on(lambda: counting(4), releasing(NONE)),
          on(lambda: counting(4), releasing())),
    Guard("consequences._releasable", "not_stayed", "in_force", releasing(), on(lambda: counting(4), releasing())),
    Guard("consequences.release", "step_differs", "", on(lambda: counting(3), releasing()),
          on(lambda: counting(4), releasing())),
    Guard("consequences._deferrable", "no_determination", "issued", DEFER, at("determined", DEFER)),
    Guard("consequences._deferrable", "no_violation", "determined", deferring(later("P9D"), "i9"), DEFER),
    Guard("consequences._deferrable", "measure_exists", "imposed", DEFER, at("determined", DEFER)),
    Guard("consequences.defer", "until_past", "determined", deferring(lambda d, c: d.now().text()), DEFER),
    Guard("consequences.may_opine", "no_opinion", "found", deed("mediator1", "opinion.give", **OPINION),
          at("found", deed("mediator1", "opinion.give", **OPINION), authority=ADVISORY)),
    Guard("consequences.may_opine", "no_finding", "",
          at("adopted", deed("mediator1", "opinion.give", **OPINION), authority=ADVISORY),
          at("found", deed("mediator1", "opinion.give", **OPINION), authority=ADVISORY)),
    Guard("consequences.may_opine", "opinion_exists", "",
          at("found", then(deed("mediator1", "opinion.give", **OPINION), deed("mediator2", "opinion.give", **OPINION)),
             authority=ADVISORY),
          at("found", deed("mediator2", "opinion.give", **OPINION), authority=ADVISORY)),
    Guard("imposing.impose", "measure_deferred", "determined", then(deferred, put), then(waited("P9D"), put)),
    Guard("imposing.impose", "step_same", "in_force", unmet, on(grave("in_force"), unmet)),
    Guard("imposing.impose", "appeal_waits", "", on(grave("determined"), then(APPEALED, put)),
          on(grave("determined"), put)),
    Guard("imposing.may_report", "measure_stayed", "", on(grave("in_force"), then(APPEALED, complied)),
          on(grave("in_force"), complied)),
    Guard("imposing.may_verify", "measure_stayed", "",
          on(grave("in_force"), then(complied, then(APPEALED, verified))), on(grave("in_force"), then(complied, verified))),
    Guard("straight._complain", "ask_moment", "", complaining("soon"), complaining("2026-01-04T10:00")),
    Guard("straight._adopt", "held_parts", "replied", typed("mediator1", "finding.adopt", held="i1 | established"),
          typed("mediator1", "finding.adopt", held=held_line)),
    Guard("ruling._own_matter", "nothing_to_sign", "",
          on(grave("in_force"), then(APPEALED, then(deciding(), then(renewed, signing(ruled))))),
          on(grave("in_force"), then(APPEALED, then(deciding(), signing(ruled))))),
    Guard("ruling._overtaken", "nothing_to_sign", "imposed",
          then(then(APPEALED, deciding()), then(signing(ruled), signing(measure_of))), at("imposed", signing(measure_of))),
    Guard("ruling._overtaken", "measure_exists", "determined",
          then(DEFER, then(put, then(signing(measure_of), signing(ruled)))), at("determined", then(DEFER, signing(ruled)))),
    Guard("triage._may_close", "appeal_waits", "verified", then(APPEALED, ended("complied")),
          at("verified", ended("complied"))),
    Guard("triage._may_close", "support_discredited", "verified", then(discredited, ended("complied")),
          at("verified", ended("complied"))),
    Guard("clockwork.overdue", "clock_runs", "complained", overdue, then(waited("P2D"), overdue)),
    Guard("clockwork.overdue", "overdue_already", "complained", then(waited("P2D"), then(overdue, overdue)),
          then(EXTEND, then(waited("P9D"), overdue))),
    Guard("clockwork._known", "clock_unknown", "complained",
          deed("mediator1", "clock.extend", clock="impose", due=later("P9D"), reason="R."), EXTEND),
    Guard("clockwork.extend", "extension_earlier", "complained",
          deed("mediator1", "clock.extend", clock="triage", due=later("PT1H"), reason="R."), EXTEND),
    Guard("ruling._overtaken", "basis_moved", "found", then(more, then(CONFIRM, then(more, signing(last_paper)))),
          then(more, then(CONFIRM, signing(last_paper)))),
    Guard("proceedings.reopen", "basis_same", "found", ANEW, then(more, ANEW)),
    Guard("clockwork.reopen", "basis_same", "found", reopened_by_itself, then(ruled_out, then(more, reopened_by_itself))),
    Guard("clockwork._fixable", "date_unknown", "", on(moon, fixing("snow")), on(moon, fixing())),
    Guard("clockwork._fixable", "date_fixed", "", on(moon, then(fixing(), fixing())), on(moon, fixing())),
)  # fmt: skip

# ---- joint surveys, and refusals of access as support


def finding(**changes: object) -> Verb:
    def run(desk: Desk, case: str) -> str:
        rows = (desks.held(desk, case, **changes),)
        threads = desk.threads_of(case)
        return desk.refused("mediator1", threads, lambda s, by, now: adoption.adopt(s, case, rows, by, now))

    return run


def after_survey(outcome: str, verb: Verb) -> Verb:
    """The act on a case whose issue went to a joint survey, which came to something or is awaited."""

    def run(desk: Desk, case: str) -> str:
        known = surveys.of_issue(desk.standing(f"case:{case}"), case, "i1")
        survey = known.sid if known else referred(desk, case)
        if outcome:
            surveyed(desk, survey, outcome)
        return verb(desk, case)

    return run


def inferring(beside: bool) -> Verb:
    """A finding that rests on a refusal of access, beside the complaint or alone."""

    def run(desk: Desk, case: str) -> str:
        sid = desks.file(desk, desks.report(f"f-{desk.drawn}", "", codes=("F1",), channel="sensor"))
        threads, incident = (*desk.threads_of(case), f"report:{sid}"), desk.whole.cases[case].opened.incident
        desk.do("secretariat", threads, lambda s, by, now: grouping.link(s, incident, sid, "R.", by, now))
        return finding(supports=(desk.whole.cases[case].opened.report, sid) if beside else (sid,))(desk, case)

    return run


def permitted(verb: Verb) -> Verb:
    """The act under an agreement that permits an adverse inference."""
    terms = PLAIN.terms
    return at(
        "replied", verb, terms=terms | {"adverse_inference": replace(terms["adverse_inference"], value="permitted")}
    )


MANDATE = (
    Guard("adoption._inferred", "survey_open", "replied", after_survey("", finding()),
          after_survey("survey_agreed", finding())),
    Guard("adoption._inferred", "survey_open", "replied", after_survey("survey_not_agreed", finding()),
          after_survey("survey_not_agreed", finding(**LEFT_OPEN))),
    Guard("adoption._inferred", "inference_barred", "replied", inferring(True), permitted(inferring(True))),
    Guard("adoption._inferred", "inference_alone", "replied", permitted(inferring(False)), permitted(inferring(True))),
)  # fmt: skip

GUARDS = (*PROCEEDINGS, *CONTESTS, *CONSEQUENCES, *MANDATE)
UNREACHABLE = {
    # What `working` has refused before; they stand for the type checker.
    ("clockwork.may_extend", "no_agreement"), ("clockwork.extend", "no_agreement"),
    ("consequences._on", "no_agreement"), ("contests._waiting", "no_agreement"),
    ("contests.may_vote", "no_agreement"), ("proceedings.join", "no_agreement"), ("proceedings.may_reopen", "no_agreement"),
    ("proceedings.may_resume", "no_agreement"),
    # A measure ends with the violation that it follows, and with it its stays.
    ("consequences.release", "no_violation"),
}  # fmt: skip


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: f"{guard.place}-{guard.code}")
def test_a_guard_refuses_and_gives_way_to_its_remedy(guard: Guard) -> None:
    desk, case = at_stage(guard.stage) if guard.stage else (founded(), "")
    assert guard.wrong(desk, case) == guard.code
    assert guard.mended(desk, case) == ""


def test_every_guard_in_the_source_stands_in_one_of_the_tables() -> None:
    apart = {"asks", "backgrounds", "grades", "guards", "patrol_plans"}.union(
        *map(sources.stems, affairs.CONCEPTS)
    )  # they have tables of their own
    written = {
        (given.place, given.code)
        for given in sources.refusals()
        if given.room == "mechanism" and given.place.split(".")[0] not in apart
    }
    unreachable = test_guards.UNREACHABLE | UNREACHABLE
    tables = (*test_guards.GUARDS, *test_issues.GUARDS, *GUARDS)
    assert written - unreachable == {(guard.place, guard.code) for guard in tables}


def test_what_is_unreachable_is_in_the_source_and_in_no_table() -> None:
    written = {(given.place, given.code) for given in sources.refusals()}
    assert (UNREACHABLE - written, UNREACHABLE & {(guard.place, guard.code) for guard in GUARDS}) == (set(), set())
