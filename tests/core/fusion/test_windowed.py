"""The windowed mode: the published method's own example where it is at hand, and small invented cases."""

from __future__ import annotations

import os
import tomllib
from collections import Counter
from importlib import resources
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiga.drafts import Fault
from tiga.fusion import windowed, windowed_files
from tiga.fusion.reckoning import metres
from tiga.fusion.windowed import Dataset, Joined, Member, Merged, Occurrence, Taxonomy, Window, merge
from tiga.values import words

SHARED = Path(os.environ.get("TIGA_SHARED", Path(__file__).parents[4] / "shared"))
CRASHES = SHARED / "data" / "event-matching" / "meltt_crashMD"
TAXONOMIES = ("model_tax", "color_tax", "damage_tax")

KM = 89_932
"""A kilometre of latitude in 1e-7 degrees."""
WINDOW = Window(2, 4_000)
KINDS = Taxonomy(
    "kind",
    {
        ("one", "mortar"): ("mortar", "indirect", "fire"),
        ("one", "rifle"): ("rifle", "direct", "fire"),
        ("two", "shelling"): ("mortar", "indirect", "fire"),
        ("two", "rockets"): ("rocket", "indirect", "fire"),
        ("two", "closure"): ("closure", "crossing", "movement"),
        ("three", "shells"): ("mortar", "indirect", "fire"),
    },
)


def told(event: str, day: int, km: int, category: str, end: int | None = None) -> Occurrence:
    return Occurrence(event, day, day if end is None else end, 340_000_000 + km * KM, 700_000_000, (category,))


def merged(*datasets: tuple[str, list[Occurrence]], window: Window = WINDOW) -> Merged:
    return merge([Dataset(name, tuple(rows)) for name, rows in datasets], [KINDS], window)


def groups(found: Merged) -> list[str]:
    return [" ".join(f"{one.dataset}/{one.event_id}" for one in group) for group in found.groups]


def test_the_published_example_is_met() -> None:
    if not CRASHES.is_dir():
        pytest.skip(f"no published example at {CRASHES}; set TIGA_SHARED to the folder that holds data/event-matching")
    names = [f"crash_data{number}" for number in (1, 2, 3)]
    files = {name: (CRASHES / f"{name}.csv").read_bytes() for name in names}
    read = [windowed_files.dataset(f"{name}.csv", data, name, TAXONOMIES) for name, data in files.items()]
    known = [
        windowed_files.taxonomy(name, (CRASHES / f"taxonomy_{name}.csv").read_bytes(), name) for name in TAXONOMIES
    ]
    assert [one.faults for one in (*read, *known)] == [()] * 6
    found = merge([one.dataset for one in read], [one.taxonomy for one in known], Window(2, 4_000))
    assert [len(one.dataset.occurrences) for one in read] == [71, 64, 60]
    assert (found.unique, found.matched, found.duplicates, found.faults) == (140, 34, 55, ())
    assert Counter("".join(one.dataset[-1] for one in group) for group in found.groups if len(group) > 1) == {
        "12": 5, "13": 4, "23": 4, "123": 21,
    }  # fmt: skip


def test_the_window_includes_its_edges() -> None:
    one = ("one", [told("a", 10, 0, "mortar"), told("b", 30, 0, "mortar"), told("c", 50, 0, "mortar")])
    two = ("two", [told("x", 12, 4, "shelling"), told("y", 33, 0, "shelling"), told("z", 50, 5, "shelling")])
    assert groups(merged(one, two)) == ["one/a two/x", "one/b", "one/c", "two/y", "two/z"]


def test_the_finest_level_that_agrees_decides_and_is_told() -> None:
    one = ("one", [told("a", 10, 0, "mortar")])
    two = ("two", [told("near", 10, 0, "rockets"), told("same", 11, 3, "shelling"), told("other", 10, 0, "closure")])
    found = merged(one, two)
    assert groups(found) == ["one/a two/same", "two/near", "two/other"]
    assert found.joined == (Joined(Member("one", "a"), Member("two", "same"), (1,)),)
    assert merged(one, ("two", [told("near", 10, 0, "rockets")])).joined[0].levels == (2,)


