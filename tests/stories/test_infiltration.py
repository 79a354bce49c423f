"""Scenario 5: a crossing that one side alone speaks of. It may be held to have happened; whose it was is not.

Model: Ghaki and Spinwam, 24 to 25 October 2025. The press record holds the claims of one source; what is found is found about
invented happenings between Party 1 and Party 2.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.store import kept
from tests.stories import telling
from tests.stories.telling import OUTSIDE, SIDES, Tale, account, dead, held
from tiga.mechanism.deciders import imposing
from tiga.store.desk import Desk
from tiga.values.moments import Instant, Span

pytestmark = pytest.mark.django_db(databases=kept.DATABASES)

GROUNDS = "reasonable_grounds_to_believe"
GIST = "EXERCISE. A group said to number twelve gathered near an invented village."
VERSION = {
    "sheet_gist": GIST,
    "place": "Exercise District",
    "sheet_place_kind": "sheet_district",
    "limits": "Seen once",
}
STAGES = ("acknowledge", "plan", "action_report", "verified")


@dataclass(frozen=True)
class Story:
    tale: Tale
    cases: tuple[str, str]
    refusals: dict[str, str]
    sheet: str
    before: dict[str, bool]


def _complain(tale: Tale, name: str, local: str) -> str:
    drawn = account(name, local, ("I1",), "party-1", harm=dead(5, 25, "armed_group"))
    return tale.complain("liaison-1", drawn, "P-04", questions=("occurred",))


def _find(tale: Tale, case: str) -> dict[str, str]:
    """One side alone speaks: it happened, on reasonable grounds; an answer to whose it was is refused step by step."""
    rests = (tale.case(case).case.opened.report,)
    one = {"supports": rests, "limitations": ("single_source", "no_reply")}
    facts = held("i2", "established", GROUNDS, **one)
    elements = ("EXERCISE. It came from there.", "", "", "")
    refusals = {
        "elements": tale.not_held(case, held("i1", "established", "clear_and_convincing",
                                             attribution="failed_to_prevent", elements=elements, **one), facts),
        "standard": tale.not_held(case, held("i1", "established", GROUNDS, attribution="failed_to_prevent",
                                             elements=("EXERCISE.",) * 4, **one), facts),
    }  # fmt: skip
    tale.hold(case, held("i1", limitations=("no_reply",)), facts)
    tale.rule(case, i1="not_established")
    refusals["measure"] = tale.fails(
        "mediator-1", tale.threads(case), lambda s, by, now: imposing.impose(s, case, "i1", by, now)
    )
    tale.close(case, "not_established")
    return refusals


def _sheet(tale: Tale) -> tuple[str, dict[str, bool]]:
    """What the one side has is drafted for the other at R2, checked, signed and shared."""
    sid = tale.do("liaison-1", "sheet.submit", sheet_about="party-2", sheet_gist=GIST, place="Exercise District",
                  sheet_interested="yes", sheet_first_hand="yes")  # fmt: skip
    before = {who: tale.facts(who, "sheet", sid) is not None for who in telling.EVERYBODY}
    tale.do("mediator-1", "sheet.authenticate", sid, sheet_checked="EXERCISE. Bodies, kit, tracks.", method="Comparison",
            sheet_result="sheet_authentic")  # fmt: skip
    tale.do("mediator-1", "sheet.corroborate", sid, sheet_origins="party-1, monitor/1", said="EXERCISE. They agree.")
    tale.do("mediator-1", "sheet.verify", sid, standard=GROUNDS, **VERSION)
    tale.do("mediator-2", "sheet.sign", sid)
    tale.do("secretariat", "sheet.share", sid, **VERSION)
    return sid, before


@pytest.fixture(scope="module")
def story(django_db_setup: None, django_db_blocker: object) -> Iterator[Story]:
    with telling.told(django_db_blocker) as tale:
        cases = (
            _complain(tale, "first group", "2026-01-03T01:00"),
            _complain(tale, "second group", "2026-01-04T02:00"),
        )
        for case in cases:
            tale.admit(case)
            tale.reply("liaison-1", case, "EXERCISE. We say what we saw.")
        early = tale.not_held(cases[0], held("i1"), held("i2"))
        tale.wait("P7D")
        for case in cases:
            tale.open_replies(case)
        refusals = _find(tale, cases[0]) | {"early": early}
        sheet, before = _sheet(tale)
        tale.wait("PT25H")
        tale.clocks()
        yield Story(tale, cases, refusals, sheet, before)


@pytest.fixture
def tale(story: Story) -> Tale:
    kept.desk("exercise")
    return story.tale


def test_two_groups_are_two_incidents_of_one_origin_which_is_a_party(story: Story, tale: Tale) -> None:
    found = [tale.happening(tale.case(case).case.opened.report) for case in story.cases]
    assert len({row.id for row in found}) == 2
    assert [(row.standing.origins, row.standing.parties) for row in found] == [
        (("liaison office of party-1",), ("party-1",))
    ] * 2


@pytest.mark.parametrize("who", SIDES)
def test_that_it_happened_is_held_and_whose_it_was_is_not(story: Story, tale: Tale, who: str) -> None:
    seen = tale.case(story.cases[0], who)
    assert seen.finding is not None
    assert [(row.issue, row.holding, row.standard, row.attribution) for row in seen.finding.adopted.held] == [
        ("i1", "not_established", "reasonable_suspicion", ""), ("i2", "established", GROUNDS, ""),
    ]  # fmt: skip
    assert (seen.state, seen.case.closed, seen.measures) == ("closed", "not_established", ())


def test_failing_to_prevent_is_blocked_and_no_measure_can_be_put(story: Story, tale: Tale) -> None:
    assert story.refusals == {
        "elements": "elements_missing", "standard": "standard_low", "measure": "no_violation", "early": "reply_clock",
    }  # fmt: skip
    assert (tale.violations(), tale.door("mediator-1").measures()) == ({"party-1": 0, "party-2": 0}, ())


@pytest.mark.parametrize("who", SIDES)
def test_silence_is_told_and_is_no_admission(story: Story, tale: Tale, who: str) -> None:
    (opened,) = [row for row in tale.case(story.cases[0], who).acts if row.act == "reply.open"]
    _, entry, _, _ = tale.door(who).entry(opened.idx)
    assert entry.envelope.body["silent"] == ["party-2"]
    open_case = tale.case(story.cases[1], who)
    assert (open_case.state, open_case.finding, open_case.determination) == ("verification", None, None)


def test_the_sheet_is_seen_by_the_other_side_only_once_it_is_shared(story: Story, tale: Tale) -> None:
    after = {who: tale.facts(who, "sheet", story.sheet) is not None for who in telling.EVERYBODY}
    submitters = {"liaison-1", "mediator-1", "mediator-2", "secretariat"}
    assert story.before == {who: who in submitters for who in telling.EVERYBODY}
    assert after == {who: who in SIDES for who in telling.EVERYBODY}


def test_what_is_shared_is_read_by_the_side_addressed(story: Story, tale: Tale) -> None:
    (shared,) = [row for row in tale.door("secretariat").affair("sheet", story.sheet).acts if row.act == "sheet.share"]
    told = {who: _words(tale, who, shared.idx) for who in SIDES}
    assert {who for who, text in told.items() if GIST in text} == {
        "liaison-2", "mediator-1", "mediator-2", "secretariat",
    }  # fmt: skip


def _words(tale: Tale, who: str, index: int) -> str:
    _, _, _, values = tale.door(who).entry(index)
    return str([value.value for value in values])


@pytest.mark.parametrize("who", ["liaison-1", "liaison-2", "mediator-1", "secretariat", "monitor"])
def test_the_duty_to_act_starts_with_the_receipt_and_its_clocks_are_the_agreements(
    story: Story, tale: Tale, who: str
) -> None:
    clocks = tale.door(who).affair("sheet", story.sheet).it.clocks
    spans = dict(zip(STAGES, ("PT24H", "P3D", "P14D", "P21D"), strict=True))
    (start,) = {clock.started for clock in clocks}
    assert [(clock.name, clock.whose, clock.clause) for clock in clocks] == [
        (f"evidence_{stage}", "mediators" if stage == "verified" else "party-2", "O-05") for stage in STAGES
    ]  # fmt: skip
    assert [clock.due for clock in clocks] == [start.plus(Span.parse(spans[stage])) for stage in STAGES]


@pytest.mark.parametrize("who", SIDES)
def test_the_first_clock_ran_out_at_its_instant_and_nothing_follows_but_the_entry(
    story: Story, tale: Tale, who: str
) -> None:
    view = tale.door(who).affair("sheet", story.sheet)
    noted = [tale.door(who).entry(row.idx)[1].envelope.body for row in view.acts if row.act == "clock.overdue"]
    assert [(row["name"], row["whose"]) for row in noted] == [("evidence_acknowledge", "party-2")]
    assert Instant.parse(noted[0]["due"]) == view.it.clocks[0].due
    assert (view.it.state, [row.state for row in tale.door(who).cases()]) == (
        "sheet_shared",
        ["verification", "closed"],
    )


def test_who_is_outside_sees_nothing_of_the_sheet_and_the_case_once_it_is_ruled_on(story: Story, tale: Tale) -> None:
    assert [tale.readers(case) for case in story.cases] == [(*SIDES, *OUTSIDE), SIDES]
    assert [tale.facts(who, "sheet", story.sheet) for who in OUTSIDE] == [None, None]


def test_rows_made_anew_are_the_rows_that_are_there(story: Story, tale: Tale) -> None:
    assert kept.rebuilt_equals_live(tale.desk)


# ---- what the press reported, as claims


@pytest.mark.parametrize("who", sorted(telling.PRESS))
def test_the_press_record_keeps_two_happenings_of_one_origin(imported: Desk, who: str) -> None:
    desk = kept.desk("press")
    found = [telling.claimed(desk, who, number) for number in (60, 61)]
    assert [(telling.numbers(row), row.standing.origins) for row in found] == [
        ([60, 62], ("ISPR",)),
        ([61, 63], ("ISPR",)),
    ]
    assert {row.standing.first_fire_contradictory for row in found} == {False}
