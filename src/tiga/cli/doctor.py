"""`tiga doctor --record NAME`: how a record stands, what is wrong with it, and what to do.

Rules
1. It looks at everything and changes nothing, unless it is told to: `--renew-guard` begins the guard anew at the present
   head, `--refill MIRROR` takes entries that are missing from mirrors' folders, `--clear-halt` lets a halted record go on.
2. Refilling takes an entry only if it leads, with all the others, to a head that the log's own key has signed: that of the
   guard where there is one, else the mirror's. Several mirrors may be named: what one lacks another may have.
3. Released values are not in mirrors; they come from a backup of the vault alone.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tiga.cli import records
from tiga.cli.lines import told

if TYPE_CHECKING:
    from tiga.store.guard import Stopped

FREE_MIN = 200_000_000
"""Bytes that ought to be free on the record's disk."""


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--record", required=True, metavar="NAME", help=told("cli.record", "en"))
    parser.add_argument("--renew-guard", action="store_true", help=told("cli.doctor.renew", "en"))
    parser.add_argument("--clear-halt", action="store_true", help=told("cli.doctor.clear", "en"))
    parser.add_argument(
        "--refill", type=Path, action="append", default=[], metavar="MIRROR", help=told("cli.doctor.refill", "en")
    )
    parser.add_argument("--settings", default="", help=told("cli.settings", "en"))


def run(options: argparse.Namespace) -> int:
    language = options.language
    from tiga.store.guard import Stopped

    try:
        desk = records.open_desk(options.record, options.settings)
    except Stopped as error:
        return _stopped(error, language)
    try:
        if options.refill:
            from tiga.store import refilling

            taken = refilling.refill(desk, options.refill)
            print(told("cli.doctor.refilled", language, n=taken, size=desk.ledger.size()))
        if options.clear_halt and desk.ledger.guard is not None:
            desk.ledger.guard.halt_path.unlink(missing_ok=True)
            print(told("cli.doctor.cleared", language))
        if options.renew_guard and desk.ledger.guard is not None:
            head = desk.ledger.head()
            desk.ledger.guard.renew(head.size, head.root, head.checkpoint)
            print(told("cli.doctor.renewed", language, size=head.size))
    except Stopped as error:
        return _stopped(error, language)
    return _looked_at(desk, language)


def _stopped(error: Stopped, language: str) -> int:
    print(*records.stopped(error, language), sep="\n", file=sys.stderr)
    return 1


def _looked_at(desk: Any, language: str) -> int:
    """Every check, each with its mark; 1 when one found something wrong."""
    bad = 0
    for code, check in _checks(desk):
        try:
            values, well = check()
            text = told(f"cli.doctor.{code}", language, **values)
        except Exception as error:
            well = False
            text = _error(code, error, language)
        bad += not well
        print(("  \u2713 " if well else "  \u2717 ") + text)
    print(told("cli.doctor.well" if not bad else "cli.doctor.ill", language, n=bad))
    return 1 if bad else 0


def _error(code: str, error: Exception, language: str) -> str:
    from tiga.store.guard import Stopped

    if isinstance(error, Stopped):
        return " ".join(records.stopped(error, language))
    return told("cli.doctor.failed", language, what=code, why=f"{type(error).__name__}: {error}")


Check = Callable[[], tuple[dict[str, object], bool]]


def _checks(desk: Any) -> Iterator[tuple[str, Check]]:
    yield "log", lambda: ({"n": desk.ledger.audit()}, True)
    yield "guard", lambda: _guard(desk)
    yield "keys", lambda: _keys(desk)
    yield "vault", lambda: _vault(desk)
    yield "waiting", lambda: _waiting(desk)
    yield "witnesses", lambda: _witnesses(desk)
    yield "disk", lambda: _disk(desk)


def _guard(desk: Any) -> tuple[dict[str, object], bool]:
    desk.ledger.compare_guard()
    return {"path": desk.ledger.guard.path if desk.ledger.guard else "-"}, True


def _keys(desk: Any) -> tuple[dict[str, object], bool]:
    state = desk.ledger.state
    held = set(desk.keyring.names())
    active = [row for row in state.holders.values() if row.until is None] if state else []
    server = [row.key.name for row in active if row.custody == "server"]
    missing = [name for name in server if name not in held]
    return {"n": len(active), "server": len(server), "missing": len(missing)}, not missing


def _vault(desk: Any) -> tuple[dict[str, object], bool]:
    from tiga.store import vault

    values, unreadable = vault.examined(desk.alias)
    return {"n": values, "bad": unreadable}, not unreadable


def _waiting(desk: Any) -> tuple[dict[str, object], bool]:
    from tiga.store import sealing
    from tiga.web.readers import wall

    rows = sealing.waiting(desk)
    late = [row for row in rows if row[1].ms + 600_000 < wall().ms]
    return {"n": len(rows), "late": len(late)}, not late


def _witnesses(desk: Any) -> tuple[dict[str, object], bool]:
    from tiga.store import witnessing

    rows = witnessing.rows(desk)
    behind = [component for component, _, size, _ in rows if size < desk.ledger.size()]
    return {"n": len(rows), "behind": len(behind)}, True


def _disk(desk: Any) -> tuple[dict[str, object], bool]:
    from django.conf import settings

    folder = settings.RECORDS[desk.alias]["folder"] or "."
    free = shutil.disk_usage(folder).free
    return {"mb": free // 1_000_000}, free > FREE_MIN
