"""`tiga mirror pull|check|status|refute`: a party's own verified copy of the log. Standard library alone.

Rules
1. `pull` fetches what is new, verifies it, then checks as `check` does. A fork is written down as a proof and ends it (1).
2. Exit 0 only when nothing was found wrong. What is withheld from this reader is counted, and is no fault.
3. `refute` holds a dossier's manifest against the entries held here, and hands out the entry left out with its proof.
4. State is only files; the newest checkpoint is written last.

Not done here: fetching (`pulling`, `sources`), what is checked (`auditing`), files (`mirrors`, `folders`).
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from contextlib import contextmanager, suppress
from pathlib import Path

from tiga.cli import auditing, given, keytext, pulling, sources, writing
from tiga.cli.auditing import Checked
from tiga.cli.bars import bar
from tiga.cli.folders import Different
from tiga.cli.lines import plain, told
from tiga.cli.mirrors import Held, Mirror
from tiga.cli.pulling import Forked, Given, Pulled
from tiga.mechanism import manifests
from tiga.record import forks
from tiga.record import policy as policies
from tiga.record.checkpoints import open_checkpoint
from tiga.record.container import CONTAINER_LIMIT, unpack
from tiga.record.dossier import is_exercise
from tiga.record.headcodes import head_code
from tiga.record.notes import text_of
from tiga.record.proofs import Proof
from tiga.record.refusals import Refused
from tiga.record.verify import verify_dossier
from tiga.values.names import printed_number
from tiga.values.words import knows

FAULTS_SHOWN = 20


def arguments(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="pull|check|status|refute")

    def verb(name: str) -> argparse.ArgumentParser:
        return verbs.add_parser(
            name, help=told(f"cli.mirror.{name}", "en"), description=told(f"cli.mirror.{name}", "en")
        )

    pull = verb("pull")
    pull.add_argument("source", metavar="URL|DIR", help=told("cli.mirror.source", "en"))
    pull.add_argument("--into", type=Path, required=True, metavar="DIR", help=told("cli.mirror.into", "en"))
    for name, metavar in (("log-key", "KEY"), ("policy", "FILE"), ("own-witness", "VKEY"), ("key", "KEYFILE")):
        word = {"log-key": "log_key", "own-witness": "own"}.get(name, name)
        pull.add_argument(f"--{name}", default="", metavar=metavar, help=told(f"cli.mirror.{word}", "en"))
    for name in ("check", "status"):
        verb(name).add_argument("mirror", type=Path, metavar="DIR", help=told("cli.mirror.folder", "en"))
    for name in ("pull", "check", "status"):
        verbs.choices[name].add_argument("--json", action="store_true", help=told("cli.mirror.json", "en"))
    refute = verb("refute")
    refute.add_argument("dossier", type=Path, metavar="DOSSIER.zip", help=told("cli.mirror.dossier", "en"))
    refute.add_argument("--mirror", type=Path, required=True, metavar="DIR", help=told("cli.mirror.folder", "en"))
    refute.add_argument("--out", type=Path, default=Path(), metavar="DIR", help=told("cli.mirror.out", "en"))


def run(options: argparse.Namespace) -> int:
    verbs: dict[str, Callable[[argparse.Namespace], int]] = {
        "pull": _pull, "check": _check, "status": _status, "refute": _refute,
    }  # fmt: skip
    language = options.language
    try:
        return verbs[options.verb](options)
    except Forked as fork:
        print(told("cli.mirror.fork", language, origin=fork.origin, size=fork.size), file=sys.stderr)
        print(told("cli.mirror.fork_file", language, file=fork.file), file=sys.stderr)
        return 1
    except Different as error:
        print(told("cli.export.different", language, file=error.name), file=sys.stderr)
        return 1
    except (Refused, OSError) as error:
        return given.failed(error, language)


def _check_signatures():  # type: ignore[no-untyped-def]
    from tiga.cli.verifying import signature_check

    return signature_check()


# ---- pull


@contextmanager
def _alone(folder: Path):  # type: ignore[no-untyped-def]
    """One pull at a time into a folder; raises Refused."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (folder / ".pulling").open("wb") as lock:
        try:
            import fcntl
        except ImportError:  # no such locks on this system: two pulls still write whole files only
            yield
            return
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Refused("cli.mirror.busy", {"folder": folder}) from error
        yield


