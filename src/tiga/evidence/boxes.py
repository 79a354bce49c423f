"""Boxes of ISO base media files (mp4, mov, HEIF): ISO/IEC 14496-12 section 4.2.

Rules
1. A box is four letters with a start, a body and an end, all inside the bytes that are there: a box that claims more is cut
   at its parent's end and marked.
2. At most BOXES_LIMIT boxes of one level are read, and a caller asks for a level at a time: nothing descends by itself.

Not done here: what a box means.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

BOXES_LIMIT = 2_000


@dataclass(frozen=True, slots=True)
class Part:
    """A box: its four letters, where it begins, where its content begins and ends, and how many bytes it claims to have."""

    kind: bytes
    start: int
    body: int
    end: int
    claimed: int

    @property
    def cut(self) -> bool:
        return self.claimed > self.end - self.start


def parts(data: bytes, start: int, end: int) -> list[Part]:
    """The boxes that lie one after another from `start` to `end`."""
    found: list[Part] = []
    at = start
    while at + 8 <= end and len(found) < BOXES_LIMIT:
        size, kind = struct.unpack_from(">I4s", data, at)
        body = at + 8
        if size == 1 and at + 16 <= end:
            (size,) = struct.unpack_from(">Q", data, body)
            body += 8
        elif size == 0:
            size = end - at
        if size < body - at:
            break
        found.append(Part(kind, at, body, min(end, at + size), size))
        at += size
    return found


def inside(data: bytes, part: Part | None, path: tuple[bytes, ...], skip: int = 0) -> list[Part]:
    """The boxes at the end of a path below a part; `skip` bytes of a version and flags before the first level."""
    level = [part] if part is not None else []
    for kind in path:
        level = [one for above in level for one in parts(data, above.body + skip, above.end) if one.kind == kind]
        skip = 0
    return level


def first(found: list[Part], kind: bytes) -> Part | None:
    return next((part for part in found if part.kind == kind), None)
