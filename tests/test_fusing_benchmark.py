"""The measures that fusion is judged by, on examples reckoned by hand, and what surrounds them."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from benchmarks.fusing import bars, contest, headlines, honesty, making, metrics, ours, picture, reports, sets
from benchmarks.fusing.metrics import Quality
from tiga.fusion import columns as fields


def labels(*values: int) -> np.ndarray:
    return np.array(values, dtype=np.int64)


# ---- measures

TRUTH, FOUND = labels(0, 0, 0, 1, 1, 2), labels(5, 5, 6, 6, 6, 7)


def test_a_grouping_is_judged_by_pairs_and_by_reports() -> None:
    # put together: 01 23 24 34; belong together: 01 02 12 34; both: 01 34.
    # B-cubed precision: 1 1 1/3 2/3 2/3 1; recall: 2/3 2/3 1/3 1 1 1; the mean of each is 7/9.
    found = metrics.quality(TRUTH, FOUND)
    assert (found.precision, found.recall, found.f1) == (0.5, 0.5, 0.5)
    assert [round(value * 9, 12) for value in (found.cubed_precision, found.cubed_recall, found.cubed)] == [7, 7, 7]
    assert (found.incidents, found.suggested) == (3, 3)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (labels(9, 9, 9, 4, 4, 0), Quality(1, 1, 1, 1, 1, 1, 3, 3)),
        (labels(0, 1, 2, 3, 4, 5), Quality(1, 0, 0, 1, 0.5, 2 / 3, 3, 6)),
        (labels(0, 0, 0, 0, 0, 0), Quality(4 / 15, 1, 8 / 19, 14 / 36, 1, 0.56, 3, 1)),
    ],
)
def test_the_ends_of_the_scale(found: np.ndarray, expected: Quality) -> None:
    got = metrics.quality(TRUTH, found)
    for name in Quality.__slots__:
        assert round(getattr(got, name), 12) == round(getattr(expected, name), 12), name


def test_the_numbers_of_the_labels_and_the_order_of_reports_play_no_part() -> None:
    order = [4, 0, 5, 2, 1, 3]
    assert metrics.quality(TRUTH[order], FOUND[order] * 1_000_003 - 77) == metrics.quality(TRUTH, FOUND)


def test_calibration_is_the_weighted_distance_of_ten_bins() -> None:
    # bin 0: two at 0.05, none holds: 0.10; bin 9: 0.9 and 1.0, one holds: 0.90; bin 5: 0.5 and 0.5, one holds: 0.
    probabilities = np.array([0.05, 0.05, 0.9, 1.0, 0.5, 0.5])
    together = np.array([False, False, True, False, True, False])
    assert round(metrics.ece(probabilities, together), 12) == round(1.0 / 6, 12)
    assert metrics.ece(np.array([0.0, 1.0]), np.array([False, True])) == 0.0
    assert metrics.ece(np.array([]), np.array([], dtype=bool)) == 0.0


def test_pairs_of_reports_that_belong_to_several_incidents() -> None:
    pairs = np.array([[0, 1], [1, 2], [3, 4]])
    assert metrics.pair_quality(pairs, labels(0, 0, 1, 2, 2)) == (1.0, 2 / 3, 0.8)
    assert metrics.pair_quality(pairs, labels(0, 0, 0, 1, 2)) == (2 / 3, 2 / 3, 2 / 3)
    assert metrics.pair_quality(pairs, labels(0, 1, 2, 3, 4)) == (1.0, 0.0, 0.0)


@pytest.mark.parametrize(
    ("other", "expected"),
    [(labels(7, 7, 3, 3, 3, 1), True), (labels(5, 5, 6, 6, 7, 7), False), (labels(5, 5, 6, 6, 6, 6), False)],
)
def test_partitions_are_compared_without_their_numbers(other: np.ndarray, expected: bool) -> None:
    assert (metrics.same(FOUND, other), metrics.same(other, FOUND)) == (expected, expected)


# ---- sets


def test_a_sets_seed_follows_from_the_policys_bytes_and_its_name() -> None:
    # printf 'weights\nafpk 1e4' | sha256sum, the first eight hex digits
    assert f"{sets.seed(b'weights', 'afpk 1e4'):08x}" == "5fcc54f3"
    names = [kind.name for kind in sets.KINDS]
    assert len({sets.seed(policy, name) for policy in (b"weights", b"weightt") for name in names}) == 2 * len(names)


def test_without_the_design_papers_the_run_stops_and_says_what_to_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TIGA_SHARED", str(tmp_path))
    with pytest.raises(SystemExit) as stopped:
        sets.shared()
    assert str(stopped.value) == (
        f"no noise model at {tmp_path / 'prototypes' / 'fusion'}: this benchmark measures on its reports. Set TIGA_SHARED "
        "to the folder that holds prototypes and data."
    )


# ---- what is drawn for people to decide


def test_decisions_are_drawn_from_wrong_joins_and_missed_pairs() -> None:
    put = np.array([True, True, False, False, True])
    together = np.array([False, True, True, False, False])
    apart, same = honesty.drawn(put, together)
    assert (sorted(apart.tolist()), same.tolist()) == ([0, 4], [2])
    many = np.arange(4_000) % 2 == 0
    apart, same = honesty.drawn(many, ~many)
    assert (len(set(apart.tolist())), len(set(same.tolist()))) == (honesty.WRONG, honesty.MISSED)
    assert (bool(many[apart].all()), bool(many[same].any())) == (True, False)
    again = honesty.drawn(many, ~many)
    assert (again[0].tolist(), again[1].tolist()) == (apart.tolist(), same.tolist())


# ---- headlines

TOWNS = {
    "XA": {"anar": (900, 30.0, 60.0, "Anar", 5.0), "lower anar": (50, 31.0, 61.0, "Lower Anar", 5.0),
           "bezar": (200_000, 32.0, 62.0, "Bezar", 12.0)},
}  # fmt: skip


@pytest.mark.parametrize(
    ("headline", "expected"),
    [
        ("Two killed near Anar", "Anar"),
        ("Shelling of Lower Anar and Bezar", "Lower Anar"),
        ("Shelling of Anar and Bezar", "Bezar"),
        ("a pomegranate is anar", ""),
        ("SHELLING OF ANAR, SAYS SPOKESMAN", "Anar"),
        ("Nothing is named", ""),
    ],
)
def test_the_longest_capitalised_name_of_the_country_wins(headline: str, expected: str) -> None:
    spot = making.place(headline, ["XA"], TOWNS)
    assert (spot[3] if spot else "") == expected
    assert making.place(headline, ["XB"], TOWNS) is None


@pytest.mark.parametrize(
    ("headline", "expected"),
    [
        ("At least 12 people killed", 12), ("Blast kills at least three soldiers", 3), ("Two soldiers dead", 2),
        ("Shelling kills 4", 4), ("47 wounded", None), ("Fighting goes on", None),
    ],
)  # fmt: skip
def test_the_dead_of_a_headline(headline: str, expected: float | None) -> None:
    found = making.dead(headline)
    assert (None if found != found else found) == expected


def test_the_act_of_a_headline_is_the_first_that_its_words_name() -> None:
    leaves = ["small_arms", "airstrike", "artillery", "mine"]
    told = [
        "Air strike on village after clashes",
        "SHELLING of town",
        "Clashes near border",
        "Talks",
        "Land mine: 2 dead",
    ]
    assert [making.act(text, leaves) for text in told] == [1, 2, 0, -1, 3]


def test_pairs_share_an_event_and_are_counted_once(tmp_path: Path) -> None:
    links = tmp_path / "links.csv"
    links.write_text("report_id,event_id\nc,1\na,1\nb,2\na,2\nc,2\n")
    assert making.together(["a", "b", "c"], str(links)).tolist() == [[0, 1], [0, 2], [1, 2]]


def test_pairs_within_those_with_a_place() -> None:
    kept = np.array([True, False, True, True])
    assert headlines.within(np.array([[0, 1], [0, 2], [2, 3]]), kept).tolist() == [[0, 1], [1, 2]]


# ---- ours


def invented() -> sets.Table:
    """Four reports: two sources of one shelling, a satellite's of the same, and one without a place."""
    return {
        "src": np.array([0, 1, 2, 1]), "cls": np.array([0, 2, 6, 4]), "tp": np.array([1, 3, 1, 3]),
        "lp": np.array([1, 2, 1, 2]), "typ": np.array([1, 3, -1, 0]), "perp": np.array([1, 6, 6, 6]),
        "lat": np.array([34.0, 34.01, 34.0, np.nan]), "lon": np.array([70.0, 70.0, 70.0, np.nan]),
        "acc": np.array([0.6, 4.0, 0.5, 4.0]), "t0": np.array([10.0, 0.0, 11.0, 0.0]),
        "t1": np.array([10.5, 19.0, 11.5, 19.0]), "dead": np.array([2.0, np.nan, np.nan, np.nan]),
        "name": np.array([1, 2, 0, 0]), "names": np.array(["", "Anar", "Anaar"]),
        "leaves": np.array(["small_arms", "mortar"]), "leaf_mid": np.array([0, 1]), "leaf_root": np.array([0, 0]),
        "mid_root": np.array([0, 0]),
    }  # fmt: skip


