"""Closed cases whose finding rests on other reports since are opened again by the registrar (`deciders.clockwork`).

Rules
1. After an act that changed an incident or brought a later version of a report, in the open: at the record's time.
2. Whatever else changed, a sealed version above all, is found by the clock run, and of that no sooner than on the next day:
   so the hour of the opening does not tell which batch held a report.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from django.db.models import QuerySet

from tiga.mechanism.acts import Actor, Refusal
from tiga.mechanism.deciders import clockwork
from tiga.store import resting
from tiga.store.models import CaseRow
from tiga.values.moments import Instant

if TYPE_CHECKING:
    from tiga.store.desk import Desk

REGISTRAR = Actor("", "registrar")
RUN_LIMIT = 2_000
"""Cases that one run looks at; the next takes the rest."""


def after(desk: Desk, threads: Iterable[str]) -> None:
    """After an act: open those of the cases among these threads that have to be."""
    named = [name.removeprefix("case:") for name in threads if name.startswith("case:")]
    rows = _doubtful(desk).filter(sid__in=named) if named else ()
    _opened(desk, [row.sid for row in rows], desk.time)


def run(desk: Desk, now: Instant) -> int:
    """Open every case that has to be; returns how many were."""
    sids = list(_doubtful(desk).order_by("idx").values_list("sid", flat=True)[:RUN_LIMIT])
    return _opened(desk, sids, lambda: max(now, desk.time()))


def _doubtful(desk: Desk) -> QuerySet[CaseRow]:
    """Closed cases whose finding rests on other reports than those it is bound to: perhaps the panel knows it."""
    return CaseRow.objects.using(desk.alias).filter(basis="changed").exclude(closed="")


def _opened(desk: Desk, sids: Iterable[str], time: Callable[[], Instant]) -> int:
    opened = 0
    for sid in sids:
        at, threads = time(), resting.of_case(desk, sid)
        result = desk.act(threads, lambda s, sid=sid, at=at: clockwork.reopen(s, sid, at), REGISTRAR)  # type: ignore[misc]
        opened += not isinstance(result, Refusal)
    return opened
