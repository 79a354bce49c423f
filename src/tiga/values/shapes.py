"""Frozen dataclasses to plain data and back, by their declared types.

Rules
1. Plain data is what signed JSON can hold: text, whole numbers, true/false, lists and objects; no null, no float.
2. A field that equals its declared default is left out, so each value has exactly one plain form; when read, a member
   that spells out a default is refused. Fields without a default are always written.
3. An unknown member, a missing one or a wrong type is a `BadShape` that names the path and the remedy.
4. Supported types: str, int, bool, Instant, dict[str, str], tuple[X, ...] and dataclasses of these.
"""

from __future__ import annotations

import dataclasses
import typing
from functools import cache
from types import UnionType
from typing import Any, TypeVar

from tiga.values.moments import BadMoment, Instant

T = TypeVar("T")
Path = tuple[str | int, ...]
LIST_LIMIT = 10_000
"""Items in one list of plain data."""


class BadShape(ValueError):
    """Plain data that does not have the declared shape. `path` leads to it, `reason` says what is wrong and what is due."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{spelled(path)}: {reason}")
        self.path, self.reason = path, reason


def spelled(path: Path) -> str:
    """A path as a person reads it: `clauses[3].id`."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else (f".{part}" if text else part)
    return text or "(top)"


@cache
def _fields(cls: type) -> tuple[tuple[str, Any, Any], ...]:
    hints = typing.get_type_hints(cls)
    rows = []
    for item in dataclasses.fields(cls):
        default = item.default
        if default is dataclasses.MISSING and item.default_factory is not dataclasses.MISSING:
            default = item.default_factory()
        rows.append((item.name, hints[item.name], default))
    return tuple(rows)


def to_plain(value: Any) -> Any:
    """Plain data of a dataclass, tuple or scalar; raises TypeError for anything else (a mistake of ours)."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        if isinstance(value, Instant):
            return value.text()
        rows = ((name, getattr(value, name), default) for name, _, default in _fields(type(value)))
        return {
            name: to_plain(item) for name, item, default in rows if item != default or default is dataclasses.MISSING
        }
    if isinstance(value, tuple):
        return [to_plain(item) for item in value]
    if isinstance(value, dict):
        return {key: to_plain(item) for key, item in value.items()}
    if isinstance(value, (str, bool, int)):
        return value
    raise TypeError(f"{type(value).__name__} has no plain form")


def from_plain(cls: type[T], data: Any, path: Path = (), *, lenient: bool = False) -> T:
    """Read plain data as `cls`; raises BadShape. `lenient` accepts members that spell out a default (drafts, YAML)."""
    return typing.cast(T, _read(cls, data, path, lenient))


def _read(hint: Any, data: Any, path: Path, lenient: bool) -> Any:
    if hint is Instant:
        try:
            return Instant.parse(data) if not lenient else Instant.read(data)
        except (BadMoment, TypeError) as error:
            raise BadShape(path, str(error)) from error
    if dataclasses.is_dataclass(hint):
        return _read_object(typing.cast(type, hint), data, path, lenient)
    origin = typing.get_origin(hint)
    if origin is tuple:
        if not isinstance(data, list) or len(data) > LIST_LIMIT:
            raise BadShape(path, "a list is expected here")
        inner = typing.get_args(hint)[0]
        return tuple(_read(inner, item, (*path, number), lenient) for number, item in enumerate(data))
    if origin is dict:
        if not isinstance(data, dict):
            raise BadShape(path, "an object is expected here")
        return {key: _read(typing.get_args(hint)[1], item, (*path, key), lenient) for key, item in data.items()}
    if origin is UnionType or origin is typing.Union:
        inner = next(arg for arg in typing.get_args(hint) if arg is not type(None))
        return _read(inner, data, path, lenient)
    return _read_scalar(hint, data, path)


def _read_scalar(hint: Any, data: Any, path: Path) -> Any:
    if hint is Any:
        return data
    if hint in (str, int, bool) and type(data) is hint:
        return data
    wanted = {str: "a text", int: "a whole number", bool: "true or false"}.get(hint, str(hint))
    raise BadShape(path, f"{wanted} is expected here, not {data!r:.60}")


def _read_object(cls: type, data: Any, path: Path, lenient: bool) -> Any:
    if not isinstance(data, dict):
        raise BadShape(path, f"an object with the members of {cls.__name__} is expected here")
    rows = _fields(cls)
    unknown = sorted(set(data) - {name for name, _, _ in rows})
    if unknown:
        raise BadShape(
            (*path, unknown[0]), f"is not a member of {cls.__name__}; known: {', '.join(n for n, _, _ in rows)}"
        )
    values: dict[str, Any] = {}
    for name, hint, default in rows:
        if name in data:
            values[name] = _read(hint, data[name], (*path, name), lenient)
            if not lenient and default is not dataclasses.MISSING and values[name] == default:
                raise BadShape((*path, name), "spells out its default; leave it out")
        elif default is dataclasses.MISSING:
            raise BadShape(path, f"the member {name!r} of {cls.__name__} is missing")
    try:
        return cls(**values)
    except BadShape:
        raise
    except ValueError as error:
        raise BadShape(path, str(error)) from error
