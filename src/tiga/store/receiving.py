"""Sheets received: good rows become reports, the same row twice changes nothing, a changed row is a new version, faulty
rows are kept for their sender.

Rules
1. A row is known by its sender and report id; its digest tells whether it changed.
2. The whole file goes in with one transaction: its upload line, its reports, its faults.
3. The same file twice, read in the same way, changes nothing at all. Read otherwise (a mended map, a zone that was
   lacking) it is looked at again, row by row.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction

from tiga.drafts import Fault, FieldReport
from tiga.mechanism import reports
from tiga.mechanism.acts import Actor, Outcome, Refusal
from tiga.mechanism.standing import Standing
from tiga.record import canonical
from tiga.store.desk import Desk, Done, Waits
from tiga.store.models import Received, SetAside, Upload
from tiga.values.moments import Instant
from tiga.values.shapes import to_plain

Entropy = Callable[[int], bytes]


@dataclass(frozen=True, slots=True)
class Intake:
    """What a file brought: new reports, new versions, rows already known, rows set aside or refused by a rule, and the
    receipts of those that are sealed and wait for their batch."""

    sha256: str
    accepted: int
    revised: int
    unchanged: int
    faults: tuple[Fault, ...]
    repeated: bool = False
    waits: tuple[Waits, ...] = ()


def salts(entropy: Entropy) -> reports.Salts:
    return tuple(entropy(16) for _ in range(6))


def receive(
    desk: Desk, name: str, data: bytes, rows: list[tuple[int, FieldReport]], faults: tuple[Fault, ...], by: Actor,
    now: Instant, entropy: Entropy, terms: str = "",
) -> Intake:  # fmt: skip
    """Take in a file that has been read into drafts and faults; `terms` says in one line how it was read, where that is not
    the file's own to say."""
    told = f"{by.key}\n{terms}\n" if terms else f"{by.key}\n"
    sha256 = hashlib.sha256(told.encode("utf-8") + data).hexdigest()
    with transaction.atomic(using=desk.alias):  # the write lock: the same sheet sent twice at once is one of them
        if Upload.objects.using(desk.alias).filter(sha256=sha256).exists():
            return Intake(sha256, 0, 0, len(rows), (), repeated=True)
        fresh, known = _sorted_out(desk, rows, by)
        refused = list(faults)
        fresh = _without_waiting(desk, name, fresh, refused)
        threads = [f"report:{item[4]}" for item in fresh if item[4]]
        with desk.drawing(entropy):
            outcomes = desk.act_all(threads, lambda standing: _acts(standing, fresh, by, now, entropy), by)
        kept = revised = 0
        for (row, report, key, digest, before), outcome in zip(fresh, outcomes, strict=True):
            if isinstance(outcome, Refusal):
                values = {**outcome.values, "refusal": outcome.code}
                refused.append(Fault(name, row, "", "fault.refused", values, (report.report_id,)))
                continue
            kept, revised = kept + 1, revised + bool(before)
            Received.objects.using(desk.alias).update_or_create(
                key=key,
                defaults={
                    "row_digest": digest,
                    "sid": outcome.receipt.sid if isinstance(outcome, Done) else outcome.filing,
                },
            )
        _note(desk, sha256, name, by, now, (kept, known), refused)
    waits = tuple(outcome for outcome in outcomes if isinstance(outcome, Waits))
    return Intake(sha256, kept - revised, revised, known, tuple(refused), waits=waits)


_Fresh = tuple[int, FieldReport, str, str, str]


def _sorted_out(desk: Desk, rows: list[tuple[int, FieldReport]], by: Actor) -> tuple[list[_Fresh], int]:
    """Rows that are new or changed, as (row, report, key, digest, sid of the version before), and how many are known."""
    keyed = []
    for row, report in rows:
        key = hashlib.sha256(f"{by.key}\n{report.report_id}".encode()).hexdigest()
        keyed.append((row, report, key, hashlib.sha256(canonical.encode(to_plain(report))).hexdigest()))
    known_keys = [item[2] for item in keyed]
    had = {item.key: item for item in Received.objects.using(desk.alias).filter(key__in=known_keys)}
    fresh = [
        (row, report, key, digest, had[key].sid if key in had else "")
        for row, report, key, digest in keyed
        if key not in had or had[key].row_digest != digest
    ]
    return fresh, len(keyed) - len(fresh)


def _without_waiting(desk: Desk, name: str, fresh: list[_Fresh], refused: list[Fault]) -> list[_Fresh]:
    """What can go in now: a new version of what still waits to be entered is set aside until it is."""
    from tiga.store import sealing

    due = {filing: at for filing, at, _ in sealing.waiting(desk)} if any(row[4] for row in fresh) else {}
    for row, report, _, _, before in fresh:
        if before in due:
            refusal = Refusal("still_waiting", values={"due": due[before].text()})
            values = {**refusal.values, "refusal": refusal.code}
            refused.append(Fault(name, row, "", "fault.refused", values, (report.report_id,)))
    return [row for row in fresh if row[4] not in due]


def _acts(standing: Standing, fresh: list[_Fresh], by: Actor, now: Instant, entropy: Entropy) -> list[Outcome]:
    return [reports.file(standing, item[1], by, now, salts(entropy), item[4]) for item in fresh]


def _note(
    desk: Desk, sha256: str, name: str, by: Actor, now: Instant, numbers: tuple[int, int], faults: list[Fault]
) -> None:
    Upload.objects.using(desk.alias).create(
        sha256=sha256, name=name[:200], sender=by.key[:120], at_ms=now.ms, accepted=numbers[0], unchanged=numbers[1],
        faults=len(faults),
    )  # fmt: skip
    SetAside.objects.using(desk.alias).bulk_create(
        SetAside(
            upload=sha256, file=fault.file[:200], row=fault.row, column=fault.column[:60], code=fault.code[:60],
            values=dict(fault.values), raw=list(fault.raw),
        )
        for fault in faults
    )  # fmt: skip
