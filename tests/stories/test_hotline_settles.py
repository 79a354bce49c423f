"""Our own, under the second agreement: the hotline. Both ends log a call, their accounts differ, and the dispute is settled
between them before anything is found.

Model: the hotline of Georgia's incident prevention, which all sides praise. Everything here is invented.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.store import kept
from tests.stories import scene as scenes
from tests.stories.scene import SIDES, Scene
from tiga.mechanism import hotline
from tiga.mechanism.hotline import Tally
from tiga.store import queries
from tiga.web.access import Absent

pytestmark = pytest.mark.django_db(databases=kept.DATABASES)

READERS = tuple(slug for slug in SIDES if slug != "mediator/2")
TERMS = "EXERCISE. Both posts keep a hundred metres back until spring."


@dataclass(frozen=True)
class Story:
    scene: Scene
    case: str
    call: str
    missed: str
    refused: list[str]
    state: str


@pytest.fixture(scope="module")
def story(django_db_setup: None, django_db_blocker: object) -> Iterator[Story]:
    with scenes.told(django_db_blocker, scenes.text("slmm-2002"), ("liaison/1", "liaison/2", "mediator/1")) as scene:
        case = scene.complain("liaison/1", codes=("M1",), local="2026-01-05T07:00")
        common = {
            "caller": "party-1",
            "called": "party-2",
            "asserted_zone": "UTC",
            "asserted_precision": "minute",
            "case": case,
        }
        missed = scene.deed("liaison/1", "call.log", asserted_local="2026-01-05T07:10", call_answered="no", **common)
        call = scene.deed("liaison/1", "call.log", asserted_local="2026-01-05T07:40", call_answered="yes",
                          call_gist="EXERCISE. They said that they would look.", **common)  # fmt: skip
        refused = [
            scene.no("liaison/1", "call.confirm", call, call_answered="yes"),
            scene.no("secretariat/1", "call.test", caller="party-1", called="party-2"),
        ]
        scene.deed("liaison/2", "call.confirm", call, call_answered="yes", asserted_local="2026-01-05T07:52",
                   asserted_zone="UTC", asserted_precision="minute", call_gist="EXERCISE. We were asked to stop.")  # fmt: skip
        scene.deed("liaison/1", "settlement.propose", case, terms="EXERCISE. The other post is taken down.")
        scene.deed("liaison/2", "settlement.propose", case, terms=TERMS)
        state = scene.door("monitor/1").case(case).state
        refused.append(scene.no("mediator/1", "settlement.propose", case, terms=TERMS))
        scene.deed("liaison/1", "settlement.propose", case, terms=f"  {TERMS} ")
        refused.append(scene.no("liaison/1", "settlement.propose", case, terms=TERMS))
        yield Story(scene, case, call, missed, refused, state)


@pytest.mark.parametrize("slug", READERS)
def test_both_accounts_stand_side_by_side_with_the_minutes_between_them(story: Story, slug: str) -> None:
    it = story.scene.door(slug).affair("call", story.call).it
    told = hotline.state(queries.all_of(story.scene.desk, "call")).calls[story.call]
    assert (it.state, told.minutes_apart, told.accounts) == ("call_confirmed", 12, {"party-1": True, "party-2": True})
    assert [fact.value for fact in it.facts if fact.code == "call_gist"] == [
        "EXERCISE. They said that they would look.", "EXERCISE. We were asked to stop.",
    ]  # fmt: skip


def test_an_unanswered_call_counts_and_ranks_nobody(story: Story) -> None:
    rows = hotline.tally(queries.all_of(story.scene.desk, "call"))
    assert rows[0] == Tally("party-1", "party-2", 1, 1, 0, 0, 0, 0)
    assert {row.answered + row.unanswered for row in rows[1:]} == {0}


def test_own_accounts_and_undefined_tests_are_refused(story: Story) -> None:
    assert story.refused == ["call_own_account", "no_clock", "role", "case_closed"]


@pytest.mark.parametrize("slug", READERS)
def test_the_same_terms_from_both_close_the_case_and_nothing_was_found(story: Story, slug: str) -> None:
    view = story.scene.door(slug).case(story.case)
    assert (story.state, view.state, view.case.closed, view.finding, view.measures) == (
        "notified", "closed", "settled_locally", None, (),
    )  # fmt: skip
    assert [(party, terms) for _, party, terms in view.case.course.proposals][1:] == [
        ("party-2", TERMS),
        ("party-1", TERMS),
    ]
    assert [(row.violation, row.no_violation, row.pending) for row in story.scene.door(slug).rulings()] == [
        (0, 0, 0)
    ] * 2


def test_the_public_hears_of_no_call_and_no_settlement(story: Story) -> None:
    door = story.scene.door("public")
    assert (door.affairs("call"), door.cases(), story.scene.known("public")) == (
        [], [], ["charter.adopt", "agreement.adopt"],
    )  # fmt: skip
    with pytest.raises(Absent):
        door.affair("call", story.missed)
