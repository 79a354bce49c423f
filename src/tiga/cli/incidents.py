"""`tiga incident list|show ID|why ID [OTHER]`: what is known of an incident and how surely, and why its reports are together and
no others with them, as one reader may know it.

Rules
1. Everything goes through the door that the pages go through, as the person whose key is named with `--as`; as the public
   without one.
2. The same lines as on the page (`web.knowing`): words, and the numbers where they are asked for.
3. `why` prints every reason with its bits: of the pairs that hold an incident together, of those that came near, and the best
   other incident; with OTHER, of any two reports.
4. What it does not say is printed with what it says. Each source's number of dead stands by itself.
"""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from tiga.cli.lines import plain, told, wrapped

if TYPE_CHECKING:
    from tiga.web.access import Door
    from tiga.web.comparing import PairView
    from tiga.web.knowing import Known
    from tiga.web.sights import Happening

OUTSIDE_MAX = 5
"""Pairs outside an incident that are printed."""
NOT_SAID = ("not_finding", "not_attribution", "not_deaths", "not_likely")


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=("list", "show", "why"), help=told("cli.incident.what", "en"))
    parser.add_argument("id", nargs="?", default="", metavar="ID", help=told("cli.incident.id", "en"))
    parser.add_argument("other", nargs="?", default="", metavar="OTHER", help=told("cli.incident.other", "en"))
    parser.add_argument("--as", dest="key", default="", metavar="KEY", help=told("cli.incident.as", "en"))
    parser.add_argument("--numbers", action="store_true", help=told("cli.incident.numbers", "en"))
    parser.add_argument("--record", default="exercise", metavar="NAME", help=told("cli.record", "en"))
    parser.add_argument("--settings", default="", help=told("cli.settings", "en"))


def run(options: argparse.Namespace) -> int:
    from tiga.cli import acting, records

    desk = records.open_desk(options.record, options.settings)
    door = acting.door_of(desk, options.key)
    if door is None:
        held = sorted(desk.ledger.state.holders) if desk.ledger.state else []
        print(told("cli.act.no_key", options.language, key=options.key, known=", ".join(held)), file=sys.stderr)
        return 2
    if options.what == "list":
        return _list(door, options.language)
    if not options.id:
        print(told("cli.incident.no_id", options.language), file=sys.stderr)
        return 2
    if options.what == "why":
        return why(door, options.id, options.other, options.language)
    return show(door, options.id, options.language, options.numbers)


def _list(door: Door, language: str) -> int:
    rows = door.happenings()
    for row in rows:
        standing = row.standing
        counts = {"reports": standing.reports, "origins": len(standing.origins)}
        print(told("cli.incident.row", language, number=row.number, id=row.url_id, **counts))
    if not rows:
        print(told("cli.incident.none", language))
    return 0


def _found(door: Door, text: str) -> Happening | None:
    """The incident or grouping of this number or id, or that holds the report of this id."""
    from tiga.web.sights import Absent

    for row in door.happenings():
        if text in (row.number, row.id, row.url_id, *(view.sid for view in row.reports)):
            return row
    try:
        return door.happening(text.replace("~", "#"))
    except Absent:
        return None


def show(door: Door, text: str, language: str, numbers: bool) -> int:
    """Print an incident: its reports, what is known of it and how surely, and the dead by source."""
    from tiga.web import knowing

    found = _found(door, text)
    if found is None:
        print(told("cli.act.unknown", language, what=text), file=sys.stderr)
        return 2
    print(f"{told('incident.title', language)} {found.number}")
    _reports(found, language)
    known = knowing.known(door, found, language)
    print(f"\n{told('known.heading', language)}")
    if known is None:
        _line(told("known.nothing", language), language)
        return 0
    _known(known, language, numbers)
    _deaths(found, language)
    print(f"\n{told('known.not_said', language)}")
    for name in NOT_SAID:
        _line(told(f"known.{name}", language), language)
    _line(told("posterior.caveat", language), language)
    return 0


def why(door: Door, text: str, other: str, language: str) -> int:
    """Print why an incident's reports are together and no others with them; or, of two that are named, why they are or not."""
    from tiga.fusion import explain
    from tiga.web.comparing import PairView, strongest, word_on

    found, second = _found(door, text), _found(door, other) if other else None
    if found is None or (other and second is None):
        print(told("cli.act.unknown", language, what=text if found is None else other), file=sys.stderr)
        return 2
    if second is not None:
        return _pair(door, _claim(found, text), _claim(second, other), language)
    names = _names(door, found)
    (pairs, rival), words = door.why(found), door.words()
    rows = [PairView(pair, names[pair.match.left], names[pair.match.right], word_on(words, pair), "") for pair in pairs]
    inside = strongest([row for row in rows if row.pair.inside])["inside"]
    print(f"{told('incident.title', language)} {found.number}\n\n{told('incident.why', language)}")
    for row in inside:
        _weights(row, language)
    if not inside:
        _line(told("incident.alone", language), language)
    print(f"\n{told('incident.why_not', language)}")
    for line in explain.why_not(rival, language) if rival else (told("incident.none_near", language),):
        _line(line, language)
    for row in [row for row in rows if not row.pair.inside][:OUTSIDE_MAX]:
        _weights(row, language)
    return 0


