"""Of a report that tells of several happenings, an incident holds the claims that it names. Everything told here is invented."""

from __future__ import annotations

import pytest

from tests.core.mechanism import desk as desks
from tests.core.mechanism.desk import Desk
from tiga.mechanism import incidents
from tiga.mechanism.acts import Refusal
from tiga.mechanism.deciders import grouping
from tiga.mechanism.incidents import holds


@pytest.mark.parametrize(
    ("reports", "claims", "claim", "held"),
    [
        (("a", "b"), (), "a", True),
        (("a", "b"), (), "b#2", True),
        (("a", "b"), ("b#1",), "b#1", True),
        (("a", "b"), ("b#1",), "b#2", False),
        (("a", "b"), ("b#1",), "a#2", True),
        (("a",), ("b#1",), "b#1", False),
        ((), (), "a", False),
    ],
)
def test_what_an_incident_holds(reports: tuple[str, ...], claims: tuple[str, ...], claim: str, held: bool) -> None:
    assert holds(reports, claims, claim) is held


def opening(desk: Desk, report: str, *parts: str, gazetteer: str = "g") -> Refusal | tuple[str, ...]:
    """Adopt these parts of a report as an incident, or all of it."""
    when = desks.report().when
    claims = tuple(f"{report}#{part}" for part in parts)
    return desk.try_(
        "secretariat", (f"report:{report}",),
        lambda s, by, now: grouping.open_incident(
            s, (report,), when.earliest, when.latest, ("H1",), by, now, claims, gazetteer
        ),
    )  # fmt: skip


def code(outcome: Refusal | tuple[str, ...]) -> str:
    return outcome.code if isinstance(outcome, Refusal) else ""


@pytest.mark.parametrize(
    ("first", "second", "refused"),
    [
        ((), (), "report_taken"),
        (("1",), (), "report_taken"),
        ((), ("1",), "report_taken"),
        (("1",), ("1",), "report_taken"),
        (("1", "2"), ("2", "3"), "report_taken"),
        (("1",), ("2",), ""),
        (("1", "3"), ("2",), ""),
    ],
)
def test_no_part_of_a_report_is_adopted_twice(first: tuple[str, ...], second: tuple[str, ...], refused: str) -> None:
    desk = desks.founded()
    report = desks.file(desk, desks.report("m1", "", channel="monitor"))
    assert code(opening(desk, report, *first)) == ""
    assert code(opening(desk, report, *second)) == refused


def test_numbers_of_another_gazetteer_mean_nothing() -> None:
    desk = desks.founded()
    report = desks.file(desk, desks.report("m1", "", channel="monitor"))
    assert code(opening(desk, report, "1")) == ""
    assert code(opening(desk, report, "2", gazetteer="another")) == "report_taken"
    assert code(opening(desk, report, "2")) == ""


@pytest.mark.parametrize("part", ["0", "01", "100", "x", "", "1#2", "\u0661"])
def test_a_part_is_named_by_its_number(part: str) -> None:
    desk = desks.founded()
    report = desks.file(desk, desks.report("m1", "", channel="monitor"))
    assert code(opening(desk, report, part)) == "report_unknown"


def test_a_part_of_a_report_that_is_not_adopted_is_refused() -> None:
    desk = desks.founded()
    one, other = (desks.file(desk, desks.report(name, "", channel="monitor")) for name in ("m1", "m2"))
    outcome = desk.try_(
        "secretariat", (f"report:{one}", f"report:{other}"),
        lambda s, by, now: grouping.open_incident(s, (one,), now, now, ("H1",), by, now, (f"{other}#1",)),
    )  # fmt: skip
    assert isinstance(outcome, Refusal)
    assert (outcome.code, outcome.values) == ("report_unknown", {"report": other})


def test_a_report_that_is_taken_out_and_put_in_again_is_held_whole() -> None:
    desk = desks.founded()
    one, other = (desks.file(desk, desks.report(name, "", channel="monitor")) for name in ("m1", "m2"))
    incident = desk.do(
        "secretariat", (f"report:{one}", f"report:{other}"),
        lambda s, by, now: grouping.open_incident(s, (one, other), now, now, ("H1",), by, now, (f"{one}#1", f"{other}#2")),
    )  # fmt: skip
    for verb, named in ((grouping.unlink, (f"{other}#2",)), (grouping.link, (f"{other}#2",))):
        desk.do(
            "secretariat", (f"incident:{incident}", f"report:{one}"),
            lambda s, by, now, verb=verb: verb(s, incident, one, "EXERCISE.", by, now),
        )  # fmt: skip
        assert desk.whole.incidents[incident].claims == named
    found = desk.whole.incidents[incident]
    assert [incidents.holds(found.reports, found.claims, f"{one}#{part}") for part in (1, 2)] == [True, True]
    assert [incidents.holds(found.reports, found.claims, f"{other}#{part}") for part in (1, 2)] == [False, True]
