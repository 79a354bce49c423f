"""A duty with stages: its entry kinds, the duty as they make it, what a page says of it. Who may do what is in `duties`.

Rules
1. Every entry is R1, and names the thread of its duty; the first one also names the objects that it rests on.
2. Due instants are written when the duty starts: a later version of the agreement moves no clock that runs.
3. A state is derived from the entries; nobody sets it, and none of them says `breached`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from tiga.mechanism.asks import Fact
from tiga.mechanism.deadlines import Clock
from tiga.values.moments import Instant

STAGES = {"acknowledge": "acknowledged", "plan": "planned", "action_report": "claimed_fulfilled"}
"""What a party answers, and the state that follows, in order."""
VERIFIED = "verified"
"""The stage of whoever confirms."""


@dataclass(frozen=True, slots=True)
class StageDue:
    name: str
    due: Instant


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the acceptance: what must be so for the duty to be done."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class Figure:
    """A number as told: what is counted, between which bounds, who says so."""

    counted: str
    low: int
    high: int
    source: str


@dataclass(frozen=True, slots=True)
class DutyStarted:
    """`on` is what the agreement says starts it, `ground` the words, `of` the objects (`concept:sid`) it rests on."""

    ACT: ClassVar[str] = "duty.start"
    RELEASE: ClassVar[str] = "R1"

    duty: str
    party: str
    on: str
    ground: str
    stages: tuple[StageDue, ...]
    acceptance: tuple[Part, ...]
    zone: str
    clause: str
    confirms: str = "team"
    of: tuple[str, ...] = ()

    def threads(self, sid: str) -> tuple[str, ...]:
        return (f"duty:{sid}", *self.of)


@dataclass(frozen=True, slots=True)
class DutyAnswered:
    ACT: ClassVar[str] = "duty.answer"
    RELEASE: ClassVar[str] = "R1"

    duty: str
    party: str
    stage: str
    said: str
    figures: tuple[Figure, ...] = ()

    def threads(self, sid: str) -> tuple[str, ...]:
        return (f"duty:{self.duty}",)


@dataclass(frozen=True, slots=True)
class DutyChecked:
    """A check of one part of the acceptance; `visit` is the request for access under which the team was there."""

    ACT: ClassVar[str] = "duty.verify"
    RELEASE: ClassVar[str] = "R1"

    duty: str
    part: str
    outcome: str
    method: str
    reason: str
    visit: str = ""

    def threads(self, sid: str) -> tuple[str, ...]:
        return (f"duty:{self.duty}",)


@dataclass(frozen=True, slots=True)
class DutyExtended:
    ACT: ClassVar[str] = "duty.extend"
    RELEASE: ClassVar[str] = "R1"

    duty: str
    stage: str
    before: Instant
    due: Instant
    reason: str

    def threads(self, sid: str) -> tuple[str, ...]:
        return (f"duty:{self.duty}",)


@dataclass(frozen=True, slots=True)
class DutyReferred:
    """A complaint for an act of `code` may be lodged against `party`, by the parties in `by`; `clause` prohibits the act."""

    ACT: ClassVar[str] = "duty.refer"
    RELEASE: ClassVar[str] = "R1"

    duty: str
    party: str
    clause: str
    code: str
    by: tuple[str, ...]
    reason: str

    def threads(self, sid: str) -> tuple[str, ...]:
        return (f"duty:{self.duty}",)


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as it came in; `late` by the clock as it stood then."""

    index: int
    at: Instant
    late: bool
    told: DutyAnswered


