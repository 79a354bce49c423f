"""The rules of the mechanism alone, without a database. About a minute.

What is compared is said in the modules of `benchmarks.reckoning`, where each subject is measured: `replays` (a draft over
invented events, and how the time grows with them) and `tables` (a case determined beside many precedents; the clocks of
many open cases).
"""

from __future__ import annotations

from collections.abc import Callable

from benchmarks import Row
from benchmarks.reckoning import replays, tables

PEERS: list[str] = []


def rows(progress: Callable[[str], None]) -> list[Row]:
    progress("about a minute; everything is invented")
    return [*replays.rows(progress), *tables.rows(progress)]
