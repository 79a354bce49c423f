"""The demo goes over into serving, serves papers, and ends politely: what a newcomer does first and last."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from tests.browser import sites

SECONDS_MAX = 90


def test_the_demo_serves_its_pages_and_papers_and_ends_with_ctrl_c(tmp_path: Path) -> None:
    log = tmp_path / "log"
    words = [sys.executable, "-m", "tiga", "demo", "--out", str(tmp_path / "demo"), "--port", str(sites.free_port())]
    environment = {**os.environ, "PYTHONPATH": str(sites.ROOT / "src")}
    for name in ("TIGA_SETTINGS", "DJANGO_SETTINGS_MODULE"):
        environment.pop(name, None)
    with log.open("wb") as out:
        server = subprocess.Popen(
            words, stdout=out, stderr=out, cwd=sites.ROOT, env=environment, start_new_session=True
        )
    try:
        address = _address(log, server)
        with urllib.request.urlopen(f"{address}exercise/sitrep.pdf", timeout=60) as answer:
            assert answer.read(5) == b"%PDF-"
        os.killpg(server.pid, signal.SIGINT)  # as a terminal does: to all of the group
        assert server.wait(timeout=90) == 0
        assert log.read_text("utf-8").rstrip().endswith("Nothing that was acknowledged is lost.")
        assert "Traceback" not in log.read_text("utf-8")
    finally:
        if server.poll() is None:
            os.killpg(server.pid, signal.SIGKILL)


def _address(log: Path, server: subprocess.Popen[bytes]) -> str:
    """The address that the demo says it serves at, once it answers."""
    for _ in range(SECONDS_MAX * 5):
        assert server.poll() is None, log.read_text("utf-8")
        found = [word for word in log.read_text("utf-8").split() if word.startswith("http://127.0.0.1:")]
        if found:
            try:
                urllib.request.urlopen(found[-1], timeout=5).close()
            except OSError:
                pass
            else:
                return found[-1]
        time.sleep(0.2)
    raise AssertionError(f"the demo served nothing within {SECONDS_MAX} s: {log.read_text('utf-8')}")
