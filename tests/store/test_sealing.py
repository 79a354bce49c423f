"""Sealed filings on a record in files: batches that look alike, waiting that lasts, the sender's chain inside, who sees what."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.store import filed, kept
from tiga.cli.exercise import DemoEntropy
from tiga.mechanism import charter, custody, reports
from tiga.mechanism.acts import Refusal
from tiga.mechanism.deciders import marking
from tiga.record.entries import Entry, open_entry
from tiga.store import byfile, models, projections, queries, sealing, vault
from tiga.store.desk import Desk, Waits
from tiga.store.keys import CHECK
from tiga.values.moments import Instant

SIZE, MINUTES = 8, 15


@pytest.fixture
def desk(django_db_setup: None, django_db_blocker: object, tmp_path: Path) -> Iterator[Desk]:
    with django_db_blocker.unblock(), filed.laid(tmp_path / "press") as found:  # type: ignore[attr-defined]
        assert found.standing().batch == (SIZE, MINUTES)
        yield found


@pytest.fixture
def clock() -> filed.Clock:
    return filed.Clock()


def wait(desk: Desk, now: Instant, slug: str = "monitor/1", account: str = "EXERCISE. One.", **more: Any) -> Waits:
    waits = filed.file(desk, filed.drawn(f"r-{now.ms}", account, **more), now, slug)
    assert isinstance(waits, Waits)
    return waits


def entered(desk: Desk, now: Instant, **more: bool) -> tuple[list[Entry], dict[str, int]]:
    """Enter what is due; the entries that came, and the index of each filing."""
    size = desk.ledger.size()
    receipts = sealing.enter(desk, now, **more)
    return list(desk.ledger.entries(size)), {filing: receipt.index for filing, receipt in receipts.items()}


def inside(desk: Desk, index: int) -> Any:
    """The sender's own statement inside a sealed entry, and who signed it."""
    value = vault.values(desk.alias, [desk.ledger.entry(index).sid], "filing")[desk.ledger.entry(index).sid][1]
    assert isinstance(value, dict)
    return open_entry(str(value["note"]).encode(), desk.ledger.keys.values(), CHECK())


# ---- batches


@pytest.mark.parametrize("number", [1, 2, 7, 8])
def test_all_entries_of_a_batch_look_alike_however_many_are_real(desk: Desk, clock: filed.Clock, number: int) -> None:
    releases, channels = ("R0", "R1", "R2", "R3", "R4"), ("monitor", "public")
    waits = [
        wait(desk, clock(), filed.DEVICES[n % 4], "EXERCISE. " + "x" * 400 * n, release=releases[n % 5],
             channel=channels[n % 2], reporter="somebody" * (n % 3)) for n in range(number)
    ]  # fmt: skip
    now = clock()
    rows, found = entered(desk, now, everything=True)
    assert (len(rows), len(found), set(found)) == (SIZE, number, {row.filing for row in waits})
    assert {row.envelope.act for row in rows} == {"report.seal"}
    assert {row.envelope.at for row in rows} == {now}
    assert {len(row.note) for row in rows} == {len(rows[0].note)}
    assert {row.signers for row in rows} == {(desk.registrar,)}
    shapes = {(repr(row.envelope.body), row.envelope.case, row.envelope.re, row.envelope.seq, row.envelope.prev,
               len(row.envelope.sd)) for row in rows}  # fmt: skip
    assert shapes == {("{}", "", (), None, "", custody.SEALED_DIGESTS)}
    assert [row.sid for row in rows] == sorted(row.sid for row in rows)
    assert len({digest for row in rows for digest in row.envelope.sd}) == SIZE * custody.SEALED_DIGESTS
    assert [len(desk.ledger.thread(f"report:{row.sid}")) for row in rows] == [1] * SIZE
    covers = [row for row in rows if row.index not in found.values()]
    assert [vault.disclosures(desk.alias, row.sid) for row in covers] == [()] * (SIZE - number)
    assert {row.sid for row in kept.reports(desk)} == {desk.ledger.entry(index).sid for index in found.values()}
    assert (kept.rebuilt_equals_live(desk), desk.ledger.audit()) == (True, desk.ledger.size())


