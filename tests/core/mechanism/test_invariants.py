"""Generated disputes keep the invariants of the domain (b.6), whoever does what in whatever order.

Up to 40 acts by anybody on two or three cases, sensible or not, with a clock that jumps, recusals, alternates and
discredited reports. `TIGA_LONG=1` plays more of them.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.core.mechanism import desk as desks
from tests.core.mechanism.desk import Desk, actor, founded, report
from tiga.mechanism import cases, charter, determinations, findings, measures, reports
from tiga.mechanism.acts import Actor, Outcome
from tiga.mechanism.deciders import adoption, complaints, grouping, imposing, marking, replies, ruling, seating, triage
from tiga.mechanism.findings import Held
from tiga.mechanism.recompute import recompute
from tiga.mechanism.standing import REGISTRY, Standing
from tiga.values.moments import Instant, Span
from tiga.values.places import Place, Point, bank, to_line

LONG = bool(os.environ.get("TIGA_LONG"))
EXAMPLES = 1_000 if LONG else 60
SLUGS = tuple(desks.PEOPLE)
CODES = ("H1", "H2", "H5", "A1", "Z9")
SPANS = ("PT1H", "P1D", "P7D", "P40D")
STANDARDS = (*desks.exercise_agreement().standard_order[-2:], "insufficient")
Draw = Callable[[int], int]


def _case(desk: Desk, draw: Draw) -> str:
    known = sorted(desk.whole.cases)
    return known[draw(len(known))] if known else "x" * 43


def _of(rows: dict[str, object], draw: Draw) -> str:
    known = sorted(rows)
    return known[draw(len(known))] if known else "x" * 43


def _complain(desk: Desk, draw: Draw) -> tuple[tuple[str, ...], Callable[..., Outcome]]:
    code, party = CODES[draw(len(CODES))], ("party-1", "party-2")[draw(2)]
    local = desk.now().minus(Span(draw(90) * 86_400_000 + 1)).text()[:16]
    drawn = report(f"r{desk.drawn}", party, (code,), local)
    respondent = ("party-2", "party-1")[party == "party-2"] if draw(8) else party
    complaint = complaints.Complaint(drawn, "P-05" if code == "A1" else "P-01", respondent, desk.salts())
    return (), lambda s, by, now: complaints.complain(s, complaint, by, now)


def _held(desk: Desk, case: str, draw: Draw) -> tuple[Held, ...]:
    holding = findings.HOLDINGS[0] if draw(3) else findings.HOLDINGS[draw(len(findings.HOLDINGS))]
    support = (
        desk.whole.cases[case].opened.report if case in desk.whole.cases and draw(6) else _of(desk.whole.reports, draw)
    )  # type: ignore[arg-type]
    factors = ("civilian_harm",) if not draw(4) else ()
    return (Held("i1", holding, STANDARDS[draw(len(STANDARDS))], "EXERCISE.", "organ", (support,), factors),)


def _panel(desk: Desk, draw: Draw, what: int) -> tuple[tuple[str, ...], Callable[..., Outcome]]:
    """An act of the panel on some case."""
    case = _case(desk, draw)
    threads = desk.threads_of(case)
    known = desk.whole.cases.get(case)
    if what == 0:
        return threads, lambda s, by, now: triage.admit(s, case, "reasonable_suspicion", "EXERCISE.", by, now)
    if what == 1:
        rows = _held(desk, case, draw)
        return threads, lambda s, by, now: adoption.adopt(s, case, rows, by, now)
    if what == 2:
        disposition = determinations.DISPOSITIONS[0 if draw(4) else draw(len(determinations.DISPOSITIONS))]
        return threads, lambda s, by, now: ruling.issue(s, case, {"i1": disposition}, "EXERCISE.", by, now)
    if what == 3:
        return threads, lambda s, by, now: imposing.impose(s, case, "i1", by, now)
    if what == 4 and known:
        sids = [sid for sid in (known.finding, known.determination, *known.measures) if sid] or ["x" * 43]
        sid = sids[-1] if draw(4) else sids[draw(len(sids))]
        return threads, lambda s, by, now: ruling.sign(s, sid, by, now)
    if what == 5:
        return threads, lambda s, by, now: replies.open_replies(s, case, by, now)
    reason = cases.CLOSINGS[draw(len(cases.CLOSINGS))]
    return threads, lambda s, by, now: triage.close(s, case, reason, "", by, now)


def _executed(desk: Desk, draw: Draw) -> tuple[tuple[str, ...], Callable[..., Outcome]]:
    sid = _of(desk.whole.measures, draw)  # type: ignore[arg-type]
    measure = desk.whole.measures.get(sid)
    items = [item.id for item in measure.imposed.items] if measure else ["x"]
    item, threads = items[draw(len(items))], desk.threads_of(measure.imposed.case) if measure else ()
    if draw(2):
        return threads, lambda s, by, now: imposing.report_compliance(s, sid, item, "EXERCISE.", by, now)
    return threads, lambda s, by, now: imposing.verify_compliance(s, sid, item, True, "EXERCISE.", by, now)


def _other(desk: Desk, draw: Draw, what: int) -> tuple[tuple[str, ...], Callable[..., Outcome]]:
    if what == 0:
        case, salts = _case(desk, draw), desk.salts()
        return desk.threads_of(case), lambda s, by, now: replies.reply(s, case, "EXERCISE.", "en", by, now, salts)
    if what == 1:
        sid = _of(desk.whole.reports, draw)  # type: ignore[arg-type]
        return desk.threads_of_report(sid), lambda s, by, now: marking.discredit(s, sid, "EXERCISE.", by, now)
    if what == 2:
        return (), lambda s, by, now: seating.recuse(s, "EXERCISE.", by, now)
    if what == 3:
        slug = SLUGS[draw(len(SLUGS))]
        return (), lambda s, by, now: seating.seat(s, actor(slug).key, actor(slug).component, by, now)
    if what == 4:
        drawn, salts = report(f"m{desk.drawn}", "", channel="monitor"), desk.salts()
        return (), lambda s, by, now: reports.file(s, drawn, by, now, salts)
    if what == 5:
        incident, sid = _of(desk.whole.incidents, draw), _of(desk.whole.reports, draw)  # type: ignore[arg-type]
        verb = grouping.link if draw(2) else grouping.unlink
        return (f"incident:{incident}", f"report:{sid}"), lambda s, by, now: verb(
            s, incident, sid, "EXERCISE.", by, now
        )
    span = SPANS[draw(len(SPANS))]
    return (), lambda s, by, now: charter.advance(s, now.plus(Span.parse(span)), "EXERCISE.", by, now)


@st.composite
def disputes(draw: st.DrawFn) -> Desk:
    """A record after up to 40 acts; acts that lead on are drawn more often, so that many disputes get to a measure."""
    desk = founded()

    def pick(number: int) -> int:
        return draw(st.integers(0, max(0, number - 1)))

    for _ in range(draw(st.integers(5, 40))):
        kind = pick(12)
        if kind < 6:
            _advance(desk, pick)
            continue
        if kind < 7:
            threads, verb = _complain(desk, pick)
        elif kind < 9:
            threads, verb = _panel(desk, pick, pick(7))
        elif kind < 10:
            threads, verb = _executed(desk, pick)
        else:
            threads, verb = _other(desk, pick, pick(7))
        desk.try_(SLUGS[pick(len(SLUGS))], threads, verb)
    return desk


def _advance(desk: Desk, pick: Draw) -> None:
    """The next sensible act on some case, by whoever may do it; a refusal is as good as an entry here."""
    if not desk.whole.cases:
        by = ("liaison1", "liaison2")[pick(2)]
        desks.complain(desk, by, (("H1", "H2")[pick(2)],), desk.now().minus(Span(3_600_000)).text()[:16])
        return
    case = _case(desk, pick)
    known, threads = desk.whole.cases[case], desk.threads_of(case)
    mediator = ("mediator1", "mediator2", "mediator1b")[pick(3)]
    state = cases.state(desk.whole, known)
    if state == "notified":
        verb = _panel(desk, pick, 0)[1]
    elif state == "reply":
        return _reply_both(desk, case)
    elif state == "verification":
        support = known.opened.report
        rows = (
            Held("i1", "established", "clear_and_convincing", "EXERCISE.", "organ", (support,), (), ("single_source",)),
        )
        verb = lambda s, by, now: adoption.adopt(s, case, rows, by, now)  # noqa: E731
    elif state == "adopted":
        verb = lambda s, by, now: ruling.issue(s, case, {"i1": "violation"}, "EXERCISE.", by, now)  # noqa: E731
    elif state == "determined":
        verb = lambda s, by, now: imposing.impose(s, case, "i1", by, now)  # noqa: E731
    else:
        sid = [sid for sid in ("x" * 43, known.finding, known.determination, *known.measures) if sid][-1]
        verb = lambda s, by, now: ruling.sign(s, sid, by, now)  # noqa: E731
    desk.try_(mediator, threads, verb)
    return None


def _reply_both(desk: Desk, case: str) -> None:
    for slug in ("liaison1", "liaison2"):
        salts = desk.salts()
        desk.try_(
            slug,
            desk.threads_of(case),
            lambda s, by, now, salts=salts: replies.reply(s, case, "EXERCISE.", "en", by, now, salts),
        )


PLAYED = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=not LONG,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)


def _fold(desk: Desk) -> Standing:
    return Standing.of(desk.origin, desk.entries(), desk.agreements, {})


@PLAYED
@given(disputes())
def test_a_generated_dispute_keeps_the_invariants(desk: Desk) -> None:
    check_order(desk)
    check_counts(desk)
    check_once(desk)
    check_force(desk)
    check_partial(desk)
    check_again(desk)


def check_order(desk: Desk) -> None:
    """1: a measure after a determination in force, that after a finding in force, that after replies were open."""
    standing = Standing(desk.origin, desk.agreements)
    for entry in desk.entries():
        kind = REGISTRY.decode(entry.envelope)
        if isinstance(kind, findings.FindingAdopted):
            assert standing.cases[kind.case].replies_opened is not None
        if isinstance(kind, determinations.DeterminationIssued):
            assert standing.findings[kind.finding].in_force is not None
        if isinstance(kind, measures.MeasureImposed):
            assert standing.determinations[kind.determination].in_force is not None
        standing.apply(entry)


def _violations(standing: Standing) -> Counter[str]:
    """What stands against each party, as the ladder would count it: violations in force."""
    return Counter(
        row.party
        for held in standing.determinations.values()
        if held.in_force is not None
        for row in held.issued.ruled
        if row.disposition == "violation"
    )


def check_counts(desk: Desk) -> None:
    """2: only an entry that brings a determination into force moves a party's count."""
    standing, before = Standing(desk.origin, desk.agreements), Counter[str]()
    for entry in desk.entries():
        standing.apply(entry)
        after = _violations(standing)
        if entry.envelope.act not in ("determination.issue", "signature.add"):
            assert after == before
        before = after


