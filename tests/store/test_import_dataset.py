"""`tiga import` of a research dataset's file, as called: known by its heading, and read again when the zone was lacking."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from tests.store.called import alone, play, tiga
from tiga.cli import importing
from tiga.intake.sheets import grid
from tiga.intake.ucdp import archive
from tiga.record import ed25519, rowproofs
from tiga.record.container import pack, unpack
from tiga.record.verify import verify_dossier
from tiga.values.words import say

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


DETECTED = "latitude,longitude,acq_date,acq_time,satellite,confidence,frp"
HOT = (
    "0.125,-0.5,2026-01-04,432,N21,n,8.4",
    "0.25,-0.5,2026-01-04,20,VIIRS_NOAA21_NRT,h,9",
    "0.125,-0.5,2026-01-04,0432,N21,,8",
)


def test_detections_become_one_dataset_that_is_entered_once(played: Path) -> None:
    path = played / "hot.csv"
    path.write_text("\n".join([DETECTED, *HOT, "9,9,2026-01-04,9999,N,n,1"]), encoding="utf-8")
    words = ("import", "hot.csv", "--record", "exercise", "--as", "monitor/1")
    tried = tiga(played, *words, "--dry-run")
    assert (tried.code, tried.err, tried.out[0]) == (1, [], "Detections: 2. Rows that told one of them again: 1.")
    assert tried.out[2:4] == ["Dry run: nothing was entered.", "Rows set aside: 1"]
    path.write_text("\n".join([DETECTED, *HOT]), encoding="utf-8")
    done = tiga(played, *words)
    assert (done.code, done.out[1], done.out[2].startswith("Entered as dataset Q-")) == (0, tried.out[1], True)
    number, sid = done.out[2].split()[3], done.out[2].split("(")[1].rstrip(")")
    again = tiga(played, *words)
    assert (again.code, again.out[2]) == (0, f"These rows of this source are on the record ({sid}).")
    path.write_text("\n".join([DETECTED, HOT[0].replace("8.4", "8.5"), HOT[1]]), encoding="utf-8")
    assert tiga(played, *words, "--supersedes", number).code == 0
    listed = tiga(played, "act", "dataset", "--record", "exercise", "--as", "monitor/1").out
    assert sorted(line.split("  ")[2] for line in listed) == ["stands", "superseded"]
    path.write_text("\n".join([DETECTED, HOT[0].replace("8.4", "8.6"), HOT[1]]), encoding="utf-8")
    refused = tiga(played, *words, "--supersedes", "Q-0000")
    assert (refused.code, refused.out[2]) == (1, "Rows set aside: 1")
    path.write_text("Invalid MAP_KEY.", encoding="utf-8")
    words_of_the_service = "The service sent a text in place of detections: Invalid MAP_KEY."
    assert [words_of_the_service in line for line in tiga(played, *words).out[-1:]] == [True]


ELSEWHERE = (
    "1.5,2.5,2026-01-06,100,N21,n,5",
    "1.5,2.5,2026-01-06,200,N21,n,6",
    "1.5,2.5,2026-01-06,300,N21,n,7",
    "1.5,2.5,2026-01-07,300,N21,n,7.5",
    "1.5,2.5,2026-01-08,300,N21,n,8",
)


def entered(played: Path, name: str, *rows: str) -> str:
    """The printed number of a dataset of these detections."""
    (played / name).write_text("\n".join([DETECTED, *rows]), encoding="utf-8")
    done = tiga(played, "import", name, "--record", "exercise", "--as", "monitor/1")
    assert done.code == 0
    return done.out[2].split()[3]


def test_a_row_of_a_dataset_is_proven_to_whoever_holds_no_other(played: Path, tmp_path: Path) -> None:
    number, other = entered(played, "one.csv", *ELSEWHERE), entered(played, "two.csv", ELSEWHERE[0], ELSEWHERE[2])
    prove = ("dataset", "prove", number, "--record", "exercise")
    made = tiga(played, *prove, "--row", "3")
    path = played / f"EXERCISE-{number}-row-3.zip"
    assert (made.code, made.err, path.is_file()) == (0, [], True)
    assert made.out[1:] == [
        "The dataset was entered at level R1. Give the row to nobody who may not read it: the proof holds it.",
        f"To check it: tiga dataset check {path.name} --exercise",
    ]
    assert (
        path.read_bytes().count(b'"frp_kw":') == path.read_bytes().count(b'"frp_kw":7000') == 1
    )  # no other row is in it
    checked = alone("dataset", "check", path, "--exercise")
    assert (checked.code, checked.err) == (0, [])
    assert checked.out[-1] == f"PROVEN: this is row 3 of {number}."
    assert [line.split(": ", 1)[0] for line in checked.out if '"frp_kw"' in line] == ["  3"]
    again = tiga(played, *prove, "--has", "2026-01-07", "--out", "named.zip")
    assert (again.code, alone("dataset", "check", played / "named.zip", "--exercise").out[-1]) == (
        0, f"PROVEN: this is row 4 of {number}.",
    )  # fmt: skip
    inner = unpack(path.read_bytes())
    (tmp_path / "d.zip").write_bytes(inner[rowproofs.DOSSIER])
    assert alone("verify", tmp_path / "d.zip", "--exercise").code == 0
    foreign = rowproofs.parse(path.read_bytes())
    tiga(played, "dataset", "prove", other, "--record", "exercise", "--row", "2", "--out", "two.zip")
    theirs = rowproofs.parse((played / "two.zip").read_bytes())
    changed = foreign.row.replace(b'"frp_kw":7000', b'"frp_kw":7001')
    assert changed != foreign.row
    table = (
        (replace(foreign, row=changed), "NOT PROVEN. This is not row 3 of the 5 rows under the root of the entry: the row, "
         "its number or its path is another."),
        (replace(foreign, index=3), "NOT PROVEN. This is not row 4 of the 5 rows under the root of the entry: the row, its "
         "number or its path is another."),
        (replace(foreign, index=5), "There is no row 6: the dataset has 5."),
        (replace(foreign, dossier=theirs.dossier), f"The dossier of the proof holds no dataset {foreign.table}."),
        (replace(foreign, dossier=theirs.dossier, table=theirs.table, index=1), "NOT PROVEN. This is not row 2 of the 2 rows "
         "under the root of the entry: the row, its number or its path is another."),
        (replace(foreign, table=_charter(foreign.dossier)), "The dossier of the proof holds no dataset "
         f"{_charter(foreign.dossier)}."),
    )  # fmt: skip
    for proof, said in table:
        (tmp_path / "p.zip").write_bytes(proof.encode())
        done = alone("dataset", "check", tmp_path / "p.zip", "--exercise")
        assert (done.code, done.out, done.err) == (1, [], [said])


def _charter(dossier: bytes) -> str:
    """The statement of a dossier's first entry, which is no dataset's."""
    return verify_dossier(dossier, ed25519.verify, exercise=True).entries[0].sid


def test_a_proof_of_a_row_is_refused_like_a_dossier_where_its_record_is_another(played: Path, tmp_path: Path) -> None:
    number = entered(played, "three.csv", ELSEWHERE[1], ELSEWHERE[2])
    out = ("--record", "exercise", "--out", "three.zip")
    assert tiga(played, "dataset", "prove", number, "--row", "1", *out).code == 0
    assert tiga(played, "dataset", "prove", number, "--row", "2", *out).code == 2  # nothing is written over
    path = played / "three.zip"
    live = alone("dataset", "check", path)
    assert (live.code, live.err) == (1, ["This is an exercise (tiga.example/exercise). To check an exercise, ask for it: "
                                         "--exercise."])  # fmt: skip
    proof = rowproofs.parse(path.read_bytes())
    keys = unpack(proof.dossier)["keys"].decode().splitlines()
    known = alone("dataset", "check", path, "--exercise", "--log-key", keys[0])
    taken = [line for line in known.out if line.startswith("Keys: taken from the proof itself.")]
    assert (known.code, taken) == (0, [])
    other = alone("dataset", "check", path, "--exercise", "--log-key", keys[1])
    assert (other.code, other.out, len(other.err)) == (1, [], 1)
    members = unpack(proof.dossier)
    name = max(name for name in members if name.endswith(".note"))
    flipped = members | {name: members[name].replace(b'"rows":2', b'"rows":3')}
    (tmp_path / "p.zip").write_bytes(replace(proof, dossier=pack(flipped)).encode())
    assert alone("dataset", "check", tmp_path / "p.zip", "--exercise").code == 1
    absent = [tiga(played, "dataset", "prove", *words, "--record", "exercise") for words in (
        ("Q-0000", "--row", "1"), (number, "--row", "3"), (number, "--row", "0"), (number, "--has", "2026-01-06"),
    )]  # fmt: skip
    assert [(one.code, one.out, one.err[0].split(" (")[0][:40]) for one in absent] == [
        (1, [], "There is no dataset Q-0000 on this recor"), (1, [], "There is no row 3: the dataset has 2."),
        (1, [], "There is no row 0: the dataset has 2."), (1, [], "Rows that hold 2026-01-06: 2"),
    ]  # fmt: skip


EVENTS = "event_id_cnty,event_date,event_type,country,fatalities,notes,timestamp"


def test_a_release_that_is_called_complete_withdraws_and_a_list_of_deletions_too(played: Path) -> None:
    def done(name: str, *words: str) -> list[str]:
        found = tiga(played, "import", name, "--record", "exercise", *words)
        assert (found.code, found.err) == (0, [])
        return found.out

    rows = [f"EXE{n},2026-01-0{n},Battles,Party-1,{n},EXERCISE.,1767700000" for n in range(1, 5)]
    (played / "a.csv").write_text("\n".join([EVENTS, *rows]), encoding="utf-8")
    assert done("a.csv", "--zone", "UTC")[:4] == ["New reports: 4", "New versions of known reports: 0", "Unchanged: 0",
                                                   "Rows set aside: 0"]  # fmt: skip
    (played / "b.csv").write_text("\n".join([EVENTS, rows[0], *rows[2:]]), encoding="utf-8")
    tried = done("b.csv", "--zone", "UTC", "--complete", "--dry-run")
    assert tried[0] == "Dry run: nothing was entered."
    assert tried[-1] == "Reports withdrawn, because their source took them back: 1"
    assert done("b.csv", "--zone", "UTC")[-1] == (
        "Reports in the file's countries and days that it does not hold: 1. None was withdrawn; say --complete if the file "
        "holds all."
    )
    assert (
        done("b.csv", "--zone", "UTC", "--complete")[-1] == "Reports withdrawn, because their source took them back: 1"
    )
    (played / "gone.json").write_text('{"data": [{"event_id_cnty": "EXE3", "deleted_timestamp": 1}]}', encoding="utf-8")
    assert done("gone.json")[-1] == "Reports withdrawn, because their source took them back: 1"
    assert done("gone.json")[0] == "gone.json was received before, byte for byte. Nothing was changed."


def test_a_root_over_a_releases_rows_is_entered_beside_its_reports(played: Path) -> None:
    def done(*rows: str, more: tuple[str, ...] = ()) -> list[str]:
        (played / "rooted.csv").write_text("\n".join([EVENTS, *rows]), encoding="utf-8")
        words = ("--record", "exercise", "--zone", "UTC", "--with-root", *more)
        found = tiga(played, "import", "rooted.csv", *words)
        assert (found.code, found.err) == (0, [])
        return found.out

    rows = [f"ROO{n},2026-01-0{n},Battles,Party-1,{n},EXERCISE.,1767700000" for n in range(1, 5)]
    tried = done(*rows, more=("--dry-run",))
    assert [line.split(": ")[0] for line in tried[:3]] == ["Root over the rows", "Dry run", "New reports"]
    first = done(*rows)
    assert (first[0], first[2]) == (tried[0], "New reports: 4")
    number, sid = first[1].split()[3], first[1].split("(")[1].rstrip(")")
    known = f"These rows of this source are on the record ({sid})."
    assert done(*rows)[:2] == [tried[0], known]
    assert done(*reversed(rows))[:2] == [tried[0], known]  # the order of rows changes nothing
    out = ("--record", "exercise", "--out", "rooted.zip")
    assert tiga(played, "dataset", "prove", number, "--has", "acled-ROO3", *out).code == 0
    proof = rowproofs.parse((played / "rooted.zip").read_bytes())
    row = json.loads(proof.row)
    assert (row["report_id"], row["source"], row["when"]["local"]) == ("acled-ROO3", "ACLED", "2026-01-03")
    checked = alone("dataset", "check", played / "rooted.zip", "--exercise")
    assert (checked.code, checked.out[-1]) == (0, f"PROVEN: this is row 3 of {number}.")
    later = done(rows[0], rows[1].replace(",2,", ",5,"), *rows[2:], more=("--supersedes", number))
    assert (later[0] != tried[0], later[1].startswith("Entered as dataset Q-"), later[3]) == (
        True, True, "New versions of known reports: 1",
    )  # fmt: skip


MAP = """{"name": "log", "columns": {"No.": "report_id", "When": "asserted_start", "Where": "toponym", "Text": "account"},
 "defaults": {"channel": "media", "source": "EXERCISE log", "language": "en"}, "zone": "UTC"}"""


def test_a_column_map_is_kept_by_name_and_used_by_it(played: Path) -> None:
    (played / "log.json").write_text(MAP, encoding="utf-8")
    (played / "log.csv").write_text(
        "No.,When,Where,Text\nlog-1,2026-01-04,Exercise Post,EXERCISE. Shots.\n", encoding="utf-8"
    )
    record = ("--record", "exercise")
    assert tiga(played, "import", "--maps", *record).out == ["No column map is saved."]
    saved = tiga(played, "import", "--map", "log.json", "--save-map", "district log", *record)
    assert (saved.code, saved.out) == (0, ["The column map is kept as district log."])
    assert [line.split("  ")[0] for line in tiga(played, "import", "--maps", *record).out] == ["district log"]
    unknown = tiga(played, "import", "log.csv", "--map", "other", *record)
    assert (unknown.code, unknown.err) == (2, ["There is no file and no saved column map other. Saved: district log."])
    named = tiga(played, "import", "log.csv", "--map", "district log", "--dry-run", *record)
    assert (named.code, named.out[:2]) == (0, ["Dry run: nothing was entered.", "New reports: 1"])
    assert tiga(played, "import", "log.csv", "--map", "district log", *record).out[0] == "New reports: 1"
    (played / "own.csv").write_text("report_id\n", encoding="utf-8")
    assert tiga(played, "import", "own.csv", "--with-root", "--dry-run", *record).out[0] == say("cli.import.no_root")
    assert tiga(played, "import", "log.csv", "--map", "log.json", *record).out[0] == (
        "log.csv was received before, byte for byte. Nothing was changed."
    )
    bad = tiga(played, "import", "--map", "log.json", "--save-map", "<b>", *record)
    assert (bad.code, bad.err) == (2, ["A name of a column map has letters, digits, spaces and . _ -, at most 60."])
    assert tiga(played, "import", *record).err == ["Name a file, or --maps, or --map and --save-map."]


def test_no_file_is_cut_before_an_adapter_can_say_that_it_is_too_large() -> None:
    assert max(grid.FILE_BYTES_LIMIT, archive.FILE_BYTES_LIMIT) == importing.FILE_LIMIT
