"""What rests on what: the threads of a case, and of every case that an act may change without naming it.

Rules
1. A case's threads are its own, its incident's, those of every report that stands or stood in that incident with all its
   versions, and the parties'. So a standing made of them knows what its finding is bound to (`mechanism.binding`).
2. Who links, unlinks or files a later version of a report names no case, and is told of none. Such an act is decided with
   the threads of the cases whose findings it may concern, so that their rows are made anew in the same transaction.
3. A sealed version is on no other report's thread: which report it revises is looked up in what the record has opened.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from tiga.mechanism.acts import Decision, Drafted, Outcome
from tiga.mechanism.binding import VERSIONS_MAX
from tiga.record.entries import Entry
from tiga.store.models import CaseRow, ReportRow

if TYPE_CHECKING:
    from tiga.store.desk import Desk

NAMED_MAX = 500
"""Names asked for in one query; databases limit them."""
_GROUPED = ("incident.link", "incident.unlink")
_LOST = ("report.discredit", "report.withdraw")


def of_case(desk: Desk, sid: str) -> tuple[str, ...]:
    """The threads that a case needs: its own, its incident's, its reports' and each party's."""
    return of_cases(desk, CaseRow.objects.using(desk.alias).filter(sid=sid)) or (f"case:{sid}",)


def of_cases(desk: Desk, rows: Iterable[CaseRow]) -> tuple[str, ...]:
    """The threads that some cases need."""
    cases = list(rows)
    incidents = tuple(dict.fromkeys(f"incident:{row.incident}" for row in cases))
    if not cases:
        return ()
    entries, _ = desk.ledger.threads(incidents)
    linked = dict.fromkeys(report for entry in entries for report in _named(entry, incidents))
    parties = sorted({name for row in cases for name in (row.complainant, *(issue[2] for issue in row.issues))} - {""})
    own = (f"case:{row.sid}" for row in cases)
    reports = (f"report:{report}" for report in versions(desk.alias, linked))
    return (*own, *incidents, *reports, *(f"party:{party}" for party in parties))


def _named(entry: Entry, incidents: Iterable[str]) -> tuple[str, ...]:
    """The reports that an entry on an incident's thread brings into it or takes out of it."""
    act, body = entry.envelope.act, entry.envelope.body
    if act == "incident.open" and f"incident:{entry.sid}" in incidents:
        return tuple(str(name) for name in body["reports"])  # type: ignore[union-attr]
    return (str(body["report"]),) if act in _GROUPED else ()


def versions(alias: str, reports: Iterable[str]) -> tuple[str, ...]:
    """Reports with all their later versions."""
    return _chain(alias, reports, "revises", "sid")


def _earlier(alias: str, reports: Iterable[str]) -> tuple[str, ...]:
    """Reports with all the versions before them."""
    return _chain(alias, reports, "sid", "revises")


def _chain(alias: str, reports: Iterable[str], known: str, wanted: str) -> tuple[str, ...]:
    found = dict.fromkeys(reports)
    last = list(found)
    for _ in range(VERSIONS_MAX):
        if not last:
            break
        fresh: dict[str, None] = {}
        for start in range(0, len(last), NAMED_MAX):
            rows = (
                ReportRow.objects.using(alias)
                .filter(**{f"{known}__in": last[start : start + NAMED_MAX]})
                .exclude(revises="")
            )
            fresh |= dict.fromkeys(rows.order_by("idx").values_list(wanted, flat=True))
        last = [name for name in fresh if name not in found]
        found |= dict.fromkeys(last)
    return tuple(found)


def touched(desk: Desk, outcomes: Iterable[Outcome]) -> tuple[str, ...]:
    """The threads of the cases that decisions may change, whether they name them or not."""
    entries = [row for one in outcomes if isinstance(one, Decision) and not one.confidential for row in one.entries]
    incidents = {str(row.envelope.body["incident"]) for row in entries if row.envelope.act in _GROUPED}
    reports = {name for row in entries for name in _concerned(row)}
    cases = {name.removeprefix("case:") for row in entries for name in row.threads if name.startswith("case:")}
    return _around(desk, incidents, reports, cases)


def _concerned(row: Drafted) -> tuple[str, ...]:
    act, body = row.envelope.act, row.envelope.body
    name = body.get("revises", "") if act == "report.file" else body.get("report", "") if act in _LOST else ""
    return (str(name),) if name else ()


def revising(desk: Desk, reports: Iterable[str]) -> tuple[str, ...]:
    """The threads of the cases that later versions of reports may change."""
    return _around(desk, set(), set(reports), set())


def _around(desk: Desk, incidents: set[str], reports: set[str], cases: set[str]) -> tuple[str, ...]:
    """The threads of these cases, of those on these incidents, and of those on incidents that hold one of these reports."""
    every = CaseRow.objects.using(desk.alias)
    if not (incidents or reports or cases) or not every.exists():
        return ()
    if reports:
        entries, _ = desk.ledger.threads(f"report:{name}" for name in _earlier(desk.alias, reports))
        incidents |= {entry.sid for entry in entries if entry.envelope.act == "incident.open"}
        incidents |= {str(entry.envelope.body["incident"]) for entry in entries if entry.envelope.act in _GROUPED}
        cases |= {entry.envelope.case for entry in entries if entry.envelope.case}
    return of_cases(
        desk, [*every.filter(incident__in=incidents), *every.filter(sid__in=cases).exclude(incident__in=incidents)]
    )
