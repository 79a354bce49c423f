"""A picture of pairwise F1 by set and method: ours in blue with its number, the peers in grey with theirs.

Not done here: measuring, or choosing what to show; every number stands in the table as well.
"""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.fusing.bars import Outcome
from benchmarks.fusing.contest import TITLES
from tiga.publish import drawing as draw
from tiga.publish.drawing import Markup

WIDTH, LABELS, LONGEST = 760.0, 250.0, 420.0
ROW, GAP, TOP = 20.0, 18.0, 48.0
HEADING = "Pairs of reports found to belong together: F1 by set and method"


def drawn(outcomes: Sequence[Outcome]) -> str:
    """The picture as SVG; sets in the order given, ours first and the peers from best to worst."""
    body: list[Markup] = [draw.headline(HEADING, WIDTH, "en")]
    y = TOP
    for one in outcomes:
        title = f"{one.set.name}, reports: {one.set.reports}"
        body.append(draw.words(LABELS - 8, y, title, "en", anchor="end", weight="700"))
        y += ROW
        bars = [("ours", one.ours[1].f1, draw.BLUE)]
        rest = sorted(one.peers.items(), key=lambda item: -item[1][1].f1)
        bars += [(TITLES[method], quality.f1, draw.GREY) for method, (_, quality) in rest]
        for label, value, fill in bars:
            body += _bar(label, value, fill, y)
            y += ROW
        y += GAP
    axis = [(LABELS, TOP - 12), (LABELS, y - GAP)]
    body.append(draw.element("path", d=draw.path(axis), stroke=draw.INK, stroke_width=1))
    described = "; ".join(f"{one.set.name}: {one.ours[1].f1:.3f}" for one in outcomes)
    return draw.picture("fusion", WIDTH, y, HEADING, f"Ours: {described}", "en", body)


def _bar(label: str, value: float, fill: str, y: float) -> list[Markup]:
    own = "700" if fill == draw.BLUE else ""
    return [
        draw.words(LABELS - 8, y + 4, label, "en", anchor="end", weight=own),
        draw.element("rect", x=LABELS, y=y - 7, width=LONGEST * value, height=14, fill=fill, stroke=draw.QUIET),
        draw.words(LABELS + LONGEST * value + 6, y + 4, f"{value:.3f}", "en", size=11, weight=own),
    ]
