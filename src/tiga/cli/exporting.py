"""`tiga export --record NAME DIR [--reader ROLE[:COMPONENT]]`: the log as a plain folder that any web server or USB stick
can hand on.

Rules
1. The reader is the public unless another is named; what goes in is what that reader's door shows. A folder is for one
   reader of one record, and says so (`export.json`): the folder of another is refused.
2. Done again it adds what is new. Tiles of hashes and documents that are there are compared, never replaced; bundles follow
   what the reader may see now, so that suppressed entries leave the folder.
3. Order: bundles, hashes, documents and policies, then the checkpoint. Whoever reads meanwhile finds what the checkpoint
   promises.

Not done here: uploading. What is open to a role other than the public is as confidential as on the site.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from tiga.cli import given, records, writing
from tiga.cli.folders import Different, Folder
from tiga.cli.lines import told
from tiga.record import canonical
from tiga.record.canonical import NotCanonical
from tiga.record.checkpoints import parse
from tiga.record.notes import text_of
from tiga.record.refusals import Refused
from tiga.record.tiles import ENTRIES, row
from tiga.record.tree import WIDTH

MARK = "export.json"
PUBLIC = "public"
MARK_LIMIT = 4_096


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--record", required=True, metavar="NAME", help=told("cli.record", "en"))
    parser.add_argument("folder", type=Path, metavar="DIR", help=told("cli.export.folder", "en"))
    parser.add_argument("--reader", default=PUBLIC, metavar="ROLE[:COMPONENT]", help=told("cli.export.reader", "en"))
    parser.add_argument("--settings", default="", help=told("cli.settings", "en"))


def run(options: argparse.Namespace) -> int:
    language = options.language
    desk = records.open_desk(options.record, options.settings)
    from tiga.web.access import Door
    from tiga.web.readers import wall

    try:
        reader = records.reader(desk, options.reader)
    except Refused as refusal:
        given.failed(refusal, language)
        return 2
    door = Door(desk, reader, None, desk.now(wall()))
    try:
        mode = writing.PUBLIC if reader.role == PUBLIC else writing.PRIVATE
        return _export(door, Folder(options.folder, mode), language)
    except Different as error:
        print(told("cli.export.different", language, file=options.folder / error.name), file=sys.stderr)
        return 1
    except (Refused, OSError) as error:
        return given.failed(error, language)


def _export(door: Any, folder: Folder, language: str) -> int:
    from tiga.store import publishing

    desk, reader = door.desk, records.named(door.reader)
    checkpoint = publishing.checkpoint(desk)
    if not checkpoint:
        print(told("cli.export.empty", language), file=sys.stderr)
        return 1
    mark = canonical.encode({"origin": desk.origin, "reader": reader, "v": 1}) + b"\n"
    known = folder.read(MARK, MARK_LIMIT)
    if known not in (None, mark):
        print(told("cli.export.other", language, folder=folder.path, **_members(known or b"")), file=sys.stderr)
        return 1
    folder.path.mkdir(parents=True, exist_ok=True, mode=0o755 if reader == PUBLIC else 0o700)
    folder.keep(MARK, mark)
    size = parse(text_of(checkpoint)).size
    withheld = _write(door, folder, size)
    for name, data in publishing.papers(desk).items():
        (folder.keep if name.startswith("documents/") else folder.replace)(name, data)
    spoken = dict.fromkeys(("en", language))
    readme = "".join(told("cli.export.readme", one, origin=desk.origin, reader=reader, size=size) for one in spoken)
    folder.replace("README.txt", readme.lstrip("\n").encode("utf-8"))
    folder.replace("checkpoint", checkpoint)
    print(told(
        "cli.export.done", language, reader=reader, folder=folder.path, size=size, new=folder.written, withheld=withheld,
    ))  # fmt: skip
    return 0


def _members(mark: bytes) -> dict[str, str]:
    """Origin and reader of a mark, as far as it can be read."""
    try:
        found = canonical.decode(mark[:-1])
    except NotCanonical:
        found = {}
    return {name: str(found.get(name, "-") if isinstance(found, dict) else "-") for name in ("origin", "reader")}


def _write(door: Any, folder: Folder, size: int) -> int:
    """Bundles and tiles of a log's first `size` entries; how many entries stand as leaf hash."""
    from tiga.store import publishing

    withheld = 0
    for name in row(ENTRIES, size):
        rows = door.entry_rows(name.n * WIDTH, name.n * WIDTH + name.width)
        withheld += sum(one.note is None for one in rows)
        folder.put(name.n, rows)
    for level in range((size.bit_length() + 7) // 8):
        for name in row(level, size):
            folder.keep(name.path, publishing.hashes(door.desk, name))
    return withheld
