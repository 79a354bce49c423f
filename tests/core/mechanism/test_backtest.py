"""A draft tried on the past: the same steps as the mechanism computes, and both parties treated alike. All is invented."""

from __future__ import annotations

import os
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.mechanism import desk
from tiga.agreement import reading
from tiga.agreement.clauses import Agreement, Deadline, Ground
from tiga.agreement.ladder import Condition, Group, Step
from tiga.drafts.events import Happened, happened
from tiga.intake import ucdp
from tiga.mechanism import backtest, workload
from tiga.mechanism.assumptions import Assumptions, BadAssumption, chosen, stages
from tiga.mechanism.backtest import Period, Run
from tiga.mechanism.determinations import Determination, DeterminationIssued
from tiga.mechanism.docket import BadBacktest, Docket, Filed
from tiga.mechanism.measures import Measure, MeasureImposed, compute
from tiga.mechanism.rulings import Ruled
from tiga.mechanism.standing import Standing
from tiga.record import canonical
from tiga.values.moments import Instant, Span

DAY = 86_400_000
START = Instant.parse("2026-01-05T00:00:00.000Z")
AGREEMENT = desk.exercise_agreement()
WITHIN = Period(START, START.plus(Span.parse("P400D")))
QUICK = Assumptions(finding="P1D", determination="P1D", measure="P1D")
"""Every stage takes a day, so that a measure comes three days after the complaint."""


def row(
    day: int, side: int = 1, code: str = "H1", *, name: str = "", dead: int = 0, civilians: int = 0, hours: int = 24
) -> Happened:
    start = START.plus(Span(day * DAY))
    end = start.plus(Span(hours * 3_600_000))
    id = name or f"e-{day}-{side}-{code}"
    return Happened(id, start, end, None, 0, code, side, dead, dead, civilians, civilians, ())


def run(rows: list[Happened], assumed: Assumptions = QUICK, agreement: Agreement = AGREEMENT) -> Run:
    return backtest.replay(agreement, rows, assumed, WITHIN)


def steps(found: Run, side: int = 1) -> dict[int, int]:
    return {one.step: one.measures for one in found.sides[side - 1].steps if one.measures}


# ---- what the ladder gives


def test_three_small_breaches_in_thirty_days_lead_one_step_up() -> None:
    found = run([row(0), row(10), row(20)])
    assert (steps(found), steps(found, 2)) == ({1: 2, 2: 1}, {})
    assert (found.sides[0].highest, found.sides[0].severities) == (2, (("minor", 3), ("serious", 0), ("grave", 0)))
    far = run([row(0), row(40), row(80)])
    assert steps(far) == {1: 3}


def test_harm_to_civilians_makes_an_act_graver_as_assumed() -> None:
    hit = replace(row(0), civilians_low=0, civilians_high=2)
    found = [
        dict(run([hit], replace(QUICK, harm=harm)).sides[0].severities) for harm in ("at_least", "at_most", "never")
    ]
    assert [[name for name, n in one.items() if n] for one in found] == [["minor"], ["serious"], ["minor"]]


def test_what_becomes_no_measure_is_counted_apart_with_the_reason() -> None:
    rows = [
        row(0, side=0), row(1, code="Z9"), row(2, code="X1"), row(3, code="H1"), replace(row(4), earliest=START.minus(Span(1))),
    ]  # fmt: skip
    found = run(rows)
    assert (found.events, found.apart, found.sides[0].apart) == (
        4, (("nobody_accused", 1), ("act_unknown", 1), ("exempt", 1)), (("act_unknown", 1), ("exempt", 1)),
    )  # fmt: skip
    early = replace(row(0), earliest=Instant.parse("2019-01-01T00:00:00.000Z"))
    early = replace(early, latest=early.earliest.plus(Span(DAY)))
    all_time = Period(early.earliest, WITHIN.end)
    outside = backtest.replay(AGREEMENT, [early], QUICK, all_time)
    taken = backtest.replay(AGREEMENT, [early], replace(QUICK, instruments="throughout"), all_time)
    assert (outside.apart, outside.sides[0].cases, taken.apart, taken.sides[0].cases) == (
        (("outside_mandate", 1),), 0, (), 1,
    )  # fmt: skip


def test_an_act_that_nobody_forbids_leads_to_no_case_and_a_ruling_that_does_not_bind_to_no_measure() -> None:
    silent = replace(AGREEMENT, clauses=tuple(clause for clause in AGREEMENT.clauses if "H1" not in clause.codes))
    assert run([row(0)], agreement=silent).apart == (("no_provision", 1),)
    advisory = replace(AGREEMENT, authority=replace(AGREEMENT.authority, value="advisory"))
    as_written = replace(QUICK, authority="as_written")
    assert run([row(0)], as_written, advisory).apart == (("not_binding", 1),)
    assert run([row(0)], QUICK, advisory).apart == ()
    unproved = replace(AGREEMENT, standards=())
    assert run([row(0)], agreement=unproved).apart == (("no_standard", 1),)


