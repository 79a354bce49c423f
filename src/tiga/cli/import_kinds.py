"""What a file brings, by its heading, and how each kind is taken in: what `tiga import` does with it.

Rules
1. A dataset's release is read by pieces, twice, whatever its size; a list of deletions, detections and a sheet are read whole.
2. Detections become one `dataset` entry with a root over their rows; rows of events and of sheets become reports. With
   `--with-root` a release's rows get a `dataset` entry beside their reports: its rows are the reports as they were read, by id,
   so that the order of a file's rows changes nothing.
3. A progress bar counts rows on a terminal, and nothing is written elsewhere.
"""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tiga.cli import bars, importing
from tiga.cli.lines import told
from tiga.drafts import Fault, datasets, tables
from tiga.drafts.datasets import Heading
from tiga.intake import acled, firms, sheets, ucdp
from tiga.intake.sheets import ColumnMap
from tiga.mechanism.acts import Actor
from tiga.record import rowroots
from tiga.values.moments import Instant
from tiga.values.names import printed_number
from tiga.values.shapes import to_plain

if TYPE_CHECKING:
    from tiga.store.desk import Desk
    from tiga.store.receiving import Intake
    from tiga.store.releases import Source


@dataclass(slots=True)
class Bringing:
    """One file on its way: the desk, who brings it, the command's options; `kind` is what it turned out to be."""

    desk: Desk
    by: Actor
    options: argparse.Namespace
    kind: str = field(default="sheet", init=False)

    def now(self) -> Instant:
        return self.desk.now(Instant.of(datetime.now(UTC)))

    def pieces(self) -> Iterator[bytes]:
        """The file's bytes, from its beginning."""
        with self.options.file.open("rb") as file:
            while piece := file.read(tables.PIECE):
                yield piece

    def whole(self, limit: int) -> bytes:
        """The file's bytes, one more than the limit at most."""
        with self.options.file.open("rb") as file:
            return bytes(file.read(limit + 1))

    def zones(self) -> dict[str, str]:
        parts = (one.rpartition("=") for one in self.options.zone)
        return {country.strip(): zone.strip() for country, _, zone in parts}

    def take(self, columns: ColumnMap, tree: object) -> int | tuple[Intake, tuple[Fault, ...], tuple[str, ...]]:
        """Take the file in for what it is: an exit code, or what became of its rows."""
        head = self.whole(tables.PIECE)
        if head.startswith(b"PK"):  # its directory stands at the end
            head = self.whole(importing.FILE_LIMIT)
        if tree is not None:
            return self._sheet(columns, tree)
        if acled.lists_deletions(head):
            return self._deletions()
        source = _source(head, self.zones())
        if source is not None:
            return self._release(source)
        if firms.recognises(head):
            return self._detections()
        if self.options.with_root:
            print(told("cli.import.no_root", self.options.language))
        return self._sheet(columns, tree)

    def _sheet(self, columns: ColumnMap, tree: object) -> tuple[Intake, tuple[Fault, ...], tuple[str, ...]]:
        from tiga.store import receiving

        name, data = self.options.file.name, self.whole(importing.FILE_LIMIT)
        sheet = sheets.read(name, data, columns)
        given = self.options.zone or tree is not None
        terms = json.dumps([sorted(self.options.zone), tree], sort_keys=True) if given else ""
        rows = list(sheet.reports)
        if self.options.dry_run:
            intake = receiving.foreseen(self.desk, name, data, rows, sheet.faults, self.by, self.now(), terms)
        else:
            intake = receiving.receive(
                self.desk, name, data, rows, sheet.faults, self.by, self.now(), os.urandom, terms
            )
        return intake, sheet.faults if intake.repeated else intake.faults, sheet.header

    def _release(self, source: Source) -> tuple[Intake, tuple[Fault, ...], tuple[str, ...]]:
        from tiga.store import releases

        options = self.options
        terms = json.dumps(sorted(options.zone))
        intake = releases.take(
            self.desk, source, options.file.name, self.pieces, self.by, self.now, os.urandom, terms,
            complete=options.complete, dry=options.dry_run, shown=self._bar(),
        )  # fmt: skip
        items = source.stream(options.file.name, self.pieces())
        header = next((item.cells for item in items if isinstance(item, Heading)), ())
        rooted = self._rooted(source) if options.with_root else ()
        return intake, (*intake.faults, *rooted), header

    def _rooted(self, source: Source) -> tuple[Fault, ...]:
        """Enter a root over a release's rows; what was refused."""
        from tiga.store import bulk

        name, data = self.options.file.name, self.whole(bulk.FILE_BYTES_LIMIT)
        if len(data) > bulk.FILE_BYTES_LIMIT:
            return (_too_large(name, len(data)),)
        found = datasets.gathered(source.adapter, name, source.stream(name, (data,)))
        reports = sorted((report for _, report in found.reports), key=lambda report: report.report_id)
        if not reports:
            return ()
        first, last = min(report.when.start for report in reports), max(report.when.start for report in reports)
        rows = [rowroots.row_bytes(to_plain(report)) for report in reports]
        return self._entered(source.name, "events", data, rows, first, last)

    def _deletions(self) -> tuple[Intake, tuple[Fault, ...], tuple[str, ...]]:
        from tiga.store import releases

        self.kind = "deletions"
        name, data = self.options.file.name, self.whole(importing.FILE_LIMIT)
        found = acled.deletions(name, data)
        source = releases.Source("ACLED", acled.ADAPTER, lambda name, chunks: iter(()))
        intake = releases.take_back(
            self.desk, source, name, data, found, self.by, self.now, os.urandom, dry=self.options.dry_run,
            shown=self._bar(),
        )  # fmt: skip
        return intake, intake.faults, found.header

    def _bar(self) -> bars.Shown:
        return bars.bar(told("cli.import.rows", self.options.language))

    def _detections(self) -> int | tuple[Intake, tuple[Fault, ...], tuple[str, ...]]:
        """Detections as one dataset; the words of what became of it are printed here."""
        from tiga.store import bulk
        from tiga.store.receiving import Intake

        self.kind = "detections"
        options, language = self.options, self.options.language
        name, data = options.file.name, self.whole(bulk.FILE_BYTES_LIMIT)
        if len(data) > bulk.FILE_BYTES_LIMIT:
            large = (_too_large(name, len(data)),)
            return Intake("", 0, 0, 0, large), large, ()
        found = firms.read(name, (data,))
        rows = found.hotspots
        print(told("cli.import.detections", language, n=len(rows), same=found.same))
        if not rows:
            print(told("cli.import.no_detections", language))
            return Intake("", 0, 0, 0, found.faults), found.faults, found.header
        refused = self._entered("FIRMS", "hotspots", data, [row.row() for row in rows], rows[0].at, rows[-1].at)
        faults = (*found.faults, *refused)
        return Intake("", 0, 0, 0, faults), faults, found.header

    def _entered(
        self, source: str, kind: str, data: bytes, rows: Sequence[bytes], first: Instant, last: Instant
    ) -> tuple[Fault, ...]:
        """Enter rows as one dataset and say what became of it; what was refused."""
        from tiga.mechanism.acts import Refusal
        from tiga.store import bulk
        from tiga.store.desk import Done, ToSign, Waits

        options, language, name = self.options, self.options.language, self.options.file.name
        one, table = bulk.described(
            source, kind, data, rows, first, last, options.release, _superseded(self.desk, options.supersedes)
        )  # fmt: skip
        print(told("cli.import.root", language, root=one.root))
        result: Done | Refusal | ToSign | Waits | None
        if options.dry_run:
            result = bulk.foreseen(self.desk, one, self.by, self.now())
        else:
            result = bulk.enter(self.desk, one, data, table, self.by, self.now(), os.urandom)
        if isinstance(result, Done):
            sid = result.receipt.sid
            print(told("cli.import.dataset", language, number=printed_number("Q", sid), sid=sid))
        elif isinstance(result, Refusal) and result.code == "dataset_known":
            print(told("refusal.dataset_known.text", language, **result.values))
        elif result is not None:
            refusal = result if isinstance(result, Refusal) else Refusal("sign_at_home", values={"member": self.by.key})
            return (Fault(name, 0, "", "fault.refused", {**refusal.values, "refusal": refusal.code}),)
        return ()


def _too_large(name: str, length: int) -> Fault:
    """That a file is larger than the vault takes."""
    from tiga.store import bulk

    return Fault(name, 0, "", "fault.file_too_large", {"bytes": str(length), "limit": str(bulk.FILE_BYTES_LIMIT)})


def _source(head: bytes, zones: dict[str, str]) -> Source | None:
    """The dataset that a heading is of, or None."""
    from tiga.store.releases import Source

    if acled.recognises(head):
        return Source("ACLED", acled.ADAPTER, lambda name, chunks: acled.stream(name, chunks, zones))
    if ucdp.recognises(head):
        return Source("UCDP", ucdp.ADAPTER, lambda name, chunks: ucdp.stream(name, chunks, zones))
    return None


def _superseded(desk: Desk, text: str) -> str:
    """The sid of the dataset that a sid or printed number names; what names none is handed on, and refused by name."""
    from tiga.store import queries

    rows = queries.affairs(desk, "dataset")
    return next((row.sid for row in rows if text in (row.sid, printed_number("Q", row.sid))), text)
