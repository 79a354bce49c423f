"""Rows follow from the log alone: made anew they are the same, and two runs of one story give one root."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.store import kept
from tiga.mechanism.acts import Refusal
from tiga.mechanism.deciders import grouping, marking
from tiga.store import models, queries
from tiga.store.desk import ClockBack, Desk
from tiga.values.moments import Instant

pytestmark = pytest.mark.django_db(databases=kept.DATABASES)


@pytest.fixture(scope="module")
def played(django_db_setup: None, django_db_blocker: object) -> Iterator[dict[str, str]]:
    with kept.filled(django_db_blocker, "exercise", "press"):
        cases = kept.play(kept.lay("exercise"))
        kept.receive(kept.lay("press"), "press-reports.csv", kept.sample("press-reports.csv"))
        yield cases


def test_after_the_whole_exercise_rebuilt_equals_live(played: dict[str, str]) -> None:
    assert kept.rebuilt_equals_live(kept.desk("exercise"))


def _decided(desk: Desk) -> None:
    """Decisions on pairs, one withdrawn, a report discredited, an incident adopted and changed."""
    by, now = kept.actor(desk, "monitor/1"), desk.now(kept.LATER)
    secretariat = kept.actor(desk, "secretariat/1")
    sids = [view.sid for view in kept.reports(desk)]
    words = []
    for left, right, same in ((sids[0], sids[1], False), (sids[2], sids[40], True), (sids[3], sids[4], True)):
        done = desk.act(("matches",), lambda s, left=left, right=right, same=same: (
            marking.decide_match(s, left, right, same, "Looked at.", by, now)), by)  # fmt: skip
        assert not isinstance(done, Refusal)
        words.append(done.receipt.sid)
    outcomes = [
        desk.act(("matches",), lambda s: marking.withdraw_match(s, words[2], by, now), by),
        desk.act(queries.report_threads(desk, sids[5]), lambda s: (
            marking.discredit(s, sids[5], "Older than the happening.", secretariat, now)), secretariat),
        desk.act(tuple(f"report:{sid}" for sid in sids[6:9]), lambda s: grouping.open_incident(
            s, tuple(sids[6:8]), now, now, ("H1",), secretariat, now), secretariat),
    ]  # fmt: skip
    incident = outcomes[-1].receipt.sid  # type: ignore[union-attr]
    threads = (f"incident:{incident}", f"report:{sids[8]}", f"report:{sids[6]}")
    outcomes.append(
        desk.act(threads, lambda s: grouping.link(s, incident, sids[8], "Same.", secretariat, now), secretariat)
    )
    outcomes.append(
        desk.act(threads, lambda s: grouping.unlink(s, incident, sids[6], "Not.", secretariat, now), secretariat)
    )
    assert [outcome for outcome in outcomes if isinstance(outcome, Refusal)] == []


def test_after_a_press_import_with_decisions_rebuilt_equals_live(played: dict[str, str]) -> None:
    desk = kept.desk("press")
    _decided(desk)
    assert models.DecisionRow.objects.using("press").count() == 3
    assert kept.rebuilt_equals_live(desk)


def test_a_decision_outranks_the_weights_and_is_gone_when_withdrawn(played: dict[str, str]) -> None:
    desk = kept.desk("press")
    by, now, before = kept.actor(desk, "monitor/1"), desk.now(kept.LATER), queries.groups(desk)
    left, right = next(row[2][:2] for row in before if len(row[2]) > 1)
    sid = desk.act(("matches",), lambda s: marking.decide_match(s, left, right, False, "Two.", by, now), by).receipt.sid  # type: ignore[union-attr]
    assert [row for row in queries.groups(desk) if {left, right} <= set(row[2])] == []
    desk.act(("matches",), lambda s: marking.withdraw_match(s, sid, by, now), by)
    assert queries.groups(desk) == before


def test_two_runs_of_the_exercise_give_one_root(played: dict[str, str]) -> None:
    desk = kept.desk("exercise")
    first = desk.ledger.head()
    kept.empty("exercise")
    again = kept.lay("exercise")
    assert kept.play(again) == played
    assert again.ledger.head() == first


def test_the_records_time_never_goes_back(played: dict[str, str]) -> None:
    desk = kept.desk("exercise")
    by, early, head = kept.actor(desk, "monitor/1"), Instant(desk.now(kept.LATER).ms - 120_000), desk.ledger.head()
    with pytest.raises(ClockBack):
        desk.act(("matches",), lambda s: marking.decide_match(s, "a", "b", True, "r", by, early), by)
    assert desk.ledger.head() == head


def test_what_the_desk_loads_for_a_case_is_what_the_whole_log_says(played: dict[str, str]) -> None:
    desk = kept.desk("exercise")
    whole = desk.whole()
    for sid in played.values():
        part = desk.standing(queries.case_threads(desk, sid))
        case = whole.cases[sid]
        assert part.cases[sid] == case
        for rows in ("findings", "determinations", "measures"):
            own = {
                key: row
                for key, row in getattr(whole, rows).items()
                if key in (case.finding, case.determination, *case.measures)
            }
            assert {key: getattr(part, rows)[key] for key in own} == own
