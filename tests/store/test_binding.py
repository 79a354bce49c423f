"""What changes the reports of a finding, in the store: the case's row is made anew by who names no case, a closed case opens
again, and rebuilt equals live after each. Everything told here is invented.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from tests.core.mechanism import desk as desks
from tests.store import kept
from tests.stories.scene import Scene, founded
from tiga.mechanism import binding, reports
from tiga.mechanism.deciders import grouping
from tiga.store import models, opening, receiving
from tiga.store.desk import Done
from tiga.values.moments import Span

pytestmark = pytest.mark.django_db(databases=kept.DATABASES)
__all__ = ["founded"]


@pytest.fixture
def scene(founded: Scene) -> Iterator[Scene]:
    """A scene with a seated panel; what a test tells in it is rolled back."""
    opening.forget()
    yield Scene(opening.desk("exercise"), founded.entropy)
    opening.forget()


def found(scene: Scene) -> tuple[str, str]:
    """A case with a finding in force on two reports, the complaint's and a monitor's, which came sealed; and the latter."""
    case = scene.complain("liaison/1")
    other = scene.report()
    scene.link(case, other)
    scene.admit(case)
    scene.both_answer(case)
    scene.find(case)
    return case, other


def linked(scene: Scene, case: str, other: str) -> Done:
    incident, report = scene.case(case).opened.incident, scene.report()
    return scene.do(
        "secretariat/1", (f"incident:{incident}", f"report:{report}"),
        lambda s, by, now: grouping.link(s, incident, report, "EXERCISE.", by, now),
    )  # fmt: skip


def unlinked(scene: Scene, case: str, other: str) -> Done:
    incident = scene.case(case).opened.incident
    return scene.do(
        "secretariat/1", (f"incident:{incident}", f"report:{other}"),
        lambda s, by, now: grouping.unlink(s, incident, other, "EXERCISE.", by, now),
    )  # fmt: skip


def revised(scene: Scene, case: str, other: str) -> Done:
    """A later version of the complaint's report, open to both parties, by who filed it."""
    return _version(scene, "liaison/1", scene.case(case).opened.report, "party-1", "liaison")


def sealed(scene: Scene, case: str, other: str) -> Done:
    """A later version of the monitor's report, sealed as the report was."""
    return _version(scene, "monitor/1", other, "", "monitor")


def _version(scene: Scene, slug: str, report: str, party: str, channel: str) -> Done:
    drawn, salts = desks.report(f"later-{scene.entropy.count}", party, channel=channel), scene.salts()
    return scene.do(slug, (f"report:{report}",), lambda s, by, now: reports.file(s, drawn, by, now, salts, report))


Change = Callable[[Scene, str, str], Done]
CHANGES: tuple[Change, ...] = (linked, unlinked, revised, sealed)


def row(case: str) -> models.CaseRow:
    return models.CaseRow.objects.using("exercise").get(sid=case)


def _bound(scene: Scene, case: str) -> tuple[object, object]:
    """What the finding of a case is bound to: from its threads, and from the whole log."""
    return binding.held(scene.standing(case), case), binding.held(scene.desk.whole(), case)


@pytest.mark.parametrize("change", CHANGES, ids=lambda one: one.__name__)
def test_who_names_no_case_makes_its_row_anew_all_the_same(scene: Scene, change: Change) -> None:
    case, other = found(scene)
    before = (row(case).basis, row(case).state)
    done = change(scene, case, other)
    part, whole = _bound(scene, case)
    assert (before, (row(case).basis, row(case).state)) == (("bound", "adopted"), ("changed", "adopted"))
    assert (part, len(done.receipts)) == (whole, 1)
    entry = scene.desk.ledger.entry(done.receipt.index)
    assert (entry.envelope.case, case in entry.envelope.text()) == ("", False)
    assert kept.rebuilt_equals_live(scene.desk)


@pytest.mark.parametrize("change", CHANGES, ids=lambda one: one.__name__)
def test_a_closed_case_opens_again_at_once_or_where_the_change_is_sealed_by_the_clock_run(
    scene: Scene, change: Change
) -> None:
    case, other = found(scene)
    scene.determine(case, "no_violation")
    scene.close(case, "no_violation")
    change(scene, case, other)
    told = "closed" if change is sealed else "determined"
    assert (row(case).state, row(case).basis) == (told, "changed")
    assert (scene.run_clock().reopened, row(case).state) == (0, told), "not by the run that comes with the batch"
    scene.until(scene.now().plus(Span.parse("P1D")))
    assert scene.run_clock().reopened == (1 if change is sealed else 0)
    assert (row(case).state, scene.number("case.reopen"), scene.run_clock().reopened) == ("determined", 1, 0)
    assert scene.case(case).course.reopened[0][1] == "reports_changed"
    assert kept.rebuilt_equals_live(scene.desk)


def test_a_change_changed_back_and_a_confirmation_are_in_the_row(scene: Scene) -> None:
    case, other = found(scene)
    unlinked(scene, case, other)
    scene.link(case, other)
    assert row(case).basis == "restored"
    sealed(scene, case, other)
    scene.put(case, "finding.confirm", reason="EXERCISE. It says the same.")
    assert row(case).basis == "confirmed"
    linked(scene, case, other)
    assert (row(case).basis, row(case).state) == ("changed", "adopted")
    part, whole = _bound(scene, case)
    assert part == whole
    assert kept.rebuilt_equals_live(scene.desk)


def test_no_entry_names_a_sealed_version(scene: Scene) -> None:
    case, other = found(scene)
    later = sealed(scene, case, other).receipt.sid
    scene.put(case, "finding.confirm", reason="EXERCISE. It says the same.")
    scene.deed("mediator/1", "case.reopen", case, ground="procedure", reason="EXERCISE.")
    scene.find(case)
    naming = [entry.index for entry in scene.desk.ledger.entries() if later in entry.envelope.text()]
    assert (naming, scene.body("finding.adopt")["claims"]) == ([], sorted((scene.case(case).opened.report, other)))
    assert row(case).basis == "bound"


def test_a_discredited_support_keeps_the_row_of_a_case_whose_reports_changed(scene: Scene) -> None:
    """Whoever discredits a report loads no incident; the row is made of the case's own threads all the same."""
    case, other = found(scene)
    linked(scene, case, other)
    own = scene.case(case).opened.report
    scene.discredit(own, "EXERCISE. It is older.")
    assert (row(case).basis, scene.case(case).flags) == ("changed", (own,))
    assert kept.rebuilt_equals_live(scene.desk)


def test_a_version_that_comes_with_a_sheet_is_seen_as_one_that_comes_alone(scene: Scene) -> None:
    case, _ = found(scene)
    other, _ = found(scene)
    drawn, by = desks.report("row", "party-1"), scene.who("liaison/1")

    def entered(account: str) -> tuple[int, int]:
        rows = [
            (1, replace(drawn, account=account)),
            (2, replace(drawn, report_id=f"more-{account}", account="EXERCISE.")),
        ]
        done = receiving.enter_rows(scene.desk, "sheet.csv", rows, by, scene.now(), scene.entropy)
        return done.accepted, done.revised

    assert entered("EXERCISE. First.") == (2, 0)
    sid = next(view.sid for view in kept.reports(scene.desk) if view.report.report_id == "row")
    scene.link(case, sid)
    scene.put(case, "finding.confirm", reason="EXERCISE.")
    assert entered("EXERCISE. Second.") == (1, 1)
    assert (row(case).basis, row(other).basis) == ("changed", "bound")
    part, whole = _bound(scene, case)
    assert part == whole
    assert kept.rebuilt_equals_live(scene.desk)
