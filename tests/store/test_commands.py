"""Commands on records on disk, each in its own process, as called: import, dossier, verify, rebuild, explain."""

from __future__ import annotations

import csv
import json
import re
import shutil
import sqlite3
import zipfile
from pathlib import Path

import pytest

from tests.bare import CODE, EXTRAS
from tests.store.called import ROOT, Done, alone, play, run, tiga
from tiga.record.container import pack, unpack
from tiga.values.names import printed_number
from tiga.values.words import say

FAULTY = ROOT / "samples" / "exercise-faulty.csv"


def verify(path: Path, *words: object) -> Done:
    """`tiga verify` in this process: it needs no settings and leaves nothing behind."""
    return alone("verify", path, *words)


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return play(tmp_path_factory.mktemp("played"))


@pytest.fixture
def played(original: Path, tmp_path: Path) -> Path:
    """A copy of both records that a test may change."""
    return Path(shutil.copytree(original, tmp_path / "records"))


@pytest.fixture(scope="module")
def cases(original: Path) -> dict[str, str]:
    return dict(json.loads((original / "cases.json").read_text()))


@pytest.fixture(scope="module")
def dossiers(original: Path, cases: dict[str, str]) -> dict[str, Path]:
    """The dossiers of the two decided cases, by letter."""
    made = {}
    for letter in ("a", "b"):
        made[letter] = original / f"{letter}.zip"
        done = tiga(original, "dossier", cases[letter], "--record", "exercise", "--out", made[letter])
        assert (done.code, done.err) == (0, [])
    return made


# ---- dossier and verify


def test_a_dossier_is_named_by_the_record_and_the_case_and_marked_an_exercise(played: Path, cases) -> None:
    number = printed_number("C", cases["a"])
    done = tiga(played, "dossier", number, "--record", "exercise")
    (made,) = played.glob("*.zip")
    assert (done.code, made.name) == (0, f"EXERCISE-tiga.example-{number}.zip")
    assert done.out == [
        f"{number}: written to {made.name}, bytes: {made.stat().st_size}",
        "It was made for the secretariat and holds values that others may not read. Parties take their own from the "
        "case's page.",
        f"To check it: tiga verify {made.name} --exercise",
    ]
    assert (made.stat().st_mode & 0o777, list(played.glob("*.part"))) == (0o600, [])


def test_an_undecided_case_and_an_unknown_one_have_no_dossier(played: Path, cases) -> None:
    undecided = tiga(played, "dossier", cases["c"], "--record", "exercise")
    unknown = tiga(played, "dossier", "C-0000-0000", "--record", "exercise")
    assert (undecided.code, unknown.code, list(played.glob("*.zip"))) == (1, 2, [])
    assert sorted(unknown.err[0].split("There are: ")[1].rstrip(".").split(", ")) == sorted(
        printed_number("C", sid) for sid in cases.values()
    )


@pytest.mark.parametrize("letter", ["a", "b"])
def test_a_dossier_verifies_without_settings(dossiers, letter: str) -> None:
    done = verify(dossiers[letter], "--exercise")
    assert (done.code, done.err, done.out[-1].split(".")[0]) == (0, [], "VERIFIED")


def test_the_second_case_counts_the_first_as_a_precedent_and_says_that_it_stands_elsewhere(dossiers) -> None:
    text = " ".join(verify(dossiers["b"], "--exercise").out)
    told = [
        row.split(": ", 1)[1] for row in re.findall(r"(?<![0-9A-Z])M-[0-9A-Z-]+: .*?\.(?= +[A-Z]-| +Grouping)", text)
    ]
    assert told == [
        "of another case, here as a precedent. Not recomputed: that case's own dossier holds what it rests on.",
        "recomputed, the same. Findings it rests on: 2. Violations counted before it: 1.",
    ]


def test_an_exercise_is_refused_unless_asked_for(dossiers) -> None:
    done = verify(dossiers["a"])
    assert (done.code, done.out[0]) == (1, "REFUSED. This dossier does not hold.")


