"""What a command is given: bounded files, a yes or no, an instant to show.

Rules
1. Nothing is read beyond the limit of its kind.
2. Only the whole word is a yes, in English or in the language of the question: no terminal, an empty line and the end of
   input are a no.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tiga.cli.lines import plain, told
from tiga.record.refusals import Refused

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def data(path: Path, limit: int) -> bytes:
    """A file's bytes; raises Refused for more than `limit`, OSError."""
    with path.open("rb") as file:
        read = file.read(limit + 1)
    if len(read) > limit:
        raise Refused("cli.given.long", {"file": path.name, "limit": limit})
    return read


def agreed(question: str, language: str) -> bool:
    """Ask on the terminal; whether the answer was a yes (rule 2)."""
    print(question, end=" ", flush=True)
    try:
        answer = input().strip().casefold()
    except EOFError:
        print()
        return False
    return answer in {"yes", told("cli.given.yes", language).strip("\u2068\u2069").casefold()}


def moment(seconds: int) -> str:
    """Seconds since 1970 as date and time, or as a number where no calendar has them."""
    try:
        return (_EPOCH + timedelta(seconds=seconds)).strftime("%Y-%m-%d %H:%M:%S UTC")
    except OverflowError:
        return str(seconds)


def failed(error: Refused | OSError, language: str) -> int:
    """Say what was refused (1), or which file cannot be had (2); the exit code."""
    if isinstance(error, Refused):
        print(plain(error.text(language), language), file=sys.stderr)
        return 1
    code = "cli.given.exists" if isinstance(error, FileExistsError) else "cli.given.file"
    print(told(code, language, file=error.filename or "-", why=error.strerror or str(error)), file=sys.stderr)
    return 2
