"""What the sides undertake besides keeping the peace, as data of the agreement: duties in stages, assurances, crossings,
paired steps, notices owed before an act, reports owed from time to time.

Rules
1. Spans are ISO 8601 (`P14D`, `PT48H`); every clock names its zone.
2. An assurance says whom it binds; whether it binds both parties is read from that, never asserted.
3. A paired step falls due on the other side's confirmed step; who goes first is said, or nobody does.
4. Each item cites a clause, and carries its own ground.

Not done here: checking references (`drafting`), who did what when (`mechanism`).
"""

from __future__ import annotations

from dataclasses import dataclass

from tiga.agreement.grounds import Ground, Texts

STARTS = ("shared_evidence", "finding", "request", "agreement")
CONFIRMERS = ("team", "mediators")
STAGES = ("acknowledge", "plan", "action_report", "verified")
DECIDES = ("consensus",)
LISTS = ("duties", "assurances", "crossings", "pairs", "notices", "periodic")
"""The lists of `Undertakings`; their items have an `id`, a `clause` and a `ground`."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of a duty: its name, one of STAGES, and the span from its start."""

    name: str
    within: str


@dataclass(frozen=True, slots=True)
class Duty:
    """A duty with stages that runs whenever it is started, such as acting on shared evidence (domain.md e, O-05).

    `on` is what starts it: one of STARTS. `discharged_by` says who confirms: one of CONFIRMERS. With `binds` empty the
    parties whom its clause binds are bound. `acceptance` are the parts that must be so for the duty to be done, whatever
    started it; they name no place, and more may be named at the start.
    """

    id: str
    clause: str
    on: str
    stages: tuple[Stage, ...]
    zone: str
    ground: Ground
    binds: tuple[str, ...] = ()
    discharged_by: str = "team"
    acceptance: tuple[Texts, ...] = ()


@dataclass(frozen=True, slots=True)
class Assurance:
    """A verifiable guarantee: what is observed (`indicator`), how, with what access, against what, for which periods.

    `start` and `until` are days in `zone`; the first period opens with `start`, the last ends with `until`.
    """

    id: str
    clause: str
    binds: tuple[str, ...]
    indicator: Texts
    method: Texts
    access: Texts
    baseline: Texts
    period: str
    start: str
    zone: str
    ground: Ground
    until: str = ""


@dataclass(frozen=True, slots=True)
class Crossing:
    """A crossing whose status is announced by the sides and observed by monitors, per kind of traffic."""

    id: str
    name: Texts
    flows: tuple[str, ...]
    clause: str
    ground: Ground


@dataclass(frozen=True, slots=True)
class Half:
    """One side's half of a paired step."""

    party: str
    text: Texts
    within: str


@dataclass(frozen=True, slots=True)
class Pair:
    """A confidence-building step in two halves: the second falls due on the confirmation of the first, and so on.

    With `first` empty either side may begin. `zone` is the zone of its clocks.
    """

    id: str
    clause: str
    halves: tuple[Half, ...]
    zone: str
    ground: Ground
    first: str = ""


@dataclass(frozen=True, slots=True)
class Noticed:
    """An act that is exempt if it was notified in time: an exercise, a flight, policing, demining."""

    id: str
    text: Texts
    ahead: str
    clause: str
    ground: Ground
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Periodic:
    """A report owed from time to time: by whom, how often, from which day; `before_session` is a span."""

    id: str
    text: Texts
    owed_by: tuple[str, ...]
    every: str
    start: str
    zone: str
    clause: str
    ground: Ground
    before_session: str = ""


@dataclass(frozen=True, slots=True)
class Forum:
    """How the joint forum sits: spans for ordinary and urgent sessions and for serving the agenda, what decides.

    `decides` is `consensus`; where that fails the agreement's deadlock rule applies. `present` are the components
    without which no session is opened. `urgent_notice` is the span for serving the agenda of an urgent session; where it
    is empty, or longer than the time that is left at the call, items are served until that session begins.
    """

    every: str
    urgent: str
    agenda_notice: str
    zone: str
    clause: str
    ground: Ground
    present: tuple[str, ...] = ()
    decides: str = "consensus"
    urgent_notice: str = ""


@dataclass(frozen=True, slots=True)
class Undertakings:
    """All that the sides undertake; an agreement that says nothing of these has none."""

    duties: tuple[Duty, ...] = ()
    assurances: tuple[Assurance, ...] = ()
    crossings: tuple[Crossing, ...] = ()
    pairs: tuple[Pair, ...] = ()
    notices: tuple[Noticed, ...] = ()
    periodic: tuple[Periodic, ...] = ()
    forum: Forum | None = None

    def text(self, reference: str) -> Texts:
        """The words of `notices:<id>`, `crossings:<id>`, `assurances:<id>` (its indicator), `periodic:<id>` or
        `pairs:<id>:<half>` (counted from 1); empty where there are none."""
        texts = {f"notices:{row.id}": row.text for row in self.notices}
        texts |= {f"crossings:{row.id}": row.name for row in self.crossings}
        texts |= {f"assurances:{row.id}": row.indicator for row in self.assurances}
        texts |= {f"periodic:{row.id}": row.text for row in self.periodic}
        texts |= {f"pairs:{row.id}:{n}": half.text for row in self.pairs for n, half in enumerate(row.halves, 1)}
        return texts.get(reference, {})

    def duty(self, id: str) -> Duty | None:
        return next((row for row in self.duties if row.id == id), None)

    def assurance(self, id: str) -> Assurance | None:
        return next((row for row in self.assurances if row.id == id), None)

    def crossing(self, id: str) -> Crossing | None:
        return next((row for row in self.crossings if row.id == id), None)

    def pair(self, id: str) -> Pair | None:
        return next((row for row in self.pairs if row.id == id), None)

    def notice(self, id: str) -> Noticed | None:
        return next((row for row in self.notices if row.id == id), None)

    def report(self, id: str) -> Periodic | None:
        return next((row for row in self.periodic if row.id == id), None)
