"""Reads a page as the crawler needs it: links, forms, headings, marks, and words that stand in no language of the page.

Rules
1. Stray English is a Latin word of three letters or more in text that a person reads, outside elements that say which
   language they are in (`lang`) or that hold a name, a time or data (`bdi`, `time`, `code`, `pre`).
2. A value set into a sentence stands in an isolate (U+2068 to U+2069) and counts as a name.
3. What a person typed into a form, and scripts and styles, are not the page's words; labels for screen readers are.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

from tiga.values.moments import ZONES
from tiga.values.words import LANGUAGES

VOID = frozenset(["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"])
QUIET = frozenset(("script", "style", "bdi", "time", "code", "pre", "textarea"))
SPOKEN_ATTRIBUTES = ("aria-label", "title", "alt", "placeholder")
ALLOWED = (
    frozenset(
        [
            "tiga",
            "JSON",
            "EXERCISE",
            "UTC",
            "SHA",
            "PDF",
            "CSV",
            "XLSX",
            "EXIF",
            "JPEG",
            "PNG",
            "JavaScript",
            "sid",
            "zone",
            "USB",
            "pub",
            "Python",
            "tlog",
            "policy",
            "ODK",
            "Collect",
        ]
    )
    | frozenset(ZONES)
    | frozenset(language.own_name for language in LANGUAGES.values())
)
LATIN = re.compile(r"[A-Za-zÀ-ɏ]{3,}")
ISOLATE = re.compile("[\u2066-\u2068][^\u2066-\u2069]*\u2069")
NAMES_OF_THINGS = re.compile(
    r"\b[A-Z]-[0-9A-Z]{4}-[0-9A-Z]{4}\b"  # printed numbers
    r"|\b[A-Z][A-Za-z]+/[A-Z][A-Za-z_]+\b"  # zones
    r"|\b[0-9a-f]{12,}\b"  # hashes
)


@dataclass(slots=True)
class Form:
    """A form: where it goes, its fixed values, its fields to fill (name, kind, options), its buttons."""

    action: str
    method: str
    fixed: list[tuple[str, str]] = field(default_factory=list)
    fields: list[tuple[str, str, list[str]]] = field(default_factory=list)
    buttons: list[tuple[str, str]] = field(default_factory=list)


@dataclass(slots=True)
class Page:
    language: str = ""
    direction: str = ""
    h1: int = 0
    links: list[str] = field(default_factory=list)
    assets: list[str] = field(default_factory=list)
    forms: list[Form] = field(default_factory=list)
    stray: list[str] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)


def read(html: str) -> Page:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.page


def stray(text: str) -> list[str]:
    """The Latin words of a text that are no name of a thing and not allowed."""
    while (bare := ISOLATE.sub(" ", text)) != text:
        text = bare
    return [word for word in LATIN.findall(NAMES_OF_THINGS.sub(" ", text)) if word not in ALLOWED]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.page = Page()
        self._open: list[tuple[str, bool]] = []
        self._form: Form | None = None

    @property
    def _quiet(self) -> bool:
        return bool(self._open) and self._open[-1][1]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "html":
            self.page.language, self.page.direction = values.get("lang", ""), values.get("dir", "")
        if values.get("id"):
            self.page.ids.append(values["id"])
        elsewhere = "lang" in values and values["lang"] != self.page.language
        quiet = self._quiet or elsewhere or tag in QUIET
        self._collect(tag, values)
        if not quiet:
            for name in SPOKEN_ATTRIBUTES:
                self.page.stray += stray(values.get(name, ""))
        if tag not in VOID:
            self._open.append((tag, quiet))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        while self._open:
            opened, _ = self._open.pop()
            if opened == tag:
                return

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1][0] not in ("script", "style"):
            self.page.text.append(data)
        if not self._quiet:
            self.page.stray += stray(data)

    def _collect(self, tag: str, values: dict[str, str]) -> None:
        page = self.page
        if tag == "h1":
            page.h1 += 1
        elif tag == "a" and values.get("href"):
            page.links.append(values["href"])
        elif tag in ("link", "script", "img"):
            page.assets += [
                value for name in ("href", "src") if (value := values.get(name)) and not value.startswith("data:")
            ]
        elif tag == "form":
            self._form = Form(values.get("action", ""), values.get("method", "get").lower())
            page.forms.append(self._form)
        elif self._form is not None:
            self._field(self._form, tag, values)
        if base := values.get("data-base"):
            page.assets.append(base)

    def _field(self, form: Form, tag: str, values: dict[str, str]) -> None:
        name, kind = values.get("name", ""), values.get("type", "text")
        if tag == "option" and form.fields:
            form.fields[-1][2].append(values.get("value", ""))
        elif tag == "button":
            form.buttons.append((name, values.get("value", "")))
        elif tag in ("select", "textarea"):
            form.fields.append((name, tag, []))
        elif tag == "input" and kind == "hidden":
            form.fixed.append((name, values.get("value", "")))
        elif tag == "input":
            form.fields.append((name, kind, [values.get("value", "")]))
