"""`tiga fusion background|take-out|recompute`: what groupings rest on is entered, taken out of the house, and made again by
whoever holds the file.

Rules
1. `take-out` writes what one reader's groupings are made from as a dossier that `tiga verify` takes as well.
2. `recompute` needs nothing but the file: it verifies it, counts each background anew, makes all groupings again and says of each
   adopted incident whether it was as suggested. Exit 1 where a background does not follow from the reports, or the file does
   not verify; what people added or left out is told, and is no fault.
3. The code of the groupings is the one that stands on the page of incidents: two people compare it by telephone.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from tiga.cli.lines import plain, told
from tiga.record.container import CONTAINER_LIMIT
from tiga.record.refusals import Refused
from tiga.values.names import printed_number


def arguments(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    out = verbs.add_parser("take-out", help=told("cli.fusion.take_out", "en"))
    out.add_argument("--record", required=True, metavar="NAME", help=told("cli.record", "en"))
    out.add_argument("--as", dest="key", default="", metavar="KEY", help=told("cli.incident.as", "en"))
    out.add_argument("--out", type=Path, required=True, metavar="FILE", help=told("cli.dossier.out", "en"))
    out.add_argument("--settings", default="", help=told("cli.settings", "en"))
    count = verbs.add_parser("background", help=told("cli.fusion.background", "en"))
    count.add_argument("--record", required=True, metavar="NAME", help=told("cli.record", "en"))
    count.add_argument("--as", dest="key", default="", metavar="KEY", help=told("cli.incident.as", "en"))
    count.add_argument("--settings", default="", help=told("cli.settings", "en"))
    again = verbs.add_parser("recompute", help=told("cli.fusion.recompute", "en"))
    again.add_argument("file", type=Path, metavar="FILE", help=told("cli.fusion.recompute_file", "en"))
    again.add_argument("--exercise", action="store_true", help=told("cli.verify.exercise", "en"))
    again.add_argument("--log-key", default="", metavar="KEY", help=told("cli.verify.log_key", "en"))
    again.add_argument("--groups", action="store_true", help=told("cli.fusion.groups", "en"))


def background(options: argparse.Namespace) -> int:
    """Count and enter a background now, whether or not one is due."""
    from tiga.cli import acting, records

    language = options.language
    desk = records.open_desk(options.record, options.settings)
    from tiga.mechanism.acts import Actor, Refusal
    from tiga.store import backgrounds
    from tiga.web.readers import entropy

    door = acting.door_of(desk, options.key)
    if options.key and (door is None or door.actor is None):
        held = sorted(desk.ledger.state.holders) if desk.ledger.state else []
        print(told("cli.act.no_key", language, key=options.key, known=", ".join(held)), file=sys.stderr)
        return 2
    by = door.actor if door is not None and door.actor is not None else Actor("", "registrar")
    done = backgrounds.take(desk, by, door.now if door is not None else desk.time(), entropy)
    if isinstance(done, Refusal):
        for part in ("text", "remedy"):
            print(told(f"refusal.{done.code}.{part}", language, **done.values), file=sys.stderr)
        return 1
    print(told("cli.routine.background", language, record=options.record))
    return 0


def take_out(options: argparse.Namespace) -> int:
    from tiga.cli import acting, records

    language = options.language
    desk = records.open_desk(options.record, options.settings)
    from tiga.web import filling

    door = acting.door_of(desk, options.key)
    if door is None:
        held = sorted(desk.ledger.state.holders) if desk.ledger.state else []
        print(told("cli.act.no_key", language, key=options.key, known=", ".join(held)), file=sys.stderr)
        return 2
    try:
        data = filling.groupings(door)
        with os.fdopen(os.open(options.out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(data)
    except Refused as refusal:
        print(plain(refusal.text(language), language), file=sys.stderr)
        return 1
    except OSError as error:
        print(told("cli.unwritable", language, file=options.out, why=error.strerror or ""), file=sys.stderr)
        return 2
    print(told("cli.fusion.taken_out", language, file=options.out, bytes=len(data), code=door.suggesting.code))
    command = f"tiga fusion recompute {options.out}" + (" --exercise" if door.scope == "exercise" else "")
    print(told("cli.fusion.to_check", language, command=command))
    return 0


def recompute(options: argparse.Namespace) -> int:
    from tiga import shipped
    from tiga.cli import keytext
    from tiga.cli.bars import bar
    from tiga.cli.verifying import signature_check
    from tiga.fusion import gazetteer
    from tiga.publish import groupings
    from tiga.record.verify import verify_dossier

    language = options.language
    try:
        key = keytext.key(options.log_key) if options.log_key else None
        with options.file.open("rb") as file:
            data = file.read(CONTAINER_LIMIT + 1)
    except OSError as error:
        print(told("cli.unreadable", language, file=options.file, why=error.strerror or str(error)), file=sys.stderr)
        return 2
    except Refused as refusal:
        print(plain(refusal.text(language), language), file=sys.stderr)
        return 2
    try:
        found = verify_dossier(data, signature_check(), key, options.exercise)
    except Refused as refusal:
        print(told("cli.verify.refused", language), plain(refusal.text(language), language), sep="\n")
        return 1
    audience = groupings.audience_of(found.disclosed)
    places = gazetteer.read((shipped.folder("samples") / "gazetteer.csv").read_bytes())
    proven = groupings.Proven(found.entries, found.disclosed, found.agreements, found.evidence, audience, places)
    again = groupings.regrouped(proven, bar(told("cli.fusion.recompute_bar", language)))
    _say(again, audience, language, options.groups)
    return int(any(not row.same and not row.wanting for row in again.backgrounds))


def _say(again: object, audience: str, language: str, groups: bool) -> None:
    from tiga.publish.groupings import Regrouped

    assert isinstance(again, Regrouped)
    print(told(f"cli.fusion.audience_{audience}", language, n=again.reports))
    if again.wanting:
        print(told("cli.fusion.wanting", language, n=again.wanting))
    table = "cli.fusion.table_annex" if again.annexed else "cli.fusion.table_shipped"
    print(told(table, language, version=again.version))
    for row in again.backgrounds:
        state = "same" if row.same else "wanting" if row.wanting else "no_file" if not row.file else "other"
        print(told(f"cli.fusion.background_{state}", language, index=row.index, n=row.reports, wanting=row.wanting))
    if not again.backgrounds:
        print(told("cli.fusion.background_none", language))
    for one in again.incidents:
        number, values = (
            printed_number("I", one.sid),
            {"n": one.reports, "more": len(one.added), "less": len(one.left_out)},
        )
        state = "wanting" if one.wanting else "as_suggested" if one.as_suggested else "changed"
        print(told(f"cli.fusion.incident_{state}", language, number=number, **values, wanting=len(one.wanting)))
    print(told("cli.fusion.groups_made", language, n=len(again.groups), code=again.code))
    for group in again.groups if groups else ():
        print("  " + " ".join(group))
