"""`tiga head`: the head code of a checkpoint, short enough for a telephone. Standard library alone, but for `--record`.

Rules
1. The code is printed with whose log it is and how far it goes. With `--log-key` the log's signature is verified first;
   without it the output says that nobody has looked at who signed.
2. `--compare CODE` answers yes (0) or no (1). A code that cannot be read is a slip to be asked about (2), and so is one of
   another size: it is about another moment of the log and settles nothing (2).
"""

from __future__ import annotations

import argparse
from pathlib import Path

from tiga.cli import given, keytext
from tiga.cli.lines import told
from tiga.record import checkpoints, headcodes
from tiga.record.checkpoints import Checkpoint
from tiga.record.notes import NOTE_LIMIT, text_of
from tiga.record.refusals import Refused


def arguments(parser: argparse.ArgumentParser) -> None:
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("checkpoint", nargs="?", type=Path, metavar="CHECKPOINT", help=told("cli.head.file", "en"))
    source.add_argument("--record", metavar="NAME", help=told("cli.record", "en"))
    parser.add_argument("--size", type=int, help=told("cli.head.size", "en"))
    parser.add_argument("--compare", default="", metavar="CODE", help=told("cli.head.compare", "en"))
    parser.add_argument("--log-key", default="", metavar="KEY", help=told("cli.head.log_key", "en"))
    parser.add_argument("--settings", default="", help=told("cli.settings", "en"))


def run(options: argparse.Namespace) -> int:
    language = options.language
    try:
        head, verified = _head(options)
    except (Refused, OSError) as error:
        return given.failed(error, language)
    if head.origin.endswith("/exercise"):
        print(told("cli.head.exercise", language))
    print(told("cli.head.of", language, origin=head.origin, size=head.size))
    if not verified:
        print(told("cli.head.unverified", language))
    if not options.compare:
        print(headcodes.head_code(head.text()))
        return 0
    return _compared(options.compare, head, language)


def _head(options: argparse.Namespace) -> tuple[Checkpoint, bool]:
    """The head, and whether the log's signature on it was verified; raises Refused, OSError."""
    if options.record:
        from tiga.cli import records

        ledger = records.open_desk(options.record, options.settings).ledger
        size = ledger.size() if options.size is None else options.size
        if size < 0:
            raise Refused("record.refused.number", {"text": str(size)})
        return checkpoints.parse(text_of(ledger.checkpoint_at(size))), True
    note = given.data(options.checkpoint, NOTE_LIMIT)
    if not options.log_key:
        return checkpoints.parse(text_of(note)), False
    from tiga.cli.witnessing import signature_check

    return checkpoints.open_checkpoint(note, keytext.key(options.log_key), signature_check()), True


def _compared(code: str, head: Checkpoint, language: str) -> int:
    try:
        heard = headcodes.parse(code)
    except Refused as refusal:
        given.failed(refusal, language)
        return 2
    if heard.size != head.size:
        print(told("cli.head.other_size", language, heard=heard.size, size=head.size))
        return 2
    same = heard.text == headcodes.head_code(head.text())
    print(told("cli.head.yes" if same else "cli.head.no", language))
    return 0 if same else 1
