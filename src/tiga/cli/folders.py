"""A log as a plain folder in the layout of C2SP tlog-tiles: what `tiga export` writes and a mirror is.

Rules
1. Every file is written whole, on the disk, and under its name last. A tile or document that is there already with the
   same bytes is left alone; with others it is an error, never replaced (`Different`).
2. Of each bundle one file is kept: the widest, plain where every entry is there, else redacted.
3. What is read here is not trusted: lengths are bounded, and whoever reads compares with a signed head.

Not done here: deciding what goes in.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from tiga.cli import writing
from tiga.record.entries import ENTRY_LIMIT
from tiga.record.refusals import Refused
from tiga.record.tiles import ENTRIES, REDACTED, Level, Row, TileName, bundle, read_bundle, redacted
from tiga.record.tree import HASH, WIDTH

BUNDLE_LIMIT = WIDTH * (ENTRY_LIMIT + 3)
"""Bytes of a bundle of either kind."""


class Different(Exception):
    """A file that never changes is there with other bytes."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class Folder:
    """The folder of one log, for one reader."""

    def __init__(self, path: Path, mode: int = writing.PRIVATE) -> None:
        self.path, self._mode = path, mode
        self.written = 0

    # ---- files by name

    def read(self, name: str, limit: int) -> bytes | None:
        """A file's bytes, None where it is not there; raises Refused for more than `limit`."""
        try:
            with (self.path / name).open("rb") as file:
                data = file.read(limit + 1)
        except (FileNotFoundError, NotADirectoryError):
            return None
        if len(data) > limit:
            raise Refused("cli.mirror.too_long", {"path": name, "limit": limit})
        return data

    def keep(self, name: str, data: bytes) -> None:
        """Write a file that never changes; raises Different."""
        known = self.read(name, max(len(data), 1 << 26))
        if known is None:
            self.replace(name, data)
        elif known != data:
            raise Different(name)

    def replace(self, name: str, data: bytes) -> None:
        """Write a file in the place of one that may be there; the same bytes are not written again."""
        path = self.path / name
        if self.read(name, 1 << 30) == data:
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        writing.whole(path, data, self._mode)
        _settle(path.parent)
        self.written += 1

    # ---- bundles and tiles

    def rows(self, n: int, width: int) -> tuple[Row, ...]:
        """The first `width` rows of bundle `n`, out of whichever file has them; raises Refused, LookupError."""
        for name in self._files(n):
            if name.width >= width:
                data = self.read(name.path, BUNDLE_LIMIT)
                if data is not None:
                    return read_bundle(name, data)[:width]
        raise LookupError(TileName(ENTRIES, n, width).path)

    def known(self, n: int) -> tuple[Row, ...]:
        """All rows of bundle `n` that are here; raises Refused for a file that is no bundle."""
        name = next(self._files(n), None)
        data = self.read(name.path, BUNDLE_LIMIT) if name else None
        return read_bundle(name, data) if name and data is not None else ()

    def put(self, n: int, rows: Sequence[Row]) -> None:
        """Write a bundle, and take away other copies of it."""
        notes = [row.note for row in rows if row.note is not None]
        whole = len(notes) == len(rows)
        name = TileName(ENTRIES if whole else REDACTED, n, len(rows))
        self.replace(name.path, bundle(notes) if whole else redacted(rows))
        for other in self._files(n):
            if other != name:
                (self.path / other.path).unlink(missing_ok=True)

    def hashes(self, level: int, n: int, width: int) -> bytes | None:
        """The first `width` hashes of a tile, None where it is not there."""
        for name in self._wide(level, n):
            data = self.read(name.path, WIDTH * HASH)
            if name.width >= width and data is not None and len(data) == name.width * HASH:
                return data[: width * HASH]
        return None

    def _files(self, n: int) -> Iterator[TileName]:
        """Bundles of this number that may be here, the widest first, plain before redacted."""
        found = [*self._wide(ENTRIES, n), *self._wide(REDACTED, n)]
        yield from sorted(found, key=lambda name: -name.width)

    def _wide(self, level: Level, n: int) -> list[TileName]:
        full = TileName(level, n)
        names = [full] if (self.path / full.path).is_file() else []
        part = self.path / f"{full.path}.p"
        widths = [int(file.name) for file in part.iterdir() if _is_width(file.name)] if part.is_dir() else []
        return names + [TileName(level, n, width) for width in sorted(widths, reverse=True)]


def _settle(folder: Path) -> None:
    """Have a folder's names on the disk, where the system knows such a thing."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _is_width(name: str) -> bool:
    return name.isascii() and name.isdigit() and name == str(int(name)) and 0 < int(name) < WIDTH
