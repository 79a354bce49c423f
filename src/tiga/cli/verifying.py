"""`tiga verify DOSSIER.zip`: signatures, inclusion, and every ruling computed anew. Standard library alone.

Rules
1. No server, no database, no network: the dossier's bytes and what the reader brings along: the log's key, a policy
   (C2SP tlog-policy), the key of his own witness, a head code heard over the telephone.
2. An exercise dossier is refused unless `--exercise` is given.
3. The output says who signed and who holds the key, where each act stands and whose witness saw it, what is released and
   how much is not, and what was recomputed from what; what could not be recomputed is named and never counted as
   confirmed. The last line is the verdict.
4. Where `cryptography` is installed it does the arithmetic behind the same checks; the verdict is the same.
5. Whatever the bytes are, the answer is a verdict or a refusal: a file that is no dossier, an agreement that cannot be
   read, an act whose body has not its shape. An agreement that no entry can use counts as missing, never as confirmed.
6. `--log-key` and `--own-witness` are keys as `keytext` reads them. What was given and cannot be used is a wrong call
   (2), no verdict.
7. A head code of another head refuses to confirm (1): either two histories, or another size, which settles nothing.
8. `alone` is the same command without the others: `verify.py` starts it.

Not done here: what the verdict rests on (`record.verify`, `mechanism.recompute`), its data (`verdicts`), its words (`wording`).
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from tiga.cli import keytext, verdicts
from tiga.cli.lines import plain, told
from tiga.cli.verdicts import Given, Plain, agreements_of
from tiga.cli.wording import report
from tiga.record import ed25519, headcodes
from tiga.record import policy as policies
from tiga.record.container import CONTAINER_LIMIT, unpack
from tiga.record.ed25519 import SignatureCheck
from tiga.record.headcodes import HeadCode
from tiga.record.notes import COSIGNATURE, NoteKey
from tiga.record.policy import Policy
from tiga.record.refusals import Refused
from tiga.record.verify import verify_dossier
from tiga.values.words import SPOKEN

__all__ = ["agreements_of", "alone", "arguments", "run", "signature_check"]

CHECKS_KEPT = 256
"""Signature checks whose verdict is remembered: every proof of a dossier bears the same checkpoint."""
_BEGINNING = b"PK\3\4"


class _Hashes(argparse.Action):
    """`--version-hash`: the SHA-256 of the verifiers that this installation makes, as `sha256sum` prints them."""

    def __init__(self, *names: Any, **options: Any) -> None:
        super().__init__(*names, nargs=0, default=argparse.SUPPRESS, **options)

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        try:
            from tiga.publish.verifier import sha256s
        except ImportError:  # we are one of these files: it cannot vouch for itself
            parser.exit(2, told("cli.verify.no_hash", "en") + "\n")
        for name, digest in sha256s().items():
            print(f"{digest}  {name}")
        parser.exit(0)


def arguments(parser: argparse.ArgumentParser) -> None:
    def option(name: str, metavar: str) -> None:
        parser.add_argument(
            name, default="", metavar=metavar, help=told(f"cli.verify.{name[2:].replace('-', '_')}", "en")
        )

    parser.add_argument("dossier", type=Path, metavar="DOSSIER.zip", help=told("cli.verify.dossier", "en"))
    parser.add_argument("--exercise", action="store_true", help=told("cli.verify.exercise", "en"))
    option("--log-key", "KEY")
    option("--policy", "FILE")
    option("--own-witness", "KEY")
    option("--head", "CODE")
    parser.add_argument("--explain", action="store_true", help=told("cli.verify.explain", "en"))
    parser.add_argument("--json", action="store_true", help=told("cli.verify.json", "en"))
    parser.add_argument("--version-hash", action=_Hashes, help=told("cli.verify.version_hash", "en"))


def alone(words: Sequence[str] | None = None) -> int:
    """`verify.py WORDS…`; returns the exit code."""
    parser = argparse.ArgumentParser(prog="verify.py", description=told("cli.verify.help", "en"))
    parser.add_argument("--language", choices=SPOKEN, default="en", help=told("cli.language", "en"))
    arguments(parser)
    options = parser.parse_args(words)
    try:
        return run(options)
    except KeyboardInterrupt:
        print("\n" + told("cli.interrupted", options.language), file=sys.stderr)
        return 130
    except BrokenPipeError:
        sys.stderr.close()
        return 0


def signature_check() -> SignatureCheck:
    """The fast check where it is installed, else the pure one; a question asked again is answered from memory."""
    try:
        from tiga.store.keys import CHECK
    except ImportError:
        return lru_cache(CHECKS_KEPT)(ed25519.verify)
    return lru_cache(CHECKS_KEPT)(CHECK())


class _Unusable(ValueError):
    """Something given that cannot be used; the message is for people."""


def run(options: argparse.Namespace) -> int:
    language = options.language
    try:
        data, given = _bytes(options.dossier), _given(options)
    except _Unusable as error:
        print(error, file=sys.stderr)
        return 2
    except OSError as error:
        name, why = error.filename or options.dossier.name, error.strerror or str(error)
        print(told("cli.unreadable", language, file=name, why=why), file=sys.stderr)
        return 2
    check = signature_check()
    try:
        verified = verify_dossier(data, check, given.log_key, given.exercise, given.policy, given.own)
        judged = verdicts.judge(verified, unpack(data)["checkpoint"], given, check)
    except Refused as refusal:
        text = plain(refusal.text(language), language)
        print(
            _json(verdicts.refused(refusal, text))
            if options.json
            else told("cli.verify.refused", language) + "\n" + text
        )
        return 1
    except MemoryError:
        print(told("cli.verify.memory", language), file=sys.stderr)
        return 2
    if options.json:
        print(_json(judged.shown))
    else:
        report(judged, language, explain=options.explain)
    return 0 if judged.shown["verdict"] == "verified" else 1


def _json(shown: Plain) -> str:
    """ASCII alone: nothing in it can steer a terminal."""
    return json.dumps(shown, indent=1, sort_keys=True)


# ---- what the reader brings along


def _bytes(path: Path) -> bytes:
    """A file's bytes, one more than a dossier may have at most; only the first of what does not begin like one."""
    try:
        with path.open("rb") as file:
            start = file.read(len(_BEGINNING))
            return start + file.read(CONTAINER_LIMIT + 1) if start == _BEGINNING else start
    except ValueError as error:  # a name that no file can have
        raise OSError(0, str(error), path.name) from error


