"""Where a mirror pulls from: a folder, or an address over HTTP.

Rules
1. An answer is bounded in bytes and in time. A server that is busy or silent is asked again, at most TRIES times.
2. No redirect is followed: whoever holds the address may not send a reader, let alone a signed one, elsewhere.
3. A reader's key signs each request (`record.requests`) and is used over https, or on this machine alone.
4. What is unchanged is not sent again: the SHA-256 of the bytes held is the tag that is asked with.

Trust: a source is not trusted with anything but what it withholds.
"""

from __future__ import annotations

import hashlib
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPException, IncompleteRead
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

from tiga.cli.folders import Folder
from tiga.record import requests
from tiga.record.notes import Signer
from tiga.record.refusals import Refused

TRIES = 4
TIMEOUT = 30
"""Seconds without a byte."""
DEADLINE = 300
"""Seconds for one answer."""
CHUNK = 1 << 16
WHY_LIMIT = 300
LOOPBACK = frozenset(("127.0.0.1", "localhost", "::1"))
UNCHANGED = 304
_BUSY = frozenset((429, 500, 502, 503, 504))

Wait = Callable[[str, str], None]
"""Told of a host and why it did not answer, before it is asked again."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came: `status` as HTTP has it; for a folder 200 or 404."""

    status: int
    data: bytes


class Source(Protocol):
    """Something that gives the files of a log by their paths."""

    def get(self, path: str, limit: int, held: bytes | None = None) -> Answer:
        """A file of at most `limit` bytes; 304 where it is `held` already; raises Refused."""
        ...


class FolderSource:
    """A folder: an export on a USB stick, another mirror."""

    def __init__(self, path: Path) -> None:
        self._folder = Folder(path)

    def get(self, path: str, limit: int, held: bytes | None = None) -> Answer:
        data = self._folder.read(path, limit)
        return Answer(404, b"") if data is None else Answer(UNCHANGED if data == held else 200, data)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


class WebSource:
    """An address; `key` signs what is asked once `origin` is known."""

    def __init__(self, address: str, key: Signer | None, wait: Wait) -> None:
        self._address, self._key, self._wait = address.rstrip("/"), key, wait
        self._host = urlsplit(address).hostname or ""
        self.origin = ""
        if key is not None and urlsplit(address).scheme != "https" and self._host not in LOOPBACK:
            raise Refused("cli.mirror.behind_http", {"host": self._host})
        self._opener = urllib.request.build_opener(_NoRedirect)

    def get(self, path: str, limit: int, held: bytes | None = None) -> Answer:
        for again in range(TRIES):
            try:
                answer = self._asked(path, limit, held)
                why = str(answer.status)
            except (OSError, HTTPException) as error:
                answer, why = None, str(getattr(error, "reason", error)) or type(error).__name__
            if answer is not None and answer.status not in _BUSY:
                return self._fit(path, answer)
            if again < TRIES - 1:
                self._wait(self._host, why)
                time.sleep(0.5 * 2**again)
        raise Refused("cli.mirror.unreachable", {"host": self._host, "why": why})

    def _fit(self, path: str, answer: Answer) -> Answer:
        if 300 <= answer.status < 400 and answer.status != UNCHANGED:
            raise Refused("cli.mirror.redirected", {"host": self._host})
        if answer.status in (400, 401):
            why = answer.data[:WHY_LIMIT].decode("utf-8", "replace").strip()
            raise Refused("cli.mirror.status_code", {"path": path, "status": answer.status, "why": why})
        return answer

    def _asked(self, path: str, limit: int, held: bytes | None) -> Answer:
        asked = urllib.request.Request(f"{self._address}/{path}")
        if held is not None:
            asked.add_header("If-None-Match", f'"{hashlib.sha256(held).hexdigest()}"')
        if self._key is not None and self.origin:
            parts = urlsplit(asked.full_url)
            target = parts.path + (f"?{parts.query}" if parts.query else "")
            asked.add_header("Authorization", requests.header(self._key, self.origin, target, int(time.time())))
        try:
            with self._opener.open(asked, timeout=TIMEOUT) as response:
                return Answer(response.status, _read(response, path, limit))
        except urllib.error.HTTPError as error:
            with error:
                return Answer(error.code, error.read(WHY_LIMIT) if error.code != UNCHANGED else b"")


def _read(response: Any, path: str, limit: int) -> bytes:
    """The body in pieces: neither too long nor for too long."""
    end, parts, size = time.monotonic() + DEADLINE, [], 0
    while piece := response.read1(CHUNK):
        parts.append(piece)
        size += len(piece)
        if size > limit:
            raise Refused("cli.mirror.too_long", {"path": path, "limit": limit})
        if time.monotonic() > end:
            raise TimeoutError(path)
    promised = response.headers.get("Content-Length", "")
    if promised.isdigit() and size < int(promised):
        raise IncompleteRead(b"", int(promised) - size)
    return b"".join(parts)


def of(place: str, key: Signer | None, wait: Wait) -> FolderSource | WebSource:
    """The source at a place; raises Refused for what is neither an address nor a folder."""
    if place.startswith(("https://", "http://")):
        return WebSource(place, key, wait)
    if not Path(place).is_dir():
        raise Refused("cli.mirror.bad_source", {"source": place})
    return FolderSource(Path(place))
