"""The form that an agreement makes: sheets as an XLSForm has them, and their XForm.

Rules
1. Acts, parties, groups and zones come from the agreement; all other words from the catalogue (`odk.…`).
2. A label that is not there in a language is shown in English and says so (`[en]`); a language that no speaker has reviewed
   says that in the form's first line.
3. The version follows from the sheets alone, and begins with the agreement's digest: the same agreement and words give the
   same form, and a phone is told to fetch it anew whenever either has changed.
4. Sides are named by their neutral names, in the agreement's order, and no choice is chosen beforehand.

Not done here: keeping forms, answering phones. `pyxform` turns the sheets into an XForm in memory; it opens no file.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tiga.agreement.clauses import Agreement, Group, Party
from tiga.intake.odk.questions import CHOICES, SURVEY, Question
from tiga.values.moments import ZONES
from tiga.values.words import LANGUAGES, catalogue, pick, say

FORM_ID = "tiga-report"
ROOT = "data"
"""The name of a submission's outermost element, if a phone keeps to the form."""
Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class Form:
    """A form as sheets: rows of `survey` and `choices`, the one row of `settings`; and what its answers may be."""

    form_id: str
    version: str
    title: str
    survey: tuple[Row, ...]
    choices: tuple[Row, ...]
    settings: Row
    acts: frozenset[str]
    zones: frozenset[str]
    actors: frozenset[str]


def xlsform(agreement: Agreement, sha256: str, languages: Iterable[str] = tuple(LANGUAGES)) -> Form:
    """The form of an agreement; `sha256` is its version's digest in hex, the first of `languages` the form's default."""
    tags = tuple(languages)
    lists = _lists(agreement, tags)
    survey = tuple(_survey_row(question, tags) for question in SURVEY)
    choices = tuple(
        {"list_name": name, "name": value, **_columns("label", labels)}
        for name, rows in lists.items() for value, labels in rows
    )  # fmt: skip
    mark = f"{say('page.exercise_mark', tags[0])} · " if agreement.status == "exercise" else ""
    title = mark + say("odk.title", tags[0])
    settings = {
        "form_title": title, "form_id": FORM_ID, "default_language": _named(tags[0]),
        "instance_name": "concat(${date}, ' ', ${toponym})",
    }  # fmt: skip
    sheets = json.dumps([survey, choices, settings], ensure_ascii=True)
    version = f"{sha256[:12]}-{hashlib.sha256(sheets.encode()).hexdigest()[:12]}"
    return Form(
        FORM_ID, version, title, survey, choices, settings | {"version": version},
        *(frozenset(value for value, _ in lists[name]) for name in ("acts", "zones", "actors")),
    )  # fmt: skip


def xform(form: Form) -> bytes:
    """The XForm (XML) of a form, for phones and for ODK Validate."""
    from pyxform.xls2xform import convert

    sheets = {"survey": list(form.survey), "choices": list(form.choices), "settings": [form.settings]}
    made: str = convert(xlsform=sheets, form_name=ROOT, warnings=[]).xform
    return made.encode("utf-8")


def _lists(agreement: Agreement, tags: tuple[str, ...]) -> dict[str, list[tuple[str, Mapping[str, str]]]]:
    """(value, label per language) of every list of choices."""
    sides: tuple[Party | Group, ...] = (*agreement.parties, *agreement.groups, *agreement.outsiders)
    zones = dict.fromkeys([*(party.zone for party in agreement.parties), *ZONES])
    lists: dict[str, list[tuple[str, Mapping[str, str]]]] = {
        name: [(value, _words(f"odk.choice.{name}.{value}", tags)) for value in values]
        for name, values in CHOICES.items()
    }
    lists["acts"] = [(act.code, _picked(act.label, tags, f"{act.code} · ")) for act in agreement.acts if act.parent]
    lists["zones"] = [(zone, dict.fromkeys(tags, zone)) for zone in zones]
    lists["actors"] = [
        ("not_stated", _words("odk.choice.actor.not_stated", tags)),
        *((row.id, _picked(row.names["neutral"], tags)) for row in sides),
    ]
    lists["languages"] = [(tag, dict.fromkeys(tags, item.own_name)) for tag, item in LANGUAGES.items()]
    return lists


def _survey_row(question: Question, tags: tuple[str, ...]) -> Row:
    row = {"type": question.kind, "name": question.name}
    if question.kind.startswith("end"):
        return row
    labels = _words(f"odk.{question.word}", tags)
    if question.name == "intro":
        unread = [tag for tag in tags if not catalogue(tag).reviewed]
        labels |= {tag: f"{labels[tag]} {say('odk.unreviewed', tag)}" for tag in unread}
    row |= _columns("label", labels)
    if question.hint:
        row |= _columns("hint", _words(f"odk.{question.word}_hint", tags))
    if question.required:
        row |= {"required": "yes", **_columns("required_message", _words("odk.needed", tags))}
    if question.constraint:
        row |= {
            "constraint": question.constraint,
            **_columns("constraint_message", _words(f"odk.{question.said}", tags)),
        }
    row |= {"relevant": question.relevant} if question.relevant else {}
    return row | ({"appearance": question.appearance} if question.appearance else {})


def _columns(name: str, labels: Mapping[str, str]) -> Row:
    return {f"{name}::{_named(tag)}": text for tag, text in labels.items()}


def _named(tag: str) -> str:
    """A language as an XLSForm names it: `English (en)`."""
    return f"{LANGUAGES[tag].own_name} ({tag})"


def _words(code: str, tags: tuple[str, ...]) -> dict[str, str]:
    return {tag: _marked(say(code, tag), tag if code in catalogue(tag).texts else "en", tag) for tag in tags}


def _picked(texts: Mapping[str, str], tags: tuple[str, ...], before: str = "") -> dict[str, str]:
    found = {tag: pick(dict(texts), tag) for tag in tags}
    return {tag: before + _marked(text, shown, tag) for tag, (text, shown) in found.items()}


def _marked(text: str, shown: str, wanted: str) -> str:
    return text if shown == wanted else f"{text} [{shown}]"
