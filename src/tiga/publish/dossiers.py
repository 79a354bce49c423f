"""The words inside a dossier, and its file name.

Rules
1. VERIFY.txt says how to verify, what that proves and what it does not, before anybody trusts the file.
2. An exercise is marked at the top and the end of the text and at the front of the file name; an origin that says
   exercise and a flag that does not, or the other way round, is refused.
3. The text depends on nothing but what is handed in, so a dossier made twice has the same bytes.

Not done here: the container and its members (`record.dossier`).
"""

from __future__ import annotations

import re

from tiga.publish.paper import BadPaper
from tiga.values.words import direction, say

EXERCISE_ORIGIN = "/exercise"
_SHA256 = re.compile(r"[0-9a-f]{64}\Z")
_NUMBER = re.compile(r"[0-9A-Za-z][0-9A-Za-z-]{0,39}\Z")


def verify_text(language: str, origin: str, number: str, exercise: bool, verifier_sha256: str) -> str:
    """The content of VERIFY.<language>.txt, UTF-8 with line feeds; `verifier_sha256` is that of `verify.py`, in hex.

    Raises BadPaper for an origin and a flag that disagree, or a hash that is none.
    """
    _agree(origin, exercise)
    if not _SHA256.match(verifier_sha256):
        raise BadPaper(f"{verifier_sha256!r} is not a SHA-256 in hex; hand in that of verify.py")

    def told(code: str, **values: object) -> str:
        text = say(f"publish.dossier.{code}", language, **values)
        # Isolates matter on a right-to-left line only; elsewhere they would be copied along with a hash.
        return text if direction(language) == "rtl" else re.sub("[\u2068\u2069]", "", text)

    marking = [told("marking"), ""] if exercise else []
    command = f"    tiga verify {file_name(origin, number, exercise)} --policy POLICY" + (
        " --exercise" if exercise else ""
    )
    lines = [
        *marking,
        told("title"),
        "",
        told("about", number=number, origin=origin),
        "",
        told("steps"),
        told("step_policy"),
        told("step_run"),
        "",
        command,
        "",
        told("step_read"),
        told("step_other"),
        told("verifier", hash=verifier_sha256),
        "",
        told("proves"),
        told("proves_signed"),
        told("proves_included"),
        told("proves_recomputed"),
        "",
        told("not_proves"),
        told("not_true"),
        told("not_complete"),
        told("not_time"),
        told("not_keys"),
        "",
        told("failed"),
        *(["", told("marking")] if exercise else []),
    ]
    return "\n".join(lines) + "\n"


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
