"""Who is there is enough to begin: mediators alone, after asking both parties twice; or one party alone, who gets no verdict.

Everything here is invented.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest

from tests.store import kept
from tests.stories import scene as scenes
from tests.stories.scene import SIDES, Absent, Scene
from tiga.mechanism.deciders import ruling, seating, triage
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


@contextmanager
def _mediators(blocker: object) -> Iterator[Story]:
    with scenes.told(blocker, scenes.authority("advisory"), ("mediator/1", "mediator/2")) as scene:
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


@pytest.fixture(scope="module")
def alone(django_db_setup: None, django_db_blocker: object) -> Iterator[Story]:
    with _mediators(django_db_blocker) as story:
        yield story


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


@contextmanager
def _one_party(blocker: object) -> Iterator[Story]:
    with scenes.told(blocker, scenes.agreement(), ("liaison/1",)) as scene:
        case = scene.complain("liaison/1")
        scene.report("liaison/1", name="own", release="R2", account="EXERCISE. For ourselves and the mediators.")
        scene.answer(case, "liaison/1", "EXERCISE. Our own account.")
        scene.until(scene.due(case, "reply", "party-2"))
        refused = [str(scene.run_clock().overdue > 0)]
        scene.open_replies(case)
        refused += [
            scene.code(
                "mediator/1", case, lambda s, by, now: triage.admit(s, case, "reasonable_suspicion", "x", by, now)
            ),
            scene.code("mediator/1", case, scene.adopting(case)),
            scene.no("liaison/1", "appeal.file", case, ground="procedure", text="x", language="en"),
            scene.closing(case, "no_violation"),
        ]
        yield Story(scene, case, refused)


def test_one_party_alone_keeps_its_record_and_gets_no_verdict(django_db_blocker: object) -> None:
    with _one_party(django_db_blocker) as story:
        scene, case = story.scene, story.case
        assert story.refused == ["True", "not_seated", "not_seated", "not_appealable", "not_seated"]
        own, other = scene.door("liaison/1"), scene.door("liaison/2")
        assert [row.report.account for row in own.reports() if row.level == "R2"] == [
            "EXERCISE. For ourselves and the mediators.",
        ]  # fmt: skip
        assert [row.report.account for row in other.reports() if row.level == "R2"] == []
        for door in (own, other):
            view = door.case(case)
            assert (view.state, view.finding, view.determination, view.measures) == ("notified", None, None, ())
            assert [(row.party, row.readable) for row in view.replies] == [("party-1", True)]
            assert [(row.party, row.violation, row.pending) for row in door.rulings()] == [
                ("party-1", 0, 0), ("party-2", 0, 1),
            ]  # fmt: skip
            with pytest.raises(Absent):
                door.dossier(case, {})
        index = own.index_of(case)
        assert own.proof(index) == other.proof(index)
        assert (scene.sees("public", case), scene.known("public")) == (
            False, ["charter.adopt", "agreement.adopt", "clock.advance"],
        )  # fmt: skip
