"""What a file is, by its content.

Rules
1. The bytes alone say what a file is; the ending of its name is a claim like any other, and is compared with them.
2. The table is ours: what is not in it is `application/octet-stream`, and nothing is guessed from a name.
3. A file that another program would take for a second kind (an archive behind a picture, a page inside its comment) is
   named with both kinds and with the place where the second begins.
4. Nothing is unpacked here, and every search has a limit.

Not done here: whether the file is whole (`bounds`), what it would do when opened (`active`), what its pictures say.
"""

from __future__ import annotations

import re
import struct

from tiga.drafts.examinations import Verdict

HEAD_BYTES = 1024
"""Bytes at the start in which a browser or a PDF reader looks for what a file is."""
TEXT_HEAD_BYTES = 4096
TAIL_BYTES = 65_557
"""Bytes at the end in which the directory of a zip archive must begin: 22, and a comment of 65,535."""
UNKNOWN = "application/octet-stream"
ARCHIVES = frozenset({
    "application/zip", "application/gzip", "application/x-bzip2", "application/x-xz", "application/zstd",
    "application/x-7z-compressed", "application/vnd.rar", "application/x-tar",
})  # fmt: skip
_OFFICE = "application/vnd.openxmlformats-officedocument."
_ZIPPED = ("application/zip", "application/epub+zip", "application/vnd.oasis", _OFFICE)
_MARKUP = frozenset({"image/svg+xml", "text/html", "application/xml", "text/plain"})

