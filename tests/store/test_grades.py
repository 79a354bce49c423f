"""Grades on a record in files: rows follow from the log, a sealed report's grade is sealed, and nobody learns of one who may
not. Data that could leak stands in each: sids, letters, reasons, authors, counts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from tests.store import filed, kept
from tiga.mechanism import custody
from tiga.mechanism.acts import Refusal
from tiga.mechanism.release import Reader
from tiga.record.entries import Entry, open_entry
from tiga.record.notes import sign_note
from tiga.store import byfile, models, queries, sealing, vault
from tiga.store.desk import Desk, Done, ToSign, Waits
from tiga.store.keys import CHECK, demo_keyring
from tiga.values.moments import Instant
from tiga.web.access import Absent, Door

R1 = {"liaison-1", "liaison-2", "monitor", "mediator", "secretariat"}
R3 = {"mediator", "secretariat"}
WORD, OPEN_WORD = "reason-chalcedony", "reason-marble"
SIZE = 8


@dataclass
class Scene:
    desk: Desk
    clock: filed.Clock

    def door(self, slug: str) -> Door:
        by = filed.actor(self.desk, slug)
        return Door(self.desk, Reader(by.role, by.component), by, self.clock(), self.clock, self.desk.entropy)

    def grade(self, slug: str, report: str, letter: str = "B", digit: str = "2", reason: str = WORD) -> Any:
        return self.door(slug).grading.enter(report, letter, digit, reason)

    def batch(self) -> tuple[list[Entry], dict[str, int]]:
        """Enter what waits: the entries that came, and the index of each filing."""
        size = self.desk.ledger.size()
        receipts = sealing.enter(self.desk, self.clock(), everything=True)
        return list(self.desk.ledger.entries(size)), {name: receipt.index for name, receipt in receipts.items()}

    def sealed(self, slug: str, report: str, **more: str) -> str:
        """The sid of a sealed grade, entered with a batch of its own."""
        waits = self.grade(slug, report, **more)
        assert isinstance(waits, Waits), waits
        return self.desk.ledger.entry(self.batch()[1][waits.filing]).sid

    def file(self, slug: str, name: str, channel: str, release: str) -> str:
        drawn = filed.drawn(name, f"EXERCISE. {name}.", channel=channel, release=release)
        result = filed.file(self.desk, drawn, self.clock(), slug)
        if isinstance(result, Done):
            return result.receipt.sid
        return self.desk.ledger.entry(self.batch()[1][result.filing]).sid

    def seen(self) -> dict[str, list[tuple[str, str, str]]]:
        """What each reader gets of the grades of all reports that the reader gets: letter and digit, author, reason."""
        found = {}
        for who, (role, component, _) in kept.READERS.items():
            door = Door(self.desk, Reader(role, component), None, self.clock())
            rows = door.grading.of(door.reports())
            found[who] = [(row.reliability + row.credibility, row.by.split("/", 2)[-1], row.reason) for row in rows]
        return found


@pytest.fixture
def scene(django_db_setup: None, django_db_blocker: object, tmp_path: Path) -> Iterator[Scene]:
    with django_db_blocker.unblock(), filed.laid(tmp_path / "press") as found:  # type: ignore[attr-defined]
        yield Scene(found, filed.Clock())


def inside(desk: Desk, index: int) -> Any:
    """The author's own statement inside a sealed entry."""
    sid = desk.ledger.entry(index).sid
    value = vault.values(desk.alias, [sid], "filing")[sid][1]
    assert isinstance(value, dict)
    return open_entry(str(value["note"]).encode(), desk.ledger.keys.values(), CHECK())


# ---- open reports