def test_the_list_of_acts_tells_a_real_one_from_a_cover_to_nobody(desk: Desk, clock: filed.Clock) -> None:
    wait(desk, clock(), release="R3")
    wait(desk, clock(), "monitor/2", release="R1")
    rows, _ = entered(desk, clock(), everything=True)
    indices = {row.index for row in rows}
    for role, component, slug in kept.READERS.values():
        if slug.startswith("liaison"):
            slug = ""
        seen = [vars(row) for row in kept.door(desk, role, component, "").acts(number=100) if row.idx in indices]
        looks = {tuple((name, repr(value)) for name, value in sorted(row.items()) if name not in ("idx", "sid", "_state"))
                 for row in seen}  # fmt: skip
        assert (len(seen), len(looks)) in ((SIZE, 1), (0, 0)), role


def test_the_place_of_a_filing_in_its_batch_follows_from_the_draw_alone(desk: Desk, clock: filed.Clock) -> None:
    """40 batches with one filing each: every place comes up, none far more often than the others."""
    places = [0] * SIZE
    with desk.drawing(DemoEntropy("places")):
        for _ in range(40):
            waits = wait(desk, clock())
            rows, found = entered(desk, clock(), everything=True)
            places[found[waits.filing] - rows[0].index] += 1
    assert sum(places) == 40
    assert sum((count - 5) ** 2 / 5 for count in places) < 24.3  # chi squared, 7 degrees of freedom, p = 0.001


def test_the_same_filings_under_another_draw_are_other_entries(desk: Desk, clock: filed.Clock) -> None:
    waits = wait(desk, now := clock())
    data = [(row.number, row.due_ms, bytes(row.data)) for row in models.Waiting.objects.using(desk.alias).all()]
    assert len(data) == 1 and waits.filing not in repr(data)
    first, _ = entered(desk, now, everything=True)
    wait(desk, now)
    second, _ = entered(desk, now, everything=True)
    assert {row.sid for row in first} & {row.sid for row in second} == set()


# ---- waiting


