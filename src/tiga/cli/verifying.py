"""`tiga verify DOSSIER.zip`: signatures, inclusion, and every measure computed anew. Standard library alone.

Rules
1. No server, no database, no network: the dossier's bytes and, if the reader has one, the log's key.
2. An exercise dossier is refused unless `--exercise` is given.
3. The output says who signed, where each act stands, what is released and what is withheld, and what was recomputed;
   what could not be recomputed is named and never counted as confirmed.
4. Where `cryptography` is installed it does the arithmetic behind the same checks; the verdict is the same.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from tiga.agreement import reading
from tiga.mechanism.recompute import Recomputed, recompute
from tiga.record import canonical, ed25519
from tiga.record.ed25519 import SignatureCheck
from tiga.record.notes import NoteKey
from tiga.record.refusals import Refused
from tiga.record.verify import Verified, verify_dossier
from tiga.values.names import printed_number
from tiga.values.words import say


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("dossier", type=Path, help=say("cli.verify.dossier"))
    parser.add_argument("--exercise", action="store_true", help=say("cli.verify.exercise"))
    parser.add_argument("--log-key", default="", help=say("cli.verify.log_key"))
    parser.add_argument("--explain", action="store_true", help=say("cli.verify.explain"))


def signature_check() -> SignatureCheck:
    """The fast check where it is installed, else the pure one."""
    try:
        from tiga.store.keys import CHECK
    except ImportError:
        return ed25519.verify
    return CHECK()


def run(options: argparse.Namespace) -> int:
    language = options.language
    try:
        data = options.dossier.read_bytes()
    except OSError as error:
        print(say("cli.unreadable", language, file=options.dossier.name, why=error.strerror or ""), file=sys.stderr)
        return 2
    try:
        key = NoteKey.parse(options.log_key) if options.log_key else None
        verified = verify_dossier(data, signature_check(), key, exercise=options.exercise)
    except Refused as refusal:
        print(say("cli.verify.refused", language) + "\n" + refusal.text(language))
        return 1
    return report(verified, language, explain=options.explain)


def report(verified: Verified, language: str, *, explain: bool = False) -> int:
    """Print what a verified dossier holds and recompute its measures; 0 when every measure came out the same."""
    if verified.origin.endswith("/exercise"):
        print(say("cli.verify.is_exercise", language))
    print(say("cli.verify.head", language, origin=verified.origin, size=verified.size, entries=len(verified.entries)))
    print(say("cli.verify.keys_own" if verified.keys_from_dossier else "cli.verify.keys_given", language))
    for entry in verified.entries:
        released = len(verified.disclosed.get(entry.index, ()))
        withheld = len(entry.envelope.sd)
        fields = say("cli.verify.fields", language, released=released, digests=withheld) if withheld else ""
        signers = ", ".join(name.removeprefix(verified.origin + "/") for name in entry.signers)
        print(f"  {entry.index:>6}  {entry.envelope.at.text()}  {entry.envelope.act:<20} {signers}  {fields}")
    agreements = {
        sha: reading.agreement(canonical.decode(raw)) for sha, raw in verified.agreements.items()
    }
    rows = recompute(verified.origin, verified.entries, agreements)
    for row in rows:
        _measure(row, language)
        if explain and row.explanation:
            from tiga.cli.explaining import show

            agreement = agreements[json.loads(row.explanation)["agreement"]["sha256"]]
            show(row.explanation, agreement, language)
    if not rows:
        print(say("cli.verify.no_measure", language))
    wrong = [row for row in rows if row.outcome != "same"]
    print(say("cli.verify.done" if not wrong else "cli.verify.not_confirmed", language))
    return 1 if wrong else 0


def _measure(row: Recomputed, language: str) -> None:
    number = printed_number("M", row.sid)
    if row.outcome == "same":
        print(say("cli.verify.same", language, number=number, precedents=row.precedents))
    elif row.outcome == "differs":
        print(say("cli.verify.differs", language, number=number, what=row.detail))
    else:
        print(say("cli.verify.missing", language, number=number, what=say(f"cli.missing.{row.detail}", language)))
