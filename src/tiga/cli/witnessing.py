"""`tiga witness`: a party's or mediator's own witness, on its own machine. Standard library alone.

Rules
1. `new` makes the witness: one file that holds key and state together, and what the charter lists of it.
2. `serve` answers logs over HTTP; `cosign` answers a pack or a request that came on a stick and leaves the answer as a
   file; `status` tells what was cosigned. All three use the same file and the same rules.
3. Before a cosignature is given by hand, the head is told in words (whose log, exercise or not, its size, what was seen
   before, the time that will be sworn, the head code), and a yes is asked for.
4. Nothing is asked of the network, and no machine but this one is needed.
"""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

from tiga.cli import cosigning, given, keyfiles, keytext, writing
from tiga.cli.cosigning import Asked, Witness
from tiga.cli.lines import plain, told
from tiga.cli.witness_state import Held, WitnessFile
from tiga.record import courier, ed25519, headcodes
from tiga.record.checkpoints import Checkpoint
from tiga.record.container import CONTAINER_LIMIT
from tiga.record.ed25519 import SignatureCheck
from tiga.record.notes import ED25519, NoteKey, Signer
from tiga.record.refusals import Refused
from tiga.record.witness import parse_conflict
from tiga.values.names import is_identifier

PORT = 8488
_ZIP = b"PK\3\4"
_END = ".add-checkpoint"


def arguments(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="new|serve|cosign|status")
    new = _verb(verbs, "new")
    new.add_argument("name", metavar="NAME", help=told("cli.witness.name", "en"))
    new.add_argument("--out", type=Path, required=True, metavar="FILE", help=told("cli.witness.out", "en"))
    new.add_argument("--no-passphrase", action="store_true", help=told("cli.witness.no_passphrase", "en"))
    serve = _verb(verbs, "serve")
    cosign = _verb(verbs, "cosign")
    for verb in (serve, cosign, status := _verb(verbs, "status")):
        verb.add_argument("file", type=Path, metavar="FILE", help=told("cli.witness.file", "en"))
        verb.add_argument("--moved", action="store_true", help=told("cli.witness.moved_option", "en"))
    status.set_defaults(log=[])
    for verb in (serve, cosign):
        verb.add_argument("--log", action="append", required=True, metavar="KEY", help=told("cli.witness.log", "en"))
    serve.add_argument("--port", type=int, default=PORT, help=told("cli.witness.port", "en"))
    serve.add_argument("--host", default="127.0.0.1", help=told("cli.witness.host", "en"))
    cosign.add_argument("pack", type=Path, metavar="PACK", help=told("cli.witness.pack", "en"))
    cosign.add_argument("--out", type=Path, default=Path("."), metavar="DIR", help=told("cli.witness.out_folder", "en"))
    cosign.add_argument("--yes", action="store_true", help=told("cli.witness.yes", "en"))


def _verb(verbs: argparse._SubParsersAction, name: str) -> argparse.ArgumentParser:
    text = told(f"cli.witness.{name}", "en")
    return verbs.add_parser(name, help=text, description=text)


def run(options: argparse.Namespace) -> int:
    verbs: dict[str, Callable[[argparse.Namespace], int]] = {
        "new": _new, "serve": _serve, "cosign": _cosign, "status": _status,
    }  # fmt: skip
    try:
        return verbs[options.verb](options)
    except (Refused, OSError) as error:
        return given.failed(error, options.language)


def signature_check() -> SignatureCheck:
    """The fast check where it is installed, else the pure one."""
    try:
        from tiga.store.keys import CHECK
    except ImportError:
        return ed25519.verify
    return CHECK()


def logs(texts: list[str]) -> dict[str, NoteKey]:
    """The keys of known logs by origin; raises Refused, OSError."""
    keys = [keytext.key(text) for text in texts]
    for key in keys:
        if key.algorithm != ED25519 or not ed25519.sound_key(key.public):
            raise Refused("cli.witness.bad_log", {"name": key.name})
    if len({key.name for key in keys}) != len(keys):
        raise Refused("cli.witness.log_twice")
    return {key.name: key for key in keys}


# ---- new, status


def _new(options: argparse.Namespace) -> int:
    language = options.language
    origin, *rest = options.name.rsplit("/", 2)
    if len(rest) != 2 or not origin or rest[0] != "witness" or not is_identifier(rest[1]):
        raise Refused("cli.witness.bad_name", {"name": options.name})
    file, beside = WitnessFile(options.out), options.out.with_name(f"{options.out.name}.pub")
    for taken in (options.out, beside):
        if taken.exists():
            raise FileExistsError(17, "", str(taken))
    passphrase = None if options.no_passphrase else keyfiles.chosen(language)
    key = keyfiles.drawn(options.name, "", rest[1], "", passphrase, witness=True)
    file.make(key)
    file.read().key.opened(passphrase or "")
    print(told("cli.witness.written", language, file=options.out))
    if passphrase is None:
        print(told("cli.witness.uncovered", language))
    writing.new(beside, key.public.line(), writing.PUBLIC)
    print(told("cli.witness.for_charter", language, file=beside))
    print(plain(key.public.key.vkey, "en"))
    print(told("cli.witness.words", language) + "\n    " + key.public.words)
    print(told("cli.witness.one_copy", language))
    return 0


