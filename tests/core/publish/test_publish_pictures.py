"""Pictures: well-formed, escaped, true to scale, the same each time, and never by colour alone."""

from __future__ import annotations

import re
import struct
from dataclasses import replace
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from tests.core.publish.exercises import HOSTILE, LINE, at, bars, fonts_dir, map_picture
from tiga.publish import drawing, maps, pictures, plots, typesetting
from tiga.publish.drawing import BadDrawing
from tiga.values.places import Point, to_line

SVG = "{http://www.w3.org/2000/svg}"


def drawn(label: str, language: str = "en") -> dict[str, str]:
    days = tuple(f"2031-12-{day:02}" for day in range(1, 4))
    return {
        "map": maps.svg(replace(map_picture(label), title=label, language=language)),
        "clocks": plots.two_clocks(label, bars(label), ("AFT", "PKT"), language),
        "timeline": plots.timeline(label, (plots.TimelineMark(at("2031-12-05T00:00Z"), label),), "PKT", language),
        "ladder": plots.ladder_figure(label, (plots.LadderStep(1, label, label, "reached"),), language),
        "activity": plots.activity(label, days, (plots.AreaDays(label, (0, 3, None)),), language),
        "weights": plots.weights(label, (plots.WeightBar(label, 3240), plots.WeightBar(label, -1200)), language),
    }


@pytest.mark.parametrize("kind", ["map", "clocks", "timeline", "ladder", "activity", "weights"])
def test_hostile_text_stays_text(kind: str) -> None:
    root = ElementTree.fromstring(drawn(HOSTILE)[kind])
    assert [element.tag for element in root.iter() if element.tag.endswith("script")] == []
    assert "\u202e" not in "".join(root.itertext())
    shown = ["".join(text.itertext()) for text in root.iter(f"{SVG}text")]
    opened = [sum(text.count(mark) for mark in "\u2066\u2067\u2068") for text in shown]
    assert opened == [text.count("\u2069") for text in shown]
    assert any("<script>&\"'\ufffd]]>" in text for text in shown)


@pytest.mark.parametrize("kind", ["map", "clocks", "timeline", "ladder", "activity", "weights"])
@pytest.mark.parametrize("language", ["en", "ur", "ps"])
def test_a_picture_is_the_same_twice_and_speaks(kind: str, language: str) -> None:
    svg = drawn("Village", language)[kind]
    assert svg == drawn("Village", language)[kind]
    root = ElementTree.fromstring(svg)
    ids = [element.attrib["id"] for element in root.iter() if "id" in element.attrib]
    assert len(ids) == len(set(ids))
    spoken = root.attrib["aria-labelledby"].split()
    assert [bool(root.findtext(f"{SVG}{tag}")) for tag in ("title", "desc")] == [True, True]
    assert [name for name in spoken if name in ids] == spoken
    assert root.attrib["direction"] == "ltr"
    references = re.findall(r"url\(#([^)]+)\)", svg)
    assert [name for name in references if name not in ids] == []


def test_numbers_are_short_decimals() -> None:
    cases = [(0.1 + 0.2, "0.3"), (-0.001, "0"), (5.0, "5"), (1e-9, "0"), (1234567.891, "1234567.89"), (-2.5, "-2.5")]
    assert [drawing.number(value) for value, _ in cases] == [text for _, text in cases]


def inside(position: tuple[float, float], ring: maps.Ring) -> bool:
    """Even-odd rule for one ring."""
    x, y = position
    odd = False
    for (ax, ay), (bx, by) in zip(ring, (*ring[1:], ring[0]), strict=True):
        if (ay > y) != (by > y) and x < (bx - ax) * (y - ay) / (by - ay) + ax:
            odd = not odd
    return odd


