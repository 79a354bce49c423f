"""Generated disputes keep the invariants of the domain (b.6) and of the house, whoever does what in whatever order.

200 disputes in an ordinary run, 5,000 with `./dev test --long`. The disputes come from `disputes`, what must hold after
each of them stands in `invariants`, one named check for each invariant.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.core.mechanism import courses, invariants
from tests.core.mechanism import desk as desks
from tests.core.mechanism.desk import Desk, actor, founded
from tests.core.mechanism.disputes import disputes
from tiga.mechanism import cases, reports
from tiga.mechanism.acts import Actor
from tiga.mechanism.deciders import imposing
from tiga.mechanism.recompute import recompute
from tiga.mechanism.standing import REGISTRY
from tiga.values.moments import Instant
from tiga.values.places import Place, Point, bank, to_line

LONG = bool(os.environ.get("TIGA_LONG"))
EXAMPLES = 5_000 if LONG else 200
PLAYED = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=not LONG,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)


@PLAYED
@given(disputes())
def test_a_generated_dispute_keeps_the_invariants(desk: Desk) -> None:
    for check in invariants.CHECKS:
        check(desk)


@PLAYED
@given(st.integers(-300, 300), st.integers(-150, 150), st.sampled_from([1, 500, 5_000]))
def test_inside_the_band_no_side_is_said(east: int, north: int, radius_m: int) -> None:
    """7: a place that may lie inside the band has no side; one that cannot has one."""
    line = desks.exercise_agreement().reference_line()
    assert line is not None
    point = Point(north * 10_000, east * 10_000)
    away, side = to_line(point, line)
    inside = away <= line.uncertainty_m + radius_m
    assert bank(Place("Post", "Latn", point, radius_m, "map"), line) == ("indeterminate" if inside else side)


Act = tuple[str, Callable[[Desk, str], object]]


def _script(party: str) -> tuple[Act, ...]:
    """A whole case of one side's complaint, act by act; none of them needs another case."""

    def paper(name: str) -> Callable[[Desk, str], object]:
        return lambda desk, case: desks.sign(desk, case, getattr(desk.whole.cases[case], name))

    return (
        ("admit", desks.admit),
        ("reply", lambda desk, case: desks.reply(desk, case, "liaison1")),
        ("reply", lambda desk, case: desks.reply(desk, case, "liaison2")),
        ("adopt", desks.adopt),
        ("sign", paper("finding")),
        ("issue", desks.issue),
        ("sign", paper("determination")),
        ("impose", desks.impose),
        ("sign", lambda desk, case: desks.sign(desk, case, desk.whole.cases[case].measures[-1])),
        ("appeal", lambda desk, case: courses.do(
            desk, party, "appeal.file", case, ground="procedure", text="EXERCISE.", language="en")),
        ("decide", lambda desk, case: courses.both(desk, case, "appeal.decide", outcome="upheld", reason="EX.")),
    )  # fmt: skip


def _outcome(desk: Desk, case: str) -> tuple[object, ...]:
    """What came of a case, without ids and times."""
    whole, found = desk.whole, desk.whole.cases[case]
    rows = whole.determinations[found.determination].ruled
    return (
        cases.state(whole, found),
        [(row.party, row.disposition, row.severity) for row in rows],
        [
            (whole.measures[sid].imposed.step, [item.id for item in whole.measures[sid].imposed.items])
            for sid in found.measures
        ],
        [(row.party, row.late) for row in found.replies],
        [(row.filed.party, row.filed.ground, len(row.filed.stays)) for row in found.course.appeals],
    )


