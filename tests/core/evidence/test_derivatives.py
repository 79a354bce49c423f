"""What a party gets in a file's place: markers are planted wherever a device writes, and looked for in the bytes."""

from __future__ import annotations

import io

import exifread
import pytest
from PIL import Image

from tests.core.evidence import made
from tiga.drafts import Fault
from tiga.drafts.examinations import Box
from tiga.evidence import bounds, derivative, movies, pictures, recut

PICTURE = made.with_words(made.drawn())
MOVIE = made.movie()


def of(data: bytes, media_type: str, *keep: str, boxes: tuple[Box, ...] = ()) -> bytes:
    answer = derivative(data, media_type, frozenset(keep), boxes)
    assert isinstance(answer, bytes), answer
    return answer


def test_the_markers_are_in_the_original() -> None:
    assert [mark for mark in made.MARKS if mark.encode() not in PICTURE] == []
    assert MOVIE.count(b"marker-") == 10


def test_nothing_that_a_device_wrote_is_in_a_pictures_derivative() -> None:
    answer = of(PICTURE, "image/jpeg")
    assert [mark for mark in made.MARKS if mark.encode() in answer] == []
    assert (answer.count(b"marker-"), answer.count(b"\xff\xd8\xff"), answer.count(b"Exif")) == (0, 1, 0)
    assert bounds.extent(answer) == bounds.Extent(len(answer), False, 320, 240)
    assert dict(exifread.process_file(io.BytesIO(answer))) == {}
    shown = Image.open(io.BytesIO(answer)).getpixel((5, 5))
    assert shown == Image.open(io.BytesIO(PICTURE)).getpixel((5, 5))


@pytest.mark.parametrize(
    ("form", "media_type", "becomes"),
    [
        ("PNG", "image/png", b"\x89PNG"),
        ("WEBP", "image/webp", b"RIFF"),
        ("TIFF", "image/tiff", b"\x89PNG"),
        ("AVIF", "image/avif", b"\x89PNG"),
        ("GIF", "image/gif", b"\x89PNG"),
    ],
)
def test_every_kind_that_is_decoded_loses_its_words(form: str, media_type: str, becomes: bytes) -> None:
    exif = Image.Exif()
    exif[271] = "marker-make"
    more = {} if form == "GIF" else {"exif": exif.tobytes() if form != "TIFF" else exif, "xmp": b"marker-xmp"}
    data = made.saved(made.drawn(), form, comment=b"marker-comment", **more)
    answer = of(data, media_type)
    assert (b"marker-" in data, b"marker-" in answer, answer[:4]) == (True, False, becomes)


def test_the_same_bytes_give_the_same_derivative() -> None:
    assert of(PICTURE, "image/jpeg", "time") == of(PICTURE, "image/jpeg", "time")
    assert of(MOVIE, "video/mp4") == of(MOVIE, "video/mp4")


def test_what_a_release_lets_through_is_written_anew() -> None:
    original = pictures.read(PICTURE)
    answer = pictures.read(of(PICTURE, "image/jpeg", "time", "place", "device"))
    assert original is not None and answer is not None
    assert (answer.taken, answer.point, answer.make, answer.model) == (
        original.taken, original.point, "marker-make", "Model 1",
    )  # fmt: skip
    assert (answer.serial, answer.software, answer.thumbnail) == ("", "", b"")
    alone = pictures.read(of(PICTURE, "image/jpeg", "time"))
    assert alone is not None and (alone.taken, alone.point, alone.make) == (original.taken, None, "")


def test_a_picture_is_turned_upright_and_boxes_count_there() -> None:
    exif = Image.Exif()
    exif[274] = 6
    white = Image.new("RGB", (300, 200), "white")
    answer = Image.open(
        io.BytesIO(of(made.saved(white, exif=exif.tobytes()), "image/jpeg", boxes=(Box(10, 20, 60, 280),)))
    )
    assert answer.size == (200, 300)
    assert [answer.getpixel(at) for at in ((5, 100), (30, 100), (30, 290))] == [(255,) * 3, (0,) * 3, (255,) * 3]


