"""What a file would do if a program opened it: scripts, launches, references to other machines.

Rules
1. Nothing is run, rendered, resolved or fetched; names are looked for in the bytes.
2. A PDF hides names behind `#xx` and in compressed object streams: the first are spelled out, of the second at most
   STREAMS_LIMIT are unpacked, each no further than STREAM_BYTES_LIMIT.
3. "None found" is said as such and proves nothing: there are more ways to hide than we look for. A PDF that is locked is
   not searched inside.
"""

from __future__ import annotations

import re
import zlib

from tiga.drafts.examinations import Verdict
from tiga.evidence.sniff import decoded

STREAMS_LIMIT = 400
STREAM_BYTES_LIMIT = 1024 * 1024
NAME_BYTES_CHANCE = 5
MARKUP_BYTES_LIMIT = 16 * 1024 * 1024
_PDF_ACTS = {
    b"JavaScript": "JavaScript", b"JS": "JavaScript", b"Launch": "Launch", b"OpenAction": "OpenAction",
    b"AA": "AdditionalActions", b"EmbeddedFile": "EmbeddedFile", b"RichMedia": "RichMedia", b"XFA": "XFA",
}  # fmt: skip
_PDF_REMOTE = {
    b"URI": "URI", b"GoToR": "GoToR", b"GoToE": "GoToE", b"SubmitForm": "SubmitForm", b"ImportData": "ImportData",
}  # fmt: skip
_NAME = re.compile(rb"/((?:[A-Za-z0-9]|#[0-9A-Fa-f]{2}){2,40})(?![A-Za-z0-9#])")
_HEX = re.compile(rb"#([0-9A-Fa-f]{2})")
_STREAM = re.compile(rb"stream\r?\n")
_SCRIPTS = (
    ("script", re.compile(r"<\s{0,20}(?:\w{1,40}:)?script\b", re.IGNORECASE)),
    ("event handler", re.compile(r"[\s\"'/]on[a-z]{3,24}\s{0,20}=\s{0,20}[\"'\w]", re.IGNORECASE)),
    ("javascript:", re.compile(r"j\s*a\s*v\s*a\s*s\s*c\s*r\s*i\s*p\s*t\s*:", re.IGNORECASE)),
    ("foreignObject", re.compile(r"<\s{0,20}(?:\w{1,40}:)?foreignObject\b", re.IGNORECASE)),
    ("entity", re.compile(r"<!ENTITY\b", re.IGNORECASE)),
    ("embedded page", re.compile(r"<\s{0,20}(?:\w{1,40}:)?(?:iframe|object|embed|meta\s+http-equiv)\b", re.IGNORECASE)),
)
_REMOTE = (
    (
        "link",
        re.compile(
            r"(?:href|src|data|action|poster)\s{0,20}=\s{0,20}[\"']?\s*(?:https?:|ftp:|file:|//|\\\\)", re.IGNORECASE
        ),
    ),
    ("style", re.compile(r"(?:@import\b|url\(\s*[\"']?\s*(?:https?:|ftp:|file:|//))", re.IGNORECASE)),
    ("entity", re.compile(r"<!(?:ENTITY|DOCTYPE)[^>]{0,200}\bSYSTEM\b", re.IGNORECASE)),
)
_OFFICE = ((b"vbaProject.bin", "macros"), (b"activeX/", "ActiveX"), (b"embeddings/", "embedded objects"))
_LINKED = ((b"externalLinks/", "external links"),)


def verdicts(data: bytes, kind: str) -> list[Verdict]:
    """What a document would do or fetch; nothing for kinds that cannot do anything."""
    if kind == "application/pdf":
        return _pdf(data)
    if kind in ("image/svg+xml", "text/html", "application/xml"):
        text = decoded(data[:MARKUP_BYTES_LIMIT]) or data[:MARKUP_BYTES_LIMIT].decode("latin-1")
        return _said(kind, [name for name, mark in _SCRIPTS if mark.search(text)],
                     [name for name, mark in _REMOTE if mark.search(text)])  # fmt: skip
    if kind.startswith(("application/vnd.o", "application/x-ole")):
        acts = [name for mark, name in _OFFICE if mark in data]
        return _said(kind, acts, [name for mark, name in _LINKED if mark in data])
    if kind in ("application/vnd.microsoft.portable-executable", "application/x-elf"):
        return _said(kind, ["program"], [])
    return []


def _said(kind: str, acts: list[str], remote: list[str]) -> list[Verdict]:
    said = []
    if acts:
        values = {"media_type": kind, "found": ", ".join(dict.fromkeys(acts))}
        said.append(Verdict("evidence.active_content", "against", values))
    if remote:
        values = {"media_type": kind, "found": ", ".join(dict.fromkeys(remote))}
        said.append(Verdict("evidence.remote_references", "against", values))
    return said or [Verdict("evidence.passive", "silent", {"media_type": kind})]


def _pdf(data: bytes) -> list[Verdict]:
    # a name of two or three letters turns up by chance in packed data; a long one does not, and a reader that follows
    # addresses would find it there
    names = _names(_between(data)) | {name for name in _names(data) if len(name) >= NAME_BYTES_CHANCE}
    for number, match in enumerate(_STREAM.finditer(data)):
        if number >= STREAMS_LIMIT:
            break
        if b"ObjStm" in data[max(0, match.start() - 300) : match.start()]:
            packed = data[match.end() : match.end() + STREAM_BYTES_LIMIT]
            try:
                names |= _names(zlib.decompressobj().decompress(packed, STREAM_BYTES_LIMIT))
            except zlib.error:
                continue
    said = _said("application/pdf", [text for name, text in _PDF_ACTS.items() if name in names],
                 [text for name, text in _PDF_REMOTE.items() if name in names])  # fmt: skip
    if b"Encrypt" in names:
        said.append(Verdict("evidence.locked", "silent"))
    return said


def _between(data: bytes) -> bytes:
    """What stands outside streams; a stream without an end is none."""
    pieces, at = [], 0
    while (start := _STREAM.search(data, at)) is not None and (end := data.find(b"endstream", start.end())) >= 0:
        pieces.append(data[at : start.start()])
        at = end + 9
    return b" ".join([*pieces, data[at:]])


def _names(data: bytes) -> set[bytes]:
    return {_HEX.sub(lambda code: bytes([int(code[1], 16)]), name) for name in _NAME.findall(data)}
