"""`tiga courier`: cosignatures for a record, by stick or over HTTP, and what follows from them.

Rules
1. `out` writes a pack (F7) for a witness or mirror without a connection. `--with-entries` packs them as the reader named
   may see them, by the record's door; without a reader, as the public may.
2. `in` brings back what witnesses answered: `*.cosig`, `*.size`, or a cosigned checkpoint. A cosignature is kept only if it
   holds over a head of this log. It does not name the size; the heads are tried from the newest backwards.
3. `push` asks witnesses that are online. After a 409 it asks once again from the size that the witness has.
4. A witness that has seen a longer log than ours halts the record.
5. `absences` enters for each ruling that counts without somebody's witness that this one stayed away.
6. After `in` and `push` it is told what each witness has seen, and which policy is met up to which head.

Trust: whoever carries the files is not trusted with a cosignature; with a made-up size he can halt the record, until its
keeper has looked.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from tiga.cli import given, records, writing
from tiga.cli.lines import told
from tiga.record import checkpoints, cosignatures, courier, tiles
from tiga.record.checkpoints import Checkpoint
from tiga.record.notes import NOTE_LIMIT, parse_line, text_of
from tiga.record.refusals import Refused
from tiga.record.tiles import TileName
from tiga.record.witness import parse_conflict, parse_request

if TYPE_CHECKING:
    from tiga.store.desk import Desk

SECONDS = 20.0
"""How long a witness may take to answer."""
TRIES = 2


def arguments(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="out|in|push|absences")
    out, back, push = (_verb(verbs, name) for name in ("out", "in", "push"))
    _verb(verbs, "absences")
    out.add_argument("--to", default="", metavar="COMPONENT", help=told("cli.courier.to", "en"))
    out.add_argument("--since", type=int, metavar="N", help=told("cli.courier.since", "en"))
    out.add_argument("--with-entries", action="store_true", help=told("cli.courier.with_entries", "en"))
    out.add_argument("--reader", default="public", metavar="ROLE[:COMPONENT]", help=told("cli.courier.reader", "en"))
    out.add_argument("--out", type=Path, required=True, metavar="FILE", help=told("cli.courier.file", "en"))
    back.add_argument("files", nargs="+", type=Path, metavar="FILE", help=told("cli.courier.answer", "en"))
    push.add_argument(
        "--url", action="append", required=True, metavar="COMPONENT=URL", help=told("cli.courier.url", "en")
    )


def _verb(verbs: argparse._SubParsersAction, name: str) -> argparse.ArgumentParser:
    text = told(f"cli.courier.{name}", "en")
    verb = verbs.add_parser(name, help=text, description=text)
    verb.add_argument("--record", required=True, metavar="NAME", help=told("cli.record", "en"))
    verb.add_argument("--settings", default="", help=told("cli.settings", "en"))
    return verb


def run(options: argparse.Namespace) -> int:
    language = options.language
    desk = records.open_desk(options.record, options.settings)
    from tiga.store.guard import Stopped

    verbs: dict[str, Callable[[argparse.Namespace, Desk], int]] = {
        "out": _out, "in": _in, "push": _push, "absences": _absences,
    }  # fmt: skip
    try:
        return verbs[options.verb](options, desk)
    except (Refused, OSError) as error:
        return given.failed(error, language)
    except Stopped as stop:
        print(*records.stopped(stop, language), file=sys.stderr)
        return 1


def _known(desk: Desk, component: str) -> None:
    """Raise Refused unless the charter names a witness of this component."""
    from tiga.store import witnessing

    known = witnessing.witnesses(desk)
    if component not in known:
        raise Refused("cli.courier.no_witness", {"component": component, "known": ", ".join(known) or "-"})


# ---- out


def _out(options: argparse.Namespace, desk: Desk) -> int:
    language = options.language
    if options.to:
        _known(desk, options.to)
    elif options.since is None:
        raise Refused("cli.courier.to_or_since")
    pack = packed(desk, options.to, options.since, options.reader if options.with_entries else "")
    writing.whole(options.out, pack, writing.PRIVATE)
    read = courier.read(pack)
    values = {"file": options.out, "bytes": len(pack), "start": read.start, "size": read.size}
    if desk.origin.endswith("/exercise"):
        print(told("cli.courier.exercise", language))
    print(told("cli.courier.packed", language, **values))
    if options.with_entries:
        print(told("cli.courier.packed_for", language, reader=options.reader))
    if options.to:
        line = f"tiga witness cosign W.witness {options.out.name} --log {desk.log_key.vkey}"
        print(told("cli.courier.cosign_so", language) + "\n    " + line)
    return 0


def packed(desk: Desk, component: str, since: int | None, reader: str = "") -> bytes:
    """A pack for a component's witness, from a size on; with the entries that a reader may see, where one is named."""
    from django.db import transaction

    from tiga.store import witnessing

    with transaction.atomic(using=desk.alias):  # one state of the log for all that goes in
        size = desk.ledger.size()
        start = witnessing.last_size(desk, component) if since is None else since
        if not 0 <= start <= size:
            raise Refused("record.refused.index", {"index": start, "size": size})
        names = courier.tile_names(size, start)
        hashes = {
            name.path: tiles.data(name, size, desk.ledger.tile, lambda a, b: _leaves(desk, a, b)) for name in names
        }
        asked = {component: witnessing.asked(desk, component, since)} if component else {}
        bundles = dict(_bundle(desk, reader, name, size) for name in names) if reader else {}
        return courier.compose(witnessing.checkpoint(desk), start, hashes, bundles, asked)


