"""Submissions from phones, each with a photograph of 200 kB, beside a bare Django view. About two minutes.

Rules
1. Ours is the whole server as `tiga serve` runs it: a token is looked up, the multipart body and the XML are read, bytes,
   names and times encrypted under keys of their own, versions looked for, all of it durable before the answer.
2. The peer (`phones.bare`) runs under the same server with as many threads, and durably stores the same photograph as a
   file and one row. It looks at nothing and encrypts nothing.
3. 32 phones, interleaved rounds, fresh submissions in each; the medians count. A side that does not hold all that it said
   it kept, byte for byte, makes the run fail.
"""

from __future__ import annotations

import hashlib
import os
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from statistics import median

from benchmarks import Row
from benchmarks.phones import sending

PEERS: list[str] = []
PHONES = 32
EACH, ROUNDS = 8, 7
BAR = Decimal("0.40")
RECORD, ORIGIN = "press", "tiga.example/press"
START_SECONDS_MAX = 60
ROOT = Path(__file__).resolve().parent.parent


def rows(progress: Callable[[str], None]) -> list[Row]:
    with tempfile.TemporaryDirectory(dir=ROOT / "build" / "bench", prefix="openrosa-") as name:
        folder = Path(name)
        (folder / "bare").mkdir()
        tokens = _founded(folder)
        with (
            _served("tiga.web.wsgi:application", {"TIGA_SETTINGS": str(folder / "tiga.toml")}) as ours,
            _served("benchmarks.phones.bare:application", {"TIGA_BARE_FOLDER": str(folder / "bare")}) as bare,
        ):
            progress(f"rounds: {ROUNDS}, phones: {PHONES}, submissions of each side in a round: {PHONES * EACH}")
            rates = _rates({"ours": (ours, tokens), "bare": (bare, [])})
        _same(folder)
    return [Row(f"submissions of 200 kB, {PHONES} phones; a bare view", rates["ours"], "1/s", rates["bare"], BAR)]


def _founded(folder: Path) -> list[str]:
    """A record with a phone for each client; their tokens."""
    settings = folder / "tiga.toml"
    settings.write_text(f'[site]\ndemo = true\n[[record]]\nname = "{RECORD}"\nfolder = "record"\norigin = "{ORIGIN}"\n')
    os.environ["TIGA_SETTINGS"], os.environ["DJANGO_SETTINGS_MODULE"] = str(settings), "tiga.web.settings"
    import django

    django.setup()
    from django.db import connections

    from tests.store import kept
    from tiga.store import devices, opening

    opening.prepare(RECORD)
    desk = kept.lay(RECORD)
    key = f"{ORIGIN}/monitor/1"
    tokens = [devices.enrol(desk, key, str(number), kept.LATER, desk.entropy)[0] for number in range(PHONES)]
    connections.close_all()
    return tokens


@contextmanager
def _served(application: str, more: Mapping[str, str]) -> Iterator[int]:
    """The port at which an application answers, until the block ends."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}", **more}
    command = [sys.executable, "-m", "benchmarks.phones.serving", application, str(port)]
    server = subprocess.Popen(command, env=environment, cwd=ROOT)
    try:
        for _ in range(START_SECONDS_MAX * 10):
            if server.poll() is not None:
                raise RuntimeError(f"{application} ended: what it printed stands above")
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                time.sleep(0.1)
        yield port
    finally:
        server.terminate()
        try:
            server.wait(15)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _rates(sides: Mapping[str, tuple[int, list[str]]]) -> dict[str, Decimal]:
    """Median submissions a second of each side; the first round only warms both up."""
    found: dict[str, list[float]] = {name: [] for name in sides}
    for number in range(ROUNDS + 1):
        first = number * PHONES * EACH
        for name, (port, tokens) in sides.items():
            paths = [f"/{RECORD}/openrosa/d/{token}/submission" for token in tokens] or ["/submission"]
            made = [sending.request(paths[one % PHONES % len(paths)], first + one) for one in range(PHONES * EACH)]
            spent = sending.seconds(port, made, PHONES)
            if number:
                found[name].append(len(made) / spent)
    return {name: Decimal(f"{median(values):.1f}") for name, values in found.items()}


def _same(folder: Path) -> None:
    """Both sides hold every submission with its photograph."""
    count = PHONES * EACH * (ROUNDS + 1)
    bare = sqlite3.connect(folder / "bare" / "bare.sqlite3")
    names = [row[0] for row in bare.execute("SELECT name FROM sent WHERE length = ?", (sending.PHOTO_BYTES,))]
    bare.close()
    theirs = {hashlib.sha256((folder / "bare" / name).read_bytes()).hexdigest() for name in names}
    from tiga.store import models, vault

    ours = set(models.SentFile.objects.using(RECORD).values_list("sha256", flat=True))
    sizes = (len(names), models.Sent.objects.using(RECORD).count(), len(theirs), len(ours))
    if sizes != (count,) * 4 or ours != theirs:
        raise RuntimeError(f"the sides do not hold the same submissions: {sizes}, expected {count}")
    for sha256 in sorted(ours)[:50]:
        vault.blob(RECORD, sha256)
