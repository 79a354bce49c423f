"""The deeds of the course of a case, as data: what pages and command line offer beside the straight way (`asks`).

The object of each is a case, whose threads are read; `challenge` and `date` speak of the record as a whole.
"""

from __future__ import annotations

from tiga.mechanism import guards
from tiga.mechanism.asks import Ask, Deed
from tiga.mechanism.deciders import clockwork, consequences, contests, proceedings
from tiga.mechanism.findings import HOLDINGS

PANEL = ("mediator",)
NAME = "case"
WORKING = ("notified", "reply", "verification", "drafting", "adopted", "deliberation", "deadlocked", "determined", "measures",
           "appeal", "compliance")  # fmt: skip
REASON = Ask("reason")
DEEDS: tuple[Deed, ...] = (
    Deed("case.open", NAME, guards.SIDE, proceedings.raise_case, new=True, code="case.raise",
         reads=("incident:{incident}",),
         asks=(Ask("incident", "object", "incident"), Ask("provision", "choice", "prohibitions"),
               Ask("party", "choice", "parties"))),
    Deed("settlement.propose", NAME, ("liaison",), proceedings.settle, (Ask("terms"),),
         ("notified", "reply", "verification", "drafting")),
    Deed("case.escalate", NAME, PANEL, proceedings.escalate, (REASON,), WORKING),
    Deed("case.suspend", NAME, PANEL, proceedings.suspend, (REASON,), WORKING),
    Deed("case.resume", NAME, PANEL, proceedings.resume, (REASON,), WORKING),
    Deed("case.join", NAME, PANEL, proceedings.join,
         (Ask("other", "object", "case"), Ask("how", "choice", "together|apart"), REASON), WORKING, reads=("case:{other}",)),
    Deed("verification.plan", NAME, guards.TEAM, proceedings.plan, (Ask("seeks"), Ask("limits", required=False)),
         ("reply", "verification", "drafting")),
    Deed("finding.draft", NAME, PANEL, proceedings.draft,
         (Ask("holding", "choice", "|".join(HOLDINGS)), Ask("standard", "choice", "standards"), Ask("gist")),
         ("verification", "reply", "drafting")),
    Deed("finding.publish", NAME, ("secretariat", "mediator"), proceedings.publish, (), WORKING),
    Deed("case.reopen", NAME, PANEL, proceedings.reopen,
         (Ask("ground", "choice", "|".join(proceedings.REOPENING)), Ask("report", "object", "report", required=False), REASON),
         (*WORKING, "closed"), reads=("report:{report}",)),
    Deed("finding.confirm", NAME, PANEL, consequences.confirm, (REASON,), WORKING),
    Deed("opinion.give", NAME, PANEL, consequences.opinion, (Ask("view", "choice", "|".join(consequences.VIEWS)), REASON),
         ("adopted",)),
    Deed("vote.cast", NAME, PANEL, contests.vote, (Ask("position", "choice", "against|abstain"), REASON), ("deliberation",)),
    Deed("deadlock.declare", NAME, guards.SIDE, contests.deadlock, (), ("adopted", "deliberation")),
    Deed("measure.defer", NAME, PANEL, consequences.defer, (Ask("issue"), Ask("until", "moment"), REASON), ("determined",)),
    Deed("measure.release", NAME, PANEL, consequences.release, (Ask("measure", "object", "measure"), REASON),
         ("measures", "compliance")),
    Deed("appeal.file", NAME, ("liaison",), contests.appeal,
         (Ask("ground", "choice", "new_evidence|procedure|standard|proportionality"),
          Ask("of", "object", "measure", required=False), Ask("text", "text"), Ask("language", "choice", "languages")),
         ("determined", "measures", "compliance", "appeal", "closed")),
    Deed("appeal.decide", NAME, PANEL, contests.decide,
         (Ask("outcome", "choice", "|".join(contests.OUTCOMES)),
          Ask("disposition", "choice", "violation|no_violation|not_established|not_attributed|outside_mandate", required=False),
          REASON),
         ("appeal",)),
    Deed("clock.extend", NAME, PANEL, clockwork.extend,
         (Ask("clock"), Ask("whose", required=False), Ask("due", "moment"), REASON), WORKING),
    Deed("panel.challenge", NAME, ("liaison", "mediator"), contests.challenge, (Ask("member", "object", "member"), REASON),
         new=True),
    Deed("challenge.rule", NAME, PANEL, contests.rule, (Ask("challenge", "object", "challenge"), Ask("upheld", "yes"), REASON),
         new=True),
    Deed("date.fix", NAME, guards.SIDE, clockwork.fix,
         (Ask("what"), Ask("until", "moment"), Ask("zone"), REASON), new=True),
)  # fmt: skip
"""Offered on a case by its state; `new` ones on the list of cases or the panel's page."""
BY_NAME = {deed.name: deed for deed in DEEDS}
