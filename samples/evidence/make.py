"""Make the exercise's evidence files anew, beside this script; needs Pillow, which only development installs.

Rules
1. Everything shown is invented, lies near latitude 0, longitude 0, and is marked EXERCISE.
2. The same Pillow gives the same bytes: the scene is drawn from a fixed seed and no clock is read.
3. `stonebridge.jpg` carries place, time and device in its EXIF; `stonebridge-recycled.jpg` is the same picture cropped,
   scaled, re-encoded and without EXIF, as a recycled picture would be.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw, ImageFilter, ImageFont
from PIL.TiffImagePlugin import IFDRational

SEED = b"tiga exercise 2026-01-13"
SIZE = (960, 640)
GPS_IFD, EXIF_IFD = 0x8825, 0x8769


def dice(seed: bytes) -> Callable[[int, int], int]:
    """Whole numbers from low to high, both included, always the same for a seed."""
    stream = iter(hashlib.shake_256(seed).digest(40_000))

    def throw(low: int, high: int) -> int:
        return low + (next(stream) << 8 | next(stream)) % (high - low + 1)

    return throw


def scene() -> Image.Image:
    """A stone bridge between two hills, a damaged house and four craters."""
    throw = dice(SEED)
    width, height = SIZE
    picture = Image.new("RGB", SIZE)
    draw = ImageDraw.Draw(picture)
    for y in range(height):
        draw.line((0, y, width, y), (150 + y // 9, 175 + y // 12, 205 - y // 10))
    for base, shade in ((300, (126, 120, 108)), (350, (112, 104, 88)), (400, (134, 116, 84))):
        ridge = [(x, base + throw(-22, 22)) for x in range(0, width + 60, 60)]
        draw.polygon([(0, height), *ridge, (width, height)], shade)
    draw.polygon([(330, 640), (420, 470), (520, 470), (640, 640)], (92, 120, 138))  # the river
    draw.rectangle((250, 440, 720, 480), (150, 142, 130))
    for x in (330, 450, 570):
        draw.pieslice((x, 450, x + 90, 550), 180, 360, (92, 112, 126))
    draw.rectangle((730, 380, 860, 480), (178, 156, 124))
    draw.polygon([(720, 380), (800, 330), (830, 355), (815, 380)], (120, 82, 64))
    draw.rectangle((760, 420, 785, 480), (60, 48, 40))
    for x, y in ((120, 560), (210, 520), (700, 570), (880, 540)):
        draw.ellipse((x - 34, y - 12, x + 34, y + 12), (70, 58, 46))
        draw.ellipse((x - 20, y - 6, x + 20, y + 8), (42, 36, 30))
    for _ in range(2600):
        x, y = throw(0, width - 1), throw(390, height - 1)
        grey = throw(-22, 22)
        colour = picture.getpixel((x, y))
        draw.point((x, y), tuple(max(0, min(255, part + grey)) for part in colour))
    picture = picture.filter(ImageFilter.GaussianBlur(0.8))
    marker = ImageDraw.Draw(picture)
    font = ImageFont.load_default(size=34)
    marker.rectangle((0, 0, width, 52), (20, 20, 20))
    marker.text((16, 6), "EXERCISE   invented scene   Stonebridge", (255, 214, 0), font=font)
    marker.text((400, 590), "EXERCISE", (255, 214, 0), font=font)
    return picture


def degrees(value: float) -> tuple[IFDRational, IFDRational, IFDRational]:
    """Degrees, minutes, seconds as EXIF 2.3 wants them."""
    seconds = round(abs(value) * 3600 * 100)
    return IFDRational(seconds // 360000), IFDRational(seconds // 6000 % 60), IFDRational(seconds % 6000, 100)


def photograph(picture: Image.Image) -> bytes:
    exif = Image.Exif()
    exif[0x010E] = "EXERCISE: invented scene"
    exif[0x010F], exif[0x0110], exif[0x0131] = "Exercise Optics", "EX-1 (invented)", "samples/evidence/make.py"
    exif[0x0132] = "2026:01:13 08:47:12"
    exif[EXIF_IFD] = {0x9003: "2026:01:13 08:47:12", 0x9011: "+00:00", 0xA431: "EX-0007"}
    where = {1: "N", 2: degrees(0.2003), 3: "E", 4: degrees(0.1498)}
    exif[GPS_IFD] = {**where, 7: (8, 47, 12), 18: "WGS-84", 29: "2026:01:13"}
    out = BytesIO()
    picture.save(out, "JPEG", quality=82, exif=exif)
    return out.getvalue()


def recycled(original: bytes) -> bytes:
    picture = Image.open(BytesIO(original)).convert("RGB")
    width, height = picture.size
    cropped = picture.crop((width * 4 // 100, height * 2 // 100, width * 97 // 100, height * 98 // 100))
    out = BytesIO()
    cropped.resize((720, 480), Image.Resampling.LANCZOS).save(out, "JPEG", quality=58)
    return out.getvalue()


def page() -> bytes:
    """A one-page PDF 1.4 of five objects, written by hand."""
    lines = (
        (20, 780, "EXERCISE - EXERCISE - EXERCISE"),
        (14, 730, "Hospital register, extract (invented)"),
        (11, 700, "Place: Stonebridge (invented)    Day: 12 January 2026    Times: UTC"),
        (11, 680, "21:50  two persons brought in dead"),
        (11, 662, "21:55  two persons with wounds, one more on 13 January at 07:10"),
        (11, 630, "No names: this page shows what a register may say, not who is in it."),
        (20, 60, "EXERCISE"),
    )
    text = "".join(f"BT /F1 {size} Tf 60 {y} Td ({line}) Tj ET\n" for size, y, line in lines).encode("ascii")
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%sendstream" % (len(text), text),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    )
    out, offsets = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, table)
    return out + b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)


def statement() -> bytes:
    return (
        "مشق — EXERCISE\n\n"
        "یہ فرضی بیان ہے۔ جگہ: سنگ پل (فرضی)۔ تاریخ: ۱۲ جنوری ۲۰۲۶۔\n"
        "گاؤں کی کمیٹی نے بتایا کہ رات نو بج کر پانچ منٹ (UTC) پر چار دھماکے سنے گئے۔\n"
        "کمیٹی کے مطابق دو افراد ہلاک اور دو یا تین زخمی ہوئے۔ کسی کا نام یہاں درج نہیں۔\n"
        "کمیٹی نے یہ نہیں دیکھا کہ گولے کہاں سے آئے۔\n\n"
        "EXERCISE — مشق\n"
    ).encode()


def files() -> dict[str, bytes]:
    """Every evidence file by its name."""
    original = photograph(scene())
    return {
        "stonebridge.jpg": original,
        "stonebridge-recycled.jpg": recycled(original),
        "register-extract.pdf": page(),
        "committee-statement-ur.txt": statement(),
    }


def main() -> int:
    here = Path(__file__).parent
    for name, data in files().items():
        (here / name).write_bytes(data)
        print(f"{name}: {len(data)} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
