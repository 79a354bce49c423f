"""Serves one of the two applications as `tiga serve` does: `python -m benchmarks.phones.serving APPLICATION PORT`."""

from __future__ import annotations

import sys

from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

if __name__ == "__main__":
    Server(
        sys.argv[1], address="127.0.0.1", port=int(sys.argv[2]), interface=Interfaces.WSGI, workers=1, blocking_threads=2,
        log_level=LogLevels.warning,
    ).serve()  # fmt: skip
