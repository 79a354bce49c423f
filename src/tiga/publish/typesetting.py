"""From a paper to PDF and from a picture to PNG, by Typst.

Rules
1. The same input gives the same bytes on every machine: system fonts are ignored, the document carries no date, fonts
   come from Typst itself (Latin) and from the folder handed in (Arabic script).
2. Nothing of the input is ever read as Typst markup: it travels as JSON and is shown as text.
3. The words of a picture are set by Typst over the drawing: its SVG reader shapes mixed scripts letter by letter and
   breaks Nastaliq.
4. A missing font is an error that names the set-up step, never a row of empty boxes.
5. PDF files follow PDF/UA-1, so that a screen reader gets headings, tables and what a picture says.

Text copied out of a PDF in Nastaliq comes out scrambled: publish the HTML beside it.
Not done here: fetching fonts (set-up), choosing content.
"""

from __future__ import annotations

import json
import re
from typing import Any
from xml.etree import ElementTree

from tiga.publish.drawing import PICTURE_LIMIT, arabic_family, has_arabic_script
from tiga.publish.paper import BadPaper, Block, Facts, Figure, Line, Paper, Section, Space, Table
from tiga.values.words import direction, say

WIDTH_PX_MAX = 4_000
_SVG = "{http://www.w3.org/2000/svg}"
_XLINK_FREE = re.compile(r"<!(DOCTYPE|ENTITY)", re.IGNORECASE)


class NoFont(RuntimeError):
    """Typst or a font it needs is not there; the message names the set-up step."""


_LETTERING = r"""
#let data = json(bytes(sys.inputs.data))
#let arabic = regex("[\u{600}-\u{6ff}\u{750}-\u{77f}\u{8a0}-\u{8ff}\u{fb50}-\u{fdff}\u{fe70}-\u{fefc}]")
#let fonts(lang) = if data.families.len() == 0 { ("Libertinus Serif",) } else {
  ((name: data.families.at(lang, default: data.families.other), covers: arabic), "Libertinus Serif",
    data.families.values().first())
}
#let drawn(p, width) = {
  let s = width / p.width
  box(width: width, height: p.height * s, {
    place(top + left, image(bytes(p.svg), format: "svg", width: width, alt: p.spoken))
    set text(dir: ltr, top-edge: "baseline", bottom-edge: "baseline", font: fonts(p.lang))
    set par(justify: false, leading: 0pt)
    for l in p.labels {
      let shown(..more) = text(size: l.size * s, fill: rgb(l.fill), weight: l.weight, ..more, l.text)
      context {
        let w = measure(shown()).width
        let dx = l.x * s - w * l.shift
        if l.halo { place(top + left, dx: dx, dy: l.y * s, box(width: w + 1pt, shown(stroke: 3 * s + white))) }
        place(top + left, dx: dx, dy: l.y * s, box(width: w + 1pt, shown()))
      }
    }
  })
}
"""

_PICTURE = (
    _LETTERING
    + r"""
#set page(width: data.width_px * 1pt, height: auto, margin: 0pt)
#drawn(data.picture, data.width_px * 1pt)
"""
)