def test_the_band_holds_what_is_within_the_uncertainty_and_little_more() -> None:
    rings = maps.band_ring(LINE)
    wrong, looked_at = [], [0, 0]
    for lat in range(308_000_000, 341_000_000, 2_300_000 // 10):
        for lon in range(663_500_000, 694_000_000, 3_100_000 // 2):
            metres, _ = to_line(Point(lat, lon), LINE)
            held = any(inside((lon / 1e7, lat / 1e7), ring) for ring in rings)
            if metres <= LINE.uncertainty_m or metres > 1.2 * LINE.uncertainty_m:
                looked_at[metres <= LINE.uncertainty_m] += 1
                if held != (metres <= LINE.uncertainty_m):
                    wrong.append((lat, lon, metres))
    assert wrong == []
    assert [count > 100 for count in looked_at] == [True, True]


def test_the_band_is_hatched_without_a_line_in_it() -> None:
    root = ElementTree.fromstring(maps.svg(map_picture()))
    band = [element for element in root.iter(f"{SVG}path") if element.attrib.get("fill") == "url(#map-band)"]
    assert [(element.attrib.get("stroke"), element.attrib["fill-rule"]) for element in band] == [(None, "nonzero")]
    assert band[0].attrib["d"].count("M") == len(maps.band_ring(LINE))


def test_radii_are_true_and_what_does_not_fit_is_counted() -> None:
    root = ElementTree.fromstring(maps.svg(map_picture()))
    radii = [(float(e.attrib["rx"]), float(e.attrib["ry"])) for e in root.iter(f"{SVG}ellipse")]
    assert [round(b[1] / a[1], 1) for a, b in pairwise(radii)] == [2.0]
    metres_per_unit = 8000 / radii[1][1]
    assert round(1.4 * 111_195 / metres_per_unit) == round(float(root.findall(f"{SVG}g")[0][0].attrib["height"]))
    texts = ["".join(text.itertext()).strip("\u2066\u2069") for text in root.iter(f"{SVG}text")]
    assert [text for text in texts if text.startswith("Points outside")] == ["Points outside this picture: 1."]


@pytest.mark.parametrize(("exercise", "times"), [(True, 2), (False, 0)])
def test_an_exercise_is_marked_across_its_map(exercise: bool, times: int) -> None:
    root = ElementTree.fromstring(maps.svg(map_picture(exercise=exercise)))
    texts = ["".join(text.itertext()).strip("\u2066\u2069") for text in root.iter(f"{SVG}text")]
    assert texts.count("EXERCISE") == times
    assert (root.findtext(f"{SVG}title") or "").startswith("EXERCISE") == exercise


def test_two_clocks_show_their_half_hour() -> None:
    svg = plots.two_clocks("When", bars(), ("AFT", "PKT"), "en")
    labels = typesetting.picture(svg, "")["labels"]
    shown = [(label["x"], label["y"], label["text"][1:-1]) for label in labels]
    hours = [tick for tick in shown if re.fullmatch(r"\d\d:\d\d", tick[2])]
    above, below = sorted({y for _, y, _ in hours})
    by_hour = {(y, text): x for x, y, text in hours}
    # 23:00 AFT and 23:30 PKT are the same instant; 23:00 PKT comes half an hour of the axis before 23:00 AFT.
    hour = by_hour[below, "00:00"] - by_hour[below, "23:00"]
    assert round((by_hour[above, "23:00"] - by_hour[below, "23:00"]) / hour, 2) == 0.5


def test_a_day_on_which_nobody_looked_is_hatched_and_never_zero() -> None:
    svg = plots.activity("A", ("2031-12-01", "2031-12-02"), (plots.AreaDays("North", (None, 0)),), "en")
    assert svg.count('fill="url(#activity-unseen)"') == 2  # the day and the legend
    fills = set(re.findall(r'fill="(#[0-9a-f]+)"', svg))
    assert fills == {drawing.PAPER, drawing.INK, drawing.GREY}  # no colour, green least of all, says that all is well
    texts = ["".join(text.itertext()) for text in ElementTree.fromstring(svg).iter(f"{SVG}text")]
    assert [text for text in texts if text == "\u20660\u2069"] == ["\u20660\u2069"]


def test_weights_add_up_in_whole_millibits() -> None:
    cases = [(3240, "+3.2"), (3250, "+3.3"), (-1200, "−1.2"), (0, "0.0"), (-20, "0.0")]
    assert [plots.bits(value, "en") for value, _ in cases] == [text for _, text in cases]
    svg = plots.weights("Why", (plots.WeightBar("a", 3240), plots.WeightBar("b", -1200)), "en")
    shown = ["".join(text.itertext())[1:-1] for text in ElementTree.fromstring(svg).iter(f"{SVG}text")]
    assert [text for text in shown if text[0] in "+−"] == ["+3.2", "−1.2", "+2.0"]
    assert svg.count('fill="url(#weights-against)"') == 1


@pytest.mark.parametrize(
    "draw",
    [
        lambda: plots.activity("A", ("2031-12-01",), (plots.AreaDays("N", (1, 2)),), "en"),
        lambda: plots.timeline("A", (), "PKT", "en"),
        lambda: plots.timeline("A", (plots.TimelineMark(at("2031-12-05T00:00Z"), "x", "guilty"),), "PKT", "en"),
        lambda: plots.two_clocks("A", (replace(bars()[0], end=at("2031-12-01T00:00Z")),), ("AFT", "PKT"), "en"),
        lambda: maps.Bounds(10, 0, 5, 1),
        lambda: maps.svg(replace(map_picture(), points=(maps.MapPoint(31, 66, 1, "x", "border"),))),
        lambda: drawing.picture("Not a key", 1, 1, "t", "d", "en", []),
    ],
)
def test_bad_input_is_refused(draw: object) -> None:
    with pytest.raises(BadDrawing):
        draw()  # type: ignore[operator]


def test_png_has_its_width_and_is_the_same_twice() -> None:
    pytest.importorskip("typst", reason="the [publish] extra is not installed")
    svg = maps.svg(map_picture())
    made = pictures.png(svg, "", 380)
    assert made[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">I", made[16:20])[0] == 380
    assert made == pictures.png(svg, "", 380)


def test_png_in_arabic_script_needs_its_fonts(tmp_path: object) -> None:
    pytest.importorskip("typst", reason="the [publish] extra is not installed")
    with pytest.raises(typesetting.NoFont) as caught:
        pictures.png(maps.svg(map_picture("سپین بولدک")), str(tmp_path), 380)
    assert str(caught.value) == (
        "the folder of fonts lacks Noto Nastaliq Urdu and Vazirmatn as TTF; run ./dev demo once, which makes them"
    )
    assert pictures.png(maps.svg(map_picture("سپین بولدک")), fonts_dir(), 380)[:4] == b"\x89PNG"
