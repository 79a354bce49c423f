"""`tiga serve`: the pages on localhost, until ^C.

Rules
1. A taken port is no failure: the next free one is used and said.
2. `tiga routine` runs beside the pages, and ends with them.
3. Only the loopback address is served; a live site puts its own web server in front.
"""

from __future__ import annotations

import argparse
import os
import socket
import subprocess
import sys

from tiga.values.words import say

PORT = 8477
PORTS_TRIED = 20
ROUTINE_SECONDS = 60
"""Between two runs of `tiga routine`, which enters what is due beside the pages."""
PORT_MAX = 65_535
STOP_SECONDS = 10
"""For a worker to end by itself after ^C. One in some ten never does, when the signal reaches it twice; what was acknowledged
is on the disk by then."""


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=int, default=PORT, help=say("cli.serve.port"))
    parser.add_argument("--settings", default="", help=say("cli.settings"))


def free_port(wanted: int) -> int | None:
    """The wanted port or the next free one; None when none of PORTS_TRIED is free."""
    for port in range(wanted, wanted + PORTS_TRIED) if 0 < wanted <= PORT_MAX else ():
        if port > PORT_MAX:
            break
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except (OSError, OverflowError):
                continue
            return port
    return None


def serve(port: int, language: str) -> int:
    """Serve until interrupted; returns the exit code."""
    from granian.constants import Interfaces
    from granian.log import LogLevels
    from granian.server import Server

    found = free_port(port)
    if found is None:
        print(say("cli.serve.no_port", language, first=port, last=port + PORTS_TRIED - 1), file=sys.stderr)
        return 1
    if found != port:
        print(say("cli.serve.taken", language, port=str(port), other=str(found)))
    print(say("cli.serve.at", language, address=f"http://127.0.0.1:{found}/"), flush=True)
    server = Server(
        "tiga.web.wsgi:application", address="127.0.0.1", port=found, interface=Interfaces.WSGI, workers=1,
        blocking_threads=2, log_level=LogLevels.warning, workers_kill_timeout=STOP_SECONDS,
    )  # fmt: skip
    routine = subprocess.Popen(
        [sys.executable, "-m", "tiga", "routine", "--every", str(ROUTINE_SECONDS)], env={**os.environ},
    )  # fmt: skip
    try:
        server.serve()
    finally:
        routine.terminate()
        routine.wait()
    print("\n" + say("cli.serve.ended", language))
    return 0


def run(options: argparse.Namespace) -> int:
    from tiga.cli import records

    records.configure(options.settings)
    return serve(options.port, options.language)
