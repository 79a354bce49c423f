"""Scenario 4: which text was in force that night? An extension that the press alone tells of proves nothing by itself.

Model: the 48-hour truce of 15 October 2025 with its reported extension, and the Eid pause of March 2026. The windows are the
example agreement's; what is complained of is invented, between Party 1 and Party 2.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest

from tests.store import kept
from tests.stories import telling
from tests.stories.telling import OUTSIDE, SIDES, Tale, account, dead, held
from tiga.agreement import reading
from tiga.agreement.clauses import Agreement, Ground, Instrument
from tiga.store.desk import Desk
from tiga.values.moments import Instant, Moment

pytestmark = pytest.mark.django_db(databases=kept.DATABASES)

NIGHT = Moment("2025-10-17T21:00", "AFT", "quarter")
EID = Moment("2026-03-19T00:15", "PKT", "minute")
NAMES = {"islamabad": "party-1", "kabul": "party-2"}
STATUS = {"press": ("disputed", "truce48h"), "document": ("in_force", "truce48h"), "out": ("not_in_force", "")}


def _instruments(how: str) -> tuple[Instrument, ...]:
    """The example's instruments between the invented parties; the extension proved by a document, or the truce left out."""
    rows = [
        replace(one, windows=tuple(replace(window, by=NAMES.get(window.by, window.by)) for window in one.windows))
        for one in kept.agreement().instruments
    ]
    truce = rows[0]
    assert truce.id == "truce48h"
    if how == "document":
        proved = replace(truce.windows[1], ground=Ground("joint_statement"))
        rows[0] = replace(truce, windows=(truce.windows[0], proved))
    return tuple(rows[1:] if how == "out" else rows)


@dataclass(frozen=True)
class Story:
    tale: Tale
    how: str
    night: str
    eid: str


@pytest.fixture(scope="module", params=sorted(STATUS))
def story(request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: object) -> Iterator[Story]:
    def changed(made: Agreement) -> Agreement:
        clauses = tuple(replace(clause, instruments=()) for clause in made.clauses)
        return replace(made, instruments=_instruments(request.param), clauses=clauses)

    with telling.told(django_db_blocker, changed) as tale:
        drawn = account("strike", "2025-10-17T21:00", ("A1",), "party-2", when=NIGHT, harm=dead(8, 11))
        night = tale.complain("liaison-2", drawn, "P-05")
        if request.param != "out":
            _judged(tale, night)
        tale.wait("P80D")
        drawn = account("flight", "2026-03-19T00:15", ("A3",), "party-2", when=EID)
        yield Story(tale, request.param, night, tale.complain("liaison-2", drawn, "P-05"))


def _judged(tale: Tale, case: str) -> None:
    tale.admit(case)
    heard = tale.file("monitor", account("heard", "2025-10-17T21:00", ("A1",), when=NIGHT))
    tale.link(case, heard)
    tale.reply("liaison-1", case, "EXERCISE. It was aimed at others.")
    tale.reply("liaison-2", case, "EXERCISE. The truce held that night.")
    rests = tuple(sorted((tale.case(case).case.opened.report, heard)))
    tale.hold(case, held("i1", "established", "clear_and_convincing", attribution="organ", supports=rests))
    tale.rule(case, i1="violation")


@pytest.fixture
def tale(story: Story) -> Tale:
    kept.desk("exercise")
    return story.tale


@pytest.mark.parametrize("who", SIDES)
def test_the_case_says_which_instrument_applied_and_if_that_is_disputed(story: Story, tale: Tale, who: str) -> None:
    opened = tale.case(story.night, who).case.opened
    assert opened.occurred == Instant.parse("2025-10-17T16:30:00.000Z")
    assert (opened.in_force, opened.instrument) == STATUS[story.how]


