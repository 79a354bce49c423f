"""A public key as a command is given it: the key itself (`name+id+base64`) or a file.

Of a file the first line counts that is no comment, as a key alone or as a line of a policy.
"""

from __future__ import annotations

from pathlib import Path

from tiga.record.notes import NoteKey

KEY_FILE_LIMIT = 1_000_000
"""Bytes that are read of a file that holds a key."""
_KEY_AT = {"log": 1, "witness": 2}
"""Where the key stands in a line of a policy that begins so."""


def key(text: str) -> NoteKey:
    """A key as given, or out of the file of that name; raises Refused, OSError."""
    try:
        held = Path(text).is_file()
    except (OSError, ValueError):  # too long for a file's name, as a key may be
        held = False
    if not held:
        return NoteKey.parse(text.strip())
    with Path(text).open("rb") as file:
        rows = file.read(KEY_FILE_LIMIT).decode("utf-8", "replace").splitlines()
    words = next((row.split() for row in rows if row.strip() and not row.strip().startswith("#")), [""])
    at = _KEY_AT.get(words[0], 0) if len(words) > 1 else 0
    return NoteKey.parse(words[at] if at < len(words) else "")
