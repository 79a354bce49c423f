"""Every code that the mechanism speaks has its words, and the words ask for no value that is not given."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from tests.core.mechanism import desk as desks
from tests.core.mechanism import sources
from tiga.agreement.ladder import Imposed, Past, Situation
from tiga.drafts import CHANNELS, RELEASES
from tiga.mechanism import acts, affairs, cases, charter, determinations, explanation, findings
from tiga.mechanism.explanation import Reasoned
from tiga.mechanism.standing import KINDS
from tiga.values import words
from tiga.values.moments import Instant
from tiga.values.names import printed_number

ENGLISH = words.catalogue("en").texts


def test_every_refusal_says_what_is_wrong_and_what_would_be_accepted() -> None:
    codes = {given.code for given in sources.refusals()}
    said = {code.split(".")[1] for code in ENGLISH if code.startswith("refusal.")}
    assert said == codes
    assert [
        code for code in sorted(codes) for part in ("text", "remedy") if f"refusal.{code}.{part}" not in ENGLISH
    ] == []


def test_no_refusal_asks_for_a_value_that_is_not_given() -> None:
    wanting = [
        (given.place, given.code, part, sorted(slots - given.values))
        for given in sources.refusals()
        for part in ("text", "remedy")
        if not (slots := words.slots(ENGLISH[f"refusal.{given.code}.{part}"])) <= given.values
    ]
    assert wanting == []


def test_every_act_has_a_word() -> None:
    said = {code.removeprefix("act.") for code in ENGLISH if code.startswith("act.")}
    assert said == {*KINDS, *affairs.REGISTRY.kinds}


AGREEMENT = desks.exercise_agreement()
SECTIONS = {
    "standard": set(AGREEMENT.standard_order),
    "severity": set(AGREEMENT.severities),
    "attribution": set(AGREEMENT.attributions),
    "factor": {shift.factor for shift in (*AGREEMENT.severity_shifts, *AGREEMENT.ladder_shifts)},
    "clock": {deadline.id for deadline in AGREEMENT.deadlines} | {"measure"},
    "clock_state": {"running", "soon", "overdue", "met", "late", "lapsed"},
    "holding": set(findings.HOLDINGS),
    "limitation": set(findings.LIMITATIONS),
    "disposition": set(determinations.DISPOSITIONS),
    "closing": set(cases.CLOSINGS),
    "custody": set(charter.CUSTODIES),
    "role": set(acts.ROLES),
    "channel": set(CHANNELS),
    "level": set(RELEASES),
    "executor": {"mediators", "accused_party", "both_parties"},
    "in_force": {"in_force", "disputed", "not_in_force"},
    "left_out": {"other_severity", "other_step", "later", "before_window", "decayed"},
    "basis": {"joint_statement", "party_readout", "press", "placeholder", "silent"},
}


@pytest.mark.parametrize("section", sorted(SECTIONS))
def test_every_code_of_a_section_has_a_word(section: str) -> None:
    assert sorted(code for code in SECTIONS[section] if f"{section}.{code}" not in ENGLISH) == []


def _reasoned(severity: str, code: str, factors: tuple[str, ...], facts: Situation) -> Reasoned:
    standing = desks.at_stage("determined")[0].whole
    (determination,) = standing.determinations.values()
    ruled = replace(determination.issued.ruled[0], severity=severity, code=code, factors=factors)
    result = explanation.reason(
        AGREEMENT, "ab" * 32, determination, ruled, facts, Instant.parse("2026-02-01T00:00:00.000Z")
    )
    assert isinstance(result, Reasoned)
    return result


def test_every_node_of_an_explanation_is_told_in_words() -> None:
    at = Instant.parse("2026-01-20T00:00:00.000Z")
    early, week = Instant.parse("2025-01-01T00:00:00.000Z"), Instant.parse("2026-01-13T00:00:00.000Z")
    late = Instant.parse("2026-01-25T00:00:00.000Z")
    past = (
        Past("a#i1", early, "serious"), Past("b#i1", week, "serious"), Past("c#i1", late, "serious"),
        Past("d#i1", week, "minor"), Past("e#i1", Instant.parse("2025-11-01T00:00:00.000Z"), "serious"),
    )  # fmt: skip
    imposed = (Imposed("x", week, 4, True), Imposed("y", week, 4, False), Imposed("z", week, 3, False))
    told = [
        _reasoned("minor", "H1", (), Situation(at, "minor")),
        _reasoned("serious", "H2", ("civilian_harm", "repeat"), Situation(at, "serious", past)),
        _reasoned("grave", "A1", (), Situation(at, "grave", past, imposed)),
    ]
    assert [row.step for row in told] == [1, 4, 5]
    texts = []
    for row in told:
        document = json.loads(json.dumps(explanation.document(row, AGREEMENT, ())))
        texts += [row.text for row in explanation.prose(document, AGREEMENT, "en")]
    assert [text for text in texts if "{" in text] == []
    codes = {node["code"] for row in told for node in row.nodes}
    assert codes == {
        "assumption", "determination", "severity", "severity_shift", "decay", "step", "reached", "ladder_shift", "top",
        "above", "below",
    }  # fmt: skip
    reasons = {why for row in told for node in row.nodes for group in node.get("groups", ()) for item in group
               for _, why in item.get("left_out", ())}  # fmt: skip
    assert reasons == {"other_severity", "other_step", "later", "before_window", "decayed"}


def test_what_was_counted_is_named_and_a_way_up_is_one_of_several() -> None:
    """Precedents stand as determinations (D-), measures as M-; of the ways to the step above each is told."""
    at, week = Instant.parse("2026-01-20T00:00:00.000Z"), Instant.parse("2026-01-13T00:00:00.000Z")
    first, second, third = ("a" * 43, "b" * 43, "c" * 43)
    past = (Past(f"{first}#i1", week, "serious"), Past(f"{second}#i1", week, "minor"))
    imposed = (Imposed(third, week, 4, True),)
    row = _reasoned("serious", "H2", (), Situation(at, "serious", past, imposed))
    document = explanation.document(row, AGREEMENT, ())
    told = [detail for line in explanation.prose(document, AGREEMENT, "en") for detail in line.details]
    lines = {detail.replace("\u2068", "").replace("\u2069", "") for detail in told}
    counted = {line.removeprefix("Counted: ") for line in lines if line.startswith("Counted: ")}
    sids = {
        (item["form"], tuple(item["counted"]))
        for node in row.nodes for group in node.get("groups", ()) for item in group if item.get("counted")
    }  # fmt: skip
    assert sids == {
        ("count", (f"{first}#i1",)), ("count", (f"{second}#i1",)), ("imposed", (third,)), ("unmet", (third,)),
    }  # fmt: skip
    assert counted == {printed_number("D", first), printed_number("D", second), printed_number("M", third)}
    lower = _reasoned("minor", "H1", (), Situation(at, "minor"))
    (above,) = [node for node in lower.nodes if node["code"] == "above"]
    ladder = next(step for step in AGREEMENT.ladder if str(step.step) == above["values"]["step"])
    assert len(above["wanting"]) == len(ladder.when)
    assert [item["holds"] for way in above["wanting"] for item in way if item["holds"]] == []


def test_the_measure_of_the_exercise_is_explained_line_by_line() -> None:
    desk, case = desks.at_stage("in_force")
    standing = desk.whole
    (sid,) = standing.cases[case].measures
    from tiga.mechanism.recompute import recompute

    (row,) = recompute(desk.origin, desk.entries(), desk.agreements)
    assert (row.sid, row.outcome) == (sid, "same")
    told = explanation.prose(json.loads(row.explanation), AGREEMENT, "en")
    plain = [row.text.replace("\u2068", "").replace("\u2069", "") for row in told]
    assert plain[1] == "In force on this record since 2026-01-05 08:01 UTC."
    assert plain[2] == "Assumed for this exercise, agreed by nobody: the authority of rulings is binding."
    assert plain[4] == "An act of code H1 starts as minor."
    assert plain[5] == "What is older than 180 d no longer counts."
    assert plain[6] == "Step 1 of the ladder holds:"
    assert told[6].details == ("✓ this violation is minor",)
    assert plain[-2:] == [
        "Private notice. Carried out by: the mediators. Due: 2026-01-08 08:14 UTC.",
        "Corrective action. Carried out by: Party 2. Due: 2026-01-12 08:14 UTC.",
    ]
    assert told[-1].cited == "M-09 · placeholder, agreed by nobody"
