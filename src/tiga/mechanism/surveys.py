"""Joint surveys: an issue of a case hangs on the side of the line on which a place lies, so both sides look first.

Rules
1. The panel sends an issue to a survey, once, with the maps that were used and where they come from (domain.md g.9).
2. What a survey came to is `agreed`, for this question alone, or `not_agreed`; a later word takes the place of an earlier one.
   Neither says where a border runs.
3. Until a survey has agreed, the issue is held established by nobody (`deciders.adoption`). Other issues go on.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, ClassVar, cast

from tiga.mechanism import guards
from tiga.mechanism.acts import Actor, Decision, Outcome, Refusal, drafted
from tiga.mechanism.asks import Ask, Deed, Fact, Given, Sight
from tiga.mechanism.cases import working
from tiga.record.entries import Entry
from tiga.values.moments import Instant

if TYPE_CHECKING:
    from tiga.mechanism.standing import Standing

NAME, PREFIX = "survey", "U"
OUTCOMES = ("survey_agreed", "survey_not_agreed")
Draws = tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class SurveyReferred:
    ACT: ClassVar[str] = "survey.refer"
    RELEASE: ClassVar[str] = "R1"

    case: str
    issue: str
    maps: str
    reason: str

    def threads(self, sid: str) -> tuple[str, ...]:
        return (f"survey:{sid}", f"case:{self.case}")


@dataclass(frozen=True, slots=True)
class SurveyReported:
    """What a joint survey came to."""

    ACT: ClassVar[str] = "survey.report"
    RELEASE: ClassVar[str] = "R1"

    case: str
    survey: str
    outcome: str
    maps: str
    words: str

    def threads(self, sid: str) -> tuple[str, ...]:
        return (f"survey:{self.survey}", f"case:{self.case}")


@dataclass(frozen=True, slots=True)
class Survey:
    """An issue that was sent to a survey, and every word on it in order."""

    sid: str
    index: int
    at: Instant
    referred: SurveyReferred
    words: tuple[tuple[Instant, SurveyReported], ...] = ()

    @property
    def state(self) -> str:
        """`survey_awaited`, or the last of OUTCOMES."""
        return self.words[-1][1].outcome if self.words else "survey_awaited"


@dataclass(slots=True)
class State:
    surveys: dict[str, Survey] = field(default_factory=dict)


def state(standing: Standing) -> State:
    return cast(State, standing.affairs.states[NAME]) if standing.affairs is not None else State()


def of_issue(standing: Standing, case: str, issue: str) -> Survey | None:
    """The survey of an issue of a case; None where it was sent to none."""
    rows = state(standing).surveys.values()
    return next((row for row in rows if (row.referred.case, row.referred.issue) == (case, issue)), None)


# ---- deciders


def refer(standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: Draws) -> Outcome:
    """Send an issue to a joint survey."""
    case, issue = standing.cases.get(given.text("case")), given.line("issue")
    refusal = guards.acting(standing, by, "mediator") or working(standing, case, by)
    if refusal or case is None:
        return refusal or Refusal("no_agreement")
    if case.issue(issue) is None:
        return Refusal("issues_unmatched", values={"issues": ", ".join(row.id for row in case.opened.issues)})
    if of_issue(standing, case.sid, issue) is not None:
        return Refusal("survey_already", values={"issue": issue})
    kind = SurveyReferred(case.sid, issue, given.line("maps"), given.line("reason"))
    return Decision((drafted(kind, standing.log, now),), standing.reads)


def report(standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: Draws) -> Outcome:
    """Write down what the joint survey came to."""
    row = state(standing).surveys.get(sid)
    refusal = guards.acting(standing, by, *guards.SIDE)
    if refusal or row is None:
        return refusal or Refusal("survey_unknown")
    kind = SurveyReported(row.referred.case, sid, given.text("outcome"), given.line("maps"), given.line("reason"))
    return Decision((drafted(kind, standing.log, now),), standing.reads)


# ---- fold


def _referred(own: State, standing: Standing, kind: SurveyReferred, entry: Entry) -> None:
    own.surveys[entry.sid] = Survey(entry.sid, entry.index, standing.now, kind)


def _reported(own: State, standing: Standing, kind: SurveyReported, entry: Entry) -> None:
    if row := own.surveys.get(kind.survey):
        own.surveys[kind.survey] = replace(row, words=(*row.words, (standing.now, kind)))


# ---- what is seen


def objects(standing: Standing) -> tuple[str, ...]:
    return tuple(state(standing).surveys)


def sight(standing: Standing, sid: str) -> Sight | None:
    """A survey as it stands."""
    row = state(standing).surveys.get(sid)
    if row is None:
        return None
    facts = [
        Fact("case", f"case:{row.referred.case}", "object"), Fact("issue", row.referred.issue),
        Fact("maps", row.referred.maps), Fact("reason", row.referred.reason),
    ]  # fmt: skip
    for at, word in row.words:
        facts += [
            Fact("survey_outcome", word.outcome, "code"), Fact("survey_told", at.text(), "instant"),
            Fact("maps", word.maps), Fact("reason", word.words),
        ]  # fmt: skip
    return Sight(sid, NAME, row.index, row.at, row.state, row.referred.reason, "R1", tuple(facts), open=not row.words)


KINDS = (SurveyReferred, SurveyReported)
FOLDS = {SurveyReferred.ACT: _referred, SurveyReported.ACT: _reported}
REASON, MAPS = Ask("reason"), Ask("maps")
DEEDS = (
    Deed(
        "survey.refer", NAME, ("mediator",), refer, new=True, reads=("case:{case}",),
        asks=(Ask("case", "object", "case"), Ask("issue"), MAPS, REASON),
    ),
    Deed(
        "survey.report", NAME, guards.SIDE, report, (Ask("outcome", "choice", "|".join(OUTCOMES)), MAPS, REASON),
        ("survey_awaited", *OUTCOMES),
    ),
)  # fmt: skip
