"""Our own, under the second agreement: a monthly report of rulings is announced, and complaints surge. They weigh nothing.

Model: the Sri Lanka Monitoring Mission, which published for each party what was ruled a violation, ruled none, and pending,
and saw complaints rise, vague, whenever a report was announced. Everything here is invented.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest

from tests.store import kept
from tests.stories import scene as scenes
from tests.stories.scene import SIDES, Scene
from tiga.mechanism import owed
from tiga.mechanism.tally import Row

pytestmark = pytest.mark.django_db(databases=kept.DATABASES)

HEAD = ("mediator/1",)
READERS = tuple(slug for slug in SIDES if slug != "mediator/2")


@dataclass(frozen=True)
class Story:
    scene: Scene
    cases: list[str]
    wave: list[str]
    before: dict[str, tuple[Row, ...]]
    step: int
    report: str


def _rulings(scene: Scene) -> dict[str, tuple[Row, ...]]:
    return {slug: scene.door(slug).rulings() for slug in ("public", "analyst", *READERS)}


def _ruled(scene: Scene, slug: str, local: str, disposition: str) -> str:
    """A complaint taken to the head of mission's ruling."""
    case = scene.complain(slug, codes=("M1",), local=local)
    scene.admit(case, standard="plausible")
    scene.both_answer(case)
    if disposition == "violation":
        scene.find(case, HEAD)
    else:
        scene.find(case, HEAD, holding="not_established", attribution="", supports=(), limitations=())
    scene.determine(case, disposition, HEAD)
    return case


@pytest.fixture(scope="module")
def story(django_db_setup: None, django_db_blocker: object) -> Iterator[Story]:
    with scenes.told(django_db_blocker, scenes.text("slmm-2002"), ("liaison/1", "liaison/2", "mediator/1")) as scene:
        cases = [
            _ruled(scene, "liaison/1", "2026-01-03T10:00", "violation"),
            _ruled(scene, "liaison/1", "2026-01-03T12:00", "no_violation"),
            _ruled(scene, "liaison/2", "2026-01-03T14:00", "violation"),
            _ruled(scene, "liaison/2", "2026-01-03T16:00", "not_established"),
        ]
        before = _rulings(scene)
        (item,) = scene.door("monitor/1").agreement.undertakings.periodic
        number = owed.begun(item, scene.now())
        report = scene.deed("secretariat/1", "owed.expect", periodic=item.id, owed_number=str(number))
        wave = [
            scene.complain("liaison/1", "P-02", codes=("V3",), local=f"2026-01-04T{hour:02}:00", account="EXERCISE. Harassment.")
            for hour in range(8, 18)
        ]  # fmt: skip
        wave.append(scene.complain("liaison/2", "P-02", codes=("V3",), local="2026-01-04T20:00"))
        measure = scene.impose(cases[0], HEAD)
        step = scene.standing(cases[0]).measures[measure].imposed.step
        yield Story(scene, cases, wave, before, step, report)


def test_before_the_wave_the_table_says_what_was_ruled(story: Story) -> None:
    rows = (Row("party-1", 1, 0, 1, 0), Row("party-2", 1, 1, 0, 0))
    public = tuple(replace(row, pending=None) for row in rows)
    assert story.before == dict.fromkeys(("public", "analyst"), public) | dict.fromkeys(READERS, rows)


@pytest.mark.parametrize("slug", READERS)
def test_the_wave_is_pending_and_nothing_else_moves(story: Story, slug: str) -> None:
    assert story.scene.door(slug).rulings() == (Row("party-1", 1, 0, 1, 1), Row("party-2", 1, 1, 0, 10))


@pytest.mark.parametrize("slug", ["public", "analyst"])
def test_the_public_table_is_the_same_as_before_the_wave(story: Story, slug: str) -> None:
    door = story.scene.door(slug)
    assert door.rulings() == story.before[slug]
    assert [row.sid for row in door.cases()] == list(reversed(story.cases))
    assert [story.scene.sees(slug, sid) for sid in story.wave] == [False] * len(story.wave)


def test_rows_stand_in_the_agreements_order_whoever_has_more(story: Story) -> None:
    for slug in ("public", *READERS):
        assert [row.party for row in story.scene.door(slug).rulings()] == ["party-1", "party-2"]


def test_complaints_move_no_step_of_the_ladder(story: Story) -> None:
    assert story.step == 1


@pytest.mark.parametrize("slug", READERS)
def test_the_report_itself_is_owed_by_the_mission(story: Story, slug: str) -> None:
    (clock,) = story.scene.door(slug).affair("owed", story.report).it.clocks
    assert (clock.whose, clock.clause) == ("mediator-1", "M-01")


@pytest.mark.parametrize("slug", READERS)
def test_each_complaint_of_the_wave_was_notified_to_both_at_one_instant(story: Story, slug: str) -> None:
    views = [story.scene.door(slug).case(sid) for sid in story.wave]
    assert {view.case.notice.to for view in views if view.case.notice} == {("party-1", "party-2")}
    assert [view.state for view in views] == ["notified"] * len(views)
