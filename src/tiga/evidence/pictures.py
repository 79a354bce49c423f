"""What a picture's EXIF says: times, place, device, and a thumbnail that may show something else.

Rules
1. EXIF is written by a device or by any program afterwards, and nothing protects it: a verdict on it says whether the file
   agrees with the claim, never that the claim is true.
2. Each time keeps its source. The camera's clock has a zone only where an offset tag stands beside it; the satellites'
   clock is UTC. `DateTime`, the time of the last change, counts only where the camera's own is missing.
3. Maker notes are not read: their formats are secret and their readers fragile. The serial number is read from the tags
   that the standard has.
4. The thumbnail is compared with the picture in every view and with its parts, for cameras cut and frame it.
5. Whatever is in the tags, the answer is verdicts, never an exception.
"""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

import exifread
import numpy as np
from PIL import Image

from tiga.drafts.examinations import ClaimOfFile, Verdict
from tiga.evidence import decoding, likeness
from tiga.evidence.bounds import Extent, extent
from tiga.evidence.compared import Said, against_claim
from tiga.values.moments import YEARS, BadMoment, Instant, offset
from tiga.values.places import BadPlace, Point

KINDS = frozenset({
    "image/jpeg", "image/png", "image/webp", "image/tiff", "image/x-adobe-dng", "image/heic", "image/heif", "image/avif",
})  # fmt: skip
TEXT_LIMIT = 200
THUMBNAIL_BITS = 12
"""Bits of 63 in which a thumbnail may differ from its picture: it is tiny, and was sharpened by another program."""
THUMBNAIL_SIDE_MIN = 32
SAVED_AGAIN_S = 60
_TAKEN = (("EXIF DateTimeOriginal", "EXIF OffsetTimeOriginal"), ("EXIF DateTimeDigitized", "EXIF OffsetTimeDigitized"))
_WRITTEN = re.compile(r"(\d{4})[:/-](\d\d)[:/-](\d\d)[ T](\d\d:\d\d:\d\d)", re.ASCII)
_CHANGED = ("Image DateTime", "EXIF OffsetTime")
_ERROR_M = ("GPS GPSHPositioningError", "GPS Tag 0x001F")


@dataclass(frozen=True, slots=True)
class Exif:
    """What was read; None, 0 or empty where the file does not say. Times are local as written; `offset` is minutes or None."""

    taken: tuple[str, datetime, int | None] | None = None
    changed: tuple[str, datetime, int | None] | None = None
    satellites: Instant | None = None
    point: Point | None = None
    radius_m: int = 0
    make: str = ""
    model: str = ""
    serial: str = ""
    software: str = ""
    orientation: int = 1
    thumbnail: bytes = b""
    there: bool = False


def read(data: bytes) -> Exif | None:
    """A picture's EXIF; None where the tags cannot be read at all. Never raises."""
    logging.getLogger("exifread").setLevel(logging.CRITICAL)
    try:
        tags: Mapping[str, Any] = exifread.process_file(io.BytesIO(data), details=False)
        taken = next((found for pair in _TAKEN if (found := _time(tags, *pair))), None)
        thumbnail = tags.get("JPEGThumbnail", b"")
        return Exif(
            taken, _time(tags, *_CHANGED), _satellites(tags), _point(tags), _radius(tags), _text(tags, "Image Make"),
            _text(tags, "Image Model"), _text(tags, "EXIF BodySerialNumber"), _text(tags, "Image Software"),
            _number(tags, "Image Orientation") or 1, thumbnail if isinstance(thumbnail, bytes) else b"", bool(tags),
        )  # fmt: skip
    except Exception:  # the reader walks offsets that a stranger wrote; anything may come of it
        return None


def verdicts(data: bytes, reach: Extent, picture: Image.Image | None, claim: ClaimOfFile | None) -> list[Verdict]:
    """What a picture's own words say, against what is claimed of it. `picture` is as stored, `reach` its declared extent."""
    exif = read(data)
    if exif is None:
        return [Verdict("evidence.unreadable", "broken", {"reader": "EXIF"})]
    locals_, instants = [], []
    for source, local, minutes in [time for time in (exif.taken or exif.changed,) if time is not None]:
        if minutes is None:
            locals_.append((source, local))
        else:
            instants.append((source, Instant(Instant.of(local.replace(tzinfo=UTC)).ms - minutes * 60_000)))
    if exif.satellites is not None:
        instants.append(("GPS", exif.satellites))
    device = " ".join(part for part in (exif.make, exif.model) if part)
    said = against_claim(Said(tuple(locals_), tuple(instants), exif.point, exif.radius_m, device), claim)
    if exif.serial:
        said.append(Verdict("evidence.serial", "silent", {"serial": exif.serial}))
    if exif.software:
        said.append(Verdict("evidence.software", "silent", {"software": exif.software}))
    if (again := _saved_again(exif)) is not None:
        said.append(again)
    if exif.thumbnail:
        said.append(_thumbnail(exif.thumbnail, picture))
    return said


