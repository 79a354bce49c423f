"""DER, read by walking: as much of X.690 as a time-stamp token needs, and tolerant where it can be.

Rules
1. A value is a tag and a range of the bytes that are there; nothing is copied before it is asked for, and no length beyond
   its parent is believed.
2. Order in a SET is not checked: that is the tolerance this reader exists for. Lengths must be definite.
3. At most ITEMS_LIMIT values of one level are read.
"""

from __future__ import annotations

from dataclasses import dataclass

ITEMS_LIMIT = 1_000
INTEGER, OCTETS, OID, SEQUENCE, SET, TIME = 0x02, 0x04, 0x06, 0x30, 0x31, 0x18


class BadDer(ValueError):
    """Bytes that cannot be walked."""


@dataclass(frozen=True, slots=True)
class Value:
    """A value: its tag, and where it and its content stand in `data`."""

    data: bytes
    tag: int
    start: int
    body: int
    end: int

    @property
    def whole(self) -> bytes:
        """With tag and length."""
        return self.data[self.start : self.end]

    @property
    def content(self) -> bytes:
        return self.data[self.body : self.end]

    def items(self) -> list[Value]:
        """The values inside."""
        found: list[Value] = []
        at = self.body
        while at < self.end:
            if len(found) >= ITEMS_LIMIT:
                raise BadDer("too many values")
            found.append(read(self.data, at, self.end))
            at = found[-1].end
        return found

    def of(self, tag: int) -> Value:
        """This value, which must have a tag."""
        if self.tag != tag:
            raise BadDer(f"tag {self.tag:#x} where {tag:#x} is due")
        return self

    def number(self) -> int:
        return int.from_bytes(self.of(INTEGER).content, "big", signed=True)

    def oid(self) -> str:
        """An object identifier as it is written, `1.2.840.…`."""
        raw = self.of(OID).content
        if not raw or raw[-1] & 0x80 or len(raw) > 64:
            raise BadDer("an object identifier")
        parts, value = [], 0
        for byte in raw:
            value = value << 7 | byte & 0x7F
            if not byte & 0x80:
                parts.append(value)
                value = 0
        first = min(parts[0] // 40, 2)
        return ".".join(str(part) for part in (first, parts[0] - 40 * first, *parts[1:]))


def read(data: bytes, at: int = 0, end: int | None = None) -> Value:
    """The value that begins at `at`; raises BadDer."""
    limit = len(data) if end is None else end
    if at + 2 > limit:
        raise BadDer("cut short")
    tag, length, body = data[at], data[at + 1], at + 2
    if tag & 0x1F == 0x1F:
        raise BadDer("a tag of many bytes")
    if length & 0x80:
        count = length & 0x7F
        if not 1 <= count <= 4 or body + count > limit:
            raise BadDer("a length")
        length, body = int.from_bytes(data[body : body + count], "big"), body + count
    if body + length > limit:
        raise BadDer("cut short")
    return Value(data, tag, at, body, body + length)


def sequence(body: bytes) -> bytes:
    """A SEQUENCE around its content."""
    size = len(body)
    raw = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([SEQUENCE]) + (bytes([size]) if size < 0x80 else bytes([0x80 | len(raw)]) + raw) + body


def optional(found: list[Value], tag: int) -> Value | None:
    """The first value with a tag."""
    return next((value for value in found if value.tag == tag), None)
