"""Files that the tests write: pictures of noise and shapes, movies of a few boxes, archives and papers that mean harm."""

from __future__ import annotations

import io
import os
import struct
import zipfile
import zlib
from pathlib import Path

import pytest
from PIL import Image, ImageDraw
from PIL.TiffImagePlugin import IFDRational

from tiga.drafts.examinations import Verdict

ROOT = Path(__file__).parents[3]
SHARED = Path(os.environ.get("TIGA_SHARED", ROOT.parent / "shared")) / "data"
MARKS = ("marker-make", "marker-serial", "marker-note", "marker-comment", "marker-xmp", "marker-thumb", "marker-tail",
         "marker-icc")  # fmt: skip


def shared(path: str) -> Path:
    """A file or folder of the real data; skips where it is absent."""
    found = SHARED / path
    if not found.exists():
        pytest.skip(f"no {path} on this machine; set TIGA_SHARED to the folder that holds data/{path}")
    return found


def told(verdicts: tuple[Verdict, ...] | list[Verdict], start: str = "") -> list[tuple[str, str]]:
    """Codes without their section, with outcomes, of those that begin with a word."""
    rows = [(verdict.code.removeprefix("evidence."), verdict.outcome) for verdict in verdicts]
    return [row for row in rows if row[0].startswith(start)]