@pytest.mark.parametrize(
    ("findings", "stand"),
    [("all_attributed", 4), ("deadly_only", 2), ("civilians_only", 1), ("none_contested", 3), ("dated_only", 4)],
)
def test_which_findings_stand_is_an_assumption(findings: str, stand: int) -> None:
    rows = [
        row(0), row(1, dead=1), row(2, dead=2, civilians=1), replace(row(3), assumed=("accused_by_losses",)),
    ]  # fmt: skip
    found = run(rows, replace(QUICK, findings=findings))
    assert (found.sides[0].cases, found.sides[0].violations) == (4, stand)


def test_a_disputed_mandate_goes_on_or_is_left_out() -> None:
    instrument = AGREEMENT.instruments[0]
    (window,) = instrument.windows
    two = (replace(window, by="party-1"), replace(window, by="party-2", start="2030-01-01T00:00+00:00"))
    disputed = replace(AGREEMENT, instruments=(replace(instrument, windows=two),))
    goes_on = run([row(0)], QUICK, disputed)
    left_out = run([row(0)], replace(QUICK, disputed="left_out"), disputed)
    assert (goes_on.disputed, steps(goes_on), left_out.disputed, left_out.apart) == (
        1, {1: 1}, 0, (("outside_mandate", 1),),
    )  # fmt: skip


# ---- time at steps


def test_a_measure_lasts_until_its_term_has_run_and_days_add_up() -> None:
    found = run([row(0)]).sides[0]
    # complained of at the end of day 0, imposed three days later; corrective_action has a term of 90 days
    begins = START.plus(Span(4 * DAY))
    assert found.course == ((START, 0), (begins, 1), (begins.plus(Span(90 * DAY)), 0))
    assert (found.free_ms, {one.step: one.ms for one in found.steps if one.ms}) == (310 * DAY, {1: 90 * DAY})
    assert (found.unmet, found.after) == (0, 0)


def test_what_was_not_carried_out_stays_and_half_is_every_second() -> None:
    never = run([row(0)], replace(QUICK, compliance="never")).sides[0]
    assert (never.course[-1][1], never.unmet, never.steps[0].ms) == (1, 1, 396 * DAY)
    half = run([row(0), row(100), row(200), row(300)], replace(QUICK, compliance="half")).sides[0]
    assert (half.unmet, sum(one.measures for one in half.steps)) == (2, 4)


def test_an_unmet_measure_weighs_on_the_next_or_is_stepped_up() -> None:
    rows = [row(0, code="A1"), row(70, code="H1")]
    weighs = run(rows, replace(QUICK, compliance="never"))
    assert steps(weighs) == {3: 1, 4: 1}
    stepped = run(rows[:1], replace(QUICK, compliance="never", step_up="when_unmet")).sides[0]
    assert [(one.step, one.measures, one.stepped_up) for one in stepped.steps if one.measures] == [(3, 1, 0), (4, 1, 1)]
    # restitution is due after 60 days; one day later the step above takes its place
    up = START.plus(Span((4 + 60 + 1) * DAY))
    assert [at for at, step in stepped.course if step == 4] == [up]
    assert steps(run(rows, replace(QUICK, compliance="always"))) == {1: 1, 3: 1}


def test_measures_after_the_end_are_counted_and_no_time_counts_for_them() -> None:
    found = run([row(398)]).sides[0]
    assert (found.after, found.course, found.free_ms) == (1, ((START, 0),), 400 * DAY)


# ---- the same as the mechanism


EVENTS = st.lists(
    st.builds(
        row, st.integers(0, 120), st.integers(0, 2), st.sampled_from(["H1", "H2", "A1", "I2", "F1"]),
        dead=st.integers(0, 2), civilians=st.integers(0, 1), hours=st.sampled_from([1, 24, 240]),
    ), max_size=24,
).map(lambda rows: [replace(one, event_id=f"e-{n}") for n, one in enumerate(rows)])  # fmt: skip
WAYS = st.builds(
    Assumptions,
    findings=st.sampled_from(["all_attributed", "deadly_only"]),
    compliance=st.sampled_from(["always", "half", "never"]),
    step_up=st.sampled_from(["no", "when_unmet"]),
    finding=st.sampled_from(["", "P1D", "P9D"]),
    measure=st.sampled_from(["", "P0D", "P30D"]),
)