@pytest.mark.parametrize("way", ["text", "file", "keys", "policy"])
def test_the_log_key_is_taken_as_text_and_from_a_file(dossiers, way: str, tmp_path: Path) -> None:
    keys = unpack(dossiers["a"].read_bytes())["keys"].decode()
    vkey = keys.splitlines()[0]
    path = tmp_path / "log.key"
    path.write_text({"keys": keys, "policy": f"# a policy\n\nlog {vkey} mirror\n"}.get(way, f"{vkey}\n"))
    done = verify(dossiers["a"], "--exercise", "--log-key", vkey if way == "text" else path)
    assert (done.code, done.out[2]) == (0, "Keys: the log's key is the one you gave.")


def test_another_logs_key_refuses_the_dossier(dossiers) -> None:
    other = unpack(dossiers["a"].read_bytes())["keys"].decode().splitlines()[1]
    done = verify(dossiers["a"], "--exercise", "--log-key", other)
    assert (done.code, done.out[0]) == (1, "REFUSED. This dossier does not hold.")


def test_with_nothing_installed_the_verdict_and_the_explanation_are_the_same(dossiers) -> None:
    fast = verify(dossiers["a"], "--exercise", "--explain")
    words = ("verify", dossiers["a"], "--exercise", "--explain")
    bare = run("-I", "-c", CODE, EXTRAS, ROOT / "src", *words, folder=dossiers["a"].parent)
    assert (bare.code, bare.out, bare.err) == (fast.code, fast.out, fast.err)
    assert fast.code == 0


def test_a_flipped_byte_of_any_member_is_refused_by_name(dossiers, tmp_path: Path) -> None:
    """One byte in the middle of each kind of member; an entry's refusal names its act."""
    data = dossiers["a"].read_bytes()
    with zipfile.ZipFile(dossiers["a"]) as file:
        wanted = ("checkpoint", "entries/00000002.note", "entries/00000002.tlog-proof", "agreement/")
        infos = [next(info for info in file.infolist() if info.filename.startswith(name)) for name in wanted]
        act = json.loads(file.read("entries/00000002.note").split(b"\n")[0])["act"]
    told = []
    for info in infos:
        at = info.header_offset + 30 + len(info.filename) + info.file_size // 2
        path = tmp_path / "flipped.zip"
        path.write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
        done = verify(path, "--exercise")
        told.append((done.code, done.out[0], info.filename in done.out[1], len(done.err)))
    assert told == [(1, "REFUSED. This dossier does not hold.", True, 0)] * len(infos)
    at = infos[1].header_offset + 30 + len(infos[1].filename) + infos[1].file_size // 2
    path.write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
    assert f"act {act};" in verify(path, "--exercise").out[1]


