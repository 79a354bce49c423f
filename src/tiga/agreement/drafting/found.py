"""What a check finds: a path, a code and values; and the walk over an agreement that several checks share."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tiga.values.shapes import Path

WALK_LIMIT = 200_000
"""Values that one walk may visit."""


@dataclass(frozen=True, slots=True)
class Found:
    """A problem before its line is known: where, `code` (without prefix) and the values for its text."""

    path: Path
    code: str
    values: dict[str, object]


def walk(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every dataclass inside a value, itself included, with its path; parents first."""
    waiting: list[tuple[Path, Any]] = [(path, value)]
    for _ in range(WALK_LIMIT):
        if not waiting:
            return
        here, item = waiting.pop()
        inner: list[tuple[Path, Any]] = []
        if dataclasses.is_dataclass(item) and not isinstance(item, type):
            yield here, item
            inner = [((*here, field.name), getattr(item, field.name)) for field in dataclasses.fields(item)]
        elif isinstance(item, tuple):
            inner = [((*here, number), part) for number, part in enumerate(item)]
        elif isinstance(item, dict):
            inner = [((*here, key), part) for key, part in item.items()]
        waiting.extend(row for row in reversed(inner) if not isinstance(row[1], (str, int, type(None))))
    raise ValueError(f"an agreement may hold at most {WALK_LIMIT} values")