def _status(options: argparse.Namespace) -> int:
    language = options.language
    state = WitnessFile(options.file, moved=options.moved).read()
    print(told("cli.witness.is", language, name=state.note_key.name))
    print(plain(state.note_key.vkey, "en"))
    if not state.logs:
        print(told("cli.witness.nothing_seen", language))
    for origin, held in sorted(state.logs.items()):
        _marked(origin, language)
        values = {"origin": origin, "size": held.seen.size, "since": given.moment(held.seconds)}
        print(told("cli.witness.seen", language, **values))
        print("    " + headcodes.head_code(_head(held).text()))
        edge = held.edge.size if held.edge else 0
        print("    " + told("cli.witness.edge", language, size=edge))
    return 0


def _head(held: Held) -> Checkpoint:
    return Checkpoint(held.seen.origin, held.seen.size, held.seen.root)


# ---- serve


def _serve(options: argparse.Namespace) -> int:
    from tiga.cli.witness_server import Server

    language = options.language
    file, known = WitnessFile(options.file, moved=options.moved), logs(options.log)
    opened = keyfiles.unlocked(file.read().key, options.file, language)
    witness = Witness(file, known, signature_check(), opened.sign)

    def said(code: str, values: dict[str, object]) -> None:
        print(told(code, language, **values), flush=True)

    try:
        server = Server((options.host, options.port), witness, said)
    except (OSError, OverflowError) as error:
        why = getattr(error, "strerror", None) or error
        print(
            told("cli.witness.no_port", language, host=options.host, port=str(options.port), why=why), file=sys.stderr
        )
        return 2
    signal.signal(signal.SIGTERM, _interrupt)
    host = f"[{options.host}]" if ":" in options.host else options.host
    said("cli.witness.at", {"address": f"http://{host}:{server.server_port}/", "name": opened.name})
    for origin in known:
        said("cli.witness.knows", {"origin": origin})
    with suppress(KeyboardInterrupt):
        server.serve_forever()
    server.server_close()
    if server.error is not None:
        given.failed(server.error, language)
        return 1
    print("\n" + told("cli.witness.ended", language))
    return 0


def _interrupt(number: int, frame: object) -> NoReturn:
    raise KeyboardInterrupt


# ---- cosign


def _cosign(options: argparse.Namespace) -> int:
    language = options.language
    file, known = WitnessFile(options.file, moved=options.moved), logs(options.log)
    state = file.read()
    slug, asked = _asked(options.pack, state.note_key.name.rpartition("/")[2])
    if asked.pack is not None and slug not in asked.pack.requests and len(asked.pack.requests) == 1:
        asked = Asked.of_pack(asked.pack, next(iter(asked.pack.requests)))
    check = signature_check()
    head = cosigning.head_of(asked, known, check)
    held = state.logs.get(head.origin)
    _tell(head, held, language)
    judging = Witness(file, known, check, Signer(state.note_key, bytes))
    answer = judging.judged(asked)
    if answer.status == 200:
        if not options.yes and not given.agreed(told("cli.witness.ask", language), language):
            print(told("cli.witness.left", language))
            return 1
        opened = keyfiles.unlocked(state.key, options.file, language)
        answer = Witness(file, known, check, opened.sign).cosign(asked)
    if answer.status not in courier.ANSWERS:
        print(told("cli.witness.not_cosigned", language, why=answer.body.decode("utf-8").strip()), file=sys.stderr)
        _evidence(judging, asked, held, options.out / slug, language)
        return 1
    path = options.out / courier.answer_name(slug, answer.status)
    writing.whole(path, answer.body)
    if answer.status == 409:
        print(told("cli.witness.further", language, size=parse_conflict(answer.body), file=path))
        _told_forks(judging, language)
        return 1
    print(told("cli.witness.cosigned", language, file=path))
    return 0


def _asked(path: Path, component: str) -> tuple[str, Asked]:
    """The name for the answer and what is asked; raises Refused, OSError."""
    data = given.data(path, CONTAINER_LIMIT)
    if data.startswith(_ZIP):
        return component, Asked.of_pack(courier.read(data), component)
    slug = path.name.removesuffix(_END) if path.name.endswith(_END) else component
    courier.answer_name(slug, 200)
    return slug, Asked.of_request(data)


def _marked(origin: str, language: str) -> None:
    if origin.endswith("/exercise"):
        print(told("cli.witness.exercise", language))


def _tell(head: Checkpoint, held: Held | None, language: str) -> None:
    """The head in words: what a yes will be about."""
    _marked(head.origin, language)
    print(told("cli.witness.asks", language, origin=head.origin, size=head.size))
    if held is None:
        print(told("cli.witness.first", language))
    else:
        more = max(0, head.size - held.seen.size)
        values = {"size": held.seen.size, "since": given.moment(held.seconds), "more": more}
        print(told("cli.witness.before", language, **values))
    print(told("cli.witness.code", language) + "\n    " + headcodes.head_code(head.text()))


def _evidence(judging: Witness, asked: Asked, held: Held | None, stem: Path, language: str) -> None:
    """Leave both heads as files, where what was shown does not continue what was cosigned."""
    _told_forks(judging, language)
    if held is None or judging.forks:
        return
    ours, theirs = stem.with_name(f"{stem.name}.seen.checkpoint"), stem.with_name(f"{stem.name}.refused.checkpoint")
    writing.whole(ours, held.seen.checkpoint + held.line.encode("utf-8"))
    writing.whole(theirs, asked.checkpoint)
    print(told("cli.witness.both_kept", language, ours=ours, theirs=theirs))


def _told_forks(judging: Witness, language: str) -> None:
    for path in judging.forks:
        print(told("cli.witness.fork_kept", language, file=path))
