"""What phones send is kept, versions and files beside each other; it becomes reports; nothing is lost or replaced."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.core.intake.odk_samples import xml
from tests.store import filed, kept
from tiga.intake import odk
from tiga.mechanism import custody
from tiga.store import byfile, devices, models, sealing, submissions, uptake, vault
from tiga.store.desk import Desk, Done
from tiga.values.moments import Instant

PHOTO, OTHER_PHOTO = b"\xff\xd8\xff one", b"\xff\xd8\xff two"
MINUTE = 60_000
AT = kept.LATER


@pytest.fixture
def desk(django_db_setup: None, django_db_blocker: object, tmp_path: Path) -> Iterator[Desk]:
    with django_db_blocker.unblock(), filed.laid(tmp_path / "press") as found:  # type: ignore[attr-defined]
        yield found


def send(desk: Desk, data: bytes, *files: tuple[str, bytes], slug: str = "monitor/1", after: int = 0) -> str:
    envelope = odk.opened(data)
    assert isinstance(envelope, odk.Envelope)
    at = Instant(AT.ms + after * MINUTE)
    return submissions.keep(desk.alias, envelope, data, files, "d1", f"{desk.origin}/{slug}", at)


def take(desk: Desk, after: int = 60) -> tuple[int, int, int]:
    at = Instant(AT.ms + after * MINUTE)
    taken = uptake.take_up(desk, desk.now(at), at, desk.entropy)
    return taken.filed, taken.faulty, taken.waiting


def enter(desk: Desk, after: int = 60) -> None:
    sealing.enter(desk, desk.now(Instant(AT.ms + after * MINUTE)), everything=True)


def states(desk: Desk) -> list[tuple[str, str, str]]:
    return [(view.envelope.instance, view.state, view.reason) for view in submissions.views(desk.alias)]


def files(desk: Desk) -> list[tuple[str, int, bytes, bool]]:
    (view,) = submissions.views(desk.alias)
    return [(file.name, file.n, submissions.file_bytes(desk.alias, file), file.expected) for file in view.files]


# ---- at the door


def test_the_same_again_changes_nothing_and_adds_what_was_lacking(desk: Desk) -> None:
    assert [send(desk, xml()), send(desk, xml()), send(desk, xml(), ("1.jpg", PHOTO)), send(desk, xml(), ("1.jpg", PHOTO))] == [
        "new", "again", "again", "again",
    ]  # fmt: skip
    assert files(desk) == [("1.jpg", 1, PHOTO, True)]


def test_other_bytes_under_the_same_name_are_a_second_version(desk: Desk) -> None:
    send(desk, xml(), ("1.jpg", PHOTO), ("extra.txt", b"x"))
    assert send(desk, xml(), ("1.jpg", OTHER_PHOTO)) == "again"
    assert send(desk, xml(), ("1.jpg", PHOTO)) == "again"
    assert files(desk) == [("1.jpg", 1, PHOTO, True), ("1.jpg", 2, OTHER_PHOTO, True), ("extra.txt", 1, b"x", False)]


def test_another_text_under_a_taken_id_is_kept_as_a_conflict(desk: Desk) -> None:
    other = xml(account="Another text.")
    assert [send(desk, xml()), send(desk, other, after=1), send(desk, other, after=2)] == ["new", "other", "other"]
    assert states(desk) == [("uuid:1", "kept", ""), ("uuid:1", "conflict", "other")]


def test_an_edit_takes_its_bases_place_and_the_old_text_is_out_of_date(desk: Desk) -> None:
    edit = xml("uuid:2", "uuid:1", account="Four shots.")
    assert [send(desk, xml()), send(desk, edit, after=1)] == ["new", "new"]
    assert send(desk, xml(), ("1.jpg", PHOTO)) == "outdated"
    assert send(desk, edit) == "again"
    old, new = submissions.views(desk.alias)
    assert (old.root, [file.name for file in old.files]) == (new.root, ["1.jpg"])


def test_parallel_edits_are_a_conflict_with_their_base(desk: Desk) -> None:
    for number, after in (("1", 0), ("2", 1), ("3", 2)):
        send(desk, xml(f"uuid:{number}", "uuid:1" if number != "1" else ""), after=after)
    assert states(desk) == [("uuid:1", "kept", ""), ("uuid:2", "kept", ""), ("uuid:3", "conflict", "parallel")]
    assert len({view.base for view in submissions.views(desk.alias)[1:]}) == 1


def test_edits_before_their_base_find_their_place_when_it_comes(desk: Desk) -> None:
    send(desk, xml("uuid:3", "uuid:2"))
    send(desk, xml("uuid:2", "uuid:1"), after=1)
    send(desk, xml("uuid:2b", "uuid:1"), after=2)
    assert [state for _, state, _ in states(desk)] == ["orphan"] * 3
    assert send(desk, xml("uuid:1"), after=3) == "new"
    assert states(desk) == [
        ("uuid:3", "kept", ""), ("uuid:2", "kept", ""), ("uuid:2b", "conflict", "parallel"), ("uuid:1", "kept", ""),
    ]  # fmt: skip
    assert len({view.root for view in submissions.views(desk.alias)}) == 1


def test_a_stranger_cannot_take_anothers_place(desk: Desk) -> None:
    send(desk, xml())
    assert send(desk, xml("uuid:2", "uuid:1"), slug="monitor/2", after=1) == "new"
    assert states(desk) == [("uuid:1", "kept", ""), ("uuid:2", "conflict", "stranger")]
    assert send(desk, xml()) == "again"


def test_no_more_than_so_many_files_and_others_are_kept(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(submissions, "FILES_MAX", 2)
    monkeypatch.setattr(submissions, "OTHERS_MAX", 1)
    send(desk, xml(), ("1.jpg", b"1"), ("2.jpg", b"2"))
    assert send(desk, xml(), ("3.jpg", b"3")) == "full"
    assert send(desk, xml(), ("1.jpg", b"1"), ("2.jpg", b"2")) == "again"
    assert [send(desk, xml(account=text)) for text in ("a", "b")] == ["other", "full"]


def test_nothing_of_a_submission_stands_in_clear(desk: Desk, tmp_path: Path) -> None:
    send(desk, xml("uuid:quartz-id", account="quartz account"), ("quartz-name.jpg", b"quartz bytes"))
    send(desk, xml("uuid:quartz-2", zone="quartz"))
    devices.enrol(desk, f"{desk.origin}/monitor/1", "quartz phone", AT, desk.entropy)
    assert take(desk) == (1, 1, 0)
    assert filed.holding(tmp_path / "press", b"quartz", b"uuid:") == []


# ---- becoming reports


def reported(desk: Desk) -> list[tuple[str, str, str]]:
    """(account, report id, reference) of every report that is not revised."""
    rows = [row for row in kept.reports(desk) if not row.revised_by]
    return [(row.report.account, row.report.report_id, row.report.reference) for row in rows]


def test_a_submission_becomes_a_sealed_report_that_names_its_files(desk: Desk) -> None:
    send(desk, xml(photo_2="2.jpg"), ("1.jpg", PHOTO), ("2.jpg", PHOTO))
    assert take(desk, after=1) == (1, 0, 0)
    assert take(desk, after=1) == (0, 0, 0)
    enter(desk)
    (view,) = submissions.views(desk.alias)
    (row,) = kept.reports(desk)
    sha256 = view.files[0].sha256
    assert (view.state, view.sid) == ("filed", row.sid)
    assert (row.report.reference, row.sealed, row.level) == (f"sha256:{sha256} sha256:{sha256}", True, "R3")
    assert (row.report.reporter, view.told["consent"]) == ("", "not_needed")


def test_a_submission_waits_for_its_files_for_a_while(desk: Desk) -> None:
    send(desk, xml())
    assert take(desk, after=uptake.HOLD_MINUTES - 1) == (0, 0, 1)
    assert take(desk, after=uptake.HOLD_MINUTES) == (1, 0, 0)
    enter(desk)
    assert reported(desk) == [("Three shots were heard.", "uuid:1", "")]


def test_an_edit_revises_its_bases_report_once_that_is_entered(desk: Desk) -> None:
    send(desk, xml(photo=""))
    send(desk, xml("uuid:2", "uuid:1", photo="", account="Four shots."), after=1)
    assert take(desk) == (1, 0, 1)
    assert take(desk) == (0, 0, 1)
    enter(desk)
    assert take(desk, after=120) == (1, 0, 0)
    enter(desk, after=240)
    assert reported(desk) == [("Four shots.", "uuid:2", "")]
    assert len(kept.reports(desk)) == 2


def test_faults_are_kept_with_the_submission_and_an_edit_mends_them(desk: Desk) -> None:
    send(desk, xml(photo="", zone="CET"))
    assert take(desk) == (0, 1, 0)
    (view,) = submissions.views(desk.alias)
    (fault,) = uptake.faults(view)
    assert (view.state, fault.column, fault.code, view.xml) == (
        "faulty", "zone", "fault.choice_unknown", xml(photo="", zone="CET"),
    )  # fmt: skip
    send(desk, xml("uuid:2", "uuid:1", photo=""), after=61)
    assert take(desk, after=62) == (1, 0, 0)


def test_a_key_that_has_ended_files_nothing(desk: Desk) -> None:
    send(desk, xml(photo=""), slug="nobody")
    assert take(desk) == (0, 1, 0)
    (view,) = submissions.views(desk.alias)
    assert (view.state, uptake.faults(view)[0].values["refusal"]) == ("refused", "key_ended")


def test_a_conflict_is_settled_by_a_person(desk: Desk) -> None:
    for number, account, after in (("1", "One.", 0), ("2", "Two.", 1), ("3", "Three.", 2), ("4", "Four.", 3)):
        send(desk, xml(f"uuid:{number}", "uuid:1" if number != "1" else "", photo="", account=account), after=after)
    third, fourth = (view.number for view in submissions.views(desk.alias, states=("conflict",)))
    for turn in range(1, 4):
        take(desk, after=60 * turn)
        enter(desk, after=60 * turn)
    assert reported(desk) == [("Two.", "uuid:2", "")]
    assert submissions.settle(desk.alias, third, True, "key", AT) is True
    assert submissions.settle(desk.alias, fourth, False, "key", AT) is True
    assert submissions.settle(desk.alias, fourth, True, "key", AT) is False
    assert take(desk, after=300) == (1, 0, 0)
    enter(desk, after=400)
    assert reported(desk) == [("Three.", "uuid:3", "")]
    assert [state for _, state, _ in states(desk)] == ["filed", "filed", "filed", "left"]


# ---- many, and erasing


def test_what_waits_keeps_nobody_else_waiting(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uptake, "TAKEN_MAX", 2)
    for number in range(3):  # wait for their photographs
        send(desk, xml(f"uuid:{number}"), after=50)
    for number in range(3, 6):
        send(desk, xml(f"uuid:{number}", photo=""), after=51)
    assert [take(desk, after=52), take(desk, after=53)] == [(2, 0, 4), (1, 0, 3)]


def test_a_list_holds_the_newest(desk: Desk) -> None:
    for number in range(4):
        send(desk, xml(f"uuid:{number}"), after=number)
    found = submissions.views(desk.alias, newest=2)
    assert [view.envelope.instance for view in found] == ["uuid:2", "uuid:3"]


def test_erasing_a_report_erases_its_submission_and_what_became_none(desk: Desk, tmp_path: Path) -> None:
    shared = b"\xff\xd8\xff shared"
    send(desk, xml("uuid:1", account="Erase this."), ("1.jpg", PHOTO), ("2.jpg", shared))
    send(desk, xml("uuid:1", account="Erase this as well."), after=1)
    send(desk, xml("uuid:9", account="Keep this."), ("1.jpg", shared), after=2)
    assert take(desk) == (2, 0, 0)
    enter(desk)
    sid = next(row.sid for row in kept.reports(desk) if row.report.account == "Erase this.")
    digests = tuple(row.digest for row in models.Disclosed.objects.using(desk.alias).filter(sid=sid, name="report"))
    clock = filed.Clock(AT.ms + 600 * MINUTE)
    kind = custody.ValueErased(sid, digests, "A person asked for it.")
    done = byfile.submit(desk, filed.by_file(desk, kind, clock(), "mediator/1", "mediator/2"), clock())
    assert isinstance(done, Done)
    desk.keep_up()
    (left,) = submissions.views(desk.alias)
    assert (left.envelope.instance, [file.name for file in left.files]) == ("uuid:9", ["1.jpg"])
    assert submissions.file_bytes(desk.alias, left.files[0]) == shared
    assert models.Blob.objects.using(desk.alias).count() == 1
    assert [bytes(row.data) for row in models.Sent.objects.using(desk.alias).exclude(number=left.number)] == [b"", b""]
    assert send(desk, xml("uuid:1", account="Erase this."), ("1.jpg", PHOTO), after=700) == "again"
    assert len(submissions.views(desk.alias)) == 1
    assert send(desk, xml("uuid:2", "uuid:1"), after=701) == "new"
    assert states(desk)[-1] == ("uuid:2", "conflict", "stranger")


# ---- phones


def test_a_token_is_told_once_and_ends_when_it_is_revoked(desk: Desk) -> None:
    key = f"{desk.origin}/monitor/1"
    token, phone = devices.enrol(desk, key, "Team North", AT, desk.entropy)
    assert (devices.bearer(desk, token), devices.bearer(desk, token + "x")) == ((phone.number, key), None)
    assert devices.phones(desk) == [phone]
    assert [devices.revoke(desk, phone.number, AT), devices.revoke(desk, phone.number, AT)] == [True, False]
    assert devices.bearer(desk, token) is None
    row = models.Device.objects.using(desk.alias).get()
    assert (token in row.token, b"Team" in bytes(row.label), row.revoked_ms) == (False, False, AT.ms)


def test_a_token_for_a_key_that_is_no_monitors_does_nothing(desk: Desk) -> None:
    token, _ = devices.enrol(desk, f"{desk.origin}/mediator/1", "x", AT, desk.entropy)
    assert devices.bearer(desk, token) is None


def test_a_file_whose_key_is_gone_is_not_shown_as_something_else(desk: Desk) -> None:
    send(desk, xml(), ("1.jpg", PHOTO))
    (view,) = submissions.views(desk.alias)
    vault.forget(desk.alias, view.files[0].sha256)
    with pytest.raises(LookupError):
        submissions.file_bytes(desk.alias, view.files[0])
