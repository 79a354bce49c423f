"""What the public is told of a published finding that loses a support, and when it is told that it stands."""

from __future__ import annotations

from tests.core.mechanism import desk as desks
from tests.core.mechanism.courses import at_stage, both, do, further, refused
from tests.core.mechanism.desk import Desk
from tiga.mechanism.acts import Actor
from tiga.mechanism.asks import Given
from tiga.mechanism.deciders import proceedings


def _found(published: bool) -> tuple[Desk, str]:
    """A finding on two reports, of which the complaint's own is then discredited."""
    desk, case = at_stage("replied")
    own = desk.whole.cases[case].opened.report
    desks.sign(desk, case, desks.adopt(desk, case, supports=(own, further(desk, case))))
    if published:
        do(desk, "secretariat", "finding.publish", case)
    desks.discredit(desk, own)
    return desk, case


def acts(desk: Desk, number: int) -> list[str]:
    return [entry.envelope.act for entry in desk.entries()[-number:]]


def test_a_published_finding_in_doubt_is_corrected_in_the_same_step() -> None:
    desk, case = _found(published=True)
    assert acts(desk, 2) == ["report.discredit", "finding.correct"]
    last = desk.entries()[-1].envelope
    assert (last.body, last.case) == ({"finding": desk.whole.cases[case].finding, "why": "discredited"}, case)


def test_what_was_not_published_needs_no_correction_until_it_is() -> None:
    desk, case = _found(published=False)
    assert acts(desk, 1) == ["report.discredit"]
    desk.wait("P3D")
    registrar = Actor("", "registrar")
    outcome = proceedings.publish(desk.standing(*desk.threads_of(case)), case, Given({}), registrar, desk.now(), ())
    desk.enter(outcome, registrar)  # type: ignore[arg-type]
    assert acts(desk, 2) == ["finding.publish", "finding.correct"]


def test_once_confirmed_it_is_published_again_and_once_only() -> None:
    desk, case = _found(published=True)
    assert refused(desk, "secretariat", "finding.publish", case) == "published_already"
    both(desk, case, "finding.confirm", reason="The other report bears it.")
    assert refused(desk, "secretariat", "finding.publish", case) == ""
    assert refused(desk, "secretariat", "finding.publish", case) == "published_already"


def test_the_correction_holds_from_the_cases_thread_alone() -> None:
    desk, case = _found(published=True)
    assert desk.standing(*desk.threads_of(case)).cases[case] == desk.whole.cases[case]
    assert [finding for _, finding in desk.whole.cases[case].course.corrected] == [desk.whole.cases[case].finding]
