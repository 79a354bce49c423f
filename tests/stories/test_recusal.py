"""Scenario 12: a member is challenged, another steps back. The quorum is not lowered, and what was signed stays signed.

Model: the Sri Lanka Monitoring Mission in 2006. Everything here is invented.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.store import kept
from tests.stories import scene as scenes
from tests.stories.scene import SIDES, Scene
from tiga.mechanism.deciders import adoption, imposing, ruling, seating

pytestmark = pytest.mark.django_db(databases=kept.DATABASES)


@dataclass(frozen=True)
class Story:
    scene: Scene
    case: str
    observed: str
    challenge: str
    finding: str
    measure: str
    stayed: list[bool]
    refusals: list[str]


@pytest.fixture(scope="module")
def story(django_db_setup: None, django_db_blocker: object) -> Iterator[Story]:
    with scenes.told(django_db_blocker) as scene:
        case = scene.complain("liaison/1")
        scene.admit(case)
        observed = scene.report(local="2026-01-04T22:45")
        scene.link(case, observed)
        scene.both_answer(case)
        member = scene.who("mediator/1").key
        supports = (scene.case(case).opened.report, observed)
        finding = scene.on("mediator/1", case, scene.adopting(case, supports=tuple(sorted(supports)), limitations=()))
        refusals = [scene.no("liaison/2", "panel.challenge", member="nobody", reason="x")]
        challenge = scene.deed("liaison/2", "panel.challenge", member=member, reason="EXERCISE. A tie to Party 1.")
        refusals.append(scene.no("mediator/1", "challenge.rule", challenge=challenge, upheld="no", reason="I am not."))
        ruled = scene.deed(
            "mediator/2", "challenge.rule", challenge=challenge, upheld="yes", reason="EXERCISE. There is."
        )
        refusals.append(scene.code("mediator/1", "", lambda s, by, now: ruling.sign(s, ruled, by, now)))
        stayed = [scene.door("liaison/1").case(case).stayed]
        yield from _go_on(scene, case, observed, challenge, ruled, finding, stayed, refusals)


def _go_on(
    scene: Scene,
    case: str,
    observed: str,
    challenge: str,
    ruled: str,
    finding: str,
    stayed: list[bool],
    refusals: list[str],
) -> Iterator[Story]:
    """The one challenged steps back of their own; then an alternate is seated and the panel goes on."""
    scene.do("mediator/1", (), lambda s, by, now: seating.recuse(s, "EXERCISE. To spare the panel.", by, now))
    stayed.append(scene.door("liaison/1").case(case).stayed)
    refusals.append(scene.code("mediator/2", case, lambda s, by, now: imposing.impose(s, case, "i1", by, now)))
    refusals.append(_adopt(scene, case))
    scene.seat("mediator/1b")
    stayed.append(scene.door("liaison/1").case(case).stayed)
    scene.sign("", ruled, "mediator/1b")
    scene.sign(case, finding, "mediator/2")
    scene.determine(case, signers=("mediator/1b", "mediator/2"))
    measure = scene.impose(case, signers=("mediator/2", "mediator/1b"))
    yield Story(scene, case, observed, challenge, finding, measure, stayed, refusals)


def _adopt(scene: Scene, case: str) -> str:
    rows = (scene.held(case),)
    return scene.code("mediator/1", case, lambda s, by, now: adoption.adopt(s, case, rows, by, now))


@pytest.mark.parametrize("slug", SIDES)
def test_challenge_and_ruling_stand_on_the_record_for_both_parties(story: Story, slug: str) -> None:
    acts = [act for act in story.scene.known(slug) if act.split(".")[0] in ("panel", "challenge")]
    assert acts == ["panel.seat"] * 4 + ["panel.challenge", "challenge.rule", "panel.recuse", "panel.seat"]
    (row,) = story.scene.door(slug).roster.challenges.values()
    assert (row.sid, row.made.party, row.made.ground) == (story.challenge, "party-2", "EXERCISE. A tie to Party 1.")


def test_nobody_rules_on_oneself_and_the_quorum_is_not_lowered(story: Story) -> None:
    assert story.refusals == ["not_seated", "own_challenge", "own_challenge", "quorum_lost", "recused"]
    assert story.stayed == [False, True, False]


@pytest.mark.parametrize("slug", SIDES)
def test_the_signature_given_before_stays_valid(story: Story, slug: str) -> None:
    finding = story.scene.door(slug).case(story.case).finding
    assert finding is not None and finding.sid == story.finding
    assert ([name.rsplit("exercise/")[-1] for name in finding.signers], finding.in_force is not None) == (
        ["mediator/1", "mediator/2"], True,
    )  # fmt: skip


@pytest.mark.parametrize("slug", SIDES)
def test_what_was_observed_before_stays_usable(story: Story, slug: str) -> None:
    door = story.scene.door(slug)
    assert door.report(story.observed).discredited == ""
    finding = door.case(story.case).finding
    assert finding is not None and story.observed in finding.supports


@pytest.mark.parametrize("slug", SIDES)
def test_the_alternate_signs_what_follows(story: Story, slug: str) -> None:
    (measure,) = story.scene.door(slug).case(story.case).measures
    assert (measure.sid, [name.rsplit("exercise/")[-1] for name in measure.signers]) == (
        story.measure, ["mediator/2", "mediator/1b"],
    )  # fmt: skip


def test_the_public_sees_who_signed_but_no_challenge(story: Story) -> None:
    assert [act for act in story.scene.known("public") if act.split(".")[0] in ("panel", "challenge")] == []
    measures = story.scene.door("public").case(story.case).measures
    assert [row.sid for row in measures] == [story.measure]
