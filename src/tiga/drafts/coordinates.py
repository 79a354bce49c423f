"""Degrees as sheets write them, and the script of a place's name."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import ROUND_HALF_EVEN, Decimal

_DEGREES = re.compile(r"-?[0-9]{1,3}(\.[0-9]{1,15})?\Z")


def is_degrees(text: str) -> bool:
    """Whether a text is a decimal number of at most three digits before the point and fifteen behind."""
    return bool(_DEGREES.match(text))


def degrees(text: str) -> int:
    """Decimal degrees as an integer of 1e-7 degrees; what is no such number raises decimal.InvalidOperation."""
    return int((Decimal(text) * 10_000_000).quantize(Decimal(1), ROUND_HALF_EVEN))


def coordinate(text: str, most: int, bad: str, beyond: str, fault: Callable[[str], None]) -> int | None:
    """A cell's decimal degrees as an integer of 1e-7 degrees; None where it is empty, or where `fault` was called with why:
    `bad`, or `beyond` where it is more than `most` degrees."""
    if not text:
        return None
    if not is_degrees(text):
        fault(bad)
        return None
    found = degrees(text)
    if abs(found) > most * 10_000_000:
        fault(beyond)
        return None
    return found


def script(text: str) -> str:
    """`Arab` where the first letter is of the Arabic block, else `Latn`."""
    letter = next((letter for letter in text if letter.isalpha()), "")
    return "Arab" if "\u0600" <= letter <= "\u08ff" or "\ufb50" <= letter <= "\ufeff" else "Latn"
