"""What a ladder can come to: steps that are never reached, steps that clash, violations without a consequence.

Small abstract situations stand for instants: every consistent truth of the ladder's conditions is tried.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from tiga.agreement.ladder import Condition, Step
from tiga.values.moments import Span


def _abstract(ladder: tuple[Step, ...], severities: tuple[str, ...]) -> Iterator[dict[Condition, bool]]:
    """Every consistent truth assignment of the ladder's conditions.

    Consistent: exactly one severity; counts grow with the window and shrink with the threshold; a count of the severity
    in hand is at least one; likewise for imposed steps and unmet steps.
    """
    conditions = sorted({c for step in ladder for group in step.when for c in group.all}, key=repr)
    free = [c for c in conditions if c.form() != "severity"]
    if len(free) > 14:
        raise ValueError("a ladder may use at most 14 different counting conditions")
    for severity in severities:
        for bits in product((False, True), repeat=len(free)):
            truth = dict(zip(free, bits, strict=True))
            if all(_consistent(a, b, truth, severity) for a in free for b in free):
                truth |= {c: c.severity == severity for c in conditions if c.form() == "severity"}
                yield truth


def _consistent(a: Condition, b: Condition, truth: dict[Condition, bool], severity: str) -> bool:
    if a.form() == "count" and a.count == severity and a.at_least <= 1 and not truth[a]:
        return False
    if a is b or a.form() != b.form() or not truth[a]:
        return True
    if a.form() == "unmet":
        return truth[b] or b.unmet > a.unmet
    same = a.count == b.count and b.imposed <= a.imposed
    implied = same and b.at_least <= a.at_least and _days(b) >= _days(a)
    return truth[b] or not implied


def _days(condition: Condition) -> int:
    return Span.parse(condition.within).days


def _holds(step: Step, truth: dict[Condition, bool]) -> bool:
    return any(bool(group.all) and all(truth[item] for item in group.all) for group in step.when)


def unreachable(ladder: tuple[Step, ...], severities: tuple[str, ...]) -> tuple[Step, ...]:
    """Steps that never are the highest that holds, in any consistent situation."""
    won: set[int] = set()
    for truth in _abstract(ladder, severities):
        held = [number for number, step in enumerate(ladder) if _holds(step, truth)]
        if held:
            won.add(max(held, key=lambda number: ladder[number].order))
    return tuple(step for number, step in enumerate(ladder) if number not in won)


def clashes(ladder: tuple[Step, ...], severities: tuple[str, ...]) -> tuple[tuple[Step, Step], ...]:
    """Pairs of steps of equal rank that can hold together."""
    pairs = [(a, b) for i, a in enumerate(ladder) for b in ladder[i + 1 :] if a.order == b.order]
    if not pairs:
        return ()
    found = []
    worlds = list(_abstract(ladder, severities))
    for a, b in pairs:
        if any(_holds(a, truth) and _holds(b, truth) for truth in worlds):
            found.append((a, b))
    return tuple(found)


def uncovered(ladder: tuple[Step, ...], severities: tuple[str, ...]) -> tuple[str, ...]:
    """Severities for which, in some situation, no step holds at all: violations without a consequence."""
    bare = []
    for severity in severities:
        worlds = _abstract(ladder, (severity,))
        if any(not any(_holds(step, truth) for step in ladder) for truth in worlds):
            bare.append(severity)
    return tuple(bare)
