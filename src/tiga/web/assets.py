"""Set-up: copies third-party front-end files out of an npm folder, unbundled, with their licences and versions.

Rules
1. What is copied is listed in `FILES`, file by file, and lies under `static/vendor/`, which is made anew each time.
2. A file is copied as it is, but for a line that points to a source map, which is not shipped.
3. Typst reads no WOFF2: the fonts stand beside it as TrueType too (`PDF_FONTS`), the variable one at fixed weights.
4. `NOTICE.txt` names every package, its version, licence and licence text. The base map's data is public domain.

Run as `python -m tiga.web.assets all NODE_MODULES`, or `basemap` in place of `all` for the map alone.
Not done here: fetching (the `dev` script), hashing file names (the server's static storage).
"""

from __future__ import annotations

import json
import re
import shutil
import sys
from pathlib import Path

from tiga.web import geography

VENDOR = Path(__file__).resolve().parent / "static" / "vendor"

_NASTALIQ = "@fontsource/noto-nastaliq-urdu"
_VAZIRMATN = "@fontsource-variable/vazirmatn"
_ATLAS = "world-atlas"
FILES = {
    "leaflet": {
        "dist/leaflet-src.esm.js": "leaflet/leaflet-src.esm.js",
        "dist/leaflet.css": "leaflet/leaflet.css",
        "dist/images/layers.png": "leaflet/images/layers.png",
        "dist/images/layers-2x.png": "leaflet/images/layers-2x.png",
        "dist/images/marker-icon.png": "leaflet/images/marker-icon.png",
    },
    _NASTALIQ: {
        f"files/{name}": f"fonts/{name}"
        for name in ("noto-nastaliq-urdu-arabic-400-normal.woff2", "noto-nastaliq-urdu-arabic-700-normal.woff2")
    },
    _VAZIRMATN: {"files/vazirmatn-arabic-wght-normal.woff2": "fonts/vazirmatn-arabic-wght-normal.woff2"},
}
"""By package: its file → its place under `static/vendor/`."""
PDF_FONTS = {
    "NotoNastaliqUrdu-Regular.ttf": ("noto-nastaliq-urdu-arabic-400-normal.woff2", None),
    "NotoNastaliqUrdu-Bold.ttf": ("noto-nastaliq-urdu-arabic-700-normal.woff2", None),
    "Vazirmatn-Regular.ttf": ("vazirmatn-arabic-wght-normal.woff2", 400),
    "Vazirmatn-Bold.ttf": ("vazirmatn-arabic-wght-normal.woff2", 700),
}
"""By TrueType file: the WOFF2 it is made of, and the weight at which a variable font is fixed."""
_SOURCE_MAP = re.compile(rb"^(?://|/\*)# sourceMappingURL=.*$", re.MULTILINE)


class MissingAsset(LookupError):
    """A file that the npm folder lacks; the message names it and the remedy."""


def copy_files(modules: Path, vendor: Path) -> None:
    """Copy what `FILES` lists from an npm folder."""
    for package, files in FILES.items():
        for source, target in files.items():
            path = _found(modules / package / source)
            (vendor / target).parent.mkdir(parents=True, exist_ok=True)
            (vendor / target).write_bytes(_SOURCE_MAP.sub(b"", path.read_bytes()))


def make_pdf_fonts(vendor: Path) -> None:
    """Write the TrueType fonts that the PDF maker reads, the same bytes each time."""
    from fontTools.ttLib import TTFont
    from fontTools.varLib.instancer import instantiateVariableFont

    for target, (source, weight) in PDF_FONTS.items():
        font = TTFont(vendor / "fonts" / source, recalcTimestamp=False)
        if weight is not None:
            font = instantiateVariableFont(font, {"wght": weight}, updateFontNames=True)
        font.flavor = None
        font.save(vendor / "fonts" / target)


def make_basemap(modules: Path, vendor: Path) -> int:
    """Write `basemap.json` from the atlas; returns its size in bytes."""
    atlases = [json.loads(_found(modules / _ATLAS / f"{name}-10m.json").read_bytes()) for name in ("land", "countries")]
    data = json.dumps(geography.basemap(*atlases), separators=(",", ":")).encode()
    vendor.mkdir(parents=True, exist_ok=True)
    (vendor / "basemap.json").write_bytes(data)
    return len(data)


def notice(modules: Path) -> str:
    """The text of `NOTICE.txt`: package, version, licence, what it is used for, and the licence's own text."""
    parts = [
        "Third-party files in this folder, fetched at set-up from npm packages and not changed but for rules 2 and 3\n"
        "of tiga.web.assets (source-map lines left out; fonts also converted to TrueType).\n"
    ]
    for package in (*FILES, _ATLAS):
        about = json.loads(_found(modules / package / "package.json").read_bytes())
        files = ", ".join(sorted(FILES.get(package, {"": "basemap.json"}).values()))
        text = _found(modules / package / "LICENSE").read_text(encoding="utf-8").strip()
        parts.append(f"{'=' * 78}\n{package} {about['version']} ({about['license']})\nFiles: {files}\n\n{text}\n")
    parts.append(
        f"{'=' * 78}\nMap data: {geography.ATTRIBUTION}. What is drawn and left out implies no position on any line.\n"
    )
    return "\n".join(parts)


def make_all(modules: Path, vendor: Path = VENDOR) -> None:
    """Make the vendor folder anew; a failure leaves the former folder in place."""
    fresh = vendor.with_name("vendor.new")
    shutil.rmtree(fresh, ignore_errors=True)
    copy_files(modules, fresh)
    make_pdf_fonts(fresh)
    make_basemap(modules, fresh)
    (fresh / "NOTICE.txt").write_text(notice(modules), encoding="utf-8")
    shutil.rmtree(vendor, ignore_errors=True)
    fresh.rename(vendor)


def _found(path: Path) -> Path:
    if not path.is_file():
        raise MissingAsset(f"{path}: not there; delete build/npm and run ./dev again")
    return path


def main(arguments: list[str]) -> int:
    """`all NODE_MODULES` or `basemap NODE_MODULES`; 0 when done, 2 for another use."""
    if len(arguments) != 2 or arguments[0] not in ("all", "basemap"):
        print("use: python -m tiga.web.assets all|basemap NODE_MODULES", file=sys.stderr)
        return 2
    if arguments[0] == "all":
        make_all(Path(arguments[1]))
    else:
        make_basemap(Path(arguments[1]), VENDOR)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