def test_one_to_one_and_the_best_first() -> None:
    one = ("one", [told("a", 10, 0, "rifle"), told("b", 10, 1, "mortar")])
    two = ("two", [told("x", 10, 0, "shelling"), told("y", 10, 0, "shelling")])
    found = merged(one, two)
    # b and x agree at level 1 and come first, at one distance with b and y: the earlier row. a is left with y, level 3.
    assert [(row.kept.event_id, row.removed.event_id, row.levels) for row in found.joined] == [
        ("b", "x", (1,)), ("a", "y", (3,)),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [((11, 0), (10, 3), "second"), ((10, 2), (10, 1), "second"), ((10, 1), (10, 1), "first")],
)
def test_ties_go_to_days_then_distance_then_order(
    first: tuple[int, int], second: tuple[int, int], expected: str
) -> None:
    rows = [told("first", *first, "shelling"), told("second", *second, "shelling")]
    found = merged(("one", [told("a", 10, 0, "mortar")]), ("two", rows))
    assert [row.removed.event_id for row in found.joined] == [expected]


def test_no_dataset_holds_one_occurrence_twice() -> None:
    assert groups(merged(("one", [told("a", 10, 0, "mortar"), told("b", 10, 0, "mortar")]))) == ["one/a", "one/b"]


def test_a_day_is_never_joined_with_an_episode_and_both_ends_count() -> None:
    one = ("one", [told("day", 10, 0, "mortar"), told("days", 10, 0, "mortar", 15)])
    two = ("two", [told("week", 11, 0, "shelling", 17), told("month", 10, 0, "shelling", 40)])
    assert groups(merged(one, two)) == ["one/day", "one/days two/week", "two/month"]


def test_what_is_joined_keeps_the_place_of_the_earliest_dataset_so_order_matters() -> None:
    one, two = ("one", [told("a", 10, 0, "mortar")]), ("two", [told("b", 10, 3, "shelling")])
    three = ("three", [told("c", 10, 6, "shells")])
    assert groups(merged(one, two, three)) == ["one/a two/b", "three/c"]
    assert groups(merged(two, one, three)) == ["two/b one/a three/c"]


def test_two_taxonomies_must_both_agree() -> None:
    sides = Taxonomy("side", {("one", "p"): ("p",), ("two", "p"): ("p",), ("two", "q"): ("q",)})

    def row(event: str, kind: str, side: str) -> Occurrence:
        return Occurrence(event, 10, 10, 340_000_000, 700_000_000, (kind, side))

    two = Dataset("two", (row("x", "shelling", "q"), row("y", "rockets", "p")))
    found = merge([Dataset("one", (row("a", "mortar", "p"),)), two], [KINDS, sides], WINDOW)
    assert found.joined == (Joined(Member("one", "a"), Member("two", "y"), (2, 1)),)


def test_an_unknown_category_is_told_and_its_row_kept_alone() -> None:
    lost = Occurrence("x", 10, 10, 340_000_000, 700_000_000, ("flood",), 7)
    found = merged(("one", [told("a", 10, 0, "mortar")]), ("two", [lost]))
    assert groups(found) == ["one/a", "two/x"]
    assert found.faults == (Fault("two", 7, "kind", "fault.category_unknown", {"value": "flood"}),)


BAD_RUNS = [
    ([("one", [])], Window(-1, 0), ["window_bad"]),
    ([("one", [])], Window(0, windowed.DISTANCE_LIMIT_M + 1), ["window_bad"]),
    ([], WINDOW, ["datasets_count"]),
    ([(f"d{n}", []) for n in range(windowed.DATASETS_LIMIT + 1)], WINDOW, ["datasets_count"]),
    ([("one", []), ("one", [])], WINDOW, ["dataset_twice"]),
    ([("one", [told("a", 1, 0, "mortar"), told("a", 2, 0, "mortar")])], WINDOW, ["occurrence_twice"]),
    ([("one", [told("a", 5, 0, "mortar", 4)])], WINDOW, ["end_before_start"]),
    ([("one", [Occurrence("a", 1, 1, 0, 0, ())])], WINDOW, ["categories_count"]),
]