def test_a_grade_of_an_open_report_is_entered_at_once_and_rows_follow_from_the_log(scene: Scene) -> None:
    report = scene.file("secretariat/1", "open", "media", "R0")
    sids = []
    for slug, letter, digit in (("monitor/1", "A", "1"), ("mediator/1", "", "3"), ("monitor/1", "D", "")):
        done = scene.grade(slug, report, letter, digit, OPEN_WORD)
        assert isinstance(done, Done)
        sids.append(done.receipt.sid)
    assert isinstance(scene.door("monitor/1").grading.withdraw(report, sids[2]), Done)
    rows = scene.door("monitor/1").grading.of(kept.reports(scene.desk))
    assert [(row.sid, row.reliability, row.credibility, row.state, row.own) for row in rows] == [
        (sids[0], "A", "1", "counts", True), (sids[1], "", "3", "counts", False), (sids[2], "D", "", "withdrawn", False),
    ]  # fmt: skip
    assert models.GradeRow.objects.using(scene.desk.alias).count() == 4
    assert kept.rebuilt_equals_live(scene.desk)


def test_the_parties_see_the_grades_of_an_open_report_and_the_public_does_not(scene: Scene) -> None:
    report = scene.file("secretariat/1", "open", "media", "R0")
    done = scene.grade("monitor/1", report, "C", "4", OPEN_WORD)
    told = [("C4", "monitor/1", OPEN_WORD)]
    assert scene.seen() == {who: told if who in R1 else [] for who in kept.READERS}
    entries = {}
    for who, (role, component, _) in kept.READERS.items():
        try:
            entries[who] = (
                OPEN_WORD
                in Door(scene.desk, Reader(role, component), None, scene.clock())
                .entry(done.receipt.index)[1]
                .note.decode()
            )
        except Absent:
            entries[who] = False
    assert {who for who, holds in entries.items() if holds} == R1


# ---- sealed reports


@pytest.mark.parametrize(
    ("channel", "release"), [("monitor", "R1"), ("monitor", "R0"), ("public", "R3"), ("media", "R3")]
)
def test_a_sealed_grade_is_told_to_the_mediators_side_alone(scene: Scene, channel: str, release: str) -> None:
    report = scene.file("monitor/1", "sealed", channel, release)
    sid = scene.sealed("mediator/1", report, letter="E", digit="5")
    told = [("E5", "mediator/1", WORD)]
    assert scene.seen() == {who: told if who in R3 else [] for who in kept.READERS}
    scene.door("mediator/1").grading.withdraw(report, sid)
    scene.batch()
    (row,) = scene.door("secretariat/1").grading.of(kept.reports(scene.desk))
    assert (row.state, row.sid) == ("withdrawn", sid)
    assert kept.rebuilt_equals_live(scene.desk)


def test_what_is_released_to_both_parties_later_brings_no_grade_with_it(scene: Scene) -> None:
    """The words of a report go to the parties; a grade given while it was the mediators' own does not."""
    report = scene.file("monitor/1", "sealed", "monitor", "R3")
    scene.sealed("mediator/1", report)
    rows = vault.disclosures(scene.desk.alias, report)
    (digest,) = [item.digest for _, _, item in rows if item.name == "report"]
    by, now = filed.actor(scene.desk, "mediator/1"), scene.clock()
    scene.desk.act(
        (f"report:{report}",),
        lambda s: custody.release(s, report, {digest: "R3"}, (digest,), "R1", "", by, now), by,
    )  # fmt: skip
    readers = {who for who, (role, component, _) in kept.READERS.items()
               if Door(scene.desk, Reader(role, component), None, now).reports()}  # fmt: skip
    assert readers == R1
    assert {who for who, rows in scene.seen().items() if rows} == R3


