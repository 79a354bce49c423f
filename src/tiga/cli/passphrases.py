"""Asking for a passphrase, on the terminal or out of a file.

Rules
1. On a terminal nothing of it is shown; where there is none, nothing is read from elsewhere by chance.
2. `TIGA_PASSPHRASE_FILE` names a file whose first line it is, for machines without a person at them.
3. A new one has at least 12 characters and is asked for twice.
"""

from __future__ import annotations

import getpass
import os
import warnings
from pathlib import Path

from tiga.cli.lines import told
from tiga.record.refusals import Refused

PASSPHRASE_MIN = 12
"""Characters of a passphrase."""
FILE_LIMIT = 4_096
"""Bytes of a passphrase that is read from a file."""


def asked(prompt: str) -> str:
    """A passphrase: the first line of TIGA_PASSPHRASE_FILE, else from the terminal, where it is not shown."""
    named = os.environ.get("TIGA_PASSPHRASE_FILE", "")
    if named:
        with Path(named).open("rb") as file:
            return file.readline(FILE_LIMIT).decode("utf-8", "surrogateescape").rstrip("\r\n")
    with warnings.catch_warnings():
        warnings.simplefilter("error", getpass.GetPassWarning)
        try:
            return getpass.getpass(prompt + " ")
        except (getpass.GetPassWarning, EOFError) as error:
            raise Refused("cli.key.no_terminal") from error


def chosen(language: str) -> str:
    """A new passphrase, asked for twice; raises Refused for a short one or two that differ."""
    first = asked(told("cli.key.choose", language, count=PASSPHRASE_MIN))
    if len(first) < PASSPHRASE_MIN:
        raise Refused("cli.key.short", {"count": PASSPHRASE_MIN})
    if first != asked(told("cli.key.again", language)):
        raise Refused("cli.key.unequal")
    return first