@settings(PLAYED, max_examples=EXAMPLES // 10, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(st.lists(st.booleans(), min_size=22, max_size=22))
def test_the_order_of_independent_acts_changes_nothing_but_ids_and_times(turns: list[bool]) -> None:
    """Two cases, one of each side: however their acts lie between each other, each comes out as if it were alone."""
    desk = courses.founded()
    told = {True: ("liaison1", "liaison2"), False: ("liaison2", "liaison1")}
    opened = {one: desks.complain(desk, by, ("H2",), "2026-01-05T07:00") for one, (by, _) in told.items()}
    left = {one: list(_script(accused)) for one, (_, accused) in told.items()}
    for turn in turns:
        one = turn if left[turn] else not turn
        left[one].pop(0)[1](desk, opened[one])
    for one, (by, accused) in told.items():
        alone = courses.founded()
        case = desks.complain(alone, by, ("H2",), "2026-01-05T07:00")
        for _, verb in _script(accused):
            verb(alone, case)
        assert _outcome(desk, opened[one]) == _outcome(alone, case)


def _two(first: str, second: str) -> Desk:
    """Two complaints about fire in both directions, filed in one order or the other, each found and determined."""
    desk = founded()
    for slug in (first, second):
        case = desks.complain(desk, slug, ("H2",), "2026-01-05T07:00")
        desks.admit(desk, case)
        for liaison in ("liaison1", "liaison2"):
            desks.reply(desk, case, liaison)
        finding = desks.adopt(desk, case)
        desks.sign(desk, case, finding)
        desks.sign(desk, case, desks.issue(desk, case))
        desks.sign(desk, case, desks.impose(desk, case))
    return desk


def test_retaliation_never_nets_out() -> None:
    """8: two acts are two cases with two measures; which one came first changes nothing but ids and times."""
    told = []
    for desk in (_two("liaison1", "liaison2"), _two("liaison2", "liaison1")):
        rows = [
            (
                row.party,
                row.disposition,
                row.severity,
                measure.imposed.step,
                tuple(item.id for item in measure.imposed.items),
            )
            for measure in desk.whole.measures.values()
            for row in desk.whole.determinations[measure.imposed.determination].issued.ruled
        ]
        told.append(sorted(rows))
    assert told[0] == told[1]
    assert [row[0] for row in told[0]] == ["party-1", "party-2"]
    assert {row[1:4] for row in told[0]} == {("violation", "serious", 2)}


def test_both_parties_are_told_at_one_instant() -> None:
    """5: one entry names both, and report, incident, case and notice have one time."""
    desk, case = desks.at_stage("complained")
    found = desk.whole.cases[case]
    assert found.notice is not None
    assert found.notice.to == ("party-1", "party-2")
    assert {entry.envelope.at for entry in desk.entries()[-4:]} == {found.at}


@pytest.mark.parametrize("stage", ["found", "determined", "in_force"])
def test_a_discredited_report_marks_its_case_in_the_same_entry(stage: str) -> None:
    """4: the entry that discredits names the cases; each of them is flagged at once."""
    desk, case = desks.at_stage(stage)
    sid = desk.whole.cases[case].opened.report
    entry = desks.discredit(desk, sid)
    assert desk.whole.cases[case].flags == (sid,)
    (kind,) = [REGISTRY.decode(row.envelope) for row in desk.entries() if row.sid == entry]
    ruled = desk.whole.cases[case].determination
    touched = ((ruled,), ("party-2",)) if ruled else ((), ())
    assert kind == reports.ReportDiscredited(sid, "It is older than the happening.", (case,), *touched)


def test_a_forged_measure_is_found_when_it_is_computed_again() -> None:
    """A measure with another step than the ladder gives, entered past the decider, is named."""
    desk, case = desks.at_stage("determined")
    forged = desk.standing(*desk.threads_of(case))
    outcome = imposing.impose(forged, case, "i1", actor("mediator1"), desk.now())
    (one,) = outcome.entries  # type: ignore[union-attr]
    changed = replace(one, envelope=replace(one.envelope, body=one.envelope.body | {"step": 3}))
    desk.enter(replace(outcome, entries=(changed,)), actor("mediator1"))  # type: ignore[type-var, arg-type]
    assert [(row.outcome, row.detail) for row in recompute(desk.origin, desk.entries(), desk.agreements)] == [
        ("differs", "step")
    ]


@pytest.mark.parametrize(
    ("act", "missing"),
    [
        ("finding.adopt", "finding"),
        ("reply.open", "reply"),
        ("determination.issue", "determination"),
        ("case.open", "case"),
        ("agreement.adopt", "agreement"),
    ],
)
def test_a_measure_whose_ground_is_left_out_is_never_confirmed(act: str, missing: str) -> None:
    desk, _ = desks.at_stage("in_force")
    rest = [entry for entry in desk.entries() if entry.envelope.act != act]
    assert [(row.outcome, row.detail) for row in recompute(desk.origin, rest, desk.agreements)] == [
        ("missing", missing)
    ]


def test_the_registrar_alone_signs_what_follows_from_an_act() -> None:
    desk, _ = desks.at_stage("complained")
    names = [tuple(name.rsplit("/", 1)[1] for name in entry.signers) for entry in desk.entries()[-4:]]
    assert names == [("liaison1", "registrar"), ("registrar",), ("registrar",), ("registrar",)]
    assert desk.whole.reports[desk.entries()[-4].sid].by == actor("liaison1").key
    assert Actor("", "registrar").key == ""
    assert desk.whole.now == Instant(desk.entries()[-1].envelope.at.ms)
