"""A small SVG writer.

Rules
1. Every text and attribute is escaped; characters that XML forbids become U+FFFD; a text cannot turn the text beside it
   around (overrides are dropped, isolates are balanced).
2. A picture has a title and a description for screen readers; its ids begin with its key and nothing else decides them.
3. Numbers are written with at most two decimals, without an exponent and without minus zero.
4. The picture itself runs left to right in every language; each text carries its own direction. `anchor` is the
   physical edge of a text, so that a browser and a typesetter put it in the same place.
5. A colour never carries a meaning alone: a fill that means something has a pattern, a shape or a word beside it.
6. No style attribute and no script: the pages run under a strict content security policy.

Not done here: layout (`maps`, `plots`), turning into PNG (`pictures`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NewType

from tiga.values.names import is_identifier
from tiga.values.words import direction

Markup = NewType("Markup", str)
"""Text that is already SVG."""

INK, QUIET, RULE, PAPER = "#1d2430", "#535d6b", "#c3c7cc", "#ffffff"
BLUE, AMBER, GREY, LAND = "#24496e", "#8a5a00", "#e3e4e6", "#f1eee6"
TEXT_LIMIT = 400
"""Characters of one text in a picture; longer ones are cut with an ellipsis."""
PICTURE_LIMIT = 8_000_000
"""Characters of one picture."""

LATIN_FAMILY = "Libertinus Serif, Georgia, serif"
ARABIC_FAMILIES = {"ur": "Noto Nastaliq Urdu, Tiga Nastaliq, serif"}
OTHER_ARABIC_FAMILY = "Vazirmatn, Tiga Vazirmatn, sans-serif"

_FSI, _PDI, _RLI, _LRI = "\u2068", "\u2069", "\u2067", "\u2066"
_OPENERS = _FSI + _RLI + _LRI
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_OVERRIDES = re.compile("[\u202a-\u202e]")
_ARABIC = "\u0600-\u06ff\u0750-\u077f\u08a0-\u08ff\ufb50-\ufdff\ufe70-\ufefc"
_ARABIC_RUN = re.compile(f"[{_ARABIC}](?:[{_ARABIC}\u200c\u200d ]*[{_ARABIC}\u200c\u200d])?")


class BadDrawing(ValueError):
    """A picture that cannot be drawn; the message says which part of the input and what to hand in instead."""


def number(value: float) -> str:
    """A coordinate as a short decimal: two decimals at most, no exponent, no minus zero."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def clean(text: str) -> str:
    """A text that is safe to stand beside others: no forbidden characters, no overrides, balanced isolates."""
    text = _OVERRIDES.sub("", _FORBIDDEN.sub("\ufffd", text))
    kept, open_count = [], 0
    for letter in text:
        if letter == _PDI:
            if not open_count:
                continue
            open_count -= 1
        elif letter in _OPENERS:
            open_count += 1
        kept.append(letter)
    return "".join(kept) + _PDI * open_count


