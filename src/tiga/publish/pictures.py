"""A picture as PNG, for places that show no SVG.

Rules: the same picture gives the same bytes; the words in it are set like those of a PDF (`typesetting`).
Not done here: drawing (`maps`, `plots`), writing files.
"""

from __future__ import annotations

from tiga.publish import typesetting


def png(svg: str, fonts_dir: str, width_px: int) -> bytes:
    """A picture made by `maps` or `plots` as PNG, 16 to 4000 pixels wide.

    `fonts_dir` is the folder with the TTF files that set-up makes. Raises `typesetting.NoFont` where a font is
    missing and `paper.BadPaper` for what is no picture of ours.
    """
    return typesetting.png(svg, fonts_dir, width_px)
