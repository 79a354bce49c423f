"""Scenario 13: the accuser publishes the finding first. The record says whether its words were signed, and by nothing else.

Model: the findings on a mine blast in November 2025, published by one side's army. Everything here is invented.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.store import kept
from tests.stories import scene as scenes
from tests.stories.scene import SIDES, Scene
from tiga.mechanism.matching import Match
from tiga.values.moments import Span

pytestmark = pytest.mark.django_db(databases=kept.DATABASES)

GIST = "EXERCISE. Shots fell near Exercise Post; from which side is held."
ALTERED = "EXERCISE. Shots fell near Exercise Post; from the other side, on purpose."


@dataclass(frozen=True)
class Story:
    scene: Scene
    case: str
    finding: str
    seen: list[dict[str, object]]
    published: int


def _look(scene: Scene, text: str = GIST) -> dict[str, object]:
    return {slug: scene.door(slug).signed_text(text) for slug in ("public", *SIDES)}


@pytest.fixture(scope="module")
def story(django_db_setup: None, django_db_blocker: object) -> Iterator[Story]:
    with scenes.told(django_db_blocker) as scene:
        case = scene.complain("liaison/1")
        scene.admit(case)
        scene.both_answer(case)
        seen = [_look(scene)]
        finding = scene.on("mediator/1", case, scene.adopting(case, gist=GIST))
        seen.append(_look(scene))
        scene.sign(case, finding)
        seen.append(_look(scene))
        force = scene.standing(case).findings[finding].in_force
        assert force is not None
        scene.until(force.plus(Span.parse("P3D")))
        published = scene.run_clock().published
        seen.append(_look(scene))
        yield Story(scene, case, finding, seen, published)


def test_a_text_before_the_finding_and_one_that_waits_for_signatures_are_nobodys(story: Story) -> None:
    nothing = dict.fromkeys(("public", *SIDES))
    assert story.seen[:2] == [nothing, nothing]


def test_signed_and_not_yet_published_it_is_known_to_both_parties_and_the_mediators(story: Story) -> None:
    match = Match(story.finding, story.case, "bytes", published=False, stands=True)
    assert story.seen[2] == {"public": None} | dict.fromkeys(SIDES, match)


def test_published_by_the_mechanism_it_is_known_to_all(story: Story) -> None:
    match = Match(story.finding, story.case, "bytes", published=True, stands=True)
    assert (story.published, story.seen[3]) == (1, dict.fromkeys(("public", *SIDES), match))


@pytest.mark.parametrize(
    ("text", "how"),
    [
        (GIST, "bytes"), (f"  {GIST.replace(' ', chr(10))}  ", "spacing"), (ALTERED, None), (GIST[:-1], None), ("", None),
        (f"{GIST} And more.", None),
    ],
)  # fmt: skip
@pytest.mark.parametrize("slug", ["public", *SIDES])
def test_any_other_words_are_not_the_mechanisms(story: Story, slug: str, text: str, how: str | None) -> None:
    found = story.scene.door(slug).signed_text(text)
    assert (found.how if found else None) == how


def test_what_was_published_is_what_was_signed(story: Story) -> None:
    (row,) = [row for row in story.scene.door("public").acts(number=500) if row.act == "finding.publish"]
    _, entry, _, _ = story.scene.door("public").entry(row.idx)
    assert [gist["gist"] for gist in entry.envelope.body["gists"]] == [GIST]
    assert entry.signers == ("tiga.example/exercise/registrar",)
