"""A dataset's releases onto a record, one after another: new rows, changed rows, rows that the producer took back.

Rules
1. A file is read twice, by pieces. The first reading learns what the second must know (`Survey`: which ids come with several
   contents, which countries and days the file covers); it keeps 40 bytes of a row. The second enters BATCH_ROWS at a time.
2. Each batch is a transaction of its own, and nobody else waits longer than for one. What was interrupted goes on when the
   file is sent again: rows that are there are unchanged. The upload is noted when all is in.
3. A row whose producer says that it is older than what is on the record changes nothing.
4. What a release no longer holds is withdrawn (`report.withdraw`, by the mechanism's own decider, so that whatever rests on
   it is doubted) only where the file is said to be complete, only in a country of which it has rows, between the first and the
   last of them, and only what the same sender had brought. Where a row's id cannot be read, or reading stopped, nothing is.
5. A list of deletions withdraws what it names. What comes again after that is entered as a new version.
6. Versions before the last are withdrawn too where something rests on them.
7. No more than FAULTS_LIMIT faults are listed; the others are counted.

Trust: whoever can change the table `listed` can hide from this that a release no longer holds a row; the rows themselves
are entries.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field

from tiga.drafts import Fault
from tiga.drafts.datasets import Adapter, Clash, Deletions, Heading, Item, Row, Seen, judged, short
from tiga.drafts.texts import visible
from tiga.mechanism.acts import Actor, Refusal
from tiga.mechanism.asks import Given
from tiga.mechanism.deciders import retractions
from tiga.store import queries, receiving
from tiga.store.desk import Desk
from tiga.store.models import Listed, Received, ReportRow, SetAside
from tiga.store.receiving import Entropy, Intake
from tiga.values.moments import Instant
from tiga.values.words import say

BATCH_ROWS = 500
FAULTS_LIMIT = 2_000
COUNTRIES_LIMIT = 400
VERSIONS_LIMIT = 200
"""Versions of one report that are looked at."""

Opened = Callable[[], Iterable[bytes]]
"""Gives the file's bytes by pieces, from its beginning each time."""
Clock = Callable[[], Instant]
Shown = Callable[[int, int], None]
"""Told how many rows of how many are done."""


@dataclass(frozen=True, slots=True)
class Source:
    """A dataset as it is received: its name in reports, its adapter, and how a file of it is told."""

    name: str
    adapter: Adapter
    stream: Callable[[str, Iterable[bytes]], Iterator[Item]] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Survey:
    """What a first reading learns: the upload's id, how many rows, clashing ids, the window (first, last) in ms of each
    country by its name in lower case, all ids (sorted, eight bytes each), and whether every row's id was read to the end."""

    upload: str
    rows: int
    clashes: Mapping[int, Clash]
    windows: Mapping[str, tuple[int, int]]
    idents: array[int]
    whole: bool

    def holds(self, report_id: str) -> bool:
        """Whether a row of this id is in the file, good or faulty."""
        wanted = short(report_id.encode())
        at = bisect_left(self.idents, wanted)
        return at < len(self.idents) and self.idents[at] == wanted

    def covers(self, row: Listed) -> bool:
        """Whether the file shows that it covers the country and the whole window of a row."""
        first, last = self.windows.get(row.country, (0, -1))
        return first <= row.first_ms and row.last_ms <= last


def survey(source: Source, name: str, opened: Opened, by: Actor, terms: str) -> Survey:
    """Read a file once, without keeping it."""
    told, seen = receiving.upload_hash(by, terms), Seen()
    idents, windows = array("Q"), dict[str, tuple[int, int]]()
    rows, whole = 0, True

    def hashed() -> Iterator[bytes]:
        for piece in opened():
            told.update(piece)
            yield piece

    pieces = hashed()
    for item in source.stream(name, pieces):
        if isinstance(item, Row):
            rows += 1
            seen.add(item)
            idents.append(short(item.ident.encode()))
            whole = whole and bool(item.ident)
            if item.report is not None:
                when, country = item.report.when, item.country.casefold()
                first, last = windows.get(country, (when.earliest.ms, when.latest.ms))
                windows[country] = min(first, when.earliest.ms), max(last, when.latest.ms)
                whole = whole and len(windows) <= COUNTRIES_LIMIT
        elif isinstance(item, Fault):
            whole = False
    for _ in pieces:  # what stopped reading did not stop the hash: the file is known by all its bytes
        pass
    return Survey(told.hexdigest(), rows, seen.clashes(), windows, array("Q", sorted(idents)), whole and bool(rows))


