"""Bytes to a picture, where a decoder may be given them at all.

Rules
1. Only what `bounds.decodable` lets through is decoded, only by the decoder of the kind that the content has, and only the
   first picture of a file that holds several.
2. For looking alone a small version is enough: a JPEG is scaled down while it is decoded, which costs a fraction.
3. Whatever a decoder raises becomes None and a verdict; nothing leaves this module as an exception.

A decoder is the most exposed part of the house. It runs in a child process with limits (`tiga.store.examining`).
"""

from __future__ import annotations

import contextlib
import io
import warnings

from PIL import Image, ImageOps

from tiga.evidence import bounds

FORMATS = {
    "image/jpeg": "JPEG", "image/png": "PNG", "image/gif": "GIF", "image/webp": "WEBP", "image/bmp": "BMP",
    "image/tiff": "TIFF", "image/avif": "AVIF",
}  # fmt: skip
"""Kinds that are decoded, by the decoder's name. HEIC is not among them: no decoder for it is at hand."""
LOOK_SIDE = 512
"""Pixels a side that are enough for looking."""


def looked(data: bytes, kind: str, reach: bounds.Extent, side: int = LOOK_SIDE) -> Image.Image | None:
    """A picture as stored (not turned upright), at least `side` pixels wide and high where it has that many; None where it
    cannot or may not be decoded."""
    picture = _opened(data, kind, reach)
    if picture is None:
        return None
    try:
        picture.draft("RGB", (side, side))
        picture.load()
    except Exception:  # a decoder may raise anything for hostile bytes
        return None
    return picture


def whole(data: bytes, kind: str, reach: bounds.Extent) -> Image.Image | None:
    """A picture with all its pixels, as stored; None where it cannot or may not be decoded."""
    picture = _opened(data, kind, reach)
    if picture is None:
        return None
    try:
        picture.load()
    except Exception:  # as above
        return None
    return picture


def upright(picture: Image.Image) -> Image.Image:
    """A picture turned as its EXIF orientation says; as it is where that says nothing readable."""
    try:
        return ImageOps.exif_transpose(picture)
    except Exception:  # an orientation that cannot be read is none
        return picture


def turn_upright(picture: Image.Image) -> None:
    """The same, in the picture itself."""
    with contextlib.suppress(Exception):  # as above
        ImageOps.exif_transpose(picture, in_place=True)


def _opened(data: bytes, kind: str, reach: bounds.Extent) -> Image.Image | None:
    if kind not in FORMATS or not bounds.decodable(reach):
        return None
    try:
        with warnings.catch_warnings():
            # the decoder's own limit of pixels speaks up below ours; ours has been asked
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(data), formats=(FORMATS[kind],))
    except Exception:  # as above
        return None
    # the header that the decoder reads may not be the one that we read
    fits = 0 < picture.width * picture.height <= bounds.PIXELS_LIMIT
    return picture if fits and max(picture.size) <= bounds.SIDE_LIMIT else None
