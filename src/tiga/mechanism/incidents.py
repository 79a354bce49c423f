"""Incidents: a grouping of reports adopted by an act, and the questions it raises.

Rules
1. Fusion only suggests; `incident.open` adopts a grouping, `incident.link` and `incident.unlink` change it, reversibly.
2. The questions an incident raises are the same for both parties: act codes name provisions, provisions bind parties,
   and each (incident, provision, party) is one issue. None of them is answered here.
3. Two incidents may be said to be connected (`incident.relate`), as somebody alleges. A connection is no reason for or
   against anything: no finding, ruling or measure reads it, and nothing nets out (domain.md b.6, invariant 8).
4. What may not be concluded is said beside it: first fire with contradictory claims, a side inside the band, a source
   that is one party alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from tiga.agreement.clauses import Agreement
from tiga.values.moments import Instant


@dataclass(frozen=True, slots=True)
class IncidentOpened:
    ACT: ClassVar[str] = "incident.open"
    RELEASE: ClassVar[str] = "R1"

    reports: tuple[str, ...]
    earliest: Instant
    latest: Instant
    acts: tuple[str, ...]

    def threads(self, sid: str) -> tuple[str, ...]:
        return (f"incident:{sid}", *(f"report:{report}" for report in self.reports))


@dataclass(frozen=True, slots=True)
class IncidentLinked:
    ACT: ClassVar[str] = "incident.link"
    RELEASE: ClassVar[str] = "R1"

    incident: str
    report: str
    reason: str

    def threads(self, sid: str) -> tuple[str, ...]:
        return (f"incident:{self.incident}", f"report:{self.report}")


@dataclass(frozen=True, slots=True)
class IncidentUnlinked:
    ACT: ClassVar[str] = "incident.unlink"
    RELEASE: ClassVar[str] = "R1"

    incident: str
    report: str
    reason: str

    def threads(self, sid: str) -> tuple[str, ...]:
        return (f"incident:{self.incident}", f"report:{self.report}")


RELATIONS = ("alleged_trigger", "shared_network")


@dataclass(frozen=True, slots=True)
class IncidentRelated:
    """Somebody (`alleged_by`) says that `other` was what set off this incident, or that one network stands behind both."""

    ACT: ClassVar[str] = "incident.relate"
    RELEASE: ClassVar[str] = "R1"

    incident: str
    other: str
    relation: str
    alleged_by: str
    reason: str
    apart: bool = False

    def threads(self, sid: str) -> tuple[str, ...]:
        return (f"incident:{self.incident}", f"incident:{self.other}")


@dataclass(frozen=True, slots=True)
class Incident:
    """An adopted incident: its reports, the interval, the acts spoken of, and connections that are alleged (each in the
    standing of both incidents)."""

    sid: str
    index: int
    at: Instant
    reports: tuple[str, ...]
    earliest: Instant
    latest: Instant
    acts: tuple[str, ...]
    related: tuple[IncidentRelated, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """One issue an incident raises: whether `party` breached `provision` by acts of `codes`. Never an answer."""

    provision: str
    party: str
    codes: tuple[str, ...]


def questions(agreement: Agreement, acts: tuple[str, ...]) -> tuple[Question, ...]:
    """The issues that acts of these codes raise, for every party that the provision binds, in the agreement's order."""
    rows = []
    for clause in agreement.clauses:
        codes = tuple(code for code in clause.codes if code in acts)
        if clause.kind == "prohibition" and codes:
            rows += [Question(clause.id, party, codes) for party in clause.binds]
    return tuple(rows)