def test_the_log_tells_a_sealed_grade_from_a_report_or_a_cover_to_nobody(scene: Scene, tmp_path: Path) -> None:
    report = scene.file("monitor/1", "sealed", "monitor", "R1")
    filings = [scene.grade("monitor/2", report, "A", "1"), scene.grade("mediator/1", report, "F", "")]
    filed.file(scene.desk, filed.drawn("other", "EXERCISE. Other.", release="R1"), scene.clock(), "monitor/3")
    assert [type(row) for row in filings] == [Waits, Waits]
    assert filed.holding(tmp_path, WORD.encode()) == []
    rows, found = scene.batch()
    assert (len(rows), len(found)) == (SIZE, 3)
    assert {
        (row.envelope.act, row.envelope.at, len(row.note), row.signers, repr(row.envelope.body)) for row in rows
    } == {("report.seal", rows[0].envelope.at, len(rows[0].note), (scene.desk.registrar,), "{}")}
    assert [len(scene.desk.ledger.thread(f"report:{row.sid}")) for row in rows] == [1] * SIZE
    assert scene.desk.ledger.thread(f"grade:{report}") == ()
    notes = b"".join(kept.notes(scene.desk)[1:])  # the charter names every key
    assert [word for word in (report, WORD, "report.grade", "monitor/2") if word.encode() in notes] == []
    for who, (role, component, _) in kept.READERS.items():
        door = Door(scene.desk, Reader(role, component), None, scene.clock())
        looks = {
            tuple((name, repr(value)) for name, value in sorted(vars(row).items()) if name not in ("idx", "sid", "_state"))
            for row in door.acts(number=100) if row.idx >= rows[0].index
        }  # fmt: skip
        assert len(looks) == (1 if who in R1 else 0), who
    assert kept.rebuilt_equals_live(scene.desk)


def test_who_opens_the_entry_of_a_sealed_grade(scene: Scene) -> None:
    report = scene.file("monitor/1", "sealed", "monitor", "R1")
    waits = scene.grade("monitor/2", report)
    _, found = scene.batch()
    readers = set()
    for who, (role, component, _) in kept.READERS.items():
        try:
            values = Door(scene.desk, Reader(role, component), None, scene.clock()).entry(found[waits.filing])[3]
        except Absent:
            continue
        readers |= {who} if WORD in repr(values) else set()
    assert readers == R3
    envelope, sid, signers = inside(scene.desk, found[waits.filing])
    assert (envelope.act, envelope.body["report"], sid) == ("report.grade", report, waits.filing)
    assert signers == (f"{scene.desk.origin}/monitor/2",)


def test_an_authors_chain_goes_on_through_reports_grades_and_what_takes_them_back(scene: Scene) -> None:
    report = scene.file("monitor/1", "sealed", "monitor", "R1")
    filings, before = [], ""
    filings.append(filed.file(scene.desk, filed.drawn("m", "EXERCISE. M.", release="R1"), scene.clock(), "mediator/1"))
    filings.append(scene.grade("mediator/1", report, "A", "1"))
    _, found = scene.batch()
    again = filed.again(scene.desk)
    scene.desk = again
    sid = again.ledger.entry(found[filings[1].filing]).sid
    filings.append(scene.door("mediator/1").grading.withdraw(report, sid))
    filings.append(scene.grade("mediator/1", report, "B", "2"))
    found |= scene.batch()[1]
    filings.append(filed.file(again, filed.drawn("n", "EXERCISE. N.", release="R1"), scene.clock(), "mediator/1"))
    found |= scene.batch()[1]
    for number, row in enumerate(filings):
        envelope, stated, _ = inside(again, found[row.filing])
        assert (envelope.seq, envelope.prev, stated) == (number, before, row.filing)
        assert queries.filing(again, row.filing) == (found[row.filing], None)
        before = row.filing
    assert kept.rebuilt_equals_live(again)


def test_a_sealed_grade_counts_as_an_open_one_does(scene: Scene) -> None:
    report = scene.file("monitor/1", "sealed", "monitor", "R1")
    first = scene.sealed("mediator/1", report, letter="A", digit="1")
    scene.sealed("mediator/1", report, letter="D", digit="")
    scene.sealed("monitor/2", report, letter="C", digit="3")
    told = scene.door("mediator/1").grading.of(kept.reports(scene.desk))
    assert [(row.reliability, row.state, row.own) for row in told] == [
        ("A", "replaced", True), ("D", "counts", True), ("C", "counts", False),
    ]  # fmt: skip
    again = scene.door("mediator/1").grading
    assert isinstance(again.withdraw(report, first), Waits)
    scene.batch()
    assert again.withdraw(report, first) == Refusal("grade_gone")


