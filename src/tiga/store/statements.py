"""Plain SQL on one database, within Django's transactions; `%s` marks each value, whichever database it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from django.db import connections

Execute = Callable[..., Any]
"""Runs a statement with its values; returns the cursor."""
Many = Callable[[str, Sequence[Sequence[object]]], object]
"""Runs a statement for each row of values."""


class Statements:
    """Runs statements on the database `alias`."""

    def __init__(self, alias: str) -> None:
        self._alias = alias

    def execute(self, sql: str, values: Any = ()) -> Any:
        """Run a statement on Django's cursor; returns the cursor."""
        cursor = connections[self._alias].cursor()
        cursor.execute(sql, values)
        return cursor

    def many(self, sql: str, rows: Any) -> None:
        """Run a statement for each row on Django's cursor."""
        connections[self._alias].cursor().executemany(sql, rows)

    def row(self, sql: str, values: Sequence[object] = ()) -> tuple | None:  # type: ignore[type-arg]
        return self.execute(sql, values).fetchone()  # type: ignore[no-any-return]

    def rows(self, sql: str, values: Sequence[object] = ()) -> list[tuple]:  # type: ignore[type-arg]
        return self.execute(sql, values).fetchall()  # type: ignore[no-any-return]

    def straight(self) -> tuple[Execute, Many]:
        """`execute` and `many` on the driver's own cursor within the present transaction: Django's wrappers cost more."""
        connection = connections[self._alias]
        cursor = connection.connection.cursor()
        if connection.vendor != "sqlite":
            return (lambda sql, values=(): (cursor.execute(sql, values), cursor)[1]), cursor.executemany
        return (
            lambda sql, values=(): cursor.execute(_marked(sql), values),
            lambda sql, rows: cursor.executemany(_marked(sql), rows),
        )


@cache
def _marked(sql: str) -> str:
    """A statement with the marks that SQLite's driver takes; only the statements of this package's source come here."""
    return sql.replace("%s", "?")
