"""`tiga verify DOSSIER.zip`: signatures, inclusion, and every measure computed anew. Standard library alone.

Rules
1. No server, no database, no network: the dossier's bytes and, if the reader has one, the log's key.
2. An exercise dossier is refused unless `--exercise` is given.
3. The output says who signed, where each act stands, what is released and what is withheld, and what was recomputed;
   what could not be recomputed is named and never counted as confirmed. A measure of another case, which is here as a
   precedent without that case's own entries, is named so; the verdict is on the dossier's case.
4. Where `cryptography` is installed it does the arithmetic behind the same checks; the verdict is the same.
5. Whatever the bytes are, the answer is a verdict or a refusal: a file that is no dossier, an agreement that cannot be
   read, an act whose body has not its shape. An agreement that no entry can use counts as missing, never as confirmed.
6. `--log-key` is the log's key itself (`name+id+base64`) or a file: its first line that is no comment, with or without
   the word `log` before the key.
"""

from __future__ import annotations

import argparse
import json
import sys
from contextlib import suppress
from pathlib import Path

from tiga.agreement import reading
from tiga.agreement.clauses import Agreement
from tiga.cli.lines import plain, told
from tiga.mechanism.recompute import Recomputed, recompute
from tiga.record import canonical, ed25519
from tiga.record.canonical import NotCanonical
from tiga.record.container import CONTAINER_LIMIT
from tiga.record.ed25519 import SignatureCheck
from tiga.record.notes import NoteKey
from tiga.record.refusals import Refused
from tiga.record.verify import Verified, verify_dossier
from tiga.values.names import printed_number
from tiga.values.shapes import BadShape
from tiga.values.words import knows

KEY_FILE_LIMIT = 1_000_000
"""Bytes of a file that holds the log's key."""
_BEGINNING = b"PK\3\4"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("dossier", type=Path, metavar="DOSSIER.zip", help=told("cli.verify.dossier", "en"))
    parser.add_argument("--exercise", action="store_true", help=told("cli.verify.exercise", "en"))
    parser.add_argument("--log-key", default="", metavar="KEY", help=told("cli.verify.log_key", "en"))
    parser.add_argument("--explain", action="store_true", help=told("cli.verify.explain", "en"))


def signature_check() -> SignatureCheck:
    """The fast check where it is installed, else the pure one."""
    try:
        from tiga.store.keys import CHECK
    except ImportError:
        return ed25519.verify
    return CHECK()


def log_key(given: str) -> NoteKey | None:
    """The log's key as given, or out of the file of that name; raises Refused (a ValueError), OSError."""
    if not given:
        return None
    try:
        held = Path(given).is_file()
    except (OSError, ValueError):  # too long for a file's name, as a key may be
        held = False
    if not held:
        return NoteKey.parse(given.strip())
    with Path(given).open("rb") as file:
        text = file.read(KEY_FILE_LIMIT).decode("utf-8", "replace")
    lines = [line.strip() for line in text.splitlines()]
    first = next((line for line in lines if line and not line.startswith("#")), "")
    return NoteKey.parse(first.removeprefix("log ").strip().partition(" ")[0])


def _bytes(path: Path) -> bytes:
    """A file's bytes, one more than a dossier may have at most; only the first of what does not begin like one."""
    with path.open("rb") as file:
        start = file.read(len(_BEGINNING))
        return start + file.read(CONTAINER_LIMIT + 1) if start == _BEGINNING else start


def _unusable(error: OSError | ValueError, options: argparse.Namespace) -> int:
    """Say which of the two things given cannot be used; the exit code of a wrong call."""
    language = options.language
    if isinstance(error, Refused):
        text = told("cli.verify.bad_key", language, why=plain(error.text(language), language))
    else:
        why = getattr(error, "strerror", "") or str(error)
        text = told("cli.unreadable", language, file=getattr(error, "filename", None) or options.dossier.name, why=why)
    print(text, file=sys.stderr)
    return 2


def run(options: argparse.Namespace) -> int:
    language = options.language
    try:
        data = _bytes(options.dossier)
        key = log_key(options.log_key)
    except (OSError, ValueError) as error:
        return _unusable(error, options)
    try:
        verified = verify_dossier(data, signature_check(), key, exercise=options.exercise)
    except Refused as refusal:
        print(told("cli.verify.refused", language) + "\n" + plain(refusal.text(language), language))
        return 1
    except MemoryError:
        print(told("cli.verify.memory", language), file=sys.stderr)
        return 2
    return report(verified, language, explain=options.explain)


