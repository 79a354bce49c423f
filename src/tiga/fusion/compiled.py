"""The one way in which loops of this room are compiled.

Rules
1. No fast mathematics: IEEE 754 rounds addition, multiplication, division and square root in one way, and so two machines
   agree to the last bit. What needs a logarithm or a cosine looks it up in whole numbers (`reckoning`).
2. Compiled code is kept from run to run in a folder named by a digest of all sources of this room: one loop calls another, and
   a change in either makes both anew. The folder lies beside the sources or in the user's cache; where neither can be
   written, each process compiles.
3. A compiled function holds no lock: callers may run it in several threads at once.

This module reads the sources of its own room and writes that folder; no other of the core touches a disk.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar, cast

import numba

Function = TypeVar("Function", bound=Callable[..., Any])
Answer = TypeVar("Answer")
_ROOM = Path(__file__).parent


def _folder() -> Path | None:
    """Where compiled code is kept; None where nothing can be written."""
    digest = hashlib.sha256(numba.__version__.encode("ascii"))
    for path in sorted(_ROOM.glob("*.py")):
        digest.update(path.read_bytes())
    own = f"fusion-{digest.hexdigest()[:16]}"
    user = Path(os.environ.get("XDG_CACHE_HOME") or Path(os.environ.get("HOME", "/nonexistent")) / ".cache")
    for folder in (_ROOM / "__pycache__" / own, user / "tiga" / own):
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError:
            continue
        if os.access(folder, os.W_OK):
            return folder
    return None


_KEPT = _folder()
if _KEPT is not None:
    numba.config.CACHE_DIR = str(_KEPT)


def compiled(function: Function) -> Function:
    """The function, compiled at its first call for the types it is called with."""
    return cast(Function, numba.njit(nogil=True, cache=_KEPT is not None, error_model="numpy")(function))


def leaf(function: Function) -> Function:
    """The same for a function that makes no arrays: it need not count who holds those that it is handed, which would cost more
    than most of what it does."""
    return cast(Function, numba.njit(nogil=True, cache=_KEPT is not None, error_model="numpy", _nrt=False)(function))


def each(work: Callable[[int], Answer], over: Sequence[int], threads: int) -> list[Answer]:
    """The answers for each number, in their order, in so many threads."""
    if threads <= 1:
        return [work(one) for one in over]
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(work, over))