def drawn(width: int = 320, height: int = 240, seed: int = 1) -> Image.Image:
    """A picture of shapes that no view of it repeats, another for each seed."""
    picture = Image.new("RGB", (width, height), (40 + seed * 17 % 120, 90, 150))
    pen = ImageDraw.Draw(picture)
    state = seed
    for _ in range(40):
        numbers = []
        for _ in range(7):
            state = (state * 1_103_515_245 + 12_345) % 2**31
            numbers.append(state >> 16)
        x, y = numbers[0] % width, numbers[1] % height
        w, h = 8 + numbers[2] % (width // 3), 8 + numbers[3] % (height // 3)
        shade = (numbers[4] % 256, numbers[5] % 256, numbers[6] % 256)
        (pen.ellipse if numbers[0] & 1 else pen.rectangle)((x, y, x + w, y + h), fill=shade)
    return picture


def saved(picture: Image.Image, form: str = "JPEG", **more: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, form, **more)
    return out.getvalue()


def with_words(picture: Image.Image, thumbnail: Image.Image | None = None) -> bytes:
    """A JPEG in which each of MARKS stands, with EXIF times, a point and a thumbnail."""
    exif = Image.Exif()
    exif[271], exif[272], exif[305], exif[306] = "marker-make", "Model 1", "Editor 2", "2026:01:07 09:00:00"
    taken = exif.get_ifd(0x8769)
    taken[36867], taken[42033], taken[37500] = "2026:01:05 22:40:00", "marker-serial", b"marker-note"
    gps = exif.get_ifd(0x8825)
    gps[1], gps[2] = "N", (IFDRational(33), IFDRational(30), IFDRational(0))
    gps[3], gps[4] = "E", (IFDRational(70), IFDRational(15), IFDRational(36))
    data = saved(picture, exif=exif.tobytes(), comment=b"marker-comment", icc_profile=b"marker-icc" + bytes(200))
    xmp = b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>marker-xmp</x:xmpmeta>"
    small = saved(thumbnail or picture.resize((160, 120)), comment=b"marker-thumb")
    return data[:2] + _with_thumbnail(data, small) + segment(0xE1, xmp) + _behind_exif(data) + b"marker-tail"


def segment(mark: int, body: bytes) -> bytes:
    return bytes([0xFF, mark]) + struct.pack(">H", len(body) + 2) + body


def _exif_end(data: bytes) -> tuple[int, int]:
    at = data.index(b"Exif\0\0") - 4
    return at, at + 2 + struct.unpack_from(">H", data, at + 2)[0]


def _behind_exif(data: bytes) -> bytes:
    return data[_exif_end(data)[1] :]


def _with_thumbnail(data: bytes, small: bytes) -> bytes:
    """What stands before EXIF, and EXIF with a second directory that points to a thumbnail."""
    at, end = _exif_end(data)
    tiff = bytearray(data[at + 10 : end])
    order = "<" if tiff[:2] == b"II" else ">"
    (first,) = struct.unpack_from(order + "I", tiff, 4)
    (count,) = struct.unpack_from(order + "H", tiff, first)
    tiff += bytes(len(tiff) % 2)
    second = len(tiff)
    struct.pack_into(order + "I", tiff, first + 2 + 12 * count, second)
    start = second + 2 + 12 * 2 + 4
    tiff += struct.pack(order + "H", 2)
    tiff += struct.pack(order + "HHII", 513, 4, 1, start) + struct.pack(order + "HHII", 514, 4, 1, len(small))
    tiff += struct.pack(order + "I", 0) + small
    return data[2:at] + segment(0xE1, b"Exif\0\0" + bytes(tiff))


def png(width: int, height: int, rows: bytes = b"") -> bytes:
    """A PNG that declares a size; its data are what is given, packed."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    body = b"".join(struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
                    for name, data in chunks)  # fmt: skip
    return b"\x89PNG\r\n\x1a\n" + body


def archive(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in members.items():
            made.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def claiming(data: bytes, size: int) -> bytes:
    """A zip archive whose directory says that its one file has this many bytes."""
    at = data.index(b"PK\x01\x02") + 24
    return data[:at] + struct.pack("<I", size) + data[at + 4 :]


def box(kind: bytes, *bodies: bytes) -> bytes:
    body = b"".join(bodies)
    return struct.pack(">I4s", 8 + len(body), kind) + body


def full(kind: bytes, *bodies: bytes) -> bytes:
    return box(kind, bytes(4), *bodies)


def movie(created_s: int = 3_850_000_000, voice: bool = True, heard: bytes = b"") -> bytes:
    """A movie with two chunks of pictures and, between them, one of sound; words of the device all over it."""
    frames, sound = (b"FRAME-ONE", b"FRAME-TWO"), b"marker-voice"
    times = struct.pack(">II", created_s, created_s)
    kind = box(b"ftyp", b"isom", bytes(4), b"isommp42")

    def track(handler: bytes, entry: bytes, sizes: list[int], offsets: list[int]) -> bytes:
        table = box(
            b"stbl",
            full(b"stsd", struct.pack(">I", 1), entry),
            full(b"stts", struct.pack(">III", 1, len(sizes), 1000)),
            full(b"stsc", struct.pack(">IIII", 1, 1, 1, 1)),
            full(b"stsz", struct.pack(">II", 0, len(sizes)), *(struct.pack(">I", size) for size in sizes)),
            full(b"stco", struct.pack(">I", len(offsets)), *(struct.pack(">I", at) for at in offsets)),
        )
        reference = box(b"dinf", full(b"dref", struct.pack(">I", 1), box(b"url ", b"\0\0\0\1")))
        media = box(
            b"mdia",
            full(b"mdhd", times, bytes(12)),
            full(b"hdlr", bytes(4), handler, bytes(12), b"marker-handler\0"),
            box(b"minf", full(b"vmhd" if handler == b"vide" else b"smhd", bytes(8)), reference, table),
        )
        return box(b"trak", full(b"tkhd", times, bytes(72)), media, box(b"udta", box(b"\xa9nam", b"marker-track")))

    seen = box(b"avc1", bytes(42), b"\x0emarker-encoder".ljust(32, b"\0"), bytes(4), box(b"avcC", b"\1\2\3"),
               box(b"uuid", b"marker-entry"))  # fmt: skip
    heard = heard or box(b"mp4a", bytes(28))
    apple = [b"com.apple.quicktime.make", b"com.apple.quicktime.creationdate", b"com.apple.quicktime.location.ISO6709"]
    texts = [b"marker-make", b"2026-01-05T22:40:00+0500", b"+33.5000+070.2600+1200.000/"]
    meta = box(
        b"meta",
        full(b"hdlr", bytes(4), b"mdta", bytes(13)),
        full(b"keys", struct.pack(">I", 3), *(box(b"mdta", key) for key in apple)),
        box(b"ilst", *(box(struct.pack(">I", n), box(b"data", bytes(8), text)) for n, text in enumerate(texts, 1))),
    )

    def moov(at: int) -> bytes:
        places = [at, at + len(frames[0]) + len(sound)]
        tracks = [track(b"vide", seen, [len(frame) for frame in frames], places)]
        if voice:
            tracks.append(track(b"soun", heard, [len(sound)], [at + len(frames[0])]))
        return box(
            b"moov", full(b"mvhd", times, bytes(88)), *tracks, box(b"udta", box(b"\xa9mod", b"\0\4\0\0mark")), meta
        )

    head = kind + box(b"uuid", b"marker-uuid".ljust(16, b"-"))
    start = len(head) + len(moov(0)) + 8
    return head + moov(start) + box(b"mdat", frames[0], sound, frames[1]) + box(b"free", b"marker-free")
