"""What a party gets in place of a file: the picture or the movie without what the device wrote beside it.

Rules
1. A derivative is made anew from the pixels, not by taking things out: what is not copied cannot be forgotten. So EXIF,
   XMP, content credentials, thumbnails, maker notes, serial numbers, comments, colour profiles and bytes behind the end
   are gone; of several pictures in a file the first remains.
2. The picture is turned upright first. Boxes to be covered count in pixels of the upright picture and are black, in the
   pixels themselves, before anything is encoded.
3. `keep` names what a release lets through (KEEPS): `time`, `place`, `device` (make and model, never a serial number) are
   written into fresh EXIF; `voice` keeps a movie's sound.
4. The same bytes and the same `keep` give the same derivative, with the versions that are pinned.
5. What cannot be made anew is a `Fault` with its remedy: no derivative is better than half a one.

Not done here: faces or number plates (a person sets the boxes), what the pixels show or hide, voices in a picture's caption,
a movie's place and device (they are always dropped), HEIC (no decoder).
"""

from __future__ import annotations

import io
from collections.abc import Sequence

from PIL import Image, ImageDraw
from PIL.TiffImagePlugin import IFDRational

from tiga.drafts import Fault
from tiga.drafts.examinations import Box
from tiga.evidence import bounds, decoding, movies, pictures, recut, sniff

KEEPS = frozenset({"time", "place", "device", "voice"})
BOXES_LIMIT = 200
QUALITY = 92
_AS = {"image/jpeg": "JPEG", "image/webp": "WEBP"}
"""Kinds that stay what they are; all others become PNG."""
_SAVED = {
    "JPEG": {"quality": QUALITY, "subsampling": 0, "optimize": False},
    "WEBP": {"quality": QUALITY, "method": 4},
    "PNG": {"compress_level": 6},
}
_MAKE, _MODEL, _TAKEN, _OFFSET, _EXIF, _GPS = 271, 272, 36867, 36881, 0x8769, 0x8825


def derivative(
    data: bytes, media_type: str, keep: frozenset[str] = frozenset(), boxes: Sequence[Box] = (), name: str = ""
) -> bytes | Fault:
    """The derivative of a file of this media type (which its content must have); `name` stands in a fault. Never raises."""
    kind = sniff.media_type(data)
    unknown = sorted(keep - KEEPS)
    if unknown:
        return _fault(name, "derivative_keep", value=unknown[0], known=", ".join(sorted(KEEPS)))
    if kind != media_type:
        return _fault(name, "derivative_type", media_type=kind, value=media_type)
    if len(boxes) > BOXES_LIMIT:
        return _fault(name, "derivative_boxes", boxes=str(len(boxes)), limit=str(BOXES_LIMIT))
    if kind in movies.KINDS:
        made = recut.without_words(data, "voice" in keep, "time" in keep) if not boxes else "boxes"
        return made if isinstance(made, bytes) else _fault(name, "derivative_movie", reason=made)
    if kind not in decoding.FORMATS:
        return _fault(name, "derivative_no_decoder", media_type=kind)
    picture = decoding.whole(data, kind, bounds.extent(data))
    if picture is None:
        return _fault(name, "derivative_unreadable", media_type=kind)
    try:
        # one after the other under one name: two pictures of 100 million pixels fit into the child's memory, three do not
        decoding.turn_upright(picture)
        picture = _plain(picture)
        return _encoded(_covered(picture, boxes), kind, _kept(data, keep))
    except Exception:  # an encoder's limits (a side of WebP, memory) are not ours to know
        return _fault(name, "derivative_unreadable", media_type=kind)


def _plain(picture: Image.Image) -> Image.Image:
    """The pixels alone, in a mode that every encoder of ours knows; nothing else of the picture comes along."""
    if picture.mode.startswith(("I", "F")):
        picture = picture.convert("I").point(lambda shade: shade * (1 / 256)).convert("L")
    clear = picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info
    mode = "RGBA" if clear else "L" if picture.mode in ("1", "L") else "RGB"
    made = Image.new(mode, picture.size)
    made.paste(picture if picture.mode == mode else picture.convert(mode))
    return made


def _covered(picture: Image.Image, boxes: Sequence[Box]) -> Image.Image:
    pen = ImageDraw.Draw(picture)
    black = {"L": "black", "RGB": "black"}.get(picture.mode, "#000000ff")
    for box in boxes:
        left, right = sorted((box.left, box.right))
        top, bottom = sorted((box.top, box.bottom))
        if left < right and top < bottom:
            pen.rectangle((left, top, right - 1, bottom - 1), fill=black)
    return picture


def _kept(data: bytes, keep: frozenset[str]) -> bytes:
    """Fresh EXIF with what is let through; empty for nothing."""
    exif = pictures.read(data)
    if exif is None or not keep & {"time", "place", "device"}:
        return b""
    made = Image.Exif()
    if "device" in keep:
        for tag, text in ((_MAKE, exif.make), (_MODEL, exif.model)):
            if text:
                made[tag] = text
    if "time" in keep and exif.taken is not None:
        times = made.get_ifd(_EXIF)
        times[_TAKEN] = exif.taken[1].strftime("%Y:%m:%d %H:%M:%S")
        if exif.taken[2] is not None:
            zone = exif.taken[2]
            times[_OFFSET] = f"{'-' if zone < 0 else '+'}{abs(zone) // 60:02d}:{abs(zone) % 60:02d}"
    if "place" in keep and exif.point is not None:
        place = made.get_ifd(_GPS)
        for tag, e7, letters in ((1, exif.point.lat_e7, "NS"), (3, exif.point.lon_e7, "EW")):
            place[tag] = letters[e7 < 0]
            place[tag + 1] = (IFDRational(abs(e7), 10**7), IFDRational(0), IFDRational(0))
    return made.tobytes()


def _encoded(picture: Image.Image, kind: str, exif: bytes) -> bytes:
    form = _AS.get(kind, "PNG")
    if form == "JPEG" and picture.mode == "RGBA":
        picture = picture.convert("RGB")
    out = io.BytesIO()
    more = {"exif": exif} if exif else {}
    picture.save(out, form, **_SAVED[form], **more)
    return out.getvalue()


def _fault(name: str, code: str, **values: str) -> Fault:
    return Fault(name, 0, "", f"fault.{code}", values)
