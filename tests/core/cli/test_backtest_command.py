"""`tiga backtest` as it is called: what it says, what it never says, and what it answers to a wrong call. All is invented."""

from __future__ import annotations

import csv
import io
import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from tiga.cli.main import main
from tiga.drafts.events import LEFT_OUT
from tiga.drafts.tellings import UNTAKEN
from tiga.mechanism import backtest
from tiga.mechanism.assumptions import CHOICES, FIXED, STAGES, Assumptions
from tiga.values.words import SPOKEN, catalogue, say

ROOT = Path(__file__).parents[3]
DOHA = ROOT / "agreements" / "doha-istanbul-2025" / "agreement.yaml"
SHEET = ROOT / "samples" / "exercise-reports.csv"
NAMES = ("Zanzibula", "Quorthonia", "Mirkwald")
HEADING = (
    "id,country,best,type_of_violence,date_start,date_end,conflict_name,dyad_name,side_a,side_b,deaths_a,deaths_b,"
    "deaths_civilians,deaths_unknown,low,high,source_headline"
)


def event(n: int, day: str, a: str, b: str, dead: tuple[int, int], headline: str = "") -> str:
    total = sum(dead)
    return f"{n},{NAMES[0]},{total},1,{day},{day},{a} - {b},{a} - {b},{a},{b},{dead[0]},{dead[1]},0,0,{total},{total},{headline}"


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A dataset between two invented sides, its sides, and a sheet of our own."""
    a, b = f"Government of {NAMES[0]}", f"{NAMES[1]} Front"
    rows = [event(n, f"2026-01-{n:02}", a, b, (n % 3, n % 2), f"Shelling at {NAMES[2]}") for n in range(1, 25)]
    rows.append(event(90, "2026-02-01", a, "Somebody else", (1, 0)))
    (tmp_path / f"{NAMES[0]}.csv").write_text("\n".join([HEADING, *rows]) + "\n", encoding="utf-8")
    (tmp_path / "sides.toml").write_text(f'side-1 = ["{NAMES[0]}"]\nside-2 = ["{NAMES[1]}"]\n', encoding="utf-8")
    (tmp_path / "sides.csv").write_text(f"side,name\n1,{NAMES[0]}\n2,{NAMES[1]}\n", encoding="utf-8")
    return tmp_path


def called(capsys: pytest.CaptureFixture[str], *words: object, language: str = "en") -> tuple[int, str, str]:
    """Exit code, standard output, standard error."""
    code = main(["--language", language, "backtest", *map(str, words)])
    out, err = capsys.readouterr()
    return code, out, err


def over(
    files: Path, *more: object, agreement: object = "doha-istanbul-2025", sides: str = "sides.toml"
) -> list[object]:
    reports = files / f"{NAMES[0]}.csv"
    return [agreement, "--reports", reports, "--sides", files / sides, "--zone", "UTC", *more]


@pytest.mark.parametrize("language", SPOKEN)
@pytest.mark.parametrize("sides", ["sides.toml", "sides.csv"])
def test_no_name_of_a_side_is_in_any_byte_of_what_comes_out(files: Path, capsys, language: str, sides: str) -> None:
    text = DOHA.read_text(encoding="utf-8")
    renamed = files / "draft.yaml"
    renamed.write_text(text.replace("Private notice", f"Notice to {NAMES[1]}"), encoding="utf-8")
    out = files / "out"
    words = over(files, "--against", "doha-istanbul-2025", "--out", out, agreement=renamed, sides=sides)
    code, told, errors = called(capsys, *words, language=language)
    written = sorted(path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file())
    assert (code, written) == (0, [
        "assumptions.json", "deadlines.csv", "measures.csv", "plots/steps-a.svg", "plots/steps-b.svg",
        "plots/weeks-a.svg", "plots/weeks-b.svg", "table.txt", "weeks.csv",
    ])  # fmt: skip
    secret = (*NAMES, "Islamabad", "Kabul", "اسلام آباد", "کابل", "Fitna al-Khawarij")
    everything = [told, errors, *(path.read_text(encoding="utf-8") for path in out.rglob("*") if path.is_file())]
    assert [name for name in secret for text in everything if name.casefold() in text.casefold()] == []


def test_every_output_begins_by_saying_that_nothing_in_it_is_a_finding(files: Path, capsys) -> None:
    out = files / "out"
    code, told, _ = called(capsys, *over(files, "--out", out))
    note = say("backtest.note")
    assert (code, " ".join(told.split("\n\n")[0].split())) == (0, note)
    assert (out / "table.txt").read_text(encoding="utf-8") + "Files written: 7.\n" == told
    lists = [path.read_bytes().decode("utf-8-sig") for path in sorted(out.glob("*.csv"))]
    assert [next(csv.reader(io.StringIO(text))) for text in lists] == [[note]] * 3
    assert next(iter(json.loads((out / "assumptions.json").read_text(encoding="utf-8")).items())) == ("note", note)
    svgs = [ET.fromstring(path.read_text(encoding="utf-8")) for path in sorted((out / "plots").iterdir())]
    told_in = [svg.find("{http://www.w3.org/2000/svg}desc").text for svg in svgs]  # type: ignore[union-attr]
    assert [text.startswith(say("backtest.note_short")) for text in told_in] == [True, True]  # type: ignore[union-attr]


def test_the_table_stands_beside_itself_with_the_parties_exchanged(files: Path, capsys) -> None:
    _, told, _ = called(capsys, *over(files))
    rows = {line[:24].strip(): line[24:].split() for line in told.splitlines() if re.match(r".{24}( +\d+){4}$", line)}
    assert rows["Party"] == ["1", "2", "1", "2"]
    mirrored = [name for name, cells in rows.items() if name != "Party" and cells[:2] == cells[:1:-1]]
    assert mirrored == [name for name in rows if name != "Party"]
    # by the table of acts: shelling; the side whose opponent alone lost people is accused
    assert (rows["Cases"], rows["serious"]) == (["4", "8", "8", "4"], ["4", "8", "8", "4"])
    assert "With the parties exchanged, everything came out exchanged." in told
    assert [line for line in told.splitlines() if len(line) > 80] == []


def test_two_drafts_stand_side_by_side_in_eighty_columns(files: Path, capsys) -> None:
    text = DOHA.read_text(encoding="utf-8")
    other = files / "other.yaml"
    before, after = "at_least: 3, within: P30D", "at_least: 2, within: P30D"
    assert before in text
    other.write_text(text.replace(before, after, 1), encoding="utf-8")
    code, told, _ = called(capsys, *over(files, "--against", other))
    heads = [line.split() for line in told.splitlines() if line.split()[:2] == ["Draft", "A"] and "B*" in line]
    assert (code, heads) == (0, [["Draft", "A", "Draft", "A*", "Draft", "B", "Draft", "B*"]])
    table = [line for line in told.splitlines() if re.match(r".{24}( +\d+){8}$", line)]
    assert (len(table) > 10, [line for line in table if len(line) != 80]) == (True, [])


def test_the_exercise_sheet_is_tried_by_parties_ids(files: Path, capsys) -> None:
    sides = files / "own.toml"
    sides.write_text('side-1 = ["party-1"]\nside-2 = ["party-2"]\n', encoding="utf-8")
    code, told, _ = called(capsys, "doha-istanbul-2025", "--reports", SHEET, "--sides", sides)
    each, rows, _ = called(capsys, "doha-istanbul-2025", "--reports", SHEET, "--sides", sides, "--assume", "rows=each")
    taken = [
        re.search(r"Reports read from the sheet: (\d+)\. Taken as happenings: (\d+)", text) for text in (told, rows)
    ]
    assert (code, each, [match and match.groups() for match in taken]) == (0, 0, [("12", "5"), ("12", "11")])


def test_a_cell_that_looks_like_a_formula_is_guarded(files: Path, capsys) -> None:
    evil = files / "evil.yaml"
    evil.write_text(DOHA.read_text(encoding="utf-8").replace("clause: M-02", "clause: '=1+1'"), encoding="utf-8")
    out = files / "out"
    code, _, _ = called(capsys, *over(files, "--out", out, agreement=evil))
    rows = list(csv.reader(io.StringIO((out / "deadlines.csv").read_text("utf-8-sig"))))
    clauses = [row[4] for row in rows[2:] if row[1] == "clock"][:2]
    assert (code, clauses) == (0, ["'=1+1", "'=1+1"])


def test_the_numbers_of_the_lists_are_those_of_the_table(files: Path, capsys) -> None:
    out = files / "out"
    called(capsys, *over(files, "--out", out))
    rows = list(csv.DictReader(io.StringIO((out / "measures.csv").read_text("utf-8-sig").split("\n", 1)[1])))
    cases = [(row["run"], row["party"], row["number"]) for row in rows if row["what"] == "cases"]
    assert cases == [
        ("as_accused", "party-1", "4"), ("as_accused", "party-2", "8"), ("exchanged", "party-1", "8"),
        ("exchanged", "party-2", "4"),
    ]  # fmt: skip


def test_the_same_call_gives_the_same_bytes_and_a_period_cuts(files: Path, capsys) -> None:
    first, second = files / "one", files / "two"
    for out in (first, second):
        called(capsys, *over(files, "--out", out))
    assert [path.read_bytes() for path in sorted(first.rglob("*")) if path.is_file()] == [
        path.read_bytes() for path in sorted(second.rglob("*")) if path.is_file()
    ]
    _, told, _ = called(capsys, *over(files, "--from", "2026-01-01", "--until", "2026-01-06"))
    assert "Period: 2026-01-01 to 2026-01-07 (UTC)." in told
    cases = next(line for line in told.splitlines() if line.startswith("Cases"))
    assert cases.split() == ["Cases", "1", "2", "2", "1"]


def test_a_draft_outside_whose_time_all_lies_is_told_with_the_remedy(files: Path, capsys) -> None:
    code, _, errors = called(capsys, *over(files, agreement="slmm-2002"))
    throughout, _, none = called(capsys, *over(files, "--assume", "instruments=throughout", agreement="slmm-2002"))
    assert (code, errors, throughout, none) == (0, say("backtest.all_outside", label="Draft A") + "\n", 0, "")


def test_a_clause_for_one_party_alone_is_said_loudly(files: Path, capsys) -> None:
    text = DOHA.read_text(encoding="utf-8")
    uneven = files / "uneven.yaml"
    before = "    binds: [islamabad, kabul]\n    codes: [H1, H2, H3, H5]"
    assert before in text
    uneven.write_text(text.replace(before, "    binds: [kabul]\n    codes: [H1, H2, H3, H5]", 1), encoding="utf-8")
    code, told, errors = called(capsys, *over(files, agreement=uneven))
    loud = [line.strip().split(":")[0] for line in told.splitlines() if "ATTENTION" in line]
    acts = [line.split()[1] for line in told.splitlines() if line.strip().startswith("Act ")]
    assert (code, loud, acts) == (0, ["ATTENTION"], ["H1", "H2", "H3", "H5"])
    assert errors == "Tried although: The clause P-01 does not bind •••.\n"


def test_a_faulty_row_is_named_without_the_names_and_the_others_are_tried(files: Path, capsys) -> None:
    path = files / f"{NAMES[0]}.csv"
    faulty = event(99, "soon", NAMES[0], NAMES[1], (1, 0))
    path.write_text(f"{path.read_text(encoding='utf-8')}{faulty}\n", encoding="utf-8")
    code, told, errors = called(capsys, *over(files))
    assert (code, errors.splitlines()[0].split(":")[0], "Cases" in told) == (
        1,
        "•••.csv, row 27, column date_start",
        True,
    )
    assert [name for name in NAMES if name in told + errors] == []


@pytest.mark.parametrize(
    ("name", "text", "error"),
    [
        ("s.toml", "side-1 = [", "row 1, column 11"),
        ("s.toml", 'side-1 = ["Zanzibula"]', "must hold side-1 and side-2"),
        ("s.toml", 'side-1 = ["Zanzibula"]\nside-2 = ["Q"]', "side-2 must be a list of texts of at least 2"),
        ("s.toml", 'side-1 = ["Zanzibula"]\nside-2 = []', "at least one part of a name"),
        ("s.csv", "seite,name\n1,Zanzibula\n", "side,name"),
        ("s.csv", "side,name\n1,Zanzibula\n3,Quorthonia\n", "row 3, column side"),
        ("s.csv", "side,name\n1,Zanzibula\n2,\n", "row 3, column name"),
    ],
)
def test_a_faulty_file_of_sides_is_told_by_row_and_column_and_never_repeated(
    files: Path, capsys, name: str, text: str, error: str
) -> None:
    (files / name).write_text(text, encoding="utf-8")
    code, told, errors = called(capsys, *over(files, sides=name))
    assert (code, told, errors.count(error), [one for one in NAMES if one in errors]) == (2, "", 1, [])


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (("--assume", "capacity"), "Write NAME=VALUE"),
        (("--assume", "capacity=0"), "1-100000"),
        (("--assume", "findings=all"), "all_attributed, deadly_only"),
        (("--assume", "mood=good"), "findings, harm, factor"),
        (("--from", "soon"), "take a day"),
        (("--from", "2026-03-01", "--until", "2026-02-01"), "ends before it begins"),
        (("--reports", "nowhere.csv"), "cannot be read or written"),
    ],
)
def test_a_wrong_call_is_answered_with_what_would_be_accepted(files: Path, capsys, words: tuple, error: str) -> None:
    code, told, errors = called(capsys, *over(files, *words))
    assert (code, told, errors.count(error)) == (2, "", 1)


def test_a_dataset_needs_its_sides_and_a_draft_must_be_sound(files: Path, capsys) -> None:
    reports = files / f"{NAMES[0]}.csv"
    code, told, errors = called(capsys, "doha-istanbul-2025", "--reports", reports, "--zone", "UTC")
    assert (code, told, errors) == (2, "", say("backtest.sides.needed") + "\n")
    broken = files / "broken.yaml"
    broken.write_text(DOHA.read_text(encoding="utf-8").replace("zone: PKT", "zone: Mars", 1), encoding="utf-8")
    code, told, errors = called(capsys, *over(files, agreement=broken))
    assert (code, told, errors.split(": ")[1]) == (1, "", "parties[0].zone")


ACLED = (
    "event_id_cnty,event_date,time_precision,event_type,sub_event_type,actor1,inter1,actor2,inter2,country,fatalities"
)
TOLD = (
    "EXE1,2026-01-01,1,Battles,Armed clash,{a},1,{b},2,{a},3",
    "EXE2,2026-01-02,1,Violence against civilians,Attack,{b},2,Civilians,7,{a},2",
    "EXE3,2026-01-03,1,Explosions/Remote violence,Air/drone strike,{a},1,{b},2,{a},0",
    "EXE4,2026-01-04,1,Protests,Peaceful protest,Protesters,6,,,{a},0",
    "EXE5,2026-01-05,1,Battles,Armed clash,{a},1,Somebody else,3,{a},1",
)


def test_an_acled_file_is_a_past_too_and_its_rows_add_up(files: Path, capsys) -> None:
    rows = [row.format(a=NAMES[0], b=NAMES[1]) for row in TOLD]
    (files / f"{NAMES[0]}.csv").write_text("\n".join([ACLED, *rows]) + "\n", encoding="utf-8")
    code, _, errors = called(capsys, *over(files, "--out", files / "out"))
    past = json.loads((files / "out" / "assumptions.json").read_text(encoding="utf-8"))["past"]
    assert (code, errors, past["kind"], past["read"], past["taken"]) == (0, "", "dataset", 5, 3)
    assert past["left_out"] == {"no_fighting": 1, "one_side": 1}


def test_everything_that_can_be_said_has_words() -> None:
    codes = [f"backtest.apart.{code}" for code in backtest.APART] + [f"backtest.fixed.{code}" for code in FIXED]
    codes += [f"backtest.stage.{name}" for name in STAGES] + [f"left_out.{code}" for code in (*LEFT_OUT, *UNTAKEN)]
    for name in Assumptions.__dataclass_fields__:
        codes += [f"backtest.means.{name}_{value}" for value in CHOICES.get(name, ())] or [f"backtest.means.{name}"]
    source = (ROOT / "src/tiga/mechanism/workload.py").read_text(encoding="utf-8")
    codes += [f"backtest.contradiction.{code}" for code in re.findall(r'Contradiction\("(\w+)"', source)]
    texts = catalogue("en").texts
    assert [code for code in codes if code not in texts] == []
