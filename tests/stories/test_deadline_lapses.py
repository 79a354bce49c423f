"""Scenario 11: a deadline lapses. The clock is told in its zone, runs out at its instant, and decides nothing.

Model: IGAD's month in 2018, the jirga of Torkham in 2025. Everything here is invented.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest

from tests.store import kept
from tests.stories import scene as scenes
from tests.stories.scene import SIDES, Scene
from tiga.store.clockrun import Run
from tiga.values.moments import Instant

pytestmark = pytest.mark.django_db(databases=kept.DATABASES)


@dataclass(frozen=True)
class Story:
    scene: Scene
    case: str
    due: Instant
    states: list[tuple[str, str]]
    runs: list[Run]
    refusals: list[str]
    extended: Instant
    late: str
    appeal: str
    quiet: str


def _agreement():  # type: ignore[no-untyped-def]
    plain = scenes.agreement()
    zoned = tuple(replace(row, zone="PKT") if row.id == "reply" else row for row in plain.deadlines)
    return replace(plain, deadlines=zoned)


@pytest.fixture(scope="module")
def story(django_db_setup: None, django_db_blocker: object) -> Iterator[Story]:
    with scenes.told(django_db_blocker, _agreement()) as scene:
        case = scene.complain("liaison/1")
        scene.admit(case)
        due, states, runs, refusals = scene.due(case, "reply", "party-2"), [], [], []
        scene.answer(case, "liaison/1")

        def look(at: Instant, minutes: int) -> None:
            scene.until(at, minutes)
            states.append((scene.now().local("PKT"), scene.clock(case, "reply", "party-2")))

        start = scene.case(case).notice.at  # type: ignore[union-attr]
        look(Instant(start.ms + (due.ms - start.ms) * 3 // 4), -2)
        look(Instant(start.ms + (due.ms - start.ms) * 3 // 4), 0)
        look(due, -2)
        runs.append(scene.run_clock())
        refusals.append(scene.code("mediator/1", case, scene.adopting(case)))
        scene.until(due)
        runs += [scene.run_clock(), scene.run_clock()]
        states.append((scene.now().local("PKT"), scene.clock(case, "reply", "party-2")))
        refusals += [scene.closing(case, reason) for reason in ("no_violation", "not_established", "complied")]
        quiet = scene.door("liaison/1").case(case).state
        extended = Instant(due.ms + 3 * 86_400_000)
        refusals.append(
            scene.no("liaison/2", "clock.extend", case, clock="reply", due=extended.text(), reason="Please.")
        )
        refusals.append(scene.no("mediator/1", "clock.extend", case, clock="reply", due=due.text(), reason="Asked."))
        scene.deed("mediator/1", "clock.extend", case, clock="reply:party-2", due=extended.text(), reason="Asked for.")
        states.append((scene.now().local("PKT"), scene.clock(case, "reply", "party-2")))
        scene.until(extended)
        runs.append(scene.run_clock())
        scene.open_replies(case)
        scene.find(case, limitations=("single_source", "no_reply"))
        late = scene.answer(case, "liaison/2", "EXERCISE. We were not reached in time.")
        scene.determine(case)
        appeal = scene.deed("liaison/2", "appeal.file", case, ground="procedure", text="EXERCISE. Our reply came late.",
                            language="en")  # fmt: skip
        silence = scene.report(
            "secretariat/1", codes=("O1",), local="2026-01-12T13:05", account="EXERCISE. No reply came."
        )
        scene.incident(silence)
        yield Story(scene, case, due, states, runs, refusals, extended, late, appeal, quiet)


def test_a_reminder_at_three_quarters_and_overdue_at_the_exact_instant(story: Story) -> None:
    assert [state for _, state in story.states] == ["running", "soon", "soon", "overdue", "running"]
    assert (story.due.text(), story.due.local("PKT")) == ("2026-01-12T08:05:00.000Z", "2026-01-12 13:05")


def test_the_run_enters_each_clock_once_with_its_own_instant_and_zone(story: Story) -> None:
    assert [run.overdue for run in story.runs] == [0, 1, 0, 1]
    bodies = [
        entry.envelope.body for entry in story.scene.desk.ledger.entries() if entry.envelope.act == "clock.overdue"
    ]
    assert [(row["name"], row["whose"], row["zone"], row["due"]) for row in bodies] == [
        ("reply", "party-2", "PKT", story.due.text()), ("reply", "party-2", "PKT", story.extended.text()),
    ]  # fmt: skip
    signers = {entry.signers for entry in story.scene.desk.ledger.entries() if entry.envelope.act == "clock.overdue"}
    assert signers == {("tiga.example/exercise/registrar",)}


def test_there_is_no_verdict_by_default_and_no_extension_without_a_signed_act(story: Story) -> None:
    assert story.refusals == [
        "reply_clock", "closing_stage", "closing_stage", "not_complied", "role", "extension_earlier",
    ]  # fmt: skip
    assert story.quiet == "reply"


@pytest.mark.parametrize("slug", SIDES)
def test_a_late_reply_is_read_by_all_and_marked(story: Story, slug: str) -> None:
    replies = story.scene.door(slug).case(story.case).replies
    assert [(row.party, row.late, row.readable) for row in replies] == [
        ("party-1", False, True), ("party-2", True, True),
    ]  # fmt: skip
    assert (replies[1].sid, replies[1].text) == (story.late, "EXERCISE. We were not reached in time.")


@pytest.mark.parametrize("slug", SIDES)
def test_the_case_went_on_by_the_record_and_the_silence_supports_an_appeal(story: Story, slug: str) -> None:
    view = story.scene.door(slug).case(story.case)
    assert (view.state, view.finding is not None and view.finding.adopted.held[0].limitations) == (
        "appeal", ("single_source", "no_reply"),
    )  # fmt: skip
    assert [(row.sid, row.filed.party, row.filed.ground) for row in view.case.course.appeals] == [
        (story.appeal, "party-2", "procedure"),
    ]  # fmt: skip


@pytest.mark.parametrize("slug", SIDES)
def test_silence_is_an_incident_of_its_own_and_raises_a_question_only(story: Story, slug: str) -> None:
    door = story.scene.door(slug)
    assert [(row.acts, row.adopted) for row in door.happenings() if row.adopted] == [(("H1",), True), (("O1",), True)]
    assert [row.sid for row in door.cases()] == [story.case]


def test_the_public_hears_of_no_lateness(story: Story) -> None:
    view = story.scene.door("public").case(story.case)  # a determination is in force: the case itself is public
    assert ([row.act for row in view.acts], [row.text for row in view.replies], story.scene.door("public").due()) == (
        [], ["", ""], [],
    )  # fmt: skip
