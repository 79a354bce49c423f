"""One party alone uses the record: it keeps its own account, clocks run out, and there is no verdict for want of an answer.

Everything here is invented.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.store import kept
from tests.stories import scene as scenes
from tests.stories.scene import Absent, Scene
from tiga.mechanism.deciders import triage

pytestmark = pytest.mark.django_db(databases=kept.DATABASES)


@dataclass(frozen=True)
class Story:
    scene: Scene
    case: str
    refused: list[str]


@pytest.fixture(scope="module")
def story(django_db_setup: None, django_db_blocker: object) -> Iterator[Story]:
    with scenes.told(django_db_blocker, scenes.agreement(), ("liaison/1",)) as scene:
        case = scene.complain("liaison/1")
        scene.report("liaison/1", name="own", release="R2", account="EXERCISE. For ourselves and the mediators.")
        scene.answer(case, "liaison/1", "EXERCISE. Our own account.")
        scene.until(scene.due(case, "reply", "party-2"))
        refused = [str(scene.run_clock().overdue > 0)]
        scene.open_replies(case)
        refused += [
            scene.code(
                "mediator/1", case, lambda s, by, now: triage.admit(s, case, "reasonable_suspicion", "x", by, now)
            ),
            scene.code("mediator/1", case, scene.adopting(case)),
            scene.no("liaison/1", "appeal.file", case, ground="procedure", text="x", language="en"),
            scene.closing(case, "no_violation"),
        ]
        yield Story(scene, case, refused)


def test_one_party_alone_keeps_its_record_and_gets_no_verdict(story: Story) -> None:
    scene, case = story.scene, story.case
    assert story.refused == ["True", "not_seated", "not_seated", "not_appealable", "not_seated"]
    own, other = scene.door("liaison/1"), scene.door("liaison/2")
    assert [row.report.account for row in own.reports() if row.level == "R2"] == [
        "EXERCISE. For ourselves and the mediators.",
    ]  # fmt: skip
    assert [row.report.account for row in other.reports() if row.level == "R2"] == []
    for door in (own, other):
        view = door.case(case)
        assert (view.state, view.finding, view.determination, view.measures) == ("notified", None, None, ())
        assert [(row.party, row.readable) for row in view.replies] == [("party-1", True)]
        assert [(row.party, row.violation, row.pending) for row in door.rulings()] == [
            ("party-1", 0, 0), ("party-2", 0, 1),
        ]  # fmt: skip
        with pytest.raises(Absent):
            door.takeout.case(case, {})
    index = own.index_of(case)
    assert own.proof(index) == other.proof(index)
    assert (scene.sees("public", case), scene.known("public")) == (
        False, ["charter.adopt", "agreement.adopt", "clock.advance"],
    )  # fmt: skip
