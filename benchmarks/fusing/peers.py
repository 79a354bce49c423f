"""The peers, each on one set, in the peers' interpreter: `METHOD SET OUT RUNS [TRUTH]`. Nothing of ours is imported.

Rules
1. Timed is what a method does from the set's columns to labels, its own tables and comparisons included; reading the set
   and imports are not, nor is a first run on WARM_REPORTS reports that compiles and warms. Peak memory is the process's.
2. Parameters are the best for pairwise F1 on the tuning set (afpk, seed 11, 10,000 reports) over the grids of the design
   papers' prototype (tune_anchor.py), run again with this file: one-a-day .569, DBSCAN .550, HDBSCAN .405, Splink .484
   untold and .526 told. They are fixed here for all sets.
3. Splink runs twice: untold (u by random pairs, m by EM), and given the true labels of the very set that is judged,
   from which it takes its m-probabilities: the best that it can be told, which nobody in the field has.
4. A report without a point is left alone by methods that need one.

Not done here: judging the labels.
"""

from __future__ import annotations

import json
import sys
import time

import numpy as np

KM_A_DEGREE = 111.195
LATITUDE = 33.0
WARM_REPORTS = 500
ONE_A_DAY_DEGREES = 0.5
DAY_BEGINS_HOURS = 4.75
DBSCAN_KM, DBSCAN_HOURS, DBSCAN_LEAST = 5.0, 12.0, 2
HDBSCAN_KM, HDBSCAN_HOURS = 2.0, 6.0
SPLINK_BITS, SPLINK_TOLD_BITS = 2.0, 5.0
"""Match weights above which Splink's pairs are joined, untold and given true labels."""
TEXT_LIKE, TEXT_DAYS = 0.25, 1
"""Cosine from which two headlines count as one, at most so many days apart; tuned on the set PAK to 2016."""


def load(path: str) -> dict[str, np.ndarray]:
    with np.load(path) as stored:
        table = {name: stored[name] for name in stored.files}
    return table


def first(table: dict[str, np.ndarray], count: int) -> dict[str, np.ndarray]:
    """A table of the first reports only."""
    size = len(table["lat"])
    return {name: column[:count] if len(column) == size else column for name, column in table.items()}