def check_once(desk: Desk) -> None:
    """No issue bears two measures, no case two findings or two determinations."""
    rows = Counter((entry.envelope.act, entry.envelope.case) for entry in desk.entries())
    for act in ("finding.adopt", "determination.issue", "measure.impose"):
        assert [case for (name, case), number in rows.items() if name == act and number > 1] == []


def check_force(desk: Desk) -> None:
    """What is in force stays so, since the same instant, and has every assent the agreement asks for."""
    standing, since = Standing(desk.origin, desk.agreements), {}
    for entry in desk.entries():
        standing.apply(entry)
        now = {
            sid: found[3]
            for sid in (*standing.findings, *standing.determinations, *standing.measures)
            if (found := standing.signable(sid)) and found[3] is not None
        }
        assert {sid: now.get(sid) for sid in since} == since
        since = now
    for sid in since:
        found = standing.signable(sid)
        assert found is not None
        assert {standing.keys[name].component for name in found[2]} >= {"mediator-1", "mediator-2"}


def check_partial(desk: Desk) -> None:
    """3: folded twice the same; folded from a case's threads alone, the case is the same, and so are its clocks."""
    whole = _fold(desk)
    assert whole == _fold(desk)
    whole.reads = {}
    assert whole == desk.whole
    for sid, case in whole.cases.items():
        part = desk.standing(*desk.threads_of(sid))
        assert part.cases[sid] == case
        for name in ("findings", "determinations", "measures"):
            own = {key: row for key, row in getattr(whole, name).items() if whole.signable(key)[1] == sid}  # type: ignore[index]
            assert {key: getattr(part, name)[key] for key in own} == own
        assert (cases.state(part, case), cases.stayed(part, case)) == (
            cases.state(whole, case),
            cases.stayed(whole, case),
        )


def check_again(desk: Desk) -> None:
    """3: every measure comes out the same, byte for byte, from the whole log and from its own threads."""
    once = recompute(desk.origin, desk.entries(), desk.agreements)
    assert [row.outcome for row in once] == ["same"] * len(desk.whole.measures)
    assert recompute(desk.origin, desk.entries(), desk.agreements) == once
    for row in once:
        loaded = {
            entry.index: entry
            for name in ("roster", *desk.threads_of(desk.whole.measures[row.sid].imposed.case))
            for entry in desk.book.thread(name)
        }
        part = recompute(desk.origin, [loaded[index] for index in sorted(loaded)], desk.agreements)
        assert next(other for other in part if other.sid == row.sid) == row


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


def _two(first: str, second: str) -> Desk:
    """Two complaints about fire in both directions, filed in one order or the other, each found and determined."""
    desk = founded()
    for slug in (first, second):
        case = desks.complain(desk, slug, ("H2",), "2026-01-05T07:00")
        desks.admit(desk, case)
        _reply_both(desk, case)
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
