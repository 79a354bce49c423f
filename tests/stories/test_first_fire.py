"""Scenario 1: two sides, two accounts, and nobody can say who fired first.

Model: Chaman and Spin Boldak, 6 November 2025. The press record holds what was claimed about it; what is found is found about
an invented clash at Exercise Post, between Party 1 and Party 2.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest

from tests.store import kept
from tests.stories import telling
from tests.stories.telling import EVERYBODY, SIDES, Tale, account, held
from tiga.mechanism import questions as raised
from tiga.store.desk import Desk
from tiga.values.moments import Moment

pytestmark = pytest.mark.django_db(databases=kept.DATABASES)

RECOMMENDED = "EXERCISE. Both sides bring the logs of their hotline for that day to the centre within 72 hours."
OUTLETS = ("Gazette (invented)", "Herald (invented)", "Courier (invented)")


@dataclass(frozen=True)
class Story:
    tale: Tale
    reports: dict[str, str]
    case: str
    session: str
    calls: tuple[str, str]
    before: dict[str, int]
    refusals: tuple[str, ...]


def _accounts(tale: Tale) -> dict[str, str]:
    def evening(precision: str = "about") -> Moment:
        return Moment("2026-01-04T18:00", "UTC", precision)

    rows = {
        "party-1": ("liaison-1", account("one", "2026-01-04T18:00", ("H1",), "party-1", first_fire="party-2",
                                         actor="party-2", when=evening())),
        "party-2": ("liaison-2", account("two", "2026-01-04T18:00", ("H1",), "party-2", first_fire="party-1",
                                         actor="party-1", when=evening())),
        "morning": ("monitor", account("three", "2026-01-04T06:00", ("H1",), channel="media", source="Channel (invented)",
                                       origin="a source of Channel", release="R0",
                                       when=Moment("2026-01-04T05:00", "UTC", "part_of_day"))),
    }  # fmt: skip
    rows["afternoon"] = ("monitor", replace(
        rows["morning"][1], report_id="four", account="EXERCISE. The same source: again in the afternoon.",
        when=Moment("2026-01-04T16:00", "UTC", "part_of_day"),
    ))  # fmt: skip
    for number, outlet in enumerate(OUTLETS):
        text = "EXERCISE. Citing the Invented Agency: residents spoke of ten to fifteen minutes of firing at the post."
        rows[outlet] = ("monitor", account(f"outlet-{number}", "2026-01-04T18:00", ("H1",), channel="media", source=outlet,
                                           origin="Invented Agency", release="R0", account=text, when=evening()))  # fmt: skip
    return {name: tale.file(who, drawn) for name, (who, drawn) in rows.items()}


def _session(tale: Tale, case: str) -> str:
    """An urgent session decides, by consensus, what the panel can only wish for."""
    sid = tale.do("mediator-1", "session.call", session_kind="session_ordinary", subject="EXERCISE. The clash",
                  session_begins=tale.at(4 * 1440), session_online="yes")  # fmt: skip
    tale.do("mediator-1", "agenda.serve", sid, title="EXERCISE. Hotline logs", session_cases=(case,))
    tale.wait("P4D")
    members = "liaison/1 liaison/2 mediator/1 mediator/2"
    tale.do("secretariat", "session.open", sid, session_members=members)
    tale.do("mediator-1", "decision.put", sid, session_item="1", language="en", session_text=RECOMMENDED)
    for who in ("liaison-1", "liaison-2", "mediator-1", "mediator-2"):
        tale.do(who, "decision.assent", sid, session_proposal="1")
    tale.do("secretariat", "session.decide", sid, session_proposal="1")
    return sid


@pytest.fixture(scope="module")
def story(django_db_setup: None, django_db_blocker: object) -> Iterator[Story]:
    with telling.told(django_db_blocker) as tale:
        filed = _accounts(tale)
        before = tale.violations()
        incident = tale.group(*(sid for name, sid in filed.items() if name != "morning"))
        case = tale.do("secretariat", "case.raise", incident=incident, provision="P-01", party=("party-1", "party-2"),
                       questions="first_fire")  # fmt: skip
        tale.admit(case)
        tale.reply("liaison-1", case, "EXERCISE. We answered fire; ours was measured.")
        tale.reply("liaison-2", case, "EXERCISE. We were fired at and did not answer.")
        both = tuple(filed[name] for name in ("party-1", OUTLETS[0]))
        attributed = held("i3", "established", attribution="organ", supports=both)
        refusals = (
            tale.not_held(case, held("i1"), held("i2"), attributed),
            tale.not_held(case, held("i1"), held("i2")),
        )
        tale.hold(case, held("i1"), held("i2"), held("i3"))
        tale.do("secretariat", "finding.publish", case)
        session = _session(tale, case)
        calls = tuple(
            tale.do(who, "call.log", caller=caller, called=called, asserted_local=local, asserted_zone="UTC",
                    asserted_precision="minute", call_answered=answered, case=case)
            for who, caller, called, local, answered in (
                ("liaison-1", "party-1", "party-2", "2026-01-04T18:05", "no"),
                ("liaison-2", "party-2", "party-1", "2026-01-04T18:20", "yes"),
            )
        )  # fmt: skip
        tale.close(case, "not_established")
        assert len(calls) == 2
        yield Story(tale, filed, case, session, (calls[0], calls[1]), before, refusals)


@pytest.fixture
def tale(story: Story) -> Tale:
    kept.desk("exercise")
    return story.tale


def test_three_outlets_of_one_agency_are_one_origin(story: Story, tale: Tale) -> None:
    found = tale.happening(story.reports["party-1"]).standing
    assert found.origins == (
        "Invented Agency",
        "a source of Channel",
        "liaison office of party-1",
        "liaison office of party-2",
    )
    assert found.publishers == (
        "Channel (invented)",
        *sorted(OUTLETS),
        "liaison office of party-1",
        "liaison office of party-2",
    )


@pytest.mark.parametrize("who", EVERYBODY)
def test_the_morning_that_one_source_tells_apart_stays_apart(story: Story, tale: Tale, who: str) -> None:
    alone = tale.happening(story.reports["morning"], who)
    assert ([view.sid for view in alone.reports], alone.adopted) == ([story.reports["morning"]], False)


def test_the_case_asks_three_things(story: Story, tale: Tale) -> None:
    issues = tale.case(story.case).case.opened.issues
    assert [(row.id, row.provision, row.party, row.question) for row in issues] == [
        ("i1", "P-01", "party-1", ""), ("i2", "P-01", "party-2", ""), ("i3", "P-01", "", "first_fire"),
    ]  # fmt: skip


def test_the_accounts_name_each_other(story: Story, tale: Tale) -> None:
    found = tale.happening(story.reports["party-1"]).standing
    assert (found.first_fire_contradictory, sorted(set(found.first_fire.values()))) == (True, ["party-1", "party-2"])


def test_who_was_first_is_attributed_to_nobody_and_left_out_by_nobody(story: Story) -> None:
    assert story.refusals == ("fact_attributed", "issues_unmatched")


@pytest.mark.parametrize("who", SIDES)
def test_each_side_reads_the_same_finding_and_no_measure(story: Story, tale: Tale, who: str) -> None:
    seen = tale.case(story.case, who)
    assert seen.finding is not None
    assert [(row.issue, row.holding) for row in seen.finding.adopted.held] == [
        ("i1", "not_established"), ("i2", "not_established"), ("i3", "not_established"),
    ]  # fmt: skip
    assert (seen.state, seen.case.closed, seen.measures, tale.door(who).measures()) == (
        "closed",
        "not_established",
        (),
        (),
    )
    assert [(row.party, row.readable) for row in seen.replies] == [("party-1", True), ("party-2", True)]


def test_nobodys_count_has_changed(story: Story, tale: Tale) -> None:
    assert (story.before, tale.violations()) == ({"party-1": 0, "party-2": 0},) * 2


def test_the_public_reads_what_was_published_and_no_case(story: Story, tale: Tale) -> None:
    assert tale.readers(story.case) == SIDES
    told = {who: [row.act for row in tale.door(who).acts() if row.case == story.case] for who in telling.OUTSIDE}
    assert told == {"public": ["finding.publish"], "analyst": ["finding.publish"]}


def test_the_session_recommends_that_hotline_logs_are_exchanged(story: Story, tale: Tale) -> None:
    for who in SIDES:
        facts = tale.facts(who, "session", story.session)
        assert facts is not None
        assert [value for code, value in facts if code in ("proposal_text", "agenda_decided")] == [RECOMMENDED, "1"]
    assert [tale.facts(who, "session", story.session) for who in telling.OUTSIDE] == [None, None]


def test_the_logs_stand_side_by_side(story: Story, tale: Tale) -> None:
    """One side's call was not answered, as it says; the other's was, as it says and nobody has confirmed."""
    assert [tale.door("liaison-1").affair("call", sid).it.state for sid in story.calls] == [
        "call_unanswered", "call_unconfirmed",
    ]  # fmt: skip


def test_rows_made_anew_are_the_rows_that_are_there(story: Story, tale: Tale) -> None:
    assert kept.rebuilt_equals_live(tale.desk)


# ---- what the press reported, as claims


@pytest.mark.parametrize("who", sorted(telling.PRESS))
def test_the_press_record_keeps_the_claims_and_asks_both_sides_alike(imported: Desk, who: str) -> None:
    desk = kept.desk("press")
    evening, morning = telling.claimed(desk, who, 1), telling.claimed(desk, who, 8)
    assert (telling.numbers(evening), telling.numbers(morning)) == ([*range(1, 8), *range(9, 15)], [8])
    assert evening.standing.origins.count("AFP") == 1
    assert evening.standing.first_fire_contradictory is True
    questions = raised.questions(kept.door(desk).agreement, evening.acts)
    assert [(row.provision, row.party) for row in questions] == [("P-01", "islamabad"), ("P-01", "kabul")]
    assert kept.door(desk, *telling.PRESS[who]).cases() == []
