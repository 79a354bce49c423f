"""Asking over HTTP, with the standard library: bounded, dated, without following anybody elsewhere.

Rules
1. An answer is read up to a limit and within a time; more of either is refused.
2. A redirection is an answer like any other. Nothing else than http and https is opened.
"""

from __future__ import annotations

import time
import urllib.request
from http.client import HTTPException, HTTPResponse

from tiga.record.refusals import Refused
from tiga.record.witness import TEXT_TYPE

_PIECE = 16_384


def post(url: str, body: bytes, limit: int, seconds: float) -> tuple[int, bytes]:
    """The status and body of the answer to a POST; raises Refused, OSError."""
    opener = urllib.request.OpenerDirector()  # without what follows redirections and raises for statuses
    for handler in (urllib.request.ProxyHandler(), urllib.request.HTTPHandler(), urllib.request.HTTPSHandler()):
        opener.add_handler(handler)
    until = time.monotonic() + seconds
    asked = urllib.request.Request(url, body, {"Content-Type": TEXT_TYPE, "User-Agent": "tiga"}, method="POST")
    try:
        answer = opener.open(asked, timeout=seconds)
    except (HTTPException, ValueError) as error:
        raise Refused("cli.courier.bad_answer") from error
    if answer is None:
        raise Refused("cli.courier.bad_url", {"url": url})
    with answer:
        return int(answer.status), _read(answer, limit, until)


def _read(answer: HTTPResponse, limit: int, until: float) -> bytes:
    data = b""
    try:
        while piece := answer.read1(_PIECE):
            data += piece
            if len(data) > limit or time.monotonic() > until:
                raise Refused("cli.courier.bad_answer")
    except HTTPException as error:
        raise Refused("cli.courier.bad_answer") from error
    return data
