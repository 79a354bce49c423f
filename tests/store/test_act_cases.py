"""`tiga act` on cases: from complaint to closed measure by the command line alone, and the course beside the straight way."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import OperationalError

from tests.store import kept
from tiga.cli import acting, records
from tiga.store import opening
from tiga.store.desk import Desk
from tiga.values.names import printed_number

pytestmark = pytest.mark.django_db(databases=kept.DATABASES)
HELD = "i1 | established | balance_of_probabilities | organ | {report} | single_source | | EXERCISE. Firing is held."
PEOPLE = {
    "liaison-1": ("liaison", "party-1", "liaison/1"), "liaison-2": ("liaison", "party-2", "liaison/2"),
    "mediator-1": ("mediator", "mediator-1", "mediator/1"), "mediator-2": ("mediator", "mediator-2", "mediator/2"),
    "secretariat": ("secretariat", "", "secretariat/1"), "monitor": ("monitor", "", "monitor/1"), "public": ("public", "", ""),
}  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def record(django_db_setup: None, django_db_blocker: object) -> Iterator[None]:
    with kept.filled(django_db_blocker, "exercise"):
        kept.lay("exercise")
        for member in ("liaison/1", "liaison/2", "mediator/1", "mediator/2"):
            assert run("secretariat", "panel.seat", f"member={member}") == 0
        yield


def run(who: str, deed: str, *given: str) -> int:
    return acting._do(kept.door(kept.desk("exercise"), *PEOPLE[who]), acting._known()[deed], list(given), "en")


def newest() -> str:
    """The number of the newest case."""
    (row, *_) = kept.door(kept.desk("exercise"), *PEOPLE["secretariat"]).cases()
    return printed_number("C", row.sid)


def complain() -> str:
    assert run(
        "liaison-1", "case.complain", "provision=P-01", "act_codes=H1", "asserted_local=2026-01-05T10:00",
        "asserted_zone=PKT", "asserted_precision=minute", "place=An invented post", "language=en",
        "account=EXERCISE. Nothing of this happened.",
    ) == 0  # fmt: skip
    return newest()


def case_of(found: Desk, number: str) -> str:
    rows = kept.door(found, *PEOPLE["secretariat"]).cases()
    return next(str(row.sid) for row in rows if printed_number("C", row.sid) == number)


def test_a_case_goes_from_complaint_to_closed_measure_by_the_command_line(capsys: pytest.CaptureFixture[str]) -> None:
    number = complain()
    found = kept.desk("exercise")
    report = kept.door(found, *PEOPLE["secretariat"]).case(case_of(found, number)).case.opened.report
    steps = (
        ("mediator-1", "case.admit", "standard=reasonable_suspicion", "reason=EXERCISE."),
        ("liaison-1", "reply.seal", "text=EXERCISE. What we say.", "language=en"),
        ("liaison-2", "reply.seal", "text=EXERCISE. What we say.", "language=en"),
        ("mediator-1", "finding.adopt", f"held={HELD.format(report=report)}"),
        ("mediator-2", "signature.add"),
        ("liaison-2", "finding.dissent", "text=EXERCISE. We see it otherwise."),
        ("mediator-1", "determination.issue", "rulings=i1:violation", "reason=EXERCISE."),
        ("mediator-2", "signature.add"),
        ("mediator-1", "measure.impose", "issue=i1"),
        ("mediator-2", "signature.add"),
    )
    for who, deed, *given in steps:
        assert run(who, deed, number, *given) == 0, (deed, capsys.readouterr().err)
    found = kept.desk("exercise")
    (measure,) = kept.door(found, *PEOPLE["secretariat"]).case(case_of(found, number)).measures
    for item in measure.imposed.items:
        by = "liaison-2" if item.executor == "party-2" else "secretariat"
        name = f"measure={printed_number('M', measure.sid)}"
        assert run(by, "compliance.report", number, name, f"item={item.id}", "text=EXERCISE. Done.") == 0
        assert (
            run("mediator-1", "compliance.verify", number, name, f"item={item.id}", "met=yes", "text=EXERCISE. Seen.")
            == 0
        )
    assert run("mediator-1", "case.close", number, "closing=complied") == 0
    capsys.readouterr()
    assert acting._thing(kept.door(kept.desk("exercise"), *PEOPLE["liaison-2"]), number, "en") == 0, capsys.readouterr()
    told = capsys.readouterr().out
    assert "Closed" in told and "complied" in told.lower() and printed_number("M", measure.sid) in told


def test_the_course_beside_the_straight_way_is_reached_too(capsys: pytest.CaptureFixture[str]) -> None:
    number = complain()
    assert run("mediator-1", "case.suspend", number, "reason=EXERCISE.") == 0
    assert run("mediator-1", "case.admit", number, "standard=reasonable_suspicion", "reason=EXERCISE.") == 1
    assert "suspended" in capsys.readouterr().err
    assert run("mediator-1", "case.resume", number, "reason=EXERCISE.") == 0
    assert run("liaison-1", "settlement.propose", number, "terms=EXERCISE. Both withdraw.") == 0
    assert run("liaison-2", "settlement.propose", number, "terms=EXERCISE. Both withdraw.") == 0
    found = kept.desk("exercise")
    assert kept.door(found, *PEOPLE["monitor"]).case(case_of(found, number)).case.closed == "settled_locally"


def test_what_is_wrong_is_named_with_its_remedy(capsys: pytest.CaptureFixture[str]) -> None:
    number = complain()
    wrong = (
        ("mediator-1", "finding.adopt", number, "held=i1 | established"), ("secretariat", "panel.seat", "member=nobody"),
        ("liaison-1", "case.admit", number, "standard=x", "reason=R"),
        ("liaison-1", "case.complain", "provision=P-01", "act_codes=H1", "asserted_local=soon", "asserted_zone=PKT",
         "asserted_precision=minute", "place=P", "account=EXERCISE.", "language=en"),
        ("mediator-1", "signature.add", number),
    )  # fmt: skip
    for who, deed, *given in wrong:
        assert run(who, deed, *given) == 1, deed
        assert len(capsys.readouterr().err.strip().splitlines()) == 2
    assert run("public", "case.suspend", number, "reason=EXERCISE.") == 2  # the public sees no such case
    assert acting._list(kept.door(kept.desk("exercise"), *PEOPLE["public"]), "case", "en") == 0
    assert number not in capsys.readouterr().out.replace("Nothing", "")


def test_all_deeds_are_listed_with_words(capsys: pytest.CaptureFixture[str]) -> None:
    assert acting._deeds(kept.door(kept.desk("exercise")), "ur") == 0
    lines = capsys.readouterr().out.splitlines()
    assert len([line for line in lines if line.startswith("  ")]) == len(acting._known())


def test_a_record_whose_file_is_gone_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(name: str) -> Desk:
        raise OperationalError("unable to open database file")

    monkeypatch.setattr(records, "configure", lambda settings: None)
    monkeypatch.setattr(opening, "desk", gone)
    with pytest.raises(SystemExit, match=r"the file of the record 'exercise' cannot be opened: .*doctor"):
        records.open_desk("exercise")