@settings(max_examples=60, deadline=None)
@given(EVENTS, WAYS)
def test_the_steps_are_those_that_the_mechanism_computes(rows: list[Happened], assumed: Assumptions) -> None:
    """Each violation is put as a determination into a standing, and `measures.compute` asked, with nothing left out."""
    assumed = replace(assumed, step_up="no")
    found = run(rows, assumed)
    sha256 = reading.digest(AGREEMENT, canonical.encode)
    standing = Standing("tiga.example/exercise", {sha256: AGREEMENT})
    standing.agreement, standing.agreement_sha256 = AGREEMENT, sha256
    spans = found.stages
    heard = []
    for case in (case for case in found.filed if case.violation):
        ruled_at = case.opened.plus(spans.finding).plus(spans.determination)
        ruled = _ruled(case)
        issued = DeterminationIssued(case.id, "f", (ruled,), "", sha256)
        standing.determinations[case.id] = Determination(case.id, 0, ruled_at, issued, (), ruled_at)
        heard.append((ruled_at.plus(spans.measure), case.id, case, ruled))
    reached: tuple[Counter[int], Counter[int]] = (Counter(), Counter())
    for at, id, case, ruled in sorted(heard, key=lambda one: one[:2]):
        computed = compute(standing, standing.determinations[id], ruled, at)
        number = reached[case.side].total() + 1
        every = {"always": 1, "half": 2, "never": 0}[assumed.compliance]
        kept = every > 0 and number % every == 0
        verified = {
            item.id: item.due for item in computed.items  # type: ignore[union-attr]
            if kept or item.executor not in (ruled.party, "both_parties")
        }  # fmt: skip
        imposed = MeasureImposed(id, id, "i1", ruled.party, computed.step, computed.items, "", "")  # type: ignore[union-attr]
        standing.measures[id] = Measure(id, 0, at, imposed, (), at, verified=verified)
        reached[case.side][computed.step] += 1  # type: ignore[union-attr]
    assert [steps(found, side) for side in (1, 2)] == [dict(sorted(one.items())) for one in reached]


def _ruled(case: Filed) -> Ruled:
    party = AGREEMENT.parties[case.side].id
    return Ruled("i1", party, "P-01", "H1", "violation", case.occurred, case.severity, tuple(sorted(case.factors)))


# ---- laws


@settings(max_examples=60, deadline=None)
@given(EVENTS, WAYS)
def test_exchanging_the_parties_mirrors_everything_and_twice_is_the_same(
    rows: list[Happened], assumed: Assumptions
) -> None:
    other = backtest.exchanged(rows)
    assert backtest.exchanged(other) == tuple(rows)
    one, mirrored = run(rows, assumed), run(list(other), assumed)
    assert backtest.unmirrored(one, mirrored) == ()
    assert [replace(side, name="") for side in one.sides] == [
        replace(side, name="") for side in reversed(mirrored.sides)
    ]


@settings(max_examples=40, deadline=None)
@given(EVENTS.flatmap(lambda rows: st.tuples(st.just(rows), st.permutations(rows))), WAYS)
def test_the_order_of_rows_changes_nothing(pair: tuple[list[Happened], list[Happened]], assumed: Assumptions) -> None:
    assert run(pair[0], assumed) == run(pair[1], assumed)


@settings(max_examples=60, deadline=None)
@given(EVENTS, EVENTS)
def test_more_events_never_lower_the_highest_step(rows: list[Happened], more: list[Happened]) -> None:
    fewer = run(rows)
    both = run([*rows, *(replace(one, event_id=f"more-{one.event_id}") for one in more)])
    lower = [
        side.name for side, with_more in zip(fewer.sides, both.sides, strict=True) if with_more.highest < side.highest
    ]
    assert lower == []


@settings(max_examples=40, deadline=None)
@given(EVENTS, WAYS)
def test_days_add_up_to_the_period(rows: list[Happened], assumed: Assumptions) -> None:
    for side in run(rows, assumed).sides:
        assert side.free_ms + sum(one.ms for one in side.steps) == WITHIN.end.ms - WITHIN.start.ms
        assert side.cases == side.violations + sum(n for code, n in side.apart if code == "not_standing")