@pytest.mark.parametrize(("datasets", "window", "expected"), BAD_RUNS)
def test_input_that_cannot_be_taken_merges_nothing(
    datasets: list[tuple[str, list[Occurrence]]], window: Window, expected: list[str]
) -> None:
    found = merged(*datasets, window=window)
    assert (found.groups, [fault.code.removeprefix("fault.") for fault in found.faults]) == ((), expected)


def test_limits_are_named_faults(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [told(str(n), 10, 0, "mortar") for n in range(3)]
    others = [told(str(n), 10, 0, "shelling") for n in range(3)]
    monkeypatch.setattr(windowed, "PAIRS_LIMIT", 8)
    assert [fault.code for fault in merged(("one", rows), ("two", others)).faults] == ["fault.window_wide"]
    monkeypatch.setattr(windowed, "PAIRS_LIMIT", 9)
    assert merged(("one", rows), ("two", others)).duplicates == 3
    monkeypatch.setattr(windowed, "OCCURRENCES_LIMIT", 5)
    assert [fault.code for fault in merged(("one", rows), ("two", others)).faults] == ["fault.occurrences_limit"]


def test_a_taxonomy_with_uneven_levels_is_refused() -> None:
    uneven = Taxonomy("kind", {("one", "a"): ("a",), ("one", "b"): ("b", "c")})
    assert [fault.code for fault in merge([Dataset("one", ())], [uneven], WINDOW).faults] == ["fault.levels_uneven"]


# ---- any input

CATEGORIES = {"one": ("mortar", "rifle"), "two": ("shelling", "rockets", "closure"), "three": ("shells",)}
ROWS = st.tuples(
    st.integers(0, 8), st.integers(0, 4), st.integers(-80_000, 80_000), st.integers(-90_000, 90_000), st.integers(0, 5)
)


@given(st.lists(st.lists(ROWS, max_size=12), min_size=3, max_size=3), st.integers(0, 3), st.integers(0, 9_000))
def test_every_choice_is_the_best_of_all_that_were_left(
    tables: list[list[tuple[int, int, int, int, int]]], days: int, reach: int
) -> None:
    datasets = []
    for (name, known), rows in zip(CATEGORIES.items(), tables, strict=True):
        told = [
            Occurrence(str(n), day, day + length, 340_000_000 + y, 700_000_000 + x, (known[kind % len(known)],))
            for n, (day, length, y, x, kind) in enumerate(rows)
        ]
        datasets.append(Dataset(name, tuple(told)))
    found = merge(datasets, [KINDS], Window(days, reach))
    assert sorted(one for group in found.groups for one in group) == sorted(
        Member(dataset.name, told.event_id) for dataset in datasets for told in dataset.occurrences
    )
    assert [group for group in found.groups if len({one.dataset for one in group}) < len(group)] == []
    assert [(row.kept, row.removed) for row in found.joined] == slowly(datasets, Window(days, reach))


def slowly(datasets: list[Dataset], window: Window) -> list[tuple[Member, Member]]:
    """The pairs in the order of their joining, by looking at every pair again after each."""
    pool: list[tuple[Member, Occurrence]] = []
    joined = []
    for dataset in datasets:
        coming = [(Member(dataset.name, told.event_id), told) for told in dataset.occurrences]
        kept_free, free = dict(pool), dict(coming)
        while True:
            choices = [
                (*cost, place, row, kept, member)
                for place, (kept, a) in enumerate(pool)
                for row, (member, b) in enumerate(coming)
                if kept in kept_free and member in free and (cost := price(kept.dataset, a, dataset.name, b, window))
            ]
            if not choices:
                break
            *_, kept, member = min(choices)
            del kept_free[kept], free[member]
            joined.append((kept, member))
        pool += [(member, told) for member, told in coming if member in free]
    return joined


def price(mine: str, a: Occurrence, theirs: str, b: Occurrence, window: Window) -> tuple[int, int, int] | None:
    starts, ends = abs(a.start_day - b.start_day), abs(a.end_day - b.end_day)
    apart = metres(a.lat_e7, a.lon_e7, b.lat_e7, b.lon_e7)
    if max(starts, ends) > window.days or apart > window.distance_m:
        return None
    if (a.start_day == a.end_day) != (b.start_day == b.end_day):
        return None
    own, other = KINDS.levels[mine, a.categories[0]], KINDS.levels[theirs, b.categories[0]]
    level = next((n for n in (1, 2, 3) if own[n - 1] == other[n - 1]), 0)
    return (level, starts + ends, int(apart * 1000)) if level else None


# ---- files

BAD_LEVELS = b"data.source,base.categories,fine,coarse\none,a,x,y\none,b,,y\none,a,x,z\ntwo,a,x,z\none,c,x\n"
HEADING = "dataset,event,date,enddate,latitude,longitude,kind\n"


def test_a_dataset_is_read_from_its_columns() -> None:
    data = (
        HEADING + "one,7,2026-01-05,,34.00000005,-70.5,mortar\n\none,8,2026-01-05,2026-01-06,34,70,rifle\n"
    ).encode()
    found = windowed_files.dataset("one.csv", data, "one", ["kind"])
    assert found.faults == ()
    assert found.dataset == Dataset(
        "one",
        (
            Occurrence("7", 739_621, 739_621, 340_000_000, -705_000_000, ("mortar",), 2),
            Occurrence("8", 739_621, 739_622, 340_000_000, 700_000_000, ("rifle",), 4),
        ),
    )


BAD_ROWS = [
    ("one,,2026-01-05,,34,70,mortar", [("event", "field_missing")]),
    ("one,7,2026-02-30,,34,70,mortar", [("date", "dataset_date")]),
    ("one,7,2026-W02-1,2026-01-05,34,70,mortar", [("date", "dataset_date")]),
    ("one,7,2026-01-05,2026-01-04,34,70,mortar", [("enddate", "end_before_start")]),
    ("one,7,2026-01-05,,34N,70,mortar", [("latitude", "coordinate_bad")]),
    ("one,7,2026-01-05,,91,181,mortar", [("latitude", "latitude_out"), ("longitude", "longitude_out")]),
    ("one,7,2026-01-05", [
        ("kind", "field_missing"), ("latitude", "coordinate_bad"), ("longitude", "coordinate_bad"),
    ]),
]  # fmt: skip


@pytest.mark.parametrize(("row", "expected"), BAD_ROWS)
def test_a_faulty_row_is_set_aside(row: str, expected: list[tuple[str, str]]) -> None:
    good = "one,9,2026-01-05,,34,70,mortar\n"
    found = windowed_files.dataset("one.csv", f"{HEADING}{row}\n{good}".encode(), "one", ["kind"])
    assert [one.event_id for one in found.dataset.occurrences] == ["9"]
    assert [(fault.file, fault.row, fault.column, fault.code) for fault in found.faults] == [
        ("one.csv", 2, column, f"fault.{code}") for column, code in expected
    ]


BAD_FILES = [
    (b"", (0, "", "file_empty")),
    (b"\xff", (0, "", "encoding")),
    (b"event,date,enddate,latitude,longitude\n", (1, "kind", "column_missing")),
    (HEADING.encode() + b'one,"7\n', (2, "", "row_unreadable")),
    (b" " * (windowed_files.BYTES_LIMIT + 1), (0, "", "file_too_large")),
]


@pytest.mark.parametrize(("data", "expected"), BAD_FILES)
def test_a_file_that_cannot_be_read_is_a_fault(data: bytes, expected: tuple[int, str, str]) -> None:
    found = windowed_files.dataset("one.csv", data, "one", ["kind"])
    assert [(fault.row, fault.column, fault.code.removeprefix("fault.")) for fault in found.faults] == [expected]


def test_a_taxonomy_is_read_and_its_faulty_rows_set_aside() -> None:
    found = windowed_files.taxonomy("kind.csv", BAD_LEVELS, "kind")
    assert found.taxonomy == Taxonomy("kind", {("one", "a"): ("x", "y"), ("two", "a"): ("x", "z")})
    assert [(fault.row, fault.code.removeprefix("fault.")) for fault in found.faults] == [
        (3, "levels_missing"), (4, "category_twice"), (6, "levels_missing"),
    ]  # fmt: skip


BAD_HEADINGS = [
    ("data.source,category,fine", ["column_missing"]),
    ("data.source,base.categories", ["levels_count"]),
    ("data.source", ["column_missing", "levels_count"]),
    ("data.source,base.categories" + ",level" * (windowed_files.LEVELS_LIMIT + 1), ["levels_count"]),
]


@pytest.mark.parametrize(("heading", "expected"), BAD_HEADINGS)
def test_a_taxonomy_with_a_bad_heading_is_refused(heading: str, expected: list[str]) -> None:
    found = windowed_files.taxonomy("kind.csv", f"{heading}\n".encode(), "kind")
    assert [fault.code.removeprefix("fault.") for fault in found.faults] == expected


def test_rows_beyond_the_limit_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(windowed_files, "ROWS_LIMIT", 1)
    rows = "one,7,2026-01-05,,34,70,mortar\none,8,2026-01-05,,34,70,mortar\n"
    found = windowed_files.dataset("one.csv", (HEADING + rows).encode(), "one", ["kind"])
    assert ([one.event_id for one in found.dataset.occurrences], [(f.row, f.code) for f in found.faults]) == (
        ["7"], [(3, "fault.rows_limit")],
    )  # fmt: skip


# ---- words


def every_fault() -> list[Fault]:
    """What the tests above call forth, and the two limits that only a patched module reaches."""
    limits = [
        Fault("", 0, "", "fault.window_wide", {"limit": "1"}),
        Fault("", 0, "", "fault.occurrences_limit", {"limit": "1"}),
    ]
    uneven = Taxonomy("kind", {("one", "a"): ("a",), ("one", "b"): ("b", "c")})
    limits += merge([Dataset("one", ())], [uneven], WINDOW).faults
    limits += merged(("one", [told("a", 1, 0, "flood")])).faults
    for datasets, window, _ in BAD_RUNS:
        limits += merged(*datasets, window=window).faults
    for row, _ in BAD_ROWS:
        limits += windowed_files.dataset("one.csv", f"{HEADING}{row}\n".encode(), "one", ["kind"]).faults
    for data, _ in BAD_FILES:
        limits += windowed_files.dataset("one.csv", data, "one", ["kind"]).faults
    for heading, _ in BAD_HEADINGS:
        limits += windowed_files.taxonomy("kind.csv", f"{heading}\n".encode(), "kind").faults
    return [*limits, *windowed_files.taxonomy("kind.csv", BAD_LEVELS, "kind").faults]


@pytest.mark.parametrize("language", ["en", "ur", "ps"])
def test_every_fault_has_words_and_they_need_no_more_than_it_gives(language: str) -> None:
    texts = words.catalogue(language).texts
    faults = every_fault()
    for fault in faults:
        needed = words.slots(texts[fault.code]) | words.slots(texts[f"{fault.code}_remedy"])
        assert needed - set(fault.values) == set(), fault
    file = resources.files("tiga.values") / "catalogue" / language / "fusion_windowed.toml"
    own = tomllib.loads(file.read_text(encoding="utf-8"))["fault"]
    raised = {fault.code.removeprefix("fault.") for fault in faults}
    assert {name for name in own if not name.endswith("_remedy")} - raised == set()