def test_who_tries_sids_learns_nothing(scene: Scene) -> None:
    """A hidden report, a sealed grade, a cover and a sid that was made up give a monitor one answer."""
    hidden = scene.file("monitor/1", "hidden", "public", "R3")
    open_one = scene.file("secretariat/1", "open", "media", "R0")
    grade = scene.sealed("mediator/1", hidden)
    covers = [row.sid for row in scene.desk.ledger.entries(2) if row.envelope.act == "report.seal"
              and not vault.disclosures(scene.desk.alias, row.sid)]  # fmt: skip
    door, head = scene.door("monitor/2"), scene.desk.ledger.head()
    answers = set()
    for sid in (hidden, grade, covers[0], "x" * 43):
        for result in (door.grading.enter(sid, "B", "2", "R."), door.grading.withdraw(sid, grade)):
            assert isinstance(result, Refusal)
            answers.add((result.code, result.values["report"] == sid))
        assert door.grading.withdraw(open_one, sid) == Refusal("grade_gone")
    assert answers == {("report_unknown", True)}
    assert scene.desk.ledger.head() == head


def test_a_key_kept_elsewhere_signs_a_grade_there(scene: Scene) -> None:
    report, slug = scene.file("monitor/1", "sealed", "monitor", "R1"), "monitor/2"
    name = f"{scene.desk.origin}/{slug}"
    scene.desk.keyring = demo_keyring(tuple(one for one in scene.desk.keyring.names() if one != name))
    door = scene.door(slug)
    asked = door.grading.enter(report, "B", "", WORD)
    assert isinstance(asked, ToSign) and asked.key == name
    door.signed = sign_note(asked.text, [filed.signer(scene.desk, slug)])
    waits = door.grading.enter(report, "B", "", WORD)
    assert isinstance(waits, Waits) and waits.filing == asked.sid
    assert inside(scene.desk, scene.batch()[1][waits.filing])[2] == (name,)


def test_a_waiting_grade_lasts_through_a_restart(scene: Scene) -> None:
    report = scene.file("monitor/1", "sealed", "monitor", "R1")
    waits = scene.grade("mediator/1", report)
    scene.desk = filed.again(scene.desk)
    assert scene.seen()["secretariat"] == []
    assert queries.filing(scene.desk, waits.filing) == (-1, waits.due)
    scene.batch()
    assert scene.seen()["secretariat"] == [("B2", "mediator/1", WORD)]


def test_an_erased_grade_is_gone_and_the_record_stands(scene: Scene, tmp_path: Path) -> None:
    report = scene.file("monitor/1", "sealed", "monitor", "R1")
    sid = scene.sealed("mediator/1", report)
    ((_, _, filing),) = vault.disclosures(scene.desk.alias, sid)
    assert (filing.name, filed.holding(tmp_path, WORD.encode()) != []) == ("filing", True)
    now = scene.clock()
    erased = custody.ValueErased(sid, (filing.digest,), "A name stood in the reason.")
    byfile.submit(scene.desk, filed.by_file(scene.desk, erased, now, "mediator/1", "mediator/2"), now)
    assert filed.holding(tmp_path, WORD.encode()) == []
    assert scene.seen()["secretariat"] == []
    assert [view.sid for view in kept.reports(scene.desk)] == [report]
    assert kept.rebuilt_equals_live(filed.again(scene.desk))


def test_grades_cost_the_same_for_one_report_as_for_thirty(scene: Scene) -> None:
    reports = [scene.file("secretariat/1", f"r{n}", "media", "R0") for n in range(30)]
    for sid in reports:
        scene.grade("monitor/1", sid)
    views = kept.reports(scene.desk)
    costs = []
    for number in (1, 30):
        door = scene.door("mediator/1")
        assert door.scope == "press"
        with CaptureQueriesContext(connections[scene.desk.alias]) as told:
            assert len(door.grading.of(views[:number])) == number
        costs.append(len(told))
    assert costs == [1, 1]


def test_the_instant_of_a_sealed_grade_is_its_batchs(scene: Scene) -> None:
    report = scene.file("monitor/1", "sealed", "monitor", "R1")
    scene.grade("mediator/1", report)
    scene.clock.ms += 300_000
    rows, _ = scene.batch()
    (row,) = scene.door("secretariat/1").grading.of(kept.reports(scene.desk))
    assert row.at == rows[0].envelope.at == Instant(rows[-1].envelope.at.ms)
