"""Scenario 8: a clip was older than what it was said to show. What rests on it is stayed at once; nothing else of that party is.

Model: the clips of 2020 and 2021 that came back in 2025 and 2026. Everything here is invented.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest

from tests.store import kept
from tests.stories import scene as scenes
from tests.stories.scene import SIDES, Scene
from tiga.drafts import FieldReport, evidence_item
from tiga.mechanism import reports
from tiga.mechanism.acts import Refusal
from tiga.mechanism.deciders import depositing
from tiga.store import queries
from tiga.store.desk import Done

pytestmark = pytest.mark.django_db(databases=kept.DATABASES)

GROUND = "predates_event: the same picture was public in April 2020"
CLIP = b"\xff\xd8\xff\xe0 EXERCISE. An invented picture."


@dataclass(frozen=True)
class Story:
    scene: Scene
    case: str
    other: str
    file: str
    finding: str
    measure: str
    discredited: Done
    size: int
    answer: str
    states: list[str]


@pytest.fixture(scope="module")
def story(django_db_setup: None, django_db_blocker: object) -> Iterator[Story]:
    with scenes.told(django_db_blocker) as scene:
        case = scene.complain("liaison/1", account="EXERCISE. The picture shows the post that was fired at.")
        other = scene.complain("liaison/1", local="2026-01-05T06:00", account="EXERCISE. Another happening.")
        for sid in (case, other):
            scene.admit(sid)
        item, salts = evidence_item("post.jpg", CLIP), scene.salts()
        by, now = scene.who("liaison/1"), scene.now()
        kept_file = scene.desk.deposit(
            queries.case_threads(scene.desk, case), item.data,
            lambda s: depositing.deposit(s, case, item, by, now, salts), by,
        )  # fmt: skip
        assert isinstance(kept_file, Done)
        for sid in (case, other):
            scene.both_answer(sid)
            scene.find(sid)
        scene.determine(case)
        measure = scene.impose(case)
        scene.comply(case, measure)
        scene.deed("secretariat/1", "finding.publish", case)
        scene.close(case, "complied")
        states = [scene.door("liaison/2").case(case).state]
        size = scene.desk.ledger.size()
        complaint = scene.case(case).opened.report
        discredited = scene.discredit(complaint, GROUND)
        states.append(scene.door("liaison/2").case(case).state)
        drawn, salts = scene.door("liaison/1").report(complaint).report, scene.salts()
        answer = scene.do(
            "liaison/1", (f"report:{complaint}",),
            lambda s, by, now: reports.file(s, _answer(drawn), by, now, salts, complaint),
        ).receipt.sid  # fmt: skip
        yield Story(
            scene,
            case,
            other,
            kept_file.receipt.sid,
            scene.case(case).finding,
            measure,
            discredited,
            size,
            answer,
            states,
        )


def _answer(drawn: FieldReport) -> FieldReport:
    return replace(drawn, report_id="answer", account="EXERCISE. We were given the picture by others and withdraw it.")


def test_the_case_opens_again_and_what_rests_on_the_clip_is_stayed_by_that_very_entry(story: Story) -> None:
    assert story.states == ["closed", "compliance"]
    acts = [row.envelope.act for row in list(story.scene.desk.ledger.entries())[story.size : story.size + 2]]
    assert acts == ["report.discredit", "finding.correct"]
    assert [receipt.index for receipt in story.discredited.receipts] == [story.size, story.size + 1]


@pytest.mark.parametrize("slug", SIDES)
def test_everybody_reads_the_flag_the_reopening_and_the_stay(story: Story, slug: str) -> None:
    view, complaint = story.scene.door(slug).case(story.case), story.scene.case(story.case).opened.report
    assert (view.case.flags, [ground for _, ground in view.case.course.reopened]) == ((complaint,), ["discredited"])
    assert [(row.sid, row.stays) for row in view.measures] == [(story.measure, (f"discredited:{complaint}",))]
    assert {row.status for row in story.scene.door(slug).measures()} == {"stayed"}


@pytest.mark.parametrize("slug", SIDES)
def test_the_submitter_is_told_with_everybody_at_one_instant_and_answers(story: Story, slug: str) -> None:
    door, complaint = story.scene.door(slug), story.scene.case(story.case).opened.report
    row, entry, _, _ = door.entry(story.size)
    assert (row.act, entry.envelope.body["report"], entry.envelope.body["ground"]) == (
        "report.discredit",
        complaint,
        GROUND,
    )
    assert (door.report(complaint).discredited, door.report(complaint).revised_by) == (GROUND, story.answer)
    assert (door.report(story.answer).discredited, door.report(story.answer).report.account) == (
        "", "EXERCISE. We were given the picture by others and withdraw it.",
    )  # fmt: skip


@pytest.mark.parametrize("slug", SIDES)
def test_other_evidence_of_that_party_stands(story: Story, slug: str) -> None:
    view = story.scene.door(slug).case(story.other)
    assert (view.case.flags, view.state, view.complaint is not None and view.complaint.discredited) == (
        (),
        "adopted",
        "",
    )


@pytest.mark.parametrize("slug", SIDES)
def test_the_file_is_kept(story: Story, slug: str) -> None:
    """No derivative can be made of it: its depositor and the mediators' side have it as it came, all others have not."""
    handed = story.scene.door(slug).file(story.case, story.file)
    found = handed.code if isinstance(handed, Refusal) else handed.data
    assert found == ("exhibit_denied" if slug in ("liaison/2", "monitor/1") else CLIP)


def test_nothing_is_built_on_it_and_a_new_finding_is_awaited(story: Story) -> None:
    scene, case = story.scene, story.case
    assert scene.code("mediator/1", case, scene.adopting(case)) == "support_discredited"
    assert scene.no("mediator/1", "finding.confirm", case, reason="x") == "support_missing"
    assert scene.closing(case, "complied") == "support_discredited"


@pytest.mark.parametrize("slug", ["public", "analyst"])
def test_the_public_is_told_of_the_correction_and_of_nothing_more(story: Story, slug: str) -> None:
    door = story.scene.door(slug)
    acts = [(row.act, row.idx) for row in door.acts(number=500) if row.act.split(".")[0] in ("finding", "report")]
    assert [act for act, _ in acts] == ["finding.correct", "finding.publish"]
    _, entry, _, values = door.entry(story.size + 1)
    assert (entry.envelope.body, entry.envelope.case, values) == (
        {"finding": story.finding, "why": "discredited"}, story.case, (),
    )  # fmt: skip
    assert door.reports() == []
    found = door.signed_text("EXERCISE. Firing is held.")
    assert found is not None and (found.how, found.stands) == ("bytes", False)  # type: ignore[union-attr]
