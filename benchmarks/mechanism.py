"""The rules of the mechanism alone, without a database: a draft tried on the past. About half a minute.

What is compared is said in the modules of `benchmarks.reckoning`, where each subject is measured: `replays` (a draft over
invented events, and how the time grows with them).
"""

from __future__ import annotations

from collections.abc import Callable

from benchmarks import Row
from benchmarks.reckoning import replays

PEERS: list[str] = []


def rows(progress: Callable[[str], None]) -> list[Row]:
    progress("about half a minute; everything is invented")
    return [*replays.rows(progress)]