def levels(table: dict[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Each report's kind at the middle and at the root of the tree of acts; -1 where it says nothing so coarse."""
    mids, roots = len(table["mid_root"]), int(table["mid_root"].max()) + 1
    mid = np.concatenate([table["leaf_mid"], np.arange(mids), np.full(roots, -1), [-1]])
    root = np.concatenate([table["leaf_root"], table["mid_root"], np.arange(roots), [-1]])
    return mid[table["typ"]], root[table["typ"]]


def middle(table: dict[str, np.ndarray]) -> np.ndarray:
    return (table["t0"] + table["t1"]) / 2


def alone(labels: np.ndarray) -> np.ndarray:
    """Labels in which every report that a method left out (-1) has its own."""
    labels = labels.astype(np.int64)
    out = labels < 0
    labels[out] = labels.max(initial=0) + 1 + np.arange(out.sum())
    return labels


def spaced(table: dict[str, np.ndarray], km: float, hours: float, cluster) -> np.ndarray:
    """Labels by a clustering of points scaled so that `km` and `hours` are one."""
    placed = np.isfinite(table["lat"])
    east = table["lon"] * np.cos(np.radians(LATITUDE)) * KM_A_DEGREE / km
    points = np.column_stack([east, table["lat"] * KM_A_DEGREE / km, middle(table) / hours])[placed]
    labels = np.full(len(placed), -1, np.int64)
    labels[placed] = cluster(points)
    return alone(labels)


def one_a_day(table: dict[str, np.ndarray]) -> np.ndarray:
    """One incident for each cell, day and middle kind of act."""
    cells = np.column_stack([
        np.floor(np.nan_to_num(table["lat"]) / ONE_A_DAY_DEGREES), np.floor(np.nan_to_num(table["lon"]) / ONE_A_DAY_DEGREES),
        np.floor(middle(table) / 24 + DAY_BEGINS_HOURS / 24), levels(table)[0],
    ])  # fmt: skip
    size = cells.max(axis=0) - cells.min(axis=0) + 1
    keys = np.ravel_multi_index((cells - cells.min(axis=0)).astype(np.int64).T, size.astype(np.int64))
    labels = np.unique(keys, return_inverse=True)[1].astype(np.int64)
    return alone(np.where(np.isfinite(table["lat"]), labels, -1))


def dbscan(table: dict[str, np.ndarray]) -> np.ndarray:
    from sklearn.cluster import DBSCAN

    one = DBSCAN(eps=1.0, min_samples=DBSCAN_LEAST, n_jobs=2)
    return spaced(table, DBSCAN_KM, DBSCAN_HOURS, one.fit_predict)


def hdbscan(table: dict[str, np.ndarray]) -> np.ndarray:
    from fast_hdbscan import HDBSCAN

    one = HDBSCAN(min_cluster_size=2, min_samples=1, cluster_selection_method="eom")
    return spaced(table, HDBSCAN_KM, HDBSCAN_HOURS, one.fit_predict)


# ---- Splink


def frame(table: dict[str, np.ndarray]):
    """What Splink is given: all that a report says, and keys for its blocks of a degree and two days, shifted by half."""
    import pandas as pd
    from anyascii import anyascii

    hours, (mid, root) = middle(table), levels(table)
    plain = np.array([anyascii(str(name)).lower() for name in table["names"]], dtype=object)[table["name"]]
    lat, lon = table["lat"], table["lon"]
    rows = pd.DataFrame({
        "unique_id": np.arange(len(hours)), "lat": lat, "lon": lon, "leaf": table["typ"], "mid": mid, "root": root,
        "perp": table["perp"], "dead": table["dead"], "name": np.where(plain == "", None, plain),
        "ts": np.datetime64("2025-10-19") + (hours * 3600).astype("timedelta64[s]"),
        "cell_a": (np.floor(lat) * 1000 + np.floor(lon)).astype(int),
        "cell_b": (np.floor(lat + 0.5) * 1000 + np.floor(lon + 0.5)).astype(int),
        "days_a": np.floor(hours / 48).astype(int), "days_b": np.floor((hours + 24) / 48).astype(int),
    })  # fmt: skip
    for column in ("leaf", "mid", "root"):
        rows[column] = rows[column].astype("Int64").where(rows[column] >= 0)
    rows["perp"] = rows["perp"].astype("Int64").where(rows["perp"] != 6)
    rows["dead"] = rows["dead"].astype("Float64")
    return rows


def comparisons():
    import splink.comparison_level_library as level
    import splink.comparison_library as compare

    kind = compare.CustomComparison(output_column_name="kind", comparison_levels=[
        level.CustomLevel("leaf_l is null or leaf_r is null", "null").configure(is_null_level=True),
        level.CustomLevel("leaf_l = leaf_r", "leaf"), level.CustomLevel("mid_l = mid_r", "mid"),
        level.CustomLevel("root_l = root_r", "root"), level.ElseLevel(),
    ])  # fmt: skip
    apart = "abs(ln((dead_l + 1) / (dead_r + 1)))"
    dead = compare.CustomComparison(output_column_name="dead", comparison_levels=[
        level.NullLevel("dead"), level.CustomLevel("dead_l = dead_r and dead_l >= 3", "equal, many"),
        level.CustomLevel("dead_l = dead_r", "equal"), level.CustomLevel(f"{apart} < 0.5", "near"),
        level.CustomLevel(f"{apart} < 1.1", "apart"), level.ElseLevel(),
    ])  # fmt: skip
    return [
        compare.DistanceInKMAtThresholds("lat", "lon", [0.6, 3, 8, 20, 50]),
        compare.AbsoluteTimeDifferenceAtThresholds(
            "ts", input_is_string=False, metrics=["hour"] * 4, thresholds=[0.75, 3, 12, 24.5]
        ),
        kind, compare.ExactMatch("perp").configure(term_frequency_adjustments=True), dead,
        compare.JaroWinklerAtThresholds("name", [0.92, 0.8]),
    ]  # fmt: skip


def splink(table: dict[str, np.ndarray], incident: np.ndarray | None = None) -> np.ndarray:
    """Untold, or given the true incidents for its m-probabilities."""
    import logging

    logging.disable(logging.CRITICAL)
    import pandas as pd
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    rows = frame(table)
    if incident is not None:
        rows["gold"] = incident
    settings = SettingsCreator(
        link_type="dedupe_only", comparisons=comparisons(),
        blocking_rules_to_generate_predictions=[block_on(f"cell_{c}", f"days_{d}") for d in "ab" for c in "ab"],
        retain_intermediate_calculation_columns=False, retain_matching_columns=False,
    )  # fmt: skip
    api = DuckDBAPI()
    linker = Linker(api.register(rows), settings)
    train = linker.training
    train.estimate_probability_two_random_records_match([block_on("cell_a", "days_a", "leaf", "perp")], recall=0.3)
    train.estimate_u_using_random_sampling(max_pairs=2e6, seed=1)
    if incident is not None:
        train.estimate_m_from_label_column("gold")
    else:
        train.estimate_parameters_using_expectation_maximisation(block_on("cell_a", "days_a"))
        train.estimate_parameters_using_expectation_maximisation(block_on("name", "leaf"))
    bits = SPLINK_BITS if incident is None else SPLINK_TOLD_BITS
    pairs = linker.inference.predict(threshold_match_weight=bits)
    groups = linker.clustering.cluster_pairwise_predictions_at_threshold(pairs, threshold_match_weight=bits)
    told = groups.as_pandas_dataframe() if hasattr(groups, "as_pandas_dataframe") else groups.as_record_dict()
    found = pd.DataFrame(told).sort_values("unique_id")
    return pd.factorize(found["cluster_id"])[0].astype(np.int64)


# ---- others


def recordlinkage(table: dict[str, np.ndarray]) -> np.ndarray:
    """Pandas comparison of pairs in one block, classified by ECM, joined by connected components."""
    import recordlinkage as linkage
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    rows = frame(table)
    rows["hours"] = middle(table)
    for column in ("leaf", "perp", "dead"):
        rows[column] = rows[column].astype("float64")
    rows["name"] = rows["name"].fillna("")
    index = linkage.Index()
    for cell in "ab":
        for days in "ab":
            index.block([f"cell_{cell}", f"days_{days}"])
    pairs = index.index(rows)
    compare = linkage.Compare(n_jobs=1)
    compare.geo("lat", "lon", "lat", "lon", method="step", offset=8, label="near")
    compare.numeric("hours", "hours", method="step", offset=13, label="time")
    compare.exact("leaf", "leaf", missing_value=0)
    compare.exact("perp", "perp")
    compare.numeric("dead", "dead", method="step", offset=1)
    compare.string("name", "name", method="jarowinkler", threshold=0.85)
    agree = (compare.compute(pairs, rows).fillna(0) > 0.5).astype(int)
    joined = linkage.ECMClassifier(binarize=0.5).fit_predict(agree)
    left, right = joined.get_level_values(0).to_numpy(), joined.get_level_values(1).to_numpy()
    graph = coo_matrix((np.ones(len(left)), (left, right)), shape=(len(rows), len(rows)))
    return connected_components(graph, directed=False)[1].astype(np.int64)


def tfidf(table: dict[str, np.ndarray]) -> np.ndarray:
    """Headlines alike in their words, at most TEXT_DAYS apart, joined by connected components."""
    from scipy.sparse.csgraph import connected_components
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectors = TfidfVectorizer(sublinear_tf=True, stop_words="english").fit_transform(table["texts"])
    alike = (vectors @ vectors.T).tocoo()
    days = middle(table) / 24
    kept = (alike.data >= TEXT_LIKE) & (np.abs(days[alike.row] - days[alike.col]) <= TEXT_DAYS)
    from scipy.sparse import coo_matrix

    graph = coo_matrix((alike.data[kept], (alike.row[kept], alike.col[kept])), shape=alike.shape)
    return connected_components(graph, directed=False)[1].astype(np.int64)


METHODS = {act.__name__: act for act in (one_a_day, dbscan, hdbscan, splink, recordlinkage, tfidf)}


def peak_mb() -> float:
    """The most memory that this process has held, by the kernel's mark: what its parent held before does not count."""
    with open("/proc/self/status") as told:
        return int(next(line for line in told if line.startswith("VmHWM:")).split()[1]) / 1024


def main(method: str, path: str, out: str, runs: str, truth: str = "") -> None:
    table = load(path)
    name, told = method.removesuffix("_told"), {}
    act = METHODS[name]
    if truth:
        told = {"incident": load(truth)["incident"]}
    act(first(table, WARM_REPORTS), **{key: value[:WARM_REPORTS] for key, value in told.items()})
    seconds, cpu, labels = [], [], None
    for _ in range(int(runs)):
        wall, used = time.perf_counter(), time.process_time()
        labels = act(table, **told)
        seconds.append(time.perf_counter() - wall)
        cpu.append(time.process_time() - used)
    np.savez(out, labels=labels)
    print(json.dumps({"seconds": seconds, "cpu_seconds": cpu, "peak_mb": peak_mb()}))


if __name__ == "__main__":
    main(*sys.argv[1:])
