"""Lines for a terminal.

Rules
1. On a left-to-right line the isolates around values are left out: nothing there needs them, and they would be copied
   along with a hash or a file's name. A right-to-left line keeps them, unless it is a command to be copied.
2. What came from outside is shown without control characters, so that no file name or cell can steer the terminal.
3. What is wrapped fits into 80 columns, but for a word that is longer: a hash or a key that was cut could not be copied.
"""

from __future__ import annotations

import re
import textwrap

from tiga.values.words import direction, say

WIDTH = 80
"""Columns of a terminal that nobody has widened."""

_ISOLATES = re.compile("[\u2066-\u2069]")
_COMMAND = re.compile(r"\s+tiga ")
"""A line that is a command to be copied: isolates would be copied with it, and no key is spelled with them."""
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e]")


def told(code: str, language: str, /, **values: object) -> str:
    """The text of a code with its slots filled, fit for a terminal."""
    return plain(say(code, language, **values), language)


def plain(text: str, language: str) -> str:
    """A text of the catalogue, already filled, fit for a terminal; its own line feeds stay."""
    lines = [_CONTROLS.sub("\ufffd", line) for line in text.split("\n")]
    if direction(language) == "rtl":
        return "\n".join(_ISOLATES.sub("", line) if _COMMAND.match(line) else line for line in lines)
    return _ISOLATES.sub("", "\n".join(lines))


def wrapped(text: str, first: str = "", rest: str = "") -> str:
    """A text fit for a terminal in lines of at most WIDTH columns: `first` before the first, `rest` before the others."""
    return textwrap.fill(
        text, WIDTH, initial_indent=first, subsequent_indent=rest, break_long_words=False, break_on_hyphens=False
    )