def test_a_clause_that_binds_one_party_alone_is_said_loudly() -> None:
    clauses = tuple(
        replace(clause, binds=("party-1",)) if "H1" in clause.codes else clause for clause in AGREEMENT.clauses
    )
    uneven = replace(AGREEMENT, clauses=clauses)
    rows = [row(0), row(1, side=2, code="A1")]
    one, other = run(rows, agreement=uneven), run(list(backtest.exchanged(rows)), agreement=uneven)
    assert backtest.unmirrored(one, other) == (
        "cases", "violations", "severities", "steps", "free_ms", "highest", "windows", "apart", "course",
    )  # fmt: skip
    assert backtest.one_sided(uneven)[0] == ("H1", ("P-01",))
    assert backtest.one_sided(AGREEMENT) == ()
    assert [code for code, clauses in backtest.one_sided(desk.real_agreement())] == []


def test_an_agreement_of_three_or_without_a_ladder_is_refused() -> None:
    three = replace(AGREEMENT, parties=(*AGREEMENT.parties, replace(AGREEMENT.parties[0], id="party-3")))
    refused = []
    for agreement in (three, replace(AGREEMENT, ladder=())):
        with pytest.raises(BadBacktest) as error:
            run([row(0)], agreement=agreement)
        refused.append(error.value.code)
    with pytest.raises(BadBacktest) as error:
        backtest.period([], [AGREEMENT], "UTC")
    assert [*refused, error.value.code] == ["not_two_parties", "no_ladder", "no_events"]


def test_a_ladder_that_does_not_decide_is_counted_apart() -> None:
    step = AGREEMENT.ladder[0]
    same = replace(AGREEMENT, ladder=(step, Step(2, step.when, step.measures, step.clause, rank=1)))
    assert run([row(0)], agreement=same).sides[0].apart == (("ambiguous", 1),)
    assert run([row(0, code="A1")], agreement=replace(AGREEMENT, ladder=(step,))).sides[0].apart == (("no_step", 1),)


def test_only_rows_that_can_decide_are_fed_to_the_ladder() -> None:
    docket = Docket(AGREEMENT, 0, QUICK, stages(AGREEMENT, QUICK))
    cases = [
        Filed(f"{n:03}", 0, START.plus(Span(n * DAY)), START.plus(Span(n * DAY)), True, "minor", violation=True)
        for n in range(200)
    ]
    assert sum(1 for _ in docket.hear(cases)) == 200
    facts = docket.situation(cases[150], START.plus(Span(400 * DAY)))
    assert [one.id for one in facts.past] == ["147", "148", "149"]


# ---- assumptions


def test_stages_last_as_long_as_the_agreements_own_clocks() -> None:
    clocks = {
        "reply": "P7D", "triage": "PT48H", "verification": "P14D", "determine": "P7D", "impose": "PT72H",
    }  # fmt: skip
    rows = tuple(Deadline(name, span, "UTC", "M-01", Ground("placeholder")) for name, span in clocks.items())
    spans = stages(replace(AGREEMENT, deadlines=rows, reply_to="complaint"), Assumptions())
    again = stages(replace(AGREEMENT, deadlines=rows, reply_to="draft"), Assumptions())
    assert [one.ms // DAY for one in (spans.complaint, spans.finding, spans.determination, spans.measure)] == [
        0,
        16,
        7,
        3,
    ]
    assert again.finding.ms // DAY == 23
    assert spans.clocks == (
        ("complaint", ()), ("finding", ("reply", "triage", "verification")), ("determination", ("determine",)),
        ("measure", ("impose",)),
    )  # fmt: skip
    assert stages(replace(AGREEMENT, deadlines=()), Assumptions()).finding.ms == 0


def test_assumptions_are_read_and_what_is_unknown_is_named_with_what_would_be_accepted() -> None:
    given_ = {"findings": "deadly_only", "finding": "14", "measure": "clocks", "capacity": "3", "zone": "+04:30"}
    assert chosen(given_) == Assumptions(findings="deadly_only", finding="P14D", capacity=3, zone="+04:30")
    refused = []
    for name, value in (
        ("findings", "all"), ("capacity", "0"), ("capacity", "٣"), ("finding", "soon"), ("measure", "P9999D"),
        ("complaint", "clocks"), ("zone", "Mars"), ("mood", "good"),
    ):  # fmt: skip
        with pytest.raises(BadAssumption) as error:
            chosen({name: value})
        refused.append((error.value.name, error.value.value, bool(error.value.known)))
    assert refused == [
        ("findings", "all", True), ("capacity", "0", True), ("capacity", "٣", True), ("finding", "soon", True),
        ("measure", "P9999D", True), ("complaint", "clocks", True), ("zone", "Mars", True), ("", "mood", True),
    ]  # fmt: skip


# ---- load and contradictions


