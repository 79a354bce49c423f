"""What a finding is bound to, and what changes it: each kind of change, what is changed back, confirmed, found anew; what
travels along the chain, and that nothing follows by itself. Everything told here is invented.
"""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.mechanism import courses
from tests.core.mechanism import desk as desks
from tests.core.mechanism.courses import both, check_alike, do, further, measure, minors, refused, ruling, state
from tests.core.mechanism.desk import Desk, actor
from tests.vectors import make_entries
from tiga.mechanism import binding, custody, reports
from tiga.mechanism.acts import drafted, sealed
from tiga.mechanism.affairs import Affairs
from tiga.mechanism.binding import Binding, Change
from tiga.mechanism.deciders import adoption, clockwork, grouping
from tiga.mechanism.findings import FindingAdopted
from tiga.mechanism.incidents import IncidentLinked
from tiga.mechanism.recompute import recompute
from tiga.mechanism.reports import ReportFiled
from tiga.mechanism.standing import Standing
from tiga.record.entries import Entry

LATER = {"ground": "other_reports", "reason": "R."}


def founded() -> Desk:
    desk = courses.founded()
    desk.whole.affairs = Affairs()
    return desk


def at(stage: str) -> tuple[Desk, str, str]:
    """A desk with a case at a stage whose incident has two reports, of which the finding rests on the first; and the second."""
    desk, case = desks.at_stage("replied", founded())
    other = further(desk, case)
    steps = {
        "adopted": lambda: desks.adopt(desk, case),
        "found": lambda: desks.sign(desk, case, desk.whole.cases[case].finding),
        "determined": lambda: desks.sign(desk, case, desks.issue(desk, case)),
        "in_force": lambda: desks.sign(desk, case, desks.impose(desk, case)),
    }
    for name, step in steps.items():
        if stage != "replied":
            step()
        if name == stage:
            break
    return desk, case, other


def regroup(desk: Desk, case: str, report: str, verb: str) -> str:
    """A report is linked to the case's incident, or taken out of it; returns the entry."""
    incident, threads = desk.whole.cases[case].opened.incident, (*desk.threads_of(case), f"report:{report}")
    act = getattr(grouping, verb)
    return desk.do("secretariat", threads, lambda s, by, now: act(s, incident, report, "Looked at again.", by, now))


def revise(desk: Desk, report: str) -> str:
    """A later version of a monitor's report."""
    salts, drawn = desk.salts(), desks.report(f"later-{desk.drawn}", "", channel="monitor")
    return desk.do("monitor", (f"report:{report}",), lambda s, by, now: reports.file(s, drawn, by, now, salts, report))


def alone(desk: Desk) -> str:
    """A report that stands in no incident."""
    return desks.file(desk, desks.report(f"alone-{desk.drawn}", "", channel="monitor"))


def held(desk: Desk, case: str) -> Binding:
    """What the finding in force of a case is bound to; the threads alone say the same."""
    found = binding.held(desk.whole, case)
    assert found == binding.held(desk.standing(*desk.threads_of(case)), case) and found is not None
    return found[1]


def linked(desk: Desk, case: str, other: str) -> tuple[str, str, str]:
    fresh = alone(desk)
    return regroup(desk, case, fresh, "link"), fresh, ""


def unlinked(desk: Desk, case: str, other: str) -> tuple[str, str, str]:
    return regroup(desk, case, other, "unlink"), other, ""


def revised(desk: Desk, case: str, other: str) -> tuple[str, str, str]:
    sid = revise(desk, other)
    return sid, other, sid


CHANGES = (linked, unlinked, revised)


def opened(desk: Desk, case: str) -> str:
    """The code of the refusal to open a closed case again by itself; empty where it was opened."""
    return desk.refused("registrar", desk.threads_of(case), lambda s, by, now: clockwork.reopen(s, case, now))


# ---- what a finding names


def test_a_finding_names_its_incident_and_the_reports_in_it_by_their_latest_versions() -> None:
    desk, case, other = at("replied")
    later = revise(desk, other)
    finding = desks.adopt(desk, case)
    opened = desk.whole.cases[case].opened
    kind = desk.whole.findings[finding].adopted
    assert (kind.incident, kind.claims) == (opened.incident, tuple(sorted((opened.report, later))))
    assert binding.of(desk.whole, finding) == Binding(kind.claims, kind.claims)