def test_a_set_becomes_claims() -> None:
    one, two, three, four = reports.claims(invented())
    assert (one.claim_id, one.source, one.channel, one.party, one.acts) == ("r0000000", "s0", "monitor", "", ("H2",))
    assert (one.start_min, one.end_min, one.start_asserted_min, one.zone_min) == (600, 630, 615, 300)
    assert (one.lat_e7, one.radius_m, one.toponym, one.deaths_low, one.actor) == (
        340_000_000,
        600,
        "Anar",
        2,
        "party-2",
    )
    assert (two.party, two.acts, two.deaths_low, two.zone_min) == ("party-2", ("H2",), None, 270)
    assert (three.acts, three.toponym, four.lat_e7, four.radius_m) == ((), "", None, 0)


def test_columns_say_what_claims_say() -> None:
    table = invented()
    _, nodes = reports.tree(table)
    made = reports.columns(table, nodes)
    read = fields.Reader(fields.kinds({})).read(reports.claims(table))
    same = ("NORTH", "EAST", "START", "END", "SIGMA", "LEVEL", "DENIES", "ASSERTED", "LOW", "HIGH", "CLASS")
    for name in same:
        column = getattr(fields, name)
        assert made.rows[:, column].tolist() == read.rows[:, column].tolist(), name
    for name in ("ACTOR", "PARTY_ID", "SOURCE", "NAME"):
        one, other = (rows[:, getattr(fields, name)] for rows in (made.rows, read.rows))
        assert ((one == -1) == (other == -1)).all(), name
        assert ((one[:, None] == one) == (other[:, None] == other)).all(), name
    assert (made.signs.tolist(), made.keys.tolist()) == (read.signs.tolist(), [0, 1, 2, 3])


