"""What a report releases at which level: its words, its place, who brought it; and how many digests its entry holds."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.core.mechanism.desk import Desk, actor, founded, report
from tiga.drafts import FieldReport
from tiga.mechanism import reports
from tiga.mechanism.acts import Decision
from tiga.values.places import Place, Point, coarsened
from tiga.values.shapes import from_plain

EXACT = Place("Exercise Post (invented)", "Latn", Point(-1_234_567, -3_456_789), 200, "exercise map")
NOWHERE = replace(EXACT, point=None, radius_m=0)


def drawn(channel: str, release: str, where: Place = EXACT, reporter: str = "") -> FieldReport:
    return report("r", "", channel=channel, release=release, where=where, reporter=reporter)


def values(one: FieldReport) -> dict[str, tuple[str, object]]:
    salts = tuple(bytes([n]) * 16 for n in range(6))
    return {row.disclosure.name: (row.level, row.disclosure.value) for row in reports.released(one, salts)}


@pytest.mark.parametrize(
    ("channel", "release", "where", "coarse"),
    [
        ("monitor", "R0", EXACT, True),
        ("sensor", "R0", EXACT, True),
        ("public", "R0", EXACT, True),
        ("media", "R0", EXACT, False),
        ("monitor", "R0", NOWHERE, False),
        ("monitor", "R1", EXACT, False),
        ("monitor", "R4", EXACT, False),
    ],
)
def test_what_is_made_public_for_the_first_time_is_made_public_coarsely(
    channel: str, release: str, where: Place, coarse: bool
) -> None:
    given = values(drawn(channel, release, where))
    assert set(given) == ({"report", "where"} if coarse else {"report"})
    level, said = given["report"]
    told = from_plain(FieldReport, said).where
    assert level == release
    if not coarse:
        assert told == where
        return
    assert where.point is not None
    assert told == replace(where, point=coarsened(where.point), radius_m=reports.CELL_M)
    assert given["where"][0] == "R1"
    assert from_plain(Place, given["where"][1]) == where


def test_a_wide_place_keeps_its_width() -> None:
    said = values(drawn("monitor", "R0", replace(EXACT, radius_m=9_000)))["report"][1]
    assert from_plain(FieldReport, said).where.radius_m == 9_000


def test_who_brought_it_is_a_value_of_its_own() -> None:
    given = values(drawn("monitor", "R0", reporter="watch 7"))
    assert {name: level for name, (level, _) in given.items()} == {"report": "R0", "where": "R1", "reporter": "R4"}
    assert from_plain(FieldReport, given["report"][1]).reporter == ""


def digests(desk: Desk, one: FieldReport) -> tuple[str, ...]:
    salts = desk.salts()
    assert len(set(salts)) == 6
    outcome = reports.file(desk.standing(), one, actor("monitor"), desk.now(), salts)
    assert isinstance(outcome, Decision)
    return outcome.entries[0].envelope.sd


def test_the_number_of_digests_does_not_tell_what_is_disclosed() -> None:
    desk = founded()
    one, two, three = (
        digests(desk, drawn("monitor", "R1")),
        digests(desk, drawn("monitor", "R1", reporter="watch 7")),
        digests(desk, drawn("monitor", "R0", reporter="watch 7")),
    )
    assert [len(set(rows)) for rows in (one, two, three)] == [4, 4, 4]
