"""Submissions as a phone would send them, for the form of the illustrative agreement. Nothing here is a test."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from xml.sax.saxutils import escape

from tiga import shipped
from tiga.agreement import reading
from tiga.agreement.clauses import Agreement
from tiga.cli import yaml_nodes
from tiga.intake import odk

ANSWERS: dict[str, dict[str, str]] = {
    "when": {"date": "2026-01-12", "precision": "minute", "time": "22:30:00.000+05:00", "zone": "AFT"},
    "where": {"toponym": "Stonebridge", "place": "here", "here": "0.1234567 -0.25 12.0 8.4", "radius": "50"},
    "what": {"acts": "H1 C1", "stance": "asserts", "sense": "heard", "count": "3", "count_kind": "shot",
             "actor": "not_stated"},
    "said": {"language": "en", "account": "Three shots were heard.", "limitations": "It was dark."},
    "harmed": {"": "no"},
    "whom": {"source": "Team North"},
    "proof": {"photo": "1.jpg", "consent": "not_needed"},
}  # fmt: skip


@cache
def agreement() -> Agreement:
    path = shipped.folder("agreements") / "doha-istanbul-2025" / "agreement.yaml"
    return reading.agreement(yaml_nodes.load(path.read_bytes()).data)


@cache
def form() -> odk.Form:
    return odk.xlsform(agreement(), "ab" * 32)


def xml(
    instance: str = "uuid:1",
    deprecated: str = "",
    harm: Iterable[dict[str, str]] = (),
    version: str = "v",
    **answers: str,
) -> bytes:
    """A submission; `answers` replace those of ANSWERS by the question's name, an empty one is left out."""
    parts, left = [], dict(answers)
    for group, row in ANSWERS.items():
        cells = {name: left.pop(name or group, text) for name, text in row.items()}
        if "" in cells:
            parts.append(f"<{group}>{escape(cells[''])}</{group}>")
        else:
            parts.append(f"<{group}>{''.join(_cell(*cell) for cell in cells.items())}</{group}>")
    parts += ["<harm>" + "".join(_cell(*cell) for cell in row.items()) + "</harm>" for row in harm]
    parts.append("<extra>" + "".join(_cell(*cell) for cell in left.items()) + "</extra>" if left else "")
    old = f"<orx:deprecatedID>{deprecated}</orx:deprecatedID>" if deprecated else ""
    meta = f"<orx:meta><orx:instanceID>{instance}</orx:instanceID>{old}</orx:meta>"
    return (
        f'<?xml version=\'1.0\' ?><data id="tiga-report" version="{version}" xmlns:orx="http://openrosa.org/xforms">'
        f"{''.join(parts)}{meta}</data>"
    ).encode()


def _cell(name: str, text: str) -> str:
    return f"<{name}>{escape(text)}</{name}>" if text else ""
