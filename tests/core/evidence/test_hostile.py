"""Files that mean harm, or are broken: each is named for what it is, none is unpacked or decoded, and none raises."""

from __future__ import annotations

import gzip
import struct
import tarfile
import time
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.evidence import made
from tiga.drafts import Fault
from tiga.drafts.examinations import Examination
from tiga.evidence import bounds, derivative, examine, sniff

JPEG = made.saved(made.drawn())
ZIP = made.archive({"a.txt": b"words"})
SVG = (
    b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="f()"><script>f()</script>'
    b'<image href="https://example.invalid/x.png"/></svg>'
)
PDF = (
    b"%PDF-1.7\n1 0 obj<</Type/Catalog/OpenAction<</S/Java#53cript/JS(f)>>>>endobj\n"
    b"2 0 obj<</S/Launch/F(a.exe)>>endobj\n3 0 obj<</S/URI/URI(http://example.invalid)>>endobj\n%%EOF\n"
)
TYPES = [
    ("a.jpg", JPEG, "image/jpeg"),
    ("a.png", made.saved(made.drawn(), "PNG"), "image/png"),
    ("a.gif", made.saved(made.drawn(), "GIF"), "image/gif"),
    ("a.bmp", made.saved(made.drawn(), "BMP"), "image/bmp"),
    ("a.webp", made.saved(made.drawn(), "WEBP"), "image/webp"),
    ("a.tiff", made.saved(made.drawn(), "TIFF"), "image/tiff"),
    ("a.avif", made.saved(made.drawn(), "AVIF"), "image/avif"),
    ("a.mp4", made.movie(), "video/mp4"),
    ("a.mov", made.box(b"moov", made.full(b"mvhd", bytes(96))), "video/quicktime"),
    ("a.pdf", PDF, "application/pdf"),
    ("a.zip", ZIP, "application/zip"),
    ("a.docx", made.archive({"[Content_Types].xml": b"", "word/document.xml": b""}), sniff._OFFICE + "wordprocessingml.document"),
    ("a.gz", gzip.compress(b"words", mtime=0), "application/gzip"),
    ("a.svg", SVG, "image/svg+xml"),
    ("a.html", b"<!DOCTYPE html><html><body>words</body></html>", "text/html"),
    ("a.txt", "گواہ نے کہا".encode(), "text/plain"),
    ("a.txt", b"\xff\xfe" + "words".encode("utf-16-le"), "text/plain"),
    ("a.bin", bytes(range(256)), "application/octet-stream"),
    ("a.exe", b"MZ" + bytes(60), "application/vnd.microsoft.portable-executable"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "data", "kind"), TYPES)
def test_the_content_says_what_a_file_is(name: str, data: bytes, kind: str) -> None:
    agrees = ("type_agrees", "supports") if name[2:] in sniff._ENDINGS else ("type_unknown", "silent")
    if name == "a.exe":
        agrees = ("type_known", "silent")
    answer = examine(data, name)
    assert (answer.media_type, made.told(answer.verdicts, "type")) == (kind, [agrees])


def test_the_ending_of_a_name_is_a_claim() -> None:
    answer = examine(JPEG, "video.mp4")
    assert (answer.media_type, made.told(answer.verdicts, "type")) == ("image/jpeg", [("type_differs", "against")])
    assert answer.verdicts[0].values == {"media_type": "image/jpeg", "ending": "mp4"}


@pytest.mark.parametrize(
    ("tail", "second"),
    [
        (ZIP, "application/zip"),
        (PDF, "application/pdf"),
        (b"<html><script>f()</script></html>", "text/html"),
        (b"\n\n" + b"<script>f()</script>", "text/html"),
        (b"words " + PDF, "application/pdf"),
        (b"MZ" + bytes(100), "application/vnd.microsoft.portable-executable"),
    ],
)
def test_a_second_file_behind_a_picture_is_named_with_its_place(tail: bytes, second: str) -> None:
    for data in (JPEG, made.saved(made.drawn(), "PNG")):
        found = [v for v in examine(data + tail, "a.jpg").verdicts if v.code == "evidence.second_kind"]
        assert [(v.outcome, v.values["second"]) for v in found] == [("against", second)]
        assert bounds.extent(data).end == len(data)


