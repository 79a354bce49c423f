"""Sites for the browser tests: one demo made once a run, copies of it, a server on each copy, and a reader over HTTP.

Nothing here is a test. `Site` is a server of our own on a free port, ended with the block; `Client` is a reader with
cookies over plain HTTP, for what needs no browser.
"""

from __future__ import annotations

import fcntl
import http.cookiejar
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PEOPLE = ("liaison-1", "liaison-2", "mediator-1", "mediator-2", "monitor", "secretariat", "analyst")
READERS = ("nobody", *PEOPLE)
PORT_LOW, PORT_HIGH = 8700, 9700
PORTS_A_WORKER = 150
START_SECONDS_MAX = 60
DEMO_SECONDS_MAX = 180
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--no-sandbox", "--disable-quic", "--disable-background-networking", "--no-first-run", "--disable-component-update",
    "--disable-sync",
)  # fmt: skip


def chromium_path() -> str:
    """The browser to test with; a missing one is a failure that says what to install."""
    for name in (os.environ.get("TIGA_CHROMIUM"), *BROWSERS):
        if name and (found := shutil.which(name)):
            return found
    raise AssertionError("no Chromium: install it (Debian: apt install chromium) or set TIGA_CHROMIUM to its path")


def tiga(
    *arguments: str, settings: Path | None = None, seconds: int = DEMO_SECONDS_MAX
) -> subprocess.CompletedProcess[str]:
    """Run a command of tiga to its end."""
    return subprocess.run(
        [sys.executable, "-m", "tiga", *arguments], cwd=ROOT, env=_environment(settings), capture_output=True, text=True,
        timeout=seconds,
    )  # fmt: skip


def _environment(settings: Path | None) -> dict[str, str]:
    kept = {
        name: value for name, value in os.environ.items() if name not in ("DJANGO_SETTINGS_MODULE", "TIGA_SETTINGS")
    }
    paths = [str(ROOT / "src"), *filter(None, [kept.get("PYTHONPATH")])]
    return kept | {"PYTHONPATH": os.pathsep.join(paths)} | ({"TIGA_SETTINGS": str(settings)} if settings else {})


def demo_folder(shared: Path) -> Path:
    """The demo, made once for all workers of a run; copies are made from it, nobody serves it."""
    folder = shared / "demo"
    with (shared / "demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "summary.json").exists():
            made = tiga("demo", "--no-serve", "--out", str(folder))
            assert made.returncode == 0, made.stdout + made.stderr
    return folder


@dataclass(frozen=True, slots=True)
class Site:
    """A running server: its address without a slash at the end, and the folder it serves."""

    address: str
    folder: Path


def free_port() -> int:
    """A port at which nothing listens now, away from those a person's own demo uses.

    Each worker has a range of its own: between looking and listening another one could take the same port.
    """
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    low = PORT_LOW + worker % 8 * PORTS_A_WORKER
    for port in range(low + os.getpid() % 50, min(low + PORTS_A_WORKER, PORT_HIGH)):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise AssertionError(f"no free port from {PORT_LOW} to {PORT_HIGH}")


@contextmanager
def served(demo: Path, folder: Path) -> Iterator[Site]:
    """A copy of the demo at `folder`, served until the block ends."""
    shutil.copytree(demo, folder)
    port = free_port()
    log = folder.with_suffix(".log")
    with log.open("wb") as out:
        server = subprocess.Popen(
            [sys.executable, "-m", "tiga", "serve", "--port", str(port)], cwd=ROOT, stdout=out, stderr=out,
            env=_environment(folder / "tiga.toml"),
        )  # fmt: skip
    try:
        yield Site(_answering(port, log, server), folder)
    finally:
        server.terminate()
        try:
            server.wait(timeout=10)
        except subprocess.TimeoutExpired:
            server.kill()


def _answering(port: int, log: Path, server: subprocess.Popen[bytes]) -> str:
    """The server's address, once it answers; it may have moved on from a port that was taken meanwhile."""
    for _ in range(START_SECONDS_MAX * 5):
        found = [word for word in log.read_text().split() if word.startswith("http://127.0.0.1:")]
        if found:
            address = found[-1].rstrip("/")
            try:
                urllib.request.urlopen(f"{address}/static/tiga/icon.svg", timeout=5).close()
            except OSError:
                pass
            else:
                return address
        assert server.poll() is None, f"tiga serve ended: {log.read_text()}"
        time.sleep(0.2)
    raise AssertionError(f"tiga serve did not answer at port {port}: {log.read_text()}")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request got: the last answer after redirects, and its address."""

    url: str
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def kind(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0]

    @property
    def text(self) -> str:
        return self.body.decode("utf-8")


@dataclass(slots=True)
class Client:
    """A reader with a cookie jar."""

    address: str
    jar: http.cookiejar.CookieJar = field(default_factory=http.cookiejar.CookieJar)

    def get(self, path: str) -> Answer:
        return self._ask(urllib.request.Request(urllib.parse.urljoin(self.address + "/", path)))

    def post(self, path: str, values: list[tuple[str, str]], file: tuple[str, str, bytes] | None = None) -> Answer:
        """Post a form; `file` is (field, name, bytes). The CSRF token is the cookie's."""
        values = [("csrfmiddlewaretoken", self.token()), *(row for row in values if row[0] != "csrfmiddlewaretoken")]
        body, kind = _multipart(values, file) if file else (urllib.parse.urlencode(values).encode(), "")
        request = urllib.request.Request(urllib.parse.urljoin(self.address + "/", path), data=body)
        if kind:
            request.add_header("Content-Type", kind)
        return self._ask(request)

    def token(self) -> str:
        found = next((cookie.value for cookie in self.jar if cookie.name == "csrftoken"), None)
        if found is None:
            self.get("/sign-in/")
            found = next(cookie.value for cookie in self.jar if cookie.name == "csrftoken")
        return str(found)

    def sign_in(self, person: str) -> None:
        if person != "nobody":
            assert self.post("/sign-in/demo/", [("person", person), ("next", "/")]).status == 200

    def speak(self, language: str) -> None:
        assert self.post("/language/", [("language", language), ("next", "/")]).status == 200

    def _ask(self, request: urllib.request.Request) -> Answer:
        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))
        try:
            with opener.open(request, timeout=60) as got:
                return Answer(got.url, got.status, {k.lower(): v for k, v in got.headers.items()}, got.read())
        except urllib.error.HTTPError as got:
            with got:
                return Answer(
                    got.url or request.full_url, got.code, {k.lower(): v for k, v in got.headers.items()}, got.read()
                )


def _multipart(values: list[tuple[str, str]], file: tuple[str, str, bytes]) -> tuple[bytes, str]:
    mark = "tiga-test-part"
    parts = [
        f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in values
    ]
    name, file_name, data = file
    head = f'--{mark}\r\nContent-Disposition: form-data; name="{name}"; filename="{file_name}"\r\n'
    parts.append(head.encode() + b"Content-Type: application/octet-stream\r\n\r\n" + data + b"\r\n")
    return b"".join(parts) + f"--{mark}--\r\n".encode(), f"multipart/form-data; boundary={mark}"
