"""Where a file ends by its own marks, and how much it says that it holds, without unpacking any of it.

Rules
1. A file that ends before its own end mark is cut short; bytes behind the mark are named with their number.
2. What a header declares (pixels, unpacked bytes, a box) is compared with the limits before any decoder sees the file:
   `decodable` is the one question to ask, and a file that claims too much is not decoded at all.
3. Only headers, chunk and segment lengths are read. Nothing here allocates what a file declares.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
from dataclasses import dataclass

from tiga.drafts.examinations import Verdict
from tiga.evidence import boxes, sniff

PIXELS_LIMIT = 120_000_000
"""Pixels of a picture that may be decoded: the largest phone cameras of 2024 give 108 million (200 in a special mode)."""
SIDE_LIMIT = 30_000
UNPACKED_BYTES_LIMIT = 1024 * 1024 * 1024
RATIO_LIMIT = 200
"""Unpacked to packed bytes of an archive beyond which it is called a bomb, once UNPACKED_BYTES_FREE is passed."""
UNPACKED_BYTES_FREE = 32 * 1024 * 1024
MEMBERS_LIMIT = 10_000
CHUNKS_LIMIT = 100_000
_JPEG_MARK = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
_PAX_SIZE = re.compile(rb"\d+ size=(\d{1,20})\n")
_JPEG_FRAMES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})


@dataclass(frozen=True, slots=True)
class Extent:
    """`end` is where the file ends by its own marks (0: not known), `cut` whether it stops before; pixels as declared."""

    end: int = 0
    cut: bool = False
    width: int = 0
    height: int = 0


def extent(data: bytes) -> Extent:
    """How far a file reaches by its own marks; for kinds without marks that we read, everything is 0."""
    readers = {
        "image/jpeg": _jpeg, "image/png": _png, "image/gif": _gif, "image/webp": _riff, "image/bmp": _bmp,
        "image/tiff": _tiff, "image/x-adobe-dng": _tiff, "application/pdf": _pdf, "audio/wav": _riff,
        "image/heic": _heif, "image/heif": _heif, "image/avif": _heif,
    }  # fmt: skip
    reader = readers.get(sniff.media_type(data))
    try:
        return reader(data) if reader else Extent()
    except (struct.error, IndexError):
        return Extent(cut=True)


def decodable(reach: Extent) -> bool:
    """Whether a decoder may be given the picture."""
    fits = 0 < reach.width * reach.height <= PIXELS_LIMIT
    return fits and max(reach.width, reach.height) <= SIDE_LIMIT


def verdicts(data: bytes, kind: str, reach: Extent) -> list[Verdict]:
    """What is to be said of a file's size: cut short, bytes behind its end, more claimed than is there."""
    said: list[Verdict] = []
    if reach.cut:
        said.append(Verdict("evidence.cut_short", "broken", {"length": str(len(data))}))
    elif 0 < reach.end < len(data):
        values = {"bytes": str(len(data) - reach.end), "offset": str(reach.end)}
        further = data[reach.end : reach.end + 3] == b"\xff\xd8\xff" and kind == "image/jpeg"
        said.append(Verdict("evidence.further_pictures" if further else "evidence.bytes_behind", "silent", values))
    if reach.width and not decodable(reach):
        values = {"width": str(reach.width), "height": str(reach.height), "limit": str(PIXELS_LIMIT)}
        said.append(Verdict("evidence.pixels_claimed", "broken", values))
    if kind in sniff.ARCHIVES or kind.startswith("application/vnd.o") or kind == "application/epub+zip":
        said += _archive(data, kind)
    return said


def _jpeg(data: bytes) -> Extent:
    at, width, height = 2, 0, 0
    for _ in range(CHUNKS_LIMIT):
        if data[at : at + 1] != b"\xff":
            return Extent(cut=True, width=width, height=height)
        mark = data[at + 1]
        if mark == 0xFF:
            at += 1
            continue
        if mark == 0xD9:
            return Extent(at + 2, False, width, height)
        (length,) = struct.unpack_from(">H", data, at + 2)
        if mark in _JPEG_FRAMES and not width:
            height, width = struct.unpack_from(">HH", data, at + 5)
        at += 2 + length
        if mark == 0xDA:
            match = _JPEG_MARK.search(data, at)
            if match is None:
                return Extent(cut=True, width=width, height=height)
            at = match.start()
    return Extent(0, False, width, height)


def _png(data: bytes) -> Extent:
    width, height = struct.unpack_from(">II", data, 16)
    at = 8
    for _ in range(CHUNKS_LIMIT):
        if at + 12 > len(data):
            break
        (length,) = struct.unpack_from(">I", data, at)
        name, at = data[at + 4 : at + 8], at + 12 + length
        if at > len(data):
            break
        if name == b"IEND":
            return Extent(at, False, width, height)
    return Extent(cut=True, width=width, height=height)


