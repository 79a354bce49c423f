"""The base map takes no side: asserted on the atlas, on the file that is served, and by pixel in a browser."""

from __future__ import annotations

import functools
import http.server
import io
import json
import math
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import pytest
from PIL import Image

from tiga.web import geography

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "src" / "tiga" / "web" / "static"
ATLAS = ROOT / "build" / "npm" / "node_modules" / "world-atlas"
PAIR = frozenset(("004", "586"))
VIEW = (700, 800)
LAND, LINE = (0xEC, 0xE9, 0xE1), (0x8D, 0x91, 0x97)
BASE_BYTES_MAX = 700_000
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'"
)

# Somewhere well inside each side of the line, and on it: towns and crossings, latitude and longitude.
BOTH_SIDES = {"Kandahar": (31.61, 65.71), "Quetta": (30.18, 67.0), "Khost": (33.34, 69.92), "Bannu": (32.99, 70.6)}


@pytest.fixture(scope="module")
def countries() -> dict[str, Any]:
    return json.loads((ATLAS / "countries-10m.json").read_bytes())


@pytest.fixture(scope="module")
def served() -> dict[str, Any]:
    return json.loads((STATIC / "vendor" / "basemap.json").read_bytes())


def shared_border(countries: dict[str, Any], pair: frozenset[str]) -> list[list[geography.Position]]:
    """The shared border of two countries, found here without the module's own search."""
    arcs_of = {
        c["id"]: {arc if arc >= 0 else ~arc for ring in geography.rings(c) for arc in ring}
        for c in countries["objects"]["countries"]["geometries"]
        if c.get("id") in pair
    }
    first, second = arcs_of.values()
    lines = geography.arcs(countries)
    return [lines[number] for number in sorted(first & second)]


def to_segment_km(p: geography.Position, a: geography.Position, b: geography.Position) -> float:
    """Distance to a segment on the plane that touches at p: another way than the module's points on a grid."""
    scale = math.cos(math.radians(p[1]))
    ax, ay, bx, by = (a[0] - p[0]) * scale, a[1] - p[1], (b[0] - p[0]) * scale, b[1] - p[1]
    dx, dy = bx - ax, by - ay
    length = dx * dx + dy * dy
    along = max(0.0, min(1.0, -(ax * dx + ay * dy) / length)) if length else 0.0
    return math.hypot(ax + along * dx, ay + along * dy) * 111.195


def served_lines(served: dict[str, Any]) -> list[list[geography.Position]]:
    return [
        line for f in served["features"] if f["properties"]["kind"] == "line" for line in f["geometry"]["coordinates"]
    ]


def test_the_served_file_is_what_the_atlas_gives(countries: dict[str, Any], served: dict[str, Any]) -> None:
    land = json.loads((ATLAS / "land-10m.json").read_bytes())
    assert served == json.loads(json.dumps(geography.basemap(land, countries)))


def test_it_holds_two_shapes_and_names_no_country(served: dict[str, Any]) -> None:
    assert [f["properties"] for f in served["features"]] == [{"kind": "land"}, {"kind": "line"}]
    assert sorted(served) == ["attribution", "bbox", "features", "type"]
    assert (STATIC / "vendor" / "basemap.json").stat().st_size < BASE_BYTES_MAX
    assert len(served_lines(served)) > 10, "some undisputed lines are left for orientation"


@pytest.mark.parametrize("pair", sorted(map(sorted, geography.DISPUTED)), ids="-".join)
def test_no_country_line_within_50_km(countries: dict[str, Any], served: dict[str, Any], pair: list[str]) -> None:
    segments = [
        (a, b)
        for line in shared_border(countries, frozenset(pair))
        for a, b in zip(geography.densified(line, 10), geography.densified(line, 10)[1:], strict=False)
    ]
    assert len(segments) > 20
    near = []
    for line in served_lines(served):
        for p in geography.densified(line, 2):
            close = (s for s in segments if abs(s[0][1] - p[1]) < 1 and abs(s[0][0] - p[0]) < 1.2)
            near += [p for a, b in close if to_segment_km(p, a, b) < geography.CLEAR_KM]
    assert near == []