def _saved_again(exif: Exif) -> Verdict | None:
    if exif.taken is None or exif.changed is None or "Original" not in exif.taken[0]:
        return None
    if abs((exif.changed[1] - exif.taken[1]).total_seconds()) <= SAVED_AGAIN_S:
        return None
    values = {"taken": str(exif.taken[1]), "changed": str(exif.changed[1])}
    return Verdict("evidence.saved_again", "silent", values)


def _thumbnail(data: bytes, picture: Image.Image | None) -> Verdict:
    small = decoding.looked(data, "image/jpeg", extent(data))
    if small is None or picture is None or min(small.size) < THUMBNAIL_SIDE_MIN:
        return Verdict("evidence.thumbnail_unread", "silent")
    mine, other = likeness.grey(picture), likeness.grey(small)
    look = likeness.looks(other)
    if not look or not likeness.looks(mine):
        return Verdict("evidence.thumbnail_unread", "silent")
    whole = int(np.bitwise_count(likeness.views(mine) ^ np.uint64(look)).min())
    bits = min(whole, likeness.nearest_part(mine, look), likeness.nearest_part(other, likeness.looks(mine)))
    same = bits <= THUMBNAIL_BITS
    values = {"bits": str(bits), "width": str(small.width), "height": str(small.height)}
    code = "evidence.thumbnail_same" if same else "evidence.thumbnail_differs"
    return Verdict(code, "silent" if same else "against", values)


def _values(tags: Mapping[str, Any], name: str) -> list[Any]:
    values = getattr(tags.get(name), "values", [])
    return list(values) if isinstance(values, (list, tuple)) else [values]


def _text(tags: Mapping[str, Any], name: str) -> str:
    values = getattr(tags.get(name), "values", "")
    text = values if isinstance(values, str) else ""
    return "".join(letter for letter in text[:TEXT_LIMIT] if letter.isprintable()).strip()


def _number(tags: Mapping[str, Any], name: str) -> int:
    values = _values(tags, name)
    return int(values[0]) if values and isinstance(values[0], int) else 0


def _time(tags: Mapping[str, Any], name: str, zone: str) -> tuple[str, datetime, int | None] | None:
    match = _WRITTEN.match(_text(tags, name))
    if not match:
        return None
    try:
        local = datetime.fromisoformat(f"{match[1]}-{match[2]}-{match[3]}T{match[4]}")
    except ValueError:
        return None
    if not YEARS[0] <= local.year < YEARS[1]:
        return None
    try:
        minutes: int | None = offset(_text(tags, zone)) if _text(tags, zone) else None
    except BadMoment:
        minutes = None
    return name, local, minutes


def _satellites(tags: Mapping[str, Any]) -> Instant | None:
    """The satellites' date and time, UTC (EXIF 2.32, GPSDateStamp and GPSTimeStamp)."""
    day, clock = _text(tags, "GPS GPSDate").replace("-", ":"), _values(tags, "GPS GPSTimeStamp")
    if len(clock) != 3:
        return None
    try:
        seconds = [Fraction(part.num, part.den) if hasattr(part, "num") else Fraction(part) for part in clock]
        start = datetime.strptime(day, "%Y:%m:%d").replace(tzinfo=UTC)
        ms = int((seconds[0] * 3600 + seconds[1] * 60 + seconds[2]) * 1000)
    except (ValueError, ZeroDivisionError, TypeError, OverflowError):
        return None
    return Instant(Instant.of(start).ms + ms) if YEARS[0] <= start.year < YEARS[1] and 0 <= ms <= 86_401_000 else None


def _point(tags: Mapping[str, Any]) -> Point | None:
    found = []
    for axis, low in (("Latitude", "S"), ("Longitude", "W")):
        parts, ref = _values(tags, f"GPS GPS{axis}"), _text(tags, f"GPS GPS{axis}Ref").upper()
        if len(parts) != 3 or not ref:
            return None
        try:
            degrees, minutes, seconds = (
                Fraction(one.num, one.den) if hasattr(one, "num") else Fraction(one) for one in parts
            )
        except (ZeroDivisionError, ValueError, TypeError):
            return None
        found.append(round((degrees + minutes / 60 + seconds / 3600) * 10**7) * (-1 if ref == low else 1))
    try:
        return Point(*found)
    except BadPlace:
        return None


def _radius(tags: Mapping[str, Any]) -> int:
    for name in _ERROR_M:
        for value in _values(tags, name)[:1]:
            try:
                metres = Fraction(value.num, value.den) if hasattr(value, "num") else Fraction(value)
            except (ZeroDivisionError, ValueError, TypeError):
                continue
            return min(max(1, -int(-metres // 1)), 500_000)
    return 0