def test_a_finding_that_names_no_reports_is_read_as_before_and_is_not_bound() -> None:
    vector = json.loads((make_entries.FOLDER / "finding.adopt.json").read_text(encoding="utf-8"))
    assert ("incident" in vector["body"], "claims" in vector["body"]) == (False, False)
    desk, case, other = at("adopted")
    finding = desk.whole.cases[case].finding
    standing = Standing(desk.origin, desk.agreements, affairs=Affairs())
    for entry in desk.entries():
        if entry.sid == finding:
            kind = replace(desk.whole.findings[finding].adopted, incident="", claims=())
            entry = replace(entry, envelope=drafted(kind, desk.origin, entry.envelope.at).envelope)
        standing.apply(entry)
    assert (standing.findings[finding].adopted.claims, binding.of(standing, finding)) == ((), None)
    assert binding.cases_with(standing, other) == ()


# ---- what changes


@pytest.mark.parametrize("change", CHANGES, ids=lambda one: one.__name__)
def test_each_change_is_told_with_its_entry_and_nothing_follows_by_itself(change) -> None:  # type: ignore[no-untyped-def]
    desk, case, other = at("in_force")
    before, rows = held(desk, case), (desk.whole.cases[case], ruling(desk, case), measure(desk, case))
    entry, report, later = change(desk, case, other)
    index = desk.book.head().size - 1
    told = Change(desk.whole.now, index, entry, change.__name__, report, later)
    now = held(desk, case)
    assert (now.state, now.claims, now.changes) == ("changed", before.claims, (told,))
    assert (desk.whole.cases[case], ruling(desk, case), measure(desk, case)) == rows
    assert [row.outcome for row in recompute(desk.origin, desk.entries(), desk.agreements)] == ["same"]
    assert binding.changed(desk.whole, case)
    check_alike(desk)


def test_where_nothing_changed_nothing_is_told() -> None:
    desk, case, _ = at("in_force")
    alone(desk)
    desks.at_stage("found", desk, local="2026-01-04T10:00")
    desk.wait("P1D")
    assert (held(desk, case).state, held(desk, case).changes, binding.changed(desk.whole, case)) == ("bound", (), False)
    assert refused(desk, "mediator1", "finding.confirm", case, reason="R.") == "not_flagged"
    assert (opened(desk, case), refused(desk, "mediator1", "case.reopen", case, **LATER)) == (
        "basis_same",
        "basis_same",
    )


def test_a_version_of_a_report_that_left_or_never_came_changes_nothing() -> None:
    desk, case, other = at("found")
    revise(desk, alone(desk))
    assert held(desk, case).changes == ()
    regroup(desk, case, other, "unlink")
    revise(desk, other)
    assert [row.what for row in held(desk, case).changes] == ["unlinked"]
    regroup(desk, case, other, "link")
    assert ([row.what for row in held(desk, case).changes], held(desk, case).state) == (
        ["unlinked", "linked"],
        "changed",
    )


def test_a_version_of_a_version_and_of_what_was_linked_later_is_seen() -> None:
    desk, case, other = at("found")
    fresh = alone(desk)
    regroup(desk, case, fresh, "link")
    versions = [revise(desk, revise(desk, other)), revise(desk, fresh)]
    assert [row.what for row in held(desk, case).changes] == ["linked", "revised", "revised", "revised"]
    own = desk.whole.cases[case].opened.report
    assert held(desk, case).current == tuple(sorted((own, *versions)))


def test_a_lost_support_is_told_beside_what_follows_from_it() -> None:
    desk, case, other = at("in_force")
    own = desk.whole.cases[case].opened.report
    entry = desks.discredit(desk, own)
    index = desk.book.head().size - 1
    assert held(desk, case).changes == (Change(desk.whole.now, index, entry, "discredited", own),)
    assert (held(desk, case).state, desk.whole.cases[case].flags) == ("bound", (own,))
    assert measure(desk, case).stays == (f"discredited:{own}",)
    desks.discredit(desk, other)
    assert len(held(desk, case).changes) == 1
    check_alike(desk)


