"""`tiga import` of a research dataset's file, as called: known by its heading, and read again when the zone was lacking."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.store.called import play, tiga
from tiga.cli import importing
from tiga.intake.sheets import grid
from tiga.intake.ucdp import archive

HEADING = "id,type_of_violence,conflict_name,side_a,side_b,country,date_start,date_end,low,best,high"
ROWS = (
    "101,1,Exercise,Government of Party-1,Party-2 Guard,Party-1,2026-01-05,2026-01-05,1,2,2",
    "102,1,Exercise,Government of Party-1,Party-2 Guard,Party-2,2026-01-06,2026-01-06,0,1,1",
)


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return play(tmp_path_factory.mktemp("played"))


def test_a_dataset_goes_in_once_its_zones_are_stated_and_a_revision_is_a_new_version(played: Path) -> None:
    def numbers(*words: str) -> tuple[int, list[str]]:
        done = tiga(played, "import", "events.csv", "--record", "exercise", *words)
        assert done.err == []
        return done.code, [line.rsplit(" ", 1)[1] for line in done.out[:4]]

    path = played / "events.csv"
    path.write_text("\n".join([HEADING, *ROWS]), encoding="utf-8")
    assert numbers() == (1, ["0", "0", "0", "1"])
    assert numbers("--zone", "Party-1=UTC") == (1, ["1", "0", "0", "1"])
    assert numbers("--zone", "Party-1=UTC", "--zone", "+00:30") == (0, ["1", "0", "1", "0"])
    path.write_text("\n".join([HEADING, ROWS[1].replace("0,1,1", "1,1,1"), ROWS[0]]), encoding="utf-8")
    assert numbers("--zone", "Party-1=UTC", "--zone", "+00:30") == (0, ["0", "1", "1", "0"])


def test_no_file_is_cut_before_an_adapter_can_say_that_it_is_too_large() -> None:
    assert max(grid.FILE_BYTES_LIMIT, archive.FILE_BYTES_LIMIT) == importing.FILE_LIMIT
