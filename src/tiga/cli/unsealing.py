"""`tiga unseal FILE --key KEYFILE --out DIR`: a sealed filing opened by one of its recipients, on his own machine.

Rules
1. Written are the content, under the name that its sender gave it, and beside it the sender's signed statement (`.note`):
   with it the recipient can show from whom he has the file, and for whom it was sealed. No file is replaced.
2. The sender is the key that signed. Whose key that is the charter says: `--from PUB` refuses another.
3. Nothing is written of a file that does not hold whole.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from tiga.cli import keyfiles, writing
from tiga.cli.lines import told
from tiga.cli.sealing import ciphers
from tiga.record import ed25519, sealed
from tiga.record.refusals import Refused
from tiga.record.sealed import Unsealed


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help=told("cli.unseal.file", "en"))
    parser.add_argument("--key", type=Path, required=True, metavar="KEYFILE", help=told("cli.unseal.key", "en"))
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help=told("cli.unseal.out", "en"))
    parser.add_argument("--from", dest="sender", type=Path, metavar="PUB", help=told("cli.unseal.sender", "en"))


def run(options: argparse.Namespace) -> int:
    language = options.language
    try:
        with options.file.open("rb") as file:
            data = file.read(sealed.SEALED_LIMIT + 1)
        expected = keyfiles.read_public(options.sender).key if options.sender else None
        own = keyfiles.ask(options.key, language)
        opened = sealed.unseal(data, own.public.seal, ciphers(own.seal_private), ed25519.verify)
        if expected not in (None, opened.sender):
            raise Refused("cli.unseal.other_sender", {"name": opened.sender.name})
        path = _written(options.out, opened)
    except (Refused, OSError) as error:
        return keyfiles.refused(error, language)
    _tell(path, opened, language, known=expected is not None)
    return 0


def _written(folder: Path, opened: Unsealed) -> Path:
    """Content and statement in a folder; raises FileExistsError before anything is written, OSError."""
    path = folder / opened.filing.name
    beside = path.with_name(f"{path.name}.note")
    for taken in (path, beside):
        if taken.exists():
            raise FileExistsError(17, "", str(taken))
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    writing.new(path, opened.filing.content)
    writing.new(beside, opened.statement)
    return path


def _tell(path: Path, opened: Unsealed, language: str, *, known: bool) -> None:
    filing, sender = opened.filing, opened.sender
    print(told("cli.unseal.written", language, file=path, bytes=len(filing.content), type=filing.media_type))
    print(told("cli.unseal.by" if known else "cli.unseal.by_unknown", language, name=sender.name))
    print(f"    {sender.vkey}")
    print(told("cli.unseal.count", language, count=len(opened.recipients)))
    if filing.case:
        print(told("cli.sign.case", language, case=filing.case))
    if filing.note:
        print(told("cli.unseal.note", language, note=filing.note))