def test_weeks_are_iso_weeks_in_a_zone_with_what_is_left_over() -> None:
    opened = [START.plus(Span(n * DAY)) for n in (0, 1, 6, 14)]
    rows = workload.weeks(opened, "UTC", 2)
    assert [(one.label, one.monday, one.opened, one.served, one.backlog) for one in rows] == [
        ("2026-W02", "2026-01-05", 3, 2, 1), ("2026-W03", "2026-01-12", 0, 1, 0), ("2026-W04", "2026-01-19", 1, 1, 0),
    ]  # fmt: skip
    west = workload.weeks(opened[:1], "-01:00", 2)
    assert [(one.label, one.monday) for one in west] == [("2026-W01", "2025-12-29")]
    assert workload.weeks([], "UTC", 2) == ()


def test_clocks_that_run_out_before_their_turn_are_counted() -> None:
    rows = [row(n % 5, side=1 + n % 2, name=f"e-{n}", hours=1) for n in range(10)]
    found = run(rows, replace(QUICK, finding="P1D"))
    loads = {one.clock: one for one in workload.loads(AGREEMENT, found, "UTC", 2)}
    # ten cases from Monday to Friday, two a week: two in the first week, the others when 1 to 4 Mondays have gone by
    assert (loads["triage"].started, loads["triage"].unserved, loads["triage"].worst) == (10, 8, "2026-W02")
    assert loads["determine"].unserved == 6  # of a week's length: those of the second week still come in time
    assert {one.unserved for one in workload.loads(AGREEMENT, found, "UTC", 10)} == {0}


def test_terms_that_cannot_all_hold_are_found() -> None:
    decay = replace(AGREEMENT.decay, value="P10D")
    short = tuple(replace(one, expiry="PT1H") if one.id == "joint_patrol" else one for one in AGREEMENT.measures)
    draft = replace(AGREEMENT, decay=decay, measures=short, ladder=AGREEMENT.ladder[:2])
    clocks = (*[one for one in draft.deadlines if one.id not in ("access", "verification")],
              Deadline("access", "P20D", "UTC", "M-11", Ground("placeholder")),
              Deadline("verification", "P14D", "UTC", "M-01", Ground("placeholder")))  # fmt: skip
    rows = workload.contradictions(replace(draft, deadlines=clocks))
    assert [(one.code, one.item) for one in rows] == [
        ("appeal_file", "private_notice"), ("appeal_decide", "corrective_action"), ("appeal_decide", "all_party_notice"),
        ("appeal_decide", "joint_patrol"), ("expiry_before_due", "joint_patrol"), ("window_over_decay", "2"),
        ("access_over_verification", "access"),
    ]  # fmt: skip
    assert workload.contradictions(replace(draft, deadlines=(), decay=AGREEMENT.decay, measures=())) == ()


def test_every_window_of_the_ladder_is_counted() -> None:
    ladder = (
        Step(1, (Group((Condition(severity="minor"),)),), ("private_notice",), "M-09"),
        Step(
            2, (Group((Condition(count="minor", at_least=2, within="P30D", zone="UTC"),)),), ("public_naming",), "M-09"
        ),
    )
    found = run([row(0), row(5), row(100)], agreement=replace(AGREEMENT, ladder=ladder)).sides[0]
    assert [(one.step, one.condition.form(), one.held) for one in found.windows] == [
        (1, "severity", 3),
        (2, "count", 1),
    ]


# ---- real data


def test_a_real_dataset_is_tried_in_time_and_comes_out_exchanged(record_property) -> None:
    """Counts of the run are not told: no number attaches to a real side."""
    name = "ucdp_ged_PAK_1989-2016_hxl.csv"
    path = Path(os.environ.get("TIGA_SHARED", desk.ROOT.parent / "shared")) / "data" / "ucdp-ged" / name
    if not path.exists():
        pytest.skip(f"no {name} on this machine; set TIGA_SHARED to the folder that holds data/ucdp-ged")
    events = [event for _, event in ucdp.read(name, path.read_bytes(), {"": "UTC"}).events]
    [((one, other), _)] = Counter((event.side_a, event.side_b) for event in events).most_common(1)
    rows = happened(events, ([one], [other])).happened
    assumed = Assumptions(instruments="throughout", compliance="half", step_up="when_unmet")
    within = backtest.period(rows, [AGREEMENT], "UTC")
    began = time.perf_counter()
    found = backtest.replay(AGREEMENT, rows, assumed, within)
    seconds = time.perf_counter() - began
    record_property("seconds", f"{seconds:.2f}")
    print(f"\n{len(rows)} events of {len(events)} tried in {seconds:.2f} s")
    mirrored = backtest.replay(AGREEMENT, backtest.exchanged(rows), assumed, within)
    assert (found.events, backtest.unmirrored(found, mirrored), seconds < 30) == (len(rows), (), True)