def _pull(options: argparse.Namespace) -> int:
    language = options.language
    brought = Given(
        keytext.key(options.log_key) if options.log_key else None,
        policies.parse(given.data(Path(options.policy), policies.POLICY_LIMIT)) if options.policy else None,
        keytext.key(options.own_witness) if options.own_witness else None,
    )
    source = sources.of(options.source, _signer(options), lambda host, why: print(
        told("cli.mirror.again", language, host=host, why=why), file=sys.stderr))  # fmt: skip
    mirror, check = Mirror(options.into), _check_signatures()
    with _alone(options.into):
        pulled = pulling.pull(mirror, source, brought, check, bar(told("cli.mirror.fetching", language)))
        held = mirror.needed(check)
        found = auditing.audit(mirror, held, check, bar(told("cli.mirror.checking", language)))
    if options.json:
        rows = {name: getattr(pulled, name) for name in Pulled.__dataclass_fields__}
        return _as_json(found, {"pulled": rows, "head_code": _code(held)})
    _tell_pull(pulled, language)
    return _report(found, held, language)


def _signer(options: argparse.Namespace):  # type: ignore[no-untyped-def]
    if not options.key:
        return None
    from tiga.cli import keyfiles

    return keyfiles.ask(Path(options.key), options.language).sign


def _tell_pull(pulled: Pulled, language: str) -> None:
    if pulled.first_key:
        print(told("cli.mirror.first_key", language, vkey=pulled.first_key))
    if pulled.theirs < pulled.size:
        print(told("cli.mirror.older", language, size=pulled.theirs, held=pulled.size))
    else:
        code = "cli.mirror.same" if pulled.old == pulled.size else "cli.mirror.pulled"
        print(told(code, language, old=pulled.old, size=pulled.size, bundles=pulled.bundles))
    if pulled.opened:
        print(told("cli.mirror.became", language, count=pulled.opened))


# ---- check and status


def _check(options: argparse.Namespace) -> int:
    mirror, check = Mirror(options.mirror), _check_signatures()
    held = mirror.needed(check)
    found = auditing.audit(mirror, held, check, bar(told("cli.mirror.checking", options.language)))
    return _as_json(found, {"head_code": _code(held)}) if options.json else _report(found, held, options.language)


def _status(options: argparse.Namespace) -> int:
    mirror, check = Mirror(options.mirror), _check_signatures()
    held = mirror.needed(check)
    found = Checked(held.head.origin, held.head.size)
    for _, row in mirror.entries(mirror.leaves(held.head.size)):
        found.held += row.note is not None
        found.suppressed += row.suppressed
        found.withheld += row.note is None and not row.suppressed
    if options.json:
        counts = {name: getattr(found, name) for name in ("origin", "size", "held", "withheld", "suppressed")}
        print(json.dumps({**counts, "head_code": _code(held), "forks": mirror.forks()}, indent=1, sort_keys=True))
    else:
        _counts(found, held, options.language)
        if mirror.forks():
            print(told("cli.mirror.status_forks", options.language, files=", ".join(mirror.forks())))
    return 0


def _code(held: Held) -> str:
    return head_code(text_of(held.checkpoint))


def _as_json(found: Checked, more: dict[str, object]) -> int:
    """ASCII alone: nothing in it can steer a terminal."""
    print(json.dumps({**found.plain(), **more}, indent=1, sort_keys=True))
    return 0 if found.good else 1


def _counts(found: Checked, held: Held, language: str) -> None:
    if is_exercise(found.origin):
        print(told("cli.mirror.exercise", language))
    print(told("cli.mirror.status_head", language, origin=found.origin, size=found.size, code=_code(held)))
    counts = {"held": found.held, "withheld": found.withheld, "suppressed": found.suppressed}
    print(told("cli.mirror.status_held", language, **counts))


def _report(found: Checked, held: Held, language: str) -> int:
    _counts(found, held, language)
    if not found.charter:
        print(told("cli.mirror.no_charter", language))
    if found.acts:
        print(told("cli.mirror.acts", language))
    for act, count in found.acts.items():
        print(f"{count:8}  {plain(act, 'en')}")
    print(told("cli.mirror.sealed", language, count=found.sealed))
    for index, name in found.suspects:
        print(told("cli.mirror.suspect", language, index=index, name=name))
    for index, fault in found.faults[:FAULTS_SHOWN]:
        print(told("cli.mirror.fault", language, index=index, why=plain(fault.text(language), language)))
    _measures(found, language)
    _manifests(found, language)
    _host(found, language)
    print(told("cli.mirror.good" if found.good else "cli.mirror.bad", language))
    return 0 if found.good else 1


