"""What a measure is computed from: violations in force and their factors, and nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.core.mechanism import courses
from tests.core.mechanism import desk as desks
from tests.core.mechanism.desk import Desk, at_stage, file, founded, report
from tiga.mechanism import imposed, measures
from tiga.mechanism.recompute import recompute

HOURS = ("2026-01-04T01:00", "2026-01-04T02:00", "2026-01-04T03:00", "2026-01-04T04:00")


def step(desk: Desk, case: str) -> tuple[int, int]:
    """The step of a case's measure, and how many violations stood against the party before it."""
    (sid,) = desk.whole.cases[case].measures
    (row,) = [row for row in recompute(desk.origin, desk.entries(), desk.agreements) if row.sid == sid]
    assert row.outcome == "same"
    return desk.whole.measures[sid].imposed.step, row.precedents


def after(stage: str, times: int) -> tuple[int, int]:
    """The step of a minor violation after `times` others of the same party that have got to a stage."""
    desk = founded()
    for local in HOURS[:times]:
        at_stage(stage, desk, local=local)
    return step(*at_stage("imposed", desk, local="2026-01-04T12:00"))


@pytest.mark.parametrize(
    ("stage", "times", "found"),
    [
        ("complained", 4, (1, 0)),
        ("found", 4, (1, 0)),
        ("issued", 4, (1, 0)),
        ("determined", 1, (1, 1)),
        ("determined", 2, (2, 2)),
        ("in_force", 2, (2, 2)),
    ],
)
def test_only_violations_in_force_count_towards_a_step(stage: str, times: int, found: tuple[int, int]) -> None:
    assert after(stage, times) == found


def test_reports_alone_change_nothing() -> None:
    desk = founded()
    for number in range(20):
        file(desk, report(f"m{number}", "", ("A1",), channel="monitor"))
    assert step(*at_stage("imposed", desk)) == (1, 0)


def test_the_other_partys_violations_do_not_count() -> None:
    desk = founded()
    for local in HOURS:
        at_stage("determined", desk, slug="liaison2", local=local)
    assert step(*at_stage("imposed", desk)) == (1, 0)


@pytest.mark.parametrize(
    ("factors", "severity", "reached"),
    [((), "minor", 1), (("civilian_harm",), "serious", 2), (("civilian_harm", "self_reported"), "minor", 1),
     (("evidence_tampered",), "minor", 2)],
)  # fmt: skip
def test_factors_that_were_found_move_severity_and_step(factors: tuple[str, ...], severity: str, reached: int) -> None:
    desk, case = at_stage("replied")
    desks.sign(desk, case, desks.adopt(desk, case, factors=factors))
    determination = desks.issue(desk, case)
    desks.sign(desk, case, determination)
    (row,) = desk.whole.determinations[determination].issued.ruled
    assert (row.severity, row.factors) == (severity, factors)
    desks.impose(desk, case)
    assert step(desk, case) == (reached, 0)


def test_a_measure_that_stands_unmet_leads_higher() -> None:
    """A step-3 measure past its due time brings the next violation to step 4; met in time, it does not."""
    desk, _ = at_stage("in_force", codes=("A1",), provision="P-05")
    desk.wait("P61D")
    assert step(*at_stage("imposed", desk, local="2026-03-01T12:00")) == (4, 1)
    met, _ = at_stage("verified", codes=("A1",), provision="P-05")
    met.wait("P61D")
    assert step(*at_stage("imposed", met, local="2026-03-01T12:00")) == (1, 1)


def test_what_was_refused_can_be_reported_and_verified_anew() -> None:
    desk, case = at_stage("in_force")
    (sid,) = desk.whole.cases[case].measures
    desks.report_compliance(desk, case, sid, "corrective_action")
    desks.verify_compliance(desk, case, sid, "corrective_action", met=False)
    assert (set(desk.whole.measures[sid].refused), desk.whole.measures[sid].complied) == ({"corrective_action"}, False)
    desks.report_compliance(desk, case, sid, "corrective_action")
    desks.verify_compliance(desk, case, sid, "corrective_action")
    desks.report_compliance(desk, case, sid, "private_notice")
    desks.verify_compliance(desk, case, sid, "private_notice")
    measure = desk.whole.measures[sid]
    assert (measure.refused, measure.complied, measure.unmet(desk.now())) == ({}, True, False)


def test_computing_twice_gives_the_same_bytes() -> None:
    desk, case = at_stage("determined")
    standing, at = desk.standing(*desk.threads_of(case)), desk.now()
    determination = standing.determinations[standing.cases[case].determination]
    rows = [measures.compute(part, determination, determination.issued.ruled[0], at) for part in (standing, desk.whole)]
    assert rows[0] == rows[1]


def test_money_is_a_measure_like_any_other() -> None:
    """A fine, restitution and a deposit: the agreement's amounts, as decimal text to the last digit, from the item asked to the
    ledger and the explanation; complied with by being reported and verified."""
    plain = courses.agreement()
    kinds = tuple(
        replace(plain.measures[1], id=name, amount=amount, currency=currency, beneficiary=whose)
        for name, amount, currency, whose in (
            ("fine_agreed", "250000.10", "PKR", "other_party"), ("restitution_agreed", "0.30", "XAU", "victims"),
            ("deposit_agreed", "12500000", "AFN", ""),
        )
    )  # fmt: skip
    ladder = (replace(plain.ladder[0], measures=tuple(kind.id for kind in kinds)), *plain.ladder[1:])
    desk, case = courses.at_stage("in_force", courses.founded(measures=(*plain.measures, *kinds), ladder=ladder))
    (sid,) = desk.whole.cases[case].measures
    rows = imposed.ledger(desk.whole, desk.now())
    assert [(row.item, row.amount, row.currency, row.status) for row in rows] == [
        ("fine_agreed", "250000.10", "PKR", "imposed"), ("restitution_agreed", "0.30", "XAU", "imposed"),
        ("deposit_agreed", "12500000", "AFN", "imposed"),
    ]  # fmt: skip
    (again,) = recompute(desk.origin, desk.entries(), desk.agreements)
    assert (again.outcome, [b"%s" % kind.amount.encode() in again.explanation for kind in kinds]) == (
        "same",
        [True] * 3,
    )
    for kind in kinds:
        desks.report_compliance(desk, case, sid, kind.id)
        desks.verify_compliance(desk, case, sid, kind.id)
    assert {row.status for row in imposed.ledger(desk.whole, desk.now())} == {"complied"}
