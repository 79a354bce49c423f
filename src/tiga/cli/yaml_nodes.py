"""YAML text to plain data with line marks: the one place where an agreement's text is parsed.

Rules
1. A plain scalar becomes a whole number (`12`, `-3`), true or false, or text; everything else that YAML would guess at
   (times, fractions, `yes`, octal, sexagesimal) stays text. An empty value, `null` and `~` are refused.
2. Refused with the line: duplicate keys, anchors, aliases, tags, keys that are no text, several documents, text that is
   not NFC, whole numbers beyond 2^53 - 1.
3. Limits: BYTES_LIMIT, DEPTH_LIMIT, NODES_LIMIT.
4. The line of a member is the line of its key; the line of a list item is where the item begins.

Not done here: any check of what the data means.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Any

import yaml

from tiga.agreement.reading import Marked
from tiga.values.words import say

BYTES_LIMIT = 1_000_000
DEPTH_LIMIT = 20
NODES_LIMIT = 50_000
_WHOLE = re.compile(r"-?(?:0|[1-9][0-9]{0,15})\Z")
_LARGEST = 2**53 - 1
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_Path = tuple[str | int, ...]


class BadYaml(ValueError):
    """Text that is not the YAML we read: `line` (1-based), `code` in the catalogue, `values` for its slots."""

    def __init__(self, line: int, code: str, **values: object) -> None:
        self.line, self.code, self.values = line, f"agreement.yaml.{code}", values
        super().__init__(say(self.code, "en", **values))


def load(text: bytes) -> Marked:
    """Parse a YAML document; raises BadYaml with the line and what to write instead."""
    if len(text) > BYTES_LIMIT:
        raise BadYaml(1, "too_large", limit=BYTES_LIMIT)
    try:
        source = text.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadYaml(text[: error.start].count(b"\n") + 1, "not_utf8") from error
    if source.startswith("\ufeff"):
        raise BadYaml(1, "byte_order_mark")
    for number, row in enumerate(source.split("\n"), 1):
        if not unicodedata.is_normalized("NFC", row):
            raise BadYaml(number, "not_nfc")
    reader = _Reader(_events(source))
    data = reader.document()
    return Marked(data, reader.lines, source.split("\n", 1)[0].rstrip("\r"))


def _events(source: str) -> Iterator[Any]:
    try:
        yield from yaml.parse(source, Loader=_LOADER)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        reason = getattr(error, "problem", None) or "unreadable"
        raise BadYaml(mark.line + 1 if mark else 1, "not_yaml", reason=str(reason)) from error


class _Reader:
    """Builds plain data from YAML events; `lines` fills up on the way."""

    def __init__(self, events: Iterator[Any]) -> None:
        self._events, self._nodes = events, 0
        self.lines: dict[_Path, int] = {}

    def document(self) -> Any:
        next(self._events)  # the start of the stream
        first = next(self._events)
        if isinstance(first, yaml.StreamEndEvent):
            raise BadYaml(1, "empty")
        self.lines[()] = 1
        data = self._node(next(self._events), ())
        next(self._events)  # the end of the document
        after = next(self._events)
        if not isinstance(after, yaml.StreamEndEvent):
            raise BadYaml(_line(after), "several_documents")
        return data

    def _node(self, event: Any, path: _Path) -> Any:
        self._nodes += 1
        line = _line(event)
        self.lines.setdefault(path, line)
        if self._nodes > NODES_LIMIT:
            raise BadYaml(line, "too_many_nodes", limit=NODES_LIMIT)
        if len(path) > DEPTH_LIMIT:
            raise BadYaml(line, "too_deep", limit=DEPTH_LIMIT)
        if isinstance(event, yaml.AliasEvent) or event.anchor is not None:
            raise BadYaml(line, "anchor")
        if event.tag is not None:
            raise BadYaml(line, "tag", tag=event.tag)
        if isinstance(event, yaml.ScalarEvent):
            return _scalar(event)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._list(path)
        return self._object(path)

    def _list(self, path: _Path) -> list[Any]:
        items: list[Any] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            items.append(self._node(event, (*path, len(items))))
        return items

    def _object(self, path: _Path) -> dict[str, Any]:
        members: dict[str, Any] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            line = _line(event)
            if not isinstance(event, yaml.ScalarEvent) or event.tag is not None or event.anchor is not None:
                raise BadYaml(line, "bad_key")
            if event.value in members:
                raise BadYaml(line, "duplicate_key", key=event.value, first=self.lines[(*path, event.value)])
            self.lines[(*path, event.value)] = line
            members[event.value] = self._node(next(self._events), (*path, event.value))
        return members


def _line(event: Any) -> int:
    return int(event.start_mark.line) + 1


def _scalar(event: Any) -> str | int | bool:
    value = str(event.value)
    if event.style not in (None, ""):
        return value
    if value in ("", "~", "null", "Null", "NULL"):
        raise BadYaml(_line(event), "null")
    if value in ("true", "false"):
        return value == "true"
    if _WHOLE.match(value):
        number = int(value)
        if abs(number) > _LARGEST:
            raise BadYaml(_line(event), "number_too_large", number=value)
        return number
    return value