def _given(options: argparse.Namespace) -> Given:
    """Raises _Unusable, OSError."""
    language = options.language
    own = _key(options.own_witness, "--own-witness", language)
    if own is not None and own.algorithm != COSIGNATURE:
        raise _Unusable(told("cli.verify.not_witness", language, name=own.name))
    policy = _policy(options.policy, language) if options.policy else None
    head = _heard(options.head, language) if options.head else None
    return Given(_key(options.log_key, "--log-key", language), options.exercise, policy, own, head)


def _policy(name: str, language: str) -> Policy:
    with Path(name).open("rb") as file:
        data = file.read(policies.POLICY_LIMIT + 1)
    try:
        return policies.parse(data)
    except Refused as error:
        raise _Unusable(told("cli.verify.bad_policy", language, why=plain(error.text(language), language))) from error


def _heard(code: str, language: str) -> HeadCode:
    try:
        return headcodes.parse(code)
    except Refused as error:
        raise _Unusable(told("cli.verify.bad_head", language, why=plain(error.text(language), language))) from error


def _key(given: str, option: str, language: str) -> NoteKey | None:
    """The key of an option, where it was given; raises _Unusable, OSError."""
    try:
        return keytext.key(given) if given else None
    except Refused as error:
        why = plain(error.text(language), language)
        raise _Unusable(told("cli.verify.bad_key", language, option=option, why=why)) from error
