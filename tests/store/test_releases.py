"""A dataset's later releases: changed rows are versions, what the producer took back is withdrawn where that is shown, and
what rested on it is doubted. All events are invented."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.store import kept
from tests.stories import telling
from tests.stories.telling import Tale, account, held
from tiga.cli import exercise
from tiga.intake import acled, ucdp
from tiga.mechanism.acts import Actor
from tiga.store import models, releases
from tiga.store.desk import Desk
from tiga.store.receiving import Intake
from tiga.store.releases import Source

HEADING = "id,type_of_violence,conflict_name,side_a,side_b,country,date_start,date_end,low,best,high"
ROWS = {
    n: f"{n},1,Exercise,Government of Party-1,Party-2 Guard,{country},{day},{day},1,2,2"
    for n, country, day in (
        (101, "Party-1", "2026-01-01"), (102, "Party-1", "2026-01-02"), (103, "Party-1", "2026-01-03"),
        (104, "Party-2", "2026-01-02"), (105, "Party-2", "2026-01-04"),
    )
}  # fmt: skip
ACLED = "event_id_cnty,event_date,event_type,country,fatalities,notes,timestamp"
ZONES = {"": "UTC"}

pytestmark = pytest.mark.django_db(databases=kept.DATABASES)


@pytest.fixture(scope="module")
def laid(django_db_setup: None, django_db_blocker: object) -> Iterator[None]:
    with kept.filled(django_db_blocker, "press"):
        kept.lay("press")
        yield


@pytest.fixture
def desk(laid: None) -> Desk:
    return kept.desk("press")


def source(name: str = "UCDP") -> Source:
    adapter, told = (ucdp.ADAPTER, ucdp.stream) if name == "UCDP" else (acled.ADAPTER, acled.stream)
    return Source(name, adapter, lambda file, chunks: told(file, chunks, ZONES))


def by(found: Desk, slug: str = "secretariat/1") -> Actor:
    return kept.actor(found, slug)


def take(found: Desk, name: str, data: bytes, of: str = "UCDP", slug: str = "secretariat/1", **more: bool) -> Intake:
    pieces = [data[at : at + 37] for at in range(0, len(data), 37)]
    return releases.take(
        found, source(of), name, lambda: pieces, by(found, slug), lambda: found.now(kept.STARTS["press"]),
        exercise.DemoEntropy(name), **more,
    )  # fmt: skip


def file(*numbers: int, **changed: str) -> bytes:
    lines = [ROWS[n].replace(*changed[f"r{n}"].split(">")) if f"r{n}" in changed else ROWS[n] for n in numbers]
    return "\n".join([HEADING, *lines]).encode()


def numbers(intake: Intake) -> dict[str, int]:
    names = ("accepted", "revised", "unchanged", "earlier", "withdrawn", "missing")
    return {name: n for name in names if (n := getattr(intake, name))} | (
        {"faults": len(intake.faults)} if intake.faults else {}
    )


def withdrawn(found: Desk) -> dict[str, str]:
    rows = {view.report.report_id: view.withdrawn for view in kept.reports(found)}
    return {name: reason for name, reason in rows.items() if reason}


ALL = tuple(ROWS)


def test_a_release_comes_once_and_a_changed_row_is_a_new_version(desk: Desk) -> None:
    assert numbers(take(desk, "v1.csv", file(*ALL))) == {"accepted": 5}
    head = desk.ledger.head()
    again = take(desk, "v1-copy.csv", file(*ALL))
    assert (numbers(again), again.repeated, desk.ledger.head()) == ({"unchanged": 5}, True, head)
    assert numbers(take(desk, "v2.csv", file(*ALL, r103=",1,2,2>,2,2,3"))) == {"revised": 1, "unchanged": 4}
    assert kept.rebuilt_equals_live(desk)


def test_what_is_tried_says_what_would_be_and_enters_nothing(desk: Desk) -> None:
    take(desk, "v1.csv", file(101, 102))
    before = (
        desk.ledger.head(),
        models.Upload.objects.using("press").count(),
        models.Listed.objects.using("press").count(),
    )
    tried = take(desk, "v2.csv", file(101, 103, 104, r101=",1,2,2>,1,1,1"), dry=True, complete=True)
    told = numbers(tried)
    assert (
        desk.ledger.head(),
        models.Upload.objects.using("press").count(),
        models.Listed.objects.using("press").count(),
    ) == before
    assert (told, numbers(take(desk, "v2.csv", file(101, 103, 104, r101=",1,2,2>,1,1,1"), complete=True))) == (
        told,
        told,
    )
    assert told == {"accepted": 2, "revised": 1, "withdrawn": 1}


def test_nothing_vanishes_from_a_file_that_nobody_called_complete(desk: Desk) -> None:
    take(desk, "v1.csv", file(*ALL))
    intake = take(desk, "v2.csv", file(101, 103, 104))
    assert (numbers(intake), withdrawn(desk)) == ({"unchanged": 3, "missing": 1}, {})


COVERED = [
    ((101, 103, 104), {"ucdp-102"}),  # Party-2's only row shows one day of it: 105 lies after that
    ((101, 102), set()),  # 103 lies after the last of Party-1; of Party-2 there is nothing
    ((104, 105), set()),
    ((101, 103, 104, 105), {"ucdp-102"}),
    ((103,), set()),
]


@pytest.mark.parametrize(("numbers_", "gone"), COVERED)
def test_only_what_the_file_shows_that_it_covers_is_withdrawn(
    desk: Desk, numbers_: tuple[int, ...], gone: set[str]
) -> None:
    take(desk, "v1.csv", file(*ALL))
    intake = take(desk, "v2.csv", file(*numbers_), complete=True)
    assert intake.withdrawn == len(gone)
    assert withdrawn(desk) == dict.fromkeys(gone, "withdrawn by its source in v2.csv")
    assert kept.rebuilt_equals_live(desk)


def test_a_row_that_is_there_and_faulty_has_not_vanished(desk: Desk) -> None:
    take(desk, "v1.csv", file(*ALL))
    intake = take(desk, "v2.csv", file(101, 102, 103, r102="2026-01-02,1,>2026-01-02,x,"), complete=True)
    assert (numbers(intake), withdrawn(desk)) == ({"unchanged": 2, "faults": 1}, {})


@pytest.mark.parametrize("change", ["102,1,>??,1,", 'Exercise,>"Exercise,'])
def test_where_a_row_cannot_be_told_apart_nothing_is_withdrawn_and_that_is_said(desk: Desk, change: str) -> None:
    take(desk, "v1.csv", file(*ALL))
    intake = take(desk, "v2.csv", file(101, 103, 102, r102=change), complete=True)
    assert (withdrawn(desk), intake.missing, intake.withdrawn) == ({}, 1, 0)
    assert "fault.release_not_whole" in [fault.code for fault in intake.faults]


def test_a_sender_takes_back_only_what_that_sender_brought(desk: Desk) -> None:
    take(desk, "v1.csv", file(*ALL), slug="monitor/1")
    assert numbers(take(desk, "v2.csv", file(101, 103), complete=True)) == {"accepted": 2}
    assert withdrawn(desk) == {}


def test_what_was_withdrawn_and_comes_again_is_a_new_version(desk: Desk) -> None:
    take(desk, "v1.csv", file(*ALL))
    take(desk, "v2.csv", file(101, 103), complete=True)
    assert numbers(take(desk, "v3.csv", file(101, 102, 103), complete=True)) == {"revised": 1, "unchanged": 2}
    views = {view.sid: view for view in kept.reports(desk) if view.report.report_id == "ucdp-102"}
    assert sorted((bool(view.withdrawn), bool(view.revised_by)) for view in views.values()) == [
        (False, False),
        (True, True),
    ]
    assert numbers(take(desk, "v4.csv", file(101, 103) + b"\n", complete=True)) == {"unchanged": 2, "withdrawn": 1}


def test_rows_of_one_event_that_differ_are_set_aside_and_faults_beyond_the_limit_are_counted(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = file(101, 102) + b"\n" + ROWS[101].replace(",1,2,2", ",2,2,2").encode()
    intake = take(desk, "v1.csv", data)
    assert numbers(intake) == {"accepted": 1, "faults": 2}
    assert [(fault.row, fault.code) for fault in intake.faults] == [(2, "fault.event_twice"), (4, "fault.event_twice")]
    rows = models.SetAside.objects.using("press").filter(upload=intake.sha256).values_list("row", flat=True)
    assert sorted(rows) == [2, 4]
    monkeypatch.setattr(releases, "FAULTS_LIMIT", 1)
    other = take(desk, "v2.csv", data + b"\n")
    assert (len(other.faults), other.more_faults) == (1, 1)


def test_many_rows_come_in_batches_and_a_run_that_broke_off_goes_on(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(releases, "BATCH_ROWS", 2)
    shown: list[tuple[int, int]] = []

    def stop(done: int, total: int) -> None:
        shown.append((done, total))
        if len(shown) == 2:
            raise KeyboardInterrupt

    def run(told: releases.Shown) -> Intake:
        data = file(*ALL)
        return releases.take(
            desk, source(), "v1.csv", lambda: [data], by(desk), lambda: desk.now(kept.STARTS["press"]),
            exercise.DemoEntropy("v1"), shown=told,
        )  # fmt: skip

    with pytest.raises(KeyboardInterrupt):
        run(stop)
    assert (shown, len(kept.reports(desk)), models.Upload.objects.using("press").count()) == ([(2, 5), (4, 5)], 4, 0)
    assert numbers(run(lambda done, total: None)) == {"accepted": 1, "unchanged": 4}
    assert kept.rebuilt_equals_live(desk)


# ---- ACLED: last changes, deletions


def events(*rows: str) -> bytes:
    return "\n".join([ACLED, *rows]).encode()


FIRST = "EXE1,2026-01-02,Battles,Party-1,2,EXERCISE. Shots.,1767700000"
SECOND = "EXE2,2026-01-03,Protests,Party-1,0,EXERCISE. A march.,1767700000"


def test_a_row_that_is_older_than_what_is_known_changes_nothing(desk: Desk) -> None:
    assert numbers(take(desk, "a.csv", events(FIRST, SECOND), "ACLED")) == {"accepted": 2}
    newer = FIRST.replace(",2,", ",3,").replace("1767700000", "1767800000")
    assert numbers(take(desk, "b.csv", events(newer, SECOND), "ACLED")) == {"revised": 1, "unchanged": 1}
    assert numbers(take(desk, "a-again.csv", events(SECOND, FIRST), "ACLED")) == {"unchanged": 1, "earlier": 1}
    latest = [view for view in kept.reports(desk) if view.report.report_id == "acled-EXE1" and not view.revised_by]
    assert [view.report.harm[0].low for view in latest] == [3]


def back(found: Desk, data: bytes, **more: bool) -> Intake:
    return releases.take_back(
        found, source("ACLED"), "deleted.csv", data, acled.deletions("deleted.csv", data), by(found),
        lambda: found.now(kept.STARTS["press"]), exercise.DemoEntropy("back"), **more,
    )  # fmt: skip


def test_a_list_of_deletions_withdraws_what_it_names_once(desk: Desk) -> None:
    take(desk, "a.csv", events(FIRST, SECOND), "ACLED")
    data = b"event_id_cnty,deleted_timestamp\nEXE2,1767900000\nEXE7,1\n,1\n"
    head = desk.ledger.head()
    assert (numbers(back(desk, data, dry=True)), desk.ledger.head()) == (
        {"withdrawn": 1, "missing": 1, "faults": 1},
        head,
    )
    assert numbers(back(desk, data)) == {"withdrawn": 1, "missing": 1, "faults": 1}
    assert withdrawn(desk) == {"acled-EXE2": "withdrawn by its source in deleted.csv"}
    assert back(desk, data).repeated is True
    assert numbers(back(desk, data + b"\n")) == {"unchanged": 1, "missing": 1, "faults": 1}
    assert kept.rebuilt_equals_live(desk)


# ---- what rested on it


@pytest.fixture(scope="module")
def story(django_db_setup: None, django_db_blocker: object) -> Iterator[tuple[Tale, str, str]]:
    """A case whose finding rests on a complaint and on a row of a dataset."""
    with telling.told(django_db_blocker) as tale:
        row = ROWS[103].replace("2026-01-03", "2026-01-04")
        take(tale.desk, "v1.csv", "\n".join([HEADING, ROWS[101], row, ROWS[104]]).encode())
        (sid,) = [view.sid for view in kept.reports(tale.desk) if view.report.report_id == "ucdp-103"]
        drawn = account("shots", "2026-01-04T07:39", ("H1",), "party-1")
        case = tale.complain("liaison-1", drawn, "P-01")
        tale.link(case, sid)
        tale.admit(case)
        tale.reply("liaison-1", case, "EXERCISE. We were fired at.")
        tale.reply("liaison-2", case, "EXERCISE. We know nothing of it.")
        complaint = tale.case(case).case.opened.report
        issue = tale.case(case).case.opened.issues[0].id
        supports = tuple(sorted((sid, complaint)))
        tale.hold(case, held(issue, "established", attribution="organ", supports=supports))
        yield tale, case, sid


def test_a_case_is_flagged_when_a_later_release_no_longer_holds_what_it_rests_on(story: tuple[Tale, str, str]) -> None:
    tale, case, sid = story
    found = kept.desk("exercise")
    assert tale.case(case).case.flags == ()
    later = "\n".join([HEADING, ROWS[101], ROWS[102].replace("2026-01-02", "2026-01-05")]).encode()
    assert numbers(take(found, "v2.csv", later, dry=True, complete=True)) == {
        "accepted": 1, "unchanged": 1, "withdrawn": 1,
    }  # fmt: skip
    assert tale.case(case).case.flags == ()
    assert numbers(take(found, "v2.csv", later, complete=True)) == {"accepted": 1, "unchanged": 1, "withdrawn": 1}
    assert tale.case(case).case.flags == (sid,)
    assert (
        kept.door(found, "secretariat", "", "secretariat/1").report(sid).withdrawn
        == "withdrawn by its source in v2.csv"
    )
    assert kept.rebuilt_equals_live(found)