def test_borders_of_the_feature_without_a_code_are_disputed_too(countries: dict[str, Any]) -> None:
    geometries = countries["objects"]["countries"]["geometries"]
    siachen = next(c for c in geometries if c["properties"]["name"] == "Siachen Glacier")
    arcs = {arc if arc >= 0 else ~arc for ring in geography.rings(siachen) for arc in ring}
    disputed, others = geography.borders(countries)
    assert (arcs <= set(disputed), arcs & set(others)) == (True, set())


def test_an_atlas_of_another_shape_is_refused() -> None:
    with pytest.raises(geography.BadAtlas) as refused:
        geography.arcs({"type": "Topology", "arcs": []})
    assert str(refused.value) == "atlas: not a quantised TopoJSON topology; use the files of world-atlas 2.0.2"


class _Pages(http.server.SimpleHTTPRequestHandler):
    """The static folder and one page per map, under the strict policy of the real pages."""

    pages: ClassVar[dict[str, str]] = {}

    def do_GET(self) -> None:
        page = self.pages.get(self.path)
        if page is None:
            super().do_GET()
            return
        body = page.encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Security-Policy", POLICY)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


def page(data: dict[str, Any], base: str) -> str:
    return f"""<!doctype html><html lang="en"><meta charset="utf-8"><title>map</title><link rel="icon" href="data:,">
<link rel="stylesheet" href="/vendor/leaflet/leaflet.css"><link rel="stylesheet" href="/tiga/base.css">
<script type="application/json" id="f">{json.dumps(data)}</script>
<div class="tiga-map" data-features="f" {base} data-label="Map"></div>
<script type="module" src="/tiga/map.js"></script></html>"""


AREA = [[28.0, 60.0], [38.0, 74.0]]
LABELS = {"zoomIn": "Zoom in", "zoomOut": "Zoom out", "attribution": "Natural Earth"}
BAND = [[32.0, 66.0], [33.0, 66.5], [32.9, 68.0], [31.9, 67.5]]
POINTS = [
    {
        "lat": 34.1,
        "lon": 71.09,
        "radius_m": 60_000,
        "label": "Torkham",
        "href": "/a",
        "side": "indeterminate",
        "kind": "x",
    },
    {"lat": 31.0, "lon": 69.5, "radius_m": 200_000, "label": "Further off", "href": "/b", "side": "left", "kind": "x"},
]
MAPS = {
    "bare": page({"points": [], "bounds": AREA, "labels": LABELS}, 'data-base="/vendor/basemap.json"'),
    "full": page(
        {"band": BAND, "points": POINTS, "bounds": AREA, "labels": LABELS}, 'data-base="/vendor/basemap.json"'
    ),
    "exercise": page({"points": [], "bounds": [[-1, -1], [1, 1]], "labels": LABELS}, ""),
}


@pytest.fixture(scope="module")
def shots(chromium: Any) -> Iterator[dict[str, Any]]:
    """Every map as (picture, pixel of a place, faults of the console, names of the focusable dots in order)."""
    _Pages.pages = {f"/{name}.html": text for name, text in MAPS.items()}
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Pages, directory=str(STATIC)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield {name: shot(chromium, f"http://127.0.0.1:{server.server_port}/{name}.html") for name in MAPS}
    finally:
        server.shutdown()
        server.server_close()


def shot(chromium: Any, url: str) -> dict[str, Any]:
    tab = chromium.new_page(viewport={"width": VIEW[0], "height": VIEW[1]}, reduced_motion="reduce")
    faults: list[str] = []
    tab.on("console", lambda message: faults.append(message.text) if message.type in ("error", "warning") else None)
    tab.on("pageerror", lambda error: faults.append(str(error)))
    tab.goto(url)
    tab.wait_for_selector(".tiga-map[data-drawn]")
    drawn = tab.locator(".tiga-map").get_attribute("data-drawn")
    focused = []
    for _ in range(8):
        tab.keyboard.press("Tab")
        focused.append(tab.evaluate("() => document.activeElement.getAttribute('aria-label')"))
    tab.evaluate("() => document.activeElement.blur()")
    picture = Image.open(io.BytesIO(tab.locator(".tiga-map").screenshot())).convert("RGB")
    radii = tab.eval_on_selector_all(".map-radius", "all => all.map(one => one.getBBox().width / 2)")
    count = {kind: tab.locator(f".map-{kind}").count() for kind in ("land", "line", "band", "graticule")}
    return {"picture": picture, "faults": faults, "focused": focused, "drawn": drawn, "count": count, "radii": radii}


