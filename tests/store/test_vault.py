"""The vault on a record in files: what a copy of the record alone gives away, and what keys and rows do to each other."""

from __future__ import annotations

import shutil
import sqlite3
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import DatabaseError

from tests.store import filed, kept
from tiga.cli import exercise as story
from tiga.drafts import Fault, evidence_item
from tiga.mechanism.acts import Released
from tiga.mechanism.deciders import depositing
from tiga.record.disclosures import Disclosure
from tiga.store import models, receiving, vault
from tiga.store.desk import Desk, Done

SAID, REPORTER, REPLY, BYTES, NOTE, NAME, WAITS, FAULTY = (
    "said-granite", "reporter-marble", "reply-gypsum", "bytes-calcite", "note-dolomite", "name-halite.txt",
    "waits-olivine", "faulty-quartz",
)  # fmt: skip
EVERYTHING = (SAID, REPORTER, REPLY, BYTES, NOTE, NAME, WAITS, FAULTY)
IN_PLAIN = {SAID: {"report_row"}, FAULTY: {"set_aside"}}
"""What stands in the record's own database in plain: what pages show of reports, and rows that were set aside."""


@pytest.fixture
def planted(django_db_setup: None, django_db_blocker: object, tmp_path: Path) -> Iterator[Desk]:
    """A record in which each of these words stands once: in a report, its reporter, a sealed reply, a file with its note
    and name, a filing that waits, and a row that was set aside."""
    with django_db_blocker.unblock(), filed.opened(tmp_path / "exercise", "exercise") as desk:  # type: ignore[attr-defined]
        filed.lay(desk, "exercise")
        stage = story.Stage(desk, story.DemoEntropy("vault"))
        case = story.complain(stage, story.Plot(
            "liaison/1", "party-1", "party-2", "P-01", "H1", "2026-01-04T10:00", "UTC", "Exercise Post (invented)",
            story.Point(0, 0), "EXERCISE. Invented."))  # fmt: skip
        filed.file(desk, filed.drawn("r1", SAID, release="R3", reporter=REPORTER), desk.now(kept.LATER))
        story.reply(stage, case, "liaison/2", REPLY)
        item, by, now = evidence_item(NAME, BYTES.encode(), NOTE), filed.actor(desk, "monitor/1"), desk.now(kept.LATER)
        done = desk.deposit(
            (f"case:{case}",), item.data, lambda s: depositing.deposit(s, case, item, by, now, stage.salts()), by
        )
        assert isinstance(done, Done)
        row = Fault("sheet.csv", 2, "where", "fault.refused", {"refusal": "role"}, (FAULTY,))
        receiving.receive(desk, "sheet.csv", b"x", [], (row,), by, desk.now(kept.LATER), stage.entropy)
        filed.wait(desk, filed.drawn("r2", WAITS), desk.now(kept.LATER))
        yield desk


