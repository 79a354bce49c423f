"""A dataset's events become happenings between two sides, each with what was assumed; all that is said here is invented."""

from __future__ import annotations

import dataclasses
import os
import re
import tomllib
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiga.drafts.events import ACT_RULES, ASSUMED, LEFT_OUT, ActRule, Event, Happened, Toll, happened
from tiga.intake import ucdp
from tiga.values.moments import Instant, Moment
from tiga.values.places import Place, Point

ROOT = Path(__file__).parents[3]
SIDES = (["party-1"], ["party-2", "Hill Guard"])
POST = Place("Exercise Post", "Latn", Point(1_000_000, 2_000_000), 5_000)
PLAIN = Event(
    "ucdp-1", Moment("2026-01-05", "UTC", "day"), POST, "state", "Government of Party-1", "Government of Party-2",
    True, True, Toll(3, 3, 3, 0, 3),
)  # fmt: skip


def only(**change: object) -> Happened:
    past = happened([dataclasses.replace(PLAIN, **change)], SIDES)  # type: ignore[arg-type]
    assert past.left_out == ()
    return past.happened[0]


def test_an_event_keeps_its_window_its_place_and_its_numbers() -> None:
    assert only(toll=Toll(2, 3, 7, 0, 1, 2)) == Happened(
        "ucdp-1", Instant.parse("2026-01-05T00:00:00.000Z"), Instant.parse("2026-01-06T00:00:00.000Z"), POST.point, 5_000,
        "H1", 1, 2, 7, 1, 6, ("act_by_kind", "accused_by_losses", "civilians_bounded"),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("toll", "accused", "assumed"),
    [
        (Toll(3, 3, 3, 0, 3), 1, "accused_by_losses"),
        (Toll(3, 3, 3, 3, 0), 2, "accused_by_losses"),
        (Toll(3, 3, 3, 2, 1), 0, "accused_nobody"),
        (Toll(3, 3, 3, 0, 0, 3), 0, "accused_nobody"),
        (Toll(3, 3, 3, split=False), 0, "accused_nobody"),
    ],
)
def test_of_fighting_the_side_whose_opponent_alone_lost_people_is_accused(
    toll: Toll, accused: int, assumed: str
) -> None:
    found = only(toll=toll)
    assert (found.accused, [code for code in found.assumed if code.startswith("accused")]) == (accused, [assumed])


def test_of_violence_against_civilians_the_side_that_the_dataset_names_is_accused() -> None:
    found = only(
        violence="one_sided", side_a="Hill Guard", side_b="Civilians", state_a=False, toll=Toll(2, 2, 2, 0, 0, 2)
    )
    assert (found.accused, found.code, found.civilians_low, found.civilians_high, found.assumed) == (
        2, "C1", 2, 2, ("act_by_kind", "accused_by_dataset"),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("words", "state", "code"),
    [
        ("Drone hits Exercise Post", True, "A2"),
        ("Air strikes at Exercise Post", True, "A1"),
        ("Landmine at Exercise Post", True, "H4"),
        ("Miners meet at a coal mine", True, "H1"),
        ("SHELLING at Exercise Post", True, "H2"),
        ("A shell of a house", False, "H2"),
        ("Shelter opened", True, "H1"),
        ("Guards infiltrated by night", False, "I1"),
        ("Clash at Exercise Post", False, "I2"),
        ("Ambush near Exercise Post", True, "H5"),
        ("Post overrun", True, "H3"),
        ("", True, "H1"),
    ],
)
def test_the_act_is_guessed_from_the_table(words: str, state: bool, code: str) -> None:
    found = only(words=words, state_a=state)
    assert (found.code, found.accused) == (code, 1)
    assert found.assumed[0] == ("act_by_kind" if code in ("I2",) or (code == "H1") else "act_by_words")


def test_a_table_of_ones_own_is_used_and_must_fit_everything() -> None:
    own = [ActRule("", "", "", "X1")]
    assert [one.code for one in happened([PLAIN], SIDES, own).happened] == ["X1"]
    with pytest.raises(ValueError, match="no row of the table of acts fits the event ucdp-1"):
        happened([PLAIN], SIDES, [ActRule("one_sided", "", "", "C1")])


def test_what_is_open_is_listed() -> None:
    window, toll = Moment("2026-01-01", "UTC", "day", "2026-01-31"), Toll(1, 2, 4, split=False, reordered=True)
    found = only(when=window, where=Place("the line"), toll=toll)
    assert (found.point, found.radius_m, found.civilians_low, found.civilians_high) == (None, 0, 0, 4)
    assert found.assumed == (
        "act_by_kind", "accused_nobody", "days_open", "no_point", "numbers_reordered", "dead_not_split",
    )  # fmt: skip


def test_events_between_others_are_left_out_with_the_reason() -> None:
    changes: list[dict[str, object]] = [
        {"side_a": "Guard of party-1 and party-2"},
        {"side_a": "Nobody known", "side_b": "Nobody else"},
        {"side_b": "Nobody else"},
        {"side_b": "Party-1 police"},
        {"side_a": "Nobody known", "side_b": "Party-1 civilians", "violence": "one_sided"},
    ]
    events = [dataclasses.replace(PLAIN, event_id=f"e-{n}", **change) for n, change in enumerate(changes)]  # type: ignore[arg-type]
    past = happened(events, SIDES)
    assert (past.happened, [reason for _, reason in past.left_out]) == (
        (), ["both_sides", "no_side", "one_side", "same_side", "no_side"],
    )  # fmt: skip
    assert happened([PLAIN], ([""], [""])).left_out == (("ucdp-1", "no_side"),)


MANY = [
    dataclasses.replace(
        PLAIN, event_id=f"e-{n}", side_b="Hill Guard" if n % 3 else "Nobody", toll=Toll(n, n, n, n % 2, n)
    )
    for n in range(8)
]


@given(st.permutations(MANY))
def test_the_order_of_events_changes_nothing(order: list[Event]) -> None:
    assert happened(order, SIDES) == happened(MANY, SIDES)


def test_every_assumption_has_words_and_the_page_tells_the_table() -> None:
    words = tomllib.loads((ROOT / "src/tiga/values/catalogue/en/intake_ucdp.toml").read_text("utf-8"))
    assert (tuple(words["assumed"]), tuple(words["left_out"])) == (ASSUMED, LEFT_OUT)
    page = (ROOT / "docs" / "intake.md").read_text("utf-8").split("What happened, as an assumption")[1]
    assert re.findall(r"(?m)^\| [^|]+ \| [^|]+ \| [^|]+ \| ([A-Z][0-9]) \|$", page) == [rule.code for rule in ACT_RULES]


def test_a_real_file_becomes_happenings_between_its_two_commonest_actors() -> None:
    name = "ucdp_ged_COL_1989-2012_legacy45cols.csv"
    path = Path(os.environ.get("TIGA_SHARED", ROOT.parent / "shared")) / "data" / "ucdp-ged" / name
    if not path.exists():
        pytest.skip(f"no {name} on this machine; set TIGA_SHARED to the folder that holds data/ucdp-ged")
    events = [event for _, event in ucdp.read(name, path.read_bytes(), {"": "UTC"}).events]
    [((one, other), _)] = Counter((event.side_a, event.side_b) for event in events).most_common(1)
    past = happened(events, ([one], [other]))
    assert (len(past.happened) + len(past.left_out), len(past.happened)) == (4_445, 3_026)
    assert [found.event_id for found in past.happened if not found.earliest < found.latest] == []
