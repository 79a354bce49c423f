"""An mp4 or mov file put together anew from its pictures alone: no voice, no words of the device, nothing re-encoded.

Rules
1. Only boxes of a list are copied; whatever is not on it (`udta`, `meta`, `uuid`, `free`, names of handlers and encoders) is
   not there afterwards. Times of creation become 0 unless they are kept.
2. Of the media data only the chunks of the tracks that stay are copied, in their old order, and their addresses are
   written anew: the bytes of a dropped voice are gone, not hidden.
3. Chunks must lie inside the file and not over each other; data in other files and fragmented movies are refused.

Not done here: what the encoded pictures hold themselves (an encoder may write its settings between them), decoding.
"""

from __future__ import annotations

import itertools
import struct

from tiga.evidence.boxes import Part, first, inside, parts

CHUNKS_LIMIT = 200_000
SAMPLES_LIMIT = 2_000_000
_TRACK = (b"tkhd", b"edts", b"mdia")
_MEDIA = (b"mdhd", b"hdlr", b"minf")
_INFORMATION = (b"vmhd", b"smhd", b"dinf", b"stbl")
_TABLE = (b"stsd", b"stts", b"stss", b"ctts", b"stsc", b"stsz", b"stz2", b"stco", b"co64")
_PICTURE_ENTRY = (b"avcC", b"hvcC", b"av1C", b"vpcC", b"esds", b"d263", b"colr", b"pasp", b"clap")
_PICTURE_ENTRY_BYTES = 86
_ENCODER_NAME = slice(50, 82)


class _Refused(Exception):
    """A movie that cannot be put together; the word says why."""


def without_words(data: bytes, voice: bool, times: bool) -> bytes | str:
    """The movie anew, or a word for why not (`fragmented`, `tracks`, `chunks`, `outside`, `boxes`); never raises."""
    try:
        return _made(data, voice, times)
    except _Refused as refused:
        return str(refused)
    except (struct.error, IndexError, ValueError, OverflowError, MemoryError):
        return "boxes"


def _made(data: bytes, voice: bool, times: bool) -> bytes:
    top = parts(data, 0, len(data))
    kind, moov = first(top, b"ftyp"), first(top, b"moov")
    if moov is None or any(part.cut for part in top):
        raise _Refused("boxes")
    if any(part.kind == b"moof" for part in top) or inside(data, moov, (b"mvex",)):
        raise _Refused("fragmented")
    wanted = (b"vide", b"soun") if voice else (b"vide",)
    tracks = [track for track in inside(data, moov, (b"trak",)) if _handler(data, track) in wanted]
    if not any(_handler(data, track) == b"vide" for track in tracks):
        raise _Refused("tracks")
    chunks = sorted((start, length, number, place) for number, track in enumerate(tracks)
                    for place, (start, length) in enumerate(_chunks(data, track)))  # fmt: skip
    for one, two in itertools.pairwise(chunks):
        if one[0] + one[1] > two[0]:
            raise _Refused("chunks")
    if chunks and (chunks[0][0] < 0 or chunks[-1][0] + chunks[-1][1] > len(data)):
        raise _Refused("chunks")
    head = data[kind.start : kind.end] if kind is not None else b""
    empty = [[0] * sum(number == chunk[2] for chunk in chunks) for number in range(len(tracks))]
    at = len(head) + len(_moov(data, moov, tracks, empty, times)) + 8
    for start, length, number, place in chunks:
        del start
        empty[number][place] = at
        at += length
    body = b"".join(data[start : start + length] for start, length, _, _ in chunks)
    return head + _moov(data, moov, tracks, empty, times) + _box(b"mdat", body)


def _handler(data: bytes, track: Part) -> bytes:
    found = inside(data, track, (b"mdia", b"hdlr"))
    return data[found[0].body + 8 : found[0].body + 12] if found else b""


def _chunks(data: bytes, track: Part) -> list[tuple[int, int]]:
    """Where each chunk of a track stands and how long it is (ISO/IEC 14496-12 section 8.7)."""
    tables = {part.kind: part for table in inside(data, track, (b"mdia", b"minf", b"stbl"))
              for part in parts(data, table.body, table.end)}  # fmt: skip
    for reference in (one for dinf in inside(data, track, (b"mdia", b"minf", b"dinf", b"dref"))
                      for one in parts(data, dinf.body + 8, dinf.end)):  # fmt: skip
        if not data[reference.body + 3] & 1:
            raise _Refused("outside")
    if b"stsc" not in tables or b"stsz" not in tables or not tables.keys() & {b"stco", b"co64"}:
        raise _Refused("boxes")
    long = b"co64" in tables
    offsets = tables[b"co64" if long else b"stco"]
    (count,) = struct.unpack_from(">I", data, offsets.body + 4)
    if count > CHUNKS_LIMIT or offsets.body + 8 + count * (8 if long else 4) > offsets.end:
        raise _Refused("chunks")
    starts = struct.unpack_from(f">{count}{'Q' if long else 'I'}", data, offsets.body + 8)
    sizes = _sizes(data, tables[b"stsz"])
    return _laid(starts, sizes, _runs(data, tables[b"stsc"]))


