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
6. `--log-key` and `--own-witness` are a key itself (`name+id+base64`) or a file: its first line that is no comment, as a
   key alone or as a policy's line. What was given and cannot be used is a wrong call (2), no verdict.
7. A head code of another head refuses to confirm (1): either two histories, or another size, which settles nothing.
8. `alone` is the same command without the others: `verify.py` starts it.

Not done here: what the verdict rests on (`record.verify`, `mechanism.recompute`) and its data (`verdicts`).
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from tiga.cli import verdicts
from tiga.cli.lines import plain, told, wrapped
from tiga.cli.verdicts import Given, Judged, Plain, agreements_of
from tiga.mechanism import explanation
from tiga.record import ed25519, headcodes
from tiga.record import policy as policies
from tiga.record.container import CONTAINER_LIMIT, unpack
from tiga.record.ed25519 import SignatureCheck
from tiga.record.headcodes import HeadCode
from tiga.record.notes import COSIGNATURE, NoteKey
from tiga.record.policy import Policy
from tiga.record.refusals import Refused
from tiga.record.verify import verify_dossier
from tiga.values.moments import Instant
from tiga.values.names import printed_number
from tiga.values.words import SPOKEN, knows

__all__ = ["agreements_of", "alone", "arguments", "run", "signature_check"]

KEY_FILE_LIMIT = 1_000_000
"""Bytes of a file that holds a key."""
CHECKS_KEPT = 256
"""Signature checks whose verdict is remembered: every proof of a dossier bears the same checkpoint."""
_BEGINNING = b"PK\3\4"
_LAST_SECOND = 253_402_300_799
"""The end of the year 9999; a witness's clock may say anything."""


class _Hashes(argparse.Action):
    """`--version-hash`: the SHA-256 of the verifiers that this installation makes, as `sha256sum` prints them."""

    def __init__(self, *names: Any, **options: Any) -> None:
        super().__init__(*names, nargs=0, default=argparse.SUPPRESS, **options)

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        try:
            from tiga.publish.verifier import sha256s
        except ImportError:  # we are one of these files: it cannot vouch for itself
            parser.exit(2, told("cli.verify.no_hash", "en") + "\n")
        parser.exit(0, "".join(f"{digest}  {name}\n" for name, digest in sha256s().items()))


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
    """A key as given, or out of the file of that name; raises _Unusable, OSError."""
    if not given:
        return None
    try:
        held = Path(given).is_file()
    except (OSError, ValueError):  # too long for a file's name, as a key may be
        held = False
    text = given
    if held:
        with Path(given).open("rb") as file:
            rows = [row.strip() for row in file.read(KEY_FILE_LIMIT).decode("utf-8", "replace").splitlines()]
        text = next((row for row in rows if row and not row.startswith("#")), "")
    words = text.split()
    skipped = {"log": 1, "witness": 2}.get(words[0], 0) if len(words) > 1 else 0
    try:
        return NoteKey.parse((words[skipped:] or [""])[0] if held else text.strip())
    except Refused as error:
        why = plain(error.text(language), language)
        raise _Unusable(told("cli.verify.bad_key", language, option=option, why=why)) from error


# ---- the verdict in words


def report(judged: Judged, language: str, *, explain: bool = False) -> None:
    """Print what a verified dossier holds, what was recomputed, and the verdict."""
    shown = judged.shown
    if shown["exercise"]:
        print(told("cli.verify.is_exercise", language))
    _head(shown, language)
    for entry in shown["entries"]:
        _entry(entry, shown, language)
    for file in shown["files"]:
        code = "cli.verify.file_loose" if file["index"] is None else "cli.verify.file"
        _say(code, language, name=file["name"], index=file["index"], sha=file["sha256"][:16])
    _deleted(shown, language)
    for row in shown["determinations"]:
        code, values = _outcome(row, language, "cli.verify.same_ruling")
        _say(code, language, **values)
    for row in shown["measures"]:
        _measure(row, language)
        if explain and judged.explanations[row["sid"]] and not row["elsewhere"]:
            _explained(judged, row["sid"], language)
    if not shown["measures"] and not shown["not_an_act"]:
        _say("cli.verify.no_measure", language)
    _end(shown, language)


def _say(code: str, language: str, indent: str = "", /, **values: object) -> None:
    print(wrapped(told(code, language, **values), indent, indent + "  " if indent else ""))


