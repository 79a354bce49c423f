"""Incidents: a grouping of reports adopted by an act.

Rules
1. Fusion only suggests; `incident.open` adopts a grouping, `incident.link` and `incident.unlink` change it, reversibly.
2. A report may tell of several happenings. An incident that takes some of its claims names them (`claims`), and the
   gazetteer that numbered them, by its SHA-256: under another gazetteer the numbers mean nothing, and the incident holds the
   whole report. So it does where it names none of its claims, and where a report was linked by hand.
3. Two incidents may be said to be connected (`incident.relate`), as somebody alleges. A connection is no reason for or
   against anything: no finding, ruling or measure reads it, and nothing nets out (domain.md b.6, invariant 8).
4. What may not be concluded is said beside it: first fire with contradictory claims, a side inside the band, a source
   that is one party alone.
"""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass
from typing import ClassVar

from tiga.values.moments import Instant


@dataclass(frozen=True, slots=True)
class IncidentOpened:
    ACT: ClassVar[str] = "incident.open"
    RELEASE: ClassVar[str] = "R1"

    reports: tuple[str, ...]
    earliest: Instant
    latest: Instant
    acts: tuple[str, ...]
    claims: tuple[str, ...] = ()
    gazetteer: str = ""

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
    """An adopted incident: its reports, the interval, the acts spoken of, the claims of reports that it holds in part, and
    connections that are alleged (each in the standing of both incidents)."""

    sid: str
    index: int
    at: Instant
    reports: tuple[str, ...]
    earliest: Instant
    latest: Instant
    acts: tuple[str, ...]
    claims: tuple[str, ...] = ()
    gazetteer: str = ""
    related: tuple[IncidentRelated, ...] = ()


def report_of(claim: str) -> str:
    """The report that a claim is of: what stands before `#` in its id."""
    return claim.partition("#")[0]


def named(report: str, claims: Iterable[str]) -> frozenset[str]:
    """The claims of a report among these; none where an incident holds the whole of it."""
    return frozenset(claim for claim in claims if report_of(claim) == report)


def holds(reports: Container[str], claims: Iterable[str], claim: str) -> bool:
    """Whether an incident of these reports, with these claims named, holds a claim."""
    report = report_of(claim)
    return report in reports and claim in (named(report, claims) or (claim,))