@pytest.mark.parametrize(
    ("mode", "shade"), [("RGBA", (0, 0, 0, 255)), ("L", 0), ("P", (0, 0, 0, 255)), ("I;16", 0), ("LA", (0, 0, 0, 255))]
)
def test_boxes_are_black_in_every_mode(mode: str, shade: object) -> None:
    data = made.saved(
        Image.new("RGB", (64, 64), "white").convert("RGBA").convert("L" if mode == "I;16" else mode).convert(mode),
        "PNG",
    )
    answer = Image.open(io.BytesIO(of(data, "image/png", boxes=(Box(8, 8, 16, 16),))))
    assert answer.getpixel((10, 10)) == shade


def test_a_movie_loses_its_voice_and_its_words() -> None:
    answer = of(MOVIE, "video/mp4")
    read = movies.read(answer)
    assert answer.count(b"marker-") == 0
    assert read == movies.Movie(tracks=("vide",), whole=True)
    start = answer.index(b"mdat") + 4
    assert answer[start:] == b"FRAME-ONEFRAME-TWO"
    offset = answer.index(b"stco") + 12
    assert [int.from_bytes(answer[offset + n : offset + n + 4], "big") for n in (0, 4)] == [start, start + 9]


def test_a_movie_keeps_its_voice_and_times_where_the_release_says_so() -> None:
    answer = of(MOVIE, "video/mp4", "voice", "time")
    read = movies.read(answer)
    assert (read.tracks, read.created, read.point, read.make) == (
        ("vide", "soun"),
        movies.read(MOVIE).created,
        None,
        "",
    )
    assert answer[answer.index(b"mdat") + 4 :] == b"FRAME-ONEmarker-voiceFRAME-TWO"
    assert answer.count(b"marker-") == 1


def test_a_kept_voice_is_described_as_it_was() -> None:
    heard = made.box(b"alac", b"settings of a sound" * 9)
    answer = of(made.movie(heard=heard), "video/mp4", "voice")
    assert (answer.count(heard), of(made.movie(heard=heard), "video/mp4").count(heard)) == (1, 0)


BAD = [
    (PICTURE, "image/png", frozenset(), (), "derivative_type"),
    (PICTURE, "image/jpeg", frozenset({"serial"}), (), "derivative_keep"),
    (PICTURE, "image/jpeg", frozenset(), (Box(0, 0, 1, 1),) * 201, "derivative_boxes"),
    (made.png(50_000, 50_000), "image/png", frozenset(), (), "derivative_unreadable"),
    (b"words", "text/plain", frozenset(), (), "derivative_no_decoder"),
    (MOVIE, "video/mp4", frozenset(), (Box(0, 0, 1, 1),), "derivative_movie"),
    (MOVIE[:400], "video/mp4", frozenset(), (), "derivative_movie"),
]


@pytest.mark.parametrize(("data", "media_type", "keep", "boxes", "code"), BAD)
def test_what_cannot_be_made_is_a_fault(
    data: bytes, media_type: str, keep: frozenset[str], boxes: tuple[Box, ...], code: str
) -> None:
    answer = derivative(data, media_type, keep, boxes, "a.jpg")
    assert isinstance(answer, Fault) and (answer.file, answer.code) == ("a.jpg", f"fault.{code}")


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        (b"moov", b"moof", "boxes"),
        (b"vide", b"text", "tracks"),
        (b"url \0\0\0\1", b"url \0\0\0\0", "outside"),
        (b"stco\0\0\0\0\0\0\0\2", b"stco\0\0\0\0\0\x7f\0\2", "chunks"),
        (b"free", b"moof", "fragmented"),
    ],
)
def test_a_movie_that_cannot_be_put_together_says_why(old: bytes, new: bytes, why: str) -> None:
    assert recut.without_words(MOVIE.replace(old, new), False, False) == why
