"""Cases with several issues and questions of fact, connections between incidents, reports taken back, what was said in
custody. Everything told here is invented.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest

from tests.core.mechanism import courses
from tests.core.mechanism import desk as desks
from tests.core.mechanism.desk import Desk
from tiga.agreement.clauses import Term
from tiga.mechanism import measures
from tiga.mechanism.acts import Refusal
from tiga.mechanism.cases import Issue
from tiga.mechanism.course import Gist
from tiga.mechanism.deciders import adoption, complaints, grouping, ruling
from tiga.mechanism.findings import Held
from tiga.mechanism.recompute import recompute, rederive

SUPPORTED = {"standard": "clear_and_convincing", "attribution": "organ", "limitations": ("single_source",)}


def opened(desk: Desk, name: str, codes: tuple[str, ...] = ("H1",), **more: object) -> tuple[str, str]:
    """An incident of one report of a monitor: (the incident, the report)."""
    drawn = desks.report(name, "", codes, channel="monitor", **more)  # type: ignore[arg-type]
    report = desks.file(desk, drawn)
    sid = desk.do(
        "secretariat", (f"report:{report}",),
        lambda s, by, now: grouping.open_incident(
            s, (report,), drawn.when.earliest, drawn.when.latest, codes, by, now
        ),
    )  # fmt: skip
    return sid, report


def raised(desk: Desk, codes: tuple[str, ...] = ("H1",), **given: courses.Told) -> str:
    """A case of the own motion, with the questions of fact unless others are given."""
    usual: dict[str, courses.Told] = {
        "provision": "P-01", "party": ("party-1", "party-2"), "questions": ("first_fire", "occurred"),
    }  # fmt: skip
    sid = opened(desk, f"m-{len(desk.whole.incidents)}", codes)[0]
    return courses.do(desk, "secretariat", "case.raise", incident=sid, **(usual | given))


def replied(desk: Desk, case: str) -> str:
    desks.admit(desk, case)
    for slug in ("liaison1", "liaison2"):
        desks.reply(desk, case, slug)
    return case


def holds(desk: Desk, case: str, **held: dict[str, object]) -> tuple[Held, ...]:
    """What is held on each issue: not established, but for those named."""
    report = desk.whole.cases[case].opened.report
    rows = []
    for issue in desk.whole.cases[case].opened.issues:
        row = Held(issue.id, "not_established", "reasonable_suspicion", "EXERCISE. Not established.")
        if issue.id in held:
            usual = {"holding": "established", "gist": "EXERCISE. Held.", "supports": (report,)} | SUPPORTED
            row = replace(row, **(usual | held[issue.id]))  # type: ignore[arg-type]
        rows.append(row)
    return tuple(rows)


def put(desk: Desk, case: str, rows: tuple[Held, ...], slug: str = "mediator1") -> tuple[str, ...] | Refusal:
    return desk.try_(slug, desk.threads_of(case), lambda s, by, now: adoption.adopt(s, case, rows, by, now))


def found(desk: Desk, case: str, **held: dict[str, object]) -> str:
    made = put(desk, case, holds(desk, case, **held))
    assert not isinstance(made, Refusal), made
    desks.sign(desk, case, made[0])
    return made[0]


def code(result: tuple[str, ...] | Refusal) -> str:
    return result.code if isinstance(result, Refusal) else ""


FACT: dict[str, object] = {"attribution": ""}


# ---- guards


@dataclass(frozen=True)
class Guard:
    place: str
    code: str
    wrong: Callable[[Desk], str]
    mended: Callable[[Desk], str]


def _relate(slug: str = "monitor", **changes: str) -> Callable[[Desk], str]:
    def run(desk: Desk) -> str:
        while len(desk.whole.incidents) < 2:
            opened(desk, f"r-{len(desk.whole.incidents)}")
        own, other = list(desk.whole.incidents)[:2]
        usual = {
            "incident": own, "other_incident": other, "relation": "alleged_trigger", "alleged_by": "party-2",
            "how": "together", "reason": "EXERCISE. It says so.",
        }  # fmt: skip
        given = {name: own if value == "OWN" else value for name, value in (usual | changes).items()}
        return courses.refused(desk, slug, "incident.relate", **given)

    return run


def _withdraw(slug: str = "liaison1", report: str = "", channel: str = "liaison") -> Callable[[Desk], str]:
    def run(desk: Desk) -> str:
        rows = [sid for sid, row in desk.whole.reports.items() if row.filed.channel == channel]
        if not rows:
            side = {"liaison": "liaison1", "media": "monitor"}.get(channel, "monitor")
            party = "party-1" if channel == "liaison" else ""
            rows = [desks.file(desk, desks.report("w", party, channel=channel), side)]
        return courses.refused(desk, slug, "report.withdraw", report=report or rows[0], reason="Taken back.")

    return run


def _twice(verb: Callable[[Desk], str]) -> Callable[[Desk], str]:
    def run(desk: Desk) -> str:
        verb(desk)
        return verb(desk)

    return run


def _held(**held: dict[str, object]) -> Callable[[Desk], str]:
    """A finding on a case that asks both parties about P-01 (i1, i2), then if it happened (i3) and who was first (i4)."""

    def run(desk: Desk) -> str:
        case = replied(desk, raised(desk))
        return code(put(desk, case, holds(desk, case, **held)))

    return run


def _custodial(*more: str) -> Callable[[Desk], str]:
    """A finding on a report of what was said in custody, and on others."""

    def run(desk: Desk) -> str:
        case = replied(desk, desks.complain(desk))
        drawn = desks.report("confession", "party-1", custodial=True)
        rows = [desks.file(desk, drawn, "liaison1")]
        rows += [desks.file(desk, desks.report(f"x-{name}", "", channel="monitor"), name) for name in more]
        incident = desk.whole.cases[case].opened.incident
        for sid in rows:
            desk.do(
                "secretariat", (f"incident:{incident}", f"report:{sid}"),
                lambda s, by, now, sid=sid: grouping.link(s, incident, sid, "One.", by, now),
            )  # fmt: skip
        return code(put(desk, case, (desks.held(desk, case, supports=tuple(rows)),)))

    return run


def _draft(further: str) -> Callable[[Desk], str]:
    def run(desk: Desk) -> str:
        case = raised(desk, questions="occurred", party="party-1")
        desks.admit(desk, case)
        return courses.refused(
            desk, "mediator1", "finding.draft", case, holding="not_established", standard="reasonable_suspicion",
            gist="EXERCISE. Nobody can say.", further_gists=further,
        )  # fmt: skip

    return run


GUARDS = (
    Guard("relations.relate", "role", _relate("liaison1"), _relate("secretariat")),
    Guard("relations.relate", "incident_unknown", _relate(other_incident="x" * 43), _relate()),
    Guard("relations.relate", "same_incident", _relate(other_incident="OWN"), _relate()),
    Guard("relations.relate", "relation_unchanged", _twice(_relate()), _relate(how="apart")),
    Guard("retractions.withdraw", "role", _withdraw("analyst"), _withdraw()),
    Guard("retractions.withdraw", "report_unknown", _withdraw(report="x" * 43), _withdraw()),
    Guard("retractions.withdraw", "withdrawn_already", _twice(_withdraw()), _withdraw(channel="media", slug="monitor")),
    Guard(
        "retractions.withdraw", "withdraw_sealed", _withdraw("monitor", channel="monitor"),
        _withdraw("secretariat", channel="monitor"),
    ),
    Guard("retractions.withdraw", "not_own_report", _withdraw("liaison2"), _withdraw("liaison1")),
    Guard("adoption._held", "fact_attributed", _held(i3={}), _held(i3=FACT)),
    Guard("adoption._held", "custodial_alone", _custodial(), _custodial("monitor")),
    Guard("adoption.adopt", "occurrence_open", _held(i1={}), _held(i1={}, i3=FACT)),
    Guard(
        "proceedings.draft", "issues_unmatched", _draft("i9 established reasonable_suspicion EXERCISE."),
        _draft("i2 established reasonable_suspicion EXERCISE. It happened."),
    ),
    Guard(
        "proceedings.draft", "holding_unknown", _draft("i2 perhaps reasonable_suspicion EXERCISE."),
        _draft("i2 not_established reasonable_suspicion EXERCISE."),
    ),
)  # fmt: skip


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: f"{guard.place}-{guard.code}")
def test_a_guard_refuses_and_gives_way_to_its_remedy(guard: Guard) -> None:
    desk = courses.founded()
    assert guard.wrong(desk) == guard.code
    assert guard.mended(desk if guard.code != "incident_unknown" else courses.founded()) == ""


# ---- issues


def test_a_case_asks_each_party_of_each_provision_then_the_facts() -> None:
    desk = courses.founded()
    case = desk.whole.cases[raised(desk, ("A1", "C1"), provision=("P-05", "P-02"))]
    assert case.opened.issues == (
        Issue("i1", "P-05", "party-1", "A1"), Issue("i2", "P-05", "party-2", "A1"),
        Issue("i3", "P-02", "party-1", "C1"), Issue("i4", "P-02", "party-2", "C1"),
        Issue("i5", "P-05", "", "A1", "occurred"), Issue("i6", "P-05", "", "A1", "first_fire"),
    )  # fmt: skip
    assert case.parties == ("party-1", "party-2")
    assert [row.id for row in case.breaches] == ["i1", "i2", "i3", "i4"]


def test_a_complaint_may_name_several_provisions_and_a_question() -> None:
    desk = courses.founded()
    drawn = complaints.Complaint(
        desks.report("c", "party-1", ("A1", "C1")), "P-05", "party-2", desk.salts(), ("P-02",), ("occurred",)
    )
    made = desk.try_("liaison1", (), lambda s, by, now: complaints.complain(s, drawn, by, now))
    assert not isinstance(made, Refusal)
    assert desk.whole.cases[made[2]].opened.issues == (
        Issue("i1", "P-05", "party-2", "A1"), Issue("i2", "P-02", "party-2", "C1"),
        Issue("i3", "P-05", "", "A1", "occurred"),
    )  # fmt: skip


def test_a_further_provision_has_the_guards_of_the_first() -> None:
    desk = courses.founded()
    drawn = complaints.Complaint(desks.report("c", "party-1"), "P-01", "party-2", desk.salts(), ("P-05",))
    assert desk.refused("liaison1", (), lambda s, by, now: complaints.complain(s, drawn, by, now)) == (
        "act_not_in_provision"
    )


def test_a_question_of_fact_is_found_and_never_ruled_on() -> None:
    desk = courses.founded()
    case = replied(desk, raised(desk, party="party-2"))
    found(desk, case, i1={}, i2=FACT)
    assert [(row.issue, row.holding) for row in desk.whole.findings[desk.whole.cases[case].finding].adopted.held] == [
        ("i1", "established"), ("i2", "established"), ("i3", "not_established"),
    ]  # fmt: skip

    def ruled(**given: str) -> str:
        return desk.refused(
            "mediator1", desk.threads_of(case), lambda s, by, now: ruling.issue(s, case, given, "EXERCISE.", by, now)
        )

    assert ruled(i1="violation", i2="violation", i3="not_established") == "issues_unmatched"
    assert ruled(i1="violation") == ""
    desks.sign(desk, case, desk.whole.cases[case].determination)
    assert [row.issue for row in desk.whole.determinations[desk.whole.cases[case].determination].ruled] == ["i1"]
    sid = desks.impose(desk, case)
    desks.sign(desk, case, sid)
    assert [(row.sid, row.outcome) for row in recompute(desk.origin, desk.entries(), desk.agreements)] == [
        (sid, "same")
    ]
    assert [row.outcome for row in rederive(desk.origin, desk.entries(), desk.agreements)] == ["same"]


def strike(desk: Desk) -> str:
    """A case of one strike on two provisions, both grave and both determined violations."""
    case = replied(desk, raised(desk, ("A1", "C1"), provision=("P-05", "P-02"), party="party-2", questions=""))
    found(desk, case, i1={}, i2={})
    given = {"i1": "violation", "i2": "violation"}
    verdict = desk.do(
        "mediator1", desk.threads_of(case), lambda s, by, now: ruling.issue(s, case, given, "EXERCISE.", by, now)
    )
    desks.sign(desk, case, verdict)
    return case


@pytest.mark.parametrize(("once", "first", "second"), [("yes", 3, 4), ("no", 4, 4), ("", 4, 4)])
def test_the_agreement_says_whether_one_act_counts_once(once: str, first: int, second: int) -> None:
    """No double penalty: where the agreement counts a case once, its violations do not count for one another, and later the
    gravest alone does; what is left out is told."""
    terms = {name: term for name, term in courses.agreement().terms.items() if name != "counted_once"}
    if once:
        terms["counted_once"] = Term(once, courses.GROUND, "M-09")
    desk = courses.founded(terms=terms)
    made = []
    for _ in range(2):
        case = strike(desk)
        ruling_of = courses.ruling(desk, case)
        for row in ruling_of.ruled:
            computed = measures.compute(desk.whole, ruling_of, row, desk.now())
            assert not isinstance(computed, Refusal)
            made.append(computed)
    assert [row.step for row in made] == [first, first, second, second]
    past = measures.situation(desk.whole, ruling_of, ruling_of.ruled[1], desk.now()).past
    assert [row.again for row in past].count(True) == (2 if once == "yes" else 0)
    assert all((b"same_case" in row.explanation) == (once == "yes") for row in made)


def test_a_draft_says_of_each_issue_what_is_held_of_it() -> None:
    desk = courses.founded()
    case = raised(desk, questions="first_fire", party="party-2")
    desks.admit(desk, case)
    courses.do(
        desk, "mediator1", "finding.draft", case, holding="established", standard="balance_of_probabilities",
        gist="EXERCISE. Firing.", further_gists="i2 not_established reasonable_suspicion EXERCISE. Nobody can say.",
    )  # fmt: skip
    draft = desk.whole.cases[case].course.draft
    assert draft is not None
    assert draft.served.gists == (
        Gist("i1", "established", "balance_of_probabilities", "EXERCISE. Firing."),
        Gist("i2", "not_established", "reasonable_suspicion", "EXERCISE. Nobody can say."),
    )


# ---- connections


def test_a_connection_stands_in_both_incidents_and_can_be_taken_back() -> None:
    desk = courses.founded()
    assert _relate()(desk) == ""
    own, other = list(desk.whole.incidents)[:2]
    rows = [desk.whole.incidents[sid].related for sid in (own, other)]
    assert [[(row.incident, row.other, row.relation, row.alleged_by) for row in one] for one in rows] == [
        [(own, other, "alleged_trigger", "party-2")]
    ] * 2
    assert desk.standing(f"incident:{own}").incidents[own].related == rows[0]
    assert _relate(how="apart")(desk) == ""
    assert [desk.whole.incidents[sid].related for sid in (own, other)] == [(), ()]


def test_a_connection_may_be_entered_on_a_press_record() -> None:
    desk = desks.founded("press")
    assert _relate()(desk) == ""


# ---- reports taken back


def test_a_withdrawn_report_stays_and_what_rests_on_it_is_doubted_by_the_same_entry() -> None:
    desk, case = courses.at_stage("in_force")
    report = desk.whole.cases[case].opened.report
    (measure,) = desk.whole.cases[case].measures
    courses.do(desk, "liaison1", "report.withdraw", report=report, reason="EXERCISE. We were mistaken.")
    row, standing = desk.whole.reports[report], desk.whole
    assert (row.withdrawn, row.discredited, row.lost) == ("EXERCISE. We were mistaken.", "", True)
    assert (standing.cases[case].flags, standing.measures[measure].stays) == ((report,), (f"discredited:{report}",))
    again = desk.standing(f"case:{case}", f"report:{report}")
    assert (again.cases[case].flags, again.measures[measure].stays) == ((report,), (f"discredited:{report}",))


def test_a_closed_case_opens_again_where_its_support_is_withdrawn() -> None:
    desk, case = courses.at_stage("verified")
    desk.do("mediator1", desk.threads_of(case), lambda s, by, now: desks.triage.close(s, case, "complied", "", by, now))
    report = desk.whole.cases[case].opened.report
    courses.do(desk, "liaison1", "report.withdraw", report=report, reason="EXERCISE. We were mistaken.")
    assert (desk.whole.cases[case].closed, [why for _, why in desk.whole.cases[case].course.reopened]) == (
        "",
        ["withdrawn"],
    )


@pytest.mark.parametrize(("more", "limits", "refusal"), [
    ((), (), "custodial_alone"), ((), ("single_source",), "custodial_alone"),
    (("monitor",), (), "single_origin"), (("monitor",), ("single_source",), ""),
])  # fmt: skip
def test_what_was_said_in_custody_is_no_independent_origin(
    more: tuple[str, ...], limits: tuple[str, ...], refusal: str
) -> None:
    desk = courses.founded()
    case = replied(desk, desks.complain(desk))
    rows = [desks.file(desk, desks.report("confession", "party-1", custodial=True), "liaison1")]
    rows += [desks.file(desk, desks.report("m", "", channel="monitor"), slug) for slug in more]
    incident = desk.whole.cases[case].opened.incident
    for sid in rows:
        desk.do(
            "secretariat", (f"incident:{incident}", f"report:{sid}"),
            lambda s, by, now, sid=sid: grouping.link(s, incident, sid, "One.", by, now),
        )  # fmt: skip
    held = desks.held(desk, case, supports=tuple(rows), limitations=limits)
    assert code(put(desk, case, (held,))) == refusal
