"""`tiga examine FILE`: what a file says about itself, for anybody, offline and without a record.

Rules
1. The file is read in a child process that can do nothing else; nothing is fetched, and nothing is written.
2. Each verdict is printed with what it does not prove. There is no score; the exit code says whether the file could be read,
   not what was found: 0, or 2 where FILE, a claim or a certificate cannot be read.
3. `--earlier` names files to compare with, in the order given; they are examined first. Whose signatures count is named by
   `--trust-credentials` and `--trust-timestamps` (PEM): nobody's by default.
"""

from __future__ import annotations

import argparse
import base64
import json
import sys
from dataclasses import replace
from decimal import InvalidOperation
from pathlib import Path

from tiga.cli.lines import plain, told, wrapped
from tiga.drafts import coordinates
from tiga.drafts.examinations import ClaimOfFile, Examination, Fingerprint, Trust
from tiga.values.moments import BadMoment, Moment
from tiga.values.places import BadPlace, Place, Point
from tiga.values.shapes import to_plain
from tiga.values.words import say

FILE_BYTES_MAX = 64 * 1024 * 1024
EARLIER_MAX = 100
PEM_BYTES_MAX = 1 << 20
TOKEN_BYTES_MAX = 256 * 1024


class Wrong(Exception):
    """A file or a claim that cannot be read; holds the sentence that says so."""


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", type=Path, help=told("cli.examine.file", "en"))
    parser.add_argument("--claim-time", default="", metavar="TIME", help=told("cli.examine.time", "en"))
    parser.add_argument("--claim-place", default="", metavar="LAT,LON,METRES", help=told("cli.examine.place", "en"))
    parser.add_argument("--claim-device", default="", metavar="NAME", help=told("cli.examine.device", "en"))
    parser.add_argument("--token", type=Path, metavar="FILE", help=told("cli.examine.token", "en"))
    parser.add_argument(
        "--earlier", type=Path, nargs="*", default=[], metavar="FILE", help=told("cli.examine.earlier", "en")
    )
    for name in ("credentials", "timestamps"):
        parser.add_argument(
            f"--trust-{name}",
            type=Path,
            action="append",
            default=[],
            metavar="PEM",
            help=told("cli.examine.trust", "en"),
        )
    parser.add_argument("--json", action="store_true", help=told("cli.examine.json", "en"))


def run(options: argparse.Namespace) -> int:
    language = options.language
    try:
        found = _examined(options, language)
    except Wrong as error:
        print(error, file=sys.stderr)
        return 2
    if options.json:
        print(json.dumps(to_plain(found), ensure_ascii=False, indent=1, sort_keys=True))
        return 0
    print(told("cli.examine.head", language, file=found.name, bytes=found.length, media_type=found.media_type))
    print(f"  sha256 {found.sha256}\n")
    for row in found.verdicts:
        outcome = say(f"exhibit_outcome.{row.outcome}", language)
        print(wrapped(plain(f"[{outcome}] {say(row.code, language, **row.values)}", language), "", "  "))
        print(wrapped(plain(say(f"{row.code}.not", language, **row.values), language), "  ", "  ") + "\n")
    print(wrapped(told("exhibit.about", language)))
    return 0


def _examined(options: argparse.Namespace, language: str) -> Examination:
    from tiga.store import examining

    if len(options.earlier) > EARLIER_MAX:
        raise Wrong(told("cli.examine.many", language, limit=EARLIER_MAX))
    trust = Trust(_pem(options.trust_credentials, language), _pem(options.trust_timestamps, language))
    claim, data = _claim(options, language), _read(options.file, FILE_BYTES_MAX, language)
    earlier: list[Fingerprint] = []
    for path in options.earlier:
        marks = examining.examine(_read(path, FILE_BYTES_MAX, language), path.name).fingerprint
        earlier += [replace(marks, known_as=path.name)] if marks is not None else []
    return examining.examine(data, options.file.name, claim, earlier, trust)


def _read(path: Path, limit: int, language: str) -> bytes:
    """A file's bytes; a longer one than the limit is read to one byte behind it, and the examination says so."""
    try:
        with path.open("rb") as file:
            return file.read(limit + 1)
    except OSError as error:
        raise Wrong(told("cli.unreadable", language, file=path, why=error.strerror or "")) from error


def _pem(paths: list[Path], language: str) -> tuple[str, ...]:
    return tuple(_read(path, PEM_BYTES_MAX, language).decode("ascii", "replace") for path in paths)


def _claim(options: argparse.Namespace, language: str) -> ClaimOfFile:
    """The claim: `TIME` is `2026-01-05T08:00 PKT`, with a zone or an offset; a place is in decimal degrees with a radius."""
    when, where, token = None, None, ""
    try:
        if options.claim_time:
            local, _, zone = options.claim_time.strip().replace("T ", "T").rpartition(" ")
            when = Moment(local, zone, "day" if len(local) == 10 else "minute")
        if options.claim_place:
            lat, lon, radius = (part.strip() for part in options.claim_place.split(","))
            where = Place("", "Latn", Point(coordinates.degrees(lat), coordinates.degrees(lon)), int(radius))
    except (BadMoment, BadPlace, InvalidOperation, ValueError) as error:
        given = options.claim_place if when is not None or not options.claim_time else options.claim_time
        raise Wrong(told("cli.examine.claim", language, given=given)) from error
    if options.token is not None:
        token = base64.b64encode(_read(options.token, TOKEN_BYTES_MAX, language)).decode("ascii")
    return ClaimOfFile(when, where, options.claim_device, token)