def tables_with(path: Path, word: str) -> set[str]:
    """The tables of a database that hold a word in plain."""
    base = sqlite3.connect(path)
    names = [name for (name,) in base.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    found = {name for name in names for row in base.execute(f'SELECT * FROM "{name}"')
             if any(word.encode() in (cell if isinstance(cell, bytes) else str(cell).encode()) for cell in row)}  # fmt: skip
    base.close()
    return found


def copied(folder: Path, to: Path) -> Path:
    """The record's database with its write-ahead log, and nothing else of the folder: what a backup of it would be."""
    to.mkdir()
    for path in folder.glob("record.sqlite3*"):
        shutil.copy(path, to)
    return to


# ---- what a copy gives away


def test_a_copy_of_the_record_holds_in_plain_what_projections_show_and_nothing_else(
    planted: Desk, tmp_path: Path
) -> None:
    copy = copied(tmp_path / "exercise", tmp_path / "copy")
    assert {word: tables_with(copy / "record.sqlite3", word) for word in EVERYTHING} == {
        word: IN_PLAIN.get(word, set()) for word in EVERYTHING
    }


def test_without_the_projections_no_byte_of_a_copy_holds_a_confidential_value(planted: Desk, tmp_path: Path) -> None:
    copy = copied(tmp_path / "exercise", tmp_path / "copy")
    assert {word for _, word in filed.holding(copy, *(word.encode() for word in EVERYTHING))} == {
        word.encode() for word in IN_PLAIN
    }
    base = sqlite3.connect(copy / "record.sqlite3", isolation_level=None)
    base.execute("PRAGMA secure_delete=ON")
    for model in (*models.PROJECTED, models.SetAside):
        base.execute(f'DROP TABLE "{model._meta.db_table}"')
    base.execute("VACUUM")
    base.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    base.close()
    assert filed.holding(copy, *(word.encode() for word in EVERYTHING)) == []
    salts = [value.salt for row in models.Disclosed.objects.using(planted.alias).values_list("sid", flat=True).distinct()
             for _, _, value in vault.disclosures(planted.alias, row)]  # fmt: skip
    assert len(salts) >= 5
    assert filed.holding(copy, *salts) == []


def test_the_keys_alone_hold_no_value_either(planted: Desk, tmp_path: Path) -> None:
    keys = {name: data for name, data in filed.raw(tmp_path / "exercise").items() if name.startswith("keys/")}
    assert [name for name, data in keys.items() for word in EVERYTHING if word.encode() in data] == []
    assert stat.S_IMODE((tmp_path / "exercise" / "keys" / "vault.sqlite3").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "exercise" / "keys").stat().st_mode) == 0o700


def test_the_values_are_there_to_be_found(planted: Desk) -> None:
    said = repr([value.value for row in models.Disclosed.objects.using(planted.alias).values_list("sid", flat=True)
                 for _, _, value in vault.disclosures(planted.alias, row)])  # fmt: skip
    assert [word for word in (SAID, REPORTER, REPLY, NOTE, NAME) if word not in said] == []
    assert vault.blob(planted.alias, evidence_item(NAME, BYTES.encode()).sha256) == BYTES.encode()


# ---- keys


def test_another_master_opens_nothing(planted: Desk, tmp_path: Path) -> None:
    digest = models.Disclosed.objects.using(planted.alias).values_list("digest", flat=True)[0]
    path = str(tmp_path / "exercise" / "keys" / "vault.sqlite3")
    assert len(vault.keys(planted.alias).read([digest])[digest]) == vault.KEY
    with pytest.raises(vault.Unreadable, match="another one"):
        vault.Keys(path, bytes(32)).read([digest])


def test_a_lost_vault_leaves_values_that_nobody_reads(planted: Desk, tmp_path: Path) -> None:
    sid = models.Disclosed.objects.using(planted.alias).filter(name="report").values_list("sid", flat=True)[0]
    assert vault.disclosures(planted.alias, sid) != ()
    names = list(models.Disclosed.objects.using(planted.alias).values_list("digest", flat=True))
    vault.keys(planted.alias).destroy(names)
    assert vault.disclosures(planted.alias, sid) == ()
    assert filed.holding(tmp_path / "exercise" / "keys", *(name.encode() for name in names)) == []


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604])
def test_a_master_that_others_may_read_opens_nothing(tmp_path: Path, mode: int) -> None:
    (tmp_path / "keys").mkdir()
    secret = tmp_path / "keys" / "vault.secret"
    secret.write_text("ab" * 32 + "\n", encoding="ascii")
    secret.chmod(0o600)
    assert vault._master(str(tmp_path), "example.org/x") == bytes.fromhex("ab" * 32)
    secret.chmod(mode)
    with pytest.raises(vault.Unreadable, match="chmod 600"):
        vault._master(str(tmp_path), "example.org/x")


def test_a_value_in_anothers_row_is_not_read_as_that_one(planted: Desk) -> None:
    rows = list(models.Disclosed.objects.using(planted.alias).filter(name="report").order_by("digest")[:2])
    assert len(rows) == 2
    models.Disclosed.objects.using(planted.alias).filter(digest=rows[0].digest).update(data=bytes(rows[1].data))
    with pytest.raises(vault.Unreadable, match="was changed"):
        vault.disclosures(planted.alias, rows[0].sid)