def test_an_agreement_that_is_left_out_leaves_the_measure_unconfirmed(dossiers, tmp_path: Path) -> None:
    """A dossier made whole again without its agreement: nothing is forged, yet the measure cannot be recomputed."""
    members = unpack(dossiers["a"].read_bytes())
    index = json.loads(members["DOSSIER.json"])
    for name in [name for name in members if name.startswith("agreement/")]:
        del members[name], index["files"][name]
    text = json.dumps(index, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    path = tmp_path / "without.zip"
    path.write_bytes(pack({**members, "DOSSIER.json": text.encode() + b"\n"}))
    done = verify(path, "--exercise")
    assert (done.code, done.err, done.out[-1].split(".")[0]) == (1, [], "NOT CONFIRMED")


# ---- import


def test_a_faulty_sheet_goes_in_but_for_three_rows_and_once_only(played: Path) -> None:
    first = tiga(played, "import", FAULTY, "--record", "press", "--faults", "out.csv")
    assert (first.code, first.err, first.out[:4]) == (
        1,
        [],
        ["New reports: 2", "New versions of known reports: 0", "Unchanged: 0", "Rows set aside: 3"],
    )
    assert [row.split(":")[0].strip() for row in first.out[4:7]] == [
        "exercise-faulty.csv, row 3, column zone",
        "exercise-faulty.csv, row 4, column acts",
        "exercise-faulty.csv, row 5, column lat",
    ]
    with (played / "out.csv").open(encoding="utf-8-sig", newline="") as file:
        assert [row["fault_row"] for row in csv.DictReader(file)] == ["3", "4", "5"]
    again = tiga(played, "import", FAULTY, "--record", "press")
    assert (again.code, again.out[:5]) == (
        1,
        ["exercise-faulty.csv was received before, byte for byte. Nothing was changed.",
         "New reports: 0", "New versions of known reports: 0", "Unchanged: 2", "Rows set aside: 3"],
    )  # fmt: skip


def test_a_changed_row_is_a_new_version_and_the_rest_is_unchanged(played: Path) -> None:
    text = (ROOT / "samples" / "press-reports.csv").read_text(encoding="utf-8")
    lines = text.splitlines(keepends=True)
    assert tiga(played, "import", ROOT / "samples" / "press-reports.csv", "--record", "press").code == 0
    changed = played / "changed.csv"
    source = next(csv.reader([lines[-1]]))[2]
    lines[-1] = lines[-1].replace(source, source + " (corrected)", 1)
    changed.write_text("".join(lines), encoding="utf-8", newline="")
    done = tiga(played, "import", changed, "--record", "press")
    assert (done.code, done.out) == (
        0,
        [
            "New reports: 0",
            "New versions of known reports: 1",
            f"Unchanged: {len(rows(text)) - 1}",
            "Rows set aside: 0",
        ],
    )


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(text.splitlines()))


