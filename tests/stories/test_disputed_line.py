"""Scenario 9: a place near the line. The side is left open; firing is forbidden on either side, so that question goes on.

Model: Killi Luqman and Killi Jahangir in 2017. Everything here is invented, in the open ocean.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.store import kept
from tests.stories import scene as scenes
from tests.stories.scene import SIDES, Scene
from tiga.record.container import unpack
from tiga.values.places import Place, Point, bank
from tiga.values.words import SPOKEN, say

pytestmark = pytest.mark.django_db(databases=kept.DATABASES)

NEAR = Place("Exercise Village (invented)", "Latn", Point(0, 180_000), 1500, "exercise map")
MAPS = "EXERCISE. Map A from Party 1; map B from Party 2; map C from a public service."


@dataclass(frozen=True)
class Story:
    scene: Scene
    crossing: str
    firing: str
    survey: str
    refused: list[str]


@pytest.fixture(scope="module")
def story(django_db_setup: None, django_db_blocker: object) -> Iterator[Story]:
    with scenes.told(django_db_blocker) as scene:
        crossing = scene.complain("liaison/1", "P-04", codes=("I1",), where=NEAR)
        firing = scene.complain("liaison/2", "P-01", codes=("H1",), where=NEAR)
        refused = []
        for case in (crossing, firing):
            scene.admit(case)
        asked = {"case": crossing, "maps": MAPS, "reason": "Each map says another side."}
        refused += [
            scene.no("liaison/2", "survey.refer", issue="i1", **asked),
            scene.no("mediator/1", "survey.refer", issue="i9", **asked),
        ]
        survey = scene.deed("mediator/1", "survey.refer", issue="i1", **asked)
        refused.append(scene.no("mediator/1", "survey.refer", issue="i1", **asked))
        for case in (crossing, firing):
            scene.both_answer(case)
        refused.append(scene.code("mediator/1", crossing, scene.adopting(crossing)))
        scene.find(firing)
        scene.determine(firing)
        scene.deed("mediator/1", "survey.report", survey, outcome="survey_not_agreed", maps=MAPS,
                   reason="One team declined the public map.")  # fmt: skip
        refused.append(scene.code("mediator/1", crossing, scene.adopting(crossing)))
        scene.find(crossing, holding="not_established", attribution="", supports=(), limitations=("place_in_band",),
                   gist="EXERCISE. On which side the place lies is left open.")  # fmt: skip
        scene.determine(crossing, "not_established")
        yield Story(scene, crossing, firing, survey, refused)


@pytest.mark.parametrize("slug", SIDES)
def test_the_side_is_indeterminate_for_both_complaints(story: Story, slug: str) -> None:
    door = story.scene.door(slug)
    line = door.agreement.reference_line()
    assert line is not None
    assert {bank(view.report.where, line) for view in door.reports()} == {"indeterminate"}
    assert len(door.reports()) == 2


def test_a_survey_is_the_panels_and_nothing_is_established_before_it_agreed(story: Story) -> None:
    assert story.refused == ["role", "issues_unmatched", "survey_already", "survey_open", "survey_open"]


@pytest.mark.parametrize("slug", SIDES)
def test_the_maps_stand_with_their_source_and_the_crossing_stays_open(story: Story, slug: str) -> None:
    view, it = story.scene.door(slug).case(story.crossing), story.scene.door(slug).affair("survey", story.survey).it
    assert (it.state, [fact.value for fact in it.facts if fact.code == "maps"]) == ("survey_not_agreed", [MAPS, MAPS])
    assert [row.act for row in view.acts if row.act.startswith("survey.")] == ["survey.refer", "survey.report"]
    assert view.finding is not None and view.determination is not None
    assert [(row.holding, row.limitations) for row in view.finding.adopted.held] == [
        ("not_established", ("place_in_band",)),
    ]  # fmt: skip
    assert [(row.party, row.disposition) for row in view.determination.ruled] == [("party-2", "not_established")]


@pytest.mark.parametrize("slug", ["public", *SIDES])
def test_the_firing_question_went_its_way(story: Story, slug: str) -> None:
    ruling = story.scene.door(slug).case(story.firing).determination
    assert ruling is not None
    assert [(row.party, row.provision, row.disposition) for row in ruling.ruled] == [("party-1", "P-01", "violation")]


@pytest.mark.parametrize("language", SPOKEN)
def test_the_words_beside_a_survey_deny_that_it_says_where_a_border_runs(language: str) -> None:
    assert say("concept_about.survey", language).endswith({
        "en": "it says nothing of where a border runs.",
        "ur": "یہ نہیں بتاتا کہ سرحد کہاں ہے۔",
        "ps": "دا نه وايي چې پوله چېرته ده.",
    }[language])  # fmt: skip


SOVEREIGNTY = ("sovereign", "territory of", "soil of", "belongs to", "international border")


@pytest.mark.parametrize("slug", SIDES)
def test_no_export_states_sovereignty(story: Story, slug: str) -> None:
    members = unpack(story.scene.door(slug).takeout.case(story.crossing, {}))
    told = b"\n".join(data for name, data in members.items() if not name.startswith("agreement")).decode(
        "utf-8", "replace"
    )
    assert [word for word in SOVEREIGNTY if word in told.casefold()] == []