def test_a_key_that_is_there_is_never_replaced(planted: Desk) -> None:
    keys = vault.keys(planted.alias)
    first = keys.fresh(["a", "b"])
    assert keys.fresh(["a", "c"])["a"] == first["a"]
    assert len({*first.values(), *keys.fresh(["c"]).values()}) == 3


# ---- rows


def test_other_bytes_under_the_same_name_are_another_row(planted: Desk) -> None:
    alias, other = planted.alias, b"other bytes"
    one, two = evidence_item(NAME, BYTES.encode()), evidence_item(NAME, other)
    assert (vault.keep_blob(alias, one.data), vault.keep_blob(alias, other)) == (False, True)
    assert vault.keep_blob(alias, other) is False
    assert (vault.blob(alias, one.sha256), vault.blob(alias, two.sha256)) == (one.data, other)
    assert models.Blob.objects.using(alias).count() == 2


def test_a_value_is_written_once(planted: Desk) -> None:
    value = Disclosure(bytes(16), "report", {"text": "first"})
    vault.keep_all(planted.alias, [("s" * 43, [Released(value, "R3")])])
    before = bytes(models.Disclosed.objects.using(planted.alias).get(digest=value.digest).data)
    vault.keep_all(planted.alias, [("t" * 43, [Released(value, "R0")])])
    row = models.Disclosed.objects.using(planted.alias).get(digest=value.digest)
    assert (row.sid, row.level, bytes(row.data)) == ("s" * 43, "R3", before)
    assert vault.disclosures(planted.alias, "s" * 43) == (("s" * 43, (("R3", ""),), value),)


def test_a_crash_between_key_and_row_leaves_nothing_harmful(planted: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The key is durable first: left alone it opens nothing, and the next attempt takes it up."""
    alias, data = planted.alias, b"a file that comes twice"
    sha256 = evidence_item("x", data).sha256
    value = Disclosure(bytes(range(16)), "report", {"text": "again"})

    def broken(*args: object, **more: object) -> None:
        raise DatabaseError("the disk is full")

    with monkeypatch.context() as patch:
        manager = type(models.Blob.objects)
        patch.setattr(manager, "create", broken)
        patch.setattr(manager, "bulk_create", broken)
        patch.setattr(type(models.Blob.objects.using(alias)), "create", broken)
        patch.setattr(type(models.Blob.objects.using(alias)), "bulk_create", broken)
        with pytest.raises(DatabaseError):
            vault.keep_blob(alias, data)
        with pytest.raises(DatabaseError):
            vault.keep_all(alias, [("s" * 43, [Released(value, "R3")])])
    keys = vault.keys(alias).read([sha256, value.digest])
    assert set(keys) == {sha256, value.digest}
    with pytest.raises(LookupError):
        vault.blob(alias, sha256)
    assert vault.disclosures(alias, "s" * 43) == ()
    assert vault.keep_blob(alias, data) is True
    vault.keep_all(alias, [("s" * 43, [Released(value, "R3")])])
    assert (vault.blob(alias, sha256), vault.disclosures(alias, "s" * 43)[0][2]) == (data, value)
    assert vault.keys(alias).read([sha256, value.digest]) == keys


def test_erasing_twice_or_what_is_not_there_changes_nothing(planted: Desk) -> None:
    sid = models.Disclosed.objects.using(planted.alias).filter(name="report").values_list("sid", flat=True)[0]
    digests = [value.digest for _, _, value in vault.disclosures(planted.alias, sid)]
    for _ in range(2):
        vault.lock(planted.alias, [*digests, "x" * 43])
        vault.erase(planted.alias, [*digests, "x" * 43])
        assert vault.disclosures(planted.alias, sid) == ()
        assert vault.still_there(planted.alias, digests) == []
        assert {row[1] for row in vault.erased(planted.alias, sid)} == set(digests)
