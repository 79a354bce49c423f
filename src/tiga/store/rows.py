"""How projection rows are written: each at once, or, where all are made anew, gathered and written in bulk.

Rules
1. `Direct` and `Gathered` leave the same rows for the same calls; only when they reach the tables differs.
2. `Gathered` begins with empty tables and writes nothing before `flush`; whoever reads these tables flushes first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, Protocol

from django.db.models import Model

BULK = 2_000
"""Rows of one bulk insert; the database's own limit makes it smaller where it has to."""


class Rows(Protocol):
    """Where the projector writes."""

    alias: str

    def put(self, model: type[Model], key: str, **values: Any) -> None:
        """Write a row in full, known by its member `key`; one that is there is overwritten."""
        ...

    def change(self, model: type[Model], field: str, value: object, **values: Any) -> None:
        """Change members of all rows that have a value in a field."""
        ...

    def replace(self, model: type[Model], field: str, value: object, rows: Sequence[Model]) -> None:
        """Write rows in place of all that have a value in a field."""
        ...

    def flush(self) -> None:
        """All that was written so far is in the tables."""
        ...


class Direct:
    """Rows written one after another."""

    def __init__(self, alias: str) -> None:
        self.alias = alias

    def put(self, model: type[Model], key: str, **values: Any) -> None:
        own = {key: values.pop(key)}
        _of(model, self.alias).update_or_create(**own, defaults=values)

    def change(self, model: type[Model], field: str, value: object, **values: Any) -> None:
        _of(model, self.alias).filter(**{field: value}).update(**values)

    def replace(self, model: type[Model], field: str, value: object, rows: Sequence[Model]) -> None:
        _of(model, self.alias).filter(**{field: value}).delete()
        _of(model, self.alias).bulk_create(rows)

    def flush(self) -> None:
        """Nothing waits."""


class Gathered:
    """Rows kept in memory until `flush`; `by` names the fields, beside the key, by which rows of a model are changed."""

    def __init__(self, alias: str, by: dict[type[Model], str]) -> None:
        self.alias = alias
        self._by = by
        self._rows: dict[type[Model], dict[object, dict[str, Any]]] = defaultdict(dict)
        self._keys: dict[type[Model], str] = {}
        self._having: dict[tuple[type[Model], object], set[object]] = defaultdict(set)
        self._instead: dict[tuple[type[Model], object], Sequence[Model]] = {}

    def put(self, model: type[Model], key: str, **values: Any) -> None:
        self._keys[model] = key
        self._rows[model][values[key]] = values
        if model in self._by:
            self._having[model, values[self._by[model]]].add(values[key])

    def change(self, model: type[Model], field: str, value: object, **values: Any) -> None:
        kept = self._rows[model]
        if self._by.get(model) == field:
            named = [one for one in self._having[model, value] if kept[one][field] == value]
        else:
            assert self._keys.get(model, field) == field  # a field by which nobody looks
            named = [value] if value in kept else []
        for one in named:
            kept[one].update(values)

    def replace(self, model: type[Model], field: str, value: object, rows: Sequence[Model]) -> None:
        self._instead[model, value] = rows

    def flush(self) -> None:
        for model, kept in self._rows.items():
            made = [model(**values) for values in kept.values()]
            _of(model, self.alias).bulk_create(made, batch_size=BULK)
        others: dict[type[Model], list[Model]] = defaultdict(list)
        for (model, _), rows in self._instead.items():
            others[model].extend(rows)
        for model, made in others.items():
            _of(model, self.alias).bulk_create(made, batch_size=BULK)
        self._rows.clear()
        self._having.clear()
        self._instead.clear()


def _of(model: type[Model], alias: str) -> Any:
    return model.objects.using(alias)  # type: ignore[attr-defined]
