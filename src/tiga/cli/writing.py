"""Files that a command leaves behind: whole or not there at all.

Rules
1. A new file never takes the place of another one; its owner alone can read it unless it is meant for others.
2. A file that takes another's place is written beside it first.
3. Both are on the disk, not in a cache, when the command says so.
"""

from __future__ import annotations

import os
from pathlib import Path

PRIVATE, PUBLIC = 0o600, 0o644


def new(path: Path, data: bytes, mode: int = PRIVATE) -> None:
    """Write a file that is not there yet; raises FileExistsError, OSError. A half-written one is taken away again."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), mode)
    try:
        _filled(handle, data)
    except OSError:
        path.unlink(missing_ok=True)
        raise


def whole(path: Path, data: bytes, mode: int = PUBLIC) -> None:
    """Write a file, in the place of one that may be there; raises OSError."""
    part = path.with_name(f"{path.name}.part")
    part.unlink(missing_ok=True)
    new(part, data, mode)
    os.replace(part, path)


def _filled(handle: int, data: bytes) -> None:
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
