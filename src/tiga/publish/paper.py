"""A printed paper as blocks, and its form as one self-contained HTML file.

Rules
1. A paper is a title, a marking, sections of blocks and a foot; `html` here and `typesetting.pdf` say the same.
2. The marking (EXERCISE, or press claims without findings) is on every page of print and stays in sight on a screen.
3. One file: pictures and style stand inside it, no script, no address that a browser would fetch.
4. Direction comes from the language; the style has logical properties only. A cell in another language says so.
5. A cell that nobody could fill because nobody looked is grey, hatched and says so.

Not done here: choosing content (`sitrep`, `agenda`), typesetting (`typesetting`).
"""

from __future__ import annotations

import html as markup
import re
from dataclasses import dataclass
from typing import assert_never

from tiga.publish import drawing
from tiga.publish.drawing import Markup
from tiga.values.words import catalogue, direction, pick, say

ROWS_MAX = 5_000
"""Rows of one table."""

_RUN = re.compile("\u2066([^\u2066-\u2069\n]*)\u2069")


class BadPaper(ValueError):
    """Content that must not be published or cannot be set; the message says where and what to change."""


@dataclass(frozen=True, slots=True)
class Cell:
    """Text of a table; `kind` is empty, `number` or `unseen`; `language` only where it differs from the paper's."""

    text: str
    kind: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph; `kind` is empty, `quiet`, `notice` or `strong`."""

    text: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """Names and their values."""

    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table with a head; `widths` are shares of the width, one per column."""

    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    widths: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture made by `drawing` and what it says in words."""

    svg: str
    spoken: str


@dataclass(frozen=True, slots=True)
class Space:
    """Ruled room for handwriting, in lines."""

    label: str
    lines: int = 3


Block = Line | Facts | Table | Figure | Space


@dataclass(frozen=True, slots=True)
class Section:
    """A headed part; `code` names it in the markup, `new_page` starts it on a page of its own in print."""

    code: str
    heading: str
    blocks: tuple[Block, ...]
    new_page: bool = False


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper in one language. `kind` is `exercise` or `press`; `lede` stands below the title, `foot` on each page."""

    title: str
    kind: str
    language: str
    lede: str
    facts: Facts
    sections: tuple[Section, ...]
    foot: str

    def __post_init__(self) -> None:
        if self.kind not in ("exercise", "press"):
            raise BadPaper(f"{self.kind!r} is not a kind of paper; say exercise or press")
        for section in self.sections:
            for block in section.blocks:
                if isinstance(block, Table) and len(block.rows) > ROWS_MAX:
                    raise BadPaper(f"section {section.code}: {len(block.rows)} rows, the limit is {ROWS_MAX}")

    @property
    def marking(self) -> str:
        """The mark in the paper's language; EXERCISE stands before it in the same letters everywhere."""
        own = say(f"publish.{self.kind}", self.language)
        return own if self.kind == "press" or self.language == "en" else f"{say('publish.exercise')} · {own}"

    @property
    def full_title(self) -> str:
        """The title with EXERCISE before it where it is one."""
        return f"{self.marking}: {self.title}" if self.kind == "exercise" else self.title

    @property
    def warning(self) -> str:
        """The translation's standing, empty where a speaker has reviewed it."""
        return "" if catalogue(self.language).reviewed else say("publish.unreviewed", self.language)


STYLE = """
:root { color-scheme: light; --ink: #1d2430; --quiet: #535d6b; --rule: #c3c7cc; --amber: #6b4600; }
* { box-sizing: border-box; }
body { margin: 0; color: var(--ink); background: #fff; font: 1rem/1.5 "Libertinus Serif", Georgia, serif; }
:lang(ur) { font-family: "Noto Nastaliq Urdu", "Jameel Noori Nastaleeq", Georgia, serif; line-height: 2.1; }
:lang(ps), :lang(prs), :lang(ar) { font-family: "Vazirmatn", "Noto Naskh Arabic", Tahoma, sans-serif; }
.marking { position: sticky; inset-block-start: 0; z-index: 1; padding-block: .3rem; padding-inline: 1rem;
  font-weight: 700; text-align: center; color: var(--amber); background: #fff; border-block-end: 3px double; }
main { max-inline-size: 60rem; margin-inline: auto; padding-block: 1rem; padding-inline: 1rem; }
h1 { font-size: 1.7rem; margin-block: .4rem; } h2 { font-size: 1.25rem; margin-block: 2rem .4rem; }
.quiet, footer { color: var(--quiet); font-size: .92rem; }
.notice { border-inline-start: 4px solid var(--amber); padding-inline-start: .7rem; }
.strong { font-weight: 700; } .run { white-space: nowrap; }
dl { display: grid; grid-template-columns: minmax(8rem, max-content) 1fr; gap: .2rem 1rem; }
dt { color: var(--quiet); } dd { margin: 0; overflow-wrap: anywhere; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; inline-size: 100%; }
th, td { border-block-end: 1px solid var(--rule); padding: .3rem .5rem; text-align: start; vertical-align: top; }
td.number { font-variant-numeric: tabular-nums; }
td.unseen { color: var(--ink); background: repeating-linear-gradient(45deg, #e3e4e6 0 5px, #d2d4d7 5px 7px); }
figure { margin-inline: 0; } figure svg { inline-size: 100%; block-size: auto; }
.rule { border-block-end: 1px solid var(--rule); block-size: 2rem; }
footer { border-block-start: 1px solid var(--rule); margin-block-start: 2rem; padding-block: .5rem;
  overflow-wrap: anywhere; }
@media print {
  @page { size: A4; margin: 18mm 16mm; }
  .marking { position: fixed; inset-inline: 0; } main { padding-block-start: 2.5rem; }
  .new-page { break-before: page; } tr, figure { break-inside: avoid; } thead { display: table-header-group; }
}
"""


