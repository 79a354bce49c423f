"""Where the files stand that ship with the program: samples and agreements.

Rules
1. An installed wheel holds them inside the package; a checkout holds them at the repository's root. Inside comes first.
2. Only the folders of `FOLDERS` are given out. What is in them is read by whoever asks.
"""

from __future__ import annotations

from pathlib import Path

FOLDERS = ("samples", "agreements")


class NotShipped(LookupError):
    """A folder that this installation lacks; the message names it and the remedy."""


def folder(name: str) -> Path:
    """The path of a shipped folder, one of `FOLDERS`; raises NotShipped when it is unknown or missing."""
    package = Path(__file__).resolve().parent
    for place in (package / name, package.parents[1] / name):
        if name in FOLDERS and place.is_dir():
            return place
    raise NotShipped(
        f"{name}: no such folder in this installation; there may be {', '.join(FOLDERS)}: install tiga again"
    )
