"""What is wrong with an agreement file, its annex of weights included: the one check that commands ask.

Rules
1. Everything that `agreement.drafting` finds, and where the file has its shape, whether its annex of weights can be used.
2. An annex that cannot be used is a problem like any other: line, what, remedy.

Why here: the drafting of agreements stands below the room that knows what weights mean (house: floors).
"""

from __future__ import annotations

from tiga.agreement import drafting, reading
from tiga.agreement.drafting import Problem
from tiga.agreement.reading import Marked
from tiga.values.shapes import BadShape


def check(marked: Marked) -> tuple[Problem, ...]:
    """All problems of an agreement file, by line; empty where it may be used."""
    found = drafting.check(marked)
    try:
        text = reading.agreement(marked.data)
    except BadShape:
        return found
    if text.matching is None:
        return found
    from tiga.fusion import policy  # heavy, and asked for by few files

    try:
        policy.annexed(text)
    except policy.BadPolicy as error:
        row = Problem("matching", marked.line(("matching",)), "agreement.problem.matching", {"why": str(error)})
        return tuple(sorted((*found, row), key=lambda one: one.line))
    return found
