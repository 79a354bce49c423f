"""`tiga agreement impartial`: whether the mechanism treats two parties alike under an agreement.

Rules
1. Nothing is kept and nothing real is touched: parties become `party-1` and `party-2`, keys come from published seeds, the
   book lives in memory. What is printed speaks of the text and of the code, never of anything that happened.
2. First what the text itself makes different, item by item, both ways side by side, with the differences that trace to it;
   then what no item makes, each with the shortest dispute that shows it. Exit 1 where there is any of the latter.
3. The same agreement, number and seed give the same output, byte for byte.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections import Counter
from typing import Any

from tiga.agreement.clauses import Agreement
from tiga.cli import given
from tiga.cli.agreements import shown
from tiga.cli.bars import bar
from tiga.cli.keyfiles import signing
from tiga.cli.lines import plain, told, wrapped
from tiga.cli.verifying import signature_check
from tiga.mechanism import impartial, rehearsal
from tiga.mechanism.impartial import Asymmetry
from tiga.mechanism.rehearsal import ORIGIN, Act, Crew
from tiga.mechanism.trial import Trial, Verdict
from tiga.record.notes import ED25519, NoteKey, Signer
from tiga.values.words import SPOKEN, pick

DISPUTES_LIMIT = 100_000
SHORTEST_SHOWN = 10
"""Kinds of unlisted differences whose shortest dispute is looked for."""


def crew(agreement: Agreement) -> Crew:
    """The keys of a rehearsal, from published seeds: SHA-256 of each key's name."""
    people = {slug: _signer(f"{ORIGIN}/{slug}") for slug in rehearsal.people(agreement)}
    return Crew(_signer(ORIGIN), people, signature_check())


def _signer(name: str) -> Signer:
    public, sign = signing(hashlib.sha256(f"tiga rehearsal {name}".encode()).digest())
    return Signer(NoteKey.of(name, ED25519, public), sign)


def tried(text: Agreement, options: argparse.Namespace) -> int:
    """Play, compare, print; returns the exit code."""
    language = options.language
    if not 1 <= options.disputes <= DISPUTES_LIMIT:
        print(told("cli.agreement.impartial_disputes", language, limit=DISPUTES_LIMIT), file=sys.stderr)
        return 2
    try:
        played = impartial.rehearsed(text)
    except ValueError:
        values = {"file": options.file, "n": len(text.parties)}
        print(told("cli.agreement.impartial_parties", language, **values), file=sys.stderr)
        return 1
    trial, show = Trial(played, crew(played)), bar(told("cli.agreement.playing", language))
    verdicts = []
    for number in range(options.disputes):
        verdicts.append(trial.dispute(options.seed, number))
        show(number + 1, options.disputes)
    acts = sum(len(row.acts) for row in verdicts)
    print(told("cli.agreement.played", language, n=len(verdicts), seed=options.seed, acts=acts))
    _listed(impartial.asymmetries(text), verdicts, language)
    names = _unlisted(trial, verdicts, language)
    leading = impartial.leading(played)
    for row in leading:
        print(f"  {row.name}.{row.path[-1]}: {row.mirrored}, {row.played}")
    if options.out is not None:
        try:
            options.out.write_text(_data(options, text, verdicts), encoding="utf-8")
        except OSError as error:
            return given.failed(error, language)
        print(told("cli.agreement.out_written", language, file=options.out))
    return int(bool(names or leading))


def _listed(found: tuple[Asymmetry, ...], verdicts: list[Verdict], language: str) -> None:
    """The asymmetries of the text, each with what it made different."""
    if not found:
        print(told("cli.agreement.symmetric", language))
        return
    counts = Counter(row.item for verdict in verdicts for row in verdict.differences)
    disputes = Counter(item for verdict in verdicts for item in {row.item for row in verdict.differences})
    print(told("cli.agreement.asymmetries", language, n=len(found)))
    for number, one in enumerate(found, 1):
        print("\n" + wrapped(_title(one, language), f"{number}. ", "   "))
        for member, before, after in one.members:
            if (tag := member.rsplit(".", 1)[-1]) in SPOKEN and tag != language:
                continue
            print(f"   {plain(member, language)}")
            for word, value in (("as_it_is", before), ("as_exchanged", after)):
                said = shown("" if value is None else value, language)
                print(wrapped(f"{told(f'cli.agreement.{word}', language)}: {said}", "     ", "       "))
        values = {"n": counts[one.item], "disputes": disputes[one.item]}
        print("   " + told("cli.agreement.traced", language, **values))


def _title(one: Asymmetry, language: str) -> str:
    words = plain(pick(one.text, language)[0], language)
    own = one.item.removeprefix("parties.")
    if own in impartial.OWN:
        return told(f"cli.agreement.own_{own}", language)
    item = "" if one.item == f"clauses.{one.clause}" else told("cli.agreement.own_item", language, item=one.item)
    return ". ".join(part for part in (item, f"{one.clause}: {words}" if one.clause else "") if part)


def _unlisted(trial: Trial, verdicts: list[Verdict], language: str) -> tuple[str, ...]:
    """Print what no item of the text makes; returns the names, the most frequent first."""
    counts = Counter(row.name for verdict in verdicts for row in verdict.unlisted)
    print("\n" + told("cli.agreement.unlisted", language, n=sum(counts.values())))
    for name, number in counts.most_common(SHORTEST_SHOWN):
        showing = [verdict for verdict in verdicts if any(row.name == name for row in verdict.unlisted)]
        verdict = min(showing, key=lambda row: (len(row.acts), row.number))
        acts = trial.shortest(verdict.acts, name)
        values = {"name": name, "n": number, "acts": len(acts), "number": verdict.number}
        print(told("cli.agreement.unlisted_one", language, **values))
        for act in acts:
            print(f"  {_line(act)}")
    return tuple(counts)


def _line(act: Act) -> str:
    said = " ".join(
        f"{name}={value if isinstance(value, str) else ' '.join(value)}" for name, value in act.given.items()
    )
    return " ".join(part for part in (str(act.number), act.at.text(), act.who, act.deed, act.on, said) if part)


def _data(options: argparse.Namespace, text: Agreement, verdicts: list[Verdict]) -> str:
    rows: dict[str, Any] = {
        "agreement": {"id": text.id, "version": text.version},
        "seed": options.seed,
        "asymmetries": [
            {"item": one.item, "clause": one.clause, "text": one.text,
             "members": [{"member": name, "as_it_is": a, "exchanged": b} for name, a, b in one.members]}
            for one in impartial.asymmetries(text)
        ],
        "disputes": [
            {"number": verdict.number, "acts": [_line(act) for act in verdict.acts],
             "differences": [{"name": row.name, "path": list(row.path), "item": row.item, "mirrored": row.mirrored,
                              "played": row.played} for row in verdict.differences]}
            for verdict in verdicts
        ],
    }  # fmt: skip
    return json.dumps(rows, ensure_ascii=False, indent=1) + "\n"
