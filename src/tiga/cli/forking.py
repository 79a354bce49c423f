"""`tiga fork`: two signed heads of one log that cannot both be true, as one small file that anybody can check.

Rules
1. `prove` takes two checkpoints. Of the same size they are their own proof; of different sizes it needs the tree of the
   larger one: a record's own ledger, or a folder in the layout of C2SP tlog-tiles (a mirror, an export).
2. Where the heads agree it says so and writes nothing (0). A proof that was written is read back and checked first (1: two
   histories were signed). What could not be settled is refused (2).
3. `check` needs the file and the log's key alone: 0 where it holds, 1 where it proves nothing. It says what is shown, what
   is not, and, with `--witness`, who cosigned which of the two; a witness that cosigned both has broken its word.
4. A folder is only read, within bounds, and believed only as far as its hashes lead to the larger head.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from tiga.cli import given, keytext, writing
from tiga.cli.lines import told
from tiga.cli.witnessing import signature_check
from tiga.record import cosignatures, forks, headcodes, tiles
from tiga.record.checkpoints import Checkpoint, open_checkpoint
from tiga.record.ed25519 import SignatureCheck
from tiga.record.entries import ENTRY_LIMIT
from tiga.record.notes import NOTE_LIMIT, NoteKey
from tiga.record.refusals import Refused
from tiga.record.tiles import TileName
from tiga.record.tree import FULL, HASH, WIDTH, Tree

BUNDLE_LIMIT = WIDTH * (ENTRY_LIMIT + 3)
"""Bytes of a bundle."""


def arguments(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="prove|check")
    text = told("cli.fork.prove", "en")
    prove = verbs.add_parser("prove", help=text, description=text)
    prove.add_argument("checkpoints", nargs=2, type=Path, metavar="CHECKPOINT", help=told("cli.fork.file", "en"))
    source = prove.add_mutually_exclusive_group()
    source.add_argument("--record", metavar="NAME", help=told("cli.record", "en"))
    source.add_argument("--mirror", type=Path, metavar="DIR", help=told("cli.fork.mirror", "en"))
    source.add_argument("--tiles", type=Path, metavar="DIR", help=told("cli.fork.tiles", "en"))
    prove.add_argument(
        "--out", type=Path, default=Path("FORK.tlog-fork"), metavar="FILE", help=told("cli.fork.out", "en")
    )
    prove.add_argument("--settings", default="", help=told("cli.settings", "en"))
    text = told("cli.fork.check", "en")
    check = verbs.add_parser("check", help=text, description=text)
    check.add_argument("file", type=Path, metavar="FILE", help=told("cli.fork.proof", "en"))
    check.add_argument("--witness", action="append", default=[], metavar="KEY", help=told("cli.fork.witness", "en"))
    for verb in (prove, check):
        verb.add_argument("--log-key", required=True, metavar="KEY", help=told("cli.fork.log_key", "en"))


def run(options: argparse.Namespace) -> int:
    verbs: dict[str, Callable[[argparse.Namespace], int]] = {"prove": _prove, "check": _check}
    try:
        return verbs[options.verb](options)
    except (Refused, OSError) as error:
        given.failed(error, options.language)
        return 2


# ---- prove


def _prove(options: argparse.Namespace) -> int:
    language, check, key = options.language, signature_check(), keytext.key(options.log_key)
    notes = [given.data(path, NOTE_LIMIT) for path in options.checkpoints]
    heads = [open_checkpoint(note, key, check) for note in notes]
    small, large = sorted(heads, key=lambda head: head.size)
    tree = _no_tree() if small.size == large.size else _tree(options, large)
    proof = forks.prove_from_tree(notes[0], notes[1], tree, key, check)
    if proof is None:
        print(told("cli.fork.agree", language, origin=key.name, m=small.size, n=large.size))
        return 0
    forks.check(proof, key, check)
    writing.new(options.out, proof, writing.PUBLIC)
    print(told("cli.fork.written", language, file=options.out))
    _tell(proof, key, check, language)
    return 1


def _tree(options: argparse.Namespace, large: Checkpoint) -> Tree:
    """The tree that the larger head should be of; raises Refused, OSError."""
    if options.record:
        from tiga.cli import records

        return records.open_desk(options.record, options.settings).ledger.tree()
    folder = options.mirror or options.tiles
    if folder is None:
        raise Refused("cli.fork.needs_tree", {"n": large.size})
    full: dict[tuple[int, int], bytes] = {}
    tree = Tree(lambda level, n: full[level, n])
    for name in tiles.row(0, large.size):
        for level, n, data in tree.extend(leaves_of(folder, name)):
            full[level, n] = data
    return tree


def _no_tree() -> Tree:
    """For two heads of one size, whose roots say it all."""
    return Tree(lambda level, n: b"")


def leaves_of(folder: Path, name: TileName) -> Sequence[bytes]:
    """The leaf hashes of a level-0 tile in a folder, from the tile or else from the entries; raises Refused."""
    data = _found(folder, name, FULL)
    if data is not None:
        return tuple(data[1][at * HASH : (at + 1) * HASH] for at in range(name.width))
    for level in (tiles.ENTRIES, tiles.REDACTED):
        found = _found(folder, TileName(level, name.n, name.width), BUNDLE_LIMIT)
        if found is not None:
            return tuple(row.leaf for row in tiles.read_bundle(*found)[: name.width])
    raise Refused("cli.fork.no_tile", {"path": name.path})


def _found(folder: Path, name: TileName, limit: int) -> tuple[TileName, bytes] | None:
    """The file of a tile that holds at least what is asked for, under any of the widths it may have by now."""
    for width in (name.width, *range(WIDTH, name.width, -1)):
        one = TileName(name.level, name.n, width)
        path = folder / one.path
        if path.is_file():
            data = given.data(path, limit)
            if isinstance(one.level, int) and len(data) != width * HASH:
                raise Refused("cli.fork.bad_tile", {"path": one.path})
            return one, data
    return None


# ---- check


def _check(options: argparse.Namespace) -> int:
    key, witnesses = keytext.key(options.log_key), [keytext.key(text) for text in options.witness]
    proof = given.data(options.file, forks.FORK_LIMIT)
    try:
        _tell(proof, key, signature_check(), options.language, witnesses)
    except Refused as refusal:
        print(told("cli.fork.nothing", options.language))
        return given.failed(refusal, options.language)
    return 0


def _tell(
    proof: bytes, key: NoteKey, check: SignatureCheck, language: str, witnesses: Sequence[NoteKey] = ()
) -> None:  # fmt: skip
    """What a proof shows, in words; raises Refused where it shows nothing."""
    fork = forks.check(proof, key, check)
    both = forks.parse(proof)
    seen = [_cosigners(note, witnesses, check) for note in (both.m_checkpoint, both.n_checkpoint)]
    if fork.origin.endswith("/exercise"):
        print(told("cli.fork.exercise", language))
    print(told("cli.fork.shown", language, origin=fork.origin))
    sizes = ((fork.m, both.m_checkpoint), (fork.n, both.n_checkpoint))
    for number, (size, note) in enumerate(sizes):
        head = open_checkpoint(note, key, check)
        print(told("cli.fork.head", language, number=number + 1, size=size))
        print("    " + headcodes.head_code(head.text()))
        for name in sorted(seen[number]):
            print("    " + told("cli.fork.cosigned", language, name=name))
    same = fork.m == fork.n
    print(told("cli.fork.why_same" if same else "cli.fork.why", language, m=fork.m, n=fork.n))
    print(told("cli.fork.means", language))
    print(told("cli.fork.limits", language))
    for name in sorted(seen[0] & seen[1]):
        print(told("cli.fork.broke", language, name=name))


def _cosigners(note: bytes, witnesses: Sequence[NoteKey], check: SignatureCheck) -> set[str]:
    """The witnesses whose cosignature holds; one that does not hold takes nothing from what the log has signed."""
    names = set()
    for key in witnesses:
        with suppress(Refused):
            names |= {row.name for row in cosignatures.cosigned(note, [key], check)}
    return names
