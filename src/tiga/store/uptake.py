"""Submissions that were kept become reports: what is taken up, in which order, and what becomes of the rest.

Rules
1. A submission whose answers are at fault, or that a rule refuses, stays as it came, with what was wrong; it is mended by an
   edit on the phone.
2. A version revises the newest version before it that became a report. It waits while that one waits for its batch.
3. A submission waits for the files that its answers name, at most HOLD_MINUTES; then it is taken up without them. Its
   report names the files that are there by SHA-256, so that the signed text commits to them.
4. The reports of one sender and the marks on their submissions go in with one transaction: none is lost or filed twice,
   whenever the process ends.
5. It is done at the hours of `tiga routine` or when a person asks for it, never within the phone's request: what a phone is
   told is that its submission is durable.

Not done here: depositing files on a case, which is a person's act; judging consent, which is shown with the submission.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from tiga.drafts import Fault, FieldReport
from tiga.intake import languages, odk
from tiga.mechanism import reports
from tiga.mechanism.acts import Actor, Outcome, Refusal
from tiga.mechanism.standing import Standing
from tiga.store import devices, sealing, submissions
from tiga.store.desk import Desk, Done
from tiga.store.disk import durable
from tiga.store.receiving import Entropy, salts
from tiga.store.submissions import View
from tiga.values.moments import Instant

HOLD_MINUTES = 30
"""For which a submission waits for its files."""
TAKEN_MAX = 200
"""Submissions of one run; the next run takes the next."""
VERSIONS_MAX = 100
"""Versions looked back over for the one that an edit revises."""


@dataclass(frozen=True, slots=True)
class Taken:
    """How many submissions became reports, were at fault or refused, and wait for something."""

    filed: int
    faulty: int
    waiting: int


_FORMS: dict[str, odk.Form] = {}
_XFORMS: dict[str, bytes] = {}
"""Forms by the digest of their agreement, and their XForms by version: each is made once a process."""
FORMS_MAX = 16


def form(desk: Desk) -> odk.Form | None:
    """The form of the agreement in force on a record; None before there is one."""
    standing = desk.standing()
    if standing.agreement is None:
        return None
    if standing.agreement_sha256 not in _FORMS:
        made = odk.xlsform(standing.agreement, standing.agreement_sha256)
        _remember(_FORMS, standing.agreement_sha256, made)
    return _FORMS[standing.agreement_sha256]


def form_bytes(desk: Desk) -> tuple[odk.Form, bytes] | None:
    """The form and its XForm."""
    made = form(desk)
    if made is None:
        return None
    if made.version not in _XFORMS:
        _remember(_XFORMS, made.version, odk.xform(made))
    return made, _XFORMS[made.version]


def _remember(cache: dict[str, Any], name: str, made: object) -> None:
    if len(cache) >= FORMS_MAX:
        cache.clear()
    cache[name] = made


def take_up(desk: Desk, now: Instant, wall: Instant, entropy: Entropy) -> Taken:
    """Make reports of what was kept; `now` is the record's time, `wall` the clock by which files are waited for."""
    made = form(desk)
    if made is None:
        return Taken(0, 0, 0)
    filed = faulty = 0
    waits = {filing for filing, _, _ in sealing.waiting(desk)}
    with durable(desk.alias):  # the write lock: two runs at once take nothing up twice
        kept = submissions.views(desk.alias, states=(submissions.KEPT,))
        ready = [view for view in kept if not _held(view, wall)]
        roots = {view.root for view in ready}
        placed = submissions.views(desk.alias, states=submissions.PLACED, roots=roots) if roots else []
        known = {view.instance: view for view in placed}
        due = [(view, before) for view in ready if (before := _before(view, known, waits)) is not None][:TAKEN_MAX]
        for key, rows in groupby(
            sorted(due, key=lambda row: (row[0].key, row[0].at, row[0].number)), lambda row: row[0].key
        ):
            good, bad = _file(desk, made, key, list(rows), now, entropy)
            filed, faulty = filed + good, faulty + bad
    return Taken(filed, faulty, len(kept) - filed - faulty)