def _sizes(data: bytes, table: Part) -> list[int]:
    same, count = struct.unpack_from(">II", data, table.body + 4)
    if count > SAMPLES_LIMIT:
        raise _Refused("chunks")
    return [same] * count if same else list(struct.unpack_from(f">{count}I", data, table.body + 12))


def _runs(data: bytes, table: Part) -> list[tuple[int, int]]:
    """First chunk (from 1) and samples a chunk, of each run."""
    (count,) = struct.unpack_from(">I", data, table.body + 4)
    if not 0 < count <= CHUNKS_LIMIT:
        raise _Refused("chunks")
    return [struct.unpack_from(">II", data, table.body + 8 + 12 * number) for number in range(count)]


def _laid(starts: tuple[int, ...], sizes: list[int], runs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    chunks, sample, run = [], 0, 0
    for number, start in enumerate(starts, 1):
        while run + 1 < len(runs) and runs[run + 1][0] <= number:
            run += 1
        several = runs[run][1]
        if sample + several > len(sizes):
            raise _Refused("chunks")
        chunks.append((start, sum(sizes[sample : sample + several])))
        sample += several
    return chunks


def _moov(data: bytes, moov: Part, tracks: list[Part], places: list[list[int]], times: bool) -> bytes:
    heads = [_timed(data, part, times) for part in parts(data, moov.body, moov.end) if part.kind == b"mvhd"]
    made = [_track(data, track, offsets, times) for track, offsets in zip(tracks, places, strict=True)]
    return _box(b"moov", b"".join([*heads, *made]))


def _track(data: bytes, track: Part, offsets: list[int], times: bool) -> bytes:
    made = b""
    for part in (one for one in parts(data, track.body, track.end) if one.kind in _TRACK):
        if part.kind == b"tkhd":
            made += _timed(data, part, times)
        elif part.kind == b"edts":
            made += data[part.start : part.end]
        else:
            made += _box(b"mdia", _media(data, part, offsets, times))
    return _box(b"trak", made)


def _media(data: bytes, media: Part, offsets: list[int], times: bool) -> bytes:
    made, kinds = b"", [one for one in parts(data, media.body, media.end) if one.kind == b"hdlr"]
    seen = bool(kinds) and data[kinds[0].body + 8 : kinds[0].body + 12] == b"vide"
    for part in (one for one in parts(data, media.body, media.end) if one.kind in _MEDIA):
        if part.kind == b"mdhd":
            made += _timed(data, part, times)
        elif part.kind == b"hdlr":
            made += _box(b"hdlr", bytes(8) + data[part.body + 8 : part.body + 12] + bytes(13))
        else:
            inner = b""
            for one in (one for one in parts(data, part.body, part.end) if one.kind in _INFORMATION):
                kept = one.kind != b"stbl"
                inner += data[one.start : one.end] if kept else _box(b"stbl", _table(data, one, offsets, seen))
            made += _box(b"minf", inner)
    return made


def _table(data: bytes, table: Part, offsets: list[int], seen: bool) -> bytes:
    made = b""
    for part in (one for one in parts(data, table.body, table.end) if one.kind in _TABLE):
        if part.kind in (b"stco", b"co64"):
            made += _box(b"stco", struct.pack(f">II{len(offsets)}I", 0, len(offsets), *offsets))
        elif part.kind == b"stsd":
            entries = [_entry(data, entry, seen) for entry in parts(data, part.body + 8, part.end)]
            made += _box(b"stsd", struct.pack(">II", 0, len(entries)) + b"".join(entries))
        else:
            made += data[part.start : part.end]
    return made


def _entry(data: bytes, entry: Part, seen: bool) -> bytes:
    """A sample entry; a picture's without its encoder's name and without boxes that no decoder needs."""
    if not seen or entry.end - entry.start < _PICTURE_ENTRY_BYTES:
        return data[entry.start : entry.end]
    fixed = bytearray(data[entry.start : entry.start + _PICTURE_ENTRY_BYTES])
    fixed[_ENCODER_NAME] = bytes(32)
    more = [data[part.start : part.end] for part in parts(data, entry.start + _PICTURE_ENTRY_BYTES, entry.end)
            if part.kind in _PICTURE_ENTRY]  # fmt: skip
    return _box(entry.kind, bytes(fixed[8:]) + b"".join(more))


def _timed(data: bytes, part: Part, times: bool) -> bytes:
    """A header box, its two times set to 0 unless they are kept."""
    raw = bytearray(data[part.start : part.end])
    if not times:
        start = part.body - part.start + 4
        width = 16 if data[part.body] else 8
        raw[start : start + width] = bytes(width)
    return bytes(raw)


def _box(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(body), kind) + body