_PAPER = (
    _LETTERING
    + r"""
#let rtl-page = data.dir == "rtl"
#let amber = rgb("#6b4600")
#let quiet = rgb("#535d6b")
#let unseen = tiling(size: (5pt, 5pt), { place(rect(width: 5pt, height: 5pt, fill: rgb("#e3e4e6")))
  place(line(start: (0pt, 5pt), end: (5pt, 0pt), stroke: 0.6pt + rgb("#b4b8bd"))) })
#set document(title: data.title, date: none)
#let marking = text(weight: "bold", fill: amber, data.marking)
#set page(
  paper: "a4", margin: (x: 17mm, top: 22mm, bottom: 24mm),
  header: align(center, marking) + line(length: 100%, stroke: 0.8pt + amber),
  footer: { set text(size: 8pt, fill: quiet)
    line(length: 100%, stroke: 0.4pt + quiet)
    grid(columns: (1fr, auto), gutter: 8pt, data.foot, marking)
    align(center, context data.pages.at(counter(page).get().first() - 1, default: [])) },
)
#set text(font: fonts(data.lang), lang: data.lang, dir: if rtl-page { rtl } else { ltr },
  size: if data.lang == "ur" { 9.5pt } else { 10pt }, fill: rgb("#1d2430"))
#set par(justify: false, leading: if data.lang == "ur" { 1.1em } else { 0.65em })
#show heading.where(level: 1): set text(size: 18pt)
#show heading.where(level: 2): set text(size: 13pt)
#set table(stroke: (x, y) => (bottom: 0.5pt + rgb("#c3c7cc")), inset: (x: 4pt, y: 4pt), align: start + top)
#let shown(b) = {
  if b.type == "line" {
    if b.kind == "notice" { block(stroke: (if rtl-page { (right: 3pt + amber) } else { (left: 3pt + amber) }),
      inset: (x: 8pt, y: 3pt), b.text)
    } else if b.kind == "quiet" { text(fill: quiet, size: 0.92em, par(b.text))
    } else if b.kind == "strong" { par(strong(b.text)) } else { par(b.text) }
  } else if b.type == "facts" {
    grid(columns: (auto, 1fr), column-gutter: 12pt, row-gutter: 6pt,
      ..b.rows.map(r => (text(fill: quiet, r.at(0)), r.at(1))).flatten())
  } else if b.type == "table" {
    set text(size: 0.88em)
    table(columns: b.widths.map(w => w * 1fr), table.header(..b.head.map(h => strong(h))),
      ..b.rows.flatten().map(c => {
        let body = if c.lang == "" { c.text } else { text(lang: c.lang, font: fonts(c.lang), c.text) }
        if c.kind == "unseen" { table.cell(fill: unseen, box(fill: rgb("#e3e4e6"), inset: 1pt, body))
        } else { table.cell(body) }
      }))
  } else if b.type == "figure" { block(breakable: false, layout(size => drawn(b, size.width)))
  } else if b.type == "space" {
    text(fill: quiet, b.label)
    for _ in range(b.lines) { v(16pt) + line(length: 100%, stroke: 0.5pt + rgb("#c3c7cc")) }
  }
}
= #data.title
#for note in data.notes { shown((type: "line", kind: "notice", text: note)) }
#par(data.lede)
#shown(data.facts)
#for s in data.sections {
  if s.new_page { pagebreak(weak: true) }
  block(sticky: true, heading(level: 2, s.heading))
  for b in s.blocks { shown(b) }
}
"""
)
_PAGES_MAX = 400


def pdf(paper: Paper, fonts_dir: str) -> bytes:
    """A paper as A4 PDF (PDF/UA-1); raises NoFont, or BadPaper for more pages than can be numbered."""
    data: dict[str, Any] = {
        "title": paper.full_title,
        "marking": paper.marking,
        "foot": paper.foot,
        "lang": paper.language,
        "dir": direction(paper.language),
        "lede": paper.lede,
        "facts": _block(paper.facts, paper.language),
        "notes": [say(f"publish.{paper.kind}_long", paper.language)] + ([paper.warning] if paper.warning else []),
        "sections": [_section(section, paper.language) for section in paper.sections],
        "pages": [say("publish.page", paper.language, n=n) for n in range(1, _PAGES_MAX + 1)],
    }
    return _compile(_PAPER, data, fonts_dir, {"format": "pdf", "pdf_standards": "ua-1"})


def png(svg: str, fonts_dir: str, width_px: int) -> bytes:
    """A picture made by `drawing` as PNG, `width_px` wide; raises NoFont, or BadPaper for what is no picture of
    ours.
    """
    if not 16 <= width_px <= WIDTH_PX_MAX:
        raise BadPaper(f"a picture {width_px} pixels wide: ask for 16 to {WIDTH_PX_MAX}")
    return _compile(
        _PICTURE, {"picture": picture(svg, ""), "width_px": width_px}, fonts_dir, {"format": "png", "ppi": 72}
    )


