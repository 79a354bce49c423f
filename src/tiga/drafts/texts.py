"""Texts from outside: which characters are refused, how a refused one is shown, what a list of faults adds to a cell.

Rules
1. Refused is what can change what a reader sees, or what is no character: controls but tab and line feed, bidirectional
   embeddings, overrides and isolates, separators, noncharacters, the byte order mark, U+FFFD. Joiners and direction
   marks, which Persian and Urdu need, are none of these.
2. A refused character is shown as its code (`U+202E`), never dropped in silence.
3. A cell that looks like a formula is guarded with an apostrophe; what reads a list of faults takes it off again.

Not done here: deciding whether a text with such a character is refused or shown; that is the adapter's to say.
"""

from __future__ import annotations

import re

FAULT_COLUMNS = ("fault_row", "fault_column", "fault_what", "fault_remedy")
"""Columns that a list of faults adds to the sender's rows; passed over when the mended list is sent back."""
SHOWN_LIMIT = 60
"""Characters of a faulty cell that a fault repeats."""
FORBIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # controls but tab and line feed
    "\u2028-\u202e\u2066-\u2069"  # separators, embeddings, overrides, isolates
    "\ufdd0-\ufdef\ufeff\ufffd\U000e0000-\U000e007f\ud800-\udfff"
    + "".join(chr(plane << 16 | last) for plane in range(17) for last in (0xFFFE, 0xFFFF))
    + "]"
)


def codepoint(letter: str) -> str:
    """A character as its code, `U+202E`."""
    return f"U+{ord(letter):04X}"


def shown(text: str) -> str:
    """A text in which every refused character stands as its code."""
    return FORBIDDEN.sub(lambda match: codepoint(match[0]), text)


def visible(text: str) -> str:
    """A text fit to repeat in a fault: at most SHOWN_LIMIT characters, refused ones as their codes."""
    return shown(text if len(text) <= SHOWN_LIMIT else text[:SHOWN_LIMIT] + "…")


def tidy(cell: str) -> str:
    """A cell with line feeds for its line ends and without outer spaces; nothing else is changed."""
    return cell.replace("\r\n", "\n").replace("\r", "\n").strip()


_PLAIN = re.compile(r"[+-]?[0-9]+([.:-][0-9]+)?\Z")
"""Numbers, ranges and zone offsets: they begin with a sign and are no formula."""


def guarded(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    risky = cell.startswith(("=", "+", "-", "@", "\t")) and not _PLAIN.match(cell)
    return "'" + cell if risky else cell


def unguarded(cell: str) -> str:
    """A cell without the apostrophe that guarded it in a list of faults."""
    return cell[1:] if len(cell) > 1 and cell[0] == "'" and cell[1] in "=+-@" else cell