def test_a_page_inside_a_comment_is_named() -> None:
    data = JPEG[:2] + made.segment(0xFE, b"<html><script>f()</script>") + JPEG[2:]
    found = [v.values for v in examine(data, "a.jpg").verdicts if v.code == "evidence.second_kind"]
    assert found == [{"media_type": "image/jpeg", "second": "text/html", "offset": "6"}]


def test_bytes_behind_a_picture_are_counted() -> None:
    answer = examine(JPEG + bytes(100), "a.jpg")
    found = [v.values for v in answer.verdicts if v.code == "evidence.bytes_behind"]
    assert found == [{"bytes": "100", "offset": str(len(JPEG))}]
    assert made.told(examine(JPEG + JPEG, "a.jpg").verdicts, "further") == [("further_pictures", "silent")]


@pytest.mark.parametrize(
    "data",
    [JPEG, made.saved(made.drawn(), "PNG"), made.saved(made.drawn(), "GIF"), made.saved(made.drawn(), "WEBP"), PDF],
)
def test_a_file_that_stops_early_is_cut_short(data: bytes) -> None:
    assert made.told(examine(data, "a").verdicts, "cut") == []
    assert made.told(examine(data[: len(data) * 2 // 3], "a").verdicts, "cut") == [("cut_short", "broken")]


def test_a_picture_that_claims_too_many_pixels_is_not_decoded() -> None:
    data = made.png(50_000, 50_000, bytes(150_000))
    answer = examine(data, "a.png")
    assert made.told(answer.verdicts, "pixels") == [("pixels_claimed", "broken")]
    assert [v.values for v in answer.verdicts if v.code == "evidence.pixels_claimed"] == [
        {"width": "50000", "height": "50000", "limit": str(bounds.PIXELS_LIMIT)}
    ]
    assert (answer.fingerprint is not None and answer.fingerprint.whole) == ""


def test_an_archive_that_claims_ten_gigabytes_is_not_unpacked() -> None:
    big = made.claiming(ZIP, 4_000_000_000)
    assert made.told(examine(big, "a.zip").verdicts, "unpacked") == [("unpacked_claimed", "broken")]
    steep = made.archive({f"{n}.txt": bytes(20_000_000) for n in range(3)})
    assert made.told(examine(steep, "a.zip").verdicts, "unpacked") == [("unpacked_claimed", "broken")]
    assert made.told(examine(ZIP, "a.zip").verdicts, "archive") == [("archive", "silent")]


@pytest.mark.parametrize("form", [tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_a_tape_that_claims_ten_gigabytes_is_not_unpacked(form: int) -> None:
    head = tarfile.TarInfo("a")
    head.size = 10 * 1024**3
    tape = head.tobuf(form) + bytes(1024)
    told = [v.values["bytes"] for v in examine(tape, "a.tar").verdicts if v.code.endswith("unpacked_claimed")]
    assert told == [str(10 * 1024**3)]


def test_a_movie_box_that_claims_ten_gigabytes_is_named() -> None:
    data = made.movie() + struct.pack(">I4sQ", 1, b"mdat", 10 * 1024**3) + b"x"
    found = [v.values["bytes"] for v in examine(data, "a.mp4").verdicts if v.code == "evidence.box_claimed"]
    assert found == [str(10 * 1024**3)]


def test_a_path_out_of_an_archive_is_named() -> None:
    answer = examine(made.archive({"../../a": b"x"}), "a.zip")
    assert made.told(answer.verdicts, "paths") == [("paths_outside", "against")]


ACTIVE = [
    ("a.svg", SVG, "script, event handler", "link"),
    ("a.svg", SVG.decode().encode("utf-16"), "script, event handler", "link"),
    ("a.html", b'<html><iframe src="//example.invalid"></iframe></html>', "embedded page", "link"),
    ("a.svg", b'<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/hosts">]><svg>&x;</svg>', "entity", "entity"),
    ("a.pdf", PDF, "JavaScript, Launch, OpenAction", "URI"),
    ("a.pdf", b"%PDF-1.7\n1 0 obj<</Type/ObjStm/Filter/FlateDecode>>stream\n" + zlib.compress(b"<</S/JavaScript>>")
     + b"\nendstream\n%%EOF", "JavaScript", ""),
    ("a.docm", made.archive({"[Content_Types].xml": b"", "word/vbaProject.bin": b"x"}), "macros", ""),
]  # fmt: skip


@pytest.mark.parametrize(("name", "data", "acts", "remote"), ACTIVE)
def test_what_would_run_or_be_fetched_is_named(name: str, data: bytes, acts: str, remote: str) -> None:
    found = {v.code: v.values["found"] for v in examine(data, name).verdicts if "found" in v.values}
    assert found.get("evidence.active_content", "") == acts
    assert found.get("evidence.remote_references", "") == remote


def test_names_that_packed_data_hold_by_chance_are_not_taken_for_acts() -> None:
    data = b"%PDF-1.7\n1 0 obj<<>>stream\n\x00/AA/JS /URI\x00\nendstream endobj\n%%EOF"
    assert made.told(examine(data, "a.pdf").verdicts, "passive") == [("passive", "silent")]
    hidden = data.replace(b"/URI", b"/OpenAction")
    assert made.told(examine(hidden, "a.pdf").verdicts, "active") == [("active_content", "against")]


def test_a_paper_that_does_nothing_is_called_passive() -> None:
    assert made.told(examine(b"%PDF-1.4\n1 0 obj<</Type/Page>>endobj\n%%EOF\n", "a.pdf").verdicts, "passive") == [
        ("passive", "silent")
    ]


def test_an_empty_file_and_a_name_of_controls_are_examined() -> None:
    assert made.told(examine(b"", "\ud800\x00").verdicts)[0] == ("empty", "broken")


def test_a_file_beyond_the_limit_is_not_looked_at() -> None:
    answer = examine(bytes(64 * 1024 * 1024 + 1), "a.bin")
    assert made.told(answer.verdicts) == [("too_long", "broken")]


SLOW = [
    b"%PDF-1.4\n" + b"stream\n" * 300_000,
    b"%PDF-1.4\n" + b"/ObjStm stream\n" * 200_000,
    b"<svg>" + b"<!ENTITY " * 300_000,
    b"<svg>" + b"<" + b"a" * 2_000_000,
    b"<svg>" + b"j " * 1_000_000,
    b"<svg>" + b" href" + b" " * 2_000_000,
    made.saved(made.drawn()) + b"\xff\xd8" * 1_000_000,
    b"GIF89a" + bytes(6) + b"\0" + b"\x21\xf9\x00" * 500_000,
    b"\0\0\0\x08moov" * 300_000,
    b"PK\x03\x04" + b"PK\x01\x02" * 500_000 + b"PK\x05\x06" + bytes(18),
    b"II*\0\x08\0\0\0" + b"\xff\xff" * 1_000_000,
]  # fmt: skip
SLOW_S = 6


@pytest.mark.parametrize("number", range(len(SLOW)))
def test_a_file_made_to_be_slow_is_examined_in_seconds(number: int) -> None:
    start = time.process_time()
    examine(SLOW[number], "a")
    assert time.process_time() - start < SLOW_S


SEEDS = [data for _, data, _ in TYPES if len(data) < 40_000]


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(SEEDS), st.lists(st.tuples(st.integers(0, 40_000), st.binary(max_size=9)), max_size=6),
       st.integers(0, 40_000))  # fmt: skip
def test_no_bytes_raise(data: bytes, changes: list[tuple[int, bytes]], length: int) -> None:
    changed = bytearray(data)
    for at, put in changes:
        start = at % (len(changed) + 1)
        changed[start : start + len(put)] = put
    cut = bytes(changed[: max(1, length)])
    answer = examine(cut, "a.jpg")
    assert isinstance(answer, Examination)
    assert isinstance(derivative(cut, answer.media_type), (bytes, Fault))