@dataclass(slots=True)
class _Run:
    """A file on its way in: who brings it, and what has become of its rows so far."""

    desk: Desk
    source: Source
    name: str
    by: Actor
    clock: Clock
    entropy: Entropy
    dry: bool
    found: Survey
    faults: list[Fault] = field(default_factory=list)
    more_faults: int = 0
    accepted: int = 0
    revised: int = 0
    unchanged: int = 0
    earlier: int = 0
    withdrawn: int = 0
    missing: int = 0

    def fault(self, faults: Iterable[Fault]) -> None:
        """Keep faults, and list them for the sender, as far as there is room."""
        rows = list(faults)
        room = max(0, FAULTS_LIMIT - len(self.faults))
        self.more_faults += len(rows[room:])
        self.faults += rows[:room]
        if rows[:room] and not self.dry:
            receiving.set_aside(self.desk, self.found.upload, rows[:room])

    def intake(self, repeated: bool = False) -> Intake:
        return Intake(
            self.found.upload, self.accepted, self.revised, self.unchanged, tuple(self.faults), repeated, (),
            self.earlier, self.withdrawn, self.missing, self.more_faults,
        )  # fmt: skip


def take(
    desk: Desk, source: Source, name: str, opened: Opened, by: Actor, clock: Clock, entropy: Entropy, terms: str = "", *,
    complete: bool = False, dry: bool = False, shown: Shown | None = None,
) -> Intake:  # fmt: skip
    """Take in a file of a dataset; `complete` says that it holds all of its countries and days, `dry` enters nothing."""
    stated = f"{terms}complete" if complete else terms
    found = survey(source, name, opened, by, stated)
    run = _Run(desk, source, visible(name), by, clock, entropy, dry, found)
    if receiving.received(desk, found.upload):
        run.unchanged = found.rows
        return run.intake(repeated=True)
    if dry:
        _rows(run, opened, shown)
        _vanished(run, complete)
        return run.intake()
    SetAside.objects.using(desk.alias).filter(upload=found.upload).delete()  # of a run that was interrupted
    with desk.fused_once():
        _rows(run, opened, shown)
        _vanished(run, complete)
    numbers = (run.accepted + run.revised, run.unchanged, len(run.faults) + run.more_faults)
    receiving.note(desk, found.upload, name, by, clock(), numbers)
    return run.intake()


def _rows(run: _Run, opened: Opened, shown: Shown | None) -> None:
    """The second reading: every row judged, batches entered."""
    batch: dict[str, Row] = {}
    done = 0
    for item in run.source.stream(run.name, opened()):
        if isinstance(item, Heading):
            continue
        if isinstance(item, Fault):
            run.fault((item,))
            continue
        done += 1
        if item.report is None:
            run.fault(item.faults)
        else:
            verdict = judged(run.source.adapter, run.name, item, run.found.clashes)
            if isinstance(verdict, Fault):
                run.fault((verdict,))
            elif not verdict:
                run.earlier += 1
            elif item.ident not in batch:  # the same row twice is one
                batch[item.ident] = item
        if len(batch) == BATCH_ROWS:
            _batch(run, list(batch.values()))
            batch.clear()
            if shown:
                shown(done, run.found.rows)
    if batch:
        _batch(run, list(batch.values()))
    if shown:
        shown(run.found.rows, run.found.rows)


def _batch(run: _Run, rows: list[Row]) -> None:
    """Enter some rows, and write down what is listed of them; a dry run only says what would be."""
    keys = {row.number: receiving.key_of(run.by, row.ident) for row in rows}
    known = {row.key: row for row in Listed.objects.using(run.desk.alias).filter(key__in=keys.values())}
    stale = {row.number for row in rows if (had := known.get(keys[row.number])) and 0 < row.changed < had.changed}
    run.earlier += len(stale)
    rows = [row for row in rows if row.number not in stale]
    again = {key for key, had in known.items() if had.withdrawn}
    told = [(row.number, row.report) for row in rows if row.report is not None]
    if run.dry:
        entered = receiving.try_rows(run.desk, run.name, told, run.by, run.clock(), again)
    else:
        entered = receiving.enter_rows(run.desk, run.name, told, run.by, run.clock(), run.entropy, again)
        refused = {fault.row for fault in entered.faults}
        _list(run, [row for row in rows if row.number not in refused], keys)
    run.fault(entered.faults)
    run.accepted, run.revised = run.accepted + entered.accepted, run.revised + entered.revised
    run.unchanged += entered.unchanged


