"""A server for phones dies at any instant: what a phone was told 201 for is there, byte for byte, and becomes one report."""

from __future__ import annotations

import hashlib
import http.client
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.sites import free_port
from tests.core.intake.odk_samples import xml
from tests.crash.stand import HERE, ROOT

KILLS, TAKES = 10, 4
SEED = 20_261_123
PHONES = 4
FIRST_SECONDS_MAX = 30
LATEST_MS = 600
PHOTO_BYTES = 60_000


class Server:
    """The process of `phones.py`."""

    def __init__(self, folder: Path) -> None:
        environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"}
        for name in ("TIGA_SETTINGS", "DJANGO_SETTINGS_MODULE"):
            environment.pop(name, None)
        self._errors = folder / "stderr"
        with self._errors.open("wb") as errors:
            self._process = subprocess.Popen(
                [sys.executable, HERE / "phones.py", folder], env=environment, stdin=subprocess.PIPE,
                stdout=subprocess.PIPE, stderr=errors,
            )  # fmt: skip
        self.token = str(self.line()["token"])

    def start(self, **command: object) -> int:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(command).encode() + b"\n")
        self._process.stdin.flush()
        return int(self.line()["life"])

    def line(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, self._errors.read_text()[-3000:]
        found: dict[str, Any] = json.loads(line)
        return found

    def died(self) -> tuple[int, list[dict[str, Any]]]:
        """How the life ended, and what it told until then."""
        told = []
        while "died" not in (line := self.line()):
            told.append(line)
        return int(line["died"]), told

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(60)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    found = Server(tmp_path)
    yield found
    found.close()


def sent(port: int, token: str, instance: str, photo: bytes) -> tuple[int, str]:
    """Send one submission with its photograph; the answer's status (0: none came) and the XML's digest."""
    data, mark = xml(instance, account=f"Account of {instance}."), "phone-part"
    head = f'--{mark}\r\nContent-Disposition: form-data; name="%s"; filename="%s"\r\nContent-Type: %s\r\n\r\n'
    parts = [head % ("xml_submission_file", "s.xml", "text/xml"), data, "\r\n", head % ("1.jpg", "1.jpg", "image/jpeg")]
    body = b"".join(part if isinstance(part, bytes) else part.encode() for part in parts)
    body += photo + f"\r\n--{mark}--\r\n".encode()
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        link.request(
            "POST",
            f"/press/openrosa/d/{token}/submission",
            body,
            {"Content-Type": f"multipart/form-data; boundary={mark}"},
        )
        return link.getresponse().status, hashlib.sha256(data).hexdigest()
    except (OSError, http.client.HTTPException):
        return 0, ""
    finally:
        link.close()


def under_load(server: Server, life: int, draw: random.Random, acked: dict[str, tuple[str, str]]) -> None:
    """Phones send until the server is killed; what was acknowledged is noted with its digests."""
    port, over = free_port(), threading.Event()
    pid = server.start(do="serve", port=port)
    server.line()  # ready

    def phone(number: int) -> None:
        for count in range(10_000):
            if over.is_set():
                return
            photo = b"\xff\xd8\xff" + random.Random(f"{life} {number} {count}").randbytes(PHOTO_BYTES)
            instance = f"uuid:{life}-{number}-{count}"
            status, digest = sent(port, server.token, instance, photo)
            assert status in (0, 201)
            if status == 201:
                acked[instance] = (digest, hashlib.sha256(photo).hexdigest())

    threads = [threading.Thread(target=phone, args=(number,)) for number in range(PHONES)]
    for thread in threads:
        thread.start()
    before, until = len(acked), time.monotonic() + FIRST_SECONDS_MAX
    while len(acked) < before + 2 and time.monotonic() < until:  # a slow machine answers late
        time.sleep(0.01)
    time.sleep(0.1 + draw.uniform(0, LATEST_MS / 1000))
    os.kill(pid, signal.SIGKILL)
    over.set()
    for thread in threads:
        thread.join()
    assert server.died()[0] == -9


def test_what_was_told_201_is_there_and_becomes_one_report(server: Server) -> None:
    draw, acked = random.Random(SEED), {}
    for life in range(KILLS):
        under_load(server, life, draw, acked)
    for _ in range(TAKES):
        pid = server.start(do="take")
        server.line()  # taking
        time.sleep(draw.uniform(0, LATEST_MS / 1000))
        os.kill(pid, signal.SIGKILL)
        server.died()
    server.start(do="take")
    assert server.died()[0] == 0
    server.start(do="look")
    status, told = server.died()
    assert status == 0
    there = {line["there"]: line for line in told if "there" in line}
    lost = [
        instance for instance, (text, photo) in acked.items()
        if instance not in there or (there[instance]["xml"], there[instance]["files"]) != (text, [["1.jpg", photo]])
    ]  # fmt: skip
    assert (lost, len(acked) > KILLS) == ([], True)
    (reports,) = (line["reports"] for line in told if "reports" in line)
    assert reports == sorted(f"Account of {instance}." for instance in there)
    assert {line["state"] for line in there.values()} == {"filed"}
    print(
        f"{KILLS} kills while phones sent, {TAKES} while reports were made; {len(acked)} acknowledged, {len(lost)} lost"
    )
