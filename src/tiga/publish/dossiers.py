"""The file name of a dossier.

Rules
1. An exercise is marked at the front of the name; an origin that says exercise and a flag that does not, or the other way
   round, is refused.

Not done here: the container and its members (`record.dossier`).
"""

from __future__ import annotations

import re

from tiga.publish.paper import BadPaper

EXERCISE_ORIGIN = "/exercise"
_NUMBER = re.compile(r"[0-9A-Za-z][0-9A-Za-z-]{0,39}\Z")


def file_name(origin: str, number: str, exercise: bool) -> str:
    """A file name of ASCII letters, such as `EXERCISE-mvm.example-C-7K3M-2QXA.zip`; raises BadPaper."""
    _agree(origin, exercise)
    if not _NUMBER.match(number):
        raise BadPaper(f"{number!r} is not a printed number; it looks like C-7K3M-2QXA")
    host = origin.removesuffix(EXERCISE_ORIGIN) if exercise else origin
    place = re.sub(r"[^0-9A-Za-z.]+", "-", host).strip("-.")
    return f"{'EXERCISE-' if exercise else ''}{place}-{number}.zip"


def _agree(origin: str, exercise: bool) -> None:
    if origin.endswith(EXERCISE_ORIGIN) != exercise:
        raise BadPaper(
            f"origin {origin!r} and exercise={exercise} disagree; an exercise's origin ends in {EXERCISE_ORIGIN}"
        )
