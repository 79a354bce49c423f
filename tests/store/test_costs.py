"""What things cost: a list asks the database as often at 30 items as at 1, and an act does not read the whole log."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from tests.core.mechanism.desk import report
from tests.store import kept
from tiga.mechanism.acts import Refusal
from tiga.mechanism.deciders import complaints, marking
from tiga.store.desk import Desk
from tiga.web.access import Door

pytestmark = pytest.mark.django_db(databases=kept.DATABASES)


def _filled(desk: Desk, number: int) -> None:
    """`number` cases (with report, incident and clocks), one decision on a match each."""
    draw = kept.exercise.DemoEntropy("costs")
    by, monitor = kept.actor(desk, "liaison/1"), kept.actor(desk, "monitor/1")
    for n in range(number):
        now, salts = desk.now(kept.LATER), tuple(draw(16) for _ in range(6))
        drawn = report(f"c{n}", local=f"2026-01-{1 + n % 4:02}T{n % 24:02}:40")
        complaint = complaints.Complaint(drawn, "P-01", "party-2", salts)
        done = desk.act((), lambda s, complaint=complaint, now=now: complaints.complain(s, complaint, by, now), by)
        assert not isinstance(done, Refusal)
        sid, at = done.receipt.sid, desk.now(kept.LATER)
        desk.act(
            ("matches",),
            lambda s, sid=sid, at=at: marking.decide_match(s, sid, "z" * 43, True, "r", monitor, at),
            monitor,
        )


@pytest.fixture(scope="module", params=[1, 30])
def number(request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: object) -> Iterator[int]:
    with kept.filled(django_db_blocker, "exercise"):
        _filled(kept.lay("exercise"), request.param)
        yield request.param


LISTS: dict[str, tuple[Callable[[Door], list[object]], int]] = {
    "reports": (lambda door: door.reports(), 1),
    "happenings": (lambda door: door.happenings(), 3),
    "cases": (lambda door: door.cases(), 1),
    "acts": (lambda door: door.acts(), 2),
    "due": (lambda door: door.due(), 2),
    "words": (lambda door: door.words(), 2),
    "set_aside": (lambda door: door.set_aside(), 2),
    "uploads": (lambda door: door.uploads(), 1),
}
"""Each list with the SQL queries it may cost, at any length."""


@pytest.mark.parametrize("name", sorted(LISTS))
def test_a_list_costs_the_same_at_one_and_at_thirty(name: str, number: int) -> None:
    ask, most = LISTS[name]
    door = kept.door(kept.desk("exercise"), "secretariat", "", "secretariat/1")
    with CaptureQueriesContext(
        connections["exercise"],
    ) as asked:
        rows = ask(door)
    expected = {"reports": number, "happenings": number, "cases": number, "due": 3 * number}
    assert len(rows) == expected.get(name, len(rows))
    assert len(asked) == most


def test_an_act_on_a_case_reads_no_more_when_the_log_is_long(number: int) -> None:
    desk = kept.desk("exercise")
    door = kept.door(desk, "mediator", "mediator-1", "mediator/1")
    case = door.cases()[0].sid
    entries, _ = desk.ledger.threads(("roster", *door.case_threads(case)))
    own = [entry for entry in entries if entry.envelope.case == case or entry.sid == case]
    assert len(own) == 2
    assert len(entries) == 2 + 4
