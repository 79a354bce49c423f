"""What an mp4 or mov file says about itself: when, where, with which device, and whether it has a voice.

Rules
1. Boxes are read by us and nothing is decoded: no frame is looked at, and no sound is heard.
2. A creation time is seconds since 1904-01-01 UTC (ISO/IEC 14496-12 section 8.2.2); Apple's own creation date carries an
   offset. Some devices write local time as if it were UTC, so both stand side by side and neither replaces the other.
3. A place is an ISO 6709 text; it has no radius, so the assumed one of `pictures` goes with it.
4. At most TRACKS_LIMIT tracks and TEXT_LIMIT bytes of a text are read.

Not done here: fragments, edit lists, other containers (Matroska, AVI): of these the type alone is told.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass

from tiga.drafts.examinations import ClaimOfFile, Verdict
from tiga.evidence import boxes
from tiga.evidence.compared import Said, against_claim
from tiga.values.moments import BadMoment, Instant
from tiga.values.places import BadPlace, Point

TRACKS_LIMIT = 64
TEXT_LIMIT = 400
EPOCH_1904_S = 2_082_844_800
"""Seconds from 1904-01-01 to 1970-01-01."""
KINDS = frozenset({"video/mp4", "video/quicktime", "audio/mp4"})
_PLACE = re.compile(r"([+-]\d{1,3}(?:\.\d+)?)([+-]\d{1,3}(?:\.\d+)?)")
_OFFSET = re.compile(r"([+-]\d\d)(\d\d)\Z")


@dataclass(frozen=True, slots=True)
class Movie:
    """What was read: empty or None where a file does not say. `tracks` are the handlers' names (`vide`, `soun`, …)."""

    created: Instant | None = None
    created_own: Instant | None = None
    point: Point | None = None
    make: str = ""
    model: str = ""
    software: str = ""
    tracks: tuple[str, ...] = ()
    cut: bool = False
    claimed: int = 0
    fragmented: bool = False
    whole: bool = False


def read(data: bytes) -> Movie:
    """A movie's own words; never raises."""
    top = boxes.parts(data, 0, len(data))
    moov = boxes.first(top, b"moov")
    claimed = max((part.claimed for part in top if part.cut), default=0)
    texts = _texts(data, moov)
    tracks = tuple(_handler(data, track) for track in boxes.inside(data, moov, (b"trak",))[:TRACKS_LIMIT])
    covered = top[-1].end if top else 0
    return Movie(
        _created(data, moov), _dated(texts.get("creationdate", "")), _point(texts.get("location", "")),
        texts.get("make", ""), texts.get("model", ""), texts.get("software", ""), tracks,
        bool(claimed) or moov is None or covered + 8 <= len(data), claimed,
        any(part.kind == b"moof" for part in top) or bool(boxes.inside(data, moov, (b"mvex",))), moov is not None,
    )  # fmt: skip


def verdicts(data: bytes, claim: ClaimOfFile | None) -> list[Verdict]:
    """What a movie says against what is claimed of it."""
    movie = read(data)
    said: list[Verdict] = []
    if movie.cut:
        said.append(Verdict("evidence.cut_short", "broken", {"length": str(len(data))}))
    if movie.claimed:
        values = {"bytes": str(movie.claimed), "length": str(len(data))}
        said.append(Verdict("evidence.box_claimed", "broken", values))
    times = [("movie header", at) for at in (movie.created,) if at] + [
        ("Apple", at) for at in (movie.created_own,) if at
    ]
    device = " ".join(part for part in (movie.make, movie.model) if part)
    said += against_claim(Said(instants=tuple(times), point=movie.point, device=device), claim)
    if movie.software:
        said.append(Verdict("evidence.software", "silent", {"software": movie.software}))
    if movie.whole:
        said.append(Verdict("evidence.voice" if "soun" in movie.tracks else "evidence.no_voice", "silent"))
    return said


def _created(data: bytes, moov: boxes.Part | None) -> Instant | None:
    for head in boxes.inside(data, moov, (b"mvhd",)):
        try:
            (seconds,) = struct.unpack_from(">Q" if data[head.body] else ">I", data, head.body + 4)
        except (struct.error, IndexError):
            return None
        # 0 is "not set", and cameras that have lost their clock start at its own epoch
        return Instant((seconds - EPOCH_1904_S) * 1000) if EPOCH_1904_S < seconds < EPOCH_1904_S * 2 else None
    return None


def _handler(data: bytes, track: boxes.Part) -> str:
    found = boxes.inside(data, track, (b"mdia", b"hdlr"))
    return data[found[0].body + 8 : found[0].body + 12].decode("latin-1") if found else ""


def _texts(data: bytes, moov: boxes.Part | None) -> dict[str, str]:
    """The texts that say who, where and when, from `udta` (QuickTime) and from `meta` with keys (Apple)."""
    names = {b"\xa9xyz": "location", b"\xa9mak": "make", b"\xa9mod": "model", b"\xa9swr": "software", b"\xa9day": "day"}
    found: dict[str, str] = {}
    for user in boxes.inside(data, moov, (b"udta",)):
        for part in boxes.parts(data, user.body, user.end):
            if part.kind in names:
                found[names[part.kind]] = _plain(data[part.body + 4 : part.end])
    metas = [(meta, skip) for meta in boxes.inside(data, moov, (b"meta",)) for skip in (0, 4)]
    for meta, skip in metas:
        keys = _keys(data, boxes.inside(data, meta, (b"keys",), skip))
        for entry in (
            e for lst in boxes.inside(data, meta, (b"ilst",), skip) for e in boxes.parts(data, lst.body, lst.end)
        ):
            number = int.from_bytes(entry.kind, "big") - 1
            for value in boxes.inside(data, entry, (b"data",)):
                if 0 <= number < len(keys):
                    found.setdefault(keys[number].split(".")[-1].replace("ISO6709", "location"),
                                     _plain(data[value.body + 8 : value.end]))  # fmt: skip
    return found


def _keys(data: bytes, found: list[boxes.Part]) -> list[str]:
    if not found:
        return []
    return [_plain(data[key.body : key.end]) for key in boxes.parts(data, found[0].body + 8, found[0].end)]


def _plain(raw: bytes) -> str:
    text = raw[:TEXT_LIMIT].decode("utf-8", "replace")
    return "".join(letter for letter in text if letter.isprintable()).strip()


def _dated(text: str) -> Instant | None:
    try:
        return Instant.read(_OFFSET.sub(r"\1:\2", text)) if text else None
    except (BadMoment, OverflowError):
        return None


def _point(text: str) -> Point | None:
    match = _PLACE.match(text)
    try:
        return Point(round(float(match[1]) * 1e7), round(float(match[2]) * 1e7)) if match else None
    except BadPlace:
        return None
