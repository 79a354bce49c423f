"""Sheets received: good rows become reports, the same row twice changes nothing, a changed row is a new version, faulty
rows are kept for their sender.

Rules
1. A row is known by its sender and report id; its digest tells whether it changed.
2. A sheet goes in with one transaction: its upload line, its reports, its faults. A dataset's file, which may be long, comes in
   batches (`releases`), each with a transaction of its own.
3. The same file twice, read in the same way, changes nothing at all. Read otherwise (a mended map, a zone that was
   lacking) it is looked at again, row by row.
4. What a file would bring is told by the same deciders as what it brings (`foreseen`).
5. A report that states no language gets one as it goes in (`intake.languages`). The digest is of what the sender wrote, so
   that a language recognised otherwise later makes no new version.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass

from django.db import transaction

from tiga.drafts import Fault, FieldReport
from tiga.intake import languages
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
    receipts of those that are sealed and wait for their batch. Of a dataset besides: rows that tell an earlier state, reports
    withdrawn, reports that its file no longer holds and that stay, and faults beyond those that are listed. `remarks` have a
    fault's shape and set nothing aside."""

    sha256: str
    accepted: int
    revised: int
    unchanged: int
    faults: tuple[Fault, ...]
    repeated: bool = False
    waits: tuple[Waits, ...] = ()
    earlier: int = 0
    withdrawn: int = 0
    missing: int = 0
    more_faults: int = 0
    remarks: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class Entered:
    """What became of rows that were entered together."""

    accepted: int
    revised: int
    unchanged: int
    faults: tuple[Fault, ...]
    waits: tuple[Waits, ...] = ()
    remarks: tuple[Fault, ...] = ()


def salts(entropy: Entropy) -> reports.Salts:
    return tuple(entropy(16) for _ in range(6))


def receive(
    desk: Desk, name: str, data: bytes, rows: list[tuple[int, FieldReport]], faults: tuple[Fault, ...], by: Actor,
    now: Instant, entropy: Entropy, terms: str = "",
) -> Intake:  # fmt: skip
    """Take in a file that has been read into drafts and faults; `terms` says in one line how it was read, where that is not
    the file's own to say."""
    sha256 = upload_of(by, terms, data)
    with transaction.atomic(using=desk.alias):  # the write lock: the same sheet sent twice at once is one of them
        if received(desk, sha256):
            return Intake(sha256, 0, 0, len(rows), (), repeated=True)
        entered = enter_rows(desk, name, rows, by, now, entropy)
        refused = (*faults, *entered.faults)
        note(desk, sha256, name, by, now, (entered.accepted + entered.revised, entered.unchanged, len(refused)))
        set_aside(desk, sha256, refused)
    return Intake(
        sha256, entered.accepted, entered.revised, entered.unchanged, refused, waits=entered.waits,
        remarks=entered.remarks,
    )  # fmt: skip


def foreseen(
    desk: Desk, name: str, data: bytes, rows: list[tuple[int, FieldReport]], faults: tuple[Fault, ...], by: Actor,
    now: Instant, terms: str = "",
) -> Intake:  # fmt: skip
    """What `receive` would bring now; nothing is entered, kept or noted."""
    sha256 = upload_of(by, terms, data)
    if received(desk, sha256):
        return Intake(sha256, 0, 0, len(rows), (), repeated=True)
    told = try_rows(desk, name, rows, by, now)
    return Intake(
        sha256, told.accepted, told.revised, told.unchanged, (*faults, *told.faults), remarks=told.remarks
    )  # fmt: skip


def upload_of(by: Actor, terms: str, data: bytes) -> str:
    """The id of a file as this sender sends it, read in this way."""
    return hashlib.sha256(_told(by, terms) + data).hexdigest()


def _told(by: Actor, terms: str) -> bytes:
    return (f"{by.key}\n{terms}\n" if terms else f"{by.key}\n").encode()


def upload_hash(by: Actor, terms: str) -> hashlib._Hash:
    """The beginning of `upload_of` for a file that comes by pieces."""
    return hashlib.sha256(_told(by, terms))


def received(desk: Desk, upload: str) -> bool:
    """Whether this very file was taken in before."""
    return Upload.objects.using(desk.alias).filter(sha256=upload).exists()


def key_of(by: Actor, report_id: str) -> str:
    """What a sender's row is known by."""
    return hashlib.sha256(f"{by.key}\n{report_id}".encode()).hexdigest()


