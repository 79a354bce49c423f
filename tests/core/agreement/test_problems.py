"""Planted errors: each is found on its line, and has a remedy."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from tiga.agreement.drafting import check
from tiga.agreement.reading import Marked
from tiga.cli.yaml_nodes import load
from tiga.values.words import catalogue

H1 = "{code: H1, parent: H, severity: minor,"
COUNT = "{count: minor, at_least: 3, within: P30D, zone: UTC}"
STEP5 = "      - all: [{unmet: 4}]\n      - all: [{imposed: 4, at_least: 2, within: P180D, zone: UTC}]\n"
UNMET3 = "      - all: [{unmet: 3}]\n"
SERIOUS_LEVEL = "  - {purpose: violation_serious, level: balance_of_probabilities"
ACK = "  - {id: acknowledge, within: PT24H, zone: UTC, clause: M-02"
# name, what is replaced, by what, the text on whose line the problem is told, the codes expected
PLANTED = [
    ("shape", "status: illustrative", "status: 3", "status: 3", ["shape"]),
    ("missing member", "    kind: prohibition\n", "", "- id: P-01", ["shape"]),
    ("unknown member", "    zone: PKT\n", "    zone: PKT\n    flag: x\n", "flag: x", ["shape"]),
    ("first line", "# Illustrative: NOT a legal text.", "#", "# ", ["first_line"]),
    ("format", "tiga-agreement/1", "tiga-agreement/9", "tiga-agreement/9", ["unknown_value"]),
    (
        "basis",
        "    basis: silent\n",
        "    basis: rumour\n",
        "authoritative_language:\n",
        ["language_missing", "unknown_value"],
    ),
    ("code", "codes: [H4]", "codes: [H4, Z9]", "codes: [H4, Z9]", ["unknown_code"]),
    ("parent", H1, "{code: H1, parent: Q, severity: minor,", "code: H1", ["unknown_code"]),
    ("severity", H1, "{code: H1, parent: H, severity: dire,", "code: H1", ["unknown_severity"]),
    (
        "component",
        "[{component: islamabad, number: 1}",
        "[{component: oslo, number: 1}",
        "component: oslo",
        ["unknown_component"],
    ),
    ("clause", "  clause: M-15", "  clause: M-99", "clause: M-99", ["unknown_clause"]),
    ("measure", "measures: [private_notice,", "measures: [ransom,", "measures: [ransom,", ["unknown_measure"]),
    (
        "standard",
        SERIOUS_LEVEL,
        "  - {purpose: violation_serious, level: certainty",
        "level: certainty",
        ["unknown_standard"],
    ),
    (
        "no standard",
        SERIOUS_LEVEL,
        "  - {purpose: supported, level: balance_of_probabilities",
        "standards:\n",
        ["standard_missing"],
    ),
    (
        "instrument",
        "instruments: [doha, istanbul]",
        "instruments: [geneva]",
        "instruments: [geneva]",
        ["unknown_instrument"],
    ),
    ("area", "    zone: belt\n", "    zone: moon\n", "zone: moon", ["unknown_area"]),
    ("provision", "codes: [H4]", "codes: [H5]", "code: H4", ["act_without_provision"]),
    ("act severity", H1, "{code: H1, parent: H,", "code: H1", ["act_without_severity"]),
    (
        "duplicate",
        "  - id: P-07",
        "  - id: P-08",
        '  - id: P-08\n    kind: prohibition\n    text: {en: "Neither side refuses',
        ["duplicate"],
    ),
    (
        "unreachable",
        "      - all: [{severity: serious}]\n",
        "      - all: [{severity: grave}]\n",
        "ladder:\n",
        ["severity_without_step"],
    ),
    ("never highest", UNMET3, UNMET3.replace("3", "4"), None, []),
    (
        "outranked",
        "    when: [{all: [{severity: minor}]}]\n",
        "    when: [{all: [{severity: grave}]}]\n",
        None,
        ["severity_without_step", "step_unreachable"],
    ),
    ("clash", STEP5, STEP5 + "    rank: 4\n", "  - step: 5", ["step_clash"]),
    ("condition", COUNT, COUNT.replace("{", "{severity: minor, "), "{severity: minor, count", ["condition_form"]),
    (
        "condition number",
        COUNT,
        "{count: minor, within: P30D, zone: UTC}",
        "{count: minor, within",
        ["condition_number"],
    ),
    (
        "condition zone",
        COUNT,
        COUNT.replace(", zone: UTC", ""),
        "{count: minor, at_least: 3, within: P30D}",
        ["zone_missing"],
    ),
    ("condition days", COUNT, COUNT.replace("P30D", "PT36H"), "within: PT36H", ["condition_days"]),
    ("unmet step", "{unmet: 4}", "{unmet: 9}", "{unmet: 9}", ["unknown_step"]),
    ("window zone", "        zone: AST\n", "", "until: '2025-10-19'", ["window_without_zone"]),
    ("window offset", "'2025-10-15T18:00+05:00'", "'2025-10-15T18:00'", "'2025-10-15T18:00'", ["window_without_zone"]),
    (
        "window date",
        "until: '2025-10-19'",
        "until: 'soon'",
        "- by: agreed\n        start: '2025-10-17T18:00+05:00'",
        ["bad_window"],
    ),
    ("executor", "    executor: both_parties", "    executor: nobody", "executor: nobody", ["unknown_value"]),
    ("window calendar", "until: '2025-10-19'", "until: '0001-01-01'", None, ["bad_window"]),
    (
        "window backwards",
        "until: '2025-10-17T18:00+05:00'",
        "until: '2025-10-14T18:00+05:00'",
        "2025-10-14",
        ["window_backwards"],
    ),
    ("deadline zone", ACK, ACK.replace("zone: UTC", "zone: Mars"), "zone: Mars", ["zone_unknown"]),
    ("deadline span", ACK, ACK.replace("PT24H", "soon"), "within: soon", ["bad_span"]),
    ("clock zone", "    within: P21D\n    clock_zone: UTC\n", "    within: P21D\n", "  - id: O-05", ["zone_missing"]),
    ("fine distance", "    within_m: 10000", "    within_m: 2000", "within_m: 2000", ["finer_than_band"]),
    ("band", "  uncertainty_m: 6000", "  uncertainty_m: 900", "uncertainty_m: 900", ["band_too_narrow"]),
    ("banks", "    bank: left", "    bank: right", "parties:\n", ["banks_alike"]),
    ("point", "points: [[-6000000, -500000],", "points: [[-9999999999, 0],", "points: [[-9999999999", ["bad_point"]),
    (
        "one side",
        "    binds: [islamabad, kabul]\n    codes: [H4]",
        "    binds: [kabul]\n    codes: [H4]",
        "- id: P-07",
        ["one_sided"],
    ),
    (
        "no mirror",
        "    binds: [islamabad]\n    codes: [I4]",
        "    binds: [islamabad]\n    codes: [I4, I3]",
        "- id: P-03",
        ["one_sided", "one_sided"],
    ),
    (
        "english",
        'text: {en: "Both sides maintain the ceasefire."}',
        'text: {ur: "x"}',
        'text: {ur: "x"}',
        ["no_english"],
    ),
    (
        "neutral",
        "      neutral: {en: Islamabad",
        "      plain: {en: Islamabad",
        "names:\n      plain",
        ["no_neutral_name"],
    ),
    ("quorum", "  - act: measure.impose", "  - act: measure.propose", "quorums:", ["quorum_missing"]),
    (
        "seats",
        "seated: [{component: ankara, number: 1}",
        "seated: [{component: ankara, number: 0}",
        "number: 0}",
        ["bad_seats", "bad_seats"],
    ),
    ("decay", "  value: P180D", "  value: never", "value: never", ["bad_decay"]),
    ("speaker", "      - by: joint_statement", "      - by: hearsay", "- by: hearsay", ["unknown_speaker"]),
    (
        "readout of nobody",
        'basis: party_readout, by: kabul, citation: "ariana',
        'basis: party_readout, citation: "ariana',
        None,
        ["unknown_party"],
    ),
    ("stand", "      becomes: party-2", "      becomes: kabul", "becomes: kabul", ["bad_stand"]),
    ("key", '      own: {en: "Government of Pakistan"', '      OWN: {en: "Government of Pakistan"', "OWN:", ["shape"]),
]


@pytest.mark.parametrize(
    ("old", "new", "anchor", "codes"), [row[1:] for row in PLANTED], ids=[row[0] for row in PLANTED]
)
def test_planted(doha_text: str, old: str, new: str, anchor: str | None, codes: list[str]) -> None:
    assert old in doha_text
    text = doha_text.replace(old, new, 1)
    found = check(load(text.encode()))
    assert sorted(problem.code.removeprefix("agreement.problem.") for problem in found) == codes
    if anchor is not None:
        at = text.index(anchor)
        assert found[0].line == text[:at].count("\n") + 1
    for problem in found:
        assert bool(problem.text()) and bool(problem.remedy())


def test_problems_come_by_line(doha_text: str) -> None:
    text = doha_text.replace("  value: P180D", "  value: never", 1).replace("codes: [H4]", "codes: [H4, Z9]", 1)
    assert [problem.code.rsplit(".", 1)[1] for problem in check(load(text.encode()))] == ["unknown_code", "bad_decay"]


def test_every_problem_has_a_remedy() -> None:
    texts = catalogue("en").texts
    codes = {code for code in texts if code.startswith("agreement.problem.")}
    assert {f"{code}.remedy" for code in codes if not code.endswith(".remedy")} == {
        c for c in codes if c.endswith(".remedy")
    }


def test_a_declared_gap_is_no_problem(doha_text: str) -> None:
    text = doha_text.replace("    basis: silent\n", "    basis: joint_statement\n", 1)
    assert [problem.code for problem in check(load(text.encode()))] == ["agreement.problem.language_missing"]
    assert check(load(doha_text.encode())) == ()


@pytest.mark.parametrize("value", ["", "zzz", 0, -7, True, [], {}, ["x"], [[]]])
def test_any_value_anywhere_is_told_and_never_crashes(slmm_text: str, value: object) -> None:
    """Every seventh leaf of the file is replaced in turn: the check ends with problems or none, never with an error."""
    marked = load(slmm_text.encode())
    leaves = [path for path in marked.lines if path and not isinstance(follow(marked.data, path), (dict, list))]
    for path in leaves[3::7]:
        data = copy.deepcopy(marked.data)
        follow(data, path[:-1])[path[-1]] = value
        for problem in check(Marked(data, marked.lines, marked.first_line)):
            assert 1 <= problem.line <= slmm_text.count("\n") + 1
            assert bool(problem.text()) and bool(problem.remedy())


def follow(data: Any, path: tuple[str | int, ...]) -> Any:
    for part in path:
        data = data[part]
    return data
