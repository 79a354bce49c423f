"""A draft tried on invented events: seconds, and how they grow with the number of events.

Rules
1. Events lie six hours apart between two invented parties, of every severity, each with a window of a day; all lie in the
   time of the exercise's agreement. No measure is carried out and each is stepped up, which asks most of the replay.
2. The median of three runs, each with everything made anew. The bar is for all events of the largest size.
3. Growth is told as microseconds an event at each size.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from decimal import Decimal
from statistics import median
from typing import TYPE_CHECKING

from benchmarks import Row

if TYPE_CHECKING:
    from tiga.drafts.events import Happened

SIZES = (500, 1_000, 2_000, 5_730)
SECONDS_MOST = Decimal(30)
RUNS = 3
CODES = ("H1", "H2", "A1", "I2", "C1", "F1")
HOUR_MS = 3_600_000


def rows(progress: Callable[[str], None]) -> list[Row]:
    found: list[Row] = []
    for size in SIZES:
        progress(f"a draft tried on {size} events, {RUNS} times")
        seconds = median(_seconds(size) for _ in range(RUNS))
        if size == SIZES[-1]:
            found.append(
                Row(f"a draft tried on {size} events", Decimal(f"{seconds:.3f}"), "s", bar=SECONDS_MOST, at_least=False)
            )
        found.append(Row(f"an event of {size}", Decimal(round(seconds / size * 1_000_000)), "µs"))
    return found


def _seconds(size: int) -> float:
    """Seconds for one replay."""
    from tiga import shipped
    from tiga.agreement import reading
    from tiga.agreement.clauses import exercise_of
    from tiga.cli import yaml_nodes
    from tiga.mechanism import backtest
    from tiga.mechanism.assumptions import Assumptions
    from tiga.record import canonical

    path = shipped.folder("agreements") / "doha-istanbul-2025" / "agreement.yaml"
    real = reading.agreement(yaml_nodes.load(path.read_bytes()).data)
    agreement = exercise_of(real, reading.digest(real, canonical.encode))
    past = events(size)
    within = backtest.period(past, [agreement], "UTC")
    start = time.perf_counter()
    run = backtest.replay(agreement, past, Assumptions(compliance="never", step_up="when_unmet"), within)
    seconds = time.perf_counter() - start
    if sum(side.violations for side in run.sides) != size:
        raise RuntimeError("not every event of the benchmark became a violation")
    return seconds


def events(size: int) -> list[Happened]:
    """Invented events, six hours apart; sides and acts follow from the number alone."""
    from tiga.drafts.events import Happened
    from tiga.values.moments import Instant

    first = Instant.parse("2026-01-05T00:00:00.000Z").ms
    found = []
    for number in range(size):
        start = first + number * 6 * HOUR_MS
        code, side = CODES[number * 7 % len(CODES)], 1 + number * number // 3 % 2
        dead, civilians = number % 3, number % 5 // 4
        window = Instant(start), Instant(start + 24 * HOUR_MS)
        found.append(Happened(f"e-{number:05}", *window, None, 0, code, side, dead, dead, civilians, civilians, ()))
    return found