def _gif(data: bytes) -> Extent:
    width, height, flags = struct.unpack_from("<HHB", data, 6)
    at = 13 + (3 << (flags & 7) + 1 if flags & 0x80 else 0)
    for _ in range(CHUNKS_LIMIT):
        mark = data[at]
        if mark == 0x3B:
            return Extent(at + 1, False, width, height)
        if mark == 0x2C:
            local = data[at + 9]
            at += 11 + (3 << (local & 7) + 1 if local & 0x80 else 0)
        else:
            at += 2
        while data[at]:
            at += 1 + data[at]
        at += 1
    return Extent(0, False, width, height)


def _riff(data: bytes) -> Extent:
    (length,) = struct.unpack_from("<I", data, 4)
    end = 8 + length + length % 2
    width = height = 0
    if data[12:16] == b"VP8X":
        width = int.from_bytes(data[24:27], "little") + 1
        height = int.from_bytes(data[27:30], "little") + 1
    elif data[12:16] == b"VP8L":
        bits = int.from_bytes(data[21:25], "little")
        width, height = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    elif data[12:16] == b"VP8 ":
        width, height = (side & 0x3FFF for side in struct.unpack_from("<HH", data, 26))
    return Extent(min(end, len(data)), 8 + length > len(data), width, height)


def _bmp(data: bytes) -> Extent:
    (length,) = struct.unpack_from("<I", data, 2)
    width, height = struct.unpack_from("<ii", data, 18)
    return Extent(length if 54 < length <= len(data) else 0, length > len(data), abs(width), abs(height))


def _tiff(data: bytes) -> Extent:
    found = sniff.directory(data)
    return Extent(0, not found, found.get(256, 0), found.get(257, 0))


def _heif(data: bytes) -> Extent:
    """The largest of the sizes that a picture's properties declare (`ispe`, ISO/IEC 23008-12 section 6.5.3)."""
    top = boxes.parts(data, 0, len(data))
    sizes = [
        struct.unpack_from(">II", data, size.body + 4)
        for meta in top
        if meta.kind == b"meta"
        for size in boxes.inside(data, meta, (b"iprp", b"ipco", b"ispe"), 4)
    ]
    width, height = max(sizes, key=lambda size: size[0] * size[1], default=(0, 0))
    return Extent(0, any(part.cut for part in top), width, height)


def _pdf(data: bytes) -> Extent:
    at = data.rfind(b"%%EOF")
    if at < 0:
        return Extent(cut=True)
    end = at + 5
    while end < len(data) and data[end : end + 1] in (b"\r", b"\n", b" ", b"\0"):
        end += 1
    return Extent(end)


def _archive(data: bytes, kind: str) -> list[Verdict]:
    """What an archive says that it holds, by its directory alone."""
    if kind == "application/gzip":
        claimed = struct.unpack_from("<I", data, len(data) - 4)[0] if len(data) >= 18 else 0
        return _claimed(data, 1, claimed, False)
    if kind == "application/x-tar":
        return _tar(data)
    if kind in sniff.ARCHIVES and kind != "application/zip":
        return [Verdict("evidence.archive_closed", "silent", {"media_type": kind})]
    # the directory is walked to its end before any limit could be asked, so its entries are counted by their mark
    if (many := data.count(b"PK\x01\x02")) > MEMBERS_LIMIT:
        return _claimed(data, many, 0, False)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, EOFError, NotImplementedError, struct.error, RuntimeError):
        return [Verdict("evidence.unreadable", "broken", {"reader": "zip"})]
    packed = sum(one.compress_size for one in members)
    said = _claimed(data, len(members), sum(one.file_size for one in members), packed > len(data))
    if any(one.flag_bits & 1 for one in members):
        said.append(Verdict("evidence.locked", "silent"))
    if any(one.filename.startswith(("/", "\\")) or ".." in re.split(r"[/\\]", one.filename) for one in members):
        said.append(Verdict("evidence.paths_outside", "against"))
    return said


def _tar(data: bytes) -> list[Verdict]:
    at, members, claimed, said = 0, 0, 0, 0
    while at + 512 <= len(data) and members < MEMBERS_LIMIT:
        field = data[at + 124 : at + 136]
        if not any(data[at : at + 512]):
            break
        try:
            size = int.from_bytes(field[1:], "big") if field[0] & 0x80 else int(field.strip(b"\0 ") or b"0", 8)
        except ValueError:
            return [Verdict("evidence.unreadable", "broken", {"reader": "tar"})]
        if data[at + 156 : at + 157] == b"x" and (
            match := _PAX_SIZE.search(data[at + 512 : at + 512 + min(size, 4096)])
        ):
            said = int(match[1])
        else:
            members, claimed, said = members + 1, claimed + max(size, said), 0
        at += 512 + (size + 511) // 512 * 512
    return _claimed(data, members, claimed, False)


def _claimed(data: bytes, members: int, claimed: int, overlap: bool) -> list[Verdict]:
    values = {"members": str(members), "bytes": str(claimed), "length": str(len(data))}
    steep = claimed > UNPACKED_BYTES_FREE and claimed > RATIO_LIMIT * len(data)
    if claimed > UNPACKED_BYTES_LIMIT or steep or overlap or members > MEMBERS_LIMIT:
        return [Verdict("evidence.unpacked_claimed", "broken", values)]
    return [Verdict("evidence.archive", "silent", values)]
