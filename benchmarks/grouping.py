"""What a report costs a record that holds many: filed, entered, grouped, from the draft to the durable receipt. Two minutes.

Rules
1. Two records of invented press reports about invented posts, 1,000 and 10,000, with the demo's keys, charter and agreement,
   each with a background on the record. Reports are filed one by one, interleaved; the medians count.
2. What is compared is ours with ours: a cost that grew with the number of reports would show as a ratio of ten.
3. Beside it: the same on the small record before a background is entered, when all groupings are made anew; and the first
   report in a process that has just opened the large record.
"""

from __future__ import annotations

import hashlib
import tempfile
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from benchmarks import Row
from benchmarks.recording import places
from benchmarks.recording.acts import found

if TYPE_CHECKING:
    from tiga.drafts import FieldReport
    from tiga.mechanism.acts import Outcome
    from tiga.mechanism.standing import Standing
    from tiga.store.desk import Desk

PEERS: list[str] = []
SMALL, LARGE, BATCH, SINGLE = 1_000, 10_000, 250, 41
GROWTH = Decimal(2)
DAY_MIN, INCIDENT = 1_440, 5
"""Reports of one incident, an hour and a few hundred metres from each other; ten incidents a day."""


def rows(progress: Callable[[str], None]) -> list[Row]:
    out = Path(__file__).resolve().parent.parent / "build" / "bench"
    with tempfile.TemporaryDirectory(dir=out, prefix="grouping-") as name:
        places.settle(Path(name))
        small, large = _Record("small"), _Record("large")
        progress(f"filling records: {SMALL} and {LARGE}")
        small.fill(SMALL)
        large.fill(LARGE)
        anew = [small.one() for _ in range(5)]
        small.count()
        large.count()
        progress(f"reports, interleaved: {SINGLE} on each record")
        first = large.reopened()
        timed: dict[_Record, list[float]] = {small: [], large: []}
        for at in range(SINGLE):
            for record in (small, large) if at % 2 else (large, small):
                timed[record].append(record.one())
        groups = large.groups()
    few, many = (median(timed[record][1:]) for record in (small, large))
    return [
        Row(f"a report filed and grouped, beside {LARGE}; beside {SMALL}", _ms(many), "ms", _ms(few), GROWTH, at_least=False),
        Row(f"the longest of {SINGLE}, beside {LARGE}", _ms(max(timed[large][1:])), "ms"),
        Row(f"a report before a background is entered, beside {SMALL}", _ms(median(anew)), "ms"),
        Row(f"the first report after opening, beside {LARGE}", _ms(first), "ms"),
        Row(f"groupings of {LARGE} reports", Decimal(groups), "groups"),
    ]  # fmt: skip


def _ms(seconds: float) -> Decimal:
    return Decimal(f"{seconds * 1000:.1f}")


class _Record:
    """A record with many reports."""

    def __init__(self, name: str) -> None:
        from tiga.cli.exercise import START

        self._name, self._start, self._filed = name, START, 0
        self.desk = self._opened()
        found(self.desk, START)

    def _opened(self) -> Desk:
        from tiga.store import opening
        from tiga.store.desk import Desk

        ring = places.ring(places.EXERCISE)
        return Desk(self._name, places.EXERCISE, ring, opening.places(), opening.guard(self._name))

    def fill(self, size: int) -> None:
        """File reports in batches, grouped once at the end."""
        with self.desk.fused_once():
            while self._filed < size:
                self._batch()

    def count(self) -> None:
        """Enter a background."""
        from tiga.store import backgrounds

        backgrounds.take(self.desk, backgrounds.REGISTRAR, self._now(), self._salt)

    def one(self) -> float:
        """Seconds of one report, from the draft to the receipt."""
        from tiga.mechanism import reports
        from tiga.store.desk import Done

        report, by, now = self._report(), self._by(), self._now()
        salts = tuple(self._salt(16) for _ in range(6))
        start = time.perf_counter()
        done = self.desk.act((), lambda standing: reports.file(standing, report, by, now, salts), by)
        seconds = time.perf_counter() - start
        if not isinstance(done, Done):
            raise RuntimeError(f"a report was not entered: {done}")
        return seconds

    def reopened(self) -> float:
        """Seconds of a report in a process that holds nothing of the groupings yet."""
        from tiga.store import fusing

        fusing.forget(self._name)
        self.desk = self._opened()
        return self.one()

    def groups(self) -> int:
        from tiga.store import queries

        return len(queries.groups(self.desk))

    def _batch(self) -> None:
        from tiga.mechanism import reports

        by, now, drawn = self._by(), self._now(), [self._report() for _ in range(BATCH)]

        def decide(standing: Standing) -> list[Outcome]:
            return [reports.file(standing, one, by, now, tuple(self._salt(16) for _ in range(6))) for one in drawn]

        self.desk.act_all((), decide, by)

    def _by(self):  # type: ignore[no-untyped-def]
        from tiga.mechanism.acts import Actor

        return Actor(f"{places.EXERCISE}/secretariat/1", "secretariat")

    def _now(self):  # type: ignore[no-untyped-def]
        return self.desk.now(self._start)

    def _salt(self, size: int) -> bytes:
        self._drawn = getattr(self, "_drawn", 0) + 1
        return hashlib.sha256(f"grouping {self._name} {self._drawn}".encode()).digest()[:size]

    def _report(self) -> FieldReport:
        """The next report: five to an incident, ten incidents a day, over four hundred invented posts."""
        from tiga.drafts import FieldReport
        from tiga.values.moments import Instant, Moment
        from tiga.values.places import Place, Point

        number, self._filed = self._filed, self._filed + 1
        incident = number // INCIDENT
        minute = incident * DAY_MIN // 10 + number % INCIDENT * 12
        at = Instant(self._start.ms - 400 * 86_400_000 + minute * 60_000)
        post = incident * 7_919 % 400
        point = Point(post // 20 * 400_000 + number % INCIDENT * 3_000, post % 20 * 400_000)
        return FieldReport(
            report_id=f"bench-{number}", channel="media", source=f"Outlet {number % 23} (invented)",
            when=Moment(at.text()[:16], "UTC", "about"),
            where=Place(f"Exercise Post {post} (invented)", "Latn", point, 2_500, ""),
            acts=("H1",), account=f"EXERCISE. Report {number}: shots were heard near the invented post {post}. " * 3,
            language="en", release="R0",
        )  # fmt: skip