def _leaves(desk: Desk, start: int, stop: int) -> list[bytes]:
    return [leaf for leaf, _ in desk.ledger.leaves(start, stop)]


def _bundle(desk: Desk, reader: str, name: TileName, size: int) -> tuple[str, bytes]:
    """The path and bytes of the bundle that belongs to a level-0 tile, as the reader may have it."""
    from tiga.web.access import Door
    from tiga.web.readers import wall

    span = tiles.span(TileName(tiles.ENTRIES, name.n, name.width), size)
    door = Door(desk, records.reader(desk, reader), None, desk.now(wall()))
    rows = door.entry_rows(span.start, span.stop)
    notes = [row.note for row in rows if row.note is not None]
    if len(notes) == len(rows):
        return tiles.entries_path(name.n, name.width), tiles.bundle(notes)
    return tiles.redacted_path(name.n, name.width), tiles.redacted(rows)


# ---- in


def _in(options: argparse.Namespace, desk: Desk) -> int:
    from tiga.store import witnessing
    from tiga.store.guard import Stopped

    language, code = options.language, 0
    for path in options.files:
        try:
            if path.suffix == ".size":
                component, size = courier.parse_answer_name(path.name)[0], parse_conflict(given.data(path, 100))
                _known(desk, component)
                witnessing.longer(desk, component, size)
                print(told("cli.courier.behind", language, file=path.name, component=component, size=str(size)))
                continue
            new = _taken(desk, given.data(path, NOTE_LIMIT), path.suffix == ".cosig")
            print(told("cli.courier.taken" if new else "cli.courier.nothing_new", language, file=path.name, n=new))
        except (Refused, OSError) as error:
            print(told("cli.courier.not_taken", language, file=path.name), file=sys.stderr)
            code = max(code, given.failed(error, language))
        except Stopped as stop:
            print(told("cli.courier.not_taken", language, file=path.name), file=sys.stderr)
            print(*records.stopped(stop, language), file=sys.stderr)
            code = max(code, 1)
    tell(desk, language)
    return code


def _taken(desk: Desk, data: bytes, lines_alone: bool) -> int:
    """Keep the cosignatures of an answer or a checkpoint; how many are new. Raises Refused, Stopped."""
    from tiga.store import witnessing

    if not lines_alone:
        return witnessing.add(desk, data)
    new = 0
    for line in cosignatures.parse_response(data):
        new += witnessing.add_lines(desk, _size_of(desk, line), [line])
    return new


def _size_of(desk: Desk, line: str) -> int:
    """The size of the head that a cosignature is over; raises Refused where there is none."""
    from tiga.store import witnessing
    from tiga.store.keys import CHECK

    read = parse_line(line[:-1])
    keys = [key for key in witnessing.witnesses(desk).values() if (key.name, key.key_id) == (read.name, read.key_id)]
    if not keys:
        raise Refused("cli.courier.unknown_witness", {"name": read.name})
    tree = desk.ledger.tree()
    for size in range(tree.size, 0, -1):
        text = Checkpoint(desk.origin, size, tree.root(size)).text()
        try:
            cosignatures.cosigned(f"{text}\n{line}".encode(), keys, CHECK())
        except Refused:
            continue
        return size
    raise Refused("cli.courier.no_head", {"name": read.name, "size": tree.size})