def test_a_map_feeds_other_headings_and_a_bad_map_is_a_wrong_call(played: Path) -> None:
    with FAULTY.open(encoding="utf-8", newline="") as file:
        good = next(csv.DictReader(file))
    fields = {name: value for name, value in good.items() if value}
    (played / "map.json").write_text(json.dumps({"name": "other", "columns": {f"col {name}": name for name in fields}}))
    with (played / "other.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([[f"col {name}" for name in fields], fields.values()])
    done = tiga(played, "import", "other.csv", "--record", "press", "--map", "map.json")
    assert (done.code, done.out[0]) == (0, "New reports: 1")
    for text in ("[]", "{", '{"name": "x", "columns": {"a": "nowhere"}}'):
        (played / "map.json").write_text(text)
        done = tiga(played, "import", "other.csv", "--record", "press", "--map", "map.json")
        assert (done.code, done.err[0].startswith("map.json cannot be used as a column map: ")) == (2, True)


def test_a_party_cannot_import_reports_for_another_and_is_told_the_remedy(played: Path) -> None:
    sample = ROOT / "samples" / "press-reports.csv"
    done = tiga(played, "import", sample, "--record", "exercise", "--as", "liaison/1")
    count = len(rows(sample.read_text(encoding="utf-8")))
    assert (done.code, done.err, done.out[0], done.out[3]) == (
        1, [], "New reports: 0", f"Rows set aside: {count}",
    )  # fmt: skip
    words = [say(f"refusal.other_party.{part}", party="party-1") for part in ("text", "remedy")]
    told = " ".join(words).translate({0x2068: None, 0x2069: None})
    assert done.out[4] == f"  press-reports.csv, row 2: {told}"


def test_a_key_that_is_not_there_and_a_record_that_is_not_there_are_wrong_calls(played: Path) -> None:
    key = tiga(played, "import", FAULTY, "--record", "press", "--as", "liaison/1")
    record = tiga(played, "import", FAULTY, "--record", "nowhere")
    sheet = tiga(played, "import", "nothing.csv", "--record", "press")
    assert (key.code, key.err) == (
        2,
        ["The record has no key liaison/1 in this server's custody. There are: mediator/1, mediator/2, monitor/1, "
         "registrar, secretariat/1."],
    )  # fmt: skip
    assert (record.err, sheet.code) == (["tiga: no record 'nowhere'; there are: press, exercise"], 2)


# ---- rebuild


def altered(played: Path, sql: str) -> None:
    with sqlite3.connect(played / "exercise" / "record.sqlite3") as database:
        assert database.execute(sql).rowcount == 1
    database.close()


def test_rebuilt_equals_live(played: Path) -> None:
    done = tiga(played, "rebuild", "--check", "--record", "exercise")
    assert (done.code, done.err, done.out[-1]) == (0, [], "Rebuilt equals live. Nothing was changed.")


def test_a_row_changed_behind_the_projector_is_named_and_rebuilding_mends_it(played: Path, cases) -> None:
    altered(played, f"UPDATE case_row SET state = 'closed' WHERE sid = '{cases['c']}'")
    found = tiga(played, "rebuild", "--check", "--record", "exercise")
    again = tiga(played, "rebuild", "--check", "--record", "exercise")
    assert (found.code, [row.strip() for row in found.out if "DIFFERS" in row]) == (
        1,
        ["case_row: DIFFERS. Rows before: 3, rebuilt: 3"],
    )
    assert again == found  # the check itself changed nothing
    assert tiga(played, "rebuild", "--record", "exercise").code == 0
    assert tiga(played, "rebuild", "--check", "--record", "exercise").code == 0


def test_a_log_that_was_changed_is_refused_before_anything_is_rebuilt(played: Path) -> None:
    altered(played, "UPDATE entry SET note = (SELECT note FROM entry WHERE idx = 7) WHERE idx = 6")
    done = tiga(played, "rebuild", "--check", "--record", "exercise")
    assert (done.code, done.out, done.err) == (
        1,
        [],
        ["The record exercise cannot be used: entry 6 is not what its leaf was made of. Do not enter anything; "
         "restore it from a copy."],
    )  # fmt: skip


# ---- explain


def test_an_unknown_measure_is_a_wrong_call_and_a_known_one_comes_out_the_same(played: Path) -> None:
    unknown = tiga(played, "explain", "M-0000-0000", "--record", "exercise")
    known = unknown.err[0].translate({0x2068: None, 0x2069: None}).split("There are: ")[1].rstrip(".").split(", ")
    done = tiga(played, "explain", known[0], "--record", "exercise")
    assert (unknown.code, len(known), done.code, done.out[-1]) == (2, 2, 0, "Recomputed from the record: the same.")


# ---- groupings taken out and made again


def test_groupings_are_taken_out_verified_and_made_again(played: Path) -> None:
    file = played / "groupings.zip"
    counted = tiga(played, "fusion", "background", "--record", "exercise")
    taken = tiga(played, "fusion", "take-out", "--record", "exercise", "--as", "liaison/1", "--out", file)
    assert (counted.code, taken.code, file.stat().st_mode & 0o777) == (0, 0, 0o600)
    code = taken.out[0].rsplit(" ", 1)[1]
    again = alone("fusion", "recompute", file, "--exercise")
    assert (again.code, again.out[-1].endswith(f" {code}")) == (0, True)
    assert [row for row in again.out if "the very same bytes" in row] != []
    assert [alone("fusion", "recompute", file).code, alone("fusion", "recompute", played / "none.zip").code] == [1, 2]
    assert alone("fusion", "recompute", file, "--exercise", "--log-key", "nonsense").code == 2
    assert tiga(played, "fusion", "take-out", "--record", "exercise", "--as", "nobody", "--out", file).code == 2
    assert tiga(played, "fusion", "background", "--record", "exercise", "--as", "liaison/1").code == 1
    reader = ("--record", "exercise", "--as", "secretariat/1")
    first = tiga(played, "incident", "list", *reader).out[0].split()[0]
    assert tiga(played, "incident", "why", first, *reader).code == 0
