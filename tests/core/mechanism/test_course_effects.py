"""What the course of a case does to rulings and measures, of its own and of other cases: appeals, discredited support,
deferral, stays, steps up, and the ledger. After each story the threads alone say what the whole log says (`courses.check_alike`).
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.core.mechanism import courses
from tests.core.mechanism import desk as desks
from tests.core.mechanism.courses import (
    both,
    check_alike,
    do,
    founded,
    grave,
    measure,
    minors,
    refused,
    ruling,
    state,
    till,
)
from tests.core.mechanism.desk import Desk
from tiga.mechanism import deadlines, imposed
from tiga.mechanism.deciders import grouping, imposing
from tiga.mechanism.deciders import ruling as rulings
from tiga.values.moments import Instant, Span

FILED = {"ground": "procedure", "text": "EXERCISE. We were not heard.", "language": "en"}


def appeal(desk: Desk, case: str, slug: str = "liaison2", of: str = "", ground: str = "procedure") -> str:
    return do(desk, slug, "appeal.file", case, **(FILED | {"of": of, "ground": ground}))


def decided(desk: Desk, case: str, outcome: str, disposition: str = "") -> str:
    return both(desk, case, "appeal.decide", outcome=outcome, disposition=disposition, reason="R.")


def put(desk: Desk, case: str) -> str:
    return desk.refused("mediator1", desk.threads_of(case), lambda s, by, now: imposing.impose(s, case, "i1", by, now))


def signed(desk: Desk, case: str, sid: str) -> str:
    return desk.refused("mediator2", desk.threads_of(case), lambda s, by, now: rulings.sign(s, sid, by, now))


def reported(desk: Desk, case: str, item: str) -> str:
    sid, slug = measure(desk, case).sid, desks.executor(desk, measure(desk, case).sid, item)
    return desk.refused(
        slug, desk.threads_of(case), lambda s, by, now: imposing.report_compliance(s, sid, item, "Done.", by, now)
    )


# ---- appeals


def test_an_appeal_suspends_the_measures_of_suspensive_steps_and_no_others() -> None:
    desk, light = desks.at_stage("in_force", founded())
    appeal(desk, light)
    assert (measure(desk, light).stays, state(desk, light)) == ((), "appeal")
    desk, heavy = grave("in_force", desk, "2026-01-04T21:40")
    assert measure(desk, heavy).imposed.step == 3
    sid = appeal(desk, heavy)
    assert measure(desk, heavy).stays == (f"appeal:{sid}",)
    assert reported(desk, heavy, "public_naming") == "measure_stayed"
    assert measure(desk, light).stays == ()
    check_alike(desk)


def test_while_an_appeal_waits_no_measure_that_it_would_suspend_is_put() -> None:
    desk, case = grave("determined")
    appeal(desk, case)
    assert put(desk, case) == "appeal_waits"
    decided(desk, case, "upheld")
    assert put(desk, case) == ""
    light, case = desks.at_stage("determined", founded())
    appeal(light, case)
    assert put(light, case) == ""
    check_alike(light)


@pytest.mark.parametrize(("minutes", "code"), [(-3, ""), (0, "appeal_late")])
def test_an_appeal_comes_in_time(minutes: int, code: str) -> None:
    desk, case = desks.at_stage("determined", founded())
    force = ruling(desk, case).in_force
    assert force is not None
    till(desk, Instant(force.plus(Span.parse("P7D")).ms + minutes * 60_000))
    assert refused(desk, "liaison2", "appeal.file", case, **FILED) == code


def test_an_appeal_on_a_closed_case_opens_it_again() -> None:
    desk, case = desks.at_stage("found", founded())
    desks.sign(desk, case, desks.issue(desk, case, "no_violation"))
    assert courses.closed(desk, case, "no_violation") == ""
    appeal(desk, case, "liaison1")
    assert (state(desk, case), desk.whole.cases[case].course.closings[0][1]) == ("appeal", "no_violation")
    decided(desk, case, "upheld")
    assert courses.closed(desk, case, "no_violation") == ""
    check_alike(desk)


def test_an_appeal_that_is_rejected_lifts_the_stay_and_gives_its_time_back() -> None:
    desk, case = grave("in_force")
    item = measure(desk, case).imposed.items[0]
    sid = appeal(desk, case)
    since = desk.whole.now
    desk.wait("P3D")
    assert courses.closed(desk, case, "complied") == "appeal_waits"
    decided(desk, case, "upheld")
    row = measure(desk, case)
    assert (row.stays, row.stayed, row.away) == ((), None, ((since, desk.whole.now),))
    assert row.due(item).ms - item.due.ms == desk.whole.now.ms - since.ms
    assert refused(desk, "liaison2", "appeal.file", case, **FILED) == "appealed_already"
    assert (desk.whole.papers[desk.whole.cases[case].course.appeals[0].decision].kind.appeal, row.ended) == (sid, None)
    check_alike(desk)


def test_what_is_annulled_ends_and_stays_the_measures_of_cases_that_counted_it() -> None:
    desk, (first, second, third) = minors(3)
    sid, other = ruling(desk, first).sid, ruling(desk, second).sid
    assert (measure(desk, third).imposed.step, measure(desk, third).counted) == (2, tuple(sorted((sid, other))))
    appeal(desk, first)
    decided(desk, first, "annulled")
    assert (ruling(desk, first).ruled, ruling(desk, first).ended) == ((), desk.whole.now)
    assert (measure(desk, first).ending, measure(desk, first).ended) == ("annulled", desk.whole.now)
    assert [measure(desk, case).stays for case in (second, third)] == [(), (f"precedent:{sid}",)]
    assert (put(desk, first), courses.closed(desk, first, "annulled")) == ("no_violation", "")
    check_alike(desk)


def test_a_stay_for_a_precedent_is_released_only_where_the_ladder_gives_the_same_step() -> None:
    desk, cases = minors(3)
    appeal(desk, cases[0])
    decided(desk, cases[0], "annulled")
    told = {"measure": measure(desk, cases[2]).sid, "reason": "R."}
    assert refused(desk, "mediator1", "measure.release", cases[2], **told) == "step_differs"
    desks.sign(desk, cases[2], desks.impose(desk, cases[2]))
    first, again = (measure(desk, cases[2], number) for number in (0, 1))
    assert (first.ending, again.imposed.step, again.stays) == ("recomputed", 1, ())
    check_alike(desk)
    desk, cases = minors(4)
    appeal(desk, cases[0])
    decided(desk, cases[0], "annulled")
    (reason,) = measure(desk, cases[3]).stays
    assert refused(desk, "mediator1", "measure.release", cases[3], **told) == "measure_unknown"
    assert put(desk, cases[3]) == "step_same"
    both(desk, cases[3], "measure.release", measure=measure(desk, cases[3]).sid, reason="R.")
    assert (reason, measure(desk, cases[3]).stays) == (f"precedent:{ruling(desk, cases[0]).sid}", ())
    assert measure(desk, cases[2]).stays == (reason,)
    check_alike(desk)


def test_an_appeal_varies_what_was_ruled_and_lets_a_new_measure_be_put() -> None:
    desk, case = desks.at_stage("found", founded())
    desks.sign(desk, case, desks.issue(desk, case, "no_violation"))
    appeal(desk, case, "liaison1")
    decided(desk, case, "varied", "violation")
    (row,) = ruling(desk, case).ruled
    assert (row.disposition, row.severity, ruling(desk, case).issued.ruled[0].severity) == ("violation", "minor", "")
    assert ruling(desk, case).ruled_at(Instant(desk.whole.now.ms - 1)) == ruling(desk, case).issued.ruled
    assert courses.closed(desk, case, "no_violation") == "measures_pending"
    desks.sign(desk, case, desks.impose(desk, case))
    assert measure(desk, case).imposed.step == 1
    check_alike(desk)


def test_a_violation_that_is_varied_away_ends_its_measure_and_counts_no_more() -> None:
    desk, cases = minors(3)
    appeal(desk, cases[0])
    assert refused(
        desk, "mediator1", "appeal.decide", cases[0], outcome="varied", disposition="violation", reason="R."
    ) == "not_varied"  # fmt: skip
    decided(desk, cases[0], "varied", "no_violation")
    assert (measure(desk, cases[0]).ending, courses.closed(desk, cases[0], "no_violation")) == ("varied", "")
    assert measure(desk, cases[2]).stays == (f"precedent:{ruling(desk, cases[0]).sid}",)
    check_alike(desk)


def test_a_measure_that_is_annulled_is_computed_again() -> None:
    desk, case = grave("in_force")
    sid = measure(desk, case).sid
    appeal(desk, case, of=sid, ground="proportionality")
    assert refused(
        desk, "mediator1", "appeal.decide", case, outcome="varied", disposition="violation", reason="R."
    ) == "measure_not_varied"  # fmt: skip
    decided(desk, case, "annulled")
    assert (measure(desk, case).ending, ruling(desk, case).ended) == ("annulled", None)
    desks.sign(desk, case, desks.impose(desk, case))
    assert (measure(desk, case).imposed.step, measure(desk, case).sid != sid) == (3, True)
    check_alike(desk)


def test_where_another_panel_decides_nobody_decides_on_what_oneself_signed() -> None:
    rule = courses.agreement().appeals
    assert rule is not None
    desk, case = desks.at_stage("determined", founded(appeals=replace(rule, other_panel=True)))
    appeal(desk, case)
    told = {"outcome": "annulled", "reason": "R."}
    assert refused(desk, "mediator1", "appeal.decide", case, **told) == "same_panel"
    desks.seat(desk, "mediator1b")
    sid = do(desk, "mediator1b", "appeal.decide", case, **told)
    assert signed(desk, case, sid) == "same_panel"
    assert ruling(desk, case).ended is None


# ---- discredited support


def supported(desk: Desk, local: str, number: int = 2) -> str:
    """A case with a measure in force whose finding rests on the complaint and on reports of others."""
    desk, case = desks.at_stage("replied", desk, local=local)
    found = desk.whole.cases[case].opened
    sids = [found.report]
    for slug in ("monitor", "liaison2")[: number - 1]:
        party = desks.PEOPLE[slug][1]
        channel = "liaison" if party else "monitor"
        drawn = desks.report(f"more-{local}-{slug}", party, local=local, channel=channel)
        sids.append(desks.file(desk, drawn, slug))
        threads = (*desk.threads_of(case), f"report:{sids[-1]}")
        desk.do(
            "secretariat",
            threads,
            lambda s, by, now, sid=sids[-1]: grouping.link(s, found.incident, sid, "R.", by, now),
        )
    desks.sign(desk, case, desks.adopt(desk, case, supports=tuple(sids)))
    desks.sign(desk, case, desks.issue(desk, case))
    desks.sign(desk, case, desks.impose(desk, case))
    return case


def test_a_discredited_support_stays_what_rests_on_it_in_the_same_entry_and_confirming_lifts() -> None:
    desk = founded()
    cases = [supported(desk, f"2026-01-04T{hour}:00") for hour in (10, 11, 12)]
    lost = desk.whole.cases[cases[0]].opened.report
    desks.discredit(desk, lost)
    assert [measure(desk, case).stays for case in cases] == [
        (f"discredited:{lost}",), (), (f"precedent:{ruling(desk, cases[0]).sid}",),
    ]  # fmt: skip
    assert {measure(desk, case).stayed for case in (cases[0], cases[2])} == {desk.entries()[-1].envelope.at}
    assert desk.whole.cases[cases[0]].flags == (lost,)
    check_alike(desk)
    both(desk, cases[0], "finding.confirm", reason="The others bear it.")
    assert (measure(desk, cases[0]).stays, desk.whole.cases[cases[0]].flags) == ((), ())
    check_alike(desk)
    both(desk, cases[2], "measure.release", measure=measure(desk, cases[2]).sid, reason="R.")
    assert measure(desk, cases[2]).stays == ()
    check_alike(desk)


def test_a_finding_that_is_left_with_nothing_is_not_confirmed() -> None:
    desk, case = desks.at_stage("in_force", founded())
    desks.discredit(desk, desk.whole.cases[case].opened.report)
    assert refused(desk, "mediator1", "finding.confirm", case, reason="R.") == "support_missing"


def test_a_closed_case_opens_again_when_its_finding_loses_a_support() -> None:
    desk, case = desks.at_stage("verified", founded())
    assert courses.closed(desk, case, "complied") == ""
    desks.discredit(desk, desk.whole.cases[case].opened.report)
    found = desk.whole.cases[case]
    assert (found.closed, found.course.closings[0][1], found.course.reopened) == (
        "", "complied", ((desk.whole.now, "discredited"),),
    )  # fmt: skip
    assert courses.closed(desk, case, "complied") == "support_discredited"
    check_alike(desk)


def test_a_confirmation_in_one_case_says_nothing_of_another_that_rests_on_the_same_report() -> None:
    """One happening, two provisions, two cases: the report stands behind both."""
    desk, first = desks.at_stage("in_force", founded(), codes=("H1", "A3"))
    found = desk.whole.cases[first].opened
    second = do(desk, "secretariat", "case.raise", "", incident=found.incident, provision="P-05", party="party-2")
    desks.admit(desk, second)
    for slug in ("liaison1", "liaison2"):
        desks.reply(desk, second, slug)
    desks.sign(desk, second, desks.adopt(desk, second))
    desks.sign(desk, second, desks.issue(desk, second))
    desks.sign(desk, second, desks.impose(desk, second))
    desks.discredit(desk, found.report)
    other = courses.further(desk, first)
    do(desk, "mediator1", "case.reopen", first, ground="new_evidence", report=other, reason="R.")
    desks.sign(desk, first, desks.adopt(desk, first, supports=(other,)))
    assert [desk.whole.cases[case].flags for case in (first, second)] == [(), (found.report,)]
    assert (measure(desk, second).stays, desk.whole.cases[first].measures) == ((f"discredited:{found.report}",), ())
    check_alike(desk)


def test_a_new_finding_takes_the_place_of_the_one_that_lost_its_support() -> None:
    desk, (first, second, third) = minors(3)
    old, earlier = ruling(desk, first), measure(desk, first).sid
    found = desk.whole.cases[first].opened
    desks.discredit(desk, found.report)
    other = courses.further(desk, first)
    do(desk, "mediator1", "case.reopen", first, ground="new_evidence", report=other, reason="R.")
    sid = desks.adopt(desk, first, supports=(other,))
    assert desk.whole.determinations[old.sid].ended is None
    assert put(desk, first) == "no_determination"
    desks.sign(desk, first, sid)
    assert (desk.whole.determinations[old.sid].ended, desk.whole.measures[earlier].ending) == (
        desk.whole.now, "superseded",
    )  # fmt: skip
    assert [measure(desk, case).stays for case in (second, third)] == [(), (f"precedent:{old.sid}",)]
    check_alike(desk)
    desks.sign(desk, first, desks.issue(desk, first))
    desks.sign(desk, first, desks.impose(desk, first))
    assert ruling(desk, first).sid != old.sid
    check_alike(desk)


def test_a_finding_that_loses_its_support_before_it_is_signed_gives_way_to_another() -> None:
    desk, case = desks.at_stage("adopted", founded())
    found = desk.whole.cases[case].opened
    desks.discredit(desk, found.report)
    assert signed(desk, case, desk.whole.cases[case].finding) == "support_discredited"
    other = courses.further(desk, case)
    sid = desks.adopt(desk, case, supports=(other,))
    assert signed(desk, case, sid) == ""
    assert (desk.whole.cases[case].flags, desk.whole.findings[sid].in_force) == ((), desk.whole.now)


# ---- deferral


def test_a_deferral_keeps_the_measure_away_until_its_day_and_stays_visible() -> None:
    desk, case = desks.at_stage("determined", founded())
    until = desk.now().plus(Span.parse("P20D"))
    told = {"issue": "i1", "until": until.text(), "reason": "Talks go on."}
    waiting = do(desk, "mediator1", "measure.defer", case, **told)
    early = desks.impose(desk, case)
    assert signed(desk, case, waiting) == ""
    assert (signed(desk, case, early), measure(desk, case).ending) == ("nothing_to_sign", "deferred")
    impose = next(row for row in deadlines.clocks(desk.whole, desk.whole.cases[case]) if row.name == "impose")
    assert impose.due == until
    till(desk, until)
    desks.sign(desk, case, desks.impose(desk, case))
    assert [(row.status, row.measure) for row in imposed.ledger(desk.whole, desk.whole.now)] == [
        ("deferred", waiting), *[("deferred", early)] * 2, *[("imposed", measure(desk, case).sid)] * 2,
    ]  # fmt: skip
    check_alike(desk)
    desk, case = desks.at_stage("determined", founded())
    both(desk, case, "measure.defer", **told)
    assert put(desk, case) == "measure_deferred"
    till(desk, until)
    assert put(desk, case) == ""
    check_alike(desk)


def test_what_is_in_force_is_not_deferred_any_more() -> None:
    desk, case = desks.at_stage("determined", founded())
    until = desk.now().plus(Span.parse("P20D"))
    waiting = do(desk, "mediator1", "measure.defer", case, issue="i1", until=until.text(), reason="R.")
    desks.sign(desk, case, desks.impose(desk, case))
    assert (signed(desk, case, waiting), desk.whole.cases[case].course.deferrals) == ("measure_exists", ())


def test_a_deferral_binds_what_was_ruled_and_not_what_is_ruled_anew() -> None:
    desk, case = desks.at_stage("determined", founded())
    until = desk.now().plus(Span.parse("P90D"))
    both(desk, case, "measure.defer", issue="i1", until=until.text(), reason="Talks go on.")
    do(desk, "mediator1", "case.reopen", case, ground="procedure", reason="R.")
    desks.sign(desk, case, desks.adopt(desk, case))
    desks.sign(desk, case, desks.issue(desk, case))
    assert put(desk, case) == ""
    impose = next(row for row in deadlines.clocks(desk.whole, desk.whole.cases[case]) if row.name == "impose")
    assert impose.due < until


# ---- stays, steps up


def test_a_stay_moves_only_what_was_not_due_when_it_began() -> None:
    desk, case = grave("in_force")
    first, last, _ = measure(desk, case).imposed.items
    till(desk, first.due)
    assert measure(desk, case).unmet(first.due) is True
    desks.discredit(desk, desk.whole.cases[case].opened.report)
    assert measure(desk, case).unmet(desk.now()) is False
    row = replace(measure(desk, case), stays=(), stayed=None, away=((desk.whole.now, desk.now()),))
    assert (first.due, last.due) == (row.due(first), Instant(row.due(last).ms - 60_000))


def test_a_measure_that_is_not_met_leads_to_a_higher_step_and_the_same_is_refused() -> None:
    desk, light = desks.at_stage("in_force", founded())
    assert put(desk, light) == "measure_exists"
    desk.wait("P8D")
    assert put(desk, light) == "step_same"
    desk, case = grave("in_force")
    first = measure(desk, case)
    till(desk, first.imposed.items[0].due)
    desks.impose(desk, case)
    assert (measure(desk, case).imposed.step, measure(desk, case, 0).ended, put(desk, case)) == (
        4, None, "measure_exists",
    )  # fmt: skip
    desks.sign(desk, case, measure(desk, case).sid)
    assert [row.status for row in imposed.ledger(desk.whole, desk.whole.now)] == ["stepped_up"] * 3 + ["imposed"] * 2
    assert measure(desk, case).counted == (first.sid,)
    check_alike(desk)


def test_another_case_reads_a_stepped_up_measure_as_the_whole_log_does() -> None:
    desk, case = grave("in_force")
    till(desk, measure(desk, case).imposed.items[0].due)
    desks.sign(desk, case, desks.impose(desk, case))
    _, other = desks.at_stage("in_force", desk, local="2026-01-04T21:40")
    assert measure(desk, other).imposed.step == 1
    check_alike(desk)


def test_what_rests_on_a_measure_of_another_case_is_stayed_when_that_is_annulled() -> None:
    desk, case = grave("in_force")
    till(desk, Instant(measure(desk, case).imposed.items[0].due.ms - 600_000))
    sid = appeal(desk, case, of=measure(desk, case).sid, ground="proportionality")
    assert measure(desk, case).stays == (f"appeal:{sid}",)
    decided(desk, case, "upheld")
    desk.wait("P8D")
    first = measure(desk, case)
    _, other = desks.at_stage("in_force", desk, local="2026-01-04T21:40")
    row = measure(desk, other)
    assert (row.imposed.step, row.counted) == (4, tuple(sorted((first.sid, first.imposed.determination))))
    check_alike(desk)
    do(desk, "mediator1", "case.reopen", case, ground="procedure", reason="R.")
    desks.sign(desk, case, desks.adopt(desk, case, standard="clear_and_convincing"))
    assert measure(desk, other).stays == (f"precedent:{first.imposed.determination}",)
    told = {"measure": row.sid, "reason": "R."}
    assert refused(desk, "mediator1", "measure.release", other, **told) == "step_differs"
    desks.sign(desk, other, desks.impose(desk, other))
    assert measure(desk, other).imposed.step == 1
    check_alike(desk)


# ---- the ledger


def statuses(desk: Desk, at: Instant, party: str = "") -> list[str]:
    return [row.status for row in imposed.ledger(desk.whole, at, party)]


def test_the_ledger_tells_where_each_item_stands_at_an_instant() -> None:
    desk, case = desks.at_stage("imposed", founded())
    assert statuses(desk, desk.now()) == ["waiting"] * 2
    desks.sign(desk, case, measure(desk, case).sid)
    notice, action = measure(desk, case).imposed.items
    assert statuses(desk, desk.now()) == ["imposed"] * 2
    assert statuses(desk, notice.due) == ["overdue", "imposed"]
    assert statuses(desk, action.due) == ["overdue", "overdue"]
    for item in (notice.id, action.id):
        desks.report_compliance(desk, case, measure(desk, case).sid, item)
        desks.verify_compliance(desk, case, measure(desk, case).sid, item)
    force = measure(desk, case).in_force
    assert force is not None
    assert statuses(desk, desk.now()) == ["complied", "complied"]
    assert statuses(desk, force.plus(Span.parse(action.expiry))) == ["complied", "lapsed"]
    assert (statuses(desk, desk.now(), "party-1"), len(statuses(desk, desk.now(), "party-2"))) == ([], 2)


def test_the_ledger_keeps_what_was_stayed_and_what_ended() -> None:
    desk, case = grave("in_force")
    appeal(desk, case)
    assert statuses(desk, desk.now()) == ["stayed"] * 3
    decided(desk, case, "annulled")
    assert statuses(desk, desk.now()) == ["annulled"] * 3
    assert set(statuses(desk, desk.now())) <= set(imposed.STATUSES)