def test_what_waits_is_there_after_a_restart_and_tells_nothing_on_the_record(
    desk: Desk, clock: filed.Clock, tmp_path: Path
) -> None:
    head = desk.ledger.head()
    now = clock()
    one = wait(desk, now, account="EXERCISE. waiting-opal.")
    two = wait(desk, clock(), "monitor/2")
    step = MINUTES * 60_000
    assert (one.due, desk.ledger.head()) == (Instant((now.ms // step + 1) * step), head)
    again = filed.again(desk)
    assert {row[0] for row in sealing.waiting(again)} == {one.filing, two.filing}
    assert sealing.waiting(again, f"{desk.origin}/monitor/2") == [(two.filing, two.due, f"{desk.origin}/monitor/2")]
    assert queries.filing(again, one.filing) == (-1, one.due)
    assert kept.reports(again) == []
    assert filed.holding(tmp_path, b"waiting-opal") == []
    _, found = entered(again, clock(), everything=True)
    assert set(found) == {one.filing, two.filing}
    assert queries.filing(again, one.filing) == (found[one.filing], None)
    assert (sealing.waiting(again), queries.filing(again, "x" * 43)) == ([], None)


def test_a_batch_is_entered_when_it_is_due_or_full_or_forced(desk: Desk, clock: filed.Clock) -> None:
    first = wait(desk, clock())
    assert entered(desk, Instant(first.due.ms - 1)) == ([], {})
    rows, found = entered(desk, first.due)
    assert (len(rows), list(found)) == (SIZE, [first.filing])
    assert {row.envelope.at for row in rows} == {first.due}
    clock.ms = first.due.ms
    waits = [wait(desk, clock()) for _ in range(SIZE - 1)]
    assert entered(desk, clock()) == ([], {})
    waits.append(wait(desk, clock()))
    waits.append(wait(desk, clock()))
    rows, found = entered(desk, clock())  # a full one goes, the ninth waits on
    assert (len(rows), len(found), len(sealing.waiting(desk))) == (SIZE, SIZE, 1)
    rows, rest = entered(desk, clock(), everything=True)
    assert (len(rows), set(found) | set(rest)) == (SIZE, {row.filing for row in waits})


def test_more_than_one_batch_is_entered_where_all_are_due(desk: Desk, clock: filed.Clock) -> None:
    waits = [wait(desk, clock()) for _ in range(SIZE + 3)]
    rows, found = entered(desk, waits[-1].due)
    assert (len(rows), set(found)) == (2 * SIZE, {row.filing for row in waits})


def test_a_batch_never_stands_before_the_records_time(desk: Desk, clock: filed.Clock) -> None:
    waits = wait(desk, clock())
    by, now = filed.actor(desk, "monitor/1"), Instant(waits.due.ms + 3_600_000)
    desk.act(("matches",), lambda s: marking.decide_match(s, "a", "b", True, "r", by, now), by)
    rows, _ = entered(desk, waits.due)
    assert {row.envelope.at for row in rows} == {now}


# ---- twice, and cut off


def test_entering_again_enters_nothing_again(desk: Desk, clock: filed.Clock) -> None:
    wait(desk, clock())
    other = filed.again(desk)
    assert len(entered(desk, clock(), everything=True)[0]) == SIZE
    for one in (desk, other, filed.again(desk)):
        assert entered(one, clock(), everything=True) == ([], {})


class Cut(BaseException):
    """The process ends here."""


def cut(*args: object, **more: object) -> None:
    raise Cut


@pytest.mark.parametrize(("place", "name"), [(vault, "keep_all"), (projections, "project")])
def test_a_batch_that_was_cut_off_has_not_been_and_is_entered_once(
    desk: Desk, clock: filed.Clock, monkeypatch: pytest.MonkeyPatch, place: Any, name: str
) -> None:
    waits, head = [wait(desk, clock()) for _ in range(3)], desk.ledger.head()
    with monkeypatch.context() as patch, pytest.raises(Cut):
        patch.setattr(place, name, cut)
        sealing.enter(desk, clock(), everything=True)
    again = filed.again(desk)
    assert (again.ledger.head(), len(sealing.waiting(again))) == (head, 3)
    rows, found = entered(again, clock(), everything=True)
    assert (len(rows), set(found)) == (SIZE, {row.filing for row in waits})
    assert kept.rebuilt_equals_live(again)


def test_a_process_that_ends_after_the_commit_leaves_a_key_without_a_row(
    desk: Desk, clock: filed.Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits = wait(desk, clock())
    number = models.Waiting.objects.using(desk.alias).get().number
    with monkeypatch.context() as patch, pytest.raises(Cut):
        patch.setattr(vault, "forget", cut)
        sealing.enter(desk, clock(), everything=True)
    again = filed.again(desk)
    assert queries.filing(again, waits.filing) is not None
    assert models.Waiting.objects.using(desk.alias).count() == 0
    assert entered(again, clock(), everything=True) == ([], {})
    assert set(vault.keys(desk.alias).read([f"waiting:{number}"])) <= {f"waiting:{number}"}


def test_a_waiting_row_and_its_key_go_with_the_batch(desk: Desk, clock: filed.Clock, tmp_path: Path) -> None:
    wait(desk, clock())
    row = models.Waiting.objects.using(desk.alias).get()
    sealing.enter(desk, clock(), everything=True)
    assert models.Waiting.objects.using(desk.alias).count() == 0
    assert vault.keys(desk.alias).read([f"waiting:{row.number}"]) == {}
    assert [name for name, _ in filed.holding(tmp_path / "press" / "keys", row.number.encode())] == []


# ---- what is inside


def test_each_sender_has_a_chain_of_its_own_inside(desk: Desk, clock: filed.Clock) -> None:
    order = ["monitor/1", "monitor/2", "monitor/1", "monitor/1", "monitor/2", "monitor/3", "monitor/1"]
    told: dict[str, list[str]] = {}
    for number, slug in enumerate(order):
        told.setdefault(slug, []).append(wait(desk, clock(), slug).filing)
        if number in (2, 4):  # some of a chain waits, some is entered; then another process goes on
            sealing.enter(desk, clock(), everything=True)
            desk = filed.again(desk)
    sealing.enter(desk, clock(), everything=True)
    for slug, filings in told.items():
        before = ""
        for number, filing in enumerate(filings):
            place = queries.filing(desk, filing)
            assert place is not None
            envelope, sid, signers = inside(desk, place[0])
            assert (envelope.act, envelope.seq, envelope.prev, sid) == ("report.file", number, before, filing)
            assert signers == (f"{desk.origin}/{slug}",)
            before = filing
    assert all(row.envelope.seq is None and row.envelope.prev == "" for row in desk.ledger.entries())


def test_a_new_version_of_a_sealed_report_follows_it(desk: Desk, clock: filed.Clock) -> None:
    first = filed.sealed(desk, filed.drawn("r1", "EXERCISE. First.", release="R1"), clock())
    second = filed.sealed(desk, filed.drawn("r1", "EXERCISE. Second.", release="R1"), clock(), revises=first.sid)
    rows = {row.sid: row for row in kept.reports(desk)}
    assert (rows[first.sid].revised_by, rows[second.sid].revises) == (second.sid, first.sid)
    assert (rows[first.sid].sealed, rows[second.sid].sealed) == (True, True)
    assert inside(desk, second.index)[0].body["revises"] == first.sid
    assert desk.whole().reports[first.sid].revised_by == second.sid
    liaison = {view.sid: view.by for view in kept.door(desk, "liaison", "x").reports()}
    assert liaison == {first.sid: "", second.sid: ""}
    assert kept.rebuilt_equals_live(desk)
    other, now = filed.actor(desk, "monitor/2"), clock()
    drawn, salts = filed.drawn("r1", "EXERCISE. Third."), tuple(bytes([n]) * 16 for n in range(6))
    told = desk.act((f"report:{second.sid}",), lambda s: reports.file(s, drawn, other, now, salts, second.sid), other)
    assert told == Refusal("not_own_report", values={"report": second.sid})


def test_a_discredited_sealed_report_keeps_who_sent_it(desk: Desk, clock: filed.Clock) -> None:
    receipt = filed.sealed(desk, filed.drawn("r1", "EXERCISE. First.", release="R1"), clock())
    by, now = filed.actor(desk, "secretariat/1"), clock()
    desk.act((f"report:{receipt.sid}",), lambda s: marking.discredit(s, receipt.sid, "Too old.", by, now), by)
    assert kept.reports(desk)[0].discredited == "Too old."
    assert kept.door(desk, "liaison", "x").reports()[0].by == ""
    assert kept.rebuilt_equals_live(desk)


def test_a_filing_of_a_key_that_ended_while_it_waited_is_entered(desk: Desk, clock: filed.Clock) -> None:
    waits = wait(desk, clock(), "monitor/2")
    revoked = charter.KeyRevoked(f"{desk.origin}/monitor/2", "Lost.")
    byfile.submit(desk, filed.by_file(desk, revoked, clock(), "mediator/1", "mediator/2"), clock())
    _, found = entered(desk, clock(), everything=True)
    assert inside(desk, found[waits.filing])[2] == (f"{desk.origin}/monitor/2",)
    assert kept.rebuilt_equals_live(desk)


# ---- who sees it

MIGHT_READ = {
    "R0": {"public", "analyst", "liaison-1", "liaison-2", "mediator", "secretariat", "monitor"},
    "R1": {"liaison-1", "liaison-2", "mediator", "secretariat", "monitor"},
    "R3": {"mediator", "secretariat"},
    "R4": {"secretariat"},
    "R5": set(),
}


@pytest.mark.parametrize("level", sorted(MIGHT_READ))
def test_who_reads_a_sealed_report_and_who_learns_who_filed_it(desk: Desk, clock: filed.Clock, level: str) -> None:
    receipt = filed.sealed(desk, filed.drawn("r1", "EXERCISE. sealed-beryl.", release=level), clock())
    doors = {who: kept.door(desk, role, component) for who, (role, component, _) in kept.READERS.items()}
    assert {who for who, door in doors.items() if "sealed-beryl" in repr(door.reports())} == MIGHT_READ[level]
    named = {who for who, door in doors.items() if "monitor/1" in repr([view.by for view in door.reports()])}
    assert named == MIGHT_READ[level] & {"mediator", "secretariat"}
    values = {}
    for who, door in doors.items():
        try:
            values[who] = {value.name for value in door.entry(receipt.index)[3]}
        except LookupError:
            values[who] = set()
    assert {who for who, names in values.items() if "report" in names} == MIGHT_READ[level]
    assert {who for who, names in values.items() if "filing" in names} == {"mediator", "secretariat"}
