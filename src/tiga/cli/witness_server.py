"""The witness over HTTP (C2SP tlog-witness), with the standard library alone.

    POST /add-checkpoint                  200 its line; 400, 403, 404, 409 with the size, 422
    GET  /<SHA-256 of origin>/checkpoint  the head it holds, with the log's line and its own

Rules
1. A body has a stated length within the limit (411, 413). Nothing else is taken: no chunks, no other method (405).
2. A connection lasts LIFETIME seconds at most and may be silent for SILENCE; there are CONNECTIONS at a time, and beyond
   them the oldest is cut off. So whoever is slow holds nobody up.
3. When the witness's file cannot be trusted any more (an older copy, a damaged lock) it answers 503 and says why at its
   own terminal. When the disk does not write, it ends: what is on the disk is not known until it is read again.

Not done here: TLS, rates. Put a web server in front; signatures protect what is said, not who asks.
Trust: nobody who connects is trusted. Whoever holds the log's key can have heads cosigned, never two histories.
"""

from __future__ import annotations

import socket
import socketserver
import sys
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tiga.cli.cosigning import Witness
from tiga.record.refusals import Refused
from tiga.record.witness import REQUEST_LIMIT, TEXT_TYPE, Answer

LIFETIME = 60.0
SILENCE = 10.0
CONNECTIONS = 64
PATH_LIMIT = 100

Said = Callable[[str, dict[str, object]], None]
"""Takes a code of the catalogue and its values: what is said at the witness's own terminal."""


class Server(ThreadingHTTPServer):
    """A witness at an address; `said` tells its keeper what happens. `error` is why it ended, if it did."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], witness: Witness, said: Said) -> None:
        self.witness, self._said = witness, said
        self.error: OSError | None = None
        self._open: dict[socket.socket, float] = {}
        self._guard = threading.Lock()
        self._voice = threading.Lock()
        if ":" in address[0]:
            self.address_family = socket.AF_INET6
        super().__init__(address, _Handler)

    def server_bind(self) -> None:
        socketserver.TCPServer.server_bind(self)  # without asking a name server who we are
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])

    def said(self, code: str, **values: object) -> None:
        with self._voice:
            self._said(code, values)

    def end(self, error: OSError) -> None:
        """Stop serving: rule 3."""
        self.error = error
        threading.Thread(target=self.shutdown, daemon=True).start()

    # ---- rule 2

    def process_request(self, request, client_address) -> None:
        with self._guard:
            self._open[request] = time.monotonic() + LIFETIME
            if len(self._open) > CONNECTIONS:
                _cut(min(self._open, key=self._open.__getitem__))
        super().process_request(request, client_address)

    def shutdown_request(self, request) -> None:
        with self._guard:
            self._open.pop(request, None)
        super().shutdown_request(request)

    def service_actions(self) -> None:
        now = time.monotonic()
        with self._guard:
            for one, until in self._open.items():
                if until < now:
                    _cut(one)

    def handle_error(self, request, client_address) -> None:
        """A client that went away is no news; anything else is a fault of ours and is shown."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "tiga", ""
    timeout = SILENCE
    disable_nagle_algorithm = True
    server: Server

    def do_POST(self) -> None:
        if self.path != "/add-checkpoint":
            return self._plain(404, "There is nothing here.")
        body = self._body()
        if body is None:
            return None
        try:
            answer = self.server.witness.add_checkpoint(body)
        except Refused as refusal:
            self.server.said("cli.witness.stopped", why=str(refusal))
            return self._plain(503, "This witness cannot cosign now. Ask its keeper.")
        except OSError as error:
            self.server.end(error)
            return self._plain(503, "This witness cannot cosign now. Ask its keeper.")
        self._answer(answer.status, answer.content_type, answer.body)
        return self._tell(answer, body)

    def do_GET(self) -> None:
        if self.path == "/add-checkpoint":
            return self._not_allowed()
        parts = self.path.split("/")
        shown = None
        if len(self.path) <= PATH_LIMIT and len(parts) == 3 and parts[::2] == ["", "checkpoint"]:
            try:
                shown = self.server.witness.served(parts[1])
            except (Refused, OSError):
                return self._plain(503, "This witness cannot answer now. Ask its keeper.")
        if shown is None:
            return self._plain(404, "There is nothing here.")
        return self._answer(200, TEXT_TYPE, shown)

    do_HEAD = do_GET

    def __getattr__(self, name: str):
        if name.startswith("do_"):  # any other method
            return self._not_allowed
        raise AttributeError(name)

    def _not_allowed(self) -> None:
        self.close_connection = True
        allowed = "POST" if self.path == "/add-checkpoint" else "GET, HEAD"
        self._answer(405, TEXT_TYPE, b"This method is not allowed here.\n", Allow=allowed)

    def _body(self) -> bytes | None:
        """The request's body, or None after an answer that refuses it."""
        length = self.headers.get("Content-Length", "")
        if self.headers.get("Transfer-Encoding") or not (length.isascii() and length.isdigit() and len(length) < 10):
            self.close_connection = True
            self._plain(411, "State the length of the body.")
            return None
        if int(length) > REQUEST_LIMIT:
            self.close_connection = True
            self._plain(413, f"A request has at most {REQUEST_LIMIT} bytes.")
            return None
        body = self.rfile.read(int(length))
        if len(body) < int(length):
            self.close_connection = True
            return None
        return body

    def _plain(self, status: int, text: str) -> None:
        self._answer(status, TEXT_TYPE, text.encode("utf-8") + b"\n")

    def _answer(self, status: int, content_type: str, body: bytes, **more: str) -> None:
        if status in (404, 405) and self.command == "POST" and self.path != "/add-checkpoint":
            self.close_connection = True  # its body was not read
        self.send_response(status)
        for name, value in {"Content-Type": content_type, "Content-Length": str(len(body)), **more}.items():
            self.send_header(name, value)
        self.send_header("Cache-Control", "no-store" if self.command == "POST" else "no-cache")
        self.send_header("X-Content-Type-Options", "nosniff")
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """What the standard library refuses: in plain text."""
        self.close_connection = True
        self.command = getattr(self, "command", None) or "GET"
        self.path = getattr(self, "path", "")
        self._plain(code, message or self.responses.get(code, ("Refused",))[0])

    def _tell(self, answer: Answer, body: bytes) -> None:
        lines = body.partition(b"\n\n")[2].split(b"\n", 2)
        origin, size = (lines[0], lines[1]) if len(lines) == 3 else (b"-", b"-")
        values = {"origin": _short(origin), "size": _short(size)}
        if answer.status == 200:
            return self.server.said("cli.witness.served_line", **values)
        why = answer.body.decode("utf-8", "replace").strip()
        return self.server.said("cli.witness.refused_line", status=answer.status, why=why[:300], **values)

    def log_message(self, format: str, *args: object) -> None:
        """What happens is told by `said`."""


def _short(text: bytes) -> str:
    return text[:200].decode("utf-8", "replace")


def _cut(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return
