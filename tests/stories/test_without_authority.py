"""Where rulings do not bind: an opinion is given that is no determination, or the finding stands alone.

Everything here is invented.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.store import kept
from tests.stories import scene as scenes
from tests.stories.scene import SIDES, Scene
from tiga.mechanism.deciders import ruling
from tiga.mechanism.deciders.consequences import VIEWS
from tiga.mechanism.determinations import DISPOSITIONS
from tiga.values.shapes import to_plain
from tiga.values.words import SPOKEN, say

pytestmark = pytest.mark.django_db(databases=kept.DATABASES)


@dataclass(frozen=True)
class Story:
    scene: Scene
    case: str
    value: str
    refused: list[str]
    state: str


@pytest.fixture(scope="module", params=["advisory", "none"])
def story(request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: object) -> Iterator[Story]:
    value = request.param
    with scenes.told(django_db_blocker, scenes.authority(value)) as scene:
        case = scene.complain("liaison/1")
        scene.admit(case)
        scene.both_answer(case)
        refused = [scene.no("mediator/1", "opinion.give", case, view="cannot_say", reason="x")]
        scene.find(case)
        refused.append(scene.code("mediator/1", case, lambda s, by, now: ruling.issue(
            s, case, {"i1": "violation"}, "EXERCISE.", by, now)))  # fmt: skip
        refused.append(scene.closing(case, "no_violation"))
        if value == "advisory":
            scene.put(case, "opinion.give", view="facts_fall_under", reason="EXERCISE. Shots are of that kind.")
        refused.append(scene.no("mediator/1", "opinion.give", case, view="cannot_say", reason="x"))
        scene.deed("secretariat/1", "finding.publish", case)
        state = scene.door("monitor/1").case(case).state
        scene.close(case, "settled")
        yield Story(scene, case, value, refused, state)


def test_nobody_determines_and_without_authority_nobody_gives_an_opinion(story: Story) -> None:
    last = {"advisory": ["no_finding", "opinion_exists"], "none": ["no_opinion", "no_opinion"]}[story.value]
    assert story.refused == [last[0], "advisory_only", "closing_stage", last[1]]
    assert story.state == "adopted"


@pytest.mark.parametrize("slug", SIDES)
def test_both_parties_read_the_opinion_as_an_opinion(story: Story, slug: str) -> None:
    view = story.scene.door(slug).case(story.case)
    papers = [paper for paper in view.standing.papers.values() if paper.in_force]
    told = [(row.kind.ACT, [(one.issue, one.view) for one in row.kind.views]) for row in papers]
    assert told == ([("opinion.give", [("i1", "facts_fall_under")])] if story.value == "advisory" else [])
    assert (view.determination, view.measures, view.state, view.case.closed) == (None, (), "closed", "settled")
    assert [row.violation for row in story.scene.door(slug).rulings()] == [0, 0]


@pytest.mark.parametrize("slug", ["public", "analyst"])
def test_the_public_reads_the_finding_and_no_case_or_opinion(story: Story, slug: str) -> None:
    assert story.scene.sees(slug, story.case) is False
    assert story.scene.known(slug) == ["charter.adopt", "agreement.adopt", "finding.publish"]
    assert [(row.violation, row.pending) for row in story.scene.door(slug).rulings()] == [(0, None), (0, None)]


def test_an_opinion_says_nothing_that_a_determination_says(story: Story) -> None:
    assert set(VIEWS) & set(DISPOSITIONS) == set()
    papers = story.scene.standing(story.case).papers.values()
    assert [name for paper in papers for name in DISPOSITIONS if name in str(to_plain(paper.kind))] == []


RULING_WORDS = {
    "en": ("violat", "breach", "penalt", "ruling", "determination"),
    "ur": ("خلاف ورزی", "سزا", "فیصلہ"),
    "ps": ("سرغړونه", "سزا", "پرېکړه"),
}


@pytest.mark.parametrize("language", SPOKEN)
def test_no_word_of_an_opinion_is_one_of_a_ruling(language: str) -> None:
    codes = ("act.opinion.give", "deed.opinion.give", "course.opinion", *(f"choice.{view}" for view in VIEWS))
    told = {code: say(code, language) for code in codes}
    assert [
        (code, word) for code, text in told.items() for word in RULING_WORDS[language] if word in text.casefold()
    ] == []
