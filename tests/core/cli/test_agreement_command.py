"""`tiga agreement` as it is called: shipped agreements, and copies with planted faults."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tiga.agreement.drafting import KINDS
from tiga.cli.main import main
from tiga.mechanism.acts import Refusal
from tiga.mechanism.deciders import triage

AGREEMENTS = Path(__file__).parents[3] / "agreements"
DOHA = AGREEMENTS / "doha-istanbul-2025" / "agreement.yaml"


def called(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    """Exit code, standard output, standard error."""
    code = main(["agreement", *words])
    out, err = capsys.readouterr()
    return code, out, err


@pytest.fixture
def planted(tmp_path: Path):
    """A copy of the worked example with one text replaced, and the line where that text stood."""

    def plant(before: str, after: str) -> tuple[Path, int]:
        text = DOHA.read_text(encoding="utf-8")
        assert before in text
        path = tmp_path / "planted.yaml"
        path.write_text(text.replace(before, after, 1), encoding="utf-8")
        return path, text[: text.index(before)].count("\n") + 1

    return plant


@pytest.mark.parametrize("name", ["doha-istanbul-2025", "slmm-2002", str(DOHA)])
def test_a_shipped_agreement_has_no_problem_by_id_and_by_path(name: str, capsys) -> None:
    assert called(capsys, "check", name) == (0, f"{name}: no problems found.\n", "")


def test_a_planted_fault_is_told_by_file_and_line_with_a_remedy(planted, capsys) -> None:
    path, line = planted("    zone: PKT\n    bank: right", "    zone: Mars\n    bank: right")
    code, out, err = called(capsys, "check", str(path))
    assert (code, out, err) == (
        1,
        f"{path}:{line}: parties[0].zone: Mars is not a known zone. "
        "Write UTC, PKT, AFT, TRT, AST, IRST, IST or an offset such as +04:30.\n",
        "Problems: 1.\n",
    )


def test_each_problem_is_one_line_that_begins_with_file_and_line(planted, capsys) -> None:
    path, _ = planted("    bank: right", "    bank: left")
    code, out, _ = called(capsys, "check", str(path))
    rows = out.splitlines()
    assert code == 1
    assert [row for row in rows if not row.removeprefix(f"{path}:").split(":")[0].isdigit()] == []
    assert rows != []


def test_yaml_that_is_none_names_the_line(tmp_path: Path, capsys) -> None:
    path = tmp_path / "odd.yaml"
    path.write_text("# Illustrative\nformat: tiga-agreement/1\nformat: twice\n", encoding="utf-8")
    code, out, err = called(capsys, "check", str(path))
    expected = f"{path}:3: The member format is given twice; the first is on line 2. Keep one.\n"
    assert (code, out, err) == (1, "", expected)


@pytest.mark.parametrize("verb", [("gaps",), ("in-force", "--at", "2026-03-18T19:15Z")])
def test_a_file_without_the_shape_of_an_agreement_is_one_line_and_exit_1(verb, tmp_path: Path, capsys) -> None:
    path = tmp_path / "shapeless.yaml"
    path.write_text("# Illustrative\nformat: [1]\n", encoding="utf-8")
    code, out, err = called(capsys, verb[0], str(path), *verb[1:])
    assert (code, out, err.startswith(f"{path}:2: "), err.count("\n")) == (1, "", True, 1)


def test_a_file_that_is_not_there_names_what_is_shipped(tmp_path: Path, capsys) -> None:
    code, out, err = called(capsys, "check", str(tmp_path / "none.yaml"))
    assert (code, out, err.splitlines()[1]) == (2, "", "Shipped agreements: doha-istanbul-2025, slmm-2002.")
    assert called(capsys, "check", str(tmp_path))[0] == 2  # a directory


def test_gaps_are_numbered_and_the_counts_at_the_end_agree(capsys) -> None:
    code, out, _ = called(capsys, "gaps", "doha-istanbul-2025")
    data = json.loads(called(capsys, "gaps", "doha-istanbul-2025", "--json")[1])
    numbers = [row.split(".")[0].strip() for row in out.splitlines() if row[:3].strip().isdigit()]
    kinds = [sum(1 for gap in data if gap["kind"] == kind) for kind in KINDS]
    assert (code, numbers) == (0, [str(number) for number in range(1, len(data) + 1)])
    heads = ("Placeholders", "Disputed", "Silent", "Binding one side only", "One-sided steps")
    assert out.splitlines()[-5:] == [f"{head}: {n}" for head, n in zip(heads, kinds, strict=True)]
    assert sum(kinds) == len(data)


def test_the_first_gap_says_what_others_did_and_what_waits(capsys) -> None:
    out = called(capsys, "gaps", "doha-istanbul-2025")[1].split("\n\n")
    assert out[1].splitlines() == [
        "  1. Term authority: advisory",
        "     Placeholder: invented so that the rest can run; nobody has agreed to it.",
        "     No public text says whether rulings bind the parties.",
        "     How a real mechanism settled it:",
        "       - Aceh Monitoring Mission: The head of mission's ruling was binding. "
        "[aceh.tribunnews.com, 15 August 2020]",
        "       - OSCE Special Monitoring Mission to Ukraine: Observation only, without attribution or ruling. "
        "[osce.org/ukraine-smm/263801]",
        "     What cannot run on agreed ground without it:",
        "       - issuing a determination (determination.issue)",
        "       - imposing a measure (measure.impose)",
    ]


def test_in_force_tells_each_window_with_who_says_so_and_on_what_basis(capsys) -> None:
    code, out, _ = called(capsys, "in-force", "doha-istanbul-2025", "--at", "2026-03-18T19:15Z")
    blocks = out.strip().split("\n\n")
    assert code == 0
    assert blocks[0] == "2026-03-18 19:15 UTC = 2026-03-19 00:15 PKT = 2026-03-18 23:45 AFT"
    assert blocks[-1].splitlines() == [
        "Eid pause of March 2026 (eid-pause-2026): Disputed whether in force",
        "  - Islamabad: 2026-03-19T00:00+05:00 / 2026-03-24T00:00+05:00: covers the moment. "
        "Basis: One side's readout. [longform.social, 8 April 2026]",
        "  - Kabul: 2026-03-18 AFT / 2026-03-24 AFT: open at the moment. Only the date is known, so the whole day is "
        "open. Basis: One side's readout. [longform.social, 8 April 2026]",
    ]


def test_the_same_instant_in_another_zone_gives_the_same_answer(capsys) -> None:
    here = called(capsys, "in-force", "doha-istanbul-2025", "--at", "2026-03-18T19:15Z")
    there = called(capsys, "in-force", "doha-istanbul-2025", "--at", "2026-03-19T00:15+05:00")
    assert here == there


@pytest.mark.parametrize("at", ["2026-03-18", "2026-03-18T19:15", "noon", "0001-01-01T00:00+14:00"])
def test_an_instant_without_offset_is_refused_never_guessed(at: str, capsys) -> None:
    code, out, err = called(capsys, "in-force", "doha-istanbul-2025", "--at", at)
    assert (code, out, err.startswith(f"{at} is not an instant.")) == (2, "", True)


def test_diff_names_the_clause_and_both_texts(planted, capsys) -> None:
    path, _ = planted("  value: advisory", "  value: binding")
    code, out, _ = called(capsys, "diff", "doha-istanbul-2025", str(path))
    assert (code, out) == (0, "authority.value\n  - advisory\n  + binding\nChanges: 1. Items changed: 1.\n")


def test_diff_of_an_agreement_with_itself_is_nothing(capsys) -> None:
    assert called(capsys, "diff", "doha-istanbul-2025", str(DOHA)) == (0, "Nothing changes.\n", "")


def test_what_comes_from_a_file_cannot_steer_the_terminal(planted, capsys) -> None:
    path, _ = planted("  value: advisory", '  value: "bind\\x1b[2Jing"')
    out = called(capsys, "diff", "doha-istanbul-2025", str(path))[1]
    assert out.splitlines()[2] == "  + bind\ufffd[2Jing"


# ---- impartial


def test_a_symmetric_agreement_is_played_without_a_difference(capsys) -> None:
    assert called(capsys, "impartial", "slmm-2002", "--disputes", "3", "--seed", "a") == (
        0,
        "Disputes played both ways: 3 (seed a, 98 acts). All is invented.\n"
        "The text is symmetric: exchanged, it is the same.\n"
        "\n"
        "Differences that no item of the text makes: 0\n",
        "",
    )


def test_what_a_text_makes_different_is_listed_both_ways_and_written(capsys, tmp_path: Path) -> None:
    written = tmp_path / "impartial.json"
    words = ("impartial", "doha-istanbul-2025", "--disputes", "6", "--out", str(written))
    code, out, err = called(capsys, *words)
    heads = [row for row in out.splitlines() if row[:1].isdigit()]
    assert (code, err, len(heads)) == (0, "", 7)
    assert heads[3] == "4. P-03: The bound side gives no support, sanctuary, transit or funds to armed"
    assert '     as it is: ["kabul"]\n     exchanged: ["islamabad"]\n' in out
    first = written.read_bytes()
    data = json.loads(first)
    assert [row["number"] for row in data["disputes"]] == [0, 1, 2, 3, 4, 5]
    assert {row["item"] for dispute in data["disputes"] for row in dispute["differences"]} - {
        row["item"] for row in data["asymmetries"]
    } == set()
    assert called(capsys, *words) == (code, out, err)
    assert written.read_bytes() == first


def test_a_bias_of_the_code_is_told_with_the_shortest_dispute_that_shows_it(capsys, monkeypatch) -> None:
    admit = triage.admit

    def biased(s, case, standard, reasons, by, now):
        if case in s.cases and s.cases[case].opened.complainant == "party-1":
            return Refusal("role", values={"role": "mediator", "needed": "root"})
        return admit(s, case, standard, reasons, by, now)

    monkeypatch.setattr(triage, "admit", biased)
    code, out, _ = called(capsys, "impartial", "slmm-2002", "--disputes", "12")
    rows = out.splitlines()
    at = next(number for number, row in enumerate(rows) if row.startswith("acts.case.admit.refusal:"))
    assert code == 1
    assert [row.split()[3] for row in rows[at + 1 : at + 3]] == ["case.complain", "case.admit"]


@pytest.mark.parametrize("number", ["0", "-1", "100001"])
def test_a_number_of_disputes_that_cannot_be_is_refused(number: str, capsys) -> None:
    assert called(capsys, "impartial", "slmm-2002", "--disputes", number) == (
        2,
        "",
        "A number of disputes from 1 to 100000 is needed.\n",
    )


def test_a_faulty_agreement_is_not_played(planted, capsys) -> None:
    path, _ = planted("    zone: PKT\n    bank: right", "    zone: Mars\n    bank: right")
    assert called(capsys, "impartial", str(path)) == (
        1,
        "",
        f"{path} has faults: 1. Run: tiga agreement check {path}\n",
    )


def test_an_agreement_of_three_parties_cannot_be_exchanged(tmp_path: Path, capsys) -> None:
    text = (AGREEMENTS / "slmm-2002" / "agreement.yaml").read_text(encoding="utf-8")
    changes = (
        ("mediators:\n", "  - id: third\n    zone: '+06:00'\n    names:\n      neutral: {en: Third}\nmediators:\n"),
        ("  stands:\n", "  stands:\n    - {id: third, becomes: party-3, names: {neutral: {en: Party 3}}}\n"),
        ("[colombo, ltte]", "[colombo, ltte, third]"),
    )
    for before, after in changes:
        text = text.replace(before, after)
    path = tmp_path / "three.yaml"
    path.write_text(text, encoding="utf-8")
    assert called(capsys, "impartial", str(path)) == (
        1,
        "",
        f"{path}: two parties can be exchanged, and this agreement has 3.\n",
    )