def _list(run: _Run, rows: list[Row], keys: Mapping[int, str]) -> None:
    made = [
        Listed(
            key=keys[row.number], sender=run.by.key[:120], source=run.source.name, report_id=row.ident[:80],
            country=row.country.casefold()[:120], first_ms=row.report.when.earliest.ms, last_ms=row.report.when.latest.ms,
            changed=row.changed, withdrawn=False,
        )
        for row in rows if row.report is not None
    ]  # fmt: skip
    fields = ["country", "first_ms", "last_ms", "changed", "withdrawn"]
    Listed.objects.using(run.desk.alias).bulk_create(
        made, update_conflicts=True, unique_fields=["key"], update_fields=fields
    )


# ---- what was taken back


def _vanished(run: _Run, complete: bool) -> None:
    """Withdraw what the file no longer holds, or say how much that would be."""
    rows = Listed.objects.using(run.desk.alias).filter(
        source=run.source.name, sender=run.by.key[:120], withdrawn=False, country__in=list(run.found.windows)[:COUNTRIES_LIMIT]
    )  # fmt: skip
    gone = [
        row for row in rows.order_by("key").iterator() if run.found.covers(row) and not run.found.holds(row.report_id)
    ]
    if complete and gone and not run.found.whole:
        run.fault((Fault(run.name, 0, "", "fault.release_not_whole", {"n": str(len(gone))}),))
    if not complete or not run.found.whole:
        run.missing = len(gone)
        return
    for row in gone:
        run.withdrawn += _withdraw(run, row.key)


def take_back(
    desk: Desk, source: Source, name: str, data: bytes, deletions: Deletions, by: Actor, clock: Clock, entropy: Entropy, *,
    dry: bool = False, shown: Shown | None = None,
) -> Intake:  # fmt: skip
    """Withdraw what a producer's list of deletions names; what is not on this record by this sender counts as missing."""
    found = Survey(receiving.upload_of(by, "deletions", data), len(deletions.gone), {}, {}, array("Q"), True)
    run = _Run(desk, source, visible(name), by, clock, entropy, dry, found)
    if receiving.received(desk, found.upload):
        return run.intake(repeated=True)
    run.fault(deletions.faults)
    with nullcontext() if dry else desk.fused_once():
        for done, (_, report_id) in enumerate(deletions.gone, 1):
            key = receiving.key_of(by, report_id)
            if not Received.objects.using(desk.alias).filter(key=key).exists():
                run.missing += 1
            elif _withdraw(run, key):
                run.withdrawn += 1
            else:
                run.unchanged += 1
            if shown and (not done % BATCH_ROWS or done == found.rows):
                shown(done, found.rows)
    if not dry:
        receiving.note(desk, found.upload, name, by, clock(), (run.withdrawn, run.unchanged, len(run.faults)))
    return run.intake()


def _withdraw(run: _Run, key: str) -> bool:
    """Withdraw the report of a row, and those of its earlier versions on which something rests; whether the last one was."""
    desk = run.desk
    last = Received.objects.using(desk.alias).get(key=key).sid
    row = ReportRow.objects.using(desk.alias).filter(sid=last).first()
    if row is None or row.withdrawn:
        return False
    if run.dry:
        return True
    reason = say("dataset_import.withdrawn", "en", file=run.name)
    for sid in _versions(desk, row):
        threads = queries.report_threads(desk, sid)
        if sid != last and len(threads) == 1:
            continue
        given = Given({"report": sid, "reason": reason})
        outcome = desk.act(
            threads, lambda s, given=given: retractions.withdraw(s, "", given, run.by, run.clock(), ()), run.by
        )
        if isinstance(outcome, Refusal):
            values = {**outcome.values, "refusal": outcome.code}
            run.fault((Fault(run.name, 0, "", "fault.refused", values, (sid,)),))
            if sid == last:
                return False
    Listed.objects.using(desk.alias).filter(key=key).update(withdrawn=True)
    return True


def _versions(desk: Desk, last: ReportRow) -> list[str]:
    """The sids of a report's versions that are not withdrawn, the last first."""
    found: list[str] = []
    row: ReportRow | None = last
    for _ in range(VERSIONS_LIMIT):
        if row is None:
            break
        found += [] if row.withdrawn else [row.sid]
        row = ReportRow.objects.using(desk.alias).filter(sid=row.revises).first() if row.revises else None
    return found