_MAGIC: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (0, b"BM", "image/bmp"),
    (0, b"%PDF-", "application/pdf"),
    (0, b"PK\x03\x04", "application/zip"),
    (0, b"PK\x05\x06", "application/zip"),
    (0, b"\x1f\x8b\x08", "application/gzip"),
    (0, b"BZh", "application/x-bzip2"),
    (0, b"\xfd7zXZ\0", "application/x-xz"),
    (0, b"\x28\xb5\x2f\xfd", "application/zstd"),
    (0, b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (0, b"Rar!\x1a\x07", "application/vnd.rar"),
    (257, b"ustar", "application/x-tar"),
    (0, b"\x1a\x45\xdf\xa3", "video/x-matroska"),
    (0, b"OggS", "audio/ogg"),
    (0, b"fLaC", "audio/flac"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"#!AMR", "audio/amr"),
    (0, b"MZ", "application/vnd.microsoft.portable-executable"),
    (0, b"\x7fELF", "application/x-elf"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
)
_BRANDS = {
    b"qt  ": "video/quicktime", b"heic": "image/heic", b"heix": "image/heic", b"mif1": "image/heif", b"msf1": "image/heif",
    b"avif": "image/avif", b"avis": "image/avif", b"M4A ": "audio/mp4", b"M4B ": "audio/mp4",
}  # fmt: skip
_TOP_BOXES = (b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot")
_TOKEN_OID = bytes.fromhex("060b2a864886f70d0109100104")
"""id-ct-TSTInfo, RFC 3161 section 2.4.2."""
_STATUS_BYTES = 400
_HTML = re.compile(rb"<(?:!doctype\s+html|html|head|body|script|iframe|svg)[\s>/]", re.IGNORECASE)
_PADDING = b"\0\t\n\r\xff "
_ENDINGS = {
    "jpg": ("image/jpeg",), "jpeg": ("image/jpeg",), "jpe": ("image/jpeg",), "mpo": ("image/jpeg",),
    "png": ("image/png",), "gif": ("image/gif",), "bmp": ("image/bmp",), "webp": ("image/webp",),
    "tif": ("image/tiff", "image/x-adobe-dng"), "tiff": ("image/tiff", "image/x-adobe-dng"),
    "dng": ("image/x-adobe-dng", "image/tiff"), "heic": ("image/heic", "image/heif"),
    "heif": ("image/heif", "image/heic"), "avif": ("image/avif",), "svg": ("image/svg+xml",),
    "mp4": ("video/mp4",), "m4v": ("video/mp4",), "mov": ("video/quicktime", "video/mp4"),
    "3gp": ("video/mp4",), "m4a": ("audio/mp4",), "mp3": ("audio/mpeg",), "wav": ("audio/wav",),
    "ogg": ("audio/ogg",), "opus": ("audio/ogg",), "flac": ("audio/flac",), "amr": ("audio/amr",),
    "webm": ("video/x-matroska",), "mkv": ("video/x-matroska",), "avi": ("video/x-msvideo",),
    "pdf": ("application/pdf",), "zip": ("application/zip",), "gz": ("application/gzip",),
    "7z": ("application/x-7z-compressed",), "rar": ("application/vnd.rar",), "tar": ("application/x-tar",),
    "docx": (_OFFICE + "wordprocessingml.document",), "xlsx": (_OFFICE + "spreadsheetml.sheet",),
    "pptx": (_OFFICE + "presentationml.presentation",), "htm": ("text/html",), "html": ("text/html",),
    "txt": ("text/plain",), "csv": ("text/plain",), "json": ("text/plain",), "md": ("text/plain",),
    "xml": ("application/xml",), "tsr": ("application/timestamp-reply",), "tst": ("application/timestamp-reply",),
}  # fmt: skip


def media_type(data: bytes) -> str:
    """The media type that the bytes have; `application/octet-stream` for what the table does not hold."""
    if data[:4] == b"RIFF":
        kinds = {b"WEBP": "image/webp", b"WAVE": "audio/wav", b"AVI ": "video/x-msvideo"}
        return kinds.get(data[8:12], UNKNOWN)
    if data[:4] in (b"II*\0", b"MM\0*"):
        return "image/x-adobe-dng" if 50706 in directory(data) else "image/tiff"
    if data[4:8] == b"ftyp":
        return _BRANDS.get(data[8:12], "video/mp4")
    if data[4:8] in _TOP_BOXES:
        return "video/quicktime"
    if data[:1] == b"\x30" and _TOKEN_OID in data[:_STATUS_BYTES]:
        return "application/timestamp-reply"
    for at, magic, kind in _MAGIC:
        if data[at : at + len(magic)] == magic:
            return _zipped(data) if kind == "application/zip" else kind
    return _text(data)


def _zipped(data: bytes) -> str:
    """What a zip archive is by the first of its members, as its first header names it."""
    if len(data) < 30 or data[:4] != b"PK\x03\x04":
        return "application/zip"
    packed, name_bytes, extra = struct.unpack_from("<I4xHH", data, 18)
    name = data[30 : 30 + name_bytes]
    if name == b"mimetype" and 0 < packed < 128:
        start = 30 + name_bytes + extra
        said = data[start : start + packed]
        return said.decode("ascii") if re.fullmatch(rb"application/[a-z.+-]{1,90}", said) else "application/zip"
    if name in (b"[Content_Types].xml", b"_rels/.rels", b"docProps/app.xml"):
        tail = data[-TAIL_BYTES:]
        for folder, kind in ((b"word/", "wordprocessingml.document"), (b"xl/", "spreadsheetml.sheet"),
                             (b"ppt/", "presentationml.presentation")):  # fmt: skip
            if folder in tail:
                return _OFFICE + kind
    return "application/zip"


def _text(data: bytes) -> str:
    head = decoded(data[:TEXT_HEAD_BYTES])
    if not head or any(ord(letter) < 32 and letter not in "\t\n\r\f" for letter in head):
        return UNKNOWN
    low = head.lower()
    if "<svg" in low:
        return "image/svg+xml"
    if _HTML.search(low.encode("utf-8")):
        return "text/html"
    return "application/xml" if low.lstrip().startswith("<?xml") else "text/plain"


def decoded(data: bytes) -> str:
    """Bytes as text by their byte order mark, else as UTF-8; empty where they are none. A cut last letter is forgiven."""
    for mark, name in ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if data.startswith(mark):
            return data[len(mark) :].decode(name, "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        return data[: error.start].decode("utf-8") if error.start >= len(data) - 3 else ""


def directory(data: bytes) -> dict[int, int]:
    """The first directory of a TIFF file: tag to the first value of it (whole numbers only); empty where it is broken."""
    order = "<" if data[:2] == b"II" else ">"
    try:
        (at,) = struct.unpack_from(order + "I", data, 4)
        (count,) = struct.unpack_from(order + "H", data, at)
        found: dict[int, int] = {}
        for number in range(min(count, 512)):
            tag, kind, _, short = struct.unpack_from(order + "HHIH", data, at + 2 + 12 * number)
            (long,) = struct.unpack_from(order + "I", data, at + 10 + 12 * number)
            found[tag] = short if kind == 3 else long
    except struct.error:
        return {}
    return found


def second_kinds(data: bytes, kind: str, end: int) -> list[tuple[str, int]]:
    """What else the file would be taken for, and where that begins; `end` is where the first kind ends by its own marks."""
    found: dict[str, int] = {}
    if 0 < end < len(data):
        start = end + len(data[end : end + HEAD_BYTES]) - len(data[end : end + HEAD_BYTES].lstrip(_PADDING))
        behind = media_type(data[start:])
        if behind not in (UNKNOWN, "text/plain", kind):
            found[behind] = start
        if kind != "application/pdf" and (at := data.find(b"%PDF-", end)) >= 0:
            found.setdefault("application/pdf", at)
    if not kind.startswith(_ZIPPED) and (at := _zip_directory(data)) >= 0:
        found.setdefault("application/zip", at)
    if kind != "application/pdf" and (at := data.find(b"%PDF-", 0, HEAD_BYTES)) >= 0:
        found.setdefault("application/pdf", at)
    if kind not in _MARKUP and kind != "application/pdf" and (match := _HTML.search(data[:HEAD_BYTES])):
        found.setdefault("text/html", match.start())
    return list(found.items())


def _zip_directory(data: bytes) -> int:
    """Where a zip archive's end record stands whose comment ends with the file, or -1."""
    start = max(0, len(data) - TAIL_BYTES)
    at = data.rfind(b"PK\x05\x06", start)
    if at < 0 or len(data) - at < 22:
        return -1
    members, size = struct.unpack_from("<HI", data, at + 10)
    (comment,) = struct.unpack_from("<H", data, at + 20)
    first = data[at - size : at - size + 4] if 0 < size <= at else b""
    return at if members and first == b"PK\x01\x02" and at + 22 + comment <= len(data) else -1


def kinds(data: bytes, name: str, end: int) -> tuple[str, list[Verdict]]:
    """The media type by content, and what is to be said of it: against the name's ending, and second kinds."""
    if not data:
        return UNKNOWN, [Verdict("evidence.empty", "broken")]
    kind = media_type(data)
    ending = name.rsplit(".", 1)[-1].casefold() if "." in name else ""
    expected = _ENDINGS.get(ending, ())
    values = {"media_type": kind, "ending": ending}
    if kind == UNKNOWN:
        verdicts = [Verdict("evidence.type_unknown", "silent")]
    elif kind in expected:
        verdicts = [Verdict("evidence.type_agrees", "supports", values)]
    elif expected:
        verdicts = [Verdict("evidence.type_differs", "against", values)]
    else:
        verdicts = [Verdict("evidence.type_known", "silent", {"media_type": kind})]
    for second, at in second_kinds(data, kind, end):
        values = {"media_type": kind, "second": second, "offset": str(at)}
        verdicts.append(Verdict("evidence.second_kind", "against", values))
    return kind, verdicts
