"""Scenario 14: secondary sources disagree on a primary. Each is kept as it was told and marked; no figure is chosen.

Model: one report of the United Nations told with two sums by two outlets. Everything here is invented.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.store import kept
from tests.stories import scene as scenes
from tests.stories.scene import SIDES, Scene
from tiga.values.words import SPOKEN, say
from tiga.web.sights import Happening

pytestmark = pytest.mark.django_db(databases=kept.DATABASES)

ORIGIN = "an invented office's quarterly report"
TOLD = {
    "outlet-1": ("Outlet One (invented)", "EXERCISE. The report says that one million a day was lost."),
    "outlet-2": ("Outlet Two (invented)", "EXERCISE. The report says that ten million was lost."),
}


@dataclass(frozen=True)
class Story:
    scene: Scene
    sids: dict[str, str]


@pytest.fixture(scope="module")
def story(django_db_setup: None, django_db_blocker: object) -> Iterator[Story]:
    with scenes.told(django_db_blocker) as scene:
        common = {"channel": "media", "release": "R0", "origin": ORIGIN, "codes": ("P5",)}
        sids = {
            name: scene.report("secretariat/1", name=name, source=source, account=account, **common)
            for name, (source, account) in TOLD.items()
        }
        sids["primary"] = scene.report(
            "secretariat/1", name="primary", source=ORIGIN, account="EXERCISE. Page 14: one million a day, as estimated.",
            reference="page 14", reference_verified=True, **common,
        )  # fmt: skip
        sids["checked"] = scene.report(
            "secretariat/1", name="checked", source="Outlet Three (invented)", account="EXERCISE. One million a day.",
            reference="page 14", reference_verified=True, **common,
        )  # fmt: skip
        yield Story(scene, sids)


READERS = ["public", "analyst", *SIDES]


@pytest.mark.parametrize("slug", READERS)
def test_only_what_nobody_looked_up_is_marked(story: Story, slug: str) -> None:
    marked = {name: story.scene.door(slug).report(sid).unverified_quote for name, sid in story.sids.items()}
    assert marked == {"outlet-1": True, "outlet-2": True, "primary": False, "checked": False}


@pytest.mark.parametrize("slug", READERS)
def test_both_figures_stay_as_they_were_told(story: Story, slug: str) -> None:
    door = story.scene.door(slug)
    assert {name: door.report(story.sids[name]).report.account for name in TOLD} == {
        name: account for name, (_, account) in TOLD.items()
    }


@pytest.mark.parametrize("slug", READERS)
def test_all_of_them_are_one_origin(story: Story, slug: str) -> None:
    rows: list[Happening] = story.scene.door(slug).happenings()
    assert {origin for row in rows for origin in row.standing.origins} == {ORIGIN}


@pytest.mark.parametrize("language", SPOKEN)
def test_the_mark_is_told_in_words(language: str) -> None:
    assert (
        say("report.unverified_quote", language)
        == {
            "en": "quotes somebody else; the original was not looked up",
            "ur": "کسی اور کا حوالہ؛ اصل نہیں دیکھی گئی",
            "ps": "د بل چا خبره؛ اصل نه دی کتل شوی",
        }[language]
    )