def isolated(texts: dict[str, str], language: str) -> str:
    """The text to show, in an isolate where it is in another language than the paper, so that it keeps its own order."""
    text, tag = pick(texts, language)
    return text if tag == language or not text else f"\u2068{text}\u2069"


def html(paper: Paper) -> str:
    """The paper as one HTML file."""
    body = "".join(_section(section) for section in paper.sections)
    warning = f'<p class="notice">{_text(paper.warning)}</p>' if paper.warning else ""
    return (
        f'<!doctype html>\n<html lang="{_text(paper.language)}" dir="{direction(paper.language)}">\n<head>\n'
        '<meta charset="utf-8">\n<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{_text(paper.full_title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
        f'<div class="marking" data-kind="{paper.kind}">{_text(paper.marking)}</div>\n<main>\n'
        f"<h1>{_text(paper.full_title)}</h1>\n"
        f'<p class="notice">{_text(say(f"publish.{paper.kind}_long", paper.language))}</p>\n{warning}'
        f"<p>{_text(paper.lede)}</p>\n{_block(paper.facts)}{body}"
        f"<footer><p>{_text(paper.marking)}</p><p>{_text(paper.foot)}</p></footer>\n</main>\n</body>\n</html>\n"
    )


def _section(section: Section) -> str:
    page = ' class="new-page"' if section.new_page else ""
    code = _text(section.code)
    return (
        f'<section id="{code}" aria-labelledby="{code}-heading"{page}>\n<h2 id="{code}-heading">'
        f"{_text(section.heading)}</h2>\n{''.join(_block(block) for block in section.blocks)}</section>\n"
    )


def _block(block: Block) -> str:
    match block:
        case Line(text, kind):
            return f'<p class="{kind}">{inline(text)}</p>\n' if kind else f"<p>{inline(text)}</p>\n"
        case Facts(rows):
            return "<dl>" + "".join(f"<dt>{_text(a)}</dt><dd>{inline(b)}</dd>" for a, b in rows) + "</dl>\n"
        case Table():
            return _table(block)
        case Figure(svg, _):
            return f"<figure>{Markup(svg)}</figure>\n"
        case Space(label, lines):
            return f'<p class="quiet">{_text(label)}</p>\n' + '<div class="rule"></div>' * lines + "\n"
        case _:
            assert_never(block)


def _table(table: Table) -> str:
    head = "".join(f'<th scope="col">{_text(cell)}</th>' for cell in table.head)
    rows = "".join(f"<tr>{''.join(_cell(cell) for cell in row)}</tr>\n" for row in table.rows)
    return (
        f'<div class="scroll" role="region" tabindex="0" aria-label="{_text(" / ".join(table.head))}"><table>\n'
        f"<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}</tbody></table></div>\n"
    )


def _cell(cell: Cell) -> str:
    kind = f' class="{cell.kind}"' if cell.kind else ""
    other = f' lang="{_text(cell.language)}" dir="{direction(cell.language)}"' if cell.language else ""
    return f"<td{kind}{other}>{inline(cell.text).replace(chr(10), '<br>')}</td>"


def _text(text: str) -> str:
    return markup.escape(drawing.clean(text), quote=True)


def inline(text: str) -> str:
    """Text that is no attribute: a run that reads from left to right (a time and its offset) is not torn over lines."""
    return _RUN.sub(r'<bdi class="run" dir="ltr">\1</bdi>', _text(text))
