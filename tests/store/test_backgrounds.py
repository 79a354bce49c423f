"""Groupings kept up are groupings made anew, with and without a background on the record; and what they give away."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.store import kept
from tiga.drafts import FieldReport
from tiga.mechanism import backgrounds, reports
from tiga.mechanism.acts import Actor, Refusal
from tiga.mechanism.deciders import marking
from tiga.store import backgrounds as taking
from tiga.store import fusing, models, queries, vault
from tiga.store.desk import Desk, Done

pytestmark = pytest.mark.django_db(databases=kept.DATABASES)
REGISTRAR = Actor("", "registrar")
FILE = backgrounds.File("0" * 64, 9, 5)


def salted(number: int):
    """Draws of entropy that differ from call to call."""
    count = iter(range(number, number + 10_000))
    return lambda size: next(count).to_bytes(size, "big")


@pytest.fixture(scope="module")
def press(django_db_setup: None, django_db_blocker: object) -> Iterator[Desk]:
    with kept.filled(django_db_blocker, "press"):
        kept.receive(kept.lay("press"), "press-reports.csv", kept.sample("press-reports.csv"))
        yield kept.desk("press")


def taken(desk: Desk) -> Done:
    done = taking.take(desk, REGISTRAR, desk.now(kept.LATER), salted(1))
    assert isinstance(done, Done)
    return done


def filed(desk: Desk, like: FieldReport, number: int, **changes: object) -> str:
    """A report like another one, with changes; its sid."""
    report = replace(like, report_id=f"new-{number}", source=f"team-{number}", **changes)  # type: ignore[arg-type]
    by, now, draw = kept.actor(desk, "secretariat/1"), desk.now(kept.LATER), salted(100 * number)
    salts = tuple(draw(16) for _ in range(6))
    done = desk.act((), lambda s: reports.file(s, report, by, now, salts), by)
    assert isinstance(done, Done)
    return done.receipt.sid


def groups(desk: Desk, audience: str = "R1") -> list[tuple[str, ...]]:
    return sorted(row[2] for row in queries.groups(desk, audience))


def anew(desk: Desk) -> list[tuple[str, ...]]:
    """The groups as a process makes them that holds nothing."""
    fusing.forget(desk.alias)
    fusing.fuse(desk.alias, desk.gazetteer, desk.standing().agreement)
    return groups(desk)


def test_a_background_changes_no_grouping_of_the_reports_it_counts(press: Desk) -> None:
    before = groups(press)
    taken(press)
    assert groups(press) == before


def test_kept_up_report_by_report_is_what_is_made_anew(press: Desk) -> None:
    taken(press)
    views = kept.reports(press)
    for number, view in enumerate(views[:12]):
        filed(press, view.report, number)
        live = groups(press)
        assert fusing._held[press.alias, "R1"].size == press.ledger.size()  # kept up, not begun anew
        assert anew(press) == live
    by, now = kept.actor(press, "monitor/1"), press.now(kept.LATER)
    left, right = next(row[:2] for row in groups(press) if len(row) > 1)
    press.act(("matches",), lambda s: marking.decide_match(s, left, right, False, "Two.", by, now), by)
    live = groups(press)
    assert [row for row in live if {left, right} <= set(row)] == []
    assert anew(press) == live
    assert kept.rebuilt_equals_live(press)


def test_what_was_taken_back_with_its_transaction_is_in_no_grouping(press: Desk) -> None:
    from django.db import transaction

    taken(press)
    before, view = groups(press), kept.reports(press)[0]
    with pytest.raises(ZeroDivisionError), transaction.atomic(using=press.alias):
        filed(press, view.report, 77)
        1 / 0  # noqa: B018
    sid = filed(press, view.report, 78)
    assert sorted(claim for row in groups(press) for claim in row) == sorted(
        [*(claim for row in before for claim in row), sid]
    )
    live = groups(press)
    assert anew(press) == live


def test_the_public_is_grouped_from_what_is_public_and_learns_nothing_of_the_rest(press: Desk) -> None:
    """A report for the parties that would tie two public ones together, and one more in each of a hundred places around."""
    taken(press)
    view = next(view for view in kept.reports(press) if view.report.where.point is not None)
    public = groups(press, "R0")
    told = {claim: queries.why(press, [claim], "R0").matches for row in public for claim in row}
    for number in range(5):
        filed(press, view.report, number, release="R1", channel="sensor")
    assert groups(press, "R1") != public
    assert groups(press, "R0") == public
    assert fusing._held[press.alias, "R0"].size == press.ledger.size()
    assert {claim: queries.why(press, [claim], "R0").matches for claim in told} == told
    assert kept.rebuilt_equals_live(press)


def test_reasons_made_on_demand_are_those_of_one_run_over_all(press: Desk) -> None:
    taken(press)
    rows = [row for group in groups(press) for claim in group for row in queries.why(press, [claim]).matches]
    near = {(row.left, row.right): row for row in rows}
    made = fusing.basis(press.alias, press.gazetteer, press.standing().agreement, "R1")
    assert made.counts is not None
    every = [claim for row in groups(press) for claim in row]
    whole = {(row.left, row.right): row for row in queries.why(press, every).matches}
    assert near == whole
    assert len(whole) > 20


def test_the_routine_takes_one_when_it_is_due_and_then_none(press: Desk) -> None:
    enough = fusing.number(press.alias) >= backgrounds.FIRST
    assert taking.renew(press, press.now(kept.LATER), salted(5)) is enough
    if not enough:
        taken(press)
    assert taking.renew(press, press.now(kept.LATER), salted(6)) is False


def test_a_background_is_taken_once_of_the_same_entries_and_by_the_secretariat_alone(press: Desk) -> None:
    monitor = kept.actor(press, "monitor/1")
    refused = taking.take(press, monitor, press.now(kept.LATER), salted(9))
    assert isinstance(refused, Refusal) and refused.code == "role"
    files = models.Blob.objects.using("press").count()
    taken(press)
    # the counts, here the same for both audiences; the places
    assert models.Blob.objects.using("press").count() == files + 2
    assert press.gazetteer.digest() in vault.cited("press")  # nobody who deposits the same bytes can have them erased
    standing = press.standing(("matches",))
    last = backgrounds.state(standing).last
    assert last is not None
    again = backgrounds.take(
        standing, backgrounds.Counted(last.taken.size, "v", "0" * 64, "0" * 64, FILE, FILE),
        REGISTRAR, press.now(kept.LATER), tuple(bytes([n]) * 16 for n in range(4)),
    )  # fmt: skip
    assert isinstance(again, Refusal) and again.code == "background_known"
