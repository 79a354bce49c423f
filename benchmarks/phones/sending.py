"""Phones: each keeps one connection, sends a submission with its photograph, and waits for the answer.

Rules
1. Every submission has an id and a photograph of its own, so that nothing is kept once for two.
2. Bodies are made before the time is taken; while it runs, phones copy bytes and wait.
3. An answer that is not 201 ends the run: its rate would say nothing.
"""

from __future__ import annotations

import random
import socket
import threading
import time
from collections.abc import Sequence

from tests.core.intake.odk_samples import xml

PHOTO_BYTES = 200_000
_NOISE = random.Random(1).randbytes(PHOTO_BYTES)


def request(path: str, number: int) -> bytes:
    """A whole HTTP request that sends submission `number`."""
    mark = "phone-part"
    head = f'--{mark}\r\nContent-Disposition: form-data; name="%s"; filename="%s"\r\nContent-Type: %s\r\n\r\n'
    photo = b"\xff\xd8\xff" + f"{number:016d}".encode() + _NOISE[19:]
    body = b"".join((
        (head % ("xml_submission_file", "s.xml", "text/xml")).encode(), xml(f"uuid:{number:032d}"), b"\r\n",
        (head % ("1.jpg", "1.jpg", "image/jpeg")).encode(), photo, f"\r\n--{mark}--\r\n".encode(),
    ))  # fmt: skip
    lines = (
        f"POST {path} HTTP/1.1", "Host: 127.0.0.1", f"Content-Type: multipart/form-data; boundary={mark}",
        f"Content-Length: {len(body)}", "", "",
    )  # fmt: skip
    return "\r\n".join(lines).encode() + body


def seconds(port: int, requests: Sequence[bytes], phones: int) -> float:
    """Seconds until all requests are answered 201, sent by so many phones side by side."""
    ready, failed = threading.Barrier(phones + 1), list[int | str]()

    def phone(own: Sequence[bytes]) -> None:
        link = socket.create_connection(("127.0.0.1", port), timeout=60)
        ready.wait()
        for one in own:
            try:
                link.sendall(one)
                status = _status(link)
            except (OSError, RuntimeError, ValueError, IndexError) as error:
                status = repr(error)
            if status != 201:
                failed.append(status)
                break
        link.close()

    threads = [threading.Thread(target=phone, args=(requests[n::phones],)) for n in range(phones)]
    for thread in threads:
        thread.start()
    ready.wait()
    begun = time.perf_counter()
    for thread in threads:
        thread.join()
    spent = time.perf_counter() - begun
    if failed:
        raise RuntimeError(f"not every submission was kept: {failed[:5]}")
    return spent


def _status(link: socket.socket) -> int | str:
    """Read one answer to its end; its status."""
    read = b""
    while b"\r\n\r\n" not in read:
        more = link.recv(65_536)
        if not more:
            raise RuntimeError(f"the server closed the connection: {read[:200]!r}")
        read += more
    head, _, body = read.partition(b"\r\n\r\n")
    lengths = [int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")]
    left = (lengths[0] if lengths else 0) - len(body)
    while left > 0:
        left -= len(link.recv(65_536))
    return int(head.split()[1])