@pytest.mark.parametrize("who", SIDES)
def test_what_no_instrument_covers_is_on_the_record_and_closed_in_the_same_step(
    story: Story, tale: Tale, who: str
) -> None:
    seen = tale.case(story.night, who)
    closed = story.how == "out"
    assert (seen.state, seen.case.closed) == (("closed", "outside_mandate") if closed else ("determined", ""))
    first = [(row.act, row.at_ms) for row in seen.acts[: 3 if closed else 2]]
    acts = ["case.open", "notice.serve", "case.close"] if closed else ["case.open", "notice.serve"]
    assert first == [(act, seen.case.at.ms) for act in acts]


def test_what_lies_outside_counts_for_nobody_and_stays_among_the_happenings(story: Story, tale: Tale) -> None:
    assert tale.violations() == {"party-1": 0 if story.how == "out" else 1, "party-2": 0}
    report = tale.case(story.night).case.opened.report
    assert report in {view.sid for view in tale.happening(report).reports}


def test_the_extension_is_proved_by_a_document_and_not_by_the_press(story: Story, tale: Tale) -> None:
    rows = reading.in_force(tale.door("secretariat").agreement, NIGHT.start)
    told = {row.instrument.id: [(one.reading, one.why) for one in row.windows] for row in rows}
    after = {"press": ("open", "unproven_extension"), "document": ("covers", "")}
    assert told.get("truce48h") == (None if story.how == "out" else [("does_not", ""), after[story.how]])


@pytest.mark.parametrize("who", SIDES)
def test_a_quarter_past_midnight_on_one_clock_is_before_midnight_on_the_other(
    story: Story, tale: Tale, who: str
) -> None:
    opened = tale.case(story.eid, who).case.opened
    assert (opened.occurred.text(), opened.in_force) == ("2026-03-18T19:15:00.000Z", "disputed")
    assert opened.occurred.local_midnight("AFT").ms + 86_400_000 - opened.occurred.ms == 15 * 60_000
    (pause,) = [
        row for row in reading.in_force(tale.door(who).agreement, EID.start) if row.instrument.id == "eid-pause-2026"
    ]
    assert (pause.status, [(row.window.by, row.reading) for row in pause.windows]) == (
        "disputed", [("party-1", "covers"), ("party-2", "open")],
    )  # fmt: skip


def test_a_case_whose_instrument_is_disputed_goes_on(story: Story, tale: Tale) -> None:
    assert (tale.case(story.eid).state, tale.case(story.eid).case.closed) == ("notified", "")


def test_who_is_outside_sees_what_was_ruled_on_and_nothing_else(story: Story, tale: Tale) -> None:
    seen = SIDES if story.how == "out" else (*SIDES, *OUTSIDE)
    assert (tale.readers(story.night), tale.readers(story.eid)) == (seen, SIDES)


def test_rows_made_anew_are_the_rows_that_are_there(story: Story, tale: Tale) -> None:
    assert kept.rebuilt_equals_live(tale.desk)


# ---- what the press reported, as claims


@pytest.mark.parametrize("who", sorted(telling.PRESS))
def test_the_press_record_keeps_each_number_of_dead_and_says_that_the_instrument_is_disputed(
    imported: Desk, who: str
) -> None:
    desk = kept.desk("press")
    door = kept.door(desk, *telling.PRESS[who])
    rows = {int(view.report.report_id.removeprefix("press-")): view.report for view in door.reports()}
    told = [(rows[number].origin, [(row.low, row.high) for row in rows[number].harm]) for number in range(49, 53)]
    assert told == [
        ("Afghanistan Cricket Board", [(8, 8)]), ("spokesman of the Afghanistan Cricket Board", [(8, 8)]),
        ("officials, not named further", [(10, 10)]), ("UNAMA", [(11, 11)]),
    ]  # fmt: skip
    strikes, attack = telling.claimed(desk, who, 49), telling.claimed(desk, who, 54)
    assert (strikes.id == attack.id, telling.numbers(attack)) == (False, [54])
    at = rows[49].when
    status, instruments = reading.instrument_at(door.agreement, at.start, at.start)
    assert (status, [row.id for row in instruments]) == ("disputed", ["truce48h"])
