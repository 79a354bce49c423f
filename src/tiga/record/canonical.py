"""tiga-JSON: the one spelling of a value in signed bytes (docs/record.md, F0).

Rules
1. The profile lies inside I-JSON (RFC 7493) and is written by RFC 8785: members sorted, no spaces, shortest escapes,
   UTF-8.
2. A member's name matches `[a-z][a-z0-9_-]{0,39}`. ASCII is essential: RFC 8785 sorts by UTF-16, most libraries by
   UTF-8.
3. Values are texts, true, false, integers of at most 2^53-1 in size, arrays and objects: no floats, no null.
4. At most 8 levels of arrays and objects, and as many bytes as the caller names.
5. `decode` accepts only bytes that `encode` would have written; this is what catches duplicate members.
6. `lint` serves admission only: NFC (never NFKC) and no code point that can make signed text show as another text.
   Verification never calls it, for Unicode's tables change and a verdict may not.

Not done here: RFC 8785 for values outside the profile; normalising (the author does it before signing).
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NoReturn, TypeAlias

from tiga.record.refusals import Refused

JSON: TypeAlias = "bool | int | str | Sequence[JSON] | Mapping[str, JSON]"
"""What may be encoded. `decode` returns `Any`: its callers check the shape they expect."""

INTEGER_LIMIT = 2**53 - 1
"""Largest size of an integer, either sign (RFC 7493 section 2.2)."""
DEPTH_LIMIT = 8
"""Levels of arrays and objects, the outermost being 1."""
BYTES_LIMIT = 1 << 20
"""Bytes of any encoded value; entries and disclosures have stricter limits of their own."""

_NAME = re.compile(r"[a-z][a-z0-9_-]{0,39}\Z")
_FORBIDDEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\u202a-\u202e\u2066-\u2069\ufdd0-\ufdef"
    + "".join(chr(plane << 16 | low) for plane in range(17) for low in (0xFFFE, 0xFFFF))
    + "]"
)
"""C0, C1, line and paragraph separators, the byte order mark, bidi embeddings, overrides and isolates, noncharacters.
ZWNJ, ZWJ, LRM, RLM and ALM are allowed: Urdu, Pashto and Dari need them."""


class NotCanonical(ValueError):
    """A value or bytes outside the profile; `code` and `values` are of the catalogue, `path` names the place."""

    def __init__(self, code: str, path: str, **values: object) -> None:
        super().__init__(code)
        self.code = code
        self.path = path
        self.values: dict[str, object] = {**values, "path": path or "."}

    @property
    def refusal(self) -> Refused:
        """The same as a refusal of the record."""
        return Refused(self.code, self.values)

    def __str__(self) -> str:
        return str(self.refusal)


def is_name(text: str) -> bool:
    """Whether a text may be a member's name."""
    return bool(_NAME.match(text))


def encode(value: JSON, limit: int = BYTES_LIMIT) -> bytes:
    """The value's only spelling, UTF-8, at most `limit` bytes; raises NotCanonical (RFC 8785 within the profile)."""
    _check(value, "", 1)
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    try:
        data = text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise NotCanonical("record.canonical.surrogate", _surrogate(value)) from error
    if len(data) > limit:
        raise NotCanonical("record.canonical.long", "", bytes=len(data), limit=limit)
    return data


def decode(data: bytes, limit: int = BYTES_LIMIT) -> Any:
    """Read bytes that must be exactly what `encode` writes; raises NotCanonical."""
    value = read(data, limit)
    if encode(value, limit) != data:
        raise NotCanonical("record.canonical.spelling", "")
    return value


def read(data: bytes, limit: int = BYTES_LIMIT) -> Any:
    """Read JSON without comparing its spelling, for callers that compare what they build of it; raises NotCanonical."""
    if len(data) > limit:
        raise NotCanonical("record.canonical.long", "", bytes=len(data), limit=limit)
    try:
        return json.loads(data.decode("utf-8"), parse_float=_number, parse_constant=_number)
    except NotCanonical:
        raise
    except (ValueError, RecursionError) as error:  # not UTF-8, not JSON, absurd numbers, absurd nesting
        raise NotCanonical("record.canonical.json", "") from error


def lint(value: JSON) -> None:
    """Refuse, at admission, texts not in NFC or with a forbidden code point; raises NotCanonical with the path."""
    for path, text in _texts(value, ""):
        bad = _FORBIDDEN.search(text)
        if bad:
            raise NotCanonical("record.canonical.code_point", path, point=f"U+{ord(bad[0]):04X}")
        if not unicodedata.is_normalized("NFC", text):
            raise NotCanonical("record.canonical.nfc", path)


def _number(text: str) -> NoReturn:
    raise NotCanonical("record.canonical.float", "", number=text[:40])


def _check(value: object, path: str, depth: int) -> None:
    kind = type(value)
    if kind is str or kind is bool:
        return
    if kind is int:
        if not -INTEGER_LIMIT <= value <= INTEGER_LIMIT:  # type: ignore[operator]
            raise NotCanonical("record.canonical.integer", path)
        return
    if kind is float:
        raise NotCanonical("record.canonical.float", path, number=repr(value))
    if not isinstance(value, (dict, list, tuple)):
        raise NotCanonical("record.canonical.kind", path, kind=kind.__name__)
    if depth > DEPTH_LIMIT:
        raise NotCanonical("record.canonical.depth", path, limit=DEPTH_LIMIT)
    if not isinstance(value, dict):
        for place, item in enumerate(value):
            _check(item, f"{path}[{place}]", depth + 1)
        return
    for name, item in value.items():
        if type(name) is not str or not _NAME.match(name):
            raise NotCanonical("record.canonical.name", path, name=repr(name)[:60])
        _check(item, f"{path}.{name}" if path else name, depth + 1)


def _texts(value: object, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for name, item in value.items():
            yield from _texts(item, f"{path}.{name}" if path else name)
    elif isinstance(value, (list, tuple)):
        for place, item in enumerate(value):
            yield from _texts(item, f"{path}[{place}]")


def _surrogate(value: object) -> str:
    return next((path for path, text in _texts(value, "") if any("\ud800" <= c <= "\udfff" for c in text)), "")
