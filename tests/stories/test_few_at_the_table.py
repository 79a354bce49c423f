"""Mediators alone: they ask both parties twice, find what they can, say that nobody answered, and determine nothing.

Everything here is invented.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.store import kept
from tests.stories import scene as scenes
from tests.stories.scene import SIDES, Scene
from tiga.mechanism.deciders import ruling, seating
from tiga.values.moments import Span

pytestmark = pytest.mark.django_db(databases=kept.DATABASES)


@dataclass(frozen=True)
class Story:
    scene: Scene
    case: str
    refused: list[str]


def _ask_both(scene: Scene) -> None:
    for party in ("party-1", "party-2"):
        scene.do("secretariat/1", (), lambda s, by, now, party=party: seating.notify(s, party, by, now))
    scene.until(scene.now().plus(Span.parse("P1D")))


@pytest.fixture(scope="module")
def alone(django_db_setup: None, django_db_blocker: object) -> Iterator[Story]:
    with scenes.told(django_db_blocker, scenes.authority("advisory"), ("mediator/1", "mediator/2")) as scene:
        heard = [scene.report(name=f"m{n}", local=f"2026-01-04T22:4{n}", first_hand=True) for n in (1, 2)]
        other = scene.report("secretariat/1", name="media", channel="media", local="2026-01-04T22:45")
        incident = scene.incident(*heard, other)
        case = scene.deed("mediator/1", "case.raise", incident=incident, provision="P-01",
                          party="party-2")  # fmt: skip
        scene.admit(case)
        scene.until(scene.due(case, "reply", "party-1"))
        overdue = scene.run_clock().overdue
        scene.open_replies(case)
        put = scene.adopting(case, supports=tuple(sorted((heard[0], other))), limitations=("no_reply",))
        refused = [str(overdue), scene.code("mediator/1", case, put)]
        _ask_both(scene)
        refused.append(scene.code("mediator/1", case, put))
        _ask_both(scene)
        finding = scene.on("mediator/1", case, put)
        scene.sign(case, finding)
        refused.append(scene.code("mediator/1", case, lambda s, by, now: ruling.issue(
            s, case, {"i1": "violation"}, "EXERCISE.", by, now)))  # fmt: skip
        scene.put(case, "opinion.give", view="facts_fall_under", reason="EXERCISE. Shots are of that kind.")
        scene.close(case, "settled")
        yield Story(scene, case, refused)


def test_nothing_is_found_before_both_were_asked_twice_and_silence_is_told(alone: Story) -> None:
    notified, acts = alone.scene.body("notice.serve"), alone.scene.known("mediator/1")
    assert alone.refused[1:] == ["quorum_lost", "quorum_lost", "advisory_only"]
    assert (notified["to"], acts.count("panel.notify")) == (["party-1", "party-2"], 4)
    assert alone.scene.body("reply.open")["silent"] == ["party-1", "party-2"]


@pytest.mark.parametrize("slug", SIDES)
def test_whoever_comes_later_reads_it_all(alone: Story, slug: str) -> None:
    view = alone.scene.door(slug).case(alone.case)
    assert view.finding is not None
    assert (view.finding.adopted.held[0].limitations, view.case.opened.complainant, view.measures) == (
        ("no_reply",),
        "",
        (),
    )
    assert (view.state, view.case.closed, view.determination) == ("closed", "settled", None)