@given(st.lists(st.integers(0, 2), max_size=8))
def test_any_way_back_to_the_same_reports_leaves_a_history_and_owes_nothing(steps: list[int]) -> None:
    """Links and unlinks in any order: `bound` where there were none, `restored` where they end at the reports bound, else
    `changed`; each is told."""
    desk, case, other = at("found")
    incident, all_three = desk.whole.cases[case].opened.incident, (other, alone(desk), alone(desk))
    told = 0
    for step in steps:
        inside = all_three[step] in desk.whole.incidents[incident].reports
        regroup(desk, case, all_three[step], "unlink" if inside else "link")
        told += 1
    now = held(desk, case)
    same = set(desk.whole.incidents[incident].reports) == set(now.claims)
    assert now.state == ("changed" if not same else "restored" if told else "bound")
    assert (len(now.changes), binding.changed(desk.whole, case)) == (told, not same)
    assert refused(desk, "mediator1", "finding.confirm", case, reason="R.") == ("not_flagged" if same else "")


# ---- what the panel does


def test_the_panel_confirms_on_the_reports_as_they_are_and_it_is_bound_anew() -> None:
    desk, case, other = at("in_force")
    rows = (ruling(desk, case), measure(desk, case))
    later = revise(desk, other)
    put = do(desk, "mediator1", "finding.confirm", case, reason="The later version says the same.")
    assert held(desk, case).state == "changed"
    own = desk.whole.cases[case].opened.report
    assert (desk.whole.papers[put].kind.claims, desk.whole.papers[put].kind.without) == (
        tuple(sorted((own, later))),
        (),
    )
    desks.sign(desk, case, put)
    now = held(desk, case)
    assert (now.state, now.claims, now.fresh, len(now.changes)) == ("confirmed", tuple(sorted((own, later))), (), 1)
    assert (ruling(desk, case), measure(desk, case), state(desk, case)) == (*rows, "compliance")
    regroup(desk, case, other, "unlink")
    assert (held(desk, case).state, [row.what for row in held(desk, case).fresh]) == ("changed", ["unlinked"])
    check_alike(desk)


def test_a_confirmation_speaks_of_no_later_change() -> None:
    desk, case, other = at("found")
    regroup(desk, case, alone(desk), "link")
    put = do(desk, "mediator1", "finding.confirm", case, reason="R.")
    revise(desk, other)
    signing = desk.refused("mediator2", desk.threads_of(case), lambda s, by, now: courses.rulings.sign(s, put, by, now))
    assert (signing, held(desk, case).state) == ("basis_moved", "changed")
    both(desk, case, "finding.confirm", reason="R.")
    assert held(desk, case).state == "confirmed"


def test_a_support_that_was_taken_out_bears_the_finding_no_more_and_the_panel_finds_anew() -> None:
    desk, case, other = at("determined")
    own, first, ruled = desk.whole.cases[case].opened.report, desk.whole.cases[case].finding, ruling(desk, case).sid
    regroup(desk, case, own, "unlink")
    assert refused(desk, "mediator1", "finding.confirm", case, reason="R.") == "support_missing"
    do(desk, "mediator1", "case.reopen", case, **LATER)
    rows = (replace(desks.held(desk, case), supports=(other,)),)
    put = desk.do("mediator1", desk.threads_of(case), lambda s, by, now: adoption.adopt(s, case, rows, by, now))
    assert binding.held(desk.whole, case) == (desk.whole.findings[first], binding.of(desk.whole, first))
    desks.sign(desk, case, put)
    assert held(desk, case) == Binding((other,), (other,))
    assert (desk.whole.findings[put].adopted.supersedes, desk.whole.determinations[ruled].ruled) == (ruled, ())
    regroup(desk, case, own, "link")
    told = binding.of(desk.whole, first)
    assert (held(desk, case).state, told is not None and len(told.changes)) == ("changed", 1)
    check_alike(desk)


def test_what_was_taken_out_supports_nothing_new_and_a_later_version_of_what_is_in_does() -> None:
    desk, case, other = at("replied")
    later = revise(desk, other)
    own = desk.whole.cases[case].opened.report

    def tried(*supports: str) -> str:
        rows = (replace(desks.held(desk, case), supports=supports),)
        threads = desk.threads_of(case)
        return desk.refused("mediator1", threads, lambda s, by, now: adoption.adopt(s, case, rows, by, now))

    regroup(desk, case, own, "unlink")
    assert (tried(own), tried(own, later), tried(alone(desk)), tried(later)) == (*["report_unknown"] * 3, "")


