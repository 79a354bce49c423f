"""Which tables live where: a record's database holds the store alone, the accounts' database everything else."""

from __future__ import annotations

from typing import Any


class Router:
    """Store tables go to records (named with `using`), all others to `default`."""

    def db_for_read(self, model: Any, **hints: Any) -> str | None:
        return None if model._meta.app_label == "store" else "default"

    db_for_write = db_for_read

    def allow_relation(self, one: Any, two: Any, **hints: Any) -> bool:
        return bool(one._meta.app_label == two._meta.app_label) or "store" not in (
            one._meta.app_label,
            two._meta.app_label,
        )

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return (db == "default") != (app_label == "store")