def report(verified: Verified, language: str, *, explain: bool = False) -> int:
    """Print what a verified dossier holds and recompute its measures; 0 when every measure came out the same."""
    if verified.origin.endswith("/exercise"):
        print(told("cli.verify.is_exercise", language))
    print(told("cli.verify.head", language, origin=verified.origin, size=verified.size, entries=len(verified.entries)))
    print(told("cli.verify.keys_own" if verified.keys_from_dossier else "cli.verify.keys_given", language))
    for entry in verified.entries:
        released = len(verified.disclosed.get(entry.index, ()))
        withheld = len(entry.envelope.sd)
        fields = told("cli.verify.fields", language, released=released, digests=withheld) if withheld else ""
        signers = ", ".join(name.removeprefix(verified.origin + "/") for name in entry.signers)
        print(f"  {entry.index:>6}  {entry.envelope.at.text()}  {entry.envelope.act:<20} {signers}  {fields}")
    loose = _files(verified, language)
    agreements = agreements_of(verified)
    try:
        rows = recompute(verified.origin, verified.entries, agreements)
    except (ValueError, LookupError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        # Signed and logged, yet not an act of the mechanism: a host's mistake, or its malice. Never a confirmation.
        print(told("cli.verify.not_an_act", language, why=f"{type(error).__name__}: {error}"))
        print(told("cli.verify.not_confirmed", language))
        return 1
    elsewhere = _elsewhere(verified, rows)
    for row in rows:
        if row.sid in elsewhere:
            print(told("cli.verify.elsewhere", language, number=printed_number("M", row.sid)))
            continue
        _measure(row, language)
        if explain and row.explanation:
            from tiga.cli.explaining import show

            agreement = agreements[json.loads(row.explanation)["agreement"]["sha256"]]
            show(row.explanation, agreement, language)
    if not rows:
        print(told("cli.verify.no_measure", language))
    wrong = loose or any(row.outcome != "same" and row.sid not in elsewhere for row in rows)
    print(told("cli.verify.done" if not wrong else "cli.verify.not_confirmed", language))
    return 1 if wrong else 0


def _files(verified: Verified, language: str) -> bool:
    """Print which released value names each file of the dossier; whether there is one that none names."""
    named = {
        str(item.value["sha256"]): (index, str(item.value.get("name", "")))
        for index, items in verified.disclosed.items()
        for item in items
        if item.name == "blob" and isinstance(item.value, dict) and "sha256" in item.value
    }
    for sha256 in sorted(verified.evidence):
        index, name = named.get(sha256, (-1, ""))
        code = "cli.verify.file" if sha256 in named else "cli.verify.file_loose"
        print(told(code, language, name=name, index=index, sha=sha256[:16]))
    return any(sha256 not in named for sha256 in verified.evidence)


def agreements_of(verified: Verified) -> dict[str, Agreement]:
    """The agreements that can be read; one that cannot is left out, and what rests on it is told as missing."""
    read: dict[str, Agreement] = {}
    for sha256, raw in verified.agreements.items():
        with suppress(NotCanonical, BadShape, ValueError, RecursionError):
            read[sha256] = reading.agreement(canonical.decode(raw))
    return read


def _measure(row: Recomputed, language: str) -> None:
    number = printed_number("M", row.sid)
    if row.outcome == "same":
        print(told("cli.verify.same", language, number=number, precedents=row.precedents))
    elif row.outcome == "differs":
        print(told("cli.verify.differs", language, number=number, what=_what(row.detail, language)))
    else:
        print(told("cli.verify.missing", language, number=number, what=told(f"cli.missing.{row.detail}", language)))


def _elsewhere(verified: Verified, rows: tuple[Recomputed, ...]) -> frozenset[str]:
    """Sids of measures of other cases than the dossier's that lack entries which only their own dossiers hold."""
    case_of = {entry.sid: entry.envelope.case for entry in verified.entries}
    return frozenset(
        row.sid for row in rows if row.outcome == "missing" and verified.case and case_of[row.sid] != verified.case
    )


def _what(detail: str, language: str) -> str:
    """What differs, in words; the code of a refusal stays a code, for its values are not known here."""
    return told(f"cli.differs.{detail}", language) if knows(f"cli.differs.{detail}") else detail