@dataclass(frozen=True, slots=True)
class Running:
    """A duty that was started, and all that was said of it, in order."""

    sid: str
    index: int
    at: Instant
    started: DutyStarted
    answers: tuple[Answer, ...] = ()
    checks: tuple[tuple[int, Instant, DutyChecked], ...] = ()
    extensions: tuple[tuple[Instant, DutyExtended], ...] = ()
    referrals: tuple[tuple[Instant, DutyReferred], ...] = ()

    @property
    def due(self) -> dict[str, Instant]:
        """When each stage falls due, by its name, extensions counted."""
        return {row.name: row.due for row in self.started.stages} | {
            row.stage: row.due for _, row in self.extensions
        }  # fmt: skip

    @property
    def outcomes(self) -> dict[str, str]:
        """What the last check of each part says; empty where a part was not checked."""
        return {part.id: "" for part in self.started.acceptance} | {
            row.part: row.outcome for _, _, row in self.checks
        }  # fmt: skip

    @property
    def verified(self) -> Instant | None:
        """Since when every part stands as met, by its last check; None while one does not."""
        outcomes, since = {part.id: "" for part in self.started.acceptance}, None
        for _, at, row in self.checks:
            outcomes[row.part] = row.outcome
            since = (since or at) if set(outcomes.values()) == {"met"} else None
        return since

    @property
    def state(self) -> str:
        """`started`, how far the party says that it is, `checked` where the last check leaves something open, `verified`."""
        if self.verified is not None:
            return VERIFIED
        reported = max((row.index for row in self.answers if row.told.stage == "action_report"), default=-1)
        if self.checks and self.checks[-1][0] > reported:
            return "checked"
        told = {row.told.stage for row in self.answers}
        return next((STAGES[stage] for stage in reversed(STAGES) if stage in told), "started")

    def met(self, stage: str) -> Instant | None:
        """When a stage was first answered; the last stage, when the last part was found met."""
        if stage == VERIFIED:
            return self.verified
        return next((row.at for row in self.answers if row.told.stage == stage), None)

    def last(self) -> Instant:
        """When the last of the party's own clocks ends; the start where it has none."""
        return max((due for stage, due in self.due.items() if stage != VERIFIED), default=self.at)

    def clocks(self) -> tuple[Clock, ...]:
        """A clock for each stage; what is still unanswered when the duty is verified has lapsed."""
        whose = dict.fromkeys(STAGES, self.started.party) | {VERIFIED: self.started.confirms}
        zone, clause = self.started.zone, self.started.clause
        return tuple(
            Clock(f"duty_{stage}", whose[stage], self.at, due, zone, clause, self.met(stage),
                  self.verified is not None and self.met(stage) is None)
            for stage, due in self.due.items()
        )  # fmt: skip


def facts(row: Running) -> tuple[Fact, ...]:
    """What a page says of a duty: what was asked, told, checked, extended and referred, in this order."""
    asked = row.started
    rows = [
        Fact("undertaking", f"duties:{asked.duty}", "undertaking"), Fact("party", asked.party, "party"),
        Fact("duty_on", f"duty_{asked.on}", "code"),
        Fact("duty_ground", asked.ground), Fact("clause", asked.clause, "clause"),
        *(Fact("duty_of", named, "object") for named in asked.of),
        *(Fact("duty_part", f"{part.id} · {part.text}") for part in asked.acceptance),
    ]  # fmt: skip
    for told in row.answers:
        rows += _told(told)
    for _, at, check in row.checks:
        rows += _check(at, check)
    for _, more in row.extensions:
        rows += [
            Fact("duty_extended", f"duty_{more.stage}", "code"), Fact("duty_before", more.before.text(), "instant"),
            Fact("due", more.due.text(), "instant"), Fact("reason", more.reason),
        ]  # fmt: skip
    for at, noted in row.referrals:
        rows += [
            Fact("duty_referred", at.text(), "instant"), Fact("act", noted.code, "act"),
            Fact("duty_provision", noted.clause, "clause"), Fact("reason", noted.reason),
            *(Fact("duty_lodges", party, "party") for party in noted.by),
        ]  # fmt: skip
    return tuple(rows)


def _told(row: Answer) -> list[Fact]:
    rows = [Fact("duty_answer", f"duty_{row.told.stage}", "code"), Fact("answered", row.at.text(), "instant")]
    rows += [Fact("duty_mark", "duty_late", "code")] if row.late else []
    rows.append(Fact("said", row.told.said))
    for figure in row.told.figures:
        bounds = str(figure.low) if figure.low == figure.high else f"{figure.low}–{figure.high}"
        rows += [Fact("duty_counted", figure.counted), Fact("duty_figure", bounds, "number"),
                  Fact("duty_teller", figure.source)]  # fmt: skip
    return rows


def _check(at: Instant, check: DutyChecked) -> list[Fact]:
    rows = [
        Fact("duty_checked", check.part), Fact("duty_checked_at", at.text(), "instant"),
        Fact("outcome", f"duty_{check.outcome}", "code"), Fact("method", f"duty_{check.method}", "code"),
        Fact("reason", check.reason),
    ]  # fmt: skip
    return [*rows, Fact("duty_visit", f"access:{check.visit}", "object")] if check.visit else rows
