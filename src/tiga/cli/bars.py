"""A progress bar on a terminal, and nothing elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Callable

BAR = 30
"""Characters of a progress bar."""
Shown = Callable[[int, int], None]
"""Told how many of how many are done."""


def bar(word: str) -> Shown:
    """What shows how many of how many are done, after a word."""

    def shown(done: int, total: int) -> None:
        if sys.stderr.isatty() and total > 1:
            filled = BAR * done // total
            end = "\n" if done >= total else ""
            print(
                f"\r{word} [{'#' * filled}{'.' * (BAR - filled)}] {done}/{total}", end=end, file=sys.stderr, flush=True
            )

    return shown
