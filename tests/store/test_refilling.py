"""A log that was rolled back, refilled from mirrors: the same entries, the same heads, byte for byte."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest

from tests.store.called import play, tiga

RECORD = "exercise"


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A played record, an early copy of it, exports for a mediator and for a party, and more entries after the copy."""
    base = tmp_path_factory.mktemp("refill")
    live = base / "live"
    live.mkdir()
    play(live)
    for name, reader in (("whole", "mediator:mediator-1"), ("partly", "public")):
        done = tiga(live, "export", "--record", RECORD, str(base / name), "--reader", reader)
        assert done.code == 0, done.err
    return base


def rolled_back(base: Path, name: str, keep: int) -> Path:
    """A copy of the record whose log was cut to `keep` entries, as an old backup is; the guard stays."""
    place = base / name
    shutil.copytree(base / "live", place)
    database = next(place.rglob(f"{RECORD}/record.sqlite3"))
    with sqlite3.connect(database) as base_:
        base_.execute("DELETE FROM entry WHERE idx >= ?", (keep,))
        base_.execute("DELETE FROM thread WHERE idx >= ?", (keep,))
        base_.execute("DELETE FROM cosig WHERE size > ?", (keep,))
        base_.execute("UPDATE head SET size = ?, checkpoint = ?", (keep, checkpoint(place, keep)))
    return place


def checkpoint(place: Path, size: int) -> bytes:
    """The head that the log's key signed at a size."""
    from tiga.record.checkpoints import Checkpoint
    from tiga.record.notes import sign_note
    from tiga.record.tree import root_of
    from tiga.store.keys import demo_keyring

    origin = f"tiga.example/{RECORD}"
    database = next(place.rglob(f"{RECORD}/record.sqlite3"))
    with sqlite3.connect(database) as base:
        leaves = [bytes(leaf) for (leaf,) in base.execute("SELECT leaf FROM entry WHERE idx < ? ORDER BY idx", (size,))]
    text = Checkpoint(origin, size, root_of(leaves)).text()
    return sign_note(text, [demo_keyring((origin,)).signer(origin)])


def head(place: Path) -> tuple[int, bytes]:
    with sqlite3.connect(next(place.rglob(f"{RECORD}/record.sqlite3"))) as base:
        size, note = base.execute("SELECT size, checkpoint FROM head").fetchone()
    return size, bytes(note)


def test_a_rolled_back_record_is_refused_and_refilled(folders: Path) -> None:
    place = rolled_back(folders, "back", 40)
    ill = tiga(place, "doctor", "--record", RECORD)
    assert (ill.code, any("--refill" in row for row in ill.out)) == (1, True)
    well = tiga(place, "doctor", "--record", RECORD, "--refill", str(folders / "whole"))
    assert (well.code, well.err) == (0, [])
    assert head(place) == head(folders / "live")
    assert tiga(place, "rebuild", "--check", "--record", RECORD).code == 0


def test_a_mirror_that_lacks_entries_is_not_enough_and_leaves_the_record_as_it_was(folders: Path) -> None:
    place = rolled_back(folders, "lacking", 60)
    before = head(place)
    ill = tiga(place, "doctor", "--record", RECORD, "--refill", str(folders / "partly"))
    assert (ill.code, head(place)) == (1, before)
    assert "No mirror has the bytes of entry" in ill.err[0]
    both = tiga(
        place, "doctor", "--record", RECORD, "--refill", str(folders / "partly"), "--refill", str(folders / "whole")
    )
    assert (both.code, head(place)) == (0, head(folders / "live"))


def test_a_changed_mirror_is_refused(folders: Path) -> None:
    place = rolled_back(folders, "changed", 50)
    other = folders / "other"
    shutil.copytree(folders / "whole", other)
    for path in (other / "tile" / "entries").rglob("*"):
        if path.is_file():
            path.write_bytes(path.read_bytes().replace(b"A family tie to a witness", b"A family tie to a mission"))
    before = head(place)
    ill = tiga(place, "doctor", "--record", RECORD, "--refill", str(other))
    assert (ill.code, head(place)) == (1, before)
    assert "does not lead to the head" in ill.err[0]
