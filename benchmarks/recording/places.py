"""Where the measuring takes place: records in a temporary folder with the settings that any record has, and the peers.

Rules
1. Everything lies on one file system, `build/bench`, and is deleted afterwards.
2. A peer runs in the environment of the peers (`PEER_PYTHON`), which no record imports, and times itself.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks import PEER_PYTHON

if TYPE_CHECKING:
    from tiga.store.guard import Guard
    from tiga.store.keys import Keyring
    from tiga.store.ledger import Ledger

ORIGIN = "tiga.example/press"
EXERCISE = "tiga.example/exercise"
ORIGINS = {
    "alone": ORIGIN, "guarded": ORIGIN, "grouped": ORIGIN, "proofs": ORIGIN, "small": EXERCISE, "large": EXERCISE,
}  # fmt: skip
"""The records by name, each in a folder of its own, and their origins."""


def settle(folder: Path) -> None:
    """Settings for all records in `folder`, and their tables."""
    rows = "".join(
        f'[[record]]\nname = "{name}"\nfolder = "{name}"\norigin = "{origin}"\n' for name, origin in ORIGINS.items()
    )
    settings = folder / "tiga.toml"
    settings.write_text(f"[site]\ndemo = true\n{rows}")
    os.environ["TIGA_SETTINGS"], os.environ["DJANGO_SETTINGS_MODULE"] = str(settings), "tiga.web.settings"
    import django

    django.setup()
    from tiga.store import opening

    for name in ORIGINS:
        opening.prepare(name)


def ring(origin: str = ORIGIN) -> Keyring:
    from tiga.store import opening
    from tiga.store.keys import demo_keyring

    return demo_keyring(opening.demo_names(origin.rpartition("/")[2]))


def ledger(name: str, guard: Guard | None = None) -> Ledger:
    """A record's log, its keys those of the demo, without a charter."""
    from tiga.store.ledger import Ledger

    keys = ring()
    return Ledger(name, ORIGIN, keys.signer(ORIGIN), {one: keys.signer(one).key for one in keys.names()}, guard)


def guard(folder: Path) -> Guard:
    """A guard on the same disk as its record."""
    from tiga.store.guard import Guard

    return Guard(folder / "guards" / "guard")


class Peer:
    """The peers' process."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def ask(self, do: str, **values: object) -> Any:
        """Put a question to `peers.py`; raises RuntimeError where the peers' process has ended."""
        assert self._process.stdin is not None and self._process.stdout is not None  # they are pipes
        self._process.stdin.write(json.dumps({"do": do, **values}) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"the peers' process ended at {do}; what it printed stands above")
        return json.loads(line)


@contextmanager
def peers() -> Iterator[Peer]:
    """The peers' process, ended when the measuring is over."""
    if not PEER_PYTHON.exists():
        raise RuntimeError("the peers are not installed: run ./dev bench record")
    script = Path(__file__).with_name("peers.py")
    process = subprocess.Popen(
        [str(PEER_PYTHON), "-I", str(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        yield Peer(process)
    finally:
        process.terminate()
        process.wait()


def spread(count: int, size: int) -> Sequence[int]:
    """Indices far apart from each other in a log: steps by the golden section."""
    return [number * 618_033_989 * size // 10**9 % size for number in range(1, count + 1)]