# ---- closed cases


@pytest.mark.parametrize("change", CHANGES, ids=lambda one: one.__name__)
def test_a_closed_case_is_opened_again_by_an_entry_once_and_its_finding_stands(change) -> None:  # type: ignore[no-untyped-def]
    desk, case, other = at("found")
    desks.sign(desk, case, desks.issue(desk, case, "no_violation"))
    assert courses.closed(desk, case, "no_violation") == ""
    assert opened(desk, case) == "basis_same"
    change(desk, case, other)
    assert (state(desk, case), opened(desk, case), state(desk, case)) == ("closed", "", "determined")
    known = desk.whole.cases[case]
    assert known.course.reopened == ((desk.whole.now, "reports_changed"),)
    assert (known.renewed(desk.whole.findings[known.finding].at), opened(desk, case)) == (False, "basis_same")
    assert courses.closed(desk, case, "no_violation") == ""
    assert opened(desk, case) == "basis_same", "the panel knew of it"
    regroup(desk, case, alone(desk), "link")
    assert opened(desk, case) == ""
    check_alike(desk)


def test_a_closed_case_whose_reports_are_the_same_again_stays_closed() -> None:
    desk, case, other = at("found")
    desks.sign(desk, case, desks.issue(desk, case, "no_violation"))
    assert courses.closed(desk, case, "no_violation") == ""
    for verb in ("unlink", "link"):
        regroup(desk, case, other, verb)
    assert (held(desk, case).state, opened(desk, case)) == ("restored", "basis_same")


# ---- what rests on it


def test_what_rests_on_a_finding_is_found_along_the_chain() -> None:
    desk, (first, second, third) = minors(3, founded())
    finding = desk.whole.cases[first].finding
    chain = (ruling(desk, first).sid, measure(desk, first).sid, measure(desk, third).sid)
    assert binding.resting(desk.whole, finding) == chain
    regroup(desk, first, alone(desk), "link")
    assert [binding.changed(desk.whole, case) for case in (first, second, third)] == [True, False, False]
    assert [row.stays for row in desk.whole.measures.values()] == [(), (), ()]
    check_alike(desk)


# ---- what is sealed


def _enter(standing: Standing, kind: object, index: int) -> Entry:
    one = drafted(kind, standing.log, standing.now.plus(desks.Span(60_000)))  # type: ignore[arg-type]
    entry = Entry(index, b"", one.envelope, one.sid, (f"{standing.log}/registrar", actor("monitor").key))
    standing.apply(entry)
    return entry


def test_a_sealed_version_changes_the_basis_for_who_may_open_it_and_no_entry_names_it() -> None:
    desk, case, other = at("found")
    incident = desk.whole.cases[case].opened.incident
    decoys = tuple(bytes([n]) * 16 for n in range(8))
    kind = custody.ReportSealed(sealed((), decoys, custody.SEALED_DIGESTS))
    filed = replace(desk.whole.reports[other].filed, revises=other)
    assert isinstance(filed, ReportFiled)
    states, names = [], []
    for may_open in (True, False):
        standing = Standing.of(desk.origin, desk.entries(), desk.agreements, {}, affairs=Affairs())
        sid = drafted(kind, standing.log, standing.now.plus(desks.Span(60_000))).sid
        standing.opened = {sid: (actor("monitor").key, filed)} if may_open else {}
        _enter(standing, kind, 1_000)
        found = binding.held(standing, case)
        assert found is not None
        states.append((found[1].state, [row.later for row in found[1].changes] == [sid]))
        names.append(binding.claims(standing, incident, named=True))
    assert states == [("changed", True), ("bound", False)]
    assert names == [tuple(sorted(desk.whole.incidents[incident].reports))] * 2


def test_an_entry_whose_objects_are_not_loaded_changes_nothing() -> None:
    desk, case, other = at("found")
    finding = desk.whole.cases[case].finding
    part = desk.standing(f"case:{case}")
    kind = desk.whole.findings[finding].adopted
    assert isinstance(kind, FindingAdopted)
    assert binding.of(part, finding) == Binding(kind.claims, kind.claims)
    _enter(part, IncidentLinked("x" * 43, other, "R."), 1_000)
    assert binding.of(part, finding) == Binding(kind.claims, kind.claims)
    assert binding.of(Standing(desk.origin, desk.agreements), finding) is None
