"""What is said of a state that is not party: kept word for word, outside the mandate, never a label that the public reads.

Everything here is invented.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.core.mechanism import desk as desks
from tests.store import kept
from tests.stories import scene as scenes
from tests.stories.scene import SIDES, Absent, Scene
from tiga.agreement.clauses import Ground, Group
from tiga.mechanism import reports
from tiga.values.words import SPOKEN, say

pytestmark = pytest.mark.django_db(databases=kept.DATABASES)

FAR = Group("far-state", {"neutral": {"en": "Far State (invented)"}}, ground=Ground("placeholder"))
WORDS = "EXERCISE. They say that aircraft of Far State struck the depot."


@dataclass(frozen=True)
class Story:
    scene: Scene
    said: str
    refused: list[str]


@pytest.fixture(scope="module")
def story(django_db_setup: None, django_db_blocker: object) -> Iterator[Story]:
    with scenes.told(django_db_blocker, scenes.agreement(outsiders=(FAR,))) as scene:
        told = {"channel": "media", "codes": ("A1",), "account": WORDS, "actor_words": "aircraft of Far State"}
        refused = [
            _file(scene, release="R0", actor="far-state", **told),
            _file(scene, release="R0", first_fire="far-state", **told),
            scene.complain_refused("liaison/1", "P-05", "far-state", codes=("A1",), actor="far-state"),
        ]
        said = scene.report("secretariat/1", name="far", release="R1", actor="far-state", **told)
        scene.report("secretariat/1", name="near", channel="media", release="R0", codes=("A1",), actor="party-2",
                     local="2026-01-02T10:00")  # fmt: skip
        yield Story(scene, said, refused)


def _file(scene: Scene, **told: object) -> str:
    drawn, salts = desks.report(**({"name": "public", "party": ""} | told)), scene.salts()  # type: ignore[arg-type]
    return scene.code("secretariat/1", "", lambda s, by, now: reports.file(s, drawn, by, now, salts))


def test_it_is_never_public_and_no_case_is_opened_against_it(story: Story) -> None:
    assert story.refused == ["outsider_public", "outsider_public", "not_bound"]


@pytest.mark.parametrize("slug", SIDES)
def test_the_words_are_kept_and_marked_outside_the_mandate(story: Story, slug: str) -> None:
    door = story.scene.door(slug)
    view = door.report(story.said)
    assert (view.report.account, view.report.actor_words, door.outside(view)) == (
        WORDS,
        "aircraft of Far State",
        "far-state",
    )
    others = [row for row in door.reports() if row.sid != story.said]
    assert [door.outside(row) for row in others] == [""]


@pytest.mark.parametrize("slug", ["public", "analyst"])
def test_the_public_never_reads_the_state_as_an_actor(story: Story, slug: str) -> None:
    door = story.scene.door(slug)
    with pytest.raises(Absent):
        door.report(story.said)
    assert [row.report.actor for row in door.reports()] == ["party-2"]
    assert {view.report.actor for row in door.happenings() for view in row.reports} == {"party-2"}


@pytest.mark.parametrize("language", SPOKEN)
def test_the_refusal_names_the_remedy_in_every_language(language: str) -> None:
    assert "R1" in say("refusal.outsider_public.remedy", language)
