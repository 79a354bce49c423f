"""`verify.go` built and run: only Debian's Go and its golang.org/x/mod, no network, no module of anybody else."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).resolve().parent
CACHE = HERE.parents[1] / "build" / "go-cache"
"""Go's own cache, which several builds may share at a time."""
SOURCES = "/usr/share/gocode"
"""Where Debian puts golang.org/x/mod."""
NEEDED = "the independent verifier is written in Go (Debian: apt install golang-go golang-golang-x-mod-dev)"
SECONDS_MAX = 300

Verify = Callable[..., subprocess.CompletedProcess[str]]
"""Runs the verifier with these arguments to its end."""


def built(folder: Path) -> Verify:
    """The verifier, built into a folder; a missing Go is a failure that says what to install."""
    go = shutil.which("go")
    assert go, f"no Go: {NEEDED}"
    program = folder / "verify"
    environment = {
        **os.environ, "GO111MODULE": "off", "GOPATH": SOURCES, "GOCACHE": str(CACHE), "GOFLAGS": "", "CGO_ENABLED": "0",
        "GOTOOLCHAIN": "local",
    }  # fmt: skip
    made = _run([go, "build", "-o", str(program), "verify.go"], environment)
    assert made.returncode == 0, f"{NEEDED}\n{made.stderr}"
    return lambda *arguments: _run([str(program), *map(str, arguments)])


def _run(command: list[str], environment: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=HERE, env=environment, capture_output=True, text=True, timeout=SECONDS_MAX)