def pixel(picture: Image.Image, lat: float, lon: float) -> tuple[float, float]:
    """The pixel of a place: the map is fitted to AREA in Web Mercator at a zoom of quarter steps, eight pixels free."""

    def north(degrees: float) -> float:
        return math.log(math.tan(math.pi / 4 + math.radians(degrees) / 2))

    (south, west), (top, east) = AREA
    width, height = picture.width - 2, picture.height - 2  # inside the box's border
    room = min((width - 16) / math.radians(east - west), (height - 16) / (north(top) - north(south)))
    scale = 256 * 2 ** (math.floor(math.log2(room * 2 * math.pi / 256) * 4) / 4) / (2 * math.pi)
    middle_x, middle_y = math.radians((west + east) / 2), (north(top) + north(south)) / 2
    return 1 + width / 2 + (math.radians(lon) - middle_x) * scale, 1 + height / 2 - (north(lat) - middle_y) * scale


def alike(colour: tuple[int, int, int], other: tuple[int, int, int], by: int = 2) -> bool:
    return all(abs(a - b) <= by for a, b in zip(colour, other, strict=True))


@pytest.mark.parametrize("name", sorted(MAPS))
def test_draws_under_the_strict_policy_without_a_fault(shots: dict[str, Any], name: str) -> None:
    assert (shots[name]["drawn"], shots[name]["faults"]) == ("true", [])


def test_land_is_one_colour_on_both_sides(shots: dict[str, Any]) -> None:
    picture = shots["bare"]["picture"]
    seen = {town: picture.getpixel(tuple(map(round, pixel(picture, *place)))) for town, place in BOTH_SIDES.items()}
    assert seen == dict.fromkeys(BOTH_SIDES, LAND)


def test_no_pixel_but_land_within_50_km_of_the_line(shots: dict[str, Any], countries: dict[str, Any]) -> None:
    picture = shots["bare"]["picture"]
    border = [p for line in shared_border(countries, PAIR) for p in geography.densified(line, 8)]
    border = [(lon, lat) for lon, lat in border if 28.5 < lat < 37.5 and 60 < lon < 74]
    assert len(border) > 60, "the part of the line that this picture shows"
    odd = set()
    for lon, lat in border:
        x, y = pixel(picture, lat, lon)
        reach = abs(pixel(picture, lat + 45 / 111.195, lon)[1] - y)
        for column in range(round(x - reach), round(x + reach) + 1):
            for row in range(round(y - reach), round(y + reach) + 1):
                if math.hypot(column - x, row - y) <= reach and not alike(picture.getpixel((column, row)), LAND):
                    odd.add((column, row))
    assert odd == set()


def test_the_picture_shows_lines_elsewhere(shots: dict[str, Any], served: dict[str, Any]) -> None:
    """Guards the test above: a map without any line, or a wrong projection here, would pass it."""
    picture = shots["bare"]["picture"]
    inside = [p for line in served_lines(served) for p in line if 29 < p[1] < 37.5 and 60.5 < p[0] < 73]
    assert len(inside) > 5
    hits = 0
    for lon, lat in inside:
        x, y = map(round, pixel(picture, lat, lon))
        around = [picture.getpixel((x + i, y + j)) for i in (-1, 0, 1) for j in (-1, 0, 1)]
        hits += any(not alike(colour, LAND, 20) for colour in around)
    assert hits == len(inside)


def test_dots_are_links_in_the_order_of_focus_and_radii_are_true(shots: dict[str, Any]) -> None:
    full = shots["full"]
    assert full["focused"][:5] == ["Map", "Torkham", "Further off", "Zoom in", "Zoom out"]
    for seen, point in zip(full["radii"], POINTS, strict=True):
        top = pixel(full["picture"], point["lat"] + point["radius_m"] / 111_195, point["lon"])[1]
        foot = pixel(full["picture"], point["lat"] - point["radius_m"] / 111_195, point["lon"])[1]
        assert abs(seen - (foot - top) / 2) <= 1.5, "Leaflet draws circles to the whole pixel"
    assert full["count"]["band"] == 1


def test_the_exercise_has_no_land_only_a_graticule(shots: dict[str, Any]) -> None:
    count = shots["exercise"]["count"]
    assert (count["land"], count["line"], count["graticule"] > 4) == (0, 0, True)
