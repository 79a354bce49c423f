"""Sheets: the same row twice changes nothing, a changed row is a new version beside the old, faulty rows are kept."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

import pytest

from tests.store import kept
from tiga.intake import languages, sheets
from tiga.store import models, queries
from tiga.store.desk import Desk
from tiga.values.words import say

FAULTY = "exercise-faulty.csv"

pytestmark = pytest.mark.django_db(databases=kept.DATABASES)


@pytest.fixture(scope="module")
def laid(django_db_setup: None, django_db_blocker: object) -> Iterator[None]:
    with kept.filled(django_db_blocker, "press", "exercise"):
        kept.lay("press")
        kept.lay("exercise")
        yield


@pytest.fixture
def desk(laid: None) -> Desk:
    return kept.desk("press")


def sheet(*changes: dict[str, str], rows: int = 3) -> bytes:
    """The first rows of the press sample; each of `changes` replaces cells of one row, in order."""
    lines = list(csv.DictReader(io.StringIO(kept.sample("press-reports.csv").decode("utf-8"))))[:rows]
    for line, change in zip(lines, changes, strict=False):
        line.update(change)
    out = io.StringIO()
    writer = csv.DictWriter(out, list(lines[0]))
    writer.writeheader()
    writer.writerows(lines)
    return out.getvalue().encode("utf-8")


def numbers(intake: object) -> tuple[int, int, int, int, bool]:
    return (intake.accepted, intake.revised, intake.unchanged, len(intake.faults), intake.repeated)  # type: ignore[attr-defined]


def test_the_same_file_twice_changes_nothing(desk: Desk) -> None:
    assert numbers(kept.receive(desk, "a.csv", sheet())) == (3, 0, 0, 0, False)
    head = desk.ledger.head()
    assert numbers(kept.receive(desk, "b.csv", sheet())) == (0, 0, 3, 0, True)
    assert (desk.ledger.head(), models.Upload.objects.using("press").count()) == (head, 1)


def test_the_same_rows_in_another_file_change_nothing(desk: Desk) -> None:
    kept.receive(desk, "a.csv", sheet())
    head = desk.ledger.head()
    assert numbers(kept.receive(desk, "b.csv", sheet() + b"\n")) == (0, 0, 3, 0, False)
    assert desk.ledger.head() == head


def test_a_changed_row_is_a_new_version_beside_the_old(desk: Desk) -> None:
    kept.receive(desk, "a.csv", sheet())
    first = {view.report.report_id: view for view in kept.reports(desk)}
    assert numbers(kept.receive(desk, "b.csv", sheet({"account": "Told anew."}))) == (0, 1, 2, 0, False)
    views = kept.reports(desk)
    assert len(views) == 4
    old, new = (next(view for view in views if view.sid == sid) for sid in (
        first["press-001"].sid, next(view.sid for view in views if view.report.account == "Told anew.")))  # fmt: skip
    assert (old.report, old.revised_by, new.revises, new.revised_by) == (
        first["press-001"].report,
        new.sid,
        old.sid,
        "",
    )
    claims = {claim for row in queries.groups(desk) for claim in row[2]}
    assert (old.sid in claims, new.sid in claims) == (False, True)
    assert kept.rebuilt_equals_live(desk)


PASHTO = "EXERCISE. د ټوپک ډزې د کلي خواته واورېدل شوې، او وروسته بیا غلي شو."


def test_a_language_that_is_not_stated_is_recognised_and_makes_no_version_of_its_own(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = ({"language": "", "account": PASHTO}, {"language": "", "account": "EXERCISE 12"}, {"language": "ur"})
    kept.receive(desk, "a.csv", sheet(*rows))
    found = {view.report.report_id: view.report.language for view in kept.reports(desk)}
    assert found == {"press-001": "ps-x-detected", "press-002": "und", "press-003": "ur"}
    monkeypatch.setattr(languages, "CLEAR_PERMILLE", 1001)  # a later version that is less sure
    assert numbers(kept.receive(desk, "b.csv", sheet(*rows) + b"\n")) == (0, 0, 3, 0, False)
    assert kept.rebuilt_equals_live(desk)


def test_a_stated_language_stands_and_a_remark_says_what_the_account_reads_like(desk: Desk) -> None:
    intake = kept.receive(desk, "a.csv", sheet({"language": "en", "account": PASHTO}))
    assert (numbers(intake), [(row.row, row.column) for row in intake.remarks]) == (
        (3, 0, 0, 0, False),
        [(2, "language")],
    )
    assert sheets.told(intake.remarks[0])[1] == (
        "The account reads like \u2068پښتو\u2069. Stated is English, and that stands."
    )
    assert [view.report.language for view in kept.reports(desk) if view.report.report_id == "press-001"] == ["en"]


def test_two_senders_may_use_one_number(desk: Desk) -> None:
    kept.receive(desk, "a.csv", sheet(rows=1))
    assert numbers(kept.receive(desk, "a.csv", sheet({"account": "Another."}, rows=1), "monitor/1")) == (
        1,
        0,
        0,
        0,
        False,
    )
    assert [view.revised_by for view in kept.reports(desk)] == ["", ""]


def test_faulty_rows_are_kept_for_their_sender_and_good_ones_go_in(laid: None) -> None:
    desk = kept.desk("exercise")
    intake = kept.receive(desk, FAULTY, kept.sample(FAULTY), "monitor/1")
    assert numbers(intake) == (2, 0, 0, 3, False)
    rows = list(models.SetAside.objects.using("exercise").order_by("row").values_list("file", "row", "column"))
    assert rows == [(FAULTY, 3, "zone"), (FAULTY, 4, "acts"), (FAULTY, 5, "lat")]
    told = {name: [row.row for row in kept.door(desk, *who).set_aside()] for name, who in {
        "sender": ("monitor", "", "monitor/1"), "secretariat": ("secretariat", "", "secretariat/1"),
        "mediator": ("mediator", "mediator-1", "mediator/1"), "public": ("public", "", ""),
    }.items()}  # fmt: skip
    assert told == {"sender": [3, 4, 5], "secretariat": [3, 4, 5], "mediator": [], "public": []}


def test_mended_rows_go_in_later(laid: None) -> None:
    desk = kept.desk("exercise")
    kept.receive(desk, FAULTY, kept.sample(FAULTY))
    mended = kept.sample(FAULTY).replace(b",H9,", b",H1,").replace(b",91.5,", b",0.5,")
    mended = mended.replace(b"2026-01-12T22:30,,,", b"2026-01-12T22:30,,UTC,")
    assert numbers(kept.receive(desk, "mended.csv", mended)) == (3, 0, 2, 0, False)


def test_a_file_that_is_no_sheet_leaves_a_fault_and_nothing_else(desk: Desk) -> None:
    size = desk.ledger.size()
    assert numbers(kept.receive(desk, "x.csv", b"\xff\xfe\x00")) == (0, 0, 0, 1, False)
    assert desk.ledger.size() == size


def test_rows_that_a_rule_refuses_are_faults_in_the_rules_own_words(laid: None) -> None:
    """A liaison officer sends rows for the other party, under a monitor's name and for the public; one row is good."""
    desk = kept.desk("exercise")
    lines = list(csv.DictReader(io.StringIO(kept.sample("exercise-reports.csv").decode("utf-8"))))[:1] * 4
    own = {"channel": "liaison", "party": "party-1", "release": "R1"}
    changes = ({"party": "party-2"}, {"channel": "monitor"}, {"release": "R0"}, {})
    out = io.StringIO()
    writer = csv.DictWriter(out, list(dict.fromkeys((*lines[0], *own))))
    writer.writeheader()
    writer.writerows(
        line | own | change | {"report_id": f"r-{n}"}
        for n, (line, change) in enumerate(zip(lines, changes, strict=True))
    )
    intake = kept.receive(desk, "rows.csv", out.getvalue().encode(), "liaison/1")
    assert numbers(intake) == (1, 0, 0, 3, False)
    assert [(row.row, row.code, row.values["refusal"], row.raw) for row in intake.faults] == [
        (2, "fault.refused", "other_party", ("r-0",)),
        (3, "fault.refused", "channel_not_yours", ("r-1",)),
        (4, "fault.refused", "channel_not_yours", ("r-2",)),
    ]
    for fault in intake.faults:
        code, slots = fault.values["refusal"], {name: text for name, text in fault.values.items() if name != "refusal"}
        where, what, remedy = sheets.told(fault)
        assert (what, remedy) == (say(f"refusal.{code}.text", **slots), say(f"refusal.{code}.remedy", **slots))
        assert where == say("fault.at_row", file="rows.csv", row=fault.row)
    kept_rows = models.SetAside.objects.using("exercise").order_by("row").values_list("row", "code")
    assert list(kept_rows) == [(2, "fault.refused"), (3, "fault.refused"), (4, "fault.refused")]
