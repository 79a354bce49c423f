"""Fields of web forms: reading what was typed into values or named faults. No rule of the mechanism stands here.

Rules
1. Text is normalised to NFC on the sender's behalf (it is signed afterwards); characters that the record refuses are a
   fault that names them.
2. `line` collapses all white space: an entry's body holds no line breaks. `text` keeps them and goes into disclosures.
3. Every fault is a code of the catalogue; what was typed is shown again.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from tiga.record import canonical
from tiga.record.canonical import NotCanonical
from tiga.values.words import plain_digits


@dataclass(frozen=True, slots=True)
class Choice:
    """A value and its label; `lang` where the label is not in the page's language (`und`: a name, in whatever script)."""

    value: str
    label: str
    lang: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """One field: kind `line`, `text`, `choice`, `radio`, `many`, `datetime`, `whole`, `degrees`, `check`; limits in characters or
    numbers."""

    name: str
    kind: str
    label: str
    required: bool = False
    limit: int = 400
    choices: tuple[Choice, ...] = ()
    hint: str = ""
    low: int = 0
    high: int = 1_000_000
    lang: bool = False


@dataclass(frozen=True, slots=True)
class Bound:
    """A field with what was typed and its fault, for the template."""

    field: Field
    value: str
    values: tuple[str, ...]
    fault: str

    @property
    def id(self) -> str:
        return f"f-{self.field.name}"


@dataclass(frozen=True, slots=True)
class Filled:
    """A form as read: values per name, faults per name, and the bound fields in order."""

    values: dict[str, str]
    lists: dict[str, tuple[str, ...]]
    faults: dict[str, str]
    bound: tuple[Bound, ...]

    @property
    def good(self) -> bool:
        return not self.faults


def blank(fields: tuple[Field, ...], initial: Mapping[str, str] | None = None) -> Filled:
    """An empty form, with initial values."""
    start = dict(initial or {})
    bound = tuple(Bound(field, start.get(field.name, ""), (), "") for field in fields)
    return Filled(start, {}, {}, bound)


def read(fields: tuple[Field, ...], post: object) -> Filled:
    """Read a POST (a QueryDict)."""
    values: dict[str, str] = {}
    lists: dict[str, tuple[str, ...]] = {}
    faults: dict[str, str] = {}
    bound = []
    for field in fields:
        several = tuple(str(item) for item in post.getlist(field.name))[:40]  # type: ignore[attr-defined]
        typed = unicodedata.normalize("NFC", several[0] if several else "").replace("\r\n", "\n").strip()
        value = line(typed) if field.kind == "line" else plain_digits(typed) if field.kind == "whole" else typed
        fault = _fault(field, value, several)
        if fault:
            faults[field.name] = fault
        values[field.name], lists[field.name] = value, several
        bound.append(Bound(field, value, several, fault))
    return Filled(values, lists, faults, tuple(bound))


def with_fault(filled: Filled, name: str, fault: str) -> Filled:
    """The same form with one more fault, at a field that the reading of several fields together found."""
    bound = tuple(
        Bound(item.field, item.value, item.values, fault if item.field.name == name else item.fault)
        for item in filled.bound
    )
    return Filled(filled.values, filled.lists, filled.faults | {name: fault}, bound)


def _fault(field: Field, value: str, several: tuple[str, ...]) -> str:
    if not value and field.kind not in ("many", "check"):
        return "form.required" if field.required else ""
    if field.kind in ("choice", "radio", "many"):
        known = {choice.value for choice in field.choices}
        if field.kind == "many" and field.required and not several:
            return "form.required"
        return "" if set(several if field.kind == "many" else (value,)) <= known else "form.choice"
    if len(value) > field.limit:
        return "form.too_long"
    if field.kind == "whole":
        return "" if value.isascii() and value.isdigit() and field.low <= int(value) <= field.high else "form.whole"
    if field.kind == "degrees":
        return "" if degrees_e7(value) is not None and abs(degrees_e7(value) or 0) <= field.high else "form.degrees"
    if field.kind in ("line", "text"):
        try:
            canonical.lint(value.replace("\n", " ").replace("\t", " "))
        except NotCanonical:
            return "form.characters"
    return ""


def degrees_e7(text: str) -> int | None:
    """Degrees as decimal text to 1e-7 degrees, exactly; None for anything else."""
    sign = -1 if text.startswith("-") else 1
    whole, _, part = text.removeprefix("-" if sign < 0 else "+").partition(".")
    if not (whole.isascii() and whole.isdigit() and len(whole) <= 3) or (
        part and not (part.isascii() and part.isdigit())
    ):
        return None
    return sign * (int(whole) * 10_000_000 + int((part + "0000000")[:7]))


def line(text: str) -> str:
    """One line of text in NFC, for an entry's body."""
    return " ".join(unicodedata.normalize("NFC", text).split())