def picture(svg: str, spoken: str) -> dict[str, Any]:
    """An SVG of ours in two layers: the drawing without its upright words, and those words with their positions."""
    if len(svg) > PICTURE_LIMIT or _XLINK_FREE.search(svg):
        raise BadPaper("picture: too long or with a document type; hand in what `drawing.picture` made")
    ElementTree.register_namespace("", _SVG[1:-1])
    try:
        root = ElementTree.fromstring(svg)
        width, height = float(root.attrib["width"]), float(root.attrib["height"])
    except (ElementTree.ParseError, KeyError, ValueError) as error:
        raise BadPaper(
            f"picture: not an SVG with width and height ({error}); hand in what `drawing.picture` made"
        ) from error
    labels: list[dict[str, Any]] = []
    _lift(root, labels)
    return {
        "svg": ElementTree.tostring(root, encoding="unicode"),
        "width": width,
        "height": height,
        "labels": labels,
        "lang": root.attrib.get("lang", "en"),
        "spoken": spoken or root.findtext(f"{_SVG}title") or "",
    }


def _lift(parent: ElementTree.Element, labels: list[dict[str, Any]]) -> None:
    """Take upright texts out of the drawing; turned ones (a watermark) stay, being one word in one script."""
    for child in list(parent):
        if child.tag == f"{_SVG}text":
            parent.remove(child)
            labels.append(_label(child))
        elif "transform" not in child.attrib:
            _lift(child, labels)


def _label(text: ElementTree.Element) -> dict[str, Any]:
    shift = {"start": 0.0, "middle": 0.5, "end": 1.0}[text.attrib.get("text-anchor", "start")]
    return {
        "x": float(text.attrib["x"]),
        "y": float(text.attrib["y"]),
        "shift": shift,
        "text": "".join(text.itertext()),
        "size": float(text.attrib.get("font-size", "12")),
        "fill": text.attrib.get("fill", "#000000"),
        "weight": int(text.attrib.get("font-weight", "400")),
        "halo": "stroke" in text.attrib,
    }


def _section(section: Section, language: str) -> dict[str, Any]:
    blocks = [_block(block, language) for block in section.blocks]
    return {"heading": section.heading, "new_page": section.new_page, "blocks": blocks}


def _block(block: Block, language: str) -> dict[str, Any]:
    match block:
        case Line(text, kind):
            return {"type": "line", "text": text, "kind": kind}
        case Facts(rows):
            return {"type": "facts", "rows": [list(row) for row in rows]}
        case Table(head, rows, widths):
            return {
                "type": "table",
                "head": list(head),
                "widths": list(widths) or [1] * len(head),
                "rows": [[{"text": c.text, "kind": c.kind, "lang": c.language} for c in row] for row in rows],
            }
        case Figure(svg, spoken):
            return {"type": "figure"} | picture(svg, spoken)
        case Space(label, lines):
            return {"type": "space", "label": label, "lines": lines}


def _compile(template: str, data: dict[str, Any], fonts_dir: str, options: dict[str, Any]) -> bytes:
    try:
        import typst  # the [publish] extra: the house reads and verifies without it
    except ImportError as error:
        raise NoFont("PDF and PNG need the package typst; install tiga[publish] or run ./dev demo once") from error
    text = json.dumps(data, ensure_ascii=False, sort_keys=True)
    data["families"] = _families(text, data.get("lang", ""), fonts_dir)
    text = json.dumps(data, ensure_ascii=False, sort_keys=True)
    try:
        made = typst.compile(
            template.encode("utf-8"),
            sys_inputs={"data": text},
            font_paths=[fonts_dir] if data["families"] else [],
            ignore_system_fonts=True,
            **options,
        )
    except typst.TypstError as error:
        raise BadPaper(f"typesetting failed: {error.message}; hints: {'; '.join(error.hints)}") from error
    return bytes(made[0] if isinstance(made, list) else made)


def _families(text: str, language: str, fonts_dir: str) -> dict[str, str]:
    """The families for Arabic script, empty where no letter needs one; raises NoFont where the folder lacks one."""
    if not has_arabic_script(text):
        return {}
    import typst

    wanted = {tag: arabic_family(tag).split(",")[0] for tag in ("ur", "other")}
    held = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[fonts_dir]).families()
    lacking = sorted(set(wanted.values()) - set(held))
    if lacking:
        raise NoFont(f"the folder of fonts lacks {' and '.join(lacking)} as TTF; run ./dev demo once, which makes them")
    return wanted
