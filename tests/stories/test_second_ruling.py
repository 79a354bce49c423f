"""Our own, under the second agreement: a dispute goes from the local committee to the head of mission, who rules; then a
second ruling is made with both parties seated, and varies the first.

Model: the Aceh Monitoring Mission, where the head's ruling was binding and a second one was made with senior
representatives of the sides. Everything here is invented.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest

from tests.store import kept
from tests.stories import scene as scenes
from tests.stories.scene import SIDES, Scene
from tiga.agreement.clauses import Agreement, Seats
from tiga.values.moments import Span

pytestmark = pytest.mark.django_db(databases=kept.DATABASES)

HEAD = ("mediator/1",)
READERS = tuple(slug for slug in SIDES if slug != "mediator/2")


@dataclass(frozen=True)
class Story:
    scene: Scene
    case: str
    measure: str
    refused: list[str]
    states: list[str]


def _agreement() -> Agreement:
    """The second agreement, whose second ruling asks for both parties at the table."""
    plain = scenes.text("slmm-2002")
    table = tuple(Seats(component, 1) for component in ("party-1", "party-2", "mediator-1"))
    return replace(plain, quorums=tuple(
        replace(row, seated=table) if row.act == "appeal.decide" else row for row in plain.quorums
    ))  # fmt: skip


@pytest.fixture(scope="module")
def story(django_db_setup: None, django_db_blocker: object) -> Iterator[Story]:
    with scenes.told(django_db_blocker, _agreement(), ("liaison/1", "mediator/1")) as scene:
        case = scene.complain("liaison/1", codes=("M2",))
        refused = [scene.no("mediator/1", "case.escalate", case, reason="x")]
        states = [scene.door("monitor/1").case(case).case.level]
        scene.until(scene.now().plus(Span.parse("PT24H")))
        scene.deed("mediator/1", "case.escalate", case, reason="The local committee could not settle it.")
        refused.append(scene.no("mediator/1", "case.escalate", case, reason="x"))
        states.append(scene.door("monitor/1").case(case).case.level)
        scene.admit(case, standard="plausible")
        scene.both_answer(case)
        scene.find(case, HEAD)
        scene.determine(case, signers=HEAD)
        measure = scene.impose(case, HEAD)
        refused.append(scene.no("liaison/2", "appeal.file", case, ground="proportionality", text="x", language="en"))
        scene.deed(
            "liaison/2", "appeal.file", case, ground="procedure", text="EXERCISE. The area was ours.", language="en"
        )
        refused.append(scene.no("liaison/2", "appeal.file", case, ground="new_evidence", text="x", language="en"))
        states.append(scene.door("liaison/1").case(case).state)
        refused.append(
            scene.no("mediator/1", "appeal.decide", case, outcome="varied", disposition="no_violation", reason="x")
        )
        scene.seat("liaison/2")
        refused.append(
            scene.no("mediator/1", "appeal.decide", case, outcome="varied", disposition="violation", reason="x")
        )
        scene.deed("mediator/1", "appeal.decide", case, outcome="varied", disposition="no_violation",
                   reason="EXERCISE. The movement was agreed beforehand.")  # fmt: skip
        states.append(scene.door("liaison/1").case(case).state)
        scene.close(case, "no_violation")
        yield Story(scene, case, measure, refused, states)


def test_each_step_is_tried_and_each_guard_names_what_is_missing(story: Story) -> None:
    assert story.refused == [
        "level_untried", "level_last", "ground_unknown", "appealed_already", "quorum_lost", "not_varied",
    ]  # fmt: skip
    assert story.states == ["local", "central", "appeal", "determined"]


@pytest.mark.parametrize("slug", ["public", *READERS])
def test_everybody_reads_what_is_ruled_now_and_what_was_ruled_first(story: Story, slug: str) -> None:
    view = story.scene.door(slug).case(story.case)
    assert view.determination is not None
    assert [row.disposition for row in view.determination.ruled] == ["no_violation"]
    assert [row.disposition for row in view.determination.issued.ruled] == ["violation"]
    assert (view.state, view.case.closed) == ("closed", "no_violation")


@pytest.mark.parametrize("slug", READERS)
def test_the_measure_asks_nothing_more_and_stays_on_the_record(story: Story, slug: str) -> None:
    assert {(row.measure, row.status) for row in story.scene.door(slug).measures()} == {(story.measure, "varied")}


@pytest.mark.parametrize("slug", ["public", *READERS])
def test_the_table_counts_the_second_ruling(story: Story, slug: str) -> None:
    rows = story.scene.door(slug).rulings()
    assert [(row.party, row.violation, row.no_violation) for row in rows] == [("party-1", 0, 0), ("party-2", 0, 1)]