# ---- push, absences


def _push(options: argparse.Namespace, desk: Desk) -> int:
    language, code = options.language, 0
    asked: list[tuple[str, str]] = []
    for text in options.url:
        component, _, url = text.partition("=")
        _known(desk, component)
        if not url.startswith(("http://", "https://")):
            raise Refused("cli.courier.bad_url", {"url": url or text})
        asked.append((component, url.rstrip("/") + "/add-checkpoint"))
    for component, url in asked:
        try:
            new = _pushed(desk, component, url)
            print(told("cli.courier.pushed" if new else "cli.courier.nothing_new", language, file=component, n=new))
        except (Refused, OSError) as error:
            why = error.text(language) if isinstance(error, Refused) else str(getattr(error, "reason", error))
            print(told("cli.courier.not_pushed", language, component=component, why=why), file=sys.stderr)
            code = 1
    tell(desk, language)
    return code


def _pushed(desk: Desk, component: str, url: str) -> int:
    """Ask one witness; how many cosignatures are new. Raises Refused, OSError, Stopped."""
    from tiga.cli.fetching import post
    from tiga.store import witnessing

    old: int | None = None
    for _ in range(TRIES):
        body = witnessing.asked(desk, component, old)
        status, answer = post(url, body, NOTE_LIMIT, SECONDS)
        if status == 200:
            size = checkpoints.parse(text_of(parse_request(body).checkpoint)).size
            return witnessing.add_lines(desk, size, cosignatures.parse_response(answer))
        if status != 409:
            why = answer[:300].decode("utf-8", "replace").strip()
            raise Refused("cli.courier.answered", {"status": status, "why": why or "-"})
        old = parse_conflict(answer)
        witnessing.longer(desk, component, old)
    raise Refused("cli.courier.answered", {"status": 409, "why": str(old)})


def _absences(options: argparse.Namespace, desk: Desk) -> int:
    from tiga.store import witnessing
    from tiga.web.readers import wall

    print(told("cli.courier.absent", options.language, n=witnessing.note_absences(desk, wall())))
    return 0


# ---- what holds now


def tell(desk: Desk, language: str) -> None:
    """Print per component what its witness has seen, and up to which head each policy is met."""
    from tiga.store import witnessing

    size = desk.ledger.size()
    for component in witnessing.witnesses(desk):
        last = witnessing.last_size(desk, component)
        if not last:
            print(told("cli.courier.seen_nothing", language, component=component))
            continue
        at = next(row.at for row in witnessing.seen(desk, last - 1) if row.component == component)
        since = given.moment(at.ms // 1000) if at else "-"
        print(told("cli.courier.seen", language, component=component, seen=last, size=size, since=since))
    for name, met, lacking in _policies(desk):
        code = "met" if met == size else "met_before" if met else "unmet"
        label = told(f"cli.courier.policy_{name}", language)
        lacking = lacking.replace("any-mediator", told("cli.courier.policy_witnessed", language))  # a group's name
        print(told(f"cli.courier.{code}", language, policy=label, size=met, head=size, lacking=lacking))


def _policies(desk: Desk) -> Iterator[tuple[str, int, str]]:
    """Each policy with the size of the largest head that meets it (0 for none) and what the present head lacks."""
    from tiga.record import policy
    from tiga.store import witnessing
    from tiga.store.keys import CHECK

    sizes = {witnessing.last_size(desk, component) for component in witnessing.witnesses(desk)} - {0}
    for name, data in witnessing.policies(desk).items():
        rules, met, lacking = policy.parse(data), 0, ""
        for size in sorted({*sizes, desk.ledger.size()}, reverse=True):
            try:
                policy.check(witnessing.checkpoint(desk, size), rules, CHECK())
            except Refused as refusal:
                lacking = lacking or str(refusal.values.get("lacking", ""))
                continue
            met = size
            break
        yield name, met, lacking or "-"