def escape(text: str) -> str:
    """A text for markup, in element content or between double quotes, after `clean`."""
    text = clean(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text.replace('"', "&quot;").replace("'", "&#39;")


def has_arabic_script(text: str) -> bool:
    return bool(_ARABIC_RUN.search(text))


def arabic_family(language: str) -> str:
    """The families for text in Arabic script on a page of a language: Nastaliq for Urdu, Vazirmatn elsewhere."""
    return ARABIC_FAMILIES.get(language, OTHER_ARABIC_FAMILY)


def cut(text: str, letters: int) -> str:
    """A text of at most `letters` characters, cut with an ellipsis."""
    return text if len(text) <= letters else text[: letters - 1].rstrip() + "…"


def element(tag: str, *children: Markup, **attributes: str | float) -> Markup:
    """An element; underscores in attribute names become hyphens (a final one is dropped), empty attributes are left
    out.
    """
    spelled = []
    for name, value in attributes.items():
        text = value if isinstance(value, str) else number(value)
        if text:
            spelled.append(f' {name.rstrip("_").replace("_", "-")}="{escape(text)}"')
    inner = "".join(children)
    return Markup(f"<{tag}{''.join(spelled)}>{inner}</{tag}>" if inner else f"<{tag}{''.join(spelled)}/>")


def group(children: Iterable[Markup], **attributes: str | float) -> Markup:
    return element("g", *children, **attributes)


def title(text: str) -> Markup:
    """What a screen reader says, and what a pointer shows, for the element around it."""
    return element("title", Markup(escape(text)))


def path(points: Iterable[tuple[float, float]], closed: bool = False) -> str:
    """The `d` of a polyline or, closed, of a ring."""
    return "M" + "L".join(f"{number(x)} {number(y)}" for x, y in points) + ("Z" if closed else "")


def words(
    x: float,
    y: float,
    text: str,
    language: str,
    *,
    anchor: str = "start",
    size: float = 12,
    fill: str = INK,
    weight: str = "",
    own_direction: bool = False,
    halo: bool = False,
) -> Markup:
    """A line of text in the direction of `language`, or in its own where it is a name as asserted.

    `anchor` is `start` (x is the left edge), `middle` or `end` (x is the right edge), whatever the direction; a `halo`
    keeps a text readable over a pattern.
    """
    text = clean(cut(text, TEXT_LIMIT))
    rtl = direction(language) == "rtl"
    # A text that is still untranslated on a right-to-left page goes by its own letters.
    opener = _FSI if own_direction or (rtl and not has_arabic_script(text)) else _RLI if rtl else _LRI
    alone = _ARABIC_RUN.fullmatch(text) is not None
    text = opener + text + _PDI
    return element(
        "text",
        *([Markup(escape_run(text))] if alone else _runs(text, language)),
        x=x,
        y=y,
        text_anchor="" if anchor == "start" else anchor,
        font_size=size,
        fill=fill,
        font_weight=weight,
        font_family=arabic_family(language) if alone else "",
        stroke=PAPER if halo else "",
        stroke_width="3" if halo else "",
        paint_order="stroke" if halo else "",
    )


def near_edge(language: str, left: float, right: float) -> tuple[float, str]:
    """Where a line of `language` begins between two edges: x and anchor."""
    return (right, "end") if direction(language) == "rtl" else (left, "start")


def headline(text: str, width: float, language: str) -> Markup:
    """A picture's own title, on the side where its language begins."""
    x, anchor = near_edge(language, 10, width - 10)
    return words(x, 20, text, language, anchor=anchor, size=15, weight="700")


def _runs(text: str, language: str) -> list[Markup]:
    """Each run of Arabic script in its own family, so that a browser takes Nastaliq for Urdu and Latin beside it."""
    runs, at = [], 0
    for match in _ARABIC_RUN.finditer(text):
        runs.append(Markup(escape_run(text[at : match.start()])))
        runs.append(element("tspan", Markup(escape_run(match[0])), font_family=arabic_family(language)))
        at = match.end()
    return [*runs, Markup(escape_run(text[at:]))]


def escape_run(text: str) -> str:
    """A part of a cleaned text; unlike `escape` it leaves isolates alone, whose ends may stand in another part."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def hatch(key: str, name: str, ink: str, ground: str = "none", *, step: float = 6, rising: bool = True) -> Markup:
    """A pattern of slanted lines, used as `fill=filled(key, name)`."""
    slant = f"M0 {number(step)}L{number(step)} 0" if rising else f"M0 0L{number(step)} {number(step)}"
    return element(
        "pattern",
        element("rect", width=step, height=step, fill=ground),
        element("path", d=slant, stroke=ink, stroke_width=1.0),
        id=f"{key}-{name}",
        width=step,
        height=step,
        patternUnits="userSpaceOnUse",
    )


def filled(key: str, name: str) -> str:
    """The reference to a pattern or clip of this picture."""
    return f"url(#{key}-{name})"


def picture(
    key: str,
    width: float,
    height: float,
    heading: str,
    description: str,
    language: str,
    body: Iterable[Markup],
    definitions: Iterable[Markup] = (),
) -> str:
    """The whole picture, `width` x `height` units; raises BadDrawing for a key that is no identifier or too much
    content.
    """
    if not is_identifier(key):
        raise BadDrawing(f"picture key {key!r}: use lower-case letters, digits and hyphens, at most 40 characters")
    svg = element(
        "svg",
        element("title", Markup(escape(heading)), id=f"{key}-title"),
        element("desc", Markup(escape(description)), id=f"{key}-desc"),
        element("defs", *definitions),
        element("rect", width=width, height=height, fill=PAPER),
        *body,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {number(width)} {number(height)}",
        width=width,
        height=height,
        role="img",
        aria_labelledby=f"{key}-title {key}-desc",
        lang=language,
        direction="ltr",
        font_family=LATIN_FAMILY,
    )
    if len(svg) > PICTURE_LIMIT:
        raise BadDrawing(f"picture {key}: {len(svg)} characters, the limit is {PICTURE_LIMIT}; hand in less detail")
    return svg


def watermark(text: str, width: float, height: float, language: str) -> Markup:
    """A large pale word across the picture, and the same word readable in its corner."""
    middle = f"rotate(-24 {number(width / 2)} {number(height / 2)})"
    big = words(width / 2, height / 2, text, language, anchor="middle", size=width / 9, fill=AMBER, weight="700")
    x, anchor = (8, "start") if direction(language) == "rtl" else (width - 8, "end")
    return group(
        [
            group([big], transform=middle, opacity="0.16"),
            words(x, 18, text, language, anchor=anchor, size=14, fill=AMBER, weight="700"),
        ],
        aria_hidden="true",
    )