def enter_rows(
    desk: Desk, name: str, rows: list[tuple[int, FieldReport]], by: Actor, now: Instant, entropy: Entropy,
    again: Container[str] = (),
) -> Entered:  # fmt: skip
    """Enter what is new or changed, in one transaction; rows whose key is in `again` are entered though nothing changed."""
    with transaction.atomic(using=desk.alias):
        fresh, known = _sorted_out(desk, rows, by, again)
        refused: list[Fault] = []
        fresh, remarks = _settled(name, _without_waiting(desk, name, fresh, refused))
        threads = [f"report:{item[4]}" for item in fresh if item[4]]
        with desk.drawing(entropy):
            outcomes = desk.act_all(threads, lambda standing: _acts(standing, fresh, by, now, entropy), by)
        kept = revised = 0
        for item, outcome in zip(fresh, outcomes, strict=True):
            if isinstance(outcome, Refusal):
                refused.append(_refused(name, item, outcome))
                continue
            kept, revised = kept + 1, revised + bool(item[4])
            sid = outcome.receipt.sid if isinstance(outcome, Done) else outcome.filing
            Received.objects.using(desk.alias).update_or_create(
                key=item[2], defaults={"row_digest": item[3], "sid": sid}
            )
    waits = tuple(outcome for outcome in outcomes if isinstance(outcome, Waits))
    return Entered(kept - revised, revised, known, tuple(refused), waits, remarks)


def try_rows(
    desk: Desk, name: str, rows: list[tuple[int, FieldReport]], by: Actor, now: Instant, again: Container[str] = ()
) -> Entered:
    """What `enter_rows` would do, by the same deciders."""
    fresh, known = _sorted_out(desk, rows, by, again)
    refused: list[Fault] = []
    fresh, remarks = _settled(name, _without_waiting(desk, name, fresh, refused))
    standing = desk.standing(f"report:{item[4]}" for item in fresh if item[4])
    counter = iter(range(1 << 62))
    draws: Entropy = lambda size: next(counter).to_bytes(size, "big")  # noqa: E731 - no value of it is kept
    outcomes = _acts(standing, fresh, by, now, draws)
    refused += [
        _refused(name, item, one) for item, one in zip(fresh, outcomes, strict=True) if isinstance(one, Refusal)
    ]
    good = [item for item, one in zip(fresh, outcomes, strict=True) if not isinstance(one, Refusal)]
    revised = sum(bool(item[4]) for item in good)
    return Entered(len(good) - revised, revised, known, tuple(refused), (), remarks)


def _refused(name: str, item: _Fresh, outcome: Refusal) -> Fault:
    values = {**outcome.values, "refusal": outcome.code}
    return Fault(name, item[0], "", "fault.refused", values, (item[1].report_id,))


_Fresh = tuple[int, FieldReport, str, str, str]


def _sorted_out(
    desk: Desk, rows: list[tuple[int, FieldReport]], by: Actor, again: Container[str]
) -> tuple[list[_Fresh], int]:
    """Rows that are new or changed, as (row, report, key, digest, sid of the version before), and how many are known."""
    keyed = []
    for row, report in rows:
        key = key_of(by, report.report_id)
        keyed.append((row, report, key, hashlib.sha256(canonical.encode(to_plain(report))).hexdigest()))
    known_keys = [item[2] for item in keyed]
    had = {item.key: item for item in Received.objects.using(desk.alias).filter(key__in=known_keys)}
    fresh = [
        (row, report, key, digest, had[key].sid if key in had else "")
        for row, report, key, digest in keyed
        if key not in had or had[key].row_digest != digest or key in again
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


def _settled(name: str, fresh: list[_Fresh]) -> tuple[list[_Fresh], tuple[Fault, ...]]:
    """The rows with a language each, and what is remarked of stated ones."""
    found = (languages.remark(name, item[0], item[1]) for item in fresh)
    remarks = tuple(one for one in found if one is not None)
    return [(row, languages.settled(report), *rest) for row, report, *rest in fresh], remarks


def _acts(standing: Standing, fresh: list[_Fresh], by: Actor, now: Instant, entropy: Entropy) -> list[Outcome]:
    return [reports.file(standing, item[1], by, now, salts(entropy), item[4]) for item in fresh]


def note(desk: Desk, sha256: str, name: str, by: Actor, now: Instant, numbers: tuple[int, int, int]) -> None:
    """Note an upload: rows accepted or revised, rows unchanged, faults."""
    Upload.objects.using(desk.alias).create(
        sha256=sha256, name=name[:200], sender=by.key[:120], at_ms=now.ms, accepted=numbers[0], unchanged=numbers[1],
        faults=numbers[2],
    )  # fmt: skip


def set_aside(desk: Desk, sha256: str, faults: Iterable[Fault]) -> None:
    """Keep faulty rows for their sender."""
    SetAside.objects.using(desk.alias).bulk_create(
        SetAside(
            upload=sha256, file=fault.file[:200], row=fault.row, column=fault.column[:60], code=fault.code[:60],
            values=dict(fault.values), raw=list(fault.raw),
        )
        for fault in faults
    )  # fmt: skip