def _measures(found: Checked, language: str) -> None:
    outcomes = [row.outcome for row in found.measures]
    counts = {name: outcomes.count(name) for name in ("same", "differs", "missing")}
    print(told("cli.mirror.measures", language, **counts))
    for row in found.measures:
        if row.outcome != "same":
            number, code = printed_number("M", row.sid), f"cli.{row.outcome}.{row.detail}"
            what = told(code, language) if knows(code) else row.detail
            print("  " + told(
                f"cli.mirror.measure_{row.outcome}", language, number=number, index=row.index, what=what
            ))  # fmt: skip


def _manifests(found: Checked, language: str) -> None:
    if not found.left_out:
        print(told("cli.mirror.manifests", language, count=found.manifests))
    for row in found.left_out[:FAULTS_SHOWN]:
        case = printed_number("C", row.case)
        print(told("cli.mirror.omits", language, index=row.manifest, case=case, omitted=row.index))


def _host(found: Checked, language: str) -> None:
    if found.host_size is None:
        print(told("cli.mirror.host_none", language))
        return
    if not found.differences:
        print(told(
            "cli.mirror.host_same", language, size=found.host_size, cases=found.host_cases - found.host_hidden,
            measures=found.host_measures,
        ))  # fmt: skip
    nothing = told("cli.mirror.nothing", language)
    for row in found.differences[:FAULTS_SHOWN]:
        said, ours = row.said or nothing, row.ours or nothing
        print(told("cli.mirror.host_differs", language, number=row.sid, said=said, ours=ours))
    if found.host_hidden:
        print(told("cli.mirror.host_hidden", language, count=found.host_hidden))


# ---- refute


def _refute(options: argparse.Namespace) -> int:
    language = options.language
    mirror, check = Mirror(options.mirror), _check_signatures()
    held, key = mirror.needed(check), mirror.key()
    data = given.data(options.dossier, CONTAINER_LIMIT)
    verified = verify_dossier(data, check, key, is_exercise(held.head.origin))
    checkpoint = unpack(data)["checkpoint"]
    _same_history(mirror, held, checkpoint, check)
    found = Checked(held.head.origin, held.head.size)
    taken = auditing.read(mirror, held, check, found, lambda done, total: None)
    known = auditing.agreements(mirror, taken.entries)
    number = printed_number("C", verified.case) if verified.case else "-"
    print(told("cli.mirror.refute_head", language, case=number, size=verified.size, held=held.head.size))
    if verified.size > held.head.size:
        print(told("cli.mirror.refute_ahead", language, size=verified.size, held=held.head.size))
        return 1
    here = {entry.index: entry for entry in verified.entries}
    merged = here | {entry.index: entry for entry in taken.standing()}  # the dossier's own are proved as well
    entries = [merged[index] for index in sorted(merged)]
    if verified.manifest is None:
        below = [entry for entry in entries if entry.index < verified.size]
        own = [index for index in manifests.of_case(held.head.origin, below, known, verified.case) if index not in here]
        print(told("cli.mirror.refute_none", language, indices=", ".join(map(str, own)) or "-"))
        return 0
    rows = manifests.left_out(held.head.origin, entries, known)[1]
    omitted = [row.index for row in rows if row.manifest == verified.manifest]
    if not omitted:
        print(told("cli.mirror.refute_holds", language))
        return 0
    for index in omitted:
        note, proof = _handed_out(options.out, index, merged[index].note, held)
        print(told("cli.mirror.refute_omits", language, index=index, note=note, proof=proof))
    return 1


def _same_history(mirror: Mirror, held: Held, checkpoint: bytes, check) -> None:  # type: ignore[no-untyped-def]
    """Raise Forked where a dossier's head, not longer than ours, is of another history."""
    key = mirror.key()
    assert key is not None  # a mirror that is held has one
    head = open_checkpoint(checkpoint, key, check)
    if head.size <= held.head.size and held.tree.root(head.size) != head.root:
        proof = forks.prove_from_tree(checkpoint, held.checkpoint, held.tree, key, check)
        assert proof is not None  # the roots differ
        raise pulling.written_fork(mirror, proof, key, check)


def _handed_out(folder: Path, index: int, note: bytes, held: Held) -> tuple[Path, Path]:
    """An entry and its proof in the mirror's head, as files."""
    proof = Proof(index, tuple(held.tree.inclusion(index)), held.checkpoint).encode()
    folder.mkdir(parents=True, exist_ok=True)
    paths = folder / f"{index:08d}.note", folder / f"{index:08d}.tlog-proof"
    for path, data in zip(paths, (note, proof), strict=True):
        with suppress(FileExistsError):
            writing.new(path, data)
    return paths
