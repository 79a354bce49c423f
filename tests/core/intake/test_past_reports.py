"""Reports of a sheet become happenings between two sides, each with what was taken; all that is said here is invented."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from tiga.drafts import FieldReport, Harm
from tiga.drafts.events import Happened
from tiga.drafts.tellings import TAKEN, UNTAKEN, told
from tiga.values.moments import Instant, Moment
from tiga.values.places import Place, Point
from tiga.values.words import catalogue

PARTIES = ("party-1", "party-2")
SIDES = (["Hill Guard"], ["Valley Watch"])
POST = Place("Exercise Post", "Latn", Point(1_000_000, 2_000_000), 400)
PLAIN = FieldReport(
    report_id="r-1", channel="monitor", source="Team North", when=Moment("2026-01-12T21:05", "UTC", "minute"), where=POST,
    acts=("H2", "C1"), account="EXERCISE. Firing.", language="en", actor="party-2",
)  # fmt: skip


def only(*reports: FieldReport) -> Happened:
    past = told([reports], SIDES, PARTIES, "row_is_event")
    assert past.left_out == ()
    return past.happened[0]


def other(**change: object) -> FieldReport:
    return replace(PLAIN, **{"report_id": "r-2", **change})  # type: ignore[arg-type]


def test_a_report_becomes_a_happening() -> None:
    at = Instant.parse("2026-01-12T21:05:00.000Z")
    assert only(PLAIN) == Happened(
        "r-1", at, at, POST.point, 400, "H2", 2, 0, 0, 0, 0, ("act_by_report", "accused_by_report", "row_is_event"),
    )  # fmt: skip


def test_several_reports_span_a_window_and_a_range_of_dead() -> None:
    harm = (Harm("killed", "civilian", 2, 3), Harm("killed", "security", 1, 1), Harm("injured", "civilian", 9, 9))
    later = other(when=Moment("2026-01-12T23:00", "UTC", "hour"), acts=("A1",), harm=harm)
    found = only(later, replace(PLAIN, harm=(Harm("killed", "unknown", 1, 5),)))
    assert (found.earliest.text(), found.latest.text(), found.code) == (
        "2026-01-12T21:05:00.000Z", "2026-01-13T00:00:00.000Z", "H2",
    )  # fmt: skip
    assert (found.dead_low, found.dead_high, found.civilians_low, found.civilians_high) == (1, 5, 0, 5)


def test_who_is_accused_and_what_is_contested() -> None:
    rows = [
        (PLAIN,), (replace(PLAIN, actor="", actor_words="men of the HILL GUARD"),), (PLAIN, other(actor="party-1")),
        (replace(PLAIN, actor=""),), (replace(PLAIN, actor="", actor_words="Hill Guard or Valley Watch"),),
        (PLAIN, other(stance="denies", actor="party-1")),
    ]  # fmt: skip
    assert [(one.accused, [code for code in one.assumed if code.startswith(("accused", "contested"))]) for one in
            (only(*group) for group in rows)] == [
        (2, ["accused_by_report"]), (1, ["accused_by_report"]), (0, ["accused_disputed"]), (0, ["accused_unsaid"]),
        (0, ["accused_disputed"]), (2, ["accused_by_report", "contested"]),
    ]  # fmt: skip


def test_what_only_denies_or_names_no_act_is_left_out_with_the_reason() -> None:
    groups = [[replace(PLAIN, stance="denies")], [other(acts=())]]
    assert told(groups, SIDES, PARTIES, "row_is_event").left_out == (("r-1", "only_denied"), ("r-2", "no_act"))


def test_an_open_window_and_a_missing_point_are_listed() -> None:
    found = only(replace(PLAIN, when=Moment("2026-01-01", "UTC", "day", "2026-01-09"), where=Place("the line")))
    assert (found.point, found.radius_m, found.assumed[-2:]) == (None, 0, ("days_open", "no_point"))


MANY = [[other(report_id=f"r-{n}", actor=f"party-{n % 3}")] for n in range(6)]


@given(st.permutations(MANY))
def test_the_order_of_groups_changes_nothing(order: list[list[FieldReport]]) -> None:
    assert told(order, SIDES, PARTIES, "row_is_event") == told(MANY, SIDES, PARTIES, "row_is_event")


def test_everything_taken_or_left_out_has_words() -> None:
    texts = catalogue("en").texts
    assert [code for code in TAKEN if f"assumed.{code}" not in texts] == []
    assert [code for code in UNTAKEN if f"left_out.{code}" not in texts] == []
