"""What a command is given: keys as text or in files, bounded files, a yes or no, an instant to show.

Rules
1. A key is the key itself (`name+id+base64`) or a file: its first line that is no comment, as a key alone or as a line of
   a policy.
2. Nothing is read beyond the limit of its kind.
3. Only a yes is a yes: no terminal, an empty line and the end of input are a no.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tiga.cli.lines import plain, told
from tiga.record.notes import NoteKey
from tiga.record.refusals import Refused

KEY_FILE_LIMIT = 1_000_000
"""Bytes of a file that holds a key."""
_KEY_AT = {"log": 1, "witness": 2}
"""Where the key stands in a line of a policy that begins so."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def data(path: Path, limit: int) -> bytes:
    """A file's bytes; raises Refused for more than `limit`, OSError."""
    with path.open("rb") as file:
        read = file.read(limit + 1)
    if len(read) > limit:
        raise Refused("cli.given.long", {"file": path.name, "limit": limit})
    return read


def key(text: str) -> NoteKey:
    """A key as given, or out of the file of that name; raises Refused, OSError."""
    try:
        held = Path(text).is_file()
    except (OSError, ValueError):  # too long for a file's name, as a key may be
        held = False
    if not held:
        return NoteKey.parse(text.strip())
    rows = data(Path(text), KEY_FILE_LIMIT).decode("utf-8", "replace").splitlines()
    words = next((row.split() for row in rows if row.strip() and not row.strip().startswith("#")), [""])
    at = _KEY_AT.get(words[0], 0) if len(words) > 1 else 0
    return NoteKey.parse(words[at] if at < len(words) else "")


def agreed(question: str, language: str) -> bool:
    """Ask on the terminal; whether the answer was a yes, in English or in the language of the question."""
    print(question, end=" ", flush=True)
    try:
        answer = input().strip().casefold()
    except EOFError:
        print()
        return False
    return answer in {"y", "yes", told("cli.given.yes", language).strip("\u2068\u2069").casefold()}


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
