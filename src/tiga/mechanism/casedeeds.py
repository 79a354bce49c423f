"""The deeds of the course of a case, as data: what pages and command line offer beside the straight way (`asks`).

The object of each is a case, whose threads are read; `challenge` and `date` speak of the record as a whole, `relate`,
`link`, `unlink` and `withdraw` of incidents and reports.
"""

from __future__ import annotations

from tiga.mechanism import guards
from tiga.mechanism.asks import Ask, Deed
from tiga.mechanism.cases import QUESTIONS
from tiga.mechanism.deciders import clockwork, consequences, contests, grouping, proceedings, relations, retractions
from tiga.mechanism.findings import HOLDINGS
from tiga.mechanism.incidents import RELATIONS

PANEL = ("mediator",)
NAME = "case"
WORKING = ("notified", "reply", "verification", "drafting", "adopted", "deliberation", "deadlocked", "determined", "measures",
           "appeal", "compliance")  # fmt: skip
REASON = Ask("reason")
GROUPED = (Ask("incident", "object", "incident"), Ask("report", "object", "report"), REASON)
_GROUPED = ("incident:{incident}", "report:{report}")
DEEDS: tuple[Deed, ...] = (
    Deed("case.open", NAME, guards.SIDE, proceedings.raise_case, new=True, code="case.raise",
         reads=("incident:{incident}",),
         asks=(Ask("incident", "object", "incident"), Ask("provision", "many", "prohibitions"),
               Ask("party", "many", "parties"), Ask("questions", "many", "|".join(QUESTIONS), required=False))),
    Deed("incident.relate", NAME, guards.TEAM, relations.relate, new=True,
         reads=("incident:{incident}", "incident:{other_incident}"),
         asks=(Ask("incident", "object", "incident"), Ask("other_incident", "object", "incident"),
               Ask("relation", "choice", "|".join(RELATIONS)), Ask("alleged_by"), Ask("how", "choice", "together|apart"),
               REASON)),
    Deed("incident.link", NAME, guards.TEAM, grouping.put_in, new=True, reads=_GROUPED, asks=GROUPED),
    Deed("incident.unlink", NAME, guards.TEAM, grouping.take_out, new=True, reads=_GROUPED, asks=GROUPED),
    Deed("report.withdraw", NAME, retractions.WHO, retractions.withdraw, new=True, reads=("report:{report}",),
         asks=(Ask("report", "object", "report"), REASON)),
    Deed("settlement.propose", NAME, ("liaison",), proceedings.settle, (Ask("terms"),),
         ("notified", "reply", "verification", "drafting"), may=proceedings.may_settle),
    Deed("case.escalate", NAME, PANEL, proceedings.escalate, (REASON,), WORKING, may=proceedings.may_escalate),
    Deed("case.suspend", NAME, PANEL, proceedings.suspend, (REASON,), WORKING, may=proceedings.may_work),
    Deed("case.resume", NAME, PANEL, proceedings.resume, (REASON,), WORKING, may=proceedings.may_resume),
    Deed("case.join", NAME, PANEL, proceedings.join,
         (Ask("other", "object", "case"), Ask("how", "choice", "together|apart"), REASON), WORKING, reads=("case:{other}",),
         may=proceedings.may_work),
    Deed("verification.plan", NAME, guards.TEAM, proceedings.plan, (Ask("seeks"), Ask("limits", required=False)),
         ("reply", "verification", "drafting"), may=proceedings.may_plan),
    Deed("finding.draft", NAME, PANEL, proceedings.draft,
         (Ask("holding", "choice", "|".join(HOLDINGS)), Ask("standard", "choice", "standards"), Ask("gist"),
          Ask("further_gists", "text", required=False)),
         ("verification", "reply", "drafting"), may=proceedings.may_draft),
    Deed("finding.publish", NAME, ("secretariat", "mediator"), proceedings.publish, (), WORKING, may=proceedings.may_publish),
    Deed("case.reopen", NAME, PANEL, proceedings.reopen,
         (Ask("ground", "choice", "|".join(proceedings.REOPENING)), Ask("report", "object", "report", required=False), REASON),
         (*WORKING, "closed"), reads=("report:{report}",), may=proceedings.may_reopen),
    Deed("finding.confirm", NAME, PANEL, consequences.confirm, (REASON,), WORKING, may=consequences.may_confirm),
    Deed("opinion.give", NAME, PANEL, consequences.opinion, (Ask("view", "choice", "|".join(consequences.VIEWS)), REASON),
         ("adopted",), may=consequences.may_opine),
    Deed("vote.cast", NAME, PANEL, contests.vote, (Ask("position", "choice", "against|abstain"), REASON), ("deliberation",),
         may=contests.may_vote),
    Deed("deadlock.declare", NAME, guards.SIDE, contests.deadlock, (), ("adopted", "deliberation"),
         may=contests.may_declare),
    Deed("measure.defer", NAME, PANEL, consequences.defer, (Ask("issue"), Ask("until", "moment"), REASON), ("determined",),
         may=consequences.may_defer),
    Deed("measure.release", NAME, PANEL, consequences.release, (Ask("measure", "object", "stayed"), REASON),
         ("measures", "compliance"), may=consequences.may_release),
    Deed("appeal.file", NAME, ("liaison",), contests.appeal,
         (Ask("ground", "choice", "new_evidence|procedure|standard|proportionality"),
          Ask("of", "object", "measure", required=False), Ask("text", "text"), Ask("language", "choice", "languages")),
         ("determined", "measures", "compliance", "appeal", "closed"), may=contests.may_appeal),
    Deed("appeal.decide", NAME, PANEL, contests.decide,
         (Ask("outcome", "choice", "|".join(contests.OUTCOMES)),
          Ask("disposition", "choice", "violation|no_violation|not_established|not_attributed|outside_mandate", required=False),
          REASON),
         ("appeal",), may=contests.may_decide),
    Deed("clock.extend", NAME, PANEL, clockwork.extend,
         (Ask("clock", "object", "clock"), Ask("due", "moment"), REASON), WORKING, may=clockwork.may_extend),
    Deed("panel.challenge", NAME, ("liaison", "mediator"), contests.challenge, (Ask("member", "object", "member"), REASON),
         new=True),
    Deed("challenge.rule", NAME, PANEL, contests.rule, (Ask("challenge", "object", "challenge"), Ask("upheld", "yes"), REASON),
         new=True, may=contests.may_rule),
    Deed("date.fix", NAME, guards.SIDE, clockwork.fix,
         (Ask("what"), Ask("until", "moment"), Ask("zone"), REASON), new=True, may=clockwork.may_fix),
)  # fmt: skip
"""Offered on a case by its state and by what each `may`; `new` ones on the list of cases or the panel's page."""
BY_NAME = {deed.name: deed for deed in DEEDS}
INCIDENTS = ("incident.relate", "incident.link", "incident.unlink")
"""Those that speak of an incident alone: they decide nothing, and a press record has them too."""