def test_the_windowed_mode_takes_every_source_for_a_dataset() -> None:
    # the satellite's kind is unknown and counts as an armed attack; the report without a place stays alone
    assert ours.by_window(invented()).tolist() == [0, 0, 0, 3]


def outcome() -> bars.Outcome:
    def run(seconds: float) -> contest.Run:
        return contest.Run(FOUND, seconds, seconds, 100.0)

    half = metrics.quality(TRUTH, FOUND)
    one = sets.Set(sets.MIDDLE.name, Path("a"), Path("b"), 7, 100_000, 100_000)
    peers = {"splink_told": (run(6.0), half), "dbscan": (run(1.0), metrics.quality(TRUTH, TRUTH))}
    return bars.Outcome(one, (run(1.5), half), peers)


def test_rows_hold_the_bars_and_the_best_peer_is_the_best_by_f1() -> None:
    found = {row.what: row for row in bars.rows(outcome())}
    above = found["F1 above the best peer (DBSCAN), afpk 1e5"]
    assert (above.ours, found["seconds, afpk 1e5"].met) == (Decimal("-0.5"), True)
    told = found["reports a second, afpk 1e5; Splink, m from true labels"]
    assert (told.ours, told.peer, told.ratio, told.met) == (Decimal(66_667), Decimal(16_667), Decimal("4.000"), True)
    assert found["reports a second, afpk 1e5; MELTT, quoted"].peer == Decimal(61)


def test_the_picture_shows_each_number_once() -> None:
    svg = ElementTree.fromstring(picture.drawn([outcome()]))
    texts = ["".join(node.itertext()).strip("\u2066\u2069") for node in svg.iter("{http://www.w3.org/2000/svg}text")]
    assert texts == [
        picture.HEADING, "afpk 1e5, reports: 100000", "ours", "0.500", "DBSCAN", "1.000", "Splink, m from true labels",
        "0.500",
    ]  # fmt: skip
