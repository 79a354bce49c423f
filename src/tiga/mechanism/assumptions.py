"""What a backtest assumes, as data: every assumption has a name, a value out of those accepted, and words.

Rules
1. No assumption is silent: those that can be chosen are fields of `Assumptions`, those that cannot are `FIXED`.
2. A stage lasts as long as the agreement's own clocks, run to their ends, unless a span is said. A clock that the
   agreement does not have takes no time.
3. Clocks that run beside each other end with the later one: the replies run beside triage and verification.

Not done here: replaying (`backtest`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace

from tiga.agreement.clauses import Agreement
from tiga.values.moments import BadMoment, Span, offset


@dataclass(frozen=True, slots=True)
class Bar:
    """Which findings stand: events with so many dead and dead civilians at the least, of which none of this was assumed."""

    dead_least: int = 0
    civilians_least: int = 0
    without: tuple[str, ...] = ()


FINDINGS: dict[str, Bar] = {
    "all_attributed": Bar(),
    "deadly_only": Bar(dead_least=1),
    "civilians_only": Bar(civilians_least=1),
    "none_contested": Bar(without=("accused_by_losses", "contested")),
    "dated_only": Bar(without=("days_open",)),
}
COMPLIANCE: dict[str, int] = {"always": 1, "half": 2, "never": 0}
"""Every how many-th of a party's measures is carried out in time; 0 for none."""
HARMS = ("at_least", "at_most", "never")
"""Which end of the range of dead civilians makes the factor: the fewest, the most, or none does."""
CHOICES: dict[str, tuple[str, ...]] = {
    "findings": tuple(FINDINGS),
    "harm": HARMS,
    "compliance": tuple(COMPLIANCE),
    "step_up": ("no", "when_unmet"),
    "authority": ("binding", "as_written"),
    "instruments": ("as_written", "throughout"),
    "disputed": ("goes_on", "left_out"),
    "rows": ("grouped", "each"),
}
STAGES = ("complaint", "finding", "determination", "measure")
FIXED = (
    "attribution_met", "standard_met", "zone_met", "first_provision", "nothing_settled", "no_appeal", "no_deferral",
    "panel_seated", "mediators_in_time", "unmet_stays",
)  # fmt: skip
"""What is always assumed (`backtest.fixed.…`)."""
CAPACITY_MOST = 100_000
SPAN_MOST = Span.parse("P3650D")


class BadAssumption(ValueError):
    """An assumption that is not known or cannot have this value; `known` is what would be accepted."""

    def __init__(self, name: str, value: str, known: tuple[str, ...]) -> None:
        super().__init__(name)
        self.name, self.value, self.known = name, value, known


@dataclass(frozen=True, slots=True)
class Assumptions:
    """All that can be chosen. The four stages are spans, empty for the agreement's own clocks; `capacity` is the cases a
    week that the secretariat can serve at a stage; `factor` is the factor that dead civilians make; `zone` is that of weeks
    and days. `rows` says whether rows of a sheet are grouped into happenings first, or each is one."""

    findings: str = "all_attributed"
    harm: str = "at_least"
    factor: str = "civilian_harm"
    compliance: str = "always"
    step_up: str = "no"
    authority: str = "binding"
    instruments: str = "as_written"
    disputed: str = "goes_on"
    rows: str = "grouped"
    complaint: str = "P0D"
    finding: str = ""
    determination: str = ""
    measure: str = ""
    capacity: int = 10
    zone: str = "UTC"


def chosen(given: Mapping[str, str]) -> Assumptions:
    """The assumptions with those given in place of the defaults; raises BadAssumption.

    A stage is a span (`P14D`), a number of days, or `clocks`.
    """
    found = Assumptions()
    names = tuple(one.name for one in fields(Assumptions))
    for name, value in given.items():
        if name not in names:
            raise BadAssumption("", name, names)
        if name in CHOICES:
            if value not in CHOICES[name]:
                raise BadAssumption(name, value, CHOICES[name])
            found = replace(found, **{name: value})  # type: ignore[arg-type]
        elif name in STAGES:
            found = replace(found, **{name: _span(name, value)})  # type: ignore[arg-type]
        elif name == "capacity":
            if not (value.isascii() and value.isdigit() and 0 < int(value) <= CAPACITY_MOST):
                raise BadAssumption(name, value, (f"1-{CAPACITY_MOST}",))
            found = replace(found, capacity=int(value))
        elif name == "zone":
            found = replace(found, zone=_zone(value))
        else:
            found = replace(found, factor=value)
    return found


def _span(name: str, value: str) -> str:
    if value == "clocks" and name != "complaint":
        return ""
    text = f"P{value}D" if value.isascii() and value.isdigit() else value
    known = ("clocks", "14", "P14D", "PT36H") if name != "complaint" else ("0", "P1D", "PT36H")
    try:
        span = Span.parse(text)
    except (BadMoment, ValueError) as error:
        raise BadAssumption(name, value, known) from error
    if span > SPAN_MOST:
        raise BadAssumption(name, value, known)
    return text


def _zone(value: str) -> str:
    try:
        offset(value)
    except BadMoment as error:
        raise BadAssumption("zone", value, ("UTC", "PKT", "AFT", "+04:30")) from error
    return value


@dataclass(frozen=True, slots=True)
class Stages:
    """How long each stage takes, and whether the agreement's clocks said so (the names of those used) or an assumption
    did (no names)."""

    complaint: Span
    finding: Span
    determination: Span
    measure: Span
    clocks: tuple[tuple[str, tuple[str, ...]], ...]

    def span(self, name: str) -> Span:
        """The span of a stage by its name (STAGES)."""
        return {
            "complaint": self.complaint, "finding": self.finding, "determination": self.determination,
            "measure": self.measure,
        }[name]  # fmt: skip


def stages(agreement: Agreement, assumed: Assumptions) -> Stages:
    """How long each stage takes under an agreement (rules 2 and 3)."""
    used: list[tuple[str, tuple[str, ...]]] = []

    def taken(name: str, said: str, clocks: tuple[str, ...], span: Span) -> Span:
        if said:
            used.append((name, ()))
            return Span.parse(said)
        used.append((name, tuple(clock for clock in clocks if agreement.deadline(clock))))
        return span

    replies, look = (
        within(agreement, "reply"),
        Span(within(agreement, "triage").ms + within(agreement, "verification").ms),
    )
    again = replies.ms if agreement.reply_to == "draft" else 0
    finding = Span(max(replies, look).ms + again)
    return Stages(
        taken("complaint", assumed.complaint, (), Span(0)),
        taken("finding", assumed.finding, ("reply", "triage", "verification"), finding),
        taken("determination", assumed.determination, ("determine",), within(agreement, "determine")),
        taken("measure", assumed.measure, ("impose",), within(agreement, "impose")),
        tuple(used),
    )


def within(agreement: Agreement, clock: str) -> Span:
    """The span of one of the agreement's clocks; none where it has no such clock."""
    deadline = agreement.deadline(clock)
    return Span.parse(deadline.within) if deadline else Span(0)
