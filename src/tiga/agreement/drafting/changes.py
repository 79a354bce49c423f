"""What a new version of an agreement changes, clause by clause.

Rules
1. Versions are compared in canonical plain data, so a spelled-out default is no change.
2. Items of a list are matched by their own key (id, code, purpose, act, factor, step, by, mechanism, term, party,
   name), never by position; a list whose items have no such key, or one key twice, is compared as a whole. A list that
   was left out is an empty one, so that what comes into it comes item by item.
3. A change names the smallest member that differs; an item that came or went is one change. Where only the order of
   items differs, that is one change too (`clauses.order`): two versions with different hashes never diff to nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tiga.agreement.clauses import Agreement
from tiga.values.shapes import to_plain

KEYS = ("id", "code", "purpose", "act", "factor", "step", "component", "mechanism", "term", "by", "party", "name")
"""Members that name an item of a list, the first that all items have."""


@dataclass(frozen=True, slots=True)
class Change:
    """A member that differs: its path (`clauses.P-01.text.en`), the id of the item it belongs to, and both plain
    values, None where there was or is none."""

    path: str
    id: str
    before: Any
    after: Any


def diff(a: Agreement, b: Agreement) -> tuple[Change, ...]:
    """Every change from `a` to `b`, in the order of `a`, then what `b` adds."""
    return tuple(_changes(_opened(a), _opened(b), "", ""))


def _opened(agreement: Agreement) -> dict[str, Any]:
    """Canonical plain data in which `undertakings`, which only hold other parts, are never left out."""
    plain: dict[str, Any] = to_plain(agreement)
    plain.setdefault("undertakings", {})
    return plain


def _changes(a: Any, b: Any, path: str, owner: str) -> Iterator[Change]:
    if a == b and type(a) is type(b):
        return
    if isinstance(a, list | None) and isinstance(b, list | None):
        key = _key(a or [], b or [])
        if key:
            a, b = ({str(item[key]): item for item in items or []} for items in (a, b))
            for name in (*a, *(name for name in b if name not in a)):
                yield from _changes(a.get(name), b.get(name), _join(path, name), name)
            kept = [name for name in a if name in b]
            if kept != (moved := [name for name in b if name in a]):
                yield Change(_join(path, "order"), owner, kept, moved)
            return
    if isinstance(a, dict) and isinstance(b, dict):
        for name in (*a, *(name for name in b if name not in a)):
            yield from _changes(a.get(name), b.get(name), _join(path, name), owner)
        return
    yield Change(path, owner, a, b)


def _key(a: list[Any], b: list[Any]) -> str:
    for key in KEYS:
        named = all(isinstance(item, dict) and isinstance(item.get(key), (str, int)) for item in (*a, *b))
        if named and all(len({item[key] for item in items}) == len(items) for items in (a, b)):
            return key
    return ""


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