def _head(shown: Plain, language: str) -> None:
    """The log, its key, its head, the witnesses, and what the dossier claims of its own completeness."""
    _say("cli.verify.record", language, origin=shown["origin"], size=shown["size"], entries=len(shown["entries"]))
    code = {"dossier": "keys_own", "given": "keys_given", "policy": "keys_policy"}[shown["log_key"]["from"]]
    _say(f"cli.verify.{code}", language)
    _say("cli.verify.head_code", language)
    print(f"  {shown['head_code']}")
    if shown["head"]:
        _say(f"cli.verify.head_{shown['head']['outcome']}", language, code=shown["head"]["code"])
    for row in shown["witnesses"]:
        name = f"{row['component']} ({row['name']})" if row["component"] else row["name"]
        _say(f"cli.verify.witness_{row['from']}", language, name=name, at=_moment(row["at"]))
    if not shown["witnesses"]:
        _say("cli.verify.no_witness", language)
    if shown["policy"]:
        _say("cli.verify.policy_met", language, sha=shown["policy"]["sha256"])
    if shown["manifest"] is None:
        _say("cli.verify.no_manifest", language)
    else:
        _say("cli.verify.manifest", language, index=shown["manifest"])
    if any(entry["digests"] for entry in shown["entries"]):
        _say("cli.verify.decoys", language)
    print()


def _moment(seconds: int) -> str:
    return Instant(seconds * 1000).text() if seconds <= _LAST_SECOND else str(seconds)


def _entry(entry: Plain, shown: Plain, language: str) -> None:
    """One act: what, when as claimed, who signed, where it stands and whose witness saw it, what is open."""
    print(wrapped(_word("act.", entry["act"], language), f"{entry['index']:>6}  {entry['at']}  ", " " * 8))
    for row in entry["signers"]:
        code = "cli.verify.signer_suspect" if row["suspect"] else "cli.verify.signer"
        name = row["name"].removeprefix(shown["origin"] + "/")
        _say(code, language, " " * 8, name=name, who=_holder(row, language))
    seen = ", ".join(dict.fromkeys(row["component"] or row["name"] for row in shown["witnesses"]))
    code = "cli.verify.included_seen" if seen else "cli.verify.included"
    _say(code, language, " " * 8, index=entry["index"], size=shown["size"], who=seen)
    if entry["digests"]:
        names = ", ".join(plain(name, language) for name in entry["released"]) or "-"
        withheld = entry["digests"] - len(entry["released"])
        _say("cli.verify.values", language, " " * 8, names=names, withheld=withheld)


def _holder(row: Plain, language: str) -> str:
    """Who signed, in words: role, component, and who holds the key."""
    role, custody = _word("role.", row["role"], language), _word("cli.verify.custody_", row["custody"], language)
    return ", ".join(part for part in (role, plain(row["component"], language), custody) if part)


def _word(section: str, code: str, language: str) -> str:
    return told(section + code, language) if knows(section + code) else plain(code, language)


def _deleted(shown: Plain, language: str) -> None:
    for row in shown["erased"]:
        _say("cli.verify.erased", language, index=row["index"], number=printed_number("R", row["of"]), n=row["digests"])
    for row in shown["suppressed"]:
        _say("cli.verify.suppressed", language, index=row["index"], entries=", ".join(map(str, row["entries"])))
    doubtful = [str(entry["index"]) for entry in shown["entries"] if any(row["suspect"] for row in entry["signers"])]
    if doubtful:
        _say("cli.verify.suspect", language, entries=", ".join(doubtful))


def _measure(row: Plain, language: str) -> None:
    code, given = _outcome(row, language, "cli.verify.same")
    _say(code, language, **given, findings=row["findings"], precedents=row["precedents"])
    named, released = row["reports"]["named"], row["reports"]["released"]
    if named and not row["elsewhere"]:
        code = "cli.verify.fusion_withheld" if released < named else "cli.verify.fusion_released"
        _say(code, language, "  ", withheld=named - released, named=named)


def _outcome(row: Plain, language: str, same: str) -> tuple[str, dict[str, object]]:
    """The code for what came of computing a row again, and the values that it needs."""
    number, detail = row["number"], row["detail"]
    if row["elsewhere"]:
        return "cli.verify.elsewhere", {"number": number}
    if row["outcome"] == "same":
        return same, {"number": number}
    if row["outcome"] == "missing":
        return "cli.verify.missing", {"number": number, "what": told(f"cli.missing.{detail}", language)}
    what = told(f"cli.differs.{detail}", language) if knows(f"cli.differs.{detail}") else detail
    return "cli.verify.differs", {"number": number, "what": what}


def _explained(judged: Judged, sid: str, language: str) -> None:
    """The steps by which a measure follows, numbered, with their clauses."""
    document = json.loads(judged.explanations[sid])
    agreement = judged.agreements[document["agreement"]["sha256"]]
    for number, row in enumerate(explanation.prose(document, agreement, language), 1):
        text = row.text + (f"  [{row.cited}]" if row.cited else "")
        print(wrapped(plain(text, language), f"{number:>3}. ", " " * 5))
        for detail in row.details:
            print(wrapped(plain(detail, language), " " * 7, " " * 9))


def _end(shown: Plain, language: str) -> None:
    if shown["not_an_act"]:
        _say("cli.verify.not_an_act", language, why=shown["not_an_act"])
    print()
    _say("cli.verify.unseen", language)
    print(told("cli.verify.done" if shown["verdict"] == "verified" else "cli.verify.not_confirmed", language))