def _names(door: Door, found: Happening) -> dict[str, str]:
    """What each claim is called: with its number on the incident's page, or with the number of its own incident."""
    names = {
        claim: f"{view.speaker} ({row.number})" for row in door.happenings() for claim, view in row.by_claim.items()
    }
    own = {view.sid: f"{number}. {view.speaker}" for number, view in enumerate(found.reports, 1)}
    return names | {claim: own[view.sid] for claim, view in found.by_claim.items()}


def _claim(found: Happening, text: str) -> str:
    """The claim that a text names, else the first of the happening that it names."""
    wanted = text.replace("~", "#")
    rows = [claim for claim, view in found.by_claim.items() if wanted in (claim, view.sid)]
    return (rows or [claim.claim_id for claim in found.claims])[0]


def _pair(door: Door, left: str, right: str, language: str) -> int:
    from tiga.web.comparing import PairView, word_on

    found = door.compared(left, right) if left != right else None
    if found is None:
        print(told("compare.same" if left == right else "compare.absent", language), file=sys.stderr)
        return 2
    pair, homes = found
    print(told("compare.together" if pair.inside else "compare.apart", language))
    names = {claim: f"{view.speaker} ({home.number})" for home in homes for claim, view in home.by_claim.items()}
    _weights(PairView(pair, names[pair.match.left], names[pair.match.right], word_on(door.words(), pair), ""), language)
    return 0


def _weights(row: PairView, language: str) -> None:
    """A pair with all its reasons and their sum, and what a person said of it."""
    from tiga.fusion import explain

    _line(f"{row.left} – {row.right}", language)
    for line in explain.why(row.pair.match, language):
        _line(line, language, "    ")
    if row.word is not None:
        said = told("incident.said_same" if row.word.same else "incident.said_apart", language)
        _line(f"{said} · {row.word.reason}", language, "    ")


def _reports(found: Happening, language: str) -> None:
    for number, view in enumerate(found.reports, 1):
        stance = told(f"stance.{view.report.stance}", language)
        marks = [told(f"report.{mark}", language) for mark in ("discredited", "withdrawn") if getattr(view, mark)]
        said = " · ".join([view.speaker, view.report.source, stance, *marks])
        _line(f"{number}. {said}", language)


def _known(known: Known, language: str, numbers: bool) -> None:
    names = ("reports", "publishers", "origins", "voices")
    _line(told("cli.incident.chain", language, **dict(zip(names, known.chain, strict=True))), language)
    if known.contradictory:
        _line(" ".join(told(f"known.{name}", language) for name in ("contradictory", "contradictory_about")), language)
    if known.chain[1] == 1 < known.chain[2]:
        _line(told("known.one_publisher", language), language)
    if numbers:
        _line(told("known.numbers_about", language, table=known.table), language)
    for answer in known.answers:
        print(f"\n{plain(answer.heading, language)}")
        for row in answer.rows:
            _line(row, language)
        for bar in answer.bars if numbers else ():
            _line(told("known.share", language, name=bar.name, percent=bar.text), language, "    ")
    _part("heard", language, *(
        told("cli.incident.heard", language, name=row.name, kind=row.source_class, reports=row.reports,
             says=" · ".join(row.sayings))
        for row in known.heard
    ))  # fmt: skip
    _part("without", language, *_without(known, language))
    _part("copies", language, *(known.copies or (told("known.copies_none", language),)))
    if known.grades:
        _part("grades", language, *known.grades, *filter(None, [known.unsupported]))


def _without(known: Known, language: str) -> list[str]:
    """What hangs on one origin, in lines."""
    if known.chain[3] == 1:
        return [told("known.one_voice", language)]
    if not known.decisive:
        return [told("known.none_decisive", language)]
    lines = []
    for row in known.decisive:
        lines += [told("posterior.decisive", language, origin=row.name), *(f"  {line}" for line in row.rows)]
    stay = len(known.decisive) < known.chain[3]
    return [*lines, *([told("known.others_stay", language)] if stay else [])]


def _deaths(found: Happening, language: str) -> None:
    """Each source's own range of the dead; never a sum, never a mean."""
    several = found.several
    lines = [
        told("cli.incident.deaths", language, who=view.speaker,
             range=f"{row.low}-{row.high}" if row.low != row.high else row.low,
             status=told(f"harm_status.{row.status}", language))
        + (f" ({told('incident.several_places', language)})" if view.sid in several else "")
        for view in found.reports for row in view.report.harm if row.effect == "killed"
    ]  # fmt: skip
    print(f"\n{told('incident.deaths', language)}")
    for line in lines or [told("incident.no_deaths", language)]:
        _line(line, language)


def _part(name: str, language: str, *lines: str) -> None:
    print(f"\n{told(f'known.{name}', language)}")
    for line in lines:
        _line(line, language)


def _line(text: str, language: str, indent: str = "  ") -> None:
    print(wrapped(plain(text, language), indent, indent + "  "))