def _held(view: View, wall: Instant) -> bool:
    return bool(view.lacking) and wall.ms - view.at.ms < HOLD_MINUTES * 60_000


def _before(view: View, known: Mapping[str, View], waits: set[str]) -> str | None:
    """The sid of the report that a submission revises, empty for none; None where it must wait for it.

    What a person let in after a conflict comes after the newest version of all; a stranger's revises nothing.
    """
    if view.reason == "stranger":
        return ""
    if view.reason:
        others = [
            one for one in known.values() if one.root == view.root and one.number != view.number and not one.reason
        ]
        line = list(reversed(others))
    else:
        line = []
        here = known.get(view.base)
        while here is not None and len(line) < VERSIONS_MAX:
            line.append(here)
            here = known.get(here.base)
    for one in line:
        if one.state == submissions.KEPT:
            return None
        if one.state == submissions.FILED:
            return None if one.sid in waits else one.sid
    return ""


def _file(
    desk: Desk, made: odk.Form, key: str, batch: list[tuple[View, str]], now: Instant, entropy: Entropy
) -> tuple[int, int]:
    """Take up the submissions of one sender; returns how many were filed, and how many not."""
    state = desk.ledger.state
    holder = state.holders.get(key) if state is not None else None
    good: list[tuple[View, str, FieldReport, dict[str, Any]]] = []
    bad = 0
    for view, before in batch:
        read = odk.submission(view.envelope, made, key)
        told: dict[str, Any] = {"consent": read.consent, "uses": list(read.uses)}
        if read.report is None:
            _set_aside(desk, view, submissions.FAULTY, read.faults, told)
            bad += 1
        else:
            good.append((view, before, languages.settled(_bound(view, read.report)), told))
    if not good:
        return 0, bad
    if holder is None or not devices.holds(desk, key):
        outcomes: list[Any] = [Refusal("key_ended", values={"member": key}) for _ in good]
    else:
        by = Actor(key, holder.role, holder.component)
        with desk.drawing(entropy):
            threads = [f"report:{before}" for _, before, _, _ in good if before]
            outcomes = list(desk.act_all(threads, _acts(good, by, now, entropy), by))
    for (view, _, _, told), outcome in zip(good, outcomes, strict=True):
        if isinstance(outcome, Refusal):
            values = {**outcome.values, "refusal": outcome.code}
            fault = Fault(view.envelope.instance, 0, "", "fault.refused", values)
            _set_aside(desk, view, submissions.REFUSED, (fault,), told)
            bad += 1
            continue
        submissions.mark(desk.alias, view.number, submissions.FILED, told)
        submissions.filed(desk.alias, view.number, outcome.receipt.sid if isinstance(outcome, Done) else outcome.filing)
    return len(batch) - bad, bad


def _acts(
    good: list[tuple[View, str, FieldReport, dict[str, Any]]], by: Actor, now: Instant, entropy: Entropy
) -> Callable[[Standing], list[Outcome]]:
    return lambda standing: [
        reports.file(standing, report, by, now, salts(entropy), before) for _, before, report, _ in good
    ]


def _bound(view: View, report: FieldReport) -> FieldReport:
    """The report with the digests of its files, each at its newest version."""
    newest = {file.name: file for file in view.files if file.expected}
    named = [f"sha256:{newest[name].sha256}" for name in view.envelope.files if name in newest]
    return replace(report, reference=" ".join(named))


def _set_aside(desk: Desk, view: View, state: str, faults: tuple[Fault, ...], told: dict[str, Any]) -> None:
    rows = [[fault.column, fault.code, fault.values] for fault in faults]
    submissions.mark(desk.alias, view.number, state, told | {"faults": rows})


def faults(view: View) -> tuple[Fault, ...]:
    """What was wrong with a submission when it was taken up."""
    return tuple(
        Fault(view.envelope.instance, 0, column, code, dict(values))
        for column, code, values in view.told.get("faults", ())
    )
